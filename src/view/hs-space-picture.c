/* SPDX-License-Identifier: MIT */
/*
 * How much of each device pixel's bytes is covered: by blocks of each colour, by committed and by reserved memory.
 *
 * All in whole numbers, and exact. A row has 2^shift bytes and a width in pixels: counted in bytes times that width, a
 * block begins and ends at whole numbers, and a pixel is 2^shift of them. A bar adds four numbers to differences along
 * the row, whose running sums are the coverage.
 *
 * Threads take a few rows at a time; what is not near them in address space is not looked at.
 */
#include <string.h>

#include "hs-map-private.h"
#include "hs-paint-private.h"
#include "hs-scratch.h"
#include "hs-space-private.h"

#define ROWS_A_TURN 4u
#define MAX_COLORS HS_MAP_MAX_CLASSES
#define MAX_HEAPS_LISTED 256u

enum { CLASS_OTHER = MAX_COLORS, CLASS_COMMITTED, CLASS_RESERVED, N_CLASSES };

typedef struct {
  const HsInstant *instant;
  const HsSpaceView *view;
  unsigned shift;     /* of a row in bytes */
  int width;          /* device pixels */
  GArray *turns;      /* of Turn */
  uint32_t next_turn; /* atomic */
  const int *cancel;
  HsMapBlocks blocks;
  HsMapClasses classes;
  bool *heap_untold; /* by heap id */
  HsColor colors[N_CLASSES], void_;
  uint32_t *pixels;
  int stride;       /* in pixels */
  int height;       /* of the surface, device pixels */
  bool failed;      /* atomic */
  uint32_t sources; /* atomic: bits of what was met */
  uint32_t others;  /* atomic */
} Raster;

/* Rows that lie one after the other. */
typedef struct {
  HsProcessId process;
  uint64_t address;
  int64_t top_px;
  uint32_t n;
} Turn;

typedef struct {
  const Raster *raster;
  Turn turn;
  uint64_t begin, end; /* addresses */
  uint64_t *cells;     /* differences by class, row and column */
  bool used[N_CLASSES][ROWS_A_TURN];
  uint32_t heap; /* whose pages are told of, and how far */
  uint64_t pages_to;
  uint32_t sources;
  bool others;
} Strip;

/* --- coverage --- */

static size_t
row_size(const Raster *raster)
{
  /* Two columns more: a bar's end is noted after the last pixel. */
  return (size_t)raster->width + 2;
}

static void
add_bar(Strip *strip, int class_index, uint32_t row, uint64_t from, uint64_t to)
{
  const Raster *r = strip->raster;
  uint64_t u0 = from * (unsigned)r->width, u1 = to * (unsigned)r->width;
  uint64_t full = UINT64_C(1) << r->shift, f0 = u0 & (full - 1), f1 = u1 & (full - 1);
  size_t i0 = (size_t)(u0 >> r->shift), i1 = (size_t)(u1 >> r->shift);
  uint64_t *d = strip->cells + ((size_t)class_index * ROWS_A_TURN + row) * row_size(r);
  strip->used[class_index][row] = true;
  d[i0] += full - f0;
  d[i0 + 1] += f0;
  d[i1] -= full - f1;
  d[i1 + 1] -= f1;
}

/* [begin, end) as far as it is in the strip, row by row. */
static void
add_extent(Strip *strip, int class_index, uint64_t begin, uint64_t end)
{
  unsigned shift = strip->raster->shift;
  uint64_t mask = (UINT64_C(1) << shift) - 1;
  begin = MAX(begin, strip->begin);
  end = MIN(end, strip->end);
  while (begin < end) {
    uint32_t row = (uint32_t)((begin - strip->begin) >> shift);
    uint64_t row_begin = begin & ~mask;
    uint64_t to = MIN(end - row_begin, mask + 1);
    add_bar(strip, class_index, row, begin - row_begin, to);
    if (end - row_begin <= mask + 1)
      break;
    begin = row_begin + mask + 1;
  }
}

/* Of heaps whose committed memory nothing tells, the pages in use. */
static void
add_pages(Strip *strip, const HsInstantBlock *block)
{
  uint64_t mask = HS_INSTANT_PAGE_BYTES - 1;
  uint64_t begin = block->begin & ~mask;
  uint64_t end = block->end > UINT64_MAX - mask ? UINT64_MAX : (block->end + mask) & ~mask;
  if (strip->heap != block->heap.v) {
    strip->heap = block->heap.v;
    strip->pages_to = 0;
  }
  add_extent(strip, CLASS_COMMITTED, MAX(begin, strip->pages_to), end);
  strip->pages_to = MAX(strip->pages_to, end);
}

