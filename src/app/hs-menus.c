/* SPDX-License-Identifier: MIT */
#include "hs-menus.h"

/* The model of a button whose menu has not been opened. */
#define DATA_KEY "hs-menu"

GMenuModel *
hs_menus_get(const char *id)
{
  static GtkBuilder *builder;
  if (builder == NULL)
    builder = gtk_builder_new_from_resource("/org/heapscope/Heapscope/hs-menus.ui");
  return G_MENU_MODEL(gtk_builder_get_object(builder, id));
}

/* The button's own handler came first, and found nothing to open. */
static void
on_toggled(GtkMenuButton *button)
{
  GMenuModel *model = g_object_get_data(G_OBJECT(button), DATA_KEY);
  if (model == NULL || !gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)))
    return;
  gtk_menu_button_set_menu_model(button, model);
  g_object_set_data(G_OBJECT(button), DATA_KEY, NULL);
  gtk_popover_popup(gtk_menu_button_get_popover(button));
}

void
hs_menus_set(GtkMenuButton *button, GMenuModel *model)
{
  GtkPopover *popover = gtk_menu_button_get_popover(button);
  if (popover != NULL && gtk_widget_get_visible(GTK_WIDGET(popover))) {
    gtk_menu_button_set_menu_model(button, model);
    return;
  }
  if (popover != NULL)
    gtk_menu_button_set_menu_model(button, NULL);
  g_signal_handlers_disconnect_by_func(button, on_toggled, NULL);
  g_signal_connect(button, "toggled", G_CALLBACK(on_toggled), NULL);
  g_object_set_data_full(G_OBJECT(button), DATA_KEY, model != NULL ? g_object_ref(model) : NULL, g_object_unref);
  gtk_widget_set_sensitive(GTK_WIDGET(button), model != NULL);
}

GMenuModel *
hs_menus_of(GtkMenuButton *button)
{
  GMenuModel *model = g_object_get_data(G_OBJECT(button), DATA_KEY);
  return model != NULL ? model : gtk_menu_button_get_menu_model(button);
}
