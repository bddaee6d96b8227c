/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-address-map-private.h"
#include "hs-format.h"
#include "hs-hover-card.h"

#define MIN_HEIGHT_PX 60
/* The window's switch between the maps lies over the header's end. */
#define SWITCH_PX 140 /* where the gutter is as narrow as it may be */
/* Title and legend, above the plot. */
#define HEADER_PX 24
/* The address axis is zoomed no deeper than this many bytes. */
#define MIN_WINDOW_BYTES 1024.0
/* A step of the plain wheel or a key moves the address axis by this part of what is visible. */
#define SCROLL_PART 0.1
#define KEY_FACTOR 1.5

static guint axis_changed_signal;

G_DEFINE_FINAL_TYPE(HsAddressMap, hs_address_map, HS_TYPE_TIME_PANE)

/* --- the picture --- */

HsMapWindow
hs_address_map_window(HsAddressMap *self)
{
  if (self->zoomed)
    return self->window;
  return (HsMapWindow){0, self->layout != NULL ? hs_map_layout_span(self->layout) : 1};
}

HsMapColors
hs_address_map_colors(HsAddressMap *self)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsMapColors colors = {hs_document_get_color_by(document), HS_TIME_RANGE_ALL};
  if (colors.by == HS_COLOR_BY_TYPE)
    colors.type_range = hs_document_get_type_range(document);
  return colors;
}

gboolean
hs_address_map_get_window(HsAddressMap *self, HsMapLayout **layout, HsMapWindow *window)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  if (document == NULL || self->layout == NULL || self->layout_rows != hs_document_get_n_rows(document) ||
      self->layout_serial != hs_document_get_filter_serial(document))
    return FALSE;
  *layout = self->layout;
  *window = hs_address_map_window(self);
  return TRUE;
}

static HsMapKey
key_now(HsAddressMap *self, const HsViewport *viewport)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  const HsPalette *palette = hs_time_pane_get_palette(HS_TIME_PANE(self));
  HsMapKey key;
  /* Compared byte by byte. */
  memset(&key, 0, sizeof key);
  key.t0 = viewport->t0;
  key.t1 = viewport->t1;
  key.width = viewport->width;
  key.height = viewport->height;
  key.scale = viewport->scale;
  if (self->zoomed)
    key.window = self->window;
  HsMapColors colors = hs_address_map_colors(self);
  key.colors.by = colors.by;
  key.colors.type_range = colors.type_range;
  key.dark = palette->dark;
  key.base = palette->base;
  key.n_rows = hs_document_get_n_rows(document);
  key.follows = hs_document_follows_span(document);
  key.complete = hs_timeline_complete(hs_document_get_timeline(document));
  return key;
}

static gboolean
same_color(HsColor a, HsColor b)
{
  return a.r == b.r && a.g == b.g && a.b == b.b && a.a == b.a;
}

static gpointer
prepare_picture(gpointer owner)
{
  HsAddressMap *self = owner;
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(HS_TIME_PANE(self), &viewport)) {
    /* Whatever is wanted once there is room again, it was not made yet. */
    self->key_serial = 0;
    return NULL;
  }
  HsMapWish *wish = g_new0(HsMapWish, 1);
  wish->timeline = hs_timeline_ref(hs_document_get_timeline(document));
  wish->blocks = hs_row_set_ref(hs_document_get_block_set(document));
  wish->serial = hs_document_get_filter_serial(document);
  wish->n_rows = hs_document_get_n_rows(document);
  if (self->layout != NULL)
    wish->layout = hs_map_layout_ref(self->layout);
  wish->relayout = self->layout == NULL || self->layout_rows != wish->n_rows || self->layout_serial != wish->serial ||
                   (hs_timeline_complete(wish->timeline) && !hs_map_layout_is_indexed(self->layout));
  wish->zoomed = self->zoomed;
  wish->window = hs_address_map_window(self);
  wish->viewport = viewport;
  wish->viewport.x = wish->viewport.y = 0;
  wish->colors = hs_address_map_colors(self);
  const HsPalette *palette = hs_time_pane_get_palette(HS_TIME_PANE(self));
  if (self->picture != NULL && self->picture_dark == palette->dark && same_color(self->picture_base, palette->base))
    wish->before = hs_map_picture_ref(self->picture);
  wish->palette = hs_palette_copy(palette);
  return wish;
}

