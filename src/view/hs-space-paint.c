/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <limits.h>
#include <math.h>

#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-map-legend.h"
#include "hs-paint-private.h"
#include "hs-space-private.h"

#define HEAD_X_PX 10
#define HEAD_GAP_PX 22
#define SWATCH_PX 11
#define SWATCH_GAP_PX 5
#define ENTRY_GAP_PX 14
#define FOLD_TEXT_GAP_PX 10
#define ZIGZAG_STEP_PX 4.0
#define ZIGZAG_HEIGHT_PX 3.0

/* --- title and legend --- */

typedef struct {
  cairo_t *cr;
  const HsSpaceView *view;
  const HsPalette *palette;
  double x, y, right;
  bool is_full;
} Legend;

static void
add_entry(Legend *legend, HsColor color, const char *name, bool mono)
{
  double width, dots, size = mono ? HS_TEXT_LABEL : 1;
  if (legend->is_full)
    return;
  hs_measure_text_sized(legend->cr, legend->palette, name, mono, false, size, &width, NULL);
  hs_measure_text(legend->cr, legend->palette, "…", false, false, &dots, NULL);
  double end = legend->x + SWATCH_PX + SWATCH_GAP_PX + width;
  if (end + ENTRY_GAP_PX + dots > legend->right) {
    legend->is_full = true;
    if (legend->x + dots <= legend->right)
      hs_paint_text(legend->cr, legend->palette, "…", false, false, legend->palette->dim_text, legend->x, legend->y, -1,
                    -1);
    return;
  }
  hs_color_set(legend->cr, color);
  cairo_rectangle(legend->cr, floor(legend->x), floor(legend->y - SWATCH_PX / 2.0), SWATCH_PX, SWATCH_PX);
  cairo_fill(legend->cr);
  hs_paint_text_sized(legend->cr, legend->palette, name, mono, false, size, legend->palette->dim_text,
                      legend->x + SWATCH_PX + SWATCH_GAP_PX, legend->y, -1, -1);
  legend->x = end + ENTRY_GAP_PX;
}

static void
add_heaps(Legend *legend, const HsTimeline *timeline, const HsSpacePicture *picture)
{
  for (guint i = 0; i < picture->heaps->len && !legend->is_full; i++) {
    const HsSpaceHeap *heap = &g_array_index(picture->heaps, HsSpaceHeap, i);
    char handle[HS_FORMAT_MAX];
    if (heap->figures.live_blocks == 0)
      continue;
    hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, heap->heap)->handle);
    add_entry(legend, hs_palette_heap(legend->palette, heap->heap), handle, true);
  }
}

/* As the map over time names them. */
static void
add_classes(Legend *legend, const HsTimeline *timeline, HsColorBy by)
{
  g_autoptr(HsMapLegend) classes = hs_map_legend_new(timeline, by, legend->palette, NULL);
  for (guint i = 0; i < classes->entries->len && !legend->is_full; i++) {
    const HsMapLegendEntry *entry = &g_array_index(classes->entries, HsMapLegendEntry, i);
    add_entry(legend, entry->color, entry->label, false);
  }
}

static char *
dup_title(const HsTimeline *timeline, const HsSpacePicture *picture)
{
  char moment[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX];
  hs_format_time(moment, sizeof moment, hs_clock_to_ns(hs_timeline_clock(timeline), picture->ticks));
  hs_format_bytes(bytes, sizeof bytes, (int64_t)1 << picture->layout->row_shift);
  /* Translators: a moment, and the width of a row of memory: "Memory at 0.961 s · 64.0 KiB a row". */
  return g_strdup_printf(_("Memory at %s · %s a row"), moment, bytes);
}

void
hs_space_paint_head(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
                    const HsSpacePicture *picture)
{
  g_autofree char *title = dup_title(timeline, picture);
  double y = HS_SPACE_HEAD_PX / 2.0;
  double right = view->x + view->width;
  double x = HEAD_X_PX +
             hs_paint_text(cr, palette, title, false, true, palette->text, HEAD_X_PX, y, MAX(right - HEAD_X_PX, 1), -1);
  Legend legend = {cr, view, palette, x + HEAD_GAP_PX, y, right, false};
  /* What the grounds mean is nowhere else to be seen. */
  add_entry(&legend, hs_space_committed_color(palette),
            picture->figures.n_untold > 0 ? _("Free in used pages") : _("Free"), false);
  if (picture->figures.reserved_bytes > 0)
    add_entry(&legend, hs_space_reserved_color(palette), _("Reserved"), false);
  if (picture->has_others)
    add_entry(&legend, hs_space_other_color(palette), _("Filtered out"), false);
  if (picture->colors.by == HS_COLOR_BY_HEAP) {
    add_heaps(&legend, timeline, picture);
    return;
  }
  if (picture->colors.by != HS_COLOR_BY_SOURCE) {
    add_classes(&legend, timeline, picture->colors.by);
    return;
  }
  for (int i = 0; i < HS_N_SOURCES; i++) {
    if (picture->uses_source[i])
      add_entry(&legend, hs_palette_source(palette, (HsSource)i),
                i == HS_SOURCE_NONE ? _("No source") : hs_source_short_title((HsSource)i), false);
  }
}

