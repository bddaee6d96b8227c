/* SPDX-License-Identifier: MIT */
/* Filters, and the words that fuzzers put together. */
#include <glib/gstdio.h>
#include <string.h>

#include "corpus.h"
#include "hs-etl-writer.h"

void
corpus_save_filters(const char *folder)
{
  static const char *const texts[] = {
      "heap == 0x1f0000 && source in {lowfrag, segment-heap}",
      "size >= 64KiB and op != free",
      "process == \"chrome.exe\" and time in 1.2s..3.4s",
      "address in 0x200000..0x200800 or (tid == 11 and not lifetime < 5ms)",
      "!(old_size > 1.5KB || old_address contains 0x200010) && address contains 2097168",
      "type in {AIFI, AIFO, AOFI} or end == outstanding or end in {free, overwritten}",
      "process contains rome and pid != 3 and cpu in 0..1 and time >= -5us",
      "((((((source == 7 or source == unknown))))))",
      "op in {} || op in {alloc, realloc} or size in 5..5",
      "size > 5ms",
      "process == \"a\\\"b",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *name = g_strdup_printf("filter-%02u", (guint)i);
    corpus_save(folder, "query", name, texts[i], strlen(texts[i]));
  }
}

/* A line of a dictionary: the bytes as libFuzzer wants them told. */
static void
add_word(GString *dictionary, const void *bytes, gsize length)
{
  g_string_append_c(dictionary, '"');
  for (gsize i = 0; i < length; i++)
    g_string_append_printf(dictionary, "\\x%02x", ((const guint8 *)bytes)[i]);
  g_string_append(dictionary, "\"\n");
}

static void
add_number(GString *dictionary, guint64 value, gsize length)
{
  value = GUINT64_TO_LE(value);
  add_word(dictionary, &value, length);
}

/* Takes the dictionary. */
static void
save_words(const char *folder, const char *kind, GString *dictionary)
{
  g_autofree char *parent = g_build_filename(folder, "dict", NULL);
  g_autofree char *path = g_build_filename(parent, kind, NULL);
  g_autoptr(GError) error = NULL;
  if (g_mkdir_with_parents(parent, 0777) != 0 ||
      !g_file_set_contents(path, dictionary->str, (gssize)dictionary->len, &error))
    g_error("%s: %s", path, error != NULL ? error->message : "cannot make the folder");
  g_string_free(dictionary, TRUE);
}

/* Sizes at the edges, marks of all record kinds, hooks and GUIDs of what is decoded. */
static GString *
record_words(void)
{
  static const guint32 edges[] = {0, 1, 7, 8, 71, 72, 73, 0x7fff, 0xffff, 0x10000, 0x1000048, 0x7fffffff, 0xffffffff};
  static const guint16 hooks[] = {0x0000, 0x0301, 0x0302, 0x030a, 0x0501, 0x0548, 0x0264, 0x0265, 0x0268, 0x1020,
                                  0x1021, 0x1022, 0x1024, 0x1025, 0x1033, 0x1035, 0x1403, 0x1820, 0x0040, 0x0042};
  static const guint8 *const guids[] = {hs_etl_writer_guid_heap,       hs_etl_writer_guid_process,
                                        hs_etl_writer_guid_thread,     hs_etl_writer_guid_image,
                                        hs_etl_writer_guid_page_fault, hs_etl_writer_guid_heap_snapshot};
  GString *dictionary = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
    add_number(dictionary, edges[i], 2);
    add_number(dictionary, edges[i], 4);
  }
  add_number(dictionary, G_MAXUINT64, 8);
  for (guint type = 1; type <= 0x15; type++)
    add_number(dictionary, 0xc0000002 | type << 16, 4);
  add_number(dictionary, 0x90000018, 4);
  for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++)
    add_number(dictionary, hooks[i], 2);
  for (gsize i = 0; i < G_N_ELEMENTS(guids); i++)
    add_word(dictionary, guids[i], 16);
  return dictionary;
}

static GString *
filter_words(void)
{
  static const char *const words[] = {
      "time",
      "op",
      "pid",
      "process",
      "tid",
      "heap",
      "address",
      "size",
      "old_address",
      "old_size",
      "source",
      "cpu",
      "lifetime",
      "type",
      "end",
      "==",
      "!=",
      "<=",
      ">=",
      "<",
      ">",
      "in",
      "{",
      "}",
      "..",
      "contains",
      "and",
      "or",
      "not",
      "&&",
      "||",
      "!",
      "(",
      ")",
      "AIFI",
      "AIFO",
      "AOFI",
      "AOFO",
      "alloc",
      "free",
      "realloc",
      "commit",
      "lowfrag",
      "slowpath",
      "segment-heap",
      "unknown",
      "outstanding",
      "overwritten",
      "ms",
      "us",
      "ns",
      "KiB",
      "MiB",
      "0x",
      "18446744073709551615",
      "9223372036854775807",
      "\"",
      "\\\"",
      "1e",
      "-",
      ".5",
  };
  GString *dictionary = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    add_word(dictionary, words[i], strlen(words[i]));
  return dictionary;
}

static GString *
archive_words(void)
{
  static const char *const words[] = {"PK\1\2",  "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7",
                                      "PK\7\10", "MSCF",   ".etl",   ".ETL"};
  GString *dictionary = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    add_word(dictionary, words[i], strlen(words[i]));
  add_word(dictionary, "7z\xbc\xaf\x27\x1c", 6);
  add_number(dictionary, 0xffffffff, 4);
  add_number(dictionary, G_MAXUINT64, 8);
  return dictionary;
}

static GString *
xpress_words(void)
{
  /* Flags of all kinds, matches of the shortest and longest distances, and the forms of long lengths. */
  static const guint32 flags[] = {0, 0xffffffff, 0x7fffffff, 0x80000000, 0x55555555, 1};
  static const guint16 tokens[] = {0x0000, 0x0007, 0xfff8, 0xffff, 0x000f, 0x0fff, 0x00ff, 0x0016};
  GString *dictionary = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
    add_number(dictionary, flags[i], 4);
  for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++)
    add_number(dictionary, tokens[i], 2);
  return dictionary;
}

void
corpus_save_words(const char *folder)
{
  save_words(folder, "container", record_words());
  save_words(folder, "record", record_words());
  save_words(folder, "payload", record_words());
  save_words(folder, "query", filter_words());
  save_words(folder, "archive", archive_words());
  save_words(folder, "xpress", xpress_words());
}
