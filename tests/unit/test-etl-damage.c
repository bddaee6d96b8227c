/* SPDX-License-Identifier: MIT */
/* Damaged files: a clear message or a partial result, never a crash, a hang or memory without bound. */
#include "test-etl-support.h"

#include "hs-etl-damage.h"

/* A mixed trace of some 90 buffers. */
static GBytes *
make_image(gboolean compress)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 4096;
  options.compress = compress;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_START,
                                .version = 4,
                                .pid = 0x1234,
                                .name = "editor.exe",
                                .command_line = "editor",
                                .package = "",
                                .application_id = ""};
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, 0, 1);
  hs_etl_writer_process(writer, &place, &process);
  static const guint64 frames[6] = {1, 2, 3, 4, 5, 6};
  for (guint i = 0; i < 4000; i++) {
    place = at(i % 5 == 0 ? HS_ETL_WRITER_SYSTEM32 : HS_ETL_WRITER_SYSTEM64, i % 4, 2 + i * 3);
    hs_etl_writer_alloc(writer, &place, 0x1f0000, 0x200000 + i * 64, 16 + i % 1000, 2);
    if (i % 3 == 0)
      hs_etl_writer_free_block(writer, &place, 0x1f0000, 0x200000 + i * 64, 2);
    if (i % 7 == 0) {
      HsEtlWriterAt stack = at(HS_ETL_WRITER_PERFINFO64, i % 4, 2 + i * 3);
      hs_etl_writer_stack(writer, &stack, place.time_ticks, place.pid, place.tid, frames, 6);
    }
  }
  return hs_etl_writer_finish(writer);
}

static void
see_decoded(const HsEtlRecord *record, gpointer data)
{
  HsHeapEvent event;
  HsEtlHeapRange range;
  HsEtlProcess process;
  HsEtlThread thread;
  HsEtlImage image;
  if (hs_etl_is_heap(record))
    (void)hs_etl_heap_decode(record, &event);
  (void)hs_etl_heap_range_decode(record, &range);
  (void)hs_etl_process_decode(record, &process, NULL);
  (void)hs_etl_thread_decode(record, &thread, NULL);
  (void)hs_etl_image_decode(record, &image, NULL);
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  hs_etl_image_clear(&image);
}

/* Reads the image to its end. Returns the number of records, or G_MAXUINT64 if it was refused with a message. `issues`
 * (may be NULL) gets the number of issues. */
static guint64
read_image(GBytes *image, guint64 *issues)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(HsEtlFile) file = hs_etl_file_open_bytes(image, "damaged", &error);
  if (file == NULL) {
    g_assert_true(error != NULL && error->domain == HS_ETL_ERROR);
    g_assert_cmpuint(strlen(error->message), >, 10);
    return G_MAXUINT64;
  }
  g_assert_no_error(error);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, see_decoded, NULL);
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  if (issues != NULL)
    *issues = n_issues(counts);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++) {
    const HsEtlIssue *issue = &counts->issues[i];
    g_assert_cmpint(issue->count > 0, ==, issue->n_places > 0);
    g_assert_cmpuint(issue->n_places, <=, MIN(issue->count, HS_ETL_ISSUE_PLACES));
    for (guint k = 0; k < issue->n_places; k++) {
      g_assert_cmpint(issue->places[k].detail[0], !=, '\0');
      g_assert_cmpuint(issue->places[k].offset, <=, g_bytes_get_size(image));
    }
  }
  return counts->records;
}

static void
check_cut(GBytes *image, gsize length, guint64 whole)
{
  /* A block of its own, so that a sanitizer sees a read beyond the cut. */
  g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(image, NULL), length);
  guint64 issues = 0;
  guint64 records = read_image(cut, &issues);
  if (records == G_MAXUINT64) {
    g_assert_cmpuint(length, <, 4096);
    return;
  }
  g_assert_cmpuint(records, <=, whole);
  g_assert_cmpuint(issues, >, 0);
}

static void
test_cuts(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_autoptr(GBytes) image = make_image(compress);
    guint64 whole = read_image(image, NULL);
    gsize size = g_bytes_get_size(image);
    g_assert_cmpuint(whole, >, 5000);
    for (gsize length = 0; length < 4096; length++)
      check_cut(image, length, whole);
    guint32 seed = (guint32)g_test_rand_int_range(0, G_MAXINT32);
    g_test_message("seed %u", seed);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (guint i = 0; i < 200; i++)
      check_cut(image, (gsize)g_rand_int_range(random, 4096, (gint)size), whole);
  }
}

