/* SPDX-License-Identifier: MIT */
/* The container: what kinds of files, buffers, clocks and losses there are. */
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test-etl-support.h"

/* A few hundred records of every header kind over all CPUs, in the order of time. */
static void
write_mix(HsEtlWriter *writer, const HsEtlWriterOptions *options, guint n, guint64 first_ticks)
{
  static const HsEtlWriterHeader headers[] = {
      HS_ETL_WRITER_SYSTEM64, HS_ETL_WRITER_SYSTEM32,   HS_ETL_WRITER_PERFINFO64, HS_ETL_WRITER_FULL64,
      HS_ETL_WRITER_EVENT64,  HS_ETL_WRITER_EVENT32,    HS_ETL_WRITER_COMPACT64,  HS_ETL_WRITER_COMPACT32,
      HS_ETL_WRITER_FULL32,   HS_ETL_WRITER_INSTANCE32, HS_ETL_WRITER_INSTANCE64, HS_ETL_WRITER_PERFINFO32,
      HS_ETL_WRITER_MESSAGE,  HS_ETL_WRITER_ERROR,      HS_ETL_WRITER_TIMED,      HS_ETL_WRITER_WNODE,
  };
  static const guint8 guid[16] = {1, 2, 3};
  static const guint8 payload[64] = {9};
  for (guint i = 0; i < n; i++) {
    HsEtlWriterAt place = at(headers[i % G_N_ELEMENTS(headers)], i * 7 % options->cpus, first_ticks + i * 10);
    HsEtlWriterItem items[2] = {{6, payload, 40}, {0xb, payload, (guint16)(i % 30)}};
    HsEtlWriterRecord record = {
        .hook = (guint16)(0x0b00 + i % 40),
        .version = 2,
        .pmc_words = i % 5 == 0 ? i % 8 : 0,
        .pebs = i % 11 == 0,
        .guid = guid,
        .event_flags = place.header == HS_ETL_WRITER_MESSAGE ? 0x28 : 0,
        .items = items,
        .n_items = i % 3,
        .payload = payload,
        .length = i % 60,
    };
    hs_etl_writer_record(writer, &place, &record);
  }
}

static void
test_plain_and_compressed(void)
{
  for (guint i = 0; i < 8; i++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.buffer_size_bytes = 8192;
    options.compress = (i & 1) != 0;
    options.old_processor_numbers = (i & 2) != 0;
    options.pointer_size = (i & 4) != 0 ? 4 : 8;
    options.saved_offset_zero = (i & 2) != 0;
    options.long_lengths = (i & 2) != 0;
    options.cpus = 5;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    write_mix(writer, &options, 1000, 1);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    check_against_truth(image, writer, HS_ETL_N_ISSUES);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_assert_cmpint(hs_etl_file_compressed(file), ==, options.compress);
    g_assert_cmpuint(hs_etl_file_header(file)->pointer_size, ==, options.pointer_size);
  }
}

static void
test_header(void)
{
  for (guint width = 4; width <= 8; width += 4) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.pointer_size = width;
    options.start_filetime = 133000000000000000;
    options.end_filetime = 133000000100000000;
    options.boot_filetime = 132999990000000000;
    options.frequency = 2337949;
    options.cpu_mhz = 3600;
    options.os_major = 6;
    options.os_minor = 1;
    options.os_build = 7601;
    options.events_lost = 3;
    options.buffers_lost = 2;
    options.session_name = "Session \xc3\xa4";
    options.log_file_name = "C:\\x.etl";
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    const HsEtlLogHeader *header = hs_etl_file_header(file);
    g_assert_cmpuint(header->buffer_size, ==, 65536);
    g_assert_cmpuint(header->major, ==, 6);
    g_assert_cmpuint(header->minor, ==, 1);
    g_assert_cmpuint(header->build, ==, 7601);
    g_assert_cmpuint(header->cpus, ==, 4);
    g_assert_cmpuint(header->start_filetime, ==, options.start_filetime);
    g_assert_cmpuint(header->end_filetime, ==, options.end_filetime);
    g_assert_cmpuint(header->boot_filetime, ==, options.boot_filetime);
    g_assert_cmpuint(header->buffers_written, ==, 1);
    g_assert_cmpuint(header->pointer_size, ==, width);
    g_assert_cmpuint(header->events_lost, ==, 3);
    g_assert_cmpuint(header->buffers_lost, ==, 2);
    g_assert_cmpuint(header->cpu_mhz, ==, 3600);
    g_assert_cmpint(header->clock_kind, ==, HS_ETL_CLOCK_QPC);
    g_assert_cmpuint(header->clock.frequency, ==, 2337949);
    g_assert_cmpint(header->header_ticks, ==, (gint64)START_TICKS);
    g_assert_cmpstr(header->session_name, ==, options.session_name);
    g_assert_cmpstr(header->log_file_name, ==, options.log_file_name);
    g_assert_cmpstr(hs_etl_file_path(file), ==, "image.etl");
    g_assert_cmpuint(hs_etl_file_size(file), ==, g_bytes_get_size(image));
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    const HsEtlCounts *counts = hs_etl_merger_counts(merger);
    g_assert_cmpuint(counts->issues[HS_ETL_ISSUE_EVENTS_LOST].count, ==, 3);
    g_assert_cmpuint(counts->issues[HS_ETL_ISSUE_BUFFERS_LOST].count, ==, 2);
  }
}

