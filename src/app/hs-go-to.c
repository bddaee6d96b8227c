/* SPDX-License-Identifier: MIT */
#include "hs-go-to.h"

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

struct _HsGoTo {
  GtkDialog parent_instance;
  GtkEntry *entry;
  GtkLabel *note;
  GtkWidget *who;
};

G_DEFINE_FINAL_TYPE(HsGoTo, hs_go_to, GTK_TYPE_DIALOG)

bool
hs_go_to_get_place(HsGoTo *self, HsPlace *place)
{
  return hs_place_parse(gtk_entry_get_text(self->entry), place, NULL);
}

void
hs_go_to_tell(HsGoTo *self, const char *text)
{
  gtk_label_set_text(self->note, text);
}

static char *
place_text(const HsPlace *place)
{
  char buffer[HS_FORMAT_MAX];
  switch (place->kind) {
  case HS_PLACE_TIME:
    return g_strdup_printf(_("The moment %s"), hs_format_time(buffer, sizeof buffer, place->time_ns));
  case HS_PLACE_ROW:
    return g_strdup_printf(_("Row %s of all events"), hs_format_count(buffer, sizeof buffer, place->row));
  case HS_PLACE_ADDRESS:
  default:
    return g_strdup_printf(_("The block that holds %s, seen from the cursor"),
                           hs_format_hex(buffer, sizeof buffer, place->address));
  }
}

static void
on_changed(HsGoTo *self)
{
  HsPlace place;
  g_auto(HsQueryError) error = {0};
  const char *text = gtk_entry_get_text(self->entry);
  bool is_place = hs_place_parse(text, &place, &error);
  g_autofree char *note = is_place ? place_text(&place) : NULL;
  if (!is_place && text[0] == '\0')
    note = g_strdup(_("A time such as 1.5 s, the number of a row, or an address such as 0x7f3c24a18e40"));
  hs_go_to_tell(self, note != NULL ? note : error.message);
  gtk_dialog_set_response_sensitive(GTK_DIALOG(self), GTK_RESPONSE_ACCEPT, is_place);
  gtk_widget_set_sensitive(self->who, is_place && place.kind == HS_PLACE_ADDRESS);
}

static void
on_who(HsGoTo *self)
{
  gtk_dialog_response(GTK_DIALOG(self), HS_GO_TO_RESPONSE_WHO);
}

static void
hs_go_to_class_init(HsGoToClass *klass)
{
}

static void
hs_go_to_init(HsGoTo *self)
{
  GtkDialog *dialog = GTK_DIALOG(self);
  GtkWidget *content = gtk_dialog_get_content_area(dialog), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);

  self->entry = GTK_ENTRY(gtk_entry_new());
  self->note = GTK_LABEL(gtk_label_new(""));
  gtk_entry_set_activates_default(self->entry, TRUE);
  gtk_entry_set_width_chars(self->entry, 34);
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->entry)), _("Time, row or address"));
  gtk_label_set_line_wrap(self->note, TRUE);
  gtk_label_set_max_width_chars(self->note, 44);
  /* Two lines from the beginning, so that the dialog does not grow under the hands. */
  gtk_label_set_lines(self->note, 2);
  gtk_widget_set_size_request(GTK_WIDGET(self->note), -1, 40);
  gtk_label_set_xalign(self->note, 0);
  gtk_label_set_yalign(self->note, 0);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->note)), GTK_STYLE_CLASS_DIM_LABEL);
  g_object_set(box, "margin", 12, NULL);
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(self->entry), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(self->note), FALSE, FALSE, 0);
  self->who = gtk_button_new_with_mnemonic(_("_Who lived there?"));
  gtk_widget_set_tooltip_text(self->who, _("Every block that ever held this address"));
  gtk_widget_set_halign(self->who, GTK_ALIGN_START);
  gtk_box_pack_start(GTK_BOX(box), self->who, FALSE, FALSE, 0);
  g_signal_connect_swapped(self->who, "clicked", G_CALLBACK(on_who), self);
  gtk_container_add(GTK_CONTAINER(content), box);
  gtk_widget_show_all(box);
  gtk_window_set_resizable(GTK_WINDOW(self), FALSE);
  gtk_dialog_add_button(dialog, _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(dialog, _("_Go"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
  g_signal_connect_object(self->entry, "changed", G_CALLBACK(on_changed), self, G_CONNECT_SWAPPED);
  on_changed(self);
}

GtkWidget *
hs_go_to_new(GtkWindow *parent)
{
  return g_object_new(HS_TYPE_GO_TO, "title", _("Go to"), "transient-for", parent, "modal", TRUE, "destroy-with-parent",
                      TRUE, "use-header-bar", 1, NULL);
}
