/* SPDX-License-Identifier: MIT */
/* Places in the real window: who lived at an address, markers and where they are kept, two pins compared, the peak. */
#include <glib/gstdio.h>
#include <string.h>

#include "hs-compare-view.h"
#include "hs-document-places.h"
#include "hs-marker-popover.h"
#include "hs-table-body.h"
#include "hs-table.h"
#include "hs-time-pane.h"
#include "hs-ui-support.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

static const char *sample;

static HsDocument *
document_of(HsWindow *window)
{
  return hs_window_get_document(window);
}

static HsTable *
shown_table(HsWindow *window)
{
  return HS_TABLE(hs_ui_find(window, "HsTable"));
}

static void
settle(HsWindow *window)
{
  hs_ui_wait_for(window, hs_window_is_settled);
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

static guint
n_pages(HsWindow *window)
{
  return (guint)gtk_notebook_get_n_pages(GTK_NOTEBOOK(hs_ui_find(window, "GtkNotebook")));
}

/* --- who lived here --- */

/* The address at which most blocks began, and its process. */
static void
find_busy_address(HsTimeline *t, guint32 *pid, guint64 *address)
{
  g_autoptr(GHashTable) counts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  guint best = 0;
  for (guint32 i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, &block.address)) + 1;
    g_hash_table_insert(counts, g_memdup2(&block.address, sizeof block.address), GUINT_TO_POINTER(n));
    if (n <= best)
      continue;
    best = n;
    *address = block.address;
    *pid = hs_timeline_process(t, hs_timeline_thread(t, block.thread)->process)->pid;
  }
}

static guint
count_dwellers(HsTimeline *t, guint32 pid, guint64 address, guint64 least_bytes)
{
  guint n = 0;
  for (guint32 i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    n += block.address <= address && address - block.address < MAX(block.size, 1) && block.size >= least_bytes &&
         hs_timeline_process(t, hs_timeline_thread(t, block.thread)->process)->pid == pid;
  }
  return n;
}

static GVariant *
dwelling(guint32 pid, guint64 address)
{
  g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", address);
  return g_variant_new("(us)", pid, text);
}

static void
test_biography(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  guint32 pid = 0;
  guint64 address = 0;
  guint pages = n_pages(window);
  find_busy_address(t, &pid, &address);
  hs_ui_act(window, "who-lived-here", dwelling(pid, address + 1));
  settle(window);
  hs_ui_assert_text(window, "tab", "biography");
  g_assert_cmpuint(n_pages(window), ==, pages + 1);
  HsTable *table = shown_table(window);
  g_assert_cmpuint(hs_table_get_n_rows(table), ==, count_dwellers(t, pid, address + 1, 0));
  /* By birth. */
  const HsTableModel *model = hs_table_get_model(table);
  for (guint i = 1; i < hs_table_get_n_rows(table); i++)
    g_assert_cmpuint(hs_table_model_item(model, i - 1), <, hs_table_model_item(model, i));
  /* A row chosen is a block chosen everywhere. */
  hs_table_go_to(table, hs_table_model_item(model, 1));
  g_assert_cmpuint(hs_document_get_block(document_of(window)).v, ==, hs_table_model_item(model, 1));
  hs_ui_act(window, "sort", g_variant_new("(sb)", "gap_ns", TRUE));
  settle(window);
  g_assert_nonnull(hs_table_get_model(table)->order);
  hs_ui_act(window, "filter", g_variant_new_string("size >= 1000"));
  settle(window);
  g_assert_cmpuint(hs_table_get_n_rows(table), ==, count_dwellers(t, pid, address + 1, 1000));
  hs_ui_act(window, "clear-filter", NULL);
  /* Another address, in the same tab. */
  hs_ui_act(window, "who-lived-here", dwelling(pid, 1));
  settle(window);
  g_assert_cmpuint(hs_table_get_n_rows(table), ==, 0);
  hs_ui_act(window, "who-lived-here", g_variant_new("(us)", pid, "nonsense"));
  hs_ui_act(window, "close-tab", NULL);
  settle(window);
  g_assert_cmpuint(n_pages(window), ==, pages);
  hs_ui_close_window(window);
}

