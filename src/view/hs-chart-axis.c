/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-paint-chart-private.h"

#define MARK_DISTANCE_PX 50
/* A logarithmic axis has no more than this many doublings, or as many tenfolds. */
#define MAX_DOUBLINGS 40
/* Reserved memory may be a multiple of all else: beyond this the axis does not follow it. */
#define MAX_RESERVED 4.0
/* A line is hit from this near. */
#define HIT_PX 6

/* --- what there is to be seen --- */

typedef struct {
  double least, largest; /* least above zero */
} Extent;

static void
extend(Extent *extent, double value)
{
  if (!(value > 0))
    return;
  extent->least = extent->least > 0 ? MIN(extent->least, value) : value;
  extent->largest = MAX(extent->largest, value);
}

static void
extend_by_column(Extent *extent, const HsChart *chart, const HsChartStyle *style, int column)
{
  if (!hs_chart_is_overlaid(chart, style)) {
    extend(extent, hs_chart_value(chart, column, chart->max[column]));
    extend(extent, hs_chart_value(chart, column, chart->min[column]));
    return;
  }
  for (int i = 0; i < chart->n_layers; i++) {
    size_t at = (size_t)column * (size_t)chart->n_layers + (size_t)i;
    extend(extent, hs_chart_layer_value(chart, column, i, chart->layer_max[at]));
    extend(extent, hs_chart_layer_value(chart, column, i, chart->layer_min[at]));
  }
}

static Extent
extent_in_view(const HsViewport *viewport, const HsChart *chart, const HsChartStyle *style)
{
  Extent extent = {0, 0};
  double committed = 0, reserved = 0;
  g_autofree int *columns = hs_chart_columns(viewport, chart);
  int n = hs_device_width(viewport), last = -1;
  for (int p = 0; p < n; p++) {
    if (columns[p] < 0 || columns[p] == last)
      continue;
    last = columns[p];
    extend_by_column(&extent, chart, style, last);
    if (chart->committed == NULL)
      continue;
    committed = MAX(committed, (double)chart->committed[last]);
    reserved = MAX(reserved, (double)chart->reserved[last]);
  }
  extent.largest = MAX(extent.largest, committed);
  if (reserved <= extent.largest * MAX_RESERVED)
    extent.largest = MAX(extent.largest, reserved);
  return extent;
}

/* --- linear --- */

/* A step of 1, 2 or 5 × a power of ten, or of a power of two, so that there are at most `marks` of them up to max. */
static double
linear_step(double max, int marks, bool iec, double least)
{
  static const double times[] = {2, 2.5, 2};
  double step = iec ? exp2(floor(log2(max)) - 8) : pow(10, floor(log10(max)) - 3);
  step = MAX(step, least);
  for (int i = 0; max / step > marks && i < 40; i++)
    step *= iec ? 2 : times[i % 3];
  return step;
}

static void
init_linear(HsChartAxis *axis, HsMeasure measure, int height_px, bool is_fixed)
{
  bool whole = !hs_measure_is_rate(measure) && measure != HS_MEASURE_SLOW_PATH;
  double step =
      linear_step(axis->least_max, MAX(height_px / MARK_DISTANCE_PX, 1), hs_measure_is_bytes(measure), whole ? 1 : 0);
  double top = is_fixed ? axis->least_max : ceil(axis->least_max / step) * step;
  axis->max = height_px >= HS_CHART_HEAD_MIN_HEIGHT_PX ? top * height_px / (height_px - HS_CHART_HEAD_PX) : top;
  for (int i = 1; i * step <= axis->max && axis->n_ticks < HS_CHART_MAX_TICKS; i++)
    axis->ticks[axis->n_ticks++] = i * step;
}

/* --- logarithmic --- */

