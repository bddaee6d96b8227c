/* SPDX-License-Identifier: MIT */
/* What heapscope-cli compare prints of two moments: in words (hs-cli-compare-text.c), or as rows. */
#pragma once

#include "hs-cli-writer.h"
#include "hs-comparison.h"

typedef struct {
  HsTimeline *timeline;
  int64_t at_ns[HS_N_SIDES]; /* as asked for */
  const HsComparison *comparison;
} HsCliComparison;

/* Sums, and a table for each of n fields. False after a message if there is not enough memory. */
bool hs_cli_compare_write_text(const HsCliComparison *compared, const HsPivotBy *by, unsigned n, HsCliWriter *writer);
/* What a group has in common, for tables and files: "0x1f0000", "lowfrag", "64"; NULL if it is not told. Heaps and
 * threads are told with their process in `pid` (UINT32_MAX = none). Free with g_free(). */
char *hs_cli_compare_group_name(const HsTimeline *timeline, HsPivotBy by, uint32_t key, uint32_t *pid);
