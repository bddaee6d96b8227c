/* SPDX-License-Identifier: MIT */
#include "hs-ui-support.h"

#define WAIT_US (60 * G_USEC_PER_SEC)

HsApplication *hs_ui_application;

void
hs_ui_wait_for(HsWindow *window, HsUiCondition condition)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  while (!condition(window)) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  }
}

JsonObject *
hs_ui_view_state(HsWindow *window)
{
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(window), "view-state");
  g_autoptr(JsonNode) node = json_from_string(g_variant_get_string(state, NULL), NULL);
  g_assert_nonnull(node);
  return json_node_dup_object(node);
}

gint64
hs_ui_state_int(HsWindow *window, const char *member)
{
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  return json_object_get_int_member(state, member);
}

void
hs_ui_assert_text(HsWindow *window, const char *member, const char *expected)
{
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  g_assert_cmpstr(json_object_get_string_member(state, member), ==, expected);
}

void
hs_ui_assert_range(HsWindow *window, const char *member, gint64 t0, gint64 t1)
{
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  JsonArray *range = json_object_get_array_member(state, member);
  g_assert_cmpint(json_array_get_int_element(range, 0), ==, t0);
  g_assert_cmpint(json_array_get_int_element(range, 1), ==, t1);
}

void
hs_ui_get_range(HsWindow *window, const char *member, gint64 *t0, gint64 *t1)
{
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  JsonArray *range = json_object_get_array_member(state, member);
  *t0 = json_array_get_int_element(range, 0);
  *t1 = json_array_get_int_element(range, 1);
}

void
hs_ui_act(HsWindow *window, const char *action, GVariant *parameter)
{
  g_assert_true(g_action_group_has_action(G_ACTION_GROUP(window), action));
  g_action_group_activate_action(G_ACTION_GROUP(window), action, parameter);
}

gboolean
hs_ui_is_applied(HsWindow *window)
{
  return !hs_document_is_busy(hs_window_get_document(window));
}

HsWindow *
hs_ui_open_window(const char *path)
{
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, path));
  hs_ui_wait_for(window, hs_window_is_settled);
  return window;
}

void
hs_ui_close_window(HsWindow *window)
{
  gtk_widget_destroy(GTK_WIDGET(window));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

static void
find_widgets(GtkWidget *widget, gpointer data)
{
  GPtrArray *found = data;
  g_ptr_array_add(found, widget);
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), find_widgets, data);
}

GPtrArray *
hs_ui_widgets(GtkWidget *widget)
{
  GPtrArray *all = g_ptr_array_new();
  find_widgets(widget, all);
  return all;
}

GtkWidget *
hs_ui_find(HsWindow *window, const char *type_name)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  for (guint i = 0; i < all->len; i++) {
    GtkWidget *widget = all->pdata[i];
    if (g_str_equal(G_OBJECT_TYPE_NAME(widget), type_name) && gtk_widget_get_mapped(widget))
      return widget;
  }
  g_error("there is no %s", type_name);
}

static gboolean
label_begins(GtkWidget *item, const char *beginning)
{
  if (GTK_IS_SEPARATOR_MENU_ITEM(item) || gtk_menu_item_get_label(GTK_MENU_ITEM(item)) == NULL)
    return FALSE;
  g_auto(GStrv) parts = g_strsplit(gtk_menu_item_get_label(GTK_MENU_ITEM(item)), "_", -1);
  g_autofree char *plain = g_strjoinv("", parts);
  return g_str_has_prefix(plain, beginning);
}

GtkWidget *
hs_ui_find_item(GtkWidget *widget, const char *beginning)
{
  gint64 end = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;
  while (gtk_menu_get_for_attach_widget(widget) == NULL) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, FALSE);
  }
  GtkWidget *menu = gtk_menu_get_for_attach_widget(widget)->data;
  g_autoptr(GList) items = gtk_container_get_children(GTK_CONTAINER(menu));
  for (GList *l = items; l != NULL; l = l->next) {
    if (label_begins(l->data, beginning))
      return l->data;
  }
  return NULL;
}

