/* SPDX-License-Identifier: MIT */
#include "filtered.h"
#include "hs-render-support.h"
#include "random-trace.h"

/* Bands are in order, do not overlap, and every block lies in one, at the place it should. */
static void
check_layout(HsTimeline *t, HsMapLayout *layout)
{
  uint64_t end_u = 0;
  for (uint32_t i = 0; i < hs_map_layout_n_bands(layout); i++) {
    const HsMapBand *band = hs_map_layout_band(layout, i);
    g_assert_cmpuint(band->begin, <, band->end);
    g_assert_cmpuint(band->begin % 4096, ==, 0);
    g_assert_true(i == 0 ? band->u == 0 : band->u > end_u);
    if (i > 0) {
      const HsMapBand *last = band - 1;
      g_assert_true(last->process.v < band->process.v ||
                    (last->process.v == band->process.v && last->end + band->gap_before == band->begin));
    }
    end_u = band->u + (band->end - band->begin);
  }
  g_assert_cmpuint(hs_map_layout_span(layout), ==, MAX(end_u, 1));
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    HsProcessId process = hs_timeline_heap(t, block.heap)->process;
    uint64_t u0 = hs_map_layout_u(layout, process, block.address);
    uint64_t u1 = hs_map_layout_u(layout, process, block.address + block.size - 1);
    g_assert_cmpuint(u1, <, hs_map_layout_span(layout));
    g_assert_cmpuint(u1 - u0, ==, block.size - 1);
  }
}

static void
check_round_trip(HsMapLayout *layout, GRand *rand)
{
  for (int i = 0; i < 2000; i++) {
    uint64_t u = (uint64_t)(g_rand_double(rand) * (double)hs_map_layout_span(layout)), address;
    HsProcessId process;
    if (hs_map_layout_address(layout, u, &process, &address))
      g_assert_cmpuint(hs_map_layout_u(layout, process, address), ==, u);
  }
  for (uint32_t i = 0; i < hs_map_layout_n_bands(layout); i++) {
    const HsMapBand *band = hs_map_layout_band(layout, i);
    HsProcessId process;
    uint64_t address;
    g_assert_true(hs_map_layout_address(layout, band->u, &process, &address));
    g_assert_cmpuint(address, ==, band->begin);
    g_assert_cmpuint(process.v, ==, band->process.v);
    g_assert_true(hs_map_layout_address(layout, band->u + (band->end - band->begin) - 1, &process, &address));
    g_assert_cmpuint(address, ==, band->end - 1);
    g_assert_false(hs_map_layout_address(layout, band->u + (band->end - band->begin), &process, &address));
    g_assert_cmpuint(hs_map_layout_u(layout, band->process, band->end), ==, UINT64_MAX);
  }
}

static void
test_random(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 20; round++) {
    g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, 1 << g_rand_int_range(rand, 0, 12));
    g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
    check_layout(trace->timeline, layout);
    check_round_trip(layout, rand);
  }
}

static void
test_empty(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_finish(trace, 10);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_n_bands(layout), ==, 0);
  g_assert_cmpuint(hs_map_layout_span(layout), ==, 1);
  HsProcessId process;
  uint64_t address;
  g_assert_false(hs_map_layout_address(layout, 0, &process, &address));
  g_assert_cmpuint(hs_map_layout_u(layout, (HsProcessId){0}, 0), ==, UINT64_MAX);
}

static void
test_folds(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  /* 1 MiB, a small gap, 1 MiB, a large gap, 4 KiB; and another process. */
  hs_test_trace_alloc(trace, 1, 1, 0x10, 0x100000, 1 << 20, 3);
  hs_test_trace_alloc(trace, 2, 1, 0x10, 0x208000, 1 << 20, 3);
  hs_test_trace_alloc(trace, 3, 1, 0x10, 0x40000000, 16, 3);
  hs_test_trace_alloc(trace, 4, 2, 0x10, 0x100000, 16, 3);
  hs_test_trace_finish(trace, 10);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_n_bands(layout), ==, 3);
  g_assert_cmphex(hs_map_layout_band(layout, 0)->end, ==, 0x308000);
  g_assert_cmphex(hs_map_layout_band(layout, 1)->begin, ==, 0x40000000);
  g_assert_cmphex(hs_map_layout_band(layout, 1)->gap_before, ==, 0x40000000 - 0x308000);
  g_assert_cmphex(hs_map_layout_band(layout, 2)->gap_before, ==, 0);
  g_assert_cmpuint(hs_map_layout_band(layout, 2)->process.v, !=, hs_map_layout_band(layout, 1)->process.v);
  /* A filter takes its blocks' pages away. */
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_set_heap(filter, hs_timeline_find_heap(trace->timeline, 1, 0x10), false);
  g_autoptr(HsRowSet) shown = filtered_blocks(trace->timeline, filter, hs_timeline_n_rows(trace->timeline));
  g_autoptr(HsMapLayout) rest = hs_map_layout_new(trace->timeline, shown, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_n_bands(rest), ==, 1);
  /* So does an earlier moment. */
  g_autoptr(HsMapLayout) early = hs_map_layout_new(trace->timeline, NULL, 2, NULL);
  g_assert_cmpuint(hs_map_layout_n_bands(early), ==, 1);
}

static void
test_cancel(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 1, 1, 0x10, 0x100000, 16, 3);
  hs_test_trace_finish(trace, 10);
  int cancel = 1;
  g_assert_null(hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, &cancel));
}

