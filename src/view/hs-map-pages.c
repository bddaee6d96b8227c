/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"

#define MAX_PAGE_SHIFT 56
#define MAX_CHUNKS (256u << 10)
/* One of so many slots is taken at most, so that nearly all chunks are found at once. */
#define SPARSE 4u
#define LEAST_SLOTS 4096u
/* What covers more chunks than this is kept as a stretch. */
#define MAX_CHUNKS_A_BLOCK 16
#define MAX_STRETCHES (512u << 10)

/* Each line of them in one of the cache. */
static HsMapChunk *
new_chunks(uint32_t n_slots)
{
  return g_aligned_alloc0(n_slots, sizeof(HsMapChunk), sizeof(HsMapChunk) << HS_MAP_LINE_SHIFT);
}

HsMapPages *
hs_map_pages_new(void)
{
  HsMapPages *pages = g_new0(HsMapPages, 1);
  pages->page_shift = HS_MAP_PAGE_SHIFT;
  pages->n_slots = LEAST_SLOTS;
  pages->chunks = new_chunks(pages->n_slots);
  pages->stretches = g_array_new(FALSE, FALSE, sizeof(HsMapStretch));
  pages->merge_at = 4096;
  return pages;
}

HsMapPages *
hs_map_pages_copy(const HsMapPages *pages)
{
  HsMapPages *copy = g_new(HsMapPages, 1);
  *copy = *pages;
  copy->chunks = new_chunks(pages->n_slots);
  memcpy(copy->chunks, pages->chunks, pages->n_slots * sizeof *pages->chunks);
  copy->stretches = g_array_copy(pages->stretches);
  return copy;
}

void
hs_map_pages_free(HsMapPages *pages)
{
  g_aligned_free(pages->chunks);
  g_array_unref(pages->stretches);
  g_free(pages);
}

