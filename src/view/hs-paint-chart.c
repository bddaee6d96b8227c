/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-paint-private.h"

/* Part of the chart kept free above the highest mark, for title and legend; low charts have none to spare. */
#define HEAD_PX 20
#define HEAD_MIN_HEIGHT_PX 80
#define MARK_DISTANCE_PX 50
/* Layers let the grid shine through; what lies between the column's smallest and largest total, more so. */
#define LAYER_ALPHA 0.85
#define ABOVE_MIN_ALPHA 0.6
#define PILL_MARGIN_PX 6

typedef struct {
  int64_t step; /* between marks */
  int64_t max;  /* at the upper end of the axis */
} HsAxis;

static HsAxis
axis_for(const HsSamples *samples, int height_px)
{
  int64_t peak = samples != NULL ? MAX(samples->peak, 1) : 1;
  HsAxis axis;
  axis.step = hs_value_step(peak, MAX(height_px / MARK_DISTANCE_PX, 1),
                            samples == NULL || samples->measure == HS_MEASURE_BYTES);
  double top = ceil((double)peak / (double)axis.step) * (double)axis.step;
  if (height_px >= HEAD_MIN_HEIGHT_PX)
    top = top * height_px / (height_px - HEAD_PX);
  axis.max = top >= (double)INT64_MAX ? INT64_MAX : MAX((int64_t)top, 1);
  return axis;
}

int64_t
hs_chart_axis_max(const HsSamples *samples, int height_px)
{
  return axis_for(samples, height_px).max;
}

/* --- marks of value --- */

/* An axis label: exact, as short as can be ("96 MiB", "1.5 MiB"). */
static void
format_value(char *buffer, size_t size, HsMeasure measure, int64_t value)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (measure == HS_MEASURE_COUNT) {
    hs_format_count(buffer, size, (uint64_t)value);
    return;
  }
  double shown = (double)value;
  unsigned unit = 0;
  for (; shown >= 1024 && unit + 1 < G_N_ELEMENTS(units); unit++)
    shown /= 1024;
  g_snprintf(buffer, size, "%.4g %s", shown, units[unit]);
}

static double
y_of(const HsViewport *viewport, const HsAxis *axis, int64_t value)
{
  return viewport->y + viewport->height * (1 - CLAMP((double)value / (double)axis->max, 0, 1));
}

static void
paint_grid(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsAxis *axis)
{
  for (int64_t value = axis->step; value <= axis->max; value += axis->step) {
    hs_paint_hline(cr, viewport, palette->grid, viewport->x, y_of(viewport, axis, value), viewport->width);
    if (value > INT64_MAX - axis->step)
      break;
  }
}

static void
paint_value_labels(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsAxis *axis,
                   HsMeasure measure)
{
  double left = MAX(viewport->x - HS_GUTTER_PX, 0), width = viewport->x - HS_LABEL_GAP_PX - left;
  double height;
  if (width <= 0)
    return;
  hs_measure_text_sized(cr, palette, "0", false, false, HS_TEXT_LABEL, NULL, &height);
  for (int64_t value = axis->step; value <= axis->max; value += axis->step) {
    char text[HS_FORMAT_MAX];
    double y = y_of(viewport, axis, value);
    format_value(text, sizeof text, measure, value);
    if (y - height / 2 >= viewport->y)
      hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, palette->dim_text, left, y, width, 1);
    if (value > INT64_MAX - axis->step)
      break;
  }
}

/* --- columns --- */

typedef struct {
  uint32_t *data;
  int stride; /* in pixels */
  int height;
  const HsSamples *samples;
  const HsAxis *axis;
  const uint32_t *solid, *light; /* a pixel value a layer */
} HsColumnPaint;

static int
rows_of(const HsColumnPaint *paint, int64_t value)
{
  double rows = (double)value / (double)paint->axis->max * paint->height;
  return (int)CLAMP(lround(rows), 0, paint->height);
}

static void
fill_rows(const HsColumnPaint *paint, int x, int from, int to, uint32_t pixel)
{
  for (int row = from; row < to; row++)
    paint->data[(size_t)(paint->height - 1 - row) * (size_t)paint->stride + (size_t)x] = pixel;
}

/* One column, from the bottom; rows are counted upwards. */
static void
paint_column(const HsColumnPaint *paint, int x, int column)
{
  const HsSamples *s = paint->samples;
  int top_rows = rows_of(paint, s->max[column]);
  int solid_rows = MIN(rows_of(paint, s->min[column]), top_rows);
  /* What is there at all is seen. */
  if (top_rows == 0 && s->max[column] > 0)
    top_rows = 1;
  int64_t sum = 0;
  int from = 0;
  for (int layer = 0; layer < s->n_layers && from < top_rows; layer++) {
    int64_t value = s->layers[(size_t)column * (size_t)s->n_layers + (size_t)layer];
    sum += MAX(value, 0);
    int to = layer == s->n_layers - 1 ? top_rows : MIN(rows_of(paint, sum), top_rows);
    if (to <= from)
      continue;
    int middle = CLAMP(solid_rows, from, to);
    fill_rows(paint, x, from, middle, paint->solid[layer]);
    fill_rows(paint, x, middle, to, paint->light[layer]);
    from = to;
  }
}

