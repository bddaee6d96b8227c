/* SPDX-License-Identifier: MIT */
/*
 * The program's checks of itself: they hold for every timeline there can be, and each is seen to fail, and is named in
 * the trace's health, once what it watches over is spoilt on purpose.
 */
#include "hs-builder-private.h"
#include "hs-health-private.h"
#include "hs-series-private.h"
#include "random-trace.h"

#define N_EVENTS 20000

static HsTimeline *
make_timeline(GRand *rand, uint32_t n_events, int32_t calm)
{
  RandomTrace trace;
  random_trace_init(&trace, rand, 200);
  trace.calm = calm;
  for (uint32_t i = 0; i < n_events; i++) {
    random_trace_add(&trace);
    if (random_trace_chance(rand, 500))
      hs_builder_publish(trace.builder, trace.ticks);
  }
  /* Processes that end after the last event count as well. */
  if (random_trace_chance(rand, 2))
    g_assert_true(hs_builder_process_end(trace.builder, trace.ticks + 5, 1, NULL, NULL));
  hs_builder_finish(trace.builder, trace.ticks + 10);
  HsTimeline *timeline = hs_timeline_ref(trace.timeline);
  random_trace_clear(&trace);
  return timeline;
}

static void
assert_holds(HsTimeline *timeline)
{
  g_autoptr(HsSelfCheck) check = hs_self_check_new(timeline, NULL);
  for (unsigned i = 0; i < HS_N_CHECKS; i++)
    g_assert_cmpstr(check->failures[i], ==, NULL);
  g_assert_true(hs_self_check_holds(check));
  g_autoptr(GPtrArray) health = g_ptr_array_new_with_free_func(hs_health_item_free);
  hs_health_add_self_check(health, check);
  hs_health_add_self_check(health, NULL);
  g_assert_cmpuint(health->len, ==, 0);
}

static void
test_holds(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (unsigned i = 0; i < 150; i++) {
    g_autoptr(HsTimeline) timeline =
        make_timeline(rand, (uint32_t)g_rand_int_range(rand, 0, 6000), g_rand_int_range(rand, 1, 20));
    assert_holds(timeline);
  }
  g_autoptr(HsTimeline) empty = make_timeline(rand, 0, 1);
  assert_holds(empty);
}

/* Sizes whose sum a number just holds, and a little later does not. */
static void
test_wraps(void)
{
  for (uint64_t room = 1; room < 1000; room += 37) {
    g_autoptr(HsTimeline) timeline = hs_timeline_new();
    g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
    HsHeapEvent event = {.op = HS_OP_ALLOC, .pid = 4, .tid = 8, .handle = 0x10000, .has_source = true, .source_id = 2};
    for (unsigned i = 0; i < 1500; i++) {
      event.ticks = i;
      event.op = i % 7 == 6 ? HS_OP_FREE : HS_OP_ALLOC;
      event.address = 0x20000 + (i % 7 == 6 ? i - 1 : i) * 16;
      event.size = i == 0 ? (uint64_t)INT64_MAX - room : i % 5;
      event.source_id = i % 11 == 10 ? 4 : 2;
      g_assert_true(hs_builder_add(builder, &event, NULL));
    }
    hs_builder_finish(builder, event.ticks);
    assert_holds(timeline);
  }
}

/* The health item that a failed check makes, or NULL. */
static const HsHealthItem *
find_item(const GPtrArray *health, const char *id)
{
  for (guint i = 0; i < health->len; i++) {
    const HsHealthItem *item = health->pdata[i];
    if (g_str_equal(item->id, id))
      return item;
  }
  return NULL;
}

