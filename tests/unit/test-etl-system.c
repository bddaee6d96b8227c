/* SPDX-License-Identifier: MIT */
#include "test-etl-support.h"

static const HsEtlWriterHeader carriers[] = {
    HS_ETL_WRITER_SYSTEM32,   HS_ETL_WRITER_SYSTEM64, HS_ETL_WRITER_COMPACT64, HS_ETL_WRITER_PERFINFO32,
    HS_ETL_WRITER_PERFINFO64, HS_ETL_WRITER_FULL32,   HS_ETL_WRITER_FULL64,
};

/* Runs a decoder over every shorter payload, in blocks of just that length. */
#define FOR_EACH_PREFIX(record, shorter)                                                                               \
  for (gsize length_ = 0; length_ <= (record)->payload.size; length_++)                                                \
    for (HsEtlRecord shorter = prefix_of((record), length_); shorter.payload.data != NULL;                             \
         g_free((gpointer)shorter.payload.data), shorter.payload.data = NULL)

static HsEtlRecord
prefix_of(const HsEtlRecord *record, gsize length)
{
  HsEtlRecord shorter = *record;
  guint8 *exact = g_malloc(MAX(length, 1));
  if (length > 0)
    memcpy(exact, record->payload.data, length);
  shorter.payload = hs_bytes(exact, length);
  return shorter;
}

typedef struct {
  guint version;
  guint op;
  gboolean no_sid;
  guint seen;
} Case;

static HsEtlLife
life_of(guint op)
{
  return op >= 1 && op <= 4 ? (HsEtlLife)(op - 1) : HS_ETL_END;
}

static void
see_process(const HsEtlRecord *record, gpointer data)
{
  Case *c = data;
  HsEtlProcess process;
  bool malformed = true;
  if (!hs_etl_process_decode(record, &process, &malformed)) {
    g_assert_false(malformed);
    return;
  }
  g_assert_true(hs_etl_is_system(record));
  gboolean terminate = c->op == HS_ETL_WRITER_PROCESS_TERMINATE;
  g_assert_cmpint(process.life, ==, life_of(c->op));
  g_assert_cmpuint(process.pid, ==, 0x999);
  g_assert_cmpuint(process.parent_pid, ==, terminate ? 0 : 0x111);
  g_assert_cmpuint(process.session_id, ==, c->version >= 1 && !terminate ? 3 : 0);
  g_assert_cmpint(process.exit_status, ==, c->version >= 1 && !terminate ? -5 : 0);
  g_assert_cmpuint(process.flags, ==, c->version >= 4 && !terminate ? 10 : 0);
  g_assert_cmpint(process.wow64, ==, c->version >= 4 && !terminate);
  g_assert_cmpstr(process.image, ==, terminate ? NULL : "photo-editor.exe");
  g_assert_cmpstr(process.command_line, ==, c->version >= 2 && !terminate ? "photo-editor.exe \xc3\xbc.png" : NULL);
  hs_etl_process_clear(&process);
  FOR_EACH_PREFIX(record, shorter)
  {
    bool ok = hs_etl_process_decode(&shorter, &process, &malformed);
    g_assert_cmpint(ok, !=, malformed);
    hs_etl_process_clear(&process);
  }
  c->seen++;
}

static void
test_processes(void)
{
  static const guint ops[] = {1, 2, 3, 4, 0x0b, 0x27};
  for (guint i = 0; i < G_N_ELEMENTS(carriers) * G_N_ELEMENTS(ops) * 6 * 2; i++) {
    Case c = {.version = i / 2 % 6, .op = ops[i / 12 % G_N_ELEMENTS(ops)], .no_sid = i % 2 != 0};
    HsEtlWriterProcess process = {
        .op = (HsEtlWriterProcessOp)c.op,
        .version = (guint8)c.version,
        .pid = 0x999,
        .parent_pid = 0x111,
        .session_id = 3,
        .exit_status = (guint32)-5,
        .flags = 10,
        .no_sid = c.no_sid,
        .name = "photo-editor.exe",
        .command_line = "photo-editor.exe \xc3\xbc.png",
        .package = "",
        .application_id = "",
    };
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) writer = small_writer(&options);
    HsEtlWriterAt place = at(carriers[i / 72], 0, 1);
    hs_etl_writer_process(writer, &place, &process);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    merge_all(merger, file, see_process, &c);
    g_assert_cmpuint(c.seen, ==, 1);
  }
}

static void
see_thread(const HsEtlRecord *record, gpointer data)
{
  Case *c = data;
  HsEtlThread thread;
  bool malformed = true;
  if (!hs_etl_thread_decode(record, &thread, &malformed)) {
    g_assert_false(malformed);
    return;
  }
  g_assert_true(hs_etl_is_system(record));
  g_assert_cmpuint(thread.pid, ==, 0x999);
  g_assert_cmpuint(thread.tid, ==, 0x777);
  g_assert_cmpint(thread.name_only, ==, c->op == 0x48);
  if (c->op != 0x48)
    g_assert_cmpint(thread.life, ==, life_of(c->op));
  g_assert_cmpstr(thread.name, ==, c->op == 0x48 || c->version == 3 ? "worker" : NULL);
  hs_etl_thread_clear(&thread);
  FOR_EACH_PREFIX(record, shorter)
  {
    bool ok = hs_etl_thread_decode(&shorter, &thread, &malformed);
    g_assert_cmpint(ok, !=, malformed);
    g_assert_cmpint(ok, ==, shorter.payload.size >= 8);
    hs_etl_thread_clear(&thread);
  }
  c->seen++;
}

