/* SPDX-License-Identifier: MIT */
/* What the chart has to say: menu, card at the pointer, sentence for screen readers. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-format.h"
#include "hs-pane-menu.h"
#include "hs-size-chart-private.h"

/* --- menu --- */

/* The layer that a menu at a point is about: of the legend's entry, or of what is drawn there. */
static gboolean
layer_for_menu(HsSizeChart *self, double x, double y, uint32_t *id)
{
  HsViewport viewport;
  const HsChart *chart = hs_pane_chart_get(self->chart);
  const HsLegendEntry *entry = hs_size_chart_entry_at(self, x, y);
  if (entry != NULL) {
    *id = entry->id;
    return entry->kind == HS_LEGEND_LAYER;
  }
  if (chart == NULL || !hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport))
    return FALSE;
  g_autofree char *title = NULL;
  HsChartStyle style = hs_size_chart_style(self, &title);
  int column = hs_chart_column_at(&viewport, chart, x);
  int layer = column >= 0 ? hs_chart_layer_at(&viewport, chart, &style, column, y) : -1;
  if (layer < 0)
    return FALSE;
  *id = chart->layer_ids[layer];
  return TRUE;
}

void
hs_size_chart_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  HsSizeChart *self = HS_SIZE_CHART(pane);
  HsDocument *document = hs_time_pane_get_document(pane);
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *layer = g_menu_new(), *layers = g_menu_new(), *view = g_menu_new();
  HsViewport viewport;
  uint32_t id;
  if (layer_for_menu(self, x, y, &id))
    hs_size_chart_add_layer_items(layer, document, hs_document_get_group(document), id);
  hs_size_chart_add_layers_menu(self, layers);
  hs_pane_menu_add_view(view, document);
  hs_pane_menu_take_section(menu, layer);
  hs_pane_menu_take_section(menu, layers);
  hs_pane_menu_take_section(menu, view);
  if (hs_time_pane_get_viewport(pane, &viewport) && x >= viewport.x)
    hs_pane_menu_add_moment(menu, document, hs_viewport_ticks(&viewport, x));
  hs_pane_menu_add_display(menu);
  hs_pane_menu_add_picture(menu, "size");
  hs_time_pane_popup(pane, G_MENU_MODEL(menu), event);
}

/* --- card --- */

/* "1.2 MiB", or both ends of what happened in a pixel. */
static char *
range_text(HsMeasure measure, double least, double largest)
{
  char a[HS_FORMAT_MAX], b[HS_FORMAT_MAX];
  hs_chart_format(a, sizeof a, measure, least);
  hs_chart_format(b, sizeof b, measure, largest);
  return g_str_equal(a, b) ? g_strdup(b) : g_strdup_printf("%s – %s", a, b);
}

static void
add_total(HsHoverCard *card, const HsChart *chart, int column)
{
  g_autofree char *text = range_text(chart->measure, hs_chart_value(chart, column, chart->min[column]),
                                     hs_chart_value(chart, column, chart->max[column]));
  hs_hover_card_add(card, NULL, _("Total"), text, FALSE, FALSE);
  if (chart->measure == HS_MEASURE_SLOW_PATH || hs_measure_is_rate(chart->measure)) {
    char number[HS_FORMAT_MAX], of[HS_FORMAT_MAX];
    if (hs_measure_is_bytes(chart->measure))
      hs_format_bytes(number, sizeof number, chart->max[column]);
    else
      hs_format_count(number, sizeof number, (uint64_t)chart->max[column]);
    hs_format_count(of, sizeof of, (uint64_t)chart->of[column]);
    /* Translators: so many records of so many: "12 of 287" */
    g_autofree char *both = g_strdup_printf(_("%s of %s"), number, of);
    if (chart->measure == HS_MEASURE_SLOW_PATH)
      hs_hover_card_add(card, NULL, _("Slow records"), both, FALSE, FALSE);
    else
      hs_hover_card_add(card, NULL, _("In this pixel"), number, FALSE, FALSE);
  }
  if (chart->committed != NULL) {
    char bytes[HS_FORMAT_MAX];
    hs_hover_card_add(card, NULL, _("Committed"), hs_format_bytes(bytes, sizeof bytes, chart->committed[column]), FALSE,
                      FALSE);
    hs_hover_card_add(card, NULL, _("Reserved"), hs_format_bytes(bytes, sizeof bytes, chart->reserved[column]), FALSE,
                      FALSE);
  }
}

