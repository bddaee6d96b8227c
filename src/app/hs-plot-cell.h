/* SPDX-License-Identifier: MIT */
/* HsPlotCell: a cell of a list that shows a colour swatch or a small curve. */
#pragma once

#include <gtk/gtk.h>

#include "hs-palette.h"

#define HS_TYPE_PLOT_CELL (hs_plot_cell_get_type())
G_DECLARE_FINAL_TYPE(HsPlotCell, hs_plot_cell, HS, PLOT_CELL, GtkCellRenderer)

GtkCellRenderer *hs_plot_cell_new(void);
/* A square of a colour, in the cell's middle. */
void hs_plot_cell_set_swatch(HsPlotCell *self, HsColor color);
/* A curve of n values, borrowed until the next draw is over. */
void hs_plot_cell_set_curve(HsPlotCell *self, HsColor color, const int64_t *values, int n_values);

/* Side of a swatch, user pixels. */
#define HS_SWATCH_PX 11
/* Paints a swatch with its top left at (x, y). */
void hs_paint_swatch(cairo_t *cr, HsColor color, double x, double y);
