/* SPDX-License-Identifier: MIT */
/* Every row of the table "what an event means", and what hangs on it: totals, heap figures, instances. */
#include <glib.h>

#include "hs-builder.h"

#define PID 100
#define TID 7
#define HEAP UINT64_C(0x1f0000)

typedef struct {
  HsTimeline *timeline;
  HsBuilder *builder;
  int64_t now;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
  f->timeline = hs_timeline_new();
  f->builder = hs_builder_new(f->timeline, (HsClock){10000000});
  f->now = 0;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
  hs_builder_free(f->builder);
  hs_timeline_unref(f->timeline);
}

/* Appends, publishes, returns the row. */
static HsRow
add_by(Fixture *f, uint32_t tid, HsOp op, uint64_t address, uint64_t size, uint64_t old_address, uint64_t old_size)
{
  HsHeapEvent event = {
      .ticks = f->now += 10,
      .pid = PID,
      .tid = tid,
      .op = (uint8_t)op,
      .has_source = op == HS_OP_ALLOC || op == HS_OP_FREE || op == HS_OP_REALLOC,
      .source_id = 3,
      .wide = true,
      .handle = HEAP,
      .address = address,
      .size = size,
      .old_address = old_address,
      .old_size = old_size,
  };
  g_autoptr(GError) error = NULL;
  g_assert_true(hs_builder_add(f->builder, &event, &error));
  g_assert_no_error(error);
  hs_builder_publish(f->builder, f->now);
  return hs_timeline_n_rows(f->timeline) - 1;
}

static HsRow
add(Fixture *f, HsOp op, uint64_t address, uint64_t size, uint64_t old_address, uint64_t old_size)
{
  return add_by(f, TID, op, address, size, old_address, old_size);
}

static HsBlock
block(Fixture *f, uint32_t id)
{
  HsBlock b;
  g_assert_cmpuint(id, <, hs_timeline_n_blocks(f->timeline));
  hs_timeline_block(f->timeline, (HsBlockId){id}, hs_timeline_n_rows(f->timeline), &b);
  return b;
}

static void
assert_outstanding(Fixture *f, uint64_t count, uint64_t bytes)
{
  const HsTotals *totals = &f->timeline->totals;
  g_assert_cmpuint(HS_GET(totals->outstanding_count), ==, count);
  g_assert_cmpuint(HS_GET(totals->outstanding_bytes), ==, bytes);
}

static void
assert_begun(Fixture *f, uint64_t count, uint64_t bytes)
{
  g_assert_cmpuint(HS_GET(f->timeline->totals.n_begun), ==, count);
  g_assert_cmpuint(HS_GET(f->timeline->totals.begun_bytes), ==, bytes);
  g_assert_cmpuint(hs_timeline_n_blocks(f->timeline), ==, count);
}

/* Begun with one row and over with another; HS_END_NONE: outstanding, whatever `end_row` is. */
static void
assert_block(Fixture *f, uint32_t id, HsRow begin_row, bool is_realloc, HsEnd end, HsRow end_row)
{
  HsBlock b = block(f, id);
  g_assert_cmpuint(b.begin_row, ==, begin_row);
  g_assert_cmpint(b.begin_ticks, ==, hs_timeline_ticks(f->timeline, begin_row));
  g_assert_cmpint(b.is_realloc, ==, is_realloc);
  g_assert_cmpint(b.end, ==, end);
  g_assert_cmpuint(b.end_row, ==, end != HS_END_NONE ? end_row : HS_ROW_OUTSTANDING);
  g_assert_cmpint(b.end_ticks, ==, end != HS_END_NONE ? hs_timeline_ticks(f->timeline, end_row) : INT64_MAX);
}

static void
test_alloc_and_free(Fixture *f, gconstpointer unused)
{
  HsRow a = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  assert_outstanding(f, 1, 24);
  HsRow d = add(f, HS_OP_FREE, 0x1000, 0, 0, 0);
  assert_outstanding(f, 0, 0);
  assert_begun(f, 1, 24);
  assert_block(f, 0, a, false, HS_END_FREE, d);
  HsBlock b = block(f, 0);
  g_assert_cmpint(b.begin_ticks, ==, 10);
  g_assert_cmpint(b.end_ticks, ==, 20);
  g_assert_cmpint(b.source, ==, HS_SOURCE_MAINPATH);
  g_assert_cmpuint(hs_timeline_row_block(f->timeline, d).v, ==, 0);
  g_assert_cmpuint(f->timeline->totals.peak_bytes, ==, 24);
  g_assert_cmpint(f->timeline->totals.peak_ticks, ==, 10);
}

