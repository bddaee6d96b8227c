/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-instant-pane.h"
#include "hs-menus.h"
#include "hs-pane-menu.h"
#include "hs-window-instant.h"

/* Heaps in the menu: those with the highest peaks. */
#define MAX_HEAPS 40
/* Keys move the slider by this part of the visible range. */
#define SLIDER_STEP 0.005
#define SLIDER_PAGE 0.05
/* The window's switch between the maps lies over the bar's end. */
#define SWITCH_PX 150
/* In a narrow window the choices give way to the slider. */
#define CHOICE_CHARS 14
#define SLIDER_PX 110

struct _HsInstantPane {
  GtkBox parent_instance;

  HsDocument *document;
  HsInstantArea *area;
  GtkWidget *play_image;
  GtkAdjustment *slider;
  gboolean sliding; /* by ourselves */
  GtkMenuButton *speed_button, *row_button, *heap_button;
  GtkLabel *speed_label, *row_label, *heap_label;
  uint32_t n_heaps; /* in the menu */
};

G_DEFINE_FINAL_TYPE(HsInstantPane, hs_instant_pane, GTK_TYPE_BOX)

/* --- slider --- */

static void
follow_cursor(HsInstantPane *self)
{
  int64_t t0, t1;
  if (self->document == NULL)
    return;
  hs_document_get_range(self->document, &t0, &t1);
  int64_t ticks = hs_instant_of_document(self->document);
  double part = ((double)ticks - (double)t0) / MAX((double)t1 - (double)t0, 1);
  self->sliding = TRUE;
  gtk_adjustment_set_value(self->slider, CLAMP(part, 0, 1));
  self->sliding = FALSE;
}

static void
on_slid(HsInstantPane *self)
{
  int64_t t0, t1;
  if (self->sliding || self->document == NULL)
    return;
  hs_document_get_range(self->document, &t0, &t1);
  double part = gtk_adjustment_get_value(self->slider);
  int64_t ticks = t0 + (int64_t)(part * ((double)t1 - (double)t0));
  hs_document_set_cursor(self->document, CLAMP(ticks, t0, t1 - 1));
}

static char *
format_slider(GtkScale *scale, double value, HsInstantPane *self)
{
  char text[HS_FORMAT_MAX];
  if (self->document == NULL)
    return g_strdup("");
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(self->document));
  hs_format_time(text, sizeof text, hs_clock_to_ns(clock, hs_instant_of_document(self->document)));
  return g_strdup(text);
}

/* --- menu of heaps --- */

typedef struct {
  HsHeapId id;
  uint64_t peak_bytes;
} Heap;

