/* SPDX-License-Identifier: MIT */
/* The palette of the theme: its named colours where it has them, Adwaita's where it has not. */
#include "hs-time-pane.h"

static gboolean
look_up(GtkStyleContext *context, const char *name, HsColor *color)
{
  GdkRGBA rgba;
  if (!gtk_style_context_lookup_color(context, name, &rgba))
    return FALSE;
  *color = (HsColor){rgba.red, rgba.green, rgba.blue, rgba.alpha};
  return TRUE;
}

/* Rec. 709 luma, good enough to tell a dark theme from a light one. */
static double
luma(HsColor c)
{
  return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

static char *
font_text(const PangoFontDescription *font, const char *family)
{
  g_autoptr(PangoFontDescription) copy = pango_font_description_copy(font);
  if (family != NULL)
    pango_font_description_set_family(copy, family);
  return pango_font_description_to_string(copy);
}

static void
set_fonts(HsPalette *palette, GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context(widget);
  PangoFontDescription *font = NULL;
  gtk_style_context_get(context, gtk_style_context_get_state(context), GTK_STYLE_PROPERTY_FONT, &font, NULL);
  g_free(palette->font);
  g_free(palette->mono_font);
  palette->font = font != NULL ? font_text(font, NULL) : NULL;
  palette->mono_font = font != NULL ? font_text(font, "Monospace") : NULL;
  g_clear_pointer(&font, pango_font_description_free);
}

void
hs_palette_from_widget(HsPalette *palette, GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context(widget);
  HsColor base, bg, text;
  gboolean has_base = look_up(context, "theme_base_color", &base);
  gboolean dark = has_base && luma(base) < 0.5;

  hs_palette_clear(palette);
  hs_palette_init(palette, dark);
  set_fonts(palette, widget);
  if (!has_base || !look_up(context, "theme_bg_color", &bg) || !look_up(context, "theme_text_color", &text))
    return;
  palette->base = base;
  palette->bg = bg;
  palette->text = text;
  palette->dim_text = hs_color_mix(text, base, 0.4);
  palette->grid = hs_color_mix(base, text, 0.1);
  palette->row_even = hs_color_mix(base, text, 0.03);
  palette->void_ = hs_color_mix(base, text, 0.06);
  look_up(context, "borders", &palette->border);
  look_up(context, "theme_selected_bg_color", &palette->selection);
  look_up(context, "theme_selected_fg_color", &palette->selection_text);
}
