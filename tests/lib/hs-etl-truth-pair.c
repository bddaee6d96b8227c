/* SPDX-License-Identifier: MIT */
/*
 * Which record begins and ends which block, written down row by row as the rules have it, with nothing clever in it.
 * A process has heaps by handle, a heap has live blocks by address.
 */
#include "hs-etl-truth-private.h"

#include <stdlib.h>

typedef struct {
  HsEtlTruthRecord record;
  guint64 order;
} Kept;

typedef struct {
  guint32 index;      /* into truth->heaps */
  GHashTable *blocks; /* guint64 address (in a pointer) -> slot + 1 */
} LiveHeap;

typedef struct {
  guint32 instance;
  GHashTable *heaps; /* guint64 handle -> LiveHeap */
} Process;

struct _HsEtlTruthPairing {
  GArray *kept;
  GHashTable *processes; /* pid -> Process */
  GHashTable *names;     /* pid -> char * */
  GHashTable *told;      /* set of pids that some record told of */
  GArray *slots;         /* of Slot: blocks, live ones only when slots are reused */
  GArray *free_slots;    /* of guint32 */
  guint64 births;
  HsEtlTruthEvent event; /* what the record being applied did */
  guint epoch;
  guint64 last_ticks;
  guint last_cpu;
};

typedef struct {
  guint64 size_bytes;
  guint64 birth; /* number in order of birth */
  gboolean is_realloc;
} Slot;

static gpointer
key_of(guint64 value)
{
  return (gpointer)(guintptr)value;
}

static void
live_heap_free(gpointer data)
{
  LiveHeap *heap = data;
  g_hash_table_unref(heap->blocks);
  g_free(heap);
}

static void
process_free(gpointer data)
{
  Process *process = data;
  g_hash_table_unref(process->heaps);
  g_free(process);
}

HsEtlTruthPairing *
hs_etl_truth_pairing_new(void)
{
  /* Addresses are hash keys as pointers. */
  G_STATIC_ASSERT(sizeof(gpointer) >= sizeof(guint64));
  HsEtlTruthPairing *pairing = g_new0(HsEtlTruthPairing, 1);
  pairing->kept = g_array_new(FALSE, FALSE, sizeof(Kept));
  pairing->processes = g_hash_table_new_full(NULL, NULL, NULL, process_free);
  pairing->names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  pairing->told = g_hash_table_new(NULL, NULL);
  pairing->slots = g_array_new(FALSE, FALSE, sizeof(Slot));
  pairing->free_slots = g_array_new(FALSE, FALSE, sizeof(guint32));
  return pairing;
}

void
hs_etl_truth_pairing_free(HsEtlTruthPairing *pairing)
{
  g_array_unref(pairing->kept);
  g_hash_table_unref(pairing->processes);
  g_hash_table_unref(pairing->names);
  g_hash_table_unref(pairing->told);
  g_array_unref(pairing->slots);
  g_array_unref(pairing->free_slots);
  g_free(pairing);
}

void
hs_etl_truth_pairing_tell_process(HsEtlTruthPairing *pairing, guint32 pid)
{
  g_hash_table_add(pairing->told, GUINT_TO_POINTER(pid));
}

void
hs_etl_truth_pairing_count_processes(HsEtlTruth *truth)
{
  g_autoptr(GHashTable) traced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer pid, process;
  for (guint i = 0; i < truth->heaps->len; i++) {
    const HsEtlTruthHeap *heap = &g_array_index(truth->heaps, HsEtlTruthHeap, i);
    g_hash_table_add(traced, g_strdup_printf("%u.%u", heap->pid, heap->process_instance));
  }
  truth->processes_traced = g_hash_table_size(traced);
  truth->processes_known = 0;
  g_hash_table_iter_init(&iter, truth->pairing->processes);
  while (g_hash_table_iter_next(&iter, &pid, &process)) {
    truth->processes_known += ((Process *)process)->instance + 1;
    g_hash_table_remove(truth->pairing->told, pid);
  }
  truth->processes_known += g_hash_table_size(truth->pairing->told);
}

