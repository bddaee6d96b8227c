/* SPDX-License-Identifier: MIT */
/* The table of heaps: its items are ids of heaps, which ascend with the time at which heaps are first told of. Their
 * figures are those of the rows and blocks that pass, and are worked out in a worker. */
#include "hs-table-kind.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-heap-text.h"
#include "hs-table-values.h"

static const char *
title(void)
{
  return _("Heaps");
}

static const char *
empty_text(HsDocument *document)
{
  bool has_heaps = hs_timeline_n_heaps(hs_document_get_timeline(document)) > 0;

  return has_heaps ? _("No heap passes the filter") : _("No heaps");
}

/* --- columns --- */

static const char *
column_title(int column)
{
  return hs_heap_column_title((HsHeapColumn)column);
}

static const char *
column_tip(int column)
{
  return hs_heap_column_tip((HsHeapColumn)column);
}

static const char *
column_name(int column)
{
  return hs_heap_column_names()[column];
}

static bool
is_number(int column)
{
  return hs_heap_column_is_number((HsHeapColumn)column);
}

static bool
is_mono(int column)
{
  return hs_heap_column_is_mono((HsHeapColumn)column);
}

static const char *
sample(int column)
{
  return hs_heap_column_sample((HsHeapColumn)column);
}

/* --- items --- */

static bool
prepare(HsTableModel *model, const int *cancel)
{
  if (model->rows == NULL || model->blocks == NULL)
    return true;
  model->sums = hs_heap_sums_new(model->timeline, model->rows, model->blocks, model->series, model->n_rows, cancel);
  if (model->sums == NULL)
    return false;
  model->set = hs_heap_set_new(model->sums);
  return model->set != NULL;
}

static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  return hs_heap_order_new(model->timeline, model->sums, model->set, (HsHeapColumn)column, descending, cancel);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  hs_heap_row(model->timeline, hs_heap_sums_get(model->sums, hs_row_set_rank(model->set, item)), &row->heap);
}

/* --- cells --- */

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  return hs_heap_cell_text(model->timeline, &row->heap, (HsHeapColumn)column, buffer, size);
}

static const char *
cell_tip(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  return hs_heap_cell_tip(&row->heap, (HsHeapColumn)column, buffer, size);
}

static bool
swatch(const HsPalette *palette, const HsTableRow *row, HsColor *color)
{
  *color = hs_palette_heap(palette, (HsHeapId){row->heap.sum.heap});
  return true;
}

/* Per cent with three decimals. */
static void
put_share(GString *text, uint64_t part, uint64_t whole)
{
  uint64_t share = whole > 0 ? part * 100000 / whole : 0;

  if (whole > 0)
    g_string_append_printf(text, "%" PRIu64 ".%03" PRIu64, share / 1000, share % 1000);
}

static bool
copy_time(const HsTimeline *timeline, int64_t ticks, bool is_told, GString *text)
{
  if (is_told)
    hs_table_put_time(text, timeline, ticks);
  return true;
}

/* False for columns of something else. */
static bool
count_of(const HsHeapSum *sum, int column, uint64_t *count)
{
  switch (column) {
  case HS_HEAP_COLUMN_ALLOCS:
    *count = sum->allocs;
    return true;
  case HS_HEAP_COLUMN_FREES:
    *count = sum->frees;
    return true;
  case HS_HEAP_COLUMN_REALLOCS:
    *count = sum->reallocs;
    return true;
  case HS_HEAP_COLUMN_BLOCKS:
    *count = sum->outstanding_count;
    return true;
  case HS_HEAP_COLUMN_UNMATCHED_FREES:
    *count = sum->unmatched_frees;
    return true;
  case HS_HEAP_COLUMN_EVENTS:
    *count = sum->events;
    return true;
  default:
    return false;
  }
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  const HsHeapRow *heap = &row->heap;
  const HsHeapSum *sum = &heap->sum;
  uint64_t number;

  switch (column) {
  case HS_HEAP_COLUMN_CREATED:
    return copy_time(model->timeline, heap->create_ticks, heap->create_ticks != INT64_MIN, text);
  case HS_HEAP_COLUMN_DESTROYED:
    return copy_time(model->timeline, heap->destroy_ticks, heap->destroy_ticks != INT64_MAX, text);
  case HS_HEAP_COLUMN_PEAK_TIME:
    return copy_time(model->timeline, sum->peak_ticks, sum->peak_bytes > 0, text);
  case HS_HEAP_COLUMN_SLOW_PATH:
    put_share(text, sum->slow_path, sum->allocs + sum->reallocs);
    return true;
  default:
    break;
  }
  if (!count_of(sum, column, &number) && !hs_heap_cell_bytes(heap, (HsHeapColumn)column, &number))
    return false;
  g_string_append_printf(text, "%" PRIu64, number);
  return true;
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  switch (column) {
  case HS_HEAP_COLUMN_PROCESS:
    return hs_table_filter_process(model->timeline, row->heap.process, field);
  case HS_HEAP_COLUMN_PID:
    return hs_table_filter_pid(model->timeline, row->heap.process, field);
  case HS_HEAP_COLUMN_HANDLE:
    return hs_table_filter_heap(model->timeline, (HsHeapId){row->heap.sum.heap}, field);
  default:
    return NULL;
  }
}

static void
subject(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject)
{
  *subject = (HsTableSubject){
      .process = row->heap.process, .heap = {row->heap.sum.heap}, .block = {HS_ID_NONE}, .row = UINT32_MAX};
}

static uint32_t
chosen(HsDocument *document)
{
  HsRow row = hs_document_get_row(document);

  return row != UINT32_MAX ? hs_timeline_row_heap(hs_document_get_timeline(document), row).v : UINT32_MAX;
}

const HsTableKind hs_table_heaps = {
    .name = "heaps",
    .n_columns = HS_N_HEAP_COLUMNS,
    .natural_column = HS_TABLE_NO_COLUMN,
    .wide_column = HS_TABLE_NO_COLUMN,
    .swatch_column = HS_HEAP_COLUMN_HANDLE,
    .process_column = HS_HEAP_COLUMN_PROCESS,
    .handle_column = HS_HEAP_COLUMN_HANDLE,
    .flags_column = HS_HEAP_COLUMN_FLAGS,
    .prepares_slowly = true,
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
    .swatch = swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = subject,
    .chosen = chosen,
};
