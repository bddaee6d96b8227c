/* SPDX-License-Identifier: MIT */
/* Classes of sizes and lifetimes as the window words them. Texts returned are free with g_free(). Any thread. */
#pragma once

#include "hs-distribution.h"

/* "64 – 127 B", "4.0 – 8.0 KiB", "48 B", "2 – 5 µs", "1 KiB and more", "outstanding". */
char *hs_distribution_class_text(HsDistributionKind kind, uint32_t class);
/* Where a class begins, for an axis: "64 B", "4 KiB", "20 µs"; of one without an end, or of what is outstanding, what
 * it is: "≥ 1 KiB", "outstanding". */
char *hs_distribution_mark_text(HsDistributionKind kind, uint32_t class);
/* What is spread: "Sizes", "Sizes up to 1 KiB", … Static, translated. */
const char *hs_distribution_title(HsDistributionKind kind);
