/* SPDX-License-Identifier: MIT */
/* Which groups of a flow have layers of their own. */
#include <string.h>

#include "hs-flow-private.h"
#include "hs-pivot.h"
#include "hs-scratch.h"

#define N_SIZE_CLASSES 65u
#define ROWS_PER_POLL (1u << 16)

uint64_t
hs_flow_rank(const HsFlowSum *sum, HsMeasure measure)
{
  switch (measure) {
  case HS_MEASURE_BYTES:
    return (uint64_t)MAX(sum->max_bytes, 0);
  case HS_MEASURE_COUNT:
    return (uint64_t)MAX(sum->max_count, 0);
  case HS_MEASURE_RATE_EVENTS:
  case HS_MEASURE_CUMULATIVE_COUNT:
    return sum->n;
  case HS_MEASURE_RATE_BYTES:
  case HS_MEASURE_CUMULATIVE_BYTES:
  case HS_MEASURE_SLOW_PATH:
  case HS_N_MEASURES:
    break;
  }
  return sum->amount;
}

/* --- ids --- */

uint32_t
hs_flow_heap_id(const HsTimeline *timeline, HsGroup group, uint32_t heap)
{
  if (group == HS_GROUP_HEAP || heap == HS_ID_NONE)
    return heap;
  return hs_timeline_heap(timeline, (HsHeapId){heap})->process.v;
}

uint32_t
hs_flow_block_id(const HsTimeline *timeline, HsGroup group, uint32_t block)
{
  HsBlockId id = {block};
  if (group == HS_GROUP_SOURCE)
    return hs_timeline_block_source(timeline, id);
  if (group == HS_GROUP_SIZE_CLASS)
    return hs_size_class(hs_timeline_block_size(timeline, id));
  return hs_flow_heap_id(timeline, group, hs_timeline_row_heap_quick(timeline, hs_timeline_block_begin(timeline, id)));
}

/* As its record tells it. */
static uint64_t
record_size(const HsTimeline *timeline, HsRow row)
{
  uint32_t ref = hs_timeline_ref_of(timeline, row);
  if (ref == HS_REF_NONE)
    return 0;
  if ((ref & HS_REF_LOOSE) != 0)
    return HS_VEC(&timeline->loose, HsLoose, ref & ~HS_REF_LOOSE)->size;
  return hs_timeline_block_size(timeline, (HsBlockId){ref});
}

uint32_t
hs_flow_record_id(const HsTimeline *timeline, HsGroup group, HsRow row)
{
  if (group == HS_GROUP_NONE)
    return 0;
  if (group == HS_GROUP_SOURCE)
    return hs_timeline_source(timeline, row);
  if (group == HS_GROUP_SIZE_CLASS)
    return hs_size_class(record_size(timeline, row));
  return hs_flow_heap_id(timeline, group, hs_timeline_row_heap_quick(timeline, row));
}

/* --- who ranks first --- */

/* All groups' sums over some of the rows, by one of two threads. */
typedef struct {
  const HsFlow *flow;
  HsRow first, end;
  HsFlowSum *sums; /* by id */
  uint32_t n_ids;
  const int *cancel;
  bool cancelled;
} Ranking;

static void
rank_deltas(Ranking *r, HsRow end)
{
  const HsFlow *flow = r->flow;
  HsReplay replay = {.reader = hs_delta_reader(flow->timeline, flow->set, r->first, end, flow->n_endings)};
  for (const HsDelta *delta; (delta = hs_replay_peek(&replay)) != NULL; replay.i++) {
    uint32_t id = hs_flow_heap_id(flow->timeline, flow->layers.group, delta->heap);
    if (id >= r->n_ids)
      continue;
    HsFlowSum *sum = &r->sums[id];
    sum->bytes = hs_wrapping_add(sum->bytes, delta->bytes);
    sum->count += delta->count;
    /* An end lowers it and a begin comes last in its row, so steps within a row make no false peaks. */
    sum->max_bytes = MAX(sum->max_bytes, sum->bytes);
    sum->max_count = MAX(sum->max_count, sum->count);
    sum->n += delta->count > 0;
    sum->amount += delta->count > 0 ? delta->bytes : 0;
  }
}

