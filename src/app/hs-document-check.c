/* SPDX-License-Identifier: MIT */
/* The program's own checks of a trace that was loaded, in a worker, once the pictures of it are there. */
#include "hs-document-private.h"

static gpointer
prepare(gpointer owner)
{
  HsDocument *self = owner;
  return hs_timeline_ref(self->timeline);
}

/* Worker. */
static gpointer
work(gpointer timeline, const int *cancel)
{
  return hs_self_check_new(timeline, cancel);
}

static void
done(gpointer owner, gpointer timeline, gpointer result)
{
  HsDocument *self = owner;
  g_clear_pointer(&self->self_check, hs_self_check_free);
  self->self_check = result;
  if (!hs_self_check_holds(self->self_check))
    hs_document_emit(self, HS_DOCUMENT_LOADING_CHANGED);
}

static void
free_timeline(gpointer timeline)
{
  hs_timeline_unref(timeline);
}

static void
free_check(gpointer check)
{
  hs_self_check_free(check);
}

static const HsPaneJobClass job_class = {prepare, work, done, free_timeline, free_check, TRUE};

void
hs_document_start_check(HsDocument *self)
{
  HsLoadOutcome outcome = hs_loader_outcome(self->loader);
  /* What was stopped for want of memory may hold half an event, and says so; it has none for checks, either. */
  bool is_checked = outcome == HS_LOAD_COMPLETE ||
                    (outcome == HS_LOAD_PARTIAL && hs_loader_report(self->loader)->stop_reason == NULL);
  if (self->closed || !is_checked)
    return;
  if (self->check_job == NULL)
    self->check_job = hs_pane_job_new(&job_class, self);
  hs_pane_job_want(self->check_job, FALSE);
}

void
hs_document_drop_check(HsDocument *self)
{
  g_clear_pointer(&self->check_job, hs_pane_job_free);
}

const HsSelfCheck *
hs_document_get_self_check(HsDocument *self)
{
  return self->self_check;
}
