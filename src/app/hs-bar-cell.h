/* SPDX-License-Identifier: MIT */
/* HsBarCell: a text cell with a bar behind the text that shows its part of a whole. */
#pragma once

#include <gtk/gtk.h>

#include "hs-palette.h"

#define HS_TYPE_BAR_CELL (hs_bar_cell_get_type())
G_DECLARE_FINAL_TYPE(HsBarCell, hs_bar_cell, HS, BAR_CELL, GtkCellRendererText)

GtkCellRenderer *hs_bar_cell_new(void);
/* A part of 0 to 1, drawn from where lines begin; nothing for 0. */
void hs_bar_cell_set_part(HsBarCell *self, double part, HsColor color);
