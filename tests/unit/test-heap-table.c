/* SPDX-License-Identifier: MIT */
/* Heaps as a table: their flags, their figures, their orders. */
#include "hs-builder.h"
#include "hs-heap-flags.h"
#include "hs-heap-table.h"

static void
assert_flags(uint32_t flags, const char *expected)
{
  g_autofree char *text = hs_heap_flags_text(flags);
  g_assert_cmpstr(text, ==, expected);
}

static void
test_flags(void)
{
  assert_flags(0, "0");
  assert_flags(0x2, "GROWABLE");
  assert_flags(0x1003, "NO_SERIALIZE | GROWABLE | CLASS_1");
  assert_flags(0x8000, "CLASS_8");
  /* There is no ninth class. */
  assert_flags(0x9000, "0x9000");
  assert_flags(0x800706ff, "NO_SERIALIZE | GROWABLE | GENERATE_EXCEPTIONS | ZERO_MEMORY | REALLOC_IN_PLACE_ONLY | "
                           "TAIL_CHECKING_ENABLED | FREE_CHECKING_ENABLED | DISABLE_COALESCE_ON_FREE | "
                           "CREATE_HARDENED | CREATE_ALIGN_16 | CREATE_ENABLE_TRACING | CREATE_ENABLE_EXECUTE | "
                           "0x80000400");
}

/* --- a trace of four heaps --- */

static void
add(HsBuilder *builder, uint32_t pid, uint64_t handle, HsHeapEvent event)
{
  g_autoptr(GError) error = NULL;
  event.pid = pid;
  event.tid = pid + 1;
  event.handle = handle;
  event.has_source = event.source_id != 0;
  g_assert_true(hs_builder_add(builder, &event, &error));
  g_assert_no_error(error);
}

static void
add_alloc(HsBuilder *builder, int64_t ticks, uint32_t pid, uint64_t handle, uint64_t address, uint64_t size,
          uint32_t source_id)
{
  add(builder, pid, handle,
      (HsHeapEvent){.ticks = ticks, .op = HS_OP_ALLOC, .address = address, .size = size, .source_id = source_id});
}

static HsTimeline *
four_heaps(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
  hs_builder_process_start(builder, 0, true, 1000, 4, false, "b.exe", NULL);
  hs_builder_process_start(builder, 0, true, 3000, 4, false, "A.exe", NULL);
  add(builder, 1000, 0x30000,
      (HsHeapEvent){.ticks = 10,
                    .op = HS_OP_CREATE,
                    .has_flags = true,
                    .flags = 2,
                    .has_sizes = true,
                    .committed_bytes = 4096,
                    .reserved_bytes = 65536});
  add_alloc(builder, 20, 1000, 0x30000, 0x30100, 100, 4);
  add_alloc(builder, 30, 1000, 0x30000, 0x30200, 50, 3);
  add_alloc(builder, 31, 1000, 0x30000, 0x30300, 7, 3);
  add(builder, 1000, 0x30000, (HsHeapEvent){.ticks = 40, .op = HS_OP_FREE, .address = 0x30100, .source_id = 4});
  /* One that was there before the trace. */
  add(builder, 1000, 0x10000, (HsHeapEvent){.ticks = 50, .op = HS_OP_FREE, .address = 0x10100, .source_id = 3});
  add_alloc(builder, 60, 1000, 0x10000, 0x10200, 10, 4);
  add(builder, 1000, 0x10000,
      (HsHeapEvent){.ticks = 70,
                    .op = HS_OP_REALLOC,
                    .address = 0x10200,
                    .size = 300,
                    .old_address = 0x10200,
                    .old_size = 10,
                    .source_id = 4});
  /* One of a process without a name. */
  add(builder, 2000, 0x20000, (HsHeapEvent){.ticks = 80, .op = HS_OP_CREATE});
  add_alloc(builder, 90, 2000, 0x20000, 0x20100, 1, 2);
  add(builder, 2000, 0x20000, (HsHeapEvent){.ticks = 100, .op = HS_OP_DESTROY});
  /* One without blocks. */
  add(builder, 3000, 0x30000, (HsHeapEvent){.ticks = 110, .op = HS_OP_LOCK});
  hs_builder_finish(builder, 120);
  return timeline;
}

