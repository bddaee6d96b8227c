/* SPDX-License-Identifier: MIT */
/*
 * Numbers, as text: what changes from frame to frame while one zooms and pans.
 *
 * To lay out a text takes pango longer than to draw it, and texts that have not been drawn before cannot be kept laid
 * out. Of a font, the glyphs of ASCII are kept here, and a text of them is put together without pango, unkerned.
 */
#pragma once

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>

typedef struct _HsPlainFont HsPlainFont;

/* What a layout was last brought up to date with. */
typedef struct {
  double xx, xy, yx, yy;
  unsigned long options;
} HsTextTarget;

/* Brings a layout up to date with what a context draws on, if that has another scale or other font options than the
 * last time. (pango_cairo_update_layout() alone has it laid out anew each time.) True if it did. */
bool hs_update_layout(cairo_t *cr, PangoLayout *layout, HsTextTarget *last);

/* A font as it is laid out on contexts like this one. For one thread. */
HsPlainFont *hs_plain_font_new(cairo_t *cr, const PangoFontDescription *description);
void hs_plain_font_free(HsPlainFont *font);

/* Whether a text may be put together: it holds a digit, ASCII alone, and is not long. */
bool hs_plain_text_is(const char *text);
/* Its width, and the height of a line, in pixels. False if the font has no such glyphs. Must be called before the text
 * is shown on this context: what it is drawn on may have other font options than before. */
bool hs_plain_text_measure(HsPlainFont *font, cairo_t *cr, const char *text, int *width, int *height);
/* Draws it in the context's colour, its upper left corner at (x, y). */
void hs_plain_text_show(HsPlainFont *font, cairo_t *cr, const char *text, double x, double y);
