/* SPDX-License-Identifier: MIT */
/* The window's one filter and what writes into it; finding, going, and the tabs below. */
#include <string.h>

#include "hs-find-bar.h"
#include "hs-filter-bar.h"
#include "hs-histogram.h"
#include "hs-pivot.h"
#include "hs-query.h"
#include "hs-summary-view.h"
#include "hs-table.h"
#include "hs-ui-support.h"

static const char *sample;

static HsDocument *
document_of(HsWindow *window)
{
  return hs_window_get_document(window);
}

static void
set_filter(HsWindow *window, const char *text)
{
  hs_ui_act(window, "filter", g_variant_new_string(text));
  hs_ui_wait_for(window, hs_ui_is_applied);
}

static void
assert_filter(HsWindow *window, const char *expected)
{
  hs_ui_wait_for(window, hs_ui_is_applied);
  hs_ui_assert_text(window, "filter", expected);
  HsFilterBar *bar = HS_FILTER_BAR(hs_ui_find(window, "HsFilterBar"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpstr(hs_filter_bar_get_text(bar), ==, expected);
}

/* --- the text --- */

/* Rows, blocks and what is outstanding are those of the expression, and the curve is of those blocks only. */
static void
test_text(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  uint32_t n = hs_timeline_n_rows(t), rows = 0, blocks = 0;
  uint64_t outstanding = 0;
  set_filter(window, "size >= 4KiB && source == mainpath");
  for (HsRow row = 0; row < n; row++) {
    HsEvent event;
    hs_timeline_event(t, row, &event);
    rows += event.has_size && event.size >= 4096 && event.source == HS_SOURCE_MAINPATH;
  }
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, n, &block);
    if (block.size < 4096 || block.source != HS_SOURCE_MAINPATH)
      continue;
    blocks++;
    outstanding += block.end_ticks == INT64_MAX ? block.size : 0;
  }
  g_assert_cmpuint(rows, >, 0);
  g_assert_cmpint(hs_ui_state_int(window, "rows_shown"), ==, rows);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, blocks);
  g_assert_cmpint(hs_ui_state_int(window, "outstanding_bytes"), ==, (gint64)outstanding);
  int64_t bytes;
  hs_series_at(hs_document_get_series(document_of(window)), INT64_MAX, &bytes, NULL);
  g_assert_cmpint(bytes, ==, (gint64)outstanding);
  hs_ui_close_window(window);
}

/* What is not understood is shown as an error, and what was in force stays. */
static void
test_wrong_text(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsFilterBar *bar = HS_FILTER_BAR(hs_ui_find(window, "HsFilterBar"));
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(bar));
  set_filter(window, "op == free");
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_true(gtk_style_context_has_class(style, "hs-valid"));
  hs_ui_act(window, "filter", g_variant_new_string("op == fre"));
  g_assert_true(gtk_style_context_has_class(style, "hs-invalid"));
  g_assert_cmpstr(hs_filter_bar_get_text(bar), ==, "op == fre");
  hs_ui_assert_text(window, "filter", "op == free");
  /* For as long as nothing else is asked, whatever else happens. */
  hs_ui_act(window, "select-range", g_variant_new("(xx)", G_GINT64_CONSTANT(0), G_GINT64_CONSTANT(1000000000)));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpstr(hs_filter_bar_get_text(bar), ==, "op == fre");
  hs_ui_act(window, "filter", g_variant_new_string("op == free"));
  g_assert_cmpstr(hs_filter_bar_get_text(bar), ==, "op == free");
  g_assert_true(gtk_style_context_has_class(style, "hs-valid"));
  hs_ui_act(window, "filter", g_variant_new_string("op == fre"));
  set_filter(window, "op == alloc");
  assert_filter(window, "op == alloc");
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_false(gtk_style_context_has_class(style, "hs-invalid"));
  hs_ui_close_window(window);
}

