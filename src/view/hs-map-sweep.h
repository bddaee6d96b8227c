/* SPDX-License-Identifier: MIT */
/* The state of one thread's sweep through the columns of a picture of the map, and bars in it: see hs-map-raster.c. */
#pragma once

#include "hs-map-private.h"

#define HS_SWEEP_FULL ((uint64_t)HS_MAP_UNITS)
/* Columns that are made before they are copied into the picture: a cache line of pixels. */
#define HS_SWEEP_BATCH 16
#define HS_SWEEP_N_HINTS 64
/* Rows that are made again together where a column differs from the one before. */
#define HS_SWEEP_STRIP_SHIFT 5
#define HS_SWEEP_STRIP (1 << HS_SWEEP_STRIP_SHIFT)
/* Blocks whose records are fetched into the cache ahead of their use. */
#define HS_SWEEP_WAITING 16u

/* Of what is live at the column's end, and of how much less of the column than all of it that covers. In units, modulo
 * 2^64. */
typedef uint64_t HsSweepPair __attribute__((vector_size(16)));
typedef struct {
  uint64_t live, less;
} HsSweepFactors;
typedef union {
  HsSweepPair both;
  struct {
    uint64_t live, less;
  };
} HsSweepCell;

/* What hs_map_axis_at() does with small values, in numbers that loops can keep in registers. */
typedef struct {
  uint64_t multiplier;
  unsigned left, right;
  int64_t origin, limit;
} HsSweepScale;

static inline G_ALWAYS_INLINE int64_t
hs_sweep_units(HsSweepScale scale, uint64_t value)
{
  unsigned __int128 product = (unsigned __int128)(value << scale.left) * scale.multiplier;
  return (int64_t)((uint64_t)(product >> 64) >> scale.right) - scale.origin;
}

/* The same for values base + v where v has 32 bits, in products of 32 bits, for which processors have wide
 * instructions: floor((v · multiplier + c) / 2^(32 + shift)) − bias. */
typedef struct {
  uint32_t multiplier_low, multiplier_high;
  uint32_t c_low;  /* the lowest 32 bits */
  uint64_t c_high; /* the others */
  unsigned shift;
  int64_t bias;
} HsSweepLine;

/* The line of an axis for values [base, base + span] that are small ones, in units from a pixel on. False if there is
 * none. */
bool hs_sweep_line(const HsMapAxis *axis, int first_px, uint64_t base, uint64_t span, HsSweepLine *line);

static inline G_ALWAYS_INLINE int64_t
hs_sweep_units_on(HsSweepLine line, uint32_t value)
{
  uint64_t low = (uint64_t)value * line.multiplier_low + line.c_low;
  uint64_t sum = (uint64_t)value * line.multiplier_high + (low >> 32) + line.c_high;
  return (int64_t)(sum >> line.shift) - line.bias;
}

/* The same where v has up to 61 bits: floor((v · multiplier + c) / 2^(64 + shift)) − bias. */
typedef struct {
  uint32_t multiplier_low, multiplier_high;
  uint32_t c_low, c_middle; /* its lowest 32 bits, and those above */
  uint64_t c_high;          /* the others */
  unsigned shift;
  int64_t bias;
} HsSweepFarLine;

bool hs_sweep_far_line(const HsMapAxis *axis, uint64_t base, uint64_t span, HsSweepFarLine *line);

static inline G_ALWAYS_INLINE int64_t
hs_sweep_units_on_far(HsSweepFarLine line, uint64_t value)
{
  uint32_t value_low = (uint32_t)value, value_high = (uint32_t)(value >> 32);
  uint64_t low = (uint64_t)value_low * line.multiplier_low + line.c_low;
  /* The multiplier has less than 2^63, the value less than 2^61: no sum has more than 64 bits. */
  uint64_t middle = (uint64_t)value_low * line.multiplier_high + (low >> 32) + line.c_middle;
  uint64_t middle_2 = (uint64_t)value_high * line.multiplier_low + (uint32_t)middle;
  uint64_t high = (uint64_t)value_high * line.multiplier_high + (middle >> 32) + (middle_2 >> 32) + line.c_high;
  return (int64_t)(high >> line.shift) - line.bias;
}

/* The times of a column's rows. */
typedef struct {
  const HsTimeline *timeline;
  const int64_t *base;
  void *const *low;
  HsSweepScale scale;
  bool has_line; /* or they are not such as to use it */
  int64_t first_ticks;
  HsSweepLine line; /* of ticks from the first on */
} HsColumnTimes;

