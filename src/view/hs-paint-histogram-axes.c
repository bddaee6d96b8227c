/* SPDX-License-Identifier: MIT */
/* What surrounds a histogram's bars: values and their grid, labels of classes, title and legend. */
#include <inttypes.h>
#include <math.h>

#include "hs-config.h"
#include "hs-distribution-text.h"
#include "hs-format.h"
#include "hs-paint-histogram-private.h"
#include "hs-paint-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MARK_DISTANCE_PX 30
/* Room that labels keep between them. */
#define LABEL_GAP_PX 9
#define TICK_PX 4
#define SWATCH_PX 11
#define SWATCH_GAP_PX 5
#define ENTRY_GAP_PX 15
#define TITLE_GAP_PX 26
#define TITLE_X_PX 10
#define MAX_MARKS 64

HsColor
hs_histogram_pale(const HsPalette *palette)
{
  return hs_color_mix(palette->base, palette->dim_text, palette->dark ? 0.24 : 0.18);
}

HsColor
hs_histogram_pale_edge(const HsPalette *palette)
{
  return hs_color_mix(palette->base, palette->dim_text, palette->dark ? 0.55 : 0.5);
}

/* --- values --- */

/* Exact, as short as can be. */
static void
format_value(char *buffer, size_t size, HsHistogramMeasure measure, uint64_t value)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (measure == HS_HISTOGRAM_COUNT) {
    hs_format_count(buffer, size, value);
    return;
  }
  double shown = (double)value;
  unsigned unit = 0;
  for (; shown >= 1024 && unit + 1 < G_N_ELEMENTS(units); unit++)
    shown /= 1024;
  g_snprintf(buffer, size, "%.4g %s", shown, units[unit]);
}

/* Values that may be marked, from the greatest down: even steps, or powers. */
static unsigned
candidates(const HsHistogramPlot *plot, uint64_t *values)
{
  bool bytes = plot->style->measure == HS_HISTOGRAM_BYTES;
  unsigned n = 0;
  if (plot->style->scale == HS_HISTOGRAM_LINEAR) {
    int marks = MAX((int)(plot->height / (1.5 * MARK_DISTANCE_PX)), 1);
    uint64_t step = (uint64_t)hs_value_step((int64_t)MIN(plot->greatest, (uint64_t)INT64_MAX), marks, bytes);
    for (uint64_t i = plot->greatest / step; i > 0 && n < MAX_MARKS; i--)
      values[n++] = i * step;
    return n;
  }
  static const uint64_t digits[] = {1, 2, 3, 5};
  bool is_log = plot->style->scale == HS_HISTOGRAM_LOG;
  uint64_t ascending[MAX_MARKS];
  for (uint64_t power = 1; n + G_N_ELEMENTS(digits) < MAX_MARKS;) {
    for (unsigned i = 0; i < (bytes || is_log ? 1 : G_N_ELEMENTS(digits)); i++) {
      if (power <= UINT64_MAX / digits[i] && power * digits[i] <= plot->greatest)
        ascending[n++] = power * digits[i];
    }
    uint64_t factor = !bytes ? 10 : is_log ? 32 : 2;
    if (power > UINT64_MAX / factor || power * factor > plot->greatest)
      break;
    power *= factor;
  }
  for (unsigned i = 0; i < n; i++)
    values[i] = ascending[n - 1 - i];
  return n;
}

void
hs_histogram_paint_values(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  uint64_t values[MAX_MARKS];
  double height, bottom = plot->y + plot->height, left = plot->x - HS_GUTTER_PX, last = -INFINITY;
  if (plot->greatest == 0)
    return;
  unsigned n = candidates(plot, values);
  hs_measure_text_sized(cr, palette, "0", false, false, HS_TEXT_LABEL, NULL, &height);
  for (unsigned i = 0; i < n; i++) {
    char text[HS_FORMAT_MAX];
    double y = hs_histogram_snap(plot, bottom - hs_histogram_height(plot, values[i]));
    if (y - last < MARK_DISTANCE_PX || bottom - y < height)
      continue;
    hs_color_set(cr, palette->grid);
    cairo_rectangle(cr, plot->x, y, plot->width, 1.0 / MAX(plot->area->scale, 1));
    cairo_fill(cr);
    format_value(text, sizeof text, plot->style->measure, values[i]);
    hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, palette->dim_text, left, y,
                        HS_GUTTER_PX - HS_LABEL_GAP_PX, 1);
    last = y;
  }
}

/* --- classes --- */

