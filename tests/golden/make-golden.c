/* SPDX-License-Identifier: MIT */
/*
 * Makes the small traces that the committed outputs in expected/ belong to: a bit of everything that has a way of its
 * own to be shown, and one of which parts were lost while it was recorded. The same bytes every time.
 *
 *   make-golden OUT.etl OUT.json LOSSY.etl LOSSY.json        each trace, and the writer's account of it
 */
#include <stdlib.h>

#include "hs-etl-writer.h"

#define EDITOR_HEAP 0x1f0000
#define EDITOR_PRIVATE_HEAP 0x2a0000
#define UPDATER_HEAP 0x550000

typedef struct {
  HsEtlWriter *writer;
  HsEtlWriterAt at;
} Story;

/* Moves to a CPU and a time, in units of 0.1 µs since the trace began. */
static const HsEtlWriterAt *
at(Story *story, guint cpu, guint64 ticks)
{
  HsEtlWriterOptions defaults;
  hs_etl_writer_options_init(&defaults);
  story->at.cpu = cpu;
  story->at.time_ticks = defaults.start_ticks + ticks;
  return &story->at;
}

static void
become(Story *story, HsEtlWriterHeader header, guint32 pid, guint32 tid)
{
  story->at.header = header;
  story->at.pid = pid;
  story->at.tid = tid;
}

static void
tell_process(Story *story, HsEtlWriterProcessOp op, guint64 ticks, guint32 pid, const char *name)
{
  HsEtlWriterProcess process = {
      .op = op, .version = 4, .pid = pid, .parent_pid = 4, .name = name, .command_line = name};
  hs_etl_writer_process(story->writer, at(story, 0, ticks), &process);
}

/* A 64-bit program whose name has to be quoted. */
static void
tell_editor(Story *story)
{
  HsEtlWriter *writer = story->writer;
  HsEtlWriterHeapEvent extend = {.op = HS_ETL_WRITER_HEAP_EXTEND,
                                 .heap = EDITOR_HEAP,
                                 .reserved = 65536,
                                 .committed = 8192,
                                 .allocated = 4096,
                                 .free_space = 4096};
  become(story, HS_ETL_WRITER_SYSTEM64, 100, 101);
  tell_process(story, HS_ETL_WRITER_PROCESS_START, 10, 100, "photo, \"pro\".exe");
  hs_etl_writer_create(writer, at(story, 0, 1000), EDITOR_HEAP, 2);
  hs_etl_writer_alloc(writer, at(story, 0, 10000), EDITOR_HEAP, 0x1f1000, 100, 3);
  hs_etl_writer_alloc(writer, at(story, 1, 20000), EDITOR_HEAP, 0x1f2000, 4096, 2);
  hs_etl_writer_heap(writer, at(story, 1, 25000), &extend);
  hs_etl_writer_alloc(writer, at(story, 1, 30000), EDITOR_HEAP, 0x7ff61234000, 5000000000, 4);
  hs_etl_writer_realloc(writer, at(story, 0, 40000), EDITOR_HEAP, 0x1f1000, 150, 0x1f1000, 100, 3);
  /* A move as Windows tells it: the new block, the old one's end, the summary. */
  hs_etl_writer_alloc(writer, at(story, 0, 50000), EDITOR_HEAP, 0x1f4000, 300, 6);
  hs_etl_writer_free_block(writer, at(story, 0, 50001), EDITOR_HEAP, 0x1f1000, 3);
  hs_etl_writer_realloc(writer, at(story, 0, 50002), EDITOR_HEAP, 0x1f4000, 300, 0x1f1000, 150, 6);
  hs_etl_writer_free_block(writer, at(story, 1, 60000), EDITOR_HEAP, 0x7ff61234000, 4);
  hs_etl_writer_free_block(writer, at(story, 1, 65000), EDITOR_HEAP, 0x1fff00, 1); /* from before the trace */
  hs_etl_writer_alloc(writer, at(story, 1, 70000), EDITOR_HEAP, 0, 1 << 20, 4);    /* failed */
  hs_etl_writer_alloc(writer, at(story, 1, 75000), EDITOR_HEAP, 0x1f5000, 64, 9);  /* a source without a name */
  hs_etl_writer_alloc(writer, at(story, 1, 80000), EDITOR_HEAP, 0x1f5000, 80, 5);  /* the free between was lost */
  hs_etl_writer_create(writer, at(story, 0, 85000), EDITOR_PRIVATE_HEAP, 0x1002);
  hs_etl_writer_alloc(writer, at(story, 0, 86000), EDITOR_PRIVATE_HEAP, 0x2a1000, 700, 3);
  hs_etl_writer_alloc(writer, at(story, 0, 87000), EDITOR_PRIVATE_HEAP, 0x2a2000, 800, 3);
  hs_etl_writer_destroy(writer, at(story, 0, 90000), EDITOR_PRIVATE_HEAP);
}

