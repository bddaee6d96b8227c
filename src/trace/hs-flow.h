/* SPDX-License-Identifier: MIT */
/*
 * What happens to memory, summed a thousand rows at a time: outstanding bytes and counts with their smallest and
 * largest values, and what was begun, in all and by heap, source, process or size class. Charts of any range are then
 * exact in O(pixels): whole chunks by their sums, what is left at the edges of columns by a look at the rows.
 *
 * Made in a worker for a set and a grouping, then immutable. It takes 4 bytes a block and 48 bytes a chunk and layer:
 * about 3 bytes an event with 16 layers.
 */
#pragma once

#include "hs-row-set.h"
#include "hs-series.h"

typedef enum {
  HS_FLOW_BLOCKS, /* of a set of blocks */
  HS_FLOW_RECORDS /* of a set of rows: the Alloc and ReAlloc records among them */
} HsFlowPart;

/* Sums of a stretch of time. Those of records have but the last two. */
typedef struct {
  int64_t bytes, min_bytes, max_bytes; /* outstanding at its end, and in it, with what held as it began */
  int64_t count, min_count, max_count;
  uint64_t n;      /* blocks begun, or records, since the trace began */
  uint64_t amount; /* their bytes, or how many of them the slow path served */
} HsFlowSum;

/* A moment: after all that comes before `ticks`. */
typedef struct {
  int64_t ticks;
  HsRow row; /* the first at or after; see hs_timeline_row_at() */
} HsFlowEdge;

typedef struct _HsFlow HsFlow;

/* What a grouping can tell apart without choosing: all sources, all size classes. */
#define HS_FLOW_MAX_LAYERS 66

/* Of a set (see hs_row_set_query()) of blocks or of rows, among the first n_rows rows. The max_layers (up to
 * HS_FLOW_MAX_LAYERS) heaps or processes with the largest values of `measure` ever get layers of their own, the others
 * one together; sources and size classes have one each. Two threads for many rows. It keeps references to timeline and
 * set. `cancel` (or NULL) is polled. NULL if cancelled or out of memory. Any thread. */
HsFlow *hs_flow_new(HsTimeline *timeline, HsFlowPart part, HsRowSet *set, uint32_t n_rows, HsGroup group,
                    HsMeasure measure, int max_layers, const int *cancel);
HsFlow *hs_flow_ref(HsFlow *flow);
void hs_flow_unref(HsFlow *flow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsFlow, hs_flow_unref)

/* Whether hs_flow_new() of these would give the same. */
bool hs_flow_is_of(const HsFlow *flow, const HsTimeline *timeline, HsFlowPart part, const HsRowSet *set,
                   uint32_t n_rows, HsGroup group, HsMeasure measure, int max_layers);
uint64_t hs_flow_memory_bytes(const HsFlow *flow);

/* Layers, in the order of their ids; the last is that of all others, HS_ID_NONE, which is all there is if nothing is
 * told apart. A sum's index is that of its layer, or n for the total. */
uint32_t hs_flow_n_layers(const HsFlow *flow);
uint32_t hs_flow_layer_id(const HsFlow *flow, uint32_t layer);
/* Of the whole trace, layer by layer and in all. Borrowed. */
const HsFlowSum *hs_flow_whole(const HsFlow *flow);
/* What a measure ranks layers by; 0 if there is nothing of it at all. */
uint64_t hs_flow_rank(const HsFlowSum *sum, HsMeasure measure);

/* The first moment not before `ticks`. */
HsFlowEdge hs_flow_edge(const HsFlow *flow, int64_t ticks);

/* What each of n columns holds, from edge i to edge i + 1, which ascend. Any of the arrays may be NULL. */
typedef struct {
  HsFlowSum *sums;     /* [column * (n_layers + 1) + layer] */
  HsFlowSum *before;   /* [n_layers + 1]: at the first edge */
  HsMeasure measure;   /* BYTES or COUNT, for: */
  int64_t *at_largest; /* [column * n_layers + layer]: each layer as the total first was its largest in the column */
} HsFlowColumns;

/* Fills them; two threads for many rows. False if cancelled. Any thread. */
bool hs_flow_columns(const HsFlow *flow, const HsFlowEdge *edges, int n, const HsFlowColumns *columns,
                     const int *cancel);
