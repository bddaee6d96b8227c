/* SPDX-License-Identifier: MIT */
/*
 * The histogram of sizes: a bar a size class (see hs_size_class()), stacked by source; heights by the square root of
 * how many, so that what is rare is seen beside what is common.
 */
#pragma once

#include "hs-paint.h"
#include "hs-pivot.h"

#define HS_SIZE_CLASSES 65

typedef struct {
  uint64_t counts[HS_SIZE_CLASSES][HS_N_SOURCES]; /* blocks begun */
  uint64_t total[HS_SIZE_CLASSES], bytes[HS_SIZE_CLASSES];
  uint64_t greatest;               /* of total */
  uint32_t first_class, end_class; /* classes that have any blocks lie within; equal = none */
} HsSizeHistogram;

/* From a pivot by size class, then source: blocks begun in its range. */
void hs_size_histogram_from_pivot(HsSizeHistogram *histogram, const HsPivot *pivot);

/* Where it is drawn, user pixels. */
typedef struct {
  double x, y, width, height;
  int scale; /* device pixels a user pixel */
} HsHistogramArea;

/* Bars and a line of labels below them. `marked` is a class that is drawn brighter, with a frame if `framed`;
 * HS_SIZE_CLASSES = none. */
void hs_paint_size_histogram(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette,
                             const HsSizeHistogram *histogram, uint32_t marked, bool framed);
/* The class under a point, however low its bar is; HS_SIZE_CLASSES if none. */
uint32_t hs_size_histogram_hit(const HsHistogramArea *area, const HsSizeHistogram *histogram, double x, double y);
