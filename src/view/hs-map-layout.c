/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"

/* Gaps up to this are never folded; nor up to this part of the used space, while the axis stays of bearable length. */
#define MIN_FOLD_BYTES (UINT64_C(64) << 10)
#define FOLD_PART 32
/* Folds one can still tell apart on a screen; beyond them, only what would make the axis absurdly long is folded. */
#define WANTED_FOLDS 63
#define MAX_FOLDS 4095
/* An axis of more than so many times the used space is too long. */
#define LONG_AXIS 3
/* No more heaps that follow on each other without a fold are told apart. */
#define MAX_SEAMS 63
/* What heaps hold is on the axis, unless it makes the axis longer than so many times what blocks use. */
#define HELD_FACTOR 2
/* A fold is this part of the axis' contents, or less where there are many: always less than what it folds away. */
#define FOLD_SHARE 38
/* Folds of at least so many bytes are whole pages. */
#define LARGE_FOLD (UINT64_C(64) << 10)
#define FOLD_ALIGNMENT (UINT64_C(4) << 10)

/* --- the choice of folds --- */

typedef struct {
  uint64_t bytes;
  guint index; /* of the stretch below the gap */
} HsHole;

static int
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsHole *x = a, *y = b;
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* For each stretch whether the gap before it is folded away. Between processes it always is. */
static bool *
choose_folds(const GArray *stretches)
{
  bool *folds = g_new0(bool, stretches->len + 1);
  g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(HsHole));
  unsigned __int128 used = 0, total = 0;
  for (guint i = 0; i < stretches->len; i++) {
    const HsMapStretch *s = &g_array_index(stretches, HsMapStretch, i);
    used += s->end - s->begin;
    if (i == 0)
      continue;
    if (s[-1].process != s->process) {
      folds[i] = true;
      continue;
    }
    HsHole gap = {s->begin - s[-1].end, i};
    total += gap.bytes;
    g_array_append_val(gaps, gap);
  }
  total += used;
  g_array_sort(gaps, compare_gaps);
  for (guint i = 0; i < gaps->len; i++) {
    const HsHole *gap = &g_array_index(gaps, HsHole, i);
    bool too_long = total > LONG_AXIS * used;
    bool large = gap->bytes > used / FOLD_PART;
    if (gap->bytes < MIN_FOLD_BYTES || (!large && !too_long) || i >= (too_long ? MAX_FOLDS : WANTED_FOLDS))
      break;
    folds[gap->index] = true;
    total -= gap->bytes;
  }
  return folds;
}

/* --- making --- */

/* Whether a stretch that is not folded away from the one above is another heap's. */
static bool
is_seam(const HsMapStretch *s)
{
  return s[-1].process == s->process && s[-1].heap != s->heap && s[-1].heap != HS_ID_NONE && s->heap != HS_ID_NONE;
}

static void
append_bands(HsMapLayout *layout, const GArray *stretches)
{
  g_autofree bool *folds = choose_folds(stretches);
  guint n_seams = 0;
  for (guint i = 1; i < stretches->len; i++)
    n_seams += !folds[i] && is_seam(&g_array_index(stretches, HsMapStretch, i));
  for (guint i = 0; i < stretches->len; i++) {
    const HsMapStretch *s = &g_array_index(stretches, HsMapStretch, i);
    if (i > 0 && !folds[i]) {
      HsMapBand *above = &g_array_index(layout->bands, HsMapBand, layout->bands->len - 1);
      bool seam = n_seams <= MAX_SEAMS && is_seam(s) && above->heap.v != HS_ID_NONE;
      above->end = seam ? s->begin : s->end;
      if (!seam) {
        above->heap.v = above->heap.v == s->heap ? s->heap : HS_ID_NONE;
        continue;
      }
    }
    HsMapBand band = {.process = {s->process}, .heap = {s->heap}, .begin = s->begin, .end = s->end};
    if (i > 0 && folds[i] && s[-1].process == s->process)
      band.gap_before = s->begin - s[-1].end;
    g_array_append_val(layout->bands, band);
  }
}

static bool
has_fold_above(const HsMapLayout *layout, guint index)
{
  const HsMapBand *band = &g_array_index(layout->bands, HsMapBand, index);
  return index > 0 && (band[-1].process.v != band->process.v || band->gap_before > 0);
}

