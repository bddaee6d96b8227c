/* SPDX-License-Identifier: MIT */
#include <gio/gio.h>

#include "hs-pane-job.h"
#include "hs-worker.h"

/* Results come in before the next frame is drawn, but never before the user's input. */
#define RESULT_PRIORITY (G_PRIORITY_HIGH_IDLE + 10)
/* Work starts once all has been told that belongs together (more events, then a longer range), and before the next
 * frame is laid out; what is patient after that, since the layout may want more. */
#define START_PRIORITY G_PRIORITY_HIGH_IDLE
#define PATIENT_START_PRIORITY G_PRIORITY_DEFAULT_IDLE
/* What has begun so lately is begun anew if something else is wanted: a pane that is given another size, say. Less than
 * the time between two frames, so that something is shown while a hand moves. */
#define JUST_BEGUN_US (4 * G_TIME_SPAN_MILLISECOND)

/* One go of the work. Lives until the worker has ended, longer than its job if need be. */
typedef struct {
  HsPaneJob *job; /* NULL once dropped; main thread only */
  const HsPaneJobClass *klass;
  gpointer request;
  gint64 begun_us;    /* monotonic */
  gint64 work_us;     /* what the worker worked, without waiting for a processor */
  gboolean is_growth; /* nothing but growth asked for it */
  int cancel;         /* atomic */
} HsPaneRun;

struct _HsPaneJob {
  const HsPaneJobClass *klass;
  gpointer owner;
  HsPaneRun *running;
  gboolean wanted;
  gboolean unhurried; /* what is wanted is mere growth */
  gint64 rest_until_us;
  guint rest;     /* timer */
  guint starting; /* idle source */
};

/* There are some half a dozen of them on a window. */
#define LEAST_REST_US (300 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_REST_US (8 * G_TIME_SPAN_SECOND)
#define REST_A_WORK 16

/* Main thread. */
static guint n_hurried;               /* runs of jobs that are not patient */
static GQueue waiting = G_QUEUE_INIT; /* patient jobs that want to start */
static GQueue jobs = G_QUEUE_INIT;    /* all there are */

static void start(HsPaneJob *job);
static void start_or_rest(HsPaneJob *job);

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
  hs_worker_begin();
  gint64 start_us = hs_worker_time_us();
  gpointer result = run->klass->work(run->request, &run->cancel);
  run->work_us = hs_worker_time_us() - start_us;
  g_task_return_pointer(task, result, run->klass->free_result);
}

static gboolean
on_start(gpointer data)
{
  HsPaneJob *job = data;
  job->starting = 0;
  start(job);
  return G_SOURCE_REMOVE;
}

static void
start_soon(HsPaneJob *job)
{
  job->wanted = TRUE;
  int priority = job->klass->is_patient ? PATIENT_START_PRIORITY : START_PRIORITY;
  if (job->starting == 0)
    job->starting = g_idle_add_full(priority, on_start, job, NULL);
}

static void
take_result(HsPaneRun *run, gpointer made)
{
  HsPaneJob *job = run->job;
  if (job == NULL) {
    if (made != NULL)
      run->klass->free_result(made);
    return;
  }
  job->running = NULL;
  job->rest_until_us = g_get_monotonic_time() + CLAMP(REST_A_WORK * run->work_us, LEAST_REST_US, LONGEST_REST_US);
  if (made != NULL && g_atomic_int_get(&run->cancel) != 0)
    run->klass->free_result(made);
  else if (made != NULL)
    run->klass->done(job->owner, run->request, made);
  /* After done(), so that the next go builds on what this one gave. */
  if (job->wanted && job->running == NULL)
    start_or_rest(job);
}

static void
on_run_done(GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = G_TASK(result);
  HsPaneRun *run = g_task_get_task_data(task);
  n_hurried -= run->klass->is_patient ? 0 : 1;
  take_result(run, g_task_propagate_pointer(task, NULL));
  while (n_hurried == 0 && !g_queue_is_empty(&waiting))
    start_soon(g_queue_pop_head(&waiting));
}

