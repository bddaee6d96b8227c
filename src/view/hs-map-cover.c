/* SPDX-License-Identifier: MIT */
/* The pages of all blocks, collected by two threads; while a trace loads, those of what is new. */
#include "hs-map-private.h"
#include "hs-scratch.h"

/* Fewer blocks than this are not worth a second thread. */
#define MIN_SPLIT_BLOCKS 100000

typedef struct {
  HsMapPages *pages;
  const HsMapBlocks *blocks;
  bool *heaps; /* which have blocks, by id */
  uint32_t from, to;
  const int *cancel;
  bool cancelled;
} HsCovering;

static gpointer
run_covering(gpointer data)
{
  HsCovering *c = data;
  HsTimeline *timeline = c->blocks->timeline;
  uint32_t last_heap = HS_ID_NONE;
  for (uint32_t i = c->from; i < c->to && !c->cancelled; i++) {
    const HsBlockRecord *record = hs_timeline_block_record(timeline, (HsBlockId){i});
    const HsMapOrigin *origin = hs_map_blocks_origin(c->blocks, record->begin);
    uint64_t begin, end;
    if (i % HS_MAP_CANCEL_BLOCKS == 0)
      c->cancelled = hs_map_cancelled(c->cancel);
    if (origin == NULL || !hs_map_blocks_contain(c->blocks, i))
      continue;
    hs_map_extent(record->address, hs_timeline_block_size(timeline, (HsBlockId){i}), &begin, &end);
    if (!hs_map_pages_hold(c->pages, origin->process, origin->heap, begin, end))
      hs_map_pages_add(c->pages, origin->process, origin->heap, begin, end);
    if (origin->heap != last_heap)
      c->heaps[origin->heap] = true;
    last_heap = origin->heap;
  }
  return NULL;
}

static HsMapCover *
cover_new(HsTimeline *timeline, uint32_t n_blocks)
{
  HsMapCover *cover = g_new0(HsMapCover, 1);
  cover->pages = hs_map_pages_new();
  cover->n_blocks = n_blocks;
  /* What blocks' origins are known by tells of no more. */
  cover->n_heaps = hs_timeline_n_heaps(timeline) + 1;
  cover->heaps = g_new0(bool, cover->n_heaps);
  return cover;
}

void
hs_map_cover_free(HsMapCover *cover)
{
  if (cover == NULL)
    return;
  hs_map_pages_free(cover->pages);
  g_free(cover->heaps);
  g_free(cover);
}

/* Of blocks [from, to). NULL if cancelled. */
static HsMapCover *
cover_blocks(const HsMapBlocks *blocks, uint32_t from, uint32_t to, const int *cancel)
{
  g_autoptr(HsMapCover) cover = cover_new(blocks->timeline, to);
  HsCovering first = {cover->pages, blocks, cover->heaps, from, to, cancel, false};
  if (to - from < MIN_SPLIT_BLOCKS) {
    run_covering(&first);
    return first.cancelled ? NULL : g_steal_pointer(&cover);
  }
  g_autoptr(HsMapCover) more = cover_new(blocks->timeline, to);
  HsCovering second = {more->pages, blocks, more->heaps, from, to, cancel, false};
  first.to = second.from = from + (to - from) / 2;
  hs_run_both("map-cover", run_covering, &first, &second);
  if (first.cancelled || second.cancelled)
    return NULL;
  hs_map_cover_join(cover, more);
  return g_steal_pointer(&cover);
}

void
hs_map_cover_join(HsMapCover *cover, const HsMapCover *more)
{
  hs_map_pages_join(cover->pages, more->pages);
  for (uint32_t i = 0; i < MIN(cover->n_heaps, more->n_heaps); i++)
    cover->heaps[i] |= more->heaps[i];
}

HsMapCover *
hs_map_cover_new(const HsMapBlocks *blocks, const HsMapCover *before, const int *cancel)
{
  /* Blocks are numbered in the order they begin. */
  uint32_t n = hs_map_blocks_from(blocks, blocks->n_rows);
  bool goes_on = before != NULL && before->n_blocks <= n;
  HsMapCover *cover = cover_blocks(blocks, goes_on ? before->n_blocks : 0, n, cancel);
  if (cover != NULL && goes_on)
    hs_map_cover_join(cover, before);
  return cover;
}
