/* SPDX-License-Identifier: MIT */
/* The palette of the theme: its named colours where it has them, Adwaita's where it has not. */
#include <math.h>

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

static gboolean
near(HsColor a, HsColor b)
{
  return fabs(a.r - b.r) < 0.04 && fabs(a.g - b.g) < 0.04 && fabs(a.b - b.b) < 0.04;
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
  HsColor base, bg, text, accent;
  gboolean has_base = look_up(context, "theme_base_color", &base);
  gboolean dark = has_base && luma(base) < 0.5;

  hs_palette_clear(palette);
  hs_palette_init(palette, dark);
  set_fonts(palette, widget);
  if (!has_base || !look_up(context, "theme_bg_color", &bg) || !look_up(context, "theme_fg_color", &text))
    return;
  /* The shades between ground and text are tuned for Adwaita; other themes get theirs by mixing. */
  if (!near(base, palette->base) || !near(text, palette->text)) {
    palette->dim_text = hs_color_mix(text, base, 0.3);
    palette->grid = hs_color_mix(base, text, 0.1);
    palette->row_even = hs_color_mix(base, text, 0.03);
    palette->void_ = hs_color_mix(base, text, 0.06);
  }
  palette->base = base;
  palette->bg = bg;
  palette->text = text;
  look_up(context, "borders", &palette->border);
  look_up(context, "warning_color", &palette->warning);
  /* Lines are drawn in this colour: one that hardly differs from the ground, as some dark themes have it, will not do.
   */
  if (look_up(context, "theme_selected_bg_color", &accent) && fabs(luma(accent) - luma(base)) >= 0.2) {
    palette->selection = accent;
    look_up(context, "theme_selected_fg_color", &palette->selection_text);
  }
}
