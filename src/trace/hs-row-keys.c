/* SPDX-License-Identifier: MIT */
#include "hs-row-keys.h"

#include <stdlib.h>
#include <string.h>

#include "hs-scratch.h"

static const HsRowKey no_value = {0, false};

/* --- names, ranked --- */

static int
compare_texts(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

void
hs_row_keys_rank_texts(const char *const *texts, uint32_t n, uint32_t *ranks)
{
  g_autofree char **keys = g_new(char *, MAX(n, 1));
  g_autofree char **sorted = g_new(char *, MAX(n, 1));
  for (uint32_t i = 0; i < n; i++) {
    g_autofree char *folded = g_utf8_casefold(texts[i], -1);
    keys[i] = g_utf8_collate_key(folded, -1);
  }
  memcpy(sorted, keys, n * sizeof *keys);
  if (n > 1)
    qsort(sorted, n, sizeof *sorted, compare_texts);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t low = 0, high = n;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (strcmp(sorted[middle], keys[i]) < 0)
        low = middle + 1;
      else
        high = middle;
    }
    ranks[i] = low;
  }
  for (uint32_t i = 0; i < n; i++)
    g_free(keys[i]);
}

static void
rank_terms(HsRowKeys *keys)
{
  const char *titles[HS_N_OPS];
  uint32_t ranks[HS_N_OPS];
  for (unsigned i = 0; i < HS_N_OPS; i++)
    titles[i] = hs_op_title((HsOp)i);
  hs_row_keys_rank_texts(titles, HS_N_OPS, ranks);
  for (unsigned i = 0; i < HS_N_OPS; i++)
    keys->op_ranks[i] = (uint8_t)ranks[i];
  for (unsigned i = 0; i < HS_N_SOURCES; i++)
    titles[i] = hs_source_title((HsSource)i);
  hs_row_keys_rank_texts(titles, HS_N_SOURCES, ranks);
  for (unsigned i = 0; i < HS_N_SOURCES; i++)
    keys->source_ranks[i] = (uint8_t)ranks[i];
}

/* --- what an origin tells --- */

static int
compare_handles(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Handles are large and few: their ranks sort faster. */
static bool
key_origins_by_heap(HsRowKeys *keys, uint32_t n_origins)
{
  const HsTimeline *t = keys->timeline;
  uint32_t n = hs_timeline_n_heaps(t);
  g_autofree uint64_t *handles = g_try_new(uint64_t, MAX(n, 1));
  if (handles == NULL)
    return false;
  for (uint32_t i = 0; i < n; i++)
    handles[i] = hs_timeline_heap(t, (HsHeapId){i})->handle;
  if (n > 1)
    qsort(handles, n, sizeof *handles, compare_handles);
  for (uint32_t i = 0; i < n_origins; i++) {
    HsHeapId heap = hs_timeline_origin(t, (HsOriginId){i})->heap;
    if (heap.v == HS_ID_NONE)
      continue;
    uint64_t handle = hs_timeline_heap(t, heap)->handle;
    uint32_t low = 0, high = n;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (handles[middle] < handle)
        low = middle + 1;
      else
        high = middle;
    }
    keys->origins[i] = (HsRowKey){low, true};
  }
  return true;
}

static bool
key_origins_by_process(HsRowKeys *keys, uint32_t n_origins)
{
  const HsTimeline *t = keys->timeline;
  uint32_t n = hs_timeline_n_processes(t);
  g_autofree const char **names = g_try_new(const char *, MAX(n, 1));
  g_autofree uint32_t *ranks = g_try_new(uint32_t, MAX(n, 1));
  if (names == NULL || ranks == NULL)
    return false;
  for (uint32_t i = 0; i < n; i++)
    names[i] = hs_timeline_process_name(t, (HsProcessId){i});
  hs_row_keys_rank_texts(names, n, ranks);
  for (uint32_t i = 0; i < n_origins; i++) {
    HsThreadId thread = hs_timeline_origin(t, (HsOriginId){i})->thread;
    uint32_t process = hs_timeline_thread(t, thread)->process.v;
    if (process < n)
      keys->origins[i] = (HsRowKey){ranks[process], names[process][0] != '\0'};
  }
  return true;
}

static void
key_origins_by_ids(HsRowKeys *keys, uint32_t n_origins)
{
  const HsTimeline *t = keys->timeline;
  for (uint32_t i = 0; i < n_origins; i++) {
    const HsThread *thread = hs_timeline_thread(t, hs_timeline_origin(t, (HsOriginId){i})->thread);
    uint32_t id = keys->column == HS_COLUMN_PID ? hs_timeline_process(t, thread->process)->pid : thread->tid;
    keys->origins[i] = (HsRowKey){id, id != UINT32_MAX};
  }
}

