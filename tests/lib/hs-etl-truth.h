/* SPDX-License-Identifier: MIT */
/*
 * What a written trace holds, by the writer's own account.  The writer tells every record it writes to one HsEtlTruth;
 * tests compare the program's numbers with it.  Nothing here is shared with the reader, so that an error cannot cancel
 * itself out: the pairing is a second, deliberately plain implementation of the block rules.
 *
 * Choices where the rules leave room, so that a test can keep away from them or pin them down:
 *  - records.heap: hooks 0x10xx and the heap class GUID in FULL_HEADER or INSTANCE; heap-range hooks are not in it.
 *  - records.stack: hooks 1820 and 1822-1826.
 *  - records.skipped: all records but the two above, the log-file header, heap ranges (0264-0268), processes
 * (0301-0304, 030b, 0327), threads (0501-0504, 0548), images (030a, 1402-1404) and the class GUIDs of the last three.
 * Image-id records, merging's additions and VirtualAlloc are skipped.
 *  - opcodes 26-29 count as "snapshot", opcodes outside 20-3a as "other".
 *  - a record without pid (PERFINFO) belongs to process G_MAXUINT32; a SnapShot to the pid in its payload if not 0.
 *  - a process instance begins with its start record (0301) or its first record of any kind; a heap instance begins
 * with its first record of any kind after the beginning or after a Destroy of the handle.  Create on a live handle only
 *    sets the flags.
 *  - processes_known counts instances; one pid that only process, image, thread or range records tell of counts once.
 *  - a gap begins with the time of the latest record before on its CPU, or the header's where there is none, and ends
 *    with that of the flagged buffer's first record; it is a tick long where that is not later.
 *  - a ReAlloc to address 0 counts in failed_reallocs, not in failed_allocs.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  HS_ETL_TRUTH_NONE,     /* counts nothing */
  HS_ETL_TRUTH_COUNTS,   /* buffers, records, operations, sources; no pairing */
  HS_ETL_TRUTH_SORTED,   /* also pairs, when finished, over all records sorted by (time, cpu, order of writing) */
  HS_ETL_TRUTH_IN_ORDER, /* also pairs, at once; records must be written in order of (time, cpu); keeps no blocks */
} HsEtlTruthMode;

typedef enum {
  HS_ETL_TRUTH_END_NONE, /* outstanding */
  HS_ETL_TRUTH_END_FREE,
  HS_ETL_TRUTH_END_REALLOC,
  HS_ETL_TRUTH_END_OVERWRITTEN,
  HS_ETL_TRUTH_END_DESTROY,
  HS_ETL_TRUTH_END_PROCESS_EXIT,
} HsEtlTruthEnd;

/* One stay of memory in a heap; in order of birth.  Times in ns since the log-file header's time stamp. */
typedef struct {
  guint32 pid;
  guint32 heap_index; /* into HsEtlTruth.heaps */
  guint64 address;
  guint64 size_bytes;
  gint64 begin_ns;
  gint64 end_ns; /* G_MAXINT64 while outstanding */
  guint32 source;
  HsEtlTruthEnd end;
  gboolean is_realloc;
  guint begin_event; /* into HsEtlTruth.events */
  gint64 end_event;  /* -1 while outstanding, and for what goes with its process */
} HsEtlTruthBlock;

/* One heap instance. allocs, reallocs, frees count records, failed and unmatched ones too. */
typedef struct {
  guint32 pid;
  guint32 process_instance; /* 0 for the first process of that pid */
  guint64 handle;
  guint32 flags; /* of Create or SnapShot; 0 if neither came */
  guint64 allocs;
  guint64 reallocs;
  guint64 frees;
  guint64 allocated_bytes;
  guint64 outstanding_count;
  guint64 outstanding_bytes;
  guint64 peak_bytes;
  gint64 peak_time_ns;
  gboolean created; /* a Create came */
  gboolean destroyed;
} HsEtlTruthHeap;

/* A stretch of one CPU's time in which events, or whole buffers, were lost. */
typedef struct {
  gint64 begin_ns, end_ns; /* [begin, end) */
  guint cpu;
  gboolean buffers;
} HsEtlTruthGap;
/* One record as pairing sees it. Anything that is not a heap, process or thread matter has none. */
typedef struct {
  guint epoch;        /* number of the log-file header it stands under */
  guint64 time_ticks; /* raw clock */
  gint64 time_ns;
  guint cpu;
  guint16 op; /* heap opcode 0x20..; HS_ETL_TRUTH_PROCESS_START, _END */
  guint32 pid;
  guint32 tid;      /* G_MAXUINT32 = not told */
  gboolean no_heap; /* about no heap: not paired */
  guint64 heap;
  guint64 address;
  guint64 size_bytes;
  guint64 old_address;
  guint64 old_size_bytes;
  guint32 source;
  guint32 flags;
} HsEtlTruthRecord;

/* A heap record in its place, and what it did. */
typedef struct {
  HsEtlTruthRecord record;
  gint64 heap_index; /* into HsEtlTruth.heaps; -1 = none */
  gint64 block;      /* the block it begins, frees or marks as moved, into HsEtlTruth.blocks; -1 = none */
} HsEtlTruthEvent;

