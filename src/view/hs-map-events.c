/* SPDX-License-Identifier: MIT */
/*
 * What begins and ends in one column of the map.
 *
 * Nearly all blocks have a place (see HsMapPlaces) and their size and source in the weights of rows: they are gone
 * through in small batches, which are first parted, without a branch that nothing could foretell, by what is to be done
 * with them. The few others are asked one by one.
 */
#include "hs-bits.h"
#include "hs-map-sweep.h"
#include "hs-wide.h"

/* Frees that are looked through at once, and what is fetched into the cache ahead of its use. */
#define MAX_FREES 4096
#define RECORDS_AHEAD 96
#define MAX_FETCHED 16384 /* rows */
#define CACHE_LINE 64

static inline uint64_t
x_of(const HsSweep *s, HsRow row)
{
  const HsMapRaster *r = s->raster;
  return (uint64_t)hs_map_axis_at(&r->x, hs_timeline_ticks(r->blocks->timeline, row)) & (HS_SWEEP_FULL - 1);
}

/* What loops ask for each block, in variables that nothing they store to can change. */
typedef struct {
  const uint32_t *places; /* never NULL */
  const uint64_t *bits;   /* see HsMapBlocks */
  uint32_t low, length;   /* places that are near: [low, low + length] */
} HsColumnBlocks;

static HsColumnBlocks
column_blocks(const HsSweep *s)
{
  return (HsColumnBlocks){s->places, s->raster->blocks->bits, s->near.low, s->near.high - s->near.low};
}

/* Whether a block passes the filter. */
static inline G_ALWAYS_INLINE uint32_t
passes(const HsColumnBlocks *blocks, uint32_t block)
{
  return blocks->bits == NULL || (blocks->bits[block / 64] >> (block % 64) & 1) != 0;
}

/* Whether a place may be visible. */
static inline G_ALWAYS_INLINE uint32_t
is_near(uint32_t low, uint32_t length, uint32_t place)
{
  return (place < HS_MAP_PLACE_ODD) & (place - low <= length);
}

static HsColumnTimes
column_times(const HsSweep *s)
{
  const HsTimeline *t = s->raster->blocks->timeline;
  HsRow segment = s->row >> HS_SEGMENT_SHIFT, last = (s->column_end - 1) >> HS_SEGMENT_SHIFT;
  HsColumnTimes times = {.timeline = t,
                         .base = t->time.base,
                         .low = t->time.low.segments,
                         .scale = s->x_scale,
                         .has_line = s->places != NULL,
                         .first_ticks = hs_timeline_ticks(t, s->row)};
  for (; segment <= last; segment++)
    times.has_line = times.has_line && __atomic_load_n(&t->time.wide[segment], __ATOMIC_ACQUIRE) == NULL;
  uint64_t span = (uint64_t)hs_timeline_ticks(t, s->column_end - 1) - (uint64_t)times.first_ticks;
  times.has_line =
      times.has_line && hs_sweep_line(&s->raster->x, s->column, (uint64_t)times.first_ticks, span, &times.line);
  return times;
}

/* --- classes --- */

/* When a block ends, into the cache. */
static inline G_ALWAYS_INLINE void
fetch_end(const HsSweep *s, HsRow end)
{
  if (end < s->raster->blocks->n_rows)
    __builtin_prefetch(HS_AT(&s->raster->blocks->timeline->time.low, uint32_t, end));
}

static HS_WIDE void
classify_ages(uint8_t *restrict class_index, const int64_t *restrict lived, const int64_t *restrict limits, uint32_t n)
{
  for (uint32_t k = 0; k < n; k++)
    class_index[k] = hs_map_age_class(limits, lived[k]);
}

static void
classify_bars_by_age(const HsSweep *s)
{
  const HsTimeline *t = s->raster->blocks->timeline;
  const HsRow n_rows = s->raster->blocks->n_rows;
  HsSweepBars *bars = s->bars;
  int64_t lived[HS_SWEEP_BARS];
  /* Places are only used where times are small numbers: their differences are, too. */
  for (uint32_t k = 0; k < bars->n; k++) {
    HsRow end = bars->over[k] < n_rows ? bars->over[k] : bars->row[k];
    lived[k] = hs_timeline_ticks(t, end) - hs_timeline_ticks(t, bars->row[k]);
  }
  classify_ages(bars->class_index, lived, s->raster->classes->age_ticks, bars->n);
}

