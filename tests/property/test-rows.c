/* SPDX-License-Identifier: MIT */
/* Filters, row sets and row orders against the plainest way to do the same. */
#include <stdlib.h>

#include "hs-row-set.h"
#include "random-trace.h"

static bool
row_passes(const HsTimeline *t, const HsFilter *filter, HsRow row)
{
  HsEvent event;
  hs_timeline_event(t, row, &event);
  if (filter == NULL)
    return true;
  bool listed = false;
  for (guint i = 0; i < filter->heaps->len; i++)
    listed |= g_array_index(filter->heaps, uint32_t, i) == event.heap.v;
  return listed == filter->only_heaps && (filter->hidden_sources & 1u << event.source) == 0;
}

static void
check_set(const HsTimeline *t, const HsFilter *filter, const HsRowSet *set, uint32_t n_rows)
{
  uint32_t rank = 0;
  HsRow next = hs_row_set_next(set, 0);
  g_assert_cmpuint(hs_row_set_n_rows(set), ==, n_rows);
  for (HsRow row = 0; row < n_rows; row++) {
    bool passes = row_passes(t, filter, row);
    g_assert_cmpint(hs_row_set_contains(set, row), ==, passes);
    g_assert_cmpuint(hs_row_set_rank(set, row), ==, rank);
    if (!passes)
      continue;
    g_assert_cmpuint(hs_row_set_select(set, rank), ==, row);
    g_assert_cmpuint(next, ==, row);
    next = hs_row_set_next(set, row + 1);
    rank++;
  }
  g_assert_cmpuint(next, ==, UINT32_MAX);
  g_assert_cmpuint(hs_row_set_count(set), ==, rank);
  g_assert_cmpuint(hs_row_set_rank(set, n_rows), ==, rank);
  g_assert_cmpuint(hs_row_set_rank(set, UINT32_MAX), ==, rank);
  g_assert_false(hs_row_set_contains(set, n_rows));
}

static void
check_extends(const HsRowSet *set, const HsRowSet *base)
{
  bool extends = hs_row_set_n_rows(base) <= hs_row_set_n_rows(set);
  for (HsRow row = 0; extends && row < hs_row_set_n_rows(base); row++)
    extends = hs_row_set_contains(set, row) == hs_row_set_contains(base, row);
  g_assert_cmpint(hs_row_set_extends(set, base), ==, extends);
}

static void
test_sets(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 400; round++) {
    RandomTrace trace;
    random_trace_init(&trace, rand, 12);
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 3000);
    for (uint32_t i = 0; i < n; i++)
      random_trace_add(&trace);
    hs_builder_publish(trace.builder, trace.ticks);
    g_autoptr(HsFilter) filter = random_trace_filter(rand, trace.timeline);
    uint32_t part = (uint32_t)g_rand_int_range(rand, 0, (int32_t)n + 1);
    g_autoptr(HsRowSet) some = filtered_rows(trace.timeline, filter, part);
    check_set(trace.timeline, filter, some, part);
    g_autoptr(HsRowSet) set = filtered_rows(trace.timeline, filter, n);
    check_set(trace.timeline, filter, set, n);
    g_autoptr(HsFilter) other = random_trace_filter(rand, trace.timeline);
    g_autoptr(HsRowSet) another = filtered_rows(trace.timeline, other, n);
    g_assert_true(hs_row_set_extends(set, some));
    check_extends(another, some);
    check_extends(some, another);
    check_extends(another, set);
    random_trace_clear(&trace);
  }
}

/* --- orders --- */

typedef struct {
  HsRow row;
  bool has_value;
  uint64_t number;
  char *text; /* instead of the number */
} Cell;

static Cell
cell(const HsTimeline *t, HsRow row, HsEventColumn column, uint32_t n_rows)
{
  HsEvent e;
  HsBlock block;
  hs_timeline_event(t, row, &e);
  const char *name = hs_timeline_process_name(t, e.process);
  switch (column) {
  case HS_COLUMN_TIME:
    return (Cell){row, true, (uint64_t)e.ticks + (UINT64_C(1) << 63), NULL};
  case HS_COLUMN_OPERATION:
    return (Cell){row, true, 0, g_utf8_casefold(hs_op_title(e.op), -1)};
  case HS_COLUMN_PROCESS:
    return (Cell){row, name[0] != '\0', 0, g_utf8_casefold(name, -1)};
  case HS_COLUMN_PID:
    return (Cell){row, true, hs_timeline_process(t, e.process)->pid, NULL};
  case HS_COLUMN_TID:
    return (Cell){row, true, hs_timeline_thread(t, e.thread)->tid, NULL};
  case HS_COLUMN_HEAP:
    return (Cell){row, e.heap.v != HS_ID_NONE, e.heap.v == HS_ID_NONE ? 0 : hs_timeline_heap(t, e.heap)->handle, NULL};
  case HS_COLUMN_ADDRESS:
    return (Cell){row, e.has_address, e.address, NULL};
  case HS_COLUMN_SIZE:
    return (Cell){row, e.has_size, e.size, NULL};
  case HS_COLUMN_SOURCE:
    return (Cell){row, e.source != HS_SOURCE_NONE, 0,
                  e.source == HS_SOURCE_UNKNOWN ? g_strdup_printf("~%010u", e.source_id)
                                                : g_utf8_casefold(hs_source_title(e.source), -1)};
  case HS_COLUMN_CPU:
    return (Cell){row, true, e.cpu, NULL};
  case HS_COLUMN_OLD_ADDRESS:
    return (Cell){row, e.has_old, e.old_address, NULL};
  case HS_COLUMN_OLD_SIZE:
    return (Cell){row, e.has_old, e.old_size, NULL};
  default:
    if (e.block.v == HS_ID_NONE)
      return (Cell){row, false, 0, NULL};
    hs_timeline_block(t, e.block, n_rows, &block);
    return (Cell){row, block.end_ticks != INT64_MAX, (uint64_t)block.end_ticks - (uint64_t)block.begin_ticks, NULL};
  }
}

