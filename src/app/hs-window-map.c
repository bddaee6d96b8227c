/* SPDX-License-Identifier: MIT */
/* The window's actions on the address map: what its colours mean, and its legend, which writes into the filter. */
#include "hs-map-legend.h"
#include "hs-window-private.h"

static void
change_color_by(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  const char *name = g_variant_get_string(value, NULL);
  if (hs_map_color_from_name(name) == HS_N_COLOR_BY)
    return;
  g_simple_action_set_state(action, value);
  hs_window_color_map(self);
  if (self->settings != NULL)
    g_settings_set_string(self->settings, "map-color", name);
}

static HsColorBy
color_by(HsWindow *self)
{
  g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(self), "color-by");
  return hs_map_color_from_name(g_variant_get_string(state, NULL));
}

void
hs_window_color_map(HsWindow *self)
{
  if (self->document != NULL)
    hs_document_set_color_by(self->document, color_by(self));
}

static void
activate_color_next(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsColorBy next = (HsColorBy)((color_by(data) + 1) % HS_N_COLOR_BY);
  g_action_group_change_action_state(G_ACTION_GROUP(data), "color-by", g_variant_new_string(hs_map_color_name(next)));
}

static void
toggle_entry(HsWindow *self, guint index, bool only)
{
  HsDocument *document = self->document;
  HsTimeline *timeline = hs_document_get_timeline(document);
  const HsQuery *query = hs_document_get_query(document);
  g_autoptr(HsMapLegend) legend =
      hs_map_legend_new(timeline, hs_document_get_color_by(document), hs_time_pane_get_palette(self->map), query);
  g_autofree char *text = hs_map_legend_toggle(legend, index, only, query, timeline);
  if (text != NULL)
    hs_window_set_filter(self, text);
}

static void
activate_legend_toggle(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  toggle_entry(data, g_variant_get_uint32(parameter), false);
}

static void
activate_legend_only(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  toggle_entry(data, g_variant_get_uint32(parameter), true);
}

static const GActionEntry entries[] = {
    {"color-by", NULL, "s", "'source'", change_color_by},
    {"color-next", activate_color_next, NULL, NULL, NULL},
    {"legend-toggle", activate_legend_toggle, "u", NULL, NULL},
    {"legend-only", activate_legend_only, "u", NULL, NULL},
};

void
hs_window_add_map_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  /* The status bar tells what memory it takes. */
  g_signal_connect_object(self->map, "axis-changed", G_CALLBACK(hs_window_queue_status), self, G_CONNECT_SWAPPED);
}

void
hs_window_update_map_actions(HsWindow *self)
{
  gboolean has_trace = hs_window_has_trace(self);
  hs_window_set_action_enabled(self, "legend-toggle", has_trace);
  hs_window_set_action_enabled(self, "legend-only", has_trace);
}
