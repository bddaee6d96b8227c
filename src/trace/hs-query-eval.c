/* SPDX-License-Identifier: MIT */
/*
 * Evaluates 64 rows or blocks at a time; a result is a word of bits. Each step gets the bits that still matter, so that
 * what is dear to fetch is fetched only for what the cheap comparisons left over, and once for all that ask for it.
 */
#include "hs-query-plan.h"

typedef struct {
  const HsQueryPlan *plan;
  bool is_blocks;
  uint32_t first, n;    /* rows or blocks */
  HsRow rows[64];       /* of blocks: where each begins */
  uint64_t have_memory; /* fetched */
  uint64_t has_address, has_size;
  uint64_t addresses[64], sizes[64];
  uint32_t blocks[64]; /* HS_ID_NONE = none; with have_memory */
  uint64_t have_life;  /* fetched */
  uint64_t has_block;
  uint8_t ends[64];                         /* HsEnd */
  int64_t begins_ticks[64], ends_ticks[64]; /* INT64_MAX = outstanding */
} Batch;

static uint64_t evaluate(Batch *batch, const HsPlanNode *node, uint64_t wanted);

static inline HsRow
row_of(const Batch *batch, unsigned i)
{
  return batch->is_blocks ? batch->rows[i] : batch->first + i;
}

static inline bool
contains(const GArray *intervals, uint64_t value)
{
  const HsQueryInterval *at = (const HsQueryInterval *)(void *)intervals->data;
  guint low = 0, high = intervals->len;
  bool is_in = false;
  /* Few are the rule: one or two. */
  while (high - low > 8) {
    guint middle = low + (high - low) / 2;
    if (at[middle].high < value)
      low = middle + 1;
    else
      high = middle + 1;
  }
  for (; low < high; low++)
    is_in |= value >= at[low].low && value <= at[low].high;
  return is_in;
}

/* --- columns --- */

static uint64_t
by_bytes(const Batch *batch, const HsPlanNode *node, const HsColumn *column)
{
  uint64_t bits = 0;
  if (!batch->is_blocks) {
    const uint8_t *values = HS_AT(column, uint8_t, batch->first);
    for (unsigned i = 0; i < batch->n; i++)
      bits |= (uint64_t)node->table[values[i]] << i;
  } else {
    for (unsigned i = 0; i < batch->n; i++)
      bits |= (uint64_t)node->table[*HS_AT(column, uint8_t, batch->rows[i])] << i;
  }
  return bits;
}

static uint64_t
by_cpus(const Batch *batch, const HsPlanNode *node)
{
  uint64_t bits = 0;
  for (unsigned i = 0; i < batch->n; i++)
    bits |= (uint64_t)node->table[*HS_AT(&batch->plan->timeline->cpu, uint16_t, row_of(batch, i))] << i;
  return bits;
}

static uint64_t
by_origins(const Batch *batch, const HsPlanNode *node)
{
  const HsColumn *column = &batch->plan->timeline->origin;
  uint64_t bits = 0;
  if (!batch->is_blocks) {
    const uint32_t *values = HS_AT(column, uint32_t, batch->first);
    for (unsigned i = 0; i < batch->n; i++)
      bits |= (uint64_t)node->table[values[i]] << i;
  } else {
    for (unsigned i = 0; i < batch->n; i++)
      bits |= (uint64_t)node->table[*HS_AT(column, uint32_t, batch->rows[i])] << i;
  }
  return bits;
}

static uint64_t
by_bits(const Batch *batch, const HsPlanNode *node)
{
  uint64_t bits = 0;
  if (!batch->is_blocks)
    return node->bits[batch->first / 64];
  for (unsigned i = 0; i < batch->n; i++)
    bits |= (node->bits[batch->rows[i] / 64] >> (batch->rows[i] % 64) & 1) << i;
  return bits;
}

/* Bits [from, end) of a word; from < end ≤ 64. */
static uint64_t
span(unsigned from, unsigned end)
{
  return (end == 64 ? UINT64_MAX : (UINT64_C(1) << end) - 1) & UINT64_MAX << from;
}

