/* SPDX-License-Identifier: MIT */
/*
 * The choices of the map of one instant, as the window's actions have them: speeds, widths of rows, heaps. Main thread.
 */
#pragma once

#include <gio/gio.h>

#include "hs-timeline.h"

/* Menus of win.play-speed and win.row-width; owned by the caller. */
GMenuModel *hs_window_speed_menu(void);
GMenuModel *hs_window_row_width_menu(void);
/* A heap as win.instant-heap knows it ("1000:0x1f0000"), and for people; free with g_free(). */
char *hs_window_heap_name(const HsTimeline *timeline, HsHeapId heap);
char *hs_window_heap_label(const HsTimeline *timeline, HsHeapId heap);
