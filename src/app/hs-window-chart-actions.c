/* SPDX-License-Identifier: MIT */
/*
 * The window's actions on what charts show and how. Their states stand for the window, also while there is no trace,
 * and are kept in the settings under their own names.
 */
#include <math.h>

#include "hs-window-private.h"

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

static GVariant *
state_of(HsWindow *self, const char *name)
{
  return g_action_group_get_action_state(G_ACTION_GROUP(self), name);
}

static gboolean
state_is(HsWindow *self, const char *name, const char *value)
{
  g_autoptr(GVariant) state = state_of(self, name);
  return g_str_equal(g_variant_get_string(state, NULL), value);
}

static gboolean
is_on(HsWindow *self, const char *name)
{
  g_autoptr(GVariant) state = state_of(self, name);
  return g_variant_get_boolean(state);
}

static HsMeasure
wanted_measure(HsWindow *self)
{
  g_autoptr(GVariant) state = state_of(self, "measure");
  return hs_measure_from_name(g_variant_get_string(state, NULL));
}

static HsGroup
wanted_group(HsWindow *self)
{
  g_autoptr(GVariant) state = state_of(self, "group");
  return hs_group_from_name(g_variant_get_string(state, NULL));
}

void
hs_window_apply_chart_actions(HsWindow *self)
{
  if (self->document == NULL)
    return;
  HsChartLook look = *hs_document_get_chart_look(self->document);
  look.overlaid = state_is(self, "chart-style", "overlaid");
  look.log = is_on(self, "chart-log");
  look.fixed = state_is(self, "chart-axis", "fixed");
  look.committed = is_on(self, "chart-committed");
  if (!look.fixed)
    look.fixed_max = 0;
  hs_document_set_measure(self->document, wanted_measure(self));
  hs_document_set_group(self->document, wanted_group(self));
  /* What is a value of the last measure was put away with it. */
  look.fixed_max = MIN(look.fixed_max, hs_document_get_chart_look(self->document)->fixed_max);
  hs_document_set_chart_look(self->document, &look);
}

/* Takes the state. */
static void
take_state(HsWindow *self, GSimpleAction *action, GVariant *value)
{
  g_simple_action_set_state(action, value);
  hs_window_apply_chart_actions(self);
  if (self->settings != NULL)
    g_settings_set_value(self->settings, g_action_get_name(G_ACTION(action)), value);
}

static void
change_measure(GSimpleAction *action, GVariant *value, gpointer data)
{
  if (hs_measure_from_name(g_variant_get_string(value, NULL)) < HS_N_MEASURES)
    take_state(data, action, value);
}

static void
change_group(GSimpleAction *action, GVariant *value, gpointer data)
{
  if (hs_group_from_name(g_variant_get_string(value, NULL)) < HS_N_GROUPS)
    take_state(data, action, value);
}

static void
change_style(GSimpleAction *action, GVariant *value, gpointer data)
{
  static const char *const names[] = {"stacked", "overlaid", NULL};
  if (g_strv_contains(names, g_variant_get_string(value, NULL)))
    take_state(data, action, value);
}

static void
change_axis(GSimpleAction *action, GVariant *value, gpointer data)
{
  static const char *const names[] = {"auto", "fixed", NULL};
  if (g_strv_contains(names, g_variant_get_string(value, NULL)))
    take_state(data, action, value);
}

static void
change_switch(GSimpleAction *action, GVariant *value, gpointer data)
{
  take_state(data, action, value);
}

/* --- steps, for keys --- */

static void
change_state(gpointer window, const char *name, const char *value)
{
  g_action_group_change_action_state(window, name, g_variant_new_string(value));
}

ACTION(next_measure)
{
  change_state(data, "measure", hs_measure_name((wanted_measure(data) + 1) % HS_N_MEASURES));
}

ACTION(previous_measure)
{
  change_state(data, "measure", hs_measure_name((wanted_measure(data) + HS_N_MEASURES - 1) % HS_N_MEASURES));
}

ACTION(next_group)
{
  change_state(data, "group", hs_group_name((wanted_group(data) + 1) % HS_N_GROUPS));
}

ACTION(chart_toggle_style)
{
  change_state(data, "chart-style", state_is(data, "chart-style", "stacked") ? "overlaid" : "stacked");
}

/* The axis ends at a value of the measure shown (bytes, blocks, either a second, or a part of 1); 0 = at the whole
 * trace's largest. */
ACTION(chart_axis_max)
{
  HsWindow *self = data;
  double max = g_variant_get_double(parameter);
  if (self->document == NULL || !isfinite(max) || max < 0)
    return;
  if (!state_is(self, "chart-axis", "fixed"))
    change_state(self, "chart-axis", "fixed");
  HsChartLook look = *hs_document_get_chart_look(self->document);
  look.fixed_max = max;
  hs_document_set_chart_look(self->document, &look);
}

static const GActionEntry entries[] = {
    {"measure", NULL, "s", "'bytes'", change_measure},
    {"group", NULL, "s", "'source'", change_group},
    {"chart-style", NULL, "s", "'stacked'", change_style},
    {"chart-log", NULL, NULL, "false", change_switch},
    {"chart-axis", NULL, "s", "'auto'", change_axis},
    {"chart-committed", NULL, NULL, "true", change_switch},
    {"chart-axis-max", activate_chart_axis_max, "d", NULL, NULL},
    {"next-measure", activate_next_measure, NULL, NULL, NULL},
    {"previous-measure", activate_previous_measure, NULL, NULL, NULL},
    {"next-group", activate_next_group, NULL, NULL, NULL},
    {"chart-toggle-style", activate_chart_toggle_style, NULL, NULL, NULL},
};

void
hs_window_add_chart_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

void
hs_window_restore_chart_actions(HsWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
    if (entries[i].state == NULL)
      continue;
    g_autoptr(GVariant) value = g_settings_get_value(self->settings, entries[i].name);
    g_action_group_change_action_state(G_ACTION_GROUP(self), entries[i].name, value);
  }
}
