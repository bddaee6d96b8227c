/* SPDX-License-Identifier: MIT */
#include "hs-menus.h"

#include <gtk/gtk.h>

GMenuModel *
hs_menus_get(const char *id)
{
  static GtkBuilder *builder;
  if (builder == NULL)
    builder = gtk_builder_new_from_resource("/org/heapscope/Heapscope/hs-menus.ui");
  return G_MENU_MODEL(gtk_builder_get_object(builder, id));
}
