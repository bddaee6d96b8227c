/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "hs-hover-card.h"

#define PADDING_PX 11
#define COLUMN_GAP_PX 12
#define LINE_GAP_PX 5
/* Between lines that stand side by side. */
#define BESIDE_GAP_PX 22
#define SWATCH_PX 9
#define SWATCH_GAP_PX 6
/* From the pointer's hot spot, so that it does not cover the card. */
#define POINTER_GAP_PX 14
#define EDGE_GAP_PX 4
#define RADIUS_PX 6
#define SHADOW_PX 3

typedef struct {
  char *label, *value;
  HsColor swatch;
  gboolean has_swatch, mono, strong;
} Line;

struct _HsHoverCard {
  char *title;
  GArray *lines; /* of Line */
};

typedef struct {
  double line_height, label_width, value_width, swatch_width;
  double column_width;
  double width, height;
  guint n_rows, n_columns;
  guint n_lines; /* that fit */
} Layout;

static void
clear_line(gpointer data)
{
  Line *line = data;
  g_free(line->label);
  g_free(line->value);
}

HsHoverCard *
hs_hover_card_new(const char *title)
{
  HsHoverCard *card = g_new0(HsHoverCard, 1);
  card->title = g_strdup(title);
  card->lines = g_array_new(FALSE, FALSE, sizeof(Line));
  g_array_set_clear_func(card->lines, clear_line);
  return card;
}

void
hs_hover_card_free(HsHoverCard *card)
{
  g_free(card->title);
  g_array_unref(card->lines);
  g_free(card);
}

HsHoverCard *
hs_hover_card_from_block(HsCard *card)
{
  HsHoverCard *self = hs_hover_card_new(card->title);
  for (int i = 0; i < card->n_lines; i++)
    hs_hover_card_add(self, NULL, card->lines[i].label, card->lines[i].value, card->lines[i].mono, FALSE);
  hs_card_free(card);
  return self;
}

void
hs_hover_card_add(HsHoverCard *card, const HsColor *swatch, const char *label, const char *value, gboolean mono,
                  gboolean strong)
{
  Line line = {.label = g_strdup(label), .value = g_strdup(value), .mono = mono, .strong = strong};
  if (swatch != NULL) {
    line.swatch = *swatch;
    line.has_swatch = TRUE;
  }
  g_array_append_val(card->lines, line);
}

static Layout
lay_out(const HsHoverCard *card, cairo_t *cr, const HsPalette *palette, int width, int height)
{
  Layout l = {0};
  double title_width, w, h;
  hs_measure_text(cr, palette, card->title, false, true, &title_width, &h);
  l.line_height = ceil(h) + LINE_GAP_PX;
  for (guint i = 0; i < card->lines->len; i++) {
    const Line *line = &g_array_index(card->lines, Line, i);
    hs_measure_text(cr, palette, line->label, false, line->strong, &w, &h);
    l.label_width = MAX(l.label_width, ceil(w));
    hs_measure_text(cr, palette, line->value, line->mono, line->strong, &w, &h);
    l.value_width = MAX(l.value_width, ceil(w));
    if (line->has_swatch)
      l.swatch_width = SWATCH_PX + SWATCH_GAP_PX;
  }
  double most = MAX(width - 2 * EDGE_GAP_PX - 2 * PADDING_PX, 0);
  double room = height - 2 * EDGE_GAP_PX - 2 * PADDING_PX + LINE_GAP_PX;
  guint n = card->lines->len, n_fit = (guint)CLAMP(floor(room / l.line_height) - 1, 0, (double)n);
  l.column_width = l.swatch_width + l.label_width + COLUMN_GAP_PX + l.value_width;
  /* What does not fit below each other goes side by side. */
  guint n_beside = (guint)CLAMP(floor((most + BESIDE_GAP_PX) / (l.column_width + BESIDE_GAP_PX)), 1, MAX(n, 1));
  l.n_columns = n_fit > 0 ? MIN((n + n_fit - 1) / n_fit, n_beside) : 1;
  l.n_columns = MAX(l.n_columns, 1);
  l.n_rows = MIN((n + l.n_columns - 1) / l.n_columns, n_fit);
  l.n_lines = MIN(l.n_rows * l.n_columns, n);
  double inner = l.n_columns * (l.column_width + BESIDE_GAP_PX) - BESIDE_GAP_PX;
  l.width = MIN(MAX(ceil(title_width), inner), most) + 2 * PADDING_PX;
  l.column_width = MIN(l.column_width, l.width - 2 * PADDING_PX);
  l.height = (l.n_rows + 1) * l.line_height - LINE_GAP_PX + 2 * PADDING_PX;
  return l;
}

