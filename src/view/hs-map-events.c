/* SPDX-License-Identifier: MIT */
/*
 * What begins and ends in one column of the map.
 *
 * Nearly all blocks have a place (see HsMapPlaces) and their size and source in the weights of rows: they are gone
 * through in small batches, which are first parted, without a branch that nothing could foretell, by what is to be done
 * with them. The few others are asked one by one.
 */
#include "hs-map-sweep.h"

/* Frees, or blocks, that are looked through at once; and frees ahead whose places are fetched into the cache. */
#define MAX_FREES 4096
#define FREES_AHEAD 16
#define MAX_BEGINS 1024
#define ENDS_AHEAD 12
#define RECORDS_AHEAD 96
#define MAX_FETCHED 16384 /* rows */
#define CACHE_LINE 64

static inline uint64_t
x_of(const HsSweep *s, HsRow row)
{
  const HsMapRaster *r = s->raster;
  return (uint64_t)hs_map_axis_at(&r->x, hs_timeline_ticks(r->blocks->timeline, row)) & (HS_SWEEP_FULL - 1);
}

/* The times of rows of the column, and where they are in it, for loops: see x_near(). */
typedef struct {
  const HsTimeline *timeline;
  const int64_t *base;
  void *const *low;
  HsSweepScale scale;
  bool is_narrow;
} HsColumnTimes;

/* What loops ask for each block, in variables that nothing they store to can change. */
typedef struct {
  const uint32_t *places;
  const uint64_t *bits; /* see HsMapBlocks */
  HsSweepScale y;
  unsigned shift;
} HsColumnBlocks;

static HsColumnBlocks
column_blocks(const HsSweep *s)
{
  return (HsColumnBlocks){s->places, s->raster->blocks->bits, s->y_scale, s->place_shift};
}

/* The place of a block; none of what does not pass the filter. */
static inline G_ALWAYS_INLINE uint32_t
place_near(const HsColumnBlocks *blocks, uint32_t block)
{
  if (blocks->bits != NULL && (blocks->bits[block / 64] >> (block % 64) & 1) == 0)
    return HS_MAP_PLACE_NONE;
  return blocks->places != NULL ? blocks->places[block] : HS_MAP_PLACE_ODD;
}

static HsColumnTimes
column_times(const HsSweep *s)
{
  const HsTimeline *t = s->raster->blocks->timeline;
  HsColumnTimes times = {t, t->time.base, t->time.low.segments, s->x_scale, true};
  /* Whether none has more than 32 bits. */
  for (HsRow segment = s->row >> HS_SEGMENT_SHIFT; segment <= (s->column_end - 1) >> HS_SEGMENT_SHIFT; segment++)
    times.is_narrow = times.is_narrow && __atomic_load_n(&t->time.wide[segment], __ATOMIC_ACQUIRE) == NULL;
  return times;
}

/* The same as x_of(), of one of the column's rows, if there are places. */
static inline G_ALWAYS_INLINE uint64_t
x_near(const HsColumnTimes *times, HsRow row)
{
  int64_t ticks;
  if (G_LIKELY(times->is_narrow))
    ticks = times->base[row >> HS_SEGMENT_SHIFT] +
            ((const uint32_t *)times->low[row >> HS_SEGMENT_SHIFT])[row & HS_SEGMENT_MASK];
  else
    ticks = hs_timeline_ticks(times->timeline, row);
  return (uint64_t)hs_sweep_units(times->scale, (uint64_t)ticks) & (HS_SWEEP_FULL - 1);
}

/* --- classes --- */

/* The class of a block that has a place. */
static inline uint8_t
class_at_begin(const HsSweep *s, uint32_t block, const HsBlockRecord *record)
{
  const HsMapClasses *classes = s->raster->classes;
  const HsMapOrigin *origin = NULL;
  if (classes->by == HS_COLOR_BY_AGE && classes->has_age_ticks) {
    /* Places are only used where times are small numbers: their differences are, too. */
    const HsTimeline *t = s->raster->blocks->timeline;
    HsRow end = __atomic_load_n(&record->end, __ATOMIC_RELAXED);
    if (G_LIKELY(end < s->raster->blocks->n_rows))
      return hs_map_age_class(classes->age_ticks, hs_timeline_ticks(t, end) - hs_timeline_ticks(t, record->begin));
  }
  /* A look at the row that began it is only for those that need it. */
  if (classes->by != HS_COLOR_BY_SOURCE && classes->by != HS_COLOR_BY_SIZE)
    origin = hs_map_blocks_origin(s->raster->blocks, record->begin);
  return hs_map_class_of(classes, s->raster->blocks, origin, record, block);
}

static inline void
keep_class(const HsSweep *s, uint32_t block, uint8_t class_index)
{
  if (s->kept_classes != NULL)
    __atomic_store_n(&s->kept_classes[block], class_index, __ATOMIC_RELAXED);
}

