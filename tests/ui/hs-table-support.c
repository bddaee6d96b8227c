/* SPDX-License-Identifier: MIT */
#include "hs-table-support.h"

#include "hs-ui-support.h"

#define WAIT_US (20 * G_USEC_PER_SEC)

static gboolean
on_wake(gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
is_settled(HsTableFixture *f)
{
  return gtk_widget_get_mapped(GTK_WIDGET(f->body)) && gtk_widget_get_allocated_height(GTK_WIDGET(f->body)) > 100 &&
         !hs_document_is_busy(f->document) && !hs_table_is_busy(f->table) && !gtk_events_pending();
}

void
hs_table_fixture_settle(HsTableFixture *f)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  guint wake = g_timeout_add(10, on_wake, NULL);
  gboolean settled;

  /* Asked once a turn: what a worker has done may come in at any time. */
  while (!(settled = is_settled(f)) && g_get_monotonic_time() < end)
    g_main_context_iteration(NULL, TRUE);
  g_source_remove(wake);
  g_assert_true(settled);
}

/* --- window --- */

static void
on_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsTableFixture *f = data;
  g_autofree char *target = g_variant_print(parameter, FALSE);

  g_free(f->activated);
  f->activated = g_strdup_printf("%s %s", g_action_get_name(G_ACTION(action)), target);
}

/* Those that tables ask of their window. */
static void
add_actions(HsTableFixture *f)
{
  static const GActionEntry entries[] = {
      {.name = "only-heap", .activate = on_action, .parameter_type = "(us)"},
      {.name = "filter-by", .activate = on_action, .parameter_type = "(ss)"},
      {.name = "filter-exclude", .activate = on_action, .parameter_type = "(ss)"},
  };
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();

  g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), f);
  gtk_widget_insert_action_group(f->window, "win", G_ACTION_GROUP(group));
}

static HsTableBody *
find_body(HsTable *table)
{
  g_autoptr(GPtrArray) widgets = hs_ui_widgets(GTK_WIDGET(table));

  for (guint i = 0; i < widgets->len; i++)
    if (HS_IS_TABLE_BODY(widgets->pdata[i]))
      return widgets->pdata[i];
  g_error("a table without a body");
}

void
hs_table_fixture_open(HsTableFixture *f, const char *path, const char *kind)
{
  /* Scrolling is done at once: nobody tells when a gliding list stands still. */
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  f->document = hs_document_new(path);
  f->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  gtk_window_set_default_size(GTK_WINDOW(f->window), 1323, 330);
  add_actions(f);
  f->table = g_object_new(HS_TYPE_TABLE, "kind", kind, NULL);
  gtk_container_add(GTK_CONTAINER(f->window), GTK_WIDGET(f->table));
  f->body = find_body(f->table);
  hs_table_set_document(f->table, f->document);
  gtk_widget_show_all(f->window);
  gtk_widget_grab_focus(GTK_WIDGET(f->table));
  hs_table_fixture_settle(f);
}

void
hs_table_fixture_close(HsTableFixture *f)
{
  gtk_widget_destroy(f->window);
  hs_document_close(f->document);
  g_clear_object(&f->document);
  g_clear_pointer(&f->activated, g_free);
  while (g_main_context_iteration(NULL, FALSE))
    ;
}

/* --- hands --- */

void
hs_table_fixture_key(HsTableFixture *f, guint keyval, GdkModifierType state)
{
  g_autoptr(GdkEvent) event = gdk_event_new(GDK_KEY_PRESS);
  GdkDisplay *display = gtk_widget_get_display(f->window);
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
}

static void
press(HsTableFixture *f, uint32_t position, int column, guint button, GdkEventType type, GdkModifierType state)
{
  GdkRectangle area;

  g_assert_true(hs_table_body_cell_area(f->body, position, column, &area));
  g_autoptr(GdkEvent) event = hs_ui_pointer_event(GTK_WIDGET(f->body), type, area.x + 4, area.y + area.height / 2);
  event->button.button = button;
  event->button.state = state;
  gtk_widget_event(GTK_WIDGET(f->body), event);
  if (type == GDK_BUTTON_PRESS) {
    event->type = GDK_BUTTON_RELEASE;
    gtk_widget_event(GTK_WIDGET(f->body), event);
  }
}

void
hs_table_fixture_click(HsTableFixture *f, uint32_t position, int column, GdkEventType type, GdkModifierType state)
{
  press(f, position, column, GDK_BUTTON_PRIMARY, type, state);
}

void
hs_table_fixture_popup(HsTableFixture *f, uint32_t position, int column)
{
  press(f, position, column, GDK_BUTTON_SECONDARY, GDK_BUTTON_PRESS, 0);
}

/* --- what is there --- */

uint32_t
hs_table_fixture_n_selected(HsTableFixture *f)
{
  return hs_table_selection_count(hs_table_body_get_selection(f->body));
}

void
hs_table_fixture_assert_in_view(HsTableFixture *f, uint32_t position)
{
  GdkRectangle area;

  g_assert_true(hs_table_body_cell_area(f->body, position, 0, &area));
  g_assert_cmpint(area.y, >=, 0);
  g_assert_cmpint(area.y + area.height, <=, gtk_widget_get_allocated_height(GTK_WIDGET(f->body)));
}

char *
hs_table_fixture_cell(HsTableFixture *f, uint32_t position, int column)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(f->body));
  g_autoptr(AtkObject) cell = atk_table_ref_at(ATK_TABLE(accessible), (int)position, column);

  return g_strdup(atk_object_get_name(cell));
}
