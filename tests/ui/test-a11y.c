/* SPDX-License-Identifier: MIT */
/* What the panes tell assistive technology: role, name, a sentence that follows what is shown, the cursor as a value;
 * and where the focus goes. In process; no bus. */
#include <atk/atk.h>

#include "hs-time-pane.h"
#include "hs-ui-support.h"

static const char *sample;
static const char *const panes[] = {"HsOverview", "HsRuler", "HsSizeChart", "HsAddressMap"};

static AtkObject *
accessible_of(HsWindow *window, const char *type)
{
  return gtk_widget_get_accessible(hs_ui_find(window, type));
}

static char *
description_of(HsWindow *window, const char *type)
{
  const char *text = atk_object_get_description(accessible_of(window, type));
  return g_strdup(text != NULL ? text : "");
}

/* The sentences come once the panes have been still for a moment. */
static const char *waited_type;
static char *waited_old;

static gboolean
is_described(HsWindow *window)
{
  g_autofree char *now = description_of(window, waited_type);
  return now[0] != '\0' && g_strcmp0(now, waited_old) != 0;
}

static char *
wait_for_description(HsWindow *window, const char *type, const char *old)
{
  waited_type = type;
  waited_old = (char *)old;
  hs_ui_wait_for(window, is_described);
  return description_of(window, type);
}

static const char *waited_words;
static gboolean waited_there;

static gboolean
is_worded(HsWindow *window)
{
  g_autofree char *now = description_of(window, waited_type);
  return now[0] != '\0' && (strstr(now, waited_words) != NULL) == waited_there;
}

/* Until the sentence has these words, or has them no more: it may be told anew on the way. */
static void
wait_for_words(HsWindow *window, const char *type, const char *words, gboolean there)
{
  waited_type = type;
  waited_words = words;
  waited_there = there;
  hs_ui_wait_for(window, is_worded);
}

/* A description that is told no more anew: longer than the panes wait until they are still. */
#define STILL_US (3 * G_USEC_PER_SEC / 2)

static char *
settled_description(HsWindow *window, const char *type)
{
  char *text = description_of(window, type);
  for (gint64 since = g_get_monotonic_time(); g_get_monotonic_time() - since < STILL_US;) {
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
    g_autofree char *now = description_of(window, type);
    if (g_str_equal(now, text))
      continue;
    g_free(text);
    text = g_steal_pointer(&now);
    since = g_get_monotonic_time();
  }
  return text;
}

static void
test_panes(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  for (guint i = 0; i < G_N_ELEMENTS(panes); i++) {
    AtkObject *object = accessible_of(window, panes[i]);
    g_assert_cmpint(atk_object_get_role(object), ==, ATK_ROLE_CHART);
    g_assert_nonnull(atk_object_get_name(object));
    g_assert_cmpstr(atk_object_get_name(object), !=, "");
    g_assert_true(ATK_IS_VALUE(object));
    g_autofree char *text = wait_for_description(window, panes[i], NULL);
    g_test_message("%s: %s", atk_object_get_name(object), text);
    g_assert_cmpuint(strlen(text), >, 20);
  }
  hs_ui_close_window(window);
}

static void
test_description(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  for (guint i = 0; i < G_N_ELEMENTS(panes); i++) {
    g_free(wait_for_description(window, panes[i], NULL));
    g_autofree char *whole = settled_description(window, panes[i]);
    hs_ui_act(window, "show-range", g_variant_new("(xx)", (gint64)1000000000, (gint64)2000000000));
    hs_ui_wait_for(window, hs_window_is_settled);
    g_autofree char *part = wait_for_description(window, panes[i], whole);
    hs_ui_act(window, "filter", g_variant_new_string("size >= 64"));
    hs_ui_wait_for(window, hs_window_is_settled);
    wait_for_words(window, panes[i], "size >= 64", TRUE);
    hs_ui_act(window, "select-range", g_variant_new("(xx)", (gint64)1200000000, (gint64)1300000000));
    wait_for_words(window, panes[i], "1.2", TRUE);
    hs_ui_act(window, "clear-selection", NULL);
    hs_ui_act(window, "clear-filter", NULL);
    hs_ui_act(window, "zoom-fit", NULL);
    hs_ui_wait_for(window, hs_window_is_settled);
    wait_for_words(window, panes[i], "size >= 64", FALSE);
    g_autofree char *again = settled_description(window, panes[i]);
    g_assert_cmpstr(again, ==, whole);
  }
  hs_ui_close_window(window);
}

static void
on_value_changed(AtkValue *value, double number, const char *text, guint *n)
{
  g_assert_nonnull(text);
  (*n)++;
}

static gboolean
has_changed(HsWindow *window)
{
  return *(guint *)g_object_get_data(G_OBJECT(window), "changes") > 0;
}

static void
test_value(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  AtkValue *value = ATK_VALUE(accessible_of(window, "HsSizeChart"));
  g_autofree char *none = NULL;
  g_autofree char *text = NULL;
  double number;
  guint n = 0;

  g_object_set_data(G_OBJECT(window), "changes", &n);
  atk_value_get_value_and_text(value, &number, &none);
  g_assert_cmpuint(strlen(none), >, 0);
  gulong id = g_signal_connect(value, "value-changed", G_CALLBACK(on_value_changed), &n);
  atk_value_set_value(value, 2.5);
  g_assert_cmpint(hs_clock_to_ns(clock, hs_document_get_cursor(document)), ==, 2500000000);
  hs_ui_wait_for(window, has_changed);
  atk_value_get_value_and_text(value, &number, &text);
  g_assert_cmpfloat_with_epsilon(number, 2.5, 1e-6);
  g_assert_true(g_str_has_prefix(text, "2.5"));
  AtkRange *range = atk_value_get_range(value);
  g_assert_cmpfloat(atk_range_get_lower_limit(range), <=, 2.5);
  g_assert_cmpfloat(atk_range_get_upper_limit(range), >, 2.5);
  g_assert_cmpfloat(atk_value_get_increment(value), >, 0);
  atk_range_free(range);
  /* Beyond the trace it stays within. */
  atk_value_set_value(value, 1e300);
  atk_value_set_value(value, -1e300);
  g_assert_cmpint(hs_document_get_cursor(document), >=, 0);
  g_signal_handler_disconnect(value, id);
  hs_ui_close_window(window);
}

/* Tab comes past all panes that can be used by keys, from above to below, and each shows that it has the focus. */
static void
test_focus(void)
{
  static const char *const order[] = {"HsOverview", "HsSizeChart", "HsAddressMap"};
  HsWindow *window = hs_ui_open_window(sample);
  gtk_widget_grab_focus(hs_ui_find(window, order[0]));
  for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
    GtkWidget *pane = hs_ui_find(window, order[i]);
    for (int tabs = 0; tabs < 4 && gtk_window_get_focus(GTK_WINDOW(window)) != pane; tabs++)
      g_signal_emit_by_name(window, "move-focus", GTK_DIR_TAB_FORWARD);
    g_assert_true(gtk_window_get_focus(GTK_WINDOW(window)) == pane);
    AtkStateSet *states = atk_object_ref_state_set(gtk_widget_get_accessible(pane));
    g_assert_true(atk_state_set_contains_state(states, ATK_STATE_FOCUSABLE));
    g_object_unref(states);
  }
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
  g_test_add_func("/a11y/panes", test_panes);
  g_test_add_func("/a11y/description", test_description);
  g_test_add_func("/a11y/value", test_value);
  g_test_add_func("/a11y/focus", test_focus);
  return hs_ui_run();
}
