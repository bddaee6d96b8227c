/* SPDX-License-Identifier: MIT */
/* Charts from the series, which are there already, and from flows. */
#include "hs-chart-private.h"
#include "hs-series-private.h"

/* --- by the series --- */

bool
hs_chart_fill_by_series(HsChart *chart, const HsChartData *data, const HsChartQuery *query, const int *cancel)
{
  int n = chart->grid.n;
  g_autofree int64_t *edges_ticks = g_new(int64_t, (size_t)n + 1);
  chart->first = hs_chart_grid_first(&chart->grid, query->t0);
  for (int i = 0; i <= n; i++)
    edges_ticks[i] = hs_chart_grid_edge(&chart->grid, chart->first + i);
  g_autoptr(HsSamples) samples =
      hs_series_sample_edges(data->series, query->measure, query->group, edges_ticks, n, query->max_layers, cancel);
  if (samples == NULL)
    return false;
  chart->n_columns = samples->n_columns;
  chart->n_layers = samples->n_layers;
  chart->layer_ids = g_steal_pointer(&samples->layer_ids);
  chart->min = g_steal_pointer(&samples->min);
  chart->max = g_steal_pointer(&samples->max);
  chart->layers = g_steal_pointer(&samples->layers);
  int64_t ticks;
  if (query->whole)
    chart->whole_max = (double)MAX(hs_series_peak(data->series, query->measure, INT64_MIN, INT64_MAX, &ticks), 0);
  return true;
}

/* --- by a flow --- */

typedef struct {
  HsChart *chart;
  const HsFlow *flow;
  const HsFlowSum *sums; /* [column * n_sums + layer] */
  const HsFlowSum *before;
  const HsFlowEdge *edges;
  const int64_t *at_largest; /* or NULL */
  uint32_t n_sums;
  uint32_t *shown; /* the flow's layer of each of the chart's */
} Filling;

/* Of the column, and of all that was before it. */
static const HsFlowSum *
sum_before(const Filling *f, int column, uint32_t layer)
{
  return column > 0 ? &f->sums[(size_t)(column - 1) * f->n_sums + layer] : &f->before[layer];
}

typedef struct {
  int64_t min, max, of;
} Number;

static Number
number_of(const Filling *f, int column, uint32_t layer)
{
  const HsFlowSum *sum = &f->sums[(size_t)column * f->n_sums + layer], *before = sum_before(f, column, layer);
  int64_t n = (int64_t)(sum->n - before->n), amount = (int64_t)(sum->amount - before->amount);
  int64_t ticks = f->edges[column + 1].ticks - f->edges[column].ticks;
  switch (f->chart->measure) {
  case HS_MEASURE_BYTES:
    return (Number){sum->min_bytes, sum->max_bytes, 1};
  case HS_MEASURE_COUNT:
    return (Number){sum->min_count, sum->max_count, 1};
  case HS_MEASURE_RATE_EVENTS:
    return (Number){n, n, ticks};
  case HS_MEASURE_RATE_BYTES:
    return (Number){amount, amount, ticks};
  case HS_MEASURE_CUMULATIVE_COUNT:
    return (Number){(int64_t)before->n, (int64_t)sum->n, 1};
  case HS_MEASURE_CUMULATIVE_BYTES:
    return (Number){(int64_t)before->amount, (int64_t)sum->amount, 1};
  case HS_MEASURE_SLOW_PATH:
  case HS_N_MEASURES:
    break;
  }
  return (Number){amount, amount, n};
}

static void
fill_column(const Filling *f, int column)
{
  HsChart *chart = f->chart;
  Number total = number_of(f, column, f->n_sums - 1);
  chart->min[column] = total.min;
  chart->max[column] = total.max;
  if (chart->of != NULL)
    chart->of[column] = total.of;
  size_t at = (size_t)column * (size_t)chart->n_layers;
  for (int i = 0; i < chart->n_layers; i++) {
    Number layer = number_of(f, column, f->shown[i]);
    chart->layers[at + (size_t)i] =
        f->at_largest != NULL ? f->at_largest[(size_t)column * (f->n_sums - 1) + f->shown[i]] : layer.max;
    if (chart->layer_min != NULL) {
      chart->layer_min[at + (size_t)i] = layer.min;
      chart->layer_max[at + (size_t)i] = layer.max;
    }
    if (chart->layers_of != NULL)
      chart->layers_of[at + (size_t)i] = layer.of;
  }
}

