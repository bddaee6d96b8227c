/* SPDX-License-Identifier: MIT */
#include "hs-cli-export.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "hs-cli-progress.h"
#include "hs-cli-rows.h"
#include "hs-cli-summary.h"
#include "hs-cli-writer.h"
#include "hs-cli.h"
#include "hs-config.h"
#include "hs-format.h"
#include "hs-health.h"
#include "hs-new-file.h"

typedef struct {
  HsQuery *query; /* NULL = everything */
  HsCliRange range;
} Options;

static void
options_clear(Options *options)
{
  g_clear_pointer(&options->query, hs_query_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* One trace named after another, or itself: who types that does not mean to lose it. */
static bool
is_trace(const char *path, const char *out)
{
  GStatBuf x, y;
  size_t length = strlen(out);
  if (length >= 4 && g_ascii_strcasecmp(out + length - 4, ".etl") == 0)
    return true;
  return g_stat(path, &x) == 0 && g_stat(out, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool
read_options(const char *filter, const char *range, Options *options)
{
  g_autoptr(GError) error = NULL;
  *options = (Options){.range = {INT64_MIN, INT64_MAX}};
  if ((range == NULL || hs_cli_parse_range(range, &options->range, &error)) &&
      (filter == NULL || hs_cli_parse_filter(filter, &options->query, &error)))
    return true;
  hs_cli_usage_error("export", "%s", error->message);
  return false;
}

/* --- facts: the summary's, but for its lists and what this run of the program takes --- */

static void
add_fact(HsCliExport *export, char *name, JsonNode *value)
{
  g_ptr_array_add(export->fact_names, name);
  g_ptr_array_add(export->facts, value);
}

static void
add_facts(HsCliExport *export, JsonObject *object, const char *prefix)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &value)) {
    g_autofree char *path = g_strconcat(prefix, name, NULL);
    if (JSON_NODE_HOLDS_VALUE(value)) {
      add_fact(export, g_steal_pointer(&path), json_node_ref(value));
    } else if (JSON_NODE_HOLDS_OBJECT(value) && !g_str_equal(name, "memory")) {
      g_autofree char *inner = g_strconcat(path, ".", NULL);
      add_facts(export, json_node_get_object(value), inner);
    }
  }
}

static void
add_number(HsCliExport *export, const char *name, int64_t number)
{
  add_fact(export, g_strdup(name), json_node_init_int(json_node_alloc(), number));
}

static void
find_facts(HsCliExport *export, const char *path, const Options *options)
{
  g_autofree char *file = g_filename_display_name(path);
  g_autoptr(GArray) no_heaps = g_array_new(FALSE, FALSE, sizeof(HsCliHeap));
  HsLoader *loader = export->loader;
  HsCliSummary summary = {
      .file = file,
      .outcome = hs_loader_outcome(loader),
      .session = hs_loader_session(loader),
      .report = hs_loader_report(loader),
      .choice = hs_loader_choice(loader),
      .timeline = export->timeline,
      .filter = options->query != NULL ? hs_query_text(options->query) : NULL,
      .sums = hs_heap_sums_total(export->passing->sums),
      .heaps = no_heaps,
      .duration_ns = hs_cli_summary_duration_ns(export->timeline),
  };
  g_autoptr(JsonNode) json = hs_cli_summary_to_json(&summary);
  export->fact_names = g_ptr_array_new_with_free_func(g_free);
  export->facts = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
  add_fact(export, g_strdup("program"), json_node_init_string(json_node_alloc(), "heapscope-cli " HS_VERSION));
  add_facts(export, json_node_get_object(json), "");
  if (options->range.t0_ns != INT64_MIN)
    add_number(export, "range.begin_ns", options->range.t0_ns);
  if (options->range.t1_ns != INT64_MAX)
    add_number(export, "range.end_ns", options->range.t1_ns);
}

/* --- what is exported --- */

static void
export_init(HsCliExport *export, HsLoader *loader, const HsCliPassing *passing, const Options *options)
{
  HsTimeline *timeline = hs_loader_timeline(loader);
  HsClock clock = hs_timeline_clock(timeline);
  HsTimeRange range = hs_cli_time_range(clock, options->range);
  *export = (HsCliExport){
      .loader = loader,
      .timeline = timeline,
      .range = range,
      .end = passing->n_rows,
      .passing = passing,
      .ns_a_tick = 1000000000 % clock.frequency == 0 ? (int64_t)(1000000000 / clock.frequency) : 0,
      .clock = clock,
      .n_processes = hs_timeline_n_processes(timeline),
      .health = hs_health_list(loader),
  };
  if (options->range.t0_ns != INT64_MIN)
    export->first = hs_timeline_row_at(timeline, range.t0_ticks, passing->n_rows);
  if (options->range.t1_ns != INT64_MAX)
    export->end = hs_timeline_row_at(timeline, range.t1_ticks, passing->n_rows);
  export->process_names = g_new0(char *, export->n_processes);
  for (uint32_t i = 0; i < export->n_processes; i++)
    export->process_names[i] = hs_cli_plain_text(hs_timeline_process_name(timeline, (HsProcessId){i}));
}

static void
export_clear(HsCliExport *export)
{
  for (uint32_t i = 0; i < export->n_processes; i++)
    g_free(export->process_names[i]);
  g_clear_pointer(&export->process_names, g_free);
  g_clear_pointer(&export->health, g_ptr_array_unref);
  g_clear_pointer(&export->fact_names, g_ptr_array_unref);
  g_clear_pointer(&export->facts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsCliExport, export_clear)

/* --- writing --- */

typedef struct {
  HsCliProgress progress;
  uint64_t n_rows; /* about so many there will be */
} Telling;

static void
tell(uint64_t n_rows, gpointer data)
{
  Telling *telling = data;
  char percent[HS_FORMAT_MAX], done[HS_FORMAT_MAX];
  if (!hs_cli_progress_is_due(&telling->progress))
    return;
  hs_format_percent(percent, sizeof percent, MIN(n_rows, telling->n_rows), telling->n_rows);
  hs_format_count(done, sizeof done, n_rows);
  g_autofree char *rows = g_strdup_printf(_("%s rows written"), done);
  g_autofree char *figures = g_strdup_printf("%5s  %s", percent, rows);
  hs_cli_progress_draw(&telling->progress, (double)n_rows / (double)MAX(telling->n_rows, 1), figures);
}

/* Of the two large tables; blocks that were over before the range are among them. */
static uint64_t
expect_rows(const HsCliExport *export)
{
  const HsCliPassing *passing = export->passing;
  uint32_t n_blocks = hs_row_set_count_blocks(export->timeline, export->end);
  uint64_t n_rows = hs_row_set_rank(passing->rows, export->end) - hs_row_set_rank(passing->rows, export->first);
  return n_rows + hs_row_set_rank(passing->blocks, n_blocks);
}

static bool
write_tables(HsCliDb *db, HsCliExport *export)
{
  Telling telling = {.n_rows = expect_rows(export)};
  bool done = true;
  hs_cli_progress_init(&telling.progress);
  hs_cli_db_set_progress(db, tell, &telling);
  for (const HsCliDbTable *const *table = hs_cli_export_tables; *table != NULL && done; table++)
    done = hs_cli_db_add_table(db, *table, export);
  done = done && hs_cli_db_finish(db);
  hs_cli_progress_end(&telling.progress);
  return done;
}

static int
fail(const char *out, const char *reason)
{
  if (hs_cli_interrupted)
    return HS_CLI_EXIT_INTERRUPTED;
  g_autofree char *shown = g_filename_display_name(out);
  hs_cli_message(_("“%s” cannot be written: %s"), shown, reason);
  return HS_CLI_EXIT_FAILED;
}

static int
write_database(const char *out, HsCliExport *export)
{
  HsNewFile file;
  int problem = hs_new_file_open(&file, out);
  if (problem != 0)
    return fail(out, problem == EINVAL ? _("it is no file that can be replaced") : g_strerror(problem));
  g_autoptr(HsCliDb) db = hs_cli_db_new(file.fd, &hs_cli_interrupted);
  if (!write_tables(db, export)) {
    g_autofree char *reason = hs_cli_db_error(db);
    hs_new_file_drop(&file);
    return fail(out, reason);
  }
  problem = hs_new_file_finish(&file, &hs_cli_interrupted);
  return problem == 0 ? HS_CLI_EXIT_DONE : fail(out, g_strerror(problem));
}

static int
export_trace(const char *path, const char *out, const Options *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  hs_cli_catch_signals();
  HsTimeline *timeline = hs_loader_timeline(loader);
  HsTimeRange range = hs_cli_time_range(hs_timeline_clock(timeline), options->range);
  g_auto(HsCliPassing) passing = {0};
  g_auto(HsCliExport) export = {0};
  if (!hs_cli_passing_init(&passing, timeline, options->query, range))
    return HS_CLI_EXIT_FAILED;
  export_init(&export, loader, &passing, options);
  find_facts(&export, path, options);
  return write_database(out, &export);
}

int
hs_cli_export_run(int argc, char **argv)
{
  g_autofree char *filter = NULL;
  g_autofree char *range = NULL;
  g_autofree char *out = NULL;
  g_auto(Options) read = {0};
  const GOptionEntry entries[] = {
      {"filter", 0, 0, G_OPTION_ARG_STRING, &filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {"range", 0, 0, G_OPTION_ARG_STRING, &range, N_("From T0 on and before T1"), N_("T0..T1")},
      {NULL}};
  const HsCliOptions options = {
      .command = "export",
      .summary = _("Writes what a trace holds into a new SQLite database."),
      .description =
          _("Tables: session,processes,heaps,threads,modules,health,issues,gaps,events,allocations\n\n"
            "Columns are named as in the window, which has WPA's names, in English: \"Alloc Time\", \"Impacting\". "
            "Rows of\n"
            "events and allocations are those that the commands of these names print; heaps are of what passes the\n"
            "filter, all else is of the whole trace. Times are nanoseconds since the trace began, addresses and\n"
            "handles integers, those from 2^63 on negative; the views events_text, allocations_text … have seconds "
            "and\n"
            "0x…. What is not told is NULL. The database is put in its place once it is whole; a file that was there "
            "stays\n"
            "if it cannot be. The language of filters is in heapscope-cli(1)."),
      .entries = entries,
      .operand = _("OUT.db"),
  };
  g_autofree char *path = hs_cli_parse_operand(&options, argc, argv, &out);
  if (path == NULL || !read_options(filter, range, &read))
    return HS_CLI_EXIT_USAGE;
  if (strcmp(out, "-") == 0)
    return hs_cli_usage_error("export", _("a database cannot be written to standard output"));
  if (is_trace(path, out))
    return hs_cli_usage_error("export", _("“%s” is a trace, not where a database goes"), out);
  return export_trace(path, out, &read);
}
