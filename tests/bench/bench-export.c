/* SPDX-License-Identifier: MIT */
/*
 * bench-export MAKE-TRACE EVENTS heapscope-cli: how fast the command line writes rows as CSV, as ndjson and into an
 * SQLite database, all there are (what it takes beside that, without a row, is subtracted); and what a whole summary
 * takes from start to end.
 */
#include <glib/gstdio.h>
#include <stdlib.h>

#include "hs-bench.h"

#define REPETITIONS 3

static double
run_s(const char *const *argv)
{
  g_autoptr(GError) error = NULL;
  int status = 0;
  gint64 start = g_get_monotonic_time();
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error) ||
      !g_spawn_check_wait_status(status, &error)) {
    g_printerr("%s\n", error->message);
    exit(1);
  }
  return hs_bench_ms_since(start) / 1e3;
}

static double
median_run_s(const char *const *argv, guint n)
{
  double seconds[REPETITIONS];
  for (guint i = 0; i < n; i++)
    seconds[i] = run_s(argv);
  return hs_bench_median(seconds, n);
}

static void
measure(const char *cli, const char *path, const char *command, const char *format, uint64_t n_rows, guint n)
{
  const char *all[] = {cli, command, path, "--format", format, NULL};
  const char *none[] = {cli, command, path, "--format", format, "--limit", "0", NULL};
  double all_s = median_run_s(all, n), none_s = median_run_s(none, n);
  double seconds = MAX(all_s - none_s, 1e-6);
  g_autofree char *name = g_strdup_printf("export-%s-%s", command, format);
  hs_bench_print(name, (double)n_rows / seconds, "rows/s", n_rows, n, 0);
}

/* Rows of both large tables together. */
static void
measure_database(const char *cli, const char *path, uint64_t n_rows, guint n)
{
  g_autofree char *out = g_strconcat(path, ".db", NULL);
  const char *all[] = {cli, "export", path, out, NULL};
  const char *none[] = {cli, "events", path, "--limit", "0", NULL};
  double all_s = median_run_s(all, n), none_s = median_run_s(none, n);
  hs_bench_print("export-sqlite", (double)n_rows / MAX(all_s - none_s, 1e-6), "rows/s", n_rows, n, 0);
  g_unlink(out);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 1000000, " heapscope-cli");
  const char *cli = arguments.file;
  if (cli == NULL) {
    g_printerr("usage: %s MAKE-TRACE EVENTS heapscope-cli\n", argv[0]);
    return 2;
  }
  g_autofree char *path = hs_bench_trace(&arguments, HS_BENCH_PLAIN);
  guint n = hs_bench_repetitions(REPETITIONS, arguments.events);
  double floor_s = hs_bench_floor_s(path);
  arguments.file = path;
  HsLoader *loader = hs_bench_load(&arguments);
  uint64_t n_rows = hs_timeline_n_rows(hs_loader_timeline(loader));
  uint64_t n_blocks = hs_timeline_n_blocks(hs_loader_timeline(loader));
  hs_loader_free(loader);
  const char *summary[] = {cli, "summary", "--json", path, NULL};
  hs_bench_print("cli-summary", median_run_s(summary, n), "s", n_rows, n, floor_s);
  measure(cli, path, "events", "csv", n_rows, n);
  measure(cli, path, "events", "ndjson", n_rows, n);
  measure(cli, path, "allocations", "csv", n_blocks, n);
  measure_database(cli, path, n_rows + n_blocks, n);
  return 0;
}
