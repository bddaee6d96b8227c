/* SPDX-License-Identifier: MIT */
/* Zooms as short movements: where the panes are on the way, that they arrive, and that all else is there at once. */
#include "hs-address-map-private.h"
#include "hs-glide.h"
#include "hs-ui-support.h"

static const char *sample;

/* --- the way --- */

static double
place_of(int64_t moment, int64_t t0, int64_t t1)
{
  return ((double)moment - (double)t0) / ((double)t1 - (double)t0);
}

static void
test_ends(void)
{
  const int64_t from[2] = {0, 1000000}, to[2] = {400000, 410000};
  int64_t t0, t1;
  hs_glide_between(from, to, 0, &t0, &t1);
  g_assert_cmpint(t0, ==, from[0]);
  g_assert_cmpint(t1, ==, from[1]);
  hs_glide_between(from, to, 1, &t0, &t1);
  g_assert_cmpint(t0, ==, to[0]);
  g_assert_cmpint(t1, ==, to[1]);
}

/* A moment that is at the same place at both ends stays there; widths only shrink. */
static void
test_anchor(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (int i = 0; i < 200; i++) {
    double place = g_rand_double(random);
    int64_t moment = g_rand_int_range(random, -1000000, 1000000) * INT64_C(1000);
    int64_t wide = g_rand_int_range(random, 1000, 1000000) * INT64_C(10000);
    int64_t narrow = (int64_t)((double)wide * g_rand_double_range(random, 0.01, 0.9));
    int64_t from[2], to[2], last = INT64_MAX;
    from[0] = moment - (int64_t)(place * (double)wide);
    from[1] = from[0] + wide;
    to[0] = moment - (int64_t)(place * (double)narrow);
    to[1] = to[0] + narrow;
    for (double part = 0; part <= 1; part += 0.1) {
      int64_t t0, t1;
      hs_glide_between(from, to, part, &t0, &t1);
      g_assert_cmpfloat_with_epsilon(place_of(moment, t0, t1), place, 1e-3);
      g_assert_cmpint(t1 - t0, <=, last);
      last = t1 - t0;
    }
  }
}

/* Ranges of the same width are moved; those at the ends of 64 bits do no harm. */
static void
test_moves(void)
{
  int64_t from[2] = {1000, 2000}, to[2] = {5000, 6000}, t0, t1;
  hs_glide_between(from, to, 0.5, &t0, &t1);
  g_assert_cmpint(t0, ==, 3000);
  g_assert_cmpint(t1, ==, 4000);
  from[0] = INT64_MIN;
  from[1] = INT64_MAX;
  to[0] = INT64_MAX - 2;
  to[1] = INT64_MAX;
  for (double part = 0; part <= 1; part += 0.125) {
    hs_glide_between(from, to, part, &t0, &t1);
    g_assert_cmpint(t0, <, t1);
  }
}

/* --- the window --- */

static void
set_animations(gboolean on)
{
  g_action_group_change_action_state(G_ACTION_GROUP(hs_ui_application), "animations", g_variant_new_boolean(on));
}

typedef struct {
  int64_t widths[500];
  guint n;
} Shown;

static void
on_shown(HsDocument *document, Shown *shown)
{
  int64_t t0, t1;
  hs_document_get_shown_range(document, &t0, &t1);
  if (shown->n < G_N_ELEMENTS(shown->widths))
    shown->widths[shown->n++] = t1 - t0;
}

static void
assert_arrived(HsDocument *document)
{
  int64_t t0, t1, s0, s1;
  hs_document_get_range(document, &t0, &t1);
  hs_document_get_shown_range(document, &s0, &s1);
  g_assert_false(hs_document_is_gliding(document));
  g_assert_cmpint(s0, ==, t0);
  g_assert_cmpint(s1, ==, t1);
}

