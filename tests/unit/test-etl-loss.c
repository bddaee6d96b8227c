/* SPDX-License-Identifier: MIT */
/* Where events and buffers were lost, in time; and the places of every kind of damage. */
#include "test-etl-support.h"

#include "hs-etl-damage.h"

#define LOST (HS_ETL_WRITER_FLAG_EVENTS_LOST | HS_ETL_WRITER_FLAG_BUFFER_LOST)

static void
write_mark(HsEtlWriter *writer, guint cpu, guint64 ticks)
{
  HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, cpu, ticks);
  hs_etl_writer_hook(writer, &place, 0x0b01, 2, "payload", 7);
}

/* The gaps of an image that must be usable, merged to its end. Free with g_array_unref(). */
static GArray *
gaps_of(GBytes *image, guint64 *n_all)
{
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  guint n_gaps;
  const HsEtlGap *gaps = hs_etl_merger_gaps(merger, &n_gaps);
  GArray *copy = g_array_new(FALSE, FALSE, sizeof(HsEtlGap));
  if (n_gaps > 0)
    g_array_append_vals(copy, gaps, n_gaps);
  if (n_all != NULL)
    *n_all = hs_etl_merger_counts(merger)->event_gaps + hs_etl_merger_counts(merger)->buffer_gaps;
  return copy;
}

static void
assert_gap(GArray *gaps, guint index, gint64 begin_ticks, gint64 end_ticks, guint cpu, HsEtlIssueKind kind)
{
  g_assert_cmpuint(index, <, gaps->len);
  const HsEtlGap *gap = &g_array_index(gaps, HsEtlGap, index);
  g_assert_cmpint(gap->begin_ticks, ==, begin_ticks);
  g_assert_cmpint(gap->end_ticks, ==, end_ticks);
  g_assert_cmpuint(gap->cpu, ==, cpu);
  g_assert_cmpint(gap->kind, ==, kind);
}

/* A gap is of its own CPU; without a record before, it begins with the session; it is never empty. */
static void
test_gaps(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  hs_etl_writer_set_flags(writer, 1, HS_ETL_WRITER_FLAG_EVENTS_LOST);
  write_mark(writer, 1, 50);
  write_mark(writer, 0, 100);
  write_mark(writer, 1, 170);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_BUFFER_LOST);
  write_mark(writer, 0, 300);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 0, LOST);
  write_mark(writer, 0, 300);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  guint64 n_all = 0;
  g_autoptr(GArray) gaps = gaps_of(image, &n_all);
  g_assert_cmpuint(gaps->len, ==, 4);
  g_assert_cmpuint(n_all, ==, 4);
  assert_gap(gaps, 0, 0, 50, 1, HS_ETL_ISSUE_EVENTS_LOST);
  assert_gap(gaps, 1, 100, 300, 0, HS_ETL_ISSUE_BUFFERS_LOST);
  assert_gap(gaps, 2, 300, 301, 0, HS_ETL_ISSUE_EVENTS_LOST);
  assert_gap(gaps, 3, 300, 301, 0, HS_ETL_ISSUE_BUFFERS_LOST);
}

/* A header of a buffer without records. */
static void
write_empty(HsEtlWriter *writer, guint cpu, guint flags, guint type)
{
  guint8 buffer[72] = {sizeof buffer};
  buffer[0x28] = (guint8)cpu;
  buffer[0x30] = sizeof buffer;
  buffer[0x34] = (guint8)(flags | HS_ETL_WRITER_FLAG_PROC_INDEX);
  buffer[0x36] = (guint8)type;
  hs_etl_writer_raw_buffer(writer, buffer, sizeof buffer);
}

/* A flagged buffer without a record that can be read: the gap lasts until the next record that can be, or the end. */
static void
test_unread(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  write_mark(writer, 0, 10);
  write_mark(writer, 2, 20);
  hs_etl_writer_flush_all(writer);
  write_empty(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST, 0);
  write_empty(writer, 0, HS_ETL_WRITER_FLAG_FLUSH_MARKER, 0);
  write_empty(writer, 2, HS_ETL_WRITER_FLAG_BUFFER_LOST, 6);
  write_mark(writer, 0, 400);
  write_mark(writer, 0, 500);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(GArray) gaps = gaps_of(image, NULL);
  g_assert_cmpuint(gaps->len, ==, 2);
  assert_gap(gaps, 0, 10, 400, 0, HS_ETL_ISSUE_EVENTS_LOST);
  assert_gap(gaps, 1, 20, 500, 2, HS_ETL_ISSUE_BUFFERS_LOST);
}

