/* SPDX-License-Identifier: MIT */
/* The tables of allocations and heaps in a window, over the bundled sample; and what cells of any table filter by. */
#include <glib/gstdio.h>
#include <string.h>

#include "hs-block-text.h"
#include "hs-format.h"
#include "hs-table-support.h"
#include "hs-ui-support.h"

static const char *sample;

static void
set_up(HsTableFixture *f, gconstpointer kind)
{
  hs_table_fixture_open(f, sample, kind);
}

static void
tear_down(HsTableFixture *f, gconstpointer kind)
{
  hs_table_fixture_close(f);
}

static const HsTableModel *
model_of(HsTableFixture *f)
{
  return hs_table_body_get_model(f->body);
}

static int
column(HsTableFixture *f, const char *name)
{
  int found = hs_table_kind_find_column(hs_table_get_kind(f->table), name);

  g_assert_cmpint(found, !=, HS_TABLE_NO_COLUMN);
  return found;
}

static void
assert_cell(HsTableFixture *f, uint32_t position, const char *name, const char *expected)
{
  g_autofree char *text = hs_table_fixture_cell(f, position, column(f, name));

  g_assert_cmpstr(text, ==, expected);
}

/* The part of the trace in [from, to) hundredths of its length. */
static HsTimeRange
part(HsTableFixture *f, int from, int to)
{
  int64_t t0, t1;

  hs_document_get_span(f->document, &t0, &t1);
  return (HsTimeRange){t0 + (t1 - t0) * from / 100, t0 + (t1 - t0) * to / 100};
}

static HsBlockRow
block_row(HsTableFixture *f, HsTimeRange range, uint32_t position)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  HsBlockRow row;

  hs_block_row(timeline, (HsBlockId){hs_table_model_item(model_of(f), position)}, range, hs_timeline_n_rows(timeline),
               &row);
  return row;
}

/* --- titles and place --- */

static void
assert_titles(HsTableFixture *f, const char *name, const char *const *titles, int n)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(f->body));
  AtkTable *table = ATK_TABLE(accessible);

  g_assert_cmpstr(atk_object_get_name(accessible), ==, name);
  g_assert_cmpint(atk_table_get_n_columns(table), ==, n);
  g_assert_cmpint(atk_table_get_n_rows(table), ==, (int)hs_table_get_n_rows(f->table));
  for (int c = 0; c < n; c++) {
    g_assert_cmpstr(atk_table_get_column_description(table, c), ==, titles[c]);
    AtkObject *header = atk_table_get_column_header(table, c);
    g_assert_cmpstr(atk_object_get_name(header), ==, titles[c]);
    g_assert_cmpint(atk_object_get_role(header), ==, ATK_ROLE_TABLE_COLUMN_HEADER);
  }
  g_assert_null(atk_table_get_column_header(table, n));
  /* The last cell of the last row there is, counted as ATK does. */
  int last = atk_object_get_n_accessible_children(accessible) - 1;
  g_autoptr(AtkObject) cell = atk_object_ref_accessible_child(accessible, last);
  g_assert_cmpint(atk_object_get_index_in_parent(cell), ==, last);
}

static void
test_block_titles(HsTableFixture *f, gconstpointer kind)
{
  static const char *const titles[] = {"Process",    "PID",       "Handle",      "Address",   "Size",     "Source",
                                       "Type",       "Impacting", "Alloc Time",  "Free Time", "Lifetime", "End reason",
                                       "Is Realloc", "Thread",    "Free Thread", "Bucket",    "Row"};
  HsTableHeader *header = hs_table_body_get_header(f->body);

  assert_titles(f, "Allocations", titles, G_N_ELEMENTS(titles));
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, hs_timeline_n_blocks(hs_document_get_timeline(f->document)));
  g_autofree char *tip = gtk_widget_get_tooltip_text(hs_table_header_get_button(header, column(f, "type")));
  g_assert_nonnull(strstr(tip, "Allocated inside (AI)"));
  g_assert_nonnull(strstr(tip, "Sort by Type"));
}

static void
test_heap_titles(HsTableFixture *f, gconstpointer kind)
{
  static const char *const titles[] = {
      "Process",   "PID",      "Handle",    "Flags",           "Created", "Destroyed", "Allocs",
      "Frees",     "Reallocs", "Bytes",     "Outstanding",     "Blocks",  "Peak",      "Peak time",
      "Committed", "Reserved", "Slow path", "Unmatched frees", "Events"};

  assert_titles(f, "Heaps", titles, G_N_ELEMENTS(titles));
}