/* A 32-bit program, of which no Create is seen, and which exits. */
static void
tell_updater(Story *story)
{
  HsEtlWriter *writer = story->writer;
  HsEtlWriterHeapEvent commit = {
      .op = HS_ETL_WRITER_HEAP_COMMIT, .heap = UPDATER_HEAP, .address = 0x560000, .size = 12288, .index = 3};
  become(story, HS_ETL_WRITER_SYSTEM32, 200, 204);
  tell_process(story, HS_ETL_WRITER_PROCESS_START, 100000, 200, "updater.exe");
  hs_etl_writer_alloc(writer, at(story, 1, 101000), UPDATER_HEAP, 0x551000, 24, 1);
  hs_etl_writer_heap(writer, at(story, 1, 102000), &commit);
  hs_etl_writer_alloc(writer, at(story, 1, 103000), UPDATER_HEAP, 0x552000, 48, 2);
  /* A move that stands alone. */
  hs_etl_writer_realloc(writer, at(story, 1, 104000), UPDATER_HEAP, 0x553000, 96, 0x552000, 48, 2);
  tell_process(story, HS_ETL_WRITER_PROCESS_END, 110000, 200, "updater.exe");
}

/* A record whose header tells neither process nor thread. */
static void
tell_nobody(Story *story)
{
  become(story, HS_ETL_WRITER_PERFINFO64, 0, 0);
  hs_etl_writer_alloc(story->writer, at(story, 0, 120000), 0x990000, 0x991000, 16, 3);
}

/* Ends the trace and writes its account. */
static gboolean
finish(HsEtlWriter *writer, const char *account_path, GError **error)
{
  if (!hs_etl_writer_close(writer, error))
    return FALSE;
  g_autofree char *truth = hs_etl_truth_to_json(hs_etl_writer_truth(writer));
  return g_file_set_contents(account_path, truth, -1, error);
}

static gboolean
make_whole(const char *path, const char *account_path, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = 2;
  options.buffer_size_bytes = 8192;
  options.session_name = "Golden";
  options.log_file_name = "C:\\golden.etl";
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  Story story = {.writer = writer};
  tell_editor(&story);
  tell_updater(&story);
  tell_nobody(&story);
  return finish(writer, account_path, error);
}

/* A recording that could not keep up: events are missing on one processor, then a buffer on the other. Of the two
 * programs that run, one is traced. */
static void
tell_loss(Story *story)
{
  HsEtlWriter *writer = story->writer;
  become(story, HS_ETL_WRITER_SYSTEM64, 100, 101);
  tell_process(story, HS_ETL_WRITER_PROCESS_DC_START, 10, 100, "server.exe");
  tell_process(story, HS_ETL_WRITER_PROCESS_DC_START, 10, 300, "idle.exe");
  hs_etl_writer_alloc(writer, at(story, 0, 1000), EDITOR_HEAP, 0x1f1000, 100, 3);
  hs_etl_writer_alloc(writer, at(story, 1, 2000), EDITOR_HEAP, 0x1f2000, 200, 3);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 1, HS_ETL_WRITER_FLAG_EVENTS_LOST);
  hs_etl_writer_alloc(writer, at(story, 1, 30000), EDITOR_HEAP, 0x1f2000, 300, 3);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST | HS_ETL_WRITER_FLAG_BUFFER_LOST);
  hs_etl_writer_free_block(writer, at(story, 0, 45000), EDITOR_HEAP, 0x1f3000, 3);
  hs_etl_writer_free_block(writer, at(story, 0, 50000), EDITOR_HEAP, 0x1f1000, 3);
}

static gboolean
make_lossy(const char *path, const char *account_path, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = 2;
  options.buffer_size_bytes = 4096;
  options.session_name = "Lossy";
  options.log_file_name = "C:\\lossy.etl";
  options.events_lost = 1203;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  Story story = {.writer = writer};
  tell_loss(&story);
  return finish(writer, account_path, error);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  if (argc != 5) {
    g_printerr("usage: make-golden OUT.etl OUT.json LOSSY.etl LOSSY.json\n");
    return 2;
  }
  if (!make_whole(argv[1], argv[2], &error) || !make_lossy(argv[3], argv[4], &error)) {
    g_printerr("make-golden: %s\n", error->message);
    return 1;
  }
  return 0;
}
