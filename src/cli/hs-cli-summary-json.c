/* SPDX-License-Identifier: MIT */
#include "hs-cli-json.h"
#include "hs-cli-summary.h"

static void
add_session(const HsCliSummary *summary, JsonBuilder *builder)
{
  const HsSession *session = summary->session;
  hs_cli_json_begin(builder, "session");
  hs_cli_json_text(builder, "name", session->name);
  hs_cli_json_text(builder, "log_file", session->log_file);
  hs_cli_json_text(builder, "os_version", session->os_version);
  hs_cli_json_uint(builder, "pointer_size", session->pointer_size);
  hs_cli_json_uint(builder, "cpus", session->cpus);
  hs_cli_json_text(builder, "clock", session->clock);
  hs_cli_json_uint(builder, "frequency", session->frequency);
  hs_cli_json_text(builder, "start_utc", session->start_utc);
  hs_cli_json_int(builder, "duration_ns", summary->duration_ns);
  hs_cli_json_uint(builder, "buffers", summary->report->buffers);
  hs_cli_json_uint(builder, "events_lost", session->events_lost);
  hs_cli_json_uint(builder, "buffers_lost", session->buffers_lost);
  hs_cli_json_bool(builder, "compressed", session->compressed);
  json_builder_end_object(builder);
}

static void
add_records(const HsCliSummary *summary, JsonBuilder *builder)
{
  const HsLoadReport *report = summary->report;
  hs_cli_json_begin(builder, "records");
  hs_cli_json_uint(builder, "total", report->records);
  hs_cli_json_uint(builder, "heap", report->heap_records);
  hs_cli_json_uint(builder, "stack", report->stack_records);
  hs_cli_json_uint(builder, "skipped", report->skipped_records);
  json_builder_end_object(builder);
}

static void
add_memory(const HsCliSummary *summary, JsonBuilder *builder)
{
  uint32_t n_rows = hs_timeline_n_rows(summary->timeline);
  hs_cli_json_begin(builder, "memory");
  hs_cli_json_uint(builder, "bytes", summary->memory_bytes);
  json_builder_set_member_name(builder, "bytes_per_event");
  json_builder_add_double_value(builder, (double)(summary->memory_bytes * 100 / MAX(n_rows, 1)) / 100);
  json_builder_end_object(builder);
}

/* Only if that is not everything. */
static void
add_loaded(const HsCliSummary *summary, JsonBuilder *builder)
{
  const HsLoadChoice *choice = summary->choice;
  if (!hs_load_choice_is_part(choice))
    return;
  hs_cli_json_begin(builder, "loaded");
  if (choice->one_process)
    hs_cli_json_uint(builder, "pid", choice->pid);
  if (choice->t0_ns != INT64_MIN)
    hs_cli_json_int(builder, "begin_ns", choice->t0_ns);
  if (choice->t1_ns != INT64_MAX)
    hs_cli_json_int(builder, "end_ns", choice->t1_ns);
  hs_cli_json_uint(builder, "passed_over", summary->report->passed_over);
  hs_cli_json_uint(builder, "kept_before", summary->report->kept_before);
  json_builder_end_object(builder);
}

static void
add_operations(const HsCliSummary *summary, JsonBuilder *builder)
{
  hs_cli_json_begin(builder, "operations");
  for (size_t i = 0; i < G_N_ELEMENTS(hs_cli_operations); i++) {
    HsOp op = hs_cli_operations[i];
    uint64_t count = hs_cli_operation_count(summary->sums, op);
    if (count > 0 || hs_cli_operation_is_common(op))
      hs_cli_json_uint(builder, hs_op_name(op), count);
  }
  json_builder_end_object(builder);
  hs_cli_json_begin(builder, "sources");
  for (unsigned source = HS_SOURCE_LOOKASIDE; source < HS_N_SOURCES; source++)
    hs_cli_json_uint(builder, hs_source_name((HsSource)source), summary->sums->sources[source]);
  json_builder_end_object(builder);
}

static void
add_allocations(const HsCliSummary *summary, JsonBuilder *builder)
{
  const HsTraceSums *sums = summary->sums;
  HsClock clock = hs_timeline_clock(summary->timeline);
  hs_cli_json_begin(builder, "allocations");
  hs_cli_json_uint(builder, "count", sums->begun);
  hs_cli_json_uint(builder, "bytes", sums->begun_bytes);
  hs_cli_json_uint(builder, "outstanding_count", sums->outstanding_count);
  hs_cli_json_uint(builder, "outstanding_bytes", sums->outstanding_bytes);
  hs_cli_json_uint(builder, "peak_bytes", sums->peak_bytes);
  hs_cli_json_int(builder, "peak_time_ns", hs_clock_to_ns(clock, sums->peak_ticks));
  json_builder_end_object(builder);
}

