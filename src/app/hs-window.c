/* SPDX-License-Identifier: MIT */
#include "hs-config.h"
#include "hs-menus.h"
#include "hs-settings.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Shares of the panes' height where nothing else is remembered. */
#define CHART_SHARE 0.195
#define MAP_SHARE 0.41
#define N_RECENT 10
#define SIDEBAR_PX 284
/* Frames in which to bring the panes to their places. */
#define MAX_PLACE_TRIES 6

G_DEFINE_FINAL_TYPE(HsWindow, hs_window, GTK_TYPE_APPLICATION_WINDOW)

HsClock
hs_window_clock(HsWindow *self)
{
  HsClock clock = {0};
  if (self->document != NULL)
    clock = hs_timeline_clock(hs_document_get_timeline(self->document));
  if (clock.frequency == 0)
    clock.frequency = 10000000;
  return clock;
}

HsDocument *
hs_window_get_document(HsWindow *self)
{
  return self->document;
}

static gboolean
has_failed(HsWindow *self)
{
  return self->document != NULL && hs_loader_outcome(hs_document_get_loader(self->document)) == HS_LOAD_FAILED;
}

gboolean
hs_window_has_trace(HsWindow *self)
{
  return self->document != NULL && !has_failed(self);
}

gboolean
hs_window_is_free(HsWindow *self)
{
  /* What went wrong is shown before something else takes its place. */
  return self->document == NULL || (has_failed(self) && self->load_told);
}

/* --- following the document --- */

static void
on_view_changed(HsWindow *self)
{
  hs_window_update_actions(self);
  hs_window_queue_status(self);
  hs_window_queue_view_state(self);
}

static void
on_choice_changed(HsWindow *self)
{
  self->fit_t0 = self->fit_t1 = 0;
  hs_window_update_actions(self);
  hs_window_queue_view_state(self);
}

static void
remember_recent(HsWindow *self)
{
  char *groups[] = {(char *)"Heapscope", NULL};
  GtkRecentData recent = {.mime_type = (char *)"application/x-ms-etl",
                          .app_name = (char *)"Heapscope",
                          .app_exec = (char *)"heapscope %f",
                          .groups = groups};
  g_autoptr(GFile) file = g_file_new_for_path(hs_document_get_path(self->document));
  g_autofree char *uri = g_file_get_uri(file);
  gboolean enabled = TRUE;
  g_object_get(gtk_settings_get_default(), "gtk-recent-files-enabled", &enabled, NULL);
  if (enabled)
    gtk_recent_manager_add_full(gtk_recent_manager_get_default(), uri, &recent);
}

static void
set_panes_document(HsWindow *self, HsDocument *document)
{
  hs_glide_set_document(self->glide, document);
  hs_sidebar_set_document(self->sidebar, document);
  hs_time_pane_set_document(self->overview, document);
  hs_time_pane_set_document(self->ruler, document);
  hs_time_pane_set_document(self->chart, document);
  hs_window_set_map_document(self, document);
  hs_summary_view_set_document(self->summary, document);
  hs_histogram_view_set_document(self->histogram, document);
  hs_health_view_set_document(self->health, document);
  HsTimeline *timeline = document != NULL ? hs_document_get_timeline(document) : NULL;
  hs_filter_bar_set_timeline(self->filter_bar, timeline);
  hs_find_bar_set_timeline(self->find_bar, timeline);
  hs_table_set_document(self->table, document);
  hs_table_set_document(self->allocations, document);
  hs_table_set_document(self->heaps, document);
  hs_window_set_places_document(self, document);
}

static void
show_failure(HsWindow *self)
{
  const GError *error = hs_loader_error(hs_document_get_loader(self->document));
  g_autofree char *title = hs_document_dup_title(self->document);
  set_panes_document(self, NULL);
  hs_start_page_set_error(self->start_page, title, error != NULL ? error->message : _("The file cannot be read."));
  gtk_stack_set_visible_child(self->pages, GTK_WIDGET(self->start_page));
  hs_window_choose_member(self);
  hs_window_choose_part(self);
}

static void
on_load_ended(HsWindow *self)
{
  self->load_told = TRUE;
  if (has_failed(self)) {
    show_failure(self);
    return;
  }
  hs_window_update_notices(self);
  remember_recent(self);
}

static void
on_loading_changed(HsWindow *self)
{
  gboolean loading = hs_document_get_marks(self->document).loaded_to != INT64_MAX;
  if (!loading && !self->load_told)
    on_load_ended(self);
  on_view_changed(self);
}

