/* SPDX-License-Identifier: MIT */
/* Bars of histograms against the counts they stand for, at both scales, light and dark; and what lies where. */
#include <math.h>

#include "hs-distribution-text.h"
#include "hs-paint-bars.h"
#include "hs-paint-histogram.h"
#include "hs-render-support.h"

static uint32_t
seed(void)
{
  const char *text = g_getenv("HEAPSCOPE_SEED");
  uint32_t value = text != NULL ? (uint32_t)g_ascii_strtoull(text, NULL, 10) : g_random_int();
  g_test_message("HEAPSCOPE_SEED=%u", value);
  return value;
}

/* Of a random trace: `text` is the filter. */
static HsDistribution *
new_distribution(HsTimeline *t, const char *text, HsTimeRange range, HsDistributionKind kind)
{
  uint32_t n = hs_timeline_n_rows(t);
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_autoptr(HsRowSet) passing = hs_row_set_new_query_blocks(t, query, HS_TIME_RANGE_ALL, n, NULL);
  HsDistribution *d = hs_distribution_new_query(t, query, passing, HS_TIME_RANGE_ALL, range, n, kind, NULL);
  g_assert_nonnull(d);
  return d;
}

static double
part_of(uint64_t value, uint64_t greatest, HsHistogramScale scale)
{
  double part = (double)value / (double)greatest;
  if (scale == HS_HISTOGRAM_LOG)
    return log1p((double)value) / log1p((double)greatest);
  return scale == HS_HISTOGRAM_ROOT ? sqrt(part) : part;
}

/* The column in the middle of a bar, from its ground up: sources, then what is pale with its edge, then nothing. */
static void
check_bar(const HsCanvas *canvas, const HsHistogramArea *area, const HsPalette *palette, const HsDistribution *d,
          const HsHistogramStyle *style, uint32_t class, uint64_t greatest)
{
  double x, y, width, height;
  const HsDistributionClass *c = &d->classes[class];
  if (!hs_histogram_bar(area, d, style, class, &x, &y, &width, &height)) {
    g_assert_cmpuint(c->whole.count, ==, 0);
    return;
  }
  /* Those that are narrower than a device pixel share it. */
  if (width * area->scale < 2)
    return;
  int scale = area->scale, px = (int)floor((x + width / 2) * scale), bottom = (int)lround((y + height) * scale);
  double room = height * (style->is_small ? 1 : 0.97);
  uint64_t shown = hs_histogram_value(style->measure, c->shown), whole = hs_histogram_value(style->measure, c->whole);
  /* A bar that is cut off is broken below its top. */
  if (whole > greatest)
    return;
  int shown_px = shown == 0 ? 0 : MAX((int)lround(part_of(shown, greatest, style->scale) * room * scale), 1);
  int whole_px = whole == 0 ? 0 : MAX((int)lround(part_of(whole, greatest, style->scale) * room * scale), 1);
  uint64_t sum = 0;
  int from = 0;
  for (int source = 0; source < HS_N_SOURCES; source++) {
    sum += hs_histogram_value(style->measure, c->by_source[source]);
    int to = shown == 0 ? 0 : (int)lround((double)shown_px * (double)sum / (double)shown);
    /* Where one ends and the next begins may be rounded either way. */
    for (int row = from + 1; row < to - 1; row++)
      hs_assert_pixel(hs_canvas_pixel(canvas, px, bottom - 1 - row),
                      hs_over(hs_palette_source(palette, (HsSource)source), palette->base), 1);
    from = to;
  }
  g_assert_cmpuint(sum, ==, shown);
  HsColor pale = hs_color_mix(palette->base, palette->dim_text, palette->dark ? 0.24 : 0.18);
  for (int row = shown_px + 1; row < whole_px - 1 && width * scale > 4; row++)
    hs_assert_pixel(hs_canvas_pixel(canvas, px, bottom - 1 - row), hs_over(pale, palette->base), 1);
  for (int row = whole_px + 1; row < (int)(height * scale); row++) {
    uint32_t found = hs_canvas_pixel(canvas, px, bottom - 1 - row);
    if (found != hs_over(palette->grid, palette->base))
      hs_assert_pixel(found, hs_over(palette->base, palette->base), 1);
  }
}

