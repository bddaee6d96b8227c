/* SPDX-License-Identifier: MIT */
/* From groups on the last level to a tree, with peaks by going through the events of the range once. */
#include "hs-pivot.h"

#include <stdlib.h>
#include <string.h>

#include "hs-config.h"
#include "hs-pivot-private.h"
#include "hs-query-plan.h"
#include "hs-series-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define DELTAS_PER_POLL (1u << 14)

/* --- names --- */

static const struct {
  const char *name, *title;
} pivots[HS_N_PIVOTS] = {
    [HS_PIVOT_PROCESS] = {"process", N_("Process")}, [HS_PIVOT_HEAP] = {"heap", N_("Heap")},
    [HS_PIVOT_SOURCE] = {"source", N_("Source")},    [HS_PIVOT_SIZE] = {"size-class", N_("Size class")},
    [HS_PIVOT_THREAD] = {"thread", N_("Thread")},    [HS_PIVOT_TYPE] = {"type", N_("Type")},
    [HS_PIVOT_END] = {"end", N_("End reason")},
};

const char *
hs_pivot_name(HsPivotBy by)
{
  return (unsigned)by < HS_N_PIVOTS ? pivots[by].name : "";
}

HsPivotBy
hs_pivot_from_name(const char *name)
{
  unsigned by = 0;
  while (by < HS_N_PIVOTS && strcmp(pivots[by].name, name) != 0)
    by++;
  return (HsPivotBy)by;
}

const char *
hs_pivot_title(HsPivotBy by)
{
  return (unsigned)by < HS_N_PIVOTS ? g_dgettext(HS_GETTEXT_PACKAGE, pivots[by].title) : "";
}

uint32_t
hs_size_class(uint64_t bytes)
{
  return bytes == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(bytes);
}

uint64_t
hs_size_class_bytes(uint32_t size_class)
{
  return size_class == 0 ? 0 : UINT64_C(1) << (size_class - 1);
}

/* --- the tree --- */

static int
compare_leaves(const void *a, const void *b)
{
  const HsPivotLeaf *x = *(const HsPivotLeaf *const *)a, *y = *(const HsPivotLeaf *const *)b;
  for (int i = 0; i < HS_PIVOT_LEVELS; i++) {
    if (x->key[i] != y->key[i])
      return x->key[i] < y->key[i] ? -1 : 1;
  }
  return 0;
}

static void
add_sums(HsRangeSums *to, const HsRangeSums *from)
{
  for (int type = 0; type < HS_N_BLOCK_TYPES; type++) {
    to->count[type] += from->count[type];
    to->bytes[type] += from->bytes[type];
  }
}

/* The nodes of a level: a new one wherever a key differs from the one before. `sorted` is in order of all keys. */
static bool
add_level(HsPivot *pivot, HsPivotLeaf **sorted, uint32_t n, unsigned level, uint32_t *capacity)
{
  uint32_t first = pivot->n_nodes;
  for (uint32_t i = 0; i < n; i++) {
    HsPivotLeaf *leaf = sorted[i];
    uint32_t parent = level == 0 ? UINT32_MAX : leaf->node;
    HsPivotNode *last = pivot->n_nodes > first ? &pivot->nodes[pivot->n_nodes - 1] : NULL;
    if (last == NULL || last->parent != parent || last->key != leaf->key[level]) {
      if (pivot->n_nodes == *capacity) {
        *capacity = MAX(*capacity * 2, 64);
        HsPivotNode *nodes = g_try_realloc_n(pivot->nodes, *capacity, sizeof *nodes);
        if (nodes == NULL)
          return false;
        pivot->nodes = nodes;
      }
      last = &pivot->nodes[pivot->n_nodes];
      *last = (HsPivotNode){.parent = parent, .key = leaf->key[level], .level = (uint8_t)level};
      if (parent != UINT32_MAX && pivot->nodes[parent].n_children++ == 0)
        pivot->nodes[parent].first_child = pivot->n_nodes;
      pivot->n_nodes++;
    }
    add_sums(&last->sums, &leaf->sums);
    /* Until the peaks are found, the peak is what there is to begin with. */
    last->sums.peak_bytes = hs_wrapping_add(last->sums.peak_bytes, hs_range_sums_begin_bytes(&leaf->sums));
    leaf->node = pivot->n_nodes - 1;
  }
  return true;
}

