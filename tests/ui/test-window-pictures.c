/* SPDX-License-Identifier: MIT */
/* The histogram's page and the small one in the sidebar, by actions, pointer and keys; pictures of views, saved and
 * copied. */
#include <glib/gstdio.h>
#include <gtk/gtk-a11y.h>
#include <string.h>

#include "hs-histogram-view.h"
#include "hs-picture-dialog.h"
#include "hs-picture-file.h"
#include "hs-ui-support.h"

static const char *sample;

static HsTimeline *
timeline_of(HsWindow *window)
{
  return hs_document_get_timeline(hs_window_get_document(window));
}

/* The large one, or the small one. */
static HsHistogram *
histogram_of(HsWindow *window, gboolean large)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  for (guint i = 0; i < all->len; i++) {
    gboolean is_large = gtk_widget_get_ancestor(all->pdata[i], HS_TYPE_HISTOGRAM_VIEW) != NULL;
    if (HS_IS_HISTOGRAM(all->pdata[i]) && is_large == large)
      return all->pdata[i];
  }
  g_assert_not_reached();
}

static void
settle(HsWindow *window)
{
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_wait_for(window, hs_window_is_settled);
}

static HsHistogram *
open_page(HsWindow *window, const char *kind)
{
  hs_ui_act(window, "tab", g_variant_new_string("histogram"));
  hs_ui_act(window, "histogram", g_variant_new_string(kind));
  /* The one before may be remembered. */
  hs_ui_act(window, "histogram-measure", g_variant_new_string("count"));
  settle(window);
  hs_ui_assert_text(window, "tab", "histogram");
  return histogram_of(window, TRUE);
}

/* --- counts --- */

static gboolean
is_of_class(HsTimeline *t, HsDistributionKind kind, uint32_t class, const HsBlock *block)
{
  if (kind != HS_DISTRIBUTION_LIFETIMES)
    return hs_distribution_class_of_size(kind, block->size) == class;
  if (block->end_ticks == INT64_MAX)
    return class == hs_distribution_outstanding_class(kind);
  HsClock clock = hs_timeline_clock(t);
  return hs_distribution_class_of_lifetime(hs_block_lifetime_ns(clock, block->begin_ticks, block->end_ticks)) == class;
}

static uint64_t
count_blocks(HsTimeline *t, HsDistributionKind kind, uint32_t class, int64_t t0, int64_t t1)
{
  uint64_t n = 0;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    n += block.begin_ticks >= t0 && block.begin_ticks < t1 && is_of_class(t, kind, class, &block);
  }
  return n;
}

/* Whole trace and selection, in every kind, by the page's actions. */
static void
test_page(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = timeline_of(window);
  for (int kind = 0; kind < HS_N_DISTRIBUTIONS; kind++) {
    HsHistogram *histogram = open_page(window, hs_distribution_name((HsDistributionKind)kind));
    const HsDistribution *d = hs_histogram_get_distribution(histogram);
    g_assert_cmpint(d->kind, ==, kind);
    g_assert_cmpuint(d->total.shown.count, ==, hs_timeline_n_blocks(t));
    hs_ui_act(window, "select-range",
              g_variant_new("(xx)", G_GINT64_CONSTANT(10000000000), G_GINT64_CONSTANT(15000000000)));
    settle(window);
    int64_t t0, t1;
    g_assert_true(hs_document_get_selection(hs_window_get_document(window), &t0, &t1));
    d = hs_histogram_get_distribution(histogram);
    for (uint32_t c = d->first_class; c < d->end_class; c += 5) {
      g_assert_cmpuint(d->classes[c].shown.count, ==, count_blocks(t, d->kind, c, t0, t1));
      g_assert_cmpuint(d->classes[c].whole.count, ==, count_blocks(t, d->kind, c, INT64_MIN, INT64_MAX));
    }
    hs_ui_act(window, "clear-selection", NULL);
    settle(window);
  }
  hs_ui_act(window, "histogram-measure", g_variant_new_string("bytes"));
  hs_ui_act(window, "histogram-scale", g_variant_new_string("log"));
  hs_ui_act(window, "histogram-scale", g_variant_new_string("no such"));
  settle(window);
  g_assert_cmpint(hs_histogram_get_measure(histogram_of(window, TRUE)), ==, HS_HISTOGRAM_BYTES);
  g_assert_cmpint(hs_histogram_get_scale(histogram_of(window, TRUE)), ==, HS_HISTOGRAM_LOG);
  hs_ui_close_window(window);
}