static void
test_undo(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  GActionGroup *actions = G_ACTION_GROUP(window);
  g_assert_false(g_action_group_get_action_enabled(actions, "filter-undo"));
  set_filter(window, "op == free");
  hs_ui_act(window, "only-source", g_variant_new_string("lowfrag"));
  assert_filter(window, "source == lowfrag && op == free");
  hs_ui_act(window, "filter-undo", NULL);
  assert_filter(window, "op == free");
  hs_ui_act(window, "filter-undo", NULL);
  assert_filter(window, "");
  hs_ui_act(window, "filter-redo", NULL);
  hs_ui_act(window, "filter-redo", NULL);
  assert_filter(window, "source == lowfrag && op == free");
  g_assert_false(g_action_group_get_action_enabled(actions, "filter-redo"));
  hs_ui_act(window, "filter-undo", NULL);
  /* Another way taken: what was undone is gone. */
  set_filter(window, "tid == 1");
  g_assert_false(g_action_group_get_action_enabled(actions, "filter-redo"));
  /* A row of steps is one. */
  HsDocument *document = document_of(window);
  static const char *const steps[] = {"pid == 1", "pid == 12", "pid == 123"};
  for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
    g_assert_true(hs_document_set_filter_text(document, steps[i], TRUE, NULL));
  hs_document_end_filter_steps(document);
  assert_filter(window, "pid == 123");
  hs_ui_act(window, "filter-undo", NULL);
  assert_filter(window, "tid == 1");
  /* Steps that lead back leave nothing to undo; one that changes nothing begins none. */
  static const char *const back[] = {"tid == 1", "tid == 12", "tid == 1"};
  for (guint i = 0; i < G_N_ELEMENTS(back); i++)
    g_assert_true(hs_document_set_filter_text(document, back[i], TRUE, NULL));
  hs_document_end_filter_steps(document);
  hs_ui_act(window, "filter-undo", NULL);
  assert_filter(window, "op == free");
  hs_ui_close_window(window);
}

static guint
count_ticked(HsWindow *window)
{
  g_autoptr(GPtrArray) widgets = hs_ui_widgets(hs_ui_find(window, "HsSourceList"));
  guint n = 0;
  for (guint i = 0; i < widgets->len; i++) {
    GtkWidget *widget = g_ptr_array_index(widgets, i);
    n += GTK_IS_CHECK_BUTTON(widget) && gtk_widget_get_mapped(widget) &&
         gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(widget));
  }
  return n;
}

