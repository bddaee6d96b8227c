/* SPDX-License-Identifier: MIT */
/* Rows are in order of time, so whether a block lives at a moment is told by the rows that begin and end it. Two
 * threads take a half of the blocks each, in whole words of the set they fill. */
#include "hs-comparison.h"

#include <string.h>

#include "hs-range-rows.h"
#include "hs-row-keys.h"
#include "hs-scratch.h"

#define PARALLEL_BLOCKS (1u << 18)
#define BLOCKS_PER_POLL (1u << 14)
#define BIAS (UINT64_C(1) << 63)

typedef struct {
  const HsTimeline *timeline;
  const uint64_t *bits; /* of the blocks to look at; NULL = all */
  uint32_t n_rows;
  int64_t ticks[HS_N_SIDES];
  HsRow after[HS_N_SIDES]; /* the first row after each moment */
  uint64_t *words;         /* of those found */
  uint32_t first, end;
  const int *cancel;
  HsSideSums sums;
  bool failed;
} Part;

const char *
hs_side_name(HsSide side)
{
  return side == HS_SIDE_A ? "A" : "B";
}

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* Whether a block that began by then ended later than a moment; `after` is the first row after that. */
static inline bool
lives_on(const HsTimeline *timeline, HsBlockId id, uint32_t n_rows, HsRow after, int64_t ticks)
{
  HsRow end = hs_timeline_block_end(timeline, id);
  if (G_LIKELY(end != HS_ROW_PROCESS_EXIT))
    return end >= after;
  HsBlock block;
  hs_timeline_block(timeline, id, n_rows, &block);
  return block.end_ticks > ticks;
}

static inline bool
lives_at(const Part *part, HsBlockId id, HsRow begin, HsSide side)
{
  return begin < part->after[side] && lives_on(part->timeline, id, part->n_rows, part->after[side], part->ticks[side]);
}

static void
look_at(Part *part, uint32_t i)
{
  HsBlockId id = {i};
  HsRow begin = hs_timeline_block_begin(part->timeline, id);
  bool at_a = lives_at(part, id, begin, HS_SIDE_A), at_b = lives_at(part, id, begin, HS_SIDE_B);
  if (at_a == at_b)
    return;
  HsSide side = at_a ? HS_SIDE_A : HS_SIDE_B;
  part->words[i / 64] |= UINT64_C(1) << (i % 64);
  part->sums.count[side]++;
  part->sums.bytes[side] += hs_timeline_block_size(part->timeline, id);
}

static gpointer
look_at_part(gpointer data)
{
  Part *part = data;
  for (uint32_t i = part->first; i < part->end; i++) {
    if (i % BLOCKS_PER_POLL == 0 && is_cancelled(part->cancel)) {
      part->failed = true;
      break;
    }
    if (part->bits == NULL || (part->bits[i / 64] >> (i % 64) & 1) != 0)
      look_at(part, i);
  }
  return NULL;
}

/* Two ways to one number: the blocks, and the curve kept event by event. */
static void
check(HsComparison *self, const HsTimeline *timeline, const HsSeriesSet *series)
{
  int64_t bytes[HS_N_SIDES];
  uint32_t count[HS_N_SIDES];
  /* Short of all rows, some ends are known already that the curve has not come to. */
  if (series == NULL || !hs_timeline_complete(timeline) || hs_series_set_n_rows(series) != self->n_rows ||
      hs_timeline_n_rows(timeline) != self->n_rows)
    return;
  hs_series_at(series, self->a_ticks, &bytes[HS_SIDE_A], &count[HS_SIDE_A]);
  hs_series_at(series, self->b_ticks, &bytes[HS_SIDE_B], &count[HS_SIDE_B]);
  self->is_checked = true;
  self->is_consistent =
      (uint64_t)hs_side_sums_net_bytes(&self->total) == (uint64_t)bytes[HS_SIDE_B] - (uint64_t)bytes[HS_SIDE_A] &&
      hs_side_sums_net_count(&self->total) == (int64_t)count[HS_SIDE_B] - (int64_t)count[HS_SIDE_A];
}

