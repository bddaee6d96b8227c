/* SPDX-License-Identifier: MIT */
/* Range numbers and pivots over random traces, ranges, filters and groupings, against a count of the plainest kind. */
#include <string.h>

#include "hs-heap-sums.h"
#include "random-trace.h"

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  HsTimeRange range;
  uint32_t n_rows;
} Question;

static bool
is_in_view(const Question *q, uint32_t id, HsBlock *block, HsBlockType *type)
{
  if (!hs_row_set_contains(q->blocks, id))
    return false;
  hs_timeline_block(q->timeline, (HsBlockId){id}, q->n_rows, block);
  int64_t b = block->begin_ticks, d = block->end_ticks, t0 = q->range.t0_ticks, t1 = q->range.t1_ticks;
  *type = t0 <= b && b < t1 && d < t1             ? HS_BLOCK_TYPE_AIFI
          : t0 <= b && b < t1                     ? HS_BLOCK_TYPE_AIFO
          : b < t0 && t0 < d && d < t1            ? HS_BLOCK_TYPE_AOFI
          : b < t0 && d > t0 && b < t1 && d >= t1 ? HS_BLOCK_TYPE_AOFO
                                                  : HS_BLOCK_TYPE_NONE;
  return *type != HS_BLOCK_TYPE_NONE;
}

static uint32_t
key_of(const Question *q, const HsBlock *block, HsBlockType type, HsPivotBy by)
{
  uint32_t size_class = 0;
  switch (by) {
  case HS_PIVOT_PROCESS:
    return hs_timeline_thread(q->timeline, block->thread)->process.v;
  case HS_PIVOT_HEAP:
    return block->heap.v;
  case HS_PIVOT_SOURCE:
    return block->source;
  case HS_PIVOT_SIZE:
    while (size_class < 64 && block->size >> size_class != 0)
      size_class++;
    return size_class;
  case HS_PIVOT_THREAD:
    return block->thread.v;
  case HS_PIVOT_TYPE:
    return type;
  case HS_PIVOT_END:
  case HS_N_PIVOTS:
    break;
  }
  return block->end;
}

/* Whether a block belongs to a node and to all above it. */
static bool
is_of_node(const Question *q, const HsPivot *pivot, uint32_t node, const HsBlock *block, HsBlockType type)
{
  for (; node != UINT32_MAX; node = pivot->nodes[node].parent) {
    const HsPivotNode *n = &pivot->nodes[node];
    if (key_of(q, block, type, pivot->by[n->level]) != n->key)
      return false;
  }
  return true;
}

static void
check_sums(const Question *q, const HsPivot *pivot, uint32_t node)
{
  const HsRangeSums *sums = node == UINT32_MAX ? &pivot->total : &pivot->nodes[node].sums;
  uint64_t count[HS_N_BLOCK_TYPES] = {0}, bytes[HS_N_BLOCK_TYPES] = {0}, n = 0;
  for (uint32_t i = 0; i < hs_row_set_n_rows(q->blocks); i++) {
    HsBlock block;
    HsBlockType type;
    if (!is_in_view(q, i, &block, &type) || !is_of_node(q, pivot, node, &block, type))
      continue;
    count[type]++;
    bytes[type] += block.size;
    n++;
  }
  g_assert_true(node == UINT32_MAX || n > 0);
  for (int type = 0; type < HS_N_BLOCK_TYPES; type++) {
    g_assert_cmpuint(sums->count[type], ==, count[type]);
    g_assert_cmpuint(sums->bytes[type], ==, bytes[type]);
  }
}

/* Outstanding after a row, and after what ends just before it. */
static uint64_t
outstanding(const Question *q, const HsPivot *pivot, uint32_t node, HsRow row)
{
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < hs_row_set_n_rows(q->blocks); i++) {
    HsBlock block;
    HsBlockType type;
    if (!is_in_view(q, i, &block, &type) || !is_of_node(q, pivot, node, &block, type) || block.begin_row > row)
      continue;
    bool over = block.end_row <= row ||
                (block.end_row == HS_ROW_PROCESS_EXIT && block.end_ticks <= hs_timeline_ticks(q->timeline, row));
    bytes += over ? 0 : block.size;
  }
  return bytes;
}

/* Without process exits, which fall between rows: a row after another is all there is. */
static void
check_peak(const Question *q, const HsPivot *pivot, uint32_t node)
{
  const HsRangeSums *sums = &pivot->nodes[node].sums;
  uint64_t peak = hs_range_sums_begin_bytes(sums);
  int64_t peak_ticks = q->range.t0_ticks;
  for (HsRow row = 0; row < q->n_rows; row++) {
    int64_t ticks = hs_timeline_ticks(q->timeline, row);
    if (ticks < q->range.t0_ticks || ticks >= q->range.t1_ticks)
      continue;
    uint64_t bytes = outstanding(q, pivot, node, row);
    if (bytes > peak) {
      peak = bytes;
      peak_ticks = ticks;
    }
  }
  g_assert_cmpint(sums->peak_bytes, ==, (int64_t)peak);
  g_assert_cmpint(sums->peak_ticks, ==, peak_ticks);
}

