/* SPDX-License-Identifier: MIT */
/* The picture against a computation of every cell from every block. */
#include <math.h>

#include "filtered.h"
#include "hs-render-support.h"

#define MIN_ALPHA 0.35

typedef struct {
  double covered;
  double r, g, b; /* weighted by what is covered */
  int n_blocks;   /* with any part in the cell */
  bool clear;     /* none comes near the cell */
} Cell;

static double
overlap(double a0, double a1, double b0, double b1)
{
  return MAX(MIN(a1, b1) - MAX(a0, b0), 0);
}

/* Adds one block to all cells; a device pixel is the unit. */
static void
add_block(Cell *cells, int width, int height, double x0, double x1, double y0, double y1, HsColor color)
{
  /* What is shorter than the picture's grid is drawn as long as that. */
  double near_x = 1e-5, near_y = 1e-5;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      Cell *cell = &cells[y * width + x];
      if (x1 >= x - near_x && x0 <= x + 1 + near_x && y1 >= y - near_y && y0 <= y + 1 + near_y)
        cell->clear = false;
      double area = overlap(x0, x1, x, x + 1) * overlap(y0, y1, y, y + 1);
      cell->covered += area;
      cell->r += area * color.r;
      cell->g += area * color.g;
      cell->b += area * color.b;
      cell->n_blocks += overlap(x0, x1, x, x + 1) > 0 && overlap(y0, y1, y, y + 1) > 0;
    }
  }
}

/* The first pixel of the grid that a view shows: the one that begins nearest to its edge. */
static double
first_pixel(double first, double px_a_unit)
{
  return floor(first * px_a_unit + 0.5);
}

static HsColor
color_of(const HsMapPicture *picture, const HsPalette *palette, const HsBlock *block)
{
  static const double age_limits_s[] = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1};
  static const uint64_t size_limits[] = {32, 64, 128, 512, 4096, 65536, 1 << 20};
  int step = 0;
  switch (picture->colors.by) {
  case HS_COLOR_BY_HEAP:
    return hs_palette_heap(palette, block->heap);
  case HS_COLOR_BY_SOURCE:
    return hs_palette_source(palette, block->source);
  case HS_COLOR_BY_THREAD:
    return hs_palette_thread(palette, block->thread);
  case HS_COLOR_BY_TYPE:
    return hs_palette_type(palette, hs_block_type(block->begin_ticks, block->end_ticks, picture->colors.type_range));
  case HS_COLOR_BY_SIZE:
    while (step < 7 && block->size >= size_limits[step])
      step++;
    return hs_palette_ramp(palette, step, 8);
  default:
    if (block->end == HS_END_NONE)
      return hs_palette_outstanding(palette);
    while (step < 6 && (double)(block->end_ticks - block->begin_ticks) / 1e7 >= age_limits_s[step])
      step++;
    return hs_palette_ramp(palette, step, 7);
  }
}

static void
compute(HsTimeline *t, const HsFilter *filter, const HsMapPicture *picture, HsMapLayout *layout,
        const HsPalette *palette, Cell *cells)
{
  const HsViewport *v = &picture->viewport;
  int width = v->width * v->scale, height = v->height * v->scale;
  double x_scale = width / (double)(v->t1 - v->t0);
  double y_scale = height / (double)(picture->window.u1 - picture->window.u0);
  double x_origin = first_pixel((double)v->t0, x_scale), y_origin = first_pixel((double)picture->window.u0, y_scale);
  for (int i = 0; i < width * height; i++)
    cells[i] = (Cell){.clear = true};
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    if (!hs_filter_shows_heap(filter, block.heap) || !hs_filter_shows_source(filter, block.source))
      continue;
    HsColor color = color_of(picture, palette, &block);
    uint64_t u = hs_map_layout_u(layout, hs_timeline_heap(t, block.heap)->process, block.address);
    double x0 = (double)block.begin_ticks * x_scale - x_origin;
    double x1 = block.end == HS_END_NONE ? 1e9 : (double)block.end_ticks * x_scale - x_origin;
    double y0 = (double)u * y_scale - y_origin;
    add_block(cells, width, height, x0, x1, y0, y0 + (double)block.size * y_scale, color);
  }
}

