/* SPDX-License-Identifier: MIT */
#include "hs-table-body-private.h"
#include "hs-time-pane.h"

/* Above and below the text of a row, together. */
#define ROW_PAD_PX 5
#define ROW_MIN_PX 22
/* Bar at the beginning of the rows inside the selected range, and how strong their tint is. */
#define RANGE_BAR_PX 3
#define RANGE_TINT 0.10

/* --- style --- */

static PangoLayout *
new_layout(HsTableBody *self, bool mono, int *height_px)
{
  PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), "0x");
  g_autoptr(PangoFontDescription) font = hs_table_font_new(GTK_WIDGET(self), &self->palette, mono);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new();

  pango_layout_set_font_description(layout, font);
  /* Digits of one width, so that columns of numbers can be compared by eye. */
  pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
  pango_layout_set_attributes(layout, attributes);
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT);
  pango_layout_get_pixel_size(layout, NULL, height_px);
  return layout;
}

static void
ensure_layouts(HsTableBody *self)
{
  if (self->texts != NULL)
    return;
  g_autoptr(PangoLayout) sans = new_layout(self, false, &self->text_height_px);
  g_autoptr(PangoLayout) mono = new_layout(self, true, &self->mono_height_px);
  self->texts = hs_text_cache_new(sans);
  self->mono_texts = hs_text_cache_new(mono);
}

void
hs_table_body_drop_layouts(HsTableBody *self)
{
  g_clear_pointer(&self->texts, hs_text_cache_free);
  g_clear_pointer(&self->mono_texts, hs_text_cache_free);
}

void
hs_table_body_restyle(HsTableBody *self)
{
  hs_table_body_drop_layouts(self);
  hs_palette_from_widget(&self->palette, GTK_WIDGET(self));
  hs_table_columns_restyle(&self->columns);
  hs_table_columns_measure(&self->columns, GTK_WIDGET(self), &self->palette, self->model.timeline);
  ensure_layouts(self);
  self->row_height_px = MAX(ROW_MIN_PX, MAX(self->text_height_px, self->mono_height_px) + ROW_PAD_PX);
}

/* --- cells --- */

/* A column while a frame is drawn. */
typedef struct {
  int column;
  int x, width_px;
  bool mono, right;
} Place;

static int
visible_columns(HsTableBody *self, Place *places)
{
  int view_px = gtk_widget_get_allocated_width(GTK_WIDGET(self)), n = 0;

  for (int c = 0; c < self->kind->n_columns; c++) {
    GdkRectangle area;
    hs_table_body_cell_area(self, 0, c, &area);
    if (area.x >= view_px || area.x + area.width <= 0)
      continue;
    places[n++] = (Place){.column = c,
                          .x = area.x,
                          .width_px = area.width,
                          .mono = self->kind->is_mono(c),
                          .right = self->kind->is_number(c) != hs_table_body_is_rtl(self)};
  }
  return n;
}

static void
draw_swatch(HsTableBody *self, cairo_t *cr, const Place *place, HsColor color, int y, bool selected)
{
  bool rtl = hs_table_body_is_rtl(self);
  double x = rtl ? place->x + place->width_px - HS_CELL_PAD_PX - HS_SWATCH_PX : place->x + HS_CELL_PAD_PX;
  double top = y + (self->row_height_px - HS_SWATCH_PX) / 2;

  cairo_save(cr);
  if (selected) { /* it may be of the selection's colour: framed in that of the text */
    cairo_rectangle(cr, x - 1, top - 1, HS_SWATCH_PX + 2, HS_SWATCH_PX + 2);
    cairo_fill(cr);
  }
  hs_color_set(cr, color);
  cairo_rectangle(cr, x, top, HS_SWATCH_PX, HS_SWATCH_PX);
  cairo_fill(cr);
  cairo_restore(cr);
}