/* --- bars --- */

static void
click(HsWindow *window, HsHistogram *histogram, uint32_t class, guint state, guint button)
{
  double x, y;
  g_assert_true(hs_histogram_get_bar(histogram, class, &x, &y));
  GdkEvent *event = hs_ui_pointer_event(GTK_WIDGET(histogram), GDK_BUTTON_PRESS, x, y);
  event->button.state = state;
  event->button.button = button;
  hs_ui_send(event);
  settle(window);
}

static void
assert_shown(HsWindow *window, const char *filter, uint64_t n_blocks)
{
  hs_ui_assert_text(window, "filter", filter);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, (gint64)n_blocks);
}

/* One, more, all between, one less, and all again; the bars left out stay where they can be clicked. */
static void
test_bars(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsHistogram *histogram = open_page(window, "sizes");
  HsTimeline *t = timeline_of(window);
  uint64_t n[65];
  for (uint32_t c = 0; c < 65; c++)
    n[c] = count_blocks(t, HS_DISTRIBUTION_SIZES, c, INT64_MIN, INT64_MAX);
  click(window, histogram, 7, 0, 1);
  assert_shown(window, "size in 64..128", n[7]);
  g_assert_cmpuint(hs_histogram_get_distribution(histogram)->total.whole.count, ==, hs_timeline_n_blocks(t));
  click(window, histogram, 9, GDK_CONTROL_MASK, 1);
  assert_shown(window, "(size in 64..128 or size in 256..512)", n[7] + n[9]);
  click(window, histogram, 7, GDK_CONTROL_MASK, 1);
  assert_shown(window, "size in 256..512", n[9]);
  click(window, histogram, 5, 0, 1);
  click(window, histogram, 8, GDK_SHIFT_MASK, 1);
  assert_shown(window, "size in 16..256", n[5] + n[6] + n[7] + n[8]);
  click(window, histogram, 7, GDK_SHIFT_MASK, 1);
  assert_shown(window, "size in 16..128", n[5] + n[6] + n[7]);
  click(window, histogram, 5, 0, 1);
  click(window, histogram, 5, 0, 1);
  assert_shown(window, "", hs_timeline_n_blocks(t));
  /* What else is in the filter stays. */
  hs_ui_act(window, "filter", g_variant_new_string("source == lowfrag and size > 20"));
  settle(window);
  click(window, histogram, 7, 0, 1);
  hs_ui_assert_text(window, "filter", "source == lowfrag && size in 64..128");
  hs_ui_close_window(window);
}

static void
test_menu(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsHistogram *histogram = open_page(window, "lifetimes");
  HsTimeline *t = timeline_of(window);
  uint32_t outstanding = hs_distribution_outstanding_class(HS_DISTRIBUTION_LIFETIMES);
  uint64_t n = count_blocks(t, HS_DISTRIBUTION_LIFETIMES, outstanding, INT64_MIN, INT64_MAX);
  click(window, histogram, outstanding, 0, 3);
  hs_ui_choose_item(GTK_WIDGET(histogram), "Show only outstanding");
  settle(window);
  assert_shown(window, "end == outstanding", n);
  click(window, histogram, 19, 0, 3);
  hs_ui_choose_item(GTK_WIDGET(histogram), "Show 1 – 2 ms, too");
  settle(window);
  hs_ui_assert_text(window, "filter", "(lifetime in 1ms..2ms or end == outstanding)");
  click(window, histogram, 19, 0, 3);
  hs_ui_choose_item(GTK_WIDGET(histogram), "Show all lifetimes");
  settle(window);
  click(window, histogram, outstanding, 0, 3);
  hs_ui_choose_item(GTK_WIDGET(histogram), "Hide outstanding");
  settle(window);
  assert_shown(window, "not end == outstanding", hs_timeline_n_blocks(t) - n);
  click(window, histogram, 19, 0, 3);
  hs_ui_choose_item(GTK_WIDGET(histogram), "Bytes");
  settle(window);
  g_assert_cmpint(hs_histogram_get_measure(histogram), ==, HS_HISTOGRAM_BYTES);
  hs_ui_close_window(window);
}

