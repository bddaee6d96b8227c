/* SPDX-License-Identifier: MIT */
#include "hs-heap-figures.h"

typedef struct {
  uint32_t n_heaps, n_shown;
} ProcessCount;

struct _HsHeapFigures {
  GArray *bytes, *counts; /* int64_t by heap id */
  GArray *processes;      /* ProcessCount by process id */
  GHashTable *curves;     /* heap id → int64_t[HS_CURVE_VALUES] */
};

HsHeapFigures *
hs_heap_figures_new(void)
{
  HsHeapFigures *figures = g_new0(HsHeapFigures, 1);
  figures->bytes = g_array_new(FALSE, TRUE, sizeof(int64_t));
  figures->counts = g_array_new(FALSE, TRUE, sizeof(int64_t));
  figures->processes = g_array_new(FALSE, TRUE, sizeof(ProcessCount));
  figures->curves = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  return figures;
}

void
hs_heap_figures_free(HsHeapFigures *figures)
{
  g_array_unref(figures->bytes);
  g_array_unref(figures->counts);
  g_array_unref(figures->processes);
  g_hash_table_unref(figures->curves);
  g_free(figures);
}

static void
reset(GArray *array, uint32_t length)
{
  g_array_set_size(array, 0);
  g_array_set_size(array, length);
}

/* One column that begins just after the visible range holds each heap's value at the range's end. */
static void
fill_values(GArray *values, HsDocument *document, HsMeasure measure, uint32_t n_heaps)
{
  int64_t t0, t1;
  reset(values, n_heaps);
  hs_document_get_range(document, &t0, &t1);
  g_autoptr(HsSamples) samples = hs_series_sample(hs_document_get_timeline(document)->series, measure, HS_GROUP_HEAP,
                                                  t1, t1 + 1, 1, (int)MIN(n_heaps, G_MAXINT - 1) + 1, NULL);
  if (samples == NULL)
    return;
  for (int i = 0; i < samples->n_layers; i++) {
    if (samples->layer_ids[i] < n_heaps)
      g_array_index(values, int64_t, samples->layer_ids[i]) = samples->layers[i];
  }
}

void
hs_heap_figures_update_shown(HsHeapFigures *figures, HsDocument *document)
{
  HsTimeline *timeline = hs_document_get_timeline(document);
  const HsFilter *filter = hs_document_get_filter(document);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);

  reset(figures->processes, hs_timeline_n_processes(timeline));
  for (uint32_t i = 0; i < n_heaps; i++) {
    HsHeapId heap = {i};
    uint32_t process = hs_timeline_heap(timeline, heap)->process.v;
    if (process >= figures->processes->len)
      continue;
    ProcessCount *count = &g_array_index(figures->processes, ProcessCount, process);
    count->n_heaps++;
    if (hs_filter_shows_heap(filter, heap))
      count->n_shown++;
  }
}

void
hs_heap_figures_update(HsHeapFigures *figures, HsDocument *document)
{
  uint32_t n_heaps = hs_timeline_n_heaps(hs_document_get_timeline(document));

  fill_values(figures->bytes, document, HS_MEASURE_BYTES, n_heaps);
  fill_values(figures->counts, document, HS_MEASURE_COUNT, n_heaps);
  g_hash_table_remove_all(figures->curves);
  hs_heap_figures_update_shown(figures, document);
}

int64_t
hs_heap_figures_bytes(const HsHeapFigures *figures, HsHeapId heap)
{
  return heap.v < figures->bytes->len ? g_array_index(figures->bytes, int64_t, heap.v) : 0;
}

int64_t
hs_heap_figures_count(const HsHeapFigures *figures, HsHeapId heap)
{
  return heap.v < figures->counts->len ? g_array_index(figures->counts, int64_t, heap.v) : 0;
}

const int64_t *
hs_heap_figures_curve(HsHeapFigures *figures, HsDocument *document, HsHeapId heap)
{
  int64_t *values = g_hash_table_lookup(figures->curves, GUINT_TO_POINTER(heap.v));
  if (values != NULL)
    return values;
  int64_t t0, t1;
  hs_document_get_range(document, &t0, &t1);
  values = g_new0(int64_t, HS_CURVE_VALUES);
  hs_series_curve(hs_document_get_timeline(document)->series, HS_GROUP_HEAP, heap.v,
                  hs_measure_outstanding(hs_document_get_measure(document)), t0, t1, HS_CURVE_VALUES, values);
  g_hash_table_insert(figures->curves, GUINT_TO_POINTER(heap.v), values);
  return values;
}

void
hs_heap_figures_process(const HsHeapFigures *figures, HsProcessId process, uint32_t *n_heaps, uint32_t *n_shown)
{
  ProcessCount count = {0};
  if (process.v < figures->processes->len)
    count = g_array_index(figures->processes, ProcessCount, process.v);
  *n_heaps = count.n_heaps;
  *n_shown = count.n_shown;
}
