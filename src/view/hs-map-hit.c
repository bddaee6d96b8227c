/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"

#include <math.h>

/* A block is hit from this near. */
#define REACH_PX 2

/* The point, and the best block so far: live there beats near; then nearer, then younger. */
typedef struct {
  const HsMapBlocks *blocks;
  const HsMapLayout *layout;
  const HsViewport *viewport;
  double x, y;
  int64_t ticks;
  double u;               /* position on the axis */
  double bytes_a_px;      /* of the axis */
  uint64_t u_low, u_high; /* within reach */
  uint64_t hull0, hull1;  /* addresses that may be within reach */
  HsMapPlaceRange near;   /* the same in places */
  uint32_t band_hint;
  HsBlockId best;
  bool best_live;
  double best_distance;
} HsProbe;

/* x of a moment without the clamp, which would bring far blocks near. */
static double
x_of(const HsViewport *viewport, int64_t ticks)
{
  return viewport->x + (double)((__int128)ticks - viewport->t0) / hs_viewport_ticks_per_px(viewport);
}

static double
outside(double v, double from, double to)
{
  return v < from ? from - v : v > to ? v - to : 0;
}

static void
consider(HsProbe *probe, HsBlockId id, int64_t begin, int64_t end, uint64_t u0, uint64_t u1)
{
  bool live = begin <= probe->ticks && probe->ticks < end && (double)u0 <= probe->u && probe->u < (double)u1;
  double dy = outside(probe->u, (double)u0, (double)u1) / probe->bytes_a_px;
  double x_end = end == INT64_MAX ? probe->viewport->x + probe->viewport->width : x_of(probe->viewport, end);
  double dx = live ? 0 : outside(probe->x, x_of(probe->viewport, begin), x_end);
  double distance = live ? 0 : hypot(dx, dy);
  if (!live && (distance > REACH_PX || probe->best_live))
    return;
  /* Later blocks are younger: a draw goes to them. */
  if (probe->best.v != HS_ID_NONE && live == probe->best_live &&
      (distance > probe->best_distance || (distance == probe->best_distance && id.v < probe->best.v)))
    return;
  probe->best = id;
  probe->best_live = live;
  probe->best_distance = distance;
}

/* A block that does not end before what is within reach. */
static void
try_block(gpointer data, uint32_t block)
{
  HsProbe *probe = data;
  const HsTimeline *t = probe->blocks->timeline;
  HsBlockId id = {block};
  uint64_t begin, end, u0, u1;
  hs_map_extent(hs_timeline_block_address(t, id), hs_timeline_block_size(t, id), &begin, &end);
  if (begin > probe->hull1 || end < probe->hull0 || !hs_map_blocks_contain(probe->blocks, block))
    return;
  HsRow begin_row = hs_timeline_block_begin(t, id);
  const HsMapOrigin *origin = hs_map_blocks_origin(probe->blocks, begin_row);
  if (origin == NULL)
    return;
  uint32_t band = hs_map_layout_find(probe->layout, origin->process, begin, &probe->band_hint);
  while (hs_map_layout_piece(probe->layout, origin->process, begin, end, &band, &u0, &u1)) {
    if (u0 > probe->u_high || u1 < probe->u_low)
      continue;
    consider(probe, id, hs_timeline_ticks(t, begin_row),
             hs_map_blocks_end_ticks(probe->blocks, origin, hs_timeline_block_end(t, id)), u0, u1);
  }
}

static int64_t
next_tick(int64_t ticks)
{
  return ticks == INT64_MAX ? ticks : ticks + 1;
}

/* Blocks that begin with rows [row0, row1). False if cancelled. */
static bool
try_begins(HsProbe *probe, HsRow row0, HsRow row1, const int *cancel)
{
  const HsMapBlocks *blocks = probe->blocks;
  uint32_t picked[HS_MAP_PLACE_BATCH];
  uint32_t end = hs_map_blocks_from(blocks, row1);
  for (uint32_t i = hs_map_blocks_from(blocks, row0); i < end; i += MIN(end - i, HS_MAP_PLACE_BATCH)) {
    uint32_t n = hs_map_place_range_pick(&probe->near, i, i + MIN(end - i, HS_MAP_PLACE_BATCH), picked);
    if (hs_map_cancelled(cancel))
      return false;
    for (uint32_t k = 0; k < n; k++)
      try_block(probe, picked[k]);
  }
  return true;
}