/* A column of less than a tick has no time of its own: it shows the tick it lies in. */
static void
fill_timeless(HsChart *chart, int column)
{
  size_t n = (size_t)chart->n_layers;
  chart->min[column] = chart->min[column - 1];
  chart->max[column] = chart->max[column - 1];
  chart->of[column] = chart->of[column - 1];
  memcpy(chart->layers + (size_t)column * n, chart->layers + (size_t)(column - 1) * n, n * sizeof(int64_t));
  if (chart->layer_min == NULL)
    return;
  memcpy(chart->layer_min + (size_t)column * n, chart->layer_min + (size_t)(column - 1) * n, n * sizeof(int64_t));
  memcpy(chart->layer_max + (size_t)column * n, chart->layer_max + (size_t)(column - 1) * n, n * sizeof(int64_t));
}

static void
choose_layers(Filling *f)
{
  HsChart *chart = f->chart;
  uint32_t n = f->n_sums - 1;
  const HsFlowSum *whole = hs_flow_whole(f->flow);
  f->shown = g_new(uint32_t, n);
  chart->layer_ids = g_new(uint32_t, n);
  for (uint32_t i = 0; i < n; i++) {
    if (hs_flow_rank(&whole[i], chart->measure) == 0 && chart->group != HS_GROUP_NONE)
      continue;
    f->shown[chart->n_layers] = i;
    chart->layer_ids[chart->n_layers++] = hs_flow_layer_id(f->flow, i);
  }
}

static void
allocate(HsChart *chart, bool bands)
{
  size_t n_columns = (size_t)chart->n_columns, n = MAX(n_columns * (size_t)chart->n_layers, 1);
  bool slow = chart->measure == HS_MEASURE_SLOW_PATH;
  chart->min = g_new0(int64_t, n_columns);
  chart->max = g_new0(int64_t, n_columns);
  chart->layers = g_new0(int64_t, n);
  if (bands) {
    chart->layer_min = g_new0(int64_t, n);
    chart->layer_max = g_new0(int64_t, n);
  }
  if (slow || hs_measure_is_rate(chart->measure))
    chart->of = g_new0(int64_t, n_columns);
  if (slow)
    chart->layers_of = g_new0(int64_t, n);
}

static bool
fill_columns(Filling *f, bool bands, const int *cancel)
{
  HsChart *chart = f->chart;
  bool outstanding = chart->measure == HS_MEASURE_BYTES || chart->measure == HS_MEASURE_COUNT;
  int n = chart->n_columns;
  g_autofree HsFlowEdge *edges = g_new(HsFlowEdge, (size_t)n + 1);
  g_autofree HsFlowSum *sums = g_try_new(HsFlowSum, (size_t)n * f->n_sums);
  g_autofree HsFlowSum *before = g_new(HsFlowSum, f->n_sums);
  g_autofree int64_t *at_largest = outstanding ? g_try_new(int64_t, (size_t)n * f->n_sums) : NULL;
  if (sums == NULL || (outstanding && at_largest == NULL))
    return false;
  for (int i = 0; i <= n; i++)
    edges[i] = hs_flow_edge(f->flow, hs_chart_grid_edge(&chart->grid, chart->first + i));
  HsFlowColumns columns = {sums, before, chart->measure, at_largest};
  if (!hs_flow_columns(f->flow, edges, n, &columns, cancel))
    return false;
  f->sums = sums;
  f->before = before;
  f->edges = edges;
  f->at_largest = at_largest;
  choose_layers(f);
  allocate(chart, bands);
  for (int i = 0; i < n; i++) {
    if (i > 0 && hs_measure_is_rate(chart->measure) && edges[i + 1].ticks == edges[i].ticks)
      fill_timeless(chart, i);
    else
      fill_column(f, i);
  }
  g_free(f->shown);
  return true;
}

static void
find_largest(const HsChart *chart, double *total, double *layer)
{
  for (int i = 0; i < chart->n_columns; i++) {
    *total = MAX(*total, hs_chart_value(chart, i, chart->max[i]));
    for (int k = 0; k < chart->n_layers && chart->layer_max != NULL; k++)
      *layer = MAX(
          *layer, hs_chart_layer_value(chart, i, k, chart->layer_max[(size_t)i * (size_t)chart->n_layers + (size_t)k]));
  }
}

