/* SPDX-License-Identifier: MIT */
/* Whose a heap record is, from the file to the timeline: header kinds and widths, processes that share handles, pids
 * that are used again, records without a handle; and what a cut leaves of it. */
#include <glib.h>

#include "filtered.h"
#include "hs-etl-damage.h"
#include "hs-etl-writer.h"
#include "hs-loader.h"
#include "hs-row-set.h"
#include "hs-series.h"

typedef struct {
  HsEtlWriter *writer;
  HsEtlWriterAt at;
  guint64 start_ticks;
} Story;

static void
begin(Story *story)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 4096;
  *story = (Story){.writer = hs_etl_writer_new(&options), .start_ticks = options.start_ticks};
  story->at = (HsEtlWriterAt){.header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks};
}

/* The moment after the last one, for the next record of `pid`. */
static const HsEtlWriterAt *
next(Story *story, HsEtlWriterHeader header, guint32 pid, guint32 tid)
{
  story->at.header = header;
  story->at.time_ticks += 10;
  story->at.pid = pid;
  story->at.tid = tid;
  return &story->at;
}

static void
tell_process(Story *story, HsEtlWriterProcessOp op, guint32 pid, const char *name)
{
  HsEtlWriterProcess process = {.op = op, .version = 4, .pid = pid, .name = name};
  hs_etl_writer_process(story->writer, next(story, HS_ETL_WRITER_SYSTEM64, 4, 8), &process);
}

static HsLoader *
load(GBytes *image)
{
  HsLoader *loader = hs_loader_start_bytes(image, "test.etl");
  hs_loader_wait(loader);
  return loader;
}

static HsLoader *
end(Story *story)
{
  g_autoptr(GBytes) image = hs_etl_writer_finish(story->writer);
  HsLoader *loader = load(image);
  g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
  g_assert_cmpuint(hs_loader_report(loader)->heap_records, ==, hs_etl_writer_truth(story->writer)->records_heap);
  hs_etl_writer_free(story->writer);
  return loader;
}

static uint32_t
pid_of(const HsTimeline *timeline, const HsEvent *event)
{
  return hs_timeline_process(timeline, event->process)->pid;
}

static void
test_carriers(void)
{
  static const struct {
    HsEtlWriterHeader header;
    bool narrow, has_ids;
  } carriers[] = {
      {HS_ETL_WRITER_SYSTEM32, true, true},    {HS_ETL_WRITER_SYSTEM64, false, true},
      {HS_ETL_WRITER_COMPACT32, true, true},   {HS_ETL_WRITER_COMPACT64, false, true},
      {HS_ETL_WRITER_FULL32, true, true},      {HS_ETL_WRITER_FULL64, false, true},
      {HS_ETL_WRITER_INSTANCE32, true, true},  {HS_ETL_WRITER_INSTANCE64, false, true},
      {HS_ETL_WRITER_PERFINFO32, true, false}, {HS_ETL_WRITER_PERFINFO64, false, false},
  };
  Story story;
  begin(&story);
  for (guint32 i = 0; i < G_N_ELEMENTS(carriers); i++) {
    guint64 heap = carriers[i].narrow ? 0x560000 : 0x1f2345670000;
    const HsEtlWriterAt *at = next(&story, carriers[i].header, 100 + i * 4, 200 + i * 4);
    hs_etl_writer_alloc(story.writer, at, heap, heap + 0x1000 + i, 64 + i, 2);
    at = next(&story, carriers[i].header, 100 + i * 4, 200 + i * 4);
    hs_etl_writer_realloc(story.writer, at, heap, heap + 0x1000 + i, 96 + i, heap + 0x1000 + i, 64 + i, 3);
    at = next(&story, carriers[i].header, 100 + i * 4, 200 + i * 4);
    hs_etl_writer_free_block(story.writer, at, heap, heap + 0x1000 + i, 3);
  }
  g_autoptr(HsLoader) loader = end(&story);
  HsTimeline *t = hs_loader_timeline(loader);
  g_assert_cmpuint(hs_timeline_n_rows(t), ==, 3 * G_N_ELEMENTS(carriers));
  for (uint32_t i = 0; i < G_N_ELEMENTS(carriers); i++) {
    guint64 heap = carriers[i].narrow ? 0x560000 : 0x1f2345670000;
    HsEvent event;
    hs_timeline_event(t, i * 3 + 1, &event);
    g_assert_cmpuint(event.op, ==, HS_OP_REALLOC);
    g_assert_cmpuint(event.address, ==, heap + 0x1000 + i);
    g_assert_cmpuint(event.size, ==, 96 + i);
    g_assert_cmpuint(event.old_size, ==, 64 + i);
    g_assert_cmpuint(hs_timeline_heap(t, event.heap)->handle, ==, heap);
    g_assert_cmpuint(pid_of(t, &event), ==, carriers[i].has_ids ? 100 + i * 4 : UINT32_MAX);
    g_assert_cmpuint(hs_timeline_thread(t, event.thread)->tid, ==, carriers[i].has_ids ? 200 + i * 4 : UINT32_MAX);
    if (carriers[i].has_ids)
      g_assert_cmpuint(hs_timeline_process(t, event.process)->is_32bit, ==, carriers[i].narrow);
  }
  g_assert_cmpuint(t->totals.outstanding_count, ==, 0);
  g_assert_cmpuint(t->totals.unmatched_frees, ==, 0);
}

