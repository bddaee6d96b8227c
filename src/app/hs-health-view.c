/* SPDX-License-Identifier: MIT */
#include "hs-health-view.h"

#include "hs-config.h"
#include "hs-health-row.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* While a trace loads, findings are made no more often. */
#define REFRESH_US (500 * 1000)
#define MARGIN_X_PX 14
#define MARGIN_Y_PX 9
#define GAP_PX 10

struct _HsHealthView {
  GtkBox parent_instance;

  HsDocument *document;
  GPtrArray *health; /* what is shown, or NULL */
  GPtrArray *rows;   /* of HsHealthRow, borrowed from the list */
  gint64 refreshed_us;
  gboolean stale; /* something changed while nobody saw it */
  GtkWidget *head, *icon, *headline, *list;
};

G_DEFINE_FINAL_TYPE(HsHealthView, hs_health_view, GTK_TYPE_BOX)

static gboolean
is_loading(HsHealthView *self)
{
  return hs_document_get_marks(self->document).loaded_to != INT64_MAX;
}

/* --- the list --- */

static gboolean
has_same_rows(HsHealthView *self, const GPtrArray *health)
{
  if (self->rows->len != health->len)
    return FALSE;
  for (guint i = 0; i < health->len; i++) {
    const HsHealthItem *item = health->pdata[i];
    if (!g_str_equal(hs_health_row_get_id(self->rows->pdata[i]), item->id))
      return FALSE;
  }
  return TRUE;
}

static HsHealthRow *
find_row(HsHealthView *self, const char *id)
{
  for (guint i = 0; id != NULL && i < self->rows->len; i++) {
    if (g_str_equal(hs_health_row_get_id(self->rows->pdata[i]), id))
      return self->rows->pdata[i];
  }
  return NULL;
}

static const char *
focused_id(HsHealthView *self)
{
  GtkWidget *focus = gtk_container_get_focus_child(GTK_CONTAINER(self->list));
  return focus != NULL && HS_IS_HEALTH_ROW(focus) ? hs_health_row_get_id(HS_HEALTH_ROW(focus)) : NULL;
}

static void
clear_rows(HsHealthView *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_destroy(self->rows->pdata[i]);
  g_ptr_array_set_size(self->rows, 0);
}

/* What was unfolded stays so, and the focus where it was. */
static void
rebuild_rows(HsHealthView *self, const GPtrArray *health)
{
  const char *focused = focused_id(self);
  g_autoptr(GPtrArray) expanded = g_ptr_array_new();
  for (guint i = 0; i < self->rows->len; i++) {
    if (hs_health_row_get_expanded(self->rows->pdata[i]))
      g_ptr_array_add(expanded, (gpointer)hs_health_row_get_id(self->rows->pdata[i]));
  }
  clear_rows(self);
  for (guint i = 0; i < health->len; i++) {
    HsHealthRow *row = hs_health_row_new(health->pdata[i]);
    gtk_container_add(GTK_CONTAINER(self->list), GTK_WIDGET(row));
    g_ptr_array_add(self->rows, row);
  }
  for (guint i = 0; i < expanded->len; i++) {
    HsHealthRow *row = find_row(self, expanded->pdata[i]);
    if (row != NULL)
      hs_health_row_set_expanded(row, TRUE);
  }
  HsHealthRow *row = find_row(self, focused);
  if (row != NULL)
    gtk_widget_grab_focus(GTK_WIDGET(row));
}

static void
show_headline(HsHealthView *self, const GPtrArray *health)
{
  HsHealthGravity gravity = hs_health_gravity(health);
  /* Notes are no reason to doubt the trace. */
  if (gravity == HS_HEALTH_NOTE)
    gravity = HS_HEALTH_GOOD;
  g_autofree char *headline = hs_health_headline(health, is_loading(self));
  gtk_label_set_label(GTK_LABEL(self->headline), headline);
  gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), hs_health_icon_name(gravity), GTK_ICON_SIZE_LARGE_TOOLBAR);
  hs_health_style_widget(self->icon, gravity);
}

