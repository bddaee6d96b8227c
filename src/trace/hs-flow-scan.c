/* SPDX-License-Identifier: MIT */
/*
 * Rows one after another. A row that ends or begins one block, as nearly all do, is a step of its own; where endings
 * are listed for it, what they leave is reached only once the row is over, but for processes' ends, which have moments
 * of their own.
 */
#include <string.h>

#include "hs-flow-private.h"

#define ROWS_AHEAD 32u

typedef struct {
  uint64_t bits[2]; /* layers that the row under way changed */
} Touched;

void
hs_flow_scan_init(HsFlowScan *scan, const HsFlow *flow, HsFlowSum *sums, HsRow row)
{
  *scan = (HsFlowScan){.flow = flow, .sums = sums, .row = row};
  if (flow->part == HS_FLOW_BLOCKS)
    scan->reader = hs_delta_reader(flow->timeline, NULL, row, row, flow->n_endings);
}

static inline void
settle(HsFlowSum *sum)
{
  sum->min_bytes = MIN(sum->min_bytes, sum->bytes);
  sum->max_bytes = MAX(sum->max_bytes, sum->bytes);
  sum->min_count = MIN(sum->min_count, sum->count);
  sum->max_count = MAX(sum->max_count, sum->count);
}

/* `ends` is 0 or 1. */
static inline void
apply(HsFlowSum *sum, uint64_t size, uint64_t ends)
{
  uint64_t all = 0 - ends;
  sum->bytes = hs_wrapping_add(sum->bytes, (size ^ all) + ends);
  sum->count = hs_wrapping_add(sum->count, 1 - 2 * ends);
  sum->n += 1 - ends;
  sum->amount += size & ~all;
}

static inline uint64_t
size_of(const HsFlow *flow, uint32_t word, uint32_t block)
{
  uint64_t size = word >> HS_FLOW_LAYER_BITS;
  return G_LIKELY(size != HS_FLOW_BIG) ? size : hs_timeline_block_size(flow->timeline, (HsBlockId){block});
}

/* What a row itself does; it does nothing if WORD is that of no block. */
static inline uint32_t
word_of(const HsFlow *flow, HsRow row, unsigned op, uint32_t ref, uint32_t *block)
{
  *block = MIN(ref, flow->n_words); /* loose references, and blocks of later, have the word behind the last */
  uint32_t word = flow->words[*block];
  bool counts = (op == HS_OP_ALLOC) | (op == HS_OP_REALLOC) | (op == HS_OP_FREE);
  /* A ReAlloc that only sums up what was logged before names a block, but begins none. */
  if (G_UNLIKELY(op == HS_OP_REALLOC) && word != HS_FLOW_NONE)
    counts = hs_timeline_block_begin(flow->timeline, (HsBlockId){*block}) == row;
  return counts ? word : HS_FLOW_NONE;
}

static void
take_exit(HsFlowScan *scan, uint32_t block)
{
  const HsFlow *flow = scan->flow;
  uint32_t word = flow->words[MIN(block, flow->n_words)];
  if (word == HS_FLOW_NONE)
    return;
  uint64_t size = size_of(flow, word, block);
  HsFlowSum *sum = &scan->sums[word & HS_FLOW_LAYER_MASK], *total = &scan->sums[flow->layers.n + 1];
  apply(sum, size, 1);
  settle(sum);
  apply(total, size, 1);
  settle(total);
}

static void
take_inside(HsFlowScan *scan, Touched *touched, uint32_t word, uint32_t block, uint64_t ends)
{
  const HsFlow *flow = scan->flow;
  uint64_t size = size_of(flow, word, block);
  uint32_t layer = word & HS_FLOW_LAYER_MASK;
  apply(&scan->sums[layer], size, ends);
  apply(&scan->sums[flow->layers.n + 1], size, ends);
  touched->bits[layer / 64] |= UINT64_C(1) << layer % 64;
}

/* A row for which endings are listed. */
static void
take_listed(HsFlowScan *scan, unsigned op, uint32_t ref)
{
  const HsFlow *flow = scan->flow;
  Touched touched = {{0, 0}};
  uint32_t block;
  while (scan->reader.ending_row == scan->row) {
    block = HS_VEC(&flow->timeline->endings, HsEnding, scan->reader.ending)->block;
    hs_delta_reader_next_ending(&scan->reader);
    uint32_t word = flow->words[MIN(block, flow->n_words)];
    if (word == HS_FLOW_NONE)
      continue;
    if (hs_timeline_block_end(flow->timeline, (HsBlockId){block}) == HS_ROW_PROCESS_EXIT)
      take_exit(scan, block);
    else
      take_inside(scan, &touched, word, block, 1);
  }
  uint32_t word = word_of(flow, scan->row, op, ref, &block);
  if (word != HS_FLOW_NONE)
    take_inside(scan, &touched, word, block, op == HS_OP_FREE);
  for (uint32_t layer = 0; layer <= flow->layers.n; layer++) {
    if ((touched.bits[layer / 64] >> layer % 64 & 1) != 0)
      settle(&scan->sums[layer]);
  }
  if ((touched.bits[0] | touched.bits[1]) != 0)
    settle(&scan->sums[flow->layers.n + 1]);
}

