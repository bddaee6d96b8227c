/* SPDX-License-Identifier: MIT */
/*
 * The timeline: every heap event of a trace and every block of memory they tell of, in memory, in time order.
 *
 * Columns are append-only and published by one atomic count: what lies below the count is immutable, but for a block's
 * end and its is-realloc mark, which are atomic. One thread writes (through HsBuilder); any thread reads, at any time.
 * A reader takes the count once (hs_timeline_n_rows()) and works below it.
 *
 * An event is 17 bytes: time (4, from a base a segment), operation and source (1), weight (2), processor (2), origin
 * (4), reference (4). A block is 20: address (8), size and flags (4), begin row (4), end row (4). What is derived from
 * them is not stored.
 */
#pragma once

#include <glib.h>

#include "hs-clock.h"
#include "hs-column.h"
#include "hs-ids.h"
#include "hs-strings.h"
#include "hs-terms.h"

typedef struct _HsSeriesSet HsSeriesSet;

/* --- entities: small tables, appended to by the builder; fields marked (atomic) may change after publication --- */

typedef struct {
  uint32_t pid;
  uint32_t parent_pid;
  uint32_t name;         /* HsStringId.v of the image name without path (atomic); HS_ID_NONE until known */
  uint32_t command_line; /* HsStringId.v (atomic) */
  int64_t start_ticks;   /* INT64_MIN = before the trace, or not told */
  int64_t end_ticks;     /* (atomic) INT64_MAX = not ended */
  uint32_t is_32bit;     /* (atomic) 1 = WOW64 or a record with 4-byte pointers */
  uint32_t n_heaps;      /* (atomic) */
  uint32_t newest_heap;  /* builder's: HsHeapId.v, from where its heaps are linked */
} HsProcess;

typedef struct {
  HsProcessId process;
  uint64_t handle;
  int64_t create_ticks;  /* (atomic) INT64_MIN = no Create seen */
  int64_t destroy_ticks; /* (atomic) INT64_MAX = no Destroy seen */
  uint32_t flags;        /* (atomic) heap flags as last told; valid if has_flags */
  uint32_t has_flags;    /* (atomic) */
  /* Running figures, all (atomic). */
  uint64_t n_allocs, n_reallocs, n_frees, n_unmatched_frees, n_events;
  uint64_t n_slow;          /* of allocs and reallocs: served by the slow path */
  uint64_t n_begun;         /* blocks begun */
  uint64_t allocated_bytes; /* bytes of blocks begun */
  uint64_t outstanding_count;
  uint64_t outstanding_bytes;
  uint64_t peak_bytes;
  int64_t peak_ticks;
  uint64_t committed_bytes, reserved_bytes; /* as last told */
  uint32_t has_sizes;
} HsHeap;

typedef struct {
  HsProcessId process;
  uint32_t tid;
  uint32_t name; /* HsStringId.v (atomic) */
} HsThread;

typedef struct {
  HsHeapId heap;
  HsThreadId thread;
} HsOrigin;

typedef struct {
  HsProcessId process; /* HS_ID_NONE = kernel */
  uint64_t base, size;
  uint32_t checksum, time_stamp;
  HsStringId path;
  int64_t load_ticks;   /* INT64_MIN = before the trace */
  int64_t unload_ticks; /* (atomic) INT64_MAX = not unloaded */
} HsModule;

/* A stretch of address space that a heap holds, told by heap-range, Extend, Contract, Commit and Decommit records. */
typedef struct {
  HsHeapId heap;
  uint8_t what; /* HsOp of the record, or HS_OP_SNAPSHOT for a heap-range rundown */
  uint8_t gone; /* 1 = given back (Contract, Decommit, release) */
  int64_t ticks;
  uint64_t address, size;
} HsRegion;

typedef enum { HS_GAP_EVENTS, HS_GAP_BUFFERS } HsGapKind;

/* A stretch of one processor's time in which events, or whole buffers of them, were lost while recording. Of any
 * process: what is missing cannot be told. */
typedef struct {
  int64_t begin_ticks, end_ticks; /* [begin, end), never empty */
  uint16_t cpu;
  uint8_t kind; /* HsGapKind */
} HsGap;

/* Particulars of a row that is no Alloc, ReAlloc or Free. */
typedef struct {
  uint64_t address, size;
  uint64_t committed_bytes, reserved_bytes, free_bytes, allocated_bytes;
  uint32_t flags, detail;
  uint8_t raw_opcode, has_sizes, has_flags;
} HsDetail;

