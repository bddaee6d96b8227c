/* SPDX-License-Identifier: MIT */
/*
 * Evaluates 64 rows or blocks at a time; a result is a word of bits. Each step gets the bits that still matter. What is
 * asked of blocks is answered for all of them first, in the order in which they lie in memory; a row then looks up one
 * bit of few, where going to its block would wait for memory.
 */
#include "hs-query-plan.h"

typedef struct {
  const HsQueryPlan *plan;
  HsQueryTrack *track; /* of blocks */
  bool is_blocks;
  bool is_prepared; /* the nodes' bits of these blocks are there */
  bool has_rows;
  uint32_t first, n; /* rows or blocks */
  HsRow rows[64];    /* of blocks, if has_rows: where each begins */
  bool has_lone;
  uint64_t lone; /* of rows, if has_lone: those that neither begin a block nor end one by themselves */
} Batch;

static uint64_t evaluate(Batch *batch, const HsPlanNode *node, uint64_t wanted);

static inline HsRow
row_of(const Batch *batch, unsigned i)
{
  return batch->is_blocks ? batch->rows[i] : batch->first + i;
}

/* Reading where blocks begin means going to each: only for what asks. */
static void
know_rows(Batch *batch)
{
  if (!batch->is_blocks || batch->has_rows)
    return;
  for (unsigned i = 0; i < batch->n; i++)
    batch->rows[i] = hs_timeline_block_begin(batch->plan->timeline, (HsBlockId){batch->first + i});
  batch->has_rows = true;
}

/* --- columns --- */

static uint64_t
by_byte_span(const HsPlanNode *node, const uint8_t *values, uint32_t n)
{
  uint8_t mask = (uint8_t)node->span.mask, low = (uint8_t)node->span.low, width = (uint8_t)node->span.width;
  uint8_t flags[64] = {0};
  for (uint32_t i = 0; i < n; i++)
    flags[i] = (uint8_t)((values[i] & mask) - low) <= width;
  return hs_pack_flags(flags) ^ (node->span.inverted ? UINT64_MAX : 0);
}

static uint64_t
by_word_span(const HsPlanNode *node, const uint16_t *values, uint32_t n)
{
  uint16_t mask = node->span.mask, low = node->span.low, width = node->span.width;
  uint8_t flags[64] = {0};
  for (uint32_t i = 0; i < n; i++)
    flags[i] = (uint16_t)((values[i] & mask) - low) <= width;
  return hs_pack_flags(flags) ^ (node->span.inverted ? UINT64_MAX : 0);
}

static uint64_t
by_bytes(const Batch *batch, const HsPlanNode *node, const HsColumn *column)
{
  uint8_t flags[64] = {0};
  if (!batch->is_blocks && node->span.mask != 0)
    return by_byte_span(node, HS_AT(column, uint8_t, batch->first), batch->n);
  if (!batch->is_blocks) {
    const uint8_t *values = HS_AT(column, uint8_t, batch->first);
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = node->table[values[i]];
  } else {
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = node->table[*HS_AT(column, uint8_t, batch->rows[i])];
  }
  return hs_pack_flags(flags);
}

static void
read_cpus(const Batch *batch, uint16_t values[64])
{
  const HsTimeline *t = batch->plan->timeline;
  const uint8_t *high = __atomic_load_n(&t->cpu.high[batch->first >> HS_SEGMENT_SHIFT], __ATOMIC_ACQUIRE);
  if (batch->is_blocks || high != NULL) {
    for (unsigned i = 0; i < batch->n; i++)
      values[i] = hs_timeline_cpu(t, row_of(batch, i));
    return;
  }
  const uint8_t *low = HS_AT(&t->cpu.low, uint8_t, batch->first);
  for (unsigned i = 0; i < batch->n; i++)
    values[i] = low[i];
}

static uint64_t
by_cpus(const Batch *batch, const HsPlanNode *node)
{
  uint8_t flags[64] = {0};
  uint16_t values[64];
  read_cpus(batch, values);
  if (node->span.mask != 0)
    return by_word_span(node, values, batch->n);
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = node->table[values[i]];
  return hs_pack_flags(flags);
}

