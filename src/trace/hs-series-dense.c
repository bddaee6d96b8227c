/* SPDX-License-Identifier: MIT */
/*
 * An entry's rows all at once: what does not count adds nothing, so that every step is the same for all rows and runs
 * over arrays side by side. Sums within an entry are small, and wrap nowhere; those of which that is not certain are
 * left to who goes step by step, hs-series-fast.c for a set of some blocks, hs-series.c for that of all.
 */
#include "hs-bits.h"
#include "hs-series-private.h"
#include "hs-wide.h"

#define N HS_DENSE_ROWS
#define LARGE_SIZE (1u << 23) /* N of them fit in 31 bits */

typedef struct {
  int32_t bytes[N];
  int16_t counts[N];
} Amounts;

/* The least and the greatest sum of the amounts up to any row, and that of all. */
typedef struct {
  int32_t min_bytes, max_bytes, bytes;
  int32_t min_count, max_count, count;
} Sums;

/* Lanes side by side. Each holds the sum of those up to it after as many steps as there are binary digits. */
typedef int32_t Ints __attribute__((vector_size(32)));
typedef int16_t Shorts __attribute__((vector_size(32)));
#define LANES(type) (sizeof(type) / sizeof(((type){0})[0]))
#define LEAST(a, b) (((a) & ((a) < (b))) | ((b) & ~((a) < (b))))
#define GREATEST(a, b) (((a) & ((a) > (b))) | ((b) & ~((a) > (b))))

