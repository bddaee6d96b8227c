/* SPDX-License-Identifier: MIT */
/* The map of one instant in the real window, by its actions: what it tells is what the curve tells; steps go from event
 * to event; it plays; rows and heaps are chosen; a click chooses a block everywhere. */
#include <gtk/gtk-a11y.h>

#include "hs-instant-pane.h"
#include "hs-ui-support.h"

static const char *sample;

static HsDocument *
document_of(HsWindow *window)
{
  return hs_window_get_document(window);
}

static HsInstantArea *
area_of(HsWindow *window)
{
  return HS_INSTANT_AREA(hs_ui_find(window, "HsInstantArea"));
}

static gboolean
is_still(HsWindow *window)
{
  HsInstantArea *area = area_of(window);
  const HsSpacePicture *picture = hs_instant_area_get_picture(area);
  return picture != NULL && !hs_instant_area_is_busy(area) &&
         picture->ticks == hs_instant_of_document(document_of(window));
}

static HsWindow *
open_instant(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  hs_ui_act(window, "map-mode", g_variant_new_string("instant"));
  hs_ui_wait_for(window, is_still);
  return window;
}

static gint64
instant_int(HsWindow *window, const char *member)
{
  hs_ui_wait_for(window, is_still);
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  return json_object_get_int_member(json_object_get_object_member(state, "instant"), member);
}

static void
check_numbers(HsWindow *window)
{
  HsDocument *document = document_of(window);
  int64_t bytes;
  uint32_t count;
  hs_series_at(hs_document_get_series(document), hs_instant_of_document(document), &bytes, &count);
  g_assert_cmpint(instant_int(window, "live_bytes"), ==, bytes);
  g_assert_cmpint(instant_int(window, "live_blocks"), ==, count);
  g_assert_cmpint(instant_int(window, "free_bytes"), <=, instant_int(window, "committed_bytes"));
  g_assert_cmpint(instant_int(window, "largest_free_bytes"), <=, instant_int(window, "free_bytes"));
}

static void
set_cursor(HsWindow *window, double part)
{
  int64_t t0, t1;
  hs_document_get_range(document_of(window), &t0, &t1);
  hs_document_set_cursor(document_of(window), t0 + (int64_t)(part * (double)(t1 - t0)));
  hs_ui_wait_for(window, is_still);
}

static void
test_numbers(void)
{
  HsWindow *window = open_instant();
  hs_ui_assert_text(window, "map_mode", "instant");
  /* Without a cursor, the peak of what is visible. */
  int64_t t0, t1, peak_ticks;
  hs_document_get_range(document_of(window), &t0, &t1);
  hs_series_peak(hs_document_get_series(document_of(window)), HS_MEASURE_BYTES, t0, t1, &peak_ticks);
  g_assert_cmpint(hs_instant_area_get_picture(area_of(window))->ticks, ==, peak_ticks);
  check_numbers(window);
  for (int i = 0; i <= 10; i++) {
    set_cursor(window, i / 10.1);
    check_numbers(window);
  }
  hs_ui_act(window, "filter", g_variant_new_string("source == lowfrag && size < 200"));
  hs_ui_wait_for(window, hs_ui_is_applied);
  check_numbers(window);
  g_assert_true(hs_instant_area_get_picture(area_of(window))->figures.other_blocks > 0);
  hs_ui_close_window(window);
}

static void
test_steps(void)
{
  HsWindow *window = open_instant();
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  hs_ui_act(window, "choose-row", g_variant_new_uint32(1000));
  hs_document_set_cursor(document_of(window), hs_timeline_ticks(t, 1000));
  for (HsRow row = 1001; row < 1010; row++) {
    hs_ui_act(window, "step-forward", NULL);
    g_assert_cmpuint(hs_document_get_row(document_of(window)), ==, row);
    g_assert_cmpint(hs_document_get_cursor(document_of(window)), ==, hs_timeline_ticks(t, row));
  }
  check_numbers(window);
  for (HsRow row = 1008; row > 990; row--) {
    hs_ui_act(window, "step-back", NULL);
    g_assert_cmpuint(hs_document_get_row(document_of(window)), ==, row);
  }
  check_numbers(window);
  /* Only what the filter shows is stepped through. */
  hs_ui_act(window, "filter", g_variant_new_string("op == free"));
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_act(window, "step-forward", NULL);
  g_assert_cmpint(hs_timeline_op(t, hs_document_get_row(document_of(window))), ==, HS_OP_FREE);
  hs_ui_close_window(window);
}

