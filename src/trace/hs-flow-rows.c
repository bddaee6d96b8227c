/* SPDX-License-Identifier: MIT */
/*
 * Rows for which no endings are listed, many at once: first what each does and to which layer, in loops without a
 * branch, which nothing could foretell; then the sums, step by step. What does not count adds nothing.
 */
#include "hs-flow-private.h"
#include "hs-pivot.h"
#include "hs-wide.h"

#define BATCH 256u

typedef struct {
  int64_t bytes[BATCH];
  int32_t count[BATCH]; /* 1 = a block begins, −1 = one ends, 0 = neither that counts */
  uint8_t layer[BATCH];
} Steps;

/* Columns of rows. */
typedef struct {
  const uint16_t *weight;
  const uint8_t *op_source;
  const uint32_t *ref, *origin;
} Rows;

/* Rows by themselves that lie apart. */
typedef struct {
  uint16_t weight[BATCH];
  uint8_t op_source[BATCH];
  uint32_t ref[BATCH], origin[BATCH];
} Gathered;

/* Whether rows begin or end a block that counts, where all do that there are. */
static HS_WIDE void
find_counting(const uint16_t *restrict weights, const uint32_t *restrict refs, uint32_t n_blocks, uint32_t n,
              int32_t *restrict count)
{
  for (uint32_t i = 0; i < n; i++)
    count[i] = (weights[i] != HS_WEIGHT_NONE) & (refs[i] < n_blocks);
}

/* Those of n rows that begin or end one of the blocks whose bits are set. How many. */
static uint32_t
gather(const Rows *rows, const uint64_t *bits, uint32_t n_blocks, uint32_t n, Gathered *gathered)
{
  uint32_t n_gathered = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t told = (rows->weight[i] != HS_WEIGHT_NONE) & (rows->ref[i] < n_blocks), block = told ? rows->ref[i] : 0;
    gathered->weight[n_gathered] = rows->weight[i];
    gathered->op_source[n_gathered] = rows->op_source[i];
    gathered->ref[n_gathered] = rows->ref[i];
    gathered->origin[n_gathered] = rows->origin[i];
    n_gathered += told & (uint32_t)(bits[block / 64] >> (block % 64) & 1);
  }
  return n_gathered;
}

/* True if all is said: no size is where the block is. */
static HS_WIDE bool
find_steps(const uint16_t *restrict weights, const uint8_t *restrict op_sources, uint32_t n, Steps *restrict steps)
{
  uint32_t any_odd = 0;
  for (uint32_t i = 0; i < n; i++) {
    int32_t count = (op_sources[i] & 31) == HS_OP_FREE ? -steps->count[i] : steps->count[i];
    any_odd |= (count != 0) & (weights[i] >= HS_WEIGHT_BLOCK);
    steps->count[i] = count;
    steps->bytes[i] = (weights[i] >> HS_WEIGHT_SOURCE_BITS) * count;
  }
  return any_odd == 0;
}

static void
find_layers(const HsFlow *flow, const Rows *rows, uint32_t n, uint8_t *restrict layers)
{
  const uint8_t *slots = flow->id_layers;
  switch (flow->layers.group) {
  case HS_GROUP_SOURCE:
    for (uint32_t i = 0; i < n; i++)
      layers[i] = slots[rows->weight[i] & ((1u << HS_WEIGHT_SOURCE_BITS) - 1)];
    break;
  case HS_GROUP_SIZE_CLASS:
    for (uint32_t i = 0; i < n; i++)
      layers[i] = slots[hs_size_class(rows->weight[i] >> HS_WEIGHT_SOURCE_BITS)];
    break;
  case HS_GROUP_HEAP:
  case HS_GROUP_PROCESS:
    for (uint32_t i = 0; i < n; i++)
      layers[i] = rows->origin[i] < flow->n_origins ? flow->origin_layers[rows->origin[i]] : (uint8_t)flow->layers.n;
    break;
  default:
    break;
  }
}

