/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "hs-format.h"
#include "hs-event-text.h"
#include "hs-map-private.h"
#include "hs-paint-private.h"

/* A fold lower than this has a plain line in place of a zigzag. */
#define ZIGZAG_MIN_PX 5
#define ZIGZAG_STEP_PX 4.0
#define ZIGZAG_HEIGHT_PX 3.0
#define MAX_FOLD_PX 24
/* Long names keep off the pane's edge. */
#define NAME_MARGIN_PX 3
#define MARK_DISTANCE_PX 56
#define TICK_PX 4
#define RAIL_PX 3
#define RAIL_GAP_PX 1

static double
y_of(const HsViewport *viewport, HsMapWindow window, uint64_t u)
{
  double offset = (double)(int64_t)(u - window.u0);
  return viewport->y + offset * viewport->height / (double)(window.u1 - window.u0);
}

/* --- folds --- */

/* Bands of one process that follow on each other have none. */
static bool
has_fold_above(const HsMapLayout *layout, uint32_t index)
{
  const HsMapBand *band = hs_map_layout_band(layout, index);
  return index > 0 && (hs_map_layout_band(layout, index - 1)->process.v != band->process.v || band->gap_before > 0);
}

/* Where the fold above a band is, clamped to just beyond the plot. False if it is not visible. */
static bool
fold_rect(const HsViewport *viewport, HsMapWindow window, const HsMapLayout *layout, uint32_t index, double *y0,
          double *y1)
{
  const HsMapBand *above = hs_map_layout_band(layout, index - 1), *below = hs_map_layout_band(layout, index);
  double top = viewport->y - 1.0, bottom = viewport->y + viewport->height + 1.0;
  *y0 = CLAMP(y_of(viewport, window, above->u + (above->end - above->begin)), top, bottom);
  *y1 = CLAMP(y_of(viewport, window, below->u), top, bottom);
  return *y1 > top && *y0 < bottom;
}

static void
paint_fold(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, double y0, double y1)
{
  double left = viewport->x, width = viewport->width;
  y0 = hs_viewport_snap(viewport, y0);
  y1 = hs_viewport_snap(viewport, y1);
  HsColor line = hs_color_alpha(palette->dim_text, 0.75);
  double pixel = 1.0 / MAX(viewport->scale, 1);
  hs_color_set(cr, palette->bg);
  cairo_rectangle(cr, left, y0, width, y1 - y0);
  cairo_fill(cr);
  if (y1 - y0 < ZIGZAG_MIN_PX) {
    hs_color_set(cr, hs_color_mix(palette->bg, palette->dim_text, 0.5));
    cairo_rectangle(cr, left, hs_viewport_snap(viewport, (y0 + y1 - pixel) / 2), width, pixel);
    cairo_fill(cr);
    return;
  }
  double middle = (y0 + y1) / 2;
  bool up = false;
  cairo_move_to(cr, left, middle + ZIGZAG_HEIGHT_PX / 2);
  for (double x = left + ZIGZAG_STEP_PX; x < left + width + ZIGZAG_STEP_PX; x += ZIGZAG_STEP_PX) {
    up = !up;
    cairo_line_to(cr, x, middle + (up ? -ZIGZAG_HEIGHT_PX : ZIGZAG_HEIGHT_PX) / 2);
  }
  hs_color_set(cr, line);
  cairo_set_line_width(cr, 1);
  cairo_stroke(cr);
}

static void
paint_folds(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
            const HsMapLayout *layout)
{
  double painted_to = -1e9;
  for (uint32_t i = 1; i < hs_map_layout_n_bands(layout); i++) {
    double y0, y1;
    if (!has_fold_above(layout, i))
      continue;
    /* Folds closer than a pixel to the one before would only thicken it. */
    if (!fold_rect(viewport, window, layout, i, &y0, &y1) || y1 < painted_to + 1)
      continue;
    paint_fold(cr, viewport, palette, y0, y1);
    painted_to = y1;
  }
}

/* --- heaps --- */

/* A rail along the axis in the colours of the heaps whose it is, if there are several. */
static void
paint_rail(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
           const HsMapLayout *layout)
{
  uint32_t n = hs_map_layout_n_bands(layout);
  double bottom = viewport->y + viewport->height, painted_to = -1e9;
  bool several = false;
  for (uint32_t i = 1; i < n && !several; i++)
    several = hs_map_layout_band(layout, i)->heap.v != hs_map_layout_band(layout, 0)->heap.v;
  for (uint32_t i = 0; i < n && several; i++) {
    const HsMapBand *band = hs_map_layout_band(layout, i);
    double y0 = CLAMP(y_of(viewport, window, band->u), viewport->y, bottom);
    double y1 = CLAMP(y_of(viewport, window, band->u + (band->end - band->begin)), viewport->y, bottom);
    y0 = MAX(hs_viewport_snap(viewport, y0), painted_to);
    y1 = hs_viewport_snap(viewport, y1);
    if (y1 <= y0)
      continue;
    hs_color_set(cr, hs_palette_heap(palette, band->heap));
    cairo_rectangle(cr, viewport->x - RAIL_GAP_PX - RAIL_PX, y0, RAIL_PX, y1 - y0);
    cairo_fill(cr);
    painted_to = y1;
  }
}

