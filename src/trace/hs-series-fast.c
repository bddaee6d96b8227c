/* SPDX-License-Identifier: MIT */
/*
 * The rows of a filter's series, fast: what a row does to the total is looked up in one word a block, made beforehand
 * in the order in which blocks lie in memory. Says the same as hs-series-delta.c, which needs no such words.
 */
#include <string.h>

#include "hs-scratch.h"
#include "hs-series-private.h"

/* A word: source in the lowest bits, size above; or one of two that are no size. The highest two bits are left for what
 * a step adds to it. */
#define SOURCE_BITS 3u
#define N_WORD_SOURCES (1u << SOURCE_BITS)
#define WORD_MASK (UINT32_MAX >> 2)
#define WORD_NONE UINT32_MAX      /* the block does not count */
#define WORD_BIG (WORD_MASK - 1u) /* its size has to be looked up */
#define MAX_PLAIN_SIZE ((WORD_BIG >> SOURCE_BITS) - 1u)
#define STEP_ENDS (1u << 31)
#define STEP_INSIDE (1u << 30) /* of a row that goes on: the value after it is not reached */

#define ROWS_AHEAD 48u
#define ENDINGS_AHEAD 8u
#define BLOCKS_PER_POLL (1u << 14)

/* --- the words --- */

typedef struct {
  const HsTimeline *timeline;
  const uint64_t *bits; /* or NULL: all pass */
  uint32_t *words;
  uint32_t first, end; /* first: a multiple of 64 */
  const int *cancel;
  bool cancelled;
} Packing;

static inline uint32_t
pack_block(const HsBlockRecord *record)
{
  uint32_t source = __atomic_load_n(&record->flags, __ATOMIC_RELAXED) >> HS_BLOCK_SOURCE_SHIFT & 7;
  return record->size <= MAX_PLAIN_SIZE ? record->size << SOURCE_BITS | source : WORD_BIG;
}

static gpointer
pack(gpointer data)
{
  Packing *p = data;
  for (uint32_t i = p->first; i < p->end; i += 64) {
    if (i % BLOCKS_PER_POLL == 0 && hs_series_cancelled(p->cancel)) {
      p->cancelled = true;
      break;
    }
    uint32_t n = MIN(p->end - i, 64u);
    uint64_t bits = p->bits != NULL ? p->bits[i / 64] : UINT64_MAX;
    if (bits == 0) {
      memset(p->words + i, 0xff, n * sizeof *p->words);
      continue;
    }
    /* Those of a segment stand together. */
    const HsBlockRecord *records = hs_timeline_block_record(p->timeline, (HsBlockId){i});
    for (uint32_t k = 0; k < n; k++)
      p->words[i + k] = pack_block(&records[k]) | (0 - (uint32_t)(~bits >> k & 1));
  }
  return NULL;
}

uint32_t *
hs_series_pack_blocks(const HsTimeline *timeline, const HsRowSet *blocks, const int *cancel)
{
  G_STATIC_ASSERT(WORD_NONE == UINT32_MAX);
  uint32_t n = hs_row_set_n_rows(blocks);
  uint32_t *words = hs_scratch_new((gsize)n + 1, sizeof *words);
  if (words == NULL)
    return NULL;
  words[n] = WORD_NONE;
  Packing here = {.timeline = timeline, .bits = hs_row_set_words(blocks), .words = words, .cancel = cancel};
  Packing there = here;
  here.end = there.first = n / 2 & ~63u;
  there.end = n;
  hs_run_both("hs-pack", pack, &here, &there);
  if (here.cancelled || there.cancelled)
    g_clear_pointer(&words, g_free);
  return words;
}

/* --- the rows --- */

#define STEPS 256u

/* A block that counts begins or ends. */
typedef struct {
  uint32_t word, block;
} Step;

typedef struct {
  HsSeriesSet *set;
  const HsTimeline *timeline;
  const uint32_t *words;
  uint32_t n_words;
  uint32_t stretch;
  unsigned n;
  bool failed;
  Step steps[STEPS];
  HsRow rows[STEPS]; /* of each step's heap */
} Taker;