/* Whether heaps can be told apart by their handles. */
static gboolean
handles_differ(const HsChart *chart, const HsTimeline *timeline)
{
  for (int i = 0; i < chart->n_layers && chart->group == HS_GROUP_HEAP; i++) {
    for (int k = 0; k < i; k++) {
      uint32_t a = chart->layer_ids[i], b = chart->layer_ids[k];
      if (a != HS_ID_NONE && b != HS_ID_NONE &&
          hs_timeline_heap(timeline, (HsHeapId){a})->handle == hs_timeline_heap(timeline, (HsHeapId){b})->handle)
        return FALSE;
    }
  }
  return TRUE;
}

static void
add_layer(HsHoverCard *card, const HsChart *chart, const HsTimeline *timeline, const HsPalette *palette, int column,
          int layer, gboolean overlaid, gboolean is_short, gboolean strong)
{
  size_t at = (size_t)column * (size_t)chart->n_layers + (size_t)layer;
  double value = hs_chart_value(chart, column, chart->layers[at]), least = value;
  if (overlaid && chart->layer_max != NULL) {
    least = hs_chart_layer_value(chart, column, layer, chart->layer_min[at]);
    value = hs_chart_layer_value(chart, column, layer, chart->layer_max[at]);
  }
  if (!(value > 0))
    return;
  HsColor color = hs_palette_layer(palette, chart->group, chart->layer_ids[layer]);
  g_autofree char *name = hs_chart_layer_name(timeline, chart->group, chart->layer_ids[layer], is_short);
  g_autofree char *text = range_text(chart->measure, least, value);
  hs_hover_card_add(card, &color, name, text, FALSE, strong);
}

HsHoverCard *
hs_size_chart_card(HsSizeChart *self, const HsViewport *viewport, const HsPalette *palette, int column, int layer)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  const HsChart *chart = hs_pane_chart_get(self->chart);
  char time[HS_FORMAT_MAX];
  int64_t ns = hs_clock_to_ns(viewport->clock, hs_viewport_ticks(viewport, self->hover_x));
  HsHoverCard *card = hs_hover_card_new(hs_format_time(time, sizeof time, ns));
  add_total(card, chart, column);
  const HsTimeline *timeline = hs_document_get_timeline(document);
  gboolean overlaid = hs_document_get_chart_look(document)->overlaid;
  gboolean is_short = chart->group == HS_GROUP_HEAP && handles_differ(chart, timeline);
  for (int i = chart->n_layers - 1; i >= 0 && chart->group != HS_GROUP_NONE; i--)
    add_layer(card, chart, timeline, palette, column, i, overlaid, is_short, i == layer);
  return card;
}

/* --- sentence --- */

char *
hs_size_chart_describe(HsTimePane *pane, HsDocument *document)
{
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX], peak[HS_FORMAT_MAX], when[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  HsMeasure measure = hs_document_get_measure(document);
  g_autofree char *title = hs_chart_title(measure, hs_document_get_group(document));
  const HsChart *chart = hs_pane_chart_get(HS_SIZE_CHART(pane)->chart);
  int64_t t0, t1, peak_ticks = 0;
  double value = 0;
  hs_document_get_range(document, &t0, &t1);
  hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
  hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
  if (measure == HS_MEASURE_BYTES || measure == HS_MEASURE_COUNT) {
    value = (double)hs_series_peak(hs_document_get_series(document), measure, t0, t1, &peak_ticks);
  } else if (chart != NULL && chart->measure == measure) {
    value = hs_chart_peak_value(chart);
    peak_ticks = chart->peak_ticks;
  } else {
    return g_strdup_printf(_("%s from %s to %s."), title, from, to);
  }
  hs_format_time(when, sizeof when, hs_clock_to_ns(clock, peak_ticks));
  hs_chart_format(peak, sizeof peak, measure, value);
  return g_strdup_printf(_("%s from %s to %s; the largest value is %s, at %s."), title, from, to, peak, when);
}