static void
test_alloc_overwrites(Fixture *f, gconstpointer unused)
{
  HsRow first = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow second = add(f, HS_OP_ALLOC, 0x1000, 40, 0, 0);
  assert_outstanding(f, 1, 40);
  assert_begun(f, 2, 64);
  g_assert_cmpuint(f->timeline->totals.overwritten, ==, 1);
  assert_block(f, 0, first, false, HS_END_OVERWRITTEN, second);
  assert_block(f, 1, second, false, HS_END_NONE, 0);
  g_assert_cmpuint(hs_timeline_row_block(f->timeline, second).v, ==, 1);
  g_assert_cmpuint(hs_timeline_row_ended_block(f->timeline, second).v, ==, 0);
}

static void
test_alloc_failed(Fixture *f, gconstpointer unused)
{
  HsRow row = add(f, HS_OP_ALLOC, 0, 1 << 30, 0, 0);
  assert_outstanding(f, 0, 0);
  g_assert_cmpuint(f->timeline->totals.failed_allocs, ==, 1);
  g_assert_cmpuint(hs_timeline_n_blocks(f->timeline), ==, 0);
  HsEvent event;
  hs_timeline_event(f->timeline, row, &event);
  g_assert_true(event.failed);
  g_assert_cmpuint(event.size, ==, 1 << 30);
}

static void
test_free_unmatched(Fixture *f, gconstpointer unused)
{
  HsRow row = add(f, HS_OP_FREE, 0x7000, 0, 0, 0);
  assert_outstanding(f, 0, 0);
  assert_begun(f, 0, 0);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 1);
  HsEvent event;
  hs_timeline_event(f->timeline, row, &event);
  g_assert_true(event.unmatched);
  g_assert_cmphex(event.address, ==, 0x7000);
  g_assert_false(event.has_size);
}

static void
test_realloc_in_place(Fixture *f, gconstpointer unused)
{
  HsRow first = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0x1000, 100, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  assert_begun(f, 2, 124);
  assert_block(f, 0, first, false, HS_END_REALLOC, row);
  assert_block(f, 1, row, true, HS_END_NONE, 0);
  g_assert_cmpuint(block(f, 1).size, ==, 100);
  g_assert_cmphex(block(f, 1).address, ==, 0x1000);
  g_assert_cmpuint(f->timeline->totals.peak_bytes, ==, 100);
  HsEvent event;
  hs_timeline_event(f->timeline, row, &event);
  g_assert_true(event.has_old);
  g_assert_cmphex(event.old_address, ==, 0x1000);
  g_assert_cmpuint(event.old_size, ==, 24);
}

static void
test_realloc_in_place_of_unknown(Fixture *f, gconstpointer unused)
{
  HsRow row = add(f, HS_OP_REALLOC, 0x1000, 100, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  assert_begun(f, 1, 100);
  assert_block(f, 0, row, true, HS_END_NONE, 0);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 0);
}

static void
test_realloc_summary(Fixture *f, gconstpointer unused)
{
  HsRow old = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow new = add(f, HS_OP_ALLOC, 0x2000, 100, 0, 0);
  HsRow freed = add(f, HS_OP_FREE, 0x1000, 0, 0, 0);
  g_assert_false(block(f, 1).is_realloc);
  HsRow row = add(f, HS_OP_REALLOC, 0x2000, 100, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  assert_begun(f, 2, 124);
  assert_block(f, 0, old, false, HS_END_FREE, freed);
  assert_block(f, 1, new, true, HS_END_NONE, 0);
  g_assert_cmpuint(hs_timeline_row_block(f->timeline, row).v, ==, 1);
  g_assert_cmpuint(hs_timeline_row_ended_block(f->timeline, row).v, ==, HS_ID_NONE);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 0);
  g_assert_cmpuint(f->timeline->totals.overwritten, ==, 0);
}

/* A summary that tells another size than the Alloc before it: the row keeps its word, and is of the block all the same.
 */
