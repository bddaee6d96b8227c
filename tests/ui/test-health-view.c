/* SPDX-License-Identifier: MIT */
/* The health view on damaged and whole traces, and the ruler's word on gaps. */
#include <gtk/gtk-a11y.h>
#include <glib/gstdio.h>
#include <string.h>

#include "hs-document-private.h"
#include "hs-etl-damage.h"
#include "hs-etl-writer.h"
#include "hs-health-row.h"
#include "hs-health-view.h"
#include "hs-time-pane.h"
#include "hs-ui-support.h"

#define HEAP 0x1f0000

/* A trace of 1 s with a gap over [0.4 s, 0.5 s) on CPU 0, a block overwritten, a heap without Create, and as many
 * damaged buffers; in a file of its own. Remove and free the name. */
static char *
make_trace(guint n_damaged)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 4096;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  for (guint i = 0; i <= 100; i++) {
    if (i > 40 && i < 50)
      continue;
    HsEtlWriterAt at = {HS_ETL_WRITER_SYSTEM64, 0, options.start_ticks + i * 100000, 8, 12};
    if (i == 50)
      hs_etl_writer_set_flags(writer, 0, HS_ETL_WRITER_FLAG_EVENTS_LOST);
    hs_etl_writer_alloc(writer, &at, HEAP, 0x1000 + (i == 60 ? 59 : i) * 0x100, 64, 3);
    hs_etl_writer_flush_all(writer);
  }
  GBytes *image = hs_etl_writer_finish(writer);
  for (guint i = 0; i < n_damaged; i++) {
    GBytes *worse = hs_etl_damage_apply(image, "record-size-7", 3 + i, 0);
    g_bytes_unref(image);
    image = worse;
  }
  char *path = NULL;
  int fd = g_file_open_tmp("heapscope-XXXXXX.etl", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_close(fd, NULL);
  gsize length;
  const char *bytes = g_bytes_get_data(image, &length);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
  g_bytes_unref(image);
  return path;
}

static GtkWidget *
new_window(HsHealthView **view)
{
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  gtk_window_set_default_size(GTK_WINDOW(window), 700, 400);
  *view = g_object_new(HS_TYPE_HEALTH_VIEW, "visible", TRUE, NULL);
  gtk_container_add(GTK_CONTAINER(window), GTK_WIDGET(*view));
  gtk_widget_show(window);
  return window;
}

static void
wait_for_load(HsDocument *document)
{
  gint64 end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
  while (hs_document_get_marks(document).loaded_to != INT64_MAX) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  }
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

static HsHealthRow *
find_row(HsHealthView *view, const char *id)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(view));
  for (guint i = 0; i < all->len; i++) {
    if (HS_IS_HEALTH_ROW(all->pdata[i]) && g_str_equal(hs_health_row_get_id(all->pdata[i]), id))
      return all->pdata[i];
  }
  return NULL;
}

