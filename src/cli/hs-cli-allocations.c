/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <unistd.h>

#include "hs-cli-block-row.h"
#include "hs-cli-lines.h"

/* What is to be written, and in what order. */
typedef struct {
  HsTimeRange range;
  uint32_t n_rows;
  HsRowSet *set;     /* blocks that pass the filter, in view or not */
  HsRowOrder *order; /* the set's, or NULL for the order in which they began */
} Selection;

static void
selection_clear(Selection *selection)
{
  g_clear_pointer(&selection->set, hs_row_set_unref);
  g_clear_pointer(&selection->order, hs_row_order_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

/* False after a message if there is not enough memory. */
static bool
select_blocks(HsTimeline *timeline, const HsCliRows *options, Selection *s)
{
  *s = (Selection){.range = hs_cli_time_range(hs_timeline_clock(timeline), options->range),
                   .n_rows = hs_timeline_n_rows(timeline)};
  s->set = hs_row_set_new_query_blocks(timeline, options->query, s->range, s->n_rows, NULL);
  if (s->set != NULL && options->sort >= 0)
    s->order = hs_block_order_new(timeline, s->set, s->range, s->n_rows, (HsBlockColumn)options->sort,
                                  options->descending, NULL);
  if (s->set != NULL && (options->sort < 0 || s->order != NULL))
    return true;
  hs_cli_message(_("out of memory"));
  return false;
}

/* The blocks that are left. */
typedef struct {
  HsTimeline *timeline;
  const Selection *selection;
  uint64_t limit;
  uint32_t i, block;
} Rest;

static bool
is_in_view(const Rest *rest, uint32_t block)
{
  HsBlockRow row;
  hs_block_row(rest->timeline, (HsBlockId){block}, rest->selection->range, rest->selection->n_rows, &row);
  return row.type != HS_BLOCK_TYPE_NONE;
}

/* Those that are not in view are only left out here where they must be counted. */
static bool
next_block(gpointer data, uint32_t *id)
{
  Rest *rest = data;
  const Selection *s = rest->selection;
  uint32_t count = hs_row_set_count(s->set);
  while (rest->i < count && rest->limit > 0) {
    uint32_t block = s->order != NULL ? hs_row_order_at(s->order, rest->i) : hs_row_set_next(s->set, rest->block);
    rest->i++;
    rest->block = block + 1;
    *id = block;
    if (rest->limit == UINT64_MAX) /* put_block() leaves them out */
      return true;
    if (is_in_view(rest, block)) {
      rest->limit--;
      return true;
    }
  }
  return false;
}

static void
put_block(HsCliRowWriter *rows, uint32_t id, gconstpointer data)
{
  const Selection *s = data;
  HsBlockRow row;
  hs_block_row(rows->timeline, (HsBlockId){id}, s->range, s->n_rows, &row);
  if (row.type != HS_BLOCK_TYPE_NONE)
    hs_cli_write_block(rows, &row);
}

static int
write_allocations(const char *path, const HsCliRows *options)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_auto(Selection) selection = {0};
  if (!select_blocks(timeline, options, &selection))
    return HS_CLI_EXIT_FAILED;
  HsCliWriter writer;
  HsCliRowWriter rows;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  hs_cli_row_writer_init(&rows, &writer, timeline, &options->columns, options->as_ndjson);
  if (!options->as_ndjson)
    hs_cli_row_put_header(&rows, hs_block_column_names());
  Rest rest = {.timeline = timeline, .selection = &selection, .limit = options->limit};
  hs_cli_write_lines(&rows, next_block, &rest, put_block, &selection);
  hs_cli_row_writer_clear(&rows);
  return hs_cli_writer_finish(&writer);
}

int
hs_cli_allocations_run(int argc, char **argv)
{
  g_auto(HsCliRawRows) raw = {NULL};
  g_auto(HsCliRows) rows = {0};
  GOptionEntry entries[HS_CLI_ROWS_ENTRIES];
  hs_cli_rows_entries(&raw, entries);
  const HsCliOptions options = {
      .command = "allocations",
      .summary = _("Prints the blocks of memory of a trace in the order they began, a line each."),
      .description =
          _("Columns: row,pid,process,heap,address,size,source,type,impacting,alloc_time_ns,free_time_ns,lifetime_ns,\n"
            "end,is_realloc,tid,free_tid,bucket\n\n"
            "With a range, those that live in it. type is allocated inside (AI) or outside (AO) of the range, freed\n"
            "inside (FI) or outside (FO) of it; without a range, of the whole trace. row is that of the event that\n"
            "began the block; impacting its size if it is AIFO, else 0; bucket the power of two that is at most its\n"
            "size. What a block does not have is empty in csv and left out in ndjson. The language of filters is in\n"
            "heapscope-cli(1)."),
      .entries = entries,
  };
  g_autofree char *path = hs_cli_parse(&options, argc, argv);
  if (path == NULL || !hs_cli_rows_read("allocations", &raw, hs_block_column_names(), &rows))
    return HS_CLI_EXIT_USAGE;
  return write_allocations(path, &rows);
}
