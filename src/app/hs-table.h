/* SPDX-License-Identifier: MIT */
/*
 * HsTable: what passes a document's filter as a table of any length: its events, its allocations (a row a block), its
 * heaps, the biography of an address, or what two moments differ by. Scrollable (GtkScrollable), drawn only where
 * visible; header buttons sort (in a worker) and resize; keyboard, selection of several rows, copy as text, context
 * menu; an AtkTable to screen readers. What takes work is done only while the table can be seen.
 *
 * Signal: rows-changed, other rows are shown.
 * Properties: kind (string, at construction), "events" (default), "allocations", "heaps" … (see HsTableKind).
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-table-kind.h"

#define HS_TYPE_TABLE (hs_table_get_type())
G_DECLARE_FINAL_TYPE(HsTable, hs_table, HS, TABLE, GtkBox)

/* The whole: header row over a scrolled body. */
GtkWidget *hs_table_new(const HsTableKind *kind);
const HsTableKind *hs_table_get_kind(HsTable *self);
void hs_table_set_document(HsTable *self, HsDocument *document); /* NULL = none */
/* Sorts by a column of its kind (see hs_table_kind_find_column()); by the kind's natural column (or by none, if that is
 * none), ascending, it is not sorted at all. */
void hs_table_sort(HsTable *self, int column, gboolean descending);
/* Of a table of groups: by what. */
void hs_table_set_grouping(HsTable *self, HsPivotBy by);
/* Selected rows as tab-separated text with a header line; free with g_free(); NULL if none. More than `limit` rows are
 * cut off. */
char *hs_table_copy_text(HsTable *self, guint limit);
void hs_table_select_all(HsTable *self);
/* Moves the cursor to an item, if it passes the filter, and chooses it. */
void hs_table_go_to(HsTable *self, uint32_t item);
/* Position of the cursor, or HS_POSITION_NONE. */
uint32_t hs_table_get_cursor(HsTable *self);
/* What stands where. Borrowed; changes with the next turn of the main loop. */
const HsTableModel *hs_table_get_model(HsTable *self);
/* Rows shown. */
guint hs_table_get_n_rows(HsTable *self);
/* A sort or what comes before it is under way. */
gboolean hs_table_is_busy(HsTable *self);
