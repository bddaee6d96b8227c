/* SPDX-License-Identifier: MIT */
/*
 * Colours. Data colours are ours, in a light and a dark set that stay apart for colour-blind eyes; the rest is taken
 * from the theme by the widget, or from defaults that match Adwaita where there is no theme (pictures, tests).
 */
#pragma once

#include <cairo.h>

#include "hs-block-type.h"
#include "hs-series.h"
#include "hs-timeline.h"

typedef struct {
  double r, g, b, a;
} HsColor;

typedef struct {
  bool dark;
  HsColor base; /* ground of charts and tables */
  HsColor bg;   /* ground of the window */
  HsColor text;
  HsColor dim_text;
  HsColor grid; /* hairlines behind data */
  HsColor border;
  HsColor selection; /* accent: selected range, selected row */
  HsColor selection_text;
  HsColor peak;    /* the peak marker */
  HsColor warning; /* where the data cannot be trusted */
  HsColor marker;  /* flags of marked moments, and the text on them: */
  HsColor marker_text;
  HsColor pin; /* the two pins, and the letters on them: */
  HsColor pin_text;
  HsColor row_even; /* zebra ground */
  HsColor void_;    /* ground of the map where no memory is used */
  char *font;       /* pango font description text; owned, may be NULL = "Sans 9" */
  char *mono_font;  /* for addresses; owned, may be NULL = "Monospace 9" */
} HsPalette;

/* Adwaita's light or dark colours. */
void hs_palette_init(HsPalette *palette, bool dark);
void hs_palette_clear(HsPalette *palette);
HsPalette *hs_palette_copy(const HsPalette *palette);
void hs_palette_free(HsPalette *palette);
/* Colour of a source. */
HsColor hs_palette_source(const HsPalette *palette, HsSource source);
/* Colour of a heap, by its id; HS_ID_NONE ("others") is grey. The first ten are distinct, then they come again, shaded.
 */
HsColor hs_palette_heap(const HsPalette *palette, HsHeapId heap);
/* Colour of a size class (see hs_size_class()): a ramp, from small to large. */
HsColor hs_palette_size_class(const HsPalette *palette, uint32_t size_class);
/* Colour of a layer of a chart grouped so; processes have those of heaps. */
HsColor hs_palette_layer(const HsPalette *palette, HsGroup group, uint32_t id);
/* hs-palette-ramp.c: the colour of a step of what has an order (sizes, ages), from the least to what stands out most;
 * of what is outstanding; of a type; of a thread; of what heaps hold (depth 0) and have committed (1) on the map. */
HsColor hs_palette_ramp(const HsPalette *palette, int step, int n_steps);
HsColor hs_palette_outstanding(const HsPalette *palette);
HsColor hs_palette_type(const HsPalette *palette, HsBlockType type);
HsColor hs_palette_thread(const HsPalette *palette, HsThreadId thread);
HsColor hs_palette_ground(const HsPalette *palette, int depth);
/* Ground of a small text in selection_text: the accent, darkened until the text can be read. */
HsColor hs_palette_pill(const HsPalette *palette);
static inline void
hs_color_set(cairo_t *cr, HsColor c)
{
  cairo_set_source_rgba(cr, c.r, c.g, c.b, c.a);
}
/* `a` over `b` by `part` (0 = a, 1 = b). */
HsColor hs_color_mix(HsColor a, HsColor b, double part);
HsColor hs_color_alpha(HsColor c, double alpha);