static bool
fill(HsComparison *self, Part here, uint32_t n_blocks)
{
  /* What begins later lives at neither. */
  uint32_t n = MIN(hs_row_set_count_blocks(here.timeline, MAX(here.after[HS_SIDE_A], here.after[HS_SIDE_B])), n_blocks);
  bool both = n >= PARALLEL_BLOCKS;
  here.words = g_try_new0(uint64_t, (gsize)n_blocks / 64 + 1);
  if (here.words == NULL)
    return false;
  Part there = here;
  here.end = there.first = both ? n / 2 & ~63u : n;
  there.end = n;
  hs_run_both("hs-comparison", look_at_part, &here, both ? &there : NULL);
  for (int side = 0; side < HS_N_SIDES; side++) {
    self->total.count[side] = here.sums.count[side] + there.sums.count[side];
    self->total.bytes[side] = here.sums.bytes[side] + there.sums.bytes[side];
  }
  if (!here.failed && !there.failed)
    self->blocks = hs_row_set_new_words(n_blocks, here.words);
  g_free(here.words);
  return self->blocks != NULL;
}

HsComparison *
hs_comparison_new(HsTimeline *timeline, HsRowSet *blocks, const HsSeriesSet *series, int64_t a_ticks, int64_t b_ticks,
                  uint32_t n_rows, const int *cancel)
{
  g_autoptr(HsComparison) self = g_new0(HsComparison, 1);
  /* Outstanding is what ends at the last moment there is. */
  a_ticks = MIN(a_ticks, INT64_MAX - 1);
  b_ticks = MIN(b_ticks, INT64_MAX - 1);
  Part part = {
      .timeline = timeline,
      .bits = hs_row_set_words(blocks),
      .n_rows = n_rows,
      .ticks = {a_ticks, b_ticks},
      .after = {hs_timeline_row_at(timeline, a_ticks + 1, n_rows), hs_timeline_row_at(timeline, b_ticks + 1, n_rows)},
      .cancel = cancel};
  self->ref_count = 1;
  self->a_ticks = a_ticks;
  self->b_ticks = b_ticks;
  self->n_rows = n_rows;
  memcpy(self->after, part.after, sizeof self->after);
  if (!fill(self, part, hs_row_set_n_rows(blocks)))
    return NULL;
  check(self, timeline, series);
  return g_steal_pointer(&self);
}

HsComparison *
hs_comparison_ref(HsComparison *comparison)
{
  g_atomic_int_inc(&comparison->ref_count);
  return comparison;
}

void
hs_comparison_unref(HsComparison *comparison)
{
  if (comparison == NULL || !g_atomic_int_dec_and_test(&comparison->ref_count))
    return;
  g_clear_pointer(&comparison->blocks, hs_row_set_unref);
  g_free(comparison);
}

HsSide
hs_comparison_side(const HsComparison *comparison, const HsTimeline *timeline, HsBlockId id)
{
  /* What is here lives at one of them alone. */
  return hs_timeline_block_begin(timeline, id) < comparison->after[HS_SIDE_B] &&
                 lives_on(timeline, id, comparison->n_rows, comparison->after[HS_SIDE_B], comparison->b_ticks)
             ? HS_SIDE_B
             : HS_SIDE_A;
}

/* --- groups --- */

/* Keys of a field are below this. */
static uint32_t
n_keys(const HsTimeline *t, HsPivotBy by)
{
  switch (by) {
  case HS_PIVOT_PROCESS:
    return hs_timeline_n_processes(t);
  case HS_PIVOT_HEAP:
    return hs_timeline_n_heaps(t);
  case HS_PIVOT_THREAD:
    return hs_timeline_n_threads(t);
  case HS_PIVOT_SOURCE:
    return HS_N_SOURCES;
  case HS_PIVOT_END:
    return HS_END_PROCESS_EXIT + 1;
  case HS_PIVOT_SIZE:
    return 65;
  case HS_PIVOT_TYPE:
  case HS_N_PIVOTS:
    break;
  }
  return 0;
}

static uint32_t
key_of(const HsTimeline *t, HsPivotBy by, HsBlockId id, uint32_t n_rows)
{
  if (by == HS_PIVOT_SOURCE)
    return hs_timeline_block_source(t, id);
  if (by == HS_PIVOT_SIZE)
    return hs_size_class(hs_timeline_block_size(t, id));
  if (by == HS_PIVOT_END) {
    HsRow end = hs_timeline_block_end(t, id);
    bool is_over = end < n_rows || end == HS_ROW_PROCESS_EXIT;
    return is_over ? (uint32_t)(hs_timeline_block_flags(t, id) & HS_BLOCK_END_MASK) : HS_END_NONE;
  }
  const HsOrigin *origin = hs_timeline_origin(t, hs_timeline_row_origin(t, hs_timeline_block_begin(t, id)));
  if (by == HS_PIVOT_HEAP)
    return origin->heap.v;
  return by == HS_PIVOT_THREAD ? origin->thread.v : hs_timeline_thread(t, origin->thread)->process.v;
}

