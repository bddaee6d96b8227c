/* SPDX-License-Identifier: MIT */
/* What the map's grid promises: a view that is whole pixels further on has the same cells, taken over or made anew,
 * with or without the index of what lives when; that index and the ground against plain computations. */
#include <math.h>

#include "hs-map-private.h"
#include "hs-render-support.h"
#include "random-trace.h"

typedef struct {
  HsTimeline *timeline;
  HsMapLayout *layout;
  HsPalette palette;
  HsMapColors colors;
} Subject;

static HsMapPicture *
make(const Subject *subject, const HsViewport *v, HsMapWindow window, const HsMapPicture *before)
{
  HsMapPicture *picture = hs_map_picture_renew(subject->timeline, NULL, subject->layout, v, window, &subject->colors,
                                               &subject->palette, UINT32_MAX, before, NULL);
  g_assert_nonnull(picture);
  return picture;
}

/* Pixel (x + dx, y + dy) of a is (x, y) of b wherever both have it. */
static void
assert_shifted(const HsMapPicture *a, const HsMapPicture *b, int dx, int dy)
{
  int width = cairo_image_surface_get_width(b->surface), height = cairo_image_surface_get_height(b->surface);
  for (int y = MAX(0, -dy); y < MIN(height, height - dy); y++) {
    for (int x = MAX(0, -dx); x < MIN(width, width - dx); x++)
      g_assert_cmphex(hs_surface_pixel(a->surface, x + dx, y + dy), ==, hs_surface_pixel(b->surface, x, y));
  }
}

static void
random_trace_fill(RandomTrace *random, GRand *rand, int n)
{
  random_trace_init(random, rand, 300);
  for (int i = 0; i < n; i++)
    random_trace_add(random);
  hs_builder_finish(random->builder, random->ticks + 10);
}

static void
test_pan(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 40; round++) {
    RandomTrace random;
    random_trace_fill(&random, rand, g_rand_int_range(rand, 10, 3000));
    Subject subject = {.timeline = random.timeline, .colors = {(HsColorBy)(round % HS_N_COLOR_BY), {100, 500}}};
    hs_palette_init(&subject.palette, round % 2 == 0);
    subject.layout = hs_map_layout_new(random.timeline, NULL, UINT32_MAX, NULL);
    int64_t s0, s1;
    hs_timeline_span(random.timeline, &s0, &s1);
    int scale = 1 + round % 2, width = g_rand_int_range(rand, 4, 60), height = g_rand_int_range(rand, 4, 40);
    /* Any span will do, of few ticks a pixel or of part of one, as long as one can move by whole pixels. */
    int64_t part = g_rand_int_range(rand, 1, 50), ticks_a_px = MAX((s1 - s0) / width / part, 1);
    uint64_t bytes_a_px = MAX(hs_map_layout_span(subject.layout) / (uint64_t)height / 3, 1);
    HsViewport v = hs_test_viewport(0, 0, 0, 0, width, height, scale);
    v.t0 = s0 + (int64_t)(g_rand_double(rand) * (double)(s1 - s0)) - 3 * ticks_a_px;
    v.t1 = v.t0 + width * ticks_a_px;
    HsMapWindow window = {.u0 = (uint64_t)(g_rand_double(rand) * (double)hs_map_layout_span(subject.layout))};
    window.u1 = window.u0 + bytes_a_px * (uint64_t)height;
    int px = g_rand_int_range(rand, -width, width + 1), py = g_rand_int_range(rand, 0, height);
    g_autoptr(HsMapPicture) first = make(&subject, &v, window, NULL);
    HsViewport v2 = v;
    v2.t0 += px * ticks_a_px;
    v2.t1 += px * ticks_a_px;
    HsMapWindow window2 = {window.u0 + bytes_a_px * (uint64_t)py, window.u1 + bytes_a_px * (uint64_t)py};
    int dx, dy;
    g_assert_true(hs_map_picture_offset(first, &v2, window2, &dx, &dy));
    g_assert_cmpint(dx, ==, px * scale);
    g_assert_cmpint(dy, ==, py * scale);
    g_autoptr(HsMapPicture) both = make(&subject, &v2, window2, first);
    assert_shifted(first, both, dx, dy);
    g_autoptr(HsMapPicture) taken = make(&subject, &v2, window, first);
    g_autoptr(HsMapPicture) anew = make(&subject, &v2, window, NULL);
    assert_shifted(taken, anew, 0, 0);
    /* Without the index it is the same. */
    g_autoptr(HsMapLayout) plain = hs_map_layout_new(random.timeline, NULL, UINT32_MAX, NULL);
    g_assert_nonnull(plain->index);
    g_clear_pointer(&plain->index, hs_map_index_unref);
    g_autoptr(HsMapLayout) indexed = subject.layout;
    subject.layout = plain;
    g_autoptr(HsMapPicture) by_scan = make(&subject, &v2, window, NULL);
    assert_shifted(by_scan, anew, 0, 0);
    random_trace_clear(&random);
  }
}

