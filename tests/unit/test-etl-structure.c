/* SPDX-License-Identifier: MIT */
/* Damage to a trace as a whole: buffers wiped, cut out, in the wrong order or there twice, headers where none belong,
 * time that runs backwards, processors that do not exist; and bytes that are wrong here and there. */
#include "test-damage-support.h"

#define BUFFER_BYTES 2048
#define N_ROUNDS 500

/* A damaged image as it is put together, and where the pieces of the good one are in it. */
typedef struct {
  GByteArray *bytes;
  GArray *pieces;  /* DamagePiece */
  GArray *sources; /* guint: which good piece each of them is */
} Patchwork;

static Patchwork *
patchwork_new(void)
{
  Patchwork *patchwork = g_new0(Patchwork, 1);
  patchwork->bytes = g_byte_array_new();
  patchwork->pieces = g_array_new(FALSE, TRUE, sizeof(DamagePiece));
  patchwork->sources = g_array_new(FALSE, FALSE, sizeof(guint));
  return patchwork;
}

static void
patchwork_free(Patchwork *patchwork)
{
  g_byte_array_unref(patchwork->bytes);
  g_array_unref(patchwork->pieces);
  g_array_unref(patchwork->sources);
  g_free(patchwork);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Patchwork, patchwork_free)

/* Adds a buffer of the good image. */
static void
add_piece(Patchwork *patchwork, const DamageGood *good, guint index)
{
  const DamagePiece *source = damage_good_piece(good, index);
  const guint8 *bytes = g_bytes_get_data(good->image, NULL);
  DamagePiece piece = {.begin = patchwork->bytes->len};
  g_byte_array_append(patchwork->bytes, bytes + source->begin, (guint)(source->end - source->begin));
  piece.end = patchwork->bytes->len;
  g_array_append_val(patchwork->pieces, piece);
  g_array_append_val(patchwork->sources, index);
}

static void
add_pieces(Patchwork *patchwork, const DamageGood *good, guint begin, guint end)
{
  for (guint i = begin; i < end; i++)
    add_piece(patchwork, good, i);
}

/* Adds as many zeros as a buffer of the good image has bytes. */
static void
add_zeros(Patchwork *patchwork, const DamageGood *good, guint index)
{
  const DamagePiece *source = damage_good_piece(good, index);
  guint length = patchwork->bytes->len, more = (guint)(source->end - source->begin);
  g_byte_array_set_size(patchwork->bytes, length + more);
  memset(patchwork->bytes->data + length, 0, more);
}

/* Reads it, and sees to it that every piece holds what it held. The result is the caller's to clear. */
static void
read_patchwork(const Patchwork *patchwork, const DamageGood *good, DamageResult *result)
{
  g_autoptr(GBytes) image = g_bytes_new(patchwork->bytes->data, patchwork->bytes->len);
  damage_read(image, patchwork->pieces, result);
  g_assert_false(result->is_refused);
  for (guint i = 0; i < patchwork->pieces->len; i++) {
    const DamagePiece *is = &g_array_index(patchwork->pieces, DamagePiece, i);
    const DamagePiece *was = damage_good_piece(good, g_array_index(patchwork->sources, guint, i));
    g_assert_cmpuint(is->records, ==, was->records);
    g_assert_cmpuint(is->digest, ==, was->digest);
  }
}

/* The same, and `kind` must be told of in [begin, end], by Health, too. */
static void
check_patchwork(const Patchwork *patchwork, const DamageGood *good, HsEtlIssueKind kind, guint64 begin, guint64 end)
{
  g_auto(DamageResult) result = {0};
  read_patchwork(patchwork, good, &result);
  g_assert_cmpuint(result.issues[kind].count, >, 0);
  g_assert_true(damage_is_named(&result, begin, end));
  g_autoptr(GBytes) image = g_bytes_new(patchwork->bytes->data, patchwork->bytes->len);
  damage_load(image, TRUE, begin, end);
}