void
hs_etl_truth_pairing_set_name(HsEtlTruthPairing *pairing, guint32 pid, const char *name)
{
  g_hash_table_insert(pairing->names, GUINT_TO_POINTER(pid), g_strdup(name));
}

const char *
hs_etl_truth_pairing_name(HsEtlTruthPairing *pairing, guint32 pid)
{
  return g_hash_table_lookup(pairing->names, GUINT_TO_POINTER(pid));
}

void
hs_etl_truth_pairing_keep(HsEtlTruthPairing *pairing, const HsEtlTruthRecord *record)
{
  Kept kept = {*record, pairing->kept->len};
  g_array_append_val(pairing->kept, kept);
}

static Process *
find_process(HsEtlTruthPairing *pairing, guint32 pid)
{
  Process *process = g_hash_table_lookup(pairing->processes, GUINT_TO_POINTER(pid));
  if (process == NULL) {
    process = g_new0(Process, 1);
    process->heaps = g_hash_table_new_full(NULL, NULL, NULL, live_heap_free);
    g_hash_table_insert(pairing->processes, GUINT_TO_POINTER(pid), process);
  }
  return process;
}

static LiveHeap *
find_heap(HsEtlTruth *truth, guint32 pid, guint64 handle)
{
  Process *process = find_process(truth->pairing, pid);
  LiveHeap *heap = g_hash_table_lookup(process->heaps, key_of(handle));
  if (heap == NULL) {
    HsEtlTruthHeap numbers = {.pid = pid, .process_instance = process->instance, .handle = handle};
    heap = g_new0(LiveHeap, 1);
    heap->index = truth->heaps->len;
    heap->blocks = g_hash_table_new(NULL, NULL);
    g_array_append_val(truth->heaps, numbers);
    g_hash_table_insert(process->heaps, key_of(handle), heap);
  }
  return heap;
}

static HsEtlTruthHeap *
numbers_of(HsEtlTruth *truth, const LiveHeap *heap)
{
  return &g_array_index(truth->heaps, HsEtlTruthHeap, heap->index);
}

/* Slot of the live block at `address`, or -1. */
static gint64
find_block(const LiveHeap *heap, guint64 address)
{
  return (gint64)(guintptr)g_hash_table_lookup(heap->blocks, key_of(address)) - 1;
}

static guint32
take_slot(HsEtlTruth *truth)
{
  HsEtlTruthPairing *pairing = truth->pairing;
  if (pairing->free_slots->len > 0) {
    guint32 slot = g_array_index(pairing->free_slots, guint32, pairing->free_slots->len - 1);
    g_array_set_size(pairing->free_slots, pairing->free_slots->len - 1);
    return slot;
  }
  g_array_set_size(pairing->slots, pairing->slots->len + 1);
  return pairing->slots->len - 1;
}

static void
begin_block(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record, gboolean is_realloc)
{
  guint64 size = record->size_bytes;
  guint32 slot = take_slot(truth);
  g_array_index(truth->pairing->slots, Slot, slot) = (Slot){size, truth->pairing->births++, is_realloc};
  g_hash_table_insert(heap->blocks, key_of(record->address), key_of((guint64)slot + 1));
  if (truth->mode == HS_ETL_TRUTH_SORTED) {
    HsEtlTruthBlock block = {
        .pid = record->pid,
        .heap_index = heap->index,
        .address = record->address,
        .size_bytes = size,
        .begin_ns = record->time_ns,
        .end_ns = G_MAXINT64,
        .source = record->source,
        .is_realloc = is_realloc,
        .begin_event = truth->events->len,
        .end_event = -1,
    };
    g_array_append_val(truth->blocks, block);
    truth->pairing->event.block = slot;
  }
  HsEtlTruthHeap *numbers = numbers_of(truth, heap);
  truth->allocation_count++;
  truth->allocation_bytes += size;
  truth->outstanding_count++;
  truth->outstanding_bytes += size;
  if (truth->outstanding_bytes > truth->peak_bytes) {
    truth->peak_bytes = truth->outstanding_bytes;
    truth->peak_time_ns = record->time_ns;
  }
  numbers->allocated_bytes += size;
  numbers->outstanding_count++;
  numbers->outstanding_bytes += size;
  if (numbers->outstanding_bytes > numbers->peak_bytes) {
    numbers->peak_bytes = numbers->outstanding_bytes;
    numbers->peak_time_ns = record->time_ns;
  }
}

