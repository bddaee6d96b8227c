/* SPDX-License-Identifier: MIT */
/* The pixels of a chart, written one column after another. */
#include <math.h>

#include "hs-paint-chart-private.h"

/* Layers let the grid shine through; what lies between the column's smallest and largest total, more so. */
#define LAYER_ALPHA 0.85
#define ABOVE_MIN_ALPHA 0.6
/* Layers that do not stand out while another does. */
#define FADED_PART 0.25
/* Under the line of an overlaid layer. */
#define SHADE_ALPHA 0.10
#define LINE_PX 1.5
/* Of what is reserved: so many pixels on, so many off. */
#define DASH_ON_PX 5
#define DASH_PX 8

typedef struct {
  uint32_t *data;
  int stride; /* in pixels */
  int width, height;
  int scale;
  const HsChart *chart;
  const HsChartAxis *axis;
  const uint32_t *solid, *light; /* a pixel value a layer */
  const int *columns;
} Raster;

/* --- which column where --- */

static int
largest_column(const HsChart *chart, int from, int to)
{
  int best = from;
  for (int i = from + 1; i < to; i++) {
    if (hs_chart_value(chart, i, chart->max[i]) > hs_chart_value(chart, best, chart->max[best]))
      best = i;
  }
  return best;
}

static void
stretch_columns(const HsViewport *viewport, const HsChart *chart, int *columns, int n_px)
{
  int64_t s0 = hs_chart_grid_edge(&chart->grid, chart->first);
  int64_t s1 = hs_chart_grid_edge(&chart->grid, chart->first + chart->n_columns);
  int n = chart->n_columns;
  /* Column i of the chart is at [i, i + 1) of this scale; pixel p begins at offset + p * step. */
  double span = MAX((double)((__int128)s1 - s0), 1);
  double step = (double)((__int128)viewport->t1 - viewport->t0) / span * n / n_px;
  double offset = (double)((__int128)viewport->t0 - s0) / span * n;
  for (int p = 0; p < n_px; p++) {
    double from = offset + p * step, to = from + step;
    double middle = (from + to) / 2;
    if (!(middle >= 0 && middle < n))
      columns[p] = -1;
    else if (step <= 1)
      columns[p] = (int)middle;
    else
      columns[p] = largest_column(chart, (int)MAX(from, 0), (int)ceil(MIN(to, n)));
  }
}

int *
hs_chart_columns(const HsViewport *viewport, const HsChart *chart)
{
  int n_px = hs_device_width(viewport);
  int *columns = g_new(int, n_px);
  uint64_t span = (uint64_t)viewport->t1 - (uint64_t)viewport->t0;
  if (span != chart->grid.span_ticks || n_px != chart->grid.n) {
    stretch_columns(viewport, chart, columns, n_px);
    return columns;
  }
  int64_t first = hs_chart_grid_first(&chart->grid, viewport->t0);
  for (int p = 0; p < n_px; p++) {
    __int128 column = (__int128)first + p - chart->first;
    columns[p] = column >= 0 && column < chart->n_columns ? (int)column : -1;
  }
  return columns;
}

int
hs_chart_column_at(const HsViewport *viewport, const HsChart *chart, double x)
{
  double px = floor((x - viewport->x) * MAX(viewport->scale, 1));
  /* Nor if it is no number. */
  if (!(px >= 0 && px < hs_device_width(viewport)))
    return -1;
  g_autofree int *columns = hs_chart_columns(viewport, chart);
  return columns[(int)px];
}

/* --- pixels --- */

static int
rows_of(const Raster *raster, double value)
{
  return (int)lround(hs_chart_axis_part(raster->axis, value) * raster->height);
}

/* Rows [from, to), counted upwards. */
static void
fill_rows(const Raster *raster, int x, int from, int to, uint32_t pixel)
{
  for (int row = from; row < to; row++)
    raster->data[(size_t)(raster->height - 1 - row) * (size_t)raster->stride + (size_t)x] = pixel;
}

