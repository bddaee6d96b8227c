/* SPDX-License-Identifier: MIT */
#include "hs-filter-ui.h"

#include "hs-builder.h"
#include "hs-ui-support.h"

static void
on_changed(HsFilterBar *bar, const char *text, HsFilterUi *f)
{
  f->n_changed++;
  g_free(f->changed);
  f->changed = g_strdup(text);
}

static void
on_applied(HsFilterBar *bar, const char *text, HsFilterUi *f)
{
  f->n_applied++;
  g_free(f->applied);
  f->applied = g_strdup(text);
}

static void
on_escaped(HsFilterBar *bar, HsFilterUi *f)
{
  f->n_escaped++;
}

void
hs_filter_ui_turn(void)
{
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

void
hs_filter_ui_turn_for(gint64 us)
{
  gint64 end = g_get_monotonic_time() + us;
  while (g_get_monotonic_time() < end) {
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  }
  /* However long it was held up: what is due is done. */
  hs_filter_ui_turn();
}

GtkWidget *
hs_filter_ui_find_below(GtkWidget *within, const char *type_name)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(within);
  for (guint i = 0; i < all->len; i++) {
    if (g_str_equal(G_OBJECT_TYPE_NAME(all->pdata[i]), type_name))
      return all->pdata[i];
  }
  g_error("there is no %s", type_name);
}

const char *
hs_filter_ui_name_of(GtkWidget *widget)
{
  const char *name = atk_object_get_name(gtk_widget_get_accessible(widget));
  return name != NULL ? name : "";
}

GtkWidget *
hs_filter_ui_find_button(GtkWidget *within, const char *name)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(within);
  for (guint i = 0; i < all->len; i++) {
    if (GTK_IS_BUTTON(all->pdata[i]) && g_str_equal(hs_filter_ui_name_of(all->pdata[i]), name))
      return all->pdata[i];
  }
  g_error("there is no “%s”", name);
}

GtkWidget *
hs_filter_ui_find_popover(HsFilterUi *f, const char *type_name)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(f->window);
  for (guint i = 0; i < all->len; i++) {
    GtkWidget *widget = all->pdata[i];
    if (g_str_equal(G_OBJECT_TYPE_NAME(widget), type_name) &&
        gtk_popover_get_relative_to(GTK_POPOVER(widget)) == GTK_WIDGET(f->entry))
      return widget;
  }
  g_error("there is no %s", type_name);
}

static HsTimeline *
make_timeline(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
  hs_builder_process_start(builder, 0, true, 1000, 4, false, "clang++.exe", NULL);
  for (guint i = 0; i < 15; i++) {
    HsHeapEvent event = {.ticks = 10, .pid = 1000, .tid = 7, .op = HS_OP_CREATE, .handle = 0x1f0000 + 0x10000 * i};
    g_assert_true(hs_builder_add(builder, &event, NULL));
  }
  hs_builder_finish(builder, 100);
  return timeline;
}

void
hs_filter_ui_set_up(HsFilterUi *f, gconstpointer data)
{
  f->timeline = make_timeline();
  f->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  gtk_window_set_default_size(GTK_WINDOW(f->window), 800, 420);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  f->bar = g_object_new(HS_TYPE_FILTER_BAR, "visible", TRUE, NULL);
  f->other = gtk_button_new_with_label("Other");
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(f->bar), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), f->other, FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(f->window), box);
  gtk_widget_show(box);
  gtk_widget_show(f->other);
  f->entry = GTK_ENTRY(hs_filter_ui_find_below(GTK_WIDGET(f->bar), "HsFilterEntry"));
  hs_filter_bar_set_timeline(f->bar, f->timeline);
  g_signal_connect(f->bar, "changed", G_CALLBACK(on_changed), f);
  g_signal_connect(f->bar, "applied", G_CALLBACK(on_applied), f);
  g_signal_connect(f->bar, "escaped", G_CALLBACK(on_escaped), f);
  gtk_window_present(GTK_WINDOW(f->window));
  gtk_test_widget_wait_for_draw(f->window);
  hs_filter_bar_take_focus(f->bar);
  hs_filter_ui_turn();
  f->completion = HS_FILTER_COMPLETION(hs_filter_ui_find_popover(f, "HsFilterCompletion"));
}