static int
compare_heaps(gconstpointer a, gconstpointer b)
{
  const Heap *x = a, *y = b;
  if (x->peak_bytes != y->peak_bytes)
    return x->peak_bytes > y->peak_bytes ? -1 : 1;
  return (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

static void
fill_heaps(HsInstantPane *self)
{
  g_autoptr(GMenu) menu = g_menu_new();
  GMenu *all = g_menu_new(), *some = g_menu_new();
  g_menu_append(all, _("All heaps of the filter"), "win.instant-heap::all");
  hs_pane_menu_take_section(menu, all);
  const HsTimeline *timeline = self->document != NULL ? hs_document_get_timeline(self->document) : NULL;
  self->n_heaps = timeline != NULL ? hs_timeline_n_heaps(timeline) : 0;
  g_autoptr(GArray) heaps = g_array_new(FALSE, FALSE, sizeof(Heap));
  for (uint32_t i = 0; i < self->n_heaps; i++) {
    Heap heap = {{i}, HS_GET(hs_timeline_heap(timeline, (HsHeapId){i})->peak_bytes)};
    g_array_append_val(heaps, heap);
  }
  g_array_sort(heaps, compare_heaps);
  for (guint i = 0; i < MIN(heaps->len, MAX_HEAPS); i++) {
    HsHeapId id = g_array_index(heaps, Heap, i).id;
    g_autofree char *name = hs_window_heap_name(timeline, id);
    g_autofree char *label = hs_window_heap_label(timeline, id);
    hs_pane_menu_append(some, label, "win.instant-heap", g_variant_new_string(name));
  }
  hs_pane_menu_take_section(menu, some);
  hs_menus_set(self->heap_button, G_MENU_MODEL(menu));
}

static void
on_data_changed(HsInstantPane *self)
{
  if (self->n_heaps != hs_timeline_n_heaps(hs_document_get_timeline(self->document)))
    fill_heaps(self);
  follow_cursor(self);
}

void
hs_instant_pane_set_document(HsInstantPane *self, HsDocument *document)
{
  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  hs_instant_area_set_document(self->area, document);
  if (document == NULL)
    return;
  g_signal_connect_object(document, "range-changed", G_CALLBACK(follow_cursor), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "selection-changed", G_CALLBACK(follow_cursor), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "data-changed", G_CALLBACK(on_data_changed), self, G_CONNECT_SWAPPED);
  fill_heaps(self);
  follow_cursor(self);
}

HsInstantArea *
hs_instant_pane_get_area(HsInstantPane *self)
{
  return self->area;
}

/* --- buttons --- */

void
hs_instant_pane_set_speed(HsInstantPane *self, const char *text)
{
  gtk_label_set_label(self->speed_label, text);
}

void
hs_instant_pane_set_row_width(HsInstantPane *self, const char *text)
{
  gtk_label_set_label(self->row_label, text);
}

void
hs_instant_pane_set_heap(HsInstantPane *self, const char *text)
{
  gtk_label_set_label(self->heap_label, text);
}

static void
name_widget(GtkWidget *widget, const char *name, const char *tip)
{
  gtk_widget_set_tooltip_text(widget, tip);
  atk_object_set_name(gtk_widget_get_accessible(widget), name);
}

static GtkWidget *
add_button(GtkWidget *box, GtkWidget *button, const char *icon, const char *action, const char *name, const char *tip)
{
  GtkWidget *image = gtk_image_new_from_icon_name(icon, GTK_ICON_SIZE_MENU);
  gtk_container_add(GTK_CONTAINER(button), image);
  gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
  gtk_style_context_add_class(gtk_widget_get_style_context(button), "hs-small");
  name_widget(button, name, tip);
  gtk_container_add(GTK_CONTAINER(box), button);
  return image;
}

static void
on_play_toggled(GtkToggleButton *button, HsInstantPane *self)
{
  gtk_image_set_from_icon_name(GTK_IMAGE(self->play_image),
                               gtk_toggle_button_get_active(button) ? "media-playback-pause-symbolic"
                                                                    : "media-playback-start-symbolic",
                               GTK_ICON_SIZE_MENU);
}

static GtkWidget *
make_transport(HsInstantPane *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0), *play = gtk_toggle_button_new();
  gtk_style_context_add_class(gtk_widget_get_style_context(box), "linked");
  add_button(box, gtk_button_new(), "media-skip-backward-symbolic", "win.step-back", _("Event before"),
             _("To the event before (Ctrl+Left)"));
  self->play_image =
      add_button(box, play, "media-playback-start-symbolic", "win.play", _("Play"), _("Play or pause (Ctrl+Space)"));
  add_button(box, gtk_button_new(), "media-skip-forward-symbolic", "win.step-forward", _("Next event"),
             _("To the next event (Ctrl+Right)"));
  g_signal_connect_object(play, "toggled", G_CALLBACK(on_play_toggled), self, 0);
  return box;
}

static GtkMenuButton *
make_choice(GtkLabel **label, int width_chars, const char *name, const char *tip)
{
  GtkWidget *button = gtk_menu_button_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
  *label = GTK_LABEL(gtk_label_new(NULL));
  gtk_label_set_width_chars(*label, width_chars);
  gtk_label_set_max_width_chars(*label, CHOICE_CHARS);
  gtk_label_set_ellipsize(*label, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign(*label, 0);
  gtk_container_add(GTK_CONTAINER(box), GTK_WIDGET(*label));
  gtk_container_add(GTK_CONTAINER(box), gtk_image_new_from_icon_name("pan-down-symbolic", GTK_ICON_SIZE_MENU));
  gtk_container_add(GTK_CONTAINER(button), box);
  gtk_style_context_add_class(gtk_widget_get_style_context(button), "hs-small");
  name_widget(button, name, tip);
  return GTK_MENU_BUTTON(button);
}

static GtkWidget *
make_slider(HsInstantPane *self)
{
  self->slider = gtk_adjustment_new(0, 0, 1, SLIDER_STEP, SLIDER_PAGE, 0);
  GtkWidget *scale = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL, self->slider);
  gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
  gtk_scale_set_digits(GTK_SCALE(scale), 6);
  gtk_widget_set_hexpand(scale, TRUE);
  gtk_widget_set_size_request(scale, SLIDER_PX, -1);
  name_widget(scale, _("Time cursor"), _("Drag to move in time"));
  g_signal_connect_object(scale, "format-value", G_CALLBACK(format_slider), self, 0);
  g_signal_connect_object(self->slider, "value-changed", G_CALLBACK(on_slid), self, G_CONNECT_SWAPPED);
  return scale;
}

static GtkWidget *
make_bar(HsInstantPane *self)
{
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_style_context_add_class(gtk_widget_get_style_context(bar), "hs-instant-bar");
  self->speed_button = make_choice(&self->speed_label, 4, _("Speed"), _("How fast time passes while it plays"));
  self->row_button = make_choice(&self->row_label, 5, _("Width of rows"),
                                 _("Bytes a row of memory has (Ctrl+Page Up, Ctrl+Page Down)"));
  self->heap_button = make_choice(&self->heap_label, 5, _("Heap"), _("All heaps of the filter, or one"));
  g_autoptr(GMenuModel) speeds = hs_window_speed_menu();
  g_autoptr(GMenuModel) widths = hs_window_row_width_menu();
  hs_menus_set(self->speed_button, speeds);
  hs_menus_set(self->row_button, widths);
  gtk_container_add(GTK_CONTAINER(bar), make_transport(self));
  gtk_container_add(GTK_CONTAINER(bar), GTK_WIDGET(self->speed_button));
  gtk_container_add(GTK_CONTAINER(bar), make_slider(self));
  gtk_container_add(GTK_CONTAINER(bar), GTK_WIDGET(self->row_button));
  gtk_container_add(GTK_CONTAINER(bar), GTK_WIDGET(self->heap_button));
  gtk_widget_set_margin_end(GTK_WIDGET(self->heap_button), SWITCH_PX);
  return bar;
}

/* --- widget --- */

static void
hs_instant_pane_dispose(GObject *object)
{
  HsInstantPane *self = HS_INSTANT_PANE(object);
  if (self->area != NULL)
    hs_instant_pane_set_document(self, NULL);
  self->area = NULL;
  G_OBJECT_CLASS(hs_instant_pane_parent_class)->dispose(object);
}

static void
hs_instant_pane_class_init(HsInstantPaneClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_instant_pane_dispose;
}

/* Where all lines fit, there is nothing to scroll; its room is kept, so that nothing moves. */
static void
on_lines_changed(GtkAdjustment *adjustment, GtkWidget *scrollbar)
{
  gboolean needed = gtk_adjustment_get_upper(adjustment) > gtk_adjustment_get_page_size(adjustment);
  gtk_widget_set_opacity(scrollbar, needed ? 1 : 0);
}

static void
hs_instant_pane_init(HsInstantPane *self)
{
  GtkWidget *rows = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  self->area = g_object_new(HS_TYPE_INSTANT_AREA, "hexpand", TRUE, "vexpand", TRUE, NULL);
  GtkAdjustment *adjustment = hs_instant_area_get_adjustment(self->area);
  GtkWidget *scrollbar = gtk_scrollbar_new(GTK_ORIENTATION_VERTICAL, adjustment);
  g_signal_connect_object(adjustment, "changed", G_CALLBACK(on_lines_changed), scrollbar, 0);
  gtk_container_add(GTK_CONTAINER(rows), GTK_WIDGET(self->area));
  gtk_container_add(GTK_CONTAINER(rows), scrollbar);
  gtk_container_add(GTK_CONTAINER(self), make_bar(self));
  gtk_container_add(GTK_CONTAINER(self), rows);
  gtk_widget_show_all(GTK_WIDGET(self));
}
