/* SPDX-License-Identifier: MIT */
/* Charts of every measure and grouping against a plain list of what happens to memory, walked from end to end. */
#include <string.h>

#include "hs-chart.h"
#include "hs-pivot.h"
#include "random-trace.h"

#define MAX_IDS 600

typedef struct {
  int64_t ticks;
  bool step; /* the last of what happens at once */
  int64_t bytes, count;
  uint32_t id;
} Change;

typedef struct {
  HsTimeline *timeline;
  HsChartData data;
  HsQuery *query;
  HsGroup group;
  GArray *changes;
} Model;

static uint32_t
group_id(const Model *m, HsHeapId heap, HsSource source, uint64_t size)
{
  switch (m->group) {
  case HS_GROUP_HEAP:
    return heap.v;
  case HS_GROUP_SOURCE:
    return source;
  case HS_GROUP_PROCESS:
    return hs_timeline_heap(m->timeline, heap)->process.v;
  case HS_GROUP_SIZE_CLASS: {
    uint32_t size_class = 0;
    for (; size > 0; size /= 2)
      size_class++;
    return size_class;
  }
  default:
    return 0;
  }
}

static void
change(Model *m, int64_t ticks, uint32_t block_id, int sign)
{
  HsBlock b;
  hs_timeline_block(m->timeline, (HsBlockId){block_id}, m->data.n_rows, &b);
  if (block_id >= hs_row_set_n_rows(m->data.blocks) || !hs_row_set_contains(m->data.blocks, block_id))
    return;
  Change c = {ticks, false, sign * (int64_t)b.size, sign, group_id(m, b.heap, b.source, b.size)};
  g_assert_cmpuint(c.id, <, MAX_IDS);
  g_array_append_val(m->changes, c);
}

static void
end_step(Model *m, guint first)
{
  if (m->changes->len > first)
    g_array_index(m->changes, Change, m->changes->len - 1).step = true;
}

static void
list_changes(Model *m)
{
  const HsTimeline *t = m->timeline;
  uint32_t next = 0, n_rows = m->data.n_rows;
  for (HsRow row = 0; row <= n_rows; row++) {
    const HsEnding *ending;
    guint first = m->changes->len;
    for (; next < t->n_endings && (ending = HS_VEC(&t->endings, HsEnding, next))->row == row; next++) {
      bool exits = hs_timeline_block_end(t, (HsBlockId){ending->block}) == HS_ROW_PROCESS_EXIT;
      HsBlock block;
      hs_timeline_block(t, (HsBlockId){ending->block}, 0, &block);
      if (row == n_rows && !exits)
        break;
      change(m, exits ? block.end_ticks : hs_timeline_ticks(t, row), ending->block, -1);
      if (exits) {
        end_step(m, first);
        first = m->changes->len;
      }
    }
    if (row == n_rows)
      break;
    HsBlockId block = hs_timeline_row_block(t, row);
    if (block.v == HS_ID_NONE)
      ;
    else if (hs_timeline_op(t, row) == HS_OP_FREE)
      change(m, hs_timeline_ticks(t, row), block.v, -1);
    else if (hs_timeline_block_begin(t, block) == row)
      change(m, hs_timeline_ticks(t, row), block.v, 1);
    end_step(m, first);
  }
}

static void
model_init(Model *m, HsTimeline *t, const char *filter, HsGroup group)
{
  uint32_t n_rows = hs_timeline_n_rows(t);
  *m = (Model){.timeline = t, .group = group, .data = {.timeline = t, .n_rows = n_rows}};
  m->query = hs_query_parse(filter, NULL);
  g_assert_nonnull(m->query);
  g_assert_true(hs_row_set_query(t, m->query, HS_TIME_RANGE_ALL, n_rows, NULL, &m->data.rows, &m->data.blocks));
  m->data.series = hs_series_set_new(t, m->data.blocks);
  g_assert_true(hs_series_set_extend(m->data.series, n_rows, NULL));
  m->changes = g_array_new(FALSE, FALSE, sizeof(Change));
  list_changes(m);
}

static void
model_clear(Model *m)
{
  g_array_unref(m->changes);
  hs_series_set_unref(m->data.series);
  hs_row_set_unref(m->data.rows);
  hs_row_set_unref(m->data.blocks);
  hs_query_unref(m->query);
}

/* --- what a chart must say --- */

