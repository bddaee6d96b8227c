/* SPDX-License-Identifier: MIT */
#include "hs-heap-sums.h"

#define ROWS_PER_POLL (1u << 16)

struct _HsHeapSums {
  int ref_count;
  uint32_t n;
  HsHeapSum *heaps;
  HsTraceSums total;
};

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* --- everything: the running figures --- */

static void
take_running(HsHeapSums *sums, const HsTimeline *timeline)
{
  for (uint32_t i = 0; i < sums->n; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    sums->heaps[i] = (HsHeapSum){
        .heap = i,
        .events = HS_GET(heap->n_events),
        .allocs = HS_GET(heap->n_allocs),
        .reallocs = HS_GET(heap->n_reallocs),
        .frees = HS_GET(heap->n_frees),
        .unmatched_frees = HS_GET(heap->n_unmatched_frees),
        .slow_path = HS_GET(heap->n_slow),
        .begun = HS_GET(heap->n_begun),
        .begun_bytes = HS_GET(heap->allocated_bytes),
        .outstanding_count = HS_GET(heap->outstanding_count),
        .outstanding_bytes = HS_GET(heap->outstanding_bytes),
        .peak_bytes = HS_GET(heap->peak_bytes),
        .peak_ticks = HS_GET(heap->peak_ticks),
    };
  }
  const HsTotals *totals = &timeline->totals;
  sums->total = (HsTraceSums){
      .events = hs_timeline_n_rows(timeline),
      .begun = HS_GET(totals->n_begun),
      .begun_bytes = HS_GET(totals->begun_bytes),
      .outstanding_count = HS_GET(totals->outstanding_count),
      .outstanding_bytes = HS_GET(totals->outstanding_bytes),
      .peak_bytes = HS_GET(totals->peak_bytes),
      .peak_ticks = HS_GET(totals->peak_ticks),
  };
  for (int op = 0; op < HS_N_OPS; op++)
    sums->total.operations[op] = HS_GET(totals->operations[op]);
  for (int source = 0; source < HS_N_SOURCES; source++)
    sums->total.sources[source] = HS_GET(totals->sources[source]);
}

/* --- some: counted --- */

static void
count_row(HsHeapSums *sums, const HsTimeline *timeline, HsRow row)
{
  HsOp op = hs_timeline_op(timeline, row);
  HsSource source = hs_timeline_source(timeline, row);
  bool is_paired = op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE;
  sums->total.events++;
  sums->total.operations[op]++;
  if (is_paired)
    sums->total.sources[source]++;
  uint32_t id = hs_timeline_row_heap(timeline, row).v;
  if (id >= sums->n)
    return;
  HsHeapSum *heap = &sums->heaps[id];
  heap->events++;
  heap->allocs += op == HS_OP_ALLOC;
  heap->reallocs += op == HS_OP_REALLOC;
  heap->frees += op == HS_OP_FREE;
  heap->slow_path += source == HS_SOURCE_SLOWPATH && is_paired && op != HS_OP_FREE;
  heap->unmatched_frees += op == HS_OP_FREE && (hs_timeline_ref_of(timeline, row) & HS_REF_LOOSE) != 0;
}

