/* SPDX-License-Identifier: MIT */
/* bench-places MAKE-TRACE [EVENTS [FILE]]: how long it takes to find who lived at an address, and what two moments
 * differ by, in all and in groups. */
#include "hs-bench.h"
#include "hs-biography.h"
#include "hs-comparison.h"
#include "hs-loader.h"

#define REPETITIONS 9

static double
seconds_since(gint64 start_us)
{
  return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

static void
print(const char *name, double *seconds, const HsTimeline *timeline)
{
  hs_bench_print(name, hs_bench_median(seconds, REPETITIONS) * 1e3, "ms", hs_timeline_n_rows(timeline), REPETITIONS, 0);
}

/* Of the block in the middle: an address that many hold in turn. */
static void
measure_biography(HsTimeline *timeline)
{
  double seconds[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline), found = 0;
  HsBlock block;
  hs_timeline_block(timeline, (HsBlockId){hs_timeline_n_blocks(timeline) / 2}, n_rows, &block);
  uint32_t pid = hs_timeline_process(timeline, hs_timeline_thread(timeline, block.thread)->process)->pid;
  for (guint i = 0; i < REPETITIONS; i++) {
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsBiography) biography = hs_biography_new(timeline, pid, block.address, n_rows, NULL);
    seconds[i] = seconds_since(start);
    found = hs_row_set_count(biography->blocks);
  }
  print("biography", seconds, timeline);
  hs_bench_print("biography-blocks", found, "blocks", n_rows, 1, 0);
}

static void
measure_comparison(HsTimeline *timeline)
{
  static const HsPivotBy by[] = {HS_PIVOT_HEAP, HS_PIVOT_SOURCE, HS_PIVOT_SIZE};
  double whole[REPETITIONS], groups[G_N_ELEMENTS(by)][REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline), found = 0;
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(timeline, NULL, HS_TIME_RANGE_ALL, n_rows, NULL);
  for (guint i = 0; i < REPETITIONS; i++) {
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsComparison) comparison =
        hs_comparison_new(timeline, blocks, timeline->series, t0 + (t1 - t0) / 3, t1 - (t1 - t0) / 10, n_rows, NULL);
    whole[i] = seconds_since(start);
    g_assert_true(comparison->is_consistent || !comparison->is_checked);
    for (guint k = 0; k < G_N_ELEMENTS(by); k++) {
      start = g_get_monotonic_time();
      g_array_unref(hs_comparison_groups_new(comparison, timeline, by[k], NULL));
      groups[k][i] = seconds_since(start);
    }
    found = hs_row_set_count(comparison->blocks);
  }
  print("comparison", whole, timeline);
  for (guint k = 0; k < G_N_ELEMENTS(by); k++) {
    g_autofree char *name = g_strconcat("comparison-by-", hs_pivot_name(by[k]), NULL);
    print(name, groups[k], timeline);
  }
  hs_bench_print("comparison-blocks", found, "blocks", n_rows, 1, 0);
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
  measure_biography(hs_loader_timeline(loader));
  measure_comparison(hs_loader_timeline(loader));
  return 0;
}
