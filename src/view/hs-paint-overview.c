/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

#include <math.h>

#define FRAME_PX 2
/* Height of the marks of gaps, above the frame's lower edge. */
#define GAP_PX 3
/* The veil over what is not visible in the other panes. */
#define VEIL_LIGHT 0.1
#define VEIL_DARK 0.35
/* Share of the strip's height that the peak takes. */
#define PEAK_PART 0.96

static void
paint_samples(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples)
{
  if (samples == NULL || samples->n_columns <= 0 || samples->peak <= 0)
    return;
  int n_px = hs_device_width(viewport), h_px = hs_device_height(viewport);
  g_autofree int *columns = hs_sample_columns(viewport, samples, viewport->t0, viewport->t1);
  double px = 1.0 / MAX(viewport->scale, 1);
  double bottom = viewport->y + viewport->height;
  hs_color_set(cr, hs_color_mix(palette->base, palette->dim_text, palette->dark ? 0.5 : 0.6));
  for (int p = 0, end; p < n_px; p = end) {
    int64_t value = columns[p] >= 0 ? samples->max[columns[p]] : 0;
    for (end = p + 1; end < n_px; end++) {
      if ((columns[end] >= 0 ? samples->max[columns[end]] : 0) != value)
        break;
    }
    if (value <= 0)
      continue;
    double height = ceil(CLAMP((double)value / (double)samples->peak, 0, 1) * h_px * PEAK_PART) * px;
    cairo_rectangle(cr, viewport->x + p * px, bottom - height, (end - p) * px, height);
    cairo_fill(cr);
  }
}

static void
paint_frame(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, int64_t window0, int64_t window1)
{
  double left = viewport->x, right = viewport->x + viewport->width;
  double x0 = hs_viewport_snap(viewport, CLAMP(hs_viewport_x(viewport, window0), left, right));
  double x1 = hs_viewport_snap(viewport, CLAMP(hs_viewport_x(viewport, window1), left, right));
  cairo_set_source_rgba(cr, 0, 0, 0, palette->dark ? VEIL_DARK : VEIL_LIGHT);
  cairo_rectangle(cr, left, viewport->y, x0 - left, viewport->height);
  cairo_rectangle(cr, x1, viewport->y, right - x1, viewport->height);
  cairo_fill(cr);
  /* Deep in a long trace the window is narrower than its own frame; it must still be seen. */
  double least = 2 * FRAME_PX + 1;
  if (x1 - x0 < least) {
    x0 = hs_viewport_snap(viewport, CLAMP((x0 + x1 - least) / 2, left, MAX(left, right - least)));
    x1 = x0 + least;
  }
  hs_color_set(cr, palette->selection);
  cairo_rectangle(cr, x0, viewport->y, x1 - x0, FRAME_PX);
  cairo_rectangle(cr, x0, viewport->y + viewport->height - FRAME_PX, x1 - x0, FRAME_PX);
  cairo_rectangle(cr, x0, viewport->y + FRAME_PX, FRAME_PX, viewport->height - 2 * FRAME_PX);
  cairo_rectangle(cr, x1 - FRAME_PX, viewport->y + FRAME_PX, FRAME_PX, viewport->height - 2 * FRAME_PX);
  cairo_fill(cr);
}

static void
clip(cairo_t *cr, const HsViewport *viewport)
{
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
}

void
hs_paint_overview_curve(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples)
{
  cairo_save(cr);
  clip(cr, viewport);
  hs_color_set(cr, palette->base);
  cairo_paint(cr);
  paint_samples(cr, viewport, palette, samples);
  cairo_restore(cr);
}

void
hs_paint_overview_window(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, int64_t window0,
                         int64_t window1, const HsMarks *marks)
{
  cairo_save(cr);
  clip(cr, viewport);
  if (marks != NULL)
    hs_paint_marks(cr, viewport, palette, marks);
  paint_frame(cr, viewport, palette, window0, window1);
  if (marks != NULL)
    hs_paint_pennants(cr, viewport, palette, marks);
  if (marks != NULL)
    hs_paint_gaps(cr, viewport, palette, marks->gaps, false, viewport->y + MAX(viewport->height - FRAME_PX - GAP_PX, 0),
                  MIN(GAP_PX, viewport->height));
  cairo_restore(cr);
}

void
hs_paint_overview(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples,
                  int64_t window0, int64_t window1, const HsMarks *marks)
{
  hs_paint_overview_curve(cr, viewport, palette, samples);
  hs_paint_overview_window(cr, viewport, palette, window0, window1, marks);
}

void
hs_paint_curve(cairo_t *cr, HsColor color, const int64_t *values, int n_values, double x, double y, double width,
               double height)
{
  int64_t peak = 0;
  for (int i = 0; i < n_values; i++)
    peak = MAX(peak, values[i]);
  if (peak <= 0)
    return;
  hs_color_set(cr, color);
  for (int i = 0, end; i < n_values; i = end) {
    for (end = i + 1; end < n_values && values[end] == values[i]; end++)
      ;
    if (values[i] <= 0)
      continue;
    /* What is there at all is seen. */
    double h = MAX((double)values[i] / (double)peak * height, MIN(1, height));
    double x0 = x + width * i / n_values, x1 = x + width * end / n_values;
    cairo_rectangle(cr, x0, y + height - h, x1 - x0, h);
  }
  cairo_fill(cr);
}