/* Only some colours take a look at the row that began it. */
static int
class_of(const Raster *r, const HsInstantBlock *b)
{
  const HsBlockRecord *record = hs_timeline_block_record(r->blocks.timeline, b->id);
  HsMapOrigin origin = {.heap = b->heap.v};
  const HsMapOrigin *whole = &origin;
  if (r->classes.by != HS_COLOR_BY_HEAP && r->classes.by != HS_COLOR_BY_SOURCE && r->classes.by != HS_COLOR_BY_SIZE)
    whole = hs_map_blocks_origin(&r->blocks, record->begin);
  return whole != NULL ? hs_map_class_of(&r->classes, &r->blocks, whole, record, b->id.v) : CLASS_OTHER;
}

static void
add_blocks(gpointer data, const HsInstantBlock *blocks, uint32_t n)
{
  Strip *strip = data;
  const Raster *r = strip->raster;
  for (uint32_t i = 0; i < n; i++) {
    const HsInstantBlock *b = &blocks[i];
    if (r->heap_untold[b->heap.v])
      add_pages(strip, b);
    if (b->end <= strip->begin || b->begin >= strip->end)
      continue;
    int class_index = b->is_member ? class_of(r, b) : CLASS_OTHER;
    add_extent(strip, class_index, b->begin, b->end);
    strip->others = strip->others || !b->is_member;
    strip->sources |= b->is_member ? 1u << b->source : 0;
  }
}

static void
add_committed(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end)
{
  add_extent(data, CLASS_COMMITTED, begin, end);
}

static void
add_reserved(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end)
{
  add_extent(data, CLASS_RESERVED, begin, end);
}

/* --- pixels --- */

typedef struct {
  float r, g, b;
} Mix;

static inline void
mix(Mix *mix, const HsColor *color, float part)
{
  mix->r += ((float)color->r - mix->r) * part;
  mix->g += ((float)color->g - mix->g) * part;
  mix->b += ((float)color->b - mix->b) * part;
}

static inline uint32_t
pixel_of(const Mix *mix)
{
  return 0xff000000u | (uint32_t)(mix->r * 255 + 0.5f) << 16 | (uint32_t)(mix->g * 255 + 0.5f) << 8 |
         (uint32_t)(mix->b * 255 + 0.5f);
}

static void
compose_row(const Strip *strip, uint32_t row, uint32_t *pixels)
{
  const Raster *r = strip->raster;
  const float full = (float)(UINT64_C(1) << r->shift);
  const uint64_t *cells[N_CLASSES];
  uint64_t sums[N_CLASSES] = {0};
  int used[N_CLASSES], n_used = 0;
  for (int c = 0; c < N_CLASSES; c++) {
    if (!strip->used[c][row])
      continue;
    cells[n_used] = strip->cells + ((size_t)c * ROWS_A_TURN + row) * row_size(r);
    used[n_used++] = c;
  }
  for (int x = 0; x < r->width; x++) {
    float total = 0, committed = 0, reserved = 0;
    Mix blocks = {0, 0, 0}, out = {(float)r->void_.r, (float)r->void_.g, (float)r->void_.b};
    for (int i = 0; i < n_used; i++) {
      sums[i] += cells[i][x];
      float part = (float)sums[i];
      const HsColor *color = &r->colors[used[i]];
      if (used[i] >= CLASS_COMMITTED) {
        *(used[i] == CLASS_COMMITTED ? &committed : &reserved) = MIN(part / full, 1);
        continue;
      }
      total += part;
      blocks.r += part * (float)color->r;
      blocks.g += part * (float)color->g;
      blocks.b += part * (float)color->b;
    }
    mix(&out, &r->colors[CLASS_RESERVED], reserved);
    mix(&out, &r->colors[CLASS_COMMITTED], committed);
    if (total > 0) {
      HsColor color = {blocks.r / total, blocks.g / total, blocks.b / total, 1};
      float covered = MIN(total / full, 1);
      mix(&out, &color, (float)HS_SPACE_MIN_ALPHA + (1 - (float)HS_SPACE_MIN_ALPHA) * covered);
    }
    pixels[x] = pixel_of(&out);
  }
}

/* All pixel rows of a row of memory are the same. */
static void
put_row(const Strip *strip, uint32_t row)
{
  const Raster *r = strip->raster;
  const HsSpaceView *v = r->view;
  int top = (hs_space_y(v, strip->turn.top_px + (int64_t)row * v->line_px) - v->y) * v->scale;
  int bottom = MIN(top + hs_space_row_px(v) * v->scale, r->height);
  top = MAX(top, 0);
  if (top >= bottom)
    return;
  uint32_t *first = r->pixels + (size_t)top * (size_t)r->stride;
  compose_row(strip, row, first);
  for (int y = top + 1; y < bottom; y++)
    memcpy(r->pixels + (size_t)y * (size_t)r->stride, first, (size_t)r->width * sizeof *first);
}