/* --- blocks --- */

typedef enum {
  HS_END_NONE, /* outstanding */
  HS_END_FREE,
  HS_END_REALLOC,
  HS_END_OVERWRITTEN,
  HS_END_DESTROY,
  HS_END_PROCESS_EXIT
} HsEnd;

#define HS_BLOCK_END_MASK 0x07
#define HS_BLOCK_IS_REALLOC 0x08
#define HS_BLOCK_SOURCE_SHIFT 4 /* the HsSource of the record that began it: saves a look at that row */
#define HS_BLOCK_FLAG_BITS 7u
#define HS_BLOCK_FLAG_MASK ((1u << HS_BLOCK_FLAG_BITS) - 1)
#define HS_BLOCK_BIG (UINT32_MAX >> HS_BLOCK_FLAG_BITS) /* a size of at least so many bytes: look in big_sizes */

/* 20 bytes, without padding: memory, and what has to be fetched of it, is what limits large traces. */
typedef struct __attribute__((packed, aligned(4))) {
  uint64_t address;
  uint32_t size_flags; /* atomic, but the size does not change: size << HS_BLOCK_FLAG_BITS | HsEnd | HS_BLOCK_… |
                          source */
  uint32_t begin;      /* row */
  uint32_t end;        /* row, atomic */
} HsBlockRecord;
G_STATIC_ASSERT(sizeof(HsBlockRecord) == 20);

/* Requested bytes, HS_BLOCK_BIG at most. */
static inline uint32_t
hs_block_record_size(const HsBlockRecord *record)
{
  return __atomic_load_n(&record->size_flags, __ATOMIC_RELAXED) >> HS_BLOCK_FLAG_BITS;
}
static inline uint8_t
hs_block_record_flags(const HsBlockRecord *record)
{
  return (uint8_t)(__atomic_load_n(&record->size_flags, __ATOMIC_RELAXED) & HS_BLOCK_FLAG_MASK);
}
static inline HsSource
hs_block_record_source(const HsBlockRecord *record)
{
  return (HsSource)(hs_block_record_flags(record) >> HS_BLOCK_SOURCE_SHIFT & 7);
}
/* The writer's. */
static inline void
hs_block_record_add_flags(HsBlockRecord *record, uint32_t flags)
{
  __atomic_store_n(&record->size_flags, record->size_flags | flags, __ATOMIC_RELAXED);
}

#define HS_ROW_OUTSTANDING UINT32_MAX        /* a block's end row while it is live */
#define HS_ROW_PROCESS_EXIT (UINT32_MAX - 1) /* its process ended: the time is the process's end_ticks */

/* Name for files: "free", "realloc", "overwritten", "destroy", "process-exit"; "" for none. Static. */
const char *hs_end_name(HsEnd end);
/* Title, translated: "Freed", "Reallocated", … Static. */
const char *hs_end_title(HsEnd end);

/* --- figures of the whole trace; all fields atomic (relaxed), times in ticks --- */

typedef struct {
  uint64_t operations[HS_N_OPS];
  uint64_t sources[HS_N_SOURCES]; /* of alloc + realloc + free records */
  uint64_t n_begun, begun_bytes;
  uint64_t outstanding_count, outstanding_bytes;
  uint64_t peak_bytes;
  int64_t peak_ticks;
  uint64_t unmatched_frees, overwritten, freed_by_destroy, failed_allocs, ended_by_exit;
} HsTotals;

/* The reference of a row: what its `ref` means depends on the operation. */
#define HS_REF_NONE UINT32_MAX
#define HS_REF_LOOSE 0x80000000u /* alloc, realloc, free: no block; the rest indexes `loose` */

typedef struct {
  uint64_t address, size;
} HsLoose; /* an unmatched free (size 0), a failed alloc (address 0), or a realloc that marks a block of another size */

typedef struct {
  HsRow row; /* the ending happens with this row, before what the row begins; for a process exit, before this row */
  uint32_t block;
} HsEnding; /* ends other than a Free's own: realloc, overwritten, destroy, process exit; ascending by row */

typedef struct {
  HsRow row;
  uint32_t marked; /* the summary of a move told by Alloc and Free, which begins no block: 1 + the block it marks */
  uint64_t old_address, old_size;
} HsRealloc; /* one a ReAlloc row, ascending by row */

