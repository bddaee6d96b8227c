/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-space-private.h"

/* A block is hit from this near. */
#define REACH_PX 2

bool
hs_space_address_at(const HsSpaceLayout *layout, const HsSpaceView *view, double x, double y, HsProcessId *process,
                    uint64_t *address)
{
  if (!(x >= view->x && x < view->x + view->width && y >= view->y && y < view->y + view->height))
    return false;
  HsSpaceLine line = hs_space_layout_line(layout, view->line_px, (int64_t)(y - view->y) + view->top_px);
  if (line.kind != HS_SPACE_ROW)
    return false;
  double part = (x - view->x) / view->width;
  *process = line.process;
  *address = line.address + (uint64_t)(part * ldexp(1, (int)layout->row_shift));
  return true;
}

/* --- what is there --- */

typedef struct {
  uint64_t address, reach;
  HsInstantBlock best; /* id HS_ID_NONE: none */
  uint64_t distance;   /* 0 = it covers the address */
  uint64_t free_begin, free_end;
  bool is_bounded; /* by blocks on both sides */
} Probe;

static void
consider(gpointer data, const HsInstantBlock *blocks, uint32_t n)
{
  Probe *probe = data;
  for (uint32_t i = 0; i < n; i++) {
    const HsInstantBlock *b = &blocks[i];
    uint64_t distance = b->begin > probe->address ? b->begin - probe->address
                        : b->end > probe->address ? 0
                                                  : probe->address - b->end + 1;
    if (b->begin > probe->address)
      probe->free_end = MIN(probe->free_end, b->begin);
    else
      probe->free_begin = MAX(probe->free_begin, MIN(b->end, probe->address));
    if (distance > probe->reach)
      continue;
    /* A draw goes to members of the set, then to the younger. */
    bool better =
        probe->best.id.v == HS_ID_NONE || distance < probe->distance ||
        (distance == probe->distance && (b->is_member > probe->best.is_member ||
                                         (b->is_member == probe->best.is_member && b->id.v > probe->best.id.v)));
    if (!better)
      continue;
    probe->best = *b;
    probe->distance = distance;
  }
}

static void
clip_committed(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end)
{
  HsSpaceHit *hit = ((gpointer *)data)[0];
  const Probe *probe = ((gpointer *)data)[1];
  if (begin > probe->address || end <= probe->address)
    return;
  hit->is_committed = true;
  hit->begin = MAX(hit->begin, begin);
  hit->end = MIN(hit->end, end);
}

/* What lives within `n` rows of a row. */
static void
probe_around(const HsInstant *instant, HsProcessId process, uint64_t row, uint64_t row_bytes, uint64_t n, Probe *probe)
{
  uint64_t around = n >= UINT64_MAX / row_bytes ? UINT64_MAX : (n + 1) * row_bytes;
  uint64_t begin = row > around ? row - around : 0;
  uint64_t end = row > UINT64_MAX - around ? UINT64_MAX : row + around;
  probe->best.id.v = HS_ID_NONE;
  probe->free_begin = begin;
  probe->free_end = end;
  hs_instant_visit_blocks(instant, process, begin, end, consider, probe);
  probe->is_bounded = probe->free_begin > begin && probe->free_end < end;
}

bool
hs_space_hit(const HsInstant *instant, const HsSpaceLayout *layout, const HsSpaceView *view, double x, double y,
             HsSpaceHit *hit)
{
  uint64_t address, row_bytes = UINT64_C(1) << layout->row_shift;
  HsProcessId process;
  if (!hs_space_address_at(layout, view, x, y, &process, &address))
    return false;
  uint64_t row = address & ~(row_bytes - 1);
  Probe probe = {.address = address, .reach = (uint64_t)(REACH_PX * (double)row_bytes / view->width)};
  /* Most often the rows next to it are enough. */
  probe_around(instant, process, row, row_bytes, 1, &probe);
  if (probe.best.id.v == HS_ID_NONE && !probe.is_bounded)
    probe_around(instant, process, row, row_bytes, (uint64_t)view->height / (uint64_t)view->line_px + 1, &probe);
  /* What is near but in another row looks far. */
  if (probe.best.id.v != HS_ID_NONE &&
      (probe.best.end <= row || (probe.best.begin > row && probe.best.begin - row >= row_bytes)))
    probe.best.id.v = HS_ID_NONE;
  *hit = (HsSpaceHit){probe.best.id, process, probe.best.begin, probe.best.end, false};
  if (hit->block.v != HS_ID_NONE)
    return true;
  hit->begin = probe.free_begin;
  hit->end = probe.free_end;
  gpointer data[] = {hit, &probe};
  hs_instant_visit_memory(instant, false, process, hit->begin, hit->end, clip_committed, data);
  return true;
}