/* A title stands over its cells, however far the table is scrolled sideways, and comes into view with the focus. */
static void
test_sideways(HsTableFixture *f, gconstpointer kind)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment(GTK_SCROLLABLE(f->body));
  HsTableHeader *header = hs_table_body_get_header(f->body);
  int last = hs_table_get_kind(f->table)->n_columns - 1;
  double end = gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_page_size(adjustment);

  g_assert_cmpfloat(end, >, 100);
  gtk_widget_grab_focus(hs_table_header_get_button(header, last));
  hs_table_fixture_settle(f);
  g_assert_cmpfloat(gtk_adjustment_get_value(adjustment), ==, end);
  for (int c = 0; c <= last; c++) {
    GdkRectangle area;
    GtkAllocation title;
    hs_table_body_cell_area(f->body, 0, c, &area);
    gtk_widget_get_allocation(hs_table_header_get_button(header, c), &title);
    g_assert_cmpint(area.x, ==, title.x);
    g_assert_cmpint(area.width, ==, title.width);
  }
  gtk_widget_grab_focus(hs_table_header_get_button(header, 0));
  g_assert_cmpfloat(gtk_adjustment_get_value(adjustment), ==, 0);
}

/* No text of the first rows is wider than its column: nothing of them is told by a tooltip. */
static void
test_widths(HsTableFixture *f, gconstpointer kind)
{
  const HsTableKind *table = hs_table_get_kind(f->table);
  const HsTableColumns *columns = hs_table_body_get_columns(f->body);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(f->body), NULL);
  HsPalette palette = {0};
  g_autoptr(PangoFontDescription) sans = hs_table_font_new(GTK_WIDGET(f->body), &palette, false);
  g_autoptr(PangoFontDescription) mono = hs_table_font_new(GTK_WIDGET(f->body), &palette, true);
  uint32_t n = MIN(hs_table_get_n_rows(f->table), 200);

  for (uint32_t p = 0; p < n; p++)
    for (int c = 0; c < table->n_columns; c++) {
      g_autofree char *text = hs_table_fixture_cell(f, p, c);
      int width, room = columns->width_px[c] - 2 * HS_CELL_PAD_PX;
      pango_layout_set_font_description(layout, table->is_mono(c) ? mono : sans);
      pango_layout_set_text(layout, text, -1);
      pango_layout_get_pixel_size(layout, &width, NULL);
      if (c == table->swatch_column)
        room -= HS_SWATCH_PX + HS_SWATCH_GAP_PX;
      g_assert_cmpint(width, <=, room);
    }
}

/* --- orders --- */

static HsRowOrder *
expected_order(HsTableFixture *f, int c, bool descending)
{
  const HsTableModel *model = model_of(f);
  const char *const *names = hs_block_column_names();
  int i = 0;

  if (hs_table_get_kind(f->table) == &hs_table_heaps)
    return hs_heap_order_new(model->timeline, model->sums, model->set, (HsHeapColumn)c, descending, NULL);
  while (!g_str_equal(names[i], hs_table_get_kind(f->table)->column_name(c)))
    i++;
  return hs_block_order_new(model->timeline, model->set, model->range, model->n_rows, (HsBlockColumn)i, descending,
                            NULL);
}

static void
assert_order(HsTableFixture *f, int c, bool descending)
{
  g_autoptr(HsRowOrder) order = expected_order(f, c, descending);
  uint32_t n = hs_table_get_n_rows(f->table);

  g_assert_cmpuint(hs_row_order_count(order), ==, n);
  for (uint32_t p = 0; p < n; p++)
    g_assert_cmpuint(hs_table_model_item(model_of(f), p), ==, hs_row_order_at(order, p));
}

