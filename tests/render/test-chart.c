/* SPDX-License-Identifier: MIT */
/* The chart's painter: every column, stacked and overlaid, against what its numbers say. */
#include <math.h>

#include "hs-paint-chart.h"
#include "hs-render-support.h"

#define LAYER_ALPHA 0.85
#define LIGHT_ALPHA 0.6
#define HEAD_PX 34 /* title and legend */

/* Two layers by source: LFH below, slow path above; columns [0, n) of a view of [0, 100000). */
static HsChart *
new_chart(int n, bool bands)
{
  HsChart *c = g_new0(HsChart, 1);
  c->group = HS_GROUP_SOURCE;
  c->grid = (HsChartGrid){0, 100000, n};
  c->factor = 1;
  c->n_columns = n;
  c->n_layers = 2;
  c->layer_ids = g_new0(uint32_t, 2);
  c->layer_ids[0] = HS_SOURCE_LOWFRAG;
  c->layer_ids[1] = HS_SOURCE_SLOWPATH;
  c->min = g_new0(int64_t, n);
  c->max = g_new0(int64_t, n);
  c->layers = g_new0(int64_t, n * 2);
  if (bands) {
    c->layer_min = g_new0(int64_t, n * 2);
    c->layer_max = g_new0(int64_t, n * 2);
  }
  return c;
}

static void
set_column(HsChart *c, int column, int64_t min, int64_t lower, int64_t upper)
{
  c->min[column] = min;
  c->max[column] = lower + upper;
  c->layers[column * 2] = lower;
  c->layers[column * 2 + 1] = upper;
}

static int
rows_of(const HsChartAxis *axis, int height, double value)
{
  return (int)lround(hs_chart_axis_part(axis, value) * height);
}

static HsColor
blue(const HsPalette *palette)
{
  return hs_palette_source(palette, HS_SOURCE_LOWFRAG);
}

static HsColor
orange(const HsPalette *palette)
{
  return hs_palette_source(palette, HS_SOURCE_SLOWPATH);
}

static void
check_column(const HsCanvas *canvas, const HsViewport *v, const HsPalette *palette, const HsChart *c,
             const HsChartStyle *style, int px, int column)
{
  HsChartAxis axis;
  hs_chart_axis_init(&axis, v, c, style);
  int height = v->height * v->scale, bottom = (v->y + v->height) * v->scale;
  int lower = rows_of(&axis, height, hs_chart_value(c, column, c->layers[column * 2]));
  int top = rows_of(&axis, height, hs_chart_value(c, column, c->max[column]));
  int solid = rows_of(&axis, height, hs_chart_value(c, column, c->min[column]));
  int x = v->x * v->scale + px;
  for (int row = 0; row < height - HEAD_PX * v->scale; row++) {
    uint32_t found = hs_canvas_pixel(canvas, x, bottom - 1 - row);
    if (row < top) {
      HsColor color = row < lower ? blue(palette) : orange(palette);
      color = hs_color_alpha(color, row < solid ? LAYER_ALPHA : LIGHT_ALPHA);
      /* The grid may shine through. */
      hs_assert_pixel(found, hs_over(color, palette->base), 12);
    } else if (found != hs_over(palette->grid, palette->base)) {
      hs_assert_pixel(found, hs_over(palette->base, palette->base), 0);
    }
  }
}

static void
check_stack(int scale, bool log)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 100000, 64, 10, 200, 160, scale);
  HsCanvas canvas = hs_canvas_new(280, 180, scale);
  g_autoptr(HsChart) c = new_chart(200 * scale, false);
  for (int i = 0; i < c->n_columns; i++)
    set_column(c, i, 1000 + i, 2000 + 17 * (i % 50), 3000 + 5 * i);
  HsChartStyle style = {.log = log};
  hs_paint_chart(canvas.cr, &v, &palette, c, &style);
  for (int px = 0; px < c->n_columns; px++)
    check_column(&canvas, &v, &palette, c, &style, px, px);
  /* Nothing above or below the pane. */
  g_assert_cmphex(hs_canvas_pixel(&canvas, 100, 0), ==, HS_CANVAS_BLANK);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 100, 180 * scale - 1), ==, HS_CANVAS_BLANK);
  hs_canvas_clear(&canvas);
}

