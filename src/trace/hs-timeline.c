/* SPDX-License-Identifier: MIT */
#include "hs-timeline.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <sys/mman.h>

#include "hs-builder-private.h"
#include "hs-series.h"

#define SEGMENTS 65536u

static void *
reserve(size_t bytes)
{
  void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

static bool
init_columns(HsTimeline *t)
{
  t->time.base = reserve(SEGMENTS * sizeof(int64_t));
  t->time.wide = reserve(SEGMENTS * sizeof(int64_t *));
  t->cpu.high = reserve(SEGMENTS * sizeof(uint8_t *));
  return t->time.base != NULL && t->time.wide != NULL && t->cpu.high != NULL &&
         hs_column_init(&t->time.low, t->arena, 4) && hs_column_init(&t->op_source, t->arena, 1) &&
         hs_column_init(&t->weight, t->arena, 2) && hs_column_init(&t->cpu.low, t->arena, 1) &&
         hs_column_init(&t->origin, t->arena, 4) && hs_column_init(&t->ref, t->arena, 4) &&
         hs_column_init(&t->blocks, t->arena, sizeof(HsBlockRecord));
}

HsTimeline *
hs_timeline_new(void)
{
  g_autoptr(HsTimeline) t = g_new0(HsTimeline, 1);
  t->ref_count = 1;
  t->arena = hs_arena_new();
  t->clock.frequency = 10000000;
  t->begin_ticks = INT64_MIN;
  hs_vec_init(&t->big_sizes, t->arena, sizeof(HsBigSize));
  hs_vec_init(&t->loose, t->arena, sizeof(HsLoose));
  hs_vec_init(&t->endings, t->arena, sizeof(HsEnding));
  hs_vec_init(&t->reallocs, t->arena, sizeof(HsRealloc));
  hs_vec_init(&t->odd_sources, t->arena, sizeof(HsOddSource));
  hs_vec_init(&t->details, t->arena, sizeof(HsDetail));
  hs_vec_init(&t->processes, t->arena, sizeof(HsProcess));
  hs_vec_init(&t->heaps, t->arena, sizeof(HsHeap));
  hs_vec_init(&t->threads, t->arena, sizeof(HsThread));
  hs_vec_init(&t->origins, t->arena, sizeof(HsOrigin));
  hs_vec_init(&t->modules, t->arena, sizeof(HsModule));
  hs_vec_init(&t->regions, t->arena, sizeof(HsRegion));
  hs_vec_init(&t->gaps, t->arena, sizeof(HsGap));
  t->strings = hs_strings_new();
  if (!init_columns(t))
    return NULL;
  t->series = hs_series_set_new(t, NULL);
  return g_steal_pointer(&t);
}

HsTimeline *
hs_timeline_new_bare(void)
{
  HsTimeline *timeline = hs_timeline_new();
  if (timeline != NULL)
    g_clear_pointer(&timeline->series, hs_series_set_unref);
  return timeline;
}

HsTimeline *
hs_timeline_ref(HsTimeline *timeline)
{
  g_atomic_int_inc(&timeline->ref_count);
  return timeline;
}

void
hs_timeline_unref(HsTimeline *t)
{
  if (t == NULL || !g_atomic_int_dec_and_test(&t->ref_count))
    return;
  g_clear_pointer(&t->series, hs_series_set_unref);
  HsColumn *columns[] = {&t->time.low, &t->op_source, &t->weight, &t->cpu.low, &t->origin, &t->ref, &t->blocks};
  for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++)
    hs_column_clear(columns[i]);
  if (t->time.base != NULL)
    munmap(t->time.base, SEGMENTS * sizeof(int64_t));
  if (t->time.wide != NULL)
    munmap(t->time.wide, SEGMENTS * sizeof(int64_t *));
  if (t->cpu.high != NULL)
    munmap(t->cpu.high, SEGMENTS * sizeof(uint8_t *));
  hs_strings_free(t->strings);
  hs_arena_free(t->arena);
  g_free(t);
}

void
hs_timeline_span(const HsTimeline *t, int64_t *begin_ticks, int64_t *end_ticks)
{
  int64_t begin = 0;
  int64_t end = __atomic_load_n(&t->last_ticks, __ATOMIC_ACQUIRE);
  int64_t chosen = __atomic_load_n(&t->begin_ticks, __ATOMIC_RELAXED);
  if (chosen != INT64_MIN)
    begin = chosen;
  else if (hs_timeline_n_rows(t) > 0)
    begin = MIN(begin, hs_timeline_ticks(t, 0));
  if (end < INT64_MAX)
    end++;
  *begin_ticks = begin;
  *end_ticks = MAX(end, begin + 1);
}

HsClock
hs_timeline_clock(const HsTimeline *timeline)
{
  return (HsClock){__atomic_load_n(&timeline->clock.frequency, __ATOMIC_ACQUIRE)};
}

