/* SPDX-License-Identifier: MIT */
/* Places: markers and pins on the time line, the biography of an address, two moments compared; and the tabs that come
 * with these. Moments in parameters are nanoseconds. */
#include "hs-config.h"
#include "hs-document-places.h"
#include "hs-format.h"
#include "hs-marker-popover.h"
#include "hs-place.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

/* --- tabs that may be closed --- */

#define TAB_NAME "hs-tab"

const char *
hs_window_get_extra_tab(GtkWidget *page)
{
  return page != NULL ? g_object_get_data(G_OBJECT(page), TAB_NAME) : NULL;
}

static void
close_page(HsWindow *self, GtkWidget *page)
{
  int index = page != NULL ? gtk_notebook_page_num(self->tabs, page) : -1;
  if (index < 0)
    return;
  if (page == GTK_WIDGET(self->biography)) {
    self->biography = NULL;
    if (self->document != NULL)
      hs_document_clear_dwelling(self->document);
  } else if (page == GTK_WIDGET(self->compare)) {
    self->compare = NULL;
  }
  gtk_notebook_remove_page(self->tabs, index);
}

static void
on_close_clicked(GtkWidget *button, HsWindow *self)
{
  close_page(self, g_object_get_data(G_OBJECT(button), "hs-page"));
}

static GtkWidget *
new_tab_label(HsWindow *self, GtkWidget *page, const char *title)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4), *label = gtk_label_new(title);
  GtkWidget *button = gtk_button_new_from_icon_name("window-close-symbolic", GTK_ICON_SIZE_MENU);
  g_autofree char *name = g_strdup_printf(_("Close “%s”"), title);
  gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
  gtk_widget_set_focus_on_click(button, FALSE);
  gtk_widget_set_tooltip_text(button, name);
  atk_object_set_name(gtk_widget_get_accessible(button), name);
  gtk_style_context_add_class(gtk_widget_get_style_context(button), "hs-tab-close");
  g_object_set_data(G_OBJECT(button), "hs-page", page);
  g_signal_connect(button, "clicked", G_CALLBACK(on_close_clicked), self);
  gtk_box_pack_start(GTK_BOX(box), label, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), button, FALSE, FALSE, 0);
  gtk_widget_show_all(box);
  return box;
}

