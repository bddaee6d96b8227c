/* SPDX-License-Identifier: MIT */
/* Tables of a database on what is wrong with the trace: findings, places of damage, stretches of loss. */
#include "hs-cli-export.h"
#include "hs-cli-writer.h"
#include "hs-health.h"

/* --- health --- */

static const HsCliDbColumn health_columns[] = {{"Finding", HS_CLI_DB_TEXT},
                                               {"Gravity", HS_CLI_DB_TEXT},
                                               {"Count", HS_CLI_DB_NUMBER},
                                               {"Offset", HS_CLI_DB_NUMBER},
                                               {"Meaning", HS_CLI_DB_TEXT}};

static bool
next_finding(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(((HsCliExport *)data)->health->len, *at, item);
}

static void
put_finding(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  static const char *const gravities[] = {"good", "note", "warning", "bad"};
  const HsHealthItem *finding = g_ptr_array_index(((HsCliExport *)data)->health, hs_cli_export_number_of(item));
  if (column == 0)
    hs_cli_export_put_text(finding->id, out);
  else if (column == 1)
    hs_cli_export_put_text(gravities[finding->gravity], out);
  else if (column == 2 && finding->has_count)
    hs_cli_export_put_bits(finding->count, out);
  else if (column == 3 && finding->has_offset)
    hs_cli_export_put_bits(finding->offset, out);
  else if (column == 4)
    hs_cli_export_put_text(finding->meaning, out);
}

const HsCliDbTable hs_cli_export_health = {
    .name = "health",
    .columns = health_columns,
    .n_columns = G_N_ELEMENTS(health_columns),
    .next = next_finding,
    .value = put_finding,
};

/* --- issues --- */

static const HsCliDbColumn issue_columns[] = {
    {"Kind", HS_CLI_DB_TEXT}, {"Count", HS_CLI_DB_NUMBER}, {"Offset", HS_CLI_DB_NUMBER}, {"Detail", HS_CLI_DB_TEXT}};

static bool
next_issue(gpointer data, uint32_t *at, gpointer item)
{
  const HsEtlIssue *issues = hs_loader_report(((HsCliExport *)data)->loader)->issues;
  while (*at < HS_ETL_N_ISSUES && issues[*at].count == 0)
    ++*at;
  return hs_cli_export_next_of(HS_ETL_N_ISSUES, *at, item);
}

/* It may have been cut within a letter. */
static void
put_detail(const char *detail, sqlite3_context *out)
{
  g_autofree char *text = hs_cli_plain_text(detail);
  sqlite3_result_text(out, text, -1, SQLITE_TRANSIENT);
}

static void
put_issue(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  uint32_t kind = hs_cli_export_number_of(item);
  const HsEtlIssue *issue = &hs_loader_report(((HsCliExport *)data)->loader)->issues[kind];
  if (column == 0)
    hs_cli_export_put_text(hs_etl_issue_name((HsEtlIssueKind)kind), out);
  else if (column == 1)
    hs_cli_export_put_bits(issue->count, out);
  else if (column == 2)
    hs_cli_export_put_bits(issue->places[0].offset, out);
  else
    put_detail(issue->places[0].detail, out);
}

const HsCliDbTable hs_cli_export_issues = {
    .name = "issues",
    .columns = issue_columns,
    .n_columns = G_N_ELEMENTS(issue_columns),
    .next = next_issue,
    .value = put_issue,
};

/* --- gaps --- */

static const HsCliDbColumn gap_columns[] = {
    {"Begin", HS_CLI_DB_TIME}, {"End", HS_CLI_DB_TIME}, {"CPU", HS_CLI_DB_NUMBER}, {"Kind", HS_CLI_DB_TEXT}};

static bool
next_gap(gpointer data, uint32_t *at, gpointer item)
{
  return hs_cli_export_next_of(hs_timeline_n_gaps(((HsCliExport *)data)->timeline), *at, item);
}

static void
put_gap(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsGap *gap = hs_timeline_gap(export->timeline, hs_cli_export_number_of(item));
  if (column == 0)
    hs_cli_export_put_time(export, gap->begin_ticks, out);
  else if (column == 1)
    hs_cli_export_put_time(export, gap->end_ticks, out);
  else if (column == 2)
    sqlite3_result_int(out, gap->cpu);
  else
    hs_cli_export_put_text(gap->kind == HS_GAP_BUFFERS ? "buffers-lost" : "events-lost", out);
}

const HsCliDbTable hs_cli_export_gaps = {
    .name = "gaps",
    .columns = gap_columns,
    .n_columns = G_N_ELEMENTS(gap_columns),
    .next = next_gap,
    .value = put_gap,
};
