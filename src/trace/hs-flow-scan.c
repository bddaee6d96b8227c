/* SPDX-License-Identifier: MIT */
/*
 * Rows one after another. A row that ends or begins one block, as nearly all do, is a step of its own; where endings
 * are listed for it, what they leave is reached only once the row is over, but for processes' ends, which have moments
 * of their own.
 */
#include <string.h>

#include "hs-flow-private.h"
#include "hs-pivot.h"

typedef struct {
  uint64_t bits[2]; /* layers that the row under way changed */
} Touched;
G_STATIC_ASSERT(HS_FLOW_MAX_LAYERS < 128);

void
hs_flow_scan_init(HsFlowScan *scan, const HsFlow *flow, HsFlowSum *sums, HsRow row)
{
  *scan = (HsFlowScan){.flow = flow, .sums = sums, .row = row};
  if (flow->part == HS_FLOW_BLOCKS)
    scan->reader = hs_delta_reader(flow->timeline, NULL, row, row, flow->n_endings);
}

static void
apply(HsFlowSum *sum, uint64_t size, bool ends)
{
  hs_flow_sum_add(sum, ends ? 0 - size : size, ends ? -1 : 1);
}

/* What one block adds or takes off. */
typedef struct {
  uint64_t size;
  uint32_t layer;
} Amount;

static bool
amount_of_block(const HsFlow *flow, uint32_t block, Amount *amount)
{
  const uint64_t *bits = hs_row_set_words(flow->set);
  if (block >= flow->n_blocks || (bits != NULL && (bits[block / 64] >> block % 64 & 1) == 0))
    return false;
  amount->size = hs_timeline_block_size(flow->timeline, (HsBlockId){block});
  amount->layer = hs_flow_block_layer(flow, block);
  return true;
}

/* What a row does by itself. False if that is nothing. */
static bool
amount_of_row(const HsFlow *flow, HsRow row, Amount *amount)
{
  return *HS_AT(&flow->timeline->weight, uint16_t, row) != HS_WEIGHT_NONE &&
         amount_of_block(flow, *HS_AT(&flow->timeline->ref, uint32_t, row), amount);
}

static void
take_exit(HsFlowScan *scan, uint32_t block)
{
  const HsFlow *flow = scan->flow;
  Amount amount;
  if (!amount_of_block(flow, block, &amount))
    return;
  HsFlowSum *sum = &scan->sums[amount.layer], *total = &scan->sums[flow->layers.n + 1];
  apply(sum, amount.size, true);
  hs_flow_sum_settle(sum);
  apply(total, amount.size, true);
  hs_flow_sum_settle(total);
}

static void
take_inside(HsFlowScan *scan, Touched *touched, const Amount *amount, bool ends)
{
  apply(&scan->sums[amount->layer], amount->size, ends);
  apply(&scan->sums[scan->flow->layers.n + 1], amount->size, ends);
  touched->bits[amount->layer / 64] |= UINT64_C(1) << amount->layer % 64;
}

/* A row for which endings are listed. */
static void
take_listed(HsFlowScan *scan)
{
  const HsFlow *flow = scan->flow;
  Touched touched = {{0, 0}};
  Amount amount;
  while (scan->reader.ending_row == scan->row) {
    uint32_t block = HS_VEC(&flow->timeline->endings, HsEnding, scan->reader.ending)->block;
    hs_delta_reader_next_ending(&scan->reader);
    if (hs_timeline_block_end(flow->timeline, (HsBlockId){block}) == HS_ROW_PROCESS_EXIT)
      take_exit(scan, block);
    else if (amount_of_block(flow, block, &amount))
      take_inside(scan, &touched, &amount, true);
  }
  if (amount_of_row(flow, scan->row, &amount))
    take_inside(scan, &touched, &amount, hs_timeline_op(flow->timeline, scan->row) == HS_OP_FREE);
  for (uint32_t layer = 0; layer <= flow->layers.n; layer++) {
    if ((touched.bits[layer / 64] >> layer % 64 & 1) != 0)
      hs_flow_sum_settle(&scan->sums[layer]);
  }
  if ((touched.bits[0] | touched.bits[1]) != 0)
    hs_flow_sum_settle(&scan->sums[flow->layers.n + 1]);
}

/* Rows of one segment. */
static void
take_blocks(HsFlowScan *scan, HsRow end, HsFlowStop *stop)
{
  while (scan->row < end && (stop == NULL || !stop->reached)) {
    if (scan->reader.ending_row == scan->row) {
      const HsFlowSum *total = &scan->sums[scan->flow->layers.n + 1];
      take_listed(scan);
      scan->row++;
      if (stop != NULL)
        stop->reached = (stop->measure == HS_MEASURE_BYTES ? total->bytes : total->count) == stop->value;
      continue;
    }
    HsRow plain_end = scan->reader.ending_row > scan->row ? MIN(end, scan->reader.ending_row) : end;
    hs_flow_take_plain(scan->flow, scan->row, plain_end - scan->row, scan->sums, stop);
    scan->row = plain_end;
  }
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

static HsRow
end_in_segment(const HsFlowScan *scan, HsRow end)
{
  return scan->row + MIN(end - scan->row, HS_SEGMENT_ROWS - (scan->row & HS_SEGMENT_MASK));
}

void
hs_flow_scan_rows(HsFlowScan *scan, HsRow end)
{
  while (scan->row < end) {
    scan->inside = false;
    if (scan->flow->part == HS_FLOW_BLOCKS)
      take_blocks(scan, end_in_segment(scan, end), NULL);
    else
      take_records(scan, end_in_segment(scan, end));
  }
}

void
hs_flow_scan_until(HsFlowScan *scan, HsRow end, HsMeasure measure, int64_t value)
{
  HsFlowStop stop = {measure, value, false};
  while (scan->row < end && !stop.reached) {
    scan->inside = false;
    take_blocks(scan, end_in_segment(scan, end), &stop);
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
