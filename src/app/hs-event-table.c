/* SPDX-License-Identifier: MIT */
#include "hs-event-table.h"

#include "hs-event-body.h"
#include "hs-event-copy.h"
#include "hs-event-header.h"
#include "hs-event-sorter.h"

/* While a trace loads, sorted rows are sorted anew no oftener than this, and no more than a part of the time. */
#define RESORT_MS 1000
#define RESORT_SHARE 4

struct _HsEventTable {
  GtkBox parent_instance;

  HsEventHeader *header;
  HsEventBody *body;

  HsDocument *document;
  guint filter_serial; /* of the rows last asked for */

  HsEventColumn column; /* wanted order */
  gboolean descending;
  HsEventSorter *sorter;
  HsEventChange sort_change; /* what the result of the sort will be to the rows shown */
  gboolean stale;            /* rows have come since the sort under way began */
  guint resort_id;
};

G_DEFINE_FINAL_TYPE(HsEventTable, hs_event_table, GTK_TYPE_BOX)

static gboolean
in_time_order(HsEventTable *self)
{
  return self->column == HS_COLUMN_TIME;
}

static void
show_sort(HsEventTable *self)
{
  hs_event_header_set_sort(self->header, self->column, self->descending, hs_event_sorter_is_running(self->sorter));
}

/* --- rows --- */

static void
start_sort(HsEventTable *self, HsEventChange change)
{
  HsRowSet *set = hs_document_get_row_set(self->document);

  g_clear_handle_id(&self->resort_id, g_source_remove);
  self->stale = FALSE;
  if (set == NULL)
    return;
  /* A change whose result has not come yet remains one. */
  if (!hs_event_sorter_is_running(self->sorter) || change == HS_EVENT_MODEL_CHANGED)
    self->sort_change = change;
  hs_event_sorter_start(self->sorter, hs_document_get_timeline(self->document), set, self->column, self->descending);
  show_sort(self);
}

static gboolean
on_resort(gpointer data)
{
  HsEventTable *self = data;

  self->resort_id = 0;
  start_sort(self, HS_EVENT_MODEL_RESORTED);
  return G_SOURCE_REMOVE;
}

static void
sort_later(HsEventTable *self)
{
  guint delay_ms = (guint)MAX(RESORT_MS, hs_event_sorter_last_us(self->sorter) / 1000 * RESORT_SHARE);

  if (self->resort_id == 0)
    self->resort_id = g_timeout_add(delay_ms, on_resort, self);
}

static void
show_time_order(HsEventTable *self, HsEventChange change)
{
  const HsEventModel *old = hs_event_body_get_model(self->body);
  HsEventModel model = {.timeline = hs_document_get_timeline(self->document),
                        .set = hs_document_get_row_set(self->document),
                        .reversed = self->descending};

  /* Rows that come last in time go to the bottom and move nothing, unless the latest stand first. */
  if (change == HS_EVENT_MODEL_RESORTED && !model.reversed && old->order == NULL && !old->reversed)
    change = HS_EVENT_MODEL_GREW;
  if (model.set == NULL)
    model.timeline = NULL;
  hs_event_body_set_model(self->body, &model, change);
}

static void
on_sorted(gpointer owner, HsRowSet *set, HsRowOrder *order)
{
  HsEventTable *self = owner;

  if (order == NULL) { /* no memory for it */
    self->column = HS_COLUMN_TIME;
    self->descending = FALSE;
    show_time_order(self, HS_EVENT_MODEL_CHANGED);
  } else {
    HsEventModel model = {.timeline = hs_document_get_timeline(self->document), .set = set, .order = order};
    hs_event_body_set_model(self->body, &model, self->sort_change);
    if (self->stale)
      sort_later(self);
  }
  show_sort(self);
}

static void
on_data_changed(HsEventTable *self)
{
  guint serial = hs_document_get_filter_serial(self->document);
  HsEventChange change = serial == self->filter_serial ? HS_EVENT_MODEL_RESORTED : HS_EVENT_MODEL_CHANGED;

  self->filter_serial = serial;
  if (in_time_order(self)) {
    show_time_order(self, change);
  } else if (change == HS_EVENT_MODEL_CHANGED) {
    start_sort(self, change);
  } else if (hs_document_get_row_set(self->document) != hs_event_body_get_model(self->body)->set) {
    /* The job under way is let finish, or a growing trace would never be shown. */
    self->stale = TRUE;
    if (!hs_event_sorter_is_running(self->sorter))
      sort_later(self);
  }
}

static void
stop_sorting(HsEventTable *self)
{
  g_clear_handle_id(&self->resort_id, g_source_remove);
  if (self->sorter != NULL)
    hs_event_sorter_stop(self->sorter);
  self->stale = FALSE;
}

void
hs_event_table_set_document(HsEventTable *self, HsDocument *document)
{
  g_return_if_fail(HS_IS_EVENT_TABLE(self));

  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  stop_sorting(self);
  g_set_object(&self->document, document);
  hs_event_body_set_document(self->body, document);
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "data-changed", G_CALLBACK(on_data_changed), self);
  self->filter_serial = hs_document_get_filter_serial(document);
  show_time_order(self, HS_EVENT_MODEL_CHANGED);
  if (!in_time_order(self))
    start_sort(self, HS_EVENT_MODEL_CHANGED);
}

