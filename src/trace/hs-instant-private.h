/* SPDX-License-Identifier: MIT */
/* The inside of HsInstant, shared by hs-instant*.c only. */
#pragma once

#include "hs-instant.h"

/* Blocks next to each other in the order that share a sum. */
#define HS_INSTANT_CHUNK 512u
#define HS_INSTANT_CHUNK_WORDS (HS_INSTANT_CHUNK / 64)
#define HS_INSTANT_PAGE_SHIFT 12

/* What the live blocks of a stretch of the order amount to. Two of them, one after the other, can be joined. */
typedef struct {
  uint64_t begin, end; /* of the first block; the furthest of any */
  uint64_t member_bytes, occupied;
  uint64_t page_blocks, pages;
  uint64_t first_page, last_page; /* those that a neighbour may have a part of */
  uint64_t sparse;                /* pages between them that hold few bytes */
  uint64_t free, largest, largest_at;
  uint32_t n, n_members;
  uint32_t first_page_bytes, last_page_bytes; /* covered; the same page has them in both */
} HsInstantSum;

typedef struct {
  uint64_t address; /* of its first block */
  uint32_t first_id;
  uint32_t first, n; /* in the order */
  uint32_t heap;
  bool is_dirty; /* the sum is out of date */
  HsInstantSum sum;
} HsInstantChunk;

/* A stretch of memory that was committed, or reserved, over a stretch of time, [from, to). */
typedef struct {
  uint64_t begin, end;
  int64_t from, to;
} HsInstantPiece;

typedef struct {
  uint64_t begin, end;
} HsInstantSpan;

enum { HS_INSTANT_COMMITTED, HS_INSTANT_RESERVED, HS_INSTANT_N_LAYERS };

/* What is known of a heap's memory: pieces by address, and those of now merged. */
typedef struct {
  GArray *pieces; /* of HsInstantPiece, or NULL */
  GArray *spans;  /* of HsInstantSpan, or NULL */
} HsInstantLayer;

/* The sizes that a row told. */
typedef struct {
  HsRow row;
  uint64_t committed_bytes, reserved_bytes;
} HsInstantTell;

typedef struct {
  HsProcessId process;
  uint32_t first, n; /* in the order */
  uint32_t first_chunk, n_chunks;
  uint32_t first_stretch, n_stretches;
  HsInstantLayer layers[HS_INSTANT_N_LAYERS];
  GArray *tells; /* of HsInstantTell, ascending by row; or NULL */
  bool is_shown;
  HsInstantFigures figures;
} HsInstantHeap;

struct _HsInstant {
  int ref_count;
  GMutex mutex;
  HsTimeline *timeline;
  uint32_t n_rows, n_blocks, n_heaps;

  /* Immutable. */
  uint32_t *order;   /* block ids by heap, address, id */
  GArray *stretches; /* of HsInstantSpan: used pages, a heap after the other */
  uint32_t n_chunks;

  HsInstantChunk *chunks;
  HsInstantHeap *heaps; /* by id */
  uint64_t *live;       /* a bit a block */
  uint64_t *ordered;    /* the same in the order, a chunk after the other: of those that are not dirty */
  bool is_valid;        /* `live` and what is not dirty belong to `ticks` */
  int64_t ticks;
  HsRow row;        /* the first after `ticks` */
  HsRowSet *blocks; /* or NULL */
  bool has_choice;  /* `blocks` and `heap` were chosen */
  HsHeapId heap;
  uint32_t n_shown;
  uint32_t *shown; /* heap ids */
  HsInstantFigures figures;
};

static inline bool
hs_instant_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

static inline bool
hs_instant_is_live(const HsInstant *instant, uint32_t block)
{
  return (instant->live[block / 64] >> (block % 64) & 1) != 0;
}

static inline bool
hs_instant_is_member(const HsInstant *instant, uint32_t block)
{
  if (instant->blocks == NULL)
    return true;
  const uint64_t *words = hs_row_set_words(instant->blocks);
  return block < hs_row_set_n_rows(instant->blocks) && (words == NULL || (words[block / 64] >> (block % 64) & 1) != 0);
}

static inline void
hs_instant_block_extent(const HsInstant *instant, uint32_t block, uint64_t *begin, uint64_t *end)
{
  HsBlockId id = {block};
  hs_instant_extent(hs_timeline_block_address(instant->timeline, id), hs_timeline_block_size(instant->timeline, id),
                    begin, end);
}

static inline HsInstantSpan *
hs_instant_spans(const HsInstantLayer *layer, uint32_t *n)
{
  *n = layer->spans != NULL ? layer->spans->len : 0;
  return *n > 0 ? (HsInstantSpan *)(void *)layer->spans->data : NULL;
}

/* hs-instant-order.c: order, chunks and used pages. False if cancelled or out of memory. */
bool hs_instant_make_order(HsInstant *instant, const int *cancel);
/* The chunk that a block is in, by binary search. */
uint32_t hs_instant_chunk_of(const HsInstant *instant, uint32_t heap, uint64_t address, uint32_t id);

/* hs-instant-memory.c: pieces of memory and what sizes were told. False if cancelled. */
bool hs_instant_make_memory(HsInstant *instant, const int *cancel);
/* Brings the spans from one instant to another; sums that see another committed memory become dirty. */
void hs_instant_move_memory(HsInstant *instant, bool all, int64_t from, int64_t to);

/* hs-instant-live.c: brings `live` to an instant, and says what is dirty. False if cancelled. */
bool hs_instant_move_live(HsInstant *instant, int64_t ticks, const int *cancel);

/* hs-instant-sums.c: makes the dirty sums anew, then all figures. False if cancelled. */
bool hs_instant_sum_up(HsInstant *instant, const int *cancel);
/* The live blocks of a chunk that is not dirty, in order, at most HS_INSTANT_CHUNK. Their records are on their way to
 * the cache. */
uint32_t hs_instant_chunk_live(const HsInstant *instant, const HsInstantChunk *chunk, uint32_t *ids);
