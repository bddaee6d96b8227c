/* SPDX-License-Identifier: MIT */
/* A flow's columns: from edge to edge, by rows to the next chunk, by whole chunks, and by rows again. */
#include <string.h>

#include "hs-flow-private.h"
#include "hs-scratch.h"

#define COLUMNS_PER_POLL 16
/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 14)

/* Some of the columns, by one of two threads. */
typedef struct {
  const HsFlow *flow;
  const HsFlowEdge *edges;
  const HsFlowColumns *columns;
  int first, end;
  HsFlowSum *sums, *start; /* now, and at the column's first edge */
  HsFlowSum *replayed;     /* to find out what the layers were */
  const int *cancel;
  bool cancelled;
} Walk;

/* Where the total may have been its largest: from this scan's place to a row. */
typedef struct {
  HsFlowScan scan;
  const HsFlowSum *sums; /* as they were there; NULL: as at the beginning of the scan's chunk */
  HsFlowEdge end;
} Portion;

static int64_t
largest(const Walk *walk, const HsFlowSum *sums)
{
  const HsFlowSum *total = &sums[walk->flow->layers.n + 1];
  return walk->columns->measure == HS_MEASURE_BYTES ? total->max_bytes : total->max_count;
}

static void
merge_chunk(const Walk *walk, uint32_t chunk)
{
  uint32_t n = hs_flow_n_sums(walk->flow);
  const HsFlowEntry *entries = walk->flow->entries + (size_t)chunk * n;
  for (uint32_t i = 0; i < n; i++) {
    HsFlowSum *sum = &walk->sums[i];
    const HsFlowEntry *entry = &entries[i];
    sum->bytes = entry->bytes;
    sum->count = entry->count;
    sum->n = entry->n;
    sum->amount = entry->amount;
    sum->min_bytes = MIN(sum->min_bytes, entry->min_bytes);
    sum->max_bytes = MAX(sum->max_bytes, entry->max_bytes);
    sum->min_count = MIN(sum->min_count, entry->min_count);
    sum->max_count = MAX(sum->max_count, entry->max_count);
  }
}

/* Goes on to the edge. `portion`: where the largest total was first reached, if that is above what it was before. */
static bool
advance(const Walk *walk, HsFlowScan *scan, const HsFlowEdge *edge, Portion *portion)
{
  bool found = false;
  int64_t best = largest(walk, walk->sums);
  uint32_t last_chunk = edge->row >> HS_FLOW_SHIFT;
  bool first = true;
  for (;;) {
    Portion here = {.scan = *scan, .sums = first ? walk->start : NULL, .end = *edge};
    uint32_t chunk = scan->row >> HS_FLOW_SHIFT;
    bool whole = (scan->row & (HS_FLOW_ROWS - 1)) == 0 && !scan->inside && chunk < last_chunk;
    if (chunk < last_chunk)
      here.end = (HsFlowEdge){INT64_MIN, (chunk + 1) << HS_FLOW_SHIFT};
    if (whole) {
      merge_chunk(walk, chunk);
      hs_flow_scan_init(scan, walk->flow, walk->sums, here.end.row);
    } else {
      hs_flow_scan_to(scan, &here.end);
    }
    first = false;
    if (largest(walk, walk->sums) > best) {
      best = largest(walk, walk->sums);
      *portion = here;
      found = true;
    }
    if (chunk >= last_chunk)
      return found;
  }
}

/* What the layers were when the total was first as large as it ever was in the portion. */
static const HsFlowSum *
replay(const Walk *walk, const Portion *portion, int64_t best)
{
  HsFlowScan scan = portion->scan;
  if (portion->sums != NULL)
    memcpy(walk->replayed, portion->sums, hs_flow_n_sums(walk->flow) * sizeof *walk->replayed);
  else
    hs_flow_sums_at_chunk(walk->flow, scan.row >> HS_FLOW_SHIFT, walk->replayed);
  scan.sums = walk->replayed;
  hs_flow_scan_until(&scan, portion->end.row, walk->columns->measure, best);
  return walk->replayed;
}

static void
keep_layers(const Walk *walk, int column, const HsFlowSum *sums)
{
  uint32_t n = walk->flow->layers.n + 1;
  int64_t *layers = walk->columns->at_largest + (size_t)column * n;
  for (uint32_t i = 0; i < n; i++)
    layers[i] = walk->columns->measure == HS_MEASURE_BYTES ? sums[i].bytes : sums[i].count;
}

static void
walk_column(const Walk *walk, HsFlowScan *scan, int column)
{
  uint32_t n = hs_flow_n_sums(walk->flow);
  Portion portion;
  for (uint32_t i = 0; i < n; i++)
    hs_flow_sum_begin(&walk->sums[i]);
  memcpy(walk->start, walk->sums, n * sizeof *walk->sums);
  bool found = advance(walk, scan, &walk->edges[column + 1], &portion);
  if (walk->columns->at_largest != NULL)
    keep_layers(walk, column, found ? replay(walk, &portion, largest(walk, walk->sums)) : walk->start);
  if (walk->columns->sums != NULL)
    memcpy(walk->columns->sums + (size_t)column * n, walk->sums, n * sizeof *walk->sums);
}

static gpointer
walk_columns(gpointer data)
{
  Walk *walk = data;
  HsFlowScan scan;
  uint32_t chunk = walk->edges[walk->first].row >> HS_FLOW_SHIFT;
  hs_flow_sums_at_chunk(walk->flow, chunk, walk->sums);
  hs_flow_scan_init(&scan, walk->flow, walk->sums, chunk << HS_FLOW_SHIFT);
  hs_flow_scan_to(&scan, &walk->edges[walk->first]);
  if (walk->first == 0 && walk->columns->before != NULL)
    memcpy(walk->columns->before, walk->sums, hs_flow_n_sums(walk->flow) * sizeof *walk->sums);
  for (int column = walk->first; column < walk->end; column++) {
    if (column % COLUMNS_PER_POLL == 0 && hs_series_cancelled(walk->cancel)) {
      walk->cancelled = true;
      return NULL;
    }
    walk_column(walk, &scan, column);
  }
  return NULL;
}

bool
hs_flow_columns(const HsFlow *flow, const HsFlowEdge *edges, int n, const HsFlowColumns *columns, const int *cancel)
{
  uint32_t n_sums = hs_flow_n_sums(flow);
  g_autofree HsFlowSum *sums = g_try_new0(HsFlowSum, 6 * n_sums);
  if (sums == NULL)
    return false;
  Walk here = {flow, edges, columns, 0, n, sums, sums + n_sums, sums + 2 * n_sums, cancel, false};
  Walk there = {flow, edges, columns, 0, n, sums + 3 * n_sums, sums + 4 * n_sums, sums + 5 * n_sums, cancel, false};
  bool both = n > 1 && edges[n].row - edges[0].row >= PARALLEL_ROWS;
  if (both)
    here.end = there.first = n / 2;
  hs_run_both("hs-flow", walk_columns, &here, both ? &there : NULL);
  return !here.cancelled && !there.cancelled;
}
