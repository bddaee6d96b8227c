/* SPDX-License-Identifier: MIT */
/*
 * Colours of data as seen by all eyes: every two that can stand side by side, and each against its ground, for normal
 * sight and for eyes that lack one of the three kinds of cones. Simulation: Machado, Oliveira and Fernandes (2009) at
 * full severity, in linear light; distance: Euclidean in Oklab (Ottosson 2020), where 0.02 is about what can just be
 * told between large areas. Contrast of text: WCAG 2.
 */
#include <math.h>

#include "hs-render-support.h"

/* Ten colours cannot be further apart than about this for everybody; eight sources can a little. */
#define LEAST_OF_SOURCES 0.095
#define LEAST_OF_HEAPS 0.085
/* Of any colour of data from the ground it is drawn on. */
#define LEAST_FROM_GROUND 0.1
#define LEAST_CONTRAST 1.6
/* Layers of a chart let the grid shine through. */
#define LAYER_ALPHA 0.85
#define LEAST_OF_LAYERS 0.065
#define LEAST_TEXT_CONTRAST 4.5
#define LEAST_LINE_CONTRAST 3.0
#define N_HEAPS 10

typedef struct {
  double v[3];
} Triple;

static const double sights[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
};
static const char *const sight_names[] = {"normal", "protanopia", "deuteranopia", "tritanopia"};

static double
linear(double c)
{
  return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static Triple
times(const double m[3][3], Triple t)
{
  Triple result;
  for (int i = 0; i < 3; i++)
    result.v[i] = m[i][0] * t.v[0] + m[i][1] * t.v[1] + m[i][2] * t.v[2];
  return result;
}

static Triple
seen(HsColor color, unsigned sight)
{
  static const double to_cones[3][3] = {{0.4122214708, 0.5363325363, 0.0514459929},
                                        {0.2119034982, 0.6806995451, 0.1073969566},
                                        {0.0883024619, 0.2817188376, 0.6299787005}};
  static const double to_lab[3][3] = {{0.2104542553, 0.7936177850, -0.0040720468},
                                      {1.9779984951, -2.4285922050, 0.4505937099},
                                      {0.0259040371, 0.7827717662, -0.8086757660}};
  Triple light = times(sights[sight], (Triple){{linear(color.r), linear(color.g), linear(color.b)}});
  for (int i = 0; i < 3; i++)
    light.v[i] = CLAMP(light.v[i], 0, 1);
  Triple cones = times(to_cones, light);
  for (int i = 0; i < 3; i++)
    cones.v[i] = cbrt(cones.v[i]);
  return times(to_lab, cones);
}

static double
distance(HsColor a, HsColor b, unsigned sight)
{
  Triple x = seen(a, sight), y = seen(b, sight);
  return sqrt(pow(x.v[0] - y.v[0], 2) + pow(x.v[1] - y.v[1], 2) + pow(x.v[2] - y.v[2], 2));
}

static double
luminance(HsColor c)
{
  return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

static double
contrast(HsColor a, HsColor b)
{
  double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
  return MAX(x, y) / MIN(x, y);
}

static void
assert_apart(const char *what, const HsColor *colors, int n, double least)
{
  for (unsigned sight = 0; sight < G_N_ELEMENTS(sights); sight++) {
    double nearest = 1e9;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double d = distance(colors[i], colors[j], sight);
        if (d < least)
          g_test_message("%s: %d and %d are %.3f apart", what, j, i, d);
        nearest = MIN(nearest, d);
      }
    }
    g_test_message("%s, %s: the nearest two are %.3f apart", what, sight_names[sight], nearest);
    g_assert_cmpfloat(nearest, >=, least);
  }
}

static void
assert_off_ground(const HsColor *colors, int n, HsColor ground)
{
  for (int i = 0; i < n; i++) {
    g_assert_cmpfloat(contrast(colors[i], ground), >=, LEAST_CONTRAST);
    for (unsigned sight = 0; sight < G_N_ELEMENTS(sights); sight++)
      g_assert_cmpfloat(distance(colors[i], ground, sight), >=, LEAST_FROM_GROUND);
  }
}