static void
test_realloc_summary_other_size(Fixture *f, gconstpointer unused)
{
  add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  add(f, HS_OP_ALLOC, 0x2000, 100, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0x2000, 90, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  g_assert_true(block(f, 1).is_realloc);
  g_assert_cmpint(block(f, 0).end, ==, HS_END_REALLOC);
  g_assert_cmpuint(hs_timeline_row_block(f->timeline, row).v, ==, 1);
  HsEvent event;
  hs_timeline_event(f->timeline, row, &event);
  g_assert_cmpuint(event.block.v, ==, 1);
  g_assert_cmphex(event.address, ==, 0x2000);
  g_assert_cmpuint(event.size, ==, 90);
  g_assert_false(event.failed);
}

/* Between Free(old) and the summary another thread gets the old address: it must keep it. */
static void
test_realloc_summary_old_taken(Fixture *f, gconstpointer unused)
{
  HsRow old = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow new = add(f, HS_OP_ALLOC, 0x2000, 100, 0, 0);
  HsRow freed = add(f, HS_OP_FREE, 0x1000, 0, 0, 0);
  HsRow taken = add_by(f, TID + 1, HS_OP_ALLOC, 0x1000, 16, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0x2000, 100, 0x1000, 24);
  assert_outstanding(f, 2, 116);
  assert_begun(f, 3, 140);
  assert_block(f, 0, old, false, HS_END_FREE, freed);
  assert_block(f, 1, new, true, HS_END_NONE, 0);
  assert_block(f, 2, taken, false, HS_END_NONE, 0);
  g_assert_cmpuint(hs_timeline_thread(f->timeline, block(f, 2).thread)->tid, ==, TID + 1);
  g_assert_cmpuint(hs_timeline_row_block(f->timeline, row).v, ==, 1);
  g_assert_cmpuint(hs_timeline_row_ended_block(f->timeline, row).v, ==, HS_ID_NONE);
  g_assert_cmpuint(f->timeline->totals.overwritten, ==, 0);
  /* It is the other thread's to free. */
  HsRow last = add_by(f, TID + 1, HS_OP_FREE, 0x1000, 0, 0, 0);
  assert_block(f, 2, taken, false, HS_END_FREE, last);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 0);
}

/* The Free of the move was lost: the summary ends what began before the new block. */
static void
test_realloc_summary_free_lost(Fixture *f, gconstpointer unused)
{
  HsRow old = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow new = add(f, HS_OP_ALLOC, 0x2000, 100, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0x2000, 100, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  assert_begun(f, 2, 124);
  assert_block(f, 0, old, false, HS_END_REALLOC, row);
  assert_block(f, 1, new, true, HS_END_NONE, 0);
  g_assert_cmpuint(hs_timeline_row_ended_block(f->timeline, row).v, ==, 0);
}

static void
test_realloc_alone(Fixture *f, gconstpointer unused)
{
  HsRow first = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0x2000, 100, 0x1000, 24);
  assert_outstanding(f, 1, 100);
  assert_block(f, 0, first, false, HS_END_REALLOC, row);
  assert_block(f, 1, row, true, HS_END_NONE, 0);
  HsRow unknown = add(f, HS_OP_REALLOC, 0x3000, 5, 0x9000, 4);
  assert_outstanding(f, 2, 105);
  assert_begun(f, 3, 129);
  assert_block(f, 2, unknown, true, HS_END_NONE, 0);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 0);
}

static void
test_realloc_failed(Fixture *f, gconstpointer unused)
{
  HsRow first = add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  HsRow row = add(f, HS_OP_REALLOC, 0, 1000, 0x1000, 24);
  HsEvent event;
  assert_outstanding(f, 1, 24);
  assert_begun(f, 1, 24);
  assert_block(f, 0, first, false, HS_END_NONE, 0);
  hs_timeline_event(f->timeline, row, &event);
  g_assert_true(event.failed);
  g_assert_cmpuint(event.block.v, ==, HS_ID_NONE);
}

