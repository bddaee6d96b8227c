/* SPDX-License-Identifier: MIT */
#include "hs-plain-text.h"

#include <pango/pangocairo.h>

#define MAX_LENGTH 100
#define N_CHARS 256 /* ASCII and the rest of Latin-1, as in "µs" */

typedef struct {
  PangoGlyph glyph;
  int width; /* pango units; −1 = not looked up yet; −2 = there is no such glyph in this font */
} HsPlainGlyph;

/* The font as it is on one kind of surface. */
typedef struct {
  HsTextTarget target;
  PangoFont *font; /* of digits, or NULL */
  cairo_scaled_font_t *scaled;
  int height, baseline;
  HsPlainGlyph glyphs[N_CHARS];
} HsPlainFace;

/* A frame goes back and forth between the window and pictures that are kept, which have other font options. */
#define MAX_FACES 4

struct _HsPlainFont {
  PangoLayout *model;
  HsTextTarget target; /* what the model is up to date with */
  guint serial;        /* of the font map, when the faces were made */
  HsPlainFace *faces[MAX_FACES];
  int n_faces, current;
};

static unsigned long
options_of(cairo_t *cr)
{
  static GPrivate key = G_PRIVATE_INIT((GDestroyNotify)cairo_font_options_destroy);
  cairo_font_options_t *options = g_private_get(&key);
  if (options == NULL) {
    options = cairo_font_options_create();
    g_private_set(&key, options);
  }
  cairo_surface_get_font_options(cairo_get_target(cr), options);
  return cairo_font_options_hash(options);
}

static HsTextTarget
target_of(cairo_t *cr)
{
  cairo_matrix_t matrix;
  cairo_get_matrix(cr, &matrix);
  return (HsTextTarget){matrix.xx, matrix.xy, matrix.yx, matrix.yy, options_of(cr)};
}

static bool
is_same_target(const HsTextTarget *a, const HsTextTarget *b)
{
  return a->xx == b->xx && a->xy == b->xy && a->yx == b->yx && a->yy == b->yy && a->options == b->options;
}

static bool
update_for(cairo_t *cr, const HsTextTarget *target, PangoLayout *layout, HsTextTarget *last)
{
  if (is_same_target(target, last))
    return false;
  *last = *target;
  pango_cairo_update_layout(cr, layout);
  return true;
}

bool
hs_update_layout(cairo_t *cr, PangoLayout *layout, HsTextTarget *last)
{
  HsTextTarget target = target_of(cr);
  return update_for(cr, &target, layout, last);
}

HsPlainFont *
hs_plain_font_new(PangoLayout *model)
{
  HsPlainFont *font = g_new0(HsPlainFont, 1);
  font->model = g_object_ref(model);
  return font;
}

void
hs_plain_font_free(HsPlainFont *font)
{
  for (int i = 0; i < MAX_FACES && font->faces[i] != NULL; i++) {
    g_clear_object(&font->faces[i]->font);
    g_free(font->faces[i]);
  }
  g_object_unref(font->model);
  g_free(font);
}

/* The next character of a text, and its bytes; 0 if it is none that is kept. */
static inline unsigned
next_char(const char *text, int *n_bytes)
{
  unsigned char first = (unsigned char)text[0], second = (unsigned char)text[first != 0];
  *n_bytes = first < 0x80 ? 1 : 2;
  if (first >= ' ' && first <= '~')
    return first;
  unsigned c = (first & 0x1fu) << 6 | (second & 0x3fu);
  return (first & 0xfe) == 0xc2 && (second & 0xc0) == 0x80 && c > 0xa0 && c != 0xad ? c : 0;
}

bool
hs_plain_text_is(const char *text)
{
  bool has_digit = false;
  int i, n_bytes;
  for (i = 0; text[i] != '\0'; i += n_bytes) {
    if (i >= MAX_LENGTH || next_char(text + i, &n_bytes) == 0)
      return false;
    has_digit = has_digit || (text[i] >= '0' && text[i] <= '9');
  }
  return has_digit;
}

/* The one glyph of a character, and its font; NULL if it is none, or several. */
static PangoGlyphItem *
shape(HsPlainFont *font, unsigned c)
{
  char text[6];
  pango_layout_set_text(font->model, text, g_unichar_to_utf8(c, text));
  PangoLayoutLine *line = pango_layout_get_line_readonly(font->model, 0);
  if (line == NULL || line->runs == NULL || line->runs->next != NULL)
    return NULL;
  PangoGlyphItem *run = line->runs->data;
  return run->glyphs->num_glyphs == 1 ? run : NULL;
}

/* Of the current face; `cr` as in prepare(). */
static const HsPlainGlyph *
glyph_of(HsPlainFont *font, cairo_t *cr, unsigned c)
{
  HsPlainFace *face = font->faces[font->current];
  HsPlainGlyph *glyph = &face->glyphs[c];
  if (glyph->width == -1) {
    if (cr != NULL)
      update_for(cr, &face->target, font->model, &font->target);
    const PangoGlyphItem *run = shape(font, c);
    *glyph = (HsPlainGlyph){0, -2};
    if (run != NULL && run->item->analysis.font == face->font) {
      const PangoGlyphInfo *info = &run->glyphs->glyphs[0];
      if (info->geometry.x_offset == 0 && info->geometry.y_offset == 0 && (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) == 0)
        *glyph = (HsPlainGlyph){info->glyph, info->geometry.width};
    }
  }
  return glyph->width >= 0 ? glyph : NULL;
}