/* The same of one that a free ends. */
static inline uint8_t
class_at_free(const HsSweep *s, uint32_t block, uint16_t weight)
{
  const HsMapClasses *classes = s->raster->classes;
  uint32_t size = weight >> HS_WEIGHT_SOURCE_BITS;
  switch (classes->by) {
  case HS_COLOR_BY_SOURCE:
    return classes->source_class[weight & ((1u << HS_WEIGHT_SOURCE_BITS) - 1)];
  case HS_COLOR_BY_SIZE:
    return classes->size_class[size == 0 ? 0 : 32 - __builtin_clz(size)];
  default:
    return __atomic_load_n(&s->kept_classes[block], __ATOMIC_RELAXED);
  }
}

/* --- bars --- */

/* `live`: 1 if it begins, -1 if it ends, 0 if it does both in the column. `less`: of how much of the column it is not
 * there, as far as that is not told by what is live. */
static inline G_ALWAYS_INLINE void
put_place(HsSweep *s, const HsColumnBlocks *blocks, int class_index, uint32_t place, uint64_t size, int live,
          uint64_t less)
{
  const HsSweepScale y = blocks->y;
  uint64_t u = (uint64_t)place << blocks->shift;
  int64_t y0 = hs_sweep_units(y, u), y1 = hs_sweep_units(y, u + size);
  y1 = MAX(y1, y0 + 1);
  if (y1 <= 0 || y0 >= y.limit)
    return;
  y0 = MAX(y0, 0);
  y1 = MIN(y1, y.limit);
  hs_sweep_put_bar(s, class_index, y0, y1, (HsSweepFactors){(uint64_t)(int64_t)live, less});
  s->n_live[class_index] += (uint32_t)live;
}

/* Where a block is; false if that cannot be visible. */
static bool
extent_of(const HsSweep *s, const HsBlockRecord *record, uint32_t block, uint64_t *begin, uint64_t *end)
{
  uint64_t size = record->size;
  if (G_UNLIKELY(size == UINT32_MAX))
    size = hs_timeline_block_big_size(s->raster->blocks->timeline, (HsBlockId){block});
  hs_map_extent(record->address, size, begin, end);
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
  const HsColumnBlocks blocks = column_blocks(s);
  uint32_t place = place_near(&blocks, block);
  if (place == HS_MAP_PLACE_NONE)
    return;
  const HsBlockRecord *record = hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){block});
  if (place == HS_MAP_PLACE_ODD) {
    begin_odd_block(s, block, record, 0);
    return;
  }
  uint8_t class_index = class_at_begin(s, block, record);
  keep_class(s, block, class_index);
  put_place(s, &blocks, class_index, place, record->size, 1, 0);
}

void
hs_sweep_end_block(HsSweep *s, uint32_t block, uint64_t x)
{
  if (hs_map_blocks_contain(s->raster->blocks, block))
    end_odd_block(s, block, x);
}

/* --- begins --- */

/* Some blocks of one segment that begin in the column. */
typedef struct {
  const HsBlockRecord *records;
  uint32_t first;
  uint16_t within[MAX_BEGINS], beyond[MAX_BEGINS]; /* those that end in the column, and the others */
  uint32_t n_within, n_beyond;
} HsBeginBatch;

/* Takes up to n blocks, and parts them; how many begin in the column. */
static uint32_t
part_begins(const HsSweep *s, HsBeginBatch *batch, uint32_t n)
{
  const HsBlockRecord *records = batch->records;
  HsRow column_end = s->column_end;
  uint32_t n_within = 0, n_beyond = 0, i;
  for (i = 0; i < n && records[i].begin < column_end; i++) {
    __builtin_prefetch(&records[i + RECORDS_AHEAD]);
    uint32_t wanted = s->near.places == NULL || hs_map_place_range_has(&s->near, batch->first + i);
    uint32_t within = __atomic_load_n(&records[i].end, __ATOMIC_ACQUIRE) < column_end;
    batch->within[n_within] = batch->beyond[n_beyond] = (uint16_t)i;
    n_within += wanted & within;
    n_beyond += wanted & (within ^ 1);
  }
  batch->n_within = n_within;
  batch->n_beyond = n_beyond;
  return i;
}

/* When a block ends, into the cache. */
static inline G_ALWAYS_INLINE void
fetch_end(const HsSweep *s, const HsBlockRecord *record)
{
  HsRow end = __atomic_load_n(&record->end, __ATOMIC_RELAXED);
  if (end < s->raster->blocks->n_rows)
    __builtin_prefetch(HS_AT(&s->raster->blocks->timeline->time.low, uint32_t, end));
}

static void
put_within(HsSweep *s, const HsColumnTimes *column, const HsBeginBatch *batch)
{
  const HsColumnTimes times = *column;
  const HsColumnBlocks blocks = column_blocks(s);
  for (uint32_t k = 0; k < batch->n_within; k++) {
    const HsBlockRecord *record = &batch->records[batch->within[k]];
    uint32_t block = batch->first + batch->within[k], place = place_near(&blocks, block);
    if (place == HS_MAP_PLACE_NONE)
      continue;
    if (G_UNLIKELY(place == HS_MAP_PLACE_ODD)) {
      begin_odd_block(s, block, record, x_of(s, record->begin));
      continue;
    }
    uint64_t x = x_near(&times, record->begin);
    uint64_t x_end = MAX(x_near(&times, __atomic_load_n(&record->end, __ATOMIC_RELAXED)), x + 1);
    put_place(s, &blocks, class_at_begin(s, block, record), place, record->size, 0, x - x_end);
  }
}