static void
test_biography_menus(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  HsBlock block;
  hs_timeline_block(t, (HsBlockId){700}, hs_timeline_n_rows(t), &block);
  guint32 pid = hs_timeline_process(t, hs_timeline_thread(t, block.thread)->process)->pid;
  guint n = count_dwellers(t, pid, block.address, 0);
  hs_document_choose_block(document_of(window), block.id);
  static const char *const tabs[] = {"events", "allocations"};
  for (guint i = 0; i < G_N_ELEMENTS(tabs); i++) {
    hs_ui_act(window, "tab", g_variant_new_string(tabs[i]));
    settle(window);
    GtkWidget *body = hs_ui_find(window, "HsTableBody");
    hs_ui_popup(body);
    hs_ui_choose_item(body, "Who lived at");
    settle(window);
    hs_ui_assert_text(window, "tab", "biography");
    g_assert_cmpuint(hs_table_get_n_rows(shown_table(window)), ==, n);
    hs_ui_act(window, "close-tab", NULL);
  }
  /* By keyboard, the map's menu is that of the chosen block. */
  GtkWidget *map = hs_ui_find(window, "HsAddressMap");
  hs_ui_popup(map);
  hs_ui_choose_item(map, "Who lived at");
  settle(window);
  g_assert_cmpuint(hs_table_get_n_rows(shown_table(window)), ==, n);
  hs_ui_act(window, "close-tab", NULL);
  hs_ui_act(window, "biography", NULL);
  settle(window);
  g_assert_cmpuint(hs_table_get_n_rows(shown_table(window)), ==, n);
  hs_ui_close_window(window);
}

/* The map's menu asks for the very address under the pointer. */
static void
test_biography_of_a_point(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = document_of(window);
  GtkWidget *map = hs_ui_find(window, "HsAddressMap");
  HsViewport viewport;
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(map), &viewport));
  GtkWidget *item = NULL;
  for (double y = viewport.y + 30; item == NULL; y += 7) {
    g_assert_cmpfloat(y, <, viewport.y + viewport.height);
    double x = viewport.x + viewport.width * 0.6;
    GdkEvent *press = hs_ui_pointer_event(map, GDK_BUTTON_PRESS, x, y);
    GdkEvent *release = hs_ui_pointer_event(map, GDK_BUTTON_RELEASE, x, y);
    press->button.button = release->button.button = GDK_BUTTON_SECONDARY;
    release->button.state = GDK_BUTTON3_MASK;
    hs_ui_send(press);
    hs_ui_send(release);
    settle(window);
    item = hs_ui_find_item(map, "Who lived at");
    if (item == NULL)
      hs_ui_choose_item(map, "Zoom to the whole trace");
  }
  hs_ui_choose_item(map, "Who lived at");
  settle(window);
  uint32_t pid;
  uint64_t address;
  hs_ui_assert_text(window, "tab", "biography");
  g_assert_true(hs_document_get_dwelling(document, &pid, &address));
  g_assert_cmpuint(hs_table_get_n_rows(shown_table(window)), ==,
                   count_dwellers(hs_document_get_timeline(document), pid, address, 0));
  hs_ui_close_window(window);
}

static GtkWidget *
find_dialog(void)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels();
  for (GList *l = windows; l != NULL; l = l->next) {
    if (g_str_equal(G_OBJECT_TYPE_NAME(l->data), "HsGoTo"))
      return l->data;
  }
  g_error("there is no dialog");
}

/* An address that is written: of the process whose block holds it. */
static void
test_biography_by_text(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  HsBlock block;
  hs_timeline_block(t, (HsBlockId){5000}, hs_timeline_n_rows(t), &block);
  g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", block.address);
  hs_ui_act(window, "go-to", NULL);
  GtkWidget *dialog = find_dialog(), *who = NULL;
  g_autoptr(GPtrArray) all = hs_ui_widgets(dialog);
  for (guint i = 0; i < all->len; i++) {
    if (GTK_IS_ENTRY(all->pdata[i]))
      gtk_entry_set_text(all->pdata[i], text);
    if (GTK_IS_BUTTON(all->pdata[i]) && g_strcmp0(gtk_button_get_label(all->pdata[i]), "_Who lived there?") == 0)
      who = all->pdata[i];
  }
  g_assert_true(who != NULL && gtk_widget_get_sensitive(who));
  gtk_button_clicked(GTK_BUTTON(who));
  gint64 end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
  uint32_t pid;
  uint64_t address;
  while (!hs_document_get_dwelling(document_of(window), &pid, &address)) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, FALSE);
  }
  settle(window);
  g_assert_cmpuint(address, ==, block.address);
  g_assert_cmpuint(hs_table_get_n_rows(shown_table(window)), ==, count_dwellers(t, pid, address, 0));
  hs_ui_close_window(window);
}

