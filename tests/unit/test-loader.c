/* SPDX-License-Identifier: MIT */
/* The loading thread: what it makes of whole files, good, damaged and not traces at all; against the writer's account.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "hs-etl-damage.h"
#include "hs-etl-writer.h"
#include "hs-loader.h"

static GBytes *
random_trace(uint32_t seed, guint n_events, gboolean compress, HsEtlWriter **writer_out)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.compress = compress;
  options.cpus = 1 + seed % 4;
  options.buffer_size_bytes = 4096;
  options.pointer_size = seed % 3 == 0 ? 4 : 8;
  options.clock = 1 + seed % 3;
  options.cpu_mhz = 2400;
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  guint64 ticks = options.start_ticks;
  for (guint i = 0; i < n_events; i++) {
    ticks += (guint64)g_rand_int_range(rand, 0, 50);
    HsEtlWriterAt at = {
        .header = g_rand_boolean(rand) ? HS_ETL_WRITER_SYSTEM64 : HS_ETL_WRITER_SYSTEM32,
        .cpu = (guint)g_rand_int_range(rand, 0, (gint32)options.cpus),
        .time_ticks = ticks,
        .pid = (guint32)g_rand_int_range(rand, 1, 4) * 4,
        .tid = (guint32)g_rand_int_range(rand, 1, 6) * 4,
    };
    guint64 heap = (guint64)g_rand_int_range(rand, 1, 4) << 16;
    guint64 address = (guint64)g_rand_int_range(rand, 1, 200) * 16;
    guint64 size = (guint64)g_rand_int_range(rand, 1, 4000);
    guint32 source = (guint32)g_rand_int_range(rand, 1, 8);
    int dice = g_rand_int_range(rand, 0, 100);
    if (dice < 50)
      hs_etl_writer_alloc(writer, &at, heap, address, size, source);
    else if (dice < 90)
      hs_etl_writer_free_block(writer, &at, heap, address, source);
    else if (dice < 98)
      hs_etl_writer_realloc(writer, &at, heap, address, (guint64)g_rand_int_range(rand, 1, 200) * 16, size, 8, source);
    else if (dice < 99)
      hs_etl_writer_create(writer, &at, heap, 2);
    else
      hs_etl_writer_destroy(writer, &at, heap);
  }
  GBytes *image = hs_etl_writer_finish(writer);
  *writer_out = writer;
  return image;
}

/* A file that is cut while it is mapped: what was read is kept, what was not is told of, and nothing stops the program.
 */
static void
test_shrinks(void)
{
  g_autofree char *path = NULL;
  HsEtlWriter *writer;
  g_autoptr(GBytes) image = random_trace(77, 30000, FALSE, &writer);
  hs_etl_writer_free(writer);
  gsize size;
  const void *data = g_bytes_get_data(image, &size);
  int descriptor = g_file_open_tmp("heapscope-test-XXXXXX.etl", &path, NULL);
  g_assert_cmpint(write(descriptor, data, size), ==, (gssize)size);
  int cancel = 0;
  g_autoptr(HsEtlFile) file = hs_etl_file_open_descriptor(descriptor, path, NULL, &cancel, NULL);
  g_assert_nonnull(file);
  g_assert_cmpuint(hs_etl_file_lost_offset(file), ==, G_MAXUINT64);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  HsEtlRecord record;
  guint n = 0;
  while (n < 100 && hs_etl_merger_next(merger, &record))
    n++;
  g_assert_cmpint(ftruncate(descriptor, (off_t)(size / 2 & ~(gsize)4095)), ==, 0);
  close(descriptor);
  g_unlink(path);
  while (hs_etl_merger_next(merger, &record))
    n++;
  g_assert_cmpuint(n, >, 100);
  g_assert_cmpuint(n, <, 30000);
  g_assert_cmpuint(hs_etl_file_lost_offset(file), >=, size / 2 & ~(gsize)4095);
  g_assert_cmpuint(hs_etl_file_lost_offset(file), <, size);
}

