/* SPDX-License-Identifier: MIT */
#include "hs-instant-private.h"
#include "hs-scratch.h"

/* --- life --- */

static bool
make_heaps(HsInstant *instant)
{
  instant->n_heaps = hs_timeline_n_heaps(instant->timeline);
  instant->heaps = g_try_new0(HsInstantHeap, MAX(instant->n_heaps, 1));
  instant->shown = g_try_new(uint32_t, MAX(instant->n_heaps, 1));
  for (uint32_t h = 0; instant->heaps != NULL && h < instant->n_heaps; h++)
    instant->heaps[h].process = hs_timeline_heap(instant->timeline, (HsHeapId){h})->process;
  return instant->heaps != NULL && instant->shown != NULL;
}

HsInstant *
hs_instant_new(HsTimeline *timeline, uint32_t n_rows, const int *cancel)
{
  g_autoptr(HsInstant) instant = g_new0(HsInstant, 1);
  instant->ref_count = 1;
  g_mutex_init(&instant->mutex);
  instant->timeline = hs_timeline_ref(timeline);
  instant->ticks = INT64_MIN;
  instant->heap.v = HS_ID_NONE;
  instant->figures.largest_free_heap.v = HS_ID_NONE;
  /* Rows are published last: what is read after them covers them. */
  instant->n_rows = MIN(n_rows, hs_timeline_n_rows(timeline));
  instant->n_blocks = hs_row_set_count_blocks(timeline, instant->n_rows);
  instant->live = g_try_new0(uint64_t, instant->n_blocks / 64 + 1);
  if (instant->live == NULL || !make_heaps(instant) || !hs_instant_make_order(instant, cancel) ||
      !hs_instant_make_memory(instant, cancel))
    return NULL;
  return g_steal_pointer(&instant);
}

HsInstant *
hs_instant_ref(HsInstant *instant)
{
  g_atomic_int_inc(&instant->ref_count);
  return instant;
}

static void
clear_heap(HsInstantHeap *heap)
{
  for (int i = 0; i < HS_INSTANT_N_LAYERS; i++) {
    g_clear_pointer(&heap->layers[i].pieces, g_array_unref);
    g_clear_pointer(&heap->layers[i].spans, g_array_unref);
  }
  g_clear_pointer(&heap->tells, g_array_unref);
}

void
hs_instant_unref(HsInstant *instant)
{
  if (!g_atomic_int_dec_and_test(&instant->ref_count))
    return;
  for (uint32_t h = 0; instant->heaps != NULL && h < instant->n_heaps; h++)
    clear_heap(&instant->heaps[h]);
  g_clear_pointer(&instant->stretches, g_array_unref);
  g_clear_pointer(&instant->blocks, hs_row_set_unref);
  g_free(instant->order);
  g_free(instant->chunks);
  g_free(instant->heaps);
  g_free(instant->live);
  g_free(instant->ordered);
  g_free(instant->shown);
  hs_timeline_unref(instant->timeline);
  g_mutex_clear(&instant->mutex);
  g_free(instant);
}

HsTimeline *
hs_instant_timeline(const HsInstant *instant)
{
  return instant->timeline;
}

uint32_t
hs_instant_n_rows(const HsInstant *instant)
{
  return instant->n_rows;
}

uint64_t
hs_instant_memory_bytes(const HsInstant *instant)
{
  uint64_t bytes = sizeof *instant + (uint64_t)instant->n_blocks * sizeof *instant->order + instant->n_blocks / 8 +
                   (uint64_t)instant->n_chunks * (sizeof *instant->chunks + HS_INSTANT_CHUNK / 8) +
                   (uint64_t)instant->n_heaps * (sizeof *instant->heaps + sizeof *instant->shown) +
                   (uint64_t)instant->stretches->len * sizeof(HsInstantSpan);
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    for (int i = 0; i < HS_INSTANT_N_LAYERS; i++) {
      const HsInstantLayer *layer = &instant->heaps[h].layers[i];
      bytes += layer->pieces != NULL ? layer->pieces->len * sizeof(HsInstantPiece) : 0;
      bytes += layer->spans != NULL ? layer->spans->len * sizeof(HsInstantSpan) : 0;
    }
    bytes += instant->heaps[h].tells != NULL ? instant->heaps[h].tells->len * sizeof(HsInstantTell) : 0;
  }
  return bytes;
}

