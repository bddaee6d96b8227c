/* SPDX-License-Identifier: MIT */
/* What is under a point of the map: looked up by a worker, for the hover card, a click, or a context menu. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-address-map-private.h"
#include "hs-format.h"
#include "hs-pane-menu.h"

/* A moving pointer is looked up no more often than this. */
#define HOVER_PAUSE_MS 30
/* Menus are no longer than this. */
#define MAX_LEGEND_ITEMS 40

static gpointer
make_probe(HsAddressMap *self, double x, double y)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsViewport viewport;
  if (self->layout == NULL || isnan(x) || !hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport))
    return NULL;
  HsMapProbe *probe = g_new0(HsMapProbe, 1);
  probe->timeline = hs_timeline_ref(hs_document_get_timeline(document));
  /* The rows and blocks of what is shown, which while a new picture is made are not the document's. */
  probe->blocks = hs_row_set_ref(self->layout_blocks);
  probe->n_rows = self->layout_rows;
  probe->layout = hs_map_layout_ref(self->layout);
  probe->viewport = viewport;
  probe->window = hs_address_map_window(self);
  probe->x = x;
  probe->y = y;
  return probe;
}

/* --- hover --- */

static void
clear_card(HsAddressMap *self)
{
  if (self->card != NULL)
    gtk_widget_queue_draw(GTK_WIDGET(self));
  g_clear_pointer(&self->card, hs_hover_card_free);
  self->hover_block.v = HS_ID_NONE;
}

static gpointer
prepare_hover(gpointer owner)
{
  HsAddressMap *self = owner;
  return make_probe(self, self->hover_x, self->hover_y);
}

static void
hover_done(gpointer owner, gpointer request, gpointer result)
{
  HsAddressMap *self = owner;
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsBlockId block = *(HsBlockId *)result;
  g_free(result);
  if (document == NULL || isnan(self->hover_x))
    return;
  clear_card(self);
  if (block.v == HS_ID_NONE)
    return;
  self->hover_block = block;
  HsCard *card = hs_block_card(hs_document_get_timeline(document), block, hs_document_get_n_rows(document));
  if (card != NULL)
    self->card = hs_hover_card_from_block(card);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static const HsPaneJobClass hover_class = {prepare_hover, hs_map_probe_work, hover_done, hs_map_probe_free, g_free};

static gboolean
on_hover_timer(gpointer data)
{
  HsAddressMap *self = data;
  self->hover_timer = 0;
  /* A look-up for where the pointer no longer is, is of no use. */
  hs_pane_job_want(self->hover_job, TRUE);
  return G_SOURCE_REMOVE;
}

void
hs_address_map_probe_again(HsAddressMap *self)
{
  if (!isnan(self->hover_x) && self->hover_timer == 0)
    self->hover_timer = g_timeout_add(HOVER_PAUSE_MS, on_hover_timer, self);
}

void
hs_address_map_hovered(HsTimePane *pane, double x, double y)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  self->hover_x = x;
  self->hover_y = y;
  if (isnan(x) || hs_time_pane_is_dragging(pane)) {
    g_clear_handle_id(&self->hover_timer, g_source_remove);
    hs_pane_job_cancel(self->hover_job);
    clear_card(self);
    return;
  }
  gtk_widget_queue_draw(GTK_WIDGET(pane));
  hs_address_map_probe_again(self);
}

/* --- menu --- */

static void
add_block_items(GMenu *menu, HsDocument *document, HsBlockId id)
{
  HsTimeline *timeline = hs_document_get_timeline(document);
  HsClock clock = hs_timeline_clock(timeline);
  GMenu *filter = g_menu_new(), *block_items = g_menu_new();
  char address[HS_FORMAT_MAX];
  int64_t span0, span1;
  HsBlock block;

  hs_timeline_block(timeline, id, hs_document_get_n_rows(document), &block);
  hs_pane_menu_add_heap(filter, timeline, block.heap);
  hs_pane_menu_add_source(filter, block.source);
  hs_pane_menu_take_section(menu, filter);

  hs_format_hex(address, sizeof address, block.address);
  hs_pane_menu_append(block_items, _("Copy address"), "map.copy-address", g_variant_new_string(address));
  hs_document_get_span(document, &span0, &span1);
  int64_t begin_ns = hs_clock_to_ns(clock, block.begin_ticks);
  int64_t end_ns = MAX(hs_clock_to_ns(clock, MIN(block.end_ticks, span1)), begin_ns);
  /* A little of what was before and after, and a range even if it lived no time at all. */
  int64_t margin_ns = end_ns / 20 - begin_ns / 20 + 1000;
  hs_pane_menu_append(
      block_items, _("Zoom to its lifetime"), "win.show-range",
      g_variant_new("(xx)", MAX(begin_ns, INT64_MIN / 2) - margin_ns, MIN(end_ns, INT64_MAX / 2) + margin_ns));
  hs_pane_menu_take_section(menu, block_items);
}

