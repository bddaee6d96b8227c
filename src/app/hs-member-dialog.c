/* SPDX-License-Identifier: MIT */
#include "hs-member-dialog.h"

#include "hs-archive.h"
#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MEMBER_KEY "hs-member"
#define LIST_WIDTH_PX 460
#define LIST_HEIGHT_PX 260

struct _HsMemberDialog {
  GtkDialog parent_instance;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE(HsMemberDialog, hs_member_dialog, GTK_TYPE_DIALOG)

const char *
hs_member_dialog_get_member(HsMemberDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row(self->list);
  return row != NULL ? g_object_get_data(G_OBJECT(row), MEMBER_KEY) : NULL;
}

static void
on_row_activated(HsMemberDialog *self)
{
  gtk_dialog_response(GTK_DIALOG(self), GTK_RESPONSE_ACCEPT);
}

static void
on_row_selected(HsMemberDialog *self)
{
  gtk_dialog_set_response_sensitive(GTK_DIALOG(self), GTK_RESPONSE_ACCEPT,
                                    gtk_list_box_get_selected_row(self->list) != NULL);
}

static GtkWidget *
new_label(const char *text, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_ellipsize(GTK_LABEL(label), ellipsize);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  return label;
}

static void
add_member(HsMemberDialog *self, const HsArchiveMember *member)
{
  char size[HS_FORMAT_MAX];
  GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  /* What tells paths apart is mostly at their ends. */
  GtkWidget *name = new_label(member->name, PANGO_ELLIPSIZE_START);
  hs_format_bytes(size, sizeof size, member->size_bytes);
  const char *note = member->is_encrypted ? _("encrypted") : member->size_bytes >= 0 ? size : "";
  GtkWidget *detail = new_label(note, PANGO_ELLIPSIZE_NONE);
  gtk_style_context_add_class(gtk_widget_get_style_context(detail), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_widget_set_tooltip_text(row, member->name);
  g_object_set(box, "margin", 8, NULL);
  gtk_box_pack_start(GTK_BOX(box), name, TRUE, TRUE, 0);
  gtk_box_pack_end(GTK_BOX(box), detail, FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(row), box);
  g_object_set_data_full(G_OBJECT(row), MEMBER_KEY, g_strdup(member->name), g_free);
  gtk_list_box_insert(self->list, row, -1);
}

static void
hs_member_dialog_class_init(HsMemberDialogClass *klass)
{
}

static void
hs_member_dialog_init(HsMemberDialog *self)
{
  GtkDialog *dialog = GTK_DIALOG(self);
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
  self->list = GTK_LIST_BOX(gtk_list_box_new());
  gtk_list_box_set_activate_on_single_click(self->list, FALSE);
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->list)), _("Traces in the archive"));
  gtk_container_add(GTK_CONTAINER(scrolled), GTK_WIDGET(self->list));
  gtk_widget_set_size_request(scrolled, LIST_WIDTH_PX, LIST_HEIGHT_PX);
  gtk_box_pack_end(GTK_BOX(gtk_dialog_get_content_area(dialog)), scrolled, TRUE, TRUE, 0);
  gtk_dialog_add_button(dialog, _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(dialog, _("_Open"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
  g_signal_connect_object(self->list, "row-activated", G_CALLBACK(on_row_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->list, "row-selected", G_CALLBACK(on_row_selected), self, G_CONNECT_SWAPPED);
}

GtkWidget *
hs_member_dialog_new(GtkWindow *parent, const char *archive, const GPtrArray *members)
{
  HsMemberDialog *self = g_object_new(HS_TYPE_MEMBER_DIALOG, "title", _("Choose a trace"), "transient-for", parent,
                                      "modal", TRUE, "destroy-with-parent", TRUE, "use-header-bar", 1, NULL);
  g_autofree char *text =
      g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "“%s” holds %u trace.", "“%s” holds %u traces.", members->len),
                      archive, members->len);
  GtkWidget *label = new_label(text, PANGO_ELLIPSIZE_MIDDLE);
  g_object_set(label, "margin", 12, NULL);
  gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(self))), label, FALSE, FALSE, 0);
  for (guint i = 0; i < members->len; i++)
    add_member(self, members->pdata[i]);
  gtk_list_box_select_row(self->list, gtk_list_box_get_row_at_index(self->list, 0));
  gtk_widget_show_all(gtk_dialog_get_content_area(GTK_DIALOG(self)));
  return GTK_WIDGET(self);
}
