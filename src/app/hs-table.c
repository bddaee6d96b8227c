/* SPDX-License-Identifier: MIT */
#include "hs-table.h"

#include "hs-table-body.h"
#include "hs-table-copy.h"
#include "hs-table-header.h"
#include "hs-table-sorter.h"

/* While a trace loads, what takes work is done anew no oftener than this, and no more than a part of the time. */
#define RESORT_MS 1000
#define RENEW_MS 500 /* where rows change rather than move */
#define RESORT_SHARE 4

struct _HsTable {
  GtkBox parent_instance;

  const HsTableKind *kind;
  HsTableHeader *header;
  HsTableBody *body;

  HsDocument *document;
  guint filter_serial; /* of the rows last asked for */
  HsPivotBy by;        /* of a table of groups */

  int column; /* wanted order */
  gboolean descending;
  HsTableSorter *sorter;
  HsTableChange sort_change; /* what the result of the job will be to the rows shown */
  gboolean stale;            /* rows have come since the job under way began */
  guint resort_id;
  gboolean put_off; /* a job is to begin when the table can be seen, for this change: */
  HsTableChange put_off_change;
};

enum { PROP_0, PROP_KIND };
enum { SIGNAL_ROWS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HsTable, hs_table, GTK_TYPE_BOX)

static gboolean
in_natural_order(HsTable *self)
{
  return self->column == self->kind->natural_column;
}

static void
show_sort(HsTable *self)
{
  hs_table_body_set_sorted_column(self->body, self->column);
  hs_table_header_set_sort(self->header, self->column, self->descending, hs_table_sorter_is_running(self->sorter));
}

/* --- rows --- */

static HsTableQuestion
question_of(HsTable *self)
{
  HsTableQuestion question = {.pins = {INT64_MIN, INT64_MIN}, .by = self->by};

  if (self->kind->asks != NULL)
    (void)self->kind->asks(&question, self->document);
  return question;
}

static HsTableModel
document_data(HsTable *self)
{
  return (HsTableModel){.question = question_of(self),
                        .timeline = hs_document_get_timeline(self->document),
                        .rows = hs_document_get_row_set(self->document),
                        .blocks = hs_document_get_block_set(self->document),
                        .series = hs_document_get_series(self->document),
                        .n_rows = hs_document_get_n_rows(self->document),
                        .range = hs_document_get_type_range(self->document)};
}

/* What the document has to show; without items if these have to be found out in a worker. */
static void
take_data(HsTable *self, HsTableModel *model)
{
  const HsTableModel *shown = hs_table_body_get_model(self->body);
  HsTableModel data = document_data(self);

  if (hs_table_model_same_data(&data, shown)) {
    data.set = shown->set;
    data.sums = shown->sums;
    data.biography = shown->biography;
    data.comparison = shown->comparison;
    data.groups = shown->groups;
  }
  hs_table_model_assign(model, &data);
  if (model->set == NULL && !self->kind->prepares_slowly)
    self->kind->prepare(model, NULL);
}

static void
show(HsTable *self, const HsTableModel *model, HsTableChange change)
{
  const HsTableModel *old = hs_table_body_get_model(self->body);
  bool in_place = model->order == NULL && !model->reversed && old->order == NULL && !old->reversed;
  bool has_items = model->set != NULL && old->set != NULL;

  /* Rows that come on at the bottom move nothing. */
  if (change == HS_TABLE_MODEL_RESORTED && in_place && has_items && hs_row_set_extends(model->set, old->set))
    change = HS_TABLE_MODEL_GREW;
  hs_table_body_set_model(self->body, model, change);
  g_signal_emit(self, signals[SIGNAL_ROWS_CHANGED], 0);
}

/* Once the table can be seen. */
static void
start_job(HsTable *self, HsTableChange change)
{
  g_auto(HsTableModel) model = {0};

  g_clear_handle_id(&self->resort_id, g_source_remove);
  self->stale = FALSE;
  if (!gtk_widget_get_mapped(GTK_WIDGET(self))) {
    self->put_off_change = self->put_off ? MAX(self->put_off_change, change) : change;
    self->put_off = TRUE;
    return;
  }
  take_data(self, &model);
  /* A change whose result has not come yet remains one. */
  if (!hs_table_sorter_is_running(self->sorter) || change == HS_TABLE_MODEL_CHANGED)
    self->sort_change = change;
  hs_table_sorter_start(self->sorter, &model, self->column, self->descending);
  show_sort(self);
}