static void
test_stacked(gconstpointer data)
{
  check_stack(GPOINTER_TO_INT(data), false);
}

static void
test_log(gconstpointer data)
{
  check_stack(GPOINTER_TO_INT(data), true);
}

/* Each layer's band is there from its smallest to its largest, whatever is drawn over it. */
static void
test_overlaid(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 100000, 64, 0, 200, 160, scale);
  HsCanvas canvas = hs_canvas_new(280, 160, scale);
  g_autoptr(HsChart) c = new_chart(200 * scale, true);
  for (int i = 0; i < c->n_columns; i++) {
    set_column(c, i, 0, 2000, 6000);
    c->layer_min[i * 2] = 2000;
    c->layer_max[i * 2] = 3000;
    c->layer_min[i * 2 + 1] = 6000;
    c->layer_max[i * 2 + 1] = i % 7 == 0 ? 8000 : 6000;
  }
  HsChartStyle style = {.mode = HS_CHART_OVERLAID};
  hs_paint_chart(canvas.cr, &v, &palette, c, &style);
  HsChartAxis axis;
  hs_chart_axis_init(&axis, &v, c, &style);
  g_assert_cmpfloat(axis.least_max, ==, 8000);
  int height = 160 * scale, low = rows_of(&axis, height, 2000), high = rows_of(&axis, height, 3000);
  uint32_t shaded = hs_over(hs_color_alpha(orange(&palette), 0.10), blue(&palette));
  for (int px = 0; px < c->n_columns; px++) {
    int x = 64 * scale + px;
    for (int row = low; row < high; row++)
      hs_assert_pixel(hs_canvas_pixel(&canvas, x, height - 1 - row), shaded, 2);
    /* The spike of one column is seen, and in that column only. */
    int spike = rows_of(&axis, height, 7000);
    bool seen = hs_canvas_pixel(&canvas, x, height - 1 - spike) == hs_over(orange(&palette), palette.base);
    g_assert_cmpint(seen, ==, px % 7 == 0);
    /* The line has a thickness. */
    int line = rows_of(&axis, height, 6000);
    if (px % 7 != 0)
      hs_assert_pixel(hs_canvas_pixel(&canvas, x, height - line), hs_over(orange(&palette), palette.base), 1);
  }
  hs_canvas_clear(&canvas);
}

/* A chart of half the range, in half the columns: each is stretched over two pixels, the rest is empty. */
static void
test_stretched(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 100000, 64, 0, 200, 160, 1);
  HsCanvas canvas = hs_canvas_new(264, 160, 1);
  g_autoptr(HsChart) c = new_chart(50, false);
  c->grid = (HsChartGrid){50000, 50000, 50};
  for (int i = 0; i < 50; i++)
    set_column(c, i, 4000 + 10 * i, 3000, 1000 + 10 * i);
  HsChartStyle style = {.title = NULL};
  hs_paint_chart(canvas.cr, &v, &palette, c, &style);
  for (int px = 100; px < 200; px++)
    check_column(&canvas, &v, &palette, c, &style, px, (px - 100) / 2);
  hs_assert_pixel(hs_canvas_pixel(&canvas, 64 + 99, 158), hs_over(palette.base, palette.base), 0);
  hs_canvas_clear(&canvas);
}

/* Ten columns a pixel: the largest is shown. */
static void
test_shrunk(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 100000, 0, 0, 100, 160, 1);
  HsCanvas canvas = hs_canvas_new(100, 160, 1);
  g_autoptr(HsChart) c = new_chart(1000, false);
  for (int i = 0; i < 1000; i++)
    set_column(c, i, i % 10 == 7 ? 5000 : 500, i % 10 == 7 ? 5000 : 500, 0);
  HsChartStyle style = {.title = NULL};
  hs_paint_chart(canvas.cr, &v, &palette, c, &style);
  for (int px = 0; px < 100; px++)
    check_column(&canvas, &v, &palette, c, &style, px, px * 10 + 7);
  hs_canvas_clear(&canvas);
}

