/* SPDX-License-Identifier: MIT */
/* The pixels of one column of the map, from what a sweep has put there. */
#include <float.h>
#include <string.h>

#include "hs-map-sweep.h"
#include "hs-wide.h"

/* How much of each row's cell a class covers. `units`: by what covers whole rows, of the row above. */
static HS_WIDE void
sum_parts(const HsSweepCell *restrict parts, const HsSweepCell *restrict steps, uint64_t units, float *restrict area,
          int n)
{
  const float scale = 1.0f / ((float)HS_SWEEP_FULL * (float)HS_SWEEP_FULL);
  if (steps == NULL) {
    for (int y = 0; y < n; y++)
      area[y] = (float)(int64_t)(parts[y].live * HS_SWEEP_FULL - parts[y].less) * scale;
    return;
  }
  for (int y = 0; y < n; y++) {
    units += steps[y].live * HS_SWEEP_FULL - steps[y].less;
    area[y] = (float)(int64_t)(units + parts[y].live * HS_SWEEP_FULL - parts[y].less) * scale;
  }
}

/* Rows of the picture. */
typedef struct {
  int top, end;
} Rows;

/* Those of some rows, from the beginning of a strip on, that lie from the first to the last strip that a class has ever
 * touched. */
static Rows
rows_of_class(const HsSweep *s, int class_index, Rows rows)
{
  return (Rows){MAX(rows.top, s->top[class_index] << HS_SWEEP_STRIP_SHIFT),
                MIN(rows.end, s->end[class_index] << HS_SWEEP_STRIP_SHIFT)};
}

