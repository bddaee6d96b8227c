/* SPDX-License-Identifier: MIT */
/* Where the cells are, and what stands in them. */
#include <math.h>

#include "hs-event-body-private.h"
#include "hs-event-text.h"

uint32_t
hs_event_body_position_at(HsEventBody *self, double y)
{
  int64_t position = (int64_t)floor((floor(hs_event_body_scroll_value(self)) + y) / self->row_height_px);

  return position >= 0 && position < hs_event_model_n(&self->model) ? (uint32_t)position : HS_POSITION_NONE;
}

static void
column_place(HsEventBody *self, HsEventColumn column, int *x, int *width)
{
  bool rtl = hs_event_body_is_rtl(self);
  int scroll_px = self->adjustments[GTK_ORIENTATION_HORIZONTAL] != NULL
                      ? hs_event_columns_scroll(self->adjustments[GTK_ORIENTATION_HORIZONTAL], rtl)
                      : 0;

  hs_event_columns_place(&self->columns, column, gtk_widget_get_allocated_width(GTK_WIDGET(self)), scroll_px, rtl, x,
                         width);
}

int
hs_event_body_column_at(HsEventBody *self, double x)
{
  for (HsEventColumn c = 0; c < HS_N_COLUMNS; c++) {
    int left, width;
    column_place(self, c, &left, &width);
    if (x >= left && x < left + width)
      return (int)c;
  }
  return -1;
}

gboolean
hs_event_body_cell_area(HsEventBody *self, uint32_t position, HsEventColumn column, GdkRectangle *area)
{
  double y = (double)position * self->row_height_px - floor(hs_event_body_scroll_value(self));

  column_place(self, column, &area->x, &area->width);
  area->y = (int)CLAMP(y, -G_MAXINT16, G_MAXINT16);
  area->height = self->row_height_px;
  return y == area->y;
}

const char *
hs_event_body_cell_text(HsEventBody *self, uint32_t position, HsEventColumn column, char *buffer, size_t size)
{
  HsEvent event;

  if (position >= hs_event_model_n(&self->model))
    return "";
  hs_timeline_event(self->model.timeline, hs_event_model_row(&self->model, position), &event);
  return hs_event_cell_text(self->model.timeline, &event, column, buffer, size);
}