static void
rounded(cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path(cr);
  cairo_arc(cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc(cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc(cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc(cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path(cr);
}

static void
paint_ground(cairo_t *cr, const HsPalette *palette, double x, double y, const Layout *l)
{
  /* Shadows are black in every theme. */
  static const HsColor black = {0, 0, 0, 1};
  hs_color_set(cr, hs_color_alpha(black, 0.05));
  for (int i = SHADOW_PX; i > 0; i--) {
    rounded(cr, x - i, y - i + 1, l->width + 2 * i, l->height + 2 * i, RADIUS_PX + i);
    cairo_fill(cr);
  }
  rounded(cr, x + 0.5, y + 0.5, l->width - 1, l->height - 1, RADIUS_PX);
  hs_color_set(cr, hs_color_alpha(palette->dark ? hs_color_mix(palette->base, black, 0.4) : palette->base, 0.97));
  cairo_fill_preserve(cr);
  hs_color_set(cr, palette->border);
  cairo_set_line_width(cr, 1);
  cairo_stroke(cr);
}

/* Beside the pointer where there is room, else on its other side, else against the edge. */
static double
place(double at, double length, double room)
{
  double result = at + POINTER_GAP_PX;
  if (result + length > room - EDGE_GAP_PX && at - POINTER_GAP_PX - length >= EDGE_GAP_PX)
    result = at - POINTER_GAP_PX - length;
  return floor(MAX(MIN(result, room - EDGE_GAP_PX - length), MIN(EDGE_GAP_PX, MAX(room - length, 0))));
}

static void
paint_line(const Line *line, cairo_t *cr, const HsPalette *palette, const Layout *l, double left, double middle)
{
  if (line->has_swatch) {
    hs_color_set(cr, line->swatch);
    cairo_rectangle(cr, left, floor(middle - SWATCH_PX / 2.0), SWATCH_PX, SWATCH_PX);
    cairo_fill(cr);
  }
  double label_x = left + l->swatch_width, value_x = label_x + l->label_width + COLUMN_GAP_PX;
  hs_paint_text(cr, palette, line->label, false, line->strong, line->strong ? palette->text : palette->dim_text,
                label_x, middle, l->label_width, -1);
  hs_paint_text(cr, palette, line->value, line->mono, line->strong, palette->text, value_x, middle,
                MAX(left + l->column_width - value_x, 0), l->swatch_width > 0 ? 1 : -1);
}

void
hs_hover_card_paint(const HsHoverCard *card, cairo_t *cr, const HsPalette *palette, double x, double y, int width,
                    int height)
{
  Layout l = lay_out(card, cr, palette, width, height);
  double left = place(x, l.width, width), top = place(y, l.height, height);

  cairo_save(cr);
  paint_ground(cr, palette, left, top, &l);
  left += PADDING_PX;
  double first = top + PADDING_PX + (l.line_height - LINE_GAP_PX) / 2;
  hs_paint_text(cr, palette, card->title, false, true, palette->text, left, first, l.width - 2 * PADDING_PX, -1);
  for (guint i = 0; i < l.n_lines; i++)
    paint_line(&g_array_index(card->lines, Line, i), cr, palette, &l,
               left + i / l.n_rows * (l.column_width + BESIDE_GAP_PX), first + (i % l.n_rows + 1) * l.line_height);
  cairo_restore(cr);
}
