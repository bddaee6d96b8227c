/* SPDX-License-Identifier: MIT */
/* Biographies of addresses and comparisons of moments over random traces, against loops of the plainest kind. */
#include "hs-biography.h"
#include "hs-comparison.h"
#include "random-trace.h"

#define N_TRACES 60
#define N_QUESTIONS 12

static GRand *rand_;

static int32_t
range(int32_t from, int32_t to)
{
  return g_rand_int_range(rand_, from, to);
}

static HsTimeline *
random_timeline(uint32_t *n_rows)
{
  RandomTrace trace;
  int n = range(0, 4) == 0 ? range(0, 20) : range(20, 1200);
  random_trace_init(&trace, rand_, range(2, 60));
  for (int i = 0; i < n; i++)
    random_trace_add(&trace);
  if (range(0, 2) == 0)
    hs_builder_finish(trace.builder, trace.ticks);
  HsTimeline *timeline = hs_timeline_ref(trace.timeline);
  random_trace_clear(&trace);
  *n_rows = hs_timeline_n_rows(timeline);
  if (range(0, 3) == 0)
    *n_rows = (uint32_t)range(0, (int32_t)*n_rows + 1);
  return timeline;
}

/* --- biographies --- */

static bool
lived_there(const HsTimeline *t, const HsBlock *block, uint32_t pid, uint64_t address)
{
  uint64_t last = block->size == 0 ? block->address : block->address + (block->size - 1);
  return hs_timeline_process(t, hs_timeline_thread(t, block->thread)->process)->pid == pid &&
         block->address <= address && address <= last;
}

/* Until when somebody of the block's process lived there before it; false if nobody did. */
static bool
vacated(const HsTimeline *t, const HsBlock *block, uint32_t pid, uint64_t address, uint32_t n_rows, int64_t *ticks)
{
  bool any = false;
  for (uint32_t i = 0; i < block->id.v; i++) {
    HsBlock before;
    hs_timeline_block(t, (HsBlockId){i}, n_rows, &before);
    if (!lived_there(t, &before, pid, address) ||
        hs_timeline_thread(t, before.thread)->process.v != hs_timeline_thread(t, block->thread)->process.v)
      continue;
    *ticks = any ? MAX(*ticks, before.end_ticks) : before.end_ticks;
    any = true;
  }
  return any;
}

static void
check_vacancy(const HsBiography *biography, const HsTimeline *t, const HsBlock *block)
{
  int64_t end, ns, vacancy = hs_biography_vacancy_ticks(biography, block->id);
  bool has_ns = hs_biography_vacancy_ns(biography, t, block->id, &ns);
  if (!vacated(t, block, biography->pid, biography->address, biography->n_rows, &end)) {
    g_assert_cmpint(vacancy, ==, HS_VACANCY_FIRST);
    g_assert_false(has_ns);
  } else if (end > block->begin_ticks) {
    g_assert_cmpint(vacancy, ==, HS_VACANCY_SHARED);
    g_assert_false(has_ns);
  } else {
    HsClock clock = hs_timeline_clock(t);
    g_assert_cmpint(vacancy, ==, block->begin_ticks - end);
    g_assert_true(has_ns);
    g_assert_cmpint(ns, ==, hs_clock_to_ns(clock, block->begin_ticks) - hs_clock_to_ns(clock, end));
  }
}

static void
check_biography_order(const HsBiography *biography, bool descending)
{
  g_autoptr(HsRowOrder) order = hs_biography_order_new(biography, biography->blocks, descending, NULL);
  uint32_t n = hs_row_order_count(order);
  g_assert_cmpuint(n, ==, hs_row_set_count(biography->blocks));
  for (uint32_t i = 1; i < n; i++) {
    HsBlockId x = {hs_row_order_at(order, i - 1)}, y = {hs_row_order_at(order, i)};
    int64_t u = hs_biography_vacancy_ticks(biography, x), v = hs_biography_vacancy_ticks(biography, y);
    if (u < 0 || v < 0)
      g_assert_true(v < 0);
    else
      g_assert_true(descending ? u >= v : u <= v);
    g_assert_true(u != v || x.v < y.v);
  }
}

static void
ask_biography(HsTimeline *t, uint32_t n_rows)
{
  uint32_t pid = (uint32_t)range(1, 5), n_found = 0;
  uint64_t address = 0x10000 + (uint64_t)range(-300, 60 * 256);
  if (range(0, 3) == 0)
    address &= ~UINT64_C(0xff);
  g_autoptr(HsBiography) biography = hs_biography_new(t, pid, address, n_rows, NULL);
  g_assert_nonnull(biography);
  uint32_t n_blocks = hs_row_set_count_blocks(t, n_rows);
  g_assert_cmpuint(hs_row_set_n_rows(biography->blocks), ==, n_blocks);
  for (uint32_t i = 0; i < n_blocks; i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, n_rows, &block);
    bool lived = lived_there(t, &block, pid, address);
    g_assert_cmpint(hs_row_set_contains(biography->blocks, i), ==, lived);
    n_found += lived;
    if (lived)
      check_vacancy(biography, t, &block);
  }
  g_assert_cmpuint(hs_row_set_count(biography->blocks), ==, n_found);
  check_biography_order(biography, false);
  check_biography_order(biography, true);
}