static int
compare_stretches(gconstpointer a, gconstpointer b)
{
  const HsMapStretch *x = a, *y = b;
  if (x->process != y->process)
    return x->process < y->process ? -1 : 1;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* Sorts, and joins what overlaps or lies no more than `slack` bytes apart, unless it merely touches and is another
 * heap's. */
static void
merge_stretches(GArray *stretches, uint64_t slack)
{
  guint kept = 0;
  g_array_sort(stretches, compare_stretches);
  for (guint i = 0; i < stretches->len; i++) {
    HsMapStretch s = g_array_index(stretches, HsMapStretch, i);
    HsMapStretch *last = kept > 0 ? &g_array_index(stretches, HsMapStretch, kept - 1) : NULL;
    bool same_heap = last != NULL && last->heap == s.heap;
    if (last != NULL && last->process == s.process &&
        (s.begin < last->end || (s.begin == last->end && same_heap) || (slack > 0 && s.begin - last->end <= slack))) {
      last->end = MAX(last->end, s.end);
      last->heap = same_heap ? s.heap : HS_ID_NONE;
    } else {
      g_array_index(stretches, HsMapStretch, kept++) = s;
    }
  }
  g_array_set_size(stretches, kept);
}

static void
add_stretch(HsMapPages *pages, uint32_t process, uint32_t heap, uint64_t begin, uint64_t end)
{
  HsMapStretch stretch = {process, heap, begin, end};
  if (pages->stretches->len > 0) {
    HsMapStretch *last = &g_array_index(pages->stretches, HsMapStretch, pages->stretches->len - 1);
    if (last->process == process && last->heap == heap && last->begin <= begin && last->end >= end)
      return;
  }
  if (pages->stretches->len >= pages->merge_at) {
    uint64_t slack = 0;
    merge_stretches(pages->stretches, slack);
    for (slack = 1 << HS_MAP_PAGE_SHIFT; pages->stretches->len > MAX_STRETCHES; slack *= 16)
      merge_stretches(pages->stretches, slack);
    pages->merge_at = MAX(4096, 2 * pages->stretches->len);
  }
  g_array_append_val(pages->stretches, stretch);
}

/* --- chunks --- */

static HsMapChunk *
find_slot(const HsMapPages *pages, uint32_t process, uint64_t key)
{
  uint32_t mask = pages->n_slots - 1;
  uint32_t slot = hs_map_pages_slot(pages, process, key);
  while (pages->chunks[slot].bits != 0 && (pages->chunks[slot].key != key || pages->chunks[slot].process != process))
    slot = (slot + 1) & mask;
  return &pages->chunks[slot];
}

/* Moves every chunk into a table of n_slots; `coarser`: 16 pages become one. */
static void
rehash(HsMapPages *pages, uint32_t n_slots, bool coarser)
{
  HsMapChunk *old = pages->chunks;
  uint32_t n_old = pages->n_slots;
  pages->chunks = new_chunks(n_slots);
  pages->n_slots = n_slots;
  pages->n_chunks = 0;
  for (uint32_t i = 0; i < n_old; i++) {
    if (old[i].bits == 0)
      continue;
    uint64_t key = coarser ? old[i].key >> HS_MAP_CHUNK_SHIFT : old[i].key;
    uint32_t bits = coarser ? 1u << (old[i].key & (HS_MAP_CHUNK_PAGES - 1)) : old[i].bits;
    HsMapChunk *chunk = find_slot(pages, old[i].process, key);
    uint32_t heap = chunk->bits == 0 || chunk->heap == old[i].heap ? old[i].heap : HS_ID_NONE;
    if (chunk->bits == 0)
      pages->n_chunks++;
    *chunk = (HsMapChunk){.key = key, .bits = chunk->bits | bits, .process = old[i].process, .heap = heap};
  }
  g_aligned_free(old);
  if (coarser)
    pages->page_shift += HS_MAP_CHUNK_SHIFT;
}

static void
add_bits(HsMapPages *pages, uint32_t process, uint32_t heap, uint64_t key, uint32_t bits)
{
  HsMapChunk *chunk = find_slot(pages, process, key);
  if (chunk->bits != 0) {
    chunk->bits |= bits;
    if (chunk->heap != heap)
      chunk->heap = HS_ID_NONE;
    return;
  }
  *chunk = (HsMapChunk){.key = key, .bits = bits, .process = process, .heap = heap};
  pages->n_chunks++;
  if (pages->n_chunks > pages->n_slots / SPARSE)
    rehash(pages, pages->n_slots * 2, false);
}

static void
limit_chunks(HsMapPages *pages)
{
  if (pages->n_chunks <= MAX_CHUNKS || pages->page_shift >= MAX_PAGE_SHIFT)
    return;
  while (pages->n_chunks > MAX_CHUNKS && pages->page_shift < MAX_PAGE_SHIFT)
    rehash(pages, pages->n_slots, true);
  uint32_t n_slots = LEAST_SLOTS;
  while (pages->n_chunks > n_slots / SPARSE)
    n_slots *= 2;
  rehash(pages, n_slots, false);
}

void
hs_map_pages_add(HsMapPages *pages, uint32_t process, uint32_t heap, uint64_t begin, uint64_t end)
{
  limit_chunks(pages);
  uint64_t first = begin >> pages->page_shift, last = (end - 1) >> pages->page_shift;
  uint64_t first_chunk = first >> HS_MAP_CHUNK_SHIFT, last_chunk = last >> HS_MAP_CHUNK_SHIFT;
  if (last_chunk - first_chunk > MAX_CHUNKS_A_BLOCK) {
    uint64_t mask = (UINT64_C(1) << HS_MAP_PAGE_SHIFT) - 1;
    add_stretch(pages, process, heap, begin & ~mask, end > UINT64_MAX - mask ? UINT64_MAX : (end + mask) & ~mask);
    return;
  }
  for (uint64_t key = first_chunk; key <= last_chunk; key++) {
    uint64_t from = key == first_chunk ? first : 0, to = key == last_chunk ? last : HS_MAP_CHUNK_PAGES - 1;
    add_bits(pages, process, heap, key, hs_map_chunk_bits(from, to));
  }
}

void
hs_map_pages_join(HsMapPages *pages, const HsMapPages *more)
{
  while (pages->page_shift < more->page_shift)
    rehash(pages, pages->n_slots, true);
  for (uint32_t i = 0; i < more->n_slots; i++) {
    HsMapChunk chunk = more->chunks[i];
    if (chunk.bits == 0)
      continue;
    limit_chunks(pages);
    for (unsigned shift = more->page_shift; shift < pages->page_shift; shift += HS_MAP_CHUNK_SHIFT) {
      chunk.bits = 1u << (chunk.key & (HS_MAP_CHUNK_PAGES - 1));
      chunk.key >>= HS_MAP_CHUNK_SHIFT;
    }
    add_bits(pages, chunk.process, chunk.heap, chunk.key, chunk.bits);
  }
  for (guint i = 0; i < more->stretches->len; i++) {
    const HsMapStretch *s = &g_array_index(more->stretches, HsMapStretch, i);
    add_stretch(pages, s->process, s->heap, s->begin, s->end);
  }
}

/* The runs of pages in one chunk. */
static void
add_runs(const HsMapPages *pages, const HsMapChunk *chunk, GArray *stretches)
{
  for (unsigned from = 0; from < HS_MAP_CHUNK_PAGES; from++) {
    if ((chunk->bits >> from & 1) == 0)
      continue;
    unsigned to = from + 1;
    while (to < HS_MAP_CHUNK_PAGES && (chunk->bits >> to & 1) != 0)
      to++;
    uint64_t page = (uint64_t)chunk->key << HS_MAP_CHUNK_SHIFT; /* a field of 48 bits would stay one */
    /* The last page of the address space has no end that could be told. */
    unsigned __int128 end = (unsigned __int128)(page + to) << pages->page_shift;
    HsMapStretch s = {chunk->process, chunk->heap, (page + from) << pages->page_shift,
                      end > UINT64_MAX ? UINT64_MAX : (uint64_t)end};
    g_array_append_val(stretches, s);
    from = to;
  }
}

GArray *
hs_map_pages_stretches(HsMapPages *pages)
{
  GArray *stretches = g_array_ref(pages->stretches);
  for (uint32_t i = 0; i < pages->n_slots; i++) {
    if (pages->chunks[i].bits != 0)
      add_runs(pages, &pages->chunks[i], stretches);
  }
  merge_stretches(stretches, 0);
  return stretches;
}