typedef struct {
  HsRow row;
  uint32_t source_id;
} HsOddSource; /* rows whose SourceId has no name; ascending by row */

/* What a row adds to outstanding memory, or as a Free takes off: size and source of the block that it begins or ends by
 * itself. A copy of what the block tells, because blocks lie anywhere. */
#define HS_WEIGHT_NONE 0 /* the row begins and ends no block */
/* From here on the block has to be asked: */
#define HS_WEIGHT_BLOCK (UINT16_MAX - 1) /* empty and without a source */
#define HS_WEIGHT_LARGE UINT16_MAX       /* more than fits here: at least HS_LARGE_WEIGHT_SIZE bytes */
#define HS_WEIGHT_SOURCE_BITS 3u
#define HS_LARGE_WEIGHT_SIZE (UINT16_MAX >> HS_WEIGHT_SOURCE_BITS)
static inline uint16_t
hs_weight_of(uint64_t size, HsSource source)
{
  uint64_t weight = size << HS_WEIGHT_SOURCE_BITS | source;
  if (size >= HS_LARGE_WEIGHT_SIZE)
    return HS_WEIGHT_LARGE;
  return weight != HS_WEIGHT_NONE ? (uint16_t)weight : HS_WEIGHT_BLOCK;
}

typedef struct {
  int64_t *base;  /* a segment: ticks of its first row; 65,536 entries, reserved */
  int64_t **wide; /* a segment whose span exceeds 32 bits: full ticks of each row (atomic pointer), else NULL */
  HsColumn low;   /* uint32_t: ticks − base */
} HsTimeColumn;

typedef struct {
  HsColumn low;   /* uint8_t */
  uint8_t **high; /* a segment with a processor above 255: the upper bytes of each row (atomic pointer), else NULL */
} HsCpuColumn;

typedef struct _HsTimeline {
  /*< private: read through the functions below >*/
  int ref_count;
  HsArena *arena;
  HsClock clock;
  HsTimeColumn time;
  HsColumn op_source; /* uint8_t: op | source << 5 */
  HsColumn weight;    /* uint16_t: see hs_weight_of() */
  HsCpuColumn cpu;
  HsColumn origin; /* uint32_t */
  HsColumn ref;    /* uint32_t */
  HsColumn blocks; /* HsBlockRecord */
  HsVec big_sizes; /* {uint32_t block; uint64_t size}, ascending by block */
  HsVec loose, endings, reallocs, odd_sources, details;
  HsVec processes, heaps, threads, origins, modules, regions, gaps;
  HsStrings *strings;
  uint32_t n_rows, n_blocks, n_big_sizes, n_endings, n_reallocs,
      n_odd_sources; /* published with a release store; rows last */
  uint32_t n_processes, n_heaps, n_threads, n_origins, n_modules, n_regions, n_gaps;
  int64_t begin_ticks; /* set before the first row: where the span begins; INT64_MIN = as hs_timeline_span() says */
  int64_t last_ticks;  /* published: nothing earlier than this will be appended */
  uint32_t complete;   /* published: no more will come */
  HsTotals totals;
  HsSeriesSet *series; /* outstanding bytes and counts of everything, kept up by the builder */
} HsTimeline;

/* An empty timeline, or NULL if out of memory. Its clock is set by the builder before the first row. */
HsTimeline *hs_timeline_new(void);
/* The same without curves of its own: to be read by its writer alone. */
HsTimeline *hs_timeline_new_bare(void);
HsTimeline *hs_timeline_ref(HsTimeline *timeline);
void hs_timeline_unref(HsTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsTimeline, hs_timeline_unref)

