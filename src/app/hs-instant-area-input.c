/* SPDX-License-Identifier: MIT */
/* Wheel, buttons and keys on the rows of memory. The wheel scrolls; with Ctrl rows get narrower or wider; with Shift,
 * or sideways, time moves. */
#include <math.h>

#include "hs-instant-area-private.h"

/* Lines that a step of the wheel scrolls. */
#define WHEEL_LINES 3
/* No device turns further between two events. */
#define MAX_STEPS 8.0

static void
scroll_by(HsInstantArea *self, double px)
{
  gtk_adjustment_set_value(self->adjustment, gtk_adjustment_get_value(self->adjustment) + px);
}

static void
get_steps(const GdkEventScroll *event, double *dx, double *dy)
{
  *dx = event->direction == GDK_SCROLL_LEFT ? -1 : event->direction == GDK_SCROLL_RIGHT ? 1 : 0;
  *dy = event->direction == GDK_SCROLL_UP ? -1 : event->direction == GDK_SCROLL_DOWN ? 1 : 0;
  if (event->direction == GDK_SCROLL_SMOOTH) {
    *dx = event->delta_x;
    *dy = event->delta_y;
  }
}

/* Fine devices tell many small parts of a step. */
static void
act_by_steps(HsInstantArea *self, double steps, const char *back, const char *forward)
{
  if (steps * self->wheel_rest < 0)
    self->wheel_rest = 0;
  self->wheel_rest = CLAMP(self->wheel_rest + steps, -MAX_STEPS, MAX_STEPS);
  for (; fabs(self->wheel_rest) >= 1; self->wheel_rest -= self->wheel_rest < 0 ? -1 : 1)
    hs_instant_area_act(self, self->wheel_rest < 0 ? back : forward, NULL);
}

static gboolean
hs_instant_area_scroll(GtkWidget *widget, GdkEventScroll *event)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  GdkModifierType mods = event->state & gtk_accelerator_get_default_mod_mask();
  double dx, dy;
  if (self->document == NULL)
    return GDK_EVENT_PROPAGATE;
  get_steps(event, &dx, &dy);
  gboolean sideways = fabs(dx) > fabs(dy);
  if ((mods & GDK_CONTROL_MASK) != 0) {
    act_by_steps(self, dy, "row-narrower", "row-wider");
  } else if (mods == GDK_SHIFT_MASK || (mods == 0 && sideways)) {
    act_by_steps(self, sideways ? dx : dy, "cursor-left", "cursor-right");
  } else if (mods == 0) {
    scroll_by(self, dy * WHEEL_LINES * gtk_adjustment_get_step_increment(self->adjustment));
  } else {
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static gboolean
hs_instant_area_button_press(GtkWidget *widget, GdkEventButton *event)
{
  if (!gtk_widget_has_focus(widget))
    gtk_widget_grab_focus(widget);
  return event->button <= GDK_BUTTON_SECONDARY ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static gboolean
hs_instant_area_button_release(GtkWidget *widget, GdkEventButton *event)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  if (self->document == NULL)
    return GDK_EVENT_PROPAGATE;
  if (event->button == GDK_BUTTON_PRIMARY)
    hs_instant_area_clicked(self, event->x, event->y);
  else if (event->button == GDK_BUTTON_SECONDARY)
    hs_instant_area_context_menu(self, event->x, event->y, (const GdkEvent *)event);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static gboolean
hs_instant_area_popup_menu(GtkWidget *widget)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  if (self->document == NULL)
    return FALSE;
  hs_instant_area_context_menu(self, NAN, NAN, NULL);
  return TRUE;
}

static gboolean
hs_instant_area_motion(GtkWidget *widget, GdkEventMotion *event)
{
  hs_instant_area_hovered(HS_INSTANT_AREA(widget), event->x, event->y);
  return GDK_EVENT_STOP;
}

static gboolean
hs_instant_area_leave(GtkWidget *widget, GdkEventCrossing *event)
{
  hs_instant_area_hovered(HS_INSTANT_AREA(widget), NAN, NAN);
  return GDK_EVENT_PROPAGATE;
}

static void
hs_instant_area_unmap(GtkWidget *widget)
{
  hs_instant_area_hovered(HS_INSTANT_AREA(widget), NAN, NAN);
  GTK_WIDGET_CLASS(g_type_class_peek_parent(G_OBJECT_GET_CLASS(widget)))->unmap(widget);
}

/* Without modifiers: left and right move in time, up and down among the lines. */
static gboolean
press_plain(HsInstantArea *self, guint key)
{
  GtkAdjustment *adjustment = self->adjustment;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    hs_instant_area_act(self, "cursor-left", NULL);
    return TRUE;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    hs_instant_area_act(self, "cursor-right", NULL);
    return TRUE;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    scroll_by(self, -gtk_adjustment_get_step_increment(adjustment));
    return TRUE;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    scroll_by(self, gtk_adjustment_get_step_increment(adjustment));
    return TRUE;
  case GDK_KEY_Page_Up:
  case GDK_KEY_KP_Page_Up:
    scroll_by(self, -gtk_adjustment_get_page_increment(adjustment));
    return TRUE;
  case GDK_KEY_Page_Down:
  case GDK_KEY_KP_Page_Down:
    scroll_by(self, gtk_adjustment_get_page_increment(adjustment));
    return TRUE;
  case GDK_KEY_space:
    hs_instant_area_act(self, "play", NULL);
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
hs_instant_area_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsInstantArea *self = HS_INSTANT_AREA(widget);
  GdkModifierType mods = event->state & gtk_accelerator_get_default_mod_mask();
  gboolean up = event->keyval == GDK_KEY_Page_Up || event->keyval == GDK_KEY_KP_Page_Up;
  gboolean down = event->keyval == GDK_KEY_Page_Down || event->keyval == GDK_KEY_KP_Page_Down;
  if (mods == 0 && press_plain(self, event->keyval))
    return GDK_EVENT_STOP;
  if (mods == GDK_CONTROL_MASK && (up || down)) {
    hs_instant_area_act(self, up ? "row-narrower" : "row-wider", NULL);
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS(g_type_class_peek_parent(G_OBJECT_GET_CLASS(widget)))->key_press_event(widget, event);
}

static gboolean
on_focus_changed(GtkWidget *widget, GdkEventFocus *event)
{
  gtk_widget_queue_draw(widget);
  return GDK_EVENT_PROPAGATE;
}

void
hs_instant_area_class_init_input(GtkWidgetClass *widget_class)
{
  widget_class->scroll_event = hs_instant_area_scroll;
  widget_class->button_press_event = hs_instant_area_button_press;
  widget_class->button_release_event = hs_instant_area_button_release;
  widget_class->popup_menu = hs_instant_area_popup_menu;
  widget_class->motion_notify_event = hs_instant_area_motion;
  widget_class->leave_notify_event = hs_instant_area_leave;
  widget_class->unmap = hs_instant_area_unmap;
  widget_class->key_press_event = hs_instant_area_key_press;
  widget_class->focus_in_event = on_focus_changed;
  widget_class->focus_out_event = on_focus_changed;
}