/* Some thirty buffers, of two processors in turn. */
static DamageGood
make_good(gboolean compress)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = BUFFER_BYTES;
  options.compress = compress;
  options.cpus = 2;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 900; i++) {
    HsEtlWriterAt place = at(i % 5 == 0 ? HS_ETL_WRITER_PERFINFO64 : HS_ETL_WRITER_SYSTEM64, i % 2, 2 + i * 3);
    hs_etl_writer_alloc(writer, &place, 0x1f0000, 0x200000 + i * 64, 16 + i % 100, 2);
  }
  GBytes *image = hs_etl_writer_finish(writer);
  return damage_good(image, hs_etl_writer_truth(writer));
}

static guint
n_pieces(const DamageGood *good)
{
  return good->pieces->len;
}

/* --- buffers wiped and missing --- */

/* `n` buffers from `first` on are nothing but zeros. */
static void
check_wiped(const DamageGood *good, guint first, guint n)
{
  g_autoptr(Patchwork) patchwork = patchwork_new();
  add_pieces(patchwork, good, 0, first);
  guint64 begin = patchwork->bytes->len;
  for (guint i = first; i < first + n; i++)
    add_zeros(patchwork, good, i);
  guint64 end = patchwork->bytes->len;
  add_pieces(patchwork, good, first + n, n_pieces(good));
  check_patchwork(patchwork, good, HS_ETL_ISSUE_BAD_BUFFER, begin, end);
}

static void
check_removed(const DamageGood *good, guint first, guint n)
{
  g_autoptr(Patchwork) patchwork = patchwork_new();
  add_pieces(patchwork, good, 0, first);
  add_pieces(patchwork, good, first + n, n_pieces(good));
  /* Only the header tells that there were more. */
  check_patchwork(patchwork, good, HS_ETL_ISSUE_TRUNCATED_FILE, patchwork->bytes->len, patchwork->bytes->len);
}

static void
test_missing(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    guint n = n_pieces(&good);
    for (guint i = 1; i < n; i++) {
      check_wiped(&good, i, 1);
      check_removed(&good, i, 1);
    }
    check_wiped(&good, 3, 4);
    check_removed(&good, 3, 4);
    check_removed(&good, n - 4, 4);
  }
}

/* A session that was never closed has zeros behind its last buffer; but not before it. */
static void
test_unclosed(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = BUFFER_BYTES;
  options.cpus = 2;
  options.end_filetime = 0;
  options.buffers_written = 0;
  options.zero_tail_buffers = 8;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < 400; i++) {
    HsEtlWriterAt place = at(HS_ETL_WRITER_SYSTEM64, i % 2, 2 + i * 3);
    hs_etl_writer_alloc(writer, &place, 0x1f0000, 0x200000 + i * 64, 16 + i % 100, 2);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data(image, &size);
  for (guint n_wiped = 0; n_wiped < 4; n_wiped++) {
    g_autofree guint8 *copy = g_memdup2(bytes, size);
    memset(copy + 5 * BUFFER_BYTES, 0, (gsize)n_wiped * BUFFER_BYTES);
    g_autoptr(GBytes) bad = g_bytes_new(copy, size);
    g_autoptr(HsEtlFile) file = open_good(bad);
    const HsEtlTruth *truth = hs_etl_writer_truth(writer);
    g_assert_cmpuint(hs_etl_file_n_buffers(file), ==, truth->buffers - n_wiped);
    g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
    const HsEtlIssue *issues = hs_etl_merger_counts(merger)->issues;
    g_assert_cmpuint(issues[HS_ETL_ISSUE_UNCLOSED].count, ==, 1);
    g_assert_cmpuint(issues[HS_ETL_ISSUE_BAD_BUFFER].count, ==, n_wiped > 0 ? 1 : 0);
  }
}

