/* SPDX-License-Identifier: MIT */
#include "hs-summary-view.h"

#include "hs-config.h"
#include "hs-format.h"
#include "hs-pane-job.h"
#include "hs-summary-tree.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A tree view takes this many rows in a few milliseconds; groups beyond are counted in a row of their own. */
#define MAX_CHILDREN 500
#define MAX_ROWS 4000

struct _HsSummaryView {
  GtkBox parent_instance;

  HsDocument *document;
  GtkComboBoxText *combos[HS_PIVOT_LEVELS];
  GtkLabel *range_label;
  HsSummaryTree *tree;
  HsPaneJob *job;
  gboolean updating; /* the combos are being set */
  gboolean is_stale; /* something changed while nobody looked */
  HsPivotColumn column;
  gboolean descending;

  HsPivot *pivot; /* shown */
  guint shown_serial;
};

G_DEFINE_FINAL_TYPE(HsSummaryView, hs_summary_view, GTK_TYPE_BOX)

/* --- the job --- */

typedef struct {
  HsTimeline *timeline;
  HsRowSet *rows, *blocks;
  HsSeriesSet *series;
  HsTimeRange range;
  guint serial;
  HsPivotBy by[HS_PIVOT_LEVELS];
  unsigned n_by;
  HsPivotColumn column;
  gboolean descending;
  HsPivot *pivot; /* of just this, made before; or NULL */
} Request;

typedef struct {
  HsPivot *pivot;
  GArray *rows;
} Result;

static void
request_free(gpointer data)
{
  Request *request = data;
  hs_series_set_unref(request->series);
  hs_row_set_unref(request->rows);
  hs_row_set_unref(request->blocks);
  hs_pivot_unref(request->pivot);
  hs_timeline_unref(request->timeline);
  g_free(request);
}

static void
result_free(gpointer data)
{
  Result *result = data;
  g_clear_pointer(&result->rows, g_array_unref);
  hs_pivot_unref(result->pivot);
  g_free(result);
}

/* The fields chosen, from the first on, each once. */
static unsigned
chosen_groups(HsSummaryView *self, HsPivotBy *by)
{
  unsigned n = 0;
  for (int i = 0; i < HS_PIVOT_LEVELS; i++) {
    const char *id = gtk_combo_box_get_active_id(GTK_COMBO_BOX(self->combos[i]));
    HsPivotBy field = id != NULL ? hs_pivot_from_name(id) : HS_N_PIVOTS;
    bool twice = false;
    for (unsigned k = 0; k < n; k++)
      twice = twice || by[k] == field;
    if (field != HS_N_PIVOTS && !twice)
      by[n++] = field;
  }
  return n;
}

static gboolean
fits(const HsPivot *pivot, const Request *request)
{
  if (pivot == NULL || pivot->n_rows != hs_row_set_n_rows(request->rows) || pivot->n_by != request->n_by ||
      pivot->range.t0_ticks != request->range.t0_ticks || pivot->range.t1_ticks != request->range.t1_ticks)
    return FALSE;
  for (unsigned i = 0; i < request->n_by; i++) {
    if (pivot->by[i] != request->by[i])
      return FALSE;
  }
  return TRUE;
}

static gpointer
prepare(gpointer owner)
{
  HsSummaryView *self = owner;
  if (self->document == NULL)
    return NULL;
  Request *request = g_new0(Request, 1);
  request->timeline = hs_timeline_ref(hs_document_get_timeline(self->document));
  request->rows = hs_row_set_ref(hs_document_get_row_set(self->document));
  request->blocks = hs_row_set_ref(hs_document_get_block_set(self->document));
  request->series = hs_series_set_ref(hs_document_get_series(self->document));
  request->range = hs_document_get_type_range(self->document);
  request->serial = hs_document_get_filter_serial(self->document);
  request->n_by = chosen_groups(self, request->by);
  request->column = self->column;
  request->descending = self->descending;
  if (request->serial == self->shown_serial && fits(self->pivot, request))
    request->pivot = hs_pivot_ref(self->pivot);
  return request;
}

