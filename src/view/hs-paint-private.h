/* SPDX-License-Identifier: MIT */
/* What the painters share among themselves. */
#pragma once

#include "hs-paint.h"

/* Sizes of text against the palette's font. */
#define HS_TEXT_LABEL 0.86 /* axis labels, pills */
#define HS_TEXT_SMALL 0.74 /* addresses in the gutter */

/* Space between an axis label in the gutter and the plot, user pixels. */
#define HS_LABEL_GAP_PX 5

/* hs_paint_text() and hs_measure_text() at another size. */
double hs_paint_text_sized(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold,
                           double relative_size, HsColor color, double x, double y, double width, int align);
void hs_measure_text_sized(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold,
                           double relative_size, double *width, double *height);

/* The viewport's clock; one of 10 MHz where it tells none. */
HsClock hs_viewport_clock(const HsViewport *viewport);
/* The largest power of ten of ns that is no more than a pixel: no label promises more digits. */
int64_t hs_readable_step_ns(const HsViewport *viewport);

/* The ground of a pane: the viewport's height over the whole width of what may be drawn on. */
void hs_paint_ground(cairo_t *cr, const HsViewport *viewport, HsColor color);
/* The same left and right of the plot only: a large ground is not painted twice. */
void hs_paint_margins(cairo_t *cr, const HsViewport *viewport, HsColor color);
/* A vertical line in whole device pixels that contains x, `width_px` user pixels wide, over [y, y + height). */
void hs_paint_vline(cairo_t *cr, const HsViewport *viewport, HsColor color, double x, double width_px, double y,
                    double height);
/* A horizontal line one device pixel high over [x, x + width). */
void hs_paint_hline(cairo_t *cr, const HsViewport *viewport, HsColor color, double x, double y, double width);
/* A filled rectangle with round corners. */
void hs_paint_pill(cairo_t *cr, HsColor color, double x, double y, double width, double height, double radius);

/* The lines of the marks (edges of the selection, hover, cursor) without clip, tint or veil. */
void hs_paint_mark_lines(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* The poles of markers and pins, over the viewport's height. */
void hs_paint_marker_poles(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);
/* What stands on the poles where there is no room for flags. */
void hs_paint_pennants(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Gaps in the colour of warnings, over [y, y + height) in whole pixels; `hatched`, or solid where that is too little to
 * be seen. `gaps` may be NULL. */
void hs_paint_gaps(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsGapSet *gaps,
                   bool hatched, double y, double height);

/* Device pixels of the plot: at least 1, at most what an image surface can hold. */
int hs_device_width(const HsViewport *viewport);
int hs_device_height(const HsViewport *viewport);

/* For each device column of the plot the sample column it shows: the one with the largest total among those that fall
 * into it, −1 where there is none. Free with g_free(). */
int *hs_sample_columns(const HsViewport *viewport, const HsSamples *samples, int64_t s0, int64_t s1);

/* A colour as a premultiplied ARGB32 pixel. */
uint32_t hs_color_pixel(HsColor color);

/* A pane's title in the plot's upper left corner; where it ends. */
double hs_paint_title(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const char *title);
/* The middle of the title's line below the plot's upper edge, for a text of this height. */
double hs_title_y(double text_height);
