/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"
#include "hs-paint-private.h"

struct HsOwnedPicture {
  HsMapPicture picture; /* first: it is what callers hold */
  int ref_count;
  HsMapAxis x, y;
};

/* --- the grid --- */

HsMapAxis
hs_map_axis(__int128 first, unsigned __int128 span, int n_px)
{
  HsMapAxis axis = {.limit = n_px * HS_MAP_UNITS};
  span = MAX(span, 1);
  unsigned __int128 units = (unsigned __int128)axis.limit;
  unsigned __int128 rest = units % span;
  uint64_t quotient = (uint64_t)(units / span);
  /* As many binary digits of units a value as a product with any value has room for. */
  for (; quotient < UINT64_C(1) << 62; axis.shift++) {
    rest *= 2;
    quotient = quotient * 2 + (rest >= span);
    rest -= rest >= span ? span : 0;
  }
  /* Upwards, so that what lies on a pixel's edge is not put before it. */
  axis.multiplier = quotient + (rest > 0);
  /* The pixel edge next to the first value. */
  axis.origin_px = (hs_map_axis_far(&axis, first) + HS_MAP_UNITS / 2) >> HS_MAP_UNIT_SHIFT;
  __int128 origin = axis.origin_px * HS_MAP_UNITS;
  if (origin < INT64_C(1) << 62 && origin > -(INT64_C(1) << 62)) {
    /* Less than 2^62 units, and room to be shifted. */
    unsigned __int128 end = axis.shift > 1 ? (unsigned __int128)1 << MIN(axis.shift - 1, 126) : 0;
    axis.small_end = (uint64_t)MIN(end, (unsigned __int128)INT64_MAX);
    axis.small_origin = (int64_t)origin;
    axis.left = axis.shift < 64 ? 64 - axis.shift : 0;
    axis.right = axis.shift > 64 ? axis.shift - 64 : 0;
  }
  return axis;
}

static HsMapAxis
time_axis(const HsViewport *viewport)
{
  return hs_map_axis(viewport->t0, (unsigned __int128)((__int128)viewport->t1 - viewport->t0),
                     hs_device_width(viewport));
}

static HsMapAxis
address_axis(const HsViewport *viewport, HsMapWindow window)
{
  return hs_map_axis(window.u0, window.u1 - window.u0, hs_device_height(viewport));
}

static bool
same_grid(const HsMapAxis *a, const HsMapAxis *b, int *offset_px)
{
  __int128 offset = b->origin_px - a->origin_px;
  if (a->multiplier != b->multiplier || a->shift != b->shift || a->limit != b->limit || offset > INT32_MAX ||
      offset < -INT32_MAX)
    return false;
  *offset_px = (int)offset;
  return true;
}

static const struct HsOwnedPicture *
owned_of(const HsMapPicture *picture)
{
  return (const struct HsOwnedPicture *)(const void *)picture;
}

bool
hs_map_picture_offset(const HsMapPicture *picture, const HsViewport *viewport, HsMapWindow window, int *dx, int *dy)
{
  if (window.u1 <= window.u0 || viewport->t1 <= viewport->t0 || picture->viewport.scale != viewport->scale)
    return false;
  HsMapAxis x = time_axis(viewport), y = address_axis(viewport, window);
  const struct HsOwnedPicture *owned = owned_of(picture);
  return same_grid(&owned->x, &x, dx) && same_grid(&owned->y, &y, dy);
}

/* --- making --- */

static bool
same_colors(const HsMapColors *a, const HsMapColors *b)
{
  return a->by == b->by && (a->by != HS_COLOR_BY_TYPE || (a->type_range.t0_ticks == b->type_range.t0_ticks &&
                                                          a->type_range.t1_ticks == b->type_range.t1_ticks));
}

/* Copies the columns that a picture of before has; those that are left to make are [*column0, *column1). */
static void
take_over(cairo_surface_t *surface, const HsMapPicture *before, int dx, int *column0, int *column1)
{
  int width = *column1, height = cairo_image_surface_get_height(surface);
  int from = MAX(dx, 0), to = MAX(-dx, 0), n = width - MAX(dx, -dx);
  const unsigned char *source = cairo_image_surface_get_data(before->surface);
  unsigned char *target = cairo_image_surface_get_data(surface);
  int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < height; y++)
    memcpy(target + (ptrdiff_t)y * stride + (ptrdiff_t)to * 4, source + (ptrdiff_t)y * stride + (ptrdiff_t)from * 4,
           (size_t)n * 4);
  *column0 = dx > 0 ? n : 0;
  *column1 = dx > 0 ? width : -dx;
}

