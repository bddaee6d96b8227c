/* SPDX-License-Identifier: MIT */
/*
 * What an event means for blocks. A block is one stay of memory in a heap; its key while it lives is (process instance,
 * heap handle, address): a pairing table a heap instance, keyed by address.
 *
 *   Alloc, address ≠ 0           begins a block; a block living there ends as overwritten (its free was lost)
 *   Alloc, address 0             failed; no block
 *   Free                         ends the block; none there: an unmatched free (memory from before the trace)
 *   ReAlloc, old = new           ends the block there (reason realloc), begins one in its place
 *   ReAlloc, new lives           the summary of Alloc(new) and Free(old), logged before: marks the block; ends the one
 *                                at `old` only if that began before it: else another thread owns the address by now
 *   ReAlloc, new does not live   stands alone: ends the block at `old`, begins one at `new`
 *   ReAlloc, new address 0       failed; the old block stays
 *   Destroy                      ends every block of the heap
 */
#include "hs-builder-private.h"
#include "hs-sort.h"

/* Sizes that the block's own bits cannot hold. */
static bool
store_big_size(HsTimeline *t, uint32_t block, uint64_t size)
{
  HsBigSize *big = hs_vec_append(&t->big_sizes);
  if (big == NULL)
    return false;
  *big = (HsBigSize){block, size};
  /* At once: the block may end before the next publication. */
  __atomic_store_n(&t->n_big_sizes, t->big_sizes.length, __ATOMIC_RELEASE);
  return true;
}

static uint32_t
begin_block(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap_id, HsSource source, uint8_t flags)
{
  HsTimeline *t = b->timeline;
  uint64_t address = event->address, size = event->size;
  uint32_t id = b->n_blocks;
  if (id >= HS_REF_LOOSE || ((id & HS_SEGMENT_MASK) == 0 && !hs_column_reserve(&t->blocks, id)) ||
      (G_UNLIKELY(size >= HS_BLOCK_BIG) && !store_big_size(t, id, size))) {
    b->out_of_memory = true;
    return HS_REF_NONE;
  }
  uint32_t size_flags =
      (uint32_t)MIN(size, HS_BLOCK_BIG) << HS_BLOCK_FLAG_BITS | flags | source << HS_BLOCK_SOURCE_SHIFT;
  *HS_AT(&t->blocks, HsBlockRecord, id) = (HsBlockRecord){
      .address = address,
      .size_flags = size_flags,
      .begin = b->n_rows,
      .end = HS_ROW_OUTSTANDING,
  };
  HsPairTable *live = &b->heap_states[heap_id.v].live;
  uint64_t bytes_before = hs_pair_table_bytes(live);
  if (!hs_pair_table_insert(live, address, id, size_flags)) {
    b->out_of_memory = true;
    return HS_REF_NONE;
  }
  b->live_bytes += hs_pair_table_bytes(live) - bytes_before;
  b->n_blocks++;
  b->weight = hs_weight_of(size, source);
  HsHeap *heap = hs_builder_heap_of(b, heap_id);
  HS_ADD(heap->n_begun, 1);
  HS_ADD(heap->allocated_bytes, size);
  HS_ADD(heap->outstanding_count, 1);
  b->totals.n_begun++;
  b->totals.begun_bytes += size;
  b->totals.outstanding_count++;
  hs_builder_add_outstanding(b, heap, size, b->last_ticks);
  return id;
}

/* Marks the block of a slot as ended; `end_row` is a row or HS_ROW_PROCESS_EXIT. Returns its size. Nothing of the
 * record is read: it is not in the cache, and need not be waited for. */
static uint64_t
end_block(HsBuilder *b, HsHeapId heap_id, const HsPairSlot *slot, HsEnd reason, uint32_t end_row)
{
  HsTimeline *t = b->timeline;
  HsBlockId block = {slot->block};
  HsBlockRecord *record = HS_AT(&t->blocks, HsBlockRecord, block.v);
  __atomic_store_n(&record->size_flags, hs_pair_slot_size_flags(slot) | reason, __ATOMIC_RELAXED);
  __atomic_store_n(&record->end, end_row, __ATOMIC_RELEASE);
  uint64_t size = slot->size_flags >> HS_BLOCK_FLAG_BITS;
  if (G_UNLIKELY(size == HS_BLOCK_BIG))
    size = hs_timeline_block_big_size(t, block);
  HsHeap *heap = hs_builder_heap_of(b, heap_id);
  HS_ADD(heap->outstanding_count, (uint64_t)-1);
  b->totals.outstanding_count--;
  hs_builder_take_outstanding(b, heap, size);
  return size;
}

/* An end that is not its own row's Free is listed apart, so that a row's effect can be replayed. */
static void
list_ending(HsBuilder *b, uint32_t block)
{
  HsEnding *ending = hs_vec_append(&b->timeline->endings);
  if (ending == NULL)
    b->out_of_memory = true;
  else
    *ending = (HsEnding){b->n_rows, block};
}

static void
end_slot(HsBuilder *b, HsHeapId heap, HsPairSlot *slot, HsEnd reason)
{
  HsPairSlot ended = *slot;
  hs_pair_table_remove(&b->heap_states[heap.v].live, slot);
  end_block(b, heap, &ended, reason, b->n_rows);
  list_ending(b, ended.block);
}

