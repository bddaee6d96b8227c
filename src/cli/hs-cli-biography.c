/* SPDX-License-Identifier: MIT */
/* heapscope-cli biography: a row a block that ever held an address of a process, in the order they began. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <unistd.h>

#include "hs-biography.h"
#include "hs-cli-block-row.h"
#include "hs-place.h"

#define BLOCKS_A_LOOK 4096

/* Columns beside those of blocks. */
enum { COLUMN_GAP, COLUMN_SHARED, COLUMN_OFFSET, N_OWN_COLUMNS };

static const char *const *
column_names(void)
{
  static const char *names[HS_N_BLOCK_COLUMNS + N_OWN_COLUMNS + 1];
  for (int i = 0; i < HS_N_BLOCK_COLUMNS; i++)
    names[i] = hs_block_column_names()[i];
  names[HS_N_BLOCK_COLUMNS + COLUMN_GAP] = "gap_ns";
  names[HS_N_BLOCK_COLUMNS + COLUMN_SHARED] = "shared";
  names[HS_N_BLOCK_COLUMNS + COLUMN_OFFSET] = "offset";
  return names;
}

typedef struct {
  HsTimeline *timeline;
  const HsCliRows *options;
  HsTimeRange range;
  uint32_t n_rows;
  HsBiography *biography;
  HsRowSet *set;     /* of it, what passes */
  HsRowOrder *order; /* the set's, or NULL for the order of births */
} Answer;

