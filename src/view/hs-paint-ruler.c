/* SPDX-License-Identifier: MIT */
#include "hs-paint-private.h"

#include <math.h>

#include "hs-format.h"

#define MAJOR_PX 7
#define MINOR_PX 4
/* A label stands this far right of its mark; so much is free before the next mark. */
#define LABEL_OFFSET_PX 5
#define LABEL_ROOM_PX 14
#define MIN_STEP_PX 100
/* No ruler has more marks than this, whatever the numbers say. */
#define MAX_MARKS 4000
#define PILL_MARGIN_PX 8
/* Height of the band that gaps are painted in, above the ruler's border. */
#define GAP_BAND_PX 5

typedef struct {
  bool shown;
  double x, width;
  char text[3 * HS_FORMAT_MAX];
} HsPill;

/* x of a moment in ns, exact where a tick is many pixels. */
static double
x_of_ns(const HsViewport *viewport, int64_t ns)
{
  long double frequency = (long double)hs_viewport_clock(viewport).frequency;
  long double ticks = (long double)ns * frequency / 1e9L - (long double)viewport->t0;
  long double span = (long double)((__int128)viewport->t1 - viewport->t0);
  double x = viewport->x + (double)(ticks / span * viewport->width);
  return CLAMP(x, viewport->x - 1.0, viewport->x + viewport->width + 1.0);
}

static void
lay_pill(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks, HsPill *pill)
{
  *pill = (HsPill){.shown = false};
  if (marks->sel1 <= marks->sel0 || marks->sel1 <= viewport->t0 || marks->sel0 >= viewport->t1)
    return;
  HsClock clock = hs_viewport_clock(viewport);
  int64_t ns0 = hs_clock_to_ns(clock, marks->sel0), ns1 = hs_clock_to_ns(clock, marks->sel1), length_ns;
  int64_t step = hs_readable_step_ns(viewport);
  char from[HS_FORMAT_MAX], to[HS_FORMAT_MAX], length[HS_FORMAT_MAX];
  hs_format_time_step(from, sizeof from, ns0, step);
  hs_format_time_step(to, sizeof to, ns1, step);
  if (__builtin_sub_overflow(ns1, ns0, &length_ns))
    length_ns = INT64_MAX;
  hs_format_duration(length, sizeof length, length_ns);
  /* Both ends are in the same unit: it is told once. */
  if (g_str_has_suffix(from, " s"))
    from[strlen(from) - 2] = '\0';
  g_snprintf(pill->text, sizeof pill->text, "%s–%s · %s", from, to, length);
  hs_measure_text_sized(cr, palette, pill->text, false, false, HS_TEXT_LABEL, &pill->width, NULL);
  pill->width += 2 * PILL_MARGIN_PX;
  if (pill->width > viewport->width)
    return;
  double middle = (CLAMP(hs_viewport_x(viewport, marks->sel0), viewport->x, viewport->x + viewport->width) +
                   CLAMP(hs_viewport_x(viewport, marks->sel1), viewport->x, viewport->x + viewport->width)) /
                  2;
  pill->x = CLAMP(floor(middle - pill->width / 2), viewport->x, viewport->x + viewport->width - pill->width);
  pill->shown = true;
}

static void
paint_label(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsPill *pill, const char *text,
            double x, double y)
{
  double width;
  hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, &width, NULL);
  if (x + width > viewport->x + viewport->width || x < viewport->x)
    return;
  if (pill->shown && x < pill->x + pill->width + 2 && x + width > pill->x - 2)
    return;
  hs_paint_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, palette->dim_text, x, y, -1, -1);
}

/* A step whose labels do not touch each other. */
static int64_t
label_step(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  int64_t step = hs_ruler_step_ns(viewport, MIN_STEP_PX);
  for (int i = 0; i < 4; i++) {
    char text[HS_FORMAT_MAX];
    double width;
    hs_format_time_step(text, sizeof text, hs_clock_to_ns(hs_viewport_clock(viewport), viewport->t1), step);
    hs_measure_text_sized(cr, palette, text, false, false, HS_TEXT_LABEL, &width, NULL);
    int need = (int)ceil(width) + LABEL_OFFSET_PX + LABEL_ROOM_PX;
    if (need <= MIN_STEP_PX)
      break;
    int64_t wider = hs_ruler_step_ns(viewport, need);
    if (wider == step)
      break;
    step = wider;
  }
  return step;
}

