/* SPDX-License-Identifier: MIT */
/*
 * The address space at one instant: which blocks live then, where they lie, and what lies free between them.
 *
 * A block lives at an instant if begin ≤ t < end. What is counted is counted heap by heap, because memory belongs to
 * heaps: the heaps shown are those that a set of blocks has members in. All that live in these heaps take up memory,
 * whether they are of the set or not; only the members count as live bytes and blocks. Committed memory is what
 * Commit, Decommit, Extend, Contract and heap-range records told last before the instant; for a heap of which they tell
 * nothing, the pages that its live blocks touch stand for it.
 *
 * An HsInstant is made for a timeline and its first n_rows rows: an order of the blocks by heap and address (4 bytes a
 * block, half a byte more for sums; while it is made 24 more). It is then moved from instant to instant: a small step,
 * forward or back, costs what lies between, a far one a scan of the blocks; sums are kept for every 512 blocks, and
 * only those that something happened to are made anew. It works in two threads.
 */
#pragma once

#include "hs-row-set.h"

#define HS_INSTANT_PAGE_BYTES 4096u
/* A page with no more live bytes than this holds few. */
#define HS_INSTANT_SPARSE_BYTES (HS_INSTANT_PAGE_BYTES / 8)

typedef struct _HsInstant HsInstant;

typedef struct {
  uint64_t live_bytes;     /* of the set's live blocks; sums beyond 64 bits wrap */
  uint32_t live_blocks;    /* of the set */
  uint32_t other_blocks;   /* live in the heaps shown, but not of the set */
  uint64_t occupied_bytes; /* covered by live blocks: those of no length by one byte */
  uint64_t committed_bytes;
  uint64_t reserved_bytes; /* of heap ranges */
  uint64_t free_bytes;     /* inside committed, not covered */
  uint64_t largest_free_bytes, largest_free_address;
  HsHeapId largest_free_heap; /* HS_ID_NONE: nothing is free */
  uint64_t pages;             /* that a live block touches */
  uint64_t sparse_pages;      /* of these: at most HS_INSTANT_SPARSE_BYTES are covered */
  uint64_t page_blocks;       /* blocks a page, summed over those pages */
  uint32_t n_heaps;           /* that have blocks or regions at all */
  uint32_t n_untold;          /* of these: no record ever told of their regions */
  uint32_t n_sized;           /* whose sizes a record told by then: what follows is their sum */
  uint64_t told_committed_bytes, told_reserved_bytes;
} HsInstantFigures;

/* 1 − largest free run / all that is free inside committed memory: 0 = in one piece, towards 1 = in crumbs. 0 if
 * nothing is free. */
double hs_instant_fragmentation(const HsInstantFigures *figures);

/* Orders the blocks that the first n_rows rows begin. Its instant is that before all. NULL if cancelled or out of
 * memory. Any thread. */
HsInstant *hs_instant_new(HsTimeline *timeline, uint32_t n_rows, const int *cancel);
HsInstant *hs_instant_ref(HsInstant *instant);
void hs_instant_unref(HsInstant *instant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsInstant, hs_instant_unref)
HsTimeline *hs_instant_timeline(const HsInstant *instant); /* borrowed */
uint32_t hs_instant_n_rows(const HsInstant *instant);
uint64_t hs_instant_memory_bytes(const HsInstant *instant);

/* Moving it, and asking what follows, is for one thread at a time: whoever does holds this lock. */
void hs_instant_lock(HsInstant *instant);
void hs_instant_unlock(HsInstant *instant);

/* Moves to an instant, for the blocks of a set (see hs_row_set_query(); NULL = all) and, unless it is HS_ID_NONE, for
 * one heap alone. False if cancelled or out of memory: ask nothing then, but move again. */
bool hs_instant_seek(HsInstant *instant, HsRowSet *blocks, HsHeapId heap, int64_t ticks, const int *cancel);
int64_t hs_instant_ticks(const HsInstant *instant);
/* Numbers of all heaps shown together. Runs of free memory are those of one heap. Borrowed. */
const HsInstantFigures *hs_instant_figures(const HsInstant *instant);

/* --- heaps: those shown that have blocks or regions, ascending by id --- */

uint32_t hs_instant_n_heaps(const HsInstant *instant);
/* Numbers of one, and which it is. Borrowed. */
const HsInstantFigures *hs_instant_heap(const HsInstant *instant, uint32_t index, HsHeapId *heap);

/* --- where things are --- */

/* A stretch of a process's address space, [begin, end). */
typedef struct {
  HsProcessId process;
  HsHeapId heap;
  uint64_t begin, end;
} HsInstantStretch;

/* The pages that blocks of the heaps shown cover, and memory that was committed for them, at any time of the trace:
 * merged a heap, ascending by heap and address. Free with g_array_unref(). */
GArray *hs_instant_stretches(const HsInstant *instant);

typedef struct {
  HsBlockId id;
  HsHeapId heap;
  HsSource source;
  bool is_member;      /* of the set */
  uint64_t begin, end; /* what it covers; see hs_instant_extent() */
} HsInstantBlock;

/* `n` live blocks, ascending by heap and address. */
typedef void (*HsInstantBlocksFunc)(gpointer data, const HsInstantBlock *blocks, uint32_t n);
/* Tells of all live blocks of the heaps shown that cover anything of [begin, end) of a process. Two threads may do so
 * at once. */
void hs_instant_visit_blocks(const HsInstant *instant, HsProcessId process, uint64_t begin, uint64_t end,
                             HsInstantBlocksFunc visit, gpointer data);

typedef void (*HsInstantSpanFunc)(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end);
/* The same of committed (as told), or of reserved memory: merged a heap. */
void hs_instant_visit_memory(const HsInstant *instant, bool reserved, HsProcessId process, uint64_t begin, uint64_t end,
                             HsInstantSpanFunc visit, gpointer data);

/* What a block covers: at least a byte, never beyond the end of the address space. Damaged records tell of sizes that
 * no machine has; of such a block a small part of what it claims. */
#define HS_INSTANT_ABSURD_BYTES (UINT64_C(1) << 40)
#define HS_INSTANT_ABSURD_SHOWN_BYTES (UINT64_C(64) << 20)

static inline void
hs_instant_extent(uint64_t address, uint64_t size, uint64_t *begin, uint64_t *end)
{
  if (size > HS_INSTANT_ABSURD_BYTES)
    size = HS_INSTANT_ABSURD_SHOWN_BYTES;
  else if (size == 0)
    size = 1;
  *begin = MIN(address, UINT64_MAX - 1);
  *end = size > UINT64_MAX - *begin ? UINT64_MAX : *begin + size;
}
