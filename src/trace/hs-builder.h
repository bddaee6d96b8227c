/* SPDX-License-Identifier: MIT */
/*
 * Writes a timeline: takes decoded records in time order, finds process, heap and thread, pairs blocks, keeps totals
 * and pyramids, publishes. One thread. The pairing rules are those of the table "what an event means": see
 * hs-builder-pairing.c.
 */
#pragma once

#include "hs-timeline.h"

#define HS_TRACE_ERROR (hs_trace_error_quark())
GQuark hs_trace_error_quark(void);
typedef enum {
  HS_TRACE_ERROR_MEMORY, /* the system has no more */
  HS_TRACE_ERROR_LIMIT   /* more rows or blocks than ids can count */
} HsTraceError;

typedef struct _HsBuilder HsBuilder;

/* Keeps a reference to the timeline, which must be empty. */
HsBuilder *hs_builder_new(HsTimeline *timeline, HsClock clock);
/* Frees the pairing tables; what has been appended stays. */
void hs_builder_free(HsBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsBuilder, hs_builder_free)

/* What comes before that moment is only there to understand the rest: the timeline's span begins with it. Before the
 * first row. */
void hs_builder_begin_at(HsBuilder *builder, int64_t ticks);

/* Appends one heap record. Ticks below the last record's are taken as equal to it. False and `error` if it cannot be
 * stored; the timeline then ends there. */
bool hs_builder_add(HsBuilder *builder, const HsHeapEvent *event, GError **error);

/* Events in their order: plain ones, and others between them. All is borrowed. */
typedef struct {
  const HsPlainEvent *plain;
  uint32_t n_plain;
  const HsHeapEvent *others;
  const uint32_t *before; /* of each of the others: how many of the plain ones come before it; ascending */
  uint32_t n_others;
  const HsVec *keys; /* HsOriginKey: whose the plain ones are; the same one, longer perhaps, for all of a builder's */
} HsEventBatch;

/* Appends many, in order, as hs_builder_add() would one by one; what plain ones touch is fetched into the cache
 * beforehand, which is what a big trace waits for. Best in batches of a multiple of HS_BUILDER_BATCH. */
#define HS_BUILDER_BATCH 32
bool hs_builder_add_batch(HsBuilder *builder, const HsEventBatch *batch, GError **error);

/* What threads do for the builder while they would wait; not during or after hs_builder_finish(). The first: one other
 * thread; makes memory ready that the builder will need soon, if that is due. The second: any; takes some of the rows
 * published into the timeline's series, and is false if there was nothing to do. */
void hs_builder_prepare(HsBuilder *builder);
bool hs_builder_help(HsBuilder *builder);

/* Bytes that pairing takes beside the timeline. Takes a look at every heap: not for every event. */
uint64_t hs_builder_memory_bytes(const HsBuilder *builder);

/* A process began (rundown: was there already). `image` may be a path; NULL = unknown. */
void hs_builder_process_start(HsBuilder *builder, int64_t ticks, bool rundown, uint32_t pid, uint32_t parent_pid,
                              bool wow64, const char *image, const char *command_line);
/* A process told at the end of the trace (DCEnd): names what has no name, creates what is not there, ends nothing. */
void hs_builder_process_seen(HsBuilder *builder, int64_t ticks, uint32_t pid, uint32_t parent_pid, bool wow64,
                             const char *image, const char *command_line);
/* A process ended: its live blocks end. False and `error` as hs_builder_add(). */
bool hs_builder_process_end(HsBuilder *builder, int64_t ticks, uint32_t pid, const char *image, GError **error);
/* A thread got a name, or was found to have one. `pid` is taken as the latest process of that id, even if it ended. */
void hs_builder_thread_name(HsBuilder *builder, int64_t ticks, uint32_t pid, uint32_t tid, const char *name);
/* An image was mapped into a process, or into the kernel (pid 0); rundown: is there, since when is not told. A second
 * account of the same image changes nothing. `path` as logged. */
void hs_builder_module_load(HsBuilder *builder, int64_t ticks, bool rundown, uint32_t pid, uint64_t base, uint64_t size,
                            uint32_t checksum, uint32_t time_stamp, const char *path);
/* The image at `base` was unmapped; does nothing if none is known there. */
void hs_builder_module_unload(HsBuilder *builder, int64_t ticks, uint32_t pid, uint64_t base);
/* A heap range (hooks 0264..0268): a region of a heap that is there (`what` HS_OP_SNAPSHOT), is reserved (HS_OP_EXTEND)
 * or released (HS_OP_CONTRACT, gone). */
void hs_builder_region(HsBuilder *builder, int64_t ticks, uint32_t pid, uint64_t handle, HsOp what, bool gone,
                       uint64_t address, uint64_t size);
/* Events or buffers of a processor were lost in [begin, end): must not be empty. */
void hs_builder_gap(HsBuilder *builder, int64_t begin_ticks, int64_t end_ticks, uint16_t cpu, HsGapKind kind);

/* Makes everything appended so far visible to readers; `ticks`: no record before this will come. Cheap; call every few
 * thousand records. */
void hs_builder_publish(HsBuilder *builder, int64_t ticks);
/* False and `error` if anything told so far could not be kept for want of memory, not only an event, of which
 * hs_builder_add() tells: a process, a module, a region, a point of the curve. */
bool hs_builder_has_all(const HsBuilder *builder, GError **error);
/* Publishes the rest, gives back the memory that is left over, and marks the timeline complete: nothing may be added
 * afterwards. */
void hs_builder_finish(HsBuilder *builder, int64_t ticks);
