/* SPDX-License-Identifier: MIT */
/*
 * How much of each device pixel's cell (time × address) the blocks of each colour cover.
 *
 * A sweep goes through the events in time, one column of pixels after another. It keeps what is live as differences
 * down the column: a bar that begins adds its height in units of the grid to the rows it touches, and takes it away
 * where it ends. An event within a column also notes what part of the column it is too late or too early for. A column
 * is then two running sums down its rows; of these only the strips are made where it differs from the column before.
 * Blocks that begin and end within a column are taken in at once. So an event costs the same however tall its bar is,
 * memory hangs on the height alone, and a cell's coverage is exact to the grid, of which a pixel has 2^20 units either
 * way. A bar has at least one unit: what is touched is never nothing.
 *
 * Two threads take the columns left and right of where half of the events are; each begins with what is live there.
 */
#include "hs-map-sweep.h"
#include "hs-series.h"
#include "hs-scratch.h"

/* Fewer events than this are not worth a second thread. */
#define MIN_SPLIT_ROWS 20000
/* Endings whose blocks are fetched into the cache ahead. */
#define ENDINGS_AHEAD 16

/* --- what happens beside rows --- */

static void
put_ground(HsSweep *s, const HsGroundRect *rect, int64_t ticks, bool begins)
{
  __int128 from_column = hs_map_axis_far(&s->raster->x, ticks) - s->column * (__int128)HS_MAP_UNITS;
  uint64_t x = from_column > 0 ? (uint64_t)from_column : 0;
  HsMapOrigin origin = {.process = rect->process, .heap = rect->heap};
  hs_sweep_put_stretch(s, s->raster->classes->n + (int)rect->kind, &origin, rect->begin, rect->end,
                       begins ? x : HS_SWEEP_NOT_IN_COLUMN, begins ? HS_SWEEP_NOT_IN_COLUMN : x);
}

static bool
is_before_column(const HsSweep *s, int64_t ticks, int column)
{
  return hs_map_axis_far(&s->raster->x, ticks) < column * (__int128)HS_MAP_UNITS;
}

static void
put_grounds_of_column(HsSweep *s)
{
  const HsMapGround *ground = s->raster->layout->ground;
  for (; s->ground_begin < ground->rects->len; s->ground_begin++) {
    const HsGroundRect *rect = &g_array_index(ground->rects, HsGroundRect, s->ground_begin);
    if (!is_before_column(s, rect->t0, s->column + 1))
      break;
    put_ground(s, rect, rect->t0, true);
  }
  for (; s->ground_end < ground->by_end->len; s->ground_end++) {
    uint32_t index = g_array_index(ground->by_end, uint32_t, s->ground_end);
    const HsGroundRect *rect = &g_array_index(ground->rects, HsGroundRect, index);
    if (!is_before_column(s, rect->t1, s->column + 1))
      break;
    put_ground(s, rect, rect->t1, false);
  }
}

/* When the block of an ending ended; INT64_MAX if that is beyond the rows shown. */
static int64_t
ending_ticks(const HsMapBlocks *blocks, const HsEnding *ending)
{
  HsRow end = hs_timeline_block_end(blocks->timeline, (HsBlockId){ending->block});
  if (G_LIKELY(end < blocks->n_rows))
    return hs_timeline_ticks(blocks->timeline, end);
  const HsMapOrigin *origin =
      hs_map_blocks_origin(blocks, hs_timeline_block_begin(blocks->timeline, (HsBlockId){ending->block}));
  return origin != NULL ? hs_map_blocks_end_ticks(blocks, origin, end) : INT64_MAX;
}

static const HsEnding *
ending_at(const HsMapBlocks *blocks, uint32_t index)
{
  return HS_VEC(&blocks->timeline->endings, HsEnding, index);
}

