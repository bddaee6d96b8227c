/* SPDX-License-Identifier: MIT */
/* heapscope-cli compare: what lives at one of two moments and not at the other, by block, or in groups. */
#include "hs-cli-compare.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli-block-row.h"
#include "hs-cli-filter.h"
#include "hs-cli.h"

#define BLOCKS_A_LOOK 4096

typedef enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_NDJSON } Format;

typedef struct {
  Format format;
  HsPivotBy by; /* HS_N_PIVOTS = by block; in text, by what is usual */
  int64_t at_ns[HS_N_SIDES];
  HsQuery *query;
} Question;

/* --- by block --- */

static const char *const *
block_names(void)
{
  static const char *names[HS_N_BLOCK_COLUMNS + 2];
  for (int i = 0; i < HS_N_BLOCK_COLUMNS; i++)
    names[i] = hs_block_column_names()[i];
  names[HS_N_BLOCK_COLUMNS] = "lives_at";
  return names;
}

/* The side first; no type and impacting size, which are of ranges. */
static HsCliColumns
block_columns(void)
{
  HsCliColumns columns = {.n = 1, .at = {HS_N_BLOCK_COLUMNS}};
  for (unsigned i = 0; i < HS_N_BLOCK_COLUMNS; i++) {
    if (i != HS_BLOCK_COLUMN_TYPE && i != HS_BLOCK_COLUMN_IMPACTING)
      columns.at[columns.n++] = i;
  }
  return columns;
}

static void
write_blocks(const HsCliComparison *compared, bool as_ndjson, HsCliWriter *writer)
{
  const HsCliColumns columns = block_columns();
  const HsComparison *comparison = compared->comparison;
  HsCliRowWriter rows;
  uint32_t n = 0;
  hs_cli_row_writer_init(&rows, writer, compared->timeline, &columns, as_ndjson);
  if (!as_ndjson)
    hs_cli_row_put_header(&rows, block_names());
  for (HsRow i = hs_row_set_next(comparison->blocks, 0); i != UINT32_MAX;
       i = hs_row_set_next(comparison->blocks, i + 1)) {
    HsBlockRow row;
    if (n++ % BLOCKS_A_LOOK == 0 && hs_cli_writer_failed(writer))
      break;
    hs_block_row(compared->timeline, (HsBlockId){i}, HS_TIME_RANGE_ALL, comparison->n_rows, &row);
    HsSide side = hs_comparison_side(comparison, compared->timeline, row.block.id);
    HsCliExtra extra = {.kind = HS_CLI_EXTRA_NAME, .name = hs_side_name(side)};
    hs_cli_write_block_with(&rows, block_names(), &row, &extra);
  }
  hs_cli_row_writer_clear(&rows);
}

/* --- in groups --- */

static const char *const value_names[HS_N_SIDE_COLUMNS] = {
    [HS_SIDE_COLUMN_CAME] = "b_count",  [HS_SIDE_COLUMN_CAME_BYTES] = "b_bytes",
    [HS_SIDE_COLUMN_WENT] = "a_count",  [HS_SIDE_COLUMN_WENT_BYTES] = "a_bytes",
    [HS_SIDE_COLUMN_NET] = "net_count", [HS_SIDE_COLUMN_NET_BYTES] = "net_bytes",
};

static bool
has_pid(HsPivotBy by)
{
  return by == HS_PIVOT_PROCESS || by == HS_PIVOT_HEAP || by == HS_PIVOT_THREAD;
}

static const char *
key_name(HsPivotBy by)
{
  return by == HS_PIVOT_SIZE ? "size_class_bytes" : by == HS_PIVOT_THREAD ? "tid" : hs_pivot_name(by);
}

static void
write_group_csv(const HsCliComparison *compared, HsPivotBy by, const HsSideGroup *group, HsCliWriter *writer)
{
  uint32_t pid;
  g_autofree char *name = hs_cli_compare_group_name(compared->timeline, by, group->key, &pid);
  g_autofree char *field = name != NULL ? hs_cli_csv_field(name) : g_strdup("");
  if (has_pid(by) && pid != UINT32_MAX)
    hs_cli_put_uint(writer, pid);
  if (has_pid(by))
    hs_cli_put_char(writer, ',');
  hs_cli_put(writer, field);
  for (int column = HS_SIDE_COLUMN_CAME; column < HS_N_SIDE_COLUMNS; column++) {
    hs_cli_put_char(writer, ',');
    hs_cli_put_int(writer, hs_side_column_value(&group->sums, (HsSideColumn)column));
  }
  hs_cli_put_char(writer, '\n');
}

