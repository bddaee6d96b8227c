/* SPDX-License-Identifier: MIT */
/*
 * The rows of a filter's series, fast: a stretch at a time, and in it an entry at a time. What counts is picked out
 * first; the sums then run over that alone. And whole entries of the series of all. Says the same as take_rows() of
 * hs-series.c.
 */
#include "hs-series-private.h"

#define ENTRY_ROWS HS_DENSE_ROWS
#define STRETCH_ROWS (1u << HS_STRETCH_SHIFT)

/* A block that counts begins or ends. */
typedef struct {
  uint64_t bytes; /* what is to be added, modulo 2^64 */
  uint64_t what;  /* a row of the block's heap, above; below, source and two flags */
} Step;

#define STEP_ROW_SHIFT 32
#define STEP_ENDS ((uint64_t)HS_N_WEIGHT_SOURCES)
#define STEP_INSIDE (2 * STEP_ENDS) /* of a row that goes on: the value after it is not reached */

static inline uint32_t
step_count(const Step *step)
{
  return 1 - (uint32_t)(step->what / STEP_ENDS % 2 * 2);
}

/* Besides the rows of an entry, whose own steps all have room, endings listed for them; as many as fit. */
#define STEPS (2 * ENTRY_ROWS)

typedef struct {
  HsSeriesSet *set;
  const HsTimeline *timeline;
  const uint64_t *bits;
  uint32_t stretch;
  HsDense now;
  unsigned n;
  Step steps[STEPS];
} Taker;

/* --- sums --- */

/* Begins sums where the set is. False if out of memory. */
static bool
open_sums(HsSeriesSet *set, uint32_t stretch, HsDense *now)
{
  HsLayers *layers = &set->layers;
  G_STATIC_ASSERT(HS_N_SOURCES <= HS_N_WEIGHT_SOURCES);
  if (layers->n_states < HS_N_WEIGHT_SOURCES && !hs_layers_grow(layers, HS_N_WEIGHT_SOURCES - 1))
    return false;
  for (unsigned i = 0; i < HS_N_WEIGHT_SOURCES; i++) {
    now->sources[i] = layers->states[i];
    if (layers->states[i].touched == stretch + 1)
      continue;
    now->sources[i].max_bytes = now->sources[i].bytes;
    now->sources[i].max_count = now->sources[i].count;
  }
  now->band = set->open[0];
  now->main_source = set->main_source;
  now->seen = 0;
  now->failed = false;
  return true;
}

/* Gives the set its sources' sums. False if out of memory. */
static bool
close_sums(HsSeriesSet *set, uint32_t stretch, const HsDense *now)
{
  HsLayers *layers = &set->layers;
  for (unsigned left = now->seen; left != 0; left &= left - 1) {
    unsigned i = (unsigned)__builtin_ctz(left);
    if (layers->states[i].touched != stretch + 1 && !hs_layers_touch(layers, i, stretch))
      return false;
    layers->states[i] = now->sources[i];
    layers->states[i].touched = stretch + 1;
  }
  set->main_source = now->main_source;
  set->reader.step_row = UINT32_MAX;
  return !now->failed;
}

static void
add_to_total_and_sources(Taker *taker)
{
  HsBand band = taker->now.band;
  unsigned seen = 0;
  for (unsigned i = 0; i < taker->n; i++) {
    const Step *step = &taker->steps[i];
    uint64_t bytes = step->bytes;
    uint32_t count = step_count(step);
    unsigned index = step->what % HS_N_WEIGHT_SOURCES;
    HsLayerState *source = &taker->now.sources[index];
    seen |= 1u << index;
    source->bytes = hs_wrapping_add(source->bytes, bytes);
    source->count += count;
    source->max_bytes = MAX(source->max_bytes, source->bytes);
    source->max_count = MAX(source->max_count, source->count);
    band.last_bytes = hs_wrapping_add(band.last_bytes, bytes);
    band.last_count += count;
    if (G_UNLIKELY((step->what & STEP_INSIDE) != 0))
      continue;
    band.min_bytes = MIN(band.min_bytes, band.last_bytes);
    band.max_bytes = MAX(band.max_bytes, band.last_bytes);
    band.min_count = MIN(band.min_count, band.last_count);
    band.max_count = MAX(band.max_count, band.last_count);
  }
  taker->now.band = band;
  taker->now.seen |= seen;
}

static void
add_to_heaps(Taker *taker)
{
  for (unsigned i = 0; i < taker->n; i++) {
    const Step *step = &taker->steps[i];
    HsDelta delta = {.bytes = step->bytes, .count = (int8_t)step_count(step)};
    uint32_t heap = hs_timeline_row_heap_quick(taker->timeline, (HsRow)(step->what >> STEP_ROW_SHIFT));
    if (heap != HS_ID_NONE && !hs_layers_apply(&taker->set->layers, hs_layer_of_heap(heap), &delta, taker->stretch))
      taker->now.failed = true;
  }
}

static void
flush(Taker *taker)
{
  if (taker->set->part == HS_SERIES_HEAPS)
    add_to_heaps(taker);
  else
    add_to_total_and_sources(taker);
  taker->n = 0;
}

/* --- steps --- */

static inline Step
make_step(uint64_t size, unsigned source, uint64_t ends, HsRow row)
{
  return (Step){(size ^ (0 - ends)) + ends, (uint64_t)row << STEP_ROW_SHIFT | ends * STEP_ENDS | source};
}