static void
test_threads(void)
{
  static const guint ops[] = {1, 2, 3, 4, 0x48};
  for (guint i = 0; i < G_N_ELEMENTS(carriers) * G_N_ELEMENTS(ops) * 4; i++) {
    Case c = {.version = i % 4, .op = ops[i / 4 % G_N_ELEMENTS(ops)]};
    HsEtlWriterThread thread = {
        .op = (guint8)c.op, .version = (guint8)c.version, .pid = 0x999, .tid = 0x777, .name = "worker"};
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) writer = small_writer(&options);
    HsEtlWriterAt place = at(carriers[i / 20], 0, 1);
    if (c.op == 0x48)
      hs_etl_writer_thread_name(writer, &place, 0x999, 0x777, "worker");
    else
      hs_etl_writer_thread(writer, &place, &thread);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    merge_all(merger, file, see_thread, &c);
    g_assert_cmpuint(c.seen, ==, 1);
  }
}

static void
see_image(const HsEtlRecord *record, gpointer data)
{
  Case *c = data;
  HsEtlImage image;
  bool malformed = true;
  if (!hs_etl_image_decode(record, &image, &malformed)) {
    g_assert_false(malformed);
    return;
  }
  static const HsEtlLife lives[] = {HS_ETL_START, HS_ETL_END, HS_ETL_RUNDOWN_START, HS_ETL_RUNDOWN_END};
  g_assert_true(hs_etl_is_system(record));
  g_assert_cmpint(image.life, ==, lives[c->op]);
  g_assert_cmphex(image.base, ==, 0x7ff60000);
  g_assert_cmphex(image.size, ==, 0x42000);
  g_assert_cmpuint(image.pid, ==, c->version == 0 ? record->pid : 0x999);
  g_assert_cmphex(image.checksum, ==, c->version >= 2 ? 0xabc : 0);
  g_assert_cmphex(image.time_stamp, ==, c->version >= 2 ? 0xdef : 0);
  g_assert_cmpstr(image.path, ==, "\\Device\\HarddiskVolume3\\ntdll.dll");
  hs_etl_image_clear(&image);
  FOR_EACH_PREFIX(record, shorter)
  {
    bool ok = hs_etl_image_decode(&shorter, &image, &malformed);
    g_assert_cmpint(ok, !=, malformed);
    hs_etl_image_clear(&image);
  }
  c->seen++;
}

static void
test_images(void)
{
  static const guint16 hooks[] = {0x030a, 0x1402, 0x1403, 0x1404};
  for (guint i = 0; i < G_N_ELEMENTS(carriers) * G_N_ELEMENTS(hooks) * 4; i++) {
    Case c = {.version = i % 4, .op = i / 4 % 4};
    HsEtlWriterImage written = {
        .hook = hooks[c.op],
        .version = (guint8)c.version,
        .base = 0x7ff60000,
        .size = 0x42000,
        .pid = 0x999,
        .checksum = 0xabc,
        .time_date_stamp = 0xdef,
        .name = "\\Device\\HarddiskVolume3\\ntdll.dll",
    };
    HsEtlWriterOptions options;
    g_autoptr(HsEtlWriter) writer = small_writer(&options);
    HsEtlWriterAt place = at(carriers[i / 16], 0, 1);
    hs_etl_writer_image(writer, &place, &written);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    merge_all(merger, file, see_image, &c);
    g_assert_cmpuint(c.seen, ==, 1);
  }
}

/* A SID of more parts than any has. */
static void
test_bad_sid(void)
{
  guint8 payload[200] = {0};
  payload[0x24] = 1;
  payload[0x24 + 17] = 16;
  HsEtlRecord record = {
      .kind = HS_ETL_SYSTEM64,
      .hook = 0x0301,
      .opcode = 1,
      .version = 4,
      .pointer_width = 8,
      .payload = hs_bytes(payload, sizeof payload),
  };
  HsEtlProcess process;
  bool malformed = false;
  g_assert_false(hs_etl_process_decode(&record, &process, &malformed));
  g_assert_true(malformed);
  payload[0x24 + 17] = 15;
  g_assert_true(hs_etl_process_decode(&record, &process, NULL));
  hs_etl_process_clear(&process);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/system/processes", test_processes);
  g_test_add_func("/etl/system/threads", test_threads);
  g_test_add_func("/etl/system/images", test_images);
  g_test_add_func("/etl/system/bad-sid", test_bad_sid);
  return g_test_run();
}
