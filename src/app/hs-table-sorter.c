/* SPDX-License-Identifier: MIT */
#include "hs-table-sorter.h"
#include "hs-worker.h"

typedef struct {
  HsTableSorter *sorter; /* main thread only; NULL once superseded */
  const HsTableKind *kind;
  HsTableModel model;
  int column;
  gboolean descending;
  gint64 started_us;
  int cancel; /* atomic */
} SortJob;

struct _HsTableSorter {
  const HsTableKind *kind;
  HsTableSorted sorted;
  gpointer owner;
  SortJob *job; /* the one whose result is wanted, or NULL */
  gint64 last_us;
};

static void
sort_job_clear(gpointer data)
{
  SortJob *job = data;

  hs_table_model_clear(&job->model);
}

static void
sort_job_unref(gpointer job)
{
  g_atomic_rc_box_release_full(job, sort_job_clear);
}

/* False if cancelled or out of memory. */
static gboolean
do_job(SortJob *job)
{
  const HsTableKind *kind = job->kind;

  if (job->model.set == NULL && !kind->prepare(&job->model, &job->cancel))
    return FALSE;
  if (job->model.set == NULL)
    return TRUE;
  if (job->column == kind->natural_column) {
    job->model.reversed = job->descending;
    return TRUE;
  }
  job->model.order = kind->order_new(&job->model, job->column, job->descending, &job->cancel);
  return job->model.order != NULL;
}

static void
sort_in_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  g_task_return_boolean(task, do_job(data));
}

static void
sort_done(GObject *source, GAsyncResult *result, gpointer data)
{
  SortJob *job = g_task_get_task_data(G_TASK(result));
  gboolean done = g_task_propagate_boolean(G_TASK(result), NULL);
  HsTableSorter *self = job->sorter;

  if (self == NULL)
    return;
  self->last_us = g_get_monotonic_time() - job->started_us;
  self->job = NULL;
  job->sorter = NULL;
  self->sorted(self->owner, done ? &job->model : NULL);
  sort_job_unref(job);
}

HsTableSorter *
hs_table_sorter_new(const HsTableKind *kind, HsTableSorted sorted, gpointer owner)
{
  HsTableSorter *self = g_new0(HsTableSorter, 1);

  self->kind = kind;
  self->sorted = sorted;
  self->owner = owner;
  return self;
}

void
hs_table_sorter_stop(HsTableSorter *self)
{
  SortJob *job = g_steal_pointer(&self->job);

  if (job == NULL)
    return;
  job->sorter = NULL;
  g_atomic_int_set(&job->cancel, 1);
  sort_job_unref(job);
}

void
hs_table_sorter_free(HsTableSorter *self)
{
  hs_table_sorter_stop(self);
  g_free(self);
}

void
hs_table_sorter_start(HsTableSorter *self, const HsTableModel *model, int column, gboolean descending)
{
  hs_table_sorter_stop(self);

  SortJob *job = g_atomic_rc_box_new0(SortJob);
  job->sorter = self;
  job->kind = self->kind;
  hs_table_model_assign(&job->model, model);
  job->column = column;
  job->descending = descending;
  job->started_us = g_get_monotonic_time();
  self->job = g_atomic_rc_box_acquire(job);

  g_autoptr(GTask) task = g_task_new(NULL, NULL, sort_done, NULL);
  g_task_set_name(task, "sort table");
  g_task_set_priority(task, G_PRIORITY_DEFAULT_IDLE);
  g_task_set_task_data(task, job, sort_job_unref);
  g_task_run_in_thread(task, sort_in_worker);
}

gboolean
hs_table_sorter_is_running(HsTableSorter *self)
{
  return self->job != NULL;
}

gint64
hs_table_sorter_last_us(HsTableSorter *self)
{
  return self->last_us;
}
