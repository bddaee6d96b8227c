/* SPDX-License-Identifier: MIT */
/* One cell of a table to screen readers: its text as name, its place, whether it is selected. */
#pragma once

#include "hs-table-body.h"

#define HS_TYPE_TABLE_CELL_ACCESSIBLE (hs_table_cell_accessible_get_type())
G_DECLARE_FINAL_TYPE(HsTableCellAccessible, hs_table_cell_accessible, HS, TABLE_CELL_ACCESSIBLE, AtkObject)

/* The cell at a position; it tells what stands there at the time of asking. */
AtkObject *hs_table_cell_accessible_new(HsTableBody *body, uint32_t position, int column);