static void
drop_document(HsWindow *self)
{
  g_cancellable_cancel(self->counting);
  g_clear_object(&self->counting);
  g_clear_pointer(&self->figures_rows, hs_row_set_unref);
  hs_finder_stop(self->finder);
  hs_address_finder_stop(self->address_finder);
  if (self->document == NULL)
    return;
  g_signal_handlers_disconnect_by_data(self->document, self);
  hs_document_close(self->document);
  g_clear_object(&self->document);
}

static void
show_nothing(HsWindow *self)
{
  set_panes_document(self, NULL);
  drop_document(self);
}

/* Into a window that shows nothing. */
static void
show_load(HsWindow *self, HsLoader *loader)
{
  self->document = hs_document_new_loading(loader);
  self->load_told = FALSE;
  hs_window_apply_chart_actions(self);
  hs_window_color_map(self);
  g_signal_connect_swapped(self->document, "range-changed", G_CALLBACK(on_view_changed), self);
  g_signal_connect_swapped(self->document, "selection-changed", G_CALLBACK(on_view_changed), self);
  g_signal_connect_swapped(self->document, "filter-changed", G_CALLBACK(on_view_changed), self);
  g_signal_connect_swapped(self->document, "data-changed", G_CALLBACK(on_view_changed), self);
  g_signal_connect_swapped(self->document, "choice-changed", G_CALLBACK(on_choice_changed), self);
  g_signal_connect_swapped(self->document, "loading-changed", G_CALLBACK(on_loading_changed), self);

  g_autofree char *title = hs_document_dup_title(self->document);
  g_autofree char *window_title = g_strdup_printf(_("%s – Heapscope"), title);
  gtk_label_set_label(self->title_label, title);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->title_label), hs_loader_path(loader));
  gtk_window_set_title(GTK_WINDOW(self), window_title);
  hs_start_page_set_error(self->start_page, NULL, NULL);
  set_panes_document(self, self->document);
  gtk_stack_set_visible_child_name(self->pages, "trace");
  hs_window_focus_map(self);
  hs_window_update_notices(self);
  hs_window_update_status(self);
  on_view_changed(self);
}

void
hs_window_open(HsWindow *self, const char *path)
{
  hs_window_open_member(self, path, NULL);
}

void
hs_window_open_member(HsWindow *self, const char *path, const char *member)
{
  HsLoadChoice choice = hs_settings_get_load_choice(self->settings);
  hs_window_open_part(self, path, member, &choice);
}

void
hs_window_open_part(HsWindow *self, const char *path, const char *member, const HsLoadChoice *choice)
{
  /* First, so that its memory is there for the load. */
  show_nothing(self);
  show_load(self, hs_loader_start_choice(path, member, choice));
}

void
hs_window_open_loading(HsWindow *self, HsLoader *loader)
{
  show_nothing(self);
  show_load(self, loader);
}

/* --- keyboard --- */

