/* SPDX-License-Identifier: MIT */
#include "hs-find-bar.h"

#include "hs-config.h"
#include "hs-filter-entry.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

struct _HsFindBar {
  GtkBin parent_instance;
  GtkRevealer *revealer;
  HsFilterEntry *entry;
  GtkWidget *previous, *next;
  GtkLabel *status;
};

enum { SIGNAL_SEARCH, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsFindBar, hs_find_bar, GTK_TYPE_BIN)

void
hs_find_bar_set_timeline(HsFindBar *self, HsTimeline *timeline)
{
  hs_filter_entry_set_timeline(self->entry, timeline);
}

void
hs_find_bar_open(HsFindBar *self)
{
  gtk_widget_show(GTK_WIDGET(self));
  gtk_revealer_set_reveal_child(self->revealer, TRUE);
  gtk_widget_grab_focus(GTK_WIDGET(self->entry));
  gtk_editable_select_region(GTK_EDITABLE(self->entry), 0, -1);
}

void
hs_find_bar_close(HsFindBar *self)
{
  if (!gtk_revealer_get_reveal_child(self->revealer))
    return;
  hs_filter_entry_close(self->entry);
  gtk_revealer_set_reveal_child(self->revealer, FALSE);
  g_signal_emit(self, signals[SIGNAL_CLOSED], 0);
}

const char *
hs_find_bar_get_text(HsFindBar *self)
{
  return gtk_entry_get_text(GTK_ENTRY(self->entry));
}

void
hs_find_bar_set_text(HsFindBar *self, const char *text)
{
  gtk_widget_show(GTK_WIDGET(self));
  gtk_revealer_set_reveal_child(self->revealer, TRUE);
  hs_filter_entry_show(self->entry, text);
}

void
hs_find_bar_tell(HsFindBar *self, const char *text, gboolean failed)
{
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(self->entry));
  gtk_label_set_text(self->status, text);
  if (failed)
    gtk_style_context_add_class(style, GTK_STYLE_CLASS_ERROR);
  else
    gtk_style_context_remove_class(style, GTK_STYLE_CLASS_ERROR);
}

void
hs_find_bar_search(HsFindBar *self, gboolean forward)
{
  if (!hs_filter_entry_is_valid(self->entry)) {
    hs_find_bar_open(self);
    hs_filter_entry_show_error(self->entry);
  } else if (gtk_entry_get_text_length(GTK_ENTRY(self->entry)) == 0) {
    hs_find_bar_open(self);
  } else {
    hs_filter_entry_close(self->entry);
    g_signal_emit(self, signals[SIGNAL_SEARCH], 0, forward);
  }
}

/* --- widget --- */

static void
on_checked(HsFindBar *self)
{
  gboolean is_valid = hs_filter_entry_is_valid(self->entry);
  gtk_widget_set_sensitive(self->previous, is_valid);
  gtk_widget_set_sensitive(self->next, is_valid);
  hs_find_bar_tell(self, "", !is_valid);
}

static void
on_next(HsFindBar *self)
{
  hs_find_bar_search(self, TRUE);
}

static void
on_previous(HsFindBar *self)
{
  hs_find_bar_search(self, FALSE);
}

static gboolean
on_entry_key_press(HsFindBar *self, GdkEventKey *event)
{
  bool enter = event->keyval == GDK_KEY_Return || event->keyval == GDK_KEY_KP_Enter;
  if (!enter || (event->state & gtk_accelerator_get_default_mod_mask()) != GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  hs_find_bar_search(self, FALSE);
  return GDK_EVENT_STOP;
}

static GtkWidget *
add_button(GtkBox *box, const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_tooltip_text(button, name);
  atk_object_set_name(gtk_widget_get_accessible(button), name);
  gtk_widget_set_focus_on_click(button, FALSE);
  gtk_box_pack_start(box, button, FALSE, FALSE, 0);
  return button;
}

static void
hs_find_bar_class_init(HsFindBarClass *klass)
{
  signals[SIGNAL_SEARCH] =
      g_signal_new("search", HS_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_CLOSED] =
      g_signal_new("closed", HS_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hs_find_bar_init(HsFindBar *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *revealer = gtk_revealer_new();
  GtkWidget *label = gtk_label_new_with_mnemonic(_("_Find")), *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);

  self->revealer = GTK_REVEALER(revealer);
  gtk_revealer_set_transition_type(self->revealer, GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
  gtk_style_context_add_class(gtk_widget_get_style_context(box), "hs-find-bar");
  gtk_style_context_add_class(gtk_widget_get_style_context(buttons), GTK_STYLE_CLASS_LINKED);
  self->entry = g_object_new(HS_TYPE_FILTER_ENTRY, NULL);
  gtk_entry_set_placeholder_text(GTK_ENTRY(self->entry), _("An expression, such as size >= 64KiB"));
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->entry)), _("Find"));
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->entry)), "hs-mono");
  gtk_label_set_mnemonic_widget(GTK_LABEL(label), GTK_WIDGET(self->entry));
  self->status = GTK_LABEL(gtk_label_new(""));
  gtk_label_set_ellipsize(self->status, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars(self->status, 30);
  gtk_label_set_xalign(self->status, 0);

  gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(self->entry), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), buttons, FALSE, FALSE, 0);
  self->previous = add_button(GTK_BOX(buttons), "go-up-symbolic", _("Previous (Shift+F3)"));
  self->next = add_button(GTK_BOX(buttons), "go-down-symbolic", _("Next (F3)"));
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(self->status), FALSE, FALSE, 0);
  GtkWidget *close = add_button(GTK_BOX(box), "window-close-symbolic", _("Close (Esc)"));
  gtk_button_set_relief(GTK_BUTTON(close), GTK_RELIEF_NONE);
  gtk_container_add(GTK_CONTAINER(revealer), box);
  gtk_container_add(GTK_CONTAINER(self), revealer);
  gtk_widget_show_all(revealer);

  g_signal_connect_object(self->entry, "checked", G_CALLBACK(on_checked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "activate", G_CALLBACK(on_next), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "escaped", G_CALLBACK(hs_find_bar_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "key-press-event", G_CALLBACK(on_entry_key_press), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->previous, "clicked", G_CALLBACK(on_previous), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->next, "clicked", G_CALLBACK(on_next), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(close, "clicked", G_CALLBACK(hs_find_bar_close), self, G_CONNECT_SWAPPED);
}