static inline uint32_t
hs_timeline_n_rows(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_rows, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_blocks(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_blocks, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_processes(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_processes, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_heaps(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_heaps, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_threads(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_threads, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_origins(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_origins, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_regions(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_regions, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_modules(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_modules, __ATOMIC_ACQUIRE);
}
static inline uint32_t
hs_timeline_n_gaps(const HsTimeline *t)
{
  return __atomic_load_n(&t->n_gaps, __ATOMIC_ACQUIRE);
}
static inline bool
hs_timeline_complete(const HsTimeline *t)
{
  return __atomic_load_n(&t->complete, __ATOMIC_ACQUIRE) != 0;
}
/* The trace's span in ticks, [begin, end): from time zero (or the first event, if earlier) to just after the last event
 * or record seen so far. Of a trace of which only a stretch of time was loaded: from where that begins, although there
 * are rows before. Never empty. */
void hs_timeline_span(const HsTimeline *timeline, int64_t *begin_ticks, int64_t *end_ticks);
HsClock hs_timeline_clock(const HsTimeline *timeline);

/* Entities by id; the id must come from this timeline. Fields marked (atomic) are read with HS_GET(). */
#define HS_GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
static inline const HsProcess *
hs_timeline_process(const HsTimeline *t, HsProcessId id)
{
  return HS_VEC(&t->processes, HsProcess, id.v);
}
static inline const HsHeap *
hs_timeline_heap(const HsTimeline *t, HsHeapId id)
{
  return HS_VEC(&t->heaps, HsHeap, id.v);
}
static inline const HsThread *
hs_timeline_thread(const HsTimeline *t, HsThreadId id)
{
  return HS_VEC(&t->threads, HsThread, id.v);
}
static inline const HsOrigin *
hs_timeline_origin(const HsTimeline *t, HsOriginId id)
{
  return HS_VEC(&t->origins, HsOrigin, id.v);
}
static inline const HsRegion *
hs_timeline_region(const HsTimeline *t, uint32_t index)
{
  return HS_VEC(&t->regions, HsRegion, index);
}
/* In the order in which they were found. */
static inline const HsGap *
hs_timeline_gap(const HsTimeline *t, uint32_t index)
{
  return HS_VEC(&t->gaps, HsGap, index);
}
static inline const HsModule *
hs_timeline_module(const HsTimeline *t, HsModuleId id)
{
  return HS_VEC(&t->modules, HsModule, id.v);
}
/* Image name, or "" if no record told it. Owned by the timeline. */
const char *hs_timeline_process_name(const HsTimeline *timeline, HsProcessId id);
/* The heap with this pid and handle ("latest": the youngest instance), or HS_ID_NONE. */
HsHeapId hs_timeline_find_heap(const HsTimeline *timeline, uint32_t pid, uint64_t handle);

/* --- rows --- */

static inline int64_t
hs_timeline_ticks(const HsTimeline *t, HsRow row)
{
  const int64_t *wide = __atomic_load_n(&t->time.wide[row >> HS_SEGMENT_SHIFT], __ATOMIC_ACQUIRE);
  if (G_UNLIKELY(wide != NULL))
    return wide[row & HS_SEGMENT_MASK];
  return t->time.base[row >> HS_SEGMENT_SHIFT] + *HS_AT(&t->time.low, uint32_t, row);
}
static inline HsOp
hs_timeline_op(const HsTimeline *t, HsRow row)
{
  return (HsOp)(*HS_AT(&t->op_source, uint8_t, row) & 31);
}
static inline HsSource
hs_timeline_source(const HsTimeline *t, HsRow row)
{
  return (HsSource)(*HS_AT(&t->op_source, uint8_t, row) >> 5);
}
static inline HsOriginId
hs_timeline_row_origin(const HsTimeline *t, HsRow row)
{
  return (HsOriginId){*HS_AT(&t->origin, uint32_t, row)};
}
static inline HsHeapId
hs_timeline_row_heap(const HsTimeline *t, HsRow row)
{
  return hs_timeline_origin(t, hs_timeline_row_origin(t, row))->heap;
}
static inline uint16_t
hs_timeline_cpu(const HsTimeline *t, HsRow row)
{
  const uint8_t *high = __atomic_load_n(&t->cpu.high[row >> HS_SEGMENT_SHIFT], __ATOMIC_ACQUIRE);
  uint16_t low = *HS_AT(&t->cpu.low, uint8_t, row);
  return G_LIKELY(high == NULL) ? low : (uint16_t)(low | high[row & HS_SEGMENT_MASK] << 8);
}
static inline uint32_t
hs_timeline_ref_of(const HsTimeline *t, HsRow row)
{
  return *HS_AT(&t->ref, uint32_t, row);
}

/* The first row at or after `ticks`, among the first n_rows rows; n_rows if none. O(log n). */
HsRow hs_timeline_row_at(const HsTimeline *timeline, int64_t ticks, uint32_t n_rows);

/* The block a row begins, ends (Free) or marks (ReAlloc), or HS_ID_NONE. */
HsBlockId hs_timeline_row_block(const HsTimeline *timeline, HsRow row);
/* The block that a ReAlloc row, or an Alloc row that overwrites, ends; HS_ID_NONE if none. */
HsBlockId hs_timeline_row_ended_block(const HsTimeline *timeline, HsRow row);

/* Everything about one row, for tables and files. Absent numbers are 0 with their has_… false. */
typedef struct {
  HsRow row;
  int64_t ticks;
  HsOp op;
  HsSource source;
  uint32_t source_id; /* the raw number; 0 if none */
  uint16_t cpu;
  HsProcessId process;
  HsHeapId heap;
  HsThreadId thread;
  HsBlockId block; /* see hs_timeline_row_block() */
  uint64_t address, size, old_address, old_size;
  bool has_address, has_size, has_old;
  bool unmatched;         /* a Free without a block */
  bool failed;            /* an Alloc or ReAlloc that gave no memory */
  const HsDetail *detail; /* or NULL */
} HsEvent;
void hs_timeline_event(const HsTimeline *timeline, HsRow row, HsEvent *event);

/* --- blocks --- */

static inline const HsBlockRecord *
hs_timeline_block_record(const HsTimeline *t, HsBlockId b)
{
  return HS_AT(&t->blocks, HsBlockRecord, b.v);
}
static inline uint64_t
hs_timeline_block_address(const HsTimeline *t, HsBlockId b)
{
  return hs_timeline_block_record(t, b)->address;
}
uint64_t hs_timeline_block_big_size(const HsTimeline *timeline, HsBlockId block);
/* Requested bytes of a block, whose record is at hand or not. */
static inline uint64_t
hs_timeline_record_size(const HsTimeline *t, const HsBlockRecord *record, HsBlockId b)
{
  uint32_t size = hs_block_record_size(record);
  return G_LIKELY(size != HS_BLOCK_BIG) ? size : hs_timeline_block_big_size(t, b);
}
static inline uint64_t
hs_timeline_block_size(const HsTimeline *t, HsBlockId b)
{
  return hs_timeline_record_size(t, hs_timeline_block_record(t, b), b);
}
static inline HsRow
hs_timeline_block_begin(const HsTimeline *t, HsBlockId b)
{
  return hs_timeline_block_record(t, b)->begin;
}
/* The row that ended it, HS_ROW_OUTSTANDING or HS_ROW_PROCESS_EXIT. May name a row not yet published. */
static inline HsRow
hs_timeline_block_end(const HsTimeline *t, HsBlockId b)
{
  return __atomic_load_n(&hs_timeline_block_record(t, b)->end, __ATOMIC_ACQUIRE);
}
static inline uint8_t
hs_timeline_block_flags(const HsTimeline *t, HsBlockId b)
{
  return hs_block_record_flags(hs_timeline_block_record(t, b));
}
static inline HsSource
hs_timeline_block_source(const HsTimeline *t, HsBlockId b)
{
  return hs_block_record_source(hs_timeline_block_record(t, b));
}
/* Everything about one block. end_ticks is INT64_MAX while it is outstanding (or its end lies at or past n_rows). */
typedef struct {
  HsBlockId id;
  uint64_t address, size;
  HsRow begin_row;
  HsRow end_row; /* HS_ROW_OUTSTANDING, HS_ROW_PROCESS_EXIT or a row */
  int64_t begin_ticks, end_ticks;
  HsHeapId heap;
  HsThreadId thread;
  HsSource source;
  HsEnd end;
  bool is_realloc;
} HsBlock;
void hs_timeline_block(const HsTimeline *timeline, HsBlockId id, uint32_t n_rows, HsBlock *block);

/* Bytes of memory the timeline holds, everything counted (columns, tables, pyramids, strings). */
uint64_t hs_timeline_memory_bytes(const HsTimeline *timeline);
/* What there is to be of a timeline. */
typedef struct {
  uint64_t n_rows, n_blocks;
  uint64_t n_live;     /* blocks alive at a time, at most */
  uint64_t n_reallocs; /* of the rows */
  uint64_t n_details;  /* rows that are no Alloc, ReAlloc or Free */
  uint64_t n_loose;    /* Frees without a block */
} HsTimelineCounts;
/* About what a timeline of that will hold, rather more than less, with what it takes meanwhile to pair blocks. Bytes;
 * saturates. */
uint64_t hs_timeline_expected_bytes(const HsTimelineCounts *counts);
