/* SPDX-License-Identifier: MIT */
/* What a size chart shows, in words. All texts are translated; those returned are free with g_free(). Any thread. */
#pragma once

#include "hs-chart.h"

/* "Outstanding bytes by heap". */
char *hs_chart_title(HsMeasure measure, HsGroup group);
/* "Outstanding bytes", "By heap": for menus. Static. */
const char *hs_measure_title(HsMeasure measure);
const char *hs_group_title(HsGroup group);

/* A layer's name: with all that tells it from others ("0x1f0000 · clang.exe"), or as short as it can be for a legend
 * ("0x1f0000"). `timeline` may be NULL. */
char *hs_chart_layer_name(const HsTimeline *timeline, HsGroup group, uint32_t id, bool is_short);

/* A value as exact as it is of use: "61.4 MiB", "2,391,556", "1.24 M/s", "4.2 %". `buffer` has HS_FORMAT_MAX bytes. */
char *hs_chart_format(char *buffer, size_t size, HsMeasure measure, double value);
/* The label of an axis: as short as can be ("96 MiB", "25 M"). */
char *hs_chart_format_axis(char *buffer, size_t size, HsMeasure measure, double value);
