/* SPDX-License-Identifier: MIT */
#include "hs-table-body-accessible.h"

#include "hs-table-body-private.h"
#include "hs-table-cell-accessible.h"

typedef struct {
  GtkWidgetAccessible parent_instance;
} HsTableBodyAccessible;
typedef struct {
  GtkWidgetAccessibleClass parent_class;
} HsTableBodyAccessibleClass;

static void table_init(AtkTableIface *iface);
static void selection_init(AtkSelectionIface *iface);

G_DEFINE_TYPE_WITH_CODE(HsTableBodyAccessible, hs_table_body_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                        G_IMPLEMENT_INTERFACE(ATK_TYPE_TABLE, table_init)
                            G_IMPLEMENT_INTERFACE(ATK_TYPE_SELECTION, selection_init))

/* NULL once the widget is gone. */
static HsTableBody *
body_of(gpointer accessible)
{
  GtkWidget *widget = gtk_accessible_get_widget(GTK_ACCESSIBLE(accessible));

  return widget != NULL ? HS_TABLE_BODY(widget) : NULL;
}

/* Never 0: it divides. */
static int
n_columns(HsTableBody *body)
{
  return body != NULL ? body->kind->n_columns : 1;
}

/* Indices of cells are ints in ATK: rows beyond this are not announced. */
static uint32_t
max_rows(HsTableBody *body)
{
  return (uint32_t)(G_MAXINT / n_columns(body));
}

static int
n_rows(HsTableBody *body)
{
  return body != NULL ? (int)MIN(hs_table_model_n(&body->model), max_rows(body)) : 0;
}

static AtkObject *
ref_cell(HsTableBody *body, int row, int column)
{
  if (row < 0 || row >= n_rows(body) || column < 0 || column >= n_columns(body))
    return NULL;
  return hs_table_cell_accessible_new(body, (uint32_t)row, column);
}

/* --- object --- */

static int
accessible_get_n_children(AtkObject *object)
{
  HsTableBody *body = body_of(object);

  return n_rows(body) * n_columns(body);
}

static AtkObject *
accessible_ref_child(AtkObject *object, int index)
{
  HsTableBody *body = body_of(object);

  return index < 0 ? NULL : ref_cell(body, index / n_columns(body), index % n_columns(body));
}

static AtkStateSet *
accessible_ref_state_set(AtkObject *object)
{
  AtkStateSet *states = ATK_OBJECT_CLASS(hs_table_body_accessible_parent_class)->ref_state_set(object);

  /* Without it the bridge walks all cells. */
  atk_state_set_add_state(states, ATK_STATE_MANAGES_DESCENDANTS);
  atk_state_set_add_state(states, ATK_STATE_MULTISELECTABLE);
  return states;
}

static void
accessible_initialize(AtkObject *object, gpointer data)
{
  ATK_OBJECT_CLASS(hs_table_body_accessible_parent_class)->initialize(object, data);
  object->role = ATK_ROLE_TABLE;
  atk_object_set_name(object, HS_TABLE_BODY(data)->kind->title());

  g_set_weak_pointer(&HS_TABLE_BODY(data)->accessible, object);
}

static void
hs_table_body_accessible_class_init(HsTableBodyAccessibleClass *klass)
{
  AtkObjectClass *atk_class = ATK_OBJECT_CLASS(klass);

  atk_class->initialize = accessible_initialize;
  atk_class->get_n_children = accessible_get_n_children;
  atk_class->ref_child = accessible_ref_child;
  atk_class->ref_state_set = accessible_ref_state_set;
}

static void
hs_table_body_accessible_init(HsTableBodyAccessible *self)
{
}

/* --- table --- */

static AtkObject *
table_ref_at(AtkTable *table, int row, int column)
{
  return ref_cell(body_of(table), row, column);
}

static int
table_get_index_at(AtkTable *table, int row, int column)
{
  HsTableBody *body = body_of(table);

  if (row < 0 || row >= n_rows(body) || column < 0 || column >= n_columns(body))
    return -1;
  return row * n_columns(body) + column;
}

static int
table_get_row_at_index(AtkTable *table, int index)
{
  HsTableBody *body = body_of(table);

  return index < 0 || index / n_columns(body) >= n_rows(body) ? -1 : index / n_columns(body);
}

static int
table_get_column_at_index(AtkTable *table, int index)
{
  HsTableBody *body = body_of(table);

  return index < 0 || index / n_columns(body) >= n_rows(body) ? -1 : index % n_columns(body);
}

static int
table_get_n_rows(AtkTable *table)
{
  return n_rows(body_of(table));
}

static int
table_get_n_columns(AtkTable *table)
{
  HsTableBody *body = body_of(table);

  return body != NULL ? n_columns(body) : 0;
}

static int
table_get_extent(AtkTable *table, int row, int column)
{
  return 1;
}

static const char *
table_get_column_description(AtkTable *table, int column)
{
  HsTableBody *body = body_of(table);

  return body == NULL || column < 0 || column >= n_columns(body) ? NULL : body->kind->column_title(column);
}

static AtkObject *
table_get_column_header(AtkTable *table, int column)
{
  HsTableBody *body = body_of(table);

  if (body == NULL || column < 0 || column >= n_columns(body))
    return NULL;
  GtkWidget *button = hs_table_header_get_button(body->header, column);
  return button != NULL ? gtk_widget_get_accessible(button) : NULL;
}

static gboolean
table_is_row_selected(AtkTable *table, int row)
{
  HsTableBody *body = body_of(table);

  return row >= 0 && row < n_rows(body) && hs_table_selection_contains(&body->selection, (uint32_t)row);
}

