/* SPDX-License-Identifier: MIT */
/*
 * HsWindow: one trace in a window, or the start page. Everything a person can do in it is an action (win.…); what it
 * shows can be read from the state of win.view-state. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_WINDOW (hs_window_get_type())
G_DECLARE_FINAL_TYPE(HsWindow, hs_window, HS, WINDOW, GtkApplicationWindow)

HsWindow *hs_window_new(GtkApplication *application);
/* Opens a trace in this window, in place of what it shows. Never fails: what is wrong with the file shows in the
 * window. */
void hs_window_open(HsWindow *self, const char *path);
/* The same of a trace in an archive; NULL = the only one, or one is chosen in a dialog. */
void hs_window_open_member(HsWindow *self, const char *path, const char *member);
/* The same of a part of it. */
void hs_window_open_part(HsWindow *self, const char *path, const char *member, const HsLoadChoice *choice);
/* The same of a load that is under way, or over; takes it. */
void hs_window_open_loading(HsWindow *self, HsLoader *loader);
/* Borrowed; NULL while the window shows the greeting. A document whose load failed stays here too. */
HsDocument *hs_window_get_document(HsWindow *self);
/* TRUE if a file can be opened here without losing a trace. */
gboolean hs_window_is_free(HsWindow *self);

/* Keeps the window's size and the panes' for the next start; closing does it by itself. */
void hs_window_remember_size(HsWindow *self);
/* Size of what a picture of the window shows (title bar and content, without shadows), user pixels. */
void hs_window_set_content_size(HsWindow *self, int width, int height);
/* TRUE once the load has ended, no worker is under way and the panes' pictures are exact. */
gboolean hs_window_is_settled(HsWindow *self);
/* Waits until the window is settled and drawn, then writes a PNG of it at the scale factor. */
void hs_window_screenshot_async(HsWindow *self, const char *path, GAsyncReadyCallback callback, gpointer data);
/* FALSE and `error` if the file cannot be written or the window went away. */
gboolean hs_window_screenshot_finish(HsWindow *self, GAsyncResult *result, GError **error);
