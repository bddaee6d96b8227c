/* SPDX-License-Identifier: MIT */
/* The two maps, and the window's actions on the one of an instant: play, steps, rows, heap. */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <string.h>

#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-window-instant.h"
#include "hs-window-private.h"

/* "fit" plays the visible range in so many seconds. */
#define FIT_SECONDS 10.0
/* No frame moves time further than if it had come after so long. */
#define LONGEST_FRAME_US 100000

/* --- choices --- */

static const struct {
  const char *name;
  const char *label;
  double factor; /* of real time; 0 = the visible range in FIT_SECONDS */
} speeds[] = {
    {"fit", N_("Range in 10 s"), 0},
    {"0.001", N_("1⁄1000 ×"), 0.001},
    {"0.01", N_("1⁄100 ×"), 0.01},
    {"0.1", N_("1⁄10 ×"), 0.1},
    {"1", N_("1 ×"), 1},
    {"10", N_("10 ×"), 10},
    {"100", N_("100 ×"), 100},
};

static int
find_speed(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(speeds); i++) {
    if (g_str_equal(speeds[i].name, name))
      return (int)i;
  }
  return -1;
}

GMenuModel *
hs_window_speed_menu(void)
{
  GMenu *menu = g_menu_new();
  for (guint i = 0; i < G_N_ELEMENTS(speeds); i++) {
    g_autoptr(GMenuItem) item = g_menu_item_new(_(speeds[i].label), NULL);
    g_menu_item_set_action_and_target(item, "win.play-speed", "s", speeds[i].name);
    g_menu_append_item(menu, item);
  }
  return G_MENU_MODEL(menu);
}

/* "auto", "1KiB", … "64MiB" */
static char *
row_width_name(unsigned shift)
{
  if (shift == HS_SPACE_AUTO)
    return g_strdup("auto");
  return shift < 20 ? g_strdup_printf("%uKiB", 1u << (shift - 10)) : g_strdup_printf("%uMiB", 1u << (shift - 20));
}

static gboolean
find_row_width(const char *name, unsigned *shift)
{
  for (unsigned s = HS_SPACE_MIN_SHIFT - 1; s <= HS_SPACE_MAX_SHIFT; s++) {
    *shift = s < HS_SPACE_MIN_SHIFT ? HS_SPACE_AUTO : s;
    g_autofree char *known = row_width_name(*shift);
    if (g_str_equal(known, name))
      return TRUE;
  }
  return FALSE;
}

static char *
row_width_label(unsigned shift)
{
  if (shift == HS_SPACE_AUTO)
    return g_strdup(_("Rows as fit"));
  return shift < 20 ? g_strdup_printf(_("%u KiB a row"), 1u << (shift - 10))
                    : g_strdup_printf(_("%u MiB a row"), 1u << (shift - 20));
}

GMenuModel *
hs_window_row_width_menu(void)
{
  GMenu *menu = g_menu_new();
  for (unsigned s = HS_SPACE_MIN_SHIFT - 1; s <= HS_SPACE_MAX_SHIFT; s++) {
    unsigned shift = s < HS_SPACE_MIN_SHIFT ? HS_SPACE_AUTO : s;
    g_autofree char *name = row_width_name(shift);
    g_autofree char *label = row_width_label(shift);
    g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
    g_menu_item_set_action_and_target(item, "win.row-width", "s", name);
    g_menu_append_item(menu, item);
  }
  return G_MENU_MODEL(menu);
}

char *
hs_window_heap_name(const HsTimeline *timeline, HsHeapId id)
{
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  return g_strdup_printf("%u:0x%" G_GINT64_MODIFIER "x", hs_timeline_process(timeline, heap->process)->pid,
                         heap->handle);
}

char *
hs_window_heap_label(const HsTimeline *timeline, HsHeapId id)
{
  char handle[HS_FORMAT_MAX];
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  g_autofree char *process = hs_process_display_name(timeline, heap->process);
  return g_strdup_printf("%s · %s", hs_format_hex(handle, sizeof handle, heap->handle), process);
}

