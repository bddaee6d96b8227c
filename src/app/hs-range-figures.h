/* SPDX-License-Identifier: MIT */
/* What a range of time holds, counted over what passes a document's filter. Counting may look at millions of blocks, so
 * it runs in a worker. */
#pragma once

#include <gio/gio.h>

#include "hs-document.h"
#include "hs-pivot.h"

typedef struct {
  int64_t t0, t1;     /* ticks, [t0, t1) */
  uint32_t n_events;  /* rows that pass */
  HsRangeSums sums;   /* blocks that pass, by type */
  bool is_consistent; /* false: the sums and the curve contradict each other, which must not be */
} HsRangeFigures;

/* Main thread. The callback gets the figures by hs_range_figures_count_finish(). */
void hs_range_figures_count_async(HsDocument *document, int64_t t0, int64_t t1, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* False if cancelled. */
gboolean hs_range_figures_count_finish(GAsyncResult *result, HsRangeFigures *figures);
/* Rows of the document's filter within [t0, t1). Cheap; any time on the main thread. */
uint32_t hs_range_count_events(HsDocument *document, int64_t t0, int64_t t1);
