/* SPDX-License-Identifier: MIT */
/*
 * A query made ready for one timeline: names are looked up, times have become rows, and what only hangs on who did
 * something or on what it was is a table. Any number of threads may evaluate it.
 */
#pragma once

#include "hs-bits.h"
#include "hs-query-tree.h"
#include "hs-range-rows.h"

typedef enum {
  HS_PLAN_NONE, /* nothing passes */
  HS_PLAN_AND,
  HS_PLAN_OR,
  HS_PLAN_NOT,
  /* By tables of bytes 0 and 1, from the cheapest on: */
  HS_PLAN_ROWS,      /* intervals of rows */
  HS_PLAN_BITS,      /* a bit a row */
  HS_PLAN_OP_SOURCE, /* a byte for each of 256 operations with sources */
  HS_PLAN_CPU,       /* a byte for each of 65,536 processors */
  HS_PLAN_ORIGIN,    /* a byte an origin */
  HS_PLAN_SIZE,      /* by what rows tell of sizes */
  /* By blocks: of these, hs_query_plan_blocks() makes a bit a block, so that rows need not go to them one by one: */
  HS_PLAN_ADDRESS,
  HS_PLAN_COVERS,
  HS_PLAN_END,
  HS_PLAN_LIFETIME,
  HS_PLAN_TYPE,
  HS_PLAN_BLOCKS /* logic of nothing but these */
} HsPlanKind;

typedef struct _HsPlanNode HsPlanNode;
struct _HsPlanNode {
  HsPlanKind kind;
  GPtrArray *children;        /* and, or: any number; not, blocks: one */
  const GArray *intervals;    /* the query's */
  HsQueryInterval *row_spans; /* of rows, both ends inside, ascending */
  uint32_t n_row_spans;
  uint8_t *table;
  uint32_t n_table;
  struct {
    uint16_t mask, low, width; /* passes: (value & mask) is in [low, low + width]; mask 0 = not told so */
    bool inverted;             /* or is not in it */
  } span;                      /* of small tables: the same, for values side by side faster than the table */
  uint64_t *bits;              /* a bit a row; of what goes by blocks, a bit a block */
  uint64_t address;
  guint mark; /* of lifetimes: in a track, where the last blocks began, then two marks an interval */
};

typedef struct {
  HsTimeline *timeline;
  HsQuery *query;
  HsRangeRows range;
  uint32_t n_rows, n_blocks;
  int64_t ns_a_tick; /* 0 = not a whole number */
  HsPlanNode *root;
  GPtrArray *by_blocks; /* the nodes that go by blocks, parts before what is made of them */
  guint n_marks;
} HsQueryPlan;

/* Where one thread is that goes through blocks in ascending order: rows at which it found moments, near which it will
 * find the next. */
typedef struct {
  HsRow *marks;
} HsQueryTrack;

void hs_query_track_init(HsQueryTrack *track, const HsQueryPlan *plan);
void hs_query_track_clear(HsQueryTrack *track);

/* For the first n_rows rows, at most those published, and the blocks they begin; blocks that end later are outstanding.
 * The query must not be empty. NULL if out of memory. */
HsQueryPlan *hs_query_plan_new(HsQuery *query, HsTimeline *timeline, HsTimeRange range, uint32_t n_rows);
void hs_query_plan_free(HsQueryPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsQueryPlan, hs_query_plan_free)

/* Whether all blocks have to be prepared before any row is evaluated. */
static inline bool
hs_query_plan_needs_blocks(const HsQueryPlan *plan)
{
  return plan->by_blocks->len > 0;
}

/* These take n (at most 64) rows or blocks from `first` on, a multiple of 64, and tell which of them pass: bit i is
 * first + i. Different threads may take different ones, each with a track of its own. Rows may look blocks up that were
 * prepared before. */
uint64_t hs_query_plan_rows(const HsQueryPlan *plan, HsRow first, uint32_t n);
uint64_t hs_query_plan_blocks(const HsQueryPlan *plan, HsQueryTrack *track, uint32_t first, uint32_t n);
void hs_query_plan_prepare(const HsQueryPlan *plan, HsQueryTrack *track, uint32_t first, uint32_t n);

/* hs-query-begins.c: of n (at most 64) rows from `first` on and the bits of those that pass, sets the bits of the
 * blocks that passing rows begin: a block passes if the row that begins it does. `words`: a bit a block, zero at first,
 * of which several threads may set different ones; `block`: the first that is begun at or after `first`. Returns the
 * first begun after these rows. */
uint32_t hs_query_keep_begun(const HsTimeline *timeline, HsRow first, uint32_t n, uint64_t passing, uint64_t *words,
                             uint32_t block);

/* hs-query-lifetime.c: the same of blocks whose records these are, for one comparison of lifetimes. */
uint64_t hs_query_lifetimes(const HsQueryPlan *plan, const HsPlanNode *node, HsQueryTrack *track,
                            const HsBlockRecord *records, uint32_t first, uint32_t n);

static inline bool
hs_query_contains(const GArray *intervals, uint64_t value)
{
  const HsQueryInterval *at = (const HsQueryInterval *)(void *)intervals->data;
  guint n = intervals->len;
  if (n == 0)
    return false;
  /* Without branches: which way it goes is as good as random. */
  while (n > 1) {
    guint half = n / 2;
    at += at[half - 1].high < value ? half : 0;
    n -= half;
  }
  return (value >= at->low) & (value <= at->high);
}