/* A move that is no whole number of pixels is off by one at most, and overlapping cells are the same all the same. By
   one where the first moment is amid two edges, which are as near the one as the other: before the trace's begin the
   earlier is taken and after it the later. */
static void
test_any_pan(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  RandomTrace random;
  random_trace_fill(&random, rand, 3000);
  Subject subject = {.timeline = random.timeline, .colors = {HS_COLOR_BY_SOURCE, HS_TIME_RANGE_ALL}};
  hs_palette_init(&subject.palette, false);
  g_autoptr(HsMapLayout) layout = subject.layout = hs_map_layout_new(random.timeline, NULL, UINT32_MAX, NULL);
  for (int round = 0; round < 100; round++) {
    int64_t span = g_rand_int_range(rand, 3, 5000), move = g_rand_int_range(rand, -2000, 2000);
    /* The first moment is at 17.5 pixels, then at -0.5. */
    if (round == 0)
      span = 1480, move = -720;
    HsViewport v = hs_test_viewport(700, 700 + span, 0, 0, 37, 20, 1);
    HsMapWindow window = {10, 10 + (uint64_t)g_rand_int_range(rand, 20, 100000)}, window2 = window;
    uint64_t down = (uint64_t)g_rand_int_range(rand, 0, 5000);
    window2.u0 += down;
    window2.u1 += down;
    HsViewport v2 = v;
    v2.t0 += move;
    v2.t1 += move;
    g_autoptr(HsMapPicture) first = make(&subject, &v, window, NULL);
    g_autoptr(HsMapPicture) second = make(&subject, &v2, window2, first);
    int dx, dy;
    g_assert_true(hs_map_picture_offset(first, &v2, window2, &dx, &dy));
    g_assert_cmpfloat(fabs(dx - (double)move / (double)span * 37), <=, 1 + 1e-9);
    g_assert_cmpfloat(fabs(dy - (double)down / (double)(window.u1 - window.u0) * 20), <=, 1 + 1e-9);
    if (round == 0)
      g_assert_cmpint(dx, ==, -19);
    assert_shifted(first, second, dx, dy);
  }
  random_trace_clear(&random);
}

/* --- what lives when --- */

static void
note(gpointer data, uint32_t block)
{
  g_array_append_val((GArray *)data, block);
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void
test_index(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 6; round++) {
    RandomTrace random;
    random_trace_init(&random, rand, round % 2 == 0 ? 30 : 20000);
    random.calm = round < 3 ? 1 : 1000;
    for (int i = 0; i < 60000; i++)
      random_trace_add(&random);
    hs_builder_finish(random.builder, random.ticks);
    HsTimeline *t = random.timeline;
    HsMapBlocks blocks;
    hs_map_blocks_init(&blocks, t, NULL, UINT32_MAX);
    HsMapIndex *index = hs_map_index_new(t, hs_timeline_n_blocks(t), NULL);
    g_assert_cmpuint(hs_map_index_memory_bytes(index), <=, 4096 + (uint64_t)hs_timeline_n_blocks(t) * 12 / 10);
    for (int i = 0; i < 60; i++) {
      HsRow row = (HsRow)g_rand_int_range(rand, 0, (gint32)hs_timeline_n_rows(t) + 1);
      g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
      g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(uint32_t));
      g_assert_true(hs_map_blocks_live(&blocks, index, row, note, found, NULL));
      for (uint32_t b = 0; b < hs_timeline_n_blocks(t); b++) {
        if (hs_timeline_block_begin(t, (HsBlockId){b}) < row && hs_timeline_block_end(t, (HsBlockId){b}) >= row)
          g_array_append_val(expected, b);
      }
      g_array_sort(found, compare_ids);
      g_assert_cmpmem(found->data, found->len * sizeof(uint32_t), expected->data, expected->len * sizeof(uint32_t));
    }
    hs_map_index_unref(index);
    hs_map_blocks_clear(&blocks);
    random_trace_clear(&random);
  }
}

/* --- the ground --- */

#define N_PAGES 24
#define N_TIMES 60