/* Every how many classes a label may stand: whole steps of binary or decimal units. 0-ended. */
static const uint32_t *
strides(HsDistributionKind kind)
{
  static const uint32_t powers[] = {1, 2, 5, 10, 20, 0}, steps[] = {1, 2, 4, 8, 16, 32, 64, 128, 0},
                        decades[] = {1, 3, 9, 27, 0};
  if (kind == HS_DISTRIBUTION_SIZES)
    return powers;
  return kind == HS_DISTRIBUTION_LIFETIMES ? decades : steps;
}

/* Whether a class may have a label at that stride. */
static bool
is_at(HsDistributionKind kind, uint32_t class, uint32_t stride)
{
  if (stride == 1)
    return true;
  /* The first class is of nothing: 1 B and 1 ns begin the second. */
  if (kind == HS_DISTRIBUTION_SIZES || kind == HS_DISTRIBUTION_LIFETIMES)
    return class > 0 && (class - 1) % stride == 0;
  return class % stride == 0;
}

typedef struct {
  const HsHistogramPlot *plot;
  const HsPalette *palette;
  double last_from; /* where the label of the last class begins; its own room */
} HsClassLabels;

/* The last class of those that say themselves what they are: no bound, but a name. */
static bool
is_named(const HsDistribution *d, uint32_t class)
{
  return hs_distribution_class_end(d->kind, class) == UINT64_MAX;
}

/* Where a label stands: on the bound where the class begins; under the bar of one value, or of a name. */
static double
label_x(const HsClassLabels *labels, uint32_t class, double width)
{
  const HsHistogramPlot *plot = labels->plot;
  const HsDistribution *d = plot->distribution;
  double x0, x1;
  hs_histogram_span(plot, class, &x0, &x1);
  bool is_lone = hs_distribution_class_end(d->kind, class) == hs_distribution_class_begin(d->kind, class) + 1;
  double middle = is_named(d, class) || (is_lone && d->kind == HS_DISTRIBUTION_EXACT_SIZES) ? (x0 + x1) / 2 : x0;
  double left = plot->style->is_small ? plot->x : plot->x - HS_GUTTER_PX / 2.0;
  double right = plot->area->x + plot->area->width - (plot->style->is_small ? 0 : 4);
  return CLAMP(middle - width / 2, left, MAX(left, right - width));
}

/* Paints the labels of a stride, or only looks whether they fit. */
static bool
label_classes(cairo_t *cr, const HsClassLabels *labels, uint32_t stride, bool paint)
{
  const HsHistogramPlot *plot = labels->plot;
  const HsDistribution *d = plot->distribution;
  double y = plot->y + plot->height + HS_HISTOGRAM_LABELS_PX / 2.0 + (plot->style->is_small ? 1 : 3);
  double used_to = -INFINITY, size = plot->style->is_small ? HS_TEXT_SMALL : HS_TEXT_LABEL;
  for (uint32_t c = d->first_class; c < d->end_class; c++) {
    if (is_named(d, c) || !is_at(d->kind, c, stride))
      continue;
    double width, x0, x1;
    g_autofree char *text = hs_distribution_mark_text(d->kind, c);
    hs_measure_text_sized(cr, labels->palette, text, false, false, size, &width, NULL);
    double x = label_x(labels, c, width);
    if (x < used_to + LABEL_GAP_PX)
      return false;
    if (x + width + LABEL_GAP_PX > labels->last_from ||
        (plot->n_timed != HS_CLASS_NONE && c - d->first_class > plot->n_timed))
      break;
    used_to = x + width;
    if (!paint)
      continue;
    hs_paint_text_sized(cr, labels->palette, text, false, false, size, labels->palette->dim_text, x, y, -1, -1);
    hs_histogram_span(plot, c, &x0, &x1);
    if (!plot->style->is_small && d->kind != HS_DISTRIBUTION_EXACT_SIZES) {
      hs_color_set(cr, labels->palette->border);
      cairo_rectangle(cr, x0, plot->y + plot->height, 1.0 / MAX(plot->area->scale, 1), TICK_PX);
      cairo_fill(cr);
    }
  }
  return true;
}

