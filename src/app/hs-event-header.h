/* SPDX-License-Identifier: MIT */
/*
 * HsEventHeader: the title row of the event table: a button a column. A click asks to sort; dragging a button's end, or
 * Shift with the arrow keys, changes the column's width; a double click there restores it. Scrolls with the body's
 * horizontal adjustment.
 *
 * Signals: sort-clicked (int column); resized (int column, int width_px; width 0 = back to its own).
 */
#pragma once

#include "hs-event-columns.h"

#define HS_TYPE_EVENT_HEADER (hs_event_header_get_type())
G_DECLARE_FINAL_TYPE(HsEventHeader, hs_event_header, HS, EVENT_HEADER, GtkContainer)

GtkWidget *hs_event_header_new(void);
void hs_event_header_set_adjustment(HsEventHeader *self, GtkAdjustment *adjustment);
/* Copies. */
void hs_event_header_set_columns(HsEventHeader *self, const HsEventColumns *columns);
/* Marks the sorted column with an arrow, or with a spinner while the sort is under way. */
void hs_event_header_set_sort(HsEventHeader *self, HsEventColumn column, gboolean descending, gboolean busy);
/* Borrowed. */
GtkWidget *hs_event_header_get_button(HsEventHeader *self, HsEventColumn column);
