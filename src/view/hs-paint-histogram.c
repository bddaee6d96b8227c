/* SPDX-License-Identifier: MIT */
#include "hs-paint-histogram.h"

#include <math.h>
#include <string.h>

#include "hs-config.h"
#include "hs-paint-histogram-private.h"
#include "hs-paint-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Between bars. */
#define GAP_PX 1
/* Bars get no wider than this, or a lone one would be taken for the ground. */
#define MAX_BAR_PX 64
#define MAX_SMALL_BAR_PX 26
#define RIGHT_PX 12
/* Bars stay this far below the title. */
#define TOP_PART 0.97
#define DIMMED 0.55
/* Two gaps of this height, so far below the top. */
#define BREAK_PX 2
#define BREAK_Y_PX 10
/* Below this a plot has no room for a head. */
#define HEAD_MIN_HEIGHT_PX 90

/* --- names --- */

static const char *const measure_names[HS_N_HISTOGRAM_MEASURES] = {"count", "bytes"};
static const char *const scale_names[HS_N_HISTOGRAM_SCALES] = {"linear", "root", "log"};

const char *
hs_histogram_measure_name(HsHistogramMeasure measure)
{
  return (unsigned)measure < HS_N_HISTOGRAM_MEASURES ? measure_names[measure] : "";
}

const char *
hs_histogram_scale_name(HsHistogramScale scale)
{
  return (unsigned)scale < HS_N_HISTOGRAM_SCALES ? scale_names[scale] : "";
}

static unsigned
find_name(const char *const *names, unsigned n, const char *name)
{
  unsigned i = 0;
  while (i < n && strcmp(names[i], name) != 0)
    i++;
  return i;
}

HsHistogramMeasure
hs_histogram_measure_from_name(const char *name)
{
  return (HsHistogramMeasure)find_name(measure_names, HS_N_HISTOGRAM_MEASURES, name);
}

HsHistogramScale
hs_histogram_scale_from_name(const char *name)
{
  return (HsHistogramScale)find_name(scale_names, HS_N_HISTOGRAM_SCALES, name);
}

const char *
hs_histogram_title(HsDistributionKind kind, HsHistogramMeasure measure)
{
  if (hs_distribution_is_of_lifetimes(kind))
    return measure == HS_HISTOGRAM_BYTES ? _("Bytes by lifetime") : _("Allocations by lifetime");
  return measure == HS_HISTOGRAM_BYTES ? _("Bytes by size") : _("Allocations by size");
}

/* --- where things are --- */

/* How many bars there is room for. What is outstanding stands right of the longest lifetime, a bar's width apart: what
 * no block lived is not shown. */
static uint32_t
n_places(HsHistogramPlot *plot)
{
  const HsDistribution *d = plot->distribution;
  uint32_t outstanding = hs_distribution_outstanding_class(d->kind), end = d->end_class;
  plot->n_timed = HS_CLASS_NONE;
  if (end != outstanding + 1 || end - d->first_class < 2)
    return end - d->first_class;
  for (end--; end > d->first_class && d->classes[end - 1].whole.count == 0; end--)
    ;
  plot->n_timed = end - d->first_class;
  return plot->n_timed + 2;
}

/* What reaches the top. All that is larger than the classes of small sizes go would make nothing of these: its bar is
 * cut off. */
static void
find_greatest(HsHistogramPlot *plot)
{
  const HsDistribution *d = plot->distribution;
  bool has_rest = d->kind == HS_DISTRIBUTION_SMALL_SIZES || d->kind == HS_DISTRIBUTION_EXACT_SIZES;
  for (uint32_t c = d->first_class; c < d->end_class; c++) {
    uint64_t value = hs_histogram_value(plot->style->measure, d->classes[c].whole);
    bool is_rest = has_rest && c + 1 == d->n_classes;
    if (!is_rest || plot->greatest == 0)
      plot->greatest = MAX(plot->greatest, value);
  }
}

/* The place of a class among the bars. */
static uint32_t
place_of(const HsHistogramPlot *plot, uint32_t class)
{
  if (plot->n_timed != HS_CLASS_NONE && class + 1 == plot->distribution->end_class)
    return plot->n_timed + 1;
  return class - plot->distribution->first_class;
}

HsHistogramPlot
hs_histogram_plot(const HsHistogramArea *area, const HsDistribution *distribution, const HsHistogramStyle *style)
{
  HsHistogramPlot plot = {.area = area,
                          .distribution = distribution,
                          .style = style,
                          .x = area->x,
                          .y = area->y,
                          .width = area->width,
                          .height = area->height - HS_HISTOGRAM_LABELS_PX};
  if (!style->is_small) {
    double head = area->height >= HEAD_MIN_HEIGHT_PX ? HS_HISTOGRAM_HEAD_PX : 4;
    plot.x += HS_GUTTER_PX;
    plot.width -= HS_GUTTER_PX + RIGHT_PX;
    plot.y += head;
    plot.height -= head + 4;
  }
  plot.x = hs_histogram_snap(&plot, plot.x);
  plot.width = MAX(plot.width, 0);
  plot.height = MAX(hs_histogram_snap(&plot, plot.height), 0);
  if (distribution == NULL)
    return plot;
  uint32_t n = n_places(&plot);
  plot.step = n == 0 ? 0 : MIN(plot.width / n, style->is_small ? MAX_SMALL_BAR_PX : MAX_BAR_PX);
  find_greatest(&plot);
  return plot;
}

