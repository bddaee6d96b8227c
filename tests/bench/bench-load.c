/* SPDX-License-Identifier: MIT */
/* bench-load MAKE-TRACE [EVENTS [FILE]]: how fast a trace becomes a timeline (decoded, ordered, paired, pyramids), how
 * much memory it takes. */
#include <stdlib.h>

#include "hs-bench.h"
#include "hs-loader.h"

#define REPETITIONS 5

static void
measure(const char *label, const char *path)
{
  double seconds[REPETITIONS];
  uint64_t events = 0, memory = 0;
  double floor_s = hs_bench_floor_s(path);
  for (guint i = 0; i < REPETITIONS; i++) {
    g_autoptr(HsLoader) loader = hs_loader_start(path);
    if (hs_loader_wait(loader) == HS_LOAD_FAILED) {
      g_printerr("%s\n", hs_loader_error(loader)->message);
      exit(1);
    }
    HsLoadProgress progress;
    hs_loader_progress(loader, &progress);
    seconds[i] = progress.elapsed_s;
    events = hs_timeline_n_rows(hs_loader_timeline(loader));
    memory = hs_timeline_memory_bytes(hs_loader_timeline(loader));
  }
  double median = hs_bench_median(seconds, REPETITIONS);
  g_autofree char *speed = g_strconcat("load-", label, NULL);
  g_autofree char *bytes = g_strconcat("memory-", label, NULL);
  hs_bench_print(speed, (double)events / median, "events/s", events, REPETITIONS, floor_s);
  hs_bench_print(bytes, (double)memory / (double)MAX(events, 1), "bytes/event", events, 1, floor_s);
}

int
main(int argc, char **argv)
{
  if (argc < 2) {
    g_printerr("usage: %s MAKE-TRACE [EVENTS [FILE]]\n", argv[0]);
    return 2;
  }
  uint64_t events = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 5000000;
  g_autofree char *plain = hs_bench_trace(argv[1], events, FALSE);
  measure("plain", plain);
  g_autofree char *packed = hs_bench_trace(argv[1], events, TRUE);
  measure("xpress", packed);
  if (argc > 3)
    measure("file", argv[3]);
  return 0;
}
