/* SPDX-License-Identifier: MIT */
/* Markers and pins: the set against a plain list, flags that never touch each other, poles where they belong. */
#include <math.h>
#include <string.h>

#include "hs-render-support.h"

#define N_SETS 300

static GRand *rand_;

static int32_t
range(int32_t from, int32_t to)
{
  return g_rand_int_range(rand_, from, to);
}

/* --- the set --- */

static void
test_set(void)
{
  g_autoptr(HsMarkerSet) set = hs_marker_set_new();
  g_assert_true(hs_marker_set_is_empty(set));
  g_assert_true(hs_marker_set_is_empty(NULL));
  g_assert_true(hs_marker_set_put(set, 50, NULL));
  g_assert_true(hs_marker_set_put(set, 10, "  two\twords\n"));
  g_assert_true(hs_marker_set_put(set, 90, ""));
  g_assert_cmpuint(hs_marker_set_n(set), ==, 3);
  g_assert_cmpstr(hs_marker_set_get(set, 0)->name, ==, "two words");
  g_assert_cmpstr(hs_marker_set_get(set, 1)->name, ==, "Marker 1");
  g_assert_cmpstr(hs_marker_set_get(set, 2)->name, ==, "Marker 2");
  /* A blank name changes none that is there. */
  g_assert_true(hs_marker_set_put(set, 10, "   "));
  g_assert_cmpstr(hs_marker_set_get(set, 0)->name, ==, "two words");
  g_assert_true(hs_marker_set_put(set, 10, "bad \xff\xfe text"));
  g_assert_true(g_utf8_validate(hs_marker_set_get(set, 0)->name, -1, NULL));
  hs_marker_set_move(set, 10, 60);
  g_assert_cmpint(hs_marker_set_find(set, 10), ==, -1);
  g_assert_cmpint(hs_marker_set_find(set, 60), ==, 1);
  hs_marker_set_move(set, 60, 90);
  g_assert_cmpuint(hs_marker_set_n(set), ==, 2);
  g_assert_false(hs_marker_set_remove(set, 60));
  g_assert_true(hs_marker_set_remove(set, 50));
  g_assert_true(hs_marker_set_remove(set, 90));
  g_assert_true(hs_marker_set_is_empty(set));
}

static void
test_long_names(void)
{
  g_autoptr(HsMarkerSet) set = hs_marker_set_new();
  g_autofree char *name = g_strnfill(5000, 'x');
  g_assert_true(hs_marker_set_put(set, 0, name));
  g_assert_cmpuint(strlen(hs_marker_set_get(set, 0)->name), <=, HS_MARKER_NAME_BYTES);
  for (int i = 1; i < HS_MAX_MARKERS; i++)
    g_assert_true(hs_marker_set_put(set, i, NULL));
  g_assert_false(hs_marker_set_put(set, HS_MAX_MARKERS, NULL));
  g_assert_true(hs_marker_set_put(set, 5, "renamed"));
}

/* Any moments, the extremes included. */
static int64_t
random_ticks(int64_t t0, int64_t t1)
{
  if (range(0, 12) == 0)
    return range(0, 2) == 0 ? INT64_MAX : INT64_MIN + 1;
  return t0 - 50 + (int64_t)(g_rand_double(rand_) * (double)(t1 - t0 + 100));
}

static HsMarkerSet *
random_set(int64_t t0, int64_t t1)
{
  HsMarkerSet *set = hs_marker_set_new();
  for (int i = range(0, 40); i > 0; i--) {
    g_autofree char *name = range(0, 4) == 0 ? NULL : g_strnfill((gsize)range(1, 60), 'm');
    (void)hs_marker_set_put(set, random_ticks(t0, t1), name);
  }
  for (int pin = 0; pin < HS_N_PINS; pin++)
    set->pins[pin] = range(0, 3) == 0 ? INT64_MIN : random_ticks(t0, t1);
  if (range(0, 4) == 0)
    set->pins[1] = set->pins[0];
  return set;
}

static void
test_neighbours(void)
{
  for (int i = 0; i < N_SETS; i++) {
    g_autoptr(HsMarkerSet) set = random_set(0, 1000);
    int64_t t = random_ticks(0, 1000);
    int next = -1, previous = -1, found = -1;
    for (guint k = 0; k < hs_marker_set_n(set); k++) {
      int64_t ticks = hs_marker_set_get(set, k)->ticks;
      g_assert_true(k == 0 || hs_marker_set_get(set, k - 1)->ticks < ticks);
      if (ticks > t && next < 0)
        next = (int)k;
      if (ticks < t)
        previous = (int)k;
      if (ticks == t)
        found = (int)k;
    }
    g_assert_cmpint(hs_marker_set_next(set, t), ==, next);
    g_assert_cmpint(hs_marker_set_previous(set, t), ==, previous);
    g_assert_cmpint(hs_marker_set_find(set, t), ==, found);
  }
}

/* --- flags --- */