static void
put_member(HsCliWriter *writer, const char *name)
{
  hs_cli_put_char(writer, '"');
  hs_cli_put(writer, name);
  hs_cli_put(writer, "\":");
}

static void
write_group_json(const HsCliComparison *compared, HsPivotBy by, const HsSideGroup *group, HsCliWriter *writer)
{
  bool is_number = by == HS_PIVOT_SIZE || by == HS_PIVOT_THREAD;
  uint32_t pid;
  g_autofree char *name = hs_cli_compare_group_name(compared->timeline, by, group->key, &pid);
  g_autofree char *text = name != NULL ? hs_cli_json_string(name) : NULL;
  hs_cli_put_char(writer, '{');
  if (has_pid(by) && pid != UINT32_MAX) {
    put_member(writer, "pid");
    hs_cli_put_uint(writer, pid);
    hs_cli_put_char(writer, ',');
  }
  if (text != NULL) {
    put_member(writer, key_name(by));
    hs_cli_put(writer, is_number ? name : text);
    hs_cli_put_char(writer, ',');
  }
  for (int column = HS_SIDE_COLUMN_CAME; column < HS_N_SIDE_COLUMNS; column++) {
    put_member(writer, value_names[column]);
    hs_cli_put_int(writer, hs_side_column_value(&group->sums, (HsSideColumn)column));
    hs_cli_put(writer, column + 1 < HS_N_SIDE_COLUMNS ? "," : "}\n");
  }
}

static bool
write_groups(const HsCliComparison *compared, HsPivotBy by, bool as_ndjson, HsCliWriter *writer)
{
  g_autoptr(GArray) groups = hs_comparison_groups_new(compared->comparison, compared->timeline, by, NULL);
  if (groups == NULL) {
    hs_cli_message(_("out of memory"));
    return false;
  }
  if (!as_ndjson) {
    hs_cli_put(writer, has_pid(by) ? "pid," : "");
    hs_cli_put(writer, key_name(by));
    for (int column = HS_SIDE_COLUMN_CAME; column < HS_N_SIDE_COLUMNS; column++) {
      hs_cli_put_char(writer, ',');
      hs_cli_put(writer, value_names[column]);
    }
    hs_cli_put_char(writer, '\n');
  }
  for (guint i = 0; i < groups->len; i++) {
    const HsSideGroup *group = &g_array_index(groups, HsSideGroup, i);
    if (as_ndjson)
      write_group_json(compared, by, group, writer);
    else
      write_group_csv(compared, by, group, writer);
  }
  return true;
}

/* --- all of it --- */

static int
write_comparison(const HsCliComparison *compared, const Question *q)
{
  static const HsPivotBy usual[] = {HS_PIVOT_HEAP, HS_PIVOT_SOURCE, HS_PIVOT_SIZE};
  bool is_grouped = q->by != HS_N_PIVOTS, done = true;
  HsCliWriter writer;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  if (q->format == FORMAT_TEXT)
    done =
        hs_cli_compare_write_text(compared, is_grouped ? &q->by : usual, is_grouped ? 1 : G_N_ELEMENTS(usual), &writer);
  else if (is_grouped)
    done = write_groups(compared, q->by, q->format == FORMAT_NDJSON, &writer);
  else
    write_blocks(compared, q->format == FORMAT_NDJSON, &writer);
  int status = hs_cli_writer_finish(&writer);
  return done ? status : HS_CLI_EXIT_FAILED;
}

/* The last tick that is not after it: what begins with it is there. */
static int64_t
ticks_at(HsClock clock, int64_t ns)
{
  return hs_clock_from_ns(clock, MIN(ns, INT64_MAX - 1) + 1) - 1;
}

