/* SPDX-License-Identifier: MIT */
/*
 * HsEventTable: the rows of a document's filter as a table of any length. Scrollable (GtkScrollable), drawn only where
 * visible; header buttons sort (in a worker) and resize; keyboard, selection of several rows, copy as text, context
 * menu; an AtkTable to screen readers.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_EVENT_TABLE (hs_event_table_get_type())
G_DECLARE_FINAL_TYPE(HsEventTable, hs_event_table, HS, EVENT_TABLE, GtkBox)

/* The whole: header row over a scrolled body. */
void hs_event_table_set_document(HsEventTable *self, HsDocument *document); /* NULL = none */
/* Sorts by a column; HS_COLUMN_TIME ascending is the natural order. */
void hs_event_table_sort(HsEventTable *self, HsEventColumn column, gboolean descending);
/* Selected rows as tab-separated text with a header line; free with g_free(); NULL if none. More than `limit` rows are
 * cut off. */
char *hs_event_table_copy_text(HsEventTable *self, guint limit);
void hs_event_table_select_all(HsEventTable *self);
/* Brings a row into view, if it passes the filter. */
void hs_event_table_scroll_to(HsEventTable *self, HsRow row);
/* Rows shown. */
guint hs_event_table_get_n_rows(HsEventTable *self);
/* A sort is under way. */
gboolean hs_event_table_is_busy(HsEventTable *self);
