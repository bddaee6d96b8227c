/* SPDX-License-Identifier: MIT */
/*
 * What a block is to a range of time, in WPA's words: allocated inside or outside of the range, freed inside or outside
 * of it. Impacting are those allocated inside and freed outside: what the range left behind.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hs-clock.h"

/* Half-open, in ticks. HS_TIME_RANGE_ALL is the whole trace. */
typedef struct {
  int64_t t0_ticks, t1_ticks;
} HsTimeRange;

#define HS_TIME_RANGE_ALL ((HsTimeRange){INT64_MIN, INT64_MAX})

typedef enum {
  HS_BLOCK_TYPE_NONE, /* not in view: over by t0, or begun at t1 or later */
  HS_BLOCK_TYPE_AIFI,
  HS_BLOCK_TYPE_AIFO,
  HS_BLOCK_TYPE_AOFI,
  HS_BLOCK_TYPE_AOFO,
  HS_N_BLOCK_TYPES
} HsBlockType;

/* `end_ticks` is INT64_MAX for a block that is outstanding: it outlives every range. A block that begins and ends with
 * t0 is AIFI; one that began before and ends with t0 is not in view. Any thread. */
static inline HsBlockType
hs_block_type(int64_t begin_ticks, int64_t end_ticks, HsTimeRange range)
{
  if (begin_ticks >= range.t1_ticks)
    return HS_BLOCK_TYPE_NONE;
  bool outlives = end_ticks >= range.t1_ticks;
  if (begin_ticks >= range.t0_ticks)
    return outlives ? HS_BLOCK_TYPE_AIFO : HS_BLOCK_TYPE_AIFI;
  if (end_ticks <= range.t0_ticks)
    return HS_BLOCK_TYPE_NONE;
  return outlives ? HS_BLOCK_TYPE_AOFO : HS_BLOCK_TYPE_AOFI;
}

/* Name in files, filters and the window: "AIFI" …; "" for none. Static. */
static inline const char *
hs_block_type_name(HsBlockType type)
{
  static const char *const names[HS_N_BLOCK_TYPES] = {"", "AIFI", "AIFO", "AOFI", "AOFO"};
  return (unsigned)type < HS_N_BLOCK_TYPES ? names[type] : "";
}

/* Nanoseconds from the beginning to the end of a block that is over, as the times shown differ: from whole nanosecond
 * to whole nanosecond. Saturates. */
static inline int64_t
hs_block_lifetime_ns(HsClock clock, int64_t begin_ticks, int64_t end_ticks)
{
  int64_t ns;
  if (__builtin_sub_overflow(hs_clock_to_ns(clock, end_ticks), hs_clock_to_ns(clock, begin_ticks), &ns))
    return INT64_MAX;
  return ns;
}
