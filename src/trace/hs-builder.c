/* SPDX-License-Identifier: MIT */
/* Rows: appending, publishing. What a row means for blocks is in hs-builder-pairing.c, whose it is in
 * hs-builder-entities.c. */
#include "hs-builder.h"

#include "hs-builder-private.h"
#include "hs-series.h"

/* The two largest values mean "outstanding" and "process exit" where a row could stand. */
#define MAX_ROWS (UINT32_MAX - 2)
/* So many rows the series may be behind if another thread helps; then some are taken in with each publication. */
#define SERIES_LAG (1u << 16)
/* So many are taken in when a thread has a moment to spare: a short one. */
#define HELP_ROWS (1u << 12)

G_DEFINE_QUARK(hs - trace - error - quark, hs_trace_error)

HsBuilder *
hs_builder_new(HsTimeline *timeline, HsClock clock)
{
  HsBuilder *builder = g_new0(HsBuilder, 1);
  hs_pair_table_seed();
  builder->timeline = hs_timeline_ref(timeline);
  builder->last_ticks = INT64_MIN;
  __atomic_store_n(&timeline->clock.frequency, MAX(clock.frequency, 1), __ATOMIC_RELEASE);
  pthread_mutex_init(&builder->series_lock, NULL);
  hs_builder_entities_init(builder);
  return builder;
}

void
hs_builder_free(HsBuilder *builder)
{
  if (builder == NULL)
    return;
  hs_builder_entities_clear(builder);
  pthread_mutex_destroy(&builder->series_lock);
  hs_timeline_unref(builder->timeline);
  g_free(builder);
}

void
hs_builder_begin_at(HsBuilder *builder, int64_t ticks)
{
  HsTimeline *t = builder->timeline;
  __atomic_store_n(&t->begin_ticks, ticks, __ATOMIC_RELAXED);
  /* Nothing holds the session's start then. */
  __atomic_store_n(&t->last_ticks, MIN(t->last_ticks, ticks), __ATOMIC_RELEASE);
}

static bool
reserve_row(HsBuilder *b, HsRow row, int64_t ticks)
{
  HsTimeline *t = b->timeline;
  if (!(hs_column_reserve(&t->time.low, row) && hs_column_reserve(&t->op_source, row) &&
        hs_column_reserve(&t->weight, row) && hs_column_reserve(&t->cpu.low, row) &&
        hs_column_reserve(&t->origin, row) && hs_column_reserve(&t->ref, row)))
    return false;
  t->time.base[row >> HS_SEGMENT_SHIFT] = ticks;
  return true;
}

/* The segment spans more ticks than 32 bits tell: from here on it holds whole ticks. */
static bool
widen_segment(HsTimeline *t, HsRow row)
{
  uint32_t segment = row >> HS_SEGMENT_SHIFT;
  int64_t *wide = hs_arena_alloc(t->arena, HS_SEGMENT_ROWS * sizeof(int64_t));
  if (wide == NULL)
    return false;
  for (uint32_t i = 0; i < (row & HS_SEGMENT_MASK); i++)
    wide[i] = t->time.base[segment] + ((uint32_t *)t->time.low.segments[segment])[i];
  __atomic_store_n(&t->time.wide[segment], wide, __ATOMIC_RELEASE);
  return true;
}

static bool
store_time(HsTimeline *t, HsRow row, int64_t ticks)
{
  uint32_t segment = row >> HS_SEGMENT_SHIFT;
  uint64_t delta = (uint64_t)ticks - (uint64_t)t->time.base[segment];
  if (G_UNLIKELY(t->time.wide[segment] == NULL && delta > UINT32_MAX) && !widen_segment(t, row))
    return false;
  if (G_UNLIKELY(t->time.wide[segment] != NULL))
    t->time.wide[segment][row & HS_SEGMENT_MASK] = ticks;
  else
    *HS_AT(&t->time.low, uint32_t, row) = (uint32_t)delta;
  return true;
}

