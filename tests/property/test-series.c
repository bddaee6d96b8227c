/* SPDX-License-Identifier: MIT */
/* Series against a plain list of what happens to memory, in order, that is walked from end to end for each question. */
#include <string.h>

#include "hs-series.h"
#include "random-trace.h"

#define MAX_HEAPS 512

/* What a row, or the end of a process, does to one block. Those of one step happen at once. */
typedef struct {
  int64_t ticks;
  HsRow row;
  bool step; /* the last of its step */
  int64_t bytes;
  int64_t count;
  uint32_t heap;
  HsSource source;
} Change;

typedef struct {
  const HsTimeline *timeline;
  const HsFilter *filter;
  GArray *changes; /* Change */
  uint32_t n_rows;
} Model;

static void
end_step(Model *m, guint first)
{
  if (m->changes->len > first)
    g_array_index(m->changes, Change, m->changes->len - 1).step = true;
}

static void
change(Model *m, int64_t ticks, HsRow row, uint32_t block_id, int sign)
{
  HsBlock block;
  hs_timeline_block(m->timeline, (HsBlockId){block_id}, m->n_rows, &block);
  if (!hs_filter_shows_heap(m->filter, block.heap) || !hs_filter_shows_source(m->filter, block.source))
    return;
  g_assert_cmpuint(block.heap.v, <, MAX_HEAPS);
  Change c = {ticks, row, false, sign * (int64_t)block.size, sign, block.heap.v, block.source};
  g_array_append_val(m->changes, c);
}

static int64_t
exit_ticks(const HsTimeline *t, uint32_t block_id)
{
  HsBlock block;
  hs_timeline_block(t, (HsBlockId){block_id}, 0, &block);
  return block.end_ticks;
}

static Model
model_new(const HsTimeline *t, const HsFilter *filter, uint32_t n_rows)
{
  Model m = {t, filter, g_array_new(FALSE, FALSE, sizeof(Change)), n_rows};
  uint32_t n_endings = __atomic_load_n(&t->n_endings, __ATOMIC_ACQUIRE), next = 0;
  for (HsRow row = 0; row <= n_rows; row++) {
    const HsEnding *ending;
    guint first = m.changes->len;
    for (; next < n_endings && (ending = HS_VEC(&t->endings, HsEnding, next))->row == row; next++) {
      bool exits = hs_timeline_block_end(t, (HsBlockId){ending->block}) == HS_ROW_PROCESS_EXIT;
      if (row == n_rows && !exits)
        break;
      change(&m, exits ? exit_ticks(t, ending->block) : hs_timeline_ticks(t, row), row, ending->block, -1);
      if (exits) {
        end_step(&m, first);
        first = m.changes->len;
      }
    }
    if (row == n_rows)
      break;
    HsBlockId block = hs_timeline_row_block(t, row);
    if (block.v == HS_ID_NONE)
      ;
    else if (hs_timeline_op(t, row) == HS_OP_FREE)
      change(&m, hs_timeline_ticks(t, row), row, block.v, -1);
    else if (hs_timeline_block_begin(t, block) == row)
      change(&m, hs_timeline_ticks(t, row), row, block.v, 1);
    end_step(&m, first);
  }
  return m;
}

static void
model_clear(Model *m)
{
  g_array_unref(m->changes);
}

typedef struct {
  int64_t bytes, count;
  int64_t heap_bytes[MAX_HEAPS], heap_count[MAX_HEAPS];
  int64_t source_bytes[HS_N_SOURCES], source_count[HS_N_SOURCES];
} State;

static void
state_apply(State *s, const Change *c)
{
  s->bytes += c->bytes;
  s->count += c->count;
  s->heap_bytes[c->heap] += c->bytes;
  s->heap_count[c->heap] += c->count;
  s->source_bytes[c->source] += c->bytes;
  s->source_count[c->source] += c->count;
}

static int64_t
state_total(const State *s, HsMeasure measure)
{
  return measure == HS_MEASURE_BYTES ? s->bytes : s->count;
}

