/* SPDX-License-Identifier: MIT */
#include "hs-plot-cell.h"

#include "hs-paint.h"

struct _HsPlotCell {
  GtkCellRenderer parent_instance;
  HsColor color;
  const int64_t *values; /* NULL = a swatch */
  int n_values;
};

G_DEFINE_FINAL_TYPE(HsPlotCell, hs_plot_cell, GTK_TYPE_CELL_RENDERER)

void
hs_paint_swatch(cairo_t *cr, HsColor color, double x, double y)
{
  cairo_save(cr);
  cairo_new_path(cr);
  hs_color_set(cr, color);
  cairo_rectangle(cr, x, y, HS_SWATCH_PX, HS_SWATCH_PX);
  cairo_fill(cr);
  cairo_restore(cr);
}

static void
hs_plot_cell_render(GtkCellRenderer *cell, cairo_t *cr, GtkWidget *widget, const GdkRectangle *background,
                    const GdkRectangle *area, GtkCellRendererState flags)
{
  HsPlotCell *self = HS_PLOT_CELL(cell);
  int xpad, ypad;
  gtk_cell_renderer_get_padding(cell, &xpad, &ypad);
  int width = area->width - 2 * xpad, height = area->height - 2 * ypad;
  if (width <= 0 || height <= 0)
    return;
  if (self->values != NULL)
    hs_paint_curve(cr, self->color, self->values, self->n_values, area->x + xpad, area->y + ypad, width, height);
  else
    hs_paint_swatch(cr, self->color, area->x + xpad, area->y + (area->height - HS_SWATCH_PX) / 2);
}

static void
hs_plot_cell_class_init(HsPlotCellClass *klass)
{
  GTK_CELL_RENDERER_CLASS(klass)->render = hs_plot_cell_render;
}

static void
hs_plot_cell_init(HsPlotCell *self)
{
}

GtkCellRenderer *
hs_plot_cell_new(void)
{
  return g_object_new(HS_TYPE_PLOT_CELL, NULL);
}

void
hs_plot_cell_set_swatch(HsPlotCell *self, HsColor color)
{
  self->color = color;
  self->values = NULL;
}

void
hs_plot_cell_set_curve(HsPlotCell *self, HsColor color, const int64_t *values, int n_values)
{
  self->color = color;
  self->values = values;
  self->n_values = n_values;
}