static void
test_orders(HsTableFixture *f, gconstpointer kind)
{
  const HsTableKind *table = hs_table_get_kind(f->table);
  HsTableHeader *header = hs_table_body_get_header(f->body);

  for (int c = 0; c < table->n_columns; c++) {
    if (c == table->natural_column)
      continue;
    gtk_button_clicked(GTK_BUTTON(hs_table_header_get_button(header, c)));
    hs_table_fixture_settle(f);
    assert_order(f, c, false);
    gtk_button_clicked(GTK_BUTTON(hs_table_header_get_button(header, c)));
    hs_table_fixture_settle(f);
    assert_order(f, c, true);
    g_assert_cmpstr(atk_object_get_description(gtk_widget_get_accessible(hs_table_header_get_button(header, c))), ==,
                    "descending");
  }
  /* A third click brings back the natural order, at once. */
  gtk_button_clicked(GTK_BUTTON(hs_table_header_get_button(header, table->n_columns - 1)));
  g_assert_false(hs_table_is_busy(f->table));
  g_assert_null(model_of(f)->order);
  for (uint32_t p = 1; p < MIN(hs_table_get_n_rows(f->table), 1000); p++)
    g_assert_cmpuint(hs_table_model_item(model_of(f), p - 1), <, hs_table_model_item(model_of(f), p));
}

/* --- allocations --- */

static void
test_block_cells(HsTableFixture *f, gconstpointer kind)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);

  for (uint32_t p = 0; p < 100; p++) {
    HsBlockRow row = block_row(f, HS_TIME_RANGE_ALL, p);
    for (int i = 0; i < HS_N_BLOCK_COLUMNS; i++) {
      char buffer[HS_TABLE_CELL_BYTES];
      assert_cell(f, p, hs_block_column_names()[i],
                  hs_block_cell_text(timeline, &row, (HsBlockColumn)i, buffer, sizeof buffer));
    }
  }
}

/* A block that was freed, far down. */
static HsBlock
freed_block(HsTableFixture *f)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  HsBlock block;
  uint32_t id = hs_timeline_n_blocks(timeline) / 2;

  do {
    hs_timeline_block(timeline, (HsBlockId){id++}, hs_timeline_n_rows(timeline), &block);
  } while (block.end != HS_END_FREE);
  return block;
}

static void
test_block_choice(HsTableFixture *f, gconstpointer kind)
{
  HsBlock block = freed_block(f);

  /* The row that ended a block stands for the block. */
  hs_document_choose_row(f->document, block.end_row);
  g_assert_cmpuint(hs_table_model_item(model_of(f), hs_table_body_get_cursor(f->body)), ==, block.id.v);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  hs_table_fixture_assert_in_view(f, hs_table_body_get_cursor(f->body));
  /* That row stays chosen: following is not choosing. */
  g_assert_cmpuint(hs_document_get_row(f->document), ==, block.end_row);

  hs_table_sort(f->table, column(f, "size"), FALSE);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_model_item(model_of(f), hs_table_body_get_cursor(f->body)), ==, block.id.v);
  hs_table_fixture_assert_in_view(f, hs_table_body_get_cursor(f->body));

  hs_table_fixture_key(f, GDK_KEY_Down, 0);
  uint32_t below = hs_table_model_item(model_of(f), hs_table_body_get_cursor(f->body));
  g_assert_cmpuint(below, !=, block.id.v);
  g_assert_cmpuint(hs_document_get_block(f->document).v, ==, below);
  g_assert_cmpuint(hs_document_get_row(f->document), ==,
                   hs_timeline_block_begin(hs_document_get_timeline(f->document), (HsBlockId){below}));

  hs_document_choose_row(f->document, UINT32_MAX);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, HS_POSITION_NONE);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 0);
}

/* The block's other event is chosen to and fro; a double click shows the block's life. */
static void
test_block_actions(HsTableFixture *f, gconstpointer kind)
{
  GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(f->body), "row");
  HsBlock block = freed_block(f);
  int64_t t0, t1;

  hs_document_choose_block(f->document, block.id);
  g_action_group_activate_action(group, "other-event", NULL);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, block.end_row);
  g_action_group_activate_action(group, "other-event", NULL);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, block.begin_row);
  hs_table_fixture_key(f, GDK_KEY_Return, 0);
  hs_document_get_range(f->document, &t0, &t1);
  g_assert_cmpint(t0, <=, block.begin_ticks);
  g_assert_cmpint(t1, >, block.end_ticks);
  g_assert_cmpint(t1 - t0, <=, 4 * (block.end_ticks - block.begin_ticks) + 10);
  g_action_group_activate_action(group, "copy-address", NULL);
  g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", block.address);
  g_autofree char *text =
      gtk_clipboard_wait_for_text(gtk_widget_get_clipboard(GTK_WIDGET(f->body), GDK_SELECTION_CLIPBOARD));
  g_assert_cmpstr(text, ==, address);
}

