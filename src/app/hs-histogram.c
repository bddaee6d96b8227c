/* SPDX-License-Identifier: MIT */
#include "hs-histogram.h"

#include "hs-config.h"
#include "hs-format.h"
#include "hs-paint-histogram.h"
#include "hs-pane-job.h"
#include "hs-pivot-rows.h"
#include "hs-pivot-text.h"
#include "hs-time-pane.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define HEIGHT_PX 112
#define MARGIN_PX 12

struct _HsHistogram {
  GtkDrawingArea parent_instance;

  HsDocument *document;
  HsPaneJob *job;
  HsPalette palette;
  HsSizeHistogram histogram;
  HsTimeRange range;      /* that it shows */
  guint shown_serial;     /* of the filter that it shows */
  uint32_t hover, cursor; /* classes; HS_SIZE_CLASSES = none */
};

G_DEFINE_FINAL_TYPE(HsHistogram, hs_histogram, GTK_TYPE_DRAWING_AREA)

/* --- the job --- */

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  HsSeriesSet *series;
  HsTimeRange range;
  uint32_t n_rows;
  guint serial;
} Request;

static void
request_free(gpointer data)
{
  Request *request = data;
  hs_series_set_unref(request->series);
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
  request->series = hs_series_set_ref(hs_document_get_series(self->document));
  request->range = hs_document_get_type_range(self->document);
  request->n_rows = hs_document_get_n_rows(self->document);
  request->serial = hs_document_get_filter_serial(self->document);
  return request;
}

/* Worker. */
static gpointer
work(gpointer data, const int *cancel)
{
  static const HsPivotBy by[] = {HS_PIVOT_SIZE, HS_PIVOT_SOURCE};
  const Request *r = data;
  return hs_pivot_new(r->timeline, r->blocks, r->series, r->range, r->n_rows, by, G_N_ELEMENTS(by), false, cancel);
}

static void
describe(HsHistogram *self)
{
  uint64_t n = 0;
  uint32_t most = 0;
  for (uint32_t c = 0; c < HS_SIZE_CLASSES; c++) {
    n += self->histogram.total[c];
    if (self->histogram.total[c] > self->histogram.total[most])
      most = c;
  }
  char count[HS_FORMAT_MAX];
  g_autofree char *size = hs_size_class_text(most);
  hs_format_count(count, sizeof count, n);
  g_autofree char *text =
      n == 0 ? g_strdup(_("No allocations")) : g_strdup_printf(_("%s allocations, most of them of %s"), count, size);
  atk_object_set_description(gtk_widget_get_accessible(GTK_WIDGET(self)), text);
}

static void
done(gpointer owner, gpointer request, gpointer made)
{
  HsHistogram *self = owner;
  self->range = ((Request *)request)->range;
  self->shown_serial = ((Request *)request)->serial;
  hs_size_histogram_from_pivot(&self->histogram, made);
  hs_pivot_unref(made);
  describe(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
free_pivot(gpointer pivot)
{
  hs_pivot_unref(pivot);
}

static const HsPaneJobClass job_class = {prepare, work, done, request_free, free_pivot};

/* --- what it follows --- */

static void
on_data_changed(HsHistogram *self)
{
  bool same_filter = hs_document_get_filter_serial(self->document) == self->shown_serial;
  if (same_filter && hs_loader_outcome(hs_document_get_loader(self->document)) == HS_LOAD_RUNNING)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, TRUE);
}

static void
on_selection_changed(HsHistogram *self)
{
  HsTimeRange range = hs_document_get_type_range(self->document);
  if (range.t0_ticks != self->range.t0_ticks || range.t1_ticks != self->range.t1_ticks ||
      hs_pane_job_is_busy(self->job))
    hs_pane_job_want(self->job, FALSE);
}

void
hs_histogram_set_document(HsHistogram *self, HsDocument *document)
{
  if (self->document == document)
    return;
  hs_pane_job_cancel(self->job);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  self->histogram = (HsSizeHistogram){0};
  self->range = HS_TIME_RANGE_ALL;
  self->hover = self->cursor = HS_SIZE_CLASSES;
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "data-changed", G_CALLBACK(on_data_changed), self);
  g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
  hs_pane_job_want(self->job, TRUE);
}

gboolean
hs_histogram_is_busy(HsHistogram *self)
{
  return hs_pane_job_is_busy(self->job);
}

/* --- picture --- */

static HsHistogramArea
area_of(HsHistogram *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  return (HsHistogramArea){.x = MARGIN_PX,
                           .y = 2,
                           .width = gtk_widget_get_allocated_width(widget) - 2 * MARGIN_PX,
                           .height = gtk_widget_get_allocated_height(widget) - 4,
                           .scale = gtk_widget_get_scale_factor(widget)};
}

static gboolean
hs_histogram_draw(GtkWidget *widget, cairo_t *cr)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  HsHistogramArea area = area_of(self);
  bool focus = gtk_widget_has_visible_focus(widget);
  uint32_t marked = self->hover != HS_SIZE_CLASSES ? self->hover : focus ? self->cursor : HS_SIZE_CLASSES;
  hs_paint_size_histogram(cr, &area, &self->palette, &self->histogram, marked, focus && marked == self->cursor);
  if (focus)
    gtk_render_focus(gtk_widget_get_style_context(widget), cr, 0, 0, gtk_widget_get_allocated_width(widget),
                     gtk_widget_get_allocated_height(widget));
  return GDK_EVENT_PROPAGATE;
}