/* --- markers --- */

static void
remove_markers(void)
{
  g_autofree char *folder = g_build_filename(g_get_user_data_dir(), "heapscope", "markers", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
}

/* The file of markers with that ending; NULL if there is none. */
static char *
marker_file(const char *ending)
{
  g_autofree char *folder = g_build_filename(g_get_user_data_dir(), "heapscope", "markers", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    if (g_str_has_suffix(name, ending))
      return g_build_filename(folder, name, NULL);
  }
  return NULL;
}

/* "1.5 name|2 other": as they are told by the window. */
static void
assert_markers(HsWindow *window, const char *expected)
{
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  JsonArray *markers = json_object_get_array_member(state, "markers");
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(markers); i++) {
    JsonArray *marker = json_array_get_array_element(markers, i);
    g_string_append_printf(text, "%s%g %s", i > 0 ? "|" : "",
                           (double)json_array_get_int_element(marker, 0) / (double)SECOND,
                           json_array_get_string_element(marker, 1));
  }
  g_assert_cmpstr(text->str, ==, expected);
}

static void
assert_cursor(HsWindow *window, double seconds)
{
  gint64 ns = hs_ui_state_int(window, "cursor");
  g_assert_cmpfloat(ABS((double)ns / (double)SECOND - seconds), <, 1e-6);
}

static void
set_cursor(HsWindow *window, gint64 ns)
{
  HsDocument *document = document_of(window);
  hs_document_set_cursor(document, hs_clock_from_ns(hs_timeline_clock(hs_document_get_timeline(document)), ns));
}

static int wanted_height;

static gboolean
has_height(HsWindow *window)
{
  return gtk_widget_get_allocated_height(hs_ui_find(window, "HsRuler")) == wanted_height;
}

static void
test_markers(void)
{
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  GtkWidget *ruler = hs_ui_find(window, "HsRuler");
  int height = gtk_widget_get_allocated_height(ruler);
  set_cursor(window, 4 * SECOND);
  hs_ui_act(window, "marker", NULL);
  set_cursor(window, 2 * SECOND);
  hs_ui_act(window, "marker", NULL);
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", 9 * SECOND, "Ninth"));
  hs_ui_act(window, "rename-marker", g_variant_new("(xs)", 4 * SECOND, "Four"));
  assert_markers(window, "2 Marker 2|4 Four|9 Ninth");
  settle(window);
  /* The room comes with the next frame. */
  wanted_height = height + HS_FLAG_LANE_PX;
  hs_ui_wait_for(window, has_height);

  hs_ui_act(window, "next-marker", NULL);
  assert_cursor(window, 4);
  hs_ui_act(window, "next-marker", NULL);
  hs_ui_act(window, "next-marker", NULL);
  assert_cursor(window, 9);
  hs_ui_act(window, "previous-marker", NULL);
  assert_cursor(window, 4);
  /* Out of view: brought there. */
  hs_ui_act(window, "show-range", g_variant_new("(xx)", 20 * SECOND, 21 * SECOND));
  hs_ui_act(window, "previous-marker", NULL);
  gint64 t0, t1;
  hs_ui_get_range(window, "visible", &t0, &t1);
  g_assert_true(t0 <= 2 * SECOND && 2 * SECOND < t1);

  hs_ui_act(window, "remove-marker", g_variant_new_int64(9 * SECOND));
  hs_ui_act(window, "remove-marker", g_variant_new_int64(1234));
  assert_markers(window, "2 Marker 2|4 Four");
  settle(window);
  hs_ui_close_window(window);

  window = hs_ui_open_window(sample);
  settle(window);
  assert_markers(window, "2 Marker 2|4 Four");
  hs_ui_act(window, "remove-marker", g_variant_new_int64(2 * SECOND));
  hs_ui_act(window, "remove-marker", g_variant_new_int64(4 * SECOND));
  settle(window);
  g_autofree char *left = marker_file(".json");
  g_assert_null(left);
  hs_ui_close_window(window);
}