/* What rows do not tell, their blocks do. */
static void
ask_blocks(const HsFlow *flow, const Rows *rows, uint32_t n, Steps *steps)
{
  for (uint32_t i = 0; i < n; i++) {
    if (steps->count[i] == 0 || rows->weight[i] < HS_WEIGHT_BLOCK)
      continue;
    uint64_t size = hs_timeline_block_size(flow->timeline, (HsBlockId){rows->ref[i]});
    steps->bytes[i] = (int64_t)(steps->count[i] < 0 ? 0 - size : size);
    steps->layer[i] = (uint8_t)hs_flow_block_layer(flow, rows->ref[i]);
  }
}

static inline G_ALWAYS_INLINE void
apply(HsFlowSum *sum, int64_t bytes, int32_t count)
{
  hs_flow_sum_add(sum, (uint64_t)bytes, count);
  hs_flow_sum_settle(sum);
}

/* By itself, so that the sum stays in registers. */
static void
add_up(const Steps *steps, uint32_t n, HsFlowSum *total)
{
  HsFlowSum sum = *total;
  for (uint32_t i = 0; i < n; i++)
    apply(&sum, steps->bytes[i], steps->count[i]);
  *total = sum;
}

/* After how many steps a total has the value that is looked for; all of them if it never has. */
static uint32_t
count_until(const Steps *steps, uint32_t n, const HsFlowSum *total, HsFlowStop *stop)
{
  bool of_bytes = stop->measure == HS_MEASURE_BYTES;
  int64_t value = of_bytes ? total->bytes : total->count;
  for (uint32_t i = 0; i < n; i++) {
    value = hs_wrapping_add(value, (uint64_t)(of_bytes ? steps->bytes[i] : steps->count[i]));
    if (steps->count[i] != 0 && value == stop->value) {
      stop->reached = true;
      return i + 1;
    }
  }
  return n;
}

static void
take_batch(const HsFlow *flow, Rows rows, uint32_t n, HsFlowSum *sums, HsFlowStop *stop)
{
  Steps steps;
  Gathered gathered;
  HsFlowSum *total = &sums[flow->layers.n + 1];
  const uint64_t *bits = hs_row_set_words(flow->set);
  if (bits == NULL) {
    find_counting(rows.weight, rows.ref, flow->n_blocks, n, steps.count);
  } else {
    n = gather(&rows, bits, flow->n_blocks, n, &gathered);
    rows = (Rows){gathered.weight, gathered.op_source, gathered.ref, gathered.origin};
    for (uint32_t i = 0; i < n; i++)
      steps.count[i] = 1;
  }
  bool all_said = find_steps(rows.weight, rows.op_source, n, &steps);
  if (flow->layers.n > 0)
    find_layers(flow, &rows, n, steps.layer);
  if (!all_said)
    ask_blocks(flow, &rows, n, &steps);
  if (stop != NULL)
    n = count_until(&steps, n, total, stop);
  add_up(&steps, n, total);
  /* One layer is all there is, and has what the total has. */
  if (flow->layers.n == 0) {
    sums[0] = *total;
    return;
  }
  for (uint32_t i = 0; i < n; i++)
    apply(&sums[steps.layer[i]], steps.bytes[i], steps.count[i]);
}

void
hs_flow_take_plain(const HsFlow *flow, HsRow first, uint32_t n, HsFlowSum *sums, HsFlowStop *stop)
{
  const HsTimeline *t = flow->timeline;
  Rows rows = {HS_AT(&t->weight, uint16_t, first), HS_AT(&t->op_source, uint8_t, first),
               HS_AT(&t->ref, uint32_t, first), HS_AT(&t->origin, uint32_t, first)};
  for (uint32_t done = 0; done < n && (stop == NULL || !stop->reached); done += BATCH) {
    Rows here = {rows.weight + done, rows.op_source + done, rows.ref + done, rows.origin + done};
    take_batch(flow, here, MIN(n - done, BATCH), sums, stop);
  }
}
