/* SPDX-License-Identifier: MIT */
/* Traces that Windows recorded, against the figures an independent reader took of them; and a real program's heap. The
 * files are not part of the project: $HEAPSCOPE_TRACES says where they are. */
#include "test-etl-support.h"

typedef struct {
  guint16 hook;
  guint64 count;
} HookCount;

typedef struct {
  const char *file;
  guint64 buffers, records;
  guint64 system32, system64, perfinfo64, full32, full64, event32, event64;
  const char *session;
  guint64 start, end, frequency;
  HookCount hooks[16];
  /* Image-id records by opcode: image id, RSDS, IL RSDS, file version, none. */
  guint64 image_ids[5];
  guint64 stacks; /* 1820, 1825 and 1826 */
} Trace;

static const Trace traces[] = {
    {
        .file = "net452x64_win8_xpress.etl",
        .buffers = 360,
        .records = 179474,
        .system64 = 3189,
        .system32 = 2,
        .perfinfo64 = 100157,
        .full64 = 7956,
        .full32 = 27,
        .event32 = 33378,
        .event64 = 34765,
        .session = "Relogger",
        .start = 132404548206236167,
        .end = 132404548306935923,
        .frequency = 10000000,
        .hooks = {{0x0301, 1},
                  {0x0302, 1},
                  {0x0303, 32},
                  {0x0304, 32},
                  {0x030a, 35},
                  {0x1402, 32},
                  {0x1403, 1763},
                  {0x1404, 1766},
                  {0x1820, 252},
                  {0x1823, 1909},
                  {0x1824, 1012},
                  {0x1825, 2061},
                  {0x1826, 7046}},
        .image_ids = {3590, 3534, 44, 705, 12},
        .stacks = 252 + 2061 + 7046,
    },
    {
        .file = "net45x86_win7_merged.etl",
        .buffers = 405,
        .records = 185961,
        .system64 = 8294,
        .system32 = 2,
        .perfinfo64 = 43421,
        .full64 = 11956,
        .event32 = 122193,
        .event64 = 95,
        .session = "Relogger",
        .start = 131087674424789313,
        .end = 131087674469774997,
        .frequency = 10000000,
        .hooks =
            {{0x0301, 2}, {0x0303, 46}, {0x030a, 111}, {0x1402, 109}, {0x1403, 2688}, {0x1404, 2696}, {0x1820, 18532}},
        .image_ids = {5598, 5544, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64},
        .stacks = 18532,
    },
    {
        .file = "shutdown_win10_raw.etl",
        .buffers = 49,
        .records = 17078,
        .system64 = 8433,
        .perfinfo64 = 8645,
        .session = "PerfDiag Logger",
        .start = 132273542277445790,
        .end = 132273837534159885,
        .frequency = 10000000,
        .hooks =
            {{0x0302, 60}, {0x0303, 94}, {0x0304, 37}, {0x030a, 72}, {0x1402, 4791}, {0x1403, 6745}, {0x1404, 2145}},
    },
    {
        .file = "msbuild_32bit_hdr_xpress.etl",
        .buffers = 30,
        .records = 5871,
        .system32 = 1,
        .system64 = 3,
        .full32 = 72,
        .event32 = 5795,
        .session = "Relogger",
        .start = 132355336391690002,
        .end = 132355336415627535,
        .frequency = 10000000,
    },
    {
        .file = "sawbuck_full32_image.etl",
        .buffers = 2,
        .records = 27,
        .system32 = 1,
        .full32 = 26,
        .session = "Make Test Data Session",
        .start = 129488146035903615,
        .end = 129488146056031559,
        .frequency = 2337949,
    },
};

static char *
trace_path(const char *file)
{
  const char *folder = g_getenv("HEAPSCOPE_TRACES");
  if (folder != NULL)
    return g_build_filename(folder, file, NULL);
  const char *root = g_getenv("HEAPSCOPE_SOURCE_ROOT");
  return g_build_filename(root != NULL ? root : ".", "..", "shared", "traces", file, NULL);
}

/* Opens the trace, or NULL and the test skipped. */
static HsEtlFile *
open_trace(const char *file)
{
  g_autofree char *path = trace_path(file);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_test_skip("no such trace here; set HEAPSCOPE_TRACES to the folder that has it");
    return NULL;
  }
  g_autoptr(GError) error = NULL;
  HsEtlFile *etl = hs_etl_file_open(path, NULL, &error);
  g_assert_no_error(error);
  return etl;
}

