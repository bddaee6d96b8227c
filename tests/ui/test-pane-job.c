/* SPDX-License-Identifier: MIT */
/* When the work of a pane starts, rests, is dropped, and whose result is shown. Needs no display. */
#include <glib.h>

#include "hs-pane-job.h"

/* A pane whose work takes as long as it is told, and that notes what becomes of it. */
typedef struct {
  HsPaneJob *job;
  int wish;         /* what the next request is */
  int work_ms;      /* how long its work takes, unless it is dropped */
  gboolean burns;   /* it keeps a processor busy, so that growth rests long */
  guint n_prepared; /* works begun */
  guint n_done;     /* results shown */
  int shown;        /* the last of them */
} Pane;

typedef struct {
  int wish, work_ms;
  gboolean burns;
} Request;

static gpointer
prepare(gpointer owner)
{
  Pane *pane = owner;
  Request *request = g_new(Request, 1);
  *request = (Request){pane->wish, pane->work_ms, pane->burns};
  pane->n_prepared++;
  return request;
}

static gpointer
work(gpointer data, const int *cancel)
{
  const Request *request = data;
  gint64 end_us = g_get_monotonic_time() + request->work_ms * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time() < end_us) {
    if (g_atomic_int_get(cancel) != 0)
      return NULL;
    if (!request->burns)
      g_usleep(500);
  }
  return g_memdup2(&request->wish, sizeof request->wish);
}

static void
done(gpointer owner, gpointer request, gpointer result)
{
  Pane *pane = owner;
  pane->shown = *(int *)result;
  pane->n_done++;
  g_free(result);
}

static const HsPaneJobClass hurried_class = {prepare, work, done, g_free, g_free, FALSE};
static const HsPaneJobClass patient_class = {prepare, work, done, g_free, g_free, TRUE};

static void
iterate(void)
{
  g_main_context_iteration(NULL, TRUE);
}

static void
settle(Pane *pane)
{
  while (hs_pane_job_is_busy(pane->job))
    iterate();
}

