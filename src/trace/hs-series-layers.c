/* SPDX-License-Identifier: MIT */
/* The log of layers: see hs-series-private.h. */
#include "hs-series-private.h"

void
hs_layers_init(HsLayers *layers, HsArena *arena)
{
  hs_vec_init(&layers->log, arena, sizeof(HsLayerEntry));
  hs_vec_init(&layers->heads, arena, sizeof(HsLayerHead));
}

void
hs_layers_clear(HsLayers *layers)
{
  hs_vec_clear(&layers->log);
  hs_vec_clear(&layers->heads);
  g_clear_pointer(&layers->states, g_free);
  g_clear_pointer(&layers->touched, g_free);
}

bool
hs_layers_grow(HsLayers *layers, uint32_t layer)
{
  uint64_t n = MAX((uint64_t)layer + 1, (uint64_t)layers->n_states * 2);
  HsLayerState *states = n <= UINT32_MAX ? g_try_renew(HsLayerState, layers->states, n) : NULL;
  if (states == NULL)
    return false;
  memset(states + layers->n_states, 0, (n - layers->n_states) * sizeof *states);
  for (uint64_t i = layers->n_states; i < n; i++)
    states[i].count = states[i].max_count = layers->first_count;
  layers->states = states;
  layers->n_states = (uint32_t)n;
  return true;
}

bool
hs_layers_touch(HsLayers *layers, uint32_t layer, uint32_t stretch)
{
  if (layers->n_touched == layers->touched_capacity) {
    uint32_t capacity = MAX(layers->touched_capacity * 2, 64);
    uint32_t *touched = g_try_renew(uint32_t, layers->touched, capacity);
    if (touched == NULL)
      return false;
    layers->touched = touched;
    layers->touched_capacity = capacity;
  }
  layers->touched[layers->n_touched++] = layer;
  HsLayerState *state = &layers->states[layer];
  state->touched = stretch + 1;
  state->max_bytes = state->bytes;
  state->max_count = state->count;
  return true;
}

/* Links an entry behind the newest of its list: it jumps as far as the two jumps before it together, if these are
 * equally long, and one step otherwise (Myers, "An applicative random-access stack", 1983). */
static void
link_entry(const HsLayers *layers, HsLayerEntry *entry, uint32_t newest)
{
  entry->prev = entry->jump = newest;
  entry->jump_max_bytes = entry->max_bytes;
  entry->jump_max_count = entry->max_count;
  if (newest == HS_ENTRY_NONE)
    return;
  const HsLayerEntry *prev = hs_layers_entry(layers, newest);
  entry->depth = prev->depth + 1;
  if (prev->jump == HS_ENTRY_NONE)
    return;
  const HsLayerEntry *far = hs_layers_entry(layers, prev->jump);
  if (far->jump == HS_ENTRY_NONE)
    return;
  const HsLayerEntry *farther = hs_layers_entry(layers, far->jump);
  if (prev->depth - far->depth != far->depth - farther->depth)
    return;
  entry->jump = far->jump;
  entry->jump_max_bytes = MAX(entry->max_bytes, MAX(prev->jump_max_bytes, far->jump_max_bytes));
  entry->jump_max_count = MAX(entry->max_count, MAX(prev->jump_max_count, far->jump_max_count));
}

/* Appends an entry to a layer's list; its links and depth are not yet set. */
static bool
append_entry(HsLayers *layers, uint32_t layer, const HsLayerEntry *from)
{
  while (layers->heads.length <= layer) {
    if (hs_vec_append(&layers->heads) == NULL)
      return false;
  }
  __atomic_store_n(&layers->n_heads, layers->heads.length, __ATOMIC_RELEASE);
  HsLayerHead *head = HS_VEC(&layers->heads, HsLayerHead, layer);
  uint32_t index = layers->log.length;
  HsLayerEntry *entry = index < HS_ENTRY_NONE - 1 ? hs_vec_append(&layers->log) : NULL;
  if (entry == NULL)
    return false;
  *entry = *from;
  link_entry(layers, entry, head->head - 1);
  __atomic_store_n(&head->peak_bytes, MAX(head->peak_bytes, from->max_bytes), __ATOMIC_RELAXED);
  __atomic_store_n(&head->peak_count, MAX(head->peak_count, from->max_count), __ATOMIC_RELAXED);
  __atomic_store_n(&head->head, index + 1, __ATOMIC_RELEASE);
  return true;
}

static bool
close_layer(HsLayers *layers, uint32_t layer, uint32_t stretch)
{
  const HsLayerState *state = &layers->states[layer];
  return append_entry(layers, layer,
                      &(HsLayerEntry){.last_bytes = state->bytes,
                                      .max_bytes = state->max_bytes,
                                      .last_count = state->count,
                                      .max_count = state->max_count,
                                      .stretch = stretch});
}

