/* SPDX-License-Identifier: MIT */
/*
 * How much of each device pixel's cell (time × address) the blocks of each colour cover.
 *
 * A sweep goes through the events in time, one column of pixels after another. It keeps what is live as differences
 * down the column: a bar that begins adds its height in units of the grid to the rows it touches, and takes it away
 * where it ends. An event within a column also notes what part of the column it is too late or too early for. A column
 * is then two running sums down its rows. Blocks that begin and end within a column are taken in at once. So an event
 * costs the same however tall its bar is, memory hangs on the height alone, and a cell's coverage is exact to the grid,
 * of which a pixel has 2^20 units either way. A bar has at least one unit: what is touched is never nothing.
 *
 * Two threads take the columns left and right of where half of the events are; each begins with what is live there.
 */
#include "hs-map-private.h"

#define FULL ((uint64_t)HS_MAP_UNITS)
/* Columns that are made before they are copied into the picture: a cache line of pixels. */
#define BATCH 16
/* Rows that are looked through at once for frees, and frees ahead whose blocks are fetched into the cache. */
#define MAX_FREES 4096
#define FREES_AHEAD 12
#define N_HINTS 64
/* Fewer events than this are not worth a second thread. */
#define MIN_SPLIT_ROWS 20000

/* Differences from the row above: of what is live at the column's end, and of how much less of the column than all of
 * it that covers. In units, modulo 2^64. */
typedef uint64_t HsPair __attribute__((vector_size(16)));
typedef struct {
  uint64_t live, less;
} HsFactors;
typedef union {
  HsPair both;
  struct {
    uint64_t live, less;
  };
} HsCell;

typedef struct {
  const HsMapRaster *raster;
  int column, column1;  /* the one being made, and where the sweep ends */
  HsRow row;            /* the next event: all of those before have been taken in */
  uint32_t block;       /* the next block to begin */
  HsRow column_end;     /* the first event after the column */
  uint32_t first_block; /* the first to begin in the column */
  HsCell *cells;        /* by class and row, two rows more than the picture; the grounds come after the classes */
  size_t class_size;
  uint32_t n_live[HS_MAP_MAX_CLASSES + HS_N_GROUNDS];
  bool touched[HS_MAP_MAX_CLASSES + HS_N_GROUNDS]; /* in this column */
  bool any_touched, is_steady;
  int top[HS_MAP_MAX_CLASSES + HS_N_GROUNDS], bottom[HS_MAP_MAX_CLASSES + HS_N_GROUNDS]; /* rows ever touched */
  uint64_t hull0, hull1;   /* addresses that may be visible */
  uint32_t hints[N_HINTS]; /* bands last looked at, by heap */
  uint32_t ending, ground_begin, ground_end;
  float *area, *total, *red, *green, *blue, *ground;
  uint32_t *batch; /* BATCH columns */
  int n_batched;
  bool cancelled;
} HsSweep;

/* --- bars --- */

/* Where something does not begin or end that does so in another column. */
#define HS_NOT_IN_COLUMN UINT64_MAX

/* Always the whole cell at once: what was stored in one piece is loaded again without a wait. */
static inline void
add_to_cell(HsCell *cell, uint64_t units, HsFactors factors)
{
  cell->both += (HsPair){units * factors.live, units * factors.less};
}

/* [y0, y1) in units, times what beginning and end of a bar are to a cell. */
static inline G_ALWAYS_INLINE void
put_span(HsSweep *s, int class_index, int64_t y0, int64_t y1, HsFactors factors)
{
  HsCell *cells = s->cells + (size_t)class_index * s->class_size;
  int row0 = (int)(y0 >> HS_MAP_UNIT_SHIFT), row1 = (int)(y1 >> HS_MAP_UNIT_SHIFT);
  if (G_LIKELY(row0 == row1)) {
    uint64_t units = (uint64_t)(y1 - y0);
    add_to_cell(&cells[row0], units, factors);
    add_to_cell(&cells[row0 + 1], -units, factors);
  } else {
    uint64_t f0 = (uint64_t)y0 & (FULL - 1), f1 = (uint64_t)y1 & (FULL - 1);
    add_to_cell(&cells[row0], FULL - f0, factors);
    add_to_cell(&cells[row0 + 1], f0, factors);
    add_to_cell(&cells[row1], f1 - FULL, factors);
    add_to_cell(&cells[row1 + 1], -f1, factors);
  }
  s->touched[class_index] = s->any_touched = true;
  s->top[class_index] = MIN(s->top[class_index], row0);
  s->bottom[class_index] = MAX(s->bottom[class_index], row1);
}

