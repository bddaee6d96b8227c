/* SPDX-License-Identifier: MIT */
/*
 * The field's terms: what a heap record does (operation) and which part of the allocator served it (source), with the
 * names used in files, filters and the window.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Source: opcodes 0x20..0x3A of the heap event class, in their order. */
typedef enum {
  HS_OP_CREATE,
  HS_OP_ALLOC,
  HS_OP_REALLOC,
  HS_OP_DESTROY,
  HS_OP_FREE,
  HS_OP_EXTEND,
  HS_OP_SNAPSHOT,
  HS_OP_CREATE_SNAPSHOT,
  HS_OP_DESTROY_SNAPSHOT,
  HS_OP_EXTEND_SNAPSHOT,
  HS_OP_CONTRACT,
  HS_OP_LOCK,
  HS_OP_UNLOCK,
  HS_OP_VALIDATE,
  HS_OP_WALK,
  HS_OP_SUBSEGMENT_ALLOC,
  HS_OP_SUBSEGMENT_FREE,
  HS_OP_SUBSEGMENT_ALLOC_CACHED,
  HS_OP_SUBSEGMENT_FREE_CACHED,
  HS_OP_COMMIT,
  HS_OP_DECOMMIT,
  HS_OP_SUBSEGMENT_INIT,
  HS_OP_AFFINITY_ENABLE,
  HS_OP_AFFINITY_SLOT,
  HS_OP_SUBSEGMENT_ACTIVATED,
  HS_OP_AFFINITY_ASSIGN,
  HS_OP_REUSE_THRESHOLD,
  HS_OP_OTHER, /* an opcode of the heap class no source defines */
  HS_N_OPS
} HsOp;

typedef enum {
  HS_SOURCE_NONE, /* the operation has no source */
  HS_SOURCE_LOOKASIDE,
  HS_SOURCE_LOWFRAG,
  HS_SOURCE_MAINPATH,
  HS_SOURCE_SLOWPATH,
  HS_SOURCE_INVALID,
  HS_SOURCE_SEGMENT_HEAP,
  HS_SOURCE_UNKNOWN, /* a number Windows' headers do not name */
  HS_N_SOURCES
} HsSource;

/* The source of a raw SourceId. Any thread. */
static inline HsSource
hs_source_from_id(uint32_t source_id)
{
  return source_id >= 1 && source_id <= 6 ? (HsSource)source_id : HS_SOURCE_UNKNOWN;
}

/* Name in files and filters: "alloc", "subsegment-alloc", … The four snapshot opcodes are all "snapshot". Static. */
const char *hs_op_name(HsOp op);
/* Title in the window, translated: "Alloc", "Subsegment alloc", … Static. */
const char *hs_op_title(HsOp op);
/* Name in files and filters: "lookaside" … "segment-heap", "unknown"; "" for none. Static. */
const char *hs_source_name(HsSource source);
/* Title in the window, translated: "Low-fragmentation heap". Static. */
const char *hs_source_title(HsSource source);
/* Short title for legends: "LFH". Static. */
const char *hs_source_short_title(HsSource source);
/* The source of that name, or HS_SOURCE_NONE. */
HsSource hs_source_from_name(const char *name);

/* One heap record as plain numbers: what the decoder fills in and the timeline takes. Fields an operation lacks are 0;
 * those of the last part are not set at all for Alloc, ReAlloc and Free, which come by the million. */
typedef struct {
  int64_t ticks; /* session clock ticks since the trace began; may be negative */
  uint32_t pid;
  uint32_t tid;
  uint16_t cpu;
  uint8_t op;         /* HsOp */
  uint8_t raw_opcode; /* as in the record; tells HS_OP_OTHER apart */
  bool has_source;
  bool has_sizes; /* committed/reserved/free are told */
  bool has_flags; /* flags is told */
  bool wide;      /* the record came from a 64-bit process or kernel (8-byte pointers) */
  uint32_t source_id;
  uint32_t target_pid; /* the payload's own process id (snapshots), 0 = the record's */
  uint64_t handle;
  uint64_t address;     /* block, new address of a realloc, committed range, subsegment */
  uint64_t size;        /* bytes: requested size, new size, range size, block size of a subsegment */
  uint64_t old_address; /* realloc */
  uint64_t old_size;    /* realloc, bytes */
  /* Not set for Alloc, ReAlloc and Free. */
  uint64_t committed_bytes;
  uint64_t reserved_bytes;
  uint64_t free_bytes;
  uint64_t allocated_bytes;
  uint32_t flags;  /* heap flags of Create and SnapShot */
  uint32_t detail; /* uncommitted ranges, block count, bucket, slot or caller, by operation */
} HsHeapEvent;

/* Whose an event is, as records tell it. */
typedef struct {
  uint32_t pid, tid;
  uint64_t handle;
  bool wide; /* as an HsHeapEvent's */
} HsOriginKey;

/* What nearly all records are, in as little room as will do: an Alloc of memory at an address, or a Free; of a known
 * source and less than HS_PLAIN_SIZE_LIMIT bytes. */
#define HS_PLAIN_SIZE_LIMIT ((1u << 25) - 1)
typedef struct {
  int64_t ticks;
  uint64_t address;
  uint32_t size; /* bytes; 0 for a Free */
  uint32_t key;  /* which HsOriginKey of those that go with it */
  uint32_t at;   /* the decoder's */
  uint16_t cpu;
  uint8_t op;     /* HS_OP_ALLOC or HS_OP_FREE */
  uint8_t source; /* HsSource, one that Windows' headers name */
} HsPlainEvent;

/* The same event with all that can be told of one. */
HsHeapEvent hs_plain_event_expand(const HsPlainEvent *event, const HsOriginKey *key);
