/* SPDX-License-Identifier: MIT */
#include "hs-viewport.h"

#include <glib.h>
#include <math.h>

/* Every difference of two moments is taken in 128 bits: damaged files tell of moments at either end of 64. */
static __int128
span_ticks(int64_t t0, int64_t t1)
{
  __int128 span = (__int128)t1 - t0;
  return span > 0 ? span : 1;
}

static int64_t
saturate(__int128 v)
{
  return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* Doubles beyond 2^100 are nobody's ticks; without the bound the conversion would be undefined. */
static __int128
whole(double v)
{
  if (isnan(v))
    return 0;
  return (__int128)floor(CLAMP(v, -0x1p100, 0x1p100));
}

double
hs_viewport_x(const HsViewport *viewport, int64_t ticks)
{
  double part = (double)((__int128)ticks - viewport->t0) / (double)span_ticks(viewport->t0, viewport->t1);
  double x = viewport->x + part * viewport->width;
  return CLAMP(x, viewport->x - 1.0, viewport->x + viewport->width + 1.0);
}

int64_t
hs_viewport_ticks(const HsViewport *viewport, double x)
{
  double offset = (x - viewport->x) * hs_viewport_ticks_per_px(viewport);
  return saturate((__int128)viewport->t0 + whole(offset));
}

double
hs_viewport_ticks_per_px(const HsViewport *viewport)
{
  return (double)span_ticks(viewport->t0, viewport->t1) / MAX(viewport->width, 1);
}

double
hs_viewport_snap(const HsViewport *viewport, double v)
{
  double scale = MAX(viewport->scale, 1);
  /* A value meant to lie on a pixel may have lost its last bit on the way. */
  return floor(v * scale + 1e-6) / scale;
}

/* Moves a range of `span` ticks that wants to begin at `begin` into the limits. */
static void
place(__int128 begin, __int128 span, int64_t limit0, int64_t limit1, int64_t *t0, int64_t *t1)
{
  __int128 room = span_ticks(limit0, limit1);
  span = CLAMP(span, 1, room);
  begin = CLAMP(begin, (__int128)limit0, (__int128)limit0 + room - span);
  *t0 = saturate(begin);
  *t1 = saturate(begin + span);
  if (*t1 <= *t0)
    *t0 = *t1 - 1;
}

void
hs_viewport_zoom(const HsViewport *viewport, double anchor_x, double factor, int64_t limit0, int64_t limit1,
                 int64_t min_ticks, int64_t *t0, int64_t *t1)
{
  double part = (anchor_x - viewport->x) / MAX(viewport->width, 1);
  part = isnan(part) ? 0.5 : CLAMP(part, 0.0, 1.0);
  if (!(factor > 0))
    factor = 1;
  double span = (double)span_ticks(viewport->t0, viewport->t1);
  double room = (double)span_ticks(limit0, limit1);
  double least = CLAMP((double)min_ticks, 1.0, room);
  double new_span = CLAMP(span * factor, least, room);
  /* Rounded to the nearest tick, so that the anchor strays by half a tick at most. */
  __int128 begin = (__int128)viewport->t0 + whole(part * (span - new_span) + 0.5);
  place(begin, whole(new_span + 0.5), limit0, limit1, t0, t1);
}

void
hs_viewport_pan(int64_t delta, int64_t limit0, int64_t limit1, int64_t *t0, int64_t *t1)
{
  place((__int128)*t0 + delta, span_ticks(*t0, *t1), limit0, limit1, t0, t1);
}

/* --- ruler marks --- */

int64_t
hs_ruler_step_ns(const HsViewport *viewport, int min_px)
{
  double frequency = viewport->clock.frequency > 0 ? (double)viewport->clock.frequency : 1e7;
  double wanted_ns = hs_viewport_ticks_per_px(viewport) * 1e9 / frequency * MAX(min_px, 1);
  int64_t decade = 1;
  for (;;) {
    static const int64_t digits[] = {1, 2, 5};
    for (unsigned i = 0; i < G_N_ELEMENTS(digits); i++) {
      if ((double)(decade * digits[i]) >= wanted_ns)
        return decade * digits[i];
    }
    if (decade >= INT64_C(1000000000000000000))
      return decade * 5;
    decade *= 10;
  }
}

int64_t
hs_value_step(int64_t max, int marks, bool iec)
{
  marks = MAX(marks, 1);
  int64_t step = 1;
  for (unsigned i = 0; max / step > marks || (max / step == marks && max % step != 0); i++) {
    static const int64_t times_2[] = {2, 5, 10};
    if (step > INT64_MAX / 10)
      break;
    step = iec ? step * 2 : step / (i % 3 == 0 ? 1 : times_2[i % 3 - 1]) * times_2[i % 3];
  }
  return step;
}