/* The entries of a list, oldest first; they are linked the other way round. Free with g_free(). */
static uint32_t *
list_entries(const HsLayers *layers, uint32_t layer, uint32_t *n)
{
  uint32_t newest = hs_layers_newest(layers, layer);
  *n = newest == HS_ENTRY_NONE ? 0 : hs_layers_entry(layers, newest)->depth + 1;
  uint32_t *entries = g_try_new(uint32_t, MAX(*n, 1));
  for (uint32_t i = *n; entries != NULL && i-- > 0;) {
    entries[i] = newest;
    newest = hs_layers_entry(layers, newest)->prev;
  }
  return entries;
}

static bool
adopt_layer(HsLayers *layers, const HsLayers *later, uint32_t layer)
{
  uint32_t n;
  g_autofree uint32_t *entries = list_entries(later, layer, &n);
  if (entries == NULL || (layer >= layers->n_states && !hs_layers_grow(layers, layer)))
    return false;
  HsLayerState *state = &layers->states[layer];
  uint32_t count = state->count - later->first_count;
  for (uint32_t i = 0; i < n; i++) {
    const HsLayerEntry *entry = hs_layers_entry(later, entries[i]);
    if (!append_entry(layers, layer,
                      &(HsLayerEntry){.last_bytes = hs_wrapping_add(state->bytes, (uint64_t)entry->last_bytes),
                                      .max_bytes = hs_wrapping_add(state->bytes, (uint64_t)entry->max_bytes),
                                      .last_count = count + entry->last_count,
                                      .max_count = count + entry->max_count,
                                      .stretch = entry->stretch}))
      return false;
  }
  const HsLayerState *end = &later->states[layer];
  state->max_bytes = hs_wrapping_add(state->bytes, (uint64_t)end->max_bytes);
  state->max_count = count + end->max_count;
  state->bytes = hs_wrapping_add(state->bytes, (uint64_t)end->bytes);
  state->count = count + end->count;
  state->touched = end->touched;
  return true;
}

bool
hs_layers_adopt(HsLayers *layers, const HsLayers *later)
{
  for (uint32_t layer = 0; layer < later->n_states; layer++) {
    if (later->states[layer].touched != 0 && !adopt_layer(layers, later, layer))
      return false;
  }
  /* The open stretch: what it touched is closed with it. */
  for (uint32_t i = 0; i < later->n_touched; i++) {
    HsLayerState state = layers->states[later->touched[i]];
    if (!hs_layers_touch(layers, later->touched[i], state.touched - 1))
      return false;
    layers->states[later->touched[i]] = state;
  }
  return true;
}

bool
hs_layers_close(HsLayers *layers, uint32_t stretch)
{
  for (uint32_t i = 0; i < layers->n_touched; i++) {
    if (!close_layer(layers, layers->touched[i], stretch))
      return false;
  }
  layers->n_touched = 0;
  return true;
}

uint32_t
hs_layers_newest(const HsLayers *layers, uint32_t layer)
{
  const HsLayerHead *head = hs_layers_head(layers, layer);
  return head != NULL ? __atomic_load_n(&head->head, __ATOMIC_ACQUIRE) - 1 : HS_ENTRY_NONE;
}

uint32_t
hs_layers_before(const HsLayers *layers, uint32_t entry, uint32_t stretch)
{
  while (entry != HS_ENTRY_NONE) {
    const HsLayerEntry *e = hs_layers_entry(layers, entry);
    if (e->stretch < stretch)
      break;
    bool jumps = e->jump != HS_ENTRY_NONE && hs_layers_entry(layers, e->jump)->stretch >= stretch;
    entry = jumps ? e->jump : e->prev;
  }
  return entry;
}

int64_t
hs_layers_last(const HsLayers *layers, uint32_t entry, HsMeasure measure)
{
  if (entry == HS_ENTRY_NONE)
    return 0;
  const HsLayerEntry *e = hs_layers_entry(layers, entry);
  return measure == HS_MEASURE_BYTES ? e->last_bytes : e->last_count;
}

int64_t
hs_layers_max(const HsLayers *layers, uint32_t entry, uint32_t first, HsMeasure measure)
{
  bool bytes = measure == HS_MEASURE_BYTES;
  int64_t max = INT64_MIN;
  while (entry != HS_ENTRY_NONE) {
    const HsLayerEntry *e = hs_layers_entry(layers, entry);
    if (e->stretch < first)
      break;
    bool jumps = e->jump != HS_ENTRY_NONE && hs_layers_entry(layers, e->jump)->stretch >= first;
    int64_t here = jumps ? (bytes ? e->jump_max_bytes : e->jump_max_count) : (bytes ? e->max_bytes : e->max_count);
    max = MAX(max, here);
    entry = jumps ? e->jump : e->prev;
  }
  /* What follows the last stretch of change holds through the range. */
  return MAX(max, hs_layers_last(layers, entry, measure));
}