/* The same handle and the same addresses everywhere: in two processes at once, then in another one of the same pid. */
static void
test_shared_handles(void)
{
  const guint64 heap = 0x1f0000, address = 0x1f1000;
  Story story;
  begin(&story);
  tell_process(&story, HS_ETL_WRITER_PROCESS_DC_START, 100, "first.exe");
  tell_process(&story, HS_ETL_WRITER_PROCESS_DC_START, 200, "second.exe");
  hs_etl_writer_alloc(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), heap, address, 10, 3);
  hs_etl_writer_alloc(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 200, 1), heap, address, 200, 3);
  tell_process(&story, HS_ETL_WRITER_PROCESS_END, 100, "first.exe");
  tell_process(&story, HS_ETL_WRITER_PROCESS_START, 100, "third.exe");
  hs_etl_writer_alloc(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), heap, address, 3000, 3);
  hs_etl_writer_free_block(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 200, 1), heap, address, 3);
  g_autoptr(HsLoader) loader = end(&story);
  HsTimeline *t = hs_loader_timeline(loader);
  static const struct {
    const char *process;
    uint64_t size;
    HsEnd end;
  } want[] = {
      {"first.exe", 10, HS_END_PROCESS_EXIT}, {"second.exe", 200, HS_END_FREE}, {"third.exe", 3000, HS_END_NONE}};
  g_assert_cmpuint(hs_timeline_n_heaps(t), ==, G_N_ELEMENTS(want));
  g_assert_cmpuint(hs_timeline_n_blocks(t), ==, G_N_ELEMENTS(want));
  for (uint32_t i = 0; i < G_N_ELEMENTS(want); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    HsProcessId process = hs_timeline_heap(t, block.heap)->process;
    g_assert_cmpstr(hs_timeline_process_name(t, process), ==, want[i].process);
    g_assert_cmpuint(block.size, ==, want[i].size);
    g_assert_cmpint(block.end, ==, want[i].end);
  }
  g_assert_cmpuint(t->totals.overwritten, ==, 0);
  g_assert_cmpuint(t->totals.ended_by_exit, ==, 1);
  g_assert_cmpuint(hs_timeline_find_heap(t, 100, heap).v, ==, 2);
}

/* A handle of 0 is a heap where blocks are told of it, and none where the record has no handle: also right after. */
static void
test_without_handle(void)
{
  static const guint8 nothing[4];
  Story story;
  begin(&story);
  hs_etl_writer_alloc(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), 0, 0x1000, 10, 3);
  HsEtlWriterHeapEvent slot = {.op = HS_ETL_WRITER_HEAP_AFFINITY_SLOT, .index = 7};
  hs_etl_writer_heap(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), &slot);
  hs_etl_writer_hook(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), 0x103b, 2, nothing, 4);
  hs_etl_writer_free_block(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), 0, 0x1000, 3);
  g_autoptr(HsLoader) loader = end(&story);
  HsTimeline *t = hs_loader_timeline(loader);
  static const uint32_t heaps[] = {0, HS_ID_NONE, HS_ID_NONE, 0};
  static const HsOp ops[] = {HS_OP_ALLOC, HS_OP_AFFINITY_SLOT, HS_OP_OTHER, HS_OP_FREE};
  g_assert_cmpuint(hs_timeline_n_rows(t), ==, 4);
  for (HsRow row = 0; row < 4; row++) {
    HsEvent event;
    hs_timeline_event(t, row, &event);
    g_assert_cmpint(event.op, ==, ops[row]);
    g_assert_cmpuint(event.heap.v, ==, heaps[row]);
    g_assert_cmpuint(pid_of(t, &event), ==, 100);
  }
  g_autoptr(HsFilter) filter = hs_filter_new();
  hs_filter_only_heap(filter, (HsHeapId){0});
  g_autoptr(HsRowSet) set = filtered_rows(t, filter, 4);
  g_assert_cmpuint(hs_row_set_count(set), ==, 2);
  g_autoptr(HsRowSet) all = hs_row_set_new_all(4);
  g_autoptr(HsRowOrder) order = hs_row_order_new(t, all, HS_COLUMN_HEAP, false, NULL);
  g_assert_cmpuint(hs_row_order_at(order, 1), ==, 3);
  g_assert_cmpuint(hs_row_order_at(order, 2), ==, 1);
  g_autoptr(HsSeriesSet) series = filtered_series(t, filter, 4);
  int64_t bytes;
  uint32_t count;
  hs_series_at(series, 25, &bytes, &count);
  g_assert_cmpint(bytes, ==, 10);
  g_assert_cmpuint(count, ==, 1);
}

