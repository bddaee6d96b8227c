/* SPDX-License-Identifier: MIT */
/*
 * HsEventBody: the rows of the event table: a GtkScrollable that draws only what is visible, so that attaching any
 * number of rows costs nothing. Keeps cursor and selection; tells the document which row is chosen and follows it.
 *
 * Signals: selection-changed, cursor or selection; restyled, fonts and so the columns' widths.
 */
#pragma once

#include "hs-document.h"
#include "hs-event-columns.h"
#include "hs-event-header.h"
#include "hs-event-model.h"

#define HS_TYPE_EVENT_BODY (hs_event_body_get_type())
G_DECLARE_FINAL_TYPE(HsEventBody, hs_event_body, HS, EVENT_BODY, GtkDrawingArea)

/* `header`: for column titles to screen readers; borrowed, must live as long. */
GtkWidget *hs_event_body_new(HsEventHeader *header);
/* NULL = none. Shows no rows until a model is set. */
void hs_event_body_set_document(HsEventBody *self, HsDocument *document);
/* Shows these rows, keeping selection, cursor and place as far as they are there. Copies. */
void hs_event_body_set_model(HsEventBody *self, const HsEventModel *model, HsEventChange change);
const HsEventModel *hs_event_body_get_model(HsEventBody *self);

const HsEventColumns *hs_event_body_get_columns(HsEventBody *self);
/* 0 = as wide as usual values need. */
void hs_event_body_set_column_width(HsEventBody *self, HsEventColumn column, int width_px);

const HsEventSelection *hs_event_body_get_selection(HsEventBody *self);
/* Position of the cursor, or HS_POSITION_NONE. */
uint32_t hs_event_body_get_cursor(HsEventBody *self);
void hs_event_body_select_all(HsEventBody *self);
void hs_event_body_unselect_all(HsEventBody *self);
/* Adds one position to the selection or takes it away; the cursor stays. */
void hs_event_body_select_position(HsEventBody *self, uint32_t position, gboolean selected);

typedef enum {
  HS_CURSOR_SELECT,     /* selects this row alone */
  HS_CURSOR_EXTEND,     /* selects from the anchor to here */
  HS_CURSOR_EXTEND_ADD, /* the same, beside what is selected */
  HS_CURSOR_TOGGLE,     /* selects this row too, or no more */
  HS_CURSOR_MOVE        /* the selection stays */
} HsCursorMove;
/* Moves the cursor (clamped to the rows), brings it into view and chooses its row in the document. */
void hs_event_body_move_cursor(HsEventBody *self, uint32_t position, HsCursorMove move);
/* Brings a position into view; `centre`: into the middle, if it was outside. */
void hs_event_body_scroll_to(HsEventBody *self, uint32_t position, gboolean centre);
/* Puts the selected rows on the clipboard. */
void hs_event_body_copy(HsEventBody *self);

/* Text of a cell as shown; written to buffer or static. */
const char *hs_event_body_cell_text(HsEventBody *self, uint32_t position, HsEventColumn column, char *buffer,
                                    size_t size);
/* Where a cell is drawn, in the widget; may lie outside. False if its row is not near the view. */
gboolean hs_event_body_cell_area(HsEventBody *self, uint32_t position, HsEventColumn column, GdkRectangle *area);
/* The position under y, or HS_POSITION_NONE. */
uint32_t hs_event_body_position_at(HsEventBody *self, double y);
/* The column under x, or −1. */
int hs_event_body_column_at(HsEventBody *self, double x);
HsEventHeader *hs_event_body_get_header(HsEventBody *self);