/* The class of a block that has a place, by what takes a look at its life. */
static uint8_t
class_of_life(const HsSweep *s, uint32_t block, HsRow begin)
{
  const HsMapOrigin *origin = hs_map_blocks_origin(s->raster->blocks, begin);
  return hs_map_class_of_life(s->raster->classes, s->raster->blocks, origin, block);
}

/* What no row near by tells is kept for when the block ends. */
static void
keep_classes(const HsSweep *s)
{
  const HsSweepBars *bars = s->bars;
  for (uint32_t k = 0; s->kept_classes != NULL && k < bars->n; k++)
    __atomic_store_n(&s->kept_classes[bars->block[k]], bars->class_index[k], __ATOMIC_RELAXED);
}

/* The classes of bars of blocks that these sources served. */
static void
classify_bars(const HsSweep *s, const uint8_t *sources)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  const HsMapClasses *classes = s->raster->classes;
  HsSweepBars *bars = s->bars;
  switch (classes->by) {
  case HS_COLOR_BY_SOURCE:
    for (uint32_t k = 0; k < bars->n; k++)
      bars->class_index[k] = classes->source_class[sources[k]];
    break;
  case HS_COLOR_BY_SIZE:
    for (uint32_t k = 0; k < bars->n; k++)
      bars->class_index[k] = classes->size_class[hs_map_bits_of(bars->size[k])];
    break;
  case HS_COLOR_BY_HEAP:
    for (uint32_t k = 0; k < bars->n; k++)
      bars->class_index[k] = classes->id_class[hs_map_blocks_origin(blocks, bars->row[k])->heap];
    break;
  case HS_COLOR_BY_THREAD:
    for (uint32_t k = 0; k < bars->n; k++)
      bars->class_index[k] = classes->id_class[hs_map_blocks_origin(blocks, bars->row[k])->thread];
    break;
  case HS_COLOR_BY_AGE:
    if (classes->has_age_ticks)
      classify_bars_by_age(s);
    for (uint32_t k = 0; k < bars->n; k++) {
      if (!classes->has_age_ticks || bars->over[k] >= blocks->n_rows)
        bars->class_index[k] = class_of_life(s, bars->block[k], bars->row[k]);
    }
    break;
  default:
    for (uint32_t k = 0; k < bars->n; k++)
      bars->class_index[k] = class_of_life(s, bars->block[k], bars->row[k]);
    break;
  }
}

static void
put_begun(HsSweep *s, const HsColumnTimes *times, const uint8_t *sources)
{
  classify_bars(s, sources);
  keep_classes(s);
  hs_sweep_put_bars(s, times);
}

/* --- odd blocks --- */

/* Where a block is; false if that cannot be visible. */
static bool
extent_of(const HsSweep *s, const HsBlockRecord *record, uint32_t block, uint64_t *begin, uint64_t *end)
{
  hs_map_extent(record->address, hs_timeline_record_size(s->raster->blocks->timeline, record, (HsBlockId){block}),
                begin, end);
  return *begin<s->hull1 && * end> s->hull0;
}

static void
begin_odd_block(HsSweep *s, uint32_t block, const HsBlockRecord *record, uint64_t x)
{
  const HsMapRaster *r = s->raster;
  uint64_t begin, end;
  if (!extent_of(s, record, block, &begin, &end))
    return;
  const HsMapOrigin *origin = hs_map_blocks_origin(r->blocks, record->begin);
  if (origin == NULL)
    return;
  int class_index = hs_map_class_of(r->classes, r->blocks, origin, record, block);
  HsRow end_row = __atomic_load_n(&record->end, __ATOMIC_ACQUIRE);
  uint64_t x_end = HS_SWEEP_NOT_IN_COLUMN;
  /* What begins and ends in one unit still lives as long as that. */
  if (hs_sweep_is_within_column(s, block, end_row))
    x_end = MAX(x_of(s, end_row), x + 1);
  hs_sweep_put_stretch(s, class_index, origin, begin, end, x, x_end);
}

