/* SPDX-License-Identifier: MIT */
/*
 * Which memory a heap had committed or reserved, and when: records that give and take are played through once, into
 * pieces of address space that each were held over one stretch of time. Heap ranges say what is reserved; they stand
 * for what is committed where no other record tells of that.
 */
#include "hs-instant-private.h"

#define CANCEL_ROWS 65536u

/* --- what was told --- */

/* Whether an Extend is the heap's own, that commits: it is a row, too. Else it is a heap range's, that reserves. */
static bool
is_row(const HsInstant *instant, const HsRegion *region)
{
  const HsTimeline *t = instant->timeline;
  for (HsRow row = hs_timeline_row_at(t, region->ticks, instant->n_rows); row < instant->n_rows; row++) {
    if (hs_timeline_ticks(t, row) != region->ticks)
      break;
    if (hs_timeline_op(t, row) != HS_OP_EXTEND || hs_timeline_row_heap(t, row).v != region->heap.v)
      continue;
    uint32_t ref = hs_timeline_ref_of(t, row);
    const HsDetail *detail = ref != HS_REF_NONE ? HS_VEC(&t->details, HsDetail, ref) : NULL;
    if (detail != NULL && detail->address == region->address && detail->size == region->size)
      return true;
  }
  return false;
}

/* --- giving and taking --- */

/* A held stretch; keys of the tree point into it. */
typedef struct {
  uint64_t begin, end;
  int64_t from;
} Held;

static int
compare_addresses(gconstpointer a, gconstpointer b, gpointer data)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

typedef struct {
  GTree *held; /* by begin */
  GArray *pieces;
} Ledger;

static void
hold(Ledger *ledger, uint64_t begin, uint64_t end, int64_t from)
{
  Held *held = g_new(Held, 1);
  *held = (Held){begin, end, from};
  g_tree_insert(ledger->held, &held->begin, held);
}

static void
note(Ledger *ledger, uint64_t begin, uint64_t end, int64_t from, int64_t to)
{
  HsInstantPiece piece = {begin, end, from, to};
  if (from < to && begin < end)
    g_array_append_val(ledger->pieces, piece);
}

/* The first held stretch that ends beyond an address, or NULL. */
static Held *
first_beyond(const Ledger *ledger, uint64_t address)
{
  GTreeNode *node = g_tree_upper_bound(ledger->held, &address);
  GTreeNode *before = node != NULL ? g_tree_node_previous(node) : g_tree_node_last(ledger->held);
  Held *held = before != NULL ? g_tree_node_value(before) : NULL;
  if (held != NULL && held->end > address)
    return held;
  return node != NULL ? g_tree_node_value(node) : NULL;
}

/* What is held already stays as it was told. */
static void
give(Ledger *ledger, uint64_t begin, uint64_t end, int64_t ticks)
{
  while (begin < end) {
    const Held *next = first_beyond(ledger, begin);
    uint64_t free_to = next != NULL ? MIN(next->begin, end) : end;
    uint64_t held_to = next != NULL ? next->end : end;
    if (begin < free_to)
      hold(ledger, begin, free_to, ticks);
    begin = MAX(held_to, free_to);
  }
}

static void
take(Ledger *ledger, uint64_t begin, uint64_t end, int64_t ticks)
{
  Held *held;
  while ((held = first_beyond(ledger, begin)) != NULL && held->begin < end) {
    Held was = *held;
    g_tree_remove(ledger->held, &was.begin);
    if (was.begin < begin)
      hold(ledger, was.begin, begin, was.from);
    if (was.end > end)
      hold(ledger, end, was.end, was.from);
    note(ledger, MAX(was.begin, begin), MIN(was.end, end), was.from, ticks);
    if (was.end >= end)
      break;
    begin = was.end;
  }
}

