/* SPDX-License-Identifier: MIT */
#include "hs-strings.h"

#include <glib.h>
#include <string.h>

#include "hs-column.h"

struct _HsStrings {
  HsVec texts;       /* char *, by id */
  GHashTable *index; /* text → id + 1; the writer's only */
  uint32_t count;    /* published */
  uint64_t bytes;    /* atomic */
};

/* What a string costs beside its letters: its place here, and about three words in the index. */
#define BYTES_A_STRING (4 * sizeof(void *))

HsStrings *
hs_strings_new(void)
{
  HsStrings *strings = g_new0(HsStrings, 1);
  hs_vec_init(&strings->texts, NULL, sizeof(char *));
  strings->index = g_hash_table_new(g_str_hash, g_str_equal);
  return strings;
}

void
hs_strings_free(HsStrings *strings)
{
  if (strings == NULL)
    return;
  g_hash_table_unref(strings->index);
  for (uint32_t i = 0; i < strings->count; i++)
    g_free(*HS_VEC(&strings->texts, char *, i));
  hs_vec_clear(&strings->texts);
  g_free(strings);
}

HsStringId
hs_strings_intern(HsStrings *strings, const char *text)
{
  if (text == NULL)
    return (HsStringId){HS_ID_NONE};
  gpointer found = g_hash_table_lookup(strings->index, text);
  if (found != NULL)
    return (HsStringId){GPOINTER_TO_UINT(found) - 1};
  char **slot = hs_vec_append(&strings->texts);
  if (slot == NULL)
    return (HsStringId){HS_ID_NONE};
  *slot = g_strdup(text);
  uint32_t id = strings->count;
  g_hash_table_insert(strings->index, *slot, GUINT_TO_POINTER(id + 1));
  __atomic_store_n(&strings->bytes, strings->bytes + strlen(text) + 1 + BYTES_A_STRING, __ATOMIC_RELAXED);
  __atomic_store_n(&strings->count, id + 1, __ATOMIC_RELEASE);
  return (HsStringId){id};
}

const char *
hs_strings_get(const HsStrings *strings, HsStringId id)
{
  if (id.v >= __atomic_load_n(&strings->count, __ATOMIC_ACQUIRE))
    return "";
  return *HS_VEC(&strings->texts, char *, id.v);
}

uint64_t
hs_strings_bytes(const HsStrings *strings)
{
  return __atomic_load_n(&strings->bytes, __ATOMIC_RELAXED);
}