static void
check_clock(HsEtlWriterClock kind, guint64 frequency, guint32 mhz, HsEtlClockKind expected, guint64 expected_frequency)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.clock = kind;
  options.frequency = frequency;
  options.cpu_mhz = mhz;
  options.end_filetime = options.start_filetime + 1000;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(GError) error = NULL;
  g_autoptr(HsEtlFile) file = hs_etl_file_open_bytes(image, "clock", &error);
  if (expected_frequency == 0) {
    g_assert_null(file);
    g_assert_error(error, HS_ETL_ERROR, HS_ETL_ERROR_HEADER);
    return;
  }
  g_assert_no_error(error);
  g_assert_cmpint(hs_etl_file_header(file)->clock_kind, ==, expected);
  g_assert_cmpuint(hs_etl_file_header(file)->clock.frequency, ==, expected_frequency);
}

static void
test_clocks(void)
{
  check_clock(HS_ETL_WRITER_CLOCK_QPC, 10000000, 3000, HS_ETL_CLOCK_QPC, 10000000);
  check_clock(HS_ETL_WRITER_CLOCK_SYSTEM, 2337949, 3000, HS_ETL_CLOCK_SYSTEM, 10000000);
  check_clock(HS_ETL_WRITER_CLOCK_CYCLES, 10000000, 3000, HS_ETL_CLOCK_CYCLES, 3000000000);
  check_clock(HS_ETL_WRITER_CLOCK_RAW, 2337949, 3000, HS_ETL_CLOCK_QPC, 2337949);
}

static void
see_negative(const HsEtlRecord *record, gpointer data)
{
  gint64 *seen = data;
  if (record->hook == 0x0b01)
    *seen = record->ticks;
}

/* Records from before the header's time stamp have negative times. */
static void
test_before_header(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  HsEtlWriterAt place = {HS_ETL_WRITER_SYSTEM64, 1, START_TICKS - 500, 1, 2};
  hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  gint64 seen = 0;
  merge_all(merger, file, see_negative, &seen);
  g_assert_cmpint(seen, ==, -500);
}

static void
test_unclosed_and_tails(void)
{
  for (guint i = 0; i < 8; i++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.buffer_size_bytes = 4096;
    gboolean unclosed = (i & 1) != 0;
    if (unclosed)
      options.end_filetime = 0;
    if ((i & 2) != 0)
      options.zero_tail_buffers = 5;
    if ((i & 4) != 0 && unclosed)
      options.buffers_written = 0;
    if ((i & 4) != 0)
      options.log_file_mode = 0x21;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    write_mix(writer, &options, 500, 1);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    check_against_truth(image, writer, unclosed ? HS_ETL_ISSUE_UNCLOSED : HS_ETL_N_ISSUES);
  }
}

static void
test_circular(void)
{
  for (guint rotate = 0; rotate < 12; rotate++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.buffer_size_bytes = 4096;
    options.log_file_mode = 0x2;
    options.circular_rotate = rotate;
    options.buffers_written = 10000;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    write_mix(writer, &options, 2000, 1);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    check_against_truth(image, writer, HS_ETL_N_ISSUES);
  }
}

typedef struct {
  guint n;
  gint64 ticks[4];
} Marks;

static void
see_mark(const HsEtlRecord *record, gpointer data)
{
  Marks *marks = data;
  if (record->hook == 0x0bff) {
    g_assert_cmpuint(marks->n, <, 4);
    marks->ticks[marks->n++] = record->ticks;
  }
}

