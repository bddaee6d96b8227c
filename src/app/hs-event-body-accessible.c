/* SPDX-License-Identifier: MIT */
#include "hs-event-body-accessible.h"

#include <glib/gi18n.h>

#include "hs-event-body-private.h"
#include "hs-event-cell-accessible.h"

/* Indices of cells are ints in ATK: rows beyond this are not announced. */
#define MAX_ROWS (G_MAXINT / HS_N_COLUMNS)

typedef struct {
  GtkWidgetAccessible parent_instance;
} HsEventBodyAccessible;
typedef struct {
  GtkWidgetAccessibleClass parent_class;
} HsEventBodyAccessibleClass;

static void table_init(AtkTableIface *iface);
static void selection_init(AtkSelectionIface *iface);

G_DEFINE_TYPE_WITH_CODE(HsEventBodyAccessible, hs_event_body_accessible, GTK_TYPE_WIDGET_ACCESSIBLE,
                        G_IMPLEMENT_INTERFACE(ATK_TYPE_TABLE, table_init)
                            G_IMPLEMENT_INTERFACE(ATK_TYPE_SELECTION, selection_init))

/* NULL once the widget is gone. */
static HsEventBody *
body_of(gpointer accessible)
{
  GtkWidget *widget = gtk_accessible_get_widget(GTK_ACCESSIBLE(accessible));

  return widget != NULL ? HS_EVENT_BODY(widget) : NULL;
}

static int
n_rows(HsEventBody *body)
{
  return body != NULL ? (int)MIN(hs_event_model_n(&body->model), MAX_ROWS) : 0;
}

static AtkObject *
ref_cell(HsEventBody *body, int row, int column)
{
  if (row < 0 || row >= n_rows(body) || column < 0 || column >= HS_N_COLUMNS)
    return NULL;
  return hs_event_cell_accessible_new(body, (uint32_t)row, (HsEventColumn)column);
}

/* --- object --- */

static int
accessible_get_n_children(AtkObject *object)
{
  return n_rows(body_of(object)) * HS_N_COLUMNS;
}

static AtkObject *
accessible_ref_child(AtkObject *object, int index)
{
  return index < 0 ? NULL : ref_cell(body_of(object), index / HS_N_COLUMNS, index % HS_N_COLUMNS);
}

static AtkStateSet *
accessible_ref_state_set(AtkObject *object)
{
  AtkStateSet *states = ATK_OBJECT_CLASS(hs_event_body_accessible_parent_class)->ref_state_set(object);

  /* Without it the bridge walks all cells. */
  atk_state_set_add_state(states, ATK_STATE_MANAGES_DESCENDANTS);
  atk_state_set_add_state(states, ATK_STATE_MULTISELECTABLE);
  return states;
}

static void
accessible_initialize(AtkObject *object, gpointer data)
{
  ATK_OBJECT_CLASS(hs_event_body_accessible_parent_class)->initialize(object, data);
  object->role = ATK_ROLE_TABLE;
  atk_object_set_name(object, _("Events"));
  g_set_weak_pointer(&HS_EVENT_BODY(data)->accessible, object);
}

static void
hs_event_body_accessible_class_init(HsEventBodyAccessibleClass *klass)
{
  AtkObjectClass *atk_class = ATK_OBJECT_CLASS(klass);

  atk_class->initialize = accessible_initialize;
  atk_class->get_n_children = accessible_get_n_children;
  atk_class->ref_child = accessible_ref_child;
  atk_class->ref_state_set = accessible_ref_state_set;
}

static void
hs_event_body_accessible_init(HsEventBodyAccessible *self)
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
  if (row < 0 || row >= n_rows(body_of(table)) || column < 0 || column >= HS_N_COLUMNS)
    return -1;
  return row * HS_N_COLUMNS + column;
}

static int
table_get_row_at_index(AtkTable *table, int index)
{
  return index < 0 || index / HS_N_COLUMNS >= n_rows(body_of(table)) ? -1 : index / HS_N_COLUMNS;
}

static int
table_get_column_at_index(AtkTable *table, int index)
{
  return index < 0 || index / HS_N_COLUMNS >= n_rows(body_of(table)) ? -1 : index % HS_N_COLUMNS;
}

static int
table_get_n_rows(AtkTable *table)
{
  return n_rows(body_of(table));
}

static int
table_get_n_columns(AtkTable *table)
{
  return HS_N_COLUMNS;
}

static int
table_get_extent(AtkTable *table, int row, int column)
{
  return 1;
}

