/* SPDX-License-Identifier: MIT */
/* The map of one instant against every byte of memory: what each pixel shows, what is at each point, where rows are. */
#include <math.h>
#include <string.h>

#include "hs-render-support.h"
#include "hs-space.h"

#define MIN_ALPHA 0.35
#define MAX_PX 4000

/* What one pixel's bytes hold. */
typedef struct {
  double blocks, committed, reserved; /* parts that are covered; blocks may lie over each other */
  double r, g, b;                     /* of the blocks, weighted */
} Cell;

typedef struct {
  HsInstant *instant;
  HsRowSet *set; /* or NULL */
  int64_t ticks;
  HsPalette palette;
  HsColorBy color_by;
} World;

static double
overlap(double a0, double a1, double b0, double b1)
{
  return MAX(MIN(a1, b1) - MAX(a0, b0), 0);
}

/* --- traces with committed memory --- */

static HsTestTrace *
new_trace(GRand *rand, int n_events)
{
  HsTestTrace *trace = hs_test_trace_new();
  int64_t ticks = 0;
  static const uint64_t bases[] = {0x10000, 0x7f0000000000, 0x340000};
  for (int i = 0; i < n_events; i++) {
    ticks += g_rand_int_range(rand, 0, 5);
    uint64_t handle = 0x1000 * (uint64_t)g_rand_int_range(rand, 1, 4);
    uint32_t pid = 1 + (uint32_t)(handle == 0x3000);
    uint64_t address = bases[handle / 0x1000 - 1] + 0x40 * (uint64_t)g_rand_int_range(rand, 0, 1500);
    HsHeapEvent event = {.ticks = ticks, .pid = pid, .tid = 1, .handle = handle, .address = address};
    int dice = g_rand_int_range(rand, 0, 100);
    event.op = dice < 60 ? HS_OP_ALLOC : dice < 85 ? HS_OP_FREE : dice < 95 ? HS_OP_COMMIT : HS_OP_DECOMMIT;
    event.size = event.op >= HS_OP_COMMIT ? 4096 * (uint64_t)g_rand_int_range(rand, 1, 20)
                                          : (uint64_t)g_rand_int_range(rand, 0, dice == 0 ? 30000 : 300);
    /* One heap tells nothing of its memory. */
    if (event.op >= HS_OP_COMMIT && handle == 0x2000)
      continue;
    event.has_source = event.op < HS_OP_COMMIT;
    event.source_id = (uint32_t)g_rand_int_range(rand, 1, 6);
    hs_test_trace_add(trace, event);
  }
  hs_test_trace_finish(trace, ticks + 1);
  return trace;
}

/* --- by brute force --- */

static bool
is_member(const World *w, uint32_t block)
{
  return w->set == NULL || hs_row_set_contains(w->set, block);
}

static HsColor
color_of(const World *w, const HsBlock *b)
{
  if (!is_member(w, b->id.v))
    return hs_color_mix(w->palette.void_, w->palette.text, 0.5);
  return w->color_by == HS_COLOR_BY_SOURCE ? hs_palette_source(&w->palette, b->source)
                                           : hs_palette_heap(&w->palette, b->heap);
}

static bool
is_shown(const World *w, HsHeapId heap, bool *untold)
{
  for (uint32_t i = 0; i < hs_instant_n_heaps(w->instant); i++) {
    HsHeapId id;
    *untold = hs_instant_heap(w->instant, i, &id)->n_untold > 0;
    if (id.v == heap.v)
      return true;
  }
  return false;
}

typedef struct {
  HsProcessId process;
  uint64_t begin; /* of the row */
  unsigned shift;
  int n;
  Cell *cells;
} Row;

static void
add(Row *row, uint64_t begin, uint64_t end, int what, const HsColor *color)
{
  /* Exact: few bits are multiplied, the rest is a shift. */
  double x0 = ldexp(((double)begin - (double)row->begin) * row->n, -(int)row->shift);
  double x1 = ldexp(((double)end - (double)row->begin) * row->n, -(int)row->shift);
  for (int x = (int)CLAMP(floor(x0), 0, row->n); x < row->n && x < x1; x++) {
    Cell *c = &row->cells[x];
    double part = overlap(x0, x1, x, x + 1);
    if (what == 1)
      c->committed += part;
    if (what == 2)
      c->reserved += part;
    if (what != 0)
      continue;
    c->blocks += part;
    c->r += part * color->r;
    c->g += part * color->g;
    c->b += part * color->b;
  }
}

