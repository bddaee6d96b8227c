/* SPDX-License-Identifier: MIT */
#include "hs-picture-dialog.h"

#include <stdlib.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-picture-file.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MAX_SCALE 4

struct _HsPictureDialog {
  GtkDialog parent_instance;

  HsPictureSizeFunc size;
  gpointer data;
  GtkComboBox *view, *scale, *style;
  GtkSpinButton *width, *height;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE(HsPictureDialog, hs_picture_dialog, GTK_TYPE_DIALOG)

HsPictureChoice
hs_picture_dialog_get(HsPictureDialog *self)
{
  const char *view = gtk_combo_box_get_active_id(self->view);
  return (HsPictureChoice){.view = view != NULL ? hs_picture_view_from_name(view) : HS_N_PICTURES,
                           .width = gtk_spin_button_get_value_as_int(self->width),
                           .height = gtk_spin_button_get_value_as_int(self->height),
                           .scale = gtk_combo_box_get_active(self->scale) + 1,
                           .style = (HsPictureStyle)gtk_combo_box_get_active(self->style)};
}

/* How many pixels that makes, or what is wrong with it. */
static void
on_size_changed(HsPictureDialog *self)
{
  HsPictureChoice choice = hs_picture_dialog_get(self);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  bool is_window = choice.view == HS_N_PICTURES;
  bool fits = is_window || hs_picture_check_size(choice.width, choice.height, choice.scale, &error);
  if (is_window)
    text = g_strdup(_("The window as it is, as PNG"));
  else if (fits)
    text = g_strdup_printf(_("%d × %d pixels as PNG; SVG and PDF have lines and text of any resolution"),
                           choice.width * choice.scale, choice.height * choice.scale);
  else
    text = g_strdup(error->message);
  gtk_label_set_text(self->note, text);
  gtk_dialog_set_response_sensitive(GTK_DIALOG(self), GTK_RESPONSE_ACCEPT, fits);
  gtk_dialog_set_response_sensitive(GTK_DIALOG(self), HS_PICTURE_RESPONSE_COPY, fits);
}

static void
on_view_changed(HsPictureDialog *self)
{
  HsPictureView view = hs_picture_dialog_get(self).view;
  bool is_window = view == HS_N_PICTURES;
  int width, height;
  GtkWidget *sized[] = {GTK_WIDGET(self->width), GTK_WIDGET(self->height), GTK_WIDGET(self->scale),
                        GTK_WIDGET(self->style)};
  for (gsize i = 0; i < G_N_ELEMENTS(sized); i++)
    gtk_widget_set_sensitive(sized[i], !is_window);
  if (!is_window) {
    self->size(self->data, view, &width, &height);
    gtk_spin_button_set_value(self->width, width);
    gtk_spin_button_set_value(self->height, height);
  }
  on_size_changed(self);
}

/* --- widgets --- */

static void
add_row(GtkGrid *grid, int row, const char *label, GtkWidget *widget)
{
  GtkWidget *name = gtk_label_new_with_mnemonic(label);
  gtk_label_set_xalign(GTK_LABEL(name), 1);
  gtk_label_set_mnemonic_widget(GTK_LABEL(name), widget);
  gtk_style_context_add_class(gtk_widget_get_style_context(name), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_grid_attach(grid, name, 0, row, 1, 1);
  gtk_grid_attach(grid, widget, 1, row, 1, 1);
}

/* The button inside is what has the focus. */
static void
name_inside(GtkWidget *widget, gpointer name)
{
  if (GTK_IS_BUTTON(widget))
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), name_inside, name);
}

static GtkComboBox *
new_combo(const char *name)
{
  GtkWidget *combo = gtk_combo_box_text_new();
  atk_object_set_name(gtk_widget_get_accessible(combo), name);
  name_inside(combo, (gpointer)name);
  return GTK_COMBO_BOX(combo);
}

static GtkSpinButton *
new_side(const char *name)
{
  GtkWidget *spin = gtk_spin_button_new_with_range(HS_PICTURE_MIN_SIDE_PX, HS_PICTURE_MAX_SIDE_PX, 10);
  atk_object_set_name(gtk_widget_get_accessible(spin), name);
  gtk_entry_set_activates_default(GTK_ENTRY(spin), TRUE);
  return GTK_SPIN_BUTTON(spin);
}

