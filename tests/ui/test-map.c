/* SPDX-License-Identifier: MIT */
/* The address map in a window: what it is coloured by, its legend, zooms and pans of both axes, the chosen block. */
#include <math.h>

#include "hs-address-map-private.h"
#include "hs-ui-support.h"

static const char *sample;

static HsAddressMap *
map_of(HsWindow *window)
{
  return HS_ADDRESS_MAP(hs_ui_find(window, "HsAddressMap"));
}

static gboolean
is_still(HsWindow *window)
{
  return hs_ui_is_applied(window) && !hs_time_pane_is_busy(HS_TIME_PANE(map_of(window)));
}

static gboolean
has_chosen(HsWindow *window)
{
  return hs_document_get_block(hs_window_get_document(window)).v != HS_ID_NONE;
}

/* --- colours --- */

static void
test_color_by(void)
{
  static const char *const names[] = {"heap", "size", "age", "thread", "type", "source"};
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    hs_ui_act(window, "color-by", g_variant_new_string(names[i]));
    hs_ui_wait_for(window, is_still);
    g_assert_cmpstr(hs_map_color_name(hs_document_get_color_by(document)), ==, names[i]);
    g_assert_true(map_of(window)->picture->colors.by == hs_document_get_color_by(document));
    /* The chart goes its own way. */
    g_assert_true(hs_document_get_group(document) == HS_GROUP_SOURCE);
  }
  hs_ui_act(window, "color-by", g_variant_new_string("nonsense"));
  g_assert_true(hs_document_get_color_by(document) == HS_COLOR_BY_SOURCE);
  hs_ui_act(window, "color-next", NULL);
  g_assert_true(hs_document_get_color_by(document) == HS_COLOR_BY_SIZE);
  hs_ui_act(window, "color-by", g_variant_new_string("type"));
  hs_ui_act(window, "select-range", g_variant_new("(xx)", (gint64)5000000000, (gint64)9000000000));
  hs_ui_wait_for(window, is_still);
  HsTimeRange range = map_of(window)->picture->colors.type_range;
  g_assert_cmpint(range.t0_ticks, ==, 50000000);
  g_assert_cmpint(range.t1_ticks, ==, 90000000);
  hs_ui_close_window(window);
}

static void
click_entry(HsWindow *window, guint index, GdkModifierType state)
{
  HsAddressMap *map = map_of(window);
  gtk_test_widget_wait_for_draw(GTK_WIDGET(map));
  g_assert_nonnull(map->legend);
  const HsMapLegendEntry *entry = &g_array_index(map->legend->entries, HsMapLegendEntry, index);
  g_assert_cmpfloat(entry->width, >, 0);
  double x = entry->x + entry->width / 2, y = map->legend->y + map->legend->height / 2;
  GdkEvent *press = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_PRESS, x, y);
  GdkEvent *release = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_RELEASE, x, y);
  release->button.state |= state;
  hs_ui_send(press);
  hs_ui_send(release);
  hs_ui_wait_for(window, is_still);
}

static void
test_legend(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  hs_ui_act(window, "color-by", g_variant_new_string("size"));
  hs_ui_wait_for(window, is_still);
  click_entry(window, 0, 0);
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "not size < 32");
  click_entry(window, 0, 0);
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "");
  click_entry(window, 1, GDK_CONTROL_MASK);
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "size in 32..64");
  hs_ui_act(window, "legend-only", g_variant_new_uint32(1));
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "");
  hs_ui_act(window, "color-by", g_variant_new_string("source"));
  hs_ui_wait_for(window, is_still);
  click_entry(window, 1, GDK_CONTROL_MASK);
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "source == lowfrag");
  hs_ui_act(window, "legend-toggle", g_variant_new_uint32(1000));
  g_assert_cmpstr(hs_document_get_filter_text(document), ==, "source == lowfrag");
  hs_ui_close_window(window);
}

/* --- axes --- */

static void
wheel(HsWindow *window, double x, double y, GdkScrollDirection direction, GdkModifierType state)
{
  GdkEvent *event = hs_ui_pointer_event(GTK_WIDGET(map_of(window)), GDK_SCROLL, x, y);
  event->scroll.direction = direction;
  event->scroll.state = state;
  hs_ui_send(event);
}

