/* SPDX-License-Identifier: MIT */
/* HsTableBody in parts: scrolling, cursor and widget (hs-table-body.c), what the document tells (-follow.c), drawing
 * (-draw.c), keys and pointer (-input.c). */
#pragma once

#include "hs-table-body.h"
#include "hs-text-cache.h"

struct _HsTableBody {
  GtkDrawingArea parent_instance;

  const HsTableKind *kind;
  HsDocument *document;
  HsTableHeader *header;
  HsTableModel model;
  HsTableSelection selection;
  uint32_t cursor, anchor; /* positions */
  int column;              /* that of the cell last clicked */
  bool choosing;           /* the change of choice comes from here */
  bool choice_is_old;      /* another was chosen while nobody saw it */

  /* The document's selected range, and the items that begin in it. */
  HsTimeRange range;
  uint32_t range_first, range_end;

  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  guint policies[2];
  uint32_t pending_scroll; /* a position to bring into view once there is a view */

  HsTableColumns columns;
  uint32_t n_processes, n_heaps; /* those the columns were measured with */
  bool names_complete;
  int time_digits; /* of the trace's last second, when they were */
  HsPalette palette;
  int row_height_px;
  HsTextCache *texts, *mono_texts;
  int text_height_px, mono_height_px;

  gboolean dragging;
  double drag_y;
  guint drag_tick;
  GtkWidget *menu;

  AtkObject *accessible; /* weak; NULL until someone asked for it */
};

static inline bool
hs_table_body_is_rtl(HsTableBody *self)
{
  return gtk_widget_get_direction(GTK_WIDGET(self)) == GTK_TEXT_DIR_RTL;
}

/* --- hs-table-body.c --- */

/* Sets the vertical adjustment's bounds to the rows and the view, and its value, at once. */
void hs_table_body_configure(HsTableBody *self, double value);
/* Makes room for the names of processes and heaps that have come, and for longer times. */
void hs_table_body_fit_names(HsTableBody *self);
double hs_table_body_scroll_value(HsTableBody *self);
/* Cursor or selection changed: redraws and tells those who listen. */
void hs_table_body_selection_changed(HsTableBody *self);
/* First visible position, and how far it is scrolled off, pixels. */
uint32_t hs_table_body_first(HsTableBody *self, int *offset_px);
/* Rows that fit into the view, at least 1. */
uint32_t hs_table_body_page(HsTableBody *self);
/* The item under the cursor; UINT32_MAX if none. */
uint32_t hs_table_body_cursor_item(HsTableBody *self);

/* --- hs-table-body-follow.c --- */

/* Marks what is chosen in the document, and brings it into view. */
void hs_table_body_follow_choice(HsTableBody *self);

/* --- hs-table-body-draw.c --- */

gboolean hs_table_body_draw(GtkWidget *widget, cairo_t *cr);
/* Fonts, colours, column widths and row height of the theme. */
void hs_table_body_restyle(HsTableBody *self);
void hs_table_body_drop_layouts(HsTableBody *self);
gboolean hs_table_body_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip);

/* --- hs-table-body-input.c --- */

gboolean hs_table_body_key_press(GtkWidget *widget, GdkEventKey *event);
gboolean hs_table_body_button_press(GtkWidget *widget, GdkEventButton *event);
gboolean hs_table_body_button_release(GtkWidget *widget, GdkEventButton *event);
gboolean hs_table_body_motion(GtkWidget *widget, GdkEventMotion *event);
gboolean hs_table_body_popup_menu(GtkWidget *widget);
void hs_table_body_stop_drag(HsTableBody *self);
