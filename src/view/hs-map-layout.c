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
/* A fold is this part of the axis' contents, or less where there are many: always less than what it folds away. */
#define FOLD_SHARE 38

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

static void
append_bands(HsMapLayout *layout, const GArray *stretches)
{
  g_autofree bool *folds = choose_folds(stretches);
  for (guint i = 0; i < stretches->len; i++) {
    const HsMapStretch *s = &g_array_index(stretches, HsMapStretch, i);
    if (i > 0 && !folds[i]) {
      g_array_index(layout->bands, HsMapBand, layout->bands->len - 1).end = s->end;
      continue;
    }
    HsMapBand band = {.process = {s->process}, .begin = s->begin, .end = s->end};
    if (i > 0 && s[-1].process == s->process)
      band.gap_before = s->begin - s[-1].end;
    g_array_append_val(layout->bands, band);
  }
}

/* Lays the bands one after another, a fold between each two. */
static void
place_bands(HsMapLayout *layout)
{
  unsigned __int128 contents = 0;
  for (guint i = 0; i < layout->bands->len; i++) {
    const HsMapBand *band = &g_array_index(layout->bands, HsMapBand, i);
    contents += band->end - band->begin;
  }
  uint64_t n_folds = layout->bands->len > 0 ? layout->bands->len - 1 : 0;
  uint64_t fold = (uint64_t)MIN(contents, HS_MAP_MAX_SPAN) / MAX(FOLD_SHARE, 2 * n_folds);
  uint64_t u = 0;
  for (guint i = 0; i < layout->bands->len; i++) {
    HsMapBand *band = &g_array_index(layout->bands, HsMapBand, i);
    uint64_t bytes = band->end - band->begin;
    u += i > 0 ? MAX(fold, 1) : 0;
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

HsMapLayout *
hs_map_layout_new(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, const int *cancel)
{
  HsMapBlocks blocks;
  g_autoptr(HsMapPages) pages = hs_map_pages_new();
  hs_map_blocks_init(&blocks, timeline, set, n_rows);
  bool cancelled = false;
  for (uint32_t i = 0; i < blocks.n_blocks; i++) {
    HsBlockId id = {i};
    HsRow begin_row = hs_timeline_block_begin(timeline, id);
    HsSource source;
    /* Blocks are numbered in the order they begin. */
    if (begin_row >= blocks.n_rows)
      break;
    cancelled = i % HS_MAP_CANCEL_BLOCKS == 0 && hs_map_cancelled(cancel);
    if (cancelled)
      break;
    if (!hs_map_blocks_contain(&blocks, id))
      continue;
    const HsMapOrigin *origin = hs_map_blocks_origin(&blocks, begin_row, &source);
    if (origin == NULL)
      continue;
    uint64_t begin, end;
    hs_map_extent(hs_timeline_block_address(timeline, id), hs_timeline_block_size(timeline, id), &begin, &end);
    hs_map_pages_add(pages, origin->process, begin, end);
  }
  hs_map_blocks_clear(&blocks);
  if (cancelled)
    return NULL;

  g_autoptr(GArray) stretches = hs_map_pages_stretches(pages);
  HsMapLayout *layout = g_new0(HsMapLayout, 1);
  layout->ref_count = 1;
  layout->bands = g_array_new(FALSE, FALSE, sizeof(HsMapBand));
  append_bands(layout, stretches);
  place_bands(layout);
  return layout;
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
  g_free(layout);
}

/* --- asking --- */

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
hs_map_layout_find(const HsMapLayout *layout, uint32_t process, uint64_t address, uint32_t *hint)
{
  const HsMapBand *bands = (const HsMapBand *)(void *)layout->bands->data;
  uint32_t n = layout->bands->len;
  if (hint != NULL && *hint < n && bands[*hint].process.v == process && bands[*hint].begin <= address &&
      bands[*hint].end > address)
    return *hint;
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

/* --- blocks --- */

void
hs_map_blocks_init(HsMapBlocks *blocks, HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows)
{
  blocks->timeline = timeline;
  /* Rows are published last: what is read after them covers them. */
  blocks->n_rows = MIN(n_rows, hs_timeline_n_rows(timeline));
  blocks->n_blocks = hs_timeline_n_blocks(timeline);
  blocks->bits = set != NULL ? hs_row_set_words(set) : NULL;
  if (blocks->bits != NULL)
    blocks->n_blocks = MIN(blocks->n_blocks, hs_row_set_n_rows(set));
  blocks->n_origins = hs_timeline_n_origins(timeline);
  blocks->origins = g_new(HsMapOrigin, MAX(blocks->n_origins, 1));
  for (uint32_t i = 0; i < blocks->n_origins; i++) {
    HsHeapId heap = hs_timeline_origin(timeline, (HsOriginId){i})->heap;
    HsMapOrigin *origin = &blocks->origins[i];
    *origin = (HsMapOrigin){HS_ID_NONE, heap.v};
    if (heap.v != HS_ID_NONE)
      origin->process = hs_timeline_heap(timeline, heap)->process.v;
  }
}

void
hs_map_blocks_clear(HsMapBlocks *blocks)
{
  g_clear_pointer(&blocks->origins, g_free);
}
