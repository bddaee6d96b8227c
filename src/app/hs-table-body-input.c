/* SPDX-License-Identifier: MIT */
#include "hs-table-body-private.h"
#include "hs-table-menu.h"

/* One press of an arrow key to the side. */
#define SIDE_STEP_PX 60

/* --- keys --- */

static HsCursorMove
move_for_state(GdkModifierType state)
{
  bool shift = (state & GDK_SHIFT_MASK) != 0, control = (state & GDK_CONTROL_MASK) != 0;

  if (shift)
    return control ? HS_CURSOR_EXTEND_ADD : HS_CURSOR_EXTEND;
  return control ? HS_CURSOR_MOVE : HS_CURSOR_SELECT;
}

static void
scroll_sideways(HsTableBody *self, int step_px)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_HORIZONTAL];

  if (adjustment != NULL)
    gtk_adjustment_set_value(adjustment, gtk_adjustment_get_value(adjustment) + step_px);
}

/* Where a key leads from the cursor; false if it is none that moves. */
static bool
target_of_key(HsTableBody *self, guint keyval, int64_t *target)
{
  int64_t page = hs_table_body_page(self), n = hs_table_model_n(&self->model);
  int offset;
  /* Without a cursor one begins at what is seen. */
  bool none = self->cursor == HS_POSITION_NONE;
  int64_t from = none ? hs_table_body_first(self, &offset) : self->cursor;

  switch (keyval) {
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    *target = none ? from : from - 1;
    break;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    *target = none ? from : from + 1;
    break;
  case GDK_KEY_Page_Up:
  case GDK_KEY_KP_Page_Up:
    *target = from - page;
    break;
  case GDK_KEY_Page_Down:
  case GDK_KEY_KP_Page_Down:
    *target = from + page;
    break;
  case GDK_KEY_Home:
  case GDK_KEY_KP_Home:
    *target = 0;
    break;
  case GDK_KEY_End:
  case GDK_KEY_KP_End:
    *target = n - 1;
    break;
  default:
    return false;
  }
  *target = CLAMP(*target, 0, n - 1);
  return true;
}

static gboolean
control_key(HsTableBody *self, guint keyval)
{
  switch (gdk_keyval_to_lower(keyval)) {
  case GDK_KEY_a:
    hs_table_body_select_all(self);
    return GDK_EVENT_STOP;
  case GDK_KEY_c:
  case GDK_KEY_Insert:
  case GDK_KEY_KP_Insert:
    hs_table_body_copy(self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static gboolean
plain_key(HsTableBody *self, GdkEventKey *event)
{
  bool control = (event->state & GDK_CONTROL_MASK) != 0;

  switch (event->keyval) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    scroll_sideways(self, -SIDE_STEP_PX);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    scroll_sideways(self, SIDE_STEP_PX);
    return GDK_EVENT_STOP;
  case GDK_KEY_space:
  case GDK_KEY_KP_Space:
    if (self->cursor != HS_POSITION_NONE)
      hs_table_body_move_cursor(self, self->cursor, control ? HS_CURSOR_TOGGLE : HS_CURSOR_SELECT);
    return GDK_EVENT_STOP;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_ISO_Enter:
    hs_table_menu_activate(self);
    return GDK_EVENT_STOP;
  default:
    return control ? control_key(self, event->keyval) : GDK_EVENT_PROPAGATE;
  }
}

gboolean
hs_table_body_key_press(GtkWidget *widget, GdkEventKey *event)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  GtkWidgetClass *parent_class = g_type_class_peek_parent(G_OBJECT_GET_CLASS(self));
  int64_t target;

  if ((event->state & GDK_MOD1_MASK) == 0 && hs_table_model_n(&self->model) > 0) {
    if (target_of_key(self, event->keyval, &target)) {
      hs_table_body_move_cursor(self, (uint32_t)target, move_for_state(event->state));
      return GDK_EVENT_STOP;
    }
    if (plain_key(self, event) == GDK_EVENT_STOP)
      return GDK_EVENT_STOP;
  }
  return parent_class->key_press_event(widget, event);
}

/* --- pointer --- */

void
hs_table_body_stop_drag(HsTableBody *self)
{
  self->dragging = FALSE;
  if (self->drag_tick != 0)
    gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->drag_tick);
  self->drag_tick = 0;
}