double
hs_histogram_snap(const HsHistogramPlot *plot, double v)
{
  int scale = MAX(plot->area->scale, 1);
  return round(v * scale) / scale;
}

double
hs_histogram_height(const HsHistogramPlot *plot, uint64_t value)
{
  double room = plot->height * (plot->style->is_small ? 1 : TOP_PART), part;
  if (plot->greatest == 0)
    return 0;
  if (plot->style->scale == HS_HISTOGRAM_LOG)
    part = log1p((double)value) / log1p((double)plot->greatest);
  else
    part = (double)value / (double)plot->greatest;
  if (plot->style->scale == HS_HISTOGRAM_ROOT)
    part = sqrt(part);
  return CLAMP(part, 0, 1) * room;
}

void
hs_histogram_span(const HsHistogramPlot *plot, uint32_t class, double *x0, double *x1)
{
  uint32_t index = place_of(plot, class);
  *x0 = hs_histogram_snap(plot, plot->x + index * plot->step);
  *x1 = hs_histogram_snap(plot, plot->x + (index + 1) * plot->step);
}

/* The bar itself: at least a device pixel. */
static void
bar_span(const HsHistogramPlot *plot, uint32_t class, double *x0, double *x1)
{
  hs_histogram_span(plot, class, x0, x1);
  if (*x1 - *x0 > 2 * GAP_PX)
    *x1 -= GAP_PX;
  *x1 = MAX(*x1, *x0 + 1.0 / MAX(plot->area->scale, 1));
}

/* --- bars --- */

/* In whole device pixels; what is there at all is seen. */
static double
bar_height(const HsHistogramPlot *plot, uint64_t value)
{
  if (value == 0)
    return 0;
  return MAX(hs_histogram_snap(plot, hs_histogram_height(plot, value)), 1.0 / MAX(plot->area->scale, 1));
}

/* The whole of a class: a pale bar with an edge. */
static void
paint_whole(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette, uint32_t class, double covered)
{
  double x0, x1, px = 1.0 / MAX(plot->area->scale, 1), bottom = plot->y + plot->height;
  uint64_t value = hs_histogram_value(plot->style->measure, plot->distribution->classes[class].whole);
  double height = bar_height(plot, value);
  if (height <= covered)
    return;
  bar_span(plot, class, &x0, &x1);
  hs_color_set(cr, hs_histogram_pale(palette));
  cairo_rectangle(cr, x0, bottom - height, x1 - x0, height - covered);
  cairo_fill(cr);
  hs_color_set(cr, hs_histogram_pale_edge(palette));
  cairo_rectangle(cr, x0, bottom - height, x1 - x0, px);
  if (x1 - x0 > 3 * px) {
    cairo_rectangle(cr, x0, bottom - height, px, height - covered);
    cairo_rectangle(cr, x1 - px, bottom - height, px, height - covered);
  }
  cairo_fill(cr);
}

static void
paint_bar(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette, uint32_t class, bool dimmed)
{
  const HsDistributionClass *c = &plot->distribution->classes[class];
  uint64_t total = hs_histogram_value(plot->style->measure, c->shown);
  double x0, x1, bottom = plot->y + plot->height, height = bar_height(plot, total), below = 0;
  paint_whole(cr, plot, palette, class, height);
  bar_span(plot, class, &x0, &x1);
  for (int source = 0; source < HS_N_SOURCES; source++) {
    uint64_t value = hs_histogram_value(plot->style->measure, c->by_source[source]);
    if (value == 0)
      continue;
    double y1 = bottom - hs_histogram_snap(plot, height * below / (double)total);
    below += (double)value;
    double y0 = bottom - hs_histogram_snap(plot, height * MIN(below / (double)total, 1));
    HsColor color = hs_palette_source(palette, (HsSource)source);
    hs_color_set(cr, dimmed ? hs_color_mix(palette->base, color, DIMMED) : color);
    cairo_rectangle(cr, x0, y0, x1 - x0, y1 - y0);
    cairo_fill(cr);
  }
}