static uint32_t
rows_of_cut(GBytes *image, gsize length)
{
  g_autoptr(GBytes) cut = g_bytes_new_from_bytes(image, 0, length);
  g_autoptr(HsLoader) loader = load(cut);
  g_assert_cmpint(hs_loader_outcome(loader), !=, HS_LOAD_FAILED);
  return hs_timeline_n_rows(hs_loader_timeline(loader));
}

/* A cut costs no record of the buffers before it, and of a plain buffer that it hits only what lies behind. */
static void
test_cuts(void)
{
  Story story;
  begin(&story);
  for (guint i = 0; i < 1000; i++) {
    story.at.cpu = i % 4;
    hs_etl_writer_alloc(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 100, 1), 0x10000, 0x20000 + i * 64, 64, 2);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(story.writer);
  g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
  hs_etl_writer_free(story.writer);
  /* 4,096 bytes: a header of 72 and 62 records of 64 bytes, the last one without its padding. */
  const uint32_t whole = (4096 - 72) / 64;
  g_assert_cmpuint(offsets->len, >, 8);
  for (guint i = 1; i + 5 < offsets->len; i++) {
    gsize at = (gsize)g_array_index(offsets, guint64, i);
    g_assert_cmpuint(rows_of_cut(image, at), ==, (i - 1) * whole);
    g_assert_cmpuint(rows_of_cut(image, at + 71), ==, (i - 1) * whole);
    g_assert_cmpuint(rows_of_cut(image, at + 72 + 10 * 64 + 30), ==, (i - 1) * whole + 10);
  }
}

#define MANY_HEAPS 5000

/* More heaps than are brought up to date together, all with events at any time. */
static void
test_many_heaps(void)
{
  const guint64 spacing = 1 << 20;
  Story story;
  begin(&story);
  for (guint32 round = 0; round < 4; round++) {
    for (guint32 i = 0; i < MANY_HEAPS; i++) {
      guint64 heap = spacing * (i + 1), block = heap + 0x1000 + round * 0x100;
      const HsEtlWriterAt *at = next(&story, HS_ETL_WRITER_SYSTEM64, 500, 600);
      hs_etl_writer_alloc(story.writer, at, heap, block, 16 + round, 2);
      if (i % 4 == round)
        hs_etl_writer_free_block(story.writer, next(&story, HS_ETL_WRITER_SYSTEM64, 500, 600), heap, block, 2);
    }
  }
  g_autoptr(HsLoader) loader = end(&story);
  HsTimeline *timeline = hs_loader_timeline(loader);
  g_assert_cmpuint(hs_timeline_n_heaps(timeline), ==, MANY_HEAPS);
  for (guint32 i = 0; i < MANY_HEAPS; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    guint32 freed = (guint32)(heap->handle / spacing - 1) % 4;
    g_assert_cmpuint(heap->n_allocs, ==, 4);
    g_assert_cmpuint(heap->n_frees, ==, 1);
    g_assert_cmpuint(heap->n_events, ==, 5);
    g_assert_cmpuint(heap->outstanding_count, ==, 3);
    g_assert_cmpuint(heap->allocated_bytes, ==, 16 + 17 + 18 + 19);
    g_assert_cmpuint(heap->outstanding_bytes, ==, 16 + 17 + 18 + 19 - (16 + freed));
  }
  g_assert_cmpuint(timeline->totals.outstanding_count, ==, 3 * MANY_HEAPS);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/loader/origins/carriers", test_carriers);
  g_test_add_func("/loader/origins/shared-handles", test_shared_handles);
  g_test_add_func("/loader/origins/without-handle", test_without_handle);
  g_test_add_func("/loader/origins/cuts", test_cuts);
  g_test_add_func("/loader/origins/many-heaps", test_many_heaps);
  return g_test_run();
}
