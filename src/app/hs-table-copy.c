/* SPDX-License-Identifier: MIT */
#include "hs-table-copy.h"

/* A name may hold what would break the table. */
static void
append_cell(GString *text, const char *cell)
{
  gsize start = text->len;

  g_string_append(text, cell);
  for (gsize i = start; i < text->len; i++)
    if (g_ascii_iscntrl(text->str[i]))
      text->str[i] = ' ';
}

static void
append_row(GString *text, const HsTableKind *kind, const HsTableModel *model, uint32_t item)
{
  char buffer[HS_TABLE_CELL_BYTES];
  HsTableRow row;

  kind->load(model, item, &row);
  for (int c = 0; c < kind->n_columns; c++) {
    if (c > 0)
      g_string_append_c(text, '\t');
    if (!kind->copy_cell(model, &row, c, text))
      append_cell(text, kind->cell_text(model, &row, c, buffer, sizeof buffer));
  }
  g_string_append_c(text, '\n');
}

char *
hs_table_copy_rows(const HsTableKind *kind, const HsTableModel *model, const HsTableSelection *selection, guint limit)
{
  if (hs_table_selection_is_empty(selection))
    return NULL;

  GString *text = g_string_new(NULL);
  for (int c = 0; c < kind->n_columns; c++)
    g_string_append_printf(text, "%s%s", c > 0 ? "\t" : "", kind->column_title(c));
  g_string_append_c(text, '\n');

  guint n = 0;
  for (guint i = 0; i < hs_table_selection_n_intervals(selection); i++) {
    HsInterval interval = hs_table_selection_interval(selection, i);
    for (uint32_t p = interval.begin; p < interval.end && n < limit; p++, n++)
      append_row(text, kind, model, hs_table_model_item(model, p));
  }
  return g_string_free(text, FALSE);
}