/* Sums by layer of the chart, the total behind them. */
typedef struct {
  int64_t now, min, max, at_start;
} Tally;

typedef struct {
  const Model *model;
  const HsChart *chart;
  uint32_t layer_of[MAX_IDS];
  int n;
  guint i; /* the next change */
  Tally bytes[MAX_IDS + 1], count[MAX_IDS + 1], n_begun[MAX_IDS + 1], begun[MAX_IDS + 1];
  int64_t at_largest[MAX_IDS];
} Check;

static void
check_init(Check *c, const Model *m, const HsChart *chart)
{
  memset(c, 0, sizeof *c);
  c->model = m;
  c->chart = chart;
  c->n = chart->n_layers;
  for (uint32_t id = 0; id < MAX_IDS; id++) {
    int layer = hs_chart_find_layer(chart, id);
    if (layer < 0)
      layer = hs_chart_find_layer(chart, HS_ID_NONE);
    c->layer_of[id] = layer < 0 ? MAX_IDS - 1 : (uint32_t)layer;
  }
}

static void
tally_start(Tally *tally)
{
  tally->min = tally->max = tally->at_start = tally->now;
}

static void
tally_settle(Tally *tally)
{
  tally->min = MIN(tally->min, tally->now);
  tally->max = MAX(tally->max, tally->now);
}

static bool
is_bytes(const Check *c)
{
  return c->chart->measure == HS_MEASURE_BYTES;
}

static void
keep_layers(Check *c)
{
  for (int i = 0; i < c->n; i++)
    c->at_largest[i] = is_bytes(c) ? c->bytes[i].now : c->count[i].now;
}

/* Takes in all changes before `ticks`. */
static void
walk_to(Check *c, int64_t ticks)
{
  const GArray *changes = c->model->changes;
  for (; c->i < changes->len && g_array_index(changes, Change, c->i).ticks < ticks; c->i++) {
    const Change *change = &g_array_index(changes, Change, c->i);
    uint32_t places[2] = {c->layer_of[change->id], MAX_IDS};
    for (int k = 0; k < 2; k++) {
      c->bytes[places[k]].now += change->bytes;
      c->count[places[k]].now += change->count;
      c->n_begun[places[k]].now += change->count > 0;
      c->begun[places[k]].now += change->count > 0 ? change->bytes : 0;
    }
    if (!change->step)
      continue;
    const Tally *total = is_bytes(c) ? &c->bytes[MAX_IDS] : &c->count[MAX_IDS];
    if (total->now > total->max)
      keep_layers(c);
    for (int k = 0; k <= c->n; k++) {
      int place = k < c->n ? k : MAX_IDS;
      tally_settle(&c->bytes[place]);
      tally_settle(&c->count[place]);
    }
  }
}

static void
start_column(Check *c)
{
  for (int k = 0; k <= MAX_IDS; k++) {
    tally_start(&c->bytes[k]);
    tally_start(&c->count[k]);
    tally_start(&c->n_begun[k]);
    tally_start(&c->begun[k]);
  }
  keep_layers(c);
}

typedef struct {
  int64_t min, max, of;
} Number;

static Number
slow_of(const Check *c, int layer, int64_t t0, int64_t t1)
{
  const HsTimeline *t = c->model->timeline;
  Number number = {0, 0, 0};
  uint32_t n_rows = c->model->data.n_rows;
  for (HsRow row = hs_timeline_row_at(t, t0, n_rows); row < n_rows && hs_timeline_ticks(t, row) < t1; row++) {
    HsEvent event;
    if (!hs_row_set_contains(c->model->data.rows, row))
      continue;
    hs_timeline_event(t, row, &event);
    if (event.op != HS_OP_ALLOC && event.op != HS_OP_REALLOC)
      continue;
    if (layer < MAX_IDS && (int)c->layer_of[group_id(c->model, event.heap, event.source, event.size)] != layer)
      continue;
    number.of++;
    number.max += event.source == HS_SOURCE_SLOWPATH;
  }
  number.min = number.max;
  return number;
}