static uint32_t
add_loose(HsBuilder *b, uint64_t address, uint64_t size)
{
  HsTimeline *t = b->timeline;
  HsLoose *loose = t->loose.length < HS_REF_LOOSE - 1 ? hs_vec_append(&t->loose) : NULL;
  if (loose == NULL) {
    b->out_of_memory = true;
    return HS_REF_NONE;
  }
  *loose = (HsLoose){address, size};
  return (t->loose.length - 1) | HS_REF_LOOSE;
}

static uint32_t
pair_alloc(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap, HsSource source)
{
  HS_ADD(hs_builder_heap_of(b, heap)->n_allocs, 1);
  if (event->address == 0) {
    b->totals.failed_allocs++;
    return add_loose(b, 0, event->size);
  }
  HsPairSlot *slot = hs_pair_table_find(&b->heap_states[heap.v].live, event->address);
  if (G_UNLIKELY(slot != NULL)) {
    end_slot(b, heap, slot, HS_END_OVERWRITTEN);
    b->totals.overwritten++;
  }
  return begin_block(b, event, heap, source, 0);
}

static uint32_t
pair_free(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap)
{
  HsPairTable *live = &b->heap_states[heap.v].live;
  HS_ADD(hs_builder_heap_of(b, heap)->n_frees, 1);
  HsPairSlot *slot = hs_pair_table_find(live, event->address);
  if (slot == NULL) {
    b->totals.unmatched_frees++;
    HS_ADD(hs_builder_heap_of(b, heap)->n_unmatched_frees, 1);
    return add_loose(b, event->address, 0);
  }
  HsPairSlot ended = *slot;
  hs_pair_table_remove(live, slot);
  uint64_t size = end_block(b, heap, &ended, HS_END_FREE, b->n_rows);
  b->weight = hs_weight_of(size, (HsSource)(ended.size_flags >> HS_BLOCK_SOURCE_SHIFT & 7));
  return ended.block;
}

static uint32_t
pair_realloc(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap, HsSource source)
{
  HsTimeline *t = b->timeline;
  HsPairTable *live = &b->heap_states[heap.v].live;
  HS_ADD(hs_builder_heap_of(b, heap)->n_reallocs, 1);
  HsRealloc *change = hs_vec_append(&t->reallocs);
  if (change == NULL) {
    b->out_of_memory = true;
    return HS_REF_NONE;
  }
  *change = (HsRealloc){b->n_rows, 0, event->old_address, event->old_size};
  if (event->address == 0)
    return add_loose(b, 0, event->size);
  HsPairSlot *old = hs_pair_table_find(live, event->old_address);
  if (event->old_address == event->address) {
    if (old != NULL)
      end_slot(b, heap, old, HS_END_REALLOC);
    return begin_block(b, event, heap, source, HS_BLOCK_IS_REALLOC);
  }
  HsPairSlot *present = hs_pair_table_find(live, event->address);
  if (present == NULL) {
    if (old != NULL)
      end_slot(b, heap, old, HS_END_REALLOC);
    return begin_block(b, event, heap, source, HS_BLOCK_IS_REALLOC);
  }
  uint32_t block = present->block;
  hs_block_record_add_flags(HS_AT(&t->blocks, HsBlockRecord, block), HS_BLOCK_IS_REALLOC);
  present->size_flags |= HS_BLOCK_IS_REALLOC;
  /* Blocks are numbered in the order they began. */
  if (old != NULL && old->block < block)
    end_slot(b, heap, old, HS_END_REALLOC);
  change->marked = block + 1;
  /* The record's word stands in the table, even where it contradicts the Alloc before it. */
  return hs_timeline_block_size(t, (HsBlockId){block}) == event->size ? block
                                                                      : add_loose(b, event->address, event->size);
}

void
hs_builder_end_heap(HsBuilder *b, HsHeapId heap, HsEnd reason, uint32_t end_row)
{
  HsPairTable *live = &b->heap_states[heap.v].live;
  hs_builder_fold_heap(b, heap.v);
  if (live->count == 0)
    return;
  /* In the order the blocks began, so that the result does not hang on the hash. */
  uint32_t count = 0;
  g_autofree uint32_t *blocks = g_try_new(uint32_t, live->count);
  for (uint64_t i = 0; blocks != NULL && i < hs_pair_table_capacity(live); i++) {
    if (live->slots[i].address != 0)
      blocks[count++] = live->slots[i].block;
  }
  if (blocks == NULL) {
    b->out_of_memory = true;
    return;
  }
  hs_sort_u32(blocks, count);
  for (uint32_t i = 0; i < count; i++) {
    const HsBlockRecord *record = HS_AT(&b->timeline->blocks, HsBlockRecord, blocks[i]);
    HsPairSlot ended = {record->address, blocks[i], record->size_flags};
    end_block(b, heap, &ended, reason, end_row);
    list_ending(b, blocks[i]);
  }
  if (reason == HS_END_DESTROY)
    b->totals.freed_by_destroy += count;
  else
    b->totals.ended_by_exit += count;
  hs_builder_clear_live(b, &b->heap_states[heap.v]);
}

uint32_t
hs_builder_pair(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap, HsSource source)
{
  b->totals.sources[source]++;
  if (G_UNLIKELY(source == HS_SOURCE_SLOWPATH) && event->op != HS_OP_FREE)
    HS_ADD(hs_builder_heap_of(b, heap)->n_slow, 1);
  switch (event->op) {
  case HS_OP_ALLOC:
    return pair_alloc(b, event, heap, source);
  case HS_OP_FREE:
    return pair_free(b, event, heap);
  default:
    return pair_realloc(b, event, heap, source);
  }
}
