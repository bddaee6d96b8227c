/* SPDX-License-Identifier: MIT */
/* Two moments compared, in groups: its items are places in the array of groups, which ascend with the groups' keys. */
#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-format.h"
#include "hs-pivot-rows.h"
#include "hs-pivot-text.h"
#include "hs-table-sides.h"
#include "hs-table-values.h"

static const struct {
  const char *title, *tip, *name, *sample;
} texts[HS_N_SIDE_COLUMNS] = {
    [HS_SIDE_COLUMN_GROUP] = {N_("Group"), N_("What the blocks have in common"), "group",
                              "0x1f00000000 · process.exe  "},
    [HS_SIDE_COLUMN_CAME] = {N_("Only at B"), N_("Blocks that live at B and not at A"), "b_count", "00,000,000"},
    [HS_SIDE_COLUMN_CAME_BYTES] = {N_("Bytes at B"), N_("Their bytes"), "b_bytes", "0,000,000,000 B"},
    [HS_SIDE_COLUMN_WENT] = {N_("Only at A"), N_("Blocks that live at A and not at B"), "a_count", "00,000,000"},
    [HS_SIDE_COLUMN_WENT_BYTES] = {N_("Bytes at A"), N_("Their bytes"), "a_bytes", "0,000,000,000 B"},
    [HS_SIDE_COLUMN_NET] = {N_("Net blocks"), N_("By how many blocks B has more than A"), "net_count", "+00,000,000"},
    [HS_SIDE_COLUMN_NET_BYTES] = {N_("Net bytes"), N_("By how many bytes B has more than A"), "net_bytes",
                                  "+0,000,000,000 B"},
};

static const char *
title(void)
{
  return _("A–B");
}

static const char *
column_title(int column)
{
  return _(texts[column].title);
}

static const char *
column_tip(int column)
{
  return _(texts[column].tip);
}

static const char *
column_name(int column)
{
  return texts[column].name;
}

static bool
is_number(int column)
{
  return column != HS_SIDE_COLUMN_GROUP;
}

static bool
is_mono(int column)
{
  return false;
}

static const char *
sample(int column)
{
  return texts[column].sample;
}

/* --- items --- */

static bool
prepare(HsTableModel *model, const int *cancel)
{
  if (model->question.pins[HS_SIDE_A] == INT64_MIN || model->question.pins[HS_SIDE_B] == INT64_MIN ||
      model->blocks == NULL)
    return true;
  if (!hs_table_sides_compare(model, cancel))
    return false;
  model->groups = hs_comparison_groups_new(model->comparison, model->timeline, model->question.by, cancel);
  if (model->groups == NULL)
    return false;
  model->set = hs_row_set_new_all(model->groups->len);
  return true;
}

static HsRowOrder *
order_new(const HsTableModel *model, int column, bool descending, const int *cancel)
{
  return hs_side_groups_order_new(model->groups, model->set, (HsSideColumn)column, descending, cancel);
}

static void
load(const HsTableModel *model, uint32_t item, HsTableRow *row)
{
  row->group.of = g_array_index(model->groups, HsSideGroup, item);
  row->group.by = model->question.by;
}

/* --- cells --- */

/* Bytes to the last of them, with a sign where they are a change. */
static const char *
value_text(HsSideColumn column, int64_t value, char *buffer, size_t size)
{
  bool is_bytes =
      column == HS_SIDE_COLUMN_CAME_BYTES || column == HS_SIDE_COLUMN_WENT_BYTES || column == HS_SIDE_COLUMN_NET_BYTES;
  bool is_net = column == HS_SIDE_COLUMN_NET || column == HS_SIDE_COLUMN_NET_BYTES;
  bool is_negative = is_net && value < 0;
  char number[HS_FORMAT_MAX];
  hs_format_count(number, sizeof number, is_negative ? 0 - (uint64_t)value : (uint64_t)value);
  if (value == 0)
    return is_net ? "0" : "";
  g_snprintf(buffer, size, "%s%s%s", is_negative ? "−" : is_net ? "+" : "", number, is_bytes ? " B" : "");
  return buffer;
}