/* The boxes of the sources follow the filter, however quickly it changes, and change nothing themselves. */
static void
test_sources(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  guint all = count_ticked(window);
  g_assert_cmpuint(all, >, 3);
  hs_ui_act(window, "only-source", g_variant_new_string("lowfrag"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpuint(count_ticked(window), ==, 1);
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpuint(count_ticked(window), ==, all);
  assert_filter(window, "");
  hs_ui_act(window, "only-source", g_variant_new_string("slowpath"));
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_act(window, "hide-source", g_variant_new_string("lowfrag"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpuint(count_ticked(window), ==, all - 1);
  hs_ui_close_window(window);
}

static void
test_values(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  hs_ui_act(window, "filter-by", g_variant_new("(ss)", "op", "alloc"));
  hs_ui_act(window, "filter-by", g_variant_new("(ss)", "size", "64..128"));
  hs_ui_act(window, "filter-exclude", g_variant_new("(ss)", "tid", "7"));
  assert_filter(window, "op == alloc && size in 64..128 && not tid == 7");
  hs_ui_act(window, "filter-by", g_variant_new("(ss)", "op", "free"));
  assert_filter(window, "op == free && size in 64..128 && not tid == 7");
  /* Not of the language: nothing happens. */
  hs_ui_act(window, "filter-by", g_variant_new("(ss)", "colour", "red"));
  assert_filter(window, "op == free && size in 64..128 && not tid == 7");
  hs_ui_close_window(window);
}

static uint32_t
count_outstanding(HsTimeline *t)
{
  uint32_t n = 0;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    n += block.end_ticks == INT64_MAX;
  }
  return n;
}

/* Types are relative to the selection, in the filter too. */
static void
test_types(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  set_filter(window, "type == AIFO");
  gint64 whole = hs_ui_state_int(window, "blocks_shown");
  g_assert_cmpint(whole, >, 0);
  g_assert_cmpint(whole, ==, hs_ui_state_int(window, "outstanding_count"));
  g_assert_cmpint(whole, ==, count_outstanding(hs_document_get_timeline(document_of(window))));
  hs_ui_act(window, "select-range",
            g_variant_new("(xx)", G_GINT64_CONSTANT(10000000000), G_GINT64_CONSTANT(15000000000)));
  hs_ui_wait_for(window, hs_window_is_settled);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  int64_t t0, t1;
  g_assert_true(hs_document_get_selection(document_of(window), &t0, &t1));
  uint32_t expected = 0;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    expected += block.begin_ticks >= t0 && block.begin_ticks < t1 && block.end_ticks >= t1;
  }
  g_assert_cmpuint(expected, >, 0);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, expected);
  hs_ui_act(window, "clear-selection", NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, whole);
  hs_ui_close_window(window);
}

/* --- find and go --- */

static HsRow
next_with_op(HsTimeline *t, HsRow from, HsOp op)
{
  while (from < hs_timeline_n_rows(t) && hs_timeline_op(t, from) != op)
    from++;
  return from;
}

static void
find(HsWindow *window, const char *action)
{
  hs_ui_act(window, action, NULL);
  hs_ui_wait_for(window, hs_window_is_settled);
}

static void
test_find(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  HsRow first = next_with_op(t, 0, HS_OP_COMMIT), second = next_with_op(t, first + 1, HS_OP_COMMIT), last = 0;
  for (HsRow row = first; row < hs_timeline_n_rows(t); row = next_with_op(t, row + 1, HS_OP_COMMIT))
    last = row;
  hs_ui_act(window, "find-expression", g_variant_new_string("op == commit"));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, first);
  find(window, "find-next");
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, second);
  find(window, "find-previous");
  find(window, "find-previous"); /* wraps */
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, last);
  find(window, "find-next");
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, first);
  /* Only what is shown is found. */
  set_filter(window, "op != commit");
  hs_ui_act(window, "choose-row", g_variant_new_uint32(5));
  find(window, "find-next");
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, 5);
  hs_ui_close_window(window);
}

/* In a sorted table, the next one is the next in its order. */
static void
test_find_sorted(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  hs_ui_act(window, "tab", g_variant_new_string("allocations"));
  hs_ui_act(window, "sort", g_variant_new("(sb)", "size", TRUE));
  hs_ui_wait_for(window, hs_window_is_settled);
  uint64_t previous = UINT64_MAX;
  hs_ui_act(window, "find-expression", g_variant_new_string("source == lowfrag"));
  for (int i = 0; i < 5; i++) {
    hs_ui_wait_for(window, hs_window_is_settled);
    hs_ui_assert_text(window, "tab", "allocations");
    HsBlockId block = hs_document_get_block(document_of(window));
    g_assert_cmpint(hs_timeline_block_source(t, block), ==, HS_SOURCE_LOWFRAG);
    g_assert_cmpuint(hs_timeline_block_size(t, block), <=, previous);
    previous = hs_timeline_block_size(t, block);
    hs_ui_act(window, "find-next", NULL);
  }
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_close_window(window);
}

