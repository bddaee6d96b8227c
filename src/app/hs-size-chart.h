/* SPDX-License-Identifier: MIT */
/* HsSizeChart: outstanding bytes or count over time, stacked by heap or by source. */
#pragma once

#include "hs-time-pane.h"

#define HS_TYPE_SIZE_CHART (hs_size_chart_get_type())
G_DECLARE_FINAL_TYPE(HsSizeChart, hs_size_chart, HS, SIZE_CHART, HsTimePane)
