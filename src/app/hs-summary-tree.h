/* SPDX-License-Identifier: MIT */
/*
 * HsSummaryTree: the tree of HsSummaryView: groups of a pivot as rows, with their context menu. What is expanded and
 * chosen stays so when other numbers of the same groups are shown.
 *
 * Signal: sort-clicked (int column).
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"
#include "hs-pivot-rows.h"

#define HS_TYPE_SUMMARY_TREE (hs_summary_tree_get_type())
G_DECLARE_FINAL_TYPE(HsSummaryTree, hs_summary_tree, HS, SUMMARY_TREE, GtkTreeView)

GtkWidget *hs_summary_tree_new(void);
/* Whose filter activating a group changes; NULL = none, and no rows. */
void hs_summary_tree_set_document(HsSummaryTree *self, HsDocument *document);
/* Shows rows (see hs_pivot_rows()) of a pivot. Takes a reference to the pivot; the rows are only read. */
void hs_summary_tree_show(HsSummaryTree *self, HsTimeline *timeline, HsPivot *pivot, const GArray *rows);
/* Marks the sorted column. */
void hs_summary_tree_set_sort(HsSummaryTree *self, HsPivotColumn column, gboolean descending);
