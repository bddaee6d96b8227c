/* SPDX-License-Identifier: MIT */
/*
 * How much of each device pixel's cell (time × address) the blocks of each colour cover.
 *
 * All in whole numbers: a block's bar is rounded outwards to 1/1024 of a pixel in time and 1/4096 in address, so a
 * touched cell is never nothing and an untouched one never something. Each bar adds four numbers a pixel row, to
 * differences along the row; their running sums are the coverage. Sums are kept modulo 2^32, which is enough for 1,023
 * blocks over each other.
 *
 * Threads take strips of pixel rows; each scans all blocks and draws what is in its strip.
 */
#include "hs-map-private.h"

#include <math.h>

#define X_SHIFT 10
#define X_UNITS (1 << X_SHIFT)
#define Y_SHIFT 12
#define Y_UNITS (1 << Y_SHIFT)
#define FULL ((uint32_t)X_UNITS * Y_UNITS)

#define N_THREADS 2
#define MAX_STRIP_BYTES (24u << 20)

typedef struct {
  const HsMapRaster *raster;
  int rows_a_strip;
  int next_strip; /* atomic */
  int cancelled;  /* atomic */
} HsRasterRun;

/* A strip being drawn: differences by colour, row and column. */
typedef struct {
  const HsMapRaster *raster;
  int row0, row1;
  size_t row_size, class_size;
  uint32_t *cells;
  bool *used; /* by colour and row: anything drawn */
} HsStrip;

/* A bar in units of the grid, [x0, x1) × [y0, y1). */
typedef struct {
  int64_t x0, x1, y0, y1;
} HsBar;

static void
add_bar(HsStrip *strip, int class_index, const HsBar *bar)
{
  size_t i0 = (size_t)(bar->x0 >> X_SHIFT), i1 = (size_t)(bar->x1 >> X_SHIFT);
  uint32_t f0 = (uint32_t)bar->x0 & (X_UNITS - 1), f1 = (uint32_t)bar->x1 & (X_UNITS - 1);
  for (int64_t y = bar->y0; y < bar->y1;) {
    int row = (int)(y >> Y_SHIFT);
    int64_t row_end = MIN(((int64_t)row + 1) << Y_SHIFT, bar->y1);
    uint32_t weight = (uint32_t)(row_end - y);
    size_t in_strip = (size_t)(row - strip->row0);
    uint32_t *d = strip->cells + (size_t)class_index * strip->class_size + in_strip * strip->row_size;
    strip->used[class_index * (strip->row1 - strip->row0) + (int)in_strip] = true;
    d[i0] += weight * (X_UNITS - f0);
    d[i0 + 1] += weight * f0;
    d[i1] -= weight * (X_UNITS - f1);
    d[i1 + 1] -= weight * f1;
    y = row_end;
  }
}

/* Rounded outwards to whole units, never empty, within [0, limit). False if it lies outside. */
static bool
grid_span(double from, double to, int64_t limit, int64_t *g0, int64_t *g1)
{
  if (to < 0 || from >= (double)limit)
    return false;
  *g0 = from > 0 ? (int64_t)from : 0;
  *g1 = to < (double)limit ? (int64_t)ceil(to) : limit;
  if (*g1 <= *g0)
    *g1 = *g0 + 1;
  return *g0 < limit;
}

/* The part of [u0, u1) in the strip, in units. */
static bool
strip_span(const HsStrip *strip, uint64_t u0, uint64_t u1, HsBar *bar)
{
  const HsMapRaster *r = strip->raster;
  if (u1 <= r->window.u0 || u0 >= r->window.u1)
    return false;
  double from = (double)(int64_t)(u0 - r->window.u0) * r->y_per_byte;
  double to = (double)(int64_t)(u1 - r->window.u0) * r->y_per_byte;
  if (!grid_span(from, to, (int64_t)r->height << Y_SHIFT, &bar->y0, &bar->y1))
    return false;
  bar->y0 = MAX(bar->y0, (int64_t)strip->row0 << Y_SHIFT);
  bar->y1 = MIN(bar->y1, (int64_t)strip->row1 << Y_SHIFT);
  return bar->y0 < bar->y1;
}

static bool
time_span(const HsMapRaster *r, int64_t begin, int64_t end, HsBar *bar)
{
  /* Half-open: what ends with t0 is gone, unless it has no length. */
  if (begin >= r->t1 || end < r->t0 || (end == r->t0 && begin < end))
    return false;
  begin = MAX(begin, r->t0);
  end = CLAMP(end, begin, r->t1);
  double from = (double)((uint64_t)begin - (uint64_t)r->t0) * r->x_per_tick;
  double to = (double)((uint64_t)end - (uint64_t)r->t0) * r->x_per_tick;
  return grid_span(from, to, (int64_t)r->width << X_SHIFT, &bar->x0, &bar->x1);
}

static void
draw_block(HsStrip *strip, HsBlockId id, HsRow begin_row, HsRow end_row, uint32_t *band_hint)
{
  const HsMapRaster *r = strip->raster;
  HsTimeline *t = r->blocks->timeline;
  HsSource source;
  const HsMapOrigin *origin = hs_map_blocks_origin(r->blocks, begin_row, &source);
  if (origin == NULL)
    return;
  uint64_t begin, end, u0, u1;
  hs_map_extent(hs_timeline_block_address(t, id), hs_timeline_block_size(t, id), &begin, &end);
  uint32_t band = hs_map_layout_find(r->layout, origin->process, begin, band_hint);
  HsBar bar = {0};
  bool timed = false;
  while (hs_map_layout_piece(r->layout, origin->process, begin, end, &band, &u0, &u1)) {
    if (!strip_span(strip, u0, u1, &bar))
      continue;
    /* Only what is in the strip is worth looking up its end. */
    if (!timed &&
        !time_span(r, hs_timeline_ticks(t, begin_row), hs_map_blocks_end_ticks(r->blocks, origin, end_row), &bar))
      return;
    timed = true;
    add_bar(strip, r->heap_class != NULL ? r->heap_class[origin->heap] : r->source_class[source], &bar);
  }
}

