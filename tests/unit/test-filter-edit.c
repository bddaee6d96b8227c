/* SPDX-License-Identifier: MIT */
/* Filters changed by hand and by ticks: what else is written in them must stay; and places to go to. */
#include "hs-builder.h"
#include "hs-filter.h"
#include "hs-pivot-rows.h"
#include "hs-place.h"
#include "hs-query-edit.h"

/* Heaps: 0x1f0000 and 0x2a0000 of a.exe (1000), 0x1f0000 and 0x330000 of b.exe (2000). */
static HsTimeline *
four_heaps(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(timeline, (HsClock){10000000});
  static const struct {
    uint32_t pid;
    uint64_t handle;
  } heaps[] = {{1000, 0x1f0000}, {1000, 0x2a0000}, {2000, 0x1f0000}, {2000, 0x330000}};
  hs_builder_process_start(builder, 0, false, 1000, 1, false, "a.exe", NULL);
  hs_builder_process_start(builder, 0, false, 2000, 1, false, "b.exe", NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(heaps); i++) {
    HsHeapEvent create = {.pid = heaps[i].pid, .tid = 7, .handle = heaps[i].handle, .op = HS_OP_CREATE};
    HsHeapEvent alloc = {.ticks = 10 + i,
                         .pid = heaps[i].pid,
                         .tid = 7,
                         .handle = heaps[i].handle,
                         .op = HS_OP_ALLOC,
                         .address = 0x10000 * (i + 1),
                         .size = 100,
                         .has_source = true,
                         .source_id = 2};
    g_assert_true(hs_builder_add(builder, &create, NULL));
    g_assert_true(hs_builder_add(builder, &alloc, NULL));
  }
  hs_builder_finish(builder, 20);
  return timeline;
}

static HsQuery *
parse(const char *text)
{
  HsQuery *query = hs_query_parse(text, NULL);
  g_assert_nonnull(query);
  return query;
}

/* --- values --- */

static void
test_values(void)
{
  static const struct {
    const char *text, *field, *value;
    bool exclude;
    const char *expected;
  } cases[] = {
      {"", "size", "16", false, "size == 16"},
      {"", "size", "16", true, "not size == 16"},
      {"", "size", "64..128", false, "size in 64..128"},
      {"", "size", "{1, 2}", false, "size in {1, 2}"},
      {"", "process", "\"a..b\"", false, "process == \"a..b\""},
      {"op == alloc", "size", "16", false, "op == alloc && size == 16"},
      {"op == alloc and tid == 1", "size", "16", true, "op == alloc && tid == 1 && not size == 16"},
      {"size > 4 && op == alloc && size < 9", "size", "16", false, "size == 16 && op == alloc"},
      {"not size > 4", "size", "16", false, "size == 16"},
      {"size > 4 || op == alloc", "size", "16", false, "(size > 4 || op == alloc) && size == 16"},
      {"(size > 4 || op == alloc)", "size", "16", false, "(size > 4 || op == alloc) && size == 16"},
      {"(size > 4 || size < 2)", "size", "16", false, "size == 16"},
      {"(op == alloc && size > 4) && tid == 1", "size", "16", false, "op == alloc && size == 16 && tid == 1"},
      {"NOT (op == alloc && size > 4)", "size", "16", false, "NOT (op == alloc && size > 4) && size == 16"},
      {"size == 16", "size", "16", true, "size == 16 && not size == 16"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(HsQuery) query = parse(cases[i].text);
    g_autofree char *text = hs_query_with_value(query, cases[i].field, cases[i].value, cases[i].exclude);
    g_assert_cmpstr(text, ==, cases[i].expected);
    g_autoptr(HsQuery) again = parse(text);
  }
  g_autofree char *none = hs_query_with_value(NULL, "tid", "5", false);
  g_assert_cmpstr(none, ==, "tid == 5");
  g_autofree char *quoted = hs_query_quote("a\"b\\c.exe");
  g_assert_cmpstr(quoted, ==, "\"a\\\"b\\\\c.exe\"");
  g_autofree char *with_quoted = hs_query_with_value(NULL, "process", quoted, false);
  g_autoptr(HsQuery) understood = parse(with_quoted);
}

/* --- ticks --- */

typedef struct {
  const char *text;
  const char *heaps;   /* ticks of the four heaps */
  const char *sources; /* ticks of lookaside … unknown */
} TickCase;

static void
test_read_ticks(void)
{
  static const TickCase cases[] = {
      {"", "1111", "1111111"},
      {"size > 4 or heap == 0x1f0000", "1111", "1111111"},
      {"heap == 0x1f0000", "1010", "1111111"},
      {"heap == 0x1f0000 && pid == 2000", "0010", "1111111"},
      {"heap == 0x1f0000 || process == a.exe", "1110", "1111111"},
      {"process contains B and size > 4", "0011", "1111111"},
      {"not heap in {0x1f0000}", "0101", "1111111"},
      {"heap in {}", "0000", "1111111"},
      {"tid == 7 && heap == 0x330000", "0001", "1111111"},
      {"source == lowfrag", "1111", "0100000"},
      {"not source in {lookaside, slowpath}", "1111", "0110111"},
      {"source in {unknown, lowfrag} && heap == 0x2a0000", "0100", "0100001"},
      {"source == 9", "1111", "1111111"}, /* not to be ticked: one of those without a name */
      {"source != lowfrag", "1111", "1011111"},
      {"source == lowfrag or heap == 0x330000", "1111", "1111111"},
      {"(source == lowfrag && heap == 0x330000)", "0001", "0100000"},
  };
  g_autoptr(HsTimeline) t = four_heaps();
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(HsQuery) query = parse(cases[i].text);
    g_autoptr(HsFilter) ticks = hs_filter_from_query(query, t);
    for (uint32_t heap = 0; heap < 4; heap++)
      g_assert_cmpint(hs_filter_shows_heap(ticks, (HsHeapId){heap}), ==, cases[i].heaps[heap] == '1');
    for (unsigned source = 1; source < HS_N_SOURCES; source++)
      g_assert_cmpint(hs_filter_shows_source(ticks, (HsSource)source), ==, cases[i].sources[source - 1] == '1');
  }
}