static void
add_page(HsWindow *self, GtkWidget *page, const char *name, const char *title)
{
  g_object_set_data(G_OBJECT(page), TAB_NAME, (gpointer)name);
  gtk_widget_show(page);
  gtk_notebook_append_page(self->tabs, page, new_tab_label(self, page, title));
  g_signal_connect_object(page, "rows-changed", G_CALLBACK(hs_window_queue_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(page, "rows-changed", G_CALLBACK(hs_window_queue_view_state), self, G_CONNECT_SWAPPED);
}

static void
show_biography(HsWindow *self)
{
  if (self->biography == NULL) {
    self->biography = HS_TABLE(hs_table_new(&hs_table_biography));
    add_page(self, GTK_WIDGET(self->biography), "biography", _("Biography"));
    hs_table_set_document(self->biography, self->document);
  }
  gtk_notebook_set_current_page(self->tabs, gtk_notebook_page_num(self->tabs, GTK_WIDGET(self->biography)));
}

static void
show_comparison(HsWindow *self)
{
  if (self->compare == NULL) {
    self->compare = HS_COMPARE_VIEW(hs_compare_view_new());
    add_page(self, GTK_WIDGET(self->compare), "compare", _("A–B"));
    hs_compare_view_set_document(self->compare, self->document);
  }
  gtk_notebook_set_current_page(self->tabs, gtk_notebook_page_num(self->tabs, GTK_WIDGET(self->compare)));
}

gboolean
hs_window_show_extra_tab(HsWindow *self, const char *name)
{
  if (!hs_window_has_trace(self))
    return FALSE;
  if (g_str_equal(name, "biography"))
    show_biography(self);
  else if (g_str_equal(name, "compare"))
    show_comparison(self);
  else
    return FALSE;
  return TRUE;
}

gboolean
hs_window_are_places_busy(HsWindow *self)
{
  return (self->biography != NULL && hs_table_is_busy(self->biography)) ||
         (self->compare != NULL && hs_compare_view_is_busy(self->compare)) || hs_document_is_keeping(self->document);
}

char *
hs_window_extra_rows_text(HsWindow *self, const char *tab)
{
  HsTable *table = g_str_equal(tab, "biography") ? self->biography
                   : self->compare != NULL       ? hs_compare_view_get_table(self->compare)
                                                 : NULL;
  char count[HS_FORMAT_MAX], where[HS_FORMAT_MAX];
  uint32_t pid;
  uint64_t address;
  guint n = table != NULL ? hs_table_get_n_rows(table) : 0;
  /* None may only mean that they are not found yet. */
  if (table == NULL || (n == 0 && hs_table_is_busy(table)))
    return g_strdup("");
  hs_format_count(count, sizeof count, n);
  if (table != self->biography || !hs_document_get_dwelling(self->document, &pid, &address))
    return g_strdup_printf(_("%s rows"), count);
  hs_format_hex(where, sizeof where, address);
  return g_strdup_printf(ngettext("%s block lived at %s of process %u", "%s blocks lived at %s of process %u", n),
                         count, where, pid);
}

ACTION(close_tab)
{
  HsWindow *self = data;
  GtkWidget *page = gtk_notebook_get_nth_page(self->tabs, gtk_notebook_get_current_page(self->tabs));
  if (hs_window_get_extra_tab(page) != NULL)
    close_page(self, page);
}

/* --- who lived here --- */

void
hs_window_show_biography(HsWindow *self, uint32_t pid, uint64_t address)
{
  hs_document_set_dwelling(self->document, pid, address);
  show_biography(self);
}

ACTION(who_lived_here)
{
  uint32_t pid;
  const char *text;
  HsPlace place;
  g_variant_get(parameter, "(u&s)", &pid, &text);
  if (hs_place_parse(text, &place, NULL) && place.kind == HS_PLACE_ADDRESS)
    hs_window_show_biography(data, pid, place.address);
  else
    hs_window_tell(data, _("This is no address; expected one such as 0x7f3c24a18e40"));
}

/* Of the chosen event's or block's address. */
ACTION(biography)
{
  HsWindow *self = data;
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  HsRow row = hs_document_get_row(self->document);
  HsEvent event;
  if (row == UINT32_MAX)
    return;
  hs_timeline_event(timeline, row, &event);
  if (event.has_address && event.process.v != HS_ID_NONE)
    hs_window_show_biography(self, hs_timeline_process(timeline, event.process)->pid, event.address);
  else
    hs_window_tell(self, _("The chosen event is of no address"));
}

/* --- moments --- */

/* Where a key sets something: at the cursor, else under the pointer, else in the middle of what is visible. */
static int64_t
moment_of_keys(HsDocument *document)
{
  int64_t t0, t1, candidates[] = {hs_document_get_cursor(document), hs_document_get_hover(document)};
  hs_document_get_range(document, &t0, &t1);
  for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
    if (candidates[i] != INT64_MIN && candidates[i] >= t0 && candidates[i] < t1)
      return candidates[i];
  }
  return t0 + (int64_t)(((uint64_t)t1 - (uint64_t)t0) / 2);
}

static int64_t
moment_of(HsWindow *self, int64_t ns)
{
  return hs_clock_from_ns(hs_window_clock(self), ns);
}

/* The marker that stands at a nanosecond, or INT64_MIN: of a fast clock, several moments read the same. */
static int64_t
marker_at_ns(HsWindow *self, int64_t ns)
{
  const HsMarkerSet *set = hs_document_get_markers(self->document);
  HsClock clock = hs_window_clock(self);
  int64_t first = hs_clock_from_ns(clock, ns);
  int index = hs_marker_set_find(set, first);
  if (index < 0)
    index = hs_marker_set_next(set, first);
  if (index < 0 || hs_clock_to_ns(clock, hs_marker_set_get(set, (guint)index)->ticks) != ns)
    return INT64_MIN;
  return hs_marker_set_get(set, (guint)index)->ticks;
}

static void
go_to_moment(HsWindow *self, int64_t ticks)
{
  int64_t t0, t1, from, to;
  hs_document_set_cursor(self->document, ticks);
  hs_document_get_range(self->document, &t0, &t1);
  if (ticks >= t0 && ticks < t1)
    return;
  /* A marker may be kept for a moment as far out as numbers go. */
  int64_t half = (int64_t)(((uint64_t)t1 - (uint64_t)t0) / 2);
  if (__builtin_sub_overflow(ticks, half, &from))
    from = INT64_MIN;
  if (__builtin_add_overflow(ticks, half, &to))
    to = INT64_MAX;
  hs_document_set_range(self->document, from, to, TRUE);
}

/* --- markers --- */

static void
on_popover_go_to(GtkWidget *popover, gint64 ticks, HsWindow *self)
{
  if (self->document != NULL)
    go_to_moment(self, ticks);
}

static void
open_markers(HsWindow *self, int64_t ticks)
{
  GtkWidget *ruler = GTK_WIDGET(self->ruler);
  GdkRectangle area = {0, 0, 1, gtk_widget_get_allocated_height(ruler)};
  HsViewport viewport;
  area.x = gtk_widget_get_allocated_width(ruler) / 2;
  if (ticks != INT64_MIN && hs_time_pane_get_viewport(self->ruler, &viewport) && ticks >= viewport.t0 &&
      ticks < viewport.t1)
    area.x = (int)hs_viewport_x(&viewport, ticks);
  GtkWidget *popover = hs_marker_popover_new(ruler, &area, self->document);
  g_signal_connect_object(popover, "go-to", G_CALLBACK(on_popover_go_to), self, 0);
  hs_marker_popover_open(HS_MARKER_POPOVER(popover), ticks);
}

static void
put_marker(HsWindow *self, int64_t ticks, const char *name)
{
  if (!hs_document_put_marker(self->document, ticks, name))
    hs_window_tell(self, _("There are too many markers already"));
}

/* Where one is already, it is named. */
ACTION(marker)
{
  HsWindow *self = data;
  int64_t ticks = moment_of_keys(self->document);
  if (hs_marker_set_find(hs_document_get_markers(self->document), ticks) >= 0)
    open_markers(self, ticks);
  else
    put_marker(self, ticks, NULL);
}

ACTION(add_marker)
{
  gint64 ns;
  const char *name;
  g_variant_get(parameter, "(x&s)", &ns, &name);
  put_marker(data, moment_of(data, ns), name);
}

ACTION(rename_marker)
{
  gint64 ns;
  const char *name;
  g_variant_get(parameter, "(x&s)", &ns, &name);
  int64_t ticks = marker_at_ns(data, ns);
  if (ticks != INT64_MIN)
    put_marker(data, ticks, name);
}

ACTION(remove_marker)
{
  int64_t ticks = marker_at_ns(data, g_variant_get_int64(parameter));
  if (ticks != INT64_MIN)
    hs_document_remove_marker(HS_WINDOW(data)->document, ticks);
}

ACTION(edit_marker)
{
  int64_t ticks = marker_at_ns(data, g_variant_get_int64(parameter));
  if (ticks != INT64_MIN)
    open_markers(data, ticks);
}

ACTION(markers)
{
  open_markers(data, INT64_MIN);
}

static void
go_to_marker(HsWindow *self, int index)
{
  const HsMarkerSet *set = hs_document_get_markers(self->document);
  if (index < 0) {
    hs_window_tell(self,
                   hs_marker_set_n(set) == 0 ? _("No markers. M sets one at the cursor.") : _("No marker further on"));
    return;
  }
  go_to_moment(self, hs_marker_set_get(set, (guint)index)->ticks);
  hs_window_tell(self, hs_marker_set_get(set, (guint)index)->name);
}

/* From the cursor; without one, from the edges of what is visible inwards. */
ACTION(next_marker)
{
  HsWindow *self = data;
  int64_t t0, t1, cursor = hs_document_get_cursor(self->document);
  hs_document_get_range(self->document, &t0, &t1);
  if (cursor == INT64_MIN)
    cursor = t0 == INT64_MIN ? t0 : t0 - 1;
  go_to_marker(self, hs_marker_set_next(hs_document_get_markers(self->document), cursor));
}

ACTION(previous_marker)
{
  HsWindow *self = data;
  int64_t t0, t1, cursor = hs_document_get_cursor(self->document);
  hs_document_get_range(self->document, &t0, &t1);
  go_to_marker(self,
               hs_marker_set_previous(hs_document_get_markers(self->document), cursor == INT64_MIN ? t1 : cursor));
}

/* --- pins --- */

static void
set_pin(HsWindow *self, int pin, int64_t ticks)
{
  hs_document_set_pin(self->document, pin, ticks);
  if (hs_document_get_pin(self->document, 1 - pin) != INT64_MIN) {
    show_comparison(self);
    hs_window_tell(self, _("A–B lists what lives at one of the pins and not at the other"));
    return;
  }
  hs_window_tell(self, pin == HS_SIDE_A ? _("Pin A is set; pin B (Shift+B) shows what differs")
                                        : _("Pin B is set; pin A (Shift+A) shows what differs"));
}

ACTION(pin_a)
{
  set_pin(data, HS_SIDE_A, moment_of_keys(HS_WINDOW(data)->document));
}

ACTION(pin_b)
{
  set_pin(data, HS_SIDE_B, moment_of_keys(HS_WINDOW(data)->document));
}

ACTION(pin_a_at)
{
  set_pin(data, HS_SIDE_A, moment_of(data, g_variant_get_int64(parameter)));
}

ACTION(pin_b_at)
{
  set_pin(data, HS_SIDE_B, moment_of(data, g_variant_get_int64(parameter)));
}

/* What they were set for goes with them. */
ACTION(clear_pins)
{
  HsWindow *self = data;
  for (int pin = 0; pin < HS_N_PINS; pin++)
    hs_document_set_pin(self->document, pin, INT64_MIN);
  close_page(self, GTK_WIDGET(self->compare));
}

ACTION(compare)
{
  show_comparison(data);
}

ACTION(compare_by)
{
  HsPivotBy by = hs_pivot_from_name(g_variant_get_string(parameter, NULL));
  show_comparison(data);
  if (by != HS_PIVOT_TYPE)
    hs_compare_view_set_grouping(HS_WINDOW(data)->compare, by);
}

/* --- following the document --- */

static void
on_places_changed(HsWindow *self)
{
  hs_window_update_place_actions(self);
  hs_window_queue_status(self);
  hs_window_queue_view_state(self);
}

void
hs_window_set_places_document(HsWindow *self, HsDocument *document)
{
  close_page(self, GTK_WIDGET(self->biography));
  close_page(self, GTK_WIDGET(self->compare));
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "places-changed", G_CALLBACK(on_places_changed), self);
  g_signal_connect_swapped(document, "told", G_CALLBACK(hs_window_tell), self);
}

