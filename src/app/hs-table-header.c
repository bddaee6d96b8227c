/* SPDX-License-Identifier: MIT */
#include "hs-table-header.h"

#include <glib/gi18n.h>

/* How near to a button's end the pointer resizes. */
#define GRIP_PX 5
/* One press of Shift and an arrow key. */
#define KEY_STEP_PX 10

typedef struct {
  GtkWidget *button, *box;
  GtkWidget *mark, *arrow, *spinner; /* a stack of the two; NULL until the column is sorted by */
} Title;

struct _HsTableHeader {
  GtkContainer parent_instance;
  /* The first, which tells how tall all are; the others from the first time on that it is seen. */
  Title titles[HS_TABLE_MAX_COLUMNS];
  gboolean has_titles, has_unmeasured;
  HsTableColumns columns;
  GtkAdjustment *adjustment;
  int sort_column; /* or −1 */
  gboolean descending, busy;
  int grip_column; /* being resized, or −1 */
  double grip_x_root;
  int grip_width_px;
};

enum { SIGNAL_SORT_CLICKED, SIGNAL_RESIZED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsTableHeader, hs_table_header, GTK_TYPE_CONTAINER)

static bool
is_rtl(gpointer widget)
{
  return gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
}

static int
n_columns(HsTableHeader *self)
{
  return self->columns.kind->n_columns;
}

static int
column_of(HsTableHeader *self, gpointer button)
{
  for (int c = 0; c < n_columns(self); c++)
    if (self->titles[c].button == button)
      return c;
  return -1;
}

static void
place_titles(HsTableHeader *self)
{
  int view_px = gtk_widget_get_allocated_width(GTK_WIDGET(self));
  int scroll_px = self->adjustment != NULL ? hs_table_columns_scroll(self->adjustment, is_rtl(self)) : 0;
  GtkAllocation child = {0, 0, 0, gtk_widget_get_allocated_height(GTK_WIDGET(self))};

  for (int c = 0; c < n_columns(self); c++) {
    if (self->titles[c].button == NULL)
      continue;
    hs_table_columns_place(&self->columns, c, view_px, scroll_px, is_rtl(self), &child.x, &child.width);
    gtk_widget_size_allocate(self->titles[c].button, &child);
  }
}

/* Before it is on a screen it is going to get another width, and with it all of them their places; and so are titles
 * that are new. */
static void
on_scrolled(HsTableHeader *self)
{
  if (gtk_widget_get_realized(GTK_WIDGET(self)) && !self->has_unmeasured)
    place_titles(self);
}

/* --- resizing --- */

static gboolean
over_grip(HsTableHeader *self, GtkWidget *button, double x)
{
  int width = gtk_widget_get_allocated_width(button);

  return is_rtl(self) ? x < GRIP_PX : x >= width - GRIP_PX;
}

static void
set_grip_cursor(GtkWidget *button, gboolean on)
{
  GdkWindow *window = gtk_button_get_event_window(GTK_BUTTON(button));
  g_autoptr(GdkCursor) cursor = on ? gdk_cursor_new_from_name(gtk_widget_get_display(button), "col-resize") : NULL;

  if (window != NULL)
    gdk_window_set_cursor(window, cursor);
}

static gboolean
on_button_press(GtkWidget *button, GdkEventButton *event, HsTableHeader *self)
{
  int column = column_of(self, button);

  if (event->button != GDK_BUTTON_PRIMARY || !over_grip(self, button, event->x))
    return GDK_EVENT_PROPAGATE;
  if (event->type == GDK_2BUTTON_PRESS) {
    self->grip_column = -1;
    g_signal_emit(self, signals[SIGNAL_RESIZED], 0, column, 0);
  } else if (event->type == GDK_BUTTON_PRESS) {
    int x;
    self->grip_column = column;
    self->grip_x_root = event->x_root;
    hs_table_columns_place(&self->columns, column, gtk_widget_get_allocated_width(GTK_WIDGET(self)), 0, is_rtl(self),
                           &x, &self->grip_width_px);
  }
  return GDK_EVENT_STOP;
}

static gboolean
on_motion(GtkWidget *button, GdkEventMotion *event, HsTableHeader *self)
{
  if (self->grip_column < 0) {
    set_grip_cursor(button, over_grip(self, button, event->x));
    return GDK_EVENT_PROPAGATE;
  }
  int moved = (int)(event->x_root - self->grip_x_root);
  int width = MAX(HS_COLUMN_MIN_PX, self->grip_width_px + (is_rtl(self) ? -moved : moved));
  g_signal_emit(self, signals[SIGNAL_RESIZED], 0, self->grip_column, width);
  return GDK_EVENT_STOP;
}

