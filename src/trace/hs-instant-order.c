/* SPDX-License-Identifier: MIT */
/* The order of the blocks by heap, address and id, cut into chunks, and the pages they cover. */
#include "hs-instant-private.h"
#include "hs-row-sort.h"
#include "hs-scratch.h"

#define FEW_BLOCKS 64u
#define AHEAD 24u
#define CANCEL_BLOCKS 65536u
/* More stretches than this are not told apart: the gaps between them grow. */
#define MAX_STRETCHES (1u << 20)

static inline uint64_t
address_of(const HsInstant *instant, uint32_t block)
{
  return hs_timeline_block_address(instant->timeline, (HsBlockId){block});
}

/* --- by heap --- */

static uint32_t
heap_of(const HsInstant *instant, uint32_t block)
{
  HsRow begin = hs_timeline_block_begin(instant->timeline, (HsBlockId){block});
  return hs_timeline_row_heap(instant->timeline, begin).v;
}

/* Blocks in the order they begin, heap by heap. */
static bool
gather_heaps(HsInstant *instant, const int *cancel)
{
  for (uint32_t i = 0; i < instant->n_blocks; i++) {
    if (i % CANCEL_BLOCKS == 0 && hs_instant_cancelled(cancel))
      return false;
    uint32_t heap = heap_of(instant, i);
    if (heap < instant->n_heaps)
      instant->heaps[heap].n++;
  }
  uint32_t first = 0;
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    instant->heaps[h].first = first;
    first += instant->heaps[h].n;
    instant->heaps[h].n = 0;
  }
  for (uint32_t i = 0; i < instant->n_blocks; i++) {
    if (i % CANCEL_BLOCKS == 0 && hs_instant_cancelled(cancel))
      return false;
    uint32_t heap = heap_of(instant, i);
    if (heap < instant->n_heaps)
      instant->order[instant->heaps[heap].first + instant->heaps[heap].n++] = i;
  }
  return true;
}

/* --- by address --- */

static void
sort_few(const HsInstant *instant, uint32_t *ids, uint32_t n)
{
  for (uint32_t i = 1; i < n; i++) {
    uint32_t id = ids[i], at = i;
    uint64_t address = address_of(instant, id);
    for (; at > 0 && address_of(instant, ids[at - 1]) > address; at--)
      ids[at] = ids[at - 1];
    ids[at] = id;
  }
}

static bool
sort_heap(HsInstant *instant, const HsInstantHeap *heap, uint64_t *keys, const int *cancel)
{
  uint32_t *ids = instant->order + heap->first;
  uint64_t least = UINT64_MAX, most = 0, bits = 0;
  if (heap->n <= FEW_BLOCKS) {
    sort_few(instant, ids, heap->n);
    return true;
  }
  for (uint32_t i = 0; i < heap->n; i++) {
    keys[i] = address_of(instant, ids[i]);
    least = MIN(least, keys[i]);
    most = MAX(most, keys[i]);
  }
  for (uint32_t i = 0; i < heap->n; i++) {
    keys[i] -= least;
    bits |= keys[i];
  }
  /* Blocks lie at multiples of eight or sixteen: what says nothing need not be sorted by. */
  unsigned shift = bits != 0 ? (unsigned)__builtin_ctzll(bits) : 0;
  return hs_row_sort(keys, ids, heap->n, most - least, shift, cancel);
}

static bool
sort_heaps(HsInstant *instant, const int *cancel)
{
  uint32_t most = 0;
  for (uint32_t h = 0; h < instant->n_heaps; h++)
    most = MAX(most, instant->heaps[h].n);
  g_autofree uint64_t *keys = hs_scratch_new(most, sizeof *keys);
  if (keys == NULL)
    return false;
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    if (hs_instant_cancelled(cancel) || !sort_heap(instant, &instant->heaps[h], keys, cancel))
      return false;
  }
  return true;
}

/* --- chunks and pages --- */

static uint64_t
page_up(uint64_t address)
{
  uint64_t mask = HS_INSTANT_PAGE_BYTES - 1;
  return address > UINT64_MAX - mask ? UINT64_MAX : (address + mask) & ~mask;
}

/* Merges a heap's stretches that are no further apart than `gap`. */
static void
coarsen(HsInstant *instant, uint64_t gap)
{
  HsInstantSpan *spans = (HsInstantSpan *)(void *)instant->stretches->data;
  uint32_t n = 0;
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    HsInstantHeap *heap = &instant->heaps[h];
    uint32_t first = n;
    for (uint32_t i = 0; i < heap->n_stretches; i++) {
      HsInstantSpan span = spans[heap->first_stretch + i];
      if (n > first && span.begin - spans[n - 1].end <= gap)
        spans[n - 1].end = span.end;
      else
        spans[n++] = span;
    }
    heap->first_stretch = first;
    heap->n_stretches = n - first;
  }
  g_array_set_size(instant->stretches, n);
}

