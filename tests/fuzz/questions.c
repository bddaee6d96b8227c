/* SPDX-License-Identifier: MIT */
#include "questions.h"

#include "hs-biography.h"
#include "hs-comparison.h"
#include "hs-distribution.h"
#include "hs-heap-table.h"
#include "hs-instant.h"
#include "hs-pivot.h"

/* What is asked about. */
typedef struct {
  HsTimeline *timeline;
  uint32_t n_rows;
  HsTimeRange range;
  HsQuery *query; /* or NULL: no filter */
  HsRowSet *rows, *blocks;
  HsSeriesSet *series;
} Subject;

static void
ask_orders(const Subject *subject)
{
  for (unsigned column = 0; column < HS_N_COLUMNS; column++) {
    g_autoptr(HsRowOrder) order =
        hs_row_order_new(subject->timeline, subject->rows, (HsEventColumn)column, column % 2 != 0, NULL);
    uint32_t count = hs_row_order_count(order);
    g_assert_cmpuint(count, ==, hs_row_set_count(subject->rows));
    for (uint32_t i = 0; i < count; i += 1 + count / 16)
      g_assert_true(hs_row_set_contains(subject->rows, hs_row_order_at(order, i)));
  }
}

static void
ask_heaps(const Subject *subject)
{
  g_autoptr(HsHeapSums) sums =
      hs_heap_sums_new(subject->timeline, subject->rows, subject->blocks, subject->series, subject->n_rows, NULL);
  g_assert_nonnull(sums);
  g_autoptr(HsRowSet) heaps = hs_heap_set_new(sums);
  for (unsigned column = 0; column < HS_N_HEAP_COLUMNS; column++) {
    g_autoptr(HsRowOrder) order =
        hs_heap_order_new(subject->timeline, sums, heaps, (HsHeapColumn)column, column % 2 != 0, NULL);
    g_assert_cmpuint(hs_row_order_count(order), ==, hs_row_set_count(heaps));
  }
}

static void
ask_series(const Subject *subject)
{
  for (int group = HS_GROUP_NONE; group <= HS_GROUP_SOURCE; group++) {
    g_autoptr(HsSamples) samples = hs_series_sample(subject->series, HS_MEASURE_BYTES, (HsGroup)group,
                                                    subject->range.t0_ticks, subject->range.t1_ticks, 40, 3, NULL);
    int64_t curve[16];
    g_assert_nonnull(samples);
    hs_series_curve(subject->series, (HsGroup)group, 1, HS_MEASURE_COUNT, subject->range.t0_ticks,
                    subject->range.t1_ticks, 16, curve);
  }
  HsBand band = hs_series_band(subject->series, subject->range.t0_ticks, subject->range.t1_ticks);
  g_assert_cmpint(band.min_bytes, <=, band.max_bytes);
  g_assert_cmpuint(band.min_count, <=, band.max_count);
}

/* The groups of every level sum up to what is above them. */
static void
check_pivot(const HsPivot *pivot)
{
  uint64_t count[HS_N_BLOCK_TYPES] = {0}, bytes[HS_N_BLOCK_TYPES] = {0};
  for (uint32_t i = 0; i < pivot->n_roots; i++) {
    for (unsigned type = 0; type < HS_N_BLOCK_TYPES; type++) {
      count[type] += pivot->nodes[i].sums.count[type];
      bytes[type] += pivot->nodes[i].sums.bytes[type];
    }
  }
  for (unsigned type = 0; type < HS_N_BLOCK_TYPES; type++) {
    g_assert_cmpuint(count[type], ==, pivot->total.count[type]);
    g_assert_cmpuint(bytes[type], ==, pivot->total.bytes[type]);
  }
  g_assert_true(!pivot->is_checked || pivot->is_consistent);
}

static void
ask_pivots(const Subject *subject)
{
  for (unsigned first = 0; first < HS_N_PIVOTS; first++) {
    HsPivotBy by[HS_PIVOT_LEVELS] = {(HsPivotBy)first, (HsPivotBy)((first + 1) % HS_N_PIVOTS),
                                     (HsPivotBy)((first + 3) % HS_N_PIVOTS)};
    g_autoptr(HsPivot) pivot = hs_pivot_new(subject->timeline, subject->blocks, subject->series, subject->range,
                                            subject->n_rows, by, HS_PIVOT_LEVELS, first % 2 == 0, NULL);
    g_assert_nonnull(pivot);
    check_pivot(pivot);
  }
}

static void
ask_distributions(const Subject *subject)
{
  for (unsigned kind = 0; kind < HS_N_DISTRIBUTIONS; kind++) {
    g_autoptr(HsDistribution) distribution =
        hs_distribution_new_query(subject->timeline, subject->query, subject->blocks, HS_TIME_RANGE_ALL, subject->range,
                                  subject->n_rows, (HsDistributionKind)kind, NULL);
    g_assert_nonnull(distribution);
    g_assert_cmpuint(distribution->total.passing.count, ==, hs_row_set_count(subject->blocks));
    g_assert_cmpuint(distribution->total.whole.count, >=, distribution->total.passing.count);
    g_assert_cmpuint(distribution->total.passing.count, >=, distribution->total.shown.count);
  }
}

