/* SPDX-License-Identifier: MIT */
/*
 * HsHoverCard: a small card of a title and lines "label value" that a pane draws beside the pointer.
 */
#pragma once

#include "hs-event-text.h"
#include "hs-paint.h"

typedef struct _HsHoverCard HsHoverCard;

HsHoverCard *hs_hover_card_new(const char *title);
void hs_hover_card_free(HsHoverCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsHoverCard, hs_hover_card_free)
/* The card of a block; takes over `card`. */
HsHoverCard *hs_hover_card_from_block(HsCard *card);

/* Adds a line. `swatch` (or NULL) is a colour shown before the label; `mono` sets the value in the fixed-width font,
 * `strong` the whole line in bold. */
void hs_hover_card_add(HsHoverCard *card, const HsColor *swatch, const char *label, const char *value, gboolean mono,
                       gboolean strong);

/* Draws it beside (x, y), wholly inside a widget of width × height; lines that do not fit below each other stand side
 * by side, and are left out only if there is no room for that either. */
void hs_hover_card_paint(const HsHoverCard *card, cairo_t *cr, const HsPalette *palette, double x, double y, int width,
                         int height);