/* Where one heap follows on another without a gap. */
static void
paint_seams(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
            const HsMapLayout *layout)
{
  for (uint32_t i = 1; i < hs_map_layout_n_bands(layout); i++) {
    const HsMapBand *band = hs_map_layout_band(layout, i);
    double y = y_of(viewport, window, band->u);
    if (!has_fold_above(layout, i) && y > viewport->y && y < viewport->y + viewport->height)
      hs_paint_hline(cr, viewport, hs_color_alpha(palette->dim_text, 0.5), viewport->x, y, viewport->width);
  }
}

/* --- labels --- */

typedef struct {
  cairo_t *cr;
  const HsViewport *viewport;
  HsMapWindow window;
  const HsPalette *palette;
  double left, width;
  bool several;  /* processes on the axis */
  GArray *taken; /* pairs of double: rows that have a label */
  GArray *ticks; /* of double: rows that have a mark */
} HsGutter;

/* True if nothing is there yet; then it is taken. */
static bool
take(HsGutter *gutter, double y0, double y1)
{
  if (y0 < gutter->viewport->y - 0.5 || y1 > gutter->viewport->y + gutter->viewport->height + 0.5)
    return false;
  for (guint i = 0; i + 1 < gutter->taken->len; i += 2) {
    if (y0 < g_array_index(gutter->taken, double, i + 1) && y1 > g_array_index(gutter->taken, double, i))
      return false;
  }
  g_array_append_val(gutter->taken, y0);
  g_array_append_val(gutter->taken, y1);
  return true;
}

/* Centred on y, or with its upper edge there. Returns the lower edge, or the upper one if there is no room. */
static double
label(HsGutter *gutter, const char *text, bool mono, double y, bool centred)
{
  double size = mono ? HS_TEXT_SMALL : HS_TEXT_LABEL, width, height;
  hs_measure_text_sized(gutter->cr, gutter->palette, text, mono, false, size, &width, &height);
  /* Digits must not be cut off: a wide font is set smaller; names only as long as they can be read. */
  if (width > gutter->width) {
    size *= MAX(gutter->width / width * 0.99, mono ? 0 : HS_TEXT_SMALL / HS_TEXT_LABEL);
    hs_measure_text_sized(gutter->cr, gutter->palette, text, mono, false, size, &width, &height);
  }
  double top = centred ? y - height / 2 : y;
  if (!take(gutter, top, top + height - 1))
    return top;
  hs_paint_text_sized(gutter->cr, gutter->palette, text, mono, false, size, gutter->palette->dim_text, gutter->left,
                      top + height / 2, gutter->width, 1);
  return top + height;
}

/* The lower digits of an address; the upper ones are the same for long stretches and in the hover card. */
static void
format_address(char *buffer, size_t size, uint64_t address)
{
  g_snprintf(buffer, size, "%04x %04x", (unsigned)(address >> 16 & 0xffff), (unsigned)(address & 0xffff));
}

/* Where the fold above a band is; for the first band, the plot's upper edge. */
static bool
head_of_band(const HsGutter *gutter, const HsMapLayout *layout, uint32_t index, double *y0, double *y1)
{
  const HsViewport *v = gutter->viewport;
  if (index > 0)
    return fold_rect(v, gutter->window, layout, index, y0, y1);
  *y0 = v->y + 1;
  *y1 = y_of(v, gutter->window, hs_map_layout_band(layout, index)->u);
  return *y1 >= v->y;
}

/* What nearly all have in common says nothing, and takes room. */
static void
drop_extension(char *name)
{
  gsize length = strlen(name);
  if (length > 4 && g_ascii_strcasecmp(name + length - 4, ".exe") == 0)
    name[length - 4] = '\0';
}

static void
label_process(HsGutter *gutter, const HsTimeline *timeline, const HsMapLayout *layout, uint32_t index)
{
  double y0, y1;
  if (!head_of_band(gutter, layout, index, &y0, &y1))
    return;
  g_autofree char *name = hs_process_display_name(timeline, hs_map_layout_band(layout, index)->process);
  drop_extension(name);
  if (index > 0)
    label(gutter, name, false, (y0 + y1) / 2, true);
  else
    label(gutter, name, false, y0, false);
}