static gboolean
same_colors(const HsMapColors *a, const HsMapColors *b)
{
  return a->by == b->by && a->type_range.t0_ticks == b->type_range.t0_ticks &&
         a->type_range.t1_ticks == b->type_range.t1_ticks;
}

/* Keeps a picture that shows all there is, as long as its colours are those of the newest one. */
static void
update_whole(HsAddressMap *self)
{
  int64_t span0, span1;
  hs_document_get_span(hs_time_pane_get_document(HS_TIME_PANE(self)), &span0, &span1);
  const HsMapPicture *picture = self->picture;
  gboolean is_whole = picture->viewport.t0 <= span0 && picture->viewport.t1 >= span1 && picture->window.u0 == 0 &&
                      picture->window.u1 == hs_map_layout_span(self->layout);
  gboolean is_stale = self->whole != NULL &&
                      (self->whole_dark != self->picture_dark || !same_colors(&self->whole->colors, &picture->colors));
  if (is_whole || is_stale)
    g_clear_pointer(&self->whole, hs_map_picture_unref);
  if (!is_whole)
    return;
  self->whole = hs_map_picture_ref(self->picture);
  self->whole_dark = self->picture_dark;
}

/* --- pictures shown before --- */

static void
forget_kept(HsAddressMap *self)
{
  for (guint i = 0; i < HS_MAP_N_KEPT; i++)
    g_clear_pointer(&self->kept[i].picture, hs_map_picture_unref);
}

/* Takes the newest picture among those kept. */
static void
keep_picture(HsAddressMap *self)
{
  HsMapKept *kept = &self->kept[self->next_kept];
  self->next_kept = (self->next_kept + 1) % HS_MAP_N_KEPT;
  g_clear_pointer(&kept->picture, hs_map_picture_unref);
  *kept = (HsMapKept){hs_map_picture_ref(self->picture), self->picture_dark, self->picture_base};
}

static gboolean
is_picture_of(HsAddressMap *self, const HsMapKept *kept, const HsMapKey *key)
{
  const HsMapPicture *picture = kept->picture;
  HsMapWindow window = hs_address_map_window(self);
  return picture != NULL && kept->dark == key->dark && same_color(kept->base, key->base) &&
         picture->viewport.t0 == key->t0 && picture->viewport.t1 == key->t1 && picture->viewport.width == key->width &&
         picture->viewport.height == key->height && picture->viewport.scale == key->scale &&
         picture->window.u0 == window.u0 && picture->window.u1 == window.u1 && picture->n_rows == key->n_rows &&
         same_colors(&picture->colors, &key->colors);
}

static void
show_picture(HsAddressMap *self, HsMapPicture *picture, gboolean dark, HsColor base)
{
  g_clear_pointer(&self->picture, hs_map_picture_unref);
  if (self->older != NULL && (self->picture_dark != dark || !same_colors(&self->older->colors, &picture->colors)))
    g_clear_pointer(&self->older, hs_map_picture_unref);
  self->picture = picture;
  self->picture_dark = dark;
  self->picture_base = base;
  update_whole(self);
  hs_time_pane_invalidate(HS_TIME_PANE(self));
  hs_address_map_probe_again(self);
}