static int64_t
state_layer(const State *s, HsGroup group, uint32_t id, HsMeasure measure)
{
  bool bytes = measure == HS_MEASURE_BYTES;
  if (group == HS_GROUP_HEAP)
    return bytes ? s->heap_bytes[id] : s->heap_count[id];
  return bytes ? s->source_bytes[id] : s->source_count[id];
}

/* What the model says of [t0, t1). `at_peak` (or NULL): the state when the measure's largest value was first reached.
 */
static HsBand
model_band(const Model *m, int64_t t0, int64_t t1, HsMeasure measure, int64_t *peak_ticks, State *at_peak)
{
  static State state;
  memset(&state, 0, sizeof state);
  guint i = 0;
  for (; i < m->changes->len && g_array_index(m->changes, Change, i).ticks < t0; i++)
    state_apply(&state, &g_array_index(m->changes, Change, i));
  HsBand band = {state.bytes,           state.bytes,           state.bytes,
                 (uint32_t)state.count, (uint32_t)state.count, (uint32_t)state.count};
  int64_t peak = state_total(&state, measure);
  *peak_ticks = t0;
  if (at_peak != NULL)
    *at_peak = state;
  for (; i < m->changes->len && g_array_index(m->changes, Change, i).ticks < t1; i++) {
    const Change *c = &g_array_index(m->changes, Change, i);
    state_apply(&state, c);
    if (!c->step)
      continue;
    band.min_bytes = MIN(band.min_bytes, state.bytes);
    band.max_bytes = MAX(band.max_bytes, state.bytes);
    band.min_count = MIN(band.min_count, (uint32_t)state.count);
    band.max_count = MAX(band.max_count, (uint32_t)state.count);
    if (state_total(&state, measure) > peak) {
      peak = state_total(&state, measure);
      *peak_ticks = c->ticks;
      if (at_peak != NULL)
        *at_peak = state;
    }
  }
  band.last_bytes = state.bytes;
  band.last_count = (uint32_t)state.count;
  return band;
}

/* --- questions --- */

static int64_t
random_ticks(GRand *rand, const Model *m)
{
  int32_t dice = g_rand_int_range(rand, 0, 40);
  if (dice == 0)
    return INT64_MIN;
  if (dice == 1)
    return INT64_MAX;
  if (m->changes->len == 0 || dice == 2)
    return g_rand_int_range(rand, -100, 10000);
  guint i = (guint)g_rand_int_range(rand, 0, (gint32)m->changes->len);
  return g_array_index(m->changes, Change, i).ticks + g_rand_int_range(rand, -1, 2);
}

static void
random_range(GRand *rand, const Model *m, int64_t *t0, int64_t *t1)
{
  *t0 = random_ticks(rand, m);
  *t1 = random_ticks(rand, m);
  if (*t1 < *t0) {
    int64_t t = *t0;
    *t0 = *t1;
    *t1 = t;
  }
}

static void
check_band(HsSeriesSet *set, const Model *m, int64_t t0, int64_t t1)
{
  int64_t peak_ticks, expected_ticks;
  HsBand expected = model_band(m, t0, t1, HS_MEASURE_BYTES, &expected_ticks, NULL);
  HsBand band = hs_series_band(set, t0, t1);
  g_assert_cmpint(band.min_bytes, ==, expected.min_bytes);
  g_assert_cmpint(band.max_bytes, ==, expected.max_bytes);
  g_assert_cmpint(band.last_bytes, ==, expected.last_bytes);
  g_assert_cmpuint(band.min_count, ==, expected.min_count);
  g_assert_cmpuint(band.max_count, ==, expected.max_count);
  g_assert_cmpuint(band.last_count, ==, expected.last_count);
  g_assert_cmpint(hs_series_peak(set, HS_MEASURE_BYTES, t0, t1, &peak_ticks), ==, expected.max_bytes);
  g_assert_cmpint(peak_ticks, ==, expected_ticks);
  (void)model_band(m, t0, t1, HS_MEASURE_COUNT, &expected_ticks, NULL);
  g_assert_cmpint(hs_series_peak(set, HS_MEASURE_COUNT, t0, t1, &peak_ticks), ==, expected.max_count);
  g_assert_cmpint(peak_ticks, ==, expected_ticks);
}

