/* SPDX-License-Identifier: MIT */
#include "hs-text-cache.h"

#include "hs-plain-text.h"

/* Texts of a generation: several screens of cells. */
#define GENERATION 1024
/* So many that are gone are freed for a new one: all at once would be seen in a frame. */
#define FREED_A_TEXT 4

typedef struct {
  PangoLayout *layout;
  int width_px; /* uncut */
  /* What it is drawn with, if it is all of the plain font. */
  GArray *glyphs;  /* of cairo_glyph_t, from (0, 0); NULL if it is not */
  int glyphs_px;   /* their width */
  int glyphs_room; /* what they were cut to; INT_MAX = uncut, −1 = not looked at yet */
  char text[];
} Entry;

/* Two generations: when the young one is full it becomes the old one, and what was old and not asked for goes. */
struct _HsTextCache {
  PangoLayout *model;
  HsPlainFont *plain;
  GArray *waiting;         /* of cairo_glyph_t */
  GHashTable *young, *old; /* text → Entry */
  GPtrArray *gone;         /* of Entry */
};

static void
entry_free(gpointer data)
{
  Entry *entry = data;

  g_clear_pointer(&entry->glyphs, g_array_unref);
  g_object_unref(entry->layout);
  g_free(entry);
}

static GHashTable *
new_generation(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
}

HsTextCache *
hs_text_cache_new(PangoLayout *model)
{
  HsTextCache *self = g_new0(HsTextCache, 1);

  g_autoptr(PangoLayout) plain = pango_layout_copy(model);

  self->model = g_object_ref(model);
  self->plain = hs_plain_font_new(plain);
  self->waiting = g_array_new(FALSE, FALSE, sizeof(cairo_glyph_t));
  self->young = new_generation();
  self->old = new_generation();
  self->gone = g_ptr_array_new_with_free_func(entry_free);
  return self;
}

void
hs_text_cache_free(HsTextCache *self)
{
  g_hash_table_unref(self->young);
  g_hash_table_unref(self->old);
  g_ptr_array_unref(self->gone);
  g_array_unref(self->waiting);
  hs_plain_font_free(self->plain);
  g_object_unref(self->model);
  g_free(self);
}

static gboolean
add_to_gone(gpointer key, gpointer value, gpointer data)
{
  HsTextCache *self = data;

  g_ptr_array_add(self->gone, value);
  return TRUE;
}

static void
begin_generation(HsTextCache *self)
{
  GHashTable *oldest = self->old;

  g_hash_table_foreach_steal(oldest, add_to_gone, self);
  self->old = self->young;
  self->young = oldest;
}

static Entry *
entry_new(HsTextCache *self, const char *text)
{
  gsize size = strlen(text) + 1;
  Entry *entry = g_malloc(sizeof *entry + size);

  memcpy(entry->text, text, size);
  entry->glyphs = NULL;
  entry->glyphs_room = -1;
  entry->layout = pango_layout_copy(self->model);
  pango_layout_set_width(entry->layout, -1);
  pango_layout_set_text(entry->layout, text, -1);
  pango_layout_get_pixel_size(entry->layout, &entry->width_px, NULL);
  return entry;
}

static Entry *
find(HsTextCache *self, const char *text)
{
  gpointer key, value;
  Entry *entry = g_hash_table_lookup(self->young, text);

  if (entry != NULL)
    return entry;
  if (g_hash_table_size(self->young) >= GENERATION)
    begin_generation(self);
  guint n_gone = self->gone->len;
  g_ptr_array_set_size(self->gone, (int)(n_gone - MIN(n_gone, FREED_A_TEXT)));
  entry = g_hash_table_steal_extended(self->old, text, &key, &value) ? value : entry_new(self, text);
  g_hash_table_insert(self->young, entry->text, entry);
  return entry;
}

static PangoLayout *
lay_out(Entry *entry, int room_px, int *width_px)
{
  *width_px = entry->width_px;
  if (entry->width_px <= room_px) {
    pango_layout_set_width(entry->layout, -1);
  } else {
    pango_layout_set_width(entry->layout, room_px * PANGO_SCALE);
    pango_layout_get_pixel_size(entry->layout, width_px, NULL);
  }
  return entry->layout;
}

PangoLayout *
hs_text_cache_get(HsTextCache *self, const char *text, int room_px, int *width_px)
{
  return lay_out(find(self, text), room_px, width_px);
}

/* The glyphs of a text, cut to the room; NULL if it has others than those of the plain font. */
static const GArray *
glyphs_of(HsTextCache *self, Entry *entry, int room_px)
{
  int room = entry->width_px <= room_px ? INT_MAX : room_px;

  if (entry->glyphs_room == room)
    return entry->glyphs;
  g_clear_pointer(&entry->glyphs, g_array_unref);
  GArray *glyphs = g_array_new(FALSE, FALSE, sizeof(cairo_glyph_t));
  if (hs_plain_layout_append(self->plain, lay_out(entry, room_px, &entry->glyphs_px), glyphs))
    entry->glyphs = g_steal_pointer(&glyphs);
  else
    g_array_unref(glyphs);
  entry->glyphs_room = room;
  return entry->glyphs;
}

static void
append_at(GArray *waiting, const GArray *glyphs, double x, double y)
{
  guint n = waiting->len;

  g_array_append_vals(waiting, glyphs->data, glyphs->len);
  for (cairo_glyph_t *glyph = &g_array_index(waiting, cairo_glyph_t, 0); n < waiting->len; n++) {
    glyph[n].x += x;
    glyph[n].y += y;
  }
}

void
hs_text_cache_draw(HsTextCache *self, cairo_t *cr, const char *text, int x, int y, int room_px, gboolean right)
{
  int width, height;

  if (hs_plain_text_is(text) && hs_plain_text_measure(self->plain, NULL, text, &width, &height) && width <= room_px) {
    hs_plain_text_append(self->plain, text, right ? x + room_px - width : x, y, self->waiting);
    return;
  }
  Entry *entry = find(self, text);
  const GArray *glyphs = glyphs_of(self, entry, room_px);
  if (glyphs != NULL) {
    append_at(self->waiting, glyphs, right ? x + room_px - entry->glyphs_px : x, y);
    return;
  }
  PangoLayout *layout = lay_out(entry, room_px, &width);
  PangoRectangle line;
  /* One that runs against its surroundings begins elsewhere in its room when it is cut. */
  pango_layout_get_pixel_extents(layout, NULL, &line);
  cairo_move_to(cr, (right ? x + room_px - width : x) - line.x, y);
  pango_cairo_show_layout(cr, layout);
}

void
hs_text_cache_flush(HsTextCache *self, cairo_t *cr)
{
  hs_plain_font_show(self->plain, cr, self->waiting);
  g_array_set_size(self->waiting, 0);
}

int
hs_text_cache_width(HsTextCache *self, const char *text)
{
  int width, height;

  if (hs_plain_text_is(text) && hs_plain_text_measure(self->plain, NULL, text, &width, &height))
    return width;
  return find(self, text)->width_px;
}
