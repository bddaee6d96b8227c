/* SPDX-License-Identifier: MIT */
#include "hs-heap-table.h"

#include "hs-row-keys.h"

#define BIAS (UINT64_C(1) << 63)

const char *const *
hs_heap_column_names(void)
{
  static const char *const names[HS_N_HEAP_COLUMNS + 1] = {
      [HS_HEAP_COLUMN_PROCESS] = "process",
      [HS_HEAP_COLUMN_PID] = "pid",
      [HS_HEAP_COLUMN_HANDLE] = "handle",
      [HS_HEAP_COLUMN_FLAGS] = "flags",
      [HS_HEAP_COLUMN_CREATED] = "created_ns",
      [HS_HEAP_COLUMN_DESTROYED] = "destroyed_ns",
      [HS_HEAP_COLUMN_ALLOCS] = "allocs",
      [HS_HEAP_COLUMN_FREES] = "frees",
      [HS_HEAP_COLUMN_REALLOCS] = "reallocs",
      [HS_HEAP_COLUMN_BYTES] = "allocated_bytes",
      [HS_HEAP_COLUMN_OUTSTANDING] = "outstanding_bytes",
      [HS_HEAP_COLUMN_BLOCKS] = "outstanding_count",
      [HS_HEAP_COLUMN_PEAK] = "peak_bytes",
      [HS_HEAP_COLUMN_PEAK_TIME] = "peak_time_ns",
      [HS_HEAP_COLUMN_COMMITTED] = "committed_bytes",
      [HS_HEAP_COLUMN_RESERVED] = "reserved_bytes",
      [HS_HEAP_COLUMN_SLOW_PATH] = "slow_path",
      [HS_HEAP_COLUMN_UNMATCHED_FREES] = "unmatched_frees",
      [HS_HEAP_COLUMN_EVENTS] = "events",
  };
  return names;
}

void
hs_heap_row(const HsTimeline *timeline, const HsHeapSum *sum, HsHeapRow *row)
{
  const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){sum->heap});
  *row = (HsHeapRow){
      .sum = *sum,
      .process = heap->process,
      .handle = heap->handle,
      .create_ticks = HS_GET(heap->create_ticks),
      .destroy_ticks = HS_GET(heap->destroy_ticks),
      .has_flags = HS_GET(heap->has_flags) != 0,
      .flags = HS_GET(heap->flags),
      .has_sizes = HS_GET(heap->has_sizes) != 0,
      .committed_bytes = HS_GET(heap->committed_bytes),
      .reserved_bytes = HS_GET(heap->reserved_bytes),
  };
}

HsRowSet *
hs_heap_set_new(const HsHeapSums *sums)
{
  uint32_t n = hs_heap_sums_n(sums);
  g_autofree uint32_t *heaps = g_try_new(uint32_t, MAX(n, 1));
  if (heaps == NULL)
    return NULL;
  for (uint32_t i = 0; i < n; i++)
    heaps[i] = hs_heap_sums_get(sums, i)->heap;
  return hs_row_set_new_listed(n > 0 ? heaps[n - 1] + 1 : 0, heaps, n);
}

/* --- orders --- */

typedef struct {
  const HsTimeline *timeline;
  const HsHeapSums *sums;
  const HsRowSet *heaps;
  HsHeapColumn column;
  uint32_t n_processes;
  uint32_t *name_ranks; /* by process, if that is the column */
} HeapKeys;

static bool
rank_names(HeapKeys *keys)
{
  uint32_t n = hs_timeline_n_processes(keys->timeline);
  g_autofree const char **names = g_try_new(const char *, MAX(n, 1));
  keys->name_ranks = g_try_new(uint32_t, MAX(n, 1));
  if (names == NULL || keys->name_ranks == NULL)
    return false;
  for (uint32_t i = 0; i < n; i++)
    names[i] = hs_timeline_process_name(keys->timeline, (HsProcessId){i});
  hs_row_keys_rank_texts(names, n, keys->name_ranks);
  keys->n_processes = n;
  return true;
}

