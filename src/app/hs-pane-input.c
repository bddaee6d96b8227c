/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-pane-input.h"

/* A press is a click until the pointer has moved this far. */
#define DRAG_THRESHOLD_PX 4
/* An edge of the selection is grabbed from this near. */
#define EDGE_PX 4
/* And the line of the time cursor from this near. */
#define CURSOR_PX 3
#define BUTTON_BACK 8
#define BUTTON_FORWARD 9

typedef enum {
  HS_DRAG_NONE,
  HS_DRAG_PRESSED, /* a button is down; click or drag is not decided yet */
  HS_DRAG_SELECT,
  HS_DRAG_CURSOR, /* the time cursor by its line */
  HS_DRAG_PAN,
  HS_DRAG_BAND,
  HS_DRAG_PANE, /* the pane's own */
} HsDragKind;

struct _HsPaneInput {
  HsTimePane *pane;
  HsDragKind kind;
  guint button;
  double x0, y0;       /* of the press */
  double x, y;         /* of the pointer */
  double threshold;    /* to tell a drag from a click */
  HsViewport at;       /* the plot at the press */
  int64_t anchor;      /* ticks: the end of the selection that stays */
  int64_t old0, old1;  /* the selection before; empty if none */
  int64_t old_cursor;  /* the time cursor before */
  gboolean on_cursor;  /* the press was on its line */
  gboolean moved;      /* a pan has begun to move */
  gboolean remembered; /* the range before it is on the history */
  GtkWidget *toplevel;
  gulong key_handler;
  const char *cursor; /* name of the shape set now, static; NULL = the usual one */
};

static HsDocument *
document_of(const HsPaneInput *self)
{
  return hs_time_pane_get_document(self->pane);
}

static int64_t
ticks_at(const HsViewport *viewport, double x)
{
  return CLAMP(hs_viewport_ticks(viewport, CLAMP(x, viewport->x, viewport->x + viewport->width)), viewport->t0,
               viewport->t1);
}

/* 0 or 1 if x is at that edge of the selection, else −1. */
static int
edge_at(const HsPaneInput *self, const HsViewport *viewport, double x)
{
  int64_t sel[2];
  int best = -1;
  double best_distance = EDGE_PX;
  if (!hs_document_get_selection(document_of(self), &sel[0], &sel[1]))
    return -1;
  for (int i = 0; i < 2; i++) {
    double distance = fabs(hs_viewport_x(viewport, sel[i]) - x);
    gboolean visible = sel[i] >= viewport->t0 && sel[i] <= viewport->t1;
    if (visible && distance <= best_distance) {
      best = i;
      best_distance = distance;
    }
  }
  return best;
}

/* Whether x is on the line of the time cursor. */
static gboolean
is_on_cursor(const HsPaneInput *self, const HsViewport *viewport, double x)
{
  int64_t cursor = hs_document_get_cursor(document_of(self));
  return cursor >= viewport->t0 && cursor <= viewport->t1 && fabs(hs_viewport_x(viewport, cursor) - x) <= CURSOR_PX;
}

/* The shape of the pointer over what can be dragged in all panes but those that take every drag. */
static const char *
shape_at(const HsPaneInput *self, double x)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsViewport viewport;
  if ((klass->drag_begin != NULL && klass->get_range != NULL) || !hs_time_pane_get_viewport(self->pane, &viewport))
    return NULL;
  if (edge_at(self, &viewport, x) >= 0)
    return "ew-resize";
  return is_on_cursor(self, &viewport, x) ? "col-resize" : NULL;
}

static void
set_cursor(HsPaneInput *self, const char *name)
{
  GdkWindow *window = gtk_widget_get_window(GTK_WIDGET(self->pane));
  if (window == NULL || g_strcmp0(name, self->cursor) == 0)
    return;
  self->cursor = name;
  g_autoptr(GdkCursor) cursor = name != NULL ? gdk_cursor_new_from_name(gdk_window_get_display(window), name) : NULL;
  gdk_window_set_cursor(window, cursor);
}