/* The batch's rows ascend, of blocks too: a span of rows is a span of bits. */
static uint64_t
by_row_spans(const Batch *batch, const HsPlanNode *node)
{
  uint32_t low = 0, high = node->n_row_spans;
  HsRow first = row_of(batch, 0), last = row_of(batch, batch->n - 1);
  uint64_t bits = 0;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (node->row_spans[middle].high < first)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < node->n_row_spans && node->row_spans[low].low <= last; low++) {
    const HsQueryInterval *rows = &node->row_spans[low];
    unsigned from = 0, end = batch->n;
    while (row_of(batch, from) < rows->low)
      from++;
    while (row_of(batch, end - 1) > rows->high)
      end--;
    if (from < end)
      bits |= span(from, end);
  }
  return bits;
}

/* --- memory --- */

static void
fetch_paired(Batch *batch, unsigned i, HsOp op, uint32_t ref)
{
  const HsTimeline *t = batch->plan->timeline;
  uint64_t bit = UINT64_C(1) << i;
  batch->has_address |= bit;
  batch->has_size |= op != HS_OP_FREE ? bit : 0;
  if ((ref & HS_REF_LOOSE) == 0) {
    batch->blocks[i] = ref;
    batch->addresses[i] = hs_timeline_block_address(t, (HsBlockId){ref});
    batch->sizes[i] = hs_timeline_block_size(t, (HsBlockId){ref});
  } else {
    const HsLoose *loose = HS_VEC(&t->loose, HsLoose, ref & ~HS_REF_LOOSE);
    batch->addresses[i] = loose->address;
    batch->sizes[i] = loose->size;
  }
}

static void
fetch_row_memory(Batch *batch, unsigned i)
{
  const HsTimeline *t = batch->plan->timeline;
  HsRow row = batch->first + i;
  HsOp op = hs_timeline_op(t, row);
  uint32_t ref = hs_timeline_ref_of(t, row);
  batch->blocks[i] = HS_ID_NONE;
  batch->addresses[i] = batch->sizes[i] = 0;
  if (op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE) {
    fetch_paired(batch, i, op, ref);
  } else if (ref != HS_REF_NONE) {
    const HsDetail *detail = HS_VEC(&t->details, HsDetail, ref);
    batch->addresses[i] = detail->address;
    batch->sizes[i] = detail->size;
    batch->has_address |= (uint64_t)(detail->address != 0) << i;
    batch->has_size |= (uint64_t)(detail->size != 0) << i;
  }
}

/* Calls for each bit of `bits` in turn. */
#define for_each_bit(i, bits)                                                                                          \
  for (uint64_t left = (bits); left != 0; left &= left - 1)                                                            \
    for (unsigned i = (unsigned)__builtin_ctzll(left), once = 1; once; once = 0)

static void
fetch_memory(Batch *batch, uint64_t wanted)
{
  const HsTimeline *t = batch->plan->timeline;
  uint64_t missing = wanted & ~batch->have_memory;
  batch->have_memory |= missing;
  if (!batch->is_blocks) {
    for_each_bit(i, missing) fetch_row_memory(batch, i);
    return;
  }
  batch->has_address |= missing;
  batch->has_size |= missing;
  for_each_bit(i, missing)
  {
    batch->blocks[i] = batch->first + i;
    batch->addresses[i] = hs_timeline_block_address(t, (HsBlockId){batch->first + i});
    batch->sizes[i] = hs_timeline_block_size(t, (HsBlockId){batch->first + i});
  }
}

static uint64_t
by_memory(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  uint64_t bits = 0;
  fetch_memory(batch, wanted);
  if (node->kind == HS_PLAN_COVERS) {
    /* What has no size has a size of 0 here; a Free has that of its block. What failed has its size, but no memory. */
    for_each_bit(i, wanted & batch->has_address)
    {
      uint64_t begin = batch->addresses[i];
      bits |= (uint64_t)(begin != 0 && node->address >= begin && node->address - begin < batch->sizes[i]) << i;
    }
    return bits;
  }
  bool is_address = node->kind == HS_PLAN_ADDRESS;
  const uint64_t *values = is_address ? batch->addresses : batch->sizes;
  for_each_bit(i, wanted & (is_address ? batch->has_address : batch->has_size)) bits |=
      (uint64_t)contains(node->intervals, values[i]) << i;
  return bits;
}

/* --- lives of blocks --- */

static void
fetch_life(Batch *batch, uint64_t wanted)
{
  uint64_t missing = wanted & ~batch->have_life;
  fetch_memory(batch, missing);
  batch->have_life |= missing;
  for_each_bit(i, missing)
  {
    HsBlock block;
    if (batch->blocks[i] == HS_ID_NONE)
      continue;
    hs_timeline_block(batch->plan->timeline, (HsBlockId){batch->blocks[i]}, batch->plan->n_rows, &block);
    batch->has_block |= UINT64_C(1) << i;
    batch->ends[i] = (uint8_t)block.end;
    batch->begins_ticks[i] = block.begin_ticks;
    batch->ends_ticks[i] = block.end_ticks;
  }
}

