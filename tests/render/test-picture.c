/* SPDX-License-Identifier: MIT */
/* Pictures: what is in them is what the painters of the window draw; as files they are what they say, whole or not at
 * all. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-picture-file.h"
#include "hs-render-support.h"
#include "hs-space.h"

static HsPicture *
new_picture(HsTimeline *t, const char *filter, const HsPictureOptions *options, bool dark)
{
  uint32_t n = hs_timeline_n_rows(t);
  g_autoptr(HsQuery) query = filter != NULL ? hs_query_parse(filter, NULL) : NULL;
  g_autoptr(HsRowSet) rows = NULL, blocks = NULL;
  g_assert_true(hs_row_set_query(t, query, HS_TIME_RANGE_ALL, n, NULL, &rows, &blocks));
  g_autoptr(HsSeriesSet) series = hs_series_set_new(t, blocks);
  g_assert_true(hs_series_set_extend(series, n, NULL));
  HsPictureData data = {t, n, rows, blocks, series, query, HS_TIME_RANGE_ALL};
  HsPalette palette;
  hs_palette_init(&palette, dark);
  HsPicture *picture = hs_picture_new(&data, options, &palette, NULL);
  g_assert_nonnull(picture);
  return picture;
}

static HsTestTrace *
new_trace(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  return hs_test_trace_random(rand, 1500);
}

/* --- contents --- */

static void
assert_same(cairo_surface_t *a, const HsCanvas *b, int x0, int y0, int width, int height)
{
  for (int y = y0; y < y0 + height; y++) {
    for (int x = x0; x < x0 + width; x++)
      g_assert_cmphex(hs_surface_pixel(a, x, y) | 0xff000000u, ==, hs_canvas_pixel(b, x, y) | 0xff000000u);
  }
}

/* The plot of the size chart, pixel by pixel, below heading and ruler. */
static void
test_chart(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(HsTestTrace) trace = new_trace();
  for (int dark = 0; dark < 2; dark++) {
    HsPictureOptions options = {.view = HS_PICTURE_SIZE,
                                .width = 500,
                                .height = 300,
                                .scale = scale,
                                .visible = {20000, 70000},
                                .group = HS_GROUP_SOURCE,
                                .file = "x.etl"};
    g_autoptr(HsPicture) picture = new_picture(trace->timeline, NULL, &options, dark);
    cairo_surface_t *found = hs_picture_draw(picture, NULL);
    g_assert_cmpint(cairo_image_surface_get_width(found), ==, 500 * scale);
    g_assert_cmpint(cairo_image_surface_get_height(found), ==, 300 * scale);
    int top = hs_picture_surround_px(HS_PICTURE_SIZE) - 10, height = 300 - 10 - top, width = 500 - HS_GUTTER_PX - 12;
    HsPalette palette;
    hs_palette_init(&palette, dark);
    HsViewport v = hs_test_viewport(20000, 70000, HS_GUTTER_PX, top, width, height, scale);
    HsCanvas canvas = hs_canvas_new(500, 300, scale);
    g_autoptr(HsRowSet) rows = hs_row_set_new_all(hs_timeline_n_rows(trace->timeline));
    g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_timeline_n_blocks(trace->timeline));
    HsChartData all = {trace->timeline, rows, blocks, trace->timeline->series, hs_timeline_n_rows(trace->timeline)};
    HsChartQuery query = {.measure = HS_MEASURE_BYTES,
                          .group = HS_GROUP_SOURCE,
                          .t0 = v.t0,
                          .t1 = v.t1,
                          .n_columns = width * scale,
                          .max_layers = 16};
    g_autoptr(HsChart) chart = hs_chart_new(&all, &query, NULL, NULL);
    HsChartStyle style = {.title = NULL, .timeline = trace->timeline, .show_peak = true};
    hs_paint_chart(canvas.cr, &v, &palette, chart, &style);
    /* Without the head, where title and legend are; the plot alone, labels are text. The peak's pill is text, too. */
    for (int x = HS_GUTTER_PX * scale; x < (HS_GUTTER_PX + width) * scale; x += 3)
      assert_same(found, &canvas, x, (top + height * 3 / 4) * scale, 1, height * scale / 4);
    hs_assert_pixel(hs_surface_pixel(found, 1, 1), hs_over(palette.bg, palette.bg), 1);
    cairo_surface_destroy(found);
    hs_canvas_clear(&canvas);
  }
}

