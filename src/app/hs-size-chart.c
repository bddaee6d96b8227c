/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-size-chart-private.h"

#define MIN_HEIGHT_PX 60
/* A step of the wheel over the axis. */
#define AXIS_STEP 1.25
/* The part of the plot's height below which a drag of the axis has no hold. */
#define LEAST_PART 0.02
/* A logarithmic axis is dragged by so much to double it. */
#define DOUBLING_PX 30.0

G_DEFINE_FINAL_TYPE(HsSizeChart, hs_size_chart, HS_TYPE_TIME_PANE)

/* --- picture --- */

HsChartStyle
hs_size_chart_style(HsSizeChart *self, char **title)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  const HsChart *chart = hs_pane_chart_get(self->chart);
  const HsChartLook *look = hs_document_get_chart_look(document);
  /* The title tells what is drawn, which for a moment may not yet be what is wanted. */
  *title = chart != NULL ? hs_chart_title(chart->measure, chart->group)
                         : hs_chart_title(hs_document_get_measure(document), hs_document_get_group(document));
  HsChartStyle style = {.title = *title,
                        .timeline = hs_document_get_timeline(document),
                        .mode = look->overlaid ? HS_CHART_OVERLAID : HS_CHART_STACKED,
                        .log = look->log,
                        .show_peak = true,
                        .has_highlight = self->has_highlight,
                        .highlight = self->highlight,
                        .hidden_ids = (const uint32_t *)(const void *)self->hidden->data,
                        .n_hidden = (int)self->hidden->len};
  if (look->fixed && look->fixed_max > 0)
    style.fixed_max = look->fixed_max;
  else if (look->fixed && chart != NULL)
    style.fixed_max = look->overlaid && chart->layer_max != NULL ? chart->whole_layer_max : chart->whole_max;
  /* Ids of one grouping are none of another. */
  if (chart == NULL || chart->group != hs_document_get_group(document))
    style.n_hidden = 0;
  return style;
}

static void
hs_size_chart_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  const HsChart *chart = hs_pane_chart_get_for(self->chart, viewport);
  g_autofree char *title = NULL;
  hs_size_chart_update_hidden(self);
  HsChartStyle style = hs_size_chart_style(self, &title);
  hs_paint_chart(cr, viewport, palette, chart, &style);
  g_clear_pointer(&self->legend, g_array_unref);
  self->legend = hs_chart_legend(cr, viewport, palette, chart, &style);
}

static void
hs_size_chart_refresh(HsTimePane *pane)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(pane, &viewport))
    return;
  const HsChartLook *look = hs_document_get_chart_look(document);
  HsChartQuery query = {.measure = hs_document_get_measure(document),
                        .group = hs_document_get_group(document),
                        .t0 = viewport.t0,
                        .t1 = viewport.t1,
                        .n_columns = viewport.width * viewport.scale,
                        .max_layers = HS_SIZE_CHART_MAX_LAYERS,
                        .bands = look->overlaid,
                        .sizes = look->committed,
                        .whole = look->fixed && look->fixed_max == 0};
  hs_pane_chart_want(HS_SIZE_CHART(pane)->chart, document, &query);
}

static void
hs_size_chart_forget(HsTimePane *pane)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  hs_pane_chart_clear(self->chart);
  g_clear_pointer(&self->legend, g_array_unref);
  self->has_highlight = FALSE;
}

static gboolean
hs_size_chart_is_busy(HsTimePane *pane)
{
  return hs_pane_chart_is_busy(HS_SIZE_CHART(pane)->chart);
}

/* --- pointer --- */

const HsLegendEntry *
hs_size_chart_entry_at(HsSizeChart *self, double x, double y)
{
  return self->legend != NULL ? hs_chart_legend_at(self->legend, x, y) : NULL;
}

static void
hs_size_chart_paint_over(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  const HsChart *chart = hs_pane_chart_get(self->chart);
  int column = chart != NULL ? hs_chart_column_at(viewport, chart, self->hover_x) : -1;
  gboolean elsewhere = isnan(self->hover_y) || hs_size_chart_entry_at(self, self->hover_x, self->hover_y) != NULL;
  if (column < 0 || elsewhere || hs_time_pane_is_dragging(pane))
    return;
  g_autofree char *title = NULL;
  HsChartStyle style = hs_size_chart_style(self, &title);
  int layer = hs_chart_layer_at(viewport, chart, &style, column, self->hover_y);
  g_autoptr(HsHoverCard) card = hs_size_chart_card(self, viewport, palette, column, layer);
  HsChartAxis axis;
  hs_chart_axis_init(&axis, viewport, chart, &style);
  hs_paint_chart_height(cr, viewport, palette, &axis, chart->measure, self->hover_y);
  hs_hover_card_paint(card, cr, palette, self->hover_x, self->hover_y, gtk_widget_get_allocated_width(GTK_WIDGET(pane)),
                      gtk_widget_get_allocated_height(GTK_WIDGET(pane)));
}

