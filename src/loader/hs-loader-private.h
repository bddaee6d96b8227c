/* SPDX-License-Identifier: MIT */
#pragma once

#include "hs-builder.h"
#include "hs-load-need.h"
#include "hs-loader.h"

struct _HsLoader {
  char *path;
  char *member;  /* in an archive, or NULL */
  GBytes *bytes; /* instead of the file at path, or NULL */
  HsLoadChoice choice;
  GThread *thread;
  HsTimeline *timeline;
  int64_t start_us;
  /* Written by the thread, read by anyone (atomics). */
  int64_t end_us;
  uint64_t bytes_done, bytes_total, events;
  uint64_t issues[HS_ETL_N_ISSUES]; /* counts so far, by kind */
  uint64_t working_bytes;           /* memory taken only while it loads */
  int opened, unpacking, indexing, counting;
  HsLoadOutcome outcome;
  int cancel; /* written by anyone */
  /* Written by the thread before opened is set. */
  HsSession session;
  /* Written by the thread before the outcome is set. */
  HsLoadReport report;
  GError *error;
  GPtrArray *members;
  HsLoadNeed *need;
};

struct _HsLoadPart;

/* One pass over a file's records, on the loader's thread. */
typedef struct {
  HsLoader *loader;
  HsBuilder *builder;
  struct _HsLoadPart *part; /* what stands before the builder if a range was chosen; or NULL */
  uint64_t allowed_bytes;   /* of memory; more, and the load stops */
  uint64_t records; /* of any kind, as far as they reached the builder: a cancel leaves the reader's last ones out */
  uint64_t heap_records, stack_records;
  uint64_t used_records;              /* neither, but used: processes, threads, images, heap ranges, the header */
  int64_t last_ticks;                 /* the latest time stamp seen */
  HsEtlIssue issues[HS_ETL_N_ISSUES]; /* found while the timeline was built; the merger has its own */
  GError *error;                      /* what stopped it early, or NULL */
  bool is_over;                       /* that is that it takes more than allowed_bytes */
} HsLoadRun;

/* Reads every record, in a thread of its own that runs ahead, and feeds the builder until the end, an error or a
 * cancel. The merger is the caller's again when this returns. */
void hs_load_run(HsLoadRun *run, HsEtlMerger *merger);

static inline bool
hs_loader_is_cancelled(HsLoader *loader)
{
  return __atomic_load_n(&loader->cancel, __ATOMIC_RELAXED) != 0;
}
