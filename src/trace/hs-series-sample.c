/* SPDX-License-Identifier: MIT */
/*
 * Samples for charts. Few rows in view: one pass over them. Many: the total of each column by the pyramid, then the
 * layers at the moment of each column's largest total, from the log and one replay of the stretch it lies in.
 */
#include "hs-scratch.h"
#include "hs-series-private.h"

#define DIRECT_ROWS (1u << 18)
#define COLUMNS_PER_POLL 16
#define DELTAS_PER_POLL 65536u

typedef struct {
  const HsSeriesSet *set;
  HsSnapshot snapshot;
  HsMeasure measure;
  HsLayerChoice choice;
  const HsEdge *edges;
  HsSamples *samples;
  const int *cancel;
  int64_t *values; /* of the chosen layers, now */
  int64_t total;   /* now */
  HsRow peak_row;  /* of samples->peak; UINT32_MAX = it held at t0 */
} Sampler;

/* A moment: after rows below `row`, and after exits just before `row` with ticks below `ticks`. */
typedef struct {
  HsRow row;
  int64_t ticks;
} Moment;

HsEdge *
hs_series_edges(const HsSeriesSet *set, const HsSnapshot *snapshot, int64_t t0, int64_t t1, int n, const int *cancel)
{
  g_autofree HsEdge *edges = g_new(HsEdge, (gsize)n + 1);
  __int128 span = t1 > t0 ? (__int128)t1 - t0 : 0;
  for (int i = 0; i <= n; i++) {
    if (i % COLUMNS_PER_POLL == 0 && hs_series_cancelled(cancel))
      return NULL;
    edges[i].ticks = (int64_t)(t0 + (span * i + n - 1) / n);
    bool same = i > 0 && edges[i].ticks == edges[i - 1].ticks;
    edges[i].row = same ? edges[i - 1].row : hs_timeline_row_at(set->timeline, edges[i].ticks, snapshot->n_rows);
  }
  return g_steal_pointer(&edges);
}

/* --- few rows --- */

/* The column's largest total is the value as it stands. */
static void
keep(Sampler *sampler, int column)
{
  HsSamples *samples = sampler->samples;
  uint32_t n = sampler->choice.n;
  int64_t *layers = samples->layers + (gsize)column * (gsize)samples->n_layers;
  int64_t rest = sampler->total;
  for (uint32_t i = 0; i < n; i++) {
    layers[i] = sampler->values[i];
    rest = hs_wrapping_add(rest, 0 - (uint64_t)sampler->values[i]);
  }
  if (sampler->choice.others)
    layers[n] = rest;
  samples->max[column] = sampler->total;
}

static inline void
settle(Sampler *sampler, int column, HsRow row)
{
  HsSamples *samples = sampler->samples;
  samples->min[column] = MIN(samples->min[column], sampler->total);
  if (sampler->total <= samples->max[column])
    return;
  keep(sampler, column);
  if (sampler->total > samples->peak) {
    samples->peak = sampler->total;
    sampler->peak_row = row;
  }
}

static inline void
apply(Sampler *sampler, const HsDelta *delta)
{
  sampler->total = hs_wrapping_add(sampler->total, hs_delta_amount(delta, sampler->measure));
  hs_layer_choice_apply(&sampler->choice, delta, sampler->values);
}

/* Puts the state to what held before the stretch. */
static void
start_at(Sampler *sampler, uint32_t stretch)
{
  const HsSeriesSet *set = sampler->set;
  sampler->total = 0;
  if (stretch > 0) {
    const HsBand *band = hs_series_entry(set, 0, (stretch << (HS_STRETCH_SHIFT - HS_ENTRY_SHIFT)) - 1);
    sampler->total = sampler->measure == HS_MEASURE_BYTES ? band->last_bytes : band->last_count;
  }
  for (uint32_t i = 0; i < sampler->choice.n; i++) {
    uint32_t newest = hs_layers_newest(&set->layers, sampler->choice.layers[i]);
    sampler->values[i] =
        hs_layers_last(&set->layers, hs_layers_before(&set->layers, newest, stretch), sampler->measure);
  }
}

/* The last column may end with a process's exit: its blocks need not be looked at to know what is left. */
static bool
ends_with_tail(const Sampler *sampler, int column, const HsDelta *delta)
{
  const HsTail *tail = sampler->snapshot.tail;
  return column == sampler->samples->n_columns - 1 && tail != NULL && delta->row == tail->n_rows &&
         tail->ticks < sampler->edges[column + 1].ticks;
}

