/* SPDX-License-Identifier: MIT */
/* Views as lists of parts, the room each gets, and the heading. */
#include "hs-picture-private.h"

#include <string.h>

#include "hs-config.h"
#include "hs-format.h"
#include "hs-paint-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define RULER_PX 24
#define OVERVIEW_PX 40
#define LEGEND_PX 28
/* Right of every plot, so that its last label has room; below the last. */
#define RIGHT_PX 12
#define BOTTOM_PX 10
/* Heading: two lines; one; none at all in a picture that is too low for them. */
#define HEAD_PX 52
#define LOW_HEAD_PX 28
#define HEAD_MIN_HEIGHT_PX 200
#define LOW_HEAD_MIN_HEIGHT_PX 110
#define HEAD_X_PX 12

/* A part of a view: as high as told, or its share of what is left. */
typedef struct {
  const HsPicturePart *part;
  int height_px;
  int share;
} Slot;

static const struct {
  const char *name, *title;
  Slot slots[HS_PICTURE_MAX_PANES];
} views[HS_N_PICTURES] = {
    [HS_PICTURE_ALL] = {"all",
                        N_("Overview, chart and map"),
                        {{&hs_picture_overview_part, OVERVIEW_PX, 0},
                         {&hs_picture_ruler_part, RULER_PX, 0},
                         {&hs_picture_chart_part, 0, 2},
                         {&hs_picture_map_legend_part, LEGEND_PX, 0},
                         {&hs_picture_map_part, 0, 4}}},
    [HS_PICTURE_MAP] = {"map",
                        N_("Address-range map"),
                        {{&hs_picture_map_legend_part, LEGEND_PX, 0},
                         {&hs_picture_ruler_part, RULER_PX, 0},
                         {&hs_picture_map_part, 0, 1}}},
    [HS_PICTURE_INSTANT] = {"instant", N_("Memory at one instant"), {{&hs_picture_instant_part, 0, 1}}},
    [HS_PICTURE_SIZE] = {"size",
                         N_("Size chart"),
                         {{&hs_picture_ruler_part, RULER_PX, 0}, {&hs_picture_chart_part, 0, 1}}},
    [HS_PICTURE_RATE] = {"rate",
                         N_("Chart of rates"),
                         {{&hs_picture_ruler_part, RULER_PX, 0}, {&hs_picture_rate_part, 0, 1}}},
    [HS_PICTURE_SOURCES] = {"sources", N_("Sources"), {{&hs_picture_sources_part, 0, 1}}},
    [HS_PICTURE_HISTOGRAM] = {"histogram", N_("Histogram of sizes"), {{&hs_picture_sizes_part, 0, 1}}},
    [HS_PICTURE_LIFETIMES] = {"lifetimes", N_("Histogram of lifetimes"), {{&hs_picture_lifetimes_part, 0, 1}}},
    [HS_PICTURE_OVERVIEW] = {"overview",
                             N_("Overview of the trace"),
                             {{&hs_picture_whole_ruler_part, RULER_PX, 0}, {&hs_picture_overview_part, 0, 1}}},
};

const char *
hs_picture_view_name(HsPictureView view)
{
  return (unsigned)view < HS_N_PICTURES ? views[view].name : "";
}

const char *
hs_picture_view_title(HsPictureView view)
{
  return (unsigned)view < HS_N_PICTURES ? g_dgettext(HS_GETTEXT_PACKAGE, views[view].title) : "";
}

HsPictureView
hs_picture_view_from_name(const char *name)
{
  unsigned view = 0;
  while (view < HS_N_PICTURES && strcmp(views[view].name, name) != 0)
    view++;
  return (HsPictureView)view;
}

int
hs_picture_surround_px(HsPictureView view)
{
  int height = HEAD_PX + BOTTOM_PX;
  for (int i = 0; i < HS_PICTURE_MAX_PANES && views[view].slots[i].part != NULL; i++)
    height += views[view].slots[i].height_px;
  return height;
}

/* --- the room of each part --- */

static int
head_height(const HsPictureOptions *options)
{
  if (options->height >= HEAD_MIN_HEIGHT_PX)
    return HEAD_PX;
  return options->height >= LOW_HEAD_MIN_HEIGHT_PX ? LOW_HEAD_PX : 0;
}

static void
lay_out(HsPicture *picture)
{
  const HsPictureOptions *o = &picture->options;
  const Slot *slots = views[o->view].slots;
  int shares = 0, left = o->height - picture->head_px - BOTTOM_PX, y = picture->head_px;
  int gutter = hs_gutter_px(picture->palette);
  for (int i = 0; i < HS_PICTURE_MAX_PANES && slots[i].part != NULL; i++) {
    left -= slots[i].height_px;
    shares += slots[i].share;
  }
  for (int i = 0; i < HS_PICTURE_MAX_PANES && slots[i].part != NULL; i++) {
    HsPicturePane *pane = &picture->panes[picture->n_panes++];
    int height = slots[i].height_px;
    if (slots[i].share > 0)
      height = MAX((int)((int64_t)MAX(left, 0) * slots[i].share / shares), 0);
    bool all = slots[i].part->spans_all;
    pane->part = slots[i].part;
    pane->viewport = (HsViewport){.t0 = all ? picture->span0 : o->visible.t0_ticks,
                                  .t1 = all ? picture->span1 : o->visible.t1_ticks,
                                  .clock = hs_timeline_clock(picture->data.timeline),
                                  .x = gutter,
                                  .y = y,
                                  .width = MAX(o->width - gutter - RIGHT_PX, 0),
                                  .height = MAX(MIN(height, o->height - y), 0),
                                  .scale = o->scale};
    y += height;
  }
}

