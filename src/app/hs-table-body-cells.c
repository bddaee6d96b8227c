/* SPDX-License-Identifier: MIT */
/* Where the cells are, and what stands in them. */
#include <math.h>

#include "hs-table-body-private.h"

uint32_t
hs_table_body_position_at(HsTableBody *self, double y)
{
  int64_t position = (int64_t)floor((floor(hs_table_body_scroll_value(self)) + y) / self->row_height_px);

  return position >= 0 && position < hs_table_model_n(&self->model) ? (uint32_t)position : HS_POSITION_NONE;
}

static void
column_place(HsTableBody *self, int column, int *x, int *width)
{
  bool rtl = hs_table_body_is_rtl(self);
  int scroll_px = self->adjustments[GTK_ORIENTATION_HORIZONTAL] != NULL
                      ? hs_table_columns_scroll(self->adjustments[GTK_ORIENTATION_HORIZONTAL], rtl)
                      : 0;

  hs_table_columns_place(&self->columns, column, gtk_widget_get_allocated_width(GTK_WIDGET(self)), scroll_px, rtl, x,
                         width);
}

int
hs_table_body_column_at(HsTableBody *self, double x)
{
  for (int c = 0; c < self->kind->n_columns; c++) {
    int left, width;
    column_place(self, c, &left, &width);
    if (x >= left && x < left + width)
      return c;
  }
  return -1;
}

gboolean
hs_table_body_cell_area(HsTableBody *self, uint32_t position, int column, GdkRectangle *area)
{
  double y = (double)position * self->row_height_px - floor(hs_table_body_scroll_value(self));

  column_place(self, column, &area->x, &area->width);
  area->y = (int)CLAMP(y, -G_MAXINT16, G_MAXINT16);
  area->height = self->row_height_px;
  return y == area->y;
}

const char *
hs_table_body_cell_text(HsTableBody *self, uint32_t position, int column, char *buffer, size_t size)
{
  HsTableRow row;

  if (position >= hs_table_model_n(&self->model))
    return "";
  self->kind->load(&self->model, hs_table_model_item(&self->model, position), &row);
  return self->kind->cell_text(&self->model, &row, column, buffer, size);
}