/* What the block itself tells. */
static inline Step
ask_block(const HsTimeline *t, uint32_t block, uint64_t ends, HsRow row)
{
  return make_step(hs_timeline_block_size(t, (HsBlockId){block}), hs_timeline_block_source(t, (HsBlockId){block}), ends,
                   row);
}

/* The rows' own steps: each is written, and taken back if it does not count, since that cannot be foreseen. There is
 * room. */
static void
pick_rows(Taker *taker, HsRow first, HsRow end)
{
  const HsTimeline *t = taker->timeline;
  const uint64_t *bits = taker->bits;
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, first);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, first);
  Step *step = taker->steps + taker->n;
  for (uint32_t i = 0; i < end - first; i++) {
    uint32_t weight = weights[i];
    uint64_t ends = (op_sources[i] & 31) == HS_OP_FREE;
    uint32_t block = weight != HS_WEIGHT_NONE ? refs[i] : 0;
    bool counts = (weight != HS_WEIGHT_NONE) & (bits[block / 64] >> (block % 64));
    *step = make_step(weight >> HS_WEIGHT_SOURCE_BITS, weight % HS_N_WEIGHT_SOURCES, ends, first + i);
    if (G_UNLIKELY(weight >= HS_WEIGHT_BLOCK))
      *step = ask_block(t, block, ends, first + i);
    step += counts;
  }
  taker->n = (unsigned)(step - taker->steps);
}

/* The endings listed for a row, in their order, and the row itself; `room` is what its entry's other rows may need. */
static void
pick_row_with_endings(Taker *taker, HsRow row, unsigned room)
{
  const HsTimeline *t = taker->timeline;
  HsDeltaReader *reader = &taker->set->reader;
  bool any = false;
  while (reader->ending_row == row) {
    uint32_t block = HS_VEC(&t->endings, HsEnding, reader->ending)->block;
    hs_delta_reader_next_ending(reader);
    hs_delta_reader_fetch(reader, reader->ending + HS_ENDINGS_AHEAD);
    if ((taker->bits[block / 64] >> (block % 64) & 1) == 0)
      continue;
    /* Processes end at moments of their own. */
    bool exits = hs_timeline_block_end(t, (HsBlockId){block}) == HS_ROW_PROCESS_EXIT;
    if (taker->n + room >= STEPS)
      flush(taker);
    Step *step = &taker->steps[taker->n++];
    *step = ask_block(t, block, 1, hs_timeline_block_begin(t, (HsBlockId){block}));
    step->what |= exits ? 0 : STEP_INSIDE;
    any = any || !exits;
  }
  unsigned n = taker->n;
  pick_rows(taker, row, row + 1);
  if (taker->n == n && any)
    taker->steps[n - 1].what &= ~STEP_INSIDE;
}

/* Blocks that rows do not tell of lie anywhere: they are asked for ahead. */
static void
fetch_blocks(const Taker *taker, HsRow first, HsRow end)
{
  const uint16_t *weights = HS_AT(&taker->timeline->weight, uint16_t, first);
  for (uint32_t i = 0; i < end - first; i++) {
    if (G_UNLIKELY(weights[i] >= HS_WEIGHT_BLOCK))
      __builtin_prefetch(
          hs_timeline_block_record(taker->timeline, (HsBlockId){hs_timeline_ref_of(taker->timeline, first + i)}));
  }
}

static void
take_entry(Taker *taker, HsRow row, HsRow end)
{
  HsDeltaReader *reader = &taker->set->reader;
  if (taker->set->part != HS_SERIES_HEAPS &&
      hs_series_take_dense(taker->timeline, taker->bits, end, reader, NULL, &taker->now))
    return;
  while (row < end) {
    HsRow until = MIN(reader->ending_row, end);
    if (until > row)
      pick_rows(taker, row, until);
    row = until;
    if (row < end)
      pick_row_with_endings(taker, row, end - row), row++;
  }
  flush(taker);
  reader->row = end;
}

bool
hs_series_take_fast(HsSeriesSet *set, HsRow end_row)
{
  HsRow row = set->reader.row;
  bool is_heaps = set->part == HS_SERIES_HEAPS;
  Taker taker;
  taker.set = set;
  taker.timeline = set->timeline;
  taker.bits = set->reader.passing;
  taker.stretch = row >> HS_STRETCH_SHIFT;
  taker.n = 0;
  if (!open_sums(set, taker.stretch, &taker.now))
    return false;
  fetch_blocks(&taker, row, MIN(end_row, row + ENTRY_ROWS));
  while (row < end_row) {
    HsRow end = MIN((row | (ENTRY_ROWS - 1)) + 1, end_row);
    fetch_blocks(&taker, end, MIN(end_row, end + ENTRY_ROWS));
    take_entry(&taker, row, end);
    row = end;
    if (is_heaps)
      continue;
    set->open[0] = taker.now.band;
    if (row % ENTRY_ROWS == 0 && !hs_series_close_entry(set))
      return false;
    taker.now.band = set->open[0];
  }
  return close_sums(set, taker.stretch, &taker.now);
}

bool
hs_series_take_whole(HsSeriesSet *set, HsRow end_row)
{
  uint32_t stretch = set->reader.row >> HS_STRETCH_SHIFT;
  HsDense now;
  if (!open_sums(set, stretch, &now)) {
    set->out_of_memory = true;
    return false;
  }
  if (!hs_series_take_dense(set->timeline, NULL, end_row, &set->reader, &set->layers, &now))
    return false;
  set->open[0] = now.band;
  set->out_of_memory |= !close_sums(set, stretch, &now);
  return true;
}
