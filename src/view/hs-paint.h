/* SPDX-License-Identifier: MIT */
/*
 * The painters of time: ruler, overview, small curves, and what lies over all panes (selection, cursor). Size charts:
 * hs-paint-chart.h.
 * Each draws into any cairo context, from plain data; none knows a widget. Text is pango's with the palette's fonts;
 * every text is ellipsised or left out rather than drawn over another.
 */
#pragma once

#include <pango/pangocairo.h>

#include "hs-gap-set.h"
#include "hs-palette.h"
#include "hs-viewport.h"

/* Width of the strip left of every plot that holds the labels of its vertical axis, user pixels. */
#define HS_GUTTER_PX 64

/* One line of text in the palette's (mono) font: within [x, x + width), vertically centred on y. align −1 left, 0
 * centred, 1 right. Returns the width drawn. width < 0 = as wide as it needs. */
double hs_paint_text(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, HsColor color,
                     double x, double y, double width, int align);
/* Width and height of such a text. */
void hs_measure_text(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double *width,
                     double *height);

/* What all panes share. Ticks; selection empty if sel1 <= sel0; cursor and hover INT64_MIN = none. */
typedef struct {
  int64_t sel0, sel1;
  int64_t cursor;
  int64_t hover;
  int64_t loaded_to;    /* the "loaded up to here" edge; INT64_MAX when the load has ended */
  const HsGapSet *gaps; /* where something was lost, for ruler and overview; borrowed, NULL = nowhere */
} HsMarks;

/* Selected range (tinted), its edges, cursor, hover hairline, loaded edge, over a plot. */
void hs_paint_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Ruler: marks and labels of time; gaps as a hatched band along its lower edge; the selection as a pill "1.424–1.742 s
 * · 318 ms". */
void hs_paint_ruler(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Overview: the whole trace's outstanding curve; `window0/1` the visible range as a frame, the rest veiled; gaps as
 * thin marks along its lower edge. Viewport spans the whole trace. */
void hs_paint_overview(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples,
                       int64_t window0, int64_t window1, const HsMarks *marks);

/* A small filled curve in [x, x+width) × [y, y+height), scaled to its own largest value. */
void hs_paint_curve(cairo_t *cr, HsColor color, const int64_t *values, int n_values, double x, double y, double width,
                    double height);