static void
test_destroy(Fixture *f, gconstpointer unused)
{
  add(f, HS_OP_CREATE, 0, 0, 0, 0);
  for (unsigned i = 0; i < 100; i++)
    add(f, HS_OP_ALLOC, 0x1000 + i * 16, 16, 0, 0);
  HsRow row = add(f, HS_OP_DESTROY, 0, 0, 0, 0);
  assert_outstanding(f, 0, 0);
  g_assert_cmpuint(f->timeline->totals.freed_by_destroy, ==, 100);
  g_assert_cmpint(block(f, 42).end, ==, HS_END_DESTROY);
  g_assert_cmpuint(block(f, 42).end_row, ==, row);
  add(f, HS_OP_CREATE, 0, 0, 0, 0);
  add(f, HS_OP_FREE, 0x1000, 0, 0, 0);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 1);
  g_assert_cmpuint(hs_timeline_n_heaps(f->timeline), ==, 2);
  g_assert_cmpuint(hs_timeline_find_heap(f->timeline, PID, HEAP).v, ==, 1);
  const HsHeap *first = hs_timeline_heap(f->timeline, (HsHeapId){0});
  g_assert_cmpint(first->create_ticks, ==, 10);
  g_assert_cmpint(first->destroy_ticks, ==, 1020);
  g_assert_cmpuint(first->peak_bytes, ==, 1600);
}

static void
test_process_exit(Fixture *f, gconstpointer unused)
{
  hs_builder_process_start(f->builder, 5, true, PID, 4, false, "\\Device\\HarddiskVolume3\\a.exe", "a.exe -x");
  add(f, HS_OP_ALLOC, 0x1000, 24, 0, 0);
  f->now += 50;
  g_assert_true(hs_builder_process_end(f->builder, f->now, PID, NULL, NULL));
  hs_builder_process_start(f->builder, f->now + 1, false, PID, 4, true, "b.exe", NULL);
  HsRow later = add(f, HS_OP_FREE, 0x1000, 0, 0, 0);
  HsBlock b = block(f, 0);
  g_assert_cmpint(b.end, ==, HS_END_PROCESS_EXIT);
  g_assert_cmpuint(b.end_row, ==, HS_ROW_PROCESS_EXIT);
  g_assert_cmpint(b.end_ticks, ==, 60);
  g_assert_cmpuint(f->timeline->totals.ended_by_exit, ==, 1);
  g_assert_cmpuint(f->timeline->totals.freed_by_destroy, ==, 0);
  g_assert_cmpuint(f->timeline->totals.unmatched_frees, ==, 1);
  HsEvent event;
  hs_timeline_event(f->timeline, later, &event);
  g_assert_cmpstr(hs_timeline_process_name(f->timeline, event.process), ==, "b.exe");
  g_assert_cmpstr(hs_timeline_process_name(f->timeline, (HsProcessId){0}), ==, "a.exe");
  g_assert_cmpuint(hs_timeline_process(f->timeline, event.process)->is_32bit, ==, 1);
}

static void
test_others_keep_rows(Fixture *f, gconstpointer unused)
{
  HsHeapEvent event = {.ticks = 1,
                       .pid = PID,
                       .tid = TID,
                       .op = HS_OP_EXTEND,
                       .wide = true,
                       .handle = HEAP,
                       .address = 0x10000,
                       .size = 0x2000,
                       .has_sizes = true,
                       .committed_bytes = 0x3000,
                       .reserved_bytes = 0x10000};
  g_assert_true(hs_builder_add(f->builder, &event, NULL));
  HsHeapEvent slot = {.ticks = 2, .pid = PID, .tid = TID, .op = HS_OP_AFFINITY_SLOT, .wide = true, .detail = 3};
  g_assert_true(hs_builder_add(f->builder, &slot, NULL));
  hs_builder_finish(f->builder, 9);
  HsEvent e;
  hs_timeline_event(f->timeline, 0, &e);
  g_assert_nonnull(e.detail);
  g_assert_cmpuint(e.detail->committed_bytes, ==, 0x3000);
  g_assert_cmphex(e.address, ==, 0x10000);
  hs_timeline_event(f->timeline, 1, &e);
  g_assert_cmpuint(e.heap.v, ==, HS_ID_NONE);
  g_assert_cmpuint(hs_timeline_process(f->timeline, e.process)->pid, ==, PID);
  g_assert_cmpuint(hs_timeline_n_heaps(f->timeline), ==, 1);
  g_assert_cmpuint(hs_timeline_n_regions(f->timeline), ==, 1);
  int64_t t0, t1;
  hs_timeline_span(f->timeline, &t0, &t1);
  g_assert_cmpint(t0, ==, 0);
  g_assert_cmpint(t1, ==, 10);
}