/* A visible label below `widget` that has this text in it. */
static gboolean
shows(GtkWidget *widget, const char *text)
{
  g_autoptr(GPtrArray) all = hs_ui_widgets(widget);
  for (guint i = 0; i < all->len; i++) {
    if (GTK_IS_LABEL(all->pdata[i]) && gtk_widget_get_mapped(all->pdata[i]) &&
        strstr(gtk_label_get_text(all->pdata[i]), text) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
assert_shows(gpointer widget, const char *text)
{
  if (!shows(GTK_WIDGET(widget), text))
    g_error("“%s” is not shown", text);
}

static void
test_findings(void)
{
  g_autofree char *path = make_trace(3);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  assert_shows(view, "Numbers may be off: events lost (1), bad records (3), overwritten blocks (1)");
  HsHealthRow *lost = find_row(view, "events-lost"), *bad = find_row(view, "bad-records");
  assert_shows(lost, "Places where events were lost");
  assert_shows(bad, "Bad records");
  assert_shows(bad, "These could not be read");
  assert_shows(find_row(view, "heaps-without-create"), "1");
  g_assert_null(find_row(view, "unclosed"));
  /* Grave things first. */
  g_assert_cmpint(gtk_list_box_row_get_index(GTK_LIST_BOX_ROW(lost)), ==, 0);
  g_assert_cmpint(gtk_list_box_row_get_index(GTK_LIST_BOX_ROW(bad)), ==, 1);
  g_assert_cmpint(gtk_list_box_row_get_index(GTK_LIST_BOX_ROW(find_row(view, "overwritten-blocks"))), ==, 2);
  g_assert_cmpstr(atk_object_get_name(gtk_widget_get_accessible(GTK_WIDGET(bad))), ==, "Bad: Bad records, 3");
  gtk_widget_destroy(window);
  g_unlink(path);
}

/* What must never happen is told when it does. */
static void
test_contradiction(void)
{
  g_autofree char *path = make_trace(0);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  g_assert_null(find_row(view, "range-sums"));
  hs_document_report_contradiction(document);
  hs_document_report_contradiction(document);
  assert_shows(find_row(view, "range-sums"), "contradict each other");
  assert_shows(view, "Numbers may be off: ");
  gtk_widget_destroy(window);
  g_unlink(path);
}

static gboolean
is_checked(HsDocument *document)
{
  return hs_document_get_self_check(document) != NULL;
}

static void
wait_for_check(HsDocument *document, gboolean holds)
{
  gint64 end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
  while (!is_checked(document) || hs_self_check_holds(hs_document_get_self_check(document)) != holds) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, TRUE);
  }
}

/* The checks after the load: they hold, until something is spoilt. */
static void
test_self_check(void)
{
  g_autofree char *path = make_trace(0);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  wait_for_check(document, TRUE);
  g_assert_null(find_row(view, "heap-sums"));
  hs_document_get_timeline(document)->totals.peak_bytes++;
  HsHeap *heap = (HsHeap *)hs_timeline_heap(hs_document_get_timeline(document), (HsHeapId){0});
  heap->outstanding_count++;
  hs_document_start_check(document);
  wait_for_check(document, FALSE);
  assert_shows(find_row(view, "heap-sums"), "Figures of heaps do not add up");
  assert_shows(find_row(view, "pyramid"), "The curve contradicts the events");
  g_assert_null(find_row(view, "block-ends"));
  assert_shows(view, "Numbers may be off: ");
  /* One that is under way ends with its document. */
  hs_document_start_check(document);
  hs_document_close(document);
  gtk_widget_destroy(window);
  g_unlink(path);
}

/* Enter on a row unfolds its places, and again folds them. */
static void
test_places(void)
{
  g_autofree char *path = make_trace(3);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  HsHealthRow *bad = find_row(view, "bad-records"), *lost = find_row(view, "events-lost");
  g_assert_true(gtk_widget_get_can_focus(GTK_WIDGET(bad)));
  g_assert_false(hs_health_row_get_expanded(bad));
  gtk_widget_activate(GTK_WIDGET(bad));
  gtk_widget_activate(GTK_WIDGET(lost));
  g_assert_true(hs_health_row_get_expanded(bad));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  assert_shows(bad, "0x3048: ");
  assert_shows(bad, "\n0x5048: ");
  assert_shows(lost, "0.400000 s – 0.500000 s, CPU 0");
  gtk_widget_activate(GTK_WIDGET(bad));
  g_assert_false(hs_health_row_get_expanded(bad));
  /* A finding without places has nothing to unfold. */
  gtk_widget_activate(GTK_WIDGET(find_row(view, "overwritten-blocks")));
  g_assert_false(hs_health_row_get_expanded(find_row(view, "overwritten-blocks")));
  gtk_widget_destroy(window);
  g_unlink(path);
}

/* Many places: as many as can be read are listed, the others counted. */
static void
test_many_places(void)
{
  g_autofree char *path = make_trace(80);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  HsHealthRow *bad = find_row(view, "bad-records");
  hs_health_row_set_expanded(bad, TRUE);
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  assert_shows(bad, "80");
  assert_shows(bad, "\nand 16 more");
  gtk_widget_destroy(window);
  g_unlink(path);
}

/* One document after the other; what nobody sees is made when it is seen. */
static void
test_documents(void)
{
  g_autofree char *path = make_trace(1), *better = make_trace(0);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) first = hs_document_new(path);
  hs_health_view_set_document(view, first);
  wait_for_load(first);
  g_assert_nonnull(find_row(view, "bad-records"));
  hs_health_view_set_document(view, NULL);
  g_assert_null(find_row(view, "bad-records"));
  g_assert_false(shows(GTK_WIDGET(view), "Numbers"));
  gtk_widget_hide(GTK_WIDGET(view));
  g_autoptr(HsDocument) second = hs_document_new(better);
  hs_health_view_set_document(view, second);
  wait_for_load(second);
  g_assert_null(find_row(view, "bad-records"));
  gtk_widget_show(GTK_WIDGET(view));
  assert_shows(find_row(view, "bad-records"), "Every record could be read.");
  gtk_widget_destroy(window);
  g_unlink(path);
  g_unlink(better);
}

