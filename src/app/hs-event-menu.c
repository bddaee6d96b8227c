/* SPDX-License-Identifier: MIT */
#include "hs-event-menu.h"

#include <glib/gi18n.h>

#include "hs-event-body-private.h"
#include "hs-format.h"

static bool
cursor_event(HsEventBody *body, HsEvent *event)
{
  HsRow row = hs_event_body_cursor_row(body);

  if (row == UINT32_MAX)
    return false;
  hs_timeline_event(body->model.timeline, row, event);
  return true;
}

static bool
block_of(HsEventBody *body, const HsEvent *event, HsBlock *block)
{
  if (event->block.v == HS_ID_NONE)
    return false;
  hs_timeline_block(body->model.timeline, event->block, hs_document_get_n_rows(body->document), block);
  return true;
}

/* --- what the actions do --- */

/* Shows a block's life with `margin` of its length on either side. */
static void
show_block(HsEventBody *body, const HsBlock *block, double margin)
{
  int64_t span0, span1, t0 = block->begin_ticks, t1 = block->end_ticks;

  hs_document_get_span(body->document, &span0, &span1);
  t1 = CLAMP(t1, t0 + 1, MAX(span1, t0 + 1));
  int64_t side = (int64_t)((double)(t1 - t0) * margin) + 1;
  hs_document_set_range(body->document, MAX(span0, t0 - side), MIN(MAX(span1, t1), t1 + side), TRUE);
}

void
hs_event_menu_centre(HsEventBody *body)
{
  HsEvent event;
  HsBlock block;

  if (body->document == NULL || !cursor_event(body, &event))
    return;
  if (block_of(body, &event, &block)) {
    show_block(body, &block, 1);
    return;
  }
  int64_t t0, t1;
  hs_document_get_range(body->document, &t0, &t1);
  hs_document_set_range(body->document, event.ticks - (t1 - t0) / 2, event.ticks - (t1 - t0) / 2 + (t1 - t0), TRUE);
}

static void
zoom_block(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsEventBody *body = data;
  HsEvent event;
  HsBlock block;

  if (body->document != NULL && cursor_event(body, &event) && block_of(body, &event, &block))
    show_block(body, &block, 0.05);
}

/* The event at the other end of the block's life, or UINT32_MAX. */
static HsRow
other_row(HsEventBody *body, const HsEvent *event)
{
  HsBlock block;

  if (!block_of(body, event, &block))
    return UINT32_MAX;
  if (event->row != block.begin_row)
    return block.begin_row;
  return block.end_row < hs_document_get_n_rows(body->document) ? block.end_row : UINT32_MAX;
}

static void
other_event(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsEventBody *body = data;
  HsEvent event;
  HsRow row = body->document != NULL && cursor_event(body, &event) ? other_row(body, &event) : UINT32_MAX;

  if (row != UINT32_MAX)
    hs_document_choose_row(body->document, row);
}

static void
copy_address(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsEventBody *body = data;
  char buffer[HS_FORMAT_MAX];
  HsEvent event;

  if (cursor_event(body, &event) && event.has_address)
    gtk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(body), GDK_SELECTION_CLIPBOARD),
                           hs_format_hex(buffer, sizeof buffer, event.address), -1);
}

/* --- the menu --- */

static const GActionEntry entries[] = {
    {.name = "copy-address", .activate = copy_address},
    {.name = "zoom-block", .activate = zoom_block},
    {.name = "other-event", .activate = other_event},
};

void
hs_event_menu_install(HsEventBody *body)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();

  g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), body);
  gtk_widget_insert_action_group(GTK_WIDGET(body), "event", G_ACTION_GROUP(group));
}

static void
set_enabled(HsEventBody *body, const char *name, gboolean enabled)
{
  GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(body), "event");
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(group), name);

  g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

static void
append(GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);

  g_menu_item_set_action_and_target_value(item, action, target);
  g_menu_append_item(menu, item);
}

static void
append_section(GMenu *menu, GMenu *section)
{
  if (g_menu_model_get_n_items(G_MENU_MODEL(section)) > 0)
    g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
  g_object_unref(section);
}

static void
append_filters(GMenu *menu, const HsTimeline *timeline, const HsEvent *event)
{
  GMenu *only = g_menu_new(), *hide = g_menu_new();
  char handle[HS_FORMAT_MAX];
  bool has_source = event->source != HS_SOURCE_NONE;
  const char *source = hs_source_name(event->source);

  if (event->heap.v != HS_ID_NONE && event->process.v != HS_ID_NONE) {
    uint32_t pid = hs_timeline_process(timeline, event->process)->pid;
    hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, event->heap)->handle);
    append(only, _("Show only this _heap"), "win.only-heap", g_variant_new("(us)", pid, handle));
    append(hide, _("_Hide this heap"), "win.hide-heap", g_variant_new("(us)", pid, handle));
  }
  if (has_source) {
    append(only, _("Show only this _source"), "win.only-source", g_variant_new_string(source));
    append(hide, _("Hide this s_ource"), "win.hide-source", g_variant_new_string(source));
  }
  if (event->process.v != HS_ID_NONE)
    append(only, _("Show only this _process"), "win.only-process",
           g_variant_new_uint32(hs_timeline_process(timeline, event->process)->pid));
  append_section(menu, only);
  append_section(menu, hide);
}

static GMenu *
build_menu(HsEventBody *body, const HsEvent *event)
{
  GMenu *menu = g_menu_new(), *copy = g_menu_new(), *block = g_menu_new();

  append_filters(menu, body->model.timeline, event);
  append(block, _("_Zoom to block lifetime"), "event.zoom-block", NULL);
  append(block, _("Select block’s other _event"), "event.other-event", NULL);
  append_section(menu, block);
  append(copy, _("_Copy"), "win.copy", NULL);
  append(copy, _("Copy _address"), "event.copy-address", NULL);
  append_section(menu, copy);
  return menu;
}

void
hs_event_menu_popup(HsEventBody *body, const GdkEvent *event)
{
  HsEvent row;
  GdkRectangle area;

  if (body->document == NULL || !cursor_event(body, &row))
    return;
  set_enabled(body, "zoom-block", row.block.v != HS_ID_NONE);
  set_enabled(body, "other-event", other_row(body, &row) != UINT32_MAX);
  set_enabled(body, "copy-address", row.has_address);

  g_autoptr(GMenu) model = build_menu(body, &row);
  g_clear_pointer(&body->menu, gtk_widget_destroy);
  body->menu = gtk_menu_new_from_model(G_MENU_MODEL(model));
  gtk_menu_attach_to_widget(GTK_MENU(body->menu), GTK_WIDGET(body), NULL);
  if (event != NULL) {
    gtk_menu_popup_at_pointer(GTK_MENU(body->menu), event);
    return;
  }
  hs_event_body_cell_area(body, body->cursor, HS_COLUMN_OPERATION, &area);
  gtk_menu_popup_at_rect(GTK_MENU(body->menu), gtk_widget_get_window(GTK_WIDGET(body)), &area, GDK_GRAVITY_SOUTH_WEST,
                         GDK_GRAVITY_NORTH_WEST, NULL);
  gtk_menu_shell_select_first(GTK_MENU_SHELL(body->menu), FALSE);
}
