/* SPDX-License-Identifier: MIT */
/*
 * What the live blocks amount to. A heap's blocks are walked by address; what lies between one and the next, and inside
 * committed memory, is free. The sum of a chunk is kept until something happens in it; the sums of a heap's chunks are
 * joined, which is exact because a sum tells of its edges: where it begins and ends, and what it has of its outer
 * pages.
 */
#include "hs-instant-private.h"
#include "hs-scratch.h"

#define PARALLEL_CHUNKS 64u
#define CHUNKS_A_TURN 16u

/* A sum in the making. */
typedef struct {
  HsInstantSum sum;
  const HsInstantSpan *spans; /* committed; NULL = pages in use stand for it */
  uint32_t n_spans, at;       /* the first span that ends beyond what was walked */
  bool is_told;
} Account;

static Account
account_new(const HsInstantHeap *heap)
{
  Account account = {.is_told = heap->layers[HS_INSTANT_COMMITTED].pieces != NULL};
  account.spans = hs_instant_spans(&heap->layers[HS_INSTANT_COMMITTED], &account.n_spans);
  return account;
}

/* --- free memory --- */

static inline void
add_run(HsInstantSum *sum, uint64_t begin, uint64_t end)
{
  if (end <= begin)
    return;
  sum->free += end - begin;
  /* Of equal ones the first. */
  if (end - begin > sum->largest || (end - begin == sum->largest && begin < sum->largest_at)) {
    sum->largest = end - begin;
    sum->largest_at = begin;
  }
}