/* Shows what is wanted now if it was made before. */
static gboolean
show_kept(HsAddressMap *self, const HsMapKey *key, guint serial)
{
  if (!key->complete || self->layout == NULL || self->layout_serial != serial || self->layout_rows != key->n_rows ||
      !hs_map_layout_is_indexed(self->layout))
    return FALSE;
  for (guint i = 0; i < HS_MAP_N_KEPT; i++) {
    const HsMapKept *kept = &self->kept[i];
    if (!is_picture_of(self, kept, key))
      continue;
    hs_pane_job_cancel(self->picture_job);
    g_clear_pointer(&self->older, hs_map_picture_unref);
    self->older = g_steal_pointer(&self->picture);
    show_picture(self, hs_map_picture_ref(kept->picture), kept->dark != 0, kept->base);
    return TRUE;
  }
  return FALSE;
}

uint64_t
hs_address_map_memory_bytes(HsAddressMap *self)
{
  return self->layout != NULL ? hs_map_layout_memory_bytes(self->layout) : 0;
}

static void
picture_done(gpointer owner, gpointer request, gpointer result)
{
  HsAddressMap *self = owner;
  HsMapWish *wish = request;
  HsMapMade *made = result;

  g_clear_pointer(&self->older, hs_map_picture_unref);
  if (made->layout == self->layout)
    self->older = g_steal_pointer(&self->picture);
  if (made->layout != self->layout) {
    /* What is visible may have been changed meanwhile; it is meant on the old axis. */
    hs_address_map_stop_glide(self);
    if (self->zoomed && self->layout != NULL)
      self->window = hs_map_carry_window(self->layout, made->layout, self->window);
    if (self->zoomed)
      self->key.window = self->window;
    g_clear_pointer(&self->whole, hs_map_picture_unref);
    forget_kept(self);
    g_clear_pointer(&self->layout, hs_map_layout_unref);
    self->layout = g_steal_pointer(&made->layout);
    g_clear_pointer(&self->layout_blocks, hs_row_set_unref);
    self->layout_blocks = g_steal_pointer(&wish->blocks);
    self->layout_serial = wish->serial;
    self->layout_rows = wish->n_rows;
    g_signal_emit(self, axis_changed_signal, 0);
  }
  show_picture(self, g_steal_pointer(&made->picture), wish->palette->dark, wish->palette->base);
  keep_picture(self);
  hs_map_made_free(made);
}

static const HsPaneJobClass picture_class = {prepare_picture, hs_map_work, picture_done, hs_map_wish_free,
                                             hs_map_made_free};

/* Growth of a loading trace, rather than something the user did, is shown with pauses between. */
static gboolean
is_mere_growth(HsAddressMap *self, const HsMapKey *key)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsMapKey grown = self->key;
  if (hs_loader_outcome(hs_document_get_loader(document)) != HS_LOAD_RUNNING)
    return FALSE;
  grown.n_rows = key->n_rows;
  grown.complete = key->complete;
  if (key->follows) {
    grown.t0 = key->t0;
    grown.t1 = key->t1;
  }
  return memcmp(&grown, key, sizeof grown) == 0;
}

static void
hs_address_map_refresh(HsTimePane *pane)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(pane, &viewport))
    return;
  guint serial = hs_document_get_filter_serial(hs_time_pane_get_document(pane));
  HsMapKey key = key_now(self, &viewport);
  gboolean same_filter = self->key_serial == serial;
  if (same_filter && memcmp(&key, &self->key, sizeof key) == 0)
    return;
  gboolean growth = same_filter && is_mere_growth(self, &key);
  gboolean obsolete =
      !same_filter || memcmp(&key.colors, &self->key.colors, sizeof key.colors) != 0 || key.dark != self->key.dark;
  self->key = key;
  self->key_serial = serial;
  if (growth) {
    hs_pane_job_want_growth(self->picture_job);
    return;
  }
  if (show_kept(self, &key, serial))
    return;
  hs_pane_job_want(self->picture_job, obsolete);
  hs_address_map_probe_again(self);
}