/* --- lines that are no rows --- */

static void
paint_zigzag(cairo_t *cr, const HsPalette *palette, double x0, double x1, double y)
{
  bool up = false;
  if (x1 - x0 < 2 * ZIGZAG_STEP_PX)
    return;
  cairo_save(cr);
  cairo_rectangle(cr, x0, y - ZIGZAG_HEIGHT_PX - 1, x1 - x0, 2 * ZIGZAG_HEIGHT_PX + 2);
  cairo_clip(cr);
  cairo_move_to(cr, x0, y + ZIGZAG_HEIGHT_PX / 2);
  for (double x = x0 + ZIGZAG_STEP_PX; x < x1 + ZIGZAG_STEP_PX; x += ZIGZAG_STEP_PX) {
    up = !up;
    cairo_line_to(cr, x, y + (up ? -ZIGZAG_HEIGHT_PX : ZIGZAG_HEIGHT_PX) / 2);
  }
  hs_color_set(cr, hs_color_alpha(palette->dim_text, 0.55));
  cairo_set_line_width(cr, 1);
  cairo_stroke(cr);
  cairo_restore(cr);
}

/* How much it leaves out stands where rows have their addresses. */
static void
paint_fold(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsSpaceLine *line, double y)
{
  char text[HS_FORMAT_MAX];
  paint_zigzag(cr, palette, view->x, view->x + view->width, y);
  hs_format_bytes(text, sizeof text, (int64_t)MIN(line->gap_bytes, INT64_MAX));
  hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_SMALL, palette->dim_text, 0, y,
                      view->x - HS_LABEL_GAP_PX, 1);
}

static void
paint_process(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
              HsProcessId process, double y)
{
  g_autofree char *name = hs_process_display_name(timeline, process);
  double width =
      hs_paint_text_sized(cr, palette, name, false, true, HS_TEXT_LABEL, palette->text, view->x, y, view->width, -1);
  double x = view->x + width + FOLD_TEXT_GAP_PX;
  HsViewport snap = {.scale = view->scale};
  if (x < view->x + view->width)
    hs_paint_hline(cr, &snap, hs_color_mix(palette->base, palette->dim_text, 0.4), x, y, view->x + view->width - x);
}

/* --- addresses --- */

static void
paint_address(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, uint64_t address, double y)
{
  char text[HS_FORMAT_MAX];
  double size = HS_TEXT_SMALL, width, room = HS_SPACE_GUTTER_PX - HS_LABEL_GAP_PX - 4.0;
  hs_format_hex(text, sizeof text, address);
  hs_measure_text_sized(cr, palette, text, true, false, size, &width, NULL);
  /* Digits must not be cut off: a wide font is set smaller. */
  if (width > room)
    size *= room / width * 0.99;
  hs_paint_text_sized(cr, palette, text, true, false, size, palette->dim_text, view->x - HS_LABEL_GAP_PX - room, y,
                      room, 1);
}

/* Text needs some height: then not every row has its address. */
static void
paint_lines(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
            const HsSpaceLayout *layout)
{
  double height;
  int labelled_to = INT_MIN;
  hs_measure_text_sized(cr, palette, "0", true, false, HS_TEXT_SMALL, NULL, &height);
  for (int64_t top = view->top_px; top < view->top_px + view->height;) {
    HsSpaceLine line = hs_space_layout_line(layout, view->line_px, top);
    int y = hs_space_y(view, line.top_px);
    if (line.kind == HS_SPACE_NOTHING)
      break;
    top = line.top_px + line.height_px;
    if (line.kind == HS_SPACE_FOLD) {
      paint_fold(cr, view, palette, &line, y + (line.height_px - 2) / 2.0);
    } else if (line.kind == HS_SPACE_PROCESS) {
      paint_process(cr, view, palette, timeline, line.process, y + line.height_px / 2.0 - 1);
    } else {
      double middle = y + hs_space_row_px(view) / 2.0;
      if (middle - height / 2 + 2 < labelled_to)
        continue;
      paint_address(cr, view, palette, line.address, middle);
      labelled_to = (int)ceil(middle + height / 2 - 2);
    }
  }
}

/* --- rows --- */

/* The picture where its lines are now: it may be scrolled elsewhere, or be of another width. Lines of another height
 * are not where they were. */
