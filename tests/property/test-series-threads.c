/* SPDX-License-Identifier: MIT */
/*
 * Sets that are asked while they grow. One thread builds a timeline and so extends its set; another extends a filtered
 * set behind it; the main thread asks both. Answers must agree with themselves at any time, and with a set made
 * afterwards at the end. Meant to run under ThreadSanitizer too.
 */
#include "hs-row-set.h"
#include "hs-series.h"
#include "random-trace.h"

#define ROWS 150000
#define ROWS_PER_PUBLICATION 700

typedef struct {
  RandomTrace trace;
  int built; /* atomic */
} Shared;

static gpointer
build(gpointer data)
{
  Shared *shared = data;
  for (int i = 0; i < ROWS; i++) {
    random_trace_add(&shared->trace);
    if (i % ROWS_PER_PUBLICATION == 0)
      hs_builder_publish(shared->trace.builder, shared->trace.ticks);
  }
  hs_builder_finish(shared->trace.builder, shared->trace.ticks);
  __atomic_store_n(&shared->built, 1, __ATOMIC_RELEASE);
  return NULL;
}

/* As the window does while a trace loads: what passes a filter, and its series, over and over. */
static gpointer
follow(gpointer data)
{
  Shared *shared = data;
  HsTimeline *timeline = shared->trace.timeline;
  g_autoptr(HsQuery) query = hs_query_parse(
      "not source == mainpath and not heap == 0x10 and (lifetime > 10ns or end == outstanding or size > 50)", NULL);
  g_assert_nonnull(query);
  bool built;
  do {
    built = __atomic_load_n(&shared->built, __ATOMIC_ACQUIRE) != 0;
    uint32_t n_rows = hs_timeline_n_rows(timeline);
    g_autoptr(HsRowSet) rows = NULL;
    g_autoptr(HsRowSet) blocks = NULL;
    g_assert_true(hs_row_set_query(timeline, query, HS_TIME_RANGE_ALL, n_rows, NULL, &rows, &blocks));
    g_autoptr(HsSeriesSet) series = hs_series_set_new_of(timeline, blocks, n_rows, NULL);
    g_assert_nonnull(series);
    g_usleep(500);
  } while (!built);
  return NULL;
}

static void
check_samples(const HsSamples *samples)
{
  int64_t peak = INT64_MIN;
  for (int i = 0; i < samples->n_columns; i++) {
    int64_t sum = 0;
    for (int k = 0; k < samples->n_layers; k++)
      sum += samples->layers[i * samples->n_layers + k];
    if (samples->n_layers > 0)
      g_assert_cmpint(sum, ==, samples->max[i]);
    g_assert_cmpint(samples->min[i], <=, samples->max[i]);
    peak = MAX(peak, samples->max[i]);
  }
  g_assert_cmpint(samples->peak, ==, peak);
}

static void
ask(HsSeriesSet *set, const HsTimeline *timeline, GRand *rand)
{
  int64_t t0, t1, bytes, values[20], peak_ticks;
  uint32_t count;
  hs_timeline_span(timeline, &t0, &t1);
  for (int group = HS_GROUP_NONE; group <= HS_GROUP_SOURCE; group++) {
    g_autoptr(HsSamples) samples = hs_series_sample(set, HS_MEASURE_BYTES, (HsGroup)group, t0, t1, 50, 6, NULL);
    check_samples(samples);
  }
  int64_t middle = t0 + (int64_t)g_rand_double_range(rand, 0, (double)(t1 - t0));
  HsBand band = hs_series_band(set, middle, t1);
  g_assert_cmpint(band.min_bytes, <=, band.last_bytes);
  g_assert_cmpint(band.last_bytes, <=, band.max_bytes);
  g_assert_cmpint(band.min_bytes, >=, 0);
  hs_series_at(set, middle, &bytes, &count);
  g_assert_cmpint(bytes, >=, 0);
  g_assert_cmpuint(count, <=, ROWS);
  g_assert_cmpint(hs_series_peak(set, HS_MEASURE_COUNT, t0, t1, &peak_ticks), >=, 0);
  hs_series_curve(set, HS_GROUP_SOURCE, HS_SOURCE_LOWFRAG, HS_MEASURE_BYTES, t0, t1, 20, values);
  hs_series_curve(set, HS_GROUP_HEAP, 1, HS_MEASURE_BYTES, t0, t1, 20, values);
}

static void
assert_equal(HsSeriesSet *a, HsSeriesSet *b, const HsTimeline *timeline)
{
  int64_t t0, t1;
  hs_timeline_span(timeline, &t0, &t1);
  g_autoptr(HsSamples) x = hs_series_sample(a, HS_MEASURE_BYTES, HS_GROUP_HEAP, t0, t1, 200, 5, NULL);
  g_autoptr(HsSamples) y = hs_series_sample(b, HS_MEASURE_BYTES, HS_GROUP_HEAP, t0, t1, 200, 5, NULL);
  g_assert_cmpint(x->n_layers, ==, y->n_layers);
  for (int i = 0; i < x->n_columns; i++) {
    g_assert_cmpint(x->min[i], ==, y->min[i]);
    g_assert_cmpint(x->max[i], ==, y->max[i]);
    for (int k = 0; k < x->n_layers; k++)
      g_assert_cmpint(x->layers[i * x->n_layers + k], ==, y->layers[i * x->n_layers + k]);
  }
}

