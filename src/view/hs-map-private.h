/* SPDX-License-Identifier: MIT */
/* What the parts of the address map share: the blocks that pass a filter, and where they are on the axis. */
#pragma once

#include "hs-map.h"

/* No position on the axis lies beyond this, so that differences of positions fit a signed number. */
#define HS_MAP_MAX_SPAN (UINT64_C(1) << 62)

struct _HsMapLayout {
  int ref_count;
  GArray *bands; /* of HsMapBand, by process, then address */
  uint64_t span;
};

/* --- blocks --- */

typedef struct {
  uint32_t process;
  uint32_t heap;
} HsMapOrigin;

/* The blocks of a set that a timeline's first n_rows rows begin; a snapshot that many threads may read. */
typedef struct {
  HsTimeline *timeline; /* borrowed */
  const uint64_t *bits; /* borrowed from the set; NULL = all blocks */
  uint32_t n_rows;
  uint32_t n_blocks; /* may reach beyond n_rows: compare the begin row */
  uint32_t n_origins;
  HsMapOrigin *origins;
} HsMapBlocks;

void hs_map_blocks_init(HsMapBlocks *blocks, HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows);
void hs_map_blocks_clear(HsMapBlocks *blocks);

/* Whether a block is of the set. */
static inline bool
hs_map_blocks_contain(const HsMapBlocks *blocks, HsBlockId block)
{
  return blocks->bits == NULL || (blocks->bits[block.v / 64] >> (block.v % 64) & 1) != 0;
}

/* The origin of a block of the set that `begin` began, or NULL if it has no place on the map: no process. */
static inline const HsMapOrigin *
hs_map_blocks_origin(const HsMapBlocks *blocks, HsRow begin, HsSource *source)
{
  uint32_t origin = hs_timeline_row_origin(blocks->timeline, begin).v;
  *source = hs_timeline_source(blocks->timeline, begin);
  if (G_UNLIKELY(origin >= blocks->n_origins) || blocks->origins[origin].process == HS_ID_NONE)
    return NULL;
  return &blocks->origins[origin];
}

/* When a block that ends with row `end` ends, ticks; INT64_MAX while it is outstanding. */
static inline int64_t
hs_map_blocks_end_ticks(const HsMapBlocks *blocks, const HsMapOrigin *origin, HsRow end)
{
  if (end < blocks->n_rows)
    return hs_timeline_ticks(blocks->timeline, end);
  if (end == HS_ROW_PROCESS_EXIT)
    return HS_GET(hs_timeline_process(blocks->timeline, (HsProcessId){origin->process})->end_ticks);
  return INT64_MAX;
}

/* --- extents --- */

/* What a block covers: at least a byte, never beyond the end of the address space. Damaged records tell of sizes that
 * no machine has; such a block is drawn as a small part of what it claims. */
#define HS_MAP_ABSURD_BYTES (UINT64_C(1) << 40)
#define HS_MAP_ABSURD_SHOWN_BYTES (UINT64_C(64) << 20)

static inline void
hs_map_extent(uint64_t address, uint64_t size, uint64_t *begin, uint64_t *end)
{
  if (size > HS_MAP_ABSURD_BYTES)
    size = HS_MAP_ABSURD_SHOWN_BYTES;
  else if (size == 0)
    size = 1;
  *begin = MIN(address, UINT64_MAX - 1);
  *end = size > UINT64_MAX - *begin ? UINT64_MAX : *begin + size;
}

/* The first band of the process that ends beyond the address; n_bands if none. `hint` is tried first and updated. */
uint32_t hs_map_layout_find(const HsMapLayout *layout, uint32_t process, uint64_t address, uint32_t *hint);

/* The next piece [*u0, *u1) of [begin, end) on the axis, *band being where to look (from hs_map_layout_find()) and
 * moved on. False if there is no more. */
static inline bool
hs_map_layout_piece(const HsMapLayout *layout, uint32_t process, uint64_t begin, uint64_t end, uint32_t *band,
                    uint64_t *u0, uint64_t *u1)
{
  if (*band >= layout->bands->len)
    return false;
  const HsMapBand *b = &g_array_index(layout->bands, HsMapBand, *band);
  if (b->process.v != process || b->begin >= end)
    return false;
  *u0 = b->u + (MAX(begin, b->begin) - b->begin);
  *u1 = b->u + (MIN(end, b->end) - b->begin);
  ++*band;
  return true;
}

/* --- used pages --- */

typedef struct {
  uint32_t process;
  uint64_t begin, end;
} HsMapStretch;

/* Collects which pages of which process are used. Memory is bounded: a trace that touches more places than can be told
 * apart is kept in coarser pages. */
typedef struct _HsMapPages HsMapPages;
HsMapPages *hs_map_pages_new(void);
void hs_map_pages_free(HsMapPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapPages, hs_map_pages_free)
void hs_map_pages_add(HsMapPages *pages, uint32_t process, uint64_t begin, uint64_t end);
/* The used stretches, merged, by process and address. Free with g_array_unref(). */
GArray *hs_map_pages_stretches(HsMapPages *pages);

/* --- pixels --- */

/* One picture to make; read by all its threads. */
typedef struct {
  const HsMapBlocks *blocks;
  const HsMapLayout *layout;
  const int *cancel;
  int64_t t0, t1;
  HsRow row0, row1; /* a block in view begins before row1 and ends at or after row0 */
  HsMapWindow window;
  int width, height; /* device pixels */
  double x_per_tick, y_per_byte;
  int n_classes; /* colours */
  HsColor classes[32];
  uint8_t source_class[HS_N_SOURCES];
  uint8_t *heap_class; /* by heap id; NULL = by source */
  uint32_t *pixels;
  int stride; /* in pixels */
} HsMapRaster;

/* Fills the pixels. False if cancelled. */
bool hs_map_raster_run(const HsMapRaster *raster);

static inline bool
hs_map_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}
#define HS_MAP_CANCEL_BLOCKS 16384

/* What a touched pixel is at least: a lone block must be seen. */
#define HS_MAP_MIN_ALPHA 0.35
