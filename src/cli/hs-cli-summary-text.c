/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>

#include "hs-cli-summary.h"
#include "hs-cli-table.h"
#include "hs-format.h"

#define INDENT 2
/* Sentences are broken at this column. */
#define PARAGRAPH_COLUMNS 100

static void
put_title(HsCliWriter *writer, const char *title)
{
  hs_cli_put_char(writer, '\n');
  hs_cli_put(writer, title);
  hs_cli_put_char(writer, '\n');
}

/* Writes and frees. */
static void
end_table(HsCliTable *table, HsCliWriter *writer)
{
  hs_cli_table_write(table, writer, INDENT);
  hs_cli_table_free(table);
}

static void
add_text(HsCliTable *table, const char *name, const char *value)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add(table, value != NULL && value[0] != '\0' ? value : "-");
}

static void
add_count(HsCliTable *table, const char *name, uint64_t n)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add_count(table, n);
}

/* A third column says large numbers of bytes in a handier unit. */
static void
add_bytes(HsCliTable *table, const char *name, uint64_t bytes)
{
  char text[HS_FORMAT_MAX];
  add_count(table, name, bytes);
  hs_format_bytes(text, sizeof text, (int64_t)MIN(bytes, (uint64_t)INT64_MAX));
  hs_cli_table_add(table, text);
}

static void
write_file(const HsCliSummary *summary, HsCliWriter *writer)
{
  HsCliTable *table = hs_cli_table_new("ll");
  add_text(table, _("File"), summary->file);
  add_text(table, _("Outcome"), summary->outcome == HS_LOAD_COMPLETE ? _("complete") : _("partial"));
  if (hs_load_choice_is_part(summary->choice)) {
    g_autofree char *part = hs_load_choice_text(summary->choice);
    add_text(table, _("Loaded"), part);
  }
  if (summary->filter != NULL)
    add_text(table, _("Filter"), summary->filter);
  hs_cli_table_write(table, writer, 0);
  hs_cli_table_free(table);
}

static void
write_session(const HsCliSummary *summary, HsCliWriter *writer)
{
  const HsSession *session = summary->session;
  char frequency[HS_FORMAT_MAX];
  hs_format_count(frequency, sizeof frequency, session->frequency);
  g_autofree char *clock = g_strdup_printf("%s, %s Hz", session->clock, frequency);
  HsCliTable *table = hs_cli_table_new("ll");
  put_title(writer, _("Session"));
  add_text(table, _("Name"), session->name);
  add_text(table, _("Log file"), session->log_file);
  add_text(table, _("Windows version"), session->os_version);
  add_count(table, _("Pointer size, bytes"), session->pointer_size);
  add_count(table, _("Processors"), session->cpus);
  add_text(table, _("Clock"), clock);
  add_text(table, _("Start"), session->start_utc);
  hs_cli_table_add(table, _("Duration, s"));
  hs_cli_table_add_time(table, summary->duration_ns);
  add_count(table, _("Buffers"), summary->report->buffers);
  add_text(table, _("Compressed"), session->compressed ? _("yes") : _("no"));
  add_count(table, _("Events lost"), session->events_lost);
  add_count(table, _("Buffers lost"), session->buffers_lost);
  end_table(table, writer);
}

static void
write_records(const HsCliSummary *summary, HsCliWriter *writer)
{
  const HsLoadReport *report = summary->report;
  HsCliTable *table = hs_cli_table_new("lr");
  put_title(writer, _("Records"));
  add_count(table, _("Total"), report->records);
  add_count(table, _("Heap"), report->heap_records);
  add_count(table, _("Stack"), report->stack_records);
  add_count(table, _("Skipped"), report->skipped_records);
  end_table(table, writer);
}

static void
write_operations(const HsCliSummary *summary, HsCliWriter *writer)
{
  HsCliTable *table = hs_cli_table_new("lr");
  put_title(writer, _("Operations"));
  for (size_t i = 0; i < G_N_ELEMENTS(hs_cli_operations); i++) {
    HsOp op = hs_cli_operations[i];
    uint64_t count = hs_cli_operation_count(summary->sums, op);
    if (count > 0 || hs_cli_operation_is_common(op))
      add_count(table, hs_op_title(op), count);
  }
  end_table(table, writer);

  table = hs_cli_table_new("lr");
  put_title(writer, _("Sources"));
  for (unsigned source = HS_SOURCE_LOOKASIDE; source < HS_N_SOURCES; source++)
    add_count(table, hs_source_title((HsSource)source), summary->sums->sources[source]);
  end_table(table, writer);
}