static void
assert_fails(HsTimeline *timeline, HsCheck expected)
{
  g_autoptr(HsSelfCheck) check = hs_self_check_new(timeline, NULL);
  g_assert_false(hs_self_check_holds(check));
  g_assert_nonnull(check->failures[expected]);
  g_test_message("%s: %s", hs_check_name(expected), check->failures[expected]);
  g_autoptr(GPtrArray) health = g_ptr_array_new_with_free_func(hs_health_item_free);
  hs_health_add_self_check(health, check);
  const HsHealthItem *item = find_item(health, hs_check_name(expected));
  g_assert_nonnull(item);
  g_assert_cmpint(item->gravity, ==, HS_HEALTH_BAD);
  g_assert_nonnull(strstr(item->meaning, "mistake in Heapscope"));
  g_assert_nonnull(strstr(item->meaning, check->failures[expected]));
  g_assert_false(hs_health_is_whole(health));
}

/* Each figure is off by a little, one after another, and put right again. */
static void
test_spoilt_figures(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  g_autoptr(HsTimeline) t = make_timeline(rand, N_EVENTS, 10);
  HsHeap *heap = HS_VEC(&t->heaps, HsHeap, 2);
  HsTotals *totals = &t->totals;
  const struct {
    uint64_t *figure;
    HsCheck check;
  } figures[] = {
      {&heap->n_begun, HS_CHECK_HEAPS},
      {&heap->allocated_bytes, HS_CHECK_HEAPS},
      {&heap->outstanding_count, HS_CHECK_HEAPS},
      {&heap->outstanding_bytes, HS_CHECK_HEAPS},
      {&heap->n_allocs, HS_CHECK_HEAPS},
      {&heap->n_reallocs, HS_CHECK_HEAPS},
      {&heap->n_frees, HS_CHECK_HEAPS},
      {&heap->n_unmatched_frees, HS_CHECK_HEAPS},
      {&totals->n_begun, HS_CHECK_BLOCKS},
      {&totals->begun_bytes, HS_CHECK_BLOCKS},
      {&totals->outstanding_count, HS_CHECK_BLOCKS},
      {&totals->outstanding_bytes, HS_CHECK_BLOCKS},
      {&totals->overwritten, HS_CHECK_BLOCKS},
      {&totals->freed_by_destroy, HS_CHECK_BLOCKS},
      {&totals->ended_by_exit, HS_CHECK_BLOCKS},
      {&totals->operations[HS_OP_FREE], HS_CHECK_ROWS},
      {&totals->operations[HS_OP_LOCK], HS_CHECK_ROWS},
      {&totals->peak_bytes, HS_CHECK_SERIES},
      {&totals->outstanding_bytes, HS_CHECK_SERIES},
  };
  assert_holds(t);
  for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++) {
    ++*figures[i].figure;
    assert_fails(t, figures[i].check);
    --*figures[i].figure;
  }
  assert_holds(t);
}

static uint32_t
find_block(const HsTimeline *t, HsEnd end)
{
  for (uint32_t block = 1000; block < hs_timeline_n_blocks(t); block++) {
    if ((hs_timeline_block_flags(t, (HsBlockId){block}) & HS_BLOCK_END_MASK) == end)
      return block;
  }
  g_assert_not_reached();
}

static void
test_spoilt_blocks(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(2);
  g_autoptr(HsTimeline) t = make_timeline(rand, N_EVENTS, 10);
  HsBlockRecord *freed = HS_AT(&t->blocks, HsBlockRecord, find_block(t, HS_END_FREE));
  HsBlockRecord *live = HS_AT(&t->blocks, HsBlockRecord, find_block(t, HS_END_NONE));
  HsBlockRecord kept = *freed;
  freed->end = HS_ROW_OUTSTANDING;
  assert_fails(t, HS_CHECK_BLOCKS);
  freed->size_flags &= ~(uint32_t)HS_BLOCK_END_MASK;
  assert_fails(t, HS_CHECK_BLOCKS);
  *freed = kept;
  freed->end = freed->begin;
  assert_fails(t, HS_CHECK_BLOCKS);
  *freed = kept;
  freed->begin = hs_timeline_n_rows(t) + 5;
  assert_fails(t, HS_CHECK_BLOCKS);
  *freed = kept;
  kept = *live;
  live->size_flags ^= 1u << HS_BLOCK_FLAG_BITS;
  assert_fails(t, HS_CHECK_BLOCKS);
  assert_fails(t, HS_CHECK_HEAPS);
  *live = kept;
  uint16_t *weight = HS_AT(&t->weight, uint16_t, live->begin);
  *weight ^= 1 << HS_WEIGHT_SOURCE_BITS;
  assert_fails(t, HS_CHECK_BLOCKS);
  assert_fails(t, HS_CHECK_SERIES);
  *weight ^= 1 << HS_WEIGHT_SOURCE_BITS;
  weight = HS_AT(&t->weight, uint16_t, freed->end);
  *weight ^= 1 << HS_WEIGHT_SOURCE_BITS;
  assert_fails(t, HS_CHECK_SERIES);
  *weight ^= 1 << HS_WEIGHT_SOURCE_BITS;
  assert_holds(t);
}