static void
hs_address_map_forget(HsTimePane *pane)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  hs_pane_job_cancel(self->picture_job);
  hs_address_map_stop_glide(self);
  hs_address_map_forget_probes(self);
  g_clear_pointer(&self->layout, hs_map_layout_unref);
  g_clear_pointer(&self->layout_blocks, hs_row_set_unref);
  g_clear_pointer(&self->picture, hs_map_picture_unref);
  g_clear_pointer(&self->whole, hs_map_picture_unref);
  forget_kept(self);
  g_clear_pointer(&self->legend, hs_map_legend_free);
  g_clear_pointer(&self->older, hs_map_picture_unref);
  self->key_serial = 0;
  self->zoomed = FALSE;
}

static gboolean
hs_address_map_is_busy(HsTimePane *pane)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  return hs_pane_job_is_busy(self->picture_job) || hs_address_map_is_probing(self) || self->glide_tick != 0;
}

/* --- painting --- */

/* What shows where the newest picture does not reach: on its way to another range, the one before, if that has more of
 * what is visible on the way. */
static const HsMapPicture *
picture_below(HsAddressMap *self, const HsViewport *viewport)
{
  const HsMapPicture *picture = self->picture, *older = self->older;
  HsMapWindow window = hs_address_map_shown_window(self);
  /* Nothing of it would be seen. */
  if (picture != NULL && picture->viewport.t0 <= viewport->t0 && picture->viewport.t1 >= viewport->t1 &&
      picture->window.u0 <= window.u0 && picture->window.u1 >= window.u1)
    return NULL;
  if (picture != NULL && older != NULL) {
    const HsViewport *p = &picture->viewport, *o = &older->viewport;
    double has = (double)MIN(p->t1, viewport->t1) - (double)MAX(p->t0, viewport->t0);
    double had = (double)MIN(o->t1, viewport->t1) - (double)MAX(o->t0, viewport->t0);
    if (had > has)
      return older;
  }
  return self->whole != picture ? self->whole : NULL;
}

static void
paint_header(HsAddressMap *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  HsColorBy by = hs_document_get_color_by(document);
  g_autofree char *title = g_strdup_printf(_("Address-range map %s"), hs_map_color_title(by));
  g_clear_pointer(&self->legend, hs_map_legend_free);
  self->legend = hs_map_legend_new(hs_document_get_timeline(document), by, palette, hs_document_get_query(document));
  hs_paint_map_legend(cr, palette, title, self->legend, viewport->x, HEADER_PX / 2.0,
                      MAX(viewport->width - SWITCH_PX * hs_gutter_px(palette) / HS_GUTTER_PX, 1), HEADER_PX);
}

static void
hs_address_map_paint(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  paint_header(self, cr, viewport, palette);
  if (self->layout == NULL) {
    hs_color_set(cr, palette->void_);
    cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
    cairo_fill(cr);
    return;
  }
  hs_paint_map_over(cr, viewport, hs_address_map_shown_window(self), palette,
                    hs_document_get_timeline(hs_time_pane_get_document(pane)), self->layout, self->picture,
                    picture_below(self, viewport), NULL);
}

/* The bar of a block, framed so that it stands out of any colour. */
static void
frame_block(HsAddressMap *self, cairo_t *cr, const HsViewport *viewport, HsBlockId block, HsColor inner, HsColor outer)
{
  const HsTimeline *timeline = hs_document_get_timeline(hs_time_pane_get_document(HS_TIME_PANE(self)));
  double x, y, width, height;
  if (self->layout == NULL || block.v == HS_ID_NONE || block.v >= hs_timeline_n_blocks(timeline) ||
      hs_timeline_block_begin(timeline, block) >= self->layout_rows ||
      !hs_map_block_rect(timeline, self->layout, viewport, hs_address_map_shown_window(self), block, self->layout_rows,
                         &x, &y, &width, &height))
    return;
  cairo_save(cr);
  cairo_rectangle(cr, viewport->x, viewport->y, viewport->width, viewport->height);
  cairo_clip(cr);
  x = floor(x);
  y = floor(y);
  width = MAX(ceil(width), 1);
  height = MAX(ceil(height), 1);
  cairo_set_line_width(cr, 1);
  hs_color_set(cr, outer);
  cairo_rectangle(cr, x - 1.5, y - 1.5, width + 3, height + 3);
  cairo_stroke(cr);
  hs_color_set(cr, inner);
  cairo_rectangle(cr, x - 0.5, y - 0.5, width + 1, height + 1);
  cairo_stroke(cr);
  cairo_restore(cr);
}

