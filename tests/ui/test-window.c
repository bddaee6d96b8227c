/* SPDX-License-Identifier: MIT */
/* The real window, driven through its actions and through the pointer: open, zoom, filter, select, cancel, broken
 * files. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "hs-etl-writer.h"
#include "hs-table.h"
#include "hs-time-pane.h"
#include "hs-ui-support.h"

static const char *sample;

/* --- tests --- */

static void
test_open(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  g_assert_false(json_object_get_boolean_member(state, "loading"));
  g_assert_cmpfloat(json_object_get_double_member(state, "progress"), ==, 1);
  g_assert_true(json_object_get_null_member(state, "selection"));
  g_assert_cmpstr(json_object_get_string_member(state, "filter"), ==, "");
  g_assert_cmpstr(json_object_get_string_member(state, "outcome"), ==, "complete");
  g_assert_cmpint(json_object_get_int_member(state, "rows_total"), ==, hs_timeline_n_rows(t));
  g_assert_cmpint(json_object_get_int_member(state, "rows_shown"), ==, hs_timeline_n_rows(t));
  g_assert_cmpint(json_object_get_int_member(state, "outstanding_bytes"), ==, HS_GET(t->totals.outstanding_bytes));
  g_assert_cmpuint(hs_table_get_n_rows(HS_TABLE(hs_ui_find(window, "HsTable"))), ==, hs_timeline_n_rows(t));
  hs_ui_close_window(window);
}

static void
test_zoom(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  gint64 all0, all1, t0, t1;
  hs_ui_get_range(window, "visible", &all0, &all1);
  hs_ui_act(window, "show-range", g_variant_new("(xx)", G_GINT64_CONSTANT(2000000000), G_GINT64_CONSTANT(6000000000)));
  hs_ui_assert_range(window, "visible", 2000000000, 6000000000);
  hs_ui_act(window, "zoom-in", NULL);
  hs_ui_get_range(window, "visible", &t0, &t1);
  g_assert_cmpint(t0, >, 2000000000);
  g_assert_cmpint(t1, <, 6000000000);
  hs_ui_act(window, "zoom-back", NULL);
  hs_ui_assert_range(window, "visible", 2000000000, 6000000000);
  hs_ui_act(window, "zoom-forward", NULL);
  hs_ui_assert_range(window, "visible", t0, t1);
  hs_ui_act(window, "zoom-back", NULL);
  hs_ui_act(window, "zoom-out", NULL);
  hs_ui_get_range(window, "visible", &t0, &t1);
  g_assert_cmpint(t1 - t0, >, 4000000000);
  hs_ui_act(window, "select-range",
            g_variant_new("(xx)", G_GINT64_CONSTANT(3000000000), G_GINT64_CONSTANT(3500000000)));
  hs_ui_assert_range(window, "selection", 3000000000, 3500000000);
  hs_ui_act(window, "zoom-selection", NULL);
  hs_ui_assert_range(window, "visible", 3000000000, 3500000000);
  hs_ui_act(window, "zoom-fit", NULL);
  hs_ui_assert_range(window, "visible", all0, all1);
  /* Nonsense is limited, not believed. */
  hs_ui_act(window, "show-range", g_variant_new("(xx)", G_MININT64, G_MAXINT64));
  hs_ui_assert_range(window, "visible", all0, all1);
  hs_ui_act(window, "show-range", g_variant_new("(xx)", G_GINT64_CONSTANT(5), G_GINT64_CONSTANT(-5)));
  hs_ui_get_range(window, "visible", &t0, &t1);
  g_assert_cmpint(t1, >, t0);
  hs_ui_close_window(window);
}

static void
test_filter_by_heap(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  guint64 sum = 0;
  for (guint32 i = 0; i < hs_timeline_n_heaps(t); i++) {
    const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){i});
    guint32 pid = hs_timeline_process(t, heap->process)->pid;
    g_autofree char *handle = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", heap->handle);
    hs_ui_act(window, "only-heap", g_variant_new("(us)", pid, handle));
    hs_ui_wait_for(window, hs_ui_is_applied);
    g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, HS_GET(heap->n_events));
    g_assert_cmpint(hs_ui_state_int(window, "outstanding_bytes"), ==, HS_GET(heap->outstanding_bytes));
    g_assert_cmpuint(hs_table_get_n_rows(HS_TABLE(hs_ui_find(window, "HsTable"))), ==, HS_GET(heap->n_events));
    g_autoptr(JsonObject) state = hs_ui_view_state(window);
    g_assert_nonnull(strstr(json_object_get_string_member(state, "filter"), handle));
    sum += HS_GET(heap->n_events);
  }
  g_assert_cmpuint(sum, <=, hs_timeline_n_rows(t));
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, hs_timeline_n_rows(t));
  hs_ui_assert_text(window, "filter", "");
  hs_ui_close_window(window);
}