/* A change just before the window closes is kept, too; the same trace under another name is the same trace. */
static void
test_markers_of_a_copy(void)
{
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  settle(window);
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", 3 * SECOND, "Last “words”"));
  hs_ui_close_window(window);
  g_autofree char *text = NULL;
  gsize length;
  g_autofree char *copy = g_build_filename(g_get_user_data_dir(), "another-name.etl", NULL);
  g_assert_true(g_file_get_contents(sample, &text, &length, NULL));
  g_assert_true(g_file_set_contents(copy, text, (gssize)length, NULL));
  window = hs_ui_open_window(copy);
  settle(window);
  assert_markers(window, "3 Last “words”");
  hs_ui_close_window(window);
  g_unlink(copy);
}

static void
test_damaged_markers(void)
{
  static const struct {
    const char *text, *read;
  } files[] = {
      {"", ""},
      {"{\"format\":1,\"markers\":[", ""},
      {"[1,2]", ""},
      {"\xff\xfe\x00", ""},
      {"{\"format\":2,\"markers\":[]}", ""},
      {"{\"format\":1,\"markers\":{}}", ""},
      {"{\"format\":1,\"markers\":[{\"ticks\":\"x\",\"name\":\"a\"},{\"ticks\":10000000,\"name\":\"good\"},7]}",
       "1 good"},
      {"{\"format\":1,\"markers\":[{\"ticks\":10000000,\"name\":null}]}", ""},
  };
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  settle(window);
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", 3 * SECOND, "Mine"));
  settle(window);
  hs_ui_close_window(window);
  g_autofree char *path = marker_file(".json");
  g_assert_nonnull(path);
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    g_assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
    window = hs_ui_open_window(sample);
    settle(window);
    assert_markers(window, files[i].read);
    g_autofree char *kept = NULL;
    g_assert_true(g_file_get_contents(path, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, files[i].text);
    /* With the first change it is put aside. */
    hs_ui_act(window, "add-marker", g_variant_new("(xs)", 3 * SECOND, "Mine"));
    settle(window);
    hs_ui_close_window(window);
    g_autofree char *aside = marker_file(".damaged");
    g_assert_nonnull(aside);
    g_autofree char *damaged = NULL;
    g_assert_true(g_file_get_contents(aside, &damaged, NULL, NULL));
    g_assert_cmpstr(damaged, ==, files[i].text);
    g_unlink(aside);
  }
  remove_markers();
}

/* Absurd numbers are kept as they are, and harm nothing. */
static void
test_absurd_markers(void)
{
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  settle(window);
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", G_MAXINT64, "late"));
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", G_MININT64, "early"));
  hs_ui_act(window, "pin-a-at", g_variant_new_int64(G_MININT64));
  hs_ui_act(window, "pin-b-at", g_variant_new_int64(G_MAXINT64));
  settle(window);
  g_autofree char *path = marker_file(".json");
  g_assert_true(g_file_set_contents(path,
                                    "{\"format\":1,\"markers\":[{\"ticks\":9223372036854775807,\"name\":\"z\"},"
                                    "{\"ticks\":-9223372036854775807,\"name\":\"a\"}]}",
                                    -1, NULL));
  hs_ui_close_window(window);
  window = hs_ui_open_window(sample);
  settle(window);
  g_assert_cmpuint(hs_marker_set_n(hs_document_get_markers(document_of(window))), ==, 2);
  hs_ui_act(window, "next-marker", NULL);
  hs_ui_act(window, "next-marker", NULL);
  hs_ui_act(window, "previous-marker", NULL);
  hs_ui_act(window, "previous-marker", NULL);
  settle(window);
  hs_ui_close_window(window);
  remove_markers();
}

static void
test_popover(void)
{
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  settle(window);
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", 3 * SECOND, "Three"));
  hs_ui_act(window, "add-marker", g_variant_new("(xs)", 5 * SECOND, "Five"));
  hs_ui_act(window, "edit-marker", g_variant_new_int64(5 * SECOND));
  settle(window);
  GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(window));
  g_assert_true(GTK_IS_ENTRY(focus));
  g_assert_cmpstr(gtk_entry_get_text(GTK_ENTRY(focus)), ==, "Five");
  gtk_entry_set_text(GTK_ENTRY(focus), "Renamed");
  gtk_widget_activate(focus);
  settle(window);
  assert_markers(window, "3 Three|5 Renamed");
  hs_ui_act(window, "markers", NULL);
  settle(window);
  hs_ui_close_window(window);
  remove_markers();
}

/* --- pins --- */

typedef struct {
  guint64 count[HS_N_SIDES], bytes[HS_N_SIDES];
} Expected;