/* A session never closed, in which a crumb of a buffer begins each KiB of zeros, and only the very end shows that these
 * are no unused rest: work must not grow with the square of them. */
static void
test_crumbs(void)
{
  enum { N_CRUMBS = 32768, CRUMB_BYTES = 80 };
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 1024;
  options.end_filetime = 0;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  guint8 crumb[1024] = {CRUMB_BYTES};
  crumb[0x30] = CRUMB_BYTES;
  crumb[0x34] = HS_ETL_WRITER_FLAG_COMPRESSED;
  for (guint i = 0; i < N_CRUMBS; i++)
    hs_etl_writer_raw_buffer(writer, crumb, sizeof crumb);
  memset(crumb, 0x11, sizeof crumb);
  hs_etl_writer_raw_buffer(writer, crumb, sizeof crumb);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  double begin_s = damage_cpu_s();
  g_autoptr(HsEtlFile) file = open_good(image);
  g_assert_cmpfloat(damage_cpu_s() - begin_s, <, 5);
  g_assert_cmpuint(hs_etl_file_n_buffers(file), ==, 1 + N_CRUMBS);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  g_assert_cmpuint(hs_etl_merger_counts(merger)->issues[HS_ETL_ISSUE_BAD_BUFFER].count, >=, N_CRUMBS - 1);
}

/* --- buffers where they do not belong --- */

static void
check_swapped(const DamageGood *good, guint first, guint second)
{
  g_autoptr(Patchwork) patchwork = patchwork_new();
  add_pieces(patchwork, good, 0, first);
  guint64 begin = patchwork->bytes->len;
  add_piece(patchwork, good, second);
  add_pieces(patchwork, good, first + 1, second);
  add_piece(patchwork, good, first);
  guint64 end = patchwork->bytes->len;
  add_pieces(patchwork, good, second + 1, n_pieces(good));
  /* What comes too late on its processor is told of; of different ones, each still is in order. */
  if ((second - first) % 2 == 0 || second > first + 2) {
    check_patchwork(patchwork, good, HS_ETL_ISSUE_TIME_INVERSION, begin, end);
    return;
  }
  g_auto(DamageResult) result = {0};
  read_patchwork(patchwork, good, &result);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    g_assert_cmpuint(result.issues[i].count, ==, 0);
}

static void
check_doubled(const DamageGood *good, guint index, guint before)
{
  g_autoptr(Patchwork) patchwork = patchwork_new();
  add_pieces(patchwork, good, 0, before);
  guint64 begin = patchwork->bytes->len;
  add_piece(patchwork, good, index);
  add_pieces(patchwork, good, before, n_pieces(good));
  check_patchwork(patchwork, good, HS_ETL_ISSUE_TIME_INVERSION, begin, patchwork->bytes->len);
}

static void
test_order(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    guint n = n_pieces(&good);
    for (guint i = 1; i + 2 < n; i++) {
      check_swapped(&good, i, i + 1);
      check_swapped(&good, i, i + 2);
      check_doubled(&good, i, i + 1);
      check_doubled(&good, i, n - 1);
    }
    check_swapped(&good, 1, n - 1);
  }
}

/* The header buffer again: at once, in the middle, at the end, and in place of another. */
static void
test_headers(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    guint n = n_pieces(&good);
    const guint places[] = {1, 2, n / 2, n};
    for (guint p = 0; p < G_N_ELEMENTS(places); p++) {
      for (guint replaced = 0; replaced < 2 && places[p] + replaced <= n; replaced++) {
        g_autoptr(Patchwork) patchwork = patchwork_new();
        g_auto(DamageResult) result = {0};
        add_pieces(patchwork, &good, 0, places[p]);
        add_piece(patchwork, &good, 0);
        add_pieces(patchwork, &good, places[p] + replaced, n);
        read_patchwork(patchwork, &good, &result);
        g_autoptr(GBytes) image = g_bytes_new(patchwork->bytes->data, patchwork->bytes->len);
        damage_load(image, FALSE, 0, 0);
      }
    }
  }
}

