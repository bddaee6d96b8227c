/* SPDX-License-Identifier: MIT */
/* The size chart in a real window: what it shows and how, by actions; its legend and axis, by the pointer. */
#include <math.h>

#include "hs-size-chart-private.h"
#include "hs-ui-support.h"

static const char *sample;

static HsSizeChart *
chart_of(HsWindow *window)
{
  return HS_SIZE_CHART(hs_ui_find(window, "HsSizeChart"));
}

/* The chart that is drawn, once nothing is under way. */
static const HsChart *
settle(HsWindow *window)
{
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_wait_for(window, hs_window_is_settled);
  GtkWidget *widget = GTK_WIDGET(chart_of(window));
  /* Draws, so that the legend is laid out. */
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, gtk_widget_get_allocated_width(widget),
                                                        gtk_widget_get_allocated_height(widget));
  cairo_t *cr = cairo_create(surface);
  gtk_widget_draw(widget, cr);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  const HsChart *chart = hs_pane_chart_get(chart_of(window)->chart);
  g_assert_nonnull(chart);
  return chart;
}

static void
change(HsWindow *window, const char *action, const char *value)
{
  g_action_group_change_action_state(G_ACTION_GROUP(window), action, g_variant_new_string(value));
}

/* A window whose chart is that of a first start: what was chosen before is kept. */
static HsWindow *
open_window(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  change(window, "measure", "bytes");
  change(window, "group", "source");
  change(window, "chart-style", "stacked");
  change(window, "chart-axis", "auto");
  g_action_group_change_action_state(G_ACTION_GROUP(window), "chart-log", g_variant_new_boolean(FALSE));
  return window;
}

static void
test_measures(void)
{
  HsWindow *window = open_window();
  HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  for (int measure = 0; measure < HS_N_MEASURES; measure++) {
    for (int group = 0; group < HS_N_GROUPS; group++) {
      change(window, "measure", hs_measure_name((HsMeasure)measure));
      change(window, "group", hs_group_name((HsGroup)group));
      change(window, "chart-style", (measure + group) % 2 == 0 ? "stacked" : "overlaid");
      const HsChart *chart = settle(window);
      g_assert_cmpint(chart->measure, ==, measure);
      g_assert_cmpint(chart->group, ==, group);
      g_assert_cmpint(chart->n_layers, >, 0);
      if (measure == HS_MEASURE_BYTES)
        g_assert_cmpint(chart->peak, ==, (int64_t)HS_GET(t->totals.peak_bytes));
      if (measure == HS_MEASURE_CUMULATIVE_COUNT)
        g_assert_cmpint(chart->peak, ==, (int64_t)HS_GET(t->totals.n_begun));
      if (measure == HS_MEASURE_CUMULATIVE_BYTES)
        g_assert_cmpint(chart->peak, ==, (int64_t)HS_GET(t->totals.begun_bytes));
    }
  }
  /* Names of nothing change nothing. */
  change(window, "measure", "nonsense");
  change(window, "group", "");
  g_assert_cmpint(settle(window)->measure, ==, HS_N_MEASURES - 1);
  hs_ui_close_window(window);
}

/* Rates add up to all that was begun; they follow the filter. */
static void
test_rates(void)
{
  HsWindow *window = open_window();
  change(window, "measure", "rate-events");
  change(window, "group", "process");
  for (int i = 0; i < 2; i++) {
    if (i == 1)
      hs_ui_act(window, "filter", g_variant_new("s", "size >= 64"));
    const HsChart *chart = settle(window);
    int64_t sum = 0;
    for (int k = 0; k < chart->n_columns; k++)
      sum += chart->max[k];
    g_assert_cmpint(sum, ==, hs_ui_state_int(window, "blocks_shown"));
  }
  hs_ui_close_window(window);
}

static const HsLegendEntry *
find_entry(HsWindow *window, HsLegendKind kind, uint32_t id)
{
  const GArray *legend = chart_of(window)->legend;
  for (guint i = 0; i < legend->len; i++) {
    const HsLegendEntry *entry = &g_array_index(legend, HsLegendEntry, i);
    if (entry->kind == kind && entry->id == id)
      return entry;
  }
  return NULL;
}

