/* SPDX-License-Identifier: MIT */
#include "hs-cell-text.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-format.h"

const char *
hs_cell_process(const HsTimeline *timeline, HsProcessId process, char *buffer, size_t size)
{
  if (process.v == HS_ID_NONE)
    return "";
  const char *name = hs_timeline_process_name(timeline, process);
  if (name[0] != '\0')
    return name;
  uint32_t pid = hs_timeline_process(timeline, process)->pid;
  if (pid == UINT32_MAX)
    return "";
  g_snprintf(buffer, size, _("Process %u"), pid);
  return buffer;
}

/* All ones stand for an id that no record told. */
static const char *
id_text(uint32_t id, char *buffer, size_t size)
{
  if (id == UINT32_MAX)
    return "";
  g_snprintf(buffer, size, "%u", id);
  return buffer;
}

const char *
hs_cell_pid(const HsTimeline *timeline, HsProcessId process, char *buffer, size_t size)
{
  uint32_t pid = process.v == HS_ID_NONE ? UINT32_MAX : hs_timeline_process(timeline, process)->pid;
  return id_text(pid, buffer, size);
}

const char *
hs_cell_tid(const HsTimeline *timeline, HsThreadId thread, char *buffer, size_t size)
{
  uint32_t tid = thread.v == HS_ID_NONE ? UINT32_MAX : hs_timeline_thread(timeline, thread)->tid;
  return id_text(tid, buffer, size);
}

const char *
hs_cell_handle(const HsTimeline *timeline, HsHeapId heap, char *buffer, size_t size)
{
  return heap.v == HS_ID_NONE ? "" : hs_format_hex(buffer, size, hs_timeline_heap(timeline, heap)->handle);
}

const char *
hs_cell_time(const HsTimeline *timeline, int64_t ticks, char *buffer, size_t size)
{
  return hs_format_time(buffer, size, hs_clock_to_ns(hs_timeline_clock(timeline), ticks));
}

const char *
hs_cell_source(HsSource source, uint32_t source_id, char *buffer, size_t size)
{
  if (source != HS_SOURCE_UNKNOWN)
    return hs_source_title(source);
  g_snprintf(buffer, size, _("Unknown (%u)"), source_id);
  return buffer;
}