static gboolean
set_true(gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for(guint ms)
{
  gboolean over = FALSE;
  g_timeout_add(ms, set_true, &over);
  while (!over)
    iterate();
}

static void
test_wishes_that_belong_together(void)
{
  Pane pane = {.work_ms = 1};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  for (pane.wish = 1; pane.wish < 4; pane.wish++)
    hs_pane_job_want(pane.job, FALSE);
  pane.wish = 4;
  g_assert_true(hs_pane_job_is_busy(pane.job));
  settle(&pane);
  g_assert_cmpuint(pane.n_prepared, ==, 1);
  g_assert_cmpint(pane.shown, ==, 4);
  hs_pane_job_free(pane.job);
}

static void
start(Pane *pane)
{
  guint before = pane->n_prepared;
  hs_pane_job_want(pane->job, FALSE);
  while (pane->n_prepared == before)
    iterate();
}

/* Something is shown while a hand moves … */
static void
test_a_moved_view_may_finish(void)
{
  Pane pane = {.wish = 1, .work_ms = 60};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  start(&pane);
  run_for(20);
  pane.wish = 2;
  hs_pane_job_want(pane.job, FALSE);
  while (pane.n_done == 0)
    iterate();
  g_assert_cmpint(pane.shown, ==, 1);
  settle(&pane);
  g_assert_cmpint(pane.shown, ==, 2);
  hs_pane_job_free(pane.job);
}

/* … but not what nobody wants any more. */
static void
test_what_is_obsolete_is_dropped(void)
{
  Pane pane = {.wish = 1, .work_ms = 60000};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  start(&pane);
  run_for(20);
  pane.wish = 2;
  pane.work_ms = 1;
  hs_pane_job_want(pane.job, TRUE);
  settle(&pane);
  g_assert_cmpuint(pane.n_done, ==, 1);
  g_assert_cmpint(pane.shown, ==, 2);
  hs_pane_job_free(pane.job);
}

/* A pane that is given another size as soon as its work has begun. */
static void
test_what_has_just_begun_is_begun_anew(void)
{
  Pane pane = {.wish = 1, .work_ms = 2000};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  start(&pane);
  pane.wish = 2;
  pane.work_ms = 1;
  hs_pane_job_want(pane.job, FALSE);
  settle(&pane);
  g_assert_cmpint(pane.shown, ==, 2);
  hs_pane_job_free(pane.job);
}

static void
test_growth_rests(void)
{
  Pane pane = {.work_ms = 5};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  gint64 start_us = g_get_monotonic_time();
  while (g_get_monotonic_time() - start_us < 450 * G_TIME_SPAN_MILLISECOND) {
    pane.wish++;
    hs_pane_job_want_growth(pane.job);
    run_for(10);
  }
  /* One at once, and one every 300 ms; a machine that stops now and then may have less. */
  gint64 rests = (g_get_monotonic_time() - start_us) / (300 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint(pane.n_prepared, >=, 1);
  g_assert_cmpuint(pane.n_prepared, <=, 1 + rests);
  hs_pane_job_free(pane.job);
}

/* After 100 ms of work, which are 1.6 s of rest if it had a processor to itself. */
static void
rest(Pane *pane)
{
  int work_ms = pane->work_ms;
  pane->wish = 1;
  pane->work_ms = 100;
  pane->burns = TRUE;
  hs_pane_job_want_growth(pane->job);
  settle(pane);
  pane->work_ms = work_ms;
  pane->burns = FALSE;
  pane->wish = 2;
  hs_pane_job_want_growth(pane->job);
  run_for(20);
  g_assert_cmpuint(pane->n_prepared, ==, 1);
}

static void
test_a_user_ends_the_rest(void)
{
  Pane pane = {.work_ms = 1};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  rest(&pane);
  gint64 start_us = g_get_monotonic_time();
  pane.wish = 3;
  hs_pane_job_want(pane.job, FALSE);
  settle(&pane);
  g_assert_cmpint(pane.shown, ==, 3);
  g_assert_cmpint(g_get_monotonic_time() - start_us, <, 1000 * G_TIME_SPAN_MILLISECOND);
  hs_pane_job_free(pane.job);
}

static void
test_the_end_of_a_load_ends_all_rests(void)
{
  Pane panes[2] = {{.work_ms = 1}, {.work_ms = 1}};
  panes[0].job = hs_pane_job_new(&hurried_class, &panes[0]);
  panes[1].job = hs_pane_job_new(&patient_class, &panes[1]);
  rest(&panes[0]);
  rest(&panes[1]);
  gint64 start_us = g_get_monotonic_time();
  hs_pane_job_end_growth();
  settle(&panes[0]);
  settle(&panes[1]);
  g_assert_cmpint(panes[0].shown, ==, 2);
  g_assert_cmpint(panes[1].shown, ==, 2);
  g_assert_cmpint(g_get_monotonic_time() - start_us, <, 1000 * G_TIME_SPAN_MILLISECOND);
  hs_pane_job_free(panes[0].job);
  hs_pane_job_free(panes[1].job);
}

/* Whoever zooms while a trace loads does not wait for a picture of the whole. */
static void
test_growth_is_dropped_for_a_user(void)
{
  Pane pane = {.wish = 1, .work_ms = 60000};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  hs_pane_job_want_growth(pane.job);
  run_for(30);
  g_assert_cmpuint(pane.n_prepared, ==, 1);
  pane.wish = 2;
  pane.work_ms = 1;
  hs_pane_job_want(pane.job, FALSE);
  settle(&pane);
  g_assert_cmpuint(pane.n_done, ==, 1);
  g_assert_cmpint(pane.shown, ==, 2);
  hs_pane_job_free(pane.job);
}

static void
test_patience(void)
{
  Pane hurried = {.wish = 1, .work_ms = 40}, patient = {.wish = 1, .work_ms = 1};
  hurried.job = hs_pane_job_new(&hurried_class, &hurried);
  patient.job = hs_pane_job_new(&patient_class, &patient);
  hs_pane_job_want(patient.job, FALSE);
  hs_pane_job_want(hurried.job, FALSE);
  while (patient.n_prepared == 0)
    iterate();
  g_assert_cmpuint(hurried.n_done, ==, 1);
  settle(&patient);
  g_assert_cmpuint(patient.n_done, ==, 1);
  hs_pane_job_free(hurried.job);
  hs_pane_job_free(patient.job);
}

/* Checks that take seconds do not slow down a zoom. */
static void
test_patience_gives_way(void)
{
  Pane hurried = {.wish = 1, .work_ms = 20}, patient = {.wish = 1, .work_ms = 60000}, grown = {.wish = 1, .work_ms = 1};
  hurried.job = hs_pane_job_new(&hurried_class, &hurried);
  grown.job = hs_pane_job_new(&hurried_class, &grown);
  patient.job = hs_pane_job_new(&patient_class, &patient);
  start(&patient);
  /* Growth does not stop it. */
  hs_pane_job_want_growth(grown.job);
  settle(&grown);
  run_for(20);
  g_assert_cmpuint(patient.n_prepared, ==, 1);
  patient.work_ms = 1;
  start(&hurried);
  settle(&hurried);
  settle(&patient);
  g_assert_cmpuint(hurried.n_done, ==, 1);
  g_assert_cmpuint(patient.n_prepared, ==, 2);
  g_assert_cmpuint(patient.n_done, ==, 1);
  hs_pane_job_free(hurried.job);
  hs_pane_job_free(grown.job);
  hs_pane_job_free(patient.job);
}

static void
test_what_is_cancelled_tells_nothing(void)
{
  Pane pane = {.wish = 1, .work_ms = 30};
  pane.job = hs_pane_job_new(&hurried_class, &pane);
  start(&pane);
  hs_pane_job_cancel(pane.job);
  g_assert_false(hs_pane_job_is_busy(pane.job));
  hs_pane_job_want(pane.job, FALSE);
  hs_pane_job_cancel(pane.job);
  run_for(60);
  g_assert_cmpuint(pane.n_prepared, ==, 1);
  g_assert_cmpuint(pane.n_done, ==, 0);
  start(&pane);
  /* The worker may outlive it. */
  hs_pane_job_free(pane.job);
  run_for(60);
  g_assert_cmpuint(pane.n_done, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pane-job/wishes-that-belong-together", test_wishes_that_belong_together);
  g_test_add_func("/pane-job/moved-view-may-finish", test_a_moved_view_may_finish);
  g_test_add_func("/pane-job/obsolete-is-dropped", test_what_is_obsolete_is_dropped);
  g_test_add_func("/pane-job/just-begun-is-begun-anew", test_what_has_just_begun_is_begun_anew);
  g_test_add_func("/pane-job/growth-rests", test_growth_rests);
  g_test_add_func("/pane-job/user-ends-rest", test_a_user_ends_the_rest);
  g_test_add_func("/pane-job/end-of-load-ends-rests", test_the_end_of_a_load_ends_all_rests);
  g_test_add_func("/pane-job/growth-is-dropped-for-user", test_growth_is_dropped_for_a_user);
  g_test_add_func("/pane-job/patience", test_patience);
  g_test_add_func("/pane-job/patience-gives-way", test_patience_gives_way);
  g_test_add_func("/pane-job/cancelled-tells-nothing", test_what_is_cancelled_tells_nothing);
  return g_test_run();
}
