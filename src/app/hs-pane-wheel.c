/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-pane-wheel.h"

/* One step of the wheel zooms by this. */
#define STEP_FACTOR 1.25
/* No device turns further between two events. */
#define MAX_STEPS 8.0
/* Steps nearer to each other than this are one zoom in the history. */
#define BURST_US (500 * 1000)
/* A zoom goes no deeper than this many ticks. */
#define MIN_ZOOM_TICKS 10

struct _HsPaneWheel {
  HsTimePane *pane;
  GtkGesture *pinch;
  gint64 last_us;      /* monotonic: the last step */
  gboolean remembered; /* the range before this burst or pinch is on the history */
  double pan_rest;     /* ticks that steps of less than one tick have gathered */
  HsViewport pinch_at; /* when the pinch began */
  gboolean pinching;
};

/* The pane's plot as if it showed the visible range: differs from its own in the overview. */
static gboolean
visible_viewport(HsPaneWheel *self, HsViewport *visible, double *x)
{
  HsViewport own;
  if (!hs_time_pane_get_viewport(self->pane, &own))
    return FALSE;
  *visible = own;
  hs_document_get_range(hs_time_pane_get_document(self->pane), &visible->t0, &visible->t1);
  if (visible->t0 != own.t0 || visible->t1 != own.t1)
    *x = hs_viewport_x(visible, CLAMP(hs_viewport_ticks(&own, *x), visible->t0, visible->t1));
  *x = CLAMP(*x, visible->x, visible->x + visible->width);
  return TRUE;
}

/* Whether a step begins a new row of steps. */
static gboolean
begins_burst(HsPaneWheel *self)
{
  gint64 now = g_get_monotonic_time();
  gboolean begins = self->last_us == 0 || now - self->last_us > BURST_US;
  self->last_us = now;
  if (begins)
    self->remembered = FALSE;
  return begins;
}

/* Shows a range; the one before the first change of a burst or pinch goes on the history. */
static void
show_range(HsPaneWheel *self, int64_t t0, int64_t t1, gboolean jumps)
{
  HsDocument *document = hs_time_pane_get_document(self->pane);
  int64_t old0, old1;
  hs_document_get_range(document, &old0, &old1);
  if (t0 == old0 && t1 == old1)
    return;
  if (!self->remembered)
    hs_document_remember_range(document);
  self->remembered = TRUE;
  if (jumps)
    hs_document_jump_range(document, t0, t1);
  else
    hs_document_set_range(document, t0, t1, FALSE);
}

static void
zoom_about(HsPaneWheel *self, const HsViewport *viewport, double x, double factor, gboolean jumps)
{
  int64_t span0, span1, t0 = viewport->t0, t1 = viewport->t1;
  hs_document_get_span(hs_time_pane_get_document(self->pane), &span0, &span1);
  hs_viewport_zoom(viewport, x, factor, span0, span1, MIN_ZOOM_TICKS, &t0, &t1);
  show_range(self, t0, t1, jumps);
}

/* A wheel turns by whole steps; a finger on a touchpad by parts of them, which are smooth already. */
static gboolean
is_notch(double steps)
{
  return steps == rint(steps);
}

static void
zoom_by_steps(HsPaneWheel *self, double x, double steps)
{
  HsViewport viewport;
  if (!visible_viewport(self, &viewport, &x))
    return;
  begins_burst(self);
  zoom_about(self, &viewport, x, pow(STEP_FACTOR, steps), is_notch(steps));
}

static void
pan_by_steps(HsPaneWheel *self, double steps)
{
  HsViewport viewport;
  double x = 0;
  if (!visible_viewport(self, &viewport, &x))
    return;
  if (begins_burst(self))
    self->pan_rest = 0;
  /* The distance a scrolled window of this width would move. */
  double px = steps * pow(viewport.width, 2.0 / 3);
  double ticks = px * hs_viewport_ticks_per_px(&viewport) + self->pan_rest;
  double whole = trunc(ticks);
  self->pan_rest = ticks - whole;
  int64_t span0, span1, t0 = viewport.t0, t1 = viewport.t1;
  hs_document_get_span(hs_time_pane_get_document(self->pane), &span0, &span1);
  hs_viewport_pan((int64_t)whole, span0, span1, &t0, &t1);
  show_range(self, t0, t1, is_notch(steps));
}

