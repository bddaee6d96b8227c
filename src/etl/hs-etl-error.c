/* SPDX-License-Identifier: MIT */
#include "hs-etl-error.h"

GQuark
hs_etl_error_quark(void)
{
  return g_quark_from_static_string("hs-etl-error-quark");
}

static const char *const issue_names[HS_ETL_N_ISSUES] = {
    [HS_ETL_ISSUE_TRUNCATED_FILE] = "truncated-file", [HS_ETL_ISSUE_BAD_BUFFER] = "bad-buffer",
    [HS_ETL_ISSUE_BAD_RECORD] = "bad-record",         [HS_ETL_ISSUE_BAD_PAYLOAD] = "bad-payload",
    [HS_ETL_ISSUE_DECOMPRESS] = "decompress",         [HS_ETL_ISSUE_COMPRESSION_KIND] = "compression-kind",
    [HS_ETL_ISSUE_TIME_INVERSION] = "time-inversion", [HS_ETL_ISSUE_EVENTS_LOST] = "events-lost",
    [HS_ETL_ISSUE_BUFFERS_LOST] = "buffers-lost",     [HS_ETL_ISSUE_UNCLOSED] = "unclosed",
    [HS_ETL_ISSUE_HEAP_SNAPSHOT] = "heap-snapshot",
};

const char *
hs_etl_issue_name(HsEtlIssueKind kind)
{
  return (unsigned)kind < HS_ETL_N_ISSUES ? issue_names[kind] : "unknown";
}

void
hs_etl_issue_add(HsEtlIssue *issues, HsEtlIssueKind kind, guint64 offset, const char *format, ...)
{
  HsEtlIssue *issue = &issues[kind];
  if (issue->count++ > 0)
    return;
  issue->offset = offset;
  va_list args;
  va_start(args, format);
  g_vsnprintf(issue->detail, sizeof issue->detail, format, args);
  va_end(args);
}