/* Whether a process's end that took this block is known among the model's rows. */
static bool
exit_is_known(const Model *m, uint32_t block)
{
  uint32_t n_endings = __atomic_load_n(&m->timeline->n_endings, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; i < n_endings; i++) {
    const HsEnding *ending = HS_VEC(&m->timeline->endings, HsEnding, i);
    if (ending->block == block)
      return ending->row <= m->n_rows;
  }
  return false;
}

/* Outstanding as it is defined: blocks with begin ≤ t < end. */
static void
check_at(HsSeriesSet *set, const Model *m, int64_t ticks)
{
  int64_t bytes, expected_bytes = 0;
  uint32_t count, expected_count = 0;
  hs_series_at(set, ticks, &bytes, &count);
  uint32_t n_blocks = hs_timeline_n_blocks(m->timeline);
  for (uint32_t i = 0; i < n_blocks; i++) {
    HsBlock block;
    if (hs_timeline_block_begin(m->timeline, (HsBlockId){i}) >= m->n_rows)
      break;
    hs_timeline_block(m->timeline, (HsBlockId){i}, m->n_rows, &block);
    bool shown = hs_filter_shows_heap(m->filter, block.heap) && hs_filter_shows_source(m->filter, block.source);
    bool ended = block.end_ticks != INT64_MAX && block.end_ticks <= ticks;
    if (ended && block.end_row == HS_ROW_PROCESS_EXIT)
      ended = exit_is_known(m, i);
    if (!shown || block.begin_ticks > ticks || ended)
      continue;
    expected_bytes += (int64_t)block.size;
    expected_count++;
  }
  g_assert_cmpint(bytes, ==, expected_bytes);
  g_assert_cmpuint(count, ==, expected_count);
}

/* The first tick of a column, or past it. */
static int64_t
column_edge(int64_t t0, int64_t t1, int n, int column)
{
  __int128 low = t0, high = (__int128)t1 + 1;
  while (low < high) {
    __int128 middle = low + (high - low) / 2;
    if (t1 > t0 && (middle - t0) * n / ((__int128)t1 - t0) < column)
      low = middle + 1;
    else
      high = middle;
  }
  return (int64_t)low;
}

static int64_t
layer_peak(const Model *m, HsGroup group, uint32_t id, HsMeasure measure)
{
  static State state;
  memset(&state, 0, sizeof state);
  int64_t peak = 0;
  for (guint i = 0; i < m->changes->len; i++) {
    state_apply(&state, &g_array_index(m->changes, Change, i));
    if (g_array_index(m->changes, Change, i).step)
      peak = MAX(peak, state_layer(&state, group, id, measure));
  }
  return peak;
}

/* The layers told apart must be the largest. */
static void
check_choice(const HsSamples *s, const Model *m, int max_layers)
{
  if (s->group == HS_GROUP_NONE) {
    g_assert_cmpint(s->n_layers, ==, 1);
    g_assert_cmpuint(s->layer_ids[0], ==, HS_ID_NONE);
    return;
  }
  uint32_t n_ids = s->group == HS_GROUP_HEAP ? hs_timeline_n_heaps(m->timeline) : HS_N_SOURCES;
  int64_t smallest_kept = INT64_MAX, largest_other = 0;
  int n_kept = 0, n_nonzero = 0;
  for (uint32_t id = 0; id < n_ids; id++) {
    int64_t peak = layer_peak(m, s->group, id, s->measure);
    bool kept = false;
    for (int i = 0; i < s->n_layers; i++)
      kept |= s->layer_ids[i] == id;
    n_kept += kept;
    n_nonzero += peak > 0;
    if (kept)
      smallest_kept = MIN(smallest_kept, peak);
    else
      largest_other = MAX(largest_other, peak);
  }
  g_assert_cmpint(n_kept, ==, MIN(n_nonzero, max_layers));
  g_assert_cmpint(s->n_layers, ==, n_kept + (n_nonzero > max_layers));
  g_assert_true(largest_other <= smallest_kept);
  for (int i = 0; i + 1 < s->n_layers; i++)
    g_assert_cmpuint(s->layer_ids[i], <, s->layer_ids[i + 1]);
}