/* At once if that takes no work. */
static void
show_in_order(HsTable *self, HsTableChange change)
{
  g_auto(HsTableModel) model = {0};

  take_data(self, &model);
  if (!in_natural_order(self) || (model.set == NULL && self->kind->prepares_slowly)) {
    start_job(self, change);
    return;
  }
  model.reversed = self->descending;
  show(self, &model, change);
}

static gboolean
on_resort(gpointer data)
{
  HsTable *self = data;

  self->resort_id = 0;
  start_job(self, HS_TABLE_MODEL_RESORTED);
  return G_SOURCE_REMOVE;
}

static void
sort_later(HsTable *self)
{
  guint pause_ms = self->kind->prepares_slowly ? RENEW_MS : RESORT_MS;
  guint delay_ms = (guint)MAX(pause_ms, hs_table_sorter_last_us(self->sorter) / 1000 * RESORT_SHARE);

  if (!gtk_widget_get_mapped(GTK_WIDGET(self)))
    start_job(self, HS_TABLE_MODEL_RESORTED);
  else if (self->resort_id == 0)
    self->resort_id = g_timeout_add(delay_ms, on_resort, self);
}

static bool
same_range(HsTimeRange a, HsTimeRange b)
{
  return a.t0_ticks == b.t0_ticks && a.t1_ticks == b.t1_ticks;
}

static bool
sorts_by_range(HsTable *self)
{
  return self->kind->follows_range != NULL && !in_natural_order(self) && self->kind->follows_range(self->column);
}

/* At once if something else is asked by now, later if there merely is more to answer it with. */
static void
follow_question(HsTable *self, const HsTableModel *shown)
{
  HsTableModel data = document_data(self);

  data.rows = shown->rows;
  data.blocks = shown->blocks;
  data.n_rows = shown->n_rows;
  if (hs_table_model_same_data(&data, shown))
    sort_later(self);
  else
    start_job(self, HS_TABLE_MODEL_CHANGED);
}

static void
on_sorted(gpointer owner, const HsTableModel *sorted)
{
  HsTable *self = owner;

  if (sorted == NULL) { /* no memory for it */
    self->column = self->kind->natural_column;
    self->descending = FALSE;
    if (!self->kind->prepares_slowly)
      show_in_order(self, HS_TABLE_MODEL_CHANGED);
  } else {
    HsTableModel model = *sorted;
    model.range = hs_document_get_type_range(self->document);
    show(self, &model, self->sort_change);
    if (sorts_by_range(self) && !same_range(model.range, sorted->range))
      start_job(self, HS_TABLE_MODEL_RESORTED);
    else if (self->stale && self->kind->asks != NULL)
      follow_question(self, &model);
    else if (self->stale)
      sort_later(self);
  }
  show_sort(self);
}

static void
on_data_changed(HsTable *self)
{
  guint serial = hs_document_get_filter_serial(self->document);
  gboolean same = serial == self->filter_serial;

  self->filter_serial = serial;
  HsTableModel data = document_data(self);
  if (!same || (in_natural_order(self) && !self->kind->prepares_slowly)) {
    show_in_order(self, same ? HS_TABLE_MODEL_RESORTED : HS_TABLE_MODEL_CHANGED);
  } else if (!hs_table_model_same_data(&data, hs_table_body_get_model(self->body))) {
    /* The job under way is let finish, or a growing trace would never be shown. */
    self->stale = TRUE;
    if (!hs_table_sorter_is_running(self->sorter))
      sort_later(self);
  }
}

/* Another address or other moments. Those of a drag come fast: what is under way is let finish, so that something is
 * seen meanwhile. */
static void
on_places_changed(HsTable *self)
{
  HsTableModel data = document_data(self);

  if (hs_table_model_same_data(&data, hs_table_body_get_model(self->body)))
    return;
  if (hs_table_sorter_is_running(self->sorter))
    self->stale = TRUE;
  else
    show_in_order(self, HS_TABLE_MODEL_CHANGED);
}