/* Keys that move within what has the focus. */
static gboolean
is_navigation(guint key)
{
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
  case GDK_KEY_Up:
  case GDK_KEY_Down:
  case GDK_KEY_Home:
  case GDK_KEY_End:
  case GDK_KEY_Page_Up:
  case GDK_KEY_Page_Down:
  case GDK_KEY_Escape:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Keys without Ctrl or Alt are for what has the focus, if one writes there or the key moves within it; only then for
 * the window's shortcuts. In an entry and in an open popover they never are shortcuts. */
static gboolean
hs_window_key_press(GtkWidget *widget, GdkEventKey *event)
{
  GtkWindow *window = GTK_WINDOW(widget);
  GdkModifierType modifiers = event->state & gtk_accelerator_get_default_mod_mask();
  GtkWidget *focus = gtk_window_get_focus(window);

  if ((modifiers & ~GDK_SHIFT_MASK) == 0 && focus != NULL) {
    gboolean closed = GTK_IS_EDITABLE(focus) || gtk_widget_get_ancestor(focus, GTK_TYPE_POPOVER) != NULL;
    if ((closed || is_navigation(event->keyval)) && gtk_window_propagate_key_event(window, event))
      return GDK_EVENT_STOP;
    if (closed)
      return gtk_bindings_activate_event(G_OBJECT(widget), event);
  }
  return GTK_WIDGET_CLASS(hs_window_parent_class)->key_press_event(widget, event);
}

/* --- size and panes --- */

/* A window of a given size is to look the same everywhere: it takes no notice of what was remembered. */
static int
wanted_position(HsWindow *self, const char *key, double fallback, int height)
{
  double share = self->settings != NULL && !self->size_given ? g_settings_get_double(self->settings, key) : fallback;
  return (int)(height * share);
}

static gboolean
set_position(GtkPaned *paned, int position)
{
  int minimum, maximum;
  g_object_get(paned, "min-position", &minimum, "max-position", &maximum, NULL);
  position = CLAMP(position, minimum, MAX(minimum, maximum));
  if (gtk_paned_get_position(paned) == position)
    return TRUE;
  gtk_paned_set_position(paned, position);
  return FALSE;
}

/* The panes get their shares of the height. A pane that changes its height moves the handle inside it in proportion:
 * so what came of the positions is looked at in the next frame, and put right. */
static gboolean
place_panes(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HsWindow *self = data;
  int height = gtk_widget_get_allocated_height(widget);
  gboolean chart = set_position(self->chart_paned, wanted_position(self, "chart-share", CHART_SHARE, height));
  gboolean map = set_position(self->map_paned, wanted_position(self, "map-share", MAP_SHARE, height));

  if (!(chart && map) && ++self->place_tries < MAX_PLACE_TRIES)
    return G_SOURCE_CONTINUE;
  self->placing = 0;
  self->panes_placed = TRUE;
  return G_SOURCE_REMOVE;
}

static void
on_panes_allocate(GtkWidget *widget, GdkRectangle *allocation, HsWindow *self)
{
  if (self->panes_placed || self->placing != 0 || allocation->height < 300 || self->wanted_width != 0)
    return;
  /* Not now: in the middle of an allocation, a paned takes no notice of a new position. */
  self->place_tries = 0;
  self->placing = gtk_widget_add_tick_callback(widget, place_panes, self, NULL);
}

void
hs_window_set_content_size(HsWindow *self, int width, int height)
{
  self->wanted_width = width;
  self->wanted_height = height;
  self->size_tries = 0;
  self->size_given = TRUE;
  gtk_window_unmaximize(GTK_WINDOW(self));
  gtk_paned_set_position(self->sidebar_paned, SIDEBAR_PX);
  gtk_window_set_default_size(GTK_WINDOW(self), width, height);
}

/* What title bar and shadows add to a size differs between themes and window systems: so the size is corrected by what
 * came of it. */
static gboolean
adjust_size(gpointer data)
{
  HsWindow *self = data;
  if (self->wanted_width == 0 || !gtk_widget_get_realized(GTK_WIDGET(self)))
    return G_SOURCE_REMOVE;
  GdkRectangle area = hs_window_content_rectangle(self);
  int width, height;
  if ((area.width == self->wanted_width && area.height == self->wanted_height) || self->size_tries++ >= 20) {
    self->wanted_width = self->wanted_height = 0;
    gtk_widget_queue_resize(GTK_WIDGET(self->chart_paned));
    return G_SOURCE_REMOVE;
  }
  gtk_window_get_size(GTK_WINDOW(self), &width, &height);
  gtk_window_resize(GTK_WINDOW(self), MAX(width + self->wanted_width - area.width, 1),
                    MAX(height + self->wanted_height - area.height, 1));
  return G_SOURCE_CONTINUE;
}

static void
hs_window_map(GtkWidget *widget)
{
  HsWindow *self = HS_WINDOW(widget);
  GTK_WIDGET_CLASS(hs_window_parent_class)->map(widget);
  if (self->wanted_width != 0)
    g_timeout_add_full(G_PRIORITY_DEFAULT, 50, adjust_size, g_object_ref(self), g_object_unref);
}

void
hs_window_remember_size(HsWindow *self)
{
  int width, height, panes = gtk_widget_get_allocated_height(GTK_WIDGET(self->chart_paned));
  gboolean maximized = gtk_window_is_maximized(GTK_WINDOW(self));

  if (self->settings == NULL || self->size_given)
    return;
  g_settings_set_boolean(self->settings, "window-maximized", maximized);
  gtk_window_get_size(GTK_WINDOW(self), &width, &height);
  if (!maximized)
    g_settings_set(self->settings, "window-size", "(ii)", width, height);
  g_settings_set_int(self->settings, "sidebar-width", CLAMP(gtk_paned_get_position(self->sidebar_paned), 150, 2000));
  if (!self->panes_placed || panes < 300)
    return;
  double chart = (double)gtk_paned_get_position(self->chart_paned) / panes;
  double map = (double)gtk_paned_get_position(self->map_paned) / panes;
  g_settings_set_double(self->settings, "chart-share", CLAMP(chart, 0.02, 0.9));
  g_settings_set_double(self->settings, "map-share", CLAMP(map, 0.02, 0.9));
}

static void
restore_settings(HsWindow *self)
{
  int width, height;
  if (self->settings == NULL)
    return;
  g_settings_get(self->settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size(GTK_WINDOW(self), CLAMP(width, 400, 16000), CLAMP(height, 300, 16000));
  if (g_settings_get_boolean(self->settings, "window-maximized"))
    gtk_window_maximize(GTK_WINDOW(self));
  gtk_paned_set_position(self->sidebar_paned, g_settings_get_int(self->settings, "sidebar-width"));
  hs_window_restore_chart_actions(self);
  g_autofree char *map_color = g_settings_get_string(self->settings, "map-color");
  g_action_group_change_action_state(G_ACTION_GROUP(self), "color-by", g_variant_new_string(map_color));
}

static gboolean
hs_window_delete_event(GtkWidget *widget, GdkEventAny *event)
{
  hs_window_remember_size(HS_WINDOW(widget));
  return GDK_EVENT_PROPAGATE;
}

/* --- dropped files, recent files, info bars --- */

static void
hs_window_drag_data_received(GtkWidget *widget, GdkDragContext *context, int x, int y, GtkSelectionData *data,
                             guint info, guint time)
{
  g_auto(GStrv) uris = gtk_selection_data_get_uris(data);
  GApplication *application = G_APPLICATION(gtk_window_get_application(GTK_WINDOW(widget)));

  for (gsize i = 0; uris != NULL && uris[i] != NULL && application != NULL; i++)
    g_action_group_activate_action(G_ACTION_GROUP(application), "open-uri", g_variant_new_string(uris[i]));
}

static void
fill_recent_menu(HsWindow *self)
{
  g_autoptr(GMenu) menu = g_menu_new();
  GList *traces = hs_recent_traces(N_RECENT);

  for (GList *l = traces; l != NULL; l = l->next) {
    g_autofree char *name = g_strdup(gtk_recent_info_get_display_name(l->data));
    g_auto(GStrv) parts = g_strsplit(name, "_", -1);
    g_autofree char *label = g_strjoinv("__", parts);
    g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
    g_menu_item_set_action_and_target(item, "app.open-uri", "s", gtk_recent_info_get_uri(l->data));
    g_menu_append_item(menu, item);
  }
  hs_menus_set(self->recent_button, traces != NULL ? G_MENU_MODEL(menu) : NULL);
  g_list_free_full(traces, (GDestroyNotify)gtk_recent_info_unref);
}

static void
on_bar_response(GtkInfoBar *bar, int response, HsWindow *self)
{
  gtk_widget_hide(GTK_WIDGET(bar));
}

/* GTK's own close buttons have no name. */
static void
name_close_button(GtkWidget *widget, gpointer data)
{
  if (GTK_IS_BUTTON(widget))
    atk_object_set_name(gtk_widget_get_accessible(widget), _("Close this message"));
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), name_close_button, NULL);
}

