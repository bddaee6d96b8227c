/* SPDX-License-Identifier: MIT */
/* A trace in archives. */
#include <archive.h>
#include <archive_entry.h>

#include "corpus.h"

typedef struct {
  const char *name;
  const char *options; /* libarchive's, or NULL */
  gboolean seven_zip;
  guint n_traces;
} Kind;

static void
add_member(struct archive *archive, const char *name, const void *bytes, gsize length)
{
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 1000000000, 0);
  archive_entry_set_size(entry, (la_int64_t)length);
  if (archive_write_header(archive, entry) != ARCHIVE_OK ||
      archive_write_data(archive, bytes, length) != (la_ssize_t)length)
    g_error("%s: %s", name, archive_error_string(archive));
  archive_entry_free(entry);
}

static void
save_archive(const char *folder, const Kind *kind, GBytes *trace)
{
  gsize length = 0, used = 0, room = 0;
  const void *bytes = g_bytes_get_data(trace, &length);
  room = kind->n_traces * length + 65536;
  g_autofree guint8 *packed = g_malloc(room);
  struct archive *archive = archive_write_new();
  if (kind->seven_zip)
    archive_write_set_format_7zip(archive);
  else
    archive_write_set_format_zip(archive);
  archive_write_set_bytes_in_last_block(archive, 1);
  if (kind->options != NULL && archive_write_set_options(archive, kind->options) != ARCHIVE_OK)
    g_error("%s: %s", kind->name, archive_error_string(archive));
  archive_write_set_passphrase(archive, "secret");
  if (archive_write_open_memory(archive, packed, room, &used) != ARCHIVE_OK)
    g_error("%s: %s", kind->name, archive_error_string(archive));
  add_member(archive, "readme.txt", "a trace", 7);
  for (guint i = 0; i < kind->n_traces; i++) {
    g_autofree char *name = g_strdup_printf("deep/trace-%u.etl", i);
    add_member(archive, name, bytes, length);
  }
  archive_write_close(archive);
  archive_write_free(archive);
  corpus_save(folder, "archive", kind->name, packed, used);
}

void
corpus_save_archives(const char *folder, GBytes *trace)
{
  static const Kind kinds[] = {
      {"zip-deflated", "zip:compression=deflate", FALSE, 1},
      {"zip-stored", "zip:compression=store", FALSE, 1},
      {"zip-several", NULL, FALSE, 3},
      {"zip-none", NULL, FALSE, 0},
      {"zip-encrypted", "zip:encryption=traditional", FALSE, 1},
      {"7z-lzma", "7zip:compression=lzma1", TRUE, 1},
      {"7z-lzma2", "7zip:compression=lzma2", TRUE, 2},
      {"7z-stored", "7zip:compression=store", TRUE, 1},
      {"7z-deflated", "7zip:compression=deflate", TRUE, 1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    save_archive(folder, &kinds[i], trace);
  /* Begins as a cabinet does, and has nothing in it. */
  static const guint8 cabinet[36] = {'M', 'S', 'C', 'F', 0, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 36, 0,
                                     0,   0,   0,   0,   0, 0, 3, 1, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0};
  corpus_save(folder, "archive", "cab-empty", cabinet, sizeof cabinet);
}
