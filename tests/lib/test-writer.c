/* SPDX-License-Identifier: MIT */
/* The trace writer checked by itself: its XPRESS against a naive decoder, its account against sums done by hand. */
#include <string.h>

#include "hs-etl-damage.h"
#include "hs-etl-writer.h"

/* ---- XPRESS ---- */

typedef struct {
  const guint8 *in;
  gsize length, at;
  gsize half; /* position of the half-used byte, G_MAXSIZE: none */
} Input;

static guint32
take(Input *input, guint bytes)
{
  guint32 value = 0;
  for (guint i = 0; i < bytes; i++) {
    g_assert_cmpuint(input->at, <, input->length);
    value |= (guint32)input->in[input->at++] << 8 * i;
  }
  return value;
}

static guint32
take_length(Input *input, guint32 length)
{
  if (length < 7)
    return length + 3;
  guint32 nibble;
  if (input->half == G_MAXSIZE) {
    input->half = input->at;
    nibble = take(input, 1) & 15;
  } else {
    nibble = input->in[input->half] >> 4;
    input->half = G_MAXSIZE;
  }
  if (nibble < 15)
    return nibble + 7 + 3;
  guint32 byte = take(input, 1);
  if (byte < 255)
    return byte + 15 + 7 + 3;
  guint32 word = take(input, 2);
  if (word == 0)
    word = take(input, 4);
  g_assert_cmpuint(word, >=, 22);
  return word + 3;
}

/* Until `wanted` bytes are out; everything must be right. */
static GByteArray *
unpack(const guint8 *bytes, gsize length, gsize wanted)
{
  Input input = {bytes, length, 0, G_MAXSIZE};
  GByteArray *out = g_byte_array_new();
  guint32 flags = 0;
  for (guint n = 0; out->len < wanted; n++) {
    if (n % 32 == 0)
      flags = take(&input, 4);
    if (((flags >> (31 - n % 32)) & 1) == 0) {
      guint8 literal = (guint8)take(&input, 1);
      g_byte_array_append(out, &literal, 1);
      continue;
    }
    guint32 word = take(&input, 2);
    guint32 distance = (word >> 3) + 1;
    guint32 count = take_length(&input, word & 7);
    g_assert_cmpuint(distance, <=, out->len);
    for (guint32 i = 0; i < count; i++) {
      guint8 copy = out->data[out->len - distance];
      g_byte_array_append(out, &copy, 1);
    }
  }
  g_assert_cmpuint(out->len, ==, wanted);
  /* At most one flag word stands behind the last datum. */
  g_assert_cmpuint(length - input.at, <=, 4);
  return out;
}

static void
check_xpress(const guint8 *bytes, gsize length)
{
  for (gint long_lengths = 0; long_lengths < 2; long_lengths++) {
    g_autoptr(GByteArray) packed = g_byte_array_new();
    hs_etl_writer_xpress(bytes, length, long_lengths, packed);
    g_autoptr(GByteArray) unpacked = unpack(packed->data, packed->len, length);
    g_assert_cmpmem(unpacked->data, unpacked->len, bytes, length);
  }
}

static void
test_xpress_published(void)
{
  static const guint8 letters[] = "\x3f\0\0\0abcdefghijklmnopqrstuvwxyz";
  g_autoptr(GByteArray) a = unpack(letters, sizeof letters - 1, 26);
  g_assert_cmpmem(a->data, a->len, "abcdefghijklmnopqrstuvwxyz", 26);
  static const guint8 hundred[] = {0xff, 0xff, 0xff, 0x1f, 'a', 'b', 'c', 0x17, 0, 0x0f, 0xff, 0x26, 1};
  g_autoptr(GByteArray) b = unpack(hundred, sizeof hundred, 300);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpuint(b->data[i], ==, "abc"[i % 3]);
  g_autoptr(GByteArray) packed = g_byte_array_new();
  hs_etl_writer_xpress(b->data, b->len, FALSE, packed);
  g_assert_cmpmem(packed->data, packed->len, hundred, sizeof hundred);
}