/* Per kind, page and moment whether it is held, kept by hand. */
static void
test_ground(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 50; round++) {
    bool held[HS_N_GROUNDS][N_PAGES][N_TIMES] = {0};
    g_autoptr(HsTestTrace) trace = hs_test_trace_new();
    for (int t = 0; t < N_TIMES - 1; t++) {
      static const uint8_t ops[] = {HS_OP_EXTEND, HS_OP_COMMIT, HS_OP_CONTRACT, HS_OP_DECOMMIT};
      int op = g_rand_int_range(rand, 0, 4), from = g_rand_int_range(rand, 0, N_PAGES);
      int n = g_rand_int_range(rand, 1, 8);
      hs_test_trace_add(trace, (HsHeapEvent){.ticks = t,
                                             .pid = 7,
                                             .op = ops[op],
                                             .handle = 0x10,
                                             .address = 0x100000 + (uint64_t)from * 4096,
                                             .size = (uint64_t)n * 4096});
      for (int page = from; page < MIN(from + n, N_PAGES); page++) {
        for (int later = t; later < N_TIMES; later++) {
          if (op < 2)
            held[op][page][later] = true;
          if (op >= 2)
            held[HS_GROUND_COMMITTED][page][later] = false;
          if (op == 2)
            held[HS_GROUND_HELD][page][later] = false;
        }
      }
    }
    hs_test_trace_finish(trace, N_TIMES);
    HsMapGround *ground = hs_map_ground_new(trace->timeline, NULL);
    int64_t last_t0 = INT64_MIN, last_t1 = INT64_MIN;
    for (guint i = 0; i < ground->rects->len; i++) {
      const HsGroundRect *rect = &g_array_index(ground->rects, HsGroundRect, i);
      const HsGroundRect *ended =
          &g_array_index(ground->rects, HsGroundRect, g_array_index(ground->by_end, uint32_t, i));
      g_assert_true(rect->t0 >= last_t0 && ended->t1 >= last_t1);
      last_t0 = rect->t0;
      last_t1 = ended->t1;
      for (int page = 0; page < N_PAGES; page++) {
        uint64_t address = 0x100000 + (uint64_t)page * 4096;
        for (int t = 0; t < N_TIMES; t++) {
          if (address < rect->begin || address >= rect->end || t < rect->t0 || t >= rect->t1)
            continue;
          /* Told once, and rightly: what remains at the end was told of by none. */
          g_assert_true(held[rect->kind][page][t]);
          held[rect->kind][page][t] = false;
        }
      }
    }
    for (int kind = 0; kind < HS_N_GROUNDS; kind++) {
      for (int page = 0; page < N_PAGES; page++) {
        for (int t = 0; t < N_TIMES; t++)
          g_assert_false(held[kind][page][t]);
      }
    }
    hs_map_ground_unref(ground);
  }
}