static void
label_band(HsGutter *gutter, const HsMapLayout *layout, uint32_t index)
{
  const HsMapBand *band = hs_map_layout_band(layout, index);
  double y0, y1, height;
  char text[HS_FORMAT_MAX];
  if (!head_of_band(gutter, layout, index, &y0, &y1))
    return;
  double at = y1;
  hs_measure_text_sized(gutter->cr, gutter->palette, "0", false, false, HS_TEXT_LABEL, NULL, &height);
  if (band->gap_before > 0) {
    hs_format_bytes(text, sizeof text, (int64_t)MIN(band->gap_before, INT64_MAX));
    at = label(gutter, text, false, (y0 + y1) / 2, true);
  } else if (gutter->several) {
    at = index > 0 ? (y0 + y1 + height) / 2 : y0 + height;
  }
  if (y1 < gutter->viewport->y)
    return;
  format_address(text, sizeof text, band->begin);
  label(gutter, text, true, MAX(at, y1), false);
}

/* Addresses at even steps, where a part of the axis is shown. */
static void
label_marks(HsGutter *gutter, const HsMapLayout *layout)
{
  const HsViewport *v = gutter->viewport;
  double bytes_a_px = (double)(gutter->window.u1 - gutter->window.u0) / v->height;
  uint64_t step = 16;
  while ((double)step < bytes_a_px * MARK_DISTANCE_PX && step < HS_MAP_MAX_SPAN)
    step *= 2;
  uint64_t u = gutter->window.u0;
  for (int i = 0; i <= v->height / MARK_DISTANCE_PX + 2 && u < gutter->window.u1; i++) {
    HsProcessId process;
    uint64_t address;
    if (!hs_map_layout_address(layout, u, &process, &address)) {
      u += step;
      continue;
    }
    uint64_t past = address % step;
    if (past == 0) {
      char text[HS_FORMAT_MAX];
      double y = y_of(v, gutter->window, u);
      guint taken = gutter->taken->len;
      format_address(text, sizeof text, address);
      label(gutter, text, true, y, true);
      /* The mark tells which of the label's heights is meant. */
      if (gutter->taken->len > taken)
        g_array_append_val(gutter->ticks, y);
    }
    u += step - past;
  }
}

/* The heights of marks, as doubles. Free with g_array_unref(). */
static GArray *
paint_labels(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
             const HsTimeline *timeline, const HsMapLayout *layout)
{
  HsGutter gutter = {cr, viewport, window, palette};
  gutter.ticks = g_array_new(FALSE, FALSE, sizeof(double));
  gutter.left = MAX(viewport->x - hs_gutter_px(palette) + NAME_MARGIN_PX, 0);
  gutter.width = viewport->x - HS_LABEL_GAP_PX - RAIL_GAP_PX - gutter.left;
  if (gutter.width <= 0)
    return gutter.ticks;
  gutter.taken = g_array_new(FALSE, FALSE, sizeof(double));
  uint32_t n_bands = hs_map_layout_n_bands(layout);
  gutter.several =
      n_bands > 0 && hs_map_layout_band(layout, n_bands - 1)->process.v != hs_map_layout_band(layout, 0)->process.v;
  /* Names of processes come first where there is not room for all. */
  for (uint32_t i = 0; gutter.several && i < n_bands; i++) {
    if (i == 0 || hs_map_layout_band(layout, i - 1)->process.v != hs_map_layout_band(layout, i)->process.v)
      label_process(&gutter, timeline, layout, i);
  }
  double labelled = -1e9;
  for (uint32_t i = 0; i < n_bands; i++) {
    double y = CLAMP(y_of(viewport, window, hs_map_layout_band(layout, i)->u), -1e9, 1e9);
    /* Where folds are dense there is no room for more labels; measuring thousands of texts would take long. */
    if (i > 0 && y < labelled + 4)
      continue;
    if (y > viewport->y + viewport->height + MAX_FOLD_PX)
      break;
    label_band(&gutter, layout, i);
    labelled = y;
  }
  label_marks(&gutter, layout);
  g_array_unref(gutter.taken);
  return gutter.ticks;
}

/* The label's mark on the plot, light on dark and dark on light. */
static void
paint_ticks(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const GArray *ticks)
{
  for (guint i = 0; i < ticks->len; i++) {
    double y = g_array_index(ticks, double, i);
    double pixel = 1.0 / MAX(viewport->scale, 1);
    hs_paint_hline(cr, viewport, palette->text, viewport->x, y, TICK_PX);
    hs_paint_hline(cr, viewport, palette->base, viewport->x, y + pixel, TICK_PX);
  }
}