static void
test_biography(void)
{
  for (int i = 0; i < N_TRACES; i++) {
    uint32_t n_rows;
    g_autoptr(HsTimeline) timeline = random_timeline(&n_rows);
    for (int q = 0; q < N_QUESTIONS; q++)
      ask_biography(timeline, n_rows);
  }
}

/* --- comparisons --- */

static uint32_t
key_of(const HsTimeline *t, const HsBlock *block, HsPivotBy by)
{
  uint32_t size_class = 0;
  switch (by) {
  case HS_PIVOT_PROCESS:
    return hs_timeline_thread(t, block->thread)->process.v;
  case HS_PIVOT_HEAP:
    return block->heap.v;
  case HS_PIVOT_SOURCE:
    return block->source;
  case HS_PIVOT_THREAD:
    return block->thread.v;
  case HS_PIVOT_SIZE:
    while (size_class < 64 && block->size >> size_class != 0)
      size_class++;
    return size_class;
  default:
    return block->end;
  }
}

static bool
lives_at(const HsBlock *block, int64_t ticks)
{
  return block->begin_ticks <= ticks && ticks < block->end_ticks;
}

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks; /* that pass */
  HsComparison *comparison;
} Asked;

/* Sums of the blocks that live on one side alone; of a key, or of all with HS_N_PIVOTS. */
static HsSideSums
count(const Asked *asked, HsPivotBy by, uint32_t key)
{
  HsSideSums sums = {0};
  for (uint32_t i = 0; i < hs_row_set_n_rows(asked->blocks); i++) {
    HsBlock block;
    hs_timeline_block(asked->timeline, (HsBlockId){i}, asked->comparison->n_rows, &block);
    bool at_a = lives_at(&block, asked->comparison->a_ticks), at_b = lives_at(&block, asked->comparison->b_ticks);
    bool differs = at_a != at_b && hs_row_set_contains(asked->blocks, i);
    if (by == HS_N_PIVOTS)
      g_assert_cmpint(hs_row_set_contains(asked->comparison->blocks, i), ==, differs);
    if (!differs || (by != HS_N_PIVOTS && key_of(asked->timeline, &block, by) != key))
      continue;
    HsSide side = at_a ? HS_SIDE_A : HS_SIDE_B;
    g_assert_cmpint(hs_comparison_side(asked->comparison, asked->timeline, (HsBlockId){i}), ==, side);
    sums.count[side]++;
    sums.bytes[side] += block.size;
  }
  return sums;
}

static void
assert_sums(const HsSideSums *sums, HsSideSums expected)
{
  for (int side = 0; side < HS_N_SIDES; side++) {
    g_assert_cmpuint(sums->count[side], ==, expected.count[side]);
    g_assert_cmpuint(sums->bytes[side], ==, expected.bytes[side]);
  }
}

static void
check_group_order(const GArray *groups)
{
  HsSideColumn column = (HsSideColumn)range(0, HS_N_SIDE_COLUMNS);
  bool descending = range(0, 2) == 0;
  g_autoptr(HsRowSet) places = hs_row_set_new_all(groups->len);
  g_autoptr(HsRowOrder) order = hs_side_groups_order_new(groups, places, column, descending, NULL);
  for (uint32_t i = 1; i < groups->len; i++) {
    const HsSideGroup *x = &g_array_index(groups, HsSideGroup, hs_row_order_at(order, i - 1));
    const HsSideGroup *y = &g_array_index(groups, HsSideGroup, hs_row_order_at(order, i));
    int64_t u = column == HS_SIDE_COLUMN_GROUP ? x->key : hs_side_column_value(&x->sums, column);
    int64_t v = column == HS_SIDE_COLUMN_GROUP ? y->key : hs_side_column_value(&y->sums, column);
    g_assert_true(descending ? u >= v : u <= v);
  }
}

static void
check_groups(const Asked *asked, HsPivotBy by)
{
  g_autoptr(GArray) groups = hs_comparison_groups_new(asked->comparison, asked->timeline, by, NULL);
  HsSideSums all = {0};
  g_assert_nonnull(groups);
  for (guint i = 0; i < groups->len; i++) {
    const HsSideGroup *group = &g_array_index(groups, HsSideGroup, i);
    assert_sums(&group->sums, count(asked, by, group->key));
    g_assert_true(i == 0 || g_array_index(groups, HsSideGroup, i - 1).key < group->key);
    for (int side = 0; side < HS_N_SIDES; side++) {
      all.count[side] += group->sums.count[side];
      all.bytes[side] += group->sums.bytes[side];
    }
  }
  assert_sums(&asked->comparison->total, all);
  if (groups->len > 0)
    check_group_order(groups);
}

