/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"
#include "hs-plain-text.h"

#include <math.h>

/* Laying out a text costs twenty times what drawing it does, and most texts come again in the next frame. So many are
 * kept, for each thread that paints; what was not asked for while as many others came, goes. */
#define GENERATION 512
/* Up to this size of the font the gutter is as narrow as it may be. */
#define GUTTER_POINTS 11.0

typedef struct {
  PangoLayout *layout;
  int width, height; /* pixels, uncut */
  HsTextTarget target;
  int cut_px; /* what the layout is cut to now; −1 = uncut */
} HsLaidText;

/* Fonts whose plain texts are put together without a layout. */
#define MAX_PLAIN_FONTS 16
typedef struct {
  char *name;
  bool bold;
  double relative_size;
  HsPlainFont *font;
} HsNamedFont;

typedef struct {
  GHashTable *young, *old; /* what tells a text from others → HsLaidText */
  GHashTable *fonts;       /* name → PangoFontDescription */
  HsNamedFont plain[MAX_PLAIN_FONTS];
  int n_plain;
} HsLaidTexts;

static void
laid_text_free(gpointer data)
{
  HsLaidText *text = data;
  g_object_unref(text->layout);
  g_free(text);
}

static void
clear_plain_fonts(HsLaidTexts *texts)
{
  for (int i = 0; i < texts->n_plain; i++) {
    g_free(texts->plain[i].name);
    hs_plain_font_free(texts->plain[i].font);
  }
  texts->n_plain = 0;
}

static void
laid_texts_free(gpointer data)
{
  HsLaidTexts *texts = data;
  clear_plain_fonts(texts);
  g_hash_table_unref(texts->young);
  g_hash_table_unref(texts->old);
  g_hash_table_unref(texts->fonts);
  g_free(texts);
}

static GHashTable *
new_generation(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, laid_text_free);
}

static HsLaidTexts *
laid_texts(void)
{
  static GPrivate key = G_PRIVATE_INIT(laid_texts_free);
  HsLaidTexts *texts = g_private_get(&key);
  if (texts == NULL) {
    texts = g_new0(HsLaidTexts, 1);
    texts->young = new_generation();
    texts->old = new_generation();
    texts->fonts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pango_font_description_free);
    g_private_set(&key, texts);
  }
  return texts;
}

/* A font that is not to be changed. */
static const PangoFontDescription *
named_font(HsLaidTexts *texts, const char *name)
{
  PangoFontDescription *font = g_hash_table_lookup(texts->fonts, name);
  if (font == NULL) {
    font = pango_font_description_from_string(name);
    g_hash_table_insert(texts->fonts, g_strdup(name), font);
  }
  return font;
}

int
hs_gutter_px(const HsPalette *palette)
{
  if (palette->font == NULL)
    return HS_GUTTER_PX;
  const PangoFontDescription *font = named_font(laid_texts(), palette->font);
  double points = (double)pango_font_description_get_size(font) / PANGO_SCALE;
  if (pango_font_description_get_size_is_absolute(font))
    points *= 0.75;
  return (int)CLAMP(HS_GUTTER_PX * points / GUTTER_POINTS, HS_GUTTER_PX, 4 * HS_GUTTER_PX);
}

static PangoFontDescription *
describe_font(HsLaidTexts *texts, const char *name, bool bold, double relative_size)
{
  PangoFontDescription *font = pango_font_description_copy(named_font(texts, name));
  if (bold)
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  if (relative_size < 1 && pango_font_description_get_size(font) > 0) {
    double size = pango_font_description_get_size(font) * relative_size;
    if (pango_font_description_get_size_is_absolute(font))
      pango_font_description_set_absolute_size(font, size);
    else
      pango_font_description_set_size(font, (int)size);
  }
  return font;
}

static const char *
font_name(const HsPalette *palette, bool mono)
{
  const char *name = mono ? palette->mono_font : palette->font;
  return name != NULL ? name : mono ? "Monospace 9" : "Sans 9";
}

static HsPlainFont *
find_plain_font(cairo_t *cr, HsLaidTexts *texts, const char *name, bool bold, double relative_size)
{
  for (int i = 0; i < texts->n_plain; i++) {
    HsNamedFont *plain = &texts->plain[i];
    if (plain->bold == bold && plain->relative_size == relative_size && strcmp(plain->name, name) == 0)
      return plain->font;
  }
  if (texts->n_plain == MAX_PLAIN_FONTS)
    clear_plain_fonts(texts);
  PangoFontDescription *description = describe_font(texts, name, bold, relative_size);
  PangoLayout *model = pango_cairo_create_layout(cr);
  pango_layout_set_font_description(model, description);
  pango_layout_set_single_paragraph_mode(model, TRUE);
  HsNamedFont *plain = &texts->plain[texts->n_plain++];
  *plain = (HsNamedFont){g_strdup(name), bold, relative_size, hs_plain_font_new(model)};
  g_object_unref(model);
  pango_font_description_free(description);
  return plain->font;
}