static const char *
cell_text(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  if (column != HS_SIDE_COLUMN_GROUP)
    return value_text((HsSideColumn)column, hs_side_column_value(&row->group.of.sums, (HsSideColumn)column), buffer,
                      size);
  g_autofree char *name = hs_pivot_key_text(model->timeline, model->question.by, row->group.of.key);
  g_strlcpy(buffer, name, size);
  return buffer;
}

/* "1.2 MiB", where the cell counts every byte. */
static const char *
cell_tip(const HsTableModel *model, const HsTableRow *row, int column, char *buffer, size_t size)
{
  if (column != HS_SIDE_COLUMN_CAME_BYTES && column != HS_SIDE_COLUMN_WENT_BYTES && column != HS_SIDE_COLUMN_NET_BYTES)
    return NULL;
  return hs_format_bytes(buffer, size, hs_side_column_value(&row->group.of.sums, (HsSideColumn)column));
}

static bool
swatch(const HsPalette *palette, const HsTableRow *row, HsColor *color)
{
  bool has_color =
      row->group.by == HS_PIVOT_HEAP || (row->group.by == HS_PIVOT_SOURCE && row->group.of.key != HS_SOURCE_NONE);
  if (has_color)
    *color = row->group.by == HS_PIVOT_HEAP ? hs_palette_heap(palette, (HsHeapId){row->group.of.key})
                                            : hs_palette_source(palette, (HsSource)row->group.of.key);
  return has_color;
}

static bool
copy_cell(const HsTableModel *model, const HsTableRow *row, int column, GString *text)
{
  if (column == HS_SIDE_COLUMN_GROUP)
    return false;
  g_string_append_printf(text, "%" PRId64, hs_side_column_value(&row->group.of.sums, (HsSideColumn)column));
  return true;
}

static char *
filter_value(const HsTableModel *model, const HsTableRow *row, int column, const char **field)
{
  uint32_t key = row->group.of.key;
  if (key == HS_ID_NONE)
    return NULL;
  switch (model->question.by) {
  case HS_PIVOT_PROCESS:
    return hs_table_filter_pid(model->timeline, (HsProcessId){key}, field);
  case HS_PIVOT_HEAP:
    return hs_table_filter_heap(model->timeline, (HsHeapId){key}, field);
  case HS_PIVOT_THREAD:
    return hs_table_filter_tid(model->timeline, (HsThreadId){key}, field);
  case HS_PIVOT_SOURCE:
    *field = "source";
    return key != HS_SOURCE_NONE ? g_strdup(hs_source_name((HsSource)key)) : NULL;
  case HS_PIVOT_SIZE:
    *field = "size";
    return hs_size_class_value(key);
  case HS_PIVOT_END:
    *field = "end";
    return g_strdup(key != HS_END_NONE ? hs_end_name((HsEnd)key) : "outstanding");
  case HS_PIVOT_TYPE:
  case HS_N_PIVOTS:
    break;
  }
  return NULL;
}

static void
subject(const HsTableModel *model, const HsTableRow *row, HsTableSubject *subject)
{
  uint32_t key = row->group.of.key;
  HsPivotBy by = model->question.by;
  *subject = (HsTableSubject){.process = {by == HS_PIVOT_PROCESS ? key : HS_ID_NONE},
                              .heap = {by == HS_PIVOT_HEAP ? key : HS_ID_NONE},
                              .block = {HS_ID_NONE},
                              .source = by == HS_PIVOT_SOURCE ? (HsSource)key : HS_SOURCE_NONE,
                              .row = UINT32_MAX};
}

static uint32_t
chosen(HsDocument *document)
{
  return UINT32_MAX;
}

const HsTableKind hs_table_groups = {
    .name = "compare-groups",
    .n_columns = HS_N_SIDE_COLUMNS,
    .natural_column = HS_SIDE_COLUMN_GROUP,
    .wide_column = HS_SIDE_COLUMN_GROUP,
    .swatch_column = HS_SIDE_COLUMN_GROUP,
    .process_column = HS_TABLE_NO_COLUMN,
    .handle_column = HS_TABLE_NO_COLUMN,
    .flags_column = HS_TABLE_NO_COLUMN,
    .prepares_slowly = true,
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
    .cell_tip = cell_tip,
    .swatch = swatch,
    .copy_cell = copy_cell,
    .filter_value = filter_value,
    .subject = subject,
    .chosen = chosen,
};
