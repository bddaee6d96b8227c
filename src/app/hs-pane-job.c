/* SPDX-License-Identifier: MIT */
#include <gio/gio.h>

#include "hs-pane-job.h"

/* Results come in before the next frame is drawn, but never before the user's input. */
#define RESULT_PRIORITY (G_PRIORITY_HIGH_IDLE + 10)

/* One go of the work. Lives until the worker has ended, longer than its job if need be. */
typedef struct {
  HsPaneJob *job; /* NULL once dropped; main thread only */
  const HsPaneJobClass *klass;
  gpointer request;
  int cancel; /* atomic */
} HsPaneRun;

struct _HsPaneJob {
  const HsPaneJobClass *klass;
  gpointer owner;
  HsPaneRun *running;
  gboolean wanted;
};

static void start(HsPaneJob *job);

static void
run_free(gpointer data)
{
  HsPaneRun *run = data;
  run->klass->free_request(run->request);
  g_free(run);
}

/* Worker. */
static void
do_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HsPaneRun *run = data;
  g_task_return_pointer(task, run->klass->work(run->request, &run->cancel), run->klass->free_result);
}

static void
on_run_done(GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = G_TASK(result);
  HsPaneRun *run = g_task_get_task_data(task);
  HsPaneJob *job = run->job;
  gpointer made = g_task_propagate_pointer(task, NULL);

  if (job == NULL) {
    if (made != NULL)
      run->klass->free_result(made);
    return;
  }
  job->running = NULL;
  if (made != NULL && g_atomic_int_get(&run->cancel) != 0)
    run->klass->free_result(made);
  else if (made != NULL)
    run->klass->done(job->owner, run->request, made);
  /* After done(), so that the next go builds on what this one gave. */
  if (job->wanted && job->running == NULL)
    start(job);
}

static void
start(HsPaneJob *job)
{
  job->wanted = FALSE;
  gpointer request = job->klass->prepare(job->owner);
  if (request == NULL)
    return;
  HsPaneRun *run = g_new0(HsPaneRun, 1);
  run->job = job;
  run->klass = job->klass;
  run->request = request;
  job->running = run;
  g_autoptr(GTask) task = g_task_new(NULL, NULL, on_run_done, NULL);
  g_task_set_priority(task, RESULT_PRIORITY);
  g_task_set_task_data(task, run, run_free);
  g_task_run_in_thread(task, do_run);
}

HsPaneJob *
hs_pane_job_new(const HsPaneJobClass *klass, gpointer owner)
{
  HsPaneJob *job = g_new0(HsPaneJob, 1);
  job->klass = klass;
  job->owner = owner;
  return job;
}

void
hs_pane_job_free(HsPaneJob *job)
{
  hs_pane_job_cancel(job);
  g_free(job);
}

void
hs_pane_job_want(HsPaneJob *job, gboolean obsolete)
{
  if (job->running == NULL) {
    start(job);
    return;
  }
  job->wanted = TRUE;
  if (obsolete)
    g_atomic_int_set(&job->running->cancel, 1);
}

void
hs_pane_job_cancel(HsPaneJob *job)
{
  job->wanted = FALSE;
  if (job->running == NULL)
    return;
  g_atomic_int_set(&job->running->cancel, 1);
  job->running->job = NULL;
  job->running = NULL;
}

gboolean
hs_pane_job_is_busy(const HsPaneJob *job)
{
  return job->running != NULL || job->wanted;
}