/* Tab would come to the tables before the map above them. There is no other way to tell a GtkPaned. */
static void
order_focus(GtkPaned *paned)
{
  GList chain[2] = {{gtk_paned_get_child1(paned), &chain[1], NULL}, {gtk_paned_get_child2(paned), NULL, &chain[0]}};
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gtk_container_set_focus_chain(GTK_CONTAINER(paned), chain);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* --- type --- */

static void
hs_window_dispose(GObject *object)
{
  HsWindow *self = HS_WINDOW(object);
  g_clear_handle_id(&self->state_idle, g_source_remove);
  g_clear_handle_id(&self->status_idle, g_source_remove);
  g_clear_handle_id(&self->tell_id, g_source_remove);
  g_clear_pointer(&self->told, g_free);
  g_clear_pointer(&self->finder, hs_finder_free);
  g_clear_pointer(&self->address_finder, hs_address_finder_free);
  if (self->placing != 0)
    gtk_widget_remove_tick_callback(GTK_WIDGET(self->chart_paned), self->placing);
  self->placing = 0;
  if (self->sidebar != NULL)
    set_panes_document(self, NULL);
  drop_document(self);
  g_clear_pointer(&self->glide, hs_glide_free);
  g_clear_object(&self->settings);
  self->sidebar = NULL;
  G_OBJECT_CLASS(hs_window_parent_class)->dispose(object);
}

static void
bind_children(GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource(widget_class, "/org/heapscope/Heapscope/hs-window.ui");
  gtk_widget_class_bind_template_child(widget_class, HsWindow, title_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, filter_bar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, recent_button);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, menu_button);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, display_button);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, pages);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, start_page);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, notice_bar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, notice_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, issue_bar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, issue_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, sidebar_paned);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, chart_paned);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, map_paned);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, sidebar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, overview);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, ruler);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, chart);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, map);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, map_stack);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, instant);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, tabs);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, table);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, allocations);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, heaps);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, summary);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, histogram);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, health);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, find_bar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, rows_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, range_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, load_stack);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, progress_box);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, progress_bar);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, progress_label);
  gtk_widget_class_bind_template_child(widget_class, HsWindow, totals_label);
  gtk_widget_class_bind_template_callback(widget_class, on_panes_allocate);
  gtk_widget_class_bind_template_callback(widget_class, on_bar_response);
  hs_window_bind_filter_bar(widget_class);
  hs_window_bind_find_bar(widget_class);
}

