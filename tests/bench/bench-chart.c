/* SPDX-License-Identifier: MIT */
/* bench-chart MAKE-TRACE [EVENTS [FILE]]: how long a chart of every measure and grouping takes when it is asked for for
 * the first time, and when only the view has moved; and what it keeps in memory. */
#include <stdlib.h>
#include <time.h>

#include "hs-bench.h"
#include "hs-chart.h"
#include "hs-loader.h"

#define REPETITIONS 5
#define COLUMNS 1600
#define STEPS 40

static double
ms_since(gint64 start_us)
{
  return (double)(g_get_monotonic_time() - start_us) / 1e3;
}

/* Of all threads: does not hang on what else the machine does. */
static double
cpu_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
measure_chart(const HsChartData *data, const char *filter, HsMeasure measure, HsGroup group, bool bands)
{
  double first[REPETITIONS], first_cpu[REPETITIONS], steps[STEPS];
  HsChartCache cache = {NULL, NULL};
  HsChartQuery query = {.measure = measure, .group = group, .n_columns = COLUMNS, .max_layers = 16, .bands = bands};
  hs_timeline_span(data->timeline, &query.t0, &query.t1);
  for (guint i = 0; i < REPETITIONS; i++) {
    hs_chart_cache_clear(&cache);
    gint64 start = g_get_monotonic_time();
    double start_cpu_ms = cpu_ms();
    g_autoptr(HsChart) chart = hs_chart_new(data, &query, &cache, NULL);
    first[i] = ms_since(start);
    first_cpu[i] = cpu_ms() - start_cpu_ms;
  }
  int64_t span = query.t1 - query.t0;
  for (int i = 0; i < STEPS; i++) {
    /* Zooms in, and pans at each depth. */
    int64_t width = span >> (i / 4);
    query.t0 += width / 50;
    query.t1 = query.t0 + MAX(width, 10);
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsChart) chart = hs_chart_new(data, &query, &cache, NULL);
    steps[i] = ms_since(start);
  }
  g_autofree char *name =
      g_strdup_printf("%s-%s%s%s", hs_measure_name(measure), hs_group_name(group), bands ? "-overlaid" : "", filter);
  g_autofree char *first_name = g_strconcat("chart-first-", name, NULL);
  g_autofree char *step_name = g_strconcat("chart-step-", name, NULL);
  hs_bench_print(first_name, hs_bench_median(first, REPETITIONS), "ms", data->n_rows, REPETITIONS, 0);
  hs_bench_print(first_name, hs_bench_median(first_cpu, REPETITIONS), "ms of all processors", data->n_rows, REPETITIONS,
                 0);
  hs_bench_print(step_name, hs_bench_median(steps, STEPS), "ms", data->n_rows, STEPS, 0);
  hs_bench_print(step_name, steps[STEPS - 1], "ms-worst", data->n_rows, STEPS, 0);
  if (cache.flow != NULL) {
    g_autofree char *memory_name = g_strconcat("chart-memory-", name, NULL);
    hs_bench_print(memory_name, (double)hs_flow_memory_bytes(cache.flow) / MAX(data->n_rows, 1), "bytes an event",
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
  measure_filter(hs_loader_timeline(loader), "", "");
  measure_filter(hs_loader_timeline(loader), "-filtered", "size >= 64");
  return 0;
}
