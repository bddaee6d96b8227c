/* SPDX-License-Identifier: MIT */
/*
 * The gaps of a timeline as they are painted and pointed at: where several processors lost something at the same time,
 * one span. Immutable once made; made anew when there are more gaps. Any thread.
 */
#pragma once

#include "hs-timeline.h"
#include "hs-viewport.h"

/* However short a gap is, it is shown this wide, user pixels. */
#define HS_GAP_MIN_PX 3

typedef struct {
  int64_t begin_ticks, end_ticks; /* of all its gaps together */
  uint32_t first, count;          /* of the set's gaps */
} HsGapSpan;

typedef struct {
  HsGap *gaps; /* by their beginnings */
  uint32_t n_gaps;
  HsGapSpan *spans; /* by time, apart from each other */
  uint32_t n_spans;
} HsGapSet;

/* The gaps that a timeline has now. */
HsGapSet *hs_gap_set_new(const HsTimeline *timeline);
void hs_gap_set_free(HsGapSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsGapSet, hs_gap_set_free)

/* The spans that reach into [t0, t1): the first, and how many. O(log n + as many). */
uint32_t hs_gap_set_visible(const HsGapSet *set, int64_t t0, int64_t t1, uint32_t *n_visible);

/* From where to where a span is shown, in whole device pixels of the plot: never narrower than HS_GAP_MIN_PX, unless
 * the plot is. */
void hs_gap_span_px(const HsViewport *viewport, const HsGapSpan *span, double *x0, double *x1);
/* The span shown at x, or NULL. */
const HsGapSpan *hs_gap_set_at(const HsGapSet *set, const HsViewport *viewport, double x);
/* "Events were lost here: 1.234000 s – 1.240000 s, CPU 2". Free with g_free(). */
char *hs_gap_span_text(const HsGapSet *set, const HsGapSpan *span, HsClock clock);
