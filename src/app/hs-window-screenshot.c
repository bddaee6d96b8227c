/* SPDX-License-Identifier: MIT */
/* Pictures of the window: once nothing is under way any more, the widgets are drawn once more onto an image. */
#include "hs-config.h"
#include "hs-picture-file.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* How often to look whether the window is settled, and how many looks in a row must say so: what a finished worker
 * delivers is drawn in between. */
#define LOOK_MS 30
#define N_LOOKS 4

typedef struct {
  char *path;
  guint n_settled;
  cairo_surface_t *surface;
} Shot;

static void
shot_free(gpointer data)
{
  Shot *shot = data;
  g_free(shot->path);
  g_clear_pointer(&shot->surface, cairo_surface_destroy);
  g_free(shot);
}

gboolean
hs_window_is_settled(HsWindow *self)
{
  if (self->status_idle != 0 || self->state_idle != 0 || self->placing != 0 || self->n_pictures != 0)
    return FALSE;
  if (self->document == NULL)
    return TRUE;
  if (hs_document_is_busy(self->document) || !self->load_told)
    return FALSE;
  if (gtk_stack_get_visible_child(self->pages) == GTK_WIDGET(self->start_page))
    return TRUE;
  return !hs_sidebar_is_busy(self->sidebar) && !hs_time_pane_is_busy(self->overview) &&
         !hs_time_pane_is_busy(self->ruler) && !hs_time_pane_is_busy(self->chart) && !hs_time_pane_is_busy(self->map) &&
         !hs_window_instant_is_busy(self) && !hs_table_is_busy(self->table) && !hs_table_is_busy(self->allocations) &&
         !hs_table_is_busy(self->heaps) && !hs_summary_view_is_busy(self->summary) &&
         !hs_finder_is_busy(self->finder) && !hs_address_finder_is_busy(self->address_finder) &&
         !hs_window_are_places_busy(self) && !hs_histogram_is_busy(hs_histogram_view_get_histogram(self->histogram));
}

GdkRectangle
hs_window_content_rectangle(HsWindow *self)
{
  GdkRectangle content, bar;
  GtkWidget *child = gtk_bin_get_child(GTK_BIN(self));
  GtkWidget *title_bar = gtk_window_get_titlebar(GTK_WINDOW(self));

  /* With shadows drawn by the program itself, both lie inside the window's allocation. */
  gtk_widget_get_allocation(child, &content);
  if (title_bar != NULL && gtk_widget_get_visible(title_bar)) {
    gtk_widget_get_allocation(title_bar, &bar);
    gdk_rectangle_union(&content, &bar, &content);
  }
  return content;
}

static cairo_surface_t *
draw_window(HsWindow *self)
{
  GdkRectangle area = hs_window_content_rectangle(self);
  int scale = gtk_widget_get_scale_factor(GTK_WIDGET(self));
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, area.width * scale, area.height * scale);
  cairo_surface_set_device_scale(surface, scale, scale);
  cairo_t *cr = cairo_create(surface);
  cairo_translate(cr, -area.x, -area.y);
  gtk_widget_draw(GTK_WIDGET(self), cr);
  cairo_destroy(cr);
  return surface;
}

/* Worker: packing a large picture takes longer than a frame. */
static void
write_shot(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Shot *shot = data;
  GError *error = NULL;
  g_autoptr(GByteArray) contents = hs_picture_encode_pixels(shot->surface, &error);
  if (contents != NULL && hs_picture_write(shot->path, contents, NULL, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static gboolean
on_look(gpointer data)
{
  GTask *task = data;
  HsWindow *self = g_task_get_source_object(task);
  Shot *shot = g_task_get_task_data(task);

  if (gtk_bin_get_child(GTK_BIN(self)) == NULL || !gtk_widget_get_visible(GTK_WIDGET(self))) {
    g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The window was closed."));
    return G_SOURCE_REMOVE;
  }
  gboolean sized = self->wanted_width == 0;
  shot->n_settled =
      gtk_widget_get_mapped(GTK_WIDGET(self)) && sized && hs_window_is_settled(self) ? shot->n_settled + 1 : 0;
  if (shot->n_settled < N_LOOKS)
    return G_SOURCE_CONTINUE;
  /* A picture shows the window as one sees it while working in it. */
  gboolean backdrop = (gtk_widget_get_state_flags(GTK_WIDGET(self)) & GTK_STATE_FLAG_BACKDROP) != 0;
  gtk_widget_unset_state_flags(GTK_WIDGET(self), GTK_STATE_FLAG_BACKDROP);
  /* Another state may be another style, and that another size. */
  gtk_container_check_resize(GTK_CONTAINER(self));
  shot->surface = draw_window(self);
  if (backdrop)
    gtk_widget_set_state_flags(GTK_WIDGET(self), GTK_STATE_FLAG_BACKDROP, FALSE);
  g_task_run_in_thread(task, write_shot);
  return G_SOURCE_REMOVE;
}

void
hs_window_screenshot_async(HsWindow *self, const char *path, GAsyncReadyCallback callback, gpointer data)
{
  Shot *shot = g_new0(Shot, 1);
  GTask *task = g_task_new(self, NULL, callback, data);
  shot->path = g_strdup(path);
  g_task_set_task_data(task, shot, shot_free);
  g_timeout_add_full(G_PRIORITY_LOW, LOOK_MS, on_look, task, g_object_unref);
}

gboolean
hs_window_screenshot_finish(HsWindow *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean(G_TASK(result), error);
}
