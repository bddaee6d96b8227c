/* SPDX-License-Identifier: MIT */
#include "hs-event-columns.h"

#include "hs-event-text.h"
#include "hs-format.h"

/* The sort arrow and the gap before it. */
#define ARROW_PX 18
/* So many names are looked at, and no name makes its column wider than this. */
#define MAX_NAMES 256u
#define MAX_NAME_PX 240

PangoFontDescription *
hs_event_font_new(GtkWidget *widget, const HsPalette *palette, bool mono)
{
  GtkStyleContext *style = gtk_widget_get_style_context(widget);
  PangoFontDescription *font = NULL;

  gtk_style_context_get(style, gtk_style_context_get_state(style), GTK_STYLE_PROPERTY_FONT, &font, NULL);
  if (mono) {
    g_autoptr(PangoFontDescription) fixed =
        pango_font_description_from_string(palette->mono_font != NULL ? palette->mono_font : "Monospace");
    const char *family = pango_font_description_get_family(fixed);
    int size = pango_font_description_get_size(font);
    pango_font_description_set_family(font, family != NULL ? family : "Monospace");
    /* Fixed-width faces look larger than the others at the same size. */
    if (pango_font_description_get_size_is_absolute(font))
      pango_font_description_set_absolute_size(font, size * 0.93);
    else
      pango_font_description_set_size(font, (int)(size * 0.93));
  }
  return font;
}

static int
text_width(PangoLayout *layout, const char *text)
{
  int width;

  pango_layout_set_text(layout, text, -1);
  pango_layout_get_pixel_size(layout, &width, NULL);
  return width;
}

/* The widest of the first processes that have heaps. */
static int
process_width(PangoLayout *layout, const HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_processes(timeline), MAX_NAMES);
  int width = 0;

  for (uint32_t i = 0; i < n; i++)
    if (HS_GET(hs_timeline_process(timeline, (HsProcessId){i})->n_heaps) > 0)
      width = MAX(width, text_width(layout, hs_timeline_process_name(timeline, (HsProcessId){i})));
  return MIN(width, MAX_NAME_PX);
}

static int
heap_width(PangoLayout *layout, const HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_heaps(timeline), MAX_NAMES);
  char buffer[HS_FORMAT_MAX];
  uint64_t handle = 0;

  for (uint32_t i = 0; i < n; i++)
    handle = MAX(handle, hs_timeline_heap(timeline, (HsHeapId){i})->handle);
  return text_width(layout, hs_format_hex(buffer, sizeof buffer, handle));
}

void
hs_event_columns_measure(HsEventColumns *self, GtkWidget *widget, const HsPalette *palette, const HsTimeline *timeline)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, NULL);
  g_autoptr(PangoFontDescription) sans = hs_event_font_new(widget, palette, false);
  g_autoptr(PangoFontDescription) mono = hs_event_font_new(widget, palette, true);
  g_autoptr(PangoFontDescription) bold = pango_font_description_copy(sans);

  pango_font_description_set_weight(bold, PANGO_WEIGHT_BOLD);
  for (HsEventColumn c = 0; c < HS_N_COLUMNS; c++) {
    if (self->set_by_hand[c])
      continue;
    pango_layout_set_font_description(layout, hs_event_column_is_mono(c) ? mono : sans);
    int value = text_width(layout, hs_event_column_sample(c));
    if (c == HS_COLUMN_SOURCE)
      value += HS_SWATCH_PX + HS_SWATCH_GAP_PX;
    else if (c == HS_COLUMN_PROCESS && timeline != NULL)
      value = MAX(value, process_width(layout, timeline));
    else if (c == HS_COLUMN_HEAP && timeline != NULL)
      value = MAX(value, heap_width(layout, timeline));
    pango_layout_set_font_description(layout, bold);
    int title = text_width(layout, hs_event_column_title(c)) + (c == HS_COLUMN_TIME ? ARROW_PX : 0);
    self->width_px[c] = MAX(HS_COLUMN_MIN_PX, MAX(value, title) + 2 * HS_CELL_PAD_PX + 2);
  }
}

#define LAST (HS_N_COLUMNS - 1)

static int
last_width(const HsEventColumns *self, int left_px, int view_px)
{
  int minimum = self->set_by_hand[LAST] ? self->width_px[LAST] : MIN(self->width_px[LAST], HS_LAST_COLUMN_MIN_PX);

  return MAX(view_px - left_px, minimum);
}

int
hs_event_columns_total(const HsEventColumns *self, int view_px)
{
  int left = 0;

  for (HsEventColumn c = 0; c < LAST; c++)
    left += self->width_px[c];
  return left + last_width(self, left, view_px);
}

int
hs_event_columns_scroll(GtkAdjustment *adjustment, bool rtl)
{
  double value = gtk_adjustment_get_value(adjustment);

  if (rtl)
    value = gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_page_size(adjustment) - value;
  return (int)value;
}

void
hs_event_columns_place(const HsEventColumns *self, HsEventColumn column, int view_px, int scroll_px, bool rtl, int *x,
                       int *width)
{
  int left = 0;

  for (HsEventColumn c = 0; c < column; c++)
    left += self->width_px[c];
  *width = column == LAST ? last_width(self, left, view_px) : self->width_px[column];
  *x = rtl ? view_px - left - *width + scroll_px : left - scroll_px;
}
