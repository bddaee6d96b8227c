/* SPDX-License-Identifier: MIT */
/* The table of events in a window, over a trace made here: rows, keys, pointer, selection, sorting, filter, ATK. */
#include <glib/gstdio.h>
#include <string.h>

#include "hs-builder.h"
#include "hs-etl-writer.h"
#include "hs-table-support.h"

#define HEAP_A 0x1f0000
#define HEAP_B 0x2b0000
#define PID 4321
#define TID 77
#define N_ALLOCS 1000
#define N_FREES 500
#define FIRST_ALLOC 2 /* after two creates */
#define FIRST_FREE (FIRST_ALLOC + N_ALLOCS)
#define N_ROWS (FIRST_FREE + N_FREES)

static char *trace;

/* --- the trace: allocs of shuffled sizes on two heaps in turn, then frees of the first of them --- */

static guint64
alloc_heap(guint i)
{
  return i % 2 == 0 ? HEAP_A : HEAP_B;
}

static guint64
alloc_address(guint i)
{
  return alloc_heap(i) + 0x1000 + i * 0x40;
}

static guint64
alloc_size(guint i)
{
  return i * 37 % N_ALLOCS + 1;
}

static guint32
alloc_source(guint i)
{
  return i % 3 == 0 ? 2 : 3;
}

static void
write_trace(const char *path)
{
  HsEtlWriterOptions options;
  GError *error = NULL;

  hs_etl_writer_options_init(&options);
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64, .time_ticks = options.start_ticks, .pid = PID, .tid = TID};
  at.time_ticks += 10;
  hs_etl_writer_create(writer, &at, HEAP_A, 2);
  at.time_ticks += 10;
  hs_etl_writer_create(writer, &at, HEAP_B, 2);
  for (guint i = 0; i < N_ALLOCS; i++) {
    at.time_ticks += 10;
    hs_etl_writer_alloc(writer, &at, alloc_heap(i), alloc_address(i), alloc_size(i), alloc_source(i));
  }
  for (guint i = 0; i < N_FREES; i++) {
    at.time_ticks += 10;
    hs_etl_writer_free_block(writer, &at, alloc_heap(i), alloc_address(i), alloc_source(i));
  }
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  gsize length;
  const char *bytes = g_bytes_get_data(image, &length);
  g_file_set_contents(path, bytes, (gssize)length, &error);
  g_assert_no_error(error);
}

/* --- help --- */

static void
set_up(HsTableFixture *f, gconstpointer data)
{
  hs_table_fixture_open(f, trace, "events");
}

static void
tear_down(HsTableFixture *f, gconstpointer data)
{
  hs_table_fixture_close(f);
}

static uint64_t
size_at(HsTableFixture *f, uint32_t position)
{
  const HsTableModel *model = hs_table_body_get_model(f->body);
  HsEvent event;

  hs_timeline_event(model->timeline, hs_table_model_item(model, position), &event);
  return event.has_size ? event.size : 0;
}

/* --- tests --- */

static void
test_intervals(void)
{
  bool naive[64] = {false};
  HsTableSelection selection = {0};

  for (int step = 0; step < 20000; step++) {
    uint32_t begin = (uint32_t)g_test_rand_int_range(0, 64), end = (uint32_t)g_test_rand_int_range((int)begin, 65);
    int what = g_test_rand_int_range(0, 4);
    if (what == 0)
      hs_table_selection_add(&selection, begin, end);
    else if (what == 1)
      hs_table_selection_remove(&selection, begin, end);
    else if (what == 2)
      hs_table_selection_toggle(&selection, begin);
    else
      hs_table_selection_mirror(&selection, 64);
    bool before[64];
    memcpy(before, naive, sizeof before);
    for (uint32_t i = 0; i < 64; i++) {
      if (what < 2 && i >= begin && i < end)
        naive[i] = what == 0;
      else if (what == 2 && i == begin)
        naive[i] = !naive[i];
      else if (what == 3)
        naive[i] = before[63 - i];
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < 64; i++) {
      g_assert_cmpint(hs_table_selection_contains(&selection, i), ==, naive[i]);
      if (naive[i])
        g_assert_cmpuint(hs_table_selection_nth(&selection, count++), ==, i);
    }
    g_assert_cmpuint(hs_table_selection_count(&selection), ==, count);
    for (guint i = 1; i < hs_table_selection_n_intervals(&selection); i++)
      g_assert_cmpuint(hs_table_selection_interval(&selection, i - 1).end, <,
                       hs_table_selection_interval(&selection, i).begin);
  }
  hs_table_selection_clear(&selection);
}