static Expected
compare(HsWindow *window)
{
  HsDocument *document = document_of(window);
  HsTimeline *t = hs_document_get_timeline(document);
  HsRowSet *set = hs_document_get_block_set(document);
  int64_t a = hs_document_get_pin(document, HS_SIDE_A), b = hs_document_get_pin(document, HS_SIDE_B);
  Expected expected = {0};
  for (guint32 i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    gboolean at_a = block.begin_ticks <= a && a < block.end_ticks, at_b = block.begin_ticks <= b && b < block.end_ticks;
    if (at_a == at_b || !hs_row_set_contains(set, i))
      continue;
    expected.count[at_a ? HS_SIDE_A : HS_SIDE_B]++;
    expected.bytes[at_a ? HS_SIDE_A : HS_SIDE_B] += block.size;
  }
  return expected;
}

static void
check_comparison(HsWindow *window)
{
  settle(window);
  HsCompareView *view = HS_COMPARE_VIEW(hs_ui_find(window, "HsCompareView"));
  const HsComparison *comparison = hs_compare_view_get_comparison(view);
  g_assert_nonnull(comparison);
  Expected expected = compare(window);
  for (int side = 0; side < HS_N_SIDES; side++) {
    g_assert_cmpuint(comparison->total.count[side], ==, expected.count[side]);
    g_assert_cmpuint(comparison->total.bytes[side], ==, expected.bytes[side]);
  }
  g_assert_true(comparison->is_checked && comparison->is_consistent);
  HsTable *table = hs_compare_view_get_table(view);
  const GArray *groups = hs_table_get_model(table)->groups;
  if (groups == NULL) {
    g_assert_cmpuint(hs_table_get_n_rows(table), ==, expected.count[HS_SIDE_A] + expected.count[HS_SIDE_B]);
    return;
  }
  HsSideSums sums = {0};
  g_assert_cmpuint(hs_table_get_n_rows(table), ==, groups->len);
  for (guint i = 0; i < groups->len; i++) {
    for (int side = 0; side < HS_N_SIDES; side++)
      sums.bytes[side] += g_array_index(groups, HsSideGroup, i).sums.bytes[side];
  }
  g_assert_cmpuint(sums.bytes[HS_SIDE_A], ==, expected.bytes[HS_SIDE_A]);
  g_assert_cmpuint(sums.bytes[HS_SIDE_B], ==, expected.bytes[HS_SIDE_B]);
}

static void
test_pins(void)
{
  remove_markers();
  HsWindow *window = hs_ui_open_window(sample);
  guint pages = n_pages(window);
  set_cursor(window, 12 * SECOND);
  hs_ui_act(window, "pin-a", NULL);
  g_assert_cmpuint(n_pages(window), ==, pages);
  set_cursor(window, 18 * SECOND);
  hs_ui_act(window, "pin-b", NULL);
  hs_ui_assert_text(window, "tab", "compare");
  check_comparison(window);
  static const char *const fields[] = {"heap", "source", "size-class", "process", "thread", "end"};
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
    hs_ui_act(window, "compare-by", g_variant_new_string(fields[i]));
    check_comparison(window);
    hs_ui_act(window, "sort", g_variant_new("(sb)", "net_bytes", TRUE));
    check_comparison(window);
  }
  hs_ui_act(window, "filter", g_variant_new_string("source == segment-heap and size > 100"));
  check_comparison(window);
  hs_ui_act(window, "compare-by", g_variant_new_string("block"));
  check_comparison(window);
  hs_ui_act(window, "sort", g_variant_new("(sb)", "lives_at", TRUE));
  check_comparison(window);
  hs_ui_act(window, "pin-a-at", g_variant_new_int64(25 * SECOND));
  check_comparison(window);
  hs_ui_act(window, "clear-filter", NULL);
  check_comparison(window);
  hs_ui_act(window, "clear-pins", NULL);
  settle(window);
  g_assert_cmpuint(n_pages(window), ==, pages);
  /* The page without pins says what is missing. */
  hs_ui_act(window, "compare", NULL);
  settle(window);
  hs_ui_close_window(window);
}