static int
compare(const char *path, const Question *q)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsTimeline *timeline = hs_loader_timeline(loader);
  HsClock clock = hs_timeline_clock(timeline);
  g_auto(HsCliPassing) passing = {0};
  if (!hs_cli_passing_init(&passing, timeline, q->query, HS_TIME_RANGE_ALL))
    return HS_CLI_EXIT_FAILED;
  g_autoptr(HsComparison) comparison =
      hs_comparison_new(timeline, passing.blocks, passing.series, ticks_at(clock, q->at_ns[HS_SIDE_A]),
                        ticks_at(clock, q->at_ns[HS_SIDE_B]), passing.n_rows, NULL);
  if (comparison == NULL) {
    hs_cli_message(_("out of memory"));
    return HS_CLI_EXIT_FAILED;
  }
  if (comparison->is_checked && !comparison->is_consistent)
    hs_cli_message(_("the sums and the curve contradict each other: this is a mistake in Heapscope"));
  HsCliComparison compared = {timeline, {q->at_ns[HS_SIDE_A], q->at_ns[HS_SIDE_B]}, comparison};
  return write_comparison(&compared, q);
}

static bool
read_moments(char **at, Question *q, GError **error)
{
  if (g_strv_length(at != NULL ? at : (char *[]){NULL}) != HS_N_SIDES) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("expected --at twice: for A, then for B"));
    return false;
  }
  return hs_cli_parse_time(at[0], &q->at_ns[HS_SIDE_A], error) && hs_cli_parse_time(at[1], &q->at_ns[HS_SIDE_B], error);
}

static bool
read_by(const char *text, HsPivotBy *by, GError **error)
{
  *by = text != NULL ? hs_pivot_from_name(text) : HS_N_PIVOTS;
  if (text == NULL || (*by != HS_N_PIVOTS && *by != HS_PIVOT_TYPE))
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
              _("unknown field “%s”; expected process, heap, source, size-class, thread or end"), text);
  return false;
}

static bool
read_format(const char *text, Format *format, GError **error)
{
  static const char *const formats[] = {"text", "csv", "ndjson", NULL};
  int index = text != NULL ? hs_cli_find_name(formats, text) : FORMAT_TEXT;
  *format = (Format)index;
  if (index >= 0)
    return true;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown format “%s”; expected text, csv or ndjson"),
              text);
  return false;
}

int
hs_cli_compare_run(int argc, char **argv)
{
  g_auto(GStrv) at = NULL;
  g_autofree char *format = NULL;
  g_autofree char *filter = NULL;
  g_autofree char *by = NULL;
  const GOptionEntry entries[] = {
      {"at", 0, 0, G_OPTION_ARG_STRING_ARRAY, &at, N_("A moment: given twice, for A and for B"), N_("TIME")},
      {"by", 0, 0, G_OPTION_ARG_STRING, &by, N_("In groups, such as heap or size-class"), N_("FIELD")},
      {"format", 0, 0, G_OPTION_ARG_STRING, &format, N_("text (default), csv or ndjson"), N_("FORMAT")},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &filter, N_("Only what passes, such as 'size >= 64KiB'"), N_("EXPR")},
      {NULL}};
  const HsCliOptions options = {
      .command = "compare",
      .summary = _("Prints what lives at a moment B and not at a moment A, and the reverse."),
      .description = _(
          "A block lives at a moment if it began then or before and ended later. text has the sums, in all and by\n"
          "heap, source and size class; csv and ndjson have a line a block, with lives_at (A or B) and the columns of\n"
          "allocations but for type and impacting. With --by, the sums by process, heap, source, size-class, thread\n"
          "or end: b_count,b_bytes are of what lives at B alone, a_count,a_bytes at A alone, net_count,net_bytes\n"
          "their difference. The language of filters is in heapscope-cli(1)."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  g_autoptr(HsQuery) query = NULL;
  g_autoptr(GError) error = NULL;
  Question q = {0};
  if (path == NULL)
    return HS_CLI_EXIT_USAGE;
  if (!read_moments(at, &q, &error) || !read_by(by, &q.by, &error) || !read_format(format, &q.format, &error) ||
      (filter != NULL && !hs_cli_parse_filter(filter, &query, &error)))
    return hs_cli_usage_error("compare", "%s", error->message);
  q.query = query;
  return compare(path, &q);
}
