/* SPDX-License-Identifier: MIT */
/* Sorting rows: every column becomes a number a row, and numbers are sorted. */
#include "hs-row-keys.h"

#include "hs-config.h"
#include "hs-row-sort.h"
#include "hs-scratch.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <string.h>

#define ROWS_PER_POLL (1u << 16)
/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 17)

struct _HsRowOrder {
  int ref_count;
  uint32_t count;
  uint32_t *rows;
};

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* --- columns --- */

static const struct {
  const char *name;
  const char *title;
} columns[HS_N_COLUMNS] = {
    [HS_COLUMN_TIME] = {"time_ns", N_("Time")},
    [HS_COLUMN_OPERATION] = {"op", N_("Operation")},
    [HS_COLUMN_PROCESS] = {"process", N_("Process")},
    [HS_COLUMN_PID] = {"pid", N_("PID")},
    [HS_COLUMN_TID] = {"tid", N_("TID")},
    [HS_COLUMN_HEAP] = {"heap", N_("Heap")},
    [HS_COLUMN_ADDRESS] = {"address", N_("Address")},
    [HS_COLUMN_SIZE] = {"size", N_("Size")},
    [HS_COLUMN_SOURCE] = {"source", N_("Source")},
    [HS_COLUMN_CPU] = {"cpu", N_("CPU")},
    [HS_COLUMN_OLD_ADDRESS] = {"old_address", N_("Old address")},
    [HS_COLUMN_OLD_SIZE] = {"old_size", N_("Old size")},
    [HS_COLUMN_DETAILS] = {"details", N_("Details")},
};

const char *
hs_event_column_name(HsEventColumn column)
{
  return (unsigned)column < HS_N_COLUMNS ? columns[column].name : "";
}

const char *
hs_event_column_title(HsEventColumn column)
{
  return (unsigned)column < HS_N_COLUMNS ? g_dgettext(HS_GETTEXT_PACKAGE, columns[column].title) : "";
}

/* --- orders --- */

static void
reverse(uint32_t *values, uint32_t n)
{
  for (uint32_t i = 0; i < n / 2; i++) {
    uint32_t value = values[i];
    values[i] = values[n - 1 - i];
    values[n - 1 - i] = value;
  }
}

/* The rows of a set by rank [first, end), for one thread to list: those with a value from its beginning on, the others
 * from its end on backwards. */
typedef struct {
  const HsRowSet *set;
  HsRowKeyFunc get_key;
  HsRowFetchFunc fetch; /* or NULL */
  gconstpointer source;
  uint32_t *rows;
  uint64_t *keys;
  uint32_t first, end;
  uint32_t n_keys; /* found */
  uint64_t min, max;
  const int *cancel;
  bool cancelled;
} Gather;

#define GATHER_BATCH 64u

/* The next members of the set from `row` on, up to `n`; asks for what their keys are read from. */
static void
next_batch(const Gather *g, HsRow row, HsRow *batch, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++)
    batch[i] = row = hs_row_set_next(g->set, i == 0 ? row : row + 1);
  for (uint32_t i = 0; g->fetch != NULL && i < n; i++)
    g->fetch(g->source, batch[i]);
}

static gpointer
gather(gpointer data)
{
  G_STATIC_ASSERT(ROWS_PER_POLL % GATHER_BATCH == 0);
  Gather *g = data;
  HsRow batch[GATHER_BATCH];
  uint32_t n = g->first, end = g->end;
  HsRow row = n < end ? hs_row_set_select(g->set, n) : 0;
  g->min = UINT64_MAX;
  for (uint32_t i = 0, left = end - n; i < left; i++) {
    if (i % ROWS_PER_POLL == 0 && is_cancelled(g->cancel)) {
      g->cancelled = true;
      break;
    }
    if (i % GATHER_BATCH == 0)
      next_batch(g, i == 0 ? row : row + 1, batch, MIN(left - i, GATHER_BATCH));
    row = batch[i % GATHER_BATCH];
    HsRowKey key = g->get_key(g->source, row);
    if (!key.has_value) {
      g->rows[--end] = row;
      continue;
    }
    g->rows[n] = row;
    g->keys[n++] = key.key;
    g->min = MIN(g->min, key.key);
    g->max = MAX(g->max, key.key);
  }
  g->n_keys = n - g->first;
  reverse(g->rows + end, g->end - end);
  return NULL;
}

/* Brings what two threads listed together: all with a value, then all without. False if out of memory. */
static bool
join(const Gather *here, const Gather *there)
{
  uint32_t n_without = here->end - here->first - here->n_keys;
  if (n_without == 0)
    return true;
  g_autofree HsRow *without = g_try_new(HsRow, n_without);
  if (without == NULL)
    return false;
  HsRow *gap = here->rows + here->n_keys;
  memcpy(without, gap, n_without * sizeof *without);
  memmove(gap, there->rows + there->first, there->n_keys * sizeof *gap);
  memmove(here->keys + here->n_keys, there->keys + there->first, there->n_keys * sizeof *here->keys);
  memcpy(gap + there->n_keys, without, n_without * sizeof *without);
  return true;
}

typedef struct {
  uint64_t *keys;
  uint32_t n;
  uint64_t min, max;
  bool descending;
  uint64_t any; /* bits that are set in any key, afterwards */
} Span;

/* Keys from 0 on. */
static gpointer
shift_keys(gpointer data)
{
  Span *span = data;
  uint64_t any = 0;
  for (uint32_t i = 0; i < span->n; i++) {
    span->keys[i] = span->descending ? span->max - span->keys[i] : span->keys[i] - span->min;
    any |= span->keys[i];
  }
  span->any = any;
  return NULL;
}

