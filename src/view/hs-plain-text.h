/* SPDX-License-Identifier: MIT */
/*
 * Numbers, as text: what changes from frame to frame while one zooms and pans.
 *
 * To lay out a text takes pango longer than to draw it, and texts that have not been drawn before cannot be kept laid
 * out. Of a font, the glyphs of Latin-1 are kept here, and a text of them is put together without pango, unkerned.
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

/* The font and attributes of a layout, which it keeps a reference to and will change the text of. For one thread. */
HsPlainFont *hs_plain_font_new(PangoLayout *model);
void hs_plain_font_free(HsPlainFont *font);

/* Whether a text may be put together: it holds a digit, what Latin-1 can show alone, and is not long. */
bool hs_plain_text_is(const char *text);
/* Its width, and the height of a line, in pixels. False if the font has no such glyphs. `cr`: what it will be drawn on,
 * which may have other font options than before; NULL = as the layout's context has them. Must be called before the
 * text is shown. */
bool hs_plain_text_measure(HsPlainFont *font, cairo_t *cr, const char *text, int *width, int *height);
/* Draws it in the context's colour, its upper left corner at (x, y). */
void hs_plain_text_show(HsPlainFont *font, cairo_t *cr, const char *text, double x, double y);
/* The same in two steps, for many texts: appends to an array of cairo_glyph_t; and draws them. */
void hs_plain_text_append(HsPlainFont *font, const char *text, double x, double y, GArray *glyphs);
/* Appends those of a layout of one line, its upper left corner at (0, 0). False, and nothing is appended, if it has
 * others than this font's. */
bool hs_plain_layout_append(HsPlainFont *font, PangoLayout *layout, GArray *glyphs);
void hs_plain_font_show(HsPlainFont *font, cairo_t *cr, const GArray *glyphs);