static void
test_xpress_runs(void)
{
  g_autofree guint8 *bytes = g_malloc0(200000);
  static const gsize lengths[] = {0,  1,  2,  3,   4,   8,   9,   10,  12,  24,  25,    26,    31,    32,
                                  33, 34, 64, 278, 279, 280, 281, 282, 283, 300, 65535, 65538, 65540, 200000};
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++)
    check_xpress(bytes, lengths[i]);
  for (guint period = 1; period < 40; period++) {
    for (guint i = 0; i < 3000; i++)
      bytes[i] = (guint8)(i % period * 5);
    check_xpress(bytes, 3000 - period);
  }
  /* Repeats at the far edge of the window, and just beyond. */
  for (guint distance = 8190; distance < 8196; distance++) {
    for (guint i = 0; i < 20000; i++)
      bytes[i] = i < distance ? (guint8)(i * i >> 7 ^ i * 31) : bytes[i - distance];
    check_xpress(bytes, 20000);
  }
}

static void
test_xpress_random(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (guint round = 0; round < 300; round++) {
    guint length = g_rand_int(random) % (round < 250 ? 700 : 70000);
    guint letters = 1 + g_rand_int(random) % (round % 3 == 0 ? 255 : 4);
    g_autofree guint8 *bytes = g_malloc(length + 1);
    for (guint i = 0; i < length; i++) {
      gboolean again = i > 20 && g_rand_int(random) % 16 == 0;
      bytes[i] = again ? bytes[i - 20] : (guint8)(g_rand_int(random) % letters);
    }
    for (guint i = 0; length > 400 && i < 300; i++)
      bytes[length - 300 + i] = bytes[i];
    check_xpress(bytes, length);
  }
}

/* ---- The account: one test a row of the rules ---- */

#define HEAP 0x1f0000

typedef struct {
  guint64 at; /* ns */
  guint16 op;
  guint64 address, size, old_address;
} Step;

/* Pairs some steps of process 8 in both ways and returns the account of the sorted one. */
static HsEtlTruth *
pair(const Step *steps, guint n_steps)
{
  HsEtlTruth *sorted = hs_etl_truth_new(HS_ETL_TRUTH_SORTED);
  g_autoptr(HsEtlTruth) direct = hs_etl_truth_new(HS_ETL_TRUTH_IN_ORDER);
  for (guint i = 0; i < n_steps; i++) {
    HsEtlTruthRecord record = {
        .time_ticks = steps[i].at,
        .time_ns = (gint64)steps[i].at,
        .op = steps[i].op,
        .pid = 8,
        .heap = HEAP,
        .address = steps[i].address,
        .size_bytes = steps[i].size,
        .old_address = steps[i].old_address,
        .source = 3,
    };
    hs_etl_truth_note_event(sorted, &record);
    hs_etl_truth_note_event(direct, &record);
  }
  hs_etl_truth_finish(sorted);
  hs_etl_truth_finish(direct);
  g_assert_cmpuint(sorted->allocation_count, ==, direct->allocation_count);
  g_assert_cmpuint(sorted->outstanding_bytes, ==, direct->outstanding_bytes);
  g_assert_cmpuint(sorted->peak_bytes, ==, direct->peak_bytes);
  g_assert_cmpint(sorted->peak_time_ns, ==, direct->peak_time_ns);
  g_assert_cmpuint(sorted->overwritten, ==, direct->overwritten);
  g_assert_cmpuint(sorted->unmatched_frees, ==, direct->unmatched_frees);
  return sorted;
}

