/* SPDX-License-Identifier: MIT */
/* The map of one instant as a part of pictures. */
#include "hs-picture-private.h"
#include "hs-space.h"

int64_t
hs_picture_instant(const HsPicture *picture)
{
  const HsPictureOptions *o = &picture->options;
  int64_t t0 = o->visible.t0_ticks, t1 = o->visible.t1_ticks, peak = INT64_MIN;
  if (o->has_cursor)
    return o->cursor_ticks;
  hs_series_peak(picture->data.series, HS_MEASURE_BYTES, t0, t1, &peak);
  return peak != INT64_MIN ? CLAMP(peak, t0, MAX(t1 - 1, t0)) : MAX(t1 - 1, t0);
}

static void
free_space(gpointer space)
{
  hs_space_picture_unref(space);
}

static gpointer
make_space(const HsPicture *picture, const HsViewport *viewport, const int *cancel)
{
  const HsPictureOptions *o = &picture->options;
  const HsPictureData *data = &picture->data;
  HsMapColors colors = {o->color_by, data->types};
  g_autoptr(HsInstant) instant = hs_instant_new(data->timeline, data->n_rows, cancel);
  if (instant == NULL || !hs_instant_seek(instant, data->blocks, o->one_heap ? o->heap : (HsHeapId){HS_ID_NONE},
                                          hs_picture_instant(picture), cancel))
    return NULL;
  g_autoptr(HsSpaceLayout) layout = hs_space_layout_new(instant, o->row_shift, viewport->height);
  HsSpaceView view = hs_space_view(layout, o->width, viewport->height, viewport->scale, o->rows_top_px);
  return hs_space_picture_new(instant, layout, &view, &colors, picture->palette, cancel);
}

static void
paint_space(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made)
{
  const HsSpacePicture *space = made;
  cairo_translate(cr, 0, viewport->y);
  hs_paint_space(cr, &space->view, picture->palette, picture->data.timeline, space);
}

const HsPicturePart hs_picture_instant_part = {make_space, paint_space, free_space, false};
