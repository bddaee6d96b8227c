/* SPDX-License-Identifier: MIT */
/*
 * A table's context menu. What concerns the filter is an action of the window (win.only-heap, win.filter-by and so on);
 * what concerns the row under the cursor is in the group "row": copy, copy-address, zoom-block, other-event.
 */
#pragma once

#include "hs-table-body.h"

/* Adds the group "row" to the body. */
void hs_table_menu_install(HsTableBody *body);
/* Pops up for the cursor's row, at the pointer of `event`, or below the row if that is NULL. */
void hs_table_menu_popup(HsTableBody *body, const GdkEvent *event);
/* Brings the cursor's block, or the event where it has none, into the middle of the visible range; of a row about a
 * heap, shows only that heap. */
void hs_table_menu_activate(HsTableBody *body);