/* Worker. */
static gpointer
work(gpointer data, const int *cancel)
{
  const Request *r = data;
  g_autoptr(HsPivot) pivot = r->pivot != NULL ? hs_pivot_ref(r->pivot)
                                              : hs_pivot_new(r->timeline, r->blocks, r->series, r->range,
                                                             hs_row_set_n_rows(r->rows), r->by, r->n_by, true, cancel);
  GArray *rows = pivot != NULL ? hs_pivot_rows(pivot, r->column, r->descending, MAX_CHILDREN, MAX_ROWS, cancel) : NULL;
  if (rows == NULL)
    return NULL;
  Result *result = g_new0(Result, 1);
  result->pivot = g_steal_pointer(&pivot);
  result->rows = rows;
  return result;
}

static void
show_range(HsSummaryView *self)
{
  int64_t t0, t1;
  g_autofree char *text = NULL;
  if (self->document != NULL && hs_document_get_selection(self->document, &t0, &t1)) {
    HsClock clock = hs_timeline_clock(hs_document_get_timeline(self->document));
    char begin[HS_FORMAT_MAX], end[HS_FORMAT_MAX];
    hs_format_time(begin, sizeof begin, hs_clock_to_ns(clock, t0));
    hs_format_time(end, sizeof end, hs_clock_to_ns(clock, t1));
    text = g_strdup_printf(_("Selection %s – %s"), begin, end);
  } else {
    text = g_strdup(_("Whole trace"));
  }
  gtk_label_set_label(self->range_label, text);
}

static void
done(gpointer owner, gpointer data, gpointer made)
{
  HsSummaryView *self = owner;
  Request *request = data;
  Result *result = made;
  hs_pivot_unref(self->pivot);
  self->pivot = g_steal_pointer(&result->pivot);
  self->shown_serial = request->serial;
  if (self->document != NULL && self->pivot->is_checked && !self->pivot->is_consistent)
    hs_document_report_contradiction(self->document);
  hs_summary_tree_show(self->tree, request->timeline, self->pivot, result->rows);
  hs_summary_tree_set_sort(self->tree, request->column, request->descending);
  result_free(result);
}

static const HsPaneJobClass job_class = {prepare, work, done, request_free, result_free, TRUE};

/* --- what it follows --- */

static void
refresh(HsSummaryView *self, gboolean obsolete, gboolean growth)
{
  show_range(self);
  if (self->document == NULL || !gtk_widget_get_mapped(GTK_WIDGET(self))) {
    self->is_stale = TRUE;
    return;
  }
  self->is_stale = FALSE;
  if (growth)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, obsolete);
}

static void
on_data_changed(HsSummaryView *self)
{
  gboolean growth = hs_document_get_filter_serial(self->document) == self->shown_serial &&
                    hs_loader_outcome(hs_document_get_loader(self->document)) == HS_LOAD_RUNNING;
  refresh(self, TRUE, growth);
}

static void
on_selection_changed(HsSummaryView *self)
{
  HsTimeRange range = hs_document_get_type_range(self->document);
  /* The cursor alone changes nothing here. */
  if (self->pivot != NULL && self->pivot->range.t0_ticks == range.t0_ticks &&
      self->pivot->range.t1_ticks == range.t1_ticks && !hs_pane_job_is_busy(self->job))
    return;
  refresh(self, FALSE, FALSE);
}

static void
on_combo_changed(HsSummaryView *self)
{
  if (!self->updating)
    refresh(self, TRUE, FALSE);
}

static void
on_sort_clicked(HsSummaryView *self, int column)
{
  /* Numbers are looked at from the largest on. */
  gboolean first = column != HS_PIVOT_COLUMN_GROUP;
  hs_summary_view_sort(self, (HsPivotColumn)column, (int)self->column == column ? !self->descending : first);
}

static void
hs_summary_view_map(GtkWidget *widget)
{
  HsSummaryView *self = HS_SUMMARY_VIEW(widget);
  GTK_WIDGET_CLASS(hs_summary_view_parent_class)->map(widget);
  if (self->is_stale)
    refresh(self, TRUE, FALSE);
}

/* --- public --- */

void
hs_summary_view_set_document(HsSummaryView *self, HsDocument *document)
{
  if (self->document == document)
    return;
  hs_pane_job_cancel(self->job);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data(self->document, self);
  g_set_object(&self->document, document);
  g_clear_pointer(&self->pivot, hs_pivot_unref);
  self->shown_serial = 0;
  hs_summary_tree_set_document(self->tree, document);
  if (document == NULL)
    return;
  g_signal_connect_swapped(document, "data-changed", G_CALLBACK(on_data_changed), self);
  g_signal_connect_swapped(document, "selection-changed", G_CALLBACK(on_selection_changed), self);
  refresh(self, TRUE, FALSE);
}

