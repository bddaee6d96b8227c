/* SPDX-License-Identifier: MIT */
#include "hs-flow-private.h"
#include "hs-scratch.h"

#define CHUNKS_PER_POLL 16u
/* Below this many chunks a second thread costs more than it saves. */
#define PARALLEL_CHUNKS 64u

/* What a row tells of its block tells the layer: a number of few, or what it is a row of, as rows of a heap tell of its
 * blocks. */
static bool
find_layers_of_rows(HsFlow *flow)
{
  HsGroup group = flow->layers.group;
  flow->n_blocks = hs_row_set_n_rows(flow->set);
  for (uint32_t id = 0; id < G_N_ELEMENTS(flow->id_layers); id++)
    flow->id_layers[id] = (uint8_t)hs_flow_layers_find(&flow->layers, id);
  if (group != HS_GROUP_HEAP && group != HS_GROUP_PROCESS)
    return true;
  flow->n_origins = hs_timeline_n_origins(flow->timeline);
  flow->origin_layers = g_try_new(uint8_t, MAX(flow->n_origins, 1));
  if (flow->origin_layers == NULL)
    return false;
  for (uint32_t i = 0; i < flow->n_origins; i++) {
    uint32_t heap = hs_timeline_origin(flow->timeline, (HsOriginId){i})->heap.v;
    flow->origin_layers[i] = (uint8_t)hs_flow_layers_find(&flow->layers, hs_flow_heap_id(flow->timeline, group, heap));
  }
  return true;
}

/* --- chunks --- */

typedef struct {
  HsFlow *flow;
  uint32_t first, end; /* chunks */
  HsFlowSum *sums;     /* of what came from `first` on */
  const int *cancel;
  bool cancelled;
} Summing;

