/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-format.h"
#include "hs-paint-private.h"

#define TITLE_X_PX 10
#define TITLE_GAP_PX 26
#define SWATCH_PX 11
#define SWATCH_GAP_PX 5
#define ENTRY_GAP_PX 15
#define RIGHT_PX 6

static char *
entry_name(const HsSamples *samples, const HsTimeline *timeline, int layer)
{
  uint32_t id = samples->layer_ids[layer];
  if (id == HS_ID_NONE)
    return g_strdup(_("Others"));
  if (samples->group == HS_GROUP_SOURCE)
    return g_strdup(id == HS_SOURCE_NONE ? _("No source") : hs_source_short_title((HsSource)id));
  if (timeline == NULL || id >= hs_timeline_n_heaps(timeline))
    return g_strdup_printf("%u", id);
  char handle[HS_FORMAT_MAX];
  return g_strdup(hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, (HsHeapId){id})->handle));
}

/* A layer that is nowhere more than nothing needs no entry. */
static bool
layer_is_used(const HsSamples *samples, int layer)
{
  for (int i = 0; i < samples->n_columns; i++) {
    if (samples->layers[(size_t)i * (size_t)samples->n_layers + (size_t)layer] > 0)
      return true;
  }
  return false;
}

double
hs_paint_title(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const char *title)
{
  double height, x = viewport->x + TITLE_X_PX;
  if (title == NULL || viewport->width <= TITLE_X_PX + RIGHT_PX)
    return x;
  hs_measure_text(cr, palette, title, false, true, NULL, &height);
  if (height > viewport->height)
    return x;
  double y = viewport->y + hs_title_y(height);
  return x + hs_paint_text(cr, palette, title, false, true, palette->text, x, y,
                           viewport->width - TITLE_X_PX - RIGHT_PX, -1);
}

double
hs_title_y(double text_height)
{
  return MAX(text_height / 2 + 2, 14);
}

void
hs_paint_legend(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsSamples *samples,
                const HsChartStyle *style)
{
  double x = hs_paint_title(cr, viewport, palette, style->title) + TITLE_GAP_PX;
  double right = viewport->x + viewport->width - RIGHT_PX;
  double height, dots;
  if (samples == NULL || samples->group == HS_GROUP_NONE)
    return;
  hs_measure_text(cr, palette, "…", false, false, &dots, &height);
  double y = viewport->y + hs_title_y(height);
  if (height > viewport->height)
    return;
  for (int i = 0; i < samples->n_layers; i++) {
    if (!layer_is_used(samples, i))
      continue;
    g_autofree char *name = entry_name(samples, style->timeline, i);
    double width;
    bool mono = samples->group == HS_GROUP_HEAP && samples->layer_ids[i] != HS_ID_NONE;
    double size = mono ? HS_TEXT_LABEL : 1;
    hs_measure_text_sized(cr, palette, name, mono, false, size, &width, NULL);
    double end = x + SWATCH_PX + SWATCH_GAP_PX + width;
    bool last = i == samples->n_layers - 1;
    /* Room for "…" is kept until the last entry is in. */
    if (end + (last ? 0 : ENTRY_GAP_PX + dots) > right) {
      if (x + dots <= right)
        hs_paint_text(cr, palette, "…", false, false, palette->dim_text, x, y, -1, -1);
      return;
    }
    hs_color_set(cr, hs_palette_layer(palette, samples->group, samples->layer_ids[i]));
    cairo_rectangle(cr, x, hs_viewport_snap(viewport, y - SWATCH_PX / 2.0), SWATCH_PX, SWATCH_PX);
    cairo_fill(cr);
    hs_paint_text_sized(cr, palette, name, mono, false, size, palette->dim_text, x + SWATCH_PX + SWATCH_GAP_PX, y, -1,
                        -1);
    x = end + ENTRY_GAP_PX;
  }
}