static void
test_sums(void)
{
  g_autoptr(HsTimeline) t = four_heaps();
  g_autoptr(HsHeapSums) sums = hs_heap_sums_new(t, NULL, NULL, NULL, hs_timeline_n_rows(t), NULL);
  int cancelled = 1;
  HsHeapRow row;

  g_assert_null(hs_heap_sums_new(t, NULL, NULL, NULL, hs_timeline_n_rows(t), &cancelled));
  g_assert_cmpuint(hs_heap_sums_n(sums), ==, 4);
  hs_heap_row(t, hs_heap_sums_get(sums, 0), &row);
  g_assert_cmpuint(row.sum.heap, ==, 0);
  g_assert_cmpuint(row.handle, ==, 0x30000);
  g_assert_cmpuint(hs_timeline_process(t, row.process)->pid, ==, 1000);
  g_assert_true(row.has_flags && row.has_sizes);
  g_assert_cmpuint(row.flags, ==, 2);
  g_assert_cmpuint(row.committed_bytes, ==, 4096);
  g_assert_cmpuint(row.reserved_bytes, ==, 65536);
  g_assert_cmpint(row.create_ticks, ==, 10);
  g_assert_cmpint(row.destroy_ticks, ==, INT64_MAX);
  g_assert_cmpuint(row.sum.events, ==, 5);
  g_assert_cmpuint(row.sum.allocs, ==, 3);
  g_assert_cmpuint(row.sum.frees, ==, 1);
  g_assert_cmpuint(row.sum.slow_path, ==, 1);
  g_assert_cmpuint(row.sum.begun, ==, 3);
  g_assert_cmpuint(row.sum.begun_bytes, ==, 157);
  g_assert_cmpuint(row.sum.outstanding_count, ==, 2);
  g_assert_cmpuint(row.sum.outstanding_bytes, ==, 57);
  g_assert_cmpuint(row.sum.peak_bytes, ==, 157);
  g_assert_cmpint(row.sum.peak_ticks, ==, 31);

  hs_heap_row(t, hs_heap_sums_get(sums, 1), &row);
  g_assert_cmpuint(row.sum.unmatched_frees, ==, 1);
  g_assert_cmpuint(row.sum.reallocs, ==, 1);
  g_assert_cmpuint(row.sum.slow_path, ==, 2);
  g_assert_cmpuint(row.sum.begun_bytes, ==, 310);
  g_assert_cmpint(row.create_ticks, ==, INT64_MIN);
  g_assert_false(row.has_flags || row.has_sizes);
  hs_heap_row(t, hs_heap_sums_get(sums, 2), &row);
  g_assert_cmpint(row.destroy_ticks, ==, 100);
  g_assert_cmpuint(row.sum.outstanding_count, ==, 0);
}

static void
assert_order(HsTimeline *t, HsHeapColumn column, bool descending, const char *expected)
{
  g_autoptr(HsHeapSums) sums = hs_heap_sums_new(t, NULL, NULL, NULL, hs_timeline_n_rows(t), NULL);
  g_autoptr(HsRowSet) set = hs_heap_set_new(sums);
  g_autoptr(HsRowOrder) order = hs_heap_order_new(t, sums, set, column, descending, NULL);
  g_autoptr(GString) heaps = g_string_new(NULL);
  for (uint32_t i = 0; i < hs_row_order_count(order); i++)
    g_string_append_printf(heaps, "%u", hs_row_order_at(order, i));
  if (!g_str_equal(heaps->str, expected))
    g_error("by %s%s: expected %s, found %s", hs_heap_column_names()[column], descending ? ", descending" : "",
            expected, heaps->str);
}