/* The map, likewise. */
static void
test_map(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(HsTestTrace) trace = new_trace();
  HsTimeline *t = trace->timeline;
  HsPictureOptions options = {
      .view = HS_PICTURE_MAP, .width = 400, .height = 400, .scale = scale, .color_by = HS_COLOR_BY_SOURCE};
  g_autoptr(HsPicture) picture = new_picture(t, "source != slowpath", &options, false);
  cairo_surface_t *found = hs_picture_draw(picture, NULL);
  int top = hs_picture_surround_px(HS_PICTURE_MAP) - 10, height = 400 - 10 - top, width = 400 - HS_GUTTER_PX - 12;
  uint32_t n = hs_timeline_n_rows(t);
  g_autoptr(HsQuery) query = hs_query_parse("source != slowpath", NULL);
  g_autoptr(HsRowSet) blocks = hs_row_set_new_query_blocks(t, query, HS_TIME_RANGE_ALL, n, NULL);
  g_autoptr(HsMapLayout) layout = hs_map_layout_new(t, blocks, n, NULL);
  HsMapWindow window = {0, hs_map_layout_span(layout)};
  HsPalette palette;
  hs_palette_init(&palette, false);
  int64_t t0, t1;
  hs_timeline_span(t, &t0, &t1);
  HsViewport v = hs_test_viewport(t0, t1, HS_GUTTER_PX, top, width, height, scale);
  g_autoptr(HsMapPicture) map =
      hs_map_picture_new(t, blocks, layout, &v, window, HS_COLOR_BY_SOURCE, &palette, n, NULL);
  HsCanvas canvas = hs_canvas_new(400, 400, scale);
  hs_paint_map(canvas.cr, &v, window, &palette, t, layout, map, NULL);
  assert_same(found, &canvas, HS_GUTTER_PX * scale, top * scale, width * scale, height * scale);
  cairo_surface_destroy(found);
  hs_canvas_clear(&canvas);
}

/* Every measure and grouping, stacked and overlaid, as the painter draws it. */
static void
test_looks(void)
{
  const int width = 300, height = 200, scale = 2;
  g_autoptr(HsTestTrace) trace = new_trace();
  HsTimeline *t = trace->timeline;
  g_autoptr(HsRowSet) rows = hs_row_set_new_all(hs_timeline_n_rows(t));
  g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_timeline_n_blocks(t));
  HsChartData all = {t, rows, blocks, t->series, hs_timeline_n_rows(t)};
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int i = 0; i < HS_N_MEASURES * HS_N_GROUPS * 4; i++) {
    bool overlaid = i % 2 != 0, log = i / 2 % 2 != 0;
    HsPictureOptions options = {.view = HS_PICTURE_SIZE,
                                .width = width,
                                .height = height,
                                .scale = scale,
                                .visible = {20000, 70000},
                                .measure = (HsMeasure)(i / 4 % HS_N_MEASURES),
                                .group = (HsGroup)(i / 4 / HS_N_MEASURES),
                                .overlaid = overlaid,
                                .chart_log = log,
                                .chart_fixed = i % 3 == 0,
                                .committed = i % 5 == 0};
    g_autoptr(HsPicture) picture = new_picture(t, NULL, &options, false);
    cairo_surface_t *found = hs_picture_draw(picture, NULL);
    int top = hs_picture_surround_px(HS_PICTURE_SIZE) - 10, left = width - HS_GUTTER_PX - 12;
    HsViewport v = hs_test_viewport(20000, 70000, HS_GUTTER_PX, top, left, height - 10 - top, scale);
    HsChartQuery query = {.measure = options.measure,
                          .group = options.group,
                          .t0 = v.t0,
                          .t1 = v.t1,
                          .n_columns = left * scale,
                          .max_layers = 16,
                          .bands = overlaid,
                          .sizes = options.committed,
                          .whole = options.chart_fixed};
    g_autoptr(HsChart) chart = hs_chart_new(&all, &query, NULL, NULL);
    HsChartStyle style = {
        .timeline = t, .mode = overlaid ? HS_CHART_OVERLAID : HS_CHART_STACKED, .log = log, .show_peak = true};
    if (options.chart_fixed)
      style.fixed_max = overlaid && chart->layer_max != NULL ? chart->whole_layer_max : chart->whole_max;
    HsCanvas canvas = hs_canvas_new(width, height, scale);
    hs_paint_chart(canvas.cr, &v, &palette, chart, &style);
    assert_same(found, &canvas, HS_GUTTER_PX * scale, (top + v.height * 3 / 4) * scale, left * scale,
                v.height * scale / 4);
    cairo_surface_destroy(found);
    hs_canvas_clear(&canvas);
  }
}