void
hs_summary_view_set_groups(HsSummaryView *self, const HsPivotBy *by, unsigned n)
{
  self->updating = TRUE;
  for (unsigned i = 0; i < HS_PIVOT_LEVELS; i++)
    gtk_combo_box_set_active_id(GTK_COMBO_BOX(self->combos[i]), i < n ? hs_pivot_name(by[i]) : "none");
  self->updating = FALSE;
  refresh(self, TRUE, FALSE);
}

void
hs_summary_view_sort(HsSummaryView *self, HsPivotColumn column, gboolean descending)
{
  if (self->column == column && self->descending == descending)
    return;
  self->column = column;
  self->descending = descending;
  refresh(self, TRUE, FALSE);
}

const HsPivot *
hs_summary_view_get_pivot(HsSummaryView *self)
{
  return self->pivot;
}

gboolean
hs_summary_view_is_busy(HsSummaryView *self)
{
  return hs_pane_job_is_busy(self->job);
}

/* --- widget --- */

/* The button inside is what has the focus. */
static void
name_inside(GtkWidget *widget, gpointer name)
{
  if (GTK_IS_BUTTON(widget))
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), name_inside, name);
}

static GtkComboBoxText *
new_combo(HsSummaryView *self, int level)
{
  static const char *const names[HS_PIVOT_LEVELS] = {N_("Group by"), N_("Then by"), N_("Last by")};
  GtkWidget *combo = gtk_combo_box_text_new();
  if (level > 0)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), "none", "—");
  for (int by = 0; by < HS_N_PIVOTS; by++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), hs_pivot_name((HsPivotBy)by), hs_pivot_title((HsPivotBy)by));
  atk_object_set_name(gtk_widget_get_accessible(combo), _(names[level]));
  name_inside(combo, (gpointer)_(names[level]));
  gtk_widget_set_tooltip_text(combo, _(names[level]));
  g_signal_connect_swapped(combo, "changed", G_CALLBACK(on_combo_changed), self);
  return GTK_COMBO_BOX_TEXT(combo);
}

static void
hs_summary_view_dispose(GObject *object)
{
  HsSummaryView *self = HS_SUMMARY_VIEW(object);
  if (self->document != NULL)
    hs_summary_view_set_document(self, NULL);
  g_clear_pointer(&self->job, hs_pane_job_free);
  G_OBJECT_CLASS(hs_summary_view_parent_class)->dispose(object);
}

static void
hs_summary_view_class_init(HsSummaryViewClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = hs_summary_view_dispose;
  GTK_WIDGET_CLASS(klass)->map = hs_summary_view_map;
}

static void
hs_summary_view_init(HsSummaryView *self)
{
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *heading = gtk_label_new(_("Group by"));
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL), *tree = hs_summary_tree_new();

  gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
  self->column = HS_PIVOT_COLUMN_SIZE;
  self->descending = TRUE;
  self->job = hs_pane_job_new(&job_class, self);
  self->tree = HS_SUMMARY_TREE(tree);
  self->range_label = GTK_LABEL(gtk_label_new(""));
  gtk_style_context_add_class(gtk_widget_get_style_context(bar), "hs-summary-bar");
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(self->range_label)), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_box_pack_start(GTK_BOX(bar), heading, FALSE, FALSE, 0);
  for (int level = 0; level < HS_PIVOT_LEVELS; level++) {
    self->combos[level] = new_combo(self, level);
    gtk_box_pack_start(GTK_BOX(bar), GTK_WIDGET(self->combos[level]), FALSE, FALSE, 0);
  }
  gtk_box_pack_end(GTK_BOX(bar), GTK_WIDGET(self->range_label), FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(scrolled), tree);
  gtk_box_pack_start(GTK_BOX(self), bar, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(self), scrolled, TRUE, TRUE, 0);
  gtk_widget_show_all(bar);
  gtk_widget_show_all(scrolled);
  g_signal_connect_swapped(tree, "sort-clicked", G_CALLBACK(on_sort_clicked), self);
  static const HsPivotBy by[] = {HS_PIVOT_PROCESS, HS_PIVOT_HEAP, HS_PIVOT_SOURCE};
  hs_summary_view_set_groups(self, by, G_N_ELEMENTS(by));
  hs_summary_tree_set_sort(self->tree, self->column, self->descending);
}
