/* SPDX-License-Identifier: MIT */
/*
 * Events by the million: plain ones, which nearly all are, a batch at a time. What a batch will need is asked for
 * ahead, and Allocs where nothing lives and Frees of a block that does are appended on the spot; all others go the long
 * way, hs_builder_add(), which says the same.
 */
#include "hs-builder-private.h"

#define LINE_BYTES 64
/* How far ahead what comes from the other processor, and what rows go to, is fetched. */
#define EVENTS_AHEAD 64u
#define ROWS_AHEAD 128u

G_STATIC_ASSERT(HS_PLAIN_SIZE_LIMIT <= HS_BLOCK_BIG);

/* What is known of an event before its turn comes. */
typedef struct {
  uint32_t heap;
  uint32_t home; /* of its address in the heap's table, as that was: number of the slot that its line begins with */
} Ahead;

static HsHeapEvent
expand(const HsVec *keys, const HsPlainEvent *event)
{
  return hs_plain_event_expand(event, HS_VEC(keys, HsOriginKey, event->key));
}

void
hs_builder_fold_heap(HsBuilder *b, uint32_t id)
{
  HsHeapState *state = &b->heap_states[id];
  uint64_t n_begun = state->pending.n_begun, n_freed = state->pending.n_freed;
  if (n_begun + n_freed == 0)
    return;
  HsHeap *heap = state->heap;
  HS_ADD(heap->n_allocs, n_begun);
  HS_ADD(heap->n_frees, n_freed);
  HS_ADD(heap->n_events, n_begun + n_freed);
  HS_ADD(heap->n_begun, n_begun);
  HS_ADD(heap->n_slow, state->pending.n_slow);
  HS_ADD(heap->allocated_bytes, state->pending.begun_bytes);
  HS_ADD(heap->outstanding_count, n_begun - n_freed);
  b->totals.n_begun += n_begun;
  b->totals.begun_bytes += state->pending.begun_bytes;
  b->totals.outstanding_count += n_begun - n_freed;
  memset(&state->pending, 0, sizeof state->pending);
}

static void
fold_touched(HsBuilder *b)
{
  for (uint32_t i = 0; i < b->n_touched; i++)
    hs_builder_fold_heap(b, b->touched[i]);
  b->n_touched = 0;
}

void
hs_builder_fold(HsBuilder *b)
{
  fold_touched(b);
  for (unsigned source = 0; source < HS_N_SOURCES; source++) {
    b->totals.operations[HS_OP_ALLOC] += b->pending[0][source];
    b->totals.operations[HS_OP_FREE] += b->pending[1][source];
    b->totals.sources[source] += b->pending[0][source] + b->pending[1][source];
  }
  memset(b->pending, 0, sizeof b->pending);
}

/* Opens the segment of the next row, if it has been begun. */
static void
open_segment(HsBuilder *b)
{
  HsTimeline *t = b->timeline;
  uint32_t segment = b->n_rows >> HS_SEGMENT_SHIFT;
  b->open.segment = HS_ID_NONE;
  /* In the last one the numbers of rows end. */
  if ((b->n_rows & HS_SEGMENT_MASK) == 0 || segment == UINT32_MAX >> HS_SEGMENT_SHIFT || t->time.wide[segment] != NULL)
    return;
  b->open = (HsOpenSegment){
      .segment = segment,
      .base = t->time.base[segment],
      .low = t->time.low.segments[segment],
      .op_source = t->op_source.segments[segment],
      .cpu = t->cpu.low.segments[segment],
      .weight = t->weight.segments[segment],
      .origin = t->origin.segments[segment],
      .ref = t->ref.segments[segment],
  };
}

static bool
add_slowly(HsBuilder *b, const HsHeapEvent *event, GError **error)
{
  if (!hs_builder_add(b, event, error))
    return false;
  if (b->n_rows >> HS_SEGMENT_SHIFT != b->open.segment)
    open_segment(b);
  return true;
}