static void
test_go(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  hs_ui_act(window, "show-range", g_variant_new("(xx)", G_GINT64_CONSTANT(0), G_GINT64_CONSTANT(1000000000)));
  hs_ui_act(window, "go-to-place", g_variant_new_string("#200000"));
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, 200000);
  gint64 t0, t1, ns = hs_clock_to_ns(hs_timeline_clock(t), hs_timeline_ticks(t, 200000));
  hs_ui_get_range(window, "visible", &t0, &t1);
  g_assert_cmpint(t0, <=, ns);
  g_assert_cmpint(t1, >, ns);
  hs_ui_act(window, "go-to-place", g_variant_new_string("12.5 s"));
  g_assert_cmpint(hs_ui_state_int(window, "cursor"), ==, 12500000000);
  HsRow row = (HsRow)hs_ui_state_int(window, "chosen_row");
  g_assert_cmpint(hs_timeline_ticks(t, row), >=, 125000000);
  g_assert_cmpint(hs_timeline_ticks(t, row - 1), <, 125000000);
  /* Neither a row that does not pass nor one that is not there. */
  set_filter(window, "op == free");
  HsRow alloc = next_with_op(t, 1000, HS_OP_ALLOC);
  g_autofree char *hidden = g_strdup_printf("%u", alloc);
  hs_ui_act(window, "go-to-place", g_variant_new_string(hidden));
  hs_ui_act(window, "go-to-place", g_variant_new_string("999999999"));
  hs_ui_act(window, "go-to-place", g_variant_new_string("nowhere"));
  g_assert_cmpint(hs_ui_state_int(window, "chosen_row"), ==, row);
  hs_ui_act(window, "clear-filter", NULL);
  hs_ui_wait_for(window, hs_ui_is_applied);
  HsBlockId block = hs_timeline_row_block(t, alloc);
  g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", hs_timeline_block_address(t, block));
  hs_ui_act(window, "go-to-place",
            g_variant_new_take_string(g_strdup_printf(
                "%" G_GINT64_FORMAT "ns", hs_clock_to_ns(hs_timeline_clock(t), hs_timeline_ticks(t, alloc)))));
  /* Of two searches the last counts, however long the first takes. */
  hs_ui_act(window, "go-to-place", g_variant_new_string("0x10"));
  hs_ui_act(window, "go-to-place", g_variant_new_string(address));
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpuint(hs_document_get_block(document_of(window)).v, ==, block.v);
  hs_ui_close_window(window);
}

/* --- summary and histogram --- */

static uint64_t
sum_begun(HsTimeline *t, int64_t t0, int64_t t1, uint64_t min_size)
{
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    bytes += block.size >= min_size && block.begin_ticks >= t0 && block.begin_ticks < t1 ? block.size : 0;
  }
  return bytes;
}

static void
test_summary(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  hs_ui_act(window, "tab", g_variant_new_string("summary"));
  hs_ui_act(window, "select-range",
            g_variant_new("(xx)", G_GINT64_CONSTANT(10000000000), G_GINT64_CONSTANT(15000000000)));
  set_filter(window, "size >= 64");
  hs_ui_wait_for(window, hs_window_is_settled);
  HsSummaryView *view = HS_SUMMARY_VIEW(hs_ui_find(window, "HsSummaryView"));
  const HsPivot *pivot = hs_summary_view_get_pivot(view);
  g_assert_nonnull(pivot);
  g_assert_true(pivot->is_checked && pivot->is_consistent);
  int64_t t0, t1;
  g_assert_true(hs_document_get_selection(document_of(window), &t0, &t1));
  g_assert_cmpint(pivot->range.t0_ticks, ==, t0);
  g_assert_cmpint(pivot->range.t1_ticks, ==, t1);
  g_assert_cmpuint(pivot->n_by, ==, 3);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < pivot->n_roots; i++)
    bytes += hs_range_sums_begun_bytes(&pivot->nodes[i].sums);
  g_assert_cmpuint(bytes, ==, hs_range_sums_begun_bytes(&pivot->total));
  g_assert_cmpuint(bytes, >, 0);
  g_assert_cmpuint(bytes, ==, sum_begun(hs_document_get_timeline(document_of(window)), t0, t1, 64));

  /* A group filters: the first by size is on top. */
  GtkTreeView *tree = GTK_TREE_VIEW(hs_ui_find(window, "HsSummaryTree"));
  g_autoptr(GtkTreePath) first = gtk_tree_path_new_first();
  uint32_t largest = 0;
  for (uint32_t i = 1; i < pivot->n_roots; i++) {
    if (hs_range_sums_begun_bytes(&pivot->nodes[i].sums) > hs_range_sums_begun_bytes(&pivot->nodes[largest].sums))
      largest = i;
  }
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  g_autofree char *expected =
      g_strdup_printf("size >= 64 && pid == %u", hs_timeline_process(t, (HsProcessId){pivot->nodes[largest].key})->pid);
  gtk_tree_view_row_activated(tree, first, gtk_tree_view_get_column(tree, 0));
  assert_filter(window, expected);
  static const HsPivotBy by[] = {HS_PIVOT_END};
  hs_summary_view_set_groups(view, by, 1);
  hs_ui_wait_for(window, hs_window_is_settled);
  g_assert_cmpuint(hs_summary_view_get_pivot(view)->n_by, ==, 1);
  g_assert_cmpuint(hs_summary_view_get_pivot(view)->n_nodes, ==,
                   (guint)gtk_tree_model_iter_n_children(gtk_tree_view_get_model(tree), NULL));
  hs_ui_close_window(window);
}

