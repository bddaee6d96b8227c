/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "hs-instant-area-private.h"

#define MIN_HEIGHT_PX 60
/* While the trace loads, the blocks are put in order anew after so many times what that took. */
#define REST_A_MAKE 3
#define LEAST_REST_US (500 * G_TIME_SPAN_MILLISECOND)
/* Screen readers are told what is shown once it has been still for this long. */
#define DESCRIBE_DELAY_MS 400

G_DEFINE_FINAL_TYPE(HsInstantArea, hs_instant_area, GTK_TYPE_DRAWING_AREA)

static guint picture_changed;

/* --- what is to be shown --- */

int64_t
hs_instant_of_document(HsDocument *document)
{
  int64_t t0, t1, peak = INT64_MIN, cursor = hs_document_get_cursor(document);
  if (cursor != INT64_MIN)
    return cursor;
  hs_document_get_range(document, &t0, &t1);
  hs_series_peak(hs_document_get_series(document), HS_MEASURE_BYTES, t0, t1, &peak);
  return peak != INT64_MIN ? CLAMP(peak, t0, t1 - 1) : t1 - 1;
}

const HsPalette *
hs_instant_area_palette(HsInstantArea *self)
{
  if (!self->palette_valid) {
    hs_palette_from_widget(&self->palette, GTK_WIDGET(self));
    self->palette_valid = TRUE;
  }
  return &self->palette;
}

static HsInstantKey
key_now(HsInstantArea *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  const HsPalette *palette = hs_instant_area_palette(self);
  HsInstantKey key;
  /* Compared byte by byte. */
  memset(&key, 0, sizeof key);
  key.ticks = hs_instant_of_document(self->document);
  key.top_px = (int64_t)gtk_adjustment_get_value(self->adjustment);
  key.base = palette->base;
  key.width = gtk_widget_get_allocated_width(widget);
  key.height = gtk_widget_get_allocated_height(widget);
  key.scale = gtk_widget_get_scale_factor(widget);
  key.colors.by = hs_document_get_color_by(self->document);
  if (key.colors.by == HS_COLOR_BY_TYPE)
    key.colors.type_range = hs_document_get_type_range(self->document);
  key.dark = palette->dark;
  key.row_shift = self->row_shift;
  key.heap = self->heap.v;
  key.n_rows = hs_document_get_n_rows(self->document);
  key.serial = hs_document_get_filter_serial(self->document);
  return key;
}

/* A widget is realized before it is given its room. */
static gboolean
has_room(HsInstantArea *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  return gtk_widget_get_realized(widget) && gtk_widget_get_allocated_height(widget) > 1;
}

/* Whether the blocks are to be put in order (again): that takes long, so not whenever a few more are loaded. */
static gboolean
wants_order(HsInstantArea *self)
{
  if (self->instant == NULL)
    return TRUE;
  if (hs_instant_n_rows(self->instant) == hs_document_get_n_rows(self->document))
    return FALSE;
  gint64 rest_us = MAX(REST_A_MAKE * self->make_us, LEAST_REST_US);
  return hs_loader_outcome(hs_document_get_loader(self->document)) != HS_LOAD_RUNNING ||
         g_get_monotonic_time() - self->made_at_us >= rest_us;
}

/* The lines are those of the picture shown: nothing that they depend on has changed. */
static gboolean
same_lines(const HsInstantKey *a, const HsInstantKey *b)
{
  return a->row_shift == b->row_shift && a->heap == b->heap && a->serial == b->serial &&
         (a->row_shift != HS_SPACE_AUTO || a->height == b->height);
}

static gpointer
prepare(gpointer owner)
{
  HsInstantArea *self = owner;
  if (self->document == NULL || !has_room(self))
    return NULL;
  HsInstantKey key = key_now(self);
  self->key = key;
  HsInstantWish *wish = g_new0(HsInstantWish, 1);
  wish->timeline = hs_timeline_ref(hs_document_get_timeline(self->document));
  wish->blocks = hs_row_set_ref(hs_document_get_block_set(self->document));
  wish->n_rows = key.n_rows;
  if (!wants_order(self)) {
    wish->instant = hs_instant_ref(self->instant);
    if (self->picture != NULL && same_lines(&key, &self->shown))
      wish->layout = hs_space_layout_ref(self->picture->layout);
  }
  wish->heap = self->heap;
  wish->ticks = key.ticks;
  wish->row_shift = key.row_shift;
  wish->serial = key.serial;
  wish->width = key.width;
  wish->height = key.height;
  wish->scale = key.scale;
  wish->top_px = key.top_px;
  wish->reveal = self->reveal;
  self->reveal.v = HS_ID_NONE;
  wish->colors = key.colors;
  wish->palette = hs_palette_copy(hs_instant_area_palette(self));
  return wish;
}