static uint64_t
by_origins(const Batch *batch, const HsPlanNode *node)
{
  const HsColumn *column = &batch->plan->timeline->origin;
  uint8_t flags[64] = {0};
  if (!batch->is_blocks) {
    const uint32_t *values = HS_AT(column, uint32_t, batch->first);
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = node->table[values[i]];
  } else {
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = node->table[*HS_AT(column, uint32_t, batch->rows[i])];
  }
  return hs_pack_flags(flags);
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

/* --- blocks --- */

/* Calls for each bit of `bits` in turn. */
#define for_each_bit(i, bits)                                                                                          \
  for (uint64_t left = (bits); left != 0; left &= left - 1)                                                            \
    for (unsigned i = (unsigned)__builtin_ctzll(left), once = 1; once; once = 0)

static uint64_t
by_addresses(const Batch *batch, const HsPlanNode *node, const HsBlockRecord *records)
{
  uint8_t flags[64] = {0};
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = hs_query_contains(node->intervals, records[i].address);
  return hs_pack_flags(flags);
}

static inline uint64_t
size_of(const Batch *batch, const HsBlockRecord *records, unsigned i)
{
  uint32_t size = hs_block_record_size(&records[i]);
  return G_LIKELY(size != HS_BLOCK_BIG)
             ? size
             : hs_timeline_block_big_size(batch->plan->timeline, (HsBlockId){batch->first + i});
}

static uint64_t
by_sizes(const Batch *batch, const HsPlanNode *node, const HsBlockRecord *records)
{
  uint8_t flags[64] = {0};
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = hs_query_contains(node->intervals, size_of(batch, records, i));
  return hs_pack_flags(flags);
}

static uint64_t
by_ends(const Batch *batch, const HsPlanNode *node, const HsBlockRecord *records)
{
  uint8_t passes[HS_BLOCK_END_MASK + 1], flags[64] = {0};
  for (unsigned reason = 0; reason <= HS_BLOCK_END_MASK; reason++)
    passes[reason] = hs_query_contains(node->intervals, reason);
  for (unsigned i = 0; i < batch->n; i++) {
    HsRow end;
    flags[i] = passes[hs_range_rows_end(&batch->plan->range, &records[i], &end)];
  }
  return hs_pack_flags(flags);
}

static uint64_t
by_types(const Batch *batch, const HsPlanNode *node, const HsBlockRecord *records)
{
  const HsQueryPlan *plan = batch->plan;
  uint8_t passes[HS_N_BLOCK_TYPES], flags[64] = {0};
  for (int type = 0; type < HS_N_BLOCK_TYPES; type++)
    passes[type] = type != HS_BLOCK_TYPE_NONE && hs_query_contains(node->intervals, (uint64_t)type);
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = passes[hs_range_rows_type(plan->timeline, &plan->range, (HsBlockId){batch->first + i}, &records[i])];
  return hs_pack_flags(flags);
}

/* Whether memory holds an address. What failed has a size, but no memory: its address is 0. */
static inline bool
covers(uint64_t begin, uint64_t bytes, uint64_t address)
{
  return begin != 0 && address >= begin && address - begin < bytes;
}

static uint64_t
by_covers(const Batch *batch, const HsPlanNode *node, const HsBlockRecord *records)
{
  uint8_t flags[64] = {0};
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = covers(records[i].address, size_of(batch, records, i), node->address);
  return hs_pack_flags(flags);
}

/* Of what goes by blocks, each block of a batch of blocks. */
static uint64_t
examine_blocks(const Batch *batch, const HsPlanNode *node)
{
  /* Those of a segment stand together. */
  const HsBlockRecord *records = hs_timeline_block_record(batch->plan->timeline, (HsBlockId){batch->first});
  switch (node->kind) {
  case HS_PLAN_ADDRESS:
    return by_addresses(batch, node, records);
  case HS_PLAN_SIZE:
    return by_sizes(batch, node, records);
  case HS_PLAN_COVERS:
    return by_covers(batch, node, records);
  case HS_PLAN_END:
    return by_ends(batch, node, records);
  case HS_PLAN_LIFETIME:
    return hs_query_lifetimes(batch->plan, node, batch->track, records, batch->first, batch->n);
  default:
    return by_types(batch, node, records);
  }
}

/* --- rows --- */

static inline bool
bit_of(const HsPlanNode *node, uint32_t block)
{
  return node->bits[block / 64] >> (block % 64) & 1;
}

/* Address and size that a row has of its own, since it refers to no block; false if it has none. */
static bool
own_memory(const HsTimeline *t, HsOp op, uint32_t ref, uint64_t *address, uint64_t *size)
{
  if (op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE) {
    const HsLoose *loose = HS_VEC(&t->loose, HsLoose, ref & ~HS_REF_LOOSE);
    *address = loose->address;
    *size = loose->size;
    return true;
  }
  if (ref == HS_REF_NONE)
    return false;
  const HsDetail *detail = HS_VEC(&t->details, HsDetail, ref);
  *address = detail->address;
  *size = detail->size;
  return true;
}

/* Of what goes by blocks, a row that begins and ends none: it may mark one, or have memory of its own. */
static bool
examine_lone_row(const HsTimeline *t, const HsPlanNode *node, HsRow row)
{
  HsOp op = hs_timeline_op(t, row);
  uint32_t ref = hs_timeline_ref_of(t, row);
  bool is_paired = op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE;
  if (is_paired && ref < HS_REF_LOOSE)
    return bit_of(node, ref);
  uint64_t address = 0, size = 0;
  bool has_memory = own_memory(t, op, ref, &address, &size);
  if (node->kind == HS_PLAN_COVERS)
    return covers(address, size, node->address);
  if (node->kind == HS_PLAN_ADDRESS)
    return has_memory && (is_paired || address != 0) && hs_query_contains(node->intervals, address);
  HsBlockId marked = hs_timeline_row_block(t, row);
  return marked.v != HS_ID_NONE && bit_of(node, marked.v);
}

/* The same of logic of such nodes. */
static bool
lone_row_passes(const HsTimeline *t, const HsPlanNode *node, HsRow row)
{
  bool is_and = node->kind == HS_PLAN_AND;
  if (node->children == NULL)
    return examine_lone_row(t, node, row);
  if (node->kind == HS_PLAN_NOT)
    return !lone_row_passes(t, g_ptr_array_index(node->children, 0), row);
  for (guint i = 0; i < node->children->len; i++) {
    if (lone_row_passes(t, g_ptr_array_index(node->children, i), row) != is_and)
      return !is_and;
  }
  return is_and;
}

static void
know_lone(Batch *batch)
{
  if (batch->has_lone)
    return;
  const uint16_t *weights = HS_AT(&batch->plan->timeline->weight, uint16_t, batch->first);
  uint8_t flags[64] = {0};
  for (unsigned i = 0; i < batch->n; i++)
    flags[i] = weights[i] == HS_WEIGHT_NONE;
  batch->lone = hs_pack_flags(flags);
  batch->has_lone = true;
}

/* Of what goes by blocks, each row of a batch of rows. */
static uint64_t
examine_rows(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  const HsTimeline *t = batch->plan->timeline;
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, batch->first);
  uint32_t n_blocks = batch->plan->n_blocks;
  uint8_t flags[64] = {0};
  know_lone(batch);
  /* Without branches; what is no block's is taken away again. */
  const uint64_t *words = node->bits;
  for (unsigned i = 0; i < batch->n; i++) {
    uint32_t block = refs[i] < n_blocks ? refs[i] : 0;
    flags[i] = (uint8_t)(words[block / 64] >> (block % 64));
  }
  uint64_t bits = hs_pack_flags(flags) & ~batch->lone;
  for_each_bit(i, batch->lone & wanted) bits |= (uint64_t)lone_row_passes(t, node, batch->first + i) << i;
  return bits & wanted;
}