static const char *
table_get_column_description(AtkTable *table, int column)
{
  return column < 0 || column >= HS_N_COLUMNS ? NULL : hs_event_column_title((HsEventColumn)column);
}

static AtkObject *
table_get_column_header(AtkTable *table, int column)
{
  HsEventBody *body = body_of(table);

  if (body == NULL || column < 0 || column >= HS_N_COLUMNS)
    return NULL;
  GtkWidget *button = hs_event_header_get_button(body->header, (HsEventColumn)column);
  return button != NULL ? gtk_widget_get_accessible(button) : NULL;
}

static gboolean
table_is_row_selected(AtkTable *table, int row)
{
  HsEventBody *body = body_of(table);

  return row >= 0 && row < n_rows(body) && hs_event_selection_contains(&body->selection, (uint32_t)row);
}

static gboolean
table_is_selected(AtkTable *table, int row, int column)
{
  return table_is_row_selected(table, row);
}

static int
table_get_selected_rows(AtkTable *table, int **rows)
{
  HsEventBody *body = body_of(table);
  int count = body != NULL ? (int)MIN(hs_event_selection_count(&body->selection), MAX_ROWS) : 0, n = 0;

  /* The caller owns it; no memory means no rows rather than the end of the program. */
  *rows = g_try_new(int, (gsize)MAX(count, 1));
  if (*rows == NULL)
    return 0;
  for (guint i = 0; body != NULL && i < hs_event_selection_n_intervals(&body->selection); i++) {
    HsInterval interval = hs_event_selection_interval(&body->selection, i);
    for (uint32_t p = interval.begin; p < interval.end && n < count; p++)
      (*rows)[n++] = (int)p;
  }
  return n;
}

static gboolean
select_row(HsEventBody *body, int row, gboolean selected)
{
  if (row < 0 || row >= n_rows(body))
    return FALSE;
  hs_event_body_select_position(body, (uint32_t)row, selected);
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
  return index >= 0 && select_row(body_of(selection), index / HS_N_COLUMNS, TRUE);
}

static gboolean
selection_clear(AtkSelection *selection)
{
  HsEventBody *body = body_of(selection);

  if (body == NULL)
    return FALSE;
  hs_event_body_unselect_all(body);
  return TRUE;
}

static AtkObject *
selection_ref(AtkSelection *selection, int index)
{
  HsEventBody *body = body_of(selection);
  uint32_t position =
      body != NULL && index >= 0 ? hs_event_selection_nth(&body->selection, (uint32_t)index) : HS_POSITION_NONE;

  return position < MAX_ROWS ? ref_cell(body, (int)position, 0) : NULL;
}

static int
selection_count(AtkSelection *selection)
{
  HsEventBody *body = body_of(selection);

  return body != NULL ? (int)MIN(hs_event_selection_count(&body->selection), MAX_ROWS) : 0;
}

static gboolean
selection_is_child_selected(AtkSelection *selection, int index)
{
  return index >= 0 && table_is_row_selected(ATK_TABLE(selection), index / HS_N_COLUMNS);
}

static gboolean
selection_remove(AtkSelection *selection, int index)
{
  HsEventBody *body = body_of(selection);
  uint32_t position =
      body != NULL && index >= 0 ? hs_event_selection_nth(&body->selection, (uint32_t)index) : HS_POSITION_NONE;

  return position < MAX_ROWS && select_row(body, (int)position, FALSE);
}

static gboolean
selection_select_all(AtkSelection *selection)
{
  HsEventBody *body = body_of(selection);

  if (body == NULL)
    return FALSE;
  hs_event_body_select_all(body);
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
hs_event_body_accessible_cursor_moved(AtkObject *accessible)
{
  HsEventBody *body = body_of(accessible);

  if (body == NULL)
    return;
  g_signal_emit_by_name(accessible, "selection-changed");
  if (body->cursor == HS_POSITION_NONE || body->cursor >= MAX_ROWS)
    return;
  g_autoptr(AtkObject) cell = ref_cell(body, (int)body->cursor, 0);
  if (cell != NULL)
    g_signal_emit_by_name(accessible, "active-descendant-changed", cell);
}

void
hs_event_body_accessible_model_changed(AtkObject *accessible, guint old_n, gboolean grew)
{
  int before = (int)MIN(old_n, MAX_ROWS), after = n_rows(body_of(accessible));

  if (!grew)
    g_signal_emit_by_name(accessible, "model-changed");
  else if (after > before)
    g_signal_emit_by_name(accessible, "row-inserted", before, after - before);
  g_signal_emit_by_name(accessible, "visible-data-changed");
}
