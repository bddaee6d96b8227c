/* SPDX-License-Identifier: MIT */
/*
 * What a trace would take in memory, found out by counting before it is loaded; and what parts of it would. Made by the
 * loading thread, read by anyone once the load has ended.
 */
#pragma once

#include "hs-etl-merger.h"
#include "hs-load-choice.h"
#include "hs-timeline.h"

/* Heap records of one process, of all that had this pid. */
typedef struct {
  uint32_t pid;
  char *name; /* UTF-8, or NULL */
  uint64_t n_rows;
} HsNeedProcess;

#define HS_NEED_SLICES 512

/* A slice of time. */
typedef struct {
  HsTimelineCounts counts; /* n_live: at the end of it, at most */
} HsNeedSlice;

typedef struct _HsLoadNeed {
  uint64_t needed_bytes, allowed_bytes; /* for what was chosen */
  uint64_t n_rows;                      /* heap events of the whole trace */
  int64_t end_ns;                       /* of the trace */
  int64_t slice_ns;                     /* length of a slice; the first begins at 0 */
  GPtrArray *processes;                 /* of HsNeedProcess, most rows first */
  HsNeedSlice slices[HS_NEED_SLICES];
} HsLoadNeed;

void hs_load_need_free(HsLoadNeed *need);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsLoadNeed, hs_load_need_free)

/* Progress: bytes of the file's buffers looked at. */
typedef void (*HsNeedProgress)(gpointer data, uint64_t position);

/* Counts all records of a file. NULL if cancelled; polls `cancel`. */
HsLoadNeed *hs_load_need_count(HsEtlFile *file, const HsLoadChoice *choice, HsNeedProgress progress, gpointer data,
                               const int *cancel);

/* What a part would take, estimated from slices and processes. Bytes. */
uint64_t hs_load_need_of(const HsLoadNeed *need, const HsLoadChoice *choice);

/* No trace of so many bytes (unpacked) needs more than this. */
uint64_t hs_load_need_bound(uint64_t file_bytes);
/* What it needs going by some of its buffers, if every other event is an Alloc and nothing is freed: few need more, and
 * most far less. Of compressed ones, as if it were nothing but events of 64-bit processes. */
uint64_t hs_load_need_likely(const HsEtlFile *file);
