/* SPDX-License-Identifier: MIT */
/* The window's actions on time, selection, blocks and table. Filters: hs-window-filter-actions.c; the chart and what it
 * shows: hs-window-chart-actions.c. */
#include "hs-config.h"
#include "hs-format.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define ZOOM_STEP 0.5
#define PAN_STEP 0.2
/* Part of the visible range that a step of the cursor is. */
#define CURSOR_STEP 0.01
/* More rows than this are not put on the clipboard. */
#define COPY_LIMIT 1000000

#define ACTION(name) static void activate_##name(GSimpleAction *action, GVariant *parameter, gpointer data)

static HsDocument *
document_of(gpointer window)
{
  return HS_WINDOW(window)->document;
}

/* --- time --- */

static void
get_ticks(HsWindow *self, GVariant *parameter, int64_t *t0, int64_t *t1)
{
  gint64 ns0, ns1;
  g_variant_get(parameter, "(xx)", &ns0, &ns1);
  *t0 = hs_clock_from_ns(hs_window_clock(self), ns0);
  *t1 = hs_clock_from_ns(hs_window_clock(self), ns1);
}

ACTION(show_range)
{
  int64_t t0, t1;
  get_ticks(data, parameter, &t0, &t1);
  if (t1 > t0)
    hs_document_set_range(document_of(data), t0, t1, TRUE);
}

ACTION(select_range)
{
  int64_t t0, t1;
  get_ticks(data, parameter, &t0, &t1);
  hs_document_select(document_of(data), t0, t1);
}

/* What a zoom by key or button keeps in place: the pointer's moment, the cursor, or the middle. */
static double
zoom_anchor(HsDocument *document)
{
  int64_t t0, t1, candidates[] = {hs_document_get_hover(document), hs_document_get_cursor(document)};
  hs_document_get_range(document, &t0, &t1);
  for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
    if (candidates[i] != INT64_MIN && candidates[i] >= t0 && candidates[i] < t1)
      return (double)(candidates[i] - t0) / (double)(t1 - t0);
  }
  return 0.5;
}

ACTION(zoom_in)
{
  hs_document_zoom(document_of(data), ZOOM_STEP, zoom_anchor(document_of(data)));
}

ACTION(zoom_out)
{
  hs_document_zoom(document_of(data), 1 / ZOOM_STEP, zoom_anchor(document_of(data)));
}

ACTION(zoom_fit)
{
  hs_document_fit(document_of(data));
}

ACTION(zoom_selection)
{
  int64_t t0, t1;
  if (hs_document_get_selection(document_of(data), &t0, &t1))
    hs_document_set_range(document_of(data), t0, t1, TRUE);
}

ACTION(zoom_back)
{
  hs_document_go_back(document_of(data));
}

ACTION(zoom_forward)
{
  hs_document_go_forward(document_of(data));
}

ACTION(pan_left)
{
  hs_document_pan(document_of(data), -PAN_STEP);
}

ACTION(pan_right)
{
  hs_document_pan(document_of(data), PAN_STEP);
}

static void
move_cursor(HsDocument *document, int direction)
{
  int64_t t0, t1, span0, span1, cursor = hs_document_get_cursor(document);
  hs_document_get_range(document, &t0, &t1);
  hs_document_get_span(document, &span0, &span1);
  int64_t step = MAX((int64_t)((double)(t1 - t0) * CURSOR_STEP), 1);
  if (cursor == INT64_MIN || cursor < t0 || cursor >= t1)
    cursor = t0 + (t1 - t0) / 2;
  else
    cursor += direction * step;
  cursor = CLAMP(cursor, span0, span1 - 1);
  hs_document_set_cursor(document, cursor);
  if (cursor < t0 || cursor >= t1)
    hs_document_pan(document, direction * 0.5);
}

ACTION(cursor_left)
{
  move_cursor(document_of(data), -1);
}

ACTION(cursor_right)
{
  move_cursor(document_of(data), 1);
}

ACTION(clear_selection)
{
  hs_document_select(document_of(data), 0, 0);
  hs_document_set_cursor(document_of(data), INT64_MIN);
}

/* Esc: the selection first, then the filter. */
ACTION(escape)
{
  int64_t t0, t1;
  HsDocument *document = document_of(data);
  if (hs_document_get_selection(document, &t0, &t1) || hs_document_get_cursor(document) != INT64_MIN)
    activate_clear_selection(action, parameter, data);
  else
    g_action_group_activate_action(G_ACTION_GROUP(data), "clear-filter", NULL);
}