static void
test_window(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  int64_t t0, t1, s0, s1;
  Shown shown = {.n = 0};
  g_signal_connect(document, "shown-changed", G_CALLBACK(on_shown), &shown);
  hs_document_get_range(document, &t0, &t1);
  int64_t width = t1 - t0;

  set_animations(TRUE);
  hs_ui_act(window, "zoom-in", NULL);
  /* The range is the new one at once, the panes are still where they were. */
  hs_document_get_range(document, &t0, &t1);
  g_assert_cmpint(t1 - t0, <, width);
  hs_document_get_shown_range(document, &s0, &s1);
  g_assert_cmpint(s1 - s0, ==, width);
  g_assert_true(hs_document_is_gliding(document));
  g_assert_false(hs_window_is_settled(window));
  /* Interrupted by a further one: from wherever the panes are. */
  hs_ui_act(window, "zoom-in", NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
  assert_arrived(document);
  g_assert_cmpuint(shown.n, >, 0);
  for (guint i = 1; i < shown.n; i++)
    g_assert_cmpint(shown.widths[i], <=, shown.widths[i - 1]);
  hs_document_get_range(document, &t0, &t1);
  g_assert_cmpint(shown.widths[shown.n - 1], ==, t1 - t0);
  /* A range set by a hand that holds it ends the movement. */
  hs_ui_act(window, "zoom-back", NULL);
  g_assert_true(hs_document_is_gliding(document));
  hs_document_set_range(document, t0 + 1, t1, FALSE);
  assert_arrived(document);
  hs_ui_act(window, "zoom-fit", NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
  assert_arrived(document);
  set_animations(FALSE);
  g_signal_handlers_disconnect_by_data(document, &shown);
  hs_ui_close_window(window);
}

/* The addresses move, too; a hand that holds them does not wait. */
static void
test_addresses(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsAddressMap *map = HS_ADDRESS_MAP(hs_ui_find(window, "HsAddressMap"));
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(map);
  HsMapWindow whole = hs_address_map_shown_window(map), window_now, shown;
  set_animations(TRUE);
  klass->vertical_zoom(HS_TIME_PANE(map), 200, 0.25);
  window_now = hs_address_map_window(map);
  shown = hs_address_map_shown_window(map);
  g_assert_cmpuint(window_now.u1 - window_now.u0, <, whole.u1 - whole.u0);
  g_assert_cmpuint(shown.u1 - shown.u0, ==, whole.u1 - whole.u0);
  g_assert_false(hs_window_is_settled(window));
  hs_ui_wait_for(window, hs_window_is_settled);
  shown = hs_address_map_shown_window(map);
  g_assert_cmpuint(shown.u0, ==, window_now.u0);
  g_assert_cmpuint(shown.u1, ==, window_now.u1);
  klass->vertical_zoom(HS_TIME_PANE(map), 200, 2);
  klass->vertical_begin(HS_TIME_PANE(map));
  klass->vertical_pan(HS_TIME_PANE(map), 3);
  window_now = hs_address_map_window(map);
  shown = hs_address_map_shown_window(map);
  g_assert_cmpuint(shown.u0, ==, window_now.u0);
  g_assert_cmpuint(shown.u1, ==, window_now.u1);
  set_animations(FALSE);
  klass->vertical_zoom(HS_TIME_PANE(map), 200, 0.5);
  window_now = hs_address_map_window(map);
  shown = hs_address_map_shown_window(map);
  g_assert_cmpuint(shown.u1, ==, window_now.u1);
  hs_ui_close_window(window);
}

/* Turned off by the program's own setting, or by the desktop's. */
static void
test_off(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  hs_ui_act(window, "zoom-in", NULL);
  assert_arrived(document);
  set_animations(TRUE);
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  hs_ui_act(window, "zoom-in", NULL);
  assert_arrived(document);
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", TRUE, NULL);
  set_animations(FALSE);
  hs_ui_close_window(window);
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  gtk_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  sample = argv[1];
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", TRUE, NULL);
  g_test_add_func("/glide/ends", test_ends);
  g_test_add_func("/glide/anchor", test_anchor);
  g_test_add_func("/glide/moves", test_moves);
  g_test_add_func("/glide/window", test_window);
  g_test_add_func("/glide/addresses", test_addresses);
  g_test_add_func("/glide/off", test_off);
  return hs_ui_run();
}
