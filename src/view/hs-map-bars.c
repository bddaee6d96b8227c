/* SPDX-License-Identifier: MIT */
/* Batches of bars: where they are in the picture, worked out for many at once, and then put into its cells. */
#include "hs-map-sweep.h"
#include "hs-wide.h"

/* What is added to products of values from `base` on, in units of 2^-shift, so that it is not negative, and what that
 * is too much in whole units. False if there is no such number of less than 2^bits for products with values up to
 * `span`. All are less than 2^126. */
static bool
find_offset(const HsMapAxis *axis, int first_px, uint64_t base, uint64_t span, unsigned bits, __int128 *offset,
            int64_t *bias)
{
  __int128 c = (__int128)base * axis->multiplier, too_much = 0;
  __int128 origin = (axis->origin_px + first_px) * HS_MAP_UNITS;
  if (origin < 0 || origin > (((__int128)1 << 126) >> axis->shift))
    return false;
  c -= origin << axis->shift;
  if (c < 0) {
    too_much = (-c >> axis->shift) + 1;
    c += too_much << axis->shift;
  }
  const __int128 end = (__int128)1 << bits;
  if (c >= end || too_much > INT32_MAX || c + (__int128)span * axis->multiplier >= end)
    return false;
  *offset = c;
  *bias = (int64_t)too_much;
  return true;
}

bool
hs_sweep_line(const HsMapAxis *axis, int first_px, uint64_t base, uint64_t span, HsSweepLine *line)
{
  __int128 c;
  /* Products of 32 bits leave room for 96. */
  if (axis->shift < 32 || axis->shift > 95 || base >= axis->small_end || span > UINT32_MAX ||
      !find_offset(axis, first_px, base, span, 96, &c, &line->bias))
    return false;
  line->multiplier_low = (uint32_t)axis->multiplier;
  line->multiplier_high = (uint32_t)(axis->multiplier >> 32);
  line->c_low = (uint32_t)c;
  line->c_high = (uint64_t)(c >> 32);
  line->shift = axis->shift - 32;
  return true;
}

bool
hs_sweep_far_line(const HsMapAxis *axis, uint64_t base, uint64_t span, HsSweepFarLine *line)
{
  __int128 c;
  if (axis->shift < 64 || axis->shift > 110 || base >= axis->small_end || span >= axis->small_end ||
      span >= UINT64_C(1) << 61 || !find_offset(axis, 0, base, span, 126, &c, &line->bias))
    return false;
  line->multiplier_low = (uint32_t)axis->multiplier;
  line->multiplier_high = (uint32_t)(axis->multiplier >> 32);
  line->c_low = (uint32_t)c;
  line->c_middle = (uint32_t)(c >> 32);
  line->c_high = (uint64_t)(c >> 64);
  line->shift = axis->shift - 64;
  return true;
}

/* --- down the picture --- */

/* y0 and y1, within the picture; y1 <= y0 where it cannot be seen. */
static HS_WIDE void
place_bars(HsSweepBars *restrict bars, const HsSweepLine *told, uint32_t low, unsigned shift, int64_t limit)
{
  const HsSweepLine line = *told;
  const uint32_t n = bars->n;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at = (bars->place[i] - low) << shift;
    int64_t y0 = hs_sweep_units_on(line, at), y1 = hs_sweep_units_on(line, at + bars->size[i]);
    /* What is thinner than a unit still has one. */
    y1 = MAX(y1, y0 + 1);
    bars->y0[i] = MAX(y0, 0);
    bars->y1[i] = MIN(y1, limit);
  }
}

static HS_WIDE void
place_bars_far(HsSweepBars *restrict bars, const HsSweepFarLine *told, uint32_t low, unsigned shift, int64_t limit)
{
  const HsSweepFarLine line = *told;
  const uint32_t n = bars->n;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t at = (uint64_t)(bars->place[i] - low) << shift;
    int64_t y0 = hs_sweep_units_on_far(line, at), y1 = hs_sweep_units_on_far(line, at + bars->size[i]);
    y1 = MAX(y1, y0 + 1);
    bars->y0[i] = MAX(y0, 0);
    bars->y1[i] = MIN(y1, limit);
  }
}

static void
place_bars_one_by_one(HsSweepBars *bars, HsSweepScale scale, unsigned shift)
{
  for (uint32_t i = 0; i < bars->n; i++) {
    uint64_t u = (uint64_t)bars->place[i] << shift;
    int64_t y0 = hs_sweep_units(scale, u), y1 = hs_sweep_units(scale, u + bars->size[i]);
    y1 = MAX(y1, y0 + 1);
    bars->y0[i] = MAX(y0, 0);
    bars->y1[i] = MIN(y1, scale.limit);
  }
}

/* --- along it --- */

/* The times of rows of one segment. */
static HS_WIDE void
look_up_near(const HsRow *restrict rows, uint32_t *restrict x, uint32_t n, const uint32_t *low, uint32_t base)
{
  for (uint32_t i = 0; i < n; i++)
    x[i] = base + low[rows[i] & HS_SEGMENT_MASK];
}

/* Whether all rows are of the segment of the first. */
static HS_WIDE bool
are_near(const HsRow *rows, uint32_t n)
{
  HsRow differences = 0;
  for (uint32_t i = 0; i < n; i++)
    differences |= rows[i] ^ rows[0];
  return differences >> HS_SEGMENT_SHIFT == 0;
}

