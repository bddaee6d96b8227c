/* SPDX-License-Identifier: MIT */
/*
 * bench-heaptrack RECORDING: how fast the calls that heaptrack recorded of a program are loaded from a trace of them,
 * beside heaptrack_print on the recording; in turns, since a machine is quicker in one minute than in another. A
 * recording is made by "heaptrack PROGRAM". Ends with 77 where heaptrack_print is not to be had.
 */
#include <glib/gstdio.h>
#include <stdlib.h>

#include "hs-bench-recording.h"
#include "hs-bench.h"
#include "hs-timeline.h"

#define REPETITIONS 7

static void
give_up(const GError *error)
{
  g_printerr("%s\n", error->message);
  exit(1);
}

static double
print_s(const char *recording)
{
  g_autoptr(GError) error = NULL;
  const char *argv[] = {"heaptrack_print", recording, NULL};
  int status = 0;
  gint64 start_us = g_get_monotonic_time();
  if (!g_spawn_sync(NULL, (char **)argv, NULL,
                    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                    NULL, &status, &error) ||
      !g_spawn_check_wait_status(status, &error))
    give_up(error);
  return hs_bench_ms_since(start_us) / 1e3;
}

/* With all that the load takes down after itself. Also says whether all is there that the recording has. */
static double
load_s(const char *path, const HsBenchRecording *told)
{
  gint64 start_us = g_get_monotonic_time();
  g_autoptr(HsLoader) loader = hs_loader_start(path);
  HsLoadOutcome outcome = hs_loader_wait(loader);
  double seconds = hs_bench_ms_since(start_us) / 1e3;
  if (outcome != HS_LOAD_COMPLETE) {
    g_printerr("%s is not loaded whole\n", path);
    exit(1);
  }
  const HsTotals *totals = &hs_loader_timeline(loader)->totals;
  if (HS_GET(totals->operations[HS_OP_ALLOC]) != told->allocs ||
      HS_GET(totals->operations[HS_OP_FREE]) != told->frees ||
      HS_GET(totals->outstanding_bytes) != told->outstanding_bytes || HS_GET(totals->peak_bytes) != told->peak_bytes) {
    g_printerr("what was loaded is not what the recording holds\n");
    exit(1);
  }
  return seconds;
}

static void
measure(const char *recording, const char *path, const HsBenchRecording *told)
{
  double print[REPETITIONS], load[REPETITIONS], floor_s = hs_bench_floor_s(path);
  guint64 events = told->allocs + told->frees;
  for (guint i = 0; i < REPETITIONS; i++) {
    print[i] = print_s(recording);
    hs_bench_warm_memory(events);
    load[i] = load_s(path, told);
  }
  double print_median = hs_bench_median(print, REPETITIONS), load_median = hs_bench_median(load, REPETITIONS);
  hs_bench_print("recording-outstanding", (double)told->outstanding_bytes, "bytes", events, 1, 0);
  hs_bench_print("recording-peak", (double)told->peak_bytes, "bytes", events, 1, 0);
  hs_bench_print("recording-heaptrack-print", print_median, "s", events, REPETITIONS, 0);
  hs_bench_print("recording-load", load_median, "s", events, REPETITIONS, floor_s);
  hs_bench_print("recording-ratio", print_median / MAX(load_median, 1e-9), "x", events, REPETITIONS, 0);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  HsBenchRecording told;
  if (argc != 2) {
    g_printerr("usage: %s RECORDING\n", argv[0]);
    return 2;
  }
  g_autofree char *program = g_find_program_in_path("heaptrack_print");
  if (program == NULL) {
    g_printerr("there is no heaptrack_print\n");
    return 77;
  }
  g_autofree char *path = g_build_filename(hs_bench_directory(), "recording.etl", NULL);
  if (!hs_bench_recording_convert(argv[1], path, &told, &error))
    give_up(error);
  measure(argv[1], path, &told);
  g_unlink(path);
  return 0;
}
