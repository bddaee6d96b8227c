/* SPDX-License-Identifier: MIT */
/* HsEventBody in parts: scrolling, cursor and widget (hs-event-body.c), what the document tells (-follow.c), drawing
 * (-draw.c), keys and pointer (-input.c). */
#pragma once

#include "hs-event-body.h"
#include "hs-text-cache.h"

struct _HsEventBody {
  GtkDrawingArea parent_instance;

  HsDocument *document;
  HsEventHeader *header;
  HsEventModel model;
  HsEventSelection selection;
  uint32_t cursor, anchor; /* positions */
  bool choosing;           /* the change of choice comes from here */

  /* The document's selected range, and the rows in it. */
  int64_t range0, range1;
  HsRow range_row0, range_row1;

  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  guint policies[2];
  uint32_t pending_scroll; /* a position to bring into view once there is a view */

  HsEventColumns columns;
  uint32_t n_processes, n_heaps; /* those the columns were measured with */
  bool names_complete;
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
hs_event_body_is_rtl(HsEventBody *self)
{
  return gtk_widget_get_direction(GTK_WIDGET(self)) == GTK_TEXT_DIR_RTL;
}

/* --- hs-event-body.c --- */

/* Sets the vertical adjustment's bounds to the rows and the view, and its value, at once. */
void hs_event_body_configure(HsEventBody *self, double value);
/* Makes room for the names of processes and heaps that have come. */
void hs_event_body_fit_names(HsEventBody *self);
double hs_event_body_scroll_value(HsEventBody *self);
/* Cursor or selection changed: redraws and tells those who listen. */
void hs_event_body_selection_changed(HsEventBody *self);
/* First visible position, and how far it is scrolled off, pixels. */
uint32_t hs_event_body_first(HsEventBody *self, int *offset_px);
/* Rows that fit into the view, at least 1. */
uint32_t hs_event_body_page(HsEventBody *self);
/* The row under the cursor; UINT32_MAX if none. */
HsRow hs_event_body_cursor_row(HsEventBody *self);

/* --- hs-event-body-draw.c --- */

gboolean hs_event_body_draw(GtkWidget *widget, cairo_t *cr);
/* Fonts, colours, column widths and row height of the theme. */
void hs_event_body_restyle(HsEventBody *self);
void hs_event_body_drop_layouts(HsEventBody *self);
gboolean hs_event_body_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip);

/* --- hs-event-body-input.c --- */

gboolean hs_event_body_key_press(GtkWidget *widget, GdkEventKey *event);
gboolean hs_event_body_button_press(GtkWidget *widget, GdkEventButton *event);
gboolean hs_event_body_button_release(GtkWidget *widget, GdkEventButton *event);
gboolean hs_event_body_motion(GtkWidget *widget, GdkEventMotion *event);
gboolean hs_event_body_popup_menu(GtkWidget *widget);
void hs_event_body_stop_drag(HsEventBody *self);