/* Upper bytes are kept from the first processor on that has one. */
static bool
store_cpu(HsTimeline *t, HsRow row, uint16_t cpu)
{
  uint8_t **high = &t->cpu.high[row >> HS_SEGMENT_SHIFT];
  *HS_AT(&t->cpu.low, uint8_t, row) = (uint8_t)cpu;
  if (G_LIKELY(cpu <= UINT8_MAX))
    return true;
  if (*high == NULL) {
    uint8_t *bytes = hs_arena_alloc(t->arena, HS_SEGMENT_ROWS);
    if (bytes == NULL)
      return false;
    memset(bytes, 0, HS_SEGMENT_ROWS);
    __atomic_store_n(high, bytes, __ATOMIC_RELEASE);
  }
  (*high)[row & HS_SEGMENT_MASK] = (uint8_t)(cpu >> 8);
  return true;
}

static bool
fail(HsBuilder *b, GError **error)
{
  b->out_of_memory = true;
  if (b->n_rows >= MAX_ROWS || b->n_blocks >= HS_REF_LOOSE)
    g_set_error(error, HS_TRACE_ERROR, HS_TRACE_ERROR_LIMIT,
                "The trace has more events than Heapscope can number (%u events, %u blocks)", b->n_rows, b->n_blocks);
  else
    g_set_error(error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY, "Out of memory after %u events", b->n_rows);
  return false;
}

static void
tell_sizes(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap_id)
{
  HsHeap *heap = hs_builder_heap_of(b, heap_id);
  if (event->has_sizes) {
    HS_SET(heap->committed_bytes, event->committed_bytes);
    HS_SET(heap->reserved_bytes, event->reserved_bytes);
    HS_SET(heap->has_sizes, 1);
  }
  if (event->has_flags) {
    HS_SET(heap->flags, event->flags);
    HS_SET(heap->has_flags, 1);
  }
}

static void
tell_region(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap)
{
  bool gone = event->op == HS_OP_CONTRACT || event->op == HS_OP_DECOMMIT;
  if (!gone && event->op != HS_OP_EXTEND && event->op != HS_OP_COMMIT)
    return;
  if (event->address == 0 || event->size == 0)
    return;
  HsRegion *region = hs_vec_append(&b->timeline->regions);
  if (region == NULL) {
    b->out_of_memory = true;
    return;
  }
  *region = (HsRegion){heap, event->op, gone, b->last_ticks, event->address, event->size};
  __atomic_store_n(&b->timeline->n_regions, b->timeline->regions.length, __ATOMIC_RELEASE);
}

/* Particulars for a row, if its operation has any: locks, which a trace may be full of, have but a handle. */
static uint32_t
add_detail(HsBuilder *b, const HsHeapEvent *event)
{
  HsTimeline *t = b->timeline;
  if (event->op >= HS_OP_LOCK && event->op <= HS_OP_WALK)
    return HS_REF_NONE;
  HsDetail *detail = t->details.length < HS_REF_LOOSE ? hs_vec_append(&t->details) : NULL;
  if (detail == NULL) {
    b->out_of_memory = true;
    return HS_REF_NONE;
  }
  *detail = (HsDetail){
      .address = event->address,
      .size = event->size,
      .committed_bytes = event->committed_bytes,
      .reserved_bytes = event->reserved_bytes,
      .free_bytes = event->free_bytes,
      .allocated_bytes = event->allocated_bytes,
      .flags = event->flags,
      .detail = event->detail,
      .raw_opcode = event->raw_opcode,
      .has_sizes = event->has_sizes,
      .has_flags = event->has_flags,
  };
  return t->details.length - 1;
}