static void
add_committed(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end)
{
  add(data, begin, end, 1, NULL);
}

static void
compute(const World *w, Row *row)
{
  HsTimeline *t = hs_instant_timeline(w->instant);
  g_autoptr(GHashTable) pages = g_hash_table_new(NULL, NULL);
  memset(row->cells, 0, (size_t)row->n * sizeof *row->cells);
  hs_instant_visit_memory(w->instant, false, row->process, 0, UINT64_MAX, add_committed, row);
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock b;
    bool untold = false;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &b);
    if (b.begin_ticks > w->ticks || b.end_ticks <= w->ticks || !is_shown(w, b.heap, &untold) ||
        hs_timeline_heap(t, b.heap)->process.v != row->process.v)
      continue;
    uint64_t end = b.address + MAX(b.size, 1);
    HsColor color = color_of(w, &b);
    add(row, b.address, end, 0, &color);
    for (uint64_t page = b.address / 4096; untold && page <= (end - 1) / 4096; page++) {
      /* Only one heap is so: a page counts once. */
      if (g_hash_table_add(pages, GSIZE_TO_POINTER(page)))
        add(row, page * 4096, page * 4096 + 4096, 1, NULL);
    }
  }
}

static HsColor
expected_color(const World *w, const Cell *c)
{
  HsColor committed = hs_color_mix(w->palette.void_, w->palette.text, w->palette.dark ? 0.22 : 0.19);
  HsColor out = hs_color_mix(w->palette.void_, committed, MIN(c->committed, 1));
  if (c->blocks > 0) {
    HsColor color = {c->r / c->blocks, c->g / c->blocks, c->b / c->blocks, 1};
    out = hs_color_mix(out, color, MIN_ALPHA + (1 - MIN_ALPHA) * MIN(c->blocks, 1));
  }
  return out;
}

static void
check_pixel(const World *w, const Cell *c, uint32_t pixel)
{
  HsColor e = expected_color(w, c);
  g_assert_cmpfloat(fabs((pixel >> 16 & 255) - e.r * 255), <=, 2.0);
  g_assert_cmpfloat(fabs((pixel >> 8 & 255) - e.g * 255), <=, 2.0);
  g_assert_cmpfloat(fabs((pixel & 255) - e.b * 255), <=, 2.0);
}

/* Each row in view, at its upper edge and its last line of pixels. */
static int
check_rows(const World *w, const HsSpacePicture *picture)
{
  static Cell cells[MAX_PX];
  const HsSpaceView *v = &picture->view;
  int n_rows = 0, width = v->width * v->scale, height = v->height * v->scale;
  g_assert_cmpint(width, <=, MAX_PX);
  for (int64_t top = v->top_px; top < v->top_px + v->height;) {
    HsSpaceLine line = hs_space_layout_line(picture->layout, v->line_px, top);
    if (line.kind == HS_SPACE_NOTHING)
      break;
    top = line.top_px + line.height_px;
    if (line.kind != HS_SPACE_ROW)
      continue;
    g_assert_cmpuint(line.address & ((UINT64_C(1) << hs_space_layout_row_shift(picture->layout)) - 1), ==, 0);
    Row row = {line.process, line.address, hs_space_layout_row_shift(picture->layout), width, cells};
    compute(w, &row);
    int y0 = MAX((int)(line.top_px - v->top_px) * v->scale, 0);
    int y1 = MIN((int)(line.top_px - v->top_px) * v->scale + (v->line_px - 3) * v->scale, height) - 1;
    for (int x = 0; y1 >= y0 && x < width; x++) {
      check_pixel(w, &cells[x], hs_surface_pixel(picture->surface, x, y0));
      g_assert_cmphex(hs_surface_pixel(picture->surface, x, y0), ==, hs_surface_pixel(picture->surface, x, y1));
    }
    n_rows++;
  }
  return n_rows;
}

/* --- hits --- */

