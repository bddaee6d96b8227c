/* SPDX-License-Identifier: MIT */
/* Layers of the chart as filters: all of it writes into the filter's text, by the actions that the sidebar uses. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-pane-menu.h"
#include "hs-pivot-rows.h"
#include "hs-query-edit.h"
#include "hs-size-chart-private.h"

/* More hidden ones than this are not listed. */
#define MAX_HIDDEN 16

static HsDocument *
document_of(HsSizeChart *self)
{
  return hs_time_pane_get_document(HS_TIME_PANE(self));
}

/* --- what is hidden --- */

static void
add_hidden(HsSizeChart *self, uint32_t id)
{
  if (self->hidden->len < MAX_HIDDEN)
    g_array_append_val(self->hidden, id);
}

static void
find_hidden_sources(HsSizeChart *self, const HsFilter *filter)
{
  const HsTimeline *timeline = hs_document_get_timeline(document_of(self));
  for (uint32_t i = 1; i < HS_N_SOURCES; i++) {
    if (!hs_filter_shows_source(filter, (HsSource)i) && HS_GET(timeline->totals.sources[i]) > 0)
      add_hidden(self, i);
  }
}

/* Those that were hidden one by one; where the choice is of some, all others are no news. */
static void
find_hidden_heaps(HsSizeChart *self, const HsFilter *filter)
{
  for (guint i = 0; i < filter->heaps->len && !filter->only_heaps; i++)
    add_hidden(self, g_array_index(filter->heaps, uint32_t, i));
}

static gboolean
shows_any_heap(const HsFilter *filter, const HsTimeline *timeline, uint32_t process)
{
  uint32_t n_heaps = hs_timeline_n_heaps(timeline);
  for (uint32_t i = 0; i < n_heaps; i++) {
    if (hs_timeline_heap(timeline, (HsHeapId){i})->process.v == process && hs_filter_shows_heap(filter, (HsHeapId){i}))
      return TRUE;
  }
  return FALSE;
}

static void
find_hidden_processes(HsSizeChart *self, const HsFilter *filter)
{
  const HsTimeline *timeline = hs_document_get_timeline(document_of(self));
  uint32_t last = HS_ID_NONE;
  for (guint i = 0; i < filter->heaps->len && !filter->only_heaps && self->hidden->len < MAX_HIDDEN; i++) {
    uint32_t heap = g_array_index(filter->heaps, uint32_t, i);
    if (heap >= hs_timeline_n_heaps(timeline))
      continue;
    uint32_t process = hs_timeline_heap(timeline, (HsHeapId){heap})->process.v;
    gboolean listed = process == last;
    for (guint k = 0; k < self->hidden->len; k++)
      listed = listed || g_array_index(self->hidden, uint32_t, k) == process;
    if (!listed && !shows_any_heap(filter, timeline, process))
      add_hidden(self, process);
    last = process;
  }
}

void
hs_size_chart_update_hidden(HsSizeChart *self)
{
  HsDocument *document = document_of(self);
  g_array_set_size(self->hidden, 0);
  if (document == NULL)
    return;
  const HsFilter *filter = hs_document_get_filter(document);
  HsGroup group = hs_document_get_group(document);
  if (group == HS_GROUP_SOURCE)
    find_hidden_sources(self, filter);
  else if (group == HS_GROUP_HEAP)
    find_hidden_heaps(self, filter);
  else if (group == HS_GROUP_PROCESS)
    find_hidden_processes(self, filter);
}

/* --- actions --- */

typedef enum { ONLY, HIDE, SHOW } Wish;

/* The action that does it, and its target (floating); NULL if there is none. */
static const char *
action_for(const HsTimeline *timeline, HsGroup group, uint32_t id, Wish wish, GVariant **target)
{
  static const char *const heap[] = {"only-heap", "hide-heap", "show-heap"};
  static const char *const process[] = {"only-process", "hide-process", "show-process"};
  static const char *const source[] = {"only-source", "hide-source", "show-source"};
  if (group == HS_GROUP_HEAP && id < hs_timeline_n_heaps(timeline)) {
    *target = hs_pane_menu_heap_target(timeline, (HsHeapId){id});
    return heap[wish];
  }
  if (group == HS_GROUP_PROCESS && id < hs_timeline_n_processes(timeline)) {
    *target = g_variant_new_uint32(hs_timeline_process(timeline, (HsProcessId){id})->pid);
    return process[wish];
  }
  if (group == HS_GROUP_SOURCE && id > HS_SOURCE_NONE && id < HS_N_SOURCES) {
    *target = g_variant_new_string(hs_source_name((HsSource)id));
    return source[wish];
  }
  if (group == HS_GROUP_SIZE_CLASS && id != HS_ID_NONE && wish != SHOW) {
    g_autofree char *value = hs_size_class_value(id);
    *target = g_variant_new("(ss)", "size", value);
    return wish == ONLY ? "filter-by" : "filter-exclude";
  }
  return NULL;
}

