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

typedef enum { ZIP, SEVEN_ZIP, ENCRYPTED_ZIP, AES_ZIP } Kind;

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
  if (kind == ENCRYPTED_ZIP || kind == AES_ZIP) {
    archive_write_set_options(archive, kind == AES_ZIP ? "zip:encryption=aes256" : "zip:encryption=traditional");
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

/* --- cabinets, which nothing here can write --- */

static void
put(GByteArray *to, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    g_byte_array_append(to, (const guint8[]){(guint8)(value >> 8 * i)}, 1);
}

/* A cabinet of one folder that is not compressed, holding one file. Source: Microsoft Cabinet Format, [MS-CAB]. */
static GByteArray *
make_cabinet(const char *name, GBytes *bytes)
{
  const guint block = 32768, header = 36, folder = 8;
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  guint n_blocks = (guint)((size + block - 1) / block);
  guint first_file = header + folder, first_data = first_file + 16 + (guint)strlen(name) + 1;
  GByteArray *cabinet = g_byte_array_new();
  g_byte_array_append(cabinet, (const guint8 *)"MSCF\0\0\0\0", 8);
  put(cabinet, first_data + n_blocks * 8 + size, 4); /* of all */
  put(cabinet, 0, 4);
  put(cabinet, first_file, 4);
  put(cabinet, 0, 4);
  put(cabinet, 0x0103, 2); /* version */
  put(cabinet, 1, 2);      /* folders */
  put(cabinet, 1, 2);      /* files */
  put(cabinet, 0, 6);      /* flags, set, number in it */
  put(cabinet, first_data, 4);
  put(cabinet, n_blocks, 2);
  put(cabinet, 0, 2); /* not compressed */
  put(cabinet, size, 4);
  put(cabinet, 0, 4); /* offset in the folder */
  put(cabinet, 0, 2); /* folder */
  put(cabinet, 0x5a21, 2);
  put(cabinet, 0, 2);
  put(cabinet, 0x20, 2); /* archive */
  g_byte_array_append(cabinet, (const guint8 *)name, (guint)strlen(name) + 1);
  for (gsize at = 0; at < size; at += block) {
    guint n = (guint)MIN(size - at, block);
    put(cabinet, 0, 4); /* no checksum */
    put(cabinet, n, 2);
    put(cabinet, n, 2);
    g_byte_array_append(cabinet, data + at, n);
  }
  return cabinet;
}

/* What an archive is, its bytes say, not its name: each kind by each name. */
static void
test_names(void)
{
  static const char *const suffixes[] = {".zip", ".7z", ".cab", ".diagsession", ".etl.zip", ".etl"};
  g_autoptr(GBytes) trace = make_trace(3000);
  g_autoptr(GBytes) xml = g_bytes_new_static("<Package/>", 10);
  /* A diagnostics session is a package of this form. */
  Member members[] = {{"metadata.xml", xml},
                      {"[Content_Types].xml", xml},
                      {"2a3f5c1e-0000-4000-8000-00805f9b34fb/sc.user_aux.etl", trace}};
  g_autoptr(GByteArray) zip = pack(ZIP, members, G_N_ELEMENTS(members));
  g_autoptr(GByteArray) seven = pack(SEVEN_ZIP, members, G_N_ELEMENTS(members));
  g_autoptr(GByteArray) cabinet = make_cabinet("dir\\trace.etl", trace);
  const GByteArray *archives[] = {zip, seven, cabinet};
  for (guint i = 0; i < G_N_ELEMENTS(archives); i++) {
    for (guint k = 0; k < G_N_ELEMENTS(suffixes); k++) {
      g_autoptr(HsLoader) loader = load(archives[i], suffixes[k], NULL);
      g_assert_no_error(hs_loader_error(loader));
      g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
      g_assert_cmpuint(hs_timeline_n_rows(hs_loader_timeline(loader)), ==, 3000);
    }
  }
}

/* A cabinet that is cut or changed anywhere. */
static void
test_bad_cabinets(void)
{
  g_autoptr(GBytes) trace = make_trace(3000);
  g_autoptr(GByteArray) cabinet = make_cabinet("trace.etl", trace);
  g_autoptr(GRand) rand = g_rand_new_with_seed(20261127);
  for (guint i = 0; i < 150; i++) {
    g_autoptr(GByteArray) worse = g_byte_array_new();
    guint length = i % 3 == 0 ? (guint)g_rand_int_range(rand, 1, (gint32)cabinet->len) : cabinet->len;
    g_byte_array_append(worse, cabinet->data, length);
    /* The headers, mostly: the rest is the trace. */
    guint at = (guint)g_rand_int_range(rand, 0, (gint32)MIN(length, i % 2 == 0 ? 90 : length));
    worse->data[at] ^= (guint8)g_rand_int_range(rand, 1, 256);
    g_autoptr(HsLoader) loader = load(worse, ".cab", NULL);
    g_assert_cmpint(hs_loader_outcome(loader), !=, HS_LOAD_RUNNING);
    g_assert_true(hs_loader_outcome(loader) != HS_LOAD_FAILED || hs_loader_error(loader)->message[0] != '\0');
  }
}

typedef struct {
  guint n_calls;
  uint64_t done, total;
} Progress;

static void
on_progress(gpointer data, uint64_t done, uint64_t total)
{
  Progress *progress = data;
  g_assert_cmpuint(done, >, progress->done);
  g_assert_cmpuint(done, <=, total);
  progress->n_calls++;
  progress->done = done;
  progress->total = total;
}

static void
test_progress(void)
{
  g_autoptr(GBytes) trace = make_trace(20000);
  Member good = {"a.etl", trace};
  for (Kind kind = ZIP; kind <= SEVEN_ZIP; kind++) {
    g_autoptr(GByteArray) archive = pack(kind, &good, 1);
    g_autofree char *path = write_file(archive->data, archive->len, ".zip");
    int from = g_open(path, O_RDONLY, 0);
    g_unlink(path);
    Progress progress = {0};
    char *damage;
    g_autoptr(GError) error = NULL;
    int to = hs_archive_unpack(from, NULL, on_progress, &progress, NULL, &damage, &error);
    g_assert_no_error(error);
    g_assert_cmpint(to, >=, 0);
    g_assert_null(damage);
    g_assert_cmpuint(progress.n_calls, >, 2);
    g_assert_cmpuint(progress.done, ==, g_bytes_get_size(trace));
    g_assert_cmpuint(progress.total, ==, g_bytes_get_size(trace));
    /* Nothing of it is left in a folder once it is closed: it never had a name. */
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", to);
    g_autofree char *target = g_file_read_link(link, NULL);
    g_assert_true(target == NULL || g_str_has_suffix(target, " (deleted)"));
    close(to);
    close(from);
  }
}

/* Where temporary files cannot go. */
static void
test_no_place(void)
{
  g_autoptr(GBytes) trace = make_trace(10);
  Member good = {"a.etl", trace};
  g_autoptr(GByteArray) archive = pack(ZIP, &good, 1);
  g_autofree char *before = g_strdup(g_getenv("TMPDIR"));
  g_autofree char *path = write_file(archive->data, archive->len, ".zip");
  g_setenv("TMPDIR", "/nowhere/at/all", TRUE);
  g_autoptr(HsLoader) loader = hs_loader_start(path);
  hs_loader_wait(loader);
  g_assert_error(hs_loader_error(loader), HS_ARCHIVE_ERROR, HS_ARCHIVE_ERROR_SPACE);
  g_assert_nonnull(strstr(hs_loader_error(loader)->message, "cannot be unpacked into /nowhere/at/all"));
  if (before != NULL)
    g_setenv("TMPDIR", before, TRUE);
  else
    g_unsetenv("TMPDIR");
  g_unlink(path);
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
  for (Kind kind = ENCRYPTED_ZIP; kind <= AES_ZIP; kind++) {
    g_autoptr(GByteArray) encrypted = pack(kind, &good, 1);
    assert_refused(encrypted, NULL, HS_ARCHIVE_ERROR_ENCRYPTED, "unpack it with its password first");
  }
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
  g_test_add_func("/archive/names", test_names);
  g_test_add_func("/archive/bad-cabinets", test_bad_cabinets);
  g_test_add_func("/archive/progress", test_progress);
  g_test_add_func("/archive/no-place", test_no_place);
  g_test_add_func("/archive/several", test_several);
  g_test_add_func("/archive/refused", test_refused);
  g_test_add_func("/archive/bomb", test_bomb);
  g_test_add_func("/archive/cut", test_cut);
  g_test_add_func("/archive/damaged", test_damaged);
  g_test_add_func("/archive/cancel", test_cancel);
  return g_test_run();
}