static HsLoader *
load(GBytes *image)
{
  HsLoader *loader = hs_loader_start_bytes(image, "test.etl");
  hs_loader_wait(loader);
  return loader;
}

static void
assert_as_written(HsLoader *loader, HsEtlTruth *truth)
{
  HsTimeline *t = hs_loader_timeline(loader);
  const HsTotals *totals = &t->totals;
  const HsLoadReport *report = hs_loader_report(loader);
  g_assert_cmpuint(report->records, ==, truth->records_total);
  g_assert_cmpuint(report->heap_records, ==, truth->records_heap);
  g_assert_cmpuint(report->skipped_records, ==, truth->records_skipped);
  g_assert_cmpuint(report->buffers, ==, truth->buffers);
  g_assert_cmpuint(hs_timeline_n_rows(t), ==, truth->records_heap);
  g_assert_cmpuint(totals->n_begun, ==, truth->allocation_count);
  g_assert_cmpuint(totals->begun_bytes, ==, truth->allocation_bytes);
  g_assert_cmpuint(totals->outstanding_count, ==, truth->outstanding_count);
  g_assert_cmpuint(totals->outstanding_bytes, ==, truth->outstanding_bytes);
  g_assert_cmpuint(totals->peak_bytes, ==, truth->peak_bytes);
  g_assert_cmpint(hs_clock_to_ns(t->clock, totals->peak_ticks), ==, truth->peak_time_ns);
  g_assert_cmpuint(totals->unmatched_frees, ==, truth->unmatched_frees);
  g_assert_cmpuint(totals->overwritten, ==, truth->overwritten);
  g_assert_cmpuint(totals->freed_by_destroy, ==, truth->freed_by_destroy);
  g_assert_cmpuint(totals->failed_allocs, ==, truth->failed_allocs);
  g_assert_cmpuint(totals->sources[HS_SOURCE_UNKNOWN], ==, truth->sources[0]);
  g_assert_cmpuint(hs_timeline_n_heaps(t), ==, truth->heaps->len);
  g_assert_cmpuint(hs_timeline_n_blocks(t), ==, truth->blocks->len);
  for (guint i = 0; i < truth->blocks->len; i++) {
    const HsEtlTruthBlock *want = &g_array_index(truth->blocks, HsEtlTruthBlock, i);
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    g_assert_cmpuint(block.address, ==, want->address);
    g_assert_cmpuint(block.size, ==, want->size_bytes);
    g_assert_cmpint(hs_clock_to_ns(t->clock, block.begin_ticks), ==, want->begin_ns);
    g_assert_cmpint(block.is_realloc, ==, want->is_realloc);
    if (want->end_ns == G_MAXINT64)
      g_assert_cmpint(block.end_ticks, ==, INT64_MAX);
    else
      g_assert_cmpint(hs_clock_to_ns(t->clock, block.end_ticks), ==, want->end_ns);
  }
}

static void
test_truth(void)
{
  for (uint32_t seed = 0; seed < 24; seed++) {
    g_test_message("seed %u", seed);
    g_autoptr(HsEtlWriter) writer = NULL;
    g_autoptr(GBytes) image = random_trace(seed, 3000, seed % 2 == 0, &writer);
    g_autoptr(HsLoader) loader = load(image);
    g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
    assert_as_written(loader, hs_etl_writer_truth(writer));
  }
}