/* --- lifetimes --- */

#define LIFETIME_BATCH 64u
#define BATCHES_PER_POLL 256u

/* Blocks [first, end) for one thread. */
typedef struct {
  const HsRowKeys *keys;
  uint64_t *lifetimes;
  uint32_t first, end;
  const int *cancel;
  bool cancelled;
} Lives;

static uint64_t
lifetime_of(const HsRowKeys *keys, HsBlockId id, HsRow end)
{
  const HsTimeline *t = keys->timeline;
  int64_t begin_ticks = hs_timeline_ticks(t, hs_timeline_block_begin(t, id)), end_ticks = INT64_MAX;
  if (end < keys->n_rows) {
    end_ticks = hs_timeline_ticks(t, end);
  } else if (end == HS_ROW_PROCESS_EXIT) {
    HsBlock block;
    hs_timeline_block(t, id, keys->n_rows, &block);
    end_ticks = block.end_ticks;
  }
  if (end_ticks == INT64_MAX)
    return HS_LIFETIME_NONE;
  return end_ticks < begin_ticks ? 0 : (uint64_t)end_ticks - (uint64_t)begin_ticks;
}

static gpointer
find_lifetimes(gpointer data)
{
  Lives *lives = data;
  for (uint32_t i = lives->first, batch = 0; i < lives->end; batch++) {
    uint32_t n = MIN(lives->end - i, LIFETIME_BATCH);
    HsRow ends[LIFETIME_BATCH];
    if (batch % BATCHES_PER_POLL == 0 && lives->cancel != NULL &&
        __atomic_load_n(lives->cancel, __ATOMIC_RELAXED) != 0) {
      lives->cancelled = true;
      break;
    }
    for (uint32_t k = 0; k < n; k++) {
      ends[k] = hs_timeline_block_end(lives->keys->timeline, (HsBlockId){i + k});
      if (ends[k] < lives->keys->n_rows)
        __builtin_prefetch(HS_AT(&lives->keys->timeline->time.low, uint32_t, ends[k]));
    }
    for (uint32_t k = 0; k < n; k++)
      lives->lifetimes[i + k] = lifetime_of(lives->keys, (HsBlockId){i + k}, ends[k]);
    i += n;
  }
  return NULL;
}

/* Each of a block's rows tells its lifetime: it is found once, in the order in which blocks lie in memory. */
static bool
key_lifetimes(HsRowKeys *keys, const int *cancel)
{
  uint32_t n = hs_row_set_count_blocks(keys->timeline, keys->n_rows);
  keys->lifetimes = hs_scratch_new(n, sizeof *keys->lifetimes);
  if (keys->lifetimes == NULL)
    return false;
  Lives here = {keys, keys->lifetimes, 0, n / 2, cancel, false},
        there = {keys, keys->lifetimes, n / 2, n, cancel, false};
  hs_run_both("hs-keys", find_lifetimes, &here, &there);
  return !here.cancelled && !there.cancelled;
}

bool
hs_row_keys_init(HsRowKeys *keys, const HsTimeline *timeline, HsEventColumn column, uint32_t n_rows, const int *cancel)
{
  *keys = (HsRowKeys){.timeline = timeline, .column = column, .n_rows = n_rows};
  rank_terms(keys);
  if (column == HS_COLUMN_DETAILS)
    return key_lifetimes(keys, cancel);
  if (column != HS_COLUMN_PROCESS && column != HS_COLUMN_PID && column != HS_COLUMN_TID && column != HS_COLUMN_HEAP)
    return true;
  uint32_t n_origins = hs_timeline_n_origins(timeline);
  keys->origins = g_try_new0(HsRowKey, MAX(n_origins, 1));
  if (keys->origins == NULL)
    return false;
  if (column == HS_COLUMN_HEAP)
    return key_origins_by_heap(keys, n_origins);
  if (column == HS_COLUMN_PROCESS)
    return key_origins_by_process(keys, n_origins);
  key_origins_by_ids(keys, n_origins);
  return true;
}

void
hs_row_keys_clear(HsRowKeys *keys)
{
  g_clear_pointer(&keys->origins, g_free);
  g_clear_pointer(&keys->lifetimes, g_free);
}

/* --- what a row tells --- */