static Number
expected(const Check *c, int layer, int64_t t0, int64_t t1)
{
  const Tally *bytes = &c->bytes[layer], *count = &c->count[layer];
  const Tally *n = &c->n_begun[layer], *begun = &c->begun[layer];
  switch (c->chart->measure) {
  case HS_MEASURE_BYTES:
    return (Number){bytes->min, bytes->max, 1};
  case HS_MEASURE_COUNT:
    return (Number){count->min, count->max, 1};
  case HS_MEASURE_RATE_EVENTS:
    return (Number){n->now - n->at_start, n->now - n->at_start, t1 - t0};
  case HS_MEASURE_RATE_BYTES:
    return (Number){begun->now - begun->at_start, begun->now - begun->at_start, t1 - t0};
  case HS_MEASURE_CUMULATIVE_COUNT:
    return (Number){n->at_start, n->now, 1};
  case HS_MEASURE_CUMULATIVE_BYTES:
    return (Number){begun->at_start, begun->now, 1};
  default:
    return slow_of(c, layer, t0, t1);
  }
}

static void
check_column(Check *c, int column, int64_t t0, int64_t t1)
{
  const HsChart *chart = c->chart;
  Number total = expected(c, MAX_IDS, t0, t1);
  bool outstanding = chart->measure == HS_MEASURE_BYTES || chart->measure == HS_MEASURE_COUNT;
  int64_t sum = 0;
  g_assert_cmpint(chart->min[column], ==, total.min);
  g_assert_cmpint(chart->max[column], ==, total.max);
  if (chart->of != NULL)
    g_assert_cmpint(chart->of[column], ==, total.of);
  for (int k = 0; k < chart->n_layers; k++) {
    int at = column * chart->n_layers + k;
    Number layer = expected(c, k, t0, t1);
    sum += chart->layers[at];
    g_assert_cmpint(chart->layers[at], ==, outstanding ? c->at_largest[k] : layer.max);
    if (chart->layer_min != NULL) {
      g_assert_cmpint(chart->layer_min[at], ==, layer.min);
      g_assert_cmpint(chart->layer_max[at], ==, layer.max);
    }
    if (chart->layers_of != NULL)
      g_assert_cmpint(chart->layers_of[at], ==, layer.of);
  }
  g_assert_cmpint(sum, ==, total.max);
}

/* The first tick that belongs to column k or a later one. */
static int64_t
edge_of(const HsChartGrid *grid, int64_t k)
{
  __int128 low = (__int128)INT64_MIN, high = INT64_MAX;
  while (low < high) {
    __int128 middle = low + (high - low) / 2, at = (middle - grid->anchor_ticks) * grid->n;
    __int128 column = at / (__int128)grid->span_ticks - (at % (__int128)grid->span_ticks < 0);
    if (column < k)
      low = middle + 1;
    else
      high = middle;
  }
  return (int64_t)low;
}

static void
check_chart(const Model *m, const HsChart *chart, const HsChartQuery *query)
{
  static Check c;
  int64_t first = hs_chart_grid_first(&chart->grid, query->t0);
  g_assert_cmpint(chart->grid.n, ==, query->n_columns);
  g_assert_cmpint(chart->first, <=, first);
  g_assert_cmpint(chart->first + chart->n_columns, >=, first + query->n_columns);
  check_init(&c, m, chart);
  int64_t peak = INT64_MIN;
  for (int i = 0; i < chart->n_columns; i++) {
    int64_t t0 = edge_of(&chart->grid, chart->first + i), t1 = edge_of(&chart->grid, chart->first + i + 1);
    g_assert_cmpint(hs_chart_grid_edge(&chart->grid, chart->first + i), ==, t0);
    walk_to(&c, t0);
    start_column(&c);
    walk_to(&c, t1);
    bool timeless = i > 0 && t0 == t1 && hs_measure_is_rate(chart->measure);
    if (!timeless)
      check_column(&c, i, t0, t1);
    else
      g_assert_cmpint(chart->max[i], ==, chart->max[i - 1]);
    if (chart->first + i >= first && chart->first + i < first + query->n_columns)
      peak = MAX(peak, chart->max[i]);
  }
  if (chart->of == NULL)
    g_assert_cmpint(chart->peak, ==, peak);
}