static const char *
field_of(HsGroup group)
{
  switch (group) {
  case HS_GROUP_HEAP:
  case HS_GROUP_PROCESS:
    return "heap";
  case HS_GROUP_SOURCE:
    return "source";
  case HS_GROUP_SIZE_CLASS:
    return "size";
  case HS_GROUP_NONE:
  case HS_N_GROUPS:
    break;
  }
  return NULL;
}

/* Whether the filter leaves but this layer, and would leave more without what it says of the grouping. */
static gboolean
is_alone(HsSizeChart *self, const HsChart *chart, uint32_t id)
{
  int n_used = 0;
  for (guint i = 0; self->legend != NULL && i < self->legend->len; i++)
    n_used += g_array_index(self->legend, HsLegendEntry, i).kind == HS_LEGEND_LAYER;
  if (n_used != 1 || field_of(chart->group) == NULL || hs_chart_find_layer(chart, id) < 0)
    return FALSE;
  const HsQuery *query = hs_document_get_query(document_of(self));
  g_autofree char *without = hs_query_without(query, field_of(chart->group));
  return !g_str_equal(without, hs_document_get_filter_text(document_of(self)));
}

void
hs_size_chart_pick(HsSizeChart *self, HsLegendKind kind, uint32_t id, gboolean toggle)
{
  const HsChart *chart = hs_pane_chart_get(self->chart);
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "win");
  if (chart == NULL || actions == NULL || document_of(self) == NULL)
    return;
  if (kind == HS_LEGEND_LAYER && !toggle && is_alone(self, chart, id)) {
    g_action_group_activate_action(actions, "show-all-of", g_variant_new_string(field_of(chart->group)));
    return;
  }
  GVariant *target = NULL;
  Wish wish = kind == HS_LEGEND_HIDDEN ? SHOW : toggle ? HIDE : ONLY;
  const char *name = action_for(hs_document_get_timeline(document_of(self)), chart->group, id, wish, &target);
  if (name != NULL)
    g_action_group_activate_action(actions, name, target);
}

/* --- menus --- */

static void
add_item(GMenu *menu, const HsTimeline *timeline, HsGroup group, uint32_t id, Wish wish, const char *format)
{
  GVariant *target = NULL;
  const char *name = action_for(timeline, group, id, wish, &target);
  if (name == NULL)
    return;
  g_autofree char *action = g_strconcat("win.", name, NULL);
  g_autofree char *layer = hs_chart_layer_name(timeline, group, id, false);
  /* The format is one of ours, translated. */
  g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
  g_autofree char *joined = g_strjoinv(layer, parts);
  /* An underscore is one, not a mnemonic. */
  g_auto(GStrv) pieces = g_strsplit(joined, "_", -1);
  g_autofree char *label = g_strjoinv("__", pieces);
  hs_pane_menu_append(menu, label, action, target);
}

void
hs_size_chart_add_layer_items(GMenu *menu, HsDocument *document, HsGroup group, uint32_t id)
{
  const HsTimeline *timeline = hs_document_get_timeline(document);
  add_item(menu, timeline, group, id, ONLY, _("Show only %s"));
  add_item(menu, timeline, group, id, HIDE, _("Hide %s"));
}

void
hs_size_chart_add_layers_menu(HsSizeChart *self, GMenu *menu)
{
  const HsChart *chart = hs_pane_chart_get(self->chart);
  HsDocument *document = document_of(self);
  if (chart == NULL || chart->group == HS_GROUP_NONE)
    return;
  const HsTimeline *timeline = hs_document_get_timeline(document);
  g_autoptr(GMenu) only = g_menu_new();
  g_autoptr(GMenu) hide = g_menu_new();
  g_autoptr(GMenu) show = g_menu_new();
  for (int i = 0; i < chart->n_layers; i++) {
    add_item(only, timeline, chart->group, chart->layer_ids[i], ONLY, "%s");
    add_item(hide, timeline, chart->group, chart->layer_ids[i], HIDE, "%s");
  }
  for (guint i = 0; i < self->hidden->len; i++)
    add_item(show, timeline, chart->group, g_array_index(self->hidden, uint32_t, i), SHOW, "%s");
  if (g_menu_model_get_n_items(G_MENU_MODEL(only)) > 0) {
    g_menu_append_submenu(menu, _("Show only"), G_MENU_MODEL(only));
    g_menu_append_submenu(menu, _("Hide"), G_MENU_MODEL(hide));
  }
  if (g_menu_model_get_n_items(G_MENU_MODEL(show)) > 0)
    g_menu_append_submenu(menu, _("Show again"), G_MENU_MODEL(show));
}