static void
put_endings_of_column(HsSweep *s)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  for (; s->ending < blocks->n_endings; s->ending++) {
    const HsEnding *ending = ending_at(blocks, s->ending);
    if (s->ending + ENDINGS_AHEAD < blocks->n_endings)
      __builtin_prefetch(
          hs_timeline_block_record(blocks->timeline, (HsBlockId){ending_at(blocks, s->ending + ENDINGS_AHEAD)->block}));
    HsBlockId id = {ending->block};
    int64_t ticks = ending_ticks(blocks, ending);
    /* Nor does what begins beyond the rows shown end here, though its process may. */
    if (ticks == INT64_MAX || id.v >= blocks->n_blocks ||
        hs_timeline_block_begin(blocks->timeline, id) >= blocks->n_rows)
      continue;
    __int128 x = hs_map_axis_far(&s->raster->x, ticks) - s->column * (__int128)HS_MAP_UNITS;
    if (x >= HS_MAP_UNITS)
      break;
    if (hs_sweep_is_within_column(s, id.v, hs_timeline_block_end(blocks->timeline, id)))
      continue;
    HsRow begin = hs_timeline_block_begin(blocks->timeline, id);
    uint64_t least = 0;
    /* One that a process's end ended may have begun in this very unit. */
    if (id.v >= s->first_block)
      least =
          ((uint64_t)hs_map_axis_at(&s->raster->x, hs_timeline_ticks(blocks->timeline, begin)) & (HS_SWEEP_FULL - 1)) +
          1;
    hs_sweep_end_block(s, id.v, x > (__int128)least ? (uint64_t)x : least);
  }
}

/* --- the sweep --- */

static bool
row_is_before(const HsMapRaster *r, HsRow row, __int128 units)
{
  return hs_map_axis_far(&r->x, hs_timeline_ticks(r->blocks->timeline, row)) < units;
}

/* The first row at or after a column's left edge; none before `from` is. */
static HsRow
row_of_column(const HsMapRaster *r, int column, HsRow from)
{
  __int128 edge = column * (__int128)HS_MAP_UNITS;
  HsRow low = from, high = from, n = r->blocks->n_rows;
  for (HsRow step = 1; high < n && row_is_before(r, high, edge); step = MIN(step * 2, n / 2 + 1)) {
    low = high + 1;
    high = n - high > step ? high + step : n;
  }
  while (low < high) {
    HsRow middle = low + (high - low) / 2;
    if (row_is_before(r, middle, edge))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
begin_live(HsSweep *s, uint32_t block)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  HsRow begin = hs_timeline_block_begin(blocks->timeline, (HsBlockId){block});
  if (G_UNLIKELY(hs_timeline_block_end(blocks->timeline, (HsBlockId){block}) == HS_ROW_PROCESS_EXIT)) {
    const HsMapOrigin *origin = hs_map_blocks_origin(blocks, begin);
    if (origin == NULL || is_before_column(s, hs_map_blocks_end_ticks(blocks, origin, HS_ROW_PROCESS_EXIT), s->column))
      return;
  }
  hs_sweep_begin_live(s, block);
}

/* What is live lies anywhere in memory: it is fetched while others before it are looked at. */
static void
visit_live(gpointer data, uint32_t block)
{
  HsSweep *s = data;
  uint32_t *slot = &s->waiting[s->n_visited % HS_SWEEP_WAITING];
  __builtin_prefetch(hs_timeline_block_record(s->raster->blocks->timeline, (HsBlockId){block}));
  if (s->places != NULL)
    __builtin_prefetch(&s->places[block]);
  if (s->n_visited++ >= HS_SWEEP_WAITING)
    begin_live(s, *slot);
  *slot = block;
}

static void
finish_live(HsSweep *s)
{
  for (uint32_t i = 0; i < MIN(s->n_visited, HS_SWEEP_WAITING); i++)
    begin_live(s, s->waiting[i]);
  hs_sweep_finish_live(s);
}

/* The first ending that is not before the sweep. */
static void
find_first_ending(HsSweep *s, HsRow row)
{
  const HsMapBlocks *blocks = s->raster->blocks;
  uint32_t low = 0, high = blocks->n_endings;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (ending_at(blocks, middle)->row < row)
      low = middle + 1;
    else
      high = middle;
  }
  /* An end of a process is noted with the row after it. */
  while (low < blocks->n_endings && is_before_column(s, ending_ticks(blocks, ending_at(blocks, low)), s->column))
    low++;
  while (low > 0 && !is_before_column(s, ending_ticks(blocks, ending_at(blocks, low - 1)), s->column))
    low--;
  s->ending = low;
}

