/* SPDX-License-Identifier: MIT */
/*
 * The table of heaps: one row a heap instance, and the orders it can be sorted in.
 */
#pragma once

#include "hs-heap-sums.h"

typedef enum {
  HS_HEAP_COLUMN_PROCESS,
  HS_HEAP_COLUMN_PID,
  HS_HEAP_COLUMN_HANDLE,
  HS_HEAP_COLUMN_FLAGS,
  HS_HEAP_COLUMN_CREATED,
  HS_HEAP_COLUMN_DESTROYED,
  HS_HEAP_COLUMN_ALLOCS,
  HS_HEAP_COLUMN_FREES,
  HS_HEAP_COLUMN_REALLOCS,
  HS_HEAP_COLUMN_BYTES, /* of blocks begun */
  HS_HEAP_COLUMN_OUTSTANDING,
  HS_HEAP_COLUMN_BLOCKS, /* outstanding ones */
  HS_HEAP_COLUMN_PEAK,
  HS_HEAP_COLUMN_PEAK_TIME,
  HS_HEAP_COLUMN_COMMITTED,
  HS_HEAP_COLUMN_RESERVED,
  HS_HEAP_COLUMN_SLOW_PATH, /* share of Alloc and ReAlloc records */
  HS_HEAP_COLUMN_UNMATCHED_FREES,
  HS_HEAP_COLUMN_EVENTS,
  HS_N_HEAP_COLUMNS
} HsHeapColumn;

/* Names in files, in the order of the enumeration, NULL-ended: "process", "pid", … "events". Static. */
const char *const *hs_heap_column_names(void);

/* Everything about one heap as the table shows it. What is not part of the sum is as last told. */
typedef struct {
  HsHeapSum sum;
  HsProcessId process;
  uint64_t handle;
  int64_t create_ticks;  /* INT64_MIN = no Create seen */
  int64_t destroy_ticks; /* INT64_MAX = no Destroy seen */
  bool has_flags, has_sizes;
  uint32_t flags;
  uint64_t committed_bytes, reserved_bytes;
} HsHeapRow;

/* Any thread. */
void hs_heap_row(const HsTimeline *timeline, const HsHeapSum *sum, HsHeapRow *row);

/* The ids of the heaps that have sums: a heap's rank in the set is its index among the sums. NULL if out of memory. Any
 * thread. */
HsRowSet *hs_heap_set_new(const HsHeapSums *sums);

/* The heaps of that set sorted: positions hold ids. Stable: equal ones stay in the order they were first told of; those
 * without a value come last either way round. Names go by the locale's order, flags by their number. NULL if cancelled
 * or out of memory. Any thread. */
HsRowOrder *hs_heap_order_new(const HsTimeline *timeline, const HsHeapSums *sums, HsRowSet *heaps, HsHeapColumn column,
                              bool descending, const int *cancel);