/* Types of blocks hang on the selection. */
static void
on_selection_changed(HsTable *self)
{
  HsTableModel model = *hs_table_body_get_model(self->body);
  HsTimeRange range = hs_document_get_type_range(self->document);

  if (self->kind->follows_range == NULL || model.set == NULL || same_range(range, model.range))
    return;
  model.range = range;
  hs_table_body_set_model(self->body, &model, HS_TABLE_MODEL_GREW);
  if (sorts_by_range(self) && !hs_table_sorter_is_running(self->sorter))
    start_job(self, HS_TABLE_MODEL_RESORTED);
}

static void
stop_sorting(HsTable *self)
{
  g_clear_handle_id(&self->resort_id, g_source_remove);
  if (self->sorter != NULL)
    hs_table_sorter_stop(self->sorter);
  self->stale = FALSE;
  self->put_off = FALSE;
}

void
hs_table_set_document(HsTable *self, HsDocument *document)
{
  g_return_if_fail(HS_IS_TABLE(self));

  if (self->document == document)
    return;
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  stop_sorting(self);
  g_set_object(&self->document, document);
  hs_table_body_set_document(self->body, document);
  show_sort(self);
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "data-changed", G_CALLBACK(on_data_changed), self);
  g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
  if (self->kind->asks != NULL)
    g_signal_connect_swapped(document, "places-changed", G_CALLBACK(on_places_changed), self);
  self->filter_serial = hs_document_get_filter_serial(document);
  show_in_order(self, HS_TABLE_MODEL_CHANGED);
}

void
hs_table_sort(HsTable *self, int column, gboolean descending)
{
  g_return_if_fail(HS_IS_TABLE(self));
  g_return_if_fail(column == self->kind->natural_column || (column >= 0 && column < self->kind->n_columns));

  descending = descending != FALSE;
  if (self->column == column && self->descending == descending)
    return;
  stop_sorting(self);
  self->column = column;
  self->descending = descending;
  if (self->document != NULL)
    show_in_order(self, HS_TABLE_MODEL_CHANGED);
  show_sort(self);
}

void
hs_table_set_grouping(HsTable *self, HsPivotBy by)
{
  g_return_if_fail(HS_IS_TABLE(self));

  if (self->by == by)
    return;
  self->by = by;
  stop_sorting(self);
  if (self->document != NULL)
    show_in_order(self, HS_TABLE_MODEL_CHANGED);
}

/* Upwards, downwards, and back to the natural order. */
static void
on_sort_clicked(HsTable *self, int column)
{
  if (column != self->column)
    hs_table_sort(self, column, FALSE);
  else if (!self->descending)
    hs_table_sort(self, self->column, TRUE);
  else
    hs_table_sort(self, self->kind->natural_column, FALSE);
}

/* --- columns --- */

static void
share_columns(HsTable *self)
{
  hs_table_header_set_columns(self->header, hs_table_body_get_columns(self->body));
}

static void
on_resized(HsTable *self, int column, int width_px)
{
  hs_table_body_set_column_width(self->body, column, width_px);
  share_columns(self);
}

/* --- the rest of the interface --- */

const HsTableKind *
hs_table_get_kind(HsTable *self)
{
  g_return_val_if_fail(HS_IS_TABLE(self), NULL);

  return self->kind;
}

char *
hs_table_copy_text(HsTable *self, guint limit)
{
  g_return_val_if_fail(HS_IS_TABLE(self), NULL);

  return hs_table_copy_rows(self->kind, hs_table_body_get_model(self->body), hs_table_body_get_selection(self->body),
                            limit);
}

void
hs_table_select_all(HsTable *self)
{
  g_return_if_fail(HS_IS_TABLE(self));

  hs_table_body_select_all(self->body);
}

void
hs_table_go_to(HsTable *self, uint32_t item)
{
  g_return_if_fail(HS_IS_TABLE(self));

  uint32_t position = hs_table_model_find(hs_table_body_get_model(self->body), item);
  if (position == HS_POSITION_NONE)
    return;
  hs_table_body_scroll_to(self->body, position, TRUE);
  hs_table_body_move_cursor(self->body, position, HS_CURSOR_SELECT);
}

uint32_t
hs_table_get_cursor(HsTable *self)
{
  g_return_val_if_fail(HS_IS_TABLE(self), HS_POSITION_NONE);

  return hs_table_body_get_cursor(self->body);
}

const HsTableModel *
hs_table_get_model(HsTable *self)
{
  g_return_val_if_fail(HS_IS_TABLE(self), NULL);

  return hs_table_body_get_model(self->body);
}

