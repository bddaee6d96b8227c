/* SPDX-License-Identifier: MIT */
/* The large tables of a database: events and allocations, as the commands of these names print them. */
#include "hs-cli-export.h"

enum {
  EVENT_ROW,
  EVENT_TIME,
  EVENT_OPERATION,
  EVENT_PROCESS,
  EVENT_PID,
  EVENT_TID,
  EVENT_HEAP,
  EVENT_ADDRESS,
  EVENT_SIZE,
  EVENT_SOURCE,
  EVENT_CPU,
  EVENT_OLD_ADDRESS,
  EVENT_OLD_SIZE,
  N_EVENT_COLUMNS
};

/* Titles of the window's table, untranslated. */
static const HsCliDbColumn event_columns[N_EVENT_COLUMNS] = {
    [EVENT_ROW] = {"Row", HS_CLI_DB_ROW},
    [EVENT_TIME] = {"Time", HS_CLI_DB_TIME},
    [EVENT_OPERATION] = {"Operation", HS_CLI_DB_TEXT},
    [EVENT_PROCESS] = {"Process", HS_CLI_DB_TEXT},
    [EVENT_PID] = {"PID", HS_CLI_DB_NUMBER},
    [EVENT_TID] = {"TID", HS_CLI_DB_NUMBER},
    [EVENT_HEAP] = {"Heap", HS_CLI_DB_HEX},
    [EVENT_ADDRESS] = {"Address", HS_CLI_DB_HEX},
    [EVENT_SIZE] = {"Size", HS_CLI_DB_BYTES},
    [EVENT_SOURCE] = {"Source", HS_CLI_DB_TEXT},
    [EVENT_CPU] = {"CPU", HS_CLI_DB_NUMBER},
    [EVENT_OLD_ADDRESS] = {"Old address", HS_CLI_DB_HEX},
    [EVENT_OLD_SIZE] = {"Old size", HS_CLI_DB_BYTES},
};

/* WPA's titles, in WPA's order; the row is the key. */
static const HsCliDbColumn block_columns[HS_N_BLOCK_COLUMNS] = {
    {"Row", HS_CLI_DB_ROW},         {"Process", HS_CLI_DB_TEXT},
    {"PID", HS_CLI_DB_NUMBER},      {"Handle", HS_CLI_DB_HEX},
    {"Address", HS_CLI_DB_HEX},     {"Size", HS_CLI_DB_BYTES},
    {"Source", HS_CLI_DB_TEXT},     {"Type", HS_CLI_DB_TEXT},
    {"Impacting", HS_CLI_DB_BYTES}, {"Alloc Time", HS_CLI_DB_TIME},
    {"Free Time", HS_CLI_DB_TIME},  {"Lifetime", HS_CLI_DB_DURATION},
    {"End reason", HS_CLI_DB_TEXT}, {"Is Realloc", HS_CLI_DB_BOOL},
    {"Thread", HS_CLI_DB_NUMBER},   {"Free Thread", HS_CLI_DB_NUMBER},
    {"Bucket", HS_CLI_DB_BYTES},
};

/* Which of the table's columns that is. */
static const HsBlockColumn block_order[HS_N_BLOCK_COLUMNS] = {
    HS_BLOCK_COLUMN_ROW,       HS_BLOCK_COLUMN_PROCESS,    HS_BLOCK_COLUMN_PID,       HS_BLOCK_COLUMN_HEAP,
    HS_BLOCK_COLUMN_ADDRESS,   HS_BLOCK_COLUMN_SIZE,       HS_BLOCK_COLUMN_SOURCE,    HS_BLOCK_COLUMN_TYPE,
    HS_BLOCK_COLUMN_IMPACTING, HS_BLOCK_COLUMN_ALLOC_TIME, HS_BLOCK_COLUMN_FREE_TIME, HS_BLOCK_COLUMN_LIFETIME,
    HS_BLOCK_COLUMN_END,       HS_BLOCK_COLUMN_IS_REALLOC, HS_BLOCK_COLUMN_TID,       HS_BLOCK_COLUMN_FREE_TID,
    HS_BLOCK_COLUMN_BUCKET,
};

/* A number that Windows does not name is one here, too; the column makes a text of it. */
static void
put_source(HsSource source, uint32_t source_id, sqlite3_context *out)
{
  if (source == HS_SOURCE_UNKNOWN)
    sqlite3_result_int64(out, source_id);
  else if (source != HS_SOURCE_NONE)
    hs_cli_export_put_text(hs_source_name(source), out);
}

/* --- events --- */

G_STATIC_ASSERT(sizeof(HsEvent) <= HS_CLI_DB_ITEM_BYTES);

static bool
next_event(gpointer data, uint32_t *at, gpointer item)
{
  const HsCliExport *export = data;
  HsRow row = MAX(*at, export->first);
  if (row < export->end)
    row = hs_row_set_next(export->passing->rows, row);
  if (row >= export->end)
    return false;
  hs_timeline_event(export->timeline, row, item);
  *at = row;
  return true;
}