static void
tell_peak(HsWindow *self, HsMeasure measure, int64_t value, int64_t ticks)
{
  char amount[HS_FORMAT_MAX], time[HS_FORMAT_MAX];
  g_autofree char *text = NULL;
  hs_format_time(time, sizeof time, hs_clock_to_ns(hs_window_clock(self), ticks));
  if (measure == HS_MEASURE_BYTES)
    hs_format_bytes(amount, sizeof amount, value);
  else
    hs_format_count(amount, sizeof amount, (uint64_t)value);
  text = measure == HS_MEASURE_BYTES ? g_strdup_printf(_("Peak of what is visible: %s at %s"), amount, time)
                                     : g_strdup_printf(_("Peak of what is visible: %s blocks at %s"), amount, time);
  hs_window_tell(self, text);
}

/* Of what passes the filter, in what the chart measures, in the visible range. */
ACTION(peak)
{
  HsDocument *document = document_of(data);
  int64_t t0, t1, peak_ticks = INT64_MIN;
  hs_document_get_range(document, &t0, &t1);
  HsMeasure measure = hs_measure_outstanding(hs_document_get_measure(document));
  int64_t value = hs_series_peak(hs_document_get_series(document), measure, t0, t1, &peak_ticks);
  if (peak_ticks == INT64_MIN || value <= 0) {
    hs_window_tell(data, _("Nothing that passes the filter is outstanding here"));
    return;
  }
  /* The value that held when the range began may be the largest. */
  peak_ticks = CLAMP(peak_ticks, t0, t1 - 1);
  hs_document_set_cursor(document, peak_ticks);
  tell_peak(data, measure, value, peak_ticks);
}

/* --- rows and blocks --- */

static gboolean
get_block(HsDocument *document, HsBlock *block)
{
  HsBlockId id = hs_document_get_block(document);
  if (id.v == HS_ID_NONE)
    return FALSE;
  hs_timeline_block(hs_document_get_timeline(document), id, hs_document_get_n_rows(document), block);
  return TRUE;
}

ACTION(choose_row)
{
  hs_document_choose_row(document_of(data), g_variant_get_uint32(parameter));
}

static void
go_to_row(HsWindow *self, HsRow row)
{
  if (row >= hs_document_get_n_rows(self->document))
    return;
  hs_document_choose_row(self->document, row);
  hs_window_show_chosen(self);
}

ACTION(next_event)
{
  HsBlock block;
  if (get_block(document_of(data), &block) && hs_document_get_row(document_of(data)) < block.end_row)
    go_to_row(data, block.end_row);
}

ACTION(previous_event)
{
  HsBlock block;
  if (get_block(document_of(data), &block) && hs_document_get_row(document_of(data)) > block.begin_row)
    go_to_row(data, block.begin_row);
}

static void
get_lifetime(HsDocument *document, const HsBlock *block, int64_t *t0, int64_t *t1)
{
  int64_t span0, span1;
  hs_document_get_span(document, &span0, &span1);
  *t0 = block->begin_ticks;
  *t1 = MAX(MIN(block->end_ticks, span1), *t0 + 1);
}

static void
fit_lifetime(HsWindow *self, const HsBlock *block)
{
  int64_t t0, t1;
  get_lifetime(self->document, block, &t0, &t1);
  int64_t margin = MAX((t1 - t0) / 20, 1);
  hs_document_set_range(self->document, t0 - margin, t1 + margin, TRUE);
}

ACTION(zoom_block)
{
  HsBlock block;
  if (get_block(document_of(data), &block))
    fit_lifetime(data, &block);
}

/* Centres the block; once it is centred, fits its lifetime. */
ACTION(center_block)
{
  HsWindow *self = data;
  HsBlock block;
  int64_t t0, t1, b0, b1;
  if (!get_block(self->document, &block))
    return;
  hs_address_map_center_block(HS_ADDRESS_MAP(self->map));
  get_lifetime(self->document, &block, &b0, &b1);
  hs_document_get_range(self->document, &t0, &t1);
  int64_t begin = b0 + (b1 - b0) / 2 - (t1 - t0) / 2;
  if (self->fit_t0 == t0 && self->fit_t1 == t1) {
    fit_lifetime(self, &block);
    self->fit_t0 = self->fit_t1 = 0;
    return;
  }
  int64_t span0, span1;
  hs_document_get_span(self->document, &span0, &span1);
  begin = MAX(MIN(begin, span1 - (t1 - t0)), span0);
  hs_document_set_range(self->document, begin, begin + (t1 - t0), TRUE);
  hs_document_get_range(self->document, &self->fit_t0, &self->fit_t1);
}

static void
put_text(HsWindow *self, const char *text)
{
  if (text != NULL)
    gtk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self), GDK_SELECTION_CLIPBOARD), text, -1);
}

ACTION(copy)
{
  g_autofree char *text = hs_table_copy_text(hs_window_get_table(data), COPY_LIMIT);
  put_text(data, text);
}

ACTION(copy_text)
{
  put_text(data, g_variant_get_string(parameter, NULL));
}

ACTION(select_all)
{
  hs_table_select_all(hs_window_get_table(data));
}