static double
u_at(HsAddressMap *map, double y)
{
  HsViewport v;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v));
  HsMapWindow w = hs_address_map_window(map);
  return (double)w.u0 + (y - v.y) / v.height * (double)(w.u1 - w.u0);
}

static void
test_axes(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsAddressMap *map = map_of(window);
  HsViewport v, v2;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v));
  double x = v.x + v.width * 0.3, y = v.y + v.height * 0.4;
  double before_u = u_at(map, y);
  int64_t before_t = hs_viewport_ticks(&v, x);
  /* The address axis alone, about the pointer. */
  for (int i = 0; i < 8; i++)
    wheel(window, x, y, GDK_SCROLL_UP, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  HsMapWindow w = hs_address_map_window(map);
  double bytes_a_px = (double)(w.u1 - w.u0) / v.height;
  g_assert_cmpfloat_with_epsilon((double)(w.u1 - w.u0) / (double)hs_map_layout_span(map->layout), pow(1.25, -8), 1e-6);
  g_assert_cmpfloat(fabs(u_at(map, y) - before_u), <=, bytes_a_px);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v2));
  g_assert_true(v2.t0 == v.t0 && v2.t1 == v.t1);
  /* Time alone. */
  for (int i = 0; i < 5; i++)
    wheel(window, x, y, GDK_SCROLL_UP, GDK_CONTROL_MASK);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v2));
  g_assert_cmpfloat(fabs((double)(hs_viewport_ticks(&v2, x) - before_t)), <=, hs_viewport_ticks_per_px(&v2));
  g_assert_true(memcmp(&w, &(HsMapWindow){hs_address_map_window(map).u0, hs_address_map_window(map).u1}, sizeof w) ==
                0);
  hs_ui_wait_for(window, is_still);
  /* A drag with the middle button moves both by whole pixels, and the picture with them. */
  g_autoptr(HsMapPicture) old = hs_map_picture_ref(map->picture);
  GdkEvent *press = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_PRESS, x, y);
  GdkEvent *move = hs_ui_pointer_event(GTK_WIDGET(map), GDK_MOTION_NOTIFY, x - 40, y + 15);
  GdkEvent *release = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_RELEASE, x - 40, y + 15);
  press->button.button = release->button.button = GDK_BUTTON_MIDDLE;
  hs_ui_send(press);
  hs_ui_send(move);
  hs_ui_send(release);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v2));
  int dx, dy;
  g_assert_true(hs_map_picture_offset(old, &v2, hs_address_map_window(map), &dx, &dy));
  g_assert_cmpint(ABS(dx - 40 * v2.scale), <=, 1);
  g_assert_cmpint(ABS(dy + 15 * v2.scale), <=, 1);
  hs_ui_wait_for(window, is_still);
  g_assert_true(hs_map_picture_offset(map->picture, &v2, hs_address_map_window(map), &dx, &dy) && dx == 0 && dy == 0);
  /* A rubber band zooms both. */
  w = hs_address_map_window(map);
  GdkEvent *from = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_PRESS, v.x + 100, v.y + 40);
  GdkEvent *over = hs_ui_pointer_event(GTK_WIDGET(map), GDK_MOTION_NOTIFY, v.x + 300, v.y + 100);
  GdkEvent *to = hs_ui_pointer_event(GTK_WIDGET(map), GDK_BUTTON_RELEASE, v.x + 300, v.y + 100);
  from->button.button = to->button.button = GDK_BUTTON_SECONDARY;
  hs_ui_send(from);
  hs_ui_send(over);
  hs_ui_send(to);
  HsMapWindow banded = hs_address_map_window(map);
  g_assert_cmpfloat_with_epsilon((double)(banded.u1 - banded.u0) / (double)(w.u1 - w.u0), 60.0 / v.height, 1e-3);
  HsViewport v3;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v3));
  g_assert_cmpfloat_with_epsilon((double)(v3.t1 - v3.t0) / (double)(v2.t1 - v2.t0), 200.0 / v.width, 1e-2);
  hs_ui_close_window(window);
}

