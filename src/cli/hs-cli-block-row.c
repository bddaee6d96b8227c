/* SPDX-License-Identifier: MIT */
#include "hs-cli-block-row.h"

#include "hs-cli.h"

/* All ones if no record told it. */
static uint32_t
tid_of(const HsCliRowWriter *rows, HsThreadId thread)
{
  return thread.v != HS_ID_NONE ? hs_timeline_thread(rows->timeline, thread)->tid : UINT32_MAX;
}

static uint32_t
pid_of(const HsCliRowWriter *rows, const HsBlockRow *row)
{
  return row->process.v != HS_ID_NONE ? hs_timeline_process(rows->timeline, row->process)->pid : UINT32_MAX;
}

static const char *
process_of(const HsCliRowWriter *rows, const HsBlockRow *row)
{
  return row->process.v < rows->n_processes ? rows->process_names[row->process.v] : NULL;
}

static bool
has_value(const HsCliRowWriter *rows, const HsBlockRow *row, HsBlockColumn column)
{
  switch (column) {
  case HS_BLOCK_COLUMN_PID:
    return pid_of(rows, row) != UINT32_MAX;
  case HS_BLOCK_COLUMN_PROCESS:
    return process_of(rows, row) != NULL;
  case HS_BLOCK_COLUMN_HEAP:
    return row->block.heap.v != HS_ID_NONE;
  case HS_BLOCK_COLUMN_SOURCE:
    return row->block.source != HS_SOURCE_NONE;
  case HS_BLOCK_COLUMN_FREE_TIME:
  case HS_BLOCK_COLUMN_LIFETIME:
  case HS_BLOCK_COLUMN_END:
    return row->is_over;
  case HS_BLOCK_COLUMN_TID:
    return tid_of(rows, row->block.thread) != UINT32_MAX;
  case HS_BLOCK_COLUMN_FREE_TID:
    return tid_of(rows, row->free_thread) != UINT32_MAX;
  default:
    return true;
  }
}

static void
put_source(const HsCliRowWriter *rows, const HsBlockRow *row)
{
  if (row->block.source == HS_SOURCE_UNKNOWN)
    hs_cli_put_uint(rows->writer, row->source_id);
  else
    hs_cli_row_put_name(rows, hs_source_name(row->block.source));
}

/* Of a block that has_value(). */
static void
put_value(const HsCliRowWriter *rows, const HsBlockRow *row, HsBlockColumn column)
{
  const HsBlock *block = &row->block;
  HsCliWriter *writer = rows->writer;
  switch (column) {
  case HS_BLOCK_COLUMN_ROW:
    hs_cli_put_uint(writer, block->begin_row);
    break;
  case HS_BLOCK_COLUMN_PID:
    hs_cli_put_uint(writer, pid_of(rows, row));
    break;
  case HS_BLOCK_COLUMN_PROCESS:
    hs_cli_put(writer, process_of(rows, row));
    break;
  case HS_BLOCK_COLUMN_HEAP:
    hs_cli_row_put_hex(rows, hs_timeline_heap(rows->timeline, block->heap)->handle);
    break;
  case HS_BLOCK_COLUMN_ADDRESS:
    hs_cli_row_put_hex(rows, block->address);
    break;
  case HS_BLOCK_COLUMN_SIZE:
    hs_cli_put_uint(writer, block->size);
    break;
  case HS_BLOCK_COLUMN_SOURCE:
    put_source(rows, row);
    break;
  case HS_BLOCK_COLUMN_TYPE:
    hs_cli_row_put_name(rows, hs_block_type_name(row->type));
    break;
  case HS_BLOCK_COLUMN_IMPACTING:
    hs_cli_put_uint(writer, row->impacting_bytes);
    break;
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    hs_cli_put_int(writer, hs_cli_row_time_ns(rows, block->begin_ticks));
    break;
  case HS_BLOCK_COLUMN_FREE_TIME:
    hs_cli_put_int(writer, hs_cli_row_time_ns(rows, block->end_ticks));
    break;
  case HS_BLOCK_COLUMN_LIFETIME:
    hs_cli_put_int(writer, row->lifetime_ns);
    break;
  case HS_BLOCK_COLUMN_END:
    hs_cli_row_put_name(rows, hs_end_name(block->end));
    break;
  case HS_BLOCK_COLUMN_IS_REALLOC:
    hs_cli_put(writer, block->is_realloc ? "true" : "false");
    break;
  case HS_BLOCK_COLUMN_TID:
    hs_cli_put_uint(writer, tid_of(rows, block->thread));
    break;
  case HS_BLOCK_COLUMN_FREE_TID:
    hs_cli_put_uint(writer, tid_of(rows, row->free_thread));
    break;
  case HS_BLOCK_COLUMN_BUCKET:
    hs_cli_put_uint(writer, row->bucket_bytes);
    break;
  case HS_N_BLOCK_COLUMNS:
    g_assert_not_reached();
  }
}

