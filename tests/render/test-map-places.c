/* SPDX-License-Identifier: MIT */
/* Places of blocks on the axis against the axis itself; pictures and hits with them against those without. */
#include "filtered.h"
#include "hs-map-sweep.h"
#include "hs-render-support.h"
#include "random-trace.h"

typedef struct {
  RandomTrace random;
  HsTimeline *timeline;
  HsMapLayout *layout, *plain; /* the same axis with places and without */
} Subject;

static void
subject_init(Subject *subject, GRand *rand, int n_events)
{
  random_trace_init(&subject->random, rand, 300);
  subject->random.calm = g_rand_boolean(rand) ? 1 : 1000;
  for (int i = 0; i < n_events; i++)
    random_trace_add(&subject->random);
  /* Or it still loads. */
  if (g_rand_boolean(rand))
    hs_builder_finish(subject->random.builder, subject->random.ticks + 10);
  else
    hs_builder_publish(subject->random.builder, subject->random.ticks + 10);
  subject->timeline = subject->random.timeline;
  subject->layout = hs_map_layout_new(subject->timeline, NULL, UINT32_MAX, NULL);
  subject->plain = hs_map_layout_new(subject->timeline, NULL, UINT32_MAX, NULL);
  g_assert_nonnull(subject->layout->places);
  g_clear_pointer(&subject->plain->places, hs_map_places_free);
}

static void
subject_clear(Subject *subject)
{
  hs_map_layout_unref(subject->layout);
  hs_map_layout_unref(subject->plain);
  random_trace_clear(&subject->random);
}

/* On an axis that is longer than the numbers of places, all of it is placed in steps that blocks keep to. */
static void
assert_aligned(const HsMapLayout *layout)
{
  uint64_t step = UINT64_C(1) << MIN(layout->places->shift, 12u);
  for (uint32_t i = 0; i < hs_map_layout_n_bands(layout); i++)
    g_assert_cmpuint(hs_map_layout_band(layout, i)->u % step, ==, 0);
}

static void
test_places(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 30; round++) {
    Subject subject;
    subject_init(&subject, rand, 3000);
    HsTimeline *t = subject.timeline;
    const HsMapPlaces *places = subject.layout->places;
    uint32_t n_blocks = hs_timeline_n_blocks(t), n_placed = 0;
    g_assert_cmpuint(places->n_blocks, ==, n_blocks);
    g_assert_cmpuint(hs_map_layout_memory_bytes(subject.layout), >=, n_blocks * UINT64_C(4));
    for (uint32_t i = 0; i < n_blocks; i++) {
      HsBlock block;
      hs_timeline_block(t, (HsBlockId){i}, UINT32_MAX, &block);
      uint64_t u = UINT64_MAX;
      if (block.heap.v != HS_ID_NONE)
        u = hs_map_layout_u(subject.layout, hs_timeline_heap(t, block.heap)->process, block.address);
      if (places->at[i] == HS_MAP_PLACE_ODD)
        continue;
      if (places->at[i] == HS_MAP_PLACE_NONE) {
        g_assert_cmpuint(u, ==, UINT64_MAX);
        continue;
      }
      n_placed++;
      g_assert_cmpuint((uint64_t)places->at[i] << places->shift, ==, u);
      g_assert_cmpuint(block.size, >, 0);
      g_assert_cmpuint(block.size, <, HS_MAP_PLACE_MAX_BYTES);
      /* Rows tell of it what it is. */
      uint16_t weight = hs_weight_of(block.size, block.source);
      g_assert_cmpuint(*HS_AT(&t->weight, uint16_t, block.begin_row), ==, weight);
      if (block.end == HS_END_FREE)
        g_assert_cmpuint(*HS_AT(&t->weight, uint16_t, block.end_row), ==, weight);
    }
    g_assert_cmpuint(n_placed + 1000, >, n_blocks / 4);
    g_assert_true((subject.layout->index != NULL) == hs_timeline_complete(t));
    assert_aligned(subject.layout);
    subject_clear(&subject);
  }
}

/* A window of the axis, and a viewport of part of the time. */
static HsViewport
random_view(const Subject *subject, GRand *rand, HsMapWindow *window)
{
  int64_t s0, s1;
  uint64_t span = hs_map_layout_span(subject->layout);
  hs_timeline_span(subject->timeline, &s0, &s1);
  HsViewport v = hs_test_viewport(s0, s1, 0, 0, g_rand_int_range(rand, 4, 60), g_rand_int_range(rand, 4, 40), 1);
  *window = (HsMapWindow){0, span};
  if (g_rand_boolean(rand)) {
    v.t0 = s0 + (int64_t)(g_rand_double(rand) * (double)(s1 - s0) * 0.9);
    v.t1 = v.t0 + 1 + (int64_t)(g_rand_double(rand) * (double)(s1 - v.t0));
  }
  if (g_rand_boolean(rand)) {
    window->u0 = (uint64_t)(g_rand_double(rand) * 0.9 * (double)span);
    window->u1 = window->u0 + MAX(span / (uint64_t)g_rand_int_range(rand, 1, 5000), 1);
  }
  return v;
}

