/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-paint-chart-private.h"

#define PILL_MARGIN_PX 6

/* --- marks of value --- */

static double
y_of(const HsViewport *viewport, const HsChartAxis *axis, double value)
{
  return viewport->y + viewport->height * (1 - hs_chart_axis_part(axis, value));
}

static void
paint_grid(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChartAxis *axis)
{
  for (int i = 0; i < axis->n_ticks; i++)
    hs_paint_hline(cr, viewport, palette->grid, viewport->x, y_of(viewport, axis, axis->ticks[i]), viewport->width);
}

static void
paint_value_labels(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChartAxis *axis,
                   HsMeasure measure)
{
  double left = MAX(viewport->x - hs_gutter_px(palette), 0), width = viewport->x - HS_LABEL_GAP_PX - left;
  double height;
  if (width <= 0)
    return;
  hs_measure_text_sized(cr, palette, "0", false, false, HS_TEXT_LABEL, NULL, &height);
  for (int i = 0; i < axis->n_ticks; i++) {
    char text[HS_FORMAT_MAX];
    double y = y_of(viewport, axis, axis->ticks[i]);
    hs_chart_format_axis(text, sizeof text, measure, axis->ticks[i]);
    if (y - height / 2 >= viewport->y && y + height / 2 <= viewport->y + viewport->height)
      hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, palette->dim_text, left, y, width, 1);
  }
}

/* --- peak --- */

double
hs_chart_peak_value(const HsChart *chart)
{
  if (chart->of == NULL)
    return (double)chart->peak;
  /* That of the column it was found in. */
  double largest = 0;
  for (int i = 0; i < chart->n_columns; i++) {
    if (chart->max[i] == chart->peak)
      largest = MAX(largest, hs_chart_value(chart, i, chart->peak));
  }
  return largest;
}

static void
paint_peak(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart)
{
  if (chart->peak <= 0 || chart->peak_ticks < viewport->t0 || chart->peak_ticks >= viewport->t1)
    return;
  double x = hs_viewport_snap(viewport, hs_viewport_x(viewport, chart->peak_ticks));
  /* Title and legend stay readable. */
  double head = viewport->height >= HS_CHART_HEAD_MIN_HEIGHT_PX ? HS_CHART_HEAD_PX : 0;
  hs_paint_vline(cr, viewport, hs_color_alpha(palette->peak, 0.8), x, 1, viewport->y + head, viewport->height - head);

  char value[HS_FORMAT_MAX], moment[HS_FORMAT_MAX];
  int64_t peak_ns = hs_clock_to_ns(hs_viewport_clock(viewport), chart->peak_ticks);
  hs_format_time_step(moment, sizeof moment, peak_ns, hs_readable_step_ns(viewport));
  hs_chart_format(value, sizeof value, chart->measure, hs_chart_peak_value(chart));
  /* Translators: the largest value shown and when it was reached: "peak 85.6 MiB · 0.961 s" */
  g_autofree char *text = g_strdup_printf(_("peak %s · %s"), value, moment);

  double width, height;
  hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, &width, &height);
  width += 2 * PILL_MARGIN_PX;
  height += 4;
  double right = viewport->x + viewport->width;
  double left = x + 6 + width <= right ? x + 6 : x - 5 - width;
  double top = viewport->y + head + 2;
  if (left < viewport->x || top + height > viewport->y + viewport->height)
    return;
  hs_paint_pill(cr, palette->peak, left, top, width, height, 3);
  HsColor white = {1, 1, 1, 1};
  hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, white, left, top + height / 2, width, 0);
}

/* --- height --- */

void
hs_paint_chart_height(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChartAxis *axis,
                      HsMeasure measure, double y)
{
  char text[HS_FORMAT_MAX];
  double height, left = MAX(viewport->x - hs_gutter_px(palette), 0), width = viewport->x - left - 1;
  double part = CLAMP((viewport->y + viewport->height - y) / viewport->height, 0, 1);
  hs_chart_format(text, sizeof text, measure, hs_chart_axis_value(axis, part));
  hs_paint_hline(cr, viewport, hs_color_alpha(palette->dim_text, 0.5), viewport->x, y, viewport->width);
  if (width <= 0)
    return;
  hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, NULL, &height);
  height = ceil(height);
  double top = floor(CLAMP(y - height / 2, viewport->y, MAX(viewport->y + viewport->height - height, viewport->y)));
  hs_paint_pill(cr, hs_color_mix(palette->dim_text, palette->base, 0.15), left, top, width, height, 3);
  hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, palette->base, left, top + height / 2,
                      width - HS_LABEL_GAP_PX + 1, 1);
}

/* --- the whole --- */

/* Whether the total is drawn, and its largest value says something. */
static bool
has_peak(const HsChart *chart, const HsChartStyle *style)
{
  bool tells =
      chart->measure == HS_MEASURE_BYTES || chart->measure == HS_MEASURE_COUNT || hs_measure_is_rate(chart->measure);
  return style->show_peak && tells && (!hs_chart_is_overlaid(chart, style) || chart->group == HS_GROUP_NONE);
}

static bool
has_values(const HsChart *chart)
{
  for (int i = 0; i < chart->n_columns; i++) {
    if (chart->max[i] > 0 || (chart->committed != NULL && (chart->committed[i] > 0 || chart->reserved[i] > 0)))
      return true;
  }
  return false;
}

void
hs_paint_chart(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
               const HsChartStyle *style)
{
  HsChartAxis axis;
  hs_chart_axis_init(&axis, viewport, chart, style);
  cairo_save(cr);
  hs_paint_ground(cr, viewport, palette->base);
  /* Where there is nothing there is no scale, but one that is fixed. */
  bool has_scale = chart != NULL && (has_values(chart) || style->fixed_max > 0);
  if (has_scale)
    paint_value_labels(cr, viewport, palette, &axis, chart->measure);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
  if (has_scale) {
    paint_grid(cr, viewport, palette, &axis);
    hs_paint_chart_columns(cr, viewport, palette, chart, style, &axis);
    if (has_peak(chart, style))
      paint_peak(cr, viewport, palette, chart);
  }
  hs_paint_chart_legend(cr, viewport, palette, chart, style);
  cairo_restore(cr);
}