/* Takes the block off the books; the caller takes it out of the heap's table. */
static void
close_block(HsEtlTruth *truth, LiveHeap *heap, gint64 slot, gint64 time_ns, HsEtlTruthEnd end)
{
  Slot *block = &g_array_index(truth->pairing->slots, Slot, slot);
  HsEtlTruthHeap *numbers = numbers_of(truth, heap);
  truth->outstanding_count--;
  truth->outstanding_bytes -= block->size_bytes;
  numbers->outstanding_count--;
  numbers->outstanding_bytes -= block->size_bytes;
  if (end == HS_ETL_TRUTH_END_OVERWRITTEN)
    truth->overwritten++;
  else if (end == HS_ETL_TRUTH_END_DESTROY)
    truth->freed_by_destroy++;
  else if (end == HS_ETL_TRUTH_END_PROCESS_EXIT)
    truth->ended_by_process_exit++;
  if (truth->mode == HS_ETL_TRUTH_SORTED) {
    /* Slots are not reused in this mode: they number the blocks. */
    HsEtlTruthBlock *kept = &g_array_index(truth->blocks, HsEtlTruthBlock, slot);
    kept->end_ns = time_ns;
    kept->end = end;
    kept->end_event = end != HS_ETL_TRUTH_END_PROCESS_EXIT ? (gint64)truth->events->len : -1;
  } else {
    guint32 free_slot = (guint32)slot;
    g_array_append_val(truth->pairing->free_slots, free_slot);
  }
}

static void
end_block(HsEtlTruth *truth, LiveHeap *heap, guint64 address, gint64 time_ns, HsEtlTruthEnd end)
{
  gint64 slot = find_block(heap, address);
  g_hash_table_remove(heap->blocks, key_of(address));
  close_block(truth, heap, slot, time_ns, end);
}

static void
end_all_blocks(HsEtlTruth *truth, LiveHeap *heap, gint64 time_ns, HsEtlTruthEnd end)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, heap->blocks);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    close_block(truth, heap, (gint64)(guintptr)value - 1, time_ns, end);
  g_hash_table_remove_all(heap->blocks);
}

static void
apply_alloc(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record)
{
  numbers_of(truth, heap)->allocs++;
  if (record->address == 0) {
    truth->failed_allocs++;
    return;
  }
  if (find_block(heap, record->address) >= 0)
    end_block(truth, heap, record->address, record->time_ns, HS_ETL_TRUTH_END_OVERWRITTEN);
  begin_block(truth, heap, record, FALSE);
}

static void
apply_free(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record)
{
  numbers_of(truth, heap)->frees++;
  truth->pairing->event.block = find_block(heap, record->address);
  if (find_block(heap, record->address) >= 0)
    end_block(truth, heap, record->address, record->time_ns, HS_ETL_TRUTH_END_FREE);
  else
    truth->unmatched_frees++;
}

/* The summary of a move whose Alloc and Free came as records of their own. */
static void
apply_moved(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record, gint64 new_slot)
{
  Slot *new_block = &g_array_index(truth->pairing->slots, Slot, new_slot);
  new_block->is_realloc = TRUE;
  truth->pairing->event.block = new_slot;
  if (truth->mode == HS_ETL_TRUTH_SORTED)
    g_array_index(truth->blocks, HsEtlTruthBlock, new_slot).is_realloc = TRUE;
  gint64 old_slot = find_block(heap, record->old_address);
  if (old_slot >= 0 && g_array_index(truth->pairing->slots, Slot, old_slot).birth < new_block->birth)
    end_block(truth, heap, record->old_address, record->time_ns, HS_ETL_TRUTH_END_REALLOC);
}

static void
apply_realloc(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record)
{
  numbers_of(truth, heap)->reallocs++;
  if (record->address == 0) {
    truth->failed_reallocs++;
    return;
  }
  gint64 new_slot = find_block(heap, record->address);
  if (record->old_address != record->address && new_slot >= 0) {
    apply_moved(truth, heap, record, new_slot);
    return;
  }
  if (find_block(heap, record->old_address) >= 0)
    end_block(truth, heap, record->old_address, record->time_ns, HS_ETL_TRUTH_END_REALLOC);
  begin_block(truth, heap, record, TRUE);
}

