/* SPDX-License-Identifier: MIT */
/* Where a table's columns stand. Header and body compute it from the same widths. User pixels. */
#pragma once

#include <gtk/gtk.h>

#include "hs-table-kind.h"

/* Between a cell's edge and its text. */
#define HS_CELL_PAD_PX 6
/* Colour mark before a text, and the gap after it. */
#define HS_SWATCH_PX 10
#define HS_SWATCH_GAP_PX 6
#define HS_COLUMN_MIN_PX 32
/* The wide column gives way down to this width, unless it was set by hand. */
#define HS_WIDE_COLUMN_MIN_PX 90

typedef struct {
  const HsTableKind *kind;
  int width_px[HS_TABLE_MAX_COLUMNS];
  bool set_by_hand[HS_TABLE_MAX_COLUMNS]; /* keeps its width when fonts change */
  int sorted_column;                      /* has an arrow after its title; or none */

  /* Of usual values and of titles, in the fonts that were last measured in. */
  int sample_px[HS_TABLE_MAX_COLUMNS], title_px[HS_TABLE_MAX_COLUMNS];
  bool has_usual;
} HsTableColumns;

/* Of the least width each. */
void hs_table_columns_init(HsTableColumns *self, const HsTableKind *kind);
/* Widths that usual values and the titles need, in the fonts of `widget`, and the first processes' names, heaps'
 * handles and flags, and the times of the trace (NULL = none); columns set by hand stay. */
void hs_table_columns_measure(HsTableColumns *self, GtkWidget *widget, const HsPalette *palette,
                              const HsTimeline *timeline);
/* The fonts may have changed: the next measuring looks at them. */
void hs_table_columns_restyle(HsTableColumns *self);
/* Width of all in a view `view_px` wide: the wide column takes what is left over there, or gives way as long as most of
 * its texts can still be read (they are shortened, and told in full by tooltips). */
int hs_table_columns_total(const HsTableColumns *self, int view_px);
/* How far an adjustment is scrolled from the edge where lines begin. */
int hs_table_columns_scroll(GtkAdjustment *adjustment, bool rtl);
/* Where a column is drawn in a view `view_px` wide that is scrolled by `scroll_px` from the edge where lines begin.
 * From right to left, the first column is the rightmost. */
void hs_table_columns_place(const HsTableColumns *self, int column, int view_px, int scroll_px, bool rtl, int *x,
                            int *width);

/* The widget's own font, and the fixed-width one in the same size. Free with pango_font_description_free(). */
PangoFontDescription *hs_table_font_new(GtkWidget *widget, const HsPalette *palette, bool mono);
