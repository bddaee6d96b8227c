/* SPDX-License-Identifier: MIT */
/* Writing in the filter bar: what is offered, and by which keys and clicks it is taken. */
#include <string.h>

#include "hs-filter-ui.h"
#include "hs-ui-support.h"

static void
test_completion(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_type(f, "s");
  hs_filter_ui_assert_offered(f, "size source");
  hs_filter_ui_type(f, "o");
  hs_filter_ui_assert_offered(f, "source");
  hs_filter_ui_key(f, GDK_KEY_Tab, 0);
  hs_filter_ui_assert_text(f, "source ");
  hs_filter_ui_assert_offered(f, "== != in");
  hs_filter_ui_type(f, "in");
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_type(f, " ");
  hs_filter_ui_assert_offered(f, "{");
  hs_filter_ui_key(f, GDK_KEY_Tab, 0);
  hs_filter_ui_assert_text(f, "source in {");
  hs_filter_ui_type(f, "LOW");
  hs_filter_ui_assert_offered(f, "lowfrag");
  hs_filter_ui_key(f, GDK_KEY_Tab, 0);
  hs_filter_ui_assert_text(f, "source in {lowfrag");
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_type(f, ", ");
  hs_filter_ui_assert_offered(f, "lookaside lowfrag mainpath slowpath invalid segment-heap unknown");
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  hs_filter_ui_key(f, GDK_KEY_Tab, 0);
  hs_filter_ui_assert_text(f, "source in {lowfrag, mainpath");
}

/* Keys that come faster than anything can be offered. */
static void
test_fast(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_press(f, GDK_KEY_h, 0);
  hs_filter_ui_press(f, GDK_KEY_e, 0);
  hs_filter_ui_press(f, GDK_KEY_Tab, 0);
  hs_filter_ui_assert_text(f, "heap ");
  hs_filter_ui_press(f, GDK_KEY_Down, 0);
  hs_filter_ui_press(f, GDK_KEY_Down, 0);
  hs_filter_ui_press(f, GDK_KEY_Return, 0);
  hs_filter_ui_assert_text(f, "heap != ");
  hs_filter_ui_press(f, GDK_KEY_1, 0);
  hs_filter_ui_press(f, GDK_KEY_Escape, 0);
  hs_filter_ui_turn();
  hs_filter_ui_assert_applied(f, 0, NULL);
  /* There was nothing to close. */
  g_assert_cmpuint(f->n_escaped, ==, 1);
  hs_filter_ui_assert_offered(f, "");
}

static void
test_in_the_middle(HsFilterUi *f, gconstpointer data)
{
  hs_filter_bar_set_text(f->bar, " == 5ms");
  gtk_editable_set_position(GTK_EDITABLE(f->entry), 0);
  hs_filter_ui_type(f, "lif");
  hs_filter_ui_assert_offered(f, "lifetime");
  hs_filter_ui_key(f, GDK_KEY_Tab, 0);
  /* A space that is there is not put twice. */
  hs_filter_ui_assert_text(f, "lifetime == 5ms");
  g_assert_cmpint(gtk_editable_get_position(GTK_EDITABLE(f->entry)), ==, 9);
  hs_filter_ui_assert_offered(f, "== != < <= > >= in");
  /* What is open belongs to the caret's place. */
  hs_filter_ui_key(f, GDK_KEY_Left, 0);
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_key(f, GDK_KEY_space, GDK_CONTROL_MASK);
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_key(f, GDK_KEY_Home, 0);
  hs_filter_ui_key(f, GDK_KEY_space, GDK_CONTROL_MASK);
  g_assert_true(hs_filter_completion_is_open(f->completion));
}

static void
test_enter(HsFilterUi *f, gconstpointer data)
{
  /* Nothing was chosen by hand: what is there is applied. */
  hs_filter_ui_type(f, "pid == 1");
  hs_filter_ui_assert_offered(f, "1000");
  hs_filter_ui_key(f, GDK_KEY_Return, 0);
  hs_filter_ui_assert_text(f, "pid == 1");
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_assert_applied(f, 1, "pid == 1");
  /* Chosen: it is put in, and makes a filter. */
  hs_filter_ui_type(f, "0");
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  g_assert_true(hs_filter_completion_has_choice(f->completion));
  hs_filter_ui_key(f, GDK_KEY_KP_Enter, 0);
  hs_filter_ui_assert_text(f, "pid == 1000");
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_assert_applied(f, 2, "pid == 1000");
  /* Chosen, but more has to come. */
  hs_filter_ui_type(f, " ");
  hs_filter_ui_assert_offered(f, "&& ||");
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  hs_filter_ui_key(f, GDK_KEY_Return, 0);
  hs_filter_ui_assert_text(f, "pid == 1000 && ");
  g_assert_true(hs_filter_completion_is_open(f->completion));
  hs_filter_ui_turn_for(2 * HS_FILTER_UI_PAUSE_US);
  g_assert_cmpuint(f->n_applied, ==, 2);
}

