/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-render-support.h"

static void
test_round_trip(void)
{
  HsViewport v = hs_test_viewport(1000, 2000, 64, 0, 500, 100, 1);
  g_assert_cmpfloat(hs_viewport_x(&v, 1000), ==, 64);
  g_assert_cmpfloat(hs_viewport_x(&v, 1500), ==, 314);
  g_assert_cmpfloat(hs_viewport_x(&v, 2000), ==, 564);
  g_assert_cmpint(hs_viewport_ticks(&v, 64), ==, 1000);
  g_assert_cmpint(hs_viewport_ticks(&v, 64.4), ==, 1000);
  g_assert_cmpint(hs_viewport_ticks(&v, 65), ==, 1002);
  g_assert_cmpint(hs_viewport_ticks(&v, 63), ==, 998);
  for (int64_t t = v.t0; t < v.t1; t++) {
    int64_t back = hs_viewport_ticks(&v, hs_viewport_x(&v, t) + 1e-6);
    g_assert_cmpint(back, ==, t);
  }
}

static void
test_clamp(void)
{
  static const int64_t extremes[][2] = {
      {INT64_MIN, INT64_MAX}, {INT64_MIN, INT64_MIN + 1}, {INT64_MAX - 1, INT64_MAX}, {0, 1}, {-5, 5}};
  for (unsigned i = 0; i < G_N_ELEMENTS(extremes); i++) {
    HsViewport v = hs_test_viewport(extremes[i][0], extremes[i][1], 10, 0, 300, 50, 2);
    static const int64_t moments[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    for (unsigned k = 0; k < G_N_ELEMENTS(moments); k++) {
      double x = hs_viewport_x(&v, moments[k]);
      g_assert_true(x >= 9 && x <= 311);
    }
    static const double places[] = {-1e300, -1e9, 0, 10, 310, 1e9, 1e300, -INFINITY, INFINITY, NAN};
    int64_t last = INT64_MIN;
    for (unsigned k = 0; k + 1 < G_N_ELEMENTS(places) - 2; k++) {
      int64_t t = hs_viewport_ticks(&v, places[k]);
      g_assert_cmpint(t, >=, last);
      last = t;
    }
    for (unsigned k = 7; k < G_N_ELEMENTS(places); k++)
      (void)hs_viewport_ticks(&v, places[k]);
  }
}

static void
test_snap(void)
{
  HsViewport one = hs_test_viewport(0, 10, 0, 0, 10, 10, 1), two = hs_test_viewport(0, 10, 0, 0, 10, 10, 2);
  g_assert_cmpfloat(hs_viewport_snap(&one, 3.9), ==, 3);
  g_assert_cmpfloat(hs_viewport_snap(&two, 3.9), ==, 3.5);
  g_assert_cmpfloat(hs_viewport_snap(&two, 3.4), ==, 3);
  g_assert_cmpfloat(hs_viewport_snap(&one, 2.9999999999), ==, 3);
}

/* The moment under the pointer stays there to less than a pixel, unless a limit or the least width is in the way. */
static void
test_zoom_anchor(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  g_test_message("seed %u", seed);
  for (int i = 0; i < 20000; i++) {
    int64_t limit1 = (int64_t)exp(g_rand_double_range(rand, 8, 40));
    int64_t t0 = (int64_t)(g_rand_double_range(rand, 0.2, 0.5) * (double)limit1);
    int64_t t1 = t0 + MAX(1, (int64_t)((double)limit1 * exp(g_rand_double_range(rand, -8, -2))));
    HsViewport v = hs_test_viewport(t0, t1, 64, 0, g_rand_int_range(rand, 50, 3000), 50, 1);
    double x = v.x + g_rand_double(rand) * v.width, factor = exp(g_rand_double_range(rand, -1, 1));
    double before = (x - v.x) * hs_viewport_ticks_per_px(&v) + (double)t0;
    HsViewport z = v;
    hs_viewport_zoom(&v, x, factor, 0, limit1, 1, &z.t0, &z.t1);
    g_assert_cmpint(z.t0, >=, 0);
    g_assert_cmpint(z.t1, <=, limit1);
    g_assert_cmpint(z.t1, >, z.t0);
    if (z.t0 == 0 || z.t1 == limit1)
      continue;
    double per_px = hs_viewport_ticks_per_px(&z);
    double now = (before - (double)z.t0) / per_px + z.x;
    /* Whole ticks cannot be placed better than to one tick. */
    g_assert_cmpfloat(fabs(now - x), <, MAX(1.0, 1.5 / per_px));
  }
}

static void
test_zoom_limits(void)
{
  HsViewport v = hs_test_viewport(100, 200, 0, 0, 100, 10, 1);
  int64_t t0, t1;
  hs_viewport_zoom(&v, 50, 1e9, 0, 1000, 1, &t0, &t1);
  g_assert_cmpint(t0, ==, 0);
  g_assert_cmpint(t1, ==, 1000);
  hs_viewport_zoom(&v, 50, 1e-9, 0, 1000, 20, &t0, &t1);
  g_assert_cmpint(t1 - t0, ==, 20);
  g_assert_cmpint(t0, ==, 140);
  hs_viewport_zoom(&v, NAN, NAN, 0, 1000, 20, &t0, &t1);
  g_assert_cmpint(t1 - t0, ==, 100);
  v.t0 = INT64_MIN;
  v.t1 = INT64_MAX;
  hs_viewport_zoom(&v, 0, 2, INT64_MIN, INT64_MAX, 1, &t0, &t1);
  g_assert_cmpint(t0, ==, INT64_MIN);
  g_assert_cmpint(t1, ==, INT64_MAX);
}

static void
test_pan(void)
{
  int64_t t0 = 100, t1 = 200;
  hs_viewport_pan(50, 0, 1000, &t0, &t1);
  g_assert_cmpint(t0, ==, 150);
  hs_viewport_pan(INT64_MAX, 0, 1000, &t0, &t1);
  g_assert_cmpint(t0, ==, 900);
  g_assert_cmpint(t1, ==, 1000);
  hs_viewport_pan(INT64_MIN, 0, 1000, &t0, &t1);
  g_assert_cmpint(t0, ==, 0);
  g_assert_cmpint(t1, ==, 100);
}

static void
test_steps(void)
{
  g_assert_cmpint(hs_value_step(INT64_C(89774483), 3, true), ==, 32 << 20);
  g_assert_cmpint(hs_value_step(0, 3, true), ==, 1);
  g_assert_cmpint(hs_value_step(100, 4, false), ==, 50);
  g_assert_cmpint(hs_value_step(100, 5, false), ==, 20);
  g_assert_cmpint(hs_value_step(1001, 1, false), ==, 2000);
  g_assert_cmpint(hs_value_step(INT64_MAX, 1, true), >, 0);
  g_assert_cmpint(hs_value_step(INT64_MAX, 1, false), >, 0);
  /* 2 s over 1,000 px, 100 px apart: 0.2 s. */
  HsViewport v = hs_test_viewport(0, 20000000, 0, 0, 1000, 20, 1);
  g_assert_cmpint(hs_ruler_step_ns(&v, 100), ==, 200000000);
  g_assert_cmpint(hs_ruler_step_ns(&v, 101), ==, 500000000);
  v.t0 = INT64_MIN;
  v.t1 = INT64_MAX;
  g_assert_cmpint(hs_ruler_step_ns(&v, 100), >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/viewport/round-trip", test_round_trip);
  g_test_add_func("/viewport/clamp", test_clamp);
  g_test_add_func("/viewport/snap", test_snap);
  g_test_add_func("/viewport/zoom-anchor", test_zoom_anchor);
  g_test_add_func("/viewport/zoom-limits", test_zoom_limits);
  g_test_add_func("/viewport/pan", test_pan);
  g_test_add_func("/viewport/steps", test_steps);
  return g_test_run();
}
