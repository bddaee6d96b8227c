/* SPDX-License-Identifier: MIT */
/* What the parts of the chart's painter share. */
#pragma once

#include "hs-paint-chart.h"
#include "hs-paint-private.h"

/* Part of the chart kept free above the highest mark, for title and legend; low charts have none to spare. */
#define HS_CHART_HEAD_PX 26
#define HS_CHART_HEAD_MIN_HEIGHT_PX 80

/* Lines are drawn only of what has bands; until it has, the chart stays stacked. */
static inline bool
hs_chart_is_overlaid(const HsChart *chart, const HsChartStyle *style)
{
  return style->mode == HS_CHART_OVERLAID && chart->layer_max != NULL;
}

/* Columns, layers and lines: all that is of the chart itself. */
void hs_paint_chart_columns(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                            const HsChartStyle *style, const HsChartAxis *axis);
HsColor hs_chart_committed_color(const HsPalette *palette);
HsColor hs_chart_reserved_color(const HsPalette *palette);
void hs_paint_chart_legend(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsChart *chart,
                           const HsChartStyle *style);