/* What is selected decides types: at once in the cells, soon in the order. */
static void
test_block_types(HsTableFixture *f, gconstpointer kind)
{
  HsTimeRange early = part(f, 10, 20), late = part(f, 60, 70);
  uint32_t n = hs_table_get_n_rows(f->table), changes = 0;

  hs_document_select(f->document, late.t0_ticks, late.t1_ticks);
  g_assert_false(hs_table_is_busy(f->table));
  for (uint32_t p = 0; p < n; p += 97) {
    HsBlockRow row = block_row(f, late, p);
    assert_cell(f, p, "type", hs_block_type_name(row.type));
    changes += row.type != block_row(f, HS_TIME_RANGE_ALL, p).type;
  }
  g_assert_cmpuint(changes, >, 0);

  hs_table_sort(f->table, column(f, "type"), FALSE);
  hs_table_fixture_settle(f);
  assert_order(f, column(f, "type"), false);
  g_autofree uint32_t *before = g_new(uint32_t, n);
  for (uint32_t p = 0; p < n; p++)
    before[p] = hs_table_model_item(model_of(f), p);
  hs_document_select(f->document, early.t0_ticks, early.t1_ticks);
  g_assert_true(hs_table_is_busy(f->table));
  /* Again, before the order is there: it is to be that of the last. */
  hs_document_select(f->document, late.t0_ticks, late.t1_ticks);
  hs_document_select(f->document, early.t0_ticks, early.t1_ticks - 1);
  hs_table_fixture_settle(f);
  g_assert_cmpint(model_of(f)->range.t1_ticks, ==, early.t1_ticks - 1);
  assert_order(f, column(f, "type"), false);
  uint32_t moved = 0;
  for (uint32_t p = 0; p < n; p++)
    moved += before[p] != hs_table_model_item(model_of(f), p);
  g_assert_cmpuint(moved, >, 0);

  hs_table_sort(f->table, column(f, "impacting"), TRUE);
  hs_document_select(f->document, 0, 0);
  hs_table_fixture_settle(f);
  assert_order(f, column(f, "impacting"), true);
  assert_cell(f, 0, "type", "AIFO");
  assert_cell(f, 0, "free_time_ns", "");

  /* An order that does not hang on it is left alone. */
  hs_table_sort(f->table, column(f, "size"), FALSE);
  hs_table_fixture_settle(f);
  hs_document_select(f->document, late.t0_ticks, late.t1_ticks);
  g_assert_false(hs_table_is_busy(f->table));
}

/* The first block that begins in the selection comes into view. */
static void
test_block_range(HsTableFixture *f, gconstpointer kind)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  HsTimeRange range = part(f, 50, 51);
  uint32_t id = 0;

  hs_document_select(f->document, range.t0_ticks, range.t1_ticks);
  while (hs_timeline_ticks(timeline, hs_timeline_block_begin(timeline, (HsBlockId){id})) < range.t0_ticks)
    id++;
  hs_table_fixture_assert_in_view(f, id);
}

static void
set_filter(HsTableFixture *f, const char *text)
{
  g_assert_true(hs_document_set_filter_text(f->document, text, FALSE, NULL));
  hs_table_fixture_settle(f);
}

/* A filter by types lets other blocks pass when something else is selected; in whatever order, they are shown. */
static void
test_block_filter(HsTableFixture *f, gconstpointer kind)
{
  HsTimeRange early = part(f, 10, 20), late = part(f, 60, 70);
  HsBlock block = freed_block(f);
  uint32_t n_before = 0;

  set_filter(f, "end == free");
  hs_document_choose_block(f->document, block.id);
  hs_table_fixture_assert_in_view(f, hs_table_body_get_cursor(f->body));
  set_filter(f, "type == AIFO");
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, HS_POSITION_NONE);
  for (int sorted = 0; sorted < 2; sorted++) {
    hs_table_sort(f->table, column(f, sorted ? "lifetime_ns" : "alloc_time_ns"), FALSE);
    for (int i = 0; i < 2; i++) {
      HsTimeRange range = i == 0 ? early : late;
      hs_document_select(f->document, range.t0_ticks, range.t1_ticks);
      hs_table_fixture_settle(f);
      uint32_t n = hs_table_get_n_rows(f->table);
      g_assert_cmpuint(n, ==, hs_row_set_count(hs_document_get_block_set(f->document)));
      g_assert_cmpuint(n, !=, n_before);
      n_before = n;
      for (uint32_t p = 0; p < n; p += 7)
        g_assert_cmpint(block_row(f, range, p).type, ==, HS_BLOCK_TYPE_AIFO);
    }
  }
}

