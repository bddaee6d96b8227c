/* SPDX-License-Identifier: MIT */
#include "hs-heap-text.h"
#include "hs-render-support.h"

static HsTestTrace *
new_trace(void)
{
  HsTestTrace *trace = hs_test_trace_new();
  hs_builder_process_start(trace->builder, 0, true, 1000, 4, false, "C:\\bin\\clang++.exe", NULL);
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 5,
                                         .pid = 1000,
                                         .op = HS_OP_CREATE,
                                         .handle = 0x1f0000000,
                                         .has_flags = true,
                                         .flags = 0x1003,
                                         .has_sizes = true,
                                         .committed_bytes = 1 << 20,
                                         .reserved_bytes = 4 << 20});
  hs_test_trace_alloc(trace, 14241070, 1000, 0x1f0000000, 0x7f3cee69afe0, 4096, 4);
  hs_test_trace_free_block(trace, 14662070, 1000, 0x1f0000000, 0x7f3cee69afe0);
  hs_test_trace_alloc(trace, 14662080, 1000, 0x1f0000000, 0x5000, 72, 2);
  hs_test_trace_alloc(trace, 14662081, 1000, 0x1f0000000, 0x6000, 1000, 2);
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 14662094, .pid = 1000, .op = HS_OP_DESTROY, .handle = 0x1f0000000});
  hs_test_trace_free_block(trace, 14662100, 2000, 0x2000, 0x9000);
  hs_test_trace_finish(trace, 20000000);
  return trace;
}

static HsHeapRow
row_of(HsTestTrace *trace, uint32_t index)
{
  uint32_t n_rows = hs_timeline_n_rows(trace->timeline);
  g_autoptr(HsHeapSums) sums = hs_heap_sums_new(trace->timeline, NULL, NULL, NULL, n_rows, NULL);
  HsHeapRow row;
  hs_heap_row(trace->timeline, hs_heap_sums_get(sums, index), &row);
  return row;
}

static void
assert_cell(HsTestTrace *trace, uint32_t index, HsHeapColumn column, const char *expected)
{
  HsHeapRow row = row_of(trace, index);
  char buffer[256];
  g_assert_cmpstr(hs_heap_cell_text(trace->timeline, &row, column, buffer, sizeof buffer), ==, expected);
}

static void
assert_tip(HsTestTrace *trace, uint32_t index, HsHeapColumn column, const char *expected)
{
  HsHeapRow row = row_of(trace, index);
  char buffer[256];
  g_assert_cmpstr(hs_heap_cell_tip(&row, column, buffer, sizeof buffer), ==, expected);
}

static void
test_cells(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_cell(trace, 0, HS_HEAP_COLUMN_PROCESS, "clang++.exe");
  assert_cell(trace, 0, HS_HEAP_COLUMN_PID, "1000");
  assert_cell(trace, 0, HS_HEAP_COLUMN_HANDLE, "0x1f0000000");
  assert_cell(trace, 0, HS_HEAP_COLUMN_FLAGS, "NO_SERIALIZE | GROWABLE | CLASS_1");
  assert_cell(trace, 0, HS_HEAP_COLUMN_CREATED, "0.000000 s");
  assert_cell(trace, 0, HS_HEAP_COLUMN_DESTROYED, "1.466209 s");
  assert_cell(trace, 0, HS_HEAP_COLUMN_ALLOCS, "3");
  assert_cell(trace, 0, HS_HEAP_COLUMN_FREES, "1");
  assert_cell(trace, 0, HS_HEAP_COLUMN_REALLOCS, "0");
  assert_cell(trace, 0, HS_HEAP_COLUMN_BYTES, "5.0 KiB");
  assert_cell(trace, 0, HS_HEAP_COLUMN_OUTSTANDING, "0 B");
  assert_cell(trace, 0, HS_HEAP_COLUMN_BLOCKS, "0");
  assert_cell(trace, 0, HS_HEAP_COLUMN_PEAK, "4.0 KiB");
  assert_cell(trace, 0, HS_HEAP_COLUMN_PEAK_TIME, "1.424107 s");
  assert_cell(trace, 0, HS_HEAP_COLUMN_COMMITTED, "1.0 MiB");
  assert_cell(trace, 0, HS_HEAP_COLUMN_RESERVED, "4.0 MiB");
  assert_cell(trace, 0, HS_HEAP_COLUMN_SLOW_PATH, "33 %");
  assert_cell(trace, 0, HS_HEAP_COLUMN_UNMATCHED_FREES, "0");
  assert_cell(trace, 0, HS_HEAP_COLUMN_EVENTS, "6");
}

/* Of a heap from before the trace that lives on, no more is told than that something was freed. */
static void
test_untold(void)
{
  static const HsHeapColumn untold[] = {HS_HEAP_COLUMN_FLAGS,     HS_HEAP_COLUMN_CREATED,   HS_HEAP_COLUMN_DESTROYED,
                                        HS_HEAP_COLUMN_PEAK_TIME, HS_HEAP_COLUMN_COMMITTED, HS_HEAP_COLUMN_RESERVED,
                                        HS_HEAP_COLUMN_SLOW_PATH};
  g_autoptr(HsTestTrace) trace = new_trace();
  for (unsigned i = 0; i < G_N_ELEMENTS(untold); i++)
    assert_cell(trace, 1, untold[i], "");
  assert_cell(trace, 1, HS_HEAP_COLUMN_PROCESS, "Process 2000");
  assert_cell(trace, 1, HS_HEAP_COLUMN_UNMATCHED_FREES, "1");
}

static void
test_tips(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_tip(trace, 0, HS_HEAP_COLUMN_BYTES, "5,168 B");
  assert_tip(trace, 0, HS_HEAP_COLUMN_PEAK, "4,096 B");
  assert_tip(trace, 0, HS_HEAP_COLUMN_COMMITTED, "1,048,576 B");
  assert_tip(trace, 0, HS_HEAP_COLUMN_SLOW_PATH, "1 of 3");
  assert_tip(trace, 0, HS_HEAP_COLUMN_OUTSTANDING, NULL);
  assert_tip(trace, 0, HS_HEAP_COLUMN_EVENTS, NULL);
  assert_tip(trace, 1, HS_HEAP_COLUMN_COMMITTED, NULL);
  assert_tip(trace, 1, HS_HEAP_COLUMN_SLOW_PATH, NULL);
}

static void
test_columns(void)
{
  for (int i = 0; i < HS_N_HEAP_COLUMNS; i++) {
    HsHeapColumn column = (HsHeapColumn)i;
    g_assert_cmpstr(hs_heap_column_title(column), !=, "");
    g_assert_cmpstr(hs_heap_column_sample(column), !=, "");
    g_assert_cmpstr(hs_heap_column_tip(column), !=, "");
    g_assert_false(hs_heap_column_is_mono(column) && hs_heap_column_is_number(column));
  }
  g_assert_nonnull(hs_heap_column_tip(HS_HEAP_COLUMN_SLOW_PATH));
  g_assert_null(hs_heap_column_tip(HS_HEAP_COLUMN_PID));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/heap-text/cells", test_cells);
  g_test_add_func("/heap-text/untold", test_untold);
  g_test_add_func("/heap-text/tips", test_tips);
  g_test_add_func("/heap-text/columns", test_columns);
  return g_test_run();
}
