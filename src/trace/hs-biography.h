/* SPDX-License-Identifier: MIT */
/*
 * Who lived here: every block of a process whose memory ever held an address, and how long that address was free before
 * each of them. Made in a worker, then immutable.
 */
#pragma once

#include "hs-row-set.h"

/* In place of the time for which the address was free: */
#define HS_VACANCY_FIRST INT64_MIN /* nobody is known to have lived there before */
#define HS_VACANCY_SHARED                                                                                              \
  (INT64_MIN + 1) /* one from before still lives there: a free was lost, or a block holds others */

typedef struct {
  int ref_count;
  uint32_t pid;
  uint64_t address;
  uint32_t n_rows;        /* that it was made from */
  HsRowSet *blocks;       /* ids of blocks, which ascend with the time of birth */
  int64_t *vacancy_ticks; /* by rank in `blocks`: from the last end before to the birth, ≥ 0, or one of the above */
} HsBiography;

/* Of the blocks that the first n_rows rows begin in processes of this pid: if a pid was used again, in all of them, and
 * then nobody lived in the later one before its first block. A block of no bytes holds its own address. Two threads for
 * many blocks. `cancel` (or NULL) is polled. NULL if cancelled or out of memory. Any thread. */
HsBiography *hs_biography_new(HsTimeline *timeline, uint32_t pid, uint64_t address, uint32_t n_rows, const int *cancel);
HsBiography *hs_biography_ref(HsBiography *biography);
void hs_biography_unref(HsBiography *biography);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsBiography, hs_biography_unref)

/* Of a block of the biography: for how long the address was free before it, in ticks. O(1). */
int64_t hs_biography_vacancy_ticks(const HsBiography *biography, HsBlockId block);
/* The same in nanoseconds, from whole one to whole one as lifetimes are; false if there is no such time. */
bool hs_biography_vacancy_ns(const HsBiography *biography, const HsTimeline *timeline, HsBlockId block, int64_t *ns);

/* Blocks of it (a set of some of them) in the order of that time; else as hs_row_order_new(). Any thread. */
HsRowOrder *hs_biography_order_new(const HsBiography *biography, HsRowSet *blocks, bool descending, const int *cancel);