static void
test_block_copy(HsTableFixture *f, gconstpointer kind)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  HsBlock block = freed_block(f);
  HsClock clock = hs_timeline_clock(timeline);

  hs_document_choose_block(f->document, block.id);
  HsBlockRow row = block_row(f, HS_TIME_RANGE_ALL, hs_table_body_get_cursor(f->body));
  g_autofree char *text = hs_table_copy_text(f->table, 10);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_auto(GStrv) cells = g_strsplit(lines[1], "\t", -1);
  const struct {
    const char *name;
    uint64_t number;
  } numbers[] = {{"size", block.size}, {"impacting", 0}, {"bucket", row.bucket_bytes}, {"row", block.begin_row}};
  const struct {
    const char *name;
    int64_t ns;
  } times[] = {{"alloc_time_ns", hs_clock_to_ns(clock, block.begin_ticks)},
               {"free_time_ns", hs_clock_to_ns(clock, block.end_ticks)},
               {"lifetime_ns", row.lifetime_ns}};

  g_assert_cmpuint(g_strv_length(lines), ==, 3);
  g_assert_true(g_str_has_prefix(lines[0], "Process\tPID\tHandle\t"));
  g_assert_cmpuint(g_strv_length(cells), ==, HS_N_BLOCK_COLUMNS);
  for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, numbers[i].number);
    g_assert_cmpstr(cells[column(f, numbers[i].name)], ==, number);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
    g_autofree char *time =
        g_strdup_printf("%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT, times[i].ns / 1000000000, times[i].ns % 1000000000);
    g_assert_cmpstr(cells[column(f, times[i].name)], ==, time);
  }
  g_assert_cmpstr(cells[column(f, "end")], ==, "Freed");
}

/* --- heaps --- */

static void
test_heap_cells(HsTableFixture *f, gconstpointer kind)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  uint32_t n_heaps = hs_timeline_n_heaps(timeline), position = 0;

  for (uint32_t i = 0; i < n_heaps; i++) {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){i});
    char handle[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], count[HS_FORMAT_MAX];
    hs_format_bytes(bytes, sizeof bytes, (int64_t)heap->outstanding_bytes);
    hs_format_count(count, sizeof count, heap->n_events);
    assert_cell(f, position, "handle", hs_format_hex(handle, sizeof handle, heap->handle));
    assert_cell(f, position, "process", hs_timeline_process_name(timeline, heap->process));
    assert_cell(f, position, "outstanding_bytes", bytes);
    assert_cell(f, position, "events", count);
    position++;
  }
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, position);
  g_assert_cmpuint(position, >, 3);
}

static void
test_heap_choice(HsTableFixture *f, gconstpointer kind)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  HsHeapId heap = {hs_table_model_item(model_of(f), 3)};
  HsRow row = 0;
  char handle[HS_FORMAT_MAX];

  /* An event elsewhere shows its heap here; a heap chosen here leaves the event chosen. */
  while (hs_timeline_row_heap(timeline, row).v != heap.v)
    row++;
  hs_document_choose_row(f->document, row);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 3);
  hs_table_fixture_click(f, 1, 0, GDK_BUTTON_PRESS, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 1);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, row);

  /* A double click, and Enter. */
  heap.v = hs_table_model_item(model_of(f), 1);
  hs_format_hex(handle, sizeof handle, hs_timeline_heap(timeline, heap)->handle);
  uint32_t pid = hs_timeline_process(timeline, hs_timeline_heap(timeline, heap)->process)->pid;
  g_autofree char *expected = g_strdup_printf("only-heap (%u, '%s')", pid, handle);
  hs_table_fixture_click(f, 1, 0, GDK_2BUTTON_PRESS, 0);
  g_assert_cmpstr(f->activated, ==, expected);
  g_clear_pointer(&f->activated, g_free);
  hs_table_fixture_key(f, GDK_KEY_Return, 0);
  g_assert_cmpstr(f->activated, ==, expected);
}