static void
paint_rows(cairo_t *cr, const HsSpaceView *view, const HsSpacePicture *picture)
{
  const HsSpaceView *p = &picture->view;
  int64_t down = p->top_px - view->top_px;
  if (p->line_px != view->line_px || down > p->height || down < -p->height)
    return;
  cairo_save(cr);
  cairo_rectangle(cr, view->x, view->y, view->width, view->height);
  cairo_clip(cr);
  cairo_translate(cr, view->x, view->y + (double)down);
  cairo_scale(cr, (double)view->width / p->width, 1);
  cairo_set_source_surface(cr, picture->surface, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle(cr, 0, 0, p->width, p->height);
  cairo_fill(cr);
  cairo_restore(cr);
}

void
hs_paint_space(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
               const HsSpacePicture *picture)
{
  cairo_save(cr);
  hs_color_set(cr, palette->base);
  cairo_rectangle(cr, 0, 0, view->total_width, view->total_height);
  cairo_fill(cr);
  if (picture == NULL) {
    hs_paint_text(cr, palette, _("Memory at one instant"), false, true, palette->text, HEAD_X_PX,
                  HS_SPACE_HEAD_PX / 2.0, -1, -1);
    cairo_restore(cr);
    return;
  }
  hs_space_paint_head(cr, view, palette, timeline, picture);
  paint_rows(cr, view, picture);
  cairo_save(cr);
  cairo_rectangle(cr, 0, view->y - 1, view->x + view->width, view->height + 1);
  cairo_clip(cr);
  paint_lines(cr, view, palette, timeline, picture->layout);
  cairo_restore(cr);
  if (picture->layout->n_rows == 0)
    hs_paint_text(cr, palette, _("The filter lets no block pass."), false, false, palette->dim_text, view->x,
                  view->y + view->height / 2.0, view->width, 0);
  if (view->panel_width > 0)
    hs_space_paint_panel(cr, view, palette, timeline, picture);
  cairo_restore(cr);
}

/* --- frames --- */

static void
paint_outline(cairo_t *cr, double x, double y, double width, double height, HsColor inner, HsColor outer)
{
  cairo_set_line_width(cr, 1);
  hs_color_set(cr, outer);
  cairo_rectangle(cr, x - 1.5, y - 1.5, width + 3, height + 3);
  cairo_stroke(cr);
  hs_color_set(cr, inner);
  cairo_rectangle(cr, x - 0.5, y - 0.5, width + 1, height + 1);
  cairo_stroke(cr);
}

/* Of a row, where addresses from `begin` on and before `end` are: at least a pixel. */
static void
row_span(const HsSpaceView *view, unsigned shift, const HsSpaceLine *line, uint64_t begin, uint64_t end, double *x,
         double *width)
{
  double bytes = ldexp(1, (int)shift), x0 = 0, x1 = view->width;
  if (begin > line->address)
    x0 = (double)(begin - line->address) / bytes * view->width;
  if (end - line->address < UINT64_C(1) << shift)
    x1 = (double)(end - line->address) / bytes * view->width;
  *x = view->x + floor(x0);
  *width = MAX(ceil(x1) - floor(x0), 1);
}

void
hs_paint_space_frame(cairo_t *cr, const HsSpaceView *view, const HsSpaceLayout *layout, HsProcessId process,
                     uint64_t begin, uint64_t end, HsColor inner, HsColor outer)
{
  int64_t top = view->top_px, first;
  cairo_save(cr);
  cairo_rectangle(cr, view->x - 2, view->y, view->width + 4, view->height);
  cairo_clip(cr);
  if (hs_space_layout_find(layout, view->line_px, process, begin, &first))
    top = MAX(top, first);
  while (top < view->top_px + view->height && begin < end) {
    HsSpaceLine line = hs_space_layout_line(layout, view->line_px, top);
    double x, width;
    top = line.top_px + line.height_px;
    if (line.kind == HS_SPACE_NOTHING ||
        (line.process.v == process.v && line.kind == HS_SPACE_ROW && line.address >= end))
      break;
    if (line.kind != HS_SPACE_ROW || line.process.v != process.v ||
        (begin > line.address && begin - line.address >= UINT64_C(1) << layout->row_shift))
      continue;
    row_span(view, layout->row_shift, &line, begin, end, &x, &width);
    paint_outline(cr, x, hs_space_y(view, line.top_px), width, hs_space_row_px(view), inner, outer);
  }
  cairo_restore(cr);
}

/* --- all at once --- */

bool
hs_paint_instant(cairo_t *cr, HsTimeline *timeline, HsRowSet *blocks, HsHeapId heap, int64_t ticks, uint32_t n_rows,
                 unsigned row_shift, const HsMapColors *colors, const HsPalette *palette, int width, int height,
                 int scale)
{
  g_autoptr(HsInstant) instant = hs_instant_new(timeline, n_rows, NULL);
  if (instant == NULL || !hs_instant_seek(instant, blocks, heap, ticks, NULL))
    return false;
  g_autoptr(HsSpaceLayout) layout = hs_space_layout_new(instant, row_shift, height);
  HsSpaceView view = hs_space_view(layout, width, height, scale, 0);
  g_autoptr(HsSpacePicture) picture = hs_space_picture_new(instant, layout, &view, colors, palette, NULL);
  if (picture == NULL)
    return false;
  hs_paint_space(cr, &view, palette, timeline, picture);
  return true;
}
