/* SPDX-License-Identifier: MIT */
/* Traces in archives: found, chosen, unpacked, and what is answered to archives that are none of that. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "hs-archive.h"
#include "hs-etl-writer.h"
#include "hs-loader.h"

typedef struct {
  const char *name;
  GBytes *bytes;
} Member;

typedef enum { ZIP, SEVEN_ZIP, ENCRYPTED_ZIP } Kind;

/* A trace of n allocations. */
static GBytes *
make_trace(guint n)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  for (guint i = 0; i < n; i++) {
    HsEtlWriterAt at = {
        .header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks + 10 * i, .pid = 100, .tid = 200};
    hs_etl_writer_alloc(writer, &at, 0x1f0000, 0x10000 + 64 * i, 32, 2);
  }
  GBytes *image = hs_etl_writer_finish(writer);
  hs_etl_writer_free(writer);
  return image;
}

/* The path of a new file. Free with g_free(), after g_unlink(). */
static char *
write_file(gconstpointer bytes, gsize size, const char *suffix)
{
  g_autofree char *template = g_strconcat("heapscope-test-XXXXXX", suffix, NULL);
  char *path = NULL;
  int descriptor = g_file_open_tmp(template, &path, NULL);
  g_assert_cmpint(descriptor, >=, 0);
  g_assert_cmpint(write(descriptor, bytes, size), ==, (gssize)size);
  close(descriptor);
  return path;
}

static GByteArray *
pack(Kind kind, const Member *members, guint n)
{
  g_autofree char *path = write_file("", 0, ".archive");
  struct archive *archive = archive_write_new();
  g_assert_cmpint(kind == SEVEN_ZIP ? archive_write_set_format_7zip(archive) : archive_write_set_format_zip(archive),
                  ==, ARCHIVE_OK);
  if (kind == ENCRYPTED_ZIP) {
    archive_write_set_options(archive, "zip:encryption=traditional");
    archive_write_set_passphrase(archive, "secret");
  }
  g_assert_cmpint(archive_write_open_filename(archive, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < n; i++) {
    gsize size;
    const void *data = g_bytes_get_data(members[i].bytes, &size);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, members[i].name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    g_assert_cmpint(archive_write_data(archive, data, size), ==, (la_ssize_t)size);
    archive_entry_free(entry);
  }
  g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
  archive_write_free(archive);
  char *contents;
  gsize length;
  g_assert_true(g_file_get_contents(path, &contents, &length, NULL));
  g_unlink(path);
  GByteArray *bytes = g_byte_array_new_take((guint8 *)contents, length);
  return bytes;
}

/* A loader that has ended. */
static HsLoader *
load(const GByteArray *archive, const char *suffix, const char *member)
{
  g_autofree char *path = write_file(archive->data, archive->len, suffix);
  HsLoader *loader = hs_loader_start_member(path, member);
  hs_loader_wait(loader);
  g_unlink(path);
  return loader;
}

static void
assert_loaded(const GByteArray *archive, const char *member, guint n)
{
  g_autoptr(HsLoader) loader = load(archive, ".zip", member);
  if (hs_loader_error(loader) != NULL)
    g_test_message("%s", hs_loader_error(loader)->message);
  g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
  g_assert_cmpuint(hs_timeline_n_rows(hs_loader_timeline(loader)), ==, n);
  g_assert_cmpstr(hs_loader_member(loader), ==, member);
}

static void
assert_refused(const GByteArray *archive, const char *member, HsArchiveError code, const char *words)
{
  g_autoptr(HsLoader) loader = load(archive, ".zip", member);
  g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_FAILED);
  g_test_message("%s", hs_loader_error(loader)->message);
  g_assert_error(hs_loader_error(loader), HS_ARCHIVE_ERROR, (int)code);
  g_assert_nonnull(strstr(hs_loader_error(loader)->message, words));
}

static void
test_kinds(void)
{
  g_autoptr(GBytes) trace = make_trace(1000);
  g_autoptr(GBytes) note = g_bytes_new_static("not a trace", 11);
  Member members[] = {{"readme.txt", note}, {"deep/in/Trace.ETL", trace}, {"empty.etl.txt", note}};
  for (Kind kind = ZIP; kind <= SEVEN_ZIP; kind++) {
    g_autoptr(GByteArray) archive = pack(kind, members, G_N_ELEMENTS(members));
    assert_loaded(archive, NULL, 1000);
    assert_loaded(archive, "deep/in/Trace.ETL", 1000);
    assert_refused(archive, "deep/in/trace.etl", HS_ARCHIVE_ERROR_NO_MEMBER, "it holds deep/in/Trace.ETL");
  }
}

static void
test_several(void)
{
  g_autoptr(GBytes) first = make_trace(10);
  g_autoptr(GBytes) second = make_trace(20);
  /* Names are only ever compared. */
  Member members[] = {{"a.etl", first}, {"../../../etc/b.etl", second}, {"/tmp/\xc3\xa4.etl", first}};
  g_autoptr(GByteArray) archive = pack(ZIP, members, G_N_ELEMENTS(members));
  assert_refused(archive, NULL, HS_ARCHIVE_ERROR_SEVERAL, "3 traces");
  assert_loaded(archive, "a.etl", 10);
  assert_loaded(archive, "../../../etc/b.etl", 20);
  assert_loaded(archive, "/tmp/\xc3\xa4.etl", 10);
  g_autofree char *path = write_file(archive->data, archive->len, ".zip");
  int descriptor = g_open(path, O_RDONLY, 0);
  g_unlink(path);
  g_assert_true(hs_archive_detect(descriptor));
  g_autoptr(GPtrArray) list = hs_archive_list(descriptor, NULL, NULL);
  g_assert_cmpuint(list->len, ==, 3);
  const HsArchiveMember *member = list->pdata[1];
  g_assert_cmpstr(member->name, ==, "../../../etc/b.etl");
  g_assert_cmpint(member->size_bytes, ==, (gint64)g_bytes_get_size(second));
  close(descriptor);
}