static void
hs_address_map_paint_over(HsTimePane *pane, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsDocument *document = hs_time_pane_get_document(pane);
  HsBlockId chosen = hs_document_get_block(document);

  frame_block(self, cr, viewport, chosen, palette->text, palette->base);
  if (self->card == NULL || isnan(self->hover_x) || hs_time_pane_is_dragging(pane))
    return;
  if (self->hover_block.v != chosen.v)
    frame_block(self, cr, viewport, self->hover_block, hs_color_alpha(palette->text, 0.6),
                hs_color_alpha(palette->base, 0.6));
  hs_hover_card_paint(self->card, cr, palette, self->hover_x, self->hover_y,
                      gtk_widget_get_allocated_width(GTK_WIDGET(pane)),
                      gtk_widget_get_allocated_height(GTK_WIDGET(pane)));
}

/* --- the address axis --- */

/* `held`: by a hand, which it follows at once. */
static void
set_window(HsAddressMap *self, double u0, double u1, gboolean held)
{
  if (self->layout == NULL)
    return;
  HsMapWindow from = hs_address_map_shown_window(self);
  double span = (double)hs_map_layout_span(self->layout);
  double size = CLAMP(u1 - u0, MIN(MIN_WINDOW_BYTES, span), span);
  /* The length stays the same to the byte while one pans: that is what keeps the grid of cells. */
  uint64_t bytes = (uint64_t)llround(size);
  u0 = CLAMP(u0, 0, span - size);
  self->zoomed = size < span;
  self->window.u0 = (uint64_t)llround(u0);
  self->window.u1 = MIN(self->window.u0 + bytes, hs_map_layout_span(self->layout));
  if (self->window.u1 <= self->window.u0)
    self->zoomed = FALSE;
  if (held)
    hs_address_map_stop_glide(self);
  else
    hs_address_map_glide(self, from);
  hs_address_map_refresh(HS_TIME_PANE(self));
  hs_time_pane_invalidate(HS_TIME_PANE(self));
}

void
hs_address_map_fit_addresses(HsAddressMap *self)
{
  if (self->layout != NULL)
    set_window(self, 0, (double)hs_map_layout_span(self->layout), FALSE);
}

static gboolean
axis_of(HsAddressMap *self, HsViewport *viewport, double *u0, double *per_px)
{
  if (self->layout == NULL || !hs_time_pane_get_viewport(HS_TIME_PANE(self), viewport))
    return FALSE;
  HsMapWindow window = hs_address_map_window(self);
  *u0 = (double)window.u0;
  *per_px = (double)(window.u1 - window.u0) / viewport->height;
  return TRUE;
}

static void
hs_address_map_vertical_zoom(HsTimePane *pane, double y, double factor)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsViewport viewport;
  double u0, per_px;
  if (!axis_of(self, &viewport, &u0, &per_px))
    return;
  double part = CLAMP((y - viewport.y) / viewport.height, 0, 1);
  double size = per_px * viewport.height;
  double anchor = u0 + part * size;
  double least = MIN(MIN_WINDOW_BYTES, (double)hs_map_layout_span(self->layout));
  size = MAX(size * factor, least);
  set_window(self, anchor - part * size, anchor + (1 - part) * size, FALSE);
}

static void
hs_address_map_vertical_begin(HsTimePane *pane)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  self->pan_window = hs_address_map_window(self);
}

