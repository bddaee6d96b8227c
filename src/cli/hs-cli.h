/* SPDX-License-Identifier: MIT */
/*
 * What the commands of heapscope-cli share: exit statuses, arguments, messages, loading. Main thread only.
 */
#pragma once

#include <glib.h>

#include "hs-loader.h"

enum {
  HS_CLI_EXIT_DONE = 0,
  HS_CLI_EXIT_FAILED = 1, /* the file could not be used, or the result not written */
  HS_CLI_EXIT_USAGE = 2,
  HS_CLI_EXIT_INTERRUPTED = 130 /* as a shell reports SIGINT */
};

/* A command: takes its own arguments (argv[0] is its name) and returns the exit status. */
typedef struct {
  const char *name;
  const char *title; /* one line, untranslated */
  int (*run)(int argc, char **argv);
} HsCliCommand;

int hs_cli_summary_run(int argc, char **argv);
int hs_cli_heaps_run(int argc, char **argv);
int hs_cli_events_run(int argc, char **argv);
int hs_cli_allocations_run(int argc, char **argv);
int hs_cli_biography_run(int argc, char **argv);
int hs_cli_compare_run(int argc, char **argv);
int hs_cli_render_run(int argc, char **argv);
int hs_cli_export_run(int argc, char **argv);

/* --- arguments (hs-cli-args.c) --- */

/* What there is to say of a command's options. */
typedef struct {
  const char *command;
  const char *summary;         /* translated */
  const char *description;     /* translated; below the options in --help; or NULL */
  const GOptionEntry *entries; /* without the file */
  const char *operand;         /* translated; what a second argument is, which then must be there; or NULL */
} HsCliOptions;

/* Parses a command's options and the one FILE it takes. Returns the file's name (free with g_free()), or NULL after a
 * message on stderr; the exit status is then HS_CLI_EXIT_USAGE. --help is answered here and ends the program. */
char *hs_cli_parse(const HsCliOptions *options, int argc, char **argv);
/* The same for a command with a second argument, which is put into `operand` (free with g_free()). */
char *hs_cli_parse_operand(const HsCliOptions *options, int argc, char **argv, char **operand);

/* What --member says, which every command takes; NULL if nothing. Owned by this. */
const char *hs_cli_member(void);
/* What --load-range, --load-pid and --memory-limit say, which every command takes, too. Owned by this. */
const HsLoadChoice *hs_cli_choice(void);

/* Says on stderr what is wrong with the arguments and where help is. `command` may be NULL. Returns HS_CLI_EXIT_USAGE.
 */
int hs_cli_usage_error(const char *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One line on stderr, after the program's name. */
void hs_cli_message(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Half-open. An open end is INT64_MIN or INT64_MAX. */
typedef struct {
  int64_t t0_ns, t1_ns;
} HsCliRange;

/* "0.5s..1.2s", "1.2s..", "..3ms", "100..200"; units ns (also when none is given), us, ms, s. Decimals below a
 * nanosecond round up, so that they mean the same events. False and `error` (G_OPTION_ERROR) if it is none. */
bool hs_cli_parse_range(const char *text, HsCliRange *range, GError **error);

/* One moment, with the units of ranges. False and `error` (G_OPTION_ERROR) if it is none. */
bool hs_cli_parse_time(const char *text, int64_t *time_ns, GError **error);

/* A decimal number from 0 on. False and `error` (G_OPTION_ERROR) if it is none. */
bool hs_cli_parse_count(const char *text, uint64_t *count, GError **error);

/* Index of `name` in the NULL-ended `names`, or -1. */
int hs_cli_find_name(const char *const *names, const char *name);

/* From now on, where memory runs out in the middle of something that cannot be refused, the program says so and ends
 * with HS_CLI_EXIT_FAILED. */
void hs_cli_guard_memory(void);

/* --- signals (hs-cli-signals.c) --- */

/* Nonzero once a signal came that was caught. */
extern int hs_cli_interrupted;
/* From now on, the first SIGINT, SIGTERM or SIGHUP lets what is under way end in good order, without a file; a second
 * one ends the program. */
void hs_cli_catch_signals(void);

/* --- loading (hs-cli-load.c) --- */

/* Loads the file, or what is chosen of it, with a progress bar if stderr is a terminal, and lists what is wrong with it
 * on stderr. NULL after a message if it could not be used or was interrupted; `status` is then the exit status. */
HsLoader *hs_cli_load(const char *path, int *status);
