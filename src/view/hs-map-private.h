/* SPDX-License-Identifier: MIT */
/* What the parts of the address map share: the blocks that pass a filter, and where they are on the axis. */
#pragma once

#include "hs-map-ground.h"
#include "hs-map-index.h"
#include "hs-map-places.h"
#include "hs-map.h"
#include "hs-range-rows.h"

/* No position on the axis lies beyond this, so that differences of positions fit a signed number. */
#define HS_MAP_MAX_SPAN (UINT64_C(1) << 62)

typedef struct _HsMapPages HsMapPages;
typedef struct _HsMapCover HsMapCover;

struct _HsMapLayout {
  int ref_count;
  GArray *bands; /* of HsMapBand, by process, then address */
  uint64_t span;
  HsMapIndex *index;   /* NULL until the trace is complete */
  HsMapGround *ground; /* what heaps hold */
  HsMapPlaces *places; /* of the blocks that there were; NULL if there was no memory */
  HsMapCover *cover;   /* (atomic) of all blocks while the trace grows, for the axis that comes after this; else NULL */
};

/* --- blocks --- */

typedef struct {
  uint32_t process;
  uint32_t heap;
  uint32_t thread;
} HsMapOrigin;

/* The blocks of a set that a timeline's first n_rows rows begin; a snapshot that many threads may read. */
typedef struct {
  HsTimeline *timeline; /* borrowed */
  const uint64_t *bits; /* borrowed from the set; NULL = all blocks */
  uint32_t n_rows;
  uint32_t n_blocks; /* may reach beyond n_rows: compare the begin row */
  uint32_t n_endings;
  uint32_t n_origins;
  HsMapOrigin *origins;
} HsMapBlocks;

void hs_map_blocks_init(HsMapBlocks *blocks, HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows);
void hs_map_blocks_clear(HsMapBlocks *blocks);
/* The first block that does not begin before a row. */
uint32_t hs_map_blocks_from(const HsMapBlocks *blocks, HsRow row);

/* Whether a block is of the set. */
static inline bool
hs_map_blocks_contain(const HsMapBlocks *blocks, uint32_t block)
{
  return blocks->bits == NULL || (blocks->bits[block / 64] >> (block % 64) & 1) != 0;
}

