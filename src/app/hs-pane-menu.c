/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-chart-text.h"
#include "hs-format.h"
#include "hs-pane-menu.h"

void
hs_pane_menu_append(GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
  g_menu_item_set_action_and_target_value(item, action, target);
  g_menu_append_item(menu, item);
}

void
hs_pane_menu_take_section(GMenu *menu, GMenu *section)
{
  if (g_menu_model_get_n_items(G_MENU_MODEL(section)) > 0)
    g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
  g_object_unref(section);
}

GVariant *
hs_pane_menu_heap_target(const HsTimeline *timeline, HsHeapId id)
{
  char handle[HS_FORMAT_MAX];
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  uint32_t pid = hs_timeline_process(timeline, heap->process)->pid;
  return g_variant_new("(us)", pid, hs_format_hex(handle, sizeof handle, heap->handle));
}

void
hs_pane_menu_add_heap(GMenu *menu, const HsTimeline *timeline, HsHeapId heap)
{
  if (heap.v >= hs_timeline_n_heaps(timeline))
    return;
  char handle[HS_FORMAT_MAX];
  hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, heap)->handle);
  g_autofree char *only = g_strdup_printf(_("Show only heap %s"), handle);
  g_autofree char *hide = g_strdup_printf(_("Hide heap %s"), handle);
  hs_pane_menu_append(menu, only, "win.only-heap", hs_pane_menu_heap_target(timeline, heap));
  hs_pane_menu_append(menu, hide, "win.hide-heap", hs_pane_menu_heap_target(timeline, heap));
}

void
hs_pane_menu_add_source(GMenu *menu, HsSource source)
{
  if (source <= HS_SOURCE_NONE || source >= HS_N_SOURCES)
    return;
  g_autofree char *only = g_strdup_printf(_("Show only source “%s”"), hs_source_title(source));
  g_autofree char *hide = g_strdup_printf(_("Hide source “%s”"), hs_source_title(source));
  hs_pane_menu_append(menu, only, "win.only-source", g_variant_new_string(hs_source_name(source)));
  hs_pane_menu_append(menu, hide, "win.hide-source", g_variant_new_string(hs_source_name(source)));
}

void
hs_pane_menu_add_moment(GMenu *menu, HsDocument *document, int64_t ticks)
{
  int64_t span0, span1;
  GMenu *section = g_menu_new();
  hs_document_get_span(document, &span0, &span1);
  ticks = CLAMP(ticks, span0, span1 - 1);
  int64_t ns = hs_clock_to_ns(hs_timeline_clock(hs_document_get_timeline(document)), ticks);
  hs_pane_menu_append(section, _("Set a marker here"), "win.add-marker", g_variant_new("(xs)", ns, ""));
  hs_pane_menu_append(section, _("Set pin A here"), "win.pin-a-at", g_variant_new_int64(ns));
  hs_pane_menu_append(section, _("Set pin B here"), "win.pin-b-at", g_variant_new_int64(ns));
  hs_pane_menu_take_section(menu, section);
}

void
hs_pane_menu_add_dwelling(GMenu *menu, const HsTimeline *timeline, HsProcessId process, uint64_t address)
{
  char text[HS_FORMAT_MAX];
  if (process.v == HS_ID_NONE || hs_timeline_process(timeline, process)->pid == UINT32_MAX)
    return;
  hs_format_hex(text, sizeof text, address);
  g_autofree char *label = g_strdup_printf(_("Who lived at %s?"), text);
  hs_pane_menu_append(menu, label, "win.who-lived-here",
                      g_variant_new("(us)", hs_timeline_process(timeline, process)->pid, text));
}

void
hs_pane_menu_add_view(GMenu *menu, HsDocument *document)
{
  int64_t sel0, sel1;
  if (!hs_query_is_empty(hs_document_get_query(document)))
    g_menu_append(menu, _("Show all"), "win.clear-filter");
  if (hs_document_get_selection(document, &sel0, &sel1))
    g_menu_append(menu, _("Zoom to selection"), "win.zoom-selection");
  if (hs_document_can_go_back(document))
    g_menu_append(menu, _("Back to the zoom before"), "win.zoom-back");
  g_menu_append(menu, _("Zoom to the whole trace"), "win.zoom-fit");
}

static void
append_choice(GMenu *menu, const char *label, const char *action, const char *target)
{
  hs_pane_menu_append(menu, label, action, g_variant_new_string(target));
}

void
hs_pane_menu_add_display(GMenu *menu)
{
  g_autoptr(GMenu) measures = g_menu_new();
  g_autoptr(GMenu) groups = g_menu_new();
  GMenu *what = g_menu_new(), *how = g_menu_new();
  for (unsigned i = 0; i < HS_N_MEASURES; i++)
    append_choice(measures, hs_measure_title((HsMeasure)i), "win.measure", hs_measure_name((HsMeasure)i));
  for (unsigned i = 0; i < HS_N_GROUPS; i++)
    append_choice(groups, hs_group_title((HsGroup)i), "win.group", hs_group_name((HsGroup)i));
  g_menu_append_submenu(what, _("Chart"), G_MENU_MODEL(measures));
  g_menu_append_submenu(what, _("Layers"), G_MENU_MODEL(groups));
  append_choice(how, _("Stacked"), "win.chart-style", "stacked");
  append_choice(how, _("Overlaid"), "win.chart-style", "overlaid");
  append_choice(how, _("Axis follows the view"), "win.chart-axis", "auto");
  append_choice(how, _("Axis stays fixed"), "win.chart-axis", "fixed");
  g_menu_append(how, _("Logarithmic axis"), "win.chart-log");
  g_menu_append(how, _("Committed and reserved"), "win.chart-committed");
  hs_pane_menu_take_section(menu, what);
  hs_pane_menu_take_section(menu, how);
}

void
hs_pane_menu_add_picture(GMenu *menu, const char *view)
{
  GMenu *picture = g_menu_new();
  append_choice(picture, _("Copy picture"), "win.copy-view", view);
  g_menu_append(picture, _("Save picture…"), "win.save-picture");
  hs_pane_menu_take_section(menu, picture);
}
