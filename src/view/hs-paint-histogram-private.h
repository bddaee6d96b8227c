/* SPDX-License-Identifier: MIT */
/* The inside of the histogram, shared by hs-paint-histogram*.c only. */
#pragma once

#include "hs-paint-histogram.h"

/* Where the bars stand. */
typedef struct {
  const HsHistogramArea *area;
  const HsDistribution *distribution;
  const HsHistogramStyle *style;
  double x, y, width, height; /* of the plot; may be nothing */
  double step;                /* from bar to bar */
  uint32_t n_timed;  /* classes before that of what is outstanding, which stands apart; HS_CLASS_NONE = none does */
  uint64_t greatest; /* value that reaches the top, or nearly; 0 = none */
} HsHistogramPlot;

HsHistogramPlot hs_histogram_plot(const HsHistogramArea *area, const HsDistribution *distribution,
                                  const HsHistogramStyle *style);
/* Height of a value above the ground, not rounded. */
double hs_histogram_height(const HsHistogramPlot *plot, uint64_t value);
/* Left and right edge of a class's room, in whole device pixels, gaps included. */
void hs_histogram_span(const HsHistogramPlot *plot, uint32_t class, double *x0, double *x1);
/* v in whole device pixels. */
double hs_histogram_snap(const HsHistogramPlot *plot, double v);

/* Grid and labels of the values; labels of the classes; title and legend. */
void hs_histogram_paint_values(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette);
void hs_histogram_paint_classes(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette);
void hs_histogram_paint_head(cairo_t *cr, const HsHistogramPlot *plot, const HsPalette *palette);
/* The ground of what is pale, and its edge. */
HsColor hs_histogram_pale(const HsPalette *palette);
HsColor hs_histogram_pale_edge(const HsPalette *palette);

/* Below the plot: a line of labels. */
#define HS_HISTOGRAM_LABELS_PX 16
#define HS_HISTOGRAM_HEAD_PX 28
