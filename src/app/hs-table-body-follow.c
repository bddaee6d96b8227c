/* SPDX-License-Identifier: MIT */
/* How the rows follow the document: its choice, its selected range, its rows. */
#include <math.h>

#include "hs-table-body-accessible.h"
#include "hs-table-body-private.h"

/* --- the document --- */

/* Chosen elsewhere: marks that row and shows it. In a sorted table it has to be looked for among all rows, which one
 * that nobody sees puts off. */
void
hs_table_body_follow_choice(HsTableBody *self)
{
  if (self->choosing)
    return;
  self->choice_is_old = self->model.order != NULL && !gtk_widget_get_mapped(GTK_WIDGET(self));
  if (self->choice_is_old)
    return;
  uint32_t item = self->kind->chosen(self->document);
  uint32_t position = item != UINT32_MAX ? hs_table_model_find(&self->model, item) : HS_POSITION_NONE;
  hs_table_selection_clear(&self->selection);
  self->cursor = self->anchor = position;
  if (position != HS_POSITION_NONE) {
    hs_table_selection_add(&self->selection, position, position + 1);
    hs_table_body_scroll_to(self, position, TRUE);
  }
  hs_table_body_selection_changed(self);
}

static void
find_range(HsTableBody *self)
{
  self->range_first = self->range_end = 0;
  if (self->kind->span != NULL && self->model.set != NULL && self->range.t0_ticks < self->range.t1_ticks)
    self->kind->span(&self->model, self->range, &self->range_first, &self->range_end);
}

static void
on_selection_changed(HsTableBody *self)
{
  HsTimeRange range;

  if (!hs_document_get_selection(self->document, &range.t0_ticks, &range.t1_ticks))
    range = (HsTimeRange){0, 0};
  if (range.t0_ticks == self->range.t0_ticks && range.t1_ticks == self->range.t1_ticks)
    return;
  self->range = range;
  find_range(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->range_first >= self->range_end || self->model.order != NULL)
    return;
  /* With the latest first, the first of the range to be seen is its last. */
  uint32_t item = self->model.reversed ? self->range_end - 1 : self->range_first;
  uint32_t position = hs_table_model_near(&self->model, item);
  if (position != HS_POSITION_NONE)
    hs_table_body_scroll_to(self, position, TRUE);
}

void
hs_table_body_set_document(HsTableBody *self, HsDocument *document)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  hs_table_body_stop_drag(self);
  hs_table_model_assign(&self->model, NULL);
  hs_table_selection_clear(&self->selection);
  self->cursor = self->anchor = self->pending_scroll = HS_POSITION_NONE;
  self->n_processes = self->n_heaps = 0;
  self->range = (HsTimeRange){0, 0};
  self->range_first = self->range_end = 0;
  if (document != NULL) {
    g_signal_connect_swapped(document, "choice-changed", G_CALLBACK(hs_table_body_follow_choice), self);
    g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
    g_signal_connect_swapped(document, "loading-changed", G_CALLBACK(gtk_widget_queue_draw), self);
  }
  hs_table_body_configure(self, 0);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* What shall stay where it is in the view, and where that is. */
typedef struct {
  uint32_t item;
  double y_px;
  bool is_cursor, visible;
} Anchor;

static Anchor
take_anchor(HsTableBody *self)
{
  Anchor anchor = {.item = UINT32_MAX};
  double value = hs_table_body_scroll_value(self), page = gtk_widget_get_allocated_height(GTK_WIDGET(self));

  if (self->cursor != HS_POSITION_NONE) {
    anchor.item = hs_table_body_cursor_item(self);
    anchor.y_px = (double)self->cursor * self->row_height_px - value;
    anchor.is_cursor = true;
    anchor.visible = anchor.y_px > -self->row_height_px && anchor.y_px < page;
  } else if (self->document != NULL && self->kind->chosen(self->document) != UINT32_MAX) {
    anchor.item = self->kind->chosen(self->document); /* filtered out; may come back */
    anchor.is_cursor = true;
  }
  return anchor;
}

/* The scroll value after a change of filter or order: the chosen row stays where it is on the screen, or comes into
 * the middle; without one, the place in the natural order is kept. */
static double
place_anchor(HsTableBody *self, const Anchor *anchor, uint32_t top_item, HsTableChange change)
{
  double height = self->row_height_px, page = gtk_widget_get_allocated_height(GTK_WIDGET(self));

  if (anchor->is_cursor && self->cursor != HS_POSITION_NONE) {
    double y = anchor->visible ? anchor->y_px : floor((page / height - 1) / 2) * height;
    if (anchor->visible || change == HS_TABLE_MODEL_CHANGED)
      return (double)self->cursor * height - y;
  }
  if (change == HS_TABLE_MODEL_RESORTED)
    return hs_table_body_scroll_value(self);
  /* A sorted table begins at its top; there is no place to keep. */
  uint32_t item = anchor->item != UINT32_MAX && anchor->visible ? anchor->item : top_item;
  uint32_t position =
      item != UINT32_MAX && self->model.order == NULL ? hs_table_model_near(&self->model, item) : HS_POSITION_NONE;
  if (position == HS_POSITION_NONE)
    return 0;
  return (double)position * height - (item == anchor->item ? anchor->y_px : 0);
}

static void
swap_model(HsTableBody *self, const HsTableModel *model, HsTableChange change)
{
  if (self->choice_is_old) {
    /* What is chosen by now takes its place. */
    hs_table_selection_clear(&self->selection);
    self->cursor = self->anchor = HS_POSITION_NONE;
    self->choice_is_old = FALSE;
  }
  Anchor anchor = take_anchor(self);
  int offset;
  uint32_t first = hs_table_body_first(self, &offset);
  uint32_t top_item =
      first > 0 && first < hs_table_model_n(&self->model) ? hs_table_model_item(&self->model, first) : UINT32_MAX;
  uint32_t anchor_item =
      self->anchor != HS_POSITION_NONE ? hs_table_model_item(&self->model, self->anchor) : UINT32_MAX;
  HsTableModel old = {0};

  hs_table_model_assign(&old, &self->model);
  hs_table_model_assign(&self->model, model);
  hs_table_model_remap(&old, &self->model, &self->selection);
  hs_table_model_assign(&old, NULL);
  self->cursor = anchor.item != UINT32_MAX ? hs_table_model_find(&self->model, anchor.item) : HS_POSITION_NONE;
  self->anchor = anchor_item != UINT32_MAX ? hs_table_model_find(&self->model, anchor_item) : self->cursor;
  if (self->cursor != HS_POSITION_NONE && hs_table_selection_is_empty(&self->selection))
    hs_table_selection_add(&self->selection, self->cursor, self->cursor + 1);
  hs_table_body_configure(self, place_anchor(self, &anchor, top_item, change));
}

void
hs_table_body_set_model(HsTableBody *self, const HsTableModel *model, HsTableChange change)
{
  uint32_t n = hs_table_model_n(&self->model);

  hs_table_body_stop_drag(self);
  if (change == HS_TABLE_MODEL_GREW) {
    hs_table_model_assign(&self->model, model);
    hs_table_body_configure(self, hs_table_body_scroll_value(self));
  } else {
    swap_model(self, model, change);
  }
  find_range(self);
  hs_table_body_fit_names(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->accessible != NULL)
    hs_table_body_accessible_model_changed(self->accessible, n, change == HS_TABLE_MODEL_GREW);
  if (change != HS_TABLE_MODEL_GREW)
    hs_table_body_selection_changed(self);
}