static void
sample_column(Sampler *sampler, HsReplay *replay, int column)
{
  const HsTimeline *timeline = sampler->set->timeline;
  HsSpan rest = {sampler->edges[column + 1].ticks, INT64_MAX, sampler->edges[column + 1].row, UINT32_MAX};
  sampler->samples->min[column] = sampler->total;
  keep(sampler, column);
  HsRow row = UINT32_MAX;
  const HsDelta *delta;
  while ((delta = hs_replay_peek(replay)) != NULL &&
         hs_span_is_ahead(&rest, timeline, delta, sampler->snapshot.n_rows)) {
    if (delta->starts && row != UINT32_MAX)
      settle(sampler, column, row);
    if (ends_with_tail(sampler, column, delta)) {
      const HsTail *tail = sampler->snapshot.tail;
      sampler->total = sampler->measure == HS_MEASURE_BYTES ? tail->bytes : tail->count;
      sampler->samples->min[column] = MIN(sampler->samples->min[column], sampler->total);
      return;
    }
    apply(sampler, delta);
    row = delta->row;
    replay->i++;
  }
  if (row != UINT32_MAX)
    settle(sampler, column, row);
}

static bool
sample_directly(Sampler *sampler)
{
  const HsEdge *edges = sampler->edges;
  int n = sampler->samples->n_columns;
  uint32_t stretch = edges[0].row >> HS_STRETCH_SHIFT;
  HsSpan view = {edges[0].ticks, edges[n].ticks, edges[0].row, edges[n].row};
  start_at(sampler, stretch);
  HsReplay replay;
  hs_replay_init(&replay, sampler->set, &sampler->snapshot, stretch << HS_STRETCH_SHIFT, edges[n].row, true);
  for (const HsDelta *delta; (delta = hs_replay_peek(&replay)) != NULL; replay.i++) {
    if (!hs_span_is_ahead(&view, sampler->set->timeline, delta, sampler->snapshot.n_rows))
      break;
    apply(sampler, delta);
  }
  sampler->samples->peak = sampler->total;
  for (int column = 0; column < n; column++) {
    if (column % COLUMNS_PER_POLL == 0 && hs_series_cancelled(sampler->cancel))
      return false;
    sample_column(sampler, &replay, column);
  }
  return true;
}

/* --- many rows --- */

/* Some of the columns, by one of two threads. */
typedef struct {
  Sampler sampler; /* its own `values`, `total` */
  int first, end;
  Moment *moments; /* by column */
  int64_t peak;
  bool done;
} Columns;

static gpointer
sample_totals(gpointer data)
{
  Columns *columns = data;
  Sampler *sampler = &columns->sampler;
  HsSamples *samples = sampler->samples;
  for (int column = columns->first; column < columns->end; column++) {
    if (column % COLUMNS_PER_POLL == 0 && hs_series_cancelled(sampler->cancel))
      return NULL;
    HsSpan span = hs_edges_span(sampler->edges, column);
    HsFold fold;
    hs_series_fold(sampler->set, &sampler->snapshot, &span, sampler->measure, &fold);
    bool bytes = sampler->measure == HS_MEASURE_BYTES;
    samples->min[column] = bytes ? fold.band.min_bytes : fold.band.min_count;
    samples->max[column] = hs_band_max(&fold.band, sampler->measure);
    bool held = fold.peak_row >= sampler->snapshot.n_rows;
    columns->moments[column] = held ? (Moment){span.first, span.t0} : (Moment){fold.peak_row + 1, INT64_MIN};
    if (column == columns->first || samples->max[column] > columns->peak) {
      columns->peak = samples->max[column];
      sampler->peak_row = fold.peak_row;
    }
  }
  columns->done = true;
  return NULL;
}

/* Fills samples->layers with what each layer was before the stretch of the column's moment. Backwards, since that is
 * the way the log is linked. */
static bool
look_up_layers(Sampler *sampler, const Moment *moments)
{
  HsSamples *samples = sampler->samples;
  const HsLayers *layers = &sampler->set->layers;
  uint32_t n = sampler->choice.n;
  g_autofree uint32_t *entries = g_new(uint32_t, MAX(n, 1));
  for (uint32_t i = 0; i < n; i++)
    entries[i] = hs_layers_newest(layers, sampler->choice.layers[i]);
  for (int column = samples->n_columns - 1; column >= 0; column--) {
    if (column % COLUMNS_PER_POLL == 0 && hs_series_cancelled(sampler->cancel))
      return false;
    uint32_t stretch = moments[column].row >> HS_STRETCH_SHIFT;
    int64_t *values = samples->layers + (gsize)column * (gsize)samples->n_layers;
    for (uint32_t i = 0; i < n; i++) {
      entries[i] = hs_layers_before(layers, entries[i], stretch);
      values[i] = hs_layers_last(layers, entries[i], sampler->measure);
    }
  }
  return true;
}

