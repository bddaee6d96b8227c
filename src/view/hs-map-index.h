/* SPDX-License-Identifier: MIT */
/*
 * Which blocks are live at a row, without looking at all of them.
 *
 * Blocks, in the order they begin, are taken in groups of 1,024. A group has a row by which at least seven eighths of
 * it have ended; the others are listed on the level above, again in groups, and so on. To find what lives at a row, all
 * groups that are over by then are passed over. About a byte a block. For complete traces only: ends do not change any
 * more.
 */
#pragma once

#include "hs-map-places.h"

typedef struct _HsMapIndex HsMapIndex;

/* Of the first n_blocks blocks. NULL if cancelled. Any thread. */
HsMapIndex *hs_map_index_new(const HsTimeline *timeline, uint32_t n_blocks, const int *cancel);
HsMapIndex *hs_map_index_ref(HsMapIndex *index);
void hs_map_index_unref(HsMapIndex *index);
uint32_t hs_map_index_n_blocks(const HsMapIndex *index);
uint64_t hs_map_index_memory_bytes(const HsMapIndex *index);

/* Calls `visit` for each block in the range of places below `first` (the first that does not begin before the row)
 * whose end row is `row` or later. False if cancelled. Any thread. */
bool hs_map_index_live(const HsMapIndex *index, const HsTimeline *timeline, const HsMapPlaceRange *range,
                       uint32_t first, HsRow row, void (*visit)(gpointer data, uint32_t block), gpointer data,
                       const int *cancel);