static HsRowKey
source_key(const HsRowKeys *keys, HsRow row)
{
  HsSource source = hs_timeline_source(keys->timeline, row);
  if (source == HS_SOURCE_NONE)
    return no_value;
  if (G_LIKELY(source != HS_SOURCE_UNKNOWN))
    return (HsRowKey){keys->source_ranks[source], true};
  /* Shown as its number: after the names, by number. */
  HsEvent event;
  hs_timeline_event(keys->timeline, row, &event);
  return (HsRowKey){(uint64_t)HS_N_SOURCES + event.source_id, true};
}

static HsRowKey
lifetime_key(const HsRowKeys *keys, HsRow row)
{
  HsBlockId id = hs_timeline_row_block(keys->timeline, row);
  uint64_t lifetime = id.v != HS_ID_NONE ? keys->lifetimes[id.v] : HS_LIFETIME_NONE;
  return (HsRowKey){lifetime, lifetime != HS_LIFETIME_NONE};
}

static HsRowKey
event_key(const HsRowKeys *keys, HsRow row)
{
  HsEvent event;
  hs_timeline_event(keys->timeline, row, &event);
  switch (keys->column) {
  case HS_COLUMN_ADDRESS:
    return (HsRowKey){event.address, event.has_address};
  case HS_COLUMN_SIZE:
    return (HsRowKey){event.size, event.has_size};
  case HS_COLUMN_OLD_ADDRESS:
    return (HsRowKey){event.old_address, event.has_old};
  case HS_COLUMN_OLD_SIZE:
    return (HsRowKey){event.old_size, event.has_old};
  default:
    return no_value;
  }
}

/* The block an operation names whose memory the row may tell of; HS_ID_NONE if none. */
static inline uint32_t
paired_block(const HsTimeline *t, HsRow row)
{
  HsOp op = hs_timeline_op(t, row);
  uint32_t ref = hs_timeline_ref_of(t, row);
  bool is_paired = op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE;
  return is_paired && (ref & HS_REF_LOOSE) == 0 ? ref : HS_ID_NONE;
}

/* Most rows tell of a block's memory: there is no need to look at all else they tell. */
static HsRowKey
memory_key(const HsRowKeys *keys, HsRow row)
{
  const HsTimeline *t = keys->timeline;
  HsBlockId block = {paired_block(t, row)};
  if (block.v == HS_ID_NONE)
    return event_key(keys, row);
  if (keys->column == HS_COLUMN_ADDRESS)
    return (HsRowKey){hs_timeline_block_address(t, block), true};
  return hs_timeline_op(t, row) == HS_OP_FREE ? no_value : (HsRowKey){hs_timeline_block_size(t, block), true};
}

void
hs_row_keys_fetch_end(const HsRowKeys *keys, HsBlockId block)
{
  HsRow end = hs_timeline_block_end(keys->timeline, block);
  if (end < keys->n_rows)
    __builtin_prefetch(HS_AT(&keys->timeline->time.low, uint32_t, end));
}

void
hs_row_keys_fetch(const HsRowKeys *keys, HsRow row)
{
  bool by_block = keys->column == HS_COLUMN_ADDRESS || keys->column == HS_COLUMN_SIZE;
  if (!by_block && keys->lifetimes == NULL)
    return;
  HsBlockId block = {paired_block(keys->timeline, row)};
  if (block.v == HS_ID_NONE)
    return;
  if (by_block)
    __builtin_prefetch(hs_timeline_block_record(keys->timeline, block));
  else
    __builtin_prefetch(&keys->lifetimes[block.v]);
}

HsRowKey
hs_row_keys_get(const HsRowKeys *keys, HsRow row)
{
  const HsTimeline *t = keys->timeline;
  switch (keys->column) {
  case HS_COLUMN_OPERATION:
    return (HsRowKey){keys->op_ranks[hs_timeline_op(t, row)], true};
  case HS_COLUMN_PROCESS:
  case HS_COLUMN_PID:
  case HS_COLUMN_TID:
  case HS_COLUMN_HEAP:
    return keys->origins[hs_timeline_row_origin(t, row).v];
  case HS_COLUMN_SOURCE:
    return source_key(keys, row);
  case HS_COLUMN_CPU:
    return (HsRowKey){hs_timeline_cpu(t, row), true};
  case HS_COLUMN_OLD_ADDRESS:
  case HS_COLUMN_OLD_SIZE:
    return hs_timeline_op(t, row) == HS_OP_REALLOC ? event_key(keys, row) : no_value;
  case HS_COLUMN_DETAILS:
    return lifetime_key(keys, row);
  default:
    return memory_key(keys, row);
  }
}