static void
end_odd_block(HsSweep *s, uint32_t block, uint64_t x)
{
  const HsMapRaster *r = s->raster;
  const HsBlockRecord *record = hs_timeline_block_record(r->blocks->timeline, (HsBlockId){block});
  uint64_t begin, end;
  if (!extent_of(s, record, block, &begin, &end))
    return;
  const HsMapOrigin *origin = hs_map_blocks_origin(r->blocks, record->begin);
  if (origin == NULL)
    return;
  int class_index = hs_map_class_of(r->classes, r->blocks, origin, record, block);
  hs_sweep_put_stretch(s, class_index, origin, begin, end, HS_SWEEP_NOT_IN_COLUMN, x);
}

void
hs_sweep_begin_live(HsSweep *s, uint32_t block)
{
  const HsBlockRecord *record = hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){block});
  if (!hs_map_blocks_contain(s->raster->blocks, block))
    return;
  uint32_t place = s->places != NULL ? s->places[block] : HS_MAP_PLACE_ODD;
  if (place == HS_MAP_PLACE_ODD) {
    begin_odd_block(s, block, record, 0);
    return;
  }
  if (!is_near(s->near.low, s->near.high - s->near.low, place))
    return;
  HsSweepBars *bars = s->bars;
  uint32_t k = bars->n++;
  bars->block[k] = block;
  bars->place[k] = place;
  bars->size[k] = hs_block_record_size(record);
  bars->row[k] = record->begin;
  bars->over[k] = __atomic_load_n(&record->end, __ATOMIC_RELAXED);
  bars->live[k] = 1;
  if (s->raster->classes->by == HS_COLOR_BY_AGE)
    fetch_end(s, bars->over[k]);
  s->live_sources[k] = hs_block_record_source(record);
  if (bars->n == HS_SWEEP_BARS)
    hs_sweep_finish_live(s);
}

void
hs_sweep_finish_live(HsSweep *s)
{
  put_begun(s, NULL, s->live_sources);
}

void
hs_sweep_end_block(HsSweep *s, uint32_t block, uint64_t x)
{
  if (hs_map_blocks_contain(s->raster->blocks, block))
    end_odd_block(s, block, x);
}

/* --- begins --- */

/* Blocks from `first` on, whose records these are, that begin in the column, n of them, if all are odd. */
static void
begin_odd_blocks(HsSweep *s, const HsBlockRecord *records, uint32_t first, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++) {
    if (hs_map_blocks_contain(s->raster->blocks, first + i))
      begin_odd_block(s, first + i, &records[i], x_of(s, records[i].begin));
  }
}

/* The same of those that have places. What is to be done with a block is told without a branch, which nothing could
 * foretell. */
static void
begin_blocks(HsSweep *s, const HsColumnTimes *times, const HsBlockRecord *records, uint32_t first, uint32_t n)
{
  const HsColumnBlocks blocks = column_blocks(s);
  HsSweepBars *bars = s->bars;
  const HsRow column_end = s->column_end;
  const bool by_age = s->raster->classes->by == HS_COLOR_BY_AGE;
  uint8_t sources[HS_SWEEP_BARS];
  uint16_t odd[HS_SWEEP_BARS];
  uint32_t n_odd = 0, k = 0;
  for (uint32_t i = 0; i < n; i++) {
    __builtin_prefetch(&records[i + RECORDS_AHEAD]);
    uint32_t place = blocks.places[first + i], pass = passes(&blocks, first + i);
    HsRow begin = records[i].begin, end = __atomic_load_n(&records[i].end, __ATOMIC_ACQUIRE);
    bool beyond = end >= column_end;
    bars->block[k] = first + i;
    bars->place[k] = place;
    bars->size[k] = hs_block_record_size(&records[i]);
    bars->row[k] = begin;
    bars->end_row[k] = beyond ? begin : end;
    bars->over[k] = end;
    bars->live[k] = beyond;
    if (by_age)
      fetch_end(s, end);
    sources[k] = hs_block_record_source(&records[i]);
    odd[n_odd] = (uint16_t)i;
    n_odd += pass & (place == HS_MAP_PLACE_ODD);
    k += pass & is_near(blocks.low, blocks.length, place);
  }
  bars->n = k;
  put_begun(s, times, sources);
  for (uint32_t i = 0; i < n_odd; i++)
    begin_odd_block(s, first + odd[i], &records[odd[i]], x_of(s, records[odd[i]].begin));
}