/* Records that no machine could have written: neither endless time nor memory, and the sane blocks stay visible. */
static void
test_absurd(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 1, 1, 0x10, UINT64_MAX, UINT64_MAX, 3);
  hs_test_trace_alloc(trace, 2, 1, 0x10, UINT64_MAX - 5, 2, 3);
  hs_test_trace_alloc(trace, 3, 1, 0x10, 1, UINT64_MAX, 3);
  hs_test_trace_alloc(trace, 4, 1, 0x10, UINT64_C(1) << 63, UINT64_C(1) << 62, 3);
  hs_test_trace_alloc(trace, 5, 1, 0x10, 0x7f0000000000, 1 << 20, 3);
  hs_test_trace_alloc(trace, 6, 1, 0x10, 0x7f0000200000, 0, 3);
  hs_test_trace_finish(trace, 10);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_span(layout), <, UINT64_C(1) << 28);
  HsProcessId process = {0};
  g_assert_cmpuint(hs_map_layout_u(layout, process, 0x7f0000000000), <, hs_map_layout_span(layout));
  g_assert_cmpuint(hs_map_layout_u(layout, process, 0x7f0000200000), <, hs_map_layout_span(layout));
  g_assert_cmpuint(hs_map_layout_u(layout, process, UINT64_MAX - 1), <, hs_map_layout_span(layout));
}

/* Blocks all over the address space: bands and axis stay bounded. */
static void
test_scattered(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  uint64_t tib = UINT64_C(1) << 40;
  for (int i = 0; i < 300000; i++) {
    uint64_t address = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
    hs_test_trace_alloc(trace, i, 1, 0x10, address | 1, i % 1000 == 0 ? tib : 16, 3);
  }
  hs_test_trace_finish(trace, 300000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_n_bands(layout), <=, 4096);
  g_assert_cmpuint(hs_map_layout_span(layout), <=, UINT64_C(1) << 62);
}

static void
assert_same_axis(const HsMapLayout *a, const HsMapLayout *b)
{
  g_assert_cmpuint(hs_map_layout_span(a), ==, hs_map_layout_span(b));
  g_assert_cmpuint(hs_map_layout_n_bands(a), ==, hs_map_layout_n_bands(b));
  for (uint32_t i = 0; i < hs_map_layout_n_bands(a); i++) {
    const HsMapBand *x = hs_map_layout_band(a, i), *y = hs_map_layout_band(b, i);
    g_assert_cmpuint(x->process.v, ==, y->process.v);
    g_assert_cmpuint(x->heap.v, ==, y->heap.v);
    g_assert_cmphex(x->begin, ==, y->begin);
    g_assert_cmphex(x->end, ==, y->end);
    g_assert_cmphex(x->u, ==, y->u);
    g_assert_cmphex(x->gap_before, ==, y->gap_before);
  }
}

/* The axis of a trace that has grown, made from the one before it, is that which is made anew: also if some were not
 * finished between. Returns it. */
static HsMapLayout *
assert_grown_alike(HsTimeline *t, HsMapLayout *before, GRand *rand)
{
  int cancel = 1;
  if (g_rand_boolean(rand))
    g_assert_null(hs_map_layout_renew(t, NULL, UINT32_MAX, before, &cancel));
  g_autoptr(HsMapLayout) anew = hs_map_layout_new(t, NULL, UINT32_MAX, NULL);
  HsMapLayout *layout = hs_map_layout_renew(t, NULL, UINT32_MAX, before, NULL);
  assert_same_axis(layout, anew);
  return layout;
}

static void
test_growing(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 20; round++) {
    RandomTrace random;
    HsMapLayout *layout = NULL;
    random_trace_init(&random, rand, 300);
    for (int step = 0; step < 12; step++) {
      int n = g_rand_int_range(rand, 0, 400);
      for (int i = 0; i < n; i++)
        random_trace_add(&random);
      hs_builder_publish(random.builder, random.ticks);
      if (step == 11)
        hs_builder_finish(random.builder, random.ticks);
      HsMapLayout *grown = assert_grown_alike(random.timeline, layout, rand);
      g_clear_pointer(&layout, hs_map_layout_unref);
      layout = grown;
    }
    hs_map_layout_unref(layout);
    random_trace_clear(&random);
  }
}

/* So many that two threads share them. */
static void
test_growing_large(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  RandomTrace random;
  HsMapLayout *layout = NULL;
  random_trace_init(&random, rand, 300);
  random.calm = 1000;
  for (int step = 0; step < 8; step++) {
    for (int i = 0; i < 60000; i++)
      random_trace_add(&random);
    hs_builder_publish(random.builder, random.ticks);
    HsMapLayout *grown = assert_grown_alike(random.timeline, layout, rand);
    g_clear_pointer(&layout, hs_map_layout_unref);
    layout = grown;
  }
  g_assert_cmpuint(hs_timeline_n_blocks(random.timeline), >, 150000);
  hs_map_layout_unref(layout);
  random_trace_clear(&random);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map-layout/random", test_random);
  g_test_add_func("/map-layout/empty", test_empty);
  g_test_add_func("/map-layout/folds", test_folds);
  g_test_add_func("/map-layout/cancel", test_cancel);
  g_test_add_func("/map-layout/absurd", test_absurd);
  g_test_add_func("/map-layout/scattered", test_scattered);
  g_test_add_func("/map-layout/growing", test_growing);
  g_test_add_func("/map-layout/growing-large", test_growing_large);
  return g_test_run();
}