/* The origin of what a row tells of, or NULL if it has no place on the map: no process. */
static inline const HsMapOrigin *
hs_map_blocks_origin(const HsMapBlocks *blocks, HsRow row)
{
  uint32_t origin = hs_timeline_row_origin(blocks->timeline, row).v;
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

/* Calls `visit` for each block that begins before `row` and does not end before it; blocks that a process's end ended
 * are among them whenever that was. In no order. False if cancelled. */
typedef void (*HsMapVisit)(gpointer data, uint32_t block);
bool hs_map_blocks_live(const HsMapBlocks *blocks, const HsMapIndex *index, HsRow row, HsMapVisit visit, gpointer data,
                        const int *cancel);
/* The same, of blocks in a range of places. */
bool hs_map_blocks_live_in(const HsMapBlocks *blocks, const HsMapIndex *index, const HsMapPlaceRange *range, HsRow row,
                           HsMapVisit visit, gpointer data, const int *cancel);

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

/* The first band of the process that ends beyond the address; n_bands if none. `hint` (or NULL) is tried first and
 * updated. */
uint32_t hs_map_layout_find_slow(const HsMapLayout *layout, uint32_t process, uint64_t address, uint32_t *hint);
static inline uint32_t
hs_map_layout_find(const HsMapLayout *layout, uint32_t process, uint64_t address, uint32_t *hint)
{
  if (hint != NULL && *hint < layout->bands->len) {
    const HsMapBand *band = &g_array_index(layout->bands, HsMapBand, *hint);
    if (G_LIKELY(band->process.v == process && band->begin <= address && band->end > address))
      return *hint;
  }
  return hs_map_layout_find_slow(layout, process, address, hint);
}

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

/* The least stretch [*begin, *end) of addresses, of whatever process, that holds all that is within [u0, u1) of the
 * axis: what lies outside needs no second look. Empty if nothing is. */
void hs_map_layout_hull(const HsMapLayout *layout, uint64_t u0, uint64_t u1, uint64_t *begin, uint64_t *end);

/* The places of all blocks of a complete timeline, or of those that the rows begin, in two threads. NULL if cancelled
 * or out of memory. */
HsMapPlaces *hs_map_places_new(const HsMapLayout *layout, const HsMapBlocks *blocks, const int *cancel);

/* --- used pages --- */

typedef struct {
  uint32_t process;
  uint32_t heap; /* HS_ID_NONE = several */
  uint64_t begin, end;
} HsMapStretch;

/* A chunk is 16 pages; pages are of 4 KiB unless the trace touches too many places. */
#define HS_MAP_PAGE_SHIFT 12
#define HS_MAP_CHUNK_SHIFT 4
#define HS_MAP_CHUNK_PAGES (1u << HS_MAP_CHUNK_SHIFT)
/* Chunks that lie in a row lie in one line of the processor's cache. */
#define HS_MAP_LINE_SHIFT 2

typedef struct {
  uint64_t key : 48;
  uint64_t bits : HS_MAP_CHUNK_PAGES; /* a page each; 0 = the slot is free */
  uint32_t process;
  uint32_t heap; /* HS_ID_NONE = several */
} HsMapChunk;

/* Collects which pages of which process are used, and by which heap. Memory is bounded: a trace that touches more
 * places than can be told apart is kept in coarser pages. */
struct _HsMapPages {
  unsigned page_shift;
  HsMapChunk *chunks; /* open addressing */
  uint32_t n_slots, n_chunks;
  GArray *stretches;
  guint merge_at; /* stretches are merged when there are so many */
};

HsMapPages *hs_map_pages_new(void);
void hs_map_pages_free(HsMapPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapPages, hs_map_pages_free)
void hs_map_pages_add(HsMapPages *pages, uint32_t process, uint32_t heap, uint64_t begin, uint64_t end);

/* Where a chunk is looked for first. */
static inline uint32_t
hs_map_pages_slot(const HsMapPages *pages, uint32_t process, uint64_t key)
{
  uint64_t hash = (key >> HS_MAP_LINE_SHIFT ^ (uint64_t)process << 44) * UINT64_C(0x9e3779b97f4a7c15);
  uint32_t line = (uint32_t)(hash >> 32), at = (uint32_t)key & ((1u << HS_MAP_LINE_SHIFT) - 1);
  return (line << HS_MAP_LINE_SHIFT | at) & (pages->n_slots - 1);
}

/* The bits of pages [first, last] of one chunk. */
static inline uint32_t
hs_map_chunk_bits(uint64_t first, uint64_t last)
{
  unsigned from = (unsigned)(first & (HS_MAP_CHUNK_PAGES - 1)), to = (unsigned)(last & (HS_MAP_CHUNK_PAGES - 1));
  return ((2u << to) - 1) & ~((1u << from) - 1);
}

/* Whether a first look tells that to add that would change nothing; as nearly always, blocks being where others were.
 */
static inline bool
hs_map_pages_hold(const HsMapPages *pages, uint32_t process, uint32_t heap, uint64_t begin, uint64_t end)
{
  uint64_t first = begin >> pages->page_shift, last = (end - 1) >> pages->page_shift;
  uint64_t key = first >> HS_MAP_CHUNK_SHIFT;
  const HsMapChunk *chunk = &pages->chunks[hs_map_pages_slot(pages, process, key)];
  uint32_t missing = hs_map_chunk_bits(first, last) & ~chunk->bits;
  return last >> HS_MAP_CHUNK_SHIFT == key && missing == 0 && chunk->key == key && chunk->process == process &&
         (chunk->heap == heap || chunk->heap == HS_ID_NONE);
}

/* Adds all that others hold. */
void hs_map_pages_join(HsMapPages *pages, const HsMapPages *more);
/* The used stretches, merged where they are one heap's or none can be told apart, by process and address. Free with
 * g_array_unref(). */
GArray *hs_map_pages_stretches(HsMapPages *pages);

/* The same pages as they are now. */
HsMapPages *hs_map_pages_copy(const HsMapPages *pages);

/* The pages of blocks [0, n_blocks), and which heaps these are of. */
struct _HsMapCover {
  HsMapPages *pages;
  uint32_t n_blocks;
  uint32_t n_heaps;
  bool *heaps; /* by id */
};

/* Of all blocks that the rows begin, in two threads if they are many. `before`, or NULL: that of the same blocks as
 * they were, so that only the others are looked at. NULL if cancelled. */
HsMapCover *hs_map_cover_new(const HsMapBlocks *blocks, const HsMapCover *before, const int *cancel);
void hs_map_cover_free(HsMapCover *cover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapCover, hs_map_cover_free)
/* Adds another's pages and heaps; n_blocks stays. */
void hs_map_cover_join(HsMapCover *cover, const HsMapCover *more);

/* --- the grid --- */

/* A pixel is so many units of the grid. */
#define HS_MAP_UNIT_SHIFT 20
#define HS_MAP_UNITS (INT64_C(1) << HS_MAP_UNIT_SHIFT)

/* One axis of the grid. Units are counted from value 0; positions returned are relative to the picture's first pixel.
 * The same span over the same pixels gives the same grid, wherever it begins. */
typedef struct {
  uint64_t multiplier; /* units of a value are value · multiplier / 2^shift, rounded down */
  unsigned shift;
  __int128 origin_px; /* the picture's first pixel */
  int64_t limit;      /* the picture's length in units */
  /* Values in [0, small_end) have fewer than 2^62 units, for which 64 bits do: see hs_map_axis_at(). */
  uint64_t small_end;
  int64_t small_origin;
  unsigned left, right;
} HsMapAxis;

/* The axis of `n_px` device pixels for a span of values that begins with `first`. */
HsMapAxis hs_map_axis(__int128 first, unsigned __int128 span, int n_px);

/* A value's place, not limited. */
static inline __int128
hs_map_axis_far(const HsMapAxis *axis, __int128 value)
{
  return ((value * axis->multiplier) >> axis->shift) - axis->origin_px * HS_MAP_UNITS;
}

/* A value's place, limited to [-1, limit]. */
static inline int64_t
hs_map_axis_at(const HsMapAxis *axis, int64_t value)
{
  if (G_LIKELY((uint64_t)value < axis->small_end)) {
    unsigned __int128 product = (unsigned __int128)((uint64_t)value << axis->left) * axis->multiplier;
    int64_t units = (int64_t)((uint64_t)(product >> 64) >> axis->right) - axis->small_origin;
    return CLAMP(units, -1, axis->limit);
  }
  __int128 units = hs_map_axis_far(axis, value);
  return units < 0 ? -1 : units > axis->limit ? axis->limit : (int64_t)units;
}

/* --- colours --- */

#define HS_MAP_MAX_CLASSES 40

/* Classes of size: a class holds sizes of up to so many bits; the last one all larger ones. */
#define HS_MAP_N_SIZES 8
extern const uint8_t hs_map_size_bits[HS_MAP_N_SIZES - 1];
/* Classes of age: a class holds lifetimes of less than so many ns; the last but one all longer ones, the last one what
 * is outstanding. */
#define HS_MAP_N_AGES 8
extern const int64_t hs_map_age_ns[HS_MAP_N_AGES - 2];

/* The colours of a picture and which block has which; read by all threads. */
typedef struct {
  HsColorBy by;
  int n;
  HsColor colors[HS_MAP_MAX_CLASSES];
  uint8_t source_class[HS_N_SOURCES];
  uint8_t size_class[66]; /* by bits of the size */
  uint8_t *id_class;      /* by heap or thread id; owned, or NULL */
  uint8_t type_class[HS_N_BLOCK_TYPES];
  HsRangeRows range_rows;
  HsClock clock;
  /* The limits of ages in ticks, where a tick is a whole number of ns: saves two divisions a block. */
  bool has_age_ticks;
  int64_t age_ticks[HS_MAP_N_AGES - 2];
} HsMapClasses;

void hs_map_classes_init(HsMapClasses *classes, const HsMapBlocks *blocks, const HsMapColors *colors,
                         const HsPalette *palette);
void hs_map_classes_clear(HsMapClasses *classes);
/* The class of a block by what takes a look at its life: by age or type. Otherwise see hs_map_class_of(). */
uint8_t hs_map_class_of_life(const HsMapClasses *classes, const HsMapBlocks *blocks, const HsMapOrigin *origin,
                             uint32_t block);

/* The class of a lifetime in ticks, or where has_age_ticks is not set, in ns. Added up: what branches would ask for,
 * nothing could foretell. */
static inline uint8_t
hs_map_age_class(const int64_t limits[HS_MAP_N_AGES - 2], int64_t lived)
{
  unsigned age = 0;
  for (int i = 0; i < HS_MAP_N_AGES - 2; i++)
    age += lived >= limits[i];
  return (uint8_t)age;
}

/* How many bits a size has. */
static inline unsigned
hs_map_bits_of(uint32_t size)
{
  return size == 0 ? 0 : 32u - (unsigned)__builtin_clz(size);
}

/* A block's class. `origin`: that of its heap; if colours are by thread, that of the row that began it. */
static inline uint8_t
hs_map_class_of(const HsMapClasses *classes, const HsMapBlocks *blocks, const HsMapOrigin *origin,
                const HsBlockRecord *record, uint32_t block)
{
  switch (classes->by) {
  case HS_COLOR_BY_SOURCE:
    return classes->source_class[hs_block_record_source(record)];
  case HS_COLOR_BY_HEAP:
    return classes->id_class[origin->heap];
  case HS_COLOR_BY_THREAD:
    return classes->id_class[origin->thread];
  case HS_COLOR_BY_SIZE:
    return classes->size_class[hs_map_bits_of(hs_block_record_size(record))];
  default:
    return hs_map_class_of_life(classes, blocks, origin, block);
  }
}

/* --- pixels --- */

/* One picture to make; read by all its threads. */
typedef struct {
  const HsMapBlocks *blocks;
  const HsMapLayout *layout;
  const HsMapClasses *classes;
  const HsPalette *palette;
  const int *cancel;
  HsMapAxis x, y;
  HsMapWindow window;
  int column0, column1; /* those to make */
  int height;           /* device pixels */
  uint32_t *pixels;
  int stride; /* in pixels */
} HsMapRaster;

/* Fills the pixels of the columns. False if cancelled or out of memory. */
bool hs_map_raster_run(const HsMapRaster *raster);

static inline bool
hs_map_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}
#define HS_MAP_CANCEL_BLOCKS 16384

/* What a touched pixel is at least: a lone block must be seen. */
#define HS_MAP_MIN_ALPHA 0.35