static inline HsDelta
delta_of(const Taker *taker, const Step *step)
{
  uint32_t ends = step->word / STEP_ENDS, word = step->word & WORD_MASK;
  uint64_t size = word >> SOURCE_BITS;
  unsigned source = word % N_WORD_SOURCES;
  if (G_UNLIKELY(word == WORD_BIG)) {
    size = hs_timeline_block_size(taker->timeline, (HsBlockId){step->block});
    source = hs_timeline_block_source(taker->timeline, (HsBlockId){step->block});
  }
  return (HsDelta){
      .bytes = (size ^ (0 - (uint64_t)ends)) + ends, .count = (int8_t)(1 - 2 * (int)ends), .source = (uint8_t)source};
}

/* The sources as they stand, as if the stretch had touched them. */
static void
open_sources(const Taker *taker, HsLayerState *sources)
{
  for (unsigned i = 0; i < N_WORD_SOURCES; i++) {
    sources[i] = taker->set->layers.states[i];
    if (sources[i].touched == taker->stretch + 1)
      continue;
    sources[i].max_bytes = sources[i].bytes;
    sources[i].max_count = sources[i].count;
  }
}

static bool
close_sources(const Taker *taker, const HsLayerState *sources, unsigned seen)
{
  HsLayers *layers = &taker->set->layers;
  for (unsigned i = 0; i < N_WORD_SOURCES; i++) {
    if ((seen >> i & 1) == 0)
      continue;
    if (layers->states[i].touched != taker->stretch + 1 && !hs_layers_touch(layers, i, taker->stretch))
      return false;
    layers->states[i] = sources[i];
    layers->states[i].touched = taker->stretch + 1;
  }
  return true;
}

static bool
add_to_total_and_sources(const Taker *taker)
{
  G_STATIC_ASSERT(HS_N_SOURCES <= N_WORD_SOURCES);
  HsLayers *layers = &taker->set->layers;
  HsLayerState sources[N_WORD_SOURCES];
  HsBand band = taker->set->open[0];
  unsigned seen = 0;
  if (layers->n_states < N_WORD_SOURCES && !hs_layers_grow(layers, N_WORD_SOURCES - 1))
    return false;
  open_sources(taker, sources);
  for (unsigned i = 0; i < taker->n; i++) {
    HsDelta delta = delta_of(taker, &taker->steps[i]);
    HsLayerState *source = &sources[delta.source];
    seen |= 1u << delta.source;
    source->bytes = hs_wrapping_add(source->bytes, delta.bytes);
    source->count += hs_delta_count(&delta);
    source->max_bytes = MAX(source->max_bytes, source->bytes);
    source->max_count = MAX(source->max_count, source->count);
    band.last_bytes = hs_wrapping_add(band.last_bytes, delta.bytes);
    band.last_count += hs_delta_count(&delta);
    if (G_UNLIKELY((taker->steps[i].word & STEP_INSIDE) != 0))
      continue;
    band.min_bytes = MIN(band.min_bytes, band.last_bytes);
    band.max_bytes = MAX(band.max_bytes, band.last_bytes);
    band.min_count = MIN(band.min_count, band.last_count);
    band.max_count = MAX(band.max_count, band.last_count);
  }
  taker->set->open[0] = band;
  return close_sources(taker, sources, seen);
}

static bool
add_to_heaps(const Taker *taker)
{
  bool done = true;
  for (unsigned i = 0; i < taker->n; i++) {
    HsDelta delta = delta_of(taker, &taker->steps[i]);
    uint32_t heap = hs_timeline_row_heap_quick(taker->timeline, taker->rows[i]);
    if (heap != HS_ID_NONE)
      done &= hs_layers_apply(&taker->set->layers, hs_layer_of_heap(heap), &delta, taker->stretch);
  }
  return done;
}

static void
flush(Taker *taker)
{
  bool done = taker->set->part == HS_SERIES_HEAPS ? add_to_heaps(taker) : add_to_total_and_sources(taker);
  taker->failed |= !done;
  taker->n = 0;
}

