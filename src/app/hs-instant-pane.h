/* SPDX-License-Identifier: MIT */
/*
 * HsInstantPane: the map of one instant with what moves it: steps, play, speed and a slider over the visible range, the
 * width of rows, the choice of a heap. All but the slider are the window's actions. Main thread only.
 */
#pragma once

#include "hs-instant-area.h"

#define HS_TYPE_INSTANT_PANE (hs_instant_pane_get_type())
G_DECLARE_FINAL_TYPE(HsInstantPane, hs_instant_pane, HS, INSTANT_PANE, GtkBox)

void hs_instant_pane_set_document(HsInstantPane *self, HsDocument *document); /* NULL = none */
HsInstantArea *hs_instant_pane_get_area(HsInstantPane *self);
/* What the buttons of the choices say. */
void hs_instant_pane_set_speed(HsInstantPane *self, const char *text);
void hs_instant_pane_set_row_width(HsInstantPane *self, const char *text);
void hs_instant_pane_set_heap(HsInstantPane *self, const char *text);