static void
assert_written(const HsFilter *filter, const char *text, HsTimeline *t, const char *expected)
{
  g_autoptr(HsQuery) query = parse(text);
  g_autofree char *written = hs_filter_write(filter, query, t);
  g_assert_cmpstr(written, ==, expected);
}

static void
test_write_ticks(void)
{
  g_autoptr(HsTimeline) t = four_heaps();
  g_autoptr(HsFilter) f = hs_filter_new();
  assert_written(f, "size > 4", t, "size > 4");
  assert_written(f, "heap == 0x1f0000 && size > 4", t, "size > 4");
  hs_filter_only_heap(f, (HsHeapId){1});
  assert_written(f, "", t, "heap == 0x2a0000");
  assert_written(f, "size > 4", t, "heap == 0x2a0000 && size > 4");
  assert_written(f, "size > 4 or op == free", t, "heap == 0x2a0000 && (size > 4 or op == free)");
  assert_written(f, "size > 4 && pid == 1000 && tid == 7 && not process == x", t,
                 "size > 4 && heap == 0x2a0000 && tid == 7");
  /* What is ticked already stays as it was written. */
  assert_written(f, "pid == 1000 && not heap == 0x1f0000", t, "pid == 1000 && not heap == 0x1f0000");
  hs_filter_set_source(f, HS_SOURCE_LOWFRAG, false);
  assert_written(f, "pid == 1000 && not heap == 0x1f0000", t,
                 "not source in {lowfrag} && pid == 1000 && not heap == 0x1f0000");
  assert_written(f, "source == slowpath && size > 4", t, "heap == 0x2a0000 && not source in {lowfrag} && size > 4");
  /* Source numbers that have no tick are kept beside the ticks. */
  assert_written(f, "source == 9", t, "heap == 0x2a0000 && not source in {lowfrag} && source == 9");
}

static void
test_named_heaps(void)
{
  HsTimeline *t = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(t, (HsClock){10000000});
  for (int i = 0; i < 2; i++) {
    HsHeapEvent create = {.ticks = i, .pid = 5, .handle = 0x10, .op = HS_OP_CREATE};
    HsHeapEvent destroy = {.ticks = i, .pid = 5, .handle = 0x10, .op = HS_OP_DESTROY};
    g_assert_true(hs_builder_add(builder, &create, NULL));
    g_assert_true(hs_builder_add(builder, &destroy, NULL));
  }
  hs_builder_finish(builder, 2);
  g_assert_cmpuint(hs_timeline_n_heaps(t), ==, 2);
  g_autoptr(HsQuery) query = parse("heap in {}");
  g_autoptr(HsFilter) filter = hs_filter_from_query(query, t);
  hs_filter_set_named_heap(filter, t, (HsHeapId){0}, true);
  assert_written(filter, "heap in {}", t, "heap == 0x10");
  hs_timeline_unref(t);
}