/* An entry anywhere in the pyramid, or its end. */
static void
test_spoilt_pyramid(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(HsTimeline) t = make_timeline(rand, 2 * N_EVENTS, 10);
  for (unsigned level = 0; level < 3; level++) {
    g_assert_cmpuint(t->series->levels[level].length, >, 0);
    HsBand *entry = HS_VEC(&t->series->levels[level], HsBand, t->series->levels[level].length / 2);
    HsBand kept = *entry;
    entry->max_bytes++;
    assert_fails(t, HS_CHECK_SERIES);
    *entry = kept;
    entry->min_count++;
    assert_fails(t, HS_CHECK_SERIES);
    *entry = kept;
    entry->last_bytes--;
    assert_fails(t, HS_CHECK_SERIES);
    *entry = kept;
  }
  t->series->n_rows--;
  assert_fails(t, HS_CHECK_SERIES);
  t->series->n_rows++;
  assert_holds(t);
}

/* A row that says it is something else. */
static void
test_spoilt_rows(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  g_autoptr(HsTimeline) t = make_timeline(rand, N_EVENTS, 10);
  HsRow row = hs_timeline_block_end(t, (HsBlockId){find_block(t, HS_END_FREE)});
  uint8_t *op = HS_AT(&t->op_source, uint8_t, row);
  *op = (uint8_t)((*op & ~31) | HS_OP_LOCK);
  assert_fails(t, HS_CHECK_ROWS);
  assert_fails(t, HS_CHECK_SERIES);
}

/* A filter's result whose bits and numbers differ. */
static void
test_spoilt_bits(void)
{
  uint64_t words[40];
  for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
    words[i] = UINT64_C(0x123456789abcdef) * (i + 1);
  for (uint32_t n = 1; n <= 40 * 64; n += 61) {
    g_autoptr(HsRowSet) set = hs_row_set_new_words(n, words);
    g_assert_true(hs_row_set_is_sound(set));
    uint64_t *bits = (uint64_t *)hs_row_set_words(set);
    bits[(n - 1) / 64] ^= UINT64_C(1) << ((n - 1) % 64);
    g_assert_false(hs_row_set_is_sound(set));
    bits[(n - 1) / 64] ^= UINT64_C(1) << ((n - 1) % 64);
    if (n % 64 != 0) {
      bits[n / 64] ^= UINT64_C(1) << 63;
      g_assert_false(hs_row_set_is_sound(set));
    }
  }
  g_autoptr(HsRowSet) all = hs_row_set_new_all(100);
  g_assert_true(hs_row_set_is_sound(all));
}

static void
test_cancel(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  g_autoptr(HsTimeline) t = make_timeline(rand, 100, 10);
  int cancel = 1;
  g_assert_null(hs_self_check_new(t, &cancel));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/self-check/holds", test_holds);
  g_test_add_func("/self-check/wraps", test_wraps);
  g_test_add_func("/self-check/spoilt-figures", test_spoilt_figures);
  g_test_add_func("/self-check/spoilt-blocks", test_spoilt_blocks);
  g_test_add_func("/self-check/spoilt-pyramid", test_spoilt_pyramid);
  g_test_add_func("/self-check/spoilt-rows", test_spoilt_rows);
  g_test_add_func("/self-check/spoilt-bits", test_spoilt_bits);
  g_test_add_func("/self-check/cancel", test_cancel);
  return g_test_run();
}
