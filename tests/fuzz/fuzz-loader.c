/* SPDX-License-Identifier: MIT */
/* Any bytes as an ETL file, loaded into a timeline, of which everything is then asked that can be. */
#include "filtered.h"
#include "hs-health.h"
#include "questions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_report(HsLoader *loader)
{
  const HsLoadReport *report = hs_loader_report(loader);
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_assert_true(hs_timeline_complete(timeline));
  g_assert_cmpuint(hs_timeline_n_rows(timeline), <=, report->heap_records);
  g_assert_cmpuint(report->heap_records + report->stack_records + report->skipped_records, <=, report->records);
}

static void
check_health(HsLoader *loader)
{
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_autoptr(GPtrArray) list = hs_health_list(loader), same = hs_health_list(loader);
  g_autofree char *headline = hs_health_headline(list, false);
  g_autofree char *notice = hs_health_notice(list);
  g_assert_true(g_utf8_validate(headline, -1, NULL));
  g_assert_cmpint(notice == NULL, ==, hs_health_is_whole(list));
  g_assert_true(hs_health_equal(list, same));
  const HsLoadReport *report = hs_loader_report(loader);
  g_assert_cmpuint(hs_timeline_n_gaps(timeline), ==, MIN(report->event_gaps + report->buffer_gaps, HS_ETL_MAX_GAPS));
  for (uint32_t i = 0; i < hs_timeline_n_gaps(timeline); i++)
    g_assert_cmpint(hs_timeline_gap(timeline, i)->begin_ticks, <, hs_timeline_gap(timeline, i)->end_ticks);
}

static void
check_rows(HsTimeline *timeline)
{
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  int64_t last = INT64_MIN;
  for (HsRow row = 0; row < n_rows; row++) {
    HsEvent event;
    hs_timeline_event(timeline, row, &event);
    g_assert_cmpint(event.ticks, >=, last);
    last = event.ticks;
    g_assert_true(event.heap.v == HS_ID_NONE || event.heap.v < hs_timeline_n_heaps(timeline));
    HsBlockId ended = hs_timeline_row_ended_block(timeline, row);
    g_assert_true(ended.v == HS_ID_NONE || hs_timeline_block_end(timeline, ended) == row);
  }
  for (uint32_t i = 0; i < hs_timeline_n_blocks(timeline); i++) {
    HsBlock block;
    hs_timeline_block(timeline, (HsBlockId){i}, n_rows, &block);
    g_assert_cmpint(block.begin_ticks, <=, block.end_ticks);
    g_assert_true((block.end == HS_END_NONE) == (block.end_ticks == INT64_MAX));
  }
}

/* The chart's last value is what the running figures say. */
static void
check_series(HsTimeline *timeline)
{
  g_autoptr(HsFilter) filter = hs_filter_new();
  g_autoptr(HsSeriesSet) series = filtered_series(timeline, filter, hs_timeline_n_rows(timeline));
  int64_t begin, end, bytes;
  uint32_t count;
  hs_timeline_span(timeline, &begin, &end);
  hs_series_at(series, end, &bytes, &count);
  g_assert_cmpint(bytes, ==, (int64_t)timeline->totals.outstanding_bytes);
  g_assert_cmpuint(count, ==, timeline->totals.outstanding_count);
}

/* A filter of the window's ticks, in words: of the first heap. */
static char *
heap_filter(HsTimeline *timeline)
{
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_only_heap(filter, (HsHeapId){0});
  return hs_filter_to_text(filter, timeline);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new(data, size);
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(bytes, "fuzz");
  HsLoadOutcome outcome = hs_loader_wait(loader);
  g_assert_true((outcome == HS_LOAD_FAILED) == (hs_loader_error(loader) != NULL));
  if (outcome == HS_LOAD_FAILED)
    return 0;
  HsTimeline *timeline = hs_loader_timeline(loader);
  check_report(loader);
  check_health(loader);
  check_rows(timeline);
  check_series(timeline);
  g_autofree char *text = heap_filter(timeline);
  ask_everything(timeline, text, (guint)(size / 8));
  return 0;
}
