/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "hs-cli-progress.h"
#include "hs-cli-writer.h"
#include "hs-cli.h"

#define PAUSE_US_MAX 20000

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal_number)
{
  interrupted = 1;
}

/* The first SIGINT stops the load in good order; a second one ends the program. */
static void
catch_interrupt(void)
{
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
}

static HsLoadOutcome
wait_for_load(HsLoader *loader)
{
  HsCliProgress progress;
  gulong pause_us = 500;
  hs_cli_progress_init(&progress);
  while (hs_loader_outcome(loader) == HS_LOAD_RUNNING) {
    if (interrupted)
      hs_loader_cancel(loader);
    hs_cli_progress_update(&progress, loader);
    g_usleep(pause_us);
    pause_us = MIN(pause_us * 2, PAUSE_US_MAX);
  }
  hs_cli_progress_end(&progress);
  /* What the thread still takes down is not waited for. */
  return hs_loader_outcome(loader);
}

static void
list_issues(HsLoader *loader)
{
  const HsLoadReport *report = hs_loader_report(loader);
  g_autofree char *path = g_filename_display_name(hs_loader_path(loader));
  for (unsigned kind = 0; kind < HS_ETL_N_ISSUES; kind++) {
    const HsEtlIssue *issue = &report->issues[kind];
    if (issue->count == 0)
      continue;
    g_autofree char *detail = hs_cli_plain_text(issue->places[0].detail);
    hs_cli_message(g_dngettext(NULL, "%s: %s at offset %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT " time): %s",
                               "%s: %s at offset %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT " times): %s",
                               (gulong)issue->count),
                   path, hs_etl_issue_name((HsEtlIssueKind)kind), issue->places[0].offset, issue->count, detail);
  }
  if (hs_load_choice_is_part(hs_loader_choice(loader))) {
    g_autofree char *part = hs_load_choice_text(hs_loader_choice(loader));
    hs_cli_message(_("%s: only a part was loaded: %s"), path, part);
  }
  if (report->stop_reason != NULL)
    hs_cli_message(_("%s: the rest was not read: %s"), path, report->stop_reason);
}

/* Names the file, if the error does not. */
static void
tell_error(HsLoader *loader)
{
  const GError *error = hs_loader_error(loader);
  g_autofree char *path = g_filename_display_name(hs_loader_path(loader));
  g_autofree char *message = hs_cli_plain_text(error != NULL ? error->message : _("cannot be loaded"));
  if (strstr(message, path) != NULL)
    hs_cli_message("%s", message);
  else
    hs_cli_message("%s: %s", path, message);
}

HsLoader *
hs_cli_load(const char *path, int *status)
{
  catch_interrupt();
  g_autoptr(HsLoader) loader = hs_loader_start_choice(path, hs_cli_member(), hs_cli_choice());
  HsLoadOutcome outcome = wait_for_load(loader);
  signal(SIGINT, SIG_DFL);
  if (interrupted) {
    *status = HS_CLI_EXIT_INTERRUPTED;
    return NULL;
  }
  if (outcome == HS_LOAD_FAILED) {
    tell_error(loader);
    if (hs_loader_need(loader) != NULL)
      hs_cli_message("%s", _("--load-range and --load-pid load a part; --memory-limit says what may be used"));
    *status = HS_CLI_EXIT_FAILED;
    return NULL;
  }
  list_issues(loader);
  *status = HS_CLI_EXIT_DONE;
  return g_steal_pointer(&loader);
}