typedef struct _HsEtlTruthPairing HsEtlTruthPairing;

/* Plain numbers, to be read by anyone; the pairing's are there after hs_etl_truth_finish(). */
typedef struct {
  HsEtlTruthMode mode;

  guint64 buffers; /* with the header buffer(s), as BuffersWritten */
  guint64 compressed_buffers;

  guint64 records_total;
  guint64 records_heap;
  guint64 records_stack;
  guint64 records_skipped;
  guint64 by_header[256]; /* by header type byte; MESSAGE under 0x0f */
  guint64 *by_hook;       /* [65536], records with a hook id only (SYSTEM, COMPACT, PERFINFO) */

  guint64 operations[256]; /* heap records by opcode, in all forms */
  guint64 sources[8];      /* [1..6] by source id, [0] all other ids; alloc, realloc and free records */

  guint64 allocation_count; /* blocks begun */
  guint64 allocation_bytes;
  guint64 outstanding_count;
  guint64 outstanding_bytes;
  guint64 peak_bytes;
  gint64 peak_time_ns; /* earliest moment of the peak */

  guint64 unmatched_frees;
  guint64 overwritten;
  guint64 freed_by_destroy;
  guint64 ended_by_process_exit;
  guint64 failed_allocs;
  guint64 failed_reallocs;
  guint64 time_inversions; /* records earlier than one written before them on the same CPU */

  guint64 processes_traced; /* with heap records */
  guint64 processes_known;

  gint64 last_time_ns; /* latest record of all */

  GArray *heaps;  /* of HsEtlTruthHeap, in order of first sight */
  GArray *blocks; /* of HsEtlTruthBlock, in order of birth; HS_ETL_TRUTH_SORTED only, else empty */
  GArray *events; /* of HsEtlTruthEvent, by (time, cpu, order of writing); HS_ETL_TRUTH_SORTED only, else empty */

  GArray *gaps; /* of HsEtlTruthGap, as buffers were written */

  /* What the session part of the JSON tells; set by the writer. */
  char *session_name;
  char *log_file;
  char *os_version;
  guint pointer_size;
  guint cpus;
  const char *clock; /* "qpc", "system", "cycles" */
  guint64 frequency;
  guint64 start_filetime;
  guint32 events_lost;
  guint32 buffers_lost;
  gboolean compressed;

  HsEtlTruthPairing *pairing; /* private */
} HsEtlTruth;

#define HS_ETL_TRUTH_PROCESS_START 0x301 /* begins a process instance */
#define HS_ETL_TRUTH_PROCESS_END 0x302   /* ends its live blocks */

/* A truth to fill by hand (tests of the pairing itself); a writer makes its own. */
HsEtlTruth *hs_etl_truth_new(HsEtlTruthMode mode);
void hs_etl_truth_free(HsEtlTruth *truth);

/* Counts one buffer or one record. `hook` is -1 for records without hook id; `guid` (16 bytes) may be NULL. */
void hs_etl_truth_note_buffer(HsEtlTruth *truth, gboolean compressed);
void hs_etl_truth_note_record(HsEtlTruth *truth, guint header_type, int hook, const guint8 *guid);

/* Counts a heap record by opcode, and an alloc, realloc or free by source. */
void hs_etl_truth_note_operation(HsEtlTruth *truth, guint opcode);
void hs_etl_truth_note_source(HsEtlTruth *truth, guint32 source);

/* Takes a record for pairing; copies it. */
void hs_etl_truth_note_event(HsEtlTruth *truth, const HsEtlTruthRecord *record);

/* Counts a flagged buffer's loss: a gap for each of events and buffers. */
void hs_etl_truth_note_gap(HsEtlTruth *truth, gint64 begin_ns, gint64 end_ns, guint cpu, gboolean events,
                           gboolean buffers);

/* A record, of whatever kind, told of the process `pid`. */
void hs_etl_truth_note_process(HsEtlTruth *truth, guint32 pid);

/* Remembers the name of the process `pid`, as heaps[].process shows it. */
void hs_etl_truth_note_process_name(HsEtlTruth *truth, guint32 pid, const char *name);

/* The latest name of the process `pid`, or NULL. Owned by the truth. */
const char *hs_etl_truth_process_name(HsEtlTruth *truth, guint32 pid);

/* Sorts and pairs what was noted, if the mode says so.  Call once, after the last record. */
void hs_etl_truth_finish(HsEtlTruth *truth);

/* The JSON of `heapscope-cli summary --json`, same keys, as far as the writer knows them: session (no duration_ns),
 * records, operations (zero ones left out), sources, allocations, health (no issues), heaps by pid then handle
 * ("process" only where a name is known).  Beside them "by_header" and "by_hook" (keys like "SYSTEM64", "1021").
 * Returns text to g_free(). */
char *hs_etl_truth_to_json(HsEtlTruth *truth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsEtlTruth, hs_etl_truth_free)

G_END_DECLS
