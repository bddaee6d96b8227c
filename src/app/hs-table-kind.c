/* SPDX-License-Identifier: MIT */
#include "hs-table-kind.h"

G_STATIC_ASSERT(HS_N_COLUMNS <= HS_TABLE_MAX_COLUMNS && HS_N_BLOCK_COLUMNS <= HS_TABLE_MAX_COLUMNS &&
                HS_N_HEAP_COLUMNS <= HS_TABLE_MAX_COLUMNS);

const HsTableKind *
hs_table_kind_find(const char *name)
{
  static const HsTableKind *const kinds[] = {&hs_table_events,    &hs_table_blocks, &hs_table_heaps,
                                             &hs_table_biography, &hs_table_sides,  &hs_table_groups};

  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (name == NULL || g_str_equal(kinds[i]->name, name))
      return kinds[i];
  return NULL;
}

int
hs_table_kind_find_column(const HsTableKind *kind, const char *name)
{
  for (int c = 0; c < kind->n_columns; c++)
    if (g_str_equal(kind->column_name(c), name))
      return c;
  return HS_TABLE_NO_COLUMN;
}
