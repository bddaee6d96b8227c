/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <math.h>

#include "hs-render-support.h"

#define NO_MARKS                                                                                                       \
  {                                                                                                                    \
    0, 0, INT64_MIN, INT64_MIN, INT64_MAX                                                                              \
  }

/* Two layers by source: LFH below, slow path above. */
static HsSamples *
new_samples(int n_columns)
{
  HsSamples *s = g_new0(HsSamples, 1);
  s->group = HS_GROUP_SOURCE;
  s->n_columns = n_columns;
  s->n_layers = 2;
  s->layer_ids = g_new0(uint32_t, 2);
  s->layer_ids[0] = HS_SOURCE_LOWFRAG;
  s->layer_ids[1] = HS_SOURCE_SLOWPATH;
  s->min = g_new0(int64_t, n_columns);
  s->max = g_new0(int64_t, n_columns);
  s->layers = g_new0(int64_t, n_columns * 2);
  return s;
}

static void
set_column(HsSamples *s, int column, int64_t min, int64_t lower, int64_t upper)
{
  s->min[column] = min;
  s->max[column] = lower + upper;
  s->layers[column * 2] = lower;
  s->layers[column * 2 + 1] = upper;
  s->peak = MAX(s->peak, lower + upper);
}

static void
test_marks(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 1000, 50, 0, 100, 20, scale);
  HsCanvas canvas = hs_canvas_new(200, 20, scale);
  hs_color_set(canvas.cr, palette.base);
  cairo_paint(canvas.cr);
  HsMarks marks = {200, 400, 700, INT64_MIN, 900};
  hs_paint_marks(canvas.cr, &v, &palette, &marks);
  int y = 10 * scale;
  uint32_t white = hs_over(palette.base, palette.base);
  uint32_t tint = hs_over(hs_color_alpha(palette.selection, 0.13), palette.base);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 60 * scale, y), white, 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 80 * scale, y), tint, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 89 * scale, y), tint, 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 92 * scale, y), white, 0);
  /* Edges and the cursor, one user pixel wide. */
  for (int i = 0; i < scale; i++) {
    g_assert_cmphex(hs_canvas_pixel(&canvas, 70 * scale + i, y), !=, tint);
    g_assert_cmphex(hs_canvas_pixel(&canvas, 70 * scale + i, y), !=, white);
    g_assert_cmphex(hs_canvas_pixel(&canvas, 90 * scale + i, y), !=, white);
    hs_assert_pixel(hs_canvas_pixel(&canvas, 120 * scale + i, y),
                    hs_over(hs_color_alpha(palette.text, 0.85), palette.base), 1);
  }
  hs_assert_pixel(hs_canvas_pixel(&canvas, 121 * scale, y), white, 0);
  /* Beyond what is loaded there is a veil; beyond the plot nothing. */
  hs_assert_pixel(hs_canvas_pixel(&canvas, 145 * scale, y), hs_over(hs_color_alpha(palette.bg, 0.6), palette.base), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 151 * scale, y), white, 0);
  hs_canvas_clear(&canvas);
}

/* Marks of the ruler stand where the viewport says, on whole pixels: 0.1 s a mark of 100 px, 5 parts. */
static void
test_ruler(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 10000000, 64, 0, 1000, 22, scale);
  HsCanvas canvas = hs_canvas_new(1080, 22, scale);
  HsMarks marks = NO_MARKS;
  hs_paint_ruler(canvas.cr, &v, &palette, &marks);
  uint32_t ground = hs_over(palette.bg, palette.bg), dim = hs_over(palette.dim_text, palette.bg);
  int low = 20 * scale, high = 16 * scale;
  for (int mark = 0; mark < 50; mark++) {
    int x = (64 + 20 * mark) * scale;
    g_assert_cmphex(hs_canvas_pixel(&canvas, x, low), !=, ground);
    g_assert_cmphex(hs_canvas_pixel(&canvas, x + scale, low), ==, ground);
    g_assert_cmphex(hs_canvas_pixel(&canvas, x + 10 * scale, low), ==, ground);
    if (mark % 5 == 0)
      hs_assert_pixel(hs_canvas_pixel(&canvas, x, high), dim, 1);
    else
      g_assert_cmphex(hs_canvas_pixel(&canvas, x, high), ==, ground);
  }
  /* Nothing is written beyond the plot's right edge. */
  for (int x = 1065 * scale; x < 1080 * scale; x++) {
    for (int y = 0; y < 21 * scale; y++)
      g_assert_cmphex(hs_canvas_pixel(&canvas, x, y), ==, ground);
  }
  hs_canvas_clear(&canvas);
}

static bool
is_near(uint32_t a, uint32_t b)
{
  for (int shift = 0; shift < 24; shift += 8) {
    if (abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)) > 1)
      return false;
  }
  return true;
}

/* The selection's pill stays within the plot, wherever the selection is. */
static void
test_ruler_pill(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 10000000, 64, 0, 400, 22, 1);
  uint32_t ground = hs_over(palette.bg, palette.bg);
  static const int64_t ends[][2] = {{0, 10}, {9999990, 10000000}, {-500, 20000000}, {4000000, 6000000}};
  for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
    HsCanvas canvas = hs_canvas_new(480, 22, 1);
    HsMarks marks = NO_MARKS;
    marks.sel0 = ends[i][0];
    marks.sel1 = ends[i][1];
    hs_paint_ruler(canvas.cr, &v, &palette, &marks);
    int accent = 0;
    for (int x = 0; x < 480; x++) {
      uint32_t pixel = hs_canvas_pixel(&canvas, x, 4);
      accent += is_near(pixel, hs_over(hs_palette_pill(&palette), palette.bg));
      if (x < 63 || x > 465)
        g_assert_cmphex(pixel, ==, ground);
    }
    g_assert_cmpint(accent, >, 20);
    hs_canvas_clear(&canvas);
  }
}

