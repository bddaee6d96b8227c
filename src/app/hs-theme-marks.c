/* SPDX-License-Identifier: MIT */
#include "hs-theme-marks.h"

#include <string.h>

#define CSS "/org/heapscope/Heapscope/adwaita-marks.css"

/* A provider and whether the screen uses it. Lives as long as the program, as do screens. */
typedef struct {
  GdkScreen *screen;
  GtkCssProvider *provider;
  gboolean used;
} ThemeMarks;

static gboolean
has_pixels(void)
{
  static const char *const names[] = {"check", "bullet", "dash"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path =
        g_strconcat("/org/gtk/libgtk/theme/Adwaita/assets/", names[i], "-symbolic.symbolic.png", NULL);
    if (!g_resources_get_info(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL, NULL, NULL))
      return FALSE;
  }
  return TRUE;
}

/* What GTK takes: the environment's "NAME" or "NAME:dark" before the settings'. */
static gboolean
is_adwaita(GtkSettings *settings)
{
  const char *told = g_getenv("GTK_THEME");
  g_autofree char *name = NULL;
  if (told != NULL && *told != '\0')
    name = g_strndup(told, strcspn(told, ":"));
  else
    g_object_get(settings, "gtk-theme-name", &name, NULL);
  return g_strcmp0(name, "Adwaita") == 0 || g_strcmp0(name, "Adwaita-dark") == 0;
}

static gboolean
has_fine_pixels(GdkDisplay *display)
{
  for (int i = 0; i < gdk_display_get_n_monitors(display); i++) {
    if (gdk_monitor_get_scale_factor(gdk_display_get_monitor(display, i)) > 1)
      return TRUE;
  }
  return FALSE;
}

static void
choose_marks(ThemeMarks *marks)
{
  gboolean use = is_adwaita(gtk_settings_get_for_screen(marks->screen)) &&
                 !has_fine_pixels(gdk_screen_get_display(marks->screen)) && has_pixels();
  if (use == marks->used)
    return;
  marks->used = use;
  /* Above the theme, which has the priority of settings; below all that programs and users add. */
  if (use)
    gtk_style_context_add_provider_for_screen(marks->screen, GTK_STYLE_PROVIDER(marks->provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1);
  else
    gtk_style_context_remove_provider_for_screen(marks->screen, GTK_STYLE_PROVIDER(marks->provider));
}

void
hs_theme_marks_init(GdkScreen *screen)
{
  ThemeMarks *marks = g_new0(ThemeMarks, 1);
  marks->screen = screen;
  marks->provider = gtk_css_provider_new();
  gtk_css_provider_load_from_resource(marks->provider, CSS);
  g_signal_connect_swapped(gtk_settings_get_for_screen(screen), "notify::gtk-theme-name", G_CALLBACK(choose_marks),
                           marks);
  g_signal_connect_swapped(screen, "monitors-changed", G_CALLBACK(choose_marks), marks);
  choose_marks(marks);
}