static void
test_keys(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  g_assert_cmpuint(f->n_escaped, ==, 1);
  hs_filter_ui_key(f, GDK_KEY_space, GDK_CONTROL_MASK);
  g_assert_true(hs_filter_completion_is_open(f->completion));
  g_assert_false(hs_filter_completion_has_choice(f->completion));
  hs_filter_ui_key(f, GDK_KEY_Up, 0);
  g_assert_cmpstr(hs_filter_completion_get_item(f->completion)->text, ==, "end");
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  g_assert_false(hs_filter_completion_has_choice(f->completion));
  hs_filter_ui_key(f, GDK_KEY_Page_Down, 0);
  hs_filter_ui_key(f, GDK_KEY_Page_Down, 0);
  g_assert_cmpstr(hs_filter_completion_get_item(f->completion)->text, ==, "old_size");
  hs_filter_ui_key(f, GDK_KEY_Page_Down, 0);
  g_assert_cmpstr(hs_filter_completion_get_item(f->completion)->text, ==, "end");
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  hs_filter_ui_assert_offered(f, "");
  g_assert_cmpuint(f->n_escaped, ==, 1);
  hs_filter_ui_key(f, GDK_KEY_Escape, 0);
  g_assert_cmpuint(f->n_escaped, ==, 2);
  /* An arrow opens the list too, and does not move the focus. */
  hs_filter_ui_key(f, GDK_KEY_Up, 0);
  hs_filter_ui_assert_offered(f, "");
  hs_filter_ui_key(f, GDK_KEY_Down, 0);
  g_assert_true(hs_filter_completion_is_open(f->completion));
  /* Nothing is left open behind. */
  hs_filter_ui_leave(f);
  g_assert_false(hs_filter_completion_is_open(f->completion));
  g_assert_false(gtk_widget_get_visible(GTK_WIDGET(f->completion)));
}

/* A click on a row puts it in, and the focus stays where it was. */
static void
test_click(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_type(f, "heap == ");
  g_assert_true(hs_filter_completion_is_open(f->completion));
  gtk_test_widget_wait_for_draw(f->window);
  GtkTreeView *list = GTK_TREE_VIEW(hs_filter_ui_find_below(GTK_WIDGET(f->completion), "GtkTreeView"));
  g_assert_cmpstr(hs_filter_ui_name_of(GTK_WIDGET(list)), ==, "Completions");
  g_autoptr(GtkTreePath) path = gtk_tree_path_new_from_indices(2, -1);
  GdkRectangle cell;
  gtk_tree_view_get_cell_area(list, path, gtk_tree_view_get_column(list, 0), &cell);
  double x = cell.x + 20, y = cell.y + cell.height / 2.0;
  GdkEvent *motion = hs_ui_pointer_event(GTK_WIDGET(list), GDK_MOTION_NOTIFY, x, y);
  GdkEvent *down = hs_ui_pointer_event(GTK_WIDGET(list), GDK_BUTTON_PRESS, x, y);
  GdkEvent *release = hs_ui_pointer_event(GTK_WIDGET(list), GDK_BUTTON_RELEASE, x, y);
  motion->motion.state = 0;
  g_set_object(&motion->any.window, gtk_tree_view_get_bin_window(list));
  g_set_object(&down->any.window, gtk_tree_view_get_bin_window(list));
  g_set_object(&release->any.window, gtk_tree_view_get_bin_window(list));
  hs_ui_send(motion);
  hs_ui_send(down);
  hs_ui_send(release);
  hs_filter_ui_assert_text(f, "heap == 0x210000");
  g_assert_true(gtk_widget_is_focus(GTK_WIDGET(f->entry)));
  hs_filter_ui_assert_offered(f, "");
}

/* The list shows ten rows at most, and lies in the window. */
static void
test_list_size(HsFilterUi *f, gconstpointer data)
{
  hs_filter_ui_type(f, "heap == ");
  gtk_test_widget_wait_for_draw(f->window);
  GtkWidget *list = hs_filter_ui_find_below(GTK_WIDGET(f->completion), "GtkTreeView");
  g_autoptr(GtkTreePath) path = gtk_tree_path_new_from_indices(0, -1);
  GdkRectangle row;
  int x, y;
  gtk_tree_view_get_background_area(GTK_TREE_VIEW(list), path, NULL, &row);
  g_assert_cmpint(gtk_widget_get_allocated_height(list), ==, 10 * row.height);
  g_assert_true(gtk_widget_translate_coordinates(GTK_WIDGET(f->completion), f->window, 0, 0, &x, &y));
  g_assert_cmpint(x, >=, 0);
  g_assert_cmpint(x + gtk_widget_get_allocated_width(GTK_WIDGET(f->completion)), <=,
                  gtk_widget_get_allocated_width(f->window));
}

/* What a letter costs until the next frame. */
static void
test_speed(HsFilterUi *f, gconstpointer data)
{
  static const char text[] = "heap == 0x1f0000 and source in {lowfrag, mainpath} and process == \"clang++.exe\" or ";
  gint64 worst = 0, sum = 0;
  for (guint i = 0; i < strlen(text); i++) {
    int position = (int)i;
    gint64 start = g_get_monotonic_time();
    gtk_editable_insert_text(GTK_EDITABLE(f->entry), text + i, 1, &position);
    gtk_editable_set_position(GTK_EDITABLE(f->entry), position);
    /* A frame draws; what was put off is done before. */
    g_main_context_iteration(NULL, FALSE);
    gint64 took = g_get_monotonic_time() - start;
    worst = MAX(worst, took);
    sum += took;
    hs_filter_ui_turn();
  }
  g_test_message("%.2f ms a letter, %.2f ms at most", (double)sum / 1000 / (double)strlen(text), (double)worst / 1000);
  g_assert_cmpint(sum / (gint64)strlen(text), <, 20000);
}

#define ADD(name, function)                                                                                            \
  g_test_add("/filter-completion/" name, HsFilterUi, NULL, hs_filter_ui_set_up, function, hs_filter_ui_tear_down)

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  /* A critical message is a failure. */
  gtk_test_init(&argc, &argv);
  ADD("completion", test_completion);
  ADD("fast", test_fast);
  ADD("in-the-middle", test_in_the_middle);
  ADD("enter", test_enter);
  ADD("keys", test_keys);
  ADD("click", test_click);
  ADD("list-size", test_list_size);
  ADD("speed", test_speed);
  return hs_ui_run();
}