/* What is patient gives way, and is begun anew afterwards. */
static void
stop_patient(void)
{
  for (GList *link = jobs.head; link != NULL; link = link->next) {
    HsPaneJob *job = link->data;
    if (!job->klass->is_patient || job->running == NULL || g_atomic_int_get(&job->running->cancel) != 0)
      continue;
    job->unhurried = job->wanted ? job->unhurried : job->running->is_growth;
    job->wanted = TRUE;
    g_atomic_int_set(&job->running->cancel, 1);
  }
}

static void
start(HsPaneJob *job)
{
  if (job->klass->is_patient && n_hurried > 0) {
    job->wanted = TRUE;
    if (g_queue_find(&waiting, job) == NULL)
      g_queue_push_tail(&waiting, job);
    return;
  }
  g_queue_remove(&waiting, job);
  gboolean is_growth = job->unhurried;
  job->wanted = FALSE;
  g_clear_handle_id(&job->rest, g_source_remove);
  g_clear_handle_id(&job->starting, g_source_remove);
  gpointer request = job->klass->prepare(job->owner);
  if (request == NULL)
    return;
  HsPaneRun *run = g_new0(HsPaneRun, 1);
  run->job = job;
  run->klass = job->klass;
  run->request = request;
  run->is_growth = is_growth;
  run->begun_us = g_get_monotonic_time();
  job->running = run;
  n_hurried += run->klass->is_patient ? 0 : 1;
  if (!run->klass->is_patient && !is_growth)
    stop_patient();
  g_autoptr(GTask) task = g_task_new(NULL, NULL, on_run_done, NULL);
  g_task_set_priority(task, RESULT_PRIORITY);
  g_task_set_task_data(task, run, run_free);
  g_task_run_in_thread(task, do_run);
}

static gboolean
on_rest_over(gpointer data)
{
  HsPaneJob *job = data;
  job->rest = 0;
  start(job);
  return G_SOURCE_REMOVE;
}

static void
start_or_rest(HsPaneJob *job)
{
  gint64 rest_us = job->rest_until_us - g_get_monotonic_time();
  if (!job->unhurried || rest_us <= 0)
    start_soon(job);
  else if (job->rest == 0)
    job->rest = g_timeout_add((guint)(rest_us / 1000 + 1), on_rest_over, job);
}

HsPaneJob *
hs_pane_job_new(const HsPaneJobClass *klass, gpointer owner)
{
  HsPaneJob *job = g_new0(HsPaneJob, 1);
  job->klass = klass;
  job->owner = owner;
  g_queue_push_tail(&jobs, job);
  return job;
}

void
hs_pane_job_free(HsPaneJob *job)
{
  hs_pane_job_cancel(job);
  g_queue_remove(&jobs, job);
  g_free(job);
}

void
hs_pane_job_want(HsPaneJob *job, gboolean obsolete)
{
  job->unhurried = FALSE;
  if (job->running == NULL) {
    start_soon(job);
    return;
  }
  job->wanted = TRUE;
  gboolean just_begun = g_get_monotonic_time() - job->running->begun_us < JUST_BEGUN_US;
  if (obsolete || just_begun || job->running->is_growth)
    g_atomic_int_set(&job->running->cancel, 1);
}

void
hs_pane_job_want_growth(HsPaneJob *job)
{
  /* What was wanted in a hurry before stays so. */
  if (!job->wanted)
    job->unhurried = TRUE;
  job->wanted = TRUE;
  if (job->running == NULL)
    start_or_rest(job);
}

void
hs_pane_job_end_growth(void)
{
  for (GList *link = jobs.head; link != NULL; link = link->next) {
    HsPaneJob *job = link->data;
    if (job->wanted && job->unhurried)
      hs_pane_job_want(job, FALSE);
  }
}

void
hs_pane_job_cancel(HsPaneJob *job)
{
  job->wanted = FALSE;
  g_queue_remove(&waiting, job);
  job->rest_until_us = 0;
  g_clear_handle_id(&job->rest, g_source_remove);
  g_clear_handle_id(&job->starting, g_source_remove);
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
