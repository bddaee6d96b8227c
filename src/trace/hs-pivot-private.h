/* SPDX-License-Identifier: MIT */
/* Counting blocks into groups: what hs-pivot.c and hs-pivot-count.c share. */
#pragma once

#include "hs-pivot.h"
#include "hs-range-rows.h"

/* A group on the last level. */
typedef struct {
  uint32_t key[HS_PIVOT_LEVELS]; /* those beyond n_by are 0 */
  uint32_t node;                 /* once there is a tree */
  HsRangeSums sums;
} HsPivotLeaf;

typedef struct {
  HsPivotLeaf *leaves;
  uint32_t n, capacity;
  uint32_t *slots; /* leaf + 1, 0 = free; a power of two */
  uint32_t n_slots;
  uint64_t ended_at_t0_bytes; /* of blocks from before that end just as the range begins: they are not in view */
} HsPivotTable;

typedef struct {
  HsTimeline *timeline;
  const uint64_t *bits; /* of the blocks; NULL = all */
  HsRangeRows rows;
  uint32_t n_blocks; /* to look at */
  unsigned n_by;
  HsPivotBy by[HS_PIVOT_LEVELS];
  uint32_t *leaf_of; /* by block, or NULL: not asked for */
  const int *cancel;
} HsPivotScan;

/* Counts all blocks into `table`, which must be zeroed. False if cancelled or out of memory; clear it either way. */
bool hs_pivot_count(const HsPivotScan *scan, HsPivotTable *table);
void hs_pivot_table_clear(HsPivotTable *table);
