/* SPDX-License-Identifier: MIT */
/* Values of cells for use elsewhere: numbers for the clipboard, and values in the filter's language. Main thread. */
#pragma once

#include <glib.h>

#include "hs-timeline.h"

/* Seconds with nine decimals. */
void hs_table_put_seconds(GString *text, int64_t ns);
void hs_table_put_time(GString *text, const HsTimeline *timeline, int64_t ticks);

/* Each names a field and gives a value of it; NULL if the trace does not tell. Free with g_free(). */
char *hs_table_filter_process(const HsTimeline *timeline, HsProcessId process, const char **field);
char *hs_table_filter_pid(const HsTimeline *timeline, HsProcessId process, const char **field);
char *hs_table_filter_tid(const HsTimeline *timeline, HsThreadId thread, const char **field);
char *hs_table_filter_heap(const HsTimeline *timeline, HsHeapId heap, const char **field);
/* `source_id` is the value where the source has no name. */
char *hs_table_filter_source(HsSource source, uint32_t source_id, const char **field);