/* Rows of one segment. */
static void
take_blocks(HsFlowScan *scan, HsRow end)
{
  const HsFlow *flow = scan->flow;
  const HsTimeline *t = flow->timeline;
  HsRow first = scan->row;
  const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, first);
  const uint32_t *ref = HS_AT(&t->ref, uint32_t, first);
  HsFlowSum *total = &scan->sums[flow->layers.n + 1];
  uint32_t n = end - first, n_ahead = n > ROWS_AHEAD ? n - ROWS_AHEAD : 0;
  for (uint32_t i = 0; i < n; i++) {
    unsigned op = op_source[i] & 31;
    if (i < n_ahead)
      __builtin_prefetch(&flow->words[MIN(ref[i + ROWS_AHEAD], flow->n_words)]);
    if (G_UNLIKELY(scan->reader.ending_row == first + i)) {
      scan->row = first + i;
      take_listed(scan, op, ref[i]);
      continue;
    }
    uint32_t block, word = word_of(flow, first + i, op, ref[i], &block);
    if (word == HS_FLOW_NONE)
      continue;
    uint64_t size = size_of(flow, word, block), ends = op == HS_OP_FREE;
    HsFlowSum *sum = &scan->sums[word & HS_FLOW_LAYER_MASK];
    apply(sum, size, ends);
    settle(sum);
    apply(total, size, ends);
    settle(total);
  }
  scan->row = end;
}

static void
take_records(HsFlowScan *scan, HsRow end)
{
  const HsFlow *flow = scan->flow;
  const HsTimeline *t = flow->timeline;
  const uint64_t *bits = hs_row_set_words(flow->set);
  HsRow first = scan->row;
  const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, first);
  HsFlowSum *total = &scan->sums[flow->layers.n + 1];
  for (HsRow row = first; row < end; row++) {
    unsigned op = op_source[row - first] & 31;
    if ((op != HS_OP_ALLOC && op != HS_OP_REALLOC) || (bits != NULL && (bits[row / 64] >> row % 64 & 1) == 0))
      continue;
    uint32_t id = hs_flow_record_id(t, flow->layers.group, row);
    HsFlowSum *sum = &scan->sums[hs_flow_layers_find(&flow->layers, id)];
    unsigned slow = op_source[row - first] >> 5 == HS_SOURCE_SLOWPATH;
    sum->n++;
    sum->amount += slow;
    total->n++;
    total->amount += slow;
  }
  scan->row = end;
}

void
hs_flow_scan_rows(HsFlowScan *scan, HsRow end)
{
  while (scan->row < end) {
    scan->inside = false;
    HsRow segment_end = scan->row + MIN(end - scan->row, HS_SEGMENT_ROWS - (scan->row & HS_SEGMENT_MASK));
    if (scan->flow->part == HS_FLOW_BLOCKS)
      take_blocks(scan, segment_end);
    else
      take_records(scan, segment_end);
  }
}

/* Processes that end after the row before, and before `ticks`. */
static void
take_exits(HsFlowScan *scan, int64_t ticks)
{
  const HsFlow *flow = scan->flow;
  while (scan->reader.ending_row == scan->row) {
    HsBlockId block = {HS_VEC(&flow->timeline->endings, HsEnding, scan->reader.ending)->block};
    if (hs_timeline_block_end(flow->timeline, block) != HS_ROW_PROCESS_EXIT)
      return;
    HsDelta delta = {.row = scan->row, .exits = true};
    delta.heap = hs_timeline_row_heap(flow->timeline, hs_timeline_block_begin(flow->timeline, block)).v;
    if (hs_delta_ticks(flow->timeline, &delta, flow->n_rows) >= ticks)
      return;
    take_exit(scan, block.v);
    hs_delta_reader_next_ending(&scan->reader);
    scan->inside = true;
  }
}

void
hs_flow_scan_to(HsFlowScan *scan, const HsFlowEdge *edge)
{
  hs_flow_scan_rows(scan, edge->row);
  if (scan->flow->part == HS_FLOW_BLOCKS && scan->row == edge->row)
    take_exits(scan, edge->ticks);
}

void
hs_flow_sums_at_chunk(const HsFlow *flow, uint32_t chunk, HsFlowSum *sums)
{
  uint32_t n = hs_flow_n_sums(flow);
  if (chunk == 0) {
    memset(sums, 0, n * sizeof *sums);
    return;
  }
  const HsFlowEntry *entries = flow->entries + (size_t)(chunk - 1) * n;
  for (uint32_t i = 0; i < n; i++) {
    sums[i] = (HsFlowSum){.bytes = entries[i].bytes, .count = entries[i].count, .n = entries[i].n};
    sums[i].amount = entries[i].amount;
    hs_flow_sum_begin(&sums[i]);
  }
}
