/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-hover-card.h"
#include "hs-pane-menu.h"
#include "hs-pane-samples.h"
#include "hs-size-chart.h"

#define MIN_HEIGHT_PX 60
/* Layers that can still be told apart; the rest is drawn as "others". */
#define MAX_LAYERS 16

struct _HsSizeChart {
  HsTimePane parent_instance;
  HsPaneSamples *samples;
  double hover_x, hover_y; /* NaN = the pointer is elsewhere */
};

G_DEFINE_FINAL_TYPE(HsSizeChart, hs_size_chart, HS_TYPE_TIME_PANE)

static const char *
title_of(HsMeasure measure, HsGroup group)
{
  if (measure == HS_MEASURE_BYTES)
    return group == HS_GROUP_HEAP ? _("Outstanding bytes by heap") : _("Outstanding bytes by source");
  return group == HS_GROUP_HEAP ? _("Outstanding blocks by heap") : _("Outstanding blocks by source");
}

static void
hs_size_chart_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  int64_t s0, s1;
  const HsSamples *samples = hs_pane_samples_get(HS_SIZE_CHART(pane)->samples, &s0, &s1);
  HsChartStyle style = {.timeline = hs_document_get_timeline(document), .show_peak = true};
  /* The title tells what is drawn, which for a moment may not yet be what is wanted. */
  style.title = samples != NULL ? title_of(samples->measure, samples->group)
                                : title_of(hs_document_get_measure(document), hs_document_get_group(document));
  hs_paint_chart(cr, viewport, palette, samples, s0, s1, &style);
}

static void
hs_size_chart_refresh(HsTimePane *pane)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(pane, &viewport))
    return;
  HsSampleKey key = {.measure = hs_document_get_measure(document),
                     .group = hs_document_get_group(document),
                     .t0 = viewport.t0,
                     .t1 = viewport.t1,
                     .n_columns = viewport.width * viewport.scale,
                     .max_layers = MAX_LAYERS};
  hs_pane_samples_want(HS_SIZE_CHART(pane)->samples, document, &key);
}

static void
hs_size_chart_forget(HsTimePane *pane)
{
  hs_pane_samples_clear(HS_SIZE_CHART(pane)->samples);
}

static gboolean
hs_size_chart_is_busy(HsTimePane *pane)
{
  return hs_pane_samples_is_busy(HS_SIZE_CHART(pane)->samples);
}

/* --- what is under the pointer --- */

typedef struct {
  const HsSamples *samples;
  int column;
  int layer; /* −1 = above or below all */
} HsChartHit;

static gboolean
hit(HsSizeChart *self, const HsViewport *viewport, double x, double y, HsChartHit *result)
{
  int64_t s0, s1;
  const HsSamples *samples = hs_pane_samples_get(self->samples, &s0, &s1);
  if (samples == NULL || samples->n_columns <= 0 || s1 <= s0 || isnan(x) || x < viewport->x ||
      x >= viewport->x + viewport->width)
    return FALSE;
  double part = ((double)hs_viewport_ticks(viewport, x) - (double)s0) / ((double)s1 - (double)s0);
  if (s0 == viewport->t0 && s1 == viewport->t1)
    part = (x - viewport->x) / viewport->width;
  int column = (int)floor(part * samples->n_columns);
  if (column < 0 || column >= samples->n_columns)
    return FALSE;
  *result = (HsChartHit){.samples = samples, .column = column, .layer = -1};
  double axis = (double)hs_chart_axis_max(samples, viewport->height);
  double value = axis * (viewport->y + viewport->height - y) / viewport->height;
  const int64_t *layers = samples->layers + (size_t)column * (size_t)samples->n_layers;
  double top = 0;
  for (int i = 0; i < samples->n_layers && value >= 0; i++) {
    top += (double)layers[i];
    if (value < top) {
      result->layer = i;
      break;
    }
  }
  return TRUE;
}

static char *
value_text(char *buffer, size_t size, HsMeasure measure, int64_t value)
{
  if (measure == HS_MEASURE_BYTES)
    return hs_format_bytes(buffer, size, value);
  return hs_format_count(buffer, size, (uint64_t)MAX(value, 0));
}

static char *
layer_name(const HsTimeline *timeline, HsGroup group, uint32_t id)
{
  char handle[HS_FORMAT_MAX];
  if (id == HS_ID_NONE)
    return g_strdup(_("Others"));
  if (group == HS_GROUP_SOURCE)
    return g_strdup(id == HS_SOURCE_NONE ? _("No source") : hs_source_title((HsSource)id));
  if (group != HS_GROUP_HEAP)
    return g_strdup(_("All"));
  const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){id});
  g_autofree char *process = hs_process_display_name(timeline, heap->process);
  return g_strdup_printf("%s · %s", hs_format_hex(handle, sizeof handle, heap->handle), process);
}