/* The first span that ends beyond an address, at or after `from`: most often near it. */
static uint32_t
span_beyond(const Account *account, uint32_t from, uint64_t address)
{
  uint32_t low = from, high = from, n = account->n_spans;
  for (uint32_t step = 1; high < n && account->spans[high].end <= address; step *= 2) {
    low = high + 1;
    high = n - high > step ? high + step : n;
  }
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (account->spans[middle].end <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* [begin, end) is covered by no block. */
static void
add_gap(Account *account, uint64_t begin, uint64_t end)
{
  HsInstantSum *sum = &account->sum;
  if (account->is_told) {
    account->at = span_beyond(account, account->at, begin);
    for (uint32_t i = account->at; i < account->n_spans && account->spans[i].begin < end; i++)
      add_run(sum, MAX(account->spans[i].begin, begin), MIN(account->spans[i].end, end));
    return;
  }
  uint64_t mask = HS_INSTANT_PAGE_BYTES - 1;
  uint64_t up = begin > UINT64_MAX - mask ? UINT64_MAX : (begin + mask) & ~mask;
  uint64_t down = end & ~mask;
  if (up >= down) {
    add_run(sum, begin, end);
    return;
  }
  add_run(sum, begin, up);
  add_run(sum, down, end);
}

/* --- pages --- */

static inline void
close_page(HsInstantSum *sum)
{
  if (sum->last_page == sum->first_page)
    sum->first_page_bytes = sum->last_page_bytes;
  else
    sum->sparse += sum->last_page_bytes <= HS_INSTANT_SPARSE_BYTES;
}

/* [begin, end) is covered and was not before; it begins no earlier than what was covered. */
static inline void
cover(HsInstantSum *sum, uint64_t begin, uint64_t end)
{
  uint64_t first = begin >> HS_INSTANT_PAGE_SHIFT, last = (end - 1) >> HS_INSTANT_PAGE_SHIFT;
  sum->occupied += end - begin;
  if (sum->pages == 0) {
    sum->first_page = sum->last_page = first;
    sum->pages = 1;
  } else if (first != sum->last_page) {
    close_page(sum);
    sum->last_page = first;
    sum->last_page_bytes = 0;
    sum->pages++;
  }
  if (first == last) {
    sum->last_page_bytes += (uint32_t)(end - begin);
    return;
  }
  sum->last_page_bytes += (uint32_t)(((first + 1) << HS_INSTANT_PAGE_SHIFT) - begin);
  close_page(sum);
  sum->pages += last - first;
  sum->last_page = last;
  sum->last_page_bytes = (uint32_t)(end - (last << HS_INSTANT_PAGE_SHIFT));
}

/* --- walking --- */

static inline void
add_block(Account *account, uint64_t begin, uint64_t end)
{
  HsInstantSum *sum = &account->sum;
  uint64_t from = begin;
  if (sum->n == 0)
    sum->begin = begin;
  else if (begin > sum->end)
    add_gap(account, sum->end, begin);
  else
    from = sum->end;
  sum->n++;
  sum->page_blocks += ((end - 1) >> HS_INSTANT_PAGE_SHIFT) - (begin >> HS_INSTANT_PAGE_SHIFT) + 1;
  if (from < end) {
    cover(sum, from, end);
    sum->end = end;
  }
}

static uint64_t *
words_of(const HsInstant *instant, const HsInstantChunk *chunk)
{
  return instant->ordered + (size_t)(chunk - instant->chunks) * HS_INSTANT_CHUNK_WORDS;
}

/* Notes which of a chunk's blocks live. Few do, in no pattern: a branch would be guessed wrong for each of them. */
static void
note_live(const HsInstant *instant, const HsInstantChunk *chunk)
{
  const uint32_t *order = instant->order + chunk->first;
  uint64_t *words = words_of(instant, chunk);
  for (uint32_t first = 0; first < HS_INSTANT_CHUNK; first += 64) {
    uint32_t n = chunk->n > first ? MIN(chunk->n - first, 64) : 0;
    uint64_t bits = 0;
    for (uint32_t i = 0; i < n; i++)
      bits |= (uint64_t)hs_instant_is_live(instant, order[first + i]) << i;
    words[first / 64] = bits;
  }
}

uint32_t
hs_instant_chunk_live(const HsInstant *instant, const HsInstantChunk *chunk, uint32_t *ids)
{
  const uint32_t *order = instant->order + chunk->first;
  const uint64_t *words = words_of(instant, chunk);
  uint32_t n = 0;
  for (uint32_t w = 0; w < HS_INSTANT_CHUNK_WORDS; w++) {
    for (uint64_t bits = words[w]; bits != 0; bits &= bits - 1) {
      uint32_t id = order[w * 64 + (uint32_t)__builtin_ctzll(bits)];
      __builtin_prefetch(hs_timeline_block_record(instant->timeline, (HsBlockId){id}));
      ids[n++] = id;
    }
  }
  return n;
}

static void
walk_chunk(const HsInstant *instant, const HsInstantChunk *chunk, Account *account)
{
  uint32_t ids[HS_INSTANT_CHUNK];
  uint32_t n = hs_instant_chunk_live(instant, chunk, ids);
  for (uint32_t i = 0; i < n; i++) {
    uint64_t begin, end;
    hs_instant_block_extent(instant, ids[i], &begin, &end);
    add_block(account, begin, end);
    if (hs_instant_is_member(instant, ids[i])) {
      account->sum.n_members++;
      account->sum.member_bytes += hs_timeline_block_size(instant->timeline, (HsBlockId){ids[i]});
    }
  }
}

static void
renew_chunk(HsInstant *instant, HsInstantChunk *chunk)
{
  Account account = account_new(&instant->heaps[chunk->heap]);
  note_live(instant, chunk);
  walk_chunk(instant, chunk, &account);
  HsInstantSum *sum = &account.sum;
  if (sum->n > 0 && sum->first_page == sum->last_page)
    sum->first_page_bytes = sum->last_page_bytes;
  chunk->sum = *sum;
  chunk->is_dirty = false;
}

/* --- joining --- */

static void
join_pages(HsInstantSum *a, const HsInstantSum *b)
{
  bool a_single = a->first_page == a->last_page, b_single = b->first_page == b->last_page;
  a->sparse += b->sparse;
  a->pages += b->pages;
  if (b->first_page == a->last_page) {
    uint32_t bytes = a->last_page_bytes + b->first_page_bytes;
    a->pages--;
    if (b_single) {
      a->last_page_bytes = bytes;
      if (a_single)
        a->first_page_bytes = bytes;
      return;
    }
    if (a_single)
      a->first_page_bytes = bytes;
    else
      a->sparse += bytes <= HS_INSTANT_SPARSE_BYTES;
  } else {
    if (a_single)
      a->first_page_bytes = a->last_page_bytes;
    else
      a->sparse += a->last_page_bytes <= HS_INSTANT_SPARSE_BYTES;
    if (!b_single)
      a->sparse += b->first_page_bytes <= HS_INSTANT_SPARSE_BYTES;
  }
  a->last_page = b->last_page;
  a->last_page_bytes = b->last_page_bytes;
}

/* Adds a chunk's sum to what came before it. */
static void
join(const HsInstant *instant, const HsInstantChunk *chunk, Account *account)
{
  HsInstantSum *a = &account->sum;
  const HsInstantSum *b = &chunk->sum;
  if (b->n == 0)
    return;
  if (a->n == 0) {
    *a = *b;
    return;
  }
  /* A block of an earlier chunk reaches into this one: what is covered twice cannot be told from the sums. */
  if (b->begin < a->end) {
    walk_chunk(instant, chunk, account);
    return;
  }
  if (b->begin > a->end)
    add_gap(account, a->end, b->begin);
  join_pages(a, b);
  a->end = b->end;
  a->occupied += b->occupied;
  a->n += b->n;
  a->n_members += b->n_members;
  a->member_bytes += b->member_bytes;
  a->page_blocks += b->page_blocks;
  a->free += b->free;
  if (b->largest > a->largest || (b->largest == a->largest && b->largest_at < a->largest_at)) {
    a->largest = b->largest;
    a->largest_at = b->largest_at;
  }
}

/* What is free before the first block and after the last. */
static void
add_edges(Account *account)
{
  HsInstantSum *sum = &account->sum;
  account->at = 0;
  if (account->is_told && sum->n == 0) {
    add_gap(account, 0, UINT64_MAX);
  } else if (account->is_told) {
    add_gap(account, 0, sum->begin);
    add_gap(account, sum->end, UINT64_MAX);
  } else if (sum->n > 0) {
    uint64_t mask = HS_INSTANT_PAGE_BYTES - 1;
    add_run(sum, sum->begin & ~mask, sum->begin);
    add_run(sum, sum->end, sum->end > UINT64_MAX - mask ? UINT64_MAX : (sum->end + mask) & ~mask);
  }
}

/* --- figures --- */

static uint64_t
span_bytes(const HsInstantLayer *layer)
{
  uint32_t n;
  const HsInstantSpan *spans = hs_instant_spans(layer, &n);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < n; i++)
    bytes += spans[i].end - spans[i].begin;
  return bytes;
}

/* The sizes that a heap told last, if it still is there. */
static void
add_tell(const HsInstant *instant, uint32_t id, HsInstantFigures *figures)
{
  const GArray *tells = instant->heaps[id].tells;
  const HsTimeline *t = instant->timeline;
  guint low = 0, high = tells != NULL ? tells->len : 0;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(tells, HsInstantTell, middle).row < instant->row)
      low = middle + 1;
    else
      high = middle;
  }
  const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){id});
  if (low == 0 || instant->ticks >= HS_GET(heap->destroy_ticks) ||
      instant->ticks >= HS_GET(hs_timeline_process(t, heap->process)->end_ticks))
    return;
  const HsInstantTell *tell = &g_array_index(tells, HsInstantTell, low - 1);
  figures->n_sized = 1;
  figures->told_committed_bytes = tell->committed_bytes;
  figures->told_reserved_bytes = tell->reserved_bytes;
}