static void
test_overview(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 1000, 64, 5, 100, 40, 1);
  HsCanvas canvas = hs_canvas_new(200, 50, 1);
  g_autoptr(HsSamples) s = new_samples(100);
  for (int i = 0; i < 100; i++)
    set_column(s, i, 100, i < 50 ? 100 : 50, 0);
  HsMarks marks = NO_MARKS;
  hs_paint_overview(canvas.cr, &v, &palette, s, 200, 800, &marks);
  HsColor fill = hs_color_mix(palette.base, palette.dim_text, 0.6), black = {0, 0, 0, 0.1};
  uint32_t frame = hs_over(palette.selection, palette.base);
  /* Full height left, half right; veiled outside the window. */
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 10, 30), hs_over(black, fill), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 40, 30), hs_over(fill, fill), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 40, 12), hs_over(fill, fill), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 60, 12), hs_over(palette.base, palette.base), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 60, 40), hs_over(fill, fill), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 90, 12), hs_over(black, palette.base), 1);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 20, 25), frame, 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 79, 25), frame, 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 50, 5), frame, 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 50, 44), frame, 0);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 64 + 50, 4), ==, HS_CANVAS_BLANK);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 64 + 50, 45), ==, HS_CANVAS_BLANK);
  hs_canvas_clear(&canvas);
}

static void
test_curve(void)
{
  HsColor red = {1, 0, 0, 1}, blank = {0x12 / 255.0, 0x34 / 255.0, 0x56 / 255.0, 1};
  HsCanvas canvas = hs_canvas_new(40, 20, 1);
  static const int64_t values[] = {0, 50, 100, 1};
  hs_paint_curve(canvas.cr, red, values, 4, 0, 0, 40, 20);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 5, 19), hs_over(blank, blank), 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 15, 19), hs_over(red, red), 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 15, 10), hs_over(red, red), 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 15, 9), hs_over(blank, blank), 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 25, 0), hs_over(red, red), 0);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 35, 19), hs_over(red, red), 0);
  hs_paint_curve(canvas.cr, red, NULL, 0, 0, 0, 40, 20);
  hs_canvas_clear(&canvas);
}

/* A text is never wider than its room, whatever the font; nothing is drawn outside it. */
static void
test_text_width(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  static const char *const texts[] = {
      "", "i", "W", "0x7f3c24a18e40", "Low-fragmentation heap of a long name", "two\nlines", "schließlich größer · µs"};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    for (int width = 1; width < 120; width += 7) {
      for (int align = -1; align <= 1; align++) {
        HsCanvas canvas = hs_canvas_new(200, 30, 1);
        double drawn =
            hs_paint_text(canvas.cr, &palette, texts[i], align == 0, align > 0, palette.text, 40, 15, width, align);
        g_assert_cmpfloat(drawn, <=, width);
        for (int x = 0; x < 200; x++) {
          for (int y = 0; (x < 38 || x > 42 + width) && y < 30; y++)
            g_assert_cmphex(hs_canvas_pixel(&canvas, x, y), ==, HS_CANVAS_BLANK);
        }
        hs_canvas_clear(&canvas);
      }
    }
  }
}

static void
test_palette(void)
{
  for (int dark = 0; dark < 2; dark++) {
    HsPalette palette;
    hs_palette_init(&palette, dark);
    for (uint32_t i = 0; i < 10; i++) {
      for (uint32_t k = 0; k < i; k++) {
        HsColor a = hs_palette_heap(&palette, (HsHeapId){i}), b = hs_palette_heap(&palette, (HsHeapId){k});
        g_assert_cmpfloat(fabs(a.r - b.r) + fabs(a.g - b.g) + fabs(a.b - b.b), >, 0.2);
      }
    }
    HsColor first = hs_palette_heap(&palette, (HsHeapId){0}), again = hs_palette_heap(&palette, (HsHeapId){10});
    g_assert_cmpfloat(fabs(first.r - again.r) + fabs(first.g - again.g), >, 0.05);
    HsColor others = hs_palette_heap(&palette, (HsHeapId){HS_ID_NONE});
    g_assert_cmpfloat(fabs(others.r - others.b), <, 0.1);
    hs_palette_clear(&palette);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/painters/marks/1", GINT_TO_POINTER(1), test_marks);
  g_test_add_data_func("/painters/marks/2", GINT_TO_POINTER(2), test_marks);
  g_test_add_data_func("/painters/ruler/1", GINT_TO_POINTER(1), test_ruler);
  g_test_add_data_func("/painters/ruler/2", GINT_TO_POINTER(2), test_ruler);
  g_test_add_func("/painters/ruler-pill", test_ruler_pill);
  g_test_add_func("/painters/overview", test_overview);
  g_test_add_func("/painters/curve", test_curve);
  g_test_add_func("/painters/text-width", test_text_width);
  g_test_add_func("/painters/palette", test_palette);
  return g_test_run();
}