static void
check_sample(HsSeriesSet *set, const Model *m, GRand *rand, int64_t t0, int64_t t1)
{
  HsMeasure measure = (HsMeasure)g_rand_int_range(rand, 0, 2);
  HsGroup group = (HsGroup)g_rand_int_range(rand, 0, 3);
  int n = g_rand_int_range(rand, 1, 30), max_layers = g_rand_int_range(rand, 0, 8);
  g_autoptr(HsSamples) s = hs_series_sample(set, measure, group, t0, t1, n, max_layers, NULL);
  static State state;
  int64_t peak_ticks, column_ticks, peak = INT64_MIN;
  g_assert_cmpint(s->n_columns, ==, n);
  g_assert_cmpuint(s->n_rows, ==, m->n_rows);
  check_choice(s, m, max_layers);
  peak_ticks = t0;
  for (int i = 0; i < n; i++) {
    HsBand band =
        model_band(m, column_edge(t0, t1, n, i), column_edge(t0, t1, n, i + 1), measure, &column_ticks, &state);
    bool bytes = measure == HS_MEASURE_BYTES;
    g_assert_cmpint(s->min[i], ==, bytes ? band.min_bytes : band.min_count);
    g_assert_cmpint(s->max[i], ==, bytes ? band.max_bytes : band.max_count);
    int64_t sum = 0;
    for (int k = 0; k < s->n_layers; k++) {
      int64_t value = s->layers[i * s->n_layers + k];
      sum += value;
      if (s->layer_ids[k] != HS_ID_NONE)
        g_assert_cmpint(value, ==, state_layer(&state, group, s->layer_ids[k], measure));
    }
    g_assert_cmpint(sum, ==, s->max[i]);
    if (s->max[i] > peak) {
      peak = s->max[i];
      peak_ticks = column_ticks;
    }
  }
  g_assert_cmpint(s->peak, ==, peak);
  g_assert_cmpint(s->peak_ticks, ==, peak_ticks);
}

static int64_t
layer_max(const Model *m, HsGroup group, uint32_t id, HsMeasure measure, int64_t t0, int64_t t1)
{
  static State state;
  memset(&state, 0, sizeof state);
  int64_t max = INT64_MIN;
  for (guint i = 0; i <= m->changes->len; i++) {
    bool more = i < m->changes->len;
    const Change *c = more ? &g_array_index(m->changes, Change, i) : NULL;
    bool reached = i == 0 || g_array_index(m->changes, Change, i - 1).step;
    if (reached && (!more || c->ticks >= t0) && max == INT64_MIN)
      max = state_layer(&state, group, id, measure);
    if (!more || (c->ticks >= t1 && c->ticks >= t0))
      break;
    state_apply(&state, c);
    if (c->step && c->ticks >= t0)
      max = MAX(max, state_layer(&state, group, id, measure));
  }
  return max;
}

static void
check_curve(HsSeriesSet *set, const Model *m, GRand *rand, int64_t t0, int64_t t1)
{
  HsMeasure measure = (HsMeasure)g_rand_int_range(rand, 0, 2);
  HsGroup group = random_trace_chance(rand, 2) ? HS_GROUP_HEAP : HS_GROUP_SOURCE;
  uint32_t id = (uint32_t)g_rand_int_range(rand, 0, group == HS_GROUP_HEAP ? 12 : HS_N_SOURCES);
  int n = g_rand_int_range(rand, 1, 12);
  int64_t values[12], totals[12];
  hs_series_curve(set, group, id, measure, t0, t1, n, values);
  hs_series_curve(set, HS_GROUP_NONE, 0, measure, t0, t1, n, totals);
  for (int i = 0; i < n; i++) {
    int64_t from = column_edge(t0, t1, n, i), to = column_edge(t0, t1, n, i + 1), ticks;
    g_assert_cmpint(values[i], ==, layer_max(m, group, id, measure, from, to));
    HsBand band = model_band(m, from, to, measure, &ticks, NULL);
    g_assert_cmpint(totals[i], ==, measure == HS_MEASURE_BYTES ? band.max_bytes : band.max_count);
  }
}