static void
hs_address_map_vertical_pan(HsTimePane *pane, double dy_px)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsViewport viewport;
  double u0, per_px;
  if (!self->zoomed || !axis_of(self, &viewport, &u0, &per_px))
    return;
  double from0 = (double)self->pan_window.u0, from1 = (double)self->pan_window.u1;
  set_window(self, from0 - dy_px * per_px, from1 - dy_px * per_px, TRUE);
}

static void
hs_address_map_vertical_range(HsTimePane *pane, double y0, double y1)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsViewport viewport;
  double u0, per_px;
  if (axis_of(self, &viewport, &u0, &per_px) && (y0 > viewport.y || y1 < viewport.y + viewport.height))
    set_window(self, u0 + (y0 - viewport.y) * per_px, u0 + (y1 - viewport.y) * per_px, FALSE);
}

static gboolean
hs_address_map_vertical_scroll(HsTimePane *pane, double steps)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  if (!self->zoomed)
    return FALSE;
  double shift = steps * SCROLL_PART * (double)(self->window.u1 - self->window.u0);
  set_window(self, (double)self->window.u0 + shift, (double)self->window.u1 + shift, FALSE);
  return TRUE;
}

/* A block chosen elsewhere is brought into the visible addresses. */
static void
hs_address_map_chosen(HsTimePane *pane)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  HsTimeline *timeline = hs_document_get_timeline(hs_time_pane_get_document(pane));
  HsBlockId id = hs_document_get_block(hs_time_pane_get_document(pane));
  if (!self->zoomed || id.v == HS_ID_NONE || hs_timeline_block_begin(timeline, id) >= self->layout_rows)
    return;
  HsBlock block;
  hs_timeline_block(timeline, id, self->layout_rows, &block);
  uint64_t u = hs_map_layout_u(self->layout, hs_timeline_heap(timeline, block.heap)->process, block.address);
  if (u == UINT64_MAX || (u >= self->window.u0 && u < self->window.u1))
    return;
  double half = (double)(self->window.u1 - self->window.u0) / 2;
  set_window(self, (double)u - half, (double)u + half, FALSE);
}

void
hs_address_map_center_block(HsAddressMap *self)
{
  HsDocument *document = hs_time_pane_get_document(HS_TIME_PANE(self));
  /* Memory at one instant is shown in its place. */
  if (document == NULL)
    return;
  HsTimeline *timeline = hs_document_get_timeline(document);
  HsBlockId id = hs_document_get_block(document);
  if (!self->zoomed || self->layout == NULL || id.v == HS_ID_NONE ||
      hs_timeline_block_begin(timeline, id) >= self->layout_rows)
    return;
  HsBlock block;
  hs_timeline_block(timeline, id, self->layout_rows, &block);
  uint64_t u = hs_map_layout_u(self->layout, hs_timeline_heap(timeline, block.heap)->process, block.address);
  if (u == UINT64_MAX)
    return;
  double middle = (double)u + (double)MIN(block.size, self->window.u1 - self->window.u0) / 2;
  double half = (double)(self->window.u1 - self->window.u0) / 2;
  set_window(self, middle - half, middle + half, FALSE);
}

/* Types are relative to the selection. */
static void
hs_address_map_selected(HsTimePane *pane)
{
  if (hs_document_get_color_by(hs_time_pane_get_document(pane)) == HS_COLOR_BY_TYPE)
    hs_address_map_refresh(pane);
}

/* The legend shows what is wanted. */
static void
hs_address_map_filter_wanted(HsTimePane *pane)
{
  hs_time_pane_invalidate(pane);
}

