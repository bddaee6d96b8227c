/* SPDX-License-Identifier: MIT */
#include "hs-etl-error.h"

#include <string.h>

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
  issue->count++;
  if (issue->n_places == HS_ETL_ISSUE_PLACES)
    return;
  issue->places = g_renew(HsEtlPlace, issue->places, issue->n_places + 1);
  HsEtlPlace *place = &issue->places[issue->n_places++];
  place->offset = offset;
  va_list args;
  va_start(args, format);
  g_vsnprintf(place->detail, sizeof place->detail, format, args);
  va_end(args);
}

static void
add_issue(HsEtlIssue *sum, const HsEtlIssue *more)
{
  if (more->count == 0)
    return;
  gboolean more_first = sum->count == 0 || more->places[0].offset < sum->places[0].offset;
  const HsEtlIssue *first = more_first ? more : sum, *second = more_first ? sum : more;
  guint n_first = first->n_places, n_second = MIN(second->n_places, HS_ETL_ISSUE_PLACES - n_first);
  HsEtlPlace *places = g_new(HsEtlPlace, n_first + n_second);
  memcpy(places, first->places, n_first * sizeof *places);
  if (n_second > 0)
    memcpy(places + n_first, second->places, n_second * sizeof *places);
  g_free(sum->places);
  *sum = (HsEtlIssue){sum->count + more->count, places, n_first + n_second};
}

void
hs_etl_issues_add_all(HsEtlIssue *issues, const HsEtlIssue *more)
{
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    add_issue(&issues[i], &more[i]);
}

void
hs_etl_issues_clear(HsEtlIssue *issues)
{
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    g_free(issues[i].places);
  memset(issues, 0, HS_ETL_N_ISSUES * sizeof *issues);
}
