/* SPDX-License-Identifier: MIT */
/* The hit-test against a plain search of all blocks. */
#include <math.h>

#include "filtered.h"
#include "hs-render-support.h"

#define REACH_PX 2

typedef struct {
  HsTimeline *timeline;
  HsMapLayout *layout;
  HsViewport v;
  HsMapWindow window;
} View;

/* Distance of a point to a block's bar in pixels; *live if the block is there then. */
static double
distance_to(const View *view, uint32_t id, double x, double y, bool *live)
{
  const HsViewport *v = &view->v;
  HsBlock block;
  hs_timeline_block(view->timeline, (HsBlockId){id}, hs_timeline_n_rows(view->timeline), &block);
  double ticks_a_px = (double)(v->t1 - v->t0) / v->width;
  double bytes_a_px = (double)(view->window.u1 - view->window.u0) / v->height;
  double u = (double)view->window.u0 + (y - v->y) * bytes_a_px;
  int64_t t = v->t0 + (int64_t)floor((x - v->x) * ticks_a_px);
  double u0 =
      (double)hs_map_layout_u(view->layout, hs_timeline_heap(view->timeline, block.heap)->process, block.address);
  double u1 = u0 + (double)block.size;
  *live = block.begin_ticks <= t && t < block.end_ticks && u0 <= u && u < u1;
  double x0 = v->x + (double)(block.begin_ticks - v->t0) / ticks_a_px;
  double x1 = block.end_ticks == INT64_MAX ? v->x + v->width : v->x + (double)(block.end_ticks - v->t0) / ticks_a_px;
  double dx = x < x0 ? x0 - x : x > x1 ? x - x1 : 0;
  double dy = (u < u0 ? u0 - u : u > u1 ? u - u1 : 0) / bytes_a_px;
  return *live ? 0 : hypot(dx, dy);
}

static void
check_point(const View *view, double x, double y)
{
  HsBlockId found = hs_map_hit(view->timeline, NULL, view->layout, &view->v, view->window, x, y, UINT32_MAX, NULL);
  bool any_live = false;
  double least = INFINITY;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(view->timeline); i++) {
    bool live;
    double distance = distance_to(view, i, x, y, &live);
    any_live = any_live || live;
    least = MIN(least, distance);
  }
  if (found.v == HS_ID_NONE) {
    g_assert_false(any_live);
    g_assert_cmpfloat(least, >, REACH_PX - 1e-6);
    return;
  }
  bool live;
  double distance = distance_to(view, found.v, x, y, &live);
  g_assert_true(live == any_live);
  g_assert_cmpfloat(distance, <=, least + 1e-6);
  g_assert_cmpfloat(distance, <=, REACH_PX + 1e-6);
  double rx, ry, rw, rh;
  if (live) {
    g_assert_true(
        hs_map_block_rect(view->timeline, view->layout, &view->v, view->window, found, UINT32_MAX, &rx, &ry, &rw, &rh));
    g_assert_true(x >= rx - 1 && x <= rx + rw + 1 && y >= ry - 1 && y <= ry + rh + 1);
  }
}

static void
test_random(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 20; round++) {
    g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, g_rand_int_range(rand, 1, 600));
    g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
    View view = {
        trace->timeline, layout, hs_test_viewport(0, 100000, 64, 10, 300, 200, 1), {0, hs_map_layout_span(layout)}};
    if (round % 2 == 1) {
      view.v.t0 = g_rand_int_range(rand, 0, 90000);
      view.v.t1 = view.v.t0 + g_rand_int_range(rand, 100, 10000);
      view.window.u0 = (uint64_t)(g_rand_double(rand) * 0.5 * (double)view.window.u1);
    }
    for (int i = 0; i < 300; i++)
      check_point(&view, g_rand_double_range(rand, 64, 364), g_rand_double_range(rand, 10, 210));
  }
}