/* The font of a plain text, and the text's size in pixels; NULL if it is none. */
static HsPlainFont *
measure_plain(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double relative_size,
              int *width, int *height)
{
  if (!hs_plain_text_is(text))
    return NULL;
  HsPlainFont *font = find_plain_font(cr, laid_texts(), font_name(palette, mono), bold, relative_size);
  return hs_plain_text_measure(font, cr, text, width, height) ? font : NULL;
}

static HsLaidText *
lay_out(cairo_t *cr, HsLaidTexts *texts, const char *name, const char *text, bool bold, double relative_size)
{
  PangoFontDescription *font = describe_font(texts, name, bold, relative_size);
  HsLaidText *laid = g_new0(HsLaidText, 1);
  laid->layout = pango_cairo_create_layout(cr);
  laid->cut_px = -1;
  pango_layout_set_font_description(laid->layout, font);
  pango_layout_set_single_paragraph_mode(laid->layout, TRUE);
  pango_layout_set_ellipsize(laid->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text(laid->layout, text, -1);
  pango_font_description_free(font);
  return laid;
}

/* The text as it is drawn on this context: borrowed, good until the next call. */
static HsLaidText *
get_text(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double relative_size)
{
  HsLaidTexts *texts = laid_texts();
  const char *name = font_name(palette, mono);
  g_autofree char *key = g_strdup_printf("%s\n%d\n%d\n%s", name, bold, (int)(relative_size * 1000), text);
  HsLaidText *laid = g_hash_table_lookup(texts->young, key);
  if (laid == NULL) {
    gpointer old_key = NULL, old = NULL;
    if (g_hash_table_size(texts->young) >= GENERATION) {
      g_hash_table_unref(texts->old);
      texts->old = texts->young;
      texts->young = new_generation();
    }
    if (g_hash_table_steal_extended(texts->old, key, &old_key, &old)) {
      g_free(old_key);
      laid = old;
    } else {
      laid = lay_out(cr, texts, name, text, bold, relative_size);
    }
    g_hash_table_insert(texts->young, g_steal_pointer(&key), laid);
  }
  /* What it is drawn on may have other font options, or another scale, than before. */
  if (hs_update_layout(cr, laid->layout, &laid->target) || laid->width == 0) {
    pango_layout_set_width(laid->layout, -1);
    laid->cut_px = -1;
    pango_layout_get_pixel_size(laid->layout, &laid->width, &laid->height);
  }
  return laid;
}

/* Cuts the text to a width; its width then. */
static int
cut_to(HsLaidText *laid, double width)
{
  int cut_px = width > 0 && laid->width > width ? (int)width : -1, w;
  if (laid->cut_px != cut_px)
    pango_layout_set_width(laid->layout, cut_px < 0 ? -1 : cut_px * PANGO_SCALE);
  laid->cut_px = cut_px;
  if (cut_px < 0)
    return laid->width;
  pango_layout_get_pixel_size(laid->layout, &w, NULL);
  return w;
}

double
hs_paint_text_sized(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double relative_size,
                    HsColor color, double x, double y, double width, int align)
{
  if (text == NULL || text[0] == '\0' || width == 0)
    return 0;
  HsLaidText *laid = NULL;
  int w, h;
  HsPlainFont *plain = measure_plain(cr, palette, text, mono, bold, relative_size, &w, &h);
  if (plain == NULL || (width > 0 && w > width)) {
    laid = get_text(cr, palette, text, mono, bold, relative_size);
    w = cut_to(laid, width);
    h = laid->height;
    /* Not even the ellipsis fits. */
    if (width > 0 && w > width)
      return 0;
  }
  double room = width > 0 ? width - w : -w;
  if (align == 0)
    x += room / 2;
  else if (align > 0)
    x += room;
  hs_color_set(cr, color);
  x = floor(x + 0.5);
  y = floor(y - h / 2.0 + 0.5);
  if (laid == NULL) {
    hs_plain_text_show(plain, cr, text, x, y);
  } else {
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, laid->layout);
  }
  cairo_new_path(cr);
  return w;
}

double
hs_paint_text(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, HsColor color, double x,
              double y, double width, int align)
{
  return hs_paint_text_sized(cr, palette, text, mono, bold, 1, color, x, y, width, align);
}

void
hs_measure_text_sized(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold,
                      double relative_size, double *width, double *height)
{
  int w, h;
  if (text == NULL)
    text = "";
  if (measure_plain(cr, palette, text, mono, bold, relative_size, &w, &h) == NULL) {
    const HsLaidText *laid = get_text(cr, palette, text, mono, bold, relative_size);
    w = laid->width;
    h = laid->height;
  }
  if (width != NULL)
    *width = w;
  if (height != NULL)
    *height = h;
}

void
hs_measure_text(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double *width,
                double *height)
{
  hs_measure_text_sized(cr, palette, text, mono, bold, 1, width, height);
}
