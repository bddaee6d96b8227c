/* SPDX-License-Identifier: MIT */
#include "hs-bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* From here on a repetition takes seconds. */
#define MANY_EVENTS 40000000
#define FEWER 3

#define WARM_BYTES_AN_EVENT 48 /* what is kept, and what is only needed meanwhile */
#define PAGE_BYTES 4096

static const struct {
  const char *name;
  const char *arguments[4];
} traces[HS_BENCH_N_TRACES] = {
    [HS_BENCH_PLAIN] = {"plain", {NULL}},
    [HS_BENCH_LARGE_BUFFERS] = {"plain-1mib", {"--buffer-kib", "1024"}},
    [HS_BENCH_XPRESS] = {"xpress", {"--xpress"}},
    [HS_BENCH_STACKS] = {"stacks", {"--stack-walks", "10"}},
};

HsBenchArguments
hs_bench_arguments(int argc, char **argv, uint64_t default_events, const char *more)
{
  HsBenchArguments arguments = {.events = default_events};
  if (argc >= 2)
    arguments.make_trace = argv[1];
  if (argc >= 3 && !g_ascii_string_to_unsigned(argv[2], 10, 1, G_MAXUINT32, &arguments.events, NULL))
    arguments.make_trace = NULL;
  if (argc >= 4)
    arguments.file = argv[3];
  if (arguments.make_trace == NULL) {
    g_printerr("usage: %s MAKE-TRACE [EVENTS%s]\n", argv[0], more);
    exit(2);
  }
  return arguments;
}

/* --- traces --- */

static char *own_directory; /* made by this program, which deletes it and what is in it */

static void
delete_own_directory(void)
{
  g_autoptr(GDir) directory = g_dir_open(own_directory, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
    g_autofree char *path = g_build_filename(own_directory, name, NULL);
    (void)g_unlink(path);
  }
  (void)g_rmdir(own_directory);
  g_clear_pointer(&own_directory, g_free);
}

const char *
hs_bench_directory(void)
{
  const char *given = g_getenv("HEAPSCOPE_BENCH_DIR");
  if (given != NULL && given[0] != '\0')
    return given;
  if (own_directory == NULL) {
    g_autoptr(GError) error = NULL;
    own_directory = g_dir_make_tmp("heapscope-bench-XXXXXX", &error);
    if (own_directory == NULL) {
      g_printerr("%s\n", error->message);
      exit(1);
    }
    atexit(delete_own_directory);
  }
  return own_directory;
}

const char *
hs_bench_trace_name(HsBenchTrace kind)
{
  return traces[kind].name;
}

static void
make_trace(const HsBenchArguments *arguments, HsBenchTrace kind, const char *path)
{
  g_autofree char *partial = g_strconcat(path, ".partial", NULL);
  g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, arguments->events);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  const char *const always[] = {arguments->make_trace, partial, "--events", count, "--bursts"};
  for (guint i = 0; i < G_N_ELEMENTS(always); i++)
    g_ptr_array_add(argv, (gpointer)always[i]);
  for (guint i = 0; i < G_N_ELEMENTS(traces[kind].arguments) && traces[kind].arguments[i] != NULL; i++)
    g_ptr_array_add(argv, (gpointer)traces[kind].arguments[i]);
  g_ptr_array_add(argv, NULL);
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                    &error) ||
      !g_spawn_check_wait_status(status, &error) || rename(partial, path) != 0) {
    g_printerr("could not make a trace: %s\n", error != NULL ? error->message : path);
    (void)g_unlink(partial);
    exit(1);
  }
}

char *
hs_bench_trace(const HsBenchArguments *arguments, HsBenchTrace kind)
{
  g_autofree char *name =
      g_strdup_printf("heapscope-bench-%" G_GUINT64_FORMAT "-%s.etl", arguments->events, traces[kind].name);
  char *path = g_build_filename(hs_bench_directory(), name, NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    make_trace(arguments, kind, path);
  return path;
}

char *
hs_bench_path(const HsBenchArguments *arguments)
{
  return arguments->file != NULL ? g_strdup(arguments->file) : hs_bench_trace(arguments, HS_BENCH_PLAIN);
}

HsLoader *
hs_bench_load(const HsBenchArguments *arguments)
{
  g_autofree char *path = hs_bench_path(arguments);
  hs_bench_warm_memory(arguments->events);
  HsLoader *loader = hs_loader_start(path);
  if (hs_loader_wait(loader) == HS_LOAD_FAILED) {
    g_printerr("%s\n", hs_loader_error(loader)->message);
    exit(1);
  }
  hs_bench_warm_memory(arguments->events);
  return loader;
}

/* --- measuring --- */

void
hs_bench_warm_memory(uint64_t events)
{
  uint64_t free_bytes = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
  size_t bytes = (size_t)MIN(events * WARM_BYTES_AN_EVENT, free_bytes / 2);
  char *memory = bytes > 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
  if (memory == MAP_FAILED)
    return;
  (void)madvise(memory, bytes, MADV_HUGEPAGE);
  for (size_t i = 0; i < bytes; i += PAGE_BYTES)
    memory[i] = 1;
  munmap(memory, bytes);
}

guint
hs_bench_repetitions(guint wanted, uint64_t events)
{
  return events >= MANY_EVENTS ? MAX(wanted / FEWER, 1) : wanted;
}

static double
sum_words_s(const char *path)
{
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
  return (double)(g_get_monotonic_time() - start) / 1e6;
}

double
hs_bench_floor_s(const char *path)
{
  double times[3];
  for (guint i = 0; i < G_N_ELEMENTS(times); i++)
    times[i] = sum_words_s(path);
  return hs_bench_median(times, G_N_ELEMENTS(times));
}

uint64_t
hs_bench_anonymous_bytes(void)
{
  g_autofree char *text = NULL;
  guint64 size = 0, resident = 0, of_files = 0;
  if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
    (void)sscanf(text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &size, &resident, &of_files);
  return (resident - MIN(of_files, resident)) * (uint64_t)sysconf(_SC_PAGESIZE);
}

double
hs_bench_ms_since(gint64 start_us)
{
  return (double)(g_get_monotonic_time() - start_us) / 1e3;
}

double
hs_bench_cpu_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
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
  char floor[48] = "";
  if (floor_s > 0)
    (void)snprintf(floor, sizeof floor, ", \"floor_s\": %.4f", floor_s);
  printf("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"events\": %" G_GUINT64_FORMAT
         ", \"repetitions\": %u%s}\n",
         name, value, unit, events, repetitions, floor);
  (void)fflush(stdout);
}