static gboolean
on_button_release(GtkWidget *button, GdkEventButton *event, HsTableHeader *self)
{
  if (self->grip_column < 0 || event->button != GDK_BUTTON_PRIMARY)
    return GDK_EVENT_PROPAGATE;
  self->grip_column = -1;
  return GDK_EVENT_STOP;
}

static gboolean
on_key_press(GtkWidget *button, GdkEventKey *event, HsTableHeader *self)
{
  int column = column_of(self, button), step;

  if ((event->state & gtk_accelerator_get_default_mod_mask()) != GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  if (event->keyval == GDK_KEY_Left || event->keyval == GDK_KEY_KP_Left)
    step = -KEY_STEP_PX;
  else if (event->keyval == GDK_KEY_Right || event->keyval == GDK_KEY_KP_Right)
    step = KEY_STEP_PX;
  else
    return GDK_EVENT_PROPAGATE;
  int width = self->columns.width_px[column] + (is_rtl(self) ? -step : step);
  g_signal_emit(self, signals[SIGNAL_RESIZED], 0, column, MAX(HS_COLUMN_MIN_PX, width));
  return GDK_EVENT_STOP;
}

static void
on_clicked(GtkButton *button, HsTableHeader *self)
{
  g_signal_emit(self, signals[SIGNAL_SORT_CLICKED], 0, column_of(self, button));
}

/* --- titles --- */

/* What the title means, if it is a term, and what a click does. */
static char *
title_tip(const HsTableKind *kind, int column)
{
  const char *meaning = kind->column_tip(column);
  g_autofree char *sort = g_strdup_printf(_("Sort by %s"), kind->column_title(column));

  return meaning != NULL ? g_strconcat(meaning, "\n", sort, NULL) : g_steal_pointer(&sort);
}

static void
add_title(HsTableHeader *self, int column)
{
  Title *title = &self->titles[column];
  const HsTableKind *kind = self->columns.kind;
  gboolean number = kind->is_number(column);
  const char *text = kind->column_title(column);
  GtkWidget *label = gtk_label_new(text);
  g_autofree char *tip = title_tip(kind, column);

  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign(GTK_LABEL(label), number ? 1 : 0);
  title->box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_box_pack_start(GTK_BOX(title->box), label, number, TRUE, 0);
  gtk_widget_show_all(title->box);

  title->button = gtk_button_new();
  gtk_widget_set_focus_on_click(title->button, FALSE);
  gtk_container_add(GTK_CONTAINER(title->button), title->box);
  gtk_widget_set_tooltip_text(title->button, tip);
  gtk_widget_add_events(title->button, GDK_POINTER_MOTION_MASK);
  AtkObject *accessible = gtk_widget_get_accessible(title->button);
  atk_object_set_role(accessible, ATK_ROLE_TABLE_COLUMN_HEADER);
  atk_object_set_name(accessible, text);
  g_signal_connect(title->button, "clicked", G_CALLBACK(on_clicked), self);
  g_signal_connect(title->button, "button-press-event", G_CALLBACK(on_button_press), self);
  g_signal_connect(title->button, "button-release-event", G_CALLBACK(on_button_release), self);
  g_signal_connect(title->button, "motion-notify-event", G_CALLBACK(on_motion), self);
  g_signal_connect(title->button, "key-press-event", G_CALLBACK(on_key_press), self);
  gtk_widget_show(title->button);
  gtk_container_add(GTK_CONTAINER(self), title->button);
}

static void
add_mark(Title *title)
{
  title->arrow = gtk_image_new();
  title->spinner = gtk_spinner_new();
  title->mark = gtk_stack_new();
  gtk_stack_set_homogeneous(GTK_STACK(title->mark), FALSE);
  gtk_container_add(GTK_CONTAINER(title->mark), title->arrow);
  gtk_container_add(GTK_CONTAINER(title->mark), title->spinner);
  gtk_box_pack_start(GTK_BOX(title->box), title->mark, FALSE, FALSE, 0);
  gtk_widget_show_all(title->mark);
  gtk_widget_set_no_show_all(title->mark, TRUE);
}

static void
mark_title(HsTableHeader *self, int column)
{
  Title *title = &self->titles[column];
  gboolean sorted = column == self->sort_column, busy = sorted && self->busy;
  if (title->button == NULL)
    return;
  if (sorted && title->mark == NULL)
    add_mark(title);
  if (title->mark != NULL) {
    gtk_widget_set_visible(title->mark, sorted);
    g_object_set(title->spinner, "active", busy, NULL);
    gtk_stack_set_visible_child(GTK_STACK(title->mark), busy ? title->spinner : title->arrow);
  }
  /* The arrow points the way values grow, as in other GTK lists. */
  if (sorted)
    gtk_image_set_from_icon_name(GTK_IMAGE(title->arrow), self->descending ? "pan-up-symbolic" : "pan-down-symbolic",
                                 GTK_ICON_SIZE_BUTTON);
  const char *state = !sorted ? "" : busy ? _("sorting") : self->descending ? _("descending") : _("ascending");
  atk_object_set_description(gtk_widget_get_accessible(title->button), state);
}

static void
ensure_titles(HsTableHeader *self)
{
  if (self->has_titles)
    return;
  self->has_titles = self->has_unmeasured = TRUE;
  for (int c = 1; c < n_columns(self); c++) {
    add_title(self, c);
    mark_title(self, c);
  }
}

/* --- container --- */

static void
hs_table_header_forall(GtkContainer *container, gboolean include_internals, GtkCallback callback, gpointer data)
{
  HsTableHeader *self = HS_TABLE_HEADER(container);

  for (int c = 0; c < n_columns(self); c++)
    if (self->titles[c].button != NULL)
      callback(self->titles[c].button, data);
}

/* By this way assistive technology hears of it. */
static void
hs_table_header_add(GtkContainer *container, GtkWidget *child)
{
  gtk_widget_set_parent(child, GTK_WIDGET(container));
}

static void
hs_table_header_remove(GtkContainer *container, GtkWidget *child)
{
  HsTableHeader *self = HS_TABLE_HEADER(container);
  int column = column_of(self, child);

  if (column < 0)
    return;
  self->titles[column] = (Title){0};
  gtk_widget_unparent(child);
}

static GType
hs_table_header_child_type(GtkContainer *container)
{
  return G_TYPE_NONE;
}

/* A title reached by keyboard comes into view. */
static void
hs_table_header_set_focus_child(GtkContainer *container, GtkWidget *child)
{
  HsTableHeader *self = HS_TABLE_HEADER(container);

  GTK_CONTAINER_CLASS(hs_table_header_parent_class)->set_focus_child(container, child);
  if (child == NULL || self->adjustment == NULL)
    return;
  GtkAllocation at;
  gtk_widget_get_allocation(child, &at);
  double x = gtk_adjustment_get_value(self->adjustment) + at.x;
  gtk_adjustment_clamp_page(self->adjustment, x, x + at.width);
}

static void
hs_table_header_realize(GtkWidget *widget)
{
  GtkAllocation at;

  gtk_widget_get_allocation(widget, &at);
  gtk_widget_set_realized(widget, TRUE);
  GdkWindowAttr attributes = {.window_type = GDK_WINDOW_CHILD,
                              .x = at.x,
                              .y = at.y,
                              .width = at.width,
                              .height = at.height,
                              .wclass = GDK_INPUT_OUTPUT,
                              .visual = gtk_widget_get_visual(widget),
                              .event_mask = gtk_widget_get_events(widget) | GDK_EXPOSURE_MASK};
  GdkWindow *window =
      gdk_window_new(gtk_widget_get_parent_window(widget), &attributes, GDK_WA_X | GDK_WA_Y | GDK_WA_VISUAL);
  gtk_widget_set_window(widget, window);
  gtk_widget_register_window(widget, window);
}

/* A window has several tables, of which one is seen: titles are most of the widgets that it would have to make before
 * its first picture. */
static void
hs_table_header_map(GtkWidget *widget)
{
  ensure_titles(HS_TABLE_HEADER(widget));
  GTK_WIDGET_CLASS(hs_table_header_parent_class)->map(widget);
}

static void
hs_table_header_size_allocate(GtkWidget *widget, GtkAllocation *at)
{
  gtk_widget_set_allocation(widget, at);
  if (gtk_widget_get_realized(widget))
    gdk_window_move_resize(gtk_widget_get_window(widget), at->x, at->y, at->width, at->height);
  place_titles(HS_TABLE_HEADER(widget));
}

static void
hs_table_header_get_preferred_width(GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = HS_COLUMN_MIN_PX;
  *natural = MAX(HS_COLUMN_MIN_PX, hs_table_columns_total(&HS_TABLE_HEADER(widget)->columns, 0));
}

static void
hs_table_header_get_preferred_height(GtkWidget *widget, int *minimum, int *natural)
{
  HsTableHeader *self = HS_TABLE_HEADER(widget);

  *minimum = *natural = 1;
  self->has_unmeasured = FALSE;
  for (int c = 0; c < n_columns(self); c++) {
    int child_minimum, child_natural;
    if (self->titles[c].button == NULL)
      continue;
    /* Asking for the width keeps GTK from calling an allocation without a request a mistake. */
    gtk_widget_get_preferred_width(self->titles[c].button, &child_minimum, &child_natural);
    gtk_widget_get_preferred_height(self->titles[c].button, &child_minimum, &child_natural);
    *minimum = MAX(*minimum, child_minimum);
    *natural = MAX(*natural, child_natural);
  }
}

static gboolean
hs_table_header_draw(GtkWidget *widget, cairo_t *cr)
{
  int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);

  gtk_render_background(gtk_widget_get_style_context(widget), cr, 0, 0, width, height);
  return GTK_WIDGET_CLASS(hs_table_header_parent_class)->draw(widget, cr);
}