static void
press(HsHistogram *histogram, guint key, guint state)
{
  GtkWidget *widget = GTK_WIDGET(histogram);
  GdkEvent *event = gdk_event_new(GDK_KEY_PRESS);
  event->key.window = g_object_ref(gtk_widget_get_window(gtk_widget_get_toplevel(widget)));
  event->key.send_event = TRUE;
  event->key.keyval = key;
  event->key.state = state;
  gdk_event_set_device(event, gdk_seat_get_keyboard(gdk_display_get_default_seat(gtk_widget_get_display(widget))));
  gtk_widget_event(widget, event);
  gdk_event_free(event);
}

/* The first bar and the next by keys; each is what screen readers are told. */
static void
test_keys(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsHistogram *histogram = open_page(window, "sizes");
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(histogram));
  HsTimeline *t = timeline_of(window);
  gtk_widget_grab_focus(GTK_WIDGET(histogram));
  press(histogram, GDK_KEY_Home, 0);
  press(histogram, GDK_KEY_Right, 0);
  uint32_t second = hs_histogram_get_distribution(histogram)->first_class + 1;
  double value;
  g_autofree char *text = NULL;
  atk_value_get_value_and_text(ATK_VALUE(accessible), &value, &text);
  g_assert_cmpfloat(value, ==, (double)count_blocks(t, HS_DISTRIBUTION_SIZES, second, INT64_MIN, INT64_MAX));
  g_assert_nonnull(strstr(text, "allocations"));
  g_assert_cmpint(atk_object_get_role(accessible), ==, ATK_ROLE_CHART);
  g_assert_cmpstr(atk_object_get_name(accessible), ==, "Histogram of sizes");
  g_assert_nonnull(strstr(atk_object_get_description(accessible), "most of them of"));
  press(histogram, GDK_KEY_Return, 0);
  settle(window);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, (gint64)value);
  press(histogram, GDK_KEY_Right, GDK_SHIFT_MASK);
  settle(window);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==,
                  (gint64)(value + (double)count_blocks(t, HS_DISTRIBUTION_SIZES, second + 1, INT64_MIN, INT64_MAX)));
  hs_ui_act(window, "clear-filter", NULL);
  settle(window);
  press(histogram, GDK_KEY_Delete, 0);
  settle(window);
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  g_assert_true(g_str_has_prefix(json_object_get_string_member(state, "filter"), "not size in "));
  hs_ui_close_window(window);
}

static void
test_sidebar(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsHistogram *small = histogram_of(window, FALSE);
  hs_ui_act(window, "sidebar-histogram", g_variant_new_string("sizes"));
  settle(window);
  g_assert_cmpint(hs_histogram_get_distribution(small)->kind, ==, HS_DISTRIBUTION_SIZES);
  hs_ui_act(window, "sidebar-histogram", g_variant_new_string("lifetimes"));
  hs_ui_act(window, "sidebar-histogram-measure", g_variant_new_string("bytes"));
  settle(window);
  g_assert_cmpint(hs_histogram_get_distribution(small)->kind, ==, HS_DISTRIBUTION_LIFETIMES);
  g_assert_cmpint(hs_histogram_get_measure(small), ==, HS_HISTOGRAM_BYTES);
  /* Only what there is room for. */
  hs_ui_act(window, "sidebar-histogram", g_variant_new_string("exact-sizes"));
  g_assert_cmpint(hs_histogram_get_kind(small), ==, HS_DISTRIBUTION_LIFETIMES);
  click(window, small, hs_distribution_outstanding_class(HS_DISTRIBUTION_LIFETIMES), 0, 1);
  hs_ui_assert_text(window, "filter", "end == outstanding");
  hs_ui_close_window(window);
}

/* --- pictures --- */