typedef struct {
  HsSeriesSet *set;
  const HsTimeline *timeline;
  guint32 seed;
} Asking;

static gpointer
ask_in_thread(gpointer data)
{
  Asking *asking = data;
  g_autoptr(GRand) rand = g_rand_new_with_seed(asking->seed);
  ask(asking->set, asking->timeline, rand);
  return NULL;
}

/* Heaps are made when first asked for: by two threads at once, and before a set grows on. */
static void
check_late_heaps(HsTimeline *timeline, HsFilter *filter, GRand *rand)
{
  g_autoptr(HsSeriesSet) once = filtered_series(timeline, filter, ROWS);
  g_autoptr(HsSeriesSet) asked = filtered_series(timeline, filter, ROWS);
  Asking asking = {asked, timeline, g_rand_int(rand)};
  GThread *thread = g_thread_new("ask", ask_in_thread, &asking);
  ask(asked, timeline, rand);
  g_thread_join(thread);
  assert_equal(once, asked, timeline);
  g_autoptr(HsRowSet) blocks = filtered_blocks(timeline, filter, ROWS);
  g_autoptr(HsSeriesSet) steps = hs_series_set_new(timeline, blocks);
  g_assert_true(hs_series_set_extend(steps, ROWS - 5000, NULL));
  g_assert_true(hs_series_set_extend(steps, ROWS, NULL));
  assert_equal(once, steps, timeline);
}

/* A filter that lets every block of a whole trace pass shares its series; made anew it would be the same. */
static void
check_all_passing(HsTimeline *timeline)
{
  g_autoptr(HsQuery) every = hs_query_parse("size >= 0", NULL), most = hs_query_parse("size >= 1", NULL);
  HsRowSet *all = hs_row_set_new_query_blocks(timeline, every, HS_TIME_RANGE_ALL, ROWS, NULL);
  HsRowSet *some = hs_row_set_new_query_blocks(timeline, most, HS_TIME_RANGE_ALL, ROWS, NULL);
  g_assert_nonnull(hs_row_set_words(all));
  g_autoptr(HsSeriesSet) shared = hs_series_set_new_of(timeline, all, ROWS, NULL);
  g_assert_true(shared == timeline->series);
  g_autoptr(HsSeriesSet) anew = hs_series_set_new(timeline, all);
  g_assert_true(hs_series_set_extend(anew, ROWS, NULL));
  assert_equal(shared, anew, timeline);
  if (hs_row_set_count(some) < hs_row_set_count(all)) {
    g_autoptr(HsSeriesSet) own = hs_series_set_new_of(timeline, some, ROWS, NULL);
    g_assert_true(own != timeline->series);
  }
  hs_row_set_unref(all);
  hs_row_set_unref(some);
}

static void
test_threads(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  g_autoptr(GRand) questions = g_rand_new_with_seed(g_rand_int(rand));
  Shared shared = {.built = 0};
  random_trace_init(&shared.trace, rand, 100);
  shared.trace.calm = 10;
  HsTimeline *timeline = shared.trace.timeline;
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_set_source(filter, HS_SOURCE_MAINPATH, false);
  hs_filter_set_heap(filter, (HsHeapId){0}, false);
  GThread *builder = g_thread_new("build", build, &shared);
  GThread *follower = g_thread_new("follow", follow, &shared);
  while (__atomic_load_n(&shared.built, __ATOMIC_ACQUIRE) == 0) {
    ask(timeline->series, timeline, questions);
    uint32_t n_rows = hs_timeline_n_rows(timeline);
    g_autoptr(HsSeriesSet) some = filtered_series(timeline, filter, n_rows);
    ask(some, timeline, questions);
    g_autoptr(HsRowSet) set = filtered_rows(timeline, filter, n_rows);
    g_autoptr(HsRowOrder) order = hs_row_order_new(timeline, set, HS_COLUMN_DETAILS, true, NULL);
    g_assert_cmpuint(hs_row_order_count(order), ==, hs_row_set_count(set));
  }
  g_thread_join(builder);
  g_thread_join(follower);
  g_autoptr(HsSeriesSet) all = filtered_series(timeline, NULL, ROWS);
  assert_equal(timeline->series, all, timeline);
  check_late_heaps(timeline, filter, questions);
  check_all_passing(timeline);
  g_clear_pointer(&all, hs_series_set_unref);
  random_trace_clear(&shared.trace);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/series/threads", test_threads);
  return g_test_run();
}
