/* SPDX-License-Identifier: MIT */
/* A pivot as rows to be shown: groups in the order of a column, level by level, and no more than a list can hold. */
#pragma once

#include "hs-pivot.h"

typedef enum {
  HS_PIVOT_COLUMN_GROUP, /* in the order of keys */
  HS_PIVOT_COLUMN_COUNT, /* begun in the range */
  HS_PIVOT_COLUMN_SIZE,
  HS_PIVOT_COLUMN_AIFI, /* types: by bytes */
  HS_PIVOT_COLUMN_AIFO,
  HS_PIVOT_COLUMN_AOFI,
  HS_PIVOT_COLUMN_AOFO,
  HS_PIVOT_COLUMN_IMPACTING,
  HS_PIVOT_COLUMN_NET,
  HS_PIVOT_COLUMN_PEAK,
  HS_N_PIVOT_COLUMNS
} HsPivotColumn;

/* What a column counts of a group, to sort by and to draw bars of; net change may be negative. 0 for the group's own.
 */
int64_t hs_pivot_column_value(const HsRangeSums *sums, HsPivotColumn column);

typedef struct {
  uint32_t node;   /* UINT32_MAX = a row that says how many more groups there are */
  uint32_t n_more; /* of such a row */
  uint32_t parent; /* a row before this one; UINT32_MAX = none */
} HsPivotRow;

/* At most `max_children` groups of each parent (and as many on the first level), and about `max_rows` in all. Equal
 * ones stay in the order of their keys. An array of HsPivotRow; free with g_array_unref(). NULL if cancelled. Any
 * thread. */
GArray *hs_pivot_rows(const HsPivot *pivot, HsPivotColumn column, bool descending, uint32_t max_children,
                      uint32_t max_rows, const int *cancel);

/* The sizes of a class as a value of the filter language: "64..128", "0". Free with g_free(). */
char *hs_size_class_value(uint32_t size_class);

/* The text of a filter that lets pass what `query` (or NULL) does, but only of this group, or with `exclude` of all
 * others. Groups of everything else give the query's text. Free with g_free(). */
char *hs_pivot_filter_text(const HsPivot *pivot, const HsTimeline *timeline, uint32_t node, const HsQuery *query,
                           bool exclude);
