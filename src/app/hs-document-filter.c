/* SPDX-License-Identifier: MIT */
/*
 * The document's filter: a worker finds the rows and the blocks that pass, and the series of those blocks; what it
 * found is swapped in whole on the main thread. A newer wish cancels the older. Without a filter there is nothing to
 * compute: the sets are the identity and the series are the timeline's own.
 */
#include <gio/gio.h>

#include "hs-document-private.h"
#include "hs-worker.h"

/* While loading, the rows of a filter are brought up to date no more often than this. */
#define RENEW_INTERVAL_US (G_USEC_PER_SEC / 2)
#define MAX_UNDO 200

struct _HsFilterJob {
  HsTimeline *timeline;
  HsQuery *query;
  HsTimeRange range;
  uint32_t n_rows;
  bool is_final; /* the trace was complete when it began */
  gint64 start_us;
  int cancel; /* atomic */

  HsRowSet *rows, *blocks; /* result; NULL = cancelled or out of memory */
  HsSeriesSet *series;
};

void
hs_document_init_filter(HsDocument *self)
{
  self->serial = 1;
  self->applied_range = HS_TIME_RANGE_ALL;
  self->undo = g_ptr_array_new_with_free_func(g_free);
  self->redo = g_ptr_array_new_with_free_func(g_free);
}

void
hs_document_clear_filter(HsDocument *self)
{
  g_clear_pointer(&self->row_set, hs_row_set_unref);
  g_clear_pointer(&self->block_set, hs_row_set_unref);
  g_clear_pointer(&self->series, hs_series_set_unref);
  g_clear_pointer(&self->applied, hs_query_unref);
  g_clear_pointer(&self->wanted, hs_query_unref);
  g_clear_pointer(&self->ticks, hs_filter_free);
  g_clear_pointer(&self->undo, g_ptr_array_unref);
  g_clear_pointer(&self->redo, g_ptr_array_unref);
}

/* --- the job --- */

static void
filter_job_free(gpointer data)
{
  HsFilterJob *job = data;
  hs_timeline_unref(job->timeline);
  hs_query_unref(job->query);
  g_clear_pointer(&job->rows, hs_row_set_unref);
  g_clear_pointer(&job->blocks, hs_row_set_unref);
  g_clear_pointer(&job->series, hs_series_set_unref);
  g_free(job);
}

/* Worker. */
static void
run_job(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  HsFilterJob *job = data;
  g_autoptr(HsRowSet) rows = NULL;
  g_autoptr(HsRowSet) blocks = NULL;
  if (!hs_row_set_query(job->timeline, job->query, job->range, job->n_rows, &job->cancel, &rows, &blocks)) {
    g_task_return_boolean(task, FALSE);
    return;
  }
  job->series = hs_series_set_new_of(job->timeline, blocks, job->n_rows, &job->cancel);
  if (job->series != NULL) {
    job->rows = g_steal_pointer(&rows);
    job->blocks = g_steal_pointer(&blocks);
  }
  g_task_return_boolean(task, job->series != NULL);
}

static bool
same_query(const HsQuery *a, const HsQuery *b)
{
  if (hs_query_is_empty(a) || hs_query_is_empty(b))
    return hs_query_is_empty(a) == hs_query_is_empty(b);
  return a == b || g_str_equal(hs_query_text(a), hs_query_text(b));
}

static bool
same_range(const HsQuery *query, HsTimeRange a, HsTimeRange b)
{
  return !hs_query_uses_range(query) || (a.t0_ticks == b.t0_ticks && a.t1_ticks == b.t1_ticks);
}

/* The same filter over the same rows may let others pass than before: ends and names have become known. */
static bool
has_settled_otherwise(const HsDocument *self, const HsRowSet *rows, const HsRowSet *blocks)
{
  return hs_row_set_n_rows(rows) == hs_row_set_n_rows(self->row_set) &&
         hs_row_set_n_rows(blocks) == hs_row_set_n_rows(self->block_set) &&
         !(hs_row_set_extends(rows, self->row_set) && hs_row_set_extends(blocks, self->block_set));
}

