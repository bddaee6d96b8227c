/* SPDX-License-Identifier: MIT */
/* The pixels of one column of the map, from what a sweep has put there. */
#include <float.h>

#include "hs-map-sweep.h"
#include "hs-wide.h"

/* Fills s->area with what a class covers of each row's cell, and makes the cells ready for the next column. */
static HS_WIDE void
sum_parts(const HsSweepCell *restrict parts, const HsSweepCell *restrict steps, float *restrict area, int n)
{
  const float scale = 1.0f / ((float)HS_SWEEP_FULL * (float)HS_SWEEP_FULL);
  if (steps == NULL) {
    for (int y = 0; y < n; y++)
      area[y] = (float)(int64_t)(parts[y].live * HS_SWEEP_FULL - parts[y].less) * scale;
    return;
  }
  uint64_t units = 0;
  for (int y = 0; y < n; y++) {
    units += steps[y].live * HS_SWEEP_FULL - steps[y].less;
    area[y] = (float)(int64_t)(units + parts[y].live * HS_SWEEP_FULL - parts[y].less) * scale;
  }
}

static void
sum_class(HsSweep *s, int class_index)
{
  HsSweepCell *parts = s->parts + (size_t)class_index * s->class_size;
  HsSweepCell *steps = s->stepped[class_index] ? s->steps + (size_t)class_index * s->class_size : NULL;
  int top = s->top[class_index], bottom = MIN(s->bottom[class_index], s->raster->height - 1);
  sum_parts(parts + top, steps != NULL ? steps + top : NULL, s->area + top, bottom + 1 - top);
  if (!s->touched[class_index])
    return;
  for (int y = top; y <= bottom + 2; y++)
    parts[y].less = 0;
  for (int y = top; steps != NULL && y <= bottom + 2; y++)
    steps[y].less = 0;
}

static HS_WIDE void
mix(const float *restrict area, HsColor color, float *restrict total, float *restrict red, float *restrict green,
    float *restrict blue, int n)
{
  float r = (float)color.r, g = (float)color.g, b = (float)color.b;
  for (int y = 0; y < n; y++) {
    /* Never less than nothing, whatever a damaged trace tells. */
    float covered = area[y] > 0 ? area[y] : 0;
    total[y] += covered;
    red[y] += covered * r;
    green[y] += covered * g;
    blue[y] += covered * b;
  }
}

static void
mix_class(HsSweep *s, int class_index)
{
  int top = s->top[class_index], n = MIN(s->bottom[class_index], s->raster->height - 1) + 1 - top;
  mix(s->area + top, s->raster->classes->colors[class_index], s->total + top, s->red + top, s->green + top,
      s->blue + top, n);
}

/* One pixel: blocks over what heaps hold. */
static inline G_ALWAYS_INLINE uint32_t
pixel_of(float total, float red, float green, float blue, float ground_red, float ground_green, float ground_blue,
         float held)
{
  /* Nothing here is asked for first: what is not needed is worked out all the same, for many pixels at once. */
  float shown = (float)HS_MAP_MIN_ALPHA + (1 - (float)HS_MAP_MIN_ALPHA) * MIN(total, 1);
  float alpha = total > 0 ? shown : 0;
  float scale = alpha / MAX(total, FLT_MIN);
  float below = (1 - alpha) * held;
  uint32_t a = (uint32_t)(int32_t)((alpha + below) * 255 + 0.5f);
  uint32_t r = (uint32_t)(int32_t)((red * scale + ground_red * below) * 255 + 0.5f);
  uint32_t g = (uint32_t)(int32_t)((green * scale + ground_green * below) * 255 + 0.5f);
  uint32_t b = (uint32_t)(int32_t)((blue * scale + ground_blue * below) * 255 + 0.5f);
  return a << 24 | r << 16 | g << 8 | b;
}

static HS_WIDE void
fill_pixels(uint32_t *restrict pixels, const float *restrict total, const float *restrict red,
            const float *restrict green, const float *restrict blue, int n)
{
  for (int y = 0; y < n; y++)
    pixels[y] = pixel_of(total[y], red[y], green[y], blue[y], 0, 0, 0, 0);
}