/* The visible part of [u0, u1) in units, at least one. */
static inline bool
visible_span(const HsMapRaster *r, uint64_t u0, uint64_t u1, int64_t *y0, int64_t *y1)
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

/* [begin, end) begins x0 units into the column and ends x1 units into it; either may be HS_NOT_IN_COLUMN. */
static inline G_ALWAYS_INLINE void
put_stretch(HsSweep *s, int class_index, const HsMapOrigin *origin, uint64_t begin, uint64_t end, uint64_t x0,
            uint64_t x1)
{
  uint64_t u0, u1;
  int64_t y0, y1;
  /* It covers the column from x0 on, less all from x1 on. */
  HsFactors factors = {0, 0};
  if (x0 != HS_NOT_IN_COLUMN)
    factors = (HsFactors){1, x0};
  if (x1 != HS_NOT_IN_COLUMN)
    factors = (HsFactors){factors.live - 1, factors.less - x1};
  uint32_t process = origin->process;
  uint32_t band = hs_map_layout_find(s->raster->layout, process, begin, &s->hints[origin->heap % N_HINTS]);
  while (hs_map_layout_piece(s->raster->layout, process, begin, end, &band, &u0, &u1)) {
    if (!visible_span(s->raster, u0, u1, &y0, &y1))
      continue;
    put_span(s, class_index, y0, y1, factors);
    s->n_live[class_index] += (uint32_t)factors.live;
  }
}

/* --- blocks --- */

/* Where a block is; false if that cannot be visible. */
static inline bool
extent_of(const HsSweep *s, const HsBlockRecord *record, uint32_t block, uint64_t *begin, uint64_t *end)
{
  uint64_t size = record->size;
  if (G_UNLIKELY(size == UINT32_MAX))
    size = hs_timeline_block_big_size(s->raster->blocks->timeline, (HsBlockId){block});
  hs_map_extent(record->address, size, begin, end);
  return *begin<s->hull1 && * end> s->hull0;
}

static inline bool
is_within_column(const HsSweep *s, uint32_t block, HsRow end)
{
  return block >= s->first_block && end < s->column_end;
}

/* A block begins x units into the column. */
static inline void
begin_block(HsSweep *s, uint32_t block, const HsBlockRecord *record, uint64_t x)
{
  const HsMapRaster *r = s->raster;
  const HsMapBlocks *blocks = r->blocks;
  uint64_t begin, end;
  if (!extent_of(s, record, block, &begin, &end) || !hs_map_blocks_contain(blocks, block))
    return;
  const HsMapOrigin *origin = hs_map_blocks_origin(blocks, record->begin);
  if (origin == NULL)
    return;
  int class_index = hs_map_class_of(r->classes, blocks, origin, record, block);
  HsRow end_row = __atomic_load_n(&record->end, __ATOMIC_ACQUIRE);
  uint64_t x_end = HS_NOT_IN_COLUMN;
  if (is_within_column(s, block, end_row)) {
    x_end = (uint64_t)hs_map_axis_at(&r->x, hs_timeline_ticks(blocks->timeline, end_row)) & (FULL - 1);
    /* What begins and ends in one unit still lives as long as that. */
    x_end = MAX(x_end, x + 1);
  }
  put_stretch(s, class_index, origin, begin, end, x, x_end);
}

/* A block that began before the column ends x units into it. `origin_row` has its heap, and its thread if that
 * matters. */
static inline void
end_block(HsSweep *s, uint32_t block, HsRow origin_row, uint64_t x)
{
  const HsMapRaster *r = s->raster;
  const HsBlockRecord *record = hs_timeline_block_record(r->blocks->timeline, (HsBlockId){block});
  uint64_t begin, end;
  if (!extent_of(s, record, block, &begin, &end) || !hs_map_blocks_contain(r->blocks, block))
    return;
  if (r->classes->by == HS_COLOR_BY_THREAD)
    origin_row = record->begin;
  const HsMapOrigin *origin = hs_map_blocks_origin(r->blocks, origin_row);
  if (origin == NULL)
    return;
  int class_index = hs_map_class_of(r->classes, r->blocks, origin, record, block);
  put_stretch(s, class_index, origin, begin, end, HS_NOT_IN_COLUMN, x);
}

/* --- a column's pixels --- */

