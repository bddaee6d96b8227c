/* SPDX-License-Identifier: MIT */
/* Menus of buttons, some of which all windows share. Main thread. */
#pragma once

#include <gtk/gtk.h>

/* A menu of ui/hs-menus.ui by its id: GtkBuilder leaks the inner menus of each that it makes. Borrowed; lives as long
 * as the program. */
GMenuModel *hs_menus_get(const char *id);

/* Gives a button a menu in place of what it had, as gtk_menu_button_set_menu_model() does, but its widgets, a hundred
 * for some, are made when it is opened. NULL = none. */
void hs_menus_set(GtkMenuButton *button, GMenuModel *model);
/* That menu, opened before or not. Borrowed, or NULL. */
GMenuModel *hs_menus_of(GtkMenuButton *button);
