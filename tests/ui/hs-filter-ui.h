/* SPDX-License-Identifier: MIT */
/* A filter bar in a window of its own, over a small trace, and hands to write in it. */
#pragma once

#include "hs-filter-bar.h"
#include "hs-filter-completion.h"

/* How long the bar waits after the last letter. */
#define HS_FILTER_UI_PAUSE_US (150 * 1000)
#define HS_FILTER_UI_WAIT_US (20 * G_USEC_PER_SEC)

typedef struct {
  GtkWidget *window, *other; /* other: takes the focus too */
  HsFilterBar *bar;
  GtkEntry *entry;
  HsFilterCompletion *completion;
  HsTimeline *timeline;
  guint n_changed, n_applied, n_escaped;
  char *changed, *applied; /* with the last of them */
} HsFilterUi;

void hs_filter_ui_set_up(HsFilterUi *f, gconstpointer data);
/* Nothing of the bar may be left. */
void hs_filter_ui_tear_down(HsFilterUi *f, gconstpointer data);

/* Does what is pending. */
void hs_filter_ui_turn(void);
void hs_filter_ui_turn_for(gint64 us);

/* The one of that type below a widget; there must be one. */
GtkWidget *hs_filter_ui_find_below(GtkWidget *within, const char *type_name);
/* The button that screen readers know by that name. */
GtkWidget *hs_filter_ui_find_button(GtkWidget *within, const char *name);
/* The popover of that type that points to the entry. */
GtkWidget *hs_filter_ui_find_popover(HsFilterUi *f, const char *type_name);
/* For screen readers; "" if it has none. */
const char *hs_filter_ui_name_of(GtkWidget *widget);

/* One key, and no turn of the main loop. */
void hs_filter_ui_press(HsFilterUi *f, guint keyval, GdkModifierType state);
void hs_filter_ui_key(HsFilterUi *f, guint keyval, GdkModifierType state);
void hs_filter_ui_type(HsFilterUi *f, const char *text);
/* All at once: no part of it can be taken for the whole. */
void hs_filter_ui_paste(HsFilterUi *f, const char *text);
/* The focus goes from the entry to `other`. */
void hs_filter_ui_leave(HsFilterUi *f);

void hs_filter_ui_assert_text(HsFilterUi *f, const char *text);
void hs_filter_ui_assert_changed(HsFilterUi *f, guint n, const char *text);
void hs_filter_ui_assert_applied(HsFilterUi *f, guint n, const char *text);
/* What is offered, with spaces between; "" if closed. The entry has the focus. */
void hs_filter_ui_assert_offered(HsFilterUi *f, const char *expected);