/* Fills s->area with what a class covers of each row's cell, and makes the cells ready for the next column. */
static void
sum_class(HsSweep *s, int class_index)
{
  HsCell *cells = s->cells + (size_t)class_index * s->class_size;
  const float scale = 1.0f / ((float)FULL * (float)FULL);
  uint64_t live = 0, less = 0;
  int top = s->top[class_index], bottom = MIN(s->bottom[class_index], s->raster->height - 1);
  if (s->touched[class_index]) {
    for (int y = top; y <= bottom; y++) {
      live += cells[y].live;
      less += cells[y].less;
      cells[y].less = 0;
      s->area[y] = (float)(int64_t)(live * FULL - less) * scale;
    }
    cells[bottom + 1].less = cells[bottom + 2].less = 0;
  } else {
    for (int y = top; y <= bottom; y++) {
      live += cells[y].live;
      s->area[y] = (float)(int64_t)live * (scale * (float)FULL);
    }
  }
}

static void
mix_class(HsSweep *s, int class_index)
{
  HsColor color = s->raster->classes->colors[class_index];
  float r = (float)color.r, g = (float)color.g, b = (float)color.b;
  int top = s->top[class_index], bottom = MIN(s->bottom[class_index], s->raster->height - 1);
  const float *restrict area = s->area;
  float *restrict total = s->total, *restrict red = s->red, *restrict green = s->green, *restrict blue = s->blue;
  for (int y = top; y <= bottom; y++) {
    total[y] += area[y];
    red[y] += area[y] * r;
    green[y] += area[y] * g;
    blue[y] += area[y] * b;
  }
}

/* One pixel: blocks over what heaps hold. */
static inline uint32_t
pixel_of(float total, float red, float green, float blue, HsColor ground, float held)
{
  float covered = MIN(total, 1);
  float alpha = total > 0 ? (float)HS_MAP_MIN_ALPHA + (1 - (float)HS_MAP_MIN_ALPHA) * covered : 0;
  float scale = total > 0 ? alpha / total : 0;
  float below = (1 - alpha) * held;
  uint32_t a = (uint32_t)((alpha + below) * 255 + 0.5f);
  uint32_t r = (uint32_t)((red * scale + (float)ground.r * below) * 255 + 0.5f);
  uint32_t g = (uint32_t)((green * scale + (float)ground.g * below) * 255 + 0.5f);
  uint32_t b = (uint32_t)((blue * scale + (float)ground.b * below) * 255 + 0.5f);
  return a << 24 | r << 16 | g << 8 | b;
}

static void
clear_sums(HsSweep *s)
{
  float *sums[] = {s->total, s->red, s->green, s->blue, s->ground};
  for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
    memset(sums[i], 0, (size_t)s->raster->height * sizeof(float));
}

/* What is held counts once, what is committed once more: s->ground is 0 … 2. */
static bool
sum_grounds(HsSweep *s)
{
  int first = s->raster->classes->n;
  bool any = false;
  for (int kind = 0; kind < HS_N_GROUNDS; kind++) {
    if (s->n_live[first + kind] == 0 && !s->touched[first + kind])
      continue;
    any = true;
    sum_class(s, first + kind);
    int bottom = MIN(s->bottom[first + kind], s->raster->height - 1);
    for (int y = s->top[first + kind]; y <= bottom; y++)
      s->ground[y] += MIN(s->area[y], 1);
  }
  return any;
}

static void
compose_column(HsSweep *s, uint32_t *pixels)
{
  const HsMapRaster *r = s->raster;
  clear_sums(s);
  bool any = false;
  for (int c = 0; c < r->classes->n; c++) {
    if (s->n_live[c] == 0 && !s->touched[c])
      continue;
    any = true;
    sum_class(s, c);
    mix_class(s, c);
  }
  bool has_ground = sum_grounds(s);
  HsColor held = hs_palette_ground(r->palette, 0), committed = hs_palette_ground(r->palette, 1);
  if (!has_ground) {
    for (int y = 0; y < r->height; y++)
      pixels[y] = any ? pixel_of(s->total[y], s->red[y], s->green[y], s->blue[y], held, 0) : 0;
    return;
  }
  for (int y = 0; y < r->height; y++) {
    float depth = s->ground[y];
    HsColor color = hs_color_mix(held, committed, depth > 1 ? depth - 1 : 0);
    pixels[y] = pixel_of(s->total[y], s->red[y], s->green[y], s->blue[y], color, MIN(depth, 1));
  }
}

