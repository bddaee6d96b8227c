/* SPDX-License-Identifier: MIT */
#include "hs-bar-cell.h"

#include <math.h>

#define MARGIN_PX 2

struct _HsBarCell {
  GtkCellRendererText parent_instance;
  double part;
  HsColor color;
};

G_DEFINE_FINAL_TYPE(HsBarCell, hs_bar_cell, GTK_TYPE_CELL_RENDERER_TEXT)

static void
hs_bar_cell_render(GtkCellRenderer *cell, cairo_t *cr, GtkWidget *widget, const GdkRectangle *background,
                   const GdkRectangle *area, GtkCellRendererState flags)
{
  HsBarCell *self = HS_BAR_CELL(cell);
  if (self->part > 0) {
    double width = MAX(round(MIN(self->part, 1) * area->width), 1);
    bool rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
    cairo_save(cr);
    hs_color_set(cr, self->color);
    cairo_rectangle(cr, rtl ? area->x + area->width - width : area->x, area->y + MARGIN_PX, width,
                    MAX(area->height - 2 * MARGIN_PX, 1));
    cairo_fill(cr);
    cairo_restore(cr);
  }
  GTK_CELL_RENDERER_CLASS(hs_bar_cell_parent_class)->render(cell, cr, widget, background, area, flags);
}

static void
hs_bar_cell_class_init(HsBarCellClass *klass)
{
  GTK_CELL_RENDERER_CLASS(klass)->render = hs_bar_cell_render;
}

static void
hs_bar_cell_init(HsBarCell *self)
{
}

GtkCellRenderer *
hs_bar_cell_new(void)
{
  return g_object_new(HS_TYPE_BAR_CELL, NULL);
}

void
hs_bar_cell_set_part(HsBarCell *self, double part, HsColor color)
{
  self->part = part;
  self->color = color;
}
