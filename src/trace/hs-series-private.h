/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the series share.
 *
 * The total: a pyramid. A level-0 entry covers 128 rows, an entry of level k 16 of level k − 1. Only whole entries are
 * there; what follows the last whole one is replayed from the timeline. An entry covers the value that held before its
 * first row and those after each of its rows.
 *
 * Layers (sources, then heaps): a log of entries, one for each stretch of 1,024 rows in which the layer changed. Each
 * points to the entry before it and, by Myers' jump pointers, to one farther back, so that a search is O(log n) in a
 * list that only ever grows at its head and wastes nothing on heaps that change rarely.
 *
 * Processes that ended after the last row (endings whose row is yet to come) belong to no entry; a tail says what they
 * come to, so that a query at the end of a trace need not replay a million of them.
 */
#pragma once

#include "hs-series.h"

#define HS_ENTRY_SHIFT 7
#define HS_FANOUT_SHIFT 4
#define HS_LEVELS 7 /* 2^(32 − 7 − 4·6) entries at most on the last */
#define HS_STRETCH_SHIFT 10
#define HS_ENTRY_NONE UINT32_MAX

/* --- hs-series-delta.c: what each row does to the total --- */

/* One block begins or ends. */
typedef struct {
  uint64_t bytes; /* what is to be added, modulo 2^64: its size, or that below zero */
  HsRow row;
  uint32_t block;
  uint32_t heap;
  int8_t count; /* 1 = it begins, −1 = it ends */
  uint8_t source;
  bool exits;  /* its process ended, at a moment of its own before `row` */
  bool starts; /* the value before this one was reached, and is no mere step within a row */
} HsDelta;

/* Reads the deltas of rows [row, end_row) in order; with `trailing`, also the process exits just before end_row. */
typedef struct {
  const HsTimeline *timeline;
  const uint64_t *passing;    /* bits of the blocks that count; NULL = all */
  uint32_t n_passing;         /* bits there are; no block beyond them counts */
  HsRow row, end_row;         /* row: the next to read */
  uint32_t ending, n_endings; /* ending: the next to read */
  HsRow ending_row;           /* of that; UINT32_MAX if none */
  HsRow step_row;             /* row of the step under way; UINT32_MAX if none */
  bool trailing;
} HsDeltaReader;

#define HS_DELTA_BATCH 192

/* A reader at `row`; finds the first ending itself. `blocks` (or NULL: all) has to outlive it. */
HsDeltaReader hs_delta_reader(const HsTimeline *timeline, const HsRowSet *blocks, HsRow row, HsRow end_row,
                              uint32_t n_endings);
/* Lets a reader that is at its end go on to a later one, with endings published since. */
void hs_delta_reader_continue(HsDeltaReader *reader, HsRow end_row, uint32_t n_endings);
/* Passes over the ending that comes next. */
void hs_delta_reader_next_ending(HsDeltaReader *reader);
/* Whether a block counts. */
static inline bool
hs_delta_reader_passes(const HsDeltaReader *reader, uint32_t block)
{
  return reader->passing == NULL ||
         (block < reader->n_passing && (reader->passing[block / 64] >> (block % 64) & 1) != 0);
}
/* Asks memory for the block of an ending yet to come, if there is one. */
void hs_delta_reader_fetch(const HsDeltaReader *reader, uint32_t ending);
/* Up to HS_DELTA_BATCH deltas; 0 at the end. */
unsigned hs_delta_reader_next(HsDeltaReader *reader, HsDelta *deltas);
/* When it happened: the row's time, or the end of the process. */
int64_t hs_delta_ticks(const HsTimeline *timeline, const HsDelta *delta, uint32_t n_rows);

/* The heap of a row; hs_timeline_row_heap() without its branches. */
static inline uint32_t
hs_timeline_row_heap_quick(const HsTimeline *t, HsRow row)
{
  uint32_t origin = hs_timeline_row_origin(t, row).v;
  unsigned bucket = 27u - (unsigned)__builtin_clz(origin | 31u);
  return ((const HsOrigin *)t->origins.buckets[bucket])[origin - ((16u << bucket) & ~31u)].heap.v;
}

/* A reader with a buffer, one delta at a time. */
typedef struct {
  HsDeltaReader reader;
  unsigned n, i;
  HsDelta batch[HS_DELTA_BATCH];
} HsReplay;

static inline const HsDelta *
hs_replay_peek(HsReplay *replay)
{
  if (replay->i == replay->n) {
    replay->n = hs_delta_reader_next(&replay->reader, replay->batch);
    replay->i = 0;
    if (replay->n == 0)
      return NULL;
  }
  return &replay->batch[replay->i];
}