/* Layers that are told apart are the largest ones. */
static void
check_layers(const Model *m, const HsChart *chart, const HsChartQuery *query)
{
  for (int i = 0; i + 1 < chart->n_layers; i++)
    g_assert_cmpuint(chart->layer_ids[i], <, chart->layer_ids[i + 1]);
  if (chart->group == HS_GROUP_NONE) {
    g_assert_cmpint(chart->n_layers, ==, 1);
    return;
  }
  uint32_t n_heaps = hs_timeline_n_heaps(m->timeline), n_processes = hs_timeline_n_processes(m->timeline);
  uint32_t n_ids = chart->group == HS_GROUP_HEAP ? n_heaps : chart->group == HS_GROUP_PROCESS ? n_processes : 65;
  if (chart->group == HS_GROUP_HEAP || chart->group == HS_GROUP_PROCESS)
    g_assert_cmpint(chart->n_layers, <=, (int)MIN(n_ids, (uint32_t)query->max_layers) + 1);
  else if (chart->group == HS_GROUP_SIZE_CLASS)
    g_assert_cmpint(hs_chart_find_layer(chart, HS_ID_NONE), ==, -1);
  if (chart->measure != HS_MEASURE_CUMULATIVE_BYTES)
    return;
  static int64_t begun[MAX_IDS];
  memset(begun, 0, sizeof begun);
  for (guint i = 0; i < m->changes->len; i++) {
    const Change *change = &g_array_index(m->changes, Change, i);
    begun[change->id] += MAX(change->bytes, 0);
  }
  int64_t least = INT64_MAX, others = 0;
  for (uint32_t id = 0; id < n_ids; id++) {
    bool kept = hs_chart_find_layer(chart, id) >= 0;
    if (kept)
      least = MIN(least, begun[id]);
    else
      others = MAX(others, begun[id]);
  }
  g_assert_cmpint(others, <=, least);
  g_assert_true(chart->n_layers == 0 || least > 0 || query->max_layers == 0);
}

static const char *const filters[] = {"",
                                      "source in {lowfrag, slowpath}",
                                      "size >= 500",
                                      "pid == 2",
                                      "heap == 0x2000 or size < 64",
                                      "op == alloc",
                                      "lifetime < 20us",
                                      "end == outstanding",
                                      "not heap == 0x1000"};

static void
check_some(const Model *m, GRand *rand, HsChartCache *cache, int64_t t0, int64_t t1)
{
  HsChartQuery query = {.measure = (HsMeasure)g_rand_int_range(rand, 0, HS_N_MEASURES),
                        .group = m->group,
                        .t0 = t0,
                        .t1 = t1,
                        .n_columns = g_rand_int_range(rand, 1, 40),
                        .max_layers = random_trace_chance(rand, 2) ? 16 : g_rand_int_range(rand, 0, 8),
                        .bands = random_trace_chance(rand, 2),
                        .whole = random_trace_chance(rand, 4)};
  g_autoptr(HsChart) chart = hs_chart_new(&m->data, &query, random_trace_chance(rand, 3) ? NULL : cache, NULL);
  check_chart(m, chart, &query);
  check_layers(m, chart, &query);
}

static void
random_range(const Model *m, GRand *rand, int64_t *t0, int64_t *t1)
{
  int64_t begin, end;
  hs_timeline_span(m->timeline, &begin, &end);
  *t0 = begin + (int64_t)(g_rand_double(rand) * (double)(end - begin)) - 10;
  *t1 = *t0 + 1 + (int64_t)(g_rand_double(rand) * (double)(end - begin) / g_rand_int_range(rand, 1, 50));
  if (random_trace_chance(rand, 5)) {
    *t0 = begin;
    *t1 = end;
  }
}

static RandomTrace
make_trace(GRand *rand, uint32_t n, int32_t calm)
{
  RandomTrace trace;
  random_trace_init(&trace, rand, g_rand_int_range(rand, 5, 300));
  trace.calm = calm;
  for (uint32_t i = 0; i < n; i++)
    random_trace_add(&trace);
  if (random_trace_chance(rand, 2))
    g_assert_true(hs_builder_process_end(trace.builder, trace.ticks + 5, 1, NULL, NULL));
  hs_builder_finish(trace.builder, trace.ticks + 5);
  return trace;
}

#define MAX_LIVE 400

/* Each Alloc has an address of its own and each Free frees a live block: no row has an ending of another listed, so
 * that long runs of rows are taken at once. */