static gint
compare_cells(gconstpointer a, gconstpointer b, gpointer descending)
{
  const Cell *x = a, *y = b;
  if (x->has_value != y->has_value)
    return x->has_value ? -1 : 1;
  gint order = 0;
  if (x->has_value)
    order = x->text != NULL ? g_utf8_collate(x->text, y->text) : (x->number > y->number) - (x->number < y->number);
  if (order == 0)
    return (x->row > y->row) - (x->row < y->row);
  return GPOINTER_TO_INT(descending) ? -order : order;
}

static void
check_order(HsTimeline *t, HsRowSet *set, HsEventColumn column, bool descending)
{
  uint32_t count = hs_row_set_count(set);
  g_autofree Cell *cells = g_new(Cell, MAX(count, 1));
  for (uint32_t i = 0; i < count; i++)
    cells[i] = cell(t, hs_row_set_select(set, i), column, hs_row_set_n_rows(set));
  g_qsort_with_data(cells, (gint)count, sizeof *cells, compare_cells, GINT_TO_POINTER(descending));
  g_autoptr(HsRowOrder) order = hs_row_order_new(t, set, column, descending, NULL);
  g_assert_cmpuint(hs_row_order_count(order), ==, count);
  for (uint32_t i = 0; i < count; i++) {
    g_assert_cmpuint(hs_row_order_at(order, i), ==, cells[i].row);
    if (i % 16 == 0)
      g_assert_cmpuint(hs_row_order_find(order, cells[i].row), ==, i);
    g_free(cells[i].text);
  }
  g_assert_cmpuint(hs_row_order_find(order, hs_row_set_n_rows(set)), ==, UINT32_MAX);
}

static void
test_orders(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 40; round++) {
    RandomTrace trace;
    random_trace_init(&trace, rand, 12);
    uint32_t n = (uint32_t)g_rand_int_range(rand, 0, 800);
    for (uint32_t i = 0; i < n; i++)
      random_trace_add(&trace);
    hs_builder_publish(trace.builder, trace.ticks);
    g_autoptr(HsFilter) filter = random_trace_filter(rand, trace.timeline);
    g_autoptr(HsRowSet) set = filtered_rows(trace.timeline, filter, n);
    for (int column = 0; column < HS_N_COLUMNS; column++) {
      check_order(trace.timeline, set, (HsEventColumn)column, false);
      check_order(trace.timeline, set, (HsEventColumn)column, true);
    }
    random_trace_clear(&trace);
  }
}

static void
test_large_set(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  RandomTrace trace;
  random_trace_init(&trace, rand, 40);
  uint32_t n = (1u << 18) + 12345;
  for (uint32_t i = 0; i < n; i++)
    random_trace_add(&trace);
  hs_builder_publish(trace.builder, trace.ticks);
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_set_heap(filter, (HsHeapId){1}, false);
  hs_filter_set_source(filter, HS_SOURCE_LOWFRAG, false);
  g_autoptr(HsFilter) in_words = filter_in_words(filter, trace.timeline);
  g_autoptr(HsRowSet) set = filtered_rows(trace.timeline, in_words, n);
  check_set(trace.timeline, in_words, set, n);
  int cancel = 1;
  g_assert_null(hs_row_order_new(trace.timeline, set, HS_COLUMN_SIZE, false, &cancel));
  check_order(trace.timeline, set, HS_COLUMN_SIZE, true);
  check_order(trace.timeline, set, HS_COLUMN_OLD_ADDRESS, false);
  check_order(trace.timeline, set, HS_COLUMN_DETAILS, true);
  random_trace_clear(&trace);
}

/* --- filters --- */

