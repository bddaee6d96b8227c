/* SPDX-License-Identifier: MIT */
/*
 * The rows that pass a filter: a bitset with rank and select. Built in a worker, then immutable. Without a filter it is
 * the identity and holds no bits.
 */
#pragma once

#include "hs-filter.h"
#include "hs-query.h"

typedef struct _HsRowSet HsRowSet;

/* Rows [0, n_rows) that pass. `base` (or NULL): an earlier result of an equal filter over fewer rows, whose work is
 * reused. `cancel` (or NULL) is polled; NULL is returned if it became nonzero. Any thread. */
HsRowSet *hs_row_set_new(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows, const HsRowSet *base,
                         const int *cancel);
/* Rows [0, n_rows) that pass a query (see hs-query.h), where types are relative to `range`; blocks that end at or past
 * n_rows are outstanding. An empty query, or NULL, gives every row. Two threads for many rows. `cancel` as above; NULL
 * also if out of memory. Any thread. */
HsRowSet *hs_row_set_new_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows,
                               const int *cancel);
/* The same of blocks: what the set holds are block ids, of the blocks that rows [0, n_rows) begin. */
HsRowSet *hs_row_set_new_query_blocks(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows,
                                      const int *cancel);
HsRowSet *hs_row_set_ref(HsRowSet *set);
void hs_row_set_unref(HsRowSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsRowSet, hs_row_set_unref)

/* Rows that pass. */
uint32_t hs_row_set_count(const HsRowSet *set);
/* Rows examined: the n_rows it was built for. */
uint32_t hs_row_set_n_rows(const HsRowSet *set);
bool hs_row_set_contains(const HsRowSet *set, HsRow row);
/* How many passing rows are below `row`. O(1). */
uint32_t hs_row_set_rank(const HsRowSet *set, HsRow row);
/* The passing row with `rank` passing rows below it; rank < count. O(log n). */
HsRow hs_row_set_select(const HsRowSet *set, uint32_t rank);
/* The first passing row at or after `row`, or UINT32_MAX: the way to walk a set. O(1) but for gaps. */
HsRow hs_row_set_next(const HsRowSet *set, HsRow row);

/* --- order: the rows of a set sorted by a column --- */

typedef enum {
  HS_COLUMN_TIME,
  HS_COLUMN_OPERATION,
  HS_COLUMN_PROCESS,
  HS_COLUMN_PID,
  HS_COLUMN_TID,
  HS_COLUMN_HEAP,
  HS_COLUMN_ADDRESS,
  HS_COLUMN_SIZE,
  HS_COLUMN_SOURCE,
  HS_COLUMN_CPU,
  HS_COLUMN_OLD_ADDRESS,
  HS_COLUMN_OLD_SIZE,
  HS_COLUMN_DETAILS, /* for its text see hs-event-text.h; sorts by the lifetime of the row's block */
  HS_N_COLUMNS
} HsEventColumn;

/* Name in files ("time_ns", "op", "process", "pid", …). Static. */
const char *hs_event_column_name(HsEventColumn column);
/* Title in the window, translated. Static. */
const char *hs_event_column_title(HsEventColumn column);

typedef struct _HsRowOrder HsRowOrder;
/* Stable: rows of equal value stay in time order, descending too; rows without a value come last either way round. 4
 * bytes a row, 24 more while it sorts. Names and titles go by the locale's order. NULL if cancelled or out of memory.
 * Any thread. */
HsRowOrder *hs_row_order_new(HsTimeline *timeline, HsRowSet *set, HsEventColumn column, bool descending,
                             const int *cancel);
HsRowOrder *hs_row_order_ref(HsRowOrder *order);
void hs_row_order_unref(HsRowOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsRowOrder, hs_row_order_unref)
uint32_t hs_row_order_count(const HsRowOrder *order);
HsRow hs_row_order_at(const HsRowOrder *order, uint32_t index);
/* Where a row stands, or UINT32_MAX. O(n), vectorised scan. */
uint32_t hs_row_order_find(const HsRowOrder *order, HsRow row);
