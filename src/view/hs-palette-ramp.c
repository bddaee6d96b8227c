/* SPDX-License-Identifier: MIT */
/* Colours of what has an order, and of types: ramps of lightness, which no eye confuses. */
#include "hs-palette.h"

#include <glib.h>

#define RGB(hex)                                                                                                       \
  {                                                                                                                    \
    (double)(((hex) >> 16) & 0xff) / 255, (double)(((hex) >> 8) & 0xff) / 255, (double)((hex)&0xff) / 255, 1           \
  }

#define N_STEPS 8

/* From what is near the ground to what stands out from it. */
static const HsColor ramp_colors[2][N_STEPS] = {
    {RGB(0xb5d34b), RGB(0x6fc063), RGB(0x35a97a), RGB(0x208c8c), RGB(0x2f6c8e), RGB(0x3f4889), RGB(0x4a2379),
     RGB(0x38053f)},
    {RGB(0x5d4a9c), RGB(0x4c6cb0), RGB(0x378fa6), RGB(0x27a88d), RGB(0x54c069), RGB(0x9ad441), RGB(0xdfdf3f),
     RGB(0xfff4b0)},
};

static const HsColor type_colors[2][HS_N_BLOCK_TYPES] = {
    {
        [HS_BLOCK_TYPE_NONE] = RGB(0xc4c1bd),
        [HS_BLOCK_TYPE_AIFI] = RGB(0x4a90d9),
        [HS_BLOCK_TYPE_AIFO] = RGB(0xd9480f),
        [HS_BLOCK_TYPE_AOFI] = RGB(0x17806d),
        [HS_BLOCK_TYPE_AOFO] = RGB(0x77767b),
    },
    {
        [HS_BLOCK_TYPE_NONE] = RGB(0x504e4c),
        [HS_BLOCK_TYPE_AIFI] = RGB(0x4a90d9),
        [HS_BLOCK_TYPE_AIFO] = RGB(0xff7a2f),
        [HS_BLOCK_TYPE_AOFI] = RGB(0x2bb39a),
        [HS_BLOCK_TYPE_AOFO] = RGB(0x9a9996),
    },
};

HsColor
hs_palette_ramp(const HsPalette *palette, int step, int n_steps)
{
  double at = n_steps > 1 ? (double)CLAMP(step, 0, n_steps - 1) / (n_steps - 1) * (N_STEPS - 1) : N_STEPS - 1;
  int below = MIN((int)at, N_STEPS - 2);
  return hs_color_mix(ramp_colors[palette->dark][below], ramp_colors[palette->dark][below + 1], at - below);
}

HsColor
hs_palette_outstanding(const HsPalette *palette)
{
  return type_colors[palette->dark][HS_BLOCK_TYPE_AIFO];
}

HsColor
hs_palette_type(const HsPalette *palette, HsBlockType type)
{
  return type_colors[palette->dark][(unsigned)type < HS_N_BLOCK_TYPES ? type : HS_BLOCK_TYPE_NONE];
}

HsColor
hs_palette_thread(const HsPalette *palette, HsThreadId thread)
{
  return hs_palette_heap(palette, (HsHeapId){thread.v});
}

HsColor
hs_palette_ground(const HsPalette *palette, int depth)
{
  static const double parts[2][2] = {{0.055, 0.13}, {0.06, 0.13}};
  return hs_color_mix(palette->void_, palette->text, parts[palette->dark][CLAMP(depth, 0, 1)]);
}
