/* SPDX-License-Identifier: MIT */
#include "hs-cli-summary.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli.h"

const HsOp hs_cli_operations[HS_CLI_N_OPERATIONS] = {
    HS_OP_ALLOC,
    HS_OP_REALLOC,
    HS_OP_FREE,
    HS_OP_CREATE,
    HS_OP_DESTROY,
    HS_OP_EXTEND,
    HS_OP_CONTRACT,
    HS_OP_SNAPSHOT,
    HS_OP_LOCK,
    HS_OP_UNLOCK,
    HS_OP_VALIDATE,
    HS_OP_WALK,
    HS_OP_SUBSEGMENT_ALLOC,
    HS_OP_SUBSEGMENT_FREE,
    HS_OP_SUBSEGMENT_ALLOC_CACHED,
    HS_OP_SUBSEGMENT_FREE_CACHED,
    HS_OP_COMMIT,
    HS_OP_DECOMMIT,
    HS_OP_SUBSEGMENT_INIT,
    HS_OP_AFFINITY_ENABLE,
    HS_OP_AFFINITY_SLOT,
    HS_OP_SUBSEGMENT_ACTIVATED,
    HS_OP_AFFINITY_ASSIGN,
    HS_OP_REUSE_THRESHOLD,
    HS_OP_OTHER,
};
/* Every operation is shown once; three snapshot opcodes are shown as the fourth. */
G_STATIC_ASSERT(HS_CLI_N_OPERATIONS + 3 == HS_N_OPS);

uint64_t
hs_cli_operation_count(const HsTimeline *timeline, HsOp op)
{
  const uint64_t *counts = timeline->totals.operations;
  if (op != HS_OP_SNAPSHOT)
    return HS_GET(counts[op]);
  return HS_GET(counts[HS_OP_SNAPSHOT]) + HS_GET(counts[HS_OP_CREATE_SNAPSHOT]) +
         HS_GET(counts[HS_OP_DESTROY_SNAPSHOT]) + HS_GET(counts[HS_OP_EXTEND_SNAPSHOT]);
}

bool
hs_cli_operation_is_common(HsOp op)
{
  return op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE || op == HS_OP_CREATE || op == HS_OP_DESTROY;
}

static int64_t
duration_ns(const HsTimeline *timeline)
{
  int64_t begin_ticks, end_ticks;
  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  /* The span ends a tick after the last record. */
  return MAX(hs_clock_to_ns(hs_timeline_clock(timeline), end_ticks - 1), 0);
}

static int
write_summary(const char *path, bool as_json)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsCliWriter writer;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  const HsTimeline *timeline = hs_loader_timeline(loader);
  g_autofree char *file = g_filename_display_name(path);
  g_autoptr(GArray) heaps = hs_cli_heaps_collect(timeline);
  g_autoptr(GPtrArray) health = hs_health_list(loader);
  HsCliSummary summary = {
      .file = file,
      .outcome = hs_loader_outcome(loader),
      .session = hs_loader_session(loader),
      .report = hs_loader_report(loader),
      .timeline = timeline,
      .heaps = heaps,
      .health = health,
      .duration_ns = duration_ns(timeline),
  };
  if (as_json)
    hs_cli_summary_write_json(&summary, &writer);
  else
    hs_cli_summary_write_text(&summary, &writer);
  return hs_cli_writer_finish(&writer);
}

int
hs_cli_summary_run(int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print JSON, times in nanoseconds"), NULL}, {NULL}};
  const HsCliOptions options = {
      .command = "summary",
      .summary = _("Prints what a trace holds: the session, counts of records, operations and sources,\n"
                   "allocations, the trace's health, and its heaps."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  return path != NULL ? write_summary(path, as_json) : HS_CLI_EXIT_USAGE;
}
