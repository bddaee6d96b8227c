/* SPDX-License-Identifier: MIT */
#include "hs-map-private.h"
#include "hs-paint-private.h"

struct HsOwnedPicture {
  HsMapPicture picture; /* first: it is what callers hold */
  int ref_count;
};

/* The index of a colour among the classes; the last one takes what does not fit. */
static uint8_t
class_of(HsMapRaster *raster, HsColor color)
{
  for (int i = 0; i < raster->n_classes; i++) {
    if (hs_color_pixel(raster->classes[i]) == hs_color_pixel(color))
      return (uint8_t)i;
  }
  if (raster->n_classes < (int)G_N_ELEMENTS(raster->classes))
    raster->classes[raster->n_classes++] = color;
  return (uint8_t)(raster->n_classes - 1);
}

static void
classify(HsMapRaster *raster, HsColorBy color_by, const HsPalette *palette)
{
  if (color_by == HS_COLOR_BY_SOURCE) {
    for (int i = 0; i < HS_N_SOURCES; i++)
      raster->source_class[i] = class_of(raster, hs_palette_source(palette, (HsSource)i));
  } else {
    uint32_t n_heaps = 1;
    for (uint32_t i = 0; i < raster->blocks->n_origins; i++) {
      if (raster->blocks->origins[i].process != HS_ID_NONE)
        n_heaps = MAX(n_heaps, raster->blocks->origins[i].heap + 1);
    }
    raster->heap_class = g_new0(uint8_t, n_heaps);
    for (uint32_t i = 0; i < raster->blocks->n_origins; i++) {
      const HsMapOrigin *origin = &raster->blocks->origins[i];
      if (origin->process != HS_ID_NONE)
        raster->heap_class[origin->heap] = class_of(raster, hs_palette_heap(palette, (HsHeapId){origin->heap}));
    }
  }
  if (raster->n_classes == 0)
    class_of(raster, palette->dim_text);
}

static bool
fill(cairo_surface_t *surface, const HsMapBlocks *blocks, const HsMapLayout *layout, const HsViewport *viewport,
     HsMapWindow window, HsColorBy color_by, const HsPalette *palette, const int *cancel)
{
  HsMapRaster raster = {.blocks = blocks,
                        .layout = layout,
                        .cancel = cancel,
                        .t0 = viewport->t0,
                        .t1 = viewport->t1,
                        .window = window,
                        .width = cairo_image_surface_get_width(surface),
                        .height = cairo_image_surface_get_height(surface)};
  raster.row0 = hs_timeline_row_at(blocks->timeline, viewport->t0, blocks->n_rows);
  raster.row1 = hs_timeline_row_at(blocks->timeline, viewport->t1, blocks->n_rows);
  double ticks = (double)((__int128)viewport->t1 - viewport->t0);
  raster.x_per_tick = (double)raster.width * 1024 / ticks;
  raster.y_per_byte = (double)raster.height * 4096 / (double)(window.u1 - window.u0);
  classify(&raster, color_by, palette);
  cairo_surface_flush(surface);
  raster.pixels = (uint32_t *)(void *)cairo_image_surface_get_data(surface);
  raster.stride = cairo_image_surface_get_stride(surface) / 4;
  bool ok = hs_map_raster_run(&raster);
  cairo_surface_mark_dirty(surface);
  g_free(raster.heap_class);
  return ok;
}

HsMapPicture *
hs_map_picture_new(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout, const HsViewport *viewport,
                   HsMapWindow window, HsColorBy color_by, const HsPalette *palette, uint32_t n_rows, const int *cancel)
{
  HsMapBlocks blocks;
  hs_map_blocks_init(&blocks, timeline, set, n_rows);
  int scale = MAX(viewport->scale, 1);
  cairo_surface_t *surface =
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, hs_device_width(viewport), hs_device_height(viewport));
  bool ok = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  if (ok && window.u1 > window.u0 && viewport->t1 > viewport->t0)
    ok = fill(surface, &blocks, layout, viewport, window, color_by, palette, cancel);
  hs_map_blocks_clear(&blocks);
  if (!ok) {
    cairo_surface_destroy(surface);
    return NULL;
  }
  cairo_surface_set_device_scale(surface, scale, scale);
  struct HsOwnedPicture *owned = g_new0(struct HsOwnedPicture, 1);
  owned->ref_count = 1;
  owned->picture = (HsMapPicture){surface, *viewport, window, color_by, blocks.n_rows};
  owned->picture.viewport.x = owned->picture.viewport.y = 0;
  return &owned->picture;
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