ACTION(sort)
{
  const char *name;
  gboolean descending;
  g_variant_get(parameter, "(&sb)", &name, &descending);
  HsTable *table = hs_window_get_table(data);
  int column = hs_table_kind_find_column(hs_table_get_kind(table), name);
  if (column != HS_TABLE_NO_COLUMN)
    hs_table_sort(table, column, descending);
}

/* --- load, window --- */

ACTION(cancel_load)
{
  hs_document_cancel_load(document_of(data));
}

ACTION(main_menu)
{
  gtk_button_clicked(GTK_BUTTON(HS_WINDOW(data)->menu_button));
}

ACTION(close)
{
  gtk_window_close(GTK_WINDOW(data));
}

static void
on_shot_done(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  if (!hs_window_screenshot_finish(HS_WINDOW(source), result, &error))
    g_warning("%s", error->message);
}

ACTION(screenshot)
{
  hs_window_screenshot_async(data, g_variant_get_string(parameter, NULL), on_shot_done, NULL);
}

static const GActionEntry entries[] = {
    {"show-range", activate_show_range, "(xx)", NULL, NULL},
    {"select-range", activate_select_range, "(xx)", NULL, NULL},
    {"zoom-in", activate_zoom_in, NULL, NULL, NULL},
    {"zoom-out", activate_zoom_out, NULL, NULL, NULL},
    {"zoom-fit", activate_zoom_fit, NULL, NULL, NULL},
    {"zoom-selection", activate_zoom_selection, NULL, NULL, NULL},
    {"zoom-back", activate_zoom_back, NULL, NULL, NULL},
    {"zoom-forward", activate_zoom_forward, NULL, NULL, NULL},
    {"pan-left", activate_pan_left, NULL, NULL, NULL},
    {"pan-right", activate_pan_right, NULL, NULL, NULL},
    {"cursor-left", activate_cursor_left, NULL, NULL, NULL},
    {"cursor-right", activate_cursor_right, NULL, NULL, NULL},
    {"clear-selection", activate_clear_selection, NULL, NULL, NULL},
    {"escape", activate_escape, NULL, NULL, NULL},
    {"peak", activate_peak, NULL, NULL, NULL},
    {"choose-row", activate_choose_row, "u", NULL, NULL},
    {"next-event", activate_next_event, NULL, NULL, NULL},
    {"previous-event", activate_previous_event, NULL, NULL, NULL},
    {"zoom-block", activate_zoom_block, NULL, NULL, NULL},
    {"center-block", activate_center_block, NULL, NULL, NULL},
    {"copy", activate_copy, NULL, NULL, NULL},
    {"copy-text", activate_copy_text, "s", NULL, NULL},
    {"select-all", activate_select_all, NULL, NULL, NULL},
    {"sort", activate_sort, "(sb)", NULL, NULL},
    {"cancel-load", activate_cancel_load, NULL, NULL, NULL},
    {"screenshot", activate_screenshot, "s", NULL, NULL},
    {"main-menu", activate_main_menu, NULL, NULL, NULL},
    {"close", activate_close, NULL, NULL, NULL},
};

/* Actions that need no trace. */
static const char *const always[] = {"copy-text", "screenshot", "main-menu", "close", NULL};

void
hs_window_set_action_enabled(HsWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), name);
  if (g_action_get_enabled(action) != enabled)
    g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

void
hs_window_add_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

/* Whether an action would do something now, for a window with a trace. */
static gboolean
is_possible(HsDocument *document, const char *name)
{
  int64_t t0, t1;
  if (g_str_equal(name, "zoom-selection"))
    return hs_document_get_selection(document, &t0, &t1);
  if (g_str_equal(name, "clear-selection"))
    return hs_document_get_selection(document, &t0, &t1) || hs_document_get_cursor(document) != INT64_MIN;
  if (g_str_equal(name, "zoom-back"))
    return hs_document_can_go_back(document);
  if (g_str_equal(name, "zoom-forward"))
    return hs_document_can_go_forward(document);
  if (g_str_equal(name, "cancel-load"))
    return hs_document_get_marks(document).loaded_to != INT64_MAX;
  if (g_str_equal(name, "next-event") || g_str_equal(name, "previous-event") || g_str_equal(name, "zoom-block") ||
      g_str_equal(name, "center-block"))
    return hs_document_get_block(document).v != HS_ID_NONE;
  return TRUE;
}

void
hs_window_update_actions(HsWindow *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
    const char *name = entries[i].name;
    gboolean possible = hs_window_has_trace(self) && is_possible(self->document, name);
    hs_window_set_action_enabled(self, name, possible || g_strv_contains(always, name));
  }
  hs_window_update_filter_actions(self);
  hs_window_update_find_actions(self);
  hs_window_update_map_actions(self);
  hs_window_update_instant_actions(self);
  hs_window_update_place_actions(self);
  hs_window_update_picture_actions(self);
}