/* Bars that are put at once: blocks that have places. */
#define HS_SWEEP_BARS 256
typedef struct {
  uint32_t n;
  uint32_t block[HS_SWEEP_BARS], place[HS_SWEEP_BARS], size[HS_SWEEP_BARS];
  /* Rows of the column: with which it begins or ends, and if it does both in the column, with which it ends; else the
   * same once more. */
  HsRow row[HS_SWEEP_BARS], end_row[HS_SWEEP_BARS];
  HsRow over[HS_SWEEP_BARS];   /* of what begins: with which it ends, in whatever column */
  int32_t live[HS_SWEEP_BARS]; /* 1 = it begins, −1 = it ends, 0 = both */
  uint8_t class_index[HS_SWEEP_BARS];
  uint32_t x[HS_SWEEP_BARS], end_x[HS_SWEEP_BARS]; /* units into the column */
  int64_t y0[HS_SWEEP_BARS], y1[HS_SWEEP_BARS];
  /* What is within one row of the picture: the cell it adds to and the strip that is in, both counted over all classes,
   * and what; else none. */
  uint32_t cell[HS_SWEEP_BARS], strip[HS_SWEEP_BARS];
  int64_t cell_live[HS_SWEEP_BARS], cell_less[HS_SWEEP_BARS];
} HsSweepBars;
#define HS_SWEEP_NO_CELL UINT32_MAX

typedef struct {
  const HsMapRaster *raster;
  int column, column1;  /* the one being made, and where the sweep ends */
  HsRow row;            /* the next event: all of those before have been taken in */
  uint32_t block;       /* the next block to begin */
  HsRow column_end;     /* the first event after the column */
  uint32_t first_block; /* the first to begin in the column */
  /* By class and row, two rows more than the picture; the grounds come after the classes: what covers a part of a row,
   * and differences from the row above of what covers whole rows. */
  HsSweepCell *parts, *steps;
  HsSweepCell *strip_steps; /* by class and strip: sums of its steps */
  size_t class_size, n_strips;
  bool stepped[HS_MAP_MAX_CLASSES + HS_N_GROUNDS]; /* ever: a bar covered a whole row */
  int top[HS_MAP_MAX_CLASSES + HS_N_GROUNDS], end[HS_MAP_MAX_CLASSES + HS_N_GROUNDS]; /* strips ever touched */
  bool *touched; /* by class and strip: in this column */
  /* By strip: whether something of it was touched in this column; and in the one before, of which a part may have been
   * covered. */
  bool *dirty, *was_dirty;
  uint64_t hull0, hull1;         /* addresses that may be visible */
  HsMapPlaceRange near;          /* the same in places */
  const uint32_t *places;        /* by block, see HsMapPlaces; NULL = all are odd */
  HsSweepScale x_scale, y_scale; /* of ticks, and of positions */
  unsigned place_shift;
  bool has_y_line, has_far_y_line;
  /* Of positions from that of the first place that is near. */
  HsSweepLine y_line;
  HsSweepFarLine far_y_line;
  HsSweepBars *bars;
  uint32_t waiting[HS_SWEEP_WAITING], n_visited; /* blocks that are live at the beginning, while they are fetched */
  uint8_t live_sources[HS_SWEEP_BARS];           /* of the bars of what is live at the beginning */
  uint8_t *kept_classes; /* of begun blocks, by id, where a free cannot tell; shared by both sweeps, or NULL */
  uint32_t hints[HS_SWEEP_N_HINTS]; /* bands last looked at, by heap */
  uint32_t ending, ground_begin, ground_end;
  float *area, *total, *red, *green, *blue, *ground;
  uint32_t *batch; /* HS_SWEEP_BATCH columns */
  int n_batched;
  bool cancelled;
} HsSweep;

/* --- bars --- */

/* Where something does not begin or end that does so in another column. */
#define HS_SWEEP_NOT_IN_COLUMN UINT64_MAX

/* Always the whole cell at once: what was stored in one piece is loaded again without a wait. */
static inline void
hs_sweep_add(HsSweepCell *cell, uint64_t units, HsSweepFactors factors)
{
  cell->both += (HsSweepPair){units * factors.live, units * factors.less};
}

/* Rows of a class that something was put into. */
static inline G_ALWAYS_INLINE void
hs_sweep_touch(HsSweep *s, int class_index, int row0, int row1)
{
  bool *touched = s->touched + (size_t)class_index * s->n_strips;
  for (int strip = row0 >> HS_SWEEP_STRIP_SHIFT; strip <= row1 >> HS_SWEEP_STRIP_SHIFT; strip++)
    touched[strip] = true;
}