/* Sessions appended to a file count on in the first one's clock. */
static void
test_appended(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 4096;
  options.log_file_mode = 0x4;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 2, 100);
  hs_etl_writer_hook(writer, &place, 0x0bff, 2, "", 0);
  write_mix(writer, &options, 300, 200);
  /* An hour later, after a restart: the counter begins again. */
  hs_etl_writer_append_header(writer, 5000, options.start_filetime + 36000000000);
  place.time_ticks = 5000 + 30;
  hs_etl_writer_hook(writer, &place, 0x0bff, 2, "", 0);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  check_against_truth(image, writer, HS_ETL_N_ISSUES);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  Marks marks = {0};
  merge_all(merger, file, see_mark, &marks);
  g_assert_cmpuint(marks.n, ==, 2);
  g_assert_cmpint(marks.ticks[0], ==, 100);
  g_assert_cmpint(marks.ticks[1], ==, (gint64)36000000000 + 30);
}

/* The same where the second session's clock runs at another speed. */
static void
test_appended_other_frequency(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) first = small_writer(&options);
  g_autoptr(GBytes) head = hs_etl_writer_finish(first);
  options.frequency = 2500000;
  options.start_ticks = 777;
  options.start_filetime += 10000000;
  g_autoptr(HsEtlWriter) second = hs_etl_writer_new(&options);
  HsEtlWriterAt place = {HS_ETL_WRITER_PERFINFO64, 0, 777 + 5, 0, 0};
  hs_etl_writer_hook(second, &place, 0x0bff, 2, "", 0);
  g_autoptr(GBytes) tail = hs_etl_writer_finish(second);
  GByteArray *joined = g_byte_array_new();
  g_byte_array_append(joined, g_bytes_get_data(head, NULL), (guint)g_bytes_get_size(head));
  g_byte_array_append(joined, g_bytes_get_data(tail, NULL), (guint)g_bytes_get_size(tail));
  g_autoptr(GBytes) image = g_byte_array_free_to_bytes(joined);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  Marks marks = {0};
  merge_all(merger, file, see_mark, &marks);
  g_assert_cmpuint(marks.n, ==, 1);
  g_assert_cmpint(marks.ticks[0], ==, 10000000 + 20);
}

static void
test_flags_and_types(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 0, 10);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST | HS_ETL_WRITER_FLAG_FLUSH_MARKER);
  hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
  hs_etl_writer_flush(writer, 0);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_BUFFER_LOST);
  hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
  hs_etl_writer_flush(writer, 0);
  for (guint type = 1; type <= 7; type++) {
    if (type == 4)
      continue;
    hs_etl_writer_set_buffer_type(writer, 0, type);
    hs_etl_writer_hook(writer, &place, (guint16)(0x0b10 + type), 2, "", 0);
    hs_etl_writer_flush(writer, 0);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  g_assert_cmpuint(counts->issues[HS_ETL_ISSUE_EVENTS_LOST].count, ==, 1);
  g_assert_cmpuint(counts->issues[HS_ETL_ISSUE_BUFFERS_LOST].count, ==, 1);
  /* Buffers of types 6 and 7 hold no records; these do. */
  g_assert_cmpuint(counts->issues[HS_ETL_ISSUE_BAD_BUFFER].count, ==, 2);
  g_assert_cmpuint(n_issues(counts), ==, 4);
  for (guint type = 1; type <= 7; type++)
    g_assert_cmpuint(counts->by_hook[0x0b10 + type], ==, type == 4 ? 0 : 1);
  g_assert_cmpstr(hs_etl_issue_name(HS_ETL_ISSUE_EVENTS_LOST), ==, "events-lost");
}

static void
see_cpu(const HsEtlRecord *record, gpointer data)
{
  guint64 *seen = data;
  if (record->hook == 0x0b01)
    seen[record->cpu]++;
}

/* With one common stream the records keep the file's order, and the CPU of their buffer. */
static void
test_one_stream(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 1024;
  options.log_file_mode = 0x10000001;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 100; i++) {
    HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, i % 4, i);
    hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
    hs_etl_writer_flush(writer, i % 4);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  check_against_truth(image, writer, HS_ETL_N_ISSUES);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  guint64 seen[4] = {0};
  merge_all(merger, file, see_cpu, seen);
  for (guint cpu = 0; cpu < 4; cpu++)
    g_assert_cmpuint(seen[cpu], ==, 25);
}