static gboolean
is_by_pointer(const GdkEvent *event)
{
  return event != NULL && event->type == GDK_BUTTON_RELEASE;
}

/* The address under the point that the menu was asked for at; the block's own where the point only comes near it, and
 * by keyboard. */
static void
add_dwelling(HsAddressMap *self, GMenu *menu, HsBlockId id, const GdkEvent *event)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsTimeline *timeline = hs_document_get_timeline(document);
  HsProcessId process = {HS_ID_NONE};
  uint64_t address = 0;
  HsViewport viewport;

  if (is_by_pointer(event) && self->layout != NULL && hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport)) {
    HsMapWindow window = hs_address_map_window(self);
    double part = CLAMP((self->point.y - viewport.y) / viewport.height, 0, 1);
    uint64_t u = window.u0 + (uint64_t)(part * (double)(window.u1 - window.u0));
    if (!hs_map_layout_address(self->layout, MIN(u, window.u1 - 1), &process, &address))
      process.v = HS_ID_NONE;
  }
  if (id.v != HS_ID_NONE && id.v < hs_timeline_n_blocks(timeline)) {
    HsBlock block;
    hs_timeline_block(timeline, id, hs_document_get_n_rows(document), &block);
    HsProcessId owner = hs_timeline_thread(timeline, block.thread)->process;
    if (owner.v != process.v || address - block.address >= MAX(block.size, 1)) {
      process = owner;
      address = block.address;
    }
  }
  hs_pane_menu_add_dwelling(menu, timeline, process, address);
}

static void
add_colorings(GMenu *menu)
{
  g_menu_append(menu, _("Colour by _heap"), "win.color-by::heap");
  g_menu_append(menu, _("Colour by _source"), "win.color-by::source");
  g_menu_append(menu, _("Colour by si_ze"), "win.color-by::size");
  g_menu_append(menu, _("Colour by _age"), "win.color-by::age");
  g_menu_append(menu, _("Colour by _thread"), "win.color-by::thread");
  g_menu_append(menu, _("Colour by t_ype in the selection"), "win.color-by::type");
}

static gboolean
can_be_asked_for(const HsMapLegend *legend, const HsMapLegendEntry *entry)
{
  return entry->term != NULL || legend->by == HS_COLOR_BY_HEAP || legend->by == HS_COLOR_BY_SOURCE;
}

/* An entry of the legend: shown or not, and alone. */
static void
add_entry_items(GMenu *menu, const HsMapLegend *legend, guint index)
{
  const HsMapLegendEntry *entry = &g_array_index(legend->entries, HsMapLegendEntry, index);
  if (!can_be_asked_for(legend, entry))
    return;
  g_autofree char *only = g_strdup_printf(_("Show only “%s”"), entry->label);
  g_autofree char *toggle = g_strdup_printf(entry->shown ? _("Hide “%s”") : _("Show “%s”"), entry->label);
  hs_pane_menu_append(menu, toggle, "win.legend-toggle", g_variant_new_uint32(index));
  hs_pane_menu_append(menu, only, "win.legend-only", g_variant_new_uint32(index));
}

/* All entries, for who has no pointer, and those that have no room. */
static void
add_legend(GMenu *menu, const HsMapLegend *legend)
{
  g_autoptr(GMenu) hide = g_menu_new(), only = g_menu_new();
  for (guint i = 0; i < legend->entries->len && i < MAX_LEGEND_ITEMS; i++) {
    const HsMapLegendEntry *entry = &g_array_index(legend->entries, HsMapLegendEntry, i);
    if (!can_be_asked_for(legend, entry))
      continue;
    g_autofree char *toggle = g_strdup_printf(entry->shown ? _("Hide “%s”") : _("Show “%s”"), entry->label);
    g_autofree char *alone = g_strdup_printf(_("Show only “%s”"), entry->label);
    hs_pane_menu_append(hide, toggle, "win.legend-toggle", g_variant_new_uint32(i));
    hs_pane_menu_append(only, alone, "win.legend-only", g_variant_new_uint32(i));
  }
  if (g_menu_model_get_n_items(G_MENU_MODEL(hide)) == 0)
    return;
  g_menu_append_submenu(menu, _("Show and hide"), G_MENU_MODEL(hide));
  g_menu_append_submenu(menu, _("Show only"), G_MENU_MODEL(only));
}

