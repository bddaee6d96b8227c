/* SPDX-License-Identifier: MIT */
/* What the benchmarks share: making a trace, timing, printing one JSON line a figure. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Path of a trace of `events` heap events (and of 64 KiB buffers, compressed or not), made by the generator
 * `make_trace` unless a file of that name is there from before. Free with g_free(). Exits with a message if it cannot
 * be made. */
char *hs_bench_trace(const char *make_trace, uint64_t events, gboolean compressed);

/* Seconds that summing the file's words from its mapping takes: the floor no reader can beat. Median of three. */
double hs_bench_floor_s(const char *path);

/* The median of n values; sorts them. */
double hs_bench_median(double *values, guint n);

/* {"name": …, "value": …, "unit": …, "events": …, "repetitions": …, "floor_s": …} on a line. */
void hs_bench_print(const char *name, double value, const char *unit, uint64_t events, guint repetitions,
                    double floor_s);