static void
test_rows(HsTableFixture *f, gconstpointer data)
{
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, N_ROWS);
  hs_table_go_to(f->table, 700);
  hs_table_fixture_assert_in_view(f, 700);
  hs_table_go_to(f->table, N_ROWS - 1);
  hs_table_fixture_assert_in_view(f, N_ROWS - 1);
  hs_table_set_document(f->table, NULL);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, 0);
  hs_table_set_document(f->table, f->document);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, N_ROWS);
}

static void
test_keys(HsTableFixture *f, gconstpointer data)
{
  hs_table_fixture_key(f, GDK_KEY_Home, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 0);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, 0);
  hs_table_fixture_key(f, GDK_KEY_Down, 0);
  hs_table_fixture_key(f, GDK_KEY_Down, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 2);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, 2);
  hs_table_fixture_key(f, GDK_KEY_Down, GDK_SHIFT_MASK);
  hs_table_fixture_key(f, GDK_KEY_Down, GDK_SHIFT_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 3);
  hs_table_fixture_key(f, GDK_KEY_Up, GDK_SHIFT_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 2);
  hs_table_fixture_key(f, GDK_KEY_Page_Down, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), >, 5);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  hs_table_fixture_key(f, GDK_KEY_End, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, N_ROWS - 1);
  hs_table_fixture_assert_in_view(f, N_ROWS - 1);
  hs_table_fixture_key(f, GDK_KEY_Down, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, N_ROWS - 1);
  hs_table_fixture_key(f, GDK_KEY_Home, GDK_SHIFT_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, N_ROWS);
  hs_table_fixture_key(f, GDK_KEY_Up, 0);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  hs_table_fixture_key(f, GDK_KEY_a, GDK_CONTROL_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, N_ROWS);
  g_assert_cmpuint(hs_table_selection_n_intervals(hs_table_body_get_selection(f->body)), ==, 1);
}

static void
test_pointer(HsTableFixture *f, gconstpointer data)
{
  hs_table_fixture_click(f, 3, 0, GDK_BUTTON_PRESS, 0);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 3);
  g_assert_cmpuint(hs_document_get_row(f->document), ==, 3);
  hs_table_fixture_click(f, 6, 0, GDK_BUTTON_PRESS, GDK_SHIFT_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 4);
  hs_table_fixture_click(f, 4, 0, GDK_BUTTON_PRESS, GDK_CONTROL_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 3);
  g_assert_false(hs_table_selection_contains(hs_table_body_get_selection(f->body), 4));
  hs_table_fixture_click(f, 8, 0, GDK_BUTTON_PRESS, GDK_CONTROL_MASK);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 4);

  /* A double click shows the block's life: the alloc of row 5 is freed by the matching row. */
  hs_table_fixture_click(f, 5, 0, GDK_BUTTON_PRESS, 0);
  hs_table_fixture_click(f, 5, 0, GDK_2BUTTON_PRESS, 0);
  int64_t t0, t1;
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  hs_document_get_range(f->document, &t0, &t1);
  g_assert_cmpint(t0, <=, hs_timeline_ticks(timeline, 5));
  g_assert_cmpint(t1, >, hs_timeline_ticks(timeline, FIRST_FREE + 5 - FIRST_ALLOC));
  GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(f->body), "row");
  g_action_group_activate_action(group, "zoom-block", NULL);
  hs_document_get_range(f->document, &t0, &t1);
  g_assert_cmpint(t1, <, hs_timeline_ticks(timeline, N_ROWS - 1));
  g_assert_true(hs_document_can_go_back(f->document));
  g_action_group_activate_action(group, "other-event", NULL);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, FIRST_FREE + 5 - FIRST_ALLOC);
  g_action_group_activate_action(group, "other-event", NULL);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 5);
}