static bool
make_panes(HsPicture *picture, const int *cancel)
{
  for (unsigned i = 0; i < picture->n_panes; i++) {
    HsPicturePane *pane = &picture->panes[i];
    if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return false;
    if (pane->viewport.height <= 0 || pane->viewport.width <= 0 || pane->part->make == NULL)
      continue;
    pane->made = pane->part->make(picture, &pane->viewport, cancel);
    if (pane->made == NULL)
      return false;
  }
  return true;
}

/* --- the heading --- */

static char *
range_text(const HsPicture *picture)
{
  if (picture->options.view == HS_PICTURE_INSTANT) {
    char moment[HS_FORMAT_MAX];
    int64_t ns = hs_clock_to_ns(hs_timeline_clock(picture->data.timeline), hs_picture_instant(picture));
    return g_strdup_printf(_("at %s"), hs_format_time(moment, sizeof moment, ns));
  }
  HsClock clock = hs_timeline_clock(picture->data.timeline);
  int64_t t0, t1, length;
  char stretch[2 * HS_FORMAT_MAX], duration[HS_FORMAT_MAX];
  t0 = hs_clock_to_ns(clock, picture->options.visible.t0_ticks);
  t1 = hs_clock_to_ns(clock, picture->options.visible.t1_ticks);
  hs_format_stretch(stretch, sizeof stretch, t0, t1);
  if (__builtin_sub_overflow(t1, t0, &length))
    length = INT64_MAX;
  hs_format_duration(duration, sizeof duration, length);
  bool is_all =
      picture->options.visible.t0_ticks == picture->span0 && picture->options.visible.t1_ticks == picture->span1;
  if (is_all)
    return g_strdup_printf(_("whole trace, %s"), duration);
  return g_strdup_printf(_("%s (%s)"), stretch, duration);
}

/* Of the blocks that pass, those begun in what is visible. */
static uint32_t
count_begun(const HsPicture *picture)
{
  HsTimeline *t = picture->data.timeline;
  uint32_t n_rows = picture->data.n_rows, n = hs_row_set_n_rows(picture->data.blocks);
  HsRow first = hs_timeline_row_at(t, picture->options.visible.t0_ticks, n_rows);
  HsRow end = hs_timeline_row_at(t, picture->options.visible.t1_ticks, n_rows);
  uint32_t from = MIN(hs_row_set_count_blocks(t, first), n), to = MIN(hs_row_set_count_blocks(t, end), n);
  return hs_row_set_rank(picture->data.blocks, to) - hs_row_set_rank(picture->data.blocks, from);
}

/* "3.000000 s – 8.600000 s (5.60 s) · size >= 64KiB · 1,234 of 5,678 allocations" */
static char *
subline(const HsPicture *picture)
{
  const HsRowSet *blocks = picture->data.blocks;
  char passing[HS_FORMAT_MAX], all[HS_FORMAT_MAX];
  g_autofree char *range = range_text(picture);
  GString *text = g_string_new(range);
  if (picture->options.selection.t1_ticks > picture->options.selection.t0_ticks &&
      picture->options.view != HS_PICTURE_INSTANT) {
    HsClock clock = hs_timeline_clock(picture->data.timeline);
    char stretch[2 * HS_FORMAT_MAX];
    hs_format_stretch(stretch, sizeof stretch, hs_clock_to_ns(clock, picture->options.selection.t0_ticks),
                      hs_clock_to_ns(clock, picture->options.selection.t1_ticks));
    g_string_append(text, " · ");
    g_string_append_printf(text, _("selection %s"), stretch);
  }
  if (!hs_query_is_empty(picture->query)) {
    g_autofree char *valid = g_utf8_make_valid(hs_query_text(picture->query), -1);
    g_string_append(text, " · ");
    g_string_append(text, g_strdelimit(valid, "\n\r\t", ' '));
  }
  uint32_t n = count_begun(picture);
  hs_format_count(passing, sizeof passing, n);
  hs_format_count(all, sizeof all, hs_row_set_n_rows(blocks));
  g_string_append(text, " · ");
  if (n != hs_row_set_n_rows(blocks))
    g_string_append_printf(text, _("%s of %s allocations"), passing, all);
  else
    g_string_append_printf(text, _("%s allocations"), passing);
  return g_string_free(text, FALSE);
}

