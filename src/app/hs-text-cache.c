/* SPDX-License-Identifier: MIT */
#include "hs-text-cache.h"

/* Texts of a generation: several screens of cells. */
#define GENERATION 1024

typedef struct {
  PangoLayout *layout;
  int width_px; /* uncut */
} Entry;

/* Two generations: when the young one is full it becomes the old one, and what was old and not asked for goes. */
struct _HsTextCache {
  PangoLayout *model;
  GHashTable *young, *old; /* text → Entry */
};

static void
entry_free(gpointer data)
{
  Entry *entry = data;

  g_object_unref(entry->layout);
  g_free(entry);
}

static GHashTable *
new_generation(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
}

HsTextCache *
hs_text_cache_new(PangoLayout *model)
{
  HsTextCache *self = g_new0(HsTextCache, 1);

  self->model = g_object_ref(model);
  self->young = new_generation();
  self->old = new_generation();
  return self;
}

void
hs_text_cache_free(HsTextCache *self)
{
  g_hash_table_unref(self->young);
  g_hash_table_unref(self->old);
  g_object_unref(self->model);
  g_free(self);
}

static Entry *
find(HsTextCache *self, const char *text)
{
  gpointer key, value;
  Entry *entry = g_hash_table_lookup(self->young, text);

  if (entry != NULL)
    return entry;
  if (g_hash_table_size(self->young) >= GENERATION) {
    g_hash_table_unref(self->old);
    self->old = self->young;
    self->young = new_generation();
  }
  if (g_hash_table_steal_extended(self->old, text, &key, &value)) {
    g_hash_table_insert(self->young, key, value);
    return value;
  }
  entry = g_new(Entry, 1);
  entry->layout = pango_layout_copy(self->model);
  pango_layout_set_width(entry->layout, -1);
  pango_layout_set_text(entry->layout, text, -1);
  pango_layout_get_pixel_size(entry->layout, &entry->width_px, NULL);
  g_hash_table_insert(self->young, g_strdup(text), entry);
  return entry;
}

PangoLayout *
hs_text_cache_get(HsTextCache *self, const char *text, int room_px, int *width_px)
{
  Entry *entry = find(self, text);

  *width_px = entry->width_px;
  if (entry->width_px <= room_px) {
    pango_layout_set_width(entry->layout, -1);
  } else {
    pango_layout_set_width(entry->layout, room_px * PANGO_SCALE);
    pango_layout_get_pixel_size(entry->layout, width_px, NULL);
  }
  return entry->layout;
}

int
hs_text_cache_width(HsTextCache *self, const char *text)
{
  return find(self, text)->width_px;
}