static void
test_data(gconstpointer data)
{
  HsPalette palette;
  HsColor sources[HS_N_SOURCES], heaps[N_HEAPS], layers[N_HEAPS];
  int n = 0;
  hs_palette_init(&palette, GPOINTER_TO_INT(data));
  /* "No source" has the colour of the unknown ones. */
  for (int i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++)
    sources[n++] = hs_palette_source(&palette, (HsSource)i);
  for (uint32_t i = 0; i < N_HEAPS; i++)
    heaps[i] = hs_palette_heap(&palette, (HsHeapId){i});
  assert_apart("sources", sources, n, LEAST_OF_SOURCES);
  assert_apart("heaps", heaps, N_HEAPS, LEAST_OF_HEAPS);
  for (int i = 0; i < n; i++)
    layers[i] = hs_color_mix(palette.base, sources[i], LAYER_ALPHA);
  assert_apart("layers by source", layers, n, LEAST_OF_LAYERS);
  for (int i = 0; i < N_HEAPS; i++)
    layers[i] = hs_color_mix(palette.base, heaps[i], LAYER_ALPHA);
  assert_apart("layers by heap", layers, N_HEAPS, LEAST_OF_LAYERS);
  assert_off_ground(sources, n, palette.base);
  assert_off_ground(sources, n, palette.void_);
  assert_off_ground(heaps, N_HEAPS, palette.base);
  assert_off_ground(heaps, N_HEAPS, palette.void_);
}

/* Heaps beyond the tenth come again shaded: not the same as the unshaded one. */
static void
test_shades(gconstpointer data)
{
  HsPalette palette;
  hs_palette_init(&palette, GPOINTER_TO_INT(data));
  for (uint32_t i = 0; i < N_HEAPS; i++) {
    HsColor shades[3];
    for (uint32_t j = 0; j < 3; j++)
      shades[j] = hs_palette_heap(&palette, (HsHeapId){i + N_HEAPS * j});
    assert_apart("shades", shades, 3, 0.015);
  }
}

static void
test_text(gconstpointer data)
{
  HsPalette palette;
  HsColor white = {1, 1, 1, 1};
  hs_palette_init(&palette, GPOINTER_TO_INT(data));
  HsColor grounds[] = {palette.base, palette.bg, palette.row_even};
  for (unsigned i = 0; i < G_N_ELEMENTS(grounds); i++) {
    g_assert_cmpfloat(contrast(palette.text, grounds[i]), >=, LEAST_TEXT_CONTRAST);
    g_assert_cmpfloat(contrast(palette.dim_text, grounds[i]), >=, LEAST_TEXT_CONTRAST);
  }
  g_assert_cmpfloat(contrast(palette.peak, white), >=, LEAST_TEXT_CONTRAST);
  g_assert_cmpfloat(contrast(palette.selection, palette.base), >=, LEAST_LINE_CONTRAST);
  g_assert_cmpfloat(contrast(hs_palette_pill(&palette), palette.selection_text), >=, LEAST_TEXT_CONTRAST);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (int dark = 0; dark < 2; dark++) {
    const char *name = dark ? "dark" : "light";
    g_autofree char *of_data = g_strdup_printf("/palette/data/%s", name);
    g_autofree char *of_shades = g_strdup_printf("/palette/shades/%s", name);
    g_autofree char *of_text = g_strdup_printf("/palette/text/%s", name);
    g_test_add_data_func(of_data, GINT_TO_POINTER(dark), test_data);
    g_test_add_data_func(of_shades, GINT_TO_POINTER(dark), test_shades);
    g_test_add_data_func(of_text, GINT_TO_POINTER(dark), test_text);
  }
  return g_test_run();
}
