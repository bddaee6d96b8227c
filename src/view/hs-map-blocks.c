/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"

void
hs_map_blocks_init(HsMapBlocks *blocks, HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows)
{
  blocks->timeline = timeline;
  /* Rows are published last: what is read after them covers them. */
  blocks->n_rows = MIN(n_rows, hs_timeline_n_rows(timeline));
  blocks->n_blocks = hs_timeline_n_blocks(timeline);
  blocks->n_endings = __atomic_load_n(&timeline->n_endings, __ATOMIC_ACQUIRE);
  blocks->bits = set != NULL ? hs_row_set_words(set) : NULL;
  if (set != NULL)
    blocks->n_blocks = MIN(blocks->n_blocks, hs_row_set_n_rows(set));
  blocks->n_origins = hs_timeline_n_origins(timeline);
  blocks->origins = g_new(HsMapOrigin, MAX(blocks->n_origins, 1));
  for (uint32_t i = 0; i < blocks->n_origins; i++) {
    const HsOrigin *told = hs_timeline_origin(timeline, (HsOriginId){i});
    HsMapOrigin *origin = &blocks->origins[i];
    *origin = (HsMapOrigin){HS_ID_NONE, told->heap.v, told->thread.v};
    if (told->heap.v != HS_ID_NONE)
      origin->process = hs_timeline_heap(timeline, told->heap)->process.v;
  }
}

void
hs_map_blocks_clear(HsMapBlocks *blocks)
{
  g_clear_pointer(&blocks->origins, g_free);
}

uint32_t
hs_map_blocks_from(const HsMapBlocks *blocks, HsRow row)
{
  uint32_t low = 0, high = blocks->n_blocks;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (hs_timeline_block_begin(blocks->timeline, (HsBlockId){middle}) < row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool
hs_map_blocks_live_in(const HsMapBlocks *blocks, const HsMapIndex *index, const HsMapPlaceRange *range, HsRow row,
                      HsMapVisit visit, gpointer data, const int *cancel)
{
  uint32_t first = hs_map_blocks_from(blocks, row), from = 0;
  if (index != NULL) {
    from = MIN(hs_map_index_n_blocks(index), first);
    if (!hs_map_index_live(index, blocks->timeline, range, first, row, visit, data, cancel))
      return false;
  }
  for (uint32_t i = from; i < first; i++) {
    if (i % HS_MAP_CANCEL_BLOCKS == 0 && hs_map_cancelled(cancel))
      return false;
    if (hs_timeline_block_end(blocks->timeline, (HsBlockId){i}) >= row)
      visit(data, i);
  }
  return true;
}

bool
hs_map_blocks_live(const HsMapBlocks *blocks, const HsMapIndex *index, HsRow row, HsMapVisit visit, gpointer data,
                   const int *cancel)
{
  HsMapPlaceRange all = {NULL, 0, UINT32_MAX};
  return hs_map_blocks_live_in(blocks, index, &all, row, visit, data, cancel);
}