static void
test_filter_by_source(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  guint64 outstanding = 0;
  for (guint source = HS_SOURCE_LOOKASIDE; source <= HS_SOURCE_SEGMENT_HEAP; source++) {
    hs_ui_act(window, "only-source", g_variant_new("s", hs_source_name((HsSource)source)));
    hs_ui_wait_for(window, hs_ui_is_applied);
    g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, HS_GET(t->totals.sources[source]));
    outstanding += (guint64)hs_ui_state_int(window, "outstanding_bytes");
  }
  g_assert_cmpuint(outstanding, ==, HS_GET(t->totals.outstanding_bytes));
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_act(window, "hide-source", g_variant_new("s", "lowfrag"));
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_assert_text(window, "filter", "not source in {lowfrag}");
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==,
                  hs_timeline_n_rows(t) - HS_GET(t->totals.sources[HS_SOURCE_LOWFRAG]));
  hs_ui_close_window(window);
}

/* What a pointer does: drag selects, the wheel over the ruler zooms about the pointer, a click sets the cursor. */
static void
test_pointer(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  GtkWidget *chart = hs_ui_find(window, "HsSizeChart"), *ruler = hs_ui_find(window, "HsRuler");
  HsViewport viewport;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(chart), &viewport));
  double x0 = viewport.x + viewport.width * 0.25, x1 = viewport.x + viewport.width * 0.5;
  double y = viewport.y + viewport.height / 2.0;
  hs_ui_drag(chart, x0, y, x1, y);
  gint64 t0, t1, tick_ns = (gint64)(hs_viewport_ticks_per_px(&viewport) * 1e9 / (double)viewport.clock.frequency);
  hs_ui_get_range(window, "selection", &t0, &t1);
  g_assert_cmpint(ABS(t0 - hs_clock_to_ns(viewport.clock, hs_viewport_ticks(&viewport, x0))), <=, 2 * tick_ns);
  g_assert_cmpint(ABS(t1 - hs_clock_to_ns(viewport.clock, hs_viewport_ticks(&viewport, x1))), <=, 2 * tick_ns);

  GdkEvent *wheel = hs_ui_pointer_event(ruler, GDK_SCROLL, x0, 5);
  wheel->scroll.direction = GDK_SCROLL_UP;
  gint64 anchor = hs_viewport_ticks(&viewport, x0);
  hs_ui_send(wheel);
  HsViewport after;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(ruler), &after));
  g_assert_cmpint(after.t1 - after.t0, <, viewport.t1 - viewport.t0);
  g_assert_cmpfloat(ABS(hs_viewport_x(&after, anchor) - x0), <=, 1.0);

  hs_ui_act(window, "clear-selection", NULL);
  hs_ui_send(hs_ui_pointer_event(chart, GDK_BUTTON_PRESS, x1, y));
  hs_ui_send(hs_ui_pointer_event(chart, GDK_BUTTON_RELEASE, x1, y));
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  g_assert_false(json_object_get_null_member(state, "cursor"));
  hs_ui_close_window(window);
}

/* The cursor is dragged by its line; a second button puts it back, and so does Escape. */
static void
test_drag_cursor(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  GtkWidget *chart = hs_ui_find(window, "HsSizeChart"), *map = hs_ui_find(window, "HsAddressMap");
  HsViewport viewport;
  int64_t t0, t1;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(chart), &viewport));
  double x = viewport.x + floor(viewport.width * 0.4), y = viewport.y + viewport.height / 2.0;
  hs_document_set_cursor(document, hs_viewport_ticks(&viewport, x));
  hs_ui_drag(chart, x + 1, y, x + 100, y);
  int64_t there = hs_document_get_cursor(document);
  g_assert_cmpint(there, ==, hs_viewport_ticks(&viewport, x + 100));
  g_assert_false(hs_document_get_selection(document, &t0, &t1));
  /* In the map, too. */
  hs_ui_drag(map, x + 100, y, x + 20, y);
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 20));
  hs_ui_send(hs_ui_pointer_event(chart, GDK_BUTTON_PRESS, x + 20, y));
  hs_ui_send(hs_ui_pointer_event(chart, GDK_MOTION_NOTIFY, x + 60, y));
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 60));
  /* A second button means: not that. */
  hs_ui_send(hs_ui_pointer_event(chart, GDK_BUTTON_PRESS, x + 60, y));
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 20));
  hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_PRESS, x + 20, y));
  hs_ui_send(hs_ui_pointer_event(map, GDK_MOTION_NOTIFY, x + 60, y));
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 60));
  hs_ui_press_key(map, GDK_KEY_Escape);
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 20));
  /* It is over: what the pointer does with the button still down is nothing. */
  hs_ui_send(hs_ui_pointer_event(map, GDK_MOTION_NOTIFY, x + 70, y));
  hs_ui_send(hs_ui_pointer_event(map, GDK_BUTTON_RELEASE, x + 70, y));
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 20));
  /* Beside the line a range is selected, as ever. */
  hs_ui_drag(chart, x + 40, y, x + 90, y);
  g_assert_true(hs_document_get_selection(document, &t0, &t1));
  g_assert_cmpint(hs_document_get_cursor(document), ==, hs_viewport_ticks(&viewport, x + 20));
  hs_ui_close_window(window);
}

