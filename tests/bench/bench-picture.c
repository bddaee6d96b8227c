/* SPDX-License-Identifier: MIT */
/* bench-picture MAKE-TRACE [EVENTS [FILE]]: how long histograms take to be counted, and pictures of each view to be
 * made and drawn. */
#include <stdlib.h>

#include "hs-bench.h"
#include "hs-loader.h"
#include "hs-picture-file.h"

#define REPETITIONS 7

static double
milliseconds_since(gint64 start_us)
{
  return (double)(g_get_monotonic_time() - start_us) / 1e3;
}

static void
print(const char *what, const char *name, double *milliseconds, uint32_t n_rows)
{
  g_autofree char *full = g_strconcat(what, "-", name, NULL);
  hs_bench_print(full, hs_bench_median(milliseconds, REPETITIONS), "ms", n_rows, REPETITIONS, 0);
}

/* Of everything, of a third of it, and with classes of its own chosen in the filter, so that the rest is found first.
 */
static void
measure_histograms(HsTimeline *timeline, HsRowSet *all)
{
  double whole[REPETITIONS], third[REPETITIONS], chosen[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  HsTimeRange range = {t0 + (t1 - t0) / 3, t0 + (t1 - t0) / 3 * 2};
  for (int k = 0; k < HS_N_DISTRIBUTIONS; k++) {
    HsDistributionKind kind = (HsDistributionKind)k;
    bool timed = hs_distribution_is_of_lifetimes(kind);
    g_autoptr(HsQuery) query = hs_query_parse(
        timed ? "source == lowfrag && lifetime in 1ms..1s" : "source == lowfrag && size in 64..256", NULL);
    g_autoptr(HsRowSet) passing = hs_row_set_new_query_blocks(timeline, query, HS_TIME_RANGE_ALL, n_rows, NULL);
    for (int i = 0; i < REPETITIONS; i++) {
      gint64 start = g_get_monotonic_time();
      hs_distribution_unref(hs_distribution_new(timeline, all, all, HS_TIME_RANGE_ALL, n_rows, kind, NULL));
      whole[i] = milliseconds_since(start);
      start = g_get_monotonic_time();
      hs_distribution_unref(hs_distribution_new(timeline, all, all, range, n_rows, kind, NULL));
      third[i] = milliseconds_since(start);
      start = g_get_monotonic_time();
      hs_distribution_unref(
          hs_distribution_new_query(timeline, query, passing, HS_TIME_RANGE_ALL, range, n_rows, kind, NULL));
      chosen[i] = milliseconds_since(start);
    }
    print("histogram-whole", hs_distribution_name(kind), whole, n_rows);
    print("histogram-third", hs_distribution_name(kind), third, n_rows);
    print("histogram-chosen", hs_distribution_name(kind), chosen, n_rows);
  }
}

static void
measure_pictures(HsTimeline *timeline, HsRowSet *all)
{
  double made[REPETITIONS], drawn[REPETITIONS], packed[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  g_autoptr(HsRowSet) rows = hs_row_set_new_all(n_rows);
  HsPictureData data = {timeline, n_rows, rows, all, timeline->series, NULL, HS_TIME_RANGE_ALL};
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int view = 0; view < HS_N_PICTURES; view++) {
    HsPictureOptions options = {.view = (HsPictureView)view,
                                .width = 1920,
                                .height = 1080,
                                .scale = 1,
                                .group = HS_GROUP_SOURCE,
                                .file = "x.etl"};
    for (int i = 0; i < REPETITIONS; i++) {
      gint64 start = g_get_monotonic_time();
      g_autoptr(HsPicture) picture = hs_picture_new(&data, &options, &palette, NULL);
      made[i] = milliseconds_since(start);
      start = g_get_monotonic_time();
      cairo_surface_t *pixels = hs_picture_draw(picture, NULL);
      drawn[i] = milliseconds_since(start);
      start = g_get_monotonic_time();
      g_byte_array_unref(hs_picture_encode_pixels(pixels, NULL));
      packed[i] = milliseconds_since(start);
      cairo_surface_destroy(pixels);
    }
    print("picture-made", hs_picture_view_name((HsPictureView)view), made, n_rows);
    print("picture-drawn", hs_picture_view_name((HsPictureView)view), drawn, n_rows);
    print("picture-packed", hs_picture_view_name((HsPictureView)view), packed, n_rows);
  }
}

int
main(int argc, char **argv)
{
  if (argc < 2) {
    g_printerr("usage: %s MAKE-TRACE [EVENTS [FILE]]\n", argv[0]);
    return 2;
  }
  uint64_t events = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 10000000;
  g_autofree char *path = argc > 3 ? g_strdup(argv[3]) : hs_bench_trace(argv[1], events, FALSE);
  g_autoptr(HsLoader) loader = hs_loader_start(path);
  if (hs_loader_wait(loader) == HS_LOAD_FAILED) {
    g_printerr("%s\n", hs_loader_error(loader)->message);
    return 1;
  }
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_autoptr(HsRowSet) all = hs_row_set_new_all(hs_timeline_n_blocks(timeline));
  measure_histograms(timeline, all);
  measure_pictures(timeline, all);
  return 0;
}
