/* SPDX-License-Identifier: MIT */
/* The parts of the real window: sidebar, menus, panes and table work on the same trace; each has a name for screen
 * readers; nothing is left behind when the window closes. */
#include <gtk/gtk-a11y.h>
#include <string.h>

#include "hs-menus.h"
#include "hs-table-header.h"
#include "hs-table.h"
#include "hs-time-pane.h"
#include "hs-ui-support.h"

static const char *sample;

static HsTimeline *
timeline_of(HsWindow *window)
{
  return hs_document_get_timeline(hs_window_get_document(window));
}

/* --- names --- */

/* What only holds others needs no name. */
static gboolean
needs_name(GtkWidget *widget, AtkObject *accessible)
{
  AtkRole role = atk_object_get_role(accessible);
  return gtk_widget_get_can_focus(widget) && role != ATK_ROLE_SCROLL_PANE && role != ATK_ROLE_PANEL &&
         role != ATK_ROLE_FILLER && !GTK_IS_WINDOW(widget);
}

static guint
check_names(HsWindow *window)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  guint n_named = 0;
  for (guint i = 0; i < all->len; i++) {
    GtkWidget *widget = all->pdata[i];
    AtkObject *accessible = gtk_widget_get_accessible(widget);
    if (!needs_name(widget, accessible))
      continue;
    const char *name = atk_object_get_name(accessible);
    if (name == NULL || *name == '\0')
      g_error("a %s (%s) has no name", G_OBJECT_TYPE_NAME(widget), atk_role_get_name(atk_object_get_role(accessible)));
    g_assert_cmpint(atk_object_get_role(accessible), !=, ATK_ROLE_UNKNOWN);
    n_named++;
  }
  return n_named;
}

/* Makes what is made when it is first seen: titles of tables, menus. */
static void
show_all_once(HsWindow *window)
{
  static const char *const tabs[] = {"allocations", "heaps", "events"};
  for (guint i = 0; i < G_N_ELEMENTS(tabs); i++)
    hs_ui_act(window, "tab", g_variant_new_string(tabs[i]));
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  for (guint i = 0; i < all->len; i++) {
    if (!GTK_IS_MENU_BUTTON(all->pdata[i]) || !gtk_widget_get_mapped(all->pdata[i]))
      continue;
    gtk_toggle_button_set_active(all->pdata[i], TRUE);
    gtk_toggle_button_set_active(all->pdata[i], FALSE);
  }
}

static void
test_names(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  guint n_at_first = check_names(window);
  show_all_once(window);
  guint n_named = check_names(window);
  g_test_message("%u names, %u at first", n_named, n_at_first);
  g_assert_cmpuint(n_named, >, 150);
  g_assert_cmpuint(n_at_first, <, n_named);
  hs_ui_close_window(window);
}

/* --- menus --- */