static void
test_refused(void)
{
  g_autoptr(GBytes) trace = make_trace(10);
  g_autoptr(GBytes) note = g_bytes_new_static("text", 4);
  Member no_trace = {"note.txt", note}, fake = {"fake.etl", note}, good = {"a.etl", trace};
  g_autoptr(GByteArray) without = pack(ZIP, &no_trace, 1);
  assert_refused(without, NULL, HS_ARCHIVE_ERROR_NO_TRACE, "no trace");
  g_autoptr(GByteArray) encrypted = pack(ENCRYPTED_ZIP, &good, 1);
  assert_refused(encrypted, NULL, HS_ARCHIVE_ERROR_ENCRYPTED, "password");
  g_autoptr(GByteArray) garbage = g_byte_array_new();
  g_byte_array_append(garbage, (const guint8 *)"PK\3\4\x14\0\0\0\x77\x77", 10);
  for (guint i = 0; i < 100; i++)
    g_byte_array_append(garbage, (const guint8 *)"\xff\x7f", 2);
  assert_refused(garbage, NULL, HS_ARCHIVE_ERROR_DAMAGED, "archive");
  /* The name does not make a trace. */
  g_autoptr(GByteArray) lie = pack(ZIP, &fake, 1);
  g_autoptr(HsLoader) loader = load(lie, ".zip", NULL);
  g_assert_error(hs_loader_error(loader), HS_ETL_ERROR, HS_ETL_ERROR_NOT_ETL);
  /* A plain trace has no members. */
  g_autoptr(GByteArray) plain = g_bytes_unref_to_array(g_bytes_ref(trace));
  assert_refused(plain, "a.etl", HS_ARCHIVE_ERROR_NO_MEMBER, "no archive");
}

/* Some hundred kilobytes that claim to be gigabytes. */
static void
test_bomb(void)
{
  gsize size = (gsize)300 << 20;
  g_autoptr(GBytes) zeros = g_bytes_new_take(g_malloc0(size), size);
  Member bomb = {"bomb.etl", zeros};
  g_autoptr(GByteArray) archive = pack(ZIP, &bomb, 1);
  g_assert_cmpuint(archive->len, <, 1 << 20);
  assert_refused(archive, NULL, HS_ARCHIVE_ERROR_TOO_LARGE, "which no trace does");
}

/* Cut at many places: what was unpacked is kept, or the archive is refused; never anything else. */
static void
test_cut(void)
{
  g_autoptr(GBytes) trace = make_trace(40000);
  Member good = {"a.etl", trace};
  g_autoptr(GByteArray) archive = pack(ZIP, &good, 1);
  guint n_partial = 0;
  for (guint i = 1; i < 40; i++) {
    g_autoptr(GByteArray) cut = g_byte_array_new();
    g_byte_array_append(cut, archive->data, archive->len * i / 40);
    g_autoptr(HsLoader) loader = load(cut, ".zip", NULL);
    uint32_t n_rows = hs_timeline_n_rows(hs_loader_timeline(loader));
    if (hs_loader_outcome(loader) == HS_LOAD_FAILED) {
      g_assert_cmpuint(n_rows, ==, 0);
      continue;
    }
    g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_PARTIAL);
    g_assert_cmpuint(hs_loader_report(loader)->issues[HS_ETL_ISSUE_TRUNCATED_FILE].count, >, 0);
    g_assert_cmpuint(n_rows, <, 40000);
    n_partial += n_rows > 0;
  }
  g_assert_cmpuint(n_partial, >, 10);
}

/* A byte of the archive is another: never more than a trace that is damaged, or a message. */
static void
test_damaged(void)
{
  g_autoptr(GBytes) trace = make_trace(500);
  Member good = {"a.etl", trace};
  g_autoptr(GRand) rand = g_rand_new_with_seed(20261126);
  for (Kind kind = ZIP; kind <= SEVEN_ZIP; kind++) {
    g_autoptr(GByteArray) archive = pack(kind, &good, 1);
    for (guint i = 0; i < 150; i++) {
      g_autoptr(GByteArray) worse = g_byte_array_new();
      g_byte_array_append(worse, archive->data, archive->len);
      worse->data[g_rand_int_range(rand, 0, (gint32)worse->len)] ^= (guint8)g_rand_int_range(rand, 1, 256);
      g_autoptr(HsLoader) loader = load(worse, ".7z", NULL);
      g_assert_cmpint(hs_loader_outcome(loader), !=, HS_LOAD_RUNNING);
    }
  }
}

static void
test_cancel(void)
{
  g_autoptr(GBytes) trace = make_trace(100);
  Member good = {"a.etl", trace};
  g_autoptr(GByteArray) archive = pack(ZIP, &good, 1);
  g_autofree char *path = write_file(archive->data, archive->len, ".zip");
  int descriptor = g_open(path, O_RDONLY, 0), cancel = 1;
  g_unlink(path);
  char *damage;
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(hs_archive_unpack(descriptor, NULL, NULL, NULL, &cancel, &damage, &error), ==, -1);
  g_assert_error(error, HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_CANCELLED);
  close(descriptor);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/archive/kinds", test_kinds);
  g_test_add_func("/archive/several", test_several);
  g_test_add_func("/archive/refused", test_refused);
  g_test_add_func("/archive/bomb", test_bomb);
  g_test_add_func("/archive/cut", test_cut);
  g_test_add_func("/archive/damaged", test_damaged);
  g_test_add_func("/archive/cancel", test_cancel);
  return g_test_run();
}
