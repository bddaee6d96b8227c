/* SPDX-License-Identifier: MIT */
#include "hs-block-text.h"
#include "hs-render-support.h"

#define HEAP 0x1f0000000

static HsTestTrace *
new_trace(void)
{
  HsTestTrace *trace = hs_test_trace_new();
  hs_builder_process_start(trace->builder, 0, true, 1000, 4, false, "C:\\bin\\clang++.exe", NULL);
  hs_test_trace_alloc(trace, 14241070, 1000, HEAP, 0x7f3cee69afe0, 4096, 2);
  hs_test_trace_alloc(trace, 14241080, 1000, HEAP, 0x5000, 72, 9);
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 14241090,
                                         .pid = 1000,
                                         .tid = 7,
                                         .op = HS_OP_REALLOC,
                                         .has_source = true,
                                         .source_id = 4,
                                         .handle = HEAP,
                                         .address = 0x5000,
                                         .size = 1234567,
                                         .old_address = 0x5000,
                                         .old_size = 72});
  hs_test_trace_free_block(trace, 14662070, 1000, HEAP, 0x7f3cee69afe0);
  hs_test_trace_alloc(trace, 14662080, 2000, 0x2000, 0x9000, 0, 6);
  hs_test_trace_finish(trace, 20000000);
  return trace;
}

static void
assert_cell_within(HsTestTrace *trace, uint32_t block, HsTimeRange range, HsBlockColumn column, const char *expected)
{
  HsBlockRow row;
  char buffer[256];
  hs_block_row(trace->timeline, (HsBlockId){block}, range, hs_timeline_n_rows(trace->timeline), &row);
  g_assert_cmpstr(hs_block_cell_text(trace->timeline, &row, column, buffer, sizeof buffer), ==, expected);
}

static void
assert_cell(HsTestTrace *trace, uint32_t block, HsBlockColumn column, const char *expected)
{
  assert_cell_within(trace, block, HS_TIME_RANGE_ALL, column, expected);
}

static void
test_freed(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_cell(trace, 0, HS_BLOCK_COLUMN_ROW, "0");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_PID, "1000");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_PROCESS, "clang++.exe");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_HEAP, "0x1f0000000");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_ADDRESS, "0x7f3cee69afe0");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_SIZE, "4,096 B");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_SOURCE, "Low-fragmentation heap");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_TYPE, "AIFI");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_IMPACTING, "0 B");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_ALLOC_TIME, "1.424107 s");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_FREE_TIME, "1.466207 s");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_LIFETIME, "42.1 ms");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_END, "Freed");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_IS_REALLOC, "");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_TID, "1001");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_FREE_TID, "1001");
  assert_cell(trace, 0, HS_BLOCK_COLUMN_BUCKET, "4 KiB");
}

static void
test_reallocated(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_cell(trace, 1, HS_BLOCK_COLUMN_SOURCE, "Unknown (9)");
  assert_cell(trace, 1, HS_BLOCK_COLUMN_END, "Reallocated");
  assert_cell(trace, 1, HS_BLOCK_COLUMN_LIFETIME, "1.00 µs");
  assert_cell(trace, 1, HS_BLOCK_COLUMN_FREE_TID, "7");
  assert_cell(trace, 1, HS_BLOCK_COLUMN_BUCKET, "64 B");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_IS_REALLOC, "Yes");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_TYPE, "AIFO");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_SIZE, "1,234,567 B");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_IMPACTING, "1,234,567 B");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_BUCKET, "1 MiB");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_FREE_TIME, "");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_LIFETIME, "");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_END, "Outstanding");
  assert_cell(trace, 2, HS_BLOCK_COLUMN_FREE_TID, "");
  assert_cell(trace, 3, HS_BLOCK_COLUMN_PROCESS, "Process 2000");
  assert_cell(trace, 3, HS_BLOCK_COLUMN_BUCKET, "0 B");
  assert_cell(trace, 3, HS_BLOCK_COLUMN_ROW, "4");
}

static void
test_types(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  HsTimeRange late = {14300000, 20000000}, early = {0, 14300000}, none = {15000000, 15000010};
  assert_cell_within(trace, 0, late, HS_BLOCK_COLUMN_TYPE, "AOFI");
  assert_cell_within(trace, 0, early, HS_BLOCK_COLUMN_TYPE, "AIFO");
  assert_cell_within(trace, 0, early, HS_BLOCK_COLUMN_IMPACTING, "4,096 B");
  assert_cell_within(trace, 0, none, HS_BLOCK_COLUMN_TYPE, "");
  assert_cell_within(trace, 2, none, HS_BLOCK_COLUMN_TYPE, "AOFO");
  assert_cell_within(trace, 2, none, HS_BLOCK_COLUMN_IMPACTING, "0 B");
}

static void
test_buckets(void)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  for (unsigned i = 0; i < 64; i++) {
    HsBlockRow row = {.bucket_bytes = UINT64_C(1) << i};
    char buffer[32];
    g_autofree char *expected = g_strdup_printf("%u %s", 1u << i % 10, units[i / 10]);
    g_assert_cmpstr(hs_block_cell_text(NULL, &row, HS_BLOCK_COLUMN_BUCKET, buffer, sizeof buffer), ==, expected);
  }
}

static void
test_columns(void)
{
  for (int i = 0; i < HS_N_BLOCK_COLUMNS; i++) {
    HsBlockColumn column = (HsBlockColumn)i;
    g_assert_cmpstr(hs_block_column_title(column), !=, "");
    g_assert_cmpstr(hs_block_column_sample(column), !=, "");
    g_assert_cmpstr(hs_block_column_tip(column), !=, "");
    g_assert_false(hs_block_column_is_mono(column) && hs_block_column_is_number(column));
  }
  g_assert_nonnull(strstr(hs_block_column_tip(HS_BLOCK_COLUMN_TYPE), "(AO)"));
  g_assert_null(hs_block_column_tip(HS_BLOCK_COLUMN_PID));
  g_assert_true(hs_block_column_is_number(HS_BLOCK_COLUMN_LIFETIME));
  g_assert_false(hs_block_column_is_number(HS_BLOCK_COLUMN_SOURCE));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/block-text/freed", test_freed);
  g_test_add_func("/block-text/reallocated", test_reallocated);
  g_test_add_func("/block-text/types", test_types);
  g_test_add_func("/block-text/buckets", test_buckets);
  g_test_add_func("/block-text/columns", test_columns);
  return g_test_run();
}