static void
hs_window_class_init(HsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  G_OBJECT_CLASS(klass)->dispose = hs_window_dispose;
  widget_class->map = hs_window_map;
  widget_class->delete_event = hs_window_delete_event;
  widget_class->key_press_event = hs_window_key_press;
  widget_class->drag_data_received = hs_window_drag_data_received;
  g_type_ensure(HS_TYPE_START_PAGE);
  g_type_ensure(HS_TYPE_SIDEBAR);
  g_type_ensure(HS_TYPE_OVERVIEW);
  g_type_ensure(HS_TYPE_RULER);
  g_type_ensure(HS_TYPE_SIZE_CHART);
  g_type_ensure(HS_TYPE_ADDRESS_MAP);
  g_type_ensure(HS_TYPE_INSTANT_PANE);
  g_type_ensure(HS_TYPE_FILTER_BAR);
  g_type_ensure(HS_TYPE_FIND_BAR);
  g_type_ensure(HS_TYPE_HEALTH_VIEW);
  g_type_ensure(HS_TYPE_HISTOGRAM_VIEW);
  g_type_ensure(HS_TYPE_SUMMARY_VIEW);
  g_type_ensure(HS_TYPE_TABLE);
  bind_children(widget_class);
}

static void
hs_window_init(HsWindow *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  hs_menus_set(self->menu_button, hs_menus_get("main_menu"));
  hs_menus_set(self->display_button, hs_menus_get("display_menu"));
  self->settings = hs_settings_new();
  self->glide = hs_glide_new(GTK_WINDOW(self));
  hs_window_add_actions(self);
  hs_window_add_filter_actions(self);
  hs_window_add_chart_actions(self);
  hs_window_add_find_actions(self);
  hs_window_add_member_actions(self);
  hs_window_add_part_actions(self);
  hs_window_add_map_actions(self);
  hs_window_add_instant_actions(self);
  hs_window_add_place_actions(self);
  hs_window_add_histogram_actions(self);
  hs_window_add_picture_actions(self);
  self->finder = hs_finder_new(hs_window_on_found, self);
  self->address_finder = hs_address_finder_new(hs_window_on_address_found, self);
  hs_window_add_view_state(self);
  hs_window_update_actions(self);
  restore_settings(self);
  hs_window_restore_instant(self);
  fill_recent_menu(self);
  hs_window_init_filter_bar(self);
  order_focus(self->map_paned);
  name_close_button(GTK_WIDGET(self->notice_bar), NULL);
  name_close_button(GTK_WIDGET(self->issue_bar), NULL);
  g_signal_connect_object(gtk_recent_manager_get_default(), "changed", G_CALLBACK(fill_recent_menu), self,
                          G_CONNECT_SWAPPED);
  gtk_drag_dest_set(GTK_WIDGET(self), GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets(GTK_WIDGET(self));
}

HsWindow *
hs_window_new(GtkApplication *application)
{
  return g_object_new(HS_TYPE_WINDOW, "application", application, NULL);
}
