/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>

/* A menu of ui/hs-menus.ui by its id, shared by all windows: GtkBuilder leaks the inner menus of each that it makes.
 * Borrowed; lives as long as the program. Main thread. */
GMenuModel *hs_menus_get(const char *id);