/* FALSE if it names no heap; "all" is HS_ID_NONE. */
static gboolean
find_heap(HsWindow *self, const char *name, HsHeapId *heap)
{
  char *end;
  heap->v = HS_ID_NONE;
  if (g_str_equal(name, "all"))
    return TRUE;
  guint64 pid = g_ascii_strtoull(name, &end, 10);
  if (self->document == NULL || *end != ':' || pid > UINT32_MAX)
    return FALSE;
  guint64 handle = g_ascii_strtoull(end + 1, &end, 16);
  if (*end != '\0')
    return FALSE;
  *heap = hs_timeline_find_heap(hs_document_get_timeline(self->document), (uint32_t)pid, handle);
  return heap->v != HS_ID_NONE;
}

static HsInstantArea *
area_of(HsWindow *self)
{
  return hs_instant_pane_get_area(self->instant);
}

static void
remember(HsWindow *self, const char *key, const char *value)
{
  if (self->settings != NULL)
    g_settings_set_string(self->settings, key, value);
}

/* --- the two maps --- */

gboolean
hs_window_shows_instant(HsWindow *self)
{
  return g_str_equal(gtk_stack_get_visible_child_name(self->map_stack), "instant");
}

/* Only the map that is looked at has the document: the other would work for nobody. */
void
hs_window_set_map_document(HsWindow *self, HsDocument *document)
{
  gboolean instant = hs_window_shows_instant(self);
  hs_time_pane_set_document(self->map, instant ? NULL : document);
  hs_instant_pane_set_document(self->instant, instant ? document : NULL);
  if (document == NULL) {
    hs_window_stop_playing(self);
    g_simple_action_set_state(G_SIMPLE_ACTION(g_action_map_lookup_action(G_ACTION_MAP(self), "instant-heap")),
                              g_variant_new_string("all"));
    hs_instant_pane_set_heap(self->instant, _("All heaps"));
  } else if (instant) {
    HsHeapId heap;
    g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(self), "instant-heap");
    if (find_heap(self, g_variant_get_string(state, NULL), &heap))
      hs_instant_area_set_heap(area_of(self), heap);
  }
}

void
hs_window_focus_map(HsWindow *self)
{
  gtk_widget_grab_focus(hs_window_shows_instant(self) ? GTK_WIDGET(area_of(self)) : GTK_WIDGET(self->map));
}

gboolean
hs_window_instant_is_busy(HsWindow *self)
{
  return hs_window_shows_instant(self) && hs_instant_area_is_busy(area_of(self));
}

static void
change_map_mode(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  const char *name = g_variant_get_string(value, NULL);
  if (!g_str_equal(name, "time") && !g_str_equal(name, "instant"))
    return;
  g_simple_action_set_state(action, value);
  gboolean had_focus = gtk_widget_has_focus(GTK_WIDGET(self->map)) || gtk_widget_has_focus(GTK_WIDGET(area_of(self)));
  gtk_stack_set_visible_child_name(self->map_stack, name);
  if (g_str_equal(name, "time"))
    hs_window_stop_playing(self);
  hs_window_set_map_document(self, hs_window_has_trace(self) ? self->document : NULL);
  if (had_focus)
    hs_window_focus_map(self);
  remember(self, "map-mode", name);
  hs_window_queue_view_state(self);
}

/* --- playing --- */

static void
set_playing(HsWindow *self, gboolean playing)
{
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), "play");
  g_simple_action_set_state(G_SIMPLE_ACTION(action), g_variant_new_boolean(playing));
}

void
hs_window_stop_playing(HsWindow *self)
{
  if (self->play_tick == 0)
    return;
  gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->play_tick);
  self->play_tick = 0;
  set_playing(self, FALSE);
}

static double
ticks_a_second(HsWindow *self, int64_t t0, int64_t t1)
{
  g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(self), "play-speed");
  double factor = speeds[MAX(find_speed(g_variant_get_string(state, NULL)), 0)].factor;
  return factor > 0 ? factor * (double)hs_window_clock(self).frequency : ((double)t1 - (double)t0) / FIT_SECONDS;
}