static gboolean
table_is_selected(AtkTable *table, int row, int column)
{
  return table_is_row_selected(table, row);
}

static int
table_get_selected_rows(AtkTable *table, int **rows)
{
  HsTableBody *body = body_of(table);
  int count = body != NULL ? (int)MIN(hs_table_selection_count(&body->selection), max_rows(body)) : 0, n = 0;

  /* The caller owns it; no memory means no rows rather than the end of the program. */
  *rows = g_try_new(int, (gsize)MAX(count, 1));
  if (*rows == NULL)
    return 0;
  for (guint i = 0; body != NULL && i < hs_table_selection_n_intervals(&body->selection); i++) {
    HsInterval interval = hs_table_selection_interval(&body->selection, i);
    for (uint32_t p = interval.begin; p < interval.end && n < count; p++)
      (*rows)[n++] = (int)p;
  }
  return n;
}

static gboolean
select_row(HsTableBody *body, int row, gboolean selected)
{
  if (row < 0 || row >= n_rows(body))
    return FALSE;
  hs_table_body_select_position(body, (uint32_t)row, selected);
  return TRUE;
}

static gboolean
table_add_row_selection(AtkTable *table, int row)
{
  return select_row(body_of(table), row, TRUE);
}

static gboolean
table_remove_row_selection(AtkTable *table, int row)
{
  return select_row(body_of(table), row, FALSE);
}

static void
table_init(AtkTableIface *iface)
{
  iface->ref_at = table_ref_at;
  iface->get_index_at = table_get_index_at;
  iface->get_row_at_index = table_get_row_at_index;
  iface->get_column_at_index = table_get_column_at_index;
  iface->get_n_rows = table_get_n_rows;
  iface->get_n_columns = table_get_n_columns;
  iface->get_row_extent_at = table_get_extent;
  iface->get_column_extent_at = table_get_extent;
  iface->get_column_description = table_get_column_description;
  iface->get_column_header = table_get_column_header;
  iface->is_row_selected = table_is_row_selected;
  iface->is_selected = table_is_selected;
  iface->get_selected_rows = table_get_selected_rows;
  iface->add_row_selection = table_add_row_selection;
  iface->remove_row_selection = table_remove_row_selection;
}

/* --- selection: of rows; an index is that of any cell of the row --- */

static gboolean
selection_add(AtkSelection *selection, int index)
{
  HsTableBody *body = body_of(selection);

  return index >= 0 && select_row(body, index / n_columns(body), TRUE);
}

static gboolean
selection_clear(AtkSelection *selection)
{
  HsTableBody *body = body_of(selection);

  if (body == NULL)
    return FALSE;
  hs_table_body_unselect_all(body);
  return TRUE;
}

static AtkObject *
selection_ref(AtkSelection *selection, int index)
{
  HsTableBody *body = body_of(selection);
  uint32_t position =
      body != NULL && index >= 0 ? hs_table_selection_nth(&body->selection, (uint32_t)index) : HS_POSITION_NONE;

  return position < max_rows(body) ? ref_cell(body, (int)position, 0) : NULL;
}

static int
selection_count(AtkSelection *selection)
{
  HsTableBody *body = body_of(selection);

  return body != NULL ? (int)MIN(hs_table_selection_count(&body->selection), max_rows(body)) : 0;
}

static gboolean
selection_is_child_selected(AtkSelection *selection, int index)
{
  return index >= 0 && table_is_row_selected(ATK_TABLE(selection), index / n_columns(body_of(selection)));
}

static gboolean
selection_remove(AtkSelection *selection, int index)
{
  HsTableBody *body = body_of(selection);
  uint32_t position =
      body != NULL && index >= 0 ? hs_table_selection_nth(&body->selection, (uint32_t)index) : HS_POSITION_NONE;

  return position < max_rows(body) && select_row(body, (int)position, FALSE);
}

static gboolean
selection_select_all(AtkSelection *selection)
{
  HsTableBody *body = body_of(selection);

  if (body == NULL)
    return FALSE;
  hs_table_body_select_all(body);
  return TRUE;
}

static void
selection_init(AtkSelectionIface *iface)
{
  iface->add_selection = selection_add;
  iface->clear_selection = selection_clear;
  iface->ref_selection = selection_ref;
  iface->get_selection_count = selection_count;
  iface->is_child_selected = selection_is_child_selected;
  iface->remove_selection = selection_remove;
  iface->select_all_selection = selection_select_all;
}

/* --- what the body tells --- */

void
hs_table_body_accessible_cursor_moved(AtkObject *accessible)
{
  HsTableBody *body = body_of(accessible);

  if (body == NULL)
    return;
  g_signal_emit_by_name(accessible, "selection-changed");
  if (body->cursor == HS_POSITION_NONE || body->cursor >= max_rows(body))
    return;
  g_autoptr(AtkObject) cell = ref_cell(body, (int)body->cursor, 0);
  if (cell != NULL)
    g_signal_emit_by_name(accessible, "active-descendant-changed", cell);
}

void
hs_table_body_accessible_model_changed(AtkObject *accessible, guint old_n, gboolean grew)
{
  HsTableBody *body = body_of(accessible);
  int before = (int)MIN(old_n, max_rows(body)), after = n_rows(body);

  if (!grew)
    g_signal_emit_by_name(accessible, "model-changed");
  else if (after > before)
    g_signal_emit_by_name(accessible, "row-inserted", before, after - before);
  g_signal_emit_by_name(accessible, "visible-data-changed");
}