/* The times of the column's first rows into the cache: ends are asked for out of order. */
static inline G_ALWAYS_INLINE void
fetch_times(const HsSweep *s)
{
  HsRow end = s->column_end - s->row > MAX_FETCHED ? s->row + MAX_FETCHED : s->column_end;
  for (HsRow row = s->row; row < end; row += CACHE_LINE / sizeof(uint32_t))
    __builtin_prefetch(HS_AT(&s->raster->blocks->timeline->time.low, uint32_t, row));
}

/* How many of n blocks, whose records these are, begin in the column. */
static uint32_t
count_begins(const HsSweep *s, const HsBlockRecord *records, uint32_t n)
{
  if (n == 0 || records[n - 1].begin < s->column_end)
    return n;
  uint32_t low = 0, high = n - 1;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (records[middle].begin < s->column_end)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
hs_sweep_put_begins(HsSweep *s)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  HsColumnTimes times = column_times(s);
  uint32_t n, taken;
  fetch_times(s);
  do {
    n = MIN(blocks->n_blocks - s->block, HS_SEGMENT_ROWS - (s->block & HS_SEGMENT_MASK));
    n = MIN(n, HS_SWEEP_BARS);
    if (n == 0)
      return;
    const HsBlockRecord *records = hs_timeline_block_record(blocks->timeline, (HsBlockId){s->block});
    taken = count_begins(s, records, n);
    if (s->places != NULL)
      begin_blocks(s, &times, records, s->block, taken);
    else
      begin_odd_blocks(s, records, s->block, taken);
    s->block += taken;
  } while (taken == n);
}

/* --- frees --- */

/* Frees of one segment. */
typedef struct {
  HsRow row0;
  const uint32_t *refs; /* by row, from row0 on */
  const uint16_t *weights;
  uint16_t *frees; /* rows from row0 on */
} HsFreeBatch;

/* Always inline: a function that only prefetches counts as pure with GCC, and its call would be dropped. */
static inline G_ALWAYS_INLINE void
fetch_record(const HsSweep *s, uint32_t block)
{
  __builtin_prefetch(hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){block}));
}

static inline G_ALWAYS_INLINE void
fetch_blocks(const HsSweep *s, const HsFreeBatch *batch, uint32_t from, uint32_t to)
{
  for (uint32_t k = from; k < to; k++) {
    uint32_t block = batch->refs[batch->frees[k]];
    if (s->places != NULL)
      __builtin_prefetch(&s->places[block]);
    else
      fetch_record(s, block);
    if (s->kept_classes != NULL)
      __builtin_prefetch(&s->kept_classes[block]);
  }
}

static void
end_odd_blocks(HsSweep *s, const HsFreeBatch *batch, uint32_t from, uint32_t to)
{
  for (uint32_t k = from; k < to; k++) {
    uint32_t block = batch->refs[batch->frees[k]];
    if (hs_map_blocks_contain(s->raster->blocks, block))
      end_odd_block(s, block, x_of(s, batch->row0 + batch->frees[k]));
  }
}

/* The origin of what began a block. */
static inline G_ALWAYS_INLINE void
fetch_begin(const HsSweep *s, uint32_t block)
{
  const HsTimeline *t = s->raster->blocks->timeline;
  __builtin_prefetch(HS_AT(&t->origin, uint32_t, hs_timeline_block_begin(t, (HsBlockId){block})));
}

