/* SPDX-License-Identifier: MIT */
/*
 * HsTableHeader: the title row of a table: a button a column. A click asks to sort; dragging a button's end, or
 * Shift with the arrow keys, changes the column's width; a double click there restores it. Scrolls with the body's
 * horizontal adjustment. All buttons but the first are made when it is first seen, or when one of them is asked for.
 *
 * Signals: sort-clicked (int column); resized (int column, int width_px; width 0 = back to its own).
 */
#pragma once

#include "hs-table-columns.h"

#define HS_TYPE_TABLE_HEADER (hs_table_header_get_type())
G_DECLARE_FINAL_TYPE(HsTableHeader, hs_table_header, HS, TABLE_HEADER, GtkContainer)

GtkWidget *hs_table_header_new(const HsTableKind *kind);
void hs_table_header_set_adjustment(HsTableHeader *self, GtkAdjustment *adjustment);
/* Copies. */
void hs_table_header_set_columns(HsTableHeader *self, const HsTableColumns *columns);
/* Marks the sorted column (or none) with an arrow, or with a spinner while the sort is under way. */
void hs_table_header_set_sort(HsTableHeader *self, int column, gboolean descending, gboolean busy);
/* Borrowed. */
GtkWidget *hs_table_header_get_button(HsTableHeader *self, int column);