/* The menus that buttons show: each item must name an action that exists and takes its target. */
static void
check_menu(HsWindow *window, GMenuModel *menu, guint *n_items)
{
  for (int i = 0; i < g_menu_model_get_n_items(menu); i++) {
    g_autoptr(GMenuModel) section = g_menu_model_get_item_link(menu, i, G_MENU_LINK_SECTION);
    g_autoptr(GMenuModel) submenu = g_menu_model_get_item_link(menu, i, G_MENU_LINK_SUBMENU);
    if (section != NULL || submenu != NULL) {
      check_menu(window, section != NULL ? section : submenu, n_items);
      continue;
    }
    g_autofree char *action = NULL, *label = NULL;
    g_assert_true(g_menu_model_get_item_attribute(menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action));
    g_assert_true(g_menu_model_get_item_attribute(menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label));
    g_autoptr(GVariant) target = g_menu_model_get_item_attribute_value(menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
    GActionGroup *group = g_str_has_prefix(action, "app.") ? G_ACTION_GROUP(hs_ui_application) : G_ACTION_GROUP(window);
    const char *name = strchr(action, '.') + 1;
    if (!g_action_group_has_action(group, name))
      g_error("“%s”: there is no action %s", label, action);
    const GVariantType *type = g_action_group_get_action_parameter_type(group, name);
    g_assert_true((type == NULL) == (target == NULL));
    g_assert_true(type == NULL || g_variant_is_of_type(target, type));
    (*n_items)++;
  }
}

static void
test_menus(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  guint n_items = 0;
  for (guint i = 0; i < all->len; i++) {
    GMenuModel *menu = GTK_IS_MENU_BUTTON(all->pdata[i]) ? hs_menus_of(all->pdata[i]) : NULL;
    if (menu != NULL)
      check_menu(window, menu, &n_items);
  }
  g_assert_cmpuint(n_items, >, 12);
  hs_ui_close_window(window);
}

static gboolean
is_menu_open(HsWindow *window)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  for (guint i = 0; i < all->len; i++) {
    if (GTK_IS_MODEL_BUTTON(all->pdata[i]) && gtk_widget_get_mapped(all->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_menu_closed(HsWindow *window)
{
  return !is_menu_open(window);
}

/* A menu's widgets are made when it is first opened; it opens again, too. */
static void
test_menu_opens(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  g_assert_false(is_menu_open(window));
  for (int i = 0; i < 2; i++) {
    hs_ui_act(window, "main-menu", NULL);
    hs_ui_wait_for(window, is_menu_open);
    hs_ui_act(window, "main-menu", NULL);
    hs_ui_wait_for(window, is_menu_closed);
  }
  hs_ui_close_window(window);
}

static void
assert_items(GtkMenuButton *button, int n)
{
  GMenuModel *menu = hs_menus_of(button);
  g_assert_cmpint(menu != NULL ? g_menu_model_get_n_items(menu) : 0, ==, n);
  g_assert_cmpint(gtk_widget_get_sensitive(GTK_WIDGET(button)), ==, menu != NULL);
}

/* A button gets one menu after another, opened or not. */
static void
test_menu_changes(void)
{
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL), *widget = gtk_menu_button_new();
  GtkMenuButton *button = GTK_MENU_BUTTON(widget);
  GMenu *menus[3];
  for (int i = 0; i < 3; i++) {
    menus[i] = g_menu_new();
    for (int k = 0; k <= i; k++)
      g_menu_append(menus[i], "item", "win.none");
  }
  gtk_container_add(GTK_CONTAINER(window), widget);
  gtk_widget_show_all(window);
  hs_menus_set(button, G_MENU_MODEL(menus[0]));
  assert_items(button, 1);
  hs_menus_set(button, NULL);
  assert_items(button, 0);
  hs_menus_set(button, G_MENU_MODEL(menus[1]));
  assert_items(button, 2);
  g_assert_null(gtk_menu_button_get_popover(button));
  gtk_button_clicked(GTK_BUTTON(widget));
  g_assert_true(gtk_widget_get_visible(GTK_WIDGET(gtk_menu_button_get_popover(button))));
  assert_items(button, 2);
  hs_menus_set(button, G_MENU_MODEL(menus[2])); /* while it is open */
  assert_items(button, 3);
  gtk_widget_hide(GTK_WIDGET(gtk_menu_button_get_popover(button)));
  hs_menus_set(button, G_MENU_MODEL(menus[0]));
  assert_items(button, 1);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(widget), FALSE);
  gtk_button_clicked(GTK_BUTTON(widget));
  g_assert_true(gtk_widget_get_visible(GTK_WIDGET(gtk_menu_button_get_popover(button))));
  gtk_widget_hide(GTK_WIDGET(gtk_menu_button_get_popover(button)));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  gtk_widget_destroy(window);
  for (int i = 0; i < 3; i++)
    g_object_unref(menus[i]);
}

/* --- titles of tables --- */

static GtkWidget *
find_header(HsWindow *window, HsTableHeader *but)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(window));
  for (guint i = 0; i < all->len; i++) {
    if (HS_IS_TABLE_HEADER(all->pdata[i]) && all->pdata[i] != (gpointer)but)
      return all->pdata[i];
  }
  g_assert_not_reached();
}