/* The step of the row itself, if any: it is written in any case, and counted if it counts. There is room. */
static inline bool
take_own(Taker *taker, HsRow row, unsigned op, uint32_t ref)
{
  uint32_t block = MIN(ref, taker->n_words); /* a loose reference, and a block of later, is the word behind the last */
  uint32_t word = taker->words[block];
  taker->steps[taker->n] = (Step){word | (op == HS_OP_FREE ? STEP_ENDS : 0), block};
  taker->rows[taker->n] = row;
  bool counts = ((op == HS_OP_ALLOC) | (op == HS_OP_REALLOC) | (op == HS_OP_FREE)) & (word != WORD_NONE);
  /* A ReAlloc that only sums up what was logged before names a block, but begins none. */
  if (G_UNLIKELY(op == HS_OP_REALLOC) && counts)
    counts = hs_timeline_block_begin(taker->timeline, (HsBlockId){block}) == row;
  taker->n += counts;
  return counts;
}

/* Blocks that end out of turn lie anywhere. */
static inline void
fetch_listed(const Taker *taker, uint32_t ending)
{
  if (ending >= taker->set->reader.n_endings)
    return;
  uint32_t block = HS_VEC(&taker->timeline->endings, HsEnding, ending)->block;
  __builtin_prefetch(&taker->words[MIN(block, taker->n_words)]);
  __builtin_prefetch(hs_timeline_block_record(taker->timeline, (HsBlockId){block}));
}

/* The endings listed for a row, in their order, and the row itself; `room` is what its entry's other rows may need. */
static void
take_listed(Taker *taker, HsRow row, unsigned op, uint32_t ref, unsigned room)
{
  HsDeltaReader *reader = &taker->set->reader;
  bool any = false;
  while (reader->ending_row == row) {
    uint32_t block = HS_VEC(&taker->timeline->endings, HsEnding, reader->ending)->block;
    uint32_t word = taker->words[MIN(block, taker->n_words)];
    hs_delta_reader_next_ending(reader);
    fetch_listed(taker, reader->ending + ENDINGS_AHEAD);
    if (word == WORD_NONE)
      continue;
    HsBlockId id = {block};
    /* Processes end at moments of their own. */
    bool exits = hs_timeline_block_end(taker->timeline, id) == HS_ROW_PROCESS_EXIT;
    if (taker->n + room >= STEPS)
      flush(taker);
    taker->steps[taker->n] = (Step){word | STEP_ENDS | (exits ? 0 : STEP_INSIDE), block};
    taker->rows[taker->n++] = hs_timeline_block_begin(taker->timeline, id);
    any = any || !exits;
  }
  if (!take_own(taker, row, op, ref) && any)
    taker->steps[taker->n - 1].word &= ~STEP_INSIDE;
}

bool
hs_series_take_fast(HsSeriesSet *set, const uint32_t *words, HsRow end_row, HsRow n_rows)
{
  const HsTimeline *t = set->timeline;
  HsRow first = set->reader.row;
  Taker taker;
  taker.set = set;
  taker.timeline = t;
  taker.words = words;
  taker.n_words = hs_row_set_n_rows(set->blocks);
  taker.stretch = first >> HS_STRETCH_SHIFT;
  taker.n = 0;
  taker.failed = false;
  const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, first);
  const uint32_t *ref = HS_AT(&t->ref, uint32_t, first);
  /* A segment's rows stand together; those yet to come may still be written. */
  uint32_t n = end_row - first, together = HS_SEGMENT_ROWS - (first & HS_SEGMENT_MASK);
  together = MIN(together, n_rows - first);
  uint32_t ahead = together > ROWS_AHEAD ? together - ROWS_AHEAD : 0;
  for (uint32_t i = 0; i < n; i++) {
    if (i < ahead)
      __builtin_prefetch(&words[MIN(ref[i + ROWS_AHEAD], taker.n_words)]);
    if (G_LIKELY(set->reader.ending_row != first + i))
      (void)take_own(&taker, first + i, op_source[i] & 31, ref[i]);
    else
      take_listed(&taker, first + i, op_source[i] & 31, ref[i], n - i);
  }
  flush(&taker);
  set->reader.row = end_row;
  set->reader.step_row = UINT32_MAX;
  return !taker.failed;
}
