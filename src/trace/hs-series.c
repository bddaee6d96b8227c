/* SPDX-License-Identifier: MIT */
/* The set and its one writer. What it builds is described in hs-series-private.h. */
#include "hs-series-private.h"

#define ENTRY_ROWS (1u << HS_ENTRY_SHIFT)
#define STRETCH_ROWS (1u << HS_STRETCH_SHIFT)
/* How often a long extension looks at `cancel` and lets readers see how far it is. */
#define ROWS_PER_PUBLICATION (1u << 16)
/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 17)

HsSeriesSet *
hs_series_set_new(HsTimeline *timeline, HsRowSet *blocks)
{
  HsSeriesSet *set = g_new0(HsSeriesSet, 1);
  set->ref_count = 1;
  set->timeline = blocks != NULL ? hs_timeline_ref(timeline) : timeline;
  set->blocks = blocks != NULL ? hs_row_set_ref(blocks) : NULL;
  set->arena = hs_arena_new();
  g_mutex_init(&set->wanting);
  for (unsigned level = 0; level < HS_LEVELS; level++)
    hs_vec_init(&set->levels[level], set->arena, sizeof(HsBand));
  hs_layers_init(&set->layers, set->arena);
  hs_vec_init(&set->tails, set->arena, sizeof(HsTail));
  set->reader = hs_delta_reader(timeline, blocks, 0, 0, 0);
  return set;
}

HsSeriesSet *
hs_series_set_ref(HsSeriesSet *set)
{
  g_atomic_int_inc(&set->ref_count);
  return set;
}

void
hs_series_set_unref(HsSeriesSet *set)
{
  if (set == NULL || !g_atomic_int_dec_and_test(&set->ref_count))
    return;
  for (unsigned level = 0; level < HS_LEVELS; level++)
    hs_vec_clear(&set->levels[level]);
  hs_vec_clear(&set->tails);
  hs_layers_clear(&set->layers);
  hs_arena_free(set->arena);
  g_mutex_clear(&set->wanting);
  if (set->blocks != NULL)
    hs_timeline_unref(set->timeline);
  hs_row_set_unref(set->blocks);
  g_free(set);
}

uint32_t
hs_series_set_n_rows(const HsSeriesSet *set)
{
  return __atomic_load_n(&set->n_rows, __ATOMIC_ACQUIRE);
}

uint64_t
hs_series_set_memory_bytes(const HsSeriesSet *set)
{
  return set == NULL ? 0 : hs_arena_bytes(set->arena);
}

/* The value as it stands was reached. */
static inline void
settle(HsBand *open)
{
  open->min_bytes = MIN(open->min_bytes, open->last_bytes);
  open->max_bytes = MAX(open->max_bytes, open->last_bytes);
  open->min_count = MIN(open->min_count, open->last_count);
  open->max_count = MAX(open->max_count, open->last_count);
}

/* The rows that the reader has yet to read. */
static bool
take_rows(HsSeriesSet *set)
{
  HsDelta deltas[HS_DELTA_BATCH];
  HsBand *open = &set->open[0];
  uint32_t stretch = set->reader.row >> HS_STRETCH_SHIFT;
  for (;;) {
    unsigned n = hs_delta_reader_next(&set->reader, deltas);
    if (n == 0)
      return true;
    for (unsigned i = 0; i < n; i++) {
      const HsDelta *delta = &deltas[i];
      if (delta->starts)
        settle(open);
      open->last_bytes = hs_wrapping_add(open->last_bytes, delta->bytes);
      open->last_count += hs_delta_count(delta);
      if (!hs_layers_apply(&set->layers, delta->source, delta, stretch))
        return false;
      if (delta->heap != HS_ID_NONE && !hs_layers_apply(&set->layers, hs_layer_of_heap(delta->heap), delta, stretch))
        return false;
    }
  }
}

bool
hs_series_close_entry(HsSeriesSet *set)
{
  for (unsigned level = 0; level < HS_LEVELS; level++) {
    HsBand *entry = hs_vec_append(&set->levels[level]);
    if (entry == NULL)
      return false;
    *entry = set->open[level];
    set->open[level] = (HsBand){entry->last_bytes, entry->last_bytes, entry->last_bytes,
                                entry->last_count, entry->last_count, entry->last_count};
    if (level + 1 == HS_LEVELS)
      break;
    HsBand *above = &set->open[level + 1];
    above->min_bytes = MIN(above->min_bytes, entry->min_bytes);
    above->max_bytes = MAX(above->max_bytes, entry->max_bytes);
    above->min_count = MIN(above->min_count, entry->min_count);
    above->max_count = MAX(above->max_count, entry->max_count);
    above->last_bytes = entry->last_bytes;
    above->last_count = entry->last_count;
    if (set->levels[level].length % (1u << HS_FANOUT_SHIFT) != 0)
      break;
  }
  return true;
}

static bool
close_layers(HsSeriesSet *set, HsRow end_row)
{
  return end_row % STRETCH_ROWS != 0 || hs_layers_close(&set->layers, (end_row - 1) >> HS_STRETCH_SHIFT);
}

/* Rows up to end_row, all of one entry. */
static bool
take_entry(HsSeriesSet *set, HsRow end_row, uint32_t n_endings)
{
  bool is_whole = set->blocks == NULL && end_row - set->reader.row == ENTRY_ROWS;
  hs_delta_reader_continue(&set->reader, end_row, n_endings);
  if (!(is_whole && hs_series_take_whole(set, end_row)) && !take_rows(set))
    return false;
  if (set->out_of_memory)
    return false;
  if (end_row % ENTRY_ROWS != 0)
    return true;
  settle(&set->open[0]);
  return hs_series_close_entry(set) && close_layers(set, end_row);
}