static void
test_choose(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = hs_window_get_document(window);
  hs_ui_act(window, "choose-row", g_variant_new("u", 5000));
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, 5000);
  HsBlockId block = hs_document_get_block(document);
  if (block.v != HS_ID_NONE) {
    hs_ui_act(window, "center-block", NULL);
    gint64 t0, t1;
    hs_ui_get_range(window, "visible", &t0, &t1);
    g_assert_cmpint(t1, >, t0);
  }
  hs_ui_act(window, "sort", g_variant_new("(sb)", "size", TRUE));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_act(window, "peak", NULL);
  gint64 cursor = hs_ui_state_int(window, "cursor");
  HsTimeline *t = hs_document_get_timeline(document);
  hs_ui_act(window, "zoom-fit", NULL);
  hs_ui_act(window, "peak", NULL);
  cursor = hs_ui_state_int(window, "cursor");
  g_assert_cmpint(cursor, ==, hs_clock_to_ns(hs_timeline_clock(t), HS_GET(t->totals.peak_ticks)));
  hs_ui_close_window(window);
}

static void
on_screenshot(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_assert_true(hs_window_screenshot_finish(HS_WINDOW(source), result, &error));
  g_assert_no_error(error);
  *(gboolean *)data = TRUE;
}

static void
test_screenshot(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "window.png", NULL);
  gboolean done = FALSE;
  hs_window_screenshot_async(window, path, on_screenshot, &done);
  while (!done)
    g_main_context_iteration(NULL, TRUE);
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new_from_file(path, NULL);
  g_assert_nonnull(picture);
  g_assert_cmpint(gdk_pixbuf_get_width(picture), >, 600);
  g_unlink(path);
  g_rmdir(folder);
  hs_ui_close_window(window);
}

static char *
write_big_trace(guint n_events)
{
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  char *path = g_build_filename(folder, "big.etl", NULL);
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.truth_mode = HS_ETL_TRUTH_COUNTS;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, NULL);
  for (guint i = 0; i < n_events; i++) {
    HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64};
    at.time_ticks = options.start_ticks + i * 10;
    at.pid = 4;
    at.tid = 8;
    hs_etl_writer_alloc(writer, &at, 0x10000, 0x100000 + (guint64)i * 48, 16 + i % 32, 2);
  }
  g_assert_true(hs_etl_writer_close(writer, NULL));
  return path;
}

static void
remove_with_folder(const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_unlink(path);
  g_rmdir(folder);
}

static gboolean
has_some_rows(HsWindow *window)
{
  HsDocument *document = hs_window_get_document(window);
  return document != NULL && hs_timeline_n_rows(hs_document_get_timeline(document)) > 20000;
}

static gboolean
is_over(HsWindow *window)
{
  return hs_loader_outcome(hs_document_get_loader(hs_window_get_document(window))) != HS_LOAD_RUNNING;
}

/* How long it took to stop, in microseconds. */
static gint64
cancel_load(const char *path)
{
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, path));
  hs_ui_wait_for(window, has_some_rows);
  gint64 start = g_get_monotonic_time();
  hs_ui_act(window, "cancel-load", NULL);
  hs_ui_wait_for(window, is_over);
  gint64 took = g_get_monotonic_time() - start;
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "partial");
  gint64 rows = hs_ui_state_int(window, "rows_total");
  g_assert_cmpint(rows, >, 20000);
  g_assert_cmpint(rows, <, 4000000);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, rows);
  hs_ui_close_window(window);
  return took;
}

static void
test_cancel(void)
{
  g_autofree char *path = write_big_trace(4000000);
  gint64 took = cancel_load(path);
  /* What else the machine does may hold it up once, not every time. */
  for (int again = 0; again < 4 && took >= 100000; again++)
    took = cancel_load(path);
  g_test_message("cancelled in %" G_GINT64_FORMAT " us", took);
  g_assert_cmpint(took, <, 100000);
  remove_with_folder(path);
}

static gboolean
has_failed(HsWindow *window)
{
  return is_over(window);
}