static void
layer_pixels(const HsPalette *palette, const HsSamples *samples, uint32_t *solid, uint32_t *light)
{
  for (int i = 0; i < samples->n_layers; i++) {
    HsColor color = hs_palette_layer(palette, samples->group, samples->layer_ids[i]);
    solid[i] = hs_color_pixel(hs_color_alpha(color, LAYER_ALPHA));
    light[i] = hs_color_pixel(hs_color_alpha(color, ABOVE_MIN_ALPHA));
  }
}

static void
paint_columns(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples, int64_t s0,
              int64_t s1, const HsAxis *axis)
{
  if (s1 <= s0 || samples->n_columns <= 0 || samples->n_layers <= 0)
    return;
  int width = hs_device_width(viewport), height = hs_device_height(viewport);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    return;
  }
  g_autofree uint32_t *solid = g_new(uint32_t, samples->n_layers);
  g_autofree uint32_t *light = g_new(uint32_t, samples->n_layers);
  g_autofree int *columns = hs_sample_columns(viewport, samples, s0, s1);
  layer_pixels(palette, samples, solid, light);
  HsColumnPaint paint = {(uint32_t *)(void *)cairo_image_surface_get_data(surface),
                         cairo_image_surface_get_stride(surface) / 4,
                         height,
                         samples,
                         axis,
                         solid,
                         light};
  for (int x = 0; x < width; x++) {
    if (columns[x] >= 0)
      paint_column(&paint, x, columns[x]);
  }
  cairo_surface_mark_dirty(surface);
  cairo_surface_set_device_scale(surface, MAX(viewport->scale, 1), MAX(viewport->scale, 1));
  cairo_set_source_surface(cr, surface, viewport->x, viewport->y);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_fill(cr);
  cairo_surface_destroy(surface);
}

/* --- peak --- */

static void
paint_peak(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples)
{
  if (samples->peak <= 0 || samples->peak_ticks < viewport->t0 || samples->peak_ticks >= viewport->t1)
    return;
  double x = hs_viewport_snap(viewport, hs_viewport_x(viewport, samples->peak_ticks));
  hs_paint_vline(cr, viewport, hs_color_alpha(palette->peak, 0.8), x, 1, viewport->y, viewport->height);

  char value[HS_FORMAT_MAX], moment[HS_FORMAT_MAX];
  int64_t peak_ns = hs_clock_to_ns(hs_viewport_clock(viewport), samples->peak_ticks);
  hs_format_time_step(moment, sizeof moment, peak_ns, hs_readable_step_ns(viewport));
  if (samples->measure == HS_MEASURE_BYTES)
    hs_format_bytes(value, sizeof value, samples->peak);
  else
    hs_format_count(value, sizeof value, (uint64_t)samples->peak);
  /* Translators: the largest value shown and when it was reached: "peak 85.6 MiB · 0.961 s" */
  g_autofree char *text = g_strdup_printf(_("peak %s · %s"), value, moment);

  double width, height;
  hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, &width, &height);
  width += 2 * PILL_MARGIN_PX;
  height += 4;
  double right = viewport->x + viewport->width;
  double left = x + 6 + width <= right ? x + 6 : x - 5 - width;
  double top = viewport->y + (viewport->height >= HEAD_MIN_HEIGHT_PX ? HEAD_PX + 4 : 2);
  if (left < viewport->x || top + height > viewport->y + viewport->height)
    return;
  hs_paint_pill(cr, palette->peak, left, top, width, height, 3);
  HsColor white = {1, 1, 1, 1};
  hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, white, left, top + height / 2, width, 0);
}

/* --- the whole --- */

void
hs_paint_chart(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples, int64_t s0,
               int64_t s1, const HsChartStyle *style)
{
  HsAxis axis = axis_for(samples, viewport->height);
  cairo_save(cr);
  hs_paint_ground(cr, viewport, palette->base);
  /* A trace without heap events has no scale. */
  if (samples != NULL && samples->peak > 0)
    paint_value_labels(cr, viewport, palette, &axis, samples->measure);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
  if (samples != NULL && samples->peak > 0) {
    paint_grid(cr, viewport, palette, &axis);
    paint_columns(cr, viewport, palette, samples, s0, s1, &axis);
    if (style->show_peak)
      paint_peak(cr, viewport, palette, samples);
  }
  hs_paint_legend(cr, viewport, palette, samples, style);
  cairo_restore(cr);
}
