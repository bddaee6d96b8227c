/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

#define SELECTION_ALPHA 0.13
#define EDGE_ALPHA 0.8
#define UNLOADED_ALPHA 0.6

static bool
is_visible(const HsViewport *viewport, int64_t ticks)
{
  return ticks >= viewport->t0 && ticks < viewport->t1;
}

static void
paint_selection(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  if (marks->sel1 <= marks->sel0 || marks->sel1 <= viewport->t0 || marks->sel0 >= viewport->t1)
    return;
  double right = viewport->x + viewport->width;
  double x0 = hs_viewport_snap(viewport, MAX(hs_viewport_x(viewport, marks->sel0), viewport->x));
  double x1 = hs_viewport_snap(viewport, MIN(hs_viewport_x(viewport, marks->sel1), right));
  hs_color_set(cr, hs_color_alpha(palette->selection, SELECTION_ALPHA));
  cairo_rectangle(cr, x0, viewport->y, x1 - x0, viewport->height);
  cairo_fill(cr);
}

static void
paint_unloaded(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, int64_t loaded_to)
{
  if (loaded_to == INT64_MAX || loaded_to >= viewport->t1)
    return;
  double x0 = hs_viewport_snap(viewport, MAX(hs_viewport_x(viewport, loaded_to), viewport->x));
  hs_color_set(cr, hs_color_alpha(palette->bg, UNLOADED_ALPHA));
  cairo_rectangle(cr, x0, viewport->y, viewport->x + viewport->width - x0, viewport->height);
  cairo_fill(cr);
  if (loaded_to >= viewport->t0)
    hs_paint_vline(cr, viewport, hs_color_alpha(palette->dim_text, 0.6), x0, 1, viewport->y, viewport->height);
}

void
hs_paint_mark_lines(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  HsColor edge = hs_color_alpha(palette->selection, EDGE_ALPHA);
  hs_paint_marker_poles(cr, viewport, palette, marks);
  if (marks->sel1 > marks->sel0 && is_visible(viewport, marks->sel0))
    hs_paint_vline(cr, viewport, edge, hs_viewport_x(viewport, marks->sel0), 1, viewport->y, viewport->height);
  /* The end is not part of the range, so its edge stands just after it. */
  if (marks->sel1 > marks->sel0 && is_visible(viewport, marks->sel1))
    hs_paint_vline(cr, viewport, edge, hs_viewport_x(viewport, marks->sel1), 1, viewport->y, viewport->height);
  if (is_visible(viewport, marks->hover))
    hs_paint_vline(cr, viewport, hs_color_alpha(palette->dim_text, 0.7), hs_viewport_x(viewport, marks->hover),
                   1.0 / MAX(viewport->scale, 1), viewport->y, viewport->height);
  if (is_visible(viewport, marks->cursor))
    hs_paint_vline(cr, viewport, hs_color_alpha(palette->text, 0.85), hs_viewport_x(viewport, marks->cursor), 1,
                   viewport->y, viewport->height);
}

void
hs_paint_marks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  cairo_save(cr);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
  paint_unloaded(cr, viewport, palette, marks->loaded_to);
  paint_selection(cr, viewport, palette, marks);
  hs_paint_mark_lines(cr, viewport, palette, marks);
  cairo_restore(cr);
}
