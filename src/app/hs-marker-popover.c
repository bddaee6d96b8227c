/* SPDX-License-Identifier: MIT */
#include "hs-marker-popover.h"

#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A list of widgets is for as many as one can read through; the others are reached with [ and ]. */
#define MAX_ROWS 300
#define MAX_LIST_HEIGHT_PX 300

struct _HsMarkerPopover {
  GtkPopover parent_instance;
  HsDocument *document;
  GtkListBox *list;
  GtkLabel *note;
  gboolean is_naming; /* this popover changes a name: the rows stay */
};

enum { SIGNAL_GO_TO, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsMarkerPopover, hs_marker_popover, GTK_TYPE_POPOVER)

#define TICKS "hs-ticks"

static int64_t
ticks_of(GtkWidget *widget)
{
  int64_t *ticks = g_object_get_data(G_OBJECT(widget), TICKS);
  return ticks != NULL ? *ticks : INT64_MIN;
}

static void
set_ticks(GtkWidget *widget, int64_t ticks)
{
  g_object_set_data_full(G_OBJECT(widget), TICKS, g_memdup2(&ticks, sizeof ticks), g_free);
}

/* --- what the rows do --- */

static void
take_name(HsMarkerPopover *self, GtkEntry *entry)
{
  int64_t ticks = ticks_of(GTK_WIDGET(entry));
  const HsMarkerSet *set = hs_document_get_markers(self->document);
  int index = hs_marker_set_find(set, ticks);
  if (index < 0 || g_str_equal(hs_marker_set_get(set, (guint)index)->name, gtk_entry_get_text(entry)))
    return;
  self->is_naming = TRUE;
  (void)hs_document_put_marker(self->document, ticks, gtk_entry_get_text(entry));
  self->is_naming = FALSE;
}

static gboolean
on_leave(GtkEntry *entry, GdkEvent *event, HsMarkerPopover *self)
{
  if (self->document != NULL)
    take_name(self, entry);
  return GDK_EVENT_PROPAGATE;
}

static void
on_activate(GtkEntry *entry, HsMarkerPopover *self)
{
  take_name(self, entry);
  gtk_popover_popdown(GTK_POPOVER(self));
}

static void
on_go_to(GtkWidget *button, HsMarkerPopover *self)
{
  gint64 ticks = ticks_of(button);
  gtk_popover_popdown(GTK_POPOVER(self));
  g_signal_emit(self, signals[SIGNAL_GO_TO], 0, ticks);
}

static void
on_remove(GtkWidget *button, HsMarkerPopover *self)
{
  hs_document_remove_marker(self->document, ticks_of(button));
}

/* --- rows --- */