static void
check_flags(const HsViewport *v, const HsMarkerSet *set, const GArray *flags)
{
  double half = HS_FLAG_LANE_PX;
  for (guint i = 0; i < flags->len; i++) {
    const HsFlag *flag = &g_array_index(flags, HsFlag, i);
    g_assert_cmpfloat(flag->width, >, 0);
    g_assert_true(flag->ticks >= v->t0 && flag->ticks < v->t1);
    g_assert_true(flag->x >= v->x - half && flag->x + flag->width <= v->x + v->width + half);
    if (flag->pin >= 0) {
      g_assert_cmpint(set->pins[flag->pin], ==, flag->ticks);
    } else {
      g_assert_cmpint(hs_marker_set_get(set, (guint)flag->marker)->ticks, ==, flag->ticks);
      g_assert_cmpfloat(fabs(flag->x - hs_viewport_x(v, flag->ticks)), <=, 1);
    }
    for (guint k = 0; k < i; k++) {
      const HsFlag *other = &g_array_index(flags, HsFlag, k);
      g_assert_true(flag->x >= other->x + other->width || other->x >= flag->x + flag->width);
    }
    g_assert_true(hs_flags_at(flags, flag->x + flag->width / 2) == flag);
  }
}

static guint
n_visible_pins(const HsViewport *v, const HsMarkerSet *set)
{
  guint n = 0;
  for (int pin = 0; pin < HS_N_PINS; pin++)
    n += set->pins[pin] != INT64_MIN && set->pins[pin] >= v->t0 && set->pins[pin] < v->t1;
  return n;
}

static void
test_flags(void)
{
  HsPalette palette = {0};
  hs_palette_init(&palette, range(0, 2) == 0);
  for (int i = 0; i < N_SETS; i++) {
    int scale = range(1, 3), width = range(20, 700);
    HsViewport v = hs_test_viewport(0, range(1, 100000), range(0, 70), 0, width, HS_FLAG_LANE_PX, scale);
    g_autoptr(HsMarkerSet) set = random_set(v.t0, v.t1);
    HsMarks marks = {.cursor = INT64_MIN, .hover = INT64_MIN, .loaded_to = INT64_MAX, .markers = set};
    g_autoptr(GArray) laid = hs_flags_lay(&v, set);
    check_flags(&v, set, laid);
    guint n_pins = 0;
    for (guint k = 0; k < laid->len; k++)
      n_pins += g_array_index(laid, HsFlag, k).pin >= 0;
    g_assert_cmpuint(n_pins, ==, n_visible_pins(&v, set));
    HsCanvas canvas = hs_canvas_new(v.x + width + 20, HS_FLAG_LANE_PX, scale);
    g_autoptr(GArray) painted = hs_paint_flags(canvas.cr, &v, &palette, &marks);
    check_flags(&v, set, painted);
    g_assert_cmpuint(painted->len, ==, laid->len);
    hs_canvas_clear(&canvas);
  }
  hs_palette_clear(&palette);
}

/* Every visible marker has its pole through the plot, in its own column of pixels; nothing else is touched. */
static void
test_poles(void)
{
  HsPalette palette = {0};
  hs_palette_init(&palette, false);
  for (int i = 0; i < 60; i++) {
    int scale = range(1, 3), width = range(50, 400), height = 20;
    HsViewport v = hs_test_viewport(0, range(100, 5000), 10, 5, width, height, scale);
    g_autoptr(HsMarkerSet) set = random_set(v.t0, v.t1);
    HsMarks marks = {.cursor = INT64_MIN, .hover = INT64_MIN, .loaded_to = INT64_MAX, .markers = set};
    HsCanvas canvas = hs_canvas_new(width + 20, height + 10, scale);
    g_autofree bool *is_pole = g_new0(bool, (gsize)(width + 20) * (gsize)scale + 64);
    for (guint k = 0; k < hs_marker_set_n(set); k++) {
      int64_t ticks = hs_marker_set_get(set, k)->ticks;
      int x = (int)lround(hs_viewport_snap(&v, hs_viewport_x(&v, ticks)) * scale);
      for (int p = 0; p < scale && ticks >= v.t0 && ticks < v.t1; p++)
        is_pole[x + p] = true;
    }
    for (int pin = 0; pin < HS_N_PINS; pin++) {
      int64_t ticks = set->pins[pin];
      int x = (int)lround(hs_viewport_snap(&v, hs_viewport_x(&v, ticks)) * scale);
      for (int p = 0; p < 2 * scale && ticks >= v.t0 && ticks < v.t1; p++)
        is_pole[x + p] = true;
    }
    hs_paint_marks(canvas.cr, &v, &palette, &marks);
    for (int x = 0; x < (width + 20) * scale; x++) {
      bool inside = x >= v.x * scale && x < (v.x + width) * scale;
      bool blank = hs_canvas_pixel(&canvas, x, (v.y + height / 2) * scale) == HS_CANVAS_BLANK;
      g_assert_cmpint(blank, ==, !(inside && is_pole[x]));
      g_assert_true(hs_canvas_pixel(&canvas, x, (v.y - 1) * scale) == HS_CANVAS_BLANK);
    }
    hs_canvas_clear(&canvas);
  }
  hs_palette_clear(&palette);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  const char *seed_text = g_getenv("HEAPSCOPE_SEED");
  guint32 seed = seed_text != NULL ? (guint32)g_ascii_strtoull(seed_text, NULL, 10) : g_random_int();
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  rand_ = g_rand_new_with_seed(seed);
  g_test_add_func("/markers/set", test_set);
  g_test_add_func("/markers/long-names", test_long_names);
  g_test_add_func("/markers/neighbours", test_neighbours);
  g_test_add_func("/markers/flags", test_flags);
  g_test_add_func("/markers/poles", test_poles);
  int status = g_test_run();
  g_rand_free(rand_);
  return status;
}
