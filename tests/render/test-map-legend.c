/* SPDX-License-Identifier: MIT */
/* The map's legend: what it lets pass is what its colours say, whatever is toggled; what is written beside it stays. */
#include "hs-map-legend.h"
#include "hs-render-support.h"
#include "random-trace.h"

static const HsTimeRange range = {100, 2000};

/* The id of the entry that a block belongs to. */
static uint32_t
id_of(HsTimeline *t, HsColorBy by, uint32_t i)
{
  static const uint64_t size_limits[] = {32, 64, 128, 512, 4096, 65536, 1 << 20};
  static const int64_t age_limits_ns[] = {10000, 100000, 1000000, 10000000, 100000000, 1000000000};
  HsBlock block;
  hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
  uint32_t step = 0;
  switch (by) {
  case HS_COLOR_BY_HEAP:
    return block.heap.v;
  case HS_COLOR_BY_SOURCE:
    return block.source;
  case HS_COLOR_BY_THREAD:
    return hs_timeline_thread(t, block.thread)->tid;
  case HS_COLOR_BY_TYPE:
    return hs_block_type(block.begin_ticks, block.end_ticks, range);
  case HS_COLOR_BY_SIZE:
    while (step < G_N_ELEMENTS(size_limits) && block.size >= size_limits[step])
      step++;
    return step;
  default:
    if (block.end == HS_END_NONE)
      return G_N_ELEMENTS(age_limits_ns) + 1;
    while (step < G_N_ELEMENTS(age_limits_ns) && (block.end_ticks - block.begin_ticks) * 100 >= age_limits_ns[step])
      step++;
    return step;
  }
}

static bool
is_same_entry(HsTimeline *t, HsColorBy by, const HsMapLegendEntry *entry, uint32_t id)
{
  /* In words, threads are those of one number, whatever their process. */
  if (by == HS_COLOR_BY_THREAD)
    return hs_timeline_thread(t, (HsThreadId){entry->id})->tid == id;
  return entry->id == id;
}

static void
check_blocks(HsTimeline *t, const HsMapLegend *legend, const char *text)
{
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(t, query, range, hs_timeline_n_rows(t), NULL);
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    bool shown = true, hidden = false;
    uint32_t id = id_of(t, legend->by, i);
    for (guint e = 0; e < legend->entries->len; e++) {
      const HsMapLegendEntry *entry = &g_array_index(legend->entries, HsMapLegendEntry, e);
      if (is_same_entry(t, legend->by, entry, id))
        shown = entry->shown;
      hidden = hidden || !entry->shown;
    }
    /* What is in no class passes unless one class is asked for. */
    if (legend->by == HS_COLOR_BY_TYPE && id == HS_BLOCK_TYPE_NONE && hidden)
      continue;
    g_assert_true(hs_row_set_contains(blocks, i) == shown);
  }
}

static void
test_filter(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  guint32 seed = random_trace_seed();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 60; round++) {
    RandomTrace random;
    random_trace_init(&random, rand, 200);
    /* Handles that are used again cannot be told apart in words. */
    random.calm = 100000;
    for (int i = 0; i < 600; i++)
      random_trace_add(&random);
    hs_builder_finish(random.builder, random.ticks + 1);
    HsTimeline *t = random.timeline;
    HsColorBy by = (HsColorBy)(round % HS_N_COLOR_BY);
    g_autofree char *text = g_strdup("");
    for (int step = 0; step < 8; step++) {
      g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
      g_autoptr(HsMapLegend) before = hs_map_legend_new(t, by, &palette, query);
      guint n = before->entries->len, index = (guint)g_rand_int_range(rand, 0, (gint32)n);
      bool only = random_trace_chance(rand, 3);
      g_autofree char *changed = hs_map_legend_toggle(before, index, only, query, t);
      const HsMapLegendEntry *entry = &g_array_index(before->entries, HsMapLegendEntry, index);
      if (changed == NULL) {
        g_assert_null(entry->term);
        continue;
      }
      g_autoptr(HsQuery) next = hs_query_parse(changed, NULL);
      g_assert_nonnull(next);
      g_autoptr(HsMapLegend) after = hs_map_legend_new(t, by, &palette, next);
      for (guint e = 0; e < n && !only; e++) {
        bool was = g_array_index(before->entries, HsMapLegendEntry, e).shown;
        g_assert_true(g_array_index(after->entries, HsMapLegendEntry, e).shown == (e == index ? !was : was) ||
                      by == HS_COLOR_BY_HEAP || by == HS_COLOR_BY_THREAD);
      }
      g_assert_true(!only || g_array_index(after->entries, HsMapLegendEntry, index).shown);
      if (by != HS_COLOR_BY_SOURCE)
        check_blocks(t, after, changed);
      g_free(text);
      text = g_steal_pointer(&changed);
    }
    random_trace_clear(&random);
  }
}