static void
draw_cell(HsTableBody *self, cairo_t *cr, const Place *place, const HsTableRow *row, int y, bool selected)
{
  char buffer[HS_TABLE_CELL_BYTES];
  const char *text = self->kind->cell_text(&self->model, row, place->column, buffer, sizeof buffer);
  HsColor color;

  if (text[0] == '\0')
    return;
  int x = place->x + HS_CELL_PAD_PX, room = place->width_px - 2 * HS_CELL_PAD_PX;
  if (place->column == self->kind->swatch_column && self->kind->swatch(&self->palette, row, &color)) {
    draw_swatch(self, cr, place, color, y, selected);
    room -= HS_SWATCH_PX + HS_SWATCH_GAP_PX;
    x += place->right ? 0 : HS_SWATCH_PX + HS_SWATCH_GAP_PX;
  }
  if (room <= 0)
    return;
  int height = place->mono ? self->mono_height_px : self->text_height_px;
  hs_text_cache_draw(place->mono ? self->mono_texts : self->texts, cr, text, x, y + (self->row_height_px - height) / 2,
                     room, place->right);
}

static void
flush_cells(HsTableBody *self, cairo_t *cr, const GdkRGBA *color)
{
  gdk_cairo_set_source_rgba(cr, color);
  hs_text_cache_flush(self->texts, cr);
  hs_text_cache_flush(self->mono_texts, cr);
}

/* --- rows --- */

typedef struct {
  GtkStyleContext *style;
  GdkRGBA text, selected_text;
  int width_px;
  bool rtl;
} Frame;

static void
draw_row_ground(HsTableBody *self, cairo_t *cr, const Frame *frame, uint32_t position, uint32_t item, int y,
                bool selected)
{
  int height = self->row_height_px;

  if (selected) {
    gtk_style_context_save(frame->style);
    gtk_style_context_set_state(frame->style, gtk_style_context_get_state(frame->style) | GTK_STATE_FLAG_SELECTED);
    gtk_render_background(frame->style, cr, 0, y, frame->width_px, height);
    gtk_style_context_restore(frame->style);
  } else if (position % 2 == 1) {
    hs_color_set(cr, self->palette.row_even);
    cairo_rectangle(cr, 0, y, frame->width_px, height);
    cairo_fill(cr);
  }
  if (item < self->range_first || item >= self->range_end)
    return;
  if (!selected) {
    hs_color_set(cr, hs_color_alpha(self->palette.selection, RANGE_TINT));
    cairo_rectangle(cr, 0, y, frame->width_px, height);
    cairo_fill(cr);
  }
  hs_color_set(cr, selected ? self->palette.selection_text : self->palette.selection);
  cairo_rectangle(cr, frame->rtl ? frame->width_px - RANGE_BAR_PX : 0, y, RANGE_BAR_PX, height);
  cairo_fill(cr);
}

static void
draw_rows(HsTableBody *self, cairo_t *cr, const Frame *frame)
{
  Place places[HS_TABLE_MAX_COLUMNS];
  int n_places = visible_columns(self, places), y;
  uint32_t n = hs_table_model_n(&self->model), position = hs_table_body_first(self, &y);
  GdkRectangle clip;
  bool was_selected = false;

  if (!gdk_cairo_get_clip_rectangle(cr, &clip))
    return;
  for (y = -y; position < n && y < clip.y + clip.height; position++, y += self->row_height_px) {
    if (y + self->row_height_px <= clip.y)
      continue;
    uint32_t item = hs_table_model_item(&self->model, position);
    bool selected = hs_table_selection_contains(&self->selection, position);
    HsTableRow row;
    /* Texts of one colour are drawn together. */
    if (selected != was_selected)
      flush_cells(self, cr, was_selected ? &frame->selected_text : &frame->text);
    was_selected = selected;
    draw_row_ground(self, cr, frame, position, item, y, selected);
    gdk_cairo_set_source_rgba(cr, selected ? &frame->selected_text : &frame->text);
    self->kind->load(&self->model, item, &row);
    for (int i = 0; i < n_places; i++)
      draw_cell(self, cr, &places[i], &row, y, selected);
  }
  flush_cells(self, cr, was_selected ? &frame->selected_text : &frame->text);
}

