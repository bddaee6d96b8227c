/* SPDX-License-Identifier: MIT */
/*
 * Which heaps and which sources are shown: what the ticks of the window say. A plain value: copy it, compare it. It is
 * kept in no place of its own, but read from the filter's text and written into it again. Rows without a source
 * (Create, Extend, …) pass while some sources are merely hidden, and do not pass once the choice comes down to one
 * source: that is bit 0 of hidden_sources.
 */
#pragma once

#include "hs-query.h"
#include "hs-timeline.h"

typedef struct {
  bool only_heaps;        /* true: just the heaps listed; false: all but those listed */
  uint8_t hidden_sources; /* bit 1 << HsSource; bit 0: rows without a source are hidden too */
  GArray *heaps;          /* of uint32_t (HsHeapId.v), sorted, no doubles */
} HsFilter;

/* Shows everything. */
HsFilter *hs_filter_new(void);
HsFilter *hs_filter_copy(const HsFilter *filter);
void hs_filter_free(HsFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsFilter, hs_filter_free)
bool hs_filter_equal(const HsFilter *a, const HsFilter *b);
/* True if it shows everything. NULL does. */
bool hs_filter_is_empty(const HsFilter *filter);

bool hs_filter_shows_heap(const HsFilter *filter, HsHeapId heap);
bool hs_filter_shows_source(const HsFilter *filter, HsSource source);
void hs_filter_set_heap(HsFilter *filter, HsHeapId heap, bool shown);
/* Shows or hides a source. Rows without a source are hidden when at most one source stays shown, and shown otherwise.
 */
void hs_filter_set_source(HsFilter *filter, HsSource source, bool shown);
/* Shows this heap alone; sources stay as they are. */
void hs_filter_only_heap(HsFilter *filter, HsHeapId heap);
/* Shows this process's heaps that exist so far, and no others. */
void hs_filter_only_process(HsFilter *filter, const HsTimeline *timeline, HsProcessId process);
/* Shows this source alone, without the rows that have none; heaps stay as they are. */
void hs_filter_only_source(HsFilter *filter, HsSource source);

/* Shows or hides every heap of this one's pid and handle: a handle may be used again, and words cannot tell them apart.
 */
void hs_filter_set_named_heap(HsFilter *filter, const HsTimeline *timeline, HsHeapId heap, bool shown);

/* What a query says of heaps and of sources, as far as it can be ticked: the parts joined by "and" at its top that ask
 * for nothing but pid, process and heap, and those that ask for nothing but the source. The rest is not looked at. NULL
 * says nothing. */
HsFilter *hs_filter_from_query(const HsQuery *query, const HsTimeline *timeline);
/* The query's text with those parts put as the filter has them; what has not changed stays as it was written. Free with
 * g_free(). */
char *hs_filter_write(const HsFilter *filter, const HsQuery *query, const HsTimeline *timeline);

/* In the filter language: "heap == 0x1f0000 && not source in {lookaside}"; "" if everything is shown. "source in" and
 * "source ==" leave out rows without a source, "not source in" does not. A handle that several processes use is
 * qualified by pid; two heaps of one pid with one handle (reused) cannot be told apart in words. Free with g_free(). */
char *hs_filter_to_text(const HsFilter *filter, const HsTimeline *timeline);
/* The two halves of that. */
char *hs_filter_heaps_to_text(const HsFilter *filter, const HsTimeline *timeline);
char *hs_filter_sources_to_text(const HsFilter *filter);
