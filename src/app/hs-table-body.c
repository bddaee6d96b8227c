/* SPDX-License-Identifier: MIT */
#include "hs-table-body-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "hs-table-body-accessible.h"
#include "hs-table-copy.h"
#include "hs-table-menu.h"

/* More rows than these are not put on the clipboard: it is held in memory several times over. */
#define COPY_LIMIT 100000

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };
enum { SIGNAL_SELECTION_CHANGED, SIGNAL_RESTYLED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE(HsTableBody, hs_table_body, GTK_TYPE_DRAWING_AREA,
                              G_IMPLEMENT_INTERFACE(GTK_TYPE_SCROLLABLE, NULL))

/* --- scrolling --- */

static GtkAdjustment *
vertical(HsTableBody *self)
{
  return self->adjustments[GTK_ORIENTATION_VERTICAL];
}

static GtkAdjustment *
horizontal(HsTableBody *self)
{
  return self->adjustments[GTK_ORIENTATION_HORIZONTAL];
}

/* Rows × height is exact in a double up to 2^53 pixels. */
void
hs_table_body_configure(HsTableBody *self, double value)
{
  double page = gtk_widget_get_allocated_height(GTK_WIDGET(self));
  double upper = MAX(page, (double)hs_table_model_n(&self->model) * self->row_height_px);

  if (vertical(self) != NULL)
    gtk_adjustment_configure(vertical(self), CLAMP(value, 0, upper - page), 0, upper, self->row_height_px,
                             MAX(self->row_height_px, page - self->row_height_px), page);
}

static void
configure_horizontal(HsTableBody *self)
{
  GtkAdjustment *adjustment = horizontal(self);

  if (adjustment == NULL)
    return;
  double page = gtk_widget_get_allocated_width(GTK_WIDGET(self));
  double upper = MAX(page, hs_table_columns_total(&self->columns, (int)page));
  double value = gtk_adjustment_get_value(adjustment);
  /* From right to left, what is kept is the distance to the right end. */
  if (hs_table_body_is_rtl(self))
    value += upper - page - (gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_page_size(adjustment));
  gtk_adjustment_configure(adjustment, CLAMP(value, 0, upper - page), 0, upper, 0.1 * page, 0.9 * page, page);
}

double
hs_table_body_scroll_value(HsTableBody *self)
{
  return vertical(self) != NULL ? gtk_adjustment_get_value(vertical(self)) : 0;
}

uint32_t
hs_table_body_first(HsTableBody *self, int *offset_px)
{
  int64_t value = (int64_t)floor(hs_table_body_scroll_value(self));

  *offset_px = (int)(value % self->row_height_px);
  return (uint32_t)(value / self->row_height_px);
}

uint32_t
hs_table_body_page(HsTableBody *self)
{
  return (uint32_t)MAX(1, gtk_widget_get_allocated_height(GTK_WIDGET(self)) / self->row_height_px);
}

void
hs_table_body_scroll_to(HsTableBody *self, uint32_t position, gboolean centre)
{
  double page = gtk_widget_get_allocated_height(GTK_WIDGET(self)), height = self->row_height_px;
  double top = (double)position * height, value = hs_table_body_scroll_value(self);

  if (position >= hs_table_model_n(&self->model) || vertical(self) == NULL)
    return;
  if (page < height) {
    self->pending_scroll = position;
    return;
  }
  if (top >= value && top + height <= value + page)
    return;
  if (centre)
    value = floor((top - (page - height) / 2) / height) * height;
  else
    value = top < value ? top : top + height - page;
  gtk_adjustment_set_value(vertical(self), value);
}

static void
on_scrolled(HsTableBody *self)
{
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->accessible != NULL)
    g_signal_emit_by_name(self->accessible, "visible-data-changed");
}