/* A row that begins or ends no block of its own. */
static uint32_t
add_other(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap)
{
  uint32_t ref = add_detail(b, event);
  if (heap.v == HS_ID_NONE)
    return ref;
  tell_sizes(b, event, heap);
  tell_region(b, event, heap);
  if (event->op == HS_OP_CREATE) {
    HsHeap *created = hs_builder_heap_of(b, heap);
    if (created->create_ticks == INT64_MIN)
      HS_SET(created->create_ticks, b->last_ticks);
  } else if (event->op == HS_OP_DESTROY) {
    hs_builder_end_heap(b, heap, HS_END_DESTROY, b->n_rows);
    HS_SET(hs_builder_heap_of(b, heap)->destroy_ticks, b->last_ticks);
    hs_builder_close_heap(b, heap);
  }
  return ref;
}

static HsOriginId
find_origin(HsBuilder *b, const HsHeapEvent *event)
{
  const HsOriginSlot *cached = &b->cache[hs_builder_cache_slot(event)];
  if (G_LIKELY(cached->generation == b->generation && cached->tid == event->tid && cached->handle == event->handle &&
               cached->pid == event->pid && event->target_pid == 0))
    return (HsOriginId){cached->origin};
  return hs_builder_origin_slow(b, event);
}

static uint32_t
pair_or_add(HsBuilder *b, const HsHeapEvent *event, HsHeapId heap, HsSource source)
{
  bool pairs = event->op == HS_OP_ALLOC || event->op == HS_OP_FREE || event->op == HS_OP_REALLOC;
  if (!pairs)
    return add_other(b, event, heap);
  if (G_UNLIKELY(source == HS_SOURCE_UNKNOWN)) {
    HsOddSource *odd = hs_vec_append(&b->timeline->odd_sources);
    if (odd == NULL)
      b->out_of_memory = true;
    else
      *odd = (HsOddSource){b->n_rows, event->source_id};
  }
  return hs_builder_pair(b, event, heap, source);
}

bool
hs_builder_add(HsBuilder *b, const HsHeapEvent *event, GError **error)
{
  HsTimeline *t = b->timeline;
  HsRow row = b->n_rows;
  int64_t ticks = MAX(event->ticks, b->last_ticks);
  if (G_UNLIKELY(row >= MAX_ROWS || b->out_of_memory))
    return fail(b, error);
  b->last_ticks = ticks;
  HsOriginId origin = find_origin(b, event);
  if (G_UNLIKELY(origin.v == HS_ID_NONE))
    return fail(b, error);
  if (G_UNLIKELY((row & HS_SEGMENT_MASK) == 0) && !reserve_row(b, row, ticks))
    return fail(b, error);
  if (!store_time(t, row, ticks) || !store_cpu(t, row, event->cpu))
    return fail(b, error);

  HsHeapId heap = HS_VEC(&t->origins, HsOrigin, origin.v)->heap;
  HsSource source = event->has_source ? hs_source_from_id(event->source_id) : HS_SOURCE_NONE;
  b->weight = HS_WEIGHT_NONE;
  if (heap.v != HS_ID_NONE)
    hs_builder_fold_heap(b, heap.v);
  uint32_t ref = pair_or_add(b, event, heap, source);
  if (G_UNLIKELY(b->out_of_memory))
    return fail(b, error);
  *HS_AT(&t->op_source, uint8_t, row) = (uint8_t)(event->op | source << 5);
  *HS_AT(&t->weight, uint16_t, row) = b->weight;
  *HS_AT(&t->origin, uint32_t, row) = origin.v;
  *HS_AT(&t->ref, uint32_t, row) = ref;
  if (heap.v != HS_ID_NONE)
    HS_ADD(hs_builder_heap_of(b, heap)->n_events, 1);
  b->totals.operations[event->op]++;
  b->n_rows = row + 1;
  return true;
}

static void
publish_totals(HsBuilder *b)
{
  const uint64_t *from = (const uint64_t *)&b->totals;
  uint64_t *to = (uint64_t *)&b->timeline->totals;
  G_STATIC_ASSERT(sizeof(HsTotals) % sizeof(uint64_t) == 0);
  for (size_t i = 0; i < sizeof(HsTotals) / sizeof(uint64_t); i++)
    __atomic_store_n(&to[i], from[i], __ATOMIC_RELAXED);
}

