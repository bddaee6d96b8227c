/* SPDX-License-Identifier: MIT */
/*
 * Where each block begins on an axis, in 32 bits: pictures and look-ups go through millions of blocks, and need not ask
 * for a block's address, which lies anywhere in memory, nor the axis for where that is.
 *
 * Four bytes a block. A block without a place here is not on the axis, or takes a closer look.
 */
#pragma once

#include "hs-timeline.h"

/* Not as simple as all that: large, or in pieces, or where a place cannot tell it exactly. */
#define HS_MAP_PLACE_ODD (UINT32_MAX - 1)
/* Not on the axis. */
#define HS_MAP_PLACE_NONE UINT32_MAX
/* A block that has a place is smaller than this, so that one need not look far for those that touch a range of places.
 * Its size is in the weights of its rows, or if these are HS_WEIGHT_LARGE in its record. */
#define HS_MAP_PLACE_MAX_BYTES (UINT32_C(128) << 10)

typedef struct {
  uint32_t n_blocks;
  unsigned shift; /* a place is a position on the axis without that many low bits, which are 0 */
  uint32_t *at;   /* by block */
} HsMapPlaces;

/* Some places, [low, high], and those that take a closer look. */
typedef struct {
  const HsMapPlaces *places; /* NULL = all blocks */
  uint32_t low, high;
} HsMapPlaceRange;

/* The places of what may touch [u0, u1) of the axis; of all blocks if there are no places (NULL), or if that is hardly
 * less. */
HsMapPlaceRange hs_map_place_range(const HsMapPlaces *places, uint64_t u0, uint64_t u1, uint64_t span);

static inline bool
hs_map_place_range_has(const HsMapPlaceRange *range, uint32_t block)
{
  uint32_t place = range->places->at[block];
  return (place - range->low <= range->high - range->low) | (place == HS_MAP_PLACE_ODD);
}

/* Those of blocks [from, to), at most HS_MAP_PLACE_BATCH, that are in the range, into `blocks`. How many. */
#define HS_MAP_PLACE_BATCH 1024
static inline uint32_t
hs_map_place_range_pick(const HsMapPlaceRange *range, uint32_t from, uint32_t to, uint32_t blocks[HS_MAP_PLACE_BATCH])
{
  uint32_t n = 0;
  for (uint32_t i = from; i < to; i++) {
    blocks[n] = i;
    n += range->places == NULL || hs_map_place_range_has(range, i);
  }
  return n;
}

void hs_map_places_free(HsMapPlaces *places);