static void
assert_same_picture(const Subject *subject, const HsRowSet *set, const HsViewport *v, HsMapWindow window,
                    const HsMapColors *colors, uint32_t n_rows)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsMapPicture) placed =
      hs_map_picture_renew(subject->timeline, set, subject->layout, v, window, colors, &palette, n_rows, NULL, NULL);
  g_autoptr(HsMapPicture) plain =
      hs_map_picture_renew(subject->timeline, set, subject->plain, v, window, colors, &palette, n_rows, NULL, NULL);
  for (int y = 0; y < v->height; y++) {
    for (int x = 0; x < v->width; x++)
      g_assert_cmphex(hs_surface_pixel(placed->surface, x, y), ==, hs_surface_pixel(plain->surface, x, y));
  }
}

static void
test_pictures(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 20; round++) {
    Subject subject;
    /* Of many, what is live is listed on a level of its own. */
    subject_init(&subject, rand, round % 5 == 4 ? 40000 : 4000);
    g_autoptr(HsFilter) filter = hs_filter_new();
    hs_filter_set_source(filter, HS_SOURCE_LOWFRAG, false);
    uint32_t n_rows = hs_timeline_n_rows(subject.timeline);
    g_autoptr(HsRowSet) set = filtered_blocks(subject.timeline, filter, n_rows);
    for (int i = 0; i < 24; i++) {
      HsMapWindow window;
      HsViewport v = random_view(&subject, rand, &window);
      HsMapColors colors = {(HsColorBy)(i % HS_N_COLOR_BY), {v.t0, v.t1}};
      assert_same_picture(&subject, i % 3 == 0 ? set : NULL, &v, window, &colors,
                          i % 5 == 0 ? (uint32_t)g_rand_int_range(rand, 1, (gint32)n_rows) : n_rows);
    }
    subject_clear(&subject);
  }
}

static void
test_hits(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 10; round++) {
    Subject subject;
    subject_init(&subject, rand, 8000);
    for (int i = 0; i < 400; i++) {
      HsMapWindow window;
      HsViewport v = random_view(&subject, rand, &window);
      double x = g_rand_double_range(rand, 0, v.width), y = g_rand_double_range(rand, 0, v.height);
      HsBlockId placed = hs_map_hit(subject.timeline, NULL, subject.layout, &v, window, x, y, UINT32_MAX, NULL);
      HsBlockId plain = hs_map_hit(subject.timeline, NULL, subject.plain, &v, window, x, y, UINT32_MAX, NULL);
      g_assert_cmpuint(placed.v, ==, plain.v);
    }
    subject_clear(&subject);
  }
}

/* The formulas for many values at once against the one for any value. */
static void
test_lines(void)
{
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  guint n_near = 0, n_far = 0;
  for (int round = 0; round < 20000; round++) {
    uint64_t span = UINT64_C(1) << g_rand_int_range(rand, 0, 60);
    span += (uint64_t)(g_rand_double(rand) * (double)span);
    uint64_t first = g_rand_boolean(rand) ? 0 : (uint64_t)(g_rand_double(rand) * (double)span);
    HsMapAxis axis = hs_map_axis((__int128)first, span, g_rand_int_range(rand, 1, 4000));
    HsSweepScale scale = {axis.multiplier, axis.left, axis.right, axis.small_origin, axis.limit};
    uint64_t base = g_rand_boolean(rand) ? first : 0, reach = first + span - base;
    HsSweepLine near;
    HsSweepFarLine far;
    bool is_near = hs_sweep_line(&axis, 0, base, reach, &near), is_far = hs_sweep_far_line(&axis, base, reach, &far);
    n_near += is_near;
    n_far += is_far;
    for (int i = 0; i < 20 && (is_near || is_far); i++) {
      uint64_t value = i < 2 ? i * reach : (uint64_t)(g_rand_double(rand) * (double)reach);
      int64_t units = hs_sweep_units(scale, base + value);
      if (is_near)
        g_assert_cmpint(hs_sweep_units_on(near, (uint32_t)value), ==, units);
      if (is_far)
        g_assert_cmpint(hs_sweep_units_on_far(far, value), ==, units);
    }
  }
  g_assert_cmpuint(n_near, >, 1000);
  g_assert_cmpuint(n_far, >, 1000);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map-places/places", test_places);
  g_test_add_func("/map-places/pictures", test_pictures);
  g_test_add_func("/map-places/hits", test_hits);
  g_test_add_func("/map-places/lines", test_lines);
  return g_test_run();
}