const char *
hs_timeline_process_name(const HsTimeline *timeline, HsProcessId id)
{
  if (id.v == HS_ID_NONE)
    return "";
  const HsProcess *process = hs_timeline_process(timeline, id);
  return hs_strings_get(timeline->strings, (HsStringId){__atomic_load_n(&process->name, __ATOMIC_ACQUIRE)});
}

HsHeapId
hs_timeline_find_heap(const HsTimeline *timeline, uint32_t pid, uint64_t handle)
{
  for (uint32_t i = hs_timeline_n_heaps(timeline); i-- > 0;) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    if (heap->handle == handle && hs_timeline_process(timeline, heap->process)->pid == pid)
      return (HsHeapId){i};
  }
  return (HsHeapId){HS_ID_NONE};
}

HsRow
hs_timeline_row_at(const HsTimeline *timeline, int64_t ticks, uint32_t n_rows)
{
  uint32_t low = 0, high = n_rows;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (hs_timeline_ticks(timeline, middle) < ticks)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The first element of `vec` (of `count`) whose leading uint32_t is at least `key`. */
static uint32_t
lower_bound(const HsVec *vec, uint32_t count, uint32_t key)
{
  uint32_t low = 0, high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (*HS_VEC(vec, uint32_t, middle) < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static const void *
find_by_key(const HsVec *vec, const uint32_t *published, uint32_t key)
{
  uint32_t count = __atomic_load_n(published, __ATOMIC_ACQUIRE);
  uint32_t i = lower_bound(vec, count, key);
  return i < count && *HS_VEC(vec, uint32_t, i) == key ? hs_vec_at(vec, i) : NULL;
}

uint64_t
hs_timeline_block_big_size(const HsTimeline *t, HsBlockId block)
{
  const HsBigSize *big = find_by_key(&t->big_sizes, &t->n_big_sizes, block.v);
  return big != NULL ? big->size : UINT32_MAX;
}

static bool
op_pairs(HsOp op)
{
  return op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE;
}

static const HsRealloc *
find_realloc(const HsTimeline *t, HsRow row)
{
  return find_by_key(&t->reallocs, &t->n_reallocs, row);
}

HsBlockId
hs_timeline_row_block(const HsTimeline *timeline, HsRow row)
{
  uint32_t ref = hs_timeline_ref_of(timeline, row);
  HsOp op = hs_timeline_op(timeline, row);
  if (!op_pairs(op))
    return (HsBlockId){HS_ID_NONE};
  if ((ref & HS_REF_LOOSE) == 0)
    return (HsBlockId){ref};
  const HsRealloc *change = op == HS_OP_REALLOC ? find_realloc(timeline, row) : NULL;
  return (HsBlockId){change != NULL && change->marked != 0 ? change->marked - 1 : HS_ID_NONE};
}

HsBlockId
hs_timeline_row_ended_block(const HsTimeline *t, HsRow row)
{
  HsOp op = hs_timeline_op(t, row);
  if (op != HS_OP_ALLOC && op != HS_OP_REALLOC)
    return (HsBlockId){HS_ID_NONE};
  uint32_t count = __atomic_load_n(&t->n_endings, __ATOMIC_ACQUIRE);
  for (uint32_t i = lower_bound(&t->endings, count, row); i < count; i++) {
    const HsEnding *ending = HS_VEC(&t->endings, HsEnding, i);
    if (ending->row != row)
      break;
    if (hs_timeline_block_end(t, (HsBlockId){ending->block}) == row)
      return (HsBlockId){ending->block};
  }
  return (HsBlockId){HS_ID_NONE};
}

static void
event_memory(const HsTimeline *t, HsEvent *event)
{
  uint32_t ref = hs_timeline_ref_of(t, event->row);
  event->has_size = event->op != HS_OP_FREE;
  event->has_address = true;
  if ((ref & HS_REF_LOOSE) == 0) {
    event->block.v = ref;
    event->address = hs_timeline_block_address(t, event->block);
    event->size = event->has_size ? hs_timeline_block_size(t, event->block) : 0;
  } else {
    const HsLoose *loose = HS_VEC(&t->loose, HsLoose, ref & ~HS_REF_LOOSE);
    event->address = loose->address;
    event->size = loose->size;
    event->unmatched = event->op == HS_OP_FREE;
    event->failed = event->op != HS_OP_FREE && loose->address == 0;
  }
  if (event->op != HS_OP_REALLOC)
    return;
  const HsRealloc *change = find_realloc(t, event->row);
  if (change != NULL) {
    if (change->marked != 0)
      event->block.v = change->marked - 1;
    event->has_old = true;
    event->old_address = change->old_address;
    event->old_size = change->old_size;
  }
}

void
hs_timeline_event(const HsTimeline *t, HsRow row, HsEvent *event)
{
  const HsOrigin *origin = hs_timeline_origin(t, hs_timeline_row_origin(t, row));
  *event = (HsEvent){
      .row = row,
      .ticks = hs_timeline_ticks(t, row),
      .op = hs_timeline_op(t, row),
      .source = hs_timeline_source(t, row),
      .cpu = hs_timeline_cpu(t, row),
      .process = hs_timeline_thread(t, origin->thread)->process,
      .heap = origin->heap,
      .thread = origin->thread,
      .block = {HS_ID_NONE},
  };
  event->source_id = event->source;
  if (event->source == HS_SOURCE_UNKNOWN) {
    const HsOddSource *odd = find_by_key(&t->odd_sources, &t->n_odd_sources, row);
    event->source_id = odd != NULL ? odd->source_id : 0;
  }
  if (op_pairs(event->op)) {
    event_memory(t, event);
    return;
  }
  uint32_t ref = hs_timeline_ref_of(t, row);
  if (ref == HS_REF_NONE)
    return;
  event->detail = HS_VEC(&t->details, HsDetail, ref);
  event->address = event->detail->address;
  event->size = event->detail->size;
  event->has_address = event->address != 0;
  event->has_size = event->size != 0;
}

void
hs_timeline_block(const HsTimeline *t, HsBlockId id, uint32_t n_rows, HsBlock *block)
{
  HsRow begin = hs_timeline_block_begin(t, id);
  HsOriginId origin_id = hs_timeline_row_origin(t, begin);
  const HsOrigin *origin = hs_timeline_origin(t, origin_id);
  HsRow end = hs_timeline_block_end(t, id);
  uint8_t flags = hs_timeline_block_flags(t, id);
  *block = (HsBlock){
      .id = id,
      .address = hs_timeline_block_address(t, id),
      .size = hs_timeline_block_size(t, id),
      .begin_row = begin,
      .end_row = end,
      .begin_ticks = hs_timeline_ticks(t, begin),
      .end_ticks = INT64_MAX,
      .heap = origin->heap,
      .thread = origin->thread,
      .source = (HsSource)(flags >> HS_BLOCK_SOURCE_SHIFT & 7),
      .end = (HsEnd)(flags & HS_BLOCK_END_MASK),
      .is_realloc = (flags & HS_BLOCK_IS_REALLOC) != 0,
  };
  if (end == HS_ROW_PROCESS_EXIT) {
    HsProcessId process = hs_timeline_heap(t, origin->heap)->process;
    block->end_ticks = HS_GET(hs_timeline_process(t, process)->end_ticks);
  } else if (end < n_rows) {
    block->end_ticks = hs_timeline_ticks(t, end);
  } else {
    block->end_row = HS_ROW_OUTSTANDING;
    block->end = HS_END_NONE;
  }
}

uint64_t
hs_timeline_memory_bytes(const HsTimeline *timeline)
{
  return hs_arena_bytes(timeline->arena) + hs_series_set_memory_bytes(timeline->series) +
         hs_strings_bytes(timeline->strings);
}

/* What the columns take a row, and on top of them the curves. */
#define ROW_BYTES (4 + 1 + 2 + 1 + 4 + 4 + 3)
/* A pairing table is at least a quarter full of 16 bytes each, and while it grows there are two. */
#define LIVE_BYTES 96
#define FIXED_BYTES ((uint64_t)16 << 20)

/* The last bucket of a vector may be as large as all before it, and empty. */
static uint64_t
vec_bytes(uint64_t n, size_t elem_size)
{
  return 2 * n * elem_size;
}

uint64_t
hs_timeline_expected_bytes(const HsTimelineCounts *counts)
{
  const uint64_t most = UINT64_MAX / 4096;
  if (counts->n_rows > most || counts->n_blocks > most || counts->n_live > most)
    return UINT64_MAX;
  return FIXED_BYTES + counts->n_rows * ROW_BYTES + counts->n_blocks * sizeof(HsBlockRecord) +
         counts->n_live * LIVE_BYTES + vec_bytes(counts->n_reallocs, sizeof(HsRealloc) + sizeof(HsEnding)) +
         vec_bytes(counts->n_details, sizeof(HsDetail)) + vec_bytes(counts->n_loose, sizeof(HsLoose));
}

const char *
hs_end_name(HsEnd end)
{
  static const char *const names[] = {"", "free", "realloc", "overwritten", "destroy", "process-exit"};
  return (unsigned)end < G_N_ELEMENTS(names) ? names[end] : "";
}

const char *
hs_end_title(HsEnd end)
{
  static const char *const titles[] = {N_("Outstanding"), N_("Freed"),          N_("Reallocated"),
                                       N_("Overwritten"), N_("Heap destroyed"), N_("Process exit")};
  return g_dgettext(HS_GETTEXT_PACKAGE, titles[(unsigned)end < G_N_ELEMENTS(titles) ? end : 0]);
}
