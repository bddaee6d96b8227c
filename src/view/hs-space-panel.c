/* SPDX-License-Identifier: MIT */
/* The numbers beside the rows: of all heaps shown together, and below them the heaps one by one. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-format.h"
#include "hs-paint-private.h"
#include "hs-space-private.h"

#define LINE_PX 18
#define TOP_PX 8
#define HEAPS_GAP_PX 10
#define SWATCH_PX 10
#define SWATCH_GAP_PX 6
#define MAX_LINES 12

typedef struct {
  const char *label;
  char value[HS_FORMAT_MAX * 2];
  bool is_strong;
} Line;

typedef struct {
  Line lines[MAX_LINES];
  int n;
} Lines;

static Line *
add(Lines *lines, const char *label)
{
  Line *line = &lines->lines[MIN(lines->n, MAX_LINES - 1)];
  lines->n = MIN(lines->n + 1, MAX_LINES);
  *line = (Line){.label = label};
  return line;
}

static void
add_bytes(Lines *lines, const char *label, uint64_t bytes, bool is_strong)
{
  Line *line = add(lines, label);
  line->is_strong = is_strong;
  hs_format_bytes(line->value, sizeof line->value, (int64_t)MIN(bytes, INT64_MAX));
}

static void
add_count(Lines *lines, const char *label, uint64_t count)
{
  hs_format_count(add(lines, label)->value, HS_FORMAT_MAX, count);
}

static void
format_ratio(char *buffer, size_t size, double part)
{
  /* What is not quite all must not read as all. */
  if (part > 0.9995 && part < 1)
    g_snprintf(buffer, size, _(">99.9 %%"));
  else if (part > 0.99)
    g_snprintf(buffer, size, "%.1f %%", part * 100);
  else
    g_snprintf(buffer, size, "%.0f %%", part * 100);
}

/* The important ones first: what there is no room for is left out. */
static void
fill_lines(Lines *lines, const HsInstantFigures *f)
{
  char a[HS_FORMAT_MAX], b[HS_FORMAT_MAX];
  add_bytes(lines, _("Live"), f->live_bytes, true);
  add_count(lines, _("Live blocks"), f->live_blocks);
  add_bytes(lines, f->n_untold > 0 && f->n_untold == f->n_heaps ? _("Pages in use") : _("Committed"),
            f->committed_bytes, false);
  add_bytes(lines, f->n_untold > 0 && f->n_untold == f->n_heaps ? _("Free in them") : _("Free in committed"),
            f->free_bytes, false);
  add_bytes(lines, _("Largest free run"), f->largest_free_bytes, false);
  Line *line = add(lines, _("Fragmentation"));
  line->is_strong = true;
  if (f->free_bytes > 0)
    format_ratio(line->value, sizeof line->value, hs_instant_fragmentation(f));
  else
    g_snprintf(line->value, sizeof line->value, "–");
  line = add(lines, _("Blocks a page"));
  if (f->pages > 0)
    g_snprintf(line->value, sizeof line->value, "%.1f", (double)f->page_blocks / (double)f->pages);
  else
    g_snprintf(line->value, sizeof line->value, "–");
  line = add(lines, _("Sparse pages"));
  hs_format_count(a, sizeof a, f->sparse_pages);
  hs_format_percent(b, sizeof b, f->sparse_pages, MAX(f->pages, 1));
  g_snprintf(line->value, sizeof line->value, "%s · %s", a, b);
  if (f->n_sized > 0) {
    line = add(lines, _("As last told"));
    hs_format_bytes(a, sizeof a, (int64_t)MIN(f->told_committed_bytes, INT64_MAX));
    hs_format_bytes(b, sizeof b, (int64_t)MIN(f->told_reserved_bytes, INT64_MAX));
    /* Translators: committed and reserved bytes. */
    g_snprintf(line->value, sizeof line->value, _("%s of %s"), a, b);
  }
  if (f->other_blocks > 0)
    add_count(lines, _("Filtered out"), f->other_blocks);
}

static int
n_lines_of(const HsInstantFigures *f)
{
  return 8 + (f->n_sized > 0) + (f->other_blocks > 0);
}

/* Where the list of heaps begins, and how many of them have room. */
static int
heaps_top(const HsSpaceView *view, const HsSpacePicture *picture, guint *n)
{
  int top = TOP_PX + n_lines_of(&picture->figures) * LINE_PX + HEAPS_GAP_PX;
  int room = (view->total_height - top - TOP_PX) / LINE_PX;
  *n = picture->heaps->len > 1 && room > 0 ? MIN((guint)room, picture->heaps->len) : 0;
  return top;
}