static void
test_save(void)
{
  static const char *const views[] = {"all",     "map",       "instant",   "size",     "rate",
                                      "sources", "histogram", "lifetimes", "overview", "window"};
  HsWindow *window = hs_ui_open_window(sample);
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  hs_ui_act(window, "select-range",
            g_variant_new("(xx)", G_GINT64_CONSTANT(10000000000), G_GINT64_CONSTANT(15000000000)));
  settle(window);
  for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
    g_autofree char *name = g_strdup_printf("%s.png", views[i]), *path = g_build_filename(folder, name, NULL);
    hs_ui_act(window, "save-view", g_variant_new("(ss)", views[i], path));
    while (!g_file_test(path, G_FILE_TEST_EXISTS))
      g_main_context_iteration(NULL, TRUE);
    settle(window);
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new_from_file(path, NULL);
    g_assert_nonnull(picture);
    g_assert_cmpint(gdk_pixbuf_get_width(picture), >, 600);
    g_assert_cmpint(gdk_pixbuf_get_width(picture) % gtk_widget_get_scale_factor(GTK_WIDGET(window)), ==, 0);
    g_unlink(path);
  }
  static const char *const beginnings[] = {"<?xml", "%PDF-"};
  static const char *const suffixes[] = {"svg", "pdf"};
  for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    g_autofree char *path = g_strdup_printf("%s/p.%s", folder, suffixes[i]), *contents = NULL;
    hs_ui_act(window, "save-view", g_variant_new("(ss)", "all", path));
    settle(window);
    g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    g_assert_true(g_str_has_prefix(contents, beginnings[i]));
    g_unlink(path);
  }
  /* What cannot be is told, and leaves nothing. */
  g_autofree char *wrong = g_build_filename(folder, "p.gif", NULL);
  hs_ui_act(window, "save-view", g_variant_new("(ss)", "all", wrong));
  hs_ui_act(window, "save-view", g_variant_new("(ss)", "no such", wrong));
  hs_ui_act(window, "save-view", g_variant_new("(ss)", "map", "/no/such/folder/p.png"));
  settle(window);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  hs_ui_close_window(window);
}

static void
assert_copied(HsWindow *window, int min_height)
{
  GtkClipboard *clipboard = gtk_widget_get_clipboard(GTK_WIDGET(window), GDK_SELECTION_CLIPBOARD);
  settle(window);
  g_autoptr(GdkPixbuf) image = gtk_clipboard_wait_for_image(clipboard);
  g_assert_nonnull(image);
  g_assert_cmpint(gdk_pixbuf_get_width(image), >, 600);
  g_assert_cmpint(gdk_pixbuf_get_height(image), >, min_height);
  gtk_clipboard_clear(clipboard);
}

static void
test_copy(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsHistogram *histogram = open_page(window, "sizes");
  gtk_widget_grab_focus(GTK_WIDGET(histogram));
  hs_ui_act(window, "copy-picture", NULL);
  assert_copied(window, 300);
  gtk_widget_grab_focus(hs_ui_find(window, "HsAddressMap"));
  hs_ui_act(window, "copy-picture", NULL);
  assert_copied(window, 200);
  hs_ui_act(window, "copy-view", g_variant_new_string("overview"));
  assert_copied(window, 100);
  hs_ui_close_window(window);
}

/* What the window shows is in its pictures: they change with it. Pixels of the picture of a view. */
static GBytes *
copied(HsWindow *window, const char *view)
{
  GtkClipboard *clipboard = gtk_widget_get_clipboard(GTK_WIDGET(window), GDK_SELECTION_CLIPBOARD);
  hs_ui_act(window, "copy-view", g_variant_new_string(view));
  settle(window);
  g_autoptr(GdkPixbuf) image = gtk_clipboard_wait_for_image(clipboard);
  g_assert_nonnull(image);
  gtk_clipboard_clear(clipboard);
  return gdk_pixbuf_read_pixel_bytes(image);
}

