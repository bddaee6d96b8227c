/* SPDX-License-Identifier: MIT */
/*
 * HsPaneChart: the chart a pane draws of the document, made in a worker and made anew when what it was made from has
 * changed. The last one stays until the exact one is there. Main thread.
 */
#pragma once

#include "hs-document.h"
#include "hs-viewport.h"

typedef struct _HsPaneChart HsPaneChart;

/* `arrived` is called with `owner` when a new chart is there. `owner` is not kept alive. */
HsPaneChart *hs_pane_chart_new(void (*arrived)(gpointer owner), gpointer owner);
void hs_pane_chart_free(HsPaneChart *self);
/* Drops everything. */
void hs_pane_chart_clear(HsPaneChart *self);
/* Sees to it that the chart will be what `query` asks for, from the document's data as they are now. Cheap if it is. */
void hs_pane_chart_want(HsPaneChart *self, HsDocument *document, const HsChartQuery *query);
/* The chart at hand, or NULL. Borrowed until the main loop runs. */
const HsChart *hs_pane_chart_get(const HsPaneChart *self);
/* The same while the pane is on its way to another range: of this and the one before, what shows more of the view. */
const HsChart *hs_pane_chart_get_for(const HsPaneChart *self, const HsViewport *viewport);
/* What is kept to make the next one faster: sums over all of the trace. Bytes. */
uint64_t hs_pane_chart_memory_bytes(const HsPaneChart *self);
gboolean hs_pane_chart_is_busy(const HsPaneChart *self);