static void
answer_clear(Answer *answer)
{
  g_clear_pointer(&answer->order, hs_row_order_unref);
  g_clear_pointer(&answer->set, hs_row_set_unref);
  g_clear_pointer(&answer->biography, hs_biography_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static bool
sort_answer(Answer *a)
{
  const HsCliRows *options = a->options;
  int own = options->sort - HS_N_BLOCK_COLUMNS;
  if (options->sort < 0)
    return true;
  /* What is shared has no time it was free for: both go by one order. The further in, the lower the block begins. */
  if (own == COLUMN_GAP || own == COLUMN_SHARED)
    a->order = hs_biography_order_new(a->biography, a->set, options->descending, NULL);
  else
    a->order = hs_block_order_new(a->timeline, a->set, a->range, a->n_rows,
                                  own == COLUMN_OFFSET ? HS_BLOCK_COLUMN_ADDRESS : (HsBlockColumn)options->sort,
                                  own == COLUMN_OFFSET ? !options->descending : options->descending, NULL);
  return a->order != NULL;
}

/* False after a message if there is not enough memory. */
static bool
find_answer(Answer *a, uint32_t pid, uint64_t address)
{
  a->range = hs_cli_time_range(hs_timeline_clock(a->timeline), a->options->range);
  a->n_rows = hs_timeline_n_rows(a->timeline);
  g_autoptr(HsRowSet) passing = hs_row_set_new_query_blocks(a->timeline, a->options->query, a->range, a->n_rows, NULL);
  a->biography = hs_biography_new(a->timeline, pid, address, a->n_rows, NULL);
  if (passing != NULL && a->biography != NULL)
    a->set = hs_row_set_new_both(a->biography->blocks, passing);
  if (a->set != NULL && sort_answer(a))
    return true;
  hs_cli_message(_("out of memory"));
  return false;
}

static void
write_rows(HsCliRowWriter *rows, const Answer *a)
{
  uint32_t count = hs_row_set_count(a->set), block = 0;
  uint64_t limit = a->options->limit;
  for (uint32_t i = 0; i < count && limit > 0; i++, block++) {
    HsBlockRow row;
    HsCliExtra extras[N_OWN_COLUMNS] = {
        [COLUMN_SHARED] = {.kind = HS_CLI_EXTRA_BOOL}, [COLUMN_OFFSET] = {.kind = HS_CLI_EXTRA_INT}};
    block = a->order != NULL ? hs_row_order_at(a->order, i) : hs_row_set_next(a->set, block);
    if (i % BLOCKS_A_LOOK == 0 && hs_cli_writer_failed(rows->writer))
      break;
    hs_block_row(a->timeline, (HsBlockId){block}, a->range, a->n_rows, &row);
    if (row.type == HS_BLOCK_TYPE_NONE)
      continue;
    if (hs_biography_vacancy_ns(a->biography, a->timeline, row.block.id, &extras[COLUMN_GAP].number))
      extras[COLUMN_GAP].kind = HS_CLI_EXTRA_INT;
    extras[COLUMN_SHARED].number = hs_biography_vacancy_ticks(a->biography, row.block.id) == HS_VACANCY_SHARED;
    extras[COLUMN_OFFSET].number = (int64_t)(a->biography->address - row.block.address);
    hs_cli_write_block_with(rows, column_names(), &row, extras);
    limit--;
  }
}

static int
write_biography(const char *path, const HsCliRows *options, uint32_t pid, uint64_t address)
{
  int status;
  g_autoptr(HsLoader) loader = hs_cli_load(path, &status);
  if (loader == NULL)
    return status;
  g_auto(Answer) answer = {.timeline = hs_loader_timeline(loader), .options = options};
  if (!find_answer(&answer, pid, address))
    return HS_CLI_EXIT_FAILED;
  HsCliWriter writer;
  HsCliRowWriter rows;
  hs_cli_writer_init(&writer, STDOUT_FILENO);
  hs_cli_row_writer_init(&rows, &writer, answer.timeline, &options->columns, options->as_ndjson);
  if (!options->as_ndjson)
    hs_cli_row_put_header(&rows, column_names());
  write_rows(&rows, &answer);
  hs_cli_row_writer_clear(&rows);
  return hs_cli_writer_finish(&writer);
}

/* False after a message. */
static bool
read_place(const char *pid_text, const char *address_text, uint32_t *pid, uint64_t *address)
{
  uint64_t number = 0;
  HsPlace place;
  g_autoptr(GError) error = NULL;
  if (pid_text == NULL) {
    hs_cli_usage_error("biography", _("no --pid given: an address is that of a process"));
    return false;
  }
  if (!hs_cli_parse_count(pid_text, &number, &error) || number >= UINT32_MAX) {
    hs_cli_usage_error("biography", _("“%s” is not a process id"), pid_text);
    return false;
  }
  if (!hs_place_parse(address_text, &place, NULL) || place.kind != HS_PLACE_ADDRESS) {
    hs_cli_usage_error("biography", _("“%s” is not an address; expected one such as 0x7f3c24a18e40"), address_text);
    return false;
  }
  *pid = (uint32_t)number;
  *address = place.address;
  return true;
}

static char *
describe(void)
{
  return g_strconcat(
      _("Columns: those of allocations, then gap_ns,shared,offset\n\n"
        "gap_ns is for how long nobody lived there before: from the end of the last block until this one began.\n"
        "It is empty for the first block, and where one from before still lives there: then shared is true. Blocks\n"
        "that do not pass the filter count, too. offset is how far into the block the address is. If the process id\n"
        "was used again, each process has its own first block.\n\n"
        "The language of filters is in heapscope-cli(1)."),
      NULL);
}

int
hs_cli_biography_run(int argc, char **argv)
{
  g_auto(HsCliRawRows) raw = {NULL};
  g_auto(HsCliRows) rows = {0};
  g_autofree char *pid_text = NULL;
  g_autofree char *address_text = NULL;
  g_autofree char *description = describe();
  GOptionEntry entries[HS_CLI_ROWS_ENTRIES + 1] = {
      {"pid", 0, 0, G_OPTION_ARG_STRING, &pid_text, N_("The process whose address it is"), N_("PID")}};
  hs_cli_rows_entries(&raw, entries + 1);
  const HsCliOptions options = {
      .command = "biography",
      .summary = _("Prints every block that ever held an address of a process, in the order they began, a line each."),
      .description = description,
      .entries = entries,
      .operand = _("ADDRESS"),
  };
  uint32_t pid;
  uint64_t address;
  g_autofree char *path = hs_cli_parse_operand(&options, argc, argv, &address_text);
  if (path == NULL || !read_place(pid_text, address_text, &pid, &address) ||
      !hs_cli_rows_read("biography", &raw, column_names(), &rows))
    return HS_CLI_EXIT_USAGE;
  return write_biography(path, &rows, pid, address);
}
