/* SPDX-License-Identifier: MIT */
/*
 * HsCompareView: the two pins compared: sums on top, below them a table of the blocks that live at one of the pins and
 * not at the other, or of their groups. Follows pins and filter; what takes work is done in workers while it is seen.
 *
 * Signal: rows-changed, as HsTable.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-table.h"

#define HS_TYPE_COMPARE_VIEW (hs_compare_view_get_type())
G_DECLARE_FINAL_TYPE(HsCompareView, hs_compare_view, HS, COMPARE_VIEW, GtkBox)

GtkWidget *hs_compare_view_new(void);
void hs_compare_view_set_document(HsCompareView *self, HsDocument *document); /* NULL = none */
/* In groups by a field; HS_N_PIVOTS = block by block. */
void hs_compare_view_set_grouping(HsCompareView *self, HsPivotBy by);
/* The table that is looked at. */
HsTable *hs_compare_view_get_table(HsCompareView *self);
/* What is shown, or NULL. Borrowed. */
const HsComparison *hs_compare_view_get_comparison(HsCompareView *self);
gboolean hs_compare_view_is_busy(HsCompareView *self);
