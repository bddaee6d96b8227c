/* SPDX-License-Identifier: MIT */
#include "hs-pivot-rows.h"

#include <inttypes.h>

#include "hs-filter.h"
#include "hs-query-edit.h"

int64_t
hs_pivot_column_value(const HsRangeSums *sums, HsPivotColumn column)
{
  switch (column) {
  case HS_PIVOT_COLUMN_COUNT:
    return (int64_t)hs_range_sums_begun(sums);
  case HS_PIVOT_COLUMN_SIZE:
    return (int64_t)hs_range_sums_begun_bytes(sums);
  case HS_PIVOT_COLUMN_AIFI:
  case HS_PIVOT_COLUMN_AIFO:
  case HS_PIVOT_COLUMN_AOFI:
  case HS_PIVOT_COLUMN_AOFO:
    return (int64_t)sums->bytes[HS_BLOCK_TYPE_AIFI + (column - HS_PIVOT_COLUMN_AIFI)];
  case HS_PIVOT_COLUMN_IMPACTING:
    return (int64_t)hs_range_sums_impacting(sums);
  case HS_PIVOT_COLUMN_NET:
    return hs_range_sums_net_bytes(sums);
  case HS_PIVOT_COLUMN_PEAK:
    return sums->peak_bytes;
  case HS_PIVOT_COLUMN_GROUP:
  case HS_N_PIVOT_COLUMNS:
    break;
  }
  return 0;
}

/* --- order --- */

typedef struct {
  const HsPivot *pivot;
  HsPivotColumn column;
  bool descending;
} Order;

static gint
compare_nodes(gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  int64_t u = hs_pivot_column_value(&order->pivot->nodes[x].sums, order->column);
  int64_t v = hs_pivot_column_value(&order->pivot->nodes[y].sums, order->column);
  if (u != v)
    return (u < v) != order->descending ? -1 : 1;
  bool reverse = order->descending && order->column == HS_PIVOT_COLUMN_GROUP;
  return (x < y) != reverse ? -1 : x > y || x < y;
}

/* Appends the groups [first, first + n), all of one parent. */
static void
append_groups(GArray *rows, const Order *order, uint32_t first, uint32_t n, uint32_t parent, uint32_t max)
{
  g_autofree uint32_t *nodes = g_new(uint32_t, MAX(n, 1));
  for (uint32_t i = 0; i < n; i++)
    nodes[i] = first + i;
  if (n > 1)
    g_qsort_with_data(nodes, (gint)MIN(n, (uint32_t)G_MAXINT), sizeof *nodes, compare_nodes, (gpointer)order);
  uint32_t shown = n > max ? max : n;
  for (uint32_t i = 0; i < shown; i++) {
    HsPivotRow row = {.node = nodes[i], .parent = parent};
    g_array_append_val(rows, row);
  }
  if (shown < n) {
    HsPivotRow row = {.node = UINT32_MAX, .n_more = n - shown, .parent = parent};
    g_array_append_val(rows, row);
  }
}

GArray *
hs_pivot_rows(const HsPivot *pivot, HsPivotColumn column, bool descending, uint32_t max_children, uint32_t max_rows,
              const int *cancel)
{
  Order order = {pivot, column, descending};
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(HsPivotRow));
  append_groups(rows, &order, 0, pivot->n_roots, UINT32_MAX, MIN(max_children, max_rows));
  /* Level by level: what is cut off, if anything, is the depths. */
  for (uint32_t i = 0; i < rows->len; i++) {
    if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return NULL;
    uint32_t node = g_array_index(rows, HsPivotRow, i).node;
    if (node == UINT32_MAX || pivot->nodes[node].n_children == 0)
      continue;
    uint32_t left = rows->len < max_rows ? max_rows - rows->len : 0;
    append_groups(rows, &order, pivot->nodes[node].first_child, pivot->nodes[node].n_children, i,
                  MIN(max_children, left));
  }
  return g_steal_pointer(&rows);
}

/* --- filters --- */

/* A term of the language: field and value. */
typedef struct {
  const char *field;
  char *value; /* owned; NULL = `term` */
  char *term;  /* owned: a whole expression about heaps */
} Term;

static void
term_clear(Term *term)
{
  g_free(term->value);
  g_free(term->term);
}

