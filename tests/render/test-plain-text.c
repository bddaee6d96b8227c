/* SPDX-License-Identifier: MIT */
/* Numbers put together of glyphs against the same laid out by pango. */
#include <pango/pangocairo.h>

#include "hs-plain-text.h"
#include "hs-render-support.h"

/* Fontconfig keeps what it read: no leak of ours, where one looks for leaks. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
  return "leak:libfontconfig";
}

static const char *const fonts[] = {"Sans 9", "Monospace 9", "Sans Bold 11", "Sans 7"};
static const char *const texts[] = {"0",       "1234567890",     "12.5",   "0x1f000000000", "-3",
                                    "62.11 s", "1,234,567 / 89", "976 µs", "±½ 1"};

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  PangoLayout *layout;
  HsPlainFont *plain;
} Subject;

static void
set_up(Subject *s, const char *font, int scale)
{
  s->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 200 * scale, 40 * scale);
  cairo_surface_set_device_scale(s->surface, scale, scale);
  s->cr = cairo_create(s->surface);
  s->layout = pango_cairo_create_layout(s->cr);
  g_autoptr(PangoLayout) model = pango_cairo_create_layout(s->cr);
  PangoFontDescription *description = pango_font_description_from_string(font);
  pango_layout_set_font_description(s->layout, description);
  pango_layout_set_font_description(model, description);
  pango_font_description_free(description);
  s->plain = hs_plain_font_new(model);
}

static void
tear_down(Subject *s)
{
  hs_plain_font_free(s->plain);
  g_object_unref(s->layout);
  cairo_destroy(s->cr);
  cairo_surface_destroy(s->surface);
}

static void
clear(Subject *s)
{
  cairo_set_source_rgb(s->cr, 1, 1, 1);
  cairo_paint(s->cr);
  cairo_set_source_rgb(s->cr, 0, 0, 0);
}

static GBytes *
pixels(Subject *s)
{
  cairo_surface_flush(s->surface);
  size_t size = (size_t)cairo_image_surface_get_stride(s->surface) * (size_t)cairo_image_surface_get_height(s->surface);
  return g_bytes_new(cairo_image_surface_get_data(s->surface), size);
}

static void
check_text(Subject *s, const char *text)
{
  int width, height, plain_width, plain_height;
  pango_layout_set_text(s->layout, text, -1);
  pango_layout_get_pixel_size(s->layout, &width, &height);
  g_assert_true(hs_plain_text_is(text));
  g_assert_true(hs_plain_text_measure(s->plain, s->cr, text, &plain_width, &plain_height));
  g_assert_cmpint(plain_width, ==, width);
  g_assert_cmpint(plain_height, ==, height);
  clear(s);
  cairo_move_to(s->cr, 5, 7);
  pango_cairo_show_layout(s->cr, s->layout);
  g_autoptr(GBytes) expected = pixels(s);
  clear(s);
  hs_plain_text_show(s->plain, s->cr, text, 5, 7);
  g_autoptr(GBytes) shown = pixels(s);
  g_assert_true(g_bytes_equal(shown, expected));
}

static void
test_like_pango(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(fonts); i++) {
    for (int scale = 1; scale <= 2; scale++) {
      Subject s;
      set_up(&s, fonts[i], scale);
      for (guint k = 0; k < G_N_ELEMENTS(texts); k++)
        check_text(&s, texts[k]);
      tear_down(&s);
    }
  }
}

/* Many at once are as one by one, and another scale is noticed. */
static void
test_many(void)
{
  Subject s;
  int width, height;
  set_up(&s, fonts[0], 1);
  g_autoptr(GArray) glyphs = g_array_new(FALSE, FALSE, sizeof(cairo_glyph_t));
  clear(&s);
  g_assert_true(hs_plain_text_measure(s.plain, s.cr, "12 34", &width, &height));
  g_assert_true(hs_plain_text_measure(s.plain, s.cr, "56", &width, &height));
  hs_plain_text_append(s.plain, "12 34", 3, 4, glyphs);
  hs_plain_text_append(s.plain, "56", 100, 20, glyphs);
  g_assert_cmpuint(glyphs->len, ==, 6);
  hs_plain_font_show(s.plain, s.cr, glyphs);
  g_autoptr(GBytes) together = pixels(&s);
  clear(&s);
  hs_plain_text_show(s.plain, s.cr, "12 34", 3, 4);
  hs_plain_text_show(s.plain, s.cr, "56", 100, 20);
  g_autoptr(GBytes) apart = pixels(&s);
  g_assert_true(g_bytes_equal(together, apart));
  cairo_scale(s.cr, 2, 2);
  pango_cairo_update_layout(s.cr, s.layout);
  check_text(&s, "12 34");
  tear_down(&s);
}