static gboolean
has_moved(HsWindow *window)
{
  int64_t t0, t1;
  hs_document_get_range(document_of(window), &t0, &t1);
  return hs_document_get_cursor(document_of(window)) > t0 + (t1 - t0) / 100;
}

static gboolean
has_ended(HsWindow *window)
{
  g_autoptr(GVariant) playing = g_action_group_get_action_state(G_ACTION_GROUP(window), "play");
  return !g_variant_get_boolean(playing);
}

static void
test_play(void)
{
  HsWindow *window = open_instant();
  int64_t t0, t1;
  hs_document_get_range(document_of(window), &t0, &t1);
  hs_ui_act(window, "play", NULL);
  g_assert_false(has_ended(window));
  hs_ui_wait_for(window, has_moved);
  hs_ui_act(window, "play", NULL);
  g_assert_true(has_ended(window));
  int64_t cursor = hs_document_get_cursor(document_of(window));
  check_numbers(window);
  g_assert_cmpint(hs_document_get_cursor(document_of(window)), ==, cursor);
  /* To the end, where it stops; from there it begins anew. */
  hs_ui_act(window, "play-speed", g_variant_new_string("100"));
  hs_ui_act(window, "play", NULL);
  hs_ui_wait_for(window, has_ended);
  g_assert_cmpint(hs_document_get_cursor(document_of(window)), ==, t1 - 1);
  hs_ui_act(window, "play-speed", g_variant_new_string("0.001"));
  hs_ui_act(window, "play", NULL);
  g_assert_cmpint(hs_document_get_cursor(document_of(window)), ==, t0);
  /* The other map does not play. */
  hs_ui_act(window, "map-mode", g_variant_new_string("time"));
  g_assert_true(has_ended(window));
  hs_ui_close_window(window);
}

static void
test_rows(void)
{
  HsWindow *window = open_instant();
  gint64 fitting = instant_int(window, "row_bytes");
  hs_ui_act(window, "row-width", g_variant_new_string("64KiB"));
  hs_ui_act(window, "row-narrower", NULL);
  g_assert_cmpint(instant_int(window, "row_bytes"), ==, 32 << 10);
  hs_ui_act(window, "row-wider", NULL);
  hs_ui_act(window, "row-wider", NULL);
  g_assert_cmpint(instant_int(window, "row_bytes"), ==, 128 << 10);
  hs_ui_act(window, "row-width", g_variant_new_string("4KiB"));
  g_assert_cmpint(instant_int(window, "row_bytes"), ==, 4096);
  /* Nonsense changes nothing. */
  hs_ui_act(window, "row-width", g_variant_new_string("5KiB"));
  g_assert_cmpint(instant_int(window, "row_bytes"), ==, 4096);
  GtkAdjustment *adjustment = hs_instant_area_get_adjustment(area_of(window));
  g_assert_cmpfloat(gtk_adjustment_get_upper(adjustment), >, gtk_adjustment_get_page_size(adjustment));
  gtk_adjustment_set_value(adjustment, 1000);
  hs_ui_wait_for(window, is_still);
  g_assert_cmpint(hs_instant_area_get_picture(area_of(window))->view.top_px, ==, 1000);
  hs_ui_act(window, "row-width", g_variant_new_string("auto"));
  g_assert_cmpint(instant_int(window, "row_bytes"), ==, fitting);
  hs_ui_close_window(window);
}

static void
test_heap(void)
{
  HsWindow *window = open_instant();
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  const HsSpaceHeap largest = g_array_index(hs_instant_area_get_picture(area_of(window))->heaps, HsSpaceHeap, 0);
  g_assert_cmpint(instant_int(window, "heaps"), >, 1);
  const HsHeap *heap = hs_timeline_heap(t, largest.heap);
  g_autofree char *name =
      g_strdup_printf("%u:0x%" G_GINT64_MODIFIER "x", hs_timeline_process(t, heap->process)->pid, heap->handle);
  hs_ui_act(window, "instant-heap", g_variant_new_string(name));
  g_assert_cmpint(instant_int(window, "heaps"), ==, 1);
  g_assert_cmpint(instant_int(window, "live_bytes"), ==, (gint64)largest.figures.live_bytes);
  hs_ui_act(window, "instant-heap", g_variant_new_string("1:0x1"));
  g_assert_cmpint(instant_int(window, "heaps"), ==, 1);
  /* The other map in between changes nothing. */
  hs_ui_act(window, "map-mode", g_variant_new_string("time"));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_act(window, "map-mode", g_variant_new_string("instant"));
  g_assert_cmpint(instant_int(window, "heaps"), ==, 1);
  hs_ui_act(window, "instant-heap", g_variant_new_string("all"));
  g_assert_cmpint(instant_int(window, "heaps"), >, 1);
  hs_ui_close_window(window);
}

