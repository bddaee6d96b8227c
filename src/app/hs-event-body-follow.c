/* SPDX-License-Identifier: MIT */
/* How the rows follow the document: its choice, its selected range, its rows. */
#include <math.h>

#include "hs-event-body-accessible.h"
#include "hs-event-body-private.h"

/* --- the document --- */

/* Chosen elsewhere: marks that row and shows it. */
static void
on_choice_changed(HsEventBody *self)
{
  if (self->choosing)
    return;
  HsRow row = hs_document_get_row(self->document);
  uint32_t position = row != UINT32_MAX ? hs_event_model_find(&self->model, row) : HS_POSITION_NONE;
  hs_event_selection_clear(&self->selection);
  self->cursor = self->anchor = position;
  if (position != HS_POSITION_NONE) {
    hs_event_selection_add(&self->selection, position, position + 1);
    hs_event_body_scroll_to(self, position, TRUE);
  }
  hs_event_body_selection_changed(self);
}

static void
find_range_rows(HsEventBody *self)
{
  self->range_row0 = self->range_row1 = 0;
  if (self->model.set == NULL || self->range1 <= self->range0)
    return;
  uint32_t n_rows = hs_row_set_n_rows(self->model.set);
  self->range_row0 = hs_timeline_row_at(self->model.timeline, self->range0, n_rows);
  self->range_row1 = hs_timeline_row_at(self->model.timeline, self->range1, n_rows);
}

static void
on_selection_changed(HsEventBody *self)
{
  int64_t t0 = 0, t1 = 0;

  if (!hs_document_get_selection(self->document, &t0, &t1))
    t0 = t1 = 0;
  if (t0 == self->range0 && t1 == self->range1)
    return;
  self->range0 = t0;
  self->range1 = t1;
  find_range_rows(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->range_row0 >= self->range_row1 || self->model.order != NULL)
    return;
  /* With the latest first, the first of the range to be seen is its last row. */
  HsRow row = self->model.reversed ? self->range_row1 - 1 : self->range_row0;
  uint32_t position = hs_event_model_near(&self->model, row);
  if (position != HS_POSITION_NONE)
    hs_event_body_scroll_to(self, position, TRUE);
}

void
hs_event_body_set_document(HsEventBody *self, HsDocument *document)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  hs_event_body_stop_drag(self);
  hs_event_model_assign(&self->model, NULL);
  hs_event_selection_clear(&self->selection);
  self->cursor = self->anchor = self->pending_scroll = HS_POSITION_NONE;
  self->n_processes = self->n_heaps = 0;
  self->range0 = self->range1 = 0;
  self->range_row0 = self->range_row1 = 0;
  if (document != NULL) {
    g_signal_connect_swapped(document, "choice-changed", G_CALLBACK(on_choice_changed), self);
    g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
    g_signal_connect_swapped(document, "loading-changed", G_CALLBACK(gtk_widget_queue_draw), self);
  }
  hs_event_body_configure(self, 0);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* What shall stay where it is in the view, and where that is. */
typedef struct {
  HsRow row;
  double y_px;
  bool is_cursor, visible;
} Anchor;

static Anchor
take_anchor(HsEventBody *self)
{
  Anchor anchor = {.row = UINT32_MAX};
  double value = hs_event_body_scroll_value(self), page = gtk_widget_get_allocated_height(GTK_WIDGET(self));

  if (self->cursor != HS_POSITION_NONE) {
    anchor.row = hs_event_body_cursor_row(self);
    anchor.y_px = (double)self->cursor * self->row_height_px - value;
    anchor.is_cursor = true;
    anchor.visible = anchor.y_px > -self->row_height_px && anchor.y_px < page;
  } else if (self->document != NULL && hs_document_get_row(self->document) != UINT32_MAX) {
    anchor.row = hs_document_get_row(self->document); /* filtered out; may come back */
    anchor.is_cursor = true;
  }
  return anchor;
}

/* The scroll value after a change of filter or order: the chosen row stays where it is on the screen, or comes into
 * the middle; without one, the place in time is kept. */
static double
place_anchor(HsEventBody *self, const Anchor *anchor, HsRow top_row, HsEventChange change)
{
  double height = self->row_height_px, page = gtk_widget_get_allocated_height(GTK_WIDGET(self));

  if (anchor->is_cursor && self->cursor != HS_POSITION_NONE) {
    double y = anchor->visible ? anchor->y_px : floor((page / height - 1) / 2) * height;
    if (anchor->visible || change == HS_EVENT_MODEL_CHANGED)
      return (double)self->cursor * height - y;
  }
  if (change == HS_EVENT_MODEL_RESORTED)
    return hs_event_body_scroll_value(self);
  /* A sorted table begins at its top; there is no place in time to keep. */
  HsRow row = anchor->row != UINT32_MAX && anchor->visible ? anchor->row : top_row;
  uint32_t position =
      row != UINT32_MAX && self->model.order == NULL ? hs_event_model_near(&self->model, row) : HS_POSITION_NONE;
  if (position == HS_POSITION_NONE)
    return 0;
  return (double)position * height - (row == anchor->row ? anchor->y_px : 0);
}

static void
swap_model(HsEventBody *self, const HsEventModel *model, HsEventChange change)
{
  Anchor anchor = take_anchor(self);
  int offset;
  uint32_t first = hs_event_body_first(self, &offset);
  HsRow top_row =
      first > 0 && first < hs_event_model_n(&self->model) ? hs_event_model_row(&self->model, first) : UINT32_MAX;
  HsRow anchor_row = self->anchor != HS_POSITION_NONE ? hs_event_model_row(&self->model, self->anchor) : UINT32_MAX;
  HsEventModel old = {0};

  hs_event_model_assign(&old, &self->model);
  hs_event_model_assign(&self->model, model);
  hs_event_model_remap(&old, &self->model, &self->selection);
  hs_event_model_assign(&old, NULL);
  self->cursor = anchor.row != UINT32_MAX ? hs_event_model_find(&self->model, anchor.row) : HS_POSITION_NONE;
  self->anchor = anchor_row != UINT32_MAX ? hs_event_model_find(&self->model, anchor_row) : self->cursor;
  if (self->cursor != HS_POSITION_NONE && hs_event_selection_is_empty(&self->selection))
    hs_event_selection_add(&self->selection, self->cursor, self->cursor + 1);
  hs_event_body_configure(self, place_anchor(self, &anchor, top_row, change));
}

void
hs_event_body_set_model(HsEventBody *self, const HsEventModel *model, HsEventChange change)
{
  uint32_t n = hs_event_model_n(&self->model);

  hs_event_body_stop_drag(self);
  if (change == HS_EVENT_MODEL_GREW) {
    hs_event_model_assign(&self->model, model);
    hs_event_body_configure(self, hs_event_body_scroll_value(self));
  } else {
    swap_model(self, model, change);
  }
  find_range_rows(self);
  hs_event_body_fit_names(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->accessible != NULL)
    hs_event_body_accessible_model_changed(self->accessible, n, change == HS_EVENT_MODEL_GREW);
  if (change != HS_EVENT_MODEL_GREW)
    hs_event_body_selection_changed(self);
}
