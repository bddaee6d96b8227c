/* SPDX-License-Identifier: MIT */
/* The pages of all blocks, collected by two threads; while a trace loads, those of what is new. */
#include "hs-map-private.h"
#include "hs-scratch.h"

/* Fewer blocks than this are not worth a second thread. */
#define MIN_SPLIT_BLOCKS 100000
/* Blocks that are looked up at once, after their chunks have been fetched into the cache. */
#define BATCH 64

typedef struct {
  HsMapPages *pages;
  const HsMapBlocks *blocks;
  bool *heaps; /* which have blocks, by id */
  uint32_t from, to;
  const int *cancel;
  bool cancelled;
} HsCovering;

typedef struct {
  uint32_t process, heap;
  uint64_t begin, end;
} HsCovered;

/* Those of blocks [from, to) that are on the map; no more than a batch. How many. */
static uint32_t
collect(const HsCovering *c, uint32_t from, uint32_t to, HsCovered covered[BATCH])
{
  HsTimeline *timeline = c->blocks->timeline;
  uint32_t n = 0;
  for (uint32_t i = from; i < to; i++) {
    const HsBlockRecord *record = hs_timeline_block_record(timeline, (HsBlockId){i});
    const HsMapOrigin *origin = NULL;
    if (hs_map_blocks_contain(c->blocks, i))
      origin = hs_map_blocks_origin(c->blocks, record->begin);
    if (origin == NULL)
      continue;
    HsCovered *block = &covered[n++];
    *block = (HsCovered){.process = origin->process, .heap = origin->heap};
    hs_map_extent(record->address, hs_timeline_block_size(timeline, (HsBlockId){i}), &block->begin, &block->end);
    hs_map_pages_fetch(c->pages, block->process, block->begin);
  }
  return n;
}

static gpointer
run_covering(gpointer data)
{
  HsCovering *c = data;
  HsCovered covered[BATCH];
  for (uint32_t i = c->from; i < c->to; i += BATCH) {
    uint32_t n = collect(c, i, MIN(c->to, i + BATCH), covered);
    for (uint32_t k = 0; k < n; k++) {
      hs_map_pages_add(c->pages, covered[k].process, covered[k].heap, covered[k].begin, covered[k].end);
      c->heaps[covered[k].heap] = true;
    }
    if ((i - c->from) % HS_MAP_CANCEL_BLOCKS == 0 && (c->cancelled = hs_map_cancelled(c->cancel)))
      break;
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
