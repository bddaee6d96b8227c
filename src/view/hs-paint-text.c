/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

#include <math.h>

static PangoLayout *
new_layout(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double relative_size)
{
  const char *name = mono ? palette->mono_font : palette->font;
  if (name == NULL)
    name = mono ? "Monospace 9" : "Sans 9";
  PangoFontDescription *font = pango_font_description_from_string(name);
  if (bold)
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  if (relative_size < 1 && pango_font_description_get_size(font) > 0) {
    double size = pango_font_description_get_size(font) * relative_size;
    if (pango_font_description_get_size_is_absolute(font))
      pango_font_description_set_absolute_size(font, size);
    else
      pango_font_description_set_size(font, (int)size);
  }
  PangoLayout *layout = pango_cairo_create_layout(cr);
  pango_layout_set_font_description(layout, font);
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_text(layout, text != NULL ? text : "", -1);
  pango_font_description_free(font);
  return layout;
}

double
hs_paint_text_sized(cairo_t *cr, const HsPalette *palette, const char *text, bool mono, bool bold, double relative_size,
                    HsColor color, double x, double y, double width, int align)
{
  if (text == NULL || text[0] == '\0' || width == 0)
    return 0;
  g_autoptr(PangoLayout) layout = new_layout(cr, palette, text, mono, bold, relative_size);
  int w, h;
  pango_layout_get_pixel_size(layout, &w, &h);
  if (width > 0 && w > width) {
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_get_pixel_size(layout, &w, &h);
    /* Not even the ellipsis fits. */
    if (w > width)
      return 0;
  }
  double room = width > 0 ? width - w : -w;
  if (align == 0)
    x += room / 2;
  else if (align > 0)
    x += room;
  hs_color_set(cr, color);
  cairo_move_to(cr, floor(x + 0.5), floor(y - h / 2.0 + 0.5));
  pango_cairo_show_layout(cr, layout);
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
  g_autoptr(PangoLayout) layout = new_layout(cr, palette, text, mono, bold, relative_size);
  int w, h;
  pango_layout_get_pixel_size(layout, &w, &h);
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