/* --- work --- */

static void
draw_turn(Strip *strip, const Turn *turn)
{
  const Raster *r = strip->raster;
  uint64_t page = HS_INSTANT_PAGE_BYTES - 1;
  strip->turn = *turn;
  strip->begin = turn->address;
  uint64_t bytes = (uint64_t)turn->n << r->shift;
  strip->end = bytes > UINT64_MAX - turn->address ? UINT64_MAX : turn->address + bytes;
  strip->heap = HS_ID_NONE;
  for (int c = 0; c < N_CLASSES; c++) {
    for (uint32_t row = 0; row < ROWS_A_TURN; row++) {
      if (strip->used[c][row])
        memset(strip->cells + ((size_t)c * ROWS_A_TURN + row) * row_size(r), 0, row_size(r) * sizeof *strip->cells);
      strip->used[c][row] = false;
    }
  }
  hs_instant_visit_memory(r->instant, true, turn->process, strip->begin, strip->end, add_reserved, strip);
  hs_instant_visit_memory(r->instant, false, turn->process, strip->begin, strip->end, add_committed, strip);
  /* Pages may reach beyond rows. */
  uint64_t end = strip->end > UINT64_MAX - page ? UINT64_MAX : (strip->end + page) & ~page;
  hs_instant_visit_blocks(r->instant, turn->process, strip->begin & ~page, end, add_blocks, strip);
  for (uint32_t row = 0; row < turn->n; row++)
    put_row(strip, row);
}

static gpointer
run(gpointer data)
{
  Raster *raster = data;
  size_t n_cells = row_size(raster) * ROWS_A_TURN * N_CLASSES;
  Strip *strip = g_new0(Strip, 1);
  strip->raster = raster;
  strip->cells = g_try_new0(uint64_t, n_cells);
  if (strip->cells == NULL)
    __atomic_store_n(&raster->failed, true, __ATOMIC_RELAXED);
  while (strip->cells != NULL && !(raster->cancel != NULL && __atomic_load_n(raster->cancel, __ATOMIC_RELAXED) != 0)) {
    uint32_t i = __atomic_fetch_add(&raster->next_turn, 1, __ATOMIC_RELAXED);
    if (i >= raster->turns->len)
      break;
    draw_turn(strip, &g_array_index(raster->turns, Turn, i));
  }
  __atomic_fetch_or(&raster->sources, strip->sources, __ATOMIC_RELAXED);
  __atomic_fetch_or(&raster->others, strip->others, __ATOMIC_RELAXED);
  g_free(strip->cells);
  g_free(strip);
  return NULL;
}

static GArray *
cut_turns(const HsSpaceLayout *layout, const HsSpaceView *view)
{
  GArray *turns = g_array_new(FALSE, FALSE, sizeof(Turn));
  for (int64_t top = view->top_px; top < view->top_px + view->height;) {
    HsSpaceLine line = hs_space_layout_line(layout, view->line_px, top);
    Turn turn = {line.process, line.address, line.top_px, 1};
    if (line.kind == HS_SPACE_NOTHING)
      break;
    if (line.kind == HS_SPACE_ROW) {
      turn.n = (uint32_t)MIN(line.n_rows, ROWS_A_TURN);
      g_array_append_val(turns, turn);
    }
    top = line.top_px + (int64_t)turn.n * line.height_px;
  }
  return turns;
}

/* --- colours --- */

HsColor
hs_space_reserved_color(const HsPalette *palette)
{
  return hs_color_mix(palette->void_, palette->text, palette->dark ? 0.07 : 0.06);
}

HsColor
hs_space_committed_color(const HsPalette *palette)
{
  return hs_color_mix(palette->void_, palette->text, palette->dark ? 0.22 : 0.19);
}

HsColor
hs_space_other_color(const HsPalette *palette)
{
  return hs_color_mix(palette->void_, palette->text, 0.5);
}

static void
classify(Raster *raster, const HsMapColors *colors, const HsPalette *palette)
{
  HsTimeline *timeline = hs_instant_timeline(raster->instant);
  hs_map_blocks_init(&raster->blocks, timeline, NULL, hs_instant_n_rows(raster->instant));
  hs_map_classes_init(&raster->classes, &raster->blocks, colors, palette);
  memcpy(raster->colors, raster->classes.colors, (size_t)raster->classes.n * sizeof *raster->colors);
  raster->colors[CLASS_OTHER] = hs_space_other_color(palette);
  raster->colors[CLASS_COMMITTED] = hs_space_committed_color(palette);
  raster->colors[CLASS_RESERVED] = hs_space_reserved_color(palette);
  raster->void_ = palette->void_;
  raster->heap_untold = g_new0(bool, hs_timeline_n_heaps(timeline) + 1);
  for (uint32_t i = 0; i < hs_instant_n_heaps(raster->instant); i++) {
    HsHeapId heap;
    const HsInstantFigures *figures = hs_instant_heap(raster->instant, i, &heap);
    raster->heap_untold[heap.v] = figures->n_untold > 0;
  }
}