char *
hs_size_class_value(uint32_t size_class)
{
  if (size_class == 0)
    return g_strdup("0");
  uint64_t least = hs_size_class_bytes(size_class);
  if (size_class >= 64)
    return g_strdup_printf("%" PRIu64 "..18446744073709551615", least);
  return g_strdup_printf("%" PRIu64 "..%" PRIu64, least, least * 2);
}

static char *
heap_term(const HsTimeline *timeline, uint32_t heap)
{
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_only_heap(filter, (HsHeapId){heap});
  return hs_filter_heaps_to_text(filter, timeline);
}

static Term
term_of(const HsTimeline *timeline, HsPivotBy by, uint32_t key)
{
  switch (by) {
  case HS_PIVOT_PROCESS:
    return (Term){.field = "pid",
                  .value = g_strdup_printf("%u", hs_timeline_process(timeline, (HsProcessId){key})->pid)};
  case HS_PIVOT_HEAP:
    return (Term){.field = "heap", .term = heap_term(timeline, key)};
  case HS_PIVOT_SOURCE:
    return (Term){.field = "source", .value = g_strdup(hs_source_name((HsSource)key))};
  case HS_PIVOT_SIZE:
    return (Term){.field = "size", .value = hs_size_class_value(key)};
  case HS_PIVOT_THREAD:
    return (Term){.field = "tid", .value = g_strdup_printf("%u", hs_timeline_thread(timeline, (HsThreadId){key})->tid)};
  case HS_PIVOT_TYPE:
    return (Term){.field = "type", .value = g_strdup(hs_block_type_name((HsBlockType)key))};
  case HS_PIVOT_END:
  case HS_N_PIVOTS:
    break;
  }
  const char *end = hs_end_name((HsEnd)key);
  return (Term){.field = "end", .value = g_strdup(end[0] != '\0' ? end : "outstanding")};
}

/* The query with one more level of the group asked for. */
static HsQuery *
narrow(const HsQuery *query, HsPivotBy by, const Term *term)
{
  g_autofree char *text = NULL;
  if (by == HS_PIVOT_SIZE) {
    /* A class may hold more than what the query lets pass of it: both have to hold. */
    bool is_range = strstr(term->value, "..") != NULL;
    g_autofree char *size = g_strdup_printf(is_range ? "size in %s" : "size == %s", term->value);
    text = hs_query_with_term(query, size);
  } else if (term->term != NULL) {
    text = hs_query_with_heaps(query, term->term);
  } else {
    text = hs_query_with_value(query, term->field, term->value, false);
  }
  return hs_query_parse(text, NULL);
}

/* Whether the language has words for a group: not for a process or thread that was never told of. */
static bool
can_be_said(const HsTimeline *timeline, HsPivotBy by, uint32_t key)
{
  if (key == HS_ID_NONE)
    return false;
  if (by == HS_PIVOT_PROCESS)
    return hs_timeline_process(timeline, (HsProcessId){key})->pid != UINT32_MAX;
  return by != HS_PIVOT_THREAD || hs_timeline_thread(timeline, (HsThreadId){key})->tid != UINT32_MAX;
}

char *
hs_pivot_filter_text(const HsPivot *pivot, const HsTimeline *timeline, uint32_t node, const HsQuery *query,
                     bool exclude)
{
  uint32_t path[HS_PIVOT_LEVELS];
  unsigned n = 0;
  for (; node != UINT32_MAX && n < HS_PIVOT_LEVELS; node = pivot->nodes[node].parent)
    path[n++] = node;
  /* Excluded is only what is in all of the groups together. */
  g_autoptr(HsQuery) narrowed = hs_query_parse(exclude || query == NULL ? "" : hs_query_text(query), NULL);
  while (n-- > 0 && narrowed != NULL) {
    const HsPivotNode *group = &pivot->nodes[path[n]];
    if (!can_be_said(timeline, pivot->by[group->level], group->key))
      continue;
    Term term = term_of(timeline, pivot->by[group->level], group->key);
    HsQuery *next = narrow(narrowed, pivot->by[group->level], &term);
    term_clear(&term);
    hs_query_unref(narrowed);
    narrowed = next;
  }
  if (narrowed == NULL || (exclude && hs_query_is_empty(narrowed)))
    return g_strdup(query != NULL ? hs_query_text(query) : "");
  if (!exclude)
    return g_strdup(hs_query_text(narrowed));
  g_autofree char *term = g_strdup_printf("not (%s)", hs_query_text(narrowed));
  return hs_query_with_term(query, term);
}