/* Goes from the start of the stretch on to the moment. False if cancelled. */
static bool
advance(Sampler *sampler, HsReplay *replay, Moment moment)
{
  HsSpan rest = {moment.ticks, INT64_MAX, moment.row, UINT32_MAX};
  uint32_t n = 0;
  const HsDelta *delta;
  while ((delta = hs_replay_peek(replay)) != NULL &&
         hs_span_is_ahead(&rest, sampler->set->timeline, delta, sampler->snapshot.n_rows)) {
    if (n++ % DELTAS_PER_POLL == DELTAS_PER_POLL - 1 && hs_series_cancelled(sampler->cancel))
      return false;
    hs_layer_choice_apply(&sampler->choice, delta, sampler->values);
    replay->i++;
  }
  return true;
}

/* Where one of the ways through a stretch is. */
typedef struct {
  uint32_t stretch; /* UINT32_MAX: nowhere */
  HsReplay replay;
} Way;

static HsRow
stretch_end(const Sampler *sampler, HsRow first)
{
  return first + MIN(sampler->snapshot.n_rows - first, 1u << HS_STRETCH_SHIFT);
}

/* Any layers, and any moment. False if cancelled. */
static bool
replay_to(Sampler *sampler, Way *way, Moment moment, const int64_t *before)
{
  uint32_t stretch = moment.row >> HS_STRETCH_SHIFT;
  if (stretch != way->stretch) {
    HsRow first = stretch << HS_STRETCH_SHIFT, end = stretch_end(sampler, first);
    hs_replay_init(&way->replay, sampler->set, &sampler->snapshot, first, end, end == sampler->snapshot.n_rows);
    memcpy(sampler->values, before, sampler->choice.n * sizeof(int64_t));
    way->stretch = stretch;
  }
  return advance(sampler, &way->replay, moment);
}

/* Sources after a row. */
static void
sum_to(Sampler *sampler, Way *way, HsRow row, const int64_t *before)
{
  const HsLayerChoice *choice = &sampler->choice;
  uint32_t stretch = row >> HS_STRETCH_SHIFT;
  uint64_t sums[HS_N_WEIGHT_SOURCES] = {0};
  if (stretch != way->stretch) {
    HsRow first = stretch << HS_STRETCH_SHIFT;
    way->replay.reader = hs_delta_reader(sampler->set->timeline, sampler->set->blocks, first,
                                         stretch_end(sampler, first), sampler->snapshot.n_endings);
    memcpy(sampler->values, before, choice->n * sizeof(int64_t));
    way->stretch = stretch;
  }
  hs_series_add_sources(&way->replay.reader, row, choice->measure, sums);
  for (uint32_t i = 0; i < choice->n; i++)
    sampler->values[i] = hs_wrapping_add(sampler->values[i], sums[choice->layers[i]]);
}

static gpointer
replay_layers(gpointer data)
{
  Columns *columns = data;
  Sampler *sampler = &columns->sampler;
  HsSamples *samples = sampler->samples;
  Way any = {.stretch = UINT32_MAX}, quick = {.stretch = UINT32_MAX};
  for (int column = columns->first; column < columns->end; column++) {
    if (column % COLUMNS_PER_POLL == 0 && hs_series_cancelled(sampler->cancel))
      return NULL;
    Moment moment = columns->moments[column];
    const int64_t *before = samples->layers + (gsize)column * (gsize)samples->n_layers;
    if (sampler->choice.group == HS_GROUP_SOURCE && moment.ticks == INT64_MIN) {
      any.stretch = UINT32_MAX;
      sum_to(sampler, &quick, moment.row, before);
    } else {
      quick.stretch = UINT32_MAX;
      if (!replay_to(sampler, &any, moment, before))
        return NULL;
    }
    sampler->total = samples->max[column];
    keep(sampler, column);
  }
  columns->done = true;
  return NULL;
}

static bool
run(GThreadFunc work, Columns *here, Columns *there)
{
  here->done = there->done = false;
  hs_run_both("hs-samples", work, here, there);
  return here->done && there->done;
}

static bool
sample_both(Sampler *sampler, Columns *here, Columns *there)
{
  HsSamples *samples = sampler->samples;
  if (!run(sample_totals, here, there))
    return false;
  bool later = there->peak > here->peak;
  samples->peak = later ? there->peak : here->peak;
  sampler->peak_row = (later ? there : here)->sampler.peak_row;
  if (sampler->choice.n > 0)
    return look_up_layers(sampler, here->moments) && run(replay_layers, here, there);
  for (int column = 0; column < samples->n_columns; column++) {
    sampler->total = samples->max[column];
    keep(sampler, column);
  }
  return true;
}

