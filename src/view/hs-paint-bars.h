/* SPDX-License-Identifier: MIT */
/* Lying bars, one below the other: name, bar, number and share. */
#pragma once

#include "hs-distribution.h"
#include "hs-paint-histogram.h"
#include "hs-paint.h"

typedef struct {
  HsColor color;
  const char *name; /* borrowed */
  HsTally tally;
} HsBar;

#define HS_BARS_MAX 16

typedef struct {
  const char *title;
  HsHistogramMeasure measure; /* what the bars' lengths are */
  unsigned n;
  HsBar bars[HS_BARS_MAX];
} HsBars;

/* Over the viewport's height, its gutter taken in. Bars that do not fit are left out. */
void hs_paint_bars(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsBars *bars);