static void
hs_size_chart_hovered(HsTimePane *pane, double x, double y)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  const HsLegendEntry *entry = isnan(x) ? NULL : hs_size_chart_entry_at(self, x, y);
  gboolean on_layer = entry != NULL && entry->kind == HS_LEGEND_LAYER;
  gboolean changed = on_layer != self->has_highlight || (on_layer && entry->id != self->highlight);
  self->hover_x = x;
  self->hover_y = y;
  self->has_highlight = on_layer;
  if (on_layer)
    self->highlight = entry->id;
  if (changed)
    hs_time_pane_invalidate(pane);
  gtk_widget_queue_draw(GTK_WIDGET(pane));
}

static gboolean
is_on_axis(HsTimePane *pane, double x)
{
  HsViewport viewport;
  return hs_time_pane_get_viewport(pane, &viewport) && x < viewport.x;
}

static const char *
hs_size_chart_cursor_name(HsTimePane *pane, double x, double y)
{
  if (is_on_axis(pane, x))
    return "ns-resize";
  const HsLegendEntry *entry = hs_size_chart_entry_at(HS_SIZE_CHART(pane), x, y);
  return entry != NULL && entry->kind <= HS_LEGEND_MORE ? "pointer" : NULL;
}

/* --- axis --- */

static void
want_axis_max(HsTimePane *pane, double max)
{
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(pane), "win");
  if (actions != NULL && isfinite(max) && max > 0)
    g_action_group_activate_action(actions, "chart-axis-max", g_variant_new_double(max));
}

static gboolean
get_axis(HsTimePane *pane, HsViewport *viewport, HsChartAxis *axis)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  const HsChart *chart = hs_pane_chart_get(self->chart);
  if (chart == NULL || !hs_time_pane_get_viewport(pane, viewport))
    return FALSE;
  g_autofree char *title = NULL;
  HsChartStyle style = hs_size_chart_style(self, &title);
  hs_chart_axis_init(axis, viewport, chart, &style);
  return TRUE;
}

static void
hs_size_chart_vertical_zoom(HsTimePane *pane, double y, double factor)
{
  HsViewport viewport;
  HsChartAxis axis;
  if (get_axis(pane, &viewport, &axis))
    want_axis_max(pane, axis.least_max * factor);
}

/* What was under the pointer stays under it. */
static void
drag_axis(HsSizeChart *self, double y)
{
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport))
    return;
  double bottom = viewport.y + viewport.height;
  double before = MAX((bottom - self->drag_y) / viewport.height, LEAST_PART);
  double now = MAX((bottom - y) / viewport.height, LEAST_PART);
  double factor = self->drag_axis.log ? exp2((y - self->drag_y) / DOUBLING_PX) : before / now;
  want_axis_max(HS_TIME_PANE(self), self->drag_axis.least_max * factor);
}

/* Puts the axis back to what it was before the drag. */
static void
restore_axis(HsSizeChart *self)
{
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "win");
  if (actions == NULL)
    return;
  if (self->drag_look.fixed)
    g_action_group_activate_action(actions, "chart-axis-max", g_variant_new_double(self->drag_look.fixed_max));
  else
    g_action_group_change_action_state(actions, "chart-axis", g_variant_new_string("auto"));
}

/* --- drags that are the chart's own: its axis, and presses of the legend --- */

static gboolean
hs_size_chart_drag_begin(HsTimePane *pane, double x, double y, guint button, GdkModifierType state)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  const HsLegendEntry *entry = hs_size_chart_entry_at(self, x, y);
  HsViewport viewport;
  self->drag = HS_CHART_DRAG_NONE;
  self->drag_y = y;
  if (button == GDK_BUTTON_PRIMARY && is_on_axis(pane, x) && get_axis(pane, &viewport, &self->drag_axis)) {
    self->drag_look = *hs_document_get_chart_look(hs_time_pane_get_document(pane));
    self->drag = HS_CHART_DRAG_AXIS;
  } else if (button == GDK_BUTTON_PRIMARY && entry != NULL && entry->kind <= HS_LEGEND_MORE) {
    self->drag_id = entry->id;
    self->drag_kind = entry->kind;
    self->drag_state = state;
    self->drag = HS_CHART_DRAG_LEGEND;
  }
  return self->drag != HS_CHART_DRAG_NONE;
}