static bool
order_by_key(HsRowOrder *order, Gather here, bool descending)
{
  const int *cancel = here.cancel;
  g_autofree uint64_t *keys = hs_scratch_new(order->count, sizeof *keys);
  if (keys == NULL)
    return false;
  here.rows = order->rows;
  here.keys = keys;
  Gather there = here;
  here.end = there.first = order->count >= PARALLEL_ROWS ? order->count / 2 : order->count;
  there.end = order->count;
  hs_run_both("hs-keys", gather, &here, there.first < there.end ? &there : NULL);
  if (here.cancelled || there.cancelled || (there.first < there.end && !join(&here, &there)))
    return false;
  uint32_t n = here.n_keys + there.n_keys;
  uint64_t min = MIN(here.min, there.n_keys > 0 ? there.min : UINT64_MAX), max = MAX(here.max, there.max);
  if (n == 0)
    return true;
  Span low = {keys, n / 2, min, max, descending, 0}, high = {keys + n / 2, n - n / 2, min, max, descending, 0};
  hs_run_both("hs-keys", shift_keys, &low, n >= PARALLEL_ROWS ? &high : NULL);
  if (n < PARALLEL_ROWS)
    shift_keys(&high);
  /* Addresses are multiples of 8 or 16. */
  uint64_t any = low.any | high.any;
  return any == 0 || hs_row_sort(keys, order->rows, n, max - min, (unsigned)__builtin_ctzll(any), cancel);
}

/* Rows are in time order; descending, rows of one instant keep it among themselves. */
static bool
order_by_time(HsRowOrder *order, const HsTimeline *timeline, const HsRowSet *set, bool descending, const int *cancel)
{
  HsRow row = 0;
  for (uint32_t i = 0; i < order->count; i++, row++) {
    if (i % ROWS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    row = hs_row_set_next(set, row);
    order->rows[i] = row;
  }
  if (!descending)
    return true;
  uint32_t *rows = order->rows;
  reverse(rows, order->count);
  for (uint32_t i = 0, first = 0; i < order->count; i++) {
    if (i % ROWS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    if (i + 1 == order->count || hs_timeline_ticks(timeline, rows[i + 1]) != hs_timeline_ticks(timeline, rows[i])) {
      reverse(rows + first, i + 1 - first);
      first = i + 1;
    }
  }
  return true;
}

/* An order to be filled in, or NULL. */
static HsRowOrder *
new_order(const HsRowSet *set, const int *cancel)
{
  g_autoptr(HsRowOrder) order = g_new0(HsRowOrder, 1);
  order->ref_count = 1;
  order->count = hs_row_set_count(set);
  order->rows = hs_scratch_new(order->count, sizeof *order->rows);
  return order->rows == NULL || is_cancelled(cancel) ? NULL : g_steal_pointer(&order);
}

HsRowOrder *
hs_row_order_new_keyed(HsRowSet *set, HsRowKeyFunc key, HsRowFetchFunc fetch, gconstpointer source, bool descending,
                       const int *cancel)
{
  g_autoptr(HsRowOrder) order = new_order(set, cancel);
  Gather all = {.set = set, .get_key = key, .fetch = fetch, .source = source, .cancel = cancel};
  if (order == NULL || !order_by_key(order, all, descending))
    return NULL;
  return g_steal_pointer(&order);
}

static HsRowKey
row_key(gconstpointer keys, uint32_t row)
{
  return hs_row_keys_get(keys, row);
}

static void
fetch_row(gconstpointer keys, uint32_t row)
{
  hs_row_keys_fetch(keys, row);
}

HsRowOrder *
hs_row_order_new(HsTimeline *timeline, HsRowSet *set, HsEventColumn column, bool descending, const int *cancel)
{
  if (column == HS_COLUMN_TIME) {
    g_autoptr(HsRowOrder) order = new_order(set, cancel);
    return order != NULL && order_by_time(order, timeline, set, descending, cancel) ? g_steal_pointer(&order) : NULL;
  }
  HsRowKeys keys;
  HsRowOrder *order = NULL;
  if (hs_row_keys_init(&keys, timeline, column, hs_row_set_n_rows(set), cancel))
    order = hs_row_order_new_keyed(set, row_key, fetch_row, &keys, descending, cancel);
  hs_row_keys_clear(&keys);
  return order;
}

HsRowOrder *
hs_row_order_ref(HsRowOrder *order)
{
  g_atomic_int_inc(&order->ref_count);
  return order;
}

void
hs_row_order_unref(HsRowOrder *order)
{
  if (order == NULL || !g_atomic_int_dec_and_test(&order->ref_count))
    return;
  g_free(order->rows);
  g_free(order);
}

uint64_t
hs_row_order_memory_bytes(const HsRowOrder *order)
{
  return order == NULL ? 0 : sizeof *order + (uint64_t)order->count * sizeof *order->rows;
}

uint32_t
hs_row_order_count(const HsRowOrder *order)
{
  return order->count;
}

HsRow
hs_row_order_at(const HsRowOrder *order, uint32_t index)
{
  g_assert(index < order->count);
  return order->rows[index];
}

uint32_t
hs_row_order_find(const HsRowOrder *order, HsRow row)
{
  enum { BATCH = 64 };
  uint32_t i = 0;
  /* Whole batches without a branch inside, so that the compiler makes vectors of them. */
  for (; order->count - i >= BATCH; i += BATCH) {
    const uint32_t *rows = order->rows + i;
    uint32_t found = 0;
    for (unsigned k = 0; k < BATCH; k++)
      found |= rows[k] == row;
    if (found != 0)
      break;
  }
  for (; i < order->count; i++) {
    if (order->rows[i] == row)
      return i;
  }
  return UINT32_MAX;
}