static void
test_heap_filter(HsTableFixture *f, gconstpointer kind)
{
  uint32_t heap = hs_table_model_item(model_of(f), 2), n = hs_table_get_n_rows(f->table);
  g_autoptr(HsFilter) filter = hs_filter_new();
  g_autoptr(HsFilter) everything = hs_filter_new();

  hs_table_fixture_click(f, 2, 0, GDK_BUTTON_PRESS, 0);
  hs_filter_only_heap(filter, (HsHeapId){heap});
  hs_document_set_filter(f->document, filter);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, 1);
  g_assert_cmpuint(hs_table_model_item(model_of(f), 0), ==, heap);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 0);
  hs_document_set_filter(f->document, everything);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, n);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 2);
}

/* Figures are of what passes. */
static void
test_heap_figures(HsTableFixture *f, gconstpointer kind)
{
  set_filter(f, "size >= 1KiB and op == alloc");
  HsRowSet *blocks = hs_document_get_block_set(f->document);
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  uint32_t n = hs_table_get_n_rows(f->table);
  uint64_t begun = 0, bytes = 0, events = 0;
  g_assert_cmpuint(n, >, 0);
  for (uint32_t i = 0; i < n; i++) {
    const HsHeapSum *sum = hs_heap_sums_get(model_of(f)->sums, i);
    begun += sum->begun;
    bytes += sum->begun_bytes;
    events += sum->events;
    g_assert_cmpuint(sum->frees, ==, 0);
  }
  g_assert_cmpuint(events, ==, hs_row_set_count(hs_document_get_row_set(f->document)));
  g_assert_cmpuint(begun, ==, hs_row_set_count(blocks));
  for (uint32_t id = hs_row_set_next(blocks, 0); id != UINT32_MAX; id = hs_row_set_next(blocks, id + 1))
    bytes -= hs_timeline_block_size(timeline, (HsBlockId){id});
  g_assert_cmpuint(bytes, ==, 0);
  set_filter(f, "heap in {}");
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, 0);
}

static void
test_heap_copy(HsTableFixture *f, gconstpointer kind)
{
  const HsHeapSum *sum = hs_heap_sums_get(model_of(f)->sums, 0);
  uint64_t share = sum->slow_path * 100000 / (sum->allocs + sum->reallocs);
  g_autofree char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, sum->begun_bytes);
  g_autofree char *allocs = g_strdup_printf("%" G_GUINT64_FORMAT, sum->allocs);
  g_autofree char *slow = g_strdup_printf("%" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT, share / 1000, share % 1000);

  g_assert_null(hs_table_copy_text(f->table, 10));
  hs_table_select_all(f->table);
  g_autofree char *text = hs_table_copy_text(f->table, 1);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_auto(GStrv) cells = g_strsplit(lines[1], "\t", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 3);
  g_assert_cmpuint(g_strv_length(cells), ==, HS_N_HEAP_COLUMNS);
  g_assert_cmpstr(cells[column(f, "allocated_bytes")], ==, bytes);
  g_assert_cmpstr(cells[column(f, "allocs")], ==, allocs);
  g_assert_cmpstr(cells[column(f, "slow_path")], ==, slow);
}

static void
test_heap_menu(HsTableFixture *f, gconstpointer kind)
{
  hs_table_fixture_popup(f, 1, column(f, "handle"));
  g_assert_nonnull(hs_ui_find_item(GTK_WIDGET(f->body), "Show only this heap"));
  g_assert_nonnull(hs_ui_find_item(GTK_WIDGET(f->body), "Copy handle"));
  g_assert_null(hs_ui_find_item(GTK_WIDGET(f->body), "Zoom to block lifetime"));
  g_assert_null(hs_ui_find_item(GTK_WIDGET(f->body), "Show only this source"));
  hs_ui_choose_item(GTK_WIDGET(f->body), "Filter by this value");
  g_autofree char *handle = hs_table_fixture_cell(f, 1, column(f, "handle"));
  g_autofree char *expected = g_strdup_printf("filter-by ('heap', '%s')", handle);
  g_assert_cmpstr(f->activated, ==, expected);
}