/* Other parts of the filter stay as they are written; alone and not alone again is where one began. */
static void
test_text(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 0, 1, 0x10, 0x100000, 4096, 2);
  hs_test_trace_alloc(trace, 1, 2, 0x20, 0x200000, 16, 3);
  hs_test_trace_finish(trace, 10);
  static const struct {
    const char *before;
    HsColorBy by;
    guint index;
    bool only;
    const char *after;
  } cases[] = {
      {"", HS_COLOR_BY_SIZE, 0, false, "not size < 32"},
      {"", HS_COLOR_BY_SIZE, 7, true, "size >= 1048576"},
      {"size >= 1048576", HS_COLOR_BY_SIZE, 7, true, ""},
      {"not size < 32", HS_COLOR_BY_SIZE, 0, false, ""},
      {"cpu == 1 or cpu == 2", HS_COLOR_BY_SIZE, 1, true, "(cpu == 1 or cpu == 2) && size in 32..64"},
      {"cpu == 1 && not size < 32", HS_COLOR_BY_SIZE, 1, false, "cpu == 1 && not size < 32 && not size in 32..64"},
      {"op == alloc", HS_COLOR_BY_AGE, 7, true, "op == alloc && end == outstanding"},
      {"", HS_COLOR_BY_AGE, 6, false, "not lifetime >= 1s"},
      {"", HS_COLOR_BY_AGE, 1, true, "lifetime in 10us..100us"},
      {"", HS_COLOR_BY_TYPE, 1, true, "type == AIFO"},
      {"", HS_COLOR_BY_THREAD, 0, true, "tid == 2"},
      {"", HS_COLOR_BY_HEAP, 1, true, "heap == 0x20"},
      {"", HS_COLOR_BY_SOURCE, 0, true, "source == lowfrag"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(HsQuery) query = hs_query_parse(cases[i].before, NULL);
    g_autoptr(HsMapLegend) legend = hs_map_legend_new(trace->timeline, cases[i].by, &palette, query);
    g_autofree char *after = hs_map_legend_toggle(legend, cases[i].index, cases[i].only, query, trace->timeline);
    g_assert_cmpstr(after, ==, cases[i].after);
  }
}

/* Entries never overlap, lie within the line, and are found where they are; what has no room is behind "…". */
static void
test_painted(void)
{
  HsPalette palette;
  hs_palette_init(&palette, true);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  for (int i = 0; i < 300; i++)
    hs_test_trace_alloc(trace, i, 1, 0x10000 * (uint64_t)(i + 1), 0x100000 + 64 * (uint64_t)i, 16, 2);
  hs_test_trace_finish(trace, 1000);
  for (int by = 0; by < HS_N_COLOR_BY; by++) {
    for (int width = 1; width < 1500; width += 97) {
      HsCanvas canvas = hs_canvas_new(1600, 30, 1);
      g_autoptr(HsMapLegend) legend = hs_map_legend_new(trace->timeline, (HsColorBy)by, &palette, NULL);
      hs_paint_map_legend(canvas.cr, &palette, "Map", legend, 64, 12, width, 24);
      double at = 64;
      bool all = !legend->is_cut;
      for (guint i = 0; i < legend->entries->len; i++) {
        const HsMapLegendEntry *entry = &g_array_index(legend->entries, HsMapLegendEntry, i);
        all = all && entry->width > 0;
        if (entry->width == 0)
          continue;
        g_assert_cmpfloat(entry->x, >=, at);
        at = entry->x + entry->width;
        g_assert_cmpfloat(at, <=, 64 + width);
        g_assert_cmpint(hs_map_legend_at(legend, entry->x + entry->width / 2, 12), ==, (int)i);
      }
      g_assert_true(!all || legend->more_width == 0);
      if (legend->more_width > 0)
        g_assert_cmpint(hs_map_legend_at(legend, legend->more_x + 1, 12), ==, HS_MAP_LEGEND_MORE);
      g_assert_cmpint(hs_map_legend_at(legend, 2000, 12), ==, HS_MAP_LEGEND_NONE);
      g_assert_cmpint(hs_map_legend_at(legend, 100, 40), ==, HS_MAP_LEGEND_NONE);
      hs_canvas_clear(&canvas);
    }
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map-legend/filter", test_filter);
  g_test_add_func("/map-legend/text", test_text);
  g_test_add_func("/map-legend/painted", test_painted);
  return g_test_run();
}