/* --- a view that moves --- */

static HsChart *
chart_of(HsTestTrace *trace, HsRowSet *rows, HsRowSet *blocks, const HsViewport *v, HsMeasure measure, bool bands)
{
  HsTimeline *t = trace->timeline;
  HsChartData data = {t, rows, blocks, t->series, hs_timeline_n_rows(t)};
  HsChartQuery query = {measure, HS_GROUP_HEAP, v->t0, v->t1, v->width * v->scale, 16, bands, false, false};
  return hs_chart_new(&data, &query, NULL, NULL);
}

static HsCanvas
paint(const HsViewport *v, const HsPalette *palette, const HsChart *c, bool overlaid)
{
  HsCanvas canvas = hs_canvas_new(v->width, v->height, v->scale);
  HsChartStyle style = {.mode = overlaid ? HS_CHART_OVERLAID : HS_CHART_STACKED, .fixed_max = 50000};
  hs_paint_chart(canvas.cr, v, palette, c, &style);
  return canvas;
}

static bool
is_on_legend(int y, int scale)
{
  return y < HEAD_PX * scale;
}

/* Panned by so many pixels, the picture is the same, so many pixels farther on: made anew, or the one before moved. */
static void
check_panned(HsTestTrace *trace, GRand *rand, int scale, HsMeasure measure, bool overlaid)
{
  uint32_t n_rows = hs_timeline_n_rows(trace->timeline);
  g_autoptr(HsRowSet) rows = hs_row_set_new_all(n_rows);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_row_set_count_blocks(trace->timeline, n_rows));
  HsPalette palette;
  hs_palette_init(&palette, false);
  int64_t span = g_rand_int_range(rand, 500, 60000), t0 = g_rand_int_range(rand, 0, 40000);
  HsViewport before = hs_test_viewport(t0, t0 + span, 0, 0, 120, 150, scale), after = before;
  int px = g_rand_int_range(rand, -60, 60);
  int64_t by = px * span / before.width;
  after.t0 += by;
  after.t1 += by;
  g_autoptr(HsChart) old = chart_of(trace, rows, blocks, &before, measure, overlaid);
  g_autoptr(HsChart) new = chart_of(trace, rows, blocks, &after, measure, overlaid);
  int moved = (int)(hs_chart_grid_first(&new->grid, after.t0) - hs_chart_grid_first(&old->grid, before.t0));
  g_assert_cmpint(ABS(moved - px * scale), <=, 1 + scale);
  HsCanvas a = paint(&before, &palette, old, overlaid), b = paint(&after, &palette, new, overlaid);
  for (int x = 1; x < before.width * scale; x++) {
    int to = x - moved;
    for (int y = 0; to >= 1 && to < before.width * scale && y < before.height * scale; y++) {
      if (!is_on_legend(y, scale))
        g_assert_cmphex(hs_canvas_pixel(&a, x, y), ==, hs_canvas_pixel(&b, to, y));
    }
  }
  hs_canvas_clear(&a);
  hs_canvas_clear(&b);
}

static void
test_panned(gconstpointer data)
{
  uint32_t seed = g_random_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, 3000);
  for (int measure = 0; measure < HS_N_MEASURES; measure++) {
    for (int i = 0; i < 4; i++)
      check_panned(trace, rand, GPOINTER_TO_INT(data), (HsMeasure)measure, i % 2 == 1);
  }
}

/* --- axis --- */