static void
test_session(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.session_name = "Heap Session";
  options.log_file_name = "C:\\traces\\heap.etl";
  options.events_lost = 17;
  options.os_major = 10;
  options.os_minor = 0;
  options.os_build = 22631;
  options.start_filetime = G_GUINT64_CONSTANT(133700000000000001);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsLoader) loader = load(image);
  const HsSession *session = hs_loader_session(loader);
  g_assert_nonnull(session);
  g_assert_cmpstr(session->name, ==, "Heap Session");
  g_assert_cmpstr(session->log_file, ==, "C:\\traces\\heap.etl");
  g_assert_cmpstr(session->os_version, ==, "10.0.22631");
  g_assert_cmpstr(session->start_utc, ==, "2024-09-05T08:53:20.0000001Z");
  g_assert_cmpuint(session->events_lost, ==, 17);
  g_assert_cmpuint(hs_loader_report(loader)->issues[HS_ETL_ISSUE_EVENTS_LOST].count, ==, 17);
  g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
}

/* Whatever is done to a trace: an outcome, never a crash; and rows only from what is there. */
static void
test_damages(void)
{
  gsize n_damages;
  const HsEtlDamage *damages = hs_etl_damage_list(&n_damages);
  for (int compressed = 0; compressed < 2; compressed++) {
    g_autoptr(HsEtlWriter) writer = NULL;
    g_autoptr(GBytes) image = random_trace(5, 2000, compressed, &writer);
    for (gsize i = 0; i < n_damages; i++) {
      for (guint64 position = 0; position < 5; position++) {
        g_test_message("%s at %" G_GUINT64_FORMAT " (compressed %d)", damages[i].name, position, compressed);
        g_autoptr(GBytes) damaged = hs_etl_damage_apply(image, damages[i].name, position * 3, 99 + (guint32)position);
        g_autoptr(HsLoader) loader = load(damaged);
        HsLoadOutcome outcome = hs_loader_outcome(loader);
        if (damages[i].not_a_trace)
          g_assert_cmpint(outcome, ==, HS_LOAD_FAILED);
        g_assert_true((outcome == HS_LOAD_FAILED) == (hs_loader_error(loader) != NULL));
      }
    }
  }
}

static void
test_cut_anywhere(void)
{
  g_autoptr(HsEtlWriter) writer = NULL;
  g_autoptr(GBytes) image = random_trace(8, 4000, TRUE, &writer);
  gsize size = g_bytes_get_size(image);
  uint32_t seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  uint32_t most = 0;
  for (gsize i = 0; i < 4096 + 200; i++) {
    gsize at = i < 4096 ? i : (gsize)g_rand_int_range(rand, 4096, (gint32)size);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(image, 0, at);
    g_autoptr(HsLoader) loader = load(cut);
    HsLoadOutcome outcome = hs_loader_outcome(loader);
    uint32_t rows = hs_timeline_n_rows(hs_loader_timeline(loader));
    if (outcome == HS_LOAD_FAILED)
      g_assert_cmpuint(strlen(hs_loader_error(loader)->message), >, 10);
    else
      g_assert_cmpuint(rows, <=, hs_etl_writer_truth(writer)->records_heap);
    most = MAX(most, rows);
  }
  g_assert_cmpuint(most, >, 1000);
}

static void
assert_refused(const char *path, const char *expected)
{
  g_autoptr(HsLoader) loader = hs_loader_start(path);
  g_assert_cmpint(hs_loader_wait(loader), ==, HS_LOAD_FAILED);
  const char *message = hs_loader_error(loader)->message;
  g_test_message("%s", message);
  g_assert_nonnull(strstr(message, path));
  g_assert_nonnull(strstr(message, expected));
}

static void
test_not_traces(void)
{
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  assert_refused(folder, "directory");
  g_autofree char *missing = g_build_filename(folder, "missing.etl", NULL);
  assert_refused(missing, "No such file");
  g_autofree char *path = g_build_filename(folder, "file.etl", NULL);
  g_assert_true(g_file_set_contents(path, "", 0, NULL));
  assert_refused(path, "empty");
  g_autofree char *text = g_strnfill(10000, 'x');
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  assert_refused(path, "expected");
  g_assert_true(g_file_set_contents(path, "\x89PNG\r\n\x1a\n", 8, NULL));
  assert_refused(path, "expected");
  g_unlink(path);
  g_rmdir(folder);
}