static bool
count_groups(const HsComparison *self, const HsTimeline *timeline, HsPivotBy by, HsSideSums *sums, uint32_t n,
             const int *cancel)
{
  uint32_t polled = 0;
  for (uint32_t i = hs_row_set_next(self->blocks, 0); i != UINT32_MAX; i = hs_row_set_next(self->blocks, i + 1)) {
    HsBlockId id = {i};
    if (polled++ % BLOCKS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    /* What is of no heap or thread comes last. */
    HsSideSums *group = &sums[MIN(key_of(timeline, by, id, self->n_rows), n)];
    HsSide side = hs_comparison_side(self, timeline, id);
    group->count[side]++;
    group->bytes[side] += hs_timeline_block_size(timeline, id);
  }
  return true;
}

GArray *
hs_comparison_groups_new(const HsComparison *comparison, const HsTimeline *timeline, HsPivotBy by, const int *cancel)
{
  uint32_t n = n_keys(timeline, by);
  g_autofree HsSideSums *sums = g_try_new0(HsSideSums, (gsize)n + 1);
  if (sums == NULL || !count_groups(comparison, timeline, by, sums, n, cancel))
    return NULL;
  GArray *groups = g_array_new(FALSE, FALSE, sizeof(HsSideGroup));
  for (uint32_t key = 0; key <= n; key++) {
    HsSideGroup group = {key < n ? key : HS_ID_NONE, sums[key]};
    if (sums[key].count[HS_SIDE_A] + sums[key].count[HS_SIDE_B] > 0)
      g_array_append_val(groups, group);
  }
  return groups;
}

/* --- orders --- */

typedef struct {
  const HsComparison *comparison;
  const HsTimeline *timeline;
} SideKeys;

static HsRowKey
side_key(gconstpointer data, uint32_t block)
{
  const SideKeys *keys = data;
  return (HsRowKey){hs_comparison_side(keys->comparison, keys->timeline, (HsBlockId){block}), true};
}

HsRowOrder *
hs_comparison_order_new(const HsComparison *comparison, const HsTimeline *timeline, HsRowSet *blocks, bool descending,
                        const int *cancel)
{
  SideKeys keys = {comparison, timeline};
  return hs_row_order_new_keyed(blocks, side_key, NULL, &keys, descending, cancel);
}

int64_t
hs_side_column_value(const HsSideSums *sums, HsSideColumn column)
{
  switch (column) {
  case HS_SIDE_COLUMN_CAME:
    return (int64_t)sums->count[HS_SIDE_B];
  case HS_SIDE_COLUMN_CAME_BYTES:
    return (int64_t)sums->bytes[HS_SIDE_B];
  case HS_SIDE_COLUMN_WENT:
    return (int64_t)sums->count[HS_SIDE_A];
  case HS_SIDE_COLUMN_WENT_BYTES:
    return (int64_t)sums->bytes[HS_SIDE_A];
  case HS_SIDE_COLUMN_NET:
    return hs_side_sums_net_count(sums);
  case HS_SIDE_COLUMN_NET_BYTES:
    return hs_side_sums_net_bytes(sums);
  case HS_SIDE_COLUMN_GROUP:
  case HS_N_SIDE_COLUMNS:
    break;
  }
  return 0;
}

typedef struct {
  const GArray *groups;
  HsSideColumn column;
} GroupKeys;

static HsRowKey
group_key(gconstpointer data, uint32_t place)
{
  const GroupKeys *keys = data;
  const HsSideGroup *group = &g_array_index(keys->groups, HsSideGroup, place);
  if (keys->column == HS_SIDE_COLUMN_GROUP)
    return (HsRowKey){group->key, group->key != HS_ID_NONE};
  return (HsRowKey){(uint64_t)hs_side_column_value(&group->sums, keys->column) + BIAS, true};
}

HsRowOrder *
hs_side_groups_order_new(const GArray *groups, HsRowSet *places, HsSideColumn column, bool descending,
                         const int *cancel)
{
  GroupKeys keys = {groups, column};
  return hs_row_order_new_keyed(places, group_key, NULL, &keys, descending, cancel);
}