static void
write_allocations(const HsCliSummary *summary, HsCliWriter *writer)
{
  const HsTraceSums *sums = summary->sums;
  HsCliTable *table = hs_cli_table_new("lrl");
  put_title(writer, _("Allocations"));
  add_count(table, _("Blocks"), sums->begun);
  hs_cli_table_add(table, "");
  add_bytes(table, _("Bytes"), sums->begun_bytes);
  add_count(table, _("Outstanding blocks"), sums->outstanding_count);
  hs_cli_table_add(table, "");
  add_bytes(table, _("Outstanding bytes"), sums->outstanding_bytes);
  add_bytes(table, _("Peak bytes"), sums->peak_bytes);
  hs_cli_table_add(table, _("Peak at, s"));
  hs_cli_table_add_time(table, hs_clock_to_ns(hs_timeline_clock(summary->timeline), sums->peak_ticks));
  hs_cli_table_add(table, "");
  /* These are kept for the whole trace only. */
  const HsTotals *totals = summary->filter == NULL ? &summary->timeline->totals : NULL;
  if (totals != NULL) {
    add_count(table, _("Freed by Destroy"), HS_GET(totals->freed_by_destroy));
    hs_cli_table_add(table, "");
    add_count(table, _("Ended by process exit"), HS_GET(totals->ended_by_exit));
    hs_cli_table_add(table, "");
  }
  end_table(table, writer);
}

static void
write_issues(const HsLoadReport *report, HsCliWriter *writer)
{
  HsCliTable *table = hs_cli_table_new("lrrl");
  bool any = false;
  for (unsigned kind = 0; kind < HS_ETL_N_ISSUES; kind++) {
    const HsEtlIssue *issue = &report->issues[kind];
    if (issue->count == 0)
      continue;
    if (!any) {
      put_title(writer, _("Issues"));
      hs_cli_table_add(table, _("Kind"));
      hs_cli_table_add(table, _("Count"));
      hs_cli_table_add(table, _("First offset"));
      hs_cli_table_add(table, _("Detail"));
      any = true;
    }
    g_autofree char *offset = g_strdup_printf("%" G_GUINT64_FORMAT, issue->places[0].offset);
    add_count(table, hs_etl_issue_name((HsEtlIssueKind)kind), issue->count);
    hs_cli_table_add(table, offset);
    hs_cli_table_add(table, issue->places[0].detail);
  }
  end_table(table, writer);
}

/* Lines of at most PARAGRAPH_COLUMNS characters, as far as the words allow; all but the first are indented twice. */
static void
put_paragraph(HsCliWriter *writer, const char *text)
{
  g_autofree char *plain = hs_cli_plain_text(text);
  g_auto(GStrv) words = g_strsplit(plain, " ", -1);
  glong column = 0;
  for (char **word = words; *word != NULL; word++) {
    glong length = g_utf8_strlen(*word, -1);
    if (column > 0 && column + 1 + length > PARAGRAPH_COLUMNS) {
      hs_cli_put_char(writer, '\n');
      column = 0;
    }
    unsigned spaces = column > 0 ? 1 : word == words ? INDENT : 2 * INDENT;
    for (unsigned i = 0; i < spaces; i++)
      hs_cli_put_char(writer, ' ');
    hs_cli_put(writer, *word);
    column += spaces + length;
  }
  hs_cli_put_char(writer, '\n');
}

static void
write_health(const HsCliSummary *summary, HsCliWriter *writer)
{
  put_title(writer, _("Health"));
  if (hs_health_is_whole(summary->health))
    put_paragraph(writer, _("Nothing was lost or damaged."));
  for (guint i = 0; i < summary->health->len; i++) {
    const HsHealthItem *item = summary->health->pdata[i];
    if (item->gravity == HS_HEALTH_GOOD)
      continue;
    g_autofree char *sentence = hs_health_sentence(item);
    put_paragraph(writer, sentence);
  }
  write_issues(summary->report, writer);
}

void
hs_cli_summary_write_text(const HsCliSummary *summary, HsCliWriter *writer)
{
  write_file(summary, writer);
  write_session(summary, writer);
  write_records(summary, writer);
  write_operations(summary, writer);
  write_allocations(summary, writer);
  write_health(summary, writer);
  put_title(writer, _("Heaps"));
  if (summary->heaps->len > 0) {
    hs_cli_heaps_write_text(summary->heaps, writer, INDENT);
  } else {
    HsCliTable *table = hs_cli_table_new("l");
    hs_cli_table_add(table, _("none"));
    end_table(table, writer);
  }
  if (summary->range != NULL)
    hs_cli_range_write_text(summary->range, writer);
}