#define PAIR(name, ...)                                                                                                \
  static const Step name##_steps[] = {__VA_ARGS__};                                                                    \
  g_autoptr(HsEtlTruth) name = pair(name##_steps, G_N_ELEMENTS(name##_steps))

static void
check_totals(const HsEtlTruth *truth, guint64 count, guint64 bytes, guint64 outstanding_count,
             guint64 outstanding_bytes, guint64 peak_bytes, gint64 peak_time_ns)
{
  g_assert_cmpuint(truth->allocation_count, ==, count);
  g_assert_cmpuint(truth->allocation_bytes, ==, bytes);
  g_assert_cmpuint(truth->outstanding_count, ==, outstanding_count);
  g_assert_cmpuint(truth->outstanding_bytes, ==, outstanding_bytes);
  g_assert_cmpuint(truth->peak_bytes, ==, peak_bytes);
  g_assert_cmpint(truth->peak_time_ns, ==, peak_time_ns);
}

static const HsEtlTruthBlock *
block(const HsEtlTruth *truth, guint number)
{
  g_assert_cmpuint(number, <, truth->blocks->len);
  return &g_array_index(truth->blocks, HsEtlTruthBlock, number);
}

static void
test_pair_alloc_free(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x21, 0x200, 60}, {3, 0x24, 0x100}, {4, 0x21, 0x100, 10}, {5, 0x24, 0x200});
  check_totals(truth, 3, 110, 1, 10, 100, 2);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_FREE);
  g_assert_cmpint(block(truth, 0)->end_ns, ==, 3);
  g_assert_cmpint(block(truth, 2)->end, ==, HS_ETL_TRUTH_END_NONE);
  const HsEtlTruthHeap *heap = &g_array_index(truth->heaps, HsEtlTruthHeap, 0);
  g_assert_cmpuint(heap->allocs, ==, 3);
  g_assert_cmpuint(heap->frees, ==, 2);
  g_assert_cmpuint(heap->peak_bytes, ==, 100);
}

static void
test_pair_overwritten(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x21, 0x100, 50});
  check_totals(truth, 2, 90, 1, 50, 50, 2);
  g_assert_cmpuint(truth->overwritten, ==, 1);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_OVERWRITTEN);
  g_assert_cmpint(block(truth, 0)->end_ns, ==, 2);
}

static void
test_pair_failed(void)
{
  PAIR(truth, {1, 0x21, 0, 40}, {2, 0x21, 0x100, 5}, {3, 0x22, 0, 99, 0x100});
  check_totals(truth, 1, 5, 1, 5, 5, 2);
  g_assert_cmpuint(truth->failed_allocs, ==, 1);
  g_assert_cmpuint(truth->failed_reallocs, ==, 1);
}

static void
test_pair_unmatched(void)
{
  PAIR(truth, {1, 0x24, 0x100}, {2, 0x21, 0x200, 7});
  check_totals(truth, 1, 7, 1, 7, 7, 2);
  g_assert_cmpuint(truth->unmatched_frees, ==, 1);
}

static void
test_pair_realloc_in_place(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x22, 0x100, 70, 0x100}, {3, 0x22, 0x300, 9, 0x300});
  check_totals(truth, 3, 119, 2, 79, 79, 3);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_REALLOC);
  g_assert_true(block(truth, 1)->is_realloc);
  g_assert_true(block(truth, 2)->is_realloc);
  g_assert_cmpuint(truth->overwritten, ==, 0);
}

static void
test_pair_realloc_summary(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x21, 0x200, 70}, {3, 0x24, 0x100}, {4, 0x22, 0x200, 70, 0x100});
  check_totals(truth, 2, 110, 1, 70, 110, 2);
  g_assert_true(block(truth, 1)->is_realloc);
  g_assert_cmpint(block(truth, 1)->end, ==, HS_ETL_TRUTH_END_NONE);
}

/* The old block's free was lost: the summary ends it. */
static void
test_pair_realloc_summary_old_live(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x21, 0x200, 70}, {4, 0x22, 0x200, 70, 0x100});
  check_totals(truth, 2, 110, 1, 70, 110, 2);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_REALLOC);
  g_assert_cmpint(block(truth, 0)->end_ns, ==, 4);
}

/* Another thread got the old address in between: its block stays. */
static void
test_pair_realloc_summary_old_reused(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x21, 0x200, 70}, {3, 0x24, 0x100}, {4, 0x21, 0x100, 8},
       {5, 0x22, 0x200, 70, 0x100});
  check_totals(truth, 3, 118, 2, 78, 110, 2);
  g_assert_cmpint(block(truth, 2)->end, ==, HS_ETL_TRUTH_END_NONE);
}