/* The first bar: its class is what its tooltip and the filter say. */
static void
test_histogram(void)
{
  HsWindow *window = hs_ui_open_window(sample);
  GtkWidget *histogram = hs_ui_find(window, "HsHistogram");
  hs_ui_wait_for(window, hs_window_is_settled);
  GdkEvent *press =
      hs_ui_pointer_event(histogram, GDK_BUTTON_PRESS, 20, gtk_widget_get_allocated_height(histogram) / 2);
  hs_ui_send(press);
  hs_ui_wait_for(window, hs_ui_is_applied);
  g_autoptr(JsonObject) state = hs_ui_view_state(window);
  const char *text = json_object_get_string_member(state, "filter");
  g_assert_true(g_str_has_prefix(text, "size "));
  g_autoptr(HsQuery) query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  /* As many as the bar was high: all blocks of these sizes. */
  HsTimeline *t = hs_document_get_timeline(document_of(window));
  unsigned low = 0, high = 0;
  uint32_t expected = 0;
  g_assert_cmpint(sscanf(text, "size in %u..%u", &low, &high), ==, 2);
  for (uint32_t i = 0; i < hs_timeline_n_blocks(t); i++) {
    uint64_t size = hs_timeline_block_size(t, (HsBlockId){i});
    expected += size >= low && size < high;
  }
  g_assert_cmpuint(expected, >, 0);
  g_assert_cmpint(hs_ui_state_int(window, "blocks_shown"), ==, expected);
  hs_ui_close_window(window);
}

static void
test_tabs(void)
{
  static const char *const tabs[] = {"allocations", "heaps", "summary", "health", "events"};
  HsWindow *window = hs_ui_open_window(sample);
  for (guint i = 0; i < G_N_ELEMENTS(tabs); i++) {
    hs_ui_act(window, "tab", g_variant_new_string(tabs[i]));
    hs_ui_wait_for(window, hs_window_is_settled);
    hs_ui_assert_text(window, "tab", tabs[i]);
  }
  hs_ui_act(window, "tab", g_variant_new_string("nonsense"));
  hs_ui_assert_text(window, "tab", "events");
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
  g_test_add_func("/window-filter/text", test_text);
  g_test_add_func("/window-filter/wrong-text", test_wrong_text);
  g_test_add_func("/window-filter/undo", test_undo);
  g_test_add_func("/window-filter/sources", test_sources);
  g_test_add_func("/window-filter/values", test_values);
  g_test_add_func("/window-filter/types", test_types);
  g_test_add_func("/window-filter/find", test_find);
  g_test_add_func("/window-filter/find-sorted", test_find_sorted);
  g_test_add_func("/window-filter/go", test_go);
  g_test_add_func("/window-filter/summary", test_summary);
  g_test_add_func("/window-filter/histogram", test_histogram);
  g_test_add_func("/window-filter/tabs", test_tabs);
  return hs_ui_run();
}
