/* SPDX-License-Identifier: MIT */
/* The table of allocations: its items are ids of blocks, which ascend with the time at which blocks begin. */
#include "hs-table-blocks.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-block-text.h"
#include "hs-query-plan.h"
#include "hs-table-values.h"

/* In WPA's order; the row, which WPA has not, comes last. */
static const HsBlockColumn columns[] = {
    HS_BLOCK_COLUMN_PROCESS,    HS_BLOCK_COLUMN_PID,       HS_BLOCK_COLUMN_HEAP,     HS_BLOCK_COLUMN_ADDRESS,
    HS_BLOCK_COLUMN_SIZE,       HS_BLOCK_COLUMN_SOURCE,    HS_BLOCK_COLUMN_TYPE,     HS_BLOCK_COLUMN_IMPACTING,
    HS_BLOCK_COLUMN_ALLOC_TIME, HS_BLOCK_COLUMN_FREE_TIME, HS_BLOCK_COLUMN_LIFETIME, HS_BLOCK_COLUMN_END,
    HS_BLOCK_COLUMN_IS_REALLOC, HS_BLOCK_COLUMN_TID,       HS_BLOCK_COLUMN_FREE_TID, HS_BLOCK_COLUMN_BUCKET,
    HS_BLOCK_COLUMN_ROW,
};
G_STATIC_ASSERT(G_N_ELEMENTS(columns) == HS_N_BLOCK_COLUMNS);

/* Places in it that the kind names. */
enum { PROCESS = 0, HANDLE = 2, SOURCE = 5, ALLOC_TIME = 8 };

static const char *
title(void)
{
  return _("Allocations");
}

static const char *
empty_text(HsDocument *document)
{
  bool has_blocks = hs_timeline_n_blocks(hs_document_get_timeline(document)) > 0;

  return has_blocks ? _("No allocation passes the filter") : _("No allocations");
}

/* --- columns --- */

static const char *
column_title(int column)
{
  return hs_block_column_title(columns[column]);
}

static const char *
column_tip(int column)
{
  return hs_block_column_tip(columns[column]);
}

static const char *
column_name(int column)
{
  return hs_block_column_names()[columns[column]];
}

static bool
is_number(int column)
{
  return hs_block_column_is_number(columns[column]);
}

static bool
is_mono(int column)
{
  return hs_block_column_is_mono(columns[column]);
}

static const char *
sample(int column)
{
  return hs_block_column_sample(columns[column]);
}

/* --- items --- */

static bool
prepare(HsTableModel *model, const int *cancel)
{
  model->set = model->blocks != NULL ? hs_row_set_ref(model->blocks) : NULL;
  return true;
}

static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  return hs_block_order_new(model->timeline, model->set, model->range, model->n_rows, columns[column], descending,
                            cancel);
}

static bool
follows_range(int column)
{
  return columns[column] == HS_BLOCK_COLUMN_TYPE || columns[column] == HS_BLOCK_COLUMN_IMPACTING;
}

static void
span(const HsTableModel *model, HsTimeRange range, uint32_t *first, uint32_t *end)
{
  HsRow row0 = hs_timeline_row_at(model->timeline, range.t0_ticks, model->n_rows);
  HsRow row1 = hs_timeline_row_at(model->timeline, range.t1_ticks, model->n_rows);

  *first = hs_row_set_count_blocks(model->timeline, row0);
  *end = hs_row_set_count_blocks(model->timeline, row1);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  hs_block_row(model->timeline, (HsBlockId){item}, model->range, model->n_rows, &row->block);
}

/* --- cells --- */

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  return hs_block_cell_text(model->timeline, &row->block, columns[column], buffer, size);
}

bool
hs_table_block_swatch(const HsPalette *palette, const HsTableRow *row, HsColor *color)
{
  HsSource source = row->block.block.source;

  if (source == HS_SOURCE_NONE)
    return false;
  *color = hs_palette_source(palette, source);
  return true;
}

