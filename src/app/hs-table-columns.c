/* SPDX-License-Identifier: MIT */
#include "hs-table-columns.h"

#include "hs-cell-text.h"
#include "hs-format.h"
#include "hs-heap-flags.h"

/* The sort arrow and the gap before it. */
#define ARROW_PX 18
/* So many names are looked at, and none makes its column wider than this. */
#define MAX_NAMES 256u
#define MAX_NAME_PX 240
#define MAX_FLAGS_PX 400

PangoFontDescription *
hs_table_font_new(GtkWidget *widget, const HsPalette *palette, bool mono)
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
handle_width(PangoLayout *layout, const HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_heaps(timeline), MAX_NAMES);
  char buffer[HS_FORMAT_MAX];
  uint64_t handle = 0;

  for (uint32_t i = 0; i < n; i++)
    handle = MAX(handle, hs_timeline_heap(timeline, (HsHeapId){i})->handle);
  return text_width(layout, hs_format_hex(buffer, sizeof buffer, handle));
}

static int
flags_width(PangoLayout *layout, const HsTimeline *timeline)
{
  uint32_t n = MIN(hs_timeline_n_heaps(timeline), MAX_NAMES);
  int width = 0;

  for (uint32_t i = 0; i < n; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    g_autofree char *text = hs_heap_flags_text(HS_GET(heap->flags));
    width = MAX(width, text_width(layout, text));
  }
  return MIN(width, MAX_FLAGS_PX);
}

/* Of the first and the last moment. */
static int
time_width(PangoLayout *layout, const HsTimeline *timeline)
{
  int64_t begin_ticks, end_ticks;
  char buffer[HS_FORMAT_MAX];

  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  int begin_px = text_width(layout, hs_cell_time(timeline, begin_ticks, buffer, sizeof buffer));
  return MAX(begin_px, text_width(layout, hs_cell_time(timeline, end_ticks, buffer, sizeof buffer)));
}

/* What the trace's own values need of a column. */
static int
value_width(GtkWidget *widget, const HsPalette *palette, const HsTableKind *kind, int column,
            const HsTimeline *timeline)
{
  bool is_time = strcmp(kind->sample(column), HS_CELL_TIME_SAMPLE) == 0;
  int (*width_of)(PangoLayout *, const HsTimeline *) = is_time                          ? time_width
                                                       : column == kind->process_column ? process_width
                                                       : column == kind->handle_column  ? handle_width
                                                       : column == kind->flags_column   ? flags_width
                                                                                        : NULL;
  if (timeline == NULL || width_of == NULL)
    return 0;
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, NULL);
  g_autoptr(PangoFontDescription) font = hs_table_font_new(widget, palette, kind->is_mono(column));
  pango_layout_set_font_description(layout, font);
  return width_of(layout, timeline);
}

/* What the fonts alone tell: it does not change with the trace. */
static void
measure_usual(HsTableColumns *self, GtkWidget *widget, const HsPalette *palette)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, NULL);
  g_autoptr(PangoFontDescription) sans = hs_table_font_new(widget, palette, false);
  g_autoptr(PangoFontDescription) mono = hs_table_font_new(widget, palette, true);
  g_autoptr(PangoFontDescription) bold = pango_font_description_copy(sans);

  pango_font_description_set_weight(bold, PANGO_WEIGHT_BOLD);
  for (int c = 0; c < self->kind->n_columns; c++) {
    pango_layout_set_font_description(layout, self->kind->is_mono(c) ? mono : sans);
    self->sample_px[c] = text_width(layout, self->kind->sample(c));
    pango_layout_set_font_description(layout, bold);
    self->title_px[c] = text_width(layout, self->kind->column_title(c));
  }
  self->has_usual = true;
}

void
hs_table_columns_measure(HsTableColumns *self, GtkWidget *widget, const HsPalette *palette, const HsTimeline *timeline)
{
  const HsTableKind *kind = self->kind;

  if (!self->has_usual)
    measure_usual(self, widget, palette);
  for (int c = 0; c < kind->n_columns; c++) {
    if (self->set_by_hand[c])
      continue;
    int value = MAX(self->sample_px[c], value_width(widget, palette, kind, c, timeline));
    if (c == kind->swatch_column)
      value += HS_SWATCH_PX + HS_SWATCH_GAP_PX;
    bool marked = c == self->sorted_column || c == kind->natural_column;
    int title = self->title_px[c] + (marked ? ARROW_PX : 0);
    self->width_px[c] = MAX(HS_COLUMN_MIN_PX, MAX(value, title) + 2 * HS_CELL_PAD_PX + 2);
  }
}

void
hs_table_columns_restyle(HsTableColumns *self)
{
  self->has_usual = false;
}

void
hs_table_columns_init(HsTableColumns *self, const HsTableKind *kind)
{
  *self = (HsTableColumns){.kind = kind, .sorted_column = kind->natural_column};
  for (int c = 0; c < kind->n_columns; c++)
    self->width_px[c] = HS_COLUMN_MIN_PX;
}

static int
column_width(const HsTableColumns *self, int column, int view_px)
{
  int width = self->width_px[column], others = 0;

  if (column != self->kind->wide_column)
    return width;
  for (int c = 0; c < self->kind->n_columns; c++)
    others += c != column ? self->width_px[c] : 0;
  return MAX(view_px - others, self->set_by_hand[column] ? width : MIN(width, HS_WIDE_COLUMN_MIN_PX));
}

int
hs_table_columns_total(const HsTableColumns *self, int view_px)
{
  int total = 0;

  for (int c = 0; c < self->kind->n_columns; c++)
    total += column_width(self, c, view_px);
  return total;
}

int
hs_table_columns_scroll(GtkAdjustment *adjustment, bool rtl)
{
  double value = gtk_adjustment_get_value(adjustment);

  if (rtl)
    value = gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_page_size(adjustment) - value;
  return (int)value;
}

void
hs_table_columns_place(const HsTableColumns *self, int column, int view_px, int scroll_px, bool rtl, int *x, int *width)
{
  int left = 0;

  for (int c = 0; c < column; c++)
    left += column_width(self, c, view_px);
  *width = column_width(self, column, view_px);
  *x = rtl ? view_px - left - *width + scroll_px : left - scroll_px;
}
