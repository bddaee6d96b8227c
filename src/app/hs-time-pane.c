/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-pane-input.h"
#include "hs-pane-wheel.h"
#include "hs-time-pane-accessible.h"
#include "hs-time-pane.h"

/* Right of every plot, so that its last label and its edge have room. */
#define RIGHT_PX 8
/* Screen readers are told what is shown once it has been still for this long. */
#define DESCRIBE_DELAY_MS 400

typedef struct {
  HsDocument *document;
  HsPalette palette;
  gboolean palette_valid;
  /* What paint() made, and the surface it made the picture before on: the display may still be reading that. */
  cairo_surface_t *content, *old_content;
  gboolean content_valid;
  int content_width, content_height;
  HsViewport content_at;
  int mark_px[3]; /* where selection and cursor were last drawn; −1 = nowhere */
  HsPaneInput *input;
  HsPaneWheel *wheel;
  GtkWidget *menu;
  guint describe_source;
  int hover_line_x; /* where the pointer's line was last wanted; −1 = nowhere */
} HsTimePanePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(HsTimePane, hs_time_pane, GTK_TYPE_DRAWING_AREA)

static HsTimePanePrivate *
priv_of(HsTimePane *self)
{
  return hs_time_pane_get_instance_private(self);
}

/* --- accessible --- */

static gboolean
describe(gpointer data)
{
  HsTimePane *self = data;
  HsTimePanePrivate *priv = priv_of(self);
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  g_autofree char *text = NULL;

  priv->describe_source = 0;
  if (priv->document != NULL && klass->describe != NULL)
    text = klass->describe(self, priv->document);
  hs_time_pane_accessible_describe(self, text);
  hs_time_pane_accessible_value_changed(self);
  return G_SOURCE_REMOVE;
}

static void
describe_later(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  g_clear_handle_id(&priv->describe_source, g_source_remove);
  priv->describe_source = g_timeout_add_full(G_PRIORITY_LOW, DESCRIBE_DELAY_MS, describe, self, NULL);
}

/* --- palette and viewport --- */

const HsPalette *
hs_time_pane_get_palette(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  if (!priv->palette_valid) {
    hs_palette_from_widget(&priv->palette, GTK_WIDGET(self));
    priv->palette_valid = TRUE;
  }
  return &priv->palette;
}

gboolean
hs_time_pane_get_viewport(HsTimePane *self, HsViewport *viewport)
{
  HsTimePanePrivate *priv = priv_of(self);
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  GtkWidget *widget = GTK_WIDGET(self);

  if (priv->document == NULL || !gtk_widget_get_realized(widget))
    return FALSE;
  int gutter = hs_gutter_px(hs_time_pane_get_palette(self));
  *viewport = (HsViewport){
      .clock = hs_timeline_clock(hs_document_get_timeline(priv->document)),
      .x = gutter,
      .y = klass->margin_top_px,
      .width = gtk_widget_get_allocated_width(widget) - gutter - RIGHT_PX,
      .height = gtk_widget_get_allocated_height(widget) - klass->margin_top_px - klass->margin_bottom_px,
      .scale = MAX(gtk_widget_get_scale_factor(widget), 1),
  };
  if (klass->get_range != NULL)
    klass->get_range(self, priv->document, &viewport->t0, &viewport->t1);
  else
    hs_document_get_range(priv->document, &viewport->t0, &viewport->t1);
  return viewport->width > 0 && viewport->height > 0 && viewport->t1 > viewport->t0;
}

/* The same as it is drawn just now. */
static gboolean
get_drawn_viewport(HsTimePane *self, HsViewport *viewport)
{
  if (!hs_time_pane_get_viewport(self, viewport))
    return FALSE;
  if (HS_TIME_PANE_GET_CLASS(self)->get_range == NULL)
    hs_document_get_shown_range(priv_of(self)->document, &viewport->t0, &viewport->t1);
  return viewport->t1 > viewport->t0;
}

/* --- changes --- */