static gboolean
hs_address_map_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsTimePane *pane = HS_TIME_PANE(widget);
  gboolean control = (event->state & gtk_accelerator_get_default_mod_mask()) == GDK_CONTROL_MASK;
  gboolean up = event->keyval == GDK_KEY_Page_Up || event->keyval == GDK_KEY_KP_Page_Up;
  gboolean down = event->keyval == GDK_KEY_Page_Down || event->keyval == GDK_KEY_KP_Page_Down;
  double middle = gtk_widget_get_allocated_height(widget) / 2.0;

  if ((up || down) && control) {
    hs_address_map_vertical_zoom(pane, middle, up ? 1 / KEY_FACTOR : KEY_FACTOR);
    return GDK_EVENT_STOP;
  }
  if ((up || down) && hs_address_map_vertical_scroll(pane, (up ? -0.9 : 0.9) / SCROLL_PART))
    return GDK_EVENT_STOP;
  return GTK_WIDGET_CLASS(hs_address_map_parent_class)->key_press_event(widget, event);
}

static char *
hs_address_map_describe(HsTimePane *pane, HsDocument *document)
{
  HsAddressMap *self = HS_ADDRESS_MAP(pane);
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX], blocks[HS_FORMAT_MAX];
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  uint32_t n_bands = self->layout != NULL ? hs_map_layout_n_bands(self->layout) : 0;
  int64_t t0, t1;
  hs_document_get_range(document, &t0, &t1);
  hs_format_time(from, sizeof from, hs_clock_to_ns(clock, t0));
  hs_format_time(to, sizeof to, hs_clock_to_ns(clock, t1));
  hs_format_count(blocks, sizeof blocks, hs_timeline_n_blocks(hs_document_get_timeline(document)));
  const char *colors = hs_map_color_title(hs_document_get_color_by(document));
  return g_strdup_printf(
      g_dngettext(GETTEXT_PACKAGE, "From %s to %s; %u range of addresses; the trace holds %s blocks; coloured %s.",
                  "From %s to %s; %u ranges of addresses; the trace holds %s blocks; coloured %s.", n_bands),
      from, to, n_bands, blocks, colors);
}

/* --- GObject --- */

static void
hs_address_map_dispose(GObject *object)
{
  HsAddressMap *self = HS_ADDRESS_MAP(object);
  if (self->picture_job != NULL) {
    hs_time_pane_cancel_drag(HS_TIME_PANE(self));
    hs_address_map_forget(HS_TIME_PANE(self));
  }
  g_clear_pointer(&self->picture_job, hs_pane_job_free);
  hs_address_map_free_probes(self);
  G_OBJECT_CLASS(hs_address_map_parent_class)->dispose(object);
}

static void
hs_address_map_class_init(HsAddressMapClass *klass)
{
  HsTimePaneClass *pane_class = HS_TIME_PANE_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_address_map_dispose;
  GTK_WIDGET_CLASS(klass)->key_press_event = hs_address_map_key_press;
  pane_class->paint = hs_address_map_paint;
  pane_class->paint_over = hs_address_map_paint_over;
  pane_class->refresh = hs_address_map_refresh;
  pane_class->forget = hs_address_map_forget;
  pane_class->is_busy = hs_address_map_is_busy;
  pane_class->margin_top_px = HEADER_PX;
  pane_class->clicked = hs_address_map_clicked;
  pane_class->cursor_name = hs_address_map_cursor_name;
  pane_class->selected = hs_address_map_selected;
  pane_class->filter_wanted = hs_address_map_filter_wanted;
  pane_class->hovered = hs_address_map_hovered;
  pane_class->chosen = hs_address_map_chosen;
  pane_class->context_menu = hs_address_map_context_menu;
  pane_class->vertical_zoom = hs_address_map_vertical_zoom;
  pane_class->vertical_begin = hs_address_map_vertical_begin;
  pane_class->vertical_pan = hs_address_map_vertical_pan;
  pane_class->vertical_range = hs_address_map_vertical_range;
  pane_class->vertical_scroll = hs_address_map_vertical_scroll;
  pane_class->describe = hs_address_map_describe;
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "addressmap");
  axis_changed_signal =
      g_signal_new("axis-changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hs_address_map_init(HsAddressMap *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->picture_job = hs_pane_job_new(&picture_class, self);
  hs_address_map_init_probes(self);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, -1, MIN_HEIGHT_PX);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Address-range map"));
}
