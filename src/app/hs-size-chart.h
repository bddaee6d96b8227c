/* SPDX-License-Identifier: MIT */
/* HsSizeChart: outstanding memory, rates, sums over time, in layers; see hs-chart.h. */
#pragma once

#include "hs-time-pane.h"

#define HS_TYPE_SIZE_CHART (hs_size_chart_get_type())
G_DECLARE_FINAL_TYPE(HsSizeChart, hs_size_chart, HS, SIZE_CHART, HsTimePane)

/* What is kept beside what is drawn. */
uint64_t hs_size_chart_memory_bytes(HsSizeChart *self);