typedef struct {
  guint64 image_ids[256];
  guint64 processes, threads, images;
  guint64 heap;
  GHashTable *times; /* raw ticks of all records but stacks */
  GArray *stack_times;
} Found;

static void
see_any(const HsEtlRecord *record, gpointer data)
{
  static const guint8 image_id[16] = {0xd7, 0x75, 0xe6, 0xb3, 0x54, 0x25, 0x18, 0x4f,
                                      0x83, 0x0b, 0x27, 0x62, 0x73, 0x25, 0x60, 0xde};
  Found *found = data;
  HsEtlProcess process;
  HsEtlThread thread;
  HsEtlImage image;
  bool malformed = false;
  if (hs_etl_is_heap(record))
    found->heap++;
  if (record->kind == HS_ETL_FULL64 && memcmp(record->guid, image_id, 16) == 0)
    found->image_ids[record->opcode]++;
  if (hs_etl_process_decode(record, &process, &malformed)) {
    found->processes++;
    g_assert_true(process.image == NULL || g_str_is_ascii(process.image));
    g_assert_true(process.image == NULL || process.image[0] != '\0');
    hs_etl_process_clear(&process);
  }
  g_assert_false(malformed);
  if (hs_etl_thread_decode(record, &thread, &malformed)) {
    found->threads++;
    hs_etl_thread_clear(&thread);
  }
  g_assert_false(malformed);
  if (hs_etl_image_decode(record, &image, &malformed)) {
    found->images++;
    g_assert_cmpuint(strlen(image.path), >, 3);
    g_assert_cmpuint(image.base & 0xfff, ==, 0);
    hs_etl_image_clear(&image);
  }
  g_assert_false(malformed);
  if (record->hook == 0x1820 || record->hook == 0x1825 || record->hook == 0x1826) {
    HsBytes payload = record->payload;
    guint64 time = hs_bytes_u64(&payload);
    g_array_append_val(found->stack_times, time);
  } else if (record->has_time) {
    g_hash_table_add(found->times, (gpointer)(gsize)record->raw_ticks);
  }
}

static void
check_header(const Trace *trace, HsEtlFile *file)
{
  const HsEtlLogHeader *header = hs_etl_file_header(file);
  g_assert_cmpstr(header->session_name, ==, trace->session);
  g_assert_cmpuint(header->start_filetime, ==, trace->start);
  g_assert_cmpuint(header->end_filetime, ==, trace->end);
  g_assert_cmpuint(header->clock.frequency, ==, trace->frequency);
  g_assert_cmpint(header->clock_kind, ==, HS_ETL_CLOCK_QPC);
  g_assert_cmpuint(header->buffers_written, ==, trace->buffers);
  g_assert_cmpuint(hs_etl_file_n_buffers(file), ==, trace->buffers);
}

static void
check_counts(const Trace *trace, const HsEtlCounts *counts)
{
  g_assert_cmpuint(counts->buffers, ==, trace->buffers);
  g_assert_cmpuint(counts->records, ==, trace->records);
  g_assert_cmpuint(counts->by_kind[HS_ETL_SYSTEM32], ==, trace->system32);
  g_assert_cmpuint(counts->by_kind[HS_ETL_SYSTEM64], ==, trace->system64);
  g_assert_cmpuint(counts->by_kind[HS_ETL_PERFINFO64], ==, trace->perfinfo64);
  g_assert_cmpuint(counts->by_kind[HS_ETL_FULL32], ==, trace->full32);
  g_assert_cmpuint(counts->by_kind[HS_ETL_FULL64], ==, trace->full64);
  g_assert_cmpuint(counts->by_kind[HS_ETL_EVENT32], ==, trace->event32);
  g_assert_cmpuint(counts->by_kind[HS_ETL_EVENT64], ==, trace->event64);
  for (guint i = 0; i < G_N_ELEMENTS(trace->hooks) && trace->hooks[i].hook != 0; i++)
    g_assert_cmpuint(counts->by_hook[trace->hooks[i].hook], ==, trace->hooks[i].count);
  g_assert_cmpuint(counts->time_inversions, ==, 0);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++) {
    if (i != HS_ETL_ISSUE_EVENTS_LOST && i != HS_ETL_ISSUE_BUFFERS_LOST)
      g_assert_cmpuint(counts->issues[i].count, ==, 0);
  }
}

