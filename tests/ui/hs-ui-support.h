/* SPDX-License-Identifier: MIT */
/* Driving the real window in tests: waiting for it, reading what it says of itself, acting on it. */
#pragma once

#include <json-glib/json-glib.h>

#include "hs-application.h"
#include "hs-window.h"

extern HsApplication *hs_ui_application; /* while hs_ui_run() runs */

/* Runs the tests with an application; their status. */
int hs_ui_run(void);

typedef gboolean (*HsUiCondition)(HsWindow *window);
/* Turns the main loop until the condition holds; fails after a minute. */
void hs_ui_wait_for(HsWindow *window, HsUiCondition condition);
/* The wanted filter is the applied one, and nothing loads. */
gboolean hs_ui_is_applied(HsWindow *window);

/* Waits until all is drawn. */
HsWindow *hs_ui_open_window(const char *path);
void hs_ui_close_window(HsWindow *window);

/* win.view-state, once all that is pending was done. */
JsonObject *hs_ui_view_state(HsWindow *window);
gint64 hs_ui_state_int(HsWindow *window, const char *member);
void hs_ui_get_range(HsWindow *window, const char *member, gint64 *t0, gint64 *t1);
void hs_ui_assert_text(HsWindow *window, const char *member, const char *expected);
void hs_ui_assert_range(HsWindow *window, const char *member, gint64 t0, gint64 t1);

void hs_ui_act(HsWindow *window, const char *action, GVariant *parameter);
/* All widgets below one, internal ones too. Free with g_ptr_array_unref(). */
GPtrArray *hs_ui_widgets(GtkWidget *widget);
/* The mapped widget of that type name; there must be one. */
GtkWidget *hs_ui_find(HsWindow *window, const char *type_name);

/* A key pressed in the window of a widget, whichever there has the focus. */
void hs_ui_press_key(GtkWidget *widget, guint keyval);
/* Opens a widget's context menu with the keyboard's menu key. */
void hs_ui_popup(GtkWidget *widget);
/* The item of a widget's open context menu whose label begins so (mnemonics left out), or NULL. */
GtkWidget *hs_ui_find_item(GtkWidget *widget, const char *beginning);
/* Activates it; there must be one. */
void hs_ui_choose_item(GtkWidget *widget, const char *beginning);

/* An event of the left button, without modifiers. */
GdkEvent *hs_ui_pointer_event(GtkWidget *widget, GdkEventType type, double x, double y);
/* Takes the event. */
void hs_ui_send(GdkEvent *event);
void hs_ui_drag(GtkWidget *widget, double x0, double y0, double x1, double y1);