/* As the files' lifetime_ns, which is made from whole nanoseconds. */
static int64_t
lifetime_ns(const HsQueryPlan *plan, int64_t begin_ticks, int64_t end_ticks)
{
  int64_t ticks, ns;
  if (plan->ns_a_tick != 0 && !__builtin_sub_overflow(end_ticks, begin_ticks, &ticks) &&
      !__builtin_mul_overflow(ticks, plan->ns_a_tick, &ns))
    return ns;
  return hs_block_lifetime_ns(hs_timeline_clock(plan->timeline), begin_ticks, end_ticks);
}

static uint64_t
by_lives(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  uint64_t bits = 0;
  fetch_life(batch, wanted);
  for_each_bit(i, wanted & batch->has_block)
  {
    bool passes;
    if (node->kind == HS_PLAN_END) {
      passes = contains(node->intervals, batch->ends[i]);
    } else if (node->kind == HS_PLAN_TYPE) {
      HsBlockType type = hs_block_type(batch->begins_ticks[i], batch->ends_ticks[i], batch->plan->range);
      passes = type != HS_BLOCK_TYPE_NONE && contains(node->intervals, type);
    } else {
      passes =
          batch->ends_ticks[i] != INT64_MAX &&
          contains(node->intervals,
                   (uint64_t)lifetime_ns(batch->plan, batch->begins_ticks[i], batch->ends_ticks[i]) + HS_QUERY_BIAS);
    }
    bits |= (uint64_t)passes << i;
  }
  return bits;
}

/* --- logic --- */

static uint64_t
by_logic(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  bool is_and = node->kind == HS_PLAN_AND;
  uint64_t open = wanted, passed = 0;
  for (guint i = 0; i < node->children->len && open != 0; i++) {
    uint64_t bits = evaluate(batch, g_ptr_array_index(node->children, i), open);
    passed |= bits;
    open &= is_and ? bits : ~bits;
  }
  return is_and ? open : passed;
}

/* The bits of `wanted` that pass. */
static uint64_t
evaluate(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  switch (node->kind) {
  case HS_PLAN_AND:
  case HS_PLAN_OR:
    return by_logic(batch, node, wanted);
  case HS_PLAN_NOT:
    return wanted & ~evaluate(batch, g_ptr_array_index(node->children, 0), wanted);
  case HS_PLAN_ROWS:
    return wanted & by_row_spans(batch, node);
  case HS_PLAN_BITS:
    return wanted & by_bits(batch, node);
  case HS_PLAN_OP_SOURCE:
    return wanted & by_bytes(batch, node, &batch->plan->timeline->op_source);
  case HS_PLAN_CPU:
    return wanted & by_cpus(batch, node);
  case HS_PLAN_ORIGIN:
    return wanted & by_origins(batch, node);
  case HS_PLAN_ADDRESS:
  case HS_PLAN_SIZE:
  case HS_PLAN_COVERS:
    return by_memory(batch, node, wanted);
  case HS_PLAN_END:
  case HS_PLAN_LIFETIME:
  case HS_PLAN_TYPE:
    return by_lives(batch, node, wanted);
  default:
    return 0;
  }
}

/* Only what is read before it is fetched need be set. */
static void
init_batch(Batch *batch, const HsQueryPlan *plan, bool is_blocks, uint32_t first, uint32_t n)
{
  batch->plan = plan;
  batch->is_blocks = is_blocks;
  batch->first = first;
  batch->n = n;
  batch->have_memory = batch->has_address = batch->has_size = 0;
  batch->have_life = batch->has_block = 0;
}

uint64_t
hs_query_plan_rows(const HsQueryPlan *plan, HsRow first, uint32_t n)
{
  Batch batch;
  init_batch(&batch, plan, false, first, n);
  return evaluate(&batch, plan->root, span(0, n));
}

uint64_t
hs_query_plan_blocks(const HsQueryPlan *plan, uint32_t first, uint32_t n)
{
  Batch batch;
  init_batch(&batch, plan, true, first, n);
  for (unsigned i = 0; i < n; i++)
    batch.rows[i] = hs_timeline_block_begin(plan->timeline, (HsBlockId){first + i});
  return evaluate(&batch, plan->root, span(0, n));
}