/* Rows up to end_row, all of one stretch. */
static bool
take_stretch(HsSeriesSet *set, HsRow end_row)
{
  return hs_series_take_fast(set, end_row) && close_layers(set, end_row);
}

/* Takes in the processes that ended since the last row. Endings told since the last call are added to what is there. */
static bool
take_tail(HsSeriesSet *set, HsRow n_rows, uint32_t n_endings)
{
  HsTail *tail = &set->tail;
  if (set->tails.length == 0 || tail->n_rows != n_rows)
    *tail = (HsTail){n_rows, set->reader.ending, INT64_MIN, set->open[0].last_bytes, set->open[0].last_count};
  HsDeltaReader reader = set->reader;
  reader.trailing = true;
  reader.ending = tail->n_endings;
  hs_delta_reader_continue(&reader, n_rows, n_endings);
  HsDelta deltas[HS_DELTA_BATCH];
  unsigned n, total = 0;
  while ((n = hs_delta_reader_next(&reader, deltas)) > 0) {
    total += n;
    for (unsigned i = 0; i < n; i++) {
      tail->bytes = hs_wrapping_add(tail->bytes, deltas[i].bytes);
      tail->count += hs_delta_count(&deltas[i]);
    }
    tail->ticks = MAX(tail->ticks, hs_delta_ticks(set->timeline, &deltas[n - 1], n_rows));
  }
  tail->n_endings = reader.ending;
  if (total == 0)
    return true;
  HsTail *published = hs_vec_append(&set->tails);
  if (published == NULL)
    return false;
  *published = *tail;
  __atomic_store_n(&set->n_tails, set->tails.length, __ATOMIC_RELEASE);
  return true;
}

bool
hs_series_take(HsSeriesSet *set, HsRow row, HsRow n_rows, uint32_t n_endings, bool fast, const int *cancel)
{
  hs_delta_reader_continue(&set->reader, row, n_endings);
  while (row < n_rows) {
    uint32_t most = fast ? STRETCH_ROWS : ENTRY_ROWS;
    HsRow end = row + MIN(n_rows - row, most - row % most);
    if (!(fast ? take_stretch(set, end) : take_entry(set, end, n_endings))) {
      set->out_of_memory = true;
      return false;
    }
    row = end;
    if (row % ROWS_PER_PUBLICATION == 0) {
      __atomic_store_n(&set->n_rows, row, __ATOMIC_RELEASE);
      if (hs_series_cancelled(cancel))
        return false;
    }
  }
  return true;
}

/* Of some blocks, and of each that the rows begin it is known whether it is one. */
static bool
is_selective(const HsSeriesSet *set, HsRow n_rows)
{
  return set->reader.passing != NULL && set->reader.n_passing >= hs_row_set_count_blocks(set->timeline, n_rows);
}

static bool
extend(HsSeriesSet *set, HsRow n_rows, const int *cancel)
{
  if (n_rows > set->n_rows && !hs_series_want(set, HS_GROUP_HEAP, cancel))
    return false;
  uint32_t n_endings = __atomic_load_n(&set->timeline->n_endings, __ATOMIC_ACQUIRE);
  /* The set of everything grows by little steps behind its loader. */
  bool done = is_selective(set, n_rows) && set->n_rows == 0 && n_rows >= PARALLEL_ROWS
                  ? hs_series_take_in_parts(set, n_rows, n_endings, cancel)
                  : hs_series_take(set, set->n_rows, n_rows, n_endings, false, cancel);
  if (!done)
    return false;
  if (!take_tail(set, n_rows, n_endings)) {
    set->out_of_memory = true;
    return false;
  }
  __atomic_store_n(&set->n_rows, n_rows, __ATOMIC_RELEASE);
  return true;
}

bool
hs_series_set_extend(HsSeriesSet *set, uint32_t n_rows, const int *cancel)
{
  if (set->out_of_memory || hs_series_cancelled(cancel))
    return false;
  return n_rows < set->n_rows || extend(set, n_rows, cancel);
}

HsSeriesSet *
hs_series_set_new_of(HsTimeline *timeline, HsRowSet *blocks, uint32_t n_rows, const int *cancel)
{
  bool all = hs_row_set_count(blocks) == hs_timeline_n_blocks(timeline);
  if (all && hs_timeline_complete(timeline) && n_rows == hs_series_set_n_rows(timeline->series))
    return hs_series_set_ref(timeline->series);
  g_autoptr(HsSeriesSet) set = hs_series_set_new(timeline, blocks);
  return hs_series_set_extend(set, n_rows, cancel) ? g_steal_pointer(&set) : NULL;
}

HsSnapshot
hs_series_snapshot(const HsSeriesSet *set)
{
  HsSnapshot snapshot = {.n_rows = hs_series_set_n_rows(set)};
  snapshot.n_endings = __atomic_load_n(&set->timeline->n_endings, __ATOMIC_ACQUIRE);
  for (uint32_t i = __atomic_load_n(&set->n_tails, __ATOMIC_ACQUIRE); i-- > 0;) {
    const HsTail *tail = HS_VEC(&set->tails, HsTail, i);
    if (tail->n_rows > snapshot.n_rows)
      continue;
    if (tail->n_rows == snapshot.n_rows) {
      snapshot.tail = tail;
      snapshot.n_endings = tail->n_endings;
    }
    break;
  }
  return snapshot;
}
