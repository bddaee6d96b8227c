/* SPDX-License-Identifier: MIT */
/* bench-picture MAKE-TRACE [EVENTS [FILE]]: how long histograms take to be counted, and pictures of each view to be
 * made and drawn. */
#include "hs-bench.h"
#include "hs-picture-file.h"

#define REPETITIONS 7

static void
print(const char *what, const char *name, double *ms, guint n, uint32_t n_rows)
{
  g_autofree char *full = g_strconcat(what, "-", name, NULL);
  hs_bench_print(full, hs_bench_median(ms, n), "ms", n_rows, n, 0);
}

/* Of everything, of a third of it, and with classes of its own chosen in the filter, so that the rest is found first.
 */
static void
measure_histograms(HsTimeline *timeline, HsRowSet *all)
{
  double whole[REPETITIONS], third[REPETITIONS], chosen[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  guint n = hs_bench_repetitions(REPETITIONS, n_rows);
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  HsTimeRange range = {t0 + (t1 - t0) / 3, t0 + (t1 - t0) / 3 * 2};
  for (int k = 0; k < HS_N_DISTRIBUTIONS; k++) {
    HsDistributionKind kind = (HsDistributionKind)k;
    bool timed = hs_distribution_is_of_lifetimes(kind);
    g_autoptr(HsQuery) query = hs_query_parse(
        timed ? "source == lowfrag && lifetime in 1ms..1s" : "source == lowfrag && size in 64..256", NULL);
    g_autoptr(HsRowSet) passing = hs_row_set_new_query_blocks(timeline, query, HS_TIME_RANGE_ALL, n_rows, NULL);
    for (guint i = 0; i < n; i++) {
      gint64 start = g_get_monotonic_time();
      hs_distribution_unref(hs_distribution_new(timeline, all, all, HS_TIME_RANGE_ALL, n_rows, kind, NULL));
      whole[i] = hs_bench_ms_since(start);
      start = g_get_monotonic_time();
      hs_distribution_unref(hs_distribution_new(timeline, all, all, range, n_rows, kind, NULL));
      third[i] = hs_bench_ms_since(start);
      start = g_get_monotonic_time();
      hs_distribution_unref(
          hs_distribution_new_query(timeline, query, passing, HS_TIME_RANGE_ALL, range, n_rows, kind, NULL));
      chosen[i] = hs_bench_ms_since(start);
    }
    print("histogram-whole", hs_distribution_name(kind), whole, n, n_rows);
    print("histogram-third", hs_distribution_name(kind), third, n, n_rows);
    print("histogram-chosen", hs_distribution_name(kind), chosen, n, n_rows);
  }
}

static void
measure_pictures(HsTimeline *timeline, HsRowSet *all)
{
  double made[REPETITIONS], drawn[REPETITIONS], packed[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  guint n = hs_bench_repetitions(REPETITIONS, n_rows);
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
    for (guint i = 0; i < n; i++) {
      gint64 start = g_get_monotonic_time();
      g_autoptr(HsPicture) picture = hs_picture_new(&data, &options, &palette, NULL);
      made[i] = hs_bench_ms_since(start);
      start = g_get_monotonic_time();
      cairo_surface_t *pixels = hs_picture_draw(picture, NULL);
      drawn[i] = hs_bench_ms_since(start);
      start = g_get_monotonic_time();
      g_byte_array_unref(hs_picture_encode_pixels(pixels, NULL));
      packed[i] = hs_bench_ms_since(start);
      cairo_surface_destroy(pixels);
    }
    print("picture-made", hs_picture_view_name((HsPictureView)view), made, n, n_rows);
    print("picture-drawn", hs_picture_view_name((HsPictureView)view), drawn, n, n_rows);
    print("picture-packed", hs_picture_view_name((HsPictureView)view), packed, n, n_rows);
  }
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_autoptr(HsRowSet) all = hs_row_set_new_all(hs_timeline_n_blocks(timeline));
  measure_histograms(timeline, all);
  measure_pictures(timeline, all);
  return 0;
}