static HsRowKey
name_key(const HeapKeys *keys, HsProcessId process)
{
  if (process.v >= keys->n_processes || hs_timeline_process_name(keys->timeline, process)[0] == '\0')
    return (HsRowKey){0, false};
  return (HsRowKey){keys->name_ranks[process.v], true};
}

static HsRowKey
pid_key(const HeapKeys *keys, HsProcessId process)
{
  uint32_t pid = hs_timeline_process(keys->timeline, process)->pid;
  return (HsRowKey){pid, pid != UINT32_MAX};
}

static HsRowKey
share_key(uint64_t part, uint64_t whole)
{
  /* Both are counts of rows: 32 bits. */
  return (HsRowKey){whole == 0 ? 0 : (part << 31) / whole, whole > 0};
}

/* Of what the records of the heap itself tell. */
static HsRowKey
told_key(const HeapKeys *keys, const HsHeapRow *row)
{
  switch (keys->column) {
  case HS_HEAP_COLUMN_PROCESS:
    return name_key(keys, row->process);
  case HS_HEAP_COLUMN_PID:
    return pid_key(keys, row->process);
  case HS_HEAP_COLUMN_HANDLE:
    return (HsRowKey){row->handle, true};
  case HS_HEAP_COLUMN_FLAGS:
    return (HsRowKey){row->flags, row->has_flags};
  case HS_HEAP_COLUMN_CREATED:
    return (HsRowKey){(uint64_t)row->create_ticks + BIAS, row->create_ticks != INT64_MIN};
  case HS_HEAP_COLUMN_DESTROYED:
    return (HsRowKey){(uint64_t)row->destroy_ticks + BIAS, row->destroy_ticks != INT64_MAX};
  case HS_HEAP_COLUMN_COMMITTED:
    return (HsRowKey){row->committed_bytes, row->has_sizes};
  default:
    return (HsRowKey){row->reserved_bytes, row->has_sizes};
  }
}

static HsRowKey
heap_key(gconstpointer data, uint32_t heap)
{
  const HeapKeys *keys = data;
  const HsHeapSum *sum = hs_heap_sums_get(keys->sums, hs_row_set_rank(keys->heaps, heap));
  HsHeapRow row;
  switch (keys->column) {
  case HS_HEAP_COLUMN_ALLOCS:
    return (HsRowKey){sum->allocs, true};
  case HS_HEAP_COLUMN_FREES:
    return (HsRowKey){sum->frees, true};
  case HS_HEAP_COLUMN_REALLOCS:
    return (HsRowKey){sum->reallocs, true};
  case HS_HEAP_COLUMN_BYTES:
    return (HsRowKey){sum->begun_bytes, true};
  case HS_HEAP_COLUMN_OUTSTANDING:
    return (HsRowKey){sum->outstanding_bytes, true};
  case HS_HEAP_COLUMN_BLOCKS:
    return (HsRowKey){sum->outstanding_count, true};
  case HS_HEAP_COLUMN_PEAK:
    return (HsRowKey){sum->peak_bytes, true};
  case HS_HEAP_COLUMN_PEAK_TIME:
    return (HsRowKey){(uint64_t)sum->peak_ticks + BIAS, sum->peak_bytes > 0};
  case HS_HEAP_COLUMN_SLOW_PATH:
    return share_key(sum->slow_path, sum->allocs + sum->reallocs);
  case HS_HEAP_COLUMN_UNMATCHED_FREES:
    return (HsRowKey){sum->unmatched_frees, true};
  case HS_HEAP_COLUMN_EVENTS:
    return (HsRowKey){sum->events, true};
  default:
    hs_heap_row(keys->timeline, sum, &row);
    return told_key(keys, &row);
  }
}

HsRowOrder *
hs_heap_order_new(const HsTimeline *timeline, const HsHeapSums *sums, HsRowSet *heaps, HsHeapColumn column,
                  bool descending, const int *cancel)
{
  HeapKeys keys = {.timeline = timeline, .sums = sums, .heaps = heaps, .column = column};
  HsRowOrder *order = NULL;
  if (column != HS_HEAP_COLUMN_PROCESS || rank_names(&keys))
    order = hs_row_order_new_keyed(heaps, heap_key, NULL, &keys, descending, cancel);
  g_free(keys.name_ranks);
  return order;
}