static void
refresh(HsHealthView *self)
{
  if (!gtk_widget_get_mapped(GTK_WIDGET(self))) {
    self->stale = TRUE;
    return;
  }
  g_autoptr(GPtrArray) health = hs_health_list(hs_document_get_loader(self->document));
  if (hs_document_is_contradictory(self->document))
    hs_health_add_check(health, "range-sums", _("Sums and curve contradict each other"),
                        _("The blocks of a range did not add up to what was outstanding at its ends: this is a mistake "
                          "in Heapscope, and its figures of ranges cannot be relied on here."));
  hs_health_add_self_check(health, hs_document_get_self_check(self->document));
  self->stale = FALSE;
  self->refreshed_us = g_get_monotonic_time();
  show_headline(self, health);
  if (self->health != NULL && hs_health_equal(self->health, health))
    return;
  if (has_same_rows(self, health)) {
    for (guint i = 0; i < health->len; i++)
      hs_health_row_set_item(self->rows->pdata[i], health->pdata[i]);
  } else {
    rebuild_rows(self, health);
  }
  g_clear_pointer(&self->health, g_ptr_array_unref);
  self->health = g_steal_pointer(&health);
}

static void
on_loading_changed(HsHealthView *self)
{
  if (!is_loading(self) || g_get_monotonic_time() - self->refreshed_us >= REFRESH_US)
    refresh(self);
}

static void
on_row_activated(GtkListBox *list, GtkListBoxRow *row, HsHealthView *self)
{
  hs_health_row_set_expanded(HS_HEALTH_ROW(row), !hs_health_row_get_expanded(HS_HEALTH_ROW(row)));
}

/* --- the document --- */

static void
forget(HsHealthView *self)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_clear_object(&self->document);
  g_clear_pointer(&self->health, g_ptr_array_unref);
}

void
hs_health_view_set_document(HsHealthView *self, HsDocument *document)
{
  if (self->document == document)
    return;
  forget(self);
  clear_rows(self);
  gtk_widget_set_visible(self->head, document != NULL);
  if (document == NULL)
    return;
  self->document = g_object_ref(document);
  g_signal_connect_object(document, "loading-changed", G_CALLBACK(on_loading_changed), self, G_CONNECT_SWAPPED);
  refresh(self);
}

static void
hs_health_view_map(GtkWidget *widget)
{
  HsHealthView *self = HS_HEALTH_VIEW(widget);
  GTK_WIDGET_CLASS(hs_health_view_parent_class)->map(widget);
  if (self->document != NULL && self->stale)
    refresh(self);
}

static void
hs_health_view_dispose(GObject *object)
{
  HsHealthView *self = HS_HEALTH_VIEW(object);
  forget(self);
  g_ptr_array_set_size(self->rows, 0);
  G_OBJECT_CLASS(hs_health_view_parent_class)->dispose(object);
}

static void
hs_health_view_finalize(GObject *object)
{
  g_ptr_array_unref(HS_HEALTH_VIEW(object)->rows);
  G_OBJECT_CLASS(hs_health_view_parent_class)->finalize(object);
}

static void
hs_health_view_class_init(HsHealthViewClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_health_view_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_health_view_finalize;
  GTK_WIDGET_CLASS(klass)->map = hs_health_view_map;
}

static void
build_head(HsHealthView *self)
{
  self->head = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, GAP_PX);
  self->icon = gtk_image_new();
  self->headline = gtk_label_new("");
  g_object_set(self->head, "margin-start", MARGIN_X_PX, "margin-end", MARGIN_X_PX, "margin-top", MARGIN_Y_PX,
               "margin-bottom", MARGIN_Y_PX, NULL);
  gtk_label_set_xalign(GTK_LABEL(self->headline), 0);
  gtk_label_set_line_wrap(GTK_LABEL(self->headline), TRUE);
  gtk_style_context_add_class(gtk_widget_get_style_context(self->headline), "hs-health-headline");
  gtk_container_add(GTK_CONTAINER(self->head), self->icon);
  gtk_container_add(GTK_CONTAINER(self->head), self->headline);
}

static void
hs_health_view_init(HsHealthView *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
  self->rows = g_ptr_array_new();
  self->list = gtk_list_box_new();
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), "hs-health");
  build_head(self);
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  atk_object_set_name(gtk_widget_get_accessible(self->list), _("Trace health"));
  g_signal_connect_object(self->list, "row-activated", G_CALLBACK(on_row_activated), self, 0);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_container_add(GTK_CONTAINER(scrolled), self->list);
  gtk_widget_set_vexpand(scrolled, TRUE);
  gtk_container_add(GTK_CONTAINER(self), self->head);
  gtk_container_add(GTK_CONTAINER(self), scrolled);
  gtk_widget_show_all(GTK_WIDGET(scrolled));
  gtk_widget_show_all(self->head);
  gtk_widget_hide(self->head);
  gtk_widget_set_no_show_all(self->head, TRUE);
}