static void
test_broken_file(void)
{
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "broken.etl", NULL);
  g_autofree char *text = g_strnfill(5000, '?');
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, path));
  hs_ui_wait_for(window, has_failed);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "failed");
  g_assert_true(hs_window_is_free(window));
  (void)hs_ui_find(window, "HsStartPage");
  /* The same window goes on to open a good one. */
  g_assert_true(GTK_WINDOW(window) == hs_application_open_path(hs_ui_application, sample));
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "complete");
  hs_ui_close_window(window);
  g_unlink(path);
  g_rmdir(folder);
}

/* A trace cut in the middle shows what there is, and says so. */
static void
test_cut_file(void)
{
  g_autoptr(GMappedFile) whole = g_mapped_file_new(sample, FALSE, NULL);
  g_assert_nonnull(whole);
  g_autofree char *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "cut.etl", NULL);
  gsize half = g_mapped_file_get_length(whole) / 2 + 11;
  g_assert_true(g_file_set_contents(path, g_mapped_file_get_contents(whole), (gssize)half, NULL));
  HsWindow *window = hs_ui_open_window(path);
  hs_ui_assert_text(window, "outcome", "partial");
  g_assert_cmpint(hs_ui_state_int(window, "rows_total"), >, 10000);
  hs_ui_close_window(window);
  g_unlink(path);
  g_rmdir(folder);
}

#define ODD_NAME "<b>&\"\x1b[31m\n\x07.exe"

/* Names from a trace are text: no markup, no order, no line of their own. */
static char *
write_odd_trace(void)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks, .pid = 100, .tid = 200};
  HsEtlWriterProcess process = {
      .op = HS_ETL_WRITER_PROCESS_DC_START, .version = 4, .pid = 100, .name = ODD_NAME, .command_line = ODD_NAME};
  hs_etl_writer_process(writer, &at, &process);
  for (guint i = 0; i < 100; i++) {
    at.time_ticks += 10;
    hs_etl_writer_alloc(writer, &at, 0x1f0000, 0x10000 + 64 * i, 32, 2);
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  hs_etl_writer_free(writer);
  char *path = NULL;
  gsize size;
  const char *data = g_bytes_get_data(image, &size);
  close(g_file_open_tmp("heapscope-test-XXXXXX.etl", &path, NULL));
  g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
  return path;
}

static void
assert_plain(GtkWidget *widget, const char *text)
{
  if (text == NULL)
    return;
  g_assert_true(g_utf8_validate(text, -1, NULL));
  g_assert_null(strpbrk(text, "\x1b\x07"));
  if (GTK_IS_LABEL(widget) && strstr(text, "<b>") != NULL)
    g_assert_false(gtk_label_get_use_markup(GTK_LABEL(widget)));
}

static void
test_odd_names(void)
{
  static const char *const tabs[] = {"allocations", "heaps", "summary", "histogram", "health", "events"};
  g_autofree char *path = write_odd_trace();
  HsWindow *window = hs_ui_open_window(path);
  for (guint i = 0; i < G_N_ELEMENTS(tabs); i++) {
    hs_ui_act(window, "tab", g_variant_new_string(tabs[i]));
    hs_ui_act(window, "choose-row", g_variant_new_uint32(1 + i));
    hs_ui_wait_for(window, hs_window_is_settled);
    g_autoptr(GPtrArray) widgets = hs_ui_widgets(GTK_WIDGET(window));
    for (guint k = 0; k < widgets->len; k++) {
      GtkWidget *widget = widgets->pdata[k];
      g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);
      assert_plain(widget, tooltip);
      assert_plain(widget, GTK_IS_LABEL(widget) ? gtk_label_get_text(GTK_LABEL(widget)) : NULL);
      assert_plain(widget, atk_object_get_name(gtk_widget_get_accessible(widget)));
      assert_plain(widget, atk_object_get_description(gtk_widget_get_accessible(widget)));
    }
  }
  const HsTimeline *t = hs_document_get_timeline(hs_window_get_document(window));
  g_assert_cmpstr(hs_timeline_process_name(t, (HsProcessId){0}), ==,
                  "<b>&\"\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd.exe");
  hs_ui_close_window(window);
  g_unlink(path);
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
  g_test_add_func("/window/open", test_open);
  g_test_add_func("/window/zoom", test_zoom);
  g_test_add_func("/window/filter-by-heap", test_filter_by_heap);
  g_test_add_func("/window/filter-by-source", test_filter_by_source);
  g_test_add_func("/window/pointer", test_pointer);
  g_test_add_func("/window/drag-cursor", test_drag_cursor);
  g_test_add_func("/window/choose", test_choose);
  g_test_add_func("/window/screenshot", test_screenshot);
  g_test_add_func("/window/cancel", test_cancel);
  g_test_add_func("/window/broken-file", test_broken_file);
  g_test_add_func("/window/cut-file", test_cut_file);
  g_test_add_func("/window/odd-names", test_odd_names);
  return hs_ui_run();
}
