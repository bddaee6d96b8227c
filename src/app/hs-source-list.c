/* SPDX-License-Identifier: MIT */
#include "hs-source-list.h"

#include "hs-config.h"
#include "hs-format.h"
#include "hs-plot-cell.h"
#include "hs-time-pane.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* Between boxes that are ticked: more than a frame. */
#define TICK_MS 20

typedef struct {
  HsSourceList *list;
  HsSource source;
  GtkWidget *check, *swatch, *name, *share;
} SourceRow;

struct _HsSourceList {
  GtkBox parent_instance;

  HsDocument *document;
  HsPalette palette;
  gboolean updating;
  guint ticking;                /* timer */
  SourceRow rows[HS_N_SOURCES]; /* [HS_SOURCE_NONE] is not used */
};

G_DEFINE_FINAL_TYPE(HsSourceList, hs_source_list, GTK_TYPE_BOX)

static gboolean
is_shown(HsSourceList *self, const SourceRow *row)
{
  return self->document == NULL || hs_filter_shows_source(hs_document_get_filter(self->document), row->source);
}

static void
set_active(HsSourceList *self, SourceRow *row, gboolean active)
{
  self->updating = TRUE;
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(row->check), active);
  self->updating = FALSE;
}

/* Ticks the next box that shall be ticked. FALSE if there is none. */
static gboolean
tick_next(HsSourceList *self)
{
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++) {
    SourceRow *row = &self->rows[i];
    if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(row->check)) || !is_shown(self, row))
      continue;
    set_active(self, row, TRUE);
    return TRUE;
  }
  return FALSE;
}

static gboolean
on_ticking(gpointer data)
{
  HsSourceList *self = data;
  if (tick_next(self))
    return G_SOURCE_CONTINUE;
  self->ticking = 0;
  return G_SOURCE_REMOVE;
}

/* One box a frame or so: GTK reads the theme's mark from its SVG file for each box anew, 2 to 4 ms. */
static void
refresh_ticks(HsSourceList *self)
{
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++) {
    if (!is_shown(self, &self->rows[i]))
      set_active(self, &self->rows[i], FALSE);
  }
  /* Where nobody sees it, all at once. */
  while (!gtk_widget_get_mapped(GTK_WIDGET(self)) && tick_next(self)) {
  }
  if (self->ticking == 0 && tick_next(self))
    self->ticking = g_timeout_add(TICK_MS, on_ticking, self);
}

static void
refresh_row(HsSourceList *self, SourceRow *row, const uint64_t counts[HS_N_SOURCES], uint64_t total)
{
  uint64_t count = counts[row->source];
  gboolean shown = is_shown(self, row);
  char share[HS_FORMAT_MAX] = "0", number[HS_FORMAT_MAX];

  if (count > 0)
    hs_format_percent(share, sizeof share, count, total);
  hs_format_count(number, sizeof number, count);
  /* A label that is set is laid out anew, and the window with it. */
  if (!g_str_equal(gtk_label_get_label(GTK_LABEL(row->share)), share))
    gtk_label_set_label(GTK_LABEL(row->share), share);
  GtkStyleContext *style = gtk_widget_get_style_context(row->name);
  if (shown)
    gtk_style_context_remove_class(style, "dim-label");
  else
    gtk_style_context_add_class(style, "dim-label");
  g_autofree char *tooltip =
      g_strdup_printf(_("%s: %s allocations, reallocations and frees"), hs_source_title(row->source), number);
  gtk_widget_set_tooltip_text(row->check, tooltip);
  if (row->source == HS_SOURCE_UNKNOWN)
    gtk_widget_set_visible(row->check, count > 0);
}

void
hs_source_list_refresh(HsSourceList *self)
{
  uint64_t counts[HS_N_SOURCES] = {0}, total = 0;

  if (self->document != NULL) {
    const HsTotals *totals = &hs_document_get_timeline(self->document)->totals;
    for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++) {
      counts[i] = HS_GET(totals->sources[i]);
      total += counts[i];
    }
  }
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++)
    refresh_row(self, &self->rows[i], counts, total);
  refresh_ticks(self);
}

gboolean
hs_source_list_is_busy(HsSourceList *self)
{
  return self->ticking != 0;
}

void
hs_source_list_set_document(HsSourceList *self, HsDocument *document)
{
  g_set_object(&self->document, document);
  hs_source_list_refresh(self);
}

static void
on_toggled(GtkToggleButton *button, SourceRow *row)
{
  HsSourceList *self = row->list;
  if (self->updating || self->document == NULL)
    return;
  g_autoptr(HsFilter) filter = hs_filter_copy(hs_document_get_filter(self->document));
  hs_filter_set_source(filter, row->source, gtk_toggle_button_get_active(button));
  hs_document_set_filter(self->document, filter);
}

