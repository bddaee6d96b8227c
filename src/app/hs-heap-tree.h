/* SPDX-License-Identifier: MIT */
/*
 * HsHeapTree: processes and their heaps, with check box, colour, handle, small curve and outstanding bytes at the end
 * of the visible range. Ticking changes the document's filter. Cells are worked out only for rows that are drawn, so
 * thousands of heaps cost little.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_HEAP_TREE (hs_heap_tree_get_type())
G_DECLARE_FINAL_TYPE(HsHeapTree, hs_heap_tree, HS, HEAP_TREE, GtkTreeView)

void hs_heap_tree_set_document(HsHeapTree *self, HsDocument *document); /* NULL = none */
/* The document's rows, range or filter changed. Cheap: the work is done a little later, once for many calls. */
void hs_heap_tree_refresh(HsHeapTree *self);
/* The same where only the visible range did: nothing answers at once. */
void hs_heap_tree_refresh_figures(HsHeapTree *self);
/* Rows or figures are still to be brought up to date. */
gboolean hs_heap_tree_is_busy(HsHeapTree *self);
