/* SPDX-License-Identifier: MIT */
/*
 * Events by the million: memory that a batch will need is asked for ahead, and Allocs and Frees that are what nearly
 * all of them are (of a known heap, of common size; nothing lives there, or a block does) are appended on the spot. All
 * others go the long way, hs_builder_add(), which says the same.
 */
#include "hs-builder-private.h"

/* Slots of eight bytes: as many as one cache line holds on the average, which is as far as it pays to look ahead. */
#define PROBES_AHEAD 8

/* What is known of an event before its turn comes. */
typedef struct {
  uint32_t origin, heap; /* HS_ID_NONE: not known yet */
  uint32_t hash;
  uint32_t slot; /* where a block of that hash was seen; HS_ID_NONE if nowhere */
} Ahead;

static inline Ahead
look_up(const HsBuilder *b, const HsHeapEvent *event)
{
  const HsOriginSlot *cached = &b->cache[hs_builder_cache_slot(event)];
  uint32_t hash = hs_pair_hash(event->address);
  if (G_UNLIKELY(cached->generation != b->generation || cached->tid != event->tid || cached->handle != event->handle ||
                 cached->pid != event->pid || event->target_pid != 0 || cached->heap == HS_ID_NONE ||
                 b->heap_states[cached->heap].live.slots == NULL))
    return (Ahead){HS_ID_NONE, HS_ID_NONE, hash, HS_ID_NONE};
  return (Ahead){cached->origin, cached->heap, hash, HS_ID_NONE};
}

static inline G_ALWAYS_INLINE void
prefetch_slots(const HsBuilder *b, const HsHeapEvent *events, uint32_t n, Ahead ahead[])
{
  for (uint32_t i = 0; i < n; i++) {
    ahead[i] = look_up(b, &events[i]);
    if (G_UNLIKELY(ahead[i].heap == HS_ID_NONE))
      continue;
    const HsPairTable *table = &b->heap_states[ahead[i].heap].live;
    __builtin_prefetch(&table->slots[hs_pair_home(table, ahead[i].hash)], 1);
  }
}

/* Always inline: a function that only prefetches counts as pure with GCC, and its call would be dropped. */
static inline G_ALWAYS_INLINE void
prefetch_blocks(const HsBuilder *b, const HsHeapEvent *events, uint32_t n, Ahead ahead[])
{
  const HsColumn *blocks = &b->timeline->blocks;
  for (uint32_t i = 0; i < n; i++) {
    /* Where memory is allotted, nothing lives. */
    if (events[i].op == HS_OP_ALLOC || ahead[i].heap == HS_ID_NONE)
      continue;
    const HsPairTable *table = &b->heap_states[ahead[i].heap].live;
    for (uint32_t probe = 0, at = hs_pair_home(table, ahead[i].hash); probe < PROBES_AHEAD;
         probe++, at = (at + 1) & table->mask) {
      HsPairSlot slot = table->slots[at];
      if (slot.block == 0)
        break;
      if (slot.hash == ahead[i].hash) {
        ahead[i].slot = at;
        __builtin_prefetch(HS_AT(blocks, HsBlockRecord, slot.block - 1), 1);
        break;
      }
    }
  }
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
  b->open = (HsOpenSegment){segment,
                            t->time.base[segment],
                            t->time.low.segments[segment],
                            t->op_source.segments[segment],
                            t->weight.segments[segment],
                            t->cpu.segments[segment],
                            t->origin.segments[segment],
                            t->ref.segments[segment]};
}

static inline void
append(HsBuilder *b, const HsHeapEvent *event, uint32_t origin, HsSource source, uint32_t block, uint16_t weight,
       int64_t ticks)
{
  const HsOpenSegment *open = &b->open;
  uint32_t i = b->n_rows & HS_SEGMENT_MASK;
  open->low[i] = (uint32_t)((uint64_t)ticks - (uint64_t)open->base);
  open->op_source[i] = (uint8_t)(event->op | source << 5);
  open->weight[i] = weight;
  open->cpu[i] = event->cpu;
  open->origin[i] = origin;
  open->ref[i] = block;
  b->last_ticks = ticks;
  b->totals.operations[event->op]++;
  b->totals.sources[source]++;
  b->n_rows++;
}