/* The name of the last class comes first: without it, it would be taken for one of the others. */
static void
label_last(cairo_t *cr, HsClassLabels *labels)
{
  const HsHistogramPlot *plot = labels->plot;
  const HsDistribution *d = plot->distribution;
  double width, size = plot->style->is_small ? HS_TEXT_SMALL : HS_TEXT_LABEL;
  double y = plot->y + plot->height + HS_HISTOGRAM_LABELS_PX / 2.0 + (plot->style->is_small ? 1 : 3);
  labels->last_from = plot->area->x + plot->area->width + LABEL_GAP_PX;
  if (!is_named(d, d->end_class - 1))
    return;
  g_autofree char *text = hs_distribution_mark_text(d->kind, d->end_class - 1);
  hs_measure_text_sized(cr, labels->palette, text, false, false, size, &width, NULL);
  if (width > plot->width)
    return;
  labels->last_from = label_x(labels, d->end_class - 1, width);
  hs_paint_text_sized(cr, labels->palette, text, false, false, size, labels->palette->dim_text, labels->last_from, y,
                      -1, -1);
}

void
hs_histogram_paint_classes(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  HsClassLabels labels = {.plot = plot, .palette = palette};
  if (plot->distribution->end_class == plot->distribution->first_class)
    return;
  label_last(cr, &labels);
  for (const uint32_t *stride = strides(plot->distribution->kind); *stride != 0; stride++) {
    if (label_classes(cr, &labels, *stride, false)) {
      label_classes(cr, &labels, *stride, true);
      break;
    }
  }
}

/* --- title and legend --- */

typedef struct {
  cairo_t *cr;
  const HsHistogramPlot *plot;
  const HsPalette *palette;
  double x, y, right;
} HsLegend;

/* False if there is no room for it any more. */
static bool
add_entry(HsLegend *legend, HsColor color, const HsColor *edge, const char *text)
{
  double width;
  hs_measure_text(legend->cr, legend->palette, text, false, false, &width, NULL);
  if (legend->x + SWATCH_PX + SWATCH_GAP_PX + width > legend->right)
    return false;
  double top = hs_histogram_snap(legend->plot, legend->y - SWATCH_PX / 2.0);
  hs_color_set(legend->cr, color);
  cairo_rectangle(legend->cr, legend->x, top, SWATCH_PX, SWATCH_PX);
  cairo_fill(legend->cr);
  if (edge != NULL) {
    hs_color_set(legend->cr, *edge);
    cairo_set_line_width(legend->cr, 1);
    cairo_rectangle(legend->cr, legend->x + 0.5, top + 0.5, SWATCH_PX - 1, SWATCH_PX - 1);
    cairo_stroke(legend->cr);
  }
  hs_paint_text(legend->cr, legend->palette, text, false, false, legend->palette->dim_text,
                legend->x + SWATCH_PX + SWATCH_GAP_PX, legend->y, -1, -1);
  legend->x += SWATCH_PX + SWATCH_GAP_PX + width + ENTRY_GAP_PX;
  return true;
}

static void
paint_scale_name(HsLegend *legend)
{
  const char *text = legend->plot->style->scale == HS_HISTOGRAM_LOG    ? _("logarithmic")
                     : legend->plot->style->scale == HS_HISTOGRAM_ROOT ? _("square root")
                                                                       : NULL;
  if (text == NULL)
    return;
  double width;
  hs_measure_text_sized(legend->cr, legend->palette, text, false, false, HS_TEXT_LABEL, &width, NULL);
  if (legend->x + width > legend->right)
    return;
  hs_paint_text_sized(legend->cr, legend->palette, text, false, false, HS_TEXT_LABEL, legend->palette->dim_text,
                      legend->right - width, legend->y, -1, -1);
  legend->right -= width + ENTRY_GAP_PX;
}

void
hs_histogram_paint_head(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette)
{
  const HsDistribution *d = plot->distribution;
  const HsHistogramArea *area = plot->area;
  HsLegend legend = {cr,
                     plot,
                     palette,
                     plot->x + TITLE_X_PX,
                     area->y + HS_HISTOGRAM_HEAD_PX / 2.0,
                     area->x + area->width - TITLE_X_PX};
  const char *title = hs_histogram_title(d->kind, plot->style->measure);
  legend.x += hs_paint_text(cr, palette, title, false, true, palette->text, legend.x, legend.y,
                            MAX(legend.right - legend.x, 0), -1) +
              TITLE_GAP_PX;
  paint_scale_name(&legend);
  for (int source = 0; source < HS_N_SOURCES; source++) {
    if (d->total.by_source[source].count == 0)
      continue;
    const char *name = source == HS_SOURCE_NONE ? _("No source") : hs_source_short_title((HsSource)source);
    if (!add_entry(&legend, hs_palette_source(palette, (HsSource)source), NULL, name))
      return;
  }
  if (d->total.shown.count == d->total.whole.count)
    return;
  HsColor edge = hs_histogram_pale_edge(palette);
  add_entry(&legend, hs_histogram_pale(palette), &edge, d->is_range ? _("whole trace") : _("not in the filter"));
}