/* The map of one instant, at the cursor and at the peak, likewise; the rate as the chart of that measure. */
static void
test_instant(void)
{
  const int width = 700, height = 300, scale = 2;
  g_autoptr(HsTestTrace) trace = new_trace();
  HsTimeline *t = trace->timeline;
  uint32_t n = hs_timeline_n_rows(t);
  int64_t peak;
  hs_series_peak(t->series, HS_MEASURE_BYTES, 20000, 70000, &peak);
  HsPalette palette;
  hs_palette_init(&palette, true);
  for (int at_cursor = 0; at_cursor < 2; at_cursor++) {
    HsPictureOptions options = {.view = HS_PICTURE_INSTANT,
                                .width = width,
                                .height = height,
                                .scale = scale,
                                .visible = {20000, 70000},
                                .has_cursor = at_cursor != 0,
                                .cursor_ticks = 31000,
                                .color_by = HS_COLOR_BY_SOURCE};
    g_autoptr(HsPicture) picture = new_picture(t, NULL, &options, true);
    cairo_surface_t *found = hs_picture_draw(picture, NULL);
    int top = hs_picture_surround_px(HS_PICTURE_INSTANT) - 10;
    HsMapColors colors = {HS_COLOR_BY_SOURCE, HS_TIME_RANGE_ALL};
    HsCanvas canvas = hs_canvas_new(width, height, scale);
    cairo_translate(canvas.cr, 0, top);
    g_assert_true(hs_paint_instant(canvas.cr, t, NULL, (HsHeapId){HS_ID_NONE}, at_cursor ? 31000 : peak, n, 0, &colors,
                                   &palette, width, height - 10 - top, scale));
    assert_same(found, &canvas, 0, top * scale, width * scale, (height - 10 - top) * scale);
    cairo_surface_destroy(found);
    hs_canvas_clear(&canvas);
  }
}

static void
test_rate(void)
{
  static const HsMeasure measures[] = {HS_MEASURE_COUNT, HS_MEASURE_BYTES},
                         rates[] = {HS_MEASURE_RATE_EVENTS, HS_MEASURE_RATE_BYTES};
  g_autoptr(HsTestTrace) trace = new_trace();
  for (unsigned i = 0; i < G_N_ELEMENTS(rates); i++) {
    HsPictureOptions rate = {.view = HS_PICTURE_RATE, .width = 400, .height = 300, .measure = measures[i]}, size = rate;
    size.view = HS_PICTURE_SIZE;
    size.measure = rates[i];
    g_autoptr(HsPicture) a = new_picture(trace->timeline, NULL, &rate, false);
    g_autoptr(HsPicture) b = new_picture(trace->timeline, NULL, &size, false);
    cairo_surface_t *first = hs_picture_draw(a, NULL), *second = hs_picture_draw(b, NULL);
    for (int y = 0; y < 300; y++) {
      for (int x = 0; x < 400; x++)
        g_assert_cmphex(hs_surface_pixel(first, x, y), ==, hs_surface_pixel(second, x, y));
    }
    cairo_surface_destroy(first);
    cairo_surface_destroy(second);
  }
}

/* Every view in every size, down to those in which nothing has room; of a trace without anything, too. */
static void
test_sizes(void)
{
  static const int sides[] = {16, 40, 100, 130, 210, 700};
  g_autoptr(HsTestTrace) trace = new_trace(), empty = hs_test_trace_new();
  hs_test_trace_finish(empty, 1);
  for (int view = 0; view < HS_N_PICTURES; view++) {
    for (unsigned i = 0; i < G_N_ELEMENTS(sides) * G_N_ELEMENTS(sides); i++) {
      HsPictureOptions options = {.view = (HsPictureView)view,
                                  .width = sides[i % G_N_ELEMENTS(sides)],
                                  .height = sides[i / G_N_ELEMENTS(sides)],
                                  .scale = 1 + (int)i % 2,
                                  .selection = {1000, 50000},
                                  .group = (HsGroup)(i % 3)};
      g_autoptr(HsPicture) picture =
          new_picture(i % 5 == 0 ? empty->timeline : trace->timeline, "size > 3", &options, i % 2);
      cairo_surface_t *surface = hs_picture_draw(picture, NULL);
      g_assert_nonnull(surface);
      cairo_surface_destroy(surface);
    }
  }
}