static RandomTrace
make_plain_trace(GRand *rand, uint32_t n)
{
  RandomTrace trace;
  HsHeapEvent live[MAX_LIVE];
  guint n_live = 0;
  random_trace_init(&trace, rand, 1);
  for (uint32_t i = 0; i < n; i++) {
    HsHeapEvent event = {.pid = 1 + (uint32_t)g_rand_int_range(rand, 0, 3),
                         .tid = 10,
                         .op = HS_OP_ALLOC,
                         .has_source = true,
                         .source_id = (uint32_t)g_rand_int_range(rand, 0, 9),
                         .handle = 0x1000 * (1 + (uint64_t)g_rand_int_range(rand, 0, 3)),
                         .address = 0x10000 + 0x100 * (uint64_t)i,
                         .size = random_trace_chance(rand, 200)  ? UINT64_C(5) << 32
                                 : random_trace_chance(rand, 50) ? (uint64_t)g_rand_int_range(rand, 0, 200000)
                                                                 : (uint64_t)g_rand_int_range(rand, 0, 1000)};
    trace.ticks += g_rand_int_range(rand, 0, 4);
    event.ticks = trace.ticks;
    if (random_trace_chance(rand, 50)) {
      event.op = HS_OP_LOCK;
      event.has_source = false;
    } else if (n_live == MAX_LIVE || (n_live > 0 && random_trace_chance(rand, 2))) {
      guint at = (guint)g_rand_int_range(rand, 0, (gint32)n_live);
      event.op = HS_OP_FREE;
      event.pid = live[at].pid;
      event.handle = live[at].handle;
      event.address = live[at].address;
      live[at] = live[--n_live];
    } else {
      live[n_live++] = event;
    }
    g_assert_true(hs_builder_add(trace.builder, &event, NULL));
  }
  hs_builder_finish(trace.builder, trace.ticks + 5);
  return trace;
}

static void
check_trace(GRand *rand, RandomTrace trace, int n_models, int n_charts)
{
  for (int i = 0; i < n_models; i++) {
    Model m;
    HsChartCache cache = {NULL, NULL};
    model_init(&m, trace.timeline, filters[(guint)g_rand_int_range(rand, 0, G_N_ELEMENTS(filters))],
               (HsGroup)g_rand_int_range(rand, 0, HS_N_GROUPS));
    for (int k = 0; k < n_charts; k++) {
      int64_t t0, t1;
      random_range(&m, rand, &t0, &t1);
      check_some(&m, rand, &cache, t0, t1);
    }
    hs_chart_cache_clear(&cache);
    model_clear(&m);
  }
  random_trace_clear(&trace);
}

static void
test_short(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int i = 0; i < 30; i++)
    check_trace(rand, make_trace(rand, (uint32_t)g_rand_int_range(rand, 1, 4000), g_rand_int_range(rand, 1, 10)), 5, 6);
}

/* So many chunks that two threads sum them. */
static void
test_long(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int i = 0; i < 2; i++)
    check_trace(rand, make_trace(rand, 150000 + (uint32_t)g_rand_int_range(rand, 0, 3000), 100), 5, 4);
}

static void
test_plain(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int i = 0; i < 30; i++)
    check_trace(rand, make_plain_trace(rand, (uint32_t)g_rand_int_range(rand, 200, 5000)), 5, 6);
  check_trace(rand, make_plain_trace(rand, 150000), 10, 4);
}

/* --- a view that moves --- */

static void
check_same_columns(const HsChart *a, const HsChart *b)
{
  int64_t first = MAX(a->first, b->first), end = MIN(a->first + a->n_columns, b->first + b->n_columns);
  g_assert_cmpint(a->n_layers, ==, b->n_layers);
  size_t n = (size_t)a->n_layers * sizeof(int64_t);
  for (int64_t k = first; k < end; k++) {
    gsize i = (gsize)(k - a->first), j = (gsize)(k - b->first);
    g_assert_cmpint(a->min[i], ==, b->min[j]);
    g_assert_cmpint(a->max[i], ==, b->max[j]);
    g_assert_cmpmem(a->layers + i * (gsize)a->n_layers, n, b->layers + j * (gsize)b->n_layers, n);
  }
}

static void
test_panned(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace = make_trace(rand, 20000, 10);
  for (int i = 0; i < 200; i++) {
    Model m;
    HsChartCache cache = {NULL, NULL};
    model_init(&m, trace.timeline, "", (HsGroup)g_rand_int_range(rand, 0, HS_N_GROUPS));
    HsChartQuery query = {.measure = (HsMeasure)g_rand_int_range(rand, 0, HS_N_MEASURES),
                          .group = m.group,
                          .n_columns = g_rand_int_range(rand, 1, 300),
                          .max_layers = 16};
    random_range(&m, rand, &query.t0, &query.t1);
    g_autoptr(HsChart) before = hs_chart_new(&m.data, &query, &cache, NULL);
    int64_t by = g_rand_int_range(rand, -1000, 1000);
    int64_t span = query.t1 - query.t0;
    query.t0 += by * span / query.n_columns;
    query.t1 = query.t0 + span;
    g_autoptr(HsChart) after = hs_chart_new(&m.data, &query, &cache, NULL);
    check_same_columns(before, after);
    hs_chart_cache_clear(&cache);
    model_clear(&m);
  }
  random_trace_clear(&trace);
}