static bool
sample_by_pyramid(Sampler *sampler)
{
  int n = sampler->samples->n_columns;
  g_autofree Moment *moments = g_new(Moment, n);
  g_autofree int64_t *values = g_new0(int64_t, MAX(sampler->choice.n, 1));
  Columns here = {.sampler = *sampler, .end = (n + 1) / 2, .moments = moments, .peak = INT64_MIN};
  Columns there = {.sampler = *sampler, .first = here.end, .end = n, .moments = moments, .peak = INT64_MIN};
  there.sampler.values = values;
  return sample_both(sampler, &here, &there);
}

static void
allocate(Sampler *sampler, HsGroup group, int n_columns)
{
  HsSamples *samples = sampler->samples;
  const HsLayerChoice *choice = &sampler->choice;
  samples->measure = sampler->measure;
  samples->group = group;
  samples->n_columns = n_columns;
  samples->n_layers = (int)choice->n + choice->others;
  samples->n_rows = sampler->snapshot.n_rows;
  samples->layer_ids = g_new(uint32_t, MAX(samples->n_layers, 1));
  for (uint32_t i = 0; i < choice->n; i++)
    samples->layer_ids[i] = group == HS_GROUP_HEAP ? choice->layers[i] - HS_N_SOURCES : choice->layers[i];
  if (choice->others)
    samples->layer_ids[choice->n] = HS_ID_NONE;
  samples->min = g_new0(int64_t, MAX(n_columns, 1));
  samples->max = g_new0(int64_t, MAX(n_columns, 1));
  samples->layers = g_new0(int64_t, MAX((gsize)n_columns * (gsize)samples->n_layers, 1));
  sampler->values = g_new0(int64_t, MAX(choice->n, 1));
}

/* Takes the edges. */
static HsSamples *
sample(HsSeriesSet *set, const HsSnapshot *snapshot, HsMeasure measure, HsGroup group, HsEdge *edges, int n_columns,
       int max_layers, const int *cancel)
{
  g_autofree HsEdge *owned = edges;
  if (edges == NULL)
    return NULL;
  g_autoptr(HsSamples) samples = g_new0(HsSamples, 1);
  Sampler sampler = {.set = set,
                     .snapshot = *snapshot,
                     .measure = measure,
                     .edges = edges,
                     .samples = samples,
                     .cancel = cancel,
                     .peak_row = UINT32_MAX};
  hs_layer_choice_init(&sampler.choice, set, snapshot, group, measure, max_layers);
  allocate(&sampler, group, n_columns);
  bool few = edges[n_columns].row - edges[0].row <= DIRECT_ROWS;
  bool done = few ? sample_directly(&sampler) : sample_by_pyramid(&sampler);
  bool held = sampler.peak_row >= snapshot->n_rows;
  samples->peak_ticks = held ? edges[0].ticks : hs_timeline_ticks(set->timeline, sampler.peak_row);
  hs_layer_choice_clear(&sampler.choice);
  g_free(sampler.values);
  return done ? g_steal_pointer(&samples) : NULL;
}

HsSamples *
hs_series_sample(HsSeriesSet *set, HsMeasure measure, HsGroup group, int64_t t0_ticks, int64_t t1_ticks, int n_columns,
                 int max_layers, const int *cancel)
{
  n_columns = MAX(n_columns, 1);
  if (!hs_series_want(set, group, cancel))
    return NULL;
  HsSnapshot snapshot = hs_series_snapshot(set);
  HsEdge *edges = hs_series_edges(set, &snapshot, t0_ticks, t1_ticks, n_columns, cancel);
  return sample(set, &snapshot, measure, group, edges, n_columns, max_layers, cancel);
}

HsSamples *
hs_series_sample_edges(HsSeriesSet *set, HsMeasure measure, HsGroup group, const int64_t *edges_ticks, int n_columns,
                       int max_layers, const int *cancel)
{
  if (!hs_series_want(set, group, cancel))
    return NULL;
  HsSnapshot snapshot = hs_series_snapshot(set);
  HsEdge *edges = g_new(HsEdge, (gsize)n_columns + 1);
  for (int i = 0; i <= n_columns; i++)
    edges[i] = (HsEdge){edges_ticks[i], hs_timeline_row_at(set->timeline, edges_ticks[i], snapshot.n_rows)};
  return sample(set, &snapshot, measure, group, edges, n_columns, max_layers, cancel);
}

void
hs_samples_free(HsSamples *samples)
{
  if (samples == NULL)
    return;
  g_free(samples->layer_ids);
  g_free(samples->min);
  g_free(samples->max);
  g_free(samples->layers);
  g_free(samples);
}