void
hs_event_table_sort(HsEventTable *self, HsEventColumn column, gboolean descending)
{
  g_return_if_fail(HS_IS_EVENT_TABLE(self));
  g_return_if_fail((guint)column < HS_N_COLUMNS);

  descending = descending != FALSE;
  if (self->column == column && self->descending == descending)
    return;
  stop_sorting(self);
  self->column = column;
  self->descending = descending;
  if (self->document != NULL && in_time_order(self))
    show_time_order(self, HS_EVENT_MODEL_CHANGED);
  else if (self->document != NULL)
    start_sort(self, HS_EVENT_MODEL_CHANGED);
  show_sort(self);
}

/* Upwards, downwards, and back to the order of time. */
static void
on_sort_clicked(HsEventTable *self, int column)
{
  if ((HsEventColumn)column != self->column)
    hs_event_table_sort(self, (HsEventColumn)column, FALSE);
  else if (!self->descending)
    hs_event_table_sort(self, self->column, TRUE);
  else
    hs_event_table_sort(self, HS_COLUMN_TIME, FALSE);
}

/* --- columns --- */

static void
share_columns(HsEventTable *self)
{
  hs_event_header_set_columns(self->header, hs_event_body_get_columns(self->body));
}

static void
on_resized(HsEventTable *self, int column, int width_px)
{
  hs_event_body_set_column_width(self->body, (HsEventColumn)column, width_px);
  share_columns(self);
}

/* --- the rest of the interface --- */

char *
hs_event_table_copy_text(HsEventTable *self, guint limit)
{
  g_return_val_if_fail(HS_IS_EVENT_TABLE(self), NULL);

  return hs_event_copy_text(hs_event_body_get_model(self->body), hs_event_body_get_selection(self->body), limit);
}

void
hs_event_table_select_all(HsEventTable *self)
{
  g_return_if_fail(HS_IS_EVENT_TABLE(self));

  hs_event_body_select_all(self->body);
}

void
hs_event_table_scroll_to(HsEventTable *self, HsRow row)
{
  g_return_if_fail(HS_IS_EVENT_TABLE(self));

  uint32_t position = hs_event_model_find(hs_event_body_get_model(self->body), row);
  if (position != HS_POSITION_NONE)
    hs_event_body_scroll_to(self->body, position, TRUE);
}

guint
hs_event_table_get_n_rows(HsEventTable *self)
{
  g_return_val_if_fail(HS_IS_EVENT_TABLE(self), 0);

  return hs_event_model_n(hs_event_body_get_model(self->body));
}

gboolean
hs_event_table_is_busy(HsEventTable *self)
{
  g_return_val_if_fail(HS_IS_EVENT_TABLE(self), FALSE);

  return hs_event_sorter_is_running(self->sorter) || self->resort_id != 0;
}

/* --- widget --- */

static void
hs_event_table_grab_focus(GtkWidget *widget)
{
  gtk_widget_grab_focus(GTK_WIDGET(HS_EVENT_TABLE(widget)->body));
}

static void
hs_event_table_dispose(GObject *object)
{
  HsEventTable *self = HS_EVENT_TABLE(object);

  stop_sorting(self);
  if (self->document != NULL) {
    g_signal_handlers_disconnect_by_data(self->document, self);
    g_clear_object(&self->document);
  }
  G_OBJECT_CLASS(hs_event_table_parent_class)->dispose(object);
}

static void
hs_event_table_finalize(GObject *object)
{
  HsEventTable *self = HS_EVENT_TABLE(object);

  g_clear_pointer(&self->sorter, hs_event_sorter_free);
  G_OBJECT_CLASS(hs_event_table_parent_class)->finalize(object);
}

static void
hs_event_table_class_init(HsEventTableClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_event_table_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_event_table_finalize;
  GTK_WIDGET_CLASS(klass)->grab_focus = hs_event_table_grab_focus;
  /* Themes style a table's title buttons below this name. */
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "treeview");
}

static void
hs_event_table_init(HsEventTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
  GtkWidget *header = hs_event_header_new(), *body = hs_event_body_new(HS_EVENT_HEADER(header));

  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), GTK_STYLE_CLASS_VIEW);
  self->sorter = hs_event_sorter_new(on_sorted, self);
  self->column = HS_COLUMN_TIME;
  self->header = HS_EVENT_HEADER(header);
  self->body = HS_EVENT_BODY(body);

  gtk_container_add(GTK_CONTAINER(scrolled), body);
  gtk_box_pack_start(GTK_BOX(self), header, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), scrolled, TRUE, TRUE, 0);
  gtk_widget_show(header);
  gtk_widget_show_all(scrolled);
  hs_event_header_set_adjustment(self->header, gtk_scrolled_window_get_hadjustment(GTK_SCROLLED_WINDOW(scrolled)));
  share_columns(self);
  show_sort(self);

  g_signal_connect_swapped(header, "sort-clicked", G_CALLBACK(on_sort_clicked), self);
  g_signal_connect_swapped(header, "resized", G_CALLBACK(on_resized), self);
  g_signal_connect_swapped(body, "restyled", G_CALLBACK(share_columns), self);
}