static void
paint_heap(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
           const HsSpaceHeap *heap, bool by_heap, double y)
{
  char text[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], ratio[HS_FORMAT_MAX];
  double x = view->panel_x, right = view->panel_x + view->panel_width;
  if (by_heap) {
    hs_color_set(cr, hs_palette_heap(palette, heap->heap));
    cairo_rectangle(cr, x, floor(y - SWATCH_PX / 2.0), SWATCH_PX, SWATCH_PX);
    cairo_fill(cr);
    x += SWATCH_PX + SWATCH_GAP_PX;
  }
  hs_format_bytes(bytes, sizeof bytes, (int64_t)MIN(heap->figures.live_bytes, INT64_MAX));
  format_ratio(ratio, sizeof ratio, hs_instant_fragmentation(&heap->figures));
  g_autofree char *value = heap->figures.free_bytes > 0 ? g_strdup_printf("%s · %s", bytes, ratio) : g_strdup(bytes);
  double width =
      hs_paint_text_sized(cr, palette, value, false, false, HS_TEXT_LABEL, palette->text, x, y, right - x, 1);
  hs_format_hex(text, sizeof text, hs_timeline_heap(timeline, heap->heap)->handle);
  hs_paint_text_sized(cr, palette, text, true, false, HS_TEXT_LABEL, palette->dim_text, x, y,
                      MAX(right - x - width - SWATCH_GAP_PX, 1), -1);
}

void
hs_space_paint_panel(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
                     const HsSpacePicture *picture)
{
  Lines lines = {.n = 0};
  guint n_heaps;
  fill_lines(&lines, &picture->figures);
  for (int i = 0; i < lines.n; i++) {
    double y = TOP_PX + i * LINE_PX + LINE_PX / 2.0;
    if (y + LINE_PX / 2.0 > view->total_height)
      break;
    const Line *line = &lines.lines[i];
    double width = hs_paint_text(cr, palette, line->value, false, line->is_strong, palette->text, view->panel_x, y,
                                 view->panel_width, 1);
    hs_paint_text(cr, palette, line->label, false, false, palette->dim_text, view->panel_x, y,
                  MAX(view->panel_width - width - SWATCH_GAP_PX, 1), -1);
  }
  int top = heaps_top(view, picture, &n_heaps);
  HsViewport snap = {.scale = view->scale};
  if (n_heaps > 0)
    hs_paint_hline(cr, &snap, palette->border, view->panel_x, top - HEAPS_GAP_PX / 2.0, view->panel_width);
  for (guint i = 0; i < n_heaps; i++)
    paint_heap(cr, view, palette, timeline, &g_array_index(picture->heaps, HsSpaceHeap, i),
               picture->colors.by == HS_COLOR_BY_HEAP, top + (int)i * LINE_PX + LINE_PX / 2.0);
}

HsHeapId
hs_space_heap_at(const HsSpaceView *view, const HsPalette *palette, const HsSpacePicture *picture, double x, double y)
{
  guint n_heaps;
  HsHeapId none = {HS_ID_NONE};
  if (view->panel_width == 0 || x < view->panel_x || x >= view->panel_x + view->panel_width)
    return none;
  int top = heaps_top(view, picture, &n_heaps);
  if (y < top || y >= top + (int)n_heaps * LINE_PX)
    return none;
  return g_array_index(picture->heaps, HsSpaceHeap, (guint)(y - top) / LINE_PX).heap;
}

char *
hs_space_describe(const HsTimeline *timeline, const HsSpacePicture *picture)
{
  const HsInstantFigures *f = &picture->figures;
  char moment[HS_FORMAT_MAX], live[HS_FORMAT_MAX], count[HS_FORMAT_MAX], committed[HS_FORMAT_MAX], free[HS_FORMAT_MAX],
      largest[HS_FORMAT_MAX], ratio[HS_FORMAT_MAX];
  hs_format_time(moment, sizeof moment, hs_clock_to_ns(hs_timeline_clock(timeline), picture->ticks));
  hs_format_bytes(live, sizeof live, (int64_t)MIN(f->live_bytes, INT64_MAX));
  hs_format_count(count, sizeof count, f->live_blocks);
  hs_format_bytes(committed, sizeof committed, (int64_t)MIN(f->committed_bytes, INT64_MAX));
  hs_format_bytes(free, sizeof free, (int64_t)MIN(f->free_bytes, INT64_MAX));
  hs_format_bytes(largest, sizeof largest, (int64_t)MIN(f->largest_free_bytes, INT64_MAX));
  format_ratio(ratio, sizeof ratio, hs_instant_fragmentation(f));
  return g_strdup_printf(
      _("At %s %s live in %s blocks; of %s committed %s are free, %s in one piece: fragmentation %s; "
        "%.1f blocks a page."),
      moment, live, count, committed, free, largest, ratio,
      f->pages > 0 ? (double)f->page_blocks / (double)f->pages : 0.0);
}