static gboolean
play_on(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HsWindow *self = data;
  int64_t t0, t1, cursor = hs_document_get_cursor(self->document);
  gint64 now_us = gdk_frame_clock_get_frame_time(clock);
  gint64 passed_us = self->play_last_us != 0 ? CLAMP(now_us - self->play_last_us, 0, LONGEST_FRAME_US) : 0;
  self->play_last_us = now_us;
  hs_document_get_range(self->document, &t0, &t1);
  /* Whoever moves the cursor meanwhile moves what is played. */
  if (cursor != self->play_cursor)
    self->play_position = (double)(cursor != INT64_MIN ? cursor : t0);
  self->play_position += ticks_a_second(self, t0, t1) * (double)passed_us / 1e6;
  self->play_position = MAX(self->play_position, (double)t0);
  gboolean over = self->play_position >= (double)t1 - 1;
  self->play_cursor = over ? t1 - 1 : (int64_t)self->play_position;
  hs_document_set_cursor(self->document, self->play_cursor);
  if (!over)
    return G_SOURCE_CONTINUE;
  self->play_tick = 0;
  set_playing(self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
start_playing(HsWindow *self)
{
  int64_t t0, t1, cursor = hs_document_get_cursor(self->document);
  hs_document_get_range(self->document, &t0, &t1);
  /* From the cursor on; from the beginning if there is none, or it is at the end. */
  if (cursor == INT64_MIN || cursor < t0 || cursor >= t1 - 1)
    cursor = t0;
  hs_document_set_cursor(self->document, cursor);
  self->play_cursor = cursor;
  self->play_position = (double)cursor;
  self->play_last_us = 0;
  self->play_tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), play_on, self, NULL);
  set_playing(self, TRUE);
}

static void
change_play(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  gboolean playing = g_variant_get_boolean(value);
  if (playing == (self->play_tick != 0) || !hs_window_has_trace(self))
    return;
  if (playing)
    start_playing(self);
  else
    hs_window_stop_playing(self);
}

static void
change_play_speed(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  int index = find_speed(g_variant_get_string(value, NULL));
  if (index < 0)
    return;
  g_simple_action_set_state(action, value);
  hs_instant_pane_set_speed(self->instant, _(speeds[index].label));
  remember(self, "play-speed", speeds[index].name);
}

/* --- steps --- */

/* The shown event next to where one is: of events of one moment, the chosen one tells which comes next. */
static HsRow
next_row(HsDocument *document, int direction)
{
  HsRowSet *set = hs_document_get_row_set(document);
  const HsTimeline *t = hs_document_get_timeline(document);
  uint32_t n_rows = hs_row_set_n_rows(set);
  int64_t now = hs_instant_of_document(document);
  HsRow chosen = hs_document_get_row(document);
  gboolean at_chosen = chosen < n_rows && hs_timeline_ticks(t, chosen) == now;
  if (direction > 0)
    return hs_row_set_next(set, at_chosen ? chosen + 1 : hs_timeline_row_at(t, now + 1, n_rows));
  uint32_t before = hs_row_set_rank(set, at_chosen ? chosen : hs_timeline_row_at(t, now, n_rows));
  return before > 0 ? hs_row_set_select(set, before - 1) : UINT32_MAX;
}

static void
step(HsWindow *self, int direction)
{
  HsRow row = next_row(self->document, direction);
  if (row == UINT32_MAX || row >= hs_document_get_n_rows(self->document))
    return;
  int64_t t0, t1, ticks = hs_timeline_ticks(hs_document_get_timeline(self->document), row);
  hs_window_stop_playing(self);
  hs_document_set_cursor(self->document, ticks);
  hs_document_choose_row(self->document, row);
  hs_document_get_range(self->document, &t0, &t1);
  if (ticks < t0 || ticks >= t1) {
    int64_t width = t1 - t0;
    hs_document_set_range(self->document, ticks - width / 2, ticks - width / 2 + width, FALSE);
  }
}

static void
activate_step_forward(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step(data, 1);
}

static void
activate_step_back(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step(data, -1);
}

/* --- rows and heaps --- */

static void
change_row_width(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  unsigned shift;
  const char *name = g_variant_get_string(value, NULL);
  if (!find_row_width(name, &shift))
    return;
  g_autofree char *label = row_width_label(shift);
  g_simple_action_set_state(action, value);
  hs_instant_area_set_row_shift(area_of(self), shift);
  hs_instant_pane_set_row_width(self->instant, label);
  remember(self, "row-width", name);
}

