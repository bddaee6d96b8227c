/* SPDX-License-Identifier: MIT */
/* Sets of rows and blocks by ticks, for tests: by way of the text that the ticks write, as in the window. */
#pragma once

#include "hs-filter.h"
#include "hs-row-set.h"
#include "hs-series.h"

/* Any of the last two may be NULL. A filter of NULL lets everything pass. */
static inline void
filtered_sets(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows, HsRowSet **rows, HsRowSet **blocks)
{
  g_autofree char *text = hs_filter_to_text(filter, timeline);
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  g_assert_true(hs_row_set_query(timeline, query, HS_TIME_RANGE_ALL, n_rows, NULL, rows, blocks));
}

static inline HsRowSet *
filtered_rows(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows)
{
  HsRowSet *rows;
  filtered_sets(timeline, filter, n_rows, &rows, NULL);
  return rows;
}

static inline HsRowSet *
filtered_blocks(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows)
{
  HsRowSet *blocks;
  filtered_sets(timeline, filter, n_rows, NULL, &blocks);
  return blocks;
}

/* The series of the blocks that the first n_rows rows begin and that pass. */
static inline HsSeriesSet *
filtered_series(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows)
{
  g_autoptr(HsRowSet) blocks = filtered_blocks(timeline, filter, n_rows);
  HsSeriesSet *series = hs_series_set_new(timeline, blocks);
  g_assert_true(hs_series_set_extend(series, n_rows, NULL));
  return series;
}

/* What a filter means once it is put into words, which know heaps by their handles. */
static inline HsFilter *
filter_in_words(const HsFilter *filter, HsTimeline *timeline)
{
  g_autofree char *text = hs_filter_to_text(filter, timeline);
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  return hs_filter_from_query(query, timeline);
}
