/* SPDX-License-Identifier: MIT */
/* Gaps: which of them make one span, and their pixels on ruler and overview. */
#include "hs-gap-set.h"
#include "hs-render-support.h"

#define PLOT_X 64
#define RULER_HEIGHT 22
#define BAND_PX 5
#define NO_MARKS                                                                                                       \
  {                                                                                                                    \
    0, 0, INT64_MIN, INT64_MIN, INT64_MAX                                                                              \
  }

static HsGapSet *
new_set(const HsGap *gaps, unsigned n_gaps)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  for (unsigned i = 0; i < n_gaps; i++)
    hs_builder_gap(trace->builder, gaps[i].begin_ticks, gaps[i].end_ticks, gaps[i].cpu, (HsGapKind)gaps[i].kind);
  return hs_gap_set_new(trace->timeline);
}

/* A moment is in a span exactly if it is in a gap; spans are apart and hold all gaps. */
static void
test_spans(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < 200; round++) {
    HsGap gaps[40];
    bool lost[1100] = {false};
    unsigned n_gaps = (unsigned)g_rand_int_range(rand, 0, 41);
    for (unsigned i = 0; i < n_gaps; i++) {
      int64_t begin = g_rand_int_range(rand, 0, 1000), end = begin + g_rand_int_range(rand, 1, round % 2 == 0 ? 90 : 9);
      gaps[i] = (HsGap){begin, end, (uint16_t)(i % 3), (uint8_t)(i % 2)};
      for (int64_t t = begin; t < end; t++)
        lost[t] = true;
    }
    g_autoptr(HsGapSet) set = new_set(gaps, n_gaps);
    uint32_t held = 0;
    for (uint32_t i = 0; i < set->n_spans; i++) {
      g_assert_cmpuint(set->spans[i].first, ==, held);
      held += set->spans[i].count;
      if (i > 0)
        g_assert_cmpint(set->spans[i].begin_ticks, >, set->spans[i - 1].end_ticks);
    }
    g_assert_cmpuint(held, ==, n_gaps);
    for (int64_t t = 0; t < 1100; t++) {
      uint32_t n_visible;
      (void)hs_gap_set_visible(set, t, t + 1, &n_visible);
      g_assert_cmpuint(n_visible, ==, lost[t] ? 1 : 0);
    }
  }
}

static const HsGap painted[] = {
    {2000000, 2600000, 0, HS_GAP_EVENTS},
    {2500000, 3000000, 2, HS_GAP_BUFFERS},
    {5000001, 5000002, 1, HS_GAP_EVENTS}, /* a moment: three pixels all the same */
    {9990000, 20000000, 3, HS_GAP_EVENTS},
};

/* Whether a column of the plot, 10,000 ticks wide, shows a gap. */
static bool
is_painted(int px)
{
  return (px >= 200 && px < 300) || (px >= 498 && px < 501) || px >= 997;
}

static void
check_band(const HsCanvas *canvas, const HsPalette *palette, int scale, int px, bool expected)
{
  uint32_t ground = hs_over(palette->bg, palette->bg), stripe = hs_over(palette->warning, palette->bg);
  uint32_t between = hs_over(hs_color_alpha(palette->warning, 0.3), palette->bg);
  int n_stripes = 0, n_between = 0;
  for (int y = (RULER_HEIGHT - 1 - BAND_PX) * scale; y < (RULER_HEIGHT - 1) * scale; y++) {
    uint32_t found = hs_canvas_pixel(canvas, (PLOT_X + px) * scale, y);
    if (!expected) {
      g_assert_cmphex(found, ==, ground);
      continue;
    }
    if (found == stripe) {
      n_stripes++;
    } else {
      hs_assert_pixel(found, between, 1);
      n_between++;
    }
  }
  if (expected) {
    g_assert_cmpint(n_stripes, >, 0);
    g_assert_cmpint(n_between, >, 0);
  }
}

static void
test_ruler(gconstpointer data)
{
  int scale = GPOINTER_TO_INT(data);
  for (int dark = 0; dark < 2; dark++) {
    HsPalette palette;
    hs_palette_init(&palette, dark);
    HsViewport v = hs_test_viewport(0, 10000000, PLOT_X, 0, 1000, RULER_HEIGHT, scale);
    HsCanvas canvas = hs_canvas_new(1080, RULER_HEIGHT, scale);
    g_autoptr(HsGapSet) set = new_set(painted, G_N_ELEMENTS(painted));
    HsMarks marks = NO_MARKS;
    marks.gaps = set;
    hs_paint_ruler(canvas.cr, &v, &palette, &marks);
    for (int px = -5; px < 1005; px++) {
      if (px >= 0 && px % 20 == 0)
        continue; /* a mark of the ruler */
      bool expected =
          px >= 0 && px < 1000 && (scale == 1 ? is_painted(px) : hs_gap_set_at(set, &v, PLOT_X + px) != NULL);
      check_band(&canvas, &palette, scale, px, expected);
    }
    hs_canvas_clear(&canvas);
  }
}

