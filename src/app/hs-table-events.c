/* SPDX-License-Identifier: MIT */
/* The table of events: its items are rows of the timeline. */
#include "hs-table-kind.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-event-text.h"
#include "hs-table-values.h"

static const char *
title(void)
{
  return _("Events");
}

static const char *
empty_text(HsDocument *document)
{
  return hs_document_get_n_rows(document) > 0 ? _("No event passes the filter") : _("No heap events");
}

/* --- columns --- */

static const char *
column_title(int column)
{
  return hs_event_column_title((HsEventColumn)column);
}

static const char *
column_tip(int column)
{
  return hs_event_column_tip((HsEventColumn)column);
}

static const char *
column_name(int column)
{
  return hs_event_column_name((HsEventColumn)column);
}

static bool
is_number(int column)
{
  return hs_event_column_is_number((HsEventColumn)column);
}

static bool
is_mono(int column)
{
  return hs_event_column_is_mono((HsEventColumn)column);
}

static const char *
sample(int column)
{
  return hs_event_column_sample((HsEventColumn)column);
}

/* --- items --- */

static bool
prepare(HsTableModel *model, const int *cancel)
{
  model->set = model->rows != NULL ? hs_row_set_ref(model->rows) : NULL;
  return true;
}

static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  return hs_row_order_new(model->timeline, model->set, (HsEventColumn)column, descending, cancel);
}

static void
span(const HsTableModel *model, HsTimeRange range, uint32_t *first, uint32_t *end)
{
  *first = hs_timeline_row_at(model->timeline, range.t0_ticks, model->n_rows);
  *end = hs_timeline_row_at(model->timeline, range.t1_ticks, model->n_rows);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  hs_timeline_event(model->timeline, item, &row->event);
}

/* --- cells --- */

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  return hs_event_cell_text(model->timeline, &row->event, (HsEventColumn)column, buffer, size);
}

static bool
swatch(const HsPalette *palette, const HsTableRow *row, HsColor *color)
{
  if (row->event.source == HS_SOURCE_NONE)
    return false;
  *color = hs_palette_source(palette, row->event.source);
  return true;
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  const HsEvent *event = &row->event;

  switch (column) {
  case HS_COLUMN_TIME:
    hs_table_put_time(text, model->timeline, event->ticks);
    return true;
  case HS_COLUMN_SIZE:
    if (event->has_size)
      g_string_append_printf(text, "%" PRIu64, event->size);
    return true;
  case HS_COLUMN_OLD_SIZE:
    if (event->has_old)
      g_string_append_printf(text, "%" PRIu64, event->old_size);
    return true;
  default:
    return false;
  }
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  const HsTimeline *timeline = model->timeline;
  const HsEvent *event = &row->event;

  /* But for times and details, fields are named as columns are. */
  *field = column_name(column);
  switch (column) {
  case HS_COLUMN_OPERATION:
    return g_strdup(hs_op_name(event->op));
  case HS_COLUMN_PROCESS:
    return hs_table_filter_process(timeline, event->process, field);
  case HS_COLUMN_PID:
    return hs_table_filter_pid(timeline, event->process, field);
  case HS_COLUMN_TID:
    return hs_table_filter_tid(timeline, event->thread, field);
  case HS_COLUMN_HEAP:
    return hs_table_filter_heap(timeline, event->heap, field);
  case HS_COLUMN_ADDRESS:
    return event->has_address ? g_strdup_printf("0x%" PRIx64, event->address) : NULL;
  case HS_COLUMN_SIZE:
    return event->has_size ? g_strdup_printf("%" PRIu64, event->size) : NULL;
  case HS_COLUMN_SOURCE:
    return hs_table_filter_source(event->source, event->source_id, field);
  case HS_COLUMN_CPU:
    return g_strdup_printf("%u", event->cpu);
  case HS_COLUMN_OLD_ADDRESS:
    return event->has_old ? g_strdup_printf("0x%" PRIx64, event->old_address) : NULL;
  case HS_COLUMN_OLD_SIZE:
    return event->has_old ? g_strdup_printf("%" PRIu64, event->old_size) : NULL;
  default:
    return NULL;
  }
}

static void
subject(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject)
{
  const HsEvent *event = &row->event;

  *subject = (HsTableSubject){.process = event->process,
                              .heap = event->heap,
                              .block = event->block,
                              .source = event->source,
                              .row = event->row,
                              .has_address = event->has_address,
                              .address = event->address};
}

const HsTableKind hs_table_events = {
    .name = "events",
    .n_columns = HS_N_COLUMNS,
    .natural_column = HS_COLUMN_TIME,
    .wide_column = HS_COLUMN_DETAILS,
    .swatch_column = HS_COLUMN_SOURCE,
    .process_column = HS_COLUMN_PROCESS,
    .handle_column = HS_COLUMN_HEAP,
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
    .span = span,
    .load = load,
    .cell_text = cell_text,
    .swatch = swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = subject,
    .chosen = hs_document_get_row,
    .choose = hs_document_choose_row,
};
