/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "hs-cli-lines.h"
#include "hs-cli.h"
#include "hs-row-keys.h"

/* What is to be written, and in what order. */
typedef struct {
  HsRow first, end;  /* rows of the range */
  HsRowSet *set;     /* those that pass the filter, in the range or not */
  HsRowOrder *order; /* the set's, or NULL for the order of time */
} Selection;

static void
selection_clear(Selection *selection)
{
  g_clear_pointer(&selection->set, hs_row_set_unref);
  g_clear_pointer(&selection->order, hs_row_order_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

static HsRowKey
row_number(gconstpointer unused, uint32_t row)
{
  return (HsRowKey){row, true};
}

static HsRowOrder *
sort_rows(HsTimeline *timeline, HsRowSet *set, const HsCliRows *options)
{
  const char *name = hs_cli_event_column_names()[options->sort];
  for (unsigned column = 0; column < HS_N_COLUMNS; column++) {
    if (strcmp(hs_event_column_name((HsEventColumn)column), name) == 0)
      return hs_row_order_new(timeline, set, (HsEventColumn)column, options->descending, NULL);
  }
  return hs_row_order_new_keyed(set, row_number, NULL, NULL, options->descending, NULL);
}

/* False after a message if there is not enough memory. */
static bool
select_rows(HsTimeline *timeline, const HsCliRows *options, Selection *selection)
{
  HsTimeRange range = hs_cli_time_range(hs_timeline_clock(timeline), options->range);
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  *selection = (Selection){.end = n_rows};
  if (options->range.t0_ns != INT64_MIN)
    selection->first = hs_timeline_row_at(timeline, range.t0_ticks, n_rows);
  if (options->range.t1_ns != INT64_MAX)
    selection->end = hs_timeline_row_at(timeline, range.t1_ticks, n_rows);
  selection->set = hs_row_set_new_query(timeline, options->query, range, n_rows, NULL);
  if (selection->set != NULL && options->sort >= 0)
    selection->order = sort_rows(timeline, selection->set, options);
  if (selection->set != NULL && (options->sort < 0 || selection->order != NULL))
    return true;
  hs_cli_message(_("out of memory"));
  return false;
}

/* The rows that are left. */
typedef struct {
  const Selection *selection;
  uint64_t limit;
  uint32_t i, row;
} Rest;

static bool
next_row(gpointer data, uint32_t *id)
{
  Rest *rest = data;
  const Selection *s = rest->selection;
  bool is_sorted = s->order != NULL;
  for (uint32_t count = hs_row_set_count(s->set); rest->i < count && rest->limit > 0; rest->i++) {
    HsRow row = is_sorted ? hs_row_order_at(s->order, rest->i) : hs_row_set_next(s->set, rest->row);
    rest->row = row + 1;
    if (row >= s->first && row < s->end) {
      *id = row;
      rest->i++;
      rest->limit--;
      return true;
    }
    if (!is_sorted)
      break;
  }
  return false;
}

static void
put_row(HsCliRowWriter *rows, uint32_t id, gconstpointer unused)
{
  hs_cli_write_row(rows, id);
}

static int
write_events(const char *path, const HsCliRows *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_auto(Selection) selection = {0};
  if (!select_rows(timeline, options, &selection))
    return HS_CLI_EXIT_FAILED;
  HsCliWriter writer;
  HsCliRowWriter rows;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  hs_cli_row_writer_init(&rows, &writer, timeline, &options->columns, options->as_ndjson);
  if (!options->as_ndjson)
    hs_cli_write_csv_header(&rows);
  Rest rest = {.selection = &selection, .limit = options->limit, .row = selection.first};
  hs_cli_write_lines(&rows, next_row, &rest, put_row, NULL);
  hs_cli_row_writer_clear(&rows);
  return hs_cli_writer_finish(&writer);
}

int
hs_cli_events_run(int argc, char **argv)
{
  g_auto(HsCliRawRows) raw = {NULL};
  g_auto(HsCliRows) rows = {0};
  GOptionEntry entries[HS_CLI_ROWS_ENTRIES];
  hs_cli_rows_entries(&raw, entries);
  const HsCliOptions options = {
      .command = "events",
      .summary = _("Prints the heap events of a trace in order of time, a line each."),
      .description =
          _("Columns: row,time_ns,op,pid,process,tid,heap,address,size,old_address,old_size,source,cpu\n\n"
            "Times count from the beginning of the trace; T0 and T1 are numbers with ns, us, ms or s, or nanoseconds\n"
            "if there is no unit; either may be left out. CSV is as RFC 4180 has it, but lines end with LF alone.\n"
            "What an event does not have is empty in csv and left out in ndjson. A source that Windows does not\n"
            "name is shown as its number. The language of filters is in heapscope-cli(1)."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  if (path == NULL || !hs_cli_rows_read("events", &raw, hs_cli_event_column_names(), &rows))
    return HS_CLI_EXIT_USAGE;
  return write_events(path, &rows);
}