static void
test_pair_realloc_alone(void)
{
  PAIR(truth, {1, 0x21, 0x100, 40}, {2, 0x22, 0x200, 70, 0x100}, {3, 0x22, 0x300, 5, 0x999});
  check_totals(truth, 3, 115, 2, 75, 75, 3);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_REALLOC);
  g_assert_true(block(truth, 1)->is_realloc);
}

static void
test_pair_destroy(void)
{
  PAIR(truth, {1, 0x20}, {2, 0x21, 0x100, 40}, {3, 0x21, 0x200, 2}, {4, 0x23}, {5, 0x24, 0x100}, {6, 0x20},
       {7, 0x21, 0x100, 6});
  check_totals(truth, 3, 48, 1, 6, 42, 3);
  g_assert_cmpuint(truth->freed_by_destroy, ==, 2);
  g_assert_cmpuint(truth->unmatched_frees, ==, 1);
  g_assert_cmpuint(truth->heaps->len, ==, 2);
  g_assert_true(g_array_index(truth->heaps, HsEtlTruthHeap, 0).destroyed);
  g_assert_cmpint(block(truth, 0)->end, ==, HS_ETL_TRUTH_END_DESTROY);
}

static void
test_pair_process_exit(void)
{
  PAIR(truth, {1, HS_ETL_TRUTH_PROCESS_START}, {2, 0x21, 0x100, 40}, {3, HS_ETL_TRUTH_PROCESS_END},
       {4, HS_ETL_TRUTH_PROCESS_START}, {5, 0x24, 0x100}, {6, 0x21, 0x100, 1});
  check_totals(truth, 2, 41, 1, 1, 40, 2);
  g_assert_cmpuint(truth->ended_by_process_exit, ==, 1);
  g_assert_cmpuint(truth->unmatched_frees, ==, 1);
  g_assert_cmpuint(g_array_index(truth->heaps, HsEtlTruthHeap, 1).process_instance, ==, 1);
}

/* ---- The file ---- */

static guint
u16_at(const guint8 *bytes)
{
  return bytes[0] | (guint)bytes[1] << 8;
}

static guint32
u32_at(const guint8 *bytes)
{
  return u16_at(bytes) | (guint32)u16_at(bytes + 2) << 16;
}

typedef struct {
  guint64 buffers, compressed, records;
  guint64 by_header[256];
  GArray *sizes; /* guint: of each record in order */
} Walk;

static void
walk_records(Walk *walk, const guint8 *bytes, guint32 end)
{
  guint32 at = 72;
  while (at + 8 <= end) {
    guint type = bytes[at + 2], mark = bytes[at + 3];
    gboolean size_later = mark == 0xc0 && (type <= 4 || type == 0x10 || type == 0x11);
    guint size = u16_at(bytes + at + (size_later ? 4 : 0));
    g_assert_cmpuint(mark & 0x80, ==, 0x80);
    g_assert_cmpuint(size, >=, 8);
    g_assert_cmpuint(at + size, <=, end);
    walk->records++;
    walk->by_header[mark == 0xc0 ? type : mark == 0x90 ? HS_ETL_WRITER_MESSAGE : mark]++;
    g_array_append_val(walk->sizes, size);
    at += (size + 7) & ~7u;
  }
}

static void
walk_image(GBytes *image, Walk *walk)
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(image, &length);
  memset(walk, 0, sizeof *walk);
  walk->sizes = g_array_new(FALSE, FALSE, sizeof(guint));
  for (gsize at = 0; at < length;) {
    const guint8 *buffer = bytes + at;
    guint32 size = u32_at(buffer), end = u32_at(buffer + 0x30);
    g_assert_cmpuint(size, >=, 72);
    g_assert_cmpuint(size, <=, length - at);
    walk->buffers++;
    if (u16_at(buffer + 0x34) & HS_ETL_WRITER_FLAG_COMPRESSED) {
      walk->compressed++;
      g_autoptr(GByteArray) data = unpack(buffer + 72, size - 72, end - 72);
      g_autofree guint8 *whole = g_malloc0(end);
      memcpy(whole + 72, data->data, data->len);
      walk_records(walk, whole, end);
    } else {
      g_assert_true(end == size || buffer[end] == 0xff);
      walk_records(walk, buffer, end);
    }
    at += size;
  }
}

