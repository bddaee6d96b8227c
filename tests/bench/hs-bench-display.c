/* SPDX-License-Identifier: MIT */
#include "hs-bench-display.h"

#include <gdk/gdkx.h>
#include <gtk/gtk.h>

/* As the Extended Window Manager Hints have it: the root window and a child of it both name the child. */
static void
announce_window_manager(GdkScreen *screen)
{
  GdkAtom check = gdk_atom_intern("_NET_SUPPORTING_WM_CHECK", FALSE), window_type = gdk_atom_intern("WINDOW", FALSE);
  GdkWindow *root = gdk_screen_get_root_window(screen);
  GdkWindowAttr attributes = {
      .window_type = GDK_WINDOW_TEMP, .wclass = GDK_INPUT_OUTPUT, .width = 1, .height = 1, .override_redirect = TRUE};
  GdkWindow *child = gdk_window_new(root, &attributes, GDK_WA_NOREDIR);
  gulong id = gdk_x11_window_get_xid(child); /* properties of 32 bits are arrays of long */
  gdk_property_change(child, check, window_type, 32, GDK_PROP_MODE_REPLACE, (const guchar *)&id, 1);
  gdk_property_change(root, check, window_type, 32, GDK_PROP_MODE_REPLACE, (const guchar *)&id, 1);
  /* It goes with the process. */
}

bool
hs_bench_display_init(void)
{
  if (!gtk_init_check(NULL, NULL)) {
    g_print("skipped: there is no display\n");
    return false;
  }
  GdkScreen *screen = gdk_screen_get_default();
  if (GDK_IS_X11_SCREEN(screen) && g_str_equal(gdk_x11_screen_get_window_manager_name(screen), "unknown"))
    announce_window_manager(screen);
  return true;
}