static void
add_moment(JsonBuilder *builder, HsClock clock, int64_t ticks)
{
  if (ticks == INT64_MIN)
    json_builder_add_null_value(builder);
  else
    json_builder_add_int_value(builder, hs_clock_to_ns(clock, ticks));
}

void
hs_window_add_places_state(HsWindow *self, JsonBuilder *builder)
{
  const HsMarkerSet *set = hs_document_get_markers(self->document);
  HsClock clock = hs_window_clock(self);
  json_builder_set_member_name(builder, "markers");
  json_builder_begin_array(builder);
  for (guint i = 0; i < MIN(hs_marker_set_n(set), 1000); i++) {
    json_builder_begin_array(builder);
    add_moment(builder, clock, hs_marker_set_get(set, i)->ticks);
    json_builder_add_string_value(builder, hs_marker_set_get(set, i)->name);
    json_builder_end_array(builder);
  }
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "pins");
  json_builder_begin_array(builder);
  for (int pin = 0; pin < HS_N_PINS; pin++)
    add_moment(builder, clock, set->pins[pin]);
  json_builder_end_array(builder);
}

/* --- actions --- */

static const GActionEntry entries[] = {
    {"who-lived-here", activate_who_lived_here, "(us)", NULL, NULL},
    {"biography", activate_biography, NULL, NULL, NULL},
    {"close-tab", activate_close_tab, NULL, NULL, NULL},
    {"marker", activate_marker, NULL, NULL, NULL},
    {"add-marker", activate_add_marker, "(xs)", NULL, NULL},
    {"rename-marker", activate_rename_marker, "(xs)", NULL, NULL},
    {"remove-marker", activate_remove_marker, "x", NULL, NULL},
    {"edit-marker", activate_edit_marker, "x", NULL, NULL},
    {"markers", activate_markers, NULL, NULL, NULL},
    {"next-marker", activate_next_marker, NULL, NULL, NULL},
    {"previous-marker", activate_previous_marker, NULL, NULL, NULL},
    {"pin-a", activate_pin_a, NULL, NULL, NULL},
    {"pin-b", activate_pin_b, NULL, NULL, NULL},
    {"pin-a-at", activate_pin_a_at, "x", NULL, NULL},
    {"pin-b-at", activate_pin_b_at, "x", NULL, NULL},
    {"clear-pins", activate_clear_pins, NULL, NULL, NULL},
    {"compare", activate_compare, NULL, NULL, NULL},
    {"compare-by", activate_compare_by, "s", NULL, NULL},
};

void
hs_window_add_place_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

static gboolean
is_possible(HsWindow *self, const char *name)
{
  if (g_str_equal(name, "biography"))
    return hs_document_get_row(self->document) != UINT32_MAX;
  if (g_str_equal(name, "clear-pins"))
    return hs_document_get_pin(self->document, 0) != INT64_MIN || hs_document_get_pin(self->document, 1) != INT64_MIN;
  return TRUE;
}

void
hs_window_update_place_actions(HsWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
    hs_window_set_action_enabled(self, entries[i].name,
                                 hs_window_has_trace(self) && is_possible(self, entries[i].name));
}