static void
check_walk(GBytes *image, const HsEtlTruth *truth)
{
  Walk walk;
  walk_image(image, &walk);
  g_assert_cmpuint(walk.buffers, ==, truth->buffers);
  g_assert_cmpuint(walk.compressed, ==, truth->compressed_buffers);
  g_assert_cmpuint(walk.records, ==, truth->records_total);
  for (guint i = 0; i < 256; i++)
    g_assert_cmpuint(walk.by_header[i], ==, truth->by_header[i]);
  g_array_unref(walk.sizes);
}

/* Written out of order by two CPUs: time decides, then the CPU. */
static void
test_pair_order(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  guint64 t = options.start_ticks;
  HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64, .cpu = 1, .time_ticks = t + 20, .pid = 8, .tid = 9};
  hs_etl_writer_free_block(writer, &at, HEAP, 0x100, 3);
  at.cpu = 0;
  at.time_ticks = t + 10;
  hs_etl_writer_alloc(writer, &at, HEAP, 0x100, 64, 3);
  at.time_ticks = t + 20;
  hs_etl_writer_alloc(writer, &at, HEAP, 0x200, 64, 3);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  check_walk(image, hs_etl_writer_truth(writer));
  const HsEtlTruth *truth = hs_etl_writer_truth(writer);
  check_totals(truth, 2, 128, 1, 64, 128, 2000);
  g_assert_cmpuint(truth->unmatched_frees, ==, 0);
  g_assert_cmpuint(truth->time_inversions, ==, 0);
}

static const HsEtlWriterHeader every_header[] = {
    HS_ETL_WRITER_SYSTEM32, HS_ETL_WRITER_SYSTEM64,   HS_ETL_WRITER_COMPACT32,  HS_ETL_WRITER_COMPACT64,
    HS_ETL_WRITER_FULL32,   HS_ETL_WRITER_INSTANCE32, HS_ETL_WRITER_TIMED,      HS_ETL_WRITER_ERROR,
    HS_ETL_WRITER_WNODE,    HS_ETL_WRITER_MESSAGE,    HS_ETL_WRITER_PERFINFO32, HS_ETL_WRITER_PERFINFO64,
    HS_ETL_WRITER_EVENT32,  HS_ETL_WRITER_EVENT64,    HS_ETL_WRITER_FULL64,     HS_ETL_WRITER_INSTANCE64,
    HS_ETL_WRITER_OTHER};

static void
write_every_header(HsEtlWriter *writer, guint64 ticks)
{
  HsEtlWriterItem items[2] = {{6, "0123456789abcdef0123456", 24}, {0x0c, "traits", 7}};
  for (guint i = 0; i < 40 * G_N_ELEMENTS(every_header); i++) {
    HsEtlWriterAt at = {every_header[i % G_N_ELEMENTS(every_header)], i % 4, ticks + i, 8, 12};
    HsEtlWriterRecord record = {
        .hook = 0x1100,
        .version = 2,
        .pmc_words = i % 5 == 0 ? 3 : 0,
        .pebs = i % 7 == 0,
        .event_flags = at.header == HS_ETL_WRITER_MESSAGE ? 0x2b : 0,
        .items = items,
        .n_items = i % 3,
        .payload = "payload of any length whatever",
        .length = i % 31,
    };
    hs_etl_writer_record(writer, &at, &record);
  }
}

static void
test_file_headers(void)
{
  for (guint variant = 0; variant < 8; variant++) {
    HsEtlWriterOptions options;
    hs_etl_writer_options_init(&options);
    options.compress = variant & 1;
    options.pointer_size = variant & 2 ? 4 : 8;
    options.old_processor_numbers = variant & 4;
    options.header_extras = variant & 4;
    options.saved_offset_zero = variant & 1;
    options.buffer_size_bytes = 4096;
    g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
    write_every_header(writer, options.start_ticks);
    if (variant & 2)
      hs_etl_writer_append_header(writer, options.start_ticks + 50000000, options.start_filetime + 60000000);
    write_every_header(writer, options.start_ticks + 60000000);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    check_walk(image, hs_etl_writer_truth(writer));
  }
}

