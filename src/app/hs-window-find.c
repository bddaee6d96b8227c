/* SPDX-License-Identifier: MIT */
/* Finding rows by an expression, and going to a moment, a row or an address; tabs. */
#include "hs-config.h"
#include "hs-format.h"
#include "hs-go-to.h"
#include "hs-place.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

/* How long a short message stands in the status bar. */
#define TELL_S 8

/* --- tabs --- */

static const char *const tab_names[] = {"events", "allocations", "heaps", "summary", "histogram", "health"};

const char *
hs_window_get_tab(HsWindow *self)
{
  int page = gtk_notebook_get_current_page(self->tabs);
  const char *extra = hs_window_get_extra_tab(gtk_notebook_get_nth_page(self->tabs, page));
  if (extra != NULL)
    return extra;
  return page >= 0 && page < (int)G_N_ELEMENTS(tab_names) ? tab_names[page] : "";
}

void
hs_window_set_tab(HsWindow *self, const char *name)
{
  if (hs_window_show_extra_tab(self, name))
    return;
  for (int i = 0; i < (int)G_N_ELEMENTS(tab_names); i++) {
    if (g_str_equal(name, tab_names[i]))
      gtk_notebook_set_current_page(self->tabs, i);
  }
}

HsTable *
hs_window_get_table(HsWindow *self)
{
  const char *tab = hs_window_get_tab(self);
  if (g_str_equal(tab, "allocations"))
    return self->allocations;
  if (g_str_equal(tab, "biography") && self->biography != NULL)
    return self->biography;
  if (g_str_equal(tab, "compare") && self->compare != NULL)
    return hs_compare_view_get_table(self->compare);
  return g_str_equal(tab, "heaps") ? self->heaps : self->table;
}

ACTION(tab)
{
  GtkNotebook *tabs = HS_WINDOW(data)->tabs;
  hs_window_set_tab(data, g_variant_get_string(parameter, NULL));
  gtk_widget_child_focus(gtk_notebook_get_nth_page(tabs, gtk_notebook_get_current_page(tabs)), GTK_DIR_TAB_FORWARD);
}

static void
on_tab_switched(HsWindow *self)
{
  hs_window_queue_status(self);
  hs_window_queue_view_state(self);
}

/* --- short messages --- */

static gboolean
on_told(gpointer data)
{
  HsWindow *self = data;
  self->tell_id = 0;
  g_clear_pointer(&self->told, g_free);
  hs_window_update_status(self);
  return G_SOURCE_REMOVE;
}

void
hs_window_tell(HsWindow *self, const char *text)
{
  g_clear_handle_id(&self->tell_id, g_source_remove);
  g_free(self->told);
  self->told = g_strdup(text);
  self->tell_id = g_timeout_add_seconds(TELL_S, on_told, self);
  hs_window_update_status(self);
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(self->range_label));
  atk_object_notify_state_change(accessible, ATK_STATE_SHOWING, TRUE);
}

/* --- find --- */

/* What is searched: events, unless allocations are looked at. */
static HsTable *
table_to_search(HsWindow *self)
{
  if (hs_window_get_table(self) == self->allocations)
    return self->allocations;
  hs_window_set_tab(self, "events");
  return self->table;
}

void
hs_window_on_found(gpointer owner, const HsTableModel *model, bool of_blocks, const HsFound *found)
{
  HsWindow *self = owner;
  /* That which was searched, whatever is looked at by now. */
  HsTable *table = of_blocks ? self->allocations : self->table;
  char nth[HS_FORMAT_MAX], all[HS_FORMAT_MAX];
  g_autofree char *text = NULL;

  if (self->document == NULL)
    return;
  if (found->position == HS_POSITION_NONE) {
    text = g_strdup(_("No row that is shown matches"));
  } else {
    hs_format_count(nth, sizeof nth, found->nth);
    hs_format_count(all, sizeof all, found->n_matches);
    text =
        found->wrapped ? g_strdup_printf(_("%s of %s · wrapped"), nth, all) : g_strdup_printf(_("%s of %s"), nth, all);
    hs_table_go_to(table, hs_table_model_item(model, found->position));
  }
  hs_find_bar_tell(self->find_bar, text, found->position == HS_POSITION_NONE);
  hs_window_show_chosen(self);
  hs_window_queue_view_state(self);
}