static void
test_axis(void)
{
  HsViewport v = hs_test_viewport(0, 100000, 64, 0, 200, 160, 1);
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int i = 0; i < 500; i++) {
    g_autoptr(HsChart) c = new_chart(200, false);
    c->measure = (HsMeasure)g_rand_int_range(rand, 0, HS_N_MEASURES);
    int64_t value = (int64_t)exp(g_rand_double_range(rand, 0, 40));
    for (int k = 0; k < 200; k++)
      set_column(c, k, 0, value - value / 3 * (k % 3), 0);
    HsChartStyle style = {.log = i % 2 == 1, .fixed_max = i % 5 == 0 ? (double)value * 2 : 0};
    HsChartAxis axis;
    hs_chart_axis_init(&axis, &v, c, &style);
    g_assert_cmpfloat(axis.max, >=, (double)value);
    g_assert_cmpint(axis.n_ticks, >, 0);
    g_assert_cmpint(axis.n_ticks, <=, 8);
    for (int k = 0; k < axis.n_ticks; k++) {
      double part = hs_chart_axis_part(&axis, axis.ticks[k]);
      g_assert_cmpfloat(fabs(hs_chart_axis_value(&axis, part) / axis.ticks[k] - 1), <, 1e-9);
      g_assert_true(k == 0 || axis.ticks[k] > axis.ticks[k - 1]);
      g_assert_true(axis.ticks[k] <= axis.max);
    }
  }
}

static void
check_text(HsMeasure measure, double value, const char *expected)
{
  char text[64];
  g_assert_cmpstr(hs_chart_format_axis(text, sizeof text, measure, value), ==, expected);
}

static void
test_labels(void)
{
  check_text(HS_MEASURE_BYTES, 96.0 * (1 << 20), "96 MiB");
  check_text(HS_MEASURE_COUNT, 50000, "50,000");
  check_text(HS_MEASURE_CUMULATIVE_COUNT, 2.5e6, "2.5 M");
  check_text(HS_MEASURE_RATE_EVENTS, 250, "250/s");
  check_text(HS_MEASURE_RATE_EVENTS, 1.5e6, "1.5 M/s");
  check_text(HS_MEASURE_RATE_BYTES, 64.0 * (1 << 20), "64 MiB/s");
  check_text(HS_MEASURE_SLOW_PATH, 0.05, "5 %");
}

/* --- legend --- */

static void
test_legend(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsCanvas canvas = hs_canvas_new(800, 160, 1);
  g_autoptr(HsChart) c = new_chart(200, false);
  for (int i = 0; i < 200; i++)
    set_column(c, i, 10, 20, 30);
  static const uint32_t hidden[] = {HS_SOURCE_MAINPATH};
  HsChartStyle style = {.title = "Title", .hidden_ids = hidden, .n_hidden = 1};
  for (int width = 20; width < 700; width += 20) {
    HsViewport v = hs_test_viewport(0, 100000, 64, 0, width, 160, 1);
    g_autoptr(GArray) legend = hs_chart_legend(canvas.cr, &v, &palette, c, &style);
    double end = 0;
    for (guint i = 0; i < legend->len; i++) {
      const HsLegendEntry *entry = &g_array_index(legend, HsLegendEntry, i);
      /* In order, apart, and inside. */
      g_assert_cmpfloat(entry->x, >, end);
      end = entry->x + entry->width;
      g_assert_cmpfloat(end, <=, 64 + width);
      g_assert_true(hs_chart_legend_at(legend, entry->x + 1, entry->y + 1) == entry);
      g_assert_true(entry->kind != HS_LEGEND_HIDDEN || entry->id == HS_SOURCE_MAINPATH);
    }
    g_assert_true(width < 600 || legend->len == 3);
    g_assert_null(hs_chart_legend_at(legend, 64, 100));
  }
  hs_canvas_clear(&canvas);
}

