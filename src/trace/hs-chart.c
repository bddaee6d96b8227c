/* SPDX-License-Identifier: MIT */
#include "hs-chart-private.h"

/* --- names --- */

static const char *const measure_names[HS_N_MEASURES] = {
    [HS_MEASURE_BYTES] = "bytes",
    [HS_MEASURE_COUNT] = "count",
    [HS_MEASURE_RATE_EVENTS] = "rate-events",
    [HS_MEASURE_RATE_BYTES] = "rate-bytes",
    [HS_MEASURE_CUMULATIVE_COUNT] = "cumulative-count",
    [HS_MEASURE_CUMULATIVE_BYTES] = "cumulative-bytes",
    [HS_MEASURE_SLOW_PATH] = "slow-path",
};

static const char *const group_names[HS_N_GROUPS] = {
    [HS_GROUP_NONE] = "none",
    [HS_GROUP_HEAP] = "heap",
    [HS_GROUP_SOURCE] = "source",
    [HS_GROUP_PROCESS] = "process",
    [HS_GROUP_SIZE_CLASS] = "size-class",
};

const char *
hs_measure_name(HsMeasure measure)
{
  return measure_names[measure < HS_N_MEASURES ? measure : HS_MEASURE_BYTES];
}

const char *
hs_group_name(HsGroup group)
{
  return group_names[group < HS_N_GROUPS ? group : HS_GROUP_NONE];
}

static unsigned
find(const char *const *names, unsigned n, const char *name)
{
  unsigned i = 0;
  while (i < n && !g_str_equal(names[i], name))
    i++;
  return i;
}

HsMeasure
hs_measure_from_name(const char *name)
{
  return (HsMeasure)find(measure_names, HS_N_MEASURES, name);
}

HsGroup
hs_group_from_name(const char *name)
{
  return (HsGroup)find(group_names, HS_N_GROUPS, name);
}

bool
hs_measure_is_bytes(HsMeasure measure)
{
  return measure == HS_MEASURE_BYTES || measure == HS_MEASURE_RATE_BYTES || measure == HS_MEASURE_CUMULATIVE_BYTES;
}

bool
hs_measure_is_rate(HsMeasure measure)
{
  return measure == HS_MEASURE_RATE_EVENTS || measure == HS_MEASURE_RATE_BYTES;
}

HsMeasure
hs_measure_outstanding(HsMeasure measure)
{
  return hs_measure_is_bytes(measure) ? HS_MEASURE_BYTES : HS_MEASURE_COUNT;
}

/* --- grid --- */

static __int128
floor_div(__int128 a, __int128 b)
{
  __int128 quotient = a / b;
  return quotient - (a % b < 0);
}

static int64_t
saturate(__int128 value)
{
  return value < INT64_MIN ? INT64_MIN : value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

int64_t
hs_chart_grid_edge(const HsChartGrid *grid, int64_t k)
{
  /* ⌈a / b⌉ = −⌊−a / b⌋ */
  return saturate((__int128)grid->anchor_ticks - floor_div(-((__int128)k * grid->span_ticks), grid->n));
}

int64_t
hs_chart_grid_first(const HsChartGrid *grid, int64_t ticks)
{
  __int128 twice = ((__int128)ticks - grid->anchor_ticks) * grid->n * 2 + grid->span_ticks;
  return saturate(floor_div(twice, (__int128)grid->span_ticks * 2));
}

HsChartGrid
hs_chart_grid(const HsTimeline *timeline, const HsChartQuery *query)
{
  HsChartGrid grid = {.span_ticks = (uint64_t)query->t1 - (uint64_t)query->t0, .n = MAX(query->n_columns, 1)};
  int64_t end;
  hs_timeline_span(timeline, &grid.anchor_ticks, &end);
  grid.span_ticks = MAX(grid.span_ticks, 1);
  /* Numbers of columns that no arithmetic here would hold are of views far beyond any trace. */
  const int64_t far = INT64_C(1) << 48;
  int64_t first = hs_chart_grid_first(&grid, query->t0);
  if (first > far || first < -far || grid.span_ticks > (uint64_t)1 << 62)
    grid.anchor_ticks = query->t0;
  return grid;
}

/* --- the whole --- */

void
hs_chart_cache_clear(HsChartCache *cache)
{
  g_clear_pointer(&cache->flow, hs_flow_unref);
  g_clear_pointer(&cache->sizes, hs_heap_sizes_unref);
}

void
hs_chart_cache_copy(HsChartCache *cache, const HsChartCache *from)
{
  *cache = (HsChartCache){from->flow != NULL ? hs_flow_ref(from->flow) : NULL,
                          from->sizes != NULL ? hs_heap_sizes_ref(from->sizes) : NULL};
}

int
hs_chart_find_layer(const HsChart *chart, uint32_t id)
{
  for (int i = 0; i < chart->n_layers; i++) {
    if (chart->layer_ids[i] == id)
      return i;
  }
  return -1;
}

static bool
add_sizes(HsChart *chart, const HsChartData *data, HsChartCache *cache, const int *cancel)
{
  if (cache->sizes == NULL || cache->sizes->rows != data->rows || cache->sizes->n_rows != data->n_rows) {
    HsHeapSizes *sizes = hs_heap_sizes_new(data->timeline, data->rows, data->n_rows, cache->sizes, cancel);
    if (sizes == NULL)
      return false;
    g_clear_pointer(&cache->sizes, hs_heap_sizes_unref);
    cache->sizes = sizes;
  }
  if (cache->sizes->n_steps == 0)
    return true;
  chart->committed = g_new(int64_t, chart->n_columns);
  chart->reserved = g_new(int64_t, chart->n_columns);
  for (int i = 0; i < chart->n_columns; i++)
    hs_heap_sizes_largest(cache->sizes, hs_chart_grid_edge(&chart->grid, chart->first + i),
                          hs_chart_grid_edge(&chart->grid, chart->first + i + 1), &chart->committed[i],
                          &chart->reserved[i]);
  return true;
}

HsChart *
hs_chart_new(const HsChartData *data, const HsChartQuery *query, HsChartCache *cache, const int *cancel)
{
  HsChartCache none = {NULL, NULL};
  g_autoptr(HsChart) chart = g_new0(HsChart, 1);
  chart->measure = query->measure;
  chart->group = query->group;
  chart->grid = hs_chart_grid(data->timeline, query);
  chart->factor = 1;
  chart->n_rows = data->n_rows;
  if (cache == NULL)
    cache = &none;
  bool outstanding = query->measure == HS_MEASURE_BYTES || query->measure == HS_MEASURE_COUNT;
  bool by_series = outstanding && !query->bands && query->group <= HS_GROUP_SOURCE;
  bool done = by_series ? hs_chart_fill_by_series(chart, data, query, cancel)
                        : hs_chart_fill_by_flow(chart, data, query, cache, cancel);
  if (done && query->sizes && query->measure == HS_MEASURE_BYTES)
    done = add_sizes(chart, data, cache, cancel);
  if (done)
    hs_chart_find_peak(chart, data, query);
  hs_chart_cache_clear(&none);
  return done ? g_steal_pointer(&chart) : NULL;
}

void
hs_chart_free(HsChart *chart)
{
  if (chart == NULL)
    return;
  g_free(chart->layer_ids);
  g_free(chart->min);
  g_free(chart->max);
  g_free(chart->layers);
  g_free(chart->layer_min);
  g_free(chart->layer_max);
  g_free(chart->of);
  g_free(chart->layers_of);
  g_free(chart->committed);
  g_free(chart->reserved);
  g_free(chart);
}
