/* SPDX-License-Identifier: MIT */
/*
 * Lines stand on whole device pixels, at scale 1, 2 and 3: a column or row of pixels is either all of the line's colour
 * or not touched at all, whatever the range is. (Nothing in between: that would be a blurred line.)
 */
#include <math.h>
#include <stdlib.h>

#include "hs-paint-private.h"
#include "hs-render-support.h"

#define WIDTH 420
#define HEIGHT 60
#define PLOT_X 64
#define PLOT_WIDTH 340
#define N_ROUNDS 60

static HsViewport
random_viewport(GRand *rand, int scale)
{
  int64_t t0 = g_rand_int_range(rand, 0, 1000000), width = g_rand_int_range(rand, 50, 3000000);
  return hs_test_viewport(t0, t0 + width, PLOT_X, 0, PLOT_WIDTH, HEIGHT, scale);
}

static GRand *
new_random(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  return g_rand_new_with_seed(seed);
}

/* How many neighbouring device columns differ from the ground in row y; all must be of one colour. */
static int
line_width(const HsCanvas *canvas, uint32_t ground, int y, int *first)
{
  int n = 0;
  uint32_t color = 0;
  *first = -1;
  for (int x = 0; x < WIDTH * canvas->scale; x++) {
    uint32_t pixel = hs_canvas_pixel(canvas, x, y);
    if (pixel == ground)
      continue;
    if (n > 0) {
      g_assert_cmpint(x, ==, *first + n);
      g_assert_cmphex(pixel, ==, color);
    } else {
      *first = x;
    }
    color = pixel;
    n++;
  }
  return n;
}

/* One line of the marks at a time: in the device pixel that holds the moment, a user pixel wide (the pointer's: a
 * device pixel), the same in every row. */
static void
test_marks(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = new_random();
  HsPalette palette;
  hs_palette_init(&palette, false);
  uint32_t ground = hs_over(palette.base, palette.base);
  for (int round = 0; round < N_ROUNDS; round++) {
    HsViewport v = random_viewport(rand, scale);
    HsMarks marks = {0, 0, INT64_MIN, INT64_MIN, INT64_MAX, NULL};
    bool hover = round % 2 == 0;
    /* Not so near the edge that some of the line is beyond it. */
    int64_t moment = v.t0 + (int64_t)(g_rand_double_range(rand, 0, 0.98) * (double)(v.t1 - v.t0));
    *(hover ? &marks.hover : &marks.cursor) = moment;
    HsCanvas canvas = hs_canvas_new(WIDTH, HEIGHT, scale);
    hs_paint_ground(canvas.cr, &v, palette.base);
    hs_paint_marks(canvas.cr, &v, &palette, &marks);
    for (int y = 0; y < HEIGHT * scale; y += 7) {
      int first;
      g_assert_cmpint(line_width(&canvas, ground, y, &first), ==, hover ? 1 : scale);
      g_assert_cmpint(first, ==, (int)floor(hs_viewport_x(&v, moment) * scale + 1e-6));
    }
    hs_canvas_clear(&canvas);
  }
}

/* The selection: an edge, the tint, an edge; no pixel of another colour at either. */
static void
test_selection(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = new_random();
  HsPalette palette;
  hs_palette_init(&palette, true);
  for (int round = 0; round < N_ROUNDS; round++) {
    HsViewport v = random_viewport(rand, scale);
    HsMarks marks = {0, 0, INT64_MIN, INT64_MIN, INT64_MAX, NULL};
    double span = (double)(v.t1 - v.t0);
    marks.sel0 = v.t0 + (int64_t)(g_rand_double_range(rand, 0, 0.4) * span);
    marks.sel1 = v.t0 + (int64_t)(g_rand_double_range(rand, 0.5, 0.9) * span);
    HsCanvas canvas = hs_canvas_new(WIDTH, HEIGHT, scale);
    hs_paint_ground(canvas.cr, &v, palette.base);
    hs_paint_marks(canvas.cr, &v, &palette, &marks);
    uint32_t seen[8];
    int n_runs = 0;
    for (int x = 0; x < WIDTH * scale; x++) {
      uint32_t pixel = hs_canvas_pixel(&canvas, x, HEIGHT * scale / 2);
      if (n_runs > 0 && seen[n_runs - 1] == pixel)
        continue;
      g_assert_cmpint(n_runs, <, 5);
      seen[n_runs++] = pixel;
    }
    /* ground, edge, tint, edge, ground */
    g_assert_cmpint(n_runs, ==, 5);
    g_assert_cmphex(seen[0], ==, seen[4]);
    hs_canvas_clear(&canvas);
  }
}