/* Columns into rows. */
static void
write_batch(HsSweep *s)
{
  const HsMapRaster *r = s->raster;
  int first = s->column - s->n_batched;
  for (int y = 0; y < r->height; y++) {
    uint32_t *row = r->pixels + (size_t)y * (size_t)r->stride + first;
    for (int i = 0; i < s->n_batched; i++)
      row[i] = s->batch[(size_t)i * (size_t)r->height + (size_t)y];
  }
  s->n_batched = 0;
}

static void
finish_column(HsSweep *s)
{
  size_t height = (size_t)s->raster->height;
  uint32_t *pixels = s->batch + (size_t)s->n_batched * height;
  /* Where nothing happens, a column is like the one before. */
  if (!s->any_touched && s->is_steady && s->n_batched > 0)
    memcpy(pixels, pixels - height, height * sizeof *pixels);
  else
    compose_column(s, pixels);
  s->is_steady = !s->any_touched;
  if (s->any_touched)
    memset(s->touched, 0, sizeof s->touched);
  s->any_touched = false;
  s->n_batched++;
  s->column++;
  if (s->n_batched == BATCH || s->column == s->column1)
    write_batch(s);
}

/* --- what happens beside rows --- */

static void
put_ground(HsSweep *s, const HsGroundRect *rect, int64_t ticks, bool begins)
{
  __int128 from_column = hs_map_axis_far(&s->raster->x, ticks) - s->column * (__int128)HS_MAP_UNITS;
  uint64_t x = from_column > 0 ? (uint64_t)from_column : 0;
  HsMapOrigin origin = {.process = rect->process, .heap = rect->heap};
  put_stretch(s, s->raster->classes->n + (int)rect->kind, &origin, rect->begin, rect->end,
              begins ? x : HS_NOT_IN_COLUMN, begins ? HS_NOT_IN_COLUMN : x);
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
    HsBlockId id = {ending->block};
    int64_t ticks = ending_ticks(blocks, ending);
    if (ticks == INT64_MAX || id.v >= blocks->n_blocks)
      continue;
    __int128 x = hs_map_axis_far(&s->raster->x, ticks) - s->column * (__int128)HS_MAP_UNITS;
    if (x >= HS_MAP_UNITS)
      break;
    if (is_within_column(s, id.v, hs_timeline_block_end(blocks->timeline, id)))
      continue;
    HsRow begin = hs_timeline_block_begin(blocks->timeline, id);
    uint64_t least = 0;
    /* One that a process's end ended may have begun in this very unit. */
    if (id.v >= s->first_block)
      least = ((uint64_t)hs_map_axis_at(&s->raster->x, hs_timeline_ticks(blocks->timeline, begin)) & (FULL - 1)) + 1;
    end_block(s, id.v, begin, x > (__int128)least ? (uint64_t)x : least);
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
visit_live(gpointer data, uint32_t block)
{
  HsSweep *s = data;
  const HsMapBlocks *blocks = s->raster->blocks;
  HsRow begin = hs_timeline_block_begin(blocks->timeline, (HsBlockId){block});
  if (G_UNLIKELY(hs_timeline_block_end(blocks->timeline, (HsBlockId){block}) == HS_ROW_PROCESS_EXIT)) {
    const HsMapOrigin *origin = hs_map_blocks_origin(blocks, begin);
    if (origin == NULL || is_before_column(s, hs_map_blocks_end_ticks(blocks, origin, HS_ROW_PROCESS_EXIT), s->column))
      return;
  }
  begin_block(s, block, hs_timeline_block_record(blocks->timeline, (HsBlockId){block}), 0);
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

/* The blocks that begin in the column. */
static void
put_begins_of_column(HsSweep *s)
{
  const HsMapRaster *r = s->raster;
  HsTimeline *t = r->blocks->timeline;
  for (; s->block < r->blocks->n_blocks; s->block++) {
    const HsBlockRecord *record = hs_timeline_block_record(t, (HsBlockId){s->block});
    if (record->begin >= s->column_end)
      break;
    int64_t x = hs_map_axis_at(&r->x, hs_timeline_ticks(t, record->begin));
    begin_block(s, s->block, record, (uint64_t)x & (FULL - 1));
  }
}

/* The blocks that frees [row0, row1), all of one segment, end, and that began before the column. */
static void
put_frees(HsSweep *s, HsRow row0, HsRow row1)
{
  const HsMapRaster *r = s->raster;
  HsTimeline *t = r->blocks->timeline;
  const uint8_t *ops = HS_AT(&t->op_source, uint8_t, row0);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, row0);
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
      __builtin_prefetch(hs_timeline_block_record(t, (HsBlockId){refs[frees[k + FREES_AHEAD]]}));
    HsRow row = row0 + frees[k];
    int64_t x = hs_map_axis_at(&r->x, hs_timeline_ticks(t, row));
    end_block(s, refs[frees[k]], row, (uint64_t)x & (FULL - 1));
  }
}

