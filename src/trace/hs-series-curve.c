/* SPDX-License-Identifier: MIT */
/* The small curve of one layer. */
#include "hs-series-private.h"

/* Up to so many rows in view are looked at one by one; beyond, whole stretches are. */
#define DIRECT_ROWS (1u << 15)

typedef struct {
  const HsSeriesSet *set;
  HsSnapshot snapshot;
  HsGroup group;
  uint32_t layer;
  HsMeasure measure;
  const HsEdge *edges;
} Curve;

static int64_t
value_before(const Curve *curve, uint32_t stretch)
{
  const HsLayers *layers = &curve->set->layers;
  uint32_t entry = hs_layers_before(layers, hs_layers_newest(layers, curve->layer), stretch);
  return hs_layers_last(layers, entry, curve->measure);
}

static inline int64_t
changed(const Curve *curve, int64_t value, const HsDelta *delta)
{
  bool ours = hs_delta_layer(delta, curve->group) == curve->layer;
  return ours ? hs_wrapping_add(value, hs_delta_amount(delta, curve->measure)) : value;
}

static bool
is_ahead(const Curve *curve, const HsEdge *edge, const HsDelta *delta)
{
  HsSpan rest = {edge->ticks, INT64_MAX, edge->row, UINT32_MAX};
  return hs_span_is_ahead(&rest, curve->set->timeline, delta, curve->snapshot.n_rows);
}

/* Columns [first, end), looking at each row. */
static void
by_rows(const Curve *curve, int first, int end, int64_t *values)
{
  const HsEdge *edges = curve->edges;
  uint32_t stretch = edges[first].row >> HS_STRETCH_SHIFT;
  int64_t value = value_before(curve, stretch);
  HsReplay replay;
  hs_replay_init(&replay, curve->set, &curve->snapshot, stretch << HS_STRETCH_SHIFT, edges[end].row, true);
  const HsDelta *delta;
  for (; (delta = hs_replay_peek(&replay)) != NULL && is_ahead(curve, &edges[first], delta); replay.i++)
    value = changed(curve, value, delta);
  for (int column = first; column < end; column++) {
    values[column] = value;
    for (; (delta = hs_replay_peek(&replay)) != NULL && is_ahead(curve, &edges[column + 1], delta); replay.i++) {
      /* Exits only lower it, and nothing comes after. */
      if (column == end - 1 && delta->row == edges[end].row)
        break;
      value = changed(curve, value, delta);
      values[column] = MAX(values[column], value);
    }
  }
}

/* The largest value since the last whole stretch. */
static int64_t
open_max(const Curve *curve)
{
  uint32_t stretch = curve->snapshot.n_rows >> HS_STRETCH_SHIFT;
  int64_t value = value_before(curve, stretch), max = value;
  HsReplay replay;
  hs_replay_init(&replay, curve->set, &curve->snapshot, stretch << HS_STRETCH_SHIFT, curve->snapshot.n_rows, false);
  for (const HsDelta *delta; (delta = hs_replay_peek(&replay)) != NULL; replay.i++) {
    value = changed(curve, value, delta);
    max = MAX(max, value);
  }
  return max;
}

static void
by_stretches(const Curve *curve, int n, int64_t *values)
{
  const HsLayers *layers = &curve->set->layers;
  const HsEdge *edges = curve->edges;
  uint32_t whole = curve->snapshot.n_rows >> HS_STRETCH_SHIFT;
  uint32_t newest = hs_layers_newest(layers, curve->layer);
  for (int column = 0; column < n; column++) {
    int next = column + 1;
    if (edges[column].row == edges[next].row) {
      /* Nothing happens here: what held, exactly, for as long as nothing happens. */
      while (next < n && edges[next + 1].row == edges[column].row)
        next++;
      by_rows(curve, column, next, values);
      column = next - 1;
      continue;
    }
    uint32_t first = edges[column].row >> HS_STRETCH_SHIFT;
    uint32_t end = ((edges[next].row - 1) >> HS_STRETCH_SHIFT) + 1;
    uint32_t entry = hs_layers_before(layers, newest, MIN(end, whole));
    values[column] = hs_layers_max(layers, entry, MIN(first, whole), curve->measure);
    if (end > whole)
      values[column] = MAX(values[column], open_max(curve));
  }
}

static void
total_curve(const Curve *curve, int n, int64_t *values)
{
  for (int column = 0; column < n; column++) {
    HsSpan span = hs_edges_span(curve->edges, column);
    HsFold fold;
    hs_series_fold(curve->set, &curve->snapshot, &span, curve->measure, &fold);
    values[column] = hs_band_max(&fold.band, curve->measure);
  }
}

void
hs_series_curve(HsSeriesSet *set, HsGroup group, uint32_t id, HsMeasure measure, int64_t t0_ticks, int64_t t1_ticks,
                int n_columns, int64_t *values)
{
  if (n_columns <= 0)
    return;
  if (!hs_series_want(set, group, NULL)) {
    memset(values, 0, (size_t)n_columns * sizeof *values);
    return;
  }
  Curve curve = {.set = set, .group = group, .measure = measure};
  curve.layer = group == HS_GROUP_HEAP ? hs_layer_of_heap(id) : id;
  curve.snapshot = hs_series_snapshot(set);
  g_autofree HsEdge *edges = hs_series_edges(set, &curve.snapshot, t0_ticks, t1_ticks, n_columns, NULL);
  curve.edges = edges;
  if (group != HS_GROUP_NONE && id == HS_ID_NONE)
    memset(values, 0, (size_t)n_columns * sizeof *values);
  else if (group == HS_GROUP_NONE)
    total_curve(&curve, n_columns, values);
  else if (edges[n_columns].row - edges[0].row <= DIRECT_ROWS)
    by_rows(&curve, 0, n_columns, values);
  else
    by_stretches(&curve, n_columns, values);
}