/* Takes references. */
static void
swap_data(HsDocument *self, HsQuery *query, HsTimeRange range, HsRowSet *rows, HsRowSet *blocks, HsSeriesSet *series)
{
  if (!same_query(query, self->applied) || !same_range(query, range, self->applied_range) ||
      has_settled_otherwise(self, rows, blocks))
    self->serial = MAX(self->serial + 1, 1);
  hs_row_set_ref(rows);
  hs_row_set_unref(self->row_set);
  self->row_set = rows;
  hs_row_set_ref(blocks);
  hs_row_set_unref(self->block_set);
  self->block_set = blocks;
  hs_series_set_ref(series);
  hs_series_set_unref(self->series);
  self->series = series;
  HsQuery *old = self->applied;
  self->applied = query != NULL ? hs_query_ref(query) : NULL;
  hs_query_unref(old);
  self->applied_range = range;
  hs_document_emit(self, HS_DOCUMENT_DATA_CHANGED);
}

static void
on_job_done(GObject *source, GAsyncResult *result, gpointer data)
{
  HsDocument *self = HS_DOCUMENT(source);
  HsFilterJob *job = g_task_get_task_data(G_TASK(result));

  if (self->job != job)
    return;
  self->job = NULL;
  self->last_job_end_us = g_get_monotonic_time();
  self->last_job_cost_us = self->last_job_end_us - job->start_us;
  if (self->closed || job->rows == NULL)
    return;
  self->is_final = job->is_final;
  swap_data(self, job->query, job->range, job->rows, job->blocks, job->series);
  /* The load may have ended while the worker ran. */
  hs_document_update_data(self);
}

void
hs_document_drop_job(HsDocument *self)
{
  if (self->job == NULL)
    return;
  g_atomic_int_set(&self->job->cancel, 1);
  self->job = NULL;
}

static void
start_job(HsDocument *self, uint32_t n_rows)
{
  HsFilterJob *job = g_new0(HsFilterJob, 1);
  job->timeline = hs_timeline_ref(self->timeline);
  job->query = hs_query_ref(self->wanted);
  job->range = hs_document_get_type_range(self);
  job->n_rows = n_rows;
  job->is_final = !self->loading;
  job->start_us = g_get_monotonic_time();
  self->job = job;
  g_autoptr(GTask) task = g_task_new(self, NULL, on_job_done, NULL);
  g_task_set_task_data(task, job, filter_job_free);
  g_task_run_in_thread(task, run_job);
}

static void
show_everything(HsDocument *self, uint32_t n_rows)
{
  hs_document_drop_job(self);
  if (hs_query_is_empty(self->applied) && hs_row_set_n_rows(self->row_set) == n_rows)
    return;
  g_autoptr(HsRowSet) rows = NULL;
  g_autoptr(HsRowSet) blocks = NULL;
  if (hs_row_set_query(self->timeline, NULL, HS_TIME_RANGE_ALL, n_rows, NULL, &rows, &blocks))
    swap_data(self, NULL, HS_TIME_RANGE_ALL, rows, blocks, self->timeline->series);
}

/* Whether the job under way is for what is wanted. */
static bool
job_is_wanted(HsDocument *self)
{
  return self->job != NULL && same_query(self->job->query, self->wanted) &&
         same_range(self->wanted, self->job->range, hs_document_get_type_range(self));
}

void
hs_document_update_data(HsDocument *self)
{
  if (self->closed)
    return;
  uint32_t n_rows = hs_timeline_n_rows(self->timeline);
  if (hs_query_is_empty(self->wanted)) {
    show_everything(self, n_rows);
    return;
  }
  if (self->job != NULL && !job_is_wanted(self))
    hs_document_drop_job(self);
  if (self->job != NULL)
    return;
  if (!same_query(self->wanted, self->applied) ||
      !same_range(self->wanted, self->applied_range, hs_document_get_type_range(self))) {
    start_job(self, n_rows);
    return;
  }
  /* What had not ended, or had no name, may have meanwhile: also without new rows, the last word is the whole trace's.
   */
  bool is_final = hs_row_set_n_rows(self->row_set) >= n_rows && (self->loading || self->is_final);
  if (is_final)
    return;
  /* Slow filters are renewed less often, so that they do not take the loader's processor time. */
  gint64 pause_us = MAX(RENEW_INTERVAL_US, 2 * self->last_job_cost_us);
  if (!self->loading || g_get_monotonic_time() - self->last_job_end_us >= pause_us)
    start_job(self, n_rows);
}

const char *
hs_document_get_applied_text(HsDocument *self)
{
  return self->applied != NULL ? hs_query_text(self->applied) : "";
}