/* Nothing is worked out for a table that cannot be seen; it is once it can. */
static void
test_hidden(HsTableFixture *f, gconstpointer kind)
{
  GtkWidget *stack = gtk_stack_new(), *front = gtk_label_new("front");
  GtkWidget *table = hs_table_new(&hs_table_heaps);

  g_assert_true(hs_table_get_kind(HS_TABLE(table)) == &hs_table_heaps);
  gtk_container_remove(GTK_CONTAINER(f->window), GTK_WIDGET(g_object_ref(f->table)));
  gtk_container_add(GTK_CONTAINER(stack), front);
  gtk_container_add(GTK_CONTAINER(stack), table);
  gtk_container_add(GTK_CONTAINER(stack), GTK_WIDGET(f->table));
  g_object_unref(f->table);
  gtk_container_add(GTK_CONTAINER(f->window), stack);
  gtk_widget_show_all(stack);
  hs_table_set_document(HS_TABLE(table), f->document);
  hs_table_sort(HS_TABLE(table), HS_HEAP_COLUMN_BYTES, TRUE);
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  g_assert_false(hs_table_is_busy(HS_TABLE(table)));
  g_assert_cmpuint(hs_table_get_n_rows(HS_TABLE(table)), ==, 0);
  gtk_stack_set_visible_child(GTK_STACK(stack), table);
  g_assert_true(hs_table_is_busy(HS_TABLE(table)));
  gtk_stack_set_visible_child(GTK_STACK(stack), GTK_WIDGET(f->table));
  hs_table_fixture_settle(f);
  while (hs_table_is_busy(HS_TABLE(table)))
    g_main_context_iteration(NULL, TRUE);
  g_assert_cmpuint(hs_table_get_n_rows(HS_TABLE(table)), ==, hs_table_get_n_rows(f->table));
}

static void
test_builder(void)
{
  static const char ui[] = "<interface><object class='HsTable' id='plain'/>"
                           "<object class='HsTable' id='blocks'><property name='kind'>allocations</property></object>"
                           "</interface>";

  g_type_ensure(HS_TYPE_TABLE);
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_string(ui, -1);
  HsTable *plain = HS_TABLE(gtk_builder_get_object(builder, "plain"));
  HsTable *blocks = HS_TABLE(gtk_builder_get_object(builder, "blocks"));
  g_autofree char *name = NULL;
  g_assert_true(hs_table_get_kind(plain) == &hs_table_events);
  g_assert_true(hs_table_get_kind(blocks) == &hs_table_blocks);
  g_object_get(blocks, "kind", &name, NULL);
  g_assert_cmpstr(name, ==, "allocations");
  g_assert_null(hs_table_kind_find("blocks"));
  g_assert_cmpint(hs_table_kind_find_column(&hs_table_events, "size"), ==, HS_COLUMN_SIZE);
  g_assert_cmpint(hs_table_kind_find_column(&hs_table_events, "bucket"), ==, HS_TABLE_NO_COLUMN);
}

/* --- what cells filter by --- */

static HsRowSet *
passing(HsTableFixture *f, const char *field, const char *value)
{
  const HsTableModel *model = model_of(f);
  const char *op = strstr(value, "..") != NULL ? "in" : "==";
  g_autofree char *text = g_strdup_printf("%s %s %s", field, op, value);
  g_auto(HsQueryError) error = {0};
  g_autoptr(HsQuery) query = hs_query_parse(text, &error);

  if (query == NULL)
    g_error("%s: %s", text, error.message);
  return hs_table_get_kind(f->table) == &hs_table_blocks
             ? hs_row_set_new_query_blocks(model->timeline, query, model->range, model->n_rows, NULL)
             : hs_row_set_new_query(model->timeline, query, model->range, model->n_rows, NULL);
}

/* From a position on, the first row of a kind that has values where most have none. */
static uint32_t
rare_row(HsTableFixture *f, uint32_t position)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);

  while (hs_table_get_kind(f->table) == &hs_table_events &&
         hs_timeline_op(timeline, hs_table_model_item(model_of(f), position)) != HS_OP_REALLOC)
    position++;
  return position;
}

/* A row passes the filters by its own values; a cell without text has none. */
static void
test_values(HsTableFixture *f, gconstpointer kind)
{
  const HsTableKind *table = hs_table_get_kind(f->table);
  uint32_t n = hs_table_get_n_rows(f->table), n_values[HS_TABLE_MAX_COLUMNS] = {0};
  HsTimeRange range = part(f, 40, 60);

  hs_document_select(f->document, range.t0_ticks, range.t1_ticks);
  for (uint32_t p = 0; p < n - n / 23; p += n / 23) {
    p = p % 2 == 0 ? rare_row(f, p) : p;
    uint32_t item = hs_table_model_item(model_of(f), p);
    HsTableRow row;
    table->load(model_of(f), item, &row);
    for (int c = 0; c < table->n_columns; c++) {
      const char *field = NULL;
      g_autofree char *value = table->filter_value(model_of(f), &row, c, &field);
      g_autofree char *text = hs_table_fixture_cell(f, p, c);
      if (value == NULL)
        continue;
      n_values[c]++;
      g_assert_cmpstr(text, !=, "");
      g_autoptr(HsRowSet) set = passing(f, field, value);
      g_assert_true(hs_row_set_contains(set, item));
      if (!g_str_equal(field, "cpu") && !g_str_equal(field, "op"))
        g_assert_cmpuint(hs_row_set_count(set), <, hs_row_set_n_rows(set));
    }
  }
  static const char *const without[] = {"time_ns",     "details",    "impacting", "alloc_time_ns", "free_time_ns",
                                        "lifetime_ns", "is_realloc", "free_tid",  "row",           NULL};
  for (int c = 0; c < table->n_columns; c++)
    g_assert_cmpint(n_values[c] == 0, ==, g_strv_contains(without, table->column_name(c)));
}

