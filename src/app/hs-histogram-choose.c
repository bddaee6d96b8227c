/* SPDX-License-Identifier: MIT */
/* Bars as filters. What is chosen is written into the one text that the filter bar shows. */
#include <string.h>

#include "hs-config.h"
#include "hs-distribution-text.h"
#include "hs-histogram-private.h"
#include "hs-pane-menu.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* What is shown is of the wanted kind, and has this class. */
static gboolean
has_class(HsHistogram *self, uint32_t class)
{
  const HsDistribution *d = self->distribution;
  return self->document != NULL && d != NULL && d->kind == self->kind && class < d->n_classes &&
         d->classes[class].whole.count > 0;
}

/* The classes that the wanted filter lets through; all of them if it does not ask. FALSE then. */
static gboolean
get_wanted(HsHistogram *self, bool *wanted)
{
  const HsDistribution *d = self->distribution;
  if (!hs_distribution_restricts(d->kind, hs_document_get_query(self->document)))
    return FALSE;
  /* What was written here just now may not be counted yet. */
  bool is_ours = g_strcmp0(self->written, hs_document_get_filter_text(self->document)) == 0;
  for (uint32_t c = 0; c < d->n_classes; c++)
    wanted[c] = is_ours ? self->wanted[c] : d->classes[c].passing.count > 0;
  return TRUE;
}

static void
activate(HsHistogram *self, const char *text)
{
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "win");
  if (actions != NULL)
    g_action_group_activate_action(actions, "filter", g_variant_new_string(text));
}

/* Of flags that are all clear, the text without any such. */
static char *
write_wanted(HsHistogram *self, const bool *wanted)
{
  return hs_distribution_only_text(self->kind, hs_document_get_query(self->document), wanted);
}

static unsigned
count_flags(const bool *flags)
{
  unsigned n = 0;
  for (uint32_t c = 0; c < HS_DISTRIBUTION_MAX_CLASSES; c++)
    n += flags[c];
  return n;
}

static void
set_stretch(const HsHistogram *self, uint32_t class, bool *wanted)
{
  uint32_t from = self->anchor != HS_CLASS_NONE ? self->anchor : class;
  for (uint32_t c = MIN(from, class); c <= MAX(from, class); c++)
    wanted[c] = true;
}

void
hs_histogram_choose(HsHistogram *self, uint32_t class, HsChoose how)
{
  bool wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  if (!has_class(self, class))
    return;
  gboolean some = get_wanted(self, wanted);
  if (how == HS_CHOOSE_TOGGLE) {
    wanted[class] = !some || !wanted[class];
  } else if (how == HS_CHOOSE_ONLY) {
    /* A click on the only one that is shown shows all again. */
    bool is_lone = some && wanted[class] && count_flags(wanted) == 1;
    memset(wanted, 0, sizeof wanted);
    wanted[class] = !is_lone;
  } else {
    if (how == HS_CHOOSE_STRETCH)
      memset(wanted, 0, sizeof wanted);
    set_stretch(self, class, wanted);
  }
  if (how == HS_CHOOSE_ONLY || how == HS_CHOOSE_TOGGLE || self->anchor == HS_CLASS_NONE)
    self->anchor = class;
  g_autofree char *text = write_wanted(self, wanted);
  activate(self, text);
  g_free(self->written);
  self->written = g_steal_pointer(&text);
  for (uint32_t c = 0; c < HS_DISTRIBUTION_MAX_CLASSES; c++)
    self->wanted[c] = wanted[c];
}

static char *
text_without(HsHistogram *self, uint32_t class)
{
  bool wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  /* Of several chosen ones, one less. */
  if (get_wanted(self, wanted) && wanted[class] && count_flags(wanted) > 1) {
    wanted[class] = false;
    return write_wanted(self, wanted);
  }
  return hs_distribution_without_text(self->kind, hs_document_get_query(self->document), class);
}

void
hs_histogram_exclude(HsHistogram *self, uint32_t class)
{
  if (!has_class(self, class))
    return;
  g_autofree char *text = text_without(self, class);
  activate(self, text);
}

/* --- the menu --- */