static void
put_frees_of_column(HsSweep *s)
{
  while (s->row < s->column_end) {
    uint64_t segment_end = ((uint64_t)(s->row >> HS_SEGMENT_SHIFT) + 1) << HS_SEGMENT_SHIFT;
    HsRow end = (HsRow)MIN(MIN(s->column_end, segment_end), (uint64_t)s->row + MAX_FREES);
    put_frees(s, s->row, end);
    s->row = end;
    if (hs_map_cancelled(s->raster->cancel))
      s->cancelled = true;
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
  s->cancelled = !hs_map_blocks_live(r->blocks, r->layout->index, s->row, visit_live, s, r->cancel);
  while (s->column < s->column1 && !s->cancelled) {
    s->column_end = row_of_column(r, s->column + 1, s->row);
    s->first_block = s->block;
    if (s->column_end > s->row) {
      put_begins_of_column(s);
      put_frees_of_column(s);
    }
    put_endings_of_column(s);
    put_grounds_of_column(s);
    finish_column(s);
  }
}

static bool
init_sweep(HsSweep *s, const HsMapRaster *r, int column0, int column1)
{
  size_t height = (size_t)r->height;
  int n_classes = r->classes->n + HS_N_GROUNDS;
  *s = (HsSweep){.raster = r, .column = column0, .column1 = column1};
  s->class_size = height + 2;
  s->cells = g_try_new0(HsCell, s->class_size * (size_t)n_classes);
  s->area = g_try_new(float, height * 6);
  s->batch = g_try_new(uint32_t, height * BATCH);
  if (s->cells == NULL || s->area == NULL || s->batch == NULL)
    return false;
  s->total = s->area + height;
  s->red = s->total + height;
  s->green = s->red + height;
  s->blue = s->green + height;
  s->ground = s->blue + height;
  for (int i = 0; i < n_classes; i++) {
    s->top[i] = r->height;
    s->bottom[i] = -1;
  }
  /* A block that is thinner than a unit reaches as far as that. */
  uint64_t margin = (uint64_t)((r->window.u1 - r->window.u0) / (uint64_t)r->height) + 2;
  uint64_t u0 = r->window.u0 > margin ? r->window.u0 - margin : 0;
  hs_map_layout_hull(r->layout, u0, r->window.u1 + margin, &s->hull0, &s->hull1);
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
  g_free(s->cells);
  g_free(s->area);
  g_free(s->batch);
}

/* Where the second thread begins; column1 if there shall be none. */
static int
choose_split(const HsMapRaster *r)
{
  HsRow row0 = row_of_column(r, r->column0, 0), row1 = row_of_column(r, r->column1, row0);
  if (r->column1 - r->column0 < 2 * BATCH)
    return r->column1;
  if (row1 - row0 < MIN_SPLIT_ROWS)
    return r->column0 + (r->column1 - r->column0) / 2;
  HsRow middle = row0 + (row1 - row0) / 2;
  int column = (int)(hs_map_axis_at(&r->x, hs_timeline_ticks(r->blocks->timeline, middle)) >> HS_MAP_UNIT_SHIFT);
  return CLAMP(column, r->column0 + 1, r->column1 - 1);
}

bool
hs_map_raster_run(const HsMapRaster *raster)
{
  HsSweep sweeps[2] = {0};
  int split = choose_split(raster), n = split < raster->column1 ? 2 : 1;
  bool ok = init_sweep(&sweeps[0], raster, raster->column0, split);
  if (n == 2)
    ok = init_sweep(&sweeps[1], raster, split, raster->column1) && ok;
  if (ok) {
    /* No thread to be had is no misfortune: this one does all. */
    GThread *helper = n == 2 ? g_thread_try_new("map", run_sweep, &sweeps[1], NULL) : NULL;
    run_sweep(&sweeps[0]);
    if (helper != NULL)
      g_thread_join(helper);
    else if (n == 2)
      run_sweep(&sweeps[1]);
  }
  for (int i = 0; i < n; i++) {
    ok = ok && !sweeps[i].cancelled;
    clear_sweep(&sweeps[i]);
  }
  return ok;
}