static void
rank_records(Ranking *r, HsRow end)
{
  const HsTimeline *t = r->flow->timeline;
  for (HsRow row = r->first; row < end; row++) {
    HsOp op = hs_timeline_op(t, row);
    if ((op != HS_OP_ALLOC && op != HS_OP_REALLOC) || !hs_row_set_contains(r->flow->set, row))
      continue;
    uint32_t id = hs_flow_record_id(t, r->flow->layers.group, row);
    if (id >= r->n_ids)
      continue;
    r->sums[id].n++;
    r->sums[id].amount += hs_timeline_source(t, row) == HS_SOURCE_SLOWPATH;
  }
}

static gpointer
rank(gpointer data)
{
  Ranking *r = data;
  while (r->first < r->end) {
    if (hs_series_cancelled(r->cancel)) {
      r->cancelled = true;
      return NULL;
    }
    HsRow end = r->first + MIN(r->end - r->first, ROWS_PER_POLL);
    if (r->flow->part == HS_FLOW_BLOCKS)
      rank_deltas(r, end);
    else
      rank_records(r, end);
    r->first = end;
  }
  return NULL;
}

/* Sums by id, of which only the largest, n and amount count; free with g_free(). NULL if cancelled or out of memory. */
static HsFlowSum *
rank_all(const HsFlow *flow, uint32_t n_ids, const int *cancel)
{
  g_autofree HsFlowSum *here_sums = g_try_new0(HsFlowSum, n_ids);
  g_autofree HsFlowSum *there_sums = g_try_new0(HsFlowSum, n_ids);
  if (here_sums == NULL || there_sums == NULL)
    return NULL;
  HsRow half = flow->n_rows / 2 & ~(HS_SEGMENT_ROWS - 1);
  Ranking here = {flow, 0, half, here_sums, n_ids, cancel, false};
  Ranking there = {flow, half, flow->n_rows, there_sums, n_ids, cancel, false};
  hs_run_both("hs-flow", rank, &here, &there);
  if (here.cancelled || there.cancelled)
    return NULL;
  for (uint32_t i = 0; i < n_ids; i++) {
    HsFlowSum *a = &here_sums[i];
    const HsFlowSum *b = &there_sums[i];
    a->max_bytes = MAX(a->max_bytes, hs_wrapping_add(a->bytes, (uint64_t)b->max_bytes));
    a->max_count = MAX(a->max_count, a->count + b->max_count);
    a->n += b->n;
    a->amount += b->amount;
  }
  return g_steal_pointer(&here_sums);
}

typedef struct {
  uint32_t id;
  uint64_t rank;
} Candidate;

static int
compare_ranks(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank > y->rank ? -1 : 1;
  return (x->id > y->id) - (x->id < y->id);
}

static int
compare_ids(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  return (x->id > y->id) - (x->id < y->id);
}

/* Which of a few groups any block belongs to, by one of two threads. */
typedef struct {
  const HsFlow *flow;
  uint32_t first, end;
  const int *cancel;
  bool cancelled;
  bool present[HS_FLOW_MAX_LAYERS];
} Presence;

static gpointer
find_present(gpointer data)
{
  Presence *p = data;
  const uint64_t *bits = hs_row_set_words(p->flow->set);
  for (uint32_t block = p->first; block < p->end; block++) {
    if (block % ROWS_PER_POLL == 0 && hs_series_cancelled(p->cancel)) {
      p->cancelled = true;
      return NULL;
    }
    if (bits == NULL || (bits[block / 64] >> block % 64 & 1) != 0)
      p->present[hs_flow_block_id(p->flow->timeline, p->flow->layers.group, block)] = true;
  }
  return NULL;
}