static void
test_inversions(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  static const guint64 times[] = {10, 20, 15, 20, 30, 5, 31};
  for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
    HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 0, times[i]);
    hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  check_against_truth(image, writer, HS_ETL_ISSUE_TIME_INVERSION);
}

/* ---- Order ---- */

typedef struct {
  gint64 ticks;
  guint cpu;
  guint32 serial;
} Item;

static gint
compare_items(gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;
  if (x->ticks != y->ticks)
    return x->ticks < y->ticks ? -1 : 1;
  if (x->cpu != y->cpu)
    return x->cpu < y->cpu ? -1 : 1;
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
see_item(const HsEtlRecord *record, gpointer data)
{
  if (record->hook != 0x0b01)
    return;
  HsBytes payload = record->payload;
  Item item = {record->ticks, record->cpu, hs_bytes_u32(&payload)};
  g_assert_false(payload.failed);
  g_array_append_val((GArray *)data, item);
}

/* The merged order is that of sorting everything by time, CPU and place. */
static void
test_order(void)
{
  guint32 seed = (guint32)g_test_rand_int_range(0, G_MAXINT32);
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (guint round = 0; round < 30; round++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.buffer_size_bytes = 2048;
    options.cpus = (guint)g_rand_int_range(random, 1, 33);
    options.compress = round % 2 != 0;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(Item));
    g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(Item));
    guint64 now[33] = {0};
    for (guint32 i = 0; i < 3000; i++) {
      guint cpu = (guint)g_rand_int_range(random, 0, (gint)options.cpus);
      now[cpu] += (guint)g_rand_int_range(random, 0, round % 3 == 0 ? 2 : 100);
      HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, cpu, now[cpu]);
      hs_etl_writer_hook(writer, &place, 0x0b01, 2, &i, sizeof i);
      Item item = {(gint64)now[cpu], cpu, i};
      g_array_append_val(written, item);
    }
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsEtlFile) file = open_good(image);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    merge_all(merger, file, see_item, read);
    g_array_sort(written, compare_items);
    g_assert_cmpuint(read->len, ==, written->len);
    for (guint i = 0; i < read->len; i++)
      g_assert_cmpint(compare_items(&g_array_index(read, Item, i), &g_array_index(written, Item, i)), ==, 0);
  }
}

/* One time stamp gone astray, far ahead: that record is brought back, and those behind it keep their times; a true
 * pause is no stray. */
static void
test_stray_time(void)
{
  static const guint64 times[] = {10, 20, G_GUINT64_CONSTANT(4000000000000000), 40, 50, 600000000, 600000010};
  static const gint64 expected[] = {10, 20, 20, 40, 50, 600000000, 600000010};
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.end_filetime = options.start_filetime + G_GUINT64_CONSTANT(700000000);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint32 i = 0; i < G_N_ELEMENTS(times); i++) {
    HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 0, times[i]);
    hs_etl_writer_hook(writer, &place, 0x0b01, 2, &i, sizeof i);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(Item));
  merge_all(merger, file, see_item, read);
  g_assert_cmpuint(read->len, ==, G_N_ELEMENTS(times));
  for (guint i = 0; i < read->len; i++)
    g_assert_cmpint(g_array_index(read, Item, i).ticks, ==, expected[i]);
  g_assert_cmpuint(hs_etl_merger_counts(merger)->time_inversions, ==, 1);
}

/* ---- Size ---- */

typedef struct {
  guint64 n;
  guint64 last_offset;
} Far;

static void
see_far(const HsEtlRecord *record, gpointer data)
{
  Far *far = data;
  if (record->hook == 0x0b01) {
    far->n++;
    far->last_offset = record->offset;
  }
}

