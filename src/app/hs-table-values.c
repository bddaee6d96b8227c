/* SPDX-License-Identifier: MIT */
#include "hs-table-values.h"

#include <inttypes.h>

void
hs_table_put_seconds(GString *text, int64_t ns)
{
  uint64_t n = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;

  g_string_append_printf(text, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", n / 1000000000, n % 1000000000);
}

void
hs_table_put_time(GString *text, const HsTimeline *timeline, int64_t ticks)
{
  hs_table_put_seconds(text, hs_clock_to_ns(hs_timeline_clock(timeline), ticks));
}

/* All ones stand for an id that no record told. */
static char *
id_value(uint32_t id)
{
  return id != UINT32_MAX ? g_strdup_printf("%u", id) : NULL;
}

/* A process without a name is told from others by its number. */
char *
hs_table_filter_process(const HsTimeline *timeline, HsProcessId process, const char **field)
{
  const char *name = process.v != HS_ID_NONE ? hs_timeline_process_name(timeline, process) : "";
  GString *value;

  if (name[0] == '\0')
    return hs_table_filter_pid(timeline, process, field);
  value = g_string_new("\"");
  for (; *name != '\0'; name++) {
    if (*name == '"' || *name == '\\')
      g_string_append_c(value, '\\');
    g_string_append_c(value, *name);
  }
  g_string_append_c(value, '"');
  *field = "process";
  return g_string_free(value, FALSE);
}

char *
hs_table_filter_pid(const HsTimeline *timeline, HsProcessId process, const char **field)
{
  *field = "pid";
  return process.v != HS_ID_NONE ? id_value(hs_timeline_process(timeline, process)->pid) : NULL;
}

char *
hs_table_filter_tid(const HsTimeline *timeline, HsThreadId thread, const char **field)
{
  *field = "tid";
  return thread.v != HS_ID_NONE ? id_value(hs_timeline_thread(timeline, thread)->tid) : NULL;
}

char *
hs_table_filter_heap(const HsTimeline *timeline, HsHeapId heap, const char **field)
{
  *field = "heap";
  return heap.v != HS_ID_NONE ? g_strdup_printf("0x%" PRIx64, hs_timeline_heap(timeline, heap)->handle) : NULL;
}

char *
hs_table_filter_source(HsSource source, uint32_t source_id, const char **field)
{
  *field = "source";
  if (source == HS_SOURCE_NONE)
    return NULL;
  return source == HS_SOURCE_UNKNOWN ? g_strdup_printf("%u", source_id) : g_strdup(hs_source_name(source));
}