/* --- whose events are --- */

static bool
grow_keys(HsBuilder *b, uint32_t key)
{
  uint32_t capacity = MAX(64, b->keys_capacity);
  while (capacity <= key && capacity <= UINT32_MAX / 2)
    capacity *= 2;
  HsKeyState *states = g_try_renew(HsKeyState, b->keys, capacity);
  if (states == NULL || capacity <= key)
    return false;
  memset(states + b->keys_capacity, 0, (capacity - b->keys_capacity) * sizeof *states);
  b->keys = states;
  b->keys_capacity = capacity;
  return true;
}

/* Finds out what an event's key means at this point. False if that cannot be kept. */
static bool G_GNUC_NO_INLINE
resolve_key(HsBuilder *b, const HsVec *keys, const HsPlainEvent *event)
{
  HsHeapEvent full = expand(keys, event);
  HsOriginId origin = hs_builder_origin_slow(b, &full);
  if (origin.v == HS_ID_NONE || (event->key >= b->keys_capacity && !grow_keys(b, event->key)))
    return false;
  HsHeapId heap = HS_VEC(&b->timeline->origins, HsOrigin, origin.v)->heap;
  b->keys[event->key] = (HsKeyState){b->generation, origin.v, heap.v};
  return true;
}

static inline G_ALWAYS_INLINE void
fetch_to_write(const void *from, size_t bytes)
{
  for (size_t i = 0; i < bytes; i += LINE_BYTES)
    __builtin_prefetch((const char *)from + i, 1);
}

/* Fetches what rows and blocks to come will be written to: it is new to this processor, and there are too many places
 * for it to notice by itself. */
static inline G_ALWAYS_INLINE void
fetch_columns(const HsBuilder *b)
{
  const HsOpenSegment *open = &b->open;
  uint32_t row = (b->n_rows & HS_SEGMENT_MASK) + ROWS_AHEAD;
  uint32_t block = MIN((b->n_blocks & HS_SEGMENT_MASK) + ROWS_AHEAD / 2, HS_SEGMENT_MASK);
  fetch_to_write(open->low + row, sizeof *open->low * HS_BUILDER_BATCH);
  fetch_to_write(open->op_source + row, sizeof *open->op_source * HS_BUILDER_BATCH);
  fetch_to_write(open->weight + row, sizeof *open->weight * HS_BUILDER_BATCH);
  fetch_to_write(open->cpu + row, sizeof *open->cpu * HS_BUILDER_BATCH);
  fetch_to_write(open->origin + row, sizeof *open->origin * HS_BUILDER_BATCH);
  fetch_to_write(open->ref + row, sizeof *open->ref * HS_BUILDER_BATCH);
  const HsBlockRecord *blocks = b->timeline->blocks.segments[b->n_blocks >> HS_SEGMENT_SHIFT];
  if (blocks != NULL)
    fetch_to_write(blocks + block, sizeof *blocks * HS_BUILDER_BATCH / 2);
}

/* --- a batch --- */

static uint32_t
home_of(const HsPairTable *table, uint64_t address)
{
  return (uint32_t)(hs_pair_home(table, address) - table->slots);
}

/* Writes what plain events tell by themselves to the rows that come next, and fetches the slots they will need. Returns
 * how many are ready: fewer than n if there is no memory, none if one has a time or a processor that has no room. */
