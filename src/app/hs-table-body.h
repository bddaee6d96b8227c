/* SPDX-License-Identifier: MIT */
/*
 * HsTableBody: the rows of a table: a GtkScrollable that draws only what is visible, so that attaching any number of
 * rows costs nothing. Keeps cursor and selection; tells the document what is chosen and follows it.
 *
 * Signals: selection-changed, cursor or selection; restyled, fonts and so the columns' widths.
 */
#pragma once

#include "hs-table-header.h"

#define HS_TYPE_TABLE_BODY (hs_table_body_get_type())
G_DECLARE_FINAL_TYPE(HsTableBody, hs_table_body, HS, TABLE_BODY, GtkDrawingArea)

/* `header`: for column titles to screen readers; borrowed, must live as long. */
GtkWidget *hs_table_body_new(const HsTableKind *kind, HsTableHeader *header);
/* NULL = none. Shows no rows until a model is set. */
void hs_table_body_set_document(HsTableBody *self, HsDocument *document);
/* Shows these rows, keeping selection, cursor and place as far as they are there. Copies. */
void hs_table_body_set_model(HsTableBody *self, const HsTableModel *model, HsTableChange change);
const HsTableModel *hs_table_body_get_model(HsTableBody *self);

const HsTableKind *hs_table_body_get_kind(HsTableBody *self);
const HsTableColumns *hs_table_body_get_columns(HsTableBody *self);
/* Makes room for the arrow after the title of a column (or none). */
void hs_table_body_set_sorted_column(HsTableBody *self, int column);
/* 0 = as wide as usual values need. */
void hs_table_body_set_column_width(HsTableBody *self, int column, int width_px);

const HsTableSelection *hs_table_body_get_selection(HsTableBody *self);
/* Position of the cursor, or HS_POSITION_NONE. */
uint32_t hs_table_body_get_cursor(HsTableBody *self);
void hs_table_body_select_all(HsTableBody *self);
void hs_table_body_unselect_all(HsTableBody *self);
/* Adds one position to the selection or takes it away; the cursor stays. */
void hs_table_body_select_position(HsTableBody *self, uint32_t position, gboolean selected);

typedef enum {
  HS_CURSOR_SELECT,     /* selects this row alone */
  HS_CURSOR_EXTEND,     /* selects from the anchor to here */
  HS_CURSOR_EXTEND_ADD, /* the same, beside what is selected */
  HS_CURSOR_TOGGLE,     /* selects this row too, or no more */
  HS_CURSOR_MOVE        /* the selection stays */
} HsCursorMove;
/* Moves the cursor (clamped to the rows), brings it into view and chooses its item in the document. */
void hs_table_body_move_cursor(HsTableBody *self, uint32_t position, HsCursorMove move);
/* Brings a position into view; `centre`: into the middle, if it was outside. */
void hs_table_body_scroll_to(HsTableBody *self, uint32_t position, gboolean centre);
/* Puts the selected rows on the clipboard. */
void hs_table_body_copy(HsTableBody *self);

/* Text of a cell as shown; written to buffer or static. */
const char *hs_table_body_cell_text(HsTableBody *self, uint32_t position, int column, char *buffer, size_t size);
/* Where a cell is drawn, in the widget; may lie outside. False if its row is not near the view. */
gboolean hs_table_body_cell_area(HsTableBody *self, uint32_t position, int column, GdkRectangle *area);
/* The position under y, or HS_POSITION_NONE. */
uint32_t hs_table_body_position_at(HsTableBody *self, double y);
/* The column under x, or −1. */
int hs_table_body_column_at(HsTableBody *self, double x);
HsTableHeader *hs_table_body_get_header(HsTableBody *self);