static void
on_find_search(HsFindBar *bar, gboolean forward, HsWindow *self)
{
  if (!hs_window_has_trace(self))
    return;
  HsTable *table = table_to_search(self);
  g_autoptr(HsQuery) query = hs_query_parse(hs_find_bar_get_text(bar), NULL);
  const HsTableModel *model = hs_table_get_model(table);
  if (query == NULL || hs_query_is_empty(query) || model->set == NULL)
    return;
  hs_finder_search(self->finder, model, table == self->allocations, query, hs_table_get_cursor(table), forward != 0);
}

static void
on_find_closed(HsFindBar *bar, HsWindow *self)
{
  gtk_widget_grab_focus(GTK_WIDGET(hs_window_get_table(self)));
}

ACTION(find)
{
  hs_find_bar_open(HS_WINDOW(data)->find_bar);
}

ACTION(find_next)
{
  hs_find_bar_search(HS_WINDOW(data)->find_bar, TRUE);
}

ACTION(find_previous)
{
  hs_find_bar_search(HS_WINDOW(data)->find_bar, FALSE);
}

ACTION(find_expression)
{
  hs_find_bar_set_text(HS_WINDOW(data)->find_bar, g_variant_get_string(parameter, NULL));
  hs_find_bar_search(HS_WINDOW(data)->find_bar, TRUE);
}

/* --- go to --- */

/* The chosen event into the visible range, if it is outside. */
void
hs_window_show_chosen(HsWindow *self)
{
  HsRow row = hs_document_get_row(self->document);
  if (row >= hs_document_get_n_rows(self->document))
    return;
  int64_t t0, t1, ticks = hs_timeline_ticks(hs_document_get_timeline(self->document), row);
  hs_document_get_range(self->document, &t0, &t1);
  if (ticks < t0 || ticks >= t1)
    hs_document_set_range(self->document, ticks - (t1 - t0) / 2, ticks - (t1 - t0) / 2 + (t1 - t0), TRUE);
}

/* NULL if it went well, else why not. Free with g_free(). */
static char *
go_to_row(HsWindow *self, uint64_t row)
{
  char number[HS_FORMAT_MAX], last[HS_FORMAT_MAX];
  uint32_t n_rows = hs_document_get_n_rows(self->document);
  hs_format_count(number, sizeof number, row);
  hs_format_count(last, sizeof last, n_rows == 0 ? 0 : n_rows - 1);
  if (row >= n_rows)
    return g_strdup_printf(_("There is no row %s; the last is %s"), number, last);
  if (!hs_row_set_contains(hs_document_get_row_set(self->document), (HsRow)row))
    return g_strdup_printf(_("Row %s does not pass the filter"), number);
  hs_window_set_tab(self, "events");
  hs_document_choose_row(self->document, (HsRow)row);
  hs_window_show_chosen(self);
  return NULL;
}

static char *
go_to_time(HsWindow *self, int64_t time_ns)
{
  int64_t span0, span1, ticks = hs_clock_from_ns(hs_window_clock(self), time_ns);
  hs_document_get_span(self->document, &span0, &span1);
  if (ticks < span0 || ticks >= span1) {
    char end[HS_FORMAT_MAX];
    hs_format_time(end, sizeof end, hs_clock_to_ns(hs_window_clock(self), span1));
    return g_strdup_printf(_("The trace ends at %s"), end);
  }
  hs_document_set_cursor(self->document, ticks);
  /* The table shows what comes next. */
  HsRowSet *rows = hs_document_get_row_set(self->document);
  HsRow row = hs_timeline_row_at(hs_document_get_timeline(self->document), ticks, hs_row_set_n_rows(rows));
  row = hs_row_set_next(rows, row);
  if (row != UINT32_MAX)
    hs_document_choose_row(self->document, row);
  int64_t t0, t1;
  hs_document_get_range(self->document, &t0, &t1);
  if (ticks < t0 || ticks >= t1)
    hs_document_set_range(self->document, ticks - (t1 - t0) / 2, ticks - (t1 - t0) / 2 + (t1 - t0), TRUE);
  return NULL;
}

