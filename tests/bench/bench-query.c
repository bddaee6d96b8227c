/* SPDX-License-Identifier: MIT */
/* bench-query MAKE-TRACE [EVENTS [FILE [EXPRESSION]]]: how long a filter takes to its rows, its curves and its range
 * numbers, how soon it stops when superseded, and how long sorting takes. */
#include "hs-bench.h"
#include "hs-block-table.h"
#include "hs-series.h"

#define REPETITIONS 7
#define COLUMNS 1600
#define SORTS 3

static const struct {
  const char *name, *text;
} expressions[] = {
    {"heap", "heap == 0x1f0000000"},
    {"heap-source", "heap != 0 && source == lowfrag"},
    {"all", "size >= 0"},
    {"size", "size >= 64KiB"},
    {"op", "op == free"},
    {"lifetime", "lifetime < 5ms"},
    {"type", "type == AIFO"},
    {"end", "end == outstanding"},
    {"address", "address in 0x1000..0x7fffffffffff && not source == mainpath"},
    {"process", "process contains \"a\" and time in 1ms..200s"},
    {"mixed", "(size < 100 or lifetime > 1s) and not (tid == 1 or cpu == 1) and source in {lowfrag, mainpath}"},
};

static void
print(const char *what, const char *name, double *ms, guint n, uint32_t n_rows)
{
  g_autofree char *full = g_strconcat(what, "-", name, NULL);
  hs_bench_print(full, hs_bench_median(ms, n), "ms", n_rows, n, 0);
}

static void
measure_filter(HsTimeline *timeline, const char *name, const char *text)
{
  double to_rows[REPETITIONS], to_chart[REPETITIONS];
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  guint n = hs_bench_repetitions(REPETITIONS, n_rows);
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  for (guint i = 0; i < n; i++) {
    g_autoptr(HsRowSet) rows = NULL;
    g_autoptr(HsRowSet) blocks = NULL;
    gint64 start = g_get_monotonic_time();
    g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
    if (query == NULL)
      g_error("not a filter: %s", text);
    g_assert_true(hs_row_set_query(timeline, query, HS_TIME_RANGE_ALL, n_rows, NULL, &rows, &blocks));
    to_rows[i] = hs_bench_ms_since(start);
    g_autoptr(HsSeriesSet) series = hs_series_set_new_of(timeline, blocks, n_rows, NULL);
    g_autoptr(HsSamples) samples =
        hs_series_sample(series, HS_MEASURE_BYTES, HS_GROUP_SOURCE, t0, t1, COLUMNS, 16, NULL);
    to_chart[i] = hs_bench_ms_since(start);
  }
  print("filter-to-rows", name, to_rows, n, n_rows);
  print("filter-to-chart", name, to_chart, n, n_rows);
}

/* --- how soon it stops --- */

typedef struct {
  HsTimeline *timeline;
  int cancel;
} Superseded;

static gpointer
evaluate(gpointer data)
{
  Superseded *job = data;
  uint32_t n_rows = hs_timeline_n_rows(job->timeline);
  g_autoptr(HsQuery) query = hs_query_parse("lifetime < 5ms or size > 3", NULL);
  g_autoptr(HsRowSet) rows = NULL;
  g_autoptr(HsRowSet) blocks = NULL;
  if (!hs_row_set_query(job->timeline, query, HS_TIME_RANGE_ALL, n_rows, &job->cancel, &rows, &blocks))
    return NULL;
  g_autoptr(HsSeriesSet) series = hs_series_set_new_of(job->timeline, blocks, n_rows, &job->cancel);
  return NULL;
}

static void
measure_stop(HsTimeline *timeline)
{
  double worst = 0;
  for (guint delay_ms = 0; delay_ms < 120; delay_ms += 5) {
    Superseded job = {.timeline = timeline};
    g_autoptr(GError) error = NULL;
    GThread *thread = g_thread_new("superseded", evaluate, &job);
    g_usleep(delay_ms * 1000);
    gint64 start = g_get_monotonic_time();
    __atomic_store_n(&job.cancel, 1, __ATOMIC_RELAXED);
    g_thread_join(thread);
    worst = MAX(worst, hs_bench_ms_since(start));
  }
  hs_bench_print("filter-stop-worst", worst, "ms", hs_timeline_n_rows(timeline), 24, 0);
}

/* --- sorts --- */

static void
measure_sorts(HsTimeline *timeline)
{
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  guint n = hs_bench_repetitions(SORTS, n_rows);
  double ms[SORTS];
  g_autoptr(HsRowSet) rows = NULL;
  g_autoptr(HsRowSet) blocks = NULL;
  g_assert_true(hs_row_set_query(timeline, NULL, HS_TIME_RANGE_ALL, n_rows, NULL, &rows, &blocks));
  for (guint column = 0; column < HS_N_COLUMNS; column++) {
    for (guint i = 0; i < n; i++) {
      gint64 start = g_get_monotonic_time();
      g_autoptr(HsRowOrder) order = hs_row_order_new(timeline, rows, (HsEventColumn)column, true, NULL);
      ms[i] = hs_bench_ms_since(start);
    }
    g_autofree char *name = g_strconcat("sort-events-", hs_event_column_name((HsEventColumn)column), NULL);
    hs_bench_print(name, hs_bench_median(ms, n), "ms", n_rows, n, 0);
  }
  for (guint column = 0; column < HS_N_BLOCK_COLUMNS; column++) {
    for (guint i = 0; i < n; i++) {
      gint64 start = g_get_monotonic_time();
      g_autoptr(HsRowOrder) order =
          hs_block_order_new(timeline, blocks, HS_TIME_RANGE_ALL, n_rows, (HsBlockColumn)column, true, NULL);
      ms[i] = hs_bench_ms_since(start);
    }
    g_autofree char *name = g_strconcat("sort-blocks-", hs_block_column_names()[column], NULL);
    hs_bench_print(name, hs_bench_median(ms, n), "ms", hs_row_set_count(blocks), n, 0);
  }
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE [EXPRESSION]]");
  g_autoptr(HsLoader) loader = hs_bench_load(&arguments);
  HsTimeline *timeline = hs_loader_timeline(loader);
  if (argc > 4) {
    measure_filter(timeline, "given", argv[4]);
    return 0;
  }
  for (guint i = 0; i < G_N_ELEMENTS(expressions); i++)
    measure_filter(timeline, expressions[i].name, expressions[i].text);
  measure_stop(timeline);
  measure_sorts(timeline);
  return 0;
}
