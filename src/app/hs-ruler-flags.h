/* SPDX-License-Identifier: MIT */
/* HsRulerFlags: the flags of markers and pins on the ruler, under the pointer: dragged, chosen, named in tooltips. Main
 * thread. */
#pragma once

#include "hs-time-pane.h"

typedef struct _HsRulerFlags HsRulerFlags;

HsRulerFlags *hs_ruler_flags_new(HsTimePane *ruler);
void hs_ruler_flags_free(HsRulerFlags *flags);
/* What was painted last; takes it. */
void hs_ruler_flags_take(HsRulerFlags *flags, GArray *painted);
/* The flag at a point of the ruler, or NULL. */
const HsFlag *hs_ruler_flags_at(HsRulerFlags *flags, double x, double y);
/* "Checkout begins · 1.234000 s"; free with g_free(). */
char *hs_ruler_flag_text(HsTimePane *ruler, const HsFlag *flag);

/* See HsTimePaneClass. */
gboolean hs_ruler_flags_drag_begin(HsRulerFlags *flags, double x, double y, guint button, GdkModifierType state);
void hs_ruler_flags_drag_update(HsRulerFlags *flags, double x);
void hs_ruler_flags_drag_end(HsRulerFlags *flags, double x, gboolean cancelled);
/* The items for a flag. */
void hs_ruler_flags_add_items(HsTimePane *ruler, const HsFlag *flag, GMenu *menu);
