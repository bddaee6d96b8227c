/* SPDX-License-Identifier: MIT */
/*
 * What the cells of several tables have in common. Each function writes at most `size` bytes to `buffer` and returns it
 * or a text that is static or the timeline's; "" for what is not told. Any thread.
 */
#pragma once

#include "hs-timeline.h"

/* Its image, or "Process 1000". */
const char *hs_cell_process(const HsTimeline *timeline, HsProcessId process, char *buffer, size_t size);
const char *hs_cell_pid(const HsTimeline *timeline, HsProcessId process, char *buffer, size_t size);
const char *hs_cell_tid(const HsTimeline *timeline, HsThreadId thread, char *buffer, size_t size);
const char *hs_cell_handle(const HsTimeline *timeline, HsHeapId heap, char *buffer, size_t size);
/* What tells a column of these from others, and the width that short traces need. */
#define HS_CELL_TIME_SAMPLE "00.000000 s"
const char *hs_cell_time(const HsTimeline *timeline, int64_t ticks, char *buffer, size_t size);
/* `source_id` tells what has no name. */
const char *hs_cell_source(HsSource source, uint32_t source_id, char *buffer, size_t size);