guint
hs_document_get_filter_serial(HsDocument *self)
{
  return self->serial;
}

HsTimeRange
hs_document_get_type_range(HsDocument *self)
{
  int64_t t0, t1;
  return hs_document_get_selection(self, &t0, &t1) ? (HsTimeRange){t0, t1} : HS_TIME_RANGE_ALL;
}

/* --- the wish --- */

const char *
hs_document_get_filter_text(HsDocument *self)
{
  return self->wanted != NULL ? hs_query_text(self->wanted) : "";
}

const HsQuery *
hs_document_get_query(HsDocument *self)
{
  return self->wanted;
}

/* Takes the query. */
static void
want(HsDocument *self, HsQuery *query)
{
  hs_query_unref(self->wanted);
  self->wanted = query;
  g_clear_pointer(&self->ticks, hs_filter_free);
  hs_document_emit(self, HS_DOCUMENT_FILTER_CHANGED);
  hs_document_update_data(self);
}

static void
push(GPtrArray *texts, const char *text)
{
  if (texts->len >= MAX_UNDO)
    g_ptr_array_remove_index(texts, 0);
  g_ptr_array_add(texts, g_strdup(text));
}

gboolean
hs_document_set_filter_text(HsDocument *self, const char *text, gboolean is_step, HsQueryError *error)
{
  HsQuery *query = hs_query_parse(text, error);
  if (query == NULL)
    return FALSE;
  if (self->closed || g_str_equal(text, hs_document_get_filter_text(self))) {
    hs_query_unref(query);
    return TRUE;
  }
  gboolean first = !(is_step && self->in_steps);
  guint n = self->undo->len;
  self->in_steps = is_step;
  if (first) {
    push(self->undo, hs_document_get_filter_text(self));
    g_ptr_array_set_size(self->redo, 0);
  } else if (n > 0 && g_str_equal(text, g_ptr_array_index(self->undo, n - 1))) {
    /* Back where the steps began: there is nothing to undo. */
    g_ptr_array_remove_index(self->undo, n - 1);
    self->in_steps = FALSE;
  }
  want(self, query);
  return TRUE;
}

void
hs_document_end_filter_steps(HsDocument *self)
{
  self->in_steps = FALSE;
}

gboolean
hs_document_can_undo_filter(HsDocument *self)
{
  return self->undo->len > 0;
}

gboolean
hs_document_can_redo_filter(HsDocument *self)
{
  return self->redo->len > 0;
}

static void
go(HsDocument *self, GPtrArray *from, GPtrArray *to)
{
  if (from->len == 0 || self->closed)
    return;
  g_autofree char *text = g_ptr_array_steal_index(from, from->len - 1);
  push(to, hs_document_get_filter_text(self));
  self->in_steps = FALSE;
  /* It was understood once. */
  want(self, hs_query_parse(text, NULL));
}

void
hs_document_undo_filter(HsDocument *self)
{
  go(self, self->undo, self->redo);
}

void
hs_document_redo_filter(HsDocument *self)
{
  go(self, self->redo, self->undo);
}

const HsFilter *
hs_document_get_filter(HsDocument *self)
{
  uint32_t n_heaps = hs_timeline_n_heaps(self->timeline), n_processes = hs_timeline_n_processes(self->timeline);
  gboolean complete = hs_timeline_complete(self->timeline);
  if (self->ticks != NULL && self->ticks_heaps == n_heaps && self->ticks_processes == n_processes &&
      self->ticks_complete == complete)
    return self->ticks;
  g_clear_pointer(&self->ticks, hs_filter_free);
  self->ticks = hs_filter_from_query(self->wanted, self->timeline);
  self->ticks_heaps = n_heaps;
  self->ticks_processes = n_processes;
  self->ticks_complete = complete;
  return self->ticks;
}

void
hs_document_set_filter(HsDocument *self, const HsFilter *filter)
{
  g_autofree char *text = hs_filter_write(filter, self->wanted, self->timeline);
  (void)hs_document_set_filter_text(self, text, FALSE, NULL);
}

gboolean
hs_document_is_filtering(HsDocument *self)
{
  return !same_query(self->wanted, self->applied);
}

gboolean
hs_document_is_busy(HsDocument *self)
{
  return self->loading || self->job != NULL;
}