/* [y0, y1) in units, times what beginning and end of a bar are to a cell. */
static inline void
hs_sweep_put_bar(HsSweep *s, int class_index, int64_t y0, int64_t y1, HsSweepFactors factors)
{
  HsSweepCell *parts = s->parts + (size_t)class_index * s->class_size;
  int row0 = (int)(y0 >> HS_MAP_UNIT_SHIFT), row1 = (int)(y1 >> HS_MAP_UNIT_SHIFT);
  if (row0 == row1) {
    hs_sweep_add(&parts[row0], (uint64_t)(y1 - y0), factors);
  } else {
    hs_sweep_add(&parts[row0], HS_SWEEP_FULL - ((uint64_t)y0 & (HS_SWEEP_FULL - 1)), factors);
    hs_sweep_add(&parts[row1], (uint64_t)y1 & (HS_SWEEP_FULL - 1), factors);
    if (row1 > row0 + 1) {
      HsSweepCell *steps = s->steps + (size_t)class_index * s->class_size;
      HsSweepCell *strips = s->strip_steps + (size_t)class_index * s->n_strips;
      hs_sweep_add(&steps[row0 + 1], HS_SWEEP_FULL, factors);
      hs_sweep_add(&steps[row1], -HS_SWEEP_FULL, factors);
      hs_sweep_add(&strips[(row0 + 1) >> HS_SWEEP_STRIP_SHIFT], HS_SWEEP_FULL, factors);
      hs_sweep_add(&strips[row1 >> HS_SWEEP_STRIP_SHIFT], -HS_SWEEP_FULL, factors);
      s->stepped[class_index] = true;
    }
  }
  hs_sweep_touch(s, class_index, row0, row1);
}

/* The visible part of [u0, u1) in units, at least one. */
static inline bool
hs_sweep_visible_span(const HsMapRaster *r, uint64_t u0, uint64_t u1, int64_t *y0, int64_t *y1)
{
  *y0 = hs_map_axis_at(&r->y, (int64_t)u0);
  *y1 = hs_map_axis_at(&r->y, (int64_t)u1);
  /* What is thinner than a unit still has one. */
  if (*y1 <= *y0)
    *y1 = *y0 + 1;
  if (*y1 <= 0 || *y0 >= r->y.limit)
    return false;
  *y0 = MAX(*y0, 0);
  *y1 = MIN(*y1, r->y.limit);
  return true;
}

/* [begin, end) begins x0 units into the column and ends x1 units into it; either may be HS_SWEEP_NOT_IN_COLUMN. */
static inline G_ALWAYS_INLINE void
hs_sweep_put_stretch(HsSweep *s, int class_index, const HsMapOrigin *origin, uint64_t begin, uint64_t end, uint64_t x0,
                     uint64_t x1)
{
  uint64_t u0, u1;
  int64_t y0, y1;
  /* It covers the column from x0 on, less all from x1 on. */
  HsSweepFactors factors = {0, 0};
  if (x0 != HS_SWEEP_NOT_IN_COLUMN)
    factors = (HsSweepFactors){1, x0};
  if (x1 != HS_SWEEP_NOT_IN_COLUMN)
    factors = (HsSweepFactors){factors.live - 1, factors.less - x1};
  uint32_t process = origin->process;
  uint32_t band = hs_map_layout_find(s->raster->layout, process, begin, &s->hints[origin->heap % HS_SWEEP_N_HINTS]);
  while (hs_map_layout_piece(s->raster->layout, process, begin, end, &band, &u0, &u1)) {
    if (!hs_sweep_visible_span(s->raster, u0, u1, &y0, &y1))
      continue;
    hs_sweep_put_bar(s, class_index, y0, y1, factors);
  }
}

/* --- parts --- */

/* Blocks that are there before the column, one by one, and then the last of them. */
void hs_sweep_begin_live(HsSweep *s, uint32_t block);
void hs_sweep_finish_live(HsSweep *s);
/* A block that began before the column ends x units into it. */
void hs_sweep_end_block(HsSweep *s, uint32_t block, uint64_t x);
/* The blocks that begin in the column, and those that frees in it end. */
void hs_sweep_put_begins(HsSweep *s);
void hs_sweep_put_frees(HsSweep *s);
/* Puts bars whose blocks, places, sizes, rows, lives and classes are told, and forgets them. `times`: of the column
 * that they are in; NULL = all begin with it. */
void hs_sweep_put_bars(HsSweep *s, const HsColumnTimes *times);
/* Makes the column's pixels, and goes on to the next. */
void hs_sweep_finish_column(HsSweep *s);

/* Whether a block begins and ends within the column. */
static inline bool
hs_sweep_is_within_column(const HsSweep *s, uint32_t block, HsRow end)
{
  return block >= s->first_block && end < s->column_end;
}
