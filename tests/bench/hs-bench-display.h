/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* gtk_init_check(), on a display as people have it: with a window manager. Where there is none (a bare Xvfb) GDK asks
 * the server for one four times a frame, and waits each time until all is drawn; so then one is announced, which does
 * nothing and can do nothing. False, and it says so, if there is no display. */
bool hs_bench_display_init(void);