/* From the width that is shown, whether it was chosen or found to fit. */
static void
change_row_shift(HsWindow *self, int by)
{
  unsigned shift = hs_instant_area_get_row_shift(area_of(self));
  const HsSpacePicture *picture = hs_instant_area_get_picture(area_of(self));
  if (shift == HS_SPACE_AUTO && picture == NULL)
    return;
  if (shift == HS_SPACE_AUTO)
    shift = hs_space_layout_row_shift(picture->layout);
  int wanted = CLAMP((int)shift + by, (int)HS_SPACE_MIN_SHIFT, (int)HS_SPACE_MAX_SHIFT);
  g_autofree char *name = row_width_name((unsigned)wanted);
  g_action_group_activate_action(G_ACTION_GROUP(self), "row-width", g_variant_new_string(name));
}

static void
activate_row_wider(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  change_row_shift(data, 1);
}

static void
activate_row_narrower(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  change_row_shift(data, -1);
}

static void
change_heap(GSimpleAction *action, GVariant *value, gpointer data)
{
  HsWindow *self = data;
  HsHeapId heap;
  if (!find_heap(self, g_variant_get_string(value, NULL), &heap))
    return;
  g_autofree char *label = heap.v != HS_ID_NONE ? hs_window_heap_label(hs_document_get_timeline(self->document), heap)
                                                : g_strdup(_("All heaps"));
  g_simple_action_set_state(action, value);
  hs_instant_area_set_heap(area_of(self), heap);
  hs_instant_pane_set_heap(self->instant, label);
}

/* --- all --- */

static const GActionEntry entries[] = {
    {"map-mode", NULL, "s", "'time'", change_map_mode},    {"play", NULL, NULL, "false", change_play},
    {"play-speed", NULL, "s", "'fit'", change_play_speed}, {"step-forward", activate_step_forward, NULL, NULL, NULL},
    {"step-back", activate_step_back, NULL, NULL, NULL},   {"row-width", NULL, "s", "'auto'", change_row_width},
    {"row-wider", activate_row_wider, NULL, NULL, NULL},   {"row-narrower", activate_row_narrower, NULL, NULL, NULL},
    {"instant-heap", NULL, "s", "'all'", change_heap},
};

void
hs_window_add_instant_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

void
hs_window_update_instant_actions(HsWindow *self)
{
  static const char *const need_trace[] = {"play",      "step-forward", "step-back",
                                           "row-wider", "row-narrower", "instant-heap"};
  for (gsize i = 0; i < G_N_ELEMENTS(need_trace); i++)
    hs_window_set_action_enabled(self, need_trace[i], hs_window_has_trace(self));
}

void
hs_window_restore_instant(HsWindow *self)
{
  static const char *const keys[] = {"play-speed", "row-width", "map-mode"};
  hs_instant_pane_set_heap(self->instant, _("All heaps"));
  g_signal_connect_object(area_of(self), "picture-changed", G_CALLBACK(hs_window_queue_view_state), self,
                          G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
    g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(self), keys[i]);
    g_autofree char *value =
        self->settings != NULL ? g_settings_get_string(self->settings, keys[i]) : g_variant_dup_string(state, NULL);
    g_action_group_change_action_state(G_ACTION_GROUP(self), keys[i], g_variant_new_string(value));
  }
}

static void
add_int(JsonBuilder *builder, const char *name, uint64_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)MIN(value, INT64_MAX));
}

void
hs_window_add_instant_state(HsWindow *self, JsonBuilder *builder)
{
  gboolean shown = hs_window_shows_instant(self);
  const HsSpacePicture *picture = shown ? hs_instant_area_get_picture(area_of(self)) : NULL;
  json_builder_set_member_name(builder, "map_mode");
  json_builder_add_string_value(builder, shown ? "instant" : "time");
  if (picture == NULL || hs_instant_area_is_busy(area_of(self)))
    return;
  const HsInstantFigures *f = &picture->figures;
  json_builder_set_member_name(builder, "instant");
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "time");
  json_builder_add_int_value(builder, hs_clock_to_ns(hs_window_clock(self), picture->ticks));
  add_int(builder, "row_bytes", UINT64_C(1) << hs_space_layout_row_shift(picture->layout));
  add_int(builder, "rows", hs_space_layout_n_rows(picture->layout));
  add_int(builder, "live_bytes", f->live_bytes);
  add_int(builder, "live_blocks", f->live_blocks);
  add_int(builder, "committed_bytes", f->committed_bytes);
  add_int(builder, "free_bytes", f->free_bytes);
  add_int(builder, "largest_free_bytes", f->largest_free_bytes);
  add_int(builder, "heaps", f->n_heaps);
  json_builder_end_object(builder);
}