/* --- the picture --- */

typedef struct {
  HsSpacePicture picture; /* first: it is what callers hold */
  int ref_count;
} Owned;

static void
fill_ground(cairo_surface_t *surface, HsColor color)
{
  cairo_t *cr = cairo_create(surface);
  hs_color_set(cr, color);
  cairo_paint(cr);
  cairo_destroy(cr);
}

static bool
draw(HsSpacePicture *picture, const HsInstant *instant, const HsPalette *palette, const int *cancel)
{
  fill_ground(picture->surface, palette->base);
  cairo_surface_flush(picture->surface);
  Raster raster = {.instant = instant,
                   .view = &picture->view,
                   .shift = picture->layout->row_shift,
                   .width = cairo_image_surface_get_width(picture->surface),
                   .height = cairo_image_surface_get_height(picture->surface),
                   .turns = cut_turns(picture->layout, &picture->view),
                   .cancel = cancel,
                   .pixels = (uint32_t *)(void *)cairo_image_surface_get_data(picture->surface),
                   .stride = cairo_image_surface_get_stride(picture->surface) / 4};
  classify(&raster, &picture->colors, palette);
  hs_run_both("hs-space", run, &raster, raster.turns->len > 1 ? &raster : NULL);
  cairo_surface_mark_dirty(picture->surface);
  for (int i = 0; i < HS_N_SOURCES; i++)
    picture->uses_source[i] = (raster.sources >> i & 1) != 0;
  picture->has_others = raster.others != 0;
  g_array_unref(raster.turns);
  hs_map_classes_clear(&raster.classes);
  hs_map_blocks_clear(&raster.blocks);
  g_free(raster.heap_untold);
  return !raster.failed && !(cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0);
}

static int
compare_heaps(gconstpointer a, gconstpointer b)
{
  const HsSpaceHeap *x = a, *y = b;
  if (x->figures.live_bytes != y->figures.live_bytes)
    return x->figures.live_bytes > y->figures.live_bytes ? -1 : 1;
  return (x->heap.v > y->heap.v) - (x->heap.v < y->heap.v);
}

static void
take_numbers(HsSpacePicture *picture, const HsInstant *instant)
{
  picture->ticks = hs_instant_ticks(instant);
  picture->figures = *hs_instant_figures(instant);
  picture->heaps = g_array_new(FALSE, FALSE, sizeof(HsSpaceHeap));
  for (uint32_t i = 0; i < hs_instant_n_heaps(instant); i++) {
    HsSpaceHeap heap;
    heap.figures = *hs_instant_heap(instant, i, &heap.heap);
    g_array_append_val(picture->heaps, heap);
  }
  g_array_sort(picture->heaps, compare_heaps);
  if (picture->heaps->len > MAX_HEAPS_LISTED)
    g_array_set_size(picture->heaps, MAX_HEAPS_LISTED);
}

HsSpacePicture *
hs_space_picture_new(const HsInstant *instant, HsSpaceLayout *layout, const HsSpaceView *view,
                     const HsMapColors *colors, const HsPalette *palette, const int *cancel)
{
  HsViewport size = {.width = view->width, .height = view->height, .scale = view->scale};
  cairo_surface_t *surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, hs_device_width(&size), hs_device_height(&size));
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    return NULL;
  }
  Owned *owned = g_new0(Owned, 1);
  HsSpacePicture *picture = &owned->picture;
  owned->ref_count = 1;
  picture->surface = surface;
  picture->view = *view;
  picture->layout = hs_space_layout_ref(layout);
  picture->colors = *colors;
  take_numbers(picture, instant);
  if (!draw(picture, instant, palette, cancel)) {
    hs_space_picture_unref(picture);
    return NULL;
  }
  cairo_surface_set_device_scale(surface, view->scale, view->scale);
  return picture;
}

HsSpacePicture *
hs_space_picture_ref(HsSpacePicture *picture)
{
  g_atomic_int_inc(&((Owned *)picture)->ref_count);
  return picture;
}

void
hs_space_picture_unref(HsSpacePicture *picture)
{
  Owned *owned = (Owned *)picture;
  if (!g_atomic_int_dec_and_test(&owned->ref_count))
    return;
  cairo_surface_destroy(picture->surface);
  hs_space_layout_unref(picture->layout);
  g_clear_pointer(&picture->heaps, g_array_unref);
  g_free(owned);
}