/* The block that covers an address; −1 if there is none, and whether one is near. */
static int64_t
block_at(const World *w, HsProcessId process, uint64_t address, uint64_t reach, bool *near)
{
  HsTimeline *t = hs_instant_timeline(w->instant);
  int64_t best = -1;
  *near = false;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock b;
    bool untold;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &b);
    if (b.begin_ticks > w->ticks || b.end_ticks <= w->ticks || !is_shown(w, b.heap, &untold) ||
        hs_timeline_heap(t, b.heap)->process.v != process.v)
      continue;
    uint64_t end = b.address + MAX(b.size, 1);
    *near = *near || (b.address <= address + reach && address < end + reach);
    if (b.address <= address && address < end &&
        (best < 0 || is_member(w, i) > is_member(w, (uint32_t)best) || is_member(w, i) == is_member(w, (uint32_t)best)))
      best = i;
  }
  return best;
}

static void
check_hits(const World *w, const HsSpacePicture *picture, GRand *rand)
{
  const HsSpaceView *v = &picture->view;
  for (int i = 0; i < 60; i++) {
    double x = v->x + g_rand_double(rand) * v->width, y = v->y + g_rand_double(rand) * v->height;
    HsSpaceHit hit;
    HsProcessId process;
    uint64_t address;
    bool near, found = hs_space_hit(w->instant, picture->layout, v, x, y, &hit);
    g_assert_true(found == hs_space_address_at(picture->layout, v, x, y, &process, &address));
    if (!found)
      continue;
    int64_t top;
    g_assert_true(hs_space_layout_find(picture->layout, v->line_px, process, address, &top));
    g_assert_cmpint(top, ==, hs_space_layout_line(picture->layout, v->line_px, (int64_t)(y - v->y) + v->top_px).top_px);
    uint64_t reach = (uint64_t)(2 * ldexp(1, (int)hs_space_layout_row_shift(picture->layout)) / v->width);
    int64_t expected = block_at(w, process, address, reach + 1, &near);
    if (expected >= 0) {
      g_assert_cmpuint(hit.block.v, ==, (uint32_t)expected);
      continue;
    }
    /* Nothing near: what is free reaches to the neighbours. */
    g_assert_true(near || hit.block.v == HS_ID_NONE);
    if (hit.block.v == HS_ID_NONE) {
      g_assert_cmphex(hit.begin, <=, address);
      g_assert_cmphex(hit.end, >, address);
      g_assert_cmpint(block_at(w, process, hit.begin, 0, &near), ==, -1);
    }
  }
}

/* --- tests --- */

static void
check_world(World *w, HsTestTrace *trace, GRand *rand, int round)
{
  static const unsigned shifts[] = {HS_SPACE_AUTO, 10, 12, 16, 22};
  int scale = 1 + round % 2;
  unsigned shift = shifts[g_rand_int_range(rand, 0, G_N_ELEMENTS(shifts))];
  int width = g_rand_int_range(rand, 200, 900), height = g_rand_int_range(rand, 60, 400);
  g_assert_true(hs_instant_seek(w->instant, w->set, (HsHeapId){HS_ID_NONE}, w->ticks, NULL));
  g_autoptr(HsSpaceLayout) layout = hs_space_layout_new(w->instant, shift, height);
  HsSpaceView view = hs_space_view(layout, width, height, scale, g_rand_int_range(rand, 0, 500));
  int64_t all = hs_space_layout_height(layout, view.line_px);
  g_assert_cmpint(view.top_px, <=, MAX(all - view.height, 0));
  if (shift == HS_SPACE_AUTO && height > 300)
    g_assert_cmpint(all, <=, view.height);
  g_autoptr(HsSpacePicture) picture = hs_space_picture_new(
      w->instant, layout, &view, &(HsMapColors){w->color_by, HS_TIME_RANGE_ALL}, &w->palette, NULL);
  g_assert_nonnull(picture);
  g_assert_cmpint(picture->ticks, ==, w->ticks);
  g_assert_cmpint(cairo_image_surface_get_width(picture->surface), ==, view.width * scale);
  (void)check_rows(w, picture);
  check_hits(w, picture, rand);
}

