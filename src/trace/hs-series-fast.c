/* SPDX-License-Identifier: MIT */
/*
 * The rows of a filter's series, fast: what a row does to the total is looked up in one word a block, made beforehand
 * in the order in which blocks lie in memory. Says the same as hs-series-delta.c, which needs no such words.
 */
#include "hs-scratch.h"
#include "hs-series-private.h"

/* A word: source in the lowest bits, size above; or one of two that are no size. */
#define SOURCE_BITS 3u
#define WORD_NONE UINT32_MAX       /* the block does not count */
#define WORD_BIG (UINT32_MAX - 1u) /* its size has to be looked up */
#define MAX_PLAIN_SIZE ((UINT32_MAX >> SOURCE_BITS) - 1u)

#define ROWS_AHEAD 48u
#define ENDINGS_AHEAD 8u
#define BLOCKS_PER_POLL (1u << 14)
#define PAIRING (1u << HS_OP_ALLOC | 1u << HS_OP_REALLOC | 1u << HS_OP_FREE)

/* --- the words --- */

typedef struct {
  const HsTimeline *timeline;
  const uint64_t *bits;
  uint32_t *words;
  uint32_t first, end;
  const int *cancel;
  bool cancelled;
} Packing;

static gpointer
pack(gpointer data)
{
  Packing *p = data;
  for (uint32_t i = p->first; i < p->end; i++) {
    if (i % BLOCKS_PER_POLL == 0 && hs_series_cancelled(p->cancel)) {
      p->cancelled = true;
      break;
    }
    const HsBlockRecord *record = hs_timeline_block_record(p->timeline, (HsBlockId){i});
    uint32_t source = __atomic_load_n(&record->flags, __ATOMIC_RELAXED) >> HS_BLOCK_SOURCE_SHIFT & 7;
    uint32_t word = record->size <= MAX_PLAIN_SIZE ? record->size << SOURCE_BITS | source : WORD_BIG;
    bool passes = p->bits == NULL || (p->bits[i / 64] >> (i % 64) & 1) != 0;
    p->words[i] = passes ? word : WORD_NONE;
  }
  return NULL;
}

uint32_t *
hs_series_pack_blocks(const HsTimeline *timeline, const HsRowSet *blocks, const int *cancel)
{
  uint32_t n = hs_row_set_n_rows(blocks);
  uint32_t *words = hs_scratch_new((gsize)n + 1, sizeof *words);
  if (words == NULL)
    return NULL;
  words[n] = WORD_NONE;
  Packing here = {.timeline = timeline, .bits = hs_row_set_words(blocks), .words = words, .cancel = cancel};
  Packing there = here;
  here.end = there.first = n / 2;
  there.end = n;
  hs_run_both("hs-pack", pack, &here, &there);
  if (here.cancelled || there.cancelled)
    g_clear_pointer(&words, g_free);
  return words;
}

/* --- the rows --- */

/* One block begins or ends. */
typedef struct {
  uint32_t word, block;
  HsRow row;    /* of its heap */
  uint8_t ends; /* 1 or 0 */
  bool settles; /* the value after it is reached, and is no mere step within a row */
} Step;

#define STEPS 192u

typedef struct {
  HsSeriesSet *set;
  const HsTimeline *timeline;
  const uint32_t *words;
  uint32_t n_words;
  uint32_t stretch;
  unsigned n;
  bool failed;
  Step steps[STEPS];
} Taker;

static inline HsDelta
delta_of(const Taker *taker, const Step *step)
{
  uint64_t size = step->word >> SOURCE_BITS;
  if (G_UNLIKELY(step->word == WORD_BIG))
    size = hs_timeline_block_size(taker->timeline, (HsBlockId){step->block});
  return (HsDelta){.bytes = (size ^ (0 - (uint64_t)step->ends)) + step->ends,
                   .count = (int8_t)(1 - 2 * (int)step->ends)};
}

static inline uint32_t
source_of(const Taker *taker, const Step *step)
{
  if (G_UNLIKELY(step->word == WORD_BIG))
    return hs_timeline_block_source(taker->timeline, (HsBlockId){step->block});
  return step->word & ((1u << SOURCE_BITS) - 1);
}