static gboolean
note_held(gpointer key, gpointer value, gpointer data)
{
  const Held *held = value;
  Ledger *ledger = ((gpointer *)data)[0];
  note(ledger, held->begin, held->end, held->from, *(int64_t *)((gpointer *)data)[1]);
  return FALSE;
}

static int
compare_pieces(gconstpointer a, gconstpointer b)
{
  const HsInstantPiece *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->from > y->from) - (x->from < y->from);
}

/* --- a heap --- */

/* When all of a heap's memory went: destroyed, or its process ended. */
static int64_t
end_of_heap(const HsTimeline *t, uint32_t id)
{
  const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){id});
  return MIN(HS_GET(heap->destroy_ticks), HS_GET(hs_timeline_process(t, heap->process)->end_ticks));
}

/* The regions of one heap, in the order in which they were told. */
typedef struct {
  const HsRegion *const *regions;
  uint32_t n;
} Told;

static GArray *
play(const HsInstant *instant, uint32_t heap, Told told, int layer)
{
  Ledger ledger = {g_tree_new_full(compare_addresses, NULL, NULL, g_free),
                   g_array_new(FALSE, FALSE, sizeof(HsInstantPiece))};
  for (uint32_t i = 0; i < told.n; i++) {
    const HsRegion *region = told.regions[i];
    uint64_t begin, end;
    hs_instant_extent(region->address, region->size, &begin, &end);
    bool own = region->what == HS_OP_COMMIT || region->what == HS_OP_DECOMMIT ||
               (region->what == HS_OP_EXTEND && is_row(instant, region));
    if (region->gone && (layer == HS_INSTANT_COMMITTED || region->what == HS_OP_CONTRACT))
      take(&ledger, begin, end, region->ticks);
    else if (!region->gone && own == (layer == HS_INSTANT_COMMITTED))
      give(&ledger, begin, end, region->ticks);
  }
  int64_t over = end_of_heap(instant->timeline, heap);
  gpointer data[] = {&ledger, &over};
  g_tree_foreach(ledger.held, note_held, data);
  g_tree_unref(ledger.held);
  g_array_sort(ledger.pieces, compare_pieces);
  return ledger.pieces;
}

static void
make_layers(HsInstant *instant, uint32_t id, Told told)
{
  HsInstantHeap *heap = &instant->heaps[id];
  for (int layer = 0; layer < HS_INSTANT_N_LAYERS; layer++) {
    heap->layers[layer].pieces = play(instant, id, told, layer);
    heap->layers[layer].spans = g_array_new(FALSE, FALSE, sizeof(HsInstantSpan));
  }
  HsInstantLayer *committed = &heap->layers[HS_INSTANT_COMMITTED], *reserved = &heap->layers[HS_INSTANT_RESERVED];
  if (committed->pieces->len > 0)
    return;
  g_array_unref(committed->pieces);
  committed->pieces = g_array_ref(reserved->pieces);
  /* Nothing that was ever held tells of the heap's memory. */
  if (committed->pieces->len == 0) {
    g_clear_pointer(&committed->pieces, g_array_unref);
    g_clear_pointer(&committed->spans, g_array_unref);
  }
}

static bool
make_regions(HsInstant *instant, const int *cancel)
{
  const HsTimeline *t = instant->timeline;
  uint32_t n = hs_timeline_n_regions(t);
  g_autofree uint32_t *first = g_new0(uint32_t, instant->n_heaps + 1);
  g_autofree const HsRegion **regions = g_new(const HsRegion *, MAX(n, 1));
  for (uint32_t i = 0; i < n; i++) {
    uint32_t heap = hs_timeline_region(t, i)->heap.v;
    if (heap < instant->n_heaps)
      first[heap + 1]++;
  }
  for (uint32_t h = 0; h < instant->n_heaps; h++)
    first[h + 1] += first[h];
  g_autofree uint32_t *next = g_memdup2(first, (instant->n_heaps + 1) * sizeof *first);
  for (uint32_t i = 0; i < n; i++) {
    const HsRegion *region = hs_timeline_region(t, i);
    if (region->heap.v < instant->n_heaps)
      regions[next[region->heap.v]++] = region;
  }
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    if (hs_instant_cancelled(cancel))
      return false;
    if (first[h + 1] > first[h])
      make_layers(instant, h, (Told){regions + first[h], first[h + 1] - first[h]});
  }
  return true;
}

