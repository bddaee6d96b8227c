/* SPDX-License-Identifier: MIT */
#include "hs-filter-bar.h"

#include <string.h>

#include "hs-config.h"
#include "hs-filter-entry.h"
#include "hs-filter-history.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define MIN_WIDTH_PX 240
#define NATURAL_WIDTH_PX 660
/* The counts go before the text, the margins and a spinner have less room than this. */
#define MIN_TEXT_PX 260
#define MIN_TEXT_CHARS 6
/* After the last letter. */
#define PAUSE_MS 150
/* Most filters are done before anyone has to be told to wait. */
#define BUSY_AFTER_MS 300

struct _HsFilterBar {
  GtkBox parent_instance;
  HsFilterEntry *entry;
  GtkWidget *spinner, *counts, *history_button, *clear_button;
  HsFilterHistory *history;
  char *known;         /* the filter that the owner knows of */
  gboolean is_edited;  /* something was written since */
  gboolean is_refused; /* what stands there came from elsewhere, and is no filter */
  gboolean is_setting; /* the text is being set by the owner or a button */
  gboolean has_counts; /* wanted, if there is room */
  guint pause_id, busy_id, room_id;
};

enum { SIGNAL_CHANGED, SIGNAL_APPLIED, SIGNAL_ESCAPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsFilterBar, hs_filter_bar, GTK_TYPE_BOX)

const char *
hs_filter_bar_get_text(HsFilterBar *self)
{
  return gtk_entry_get_text(GTK_ENTRY(self->entry));
}

static void
set_class(HsFilterBar *self, const char *name, gboolean is_set)
{
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(self));
  if (is_set)
    gtk_style_context_add_class(style, name);
  else
    gtk_style_context_remove_class(style, name);
}

/* --- telling the owner --- */

/* Handlers get a copy: what they do may change the text. */
static void
tell(HsFilterBar *self, guint signal)
{
  g_autofree char *text = g_strdup(hs_filter_bar_get_text(self));
  g_clear_handle_id(&self->pause_id, g_source_remove);
  g_free(self->known);
  self->known = g_strdup(text);
  if (signal == SIGNAL_APPLIED)
    self->is_edited = FALSE;
  g_signal_emit(self, signals[signal], 0, text);
}

static gboolean
on_pause(gpointer data)
{
  HsFilterBar *self = data;
  self->pause_id = 0;
  if (g_strcmp0(self->known, hs_filter_bar_get_text(self)) != 0)
    tell(self, SIGNAL_CHANGED);
  return G_SOURCE_REMOVE;
}

static void
on_checked(HsFilterBar *self)
{
  gboolean is_valid = hs_filter_entry_is_valid(self->entry);
  const char *text = hs_filter_bar_get_text(self);
  gboolean asks_nothing = text[strspn(text, " \t\n")] == '\0';
  set_class(self, "hs-valid", is_valid && !asks_nothing);
  set_class(self, "hs-invalid", !is_valid);
  gtk_widget_set_sensitive(self->clear_button, text[0] != '\0');
  g_clear_handle_id(&self->pause_id, g_source_remove);
  if (self->is_setting)
    return;
  self->is_edited = TRUE;
  self->is_refused = FALSE;
  if (is_valid)
    self->pause_id = g_timeout_add(PAUSE_MS, on_pause, self);
}

static void
on_activate(HsFilterBar *self)
{
  if (hs_filter_entry_is_valid(self->entry))
    tell(self, SIGNAL_APPLIED);
  else
    hs_filter_entry_show_error(self->entry);
}

static void
show_text(HsFilterBar *self, const char *text)
{
  self->is_setting = TRUE;
  hs_filter_entry_show(self->entry, text);
  self->is_setting = FALSE;
}

static void
on_clear_clicked(HsFilterBar *self)
{
  /* The button cannot be used again at once: the focus must not vanish with it. */
  if (gtk_widget_is_focus(self->clear_button))
    hs_filter_bar_take_focus(self);
  show_text(self, "");
  tell(self, SIGNAL_APPLIED);
}

static void
on_history_picked(HsFilterBar *self, const char *text)
{
  show_text(self, text);
  if (hs_filter_entry_is_valid(self->entry))
    tell(self, SIGNAL_APPLIED);
}

static void
on_escaped(HsFilterBar *self)
{
  g_signal_emit(self, signals[SIGNAL_ESCAPED], 0);
}