static void
check_cell(const Cell *cell, uint32_t pixel)
{
  double alpha = (pixel >> 24) / 255.0;
  if (cell->clear) {
    g_assert_cmphex(pixel, ==, 0);
    return;
  }
  if (cell->n_blocks == 0)
    return; /* touched only by what the grid adds */
  g_assert_cmphex(pixel, !=, 0);
  double expected = MIN_ALPHA + (1 - MIN_ALPHA) * MIN(cell->covered, 1);
  double grid = 1e-5 * cell->n_blocks + 0.006;
  g_assert_cmpfloat(fabs(alpha - expected), <=, grid);
  g_assert_cmpfloat(alpha, >=, MIN_ALPHA - 0.01);
  /* Where hardly anything is covered, the grid's share may outweigh it. */
  if (cell->covered < 0.3)
    return;
  double r = (pixel >> 16 & 0xff) / 255.0 / alpha, g = (pixel >> 8 & 0xff) / 255.0 / alpha;
  double b = (pixel & 0xff) / 255.0 / alpha;
  grid *= 2.5;
  g_assert_cmpfloat(fabs(r - cell->r / cell->covered), <=, grid);
  g_assert_cmpfloat(fabs(g - cell->g / cell->covered), <=, grid);
  g_assert_cmpfloat(fabs(b - cell->b / cell->covered), <=, grid);
}

static void
check_picture(HsTimeline *t, const HsFilter *filter, const HsViewport *v, HsMapWindow window, HsMapLayout *layout,
              const HsMapColors *colors)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsRowSet) shown = filtered_blocks(t, filter, hs_timeline_n_rows(t));
  g_autoptr(HsMapPicture) picture =
      hs_map_picture_renew(t, shown, layout, v, window, colors, &palette, UINT32_MAX, NULL, NULL);
  g_assert_nonnull(picture);
  int width = v->width * v->scale, height = v->height * v->scale;
  g_assert_cmpint(cairo_image_surface_get_width(picture->surface), ==, width);
  g_assert_cmpint(cairo_image_surface_get_height(picture->surface), ==, height);
  g_autofree Cell *cells = g_new(Cell, width * height);
  compute(t, filter, picture, layout, &palette, cells);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++)
      check_cell(&cells[y * width + x], hs_surface_pixel(picture->surface, x, y));
  }
}

static void
test_coverage(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 48; round++) {
    g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, g_rand_int_range(rand, 1, 400));
    g_autoptr(HsFilter) filter = hs_filter_new();
    if (round % 3 == 1)
      hs_filter_set_source(filter, HS_SOURCE_LOWFRAG, false);
    if (round % 3 == 2)
      hs_filter_set_heap(filter, (HsHeapId){0}, false);
    g_autoptr(HsRowSet) shown = filtered_blocks(trace->timeline, filter, hs_timeline_n_rows(trace->timeline));
    g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, shown, UINT32_MAX, NULL);
    uint64_t span = hs_map_layout_span(layout);
    HsMapWindow window = {0, span};
    int64_t t0 = 0, t1 = 100000;
    if (round % 2 == 1) {
      t0 = g_rand_int_range(rand, 0, 90000);
      t1 = t0 + g_rand_int_range(rand, 1, 10000);
      window.u0 = (uint64_t)(g_rand_double(rand) * 0.9 * (double)span);
      window.u1 = window.u0 + MAX(1, span / (uint64_t)g_rand_int_range(rand, 1, 200));
    }
    HsViewport v =
        hs_test_viewport(t0, t1, 0, 0, g_rand_int_range(rand, 1, 70), g_rand_int_range(rand, 1, 40), round % 2 + 1);
    HsMapColors colors = {(HsColorBy)(round / 2 % HS_N_COLOR_BY),
                          {g_rand_int_range(rand, 0, 50000), g_rand_int_range(rand, 50000, 100000)}};
    check_picture(trace->timeline, filter, &v, window, layout, &colors);
  }
}

