/* SPDX-License-Identifier: MIT */
/* Rows as tab-separated text, for the clipboard. */
#pragma once

#include "hs-table-kind.h"

/* A header line and a line for each selected row, in the table's order: cells as shown, but times in seconds with nine
 * decimals and numbers plain and exact. At most `limit` rows. Free with g_free(); NULL if nothing is selected. */
char *hs_table_copy_rows(const HsTableKind *kind, const HsTableModel *model, const HsTableSelection *selection,
                         guint limit);