static void
ask(HsSeriesSet *set, const HsTimeline *timeline, const HsFilter *filter, GRand *rand, int n_questions)
{
  Model m = model_new(timeline, filter, hs_series_set_n_rows(set));
  for (int i = 0; i < n_questions; i++) {
    int64_t t0, t1;
    random_range(rand, &m, &t0, &t1);
    check_band(set, &m, t0, t1);
    check_at(set, &m, t0);
    check_sample(set, &m, rand, t0, t1);
    check_curve(set, &m, rand, t0, t1);
  }
  model_clear(&m);
}

/* --- tests --- */

/* A set of some blocks, taken in at once or in random steps. */
static void
ask_step_by_step(HsTimeline *t, GRand *rand, uint32_t n, int n_questions)
{
  g_autoptr(HsFilter) filter = random_trace_filter(rand, t);
  g_autoptr(HsRowSet) blocks = filtered_blocks(t, filter, n);
  g_autoptr(HsSeriesSet) set = hs_series_set_new(t, blocks);
  while (random_trace_chance(rand, 2)) {
    uint32_t had = hs_series_set_n_rows(set);
    g_assert_true(hs_series_set_extend(set, had + (uint32_t)g_rand_int_range(rand, 0, (gint32)(n - had) + 1), NULL));
    ask(set, t, filter, rand, 1);
  }
  g_assert_true(hs_series_set_extend(set, n, NULL));
  ask(set, t, filter, rand, n_questions);
}

/* The trace's own set, which grows with it in random steps, and sets of some blocks must agree with the model. */
static void
run_round(GRand *rand, uint32_t n, int n_questions)
{
  RandomTrace trace;
  random_trace_init(&trace, rand, 4 + g_rand_int_range(rand, 0, 60));
  int32_t step = g_rand_int_range(rand, 1, (gint32)n / 2 + 2);
  for (uint32_t i = 0; i < n; i++) {
    random_trace_add(&trace);
    if (!random_trace_chance(rand, step))
      continue;
    hs_builder_publish(trace.builder, trace.ticks);
    if (random_trace_chance(rand, 8)) {
      uint32_t n_rows = hs_timeline_n_rows(trace.timeline);
      g_autoptr(HsFilter) early_filter = random_trace_filter(rand, trace.timeline);
      g_autoptr(HsSeriesSet) early = filtered_series(trace.timeline, early_filter, n_rows);
      ask(trace.timeline->series, trace.timeline, NULL, rand, 1);
      ask(early, trace.timeline, early_filter, rand, 1);
    }
  }
  for (uint32_t pid = 1; random_trace_chance(rand, 2) && pid <= 3; pid++) {
    g_assert_true(hs_builder_process_end(trace.builder, trace.ticks += random_trace_chance(rand, 2), pid, NULL, NULL));
    if (random_trace_chance(rand, 3))
      hs_builder_publish(trace.builder, trace.ticks);
  }
  hs_builder_finish(trace.builder, trace.ticks);
  HsTimeline *t = trace.timeline;
  ask(t->series, t, NULL, rand, n_questions);
  int64_t peak_ticks, bytes;
  g_assert_cmpuint(hs_series_peak(t->series, HS_MEASURE_BYTES, INT64_MIN, INT64_MAX, &peak_ticks), ==,
                   t->totals.peak_bytes);
  if (t->totals.peak_bytes > 0)
    g_assert_cmpint(peak_ticks, ==, t->totals.peak_ticks);
  hs_series_at(t->series, INT64_MAX, &bytes, NULL);
  g_assert_cmpuint(bytes, ==, t->totals.outstanding_bytes);
  ask_step_by_step(t, rand, n, n_questions);
  random_trace_clear(&trace);
}

static void
test_short(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 1500; round++)
    run_round(rand, (uint32_t)g_rand_int_range(rand, 1, 200), 3);
}

static void
test_longer(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 30; round++)
    run_round(rand, (uint32_t)g_rand_int_range(rand, 900, 9000), 4);
}

