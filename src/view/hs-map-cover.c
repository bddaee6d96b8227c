/* SPDX-License-Identifier: MIT */
/* The pages of all blocks, collected by two threads. */
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

/* Those of blocks [from, to), which are of one segment, that are on the map. How many. */
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

bool
hs_map_cover(HsMapPages *pages, const HsMapBlocks *blocks, bool *heaps, uint32_t n_heaps, const int *cancel)
{
  /* Blocks are numbered in the order they begin. */
  uint32_t n = hs_map_blocks_from(blocks, blocks->n_rows);
  HsCovering first = {.pages = pages, .blocks = blocks, .heaps = heaps, .to = n, .cancel = cancel};
  if (n < MIN_SPLIT_BLOCKS) {
    run_covering(&first);
    return !first.cancelled;
  }
  g_autoptr(HsMapPages) more = hs_map_pages_new();
  g_autofree bool *more_heaps = g_new0(bool, n_heaps);
  HsCovering second = {.pages = more, .blocks = blocks, .heaps = more_heaps, .to = n, .cancel = cancel};
  first.to = second.from = n / 2;
  hs_run_both("map-cover", run_covering, &first, &second);
  if (first.cancelled || second.cancelled)
    return false;
  hs_map_pages_join(pages, more);
  for (uint32_t i = 0; i < n_heaps; i++)
    heaps[i] |= more_heaps[i];
  return true;
}