static void
test_looks(void)
{
  static const struct {
    const char *action, *value, *back;
  } looks[] = {
      {"measure", "rate-bytes", "bytes"}, {"group", "size-class", "source"}, {"chart-style", "overlaid", "stacked"}};
  HsWindow *window = hs_ui_open_window(sample);
  for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
    hs_ui_act(window, looks[i].action, g_variant_new_string(looks[i].back));
    settle(window);
    g_autoptr(GBytes) plain = copied(window, "size");
    hs_ui_act(window, looks[i].action, g_variant_new_string(looks[i].value));
    settle(window);
    g_autoptr(GBytes) changed = copied(window, "size");
    hs_ui_act(window, looks[i].action, g_variant_new_string(looks[i].back));
    settle(window);
    g_autoptr(GBytes) again = copied(window, "size");
    g_assert_false(g_bytes_equal(plain, changed));
    g_assert_true(g_bytes_equal(plain, again));
  }
  hs_document_set_cursor(hs_window_get_document(window), 0);
  settle(window);
  g_autoptr(GBytes) before = copied(window, "instant");
  hs_document_set_cursor(hs_window_get_document(window), INT64_MIN);
  settle(window);
  g_autoptr(GBytes) peak = copied(window, "instant");
  g_assert_false(g_bytes_equal(before, peak));
  hs_ui_close_window(window);
}

/* By the menus of the chart and of both maps. */
static void
test_menus(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  hs_ui_popup(hs_ui_find(window, "HsSizeChart"));
  hs_ui_choose_item(hs_ui_find(window, "HsSizeChart"), "Copy picture");
  assert_copied(window, 100);
  hs_ui_popup(hs_ui_find(window, "HsAddressMap"));
  hs_ui_choose_item(hs_ui_find(window, "HsAddressMap"), "Copy picture");
  assert_copied(window, 100);
  hs_ui_act(window, "map-mode", g_variant_new_string("instant"));
  settle(window);
  GtkWidget *area = hs_ui_find(window, "HsInstantArea");
  hs_ui_popup(area);
  hs_ui_choose_item(area, "Copy picture");
  assert_copied(window, 100);
  gtk_widget_grab_focus(area);
  hs_ui_act(window, "copy-picture", NULL);
  assert_copied(window, 100);
  hs_ui_act(window, "map-mode", g_variant_new_string("time"));
  settle(window);
  hs_ui_close_window(window);
}

static GtkWidget *
find_dialog(void)
{
  GtkWidget *found = NULL;
  GList *all = gtk_window_list_toplevels();
  for (GList *l = all; l != NULL; l = l->next)
    found = HS_IS_PICTURE_DIALOG(l->data) ? l->data : found;
  g_list_free(all);
  return found;
}

/* The dialog offers what is focused, in its size; copying from it copies. */
static void
test_dialog(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  gtk_widget_grab_focus(hs_ui_find(window, "HsSizeChart"));
  hs_ui_act(window, "save-picture", NULL);
  settle(window);
  GtkWidget *dialog = find_dialog();
  g_assert_nonnull(dialog);
  HsPictureChoice choice = hs_picture_dialog_get(HS_PICTURE_DIALOG(dialog));
  g_assert_cmpint(choice.view, ==, HS_PICTURE_SIZE);
  g_assert_cmpint(choice.width, ==, gtk_widget_get_allocated_width(hs_ui_find(window, "HsSizeChart")));
  g_assert_true(hs_picture_check_size(choice.width, choice.height, choice.scale, NULL));
  gtk_dialog_response(GTK_DIALOG(dialog), HS_PICTURE_RESPONSE_COPY);
  assert_copied(window, 100);
  g_assert_null(find_dialog());
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
  g_test_add_func("/pictures/page", test_page);
  g_test_add_func("/pictures/bars", test_bars);
  g_test_add_func("/pictures/menu", test_menu);
  g_test_add_func("/pictures/keys", test_keys);
  g_test_add_func("/pictures/sidebar", test_sidebar);
  g_test_add_func("/pictures/save", test_save);
  g_test_add_func("/pictures/copy", test_copy);
  g_test_add_func("/pictures/looks", test_looks);
  g_test_add_func("/pictures/menus", test_menus);
  g_test_add_func("/pictures/dialog", test_dialog);
  return hs_ui_run();
}