static void
hs_table_header_dispose(GObject *object)
{
  HsTableHeader *self = HS_TABLE_HEADER(object);

  hs_table_header_set_adjustment(self, NULL);
  G_OBJECT_CLASS(hs_table_header_parent_class)->dispose(object);
}

static void
hs_table_header_class_init(HsTableHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  GtkContainerClass *container_class = GTK_CONTAINER_CLASS(klass);

  G_OBJECT_CLASS(klass)->dispose = hs_table_header_dispose;
  widget_class->realize = hs_table_header_realize;
  widget_class->map = hs_table_header_map;
  widget_class->size_allocate = hs_table_header_size_allocate;
  widget_class->get_preferred_width = hs_table_header_get_preferred_width;
  widget_class->get_preferred_height = hs_table_header_get_preferred_height;
  widget_class->draw = hs_table_header_draw;
  container_class->forall = hs_table_header_forall;
  container_class->add = hs_table_header_add;
  container_class->remove = hs_table_header_remove;
  container_class->child_type = hs_table_header_child_type;
  container_class->set_focus_child = hs_table_header_set_focus_child;
  gtk_widget_class_set_css_name(widget_class, "header");

  signals[SIGNAL_SORT_CLICKED] = g_signal_new("sort-clicked", HS_TYPE_TABLE_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_RESIZED] = g_signal_new("resized", HS_TYPE_TABLE_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static void
hs_table_header_init(HsTableHeader *self)
{
  self->grip_column = self->sort_column = -1;
  hs_table_columns_init(&self->columns, &hs_table_events); /* until hs_table_header_new() says */
  gtk_widget_set_has_window(GTK_WIDGET(self), TRUE);
}

GtkWidget *
hs_table_header_new(const HsTableKind *kind)
{
  HsTableHeader *self = g_object_new(HS_TYPE_TABLE_HEADER, NULL);

  hs_table_columns_init(&self->columns, kind);
  add_title(self, 0);
  return GTK_WIDGET(self);
}

void
hs_table_header_set_adjustment(HsTableHeader *self, GtkAdjustment *adjustment)
{
  if (self->adjustment == adjustment)
    return;
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data(self->adjustment, self);
  g_set_object(&self->adjustment, adjustment);
  if (adjustment != NULL) {
    g_signal_connect_swapped(adjustment, "value-changed", G_CALLBACK(on_scrolled), self);
    g_signal_connect_swapped(adjustment, "changed", G_CALLBACK(on_scrolled), self);
  }
}

void
hs_table_header_set_columns(HsTableHeader *self, const HsTableColumns *columns)
{
  self->columns = *columns;
  gtk_widget_queue_resize(GTK_WIDGET(self));
}

void
hs_table_header_set_sort(HsTableHeader *self, int column, gboolean descending, gboolean busy)
{
  self->sort_column = column;
  self->descending = descending;
  self->busy = busy;
  for (int c = 0; c < n_columns(self); c++)
    mark_title(self, c);
}

GtkWidget *
hs_table_header_get_button(HsTableHeader *self, int column)
{
  ensure_titles(self);
  return self->titles[column].button;
}