static void
test_filter_toggles(void)
{
  g_autoptr(HsFilter) filter = hs_filter_new();
  HsHeapId a = {3}, b = {7};
  g_assert_true(hs_filter_is_empty(filter));
  g_assert_true(hs_filter_is_empty(NULL));
  g_assert_true(hs_filter_equal(filter, NULL));
  hs_filter_set_heap(filter, b, false);
  hs_filter_set_heap(filter, a, false);
  hs_filter_set_heap(filter, a, false);
  g_assert_cmpuint(filter->heaps->len, ==, 2);
  g_assert_false(hs_filter_shows_heap(filter, a));
  g_assert_true(hs_filter_shows_heap(filter, (HsHeapId){4}));
  hs_filter_set_heap(filter, b, true);
  hs_filter_set_heap(filter, a, true);
  g_assert_true(hs_filter_is_empty(filter));

  hs_filter_only_heap(filter, a);
  g_assert_true(hs_filter_shows_heap(filter, a));
  g_assert_false(hs_filter_shows_heap(filter, b));
  hs_filter_set_heap(filter, b, true);
  g_autoptr(HsFilter) copy = hs_filter_copy(filter);
  g_assert_true(hs_filter_equal(filter, copy));
  hs_filter_set_heap(copy, a, false);
  g_assert_false(hs_filter_equal(filter, copy));
}

static void
test_filter_no_source(void)
{
  g_autoptr(HsFilter) filter = hs_filter_new();
  for (int source = 1; source < HS_N_SOURCES - 1; source++) {
    g_assert_true(hs_filter_shows_source(filter, HS_SOURCE_NONE));
    hs_filter_set_source(filter, (HsSource)source, false);
  }
  g_assert_false(hs_filter_shows_source(filter, HS_SOURCE_NONE));
  g_autoptr(HsFilter) only = hs_filter_new();
  hs_filter_only_source(only, HS_SOURCE_UNKNOWN);
  g_assert_true(hs_filter_equal(filter, only));
  for (int source = 1; source < HS_N_SOURCES; source++)
    hs_filter_set_source(filter, (HsSource)source, true);
  g_assert_true(hs_filter_is_empty(filter));
}

static void
assert_text(const HsFilter *filter, const HsTimeline *timeline, const char *expected)
{
  g_autofree char *text = hs_filter_to_text(filter, timeline);
  g_assert_cmpstr(text, ==, expected);
}

static HsTimeline *
four_heaps(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
  static const struct {
    uint32_t pid;
    uint64_t handle;
  } heaps[] = {{1000, 0x1f0000}, {1000, 0x2a0000}, {2000, 0x1f0000}, {2000, 0x330000}};
  for (unsigned i = 0; i < G_N_ELEMENTS(heaps); i++) {
    HsHeapEvent event = {.pid = heaps[i].pid, .handle = heaps[i].handle, .op = HS_OP_CREATE};
    g_assert_true(hs_builder_add(builder, &event, NULL));
  }
  hs_builder_finish(builder, 0);
  return timeline;
}

static void
test_filter_text(void)
{
  g_autoptr(HsTimeline) t = four_heaps();
  g_autoptr(HsFilter) f = hs_filter_new();
  assert_text(NULL, t, "");
  assert_text(f, t, "");
  hs_filter_only_heap(f, (HsHeapId){1});
  assert_text(f, t, "heap == 0x2a0000");
  hs_filter_set_heap(f, (HsHeapId){3}, true);
  assert_text(f, t, "heap in {0x2a0000, 0x330000}");
  hs_filter_only_source(f, HS_SOURCE_LOWFRAG);
  assert_text(f, t, "heap in {0x2a0000, 0x330000} && source == lowfrag");
  hs_filter_set_heap(f, (HsHeapId){0}, true);
  assert_text(f, t, "(heap in {0x2a0000, 0x330000} || (pid == 1000 && heap == 0x1f0000)) && source == lowfrag");
  hs_filter_only_heap(f, (HsHeapId){2});
  f->hidden_sources = 0;
  assert_text(f, t, "(pid == 2000 && heap == 0x1f0000)");
  hs_filter_set_heap(f, (HsHeapId){2}, false);
  assert_text(f, t, "heap in {}");
  hs_filter_only_process(f, t, (HsProcessId){0});
  assert_text(f, t, "(heap == 0x2a0000 || (pid == 1000 && heap == 0x1f0000))");

  g_autoptr(HsFilter) hide = hs_filter_new();
  hs_filter_set_heap(hide, (HsHeapId){1}, false);
  hs_filter_set_source(hide, HS_SOURCE_LOOKASIDE, false);
  assert_text(hide, t, "not heap in {0x2a0000} && not source in {lookaside}");
  hs_filter_set_heap(hide, (HsHeapId){2}, false);
  hs_filter_set_source(hide, HS_SOURCE_LOOKASIDE, true);
  assert_text(hide, t, "not (heap == 0x2a0000 || (pid == 2000 && heap == 0x1f0000))");
  hs_filter_set_heap(hide, (HsHeapId){1}, true);
  assert_text(hide, t, "not (pid == 2000 && heap == 0x1f0000)");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/filter/toggles", test_filter_toggles);
  g_test_add_func("/filter/no-source", test_filter_no_source);
  g_test_add_func("/filter/text", test_filter_text);
  g_test_add_func("/rows/sets", test_sets);
  g_test_add_func("/rows/large-set", test_large_set);
  g_test_add_func("/rows/orders", test_orders);
  return g_test_run();
}