static void
count_child(AtkObject *accessible, guint index, gpointer child, guint *n)
{
  ++*n;
}

/* They are made when a table is first seen, who listens hears of it, and nothing else takes another place. */
static void
test_titles(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  GtkWidget *seen = hs_ui_find(window, "HsTableHeader"), *unseen = find_header(window, HS_TABLE_HEADER(seen));
  AtkObject *accessible = gtk_widget_get_accessible(unseen);
  guint n_told = 0;
  int height = gtk_widget_get_allocated_height(unseen);
  g_assert_cmpint(height, ==, gtk_widget_get_allocated_height(seen));
  g_assert_cmpint(atk_object_get_n_accessible_children(accessible), ==, 1);
  g_signal_connect(accessible, "children-changed::add", G_CALLBACK(count_child), &n_told);
  hs_ui_act(window, "tab", g_variant_new_string("allocations"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_true(gtk_widget_get_mapped(unseen));
  g_assert_cmpint(atk_object_get_n_accessible_children(accessible), >, 10);
  g_assert_cmpint(atk_object_get_n_accessible_children(accessible), ==, (int)n_told + 1);
  g_assert_cmpint(gtk_widget_get_allocated_height(unseen), ==, height);
  hs_ui_close_window(window);
}

static void
clear_filter(HsWindow *window)
{
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_wait_for(window, hs_ui_is_applied);
}

static void
test_table_menu(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = timeline_of(window);
  GtkWidget *body = hs_ui_find(window, "HsTableBody");
  hs_ui_act(window, "choose-row", g_variant_new_uint32(5000));
  HsEvent event;
  hs_timeline_event(t, 5000, &event);
  hs_ui_popup(body);
  hs_ui_choose_item(body, "Show only this heap");
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, HS_GET(hs_timeline_heap(t, event.heap)->n_events));
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, 5000);
  clear_filter(window);
  hs_ui_popup(body);
  hs_ui_choose_item(body, "Hide this source");
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==,
                  hs_timeline_n_rows(t) - HS_GET(t->totals.sources[event.source]));
  hs_ui_close_window(window);
}

static guint
count_windows(void)
{
  guint n = 0;
  GList *all = gtk_window_list_toplevels();
  for (GList *l = all; l != NULL; l = l->next)
    n += gtk_widget_get_visible(l->data) && gtk_window_get_window_type(l->data) == GTK_WINDOW_TOPLEVEL;
  g_list_free(all);
  return n;
}

/* Help, shortcuts, about and the main menu open, and close again. */
static void
test_dialogs(void)
{
  static const char *const actions[] = {"help", "shortcuts", "about"};
  guint before = count_windows();
  HsWindow *window = hs_ui_open_window(sample);
  g_assert_cmpuint(count_windows(), ==, before + 1);
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
    g_action_group_activate_action(G_ACTION_GROUP(hs_ui_application), actions[i], NULL);
    hs_ui_wait_for(window, hs_window_is_settled);
    g_assert_cmpuint(count_windows(), ==, before + 2 + i);
  }
  g_autoptr(GPtrArray) all = hs_ui_widgets(hs_ui_find(window, "GtkHeaderBar"));
  hs_ui_act(window, "main-menu", NULL);
  guint n_open = 0;
  for (guint i = 0; i < all->len; i++)
    n_open += GTK_IS_MENU_BUTTON(all->pdata[i]) && gtk_toggle_button_get_active(all->pdata[i]);
  g_assert_cmpuint(n_open, ==, 1);
  GList *open = gtk_window_list_toplevels();
  for (GList *l = open; l != NULL; l = l->next) {
    if (gtk_window_get_transient_for(l->data) == GTK_WINDOW(window))
      gtk_window_close(l->data);
  }
  g_list_free(open);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_close_window(window);
  g_assert_cmpuint(count_windows(), ==, before);
}

/* --- sidebar --- */