/* Sizes of the whole record, headers of 0x20 bytes: 32-bit, 64-bit, as the format's table has them. */
static void
test_file_heap_sizes(void)
{
  static const struct {
    guint op;
    HsEtlWriterForm form;
    guint narrow, wide;
  } table[] = {
      {0x20, HS_ETL_WRITER_FORM_NEW, 20, 36},    {0x20, HS_ETL_WRITER_FORM_OLD, 8, 12},
      {0x21, HS_ETL_WRITER_FORM_NEW, 16, 28},    {0x22, HS_ETL_WRITER_FORM_NEW, 24, 44},
      {0x23, HS_ETL_WRITER_FORM_NEW, 4, 8},      {0x24, HS_ETL_WRITER_FORM_NEW, 12, 20},
      {0x25, HS_ETL_WRITER_FORM_NEW, 32, 60},    {0x25, HS_ETL_WRITER_FORM_OLD, 28, 52},
      {0x26, HS_ETL_WRITER_FORM_NEW, 40, 64},    {0x26, HS_ETL_WRITER_FORM_OLD, 36, 56},
      {0x26, HS_ETL_WRITER_FORM_OLDEST, 20, 36}, {0x26, HS_ETL_WRITER_FORM_PADDED, 48, 72},
      {0x27, HS_ETL_WRITER_FORM_NEW, 40, 64},    {0x2a, HS_ETL_WRITER_FORM_NEW, 32, 60},
      {0x2a, HS_ETL_WRITER_FORM_OLD, 28, 52},    {0x2b, HS_ETL_WRITER_FORM_NEW, 4, 8},
      {0x2f, HS_ETL_WRITER_FORM_NEW, 16, 32},    {0x32, HS_ETL_WRITER_FORM_NEW, 16, 32},
      {0x33, HS_ETL_WRITER_FORM_NEW, 16, 28},    {0x33, HS_ETL_WRITER_FORM_PADDED, 16, 32},
      {0x35, HS_ETL_WRITER_FORM_NEW, 20, 36},    {0x36, HS_ETL_WRITER_FORM_NEW, 8, 12},
      {0x37, HS_ETL_WRITER_FORM_NEW, 4, 4},      {0x38, HS_ETL_WRITER_FORM_NEW, 8, 16},
      {0x39, HS_ETL_WRITER_FORM_NEW, 12, 20},    {0x3a, HS_ETL_WRITER_FORM_NEW, 12, 20},
  };
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {.cpu = 0, .time_ticks = options.start_ticks, .pid = 8, .tid = 12};
  for (guint i = 0; i < 2 * G_N_ELEMENTS(table); i++) {
    HsEtlWriterHeapEvent event = {.op = table[i / 2].op, .form = table[i / 2].form, .heap = HEAP, .source = 3};
    at.header = i % 2 == 0 ? HS_ETL_WRITER_SYSTEM32 : HS_ETL_WRITER_SYSTEM64;
    hs_etl_writer_heap(writer, &at, &event);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  Walk walk;
  walk_image(image, &walk);
  for (guint i = 0; i < 2 * G_N_ELEMENTS(table); i++) {
    guint want = 0x20 + (i % 2 == 0 ? table[i / 2].narrow : table[i / 2].wide);
    g_assert_cmpuint(g_array_index(walk.sizes, guint, i + 1), ==, want);
  }
  g_array_unref(walk.sizes);
}

static GBytes *
small_image(gboolean compress)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.compress = compress;
  options.buffer_size_bytes = 4096;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 500; i++) {
    HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64, i % 4, options.start_ticks + i, 8, 12};
    hs_etl_writer_alloc(writer, &at, HEAP, 0x10000 + i * 64, i, 1 + i % 6);
  }
  return hs_etl_writer_finish(writer);
}

