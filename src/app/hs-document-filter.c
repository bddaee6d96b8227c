/* SPDX-License-Identifier: MIT */
/*
 * The document's filter: a worker finds the rows that pass and their series; what it found is swapped in whole on the
 * main thread. A newer wish cancels the older. Without a filter there is nothing to compute: the row set is the
 * identity and the series are the timeline's own.
 */
#include <gio/gio.h>

#include "hs-document-private.h"
#include "hs-worker.h"

/* While loading, the rows of a filter are brought up to date no more often than this. */
#define RENEW_INTERVAL_US (G_USEC_PER_SEC / 2)

struct _HsFilterJob {
  HsTimeline *timeline;
  HsFilter *filter;
  uint32_t n_rows;
  HsRowSet *base;      /* earlier result of an equal filter, or NULL */
  HsSeriesSet *series; /* to extend: new, or that of `base` */
  gboolean extends_shown;
  gint64 start_us;
  int cancel; /* atomic */

  HsRowSet *rows; /* result; NULL = cancelled or out of memory */
};

static void
filter_job_free(gpointer data)
{
  HsFilterJob *job = data;
  hs_timeline_unref(job->timeline);
  hs_filter_free(job->filter);
  g_clear_pointer(&job->base, hs_row_set_unref);
  g_clear_pointer(&job->series, hs_series_set_unref);
  g_clear_pointer(&job->rows, hs_row_set_unref);
  g_free(job);
}

/* Worker. */
static void
run_job(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  HsFilterJob *job = data;
  g_autoptr(HsRowSet) rows = hs_row_set_new(job->timeline, job->filter, job->n_rows, job->base, &job->cancel);
  gboolean done = rows != NULL && hs_series_set_extend(job->series, job->n_rows, &job->cancel);

  if (done)
    job->rows = g_steal_pointer(&rows);
  g_task_return_boolean(task, done);
}

static void
swap_data(HsDocument *self, const HsFilter *filter, HsRowSet *rows, HsSeriesSet *series)
{
  hs_row_set_ref(rows);
  hs_row_set_unref(self->row_set);
  self->row_set = rows;
  hs_series_set_ref(series);
  hs_series_set_unref(self->series);
  self->series = series;
  HsFilter *copy = hs_filter_copy(filter);
  hs_filter_free(self->applied);
  self->applied = copy;
  hs_document_emit(self, HS_DOCUMENT_DATA_CHANGED);
}

static void
on_job_done(GObject *source, GAsyncResult *result, gpointer data)
{
  HsDocument *self = HS_DOCUMENT(source);
  HsFilterJob *job = g_task_get_task_data(G_TASK(result));

  if (job->extends_shown)
    self->n_extending--;
  if (self->job != job)
    return;
  self->job = NULL;
  self->last_job_end_us = g_get_monotonic_time();
  self->last_job_cost_us = self->last_job_end_us - job->start_us;
  if (self->closed || job->rows == NULL)
    return;
  swap_data(self, job->filter, job->rows, job->series);
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
  job->filter = hs_filter_copy(self->wanted);
  job->n_rows = n_rows;
  job->start_us = g_get_monotonic_time();
  gboolean same = hs_filter_equal(self->wanted, self->applied) && !hs_filter_is_empty(self->applied);
  if (same)
    job->base = hs_row_set_ref(self->row_set);
  /* Series have one writer: those shown are extended only if no dropped job is still at it. */
  if (same && self->n_extending == 0) {
    job->series = hs_series_set_ref(self->series);
    job->extends_shown = TRUE;
    self->n_extending++;
  } else {
    job->series = hs_series_set_new(self->timeline, self->wanted);
  }
  self->job = job;
  g_autoptr(GTask) task = g_task_new(self, NULL, on_job_done, NULL);
  g_task_set_task_data(task, job, filter_job_free);
  g_task_run_in_thread(task, run_job);
}

static void
show_everything(HsDocument *self, uint32_t n_rows)
{
  hs_document_drop_job(self);
  if (hs_filter_is_empty(self->applied) && hs_row_set_n_rows(self->row_set) == n_rows)
    return;
  g_autoptr(HsRowSet) rows = hs_row_set_new(self->timeline, NULL, n_rows, NULL, NULL);
  if (rows != NULL)
    swap_data(self, self->wanted, rows, self->timeline->series);
}

void
hs_document_update_data(HsDocument *self)
{
  if (self->closed)
    return;
  uint32_t n_rows = hs_timeline_n_rows(self->timeline);
  if (hs_filter_is_empty(self->wanted)) {
    show_everything(self, n_rows);
    return;
  }
  if (!hs_filter_equal(self->wanted, self->applied)) {
    if (self->job == NULL || !hs_filter_equal(self->job->filter, self->wanted)) {
      hs_document_drop_job(self);
      start_job(self, n_rows);
    }
    return;
  }
  if (self->job != NULL && !hs_filter_equal(self->job->filter, self->wanted))
    hs_document_drop_job(self);
  if (self->job != NULL || hs_row_set_n_rows(self->row_set) >= n_rows)
    return;
  /* Slow filters are renewed less often, so that they do not take the loader's processor time. */
  gint64 pause_us = MAX(RENEW_INTERVAL_US, 2 * self->last_job_cost_us);
  if (!self->loading || g_get_monotonic_time() - self->last_job_end_us >= pause_us)
    start_job(self, n_rows);
}

const HsFilter *
hs_document_get_applied_filter(HsDocument *self)
{
  return self->applied;
}

const HsFilter *
hs_document_get_filter(HsDocument *self)
{
  return self->wanted;
}

void
hs_document_set_filter(HsDocument *self, const HsFilter *filter)
{
  if (self->closed || hs_filter_equal(self->wanted, filter))
    return;
  HsFilter *copy = hs_filter_copy(filter);
  hs_filter_free(self->wanted);
  self->wanted = copy;
  hs_document_emit(self, HS_DOCUMENT_FILTER_CHANGED);
  hs_document_update_data(self);
}

gboolean
hs_document_is_busy(HsDocument *self)
{
  return self->loading || self->job != NULL;
}
