/* SPDX-License-Identifier: MIT */
/* The context menus of the panes: window actions with their targets. Main thread. */
#pragma once

#include <gio/gio.h>

#include "hs-document.h"

/* "Show only this heap", "Hide this heap"; nothing if `heap` is none. */
void hs_pane_menu_add_heap(GMenu *menu, const HsTimeline *timeline, HsHeapId heap);
/* "Show only this source", "Hide this source"; nothing if `source` is none. */
void hs_pane_menu_add_source(GMenu *menu, HsSource source);
/* Markers and pins at a moment. */
void hs_pane_menu_add_moment(GMenu *menu, HsDocument *document, int64_t ticks);
/* "Who lived here?", of an address of a process; nothing if the process has no id. */
void hs_pane_menu_add_dwelling(GMenu *menu, const HsTimeline *timeline, HsProcessId process, uint64_t address);
/* "Show all", and the zooms. */
void hs_pane_menu_add_view(GMenu *menu, HsDocument *document);
/* What is measured and how it is grouped. */
void hs_pane_menu_add_display(GMenu *menu);
/* A section that copies and saves the picture of a view: its name as win.copy-view has it. */
void hs_pane_menu_add_picture(GMenu *menu, const char *view);
/* The target of the actions on heaps, "(us)": pid and handle. Floating. */
GVariant *hs_pane_menu_heap_target(const HsTimeline *timeline, HsHeapId heap);
/* Adds a section to `menu`, unless it is empty, and gives it up. */
void hs_pane_menu_take_section(GMenu *menu, GMenu *section);
/* Adds an item with a target, which may be floating. */
void hs_pane_menu_append(GMenu *menu, const char *label, const char *action, GVariant *target);