static void
sum_heap(HsInstant *instant, uint32_t id)
{
  HsInstantHeap *heap = &instant->heaps[id];
  Account account = account_new(heap);
  for (uint32_t i = 0; i < heap->n_chunks; i++)
    join(instant, &instant->chunks[heap->first_chunk + i], &account);
  add_edges(&account);
  const HsInstantSum *sum = &account.sum;
  HsInstantFigures *f = &heap->figures;
  *f = (HsInstantFigures){.live_bytes = sum->member_bytes,
                          .live_blocks = sum->n_members,
                          .other_blocks = sum->n - sum->n_members,
                          .occupied_bytes = sum->occupied,
                          .committed_bytes = sum->pages << HS_INSTANT_PAGE_SHIFT,
                          .reserved_bytes = span_bytes(&heap->layers[HS_INSTANT_RESERVED]),
                          .free_bytes = sum->free,
                          .largest_free_bytes = sum->largest,
                          .largest_free_address = sum->largest_at,
                          .largest_free_heap = {sum->free > 0 ? id : HS_ID_NONE},
                          .pages = sum->pages,
                          .sparse_pages = sum->sparse,
                          .page_blocks = sum->page_blocks,
                          .n_heaps = 1,
                          .n_untold = !account.is_told};
  if (account.is_told)
    f->committed_bytes = span_bytes(&heap->layers[HS_INSTANT_COMMITTED]);
  if (sum->n > 0) {
    f->sparse_pages += sum->first_page == sum->last_page ? sum->last_page_bytes <= HS_INSTANT_SPARSE_BYTES
                                                         : (sum->first_page_bytes <= HS_INSTANT_SPARSE_BYTES) +
                                                               (sum->last_page_bytes <= HS_INSTANT_SPARSE_BYTES);
  }
  add_tell(instant, id, f);
}