static void
test_rows(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 24; round++) {
    g_autoptr(HsTestTrace) trace = new_trace(rand, g_rand_int_range(rand, 20, 1200));
    World w = {.instant = hs_instant_new(trace->timeline, UINT32_MAX, NULL),
               .color_by = round % 3 == 0 ? HS_COLOR_BY_SOURCE : HS_COLOR_BY_HEAP};
    hs_palette_init(&w.palette, round % 4 == 3);
    int64_t t0, t1;
    hs_timeline_span(trace->timeline, &t0, &t1);
    w.ticks = t0 + g_rand_int_range(rand, 0, (gint32)(t1 - t0));
    if (round % 3 == 1) {
      g_autoptr(HsQuery) query = hs_query_parse("size >= 128", NULL);
      w.set = hs_row_set_new_query_blocks(trace->timeline, query, HS_TIME_RANGE_ALL,
                                          hs_timeline_n_rows(trace->timeline), NULL);
    }
    check_world(&w, trace, rand, round);
    g_clear_pointer(&w.set, hs_row_set_unref);
    hs_instant_unref(w.instant);
  }
}

/* A byte among megabytes is seen. */
static void
test_lone_byte(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 1, 1, 0x1000, 0x40000000, 1, 1);
  hs_test_trace_alloc(trace, 2, 1, 0x1000, 0x43000000, 0, 1);
  hs_test_trace_finish(trace, 10);
  g_autoptr(HsInstant) instant = hs_instant_new(trace->timeline, UINT32_MAX, NULL);
  g_assert_true(hs_instant_seek(instant, NULL, (HsHeapId){HS_ID_NONE}, 5, NULL));
  g_autoptr(HsSpaceLayout) layout = hs_space_layout_new(instant, HS_SPACE_MAX_SHIFT, 200);
  HsSpaceView view = hs_space_view(layout, 400, 200, 1, 0);
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsSpacePicture) picture =
      hs_space_picture_new(instant, layout, &view, &(HsMapColors){HS_COLOR_BY_HEAP, HS_TIME_RANGE_ALL}, &palette, NULL);
  HsColor ground = hs_color_mix(palette.void_, palette.text, 0.19);
  HsColor heap = hs_palette_heap(&palette, (HsHeapId){0});
  int64_t page = 4096 * (int64_t)view.width / (1 << 26);
  g_assert_cmpint(page, ==, 0);
  int x = 3 * view.width / 4;
  uint32_t first = hs_surface_pixel(picture->surface, 0, 2), second = hs_surface_pixel(picture->surface, x, 2);
  /* At least the least that is seen, over next to nothing of committed memory. */
  HsColor seen = hs_color_mix(palette.void_, heap, MIN_ALPHA);
  hs_assert_pixel(first, hs_over(seen, ground), 3);
  hs_assert_pixel(second, hs_over(seen, ground), 3);
  hs_assert_pixel(hs_surface_pixel(picture->surface, x / 2, 2), hs_over(palette.void_, ground), 1);
}

/* Panes of any size, and no trace at all, are painted without complaint. */
static void
test_sizes(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());
  g_autoptr(HsTestTrace) trace = new_trace(rand, 300);
  g_autoptr(HsTestTrace) empty = hs_test_trace_new();
  hs_test_trace_finish(empty, 1);
  HsPalette palette;
  hs_palette_init(&palette, true);
  for (int i = 0; i < 12; i++) {
    int width = i == 0 ? 1 : g_rand_int_range(rand, 1, 1400), height = i == 0 ? 1 : g_rand_int_range(rand, 1, 500);
    HsCanvas canvas = hs_canvas_new(width, height, 1 + i % 2);
    HsTimeline *t = i % 4 == 3 ? empty->timeline : trace->timeline;
    g_assert_true(hs_paint_instant(canvas.cr, t, NULL, (HsHeapId){HS_ID_NONE}, 200, UINT32_MAX, HS_SPACE_AUTO,
                                   &(HsMapColors){(HsColorBy)(i % HS_N_COLOR_BY), HS_TIME_RANGE_ALL}, &palette, width,
                                   height, 1 + i % 2));
    g_assert_cmpint(cairo_status(canvas.cr), ==, CAIRO_STATUS_SUCCESS);
    g_assert_cmphex(hs_canvas_pixel(&canvas, 0, 0), !=, HS_CANVAS_BLANK);
    hs_canvas_clear(&canvas);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/space/rows", test_rows);
  g_test_add_func("/space/lone-byte", test_lone_byte);
  g_test_add_func("/space/sizes", test_sizes);
  return g_test_run();
}
