/* SPDX-License-Identifier: MIT */
#include "hs-cli-summary.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli-rows.h"

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
hs_cli_operation_count(const HsTraceSums *sums, HsOp op)
{
  const uint64_t *counts = sums->operations;
  if (op != HS_OP_SNAPSHOT)
    return counts[op];
  return counts[HS_OP_SNAPSHOT] + counts[HS_OP_CREATE_SNAPSHOT] + counts[HS_OP_DESTROY_SNAPSHOT] +
         counts[HS_OP_EXTEND_SNAPSHOT];
}

bool
hs_cli_operation_is_common(HsOp op)
{
  return op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE || op == HS_OP_CREATE || op == HS_OP_DESTROY;
}

int64_t
hs_cli_summary_duration_ns(const HsTimeline *timeline)
{
  int64_t begin_ticks, end_ticks;
  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  /* The span ends a tick after the last record. */
  return MAX(hs_clock_to_ns(hs_timeline_clock(timeline), end_ticks - 1), 0);
}

/* As given; NULL = not given. */
typedef struct {
  gboolean as_json;
  char *filter, *range, *by;
} Raw;

static void
raw_clear(Raw *raw)
{
  g_free(raw->filter);
  g_free(raw->range);
  g_free(raw->by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Raw, raw_clear)

typedef struct {
  bool as_json;
  HsQuery *query; /* NULL = everything */
  bool has_range; /* a report on a range is asked for */
  HsCliRange range;
  HsPivotBy by[HS_PIVOT_LEVELS];
  unsigned n_by;
} Options;

static void
options_clear(Options *options)
{
  g_clear_pointer(&options->query, hs_query_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
read_options(const Raw *raw, Options *options)
{
  g_autoptr(GError) error = NULL;
  *options = (Options){
      .as_json = raw->as_json, .has_range = raw->range != NULL || raw->by != NULL, .range = {INT64_MIN, INT64_MAX}};
  if ((raw->range == NULL || hs_cli_parse_range(raw->range, &options->range, &error)) &&
      (raw->by == NULL || hs_cli_parse_by(raw->by, options->by, &options->n_by, &error)) &&
      (raw->filter == NULL || hs_cli_parse_filter(raw->filter, &options->query, &error)))
    return true;
  hs_cli_usage_error("summary", "%s", error->message);
  return false;
}

static int
print_summary(HsCliSummary *summary, const Options *options)
{
  HsCliWriter writer;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  if (options->as_json)
    hs_cli_summary_write_json(summary, &writer);
  else
    hs_cli_summary_write_text(summary, &writer);
  return hs_cli_writer_finish(&writer);
}

/* What was stopped for want of memory may hold half an event, and says so. NULL = not checked. */
static HsSelfCheck *
check_itself(HsLoader *loader)
{
  return hs_loader_report(loader)->stop_reason == NULL ? hs_self_check_new(hs_loader_timeline(loader), NULL) : NULL;
}

static int
write_summary(const char *path, const Options *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsTimeline *timeline = hs_loader_timeline(loader);
  HsTimeRange range = hs_cli_time_range(hs_timeline_clock(timeline), options->range);
  g_auto(HsCliPassing) passing = {0};
  g_auto(HsCliRangeReport) report = {0};
  if (!hs_cli_passing_init(&passing, timeline, options->query, range) ||
      (options->has_range && !hs_cli_range_report_init(&report, &passing, range, options->by, options->n_by)))
    return HS_CLI_EXIT_FAILED;
  g_autofree char *file = g_filename_display_name(path);
  g_autoptr(GPtrArray) health = hs_health_list(loader);
  g_autoptr(HsSelfCheck) check = check_itself(loader);
  hs_health_add_self_check(health, check);
  g_autoptr(GArray) heaps = hs_cli_heaps_collect(timeline, passing.sums);
  HsCliSummary summary = {
      .file = file,
      .outcome = hs_loader_outcome(loader),
      .session = hs_loader_session(loader),
      .report = hs_loader_report(loader),
      .choice = hs_loader_choice(loader),
      .memory_bytes = hs_loader_memory_bytes(loader),
      .timeline = timeline,
      .filter = options->query != NULL ? hs_query_text(options->query) : NULL,
      .sums = hs_heap_sums_total(passing.sums),
      .heaps = heaps,
      .health = health,
      .check = check,
      .range = options->has_range ? &report : NULL,
      .duration_ns = hs_cli_summary_duration_ns(timeline),
  };
  return print_summary(&summary, options);
}

int
hs_cli_summary_run(int argc, char **argv)
{
  g_auto(Raw) raw = {0};
  g_auto(Options) read = {0};
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &raw.as_json, N_("Print JSON, times in nanoseconds"), NULL},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &raw.filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {"range", 0, 0, G_OPTION_ARG_STRING, &raw.range, N_("Figures from T0 on and before T1, too"), N_("T0..T1")},
      {"by", 0, 0, G_OPTION_ARG_STRING, &raw.by, N_("Groups of the range, each within the one before"), N_("A,B,C")},
      {NULL}};
  const HsCliOptions options = {
      .command = "summary",
      .summary = _("Prints what a trace holds: the session, counts of records, operations and sources,\n"
                   "allocations, the trace's health, and its heaps."),
      .description = _(
          "Groups: process,heap,source,size-class,thread,type,end; at most three\n\n"
          "With a filter, operations, sources, allocations and heaps are those of what passes; session, records and\n"
          "health stay those of the whole trace. With a range or groups, there is a part on the range (without one,\n"
          "the whole trace): blocks by type, AIFI to AOFO, what is outstanding as it begins and ends, its peak, and\n"
          "groups; without --by, per heap and per source. Times count from the beginning of the trace; T0 and T1 are\n"
          "numbers with ns, us, ms or s, or nanoseconds if there is no unit; either may be left out. The language\n"
          "of filters is in heapscope-cli(1)."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  if (path == NULL || !read_options(&raw, &read))
    return HS_CLI_EXIT_USAGE;
  return write_summary(path, &read);
}