static void
invalidate(HsInstantArea *self)
{
  g_clear_pointer(&self->content, cairo_surface_destroy);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static gboolean
describe(gpointer data)
{
  HsInstantArea *self = data;
  self->describe_source = 0;
  hs_instant_area_value_changed(self);
  return G_SOURCE_REMOVE;
}

static void
place_adjustment(HsInstantArea *self, gboolean moved)
{
  const HsSpaceView *view = &self->picture->view;
  double value = moved ? (double)view->top_px : gtk_adjustment_get_value(self->adjustment);
  double upper = (double)hs_space_layout_height(self->picture->layout, view->line_px);
  self->adjusting = TRUE;
  gtk_adjustment_configure(self->adjustment, value, 0, MAX(upper, view->height), view->line_px,
                           MAX(view->height - view->line_px, 1), view->height);
  self->adjusting = FALSE;
}

static void
done(gpointer owner, gpointer request, gpointer result)
{
  HsInstantArea *self = owner;
  const HsInstantWish *wish = request;
  HsInstantMade *made = result;
  if (made->make_us > 0) {
    self->make_us = made->make_us;
    self->made_at_us = g_get_monotonic_time();
  }
  g_clear_pointer(&self->instant, hs_instant_unref);
  self->instant = g_steal_pointer(&made->instant);
  g_clear_pointer(&self->picture, hs_space_picture_unref);
  self->picture = g_steal_pointer(&made->picture);
  hs_instant_made_free(made);
  /* Unless one has scrolled on meanwhile, one is where the picture is. */
  gboolean moved = (int64_t)gtk_adjustment_get_value(self->adjustment) == wish->top_px;
  place_adjustment(self, moved);
  self->shown = (HsInstantKey){
      .row_shift = wish->row_shift, .heap = wish->heap.v, .serial = wish->serial, .height = wish->height};
  if (moved && self->key.top_px == wish->top_px)
    self->key.top_px = (int64_t)gtk_adjustment_get_value(self->adjustment);
  self->shown.n_rows = hs_instant_n_rows(self->instant);
  invalidate(self);
  g_signal_emit(self, picture_changed, 0);
  hs_instant_area_probe_again(self);
  g_clear_handle_id(&self->describe_source, g_source_remove);
  self->describe_source = g_timeout_add_full(G_PRIORITY_LOW, DESCRIBE_DELAY_MS, describe, self, NULL);
  if (self->shown.n_rows != hs_document_get_n_rows(self->document))
    hs_pane_job_want_growth(self->job);
}

static const HsPaneJobClass job_class = {prepare, hs_instant_work, done, hs_instant_wish_free, hs_instant_made_free};

static void
refresh(HsInstantArea *self)
{
  if (self->document == NULL || self->job == NULL || !has_room(self))
    return;
  HsInstantKey key = key_now(self), grown = self->key;
  if (memcmp(&key, &self->key, sizeof key) == 0)
    return;
  gboolean obsolete = key.serial != self->key.serial || key.heap != self->key.heap;
  grown.n_rows = key.n_rows;
  gboolean growth = self->instant != NULL && memcmp(&grown, &key, sizeof key) == 0;
  self->key = key;
  if (growth)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, obsolete);
}

static void
forget(HsInstantArea *self)
{
  hs_pane_job_cancel(self->job);
  hs_instant_area_forget_probes(self);
  g_clear_pointer(&self->instant, hs_instant_unref);
  g_clear_pointer(&self->picture, hs_space_picture_unref);
  memset(&self->key, 0, sizeof self->key);
  self->make_us = 0;
  self->heap.v = HS_ID_NONE;
  self->reveal.v = HS_ID_NONE;
  invalidate(self);
}

/* --- following --- */

/* Whether the row of a block is wholly in view. */
static gboolean
is_in_view(HsInstantArea *self, HsBlockId block)
{
  const HsTimeline *t = hs_document_get_timeline(self->document);
  HsSpaceView view;
  if (!hs_instant_area_view(self, &view))
    return FALSE;
  HsHeapId heap = hs_timeline_row_heap(t, hs_timeline_block_begin(t, block));
  HsProcessId process = hs_timeline_heap(t, heap)->process;
  return hs_space_view_reveal(&view, self->picture->layout, process, hs_timeline_block_address(t, block)) ==
         view.top_px;
}

/* A block chosen elsewhere is brought into view. */
static void
on_choice_changed(HsInstantArea *self)
{
  HsBlockId block = hs_document_get_block(self->document);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (block.v == HS_ID_NONE || block.v >= hs_timeline_n_blocks(hs_document_get_timeline(self->document)) ||
      is_in_view(self, block))
    return;
  self->reveal = block;
  hs_pane_job_want(self->job, FALSE);
}