void
hs_ui_choose_item(GtkWidget *widget, const char *beginning)
{
  GtkWidget *item = hs_ui_find_item(widget, beginning);
  if (item == NULL)
    g_error("there is no item “%s”", beginning);
  g_assert_true(gtk_widget_get_sensitive(item));
  gtk_menu_shell_activate_item(GTK_MENU_SHELL(gtk_widget_get_parent(item)), item, TRUE);
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

void
hs_ui_press_key(GtkWidget *widget, guint keyval)
{
  GdkDisplay *display = gtk_widget_get_display(widget);
  g_autofree GdkKeymapKey *keys = NULL;
  int n_keys = 0;
  GdkEvent *event = gdk_event_new(GDK_KEY_PRESS);
  event->key.window = g_object_ref(gtk_widget_get_window(gtk_widget_get_toplevel(widget)));
  event->key.send_event = TRUE;
  event->key.keyval = keyval;
  if (gdk_keymap_get_entries_for_keyval(gdk_keymap_get_for_display(display), keyval, &keys, &n_keys))
    event->key.hardware_keycode = (guint16)keys[0].keycode;
  gdk_event_set_device(event, gdk_seat_get_keyboard(gdk_display_get_default_seat(display)));
  hs_ui_send(event);
}

void
hs_ui_popup(GtkWidget *widget)
{
  gtk_widget_grab_focus(widget);
  hs_ui_press_key(widget, GDK_KEY_Menu);
}

GdkEvent *
hs_ui_pointer_event(GtkWidget *widget, GdkEventType type, double x, double y)
{
  GdkEvent *event = gdk_event_new(type);
  GdkSeat *seat = gdk_display_get_default_seat(gtk_widget_get_display(widget));
  event->any.window = g_object_ref(gtk_widget_get_window(widget));
  event->any.send_event = TRUE;
  gdk_event_set_device(event, gdk_seat_get_pointer(seat));
  gint root_x, root_y;
  gdk_window_get_root_coords(event->any.window, (int)x, (int)y, &root_x, &root_y);
  if (type == GDK_MOTION_NOTIFY) {
    event->motion.x = x;
    event->motion.y = y;
    event->motion.x_root = root_x;
    event->motion.y_root = root_y;
    event->motion.state = GDK_BUTTON1_MASK;
  } else if (type == GDK_SCROLL) {
    event->scroll.x = x;
    event->scroll.y = y;
    event->scroll.x_root = root_x;
    event->scroll.y_root = root_y;
  } else {
    event->button.x = x;
    event->button.y = y;
    event->button.x_root = root_x;
    event->button.y_root = root_y;
    event->button.button = 1;
    event->button.state = type == GDK_BUTTON_RELEASE ? GDK_BUTTON1_MASK : 0;
  }
  return event;
}

void
hs_ui_send(GdkEvent *event)
{
  gtk_main_do_event(event);
  gdk_event_free(event);
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

void
hs_ui_drag(GtkWidget *widget, double x0, double y0, double x1, double y1)
{
  hs_ui_send(hs_ui_pointer_event(widget, GDK_BUTTON_PRESS, x0, y0));
  for (int i = 1; i <= 5; i++)
    hs_ui_send(hs_ui_pointer_event(widget, GDK_MOTION_NOTIFY, x0 + (x1 - x0) * i / 5, y0 + (y1 - y0) * i / 5));
  hs_ui_send(hs_ui_pointer_event(widget, GDK_BUTTON_RELEASE, x1, y1));
}

int
hs_ui_run(void)
{
  hs_ui_application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_assert_true(g_application_register(G_APPLICATION(hs_ui_application), NULL, NULL));
  g_application_hold(G_APPLICATION(hs_ui_application));
  /* Tests that are about movement turn it on. */
  g_action_group_change_action_state(G_ACTION_GROUP(hs_ui_application), "animations", g_variant_new_boolean(FALSE));
  int status = g_test_run();
  g_application_release(G_APPLICATION(hs_ui_application));
  g_clear_object(&hs_ui_application);
  return status;
}