static uint32_t
look_ahead(HsBuilder *b, const HsVec *keys, const HsPlainEvent *events, uint32_t n, Ahead ahead[])
{
  const HsOpenSegment open = b->open;
  uint32_t first = b->n_rows & HS_SEGMENT_MASK, generation = b->generation, capacity = b->keys_capacity;
  const HsKeyState *states = b->keys;
  int64_t latest = b->last_ticks;
  uint64_t odd = 0;
  for (uint32_t i = 0; i < n; i++) {
    const HsPlainEvent *event = &events[i];
    __builtin_prefetch(event + EVENTS_AHEAD);
    uint32_t key = event->key, row = first + i;
    if (G_UNLIKELY(key >= capacity || states[key].generation != generation)) {
      if (!resolve_key(b, keys, event))
        return odd == 0 ? i : 0;
      generation = b->generation, capacity = b->keys_capacity, states = b->keys;
    }
    const HsKeyState *state = &states[key];
    const HsPairTable *table = &b->heap_states[state->heap].live;
    ahead[i].heap = state->heap;
    ahead[i].home = 0;
    if (G_LIKELY(table->slots != NULL)) {
      ahead[i].home = home_of(table, event->address);
      __builtin_prefetch(table->slots + ahead[i].home, 1);
    }
    latest = MAX(latest, event->ticks);
    uint64_t low = (uint64_t)latest - (uint64_t)open.base;
    odd |= low >> 32 | event->cpu >> 8;
    open.low[row] = (uint32_t)low;
    open.op_source[row] = (uint8_t)(event->op | event->source << 5);
    open.cpu[row] = (uint8_t)event->cpu;
    open.origin[row] = state->origin;
  }
  return odd == 0 ? n : 0;
}

/* Notes that a heap has its first event that its figures do not tell. */
static void G_GNUC_NO_INLINE
touch(HsBuilder *b, uint32_t heap)
{
  if (b->n_touched == HS_BUILDER_TOUCHED)
    fold_touched(b);
  b->touched[b->n_touched++] = heap;
}

/* What changes with each event, at hand while a batch is paired. */
typedef struct {
  HsBuilder *b;
  HsBlockRecord *records; /* the segment of the next block */
  uint32_t n_rows, n_blocks;
  int64_t last_ticks;
  uint64_t outstanding_bytes, peak_bytes;
  int64_t peak_ticks;
} Hand;

static inline G_ALWAYS_INLINE Hand
take_in_hand(HsBuilder *b)
{
  return (Hand){
      .b = b,
      .records = b->timeline->blocks.segments[b->n_blocks >> HS_SEGMENT_SHIFT],
      .n_rows = b->n_rows,
      .n_blocks = b->n_blocks,
      .last_ticks = b->last_ticks,
      .outstanding_bytes = HS_GET(b->totals.outstanding_bytes),
      .peak_bytes = HS_GET(b->totals.peak_bytes),
      .peak_ticks = HS_GET(b->totals.peak_ticks),
  };
}

static inline G_ALWAYS_INLINE void
put_back(const Hand *hand)
{
  HsBuilder *b = hand->b;
  b->n_rows = hand->n_rows;
  b->n_blocks = hand->n_blocks;
  b->last_ticks = hand->last_ticks;
  HS_SET(b->totals.outstanding_bytes, hand->outstanding_bytes);
  HS_SET(b->totals.peak_bytes, hand->peak_bytes);
  HS_SET(b->totals.peak_ticks, hand->peak_ticks);
}