/* A hole in what is committed has the ground's colour; beside it, where nothing is held, the picture is clear. */
static void
test_ground_pixels(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_add(
      trace,
      (HsHeapEvent){.ticks = 100, .pid = 1, .op = HS_OP_EXTEND, .handle = 0x10, .address = 0x100000, .size = 0x40000});
  hs_test_trace_alloc(trace, 200, 1, 0x10, 0x100000, 0x10000, 2);
  hs_test_trace_alloc(trace, 200, 1, 0x10, 0x130000, 0x10000, 2);
  hs_test_trace_add(
      trace, (HsHeapEvent){
                 .ticks = 800, .pid = 1, .op = HS_OP_CONTRACT, .handle = 0x10, .address = 0x120000, .size = 0x10000});
  hs_test_trace_finish(trace, 1000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  g_assert_cmpuint(hs_map_layout_span(layout), ==, 0x40000);
  HsViewport v = hs_test_viewport(0, 1000, 0, 0, 10, 4, 1);
  HsMapWindow window = {0, 0x40000};
  g_autoptr(HsMapPicture) picture =
      hs_map_picture_new(trace->timeline, NULL, layout, &v, window, HS_COLOR_BY_SOURCE, &palette, UINT32_MAX, NULL);
  HsColor held = hs_palette_ground(&palette, 0), lowfrag = hs_palette_source(&palette, HS_SOURCE_LOWFRAG);
  for (int x = 0; x < 10; x++) {
    uint32_t ground = x < 1 ? 0 : hs_over(held, held), block = x < 2 ? ground : hs_over(lowfrag, lowfrag);
    hs_assert_pixel(hs_surface_pixel(picture->surface, x, 0), block, 1);
    hs_assert_pixel(hs_surface_pixel(picture->surface, x, 1), ground, 1);
    hs_assert_pixel(hs_surface_pixel(picture->surface, x, 2), x < 8 ? ground : 0, 1);
    hs_assert_pixel(hs_surface_pixel(picture->surface, x, 3), block, 1);
  }
}

/* Blocks from a byte to many rows high over grounds that come and go, and long stretches where nothing happens. */
static HsTestTrace *
new_strips_trace(GRand *rand)
{
  static const uint8_t ops[] = {HS_OP_EXTEND, HS_OP_COMMIT, HS_OP_CONTRACT, HS_OP_DECOMMIT};
  HsTestTrace *trace = hs_test_trace_new();
  uint64_t live[64] = {0};
  int64_t ticks = 0;
  for (int i = 0; i < 4000; i++) {
    int slot = g_rand_int_range(rand, 0, 64), dice = g_rand_int_range(rand, 0, 100);
    uint64_t heap = 0x10 + 0x10 * (uint64_t)(slot % 3), address = 0x100000 + 0x40000 * (uint64_t)slot;
    ticks += dice == 0 ? g_rand_int_range(rand, 0, 20000) : g_rand_int_range(rand, 0, 20);
    if (dice < 20) {
      hs_test_trace_add(trace, (HsHeapEvent){.ticks = ticks,
                                             .pid = 1,
                                             .op = ops[g_rand_int_range(rand, 0, 4)],
                                             .handle = heap,
                                             .address = address,
                                             .size = 0x1000 * (uint64_t)g_rand_int_range(rand, 1, 400)});
    } else if (live[slot] != 0) {
      hs_test_trace_free_block(trace, ticks, 1, heap, live[slot]);
      live[slot] = 0;
    } else {
      live[slot] = address + 0x10 * (uint64_t)g_rand_int_range(rand, 0, 100);
      hs_test_trace_alloc(trace, ticks, 1, heap, live[slot],
                          (uint64_t)g_rand_int_range(rand, 1, dice < 60 ? 0x3f000 : 0x200),
                          (uint32_t)g_rand_int_range(rand, 1, 6));
    }
  }
  hs_test_trace_finish(trace, ticks + 100);
  return trace;
}

/* Each column by a sweep of its own, which begins with it and makes all of its rows, against all columns by one sweep
 * or two, which make only those that differ from the column before. */
static void
test_strips(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 12; round++) {
    g_autoptr(HsTestTrace) trace = new_strips_trace(rand);
    Subject subject = {.timeline = trace->timeline, .colors = {(HsColorBy)(round % HS_N_COLOR_BY), {100, 500}}};
    hs_palette_init(&subject.palette, round % 2 == 0);
    g_autoptr(HsMapLayout) layout = subject.layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
    int64_t s0, s1;
    hs_timeline_span(trace->timeline, &s0, &s1);
    int width = g_rand_int_range(rand, 40, 80), height = g_rand_int_range(rand, 90, 400);
    int64_t ticks_a_px = MAX((s1 - s0) / width / g_rand_int_range(rand, 1, 100), 1);
    uint64_t span = hs_map_layout_span(layout), part = (uint64_t)g_rand_int_range(rand, 1, 8);
    HsViewport v = hs_test_viewport(0, 0, 0, 0, width, height, 1);
    v.t0 = s0 + (int64_t)(g_rand_double(rand) * (double)(s1 - s0 - width * ticks_a_px));
    v.t1 = v.t0 + width * ticks_a_px;
    HsMapWindow window = {.u0 = (uint64_t)(g_rand_double(rand) * (double)(span - span / part))};
    window.u1 = window.u0 + span / part;
    /* From beyond the left edge on. */
    v.t0 -= width * ticks_a_px;
    v.t1 -= width * ticks_a_px;
    HsMapPicture *moved = make(&subject, &v, window, NULL);
    for (int i = 0; i < width; i++) {
      v.t0 += ticks_a_px;
      v.t1 += ticks_a_px;
      HsMapPicture *next = make(&subject, &v, window, moved);
      hs_map_picture_unref(moved);
      moved = next;
    }
    g_autoptr(HsMapPicture) at_once = make(&subject, &v, window, NULL);
    assert_shifted(moved, at_once, 0, 0);
    hs_map_picture_unref(moved);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map-grid/pan", test_pan);
  g_test_add_func("/map-grid/any-pan", test_any_pan);
  g_test_add_func("/map-grid/index", test_index);
  g_test_add_func("/map-grid/ground", test_ground);
  g_test_add_func("/map-grid/ground-pixels", test_ground_pixels);
  g_test_add_func("/map-grid/strips", test_strips);
  return g_test_run();
}