static void
connect_document(HsInstantArea *self)
{
  static const char *const renewing[] = {"range-changed", "data-changed", "display-changed", "loading-changed",
                                         "selection-changed"};
  for (guint i = 0; i < G_N_ELEMENTS(renewing); i++)
    g_signal_connect_object(self->document, renewing[i], G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->document, "choice-changed", G_CALLBACK(on_choice_changed), self, G_CONNECT_SWAPPED);
}

void
hs_instant_area_set_document(HsInstantArea *self, HsDocument *document)
{
  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  forget(self);
  if (document != NULL)
    connect_document(self);
  refresh(self);
}

GtkAdjustment *
hs_instant_area_get_adjustment(HsInstantArea *self)
{
  return self->adjustment;
}

void
hs_instant_area_set_row_shift(HsInstantArea *self, unsigned row_shift)
{
  self->row_shift = row_shift;
  refresh(self);
}

unsigned
hs_instant_area_get_row_shift(HsInstantArea *self)
{
  return self->row_shift;
}

void
hs_instant_area_set_heap(HsInstantArea *self, HsHeapId heap)
{
  self->heap = heap;
  refresh(self);
}

HsHeapId
hs_instant_area_get_heap(HsInstantArea *self)
{
  return self->heap;
}

const HsSpacePicture *
hs_instant_area_get_picture(HsInstantArea *self)
{
  return self->picture;
}

gboolean
hs_instant_area_is_busy(HsInstantArea *self)
{
  return hs_pane_job_is_busy(self->job) || hs_instant_area_is_probing(self);
}

void
hs_instant_area_act(HsInstantArea *self, const char *action, GVariant *target)
{
  g_autoptr(GVariant) owned = target != NULL ? g_variant_ref_sink(target) : NULL;
  GActionGroup *actions = gtk_widget_get_action_group(GTK_WIDGET(self), "win");
  if (actions != NULL)
    g_action_group_activate_action(actions, action, owned);
}

/* --- drawing --- */

gboolean
hs_instant_area_view(HsInstantArea *self, HsSpaceView *view)
{
  GtkWidget *widget = GTK_WIDGET(self);
  if (self->picture == NULL || self->document == NULL)
    return FALSE;
  *view = hs_space_view(self->picture->layout, gtk_widget_get_allocated_width(widget),
                        gtk_widget_get_allocated_height(widget), gtk_widget_get_scale_factor(widget),
                        (int64_t)gtk_adjustment_get_value(self->adjustment));
  return TRUE;
}

static void
paint_content(HsInstantArea *self, cairo_t *cr)
{
  GtkWidget *widget = GTK_WIDGET(self);
  int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);
  int scale = gtk_widget_get_scale_factor(widget);
  if (self->content != NULL && self->content_scale != scale)
    g_clear_pointer(&self->content, cairo_surface_destroy);
  if (self->content == NULL) {
    /* The image kind takes its size in device pixels. */
    self->content = gdk_window_create_similar_image_surface(gtk_widget_get_window(widget), CAIRO_FORMAT_RGB24,
                                                            width * scale, height * scale, scale);
    self->content_scale = scale;
    HsSpaceView view = hs_space_view(NULL, width, height, scale, 0);
    HsTimeline *timeline = self->document != NULL ? hs_document_get_timeline(self->document) : NULL;
    (void)hs_instant_area_view(self, &view);
    cairo_t *content = cairo_create(self->content);
    hs_paint_space(content, &view, hs_instant_area_palette(self), timeline, self->picture);
    cairo_destroy(content);
  }
  cairo_set_source_surface(cr, self->content, 0, 0);
  cairo_paint(cr);
}

static void
frame_block(HsInstantArea *self, cairo_t *cr, const HsSpaceView *view, HsBlockId id)
{
  const HsTimeline *t = hs_document_get_timeline(self->document);
  const HsPalette *palette = hs_instant_area_palette(self);
  uint64_t begin, end;
  HsBlock block;
  if (id.v == HS_ID_NONE || id.v >= hs_timeline_n_blocks(t))
    return;
  hs_timeline_block(t, id, hs_document_get_n_rows(self->document), &block);
  if (block.heap.v == HS_ID_NONE)
    return;
  hs_instant_extent(block.address, block.size, &begin, &end);
  /* While it does not live, its place is only hinted at. */
  gboolean lives = block.begin_ticks <= self->picture->ticks && self->picture->ticks < block.end_ticks;
  hs_paint_space_frame(cr, view, self->picture->layout, hs_timeline_heap(t, block.heap)->process, begin, end,
                       lives ? palette->text : hs_color_alpha(palette->text, 0.35),
                       lives ? palette->base : hs_color_alpha(palette->base, 0.35));
}

