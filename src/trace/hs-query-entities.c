/* SPDX-License-Identifier: MIT */
/* Values for a filter that a timeline knows: its heaps, processes and threads. */
#include <stdlib.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-query-edit.h"
#include "hs-query-offer.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* --- heaps --- */

typedef struct {
  uint64_t handle;
  uint32_t pid;
  HsProcessId process;
} Heap;

static int
compare_heaps(const void *a, const void *b)
{
  const Heap *x = a, *y = b;
  int by_pid = (x->pid > y->pid) - (x->pid < y->pid);
  return by_pid != 0 ? by_pid : (x->handle > y->handle) - (x->handle < y->handle);
}

static char *
describe_process(HsTimeline *timeline, HsProcessId process, uint32_t pid)
{
  const char *name = hs_timeline_process_name(timeline, process);
  return *name != '\0' ? g_strdup_printf("%s (%u)", name, pid) : g_strdup_printf(_("process %u"), pid);
}

/* A handle that several processes have is one value. */
static void
note_namesake(HsCompletion *item)
{
  if (g_str_has_suffix(item->detail, ", …"))
    return;
  char *more = g_strconcat(item->detail, ", …", NULL);
  g_free(item->detail);
  item->detail = more;
}

static void
offer_heaps(HsQueryOffer *offer, HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_heaps(timeline), HS_COMPLETIONS_MAX_ENTITIES);
  g_autofree Heap *heaps = g_new(Heap, n);
  for (uint32_t i = 0; i < n; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    heaps[i] = (Heap){heap->handle, hs_timeline_process(timeline, heap->process)->pid, heap->process};
  }
  if (n > 1)
    qsort(heaps, n, sizeof *heaps, compare_heaps);
  g_autoptr(GHashTable) offered = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (uint32_t i = 0; i < n; i++) {
    char handle[HS_FORMAT_MAX];
    if (i > 0 && compare_heaps(&heaps[i - 1], &heaps[i]) == 0)
      continue;
    HsCompletion *item = g_hash_table_lookup(offered, &heaps[i].handle);
    if (item != NULL) {
      note_namesake(item);
      continue;
    }
    hs_format_hex(handle, sizeof handle, heaps[i].handle);
    if (hs_query_offer_is_full(offer) || !hs_query_offer_begins(offer, handle))
      continue;
    item = hs_query_offer_take(offer, g_strdup(handle), describe_process(timeline, heaps[i].process, heaps[i].pid));
    g_hash_table_insert(offered, &heaps[i].handle, item);
  }
}

/* --- processes --- */

typedef struct {
  const char *name;
  uint32_t pid, n_instances;
  bool has_heaps;
  HsQueryMatch match;
} Process;

static int
compare_by_name(const void *a, const void *b)
{
  const Process *x = a, *y = b;
  return g_ascii_strcasecmp(x->name, y->name);
}