/* An Alloc of memory where nothing lives. False, and nothing is done, if it is another one. */
static inline bool
alloc_quickly(HsBuilder *b, const HsHeapEvent *event, const Ahead *ahead, HsSource source, int64_t ticks)
{
  HsTimeline *t = b->timeline;
  HsPairTable *table = &b->heap_states[ahead->heap].live;
  uint64_t size = event->size;
  uint32_t block = b->n_blocks, at = hs_pair_home(table, ahead->hash);
  if (G_UNLIKELY(event->address == 0 || size >= HS_BLOCK_BIG || (block & HS_SEGMENT_MASK) == 0 ||
                 !hs_pair_table_has_room(table)))
    return false;
  for (; table->slots[at].block != 0; at = (at + 1) & table->mask) {
    if (G_UNLIKELY(table->slots[at].hash == ahead->hash))
      return false;
  }
  table->slots[at] = (HsPairSlot){ahead->hash, block + 1};
  table->count++;
  *HS_AT(&t->blocks, HsBlockRecord, block) = (HsBlockRecord){
      .address = event->address,
      .size_flags = (uint32_t)size << HS_BLOCK_FLAG_BITS | source << HS_BLOCK_SOURCE_SHIFT,
      .begin = b->n_rows,
      .end = HS_ROW_OUTSTANDING,
  };
  b->n_blocks = block + 1;
  HsHeap *heap = hs_builder_heap_of(b, (HsHeapId){ahead->heap});
  HS_ADD(heap->n_allocs, 1);
  HS_ADD(heap->n_events, 1);
  if (G_UNLIKELY(source == HS_SOURCE_SLOWPATH))
    HS_ADD(heap->n_slow, 1);
  append(b, event, ahead->origin, source, block, hs_weight_of(size, source), ticks);
  hs_builder_count_begun(b, heap, size);
  return true;
}

/* A Free of a block whose place in the table is known. False, and nothing is done, if it is another one. */
static inline bool
free_quickly(HsBuilder *b, const HsHeapEvent *event, const Ahead *ahead, HsSource source, int64_t ticks)
{
  HsTimeline *t = b->timeline;
  HsPairTable *table = &b->heap_states[ahead->heap].live;
  if (G_UNLIKELY(ahead->slot == HS_ID_NONE || ahead->slot > table->mask))
    return false;
  HsPairSlot *slot = &table->slots[ahead->slot];
  if (G_UNLIKELY(slot->block == 0 || slot->hash != ahead->hash))
    return false;
  uint32_t block = slot->block - 1;
  HsBlockRecord *record = HS_AT(&t->blocks, HsBlockRecord, block);
  uint64_t size = hs_block_record_size(record);
  if (G_UNLIKELY(record->address != event->address || size == HS_BLOCK_BIG))
    return false;
  hs_pair_table_remove(table, slot);
  HsSource begun_by = hs_block_record_source(record);
  hs_block_record_add_flags(record, HS_END_FREE);
  __atomic_store_n(&record->end, b->n_rows, __ATOMIC_RELEASE);
  HsHeap *heap = hs_builder_heap_of(b, (HsHeapId){ahead->heap});
  HS_ADD(heap->n_frees, 1);
  HS_ADD(heap->n_events, 1);
  hs_builder_count_ended(b, heap, size);
  append(b, event, ahead->origin, source, block, hs_weight_of(size, begun_by), ticks);
  return true;
}

static inline bool
add_quickly(HsBuilder *b, const HsHeapEvent *event, const Ahead *ahead)
{
  int64_t ticks = MAX(event->ticks, b->last_ticks);
  HsSource source = hs_source_from_id(event->source_id);
  if (G_UNLIKELY(ahead->heap == HS_ID_NONE || b->n_rows >> HS_SEGMENT_SHIFT != b->open.segment ||
                 (uint64_t)ticks - (uint64_t)b->open.base > UINT32_MAX || !event->has_source ||
                 source == HS_SOURCE_UNKNOWN || b->out_of_memory))
    return false;
  if (event->op == HS_OP_ALLOC)
    return alloc_quickly(b, event, ahead, source, ticks);
  return event->op == HS_OP_FREE && free_quickly(b, event, ahead, source, ticks);
}

bool
hs_builder_add_batch(HsBuilder *b, const HsHeapEvent *events, uint32_t n_events, GError **error)
{
  Ahead ahead[HS_BUILDER_BATCH];
  for (uint32_t first = 0; first < n_events; first += HS_BUILDER_BATCH) {
    uint32_t n = MIN(n_events - first, HS_BUILDER_BATCH), generation = b->generation;
    prefetch_slots(b, events + first, n, ahead);
    prefetch_blocks(b, events + first, n, ahead);
    for (uint32_t i = 0; i < n; i++) {
      /* What was looked up may mean something else by now. */
      if (G_LIKELY(b->generation == generation) && add_quickly(b, &events[first + i], &ahead[i]))
        continue;
      if (G_UNLIKELY(!hs_builder_add(b, &events[first + i], error)))
        return false;
      if (b->n_rows >> HS_SEGMENT_SHIFT != b->open.segment)
        open_segment(b);
    }
  }
  return true;
}
