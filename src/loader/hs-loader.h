/* SPDX-License-Identifier: MIT */
/*
 * Loads a trace: one thread that opens the file, decodes, and builds a timeline that others read meanwhile. Progress
 * and outcome are polled (atomics); nothing is signalled from the thread.
 */
#pragma once

#include "hs-etl-merger.h"
#include "hs-load-choice.h"
#include "hs-timeline.h"

#define HS_LOAD_ERROR (hs_load_error_quark())
GQuark hs_load_error_quark(void);
typedef enum {
  HS_LOAD_ERROR_TOO_LARGE /* takes more memory than may be used: see hs_loader_need() */
} HsLoadError;

typedef enum {
  HS_LOAD_RUNNING,
  HS_LOAD_COMPLETE, /* everything was read */
  HS_LOAD_PARTIAL,  /* something was damaged, or the load was cancelled or stopped: see the report */
  HS_LOAD_FAILED    /* the file could not be used: see the error */
} HsLoadOutcome;

typedef struct {
  uint64_t bytes_done, bytes_total;
  uint64_t events;     /* heap events so far */
  double elapsed_s;    /* since the start, stops with the load */
  double events_per_s; /* over the whole load */
  double left_s;       /* estimate; negative = unknown */
  bool opened;         /* the session below is known */
  bool indexing;       /* the file is looked through for its buffers, before anything is read */
  bool counting;       /* events are counted, to see whether they fit into memory, before they are loaded */
  bool unpacking;      /* an archive: the bytes are those of the trace as it is unpacked; total 0 = not known */
} HsLoadProgress;

/* What is known of the recording. Owned by the loader; valid once progress.opened. Strings UTF-8. */
typedef struct {
  char *name;
  char *log_file;
  char *os_version; /* "10.0.22631" */
  uint32_t pointer_size;
  uint32_t cpus;
  const char *clock; /* "qpc", "system", "cycles" */
  uint64_t frequency;
  char *start_utc; /* ISO 8601, "2025-03-01T12:00:00.1234567Z" */
  uint64_t start_filetime;
  uint64_t end_filetime;
  uint32_t events_lost, buffers_lost;
  bool compressed;
} HsSession;

typedef struct {
  uint64_t buffers;
  /* Every record read, once; what is neither heap nor stack nor skipped was used (processes, images, the header …). */
  uint64_t records, heap_records, stack_records, skipped_records;
  uint64_t time_inversions, bad_records, bad_buffers;
  /* If a part was chosen: heap records that were left out, and rows of before the range, which are there because they
   * are needed to understand it. */
  uint64_t passed_over, kept_before;
  uint64_t event_gaps, buffer_gaps; /* stretches of loss; of all, the timeline has the first HS_ETL_MAX_GAPS */
  bool cancelled;
  char *stop_reason; /* why the rest could not be kept (memory, limits), or NULL */
  HsEtlIssue issues[HS_ETL_N_ISSUES];
} HsLoadReport;

typedef struct _HsLoader HsLoader;

/* From now on loads of this process leave the processors to its other threads first, as is right where a window must
 * answer meanwhile. Any thread. */
void hs_loader_step_aside(void);

/* Starts loading `path` in a thread of its own. Never fails: errors show in the outcome. */
HsLoader *hs_loader_start(const char *path);
/* The same of a trace in an archive (see hs-archive.h); with NULL, of the only one, or of `path` itself if that is no
 * archive. */
HsLoader *hs_loader_start_member(const char *path, const char *member);
/* The same of a part of a trace, and within a limit of memory. */
HsLoader *hs_loader_start_choice(const char *path, const char *member, const HsLoadChoice *choice);
/* The same with bytes in memory; `name` stands for the path in messages. */
HsLoader *hs_loader_start_bytes(GBytes *bytes, const char *name);
HsLoader *hs_loader_start_bytes_choice(GBytes *bytes, const char *name, const HsLoadChoice *choice);
/* Cancels, joins, frees. The timeline lives on with its own references. */
void hs_loader_free(HsLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsLoader, hs_loader_free)

/* Asks the thread to stop soon, keeping what was read. Returns at once. */
void hs_loader_cancel(HsLoader *loader);
/* Waits for the end; returns the outcome. Not on the main thread of a window. */
HsLoadOutcome hs_loader_wait(HsLoader *loader);

/* Any thread, any time. */
HsLoadOutcome hs_loader_outcome(HsLoader *loader);
void hs_loader_progress(HsLoader *loader, HsLoadProgress *progress);
HsTimeline *hs_loader_timeline(HsLoader *loader); /* borrowed; there from the start */
const char *hs_loader_path(HsLoader *loader);
const char *hs_loader_member(HsLoader *loader);         /* or NULL */
const HsLoadChoice *hs_loader_choice(HsLoader *loader); /* borrowed */
/* Bytes of memory that the trace takes now, everything counted. */
uint64_t hs_loader_memory_bytes(HsLoader *loader);
/* NULL until opened. */
const HsSession *hs_loader_session(HsLoader *loader);
/* How often an issue of this kind has been met so far. */
uint64_t hs_loader_issue_count(HsLoader *loader, HsEtlIssueKind kind);

/* Once the outcome is no longer RUNNING: the report, and the error of a failed load (NULL otherwise). Borrowed. */
const HsLoadReport *hs_loader_report(HsLoader *loader);
const GError *hs_loader_error(HsLoader *loader);
/* The same: the traces to choose from, of HsArchiveMember, if that is why it failed (HS_ARCHIVE_ERROR_SEVERAL); else
 * NULL. Borrowed. */
const GPtrArray *hs_loader_members(HsLoader *loader);
/* The same: what the trace would take, and parts of it, if that is why it failed (HS_LOAD_ERROR_TOO_LARGE); else NULL.
 * Borrowed. Declared in hs-load-need.h. */
const struct _HsLoadNeed *hs_loader_need(HsLoader *loader);