/* The total begins with all that was outstanding just before the range, what ends with its first moment included. */
static void
check_total_peak(const Question *q, const HsPivot *pivot)
{
  uint64_t peak = 0;
  int64_t peak_ticks = q->range.t0_ticks;
  for (HsRow row = UINT32_MAX; row == UINT32_MAX || row < q->n_rows; row++) {
    bool before = row == UINT32_MAX;
    int64_t ticks = before ? q->range.t0_ticks : hs_timeline_ticks(q->timeline, row);
    if (ticks < q->range.t0_ticks || (!before && ticks >= q->range.t1_ticks))
      continue;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < hs_row_set_n_rows(q->blocks); i++) {
      HsBlock block;
      hs_timeline_block(q->timeline, (HsBlockId){i}, q->n_rows, &block);
      bool holds = before ? block.begin_ticks < ticks && block.end_ticks >= ticks
                          : block.begin_row <= row && block.end_row > row;
      bytes += hs_row_set_contains(q->blocks, i) && holds ? block.size : 0;
    }
    if (before || bytes > peak) {
      peak = bytes;
      peak_ticks = ticks;
    }
  }
  g_assert_cmpint(pivot->total.peak_bytes, ==, (int64_t)peak);
  g_assert_cmpint(pivot->total.peak_ticks, ==, peak_ticks);
}

static void
check_tree(const Question *q, const HsPivot *pivot)
{
  for (uint32_t i = 0; i < pivot->n_nodes; i++) {
    const HsPivotNode *node = &pivot->nodes[i];
    g_assert_true((node->parent == UINT32_MAX) == (node->level == 0));
    g_assert_true((i < pivot->n_roots) == (node->level == 0));
    g_assert_true((node->n_children == 0) == (node->level + 1u == pivot->n_by));
    for (uint32_t k = 0; k < node->n_children; k++)
      g_assert_cmpuint(pivot->nodes[node->first_child + k].parent, ==, i);
    if (i > 0 && pivot->nodes[i - 1].level == node->level && pivot->nodes[i - 1].parent == node->parent)
      g_assert_cmpuint(pivot->nodes[i - 1].key, <, node->key);
  }
}

static int64_t
random_moment(RandomTrace *trace, uint32_t n_rows)
{
  GRand *rand = trace->rand;
  /* Often just when something happens: there the edges are. */
  if (n_rows > 0 && !random_trace_chance(rand, 3))
    return hs_timeline_ticks(trace->timeline, (HsRow)g_rand_int_range(rand, 0, (gint32)n_rows)) +
           (random_trace_chance(rand, 4) ? g_rand_int_range(rand, -1, 2) : 0);
  return g_rand_int_range(rand, -60, (gint32)trace->ticks + 20);
}

static void
ask(RandomTrace *trace, uint32_t n_rows, bool peaks)
{
  GRand *rand = trace->rand;
  HsTimeline *t = trace->timeline;
  g_autoptr(HsFilter) filter = random_trace_filter(rand, t);
  g_autoptr(HsRowSet) blocks = filtered_blocks(t, filter, n_rows);
  g_autoptr(HsSeriesSet) series = filtered_series(t, filter, n_rows);
  Question q = {t, blocks, {random_moment(trace, n_rows), random_moment(trace, n_rows)}, n_rows};
  if (q.range.t0_ticks > q.range.t1_ticks)
    q.range = (HsTimeRange){q.range.t1_ticks, q.range.t0_ticks};
  if (random_trace_chance(rand, 8))
    q.range = HS_TIME_RANGE_ALL;
  HsPivotBy by[HS_PIVOT_LEVELS];
  unsigned n_by = (unsigned)g_rand_int_range(rand, 0, HS_PIVOT_LEVELS + 1);
  for (unsigned i = 0; i < n_by; i++)
    by[i] = (HsPivotBy)g_rand_int_range(rand, 0, HS_N_PIVOTS);
  g_autoptr(HsPivot) pivot = hs_pivot_new(t, blocks, series, q.range, n_rows, by, n_by, peaks, NULL);
  g_assert_nonnull(pivot);
  check_sums(&q, pivot, UINT32_MAX);
  check_tree(&q, pivot);
  for (uint32_t i = 0; i < pivot->n_nodes; i++) {
    if (pivot->n_nodes > 40 && !random_trace_chance(rand, 10))
      continue;
    check_sums(&q, pivot, i);
    if (peaks)
      check_peak(&q, pivot, i);
  }
  g_assert_cmpint(pivot->total.peak_bytes, ==,
                  hs_series_peak(series, HS_MEASURE_BYTES, q.range.t0_ticks, q.range.t1_ticks, NULL));
  if (peaks)
    check_total_peak(&q, pivot);
  g_assert_true(pivot->is_checked);
  g_assert_true(pivot->is_consistent);
}

