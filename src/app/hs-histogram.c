/* SPDX-License-Identifier: MIT */
#include "hs-histogram-private.h"

#include <math.h>

#include "hs-config.h"
#include "hs-time-pane.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define SMALL_HEIGHT_PX 112
#define MIN_HEIGHT_PX 90
#define MIN_WIDTH_PX 200
#define MARGIN_PX 12

G_DEFINE_FINAL_TYPE(HsHistogram, hs_histogram, GTK_TYPE_DRAWING_AREA)

enum { PROP_0, PROP_SMALL, N_PROPS };

static GParamSpec *properties[N_PROPS];

/* --- the job --- */

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  HsQuery *query; /* or NULL */
  HsTimeRange range;
  HsDistributionKind kind;
  uint32_t n_rows;
  guint serial;
} Request;

static void
request_free(gpointer data)
{
  Request *request = data;
  g_clear_pointer(&request->query, hs_query_unref);
  hs_row_set_unref(request->blocks);
  hs_timeline_unref(request->timeline);
  g_free(request);
}

static gpointer
prepare(gpointer owner)
{
  HsHistogram *self = owner;
  if (self->document == NULL)
    return NULL;
  Request *request = g_new0(Request, 1);
  request->timeline = hs_timeline_ref(hs_document_get_timeline(self->document));
  request->blocks = hs_row_set_ref(hs_document_get_block_set(self->document));
  request->query = hs_query_parse(hs_document_get_applied_text(self->document), NULL);
  request->range = hs_document_get_type_range(self->document);
  request->kind = self->kind;
  request->n_rows = hs_document_get_n_rows(self->document);
  request->serial = hs_document_get_filter_serial(self->document);
  return request;
}

/* Worker. */
static gpointer
work(gpointer data, const int *cancel)
{
  const Request *r = data;
  return hs_distribution_new_query(r->timeline, r->query, r->blocks, r->range, r->range, r->n_rows, r->kind, cancel);
}

static void
free_distribution(gpointer distribution)
{
  hs_distribution_unref(distribution);
}

static void
tell(HsHistogram *self)
{
  g_autofree char *text = hs_histogram_description(self);
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(self));
  atk_object_set_name(accessible, hs_distribution_is_of_lifetimes(self->kind) ? _("Histogram of lifetimes")
                                                                              : _("Histogram of sizes"));
  atk_object_set_description(accessible, text);
}

static void
forget_places(HsHistogram *self)
{
  self->hover = self->cursor = self->anchor = HS_CLASS_NONE;
}

static void
done(gpointer owner, gpointer data, gpointer made)
{
  HsHistogram *self = owner;
  Request *request = data;
  if (self->distribution != NULL && self->distribution->kind != request->kind)
    forget_places(self);
  g_clear_pointer(&self->distribution, hs_distribution_unref);
  g_clear_pointer(&self->query, hs_query_unref);
  self->distribution = made;
  self->query = g_steal_pointer(&request->query);
  self->shown_serial = request->serial;
  tell(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static const HsPaneJobClass job_class = {prepare, work, done, request_free, free_distribution, TRUE};

/* --- what it follows --- */

static void
refresh(HsHistogram *self, gboolean obsolete, gboolean growth)
{
  if (self->document == NULL || !gtk_widget_get_mapped(GTK_WIDGET(self))) {
    self->is_stale = TRUE;
    return;
  }
  self->is_stale = FALSE;
  if (growth)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, obsolete);
}

static void
on_data_changed(HsHistogram *self)
{
  gboolean growth = hs_document_get_filter_serial(self->document) == self->shown_serial &&
                    hs_loader_outcome(hs_document_get_loader(self->document)) == HS_LOAD_RUNNING;
  refresh(self, TRUE, growth);
}

static void
on_selection_changed(HsHistogram *self)
{
  HsTimeRange range = hs_document_get_type_range(self->document);
  /* The cursor alone changes nothing here. */
  if (self->distribution != NULL && range.t0_ticks == self->distribution->range.t0_ticks &&
      range.t1_ticks == self->distribution->range.t1_ticks && !hs_pane_job_is_busy(self->job))
    return;
  refresh(self, FALSE, FALSE);
}

static void
hs_histogram_map(GtkWidget *widget)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  GTK_WIDGET_CLASS(hs_histogram_parent_class)->map(widget);
  if (self->is_stale)
    refresh(self, TRUE, FALSE);
}

