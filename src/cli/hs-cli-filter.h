/* SPDX-License-Identifier: MIT */
/*
 * The filter of a command, and what of a loaded trace passes it. Main thread.
 */
#pragma once

#include "hs-heap-sums.h"

/* The text of --filter understood; free with hs_query_unref(). False and `error` (G_OPTION_ERROR) if it is no
 * expression: a message whose last lines point at what is wrong. */
bool hs_cli_parse_filter(const char *text, HsQuery **query, GError **error);

/* Rows and blocks of a whole trace that pass, and what they come to. */
typedef struct {
  HsTimeline *timeline; /* borrowed */
  uint32_t n_rows;
  HsRowSet *rows, *blocks;
  HsSeriesSet *series; /* of the blocks */
  HsHeapSums *sums;
} HsCliPassing;

/* Of a timeline that does not grow any more. Types that the query asks for are relative to `range`. NULL lets
 * everything pass. False after a message if there is not enough memory; clear it either way. */
bool hs_cli_passing_init(HsCliPassing *passing, HsTimeline *timeline, HsQuery *query, HsTimeRange range);
void hs_cli_passing_clear(HsCliPassing *passing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsCliPassing, hs_cli_passing_clear)
