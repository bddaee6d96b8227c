/* SPDX-License-Identifier: MIT */
/* bench-places MAKE-TRACE [EVENTS [FILE]]: how long it takes to find who lived at an address, and what two moments
 * differ by, in all and in groups. */
#include "hs-bench.h"
#include "hs-biography.h"
#include "hs-comparison.h"

#define REPETITIONS 9

static void
print(const char *name, double *ms, guint n, const HsTimeline *timeline)
{
  hs_bench_print(name, hs_bench_median(ms, n), "ms", hs_timeline_n_rows(timeline), n, 0);
}

/* Of the block in the middle: an address that many hold in turn. */
static void
measure_biography(HsTimeline *timeline)
{
  double ms[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline), found = 0;
  guint n = hs_bench_repetitions(REPETITIONS, n_rows);
  HsBlock block;
  hs_timeline_block(timeline, (HsBlockId){hs_timeline_n_blocks(timeline) / 2}, n_rows, &block);
  uint32_t pid = hs_timeline_process(timeline, hs_timeline_thread(timeline, block.thread)->process)->pid;
  for (guint i = 0; i < n; i++) {
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsBiography) biography = hs_biography_new(timeline, pid, block.address, n_rows, NULL);
    ms[i] = hs_bench_ms_since(start);
    found = hs_row_set_count(biography->blocks);
  }
  print("biography", ms, n, timeline);
  hs_bench_print("biography-blocks", found, "blocks", n_rows, 1, 0);
}

static void
measure_comparison(HsTimeline *timeline)
{
  static const HsPivotBy by[] = {HS_PIVOT_HEAP, HS_PIVOT_SOURCE, HS_PIVOT_SIZE};
  double whole[REPETITIONS], groups[G_N_ELEMENTS(by)][REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline), found = 0;
  guint n = hs_bench_repetitions(REPETITIONS, n_rows);
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(timeline, NULL, HS_TIME_RANGE_ALL, n_rows, NULL);
  for (guint i = 0; i < n; i++) {
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsComparison) comparison =
        hs_comparison_new(timeline, blocks, timeline->series, t0 + (t1 - t0) / 3, t1 - (t1 - t0) / 10, n_rows, NULL);
    whole[i] = hs_bench_ms_since(start);
    g_assert_true(comparison->is_consistent || !comparison->is_checked);
    for (guint k = 0; k < G_N_ELEMENTS(by); k++) {
      start = g_get_monotonic_time();
      g_array_unref(hs_comparison_groups_new(comparison, timeline, by[k], NULL));
      groups[k][i] = hs_bench_ms_since(start);
    }
    found = hs_row_set_count(comparison->blocks);
  }
  print("comparison", whole, n, timeline);
  for (guint k = 0; k < G_N_ELEMENTS(by); k++) {
    g_autofree char *name = g_strconcat("comparison-by-", hs_pivot_name(by[k]), NULL);
    print(name, groups[k], n, timeline);
  }
  hs_bench_print("comparison-blocks", found, "blocks", n_rows, 1, 0);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  measure_biography(hs_loader_timeline(loader));
  measure_comparison(hs_loader_timeline(loader));
  return 0;
}