/* The column under the pointer counts; of the keyboard's menu, that last clicked, and before any, the first. */
static void
test_value_menu(HsTableFixture *f, gconstpointer kind)
{
  GtkWidget *body = GTK_WIDGET(f->body);
  g_autofree char *process = hs_table_fixture_cell(f, 2, column(f, "process"));
  g_autofree char *by_process = g_strdup_printf("filter-exclude ('process', '\"%s\"')", process);
  HsBlockRow row = block_row(f, HS_TIME_RANGE_ALL, 2);
  g_autofree char *by_bucket = g_strdup_printf("filter-by ('size', '%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT "')",
                                               row.bucket_bytes, 2 * row.bucket_bytes);
  g_autofree char *by_size = g_strdup_printf("filter-by ('size', '%" G_GUINT64_FORMAT "')", row.block.size);

  hs_document_choose_block(f->document, row.block.id);
  hs_table_fixture_key(f, GDK_KEY_Menu, 0);
  hs_ui_choose_item(body, "Exclude this value");
  g_assert_cmpstr(f->activated, ==, by_process);
  hs_table_fixture_popup(f, 2, column(f, "size"));
  hs_ui_choose_item(body, "Filter by this value");
  g_assert_cmpstr(f->activated, ==, by_size);
  hs_table_fixture_click(f, 2, column(f, "bucket"), GDK_BUTTON_PRESS, 0);
  hs_table_fixture_key(f, GDK_KEY_Menu, 0);
  hs_ui_choose_item(body, "Filter by this value");
  g_assert_cmpstr(f->activated, ==, by_bucket);
  hs_table_fixture_popup(f, 2, column(f, "lifetime_ns"));
  g_assert_nonnull(hs_ui_find_item(body, "Zoom to block lifetime"));
  g_assert_nonnull(hs_ui_find_item(body, "Show only this source"));
  g_assert_null(hs_ui_find_item(body, "Filter by this value"));
  g_assert_null(hs_ui_find_item(body, "Exclude this value"));
}

#define ADD(kind, name, function)                                                                                      \
  g_test_add("/table-kinds/" kind "/" name, HsTableFixture, kind, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  gtk_test_init(&argc, &argv);
  sample = argv[1];
  g_test_add_func("/table-kinds/builder", test_builder);
  ADD("allocations", "titles", test_block_titles);
  ADD("allocations", "sideways", test_sideways);
  ADD("allocations", "widths", test_widths);
  ADD("allocations", "cells", test_block_cells);
  ADD("allocations", "orders", test_orders);
  ADD("allocations", "choice", test_block_choice);
  ADD("allocations", "actions", test_block_actions);
  ADD("allocations", "types", test_block_types);
  ADD("allocations", "range", test_block_range);
  ADD("allocations", "filter", test_block_filter);
  ADD("allocations", "copy", test_block_copy);
  ADD("allocations", "values", test_values);
  ADD("allocations", "value-menu", test_value_menu);
  ADD("events", "values", test_values);
  ADD("heaps", "titles", test_heap_titles);
  ADD("heaps", "sideways", test_sideways);
  ADD("heaps", "widths", test_widths);
  ADD("heaps", "cells", test_heap_cells);
  ADD("heaps", "orders", test_orders);
  ADD("heaps", "choice", test_heap_choice);
  ADD("heaps", "filter", test_heap_filter);
  ADD("heaps", "figures", test_heap_figures);
  ADD("heaps", "copy", test_heap_copy);
  ADD("heaps", "menu", test_heap_menu);
  ADD("heaps", "hidden", test_hidden);
  return g_test_run();
}
