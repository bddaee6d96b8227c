/* SPDX-License-Identifier: MIT */
/*
 * All records of a file in time order: one stream a processor, the buffers of a stream in file order (circular files:
 * by sequence number), merged by (time stamp, processor). Reads are bounded, damage is counted and passed over. Owned
 * and used by one thread, which others may help.
 */
#pragma once

#include "hs-column.h"
#include "hs-etl-file.h"
#include "hs-etl-record.h"
#include "hs-terms.h"

/* A stretch of one processor's time in which events or whole buffers were lost: from its last event before, to the
 * first event of the buffer that says so. */
typedef struct {
  gint64 begin_ticks, end_ticks; /* [begin, end), never empty */
  HsEtlIssueKind kind;           /* HS_ETL_ISSUE_EVENTS_LOST or HS_ETL_ISSUE_BUFFERS_LOST */
  guint16 cpu;
} HsEtlGap;

/* As many gaps are kept; the rest is only counted. */
#define HS_ETL_MAX_GAPS 4096u

typedef struct {
  guint64 buffers;
  guint64 compressed_buffers;
  guint64 records; /* every record in every buffer, once */
  guint64 by_kind[HS_ETL_N_KINDS];
  guint64 by_hook[65536]; /* hook family only */
  guint64 passed_stacks;  /* stack records that were not returned */
  guint64 time_inversions;
  guint64 event_gaps, buffer_gaps;    /* stretches of loss, by what was lost */
  HsEtlIssue issues[HS_ETL_N_ISSUES]; /* the file's and the merger's */
} HsEtlCounts;

typedef struct _HsEtlMerger HsEtlMerger;

/* Borrows `file`, which must outlive the merger. */
HsEtlMerger *hs_etl_merger_new(HsEtlFile *file);
void hs_etl_merger_free(HsEtlMerger *merger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsEtlMerger, hs_etl_merger_free)

/* The next record in time order, header records included. False at the end. The payload is valid until the next call.
 */
gboolean hs_etl_merger_next(HsEtlMerger *merger, HsEtlRecord *record);

/* As many as there are, at most n, of the plain events that come next; 0 if hs_etl_merger_next() has to say what does.
 * Stack records on the way are counted and passed over. From the first call on by_kind and by_hook may be ahead of what
 * has been returned. */
guint hs_etl_merger_take_plain(HsEtlMerger *merger, HsPlainEvent *events, guint n);

/* Does some of the merger's work ahead, if there is any: unpacks a buffer. Any thread, as long as the merger is there;
 * the one thing that any but its own may do. False if there was nothing. */
bool hs_etl_merger_help(HsEtlMerger *merger);

/* HsOriginKey: whose those are. It grows in the merger's thread; others may look at the keys of events that were handed
 * to them. */
const HsVec *hs_etl_merger_keys(const HsEtlMerger *merger);

/* The latest time so far, of whatever record. */
gint64 hs_etl_merger_latest(const HsEtlMerger *merger);

/* Bytes of the file's buffers used up so far, for progress. */
guint64 hs_etl_merger_position(const HsEtlMerger *merger);

/* The gaps found so far, `*n_gaps` of them, about in the order of their beginnings; complete once next has returned
 * false. Valid until the next call of next. */
const HsEtlGap *hs_etl_merger_gaps(const HsEtlMerger *merger, guint *n_gaps);

/* Live counters; complete once next has returned false. by_kind and by_hook count what has been returned, but see
 * hs_etl_merger_take_plain(). */
const HsEtlCounts *hs_etl_merger_counts(const HsEtlMerger *merger);
/* The same, for those who judge payloads (decoders' callers) and add issues. */
HsEtlCounts *hs_etl_merger_counts_mutable(HsEtlMerger *merger);