static AtkObject *
tree_cell(HsWindow *window, int row, int part)
{
  AtkObject *tree = gtk_widget_get_accessible(hs_ui_find(window, "HsHeapTree"));
  AtkObject *cell = atk_table_ref_at(ATK_TABLE(tree), row, 0);
  g_assert_nonnull(cell);
  AtkObject *child = atk_object_ref_accessible_child(cell, part);
  g_assert_nonnull(child);
  g_object_unref(cell);
  return child;
}

static void
toggle_tree_row(HsWindow *window, int row)
{
  AtkObject *check = tree_cell(window, row, 0);
  g_assert_true(atk_action_do_action(ATK_ACTION(check), 0));
  g_object_unref(check);
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_wait_for(window, hs_window_is_settled);
}

/* The first row is the first heap's process, the second that heap. */
static void
test_heap_tree(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = timeline_of(window);
  const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){0});
  guint64 of_process = 0;
  for (guint32 i = 0; i < hs_timeline_n_heaps(t); i++) {
    const HsHeap *other = hs_timeline_heap(t, (HsHeapId){i});
    if (other->process.v == heap->process.v)
      of_process += HS_GET(other->n_events);
  }
  toggle_tree_row(window, 1);
  gint64 rest = hs_timeline_n_rows(t) - HS_GET(heap->n_events);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, rest);
  g_assert_cmpuint(hs_table_get_n_rows(HS_TABLE(hs_ui_find(window, "HsTable"))), ==, rest);
  g_assert_cmpint(hs_ui_state_int(window, "outstanding_bytes"), ==,
                  HS_GET(t->totals.outstanding_bytes) - HS_GET(heap->outstanding_bytes));
  toggle_tree_row(window, 1);
  hs_ui_assert_text(window, "filter", "");
  toggle_tree_row(window, 0);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, hs_timeline_n_rows(t) - of_process);
  toggle_tree_row(window, 0);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, hs_timeline_n_rows(t));
  hs_ui_close_window(window);
}

static GtkWidget *
source_check(HsWindow *window, HsSource source)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(hs_ui_find(window, "HsSourceList"));
  for (guint i = 0; i < all->len; i++) {
    if (GTK_IS_CHECK_BUTTON(all->pdata[i]) &&
        g_str_equal(atk_object_get_name(gtk_widget_get_accessible(all->pdata[i])), hs_source_title(source)))
      return all->pdata[i];
  }
  g_error("there is no check box for %s", hs_source_title(source));
}

static void
test_source_list(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = timeline_of(window);
  GtkWidget *check = source_check(window, HS_SOURCE_LOWFRAG);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(check), FALSE);
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==,
                  hs_timeline_n_rows(t) - HS_GET(t->totals.sources[HS_SOURCE_LOWFRAG]));
  /* An action and the box say the same. */
  clear_filter(window);
  g_assert_true(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(check)));
  hs_ui_popup(check);
  hs_ui_choose_item(check, "Show only this source");
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, HS_GET(t->totals.sources[HS_SOURCE_LOWFRAG]));
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(source_check(window, HS_SOURCE_SEGMENT_HEAP))));
  hs_ui_close_window(window);
}

/* --- map --- */

static gboolean
has_chosen(HsWindow *window)
{
  return hs_document_get_block(hs_window_get_document(window)).v != HS_ID_NONE;
}

/* Clicks down the middle of the map until a bar is hit; its position. */
static void
click_a_bar(HsWindow *window, GtkWidget *map, double *x, double *y)
{
  HsViewport viewport;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &viewport));
  *x = viewport.x + viewport.width / 2.0;
  for (*y = viewport.y + 20; *y < viewport.y + viewport.height; *y += 3) {
    hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_PRESS, *x, *y));
    hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_RELEASE, *x, *y));
    hs_ui_wait_for(window, hs_window_is_settled);
    if (has_chosen(window))
      return;
  }
  g_error("there is no bar in the middle of the map");
}

