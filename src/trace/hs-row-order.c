/* SPDX-License-Identifier: MIT */
/*
 * Sorting rows: every column becomes a number a row, and numbers are sorted by radix, least significant digit first,
 * which is stable. What is moved is eight bytes: 32 bits of key and the place of the row among those sorted; keys wider
 * than that take two rounds.
 */
#include "hs-row-keys.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <string.h>

#define DIGIT_BITS 11u
#define DIGITS (1u << DIGIT_BITS)
#define MAX_PASSES 3u /* of 11 bits over 32 */
#define ROWS_PER_POLL (1u << 16)

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

/* --- radix sort --- */

/* One stable pass by the digit at `shift`. */
static void
scatter(const uint64_t *from, uint64_t *to, uint32_t n, unsigned shift, const uint32_t *counts)
{
  uint32_t at[DIGITS];
  uint32_t sum = 0;
  for (unsigned digit = 0; digit < DIGITS; digit++) {
    at[digit] = sum;
    sum += counts[digit];
  }
  for (uint32_t i = 0; i < n; i++)
    to[at[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Sorts by the upper half. `*items` and `*spare` change places as passes go. False if cancelled. */
static bool
sort_items(uint64_t **items, uint64_t **spare, uint32_t n, unsigned bits, const int *cancel)
{
  uint32_t counts[MAX_PASSES][DIGITS];
  memset(counts, 0, sizeof counts);
  unsigned passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
  for (uint32_t i = 0; i < n; i++) {
    for (unsigned pass = 0; pass < passes; pass++)
      counts[pass][(*items)[i] >> (32 + pass * DIGIT_BITS) & (DIGITS - 1)]++;
  }
  for (unsigned pass = 0; pass < passes; pass++) {
    unsigned shift = 32 + pass * DIGIT_BITS;
    if (counts[pass][**items >> shift & (DIGITS - 1)] == n)
      continue;
    if (is_cancelled(cancel))
      return false;
    scatter(*items, *spare, n, shift, counts[pass]);
    uint64_t *sorted = *spare;
    *spare = *items;
    *items = sorted;
  }
  return true;
}

/* Puts rows into the order of their keys, all at most `range`. */
static bool
sort_rows(const uint64_t *keys, uint32_t *rows, uint32_t n, uint64_t range, const int *cancel)
{
  if (range == 0)
    return true;
  unsigned bits = 64 - (unsigned)__builtin_clzll(range);
  g_autofree uint64_t *first = g_try_new(uint64_t, n);
  g_autofree uint64_t *second = g_try_new(uint64_t, n);
  if (first == NULL || second == NULL)
    return false;
  for (uint32_t i = 0; i < n; i++)
    first[i] = keys[i] << 32 | i;
  if (!sort_items(&first, &second, n, MIN(bits, 32), cancel))
    return false;
  if (bits > 32) {
    for (uint32_t i = 0; i < n; i++)
      first[i] = keys[(uint32_t)first[i]] >> 32 << 32 | (uint32_t)first[i];
    if (!sort_items(&first, &second, n, bits - 32, cancel))
      return false;
  }
  uint32_t *sorted = (uint32_t *)second;
  for (uint32_t i = 0; i < n; i++)
    sorted[i] = rows[(uint32_t)first[i]];
  memcpy(rows, sorted, n * sizeof *rows);
  return true;
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

/* Lists the rows of a set: those with a value first, with their keys; their number in *n_keys. */
static bool
gather(const HsRowSet *set, HsRowKeyFunc get_key, gconstpointer source, uint32_t *rows, uint64_t *keys,
       uint32_t *n_keys, const int *cancel)
{
  uint32_t n = 0, count = hs_row_set_count(set), end = count;
  HsRow row = 0;
  for (uint32_t i = 0; i < count; i++, row++) {
    if (i % ROWS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    row = hs_row_set_next(set, row);
    HsRowKey key = get_key(source, row);
    rows[key.has_value ? n : --end] = row;
    keys[n] = key.key;
    n += key.has_value;
  }
  reverse(rows + end, count - end);
  *n_keys = n;
  return true;
}

static bool
order_by_key(HsRowOrder *order, const HsRowSet *set, HsRowKeyFunc get_key, gconstpointer source, bool descending,
             const int *cancel)
{
  g_autofree uint64_t *keys = g_try_new(uint64_t, MAX(order->count, 1));
  uint32_t n = 0;
  if (keys == NULL || !gather(set, get_key, source, order->rows, keys, &n, cancel))
    return false;
  uint64_t min = UINT64_MAX, max = 0;
  for (uint32_t i = 0; i < n; i++) {
    min = MIN(min, keys[i]);
    max = MAX(max, keys[i]);
  }
  for (uint32_t i = 0; i < n; i++)
    keys[i] = descending ? max - keys[i] : keys[i] - min;
  return n == 0 || sort_rows(keys, order->rows, n, max - min, cancel);
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
  order->rows = g_try_new(uint32_t, MAX(order->count, 1));
  return order->rows == NULL || is_cancelled(cancel) ? NULL : g_steal_pointer(&order);
}

HsRowOrder *
hs_row_order_new_keyed(HsRowSet *set, HsRowKeyFunc key, gconstpointer source, bool descending, const int *cancel)
{
  g_autoptr(HsRowOrder) order = new_order(set, cancel);
  if (order == NULL || !order_by_key(order, set, key, source, descending, cancel))
    return NULL;
  return g_steal_pointer(&order);
}

static HsRowKey
row_key(gconstpointer keys, uint32_t row)
{
  return hs_row_keys_get(keys, row);
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
  if (hs_row_keys_init(&keys, timeline, column, hs_row_set_n_rows(set)))
    order = hs_row_order_new_keyed(set, row_key, &keys, descending, cancel);
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