/* --- odd ones --- */

static void
test_hostile(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace = make_trace(rand, 3000, 1);
  static const int64_t ranges[][2] = {{INT64_MIN, INT64_MAX},
                                      {INT64_MIN, INT64_MIN + 1},
                                      {INT64_MAX - 1, INT64_MAX},
                                      {0, INT64_MAX},
                                      {INT64_MIN, 0},
                                      {5, 6},
                                      {INT64_MAX - 5000, INT64_MAX}};
  for (int group = 0; group < HS_N_GROUPS; group++) {
    Model m;
    model_init(&m, trace.timeline, "", (HsGroup)group);
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
      for (int measure = 0; measure < HS_N_MEASURES; measure++) {
        HsChartQuery query = {(HsMeasure)measure, m.group, ranges[i][0], ranges[i][1], 32, 16, true, true, true};
        g_autoptr(HsChart) chart = hs_chart_new(&m.data, &query, NULL, NULL);
        check_chart(&m, chart, &query);
      }
    }
    model_clear(&m);
  }
  random_trace_clear(&trace);
}

static void
test_cancelled(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  RandomTrace trace = make_trace(rand, 3000, 1);
  int cancel = 1;
  for (int measure = 0; measure < HS_N_MEASURES; measure++) {
    Model m;
    model_init(&m, trace.timeline, "", HS_GROUP_PROCESS);
    HsChartQuery query = {(HsMeasure)measure, m.group, 0, 1000, 32, 1, true, true, true};
    g_assert_null(hs_chart_new(&m.data, &query, NULL, &cancel));
    model_clear(&m);
  }
  random_trace_clear(&trace);
}

static void
test_empty(void)
{
  g_autoptr(HsTimeline) timeline = hs_timeline_new();
  for (int group = 0; group < HS_N_GROUPS; group++) {
    for (int measure = 0; measure < HS_N_MEASURES; measure++) {
      Model m;
      model_init(&m, timeline, "", (HsGroup)group);
      HsChartQuery query = {(HsMeasure)measure, m.group, 0, 100, 10, 16, true, true, true};
      g_autoptr(HsChart) chart = hs_chart_new(&m.data, &query, NULL, NULL);
      g_assert_cmpint(chart->n_layers, ==, group == HS_GROUP_NONE ? 1 : 0);
      g_assert_cmpint(chart->max[9], ==, 0);
      g_assert_null(chart->committed);
      model_clear(&m);
    }
  }
}

/* --- committed and reserved --- */

static void
add_told(HsBuilder *builder, int64_t ticks, HsOp op, uint32_t pid, uint64_t handle, uint64_t committed,
         uint64_t reserved)
{
  HsHeapEvent event = {.ticks = ticks, .pid = pid, .tid = 1, .op = (uint8_t)op, .handle = handle};
  event.has_sizes = op == HS_OP_SNAPSHOT || op == HS_OP_EXTEND || op == HS_OP_CREATE;
  event.committed_bytes = committed;
  event.reserved_bytes = reserved;
  if (!event.has_sizes) {
    event.address = 0x1000;
    event.size = committed;
  }
  g_assert_true(hs_builder_add(builder, &event, NULL));
}

static void
check_sizes(const HsChart *chart, int column, int64_t committed, int64_t reserved)
{
  g_assert_cmpint(chart->committed[column], ==, committed);
  g_assert_cmpint(chart->reserved[column], ==, reserved);
}

