/* SPDX-License-Identifier: MIT */
#include "hs-map-ground.h"

/* What a damaged trace may claim is cut off here. */
#define MAX_RECTS (1u << 20)

/* The rectangles that are not over yet, by kind, process and address. */
typedef struct {
  const HsTimeline *timeline;
  GArray *rects;
  GTree *open; /* OpenKey → index + 1 */
} HsReplay;

typedef struct {
  uint32_t kind, process;
  uint64_t begin;
} OpenKey;

static gint
compare_keys(gconstpointer a, gconstpointer b, gpointer data)
{
  const OpenKey *x = a, *y = b;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  if (x->process != y->process)
    return x->process < y->process ? -1 : 1;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static HsGroundRect *
rect_of(HsReplay *replay, GTreeNode *node)
{
  return &g_array_index(replay->rects, HsGroundRect, GPOINTER_TO_UINT(g_tree_node_value(node)) - 1);
}

static void
open_rect(HsReplay *replay, HsGroundRect rect)
{
  if (rect.begin >= rect.end || replay->rects->len >= MAX_RECTS)
    return;
  OpenKey *key = g_new(OpenKey, 1);
  *key = (OpenKey){rect.kind, rect.process, rect.begin};
  rect.t1 = INT64_MAX;
  g_array_append_val(replay->rects, rect);
  g_tree_insert(replay->open, key, GUINT_TO_POINTER(replay->rects->len));
}

/* When a heap gives back all it holds. */
static int64_t
heap_end_ticks(const HsReplay *replay, uint32_t heap_id)
{
  const HsHeap *heap = hs_timeline_heap(replay->timeline, (HsHeapId){heap_id});
  int64_t destroyed = HS_GET(heap->destroy_ticks);
  int64_t exited = HS_GET(hs_timeline_process(replay->timeline, heap->process)->end_ticks);
  return MIN(destroyed, exited);
}

/* The first open rectangle of what.kind and process that ends beyond what.begin and begins before what.end. */
static GTreeNode *
first_overlap(HsReplay *replay, const HsGroundRect *what)
{
  OpenKey key = {what->kind, what->process, what->begin};
  GTreeNode *node = g_tree_upper_bound(replay->open, &key);
  GTreeNode *before = node != NULL ? g_tree_node_previous(node) : g_tree_node_last(replay->open);
  for (int i = 0; i < 2; i++) {
    GTreeNode *candidate = i == 0 ? before : node;
    if (candidate == NULL)
      continue;
    const HsGroundRect *rect = rect_of(replay, candidate);
    if (rect->kind == what->kind && rect->process == what->process && rect->end > what->begin &&
        rect->begin < what->end)
      return candidate;
  }
  return NULL;
}

/* Ends a rectangle. */
static void
close_rect(HsReplay *replay, GTreeNode *node, int64_t ticks)
{
  HsGroundRect *rect = rect_of(replay, node);
  OpenKey key = {rect->kind, rect->process, rect->begin};
  rect->t1 = MAX(ticks, rect->t0);
  g_tree_remove(replay->open, &key);
}

/* What is there already stays as it is. */
static void
add(HsReplay *replay, HsGroundRect what)
{
  GTreeNode *node;
  HsGroundRect rest = what;
  while (rest.begin < rest.end && (node = first_overlap(replay, &rest)) != NULL) {
    HsGroundRect there = *rect_of(replay, node);
    int64_t over = heap_end_ticks(replay, there.heap);
    if (over <= what.t0) {
      close_rect(replay, node, over);
      continue;
    }
    HsGroundRect piece = rest;
    piece.end = there.begin;
    if (piece.begin < piece.end)
      open_rect(replay, piece);
    rest.begin = there.end;
  }
  open_rect(replay, rest);
}

static void
take_away(HsReplay *replay, const HsGroundRect *what)
{
  GTreeNode *node;
  while (replay->rects->len < MAX_RECTS && (node = first_overlap(replay, what)) != NULL) {
    HsGroundRect there = *rect_of(replay, node);
    close_rect(replay, node, MIN(what->t0, heap_end_ticks(replay, there.heap)));
    HsGroundRect piece = there;
    piece.t0 = what->t0;
    piece.end = MIN(what->begin, there.end);
    open_rect(replay, piece);
    piece.begin = MAX(what->end, there.begin);
    piece.end = there.end;
    open_rect(replay, piece);
  }
}

static void
replay_region(HsReplay *replay, const HsRegion *region)
{
  if (region->heap.v == HS_ID_NONE || region->size == 0)
    return;
  HsGroundRect what = {
      .process = hs_timeline_heap(replay->timeline, region->heap)->process.v,
      .heap = region->heap.v,
      .begin = region->address,
      .end = region->size > UINT64_MAX - region->address ? UINT64_MAX : region->address + region->size,
      .t0 = region->what == HS_OP_SNAPSHOT ? INT64_MIN : region->ticks,
  };
  bool committed = region->what == HS_OP_COMMIT || region->what == HS_OP_DECOMMIT;
  what.kind = committed ? HS_GROUND_COMMITTED : HS_GROUND_HELD;
  if (!region->gone) {
    add(replay, what);
    return;
  }
  what.t0 = region->ticks;
  take_away(replay, &what);
  /* What is not held is not committed either. */
  what.kind = HS_GROUND_COMMITTED;
  if (!committed)
    take_away(replay, &what);
}

static gint
compare_begins(gconstpointer a, gconstpointer b)
{
  const HsGroundRect *x = a, *y = b;
  return x->t0 < y->t0 ? -1 : x->t0 > y->t0;
}

static gint
compare_ends(gconstpointer a, gconstpointer b, gpointer data)
{
  const HsGroundRect *rects = data;
  const HsGroundRect *x = &rects[*(const uint32_t *)a], *y = &rects[*(const uint32_t *)b];
  return x->t1 < y->t1 ? -1 : x->t1 > y->t1;
}

static void
finish(HsReplay *replay, HsMapGround *ground)
{
  /* Pieces of no time at all are left behind where several records tell of one moment. */
  for (guint i = replay->rects->len; i-- > 0;) {
    HsGroundRect *rect = &g_array_index(replay->rects, HsGroundRect, i);
    if (rect->t1 == INT64_MAX)
      rect->t1 = heap_end_ticks(replay, rect->heap);
    if (rect->t0 >= rect->t1)
      g_array_remove_index_fast(replay->rects, i);
  }
  g_array_sort(replay->rects, compare_begins);
  ground->rects = replay->rects;
  for (uint32_t i = 0; i < replay->rects->len; i++)
    g_array_append_val(ground->by_end, i);
  g_array_sort_with_data(ground->by_end, compare_ends, ground->rects->data);
}

HsMapGround *
hs_map_ground_new(const HsTimeline *timeline, const int *cancel)
{
  HsReplay replay = {.timeline = timeline};
  uint32_t n_regions = hs_timeline_n_regions(timeline), i;
  replay.rects = g_array_new(FALSE, FALSE, sizeof(HsGroundRect));
  replay.open = g_tree_new_full(compare_keys, NULL, g_free, NULL);
  for (i = 0; i < n_regions; i++) {
    if (i % 4096 == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      break;
    replay_region(&replay, hs_timeline_region(timeline, i));
  }
  HsMapGround *ground = g_new0(HsMapGround, 1);
  ground->ref_count = 1;
  ground->by_end = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  finish(&replay, ground);
  g_tree_unref(replay.open);
  if (i == n_regions)
    return ground;
  hs_map_ground_unref(ground);
  return NULL;
}

HsMapGround *
hs_map_ground_ref(HsMapGround *ground)
{
  g_atomic_int_inc(&ground->ref_count);
  return ground;
}

void
hs_map_ground_unref(HsMapGround *ground)
{
  if (!g_atomic_int_dec_and_test(&ground->ref_count))
    return;
  g_array_unref(ground->rects);
  g_array_unref(ground->by_end);
  g_free(ground);
}
