/* SPDX-License-Identifier: MIT */
/* Where the event table's columns stand. Header and body compute it from the same widths. User pixels. */
#pragma once

#include <gtk/gtk.h>

#include "hs-palette.h"
#include "hs-row-set.h"

/* Between a cell's edge and its text. */
#define HS_CELL_PAD_PX 6
/* Colour mark before a source's name, and the gap after it. */
#define HS_SWATCH_PX 10
#define HS_SWATCH_GAP_PX 6
#define HS_COLUMN_MIN_PX 32
/* The last column gives way down to this width, unless it was set by hand. */
#define HS_LAST_COLUMN_MIN_PX 90

typedef struct {
  int width_px[HS_N_COLUMNS];
  bool set_by_hand[HS_N_COLUMNS]; /* keeps its width when fonts change */
} HsEventColumns;

/* Widths that usual values and the titles need, in the fonts of `widget`, and the first processes' names and heaps'
 * handles of the trace (NULL = none); columns set by hand stay. */
void hs_event_columns_measure(HsEventColumns *self, GtkWidget *widget, const HsPalette *palette,
                              const HsTimeline *timeline);
/* Width of all in a view `view_px` wide: the last column takes what is left over there, or gives way as long as most of
 * its texts can still be read (they are shortened, and told in full by tooltips). */
int hs_event_columns_total(const HsEventColumns *self, int view_px);
/* How far an adjustment is scrolled from the edge where lines begin. */
int hs_event_columns_scroll(GtkAdjustment *adjustment, bool rtl);
/* Where a column is drawn in a view `view_px` wide that is scrolled by `scroll_px` from the edge where lines begin.
 * From right to left, the first column is the rightmost. */
void hs_event_columns_place(const HsEventColumns *self, HsEventColumn column, int view_px, int scroll_px, bool rtl,
                            int *x, int *width);

/* The widget's own font, and the fixed-width one in the same size. Free with pango_font_description_free(). */
PangoFontDescription *hs_event_font_new(GtkWidget *widget, const HsPalette *palette, bool mono);