static gboolean
on_draw_swatch(GtkWidget *widget, cairo_t *cr, SourceRow *row)
{
  int height = gtk_widget_get_allocated_height(widget);
  hs_paint_swatch(cr, hs_palette_source(&row->list->palette, row->source), 0, (height - HS_SWATCH_PX) / 2);
  return FALSE;
}

static void
popup_menu(SourceRow *row, const GdkEvent *event)
{
  g_autoptr(GMenu) model = g_menu_new();
  const char *name = hs_source_name(row->source);
  gboolean shown = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(row->check));
  g_autofree char *only = g_strdup_printf("win.only-source::%s", name);
  g_autofree char *toggle = g_strdup_printf("win.%s-source::%s", shown ? "hide" : "show", name);

  g_menu_append(model, _("Show _only this source"), only);
  g_menu_append(model, shown ? _("_Hide this source") : _("_Show this source"), toggle);
  g_menu_append(model, _("Show _all"), "win.clear-filter");
  GtkWidget *menu = gtk_menu_new_from_model(G_MENU_MODEL(model));
  gtk_menu_attach_to_widget(GTK_MENU(menu), row->check, NULL);
  g_signal_connect(menu, "selection-done", G_CALLBACK(gtk_menu_detach), NULL);
  if (event != NULL)
    gtk_menu_popup_at_pointer(GTK_MENU(menu), event);
  else
    gtk_menu_popup_at_widget(GTK_MENU(menu), row->check, GDK_GRAVITY_SOUTH_WEST, GDK_GRAVITY_NORTH_WEST, NULL);
}

static gboolean
on_button_press(GtkWidget *widget, GdkEvent *event, SourceRow *row)
{
  if (row->list->document == NULL || !gdk_event_triggers_context_menu(event))
    return GDK_EVENT_PROPAGATE;
  popup_menu(row, event);
  return GDK_EVENT_STOP;
}

static gboolean
on_popup_menu(GtkWidget *widget, SourceRow *row)
{
  if (row->list->document == NULL)
    return FALSE;
  popup_menu(row, NULL);
  return TRUE;
}

static void
add_row(HsSourceList *self, HsSource source)
{
  SourceRow *row = &self->rows[source];
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 7);

  row->list = self;
  row->source = source;
  row->check = gtk_check_button_new();
  row->swatch = gtk_drawing_area_new();
  row->name = gtk_label_new(hs_source_title(source));
  row->share = gtk_label_new("");
  gtk_widget_set_size_request(row->swatch, HS_SWATCH_PX, HS_SWATCH_PX);
  gtk_label_set_xalign(GTK_LABEL(row->name), 0);
  gtk_label_set_ellipsize(GTK_LABEL(row->name), PANGO_ELLIPSIZE_END);
  gtk_box_pack_start(GTK_BOX(box), row->swatch, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), row->name, TRUE, TRUE, 0);
  gtk_box_pack_end(GTK_BOX(box), row->share, FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(row->check), box);
  atk_object_set_name(gtk_widget_get_accessible(row->check), hs_source_title(source));
  gtk_widget_show_all(row->check);
  gtk_box_pack_start(GTK_BOX(self), row->check, FALSE, FALSE, 0);
  g_signal_connect(row->check, "toggled", G_CALLBACK(on_toggled), row);
  g_signal_connect(row->check, "button-press-event", G_CALLBACK(on_button_press), row);
  g_signal_connect(row->check, "popup-menu", G_CALLBACK(on_popup_menu), row);
  g_signal_connect(row->swatch, "draw", G_CALLBACK(on_draw_swatch), row);
}

static void
hs_source_list_style_updated(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_source_list_parent_class)->style_updated(widget);
  hs_palette_from_widget(&HS_SOURCE_LIST(widget)->palette, widget);
}

static void
hs_source_list_dispose(GObject *object)
{
  g_clear_handle_id(&HS_SOURCE_LIST(object)->ticking, g_source_remove);
  g_clear_object(&HS_SOURCE_LIST(object)->document);
  G_OBJECT_CLASS(hs_source_list_parent_class)->dispose(object);
}

static void
hs_source_list_finalize(GObject *object)
{
  hs_palette_clear(&HS_SOURCE_LIST(object)->palette);
  G_OBJECT_CLASS(hs_source_list_parent_class)->finalize(object);
}

static void
hs_source_list_class_init(HsSourceListClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_source_list_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_source_list_finalize;
  GTK_WIDGET_CLASS(klass)->style_updated = hs_source_list_style_updated;
}

static void
hs_source_list_init(HsSourceList *self)
{
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++)
    add_row(self, (HsSource)i);
  gtk_widget_hide(self->rows[HS_SOURCE_UNKNOWN].check);
}