static void
probe_blocks(HsProbe *probe, const int *cancel)
{
  const HsMapBlocks *blocks = probe->blocks;
  const HsViewport *v = probe->viewport;
  HsRow row0 = hs_timeline_row_at(blocks->timeline, hs_viewport_ticks(v, probe->x - REACH_PX), blocks->n_rows);
  HsRow row1 =
      hs_timeline_row_at(blocks->timeline, next_tick(hs_viewport_ticks(v, probe->x + REACH_PX)), blocks->n_rows);
  if (!hs_map_blocks_live_in(blocks, probe->layout->index, &probe->near, row0, try_block, probe, cancel) ||
      !try_begins(probe, row0, row1, cancel))
    probe->best.v = HS_ID_NONE;
}

HsBlockId
hs_map_hit(HsTimeline *timeline, const HsRowSet *set, const HsMapLayout *layout, const HsViewport *viewport,
           HsMapWindow window, double x, double y, uint32_t n_rows, const int *cancel)
{
  HsProbe probe = {.layout = layout, .viewport = viewport, .x = x, .y = y, .best = {HS_ID_NONE}};
  if (!(x >= viewport->x && x < viewport->x + viewport->width && y >= viewport->y &&
        y < viewport->y + viewport->height) ||
      window.u1 <= window.u0)
    return probe.best;
  HsMapBlocks blocks;
  if (hs_map_cancelled(cancel))
    return probe.best;
  hs_map_blocks_init(&blocks, timeline, set, n_rows);
  probe.blocks = &blocks;
  probe.ticks = hs_viewport_ticks(viewport, x);
  probe.bytes_a_px = (double)(window.u1 - window.u0) / viewport->height;
  probe.u = (double)window.u0 + (y - viewport->y) * probe.bytes_a_px;
  double low = floor(probe.u - REACH_PX * probe.bytes_a_px), high = ceil(probe.u + REACH_PX * probe.bytes_a_px);
  probe.u_low = low > 0 ? (uint64_t)low : 0;
  probe.u_high = (uint64_t)MIN(high, 0x1p63);
  uint64_t u0 = probe.u_low > 0 ? probe.u_low - 1 : 0;
  hs_map_layout_hull(layout, u0, probe.u_high + 1, &probe.hull0, &probe.hull1);
  probe.near = hs_map_place_range(layout->places, u0, probe.u_high + 1, layout->span);
  probe_blocks(&probe, cancel);
  hs_map_blocks_clear(&blocks);
  return probe.best;
}

/* Where the block is on the axis, all pieces together. */
static bool
block_span(const HsMapLayout *layout, uint32_t process, const HsBlock *block, uint64_t *u0, uint64_t *u1)
{
  uint64_t begin, end, piece0, piece1;
  hs_map_extent(block->address, block->size, &begin, &end);
  uint32_t band = hs_map_layout_find(layout, process, begin, NULL);
  bool found = false;
  while (hs_map_layout_piece(layout, process, begin, end, &band, &piece0, &piece1)) {
    *u0 = found ? *u0 : piece0;
    *u1 = piece1;
    found = true;
  }
  return found;
}

/* Widens [*from, *to) to at least a pixel, within the limits. */
static void
at_least_px(double *from, double *to, double limit0, double limit1)
{
  if (*to - *from >= 1)
    return;
  *from = MAX(MIN(*from, limit1 - 1), limit0);
  *to = *from + 1;
}

bool
hs_map_block_rect(const HsTimeline *timeline, const HsMapLayout *layout, const HsViewport *viewport, HsMapWindow window,
                  HsBlockId id, uint32_t n_rows, double *x, double *y, double *width, double *height)
{
  HsBlock block;
  uint64_t u0 = 0, u1 = 0;
  hs_timeline_block(timeline, id, n_rows, &block);
  if (block.heap.v == HS_ID_NONE || window.u1 <= window.u0 || block.begin_ticks >= viewport->t1 ||
      block.end_ticks < viewport->t0 || (block.end_ticks == viewport->t0 && block.begin_ticks < block.end_ticks))
    return false;
  if (!block_span(layout, hs_timeline_heap(timeline, block.heap)->process.v, &block, &u0, &u1) || u1 <= window.u0 ||
      u0 >= window.u1)
    return false;
  double right = viewport->x + viewport->width, bottom = viewport->y + viewport->height;
  double px_a_byte = viewport->height / (double)(window.u1 - window.u0);
  double x0 = CLAMP(hs_viewport_x(viewport, block.begin_ticks), viewport->x, right);
  double x1 = CLAMP(hs_viewport_x(viewport, block.end_ticks), x0, right);
  double y0 = viewport->y + (u0 > window.u0 ? (double)(u0 - window.u0) * px_a_byte : 0);
  double y1 = viewport->y + (u1 < window.u1 ? (double)(u1 - window.u0) * px_a_byte : viewport->height);
  at_least_px(&x0, &x1, viewport->x, right);
  at_least_px(&y0, &y1, viewport->y, bottom);
  *x = x0;
  *y = y0;
  *width = x1 - x0;
  *height = y1 - y0;
  return true;
}
