/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-pivot-text.h"

char *
hs_size_class_text(uint32_t size_class)
{
  uint64_t least = hs_size_class_bytes(size_class);
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX];
  /* Up to here the last size of a class is as short as the first of the next. */
  if (least < 2)
    return g_strdup_printf(_("%u B"), (unsigned)least);
  if (least < 1024)
    return g_strdup_printf(_("%u – %u B"), (unsigned)least, (unsigned)least * 2 - 1);
  hs_format_bytes(from, sizeof from, (int64_t)MIN(least, (uint64_t)INT64_MAX));
  hs_format_bytes(to, sizeof to, (int64_t)(least < UINT64_C(1) << 62 ? least * 2 : (uint64_t)INT64_MAX));
  return g_strdup_printf(_("%s – %s"), from, to);
}

static char *
process_text(const HsTimeline *timeline, HsProcessId process)
{
  g_autofree char *name = hs_process_display_name(timeline, process);
  uint32_t pid = hs_timeline_process(timeline, process)->pid;
  if (hs_timeline_process_name(timeline, process)[0] == '\0' || pid == UINT32_MAX)
    return g_steal_pointer(&name);
  return g_strdup_printf(_("%s (%u)"), name, pid);
}

static char *
heap_text(const HsTimeline *timeline, uint32_t heap, bool with_process)
{
  const HsHeap *h = hs_timeline_heap(timeline, (HsHeapId){heap});
  char handle[HS_FORMAT_MAX];
  hs_format_hex(handle, sizeof handle, h->handle);
  if (!with_process)
    return g_strdup(handle);
  g_autofree char *process = hs_process_display_name(timeline, h->process);
  return g_strdup_printf("%s · %s", handle, process);
}

static char *
key_text(const HsTimeline *timeline, HsPivotBy by, uint32_t key, bool with_process)
{
  if (key == HS_ID_NONE)
    return g_strdup(by == HS_PIVOT_PROCESS ? _("No process") : _("Everything else"));
  switch (by) {
  case HS_PIVOT_PROCESS:
    return process_text(timeline, (HsProcessId){key});
  case HS_PIVOT_HEAP:
    return heap_text(timeline, key, with_process);
  case HS_PIVOT_SOURCE:
    return g_strdup(key == HS_SOURCE_NONE ? _("No source") : hs_source_title((HsSource)key));
  case HS_PIVOT_SIZE:
    return hs_size_class_text(key);
  case HS_PIVOT_THREAD: {
    const HsThread *thread = hs_timeline_thread(timeline, (HsThreadId){key});
    if (thread->tid == UINT32_MAX)
      return g_strdup(_("No thread"));
    if (HS_GET(thread->name) != HS_ID_NONE)
      return g_strdup_printf(_("%s (thread %u)"), hs_strings_get(timeline->strings, (HsStringId){HS_GET(thread->name)}),
                             thread->tid);
    return g_strdup_printf(_("Thread %u"), thread->tid);
  }
  case HS_PIVOT_TYPE:
    return g_strdup(hs_block_type_name((HsBlockType)key));
  case HS_PIVOT_END:
  case HS_N_PIVOTS:
    break;
  }
  return g_strdup(hs_end_title((HsEnd)key));
}

char *
hs_pivot_group_text(const HsPivot *pivot, const HsTimeline *timeline, uint32_t node)
{
  const HsPivotNode *group = &pivot->nodes[node];
  return key_text(timeline, pivot->by[group->level], group->key, group->level == 0);
}

char *
hs_pivot_key_text(const HsTimeline *timeline, HsPivotBy by, uint32_t key)
{
  return key_text(timeline, by, key, true);
}
