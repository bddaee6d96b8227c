/* SPDX-License-Identifier: MIT */
#include "hs-issue-text.h"

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* The kinds that are told with the place where they first happened. */
static const char *
counted_format(HsEtlIssueKind kind, gulong count)
{
  switch (kind) {
  case HS_ETL_ISSUE_BAD_BUFFER:
    return ngettext("%s buffer is damaged and was left out", "%s buffers are damaged and were left out", count);
  case HS_ETL_ISSUE_BAD_RECORD:
    return ngettext("%s record is damaged; the rest of its buffer was left out",
                    "%s records are damaged; the rest of their buffers was left out", count);
  case HS_ETL_ISSUE_BAD_PAYLOAD:
    return ngettext("%s record is too short for its kind and was left out",
                    "%s records are too short for their kind and were left out", count);
  case HS_ETL_ISSUE_DECOMPRESS:
    return ngettext("%s compressed buffer does not unpack and was left out",
                    "%s compressed buffers do not unpack and were left out", count);
  case HS_ETL_ISSUE_COMPRESSION_KIND:
    return ngettext("%s buffer is compressed in a way that is not known and was left out",
                    "%s buffers are compressed in a way that is not known and were left out", count);
  case HS_ETL_ISSUE_TIME_INVERSION:
    return ngettext("%s time stamp lies before the one it follows and was moved up to it",
                    "%s time stamps lie before the ones they follow and were moved up to them", count);
  case HS_ETL_ISSUE_HEAP_SNAPSHOT:
    return ngettext("%s heap snapshot event is not supported and was left out",
                    "%s heap snapshot events are not supported and were left out", count);
  case HS_ETL_ISSUE_TRUNCATED_FILE:
  case HS_ETL_ISSUE_EVENTS_LOST:
  case HS_ETL_ISSUE_BUFFERS_LOST:
  case HS_ETL_ISSUE_UNCLOSED:
  case HS_ETL_N_ISSUES:
  default:
    return ngettext("%s thing was read around", "%s things were read around", count);
  }
}

char *
hs_issue_sentence(HsEtlIssueKind kind, const HsEtlIssue *issue)
{
  char number[HS_FORMAT_MAX], place[HS_FORMAT_MAX];
  gulong count = (gulong)MIN(issue->count, (guint64)G_MAXULONG);

  hs_format_count(number, sizeof number, issue->count);
  hs_format_count(place, sizeof place, issue->places[0].offset);
  switch (kind) {
  case HS_ETL_ISSUE_TRUNCATED_FILE:
    return g_strdup_printf(_("The file ends in the middle of a buffer (at byte %s); what came after is missing."),
                           place);
  case HS_ETL_ISSUE_EVENTS_LOST:
    return g_strdup_printf(ngettext("Windows lost %s event while recording; figures may be off.",
                                    "Windows lost %s events while recording; figures may be off.", count),
                           number);
  case HS_ETL_ISSUE_BUFFERS_LOST:
    return g_strdup_printf(ngettext("Windows lost %s buffer while recording; figures may be off.",
                                    "Windows lost %s buffers while recording; figures may be off.", count),
                           number);
  case HS_ETL_ISSUE_UNCLOSED:
    return g_strdup(_("The recording was never closed; it was read as far as it goes."));
  case HS_ETL_ISSUE_BAD_BUFFER:
  case HS_ETL_ISSUE_BAD_RECORD:
  case HS_ETL_ISSUE_BAD_PAYLOAD:
  case HS_ETL_ISSUE_DECOMPRESS:
  case HS_ETL_ISSUE_COMPRESSION_KIND:
  case HS_ETL_ISSUE_TIME_INVERSION:
  case HS_ETL_ISSUE_HEAP_SNAPSHOT:
  case HS_ETL_N_ISSUES:
  default:
    break;
  }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *what = g_strdup_printf(counted_format(kind, count), number);
#pragma GCC diagnostic pop
  return g_strdup_printf(_("%s (first at byte %s)."), what, place);
}

char *
hs_report_text(const HsLoadReport *report)
{
  GString *text = g_string_new(NULL);
  if (report->cancelled)
    g_string_append(text, _("Loading was cancelled; the trace is shown as far as it was read."));
  if (report->stop_reason != NULL)
    g_string_append_printf(text, _("Loading stopped early; the trace is shown as far as it was kept: %s."),
                           report->stop_reason);
  for (int kind = 0; kind < HS_ETL_N_ISSUES; kind++) {
    if (report->issues[kind].count == 0)
      continue;
    g_autofree char *sentence = hs_issue_sentence((HsEtlIssueKind)kind, &report->issues[kind]);
    if (text->len > 0)
      g_string_append_c(text, '\n');
    g_string_append(text, sentence);
  }
  return g_string_free(text, text->len == 0);
}