static void
ask_comparison(const Subject *subject)
{
  g_autoptr(HsComparison) comparison =
      hs_comparison_new(subject->timeline, subject->blocks, subject->series, subject->range.t0_ticks,
                        subject->range.t1_ticks, subject->n_rows, NULL);
  g_assert_true(comparison->is_checked && comparison->is_consistent);
  g_autoptr(GArray) groups = hs_comparison_groups_new(comparison, subject->timeline, HS_PIVOT_HEAP, NULL);
  g_assert_nonnull(groups);
  g_autoptr(HsRowOrder) order = hs_comparison_order_new(comparison, subject->timeline, comparison->blocks, true, NULL);
  g_assert_cmpuint(hs_row_order_count(order), ==, hs_row_set_count(comparison->blocks));
}

static void
ask_biography(const Subject *subject)
{
  HsEvent event;
  if (subject->n_rows == 0)
    return;
  hs_timeline_event(subject->timeline, subject->n_rows / 2, &event);
  if (event.process.v == HS_ID_NONE)
    return;
  uint32_t pid = hs_timeline_process(subject->timeline, event.process)->pid;
  g_autoptr(HsBiography) biography = hs_biography_new(subject->timeline, pid, event.address, subject->n_rows, NULL);
  g_assert_nonnull(biography);
  g_autoptr(HsRowOrder) order = hs_biography_order_new(biography, biography->blocks, false, NULL);
  g_assert_cmpuint(hs_row_order_count(order), ==, hs_row_set_count(biography->blocks));
}

static void
ask_instants(const Subject *subject)
{
  g_autoptr(HsInstant) instant = hs_instant_new(subject->timeline, subject->n_rows, NULL);
  /* Longer than a number with a sign holds, for all one knows. */
  const uint64_t t0 = (uint64_t)subject->range.t0_ticks, span = (uint64_t)subject->range.t1_ticks - t0;
  g_assert_nonnull(instant);
  for (int i = 0; i < 5; i++) {
    hs_instant_lock(instant);
    g_assert_true(hs_instant_seek(instant, subject->blocks, (HsHeapId){HS_ID_NONE},
                                  (int64_t)(t0 + span / 4 * (unsigned)(i * 3 % 5)), NULL));
    const HsInstantFigures *figures = hs_instant_figures(instant);
    g_assert_cmpuint(figures->sparse_pages, <=, figures->pages);
    g_assert_cmpuint(figures->largest_free_bytes, <=, figures->free_bytes);
    g_array_unref(hs_instant_stretches(instant));
    hs_instant_unlock(instant);
  }
}

static void
ask(HsTimeline *timeline, const char *text, HsTimeRange range)
{
  Subject subject = {.timeline = timeline, .n_rows = hs_timeline_n_rows(timeline), .range = range};
  g_autoptr(HsQuery) query = text != NULL ? hs_query_parse(text, NULL) : NULL;
  if (text != NULL && query == NULL)
    return;
  subject.query = query;
  g_assert_true(
      hs_row_set_query(timeline, query, HS_TIME_RANGE_ALL, subject.n_rows, NULL, &subject.rows, &subject.blocks));
  g_autoptr(HsRowSet) rows = subject.rows;
  g_autoptr(HsRowSet) blocks = subject.blocks;
  g_autoptr(HsSeriesSet) series = hs_series_set_new_of(timeline, blocks, subject.n_rows, NULL);
  subject.series = series;
  g_assert_nonnull(series);
  ask_orders(&subject);
  ask_heaps(&subject);
  ask_series(&subject);
  ask_pivots(&subject);
  ask_distributions(&subject);
  ask_comparison(&subject);
  ask_biography(&subject);
  ask_instants(&subject);
}

void
ask_everything(HsTimeline *timeline, const char *text, guint which)
{
  int64_t begin, end;
  hs_timeline_span(timeline, &begin, &end);
  /* Without overflow, whatever a damaged trace tells. */
  int64_t quarter = end / 4 - begin / 4;
  const HsTimeRange middle = {begin + quarter, end - quarter};
  const struct {
    const char *text;
    HsTimeRange range;
  } questions[] = {
      {text, middle},
      {"source in {lowfrag, segment-heap} or size >= 64 and lifetime < 1ms", middle},
      {"type in {AIFI, AOFI} or op == free or end == outstanding", {begin, begin + quarter}},
  };
  ask(timeline, NULL, (HsTimeRange){begin, end});
  ask(timeline, questions[which % G_N_ELEMENTS(questions)].text, questions[which % G_N_ELEMENTS(questions)].range);
}
