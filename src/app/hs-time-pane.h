/* SPDX-License-Identifier: MIT */
/*
 * HsTimePane: base of the panes that have time as their x axis (overview, ruler, size chart, address map): the
 * document, palette from the theme, viewport, wheel, drag and click by the window's one set of rules, and drawing of
 * marks. Subclasses paint their content. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_TIME_PANE (hs_time_pane_get_type())
G_DECLARE_DERIVABLE_TYPE(HsTimePane, hs_time_pane, HS, TIME_PANE, GtkDrawingArea)

/* Every function may be left out. Points are in widget coordinates, user pixels. */
struct _HsTimePaneClass {
  GtkDrawingAreaClass parent_class;
  /* Paints below the marks, and the plot's ground before. What it paints is kept until the pane is invalidated, or
   * shows another range. */
  void (*paint)(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette);
  /* Paints the marks, at every draw: must be cheap. Default: hs_paint_marks(). */
  void (*paint_marks)(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette,
                      const HsMarks *marks);
  /* Paints above the marks, at every draw: must be cheap. */
  void (*paint_over)(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette);
  /* The document's data, range or display changed, or the size or theme: renew what was prepared, if it no longer
   * fits. Then a redraw follows. */
  void (*refresh)(HsTimePane *self);
  /* The document went away or another came: drop everything that was prepared for it. A refresh follows. */
  void (*forget)(HsTimePane *self);
  /* TRUE while a worker runs or is wanted. */
  gboolean (*is_busy)(HsTimePane *self);
  /* The ticks the plot spans; default: the visible range. */
  void (*get_range)(HsTimePane *self, HsDocument *document, int64_t *t0, int64_t *t1);
  /* A single click at a point of the plot, before the default (set the cursor). TRUE = handled. */
  gboolean (*clicked)(HsTimePane *self, double x, double y, guint button, GdkModifierType state);
  /* The pointer moved over (x, y) or left (NaN). */
  void (*hovered)(HsTimePane *self, double x, double y);
  /* Another row or block was chosen; a redraw follows. */
  void (*chosen)(HsTimePane *self);
  /* The selection or the cursor changed; a redraw follows. */
  void (*selected)(HsTimePane *self);
  /* Another filter is wanted. */
  void (*filter_wanted)(HsTimePane *self);
  /* Markers or pins changed; a redraw follows. */
  void (*places_changed)(HsTimePane *self);
  /* A context menu is wanted at a point. `event` is what asked for it. Show it with hs_time_pane_popup(). */
  void (*context_menu)(HsTimePane *self, double x, double y, const GdkEvent *event);
  /* Takes over a drag from its press on: TRUE = taken; then come updates and one end. */
  gboolean (*drag_begin)(HsTimePane *self, double x, double y, guint button, GdkModifierType state);
  void (*drag_update)(HsTimePane *self, double x, double y);
  void (*drag_end)(HsTimePane *self, double x, double y, gboolean cancelled);
  /* Name of the pointer's shape at a point where nothing is dragged; NULL = the usual one. */
  const char *(*cursor_name)(HsTimePane *self, double x, double y);
  /* The vertical axis, for panes that can zoom it: about y by a factor (< 1 = in); by a moved distance since
   * vertical_begin; to the stretch [y0, y1); by a plain wheel's steps, FALSE if it cannot move. */
  void (*vertical_zoom)(HsTimePane *self, double y, double factor);
  void (*vertical_begin)(HsTimePane *self);
  void (*vertical_pan)(HsTimePane *self, double dy_px);
  void (*vertical_range)(HsTimePane *self, double y0, double y1);
  gboolean (*vertical_scroll)(HsTimePane *self, double steps);
  /* A sentence for screen readers on what is shown; free with g_free(). */
  char *(*describe)(HsTimePane *self, HsDocument *document);
  /* TRUE if the plain wheel zooms here (ruler, overview). */
  gboolean wheel_zooms;
  /* TRUE if what paint() paints hangs on the selection too. */
  gboolean paints_selection;
  /* TRUE if the pane stands on the window's ground rather than that of charts. */
  gboolean on_window_ground;
  /* Space above and below the plot, user pixels. */
  int margin_top_px, margin_bottom_px;
};

void hs_time_pane_set_document(HsTimePane *self, HsDocument *document); /* NULL = none */
HsDocument *hs_time_pane_get_document(HsTimePane *self);                /* borrowed, or NULL */
/* The plot: visible range over the allocation less the gutter. False while there is no document or no room. For a
 * moment the pane may still be on its way there; paint functions are given what is to be drawn. */
gboolean hs_time_pane_get_viewport(HsTimePane *self, HsViewport *viewport);
const HsPalette *hs_time_pane_get_palette(HsTimePane *self);
/* FALSE once the last picture is exact: no worker runs or is wanted. For screenshots and tests. */
gboolean hs_time_pane_is_busy(HsTimePane *self);

/* --- for subclasses --- */

/* What paint() made is out of date: it is painted anew with the next frame. */
void hs_time_pane_invalidate(HsTimePane *self);
/* Shows a context menu of window actions, at the pointer of `event`, or in the middle of the pane. */
void hs_time_pane_popup(HsTimePane *self, GMenuModel *model, const GdkEvent *event);
/* TRUE while a button holds a drag that is more than a click. */
gboolean hs_time_pane_is_dragging(HsTimePane *self);
/* Drops a drag under way and puts back what it changed. */
void hs_time_pane_cancel_drag(HsTimePane *self);

/* The palette of the theme a widget stands in. Fill an inited-or-zero palette; fonts and colours are replaced. */
void hs_palette_from_widget(HsPalette *palette, GtkWidget *widget);
