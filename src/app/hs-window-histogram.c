/* SPDX-License-Identifier: MIT */
/* The window's actions on its two histograms: the page and the small one in the sidebar. */
#include "hs-window-private.h"

static HsHistogram *
page_of(HsWindow *self)
{
  return hs_histogram_view_get_histogram(self->histogram);
}

static void
remember(HsWindow *self, GSimpleAction *action, GVariant *value)
{
  g_simple_action_set_state(action, value);
  if (self->settings != NULL)
    g_settings_set_value(self->settings, g_action_get_name(G_ACTION(action)), value);
}

static void
change_kind(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsDistributionKind kind = hs_distribution_from_name(g_variant_get_string(value, NULL));
  if (kind == HS_N_DISTRIBUTIONS)
    return;
  hs_histogram_set_kind(page_of(data), kind);
  remember(data, action, value);
}

static void
change_measure(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsHistogramMeasure measure = hs_histogram_measure_from_name(g_variant_get_string(value, NULL));
  if (measure == HS_N_HISTOGRAM_MEASURES)
    return;
  hs_histogram_set_measure(page_of(data), measure);
  remember(data, action, value);
}

static void
change_scale(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsHistogramScale scale = hs_histogram_scale_from_name(g_variant_get_string(value, NULL));
  if (scale == HS_N_HISTOGRAM_SCALES)
    return;
  hs_histogram_set_scale(page_of(data), scale);
  remember(data, action, value);
}

static void
change_sidebar_kind(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsDistributionKind kind = hs_distribution_from_name(g_variant_get_string(value, NULL));
  if (kind != HS_DISTRIBUTION_SIZES && kind != HS_DISTRIBUTION_LIFETIMES)
    return;
  hs_sidebar_set_histogram_kind(HS_WINDOW(data)->sidebar, kind);
  remember(data, action, value);
}

static void
change_sidebar_measure(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsHistogramMeasure measure = hs_histogram_measure_from_name(g_variant_get_string(value, NULL));
  if (measure == HS_N_HISTOGRAM_MEASURES)
    return;
  hs_sidebar_set_histogram_measure(HS_WINDOW(data)->sidebar, measure);
  remember(data, action, value);
}

static const GActionEntry entries[] = {
    {"histogram", NULL, "s", "'sizes'", change_kind},
    {"histogram-measure", NULL, "s", "'count'", change_measure},
    {"histogram-scale", NULL, "s", "'root'", change_scale},
    {"sidebar-histogram", NULL, "s", "'sizes'", change_sidebar_kind},
    {"sidebar-histogram-measure", NULL, "s", "'count'", change_sidebar_measure},
};

void
hs_window_add_histogram_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  for (gsize i = 0; self->settings != NULL && i < G_N_ELEMENTS(entries); i++) {
    g_autoptr(GVariant) value = g_settings_get_value(self->settings, entries[i].name);
    g_action_group_change_action_state(G_ACTION_GROUP(self), entries[i].name, value);
  }
}