static HsMapLegend *
legend_now(HsAddressMap *self)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  return hs_map_legend_new(hs_document_get_timeline(document), hs_document_get_color_by(document),
                           hs_time_pane_get_palette(HS_TIME_PANE(self)), hs_document_get_query(document));
}

static void
show_menu(HsAddressMap *self, HsBlockId block, const GdkEvent *event)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  g_autoptr(GMenu) menu = g_menu_new();
  g_autoptr(HsMapLegend) legend = legend_now(self);
  GMenu *view = g_menu_new(), *colors = g_menu_new(), *entries = g_menu_new(), *places = g_menu_new();
  HsViewport viewport;

  if (block.v != HS_ID_NONE && block.v < hs_timeline_n_blocks(hs_document_get_timeline(document)))
    add_block_items(menu, document, block);
  add_dwelling(self, places, block, event);
  hs_pane_menu_take_section(menu, places);
  if (is_by_pointer(event) && hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport))
    hs_pane_menu_add_moment(menu, document, hs_viewport_ticks(&viewport, self->point.x));
  hs_pane_menu_add_view(view, document);
  if (self->zoomed)
    g_menu_append(view, _("Zoom to all addresses"), "map.fit-addresses");
  hs_pane_menu_take_section(menu, view);
  add_legend(entries, legend);
  hs_pane_menu_take_section(menu, entries);
  add_colorings(colors);
  hs_pane_menu_take_section(menu, colors);
  hs_pane_menu_add_picture(menu, "map");
  hs_time_pane_popup(HS_TIME_PANE(self), G_MENU_MODEL(menu), event);
}

/* --- legend --- */

static int
legend_at(HsAddressMap *self, double x, double y)
{
  return self->legend != NULL ? hs_map_legend_at(self->legend, x, y) : HS_MAP_LEGEND_NONE;
}

/* The menu of one entry, or of all of them. */
static void
show_legend_menu(HsAddressMap *self, int entry, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  g_autoptr(HsMapLegend) legend = legend_now(self);
  GMenu *items = g_menu_new(), *colors = g_menu_new();
  if (entry >= 0 && (guint)entry < legend->entries->len)
    add_entry_items(items, legend, (guint)entry);
  else
    add_legend(items, legend);
  hs_pane_menu_take_section(menu, items);
  if (!hs_query_is_empty(hs_document_get_query(hs_time_pane_get_document(HS_TIME_PANE(self))))) {
    GMenu *all = g_menu_new();
    g_menu_append(all, _("Show all"), "win.clear-filter");
    hs_pane_menu_take_section(menu, all);
  }
  add_colorings(colors);
  hs_pane_menu_take_section(menu, colors);
  hs_pane_menu_add_picture(menu, "map");
  hs_time_pane_popup(HS_TIME_PANE(self), G_MENU_MODEL(menu), event);
}

/* TRUE if the click was the legend's. */
static gboolean
click_legend(HsAddressMap *self, double x, double y, GdkModifierType state)
{
  int entry = legend_at(self, x, y);
  GActionGroup *actions = gtk_widget_get_action_group(gtk_widget_get_toplevel(GTK_WIDGET(self)), "win");
  if (entry >= 0 && actions != NULL)
    g_action_group_activate_action(actions, state & GDK_CONTROL_MASK ? "legend-only" : "legend-toggle",
                                   g_variant_new_uint32((guint)entry));
  else if (entry == HS_MAP_LEGEND_MORE) {
    g_autoptr(GdkEvent) event = gtk_get_current_event();
    show_legend_menu(self, entry, event);
  }
  HsViewport viewport;
  return entry != HS_MAP_LEGEND_NONE || (hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport) && y < viewport.y);
}