static void
set_adjustment(HsTableBody *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **slot = &self->adjustments[orientation];

  if (adjustment != NULL && *slot == adjustment)
    return;
  if (*slot != NULL) {
    g_signal_handlers_disconnect_by_func(*slot, on_scrolled, self);
    g_clear_object(slot);
  }
  *slot = g_object_ref_sink(adjustment != NULL ? adjustment : gtk_adjustment_new(0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped(*slot, "value-changed", G_CALLBACK(on_scrolled), self);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    hs_table_body_configure(self, gtk_adjustment_get_value(*slot));
  else
    configure_horizontal(self);
  g_object_notify(G_OBJECT(self), orientation == GTK_ORIENTATION_VERTICAL ? "vadjustment" : "hadjustment");
}

static void
hs_table_body_size_allocate(GtkWidget *widget, GtkAllocation *allocation)
{
  HsTableBody *self = HS_TABLE_BODY(widget);

  GTK_WIDGET_CLASS(hs_table_body_parent_class)->size_allocate(widget, allocation);
  hs_table_body_configure(self, hs_table_body_scroll_value(self));
  configure_horizontal(self);
  if (self->pending_scroll != HS_POSITION_NONE && allocation->height >= self->row_height_px) {
    uint32_t position = self->pending_scroll;
    self->pending_scroll = HS_POSITION_NONE;
    hs_table_body_scroll_to(self, position, TRUE);
  }
}

/* --- cursor and selection --- */

uint32_t
hs_table_body_cursor_item(HsTableBody *self)
{
  return self->cursor != HS_POSITION_NONE ? hs_table_model_item(&self->model, self->cursor) : UINT32_MAX;
}

void
hs_table_body_selection_changed(HsTableBody *self)
{
  gtk_widget_queue_draw(GTK_WIDGET(self));
  if (self->accessible != NULL)
    hs_table_body_accessible_cursor_moved(self->accessible);
  g_signal_emit(self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

void
hs_table_body_move_cursor(HsTableBody *self, uint32_t position, HsCursorMove move)
{
  uint32_t n = hs_table_model_n(&self->model);

  if (n == 0)
    return;
  position = MIN(position, n - 1);
  if (self->anchor == HS_POSITION_NONE)
    self->anchor = position;
  if (move == HS_CURSOR_SELECT || move == HS_CURSOR_EXTEND)
    hs_table_selection_clear(&self->selection);
  if (move == HS_CURSOR_EXTEND || move == HS_CURSOR_EXTEND_ADD)
    hs_table_selection_add(&self->selection, MIN(position, self->anchor), MAX(position, self->anchor) + 1);
  else if (move == HS_CURSOR_TOGGLE)
    hs_table_selection_toggle(&self->selection, position);
  else if (move == HS_CURSOR_SELECT)
    hs_table_selection_add(&self->selection, position, position + 1);
  if (move == HS_CURSOR_SELECT || move == HS_CURSOR_TOGGLE)
    self->anchor = position;
  self->cursor = position;
  hs_table_body_scroll_to(self, position, FALSE);
  hs_table_body_selection_changed(self);
  if (self->document != NULL && self->kind->choose != NULL) {
    self->choosing = true;
    self->kind->choose(self->document, hs_table_body_cursor_item(self));
    self->choosing = false;
  }
}

void
hs_table_body_select_all(HsTableBody *self)
{
  hs_table_selection_clear(&self->selection);
  hs_table_selection_add(&self->selection, 0, hs_table_model_n(&self->model));
  hs_table_body_selection_changed(self);
}

void
hs_table_body_unselect_all(HsTableBody *self)
{
  hs_table_selection_clear(&self->selection);
  hs_table_body_selection_changed(self);
}

void
hs_table_body_select_position(HsTableBody *self, uint32_t position, gboolean selected)
{
  if (position >= hs_table_model_n(&self->model))
    return;
  if (selected)
    hs_table_selection_add(&self->selection, position, position + 1);
  else
    hs_table_selection_remove(&self->selection, position, position + 1);
  hs_table_body_selection_changed(self);
}

void
hs_table_body_copy(HsTableBody *self)
{
  g_autofree char *text = hs_table_copy_rows(self->kind, &self->model, &self->selection, COPY_LIMIT);

  if (text != NULL)
    gtk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self), GDK_SELECTION_CLIPBOARD), text, -1);
}

/* --- columns --- */

static void
measure_columns(HsTableBody *self)
{
  hs_table_columns_measure(&self->columns, GTK_WIDGET(self), &self->palette, self->model.timeline);
  configure_horizontal(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_signal_emit(self, signals[SIGNAL_RESTYLED], 0);
}

static int
count_time_digits(const HsTimeline *timeline)
{
  int64_t begin_ticks, end_ticks;
  int digits = 1;

  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  for (int64_t s = hs_clock_to_ns(hs_timeline_clock(timeline), end_ticks) / 1000000000; s >= 10; s /= 10)
    digits++;
  return digits;
}

void
hs_table_body_fit_names(HsTableBody *self)
{
  const HsTimeline *timeline = self->model.timeline;

  if (timeline == NULL)
    return;
  uint32_t n_processes = hs_timeline_n_processes(timeline), n_heaps = hs_timeline_n_heaps(timeline);
  /* A name may be told only at the trace's end, long after its process was first seen. */
  bool complete = hs_timeline_complete(timeline);
  int time_digits = count_time_digits(timeline);
  if (n_processes == self->n_processes && n_heaps == self->n_heaps && complete == self->names_complete &&
      time_digits == self->time_digits)
    return;
  self->time_digits = time_digits;
  self->names_complete = complete;
  self->n_processes = n_processes;
  self->n_heaps = n_heaps;
  measure_columns(self);
}

void
hs_table_body_set_sorted_column(HsTableBody *self, int column)
{
  if (self->columns.sorted_column == column)
    return;
  self->columns.sorted_column = column;
  measure_columns(self);
}

void
hs_table_body_set_column_width(HsTableBody *self, int column, int width_px)
{
  self->columns.set_by_hand[column] = width_px > 0;
  if (width_px > 0)
    self->columns.width_px[column] = MAX(HS_COLUMN_MIN_PX, width_px);
  else
    hs_table_columns_measure(&self->columns, GTK_WIDGET(self), &self->palette, self->model.timeline);
  configure_horizontal(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* --- getters --- */

const HsTableModel *
hs_table_body_get_model(HsTableBody *self)
{
  return &self->model;
}

const HsTableKind *
hs_table_body_get_kind(HsTableBody *self)
{
  return self->kind;
}

const HsTableColumns *
hs_table_body_get_columns(HsTableBody *self)
{
  return &self->columns;
}

const HsTableSelection *
hs_table_body_get_selection(HsTableBody *self)
{
  return &self->selection;
}

uint32_t
hs_table_body_get_cursor(HsTableBody *self)
{
  return self->cursor;
}

HsTableHeader *
hs_table_body_get_header(HsTableBody *self)
{
  return self->header;
}

/* --- widget --- */

static void
hs_table_body_style_updated(GtkWidget *widget)
{
  HsTableBody *self = HS_TABLE_BODY(widget);

  GTK_WIDGET_CLASS(hs_table_body_parent_class)->style_updated(widget);
  hs_table_body_restyle(self);
  hs_table_body_configure(self, hs_table_body_scroll_value(self));
  configure_horizontal(self);
  g_signal_emit(self, signals[SIGNAL_RESTYLED], 0);
}

static void
hs_table_body_direction_changed(GtkWidget *widget, GtkTextDirection previous)
{
  hs_table_body_drop_layouts(HS_TABLE_BODY(widget));
  GTK_WIDGET_CLASS(hs_table_body_parent_class)->direction_changed(widget, previous);
}

static void
hs_table_body_map(GtkWidget *widget)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  GTK_WIDGET_CLASS(hs_table_body_parent_class)->map(widget);
  if (self->choice_is_old && self->document != NULL)
    hs_table_body_follow_choice(self);
}

static void
hs_table_body_unmap(GtkWidget *widget)
{
  hs_table_body_stop_drag(HS_TABLE_BODY(widget));
  GTK_WIDGET_CLASS(hs_table_body_parent_class)->unmap(widget);
}

static gboolean
on_focus_changed(GtkWidget *widget, GdkEventFocus *event)
{
  gtk_widget_queue_draw(widget);
  return GDK_EVENT_PROPAGATE;
}

static void
hs_table_body_get_preferred_width(GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = HS_COLUMN_MIN_PX;
  *natural = MAX(HS_COLUMN_MIN_PX, hs_table_columns_total(&HS_TABLE_BODY(widget)->columns, 0));
}

static void
hs_table_body_get_preferred_height(GtkWidget *widget, int *minimum, int *natural)
{
  int height = HS_TABLE_BODY(widget)->row_height_px;

  *minimum = height;
  *natural = 8 * height;
}

static void
hs_table_body_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HsTableBody *self = HS_TABLE_BODY(object);

  switch (id) {
  case PROP_HADJUSTMENT:
    g_value_set_object(value, horizontal(self));
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object(value, vertical(self));
    break;
  case PROP_HSCROLL_POLICY:
  case PROP_VSCROLL_POLICY:
    g_value_set_enum(value, (int)self->policies[id - PROP_HSCROLL_POLICY]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void
hs_table_body_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HsTableBody *self = HS_TABLE_BODY(object);

  switch (id) {
  case PROP_HADJUSTMENT:
    set_adjustment(self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object(value));
    break;
  case PROP_VADJUSTMENT:
    set_adjustment(self, GTK_ORIENTATION_VERTICAL, g_value_get_object(value));
    break;
  case PROP_HSCROLL_POLICY:
  case PROP_VSCROLL_POLICY:
    self->policies[id - PROP_HSCROLL_POLICY] = (guint)g_value_get_enum(value);
    gtk_widget_queue_resize(GTK_WIDGET(self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void
hs_table_body_dispose(GObject *object)
{
  HsTableBody *self = HS_TABLE_BODY(object);

  /* First: a scrolled window that is being taken apart must not be told to scroll. */
  for (int i = 0; i < 2; i++) {
    if (self->adjustments[i] != NULL)
      g_signal_handlers_disconnect_by_data(self->adjustments[i], self);
    g_clear_object(&self->adjustments[i]);
  }
  hs_table_body_set_document(self, NULL);
  hs_table_body_drop_layouts(self);
  g_clear_pointer(&self->menu, gtk_widget_destroy);
  g_clear_weak_pointer(&self->accessible);
  G_OBJECT_CLASS(hs_table_body_parent_class)->dispose(object);
}

static void
hs_table_body_finalize(GObject *object)
{
  hs_palette_clear(&HS_TABLE_BODY(object)->palette);
  G_OBJECT_CLASS(hs_table_body_parent_class)->finalize(object);
}

static void
hs_table_body_class_init(HsTableBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  object_class->dispose = hs_table_body_dispose;
  object_class->finalize = hs_table_body_finalize;
  object_class->get_property = hs_table_body_get_property;
  object_class->set_property = hs_table_body_set_property;
  g_object_class_override_property(object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property(object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property(object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property(object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  widget_class->size_allocate = hs_table_body_size_allocate;
  widget_class->get_preferred_width = hs_table_body_get_preferred_width;
  widget_class->get_preferred_height = hs_table_body_get_preferred_height;
  widget_class->style_updated = hs_table_body_style_updated;
  widget_class->direction_changed = hs_table_body_direction_changed;
  widget_class->map = hs_table_body_map;
  widget_class->unmap = hs_table_body_unmap;
  widget_class->focus_in_event = on_focus_changed;
  widget_class->focus_out_event = on_focus_changed;
  widget_class->draw = hs_table_body_draw;
  widget_class->query_tooltip = hs_table_body_query_tooltip;
  widget_class->key_press_event = hs_table_body_key_press;
  widget_class->button_press_event = hs_table_body_button_press;
  widget_class->button_release_event = hs_table_body_button_release;
  widget_class->motion_notify_event = hs_table_body_motion;
  widget_class->popup_menu = hs_table_body_popup_menu;
  gtk_widget_class_set_css_name(widget_class, "treeview");
  gtk_widget_class_set_accessible_type(widget_class, HS_TYPE_TABLE_BODY_ACCESSIBLE);

  signals[SIGNAL_SELECTION_CHANGED] =
      g_signal_new("selection-changed", HS_TYPE_TABLE_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RESTYLED] =
      g_signal_new("restyled", HS_TYPE_TABLE_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hs_table_body_init(HsTableBody *self)
{
  GtkWidget *widget = GTK_WIDGET(self);

  self->cursor = self->anchor = self->pending_scroll = HS_POSITION_NONE;
  self->row_height_px = 22; /* until the theme's fonts are known */
  /* Until hs_table_body_new() says: an adjustment is set before. */
  self->kind = &hs_table_events;
  hs_table_columns_init(&self->columns, self->kind);
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_has_tooltip(widget, TRUE);
  gtk_widget_add_events(widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_BUTTON1_MOTION_MASK |
                                    GDK_KEY_PRESS_MASK | GDK_FOCUS_CHANGE_MASK | GDK_SCROLL_MASK |
                                    GDK_SMOOTH_SCROLL_MASK);
  gtk_style_context_add_class(gtk_widget_get_style_context(widget), GTK_STYLE_CLASS_VIEW);
  hs_table_menu_install(self);
}

GtkWidget *
hs_table_body_new(const HsTableKind *kind, HsTableHeader *header)
{
  HsTableBody *self = g_object_new(HS_TYPE_TABLE_BODY, NULL);

  self->kind = kind;
  hs_table_columns_init(&self->columns, kind);
  self->header = header;
  hs_table_body_restyle(self);
  return GTK_WIDGET(self);
}