static void
test_choice(HsTableFixture *f, gconstpointer data)
{
  hs_document_choose_row(f->document, 900);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, 900);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  hs_table_fixture_assert_in_view(f, 900);
  hs_document_choose_row(f->document, UINT32_MAX);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, HS_POSITION_NONE);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 0);

  HsTimeline *timeline = hs_document_get_timeline(f->document);
  hs_document_select(f->document, hs_timeline_ticks(timeline, 300), hs_timeline_ticks(timeline, 350));
  hs_table_fixture_assert_in_view(f, 300);
}

static void
test_copy(HsTableFixture *f, gconstpointer data)
{
  g_assert_null(hs_table_copy_text(f->table, 10));
  hs_table_fixture_click(f, FIRST_ALLOC, 0, GDK_BUTTON_PRESS, 0);
  hs_table_fixture_click(f, FIRST_ALLOC + 1, 0, GDK_BUTTON_PRESS, GDK_SHIFT_MASK);
  g_autofree char *text = hs_table_copy_text(f->table, 10);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  g_assert_cmpstr(lines[3], ==, "");
  for (int i = 0; i < 2; i++) {
    g_auto(GStrv) cells = g_strsplit(lines[1 + i], "\t", -1);
    g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", alloc_address((guint)i));
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, alloc_size((guint)i));
    g_autofree char *time = g_strdup_printf("0.%09d", 1000 * (FIRST_ALLOC + i + 1));
    g_assert_cmpuint(g_strv_length(cells), ==, HS_N_COLUMNS);
    g_assert_cmpstr(cells[HS_COLUMN_TIME], ==, time);
    g_assert_cmpstr(cells[HS_COLUMN_PID], ==, G_STRINGIFY(PID));
    g_assert_cmpstr(cells[HS_COLUMN_ADDRESS], ==, address);
    g_assert_cmpstr(cells[HS_COLUMN_SIZE], ==, size);
  }
  hs_table_select_all(f->table);
  g_autofree char *cut = hs_table_copy_text(f->table, 5);
  g_auto(GStrv) few = g_strsplit(cut, "\n", -1);
  g_assert_cmpuint(g_strv_length(few), ==, 1 + 5 + 1);
}

static void
test_sort(HsTableFixture *f, gconstpointer data)
{
  hs_document_choose_row(f->document, FIRST_ALLOC + 5);
  hs_table_sort(f->table, HS_COLUMN_SIZE, FALSE);
  g_assert_true(hs_table_is_busy(f->table));
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, N_ROWS);
  for (uint32_t p = 0; p < N_ALLOCS; p++)
    g_assert_cmpuint(size_at(f, p), ==, p + 1);
  /* The chosen row is still the one chosen, and still to be seen. */
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, alloc_size(5) - 1);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
  hs_table_fixture_assert_in_view(f, hs_table_body_get_cursor(f->body));

  hs_table_body_move_cursor(f->body, 100, HS_CURSOR_SELECT);
  hs_table_body_move_cursor(f->body, 299, HS_CURSOR_EXTEND);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 200);
  hs_table_sort(f->table, HS_COLUMN_SIZE, TRUE);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(size_at(f, 0), ==, N_ALLOCS);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 200);
  g_assert_true(hs_table_selection_contains(hs_table_body_get_selection(f->body), N_ALLOCS - 300));
  g_assert_true(hs_table_selection_contains(hs_table_body_get_selection(f->body), N_ALLOCS - 101));

  hs_table_sort(f->table, HS_COLUMN_TIME, TRUE);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_model_item(hs_table_body_get_model(f->body), 0), ==, N_ROWS - 1);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 200);
  hs_table_sort(f->table, HS_COLUMN_ADDRESS, FALSE);
  hs_table_sort(f->table, HS_COLUMN_TIME, FALSE);
  g_assert_false(hs_table_is_busy(f->table));
  g_assert_cmpuint(hs_table_model_item(hs_table_body_get_model(f->body), 0), ==, 0);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 200);
}