/* A file may tell sizes whose sum no number holds: sums wrap, and come right again as the blocks end. */
static inline int64_t
hs_wrapping_add(int64_t a, uint64_t b)
{
  return (int64_t)((uint64_t)a + b);
}

/* What it adds to the count, modulo 2^32. */
static inline uint32_t
hs_delta_count(const HsDelta *delta)
{
  return (uint32_t)(int32_t)delta->count;
}

/* What it adds to a measure, modulo 2^64. */
static inline uint64_t
hs_delta_amount(const HsDelta *delta, HsMeasure measure)
{
  return measure == HS_MEASURE_BYTES ? delta->bytes : (uint64_t)(int64_t)delta->count;
}

/* --- hs-series-layers.c: the log --- */

typedef struct {
  int64_t last_bytes, max_bytes; /* max: the value before the stretch counts */
  int64_t jump_max_bytes;        /* over the entries after `jump`, this one included */
  uint32_t last_count, max_count, jump_max_count;
  uint32_t stretch;
  uint32_t prev, jump; /* in the log; HS_ENTRY_NONE */
  uint32_t depth;      /* entries before it in its list */
} HsLayerEntry;

/* Published; fields atomic (relaxed, but head: release). */
typedef struct {
  int64_t peak_bytes;
  uint32_t peak_count;
  uint32_t head; /* newest entry + 1; 0 = none */
} HsLayerHead;

/* The writer's account of a layer. */
typedef struct {
  int64_t bytes, max_bytes;
  uint32_t count, max_count;
  uint32_t touched; /* stretch + 1 in which it last changed */
} HsLayerState;

/* A layer's index: the source, or HS_N_SOURCES + the heap. */
static inline uint32_t
hs_layer_of_heap(uint32_t heap)
{
  return HS_N_SOURCES + heap;
}

/* The layer of a grouping that a delta changes; HS_ID_NONE if none. */
static inline uint32_t
hs_delta_layer(const HsDelta *delta, HsGroup group)
{
  if (group == HS_GROUP_SOURCE)
    return delta->source;
  return group == HS_GROUP_HEAP && delta->heap != HS_ID_NONE ? hs_layer_of_heap(delta->heap) : HS_ID_NONE;
}

typedef struct {
  HsVec log;            /* HsLayerEntry */
  HsVec heads;          /* HsLayerHead by layer */
  uint32_t n_heads;     /* published */
  HsLayerState *states; /* writer's, by layer */
  uint32_t n_states;    /* allocated */
  uint32_t *touched;    /* writer's: layers changed in the open stretch */
  uint32_t n_touched, touched_capacity;
  uint32_t first_count; /* writer's: what every count begins from */
} HsLayers;

void hs_layers_init(HsLayers *layers, HsArena *arena);
void hs_layers_clear(HsLayers *layers);
/* Writer: makes room for a layer's state. False if out of memory. */
bool hs_layers_grow(HsLayers *layers, uint32_t layer);
/* Writer: the layer changes for the first time in the stretch. False if out of memory. */
bool hs_layers_touch(HsLayers *layers, uint32_t layer, uint32_t stretch);
/* Writer: the open stretch is whole; logs what changed in it. */
bool hs_layers_close(HsLayers *layers, uint32_t stretch);

/* Writer: takes in one delta of the open stretch. False if out of memory. */
static inline bool
hs_layers_apply(HsLayers *layers, uint32_t layer, const HsDelta *delta, uint32_t stretch)
{
  if (G_UNLIKELY(layer >= layers->n_states) && !hs_layers_grow(layers, layer))
    return false;
  HsLayerState *state = &layers->states[layer];
  if (state->touched != stretch + 1 && !hs_layers_touch(layers, layer, stretch))
    return false;
  state->bytes = hs_wrapping_add(state->bytes, delta->bytes);
  state->count += hs_delta_count(delta);
  /* An end lowers it and a begin comes last in its row, so steps within a row make no false peaks. */
  state->max_bytes = MAX(state->max_bytes, state->bytes);
  state->max_count = MAX(state->max_count, state->count);
  return true;
}

/* Writer: appends all that `later` logged, which begins from nothing, to what this one did. False if out of memory. */
bool hs_layers_adopt(HsLayers *layers, const HsLayers *later);