static void
test_drag_pin(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = document_of(window);
  HsViewport viewport;
  hs_ui_act(window, "pin-a-at", g_variant_new_int64(10 * SECOND));
  hs_ui_act(window, "pin-b-at", g_variant_new_int64(20 * SECOND));
  settle(window);
  GtkWidget *ruler = hs_ui_find(window, "HsRuler");
  gtk_widget_queue_draw(ruler);
  settle(window);
  g_assert_true(hs_time_pane_get_viewport(HS_TIME_PANE(ruler), &viewport));
  double x = hs_viewport_x(&viewport, hs_document_get_pin(document, HS_SIDE_B));
  while (hs_time_pane_is_busy(HS_TIME_PANE(ruler)))
    g_main_context_iteration(NULL, FALSE);
  hs_ui_drag(ruler, x + 1, 5, x - 101, 5);
  int64_t expected = hs_viewport_ticks(&viewport, x - 102);
  int64_t slack = (int64_t)(hs_viewport_ticks_per_px(&viewport) * 1.5) + 1;
  g_assert_cmpint(ABS(hs_document_get_pin(document, HS_SIDE_B) - expected), <=, slack);
  check_comparison(window);
  g_assert_false(hs_document_get_selection(document, &(int64_t){0}, &(int64_t){0}));
  hs_ui_close_window(window);
}

/* --- the peak --- */

static int64_t
naive_peak(HsDocument *document, int64_t t0, int64_t t1, gboolean of_bytes)
{
  HsTimeline *t = hs_document_get_timeline(document);
  HsSeriesSet *series = hs_document_get_series(document);
  int64_t bytes, best = -1, at = t0;
  uint32_t count;
  hs_series_at(series, t0, &bytes, &count);
  best = of_bytes ? bytes : count;
  for (HsRow row = 0; row < hs_timeline_n_rows(t); row++) {
    int64_t ticks = hs_timeline_ticks(t, row);
    if (ticks <= t0 || ticks >= t1 || (row + 1 < hs_timeline_n_rows(t) && hs_timeline_ticks(t, row + 1) == ticks))
      continue;
    hs_series_at(series, ticks, &bytes, &count);
    int64_t value = of_bytes ? bytes : count;
    if (value > best) {
      best = value;
      at = ticks;
    }
  }
  return at;
}

static void
test_peak(void)
{
  static const char *const filters[] = {"", "source == lowfrag", "process contains photo and size < 4KiB"};
  static const char *const measures[] = {"bytes", "count"};
  HsWindow *window = hs_ui_open_window(sample);
  HsDocument *document = document_of(window);
  hs_ui_act(window, "show-range", g_variant_new("(xx)", 4 * SECOND, 12 * SECOND));
  for (guint f = 0; f < G_N_ELEMENTS(filters); f++) {
    hs_ui_act(window, "filter", g_variant_new_string(filters[f]));
    for (guint m = 0; m < G_N_ELEMENTS(measures); m++) {
      g_action_group_change_action_state(G_ACTION_GROUP(window), "measure", g_variant_new_string(measures[m]));
      settle(window);
      int64_t t0, t1;
      hs_document_get_range(document, &t0, &t1);
      hs_document_set_cursor(document, INT64_MIN);
      hs_ui_act(window, "peak", NULL);
      g_assert_cmpint(hs_document_get_cursor(document), ==, naive_peak(document, t0, t1, m == 0));
    }
  }
  /* Nothing passes: there is no peak to go to. */
  hs_ui_act(window, "filter", g_variant_new_string("pid == 1"));
  settle(window);
  hs_document_set_cursor(document, INT64_MIN);
  hs_ui_act(window, "peak", NULL);
  g_assert_cmpint(hs_document_get_cursor(document), ==, INT64_MIN);
  g_action_group_change_action_state(G_ACTION_GROUP(window), "measure", g_variant_new_string("bytes"));
  hs_ui_close_window(window);
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  g_autofree char *data = g_dir_make_tmp("heapscope-places-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", data, TRUE);
  gtk_test_init(&argc, &argv, NULL);
  sample = argv[1];
  g_test_add_func("/places/biography", test_biography);
  g_test_add_func("/places/biography-menus", test_biography_menus);
  g_test_add_func("/places/biography-of-a-point", test_biography_of_a_point);
  g_test_add_func("/places/biography-by-text", test_biography_by_text);
  g_test_add_func("/places/markers", test_markers);
  g_test_add_func("/places/markers-of-a-copy", test_markers_of_a_copy);
  g_test_add_func("/places/damaged-markers", test_damaged_markers);
  g_test_add_func("/places/absurd-markers", test_absurd_markers);
  g_test_add_func("/places/popover", test_popover);
  g_test_add_func("/places/pins", test_pins);
  g_test_add_func("/places/drag-pin", test_drag_pin);
  g_test_add_func("/places/peak", test_peak);
  return hs_ui_run();
}