static bool
build_tree(HsPivot *pivot, HsPivotTable *table)
{
  g_autofree HsPivotLeaf **sorted = g_try_new(HsPivotLeaf *, MAX(table->n, 1));
  uint32_t capacity = 0;
  if (sorted == NULL)
    return false;
  for (uint32_t i = 0; i < table->n; i++) {
    HsPivotLeaf *leaf = &table->leaves[i];
    leaf->node = UINT32_MAX;
    add_sums(&pivot->total, &leaf->sums);
    sorted[i] = leaf;
  }
  if (table->n > 1)
    qsort(sorted, table->n, sizeof *sorted, compare_leaves);
  for (unsigned level = 0; level < pivot->n_by; level++) {
    if (!add_level(pivot, sorted, table->n, level, &capacity))
      return false;
    if (level == 0)
      pivot->n_roots = pivot->n_nodes;
  }
  return true;
}

/* --- peaks --- */

typedef struct {
  HsPivot *pivot;
  const HsPivotTable *table;
  const uint32_t *leaf_of;
  uint32_t n_blocks;
  int64_t *values; /* by node, now */
} Sweep;

static void
apply(Sweep *sweep, const HsDelta *delta, const HsTimeline *timeline, uint32_t n_rows)
{
  uint32_t leaf = delta->block < sweep->n_blocks ? sweep->leaf_of[delta->block] : UINT32_MAX;
  uint32_t node = leaf != UINT32_MAX ? sweep->table->leaves[leaf].node : UINT32_MAX;
  for (; node != UINT32_MAX; node = sweep->pivot->nodes[node].parent) {
    HsRangeSums *sums = &sweep->pivot->nodes[node].sums;
    sweep->values[node] = hs_wrapping_add(sweep->values[node], delta->bytes);
    /* An end lowers it and a begin comes last in its row, so steps within a row make no false peaks. */
    if (sweep->values[node] > sums->peak_bytes) {
      sums->peak_bytes = sweep->values[node];
      sums->peak_ticks = hs_delta_ticks(timeline, delta, n_rows);
    }
  }
}

static bool
find_peaks(Sweep *sweep, HsSeriesSet *series, const int *cancel)
{
  HsPivot *pivot = sweep->pivot;
  HsSnapshot snapshot = hs_series_snapshot(series);
  HsSpan span = hs_series_span(series, &snapshot, pivot->range.t0_ticks, pivot->range.t1_ticks);
  HsReplay replay;
  const HsDelta *delta;
  sweep->values = g_try_new(int64_t, MAX(pivot->n_nodes, 1));
  if (sweep->values == NULL)
    return false;
  for (uint32_t i = 0; i < pivot->n_nodes; i++)
    sweep->values[i] = pivot->nodes[i].sums.peak_bytes;
  hs_replay_init(&replay, series, &snapshot, span.first, span.end, true);
  for (uint32_t n = 0; (delta = hs_replay_peek(&replay)) != NULL; replay.i++) {
    if (n++ % DELTAS_PER_POLL == 0 && hs_series_cancelled(cancel))
      return false;
    if (delta->row == span.end && hs_delta_ticks(series->timeline, delta, snapshot.n_rows) >= span.t1)
      break;
    if (!hs_span_is_ahead(&span, series->timeline, delta, snapshot.n_rows))
      apply(sweep, delta, series->timeline, snapshot.n_rows);
  }
  return true;
}

static void
start_peaks(HsPivot *pivot)
{
  for (uint32_t i = 0; i < pivot->n_nodes; i++)
    pivot->nodes[i].sums.peak_ticks = pivot->range.t0_ticks;
}

/* --- the check --- */

static int64_t
outstanding_before(const HsSeriesSet *series, int64_t ticks)
{
  int64_t bytes = 0;
  if (ticks > INT64_MIN)
    hs_series_at(series, ticks - 1, &bytes, NULL);
  return bytes;
}

/* Two ways to one number: the sums of blocks, and the curve kept event by event. Blocks that end as the range begins
 * are outstanding before it, but not in it. */