static void
add_to_total(const Taker *taker, HsBand *open)
{
  HsBand band = *open;
  for (unsigned i = 0; i < taker->n; i++) {
    HsDelta delta = delta_of(taker, &taker->steps[i]);
    band.last_bytes = hs_wrapping_add(band.last_bytes, delta.bytes);
    band.last_count += hs_delta_count(&delta);
    if (!taker->steps[i].settles)
      continue;
    band.min_bytes = MIN(band.min_bytes, band.last_bytes);
    band.max_bytes = MAX(band.max_bytes, band.last_bytes);
    band.min_count = MIN(band.min_count, band.last_count);
    band.max_count = MAX(band.max_count, band.last_count);
  }
  *open = band;
}

static bool
add_to_sources(const Taker *taker, HsLayers *layers)
{
  bool done = true;
  for (unsigned i = 0; i < taker->n; i++) {
    HsDelta delta = delta_of(taker, &taker->steps[i]);
    done &= hs_layers_apply(layers, source_of(taker, &taker->steps[i]), &delta, taker->stretch);
  }
  return done;
}

static bool
add_to_heaps(const Taker *taker, HsLayers *layers)
{
  bool done = true;
  for (unsigned i = 0; i < taker->n; i++) {
    HsDelta delta = delta_of(taker, &taker->steps[i]);
    uint32_t heap = hs_timeline_row_heap_quick(taker->timeline, taker->steps[i].row);
    if (heap != HS_ID_NONE)
      done &= hs_layers_apply(layers, hs_layer_of_heap(heap), &delta, taker->stretch);
  }
  return done;
}

static void
flush(Taker *taker)
{
  HsSeriesSet *set = taker->set;
  bool done;
  if (set->part == HS_SERIES_HEAPS) {
    done = add_to_heaps(taker, &set->layers);
  } else {
    add_to_total(taker, &set->open[0]);
    done = add_to_sources(taker, &set->layers);
  }
  taker->failed |= !done;
  taker->n = 0;
}

/* Where the next step goes; `more` may be added after it without a flush. */
static inline Step *
next_step(Taker *taker, unsigned more)
{
  if (G_UNLIKELY(taker->n + more >= STEPS))
    flush(taker);
  return &taker->steps[taker->n];
}

/* The step of the row itself, if any: it is written in any case, and counted if it counts. */
static inline bool
take_own(Taker *taker, HsRow row, unsigned op, uint32_t ref)
{
  Step *step = next_step(taker, 0);
  uint32_t block = MIN(ref, taker->n_words); /* a loose reference, and a block of later, is the word behind the last */
  uint32_t word = taker->words[block];
  *step = (Step){.word = word, .block = block, .row = row, .ends = op == HS_OP_FREE, .settles = true};
  unsigned counts = (PAIRING >> op & 1) & (unsigned)(word != WORD_NONE);
  /* A ReAlloc that only sums up what was logged before names a block, but begins none. */
  if (G_UNLIKELY(op == HS_OP_REALLOC) && counts != 0)
    counts = hs_timeline_block_begin(taker->timeline, (HsBlockId){block}) == row;
  taker->n += counts;
  return counts != 0;
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

/* The endings listed for a row, in their order. True if any counts that is of the row itself. */
static bool
take_listed(Taker *taker, HsRow row)
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
    *next_step(taker, 1) = (Step){word, block, hs_timeline_block_begin(taker->timeline, id), 1, exits};
    taker->n++;
    any = any || !exits;
  }
  return any;
}

bool
hs_series_take_fast(HsSeriesSet *set, const uint32_t *words, HsRow end_row)
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
  /* A segment's rows stand together. */
  uint32_t n = end_row - first, together = HS_SEGMENT_ROWS - (first & HS_SEGMENT_MASK);
  uint32_t ahead = together > ROWS_AHEAD ? together - ROWS_AHEAD : 0;
  for (uint32_t i = 0; i < n; i++) {
    HsRow row = first + i;
    if (i < ahead)
      __builtin_prefetch(&words[MIN(ref[i + ROWS_AHEAD], taker.n_words)]);
    if (G_LIKELY(set->reader.ending_row != row)) {
      (void)take_own(&taker, row, op_source[i] & 31, ref[i]);
      continue;
    }
    bool any = take_listed(&taker, row);
    if (!take_own(&taker, row, op_source[i] & 31, ref[i]) && any)
      taker.steps[taker.n - 1].settles = true;
  }
  flush(&taker);
  set->reader.row = end_row;
  set->reader.step_row = UINT32_MAX;
  return !taker.failed;
}