/* The size that a row tells which does not stand beside it; a Free tells none. */
static bool
examine_odd_size(const HsTimeline *t, const HsPlanNode *node, HsRow row)
{
  HsOp op = hs_timeline_op(t, row);
  uint32_t ref = hs_timeline_ref_of(t, row);
  bool is_paired = op == HS_OP_ALLOC || op == HS_OP_REALLOC;
  uint64_t address, size = 0;
  if (is_paired && ref < HS_REF_LOOSE)
    size = hs_timeline_block_size(t, (HsBlockId){ref});
  else if (!own_memory(t, op, ref, &address, &size) || (!is_paired && size == 0))
    return false;
  return hs_query_contains(node->intervals, size);
}

/* Sizes of rows: those of the blocks they begin stand beside them, if they are not large. */
static uint64_t
by_told_sizes(const Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  const HsTimeline *t = batch->plan->timeline;
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, batch->first);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, batch->first);
  const GArray *intervals = node->intervals;
  uint64_t most = intervals->len > 0 ? g_array_index(intervals, HsQueryInterval, intervals->len - 1).high : 0;
  unsigned most_weight = most < HS_LARGE_WEIGHT_SIZE ? HS_WEIGHT_LARGE : HS_WEIGHT_BLOCK;
  uint8_t flags[64] = {0}, odd[64] = {0}, allots[64] = {0};
  for (unsigned i = 0; i < batch->n; i++)
    allots[i] = (op_sources[i] & 31) != HS_OP_FREE;
  for (unsigned i = 0; i < batch->n; i++)
    odd[i] = (uint8_t)((weights[i] == HS_WEIGHT_NONE) | (weights[i] == HS_WEIGHT_BLOCK) | (weights[i] > most_weight));
  if (intervals->len == 1) {
    const HsQueryInterval *only = &g_array_index(intervals, HsQueryInterval, 0);
    uint16_t low = (uint16_t)MIN(only->low, UINT16_MAX), width = (uint16_t)(MIN(only->high, UINT16_MAX) - low);
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = (uint16_t)((weights[i] >> HS_WEIGHT_SOURCE_BITS) - low) <= width;
  } else {
    for (unsigned i = 0; i < batch->n; i++)
      flags[i] = hs_query_contains(intervals, weights[i] >> HS_WEIGHT_SOURCE_BITS);
  }
  uint64_t examined = hs_pack_flags(odd), bits = hs_pack_flags(flags) & ~examined;
  wanted &= hs_pack_flags(allots);
  for_each_bit(i, examined & wanted) bits |= (uint64_t)examine_odd_size(t, node, batch->first + i) << i;
  return bits & wanted;
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

