/* SPDX-License-Identifier: MIT */
#include "hs-palette.h"

#include <glib.h>
#include <math.h>

#define RGB(hex)                                                                                                       \
  {                                                                                                                    \
    (double)(((hex) >> 16) & 0xff) / 255, (double)(((hex) >> 8) & 0xff) / 255, (double)((hex)&0xff) / 255, 1           \
  }

#define N_HEAP_COLORS 10
#define N_HEAP_SHADES 3
/* Of small text against its ground, after WCAG 2. */
#define LEAST_CONTRAST 4.5

/* Light, then dark ground. Any two of a set stay apart for eyes that lack one kind of cones too, whichever it is, and
 * from their ground (tests/render/test-palette.c has the distances): where hues fall together, lightness differs. */
static const HsColor source_colors[2][HS_N_SOURCES] = {
    {
        [HS_SOURCE_NONE] = RGB(0x8f91a4),
        [HS_SOURCE_LOOKASIDE] = RGB(0x34797d),
        [HS_SOURCE_LOWFRAG] = RGB(0x3584e4),
        [HS_SOURCE_MAINPATH] = RGB(0x2ec27e),
        [HS_SOURCE_SLOWPATH] = RGB(0xe66100),
        [HS_SOURCE_INVALID] = RGB(0xc01c28),
        [HS_SOURCE_SEGMENT_HEAP] = RGB(0x8c3cae),
        [HS_SOURCE_UNKNOWN] = RGB(0x8f91a4),
    },
    {
        [HS_SOURCE_NONE] = RGB(0x77787d),
        [HS_SOURCE_LOOKASIDE] = RGB(0x8cd4de),
        [HS_SOURCE_LOWFRAG] = RGB(0x3584e4),
        [HS_SOURCE_MAINPATH] = RGB(0x2ec27e),
        [HS_SOURCE_SLOWPATH] = RGB(0xe66100),
        [HS_SOURCE_INVALID] = RGB(0xc43534),
        [HS_SOURCE_SEGMENT_HEAP] = RGB(0x9645a6),
        [HS_SOURCE_UNKNOWN] = RGB(0x77787d),
    },
};

static const HsColor heap_colors[2][N_HEAP_COLORS] = {
    {RGB(0x3385e7), RGB(0xe86406), RGB(0x37c284), RGB(0x7c37aa), RGB(0xe5a50a), RGB(0x217b8c), RGB(0xc87fb7),
     RGB(0x90674f), RGB(0x9bc1f1), RGB(0xa01626)},
    {RGB(0x4c60df), RGB(0xe66103), RGB(0x28c383), RGB(0x9c3eac), RGB(0xe5a407), RGB(0x1b95a8), RGB(0xd172dc),
     RGB(0x786b6f), RGB(0x9fbae2), RGB(0xbc252e)},
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
                                .dim_text = RGB(0x6f6e73),
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

static double
luminance(HsColor c)
{
  const double channels[] = {c.r, c.g, c.b}, weights[] = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (int i = 0; i < 3; i++)
    sum += weights[i] * (channels[i] <= 0.04045 ? channels[i] / 12.92 : pow((channels[i] + 0.055) / 1.055, 2.4));
  return sum;
}

HsColor
hs_palette_pill(const HsPalette *palette)
{
  HsColor text = palette->selection_text;
  HsColor away = luminance(text) > 0.5 ? (HsColor){0, 0, 0, 1} : (HsColor){1, 1, 1, 1}, pill = palette->selection;
  for (int i = 1; i <= 10; i++) {
    double a = luminance(text) + 0.05, b = luminance(pill) + 0.05;
    if (MAX(a, b) / MIN(a, b) >= LEAST_CONTRAST)
      break;
    pill = hs_color_mix(palette->selection, away, i * 0.06);
  }
  return pill;
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