/* --- sizes --- */

static bool
make_tells(HsInstant *instant, const int *cancel)
{
  const HsTimeline *t = instant->timeline;
  for (HsRow row = 0; row < instant->n_rows; row++) {
    if (row % CANCEL_ROWS == 0 && hs_instant_cancelled(cancel))
      return false;
    HsOp op = hs_timeline_op(t, row);
    if (G_LIKELY(op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE))
      continue;
    uint32_t ref = hs_timeline_ref_of(t, row), heap = hs_timeline_row_heap(t, row).v;
    if (ref == HS_REF_NONE || heap >= instant->n_heaps)
      continue;
    const HsDetail *detail = HS_VEC(&t->details, HsDetail, ref);
    if (!detail->has_sizes)
      continue;
    HsInstantTell tell = {row, detail->committed_bytes, detail->reserved_bytes};
    if (instant->heaps[heap].tells == NULL)
      instant->heaps[heap].tells = g_array_new(FALSE, FALSE, sizeof tell);
    g_array_append_val(instant->heaps[heap].tells, tell);
  }
  return true;
}

bool
hs_instant_make_memory(HsInstant *instant, const int *cancel)
{
  return make_regions(instant, cancel) && make_tells(instant, cancel);
}

/* --- now --- */

static bool
is_held(const HsInstantPiece *piece, int64_t ticks)
{
  return piece->from <= ticks && ticks < piece->to;
}

/* Free memory between the blocks of these chunks may have come or gone. */
static void
soil(HsInstant *instant, uint32_t heap, const HsInstantPiece *piece)
{
  if (instant->heaps[heap].n_chunks == 0)
    return;
  uint32_t last = hs_instant_chunk_of(instant, heap, piece->end, UINT32_MAX);
  for (uint32_t i = hs_instant_chunk_of(instant, heap, piece->begin, 0); i <= last; i++)
    instant->chunks[i].is_dirty = true;
}

static void
merge_spans(HsInstantLayer *layer, int64_t ticks)
{
  g_array_set_size(layer->spans, 0);
  for (guint i = 0; i < layer->pieces->len; i++) {
    const HsInstantPiece *piece = &g_array_index(layer->pieces, HsInstantPiece, i);
    if (!is_held(piece, ticks))
      continue;
    guint n = layer->spans->len;
    HsInstantSpan *last = n > 0 ? &g_array_index(layer->spans, HsInstantSpan, n - 1) : NULL;
    HsInstantSpan span = {piece->begin, piece->end};
    if (last != NULL && piece->begin <= last->end)
      last->end = MAX(last->end, piece->end);
    else
      g_array_append_val(layer->spans, span);
  }
}

void
hs_instant_move_memory(HsInstant *instant, bool all, int64_t from, int64_t to)
{
  for (uint32_t h = 0; h < instant->n_heaps; h++) {
    for (int l = 0; l < HS_INSTANT_N_LAYERS; l++) {
      HsInstantLayer *layer = &instant->heaps[h].layers[l];
      bool changed = all;
      for (guint i = 0; layer->pieces != NULL && !all && i < layer->pieces->len; i++) {
        const HsInstantPiece *piece = &g_array_index(layer->pieces, HsInstantPiece, i);
        if (is_held(piece, from) == is_held(piece, to))
          continue;
        changed = true;
        if (l == HS_INSTANT_COMMITTED)
          soil(instant, h, piece);
      }
      if (changed && layer->pieces != NULL)
        merge_spans(layer, to);
    }
  }
}
