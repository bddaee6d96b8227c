/* SPDX-License-Identifier: MIT */
/*
 * HsFilterCompletion: a list of completions below the word that is being written. It never takes the focus: who writes
 * goes on writing, and the keys that choose come from there.
 *
 * Signals:
 *   picked   a row was clicked; it is the chosen one
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-query-complete.h"

#define HS_TYPE_FILTER_COMPLETION (hs_filter_completion_get_type())
G_DECLARE_FINAL_TYPE(HsFilterCompletion, hs_filter_completion, HS, FILTER_COMPLETION, GtkPopover)

HsFilterCompletion *hs_filter_completion_new(GtkWidget *relative_to);
/* Shows completions, none of them chosen, pointing at a place of the widget; closes if there are none. Takes them. */
void hs_filter_completion_offer(HsFilterCompletion *self, HsCompletions *completions, const GdkRectangle *place);
void hs_filter_completion_close(HsFilterCompletion *self);
gboolean hs_filter_completion_is_open(HsFilterCompletion *self);
/* Moves the choice down, or up if negative. Before the first and after the last, nothing is chosen; from there it goes
 * on at the other end. */
void hs_filter_completion_move(HsFilterCompletion *self, int rows);
/* Whether one was chosen by hand. */
gboolean hs_filter_completion_has_choice(HsFilterCompletion *self);
/* What is offered. Borrowed; NULL while closed. */
const HsCompletions *hs_filter_completion_get(HsFilterCompletion *self);
/* The chosen one, else the first. Borrowed; NULL while closed. */
const HsCompletion *hs_filter_completion_get_item(HsFilterCompletion *self);
