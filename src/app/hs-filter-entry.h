/* SPDX-License-Identifier: MIT */
/*
 * HsFilterEntry: an entry that knows the filter language: it colours the words, underlines an error and explains it,
 * and offers completions as one writes. What becomes of the text is its owner's business.
 *
 * Signals beside those of an entry:
 *   checked   the text changed and was looked at: hs_filter_entry_is_valid() tells
 *   escaped   Esc, with nothing open that it would close
 * "activate" is also emitted if a completion that was chosen and accepted by Enter makes a filter.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-timeline.h"

#define HS_TYPE_FILTER_ENTRY (hs_filter_entry_get_type())
G_DECLARE_FINAL_TYPE(HsFilterEntry, hs_filter_entry, HS, FILTER_ENTRY, GtkEntry)

/* Where values come from; NULL = nowhere. */
void hs_filter_entry_set_timeline(HsFilterEntry *self, HsTimeline *timeline);
/* Puts a text there that was not written by hand: nothing is offered. */
void hs_filter_entry_show(HsFilterEntry *self, const char *text);
gboolean hs_filter_entry_is_valid(HsFilterEntry *self);
/* Moves the caret to the error, if there is one, and says below it what is wrong. */
void hs_filter_entry_show_error(HsFilterEntry *self);
/* Closes what is open below the text. */
void hs_filter_entry_close(HsFilterEntry *self);