/* --- hands --- */

static void
set_hover(HsHistogram *self, uint32_t size_class)
{
  if (self->hover == size_class)
    return;
  self->hover = size_class;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static gboolean
hs_histogram_motion(GtkWidget *widget, GdkEventMotion *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  HsHistogramArea area = area_of(self);
  set_hover(self, hs_size_histogram_hit(&area, &self->histogram, event->x, event->y));
  return GDK_EVENT_PROPAGATE;
}

static gboolean
hs_histogram_leave(GtkWidget *widget, GdkEventCrossing *event)
{
  set_hover(HS_HISTOGRAM(widget), HS_SIZE_CLASSES);
  return GDK_EVENT_PROPAGATE;
}

/* The sizes of a class, as the filter language has them. */
static void
pick(HsHistogram *self, uint32_t size_class, gboolean exclude)
{
  if (self->document == NULL || size_class >= HS_SIZE_CLASSES || self->histogram.total[size_class] == 0)
    return;
  g_autofree char *value = hs_size_class_value(size_class);
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "win");
  if (actions != NULL)
    g_action_group_activate_action(actions, exclude ? "filter-exclude" : "filter-by",
                                   g_variant_new("(ss)", "size", value));
}

static gboolean
hs_histogram_button_press(GtkWidget *widget, GdkEventButton *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  HsHistogramArea area = area_of(self);
  if (event->button != GDK_BUTTON_PRIMARY || event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_PROPAGATE;
  uint32_t size_class = hs_size_histogram_hit(&area, &self->histogram, event->x, event->y);
  self->cursor = size_class;
  pick(self, size_class, (event->state & GDK_CONTROL_MASK) != 0);
  return GDK_EVENT_STOP;
}

/* The next class that has blocks. */
static void
step(HsHistogram *self, int direction)
{
  int first = (int)self->histogram.first_class, end = (int)self->histogram.end_class;
  int at = self->cursor < HS_SIZE_CLASSES ? (int)self->cursor : direction > 0 ? first - 1 : end;
  do
    at += direction;
  while (at >= first && at < end && self->histogram.total[at] == 0);
  if (at < first || at >= end)
    return;
  self->cursor = (uint32_t)at;
  gtk_widget_queue_draw(GTK_WIDGET(self));
  gtk_widget_trigger_tooltip_query(GTK_WIDGET(self));
}

static gboolean
hs_histogram_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  bool control = (event->state & GDK_CONTROL_MASK) != 0;
  switch (event->keyval) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    step(self, -1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    step(self, 1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    pick(self, self->cursor, control);
    return GDK_EVENT_STOP;
  default:
    return GTK_WIDGET_CLASS(hs_histogram_parent_class)->key_press_event(widget, event);
  }
}

static gboolean
hs_histogram_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsHistogram *self = HS_HISTOGRAM(widget);
  HsHistogramArea area = area_of(self);
  uint32_t c = keyboard ? self->cursor : hs_size_histogram_hit(&area, &self->histogram, x, y);
  if (c >= HS_SIZE_CLASSES || self->histogram.total[c] == 0)
    return FALSE;
  char count[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX];
  g_autofree char *size = hs_size_class_text(c);
  hs_format_count(count, sizeof count, self->histogram.total[c]);
  hs_format_bytes(bytes, sizeof bytes, (int64_t)MIN(self->histogram.bytes[c], (uint64_t)INT64_MAX));
  g_autofree char *text = g_strdup_printf(
      _("%s: %s allocations, %s\nClick to show these sizes alone, Ctrl+click to leave them out"), size, count, bytes);
  gtk_tooltip_set_text(tooltip, text);
  return TRUE;
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
hs_histogram_dispose(GObject *object)
{
  HsHistogram *self = HS_HISTOGRAM(object);
  if (self->document != NULL)
    hs_histogram_set_document(self, NULL);
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
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  G_OBJECT_CLASS(klass)->dispose = hs_histogram_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_histogram_finalize;
  widget_class->draw = hs_histogram_draw;
  widget_class->motion_notify_event = hs_histogram_motion;
  widget_class->leave_notify_event = hs_histogram_leave;
  widget_class->button_press_event = hs_histogram_button_press;
  widget_class->key_press_event = hs_histogram_key_press;
  widget_class->query_tooltip = hs_histogram_query_tooltip;
  widget_class->style_updated = hs_histogram_style_updated;
  widget_class->focus_in_event = on_focus_changed;
  widget_class->focus_out_event = on_focus_changed;
}

static void
hs_histogram_init(HsHistogram *self)
{
  GtkWidget *widget = GTK_WIDGET(self);

  self->job = hs_pane_job_new(&job_class, self);
  self->hover = self->cursor = HS_SIZE_CLASSES;
  self->range = HS_TIME_RANGE_ALL;
  gtk_widget_set_size_request(widget, -1, HEIGHT_PX);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_has_tooltip(widget, TRUE);
  gtk_widget_add_events(widget, GDK_BUTTON_PRESS_MASK | GDK_POINTER_MOTION_MASK | GDK_LEAVE_NOTIFY_MASK |
                                    GDK_KEY_PRESS_MASK | GDK_FOCUS_CHANGE_MASK);
  AtkObject *accessible = gtk_widget_get_accessible(widget);
  atk_object_set_role(accessible, ATK_ROLE_CHART);
  atk_object_set_name(accessible, _("Histogram of sizes"));
}