static void
test_file_circular(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 1024;
  options.circular_rotate = 3;
  options.zero_tail_buffers = 2;
  options.buffers_written = 0;
  options.end_filetime = 0;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 200; i++) {
    HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64, 0, options.start_ticks + i, 8, 12};
    hs_etl_writer_alloc(writer, &at, HEAP, 0x10000 + i * 64, i, 3);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(image, &length);
  guint64 buffers = hs_etl_writer_truth(writer)->buffers;
  g_assert_cmpuint(length, ==, (buffers + 2) * 1024);
  g_assert_cmpuint(u32_at(bytes + 1024 + 0x18), ==, 4);
  g_assert_cmpuint(u32_at(bytes + (buffers - 3) * 1024 + 0x18), ==, 1);
  g_assert_cmpuint(u32_at(bytes + buffers * 1024), ==, 0);
}

static void
test_damages(void)
{
  gsize count = 0;
  const HsEtlDamage *damages = hs_etl_damage_list(&count);
  g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
  for (gint compress = 0; compress < 2; compress++) {
    g_autoptr(GBytes) image = small_image(compress);
    g_autoptr(GBytes) again = small_image(compress);
    for (gsize i = 0; i < count; i++) {
      g_assert_true(compress || g_hash_table_add(names, (gpointer)damages[i].name));
      gboolean changed = FALSE;
      for (guint position = 0; position < 20; position++) {
        g_autoptr(GBytes) damaged = hs_etl_damage_apply(image, damages[i].name, position, position);
        changed = changed || !g_bytes_equal(damaged, image);
      }
      g_assert_true(changed);
      g_assert_true(g_bytes_equal(image, again));
    }
  }
}

static void
test_json(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM32, 2, options.start_ticks + 70, 8, 12};
  HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_DC_START, .version = 4, .pid = 8, .name = "a.exe"};
  hs_etl_writer_process(writer, &at, &process);
  hs_etl_writer_alloc(writer, &at, 0x1230000, 0x1234560, 77, 1);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  check_walk(image, hs_etl_writer_truth(writer));
  g_autofree char *json = hs_etl_truth_to_json(hs_etl_writer_truth(writer));
  g_assert_nonnull(strstr(json, "\"handle\" : \"0x1230000\""));
  g_assert_nonnull(strstr(json, "\"process\" : \"a.exe\""));
  g_assert_nonnull(strstr(json, "\"peak_time_ns\" : 7000"));
  g_assert_nonnull(strstr(json, "\"lookaside\" : 1"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/writer/xpress/published", test_xpress_published);
  g_test_add_func("/writer/xpress/runs", test_xpress_runs);
  g_test_add_func("/writer/xpress/random", test_xpress_random);
  g_test_add_func("/writer/pair/alloc-free", test_pair_alloc_free);
  g_test_add_func("/writer/pair/overwritten", test_pair_overwritten);
  g_test_add_func("/writer/pair/failed", test_pair_failed);
  g_test_add_func("/writer/pair/unmatched", test_pair_unmatched);
  g_test_add_func("/writer/pair/realloc-in-place", test_pair_realloc_in_place);
  g_test_add_func("/writer/pair/realloc-summary", test_pair_realloc_summary);
  g_test_add_func("/writer/pair/realloc-summary-old-live", test_pair_realloc_summary_old_live);
  g_test_add_func("/writer/pair/realloc-summary-old-reused", test_pair_realloc_summary_old_reused);
  g_test_add_func("/writer/pair/realloc-alone", test_pair_realloc_alone);
  g_test_add_func("/writer/pair/destroy", test_pair_destroy);
  g_test_add_func("/writer/pair/process-exit", test_pair_process_exit);
  g_test_add_func("/writer/pair/order", test_pair_order);
  g_test_add_func("/writer/file/headers", test_file_headers);
  g_test_add_func("/writer/file/heap-sizes", test_file_heap_sizes);
  g_test_add_func("/writer/file/circular", test_file_circular);
  g_test_add_func("/writer/damages", test_damages);
  g_test_add_func("/writer/json", test_json);
  return g_test_run();
}