/* What a header buffer's flags tell is of no stretch of time; an appended session's loss begins with that session. */
static void
test_sessions(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  write_mark(writer, 0, 10);
  hs_etl_writer_append_header(writer, START_TICKS + 1000, options.start_filetime + 5000);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST);
  write_mark(writer, 0, 1007);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  gsize size;
  g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(image, &size), g_bytes_get_size(image));
  bytes[0x34] |= LOST;
  g_autoptr(GBytes) flagged = g_bytes_new(bytes, size);
  g_autoptr(GArray) gaps = gaps_of(flagged, NULL);
  g_assert_cmpuint(gaps->len, ==, 1);
  assert_gap(gaps, 0, 5000, 5007, 0, HS_ETL_ISSUE_EVENTS_LOST);
}

/* A wrong time stamp right behind a gap does not stretch it. */
static void
test_wrong_times(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  write_mark(writer, 0, 1000);
  hs_etl_writer_flush_all(writer);
  hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST);
  write_mark(writer, 0, 500);
  write_mark(writer, 0, 90000000000);
  write_mark(writer, 0, 1200);
  write_mark(writer, 0, 1300);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(GArray) gaps = gaps_of(image, NULL);
  g_assert_cmpuint(gaps->len, ==, 1);
  assert_gap(gaps, 0, 1000, 1200, 0, HS_ETL_ISSUE_EVENTS_LOST);
}

/* Holes in the sequence numbers tell nothing. */
static void
test_sequence_holes(void)
{
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  for (guint i = 0; i < 20; i++) {
    write_mark(writer, 0, 10 * i);
    hs_etl_writer_flush_all(writer);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(GBytes) less = hs_etl_damage_apply(image, "remove-buffer", 9, 0);
  g_autoptr(GArray) gaps = gaps_of(less, NULL);
  g_assert_cmpuint(gaps->len, ==, 0);
}

static gint
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsEtlTruthGap *x = a, *y = b;
  if (x->begin_ns != y->begin_ns)
    return x->begin_ns < y->begin_ns ? -1 : 1;
  if (x->end_ns != y->end_ns)
    return x->end_ns < y->end_ns ? -1 : 1;
  if (x->cpu != y->cpu)
    return x->cpu < y->cpu ? -1 : 1;
  return x->buffers - y->buffers;
}

/* By chance, against the writer's account. */
static void
test_random(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (guint round = 0; round < 40; round++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.start_ticks = START_TICKS;
    options.buffer_size_bytes = 1024;
    options.compress = round % 2 != 0;
    options.cpus = (guint)g_rand_int_range(random, 1, 9);
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    guint64 now = 0;
    for (guint i = 0; i < 2000; i++) {
      guint cpu = (guint)g_rand_int_range(random, 0, (gint)options.cpus);
      now += (guint)g_rand_int_range(random, 0, 20);
      write_mark(writer, cpu, now);
      if (g_rand_int_range(random, 0, 30) == 0)
        hs_etl_writer_set_flags(writer, cpu, (guint)g_rand_int_range(random, 1, 4) << 1);
    }
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(GArray) gaps = gaps_of(image, NULL);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(HsEtlTruthGap));
    GArray *expected = hs_etl_writer_truth(writer)->gaps;
    for (guint i = 0; i < gaps->len; i++) {
      const HsEtlGap *gap = &g_array_index(gaps, HsEtlGap, i);
      HsEtlTruthGap same = {gap->begin_ticks * 100, gap->end_ticks * 100, gap->cpu,
                            gap->kind == HS_ETL_ISSUE_BUFFERS_LOST};
      g_array_append_val(found, same);
    }
    g_array_sort(found, compare_gaps);
    g_array_sort(expected, compare_gaps);
    g_assert_cmpuint(expected->len, >, 10);
    g_assert_cmpuint(found->len, ==, expected->len);
    for (guint i = 0; i < found->len; i++)
      g_assert_cmpint(compare_gaps(&g_array_index(found, HsEtlTruthGap, i), &g_array_index(expected, HsEtlTruthGap, i)),
                      ==, 0);
  }
}

static void
test_bound(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 1024;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 5000; i++) {
    hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST);
    write_mark(writer, 0, 10 + i);
    hs_etl_writer_flush_all(writer);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  guint64 n_all = 0;
  g_autoptr(GArray) gaps = gaps_of(image, &n_all);
  g_assert_cmpuint(n_all, ==, 5000);
  g_assert_cmpuint(gaps->len, ==, HS_ETL_MAX_GAPS);
  assert_gap(gaps, 4095, 10 + 4094, 10 + 4095, 0, HS_ETL_ISSUE_EVENTS_LOST);
}