static void
put_beyond(HsSweep *s, const HsColumnTimes *column, const HsBeginBatch *batch)
{
  const HsColumnTimes times = *column;
  const HsColumnBlocks blocks = column_blocks(s);
  bool by_age = s->raster->classes->by == HS_COLOR_BY_AGE;
  for (uint32_t k = 0; k < batch->n_beyond; k++) {
    if (by_age && k + ENDS_AHEAD < batch->n_beyond)
      fetch_end(s, &batch->records[batch->beyond[k + ENDS_AHEAD]]);
    const HsBlockRecord *record = &batch->records[batch->beyond[k]];
    uint32_t block = batch->first + batch->beyond[k], place = place_near(&blocks, block);
    if (place == HS_MAP_PLACE_NONE)
      continue;
    if (G_UNLIKELY(place == HS_MAP_PLACE_ODD)) {
      begin_odd_block(s, block, record, x_of(s, record->begin));
      continue;
    }
    uint64_t x = x_near(&times, record->begin);
    uint8_t class_index = class_at_begin(s, block, record);
    keep_class(s, block, class_index);
    put_place(s, &blocks, class_index, place, record->size, 1, x);
  }
}

/* The times of the column's first rows into the cache: ends are asked for out of order. */
static inline G_ALWAYS_INLINE void
fetch_times(const HsSweep *s)
{
  HsRow end = s->column_end - s->row > MAX_FETCHED ? s->row + MAX_FETCHED : s->column_end;
  for (HsRow row = s->row; row < end; row += CACHE_LINE / sizeof(uint32_t))
    __builtin_prefetch(HS_AT(&s->raster->blocks->timeline->time.low, uint32_t, row));
}

void
hs_sweep_put_begins(HsSweep *s)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  HsColumnTimes times = column_times(s);
  fetch_times(s);
  HsBeginBatch batch;
  uint32_t n, taken;
  do {
    n = MIN(blocks->n_blocks - s->block, HS_SEGMENT_ROWS - (s->block & HS_SEGMENT_MASK));
    n = MIN(n, MAX_BEGINS);
    if (n == 0)
      return;
    batch.first = s->block;
    batch.records = hs_timeline_block_record(blocks->timeline, (HsBlockId){s->block});
    taken = part_begins(s, &batch, n);
    put_within(s, &times, &batch);
    put_beyond(s, &times, &batch);
    s->block += taken;
  } while (taken == n);
}

/* --- frees --- */

/* Always inline: a function that only prefetches counts as pure with GCC, and its call would be dropped. */
static inline G_ALWAYS_INLINE void
fetch_block(const HsSweep *s, uint32_t block)
{
  if (s->places != NULL)
    __builtin_prefetch(&s->places[block]);
  else
    __builtin_prefetch(hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){block}));
  if (s->kept_classes != NULL)
    __builtin_prefetch(&s->kept_classes[block]);
}

static inline G_ALWAYS_INLINE void
put_free(HsSweep *s, const HsColumnTimes *times, const HsColumnBlocks *blocks, uint32_t block, HsRow row,
         uint16_t weight)
{
  uint32_t place = place_near(blocks, block);
  if (place == HS_MAP_PLACE_ODD) {
    end_odd_block(s, block, x_of(s, row));
    return;
  }
  if (place == HS_MAP_PLACE_NONE || (s->near.places != NULL && !hs_map_place_range_has(&s->near, block)))
    return;
  put_place(s, blocks, class_at_free(s, block, weight), place, weight >> HS_WEIGHT_SOURCE_BITS, -1,
            -x_near(times, row));
}

/* The blocks that frees [row0, row1), all of one segment, end, and that began before the column. */
static void
put_frees(HsSweep *s, const HsColumnTimes *column, HsRow row0, HsRow row1)
{
  const HsColumnTimes times = *column;
  const HsColumnBlocks blocks = column_blocks(s);
  const HsMapRaster *r = s->raster;
  HsTimeline *t = r->blocks->timeline;
  const uint8_t *ops = HS_AT(&t->op_source, uint8_t, row0);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, row0);
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, row0);
  uint32_t n = row1 - row0, first_block = MIN(s->first_block, r->blocks->n_blocks), n_frees = 0;
  uint16_t frees[MAX_FREES + 1];
  /* Picked without a branch, which nothing could foretell. References to what is no block are greater than all blocks.
   */
  for (uint32_t i = 0; i < n; i++) {
    frees[n_frees] = (uint16_t)i;
    n_frees += ((ops[i] & 31) == HS_OP_FREE) & (refs[i] < first_block);
  }
  for (uint32_t k = 0; k < n_frees; k++) {
    if (k + FREES_AHEAD < n_frees)
      fetch_block(s, refs[frees[k + FREES_AHEAD]]);
    put_free(s, &times, &blocks, refs[frees[k]], row0 + frees[k], weights[frees[k]]);
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