static void
get_steps(const GdkEventScroll *event, double *dx, double *dy)
{
  *dx = *dy = 0;
  switch (event->direction) {
  case GDK_SCROLL_UP:
    *dy = -1;
    break;
  case GDK_SCROLL_DOWN:
    *dy = 1;
    break;
  case GDK_SCROLL_LEFT:
    *dx = -1;
    break;
  case GDK_SCROLL_RIGHT:
    *dx = 1;
    break;
  case GDK_SCROLL_SMOOTH:
    *dx = CLAMP(event->delta_x, -MAX_STEPS, MAX_STEPS);
    *dy = CLAMP(event->delta_y, -MAX_STEPS, MAX_STEPS);
    break;
  }
}

/* Returns whether the event was for the pane; all else must go on to what holds it. */
static gboolean
on_scroll(GtkWidget *widget, GdkEventScroll *event, HsPaneWheel *self)
{
  HsTimePaneClass *klass = HS_TIME_PANE_GET_CLASS(self->pane);
  GdkModifierType mods = event->state & gtk_accelerator_get_default_mod_mask();
  double dx, dy;

  if (hs_time_pane_get_document(self->pane) == NULL)
    return GDK_EVENT_PROPAGATE;
  get_steps(event, &dx, &dy);
  gboolean sideways = fabs(dx) > fabs(dy);
  if (mods == (GDK_CONTROL_MASK | GDK_SHIFT_MASK) && klass->vertical_zoom != NULL) {
    /* Some systems turn the wheel sideways while Shift is held. */
    klass->vertical_zoom(self->pane, event->y, pow(STEP_FACTOR, sideways ? dx : dy));
  } else if (mods == GDK_CONTROL_MASK || (mods == 0 && klass->wheel_zooms && !sideways)) {
    zoom_by_steps(self, event->x, dy);
  } else if (mods == GDK_SHIFT_MASK || (mods == 0 && sideways)) {
    pan_by_steps(self, sideways ? dx : dy);
  } else if (mods == 0 && klass->vertical_scroll != NULL) {
    return klass->vertical_scroll(self->pane, dy);
  } else {
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin(GtkGesture *gesture, GdkEventSequence *sequence, HsPaneWheel *self)
{
  double x = 0;
  hs_time_pane_cancel_drag(self->pane);
  self->pinching = visible_viewport(self, &self->pinch_at, &x);
  self->remembered = FALSE;
}

static void
on_pinch_scale(GtkGestureZoom *gesture, double scale, HsPaneWheel *self)
{
  double x, y;
  if (!self->pinching || scale <= 0 || hs_time_pane_get_document(self->pane) == NULL ||
      !gtk_gesture_get_bounding_box_center(GTK_GESTURE(gesture), &x, &y))
    return;
  /* The scale is that since the pinch began, hence from the range that was visible then. */
  zoom_about(self, &self->pinch_at, CLAMP(x, self->pinch_at.x, self->pinch_at.x + self->pinch_at.width), 1 / scale,
             FALSE);
}

HsPaneWheel *
hs_pane_wheel_new(HsTimePane *pane)
{
  HsPaneWheel *self = g_new0(HsPaneWheel, 1);
  self->pane = pane;
  gtk_widget_add_events(GTK_WIDGET(pane),
                        GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_TOUCH_MASK | GDK_TOUCHPAD_GESTURE_MASK);
  g_signal_connect(pane, "scroll-event", G_CALLBACK(on_scroll), self);
  self->pinch = gtk_gesture_zoom_new(GTK_WIDGET(pane));
  g_signal_connect(self->pinch, "begin", G_CALLBACK(on_pinch_begin), self);
  g_signal_connect(self->pinch, "scale-changed", G_CALLBACK(on_pinch_scale), self);
  return self;
}

void
hs_pane_wheel_free(HsPaneWheel *self)
{
  g_signal_handlers_disconnect_by_data(self->pane, self);
  g_signal_handlers_disconnect_by_data(self->pinch, self);
  g_object_unref(self->pinch);
  g_free(self);
}
