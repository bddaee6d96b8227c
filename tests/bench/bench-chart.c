/* SPDX-License-Identifier: MIT */
/* bench-chart MAKE-TRACE [EVENTS [FILE]]: how long a chart of every measure and grouping takes when it is asked for for
 * the first time, and when only the view has moved; and what it keeps in memory. */
#include "hs-bench.h"
#include "hs-chart.h"

#define REPETITIONS 5
#define COLUMNS 1600
#define STEPS 40

static void
measure_chart(const HsChartData *data, const char *filter, HsMeasure measure, HsGroup group, bool bands)
{
  double first[REPETITIONS], first_cpu[REPETITIONS], steps[STEPS];
  HsChartCache cache = {NULL, NULL};
  HsChartQuery query = {.measure = measure, .group = group, .n_columns = COLUMNS, .max_layers = 16, .bands = bands};
  guint n = hs_bench_repetitions(REPETITIONS, data->n_rows);
  hs_timeline_span(data->timeline, &query.t0, &query.t1);
  for (guint i = 0; i < n; i++) {
    hs_chart_cache_clear(&cache);
    gint64 start = g_get_monotonic_time();
    double start_cpu_ms = hs_bench_cpu_ms();
    g_autoptr(HsChart) chart = hs_chart_new(data, &query, &cache, NULL);
    first[i] = hs_bench_ms_since(start);
    first_cpu[i] = hs_bench_cpu_ms() - start_cpu_ms;
  }
  int64_t span = query.t1 - query.t0;
  for (int i = 0; i < STEPS; i++) {
    /* Zooms in, and pans at each depth. */
    int64_t width = span >> (i / 4);
    query.t0 += width / 50;
    query.t1 = query.t0 + MAX(width, 10);
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsChart) chart = hs_chart_new(data, &query, &cache, NULL);
    steps[i] = hs_bench_ms_since(start);
  }
  g_autofree char *name =
      g_strdup_printf("%s-%s%s%s", hs_measure_name(measure), hs_group_name(group), bands ? "-overlaid" : "", filter);
  g_autofree char *first_name = g_strconcat("chart-first-", name, NULL);
  g_autofree char *step_name = g_strconcat("chart-step-", name, NULL);
  g_autofree char *cpu_name = g_strconcat("chart-first-cpu-", name, NULL);
  g_autofree char *worst_name = g_strconcat(step_name, "-worst", NULL);
  hs_bench_print(first_name, hs_bench_median(first, n), "ms", data->n_rows, n, 0);
  hs_bench_print(cpu_name, hs_bench_median(first_cpu, n), "ms", data->n_rows, n, 0);
  hs_bench_print(step_name, hs_bench_median(steps, STEPS), "ms", data->n_rows, STEPS, 0);
  hs_bench_print(worst_name, steps[STEPS - 1], "ms", data->n_rows, STEPS, 0);
  if (cache.flow != NULL) {
    g_autofree char *memory_name = g_strconcat("chart-memory-", name, NULL);
    hs_bench_print(memory_name, (double)hs_flow_memory_bytes(cache.flow) / MAX(data->n_rows, 1), "bytes/event",
                   data->n_rows, 1, 0);
  }
  hs_chart_cache_clear(&cache);
}

static void
measure_filter(HsTimeline *timeline, const char *name, const char *text)
{
  HsChartData data = {.timeline = timeline, .n_rows = hs_timeline_n_rows(timeline)};
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_true(hs_row_set_query(timeline, query, HS_TIME_RANGE_ALL, data.n_rows, NULL, &data.rows, &data.blocks));
  bool all = hs_query_is_empty(query);
  data.series = all ? hs_series_set_ref(timeline->series) : hs_series_set_new(timeline, data.blocks);
  g_assert_true(all || hs_series_set_extend(data.series, data.n_rows, NULL));
  for (int group = 0; group < HS_N_GROUPS; group++) {
    measure_chart(&data, name, HS_MEASURE_BYTES, (HsGroup)group, false);
    measure_chart(&data, name, HS_MEASURE_BYTES, (HsGroup)group, true);
    measure_chart(&data, name, HS_MEASURE_RATE_EVENTS, (HsGroup)group, false);
    measure_chart(&data, name, HS_MEASURE_CUMULATIVE_BYTES, (HsGroup)group, false);
    measure_chart(&data, name, HS_MEASURE_SLOW_PATH, (HsGroup)group, false);
  }
  hs_series_set_unref(data.series);
  hs_row_set_unref(data.rows);
  hs_row_set_unref(data.blocks);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  measure_filter(hs_loader_timeline(loader), "", "");
  measure_filter(hs_loader_timeline(loader), "-filtered", "size >= 64");
  return 0;
}