/* The same over what is there. */
static void
blend_rows(const Raster *raster, int x, int from, int to, uint32_t pixel)
{
  uint32_t rest = 255 - (pixel >> 24);
  if (rest == 0) {
    fill_rows(raster, x, from, to, pixel);
    return;
  }
  for (int row = from; row < to; row++) {
    uint32_t *at = &raster->data[(size_t)(raster->height - 1 - row) * (size_t)raster->stride + (size_t)x];
    uint32_t result = 0;
    for (int shift = 0; shift < 32; shift += 8)
      result |= ((pixel >> shift & 255) + ((*at >> shift & 255) * rest + 127) / 255) << shift;
    *at = result;
  }
}

/* --- stacked --- */

static void
paint_stack(const Raster *raster, int x, int column)
{
  const HsChart *c = raster->chart;
  int top_rows = rows_of(raster, hs_chart_value(c, column, c->max[column]));
  int solid_rows = MIN(rows_of(raster, hs_chart_value(c, column, c->min[column])), top_rows);
  /* What is there at all is seen. */
  if (top_rows == 0 && c->max[column] > 0)
    top_rows = 1;
  int64_t sum = 0;
  int from = 0;
  for (int layer = 0; layer < c->n_layers && from < top_rows; layer++) {
    int64_t number = c->layers[(size_t)column * (size_t)c->n_layers + (size_t)layer];
    sum += MAX(number, 0);
    int to = MIN(rows_of(raster, hs_chart_value(c, column, sum)), top_rows);
    if (layer == c->n_layers - 1)
      to = top_rows;
    if (to <= from)
      continue;
    int middle = CLAMP(solid_rows, from, to);
    fill_rows(raster, x, from, middle, raster->solid[layer]);
    fill_rows(raster, x, middle, to, raster->light[layer]);
    from = to;
  }
}

/* --- lines --- */

typedef struct {
  int low, high; /* rows */
} Band;

/* The band of a line at least as thick as a line is, and joined to the column before where both are apart. */
static Band
join_band(const Raster *raster, double min, double max, const Band *before)
{
  int thickness = MAX((int)lround(LINE_PX * raster->scale), 1);
  Band band = {rows_of(raster, min), rows_of(raster, max)};
  if (before != NULL && before->low > band.high)
    band.high = before->low;
  else if (before != NULL && before->high < band.low)
    band.low = before->high;
  if (band.high - band.low < thickness) {
    band.low = CLAMP(band.high - thickness / 2 - thickness % 2, 0, MAX(raster->height - thickness, 0));
    band.high = MIN(band.low + thickness, raster->height);
  }
  return band;
}

static void
paint_layer_line(const Raster *raster, int layer)
{
  const HsChart *c = raster->chart;
  Band before = {0, 0};
  int last = -1;
  for (int x = 0; x < raster->width; x++) {
    int column = raster->columns[x];
    if (column < 0) {
      last = -1;
      continue;
    }
    size_t at = (size_t)column * (size_t)c->n_layers + (size_t)layer;
    double min = hs_chart_layer_value(c, column, layer, c->layer_min[at]);
    double max = hs_chart_layer_value(c, column, layer, c->layer_max[at]);
    Band own = {rows_of(raster, min), rows_of(raster, max)};
    /* A layer that is nothing has no line along the floor. */
    if (max > 0 || (last >= 0 && before.high > 0)) {
      Band band = join_band(raster, min, max, last >= 0 ? &before : NULL);
      blend_rows(raster, x, 0, band.low, raster->light[layer]);
      blend_rows(raster, x, band.low, band.high, raster->solid[layer]);
    }
    before = own;
    last = column;
  }
}