/* Lays the bands one after another, with the folds between them. */
static void
place_bands(HsMapLayout *layout)
{
  unsigned __int128 contents = 0;
  uint64_t n_folds = 0;
  for (guint i = 0; i < layout->bands->len; i++) {
    const HsMapBand *band = &g_array_index(layout->bands, HsMapBand, i);
    contents += band->end - band->begin;
    n_folds += has_fold_above(layout, i);
  }
  uint64_t fold = (uint64_t)MIN(contents, HS_MAP_MAX_SPAN) / MAX(FOLD_SHARE, 2 * n_folds);
  /* So that blocks below a fold stand on the axis as in memory, and have places: see HsMapPlaces. */
  if (fold >= LARGE_FOLD)
    fold &= ~(FOLD_ALIGNMENT - 1);
  uint64_t u = 0;
  for (guint i = 0; i < layout->bands->len; i++) {
    HsMapBand *band = &g_array_index(layout->bands, HsMapBand, i);
    uint64_t bytes = band->end - band->begin;
    u += has_fold_above(layout, i) ? MAX(fold, 1) : 0;
    /* Only a trace of nonsense uses more than an axis can hold; its upper end is left out. */
    if (u >= HS_MAP_MAX_SPAN || bytes > HS_MAP_MAX_SPAN - u) {
      g_array_set_size(layout->bands, i);
      break;
    }
    band->u = u;
    u += bytes;
  }
  layout->span = MAX(u, 1);
}

static uint64_t
total_bytes(const GArray *stretches)
{
  uint64_t sum = 0;
  for (guint i = 0; i < stretches->len; i++) {
    const HsMapStretch *s = &g_array_index(stretches, HsMapStretch, i);
    sum += MIN(s->end - s->begin, HS_MAP_MAX_SPAN / MAX(stretches->len, 1));
  }
  return sum;
}

/* The stretches of blocks, and those that their heaps hold if that is not much more. */
static GArray *
used_stretches(HsMapPages *pages, const HsMapGround *ground, const bool *heaps)
{
  g_autoptr(HsMapPages) held = hs_map_pages_new();
  GArray *used = hs_map_pages_stretches(pages);
  for (guint i = 0; i < ground->rects->len; i++) {
    const HsGroundRect *rect = &g_array_index(ground->rects, HsGroundRect, i);
    if (heaps[rect->heap])
      hs_map_pages_add(held, rect->process, rect->heap, rect->begin, rect->end);
  }
  g_autoptr(GArray) more = hs_map_pages_stretches(held);
  if (more->len == 0 || total_bytes(more) / HELD_FACTOR > total_bytes(used))
    return used;
  for (guint i = 0; i < more->len; i++) {
    const HsMapStretch *s = &g_array_index(more, HsMapStretch, i);
    hs_map_pages_add(pages, s->process, s->heap, s->begin, s->end);
  }
  g_array_unref(used);
  return hs_map_pages_stretches(pages);
}

/* What lives when; once the trace is complete, it holds for every axis of it. True unless cancelled. */
static bool
find_index(HsMapLayout *layout, const HsMapBlocks *blocks, const HsMapLayout *before, const int *cancel)
{
  if (before != NULL && before->index != NULL) {
    layout->index = hs_map_index_ref(before->index);
    return true;
  }
  if (!hs_timeline_complete(blocks->timeline))
    return true;
  layout->index = hs_map_index_new(blocks->timeline, hs_timeline_n_blocks(blocks->timeline), cancel);
  return layout->index != NULL;
}

/* The pages that blocks use; of those that an axis of before knew, it takes them over. */
static HsMapCover *
find_cover(const HsMapBlocks *blocks, HsMapLayout *before, const int *cancel)
{
  if (before == NULL || blocks->bits != NULL)
    return hs_map_cover_new(blocks, NULL, cancel);
  HsMapCover *known = __atomic_exchange_n(&before->cover, NULL, __ATOMIC_ACQ_REL);
  HsMapCover *cover = hs_map_cover_new(blocks, known, cancel);
  if (cover == NULL)
    return known;
  hs_map_cover_free(known);
  return cover;
}

static bool
fill_layout(HsMapLayout *layout, const HsMapBlocks *blocks, HsMapLayout *before, const int *cancel)
{
  layout->ground = hs_map_ground_new(blocks->timeline, cancel);
  if (layout->ground == NULL)
    return false;
  /* After the ground: the heaps that it tells of are there by now. */
  layout->cover = find_cover(blocks, before, cancel);
  if (hs_map_cancelled(cancel) || !find_index(layout, blocks, before, cancel))
    return false;
  g_autoptr(HsMapPages) pages = hs_map_pages_copy(layout->cover->pages);
  g_autoptr(GArray) stretches = used_stretches(pages, layout->ground, layout->cover->heaps);
  append_bands(layout, stretches);
  place_bands(layout);
  layout->places = hs_map_places_new(layout, blocks, cancel);
  return !hs_map_cancelled(cancel);
}

/* What is known of the pages stays with the axis that may be followed by one of more blocks. */
static void
pass_cover(HsMapLayout *layout, const HsMapBlocks *blocks, HsMapLayout *before, bool done)
{
  if (done && blocks->bits == NULL && layout->index == NULL)
    return;
  g_autoptr(HsMapCover) cover = g_steal_pointer(&layout->cover);
  if (!done && cover != NULL && before != NULL && blocks->bits == NULL)
    hs_map_cover_free(__atomic_exchange_n(&before->cover, g_steal_pointer(&cover), __ATOMIC_ACQ_REL));
}