/* Of what the model is up to date with. */
static void
init_face(HsPlainFont *font, HsPlainFace *face)
{
  g_clear_object(&face->font);
  *face = (HsPlainFace){.target = font->target};
  for (int i = 0; i < N_CHARS; i++)
    face->glyphs[i].width = -1;
  const PangoGlyphItem *run = shape(font, '0');
  if (run == NULL || !PANGO_IS_CAIRO_FONT(run->item->analysis.font))
    return;
  face->font = g_object_ref(run->item->analysis.font);
  face->scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(face->font));
  face->baseline = pango_layout_get_baseline(font->model);
  pango_layout_get_pixel_size(font->model, NULL, &face->height);
}

/* The face for what will be drawn on; NULL = as the model is. */
static HsPlainFace *
prepare(HsPlainFont *font, cairo_t *cr)
{
  HsTextTarget target = cr != NULL ? target_of(cr) : font->target;
  guint serial = pango_font_map_get_serial(pango_context_get_font_map(pango_layout_get_context(font->model)));
  if (serial != font->serial)
    font->n_faces = 0;
  font->serial = serial;
  if (font->n_faces > 0 && is_same_target(&font->faces[font->current]->target, &target))
    return font->faces[font->current];
  for (int i = 0; i < font->n_faces; i++) {
    if (is_same_target(&font->faces[i]->target, &target)) {
      font->current = i;
      return font->faces[i];
    }
  }
  /* That after the current one goes, if there are too many. */
  font->current = font->n_faces < MAX_FACES ? font->n_faces++ : (font->current + 1) % MAX_FACES;
  if (font->faces[font->current] == NULL)
    font->faces[font->current] = g_new0(HsPlainFace, 1);
  if (cr != NULL)
    update_for(cr, &target, font->model, &font->target);
  init_face(font, font->faces[font->current]);
  return font->faces[font->current];
}

bool
hs_plain_text_measure(HsPlainFont *font, cairo_t *cr, const char *text, int *width, int *height)
{
  const HsPlainFace *face = prepare(font, cr);
  int sum = 0, n_bytes;
  if (face->font == NULL || face->scaled == NULL)
    return false;
  for (int i = 0; text[i] != '\0'; i += n_bytes) {
    const HsPlainGlyph *glyph = glyph_of(font, cr, next_char(text + i, &n_bytes));
    if (glyph == NULL)
      return false;
    sum += glyph->width;
  }
  *width = PANGO_PIXELS_CEIL(sum);
  *height = face->height;
  return true;
}

/* Glyphs of a text that was measured, at most MAX_LENGTH. */
static int
put_glyphs(const HsPlainFont *font, const char *text, double x, double y, cairo_glyph_t *glyphs)
{
  const HsPlainFace *face = font->faces[font->current];
  int n = 0, at = 0, n_bytes;
  double baseline = y + (double)face->baseline / PANGO_SCALE;
  for (int i = 0; text[i] != '\0'; i += n_bytes) {
    const HsPlainGlyph *glyph = &face->glyphs[next_char(text + i, &n_bytes)];
    g_assert(glyph->width >= 0); /* measured before */
    if (text[i] != ' ' && glyph->glyph != PANGO_GLYPH_EMPTY)
      glyphs[n++] = (cairo_glyph_t){glyph->glyph, x + (double)at / PANGO_SCALE, baseline};
    at += glyph->width;
  }
  return n;
}

bool
hs_plain_layout_append(HsPlainFont *font, PangoLayout *layout, GArray *glyphs)
{
  guint before = glyphs->len;
  const HsPlainFace *face = prepare(font, NULL);
  PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
  if (face->scaled == NULL || line == NULL || pango_layout_get_line_count(layout) != 1)
    return false;
  double baseline = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
  int at = 0;
  for (GSList *l = line->runs; l != NULL; l = l->next) {
    const PangoGlyphItem *run = l->data;
    for (int i = 0; i < run->glyphs->num_glyphs; i++) {
      const PangoGlyphInfo *info = &run->glyphs->glyphs[i];
      bool is_empty = info->glyph == PANGO_GLYPH_EMPTY;
      if (!is_empty && (run->item->analysis.font != face->font || (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0)) {
        g_array_set_size(glyphs, before);
        return false;
      }
      cairo_glyph_t glyph = {info->glyph, (double)(at + info->geometry.x_offset) / PANGO_SCALE,
                             baseline + (double)info->geometry.y_offset / PANGO_SCALE};
      if (!is_empty)
        g_array_append_val(glyphs, glyph);
      at += info->geometry.width;
    }
  }
  return true;
}

void
hs_plain_text_append(HsPlainFont *font, const char *text, double x, double y, GArray *glyphs)
{
  cairo_glyph_t own[MAX_LENGTH];
  int n = put_glyphs(font, text, x, y, own);
  g_array_append_vals(glyphs, own, (guint)n);
}

void
hs_plain_font_show(HsPlainFont *font, cairo_t *cr, const GArray *glyphs)
{
  if (glyphs->len == 0)
    return;
  cairo_set_scaled_font(cr, font->faces[font->current]->scaled);
  cairo_show_glyphs(cr, (const cairo_glyph_t *)(const void *)glyphs->data, (int)glyphs->len);
}

void
hs_plain_text_show(HsPlainFont *font, cairo_t *cr, const char *text, double x, double y)
{
  cairo_glyph_t glyphs[MAX_LENGTH];
  int n = put_glyphs(font, text, x, y, glyphs);
  cairo_set_scaled_font(cr, font->faces[font->current]->scaled);
  cairo_show_glyphs(cr, glyphs, n);
}