static void
paint_head(const HsPicture *picture, cairo_t *cr)
{
  const HsPalette *palette = picture->palette;
  double width = picture->options.width - 2.0 * HEAD_X_PX;
  bool is_low = picture->head_px < HEAD_PX;
  if (picture->head_px == 0 || width <= 0)
    return;
  hs_paint_text(cr, palette, picture->headline, false, true, palette->text, HEAD_X_PX, is_low ? 14 : 18, width, -1);
  if (!is_low)
    hs_paint_text(cr, palette, picture->subline, false, false, palette->dim_text, HEAD_X_PX, 37, width, -1);
}

/* --- the whole --- */

HsMarks
hs_picture_marks(const HsPicture *picture)
{
  const HsPictureOptions *o = &picture->options;
  return (HsMarks){.sel0 = o->selection.t0_ticks,
                   .sel1 = o->selection.t1_ticks,
                   .cursor = o->has_cursor ? o->cursor_ticks : INT64_MIN,
                   .hover = INT64_MIN,
                   .loaded_to = INT64_MAX,
                   .gaps = picture->gaps};
}

HsTimeRange
hs_picture_range(const HsPicture *picture)
{
  const HsPictureOptions *o = &picture->options;
  return o->selection.t1_ticks > o->selection.t0_ticks ? o->selection : o->visible;
}

static void
take_options(HsPicture *picture, const HsPictureOptions *options)
{
  HsPictureOptions *o = &picture->options;
  *o = *options;
  o->scale = MAX(o->scale, 1);
  hs_timeline_span(picture->data.timeline, &picture->span0, &picture->span1);
  o->visible.t0_ticks = MAX(o->visible.t0_ticks, picture->span0);
  o->visible.t1_ticks = MIN(o->visible.t1_ticks, picture->span1);
  if (o->visible.t1_ticks <= o->visible.t0_ticks)
    o->visible = (HsTimeRange){picture->span0, picture->span1};
  o->title = o->file = NULL;
  if (o->map_layout != NULL)
    hs_map_layout_ref(o->map_layout);
  const char *headline = options->title != NULL ? options->title : options->file;
  picture->headline = g_utf8_make_valid(headline != NULL ? headline : "", -1);
  picture->head_px = head_height(o);
}

HsPicture *
hs_picture_new(const HsPictureData *data, const HsPictureOptions *options, const HsPalette *palette, const int *cancel)
{
  g_autoptr(HsPicture) picture = g_new0(HsPicture, 1);
  picture->data = *data;
  hs_timeline_ref(picture->data.timeline);
  hs_row_set_ref(picture->data.rows);
  hs_row_set_ref(picture->data.blocks);
  hs_series_set_ref(picture->data.series);
  picture->query = data->query != NULL ? hs_query_ref((HsQuery *)data->query) : NULL;
  picture->palette = hs_palette_copy(palette);
  picture->gaps = hs_gap_set_new(data->timeline);
  take_options(picture, options);
  picture->subline = subline(picture);
  lay_out(picture);
  return make_panes(picture, cancel) ? g_steal_pointer(&picture) : NULL;
}

void
hs_picture_free(HsPicture *picture)
{
  if (picture == NULL)
    return;
  for (unsigned i = 0; i < picture->n_panes; i++) {
    if (picture->panes[i].made != NULL && picture->panes[i].part->free_made != NULL)
      picture->panes[i].part->free_made(picture->panes[i].made);
  }
  g_clear_pointer(&picture->options.map_layout, hs_map_layout_unref);
  g_clear_pointer(&picture->query, hs_query_unref);
  g_clear_pointer(&picture->gaps, hs_gap_set_free);
  hs_palette_free(picture->palette);
  hs_series_set_unref(picture->data.series);
  hs_row_set_unref(picture->data.blocks);
  hs_row_set_unref(picture->data.rows);
  hs_timeline_unref(picture->data.timeline);
  g_free(picture->headline);
  g_free(picture->subline);
  g_free(picture);
}

void
hs_picture_paint(const HsPicture *picture, cairo_t *cr)
{
  const HsPictureOptions *o = &picture->options;
  cairo_save(cr);
  cairo_rectangle(cr, 0, 0, o->width, o->height);
  cairo_clip(cr);
  hs_color_set(cr, picture->palette->bg);
  cairo_paint(cr);
  paint_head(picture, cr);
  for (unsigned i = 0; i < picture->n_panes; i++) {
    const HsPicturePane *pane = &picture->panes[i];
    if (pane->viewport.height <= 0 || pane->viewport.width <= 0)
      continue;
    cairo_save(cr);
    cairo_rectangle(cr, 0, pane->viewport.y, o->width, pane->viewport.height);
    cairo_clip(cr);
    pane->part->paint(picture, cr, &pane->viewport, pane->made);
    cairo_restore(cr);
  }
  cairo_restore(cr);
}

void
hs_picture_size(const HsPicture *picture, int *width, int *height, int *scale)
{
  *width = picture->options.width;
  *height = picture->options.height;
  *scale = picture->options.scale;
}

const char *
hs_picture_title(const HsPicture *picture)
{
  return picture->headline;
}