HsMapLayout *
hs_map_layout_renew(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, HsMapLayout *before, const int *cancel)
{
  HsMapBlocks blocks;
  HsMapLayout *layout = g_new0(HsMapLayout, 1);
  layout->ref_count = 1;
  layout->span = 1;
  layout->bands = g_array_new(FALSE, FALSE, sizeof(HsMapBand));
  hs_map_blocks_init(&blocks, timeline, set, n_rows);
  bool done = fill_layout(layout, &blocks, before, cancel);
  pass_cover(layout, &blocks, before, done);
  hs_map_blocks_clear(&blocks);
  if (!done)
    g_clear_pointer(&layout, hs_map_layout_unref);
  return layout;
}

HsMapLayout *
hs_map_layout_new(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, const int *cancel)
{
  return hs_map_layout_renew(timeline, set, n_rows, NULL, cancel);
}

HsMapLayout *
hs_map_layout_ref(HsMapLayout *layout)
{
  g_atomic_int_inc(&layout->ref_count);
  return layout;
}

void
hs_map_layout_unref(HsMapLayout *layout)
{
  if (!g_atomic_int_dec_and_test(&layout->ref_count))
    return;
  g_array_unref(layout->bands);
  g_clear_pointer(&layout->index, hs_map_index_unref);
  g_clear_pointer(&layout->ground, hs_map_ground_unref);
  hs_map_places_free(layout->places);
  hs_map_cover_free(layout->cover);
  g_free(layout);
}

/* --- asking --- */

bool
hs_map_layout_is_indexed(const HsMapLayout *layout)
{
  return layout->index != NULL;
}

uint64_t
hs_map_layout_memory_bytes(const HsMapLayout *layout)
{
  uint64_t bytes = sizeof *layout + layout->bands->len * sizeof(HsMapBand);
  bytes += layout->ground->rects->len * (sizeof(HsGroundRect) + sizeof(uint32_t));
  if (layout->index != NULL)
    bytes += hs_map_index_memory_bytes(layout->index);
  if (layout->places != NULL)
    bytes += layout->places->n_blocks * sizeof *layout->places->at;
  return bytes;
}

uint32_t
hs_map_layout_n_bands(const HsMapLayout *layout)
{
  return layout->bands->len;
}

const HsMapBand *
hs_map_layout_band(const HsMapLayout *layout, uint32_t index)
{
  return &g_array_index(layout->bands, HsMapBand, index);
}

uint64_t
hs_map_layout_span(const HsMapLayout *layout)
{
  return layout->span;
}

static bool
ends_beyond(const HsMapBand *band, uint32_t process, uint64_t address)
{
  return band->process.v > process || (band->process.v == process && band->end > address);
}

uint32_t
hs_map_layout_find_slow(const HsMapLayout *layout, uint32_t process, uint64_t address, uint32_t *hint)
{
  const HsMapBand *bands = (const HsMapBand *)(void *)layout->bands->data;
  uint32_t n = layout->bands->len;
  uint32_t low = 0, high = n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (ends_beyond(&bands[middle], process, address))
      high = middle;
    else
      low = middle + 1;
  }
  if (hint != NULL)
    *hint = low;
  return low;
}

uint64_t
hs_map_layout_u(const HsMapLayout *layout, HsProcessId process, uint64_t address)
{
  uint32_t i = hs_map_layout_find(layout, process.v, address, NULL);
  if (i >= layout->bands->len)
    return UINT64_MAX;
  const HsMapBand *band = hs_map_layout_band(layout, i);
  if (band->process.v != process.v || band->begin > address)
    return UINT64_MAX;
  return band->u + (address - band->begin);
}

bool
hs_map_layout_address(const HsMapLayout *layout, uint64_t u, HsProcessId *process, uint64_t *address)
{
  uint32_t low = 0, high = layout->bands->len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (hs_map_layout_band(layout, middle)->u <= u)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0)
    return false;
  const HsMapBand *band = hs_map_layout_band(layout, low - 1);
  if (u - band->u >= band->end - band->begin)
    return false;
  *process = band->process;
  *address = band->begin + (u - band->u);
  return true;
}

void
hs_map_layout_hull(const HsMapLayout *layout, uint64_t u0, uint64_t u1, uint64_t *begin, uint64_t *end)
{
  *begin = UINT64_MAX;
  *end = 0;
  for (guint i = 0; i < layout->bands->len; i++) {
    const HsMapBand *band = &g_array_index(layout->bands, HsMapBand, i);
    uint64_t bytes = band->end - band->begin;
    if (band->u >= u1 || band->u + bytes <= u0)
      continue;
    *begin = MIN(*begin, band->begin + (u0 > band->u ? u0 - band->u : 0));
    *end = MAX(*end, band->begin + MIN(bytes, u1 - band->u));
  }
}