/* Marks of the ruler: of any column of the row below the labels, a mark or nothing. */
static void
test_ruler(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = new_random();
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int round = 0; round < N_ROUNDS; round++) {
    HsViewport v = random_viewport(rand, scale);
    v.height = 22;
    HsMarks marks = {0, 0, INT64_MIN, INT64_MIN, INT64_MAX, NULL};
    HsCanvas canvas = hs_canvas_new(WIDTH, 22, scale);
    hs_paint_ruler(canvas.cr, &v, &palette, &marks);
    uint32_t ground = hs_over(palette.bg, palette.bg), major = hs_over(palette.dim_text, palette.bg),
             minor = hs_over(hs_color_alpha(palette.dim_text, 0.7), palette.bg);
    int n_marks = 0;
    for (int x = 0; x < WIDTH * scale; x++) {
      uint32_t pixel = hs_canvas_pixel(&canvas, x, 20 * scale);
      if (pixel == ground)
        continue;
      int to_major = abs((int)(pixel & 0xff) - (int)(major & 0xff));
      int to_minor = abs((int)(pixel & 0xff) - (int)(minor & 0xff));
      g_assert_cmpint(MIN(to_major, to_minor), <=, 1);
      n_marks++;
    }
    g_assert_cmpint(n_marks, >=, scale);
    g_assert_cmpint(n_marks % scale, ==, 0);
    hs_canvas_clear(&canvas);
  }
}

/* Lines of the value grid: one device pixel high. */
static void
test_grid(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = new_random();
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int round = 0; round < N_ROUNDS; round++) {
    HsViewport v = random_viewport(rand, scale);
    double y = g_rand_double_range(rand, 1, HEIGHT - 1);
    HsCanvas canvas = hs_canvas_new(WIDTH, HEIGHT, scale);
    hs_paint_ground(canvas.cr, &v, palette.base);
    hs_paint_hline(canvas.cr, &v, palette.text, PLOT_X, y, PLOT_WIDTH);
    int n = 0;
    for (int row = 0; row < HEIGHT * scale; row++) {
      uint32_t pixel = hs_canvas_pixel(&canvas, 100 * scale, row);
      if (pixel == hs_over(palette.base, palette.base))
        continue;
      hs_assert_pixel(pixel, hs_over(palette.text, palette.base), 1);
      g_assert_cmpint(row, ==, (int)floor(y * scale + 1e-6));
      n++;
    }
    g_assert_cmpint(n, ==, 1);
    hs_canvas_clear(&canvas);
  }
}

/* The overview's frame: straight into the curve's pixels, no shade of it beside. */
static void
test_frame(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = new_random();
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int round = 0; round < N_ROUNDS; round++) {
    HsViewport v = random_viewport(rand, scale);
    double span = (double)(v.t1 - v.t0);
    int64_t w0 = v.t0 + (int64_t)(g_rand_double_range(rand, 0, 0.4) * span);
    int64_t w1 = v.t0 + (int64_t)(g_rand_double_range(rand, 0.5, 1) * span);
    HsCanvas canvas = hs_canvas_new(WIDTH, HEIGHT, scale);
    hs_paint_overview(canvas.cr, &v, &palette, NULL, w0, w1, NULL);
    int n_frame = 0, n_runs = 0;
    uint32_t last = 0;
    for (int x = PLOT_X * scale; x < (PLOT_X + PLOT_WIDTH) * scale; x++) {
      uint32_t pixel = hs_canvas_pixel(&canvas, x, HEIGHT * scale / 2);
      n_frame += pixel == hs_over(palette.selection, palette.base);
      n_runs += pixel != last;
      last = pixel;
    }
    g_assert_cmpint(n_frame, ==, 4 * scale);
    g_assert_cmpint(n_runs, <=, 5);
    hs_canvas_clear(&canvas);
  }
}

int
main(int argc, char **argv)
{
  static const struct {
    const char *name;
    GTestDataFunc test;
  } tests[] = {{"marks", test_marks},
               {"selection", test_selection},
               {"ruler", test_ruler},
               {"grid", test_grid},
               {"frame", test_frame}};
  g_test_init(&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
    for (int scale = 1; scale <= 3; scale++) {
      g_autofree char *path = g_strdup_printf("/hairlines/%s/%d", tests[i].name, scale);
      g_test_add_data_func(path, GINT_TO_POINTER(scale), tests[i].test);
    }
  }
  return g_test_run();
}