static void
paint_scale(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsPill *pill)
{
  int64_t step = label_step(cr, viewport, palette);
  int parts = step % 5 == 0 ? 5 : 1;
  int64_t minor = step / parts;
  int64_t ns0 = hs_clock_to_ns(hs_viewport_clock(viewport), viewport->t0);
  int64_t ns1 = hs_clock_to_ns(hs_viewport_clock(viewport), viewport->t1);
  double bottom = viewport->y + viewport->height - 1;
  __int128 index = (__int128)ns0 / minor - 1;
  for (int i = 0; i < MAX_MARKS; i++, index++) {
    __int128 ns = index * minor;
    if (ns > ns1)
      break;
    if (ns < ns0 || ns < INT64_MIN || ns > INT64_MAX)
      continue;
    double x = x_of_ns(viewport, (int64_t)ns);
    bool major = index % parts == 0;
    if (x >= viewport->x && x < viewport->x + viewport->width)
      hs_paint_vline(cr, viewport, hs_color_alpha(palette->dim_text, major ? 1 : 0.7), x, 1,
                     bottom - (major ? MAJOR_PX : MINOR_PX), major ? MAJOR_PX : MINOR_PX);
    if (!major)
      continue;
    char text[HS_FORMAT_MAX];
    hs_format_time_step(text, sizeof text, (int64_t)ns, step);
    paint_label(cr, viewport, palette, pill, text, floor(x) + LABEL_OFFSET_PX, viewport->y + viewport->height * 0.46);
  }
}

/* The line between the ruler and the plots, as wide as the pane. */
static void
paint_border(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette)
{
  HsViewport last = *viewport;
  last.height = 1;
  last.y = viewport->y + viewport->height - 1;
  hs_paint_ground(cr, &last, palette->border);
}

/* The part of the ruler below the lane of flags; false if there is no lane. */
static bool
below_lane(const HsViewport *whole, const HsMarks *marks, HsViewport *scale)
{
  *scale = *whole;
  if (!hs_paint_has_flags(marks) || whole->height <= HS_FLAG_LANE_PX)
    return false;
  scale->y += HS_FLAG_LANE_PX;
  scale->height -= HS_FLAG_LANE_PX;
  return true;
}

static GArray *
paint_lane(cairo_t *cr, const HsViewport *whole, const HsPalette *palette, const HsMarks *marks)
{
  HsViewport lane = *whole;
  lane.height = HS_FLAG_LANE_PX;
  hs_paint_marker_poles(cr, &lane, palette, marks);
  return hs_paint_flags(cr, &lane, palette, marks);
}

GArray *
hs_paint_ruler_scale(cairo_t *cr, const HsViewport *whole, const HsPalette *palette, const HsMarks *marks)
{
  HsPill pill;
  HsViewport scale, *viewport = &scale;
  GArray *flags = NULL;
  cairo_save(cr);
  hs_paint_ground(cr, whole, palette->bg);
  if (below_lane(whole, marks, viewport))
    flags = paint_lane(cr, whole, palette, marks);
  lay_pill(cr, viewport, palette, marks, &pill);
  hs_paint_gaps(cr, viewport, palette, marks->gaps, true, viewport->y + MAX(viewport->height - 1 - GAP_BAND_PX, 0),
                MIN(GAP_BAND_PX, viewport->height));
  paint_scale(cr, viewport, palette, &pill);
  paint_border(cr, viewport, palette);
  cairo_restore(cr);
  return flags;
}

void
hs_paint_ruler_marks(cairo_t *cr, const HsViewport *whole, const HsPalette *palette, const HsMarks *marks)
{
  HsPill pill;
  HsViewport scale, *viewport = &scale;
  cairo_save(cr);
  (void)below_lane(whole, marks, viewport);
  /* The lines rise into the ruler; the tint is left to the plots. */
  hs_paint_mark_lines(cr, viewport, palette, marks);
  lay_pill(cr, viewport, palette, marks, &pill);
  if (pill.shown) {
    double height;
    hs_measure_text_sized(cr, palette, pill.text, false, false, HS_TEXT_LABEL, NULL, &height);
    height = MIN(height + 2, viewport->height);
    double y = viewport->y + floor(viewport->height * 0.46 - height / 2);
    y = MAX(y, viewport->y);
    hs_paint_pill(cr, hs_palette_pill(palette), pill.x, y, pill.width, height, 4);
    hs_paint_text_sized(cr, palette, pill.text, false, false, HS_TEXT_LABEL, palette->selection_text, pill.x,
                        y + height / 2, pill.width, 0);
  }
  cairo_restore(cr);
}

GArray *
hs_paint_ruler(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  GArray *flags = hs_paint_ruler_scale(cr, viewport, palette, marks);
  hs_paint_ruler_marks(cr, viewport, palette, marks);
  return flags;
}