static void
init_log(HsChartAxis *axis, HsMeasure measure, int height_px, double least)
{
  bool iec = hs_measure_is_bytes(measure);
  double base = iec ? 2 : 10, unit = log2(base);
  int top = (int)ceil(log2(axis->least_max) / unit), bottom = (int)floor(log2(least) / unit);
  bottom = MAX(bottom, top - (int)(MAX_DOUBLINGS / unit));
  bottom = MIN(bottom, top - 1);
  axis->min = pow(base, bottom);
  axis->max = MAX(axis->least_max, axis->min * base);
  if (height_px >= HS_CHART_HEAD_MIN_HEIGHT_PX)
    axis->max = axis->min * pow(axis->max / axis->min, (double)height_px / (height_px - HS_CHART_HEAD_PX));
  int n = MAX(height_px / MARK_DISTANCE_PX, 1), every = 1;
  while ((top - bottom) / every > n)
    every += every >= 10 ? 10 : every == 1 ? 1 : every == 2 ? 3 : 5;
  for (int i = bottom; i <= top + every && axis->n_ticks < HS_CHART_MAX_TICKS; i++) {
    double value = pow(base, i);
    if (i % every == 0 && value > axis->min && value <= axis->max)
      axis->ticks[axis->n_ticks++] = value;
  }
}

/* --- the axis --- */

void
hs_chart_axis_init(HsChartAxis *axis, const HsViewport *viewport, const HsChart *chart, const HsChartStyle *style)
{
  *axis = (HsChartAxis){.max = 1, .least_max = 1};
  HsMeasure measure = chart != NULL ? chart->measure : HS_MEASURE_BYTES;
  bool is_fixed = style->fixed_max > 0 && isfinite(style->fixed_max);
  Extent extent = {0, 0};
  if (chart != NULL && chart->n_columns > 0)
    extent = extent_in_view(viewport, chart, style);
  if (is_fixed)
    axis->least_max = style->fixed_max;
  else if (extent.largest > 0)
    axis->least_max = extent.largest;
  axis->log = style->log;
  if (!axis->log)
    init_linear(axis, measure, viewport->height, is_fixed);
  else
    init_log(axis, measure, viewport->height, extent.least > 0 ? extent.least : axis->least_max / 2);
}

double
hs_chart_axis_part(const HsChartAxis *axis, double value)
{
  if (!(value > 0))
    return 0;
  double part = axis->log ? log(value / axis->min) / log(axis->max / axis->min) : value / axis->max;
  return CLAMP(part, 0, 1);
}

double
hs_chart_axis_value(const HsChartAxis *axis, double part)
{
  return axis->log ? axis->min * pow(axis->max / axis->min, part) : part * axis->max;
}

/* --- hits --- */

int
hs_chart_layer_at(const HsViewport *viewport, const HsChart *chart, const HsChartStyle *style, int column, double y)
{
  HsChartAxis axis;
  hs_chart_axis_init(&axis, viewport, chart, style);
  double up = viewport->y + viewport->height - y, best_distance = HIT_PX, sum = 0;
  int best = -1;
  bool overlaid = hs_chart_is_overlaid(chart, style);
  for (int i = 0; i < chart->n_layers && up >= 0; i++) {
    size_t at = (size_t)column * (size_t)chart->n_layers + (size_t)i;
    if (!overlaid) {
      sum += hs_chart_value(chart, column, MAX(chart->layers[at], 0));
      if (chart->layers[at] > 0 && up < hs_chart_axis_part(&axis, sum) * viewport->height)
        return i;
      continue;
    }
    double low = hs_chart_axis_part(&axis, hs_chart_layer_value(chart, column, i, chart->layer_min[at]));
    double high = hs_chart_axis_part(&axis, hs_chart_layer_value(chart, column, i, chart->layer_max[at]));
    double distance = MAX(MAX(low * viewport->height - up, up - high * viewport->height), 0);
    /* The later one is drawn above. */
    if (distance <= best_distance) {
      best = i;
      best_distance = distance;
    }
  }
  return best;
}