static HsHoverCard *
make_card(HsSizeChart *self, const HsViewport *viewport, const HsPalette *palette, const HsChartHit *at)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  const HsTimeline *timeline = hs_document_get_timeline(document);
  const HsSamples *samples = at->samples;
  char text[HS_FORMAT_MAX], least[HS_FORMAT_MAX];

  int64_t ns = hs_clock_to_ns(viewport->clock, hs_viewport_ticks(viewport, self->hover_x));
  HsHoverCard *card = hs_hover_card_new(hs_format_time(text, sizeof text, ns));
  value_text(text, sizeof text, samples->measure, samples->max[at->column]);
  value_text(least, sizeof least, samples->measure, samples->min[at->column]);
  /* A pixel holds many moments: both ends of what happened in it. */
  g_autofree char *total = g_strcmp0(text, least) == 0 ? g_strdup(text) : g_strdup_printf("%s – %s", least, text);
  hs_hover_card_add(card, NULL, _("Total"), total, FALSE, FALSE);
  for (int i = samples->n_layers - 1; i >= 0; i--) {
    int64_t value = samples->layers[(size_t)at->column * (size_t)samples->n_layers + (size_t)i];
    if (value == 0)
      continue;
    HsColor color = hs_palette_layer(palette, samples->group, samples->layer_ids[i]);
    g_autofree char *name = layer_name(timeline, samples->group, samples->layer_ids[i]);
    value_text(text, sizeof text, samples->measure, value);
    hs_hover_card_add(card, &color, name, text, FALSE, i == at->layer);
  }
  return card;
}

static void
hs_size_chart_paint_over(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  HsChartHit at;
  if (hs_time_pane_is_dragging(pane) || !hit(self, viewport, self->hover_x, self->hover_y, &at))
    return;
  g_autoptr(HsHoverCard) card = make_card(self, viewport, palette, &at);
  hs_hover_card_paint(card, cr, palette, self->hover_x, self->hover_y, gtk_widget_get_allocated_width(GTK_WIDGET(pane)),
                      gtk_widget_get_allocated_height(GTK_WIDGET(pane)));
}

static void
hs_size_chart_hovered(HsTimePane *pane, double x, double y)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  self->hover_x = x;
  self->hover_y = y;
  gtk_widget_queue_draw(GTK_WIDGET(pane));
}

static void
hs_size_chart_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  HsDocument *document = hs_time_pane_get_document(pane);
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *layer = g_menu_new(), *view = g_menu_new();
  HsViewport viewport;
  HsChartHit at;

  if (hs_time_pane_get_viewport(pane, &viewport) && hit(HS_SIZE_CHART(pane), &viewport, x, y, &at) && at.layer >= 0) {
    uint32_t id = at.samples->layer_ids[at.layer];
    if (at.samples->group == HS_GROUP_HEAP)
      hs_pane_menu_add_heap(layer, hs_document_get_timeline(document), (HsHeapId){id});
    else if (at.samples->group == HS_GROUP_SOURCE && id != HS_ID_NONE)
      hs_pane_menu_add_source(layer, (HsSource)id);
  }
  hs_pane_menu_add_view(view, document);
  hs_pane_menu_take_section(menu, layer);
  hs_pane_menu_take_section(menu, view);
  hs_pane_menu_add_display(menu);
  hs_time_pane_popup(pane, G_MENU_MODEL(menu), event);
}

static char *
hs_size_chart_describe(HsTimePane *pane, HsDocument *document)
{
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX], peak[HS_FORMAT_MAX], when[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  HsMeasure measure = hs_document_get_measure(document);
  int64_t t0, t1, peak_ticks;
  hs_document_get_range(document, &t0, &t1);
  int64_t value = hs_series_peak(hs_document_get_series(document), measure, t0, t1, &peak_ticks);
  hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
  hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
  hs_format_time(when, sizeof when, hs_clock_to_ns(clock, peak_ticks));
  value_text(peak, sizeof peak, measure, value);
  return g_strdup_printf(_("%s from %s to %s; the largest value is %s, at %s."),
                         title_of(measure, hs_document_get_group(document)), from, to, peak, when);
}

/* --- GObject --- */

static void
hs_size_chart_dispose(GObject *object)
{
  hs_pane_samples_clear(HS_SIZE_CHART(object)->samples);
  G_OBJECT_CLASS(hs_size_chart_parent_class)->dispose(object);
}

static void
hs_size_chart_finalize(GObject *object)
{
  hs_pane_samples_free(HS_SIZE_CHART(object)->samples);
  G_OBJECT_CLASS(hs_size_chart_parent_class)->finalize(object);
}

static void
hs_size_chart_class_init(HsSizeChartClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_size_chart_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_size_chart_finalize;
  pane_class->paint = hs_size_chart_paint;
  pane_class->paint_over = hs_size_chart_paint_over;
  pane_class->refresh = hs_size_chart_refresh;
  pane_class->forget = hs_size_chart_forget;
  pane_class->is_busy = hs_size_chart_is_busy;
  pane_class->hovered = hs_size_chart_hovered;
  pane_class->context_menu = hs_size_chart_context_menu;
  pane_class->describe = hs_size_chart_describe;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "sizechart");
}

static void
hs_size_chart_init(HsSizeChart *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->samples = hs_pane_samples_new((void (*)(gpointer))hs_time_pane_invalidate, self);
  self->hover_x = self->hover_y = NAN;
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, -1, MIN_HEIGHT_PX);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Size chart"));
}