/* Often just at an event, or just beside one. */
static int64_t
random_moment(const HsTimeline *t)
{
  uint32_t n = hs_timeline_n_rows(t);
  if (n == 0 || range(0, 20) == 0)
    return range(0, 2) == 0 ? INT64_MAX : INT64_MIN + 1;
  return hs_timeline_ticks(t, (HsRow)range(0, (int32_t)n)) + range(-1, 2);
}

static void
ask_comparison(HsTimeline *t, uint32_t n_rows)
{
  g_autoptr(HsFilter) filter = random_trace_filter(rand_, t);
  g_autoptr(HsRowSet) blocks = filtered_blocks(t, filter, n_rows);
  g_autoptr(HsSeriesSet) series = hs_series_set_new(t, blocks);
  g_assert_true(hs_series_set_extend(series, n_rows, NULL));
  g_autoptr(HsComparison) comparison =
      hs_comparison_new(t, blocks, series, random_moment(t), random_moment(t), n_rows, NULL);
  g_assert_nonnull(comparison);
  Asked asked = {t, blocks, comparison};
  assert_sums(&comparison->total, count(&asked, HS_N_PIVOTS, 0));
  g_assert_cmpint(comparison->is_checked, ==, hs_timeline_complete(t) && n_rows == hs_timeline_n_rows(t));
  g_assert_true(!comparison->is_checked || comparison->is_consistent);
  for (int by = 0; by < HS_N_PIVOTS; by++) {
    if (by != HS_PIVOT_TYPE)
      check_groups(&asked, (HsPivotBy)by);
  }
  g_autoptr(HsRowOrder) order = hs_comparison_order_new(comparison, t, comparison->blocks, false, NULL);
  for (uint32_t i = 0; i < hs_row_order_count(order); i++)
    g_assert_cmpint(hs_comparison_side(comparison, t, (HsBlockId){hs_row_order_at(order, i)}), ==,
                    i < comparison->total.count[HS_SIDE_A] ? HS_SIDE_A : HS_SIDE_B);
}

static void
test_comparison(void)
{
  for (int i = 0; i < N_TRACES; i++) {
    uint32_t n_rows;
    g_autoptr(HsTimeline) timeline = random_timeline(&n_rows);
    for (int q = 0; q < N_QUESTIONS; q++)
      ask_comparison(timeline, n_rows);
  }
}

/* --- many blocks: two threads --- */

static HsTimeline *
long_timeline(uint32_t n_events)
{
  RandomTrace trace;
  random_trace_init(&trace, rand_, 40000);
  trace.calm = 1000;
  for (uint32_t i = 0; i < n_events; i++)
    random_trace_add(&trace);
  hs_builder_finish(trace.builder, trace.ticks);
  HsTimeline *timeline = hs_timeline_ref(trace.timeline);
  random_trace_clear(&trace);
  return timeline;
}

static void
test_many(void)
{
  g_autoptr(HsTimeline) t = long_timeline(700000);
  uint32_t n_rows = hs_timeline_n_rows(t);
  g_assert_cmpuint(hs_timeline_n_blocks(t), >, 1u << 18);
  for (int q = 0; q < 4; q++) {
    ask_comparison(t, n_rows);
    uint64_t address = 0x10000 + (uint64_t)range(0, 40000 * 256);
    g_autoptr(HsBiography) biography = hs_biography_new(t, 1, address, n_rows, NULL);
    uint32_t n = 0;
    for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
      HsBlock block;
      hs_timeline_block(t, (HsBlockId){i}, n_rows, &block);
      bool lived = lived_there(t, &block, 1, address);
      g_assert_cmpint(hs_row_set_contains(biography->blocks, i), ==, lived);
      n += lived;
    }
    g_assert_cmpuint(hs_row_set_count(biography->blocks), ==, n);
  }
}

static void
test_cancel(void)
{
  uint32_t n_rows = 0;
  int cancel = 1;
  g_autoptr(HsTimeline) timeline = NULL;
  do {
    g_clear_pointer(&timeline, hs_timeline_unref);
    timeline = random_timeline(&n_rows);
  } while (hs_row_set_count_blocks(timeline, n_rows) == 0);
  g_autoptr(HsRowSet) blocks = filtered_blocks(timeline, NULL, n_rows);
  g_assert_null(hs_biography_new(timeline, 1, 0x10000, n_rows, &cancel));
  g_assert_null(hs_comparison_new(timeline, blocks, NULL, 0, INT64_MAX, n_rows, &cancel));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  rand_ = g_rand_new_with_seed(random_trace_seed());
  g_test_add_func("/places/biography", test_biography);
  g_test_add_func("/places/comparison", test_comparison);
  g_test_add_func("/places/many", test_many);
  g_test_add_func("/places/cancel", test_cancel);
  int status = g_test_run();
  g_rand_free(rand_);
  return status;
}