static void
click(HsWindow *window, const HsLegendEntry *entry, GdkModifierType state)
{
  GtkWidget *widget = GTK_WIDGET(chart_of(window));
  double x = entry->x + 4, y = entry->y + entry->height / 2;
  GdkEvent *press = hs_ui_pointer_event(widget, GDK_BUTTON_PRESS, x, y);
  GdkEvent *release = hs_ui_pointer_event(widget, GDK_BUTTON_RELEASE, x, y);
  press->button.state |= state;
  release->button.state |= state;
  hs_ui_send(press);
  hs_ui_send(release);
}

static void
test_legend(void)
{
  HsWindow *window = open_window();
  change(window, "group", "source");
  settle(window);
  /* Ctrl+click hides; what is hidden is there to be shown again. */
  click(window, find_entry(window, HS_LEGEND_LAYER, HS_SOURCE_LOWFRAG), GDK_CONTROL_MASK);
  g_assert_cmpint(hs_chart_find_layer(settle(window), HS_SOURCE_LOWFRAG), ==, -1);
  hs_ui_assert_text(window, "filter", "not source in {lowfrag}");
  click(window, find_entry(window, HS_LEGEND_HIDDEN, HS_SOURCE_LOWFRAG), 0);
  settle(window);
  hs_ui_assert_text(window, "filter", "");
  /* A click shows it alone, another all of them. */
  click(window, find_entry(window, HS_LEGEND_LAYER, HS_SOURCE_MAINPATH), 0);
  g_assert_cmpint(settle(window)->n_layers, ==, 1);
  hs_ui_assert_text(window, "filter", "source == mainpath");
  click(window, find_entry(window, HS_LEGEND_LAYER, HS_SOURCE_MAINPATH), 0);
  settle(window);
  hs_ui_assert_text(window, "filter", "");
  /* The same by heap, process, size class. */
  static const char *const groups[] = {"heap", "process", "size-class"};
  for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
    change(window, "group", groups[i]);
    int n = settle(window)->n_layers;
    uint32_t id = settle(window)->layer_ids[1];
    click(window, find_entry(window, HS_LEGEND_LAYER, id), 0);
    const HsChart *chart = settle(window);
    g_assert_cmpint(chart->n_layers, ==, 1);
    g_assert_cmpuint(chart->layer_ids[0], ==, id);
    click(window, find_entry(window, HS_LEGEND_LAYER, id), 0);
    g_assert_cmpint(settle(window)->n_layers, ==, n);
    hs_ui_assert_text(window, "filter", "");
    click(window, find_entry(window, HS_LEGEND_LAYER, id), GDK_CONTROL_MASK);
    g_assert_cmpint(hs_chart_find_layer(settle(window), id), ==, -1);
    hs_ui_act(window, "clear-filter", NULL);
    settle(window);
  }
  hs_ui_close_window(window);
}

static void
test_highlight(void)
{
  HsWindow *window = open_window();
  HsSizeChart *chart = chart_of(window);
  settle(window);
  const HsLegendEntry *entry = find_entry(window, HS_LEGEND_LAYER, HS_SOURCE_MAINPATH);
  double y = entry->y + 3;
  hs_ui_send(hs_ui_pointer_event(GTK_WIDGET(chart), GDK_MOTION_NOTIFY, entry->x + 3, y));
  g_assert_true(chart->has_highlight);
  g_assert_cmpuint(chart->highlight, ==, HS_SOURCE_MAINPATH);
  settle(window);
  hs_ui_send(hs_ui_pointer_event(GTK_WIDGET(chart), GDK_MOTION_NOTIFY, 200, y + 60));
  g_assert_false(chart->has_highlight);
  settle(window);
  hs_ui_close_window(window);
}

/* The context menu has every layer and every choice. */
static void
test_menu(void)
{
  HsWindow *window = open_window();
  GtkWidget *chart = GTK_WIDGET(chart_of(window));
  change(window, "group", "source");
  settle(window);
  GdkEvent *press = hs_ui_pointer_event(chart, GDK_BUTTON_PRESS, 300, 80);
  GdkEvent *release = hs_ui_pointer_event(chart, GDK_BUTTON_RELEASE, 300, 80);
  press->button.button = release->button.button = GDK_BUTTON_SECONDARY;
  hs_ui_send(press);
  hs_ui_send(release);
  static const char *const items[] = {"Show only", "Hide",     "Chart",           "Layers",
                                      "Stacked",   "Overlaid", "Logarithmic axis"};
  for (guint i = 0; i < G_N_ELEMENTS(items); i++)
    g_assert_nonnull(hs_ui_find_item(chart, items[i]));
  hs_ui_choose_item(chart, "Overlaid");
  settle(window);
  g_assert_true(hs_document_get_chart_look(hs_window_get_document(window))->overlaid);
  hs_ui_close_window(window);
}