static void
paint_memory_line(const Raster *raster, const int64_t *values, uint32_t pixel, bool dashed)
{
  Band before = {0, 0};
  int last = -1;
  for (int x = 0; x < raster->width; x++) {
    int column = raster->columns[x];
    /* What lies above the axis is no line along its end. */
    if (column < 0 || (double)values[column] > raster->axis->max) {
      last = -1;
      continue;
    }
    int row = rows_of(raster, (double)values[column]);
    /* Dashes belong to the columns, so that they move with them. */
    int64_t at = (raster->chart->first + column) / raster->scale % DASH_PX;
    bool on = !dashed || (at < 0 ? at + DASH_PX : at) < DASH_ON_PX;
    if ((values[column] > 0 || (last >= 0 && before.high > 0)) && (on || row != before.high)) {
      Band band = join_band(raster, (double)values[column], (double)values[column], last >= 0 ? &before : NULL);
      blend_rows(raster, x, band.low, band.high, pixel);
    }
    before = (Band){row, row};
    last = column;
  }
}

/* --- all --- */

HsColor
hs_chart_committed_color(const HsPalette *palette)
{
  return hs_color_mix(palette->text, palette->base, 0.15);
}

HsColor
hs_chart_reserved_color(const HsPalette *palette)
{
  return hs_color_mix(palette->text, palette->base, 0.45);
}

static void
layer_pixels(const HsPalette *palette, const HsChart *chart, const HsChartStyle *style, uint32_t *solid,
             uint32_t *light)
{
  bool overlaid = hs_chart_is_overlaid(chart, style);
  for (int i = 0; i < chart->n_layers; i++) {
    HsColor color = hs_palette_layer(palette, chart->group, chart->layer_ids[i]);
    bool faded = style->has_highlight && chart->layer_ids[i] != style->highlight;
    double part = faded ? FADED_PART : 1;
    solid[i] = hs_color_pixel(hs_color_alpha(color, (overlaid ? 1 : LAYER_ALPHA) * part));
    light[i] = hs_color_pixel(hs_color_alpha(color, (overlaid ? SHADE_ALPHA : ABOVE_MIN_ALPHA) * part));
  }
}

static void
paint_pixels(const Raster *raster, const HsPalette *palette, const HsChartStyle *style)
{
  const HsChart *chart = raster->chart;
  if (!hs_chart_is_overlaid(chart, style)) {
    for (int x = 0; x < raster->width; x++) {
      if (raster->columns[x] >= 0)
        paint_stack(raster, x, raster->columns[x]);
    }
  } else {
    int above = style->has_highlight ? hs_chart_find_layer(chart, style->highlight) : -1;
    for (int i = 0; i < chart->n_layers; i++) {
      if (i != above)
        paint_layer_line(raster, i);
    }
    if (above >= 0)
      paint_layer_line(raster, above);
  }
  if (chart->committed == NULL)
    return;
  paint_memory_line(raster, chart->reserved, hs_color_pixel(hs_chart_reserved_color(palette)), true);
  paint_memory_line(raster, chart->committed, hs_color_pixel(hs_chart_committed_color(palette)), false);
}

void
hs_paint_chart_columns(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                       const HsChartStyle *style, const HsChartAxis *axis)
{
  if (chart->n_columns <= 0 || chart->n_layers <= 0)
    return;
  int width = hs_device_width(viewport), height = hs_device_height(viewport), scale = MAX(viewport->scale, 1);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    return;
  }
  g_autofree uint32_t *solid = g_new(uint32_t, chart->n_layers);
  g_autofree uint32_t *light = g_new(uint32_t, chart->n_layers);
  g_autofree int *columns = hs_chart_columns(viewport, chart);
  layer_pixels(palette, chart, style, solid, light);
  Raster raster = {(uint32_t *)(void *)cairo_image_surface_get_data(surface),
                   cairo_image_surface_get_stride(surface) / 4,
                   width,
                   height,
                   scale,
                   chart,
                   axis,
                   solid,
                   light,
                   columns};
  paint_pixels(&raster, palette, style);
  cairo_surface_mark_dirty(surface);
  cairo_surface_set_device_scale(surface, scale, scale);
  cairo_set_source_surface(cr, surface, viewport->x, viewport->y);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_fill(cr);
  cairo_surface_destroy(surface);
}
