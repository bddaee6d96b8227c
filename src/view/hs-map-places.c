/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"
#include "hs-scratch.h"

#define N_HINTS 64
/* Fewer blocks than this are not worth a second thread. */
#define MIN_SPLIT_BLOCKS 100000

typedef struct {
  HsMapPlaces *places;
  const HsMapLayout *layout;
  const HsMapBlocks *blocks;
  uint32_t from, to;
  uint32_t hints[N_HINTS];
  const int *cancel;
  bool cancelled;
} HsPlacing;

static uint32_t
place_of(HsPlacing *p, uint32_t block)
{
  const HsBlockRecord *record = hs_timeline_block_record(p->blocks->timeline, (HsBlockId){block});
  const HsMapOrigin *origin = hs_map_blocks_origin(p->blocks, record->begin);
  if (origin == NULL)
    return HS_MAP_PLACE_NONE;
  uint32_t size = hs_block_record_size(record);
  if (size == 0 || size >= HS_MAP_PLACE_MAX_BYTES)
    return HS_MAP_PLACE_ODD;
  uint64_t begin, end;
  hs_map_extent(record->address, size, &begin, &end);
  uint32_t index = hs_map_layout_find(p->layout, origin->process, begin, &p->hints[origin->heap % N_HINTS]);
  if (index >= p->layout->bands->len)
    return HS_MAP_PLACE_NONE;
  const HsMapBand *band = &g_array_index(p->layout->bands, HsMapBand, index);
  if (band->process.v != origin->process || band->begin >= end)
    return HS_MAP_PLACE_NONE;
  uint64_t u = band->u + (begin - band->begin);
  if (begin < band->begin || end > band->end || (u >> p->places->shift << p->places->shift) != u)
    return HS_MAP_PLACE_ODD;
  return (uint32_t)(u >> p->places->shift);
}

static gpointer
run_placing(gpointer data)
{
  HsPlacing *p = data;
  for (uint32_t i = p->from; i < p->to && !p->cancelled; i++) {
    p->places->at[i] = place_of(p, i);
    if (i % HS_MAP_CANCEL_BLOCKS == 0)
      p->cancelled = hs_map_cancelled(p->cancel);
  }
  return NULL;
}

HsMapPlaces *
hs_map_places_new(const HsMapLayout *layout, const HsMapBlocks *blocks, const int *cancel)
{
  HsMapPlaces *places = g_new0(HsMapPlaces, 1);
  uint32_t n = places->n_blocks = hs_timeline_complete(blocks->timeline) ? hs_timeline_n_blocks(blocks->timeline)
                                                                         : hs_map_blocks_from(blocks, blocks->n_rows);
  places->at = hs_scratch_new(n, sizeof *places->at);
  if (places->at == NULL) {
    g_free(places);
    return NULL;
  }
  while (layout->span >> places->shift >= HS_MAP_PLACE_ODD)
    places->shift++;
  HsPlacing halves[2] = {{.places = places, .layout = layout, .blocks = blocks, .to = n, .cancel = cancel}};
  bool both = n >= MIN_SPLIT_BLOCKS;
  if (both) {
    halves[1] = halves[0];
    halves[0].to = halves[1].from = n / 2;
  }
  hs_run_both("map-places", run_placing, &halves[0], both ? &halves[1] : NULL);
  if (halves[0].cancelled || halves[1].cancelled) {
    hs_map_places_free(places);
    return NULL;
  }
  return places;
}

void
hs_map_places_free(HsMapPlaces *places)
{
  if (places == NULL)
    return;
  g_free(places->at);
  g_free(places);
}

HsMapPlaceRange
hs_map_place_range(const HsMapPlaces *places, uint64_t u0, uint64_t u1, uint64_t span)
{
  uint64_t low = u0 > HS_MAP_PLACE_MAX_BYTES ? u0 - HS_MAP_PLACE_MAX_BYTES : 0;
  if (places == NULL || (low == 0 && u1 >= span))
    return (HsMapPlaceRange){NULL, 0, UINT32_MAX};
  return (HsMapPlaceRange){places, (uint32_t)MIN(low >> places->shift, HS_MAP_PLACE_ODD - 1),
                           (uint32_t)MIN(u1 >> places->shift, HS_MAP_PLACE_ODD - 1)};
}