/* Buffers of 16 MiB to beyond 4 GiB, in memory of which only what is written exists. */
static void
test_over_4_gib(void)
{
  const gsize buffer_bytes = 16u << 20;
  const guint n_buffers = 300;
  gsize size = 65536 + n_buffers * buffer_bytes;
  guint8 *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) {
    g_test_skip("no address space for 5 GiB");
    return;
  }
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffers_written = 1 + n_buffers;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 2, 1);
  hs_etl_writer_hook(writer, &place, 0x0b01, 2, "", 0);
  g_autoptr(GBytes) model = hs_etl_writer_finish(writer);
  g_assert_cmpuint(g_bytes_get_size(model), ==, 2 * 65536);
  const guint8 *header = g_bytes_get_data(model, NULL);
  memcpy(bytes, header, 65536);
  for (guint i = 0; i < n_buffers; i++) {
    guint8 *buffer = bytes + 65536 + i * buffer_bytes;
    memcpy(buffer, header + 65536, 256);
    const guint32 stored = (guint32)buffer_bytes;
    memcpy(buffer, &stored, sizeof stored);
  }
  g_autoptr(GBytes) image = g_bytes_new_static(bytes, size);
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  Far far = {0};
  merge_all(merger, file, see_far, &far);
  g_assert_cmpuint(n_issues(hs_etl_merger_counts(merger)), ==, 0);
  g_assert_cmpuint(far.n, ==, n_buffers);
  g_assert_cmpuint(far.last_offset, ==, 65536 + 299 * (guint64)buffer_bytes + 72);
  g_assert_cmpuint(hs_etl_merger_position(merger), ==, size);
  g_clear_pointer(&merger, hs_etl_merger_free);
  g_clear_pointer(&file, hs_etl_file_free);
  g_clear_pointer(&image, g_bytes_unref);
  munmap(bytes, size);
}

/* ---- Files that are none ---- */

static void
check_refused(const char *path, HsEtlError code, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HsEtlFile) file = hs_etl_file_open(path, NULL, &error);
  g_assert_null(file);
  g_assert_error(error, HS_ETL_ERROR, (int)code);
  g_assert_nonnull(strstr(error->message, text));
}

static void
test_paths(void)
{
  g_autofree char *folder = g_dir_make_tmp("hs-etl-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "file", NULL);
  check_refused(folder, HS_ETL_ERROR_OPEN, "directory");
  check_refused(path, HS_ETL_ERROR_OPEN, "cannot be opened");
  g_assert_true(g_file_set_contents(path, "", 0, NULL));
  check_refused(path, HS_ETL_ERROR_EMPTY, "empty");
  g_assert_true(g_file_set_contents(path, "short", 5, NULL));
  check_refused(path, HS_ETL_ERROR_NOT_ETL, "80 bytes");
  if (geteuid() != 0) {
    g_assert_cmpint(g_chmod(path, 0), ==, 0);
    check_refused(path, HS_ETL_ERROR_OPEN, "cannot be opened");
  }
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
  check_refused(path, HS_ETL_ERROR_OPEN, "pipe");
  g_assert_cmpint(g_unlink(path), ==, 0);

  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  write_mix(writer, &options, 3000, 1);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_assert_true(g_file_set_contents(path, g_bytes_get_data(image, NULL), (gssize)g_bytes_get_size(image), NULL));
  int cancelled = 1;
  g_autoptr(GError) error = NULL;
  g_assert_null(hs_etl_file_open(path, &cancelled, &error));
  g_assert_error(error, HS_ETL_ERROR, HS_ETL_ERROR_CANCELLED);
  g_clear_error(&error);
  g_autoptr(HsEtlFile) file = hs_etl_file_open(path, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  g_assert_cmpuint(hs_etl_merger_counts(merger)->records, ==, hs_etl_writer_truth(writer)->records_total);
  g_assert_cmpuint(hs_etl_merger_position(merger), ==, g_bytes_get_size(image));
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/file/plain-and-compressed", test_plain_and_compressed);
  g_test_add_func("/etl/file/header", test_header);
  g_test_add_func("/etl/file/clocks", test_clocks);
  g_test_add_func("/etl/file/before-header", test_before_header);
  g_test_add_func("/etl/file/unclosed-and-tails", test_unclosed_and_tails);
  g_test_add_func("/etl/file/circular", test_circular);
  g_test_add_func("/etl/file/appended", test_appended);
  g_test_add_func("/etl/file/appended-other-frequency", test_appended_other_frequency);
  g_test_add_func("/etl/file/flags-and-types", test_flags_and_types);
  g_test_add_func("/etl/file/one-stream", test_one_stream);
  g_test_add_func("/etl/file/inversions", test_inversions);
  g_test_add_func("/etl/file/order", test_order);
  g_test_add_func("/etl/file/stray-time", test_stray_time);
  g_test_add_func("/etl/file/over-4-gib", test_over_4_gib);
  g_test_add_func("/etl/file/paths", test_paths);
  return g_test_run();
}
