/* SPDX-License-Identifier: MIT */
#include "hs-start-page.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define N_RECENT 6
#define ICON_PX 128
#define ERROR_ICON_PX 64

struct _HsStartPage {
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *message_label;
  GtkWidget *recent_box;
  GtkListBox *recent_list;
};

G_DEFINE_FINAL_TYPE(HsStartPage, hs_start_page, GTK_TYPE_BOX)

static gint
compare_recent(gconstpointer a, gconstpointer b)
{
  time_t at = gtk_recent_info_get_modified((GtkRecentInfo *)a);
  time_t bt = gtk_recent_info_get_modified((GtkRecentInfo *)b);
  return at < bt ? 1 : at > bt ? -1 : 0;
}

static gboolean
is_trace(GtkRecentInfo *info)
{
  g_autofree char *uri = g_ascii_strdown(gtk_recent_info_get_uri(info), -1);
  return g_str_has_suffix(uri, ".etl") && gtk_recent_info_is_local(info) && gtk_recent_info_exists(info);
}

GList *
hs_recent_traces(guint limit)
{
  gboolean enabled = TRUE;
  g_object_get(gtk_settings_get_default(), "gtk-recent-files-enabled", &enabled, NULL);
  if (!enabled)
    return NULL;
  GList *all = gtk_recent_manager_get_items(gtk_recent_manager_get_default());
  GList *traces = NULL;
  all = g_list_sort(all, compare_recent);
  for (GList *l = all; l != NULL; l = l->next) {
    if (limit > 0 && is_trace(l->data)) {
      traces = g_list_prepend(traces, gtk_recent_info_ref(l->data));
      limit--;
    }
  }
  g_list_free_full(all, (GDestroyNotify)gtk_recent_info_unref);
  return g_list_reverse(traces);
}

static GtkWidget *
new_row(GtkRecentInfo *info)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
  g_object_set(box, "margin", 6, NULL);
  GtkWidget *name = gtk_label_new(gtk_recent_info_get_display_name(info));
  gtk_label_set_xalign(GTK_LABEL(name), 0);
  gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_container_add(GTK_CONTAINER(box), name);
  g_autofree char *uri = gtk_recent_info_get_uri_display(info);
  g_autofree char *folder = uri != NULL ? g_path_get_dirname(uri) : g_strdup("");
  GtkWidget *place = gtk_label_new(folder);
  gtk_label_set_xalign(GTK_LABEL(place), 0);
  gtk_label_set_ellipsize(GTK_LABEL(place), PANGO_ELLIPSIZE_START);
  gtk_style_context_add_class(gtk_widget_get_style_context(place), "dim-label");
  gtk_container_add(GTK_CONTAINER(box), place);
  GtkWidget *row = gtk_list_box_row_new();
  gtk_container_add(GTK_CONTAINER(row), box);
  g_object_set_data_full(G_OBJECT(row), "uri", g_strdup(gtk_recent_info_get_uri(info)), g_free);
  AtkObject *accessible = gtk_widget_get_accessible(row);
  atk_object_set_name(accessible, gtk_recent_info_get_display_name(info));
  atk_object_set_description(accessible, folder);
  gtk_widget_show_all(row);
  return row;
}

static void
fill_recent(HsStartPage *self)
{
  GList *old = gtk_container_get_children(GTK_CONTAINER(self->recent_list));
  for (GList *l = old; l != NULL; l = l->next)
    gtk_widget_destroy(l->data);
  g_list_free(old);
  GList *traces = hs_recent_traces(N_RECENT);
  for (GList *l = traces; l != NULL; l = l->next)
    gtk_list_box_insert(self->recent_list, new_row(l->data), -1);
  gtk_widget_set_visible(self->recent_box, traces != NULL);
  g_list_free_full(traces, (GDestroyNotify)gtk_recent_info_unref);
}

static void
on_recent_activated(GtkListBox *list, GtkListBoxRow *row, HsStartPage *self)
{
  const char *uri = g_object_get_data(G_OBJECT(row), "uri");
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "app");
  if (actions != NULL)
    g_action_group_activate_action(actions, "open-uri", g_variant_new_string(uri));
}

void
hs_start_page_set_error(HsStartPage *self, const char *file_name, const char *message)
{
  if (message == NULL) {
    gtk_image_set_from_icon_name(self->icon, HS_APP_ID, GTK_ICON_SIZE_DIALOG);
    gtk_image_set_pixel_size(self->icon, ICON_PX);
    gtk_label_set_label(self->title_label, _("Open a heap trace"));
    gtk_label_set_label(self->message_label, _("Drop an .etl file here that was recorded with “xperf -heap” or "
                                               "“wpr -start Heap”."));
    return;
  }
  g_autofree char *title = g_strdup_printf(_("“%s” cannot be opened"), file_name);
  gtk_image_set_from_icon_name(self->icon, "dialog-error-symbolic", GTK_ICON_SIZE_DIALOG);
  gtk_image_set_pixel_size(self->icon, ERROR_ICON_PX);
  gtk_label_set_label(self->title_label, title);
  gtk_label_set_label(self->message_label, message);
}

static void
hs_start_page_class_init(HsStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  gtk_widget_class_set_template_from_resource(widget_class, "/org/heapscope/Heapscope/hs-start-page.ui");
  gtk_widget_class_bind_template_child(widget_class, HsStartPage, icon);
  gtk_widget_class_bind_template_child(widget_class, HsStartPage, title_label);
  gtk_widget_class_bind_template_child(widget_class, HsStartPage, message_label);
  gtk_widget_class_bind_template_child(widget_class, HsStartPage, recent_box);
  gtk_widget_class_bind_template_child(widget_class, HsStartPage, recent_list);
  gtk_widget_class_bind_template_callback(widget_class, on_recent_activated);
}

static void
hs_start_page_init(HsStartPage *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  fill_recent(self);
  g_signal_connect_object(gtk_recent_manager_get_default(), "changed", G_CALLBACK(fill_recent), self,
                          G_CONNECT_SWAPPED);
}
