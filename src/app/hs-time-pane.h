/* SPDX-License-Identifier: MIT */
/*
 * HsTimePane: base of the panes that have time as their x axis (overview, ruler, size chart, address map): the
 * document, palette from the theme, viewport, wheel, drag and click by the window's one set of rules, and drawing of
 * marks. Subclasses paint their content.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_TIME_PANE (hs_time_pane_get_type())
G_DECLARE_DERIVABLE_TYPE(HsTimePane, hs_time_pane, HS, TIME_PANE, GtkDrawingArea)

struct _HsTimePaneClass {
  GtkDrawingAreaClass parent_class;
  /* Paints below the marks. */
  void (*paint)(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette);
  /* The document's data, range or display changed: throw away or renew what was prepared. Then a redraw follows. */
  void (*refresh)(HsTimePane *self);
  /* A single click at a point of the plot, before the default (set the cursor). TRUE = handled. */
  gboolean (*clicked)(HsTimePane *self, double x, double y, guint button, GdkModifierType state);
  /* The pointer moved over (x, y) or left (NaN). */
  void (*hovered)(HsTimePane *self, double x, double y);
  /* TRUE if the plain wheel zooms here (ruler, overview). */
  gboolean wheel_zooms;
};

void hs_time_pane_set_document(HsTimePane *self, HsDocument *document); /* NULL = none */
HsDocument *hs_time_pane_get_document(HsTimePane *self);                /* borrowed, or NULL */
/* The plot as it is now: visible range over the allocation less the gutter. False while there is no document or no
 * room. */
gboolean hs_time_pane_get_viewport(HsTimePane *self, HsViewport *viewport);
const HsPalette *hs_time_pane_get_palette(HsTimePane *self);

/* The palette of the theme a widget stands in. Fill an inited-or-zero palette; fonts and colours are replaced. */
void hs_palette_from_widget(HsPalette *palette, GtkWidget *widget);
