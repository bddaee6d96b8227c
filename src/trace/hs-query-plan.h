/* SPDX-License-Identifier: MIT */
/*
 * A query made ready for one timeline: names are looked up, times have become rows, and what only hangs on who did
 * something or on what it was is a table. Any number of threads may evaluate it.
 */
#pragma once

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
  /* By blocks: of these, hs_query_plan_blocks() makes a bit a block, so that rows need not go to them one by one: */
  HS_PLAN_ADDRESS,
  HS_PLAN_SIZE,
  HS_PLAN_COVERS,
  HS_PLAN_END,
  HS_PLAN_LIFETIME,
  HS_PLAN_TYPE
} HsPlanKind;

typedef struct _HsPlanNode HsPlanNode;
struct _HsPlanNode {
  HsPlanKind kind;
  GPtrArray *children;        /* and, or: any number; not: one */
  const GArray *intervals;    /* the query's */
  HsQueryInterval *row_spans; /* of rows, both ends inside, ascending */
  uint32_t n_row_spans;
  uint8_t *table;
  uint32_t n_table;
  uint64_t *bits; /* a bit a row; of what goes by blocks, a bit a block */
  uint64_t address;
};

typedef struct {
  HsTimeline *timeline;
  HsQuery *query;
  HsRangeRows range;
  uint32_t n_rows, n_blocks;
  int64_t ns_a_tick; /* 0 = not a whole number */
  HsPlanNode *root;
  GPtrArray *by_blocks; /* the nodes that go by blocks */
} HsQueryPlan;

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

/* Both take n (at most 64) rows or blocks from `first` on, a multiple of 64, and tell which of them pass: bit i is
 * first
 * + i. Different threads may take different ones. With `prepare`, rows may look these blocks up afterwards. */
uint64_t hs_query_plan_rows(const HsQueryPlan *plan, HsRow first, uint32_t n);
uint64_t hs_query_plan_blocks(const HsQueryPlan *plan, bool prepare, uint32_t first, uint32_t n);