/* What is under a point is what is drawn there. */
static void
test_hit(void)
{
  HsViewport v = hs_test_viewport(0, 100000, 64, 0, 200, 160, 1);
  g_autoptr(HsChart) c = new_chart(200, true);
  for (int i = 0; i < 200; i++) {
    set_column(c, i, 100, 100, 100);
    c->layer_min[i * 2] = c->layer_max[i * 2] = 50;
    c->layer_min[i * 2 + 1] = c->layer_max[i * 2 + 1] = 200;
  }
  HsChartStyle style = {.fixed_max = 0};
  HsChartAxis axis;
  hs_chart_axis_init(&axis, &v, c, &style);
  double y_low = 160 * (1 - hs_chart_axis_part(&axis, 50)), y_high = 160 * (1 - hs_chart_axis_part(&axis, 150));
  g_assert_cmpint(hs_chart_column_at(&v, c, 64 + 17.5), ==, 17);
  g_assert_cmpint(hs_chart_column_at(&v, c, 63), ==, -1);
  g_assert_cmpint(hs_chart_layer_at(&v, c, &style, 17, y_low), ==, 0);
  g_assert_cmpint(hs_chart_layer_at(&v, c, &style, 17, y_high), ==, 1);
  g_assert_cmpint(hs_chart_layer_at(&v, c, &style, 17, 1), ==, -1);
  style.mode = HS_CHART_OVERLAID;
  hs_chart_axis_init(&axis, &v, c, &style);
  g_assert_cmpint(hs_chart_layer_at(&v, c, &style, 17, 160 * (1 - hs_chart_axis_part(&axis, 50)) + 2), ==, 0);
  g_assert_cmpint(hs_chart_layer_at(&v, c, &style, 17, 160 * (1 - hs_chart_axis_part(&axis, 125))), ==, -1);
}

/* Hostile sizes and numbers: nothing but that it ends, without an error in the context. */
static void
test_extremes(void)
{
  HsPalette palette;
  hs_palette_init(&palette, true);
  static const int sizes[][2] = {{1, 1}, {3, 400}, {400, 3}, {20, 20}, {300, 100}};
  for (unsigned i = 0; i < G_N_ELEMENTS(sizes) * 8; i++) {
    int width = sizes[i / 8][0], height = sizes[i / 8][1];
    HsViewport v = hs_test_viewport(INT64_MIN, INT64_MAX, 64, 0, width, height, 2);
    HsCanvas canvas = hs_canvas_new(64 + width, height, 2);
    g_autoptr(HsChart) c = new_chart(7, true);
    c->measure = (HsMeasure)(i % HS_N_MEASURES);
    c->grid.span_ticks = i % 3 == 0 ? UINT64_MAX : 1;
    c->first = i % 2 == 0 ? INT64_MIN / 2 : 3;
    for (int k = 0; k < 7; k++) {
      set_column(c, k, INT64_MAX / 2, INT64_MAX / 2, INT64_MAX / 3);
      c->layer_max[k * 2] = k % 2 == 0 ? INT64_MAX : INT64_MIN;
      c->layer_min[k * 2 + 1] = INT64_MIN;
    }
    c->peak = INT64_MAX;
    c->peak_ticks = INT64_MAX - 1;
    HsChartStyle style = {.title = "A title that is much too long for a pane as small as this one",
                          .show_peak = true,
                          .log = (i & 1) != 0,
                          .mode = (i & 2) != 0 ? HS_CHART_OVERLAID : HS_CHART_STACKED,
                          .fixed_max = (i & 4) != 0 ? 1e300 : 0};
    hs_paint_chart(canvas.cr, &v, &palette, c, &style);
    hs_paint_chart(canvas.cr, &v, &palette, NULL, &style);
    g_assert_cmpint(cairo_status(canvas.cr), ==, CAIRO_STATUS_SUCCESS);
    hs_canvas_clear(&canvas);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (int scale = 1; scale <= 2; scale++) {
    static const struct {
      const char *name;
      GTestDataFunc test;
    } tests[] = {{"stacked", test_stacked}, {"log", test_log}, {"overlaid", test_overlaid}, {"panned", test_panned}};
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
      g_autofree char *path = g_strdup_printf("/chart/%s/%d", tests[i].name, scale);
      g_test_add_data_func(path, GINT_TO_POINTER(scale), tests[i].test);
    }
  }
  g_test_add_func("/chart/stretched", test_stretched);
  g_test_add_func("/chart/shrunk", test_shrunk);
  g_test_add_func("/chart/axis", test_axis);
  g_test_add_func("/chart/labels", test_labels);
  g_test_add_func("/chart/legend", test_legend);
  g_test_add_func("/chart/hit", test_hit);
  g_test_add_func("/chart/extremes", test_extremes);
  return g_test_run();
}