static void
hs_size_chart_drag_update(HsTimePane *pane, double x, double y)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  if (self->drag == HS_CHART_DRAG_AXIS && y != self->drag_y)
    drag_axis(self, y);
}

static void
show_all_entries(HsSizeChart *self)
{
  g_autoptr(GMenu) menu = g_menu_new();
  g_autoptr(GdkEvent) event = gtk_get_current_event();
  hs_size_chart_add_layers_menu(self, menu);
  hs_time_pane_popup(HS_TIME_PANE(self), G_MENU_MODEL(menu), event);
}

static void
hs_size_chart_drag_end(HsTimePane *pane, double x, double y, gboolean cancelled)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  int drag = (int)self->drag;
  self->drag = HS_CHART_DRAG_NONE;
  if (drag == HS_CHART_DRAG_AXIS && cancelled)
    restore_axis(self);
  const HsLegendEntry *entry = hs_size_chart_entry_at(self, x, y);
  if (drag != HS_CHART_DRAG_LEGEND || cancelled || entry == NULL || entry->id != self->drag_id ||
      entry->kind != self->drag_kind)
    return;
  if (entry->kind == HS_LEGEND_MORE)
    show_all_entries(self);
  else
    hs_size_chart_pick(self, entry->kind, entry->id, (self->drag_state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0);
}

/* The wheel over the axis, before it is taken for the time's. */
static gboolean
on_event(GtkWidget *widget, GdkEvent *event, gpointer data)
{
  HsTimePane *pane = HS_TIME_PANE(widget);
  if (event->type != GDK_SCROLL || !is_on_axis(pane, event->scroll.x) ||
      (event->scroll.state & gtk_accelerator_get_default_mod_mask() & ~(guint)GDK_SHIFT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  double steps = event->scroll.direction == GDK_SCROLL_UP || event->scroll.direction == GDK_SCROLL_LEFT ? -1 : 1;
  if (event->scroll.direction == GDK_SCROLL_SMOOTH)
    steps = CLAMP(event->scroll.delta_y + event->scroll.delta_x, -8, 8);
  hs_size_chart_vertical_zoom(pane, event->scroll.y, pow(AXIS_STEP, steps));
  return GDK_EVENT_STOP;
}

/* --- GObject --- */

static void
hs_size_chart_dispose(GObject *object)
{
  hs_pane_chart_clear(HS_SIZE_CHART(object)->chart);
  G_OBJECT_CLASS(hs_size_chart_parent_class)->dispose(object);
}

static void
hs_size_chart_finalize(GObject *object)
{
  HsSizeChart *self = HS_SIZE_CHART(object);
  hs_pane_chart_free(self->chart);
  g_clear_pointer(&self->legend, g_array_unref);
  g_array_unref(self->hidden);
  G_OBJECT_CLASS(hs_size_chart_parent_class)->finalize(object);
}

static void
hs_size_chart_paint_marks(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette,
                          const HsMarks *marks)
{
  hs_paint_chart_marks(cr, viewport, palette, marks);
}

static void
hs_size_chart_class_init(HsSizeChartClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_size_chart_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_size_chart_finalize;
  pane_class->paint = hs_size_chart_paint;
  pane_class->paint_marks = hs_size_chart_paint_marks;
  pane_class->paint_over = hs_size_chart_paint_over;
  pane_class->refresh = hs_size_chart_refresh;
  pane_class->forget = hs_size_chart_forget;
  pane_class->is_busy = hs_size_chart_is_busy;
  pane_class->hovered = hs_size_chart_hovered;
  pane_class->context_menu = hs_size_chart_context_menu;
  pane_class->drag_begin = hs_size_chart_drag_begin;
  pane_class->drag_update = hs_size_chart_drag_update;
  pane_class->drag_end = hs_size_chart_drag_end;
  pane_class->cursor_name = hs_size_chart_cursor_name;
  pane_class->vertical_zoom = hs_size_chart_vertical_zoom;
  pane_class->describe = hs_size_chart_describe;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "sizechart");
}

static void
hs_size_chart_init(HsSizeChart *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->chart = hs_pane_chart_new((void (*)(gpointer))hs_time_pane_invalidate, self);
  self->hidden = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  self->hover_x = self->hover_y = NAN;
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, -1, MIN_HEIGHT_PX);
  g_signal_connect(self, "event", G_CALLBACK(on_event), NULL);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Size chart"));
}

uint64_t
hs_size_chart_memory_bytes(HsSizeChart *self)
{
  return hs_pane_chart_memory_bytes(self->chart);
}