static void
test_header(HsTableFixture *f, gconstpointer data)
{
  HsTableHeader *header = hs_table_body_get_header(f->body);
  GtkWidget *size = hs_table_header_get_button(header, HS_COLUMN_SIZE);

  gtk_button_clicked(GTK_BUTTON(size));
  hs_table_fixture_settle(f);
  g_assert_cmpuint(size_at(f, 0), ==, 1);
  gtk_button_clicked(GTK_BUTTON(size));
  hs_table_fixture_settle(f);
  g_assert_cmpuint(size_at(f, 0), ==, N_ALLOCS);
  gtk_button_clicked(GTK_BUTTON(size));
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_model_item(hs_table_body_get_model(f->body), 1), ==, 1);

  int before = hs_table_body_get_columns(f->body)->width_px[HS_COLUMN_SIZE];
  g_signal_emit_by_name(header, "resized", HS_COLUMN_SIZE, before + 40);
  hs_table_fixture_settle(f);
  g_assert_cmpint(hs_table_body_get_columns(f->body)->width_px[HS_COLUMN_SIZE], ==, before + 40);
  GdkRectangle area;
  GtkAllocation button;
  gtk_test_widget_wait_for_draw(f->window);
  hs_table_body_cell_area(f->body, 0, HS_COLUMN_SIZE, &area);
  gtk_widget_get_allocation(size, &button);
  g_assert_cmpint(area.x, ==, button.x);
  g_signal_emit_by_name(header, "resized", HS_COLUMN_SIZE, 0);
  g_assert_cmpint(hs_table_body_get_columns(f->body)->width_px[HS_COLUMN_SIZE], ==, before);
}

static void
test_filter(HsTableFixture *f, gconstpointer data)
{
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  g_autoptr(HsFilter) filter = hs_filter_new();

  hs_document_choose_row(f->document, FIRST_ALLOC + 500); /* an alloc of heap A */
  hs_filter_only_heap(filter, hs_timeline_find_heap(timeline, PID, HEAP_A));
  hs_document_set_filter(f->document, filter);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_get_n_rows(f->table), ==, N_ROWS / 2);
  g_assert_cmpuint(hs_table_model_item(hs_table_body_get_model(f->body), hs_table_body_get_cursor(f->body)), ==,
                   FIRST_ALLOC + 500);
  hs_table_fixture_assert_in_view(f, hs_table_body_get_cursor(f->body));

  /* Filtered out, it is no longer marked, but its place in time is kept; and it comes back. */
  hs_filter_only_heap(filter, hs_timeline_find_heap(timeline, PID, HEAP_B));
  hs_document_set_filter(f->document, filter);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, HS_POSITION_NONE);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 0);
  hs_table_fixture_assert_in_view(f, hs_table_model_near(hs_table_body_get_model(f->body), FIRST_ALLOC + 500));
  g_autoptr(HsFilter) everything = hs_filter_new();
  hs_document_set_filter(f->document, everything);
  hs_table_fixture_settle(f);
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, FIRST_ALLOC + 500);
  g_assert_cmpuint(hs_table_fixture_n_selected(f), ==, 1);
}