/* An Alloc of memory where nothing lives. False, and nothing is done, if it is another one. */
static inline G_ALWAYS_INLINE bool
alloc_quickly(Hand *hand, const HsPlainEvent *event, HsHeapState *state, HsPairSlot *line, uint16_t *weight)
{
  HsPairTable *table = &state->live;
  uint64_t address = event->address;
  uint32_t block = hand->n_blocks, size = event->size;
  if (G_UNLIKELY((block & HS_SEGMENT_MASK) == 0 || !hs_pair_table_has_room(table)))
    return false;
  unsigned room = hs_pair_line_find(line, 0);
  if (G_UNLIKELY(hs_pair_line_find(line, address) != 0))
    return false;
  HsPairSlot *slot = &line[__builtin_ctz(room | 1u << HS_PAIR_LINE)];
  if (G_UNLIKELY(room == 0)) {
    if (hs_pair_line_is_passed(line) && hs_pair_table_find_from(table, line, address) != NULL)
      return false;
    slot = hs_pair_table_place_from(table, line);
  }
  uint32_t size_flags = size << HS_BLOCK_FLAG_BITS | (uint32_t)event->source << HS_BLOCK_SOURCE_SHIFT;
  *slot = (HsPairSlot){address, block, size_flags};
  table->count++;
  hand->records[block & HS_SEGMENT_MASK] = (HsBlockRecord){
      .address = address,
      .size_flags = size_flags,
      .begin = hand->n_rows,
      .end = HS_ROW_OUTSTANDING,
  };
  hand->n_blocks = block + 1;
  state->pending.n_begun++;
  state->pending.begun_bytes += size;
  state->pending.n_slow += event->source == HS_SOURCE_SLOWPATH;
  hs_heap_add_outstanding(state->heap, size, hand->last_ticks);
  hand->outstanding_bytes += size;
  if (hand->outstanding_bytes > hand->peak_bytes) {
    hand->peak_bytes = hand->outstanding_bytes;
    hand->peak_ticks = hand->last_ticks;
  }
  *weight = hs_weight_of(size, (HsSource)event->source);
  return true;
}

/* A Free of a block that lives. False, and nothing is done, if it is another one. */
static inline G_ALWAYS_INLINE bool
free_quickly(Hand *hand, const HsPlainEvent *event, HsHeapState *state, HsPairSlot *line, uint16_t *weight,
             uint32_t *ended)
{
  HsPairTable *table = &state->live;
  unsigned same = hs_pair_line_find(line, event->address);
  HsPairSlot *slot = &line[__builtin_ctz(same | 1u << HS_PAIR_LINE)];
  if (G_UNLIKELY(event->address == 0))
    return false;
  if (G_UNLIKELY(same == 0) && (slot = hs_pair_table_find_from(table, line, event->address)) == NULL)
    return false;
  uint32_t block = slot->block, size_flags = hs_pair_slot_size_flags(slot);
  uint32_t size = size_flags >> HS_BLOCK_FLAG_BITS;
  if (G_UNLIKELY(size == HS_BLOCK_BIG))
    return false;
  hs_pair_table_remove(table, slot);
  /* Nothing of the record is read: it is not in the cache, and need not be waited for. */
  HsBlockRecord *record = HS_AT(&hand->b->timeline->blocks, HsBlockRecord, block);
  __atomic_store_n(&record->size_flags, size_flags | HS_END_FREE, __ATOMIC_RELAXED);
  __atomic_store_n(&record->end, hand->n_rows, __ATOMIC_RELEASE);
  state->pending.n_freed++;
  HS_SET(state->heap->outstanding_bytes, state->heap->outstanding_bytes - size);
  hand->outstanding_bytes -= size;
  *weight = hs_weight_of(size, (HsSource)(size_flags >> HS_BLOCK_SOURCE_SHIFT & 7));
  *ended = block;
  return true;
}

/* Pairs events that look_ahead() wrote the rows of. Returns how many; the next one has to go the long way. */
static uint32_t
pair_quickly(HsBuilder *b, const HsPlainEvent *events, const Ahead *ahead, uint32_t n)
{
  Hand hand = take_in_hand(b);
  HsHeapState *states = b->heap_states;
  uint16_t *weights = b->open.weight + (b->n_rows & HS_SEGMENT_MASK);
  uint32_t *refs = b->open.ref + (b->n_rows & HS_SEGMENT_MASK), i = 0;
  for (; i < n; i++) {
    const HsPlainEvent *event = &events[i];
    HsHeapState *state = &states[ahead[i].heap];
    if (G_UNLIKELY(state->live.slots == NULL))
      break;
    HsPairSlot *line = state->live.slots + ahead[i].home;
    if (G_UNLIKELY(state->pending.n_begun + state->pending.n_freed == 0))
      touch(b, ahead[i].heap);
    int64_t before = hand.last_ticks;
    hand.last_ticks = MAX(before, event->ticks);
    refs[i] = hand.n_blocks;
    bool done = event->op == HS_OP_FREE ? free_quickly(&hand, event, state, line, &weights[i], &refs[i])
                                        : alloc_quickly(&hand, event, state, line, &weights[i]);
    if (G_UNLIKELY(!done)) {
      hand.last_ticks = before;
      break;
    }
    b->pending[event->op == HS_OP_FREE][event->source]++;
    hand.n_rows++;
  }
  put_back(&hand);
  return i;
}

