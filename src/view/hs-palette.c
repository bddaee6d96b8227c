/* SPDX-License-Identifier: MIT */
#include "hs-palette.h"

#include <glib.h>

#define RGB(hex)                                                                                                       \
  {                                                                                                                    \
    (double)(((hex) >> 16) & 0xff) / 255, (double)(((hex) >> 8) & 0xff) / 255, (double)((hex)&0xff) / 255, 1           \
  }

#define N_HEAP_COLORS 10
#define N_HEAP_SHADES 3

/* Light, then dark ground. Neighbours differ in lightness as well as in hue, so that they stay apart where red and
 * green look alike. */
static const HsColor source_colors[2][HS_N_SOURCES] = {
    {
        [HS_SOURCE_NONE] = RGB(0x9a9996),
        [HS_SOURCE_LOOKASIDE] = RGB(0x1a9fb0),
        [HS_SOURCE_LOWFRAG] = RGB(0x3584e4),
        [HS_SOURCE_MAINPATH] = RGB(0x2ec27e),
        [HS_SOURCE_SLOWPATH] = RGB(0xe66100),
        [HS_SOURCE_INVALID] = RGB(0xc01c28),
        [HS_SOURCE_SEGMENT_HEAP] = RGB(0x9141ac),
        [HS_SOURCE_UNKNOWN] = RGB(0x9a9996),
    },
    {
        [HS_SOURCE_NONE] = RGB(0x77767b),
        [HS_SOURCE_LOOKASIDE] = RGB(0x1a9fb0),
        [HS_SOURCE_LOWFRAG] = RGB(0x3584e4),
        [HS_SOURCE_MAINPATH] = RGB(0x2ec27e),
        [HS_SOURCE_SLOWPATH] = RGB(0xe66100),
        [HS_SOURCE_INVALID] = RGB(0xd5303c),
        [HS_SOURCE_SEGMENT_HEAP] = RGB(0x9f4fba),
        [HS_SOURCE_UNKNOWN] = RGB(0x77767b),
    },
};

static const HsColor heap_colors[2][N_HEAP_COLORS] = {
    {RGB(0x3584e4), RGB(0xe66100), RGB(0x2ec27e), RGB(0x9141ac), RGB(0xe5a50a), RGB(0x1a7f8e), RGB(0xe078a4),
     RGB(0x865e3c), RGB(0x99c1f1), RGB(0xa51d2d)},
    {RGB(0x3584e4), RGB(0xe66100), RGB(0x2ec27e), RGB(0x9f4fba), RGB(0xe5a50a), RGB(0x1f93a4), RGB(0xd8709c),
     RGB(0x986a44), RGB(0x8fb5e3), RGB(0xb92a3a)},
};

void
hs_palette_init(HsPalette *palette, bool dark)
{
  *palette = dark ? (HsPalette){.dark = true,
                                .base = RGB(0x2d2d2d),
                                .bg = RGB(0x353535),
                                .text = RGB(0xeeeeec),
                                .dim_text = RGB(0xa2a09d),
                                .grid = RGB(0x383838),
                                .border = RGB(0x1b1b1b),
                                .selection = RGB(0x3584e4),
                                .selection_text = RGB(0xffffff),
                                .peak = RGB(0xc01c28),
                                .warning = RGB(0xf57900),
                                .marker = RGB(0xf8e45c),
                                .marker_text = RGB(0x241f00),
                                .pin = RGB(0xffffff),
                                .pin_text = RGB(0x241f31),
                                .row_even = RGB(0x303030),
                                .void_ = RGB(0x343332)}
                  : (HsPalette){.dark = false,
                                .base = RGB(0xffffff),
                                .bg = RGB(0xf6f5f4),
                                .text = RGB(0x2e3436),
                                .dim_text = RGB(0x77767b),
                                .grid = RGB(0xecebea),
                                .border = RGB(0xd5d0cc),
                                .selection = RGB(0x3584e4),
                                .selection_text = RGB(0xffffff),
                                .peak = RGB(0xc01c28),
                                .warning = RGB(0xf57900),
                                .marker = RGB(0x7a5a00),
                                .marker_text = RGB(0xffffff),
                                .pin = RGB(0x241f31),
                                .pin_text = RGB(0xffffff),
                                .row_even = RGB(0xfafafa),
                                .void_ = RGB(0xf1efec)};
}