static int
compare_by_pid(const void *a, const void *b)
{
  const Process *x = a, *y = b;
  return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Sorts, and joins what is equal. */
static uint32_t
sort_processes(Process *processes, uint32_t n, int (*compare)(const void *, const void *))
{
  uint32_t n_different = 0;
  if (n > 1)
    qsort(processes, n, sizeof *processes, compare);
  for (uint32_t i = 0; i < n; i++) {
    Process *last = n_different > 0 ? &processes[n_different - 1] : NULL;
    if (last == NULL || compare(last, &processes[i]) != 0) {
      processes[n_different++] = processes[i];
      continue;
    }
    last->n_instances++;
    last->has_heaps = last->has_heaps || processes[i].has_heaps;
    if (*last->name == '\0')
      last->name = processes[i].name;
  }
  return n_different;
}

/* Those that match and, if `named`, have a name. */
static Process *
list_processes(HsQueryOffer *offer, HsTimeline *timeline, bool named, uint32_t *n_listed)
{
  uint32_t n = MIN(hs_timeline_n_processes(timeline), HS_COMPLETIONS_MAX_ENTITIES);
  Process *processes = g_new(Process, n);
  *n_listed = 0;
  for (uint32_t i = 0; i < n; i++) {
    const HsProcess *process = hs_timeline_process(timeline, (HsProcessId){i});
    const char *name = hs_timeline_process_name(timeline, (HsProcessId){i});
    char pid[HS_FORMAT_MAX];
    g_snprintf(pid, sizeof pid, "%u", process->pid);
    HsQueryMatch match = named                               ? hs_query_offer_match(offer, name)
                         : hs_query_offer_begins(offer, pid) ? HS_QUERY_BEGINS
                                                             : HS_QUERY_NOWHERE;
    /* All ones: no record told which. */
    bool is_told = named ? *name != '\0' : process->pid != UINT32_MAX;
    if (match != HS_QUERY_NOWHERE && is_told)
      processes[(*n_listed)++] = (Process){name, process->pid, 1, HS_GET(process->n_heaps) > 0, match};
  }
  return processes;
}

static void
offer_process_name(HsQueryOffer *offer, const Process *process)
{
  uint32_t n = process->n_instances;
  char *detail = n == 1 ? g_strdup_printf(_("process %u"), process->pid)
                        : g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%u process", "%u processes", n), n);
  hs_query_offer_take(offer, hs_query_quote(process->name), detail);
}

static void
offer_process_names(HsQueryOffer *offer, HsTimeline *timeline)
{
  uint32_t n;
  g_autofree Process *processes = list_processes(offer, timeline, true, &n);
  n = sort_processes(processes, n, compare_by_name);
  for (int turn = 0; turn < 4; turn++) {
    HsQueryMatch match = turn % 2 == 0 ? HS_QUERY_BEGINS : HS_QUERY_INSIDE;
    for (uint32_t i = 0; i < n && !hs_query_offer_is_full(offer); i++) {
      if (processes[i].has_heaps == (turn < 2) && processes[i].match == match)
        offer_process_name(offer, &processes[i]);
    }
  }
}

static void
offer_pids(HsQueryOffer *offer, HsTimeline *timeline)
{
  uint32_t n;
  g_autofree Process *processes = list_processes(offer, timeline, false, &n);
  n = sort_processes(processes, n, compare_by_pid);
  for (uint32_t i = 0; i < n && !hs_query_offer_is_full(offer); i++) {
    const char *name = processes[i].name;
    hs_query_offer_take(offer, g_strdup_printf("%u", processes[i].pid), *name != '\0' ? g_strdup(name) : NULL);
  }
}

/* --- threads --- */

static int
compare_threads(const void *a, const void *b)
{
  const HsThread *x = *(const HsThread *const *)a, *y = *(const HsThread *const *)b;
  return (x->tid > y->tid) - (x->tid < y->tid);
}

static char *
describe_thread(HsTimeline *timeline, const HsThread *thread)
{
  const char *process = hs_timeline_process_name(timeline, thread->process);
  const char *name = hs_strings_get(timeline->strings, (HsStringId){__atomic_load_n(&thread->name, __ATOMIC_ACQUIRE)});
  if (*name != '\0' && *process != '\0')
    return g_strdup_printf(_("%s of %s"), name, process);
  return *name != '\0' ? g_strdup(name) : *process != '\0' ? g_strdup(process) : NULL;
}

static void
offer_tids(HsQueryOffer *offer, HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_threads(timeline), HS_COMPLETIONS_MAX_ENTITIES);
  g_autofree const HsThread **threads = g_new(const HsThread *, n);
  for (uint32_t i = 0; i < n; i++)
    threads[i] = hs_timeline_thread(timeline, (HsThreadId){i});
  if (n > 1)
    qsort(threads, n, sizeof *threads, compare_threads);
  for (uint32_t i = 0; i < n && !hs_query_offer_is_full(offer); i++) {
    char tid[HS_FORMAT_MAX];
    if (threads[i]->tid == UINT32_MAX || (i > 0 && threads[i - 1]->tid == threads[i]->tid))
      continue;
    g_snprintf(tid, sizeof tid, "%u", threads[i]->tid);
    if (hs_query_offer_begins(offer, tid))
      hs_query_offer_take(offer, g_strdup(tid), describe_thread(timeline, threads[i]));
  }
}

void
hs_query_offer_entities(HsQueryOffer *offer, HsQueryField field, HsTimeline *timeline)
{
  if (field == HS_QUERY_HEAP)
    offer_heaps(offer, timeline);
  else if (field == HS_QUERY_PROCESS)
    offer_process_names(offer, timeline);
  else if (field == HS_QUERY_PID)
    offer_pids(offer, timeline);
  else if (field == HS_QUERY_TID)
    offer_tids(offer, timeline);
}