/* What is pointed at is what is painted. */
static void
test_hit(void)
{
  HsViewport v = hs_test_viewport(0, 10000000, PLOT_X, 0, 1000, RULER_HEIGHT, 1);
  g_autoptr(HsGapSet) set = new_set(painted, G_N_ELEMENTS(painted));
  for (int px = 0; px < 1000; px++)
    g_assert_cmpint(hs_gap_set_at(set, &v, PLOT_X + px + 0.5) != NULL, ==, is_painted(px));
  g_assert_true(hs_gap_set_at(set, &v, PLOT_X + 499.5) == &set->spans[1]);
  /* So far in that a tick is hundreds of pixels. */
  HsViewport deep = hs_test_viewport(5000000, 5000003, PLOT_X, 0, 900, RULER_HEIGHT, 1);
  g_assert_null(hs_gap_set_at(set, &deep, PLOT_X + 299));
  g_assert_nonnull(hs_gap_set_at(set, &deep, PLOT_X + 301));
  g_assert_nonnull(hs_gap_set_at(set, &deep, PLOT_X + 450));
  g_assert_nonnull(hs_gap_set_at(set, &deep, PLOT_X + 599));
  g_assert_null(hs_gap_set_at(set, &deep, PLOT_X + 601));
}

static void
test_overview(void)
{
  HsPalette palette;
  hs_palette_init(&palette, false);
  HsViewport v = hs_test_viewport(0, 10000000, PLOT_X, 5, 1000, 36, 1);
  HsCanvas canvas = hs_canvas_new(1080, 46, 1);
  g_autoptr(HsGapSet) set = new_set(painted, G_N_ELEMENTS(painted));
  HsMarks marks = NO_MARKS;
  marks.gaps = set;
  hs_paint_overview(canvas.cr, &v, &palette, NULL, 0, 10000000, &marks);
  uint32_t mark = hs_over(palette.warning, palette.base), ground = hs_over(palette.base, palette.base);
  for (int px = 2; px < 998; px++) {
    for (int y = 36; y < 39; y++)
      g_assert_cmphex(hs_canvas_pixel(&canvas, PLOT_X + px, y), ==, is_painted(px) ? mark : ground);
    g_assert_cmphex(hs_canvas_pixel(&canvas, PLOT_X + px, 35), ==, ground);
    g_assert_cmphex(hs_canvas_pixel(&canvas, PLOT_X + px, 40), ==, hs_over(palette.selection, palette.base));
  }
  hs_canvas_clear(&canvas);
}

static void
test_text(void)
{
  static const HsGap one[] = {{12340000, 12400000, 2, HS_GAP_EVENTS}};
  static const HsGap some[] = {{0, 100, 5, HS_GAP_BUFFERS}, {50, 200, 0, HS_GAP_EVENTS}, {60, 70, 5, HS_GAP_EVENTS}};
  HsClock clock = {10000000};
  g_autoptr(HsGapSet) single = new_set(one, 1);
  g_autofree char *text = hs_gap_span_text(single, &single->spans[0], clock);
  g_assert_cmpstr(text, ==, "Events were lost here: 1.234000 s – 1.240000 s, CPU 2");
  g_autoptr(HsGapSet) several = new_set(some, 3);
  g_autofree char *more = hs_gap_span_text(several, &several->spans[0], clock);
  g_assert_cmpstr(more, ==, "Events and buffers were lost here: 0.000000 s – 0.000020 s, CPUs 0, 5");
  HsGap many[20];
  for (unsigned i = 0; i < 20; i++)
    many[i] = (HsGap){0, 10, (uint16_t)i, HS_GAP_BUFFERS};
  g_autoptr(HsGapSet) crowd = new_set(many, 20);
  g_autofree char *crowded = hs_gap_span_text(crowd, &crowd->spans[0], clock);
  g_assert_cmpstr(crowded, ==, "Buffers were lost here: 0.000000 s – 0.000001 s, 20 CPUs");
}

/* Hostile times and sizes: nothing but that it ends, without an error in the context. */
static void
test_extremes(void)
{
  static const HsGap wild[] = {
      {INT64_MIN, INT64_MIN + 1, 0, 0}, {INT64_MIN, INT64_MAX, 1, 1}, {INT64_MAX - 1, INT64_MAX, 2, 0}};
  static const int64_t ranges[][2] = {
      {INT64_MIN, INT64_MAX}, {0, 1}, {INT64_MAX - 1, INT64_MAX}, {INT64_MIN, INT64_MIN + 1}};
  HsPalette palette;
  hs_palette_init(&palette, true);
  g_autoptr(HsGapSet) set = new_set(wild, G_N_ELEMENTS(wild));
  for (unsigned i = 0; i < G_N_ELEMENTS(ranges); i++) {
    for (int width = 1; width < 8; width += 3) {
      HsViewport v = hs_test_viewport(ranges[i][0], ranges[i][1], PLOT_X, 0, width, width, 2);
      HsCanvas canvas = hs_canvas_new(PLOT_X + width + 8, 20, 2);
      HsMarks marks = NO_MARKS;
      marks.gaps = set;
      hs_paint_ruler(canvas.cr, &v, &palette, &marks);
      hs_paint_overview(canvas.cr, &v, &palette, NULL, v.t0, v.t1, &marks);
      for (int x = -3; x < width + 3; x++)
        (void)hs_gap_set_at(set, &v, PLOT_X + x);
      hs_canvas_clear(&canvas);
    }
  }
  g_autoptr(HsGapSet) none = new_set(NULL, 0);
  HsViewport v = hs_test_viewport(0, 1000, PLOT_X, 0, 100, RULER_HEIGHT, 1);
  g_assert_null(hs_gap_set_at(none, &v, PLOT_X + 50));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/gaps/spans", test_spans);
  g_test_add_data_func("/gaps/ruler/1", GINT_TO_POINTER(1), test_ruler);
  g_test_add_data_func("/gaps/ruler/2", GINT_TO_POINTER(2), test_ruler);
  g_test_add_func("/gaps/hit", test_hit);
  g_test_add_func("/gaps/overview", test_overview);
  g_test_add_func("/gaps/text", test_text);
  g_test_add_func("/gaps/extremes", test_extremes);
  return g_test_run();
}