/* At most HS_SWEEP_BARS frees of blocks that have places. */
static void
end_blocks(HsSweep *s, const HsColumnTimes *times, const HsFreeBatch *batch, uint32_t from, uint32_t to)
{
  const HsColumnBlocks blocks = column_blocks(s);
  HsSweepBars *bars = s->bars;
  uint8_t sources[HS_SWEEP_BARS];
  uint16_t odd[HS_SWEEP_BARS], large[HS_SWEEP_BARS];
  uint32_t n_odd = 0, n_large = 0, k = 0;
  for (uint32_t i = from; i < to; i++) {
    uint32_t at = batch->frees[i], block = batch->refs[at], place = blocks.places[block];
    uint32_t pass = passes(&blocks, block), weight = batch->weights[at];
    bars->block[k] = block;
    bars->place[k] = place;
    bars->size[k] = weight >> HS_WEIGHT_SOURCE_BITS;
    bars->row[k] = bars->end_row[k] = batch->row0 + at;
    bars->live[k] = -1;
    sources[k] = (uint8_t)(weight & ((1u << HS_WEIGHT_SOURCE_BITS) - 1));
    odd[n_odd] = (uint16_t)at;
    large[n_large] = (uint16_t)k;
    n_odd += pass & (place == HS_MAP_PLACE_ODD);
    uint32_t taken = pass & is_near(blocks.low, blocks.length, place);
    n_large += taken & (weight == HS_WEIGHT_LARGE);
    k += taken;
  }
  bars->n = k;
  for (uint32_t i = 0; i < n_large; i++)
    fetch_record(s, bars->block[large[i]]);
  for (uint32_t i = 0; i < n_odd; i++)
    fetch_record(s, batch->refs[odd[i]]);
  for (uint32_t i = 0; i < n_large; i++) {
    const HsBlockRecord *record =
        hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){bars->block[large[i]]});
    bars->size[large[i]] = hs_block_record_size(record);
    sources[large[i]] = hs_block_record_source(record);
  }
  if (s->kept_classes == NULL) {
    classify_bars(s, sources);
  } else {
    for (uint32_t i = 0; i < k; i++)
      bars->class_index[i] = __atomic_load_n(&s->kept_classes[bars->block[i]], __ATOMIC_RELAXED);
  }
  hs_sweep_put_bars(s, times);
  for (uint32_t i = 0; i < n_odd; i++)
    fetch_begin(s, batch->refs[odd[i]]);
  for (uint32_t i = 0; i < n_odd; i++)
    end_odd_block(s, batch->refs[odd[i]], x_of(s, batch->row0 + odd[i]));
}

/* Which of n rows, at most MAX_FREES, are frees of blocks before a certain one, a byte each. */
static HS_WIDE void
flag_frees(uint8_t *restrict flags, const uint8_t *restrict ops, const uint32_t *restrict refs, uint32_t n,
           uint32_t first_block)
{
  /* References to what is no block are greater than all blocks. */
  for (uint32_t i = 0; i < n; i++)
    flags[i] = ((ops[i] & 31) == HS_OP_FREE) & (refs[i] < first_block);
}

static uint32_t
list_frees(uint16_t *frees, const uint8_t *flags, uint32_t n)
{
  uint32_t n_frees = 0;
  for (uint32_t i = 0; i < n; i += 64) {
    for (uint64_t bits = hs_pack_flags(flags + i); bits != 0; bits &= bits - 1)
      frees[n_frees++] = (uint16_t)(i + (uint32_t)__builtin_ctzll(bits));
  }
  return n_frees;
}

/* The blocks that frees [row0, row1), all of one segment, end, and that began before the column. */
static void
put_frees(HsSweep *s, const HsColumnTimes *times, HsRow row0, HsRow row1)
{
  HsTimeline *t = s->raster->blocks->timeline;
  uint8_t flags[MAX_FREES];
  uint16_t frees[MAX_FREES];
  HsFreeBatch batch = {row0, HS_AT(&t->ref, uint32_t, row0), HS_AT(&t->weight, uint16_t, row0), frees};
  uint32_t n = row1 - row0, first_block = MIN(s->first_block, s->raster->blocks->n_blocks);
  flag_frees(flags, HS_AT(&t->op_source, uint8_t, row0), batch.refs, n, first_block);
  memset(flags + n, 0, (MAX_FREES - n) % 64);
  uint32_t n_frees = list_frees(batch.frees, flags, n);
  fetch_blocks(s, &batch, 0, MIN(n_frees, HS_SWEEP_BARS));
  for (uint32_t from = 0; from < n_frees; from += HS_SWEEP_BARS) {
    uint32_t to = MIN(from + HS_SWEEP_BARS, n_frees);
    fetch_blocks(s, &batch, to, MIN(to + HS_SWEEP_BARS, n_frees));
    if (s->places != NULL)
      end_blocks(s, times, &batch, from, to);
    else
      end_odd_blocks(s, &batch, from, to);
  }
}

void
hs_sweep_put_frees(HsSweep *s)
{
  HsColumnTimes times = column_times(s);
  while (s->row < s->column_end) {
    uint64_t segment_end = ((uint64_t)(s->row >> HS_SEGMENT_SHIFT) + 1) << HS_SEGMENT_SHIFT;
    HsRow end = (HsRow)MIN(MIN(s->column_end, segment_end), (uint64_t)s->row + MAX_FREES);
    put_frees(s, &times, s->row, end);
    s->row = end;
    if (hs_map_cancelled(s->raster->cancel))
      s->cancelled = true;
  }
}