/* Readers. */
static inline const HsLayerHead *
hs_layers_head(const HsLayers *layers, uint32_t layer)
{
  return layer < __atomic_load_n(&layers->n_heads, __ATOMIC_ACQUIRE) ? HS_VEC(&layers->heads, HsLayerHead, layer)
                                                                     : NULL;
}
/* The newest entry of a layer, or HS_ENTRY_NONE. */
uint32_t hs_layers_newest(const HsLayers *layers, uint32_t layer);
static inline const HsLayerEntry *
hs_layers_entry(const HsLayers *layers, uint32_t entry)
{
  return HS_VEC(&layers->log, HsLayerEntry, entry);
}
/* The last entry, from `entry` back, whose stretch is below `stretch`; or HS_ENTRY_NONE. */
uint32_t hs_layers_before(const HsLayers *layers, uint32_t entry, uint32_t stretch);
/* The value an entry leaves behind; 0 for HS_ENTRY_NONE. */
int64_t hs_layers_last(const HsLayers *layers, uint32_t entry, HsMeasure measure);
/* The largest value in the stretches [first, end), given the last entry below `end`; the value that held before counts.
 */
int64_t hs_layers_max(const HsLayers *layers, uint32_t entry, uint32_t first, HsMeasure measure);

/* --- the set --- */

/* What the processes that ended after row n_rows − 1 leave. */
typedef struct {
  uint32_t n_rows;
  uint32_t n_endings; /* endings taken in */
  int64_t ticks;      /* of the last of them that counted */
  int64_t bytes;
  uint32_t count;
} HsTail;

/* What a set takes in. */
typedef enum {
  HS_SERIES_ALL,
  HS_SERIES_NO_HEAPS, /* no layers of heaps, until they are asked for: hs_series_want() */
  HS_SERIES_HEAPS,    /* these only */
} HsSeriesPart;

struct _HsSeriesSet {
  int ref_count;
  HsTimeline *timeline; /* a reference if there is a set of blocks; else the timeline owns this set */
  HsRowSet *blocks;     /* those that count; NULL = all */
  HsArena *arena;
  HsVec levels[HS_LEVELS]; /* HsBand */
  HsLayers layers;
  HsVec tails;
  uint32_t n_rows, n_tails; /* published, n_tails first */
  int part; /* HsSeriesPart; atomic, once the set is in use it changes only under `wanting`, from NO_HEAPS to ALL */
  GMutex wanting;

  /* Writer's. */
  HsDeltaReader reader;
  HsBand open[HS_LEVELS]; /* the entry not yet whole on each level; open[0].last_… is the value now */
  HsTail tail;
  uint8_t main_source; /* that of most blocks lately */
  bool out_of_memory;
};

/* What a query sees: it holds still while the set grows. */
typedef struct {
  uint32_t n_rows;
  uint32_t n_endings;
  const HsTail *tail; /* or NULL */
} HsSnapshot;

HsSnapshot hs_series_snapshot(const HsSeriesSet *set);

/* Writer: takes in rows [row, n_rows); row is where its reader is. `fast`: by hs_series_take_fast(). False if cancelled
 * or out of memory. */
bool hs_series_take(HsSeriesSet *set, HsRow row, HsRow n_rows, uint32_t n_endings, bool fast, const int *cancel);
/* Writer: appends the open entry of level 0, which is whole, and those above that it completes. */
bool hs_series_close_entry(HsSeriesSet *set);

#define HS_DENSE_ROWS (1u << HS_ENTRY_SHIFT)
#define HS_N_WEIGHT_SOURCES (1u << HS_WEIGHT_SOURCE_BITS)

/* An entry under way. */
typedef struct {
  HsBand band;
  HsLayerState sources[HS_N_WEIGHT_SOURCES]; /* as they stand, as if the stretch had touched them */
  unsigned seen;                             /* sources that it did touch, a bit each */
  uint8_t main_source;                       /* the one that most blocks have; tells nothing but what is fast */
  bool failed;                               /* out of memory */
} HsDense;

#define HS_ENDINGS_AHEAD 8u /* how far ahead blocks of endings are asked for */

/* hs-series-dense.c: takes in rows up to `end`, all of one entry, from where the reader is, which goes on to `end`; of
 * blocks whose bits are set, or all (NULL); with `layers` (else NULL), which the rows are all of an entry for, those of
 * the heaps, too. False, and nothing is taken in, if it is not made for what happens there. */
bool hs_series_take_dense(const HsTimeline *timeline, const uint64_t *bits, HsRow end, HsDeltaReader *reader,
                          HsLayers *layers, HsDense *dense);
/* hs-series-fast.c: the same of a set of all blocks: a whole entry, from where the reader is. Out of memory is told by
 * set->out_of_memory, whatever it returns; what has been taken in is then of no use. */
bool hs_series_take_whole(HsSeriesSet *set, HsRow end_row);
/* hs-series-sources.c: adds what the rows from where the reader is up to `end`, all of one segment, do to each source,
 * modulo 2^64; processes' ends before these rows included, those before `end` itself not. `sums` by source. */