static void
update_cursor(HsPaneInput *self, double x, double y)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  const char *name = NULL;
  if (self->kind == HS_DRAG_PAN)
    name = "grabbing";
  else if (self->kind == HS_DRAG_SELECT)
    name = "ew-resize";
  else if (self->kind == HS_DRAG_CURSOR)
    name = "col-resize";
  else if (self->kind == HS_DRAG_PANE)
    return;
  else if (klass->cursor_name != NULL)
    name = klass->cursor_name(self->pane, x, y);
  set_cursor(self, name != NULL ? name : shape_at(self, x));
}

/* --- beginning and end --- */

static void
stop(HsPaneInput *self)
{
  self->kind = HS_DRAG_NONE;
  if (self->key_handler != 0 && self->toplevel != NULL)
    g_signal_handler_disconnect(self->toplevel, self->key_handler);
  self->key_handler = 0;
  g_clear_weak_pointer(&self->toplevel);
  gtk_widget_queue_draw(GTK_WIDGET(self->pane));
}

void
hs_pane_input_cancel(HsPaneInput *self)
{
  HsDragKind kind = self->kind;
  HsDocument *document = document_of(self);
  if (kind == HS_DRAG_NONE)
    return;
  stop(self);
  if (kind == HS_DRAG_PANE)
    HS_TIME_PANE_GET_CLASS(self->pane)->drag_end(self->pane, self->x, self->y, TRUE);
  if (document == NULL)
    return;
  if (kind == HS_DRAG_SELECT)
    hs_document_select(document, self->old0, self->old1);
  else if (kind == HS_DRAG_CURSOR)
    hs_document_set_cursor(document, self->old_cursor);
  else if (kind == HS_DRAG_PAN && self->moved) {
    HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
    hs_document_set_range(document, self->at.t0, self->at.t1, FALSE);
    if (klass->vertical_pan != NULL)
      klass->vertical_pan(self->pane, 0);
  }
  update_cursor(self, self->x, self->y);
}

/* Connected to the window while a button is down: its accelerators would take Escape before the pane sees it. */
static gboolean
on_window_key(GtkWidget *window, GdkEventKey *event, HsPaneInput *self)
{
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  hs_pane_input_cancel(self);
  return GDK_EVENT_STOP;
}

static void
start(HsPaneInput *self, HsDragKind kind, const GdkEventButton *event)
{
  self->kind = kind;
  self->button = event->button;
  self->x0 = self->x = event->x;
  self->y0 = self->y = event->y;
  self->threshold = DRAG_THRESHOLD_PX;
  self->moved = self->remembered = FALSE;
  self->old0 = self->old1 = 0;
  self->old_cursor = hs_document_get_cursor(document_of(self));
  self->on_cursor = FALSE;
  hs_document_get_selection(document_of(self), &self->old0, &self->old1);
  g_set_weak_pointer(&self->toplevel, gtk_widget_get_toplevel(GTK_WIDGET(self->pane)));
  if (self->toplevel != NULL)
    self->key_handler = g_signal_connect(self->toplevel, "key-press-event", G_CALLBACK(on_window_key), self);
}

/* --- drags --- */

static void
update_selection(HsPaneInput *self)
{
  HsViewport viewport;
  if (!hs_time_pane_get_viewport(self->pane, &viewport))
    return;
  int64_t t = ticks_at(&viewport, self->x);
  hs_document_select(document_of(self), MIN(t, self->anchor), MAX(t, self->anchor));
}

static void
update_cursor_drag(HsPaneInput *self)
{
  HsViewport viewport;
  if (hs_time_pane_get_viewport(self->pane, &viewport))
    hs_document_set_cursor(document_of(self), ticks_at(&viewport, self->x));
}