static void
add_figures(HsInstantFigures *all, const HsInstantFigures *one)
{
  all->live_bytes += one->live_bytes;
  all->live_blocks += one->live_blocks;
  all->other_blocks += one->other_blocks;
  all->occupied_bytes += one->occupied_bytes;
  all->committed_bytes += one->committed_bytes;
  all->reserved_bytes += one->reserved_bytes;
  all->free_bytes += one->free_bytes;
  if (one->largest_free_bytes > all->largest_free_bytes) {
    all->largest_free_bytes = one->largest_free_bytes;
    all->largest_free_address = one->largest_free_address;
    all->largest_free_heap = one->largest_free_heap;
  }
  all->pages += one->pages;
  all->sparse_pages += one->sparse_pages;
  all->page_blocks += one->page_blocks;
  all->n_heaps += one->n_heaps;
  all->n_untold += one->n_untold;
  all->n_sized += one->n_sized;
  all->told_committed_bytes += one->told_committed_bytes;
  all->told_reserved_bytes += one->told_reserved_bytes;
}

/* --- all of them --- */

typedef struct {
  HsInstant *instant;
  const uint32_t *chunks;
  uint32_t n;
  uint32_t next; /* atomic */
  const int *cancel;
} Work;

static gpointer
renew_chunks(gpointer data)
{
  Work *work = data;
  while (!hs_instant_cancelled(work->cancel)) {
    uint32_t first = __atomic_fetch_add(&work->next, CHUNKS_A_TURN, __ATOMIC_RELAXED);
    if (first >= work->n)
      break;
    for (uint32_t i = first; i < MIN(first + CHUNKS_A_TURN, work->n); i++)
      renew_chunk(work->instant, &work->instant->chunks[work->chunks[i]]);
  }
  return NULL;
}

bool
hs_instant_sum_up(HsInstant *instant, const int *cancel)
{
  g_autofree uint32_t *dirty = g_new(uint32_t, MAX(instant->n_chunks, 1));
  Work work = {instant, dirty, 0, 0, cancel};
  for (uint32_t s = 0; s < instant->n_shown; s++) {
    const HsInstantHeap *heap = &instant->heaps[instant->shown[s]];
    for (uint32_t i = heap->first_chunk; i < heap->first_chunk + heap->n_chunks; i++) {
      if (instant->chunks[i].is_dirty)
        dirty[work.n++] = i;
    }
  }
  hs_run_both("hs-instant", renew_chunks, &work, work.n > PARALLEL_CHUNKS ? &work : NULL);
  if (hs_instant_cancelled(cancel))
    return false;
  instant->figures = (HsInstantFigures){.largest_free_heap = {HS_ID_NONE}};
  for (uint32_t s = 0; s < instant->n_shown; s++) {
    sum_heap(instant, instant->shown[s]);
    add_figures(&instant->figures, &instant->heaps[instant->shown[s]].figures);
  }
  return true;
}
