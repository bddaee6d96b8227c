/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

#include <math.h>

/* The largest image surface cairo makes, and far below where its coordinates wrap. */
#define MAX_DEVICE_PX 32767

HsClock
hs_viewport_clock(const HsViewport *viewport)
{
  return viewport->clock.frequency > 0 ? viewport->clock : (HsClock){10000000};
}

int64_t
hs_readable_step_ns(const HsViewport *viewport)
{
  double ns_per_px = hs_viewport_ticks_per_px(viewport) * 1e9 / (double)hs_viewport_clock(viewport).frequency;
  int64_t step = 1;
  while ((double)step * 10 <= ns_per_px && step < 1000000000)
    step *= 10;
  return step;
}

void
hs_paint_ground(cairo_t *cr, const HsViewport *viewport, HsColor color)
{
  double x0, y0, x1, y1;
  cairo_clip_extents(cr, &x0, &y0, &x1, &y1);
  x0 = MAX(x0, -MAX_DEVICE_PX);
  x1 = MIN(x1, MAX_DEVICE_PX);
  hs_color_set(cr, color);
  cairo_rectangle(cr, x0, viewport->y, MAX(x1 - x0, 0), viewport->height);
  cairo_fill(cr);
}

void
hs_paint_margins(cairo_t *cr, const HsViewport *viewport, HsColor color)
{
  double x0, y0, x1, y1, right = viewport->x + viewport->width;
  cairo_clip_extents(cr, &x0, &y0, &x1, &y1);
  x0 = MAX(x0, -MAX_DEVICE_PX);
  x1 = MIN(x1, MAX_DEVICE_PX);
  hs_color_set(cr, color);
  cairo_rectangle(cr, x0, viewport->y, MAX(viewport->x - x0, 0), viewport->height);
  cairo_fill(cr);
  cairo_rectangle(cr, right, viewport->y, MAX(x1 - right, 0), viewport->height);
  cairo_fill(cr);
}

void
hs_paint_vline(cairo_t *cr, const HsViewport *viewport, HsColor color, double x, double width_px, double y,
               double height)
{
  hs_color_set(cr, color);
  cairo_rectangle(cr, hs_viewport_snap(viewport, x), y, width_px, height);
  cairo_fill(cr);
}

void
hs_paint_hline(cairo_t *cr, const HsViewport *viewport, HsColor color, double x, double y, double width)
{
  hs_color_set(cr, color);
  cairo_rectangle(cr, x, hs_viewport_snap(viewport, y), width, 1.0 / MAX(viewport->scale, 1));
  cairo_fill(cr);
}

void
hs_paint_pill(cairo_t *cr, HsColor color, double x, double y, double width, double height, double radius)
{
  radius = MIN(radius, MIN(width, height) / 2);
  cairo_new_path(cr);
  cairo_arc(cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc(cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc(cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc(cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path(cr);
  hs_color_set(cr, color);
  cairo_fill(cr);
}

int
hs_device_width(const HsViewport *viewport)
{
  int64_t px = (int64_t)viewport->width * MAX(viewport->scale, 1);
  return (int)CLAMP(px, 1, MAX_DEVICE_PX);
}

int
hs_device_height(const HsViewport *viewport)
{
  int64_t px = (int64_t)viewport->height * MAX(viewport->scale, 1);
  return (int)CLAMP(px, 1, MAX_DEVICE_PX);
}

static int
largest_column(const HsSamples *samples, int from, int to)
{
  int best = from;
  for (int i = from + 1; i < to; i++) {
    if (samples->max[i] > samples->max[best])
      best = i;
  }
  return best;
}

int *
hs_sample_columns(const HsViewport *viewport, const HsSamples *samples, int64_t s0, int64_t s1)
{
  int n_px = hs_device_width(viewport);
  int n = samples->n_columns;
  int *columns = g_new(int, n_px);
  /* Column i of the samples is at [i, i + 1) of this scale; pixel p begins at offset + p * step. */
  double sample_span = (double)((__int128)s1 - s0);
  double step = (double)((__int128)viewport->t1 - viewport->t0) / sample_span * n / n_px;
  double offset = (double)((__int128)viewport->t0 - s0) / sample_span * n;
  bool exact = s0 == viewport->t0 && s1 == viewport->t1 && n == n_px;
  for (int p = 0; p < n_px; p++) {
    if (exact) {
      columns[p] = p;
      continue;
    }
    double from = offset + p * step, to = from + step;
    double middle = (from + to) / 2;
    if (!(middle >= 0 && middle < n))
      columns[p] = -1;
    else if (step <= 1)
      columns[p] = (int)middle;
    else
      columns[p] = largest_column(samples, (int)MAX(from, 0), (int)ceil(MIN(to, n)));
  }
  return columns;
}

uint32_t
hs_color_pixel(HsColor color)
{
  uint32_t a = (uint32_t)lround(color.a * 255);
  uint32_t r = (uint32_t)lround(color.r * color.a * 255);
  uint32_t g = (uint32_t)lround(color.g * color.a * 255);
  uint32_t b = (uint32_t)lround(color.b * color.a * 255);
  return a << 24 | r << 16 | g << 8 | b;
}
