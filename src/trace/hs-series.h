/* SPDX-License-Identifier: MIT */
/*
 * Outstanding bytes and counts over time: in all, a heap, a source, as min–max pyramids of fan-out 16, so that a chart
 * costs O(pixels).
 *
 * A set belongs to a timeline and to the blocks that count. The set of everything is kept up by the builder and may be
 * read while it grows; those of some blocks are made in a worker (hs_series_set_new, hs_series_set_extend) and then
 * only read, but for their layers by heap: these are made when first asked for, which takes as long again.
 */
#pragma once

#include "hs-row-set.h"

typedef struct {
  int64_t min_bytes, max_bytes, last_bytes;
  uint32_t min_count, max_count, last_count;
} HsBand;

/* What a chart shows. Series know the first two; the others are told by hs-chart.h. */
typedef enum {
  HS_MEASURE_BYTES, /* outstanding */
  HS_MEASURE_COUNT,
  HS_MEASURE_RATE_EVENTS, /* blocks begun a second */
  HS_MEASURE_RATE_BYTES,
  HS_MEASURE_CUMULATIVE_COUNT, /* blocks begun so far */
  HS_MEASURE_CUMULATIVE_BYTES,
  HS_MEASURE_SLOW_PATH, /* of the Alloc and ReAlloc records, the part that the slow path served */
  HS_N_MEASURES
} HsMeasure;

/* And by what. Series know the first three; the others are told by hs-chart.h. */
typedef enum {
  HS_GROUP_NONE,
  HS_GROUP_HEAP,
  HS_GROUP_SOURCE,
  HS_GROUP_PROCESS,
  HS_GROUP_SIZE_CLASS, /* see hs_size_class() */
  HS_N_GROUPS
} HsGroup;

/* The series of the blocks of a set (see hs_row_set_query()) over rows [0, 0): extend it, but not beyond the rows that
 * the set was made for. It keeps a reference to the timeline. With NULL (all blocks) it does not, because such a set
 * belongs to the timeline itself: whoever holds one must see to it that the timeline outlives it. */
HsSeriesSet *hs_series_set_new(HsTimeline *timeline, HsRowSet *blocks);
HsSeriesSet *hs_series_set_ref(HsSeriesSet *set);
void hs_series_set_unref(HsSeriesSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsSeriesSet, hs_series_set_unref)

/* The series of the blocks of a set over the first n_rows rows, for which the set was made. Of a whole trace and a set
 * that holds all of its blocks it is a reference to the timeline's own. NULL if cancelled or out of memory. A worker's:
 * takes time. */
HsSeriesSet *hs_series_set_new_of(HsTimeline *timeline, HsRowSet *blocks, uint32_t n_rows, const int *cancel);

/* Takes in rows up to n_rows (published ones), and the processes that ended since the last of them. False if cancelled
 * (the set stays usable as far as it got) or out of memory. One thread at a time; others may ask the set meanwhile. */
bool hs_series_set_extend(HsSeriesSet *set, uint32_t n_rows, const int *cancel);
/* Rows taken in and published. */
uint32_t hs_series_set_n_rows(const HsSeriesSet *set);
uint64_t hs_series_set_memory_bytes(const HsSeriesSet *set);

/* All questions below may be asked on any thread, while the set grows; each is answered for the rows published when it
 * is asked. Values are those after each row, and after each process's end; steps inside one row do not count, but all
 * rows of one instant do. Sums beyond 64 bits, which only a damaged trace can tell, wrap. */

/* Smallest, largest and last value over the instants in [t0, t1): exact, O(log n). The value left by what came before
 * t0 counts, and is all there is if t1 <= t0. */
HsBand hs_series_band(const HsSeriesSet *set, int64_t t0_ticks, int64_t t1_ticks);
/* Outstanding at an instant: blocks with begin ≤ t < end. */
void hs_series_at(const HsSeriesSet *set, int64_t ticks, int64_t *bytes, uint32_t *count);
/* The largest value in [t0, t1) and the earliest moment it was reached. */
int64_t hs_series_peak(const HsSeriesSet *set, HsMeasure measure, int64_t t0_ticks, int64_t t1_ticks,
                       int64_t *peak_ticks);

/* What a chart of n_columns pixels draws. */
typedef struct {
  HsMeasure measure;
  HsGroup group;
  int n_columns;
  int n_layers;
  uint32_t *layer_ids; /* HsHeapId.v or HsSource, in stacking order from the bottom (ascending); owned */
  int64_t *min;        /* [n_columns] smallest total in the column */
  int64_t *max;        /* [n_columns] largest total */
  int64_t *layers;     /* [column * n_layers + layer]: each layer when the largest total was first reached; they sum
                          to max */
  int64_t peak;        /* largest of max */
  int64_t peak_ticks;  /* the earliest moment of it inside the range */
  uint32_t n_rows;     /* rows it was made from */
} HsSamples;

/* Samples [t0, t1) into n_columns (≥ 1) equal columns: a moment belongs to column ⌊(ticks − t0) · n_columns / (t1 −
 * t0)⌋; a column in which nothing happens repeats what holds. The max_layers layers with the largest values ever get
 * places of their own, the sum of the others, if there are any, one more on top whose id is HS_ID_NONE; layers that are
 * zero throughout the trace have none. HS_GROUP_NONE gives one layer, HS_ID_NONE. NULL if cancelled or
 * out of memory. A worker's, but for the set of everything, which has its layers: any thread. */
HsSamples *hs_series_sample(HsSeriesSet *set, HsMeasure measure, HsGroup group, int64_t t0_ticks, int64_t t1_ticks,
                            int n_columns, int max_layers, const int *cancel);
/* The same with n_columns columns of any widths: column i holds what happens in [edges[i], edges[i + 1]); there are
 * n_columns + 1 edges, ascending. */
HsSamples *hs_series_sample_edges(HsSeriesSet *set, HsMeasure measure, HsGroup group, const int64_t *edges_ticks,
                                  int n_columns, int max_layers, const int *cancel);
void hs_samples_free(HsSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsSamples, hs_samples_free)

/* The largest value of one heap or source (HS_GROUP_NONE: of all, `id` unused) in each of n_columns columns of [t0,
 * t1): for small curves. Exact if few rows are in view, else exact to a stretch of 1,024 rows at the columns' edges.
 * Threads as hs_series_sample(). */
void hs_series_curve(HsSeriesSet *set, HsGroup group, uint32_t id, HsMeasure measure, int64_t t0_ticks,
                     int64_t t1_ticks, int n_columns, int64_t *values);