void
hs_instant_lock(HsInstant *instant)
{
  g_mutex_lock(&instant->mutex);
}

void
hs_instant_unlock(HsInstant *instant)
{
  g_mutex_unlock(&instant->mutex);
}

/* --- what is shown --- */

static bool
has_member(const HsInstant *instant, const HsInstantHeap *heap)
{
  const uint64_t *words = instant->blocks != NULL ? hs_row_set_words(instant->blocks) : NULL;
  if (words == NULL)
    return heap->n > 0 || heap->layers[HS_INSTANT_COMMITTED].pieces != NULL;
  for (uint32_t i = 0; i < heap->n; i++) {
    if (hs_instant_is_member(instant, instant->order[heap->first + i]))
      return true;
  }
  return false;
}

static void
choose(HsInstant *instant, HsRowSet *blocks, HsHeapId heap)
{
  if (blocks != NULL)
    hs_row_set_ref(blocks);
  g_clear_pointer(&instant->blocks, hs_row_set_unref);
  instant->blocks = blocks;
  instant->heap = heap;
  instant->has_choice = true;
  instant->n_shown = 0;
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    HsInstantHeap *one = &instant->heaps[h];
    one->is_shown = (heap.v == HS_ID_NONE || heap.v == h) && has_member(instant, one);
    if (one->is_shown)
      instant->shown[instant->n_shown++] = h;
  }
  for (uint32_t i = 0; i < instant->n_chunks; i++)
    instant->chunks[i].is_dirty = true;
}

bool
hs_instant_seek(HsInstant *instant, HsRowSet *blocks, HsHeapId heap, int64_t ticks, const int *cancel)
{
  bool was_valid = instant->is_valid;
  int64_t from = instant->ticks;
  if (!instant->has_choice || instant->blocks != blocks || instant->heap.v != heap.v)
    choose(instant, blocks, heap);
  if (!hs_instant_move_live(instant, ticks, cancel))
    return false;
  hs_instant_move_memory(instant, !was_valid, from, ticks);
  instant->ticks = ticks;
  instant->is_valid = true;
  if (hs_instant_sum_up(instant, cancel))
    return true;
  /* What was not made anew is still dirty: the next move needs no scan, if it is near. */
  return false;
}

int64_t
hs_instant_ticks(const HsInstant *instant)
{
  return instant->ticks;
}

/* --- figures --- */

double
hs_instant_fragmentation(const HsInstantFigures *figures)
{
  if (figures->free_bytes == 0)
    return 0;
  return 1 - (double)figures->largest_free_bytes / (double)figures->free_bytes;
}

const HsInstantFigures *
hs_instant_figures(const HsInstant *instant)
{
  return &instant->figures;
}

uint32_t
hs_instant_n_heaps(const HsInstant *instant)
{
  return instant->n_shown;
}

const HsInstantFigures *
hs_instant_heap(const HsInstant *instant, uint32_t index, HsHeapId *heap)
{
  heap->v = instant->shown[index];
  return &instant->heaps[instant->shown[index]].figures;
}

/* --- where things are --- */