static void
find_first_grounds(HsSweep *s)
{
  const HsMapGround *ground = s->raster->layout->ground;
  for (s->ground_begin = 0; s->ground_begin < ground->rects->len; s->ground_begin++) {
    const HsGroundRect *rect = &g_array_index(ground->rects, HsGroundRect, s->ground_begin);
    if (!is_before_column(s, rect->t0, s->column))
      break;
    if (!is_before_column(s, rect->t1, s->column))
      put_ground(s, rect, rect->t0, true);
  }
  for (s->ground_end = 0; s->ground_end < ground->by_end->len; s->ground_end++) {
    uint32_t index = g_array_index(ground->by_end, uint32_t, s->ground_end);
    if (!is_before_column(s, g_array_index(ground->rects, HsGroundRect, index).t1, s->column))
      break;
  }
}

static void
sweep(HsSweep *s)
{
  const HsMapRaster *r = s->raster;
  s->row = row_of_column(r, s->column, 0);
  s->first_block = s->block = hs_map_blocks_from(r->blocks, s->row);
  find_first_ending(s, s->row);
  find_first_grounds(s);
  s->cancelled = !hs_map_blocks_live_in(r->blocks, r->layout->index, &s->near, s->row, visit_live, s, r->cancel);
  finish_live(s);
  while (s->column < s->column1 && !s->cancelled) {
    s->column_end = row_of_column(r, s->column + 1, s->row);
    s->first_block = s->block;
    if (s->column_end > s->row) {
      hs_sweep_put_begins(s);
      hs_sweep_put_frees(s);
    }
    put_endings_of_column(s);
    put_grounds_of_column(s);
    hs_sweep_finish_column(s);
  }
}

static HsSweepScale
scale_of(const HsMapAxis *axis)
{
  return (HsSweepScale){axis->multiplier, axis->left, axis->right, axis->small_origin, axis->limit};
}

/* Places are only used where all moments and positions are small numbers: everywhere but in traces of nonsense. */
static void
use_places(HsSweep *s)
{
  const HsMapRaster *r = s->raster;
  HsTimeline *t = r->blocks->timeline;
  const HsMapPlaces *places = r->layout->places;
  HsRow n = r->blocks->n_rows;
  if (places == NULL || n == 0 || places->n_blocks < hs_map_blocks_from(r->blocks, n) ||
      r->layout->span + HS_MAP_PLACE_MAX_BYTES >= r->y.small_end || hs_timeline_ticks(t, 0) < 0 ||
      (uint64_t)hs_timeline_ticks(t, n - 1) >= r->x.small_end)
    return;
  s->places = places->at;
  s->place_shift = places->shift;
  s->x_scale = scale_of(&r->x);
  s->y_scale = scale_of(&r->y);
  /* A block may reach beyond the last place that is near. */
  uint64_t low = (uint64_t)s->near.low << places->shift, high = r->layout->span;
  if (s->near.places != NULL)
    high = MIN(high, (uint64_t)s->near.high << places->shift);
  uint64_t span = high - low + HS_MAP_PLACE_MAX_BYTES;
  s->has_y_line = high >= low && hs_sweep_line(&r->y, 0, low, span, &s->y_line);
  s->has_far_y_line = high >= low && !s->has_y_line && hs_sweep_far_line(&r->y, low, span, &s->far_y_line);
}