/* Of a rate, the largest hangs on how long its columns are: those of a view of the whole trace. */
static bool
find_whole_rate(HsChart *chart, const HsChartData *data, const HsChartQuery *query, HsChartCache *cache,
                const int *cancel)
{
  HsChartQuery all = *query;
  hs_timeline_span(data->timeline, &all.t0, &all.t1);
  all.whole = false;
  g_autoptr(HsChart) whole = hs_chart_new(data, &all, cache, cancel);
  if (whole == NULL)
    return false;
  find_largest(whole, &chart->whole_max, &chart->whole_layer_max);
  return true;
}

static double
whole_value(const HsChart *chart, const HsFlowSum *sum)
{
  return chart->measure == HS_MEASURE_SLOW_PATH ? 1 : (double)hs_flow_rank(sum, chart->measure);
}

static bool
find_whole(HsChart *chart, const HsFlow *flow, const HsChartData *data, const HsChartQuery *query, HsChartCache *cache,
           const int *cancel)
{
  if (hs_measure_is_rate(chart->measure))
    return find_whole_rate(chart, data, query, cache, cancel);
  uint32_t n_layers = hs_flow_n_layers(flow);
  const HsFlowSum *whole = hs_flow_whole(flow);
  chart->whole_max = whole_value(chart, &whole[n_layers]);
  for (uint32_t i = 0; i < n_layers; i++)
    chart->whole_layer_max = MAX(chart->whole_layer_max, whole_value(chart, &whole[i]));
  return true;
}

static bool
take_flow(HsChartCache *cache, const HsChartData *data, const HsChartQuery *query, const int *cancel)
{
  HsFlowPart part = query->measure == HS_MEASURE_SLOW_PATH ? HS_FLOW_RECORDS : HS_FLOW_BLOCKS;
  HsRowSet *set = part == HS_FLOW_RECORDS ? data->rows : data->blocks;
  if (cache->flow != NULL && hs_flow_is_of(cache->flow, data->timeline, part, set, data->n_rows, query->group,
                                           query->measure, query->max_layers))
    return true;
  g_clear_pointer(&cache->flow, hs_flow_unref);
  cache->flow =
      hs_flow_new(data->timeline, part, set, data->n_rows, query->group, query->measure, query->max_layers, cancel);
  return cache->flow != NULL;
}

bool
hs_chart_fill_by_flow(HsChart *chart, const HsChartData *data, const HsChartQuery *query, HsChartCache *cache,
                      const int *cancel)
{
  if (!take_flow(cache, data, query, cancel))
    return false;
  chart->first = hs_chart_grid_first(&chart->grid, query->t0);
  chart->n_columns = chart->grid.n;
  if (hs_measure_is_rate(query->measure))
    chart->factor = (double)MAX(hs_timeline_clock(data->timeline).frequency, 1);
  Filling filling = {.chart = chart, .flow = cache->flow, .n_sums = hs_flow_n_layers(cache->flow) + 1};
  return fill_columns(&filling, query->bands, cancel) &&
         (!query->whole || find_whole(chart, filling.flow, data, query, cache, cancel));
}

/* --- peak --- */

void
hs_chart_find_peak(HsChart *chart, const HsChartData *data, const HsChartQuery *query)
{
  int64_t first = hs_chart_grid_first(&chart->grid, query->t0);
  int from = (int)(first - chart->first), best = from;
  for (int i = from; i < from + chart->grid.n; i++) {
    if (hs_chart_value(chart, i, chart->max[i]) > hs_chart_value(chart, best, chart->max[best]))
      best = i;
  }
  chart->peak = chart->max[best];
  chart->peak_ticks = hs_chart_grid_edge(&chart->grid, chart->first + best);
  if (query->measure == HS_MEASURE_BYTES || query->measure == HS_MEASURE_COUNT)
    chart->peak = hs_series_peak(data->series, query->measure, hs_chart_grid_edge(&chart->grid, first),
                                 hs_chart_grid_edge(&chart->grid, first + chart->grid.n), &chart->peak_ticks);
}