/* --- picture --- */

/* Sets the picture as source so that its moments and addresses come where the viewport has them. False if it would be
 * less than a pixel. The numbers of the matrix stay small however far one has zoomed. */
static bool
set_stretched(cairo_t *cr, const HsMapPicture *picture, const HsViewport *viewport, HsMapWindow window)
{
  const HsViewport *p = &picture->viewport;
  double p_ticks = (double)((__int128)p->t1 - p->t0), v_ticks = (double)((__int128)viewport->t1 - viewport->t0);
  double p_bytes = (double)(picture->window.u1 - picture->window.u0), v_bytes = (double)(window.u1 - window.u0);
  /* Picture pixels a plot pixel, and the picture's position of the plot's corner. */
  double sx = v_ticks / viewport->width / (p_ticks / p->width);
  double sy = v_bytes / viewport->height / (p_bytes / p->height);
  double ox = (double)((__int128)viewport->t0 - p->t0) / p_ticks * p->width;
  double oy = (double)(int64_t)(window.u0 - picture->window.u0) / p_bytes * p->height;
  if (!(sx < p->width && sy < p->height && fabs(ox) < 1e6 && fabs(oy) < 1e6))
    return false;
  cairo_set_source_surface(cr, picture->surface, 0, 0);
  cairo_matrix_t matrix;
  cairo_matrix_init(&matrix, sx, 0, 0, sy, ox - viewport->x * sx, oy - viewport->y * sy);
  cairo_pattern_set_matrix(cairo_get_source(cr), &matrix);
  return true;
}

/* Where the picture comes to lie, limited to the plot. */
static void
picture_rect(cairo_t *cr, const HsMapPicture *picture, const HsViewport *viewport, HsMapWindow window)
{
  double right = viewport->x + viewport->width, bottom = viewport->y + viewport->height;
  double x0 = CLAMP(hs_viewport_x(viewport, picture->viewport.t0), viewport->x, right);
  double x1 = CLAMP(hs_viewport_x(viewport, picture->viewport.t1), x0, right);
  double y0 = CLAMP(y_of(viewport, window, picture->window.u0), viewport->y, bottom);
  double y1 = CLAMP(y_of(viewport, window, picture->window.u1), y0, bottom);
  x0 = hs_viewport_snap(viewport, x0);
  y0 = hs_viewport_snap(viewport, y0);
  cairo_rectangle(cr, x0, y0, hs_viewport_snap(viewport, x1) - x0, hs_viewport_snap(viewport, y1) - y0);
}

/* Over what is there already, if anything is. */
static void
paint_picture(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
              const HsMapPicture *picture, bool is_above)
{
  int dx, dy;
  double scale = MAX(viewport->scale, 1);
  /* The ground is there already; but not where another picture is. */
  if (is_above) {
    hs_color_set(cr, palette->void_);
    picture_rect(cr, picture, viewport, window);
    cairo_fill(cr);
  }
  /* Where the grid is the same, what is there already is exact. */
  if (hs_map_picture_offset(picture, viewport, window, &dx, &dy) && ABS(dx) < 100000 && ABS(dy) < 100000)
    cairo_set_source_surface(cr, picture->surface, viewport->x - dx / scale, viewport->y - dy / scale);
  else if (!set_stretched(cr, picture, viewport, window))
    return;
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_fill(cr);
}

void
hs_paint_map_over(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
                  const HsTimeline *timeline, const HsMapLayout *layout, const HsMapPicture *picture,
                  const HsMapPicture *below, const char *title)
{
  bool has_axis = window.u1 > window.u0 && layout != NULL;
  g_autoptr(GArray) ticks = NULL;
  cairo_save(cr);
  hs_paint_margins(cr, viewport, palette->base);
  hs_color_set(cr, palette->void_);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_fill(cr);
  if (has_axis) {
    ticks = paint_labels(cr, viewport, window, palette, timeline, layout);
    paint_rail(cr, viewport, window, palette, layout);
  }
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
  if (has_axis) {
    if (below != NULL)
      paint_picture(cr, viewport, window, palette, below, false);
    if (picture != NULL)
      paint_picture(cr, viewport, window, palette, picture, below != NULL);
    paint_folds(cr, viewport, window, palette, layout);
    paint_seams(cr, viewport, window, palette, layout);
    paint_ticks(cr, viewport, palette, ticks);
  }
  hs_paint_title(cr, viewport, palette, title);
  cairo_restore(cr);
}

void
hs_paint_map(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
             const HsTimeline *timeline, const HsMapLayout *layout, const HsMapPicture *picture, const char *title)
{
  hs_paint_map_over(cr, viewport, window, palette, timeline, layout, picture, NULL, title);
}