static void
check_long_curve(HsSeriesSet *set, const Model *m, HsGroup group, uint32_t id)
{
  enum { N = 16 };
  int64_t values[N], t0, t1;
  const HsTimeline *t = m->timeline;
  hs_timeline_span(t, &t0, &t1);
  hs_series_curve(set, group, id, HS_MEASURE_BYTES, t0, t1, N, values);
  for (int i = 0; i < N; i++) {
    int64_t from = column_edge(t0, t1, N, i), to = column_edge(t0, t1, N, i + 1);
    HsRow first = hs_timeline_row_at(t, from, m->n_rows) & ~1023u;
    HsRow last = MIN(hs_timeline_row_at(t, to, m->n_rows) | 1023u, m->n_rows - 1);
    g_assert_cmpint(values[i], >=, layer_max(m, group, id, HS_MEASURE_BYTES, from, to));
    int64_t wide = layer_max(m, group, id, HS_MEASURE_BYTES, MIN(from, hs_timeline_ticks(t, first)),
                             MAX(to, hs_timeline_ticks(t, last) + 1));
    g_assert_cmpint(values[i], <=, wide);
  }
}

/* So many rows that charts go by the pyramid. */
static void
test_long(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace;
  random_trace_init(&trace, rand, 300);
  trace.calm = 100;
  uint32_t n = 400000 + (uint32_t)g_rand_int_range(rand, 0, 3000);
  for (uint32_t i = 0; i < n; i++) {
    random_trace_add(&trace);
    if (i % 5000 == 0)
      hs_builder_publish(trace.builder, trace.ticks);
  }
  g_assert_true(hs_builder_process_end(trace.builder, trace.ticks + 5, 1, NULL, NULL));
  hs_builder_finish(trace.builder, trace.ticks + 5);
  HsTimeline *t = trace.timeline;
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_set_source(filter, HS_SOURCE_MAINPATH, false);
  g_autoptr(HsSeriesSet) filtered = filtered_series(t, filter, n);
  int64_t t0, t1;
  hs_timeline_span(t, &t0, &t1);
  for (int i = 0; i < 2; i++) {
    HsSeriesSet *set = i == 0 ? t->series : filtered;
    Model m = model_new(t, i == 0 ? NULL : filter, n);
    check_sample(set, &m, rand, t0, t1);
    check_sample(set, &m, rand, t0 + (t1 - t0) / 7, t1 + 100);
    check_sample(set, &m, rand, INT64_MIN, INT64_MAX);
    for (int k = 0; k < 20; k++) {
      int64_t a, b;
      random_range(rand, &m, &a, &b);
      check_band(set, &m, a, b);
    }
    check_long_curve(set, &m, HS_GROUP_SOURCE, HS_SOURCE_LOWFRAG);
    check_long_curve(set, &m, HS_GROUP_SOURCE, HS_SOURCE_MAINPATH);
    check_long_curve(set, &m, HS_GROUP_HEAP, 2);
    model_clear(&m);
  }
  g_clear_pointer(&filtered, hs_series_set_unref);
  random_trace_clear(&trace);
}

static void
test_empty(void)
{
  g_autoptr(HsTimeline) t = hs_timeline_new();
  HsBand band = hs_series_band(t->series, 0, 100);
  g_assert_cmpint(band.max_bytes, ==, 0);
  g_autoptr(HsSamples) samples = hs_series_sample(t->series, HS_MEASURE_BYTES, HS_GROUP_HEAP, 0, 100, 10, 5, NULL);
  g_assert_cmpint(samples->n_layers, ==, 0);
  g_assert_cmpint(samples->peak, ==, 0);
  int64_t values[4] = {1, 1, 1, 1};
  hs_series_curve(t->series, HS_GROUP_HEAP, HS_ID_NONE, HS_MEASURE_BYTES, 0, 100, 4, values);
  g_assert_cmpint(values[0] + values[3], ==, 0);
  int cancel = 1;
  g_assert_false(hs_series_set_extend(t->series, 0, &cancel));
  g_assert_null(hs_series_sample(t->series, HS_MEASURE_BYTES, HS_GROUP_HEAP, 0, 100, 10, 5, &cancel));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/series/empty", test_empty);
  g_test_add_func("/series/short", test_short);
  g_test_add_func("/series/longer", test_longer);
  g_test_add_func("/series/long", test_long);
  return g_test_run();
}