static void
test_map(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  HsTimeline *t = timeline_of(window);
  GtkWidget *map = hs_ui_find(window, "HsAddressMap");
  double x, y;
  click_a_bar(window, map, &x, &y);
  HsBlock block;
  hs_timeline_block(t, hs_document_get_block(document), hs_timeline_n_rows(t), &block);
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, block.begin_row);

  /* The same place, with the other button. */
  GdkEvent *press = hs_ui_pointer_event(map, GDK_BUTTON_PRESS, x, y);
  GdkEvent *release = hs_ui_pointer_event(map, GDK_BUTTON_RELEASE, x, y);
  press->button.button = release->button.button = GDK_BUTTON_SECONDARY;
  release->button.state = GDK_BUTTON3_MASK;
  hs_ui_send(press);
  hs_ui_send(release);
  hs_ui_choose_item(map, "Show only heap");
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, HS_GET(hs_timeline_heap(t, block.heap)->n_events));
  hs_ui_close_window(window);
}

/* --- layout --- */

static int
height_of(HsWindow *window, const char *type_name)
{
  return gtk_widget_get_allocated_height(hs_ui_find(window, type_name));
}

static void
test_proportions(void)
{
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, sample));
  hs_window_set_content_size(window, 1200, 800);
  hs_ui_wait_for(window, hs_window_is_settled);
  int chart = height_of(window, "HsSizeChart"), map = height_of(window, "HsAddressMap");
  int panes = chart + map + height_of(window, "GtkNotebook");
  g_test_message("of %d px: chart %d, map %d", panes, chart, map);
  g_assert_cmpfloat_with_epsilon((double)chart / panes, 0.195, 0.02);
  g_assert_cmpfloat_with_epsilon((double)map / panes, 0.41, 0.02);
  hs_ui_close_window(window);
}

/* --- the end --- */

static void
on_gone(gpointer data, GObject *object)
{
  (*(guint *)data)++;
}

static void
test_nothing_is_left(void)
{
  static const char *const types[] = {"HsAddressMap", "HsSizeChart", "HsOverview", "HsRuler",
                                      "HsTableBody",  "HsHeapTree",  "HsTable",    "HsSourceList"};
  HsWindow *window = hs_ui_open_window(sample);
  guint n_gone = 0, n_objects = 2;
  g_object_weak_ref(G_OBJECT(window), on_gone, &n_gone);
  g_object_weak_ref(G_OBJECT(hs_window_get_document(window)), on_gone, &n_gone);
  for (guint i = 0; i < G_N_ELEMENTS(types); i++, n_objects++)
    g_object_weak_ref(G_OBJECT(hs_ui_find(window, types[i])), on_gone, &n_gone);
  hs_ui_act(window, "choose-row", g_variant_new_uint32(5000));
  hs_ui_popup(hs_ui_find(window, "HsTableBody"));
  hs_ui_choose_item(hs_ui_find(window, "HsTableBody"), "Show only this source");
  hs_ui_act(window, "select-range", g_variant_new("(xx)", G_GINT64_CONSTANT(1), G_GINT64_CONSTANT(9000000000)));
  hs_ui_act(window, "sort", g_variant_new("(sb)", "size", TRUE));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_close_window(window);
  gint64 end = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;
  while (n_gone < n_objects && g_get_monotonic_time() < end) {
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  }
  g_assert_cmpuint(n_gone, ==, n_objects);
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
  g_test_add_func("/window-parts/names", test_names);
  g_test_add_func("/window-parts/menus", test_menus);
  g_test_add_func("/window-parts/menu-opens", test_menu_opens);
  g_test_add_func("/window-parts/menu-changes", test_menu_changes);
  g_test_add_func("/window-parts/titles", test_titles);
  g_test_add_func("/window-parts/table-menu", test_table_menu);
  g_test_add_func("/window-parts/dialogs", test_dialogs);
  g_test_add_func("/window-parts/heap-tree", test_heap_tree);
  g_test_add_func("/window-parts/source-list", test_source_list);
  g_test_add_func("/window-parts/map", test_map);
  g_test_add_func("/window-parts/proportions", test_proportions);
  g_test_add_func("/window-parts/nothing-is-left", test_nothing_is_left);
  return hs_ui_run();
}