void
hs_palette_clear(HsPalette *palette)
{
  g_clear_pointer(&palette->font, g_free);
  g_clear_pointer(&palette->mono_font, g_free);
}

HsPalette *
hs_palette_copy(const HsPalette *palette)
{
  HsPalette *copy = g_new(HsPalette, 1);
  *copy = *palette;
  copy->font = g_strdup(palette->font);
  copy->mono_font = g_strdup(palette->mono_font);
  return copy;
}

void
hs_palette_free(HsPalette *palette)
{
  if (palette == NULL)
    return;
  hs_palette_clear(palette);
  g_free(palette);
}

HsColor
hs_palette_source(const HsPalette *palette, HsSource source)
{
  return source_colors[palette->dark][(unsigned)source < HS_N_SOURCES ? source : HS_SOURCE_UNKNOWN];
}

HsColor
hs_palette_heap(const HsPalette *palette, HsHeapId heap)
{
  if (heap.v == HS_ID_NONE)
    return source_colors[palette->dark][HS_SOURCE_UNKNOWN];
  static const double shades[N_HEAP_SHADES] = {0, 0.35, 0.6};
  HsColor color = heap_colors[palette->dark][heap.v % N_HEAP_COLORS];
  return hs_color_mix(color, palette->text, shades[heap.v / N_HEAP_COLORS % N_HEAP_SHADES]);
}

/* From the smallest to the largest, lighter as it goes; light, then dark ground. */
static const HsColor size_colors[2][5] = {
    {RGB(0x3b4a9e), RGB(0x2b83ba), RGB(0x35a887), RGB(0xb8b92f), RGB(0xf08a24)},
    {RGB(0x5566c8), RGB(0x3a94cc), RGB(0x3fb895), RGB(0xc9c93f), RGB(0xf39a3c)},
};
/* What no program asks for often: all sizes from here on have the last colour. */
#define LAST_SIZE_CLASS 24.0
#define ODD_SIZE_CLASS_PART 0.18

HsColor
hs_palette_size_class(const HsPalette *palette, uint32_t size_class)
{
  const HsColor *colors = size_colors[palette->dark];
  if (size_class == HS_ID_NONE)
    return source_colors[palette->dark][HS_SOURCE_UNKNOWN];
  double at = MIN((double)size_class / LAST_SIZE_CLASS, 1) * (G_N_ELEMENTS(size_colors[0]) - 1);
  unsigned first = MIN((unsigned)at, G_N_ELEMENTS(size_colors[0]) - 2);
  HsColor color = hs_color_mix(colors[first], colors[first + 1], at - first);
  /* Neighbours lie one upon the other: every second one is darker, so that they stay apart. */
  return size_class % 2 == 0 ? color : hs_color_mix(color, (HsColor){0, 0, 0, 1}, ODD_SIZE_CLASS_PART);
}

HsColor
hs_palette_layer(const HsPalette *palette, HsGroup group, uint32_t id)
{
  if (group == HS_GROUP_SOURCE)
    return hs_palette_source(palette, id < HS_N_SOURCES ? (HsSource)id : HS_SOURCE_UNKNOWN);
  if (group == HS_GROUP_HEAP || group == HS_GROUP_PROCESS)
    return hs_palette_heap(palette, (HsHeapId){id});
  if (group == HS_GROUP_SIZE_CLASS)
    return hs_palette_size_class(palette, id);
  return palette->selection;
}

HsColor
hs_color_mix(HsColor a, HsColor b, double part)
{
  return (HsColor){a.r + (b.r - a.r) * part, a.g + (b.g - a.g) * part, a.b + (b.b - a.b) * part,
                   a.a + (b.a - a.a) * part};
}

HsColor
hs_color_alpha(HsColor c, double alpha)
{
  c.a = alpha;
  return c;
}
