/* SPDX-License-Identifier: MIT */
/*
 * A small model of a Windows heap: segments that are committed piece by piece, a back end that fits blocks into freed
 * space and merges neighbours, a low-fragmentation front end whose subsegments hold blocks of one size at random
 * places, and a region for big blocks.  Addresses come out of it as they would out of a real heap: reused, packed, full
 * of holes.
 */
#pragma once

#include "sample-trace.h"

G_BEGIN_DECLS

typedef enum {
  SAMPLE_HEAP_NT,      /* LFH in front of a back end; tells of subsegments */
  SAMPLE_HEAP_SEGMENT, /* the segment heap: every source is 6 */
} SampleHeapKind;

typedef struct _SampleHeap SampleHeap;

/* A block someone holds. */
typedef struct {
  SampleHeap *heap;
  guint64 address;
  guint64 size_bytes;    /* asked for */
  guint64 chunk_bytes;   /* taken from the back end; 0 in a subsegment */
  gint subsegment, slot; /* front end */
  guint32 source;        /* as the record says */
  gboolean big;          /* in the region for big blocks */
  gboolean live;
} SampleBlock;

/* A heap at `handle`, growing into [base, …); nothing is written yet. */
SampleHeap *sample_heap_new(SampleTrace *trace, SampleProcess *process, SampleHeapKind kind, guint64 handle,
                            guint32 flags, guint64 segment_bytes);
void sample_heap_free(SampleHeap *heap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SampleHeap, sample_heap_free)

guint64 sample_heap_handle(const SampleHeap *heap);
SampleProcess *sample_heap_process(const SampleHeap *heap);
gboolean sample_heap_alive(const SampleHeap *heap);

/* From now on the heap's doings are written; before, blocks are made in silence (memory from before the trace). */
void sample_heap_begin_recording(SampleHeap *heap);
/* HeapCreate and HeapDestroy by `thread`. */
void sample_heap_create(SampleHeap *heap, SampleThread *thread);
void sample_heap_destroy(SampleHeap *heap, SampleThread *thread);
/* The process is gone: no more records. */
void sample_heap_abandon(SampleHeap *heap);

void sample_heap_alloc(SampleHeap *heap, SampleThread *thread, guint64 size_bytes, guint stack, SampleBlock *block);
void sample_heap_release(SampleHeap *heap, SampleThread *thread, SampleBlock *block);
/* In place where the neighbour is free, else by a move: Alloc, Free, ReAlloc. */
void sample_heap_resize(SampleHeap *heap, SampleThread *thread, guint64 size_bytes, guint stack, SampleBlock *block);
/* An allocation that fails. */
void sample_heap_fail(SampleHeap *heap, SampleThread *thread, guint64 size_bytes);

/* The heap as a SnapShot record, and its ranges as a rundown record. */
void sample_heap_snapshot(SampleHeap *heap, SampleThread *thread);
void sample_heap_rundown(SampleHeap *heap, SampleThread *thread);
/* HeapLock, HeapWalk, HeapUnlock; or HeapValidate. */
void sample_heap_walk(SampleHeap *heap, SampleThread *thread, gboolean validate);

G_END_DECLS