/* Fills s->area for such rows. */
static void
sum_class(HsSweep *s, int class_index, Rows rows)
{
  const HsSweepCell *parts = s->parts + (size_t)class_index * s->class_size, *steps = NULL;
  uint64_t units = 0;
  if (s->stepped[class_index]) {
    const HsSweepCell *strips = s->strip_steps + (size_t)class_index * s->n_strips;
    for (int k = 0; k < rows.top >> HS_SWEEP_STRIP_SHIFT; k++)
      units += strips[k].live * HS_SWEEP_FULL - strips[k].less;
    steps = s->steps + (size_t)class_index * s->class_size + rows.top;
  }
  sum_parts(parts + rows.top, steps, units, s->area + rows.top, rows.end - rows.top);
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
mix_class(HsSweep *s, int class_index, Rows rows)
{
  int y = rows.top;
  mix(s->area + y, s->raster->classes->colors[class_index], s->total + y, s->red + y, s->green + y, s->blue + y,
      rows.end - y);
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
clear_sums(HsSweep *s, Rows rows)
{
  float *sums[] = {s->total, s->red, s->green, s->blue, s->ground};
  for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
    memset(sums[i] + rows.top, 0, (size_t)(rows.end - rows.top) * sizeof(float));
}

/* Into s->ground: 0 … 2. */
static bool
sum_grounds(HsSweep *s, Rows rows)
{
  bool any = false;
  for (int kind = 0; kind < HS_N_GROUNDS; kind++) {
    int class_index = s->raster->classes->n + kind;
    Rows own = rows_of_class(s, class_index, rows);
    if (own.top >= own.end)
      continue;
    any = true;
    sum_class(s, class_index, own);
    deepen(s->ground + own.top, s->area + own.top, own.end - own.top);
  }
  return any;
}

/* Rows of a column, from the beginning of a strip on. */
static void
compose_rows(HsSweep *s, uint32_t *column, Rows rows)
{
  const HsMapRaster *r = s->raster;
  uint32_t *pixels = column + rows.top;
  const float *total = s->total + rows.top, *red = s->red + rows.top, *green = s->green + rows.top,
              *blue = s->blue + rows.top;
  int n = rows.end - rows.top;
  bool any = false;
  clear_sums(s, rows);
  for (int c = 0; c < r->classes->n; c++) {
    Rows own = rows_of_class(s, c, rows);
    if (own.top >= own.end)
      continue;
    any = true;
    sum_class(s, c, own);
    mix_class(s, c, own);
  }
  if (sum_grounds(s, rows))
    fill_pixels_over(pixels, total, red, green, blue, s->ground + rows.top, hs_palette_ground(r->palette, 0),
                     hs_palette_ground(r->palette, 1), n);
  else if (any)
    fill_pixels(pixels, total, red, green, blue, n);
  else
    memset(pixels, 0, (size_t)n * sizeof *pixels);
}

static void
note_touched(HsSweep *s)
{
  const int n_strips = (int)s->n_strips;
  const bool *touched = s->touched;
  for (int c = 0; c < s->raster->classes->n + HS_N_GROUNDS; c++, touched += n_strips) {
    const bool *first = memchr(touched, true, s->n_strips);
    for (int k = first != NULL ? (int)(first - touched) : n_strips; k < n_strips; k++) {
      if (!touched[k])
        continue;
      s->dirty[k] = true;
      s->top[c] = MIN(s->top[c], k);
      s->end[c] = MAX(s->end[c], k + 1);
    }
  }
}

/* Nothing of a class began or ended in the next column yet. */
static void
clear_strip(HsSweep *s, int class_index, size_t strip)
{
  size_t first = strip << HS_SWEEP_STRIP_SHIFT, end = MIN(first + HS_SWEEP_STRIP, s->class_size);
  HsSweepCell *parts = s->parts + (size_t)class_index * s->class_size;
  HsSweepCell *steps = s->steps + (size_t)class_index * s->class_size;
  for (size_t y = first; y < end; y++)
    parts[y].less = 0;
  if (!s->stepped[class_index])
    return;
  for (size_t y = first; y < end; y++)
    steps[y].less = 0;
  s->strip_steps[(size_t)class_index * s->n_strips + strip].less = 0;
}

static void
clear_touched(HsSweep *s)
{
  bool *touched = s->touched;
  for (int c = 0; c < s->raster->classes->n + HS_N_GROUNDS; c++, touched += s->n_strips) {
    const bool *first = memchr(touched, true, s->n_strips);
    for (size_t k = first != NULL ? (size_t)(first - touched) : s->n_strips; k < s->n_strips; k++) {
      if (touched[k])
        clear_strip(s, c, k);
      touched[k] = false;
    }
  }
  memcpy(s->was_dirty, s->dirty, s->n_strips * sizeof *s->dirty);
  memset(s->dirty, 0, s->n_strips * sizeof *s->dirty);
}

/* Columns into rows. */
static void
write_batch(HsSweep *s)
{
  const size_t height = (size_t)s->raster->height, stride = (size_t)s->raster->stride, n = (size_t)s->n_batched;
  const uint32_t *batch = s->batch;
  uint32_t *pixels = s->raster->pixels + (s->column - s->n_batched);
  for (size_t y = 0; y < height; y++) {
    uint32_t *row = pixels + y * stride;
    for (size_t i = 0; i < n; i++)
      row[i] = batch[i * height + y];
  }
  s->n_batched = 0;
}

/* Strips where nothing happens are like those of the column before. */
static void
compose_column(HsSweep *s, uint32_t *column, const uint32_t *before)
{
  const int height = s->raster->height;
  const size_t n_strips = ((size_t)height + HS_SWEEP_STRIP - 1) >> HS_SWEEP_STRIP_SHIFT;
  for (size_t k = 0, end; k < n_strips; k = end) {
    bool anew = s->dirty[k] || s->was_dirty[k];
    for (end = k + 1; end < n_strips && (s->dirty[end] || s->was_dirty[end]) == anew; end++) {
    }
    Rows rows = {(int)(k << HS_SWEEP_STRIP_SHIFT), MIN((int)(end << HS_SWEEP_STRIP_SHIFT), height)};
    if (anew)
      compose_rows(s, column, rows);
    else
      memcpy(column + rows.top, before + rows.top, (size_t)(rows.end - rows.top) * sizeof *column);
  }
}

void
hs_sweep_finish_column(HsSweep *s)
{
  size_t height = (size_t)s->raster->height;
  /* The last column stays in the batch until its place is needed again. */
  int last = s->n_batched > 0 ? s->n_batched - 1 : HS_SWEEP_BATCH - 1;
  note_touched(s);
  compose_column(s, s->batch + (size_t)s->n_batched * height, s->batch + (size_t)last * height);
  clear_touched(s);
  s->n_batched++;
  s->column++;
  if (s->n_batched == HS_SWEEP_BATCH || s->column == s->column1)
    write_batch(s);
}