/* What can have the focus has a name. */
static void
test_names(void)
{
  g_autofree char *path = make_trace(2);
  HsHealthView *view;
  GtkWidget *window = new_window(&view);
  g_autoptr(HsDocument) document = hs_document_new(path);
  hs_health_view_set_document(view, document);
  wait_for_load(document);
  hs_health_row_set_expanded(find_row(view, "bad-records"), TRUE);
  guint n_named = 0;
  g_autoptr(GPtrArray) all = hs_ui_widgets(GTK_WIDGET(view));
  for (guint i = 0; i < all->len; i++) {
    AtkObject *accessible = gtk_widget_get_accessible(all->pdata[i]);
    if (!gtk_widget_get_can_focus(all->pdata[i]) || !gtk_widget_get_mapped(all->pdata[i]) ||
        atk_object_get_role(accessible) == ATK_ROLE_SCROLL_PANE)
      continue;
    const char *name = atk_object_get_name(accessible);
    if (name == NULL || *name == '\0')
      g_error("a %s has no name", G_OBJECT_TYPE_NAME(all->pdata[i]));
    n_named++;
  }
  g_assert_cmpuint(n_named, >, 10);
  gtk_widget_destroy(window);
  g_unlink(path);
}

static gboolean
has_tooltip_at(GtkWidget *ruler, int x)
{
  gboolean told = FALSE;
  g_autoptr(GtkTooltip) tooltip = g_object_new(GTK_TYPE_TOOLTIP, NULL);
  g_signal_emit_by_name(ruler, "query-tooltip", x, 10, FALSE, tooltip, &told);
  return told;
}

/* Over a gap the ruler says what was lost there; elsewhere it says nothing. */
static void
test_ruler(void)
{
  g_autofree char *path = make_trace(0);
  HsWindow *window = hs_ui_open_window(path);
  GtkWidget *ruler = hs_ui_find(window, "HsRuler");
  HsViewport viewport;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(ruler), &viewport));
  g_assert_false(has_tooltip_at(ruler, (int)hs_viewport_x(&viewport, 3900000)));
  g_assert_true(has_tooltip_at(ruler, (int)hs_viewport_x(&viewport, 4500000)));
  g_assert_false(has_tooltip_at(ruler, (int)hs_viewport_x(&viewport, 5100000)));
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
  g_test_add_func("/health-view/findings", test_findings);
  g_test_add_func("/health-view/contradiction", test_contradiction);
  g_test_add_func("/health-view/self-check", test_self_check);
  g_test_add_func("/health-view/places", test_places);
  g_test_add_func("/health-view/many-places", test_many_places);
  g_test_add_func("/health-view/documents", test_documents);
  g_test_add_func("/health-view/names", test_names);
  g_test_add_func("/health-view/ruler", test_ruler);
  return hs_ui_run();
}