const char *
hs_address_map_cursor_name(HsTimePane *pane, double x, double y)
{
  return legend_at(HS_ADDRESS_MAP(pane), x, y) != HS_MAP_LEGEND_NONE ? "pointer" : NULL;
}

/* --- click --- */

static void
clear_point(HsAddressMap *self)
{
  g_clear_pointer(&self->point.menu_event, gdk_event_free);
  self->point.wants_menu = FALSE;
}

static gpointer
prepare_point(gpointer owner)
{
  HsAddressMap *self = owner;
  return make_probe(self, self->point.x, self->point.y);
}

static void
point_done(gpointer owner, gpointer request, gpointer result)
{
  HsAddressMap *self = owner;
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsBlockId block = *(HsBlockId *)result;
  g_free(result);
  if (document == NULL)
    return;
  if (self->point.wants_menu) {
    g_autoptr(GdkEvent) event = g_steal_pointer(&self->point.menu_event);
    clear_point(self);
    show_menu(self, block, event);
  } else if (block.v != HS_ID_NONE) {
    hs_document_choose_block(document, block);
  }
}

static const HsPaneJobClass point_class = {prepare_point, hs_map_probe_work, point_done, hs_map_probe_free, g_free};

gboolean
hs_address_map_clicked(HsTimePane *pane, double x, double y, guint button, GdkModifierType state)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  if (click_legend(self, x, y, state))
    return TRUE;
  clear_point(self);
  self->point.x = x;
  self->point.y = y;
  hs_pane_job_want(self->point_job, TRUE);
  /* The click also sets the time cursor, as it does everywhere. */
  return FALSE;
}

void
hs_address_map_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsBlockId chosen = hs_document_get_block(hs_time_pane_get_document(pane));
  gboolean by_pointer = is_by_pointer(event);

  HsViewport viewport;
  if (by_pointer && hs_time_pane_get_viewport(pane, &viewport) && y < viewport.y) {
    show_legend_menu(self, legend_at(self, x, y), event);
    return;
  }
  /* By keyboard the menu is that of the chosen block. */
  if (self->layout == NULL || (!by_pointer && chosen.v != HS_ID_NONE)) {
    show_menu(self, chosen, event);
    return;
  }
  clear_point(self);
  self->point = (HsMapPoint){.x = x, .y = y, .wants_menu = TRUE};
  if (event != NULL)
    self->point.menu_event = gdk_event_copy(event);
  hs_pane_job_want(self->point_job, TRUE);
}

/* --- the map's own actions --- */

static void
on_copy_address(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkClipboard *clipboard = gtk_widget_get_clipboard(GTK_WIDGET(data), GDK_SELECTION_CLIPBOARD);
  gtk_clipboard_set_text(clipboard, g_variant_get_string(parameter, NULL), -1);
}

static void
on_fit_addresses(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  hs_address_map_fit_addresses(data);
}

static void
add_actions(HsAddressMap *self)
{
  static const GActionEntry entries[] = {
      {.name = "copy-address", .activate = on_copy_address, .parameter_type = "s"},
      {.name = "fit-addresses", .activate = on_fit_addresses},
  };
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();
  g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), self);
  gtk_widget_insert_action_group(GTK_WIDGET(self), "map", G_ACTION_GROUP(group));
}

/* --- life --- */

void
hs_address_map_init_probes(HsAddressMap *self)
{
  self->hover_job = hs_pane_job_new(&hover_class, self);
  self->point_job = hs_pane_job_new(&point_class, self);
  self->hover_x = self->hover_y = NAN;
  self->hover_block.v = HS_ID_NONE;
  add_actions(self);
}

void
hs_address_map_forget_probes(HsAddressMap *self)
{
  g_clear_handle_id(&self->hover_timer, g_source_remove);
  hs_pane_job_cancel(self->hover_job);
  hs_pane_job_cancel(self->point_job);
  clear_point(self);
  clear_card(self);
}

void
hs_address_map_free_probes(HsAddressMap *self)
{
  self->hover_x = self->hover_y = NAN;
  g_clear_pointer(&self->hover_job, hs_pane_job_free);
  g_clear_pointer(&self->point_job, hs_pane_job_free);
}

gboolean
hs_address_map_is_probing(HsAddressMap *self)
{
  return self->hover_timer != 0 || hs_pane_job_is_busy(self->hover_job) || hs_pane_job_is_busy(self->point_job);
}