static void
test_named_damages(void)
{
  gsize n_damages = 0;
  const HsEtlDamage *damages = hs_etl_damage_list(&n_damages);
  for (int compress = 0; compress < 2; compress++) {
    g_autoptr(GBytes) image = make_image(compress);
    g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
    const guint64 positions[] = {0, 1, 2, offsets->len / 2, offsets->len - 2, offsets->len - 1};
    for (gsize d = 0; d < n_damages; d++) {
      for (guint p = 0; p < (damages[d].takes_position ? G_N_ELEMENTS(positions) : 1); p++) {
        for (guint32 seed = 0; seed < (damages[d].takes_seed ? 50 : 1); seed++) {
          g_autoptr(GBytes) bad = hs_etl_damage_apply(image, damages[d].name, positions[p], seed);
          guint64 records = read_image(bad, NULL);
          if (damages[d].not_a_trace)
            g_assert_cmpuint(records, ==, G_MAXUINT64);
        }
      }
    }
  }
}

/* What is left of a file by a damage in its middle, by kind of issue. */
static void
check_issue(const char *damage, gboolean compress, HsEtlIssueKind kind)
{
  g_autoptr(GBytes) image = make_image(compress);
  g_autoptr(GBytes) bad = hs_etl_damage_apply(image, damage, 40, 1);
  g_autoptr(HsEtlFile) file = open_good(bad);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  const HsEtlCounts *counts = hs_etl_merger_counts(merger);
  g_assert_cmpuint(counts->issues[kind].count, >, 0);
  g_test_message("%s: %s", damage, counts->issues[kind].places[0].detail);
  g_assert_cmpuint(counts->records, >, 500);
}

static void
test_issues(void)
{
  check_issue("zero-buffer", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("buffer-size-1", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("buffer-size-71", TRUE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("buffer-size-max", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("buffer-size-4gib", TRUE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("buffer-size-more", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("random-tail", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("offset-max", FALSE, HS_ETL_ISSUE_BAD_BUFFER);
  check_issue("offset-max", TRUE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("duplicate-buffer", FALSE, HS_ETL_ISSUE_TIME_INVERSION);
  check_issue("remove-buffer", FALSE, HS_ETL_ISSUE_TRUNCATED_FILE);
  check_issue("compressed-bad-distance", TRUE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("compressed-endless", TRUE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("compressed-bad-length", TRUE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("compressed-short", TRUE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("compressed-flag", FALSE, HS_ETL_ISSUE_DECOMPRESS);
  check_issue("record-size-0", FALSE, HS_ETL_ISSUE_BAD_RECORD);
  check_issue("record-size-7", FALSE, HS_ETL_ISSUE_BAD_RECORD);
  check_issue("record-size-max", FALSE, HS_ETL_ISSUE_BAD_RECORD);
  check_issue("record-marker", FALSE, HS_ETL_ISSUE_BAD_RECORD);
}

static void
test_compression_kinds(void)
{
  g_autoptr(GBytes) image = make_image(TRUE);
  static const char *const names[] = {"compression-lznt1", "compression-huffman", "compression-99"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GBytes) bad = hs_etl_damage_apply(image, names[i], 0, 0);
    g_autoptr(HsEtlFile) file = open_good(bad);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    merge_all(merger, file, NULL, NULL);
    const HsEtlIssue *issue = &hs_etl_merger_counts(merger)->issues[HS_ETL_ISSUE_COMPRESSION_KIND];
    g_assert_cmpint(issue->count > 10, ==, i < 2);
  }
}

/* Thousands of small buffers that each claim to unpack to megabytes. */
static void
test_swelling(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 16u << 20;
  options.header_buffer_size_bytes = 1024;
  options.log_file_mode = 0x04000001;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  static const guint8 match[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 0, 0, 0xb4, 0xff, 0xff, 0x00};
  for (guint i = 0; i < 20000; i++) {
    guint8 buffer[72 + sizeof match] = {0};
    buffer[0] = sizeof buffer;
    buffer[0x28] = (guint8)i;
    buffer[0x29] = (guint8)(i >> 8 & 7);
    buffer[0x33] = 1;
    buffer[0x34] = 0x60;
    memcpy(buffer + 72, match, sizeof match);
    hs_etl_writer_raw_buffer(writer, buffer, sizeof buffer);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  gint64 begin = g_get_monotonic_time();
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  g_assert_cmpuint(hs_etl_merger_counts(merger)->issues[HS_ETL_ISSUE_DECOMPRESS].count, ==, 20000);
  g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/damage/cuts", test_cuts);
  g_test_add_func("/etl/damage/named", test_named_damages);
  g_test_add_func("/etl/damage/issues", test_issues);
  g_test_add_func("/etl/damage/compression-kinds", test_compression_kinds);
  g_test_add_func("/etl/damage/swelling", test_swelling);
  return g_test_run();
}
