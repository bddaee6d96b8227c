/* SPDX-License-Identifier: MIT */
/*
 * The one mapping between time and x that every pane uses: a visible range of ticks over a plot area of whole pixels.
 * Painters, hit-tests and widgets go through it, so that they cannot disagree. Coordinates are user-space pixels;
 * `scale` is device pixels a user pixel. What falls outside is clamped to one pixel beyond the plot, so that
 * cairo's 24.8 coordinates never wrap.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hs-clock.h"

typedef struct {
  int64_t t0, t1; /* visible ticks, [t0, t1), t1 > t0 */
  HsClock clock;
  int x, y;          /* top left of the plot area in the widget */
  int width, height; /* of the plot area, > 0 */
  int scale;         /* ≥ 1 */
} HsViewport;

/* x of a moment (not rounded), clamped to [x − 1, x + width + 1]. */
double hs_viewport_x(const HsViewport *viewport, int64_t ticks);
/* The moment at x; may lie outside [t0, t1) if x lies outside the plot. */
int64_t hs_viewport_ticks(const HsViewport *viewport, double x);
double hs_viewport_ticks_per_px(const HsViewport *viewport);
/* The whole device pixel at or before v, in user space: for crisp hairlines. */
double hs_viewport_snap(const HsViewport *viewport, double v);

/* Zooms [t0, t1) by `factor` (< 1 = in) so that the moment at `anchor_x` stays there; kept within [limit0, limit1) and
 * no narrower than min_ticks. Changes *t0, *t1 only. */
void hs_viewport_zoom(const HsViewport *viewport, double anchor_x, double factor, int64_t limit0, int64_t limit1,
                      int64_t min_ticks, int64_t *t0, int64_t *t1);
/* Moves [*t0, *t1) by `delta` ticks as far as the limits allow, keeping its width. */
void hs_viewport_pan(int64_t delta, int64_t limit0, int64_t limit1, int64_t *t0, int64_t *t1);

/* --- ruler marks --- */

/* The step in ns of labelled marks at least `min_px` apart: 1, 2 or 5 × a power of ten. */
int64_t hs_ruler_step_ns(const HsViewport *viewport, int min_px);
/* Steps for byte values: 1, 2, 4 … × a power of 1024 (IEC), so that `max` is covered by about `marks` of them. For
 * counts (iec false): 1, 2, 5. */
int64_t hs_value_step(int64_t max, int marks, bool iec);