static void
check_picture(const HsDistribution *d, const HsHistogramStyle *style, int width, int height, int scale, bool dark)
{
  HsPalette palette;
  hs_palette_init(&palette, dark);
  HsCanvas canvas = hs_canvas_new(width + 20, height + 20, scale);
  HsHistogramArea area = {10, 10, width, height, scale};
  hs_color_set(canvas.cr, palette.base);
  cairo_rectangle(canvas.cr, 10, 10, width, height);
  cairo_fill(canvas.cr);
  hs_paint_histogram(canvas.cr, &area, &palette, d, style);
  uint64_t greatest = 0;
  bool has_rest = d->kind == HS_DISTRIBUTION_SMALL_SIZES || d->kind == HS_DISTRIBUTION_EXACT_SIZES;
  for (uint32_t c = d->first_class; c < d->end_class; c++) {
    /* What is beyond the small sizes does not count, unless there is nothing else. */
    if (!has_rest || c + 1 < d->n_classes || greatest == 0)
      greatest = MAX(greatest, hs_histogram_value(style->measure, d->classes[c].whole));
  }
  for (uint32_t c = d->first_class; greatest > 0 && c < d->end_class; c++)
    check_bar(&canvas, &area, &palette, d, style, c, greatest);
  /* Nothing beyond its room. */
  g_assert_cmphex(hs_canvas_pixel(&canvas, 5 * scale, 15 * scale), ==, HS_CANVAS_BLANK);
  g_assert_cmphex(hs_canvas_pixel(&canvas, (width + 15) * scale, 15 * scale), ==, HS_CANVAS_BLANK);
  g_assert_cmphex(hs_canvas_pixel(&canvas, 15 * scale, (height + 15) * scale), ==, HS_CANVAS_BLANK);
  hs_canvas_clear(&canvas);
}

static const char *const filters[] = {"", "source in {lowfrag, slowpath}", "size in 64..4096", "lifetime < 200us"};

static HsDistribution *
random_distribution(HsTestTrace *trace, GRand *rand)
{
  HsTimeRange range = HS_TIME_RANGE_ALL;
  if (g_rand_int_range(rand, 0, 2) == 0)
    range = (HsTimeRange){g_rand_int_range(rand, 0, 40000), g_rand_int_range(rand, 40000, 100000)};
  HsDistributionKind kind = (HsDistributionKind)g_rand_int_range(rand, 0, HS_N_DISTRIBUTIONS);
  return new_distribution(trace->timeline, filters[g_rand_int_range(rand, 0, G_N_ELEMENTS(filters))], range, kind);
}

static HsHistogramStyle
random_style(GRand *rand)
{
  return (HsHistogramStyle){.measure = (HsHistogramMeasure)g_rand_int_range(rand, 0, HS_N_HISTOGRAM_MEASURES),
                            .scale = (HsHistogramScale)g_rand_int_range(rand, 0, HS_N_HISTOGRAM_SCALES),
                            .is_small = g_rand_int_range(rand, 0, 2) == 0,
                            .marked = HS_CLASS_NONE};
}

static void
test_bars(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed());
  for (int round = 0; round < 12; round++) {
    g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, 3 + g_rand_int_range(rand, 0, 2000));
    for (int i = 0; i < 8; i++) {
      g_autoptr(HsDistribution) d = random_distribution(trace, rand);
      HsHistogramStyle style = random_style(rand);
      check_picture(d, &style, g_rand_int_range(rand, 150, 1200), g_rand_int_range(rand, 40, 400), scale, i % 2);
    }
  }
}

/* Every point: the class whose room it is in, found by going through all. */
static void
test_hit(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed());
  for (int round = 0; round < 40; round++) {
    g_autoptr(HsTestTrace) trace = hs_test_trace_random(rand, 3 + g_rand_int_range(rand, 0, 300));
    g_autoptr(HsDistribution) d = random_distribution(trace, rand);
    HsHistogramStyle style = random_style(rand);
    HsHistogramArea area = {7, 3, g_rand_int_range(rand, 100, 900), g_rand_int_range(rand, 60, 300), 1};
    for (uint32_t c = d->first_class; c < d->end_class; c++) {
      double x, y, width, height;
      if (!hs_histogram_bar(&area, d, &style, c, &x, &y, &width, &height)) {
        g_assert_cmpuint(d->classes[c].whole.count, ==, 0);
        continue;
      }
      uint32_t found = hs_histogram_hit(&area, d, &style, x + width / 2, y + height / 2);
      /* Bars narrower than a pixel share it. */
      if (width >= 2)
        g_assert_cmpuint(found, ==, d->classes[c].whole.count > 0 ? c : HS_CLASS_NONE);
    }
    g_assert_cmpuint(hs_histogram_hit(&area, d, &style, 0, 50), ==, HS_CLASS_NONE);
    g_assert_cmpuint(hs_histogram_hit(&area, d, &style, 5000, 50), ==, HS_CLASS_NONE);
    g_assert_cmpuint(hs_histogram_hit(&area, d, &style, 50, 5000), ==, HS_CLASS_NONE);
    g_assert_cmpuint(hs_histogram_hit(&area, NULL, &style, 50, 50), ==, HS_CLASS_NONE);
  }
}