static void
check(HsPivot *pivot, const HsPivotTable *table, const HsTimeline *timeline, const HsSeriesSet *series)
{
  if (!hs_timeline_complete(timeline) || hs_series_set_n_rows(series) != pivot->n_rows)
    return;
  uint64_t begin = (uint64_t)outstanding_before(series, pivot->range.t0_ticks) - table->ended_at_t0_bytes;
  /* A range of no length ends as it begins. */
  bool is_empty = pivot->range.t0_ticks == pivot->range.t1_ticks;
  uint64_t end = is_empty ? begin : (uint64_t)outstanding_before(series, pivot->range.t1_ticks);
  pivot->is_checked = true;
  pivot->is_consistent = (uint64_t)hs_range_sums_net_bytes(&pivot->total) == end - begin &&
                         hs_range_sums_begin_bytes(&pivot->total) == begin &&
                         hs_range_sums_end_bytes(&pivot->total) == end;
}

/* --- all of it --- */

static bool
fill(HsPivot *pivot, const HsPivotScan *scan, HsPivotTable *table, HsSeriesSet *series, bool peaks)
{
  if (!hs_pivot_count(scan, table) || !build_tree(pivot, table))
    return false;
  start_peaks(pivot);
  pivot->total.peak_bytes =
      hs_series_peak(series, HS_MEASURE_BYTES, pivot->range.t0_ticks, pivot->range.t1_ticks, &pivot->total.peak_ticks);
  check(pivot, table, scan->timeline, series);
  if (!peaks || pivot->n_nodes == 0)
    return true;
  Sweep sweep = {.pivot = pivot, .table = table, .leaf_of = scan->leaf_of, .n_blocks = scan->n_blocks};
  bool done = find_peaks(&sweep, series, scan->cancel);
  g_free(sweep.values);
  return done;
}

HsPivot *
hs_pivot_new(HsTimeline *timeline, HsRowSet *blocks, HsSeriesSet *series, HsTimeRange range, uint32_t n_rows,
             const HsPivotBy *by, unsigned n_by, bool peaks, const int *cancel)
{
  g_autoptr(HsPivot) pivot = g_new0(HsPivot, 1);
  pivot->ref_count = 1;
  pivot->range = (HsTimeRange){range.t0_ticks, MAX(range.t0_ticks, range.t1_ticks)};
  pivot->n_rows = n_rows;
  pivot->n_by = MIN(n_by, HS_PIVOT_LEVELS);
  for (unsigned i = 0; i < pivot->n_by; i++)
    pivot->by[i] = by[i];
  HsPivotScan scan = {.timeline = timeline,
                      .bits = hs_row_set_words(blocks),
                      .rows = hs_range_rows(timeline, pivot->range, n_rows),
                      .n_by = pivot->n_by,
                      .cancel = cancel};
  memcpy(scan.by, pivot->by, sizeof scan.by);
  /* Nothing that begins later is in view. */
  scan.n_blocks = MIN(hs_row_set_count_blocks(timeline, scan.rows.t1_row), hs_row_set_n_rows(blocks));
  g_autofree uint32_t *leaf_of = NULL;
  if (peaks && pivot->n_by > 0) {
    leaf_of = g_try_new(uint32_t, MAX(scan.n_blocks, 1));
    if (leaf_of == NULL)
      return NULL;
    memset(leaf_of, 0xff, scan.n_blocks * sizeof *leaf_of);
    scan.leaf_of = leaf_of;
  }
  HsPivotTable table = {0};
  bool done = !hs_series_cancelled(cancel) && fill(pivot, &scan, &table, series, scan.leaf_of != NULL);
  hs_pivot_table_clear(&table);
  return done ? g_steal_pointer(&pivot) : NULL;
}

HsPivot *
hs_pivot_ref(HsPivot *pivot)
{
  g_atomic_int_inc(&pivot->ref_count);
  return pivot;
}

void
hs_pivot_unref(HsPivot *pivot)
{
  if (pivot == NULL || !g_atomic_int_dec_and_test(&pivot->ref_count))
    return;
  g_free(pivot->nodes);
  g_free(pivot);
}
