/* SPDX-License-Identifier: MIT */
#include "hs-table-cell-accessible.h"

struct _HsTableCellAccessible {
  AtkObject parent_instance;
  HsTableBody *body; /* weak */
  uint32_t position;
  int column;
  char *text; /* the last name given out */
};

static void component_init(AtkComponentIface *iface);
static void table_cell_init(AtkTableCellIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(HsTableCellAccessible, hs_table_cell_accessible, ATK_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(ATK_TYPE_COMPONENT, component_init)
                                  G_IMPLEMENT_INTERFACE(ATK_TYPE_TABLE_CELL, table_cell_init))

static bool
is_there(HsTableCellAccessible *self)
{
  return self->body != NULL && self->position < hs_table_model_n(hs_table_body_get_model(self->body));
}

static const char *
cell_get_name(AtkObject *object)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(object);
  char buffer[HS_TABLE_CELL_BYTES];

  if (!is_there(self))
    return "";
  const char *text = hs_table_body_cell_text(self->body, self->position, self->column, buffer, sizeof buffer);
  g_free(self->text);
  self->text = g_strdup(text);
  return self->text;
}

static AtkObject *
cell_get_parent(AtkObject *object)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(object);

  return self->body != NULL ? gtk_widget_get_accessible(GTK_WIDGET(self->body)) : NULL;
}

static int
cell_get_index_in_parent(AtkObject *object)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(object);

  if (self->body == NULL)
    return -1;
  int64_t index = (int64_t)self->position * hs_table_body_get_kind(self->body)->n_columns + self->column;
  return index <= G_MAXINT ? (int)index : -1;
}

static bool
is_in_view(HsTableCellAccessible *self)
{
  GdkRectangle area, view = {0, 0, gtk_widget_get_allocated_width(GTK_WIDGET(self->body)),
                             gtk_widget_get_allocated_height(GTK_WIDGET(self->body))};

  return gtk_widget_get_mapped(GTK_WIDGET(self->body)) &&
         hs_table_body_cell_area(self->body, self->position, self->column, &area) &&
         gdk_rectangle_intersect(&area, &view, NULL);
}

static AtkStateSet *
cell_ref_state_set(AtkObject *object)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(object);
  AtkStateSet *states = atk_state_set_new();

  atk_state_set_add_state(states, ATK_STATE_TRANSIENT);
  if (!is_there(self)) {
    atk_state_set_add_state(states, ATK_STATE_DEFUNCT);
    return states;
  }
  atk_state_set_add_state(states, ATK_STATE_ENABLED);
  atk_state_set_add_state(states, ATK_STATE_SENSITIVE);
  atk_state_set_add_state(states, ATK_STATE_VISIBLE);
  atk_state_set_add_state(states, ATK_STATE_SELECTABLE);
  atk_state_set_add_state(states, ATK_STATE_FOCUSABLE);
  if (is_in_view(self))
    atk_state_set_add_state(states, ATK_STATE_SHOWING);
  if (hs_table_selection_contains(hs_table_body_get_selection(self->body), self->position))
    atk_state_set_add_state(states, ATK_STATE_SELECTED);
  if (hs_table_body_get_cursor(self->body) == self->position) {
    atk_state_set_add_state(states, ATK_STATE_ACTIVE);
    if (gtk_widget_has_focus(GTK_WIDGET(self->body)))
      atk_state_set_add_state(states, ATK_STATE_FOCUSED);
  }
  return states;
}

/* --- component --- */

static void
cell_get_extents(AtkComponent *component, int *x, int *y, int *width, int *height, AtkCoordType type)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(component);
  GdkRectangle area = {0};
  int body_x = 0, body_y = 0;

  if (self->body != NULL) {
    AtkObject *parent = gtk_widget_get_accessible(GTK_WIDGET(self->body));
    hs_table_body_cell_area(self->body, self->position, self->column, &area);
    if (type != ATK_XY_PARENT)
      atk_component_get_extents(ATK_COMPONENT(parent), &body_x, &body_y, NULL, NULL, type);
  }
  *x = body_x + area.x;
  *y = body_y + area.y;
  *width = area.width;
  *height = area.height;
}

static gboolean
cell_grab_focus(AtkComponent *component)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(component);

  if (!is_there(self))
    return FALSE;
  gtk_widget_grab_focus(GTK_WIDGET(self->body));
  hs_table_body_move_cursor(self->body, self->position, HS_CURSOR_SELECT);
  return TRUE;
}

static void
component_init(AtkComponentIface *iface)
{
  iface->get_extents = cell_get_extents;
  iface->grab_focus = cell_grab_focus;
}

/* --- table cell --- */

static int
cell_one(AtkTableCell *cell)
{
  return 1;
}

static gboolean
cell_get_position(AtkTableCell *cell, int *row, int *column)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(cell);

  *row = (int)MIN(self->position, (uint32_t)G_MAXINT);
  *column = self->column;
  return is_there(self);
}

static GPtrArray *
cell_get_column_header_cells(AtkTableCell *cell)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(cell);
  GPtrArray *cells = g_ptr_array_new_with_free_func(g_object_unref);

  if (self->body != NULL) {
    GtkWidget *button = hs_table_header_get_button(hs_table_body_get_header(self->body), self->column);
    if (button != NULL)
      g_ptr_array_add(cells, g_object_ref(gtk_widget_get_accessible(button)));
  }
  return cells;
}

static AtkObject *
cell_get_table(AtkTableCell *cell)
{
  AtkObject *parent = cell_get_parent(ATK_OBJECT(cell));

  return parent != NULL ? g_object_ref(parent) : NULL;
}

static void
table_cell_init(AtkTableCellIface *iface)
{
  iface->get_column_span = cell_one;
  iface->get_row_span = cell_one;
  iface->get_position = cell_get_position;
  iface->get_column_header_cells = cell_get_column_header_cells;
  iface->get_table = cell_get_table;
}

/* --- object --- */

static void
hs_table_cell_accessible_finalize(GObject *object)
{
  HsTableCellAccessible *self = HS_TABLE_CELL_ACCESSIBLE(object);

  g_clear_weak_pointer(&self->body);
  g_free(self->text);
  G_OBJECT_CLASS(hs_table_cell_accessible_parent_class)->finalize(object);
}

static void
hs_table_cell_accessible_class_init(HsTableCellAccessibleClass *klass)
{
  AtkObjectClass *atk_class = ATK_OBJECT_CLASS(klass);

  G_OBJECT_CLASS(klass)->finalize = hs_table_cell_accessible_finalize;
  atk_class->get_name = cell_get_name;
  atk_class->get_parent = cell_get_parent;
  atk_class->get_index_in_parent = cell_get_index_in_parent;
  atk_class->ref_state_set = cell_ref_state_set;
}

static void
hs_table_cell_accessible_init(HsTableCellAccessible *self)
{
  atk_object_set_role(ATK_OBJECT(self), ATK_ROLE_TABLE_CELL);
}

AtkObject *
hs_table_cell_accessible_new(HsTableBody *body, uint32_t position, int column)
{
  HsTableCellAccessible *self = g_object_new(HS_TYPE_TABLE_CELL_ACCESSIBLE, NULL);

  g_set_weak_pointer(&self->body, body);
  self->position = position;
  self->column = column;
  return ATK_OBJECT(self);
}