/* With so many blocks that not all of them are looked at. */
static void
test_many(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, 30000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_true(hs_map_layout_is_indexed(layout));
  uint64_t span = hs_map_layout_span(layout);
  for (int round = 0; round < 40; round++) {
    View view = {trace->timeline, layout, hs_test_viewport(0, 100000, 64, 10, 300, 200, 1), {0, span}};
    if (round > 0) {
      view.v.t0 = g_rand_int_range(rand, 0, 99000);
      view.v.t1 = view.v.t0 + g_rand_int_range(rand, 1, 100000 - (gint32)view.v.t0);
      view.window.u0 = (uint64_t)(g_rand_double(rand) * 0.9 * (double)span);
      view.window.u1 = MIN(view.window.u0 + MAX(span / (uint64_t)g_rand_int_range(rand, 1, 5000), 1), span);
    }
    for (int i = 0; i < 12; i++)
      check_point(&view, g_rand_double_range(rand, 64, 364), g_rand_double_range(rand, 10, 210));
  }
}

/* Two heaps tell of the same addresses: of blocks that live at once the younger is meant, until the moment it ends. */
static void
test_overlap(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 0, 1, 0x10, 0x100000, 1 << 20, 2);
  hs_test_trace_alloc(trace, 100, 1, 0x20, 0x140000, 1 << 18, 2);
  hs_test_trace_free_block(trace, 500, 1, 0x20, 0x140000);
  hs_test_trace_finish(trace, 1000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsViewport v = hs_test_viewport(0, 1000, 0, 0, 1000, 64, 1);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  static const struct {
    double x;
    uint32_t block;
  } points[] = {{99, 0}, {100, 1}, {300, 1}, {499, 1}, {500, 0}, {501, 0}};
  for (unsigned i = 0; i < G_N_ELEMENTS(points); i++)
    g_assert_cmpuint(hs_map_hit(trace->timeline, NULL, layout, &v, window, points[i].x, 24, UINT32_MAX, NULL).v, ==,
                     points[i].block);
}

static void
test_outside(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 0, 1, 0x10, 0x100000, 1 << 20, 2);
  hs_test_trace_finish(trace, 1000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsViewport v = hs_test_viewport(0, 1000, 64, 0, 100, 40, 1);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  g_assert_cmpuint(hs_map_hit(trace->timeline, NULL, layout, &v, window, 100, 20, UINT32_MAX, NULL).v, ==, 0);
  static const double outside[][2] = {{63, 20}, {164, 20}, {100, -1}, {100, 40}, {NAN, NAN}, {1e300, -1e300}};
  for (unsigned i = 0; i < G_N_ELEMENTS(outside); i++) {
    HsBlockId found =
        hs_map_hit(trace->timeline, NULL, layout, &v, window, outside[i][0], outside[i][1], UINT32_MAX, NULL);
    g_assert_cmpuint(found.v, ==, HS_ID_NONE);
  }
  /* Hidden blocks are not there; nor are those of rows not yet shown; nor is a cancelled search's. */
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_set_source(filter, HS_SOURCE_LOWFRAG, false);
  g_autoptr(HsRowSet) shown = filtered_blocks(trace->timeline, filter, hs_timeline_n_rows(trace->timeline));
  g_assert_cmpuint(hs_map_hit(trace->timeline, shown, layout, &v, window, 100, 20, UINT32_MAX, NULL).v, ==, HS_ID_NONE);
  g_assert_cmpuint(hs_map_hit(trace->timeline, NULL, layout, &v, window, 100, 20, 0, NULL).v, ==, HS_ID_NONE);
  int cancel = 1;
  g_assert_cmpuint(hs_map_hit(trace->timeline, NULL, layout, &v, window, 100, 20, UINT32_MAX, &cancel).v, ==,
                   HS_ID_NONE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map-hit/random", test_random);
  g_test_add_func("/map-hit/many", test_many);
  g_test_add_func("/map-hit/overlap", test_overlap);
  g_test_add_func("/map-hit/outside", test_outside);
  return g_test_run();
}