static bool
count_rows(HsHeapSums *sums, const HsTimeline *timeline, const HsRowSet *rows, const int *cancel)
{
  uint32_t n = 0;
  for (HsRow row = hs_row_set_next(rows, 0); row != UINT32_MAX; row = hs_row_set_next(rows, row + 1)) {
    if (n++ % ROWS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    count_row(sums, timeline, row);
  }
  return true;
}

static void
take_blocks(HsHeapSums *sums, const HsPivot *pivot)
{
  const HsRangeSums *all = &pivot->total;
  sums->total.begun = hs_range_sums_begun(all);
  sums->total.begun_bytes = hs_range_sums_begun_bytes(all);
  sums->total.outstanding_count = all->count[HS_BLOCK_TYPE_AIFO];
  sums->total.outstanding_bytes = all->bytes[HS_BLOCK_TYPE_AIFO];
  sums->total.peak_bytes = (uint64_t)all->peak_bytes;
  sums->total.peak_ticks = all->peak_bytes > 0 ? all->peak_ticks : 0;
  for (uint32_t i = 0; i < pivot->n_nodes; i++) {
    const HsPivotNode *node = &pivot->nodes[i];
    if (node->key >= sums->n)
      continue;
    HsHeapSum *heap = &sums->heaps[node->key];
    heap->begun = hs_range_sums_begun(&node->sums);
    heap->begun_bytes = hs_range_sums_begun_bytes(&node->sums);
    heap->outstanding_count = node->sums.count[HS_BLOCK_TYPE_AIFO];
    heap->outstanding_bytes = node->sums.bytes[HS_BLOCK_TYPE_AIFO];
    heap->peak_bytes = (uint64_t)node->sums.peak_bytes;
    heap->peak_ticks = node->sums.peak_bytes > 0 ? node->sums.peak_ticks : 0;
  }
}

/* Those of which nothing passes. */
static void
drop_empty(HsHeapSums *sums)
{
  uint32_t n = 0;
  for (uint32_t i = 0; i < sums->n; i++) {
    if (sums->heaps[i].events > 0 || sums->heaps[i].begun > 0)
      sums->heaps[n++] = sums->heaps[i];
  }
  sums->n = n;
}

static bool
count_some(HsHeapSums *sums, HsTimeline *timeline, HsRowSet *rows, HsRowSet *blocks, HsSeriesSet *series,
           uint32_t n_rows, const int *cancel)
{
  static const HsPivotBy by[] = {HS_PIVOT_HEAP};
  for (uint32_t i = 0; i < sums->n; i++)
    sums->heaps[i].heap = i;
  if (!count_rows(sums, timeline, rows, cancel))
    return false;
  g_autoptr(HsPivot) pivot =
      hs_pivot_new(timeline, blocks, series, HS_TIME_RANGE_ALL, n_rows, by, G_N_ELEMENTS(by), true, cancel);
  if (pivot == NULL)
    return false;
  take_blocks(sums, pivot);
  drop_empty(sums);
  return true;
}

HsHeapSums *
hs_heap_sums_new(HsTimeline *timeline, HsRowSet *rows, HsRowSet *blocks, HsSeriesSet *series, uint32_t n_rows,
                 const int *cancel)
{
  g_autoptr(HsHeapSums) sums = g_new0(HsHeapSums, 1);
  sums->ref_count = 1;
  sums->n = hs_timeline_n_heaps(timeline);
  sums->heaps = g_try_new0(HsHeapSum, MAX(sums->n, 1));
  if (sums->heaps == NULL || is_cancelled(cancel))
    return NULL;
  if ((rows == NULL || hs_row_set_words(rows) == NULL) && (blocks == NULL || hs_row_set_words(blocks) == NULL))
    take_running(sums, timeline);
  else if (!count_some(sums, timeline, rows, blocks, series, n_rows, cancel))
    return NULL;
  return g_steal_pointer(&sums);
}

HsHeapSums *
hs_heap_sums_ref(HsHeapSums *sums)
{
  g_atomic_int_inc(&sums->ref_count);
  return sums;
}

void
hs_heap_sums_unref(HsHeapSums *sums)
{
  if (sums == NULL || !g_atomic_int_dec_and_test(&sums->ref_count))
    return;
  g_free(sums->heaps);
  g_free(sums);
}

uint32_t
hs_heap_sums_n(const HsHeapSums *sums)
{
  return sums->n;
}

const HsHeapSum *
hs_heap_sums_get(const HsHeapSums *sums, uint32_t index)
{
  g_assert(index < sums->n);
  return &sums->heaps[index];
}

const HsTraceSums *
hs_heap_sums_total(const HsHeapSums *sums)
{
  return &sums->total;
}