static void
add_places(const HsEtlIssue *issue, JsonBuilder *builder)
{
  json_builder_set_member_name(builder, "places");
  json_builder_begin_array(builder);
  for (guint i = 0; i < issue->n_places; i++) {
    json_builder_begin_object(builder);
    hs_cli_json_uint(builder, "offset", issue->places[i].offset);
    hs_cli_json_text(builder, "detail", issue->places[i].detail);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

/* Damage, of which each place counts; what the recorder tells of itself has one. */
static bool
has_places(HsEtlIssueKind kind)
{
  return kind == HS_ETL_ISSUE_BAD_BUFFER || kind == HS_ETL_ISSUE_BAD_RECORD || kind == HS_ETL_ISSUE_BAD_PAYLOAD ||
         kind == HS_ETL_ISSUE_DECOMPRESS || kind == HS_ETL_ISSUE_TIME_INVERSION;
}

static void
add_issues(const HsLoadReport *report, JsonBuilder *builder)
{
  json_builder_set_member_name(builder, "issues");
  json_builder_begin_array(builder);
  for (unsigned kind = 0; kind < HS_ETL_N_ISSUES; kind++) {
    const HsEtlIssue *issue = &report->issues[kind];
    if (issue->count == 0)
      continue;
    json_builder_begin_object(builder);
    hs_cli_json_text(builder, "kind", hs_etl_issue_name((HsEtlIssueKind)kind));
    hs_cli_json_uint(builder, "offset", issue->places[0].offset);
    hs_cli_json_uint(builder, "count", issue->count);
    hs_cli_json_text(builder, "detail", issue->places[0].detail);
    if (has_places((HsEtlIssueKind)kind))
      add_places(issue, builder);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static int
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsGap *x = a, *y = b;
  if (x->begin_ticks != y->begin_ticks)
    return x->begin_ticks < y->begin_ticks ? -1 : 1;
  if (x->end_ticks != y->end_ticks)
    return x->end_ticks < y->end_ticks ? -1 : 1;
  return x->cpu != y->cpu ? x->cpu - y->cpu : x->kind - y->kind;
}

static void
add_gaps(const HsTimeline *timeline, JsonBuilder *builder)
{
  HsClock clock = hs_timeline_clock(timeline);
  g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(HsGap));
  for (uint32_t i = 0; i < hs_timeline_n_gaps(timeline); i++)
    g_array_append_val(gaps, *hs_timeline_gap(timeline, i));
  g_array_sort(gaps, compare_gaps);
  json_builder_set_member_name(builder, "gaps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < gaps->len; i++) {
    const HsGap *gap = &g_array_index(gaps, HsGap, i);
    json_builder_begin_object(builder);
    hs_cli_json_int(builder, "begin_ns", hs_clock_to_ns(clock, gap->begin_ticks));
    hs_cli_json_int(builder, "end_ns", hs_clock_to_ns(clock, gap->end_ticks));
    hs_cli_json_uint(builder, "cpu", gap->cpu);
    hs_cli_json_text(builder, "kind", gap->kind == HS_GAP_BUFFERS ? "buffers-lost" : "events-lost");
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

/* The program's own mistakes, so that whoever reads figures without eyes is told as well. */
static void
add_failed_checks(const HsSelfCheck *check, JsonBuilder *builder)
{
  json_builder_set_member_name(builder, "failed_checks");
  json_builder_begin_array(builder);
  for (unsigned i = 0; i < HS_N_CHECKS; i++) {
    if (check->failures[i] == NULL)
      continue;
    json_builder_begin_object(builder);
    hs_cli_json_text(builder, "check", hs_check_name((HsCheck)i));
    hs_cli_json_text(builder, "detail", check->failures[i]);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
add_health(const HsCliSummary *summary, JsonBuilder *builder)
{
  const HsTotals *totals = &summary->timeline->totals;
  const HsLoadReport *report = summary->report;
  HsHealthFigures figures;
  hs_health_figures(summary->timeline, &figures);
  hs_cli_json_begin(builder, "health");
  hs_cli_json_uint(builder, "unmatched_frees", HS_GET(totals->unmatched_frees));
  hs_cli_json_uint(builder, "overwritten", HS_GET(totals->overwritten));
  hs_cli_json_uint(builder, "freed_by_destroy", HS_GET(totals->freed_by_destroy));
  hs_cli_json_uint(builder, "failed_allocs", HS_GET(totals->failed_allocs));
  hs_cli_json_uint(builder, "ended_by_exit", HS_GET(totals->ended_by_exit));
  hs_cli_json_uint(builder, "time_inversions", report->time_inversions);
  hs_cli_json_uint(builder, "bad_records", report->bad_records);
  hs_cli_json_uint(builder, "bad_buffers", report->bad_buffers);
  if (report->stop_reason != NULL)
    hs_cli_json_text(builder, "stop_reason", report->stop_reason);
  hs_cli_json_uint(builder, "heaps_without_create", figures.heaps_without_create);
  hs_cli_json_uint(builder, "processes_traced", figures.processes_traced);
  hs_cli_json_uint(builder, "processes_known", figures.processes_known);
  if (summary->check != NULL && !hs_self_check_holds(summary->check))
    add_failed_checks(summary->check, builder);
  add_gaps(summary->timeline, builder);
  add_issues(report, builder);
  json_builder_end_object(builder);
}

static void
add_summary(const HsCliSummary *summary, JsonBuilder *builder)
{
  json_builder_begin_object(builder);
  hs_cli_json_text(builder, "file", summary->file);
  hs_cli_json_text(builder, "outcome", summary->outcome == HS_LOAD_COMPLETE ? "complete" : "partial");
  if (summary->filter != NULL)
    hs_cli_json_text(builder, "filter", summary->filter);
  add_session(summary, builder);
  add_records(summary, builder);
  add_loaded(summary, builder);
  add_memory(summary, builder);
  add_operations(summary, builder);
  add_allocations(summary, builder);
  add_health(summary, builder);
  json_builder_set_member_name(builder, "heaps");
  hs_cli_heaps_add_json(summary->heaps, builder);
  if (summary->range != NULL)
    hs_cli_range_add_json(summary->range, builder);
  json_builder_end_object(builder);
}

JsonNode *
hs_cli_summary_to_json(const HsCliSummary *summary)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  add_summary(summary, builder);
  return json_builder_get_root(builder);
}

void
hs_cli_summary_write_json(const HsCliSummary *summary, HsCliWriter *writer)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  add_summary(summary, builder);
  hs_cli_json_write(builder, writer);
}
