/* SPDX-License-Identifier: MIT */
/*
 * Histograms of sizes and lifetimes: a bar a class, what is shown solid and stacked by source, the whole pale behind
 * it. Sources share a bar by their parts of it, whatever the scale of its height.
 */
#pragma once

#include "hs-distribution.h"
#include "hs-paint.h"

typedef enum { HS_HISTOGRAM_COUNT, HS_HISTOGRAM_BYTES, HS_N_HISTOGRAM_MEASURES } HsHistogramMeasure;

/* Heights: by the number, its square root, or its logarithm; what is rare is seen beside what is common in the last
 * two. */
typedef enum { HS_HISTOGRAM_LINEAR, HS_HISTOGRAM_ROOT, HS_HISTOGRAM_LOG, HS_N_HISTOGRAM_SCALES } HsHistogramScale;

/* Names on the command line and in settings: "count", "bytes"; "linear", "root", "log". Static. */
const char *hs_histogram_measure_name(HsHistogramMeasure measure);
const char *hs_histogram_scale_name(HsHistogramScale scale);
/* What has that name, or HS_N_…. */
HsHistogramMeasure hs_histogram_measure_from_name(const char *name);
HsHistogramScale hs_histogram_scale_from_name(const char *name);

typedef struct {
  HsHistogramMeasure measure;
  HsHistogramScale scale;
  bool is_small;   /* bars and a line of labels, no axis of values, title or legend */
  uint32_t marked; /* a class that stands out; HS_CLASS_NONE = none */
  bool is_framed;  /* … with a frame */
} HsHistogramStyle;

/* Where it is drawn, user pixels. */
typedef struct {
  double x, y, width, height;
  int scale; /* device pixels a user pixel */
} HsHistogramArea;

/* "Allocations by size", "Bytes by lifetime". Static, translated. */
const char *hs_histogram_title(HsDistributionKind kind, HsHistogramMeasure measure);
/* The number that a bar stands for. */
static inline uint64_t
hs_histogram_value(HsHistogramMeasure measure, HsTally tally)
{
  return measure == HS_HISTOGRAM_BYTES ? tally.bytes : tally.count;
}

/* `distribution` may be NULL: nothing is known yet. */
void hs_paint_histogram(cairo_t *cr, const HsHistogramArea *area, const HsPalette *palette,
                        const HsDistribution *distribution, const HsHistogramStyle *style);
/* The class under a point, however low its bar is; HS_CLASS_NONE if none, or one without any blocks. */
uint32_t hs_histogram_hit(const HsHistogramArea *area, const HsDistribution *distribution,
                          const HsHistogramStyle *style, double x, double y);
/* Where a class's bar stands, from the top of the plot to its ground; whole device pixels. False if it has none. */
bool hs_histogram_bar(const HsHistogramArea *area, const HsDistribution *distribution, const HsHistogramStyle *style,
                      uint32_t class, double *x, double *y, double *width, double *height);