/* A bar that is higher than there is room for is broken below its top. */
static void
paint_break(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette, uint32_t class)
{
  double x0, x1, top = plot->y + plot->height - bar_height(plot, plot->greatest);
  if (hs_histogram_value(plot->style->measure, plot->distribution->classes[class].whole) <= plot->greatest ||
      plot->height < 4 * BREAK_Y_PX)
    return;
  bar_span(plot, class, &x0, &x1);
  hs_color_set(cr, palette->base);
  for (int i = 0; i < 2; i++) {
    double y = top + BREAK_Y_PX + 2 * i * BREAK_PX;
    cairo_move_to(cr, x0, y + BREAK_PX);
    cairo_line_to(cr, x1, y - BREAK_PX);
    cairo_line_to(cr, x1, y);
    cairo_line_to(cr, x0, y + 2 * BREAK_PX);
    cairo_close_path(cr);
  }
  cairo_fill(cr);
}

/* The room of the class that is marked, behind its bar. */
static void
paint_mark(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  double x0, x1;
  uint32_t marked = plot->style->marked;
  if (plot->style->is_small || marked < plot->distribution->first_class || marked >= plot->distribution->end_class)
    return;
  bar_span(plot, marked, &x0, &x1);
  hs_color_set(cr, hs_color_alpha(palette->selection, palette->dark ? 0.22 : 0.13));
  cairo_rectangle(cr, x0, plot->y, x1 - x0, plot->height);
  cairo_fill(cr);
}

static void
paint_frame(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  double x0, x1;
  uint32_t marked = plot->style->marked;
  if (!plot->style->is_framed || marked < plot->distribution->first_class || marked >= plot->distribution->end_class)
    return;
  bar_span(plot, marked, &x0, &x1);
  hs_color_set(cr, palette->selection);
  cairo_set_line_width(cr, 1);
  cairo_rectangle(cr, x0 - 0.5, plot->y + 0.5, x1 - x0 + 1, plot->height);
  cairo_stroke(cr);
}

static void
paint_bars(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  const HsDistribution *d = plot->distribution;
  uint32_t marked = plot->style->marked;
  for (uint32_t c = d->first_class; c < d->end_class; c++) {
    if (d->classes[c].whole.count == 0)
      continue;
    paint_bar(cr, plot, palette, c, plot->style->is_small && marked != HS_CLASS_NONE && marked != c);
    paint_break(cr, plot, palette, c);
  }
}

void
hs_paint_histogram(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette,
                   const HsDistribution *distribution, const HsHistogramStyle *style)
{
  HsHistogramPlot plot = hs_histogram_plot(area, distribution, style);
  if (plot.height <= 0 || plot.width <= 0)
    return;
  cairo_save(cr);
  if (distribution != NULL) {
    if (!style->is_small)
      hs_histogram_paint_values(cr, &plot, palette);
    paint_mark(cr, &plot, palette);
    paint_bars(cr, &plot, palette);
  }
  hs_color_set(cr, palette->border);
  cairo_rectangle(cr, plot.x, plot.y + plot.height, plot.width, 1.0 / MAX(area->scale, 1));
  cairo_fill(cr);
  if (distribution != NULL) {
    paint_frame(cr, &plot, palette);
    hs_histogram_paint_classes(cr, &plot, palette);
    if (!style->is_small && plot.y > area->y + 4)
      hs_histogram_paint_head(cr, &plot, palette);
  }
  cairo_restore(cr);
}

/* --- what is where --- */

uint32_t
hs_histogram_hit(const HsHistogramArea *area, const HsDistribution *distribution, const HsHistogramStyle *style,
                 double x, double y)
{
  if (distribution == NULL)
    return HS_CLASS_NONE;
  HsHistogramPlot plot = hs_histogram_plot(area, distribution, style);
  if (plot.step <= 0 || x < plot.x || y < plot.y || y >= area->y + area->height)
    return HS_CLASS_NONE;
  double place = floor((x - plot.x) / plot.step);
  uint32_t class = distribution->first_class;
  if (plot.n_timed != HS_CLASS_NONE && place >= plot.n_timed)
    class = place == plot.n_timed + 1 ? distribution->end_class - 1 : HS_CLASS_NONE;
  else
    class = place < distribution->end_class - class ? class + (uint32_t)place : HS_CLASS_NONE;
  return class != HS_CLASS_NONE && distribution->classes[class].whole.count > 0 ? class : HS_CLASS_NONE;
}

bool
hs_histogram_bar(const HsHistogramArea *area, const HsDistribution *distribution, const HsHistogramStyle *style,
                 uint32_t class, double *x, double *y, double *width, double *height)
{
  double x1;
  if (distribution == NULL || class < distribution->first_class || class >= distribution->end_class)
    return false;
  HsHistogramPlot plot = hs_histogram_plot(area, distribution, style);
  /* Longer lifetimes than any block's have no place. */
  if (class - distribution->first_class >= plot.n_timed && class + 1 != distribution->end_class)
    return false;
  bar_span(&plot, class, x, &x1);
  *y = plot.y;
  *width = x1 - *x;
  *height = plot.height;
  return plot.step > 0 && plot.height > 0;
}