/* ---- Places ---- */

static void
test_places(void)
{
  HsEtlIssue issues[HS_ETL_N_ISSUES] = {0}, more[HS_ETL_N_ISSUES] = {0}, sum[HS_ETL_N_ISSUES] = {0};
  for (guint i = 0; i < 100; i++)
    hs_etl_issue_add(issues, HS_ETL_ISSUE_BAD_RECORD, 1000 + i, "number %u", i);
  hs_etl_issue_add(more, HS_ETL_ISSUE_BAD_RECORD, 10, "earlier");
  hs_etl_issue_add(more, HS_ETL_ISSUE_DECOMPRESS, 20, "alone");
  g_assert_cmpuint(issues[HS_ETL_ISSUE_BAD_RECORD].count, ==, 100);
  g_assert_cmpuint(issues[HS_ETL_ISSUE_BAD_RECORD].n_places, ==, HS_ETL_ISSUE_PLACES);
  g_assert_cmpuint(issues[HS_ETL_ISSUE_BAD_RECORD].places[63].offset, ==, 1063);
  g_assert_cmpstr(issues[HS_ETL_ISSUE_BAD_RECORD].places[63].detail, ==, "number 63");
  hs_etl_issues_add_all(sum, issues);
  hs_etl_issues_add_all(sum, more);
  const HsEtlIssue *records = &sum[HS_ETL_ISSUE_BAD_RECORD];
  g_assert_cmpuint(records->count, ==, 101);
  g_assert_cmpuint(records->n_places, ==, HS_ETL_ISSUE_PLACES);
  g_assert_cmpstr(records->places[0].detail, ==, "earlier");
  g_assert_cmpstr(records->places[1].detail, ==, "number 0");
  g_assert_cmpstr(records->places[63].detail, ==, "number 62");
  g_assert_cmpuint(sum[HS_ETL_ISSUE_DECOMPRESS].n_places, ==, 1);
  g_assert_cmpuint(sum[HS_ETL_ISSUE_BAD_BUFFER].count, ==, 0);
  hs_etl_issues_clear(issues);
  hs_etl_issues_clear(more);
  hs_etl_issues_clear(sum);
  g_assert_cmpuint(sum[HS_ETL_ISSUE_BAD_RECORD].count, ==, 0);
  g_assert_null(sum[HS_ETL_ISSUE_BAD_RECORD].places);
}

/* Each damaged buffer is a place, at the record that is wrong. */
static void
test_places_of_damage(void)
{
  static const guint damaged[] = {3, 5, 9};
  HsEtlWriterOptions options;
  g_autoptr(HsEtlWriter) writer = small_writer(&options);
  for (guint i = 0; i < 12; i++) {
    write_mark(writer, 0, 10 * i);
    hs_etl_writer_flush_all(writer);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  for (guint i = 0; i < G_N_ELEMENTS(damaged); i++) {
    GBytes *worse = hs_etl_damage_apply(image, "record-size-7", damaged[i], 0);
    g_bytes_unref(image);
    image = worse;
  }
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  merge_all(merger, file, NULL, NULL);
  const HsEtlIssue *issue = &hs_etl_merger_counts(merger)->issues[HS_ETL_ISSUE_BAD_RECORD];
  g_assert_cmpuint(issue->count, ==, G_N_ELEMENTS(damaged));
  g_assert_cmpuint(issue->n_places, ==, G_N_ELEMENTS(damaged));
  for (guint i = 0; i < G_N_ELEMENTS(damaged); i++)
    g_assert_cmpuint(issue->places[i].offset, ==, damaged[i] * 4096 + 72);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/loss/gaps", test_gaps);
  g_test_add_func("/etl/loss/unread", test_unread);
  g_test_add_func("/etl/loss/sessions", test_sessions);
  g_test_add_func("/etl/loss/wrong-times", test_wrong_times);
  g_test_add_func("/etl/loss/sequence-holes", test_sequence_holes);
  g_test_add_func("/etl/loss/random", test_random);
  g_test_add_func("/etl/loss/bound", test_bound);
  g_test_add_func("/etl/places", test_places);
  g_test_add_func("/etl/places/damage", test_places_of_damage);
  return g_test_run();
}