static void
apply_destroy(HsEtlTruth *truth, LiveHeap *heap, const HsEtlTruthRecord *record)
{
  end_all_blocks(truth, heap, record->time_ns, HS_ETL_TRUTH_END_DESTROY);
  numbers_of(truth, heap)->destroyed = TRUE;
  g_hash_table_remove(find_process(truth->pairing, record->pid)->heaps, key_of(record->heap));
}

static void
apply_process(HsEtlTruth *truth, const HsEtlTruthRecord *record)
{
  HsEtlTruthPairing *pairing = truth->pairing;
  Process *process = g_hash_table_lookup(pairing->processes, GUINT_TO_POINTER(record->pid));
  if (record->op == HS_ETL_TRUTH_PROCESS_START) {
    if (process != NULL) {
      process->instance++;
      g_hash_table_remove_all(process->heaps);
    } else {
      find_process(pairing, record->pid);
    }
    return;
  }
  if (process == NULL)
    return;
  GHashTableIter iter;
  gpointer heap;
  g_hash_table_iter_init(&iter, process->heaps);
  while (g_hash_table_iter_next(&iter, NULL, &heap))
    end_all_blocks(truth, heap, record->time_ns, HS_ETL_TRUTH_END_PROCESS_EXIT);
}

void
hs_etl_truth_pairing_apply(HsEtlTruth *truth, const HsEtlTruthRecord *record)
{
  HsEtlTruthPairing *pairing = truth->pairing;
  g_assert(record->epoch > pairing->epoch ||
           (record->epoch == pairing->epoch &&
            (record->time_ticks > pairing->last_ticks ||
             (record->time_ticks == pairing->last_ticks && record->cpu >= pairing->last_cpu))));
  pairing->epoch = record->epoch;
  pairing->last_ticks = record->time_ticks;
  pairing->last_cpu = record->cpu;
  if (record->op >= HS_ETL_TRUTH_PROCESS_START) {
    apply_process(truth, record);
    return;
  }
  pairing->event = (HsEtlTruthEvent){.record = *record, .heap_index = -1, .block = -1};
  if (record->no_heap)
    return;
  LiveHeap *heap = find_heap(truth, record->pid, record->heap);
  pairing->event.heap_index = heap->index;
  switch (record->op) {
  case 0x20:
    numbers_of(truth, heap)->created = TRUE;
    numbers_of(truth, heap)->flags = record->flags;
    break;
  case 0x26:
    numbers_of(truth, heap)->flags = record->flags;
    break;
  case 0x21:
    apply_alloc(truth, heap, record);
    break;
  case 0x22:
    apply_realloc(truth, heap, record);
    break;
  case 0x23:
    apply_destroy(truth, heap, record);
    break;
  case 0x24:
    apply_free(truth, heap, record);
    break;
  default:
    break;
  }
}

static int
compare_kept(gconstpointer a, gconstpointer b)
{
  const Kept *x = a, *y = b;
  if (x->record.epoch != y->record.epoch)
    return x->record.epoch < y->record.epoch ? -1 : 1;
  if (x->record.time_ticks != y->record.time_ticks)
    return x->record.time_ticks < y->record.time_ticks ? -1 : 1;
  if (x->record.cpu != y->record.cpu)
    return x->record.cpu < y->record.cpu ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

void
hs_etl_truth_pairing_run(HsEtlTruth *truth)
{
  GArray *kept = truth->pairing->kept;
  if (kept->len > 0)
    qsort(kept->data, kept->len, sizeof(Kept), compare_kept);
  for (guint i = 0; i < kept->len; i++) {
    const HsEtlTruthRecord *record = &g_array_index(kept, Kept, i).record;
    hs_etl_truth_pairing_apply(truth, record);
    if (record->op < HS_ETL_TRUTH_PROCESS_START)
      g_array_append_val(truth->events, truth->pairing->event);
  }
  g_array_set_size(kept, 0);
}