static uint64_t
by_rows(Batch *batch, const HsPlanNode *node)
{
  know_rows(batch);
  switch (node->kind) {
  case HS_PLAN_ROWS:
    return by_row_spans(batch, node);
  case HS_PLAN_BITS:
    return by_bits(batch, node);
  case HS_PLAN_OP_SOURCE:
    return by_bytes(batch, node, &batch->plan->timeline->op_source);
  case HS_PLAN_CPU:
    return by_cpus(batch, node);
  default:
    return by_origins(batch, node);
  }
}

static uint64_t
by_blocks(Batch *batch, const HsPlanNode *node, uint64_t wanted)
{
  if (!batch->is_blocks)
    return examine_rows(batch, node, wanted);
  if (!batch->is_prepared && node->kind == HS_PLAN_BLOCKS)
    return evaluate(batch, g_ptr_array_index(node->children, 0), wanted);
  if (!batch->is_prepared)
    return wanted & examine_blocks(batch, node);
  return wanted & node->bits[batch->first / 64];
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
  case HS_PLAN_BITS:
  case HS_PLAN_OP_SOURCE:
  case HS_PLAN_CPU:
  case HS_PLAN_ORIGIN:
    return wanted & by_rows(batch, node);
  case HS_PLAN_SIZE:
    return batch->is_blocks ? wanted & examine_blocks(batch, node) : by_told_sizes(batch, node, wanted);
  case HS_PLAN_NONE:
    return 0;
  default:
    return by_blocks(batch, node, wanted);
  }
}

static void
init_batch(Batch *batch, const HsQueryPlan *plan, HsQueryTrack *track, bool is_blocks, uint32_t first, uint32_t n)
{
  /* Not the rows. */
  batch->plan = plan;
  batch->track = track;
  batch->is_blocks = is_blocks;
  batch->is_prepared = batch->has_rows = batch->has_lone = false;
  batch->first = first;
  batch->n = n;
}

uint64_t
hs_query_plan_rows(const HsQueryPlan *plan, HsRow first, uint32_t n)
{
  Batch batch;
  init_batch(&batch, plan, NULL, false, first, n);
  return evaluate(&batch, plan->root, span(0, n));
}

static void
prepare_node(Batch *batch, HsPlanNode *node)
{
  uint64_t all = span(0, batch->n);
  uint32_t word = batch->first / 64;
  if (node->kind != HS_PLAN_BLOCKS) {
    node->bits[word] = examine_blocks(batch, node) & all;
    return;
  }
  node->bits[word] = evaluate(batch, g_ptr_array_index(node->children, 0), all);
}

uint64_t
hs_query_plan_blocks(const HsQueryPlan *plan, HsQueryTrack *track, uint32_t first, uint32_t n)
{
  Batch batch;
  init_batch(&batch, plan, track, true, first, n);
  return evaluate(&batch, plan->root, span(0, n));
}

void
hs_query_plan_prepare(const HsQueryPlan *plan, HsQueryTrack *track, uint32_t first, uint32_t n)
{
  Batch batch;
  init_batch(&batch, plan, track, true, first, n);
  batch.is_prepared = true;
  for (guint i = 0; i < plan->by_blocks->len; i++)
    prepare_node(&batch, g_ptr_array_index(plan->by_blocks, i));
}
