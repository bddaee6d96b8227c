/* SPDX-License-Identifier: MIT */
/* The program's own checks of a trace that was loaded, in a worker. */
#include "hs-document-private.h"
#include "hs-worker.h"

struct _HsCheckJob {
  HsTimeline *timeline;
  int cancel;
  HsSelfCheck *result;
};

static void
check_job_free(gpointer data)
{
  HsCheckJob *job = data;
  hs_timeline_unref(job->timeline);
  hs_self_check_free(job->result);
  g_free(job);
}

static void
run_check(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HsCheckJob *job = data;
  hs_worker_begin();
  job->result = hs_self_check_new(job->timeline, &job->cancel);
  g_task_return_boolean(task, TRUE);
}

static void
on_checked(GObject *source, GAsyncResult *result, gpointer data)
{
  HsDocument *self = HS_DOCUMENT(source);
  HsCheckJob *job = g_task_get_task_data(G_TASK(result));
  if (self->check_job != job)
    return;
  self->check_job = NULL;
  g_clear_pointer(&self->self_check, hs_self_check_free);
  self->self_check = g_steal_pointer(&job->result);
  if (self->self_check != NULL && !hs_self_check_holds(self->self_check))
    hs_document_emit(self, HS_DOCUMENT_LOADING_CHANGED);
}

void
hs_document_start_check(HsDocument *self)
{
  HsLoadOutcome outcome = hs_loader_outcome(self->loader);
  /* What was stopped for want of memory may hold half an event, and says so; it has none for checks, either. */
  bool is_checked = outcome == HS_LOAD_COMPLETE ||
                    (outcome == HS_LOAD_PARTIAL && hs_loader_report(self->loader)->stop_reason == NULL);
  if (self->closed || !is_checked)
    return;
  HsCheckJob *job = g_new0(HsCheckJob, 1);
  job->timeline = hs_timeline_ref(self->timeline);
  self->check_job = job;
  g_autoptr(GTask) task = g_task_new(self, NULL, on_checked, NULL);
  g_task_set_task_data(task, job, check_job_free);
  g_task_run_in_thread(task, run_check);
}

void
hs_document_drop_check(HsDocument *self)
{
  if (self->check_job == NULL)
    return;
  g_atomic_int_set(&self->check_job->cancel, 1);
  self->check_job = NULL;
}

const HsSelfCheck *
hs_document_get_self_check(HsDocument *self)
{
  return self->self_check;
}
