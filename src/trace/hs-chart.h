/* SPDX-License-Identifier: MIT */
/*
 * What a size chart draws: any measure, by any grouping, in columns of time, exact in each of them.
 *
 * Columns are anchored to the trace, not to what is in view: column k covers the ticks from ⌈k · span / n⌉ to
 * ⌈(k + 1) · span / n⌉ after the anchor, where n columns are a view's width and `span` its ticks. Moving the view moves
 * the columns, but changes none.
 */
#pragma once

#include "hs-flow.h"
#include "hs-heap-sizes.h"

/* Names in settings and on the command line: "bytes", "count", "rate-events", "rate-bytes", "cumulative-count",
 * "cumulative-bytes", "slow-path"; "none", "heap", "source", "process", "size-class". Static. */
const char *hs_measure_name(HsMeasure measure);
const char *hs_group_name(HsGroup group);
/* HS_N_MEASURES, HS_N_GROUPS if there is none of that name. */
HsMeasure hs_measure_from_name(const char *name);
HsGroup hs_group_from_name(const char *name);
/* The measure of what is outstanding (bytes or count) that goes with any measure. */
HsMeasure hs_measure_outstanding(HsMeasure measure);
/* Values are bytes (a second), not numbers. */
bool hs_measure_is_bytes(HsMeasure measure);
/* Values are of a second. */
bool hs_measure_is_rate(HsMeasure measure);

typedef struct {
  int64_t anchor_ticks;
  uint64_t span_ticks; /* > 0 */
  int n;               /* > 0 */
} HsChartGrid;

/* The ticks at which column k begins; saturates. */
int64_t hs_chart_grid_edge(const HsChartGrid *grid, int64_t k);
/* The column whose beginning is nearest to a moment: the first of a view that begins there. */
int64_t hs_chart_grid_first(const HsChartGrid *grid, int64_t ticks);

/* What belongs together (see hs_row_set_query()): the rows and blocks that pass a filter, the series of those blocks,
 * and the rows they were found in. Borrowed. */
typedef struct {
  HsTimeline *timeline;
  HsRowSet *rows, *blocks;
  HsSeriesSet *series;
  uint32_t n_rows;
} HsChartData;

typedef struct {
  HsMeasure measure;
  HsGroup group;
  int64_t t0, t1; /* ticks of the view, t1 > t0 */
  int n_columns;  /* of the view, ≥ 1 */
  int max_layers; /* heaps and processes told apart at most; up to HS_FLOW_MAX_LAYERS */
  bool bands;     /* smallest and largest of each layer, to draw them one over another */
  bool sizes;     /* committed and reserved, with outstanding bytes */
  bool whole;     /* the largest value of the whole trace */
} HsChartQuery;

/* What took a look at every row, and may be used again for the same data: see hs_chart_new(). Zeroed = nothing. */
typedef struct {
  HsFlow *flow;
  HsHeapSizes *sizes;
} HsChartCache;

void hs_chart_cache_clear(HsChartCache *cache);
/* Takes other references to what is in `from`. */
void hs_chart_cache_copy(HsChartCache *cache, const HsChartCache *from);

typedef struct {
  HsMeasure measure;
  HsGroup group;
  HsChartGrid grid;
  int64_t first; /* the grid's column that is the first here; there may be more of them than a view shows */
  int n_columns;
  int n_layers;
  uint32_t *layer_ids; /* HsHeapId.v, HsSource, HsProcessId.v or a size class, ascending; last HS_ID_NONE for all
                          others together, and for all if nothing is told apart. A layer that is nothing throughout the
                          trace has no place */
  /* Numbers; what they are as a value see hs_chart_value(). Rates: what was begun in the column. Slow path: records
   * that it served. */
  int64_t *min, *max; /* [column] of the total: smallest, largest in the column; of a rate or part both are its own */
  int64_t *layers;    /* [column * n_layers + layer]; they sum to max. Outstanding: as the total first was its largest.
                         Cumulative: at the column's end */
  int64_t *layer_min, *layer_max; /* the same places: each layer's own; NULL if not asked for */
  int64_t *of;                    /* [column] what the total's numbers are parts of: ticks, records; NULL = 1 */
  int64_t *layers_of; /* the same for each layer's own (not for its part of the total); NULL = as the total */
  double factor;      /* a value is number · factor / of */
  int64_t peak;       /* largest of `max` in the view */
  int64_t peak_ticks; /* the earliest moment of it in the view */
  double whole_max, whole_layer_max; /* values; largest of the whole trace, in all and of one layer; 0 = not asked */
  int64_t *committed, *reserved;     /* [column] largest in it; NULL = not asked, or nothing told */
  uint32_t n_rows;                   /* that it was made from */
} HsChart;

/* The one way to a chart. `cache` (or NULL) is used if it fits, and filled. `cancel` (or NULL) is polled. NULL if
 * cancelled or out of memory. Any thread, a cache by one at a time. The first of a measure and grouping takes a look at
 * every row, but for outstanding memory without `bands` in all, by heap and by source; all others O(n_columns). */
HsChart *hs_chart_new(const HsChartData *data, const HsChartQuery *query, HsChartCache *cache, const int *cancel);
void hs_chart_free(HsChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsChart, hs_chart_free)

/* A number of the total, or of a layer as a part of the total, as a value: bytes, blocks, either a second, or 0…1. */
static inline double
hs_chart_value(const HsChart *chart, int column, int64_t number)
{
  int64_t of = chart->of != NULL ? chart->of[column] : 1;
  return of > 0 ? (double)number * chart->factor / (double)of : 0;
}
/* A layer's own value from a number of it (of layer_min or layer_max). */
static inline double
hs_chart_layer_value(const HsChart *chart, int column, int layer, int64_t number)
{
  if (chart->layers_of == NULL)
    return hs_chart_value(chart, column, number);
  int64_t of = chart->layers_of[(size_t)column * (size_t)chart->n_layers + (size_t)layer];
  return of > 0 ? (double)number * chart->factor / (double)of : 0;
}
/* The place of an id among the layers, or −1. */
int hs_chart_find_layer(const HsChart *chart, uint32_t id);