static void
test_orders(void)
{
  static const struct {
    HsHeapColumn column;
    const char *ascending, *descending;
  } orders[] = {
      {HS_HEAP_COLUMN_PROCESS, "3012", "0132"},     {HS_HEAP_COLUMN_PID, "0123", "3201"},
      {HS_HEAP_COLUMN_HANDLE, "1203", "0321"},      {HS_HEAP_COLUMN_FLAGS, "0123", "0123"},
      {HS_HEAP_COLUMN_CREATED, "0213", "2013"},     {HS_HEAP_COLUMN_DESTROYED, "2013", "2013"},
      {HS_HEAP_COLUMN_ALLOCS, "3120", "0123"},      {HS_HEAP_COLUMN_FREES, "2301", "0123"},
      {HS_HEAP_COLUMN_REALLOCS, "0231", "1023"},    {HS_HEAP_COLUMN_BYTES, "3201", "1023"},
      {HS_HEAP_COLUMN_OUTSTANDING, "2301", "1023"}, {HS_HEAP_COLUMN_BLOCKS, "2310", "0123"},
      {HS_HEAP_COLUMN_PEAK, "3201", "1023"},        {HS_HEAP_COLUMN_PEAK_TIME, "0123", "2103"},
      {HS_HEAP_COLUMN_COMMITTED, "0123", "0123"},   {HS_HEAP_COLUMN_RESERVED, "0123", "0123"},
      {HS_HEAP_COLUMN_SLOW_PATH, "2013", "1023"},   {HS_HEAP_COLUMN_UNMATCHED_FREES, "0231", "1023"},
      {HS_HEAP_COLUMN_EVENTS, "3120", "0123"},
  };
  g_autoptr(HsTimeline) t = four_heaps();

  G_STATIC_ASSERT(G_N_ELEMENTS(orders) == HS_N_HEAP_COLUMNS);
  for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
    assert_order(t, orders[i].column, false, orders[i].ascending);
    assert_order(t, orders[i].column, true, orders[i].descending);
  }
  for (int i = 0; i < HS_N_HEAP_COLUMNS; i++)
    g_assert_nonnull(hs_heap_column_names()[i]);
  g_assert_null(hs_heap_column_names()[HS_N_HEAP_COLUMNS]);
}

static void
test_listed(void)
{
  static const uint32_t members[] = {0, 63, 64, 700};
  g_autoptr(HsRowSet) set = hs_row_set_new_listed(701, members, G_N_ELEMENTS(members));
  g_autoptr(HsRowSet) none = hs_row_set_new_listed(0, NULL, 0);
  g_assert_cmpuint(hs_row_set_count(set), ==, 4);
  g_assert_cmpuint(hs_row_set_n_rows(set), ==, 701);
  for (uint32_t i = 0; i < G_N_ELEMENTS(members); i++) {
    g_assert_cmpuint(hs_row_set_select(set, i), ==, members[i]);
    g_assert_cmpuint(hs_row_set_rank(set, members[i]), ==, i);
  }
  g_assert_false(hs_row_set_contains(set, 1));
  g_assert_false(hs_row_set_contains(set, 699));
  /* As many, but others. */
  static const uint32_t others[] = {0, 62, 64, 700}, longer[] = {0, 63, 64, 700, 701};
  g_autoptr(HsRowSet) other = hs_row_set_new_listed(701, others, G_N_ELEMENTS(others));
  g_autoptr(HsRowSet) grown = hs_row_set_new_listed(702, longer, G_N_ELEMENTS(longer));
  g_assert_false(hs_row_set_extends(other, set));
  g_assert_true(hs_row_set_extends(grown, set));
  g_assert_false(hs_row_set_extends(set, grown));
  g_assert_true(hs_row_set_extends(set, none));
  g_assert_cmpuint(hs_row_set_count(none), ==, 0);
  g_assert_cmpuint(hs_row_set_next(none, 0), ==, UINT32_MAX);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/heap-table/flags", test_flags);
  g_test_add_func("/heap-table/sums", test_sums);
  g_test_add_func("/heap-table/orders", test_orders);
  g_test_add_func("/heap-table/listed", test_listed);
  return g_test_run();
}