static int
compare_stretches(gconstpointer a, gconstpointer b)
{
  const HsInstantStretch *x = a, *y = b;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

static void
add_stretch(GArray *stretches, guint first, const HsInstantStretch *stretch)
{
  HsInstantStretch *last =
      stretches->len > first ? &g_array_index(stretches, HsInstantStretch, stretches->len - 1) : NULL;
  if (last != NULL && stretch->begin <= last->end)
    last->end = MAX(last->end, stretch->end);
  else
    g_array_append_vals(stretches, stretch, 1);
}

static void
add_heap_stretches(const HsInstant *instant, uint32_t h, GArray *stretches)
{
  const HsInstantHeap *heap = &instant->heaps[h];
  const GArray *pieces = heap->layers[HS_INSTANT_COMMITTED].pieces;
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(HsInstantStretch));
  for (uint32_t i = 0; i < heap->n_stretches; i++) {
    const HsInstantSpan *span = &g_array_index(instant->stretches, HsInstantSpan, heap->first_stretch + i);
    HsInstantStretch stretch = {heap->process, {h}, span->begin, span->end};
    g_array_append_val(all, stretch);
  }
  for (guint i = 0; pieces != NULL && i < pieces->len; i++) {
    const HsInstantPiece *piece = &g_array_index(pieces, HsInstantPiece, i);
    HsInstantStretch stretch = {heap->process, {h}, piece->begin, piece->end};
    add_stretch(all, heap->n_stretches, &stretch);
  }
  if (all->len > heap->n_stretches)
    g_array_sort(all, compare_stretches);
  guint first = stretches->len;
  for (guint i = 0; i < all->len; i++)
    add_stretch(stretches, first, &g_array_index(all, HsInstantStretch, i));
}

GArray *
hs_instant_stretches(const HsInstant *instant)
{
  GArray *stretches = g_array_new(FALSE, FALSE, sizeof(HsInstantStretch));
  for (uint32_t s = 0; s < instant->n_shown; s++)
    add_heap_stretches(instant, instant->shown[s], stretches);
  return stretches;
}

/* The live blocks of a chunk that cover anything of [begin, end). */
static void
visit_chunk(const HsInstant *instant, const HsInstantChunk *chunk, uint64_t begin, uint64_t end,
            HsInstantBlocksFunc visit, gpointer data)
{
  uint32_t ids[HS_INSTANT_CHUNK];
  HsInstantBlock blocks[HS_INSTANT_CHUNK];
  uint32_t n = hs_instant_chunk_live(instant, chunk, ids), n_found = 0;
  for (uint32_t i = 0; i < n; i++) {
    HsInstantBlock *block = &blocks[n_found];
    hs_instant_block_extent(instant, ids[i], &block->begin, &block->end);
    if (block->begin >= end)
      break;
    if (block->end <= begin)
      continue;
    block->id.v = ids[i];
    block->heap.v = chunk->heap;
    block->source = hs_timeline_block_source(instant->timeline, block->id);
    block->is_member = hs_instant_is_member(instant, ids[i]);
    n_found++;
  }
  if (n_found > 0)
    visit(data, blocks, n_found);
}

void
hs_instant_visit_blocks(const HsInstant *instant, HsProcessId process, uint64_t begin, uint64_t end,
                        HsInstantBlocksFunc visit, gpointer data)
{
  for (uint32_t s = 0; s < instant->n_shown; s++) {
    const HsInstantHeap *heap = &instant->heaps[instant->shown[s]];
    if (heap->process.v != process.v)
      continue;
    for (uint32_t i = heap->first_chunk; i < heap->first_chunk + heap->n_chunks; i++) {
      const HsInstantChunk *chunk = &instant->chunks[i];
      if (chunk->address >= end)
        break;
      if (chunk->sum.n > 0 && chunk->sum.begin < end && chunk->sum.end > begin)
        visit_chunk(instant, chunk, begin, end, visit, data);
    }
  }
}

void
hs_instant_visit_memory(const HsInstant *instant, bool reserved, HsProcessId process, uint64_t begin, uint64_t end,
                        HsInstantSpanFunc visit, gpointer data)
{
  for (uint32_t s = 0; s < instant->n_shown; s++) {
    const HsInstantHeap *heap = &instant->heaps[instant->shown[s]];
    uint32_t n, low = 0;
    const HsInstantSpan *spans =
        hs_instant_spans(&heap->layers[reserved ? HS_INSTANT_RESERVED : HS_INSTANT_COMMITTED], &n);
    if (heap->process.v != process.v)
      continue;
    for (uint32_t high = n; low < high;) {
      uint32_t middle = low + (high - low) / 2;
      if (spans[middle].end <= begin)
        low = middle + 1;
      else
        high = middle;
    }
    for (; low < n && spans[low].begin < end; low++)
      visit(data, (HsHeapId){instant->shown[s]}, MAX(spans[low].begin, begin), MIN(spans[low].end, end));
  }
}