/* --- the chosen block --- */

/* A key pressed where the map has the focus. */
static void
press_key(HsWindow *window, guint keyval)
{
  gtk_widget_grab_focus(GTK_WIDGET(map_of(window)));
  hs_ui_press_key(GTK_WIDGET(window), keyval);
}

static void
click(HsWindow *window, double x, double y)
{
  GtkWidget *map = GTK_WIDGET(map_of(window));
  hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_PRESS, x, y));
  hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_RELEASE, x, y));
  hs_ui_wait_for(window, is_still);
}

static void
test_block(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  HsAddressMap *map = map_of(window);
  HsViewport v;
  HsBlock block;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v));
  /* One that ends, so that it has another event. */
  hs_ui_act(window, "filter", g_variant_new_string("end == free && size >= 4KiB"));
  hs_ui_wait_for(window, is_still);
  for (int y = v.y; y < v.y + v.height && !has_chosen(window); y += 2)
    click(window, v.x + v.width * 0.58, y);
  g_assert_true(has_chosen(window));
  hs_timeline_block(hs_document_get_timeline(document), hs_document_get_block(document), UINT32_MAX, &block);
  g_assert_cmpuint(hs_document_get_row(document), ==, block.begin_row);
  press_key(window, GDK_KEY_period);
  g_assert_cmpuint(hs_document_get_row(document), ==, block.end_row);
  press_key(window, GDK_KEY_comma);
  g_assert_cmpuint(hs_document_get_row(document), ==, block.begin_row);
  /* Far away on both axes, F brings it to the middle of the addresses and of time, F again fits its lifetime. */
  hs_ui_act(window, "show-range", g_variant_new("(xx)", (gint64)0, (gint64)2000000000));
  for (int i = 0; i < 14; i++)
    wheel(window, v.x + 10, v.y + v.height - 2, GDK_SCROLL_UP, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  hs_ui_wait_for(window, is_still);
  press_key(window, GDK_KEY_f);
  hs_ui_wait_for(window, is_still);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v));
  g_assert_true(block.begin_ticks < v.t1 && block.end_ticks > v.t0);
  double x, y, width, height;
  g_assert_true(hs_map_block_rect(hs_document_get_timeline(document), map->layout, &v, hs_address_map_window(map),
                                  block.id, UINT32_MAX, &x, &y, &width, &height));
  press_key(window, GDK_KEY_f);
  hs_ui_wait_for(window, is_still);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &v));
  g_assert_true(v.t0 <= block.begin_ticks && v.t1 >= block.end_ticks);
  g_assert_cmpfloat((double)(v.t1 - v.t0), <=, 1.2 * (double)(block.end_ticks - block.begin_ticks) + 10);
  hs_ui_close_window(window);
}

/* Who goes back has the picture that was there at once; not with other colours. */
static void
test_kept(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsAddressMap *map = HS_ADDRESS_MAP(hs_ui_find(window, "HsAddressMap"));
  const HsMapPicture *whole = map->picture;
  g_assert_nonnull(whole);
  hs_ui_act(window, "zoom-in", NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
  const HsMapPicture *part = map->picture;
  g_assert_true(part != whole);
  hs_ui_act(window, "zoom-fit", NULL);
  g_assert_true(map->picture == whole);
  g_assert_false(hs_pane_job_is_busy(map->picture_job));
  hs_ui_act(window, "zoom-back", NULL);
  g_assert_true(map->picture == part);
  hs_ui_act(window, "color-by", g_variant_new_string("size"));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_act(window, "zoom-fit", NULL);
  g_assert_true(map->picture != whole);
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_true(map->picture != whole);
  hs_ui_act(window, "filter", g_variant_new_string("op == alloc"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_true(map->picture != whole && map->picture != part);
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
  g_test_add_func("/map/color-by", test_color_by);
  g_test_add_func("/map/legend", test_legend);
  g_test_add_func("/map/axes", test_axes);
  g_test_add_func("/map/block", test_block);
  g_test_add_func("/map/kept", test_kept);
  return hs_ui_run();
}