/* Each buffer in turn says it is a header buffer; and one does that has no room for a header record. */
static void
test_false_headers(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    for (guint i = 1; i < n_pieces(&good); i++) {
      g_autoptr(Patchwork) patchwork = patchwork_new();
      add_pieces(patchwork, &good, 0, n_pieces(&good));
      const DamagePiece *piece = &g_array_index(patchwork->pieces, DamagePiece, i);
      patchwork->bytes->data[piece->begin + 0x36] = 4;
      check_patchwork(patchwork, &good, HS_ETL_ISSUE_BAD_BUFFER, piece->begin, piece->end);
    }
    g_autoptr(Patchwork) patchwork = patchwork_new();
    add_pieces(patchwork, &good, 0, n_pieces(&good));
    const guint8 stub[72] = {72, [0x30] = 72, [0x36] = 4};
    guint64 begin = patchwork->bytes->len;
    g_byte_array_append(patchwork->bytes, stub, sizeof stub);
    check_patchwork(patchwork, &good, HS_ETL_ISSUE_BAD_BUFFER, begin, begin + sizeof stub);
  }
}

/* The header record with as many bytes as it must have, and with one less: the message tells how many. */
static void
test_short_header(void)
{
  for (guint width = 4; width <= 8; width += 4) {
    for (guint less = 0; less < 2; less++) {
      HsEtlWriterOptions options;
      hs_etl_writer_options_init(&options);
      options.pointer_size = width;
      g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
      g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
      gsize size = 0;
      const guint8 *bytes = g_bytes_get_data(image, &size);
      g_autofree guint8 *copy = g_memdup2(bytes, size);
      guint needed = 0x108 + 2 * width;
      guint16 record_size = GUINT16_TO_LE((guint16)(32 + needed - less));
      memcpy(copy + 72 + 4, &record_size, sizeof record_size);
      g_autoptr(GBytes) bad = g_bytes_new(copy, size);
      g_autoptr(GError) error = NULL;
      g_autoptr(HsEtlFile) file = hs_etl_file_open_bytes(bad, "short", &error);
      g_autofree char *words = g_strdup_printf("expected at least %u bytes, found %u", needed, needed - less);
      g_assert_true((file == NULL) == (less > 0));
      g_assert_true(less == 0 || strstr(error->message, words) != NULL);
    }
  }
}

/* --- times and processors --- */

static guint
time_offset(guint type)
{
  return type == HS_ETL_WRITER_PERFINFO64 ? 0x08 : 0x10;
}

/* The records of a buffer have each other's times, the last one's first. */
static void
test_backwards(void)
{
  g_auto(DamageGood) good = make_good(FALSE);
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data(good.image, &size);
  for (guint b = 1; b < n_pieces(&good); b++) {
    const DamagePiece *piece = damage_good_piece(&good, b);
    g_autofree guint8 *copy = g_memdup2(bytes, size);
    g_autoptr(GArray) records = hs_etl_records_of_buffer(bytes, piece->begin);
    for (guint i = 0; i < records->len; i++) {
      HsEtlRecordPlace to = g_array_index(records, HsEtlRecordPlace, i);
      HsEtlRecordPlace from = g_array_index(records, HsEtlRecordPlace, records->len - 1 - i);
      memcpy(copy + to.offset + time_offset(to.type), bytes + from.offset + time_offset(from.type), 8);
    }
    g_autoptr(GBytes) image = g_bytes_new(copy, size);
    g_autoptr(GArray) pieces = damage_pieces(good.image);
    g_auto(DamageResult) result = {0};
    damage_read(image, pieces, &result);
    g_assert_cmpuint(result.issues[HS_ETL_ISSUE_TIME_INVERSION].count, ==, records->len - 1);
    g_assert_true(damage_is_named(&result, piece->begin, piece->end));
    for (guint i = 0; i < pieces->len; i++) {
      g_assert_cmpuint(g_array_index(pieces, DamagePiece, i).records, ==, damage_good_piece(&good, i)->records);
      g_assert_true(i == b || g_array_index(pieces, DamagePiece, i).digest == damage_good_piece(&good, i)->digest);
    }
    damage_load(image, TRUE, piece->begin, piece->end);
  }
}