/* Nothing at all, one block, no room, absurd sizes: nothing breaks. */
static void
test_extremes(void)
{
  static const uint64_t sizes[] = {0, 1, UINT64_MAX, UINT64_MAX / 2, UINT64_C(1) << 62};
  HsPalette palette;
  hs_palette_init(&palette, false);
  g_autoptr(HsTestTrace) empty = hs_test_trace_new(), odd = hs_test_trace_new();
  hs_test_trace_finish(empty, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++)
    hs_test_trace_alloc(odd, INT64_C(1) << (i * 14), 1, 2, 0x1000 * (i + 1), sizes[i], 1);
  hs_test_trace_free_block(odd, INT64_MAX / 2, 1, 2, 0x1000);
  hs_test_trace_finish(odd, INT64_MAX / 2 + 1);
  HsCanvas canvas = hs_canvas_new(300, 200, 1);
  for (int kind = 0; kind < HS_N_DISTRIBUTIONS; kind++) {
    g_autoptr(HsDistribution) none = new_distribution(empty->timeline, "", HS_TIME_RANGE_ALL, (HsDistributionKind)kind);
    g_autoptr(HsDistribution) some = new_distribution(odd->timeline, "", HS_TIME_RANGE_ALL, (HsDistributionKind)kind);
    g_assert_cmpuint(some->total.whole.count, ==, G_N_ELEMENTS(sizes));
    for (int size = 0; size < 300; size += 7) {
      for (int i = 0; i < 12; i++) {
        HsHistogramStyle style = {(HsHistogramMeasure)(i % 2), (HsHistogramScale)(i / 2 % 3), i / 6 == 0,
                                  HS_CLASS_NONE};
        HsHistogramArea area = {0, 0, size, size * 2 / 3.0, 1};
        hs_paint_histogram(canvas.cr, &area, &palette, none, &style);
        hs_paint_histogram(canvas.cr, &area, &palette, some, &style);
        hs_paint_histogram(canvas.cr, &area, &palette, NULL, &style);
      }
    }
  }
  hs_canvas_clear(&canvas);
}

static void
assert_texts(HsDistributionKind kind, uint32_t class, const char *name, const char *mark)
{
  g_autofree char *found_name = hs_distribution_class_text(kind, class);
  g_autofree char *found_mark = hs_distribution_mark_text(kind, class);
  g_assert_cmpstr(found_name, ==, name);
  g_assert_cmpstr(found_mark, ==, mark);
}

static void
test_texts(void)
{
  assert_texts(HS_DISTRIBUTION_SIZES, 7, "64 – 127 B", "64 B");
  assert_texts(HS_DISTRIBUTION_SIZES, 21, "1.0 MiB – 2.0 MiB", "1 MiB");
  assert_texts(HS_DISTRIBUTION_SMALL_SIZES, 3, "24 – 31 B", "24 B");
  assert_texts(HS_DISTRIBUTION_SMALL_SIZES, 128, "1 KiB and more", "≥ 1 KiB");
  assert_texts(HS_DISTRIBUTION_EXACT_SIZES, 48, "48 B", "48 B");
  assert_texts(HS_DISTRIBUTION_EXACT_SIZES, 257, "257 B and more", "≥ 257 B");
  assert_texts(HS_DISTRIBUTION_LIFETIMES, 0, "0 ns", "0 ns");
  assert_texts(HS_DISTRIBUTION_LIFETIMES, 11, "2 – 5 µs", "2 µs");
  assert_texts(HS_DISTRIBUTION_LIFETIMES, 9, "500 ns – 1 µs", "500 ns");
  assert_texts(HS_DISTRIBUTION_LIFETIMES, hs_distribution_outstanding_class(HS_DISTRIBUTION_LIFETIMES), "outstanding",
               "outstanding");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/histogram/bars/1", GINT_TO_POINTER(1), test_bars);
  g_test_add_data_func("/histogram/bars/2", GINT_TO_POINTER(2), test_bars);
  g_test_add_func("/histogram/hit", test_hit);
  g_test_add_func("/histogram/extremes", test_extremes);
  g_test_add_func("/histogram/texts", test_texts);
  return g_test_run();
}
