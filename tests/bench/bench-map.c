/* SPDX-License-Identifier: MIT */
/* bench-map MAKE-TRACE [EVENTS [FILE [WIDTH HEIGHT]]]: how long the address map takes to its axis, to exact pictures of
 * a plot of that size (of the whole trace, of parts of it, panned by a few pixels), and to the block under a point;
 * and what processor time the pictures take, all threads together. */
#include <stdlib.h>

#include "hs-bench.h"
#include "hs-map.h"

#define REPETITIONS 5
#define LAYOUTS 3
#define N_POINTS 40

typedef struct {
  HsTimeline *timeline;
  HsMapLayout *layout;
  HsPalette palette;
  HsViewport viewport;
  HsMapWindow window;
  uint32_t n_rows;
} HsBenchMap;

static void
print(const HsBenchMap *map, const char *what, const char *name, double *ms, guint n)
{
  g_autofree char *full = g_strconcat("map-", what, "-", name, NULL);
  hs_bench_print(full, hs_bench_median(ms, n), "ms", map->n_rows, n, 0);
}

static void
measure_layout(HsBenchMap *map)
{
  double ms[LAYOUTS], cpu_ms[LAYOUTS];
  guint n = hs_bench_repetitions(LAYOUTS, map->n_rows);
  for (guint i = 0; i < n; i++) {
    g_clear_pointer(&map->layout, hs_map_layout_unref);
    gint64 start = g_get_monotonic_time();
    double cpu_start = hs_bench_cpu_ms();
    map->layout = hs_map_layout_new(map->timeline, NULL, map->n_rows, NULL);
    cpu_ms[i] = hs_bench_cpu_ms() - cpu_start;
    ms[i] = hs_bench_ms_since(start);
  }
  print(map, "axis", "all", ms, n);
  print(map, "axis-cpu", "all", cpu_ms, n);
}

static HsMapPicture *
make_picture(const HsBenchMap *map, HsColorBy by, HsMapPicture *before)
{
  HsMapColors colors = {by, {map->viewport.t0, map->viewport.t1}};
  return hs_map_picture_renew(map->timeline, NULL, map->layout, &map->viewport, map->window, &colors, &map->palette,
                              map->n_rows, before, NULL);
}

static void
measure_picture(const HsBenchMap *map, const char *name, HsColorBy by)
{
  double ms[REPETITIONS], cpu_ms[REPETITIONS];
  guint n = hs_bench_repetitions(REPETITIONS, map->n_rows);
  for (guint i = 0; i < n; i++) {
    gint64 start = g_get_monotonic_time();
    double cpu_start = hs_bench_cpu_ms();
    g_autoptr(HsMapPicture) picture = make_picture(map, by, NULL);
    cpu_ms[i] = hs_bench_cpu_ms() - cpu_start;
    ms[i] = hs_bench_ms_since(start);
    g_assert_nonnull(picture);
  }
  print(map, "picture", name, ms, n);
  print(map, "picture-cpu", name, cpu_ms, n);
}

/* The whole map again and again, 40 px further on. */
static void
measure_pan(HsBenchMap map, const char *name)
{
  double ms[REPETITIONS];
  guint n = hs_bench_repetitions(REPETITIONS, map.n_rows);
  int64_t step = (map.viewport.t1 - map.viewport.t0) * 40 / map.viewport.width;
  g_autoptr(HsMapPicture) picture = make_picture(&map, HS_COLOR_BY_SOURCE, NULL);
  for (guint i = 0; i < n; i++) {
    map.viewport.t0 += step;
    map.viewport.t1 += step;
    gint64 start = g_get_monotonic_time();
    HsMapPicture *next = make_picture(&map, HS_COLOR_BY_SOURCE, picture);
    ms[i] = hs_bench_ms_since(start);
    hs_map_picture_unref(picture);
    picture = next;
  }
  print(&map, "pan", name, ms, n);
}

static void
measure_hits(const HsBenchMap *map, const char *name)
{
  double ms[N_POINTS], cpu_ms[N_POINTS];
  GRand *rand = g_rand_new_with_seed(7);
  for (guint i = 0; i < N_POINTS; i++) {
    double x = g_rand_double_range(rand, 0, map->viewport.width),
           y = g_rand_double_range(rand, 0, map->viewport.height);
    gint64 start = g_get_monotonic_time();
    double cpu_start = hs_bench_cpu_ms();
    (void)hs_map_hit(map->timeline, NULL, map->layout, &map->viewport, map->window, x, y, map->n_rows, NULL);
    cpu_ms[i] = hs_bench_cpu_ms() - cpu_start;
    ms[i] = hs_bench_ms_since(start);
  }
  g_rand_free(rand);
  print(map, "hit", name, ms, N_POINTS);
  print(map, "hit-cpu", name, cpu_ms, N_POINTS);
}

/* A part of time (the middle) and a part of the axis about the first place that holds anything. */
static void
zoom(HsBenchMap *map, int64_t time_part, uint64_t axis_part)
{
  int64_t t0, t1;
  uint64_t span = hs_map_layout_span(map->layout);
  hs_timeline_span(map->timeline, &t0, &t1);
  int64_t ticks = MAX((t1 - t0) / time_part, 1);
  map->viewport.t0 = t0 + (t1 - t0) / 2 - ticks / 2;
  map->viewport.t1 = map->viewport.t0 + ticks;
  uint64_t bytes = MAX(span / axis_part, 1);
  map->window.u0 = (span - bytes) / 3;
  map->window.u1 = map->window.u0 + bytes;
}

static void
measure(HsBenchMap *map)
{
  static const char *const names[HS_N_COLOR_BY] = {"heap", "source", "size", "age", "thread", "type"};
  zoom(map, 1, 1);
  for (int by = 0; by < HS_N_COLOR_BY; by++) {
    g_autofree char *name = g_strconcat("whole-by-", names[by], NULL);
    measure_picture(map, name, (HsColorBy)by);
  }
  measure_hits(map, "whole");
  static const struct {
    const char *name;
    int64_t time_part;
    uint64_t axis_part;
  } zooms[] = {{"half-time", 2, 1}, {"time/20", 20, 1},     {"time/1000", 1000, 1},
               {"axis/50", 1, 50},  {"both/100", 100, 100}, {"both/10000", 10000, 10000}};
  for (guint i = 0; i < G_N_ELEMENTS(zooms); i++) {
    zoom(map, zooms[i].time_part, zooms[i].axis_part);
    measure_picture(map, zooms[i].name, HS_COLOR_BY_SOURCE);
    measure_pan(*map, zooms[i].name);
    measure_hits(map, zooms[i].name);
  }
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE [WIDTH HEIGHT]]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  HsBenchMap map = {.timeline = hs_loader_timeline(loader)};
  map.n_rows = hs_timeline_n_rows(map.timeline);
  map.viewport = (HsViewport){.clock = hs_timeline_clock(map.timeline), .width = 1920, .height = 1080, .scale = 1};
  if (argc > 5) {
    map.viewport.width = MAX(atoi(argv[4]), 1);
    map.viewport.height = MAX(atoi(argv[5]), 1);
  }
  hs_palette_init(&map.palette, false);
  measure_layout(&map);
  measure(&map);
  hs_map_layout_unref(map.layout);
  return 0;
}