/* One font on surfaces that take turns, more of them than are remembered. */
static void
test_turns(void)
{
  Subject subjects[6];
  for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
    set_up(&subjects[i], fonts[0], 1);
    cairo_scale(subjects[i].cr, 1 + 0.25 * i, 1 + 0.25 * i);
    pango_cairo_update_layout(subjects[i].cr, subjects[i].layout);
    if (i > 0) {
      hs_plain_font_free(subjects[i].plain);
      subjects[i].plain = subjects[0].plain;
    }
  }
  for (guint turn = 0; turn < 60; turn++) {
    /* At first two in turn, then any. */
    Subject *s = &subjects[turn < 10 ? turn % 2 : turn * turn % 11 % G_N_ELEMENTS(subjects)];
    check_text(s, texts[turn % G_N_ELEMENTS(texts)]);
  }
  for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
    subjects[i].plain = i > 0 ? hs_plain_font_new(subjects[i].layout) : subjects[i].plain;
    tear_down(&subjects[i]);
  }
}

/* A layout by its glyphs, against the layout; whether it has none but the font's own. */
static bool
check_layout(Subject *s, const char *text, int cut_px)
{
  g_autoptr(GArray) glyphs = g_array_new(FALSE, FALSE, sizeof(cairo_glyph_t));
  PangoRectangle line;
  int width, height;
  g_assert_true(hs_plain_text_measure(s->plain, s->cr, "0", &width, &height));
  pango_layout_set_single_paragraph_mode(s->layout, TRUE);
  pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width(s->layout, cut_px < 0 ? -1 : cut_px * PANGO_SCALE);
  pango_layout_set_text(s->layout, text, -1);
  pango_layout_get_pixel_extents(s->layout, NULL, &line);
  if (!hs_plain_layout_append(s->plain, s->layout, glyphs)) {
    g_assert_cmpuint(glyphs->len, ==, 0);
    return false;
  }
  clear(s);
  cairo_move_to(s->cr, -line.x, 0);
  pango_cairo_show_layout(s->cr, s->layout);
  g_autoptr(GBytes) expected = pixels(s);
  clear(s);
  hs_plain_font_show(s->plain, s->cr, glyphs);
  g_autoptr(GBytes) shown = pixels(s);
  g_assert_true(g_bytes_equal(shown, expected));
  return true;
}

static void
test_layouts(void)
{
  static const int cuts[] = {-1, 90, 40, 1};
  for (guint i = 0; i < G_N_ELEMENTS(fonts); i++) {
    Subject s;
    set_up(&s, fonts[i], 1);
    for (guint k = 0; k < G_N_ELEMENTS(cuts); k++) {
      g_assert_true(check_layout(&s, "Low-fragmentation heap", cuts[k]));
      g_assert_true(check_layout(&s, "AVATAR Tofu, 12 µs", cuts[k]));
      g_assert_true(check_layout(&s, "", cuts[k]));
      /* By the font's own glyphs, or by pango: as the fonts are that there are. */
      (void)check_layout(&s, "שלום עולם 12 שלום", cuts[k]);
      (void)check_layout(&s, "heap 堆 → ✓", cuts[k]);
    }
    tear_down(&s);
  }
}

static void
test_what_is_plain(void)
{
  static const char *const others[] = {"",        "heap",    "…",        "12 → 3", "1\n2",  "\t1",      "1\x7f",
                                       "1\u00a0", "1\u00ad", "1 \u0100", "µs",     "1\xc2", "1\xc3\x41"};
  g_autofree char *longest = g_strnfill(100, '7'), *too_long = g_strnfill(101, '7');
  for (guint i = 0; i < G_N_ELEMENTS(others); i++)
    g_assert_false(hs_plain_text_is(others[i]));
  g_assert_true(hs_plain_text_is(longest));
  g_assert_false(hs_plain_text_is(too_long));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plain-text/like-pango", test_like_pango);
  g_test_add_func("/plain-text/many", test_many);
  g_test_add_func("/plain-text/turns", test_turns);
  g_test_add_func("/plain-text/layouts", test_layouts);
  g_test_add_func("/plain-text/what-is-plain", test_what_is_plain);
  int status = g_test_run();
  pango_cairo_font_map_set_default(NULL);
  return status;
}