/* Of rows of the column, in ticks from its first on. */
static void
look_up_times(const HsRow *rows, uint32_t *x, uint32_t n, const HsColumnTimes *times)
{
  const uint32_t first = (uint32_t)times->first_ticks;
  if (n > 0 && are_near(rows, n)) {
    HsRow segment = rows[0] >> HS_SEGMENT_SHIFT;
    look_up_near(rows, x, n, times->low[segment], (uint32_t)times->base[segment] - first);
    return;
  }
  const int64_t *base = times->base;
  void *const *low = times->low;
  for (uint32_t i = 0; i < n; i++)
    x[i] = (uint32_t)base[rows[i] >> HS_SEGMENT_SHIFT] - first +
           ((const uint32_t *)low[rows[i] >> HS_SEGMENT_SHIFT])[rows[i] & HS_SEGMENT_MASK];
}

/* Ticks to units into the column. */
static HS_WIDE void
place_times(uint32_t *x, uint32_t n, const HsSweepLine *told)
{
  const HsSweepLine line = *told;
  for (uint32_t i = 0; i < n; i++)
    x[i] = (uint32_t)hs_sweep_units_on(line, x[i]) & (uint32_t)(HS_SWEEP_FULL - 1);
}

static void
time_rows(const HsRow *rows, uint32_t *x, uint32_t n, const HsColumnTimes *times)
{
  if (times == NULL) {
    memset(x, 0, n * sizeof *x);
  } else if (times->has_line) {
    look_up_times(rows, x, n, times);
    place_times(x, n, &times->line);
  } else {
    for (uint32_t i = 0; i < n; i++)
      x[i] = (uint32_t)hs_sweep_units(times->scale, (uint64_t)hs_timeline_ticks(times->timeline, rows[i])) &
             (uint32_t)(HS_SWEEP_FULL - 1);
  }
}

/* --- into cells --- */

/* It covers the column from its beginning on, less all from its end on. What does both in one unit still lives as long
 * as that. */
static inline G_ALWAYS_INLINE int32_t
less_of(int32_t live, uint32_t x, uint32_t end_x)
{
  int32_t begin = (int32_t)x, end = MAX((int32_t)end_x, begin + 1);
  return live == 0 ? begin - end : live < 0 ? -begin : begin;
}

static HS_WIDE void
find_cells(HsSweepBars *restrict bars, uint32_t class_size, uint32_t n_strips)
{
  const uint32_t n = bars->n;
  for (uint32_t i = 0; i < n; i++) {
    int64_t y0 = bars->y0[i], y1 = bars->y1[i];
    uint32_t row0 = (uint32_t)(y0 >> HS_MAP_UNIT_SHIFT), row1 = (uint32_t)(y1 >> HS_MAP_UNIT_SHIFT);
    bool single = (row0 == row1) & (y1 > y0);
    bars->cell[i] = single ? bars->class_index[i] * class_size + row0 : HS_SWEEP_NO_CELL;
    bars->strip[i] = bars->class_index[i] * n_strips + (row0 >> HS_SWEEP_STRIP_SHIFT);
  }
  for (uint32_t i = 0; i < n; i++) {
    /* Of what is within a row no more than 2^20. */
    int32_t height = (int32_t)(bars->y1[i] - bars->y0[i]), live = bars->live[i];
    bars->cell_live[i] = (int64_t)height * live;
    bars->cell_less[i] = (int64_t)height * less_of(live, bars->x[i], bars->end_x[i]);
  }
}

static void
put_tall_bar(HsSweep *s, const HsSweepBars *bars, uint32_t i)
{
  int64_t live = bars->live[i], less = less_of(bars->live[i], bars->x[i], bars->end_x[i]);
  if (bars->y1[i] > bars->y0[i])
    hs_sweep_put_bar(s, bars->class_index[i], bars->y0[i], bars->y1[i],
                     (HsSweepFactors){(uint64_t)live, (uint64_t)less});
}

void
hs_sweep_put_bars(HsSweep *s, const HsColumnTimes *times)
{
  HsSweepBars *bars = s->bars;
  if (s->has_y_line)
    place_bars(bars, &s->y_line, s->near.low, s->place_shift, s->y_scale.limit);
  else if (s->has_far_y_line)
    place_bars_far(bars, &s->far_y_line, s->near.low, s->place_shift, s->y_scale.limit);
  else
    place_bars_one_by_one(bars, s->y_scale, s->place_shift);
  time_rows(bars->row, bars->x, bars->n, times);
  time_rows(bars->end_row, bars->end_x, bars->n, times);
  find_cells(bars, (uint32_t)s->class_size, (uint32_t)s->n_strips);
  HsSweepCell *const parts = s->parts;
  bool *const touched = s->touched;
  const uint32_t n = bars->n;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t cell = bars->cell[i];
    if (G_UNLIKELY(cell == HS_SWEEP_NO_CELL)) {
      put_tall_bar(s, bars, i);
      continue;
    }
    parts[cell].both += (HsSweepPair){(uint64_t)bars->cell_live[i], (uint64_t)bars->cell_less[i]};
    touched[bars->strip[i]] = true;
  }
  bars->n = 0;
}
