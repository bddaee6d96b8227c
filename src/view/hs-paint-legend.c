/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-paint-chart-private.h"

#define TITLE_X_PX 10
#define TITLE_GAP_PX 26
#define SWATCH_PX 11
#define SWATCH_GAP_PX 5
#define ENTRY_GAP_PX 15
#define RIGHT_PX 6
/* Around an entry that stands out. */
#define PILL_MARGIN_PX 5
/* Of a swatch that is a line. */
#define LINE_PX 2

double
hs_title_y(double text_height)
{
  return MAX(text_height / 2 + 2, 14);
}

static double
title_width(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const char *title)
{
  double width = 0, height;
  if (title == NULL || viewport->width <= TITLE_X_PX + RIGHT_PX)
    return 0;
  hs_measure_text(cr, palette, title, false, true, &width, &height);
  return height > viewport->height ? 0 : MIN(width, viewport->width - TITLE_X_PX - RIGHT_PX);
}

double
hs_paint_title(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const char *title)
{
  double height, x = viewport->x + TITLE_X_PX;
  if (title == NULL || viewport->width <= TITLE_X_PX + RIGHT_PX)
    return x;
  hs_measure_text(cr, palette, title, false, true, NULL, &height);
  if (height > viewport->height)
    return x;
  double y = viewport->y + hs_title_y(height);
  return x + hs_paint_text(cr, palette, title, false, true, palette->text, x, y,
                           viewport->width - TITLE_X_PX - RIGHT_PX, -1);
}

/* --- layout --- */

/* A layer that is nowhere more than nothing needs no entry. */
static bool
layer_is_used(const HsChart *chart, int layer)
{
  for (int i = 0; i < chart->n_columns; i++) {
    if (chart->layers[(size_t)i * (size_t)chart->n_layers + (size_t)layer] > 0 ||
        (chart->layer_max != NULL && chart->layer_max[(size_t)i * (size_t)chart->n_layers + (size_t)layer] > 0))
      return true;
  }
  return false;
}

static void
clear_entry(gpointer data)
{
  g_free(((HsLegendEntry *)data)->name);
}

static void
add_entry(GArray *legend, HsLegendKind kind, uint32_t id, char *name)
{
  HsLegendEntry entry = {.kind = kind, .id = id, .name = name};
  g_array_append_val(legend, entry);
}

static GArray *
list_entries(const HsChart *chart, const HsChartStyle *style)
{
  GArray *legend = g_array_new(FALSE, FALSE, sizeof(HsLegendEntry));
  g_array_set_clear_func(legend, clear_entry);
  for (int i = 0; i < chart->n_layers && chart->group != HS_GROUP_NONE; i++) {
    uint32_t id = chart->layer_ids[i];
    if (layer_is_used(chart, i))
      add_entry(legend, HS_LEGEND_LAYER, id, hs_chart_layer_name(style->timeline, chart->group, id, true));
  }
  for (int i = 0; i < style->n_hidden && chart->group != HS_GROUP_NONE; i++) {
    uint32_t id = style->hidden_ids[i];
    /* A moment after it is hidden the layer may still be drawn. */
    if (hs_chart_find_layer(chart, id) < 0)
      add_entry(legend, HS_LEGEND_HIDDEN, id, hs_chart_layer_name(style->timeline, chart->group, id, true));
  }
  if (chart->committed != NULL) {
    add_entry(legend, HS_LEGEND_COMMITTED, HS_ID_NONE, g_strdup(_("Committed")));
    add_entry(legend, HS_LEGEND_RESERVED, HS_ID_NONE, g_strdup(_("Reserved")));
  }
  return legend;
}

static bool
is_mono(const HsChart *chart, const HsLegendEntry *entry)
{
  return chart->group == HS_GROUP_HEAP && entry->id != HS_ID_NONE &&
         (entry->kind == HS_LEGEND_LAYER || entry->kind == HS_LEGEND_HIDDEN);
}

/* Cuts the legend off at an entry, with "…" in its place if there is room. */
static void
end_with_more(GArray *legend, guint i, double x, double y, double dots, double height, double right)
{
  g_array_set_size(legend, i);
  if (x + dots > right)
    return;
  HsLegendEntry more = {HS_LEGEND_MORE, HS_ID_NONE, x, y - height / 2, dots, height, g_strdup("…")};
  g_array_append_val(legend, more);
}

