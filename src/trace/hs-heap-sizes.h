/* SPDX-License-Identifier: MIT */
/*
 * How much memory heaps hold, committed and reserved, over time, as far as records tell: Extend, Contract, SnapShot and
 * others by both sums of their heap, Commit and Decommit by what changes, the ranges of a rundown by what is reserved
 * where no sum was told. A heap holds nothing once it is destroyed or its process has ended. Where Create records are
 * all that tells, which say but how little heaps begin with, nothing is told. Made in a worker, then immutable.
 */
#pragma once

#include "hs-row-set.h"

/* Sums over all heaps from a moment on. */
typedef struct {
  int64_t ticks;
  int64_t committed_bytes, reserved_bytes;
} HsHeapSizeStep;

typedef struct {
  int ref_count;
  HsRowSet *rows;
  uint32_t n_rows;
  uint32_t n_steps;
  HsHeapSizeStep *steps; /* by time; none of the same moment */
  /* If the set leaves nothing out: how many rows were looked at, and those that tell of sizes; else 0. */
  uint32_t n_looked, n_told;
  HsRow *told_rows;
} HsHeapSizes;

/* As told by the rows of a set. Ranges of a rundown, which are no rows, count if the set leaves nothing out. `before`,
 * or NULL: those of the same timeline as it was with fewer rows, so that only the others need be looked at if neither
 * set leaves anything out. `cancel` (or NULL) is polled. NULL if cancelled or out of memory. Any thread. */
HsHeapSizes *hs_heap_sizes_new(HsTimeline *timeline, HsRowSet *rows, uint32_t n_rows, const HsHeapSizes *before,
                               const int *cancel);
HsHeapSizes *hs_heap_sizes_ref(HsHeapSizes *sizes);
void hs_heap_sizes_unref(HsHeapSizes *sizes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsHeapSizes, hs_heap_sizes_unref)

/* The largest sums in [t0, t1); what held at t0 counts. Any thread. O(log n + steps in it). */
void hs_heap_sizes_largest(const HsHeapSizes *sizes, int64_t t0_ticks, int64_t t1_ticks, int64_t *committed_bytes,
                           int64_t *reserved_bytes);
