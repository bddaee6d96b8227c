/* SPDX-License-Identifier: MIT */
/*
 * What can be wrong with an ETL file. A file that cannot be used at all is a GError of HS_ETL_ERROR, whose message
 * names offset, expected and found, but not the file, which the caller knows. Damage that is read around is an
 * HsEtlIssue, one for each kind: how often, and the first places.
 */
#pragma once

#include <glib.h>

#define HS_ETL_ERROR (hs_etl_error_quark())
GQuark hs_etl_error_quark(void);

typedef enum {
  HS_ETL_ERROR_OPEN,     /* cannot be opened, mapped or is no regular file */
  HS_ETL_ERROR_EMPTY,    /* no bytes */
  HS_ETL_ERROR_NOT_ETL,  /* does not begin as a trace log does */
  HS_ETL_ERROR_HEADER,   /* the log-file header record is cut off or impossible */
  HS_ETL_ERROR_CANCELLED /* asked to stop */
} HsEtlError;

typedef enum {
  HS_ETL_ISSUE_TRUNCATED_FILE,   /* the file ends inside a buffer, or before the last it should have */
  HS_ETL_ISSUE_BAD_BUFFER,       /* a buffer header that cannot be right; the next buffer is sought */
  HS_ETL_ISSUE_BAD_RECORD,       /* a record header that cannot be right; the rest of its buffer is skipped */
  HS_ETL_ISSUE_BAD_PAYLOAD,      /* a payload too short for its kind; the record is skipped */
  HS_ETL_ISSUE_DECOMPRESS,       /* a compressed buffer that does not unpack */
  HS_ETL_ISSUE_COMPRESSION_KIND, /* compressed by a method other than plain XPRESS */
  HS_ETL_ISSUE_TIME_INVERSION,   /* a time stamp before its predecessor's on the same CPU */
  HS_ETL_ISSUE_EVENTS_LOST,      /* Windows says that events were lost; counts them, if it says how many */
  HS_ETL_ISSUE_BUFFERS_LOST,     /* the same of buffers */
  HS_ETL_ISSUE_UNCLOSED,         /* the session was never closed (end time 0) */
  HS_ETL_ISSUE_HEAP_SNAPSHOT,    /* Microsoft-Windows-Heap-Snapshot events: recognised, not supported */
  HS_ETL_N_ISSUES
} HsEtlIssueKind;

/* As many places are kept of each kind; the rest is only counted. */
#define HS_ETL_ISSUE_PLACES 64

typedef struct {
  guint64 offset;   /* in the file */
  char detail[160]; /* expected, found */
} HsEtlPlace;

typedef struct {
  guint64 count;      /* 0 = did not happen */
  HsEtlPlace *places; /* in the order in which they were met; owned, see hs_etl_issues_clear() */
  guint n_places;     /* at least 1 where count is not 0 */
} HsEtlIssue;

/* Name for files: "truncated-file", "bad-record" … Static. */
const char *hs_etl_issue_name(HsEtlIssueKind kind);

/* An account is an array of HS_ETL_N_ISSUES, zeroed at first, by kind. Each is one thread's. */

/* Counts one more of `kind`; keeps the first ones' offset and printf-style detail. */
void hs_etl_issue_add(HsEtlIssue *issues, HsEtlIssueKind kind, guint64 offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Adds another account. Of each kind, the places of that account come first whose first place lies first in the file.
 */
void hs_etl_issues_add_all(HsEtlIssue *issues, const HsEtlIssue *more);
/* Frees the places; the account is then zeroed. */
void hs_etl_issues_clear(HsEtlIssue *issues);
