/* SPDX-License-Identifier: MIT */
/*
 * The marks in check boxes and radios, without the wait for them.
 *
 * GTK's theme Adwaita has each mark as a drawing and as pixels. It prefers the drawing, which GTK reads anew for each
 * box, 2 to 6 ms; the pixels, which look the same where a pixel is a device pixel, are read in a tenth of that.
 */
#pragma once

#include <gtk/gtk.h>

/* From now on the marks of a screen are Adwaita's pixels while the theme is Adwaita, light or dark, no monitor has
 * finer pixels, and GTK has them; the theme's own otherwise. Once a screen; main thread. */
void hs_theme_marks_init(GdkScreen *screen);