static gboolean
has_chosen(HsWindow *window)
{
  return hs_document_get_block(document_of(window)).v != HS_ID_NONE;
}

/* A point of a block that lives, found by its address; clicked, it is the chosen one. */
static void
test_click(void)
{
  HsWindow *window = open_instant();
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  HsInstantArea *area = area_of(window);
  const HsSpacePicture *picture = hs_instant_area_get_picture(area);
  HsBlock best = {.size = 0};
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, UINT32_MAX, &block);
    if (block.begin_ticks <= picture->ticks && picture->ticks < block.end_ticks && block.size > best.size)
      best = block;
  }
  int64_t top;
  HsProcessId process = hs_timeline_heap(t, best.heap)->process;
  uint64_t middle = best.address + best.size / 2, row_bytes = UINT64_C(1) << hs_space_layout_row_shift(picture->layout);
  g_assert_true(hs_space_layout_find(picture->layout, picture->view.line_px, process, middle, &top));
  double x = picture->view.x + (double)(middle % row_bytes) / (double)row_bytes * picture->view.width;
  double y = picture->view.y + (double)(top - picture->view.top_px) + 3;
  hs_ui_send(hs_ui_pointer_event(GTK_WIDGET(area), GDK_BUTTON_PRESS, x, y));
  hs_ui_send(hs_ui_pointer_event(GTK_WIDGET(area), GDK_BUTTON_RELEASE, x, y));
  hs_ui_wait_for(window, has_chosen);
  g_assert_cmpuint(hs_document_get_block(document_of(window)).v, ==, best.id.v);
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, best.begin_row);
  hs_ui_close_window(window);
}

static gboolean
is_described(HsWindow *window)
{
  const char *text = atk_object_get_description(gtk_widget_get_accessible(GTK_WIDGET(area_of(window))));
  return text != NULL && *text != '\0';
}

static void
test_accessible(void)
{
  HsWindow *window = open_instant();
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(area_of(window)));
  g_assert_cmpint(atk_object_get_role(accessible), ==, ATK_ROLE_CHART);
  g_assert_cmpstr(atk_object_get_name(accessible), !=, "");
  hs_ui_wait_for(window, is_described);
  g_assert_true(ATK_IS_VALUE(accessible));
  double value;
  g_autofree char *text = NULL;
  atk_value_get_value_and_text(ATK_VALUE(accessible), &value, &text);
  g_assert_cmpint((gint64)value, ==, instant_int(window, "live_bytes"));
  g_assert_nonnull(text);
  hs_ui_close_window(window);
}

/* What is about the map that is not shown does nothing, and ends nothing. */
static void
test_actions_of_the_map(void)
{
  static const char *const actions[] = {"center-block", "zoom-block", "color-next", "next-event", "previous-event"};
  HsWindow *window = hs_ui_open_window(sample);
  hs_ui_act(window, "choose-row", g_variant_new_uint32(5));
  hs_ui_act(window, "map-mode", g_variant_new_string("instant"));
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
    hs_ui_act(window, actions[i], NULL);
  hs_ui_act(window, "legend-toggle", g_variant_new_uint32(1));
  hs_ui_act(window, "legend-only", g_variant_new_uint32(1));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "map_mode", "instant");
  hs_ui_close_window(window);
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  gtk_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  sample = argv[1];
  g_test_add_func("/instant/numbers", test_numbers);
  g_test_add_func("/instant/steps", test_steps);
  g_test_add_func("/instant/play", test_play);
  g_test_add_func("/instant/rows", test_rows);
  g_test_add_func("/instant/heap", test_heap);
  g_test_add_func("/instant/click", test_click);
  g_test_add_func("/instant/accessible", test_accessible);
  g_test_add_func("/instant/actions-of-the-map", test_actions_of_the_map);
  return hs_ui_run();
}
