/* SPDX-License-Identifier: MIT */
/*
 * HsFindBar: a line below the tables to find rows by an expression of the filter language. It knows no table: the owner
 * searches and says what was found.
 *
 * Signals:
 *   search (gboolean forward)   the next or previous row is wanted; the text is a filter and not empty
 *   closed                      the focus is wanted elsewhere
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-timeline.h"

#define HS_TYPE_FIND_BAR (hs_find_bar_get_type())
G_DECLARE_FINAL_TYPE(HsFindBar, hs_find_bar, HS, FIND_BAR, GtkBin)

/* Where the values offered come from; NULL = nowhere. */
void hs_find_bar_set_timeline(HsFindBar *self, HsTimeline *timeline);
/* Shows the bar, focuses its entry. */
void hs_find_bar_open(HsFindBar *self);
void hs_find_bar_close(HsFindBar *self);
/* What is to be found; not always a filter. Borrowed until it changes. */
const char *hs_find_bar_get_text(HsFindBar *self);
/* Opens the bar with this text. */
void hs_find_bar_set_text(HsFindBar *self, const char *text);
/* Asks for the next or previous row, as its buttons do; says what is wrong with a text that is no filter. */
void hs_find_bar_search(HsFindBar *self, gboolean forward);
/* What came of it; `failed` marks the entry. */
void hs_find_bar_tell(HsFindBar *self, const char *text, gboolean failed);
