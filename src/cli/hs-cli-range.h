/* SPDX-License-Identifier: MIT */
/*
 * What a range of time holds, for the summary: figures of all that passes the filter, and of groups of it. Main thread.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "hs-cli-filter.h"
#include "hs-cli-writer.h"

/* A range, cut to the trace's span, and its groups: of fields each within the one before, or, where none were asked
 * for, per heap and per source. */
typedef struct {
  const HsTimeline *timeline; /* borrowed */
  int64_t begin_ns, end_ns;
  uint64_t n_events; /* rows that pass */
  bool is_by_request;
  unsigned n_pivots;
  HsPivot *pivots[2]; /* all have the same total */
} HsCliRangeReport;

/* Counts it; `by` has n_by fields, or none. What does not add up is told on stderr. False after a message if there is
 * not enough memory; clear it either way. */
bool hs_cli_range_report_init(HsCliRangeReport *report, const HsCliPassing *passing, HsTimeRange range,
                              const HsPivotBy *by, unsigned n_by);
void hs_cli_range_report_clear(HsCliRangeReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsCliRangeReport, hs_cli_range_report_clear)

/* "process,heap": one to HS_PIVOT_LEVELS fields, none twice. False and `error` (G_OPTION_ERROR) for anything else. */
bool hs_cli_parse_by(const char *text, HsPivotBy by[HS_PIVOT_LEVELS], unsigned *n_by, GError **error);

/* Adds the member "range". */
void hs_cli_range_add_json(const HsCliRangeReport *report, JsonBuilder *builder);
/* Writes sections with titles. */
void hs_cli_range_write_text(const HsCliRangeReport *report, HsCliWriter *writer);

/* --- for these two --- */

/* What a group has in common. */
typedef struct {
  const HsPivotNode *node; /* borrowed from the pivot */
  HsPivotBy by;
  bool is_rest;        /* of more groups than are told apart: nothing below is told */
  uint32_t pid;        /* process, heap, thread; UINT32_MAX = not told */
  const char *process; /* process, heap; "" = not told; owned by the timeline */
  uint64_t number;     /* heap: handle; thread: tid, UINT32_MAX = not told; size class: its least bytes; else the key */
  const char *name;    /* source, type, end: as in files; else NULL */
} HsCliGroup;

/* The groups within a node (NULL: the first level), by pid, then number, then age: an array of HsCliGroup. */
GArray *hs_cli_range_groups(const HsCliRangeReport *report, const HsPivot *pivot, const HsPivotNode *parent);
/* So many in the range, a second: rounded; 0 for a range of no length. */
uint64_t hs_cli_range_per_second(const HsCliRangeReport *report, uint64_t n);