static void
fill_combos(HsPictureDialog *self)
{
  GtkComboBoxText *view = GTK_COMBO_BOX_TEXT(self->view), *scale = GTK_COMBO_BOX_TEXT(self->scale),
                  *style = GTK_COMBO_BOX_TEXT(self->style);
  for (int i = 0; i < HS_N_PICTURES; i++)
    gtk_combo_box_text_append(view, hs_picture_view_name((HsPictureView)i), hs_picture_view_title((HsPictureView)i));
  gtk_combo_box_text_append(view, "window", _("The whole window"));
  for (int i = 1; i <= MAX_SCALE; i++) {
    g_autofree char *text = g_strdup_printf("%d×", i);
    gtk_combo_box_text_append_text(scale, text);
  }
  gtk_combo_box_text_append_text(style, _("As the window"));
  gtk_combo_box_text_append_text(style, _("Light"));
  gtk_combo_box_text_append_text(style, _("Dark"));
  gtk_combo_box_set_active(self->scale, 0);
  gtk_combo_box_set_active(self->style, 0);
}

static void
hs_picture_dialog_class_init(HsPictureDialogClass *klass)
{
}

static void
hs_picture_dialog_init(HsPictureDialog *self)
{
  GtkDialog *dialog = GTK_DIALOG(self);
  GtkWidget *grid = gtk_grid_new(), *size = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

  self->view = new_combo(_("View"));
  self->scale = new_combo(_("Scale"));
  self->style = new_combo(_("Style"));
  self->width = new_side(_("Width"));
  self->height = new_side(_("Height"));
  self->note = GTK_LABEL(gtk_label_new(""));
  fill_combos(self);
  gtk_grid_set_row_spacing(GTK_GRID(grid), 8);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  g_object_set(grid, "margin", 18, NULL);
  gtk_box_pack_start(GTK_BOX(size), GTK_WIDGET(self->width), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(size), gtk_label_new("×"), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(size), GTK_WIDGET(self->height), TRUE, TRUE, 0);
  add_row(GTK_GRID(grid), 0, _("_View"), GTK_WIDGET(self->view));
  add_row(GTK_GRID(grid), 1, _("_Size"), size);
  add_row(GTK_GRID(grid), 2, _("Sca_le"), GTK_WIDGET(self->scale));
  add_row(GTK_GRID(grid), 3, _("S_tyle"), GTK_WIDGET(self->style));
  gtk_label_set_line_wrap(self->note, TRUE);
  gtk_label_set_max_width_chars(self->note, 44);
  gtk_label_set_xalign(self->note, 0);
  gtk_label_set_yalign(self->note, 0);
  gtk_widget_set_size_request(GTK_WIDGET(self->note), -1, 40);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->note)), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_grid_attach(GTK_GRID(grid), GTK_WIDGET(self->note), 0, 4, 2, 1);
  gtk_container_add(GTK_CONTAINER(gtk_dialog_get_content_area(dialog)), grid);
  gtk_widget_show_all(grid);
  gtk_window_set_resizable(GTK_WINDOW(self), FALSE);
  gtk_dialog_add_button(dialog, _("_Cancel"), GTK_RESPONSE_CANCEL);
  /* The first is the outermost. */
  gtk_dialog_add_button(dialog, _("_Save…"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_add_button(dialog, _("_Copy"), HS_PICTURE_RESPONSE_COPY);
  gtk_dialog_set_default_response(dialog, GTK_RESPONSE_ACCEPT);
}

GtkWidget *
hs_picture_dialog_new(GtkWindow *parent, HsPictureView view, HsPictureSizeFunc size, gpointer data)
{
  HsPictureDialog *self = g_object_new(HS_TYPE_PICTURE_DIALOG, "title", _("Save a picture"), "transient-for", parent,
                                       "modal", TRUE, "destroy-with-parent", TRUE, "use-header-bar", 1, NULL);
  self->size = size;
  self->data = data;
  g_signal_connect_swapped(self->view, "changed", G_CALLBACK(on_view_changed), self);
  g_signal_connect_swapped(self->width, "value-changed", G_CALLBACK(on_size_changed), self);
  g_signal_connect_swapped(self->height, "value-changed", G_CALLBACK(on_size_changed), self);
  g_signal_connect_swapped(self->scale, "changed", G_CALLBACK(on_size_changed), self);
  gtk_combo_box_set_active_id(self->view, hs_picture_view_name(view));
  return GTK_WIDGET(self);
}