/* --- public --- */

void
hs_histogram_set_document(HsHistogram *self, HsDocument *document)
{
  if (self->document == document)
    return;
  hs_pane_job_cancel(self->job);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  g_clear_pointer(&self->distribution, hs_distribution_unref);
  g_clear_pointer(&self->query, hs_query_unref);
  g_clear_pointer(&self->written, g_free);
  self->shown_serial = 0;
  forget_places(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "data-changed", G_CALLBACK(on_data_changed), self);
  g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
  refresh(self, TRUE, FALSE);
}

void
hs_histogram_set_kind(HsHistogram *self, HsDistributionKind kind)
{
  if (self->kind == kind)
    return;
  self->kind = kind;
  g_clear_pointer(&self->written, g_free);
  refresh(self, TRUE, FALSE);
}

void
hs_histogram_set_measure(HsHistogram *self, HsHistogramMeasure measure)
{
  self->measure = measure;
  tell(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
hs_histogram_set_scale(HsHistogram *self, HsHistogramScale scale)
{
  self->scale = scale;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

HsDistributionKind
hs_histogram_get_kind(HsHistogram *self)
{
  return self->kind;
}

HsHistogramMeasure
hs_histogram_get_measure(HsHistogram *self)
{
  return self->measure;
}

HsHistogramScale
hs_histogram_get_scale(HsHistogram *self)
{
  return self->scale;
}

const HsDistribution *
hs_histogram_get_distribution(HsHistogram *self)
{
  return self->distribution;
}

gboolean
hs_histogram_get_bar(HsHistogram *self, uint32_t class, double *x, double *y)
{
  HsHistogramArea area = hs_histogram_area(self);
  HsHistogramStyle style = hs_histogram_style(self);
  double width, height;
  if (!hs_histogram_bar(&area, self->distribution, &style, class, x, y, &width, &height))
    return FALSE;
  *x += width / 2;
  *y += height / 2;
  return TRUE;
}

gboolean
hs_histogram_is_busy(HsHistogram *self)
{
  return hs_pane_job_is_busy(self->job);
}

/* --- picture --- */

HsHistogramArea
hs_histogram_area(HsHistogram *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);
  int scale = gtk_widget_get_scale_factor(widget);
  if (!self->is_small)
    return (HsHistogramArea){.width = width, .height = height - 2, .scale = scale};
  return (HsHistogramArea){
      .x = MARGIN_PX, .y = 2, .width = width - 2 * MARGIN_PX, .height = height - 4, .scale = scale};
}

uint32_t
hs_histogram_marked(HsHistogram *self)
{
  if (self->hover != HS_CLASS_NONE)
    return self->hover;
  return gtk_widget_has_visible_focus(GTK_WIDGET(self)) ? self->cursor : HS_CLASS_NONE;
}

HsHistogramStyle
hs_histogram_style(HsHistogram *self)
{
  uint32_t marked = hs_histogram_marked(self);
  return (HsHistogramStyle){.measure = self->measure,
                            .scale = self->scale,
                            .is_small = self->is_small,
                            .marked = marked,
                            .is_framed = marked != HS_CLASS_NONE && marked == self->cursor &&
                                         gtk_widget_has_visible_focus(GTK_WIDGET(self))};
}

/* Beside the pointer; for the keyboard, beside the bar. */
static void
paint_card(HsHistogram *self, cairo_t *cr, const HsHistogramArea *area, const HsHistogramStyle *style)
{
  double x = self->hover_x, y = self->hover_y, width, height;
  if (style->marked == HS_CLASS_NONE || self->is_small)
    return;
  if (self->hover == HS_CLASS_NONE) {
    if (!hs_histogram_bar(area, self->distribution, style, style->marked, &x, &y, &width, &height))
      return;
    x += width;
  }
  g_autoptr(HsHoverCard) card = hs_histogram_card(self, style->marked);
  hs_hover_card_paint(card, cr, &self->palette, x, y, (int)area->width, (int)area->height);
}

static gboolean
hs_histogram_draw(GtkWidget *widget, cairo_t *cr)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  HsHistogramArea area = hs_histogram_area(self);
  HsHistogramStyle style = hs_histogram_style(self);
  if (!self->is_small) {
    hs_color_set(cr, self->palette.base);
    cairo_paint(cr);
  }
  hs_paint_histogram(cr, &area, &self->palette, self->distribution, &style);
  paint_card(self, cr, &area, &style);
  if (gtk_widget_has_visible_focus(widget))
    gtk_render_focus(gtk_widget_get_style_context(widget), cr, 0, 0, gtk_widget_get_allocated_width(widget),
                     gtk_widget_get_allocated_height(widget));
  return GDK_EVENT_PROPAGATE;
}

/* --- pointer --- */

static uint32_t
class_at(HsHistogram *self, double x, double y)
{
  HsHistogramArea area = hs_histogram_area(self);
  HsHistogramStyle style = hs_histogram_style(self);
  return hs_histogram_hit(&area, self->distribution, &style, x, y);
}

static gboolean
hs_histogram_motion(GtkWidget *widget, GdkEventMotion *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  uint32_t class = class_at(self, event->x, event->y);
  if (self->hover != class || (class != HS_CLASS_NONE && !self->is_small))
    gtk_widget_queue_draw(widget);
  self->hover = class;
  self->hover_x = event->x;
  self->hover_y = event->y;
  return GDK_EVENT_PROPAGATE;
}

static gboolean
hs_histogram_leave(GtkWidget *widget, GdkEventCrossing *event)
{
  HS_HISTOGRAM(widget)->hover = HS_CLASS_NONE;
  gtk_widget_queue_draw(widget);
  return GDK_EVENT_PROPAGATE;
}

static HsChoose
wish_of(guint state)
{
  bool shift = (state & GDK_SHIFT_MASK) != 0, control = (state & GDK_CONTROL_MASK) != 0;
  if (shift)
    return control ? HS_CHOOSE_STRETCH_TOO : HS_CHOOSE_STRETCH;
  return control ? HS_CHOOSE_TOGGLE : HS_CHOOSE_ONLY;
}

static gboolean
hs_histogram_button_press(GtkWidget *widget, GdkEventButton *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  if (event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_PROPAGATE;
  uint32_t class = class_at(self, event->x, event->y);
  if (gdk_event_triggers_context_menu((GdkEvent *)event)) {
    hs_histogram_popup(self, class, (GdkEvent *)event);
    return GDK_EVENT_STOP;
  }
  if (event->button != GDK_BUTTON_PRIMARY)
    return GDK_EVENT_PROPAGATE;
  if (!gtk_widget_has_focus(widget))
    gtk_widget_grab_focus(widget);
  if (class == HS_CLASS_NONE)
    return GDK_EVENT_STOP;
  self->cursor = class;
  hs_histogram_choose(self, class, wish_of(event->state));
  return GDK_EVENT_STOP;
}

/* --- keyboard --- */

static void
move_to(HsHistogram *self, uint32_t class)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(self));
  self->cursor = class;
  self->hover = HS_CLASS_NONE;
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->is_small)
    gtk_widget_trigger_tooltip_query(GTK_WIDGET(self));
  g_object_notify(G_OBJECT(accessible), "accessible-value");
}

