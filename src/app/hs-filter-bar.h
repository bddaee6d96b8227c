/* SPDX-License-Identifier: MIT */
/*
 * HsFilterBar: the filter, written and shown. One frame round the entry, how many rows pass, the earlier filters and a
 * button to clear; green if the text is a filter, red if not. It knows no document: the owner hears of filters that are
 * wanted and says which is in force.
 *
 * Signals:
 *   changed (const char *text)   the text became another filter, and for a moment nothing more was written
 *   applied (const char *text)   the filter is meant: Enter, the clear button, an earlier one, or the focus left after
 *                                something was written; worth remembering
 *   escaped                      Esc with nothing open: the focus is wanted elsewhere
 * A text that is no filter is never emitted.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-timeline.h"

#define HS_TYPE_FILTER_BAR (hs_filter_bar_get_type())
G_DECLARE_FINAL_TYPE(HsFilterBar, hs_filter_bar, HS, FILTER_BAR, GtkBox)

/* Where the values offered come from; NULL = nowhere. */
void hs_filter_bar_set_timeline(HsFilterBar *self, HsTimeline *timeline);
/* The filter in force. Shows it, without a signal; NULL is empty. Nothing happens if it is there already, or if it is
 * no other than before and the person is writing the next or a text was refused. */
void hs_filter_bar_set_text(HsFilterBar *self, const char *text);
/* Shows a text that came from elsewhere and is no filter, with its error, until the filter in force changes or
 * something is written; NULL: no more. */
void hs_filter_bar_refuse(HsFilterBar *self, const char *text);
/* What stands in the entry, a filter or not. Borrowed until it changes. */
const char *hs_filter_bar_get_text(HsFilterBar *self);
/* How many rows pass of all, if `shown`; `busy`: they are still being counted. */
void hs_filter_bar_set_counts(HsFilterBar *self, gboolean shown, uint64_t n_shown, uint64_t n_total, gboolean busy);
/* NULL-ended, newest first; NULL = none. */
void hs_filter_bar_set_history(HsFilterBar *self, const char *const *texts);
/* Focuses the entry, with all of the text selected. */
void hs_filter_bar_take_focus(HsFilterBar *self);