/* --- groups --- */

static void
test_groups(void)
{
  g_autoptr(HsTimeline) t = four_heaps();
  static const HsPivotBy by[] = {HS_PIVOT_PROCESS, HS_PIVOT_HEAP, HS_PIVOT_SIZE};
  g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_timeline_n_blocks(t));
  g_autoptr(HsPivot) pivot =
      hs_pivot_new(t, blocks, t->series, HS_TIME_RANGE_ALL, hs_timeline_n_rows(t), by, 3, true, NULL);
  g_assert_cmpuint(pivot->n_roots, ==, 2);
  g_assert_cmpuint(pivot->n_nodes, ==, 10);
  g_autoptr(HsQuery) query = parse("op == alloc && heap == 0x1");
  uint32_t heap = pivot->nodes[1].first_child + 1, size = pivot->nodes[heap].first_child;
  g_autofree char *process_text = hs_pivot_filter_text(pivot, t, 1, query, false);
  g_autofree char *heap_text = hs_pivot_filter_text(pivot, t, heap, query, false);
  g_autofree char *size_text = hs_pivot_filter_text(pivot, t, size, NULL, false);
  g_autoptr(HsQuery) some_sizes = parse("size >= 100");
  g_autofree char *both_text = hs_pivot_filter_text(pivot, t, size, some_sizes, false);
  g_assert_cmpstr(both_text, ==, "size >= 100 && heap == 0x330000 && size in 64..128");
  g_autofree char *shared_text = hs_pivot_filter_text(pivot, t, pivot->nodes[1].first_child, NULL, false);
  g_autofree char *exclude_text = hs_pivot_filter_text(pivot, t, size, query, true);
  g_assert_cmpstr(process_text, ==, "op == alloc && heap == 0x1 && pid == 2000");
  g_assert_cmpstr(heap_text, ==, "op == alloc && heap == 0x330000");
  g_assert_cmpstr(size_text, ==, "heap == 0x330000 && size in 64..128");
  g_assert_cmpstr(shared_text, ==, "(pid == 2000 && heap == 0x1f0000)");
  g_assert_cmpstr(exclude_text, ==, "op == alloc && heap == 0x1 && not (heap == 0x330000 && size in 64..128)");
}

static void
test_rows_of_pivot(void)
{
  g_autoptr(HsTimeline) t = four_heaps();
  static const HsPivotBy by[] = {HS_PIVOT_PROCESS, HS_PIVOT_HEAP};
  g_autoptr(HsRowSet) blocks = hs_row_set_new_all(hs_timeline_n_blocks(t));
  g_autoptr(HsPivot) pivot =
      hs_pivot_new(t, blocks, t->series, HS_TIME_RANGE_ALL, hs_timeline_n_rows(t), by, 2, true, NULL);
  g_autoptr(GArray) rows = hs_pivot_rows(pivot, HS_PIVOT_COLUMN_GROUP, true, 100, 100, NULL);
  g_assert_cmpuint(rows->len, ==, 6);
  g_assert_cmpuint(g_array_index(rows, HsPivotRow, 0).node, ==, 1);
  g_assert_cmpuint(g_array_index(rows, HsPivotRow, 2).parent, ==, 0);
  g_autoptr(GArray) few = hs_pivot_rows(pivot, HS_PIVOT_COLUMN_SIZE, true, 1, 100, NULL);
  g_assert_cmpuint(few->len, ==, 4); /* one, "one more", and below the one the same */
  g_assert_cmpuint(g_array_index(few, HsPivotRow, 1).node, ==, UINT32_MAX);
  g_assert_cmpuint(g_array_index(few, HsPivotRow, 1).n_more, ==, 1);
  g_assert_cmpuint(g_array_index(few, HsPivotRow, 3).n_more, ==, 1);
  for (uint32_t c = 0; c <= 64; c++) {
    g_autofree char *value = hs_size_class_value(c);
    g_autofree char *text = hs_query_with_value(NULL, "size", value, false);
    g_autoptr(HsQuery) query = parse(text);
    g_assert_cmpuint(hs_size_class(hs_size_class_bytes(c)), ==, c);
  }
}