static void
update_pan(HsPaneInput *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsDocument *document = document_of(self);
  if (!self->moved && klass->vertical_begin != NULL)
    klass->vertical_begin(self->pane);
  self->moved = TRUE;
  /* Always from where the drag began: roundings do not add up, and what the limits held back comes again. */
  int64_t span0, span1, t0 = self->at.t0, t1 = self->at.t1;
  double ticks = (self->x0 - self->x) * hs_viewport_ticks_per_px(&self->at);
  hs_document_get_span(document, &span0, &span1);
  hs_viewport_pan((int64_t)llround(ticks), span0, span1, &t0, &t1);
  if (!self->remembered && (t0 != self->at.t0 || t1 != self->at.t1)) {
    hs_document_remember_range(document);
    self->remembered = TRUE;
  }
  hs_document_set_range(document, t0, t1, FALSE);
  if (klass->vertical_pan != NULL)
    klass->vertical_pan(self->pane, self->y - self->y0);
}

static void
finish_band(HsPaneInput *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsViewport viewport;
  cairo_rectangle_t band;
  if (!hs_time_pane_get_viewport(self->pane, &viewport) || !hs_pane_input_get_band(self, &viewport, &band))
    return;
  int64_t t0 = ticks_at(&viewport, band.x), t1 = ticks_at(&viewport, band.x + band.width);
  if (band.width >= DRAG_THRESHOLD_PX && t1 > t0)
    hs_document_set_range(document_of(self), t0, t1, TRUE);
  if (klass->vertical_range != NULL && band.height >= DRAG_THRESHOLD_PX)
    klass->vertical_range(self->pane, band.y, band.y + band.height);
}

gboolean
hs_pane_input_get_band(const HsPaneInput *self, const HsViewport *viewport, cairo_rectangle_t *band)
{
  if (self->kind != HS_DRAG_BAND)
    return FALSE;
  double left = viewport->x, top = viewport->y;
  double x0 = CLAMP(MIN(self->x0, self->x), left, left + viewport->width);
  double x1 = CLAMP(MAX(self->x0, self->x), left, left + viewport->width);
  double y0 = CLAMP(MIN(self->y0, self->y), top, top + viewport->height);
  double y1 = CLAMP(MAX(self->y0, self->y), top, top + viewport->height);
  /* A band drawn level is meant for time alone, one drawn upright for the vertical axis alone. */
  gboolean vertical = HS_TIME_PANE_GET_CLASS(self->pane)->vertical_range != NULL;
  if (!vertical || y1 - y0 < DRAG_THRESHOLD_PX * 2) {
    y0 = top;
    y1 = top + viewport->height;
  } else if (x1 - x0 < DRAG_THRESHOLD_PX * 2) {
    x0 = left;
    x1 = left + viewport->width;
  }
  *band = (cairo_rectangle_t){x0, y0, x1 - x0, y1 - y0};
  return TRUE;
}

/* --- events --- */

static gboolean
press_left(HsPaneInput *self, const GdkEventButton *event, const HsViewport *viewport)
{
  HsDocument *document = document_of(self);
  GdkModifierType mods = event->state & gtk_accelerator_get_default_mod_mask();
  int64_t t = ticks_at(viewport, event->x);
  int64_t sel0, sel1;
  gboolean selected = hs_document_get_selection(document, &sel0, &sel1);
  int edge = edge_at(self, viewport, event->x);

  start(self, mods & GDK_CONTROL_MASK ? HS_DRAG_PAN : HS_DRAG_PRESSED, event);
  self->anchor = t;
  if (self->kind == HS_DRAG_PAN)
    return GDK_EVENT_STOP;
  if (mods & GDK_SHIFT_MASK) {
    int64_t cursor = hs_document_get_cursor(document);
    if (selected)
      self->anchor = (double)t - (double)sel0 < (double)sel1 - (double)t ? sel1 : sel0;
    else if (cursor != INT64_MIN)
      self->anchor = cursor;
    self->kind = HS_DRAG_SELECT;
    update_selection(self);
  } else if (edge >= 0) {
    self->anchor = edge == 0 ? sel1 : sel0;
    self->threshold = 1;
  } else if (is_on_cursor(self, viewport, event->x)) {
    self->on_cursor = TRUE;
    self->threshold = 1;
  }
  return GDK_EVENT_STOP;
}

