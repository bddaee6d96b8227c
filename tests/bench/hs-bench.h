/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks share: arguments, traces, loading, timing, one JSON line a figure. Each is a program
 *
 *   bench-X MAKE-TRACE [EVENTS [FILE …]]
 *
 * that measures a trace of EVENTS heap events, which the generator MAKE-TRACE makes, or FILE. Traces are put into
 * $HEAPSCOPE_BENCH_DIR, where those of other programs are used again and whoever set it deletes them; without it into a
 * folder of the program's own in that for temporary files, deleted as it ends.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "hs-loader.h"

typedef struct {
  const char *make_trace;
  uint64_t events;
  const char *file; /* or NULL */
} HsBenchArguments;

/* Reads them; exits with status 2 and a word on usage if there are none. `more` says what may follow EVENTS. */
HsBenchArguments hs_bench_arguments(int argc, char **argv, uint64_t default_events, const char *more);

typedef enum {
  HS_BENCH_PLAIN,         /* 64 KiB buffers */
  HS_BENCH_LARGE_BUFFERS, /* 1 MiB buffers */
  HS_BENCH_XPRESS,        /* 64 KiB buffers, compressed */
  HS_BENCH_STACKS,        /* a stack walk of ten frames behind every allocation */
  HS_BENCH_N_TRACES
} HsBenchTrace;

/* Where traces are put. Exits with a message if there is no such place. */
const char *hs_bench_directory(void);
/* "plain", "plain-1mib", "xpress", "stacks". Static. */
const char *hs_bench_trace_name(HsBenchTrace kind);
/* Path of such a trace, made unless it is there. Free with g_free(). Exits with a message if it cannot be made. */
char *hs_bench_trace(const HsBenchArguments *arguments, HsBenchTrace kind);
/* FILE, or a plain trace. */
char *hs_bench_path(const HsBenchArguments *arguments);
/* The same, loaded; with warm memory, also for what comes then. Exits with a message if it cannot be. */
HsLoader *hs_bench_load(const HsBenchArguments *arguments);

/* Touches as much memory as loading so many events takes, and gives it back. The host of a virtual machine takes back
 * what lies free for a while; getting it again costs more than all that is measured, and happens on no desktop. */
void hs_bench_warm_memory(uint64_t events);

/* How often to repeat: as wanted, less of big traces, once at least. */
guint hs_bench_repetitions(guint wanted, uint64_t events);

/* Seconds that summing the file's words from its mapping takes: the floor no reader can beat. Median of three. */
double hs_bench_floor_s(const char *path);

/* Bytes of this process's memory that are no file's. */
uint64_t hs_bench_anonymous_bytes(void);

double hs_bench_ms_since(gint64 start_us);
/* Processor time of all threads together: a machine that does other things meanwhile does not lengthen it. */
double hs_bench_cpu_ms(void);

/* The median of n values; sorts them. */
double hs_bench_median(double *values, guint n);

/* {"name": …, "value": …, "unit": …, "events": …, "repetitions": …} on a line, with "floor_s" if that is not 0. */
void hs_bench_print(const char *name, double value, const char *unit, uint64_t events, guint repetitions,
                    double floor_s);
