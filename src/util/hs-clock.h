/* SPDX-License-Identifier: MIT */
/*
 * Session clock: ticks since the trace began, and nanoseconds since the trace began. Ticks are the truth; nanoseconds
 * are what people and files see. Any thread.
 */
#pragma once

#include <stdint.h>

typedef struct {
  uint64_t frequency; /* ticks a second, > 0 */
} HsClock;

/* Nanoseconds of a tick count, rounded down; saturates instead of overflowing. */
static inline int64_t
hs_clock_to_ns(HsClock clock, int64_t ticks)
{
  __int128 n = (__int128)ticks * 1000000000;
  __int128 f = (__int128)clock.frequency;
  __int128 q = n / f;
  if (n % f < 0)
    q--;
  return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

/* The first tick at or after `ns`: since t_ticks ≥ that exactly when its time ≥ ns, it turns half-open ranges of
 * nanoseconds into half-open ranges of ticks. Saturates. */
static inline int64_t
hs_clock_from_ns(HsClock clock, int64_t ns)
{
  __int128 n = (__int128)ns * (__int128)clock.frequency;
  __int128 q = n / 1000000000;
  if (n % 1000000000 > 0)
    q++;
  return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}
