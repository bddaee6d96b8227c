/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

/* Diagonal stripes of this period, one half of it coloured, user pixels. */
#define HATCH_PX 4
/* Between the stripes. */
#define GROUND_ALPHA 0.3

/* Appends the visible spans to the path, those that touch as one. False if there are none. */
static bool
trace_spans(cairo_t *cr, const HsViewport *viewport, const HsGapSet *gaps, double y, double height)
{
  uint32_t n_visible;
  uint32_t first = hs_gap_set_visible(gaps, viewport->t0, viewport->t1, &n_visible);
  double from = 0, to = 0;
  for (uint32_t i = 0; i < n_visible; i++) {
    double x0, x1;
    hs_gap_span_px(viewport, &gaps->spans[first + i], &x0, &x1);
    if (i > 0 && x0 <= to) {
      to = MAX(to, x1);
      continue;
    }
    if (to > from)
      cairo_rectangle(cr, from, y, to - from, height);
    from = x0;
    to = x1;
  }
  if (to > from)
    cairo_rectangle(cr, from, y, to - from, height);
  return n_visible > 0;
}

/* Stripes from upper right to lower left, in device pixels. */
static cairo_pattern_t *
new_hatch(HsColor color, int scale)
{
  int period = HATCH_PX * scale;
  uint32_t on = hs_color_pixel(color), off = hs_color_pixel(hs_color_alpha(color, GROUND_ALPHA));
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, period, period);
  cairo_surface_flush(surface);
  for (int y = 0; y < period; y++) {
    uint32_t *row =
        (uint32_t *)(void *)(cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface));
    for (int x = 0; x < period; x++)
      row[x] = (x + y) % period < period / 2 ? on : off;
  }
  cairo_surface_mark_dirty(surface);
  cairo_pattern_t *pattern = cairo_pattern_create_for_surface(surface);
  cairo_surface_destroy(surface);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
  cairo_matrix_t matrix;
  cairo_matrix_init_scale(&matrix, scale, scale);
  cairo_pattern_set_matrix(pattern, &matrix);
  return pattern;
}

void
hs_paint_gaps(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsGapSet *gaps, bool hatched,
              double y, double height)
{
  if (gaps == NULL || gaps->n_spans == 0)
    return;
  cairo_new_path(cr);
  if (!trace_spans(cr, viewport, gaps, y, height))
    return;
  if (!hatched) {
    hs_color_set(cr, palette->warning);
    cairo_fill(cr);
    return;
  }
  cairo_pattern_t *pattern = new_hatch(palette->warning, MAX(viewport->scale, 1));
  cairo_set_source(cr, pattern);
  cairo_fill(cr);
  cairo_pattern_destroy(pattern);
}