void
hs_window_on_address_found(gpointer owner, uint64_t address, HsBlockId found)
{
  HsWindow *self = owner;
  if (found.v == HS_ID_NONE) {
    char hex[HS_FORMAT_MAX];
    hs_format_hex(hex, sizeof hex, address);
    g_autofree char *text = g_strdup_printf(_("No block that passes the filter ever held %s"), hex);
    hs_window_tell(self, text);
    return;
  }
  if (self->wants_biography) {
    HsTimeline *timeline = hs_document_get_timeline(self->document);
    HsBlock block;
    hs_timeline_block(timeline, found, hs_document_get_n_rows(self->document), &block);
    HsProcessId process = hs_timeline_thread(timeline, block.thread)->process;
    hs_window_show_biography(self, hs_timeline_process(timeline, process)->pid, address);
    return;
  }
  hs_document_choose_block(self->document, found);
  hs_window_show_chosen(self);
}

/* The block that holds it, or who lived there, in the process that block is of. */
static void
go_to_address(HsWindow *self, uint64_t address, gboolean wants_biography)
{
  self->wants_biography = wants_biography;
  hs_address_finder_search(self->address_finder, self->document, address);
}

static char *
go_to(HsWindow *self, const HsPlace *place)
{
  if (place->kind == HS_PLACE_ROW)
    return go_to_row(self, place->row);
  if (place->kind == HS_PLACE_TIME)
    return go_to_time(self, place->time_ns);
  go_to_address(self, place->address, FALSE);
  return NULL;
}

static void
on_go_to_response(HsGoTo *dialog, int response, HsWindow *self)
{
  HsPlace place;
  g_autofree char *problem = NULL;
  if (response == GTK_RESPONSE_ACCEPT && hs_go_to_get_place(dialog, &place) && hs_window_has_trace(self))
    problem = go_to(self, &place);
  else if (response == HS_GO_TO_RESPONSE_WHO && hs_go_to_get_place(dialog, &place) && hs_window_has_trace(self))
    go_to_address(self, place.address, TRUE);
  if (problem != NULL)
    hs_go_to_tell(dialog, problem);
  else
    gtk_widget_destroy(GTK_WIDGET(dialog));
}

ACTION(go_to)
{
  GtkWidget *dialog = hs_go_to_new(data);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_go_to_response), data, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

ACTION(go_to_place)
{
  HsPlace place;
  g_auto(HsQueryError) error = {0};
  g_autofree char *problem = NULL;
  if (!hs_place_parse(g_variant_get_string(parameter, NULL), &place, &error)) {
    hs_window_tell(data, error.message);
    return;
  }
  problem = go_to(data, &place);
  if (problem != NULL)
    hs_window_tell(data, problem);
}

/* --- actions --- */

static const GActionEntry entries[] = {
    {"tab", activate_tab, "s", NULL, NULL},
    {"find", activate_find, NULL, NULL, NULL},
    {"find-next", activate_find_next, NULL, NULL, NULL},
    {"find-previous", activate_find_previous, NULL, NULL, NULL},
    {"find-expression", activate_find_expression, "s", NULL, NULL},
    {"go-to", activate_go_to, NULL, NULL, NULL},
    {"go-to-place", activate_go_to_place, "s", NULL, NULL},
};

void
hs_window_add_find_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  /* How many heaps there are is known once they were counted. */
  g_signal_connect_object(self->heaps, "rows-changed", G_CALLBACK(hs_window_queue_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->tabs, "notify::page", G_CALLBACK(on_tab_switched), self, G_CONNECT_SWAPPED);
}

void
hs_window_update_find_actions(HsWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
    hs_window_set_action_enabled(self, entries[i].name, hs_window_has_trace(self));
}

void
hs_window_bind_find_bar(GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback(widget_class, on_find_search);
  gtk_widget_class_bind_template_callback(widget_class, on_find_closed);
}
