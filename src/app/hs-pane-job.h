/* SPDX-License-Identifier: MIT */
/*
 * HsPaneJob: one kind of work that a pane hands to a worker, coalesced: at most one running and one wanted. What to do
 * is asked of the pane when the work starts, so that it is always the latest wish. Main thread, but for `work`.
 */
#pragma once

#include <glib.h>

typedef struct {
  /* What to do now; owned by the job from then on. NULL = nothing (no document, no room). Main thread. */
  gpointer (*prepare)(gpointer owner);
  /* Does it. `cancel` becomes nonzero (atomic) when the result is no longer of use. NULL = no result. Worker. */
  gpointer (*work)(gpointer request, const int *cancel);
  /* The result, the pane's own from then on; only called if there is one. Main thread. */
  void (*done)(gpointer owner, gpointer request, gpointer result);
  /* Any thread. */
  GDestroyNotify free_request;
  GDestroyNotify free_result;
  /* Waits until nothing else is at work, and gives way to what a user asks for: figures come after the pictures that
   * people look at while they move. */
  gboolean is_patient;
} HsPaneJobClass;

typedef struct _HsPaneJob HsPaneJob;

/* `klass` must be static. `owner` is not kept alive: free the job when it is disposed of. */
HsPaneJob *hs_pane_job_new(const HsPaneJobClass *klass, gpointer owner);
/* Cancels what runs and forgets its result; does not wait. */
void hs_pane_job_free(HsPaneJob *job);

/* Wants the work done: at once, or after what runs now. `obsolete`: what runs now is of no use any more; else it is let
 * finish, so that something newer is shown during a long drag, unless it was for mere growth, which does not keep a
 * user waiting. */
void hs_pane_job_want(HsPaneJob *job, gboolean obsolete);
/* The same for what has merely grown while a trace loads: with pauses between, sixteen times as long as the work took,
 * 300 ms at least and 8 s at most, so that the loader gets the processors. A later hs_pane_job_want() ends the pause.
 */
void hs_pane_job_want_growth(HsPaneJob *job);
/* A trace is loaded: what is wanted for its growth is wanted now, by whatever job. */
void hs_pane_job_end_growth(void);
/* Drops what runs and what is wanted. */
void hs_pane_job_cancel(HsPaneJob *job);
/* Something runs or is wanted. */
gboolean hs_pane_job_is_busy(const HsPaneJob *job);