/* The groups that need a layer. Records, which few ask for, are not looked at beforehand. */
static bool
list_present(const HsFlow *flow, uint32_t n_ids, Candidate *candidates, uint32_t *n, const int *cancel)
{
  Presence here = {.flow = flow, .cancel = cancel}, there = here;
  bool blocks = flow->part == HS_FLOW_BLOCKS;
  there.end = blocks ? hs_row_set_n_rows(flow->set) : 0;
  here.end = there.first = there.end / 2;
  hs_run_both("hs-flow", find_present, &here, &there);
  for (uint32_t i = 0; i < n_ids; i++) {
    if (!blocks || here.present[i] || there.present[i])
      candidates[(*n)++] = (Candidate){i, 1};
  }
  return !here.cancelled && !there.cancelled;
}

static bool
list_ranked(const HsFlow *flow, uint32_t n_ids, Candidate *candidates, uint32_t *n, const int *cancel)
{
  g_autofree HsFlowSum *sums = flow->layers.is_chosen ? rank_all(flow, n_ids, cancel) : NULL;
  if (flow->layers.is_chosen && sums == NULL)
    return false;
  for (uint32_t i = 0; i < n_ids; i++) {
    Candidate candidate = {i, sums != NULL ? hs_flow_rank(&sums[i], flow->measure) : 1};
    if (candidate.rank > 0)
      candidates[(*n)++] = candidate;
  }
  qsort(candidates, *n, sizeof *candidates, compare_ranks);
  return true;
}

/* --- the choice --- */

static bool
set_layers(HsFlowLayers *layers, const Candidate *candidates, uint32_t n)
{
  layers->n = n;
  layers->n_slots = n == 0 ? 0 : candidates[n - 1].id + 1;
  layers->ids = g_try_new(uint32_t, MAX(n, 1));
  layers->slots = g_try_malloc(MAX(layers->n_slots, 1));
  if (layers->ids == NULL || layers->slots == NULL)
    return false;
  memset(layers->slots, (int)n, layers->n_slots);
  for (uint32_t i = 0; i < n; i++) {
    layers->ids[i] = candidates[i].id;
    layers->slots[candidates[i].id] = (uint8_t)i;
  }
  return true;
}

static uint32_t
count_ids(const HsFlow *flow)
{
  switch (flow->layers.group) {
  case HS_GROUP_HEAP:
    return hs_timeline_n_heaps(flow->timeline);
  case HS_GROUP_PROCESS:
    return hs_timeline_n_processes(flow->timeline);
  case HS_GROUP_SOURCE:
    return HS_N_SOURCES;
  case HS_GROUP_SIZE_CLASS:
    return N_SIZE_CLASSES;
  case HS_GROUP_NONE:
  case HS_N_GROUPS:
    break;
  }
  return 0;
}

bool
hs_flow_choose_layers(HsFlow *flow, const int *cancel)
{
  G_STATIC_ASSERT(N_SIZE_CLASSES <= HS_FLOW_MAX_LAYERS && HS_FLOW_MAX_LAYERS < UINT8_MAX);
  uint32_t n_ids = count_ids(flow);
  bool is_small = flow->layers.group == HS_GROUP_SOURCE || flow->layers.group == HS_GROUP_SIZE_CLASS;
  uint32_t n = is_small ? n_ids : MIN(n_ids, (uint32_t)CLAMP(flow->max_layers, 0, HS_FLOW_MAX_LAYERS));
  g_autofree Candidate *candidates = g_try_new(Candidate, MAX(n_ids, 1));
  uint32_t n_candidates = 0;
  if (candidates == NULL)
    return false;
  flow->layers.is_chosen = n < n_ids;
  if (n > 0 && !(is_small ? list_present(flow, n_ids, candidates, &n_candidates, cancel)
                          : list_ranked(flow, n_ids, candidates, &n_candidates, cancel)))
    return false;
  n = MIN(n, n_candidates);
  qsort(candidates, n, sizeof *candidates, compare_ids);
  return set_layers(&flow->layers, candidates, n);
}
