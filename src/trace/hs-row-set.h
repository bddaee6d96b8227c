/* SPDX-License-Identifier: MIT */
/*
 * The rows, or the blocks, that pass a filter: a bitset with rank and select. Built in a worker, then immutable.
 * Without a filter it is the identity and holds no bits.
 */
#pragma once

#include "hs-query.h"
#include "hs-timeline.h"

typedef struct _HsRowSet HsRowSet;

/* All of n rows, or of n blocks. Never NULL. */
HsRowSet *hs_row_set_new_all(uint32_t n);
/* What passes a query (see hs-query.h) among rows [0, n_rows), and among the blocks that these begin, where types are
 * relative to `range` and blocks that end at or past n_rows are outstanding. What the second set holds are block ids.
 * Either may be NULL: is not asked. An empty query, or NULL, lets everything pass. Two threads for many rows. `cancel`
 * (or NULL) is polled. False, and no sets, if it became nonzero or there is no memory. Any thread. */
bool hs_row_set_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel,
                      HsRowSet **rows, HsRowSet **blocks);
/* One of the two alone; NULL if cancelled or out of memory. */
HsRowSet *hs_row_set_new_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows,
                               const int *cancel);
HsRowSet *hs_row_set_new_query_blocks(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows,
                                      const int *cancel);
/* How many blocks the first n_rows rows begin: those of lower ids. O(log n). Any thread. */
uint32_t hs_row_set_count_blocks(const HsTimeline *timeline, uint32_t n_rows);
/* What is in both of two sets of equally many rows. NULL if out of memory. */
HsRowSet *hs_row_set_new_both(HsRowSet *a, HsRowSet *b);
/* Just these n members, ascending, all below n_rows. NULL if out of memory. Any thread. */
HsRowSet *hs_row_set_new_listed(uint32_t n_rows, const uint32_t *members, uint32_t n);
/* Those whose bits are set, row r in word r / 64; words for all n_rows. Copies. NULL if out of memory. Any thread. */
HsRowSet *hs_row_set_new_words(uint32_t n_rows, const uint64_t *words);
HsRowSet *hs_row_set_ref(HsRowSet *set);
void hs_row_set_unref(HsRowSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsRowSet, hs_row_set_unref)

/* For checks: true if count and ranks are those of the bits, and no bit is set beyond the last row. O(n / 64). */
bool hs_row_set_is_sound(const HsRowSet *set);

/* Rows that pass. */
uint32_t hs_row_set_count(const HsRowSet *set);
/* Rows examined: the n_rows it was built for. */
uint32_t hs_row_set_n_rows(const HsRowSet *set);
/* Bytes it takes; 0 for NULL. */
uint64_t hs_row_set_memory_bytes(const HsRowSet *set);
bool hs_row_set_contains(const HsRowSet *set, HsRow row);
/* The bits, row r in word r / 64, for loops; NULL = all of [0, n_rows) pass. Borrowed. */
const uint64_t *hs_row_set_words(const HsRowSet *set);
/* Whether the first rows of `set` that were examined for `base` pass in the one exactly if they do in the other: what
 * was at a rank in `base` is there in `set`, too. A comparison of memory. */
bool hs_row_set_extends(const HsRowSet *set, const HsRowSet *base);
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
/* Bytes it takes; 0 for NULL. */
uint64_t hs_row_order_memory_bytes(const HsRowOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsRowOrder, hs_row_order_unref)
uint32_t hs_row_order_count(const HsRowOrder *order);
HsRow hs_row_order_at(const HsRowOrder *order, uint32_t index);
/* Where a row stands, or UINT32_MAX. O(n), vectorised scan. */
uint32_t hs_row_order_find(const HsRowOrder *order, HsRow row);