/* The homes of those whose table has grown meanwhile. */
static void
look_again(const HsPairTable *table, uint32_t heap, const HsPlainEvent *events, uint32_t n, Ahead ahead[])
{
  for (uint32_t i = 0; i < n; i++) {
    if (ahead[i].heap == heap)
      ahead[i].home = home_of(table, events[i].address);
  }
}

/* Appends n events that all belong into the open segment. */
static bool
add_together(HsBuilder *b, const HsVec *keys, const HsPlainEvent *events, uint32_t n, GError **error)
{
  Ahead ahead[HS_BUILDER_BATCH];
  fetch_columns(b);
  uint32_t ready = look_ahead(b, keys, events, n, ahead);
  for (uint32_t i = 0; i < n; i++) {
    if (G_LIKELY(i < ready))
      i += pair_quickly(b, events + i, ahead + i, ready - i);
    if (G_LIKELY(i == n))
      break;
    uint32_t heap = i < ready ? ahead[i].heap : HS_ID_NONE;
    uint64_t capacity = i < ready ? hs_pair_table_capacity(&b->heap_states[heap].live) : 0;
    HsHeapEvent full = expand(keys, &events[i]);
    if (G_UNLIKELY(!add_slowly(b, &full, error)))
      return false;
    if (i < ready && hs_pair_table_capacity(&b->heap_states[heap].live) != capacity)
      look_again(&b->heap_states[heap].live, heap, events + i + 1, ready - i - 1, ahead + i + 1);
  }
  return true;
}

static bool
add_plain(HsBuilder *b, const HsVec *keys, const HsPlainEvent *events, uint32_t n_events, GError **error)
{
  for (uint32_t done = 0; done < n_events;) {
    if (G_LIKELY(b->n_rows >> HS_SEGMENT_SHIFT == b->open.segment && !b->out_of_memory)) {
      uint32_t n = MIN(MIN(n_events - done, HS_BUILDER_BATCH), HS_SEGMENT_ROWS - (b->n_rows & HS_SEGMENT_MASK));
      if (!add_together(b, keys, events + done, n, error))
        return false;
      done += n;
    } else {
      HsHeapEvent full = expand(keys, &events[done++]);
      if (!add_slowly(b, &full, error))
        return false;
    }
  }
  return true;
}

/* The slots that a ReAlloc will need. */
static void
fetch_slots(const HsBuilder *b, const HsHeapEvent *event)
{
  const HsOriginSlot *cached = &b->cache[hs_builder_cache_slot(event)];
  if (event->op != HS_OP_REALLOC || cached->generation != b->generation || cached->heap == HS_ID_NONE)
    return;
  const HsPairTable *table = &b->heap_states[cached->heap].live;
  if (table->slots == NULL)
    return;
  __builtin_prefetch(hs_pair_home(table, event->address), 1);
  __builtin_prefetch(hs_pair_home(table, event->old_address), 1);
}

bool
hs_builder_add_batch(HsBuilder *b, const HsEventBatch *batch, GError **error)
{
  uint32_t done = 0;
  for (uint32_t i = 0; i < batch->n_others; i++) {
    uint32_t n = batch->before[i] - done;
    fetch_slots(b, &batch->others[i]);
    if (!add_plain(b, batch->keys, batch->plain + done, n, error) || !add_slowly(b, &batch->others[i], error))
      return false;
    done += n;
  }
  return add_plain(b, batch->keys, batch->plain + done, batch->n_plain - done, error);
}
