/* SPDX-License-Identifier: MIT */
/* What the parts of the builder share. Builder's thread only. */
#pragma once

#include <pthread.h>

#include "hs-builder.h"
#include "hs-pair-table.h"

typedef struct {
  uint32_t block;
  uint64_t size;
} HsBigSize;

/* What only the builder needs to know of a heap instance, beside its HsHeap. */
typedef struct {
  HsPairTable live;
  HsHeap *heap; /* the timeline's */
  /* Plain events that its figures do not tell yet. */
  struct {
    uint64_t n_begun, begun_bytes;
    uint64_t n_freed;
    uint64_t n_slow;
  } pending;
  uint32_t older_heap; /* the same process's heap before this one, or HS_ID_NONE */
  bool over;           /* destroyed, or its process ended: its handle means another heap from now on */
} HsHeapState;

#define HS_ORIGIN_CACHE 1024u
#define HS_BUILDER_TOUCHED 1024u

typedef struct {
  uint32_t pid, tid;
  uint64_t handle;
  uint32_t origin, heap;
  uint32_t generation; /* valid if it equals the builder's */
} HsOriginSlot;

/* What the key of plain events means. */
typedef struct {
  uint32_t generation; /* valid if it equals the builder's */
  uint32_t origin, heap;
} HsKeyState;

/* The columns' parts that rows are being appended to. */
typedef struct {
  uint32_t segment; /* HS_ID_NONE = none, or one whose times are wide */
  int64_t base;
  uint32_t *low;
  uint8_t *op_source, *cpu;
  uint16_t *weight;
  uint32_t *origin, *ref;
} HsOpenSegment;

struct _HsBuilder {
  HsTimeline *timeline;
  HsHeapState *heap_states; /* by HsHeapId.v */
  uint32_t heap_states_capacity;
  HsOriginSlot cache[HS_ORIGIN_CACHE];
  HsKeyState *keys; /* by HsPlainEvent.key */
  uint32_t keys_capacity;
  uint64_t pending[2][HS_N_SOURCES];    /* plain events that the totals do not tell yet: Allocs, then Frees */
  uint32_t touched[HS_BUILDER_TOUCHED]; /* the heaps that have any pending */
  uint32_t n_touched;
  uint64_t live_bytes;   /* of all tables of live blocks */
  uint32_t generation;   /* bumped whenever a pid or a handle comes to mean something else */
  GHashTable *processes; /* pid → HsProcessId.v + 1 of the living instance */
  GHashTable *heaps;     /* {process, handle} → HsHeapId.v + 1 of the living instance */
  GHashTable *threads;   /* {process, tid} → HsThreadId.v + 1 */
  GHashTable *origins;   /* {heap, thread} → HsOriginId.v + 1 */
  GHashTable *modules;   /* {process, base} → HsModuleId.v + 1 of the loaded one */
  HsTotals totals;       /* copied to the timeline at each publish */
  uint32_t n_rows, n_blocks;
  int64_t last_ticks;
  uint16_t weight; /* of the row about to be appended */
  HsOpenSegment open;
  bool out_of_memory;
  pthread_mutex_t series_lock; /* held by whoever extends the timeline's series */
  bool is_helped;              /* (atomic) another thread extends it, too */
};

/* hs-builder-entities.c */
void hs_builder_entities_init(HsBuilder *builder);
void hs_builder_entities_clear(HsBuilder *builder);
HsProcessId hs_builder_process(HsBuilder *builder, uint32_t pid);
HsHeapId hs_builder_heap(HsBuilder *builder, HsProcessId process, uint64_t handle);
HsThreadId hs_builder_thread(HsBuilder *builder, HsProcessId process, uint32_t tid);
/* The origin of an event; none (and out_of_memory set) if it cannot be stored. */
HsOriginId hs_builder_origin_slow(HsBuilder *builder, const HsHeapEvent *event);
/* The instance of this heap is over: a later record with its handle begins another. */
void hs_builder_close_heap(HsBuilder *builder, HsHeapId heap);

/* Where in the cache an event's origin stands, if it is there. */
static inline uint32_t
hs_builder_cache_slot(const HsHeapEvent *event)
{
  uint32_t hash = event->tid * 0x9e3779b1u ^ (uint32_t)(event->handle >> 4) * 0x85ebca6bu;
  return hash / (UINT32_MAX / HS_ORIGIN_CACHE + 1);
}

/* hs-builder-pairing.c: pairs the row about to be appended and returns its reference. */
uint32_t hs_builder_pair(HsBuilder *builder, const HsHeapEvent *event, HsHeapId heap, HsSource source);
void hs_builder_end_heap(HsBuilder *builder, HsHeapId heap, HsEnd reason, uint32_t end_row);

static inline HsHeap *
hs_builder_heap_of(HsBuilder *builder, HsHeapId heap)
{
  return HS_VEC(&builder->timeline->heaps, HsHeap, heap.v);
}

/* Figures that readers may look at any time: one writer, so a plain addition stored whole is enough. The builder's own,
 * too, are loaded one by one: a pair of them loaded at once waits until what was stored one by one is in the cache. */
#define HS_GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define HS_SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)
#define HS_ADD(field, n) HS_SET(field, (field) + (n))

/* A block begins: outstanding bytes of its heap. */
static inline void
hs_heap_add_outstanding(HsHeap *heap, uint64_t size, int64_t ticks)
{
  uint64_t outstanding = heap->outstanding_bytes + size;
  HS_SET(heap->outstanding_bytes, outstanding);
  if (outstanding > heap->peak_bytes) {
    HS_SET(heap->peak_bytes, outstanding);
    HS_SET(heap->peak_ticks, ticks);
  }
}

/* The same, and of all. */
static inline void
hs_builder_add_outstanding(HsBuilder *b, HsHeap *heap, uint64_t size, int64_t ticks)
{
  hs_heap_add_outstanding(heap, size, ticks);
  HsTotals *totals = &b->totals;
  HS_ADD(totals->outstanding_bytes, size);
  if (totals->outstanding_bytes > totals->peak_bytes) {
    HS_SET(totals->peak_bytes, totals->outstanding_bytes);
    HS_SET(totals->peak_ticks, ticks);
  }
}

/* A block ends. */
static inline void
hs_builder_take_outstanding(HsBuilder *b, HsHeap *heap, uint64_t size)
{
  HS_SET(heap->outstanding_bytes, heap->outstanding_bytes - size);
  HS_SET(b->totals.outstanding_bytes, b->totals.outstanding_bytes - size);
}

/* hs-builder-batch.c: brings a heap's figures up to date with the plain events appended, for whoever changes them
 * another way. */
void hs_builder_fold_heap(HsBuilder *builder, uint32_t heap);
/* The same of all heaps and of the totals. Takes as long as there are heaps that have had such events since. */
void hs_builder_fold(HsBuilder *builder);
/* Empties the table of a heap's live blocks. */
void hs_builder_clear_live(HsBuilder *builder, HsHeapState *state);