static void
test_sizes_and_times_at_the_edges(Fixture *f, gconstpointer unused)
{
  f->now = -1000;
  HsRow first = add(f, HS_OP_ALLOC, UINT64_MAX, UINT32_MAX, 0, 0);
  f->now += INT64_C(1) << 40;
  HsRow far = add(f, HS_OP_ALLOC, 1, UINT64_C(1) << 50, 0, 0);
  f->now -= 500;
  HsRow back = add(f, HS_OP_ALLOC, 2, UINT32_MAX - 1, 0, 0);
  g_assert_cmpint(hs_timeline_ticks(f->timeline, first), ==, -990);
  g_assert_cmpint(hs_timeline_ticks(f->timeline, far), ==, -980 + (INT64_C(1) << 40));
  g_assert_cmpint(hs_timeline_ticks(f->timeline, back), ==, hs_timeline_ticks(f->timeline, far));
  g_assert_cmpuint(block(f, 0).size, ==, UINT32_MAX);
  g_assert_cmpuint(block(f, 1).size, ==, UINT64_C(1) << 50);
  g_assert_cmpuint(block(f, 2).size, ==, UINT32_MAX - 1);
  /* What a block's own word holds, and what it does not. */
  for (uint64_t i = 0; i < 3; i++)
    add(f, HS_OP_ALLOC, 0x1000 + i, HS_BLOCK_BIG - 1 + i, 0, 0);
  for (uint32_t i = 0; i < 3; i++) {
    g_assert_cmpuint(block(f, 3 + i).size, ==, HS_BLOCK_BIG - 1 + i);
    add(f, HS_OP_FREE, 0x1000 + i, 0, 0, 0);
    g_assert_cmpuint(block(f, 3 + i).size, ==, HS_BLOCK_BIG - 1 + i);
    g_assert_cmpint(block(f, 3 + i).end, ==, HS_END_FREE);
  }
  g_assert_cmpuint(hs_timeline_row_at(f->timeline, 0, 3), ==, 1);
  g_assert_cmpuint(hs_timeline_row_at(f->timeline, -990, 3), ==, 0);
  g_assert_cmpuint(hs_timeline_row_at(f->timeline, INT64_MAX, 3), ==, 3);
}

static void
test_odd_source(Fixture *f, gconstpointer unused)
{
  HsHeapEvent event = {.ticks = 1,
                       .pid = PID,
                       .op = HS_OP_ALLOC,
                       .has_source = true,
                       .source_id = 77,
                       .wide = true,
                       .handle = HEAP,
                       .address = 16,
                       .size = 1};
  g_assert_true(hs_builder_add(f->builder, &event, NULL));
  hs_builder_publish(f->builder, 1);
  HsEvent e;
  hs_timeline_event(f->timeline, 0, &e);
  g_assert_cmpint(e.source, ==, HS_SOURCE_UNKNOWN);
  g_assert_cmpuint(e.source_id, ==, 77);
  g_assert_cmpuint(f->timeline->totals.sources[HS_SOURCE_UNKNOWN], ==, 1);
}

int
main(int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test)(Fixture *, gconstpointer);
  } tests[] = {
      {"/pairing/alloc-free", test_alloc_and_free},
      {"/pairing/alloc-overwrites", test_alloc_overwrites},
      {"/pairing/alloc-failed", test_alloc_failed},
      {"/pairing/free-unmatched", test_free_unmatched},
      {"/pairing/realloc-in-place", test_realloc_in_place},
      {"/pairing/realloc-in-place-unknown", test_realloc_in_place_of_unknown},
      {"/pairing/realloc-summary", test_realloc_summary},
      {"/pairing/realloc-summary-other-size", test_realloc_summary_other_size},
      {"/pairing/realloc-summary-old-taken", test_realloc_summary_old_taken},
      {"/pairing/realloc-summary-free-lost", test_realloc_summary_free_lost},
      {"/pairing/realloc-alone", test_realloc_alone},
      {"/pairing/realloc-failed", test_realloc_failed},
      {"/pairing/destroy", test_destroy},
      {"/pairing/process-exit", test_process_exit},
      {"/pairing/others", test_others_keep_rows},
      {"/pairing/edges", test_sizes_and_times_at_the_edges},
      {"/pairing/odd-source", test_odd_source},
  };
  g_test_init(&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}
