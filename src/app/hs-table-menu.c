/* SPDX-License-Identifier: MIT */
#include "hs-table-menu.h"

#include <glib/gi18n.h>

#include "hs-format.h"
#include "hs-pane-menu.h"
#include "hs-table-body-private.h"

static bool
cursor_row(HsTableBody *body, HsTableRow *row)
{
  uint32_t item = hs_table_body_cursor_item(body);

  if (item == UINT32_MAX || body->document == NULL)
    return false;
  body->kind->load(&body->model, item, row);
  return true;
}

static bool
cursor_subject(HsTableBody *body, HsTableSubject *subject)
{
  HsTableRow row;

  if (!cursor_row(body, &row))
    return false;
  body->kind->subject(&body->model, &row, subject);
  return true;
}

static bool
block_of(HsTableBody *body, const HsTableSubject *subject, HsBlock *block)
{
  if (subject->block.v == HS_ID_NONE)
    return false;
  hs_timeline_block(body->model.timeline, subject->block, hs_document_get_n_rows(body->document), block);
  return true;
}

/* --- what the actions do --- */

/* Shows a block's life with `margin` of its length on either side. */
static void
show_block(HsTableBody *body, const HsBlock *block, double margin)
{
  int64_t span0, span1, t0 = block->begin_ticks, t1 = block->end_ticks;

  hs_document_get_span(body->document, &span0, &span1);
  t1 = CLAMP(t1, t0 + 1, MAX(span1, t0 + 1));
  int64_t side = (int64_t)((double)(t1 - t0) * margin) + 1;
  hs_document_set_range(body->document, MAX(span0, t0 - side), MIN(MAX(span1, t1), t1 + side), TRUE);
}

static void
centre_row(HsTableBody *body, HsRow row)
{
  int64_t t0, t1, ticks = hs_timeline_ticks(body->model.timeline, row);

  hs_document_get_range(body->document, &t0, &t1);
  hs_document_set_range(body->document, ticks - (t1 - t0) / 2, ticks - (t1 - t0) / 2 + (t1 - t0), TRUE);
}

static void
show_only_heap(HsTableBody *body, HsHeapId heap)
{
  GActionGroup *window = gtk_widget_get_action_group(GTK_WIDGET(body), "win");

  if (window != NULL && g_action_group_has_action(window, "only-heap"))
    g_action_group_activate_action(window, "only-heap", hs_pane_menu_heap_target(body->model.timeline, heap));
}

void
hs_table_menu_activate(HsTableBody *body)
{
  HsTableSubject subject;
  HsBlock block;

  if (!cursor_subject(body, &subject))
    return;
  if (block_of(body, &subject, &block))
    show_block(body, &block, 1);
  else if (subject.row != UINT32_MAX)
    centre_row(body, subject.row);
  else if (subject.heap.v != HS_ID_NONE)
    show_only_heap(body, subject.heap);
}

static void
copy(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  hs_table_body_copy(data);
}

static void
copy_address(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsTableBody *body = data;
  char buffer[HS_FORMAT_MAX];
  HsTableSubject subject;

  if (cursor_subject(body, &subject) && subject.has_address)
    gtk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(body), GDK_SELECTION_CLIPBOARD),
                           hs_format_hex(buffer, sizeof buffer, subject.address), -1);
}

static void
zoom_block(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsTableBody *body = data;
  HsTableSubject subject;
  HsBlock block;

  if (cursor_subject(body, &subject) && block_of(body, &subject, &block))
    show_block(body, &block, 0.05);
}

/* The event at the other end of the block's life, or UINT32_MAX. */
static HsRow
other_row(HsTableBody *body, const HsTableSubject *subject)
{
  HsRow row = subject->row;
  HsBlock block;

  if (!block_of(body, subject, &block))
    return UINT32_MAX;
  /* Of a block, the event chosen may be either. */
  if (hs_document_get_block(body->document).v == subject->block.v)
    row = hs_document_get_row(body->document);
  if (row != block.begin_row)
    return block.begin_row;
  return block.end_row < hs_document_get_n_rows(body->document) ? block.end_row : UINT32_MAX;
}

static void
other_event(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsTableBody *body = data;
  HsTableSubject subject;
  HsRow row = cursor_subject(body, &subject) ? other_row(body, &subject) : UINT32_MAX;

  if (row != UINT32_MAX)
    hs_document_choose_row(body->document, row);
}

/* --- the menu --- */

static const GActionEntry entries[] = {
    {.name = "copy", .activate = copy},
    {.name = "copy-address", .activate = copy_address},
    {.name = "zoom-block", .activate = zoom_block},
    {.name = "other-event", .activate = other_event},
};

void
hs_table_menu_install(HsTableBody *body)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();

  g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), body);
  gtk_widget_insert_action_group(GTK_WIDGET(body), "row", G_ACTION_GROUP(group));
}

static void
set_enabled(HsTableBody *body, const char *name, gboolean enabled)
{
  GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(body), "row");
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(group), name);

  g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

