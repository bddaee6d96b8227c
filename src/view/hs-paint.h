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
#include "hs-marker-set.h"
#include "hs-palette.h"
#include "hs-viewport.h"

/* Width of the strip left of every plot that holds the labels of its vertical axis, user pixels. */
#define HS_GUTTER_PX 64
/* The same for a palette's font: large ones get more. */
int hs_gutter_px(const HsPalette *palette);

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
  int64_t loaded_to;          /* the "loaded up to here" edge; INT64_MAX when the load has ended */
  const HsGapSet *gaps;       /* where something was lost, for ruler and overview; borrowed, NULL = nowhere */
  const HsMarkerSet *markers; /* and pins; borrowed, NULL = none */
} HsMarks;

/* Selected range (tinted), its edges, poles of markers and pins, cursor, hover hairline, loaded edge, over a plot. */
void hs_paint_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Ruler: marks and labels of time; gaps as a hatched band along its lower edge; the selection as a pill "1.424–1.742 s
 * · 318 ms"; flags in a lane above it, if there are markers or pins: an array of HsFlag, to be freed with
 * g_array_unref(), or NULL. */
GArray *hs_paint_ruler(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);
/* The same in two layers: all but what moves with the pointer (labels make room for the pill), then the lines of the
 * marks and the pill. */
GArray *hs_paint_ruler_scale(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);
void hs_paint_ruler_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Height of the lane on top of the ruler in which flags stand, while there are any. */
#define HS_FLAG_LANE_PX 15
/* Whether the ruler has that lane: the viewport given to hs_paint_ruler() is higher by it then. */
bool hs_paint_has_flags(const HsMarks *marks);

/* A flag in the lane: a marker's name or a pin's letter. No two of them touch each other. */
typedef struct {
  double x, width; /* with the pole at x, but for pins */
  int64_t ticks;
  int pin;    /* HsSide, or −1 */
  int marker; /* place in the set, or −1 */
} HsFlag;
/* Flags of what is visible, as wide as they may be: an array of HsFlag, to be freed with g_array_unref(). Pins first.
 */
GArray *hs_flags_lay(const HsViewport *viewport, const HsMarkerSet *set);
/* The same as wide as they were painted, on the upper edge of the viewport. */
GArray *hs_paint_flags(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);
/* The flag under x, or NULL. */
const HsFlag *hs_flags_at(const GArray *flags, double x);

/* Overview: the whole trace's outstanding curve; `window0/1` the visible range as a frame, the rest veiled; gaps as
 * thin marks along its lower edge. Viewport spans the whole trace. */
void hs_paint_overview(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples,
                       int64_t window0, int64_t window1, const HsMarks *marks);
/* The same in two layers: the curve, then what lies over it (`marks` may be NULL). */
void hs_paint_overview_curve(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette,
                             const HsSamples *samples);
void hs_paint_overview_window(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, int64_t window0,
                              int64_t window1, const HsMarks *marks);

/* A small filled curve in [x, x+width) × [y, y+height), scaled to its own largest value. */
void hs_paint_curve(cairo_t *cr, HsColor color, const int64_t *values, int n_values, double x, double y, double width,
                    double height);