static void
put_extra(const HsCliRowWriter *rows, const HsCliExtra *extra)
{
  if (extra->kind == HS_CLI_EXTRA_INT)
    hs_cli_put_int(rows->writer, extra->number);
  else if (extra->kind == HS_CLI_EXTRA_BOOL)
    hs_cli_put(rows->writer, extra->number != 0 ? "true" : "false");
  else if (extra->kind == HS_CLI_EXTRA_NAME)
    hs_cli_row_put_name(rows, extra->name);
}

static const HsCliExtra *
extra_of(const HsCliExtra *extras, unsigned column)
{
  return column >= HS_N_BLOCK_COLUMNS ? &extras[column - HS_N_BLOCK_COLUMNS] : NULL;
}

static bool
has_cell(const HsCliRowWriter *rows, const HsBlockRow *row, unsigned column, const HsCliExtra *extras)
{
  const HsCliExtra *extra = extra_of(extras, column);
  return extra != NULL ? extra->kind != HS_CLI_EXTRA_NONE : has_value(rows, row, (HsBlockColumn)column);
}

/* Of what has_cell(). */
static void
put_cell(const HsCliRowWriter *rows, const HsBlockRow *row, unsigned column, const HsCliExtra *extras)
{
  const HsCliExtra *extra = extra_of(extras, column);
  if (extra != NULL)
    put_extra(rows, extra);
  else
    put_value(rows, row, (HsBlockColumn)column);
}

static void
write_csv(const HsCliRowWriter *rows, const HsBlockRow *row, const HsCliExtra *extras)
{
  for (unsigned i = 0; i < rows->columns->n; i++) {
    if (i > 0)
      hs_cli_put_char(rows->writer, ',');
    if (has_cell(rows, row, rows->columns->at[i], extras))
      put_cell(rows, row, rows->columns->at[i], extras);
  }
  hs_cli_put_char(rows->writer, '\n');
}

static void
write_json(const HsCliRowWriter *rows, const char *const *names, const HsBlockRow *row, const HsCliExtra *extras)
{
  bool any = false;
  hs_cli_put_char(rows->writer, '{');
  for (unsigned i = 0; i < rows->columns->n; i++) {
    unsigned column = rows->columns->at[i];
    if (!has_cell(rows, row, column, extras))
      continue;
    if (any)
      hs_cli_put_char(rows->writer, ',');
    hs_cli_row_put_name(rows, names[column]);
    hs_cli_put_char(rows->writer, ':');
    put_cell(rows, row, column, extras);
    any = true;
  }
  hs_cli_put(rows->writer, "}\n");
}

void
hs_cli_write_block_with(HsCliRowWriter *rows, const char *const *names, const HsBlockRow *row, const HsCliExtra *extras)
{
  if (rows->as_ndjson)
    write_json(rows, names, row, extras);
  else
    write_csv(rows, row, extras);
}

void
hs_cli_write_block(HsCliRowWriter *rows, const HsBlockRow *row)
{
  hs_cli_write_block_with(rows, hs_block_column_names(), row, NULL);
}