static void
add_class_items(HsHistogram *self, GMenu *menu, uint32_t class)
{
  bool only[HS_DISTRIBUTION_MAX_CLASSES] = {false}, wanted[HS_DISTRIBUTION_MAX_CLASSES] = {false};
  if (!has_class(self, class))
    return;
  g_autofree char *name = hs_distribution_class_text(self->kind, class);
  g_autofree char *only_label = g_strdup_printf(_("Show only %s"), name);
  only[class] = true;
  g_autofree char *only_text = write_wanted(self, only);
  hs_pane_menu_append(menu, only_label, "win.filter", g_variant_new_string(only_text));
  gboolean some = get_wanted(self, wanted);
  if (some && !wanted[class]) {
    g_autofree char *label = g_strdup_printf(_("Show %s, too"), name);
    wanted[class] = true;
    g_autofree char *text = write_wanted(self, wanted);
    hs_pane_menu_append(menu, label, "win.filter", g_variant_new_string(text));
    return;
  }
  g_autofree char *label = g_strdup_printf(_("Hide %s"), name);
  g_autofree char *text = text_without(self, class);
  hs_pane_menu_append(menu, label, "win.filter", g_variant_new_string(text));
}

static void
add_all_item(HsHistogram *self, GMenu *menu)
{
  if (self->document == NULL || !hs_distribution_restricts(self->kind, hs_document_get_query(self->document)))
    return;
  g_autofree char *text = hs_distribution_other_text(self->kind, hs_document_get_query(self->document));
  hs_pane_menu_append(menu, hs_distribution_is_of_lifetimes(self->kind) ? _("Show all lifetimes") : _("Show all sizes"),
                      "win.filter", g_variant_new_string(text));
}

static void
add_display(HsHistogram *self, GMenu *menu)
{
  GMenu *kinds = g_menu_new(), *measures = g_menu_new(), *scales = g_menu_new();
  const char *kind = self->is_small ? "win.sidebar-histogram" : "win.histogram";
  const char *measure = self->is_small ? "win.sidebar-histogram-measure" : "win.histogram-measure";
  for (int k = 0; k < HS_N_DISTRIBUTIONS; k++) {
    if (!self->is_small || k == HS_DISTRIBUTION_SIZES || k == HS_DISTRIBUTION_LIFETIMES)
      hs_pane_menu_append(kinds, hs_distribution_title((HsDistributionKind)k), kind,
                          g_variant_new_string(hs_distribution_name((HsDistributionKind)k)));
  }
  hs_pane_menu_append(measures, _("Allocations"), measure, g_variant_new_string("count"));
  hs_pane_menu_append(measures, _("Bytes"), measure, g_variant_new_string("bytes"));
  if (!self->is_small) {
    hs_pane_menu_append(scales, _("Linear"), "win.histogram-scale", g_variant_new_string("linear"));
    hs_pane_menu_append(scales, _("Square root"), "win.histogram-scale", g_variant_new_string("root"));
    hs_pane_menu_append(scales, _("Logarithmic"), "win.histogram-scale", g_variant_new_string("log"));
  } else {
    hs_pane_menu_append(scales, _("Open large"), "win.tab", g_variant_new_string("histogram"));
  }
  hs_pane_menu_take_section(menu, kinds);
  hs_pane_menu_take_section(menu, measures);
  hs_pane_menu_take_section(menu, scales);
}

void
hs_histogram_popup(HsHistogram *self, uint32_t class, const GdkEvent *event)
{
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *bars = g_menu_new();
  add_class_items(self, bars, class);
  add_all_item(self, bars);
  hs_pane_menu_take_section(menu, bars);
  add_display(self, menu);
  GMenu *picture = g_menu_new();
  hs_pane_menu_append(picture, _("Copy picture"), "win.copy-view",
                      g_variant_new_string(hs_distribution_is_of_lifetimes(self->kind) ? "lifetimes" : "histogram"));
  hs_pane_menu_take_section(menu, picture);
  if (self->menu != NULL)
    gtk_widget_destroy(self->menu);
  g_set_weak_pointer(&self->menu, gtk_menu_new_from_model(G_MENU_MODEL(menu)));
  gtk_menu_attach_to_widget(GTK_MENU(self->menu), GTK_WIDGET(self), NULL);
  if (event != NULL && event->type == GDK_BUTTON_PRESS)
    gtk_menu_popup_at_pointer(GTK_MENU(self->menu), event);
  else
    gtk_menu_popup_at_widget(GTK_MENU(self->menu), GTK_WIDGET(self), GDK_GRAVITY_CENTER, GDK_GRAVITY_NORTH, event);
}