static bool
fill(struct HsOwnedPicture *owned, const HsMapBlocks *blocks, const HsMapLayout *layout, const HsPalette *palette,
     const HsMapPicture *before, const int *cancel)
{
  const HsMapPicture *picture = &owned->picture;
  cairo_surface_t *surface = picture->surface;
  HsMapClasses classes;
  HsMapRaster raster = {.blocks = blocks,
                        .layout = layout,
                        .classes = &classes,
                        .palette = palette,
                        .cancel = cancel,
                        .x = owned->x,
                        .y = owned->y,
                        .window = picture->window,
                        .column1 = cairo_image_surface_get_width(surface),
                        .height = cairo_image_surface_get_height(surface)};
  int dx, dy;
  cairo_surface_flush(surface);
  if (before != NULL && before->n_rows == picture->n_rows && same_colors(&before->colors, &picture->colors) &&
      hs_map_picture_offset(before, &picture->viewport, picture->window, &dx, &dy) && dy == 0 && dx < raster.column1 &&
      -dx < raster.column1)
    take_over(surface, before, dx, &raster.column0, &raster.column1);
  raster.pixels = (uint32_t *)(void *)cairo_image_surface_get_data(surface);
  raster.stride = cairo_image_surface_get_stride(surface) / 4;
  hs_map_classes_init(&classes, blocks, &picture->colors, palette);
  bool ok = raster.column0 >= raster.column1 || hs_map_raster_run(&raster);
  hs_map_classes_clear(&classes);
  cairo_surface_mark_dirty(surface);
  return ok;
}

HsMapPicture *
hs_map_picture_renew(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout, const HsViewport *viewport,
                     HsMapWindow window, const HsMapColors *colors, const HsPalette *palette, uint32_t n_rows,
                     const HsMapPicture *before, const int *cancel)
{
  HsMapBlocks blocks;
  struct HsOwnedPicture *owned = g_new0(struct HsOwnedPicture, 1);
  int scale = MAX(viewport->scale, 1);
  cairo_surface_t *surface =
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, hs_device_width(viewport), hs_device_height(viewport));
  hs_map_blocks_init(&blocks, timeline, set, n_rows);
  owned->ref_count = 1;
  owned->picture = (HsMapPicture){surface, *viewport, window, *colors, blocks.n_rows};
  owned->picture.viewport.x = owned->picture.viewport.y = 0;
  bool ok = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  if (ok && window.u1 > window.u0 && viewport->t1 > viewport->t0) {
    owned->x = time_axis(viewport);
    owned->y = address_axis(viewport, window);
    ok = fill(owned, &blocks, layout, palette, before, cancel);
  }
  hs_map_blocks_clear(&blocks);
  cairo_surface_set_device_scale(surface, scale, scale);
  if (ok)
    return &owned->picture;
  hs_map_picture_unref(&owned->picture);
  return NULL;
}

HsMapPicture *
hs_map_picture_new(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout, const HsViewport *viewport,
                   HsMapWindow window, HsColorBy color_by, const HsPalette *palette, uint32_t n_rows, const int *cancel)
{
  HsMapColors colors = {color_by, HS_TIME_RANGE_ALL};
  return hs_map_picture_renew(timeline, set, layout, viewport, window, &colors, palette, n_rows, NULL, cancel);
}

HsMapPicture *
hs_map_picture_ref(HsMapPicture *picture)
{
  g_atomic_int_inc(&((struct HsOwnedPicture *)picture)->ref_count);
  return picture;
}

void
hs_map_picture_unref(HsMapPicture *picture)
{
  struct HsOwnedPicture *owned = (struct HsOwnedPicture *)picture;
  if (!g_atomic_int_dec_and_test(&owned->ref_count))
    return;
  cairo_surface_destroy(owned->picture.surface);
  g_free(owned);
}
