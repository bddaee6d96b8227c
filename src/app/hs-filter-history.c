/* SPDX-License-Identifier: MIT */
#include "hs-filter-history.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define WIDTH_CHARS 60
#define MAX_HEIGHT_PX 320

struct _HsFilterHistory {
  GtkPopover parent_instance;
  GtkListBox *list;
};

enum { SIGNAL_PICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsFilterHistory, hs_filter_history, GTK_TYPE_POPOVER)

static void
add_text(HsFilterHistory *self, const char *text)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(label), WIDTH_CHARS);
  gtk_label_set_single_line_mode(GTK_LABEL(label), TRUE);
  gtk_style_context_add_class(gtk_widget_get_style_context(label), "hs-mono");
  GtkWidget *row = gtk_list_box_row_new();
  gtk_container_add(GTK_CONTAINER(row), label);
  gtk_widget_set_tooltip_text(row, text);
  atk_object_set_name(gtk_widget_get_accessible(row), text);
  gtk_widget_show_all(row);
  gtk_list_box_insert(self->list, row, -1);
}

guint
hs_filter_history_set_texts(HsFilterHistory *self, const char *const *texts)
{
  guint n = 0;
  gtk_container_foreach(GTK_CONTAINER(self->list), (GtkCallback)(void (*)(void))gtk_widget_destroy, NULL);
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++) {
    if (texts[i][0] == '\0')
      continue;
    add_text(self, texts[i]);
    n++;
  }
  return n;
}

/* The owner may list other texts when it hears of it: the one picked is kept until then. */
static void
on_row_activated(GtkListBox *list, GtkListBoxRow *row, HsFilterHistory *self)
{
  g_autofree char *text = g_strdup(gtk_label_get_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(row)))));
  gtk_popover_popdown(GTK_POPOVER(self));
  g_signal_emit(self, signals[SIGNAL_PICKED], 0, text);
}

HsFilterHistory *
hs_filter_history_new(void)
{
  return g_object_new(HS_TYPE_FILTER_HISTORY, NULL);
}

static void
hs_filter_history_class_init(HsFilterHistoryClass *klass)
{
  signals[SIGNAL_PICKED] = g_signal_new("picked", HS_TYPE_FILTER_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
hs_filter_history_init(HsFilterHistory *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new(NULL, NULL);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scroller), MAX_HEIGHT_PX);
  self->list = GTK_LIST_BOX(gtk_list_box_new());
  gtk_list_box_set_selection_mode(self->list, GTK_SELECTION_NONE);
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->list)), _("Earlier filters"));
  g_signal_connect(self->list, "row-activated", G_CALLBACK(on_row_activated), self);
  gtk_container_add(GTK_CONTAINER(scroller), GTK_WIDGET(self->list));
  gtk_container_add(GTK_CONTAINER(self), scroller);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), "hs-completions");
  gtk_widget_show_all(scroller);
}