static void
check_found(const Trace *trace, const HsEtlCounts *counts, const Found *found)
{
  static const guint8 opcodes[5] = {0x00, 0x24, 0x25, 0x40, 0x20};
  for (guint i = 0; i < 5; i++) {
    if (trace->image_ids[i] != G_MAXUINT64)
      g_assert_cmpuint(found->image_ids[opcodes[i]], ==, trace->image_ids[i]);
  }
  g_assert_cmpuint(found->heap, ==, 0);
  const guint64 *by_hook = counts->by_hook;
  g_assert_cmpuint(found->processes, ==,
                   by_hook[0x301] + by_hook[0x302] + by_hook[0x303] + by_hook[0x304] + by_hook[0x30b] + by_hook[0x327]);
  g_assert_cmpuint(found->threads, ==,
                   by_hook[0x501] + by_hook[0x502] + by_hook[0x503] + by_hook[0x504] + by_hook[0x548]);
  guint64 images = by_hook[0x30a] + by_hook[0x1402] + by_hook[0x1403] + by_hook[0x1404];
  g_assert_cmpuint(found->images, ==, images > 0 ? images : trace->records == 27 ? 26 : 0);
  /* Every stack belongs to a record of exactly its time. */
  g_assert_cmpuint(found->stack_times->len, ==, trace->stacks);
  for (guint i = 0; i < found->stack_times->len; i++)
    g_assert_true(g_hash_table_contains(found->times, (gpointer)(gsize)g_array_index(found->stack_times, guint64, i)));
}

static void
test_trace(gconstpointer data)
{
  const Trace *trace = data;
  g_autoptr(HsEtlFile) file = open_trace(trace->file);
  if (file == NULL)
    return;
  check_header(trace, file);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  Found found = {.times = g_hash_table_new(NULL, NULL), .stack_times = g_array_new(FALSE, FALSE, sizeof(guint64))};
  merge_all(merger, file, see_any, &found);
  g_assert_cmpuint(hs_etl_merger_position(merger), ==, hs_etl_file_size(file));
  check_counts(trace, hs_etl_merger_counts(merger));
  check_found(trace, hs_etl_merger_counts(merger), &found);
  g_hash_table_unref(found.times);
  g_array_unref(found.stack_times);
}

typedef struct {
  guint64 ops[HS_N_OPS];
  guint64 sources[HS_N_SOURCES];
  guint64 bytes;
} Heap;

static void
see_clang(const HsEtlRecord *record, gpointer data)
{
  Heap *heap = data;
  if (!hs_etl_is_heap(record))
    return;
  HsHeapEvent event;
  g_assert_true(hs_etl_heap_decode(record, &event));
  heap->ops[event.op]++;
  if (event.has_source)
    heap->sources[hs_source_from_id(event.source_id)]++;
  heap->bytes += event.size;
}

static void
test_clang(void)
{
  g_autoptr(HsEtlFile) file = open_trace("clang_replay_xpress.etl");
  if (file == NULL)
    return;
  g_assert_cmpuint(hs_etl_file_n_buffers(file), ==, 4477);
  g_assert_true(hs_etl_file_compressed(file));
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  Heap heap = {0};
  merge_all(merger, file, see_clang, &heap);
  g_assert_cmpuint(n_issues(hs_etl_merger_counts(merger)), ==, 0);
  g_assert_cmpuint(heap.ops[HS_OP_CREATE], ==, 1);
  g_assert_cmpuint(heap.ops[HS_OP_ALLOC], ==, 2455905);
  g_assert_cmpuint(heap.ops[HS_OP_REALLOC], ==, 24258);
  g_assert_cmpuint(heap.ops[HS_OP_FREE], ==, 2387106);
  g_assert_cmpuint(heap.sources[HS_SOURCE_LOWFRAG], ==, 4864531);
  g_assert_cmpuint(heap.sources[HS_SOURCE_MAINPATH], ==, 2725);
  g_assert_cmpuint(heap.sources[HS_SOURCE_SLOWPATH], ==, 13);
  g_assert_cmpuint(heap.bytes, ==, 1287028847);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(traces); i++) {
    g_autofree char *path = g_strdup_printf("/etl/windows-traces/%s", traces[i].file);
    g_test_add_data_func(path, &traces[i], test_trace);
  }
  g_test_add_func("/etl/windows-traces/clang", test_clang);
  return g_test_run();
}
