/* SPDX-License-Identifier: MIT */
#include "hs-paint-histogram.h"

#include <math.h>

#include "hs-format.h"
#include "hs-paint-private.h"

#define LABELS_PX 16
/* Between bars, and the room that labels keep between them. */
#define GAP_PX 1
#define LABEL_GAP_PX 8
/* Bars get no wider than this, or a lone one would be taken for the ground. */
#define MAX_BAR_PX 26
#define DIMMED 0.55

void
hs_size_histogram_from_pivot(HsSizeHistogram *histogram, const HsPivot *pivot)
{
  *histogram = (HsSizeHistogram){.first_class = HS_SIZE_CLASSES};
  for (uint32_t i = 0; i < pivot->n_roots; i++) {
    const HsPivotNode *node = &pivot->nodes[i];
    uint64_t begun = hs_range_sums_begun(&node->sums);
    if (node->key >= HS_SIZE_CLASSES || begun == 0)
      continue;
    histogram->total[node->key] = begun;
    histogram->bytes[node->key] = hs_range_sums_begun_bytes(&node->sums);
    histogram->greatest = MAX(histogram->greatest, begun);
    histogram->first_class = MIN(histogram->first_class, node->key);
    histogram->end_class = MAX(histogram->end_class, node->key + 1);
    for (uint32_t k = 0; k < node->n_children; k++) {
      const HsPivotNode *child = &pivot->nodes[node->first_child + k];
      if (child->key < HS_N_SOURCES)
        histogram->counts[node->key][child->key] = hs_range_sums_begun(&child->sums);
    }
  }
  if (histogram->end_class == 0)
    histogram->first_class = 0;
}

static double
snap(const HsHistogramArea *area, double v)
{
  int scale = MAX(area->scale, 1);
  return round(v * scale) / scale;
}

static double
bar_step(const HsHistogramArea *area, const HsSizeHistogram *histogram)
{
  uint32_t n = histogram->end_class - histogram->first_class;
  return n == 0 ? 0 : MIN(area->width / n, MAX_BAR_PX);
}

static void
bar_span(const HsHistogramArea *area, const HsSizeHistogram *histogram, uint32_t size_class, double *x0, double *x1)
{
  double step = bar_step(area, histogram);
  *x0 = snap(area, area->x + (size_class - histogram->first_class) * step);
  *x1 = snap(area, area->x + (size_class + 1 - histogram->first_class) * step);
  if (*x1 - *x0 > 2 * GAP_PX)
    *x1 -= GAP_PX;
}

static void
paint_bar(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette, const HsSizeHistogram *histogram,
          uint32_t size_class, bool dimmed)
{
  double x0, x1, room = area->height - LABELS_PX, bottom = area->y + room;
  bar_span(area, histogram, size_class, &x0, &x1);
  uint64_t total = histogram->total[size_class], below = 0;
  double height = sqrt((double)total / (double)histogram->greatest) * room;
  height = MAX(snap(area, height), 1.0 / MAX(area->scale, 1));
  for (int source = 0; source < HS_N_SOURCES; source++) {
    uint64_t count = histogram->counts[size_class][source];
    if (count == 0)
      continue;
    double y1 = bottom - snap(area, height * (double)below / (double)total);
    below += count;
    double y0 = bottom - snap(area, height * (double)below / (double)total);
    HsColor color = hs_palette_source(palette, (HsSource)source);
    hs_color_set(cr, dimmed ? hs_color_mix(palette->base, color, DIMMED) : color);
    cairo_rectangle(cr, x0, y0, x1 - x0, y1 - y0);
    cairo_fill(cr);
  }
}

/* Labels of classes at whole steps of the binary prefixes, as far as there is room; the first and the last first. */
static void
paint_labels(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette, const HsSizeHistogram *histogram)
{
  double y = area->y + area->height - LABELS_PX / 2.0 + 1, used_to = -INFINITY;
  for (uint32_t c = histogram->first_class; c < histogram->end_class; c++) {
    uint64_t least = hs_size_class_bytes(c);
    /* 8 B, 64 B, 512 B would crowd; 1, 32 and then each 32-fold read well. */
    if (c != histogram->first_class && (c == 0 || (c - 1) % 5 != 0))
      continue;
    double x0, x1, width;
    char text[HS_FORMAT_MAX];
    bar_span(area, histogram, c, &x0, &x1);
    if (least < 1024)
      g_snprintf(text, sizeof text, "%u B", (unsigned)least);
    else
      g_snprintf(text, sizeof text, "%u %ciB", (unsigned)(least >> (c - 1) / 10 * 10), " KMGTPE"[(c - 1) / 10]);
    hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_SMALL, &width, NULL);
    double x = x0;
    if (x < used_to + LABEL_GAP_PX || x + width > area->x + area->width)
      continue;
    hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_SMALL, palette->dim_text, x, y, -1, -1);
    used_to = x + width;
  }
}

void
hs_paint_size_histogram(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette,
                        const HsSizeHistogram *histogram, uint32_t marked, bool framed)
{
  double bottom = snap(area, area->y + area->height - LABELS_PX), px = 1.0 / MAX(area->scale, 1);
  if (area->height <= LABELS_PX || area->width <= 0)
    return;
  for (uint32_t c = histogram->first_class; c < histogram->end_class; c++) {
    if (histogram->total[c] > 0)
      paint_bar(cr, area, palette, histogram, c, marked < HS_SIZE_CLASSES && marked != c);
  }
  hs_color_set(cr, palette->border);
  cairo_rectangle(cr, area->x, bottom, area->width, px);
  cairo_fill(cr);
  if (framed && marked >= histogram->first_class && marked < histogram->end_class) {
    double x0, x1;
    bar_span(area, histogram, marked, &x0, &x1);
    hs_color_set(cr, palette->selection);
    cairo_set_line_width(cr, 1);
    cairo_rectangle(cr, x0 - 0.5, area->y + 0.5, x1 - x0 + 1, bottom - area->y);
    cairo_stroke(cr);
  }
  paint_labels(cr, area, palette, histogram);
}

uint32_t
hs_size_histogram_hit(const HsHistogramArea *area, const HsSizeHistogram *histogram, double x, double y)
{
  double step = bar_step(area, histogram);
  if (step <= 0 || x < area->x || y < area->y || y >= area->y + area->height)
    return HS_SIZE_CLASSES;
  double index = floor((x - area->x) / step);
  if (index >= histogram->end_class - histogram->first_class)
    return HS_SIZE_CLASSES;
  uint32_t size_class = histogram->first_class + (uint32_t)index;
  return histogram->total[size_class] > 0 ? size_class : HS_SIZE_CLASSES;
}