/* Says why there is nothing to see. */
static void
draw_empty(HsTableBody *self, cairo_t *cr, const Frame *frame)
{
  if (self->document == NULL || self->model.set == NULL || hs_document_is_busy(self->document))
    return;
  const char *text = self->kind->empty_text(self->document);
  int width, view_px = gtk_widget_get_allocated_height(GTK_WIDGET(self));
  PangoLayout *layout = hs_text_cache_get(self->texts, text, frame->width_px, &width);
  hs_color_set(cr, self->palette.dim_text);
  cairo_move_to(cr, (frame->width_px - width) / 2, MAX(0, (view_px - self->text_height_px) / 2));
  pango_cairo_show_layout(cr, layout);
}

static void
draw_focus(HsTableBody *self, cairo_t *cr, const Frame *frame)
{
  GdkRectangle area = {0, 0, frame->width_px, gtk_widget_get_allocated_height(GTK_WIDGET(self))};

  if (!gtk_widget_has_visible_focus(GTK_WIDGET(self)))
    return;
  if (self->cursor != HS_POSITION_NONE) {
    if (!hs_table_body_cell_area(self, self->cursor, 0, &area))
      return;
    area.x = 0;
    area.width = frame->width_px;
  }
  gtk_style_context_save(frame->style);
  if (hs_table_selection_contains(&self->selection, self->cursor))
    gtk_style_context_set_state(frame->style, gtk_style_context_get_state(frame->style) | GTK_STATE_FLAG_SELECTED);
  gtk_render_focus(frame->style, cr, area.x, area.y, area.width, area.height);
  gtk_style_context_restore(frame->style);
}

gboolean
hs_table_body_draw(GtkWidget *widget, cairo_t *cr)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  Frame frame = {.style = gtk_widget_get_style_context(widget),
                 .width_px = gtk_widget_get_allocated_width(widget),
                 .rtl = hs_table_body_is_rtl(self)};
  GtkStateFlags state = gtk_style_context_get_state(frame.style);

  ensure_layouts(self);
  gtk_style_context_get_color(frame.style, state, &frame.text);
  gtk_style_context_save(frame.style);
  gtk_style_context_set_state(frame.style, state | GTK_STATE_FLAG_SELECTED);
  gtk_style_context_get_color(frame.style, state | GTK_STATE_FLAG_SELECTED, &frame.selected_text);
  gtk_style_context_restore(frame.style);

  gtk_render_background(frame.style, cr, 0, 0, frame.width_px, gtk_widget_get_allocated_height(widget));
  if (hs_table_model_n(&self->model) > 0)
    draw_rows(self, cr, &frame);
  else
    draw_empty(self, cr, &frame);
  draw_focus(self, cr, &frame);
  return GDK_EVENT_PROPAGATE;
}

/* --- tooltip: what a cell rounds, or the whole text of a cut one --- */

static bool
is_cut(HsTableBody *self, const HsTableRow *row, int column, const char *text, int width_px)
{
  HsColor color;
  int room_px = width_px - 2 * HS_CELL_PAD_PX;

  if (column == self->kind->swatch_column && self->kind->swatch(&self->palette, row, &color))
    room_px -= HS_SWATCH_PX + HS_SWATCH_GAP_PX;
  ensure_layouts(self);
  return hs_text_cache_width(self->kind->is_mono(column) ? self->mono_texts : self->texts, text) > room_px;
}

gboolean
hs_table_body_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HsTableBody *self = HS_TABLE_BODY(widget);
  uint32_t position = keyboard ? HS_POSITION_NONE : hs_table_body_position_at(self, y);
  int column = hs_table_body_column_at(self, x);
  const char *text = NULL;
  GdkRectangle area;
  HsTableRow row;
  char buffer[HS_TABLE_CELL_BYTES];

  if (position == HS_POSITION_NONE || column < 0)
    return FALSE;
  hs_table_body_cell_area(self, position, column, &area);
  self->kind->load(&self->model, hs_table_model_item(&self->model, position), &row);
  if (self->kind->cell_tip != NULL)
    text = self->kind->cell_tip(&self->model, &row, column, buffer, sizeof buffer);
  if (text == NULL) {
    text = self->kind->cell_text(&self->model, &row, column, buffer, sizeof buffer);
    if (text[0] == '\0' || !is_cut(self, &row, column, text, area.width))
      return FALSE;
  }
  gtk_tooltip_set_text(tooltip, text);
  gtk_tooltip_set_tip_area(tooltip, &area);
  return TRUE;
}