bool
hs_table_block_copy_cell(const HsTableModel *model, const HsTableRow *row, HsBlockColumn column, GString *text)
{
  const HsBlock *block = &row->block.block;
  uint64_t number;

  switch (column) {
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    hs_table_put_time(text, model->timeline, block->begin_ticks);
    return true;
  case HS_BLOCK_COLUMN_FREE_TIME:
    if (row->block.is_over)
      hs_table_put_time(text, model->timeline, block->end_ticks);
    return true;
  case HS_BLOCK_COLUMN_LIFETIME:
    if (row->block.is_over)
      hs_table_put_seconds(text, row->block.lifetime_ns);
    return true;
  case HS_BLOCK_COLUMN_SIZE:
    number = block->size;
    break;
  case HS_BLOCK_COLUMN_IMPACTING:
    number = row->block.impacting_bytes;
    break;
  case HS_BLOCK_COLUMN_BUCKET:
    number = row->block.bucket_bytes;
    break;
  case HS_BLOCK_COLUMN_ROW:
    number = block->begin_row;
    break;
  default:
    return false;
  }
  g_string_append_printf(text, "%" PRIu64, number);
  return true;
}

/* The sizes that fall into a bucket; NULL for the largest one, whose end is no number of 64 bits. */
static char *
bucket_value(uint64_t bytes)
{
  if (bytes == 0)
    return g_strdup("0");
  return bytes <= INT64_MAX ? g_strdup_printf("%" PRIu64 "..%" PRIu64, bytes, bytes * 2) : NULL;
}

char *
hs_table_block_filter_value(const HsTableModel *model, const HsTableRow *row, HsBlockColumn column, const char **field)
{
  const HsTimeline *timeline = model->timeline;
  const HsBlock *block = &row->block.block;

  *field = hs_block_column_names()[column];
  switch (column) {
  case HS_BLOCK_COLUMN_PROCESS:
    return hs_table_filter_process(timeline, row->block.process, field);
  case HS_BLOCK_COLUMN_PID:
    return hs_table_filter_pid(timeline, row->block.process, field);
  case HS_BLOCK_COLUMN_HEAP:
    return hs_table_filter_heap(timeline, block->heap, field);
  case HS_BLOCK_COLUMN_ADDRESS:
    return g_strdup_printf("0x%" PRIx64, block->address);
  case HS_BLOCK_COLUMN_SIZE:
    return g_strdup_printf("%" PRIu64, block->size);
  case HS_BLOCK_COLUMN_SOURCE:
    return hs_table_filter_source(block->source, row->block.source_id, field);
  case HS_BLOCK_COLUMN_TYPE:
    return row->block.type != HS_BLOCK_TYPE_NONE ? g_strdup(hs_block_type_name(row->block.type)) : NULL;
  case HS_BLOCK_COLUMN_END:
    return g_strdup(block->end != HS_END_NONE ? hs_end_name(block->end) : "outstanding");
  case HS_BLOCK_COLUMN_TID:
    return hs_table_filter_tid(timeline, block->thread, field);
  case HS_BLOCK_COLUMN_BUCKET:
    *field = "size";
    return bucket_value(row->block.bucket_bytes);
  default:
    return NULL;
  }
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  return hs_table_block_copy_cell(model, row, columns[column], text);
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  return hs_table_block_filter_value(model, row, columns[column], field);
}

void
hs_table_block_subject(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject)
{
  const HsBlock *block = &row->block.block;

  *subject = (HsTableSubject){.process = row->block.process,
                              .heap = block->heap,
                              .block = block->id,
                              .source = block->source,
                              .row = block->begin_row,
                              .has_address = true,
                              .address = block->address};
}

uint32_t
hs_table_block_chosen(HsDocument *document)
{
  return hs_document_get_block(document).v;
}

void
hs_table_block_choose(HsDocument *document, uint32_t item)
{
  hs_document_choose_block(document, (HsBlockId){item});
}

const HsTableKind hs_table_blocks = {
    .name = "allocations",
    .n_columns = G_N_ELEMENTS(columns),
    .natural_column = ALLOC_TIME,
    .wide_column = HS_TABLE_NO_COLUMN,
    .swatch_column = SOURCE,
    .process_column = PROCESS,
    .handle_column = HANDLE,
    .flags_column = HS_TABLE_NO_COLUMN,
    .has_memory = true,
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
    .follows_range = follows_range,
    .span = span,
    .load = load,
    .cell_text = cell_text,
    .swatch = hs_table_block_swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = hs_table_block_subject,
    .chosen = hs_table_block_chosen,
    .choose = hs_table_block_choose,
};
