/* SPDX-License-Identifier: MIT */
/* What the figures of the benchmarks are to be: the rows of the table that bench-report prints, in its order. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct {
  const char *section; /* a heading before this row, or NULL */
  const char *name;    /* pattern of names of figures ("filter-to-rows-*"); of several the worst is shown */
  const char *title;
  double limit; /* in the figure's unit; 0 = told, but nothing is asked of it */
  gboolean at_least;
  uint64_t most_events; /* the limit holds up to so many events; 0 = of any number */
  /* What the limit was in floors where it was set, a machine that sums 304 MB, 5 million events, in 0.010 s; 0 = told
   * of none. */
  double most_floors;
} HsBenchTarget;

extern const HsBenchTarget hs_bench_targets[];
extern const guint hs_bench_n_targets;

/* The same of a figure of ten times as many events, as a multiple. */
typedef struct {
  const char *name;
  const char *title;
  gboolean per_event; /* the figure is a rate: times the events it is what grows */
  double limit;
} HsBenchGrowth;

extern const HsBenchGrowth hs_bench_growths[];
extern const guint hs_bench_n_growths;
