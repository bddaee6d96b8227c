/* SPDX-License-Identifier: MIT */
/* HsApplication: the program: command line, windows, what concerns no single window (app.… actions), keys. */
#pragma once

#include <gtk/gtk.h>

#define HS_TYPE_APPLICATION (hs_application_get_type())
G_DECLARE_FINAL_TYPE(HsApplication, hs_application, HS, APPLICATION, GtkApplication)

/* `flags` beside those it needs: G_APPLICATION_NON_UNIQUE for tests. */
HsApplication *hs_application_new(GApplicationFlags flags);
/* Opens a file in a window that shows no trace, or in a new one, and presents it. Returns the window, borrowed. */
GtkWindow *hs_application_open_path(HsApplication *self, const char *path);
/* What the program should exit with besides what g_application_run() says: nonzero if --screenshot failed. */
int hs_application_get_exit_status(HsApplication *self);