static gboolean
hs_instant_area_draw(GtkWidget *widget, cairo_t *cr)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  const HsPalette *palette = hs_instant_area_palette(self);
  HsSpaceView view;
  int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);
  paint_content(self, cr);
  if (hs_instant_area_view(self, &view)) {
    frame_block(self, cr, &view, hs_document_get_block(self->document));
    if (self->card != NULL && !isnan(self->hover_x)) {
      hs_paint_space_frame(cr, &view, self->picture->layout, self->hover.process, self->hover.begin, self->hover.end,
                           hs_color_alpha(palette->text, 0.6), hs_color_alpha(palette->base, 0.6));
      hs_hover_card_paint(self->card, cr, palette, self->hover_x, self->hover_y, width, height);
    }
  }
  if (gtk_widget_has_visible_focus(widget))
    gtk_render_focus(gtk_widget_get_style_context(widget), cr, 1, 1, width - 2, height - 2);
  return GDK_EVENT_PROPAGATE;
}

/* --- widget --- */

static void
hs_instant_area_size_allocate(GtkWidget *widget, GtkAllocation *allocation)
{
  GTK_WIDGET_CLASS(hs_instant_area_parent_class)->size_allocate(widget, allocation);
  invalidate(HS_INSTANT_AREA(widget));
  refresh(HS_INSTANT_AREA(widget));
}

static void
hs_instant_area_realize(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_instant_area_parent_class)->realize(widget);
  refresh(HS_INSTANT_AREA(widget));
}

static void
hs_instant_area_style_updated(GtkWidget *widget)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  GTK_WIDGET_CLASS(hs_instant_area_parent_class)->style_updated(widget);
  self->palette_valid = FALSE;
  if (self->job == NULL)
    return;
  invalidate(self);
  refresh(self);
}

static void
on_scale_changed(HsInstantArea *self)
{
  invalidate(self);
  refresh(self);
}

static void
on_scrolled(HsInstantArea *self)
{
  if (self->adjusting)
    return;
  invalidate(self);
  refresh(self);
}

static void
hs_instant_area_dispose(GObject *object)
{
  HsInstantArea *self = HS_INSTANT_AREA(object);
  if (self->job != NULL) {
    hs_instant_area_set_document(self, NULL);
    forget(self);
    hs_instant_area_free_probes(self);
  }
  g_clear_pointer(&self->job, hs_pane_job_free);
  g_clear_handle_id(&self->describe_source, g_source_remove);
  g_clear_pointer(&self->content, cairo_surface_destroy);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data(self->adjustment, self);
  g_clear_object(&self->adjustment);
  G_OBJECT_CLASS(hs_instant_area_parent_class)->dispose(object);
}

static void
hs_instant_area_finalize(GObject *object)
{
  hs_palette_clear(&HS_INSTANT_AREA(object)->palette);
  G_OBJECT_CLASS(hs_instant_area_parent_class)->finalize(object);
}

static void
hs_instant_area_class_init(HsInstantAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = hs_instant_area_dispose;
  G_OBJECT_CLASS(klass)->finalize = hs_instant_area_finalize;
  widget_class->draw = hs_instant_area_draw;
  widget_class->size_allocate = hs_instant_area_size_allocate;
  widget_class->realize = hs_instant_area_realize;
  widget_class->style_updated = hs_instant_area_style_updated;
  hs_instant_area_class_init_input(widget_class);
  picture_changed =
      g_signal_new("picture-changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name(widget_class, "instantmap");
  gtk_widget_class_set_accessible_type(widget_class, hs_instant_area_accessible_get_type());
}

static void
hs_instant_area_init(HsInstantArea *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  self->heap.v = HS_ID_NONE;
  self->reveal.v = HS_ID_NONE;
  self->adjustment = g_object_ref_sink(gtk_adjustment_new(0, 0, 1, 1, 1, 1));
  g_signal_connect_swapped(self->adjustment, "value-changed", G_CALLBACK(on_scrolled), self);
  self->job = hs_pane_job_new(&job_class, self);
  hs_instant_area_init_probes(self);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, -1, MIN_HEIGHT_PX);
  gtk_widget_add_events(widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK |
                                    GDK_LEAVE_NOTIFY_MASK | GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK |
                                    GDK_KEY_PRESS_MASK | GDK_FOCUS_CHANGE_MASK);
  g_signal_connect(self, "notify::scale-factor", G_CALLBACK(on_scale_changed), NULL);
  atk_object_set_name(gtk_widget_get_accessible(widget), _("Memory at one instant"));
}

uint64_t
hs_instant_area_memory_bytes(HsInstantArea *self)
{
  return self->instant != NULL ? hs_instant_memory_bytes(self->instant) : 0;
}
