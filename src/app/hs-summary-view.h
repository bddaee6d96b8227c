/* SPDX-License-Identifier: MIT */
/*
 * HsSummaryView: the pivot of a document: what the selected range, or the whole trace, holds, grouped by up to three
 * fields; a tree that expands, sorts, and shows each group's part of the whole as a bar. Counted in a worker while it
 * is to be seen. Activating a group filters by it.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"
#include "hs-pivot-rows.h"

#define HS_TYPE_SUMMARY_VIEW (hs_summary_view_get_type())
G_DECLARE_FINAL_TYPE(HsSummaryView, hs_summary_view, HS, SUMMARY_VIEW, GtkBox)

void hs_summary_view_set_document(HsSummaryView *self, HsDocument *document); /* NULL = none */
/* Groups by n (1 to HS_PIVOT_LEVELS) fields. */
void hs_summary_view_set_groups(HsSummaryView *self, const HsPivotBy *by, unsigned n);
void hs_summary_view_sort(HsSummaryView *self, HsPivotColumn column, gboolean descending);
/* The pivot shown, or NULL. Borrowed. */
const HsPivot *hs_summary_view_get_pivot(HsSummaryView *self);
gboolean hs_summary_view_is_busy(HsSummaryView *self);
