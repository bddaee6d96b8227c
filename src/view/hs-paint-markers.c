/* SPDX-License-Identifier: MIT */
/* Markers and pins: poles through every pane, and their flags in a lane above the ruler. */
#include "hs-paint-private.h"

#include <math.h>

/* Flags of markers are this wide at least, if there is room for anything; pins are as wide as they are high. */
#define LEAST_FLAG_PX 18
/* Of a name that has to be cut, less would be seen than that it is cut. */
#define LEAST_CUT_FLAG_PX 36
#define FLAG_PAD_PX 4
#define POLE_ALPHA 0.75
#define PENNANT_WIDTH_PX 5
#define PENNANT_HEIGHT_PX 6

static bool
is_visible(const HsViewport *viewport, int64_t ticks)
{
  return ticks != INT64_MIN && ticks >= viewport->t0 && ticks < viewport->t1;
}

bool
hs_paint_has_flags(const HsMarks *marks)
{
  return marks != NULL && !hs_marker_set_is_empty(marks->markers);
}

static double
pole_x(const HsViewport *viewport, int64_t ticks)
{
  return hs_viewport_snap(viewport, hs_viewport_x(viewport, ticks));
}

void
hs_paint_marker_poles(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  const HsMarkerSet *set = marks->markers;
  if (set == NULL)
    return;
  HsColor color = hs_color_alpha(palette->marker, POLE_ALPHA);
  double last_x = -1;
  int first = hs_marker_set_previous(set, viewport->t0) + 1;
  for (guint i = (guint)first; i < hs_marker_set_n(set) && hs_marker_set_get(set, i)->ticks < viewport->t1; i++) {
    double x = pole_x(viewport, hs_marker_set_get(set, i)->ticks);
    if (x == last_x)
      continue;
    hs_paint_vline(cr, viewport, color, x, 1, viewport->y, viewport->height);
    last_x = x;
  }
  for (int i = 0; i < HS_N_PINS; i++) {
    if (is_visible(viewport, set->pins[i]))
      hs_paint_vline(cr, viewport, palette->pin, pole_x(viewport, set->pins[i]), 2, viewport->y, viewport->height);
  }
}

