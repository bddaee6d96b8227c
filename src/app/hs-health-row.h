/* SPDX-License-Identifier: MIT */
/*
 * HsHealthRow: one finding on a trace's health in a list: icon, title, count, what it means, and where, unfolded on
 * demand. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-health.h"

#define HS_TYPE_HEALTH_ROW (hs_health_row_get_type())
G_DECLARE_FINAL_TYPE(HsHealthRow, hs_health_row, HS, HEALTH_ROW, GtkListBoxRow)

HsHealthRow *hs_health_row_new(const HsHealthItem *item);
/* Shows another state of the same finding; what is unfolded stays so. */
void hs_health_row_set_item(HsHealthRow *self, const HsHealthItem *item);
/* The finding's id; static. */
const char *hs_health_row_get_id(HsHealthRow *self);

gboolean hs_health_row_get_expanded(HsHealthRow *self);
/* Unfolds the places, if there are any. */
void hs_health_row_set_expanded(HsHealthRow *self, gboolean expanded);

/* Icon of a gravity. Static. */
const char *hs_health_icon_name(HsHealthGravity gravity);
/* Gives a widget the style class of a gravity, in whose colour its icon stands, instead of that of another. */
void hs_health_style_widget(GtkWidget *widget, HsHealthGravity gravity);