static void
run(int rounds, bool with_exits)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < rounds; round++) {
    RandomTrace trace;
    random_trace_init(&trace, rand, 4 + g_rand_int_range(rand, 0, 40));
    trace.calm = with_exits ? 1 : 10000000;
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 250);
    for (uint32_t i = 0; i < n; i++)
      random_trace_add(&trace);
    hs_builder_finish(trace.builder, trace.ticks);
    for (int i = 0; i < 8; i++)
      ask(&trace, n, !with_exits);
    random_trace_clear(&trace);
  }
}

static void
test_sums(void)
{
  run(400, true);
}

static void
test_peaks(void)
{
  run(150, false);
}

/* Enough blocks for two threads; the halves' groups must come together. */
static void
test_large(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace;
  random_trace_init(&trace, rand, 40);
  trace.calm = 1000;
  uint32_t n = 1200000;
  for (uint32_t i = 0; i < n; i++)
    random_trace_add(&trace);
  hs_builder_finish(trace.builder, trace.ticks);
  HsTimeline *t = trace.timeline;
  g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_timeline_n_blocks(t));
  g_assert_cmpuint(hs_row_set_n_rows(blocks), >, 1u << 18);
  Question q = {t, blocks, {trace.ticks / 3, trace.ticks / 3 * 2}, n};
  static const HsPivotBy by[] = {HS_PIVOT_SOURCE, HS_PIVOT_END};
  g_autoptr(HsPivot) pivot = hs_pivot_new(t, blocks, t->series, q.range, n, by, G_N_ELEMENTS(by), true, NULL);
  check_sums(&q, pivot, UINT32_MAX);
  check_tree(&q, pivot);
  for (uint32_t i = 0; i < pivot->n_nodes; i++)
    check_sums(&q, pivot, i);
  g_assert_true(pivot->is_checked && pivot->is_consistent);
  int cancel = 1;
  g_assert_null(hs_pivot_new(t, blocks, t->series, q.range, n, by, 2, true, &cancel));
  random_trace_clear(&trace);
}

/* --- heap by heap --- */

static void
assert_same_sums(const HsHeapSums *counted, const HsHeapSums *running)
{
  uint32_t k = 0;
  g_assert_cmpmem(hs_heap_sums_total(counted), sizeof(HsTraceSums), hs_heap_sums_total(running), sizeof(HsTraceSums));
  for (uint32_t i = 0; i < hs_heap_sums_n(running); i++) {
    const HsHeapSum *expected = hs_heap_sums_get(running, i);
    if (expected->events == 0 && expected->begun == 0)
      continue;
    g_assert_cmpuint(k, <, hs_heap_sums_n(counted));
    g_assert_cmpmem(hs_heap_sums_get(counted, k++), sizeof(HsHeapSum), expected, sizeof *expected);
  }
  g_assert_cmpuint(k, ==, hs_heap_sums_n(counted));
}

static HsHeapSums *
sums_of(HsTimeline *t, const char *text, uint32_t n)
{
  HsRowSet *rows, *blocks;
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  g_assert_true(hs_row_set_query(t, query, HS_TIME_RANGE_ALL, n, NULL, &rows, &blocks));
  g_autoptr(HsSeriesSet) series = hs_series_set_new(t, blocks);
  g_assert_true(hs_series_set_extend(series, n, NULL));
  HsHeapSums *sums = hs_heap_sums_new(t, rows, blocks, series, n, NULL);
  hs_row_set_unref(rows);
  hs_row_set_unref(blocks);
  return sums;
}

/* What a filter that lets everything pass counts must be what the builder kept. */
static void
test_heap_sums(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 200; round++) {
    RandomTrace trace;
    random_trace_init(&trace, rand, 4 + g_rand_int_range(rand, 0, 40));
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 400);
    for (uint32_t i = 0; i < n; i++)
      random_trace_add(&trace);
    hs_builder_finish(trace.builder, trace.ticks);
    g_autoptr(HsHeapSums) running = sums_of(trace.timeline, "", n);
    g_autoptr(HsHeapSums) counted = sums_of(trace.timeline, "cpu >= 0", n);
    assert_same_sums(counted, running);
    random_trace_clear(&trace);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pivot/sums", test_sums);
  g_test_add_func("/pivot/peaks", test_peaks);
  g_test_add_func("/pivot/large", test_large);
  g_test_add_func("/pivot/heap-sums", test_heap_sums);
  return g_test_run();
}
