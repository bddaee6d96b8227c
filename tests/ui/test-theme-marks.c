/* SPDX-License-Identifier: MIT */
/* Marks of checks and radios: they look as the theme draws them, whichever it is, and Adwaita's are its pixels where
 * these are as good. */
#include <string.h>

#include "hs-application.h"

#define WIDTH 120
#define HEIGHT 200

static const struct {
  const char *name;
  gboolean dark;
} themes[] = {{"Adwaita", FALSE}, {"HighContrast", FALSE}, {"Adwaita", TRUE}};

static GtkWidget *
new_marks(void)
{
  GtkWidget *window = gtk_offscreen_window_new(), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
  gtk_container_add(GTK_CONTAINER(window), box);
  for (int i = 0; i < 6; i++) {
    GtkWidget *toggle =
        i % 2 == 0 ? gtk_check_button_new_with_label("check") : gtk_radio_button_new_with_label(NULL, "radio");
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(toggle), i >= 2);
    gtk_toggle_button_set_inconsistent(GTK_TOGGLE_BUTTON(toggle), i >= 4);
    gtk_container_add(GTK_CONTAINER(box), toggle);
  }
  gtk_window_set_default_size(GTK_WINDOW(window), WIDTH, HEIGHT);
  return window;
}

static void
use_theme(guint theme)
{
  g_object_set(gtk_settings_get_default(), "gtk-theme-name", themes[theme].name, "gtk-application-prefer-dark-theme",
               themes[theme].dark, NULL);
}

/* What a theme makes of all of them. Free with cairo_surface_destroy(). */
static cairo_surface_t *
draw_marks(guint theme)
{
  use_theme(theme);
  GtkWidget *window = new_marks();
  gtk_widget_show_all(window);
  while (gtk_events_pending())
    gtk_main_iteration();
  int scale = gtk_widget_get_scale_factor(window);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, WIDTH * scale, HEIGHT * scale);
  cairo_surface_set_device_scale(surface, scale, scale);
  cairo_t *cr = cairo_create(surface);
  gtk_widget_draw(window, cr);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  gtk_widget_destroy(window);
  return surface;
}

/* Whether a theme's marks are the program's choice. */
static gboolean
uses_pixels(guint theme)
{
  use_theme(theme);
  GtkWidget *window = new_marks();
  gtk_widget_show_all(window);
  g_autofree char *style = gtk_style_context_to_string(
      gtk_widget_get_style_context(window), GTK_STYLE_CONTEXT_PRINT_RECURSE | GTK_STYLE_CONTEXT_PRINT_SHOW_STYLE);
  gtk_widget_destroy(window);
  g_assert_nonnull(strstr(style, "-gtk-icon-source"));
  return strstr(style, "adwaita-marks.css") != NULL;
}

/* In how many bytes two pictures differ, and by how much at most. */
static guint
count_different(cairo_surface_t *a, cairo_surface_t *b, int *most)
{
  gsize n = (gsize)cairo_image_surface_get_stride(a) * (gsize)cairo_image_surface_get_height(a);
  const guchar *bytes_a = cairo_image_surface_get_data(a), *bytes_b = cairo_image_surface_get_data(b);
  guint count = 0;
  *most = 0;
  for (gsize i = 0; i < n; i++) {
    int difference = ABS(bytes_a[i] - bytes_b[i]);
    count += difference > 0;
    *most = MAX(*most, difference);
  }
  return count;
}

static void
test_look(void)
{
  cairo_surface_t *before[G_N_ELEMENTS(themes)];
  int most;
  for (guint i = 0; i < G_N_ELEMENTS(themes); i++)
    before[i] = draw_marks(i);
  g_assert_cmpuint(count_different(before[0], before[1], &most), >, 0);
  g_assert_cmpuint(count_different(before[0], before[2], &most), >, 0);
  /* From its start on the program has a say. */
  g_autoptr(HsApplication) application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_assert_true(g_application_register(G_APPLICATION(application), NULL, NULL));
  /* Back and forth: what was chosen for one is not left for the next. */
  for (int round = 0; round < 2; round++) {
    for (guint i = 0; i < G_N_ELEMENTS(themes); i++) {
      cairo_surface_t *after = draw_marks(i);
      guint count = count_different(before[i], after, &most);
      g_test_message("%s: %u bytes differ, by %d at most", themes[i].name, count, most);
      g_assert_cmpuint(count, ==, 0);
      cairo_surface_destroy(after);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS(themes); i++)
    cairo_surface_destroy(before[i]);
  gboolean is_fine = gdk_monitor_get_scale_factor(gdk_display_get_monitor(gdk_display_get_default(), 0)) > 1;
  g_assert_cmpint(uses_pixels(0), ==, !is_fine);
  g_assert_false(uses_pixels(1));
  g_assert_cmpint(uses_pixels(2), ==, !is_fine);
}

int
main(int argc, char **argv)
{
  /* The theme shall be the one that settings name. */
  g_unsetenv("GTK_THEME");
  /* So that styles tell which rules their values are of. */
  g_setenv("GTK_CSS_DEBUG", "1", TRUE);
  g_test_init(&argc, &argv, NULL);
  if (!gtk_init_check(&argc, &argv)) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  /* Marks do not fade in. */
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func("/theme-marks/look", test_look);
  return g_test_run();
}