static gboolean
double_click(HsPaneInput *self, const GdkEventButton *event, const HsViewport *viewport)
{
  HsDocument *document = document_of(self);
  int64_t sel0, sel1, t = ticks_at(viewport, event->x);
  if (event->button != GDK_BUTTON_PRIMARY || !hs_document_get_selection(document, &sel0, &sel1) || t < sel0 ||
      t >= sel1)
    return GDK_EVENT_STOP;
  hs_pane_input_cancel(self);
  hs_document_set_range(document, sel0, sel1, TRUE);
  return GDK_EVENT_STOP;
}

static gboolean
on_press(GtkWidget *widget, GdkEventButton *event, HsPaneInput *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsViewport viewport;

  if (gtk_widget_get_can_focus(widget) && !gtk_widget_has_focus(widget))
    gtk_widget_grab_focus(widget);
  if (!hs_time_pane_get_viewport(self->pane, &viewport))
    return GDK_EVENT_PROPAGATE;
  /* What takes over every drag has no use for a second click. */
  if (event->type == GDK_2BUTTON_PRESS && self->kind != HS_DRAG_PANE)
    return double_click(self, event, &viewport);
  if (event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_STOP;
  if (self->kind != HS_DRAG_NONE) {
    /* A second button during a drag means: not that. */
    hs_pane_input_cancel(self);
    return GDK_EVENT_STOP;
  }
  self->at = viewport;
  if (klass->drag_begin != NULL && klass->drag_begin(self->pane, event->x, event->y, event->button, event->state)) {
    start(self, HS_DRAG_PANE, event);
    return GDK_EVENT_STOP;
  }
  switch (event->button) {
  case GDK_BUTTON_PRIMARY:
    return press_left(self, event, &viewport);
  case GDK_BUTTON_MIDDLE:
    start(self, HS_DRAG_PAN, event);
    return GDK_EVENT_STOP;
  case GDK_BUTTON_SECONDARY:
    start(self, HS_DRAG_PRESSED, event);
    return GDK_EVENT_STOP;
  case BUTTON_BACK:
    hs_document_go_back(document_of(self));
    return GDK_EVENT_STOP;
  case BUTTON_FORWARD:
    hs_document_go_forward(document_of(self));
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
update_drag(HsPaneInput *self)
{
  if (self->kind == HS_DRAG_PRESSED && hypot(self->x - self->x0, self->y - self->y0) >= self->threshold)
    self->kind = self->button != GDK_BUTTON_PRIMARY ? HS_DRAG_BAND : self->on_cursor ? HS_DRAG_CURSOR : HS_DRAG_SELECT;
  if (self->kind == HS_DRAG_SELECT)
    update_selection(self);
  else if (self->kind == HS_DRAG_CURSOR)
    update_cursor_drag(self);
  else if (self->kind == HS_DRAG_PAN && (self->moved || self->x != self->x0 || self->y != self->y0))
    update_pan(self);
  else if (self->kind == HS_DRAG_BAND)
    gtk_widget_queue_draw(GTK_WIDGET(self->pane));
  else if (self->kind == HS_DRAG_PANE)
    HS_TIME_PANE_GET_CLASS(self->pane)->drag_update(self->pane, self->x, self->y);
}

static void
hover(HsPaneInput *self, double x, double y)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsDocument *document = document_of(self);
  HsViewport viewport;
  if (document == NULL)
    return;
  gboolean inside = !isnan(x) && hs_time_pane_get_viewport(self->pane, &viewport) && x >= viewport.x &&
                    x < viewport.x + viewport.width;
  hs_document_set_hover(document, inside ? ticks_at(&viewport, x) : INT64_MIN);
  if (klass->hovered != NULL)
    klass->hovered(self->pane, inside ? x : NAN, inside ? y : NAN);
}

static gboolean
on_motion(GtkWidget *widget, GdkEventMotion *event, HsPaneInput *self)
{
  if (document_of(self) == NULL)
    return GDK_EVENT_PROPAGATE;
  self->x = event->x;
  self->y = event->y;
  if (self->kind != HS_DRAG_NONE)
    update_drag(self);
  update_cursor(self, event->x, event->y);
  hover(self, event->x, event->y);
  return GDK_EVENT_STOP;
}

static void
click(HsPaneInput *self, const GdkEventButton *event)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  HsViewport viewport;
  if (event->button == GDK_BUTTON_SECONDARY) {
    if (klass->context_menu != NULL)
      klass->context_menu(self->pane, event->x, event->y, (const GdkEvent *)event);
    return;
  }
  if (klass->clicked != NULL && klass->clicked(self->pane, event->x, event->y, event->button, event->state))
    return;
  if (hs_time_pane_get_viewport(self->pane, &viewport) && event->x >= viewport.x &&
      event->x <= viewport.x + viewport.width)
    hs_document_set_cursor(document_of(self), ticks_at(&viewport, event->x));
}

static gboolean
on_release(GtkWidget *widget, GdkEventButton *event, HsPaneInput *self)
{
  if (self->kind == HS_DRAG_NONE || event->button != self->button || document_of(self) == NULL)
    return GDK_EVENT_PROPAGATE;
  self->x = event->x;
  self->y = event->y;
  update_drag(self);
  HsDragKind kind = self->kind;
  if (kind == HS_DRAG_BAND)
    finish_band(self);
  stop(self);
  if (kind == HS_DRAG_PANE)
    HS_TIME_PANE_GET_CLASS(self->pane)->drag_end(self->pane, event->x, event->y, FALSE);
  else if (kind == HS_DRAG_PRESSED)
    click(self, event);
  update_cursor(self, event->x, event->y);
  /* The leave of a pointer that was dragged out came while it still belonged to the pane. */
  if (event->x < 0 || event->x >= gtk_widget_get_allocated_width(widget) || event->y < 0 ||
      event->y >= gtk_widget_get_allocated_height(widget))
    hover(self, NAN, NAN);
  return GDK_EVENT_STOP;
}

static gboolean
on_leave(GtkWidget *widget, GdkEventCrossing *event, HsPaneInput *self)
{
  /* While a button is down the pointer still belongs to the pane. */
  if (self->kind == HS_DRAG_NONE)
    hover(self, NAN, NAN);
  return GDK_EVENT_PROPAGATE;
}

static void
on_unmap(GtkWidget *widget, HsPaneInput *self)
{
  hs_pane_input_cancel(self);
  hover(self, NAN, NAN);
}

static gboolean
on_grab_broken(GtkWidget *widget, GdkEventGrabBroken *event, HsPaneInput *self)
{
  hs_pane_input_cancel(self);
  return GDK_EVENT_PROPAGATE;
}

gboolean
hs_pane_input_is_dragging(const HsPaneInput *self)
{
  return self->kind != HS_DRAG_NONE && self->kind != HS_DRAG_PRESSED;
}

static void
on_unrealize(GtkWidget *widget, HsPaneInput *self)
{
  /* The shape went with the window. */
  self->cursor = NULL;
}

HsPaneInput *
hs_pane_input_new(HsTimePane *pane)
{
  HsPaneInput *self = g_new0(HsPaneInput, 1);
  self->pane = pane;
  gtk_widget_add_events(GTK_WIDGET(pane), GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK |
                                              GDK_LEAVE_NOTIFY_MASK);
  g_signal_connect(pane, "button-press-event", G_CALLBACK(on_press), self);
  g_signal_connect(pane, "button-release-event", G_CALLBACK(on_release), self);
  g_signal_connect(pane, "motion-notify-event", G_CALLBACK(on_motion), self);
  g_signal_connect(pane, "leave-notify-event", G_CALLBACK(on_leave), self);
  g_signal_connect(pane, "grab-broken-event", G_CALLBACK(on_grab_broken), self);
  g_signal_connect(pane, "unmap", G_CALLBACK(on_unmap), self);
  g_signal_connect(pane, "unrealize", G_CALLBACK(on_unrealize), self);
  return self;
}

void
hs_pane_input_free(HsPaneInput *self)
{
  g_signal_handlers_disconnect_by_data(self->pane, self);
  hs_pane_input_cancel(self);
  g_free(self);
}
