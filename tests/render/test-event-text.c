/* SPDX-License-Identifier: MIT */
#include "hs-event-text.h"
#include "hs-render-support.h"

static void
assert_cell(HsTestTrace *trace, HsRow row, HsEventColumn column, const char *expected)
{
  HsEvent event;
  char buffer[256];
  hs_timeline_event(trace->timeline, row, &event);
  g_assert_cmpstr(hs_event_cell_text(trace->timeline, &event, column, buffer, sizeof buffer), ==, expected);
}

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
                                         .flags = 0x80001003,
                                         .has_sizes = true,
                                         .committed_bytes = 1 << 20,
                                         .reserved_bytes = 4 << 20});
  hs_test_trace_alloc(trace, 14241070, 1000, 0x1f0000000, 0x7f3cee69afe0, 4096, 2);
  hs_test_trace_free_block(trace, 14662070, 1000, 0x1f0000000, 0x7f3cee69afe0);
  hs_test_trace_free_block(trace, 14662071, 1000, 0x1f0000000, 0x1234);
  hs_test_trace_alloc(trace, 14662072, 1000, 0x1f0000000, 0, 72, 9);
  hs_test_trace_alloc(trace, 14662073, 1000, 0x1f0000000, 0x5000, 72, 3);
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 14662074,
                                         .pid = 1000,
                                         .op = HS_OP_REALLOC,
                                         .handle = 0x1f0000000,
                                         .has_source = true,
                                         .source_id = 3,
                                         .address = 0x6000,
                                         .size = 100,
                                         .old_address = 0x5000,
                                         .old_size = 72});
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 14662084,
                                         .pid = 1000,
                                         .op = HS_OP_REALLOC,
                                         .handle = 0x1f0000000,
                                         .has_source = true,
                                         .source_id = 3,
                                         .address = 0x6000,
                                         .size = 200,
                                         .old_address = 0x6000,
                                         .old_size = 100});
  hs_test_trace_add(trace, (HsHeapEvent){.ticks = 14662094, .pid = 1000, .op = HS_OP_DESTROY, .handle = 0x1f0000000});
  hs_test_trace_alloc(trace, 14662100, 2000, 0x2000, 0x9000, 1, 6);
  hs_test_trace_finish(trace, 20000000);
  return trace;
}

static void
test_cells(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_cell(trace, 1, HS_COLUMN_TIME, "1.424107 s");
  assert_cell(trace, 1, HS_COLUMN_OPERATION, "Alloc");
  assert_cell(trace, 1, HS_COLUMN_PROCESS, "clang++.exe");
  assert_cell(trace, 1, HS_COLUMN_PID, "1000");
  assert_cell(trace, 1, HS_COLUMN_TID, "1001");
  assert_cell(trace, 1, HS_COLUMN_HEAP, "0x1f0000000");
  assert_cell(trace, 1, HS_COLUMN_ADDRESS, "0x7f3cee69afe0");
  assert_cell(trace, 1, HS_COLUMN_SIZE, "4,096 B");
  assert_cell(trace, 1, HS_COLUMN_SOURCE, "Low-fragmentation heap");
  assert_cell(trace, 1, HS_COLUMN_CPU, "0");
  assert_cell(trace, 1, HS_COLUMN_OLD_ADDRESS, "");
  assert_cell(trace, 1, HS_COLUMN_OLD_SIZE, "");
  assert_cell(trace, 2, HS_COLUMN_SIZE, "");
  assert_cell(trace, 4, HS_COLUMN_SOURCE, "Unknown (9)");
  assert_cell(trace, 6, HS_COLUMN_OLD_ADDRESS, "0x5000");
  assert_cell(trace, 6, HS_COLUMN_OLD_SIZE, "72 B");
  assert_cell(trace, 8, HS_COLUMN_SOURCE, "");
  assert_cell(trace, 9, HS_COLUMN_PROCESS, "Process 2000");
}