void
hs_time_pane_invalidate(HsTimePane *self)
{
  priv_of(self)->content_valid = FALSE;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* What was painted of another range is found out when it is drawn. */
static void
on_range_changed(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);

  /* Being disposed of: the theme may still speak. */
  if (priv->input == NULL)
    return;
  if (klass->refresh != NULL)
    klass->refresh(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  describe_later(self);
}

static void
refresh(HsTimePane *self)
{
  if (priv_of(self)->input == NULL)
    return;
  hs_time_pane_invalidate(self);
  on_range_changed(self);
}

/* Pixels of the selection's edges and of the cursor. */
static void
find_marks(HsTimePane *self, int px[3])
{
  HsDocument *document = priv_of(self)->document;
  int64_t ticks[3] = {INT64_MIN, INT64_MIN, hs_document_get_cursor(document)};
  HsViewport viewport;
  px[0] = px[1] = px[2] = -1;
  if (!get_drawn_viewport(self, &viewport))
    return;
  (void)hs_document_get_selection(document, &ticks[0], &ticks[1]);
  for (int i = 0; i < 3; i++) {
    if (ticks[i] != INT64_MIN)
      px[i] = (int)hs_viewport_x(&viewport, ticks[i]);
  }
}

/* An edge that is dragged changes no more than what it passes over. */
static void
on_selection_changed(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  GtkWidget *widget = GTK_WIDGET(self);
  int px[3], height = gtk_widget_get_allocated_height(widget);
  if (priv->input == NULL)
    return;
  describe_later(self);
  if (HS_TIME_PANE_GET_CLASS(self)->selected != NULL)
    HS_TIME_PANE_GET_CLASS(self)->selected(self);
  find_marks(self, px);
  gboolean appears = (px[0] < 0) != (priv->mark_px[0] < 0);
  if (HS_TIME_PANE_GET_CLASS(self)->paints_selection)
    hs_time_pane_invalidate(self);
  else if (appears)
    gtk_widget_queue_draw(widget);
  for (int i = 0; i < 3; i++) {
    int old = priv->mark_px[i] < 0 ? px[i] : priv->mark_px[i], new = px[i] < 0 ? old : px[i];
    if (px[i] != priv->mark_px[i])
      gtk_widget_queue_draw_area(widget, MIN(old, new) - 2, 0, abs(new - old) + 5, height);
    priv->mark_px[i] = px[i];
  }
}

/* The pointer's line moves with every motion in every pane: only where it was and is, is drawn anew. */
static void
on_hover_changed(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  GtkWidget *widget = GTK_WIDGET(self);
  int64_t hover = hs_document_get_hover(priv->document);
  HsViewport viewport;
  if (!get_drawn_viewport(self, &viewport)) {
    gtk_widget_queue_draw(widget);
    return;
  }
  int height = gtk_widget_get_allocated_height(widget);
  if (priv->hover_line_x >= 0)
    gtk_widget_queue_draw_area(widget, priv->hover_line_x - 2, 0, 5, height);
  priv->hover_line_x = hover != INT64_MIN ? (int)hs_viewport_x(&viewport, hover) : -1;
  if (priv->hover_line_x >= 0)
    gtk_widget_queue_draw_area(widget, priv->hover_line_x - 2, 0, 5, height);
}

static void
on_choice_changed(HsTimePane *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  if (klass->chosen != NULL)
    klass->chosen(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
on_places_changed(HsTimePane *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  if (klass->places_changed != NULL)
    klass->places_changed(self);
  if (klass->paints_selection)
    hs_time_pane_invalidate(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
on_filter_changed(HsTimePane *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  if (klass->filter_wanted != NULL)
    klass->filter_wanted(self);
}

static void
connect_document(HsTimePane *self)
{
  static const char *const renewing[] = {"data-changed", "display-changed", "loading-changed"};
  HsDocument *document = priv_of(self)->document;

  for (guint i = 0; i < G_N_ELEMENTS(renewing); i++)
    g_signal_connect_object(document, renewing[i], G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "range-changed", G_CALLBACK(on_range_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "shown-changed", G_CALLBACK(gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "selection-changed", G_CALLBACK(on_selection_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "filter-changed", G_CALLBACK(on_filter_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "places-changed", G_CALLBACK(on_places_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "choice-changed", G_CALLBACK(on_choice_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(document, "hover-changed", G_CALLBACK(on_hover_changed), self, G_CONNECT_SWAPPED);
}

void
hs_time_pane_set_document(HsTimePane *self, HsDocument *document)
{
  HsTimePanePrivate *priv = priv_of(self);
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);

  if (priv->document == document)
    return;
  hs_time_pane_cancel_drag(self);
  if (priv->document != NULL)
    g_signal_handlers_disconnect_by_data(priv->document, self);
  g_set_object(&priv->document, document);
  if (document != NULL)
    connect_document(self);
  if (klass->forget != NULL)
    klass->forget(self);
  refresh(self);
}

HsDocument *
hs_time_pane_get_document(HsTimePane *self)
{
  return priv_of(self)->document;
}

gboolean
hs_time_pane_is_busy(HsTimePane *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  if (priv_of(self)->document != NULL && hs_document_is_gliding(priv_of(self)->document))
    return TRUE;
  return klass->is_busy != NULL && klass->is_busy(self);
}

gboolean
hs_time_pane_is_dragging(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  return priv->input != NULL && hs_pane_input_is_dragging(priv->input);
}

void
hs_time_pane_cancel_drag(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);
  if (priv->input != NULL)
    hs_pane_input_cancel(priv->input);
}

/* --- drawing --- */

static void
clear_content(HsTimePanePrivate *priv)
{
  g_clear_pointer(&priv->content, cairo_surface_destroy);
  g_clear_pointer(&priv->old_content, cairo_surface_destroy);
  priv->content_valid = FALSE;
}

static void
paint_ground(HsTimePane *self, cairo_t *cr)
{
  const HsPalette *palette = hs_time_pane_get_palette(self);
  hs_color_set(cr, HS_TIME_PANE_GET_CLASS(self)->on_window_ground ? palette->bg : palette->base);
  cairo_paint(cr);
}

/* The ground around the plot; painters lay that of the plot: at a large size a fill costs a millisecond. */
static void
paint_margins(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, int width, int height)
{
  double right = viewport->x + viewport->width, bottom = viewport->y + viewport->height;
  cairo_save(cr);
  cairo_rectangle(cr, 0, 0, width, viewport->y);
  cairo_rectangle(cr, 0, bottom, width, height - bottom);
  cairo_rectangle(cr, 0, viewport->y, viewport->x, viewport->height);
  cairo_rectangle(cr, right, viewport->y, width - right, viewport->height);
  cairo_clip(cr);
  paint_ground(self, cr);
  cairo_restore(cr);
}

/* A surface to paint the content anew on. */
static void
renew_content(HsTimePane *self, const HsViewport *viewport, int width, int height)
{
  HsTimePanePrivate *priv = priv_of(self);
  if (priv->content_width != width || priv->content_height != height || priv->content_at.scale != viewport->scale)
    clear_content(priv);
  cairo_surface_t *surface = g_steal_pointer(&priv->old_content);
  /* The image kind takes its size in device pixels. */
  if (surface == NULL)
    surface =
        gdk_window_create_similar_image_surface(gtk_widget_get_window(GTK_WIDGET(self)), CAIRO_FORMAT_RGB24,
                                                width * viewport->scale, height * viewport->scale, viewport->scale);
  priv->old_content = priv->content;
  priv->content = surface;
  priv->content_width = width;
  priv->content_height = height;
  priv->content_at = *viewport;
  priv->content_valid = TRUE;
}

static void
paint_content(HsTimePane *self, cairo_t *cr, const HsViewport *viewport)
{
  HsTimePanePrivate *priv = priv_of(self);
  GtkWidget *widget = GTK_WIDGET(self);
  int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);

  if (!priv->content_valid || priv->content_width != width || priv->content_height != height ||
      priv->content_at.scale != viewport->scale || priv->content_at.t0 != viewport->t0 ||
      priv->content_at.t1 != viewport->t1) {
    renew_content(self, viewport, width, height);
    cairo_t *content = cairo_create(priv->content);
    paint_margins(self, content, viewport, width, height);
    HS_TIME_PANE_GET_CLASS(self)->paint(self, content, viewport, hs_time_pane_get_palette(self));
    cairo_destroy(content);
  }
  cairo_save(cr);
  cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
  cairo_set_source_surface(cr, priv->content, 0, 0);
  cairo_paint(cr);
  cairo_restore(cr);
}

static void
paint_band(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  cairo_rectangle_t band;
  if (!hs_pane_input_get_band(priv_of(self)->input, viewport, &band))
    return;
  double x = floor(band.x), y = floor(band.y), width = ceil(band.width), height = ceil(band.height);
  hs_color_set(cr, hs_color_alpha(palette->selection, 0.15));
  cairo_rectangle(cr, x, y, width, height);
  cairo_fill(cr);
  if (width < 2 || height < 2)
    return;
  hs_color_set(cr, palette->selection);
  cairo_set_line_width(cr, 1);
  cairo_rectangle(cr, x + 0.5, y + 0.5, width - 1, height - 1);
  cairo_stroke(cr);
}

static void
paint_plot(HsTimePane *self, cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);

  HsMarks marks = hs_document_get_marks(priv_of(self)->document);
  find_marks(self, priv_of(self)->mark_px);
  paint_content(self, cr, viewport);
  if (klass->paint_marks != NULL)
    klass->paint_marks(self, cr, viewport, palette, &marks);
  else
    hs_paint_marks(cr, viewport, palette, &marks);
  paint_band(self, cr, viewport, palette);
  if (klass->paint_over != NULL)
    klass->paint_over(self, cr, viewport, palette);
}

static gboolean
hs_time_pane_draw(GtkWidget *widget, cairo_t *cr)
{
  HsTimePane *self = HS_TIME_PANE(widget);
  const HsPalette *palette = hs_time_pane_get_palette(self);
  HsViewport viewport;

  if (!get_drawn_viewport(self, &viewport) || HS_TIME_PANE_GET_CLASS(self)->paint == NULL)
    paint_ground(self, cr);
  else
    paint_plot(self, cr, &viewport, palette);
  if (gtk_widget_has_visible_focus(widget))
    gtk_render_focus(gtk_widget_get_style_context(widget), cr, 1, 1, gtk_widget_get_allocated_width(widget) - 2,
                     gtk_widget_get_allocated_height(widget) - 2);
  return GDK_EVENT_STOP;
}

/* --- menu --- */

static gboolean
detach_menu(gpointer data)
{
  gtk_widget_destroy(data);
  g_object_unref(data);
  return G_SOURCE_REMOVE;
}

static void
on_menu_done(GtkMenuShell *menu, gpointer data)
{
  /* Later: the chosen item is activated after this. */
  g_idle_add(detach_menu, g_object_ref(menu));
}

void
hs_time_pane_popup(HsTimePane *self, GMenuModel *model, const GdkEvent *event)
{
  HsTimePanePrivate *priv = priv_of(self);

  if (g_menu_model_get_n_items(model) == 0 || !gtk_widget_get_realized(GTK_WIDGET(self)))
    return;
  if (priv->menu != NULL)
    gtk_widget_destroy(priv->menu);
  g_set_weak_pointer(&priv->menu, gtk_menu_new_from_model(model));
  gtk_menu_attach_to_widget(GTK_MENU(priv->menu), GTK_WIDGET(self), NULL);
  g_signal_connect(priv->menu, "selection-done", G_CALLBACK(on_menu_done), NULL);
  if (event != NULL && event->type == GDK_BUTTON_RELEASE)
    gtk_menu_popup_at_pointer(GTK_MENU(priv->menu), event);
  else
    gtk_menu_popup_at_widget(GTK_MENU(priv->menu), GTK_WIDGET(self), GDK_GRAVITY_CENTER, GDK_GRAVITY_NORTH, event);
}

static gboolean
hs_time_pane_popup_menu(GtkWidget *widget)
{
  HsTimePane *self = HS_TIME_PANE(widget);
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self);
  HsViewport viewport;

  if (klass->context_menu == NULL || !hs_time_pane_get_viewport(self, &viewport))
    return FALSE;
  /* At the time cursor if it is in view: that is where the keyboard is. */
  int64_t cursor = hs_document_get_cursor(priv_of(self)->document);
  double x = viewport.x + viewport.width / 2.0;
  if (cursor >= viewport.t0 && cursor < viewport.t1)
    x = hs_viewport_x(&viewport, cursor);
  g_autoptr(GdkEvent) event = gtk_get_current_event();
  klass->context_menu(self, x, viewport.y + viewport.height / 2.0, event);
  return TRUE;
}

/* --- GtkWidget, GObject --- */

static void
hs_time_pane_size_allocate(GtkWidget *widget, GtkAllocation *allocation)
{
  GtkAllocation old;
  gtk_widget_get_allocation(widget, &old);
  GTK_WIDGET_CLASS(hs_time_pane_parent_class)->size_allocate(widget, allocation);
  if (old.width != allocation->width || old.height != allocation->height)
    refresh(HS_TIME_PANE(widget));
}

static void
hs_time_pane_realize(GtkWidget *widget)
{
  GTK_WIDGET_CLASS(hs_time_pane_parent_class)->realize(widget);
  refresh(HS_TIME_PANE(widget));
}

static void
hs_time_pane_unrealize(GtkWidget *widget)
{
  clear_content(priv_of(HS_TIME_PANE(widget)));
  GTK_WIDGET_CLASS(hs_time_pane_parent_class)->unrealize(widget);
}

static void
on_style_changed(HsTimePane *self)
{
  priv_of(self)->palette_valid = FALSE;
  refresh(self);
}

static void
hs_time_pane_dispose(GObject *object)
{
  HsTimePane *self = HS_TIME_PANE(object);
  HsTimePanePrivate *priv = priv_of(self);

  g_clear_pointer(&priv->input, hs_pane_input_free);
  g_clear_pointer(&priv->wheel, hs_pane_wheel_free);
  if (priv->document != NULL)
    g_signal_handlers_disconnect_by_data(priv->document, self);
  g_clear_object(&priv->document);
  if (priv->menu != NULL)
    gtk_widget_destroy(priv->menu);
  g_clear_weak_pointer(&priv->menu);
  g_clear_handle_id(&priv->describe_source, g_source_remove);
  clear_content(priv);
  G_OBJECT_CLASS(hs_time_pane_parent_class)->dispose(object);
}

static void
hs_time_pane_finalize(GObject *object)
{
  hs_palette_clear(&priv_of(HS_TIME_PANE(object))->palette);
  G_OBJECT_CLASS(hs_time_pane_parent_class)->finalize(object);
}

static void
hs_time_pane_class_init(HsTimePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  object_class->dispose = hs_time_pane_dispose;
  object_class->finalize = hs_time_pane_finalize;
  widget_class->draw = hs_time_pane_draw;
  widget_class->size_allocate = hs_time_pane_size_allocate;
  widget_class->realize = hs_time_pane_realize;
  widget_class->unrealize = hs_time_pane_unrealize;
  widget_class->popup_menu = hs_time_pane_popup_menu;
  gtk_widget_class_set_accessible_type(widget_class, hs_time_pane_accessible_get_type());
  gtk_widget_class_set_css_name(widget_class, "timepane");
}

static void
hs_time_pane_init(HsTimePane *self)
{
  HsTimePanePrivate *priv = priv_of(self);

  priv->hover_line_x = -1;
  priv->mark_px[0] = priv->mark_px[1] = priv->mark_px[2] = -1;
  priv->input = hs_pane_input_new(self);
  priv->wheel = hs_pane_wheel_new(self);
  g_signal_connect(self, "style-updated", G_CALLBACK(on_style_changed), NULL);
  g_signal_connect(self, "notify::scale-factor", G_CALLBACK(refresh), NULL);
}