/* A block of a byte and a moment in a wide view is still a visible pixel. */
static void
test_lone_block(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 0, 1, 0x10, 0x100000, 1 << 24, 2);
  hs_test_trace_free_block(trace, 1, 1, 0x10, 0x100000);
  hs_test_trace_alloc(trace, 500000000, 1, 0x10, 0x900001, 1, 2);
  hs_test_trace_free_block(trace, 500000000, 1, 0x10, 0x900001);
  hs_test_trace_finish(trace, 1000000000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsViewport v = hs_test_viewport(0, 1000000000, 0, 0, 100, 64, 1);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  g_autoptr(HsMapPicture) picture =
      hs_map_picture_new(trace->timeline, NULL, layout, &v, window, HS_COLOR_BY_SOURCE, &palette, UINT32_MAX, NULL);
  int touched = 0;
  for (int y = 0; y < 64; y++) {
    for (int x = 10; x < 100; x++) {
      uint32_t pixel = hs_surface_pixel(picture->surface, x, y);
      touched += pixel != 0;
      g_assert_true(pixel == 0 || (pixel >> 24) >= 89);
    }
  }
  g_assert_cmpint(touched, ==, 1);
  g_assert_cmphex(hs_surface_pixel(picture->surface, 50, 32), !=, 0);
}

/* Half-open: what ends with the first visible moment is gone, what is born and gone just then is there. */
static void
test_edges(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 0, 1, 0x10, 0x100000, 0x10000, 2);
  hs_test_trace_free_block(trace, 100, 1, 0x10, 0x100000);
  hs_test_trace_alloc(trace, 100, 1, 0x10, 0x110000, 0x10000, 2);
  hs_test_trace_free_block(trace, 100, 1, 0x10, 0x110000);
  hs_test_trace_alloc(trace, 200, 1, 0x10, 0x120000, 0x10000, 2);
  hs_test_trace_finish(trace, 300);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsViewport v = hs_test_viewport(100, 200, 0, 0, 10, 3, 1);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  g_autoptr(HsMapPicture) picture =
      hs_map_picture_new(trace->timeline, NULL, layout, &v, window, HS_COLOR_BY_SOURCE, &palette, UINT32_MAX, NULL);
  for (int y = 0; y < 3; y++) {
    for (int x = 0; x < 10; x++) {
      uint32_t pixel = hs_surface_pixel(picture->surface, x, y);
      g_assert_true((pixel != 0) == (x == 0 && y == 1));
    }
  }
  double bx, by, bw, bh;
  for (uint32_t i = 0; i < 3; i++)
    g_assert_true(hs_map_block_rect(trace->timeline, layout, &v, window, (HsBlockId){i}, UINT32_MAX, &bx, &by, &bw,
                                    &bh) == (i == 1));
}

/* Absurd moments and positions: it ends, and draws what is there. */
static void
test_extremes(void)
{
  HsPalette palette;
  hs_palette_init(&palette, true);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, INT64_MIN, 1, 0x10, 0x100000, 4096, 2);
  hs_test_trace_alloc(trace, 0, 1, 0x10, UINT64_MAX, UINT64_MAX, 2);
  hs_test_trace_alloc(trace, INT64_MAX - 1, 1, 0x10, 0x102000, 4096, 2);
  hs_test_trace_free_block(trace, INT64_MAX, 1, 0x10, 0x102000);
  hs_test_trace_finish(trace, INT64_MAX);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  static const int64_t ranges[][2] = {{INT64_MIN, INT64_MAX}, {INT64_MAX - 1, INT64_MAX}, {-3, 3}};
  static const uint64_t windows[][2] = {{0, 1}, {0, UINT64_C(1) << 62}, {UINT64_C(1) << 61, UINT64_C(1) << 62}};
  for (unsigned i = 0; i < 9; i++) {
    HsViewport v = hs_test_viewport(ranges[i / 3][0], ranges[i / 3][1], 64, 0, 40, 30, 2);
    HsMapWindow window = {windows[i % 3][0], windows[i % 3][1]};
    g_autoptr(HsMapPicture) picture =
        hs_map_picture_new(trace->timeline, NULL, layout, &v, window, HS_COLOR_BY_HEAP, &palette, UINT32_MAX, NULL);
    HsCanvas canvas = hs_canvas_new(110, 30, 2);
    HsViewport whole = hs_test_viewport(0, 100, 64, 0, 40, 30, 2);
    HsMapWindow all = {0, hs_map_layout_span(layout)};
    hs_paint_map(canvas.cr, &v, window, &palette, trace->timeline, layout, picture, "Map");
    hs_paint_map(canvas.cr, &whole, all, &palette, trace->timeline, layout, picture, "Map");
    hs_paint_map(canvas.cr, &v, window, &palette, trace->timeline, layout, NULL, NULL);
    hs_canvas_clear(&canvas);
    for (uint32_t b = 0; b < hs_timeline_n_blocks(trace->timeline); b++) {
      double x, y, w, h;
      if (hs_map_block_rect(trace->timeline, layout, &v, window, (HsBlockId){b}, UINT32_MAX, &x, &y, &w, &h))
        g_assert_true(x >= 64 && y >= 0 && w >= 1 && h >= 1 && x + w <= 104 && y + h <= 30);
    }
    (void)hs_map_hit(trace->timeline, NULL, layout, &v, window, 80, 15, UINT32_MAX, NULL);
  }
}

