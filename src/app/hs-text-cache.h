/* SPDX-License-Identifier: MIT */
/*
 * HsTextCache: laid-out texts by their content. Shaping a text costs several times what drawing it costs, and most
 * cells of a table repeat from row to row and all of them from frame to frame. Holds a bounded number. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

typedef struct _HsTextCache HsTextCache;

/* Texts are laid out as copies of `model`: its font, attributes and ellipsis. Keeps a reference. */
HsTextCache *hs_text_cache_new(PangoLayout *model);
void hs_text_cache_free(HsTextCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsTextCache, hs_text_cache_free)

/* Draws a text, cut to `room_px` if it is wider, in the context's colour, at the left or right end of the room that
 * begins at x; y is its upper edge. What is all of the one font waits for hs_text_cache_flush(). */
void hs_text_cache_draw(HsTextCache *self, cairo_t *cr, const char *text, int x, int y, int room_px, gboolean right);
/* Draws what waits, in the context's colour. */
void hs_text_cache_flush(HsTextCache *self, cairo_t *cr);
/* The text, cut to `room_px` if it is wider; `width_px` gets the width it takes. Borrowed, until the next call. */
PangoLayout *hs_text_cache_get(HsTextCache *self, const char *text, int room_px, int *width_px);
/* The width it takes when nothing cuts it. */
int hs_text_cache_width(HsTextCache *self, const char *text);
