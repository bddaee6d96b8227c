/* SPDX-License-Identifier: MIT */
/* Two moments compared: its items are ids of the blocks that live at one of them and not at the other. */
#include <glib/gi18n.h>

#include "hs-block-text.h"
#include "hs-document-places.h"
#include "hs-table-blocks.h"
#include "hs-table-sides.h"

/* A column beside those of blocks. */
#define COLUMN_SIDE HS_N_BLOCK_COLUMNS

static const int columns[] = {
    COLUMN_SIDE,
    HS_BLOCK_COLUMN_ADDRESS,
    HS_BLOCK_COLUMN_SIZE,
    HS_BLOCK_COLUMN_HEAP,
    HS_BLOCK_COLUMN_SOURCE,
    HS_BLOCK_COLUMN_ALLOC_TIME,
    HS_BLOCK_COLUMN_FREE_TIME,
    HS_BLOCK_COLUMN_LIFETIME,
    HS_BLOCK_COLUMN_END,
    HS_BLOCK_COLUMN_IS_REALLOC,
    HS_BLOCK_COLUMN_TID,
    HS_BLOCK_COLUMN_FREE_TID,
    HS_BLOCK_COLUMN_BUCKET,
    HS_BLOCK_COLUMN_PROCESS,
    HS_BLOCK_COLUMN_PID,
    HS_BLOCK_COLUMN_ROW,
};

/* Places in it that the kind names. */
enum { HANDLE = 3, SOURCE = 4, ALLOC_TIME = 5, PROCESS = 13 };

static bool
is_side(int column)
{
  return columns[column] == COLUMN_SIDE;
}

static HsBlockColumn
block_column(int column)
{
  return (HsBlockColumn)columns[column];
}

static const char *
title(void)
{
  return _("A–B");
}

const char *
hs_table_sides_empty_text(HsDocument *document)
{
  if (hs_document_get_pin(document, HS_SIDE_A) == INT64_MIN || hs_document_get_pin(document, HS_SIDE_B) == INT64_MIN)
    return _("Set both pins to compare what lives at them");
  return _("The same blocks live at A and at B");
}

static const char *
column_title(int column)
{
  return is_side(column) ? _("Lives at") : hs_block_column_title(block_column(column));
}

static const char *
column_tip(int column)
{
  return is_side(column) ? _("The one of the two pins at which the block lives")
                         : hs_block_column_tip(block_column(column));
}

static const char *
column_name(int column)
{
  return is_side(column) ? "lives_at" : hs_block_column_names()[columns[column]];
}

static bool
is_number(int column)
{
  return !is_side(column) && hs_block_column_is_number(block_column(column));
}

static bool
is_mono(int column)
{
  return !is_side(column) && hs_block_column_is_mono(block_column(column));
}

static const char *
sample(int column)
{
  return is_side(column) ? "B" : hs_block_column_sample(block_column(column));
}

/* --- items --- */

bool
hs_table_sides_ask(HsTableQuestion *question, HsDocument *document)
{
  for (int side = 0; side < HS_N_SIDES; side++)
    question->pins[side] = hs_document_get_pin(document, side);
  return question->pins[HS_SIDE_A] != INT64_MIN && question->pins[HS_SIDE_B] != INT64_MIN;
}

bool
hs_table_sides_compare(HsTableModel *model, const int *cancel)
{
  const int64_t *pins = model->question.pins;
  model->comparison = hs_comparison_new(model->timeline, model->blocks, model->series, pins[HS_SIDE_A], pins[HS_SIDE_B],
                                        model->n_rows, cancel);
  return model->comparison != NULL;
}

static bool
prepare(HsTableModel *model, const int *cancel)
{
  if (model->question.pins[HS_SIDE_A] == INT64_MIN || model->question.pins[HS_SIDE_B] == INT64_MIN ||
      model->blocks == NULL)
    return true;
  if (!hs_table_sides_compare(model, cancel))
    return false;
  model->set = hs_row_set_ref(model->comparison->blocks);
  return true;
}

static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  if (is_side(column))
    return hs_comparison_order_new(model->comparison, model->timeline, model->set, descending, cancel);
  return hs_block_order_new(model->timeline, model->set, model->range, model->n_rows, block_column(column), descending,
                            cancel);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  HsBlockId id = {item};
  hs_block_row(model->timeline, id, model->range, model->n_rows, &row->side.block);
  row->side.side = hs_comparison_side(model->comparison, model->timeline, id);
}

/* --- cells --- */

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  if (is_side(column))
    return hs_side_name(row->side.side);
  return hs_block_cell_text(model->timeline, &row->block, block_column(column), buffer, size);
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  return !is_side(column) && hs_table_block_copy_cell(model, row, block_column(column), text);
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  return is_side(column) ? NULL : hs_table_block_filter_value(model, row, block_column(column), field);
}

const HsTableKind hs_table_sides = {
    .name = "compare",
    .n_columns = G_N_ELEMENTS(columns),
    .natural_column = ALLOC_TIME,
    .wide_column = HS_TABLE_NO_COLUMN,
    .swatch_column = SOURCE,
    .process_column = PROCESS,
    .handle_column = HANDLE,
    .flags_column = HS_TABLE_NO_COLUMN,
    .prepares_slowly = true,
    .has_memory = true,
    .asks = hs_table_sides_ask,
    .title = title,
    .empty_text = hs_table_sides_empty_text,
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
    .swatch = hs_table_block_swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = hs_table_block_subject,
    .chosen = hs_table_block_chosen,
    .choose = hs_table_block_choose,
};