typedef struct {
  HsInstant *instant;
  HsInstantHeap *heap;
  uint64_t gap; /* up to which stretches are one */
} Pages;

static void
add_pages(Pages *pages, uint64_t begin, uint64_t end)
{
  GArray *stretches = pages->instant->stretches;
  begin &= ~(uint64_t)(HS_INSTANT_PAGE_BYTES - 1);
  end = page_up(end);
  if (pages->heap->n_stretches > 0) {
    HsInstantSpan *last = &g_array_index(stretches, HsInstantSpan, stretches->len - 1);
    if (begin <= last->end || begin - last->end <= pages->gap) {
      last->end = MAX(last->end, end);
      return;
    }
  }
  HsInstantSpan span = {begin, end};
  g_array_append_val(stretches, span);
  pages->heap->n_stretches++;
  while (stretches->len > MAX_STRETCHES) {
    pages->gap = pages->gap == 0 ? 16 * HS_INSTANT_PAGE_BYTES : pages->gap * 16;
    coarsen(pages->instant, pages->gap);
    if (pages->gap > UINT64_MAX / 16)
      break;
  }
}

static bool
cut_heap(Pages *pages, uint32_t h, HsInstantChunk *chunks, const int *cancel)
{
  HsInstant *instant = pages->instant;
  HsInstantHeap *heap = &instant->heaps[h];
  const uint32_t *ids = instant->order + heap->first;
  pages->heap = heap;
  heap->first_stretch = instant->stretches->len;
  for (uint32_t i = 0; i < heap->n; i++) {
    if (i % HS_INSTANT_CHUNK == 0) {
      if (hs_instant_cancelled(cancel))
        return false;
      chunks[i / HS_INSTANT_CHUNK] = (HsInstantChunk){.address = address_of(instant, ids[i]),
                                                      .first_id = ids[i],
                                                      .first = heap->first + i,
                                                      .n = MIN(heap->n - i, HS_INSTANT_CHUNK),
                                                      .heap = h,
                                                      .is_dirty = true};
    }
    if (i + AHEAD < heap->n)
      __builtin_prefetch(hs_timeline_block_record(instant->timeline, (HsBlockId){ids[i + AHEAD]}));
    uint64_t begin, end;
    hs_instant_block_extent(instant, ids[i], &begin, &end);
    add_pages(pages, begin, end);
  }
  return true;
}

static bool
cut(HsInstant *instant, const int *cancel)
{
  uint32_t n_chunks = 0;
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    HsInstantHeap *heap = &instant->heaps[h];
    heap->first_chunk = n_chunks;
    heap->n_chunks = heap->n / HS_INSTANT_CHUNK + (heap->n % HS_INSTANT_CHUNK != 0);
    n_chunks += heap->n_chunks;
  }
  instant->n_chunks = n_chunks;
  instant->chunks = g_try_new(HsInstantChunk, MAX(n_chunks, 1));
  instant->ordered = g_try_new0(uint64_t, MAX((size_t)n_chunks, 1) * HS_INSTANT_CHUNK_WORDS);
  if (instant->chunks == NULL || instant->ordered == NULL)
    return false;
  Pages pages = {.instant = instant};
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    if (!cut_heap(&pages, h, instant->chunks + instant->heaps[h].first_chunk, cancel))
      return false;
  }
  return true;
}

bool
hs_instant_make_order(HsInstant *instant, const int *cancel)
{
  instant->order = hs_scratch_new(instant->n_blocks, sizeof *instant->order);
  instant->stretches = g_array_new(FALSE, FALSE, sizeof(HsInstantSpan));
  return instant->order != NULL && gather_heaps(instant, cancel) && sort_heaps(instant, cancel) && cut(instant, cancel);
}

uint32_t
hs_instant_chunk_of(const HsInstant *instant, uint32_t heap, uint64_t address, uint32_t id)
{
  uint32_t low = instant->heaps[heap].first_chunk, high = low + instant->heaps[heap].n_chunks;
  /* The last chunk that does not begin after it. */
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    const HsInstantChunk *chunk = &instant->chunks[middle];
    if (chunk->address < address || (chunk->address == address && chunk->first_id <= id))
      low = middle;
    else
      high = middle;
  }
  return low;
}
