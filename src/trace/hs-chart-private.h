/* SPDX-License-Identifier: MIT */
/* What the parts of hs-chart*.c share. */
#pragma once

#include "hs-chart.h"

HsChartGrid hs_chart_grid(const HsTimeline *timeline, const HsChartQuery *query);
/* Fill a chart that has its grid. False if cancelled or out of memory. */
bool hs_chart_fill_by_series(HsChart *chart, const HsChartData *data, const HsChartQuery *query, const int *cancel);
bool hs_chart_fill_by_flow(HsChart *chart, const HsChartData *data, const HsChartQuery *query, HsChartCache *cache,
                           const int *cancel);
/* Of the columns in view. */
void hs_chart_find_peak(HsChart *chart, const HsChartData *data, const HsChartQuery *query);