static void
test_accessible(HsTableFixture *f, gconstpointer data)
{
  AtkObject *accessible = gtk_widget_get_accessible(GTK_WIDGET(f->body));
  AtkTable *table = ATK_TABLE(accessible);
  g_autoptr(AtkStateSet) states = atk_object_ref_state_set(accessible);

  g_assert_cmpint(atk_object_get_role(accessible), ==, ATK_ROLE_TABLE);
  g_assert_true(atk_state_set_contains_state(states, ATK_STATE_MANAGES_DESCENDANTS));
  g_assert_cmpint(atk_table_get_n_rows(table), ==, N_ROWS);
  g_assert_cmpint(atk_table_get_n_columns(table), ==, HS_N_COLUMNS);
  g_assert_cmpint(atk_object_get_n_accessible_children(accessible), ==, N_ROWS * HS_N_COLUMNS);
  g_autoptr(AtkObject) cell = atk_table_ref_at(table, FIRST_ALLOC, HS_COLUMN_ADDRESS);
  g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", alloc_address(0));
  g_assert_cmpstr(atk_object_get_name(cell), ==, address);
  g_assert_cmpint(atk_object_get_role(cell), ==, ATK_ROLE_TABLE_CELL);
  g_assert_true(atk_object_get_parent(cell) == accessible);
  int index = atk_object_get_index_in_parent(cell);
  g_assert_cmpint(index, ==, FIRST_ALLOC * HS_N_COLUMNS + HS_COLUMN_ADDRESS);
  g_autoptr(AtkObject) child = atk_object_ref_accessible_child(accessible, index);
  g_assert_cmpstr(atk_object_get_name(child), ==, address);
  g_assert_null(atk_table_ref_at(table, N_ROWS, 0));
  g_assert_cmpstr(atk_table_get_column_description(table, HS_COLUMN_ADDRESS), ==,
                  hs_event_column_title(HS_COLUMN_ADDRESS));
  g_assert_nonnull(atk_table_get_column_header(table, HS_COLUMN_ADDRESS));

  g_assert_true(atk_table_add_row_selection(table, 7));
  g_assert_true(atk_table_is_row_selected(table, 7));
  g_assert_cmpint(atk_selection_get_selection_count(ATK_SELECTION(accessible)), ==, 1);
  g_autofree int *rows = NULL;
  g_assert_cmpint(atk_table_get_selected_rows(table, &rows), ==, 1);
  g_assert_cmpint(rows[0], ==, 7);
  g_assert_true(atk_component_grab_focus(ATK_COMPONENT(cell)));
  g_assert_cmpuint(hs_table_body_get_cursor(f->body), ==, FIRST_ALLOC);

  /* Cells outlive the table's rows and the table without harm. */
  hs_table_set_document(f->table, NULL);
  g_assert_cmpstr(atk_object_get_name(cell), ==, "");
}

static void
test_menu(HsTableFixture *f, gconstpointer data)
{
  hs_document_choose_row(f->document, FIRST_ALLOC + 9);
  hs_table_fixture_key(f, GDK_KEY_Menu, 0);
  hs_table_fixture_settle(f);
  GList *menus = gtk_menu_get_for_attach_widget(GTK_WIDGET(f->body));
  g_assert_nonnull(menus);
  gtk_menu_popdown(menus->data);

  GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(f->body), "row");
  g_assert_true(g_action_group_get_action_enabled(group, "zoom-block"));
  g_action_group_activate_action(group, "copy-address", NULL);
  g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", alloc_address(9));
  g_autofree char *text =
      gtk_clipboard_wait_for_text(gtk_widget_get_clipboard(GTK_WIDGET(f->body), GDK_SELECTION_CLIPBOARD));
  g_assert_cmpstr(text, ==, address);

  /* A Create has no block. */
  hs_document_choose_row(f->document, 0);
  hs_table_fixture_key(f, GDK_KEY_Menu, 0);
  g_assert_false(g_action_group_get_action_enabled(group, "zoom-block"));
  g_assert_false(g_action_group_get_action_enabled(group, "other-event"));
}

