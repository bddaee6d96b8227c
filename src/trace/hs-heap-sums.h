/* SPDX-License-Identifier: MIT */
/*
 * What passes a filter, heap by heap and in all: records by operation, blocks, what is outstanding, and peaks; of the
 * whole trace. Made in a worker, then immutable.
 */
#pragma once

#include "hs-pivot.h"

/* Of one heap instance. */
typedef struct {
  uint32_t heap; /* HsHeapId.v */
  uint64_t events, allocs, reallocs, frees, unmatched_frees;
  uint64_t slow_path; /* of allocs + reallocs: those that the slow path served */
  uint64_t begun, begun_bytes;
  uint64_t outstanding_count, outstanding_bytes;
  uint64_t peak_bytes;
  int64_t peak_ticks;
} HsHeapSum;

/* Of all rows and blocks that pass, those of no heap too. */
typedef struct {
  uint64_t events;
  uint64_t operations[HS_N_OPS];
  uint64_t sources[HS_N_SOURCES]; /* of alloc + realloc + free records */
  uint64_t begun, begun_bytes;
  uint64_t outstanding_count, outstanding_bytes;
  uint64_t peak_bytes;
  int64_t peak_ticks;
} HsTraceSums;

typedef struct _HsHeapSums HsHeapSums;

/* Of sets that belong together (see hs_row_set_query()), the series of the blocks, and the number of rows that they
 * were made for. Where nothing is left out, or the three are NULL, the running figures of the timeline are taken. Heaps
 * of which nothing passes are left out if anything is. `cancel` (or NULL) is polled. NULL if cancelled or out of
 * memory. Any thread. */
HsHeapSums *hs_heap_sums_new(HsTimeline *timeline, HsRowSet *rows, HsRowSet *blocks, HsSeriesSet *series,
                             uint32_t n_rows, const int *cancel);
HsHeapSums *hs_heap_sums_ref(HsHeapSums *sums);
void hs_heap_sums_unref(HsHeapSums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsHeapSums, hs_heap_sums_unref)

/* Heaps there are sums of, and those of one, index < n; in the order of heap ids. Borrowed. */
uint32_t hs_heap_sums_n(const HsHeapSums *sums);
const HsHeapSum *hs_heap_sums_get(const HsHeapSums *sums, uint32_t index);
const HsTraceSums *hs_heap_sums_total(const HsHeapSums *sums);