/* Painted where it belongs: as it is, and stretched when the view has moved on. */
static void
test_paint(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 250, 1, 0x10, 0x100000, 1 << 20, 2);
  hs_test_trace_free_block(trace, 750, 1, 0x10, 0x100000);
  hs_test_trace_finish(trace, 1000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  HsViewport v = hs_test_viewport(0, 1000, 64, 5, 100, 40, 1);
  g_autoptr(HsMapPicture) picture =
      hs_map_picture_new(trace->timeline, NULL, layout, &v, window, HS_COLOR_BY_SOURCE, &palette, UINT32_MAX, NULL);
  HsColor blue = hs_palette_source(&palette, HS_SOURCE_LOWFRAG);
  uint32_t empty = hs_over(palette.void_, palette.void_), full = hs_over(blue, blue);
  HsCanvas canvas = hs_canvas_new(180, 50, 1);
  hs_paint_map(canvas.cr, &v, window, &palette, trace->timeline, layout, picture, NULL);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 24, 20), empty, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 25, 20), full, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 74, 20), full, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 75, 20), empty, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 170, 20), hs_over(palette.base, palette.base), 0);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 100, 4), ==, HS_CANVAS_BLANK);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 100, 45), ==, HS_CANVAS_BLANK);
  /* Zoomed to [200, 300): the edge at 250 is in the middle. */
  HsViewport zoomed = v;
  zoomed.t0 = 200;
  zoomed.t1 = 300;
  hs_paint_map(canvas.cr, &zoomed, window, &palette, trace->timeline, layout, picture, NULL);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 48, 20), empty, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 52, 20), full, 1);
  /* Panned away. */
  zoomed.t0 = 5000;
  zoomed.t1 = 6000;
  hs_paint_map(canvas.cr, &zoomed, window, &palette, trace->timeline, layout, picture, NULL);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 50, 20), empty, 1);
  hs_canvas_clear(&canvas);
}

static void
test_cancel(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_alloc(trace, 250, 1, 0x10, 0x100000, 1 << 20, 2);
  hs_test_trace_finish(trace, 1000);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(trace->timeline, NULL, UINT32_MAX, NULL);
  HsViewport v = hs_test_viewport(0, 1000, 0, 0, 100, 40, 1);
  int cancel = 1;
  g_assert_null(hs_map_picture_new(trace->timeline, NULL, layout, &v, (HsMapWindow){0, hs_map_layout_span(layout)},
                                   HS_COLOR_BY_SOURCE, &palette, UINT32_MAX, &cancel));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/map/coverage", test_coverage);
  g_test_add_func("/map/lone-block", test_lone_block);
  g_test_add_func("/map/edges", test_edges);
  g_test_add_func("/map/extremes", test_extremes);
  g_test_add_func("/map/paint", test_paint);
  g_test_add_func("/map/cancel", test_cancel);
  return g_test_run();
}