/* --- places --- */

static void
test_places(void)
{
  static const struct {
    const char *text;
    HsPlaceKind kind;
    int64_t value;
  } good[] = {
      {"1.5 s", HS_PLACE_TIME, 1500000000}, {"1.5", HS_PLACE_TIME, 1500000000},
      {" 20us", HS_PLACE_TIME, 20000},      {"-1ms", HS_PLACE_TIME, -1000000},
      {"1234", HS_PLACE_ROW, 1234},         {"#7", HS_PLACE_ROW, 7},
      {"1,234,567", HS_PLACE_ROW, 1234567}, {"0x7f3c24", HS_PLACE_ADDRESS, 0x7f3c24},
  };
  static const char *const bad[] = {
      "", " ", "abc", "12KiB", "0x", "1.5 s 3", "#", "1 and 2", "99999999999999999999", "0x12345678901234567"};
  for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
    HsPlace place;
    g_assert_true(hs_place_parse(good[i].text, &place, NULL));
    g_assert_cmpint(place.kind, ==, good[i].kind);
    int64_t value = place.kind == HS_PLACE_TIME  ? place.time_ns
                    : place.kind == HS_PLACE_ROW ? (int64_t)place.row
                                                 : (int64_t)place.address;
    g_assert_cmpint(value, ==, good[i].value);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
    HsPlace place;
    g_auto(HsQueryError) error = {0};
    g_assert_false(hs_place_parse(bad[i], &place, &error));
    g_assert_nonnull(error.message);
  }
}

static void
test_addresses(void)
{
  HsTimeline *t = hs_timeline_new();
  g_autoptr(HsBuilder) builder = hs_builder_new(t, (HsClock){10000000});
  /* [10, 20) and [30, ∞) at 0x1000, 16 bytes each. */
  static const struct {
    int64_t ticks;
    HsOp op;
  } events[] = {{10, HS_OP_ALLOC}, {20, HS_OP_FREE}, {30, HS_OP_ALLOC}};
  for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
    HsHeapEvent event = {
        .ticks = events[i].ticks, .pid = 1, .handle = 0x10, .op = events[i].op, .address = 0x1000, .size = 16};
    g_assert_true(hs_builder_add(builder, &event, NULL));
  }
  hs_builder_finish(builder, 40);
  g_autoptr(HsRowSet) all = hs_row_set_new_all(2);
  static const struct {
    uint64_t address;
    int64_t ticks;
    uint32_t block;
  } cases[] = {{0x1000, 0, 0},  {0x100f, 10, 0}, {0x1000, 19, 0},          {0x1000, 20, 1},
               {0x1000, 30, 1}, {0x1000, 99, 1}, {0x1010, 15, HS_ID_NONE}, {0xfff, 15, HS_ID_NONE}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpuint(hs_place_find_block(t, all, cases[i].address, cases[i].ticks, 3, NULL).v, ==, cases[i].block);
  g_autoptr(HsQuery) query = parse("time < 1500ns");
  g_autoptr(HsRowSet) first = hs_row_set_new_query_blocks(t, query, HS_TIME_RANGE_ALL, 3, NULL);
  g_assert_cmpuint(hs_place_find_block(t, first, 0x1000, 99, 3, NULL).v, ==, 0);
  int cancel = 1;
  g_assert_cmpuint(hs_place_find_block(t, all, 0x1000, 0, 3, &cancel).v, ==, HS_ID_NONE);
  hs_timeline_unref(t);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/filter-edit/values", test_values);
  g_test_add_func("/filter-edit/read-ticks", test_read_ticks);
  g_test_add_func("/filter-edit/write-ticks", test_write_ticks);
  g_test_add_func("/filter-edit/named-heaps", test_named_heaps);
  g_test_add_func("/filter-edit/groups", test_groups);
  g_test_add_func("/filter-edit/rows-of-pivot", test_rows_of_pivot);
  g_test_add_func("/place/text", test_places);
  g_test_add_func("/place/address", test_addresses);
  return g_test_run();
}
