/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli-event-row.h"
#include "hs-cli.h"

/* How many rows are written between looks at whether anyone still reads. */
#define ROWS_A_LOOK 4096

typedef struct {
  char *format;
  char *range;
  char *limit;
  char *columns;
} RawOptions;

typedef struct {
  bool as_ndjson;
  HsCliRange range;
  uint64_t limit;
  HsCliColumns columns;
} EventsOptions;

static void
raw_options_clear(RawOptions *raw)
{
  g_free(raw->format);
  g_free(raw->range);
  g_free(raw->limit);
  g_free(raw->columns);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RawOptions, raw_options_clear)

static bool
read_options(const RawOptions *raw, EventsOptions *options, GError **error)
{
  static const char *const formats[] = {"csv", "ndjson", NULL};
  int format = raw->format != NULL ? hs_cli_find_name(formats, raw->format) : 0;
  *options = (EventsOptions){.range = {INT64_MIN, INT64_MAX}, .limit = UINT64_MAX};
  if (format < 0) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown format “%s”; expected csv or ndjson"),
                raw->format);
    return false;
  }
  options->as_ndjson = format == 1;
  return hs_cli_parse_columns(raw->columns, &options->columns, error) &&
         (raw->range == NULL || hs_cli_parse_range(raw->range, &options->range, error)) &&
         (raw->limit == NULL || hs_cli_parse_count(raw->limit, &options->limit, error));
}

/* The rows [first, end) that the options ask for. */
static void
find_rows(const HsTimeline *timeline, const EventsOptions *options, HsRow *first, HsRow *end)
{
  HsClock clock = hs_timeline_clock(timeline);
  uint32_t n_rows = hs_timeline_n_rows(timeline);
  *first = 0;
  *end = n_rows;
  if (options->range.t0_ns != INT64_MIN)
    *first = hs_timeline_row_at(timeline, hs_clock_from_ns(clock, options->range.t0_ns), n_rows);
  if (options->range.t1_ns != INT64_MAX)
    *end = hs_timeline_row_at(timeline, hs_clock_from_ns(clock, options->range.t1_ns), n_rows);
  if (*end - *first > options->limit)
    *end = *first + (uint32_t)options->limit;
}

static int
write_events(const char *path, const EventsOptions *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  const HsTimeline *timeline = hs_loader_timeline(loader);
  HsRow first, end;
  find_rows(timeline, options, &first, &end);
  HsCliWriter writer;
  HsCliRowWriter rows;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  hs_cli_row_writer_init(&rows, &writer, timeline, &options->columns, options->as_ndjson);
  if (!options->as_ndjson)
    hs_cli_write_csv_header(&rows);
  for (HsRow row = first; row < end; row++) {
    if (row % ROWS_A_LOOK == 0 && hs_cli_writer_failed(&writer))
      break;
    hs_cli_write_row(&rows, row);
  }
  hs_cli_row_writer_clear(&rows);
  return hs_cli_writer_finish(&writer);
}

int
hs_cli_events_run(int argc, char **argv)
{
  g_auto(RawOptions) raw = {NULL};
  const GOptionEntry entries[] = {
      {"format", 0, 0, G_OPTION_ARG_STRING, &raw.format, N_("csv (default) or ndjson"), N_("FORMAT")},
      {"range", 0, 0, G_OPTION_ARG_STRING, &raw.range, N_("Events from T0 on and before T1"), N_("T0..T1")},
      {"limit", 0, 0, G_OPTION_ARG_STRING, &raw.limit, N_("At most N events"), N_("N")},
      {"columns", 0, 0, G_OPTION_ARG_STRING, &raw.columns, N_("Columns, in the order wanted"), N_("A,B,C")},
      {NULL}};
  const HsCliOptions options = {
      .command = "events",
      .summary = _("Prints the heap events of a trace in order of time, a line each."),
      .description =
          _("Columns: row,time_ns,op,pid,process,tid,heap,address,size,old_address,old_size,source,cpu\n\n"
            "Times count from the beginning of the trace; T0 and T1 are numbers with ns, us, ms or s, or nanoseconds\n"
            "if there is no unit; either may be left out. CSV is as RFC 4180 has it, but lines end with LF alone.\n"
            "What an event does not have is empty in csv and left out in ndjson. A source that Windows does not\n"
            "name is shown as its number."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  g_autoptr(GError) error = NULL;
  EventsOptions events;
  if (path == NULL)
    return HS_CLI_EXIT_USAGE;
  if (!read_options(&raw, &events, &error))
    return hs_cli_usage_error("events", "%s", error->message);
  return write_events(path, &events);
}
