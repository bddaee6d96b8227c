/* SPDX-License-Identifier: MIT */
/* The biography of an address: its items are ids of the blocks that ever held it, in the order of their births. */
#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-block-text.h"
#include "hs-document-places.h"
#include "hs-format.h"
#include "hs-table-blocks.h"
#include "hs-table-values.h"

/* Columns beside those of blocks. */
enum { COLUMN_GAP = HS_N_BLOCK_COLUMNS, COLUMN_OFFSET };

static const int columns[] = {
    HS_BLOCK_COLUMN_ALLOC_TIME,
    COLUMN_GAP,
    HS_BLOCK_COLUMN_FREE_TIME,
    HS_BLOCK_COLUMN_LIFETIME,
    HS_BLOCK_COLUMN_END,
    HS_BLOCK_COLUMN_ADDRESS,
    COLUMN_OFFSET,
    HS_BLOCK_COLUMN_SIZE,
    HS_BLOCK_COLUMN_HEAP,
    HS_BLOCK_COLUMN_SOURCE,
    HS_BLOCK_COLUMN_IS_REALLOC,
    HS_BLOCK_COLUMN_TID,
    HS_BLOCK_COLUMN_FREE_TID,
    HS_BLOCK_COLUMN_PROCESS,
    HS_BLOCK_COLUMN_PID,
    HS_BLOCK_COLUMN_ROW,
};

/* Places in it that the kind names. */
enum { ALLOC_TIME = 0, HANDLE = 8, SOURCE = 9, PROCESS = 13 };

static bool
is_own(int column)
{
  return columns[column] >= HS_N_BLOCK_COLUMNS;
}

static const char *
title(void)
{
  return _("Biography");
}

static const char *
empty_text(HsDocument *document)
{
  uint32_t pid;
  uint64_t address;

  if (!hs_document_get_dwelling(document, &pid, &address))
    return _("No address was asked for");
  return hs_query_is_empty(hs_document_get_query(document))
             ? _("No block ever held this address")
             : _("No block that passes the filter ever held this address");
}

/* --- columns --- */

static const char *
column_title(int column)
{
  if (columns[column] == COLUMN_GAP)
    return _("Free before");
  return is_own(column) ? _("Offset") : hs_block_column_title((HsBlockColumn)columns[column]);
}

static const char *
column_tip(int column)
{
  if (columns[column] == COLUMN_GAP)
    return _("For how long nobody lived there before: from the last free to this allocation");
  return is_own(column) ? _("How far into the block the address is")
                        : hs_block_column_tip((HsBlockColumn)columns[column]);
}

static const char *
column_name(int column)
{
  if (columns[column] == COLUMN_GAP)
    return "gap_ns";
  return is_own(column) ? "offset" : hs_block_column_names()[columns[column]];
}

static bool
is_number(int column)
{
  return is_own(column) || hs_block_column_is_number((HsBlockColumn)columns[column]);
}

static bool
is_mono(int column)
{
  return !is_own(column) && hs_block_column_is_mono((HsBlockColumn)columns[column]);
}

static const char *
sample(int column)
{
  if (columns[column] == COLUMN_GAP)
    return "still held";
  return is_own(column) ? "0,000 B" : hs_block_column_sample((HsBlockColumn)columns[column]);
}

/* --- items --- */

static bool
asks(HsTableQuestion *question, HsDocument *document)
{
  question->has_address = hs_document_get_dwelling(document, &question->pid, &question->address);
  return question->has_address;
}

static bool
prepare(HsTableModel *model, const int *cancel)
{
  const HsTableQuestion *question = &model->question;
  if (!question->has_address || model->blocks == NULL)
    return true;
  model->biography = hs_biography_new(model->timeline, question->pid, question->address, model->n_rows, cancel);
  if (model->biography == NULL)
    return false;
  model->set = hs_row_set_new_both(model->biography->blocks, model->blocks);
  return model->set != NULL;
}

/* The further in, the lower the block begins. */
static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  if (columns[column] == COLUMN_GAP)
    return hs_biography_order_new(model->biography, model->set, descending, cancel);
  bool by_offset = columns[column] == COLUMN_OFFSET;
  return hs_block_order_new(model->timeline, model->set, model->range, model->n_rows,
                            by_offset ? HS_BLOCK_COLUMN_ADDRESS : (HsBlockColumn)columns[column],
                            by_offset ? !descending : descending, cancel);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  HsBlockId id = {item};
  hs_block_row(model->timeline, id, model->range, model->n_rows, &row->life.block);
  row->life.vacancy_ticks = hs_biography_vacancy_ticks(model->biography, id);
  row->life.has_vacancy = hs_biography_vacancy_ns(model->biography, model->timeline, id, &row->life.vacancy_ns);
  row->life.offset = model->biography->address - row->life.block.block.address;
}

/* --- cells --- */

static const char *
gap_text(const HsTableRow *row, char *buffer, size_t size)
{
  if (row->life.has_vacancy)
    return hs_format_duration(buffer, size, row->life.vacancy_ns);
  return row->life.vacancy_ticks == HS_VACANCY_SHARED ? _("still held") : "";
}

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  if (columns[column] == COLUMN_GAP)
    return gap_text(row, buffer, size);
  if (is_own(column))
    return hs_format_bytes_exact(buffer, size, row->life.offset);
  return hs_block_cell_text(model->timeline, &row->block, (HsBlockColumn)columns[column], buffer, size);
}

static const char *
cell_tip(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  if (columns[column] != COLUMN_GAP || row->life.has_vacancy)
    return NULL;
  if (row->life.vacancy_ticks == HS_VACANCY_SHARED)
    return _("A block from before still lives here: its free was lost, or the one lies in the other");
  return _("Nobody is known to have lived here before");
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  if (!is_own(column))
    return hs_table_block_copy_cell(model, row, (HsBlockColumn)columns[column], text);
  if (columns[column] == COLUMN_OFFSET)
    g_string_append_printf(text, "%" PRIu64, row->life.offset);
  else if (row->life.has_vacancy)
    hs_table_put_seconds(text, row->life.vacancy_ns);
  return true;
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  return is_own(column) ? NULL : hs_table_block_filter_value(model, row, (HsBlockColumn)columns[column], field);
}

const HsTableKind hs_table_biography = {
    .name = "biography",
    .n_columns = G_N_ELEMENTS(columns),
    .natural_column = ALLOC_TIME,
    .wide_column = HS_TABLE_NO_COLUMN,
    .swatch_column = SOURCE,
    .process_column = PROCESS,
    .handle_column = HANDLE,
    .flags_column = HS_TABLE_NO_COLUMN,
    .prepares_slowly = true,
    .has_memory = true,
    .asks = asks,
    .title = title,
    .empty_text = empty_text,
    .column_title = column_title,
    .column_tip = column_tip,
    .column_name = column_name,
    .is_number = is_number,
    .is_mono = is_mono,
    .sample = sample,
    .prepare = prepare,
    .order_new = order_new,
    .load = load,
    .cell_text = cell_text,
    .cell_tip = cell_tip,
    .swatch = hs_table_block_swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = hs_table_block_subject,
    .chosen = hs_table_block_chosen,
    .choose = hs_table_block_choose,
};