static void
put_event(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsEvent *event = item;
  switch (column) {
  case EVENT_ROW:
    sqlite3_result_int64(out, event->row);
    break;
  case EVENT_TIME:
    sqlite3_result_int64(out, hs_cli_export_ns(export, event->ticks));
    break;
  case EVENT_OPERATION:
    hs_cli_export_put_text(hs_op_name(event->op), out);
    break;
  case EVENT_PROCESS:
    hs_cli_export_put_process(export, event->process, out);
    break;
  case EVENT_PID:
    hs_cli_export_put_pid(export, event->process, out);
    break;
  case EVENT_TID:
    hs_cli_export_put_tid(export, event->thread, out);
    break;
  case EVENT_HEAP:
    hs_cli_export_put_heap(export, event->heap, out);
    break;
  case EVENT_ADDRESS:
    if (event->has_address)
      hs_cli_export_put_bits(event->address, out);
    break;
  case EVENT_SIZE:
    if (event->has_size)
      hs_cli_export_put_bits(event->size, out);
    break;
  case EVENT_SOURCE:
    put_source(event->source, event->source_id, out);
    break;
  case EVENT_CPU:
    sqlite3_result_int(out, event->cpu);
    break;
  case EVENT_OLD_ADDRESS:
    if (event->has_old)
      hs_cli_export_put_bits(event->old_address, out);
    break;
  case EVENT_OLD_SIZE:
    if (event->has_old)
      hs_cli_export_put_bits(event->old_size, out);
    break;
  default:
    break;
  }
}

const HsCliDbTable hs_cli_export_events = {
    .name = "events",
    .columns = event_columns,
    .n_columns = N_EVENT_COLUMNS,
    .next = next_event,
    .value = put_event,
};

/* --- allocations --- */

G_STATIC_ASSERT(sizeof(HsBlockRow) <= HS_CLI_DB_ITEM_BYTES);

static bool
next_block(gpointer data, uint32_t *at, gpointer item)
{
  const HsCliExport *export = data;
  const HsRowSet *set = export->passing->blocks;
  uint32_t n = hs_row_set_n_rows(set);
  HsBlockRow *row = item;
  for (uint32_t block = *at; block < n; block++) {
    block = hs_row_set_next(set, block);
    if (block >= n)
      break;
    hs_block_row(export->timeline, (HsBlockId){block}, export->range, export->passing->n_rows, row);
    if (row->type != HS_BLOCK_TYPE_NONE) {
      *at = block;
      return true;
    }
  }
  return false;
}

/* What a block has only once it is over. */
static void
put_end(const HsCliExport *export, const HsBlockRow *row, HsBlockColumn column, sqlite3_context *out)
{
  if (!row->is_over)
    return;
  if (column == HS_BLOCK_COLUMN_FREE_TIME)
    sqlite3_result_int64(out, hs_cli_export_ns(export, row->block.end_ticks));
  else if (column == HS_BLOCK_COLUMN_LIFETIME)
    sqlite3_result_int64(out, row->lifetime_ns);
  else
    hs_cli_export_put_text(hs_end_name(row->block.end), out);
}

static void
put_block(gpointer data, gconstpointer item, unsigned index, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsBlockRow *row = item;
  const HsBlock *block = &row->block;
  HsBlockColumn column = block_order[index];
  switch (column) {
  case HS_BLOCK_COLUMN_ROW:
    sqlite3_result_int64(out, block->begin_row);
    break;
  case HS_BLOCK_COLUMN_PROCESS:
    hs_cli_export_put_process(export, row->process, out);
    break;
  case HS_BLOCK_COLUMN_PID:
    hs_cli_export_put_pid(export, row->process, out);
    break;
  case HS_BLOCK_COLUMN_HEAP:
    hs_cli_export_put_heap(export, block->heap, out);
    break;
  case HS_BLOCK_COLUMN_ADDRESS:
    hs_cli_export_put_bits(block->address, out);
    break;
  case HS_BLOCK_COLUMN_SIZE:
    hs_cli_export_put_bits(block->size, out);
    break;
  case HS_BLOCK_COLUMN_SOURCE:
    put_source(block->source, row->source_id, out);
    break;
  case HS_BLOCK_COLUMN_TYPE:
    hs_cli_export_put_text(hs_block_type_name(row->type), out);
    break;
  case HS_BLOCK_COLUMN_IMPACTING:
    hs_cli_export_put_bits(row->impacting_bytes, out);
    break;
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    sqlite3_result_int64(out, hs_cli_export_ns(export, block->begin_ticks));
    break;
  case HS_BLOCK_COLUMN_FREE_TIME:
  case HS_BLOCK_COLUMN_LIFETIME:
  case HS_BLOCK_COLUMN_END:
    put_end(export, row, column, out);
    break;
  case HS_BLOCK_COLUMN_IS_REALLOC:
    sqlite3_result_int(out, block->is_realloc);
    break;
  case HS_BLOCK_COLUMN_TID:
    hs_cli_export_put_tid(export, block->thread, out);
    break;
  case HS_BLOCK_COLUMN_FREE_TID:
    hs_cli_export_put_tid(export, row->free_thread, out);
    break;
  case HS_BLOCK_COLUMN_BUCKET:
    hs_cli_export_put_bits(row->bucket_bytes, out);
    break;
  case HS_N_BLOCK_COLUMNS:
    g_assert_not_reached();
  }
}

const HsCliDbTable hs_cli_export_allocations = {
    .name = "allocations",
    .columns = block_columns,
    .n_columns = HS_N_BLOCK_COLUMNS,
    .next = next_block,
    .value = put_block,
};