/* What is drawn costs the same however long the table is. */
static void
test_draw(HsTableFixture *f, gconstpointer data)
{
  int width = gtk_widget_get_allocated_width(f->window), height = gtk_widget_get_allocated_height(f->window);
  const char *picture = g_getenv("HS_TEST_PICTURE");

  hs_document_choose_row(f->document, 1005);
  HsTimeline *timeline = hs_document_get_timeline(f->document);
  hs_document_select(f->document, hs_timeline_ticks(timeline, 1000), hs_timeline_ticks(timeline, 1004));
  hs_table_fixture_settle(f);
  gtk_test_widget_wait_for_draw(f->window);
  int scale = gtk_widget_get_scale_factor(f->window);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale(surface, scale, scale);
  cairo_t *cr = cairo_create(surface);
  gtk_widget_draw(f->window, cr);
  gint64 start = g_get_monotonic_time();
  for (int i = 0; i < 20; i++)
    gtk_widget_draw(GTK_WIDGET(f->body), cr);
  g_test_message("%.2f ms a frame", (double)(g_get_monotonic_time() - start) / 20000);
  g_assert_cmpint(cairo_status(cr), ==, CAIRO_STATUS_SUCCESS);
  gtk_widget_draw(f->window, cr);
  if (picture != NULL)
    cairo_surface_write_to_png(surface, picture);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
}

#define ADD(name, function) g_test_add("/table/" name, HsTableFixture, NULL, set_up, function, tear_down)

/* The columns of times have room for the last moment of a long trace, whatever the table shows. */
static void
test_long_times(void)
{
  static const HsTableKind *const kinds[] = {&hs_table_events, &hs_table_blocks, &hs_table_heaps, &hs_table_biography};
  HsTimeline *timeline = hs_timeline_new();
  HsBuilder *builder = hs_builder_new(timeline, (HsClock){1000});
  g_autoptr(GtkWidget) widget = g_object_ref_sink(gtk_label_new(NULL));
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, "123456.789000 s");
  HsPalette palette = {0};
  guint n_times = 0;
  hs_builder_finish(builder, 123456789);
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    HsTableColumns columns;
    hs_table_columns_init(&columns, kinds[i]);
    hs_table_columns_measure(&columns, widget, &palette, timeline);
    for (int c = 0; c < kinds[i]->n_columns; c++) {
      g_autoptr(PangoFontDescription) font = hs_table_font_new(widget, &palette, kinds[i]->is_mono(c));
      int width;
      if (strstr(kinds[i]->sample(c), ".000000 s") == NULL)
        continue;
      pango_layout_set_font_description(layout, font);
      pango_layout_get_pixel_size(layout, &width, NULL);
      g_assert_cmpint(columns.width_px[c], >=, width + 2 * HS_CELL_PAD_PX);
      n_times++;
    }
  }
  g_assert_cmpuint(n_times, ==, 8); /* of events 1, of blocks 2, of heaps 3, of a biography 2 */
  hs_builder_free(builder);
  hs_timeline_unref(timeline);
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  /* A critical message is a failure. */
  gtk_test_init(&argc, &argv);
  g_autofree char *directory = g_dir_make_tmp("heapscope-table-XXXXXX", NULL);
  trace = g_build_filename(directory, "table.etl", NULL);
  write_trace(trace);
  g_test_add_func("/table/intervals", test_intervals);
  g_test_add_func("/table/long-times", test_long_times);
  ADD("rows", test_rows);
  ADD("keys", test_keys);
  ADD("pointer", test_pointer);
  ADD("choice", test_choice);
  ADD("copy", test_copy);
  ADD("sort", test_sort);
  ADD("header", test_header);
  ADD("filter", test_filter);
  ADD("accessible", test_accessible);
  ADD("menu", test_menu);
  ADD("draw", test_draw);
  int status = g_test_run();
  g_remove(trace);
  g_rmdir(directory);
  g_free(trace);
  return status;
}