void
hs_filter_ui_tear_down(HsFilterUi *f, gconstpointer data)
{
  gpointer bar = f->bar, completion = f->completion;
  g_object_add_weak_pointer(G_OBJECT(f->bar), &bar);
  g_object_add_weak_pointer(G_OBJECT(f->completion), &completion);
  gtk_widget_destroy(f->window);
  hs_filter_ui_turn();
  g_assert_null(bar);
  g_assert_null(completion);
  hs_timeline_unref(f->timeline);
  g_free(f->changed);
  g_free(f->applied);
}

void
hs_filter_ui_press(HsFilterUi *f, guint keyval, GdkModifierType state)
{
  GdkDisplay *display = gtk_widget_get_display(f->window);
  GdkEvent *event = gdk_event_new(GDK_KEY_PRESS);
  g_autofree GdkKeymapKey *keys = NULL;
  int n_keys = 0;
  event->key.window = g_object_ref(gtk_widget_get_window(f->window));
  event->key.send_event = TRUE;
  event->key.keyval = keyval;
  event->key.state = state;
  if (gdk_keymap_get_entries_for_keyval(gdk_keymap_get_for_display(display), keyval, &keys, &n_keys))
    event->key.hardware_keycode = (guint16)keys[0].keycode;
  gdk_event_set_device(event, gdk_seat_get_keyboard(gdk_display_get_default_seat(display)));
  gtk_main_do_event(event);
  gdk_event_free(event);
}

void
hs_filter_ui_key(HsFilterUi *f, guint keyval, GdkModifierType state)
{
  hs_filter_ui_press(f, keyval, state);
  hs_filter_ui_turn();
}

void
hs_filter_ui_type(HsFilterUi *f, const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c))
    hs_filter_ui_key(f, gdk_unicode_to_keyval(g_utf8_get_char(c)), 0);
}

void
hs_filter_ui_paste(HsFilterUi *f, const char *text)
{
  int position = gtk_editable_get_position(GTK_EDITABLE(f->entry));
  gtk_editable_insert_text(GTK_EDITABLE(f->entry), text, -1, &position);
  gtk_editable_set_position(GTK_EDITABLE(f->entry), position);
  hs_filter_ui_turn();
}

/* Without a window manager, windows have no focus: the event is made. */
void
hs_filter_ui_leave(HsFilterUi *f)
{
  GdkEvent *event = gdk_event_new(GDK_FOCUS_CHANGE);
  event->focus_change.window = g_object_ref(gtk_widget_get_window(GTK_WIDGET(f->entry)));
  event->focus_change.in = FALSE;
  gtk_widget_send_focus_change(GTK_WIDGET(f->entry), event);
  gdk_event_free(event);
  gtk_widget_grab_focus(f->other);
  hs_filter_ui_turn();
}

void
hs_filter_ui_assert_text(HsFilterUi *f, const char *text)
{
  g_assert_cmpstr(hs_filter_bar_get_text(f->bar), ==, text);
}

void
hs_filter_ui_assert_changed(HsFilterUi *f, guint n, const char *text)
{
  g_assert_cmpuint(f->n_changed, ==, n);
  g_assert_cmpstr(f->changed, ==, text);
}

void
hs_filter_ui_assert_applied(HsFilterUi *f, guint n, const char *text)
{
  g_assert_cmpuint(f->n_applied, ==, n);
  g_assert_cmpstr(f->applied, ==, text);
}

void
hs_filter_ui_assert_offered(HsFilterUi *f, const char *expected)
{
  g_autoptr(GString) found = g_string_new(NULL);
  const HsCompletions *completions = hs_filter_completion_get(f->completion);
  for (guint i = 0; completions != NULL && i < completions->items->len; i++) {
    const HsCompletion *item = g_ptr_array_index(completions->items, i);
    g_string_append_printf(found, "%s%s", i > 0 ? " " : "", item->text);
  }
  g_assert_cmpstr(found->str, ==, expected);
  g_assert_cmpint(gtk_widget_get_visible(GTK_WIDGET(f->completion)), ==, expected[0] != '\0');
  g_assert_true(gtk_widget_is_focus(GTK_WIDGET(f->entry)));
}