static gboolean
on_focus_in(HsFilterBar *self)
{
  set_class(self, "hs-focused", TRUE);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_focus_out(HsFilterBar *self)
{
  /* A window that is closed takes the focus away too. */
  if (gtk_widget_in_destruction(gtk_widget_get_toplevel(GTK_WIDGET(self))))
    return GDK_EVENT_PROPAGATE;
  set_class(self, "hs-focused", FALSE);
  if (self->is_edited && hs_filter_entry_is_valid(self->entry))
    tell(self, SIGNAL_APPLIED);
  return GDK_EVENT_PROPAGATE;
}

/* --- what the owner says --- */

void
hs_filter_bar_set_timeline(HsFilterBar *self, HsTimeline *timeline)
{
  hs_filter_entry_set_timeline(self->entry, timeline);
}

void
hs_filter_bar_set_text(HsFilterBar *self, const char *text)
{
  g_autofree char *wanted = g_strdup(text != NULL ? text : "");
  gboolean is_news = g_strcmp0(self->known, wanted) != 0;
  gboolean is_there = g_str_equal(hs_filter_bar_get_text(self), wanted);
  if (!is_news && (self->is_refused || (self->is_edited && gtk_widget_is_focus(GTK_WIDGET(self->entry)))))
    return;
  self->is_refused = FALSE;
  g_free(self->known);
  self->known = g_steal_pointer(&wanted);
  if (is_there)
    return;
  self->is_edited = FALSE;
  show_text(self, self->known);
}

void
hs_filter_bar_refuse(HsFilterBar *self, const char *text)
{
  self->is_refused = FALSE;
  self->is_edited = FALSE;
  if (text == NULL) {
    hs_filter_bar_set_text(self, self->known);
    return;
  }
  show_text(self, text);
  self->is_refused = TRUE;
}

static gboolean
on_busy(gpointer data)
{
  HsFilterBar *self = data;
  self->busy_id = 0;
  gtk_widget_show(self->spinner);
  gtk_spinner_start(GTK_SPINNER(self->spinner));
  return G_SOURCE_REMOVE;
}

static void
set_busy(HsFilterBar *self, gboolean busy)
{
  if (busy && self->busy_id == 0 && !gtk_widget_get_visible(self->spinner))
    self->busy_id = g_timeout_add(BUSY_AFTER_MS, on_busy, self);
  if (busy)
    return;
  g_clear_handle_id(&self->busy_id, g_source_remove);
  gtk_spinner_stop(GTK_SPINNER(self->spinner));
  gtk_widget_hide(self->spinner);
}

/* Whether there is room for the counts hangs on the width and on their text alone, so that it does not swing: a widget
 * that is hidden has no size. */
static gboolean
has_room(HsFilterBar *self)
{
  int counts_px;
  GtkRequisition button;
  g_autoptr(PangoLayout) layout =
      gtk_widget_create_pango_layout(self->counts, gtk_label_get_text(GTK_LABEL(self->counts)));
  pango_layout_get_pixel_size(layout, &counts_px, NULL);
  gtk_widget_get_preferred_size(self->clear_button, NULL, &button);
  int left_px = gtk_widget_get_allocated_width(GTK_WIDGET(self)) - counts_px - 2 * button.width;
  return left_px >= MIN_TEXT_PX;
}

static void
refresh_counts(HsFilterBar *self)
{
  gtk_widget_set_visible(self->counts, self->has_counts && has_room(self));
}

void
hs_filter_bar_set_counts(HsFilterBar *self, gboolean shown, uint64_t n_shown, uint64_t n_total, gboolean busy)
{
  char passing[HS_FORMAT_MAX], total[HS_FORMAT_MAX];
  hs_format_count(passing, sizeof passing, n_shown);
  hs_format_count(total, sizeof total, n_total);
  g_autofree char *text = g_strdup_printf(_("%s of %s"), passing, total);
  if (g_strcmp0(gtk_label_get_text(GTK_LABEL(self->counts)), text) != 0)
    gtk_label_set_text(GTK_LABEL(self->counts), text);
  self->has_counts = shown;
  refresh_counts(self);
  set_busy(self, busy);
}

void
hs_filter_bar_set_history(HsFilterBar *self, const char *const *texts)
{
  gtk_widget_set_sensitive(self->history_button, hs_filter_history_set_texts(self->history, texts) > 0);
}

void
hs_filter_bar_take_focus(HsFilterBar *self)
{
  gtk_widget_grab_focus(GTK_WIDGET(self->entry));
  gtk_editable_select_region(GTK_EDITABLE(self->entry), 0, -1);
}

/* --- the widget --- */

static void
hs_filter_bar_get_preferred_width(GtkWidget *widget, int *minimum_px, int *natural_px)
{
  GTK_WIDGET_CLASS(hs_filter_bar_parent_class)->get_preferred_width(widget, minimum_px, natural_px);
  *minimum_px = MIN_WIDTH_PX;
  *natural_px = NATURAL_WIDTH_PX;
}

static gboolean
on_room(gpointer data)
{
  HsFilterBar *self = data;
  self->room_id = 0;
  refresh_counts(self);
  return G_SOURCE_REMOVE;
}

/* What is shown must not change while it is being laid out. */
static void
hs_filter_bar_size_allocate(GtkWidget *widget, GtkAllocation *allocation)
{
  HsFilterBar *self = HS_FILTER_BAR(widget);
  GTK_WIDGET_CLASS(hs_filter_bar_parent_class)->size_allocate(widget, allocation);
  if (self->room_id == 0 && self->has_counts && gtk_widget_get_visible(self->counts) != has_room(self))
    self->room_id = g_idle_add_full(G_PRIORITY_HIGH_IDLE, on_room, self, NULL);
}

static void
hs_filter_bar_dispose(GObject *object)
{
  HsFilterBar *self = HS_FILTER_BAR(object);
  g_clear_handle_id(&self->pause_id, g_source_remove);
  g_clear_handle_id(&self->busy_id, g_source_remove);
  g_clear_handle_id(&self->room_id, g_source_remove);
  G_OBJECT_CLASS(hs_filter_bar_parent_class)->dispose(object);
}

static void
hs_filter_bar_finalize(GObject *object)
{
  g_free(HS_FILTER_BAR(object)->known);
  G_OBJECT_CLASS(hs_filter_bar_parent_class)->finalize(object);
}

static guint
new_text_signal(const char *name)
{
  return g_signal_new(name, HS_TYPE_FILTER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
hs_filter_bar_class_init(HsFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_filter_bar_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_filter_bar_finalize;
  widget_class->get_preferred_width = hs_filter_bar_get_preferred_width;
  widget_class->size_allocate = hs_filter_bar_size_allocate;
  signals[SIGNAL_CHANGED] = new_text_signal("changed");
  signals[SIGNAL_APPLIED] = new_text_signal("applied");
  signals[SIGNAL_ESCAPED] =
      g_signal_new("escaped", HS_TYPE_FILTER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_entry(HsFilterBar *self)
{
  self->entry = g_object_new(HS_TYPE_FILTER_ENTRY, NULL);
  gtk_entry_set_width_chars(GTK_ENTRY(self->entry), MIN_TEXT_CHARS);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->entry)), "hs-mono");
  gtk_box_pack_start(GTK_BOX(self), GTK_WIDGET(self->entry), TRUE, TRUE, 0);
  g_signal_connect_object(self->entry, "checked", G_CALLBACK(on_checked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "activate", G_CALLBACK(on_activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "escaped", G_CALLBACK(on_escaped), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "focus-in-event", G_CALLBACK(on_focus_in), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->entry, "focus-out-event", G_CALLBACK(on_focus_out), self, G_CONNECT_SWAPPED);
}

static void
add_counts(HsFilterBar *self)
{
  self->spinner = gtk_spinner_new();
  self->counts = gtk_label_new("");
  gtk_label_set_ellipsize(GTK_LABEL(self->counts), PANGO_ELLIPSIZE_END);
  /* Whether they are there is not for a show-all to say. */
  gtk_widget_set_no_show_all(self->spinner, TRUE);
  gtk_widget_set_no_show_all(self->counts, TRUE);
  gtk_widget_set_tooltip_text(self->counts, _("Events that pass the filter, and all there are"));
  gtk_style_context_add_class(gtk_widget_get_style_context(self->counts), "dim-label");
  gtk_box_pack_start(GTK_BOX(self), self->spinner, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), self->counts, FALSE, FALSE, 0);
}

static void
dress_button(HsFilterBar *self, GtkWidget *button, const char *icon, const char *name)
{
  GtkWidget *image = gtk_image_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);
  gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
  gtk_widget_set_focus_on_click(button, FALSE);
  gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text(button, name);
  atk_object_set_name(gtk_widget_get_accessible(button), name);
  gtk_widget_set_sensitive(button, FALSE);
  gtk_widget_show(image);
  gtk_button_set_image(GTK_BUTTON(button), image);
  gtk_box_pack_start(GTK_BOX(self), button, FALSE, FALSE, 0);
}

static void
add_buttons(HsFilterBar *self)
{
  self->history = hs_filter_history_new();
  self->history_button = gtk_menu_button_new();
  gtk_menu_button_set_popover(GTK_MENU_BUTTON(self->history_button), GTK_WIDGET(self->history));
  dress_button(self, self->history_button, "pan-down-symbolic", _("Earlier filters"));
  g_signal_connect_object(self->history, "picked", G_CALLBACK(on_history_picked), self, G_CONNECT_SWAPPED);
  self->clear_button = gtk_button_new();
  dress_button(self, self->clear_button, "edit-clear-symbolic", _("Clear the filter"));
  g_signal_connect_object(self->clear_button, "clicked", G_CALLBACK(on_clear_clicked), self, G_CONNECT_SWAPPED);
}

static void
hs_filter_bar_init(HsFilterBar *self)
{
  self->known = g_strdup("");
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_HORIZONTAL);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), "hs-filter-bar");
  gtk_widget_set_hexpand(GTK_WIDGET(self), TRUE);
  gtk_widget_set_valign(GTK_WIDGET(self), GTK_ALIGN_CENTER);
  add_entry(self);
  add_counts(self);
  add_buttons(self);
  gtk_widget_show(GTK_WIDGET(self->entry));
  gtk_widget_show(self->history_button);
  gtk_widget_show(self->clear_button);
}
