/* SPDX-License-Identifier: MIT */
/*
 * Two moments compared: the blocks that live at the one and not at the other, with their sums in all and in groups. A
 * block lives at t if it began at or before t and ended after it. Made in a worker, then immutable.
 */
#pragma once

#include "hs-pivot.h"

/* Where a block lives. */
typedef enum {
  HS_SIDE_A, /* at A and not at B: it went on the way */
  HS_SIDE_B, /* at B and not at A: it came */
  HS_N_SIDES
} HsSide;

/* Name in files: "A", "B". Static. */
const char *hs_side_name(HsSide side);

typedef struct {
  uint64_t count[HS_N_SIDES];
  uint64_t bytes[HS_N_SIDES]; /* modulo 2^64, which only a damaged trace reaches */
} HsSideSums;

/* What B has more than A. */
static inline int64_t
hs_side_sums_net_count(const HsSideSums *sums)
{
  return (int64_t)(sums->count[HS_SIDE_B] - sums->count[HS_SIDE_A]);
}
static inline int64_t
hs_side_sums_net_bytes(const HsSideSums *sums)
{
  return (int64_t)(sums->bytes[HS_SIDE_B] - sums->bytes[HS_SIDE_A]);
}

typedef struct {
  uint32_t key; /* see HsPivotBy */
  HsSideSums sums;
} HsSideGroup;

typedef struct {
  int ref_count;
  int64_t a_ticks, b_ticks; /* either may be the earlier one */
  uint32_t n_rows;          /* that it was made from */
  HsRow after[HS_N_SIDES];  /* the first row after each moment */
  HsRowSet *blocks;         /* ids of those that live at one of the moments */
  HsSideSums total;
  bool is_checked;    /* the sums were compared with the series … */
  bool is_consistent; /* … and net change was the difference of what is outstanding, to the byte and to the block */
} HsComparison;

/* Of the blocks of a set that the first n_rows rows begin (see hs_row_set_query()), and their series to check it
 * against (NULL = unchecked). What ends at or past n_rows is outstanding. Two threads for many blocks. `cancel` (or
 * NULL) is polled. NULL if cancelled or out of memory. Any thread. */
HsComparison *hs_comparison_new(HsTimeline *timeline, HsRowSet *blocks, const HsSeriesSet *series, int64_t a_ticks,
                                int64_t b_ticks, uint32_t n_rows, const int *cancel);
HsComparison *hs_comparison_ref(HsComparison *comparison);
void hs_comparison_unref(HsComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsComparison, hs_comparison_unref)

/* At which of the moments a block of it lives. */
HsSide hs_comparison_side(const HsComparison *comparison, const HsTimeline *timeline, HsBlockId block);

/* The groups there are, ascending by key: an array of HsSideGroup, to be freed with g_array_unref(). By anything but
 * HS_PIVOT_TYPE. NULL if cancelled or out of memory. Any thread. */
GArray *hs_comparison_groups_new(const HsComparison *comparison, const HsTimeline *timeline, HsPivotBy by,
                                 const int *cancel);

/* Its blocks (a set of some of them) by the side they live on, A first; else as hs_row_order_new(). Any thread. */
HsRowOrder *hs_comparison_order_new(const HsComparison *comparison, const HsTimeline *timeline, HsRowSet *blocks,
                                    bool descending, const int *cancel);

/* Columns of a table of groups. */
typedef enum {
  HS_SIDE_COLUMN_GROUP, /* by key */
  HS_SIDE_COLUMN_CAME,  /* blocks at B and not at A */
  HS_SIDE_COLUMN_CAME_BYTES,
  HS_SIDE_COLUMN_WENT, /* blocks at A and not at B */
  HS_SIDE_COLUMN_WENT_BYTES,
  HS_SIDE_COLUMN_NET,
  HS_SIDE_COLUMN_NET_BYTES,
  HS_N_SIDE_COLUMNS
} HsSideColumn;
/* What a column counts; 0 for the group's own. */
int64_t hs_side_column_value(const HsSideSums *sums, HsSideColumn column);
/* Places in the array of groups (members of a set) in the order of a column. Any thread. */
HsRowOrder *hs_side_groups_order_new(const GArray *groups, HsRowSet *places, HsSideColumn column, bool descending,
                                     const int *cancel);