/* The next class that has blocks, from one on or from the edge. */
static void
step(HsHistogram *self, uint32_t from, int direction)
{
  const HsDistribution *d = self->distribution;
  if (d == NULL || d->kind != self->kind)
    return;
  int64_t first = d->first_class, end = d->end_class;
  int64_t at = from != HS_CLASS_NONE ? (int64_t)from : direction > 0 ? first - 1 : end;
  do
    at += direction;
  while (at >= first && at < end && d->classes[at].whole.count == 0);
  if (at >= first && at < end)
    move_to(self, (uint32_t)at);
}

static gboolean
hs_histogram_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  int direction = 0;
  uint32_t from = self->cursor;
  switch (event->keyval) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    direction = -1;
    break;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    direction = 1;
    break;
  case GDK_KEY_Home:
  case GDK_KEY_End:
    direction = event->keyval == GDK_KEY_Home ? 1 : -1;
    from = HS_CLASS_NONE;
    break;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    hs_histogram_choose(self, self->cursor, wish_of(event->state));
    return GDK_EVENT_STOP;
  case GDK_KEY_Delete:
  case GDK_KEY_KP_Delete:
    hs_histogram_exclude(self, self->cursor);
    return GDK_EVENT_STOP;
  default:
    return GTK_WIDGET_CLASS(hs_histogram_parent_class)->key_press_event(widget, event);
  }
  if (self->anchor == HS_CLASS_NONE)
    self->anchor = self->cursor;
  step(self, from, direction);
  if ((event->state & GDK_SHIFT_MASK) != 0)
    hs_histogram_choose(self, self->cursor, HS_CHOOSE_STRETCH);
  return GDK_EVENT_STOP;
}