static void
extend_series(HsBuilder *b, HsRow n_rows)
{
  pthread_mutex_lock(&b->series_lock);
  if (!hs_series_set_extend(b->timeline->series, n_rows, NULL))
    b->out_of_memory = true;
  pthread_mutex_unlock(&b->series_lock);
}

static void
keep_up_series(HsBuilder *b)
{
  uint32_t n_done = hs_series_set_n_rows(b->timeline->series);
  if (!__atomic_load_n(&b->is_helped, __ATOMIC_RELAXED))
    extend_series(b, b->n_rows);
  else if (b->n_rows - n_done >= SERIES_LAG)
    extend_series(b, n_done + 2 * HELP_ROWS);
}

void
hs_builder_publish(HsBuilder *b, int64_t ticks)
{
  HsTimeline *t = b->timeline;
  hs_builder_fold(b);
  publish_totals(b);
  int64_t last = MAX(b->last_ticks, ticks);
  if (last > t->last_ticks)
    __atomic_store_n(&t->last_ticks, last, __ATOMIC_RELEASE);
  __atomic_store_n(&t->n_endings, t->endings.length, __ATOMIC_RELEASE);
  __atomic_store_n(&t->n_reallocs, t->reallocs.length, __ATOMIC_RELEASE);
  __atomic_store_n(&t->n_odd_sources, t->odd_sources.length, __ATOMIC_RELEASE);
  __atomic_store_n(&t->n_blocks, b->n_blocks, __ATOMIC_RELEASE);
  __atomic_store_n(&t->n_rows, b->n_rows, __ATOMIC_RELEASE);
  if (t->series != NULL)
    keep_up_series(b);
}

void
hs_builder_prepare(HsBuilder *b)
{
  hs_arena_prepare(b->timeline->arena);
}

bool
hs_builder_help(HsBuilder *b)
{
  HsTimeline *t = b->timeline;
  if (t->series == NULL)
    return false;
  __atomic_store_n(&b->is_helped, true, __ATOMIC_RELAXED);
  uint32_t n_rows = hs_timeline_n_rows(t), n_done = hs_series_set_n_rows(t->series);
  if (n_rows < n_done + HELP_ROWS || pthread_mutex_trylock(&b->series_lock) != 0)
    return false;
  bool ok = hs_series_set_extend(t->series, (n_done / HELP_ROWS + 1) * HELP_ROWS, NULL);
  pthread_mutex_unlock(&b->series_lock);
  return ok;
}

bool
hs_builder_has_all(const HsBuilder *b, GError **error)
{
  if (b->out_of_memory)
    g_set_error(error, HS_TRACE_ERROR, HS_TRACE_ERROR_MEMORY, "Out of memory after %u events", b->n_rows);
  return !b->out_of_memory;
}

/* What is left of the last segments. */
static void
trim_columns(HsBuilder *b)
{
  HsTimeline *t = b->timeline;
  HsColumn *columns[] = {&t->time.low, &t->op_source, &t->weight, &t->cpu.low, &t->origin, &t->ref};
  for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++)
    hs_column_trim(columns[i], b->n_rows);
  hs_column_trim(&t->blocks, b->n_blocks);
  uint32_t segment = b->n_rows >> HS_SEGMENT_SHIFT, used = b->n_rows & HS_SEGMENT_MASK, left = HS_SEGMENT_ROWS - used;
  if (t->time.wide[segment] != NULL)
    hs_arena_give_back(t->arena, t->time.wide[segment] + used, left * sizeof(int64_t));
  if (t->cpu.high[segment] != NULL)
    hs_arena_give_back(t->arena, t->cpu.high[segment] + used, left);
}

void
hs_builder_finish(HsBuilder *b, int64_t ticks)
{
  __atomic_store_n(&b->is_helped, false, __ATOMIC_RELAXED);
  hs_builder_publish(b, ticks);
  hs_arena_trim(b->timeline->arena);
  trim_columns(b);
  __atomic_store_n(&b->timeline->complete, 1, __ATOMIC_RELEASE);
}
