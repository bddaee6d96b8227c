/* SPDX-License-Identifier: MIT */
/*
 * HsFilterHistory: a popover that lists earlier filters.
 *
 * Signals:
 *   picked (const char *text)   one was chosen; the popover closes
 */
#pragma once

#include <gtk/gtk.h>

#define HS_TYPE_FILTER_HISTORY (hs_filter_history_get_type())
G_DECLARE_FINAL_TYPE(HsFilterHistory, hs_filter_history, HS, FILTER_HISTORY, GtkPopover)

HsFilterHistory *hs_filter_history_new(void);
/* NULL-ended, the newest first; empty ones are left out. Returns how many are listed. */
guint hs_filter_history_set_texts(HsFilterHistory *self, const char *const *texts);