/* A cancel is obeyed within 100 ms, and what was read stays. */
static void
test_cancel(void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("heapscope-XXXXXX.etl", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  close(fd);
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.truth_mode = HS_ETL_TRUTH_COUNTS;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, NULL);
  for (guint i = 0; i < 3000000; i++) {
    HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64};
    at.time_ticks = options.start_ticks + i;
    at.pid = 4;
    at.tid = 8;
    hs_etl_writer_alloc(writer, &at, 0x10000, 0x1000 + (guint64)i * 16, 16, 3);
  }
  g_assert_true(hs_etl_writer_close(writer, NULL));
  g_autoptr(HsLoader) loader = hs_loader_start(path);
  HsTimeline *timeline = hs_loader_timeline(loader);
  while (hs_timeline_n_rows(timeline) < 10000 && hs_loader_outcome(loader) == HS_LOAD_RUNNING)
    g_usleep(200);
  int64_t start = g_get_monotonic_time();
  hs_loader_cancel(loader);
  HsLoadOutcome outcome = hs_loader_wait(loader);
  int64_t took = g_get_monotonic_time() - start;
  g_test_message("cancelled in %" G_GINT64_FORMAT " us", took);
  g_assert_cmpint(outcome, ==, HS_LOAD_PARTIAL);
  const HsLoadReport *report = hs_loader_report(loader);
  g_assert_true(report->cancelled);
  /* What the reader had ready but nobody took is in no figure. */
  g_assert_cmpuint(report->heap_records, ==, hs_timeline_n_rows(timeline));
  g_assert_cmpuint(report->skipped_records, ==, 0);
  g_assert_cmpuint(report->records, ==, report->heap_records + 1);
  g_assert_cmpuint(hs_timeline_n_rows(timeline), >=, 10000);
  g_assert_cmpuint(hs_timeline_n_rows(timeline), <, 3000000);
  g_assert_true(hs_timeline_complete(timeline));

  g_assert_cmpint(took, <, 100000);
  g_unlink(path);
}

/* Readers look while the thread writes: what is below the count must be whole. */
static void
test_read_while_loading(void)
{
  g_autoptr(HsEtlWriter) writer = NULL;
  g_autoptr(GBytes) image = random_trace(11, 60000, TRUE, &writer);
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(image, "test.etl");
  HsTimeline *t = hs_loader_timeline(loader);
  uint32_t seen = 0;
  for (;;) {
    bool running = hs_loader_outcome(loader) == HS_LOAD_RUNNING;
    uint32_t n = hs_timeline_n_rows(t);
    int64_t last = INT64_MIN;
    for (HsRow row = seen; row < n; row++) {
      HsEvent event;
      hs_timeline_event(t, row, &event);
      g_assert_cmpint(event.ticks, >=, last);
      last = event.ticks;
      g_assert_cmpuint(event.process.v, <, hs_timeline_n_processes(t));
      if (event.block.v != HS_ID_NONE) {
        HsBlock block;
        hs_timeline_block(t, event.block, n, &block);
        g_assert_cmpuint(block.begin_row, <=, row);
      }
    }
    seen = n;
    if (!running)
      break;
  }
  g_assert_cmpuint(seen, ==, hs_etl_writer_truth(writer)->records_heap);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/loader/shrinks", test_shrinks);
  g_test_add_func("/loader/truth", test_truth);
  g_test_add_func("/loader/session", test_session);
  g_test_add_func("/loader/damages", test_damages);
  g_test_add_func("/loader/cut-anywhere", test_cut_anywhere);
  g_test_add_func("/loader/not-traces", test_not_traces);
  g_test_add_func("/loader/cancel", test_cancel);
  g_test_add_func("/loader/read-while-loading", test_read_while_loading);
  return g_test_run();
}
