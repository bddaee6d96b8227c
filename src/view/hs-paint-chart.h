/* SPDX-License-Identifier: MIT */
/*
 * The painter of size charts, from plain data (see hs-chart.h), into any cairo context: columns one device pixel wide.
 * Stacked: layers one upon the other, solid up to the smallest total, lighter up to the largest. Overlaid: for each
 * layer a band from its smallest to its largest value.
 */
#pragma once

#include "hs-chart-text.h"
#include "hs-paint.h"

typedef enum { HS_CHART_STACKED, HS_CHART_OVERLAID } HsChartMode;

typedef struct {
  const char *title;          /* "Outstanding bytes by source"; NULL = none */
  const HsTimeline *timeline; /* names of heaps and processes in the legend */
  HsChartMode mode;
  bool log;         /* the value axis is logarithmic */
  double fixed_max; /* value at its upper end; 0 = what is in view decides */
  bool show_peak;
  bool has_highlight;         /* one layer stands out: */
  uint32_t highlight;         /* its id */
  const uint32_t *hidden_ids; /* of the same grouping: what the filter hides, for the legend */
  int n_hidden;
} HsChartStyle;

/* `chart` may be NULL, or made for another view: it is then moved or stretched. */
void hs_paint_chart(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                    const HsChartStyle *style);

/* For each device pixel column of the plot the chart's column it shows, −1 where there is none. A chart of a view of
 * this width and so many ticks is shown column for pixel, wherever the view is; of another, a pixel shows the column
 * with the largest total among those that fall into it. Free with g_free(). */
int *hs_chart_columns(const HsViewport *viewport, const HsChart *chart);
/* The chart's column under an x; −1 if none. */
int hs_chart_column_at(const HsViewport *viewport, const HsChart *chart, double x);

/* The largest value of the view that a chart was made for. */
double hs_chart_peak_value(const HsChart *chart);

/* --- the value axis, the same for painter, hit-test and widget --- */

#define HS_CHART_MAX_TICKS 64

typedef struct {
  double min, max; /* values at both ends; min is 0 if not logarithmic */
  bool log;
  double least_max; /* the value that the axis was made for: largest in view, or fixed */
  int n_ticks;
  double ticks[HS_CHART_MAX_TICKS];
} HsChartAxis;

void hs_chart_axis_init(HsChartAxis *axis, const HsViewport *viewport, const HsChart *chart, const HsChartStyle *style);
/* How high a value is drawn, 0…1 of the plot; and what is at a height. */
double hs_chart_axis_part(const HsChartAxis *axis, double value);
double hs_chart_axis_value(const HsChartAxis *axis, double part);
/* A line at a height of the plot, in whole pixels, and its value in the gutter. */
void hs_paint_chart_height(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChartAxis *axis,
                           HsMeasure measure, double y);
/* The layer under a height in a column, −1 if none: the one that is drawn there, or, overlaid, the nearest line within
 * a few pixels. */
int hs_chart_layer_at(const HsViewport *viewport, const HsChart *chart, const HsChartStyle *style, int column,
                      double y);

/* --- legend --- */

typedef enum {
  HS_LEGEND_LAYER,
  HS_LEGEND_HIDDEN,
  HS_LEGEND_MORE,
  HS_LEGEND_COMMITTED,
  HS_LEGEND_RESERVED
} HsLegendKind;

typedef struct {
  HsLegendKind kind;
  uint32_t id; /* of a layer, shown or hidden */
  double x, y, width, height;
  char *name;
} HsLegendEntry;

/* hs_paint_marks(), but for the line of title and legend, which they would cross. */
void hs_paint_chart_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks);

/* Lays out the legend right of the title: entries that do not fit are left out, with one of kind MORE in their place.
 * `cr` is asked for fonts only. An array of HsLegendEntry; free with g_array_unref(). */
GArray *hs_chart_legend(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                        const HsChartStyle *style);
/* The entry at a point, or NULL. */
const HsLegendEntry *hs_chart_legend_at(const GArray *legend, double x, double y);