/* A row whose process and thread no record told. */
static void
test_untold(void)
{
  g_autoptr(HsTestTrace) trace = hs_test_trace_new();
  hs_test_trace_add(trace, (HsHeapEvent){.pid = UINT32_MAX, .tid = UINT32_MAX, .op = HS_OP_LOCK, .handle = 0x1000});
  hs_test_trace_finish(trace, 10);
  assert_cell(trace, 0, HS_COLUMN_PROCESS, "");
  assert_cell(trace, 0, HS_COLUMN_PID, "");
  assert_cell(trace, 0, HS_COLUMN_TID, "");
}

static void
test_details(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  assert_cell(trace, 0, HS_COLUMN_DETAILS,
              "committed 1.0 MiB of 4.0 MiB, NO_SERIALIZE | GROWABLE | CLASS_1 | 0x80000000");
  assert_cell(trace, 1, HS_COLUMN_DETAILS, "lives 42.1 ms");
  assert_cell(trace, 2, HS_COLUMN_DETAILS, "lived 42.1 ms");
  assert_cell(trace, 3, HS_COLUMN_DETAILS, "unmatched: from before the trace");
  assert_cell(trace, 4, HS_COLUMN_DETAILS, "failed: no memory was given");
  assert_cell(trace, 5, HS_COLUMN_DETAILS, "lives 100 ns");
  assert_cell(trace, 6, HS_COLUMN_DETAILS, "moved from 0x5000, lives 1.00 µs");
  assert_cell(trace, 7, HS_COLUMN_DETAILS, "in place, lives 1.00 µs");
  assert_cell(trace, 8, HS_COLUMN_DETAILS, "1 block ended");
  assert_cell(trace, 9, HS_COLUMN_DETAILS, "outstanding");
}

/* However small the buffer, the text in it is whole characters and ends. */
static void
test_small_buffers(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  for (HsRow row = 0; row < hs_timeline_n_rows(trace->timeline); row++) {
    for (size_t size = 1; size < 40; size++) {
      char buffer[40];
      HsEvent event;
      memset(buffer, 'x', sizeof buffer);
      hs_timeline_event(trace->timeline, row, &event);
      for (int column = 0; column < HS_N_COLUMNS; column++) {
        const char *text = hs_event_cell_text(trace->timeline, &event, (HsEventColumn)column, buffer, size);
        if (text == buffer)
          g_assert_cmpuint(strlen(text), <, size);
      }
      for (size_t i = size; i < sizeof buffer; i++)
        g_assert_cmpint(buffer[i], ==, 'x');
    }
  }
}

static void
assert_line(const HsCard *card, int index, const char *label, const char *value)
{
  g_assert_cmpint(index, <, card->n_lines);
  g_assert_cmpstr(card->lines[index].label, ==, label);
  g_assert_cmpstr(card->lines[index].value, ==, value);
}

static void
test_card(void)
{
  g_autoptr(HsTestTrace) trace = new_trace();
  uint32_t n_rows = hs_timeline_n_rows(trace->timeline);
  g_autoptr(HsCard) card = hs_block_card(trace->timeline, (HsBlockId){0}, n_rows);
  g_assert_cmpstr(card->title, ==, "4.0 KiB block · Low-fragmentation heap");
  assert_line(card, 0, "Address", "0x7f3cee69afe0");
  g_assert_true(card->lines[0].mono);
  assert_line(card, 1, "Size", "4,096 B");
  assert_line(card, 2, "Heap", "0x1f0000000 · clang++.exe");
  assert_line(card, 3, "Born", "1.4241 s · thread 1001");
  assert_line(card, 4, "Freed", "1.4662 s · after 42.1 ms");
  /* Seen at an earlier moment of the load, it still lives. */
  g_autoptr(HsCard) early = hs_block_card(trace->timeline, (HsBlockId){0}, 2);
  assert_line(early, 4, "Freed", "not yet: outstanding");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/event-text/cells", test_cells);
  g_test_add_func("/event-text/untold", test_untold);
  g_test_add_func("/event-text/details", test_details);
  g_test_add_func("/event-text/small-buffers", test_small_buffers);
  g_test_add_func("/event-text/card", test_card);
  return g_test_run();
}
