/* SPDX-License-Identifier: MIT */
#include "hs-paint-bars.h"

#include <math.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-paint-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define LEFT_PX 12
#define HEAD_PX 30
#define ROW_PX 34
#define BAR_PX 16
#define MAX_ROW_PX 56
#define GAP_PX 12

typedef struct {
  double names, numbers; /* widths of the columns left and right of the bars */
} Columns;

/* "1,234,567 (45 %) · 12.3 MiB" */
static char *
number_text(const HsBars *bars, const HsBar *bar, HsTally total)
{
  char count[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], share[HS_FORMAT_MAX];
  hs_format_count(count, sizeof count, bar->tally.count);
  hs_format_bytes(bytes, sizeof bytes, (int64_t)MIN(bar->tally.bytes, (uint64_t)INT64_MAX));
  hs_format_percent(share, sizeof share, hs_histogram_value(bars->measure, bar->tally),
                    hs_histogram_value(bars->measure, total));
  if (bars->measure == HS_HISTOGRAM_BYTES)
    return g_strdup_printf(_("%s (%s) · %s allocations"), bytes, share, count);
  return g_strdup_printf(_("%s (%s) · %s"), count, share, bytes);
}

static Columns
measure_columns(cairo_t *cr, const HsPalette *palette, const HsBars *bars, HsTally total)
{
  Columns columns = {0};
  for (unsigned i = 0; i < bars->n; i++) {
    double width;
    g_autofree char *number = number_text(bars, &bars->bars[i], total);
    hs_measure_text(cr, palette, bars->bars[i].name, false, false, &width, NULL);
    columns.names = MAX(columns.names, width);
    hs_measure_text(cr, palette, number, false, false, &width, NULL);
    columns.numbers = MAX(columns.numbers, width);
  }
  return columns;
}

void
hs_paint_bars(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsBars *bars)
{
  HsTally total = {0};
  uint64_t greatest = 0;
  for (unsigned i = 0; i < bars->n; i++) {
    total.count += bars->bars[i].tally.count;
    total.bytes += bars->bars[i].tally.bytes;
    greatest = MAX(greatest, hs_histogram_value(bars->measure, bars->bars[i].tally));
  }
  double right = viewport->x + viewport->width, y = viewport->y, left = LEFT_PX;
  double end = viewport->y + viewport->height;
  if (bars->title != NULL && viewport->height >= 2 * HEAD_PX) {
    hs_paint_text(cr, palette, bars->title, false, true, palette->text, left, y + HEAD_PX / 2.0, right - left, -1);
    y += HEAD_PX;
  }
  Columns columns = measure_columns(cr, palette, bars, total);
  columns.names = MIN(columns.names, (right - left) / 3);
  double bar_left = hs_viewport_snap(viewport, left + columns.names + GAP_PX);
  double room = right - bar_left - columns.numbers - GAP_PX;
  double step = bars->n > 0 ? floor(CLAMP((end - y) / bars->n, ROW_PX, MAX_ROW_PX)) : 0;
  double thick = floor(step * BAR_PX / ROW_PX);
  for (unsigned i = 0; i < bars->n && y + step <= end + 1; i++, y += step) {
    const HsBar *bar = &bars->bars[i];
    g_autofree char *number = number_text(bars, bar, total);
    double middle = floor(y + step / 2), part = 0, width = 0;
    hs_paint_text(cr, palette, bar->name, false, false, palette->text, left, middle, columns.names, -1);
    if (greatest > 0)
      part = (double)hs_histogram_value(bars->measure, bar->tally) / (double)greatest;
    if (room > 0)
      width = MAX(hs_viewport_snap(viewport, part * room), 1.0 / MAX(viewport->scale, 1));
    hs_color_set(cr, bar->color);
    cairo_rectangle(cr, bar_left, middle - floor(thick / 2), width, thick);
    cairo_fill(cr);
    double text_left = bar_left + width + GAP_PX;
    hs_paint_text(cr, palette, number, false, false, palette->dim_text, text_left, middle, MAX(right - text_left, 0),
                  -1);
  }
}