GArray *
hs_chart_legend(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                const HsChartStyle *style)
{
  if (chart == NULL) {
    GArray *none = g_array_new(FALSE, FALSE, sizeof(HsLegendEntry));
    return none;
  }
  GArray *legend = list_entries(chart, style);
  double x = viewport->x + TITLE_X_PX + title_width(cr, viewport, palette, style->title) + TITLE_GAP_PX;
  double right = viewport->x + viewport->width - RIGHT_PX, height, dots;
  hs_measure_text(cr, palette, "…", false, false, &dots, &height);
  double y = viewport->y + hs_title_y(height);
  if (height > viewport->height)
    g_array_set_size(legend, 0);
  for (guint i = 0; i < legend->len; i++) {
    HsLegendEntry *entry = &g_array_index(legend, HsLegendEntry, i);
    bool mono = is_mono(chart, entry), last = i == legend->len - 1;
    double width;
    hs_measure_text_sized(cr, palette, entry->name, mono, false, mono ? HS_TEXT_LABEL : 1, &width, NULL);
    double end = x + SWATCH_PX + SWATCH_GAP_PX + width;
    /* Room for "…" is kept until the last entry is in. */
    if (end + (last ? 0 : ENTRY_GAP_PX + dots) > right) {
      end_with_more(legend, i, x, y, dots, height, right);
      break;
    }
    entry->x = x;
    entry->y = y - height / 2;
    entry->width = end - x;
    entry->height = height;
    x = end + ENTRY_GAP_PX;
  }
  return legend;
}

const HsLegendEntry *
hs_chart_legend_at(const GArray *legend, double x, double y)
{
  for (guint i = 0; i < legend->len; i++) {
    const HsLegendEntry *entry = &g_array_index(legend, HsLegendEntry, i);
    if (x >= entry->x - PILL_MARGIN_PX && x < entry->x + entry->width + PILL_MARGIN_PX && y >= entry->y &&
        y < entry->y + entry->height)
      return entry;
  }
  return NULL;
}

/* --- painting --- */

static void
paint_swatch(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
             const HsLegendEntry *entry, double middle)
{
  double top = hs_viewport_snap(viewport, middle - SWATCH_PX / 2.0), x = hs_viewport_snap(viewport, entry->x);
  HsColor color = hs_palette_layer(palette, chart->group, entry->id);
  if (entry->kind == HS_LEGEND_COMMITTED || entry->kind == HS_LEGEND_RESERVED) {
    bool dashed = entry->kind == HS_LEGEND_RESERVED;
    hs_color_set(cr, dashed ? hs_chart_reserved_color(palette) : hs_chart_committed_color(palette));
    double y = hs_viewport_snap(viewport, middle - LINE_PX / 2.0);
    cairo_rectangle(cr, x, y, dashed ? SWATCH_PX / 2.0 - 1 : SWATCH_PX, LINE_PX);
    if (dashed)
      cairo_rectangle(cr, x + SWATCH_PX / 2.0 + 1, y, SWATCH_PX / 2.0 - 1, LINE_PX);
    cairo_fill(cr);
    return;
  }
  hs_color_set(cr, color);
  if (entry->kind == HS_LEGEND_LAYER) {
    cairo_rectangle(cr, x, top, SWATCH_PX, SWATCH_PX);
    cairo_fill(cr);
    return;
  }
  cairo_set_line_width(cr, 1);
  cairo_rectangle(cr, x + 0.5, top + 0.5, SWATCH_PX - 1, SWATCH_PX - 1);
  cairo_stroke(cr);
}

static void
paint_entry(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
            const HsChartStyle *style, const HsLegendEntry *entry)
{
  double middle = entry->y + entry->height / 2;
  bool mono = is_mono(chart, entry);
  bool layer = entry->kind == HS_LEGEND_LAYER || entry->kind == HS_LEGEND_HIDDEN;
  bool strong = layer && style->has_highlight && entry->id == style->highlight;
  if (strong)
    hs_paint_pill(cr, hs_color_alpha(palette->dim_text, 0.18), entry->x - PILL_MARGIN_PX, entry->y,
                  entry->width + 2 * PILL_MARGIN_PX, entry->height, 4);
  if (entry->kind == HS_LEGEND_MORE) {
    hs_paint_text(cr, palette, entry->name, false, false, palette->dim_text, entry->x, middle, -1, -1);
    return;
  }
  paint_swatch(cr, viewport, palette, chart, entry, middle);
  HsColor color = strong ? palette->text : palette->dim_text;
  if (entry->kind == HS_LEGEND_HIDDEN)
    color = hs_color_mix(color, palette->base, 0.45);
  hs_paint_text_sized(cr, palette, entry->name, mono, false, mono ? HS_TEXT_LABEL : 1, color,
                      entry->x + SWATCH_PX + SWATCH_GAP_PX, middle, -1, -1);
}

void
hs_paint_chart_legend(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                      const HsChartStyle *style)
{
  (void)hs_paint_title(cr, viewport, palette, style->title);
  g_autoptr(GArray) legend = hs_chart_legend(cr, viewport, palette, chart, style);
  for (guint i = 0; i < legend->len; i++)
    paint_entry(cr, viewport, palette, chart, style, &g_array_index(legend, HsLegendEntry, i));
}

void
hs_paint_chart_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  double height;
  HsViewport below = *viewport;
  hs_measure_text(cr, palette, "0", false, true, NULL, &height);
  int line_px = (int)(hs_title_y(height) + height / 2 + 2);
  if (line_px < viewport->height) {
    below.y += line_px;
    below.height -= line_px;
  }
  hs_paint_marks(cr, &below, palette, marks);
}