guint
hs_table_get_n_rows(HsTable *self)
{
  g_return_val_if_fail(HS_IS_TABLE(self), 0);

  return hs_table_model_n(hs_table_body_get_model(self->body));
}

gboolean
hs_table_is_busy(HsTable *self)
{
  g_return_val_if_fail(HS_IS_TABLE(self), FALSE);

  return hs_table_sorter_is_running(self->sorter) || self->resort_id != 0;
}

/* --- widget --- */

static void
hs_table_map(GtkWidget *widget)
{
  HsTable *self = HS_TABLE(widget);

  GTK_WIDGET_CLASS(hs_table_parent_class)->map(widget);
  if (self->put_off && self->document != NULL) {
    self->put_off = FALSE;
    start_job(self, self->put_off_change);
  }
}

static void
hs_table_grab_focus(GtkWidget *widget)
{
  gtk_widget_grab_focus(GTK_WIDGET(HS_TABLE(widget)->body));
}

static void
hs_table_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HsTable *self = HS_TABLE(object);

  if (id != PROP_KIND) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    return;
  }
  self->kind = hs_table_kind_find(g_value_get_string(value));
  if (self->kind == NULL) {
    g_critical("there are no tables of %s", g_value_get_string(value));
    self->kind = &hs_table_events;
  }
}

static void
hs_table_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_KIND)
    g_value_set_static_string(value, HS_TABLE(object)->kind->name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
hs_table_constructed(GObject *object)
{
  HsTable *self = HS_TABLE(object);
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
  GtkWidget *header = hs_table_header_new(self->kind), *body = hs_table_body_new(self->kind, HS_TABLE_HEADER(header));

  G_OBJECT_CLASS(hs_table_parent_class)->constructed(object);
  self->sorter = hs_table_sorter_new(self->kind, on_sorted, self);
  self->column = self->kind->natural_column;
  self->header = HS_TABLE_HEADER(header);
  self->body = HS_TABLE_BODY(body);

  gtk_container_add(GTK_CONTAINER(scrolled), body);
  gtk_box_pack_start(GTK_BOX(self), header, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), scrolled, TRUE, TRUE, 0);
  gtk_widget_show(header);
  gtk_widget_show_all(scrolled);
  hs_table_header_set_adjustment(self->header, gtk_scrolled_window_get_hadjustment(GTK_SCROLLED_WINDOW(scrolled)));
  share_columns(self);
  show_sort(self);

  g_signal_connect_swapped(header, "sort-clicked", G_CALLBACK(on_sort_clicked), self);
  g_signal_connect_swapped(header, "resized", G_CALLBACK(on_resized), self);
  g_signal_connect_swapped(body, "restyled", G_CALLBACK(share_columns), self);
}

static void
hs_table_dispose(GObject *object)
{
  HsTable *self = HS_TABLE(object);

  stop_sorting(self);
  if (self->document != NULL) {
    g_signal_handlers_disconnect_by_data(self->document, self);
    g_clear_object(&self->document);
  }
  G_OBJECT_CLASS(hs_table_parent_class)->dispose(object);
}

static void
hs_table_finalize(GObject *object)
{
  HsTable *self = HS_TABLE(object);

  g_clear_pointer(&self->sorter, hs_table_sorter_free);
  G_OBJECT_CLASS(hs_table_parent_class)->finalize(object);
}

static void
hs_table_class_init(HsTableClass *klass)
{
  signals[SIGNAL_ROWS_CHANGED] =
      g_signal_new("rows-changed", HS_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);

  object_class->constructed = hs_table_constructed;
  object_class->dispose = hs_table_dispose;
  object_class->finalize = hs_table_finalize;
  object_class->get_property = hs_table_get_property;
  object_class->set_property = hs_table_set_property;
  widget_class->map = hs_table_map;
  widget_class->grab_focus = hs_table_grab_focus;
  g_object_class_install_property(
      object_class, PROP_KIND,
      g_param_spec_string("kind", NULL, NULL, NULL,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  /* Themes style a table's title buttons below this name. */
  gtk_widget_class_set_css_name(widget_class, "treeview");
}

static void
hs_table_init(HsTable *self)
{
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self)), GTK_STYLE_CLASS_VIEW);
}

GtkWidget *
hs_table_new(const HsTableKind *kind)
{
  return g_object_new(HS_TYPE_TABLE, "kind", kind->name, NULL);
}