static gboolean
hs_histogram_popup_menu(GtkWidget *widget)
{
  g_autoptr(GdkEvent) event = gtk_get_current_event();
  hs_histogram_popup(HS_HISTOGRAM(widget), HS_HISTOGRAM(widget)->cursor, event);
  return TRUE;
}

static gboolean
hs_histogram_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  uint32_t class = keyboard ? self->cursor : class_at(self, x, y);
  if (!self->is_small)
    return FALSE;
  g_autofree char *text = hs_histogram_tooltip(self, class);
  gtk_tooltip_set_text(tooltip, text);
  return text != NULL;
}

/* --- widget --- */

static void
hs_histogram_style_updated(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_histogram_parent_class)->style_updated(widget);
  hs_palette_from_widget(&HS_HISTOGRAM(widget)->palette, widget);
}

static gboolean
on_focus_changed(GtkWidget *widget, GdkEventFocus *event)
{
  gtk_widget_queue_draw(widget);
  return GDK_EVENT_PROPAGATE;
}

static void
hs_histogram_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  HsHistogram *self = HS_HISTOGRAM(object);
  if (id != PROP_SMALL) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    return;
  }
  self->is_small = g_value_get_boolean(value);
  gtk_widget_set_size_request(GTK_WIDGET(self), self->is_small ? -1 : MIN_WIDTH_PX,
                              self->is_small ? SMALL_HEIGHT_PX : MIN_HEIGHT_PX);
}

static void
hs_histogram_dispose(GObject *object)
{
  HsHistogram *self = HS_HISTOGRAM(object);
  if (self->document != NULL)
    hs_histogram_set_document(self, NULL);
  if (self->menu != NULL)
    gtk_widget_destroy(self->menu);
  g_clear_weak_pointer(&self->menu);
  g_clear_pointer(&self->job, hs_pane_job_free);
  G_OBJECT_CLASS(hs_histogram_parent_class)->dispose(object);
}

static void
hs_histogram_finalize(GObject *object)
{
  hs_palette_clear(&HS_HISTOGRAM(object)->palette);
  G_OBJECT_CLASS(hs_histogram_parent_class)->finalize(object);
}

static void
hs_histogram_class_init(HsHistogramClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  object_class->set_property = hs_histogram_set_property;
  object_class->dispose = hs_histogram_dispose;
  object_class->finalize = hs_histogram_finalize;
  properties[PROP_SMALL] = g_param_spec_boolean("small", NULL, NULL, FALSE,
                                                G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties(object_class, N_PROPS, properties);
  widget_class->map = hs_histogram_map;
  widget_class->draw = hs_histogram_draw;
  widget_class->motion_notify_event = hs_histogram_motion;
  widget_class->leave_notify_event = hs_histogram_leave;
  widget_class->button_press_event = hs_histogram_button_press;
  widget_class->key_press_event = hs_histogram_key_press;
  widget_class->popup_menu = hs_histogram_popup_menu;
  widget_class->query_tooltip = hs_histogram_query_tooltip;
  widget_class->style_updated = hs_histogram_style_updated;
  widget_class->focus_in_event = on_focus_changed;
  widget_class->focus_out_event = on_focus_changed;
  gtk_widget_class_set_accessible_type(widget_class, hs_histogram_accessible_get_type());
}

static void
hs_histogram_init(HsHistogram *self)
{
  GtkWidget *widget = GTK_WIDGET(self);

  self->job = hs_pane_job_new(&job_class, self);
  self->scale = HS_HISTOGRAM_ROOT;
  forget_places(self);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_has_tooltip(widget, TRUE);
  gtk_widget_add_events(widget, GDK_BUTTON_PRESS_MASK | GDK_POINTER_MOTION_MASK | GDK_LEAVE_NOTIFY_MASK |
                                    GDK_KEY_PRESS_MASK | GDK_FOCUS_CHANGE_MASK);
  tell(self);
}
