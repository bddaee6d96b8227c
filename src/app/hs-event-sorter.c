/* SPDX-License-Identifier: MIT */
#include "hs-event-sorter.h"
#include "hs-worker.h"

typedef struct {
  HsEventSorter *sorter; /* main thread only; NULL once superseded */
  HsTimeline *timeline;
  HsRowSet *set;
  HsEventColumn column;
  gboolean descending;
  gint64 started_us;
  int cancel; /* atomic */
} SortJob;

struct _HsEventSorter {
  HsEventSorted sorted;
  gpointer owner;
  SortJob *job; /* the one whose result is wanted, or NULL */
  gint64 last_us;
};

static void
sort_job_clear(gpointer data)
{
  SortJob *job = data;

  hs_row_set_unref(job->set);
  hs_timeline_unref(job->timeline);
}

static void
sort_job_unref(gpointer job)
{
  g_atomic_rc_box_release_full(job, sort_job_clear);
}

static void
sort_in_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  SortJob *job = data;
  HsRowOrder *order = hs_row_order_new(job->timeline, job->set, job->column, job->descending, &job->cancel);

  g_task_return_pointer(task, order, (GDestroyNotify)hs_row_order_unref);
}

static void
sort_done(GObject *source, GAsyncResult *result, gpointer data)
{
  SortJob *job = g_task_get_task_data(G_TASK(result));
  g_autoptr(HsRowOrder) order = g_task_propagate_pointer(G_TASK(result), NULL);
  HsEventSorter *self = job->sorter;

  if (self == NULL)
    return;
  self->last_us = g_get_monotonic_time() - job->started_us;
  self->job = NULL;
  job->sorter = NULL;
  g_autoptr(HsRowSet) set = hs_row_set_ref(job->set);
  sort_job_unref(job);
  self->sorted(self->owner, set, order);
}

HsEventSorter *
hs_event_sorter_new(HsEventSorted sorted, gpointer owner)
{
  HsEventSorter *self = g_new0(HsEventSorter, 1);

  self->sorted = sorted;
  self->owner = owner;
  return self;
}

void
hs_event_sorter_stop(HsEventSorter *self)
{
  SortJob *job = g_steal_pointer(&self->job);

  if (job == NULL)
    return;
  job->sorter = NULL;
  g_atomic_int_set(&job->cancel, 1);
  sort_job_unref(job);
}

void
hs_event_sorter_free(HsEventSorter *self)
{
  hs_event_sorter_stop(self);
  g_free(self);
}

void
hs_event_sorter_start(HsEventSorter *self, HsTimeline *timeline, HsRowSet *set, HsEventColumn column,
                      gboolean descending)
{
  hs_event_sorter_stop(self);

  SortJob *job = g_atomic_rc_box_new0(SortJob);
  job->sorter = self;
  job->timeline = hs_timeline_ref(timeline);
  job->set = hs_row_set_ref(set);
  job->column = column;
  job->descending = descending;
  job->started_us = g_get_monotonic_time();
  self->job = g_atomic_rc_box_acquire(job);

  g_autoptr(GTask) task = g_task_new(NULL, NULL, sort_done, NULL);
  g_task_set_name(task, "sort events");
  g_task_set_priority(task, G_PRIORITY_DEFAULT_IDLE);
  g_task_set_task_data(task, job, sort_job_unref);
  g_task_run_in_thread(task, sort_in_worker);
}

gboolean
hs_event_sorter_is_running(HsEventSorter *self)
{
  return self->job != NULL;
}

gint64
hs_event_sorter_last_us(HsEventSorter *self)
{
  return self->last_us;
}