static void
append_filters(GMenu *menu, const HsTimeline *timeline, const HsTableSubject *subject)
{
  GMenu *only = g_menu_new(), *hide = g_menu_new();
  const char *source = hs_source_name(subject->source);

  if (subject->heap.v != HS_ID_NONE) {
    hs_pane_menu_append(only, _("Show only this _heap"), "win.only-heap",
                        hs_pane_menu_heap_target(timeline, subject->heap));
    hs_pane_menu_append(hide, _("_Hide this heap"), "win.hide-heap", hs_pane_menu_heap_target(timeline, subject->heap));
  }
  if (subject->source != HS_SOURCE_NONE) {
    hs_pane_menu_append(only, _("Show only this _source"), "win.only-source", g_variant_new_string(source));
    hs_pane_menu_append(hide, _("Hide this s_ource"), "win.hide-source", g_variant_new_string(source));
  }
  if (subject->process.v != HS_ID_NONE)
    hs_pane_menu_append(only, _("Show only this _process"), "win.only-process",
                        g_variant_new_uint32(hs_timeline_process(timeline, subject->process)->pid));
  hs_pane_menu_take_section(menu, only);
  hs_pane_menu_take_section(menu, hide);
}

/* Of the cell last clicked, if the filter's language knows such values. */
static void
append_value(GMenu *menu, HsTableBody *body, const HsTableRow *row)
{
  const char *field = NULL;
  g_autofree char *value = body->kind->filter_value(&body->model, row, body->column, &field);
  GMenu *section = g_menu_new();

  if (value != NULL) {
    hs_pane_menu_append(section, _("_Filter by this value"), "win.filter-by", g_variant_new("(ss)", field, value));
    hs_pane_menu_append(section, _("E_xclude this value"), "win.filter-exclude", g_variant_new("(ss)", field, value));
  }
  hs_pane_menu_take_section(menu, section);
}

static void
append_copy(GMenu *menu, HsTableBody *body, const HsTableSubject *subject)
{
  GMenu *section = g_menu_new();
  g_autoptr(GMenuItem) item = g_menu_item_new(_("_Copy"), "row.copy");
  char buffer[HS_FORMAT_MAX];

  g_menu_item_set_attribute(item, "accel", "s", "<Primary>c");
  g_menu_append_item(section, item);
  if (body->kind->has_memory)
    hs_pane_menu_append(section, _("Copy _address"), "row.copy-address", NULL);
  else if (subject->heap.v != HS_ID_NONE)
    hs_pane_menu_append(section, _("Copy h_andle"), "win.copy-text",
                        g_variant_new_string(hs_format_hex(
                            buffer, sizeof buffer, hs_timeline_heap(body->model.timeline, subject->heap)->handle)));
  hs_pane_menu_take_section(menu, section);
}

/* Who lived at the row's address. */
static void
append_dwelling(GMenu *menu, const HsTimeline *timeline, const HsTableSubject *subject)
{
  GMenu *section = g_menu_new();

  if (subject->has_address)
    hs_pane_menu_add_dwelling(section, timeline, subject->process, subject->address);
  hs_pane_menu_take_section(menu, section);
}

static GMenu *
build_menu(HsTableBody *body, const HsTableRow *row, const HsTableSubject *subject)
{
  GMenu *menu = g_menu_new(), *block = g_menu_new();

  append_filters(menu, body->model.timeline, subject);
  append_value(menu, body, row);
  if (body->kind->has_memory) {
    hs_pane_menu_append(block, _("_Zoom to block lifetime"), "row.zoom-block", NULL);
    hs_pane_menu_append(block, _("Select block’s other _event"), "row.other-event", NULL);
  }
  hs_pane_menu_take_section(menu, block);
  append_dwelling(menu, body->model.timeline, subject);
  append_copy(menu, body, subject);
  return menu;
}

void
hs_table_menu_popup(HsTableBody *body, const GdkEvent *event)
{
  HsTableRow row;
  HsTableSubject subject;
  GdkRectangle area;

  if (!cursor_row(body, &row))
    return;
  body->kind->subject(&body->model, &row, &subject);
  set_enabled(body, "zoom-block", subject.block.v != HS_ID_NONE);
  set_enabled(body, "other-event", other_row(body, &subject) != UINT32_MAX);
  set_enabled(body, "copy-address", subject.has_address);

  g_autoptr(GMenu) model = build_menu(body, &row, &subject);
  g_clear_pointer(&body->menu, gtk_widget_destroy);
  body->menu = gtk_menu_new_from_model(G_MENU_MODEL(model));
  gtk_menu_attach_to_widget(GTK_MENU(body->menu), GTK_WIDGET(body), NULL);
  if (event != NULL) {
    gtk_menu_popup_at_pointer(GTK_MENU(body->menu), event);
    return;
  }
  hs_table_body_cell_area(body, body->cursor, body->column, &area);
  /* The column may be scrolled off. */
  area.x = CLAMP(area.x, 0, MAX(0, gtk_widget_get_allocated_width(GTK_WIDGET(body)) - area.width));
  gtk_menu_popup_at_rect(GTK_MENU(body->menu), gtk_widget_get_window(GTK_WIDGET(body)), &area, GDK_GRAVITY_SOUTH_WEST,
                         GDK_GRAVITY_NORTH_WEST, NULL);
  gtk_menu_shell_select_first(GTK_MENU_SHELL(body->menu), FALSE);
}