static gpointer
sum_chunks(gpointer data)
{
  Summing *s = data;
  uint32_t n = hs_flow_n_sums(s->flow);
  HsFlowScan scan;
  hs_flow_scan_init(&scan, s->flow, s->sums, s->first << HS_FLOW_SHIFT);
  for (uint32_t chunk = s->first; chunk < s->end; chunk++) {
    if (chunk % CHUNKS_PER_POLL == 0 && hs_series_cancelled(s->cancel)) {
      s->cancelled = true;
      return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
      hs_flow_sum_begin(&s->sums[i]);
    hs_flow_scan_rows(&scan, (chunk + 1) << HS_FLOW_SHIFT);
    HsFlowEntry *entries = s->flow->entries + (size_t)chunk * n;
    for (uint32_t i = 0; i < n; i++) {
      const HsFlowSum *sum = &s->sums[i];
      entries[i] = (HsFlowEntry){sum->bytes,
                                 sum->min_bytes,
                                 sum->max_bytes,
                                 (uint32_t)sum->count,
                                 (uint32_t)sum->min_count,
                                 (uint32_t)sum->max_count,
                                 (uint32_t)sum->n,
                                 sum->amount};
    }
  }
  return NULL;
}

/* The second half began from nothing. */
static void
raise_entries(HsFlow *flow, uint32_t first, const HsFlowSum *by)
{
  uint32_t n = hs_flow_n_sums(flow);
  for (uint32_t chunk = first; chunk < flow->n_chunks; chunk++) {
    HsFlowEntry *entries = flow->entries + (size_t)chunk * n;
    for (uint32_t i = 0; i < n; i++) {
      entries[i].bytes = hs_wrapping_add(entries[i].bytes, (uint64_t)by[i].bytes);
      entries[i].min_bytes = hs_wrapping_add(entries[i].min_bytes, (uint64_t)by[i].bytes);
      entries[i].max_bytes = hs_wrapping_add(entries[i].max_bytes, (uint64_t)by[i].bytes);
      entries[i].count += (uint32_t)by[i].count;
      entries[i].min_count += (uint32_t)by[i].count;
      entries[i].max_count += (uint32_t)by[i].count;
      entries[i].n += (uint32_t)by[i].n;
      entries[i].amount += by[i].amount;
    }
  }
}

static bool
sum_all(HsFlow *flow, const int *cancel)
{
  uint32_t n = hs_flow_n_sums(flow);
  flow->n_chunks = flow->n_rows >> HS_FLOW_SHIFT;
  flow->entries = hs_scratch_new((size_t)flow->n_chunks * n, sizeof *flow->entries);
  g_autofree HsFlowSum *sums = g_try_new0(HsFlowSum, 2 * n);
  if (flow->entries == NULL || sums == NULL)
    return false;
  Summing here = {flow, 0, flow->n_chunks, sums, cancel, false};
  Summing there = {flow, 0, flow->n_chunks, sums + n, cancel, false};
  bool both = flow->n_chunks >= PARALLEL_CHUNKS;
  if (both)
    here.end = there.first = flow->n_chunks / 2;
  hs_run_both("hs-flow", sum_chunks, &here, both ? &there : NULL);
  if (here.cancelled || there.cancelled)
    return false;
  if (both)
    raise_entries(flow, there.first, here.sums);
  return true;
}

/* --- the whole --- */

static void
merge_entry(HsFlowSum *whole, const HsFlowEntry *entry)
{
  whole->min_bytes = MIN(whole->min_bytes, entry->min_bytes);
  whole->max_bytes = MAX(whole->max_bytes, entry->max_bytes);
  whole->min_count = MIN(whole->min_count, entry->min_count);
  whole->max_count = MAX(whole->max_count, entry->max_count);
}

static bool
sum_whole(HsFlow *flow)
{
  uint32_t n = hs_flow_n_sums(flow);
  flow->whole = g_try_new0(HsFlowSum, n);
  if (flow->whole == NULL)
    return false;
  HsFlowScan scan;
  HsFlowEdge end = {INT64_MAX, flow->n_rows};
  hs_flow_sums_at_chunk(flow, flow->n_chunks, flow->whole);
  hs_flow_scan_init(&scan, flow, flow->whole, flow->n_chunks << HS_FLOW_SHIFT);
  hs_flow_scan_to(&scan, &end);
  for (uint32_t chunk = 0; chunk < flow->n_chunks; chunk++) {
    for (uint32_t i = 0; i < n; i++)
      merge_entry(&flow->whole[i], &flow->entries[(size_t)chunk * n + i]);
  }
  return true;
}

/* --- public --- */

HsFlow *
hs_flow_new(HsTimeline *timeline, HsFlowPart part, HsRowSet *set, uint32_t n_rows, HsGroup group, HsMeasure measure,
            int max_layers, const int *cancel)
{
  g_autoptr(HsFlow) flow = g_new0(HsFlow, 1);
  flow->ref_count = 1;
  flow->timeline = hs_timeline_ref(timeline);
  flow->part = part;
  flow->set = hs_row_set_ref(set);
  flow->n_rows = n_rows;
  flow->n_endings = __atomic_load_n(&timeline->n_endings, __ATOMIC_ACQUIRE);
  flow->measure = measure;
  flow->max_layers = max_layers;
  flow->layers.group = group;
  if (!hs_flow_choose_layers(flow, cancel) || (part == HS_FLOW_BLOCKS && !find_layers_of_rows(flow)) ||
      !sum_all(flow, cancel) || !sum_whole(flow))
    return NULL;
  return g_steal_pointer(&flow);
}

HsFlow *
hs_flow_ref(HsFlow *flow)
{
  __atomic_add_fetch(&flow->ref_count, 1, __ATOMIC_RELAXED);
  return flow;
}

void
hs_flow_unref(HsFlow *flow)
{
  if (flow == NULL || __atomic_sub_fetch(&flow->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  g_free(flow->layers.ids);
  g_free(flow->layers.slots);
  g_free(flow->origin_layers);
  g_free(flow->entries);
  g_free(flow->whole);
  hs_row_set_unref(flow->set);
  hs_timeline_unref(flow->timeline);
  g_free(flow);
}

/* Whether this is what would be told apart for a measure, with room for so many. */
static bool
has_layers_of(const HsFlowLayers *layers, const HsFlow *flow, HsMeasure measure, int max_layers)
{
  if (layers->group != HS_GROUP_HEAP && layers->group != HS_GROUP_PROCESS)
    return true;
  if (layers->is_chosen)
    return flow->measure == measure && flow->max_layers == max_layers;
  return (int64_t)layers->n <= max_layers;
}

bool
hs_flow_is_of(const HsFlow *flow, const HsTimeline *timeline, HsFlowPart part, const HsRowSet *set, uint32_t n_rows,
              HsGroup group, HsMeasure measure, int max_layers)
{
  return flow->timeline == timeline && flow->part == part && flow->set == set && flow->n_rows == n_rows &&
         flow->layers.group == group && has_layers_of(&flow->layers, flow, measure, max_layers);
}

uint64_t
hs_flow_memory_bytes(const HsFlow *flow)
{
  uint64_t n = hs_flow_n_sums(flow);
  return sizeof *flow + flow->n_origins + flow->n_chunks * n * sizeof *flow->entries + n * sizeof *flow->whole +
         flow->layers.n_slots + flow->layers.n * sizeof *flow->layers.ids;
}

uint32_t
hs_flow_n_layers(const HsFlow *flow)
{
  return flow->layers.n + 1;
}

uint32_t
hs_flow_layer_id(const HsFlow *flow, uint32_t layer)
{
  return layer < flow->layers.n ? flow->layers.ids[layer] : HS_ID_NONE;
}

const HsFlowSum *
hs_flow_whole(const HsFlow *flow)
{
  return flow->whole;
}

HsFlowEdge
hs_flow_edge(const HsFlow *flow, int64_t ticks)
{
  return (HsFlowEdge){ticks, hs_timeline_row_at(flow->timeline, ticks, flow->n_rows)};
}