static void
paint_pennant(cairo_t *cr, const HsViewport *viewport, HsColor color, int64_t ticks)
{
  double x = pole_x(viewport, ticks), y = viewport->y;
  hs_color_set(cr, color);
  cairo_move_to(cr, x + 1, y);
  cairo_line_to(cr, x + 1 + PENNANT_WIDTH_PX, y + PENNANT_HEIGHT_PX / 2.0);
  cairo_line_to(cr, x + 1, y + PENNANT_HEIGHT_PX);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void
hs_paint_pennants(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  const HsMarkerSet *set = marks->markers;
  if (set == NULL)
    return;
  double last_x = -INFINITY;
  for (guint i = (guint)(hs_marker_set_previous(set, viewport->t0) + 1);
       i < hs_marker_set_n(set) && hs_marker_set_get(set, i)->ticks < viewport->t1; i++) {
    double x = pole_x(viewport, hs_marker_set_get(set, i)->ticks);
    if (x >= last_x + 1)
      paint_pennant(cr, viewport, palette->marker, hs_marker_set_get(set, i)->ticks);
    last_x = x;
  }
  for (int i = 0; i < HS_N_PINS; i++) {
    if (is_visible(viewport, set->pins[i]))
      paint_pennant(cr, viewport, palette->pin, set->pins[i]);
  }
}

/* --- the lane --- */

static void
add_flag(GArray *flags, HsFlag flag)
{
  g_array_append_val(flags, flag);
}

/* Where the letters of two pins stand that would cover each other: side by side, in the order of time. */
static void
part_pins(const HsMarkerSet *set, double *places, double width, double least, double most)
{
  int early = set->pins[0] <= set->pins[1] ? 0 : 1;
  double middle = (places[0] + places[1]) / 2;
  places[early] = floor(CLAMP(middle - width / 2, least, MAX(most - width, least)));
  places[1 - early] = places[early] + width;
}

/* Pins stand with their pole in the middle of the letter, so that none hides where the other is. */
static void
lay_pins(const HsViewport *viewport, const HsMarkerSet *set, GArray *flags)
{
  double width = HS_FLAG_LANE_PX - 1, least = floor(viewport->x - width / 2);
  double most = floor(viewport->x + viewport->width - width / 2), places[HS_N_PINS];
  bool shown[HS_N_PINS];
  for (int i = 0; i < HS_N_PINS; i++) {
    shown[i] = is_visible(viewport, set->pins[i]);
    places[i] = shown[i] ? floor(CLAMP(pole_x(viewport, set->pins[i]) + 1 - width / 2, least, most)) : 0;
  }
  if (shown[0] && shown[1] && fabs(places[0] - places[1]) < width)
    part_pins(set, places, width, least, most);
  for (int i = 0; i < HS_N_PINS; i++) {
    if (shown[i])
      add_flag(flags, (HsFlag){.x = places[i], .width = width, .ticks = set->pins[i], .pin = i, .marker = -1});
  }
}

/* How far a flag that begins at x may reach: to the next pin's letter. False if x lies within one. */
static bool
room_beside_pins(const GArray *flags, guint n_pins, double x, double *right)
{
  for (guint i = 0; i < n_pins; i++) {
    const HsFlag *pin = &g_array_index(flags, HsFlag, i);
    if (x >= pin->x - 1 && x < pin->x + pin->width)
      return false;
    if (pin->x > x)
      *right = MIN(*right, pin->x - 1);
  }
  return true;
}

GArray *
hs_flags_lay(const HsViewport *viewport, const HsMarkerSet *set)
{
  GArray *flags = g_array_new(FALSE, FALSE, sizeof(HsFlag));
  if (set == NULL)
    return flags;
  lay_pins(viewport, set, flags);
  guint n_pins = flags->len, n = hs_marker_set_n(set);
  for (guint i = (guint)(hs_marker_set_previous(set, viewport->t0) + 1); i < n; i++) {
    const HsMarker *marker = hs_marker_set_get(set, i);
    if (marker->ticks >= viewport->t1)
      break;
    double x = pole_x(viewport, marker->ticks), right = viewport->x + viewport->width;
    if (i + 1 < n && hs_marker_set_get(set, i + 1)->ticks < viewport->t1)
      right = MIN(right, pole_x(viewport, hs_marker_set_get(set, i + 1)->ticks) - 1);
    /* Where there is no room, the pole alone says that there is one. */
    if (room_beside_pins(flags, n_pins, x, &right) && right - x >= 3)
      add_flag(flags, (HsFlag){.x = x, .width = right - x, .ticks = marker->ticks, .pin = -1, .marker = (int)i});
  }
  return flags;
}

const HsFlag *
hs_flags_at(const GArray *flags, double x)
{
  for (guint i = 0; i < flags->len; i++) {
    const HsFlag *flag = &g_array_index(flags, HsFlag, i);
    if (x >= flag->x && x < flag->x + flag->width)
      return flag;
  }
  return NULL;
}

static void
paint_pin(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsFlag *flag)
{
  double height = HS_FLAG_LANE_PX - 1;
  hs_paint_pill(cr, palette->pin, flag->x, viewport->y, flag->width, height, height / 2);
  hs_paint_text_sized(cr, palette, flag->pin == 0 ? "A" : "B", false, true, HS_TEXT_SMALL, palette->pin_text, flag->x,
                      viewport->y + height / 2, flag->width, 0);
}

/* As wide as its name, if there is room for that. */
static void
paint_flag(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarker *marker, HsFlag *flag)
{
  double height = HS_FLAG_LANE_PX - 2, wanted = 0;
  if (flag->width >= LEAST_FLAG_PX)
    hs_measure_text_sized(cr, palette, marker->name, false, false, HS_TEXT_SMALL, &wanted, NULL);
  double width = MIN(flag->width, ceil(wanted) + 2 * FLAG_PAD_PX);
  bool has_text = flag->width >= LEAST_FLAG_PX && (width < flag->width || width >= LEAST_CUT_FLAG_PX);
  width = has_text ? width : MIN(flag->width, PENNANT_WIDTH_PX + 1);
  flag->width = width;
  hs_color_set(cr, palette->marker);
  cairo_rectangle(cr, flag->x, viewport->y, width, height);
  cairo_fill(cr);
  if (has_text)
    hs_paint_text_sized(cr, palette, marker->name, false, false, HS_TEXT_SMALL, palette->marker_text,
                        flag->x + FLAG_PAD_PX, viewport->y + height / 2, width - 2 * FLAG_PAD_PX, -1);
}

GArray *
hs_paint_flags(cairo_t *cr, const HsViewport *viewport, const HsPalette *palette, const HsMarks *marks)
{
  GArray *flags = hs_flags_lay(viewport, marks->markers);
  for (guint i = flags->len; i-- > 0;) {
    HsFlag *flag = &g_array_index(flags, HsFlag, i);
    if (flag->pin >= 0)
      paint_pin(cr, viewport, palette, flag);
    else
      paint_flag(cr, viewport, palette, hs_marker_set_get(marks->markers, (guint)flag->marker), flag);
  }
  return flags;
}