static void
test_sizes(void)
{
  g_autoptr(HsTimeline) t = hs_timeline_new();
  HsBuilder *builder = hs_builder_new(t, (HsClock){10000000});
  add_told(builder, 0, HS_OP_CREATE, 1, 0x1000, 50, 1000);
  add_told(builder, 15, HS_OP_SNAPSHOT, 1, 0x1000, 100, 2000);
  add_told(builder, 22, HS_OP_EXTEND, 2, 0x2000, 300, 3000);
  /* A spike within a column. */
  add_told(builder, 31, HS_OP_COMMIT, 1, 0x1000, 1000, 0);
  add_told(builder, 33, HS_OP_DECOMMIT, 1, 0x1000, 1020, 0);
  add_told(builder, 45, HS_OP_DESTROY, 1, 0x1000, 0, 0);
  add_told(builder, 55, HS_OP_SNAPSHOT, 2, 0x2000, UINT64_MAX, 3000);
  add_told(builder, 56, HS_OP_SNAPSHOT, 2, 0x2000, 10, 3000);
  g_assert_true(hs_builder_process_end(builder, 65, 2, NULL, NULL));
  hs_builder_finish(builder, 80);
  Model m;
  model_init(&m, t, "", HS_GROUP_NONE);
  HsChartQuery query = {HS_MEASURE_BYTES, HS_GROUP_NONE, 0, 80, 8, 16, false, true, false};
  g_autoptr(HsChart) chart = hs_chart_new(&m.data, &query, NULL, NULL);
  check_sizes(chart, 0, 50, 1000);
  check_sizes(chart, 1, 100, 2000);
  check_sizes(chart, 2, 400, 5000);
  check_sizes(chart, 3, 1400, 5000);
  check_sizes(chart, 4, 380, 5000);
  check_sizes(chart, 5, INT64_C(1) << 48, 3000);
  check_sizes(chart, 6, 10, 3000);
  check_sizes(chart, 7, 0, 0);
  model_clear(&m);
  /* Of the rows that pass only. */
  model_init(&m, t, "pid == 2", HS_GROUP_NONE);
  g_autoptr(HsChart) filtered = hs_chart_new(&m.data, &query, NULL, NULL);
  check_sizes(filtered, 1, 0, 0);
  check_sizes(filtered, 3, 300, 3000);
  model_clear(&m);
  hs_builder_free(builder);
}

/* Sizes of a trace that grows, from those of before and made anew. */
static void
test_sizes_growing(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 20; round++) {
    RandomTrace trace;
    g_autoptr(HsHeapSizes) before = NULL;
    random_trace_init(&trace, rand, 60);
    for (int step = 0; step < 10; step++) {
      for (int i = g_rand_int_range(rand, 0, 1500); i > 0; i--) {
        static const HsOp ops[] = {HS_OP_SNAPSHOT, HS_OP_EXTEND, HS_OP_COMMIT, HS_OP_DECOMMIT, HS_OP_DESTROY};
        HsOp op = ops[g_rand_int_range(rand, 0, G_N_ELEMENTS(ops))];
        if (random_trace_chance(rand, 40))
          add_told(trace.builder, trace.ticks, op, 1, 0x1000, (uint64_t)g_rand_int_range(rand, 0, 9999), 10000);
        else
          random_trace_add(&trace);
      }
      hs_builder_publish(trace.builder, trace.ticks);
      uint32_t n_rows = hs_timeline_n_rows(trace.timeline);
      g_autoptr(HsRowSet) rows = NULL;
      g_autoptr(HsRowSet) blocks = NULL;
      g_assert_true(hs_row_set_query(trace.timeline, NULL, HS_TIME_RANGE_ALL, n_rows, NULL, &rows, &blocks));
      g_autoptr(HsHeapSizes) anew = hs_heap_sizes_new(trace.timeline, rows, n_rows, NULL, NULL);
      HsHeapSizes *grown = hs_heap_sizes_new(trace.timeline, rows, n_rows, before, NULL);
      g_assert_cmpmem(grown->steps, grown->n_steps * sizeof *grown->steps, anew->steps,
                      anew->n_steps * sizeof *anew->steps);
      g_clear_pointer(&before, hs_heap_sizes_unref);
      before = grown;
    }
    g_assert_cmpuint(before->n_steps, >, 0);
    random_trace_clear(&trace);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/chart/empty", test_empty);
  g_test_add_func("/chart/short", test_short);
  g_test_add_func("/chart/long", test_long);
  g_test_add_func("/chart/plain", test_plain);
  g_test_add_func("/chart/panned", test_panned);
  g_test_add_func("/chart/sizes", test_sizes);
  g_test_add_func("/chart/sizes-growing", test_sizes_growing);
  g_test_add_func("/chart/hostile", test_hostile);
  g_test_add_func("/chart/cancelled", test_cancelled);
  return g_test_run();
}