static bool
draw_blocks(HsStrip *strip)
{
  const HsMapRaster *r = strip->raster;
  const HsTimeline *t = r->blocks->timeline;
  uint32_t band_hint = 0;
  for (uint32_t i = 0; i < r->blocks->n_blocks; i++) {
    HsBlockId id = {i};
    if (i % HS_MAP_CANCEL_BLOCKS == 0 && hs_map_cancelled(r->cancel))
      return false;
    HsRow begin_row = hs_timeline_block_begin(t, id);
    /* Blocks are numbered in the order they begin. */
    if (begin_row >= r->row1)
      break;
    HsRow end_row = hs_timeline_block_end(t, id);
    if (end_row >= r->row0 && hs_map_blocks_contain(r->blocks, id))
      draw_block(strip, id, begin_row, end_row, &band_hint);
  }
  return true;
}

/* --- pixels --- */

/* Sums along a row, and mixes the colours by what they cover. */
static void
compose_row(const HsStrip *strip, int row)
{
  const HsMapRaster *r = strip->raster;
  int n_rows = strip->row1 - strip->row0, n_used = 0;
  const uint32_t *cells[G_N_ELEMENTS(r->classes)];
  const HsColor *colors[G_N_ELEMENTS(r->classes)];
  uint32_t sums[G_N_ELEMENTS(r->classes)] = {0};
  for (int c = 0; c < r->n_classes; c++) {
    if (!strip->used[c * n_rows + row])
      continue;
    cells[n_used] = strip->cells + (size_t)c * strip->class_size + (size_t)row * strip->row_size;
    colors[n_used++] = &r->classes[c];
  }
  uint32_t *pixels = r->pixels + (size_t)(strip->row0 + row) * (size_t)r->stride;
  for (int x = 0; n_used > 0 && x < r->width; x++) {
    float total = 0, red = 0, green = 0, blue = 0;
    for (int c = 0; c < n_used; c++) {
      sums[c] += cells[c][x];
      if (sums[c] == 0)
        continue;
      float part = (float)sums[c];
      total += part;
      red += part * (float)colors[c]->r;
      green += part * (float)colors[c]->g;
      blue += part * (float)colors[c]->b;
    }
    if (total == 0)
      continue;
    float covered = MIN(total / (float)FULL, 1);
    float alpha = (float)HS_MAP_MIN_ALPHA + (1 - (float)HS_MAP_MIN_ALPHA) * covered;
    float scale = alpha * 255 / total;
    pixels[x] = (uint32_t)(alpha * 255 + 0.5f) << 24 | (uint32_t)(red * scale + 0.5f) << 16 |
                (uint32_t)(green * scale + 0.5f) << 8 | (uint32_t)(blue * scale + 0.5f);
  }
}

static gpointer
run_strips(gpointer data)
{
  HsRasterRun *run = data;
  const HsMapRaster *r = run->raster;
  HsStrip strip = {.raster = r};
  /* Two columns more: a bar's end is noted after the last pixel. */
  strip.row_size = (size_t)r->width + 2;
  strip.class_size = strip.row_size * (size_t)run->rows_a_strip;
  size_t n_cells = strip.class_size * (size_t)r->n_classes;
  strip.cells = g_try_new(uint32_t, n_cells);
  strip.used = g_new(bool, r->n_classes * run->rows_a_strip);
  bool ok = strip.cells != NULL;
  while (ok) {
    int index = g_atomic_int_add(&run->next_strip, 1);
    strip.row0 = (int)MIN((int64_t)index * run->rows_a_strip, r->height);
    strip.row1 = MIN(strip.row0 + run->rows_a_strip, r->height);
    if (strip.row0 >= strip.row1)
      break;
    memset(strip.cells, 0, n_cells * sizeof *strip.cells);
    memset(strip.used, 0, (size_t)(r->n_classes * run->rows_a_strip) * sizeof *strip.used);
    ok = draw_blocks(&strip);
    for (int row = 0; ok && row < strip.row1 - strip.row0; row++)
      compose_row(&strip, row);
  }
  if (!ok)
    g_atomic_int_set(&run->cancelled, 1);
  g_free(strip.cells);
  g_free(strip.used);
  return NULL;
}

bool
hs_map_raster_run(const HsMapRaster *raster)
{
  HsRasterRun run = {.raster = raster};
  size_t row_bytes = ((size_t)raster->width + 2) * (size_t)raster->n_classes * sizeof(uint32_t);
  int most = (int)MAX(MAX_STRIP_BYTES / row_bytes, 1);
  run.rows_a_strip = CLAMP((raster->height + N_THREADS - 1) / N_THREADS, 1, most);
  /* No thread to be had is no misfortune: this one does all. */
  GThread *helper = g_thread_try_new("map", run_strips, &run, NULL);
  run_strips(&run);
  if (helper != NULL)
    g_thread_join(helper);
  return g_atomic_int_get(&run.cancelled) == 0;
}