static void
test_cancel(void)
{
  int cancel = 1;
  g_autoptr(HsTestTrace) trace = new_trace();
  HsTimeline *t = trace->timeline;
  g_autoptr(HsRowSet) rows = hs_row_set_new_all(hs_timeline_n_rows(t));
  g_autoptr(HsRowSet) all = hs_row_set_new_all(hs_timeline_n_blocks(t));
  HsPictureData data = {t, hs_timeline_n_rows(t), rows, all, t->series, NULL, HS_TIME_RANGE_ALL};
  HsPalette palette;
  hs_palette_init(&palette, false);
  for (int view = 0; view < HS_N_PICTURES; view++) {
    HsPictureOptions options = {.view = (HsPictureView)view, .width = 300, .height = 300};
    g_assert_null(hs_picture_new(&data, &options, &palette, &cancel));
  }
}

/* --- files --- */

static uint32_t
big_endian(const guint8 *bytes)
{
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void
check_svg(const GByteArray *bytes)
{
  static const GMarkupParser parser = {NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
  g_assert_true(g_markup_parse_context_parse(context, (const char *)bytes->data, (gssize)bytes->len, &error));
  g_assert_no_error(error);
  g_assert_true(g_markup_parse_context_end_parse(context, &error));
  g_autofree char *head = g_strndup((const char *)bytes->data, MIN(bytes->len, 400));
  g_assert_nonnull(strstr(head, "width=\"320px\" height=\"240px\""));
}

static void
test_formats(void)
{
  static const char signature[] = "\x89PNG\r\n\x1a\n";
  g_autoptr(HsTestTrace) trace = new_trace();
  for (int view = 0; view < HS_N_PICTURES; view++) {
    HsPictureOptions options = {.view = (HsPictureView)view, .width = 320, .height = 240, .scale = 2, .title = "a < b"};
    g_autoptr(HsPicture) picture = new_picture(trace->timeline, NULL, &options, false);
    g_autoptr(GByteArray) png = hs_picture_encode(picture, HS_PICTURE_PNG, NULL);
    g_autoptr(GByteArray) svg = hs_picture_encode(picture, HS_PICTURE_SVG, NULL);
    g_autoptr(GByteArray) pdf = hs_picture_encode(picture, HS_PICTURE_PDF, NULL);
    g_autoptr(GByteArray) again = hs_picture_encode(picture, HS_PICTURE_PDF, NULL);
    g_assert_cmpmem(png->data, 8, signature, 8);
    g_assert_cmpuint(big_endian(png->data + 16), ==, 640);
    g_assert_cmpuint(big_endian(png->data + 20), ==, 480);
    check_svg(svg);
    g_assert_cmpmem(pdf->data, 5, "%PDF-", 5);
    g_assert_nonnull(g_strrstr_len((const char *)pdf->data + pdf->len - 10, 10, "%%EOF"));
    g_assert_cmpmem(pdf->data, pdf->len, again->data, again->len);
  }
}

static void
assert_size_error(const char *text, const char *message)
{
  int width, height;
  g_autoptr(GError) error = NULL;
  g_assert_false(hs_picture_parse_size(text, &width, &height, &error));
  g_assert_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_SIZE);
  g_assert_nonnull(strstr(error->message, message));
}

static void
test_parse_size(void)
{
  int width, height;
  g_assert_true(hs_picture_parse_size("1280x720", &width, &height, NULL) && width == 1280 && height == 720);
  g_assert_true(hs_picture_parse_size("40×32", &width, &height, NULL) && width == 40 && height == 32);
  g_assert_true(hs_picture_parse_size("32767X16", &width, &height, NULL) && width == 32767 && height == 16);
  assert_size_error("", "is not a size");
  assert_size_error("1280", "is not a size");
  assert_size_error("1280x", "is not a size");
  assert_size_error("-5x9", "is not a size");
  assert_size_error("12x34x5", "is not a size");
  assert_size_error(" 12x34", "is not a size");
  assert_size_error("0x100", "too small");
  assert_size_error("100x15", "too small");
  assert_size_error("32768x100", "32767 pixels along a side");
  assert_size_error("100x99999999999999999999", "32767 pixels along a side");
  assert_size_error("20000x20000", "million pixels");
  g_assert_false(hs_picture_check_size(20000, 100, 2, NULL));
  g_assert_false(hs_picture_check_size(100, 100, 0, NULL));
  g_assert_false(hs_picture_check_size(100, 100, 9, NULL));
  g_assert_true(hs_picture_check_size(100, 100, 8, NULL));
  g_assert_cmpint(hs_picture_format_from_path("/a.b/x.PNG", NULL), ==, HS_PICTURE_PNG);
  g_assert_cmpint(hs_picture_format_from_path("/a.png/x", NULL), ==, HS_N_PICTURE_FORMATS);
}

/* How many files a folder has. */
static guint
count_files(const char *folder)
{
  guint n = 0;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  while (g_dir_read_name(dir) != NULL)
    n++;
  return n;
}

static void
assert_contents(const char *path, const char *expected)
{
  g_autofree char *found = NULL;
  g_assert_true(g_file_get_contents(path, &found, NULL, NULL));
  g_assert_cmpstr(found, ==, expected);
}

static void
test_write(void)
{
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL), *path = g_build_filename(folder, "p.png", NULL),
                  *link = g_build_filename(folder, "l.png", NULL),
                  *lost = g_build_filename(folder, "no", "p.png", NULL);
  g_autoptr(GByteArray) first = g_byte_array_new(), second = g_byte_array_new();
  g_autoptr(GError) error = NULL;
  int cancel = 1;
  struct stat status;
  g_byte_array_append(first, (const guint8 *)"first", 5);
  g_byte_array_append(second, (const guint8 *)"second", 6);
  g_assert_true(hs_picture_write(path, first, NULL, &error));
  assert_contents(path, "first");
  /* What is there keeps who may read it, and stays if the work is called off. */
  g_assert_cmpint(g_chmod(path, 0640), ==, 0);
  g_assert_false(hs_picture_write(path, second, &cancel, &error));
  g_assert_no_error(error);
  assert_contents(path, "first");
  g_assert_cmpuint(count_files(folder), ==, 1);
  g_assert_true(hs_picture_write(path, second, NULL, &error));
  assert_contents(path, "second");
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0640);
  /* A link stays a link. */
  g_assert_cmpint(symlink("p.png", link), ==, 0);
  g_assert_true(hs_picture_write(link, first, NULL, &error));
  assert_contents(path, "first");
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpuint(count_files(folder), ==, 2);
  g_assert_false(hs_picture_write(folder, first, NULL, &error));
  g_assert_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_WRITING);
  g_clear_error(&error);
  g_assert_false(hs_picture_write(lost, first, NULL, &error));
  g_assert_error(error, HS_PICTURE_ERROR, HS_PICTURE_ERROR_WRITING);
  g_assert_nonnull(strstr(error->message, g_strerror(ENOENT)));
  g_assert_true(hs_picture_write("/dev/null", first, NULL, NULL));
  g_unlink(link);
  g_unlink(path);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/picture/chart/1", GINT_TO_POINTER(1), test_chart);
  g_test_add_data_func("/picture/chart/2", GINT_TO_POINTER(2), test_chart);
  g_test_add_data_func("/picture/map/1", GINT_TO_POINTER(1), test_map);
  g_test_add_data_func("/picture/map/2", GINT_TO_POINTER(2), test_map);
  g_test_add_func("/picture/looks", test_looks);
  g_test_add_func("/picture/instant", test_instant);
  g_test_add_func("/picture/rate", test_rate);
  g_test_add_func("/picture/sizes", test_sizes);
  g_test_add_func("/picture/cancel", test_cancel);
  g_test_add_func("/picture/formats", test_formats);
  g_test_add_func("/picture/parse-size", test_parse_size);
  g_test_add_func("/picture/write", test_write);
  return g_test_run();
}
