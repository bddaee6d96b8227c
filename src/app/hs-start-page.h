/* SPDX-License-Identifier: MIT */
/* HsStartPage: what a window shows while it has no trace: open, the sample, recent traces, or why a file could not be
 * used. */
#pragma once

#include <gtk/gtk.h>

#define HS_TYPE_START_PAGE (hs_start_page_get_type())
G_DECLARE_FINAL_TYPE(HsStartPage, hs_start_page, HS, START_PAGE, GtkBox)

/* Says that `file_name` could not be used, and why; NULLs bring back the greeting. */
void hs_start_page_set_error(HsStartPage *self, const char *file_name, const char *message);

/* Traces opened recently, youngest first, at most `limit`: a list of GtkRecentInfo. Free with
 * g_list_free_full (…, gtk_recent_info_unref). */
GList *hs_recent_traces(guint limit);