void hs_series_add_sources(HsDeltaReader *reader, HsRow end, HsMeasure measure, uint64_t sums[HS_N_WEIGHT_SOURCES]);
/* hs-series-fast.c: takes in rows up to end_row, all of one stretch, from where the reader is, which knows the endings
 * and appends the entries that are whole by then. For a set of some blocks. False if out of memory. */
bool hs_series_take_fast(HsSeriesSet *set, HsRow end_row);
/* hs-series-parts.c: the same as hs_series_take() from row 0 on, by two threads; the set has no heaps then. */
bool hs_series_take_in_parts(HsSeriesSet *set, HsRow n_rows, uint32_t n_endings, const int *cancel);
/* Makes the layers of a grouping if they are not there. Any thread; a second one waits for the first. False if
 * cancelled or out of memory. */
bool hs_series_want(HsSeriesSet *set, HsGroup group, const int *cancel);

static inline const HsBand *
hs_series_entry(const HsSeriesSet *set, unsigned level, uint32_t index)
{
  return HS_VEC(&set->levels[level], HsBand, index);
}

static inline int64_t
hs_band_max(const HsBand *band, HsMeasure measure)
{
  return measure == HS_MEASURE_BYTES ? band->max_bytes : band->max_count;
}

static inline bool
hs_series_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* --- hs-series-query.c --- */

/* A range of ticks as rows: those with ticks in [t0, t1) are [first, end); exits just before `end` with ticks below t1
 * are in it, those just before `first` with ticks below t0 are not. */
typedef struct {
  int64_t t0, t1;
  HsRow first, end;
} HsSpan;

HsSpan hs_series_span(const HsSeriesSet *set, const HsSnapshot *snapshot, int64_t t0, int64_t t1);
/* True if the span is yet ahead: the delta comes before it. */
static inline bool
hs_span_is_ahead(const HsSpan *span, const HsTimeline *timeline, const HsDelta *delta, uint32_t n_rows)
{
  return delta->row < span->first ||
         (delta->row == span->first && delta->exits && hs_delta_ticks(timeline, delta, n_rows) < span->t0);
}
/* A replay of rows [row, end_row) and, if end_row ends the span, of the exits after them. */
void hs_replay_init(HsReplay *replay, const HsSeriesSet *set, const HsSnapshot *snapshot, HsRow row, HsRow end_row,
                    bool trailing);

typedef struct {
  HsBand band; /* last_… is the value now */
  HsMeasure measure;
  HsRow peak_row; /* the earliest row after which the largest value held; UINT32_MAX = it held as the span began */
} HsFold;

/* All of a span. */
void hs_series_fold(const HsSeriesSet *set, const HsSnapshot *snapshot, const HsSpan *span, HsMeasure measure,
                    HsFold *fold);

/* --- hs-series-choice.c --- */

/* The layers that are told apart, ascending; `others`: there are more, whose sum is what is left of the total. */
typedef struct {
  HsGroup group;
  HsMeasure measure;
  uint32_t n;
  uint32_t *layers;
  bool others;
  uint32_t *slots; /* layer → its place in `layers`, or UINT32_MAX */
  uint32_t n_slots;
} HsLayerChoice;

void hs_layer_choice_init(HsLayerChoice *choice, const HsSeriesSet *set, const HsSnapshot *snapshot, HsGroup group,
                          HsMeasure measure, int max_layers);
void hs_layer_choice_clear(HsLayerChoice *choice);

/* Adds a delta to the values of the chosen layers. */
static inline void
hs_layer_choice_apply(const HsLayerChoice *choice, const HsDelta *delta, int64_t *values)
{
  uint32_t layer = hs_delta_layer(delta, choice->group);
  if (layer < choice->n_slots && choice->slots[layer] != UINT32_MAX) {
    int64_t *value = &values[choice->slots[layer]];
    *value = hs_wrapping_add(*value, hs_delta_amount(delta, choice->measure));
  }
}

/* --- hs-series-sample.c --- */

/* Column i of n over [t0, t1) holds the ticks from edge i to edge i + 1; a tick on a fraction belongs to the later one,
 * as ⌊(ticks − t0) · n / (t1 − t0)⌋ has it. */
typedef struct {
  int64_t ticks;
  HsRow row; /* the first at or after */
} HsEdge;

/* n + 1 edges; free with g_free(). NULL if cancelled. */
HsEdge *hs_series_edges(const HsSeriesSet *set, const HsSnapshot *snapshot, int64_t t0, int64_t t1, int n,
                        const int *cancel);
static inline HsSpan
hs_edges_span(const HsEdge *edges, int column)
{
  return (HsSpan){edges[column].ticks, edges[column + 1].ticks, edges[column].row, edges[column + 1].row};
}
