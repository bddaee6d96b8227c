/* SPDX-License-Identifier: MIT */
/* What the parts of flows share. */
#pragma once

#include "hs-flow.h"
#include "hs-series-private.h"

#define HS_FLOW_SHIFT 10
#define HS_FLOW_ROWS (1u << HS_FLOW_SHIFT)

/* What is kept of a chunk and layer. */
typedef struct {
  int64_t bytes, min_bytes, max_bytes;
  uint32_t count, min_count, max_count;
  uint32_t n;
  uint64_t amount;
} HsFlowEntry;

/* Which layer an id has. Ids beyond the last belong to the others. */
typedef struct {
  HsGroup group;
  uint32_t n;     /* layers that are told apart; that of the others is n, the total n + 1 */
  uint32_t *ids;  /* of the layers, ascending */
  uint8_t *slots; /* the layer of an id */
  uint32_t n_slots;
  bool is_chosen; /* there are more: another measure may choose others */
} HsFlowLayers;

struct _HsFlow {
  int ref_count;
  HsTimeline *timeline;
  HsFlowPart part;
  HsRowSet *set;
  uint32_t n_rows, n_endings;
  HsMeasure measure;
  int max_layers;
  HsFlowLayers layers;
  uint32_t n_blocks;      /* of the set: those of later do not count */
  uint8_t id_layers[128]; /* by source and size class: the layers of all ids there are, and of others */
  uint8_t *origin_layers; /* by heap and process: the layer of what rows of an origin tell of; else NULL */
  uint32_t n_origins;
  HsFlowEntry *entries; /* [chunk * (n + 2) + layer]: whole chunks */
  uint32_t n_chunks;
  HsFlowSum *whole;
};

static inline uint32_t
hs_flow_n_sums(const HsFlow *flow)
{
  return flow->layers.n + 2;
}

static inline uint32_t
hs_flow_layers_find(const HsFlowLayers *layers, uint32_t id)
{
  return id < layers->n_slots ? layers->slots[id] : layers->n;
}

/* --- hs-flow-layers.c --- */

/* Finds the layers of a flow that has none yet. False if cancelled or out of memory. */
bool hs_flow_choose_layers(HsFlow *flow, const int *cancel);
/* The id of a heap's group, by heap or process; HS_ID_NONE if it has none. */
uint32_t hs_flow_heap_id(const HsTimeline *timeline, HsGroup group, uint32_t heap);
/* The id of a block's, or of an Alloc or ReAlloc record's, group. */
uint32_t hs_flow_block_id(const HsTimeline *timeline, HsGroup group, uint32_t block);
uint32_t hs_flow_record_id(const HsTimeline *timeline, HsGroup group, HsRow row);

/* --- hs-flow-scan.c --- */

/* A value of the total, of BYTES or COUNT, that a scan looks for. */
typedef struct {
  HsMeasure measure;
  int64_t value;
  bool reached;
} HsFlowStop;

/* Goes through the rows in order. */
typedef struct {
  const HsFlow *flow;
  HsFlowSum *sums; /* as of what was taken in; borrowed */
  HsDeltaReader reader;
  HsRow row;   /* the next */
  bool inside; /* some of what comes just before it was taken in */
} HsFlowScan;

/* At the beginning of a row. */
void hs_flow_scan_init(HsFlowScan *scan, const HsFlow *flow, HsFlowSum *sums, HsRow row);
/* Takes in rows below `end`, and what processes' ends before them do. */
void hs_flow_scan_rows(HsFlowScan *scan, HsRow end);
/* The same of a flow of blocks, but the sums are those after the row with which a change first gives the total a value.
 * The scan is of no further use. */
void hs_flow_scan_until(HsFlowScan *scan, HsRow end, HsMeasure measure, int64_t value);
/* Takes in all that comes before an edge. */
void hs_flow_scan_to(HsFlowScan *scan, const HsFlowEdge *edge);
/* The values as they stand are where the smallest and the largest begin from. */
static inline void
hs_flow_sum_begin(HsFlowSum *sum)
{
  sum->min_bytes = sum->max_bytes = sum->bytes;
  sum->min_count = sum->max_count = sum->count;
}
/* The values as they stand were reached. */
static inline G_ALWAYS_INLINE void
hs_flow_sum_settle(HsFlowSum *sum)
{
  sum->min_bytes = MIN(sum->min_bytes, sum->bytes);
  sum->max_bytes = MAX(sum->max_bytes, sum->bytes);
  sum->min_count = MIN(sum->min_count, sum->count);
  sum->max_count = MAX(sum->max_count, sum->count);
}
/* A block begins (count 1, its bytes), ends (count −1, its bytes taken off), or nothing does (0, 0). */
static inline G_ALWAYS_INLINE void
hs_flow_sum_add(HsFlowSum *sum, uint64_t bytes, int32_t count)
{
  sum->bytes = hs_wrapping_add(sum->bytes, bytes);
  sum->count += count;
  sum->n += count > 0;
  sum->amount += count > 0 ? bytes : 0;
}
/* The sums at the beginning of a chunk: what the one before leaves. */
void hs_flow_sums_at_chunk(const HsFlow *flow, uint32_t chunk, HsFlowSum *sums);
/* The layer of a block. */
static inline uint32_t
hs_flow_block_layer(const HsFlow *flow, uint32_t block)
{
  if (flow->layers.n == 0)
    return 0;
  return hs_flow_layers_find(&flow->layers, hs_flow_block_id(flow->timeline, flow->layers.group, block));
}

/* --- hs-flow-rows.c --- */

/* Takes in n rows of one segment, of a flow of blocks; no endings are listed for any of them. `stop`: NULL, or where to
 * stop. */
void hs_flow_take_plain(const HsFlow *flow, HsRow first, uint32_t n, HsFlowSum *sums, HsFlowStop *stop);
