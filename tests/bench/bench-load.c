/* SPDX-License-Identifier: MIT */
/*
 * bench-load MAKE-TRACE [EVENTS [FILE]]: how fast traces of all kinds become a timeline (decoded, ordered, paired,
 * pyramids), and how much memory that takes: by the program's own account, by the system's, and at most while it loads;
 * each beside what merely summing the file's words takes.
 */
#include <stdlib.h>

#include "hs-bench.h"

#define REPETITIONS 5
#define LOOK_US 10000

/* The most memory it takes meanwhile is looked at now and then. */
static uint64_t
wait_for(HsLoader *loader)
{
  uint64_t most = 0;
  while (hs_loader_outcome(loader) == HS_LOAD_RUNNING) {
    most = MAX(most, hs_bench_anonymous_bytes());
    g_usleep(LOOK_US);
  }
  if (hs_loader_wait(loader) == HS_LOAD_FAILED) {
    g_printerr("%s\n", hs_loader_error(loader)->message);
    exit(1);
  }
  return MAX(most, hs_bench_anonymous_bytes());
}

static void
print_memory(const char *what, const char *label, uint64_t bytes, uint64_t events)
{
  g_autofree char *name = g_strdup_printf("memory-%s-%s", what, label);
  hs_bench_print(name, (double)bytes / (double)MAX(events, 1), "bytes/event", events, 1, 0);
}

static void
measure(const char *label, const char *path, uint64_t wanted_events)
{
  double seconds[REPETITIONS];
  uint64_t events = 0, account = 0, resident = 0, most = 0;
  double floor_s = hs_bench_floor_s(path);
  guint n = hs_bench_repetitions(REPETITIONS, wanted_events);
  for (guint i = 0; i < n; i++) {
    hs_bench_warm_memory(wanted_events);
    uint64_t before = hs_bench_anonymous_bytes();
    g_autoptr(HsLoader) loader = hs_loader_start(path);
    uint64_t high = wait_for(loader);
    uint64_t now = hs_bench_anonymous_bytes();
    HsLoadProgress progress;
    hs_loader_progress(loader, &progress);
    seconds[i] = progress.elapsed_s;
    events = hs_timeline_n_rows(hs_loader_timeline(loader));
    account = hs_timeline_memory_bytes(hs_loader_timeline(loader));
    resident = now - MIN(before, now);
    most = MAX(most, high - MIN(before, high));
  }
  double median = hs_bench_median(seconds, n);
  g_autofree char *speed = g_strconcat("load-", label, NULL);
  g_autofree char *time = g_strconcat("load-time-", label, NULL);
  hs_bench_print(speed, (double)events / median, "events/s", events, n, floor_s);
  hs_bench_print(time, median, "s", events, n, floor_s);
  print_memory("account", label, account, events);
  print_memory("resident", label, resident, events);
  print_memory("most", label, most, events);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 5000000, " [FILE]");
  if (arguments.file != NULL) {
    measure("file", arguments.file, arguments.events);
    return 0;
  }
  for (int kind = 0; kind < HS_BENCH_N_TRACES; kind++) {
    g_autofree char *path = hs_bench_trace(&arguments, (HsBenchTrace)kind);
    measure(hs_bench_trace_name((HsBenchTrace)kind), path, arguments.events);
  }
  return 0;
}