/* Each buffer says it is of another processor than there are. */
static void
test_processors(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    g_autoptr(Patchwork) patchwork = patchwork_new();
    g_auto(DamageResult) result = {0};
    add_pieces(patchwork, &good, 0, n_pieces(&good));
    for (guint i = 1; i < patchwork->pieces->len; i++) {
      guint8 *buffer = patchwork->bytes->data + g_array_index(patchwork->pieces, DamagePiece, i).begin;
      guint16 cpu = GUINT16_TO_LE((guint16)(2047 - i * 61));
      memcpy(buffer + 0x28, &cpu, sizeof cpu);
    }
    read_patchwork(patchwork, &good, &result);
    g_assert_cmpuint(result.issues[HS_ETL_ISSUE_BAD_BUFFER].count, ==, n_pieces(&good) - 1);
    for (guint i = 1; i < patchwork->pieces->len; i++) {
      const DamagePiece *piece = &g_array_index(patchwork->pieces, DamagePiece, i);
      g_assert_true(damage_is_named(&result, piece->begin, piece->end));
    }
    g_autoptr(GBytes) image = g_bytes_new(patchwork->bytes->data, patchwork->bytes->len);
    damage_load(image, TRUE, 0, patchwork->bytes->len);
  }
}

/* --- bytes --- */

/* One byte in a hundred is another one: nothing can be said of what is left, but that all of it is said to be bad. */
static void
test_random(void)
{
  for (int compress = 0; compress < 2; compress++) {
    g_auto(DamageGood) good = make_good(compress);
    gsize size = 0;
    const guint8 *bytes = g_bytes_get_data(good.image, &size);
    guint n_read = 0;
    guint32 seed = (guint32)g_test_rand_int_range(0, G_MAXINT32);
    g_test_message("seed %u", seed);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (guint round = 0; round < N_ROUNDS; round++) {
      /* Every second one with a header that is whole, so that the rest is looked at. */
      gsize from = round % 2 == 0 ? 0 : damage_good_piece(&good, 1)->begin;
      g_autofree guint8 *copy = g_memdup2(bytes, size);
      for (gsize i = 0; i < (size - from) / 100; i++)
        copy[from + g_rand_int(random) % (size - from)] ^= (guint8)g_rand_int_range(random, 1, 256);
      g_autoptr(GBytes) image = g_bytes_new(copy, size);
      g_autoptr(GArray) pieces = damage_pieces(good.image);
      g_auto(DamageResult) result = {0};
      damage_read(image, pieces, &result);
      g_assert_true(result.is_refused || damage_is_named(&result, 0, size));
      n_read += !result.is_refused;
      damage_load(image, TRUE, 0, size);
    }
    g_assert_cmpuint(n_read, >=, N_ROUNDS / 2);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl/structure/missing", test_missing);
  g_test_add_func("/etl/structure/unclosed", test_unclosed);
  g_test_add_func("/etl/structure/crumbs", test_crumbs);
  g_test_add_func("/etl/structure/order", test_order);
  g_test_add_func("/etl/structure/headers", test_headers);
  g_test_add_func("/etl/structure/false-headers", test_false_headers);
  g_test_add_func("/etl/structure/short-header", test_short_header);
  g_test_add_func("/etl/structure/backwards", test_backwards);
  g_test_add_func("/etl/structure/processors", test_processors);
  g_test_add_func("/etl/structure/random", test_random);
  return g_test_run();
}
