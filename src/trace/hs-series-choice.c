/* SPDX-License-Identifier: MIT */
/* Which layers a chart shows: the largest, in the order of their ids. */
#include "hs-series-private.h"

typedef struct {
  uint32_t layer;
  int64_t peak;
} Candidate;

static int
compare_peaks(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->peak != y->peak)
    return x->peak > y->peak ? -1 : 1;
  return (x->layer > y->layer) - (x->layer < y->layer);
}

static int
compare_layers(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  return (x->layer > y->layer) - (x->layer < y->layer);
}

/* Layers may have risen since their last whole stretch: adds what the rows since tell. */
static void
raise_peaks(const HsSeriesSet *set, const HsSnapshot *snapshot, HsGroup group, HsMeasure measure, GArray *peaks)
{
  g_autoptr(GHashTable) now = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
  uint32_t stretch = snapshot->n_rows >> HS_STRETCH_SHIFT;
  HsReplay replay;
  hs_replay_init(&replay, set, snapshot, stretch << HS_STRETCH_SHIFT, snapshot->n_rows, false);
  for (const HsDelta *delta; (delta = hs_replay_peek(&replay)) != NULL; replay.i++) {
    uint32_t layer = hs_delta_layer(delta, group);
    if (layer == HS_ID_NONE)
      continue;
    int64_t *value = g_hash_table_lookup(now, GUINT_TO_POINTER(layer));
    if (value == NULL) {
      value = g_new(int64_t, 1);
      *value = hs_layers_last(&set->layers,
                              hs_layers_before(&set->layers, hs_layers_newest(&set->layers, layer), stretch), measure);
      g_hash_table_insert(now, GUINT_TO_POINTER(layer), value);
    }
    *value = hs_wrapping_add(*value, hs_delta_amount(delta, measure));
    if (layer >= peaks->len)
      g_array_set_size(peaks, layer + 1);
    int64_t *peak = &g_array_index(peaks, int64_t, layer);
    *peak = MAX(*peak, *value);
  }
}

/* The largest value each layer ever had, by layer. */
static GArray *
layer_peaks(const HsSeriesSet *set, const HsSnapshot *snapshot, HsGroup group, HsMeasure measure)
{
  GArray *peaks = g_array_new(FALSE, TRUE, sizeof(int64_t));
  uint32_t n_heads = __atomic_load_n(&set->layers.n_heads, __ATOMIC_ACQUIRE);
  uint32_t first = group == HS_GROUP_SOURCE ? 0 : HS_N_SOURCES;
  uint32_t end = group == HS_GROUP_SOURCE ? MIN(n_heads, HS_N_SOURCES) : n_heads;
  g_array_set_size(peaks, end);
  for (uint32_t layer = first; layer < end; layer++) {
    const HsLayerHead *head = hs_layers_head(&set->layers, layer);
    g_array_index(peaks, int64_t, layer) = measure == HS_MEASURE_BYTES
                                               ? __atomic_load_n(&head->peak_bytes, __ATOMIC_RELAXED)
                                               : __atomic_load_n(&head->peak_count, __ATOMIC_RELAXED);
  }
  raise_peaks(set, snapshot, group, measure, peaks);
  return peaks;
}

void
hs_layer_choice_init(HsLayerChoice *choice, const HsSeriesSet *set, const HsSnapshot *snapshot, HsGroup group,
                     HsMeasure measure, int max_layers)
{
  *choice = (HsLayerChoice){.group = group, .measure = measure};
  if (group == HS_GROUP_NONE) {
    choice->others = true;
    return;
  }
  g_autoptr(GArray) peaks = layer_peaks(set, snapshot, group, measure);
  g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
  for (uint32_t layer = 0; layer < peaks->len; layer++) {
    Candidate candidate = {layer, g_array_index(peaks, int64_t, layer)};
    if (candidate.peak != 0)
      g_array_append_val(candidates, candidate);
  }
  g_array_sort(candidates, compare_peaks);
  if (candidates->len > (guint)MAX(max_layers, 0)) {
    g_array_set_size(candidates, (guint)MAX(max_layers, 0));
    choice->others = true;
  }
  g_array_sort(candidates, compare_layers);
  choice->n = candidates->len;
  choice->layers = g_new(uint32_t, MAX(choice->n, 1));
  choice->n_slots = choice->n == 0 ? 0 : g_array_index(candidates, Candidate, choice->n - 1).layer + 1;
  choice->slots = g_new(uint32_t, MAX(choice->n_slots, 1));
  memset(choice->slots, 0xff, choice->n_slots * sizeof(uint32_t));
  for (uint32_t i = 0; i < choice->n; i++) {
    choice->layers[i] = g_array_index(candidates, Candidate, i).layer;
    choice->slots[choice->layers[i]] = i;
  }
}

void
hs_layer_choice_clear(HsLayerChoice *choice)
{
  g_clear_pointer(&choice->layers, g_free);
  g_clear_pointer(&choice->slots, g_free);
}
