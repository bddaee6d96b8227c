/* SPDX-License-Identifier: MIT */
#include "hs-bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
hs_bench_trace(const char *make_trace, uint64_t events, gboolean compressed)
{
  g_autofree char *name =
      g_strdup_printf("heapscope-bench-%" G_GUINT64_FORMAT "%s.etl", events, compressed ? "-xpress" : "");
  char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return path;
  g_autofree char *partial = g_strconcat(path, ".partial", NULL);
  g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, events);
  const char *argv[] = {make_trace, partial, "--events", count, compressed ? "--xpress" : NULL, NULL};
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error) ||
      !g_spawn_check_wait_status(status, &error) || rename(partial, path) != 0) {
    g_printerr("could not make a trace: %s\n", error != NULL ? error->message : path);
    exit(1);
  }
  return path;
}

double
hs_bench_floor_s(const char *path)
{
  double times[3];
  for (int i = 0; i < 3; i++) {
    g_autoptr(GError) error = NULL;
    int64_t start = g_get_monotonic_time();
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &error);
    if (file == NULL) {
      g_printerr("%s\n", error->message);
      exit(1);
    }
    const char *data = g_mapped_file_get_contents(file);
    gsize words = g_mapped_file_get_length(file) / sizeof(uint64_t);
    volatile uint64_t sink;
    uint64_t sum = 0;
    for (gsize w = 0; w < words; w++) {
      uint64_t word;
      memcpy(&word, data + w * sizeof word, sizeof word);
      sum += word;
    }
    sink = sum;
    (void)sink;
    times[i] = (double)(g_get_monotonic_time() - start) / 1e6;
  }
  return hs_bench_median(times, 3);
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double
hs_bench_median(double *values, guint n)
{
  qsort(values, n, sizeof *values, compare);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void
hs_bench_print(const char *name, double value, const char *unit, uint64_t events, guint repetitions, double floor_s)
{
  g_print("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"events\": %" G_GUINT64_FORMAT
          ", \"repetitions\": %u, \"floor_s\": %.4f}\n",
          name, value, unit, events, repetitions, floor_s);
}