static gboolean
press_primary(HsTableBody *self, GdkEventButton *event, uint32_t position)
{
  bool control = (event->state & GDK_CONTROL_MASK) != 0, shift = (event->state & GDK_SHIFT_MASK) != 0;

  if (event->type == GDK_2BUTTON_PRESS) {
    hs_table_body_stop_drag(self);
    hs_table_menu_activate(self);
    return GDK_EVENT_STOP;
  }
  if (event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_STOP;
  hs_table_body_move_cursor(self, position, control && !shift ? HS_CURSOR_TOGGLE : move_for_state(event->state));
  self->dragging = !control;
  self->drag_y = event->y;
  return GDK_EVENT_STOP;
}

gboolean
hs_table_body_button_press(GtkWidget *widget, GdkEventButton *event)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  uint32_t position = hs_table_body_position_at(self, event->y);

  int column = hs_table_body_column_at(self, event->x);

  gtk_widget_grab_focus(widget);
  if (column >= 0)
    self->column = column;
  if (position == HS_POSITION_NONE) {
    if (event->button == GDK_BUTTON_PRIMARY && event->type == GDK_BUTTON_PRESS)
      hs_table_body_unselect_all(self);
    return GDK_EVENT_STOP;
  }
  if (gdk_event_triggers_context_menu((GdkEvent *)event)) {
    bool selected = hs_table_selection_contains(&self->selection, position);
    hs_table_body_move_cursor(self, position, selected ? HS_CURSOR_MOVE : HS_CURSOR_SELECT);
    hs_table_menu_popup(self, (GdkEvent *)event);
    return GDK_EVENT_STOP;
  }
  if (event->button == GDK_BUTTON_PRIMARY)
    return press_primary(self, event, position);
  return GDK_EVENT_PROPAGATE;
}

/* Extends the selection to the row under the pointer; beyond the view, to its nearest row. */
static void
drag_to(HsTableBody *self)
{
  int height = gtk_widget_get_allocated_height(GTK_WIDGET(self));
  double y = CLAMP(self->drag_y, 0, height - 1);
  uint32_t position = hs_table_body_position_at(self, y);

  if (position == HS_POSITION_NONE)
    position = hs_table_model_n(&self->model) - 1;
  if (position != self->cursor)
    hs_table_body_move_cursor(self, position, HS_CURSOR_EXTEND);
}

/* Scrolls while the pointer is dragged beyond the view, faster the farther it is. */
static gboolean
on_drag_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  int height = gtk_widget_get_allocated_height(widget);
  double beyond = self->drag_y < 0 ? self->drag_y : self->drag_y > height ? self->drag_y - height : 0;

  gtk_adjustment_set_value(adjustment, gtk_adjustment_get_value(adjustment) + beyond / 2);
  drag_to(self);
  return G_SOURCE_CONTINUE;
}

gboolean
hs_table_body_motion(GtkWidget *widget, GdkEventMotion *event)
{
  HsTableBody *self = HS_TABLE_BODY(widget);

  if (!self->dragging || hs_table_model_n(&self->model) == 0)
    return GDK_EVENT_PROPAGATE;
  self->drag_y = event->y;
  bool outside = event->y < 0 || event->y > gtk_widget_get_allocated_height(widget);
  if (outside && self->drag_tick == 0)
    self->drag_tick = gtk_widget_add_tick_callback(widget, on_drag_tick, NULL, NULL);
  if (!outside && self->drag_tick != 0) {
    gtk_widget_remove_tick_callback(widget, self->drag_tick);
    self->drag_tick = 0;
  }
  drag_to(self);
  return GDK_EVENT_STOP;
}

gboolean
hs_table_body_button_release(GtkWidget *widget, GdkEventButton *event)
{
  if (event->button == GDK_BUTTON_PRIMARY)
    hs_table_body_stop_drag(HS_TABLE_BODY(widget));
  return GDK_EVENT_PROPAGATE;
}

gboolean
hs_table_body_popup_menu(GtkWidget *widget)
{
  HsTableBody *self = HS_TABLE_BODY(widget);

  if (self->cursor == HS_POSITION_NONE)
    return FALSE;
  hs_table_body_scroll_to(self, self->cursor, FALSE);
  hs_table_menu_popup(self, NULL);
  return TRUE;
}