/* Nothing that is stored is loaded again at once in other pieces: that would take longer than all the rest. */
static HS_WIDE void
sum_up(const Amounts *amounts, Sums *sums)
{
  Ints bytes = {0}, min_bytes = bytes + INT32_MAX, max_bytes = bytes + INT32_MIN, no_bytes = {0};
  Shorts counts = {0}, min_counts = counts + INT16_MAX, max_counts = counts + INT16_MIN, no_counts = {0};
  for (unsigned i = 0; i < N; i += LANES(Ints)) {
    Ints here;
    memcpy(&here, amounts->bytes + i, sizeof here);
    here += __builtin_shufflevector(here, no_bytes, 8, 0, 1, 2, 3, 4, 5, 6);
    here += __builtin_shufflevector(here, no_bytes, 8, 8, 0, 1, 2, 3, 4, 5);
    here += __builtin_shufflevector(here, no_bytes, 8, 8, 8, 8, 0, 1, 2, 3);
    bytes = here + bytes[LANES(Ints) - 1];
    min_bytes = LEAST(min_bytes, bytes);
    max_bytes = GREATEST(max_bytes, bytes);
  }
  for (unsigned i = 0; i < N; i += LANES(Shorts)) {
    Shorts here;
    memcpy(&here, amounts->counts + i, sizeof here);
    here += __builtin_shufflevector(here, no_counts, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    here += __builtin_shufflevector(here, no_counts, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    here += __builtin_shufflevector(here, no_counts, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    here += __builtin_shufflevector(here, no_counts, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7);
    counts = here + counts[LANES(Shorts) - 1];
    min_counts = LEAST(min_counts, counts);
    max_counts = GREATEST(max_counts, counts);
  }
  *sums = (Sums){min_bytes[0],  max_bytes[0],  bytes[LANES(Ints) - 1],
                 min_counts[0], max_counts[0], counts[LANES(Shorts) - 1]};
  for (unsigned i = 1; i < LANES(Ints); i++) {
    sums->min_bytes = MIN(sums->min_bytes, min_bytes[i]);
    sums->max_bytes = MAX(sums->max_bytes, max_bytes[i]);
  }
  for (unsigned i = 1; i < LANES(Shorts); i++) {
    sums->min_count = MIN(sums->min_count, min_counts[i]);
    sums->max_count = MAX(sums->max_count, max_counts[i]);
  }
}

/* Whether the block counts that each row begins or ends. */
static HS_WIDE void
find_passing(const HsTimeline *t, const uint64_t *bits, HsRow first, unsigned n, uint8_t passing[N])
{
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, first);
  if (bits == NULL) {
    for (unsigned i = 0; i < n; i++)
      passing[i] = weights[i] != HS_WEIGHT_NONE;
    return;
  }
  for (unsigned i = 0; i < n; i++) {
    bool told = weights[i] != HS_WEIGHT_NONE;
    uint32_t block = told ? refs[i] : 0;
    passing[i] = (uint8_t)(told & (bits[block / 64] >> (block % 64)));
  }
}

static HS_WIDE void
find_amounts(const HsTimeline *t, HsRow first, unsigned n, const uint8_t passing[N], Amounts *amounts,
             uint8_t sources[N])
{
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, first);
  for (unsigned i = 0; i < n; i++) {
    int16_t sign = (int16_t)(passing[i] - 2 * (passing[i] & ((op_sources[i] & 31) == HS_OP_FREE)));
    amounts->counts[i] = sign;
  }
  for (unsigned i = 0; i < n; i++) {
    int16_t size = (int16_t)(weights[i] >> HS_WEIGHT_SOURCE_BITS);
    amounts->bytes[i] = (int16_t)(size * amounts->counts[i]);
  }
  for (unsigned i = 0; i < n; i++)
    sources[i] = weights[i] % (1u << HS_WEIGHT_SOURCE_BITS);
}

/* Of rows that do not tell it, what the block tells. False if a size is large. */
static bool
ask_blocks(const HsTimeline *t, HsRow first, unsigned n, const uint8_t passing[N], Amounts *amounts, uint8_t sources[N])
{
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  uint8_t odd[N] = {0};
  for (unsigned i = 0; i < n; i++)
    odd[i] = (uint8_t)(passing[i] & (weights[i] >= HS_WEIGHT_BLOCK));
  for (unsigned half = 0; half < N; half += 64) {
    for (uint64_t left = hs_pack_flags(odd + half); left != 0; left &= left - 1) {
      unsigned i = half + (unsigned)__builtin_ctzll(left);
      HsBlockId block = {hs_timeline_ref_of(t, first + i)};
      uint64_t size = hs_timeline_block_size(t, block);
      if (size > LARGE_SIZE)
        return false;
      amounts->bytes[i] = (int32_t)size * amounts->counts[i];
      sources[i] = hs_timeline_block_source(t, block);
    }
  }
  return true;
}

static void
add_to_band(HsBand *band, const Sums *sums)
{
  int64_t bytes = band->last_bytes;
  uint32_t count = band->last_count;
  band->min_bytes = MIN(band->min_bytes, hs_wrapping_add(bytes, (uint64_t)(int64_t)sums->min_bytes));
  band->max_bytes = MAX(band->max_bytes, hs_wrapping_add(bytes, (uint64_t)(int64_t)sums->max_bytes));
  band->min_count = MIN(band->min_count, count + (uint32_t)sums->min_count);
  band->max_count = MAX(band->max_count, count + (uint32_t)sums->max_count);
  band->last_bytes = hs_wrapping_add(bytes, (uint64_t)(int64_t)sums->bytes);
  band->last_count = count + (uint32_t)sums->count;
}

static void
add_to_source(HsLayerState *source, const Sums *sums)
{
  source->max_bytes = MAX(source->max_bytes, hs_wrapping_add(source->bytes, (uint64_t)(int64_t)sums->max_bytes));
  source->max_count = MAX(source->max_count, source->count + (uint32_t)sums->max_count);
  source->bytes = hs_wrapping_add(source->bytes, (uint64_t)(int64_t)sums->bytes);
  source->count += (uint32_t)sums->count;
}

/* --- endings listed for rows: of a ReAlloc, mostly --- */

#define NO_ENDING UINT8_MAX

typedef struct {
  unsigned n;
  uint8_t rows[N];    /* of each, ascending */
  uint8_t sources[N]; /* by row; NO_ENDING = none */
  int32_t bytes[N];   /* by row */
  uint32_t blocks[N]; /* by row */
} Endings;

/* Those of blocks that count. False if a row has several, or one at a moment of its own, or a large one. */
static bool
find_endings(const HsTimeline *t, const uint64_t *bits, HsRow first, HsRow end, HsDeltaReader *reader, Endings *endings)
{
  endings->n = 0;
  memset(endings->sources, NO_ENDING, sizeof endings->sources);
  while (reader->ending_row < end) {
    HsBlockId block = {HS_VEC(&t->endings, HsEnding, reader->ending)->block};
    unsigned i = reader->ending_row - first;
    hs_delta_reader_next_ending(reader);
    hs_delta_reader_fetch(reader, reader->ending + HS_ENDINGS_AHEAD);
    if (bits != NULL && (bits[block.v / 64] >> (block.v % 64) & 1) == 0)
      continue;
    uint64_t size = hs_timeline_block_size(t, block);
    if (size > LARGE_SIZE || endings->sources[i] != NO_ENDING || hs_timeline_block_end(t, block) == HS_ROW_PROCESS_EXIT)
      return false;
    endings->rows[endings->n++] = (uint8_t)i;
    endings->sources[i] = hs_timeline_block_source(t, block);
    endings->bytes[i] = (int32_t)size;
    endings->blocks[i] = block.v;
  }
  return true;
}

/* Takes endings off the amounts of their rows, or with sign −1 puts them back; of one source, or all. */
static void
take_off(Amounts *amounts, const Endings *endings, uint8_t source, int sign)
{
  for (unsigned k = 0; k < endings->n; k++) {
    unsigned i = endings->rows[k];
    if (source != NO_ENDING && endings->sources[i] != source)
      continue;
    amounts->bytes[i] -= sign * endings->bytes[i];
    amounts->counts[i] = (int16_t)(amounts->counts[i] - sign);
  }
}

/* --- sources --- */

static void
add_step(HsLayerState *state, int32_t bytes, int count)
{
  state->bytes = hs_wrapping_add(state->bytes, (uint64_t)(int64_t)bytes);
  state->count += (uint32_t)count;
  state->max_bytes = MAX(state->max_bytes, state->bytes);
  state->max_count = MAX(state->max_count, state->count);
}

/* What others than the main source did, a row at a time: an ending comes before what the row begins. */
static void
add_others(const Amounts *amounts, const uint8_t sources[N], const Endings *endings, const uint64_t others[N / 64],
           HsDense *dense)
{
  for (unsigned half = 0; half < N / 64; half++) {
    for (uint64_t left = others[half]; left != 0; left &= left - 1) {
      unsigned i = 64 * half + (unsigned)__builtin_ctzll(left);
      uint8_t ended = endings->sources[i];
      if (ended != NO_ENDING && ended != dense->main_source) {
        add_step(&dense->sources[ended], -endings->bytes[i], -1);
        dense->seen |= 1u << ended;
      }
      if (amounts->counts[i] != 0 && sources[i] != dense->main_source) {
        add_step(&dense->sources[sources[i]], amounts->bytes[i], amounts->counts[i]);
        dense->seen |= 1u << sources[i];
      }
    }
  }
}

/* The main one's sums are what the others leave of the amounts. */
static void
add_main(Amounts *amounts, const uint8_t sources[N], const Endings *endings, HsDense *dense)
{
  Sums sums;
  uint8_t main_source = dense->main_source;
  for (unsigned i = 0; i < N; i++) {
    amounts->counts[i] = sources[i] == main_source ? amounts->counts[i] : 0;
    amounts->bytes[i] = sources[i] == main_source ? amounts->bytes[i] : 0;
  }
  take_off(amounts, endings, main_source, 1);
  sum_up(amounts, &sums);
  add_to_source(&dense->sources[main_source], &sums);
  dense->seen |= 1u << main_source;
}

static uint8_t
most_frequent(const uint8_t passing[N], const uint8_t sources[N])
{
  unsigned counts[HS_N_WEIGHT_SOURCES] = {0}, most = 0;
  for (unsigned i = 0; i < N; i++)
    counts[sources[i]] += passing[i];
  for (unsigned i = 1; i < G_N_ELEMENTS(counts); i++)
    most = counts[i] > counts[most] ? i : most;
  return (uint8_t)most;
}

/* Adds the amounts to their sources; `sums` are those of all. */
static void
add_to_sources(Amounts *amounts, const uint8_t passing[N], const uint8_t sources[N], const Endings *endings,
               const Sums *sums, HsDense *dense)
{
  uint8_t main_source = dense->main_source, is_main[N], is_other[N];
  for (unsigned i = 0; i < N; i++)
    is_main[i] = passing[i] & (sources[i] == main_source);
  for (unsigned i = 0; i < N; i++)
    is_other[i] = passing[i] ^ is_main[i];
  for (unsigned k = 0; k < endings->n; k++) {
    unsigned i = endings->rows[k];
    is_main[i] |= endings->sources[i] == main_source;
    is_other[i] |= endings->sources[i] != main_source;
  }
  uint64_t others[2] = {hs_pack_flags(is_other), hs_pack_flags(is_other + 64)};
  bool has_main = (hs_pack_flags(is_main) | hs_pack_flags(is_main + 64)) != 0;
  if ((others[0] | others[1]) == 0) {
    add_to_source(&dense->sources[main_source], sums);
    dense->seen |= has_main ? 1u << main_source : 0;
    return;
  }
  add_others(amounts, sources, endings, others, dense);
  if (has_main)
    add_main(amounts, sources, endings, dense);
  if (__builtin_popcountll(others[0]) + __builtin_popcountll(others[1]) > (int)N / 4)
    dense->main_source = most_frequent(passing, sources);
}

/* Whether sums that begin here may wrap: then the least and the greatest are not where those of the steps are. */
static bool
may_wrap(const HsDense *dense)
{
  const int64_t far = INT64_C(1) << 31;
  int64_t least = dense->band.last_bytes, greatest = least;
  for (unsigned i = 0; i < HS_N_WEIGHT_SOURCES; i++) {
    least = MIN(least, dense->sources[i].bytes);
    greatest = MAX(greatest, dense->sources[i].bytes);
  }
  return least < INT64_MIN + far || greatest > INT64_MAX - far;
}

/* --- heaps --- */

static bool
add_to_heap(HsLayers *layers, uint32_t heap, int32_t bytes, int count, uint32_t stretch)
{
  HsDelta delta = {.bytes = (uint64_t)(int64_t)bytes, .count = (int8_t)count};
  return heap == HS_ID_NONE || hs_layers_apply(layers, hs_layer_of_heap(heap), &delta, stretch);
}

/* Adds the amounts, and the endings before them, to the heaps' layers. False if out of memory. */
static bool
add_to_heaps(const HsTimeline *t, HsRow first, const Amounts *amounts, const Endings *endings, HsLayers *layers)
{
  uint32_t stretch = first >> HS_STRETCH_SHIFT;
  bool done = true;
  for (unsigned i = 0; i < N; i++) {
    if (G_UNLIKELY(endings->sources[i] != NO_ENDING)) {
      HsRow begin = hs_timeline_block_begin(t, (HsBlockId){endings->blocks[i]});
      done &= add_to_heap(layers, hs_timeline_row_heap_quick(t, begin), -endings->bytes[i], -1, stretch);
    }
    if (G_LIKELY(amounts->counts[i] != 0))
      done &=
          add_to_heap(layers, hs_timeline_row_heap_quick(t, first + i), amounts->bytes[i], amounts->counts[i], stretch);
  }
  return done;
}

bool
hs_series_take_dense(const HsTimeline *timeline, const uint64_t *bits, HsRow end, HsDeltaReader *reader,
                     HsLayers *layers, HsDense *dense)
{
  HsDeltaReader after = *reader;
  HsRow first = reader->row;
  unsigned n = end - first;
  uint8_t passing[N], sources[N];
  Amounts amounts;
  Endings endings;
  Sums sums;
  if (n < N) {
    memset(passing, 0, sizeof passing);
    memset(sources, 0, sizeof sources);
    memset(&amounts, 0, sizeof amounts);
  }
  if (may_wrap(dense) || !find_endings(timeline, bits, first, end, &after, &endings))
    return false;
  find_passing(timeline, bits, first, n, passing);
  find_amounts(timeline, first, n, passing, &amounts, sources);
  if (!ask_blocks(timeline, first, n, passing, &amounts, sources))
    return false;
  if (layers != NULL)
    dense->failed |= !add_to_heaps(timeline, first, &amounts, &endings, layers);
  take_off(&amounts, &endings, NO_ENDING, 1);
  sum_up(&amounts, &sums);
  take_off(&amounts, &endings, NO_ENDING, -1);
  add_to_band(&dense->band, &sums);
  add_to_sources(&amounts, passing, sources, &endings, &sums, dense);
  *reader = after;
  reader->row = end;
  return true;
}