static bool
init_sweep(HsSweep *s, const HsMapRaster *r, int column0, int column1)
{
  size_t height = (size_t)r->height;
  int n_classes = r->classes->n + HS_N_GROUNDS;
  *s = (HsSweep){.raster = r, .column = column0, .column1 = column1};
  s->class_size = height + 2;
  s->n_strips = (s->class_size + HS_SWEEP_STRIP - 1) >> HS_SWEEP_STRIP_SHIFT;
  s->parts = g_try_new0(HsSweepCell, (s->class_size * 2 + s->n_strips) * (size_t)n_classes);
  s->touched = g_try_new0(bool, ((size_t)n_classes + 2) * s->n_strips);
  s->area = g_try_new(float, height * 6);
  s->batch = g_try_new(uint32_t, height * HS_SWEEP_BATCH);
  s->bars = g_try_new0(HsSweepBars, 1);
  if (s->parts == NULL || s->touched == NULL || s->area == NULL || s->batch == NULL || s->bars == NULL)
    return false;
  s->steps = s->parts + s->class_size * (size_t)n_classes;
  s->strip_steps = s->steps + s->class_size * (size_t)n_classes;
  s->dirty = s->touched + s->n_strips * (size_t)n_classes;
  s->was_dirty = s->dirty + s->n_strips;
  /* Nothing comes before the first column. */
  memset(s->was_dirty, true, s->n_strips * sizeof *s->was_dirty);
  s->total = s->area + height;
  s->red = s->total + height;
  s->green = s->red + height;
  s->blue = s->green + height;
  s->ground = s->blue + height;
  for (int i = 0; i < n_classes; i++) {
    s->top[i] = (int)s->n_strips;
    s->end[i] = 0;
  }
  /* A block that is thinner than a unit reaches as far as that. */
  uint64_t margin = (uint64_t)((r->window.u1 - r->window.u0) / (uint64_t)r->height) + 2;
  uint64_t u0 = r->window.u0 > margin ? r->window.u0 - margin : 0;
  hs_map_layout_hull(r->layout, u0, r->window.u1 + margin, &s->hull0, &s->hull1);
  s->near = hs_map_place_range(r->layout->places, u0, r->window.u1 + margin, r->layout->span);
  use_places(s);
  return true;
}

static gpointer
run_sweep(gpointer data)
{
  HsSweep *s = data;
  sweep(s);
  return NULL;
}

static void
clear_sweep(HsSweep *s)
{
  g_free(s->parts);
  g_free(s->touched);
  g_free(s->bars);
  g_free(s->area);
  g_free(s->batch);
}

/* As how many events a block that is live where a sweep begins is reckoned: it lies anywhere in memory. */
#define LIVE_COST 3

/* Where the second thread begins; column1 if there shall be none. */
static int
choose_split(const HsMapRaster *r)
{
  HsTimeline *t = r->blocks->timeline;
  HsRow row0 = row_of_column(r, r->column0, 0), row1 = row_of_column(r, r->column1, row0);
  if (r->column1 - r->column0 < 2 * HS_SWEEP_BATCH)
    return r->column1;
  if (row1 - row0 < MIN_SPLIT_ROWS)
    return r->column0 + (r->column1 - r->column0) / 2;
  /* Both begin with what is live there. */
  int64_t bytes;
  uint32_t live0, live;
  HsRow middle = row0 + (row1 - row0) / 2;
  hs_series_at(t->series, hs_timeline_ticks(t, row0), &bytes, &live0);
  hs_series_at(t->series, hs_timeline_ticks(t, middle), &bytes, &live);
  int64_t more = ((int64_t)live - live0) * LIVE_COST / 2;
  middle = (HsRow)CLAMP(middle + more, (int64_t)row0, (int64_t)row1 - 1);
  int column = (int)(hs_map_axis_at(&r->x, hs_timeline_ticks(t, middle)) >> HS_MAP_UNIT_SHIFT);
  return CLAMP(column, r->column0 + 1, r->column1 - 1);
}

/* Whether a block's class is told by nothing that lies near the free that ends it. */
static bool
is_kept(HsColorBy by)
{
  return by != HS_COLOR_BY_SOURCE && by != HS_COLOR_BY_SIZE;
}

bool
hs_map_raster_run(const HsMapRaster *raster)
{
  HsSweep sweeps[2] = {0};
  int split = choose_split(raster), n = split < raster->column1 ? 2 : 1;
  uint8_t *kept_classes = NULL;
  bool ok = init_sweep(&sweeps[0], raster, raster->column0, split);
  if (n == 2)
    ok = init_sweep(&sweeps[1], raster, split, raster->column1) && ok;
  if (ok && raster->layout->places != NULL && is_kept(raster->classes->by)) {
    kept_classes = hs_scratch_new(raster->blocks->n_blocks, 1);
    ok = kept_classes != NULL;
  }
  sweeps[0].kept_classes = sweeps[1].kept_classes = kept_classes;
  if (ok)
    hs_run_both("map", run_sweep, &sweeps[0], n == 2 ? &sweeps[1] : NULL);
  g_free(kept_classes);
  for (int i = 0; i < n; i++) {
    ok = ok && !sweeps[i].cancelled;
    clear_sweep(&sweeps[i]);
  }
  return ok;
}