static double
axis_max(HsWindow *window)
{
  HsSizeChart *chart = chart_of(window);
  HsViewport viewport;
  HsChartAxis axis;
  g_autofree char *title = NULL;
  settle(window);
  HsChartStyle style = hs_size_chart_style(chart, &title);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(chart), &viewport));
  hs_chart_axis_init(&axis, &viewport, hs_pane_chart_get(chart->chart), &style);
  return axis.least_max;
}

static void
test_axis(void)
{
  HsWindow *window = open_window();
  HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  GtkWidget *chart = GTK_WIDGET(chart_of(window));
  double whole = (double)HS_GET(t->totals.peak_bytes);
  g_action_group_change_action_state(G_ACTION_GROUP(window), "chart-committed", g_variant_new_boolean(FALSE));
  g_assert_cmpfloat(axis_max(window), ==, whole);
  hs_ui_act(window, "show-range", g_variant_new("(xx)", G_GINT64_CONSTANT(1000000000), G_GINT64_CONSTANT(3000000000)));
  double small = axis_max(window);
  g_assert_cmpfloat(small, <, whole);
  /* Fixed, it stays at the whole trace's largest, or where it is put. */
  change(window, "chart-axis", "fixed");
  g_assert_cmpfloat(axis_max(window), ==, whole);
  hs_ui_act(window, "chart-axis-max", g_variant_new_double(12345678));
  g_assert_cmpfloat(axis_max(window), ==, 12345678);
  hs_ui_act(window, "chart-axis-max", g_variant_new_double(NAN));
  g_assert_cmpfloat(axis_max(window), ==, 12345678);
  /* Another measure has other values. */
  change(window, "measure", "count");
  g_assert_cmpfloat(axis_max(window), !=, 12345678);
  change(window, "measure", "bytes");
  change(window, "chart-axis", "auto");
  g_assert_cmpfloat(axis_max(window), ==, small);
  /* By the pointer: a drag of the axis, and the wheel over it, which does not move the time. */
  gint64 t0, t1, u0, u1;
  hs_ui_get_range(window, "visible", &t0, &t1);
  hs_ui_drag(chart, 20, 60, 20, 90);
  g_assert_cmpfloat(axis_max(window), >, small * 1.1);
  double dragged = axis_max(window);
  GdkEvent *wheel = hs_ui_pointer_event(chart, GDK_SCROLL, 20, 60);
  wheel->scroll.direction = GDK_SCROLL_UP;
  wheel->scroll.state |= GDK_SHIFT_MASK;
  hs_ui_send(wheel);
  g_assert_cmpfloat(fabs(axis_max(window) / (dragged / 1.25) - 1), <, 1e-9);
  hs_ui_get_range(window, "visible", &u0, &u1);
  g_assert_cmpint(t0, ==, u0);
  g_assert_cmpint(t1, ==, u1);
  hs_ui_close_window(window);
}

/* Keys step through all there is. */
static void
test_steps(void)
{
  HsWindow *window = open_window();
  for (int i = 0; i < HS_N_MEASURES; i++)
    hs_ui_act(window, "next-measure", NULL);
  g_assert_cmpint(settle(window)->measure, ==, HS_MEASURE_BYTES);
  hs_ui_act(window, "previous-measure", NULL);
  g_assert_cmpint(settle(window)->measure, ==, HS_N_MEASURES - 1);
  for (int i = 0; i < HS_N_GROUPS; i++)
    hs_ui_act(window, "next-group", NULL);
  g_assert_cmpint(settle(window)->group, ==, HS_GROUP_SOURCE);
  hs_ui_act(window, "chart-toggle-style", NULL);
  g_assert_nonnull(settle(window)->layer_max);
  hs_ui_act(window, "chart-log", NULL);
  g_assert_true(hs_document_get_chart_look(hs_window_get_document(window))->log);
  settle(window);
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
  g_test_add_func("/size-chart/measures", test_measures);
  g_test_add_func("/size-chart/rates", test_rates);
  g_test_add_func("/size-chart/legend", test_legend);
  g_test_add_func("/size-chart/highlight", test_highlight);
  g_test_add_func("/size-chart/menu", test_menu);
  g_test_add_func("/size-chart/axis", test_axis);
  g_test_add_func("/size-chart/steps", test_steps);
  return hs_ui_run();
}