static GtkWidget *
new_button(HsMarkerPopover *self, const char *icon, const char *tip, int64_t ticks, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_MENU);
  gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
  gtk_widget_set_tooltip_text(button, tip);
  atk_object_set_name(gtk_widget_get_accessible(button), tip);
  set_ticks(button, ticks);
  g_signal_connect(button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
new_row(HsMarkerPopover *self, const HsMarker *marker)
{
  GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *entry = gtk_entry_new(), *label = gtk_label_new(NULL);
  char time[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(self->document));
  gtk_entry_set_text(GTK_ENTRY(entry), marker->name);
  gtk_entry_set_max_length(GTK_ENTRY(entry), HS_MARKER_NAME_BYTES);
  gtk_entry_set_width_chars(GTK_ENTRY(entry), 24);
  atk_object_set_name(gtk_widget_get_accessible(entry), _("Name of the marker"));
  set_ticks(entry, marker->ticks);
  g_signal_connect(entry, "focus-out-event", G_CALLBACK(on_leave), self);
  g_signal_connect(entry, "activate", G_CALLBACK(on_activate), self);
  gtk_label_set_label(GTK_LABEL(label), hs_format_time(time, sizeof time, hs_clock_to_ns(clock, marker->ticks)));
  gtk_label_set_xalign(GTK_LABEL(label), 1);
  gtk_label_set_width_chars(GTK_LABEL(label), 12);
  gtk_style_context_add_class(gtk_widget_get_style_context(label), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_box_pack_start(GTK_BOX(box), entry, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 4);
  gtk_box_pack_start(GTK_BOX(box),
                     new_button(self, "go-jump-symbolic", _("Go there"), marker->ticks, G_CALLBACK(on_go_to)), FALSE,
                     FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box),
                     new_button(self, "user-trash-symbolic", _("Remove"), marker->ticks, G_CALLBACK(on_remove)), FALSE,
                     FALSE, 0);
  gtk_container_add(GTK_CONTAINER(row), box);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
  gtk_widget_set_can_focus(row, FALSE);
  set_ticks(row, marker->ticks);
  return row;
}

static void
drop_row(GtkWidget *row, gpointer data)
{
  gtk_widget_destroy(row);
}

static void
fill(HsMarkerPopover *self)
{
  const HsMarkerSet *set = hs_document_get_markers(self->document);
  guint n = hs_marker_set_n(set), shown = MIN(n, MAX_ROWS);
  g_autofree char *note = NULL;
  gtk_container_foreach(GTK_CONTAINER(self->list), drop_row, NULL);
  for (guint i = 0; i < shown; i++)
    gtk_list_box_insert(self->list, new_row(self, hs_marker_set_get(set, i)), -1);
  gtk_widget_show_all(GTK_WIDGET(self->list));
  if (n == 0)
    note = g_strdup(_("No markers. M sets one at the cursor."));
  else if (shown < n)
    note = g_strdup_printf(ngettext("and %u more", "and %u more", n - shown), n - shown);
  gtk_label_set_label(self->note, note != NULL ? note : "");
  gtk_widget_set_visible(GTK_WIDGET(self->note), note != NULL);
}

static void
on_places_changed(HsMarkerPopover *self)
{
  if (!self->is_naming)
    fill(self);
}

/* --- popover --- */

static gboolean
destroy_later(gpointer popover)
{
  gtk_widget_destroy(popover);
  g_object_unref(popover);
  return G_SOURCE_REMOVE;
}

static void
hs_marker_popover_closed(GtkPopover *popover)
{
  g_idle_add(destroy_later, g_object_ref(popover));
}

static void
focus_row(GtkWidget *row)
{
  g_autoptr(GList) children = gtk_container_get_children(GTK_CONTAINER(gtk_bin_get_child(GTK_BIN(row))));
  gtk_widget_grab_focus(children->data);
}

void
hs_marker_popover_open(HsMarkerPopover *self, int64_t ticks)
{
  g_autoptr(GList) rows = gtk_container_get_children(GTK_CONTAINER(self->list));
  GtkWidget *wanted = rows != NULL ? rows->data : NULL;
  for (GList *l = rows; l != NULL; l = l->next) {
    if (ticks_of(l->data) == ticks)
      wanted = l->data;
  }
  gtk_popover_popup(GTK_POPOVER(self));
  if (wanted != NULL)
    focus_row(wanted);
}

static void
hs_marker_popover_dispose(GObject *object)
{
  HsMarkerPopover *self = HS_MARKER_POPOVER(object);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(hs_marker_popover_parent_class)->dispose(object);
}

static void
hs_marker_popover_class_init(HsMarkerPopoverClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_marker_popover_dispose;
  GTK_POPOVER_CLASS(klass)->closed = hs_marker_popover_closed;
  signals[SIGNAL_GO_TO] = g_signal_new("go-to", HS_TYPE_MARKER_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
hs_marker_popover_init(HsMarkerPopover *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4), *scrolled = gtk_scrolled_window_new(NULL, NULL);
  self->list = GTK_LIST_BOX(gtk_list_box_new());
  self->note = GTK_LABEL(gtk_label_new(""));
  gtk_list_box_set_selection_mode(self->list, GTK_SELECTION_NONE);
  atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(self->list)), _("Markers"));
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), MAX_LIST_HEIGHT_PX);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->note)), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_container_add(GTK_CONTAINER(scrolled), GTK_WIDGET(self->list));
  gtk_box_pack_start(GTK_BOX(box), scrolled, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), GTK_WIDGET(self->note), FALSE, FALSE, 4);
  gtk_widget_set_no_show_all(GTK_WIDGET(self->note), TRUE);
  g_object_set(box, "margin", 6, NULL);
  gtk_widget_show_all(box);
  gtk_container_add(GTK_CONTAINER(self), box);
}

GtkWidget *
hs_marker_popover_new(GtkWidget *relative_to, const GdkRectangle *area, HsDocument *document)
{
  HsMarkerPopover *self =
      g_object_new(HS_TYPE_MARKER_POPOVER, "relative-to", relative_to, "position", GTK_POS_BOTTOM, NULL);
  if (area != NULL)
    gtk_popover_set_pointing_to(GTK_POPOVER(self), area);
  self->document = g_object_ref(document);
  g_signal_connect_swapped(document, "places-changed", G_CALLBACK(on_places_changed), self);
  fill(self);
  return GTK_WIDGET(self);
}