/* The same over what heaps hold. `depth`: 0 = nothing, 1 = held, 2 = committed. */
static HS_WIDE void
fill_pixels_over(uint32_t *restrict pixels, const float *restrict total, const float *restrict red,
                 const float *restrict green, const float *restrict blue, const float *restrict depth, HsColor held,
                 HsColor committed, int n)
{
  const double r0 = held.r, g0 = held.g, b0 = held.b;
  const double r1 = committed.r - r0, g1 = committed.g - g0, b1 = committed.b - b0;
  for (int y = 0; y < n; y++) {
    double part = MAX(depth[y] - 1, 0.0f);
    pixels[y] = pixel_of(total[y], red[y], green[y], blue[y], (float)(r0 + r1 * part), (float)(g0 + g1 * part),
                         (float)(b0 + b1 * part), MIN(depth[y], 1.0f));
  }
}

/* What is held counts once, what is committed once more. */
static HS_WIDE void
deepen(float *restrict depth, const float *restrict area, int n)
{
  for (int y = 0; y < n; y++)
    depth[y] += MIN(area[y], 1.0f);
}

static void
clear_sums(HsSweep *s)
{
  float *sums[] = {s->total, s->red, s->green, s->blue, s->ground};
  for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
    memset(sums[i], 0, (size_t)s->raster->height * sizeof(float));
}

/* Into s->ground: 0 … 2. */
static bool
sum_grounds(HsSweep *s)
{
  int first = s->raster->classes->n;
  bool any = false;
  for (int kind = 0; kind < HS_N_GROUNDS; kind++) {
    if (s->bottom[first + kind] < 0)
      continue;
    any = true;
    sum_class(s, first + kind);
    int top = s->top[first + kind];
    deepen(s->ground + top, s->area + top, MIN(s->bottom[first + kind], s->raster->height - 1) + 1 - top);
  }
  return any;
}

static void
compose_column(HsSweep *s, uint32_t *pixels)
{
  const HsMapRaster *r = s->raster;
  clear_sums(s);
  bool any = false;
  for (int c = 0; c < r->classes->n; c++) {
    if (s->bottom[c] < 0)
      continue;
    any = true;
    sum_class(s, c);
    mix_class(s, c);
  }
  bool has_ground = sum_grounds(s);
  if (has_ground)
    fill_pixels_over(pixels, s->total, s->red, s->green, s->blue, s->ground, hs_palette_ground(r->palette, 0),
                     hs_palette_ground(r->palette, 1), r->height);
  else if (any)
    fill_pixels(pixels, s->total, s->red, s->green, s->blue, r->height);
  else
    memset(pixels, 0, (size_t)r->height * sizeof *pixels);
}

/* Columns into rows. */
static void
write_batch(HsSweep *s)
{
  const HsMapRaster *r = s->raster;
  int first = s->column - s->n_batched;
  for (int y = 0; y < r->height; y++) {
    uint32_t *row = r->pixels + (size_t)y * (size_t)r->stride + first;
    for (int i = 0; i < s->n_batched; i++)
      row[i] = s->batch[(size_t)i * (size_t)r->height + (size_t)y];
  }
  s->n_batched = 0;
}

void
hs_sweep_finish_column(HsSweep *s)
{
  size_t height = (size_t)s->raster->height;
  uint32_t *pixels = s->batch + (size_t)s->n_batched * height;
  /* Where nothing happens, a column is like the one before. */
  if (!s->any_touched && s->is_steady && s->n_batched > 0)
    memcpy(pixels, pixels - height, height * sizeof *pixels);
  else
    compose_column(s, pixels);
  s->is_steady = !s->any_touched;
  if (s->any_touched)
    memset(s->touched, 0, sizeof s->touched);
  s->any_touched = false;
  s->n_batched++;
  s->column++;
  if (s->n_batched == HS_SWEEP_BATCH || s->column == s->column1)
    write_batch(s);
}
