/* SPDX-License-Identifier: MIT */
/* Trace health: what is found, how grave it is, where; against the writer's account. */
#include <string.h>

#include "hs-etl-damage.h"
#include "hs-etl-merger.h"
#include "hs-etl-writer.h"
#include "hs-health.h"

#define HEAP 0x1f0000

static const char *const constant_ids[] = {
    "events-lost",        "buffers-lost",    "bad-buffers",          "bad-records",   "time-inversions",
    "overwritten-blocks", "unmatched-frees", "heaps-without-create", "failed-allocs", "processes-traced",
};

typedef struct {
  HsEtlWriterOptions options;
  HsEtlWriter *writer;
} Story;

static Story
begin(void)
{
  Story story;
  hs_etl_writer_options_init(&story.options);
  story.options.buffer_size_bytes = 4096;
  story.writer = hs_etl_writer_new(&story.options);
  return story;
}

static HsEtlWriterAt
at(const Story *story, guint cpu, guint64 ticks, guint32 pid)
{
  return (HsEtlWriterAt){HS_ETL_WRITER_SYSTEM64, cpu, story->options.start_ticks + ticks, pid, pid + 1};
}

static void
alloc(const Story *story, guint cpu, guint64 ticks, guint32 pid, guint64 address)
{
  HsEtlWriterAt place = at(story, cpu, ticks, pid);
  hs_etl_writer_alloc(story->writer, &place, HEAP, address, 100, 3);
}

static void
tell_process(const Story *story, guint64 ticks, guint32 pid, const char *name)
{
  HsEtlWriterAt place = at(story, 0, ticks, pid);
  HsEtlWriterProcess process = {
      .op = HS_ETL_WRITER_PROCESS_DC_START, .version = 4, .pid = pid, .name = name, .command_line = name};
  hs_etl_writer_process(story->writer, &place, &process);
}

static HsLoader *
load(GBytes *image)
{
  HsLoader *loader = hs_loader_start_bytes(image, "test.etl");
  hs_loader_wait(loader);
  return loader;
}

/* Ends the story and loads it, damaged as named (NULL = not). The writer is freed. */
static HsLoader *
load_story(Story *story, const char *damage, guint64 position)
{
  g_autoptr(GBytes) image = hs_etl_writer_finish(story->writer);
  g_autoptr(GBytes) bad = damage != NULL ? hs_etl_damage_apply(image, damage, position, 1) : g_bytes_ref(image);
  g_clear_pointer(&story->writer, hs_etl_writer_free);
  return load(bad);
}

static const HsHealthItem *
find(GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++) {
    const HsHealthItem *item = list->pdata[i];
    if (g_str_equal(item->id, id))
      return item;
  }
  return NULL;
}

static void
assert_item(GPtrArray *list, const char *id, HsHealthGravity gravity, uint64_t count)
{
  const HsHealthItem *item = find(list, id);
  if (item == NULL)
    g_error("there is no item %s", id);
  g_test_message("%s: %s", id, item->meaning);
  g_assert_cmpint(item->gravity, ==, gravity);
  g_assert_cmpuint(item->count, ==, count);
}

/* What holds of every list. */
static void
check_list(GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    const HsHealthItem *item = list->pdata[i];
    if (i > 0)
      g_assert_cmpint(item->gravity, <=, ((const HsHealthItem *)list->pdata[i - 1])->gravity);
    g_assert_cmpstr(item->title, !=, "");
    g_assert_cmpstr(item->brief, !=, "");
    g_assert_true(g_str_has_suffix(item->meaning, "."));
    g_assert_true(g_utf8_validate(item->meaning, -1, NULL));
    g_assert_true(find(list, item->id) == item);
    if (item->places->len > 0) {
      const HsHealthPlace *place = item->places->pdata[0];
      g_assert_cmpint(item->has_offset, ==, place->has_offset);
      g_assert_cmpuint(item->offset, ==, place->offset);
      g_assert_cmpstr(place->text, !=, "");
    } else {
      g_assert_false(item->has_offset);
    }
  }
}

static GPtrArray *
list_of(HsLoader *loader)
{
  GPtrArray *list = hs_health_list(loader);
  check_list(list);
  return list;
}

static void
assert_headline(GPtrArray *list, const char *expected)
{
  g_autofree char *headline = hs_health_headline(list, false);
  g_assert_cmpstr(headline, ==, expected);
}

static void
test_good(void)
{
  Story story = begin();
  HsEtlWriterAt place = at(&story, 0, 5, 8);
  tell_process(&story, 1, 8, "a.exe");
  hs_etl_writer_create(story.writer, &place, HEAP, 2);
  alloc(&story, 0, 10, 8, 0x1000);
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(constant_ids));
  for (guint i = 0; i < G_N_ELEMENTS(constant_ids); i++)
    assert_item(list, constant_ids[i], HS_HEALTH_GOOD, g_str_equal(constant_ids[i], "processes-traced") ? 1 : 0);
  g_assert_cmpstr(find(list, "processes-traced")->meaning, ==, "Every process known has heap events: a.exe (8).");
  g_assert_true(hs_health_is_whole(list));
  g_assert_cmpint(hs_health_gravity(list), ==, HS_HEALTH_GOOD);
  assert_headline(list, "This trace is whole: nothing was lost or damaged");
  g_assert_null(hs_health_notice(list));
}

/* What the session's header counts is counted; where only flags tell of loss, the places are. */
static void
test_loss(void)
{
  Story story = begin();
  hs_etl_writer_free(story.writer);
  story.options.events_lost = 1203;
  story.writer = hs_etl_writer_new(&story.options);
  alloc(&story, 0, 1000, 8, 0x1000);
  alloc(&story, 1, 2000, 8, 0x100);
  for (guint i = 1; i <= 70; i++) {
    hs_etl_writer_flush_all(story.writer);
    hs_etl_writer_set_flags(story.writer, 0, i == 5 || i == 9 ? 6 : HS_ETL_WRITER_FLAG_EVENTS_LOST);
    alloc(&story, 0, 1000 + i * 10000, 8, 0x1000 + i * 0x1000);
  }
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  assert_item(list, "events-lost", HS_HEALTH_BAD, 1203);
  assert_item(list, "buffers-lost", HS_HEALTH_BAD, 2);
  const HsHealthItem *events = find(list, "events-lost"), *buffers = find(list, "buffers-lost");
  g_assert_cmpstr(events->title, ==, "Events lost");
  g_assert_cmpstr(buffers->title, ==, "Places where buffers were lost");
  g_assert_cmpuint(events->places->len, ==, HS_ETL_ISSUE_PLACES);
  g_assert_cmpuint(events->n_more, ==, 70 - HS_ETL_ISSUE_PLACES);
  g_assert_cmpuint(buffers->places->len, ==, 2);
  g_assert_cmpstr(((const HsHealthPlace *)events->places->pdata[0])->text, ==, "0.000100 s – 0.001100 s, CPU 0");
  g_assert_cmpint(hs_loader_outcome(loader), ==, HS_LOAD_COMPLETE);
  g_assert_cmpuint(hs_loader_report(loader)->event_gaps, ==, 70);
  g_assert_cmpuint(hs_loader_report(loader)->buffer_gaps, ==, 2);
  g_assert_false(hs_health_is_whole(list));
  assert_headline(list, "Numbers may be off: events lost (1,203), buffers lost (2)");
  g_autofree char *notice = hs_health_notice(list);
  g_assert_true(g_str_has_prefix(notice, "Events lost: 1,203. Windows dropped"));
  g_assert_nonnull(strstr(notice, "\nPlaces where buffers were lost: 2. "));
}

/* Of very many places not all are kept, but all are counted, each with its kind. */
static void
test_much_loss(void)
{
  enum { N = HS_ETL_MAX_GAPS + 300 };
  Story story = begin();
  hs_etl_writer_free(story.writer);
  story.options.buffer_size_bytes = 1024;
  story.writer = hs_etl_writer_new(&story.options);
  alloc(&story, 0, 1000, 8, 0x1000);
  for (guint i = 1; i <= N; i++) {
    hs_etl_writer_flush_all(story.writer);
    hs_etl_writer_set_flags(story.writer, 0,
                            i % 2 == 0 ? HS_ETL_WRITER_FLAG_BUFFER_LOST : HS_ETL_WRITER_FLAG_EVENTS_LOST);
    alloc(&story, 0, 1000 + i * 10000, 8, 0x1000 + i * 0x1000);
  }
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  g_assert_cmpuint(hs_timeline_n_gaps(hs_loader_timeline(loader)), ==, HS_ETL_MAX_GAPS);
  const HsHealthItem *events = find(list, "events-lost"), *buffers = find(list, "buffers-lost");
  g_assert_cmpuint(events->places->len + events->n_more, ==, N / 2);
  g_assert_cmpuint(buffers->places->len + buffers->n_more, ==, N / 2);
}

static void
test_loose_ends(void)
{
  Story story = begin();
  HsEtlWriterAt place = at(&story, 0, 100, 8);
  tell_process(&story, 1, 12, "idle.exe");
  alloc(&story, 0, 10, 8, 0x1000);
  alloc(&story, 0, 20, 8, 0x1000);
  alloc(&story, 0, 30, 8, 0);
  hs_etl_writer_free_block(story.writer, &place, HEAP, 0x9000, 3);
  alloc(&story, 0, 90, 8, 0x2000);
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  assert_item(list, "overwritten-blocks", HS_HEALTH_WARNING, 1);
  assert_item(list, "unmatched-frees", HS_HEALTH_NOTE, 1);
  assert_item(list, "heaps-without-create", HS_HEALTH_NOTE, 1);
  assert_item(list, "failed-allocs", HS_HEALTH_NOTE, 1);
  assert_item(list, "processes-traced", HS_HEALTH_GOOD, 1);
  assert_item(list, "time-inversions", HS_HEALTH_WARNING, 1);
  g_assert_cmpuint(find(list, "time-inversions")->places->len, ==, 1);
  g_assert_cmpstr(find(list, "processes-traced")->meaning, ==,
                  "Of 2 processes known, only these have heap events, and the memory of the others is in no figure: "
                  "process 8.");
}

/* --- who was traced --- */

static void
test_untraced(void)
{
  Story story = begin();
  tell_process(&story, 1, 12, "idle.exe");
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  assert_item(list, "processes-traced", HS_HEALTH_WARNING, 0);
  g_assert_true(hs_health_is_whole(list));
  assert_headline(list, "Nothing was lost or damaged, but there are no heap events");
  g_assert_null(hs_health_notice(list));
}

static void
test_many_traced(void)
{
  Story story = begin();
  for (guint32 i = 0; i < 9; i++) {
    g_autofree char *name = g_strdup_printf("p%u.exe", i);
    tell_process(&story, 1 + i, 100 + i, name);
  }
  for (guint32 i = 0; i < 9; i++)
    alloc(&story, 0, 100 + i, 100 + i, 0x1000);
  tell_process(&story, 900, 300, "idle.exe");
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  assert_item(list, "processes-traced", HS_HEALTH_GOOD, 9);
  g_assert_cmpstr(find(list, "processes-traced")->meaning, ==,
                  "Of 10 processes known, so many have heap events; the memory of the others is in no figure.");
}

/* --- damage, early ends --- */

static Story
long_story(void)
{
  Story story = begin();
  for (guint i = 0; i < 12; i++) {
    alloc(&story, 0, 10 + i, 8, 0x1000 + i * 0x100);
    hs_etl_writer_flush_all(story.writer);
  }
  return story;
}

static void
test_damage(void)
{
  static const struct {
    const char *damage, *id;
    HsHealthGravity gravity;
  } cases[] = {
      {"record-size-7", "bad-records", HS_HEALTH_BAD},
      {"compressed-bad-distance", "bad-buffers", HS_HEALTH_BAD},
      {"buffer-size-1", "bad-buffers", HS_HEALTH_BAD},
      {"duplicate-buffer", "overwritten-blocks", HS_HEALTH_WARNING},
      {"swap-buffers", "time-inversions", HS_HEALTH_WARNING},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Story story = long_story();
    g_autoptr(HsLoader) loader = load_story(&story, cases[i].damage, 3);
    g_autoptr(GPtrArray) list = list_of(loader);
    assert_item(list, cases[i].id, cases[i].gravity, 1);
    g_assert_cmpint(find(list, cases[i].id)->has_offset, ==, !g_str_equal(cases[i].id, "overwritten-blocks"));
    g_assert_false(hs_health_is_whole(list));
  }
}

static void
test_early_ends(void)
{
  Story story = long_story();
  g_autoptr(HsLoader) cut = load_story(&story, "truncate", 4096 * 5 + 100);
  g_autoptr(GPtrArray) list = list_of(cut);
  g_assert_cmpint(find(list, "truncated-file")->gravity, ==, HS_HEALTH_BAD);
  g_assert_cmpuint(find(list, "truncated-file")->offset, ==, 4096 * 5);
  g_assert_false(find(list, "truncated-file")->has_count);
  assert_headline(list, "Numbers may be off: file truncated");

  story = begin();
  hs_etl_writer_free(story.writer);
  story.options.end_filetime = 0;
  story.writer = hs_etl_writer_new(&story.options);
  alloc(&story, 0, 10, 8, 0x1000);
  g_autoptr(HsLoader) unclosed = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) second = list_of(unclosed);
  g_assert_cmpint(find(second, "unclosed")->gravity, ==, HS_HEALTH_WARNING);
  g_assert_null(find(second, "truncated-file"));
}

static void
test_snapshots(void)
{
  Story story = begin();
  HsEtlWriterAt place = at(&story, 0, 10, 8);
  place.header = HS_ETL_WRITER_EVENT64;
  hs_etl_writer_heap_snapshot_total(story.writer, &place, 1, 100);
  g_autoptr(HsLoader) loader = load_story(&story, NULL, 0);
  g_autoptr(GPtrArray) list = list_of(loader);
  assert_item(list, "heap-snapshots", HS_HEALTH_NOTE, 1);
}

static void
test_unusable(void)
{
  g_autoptr(GBytes) text = g_bytes_new_static("not a trace", 11);
  g_autoptr(HsLoader) loader = load(text);
  g_autoptr(GPtrArray) list = hs_health_list(loader);
  g_assert_cmpuint(list->len, ==, 1);
  assert_item(list, "unusable", HS_HEALTH_BAD, 0);
}

static void
test_cancelled(void)
{
  Story story = begin();
  hs_etl_writer_free(story.writer);
  story.options.truth_mode = HS_ETL_TRUTH_NONE;
  story.writer = hs_etl_writer_new(&story.options);
  for (guint i = 0; i < 200000; i++)
    alloc(&story, 0, 10 + i, 8, 0x1000 + (guint64)i * 0x100);
  g_autoptr(GBytes) image = hs_etl_writer_finish(story.writer);
  hs_etl_writer_free(story.writer);
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(image, "test.etl");
  hs_loader_cancel(loader);
  hs_loader_wait(loader);
  g_autoptr(GPtrArray) list = list_of(loader);
  g_assert_cmpint(find(list, "cancelled")->gravity, ==, HS_HEALTH_WARNING);
  if (hs_timeline_n_rows(hs_loader_timeline(loader)) == 0)
    assert_item(list, "processes-traced", HS_HEALTH_NOTE, 0);
}

/* --- the list --- */

static void
test_checks(void)
{
  Story story = long_story();
  g_autoptr(HsLoader) loader = load_story(&story, "record-size-7", 3);
  g_autoptr(GPtrArray) list = list_of(loader), same = list_of(loader);
  g_assert_true(hs_health_equal(list, same));
  hs_health_add_check(list, "range-sums", "Net change does not add up", "It should.");
  check_list(list);
  g_assert_false(hs_health_equal(list, same));
  g_assert_cmpstr(((const HsHealthItem *)list->pdata[0])->id, ==, "bad-records");
  g_assert_cmpstr(((const HsHealthItem *)list->pdata[1])->id, ==, "range-sums");
  assert_headline(list, "Numbers may be off: bad records (1), Net change does not add up");
}

/* --- by chance, and while it loads --- */

/* A trace with all that can be wanting, and many flags. */
static HsEtlWriter *
random_story(GRand *random, guint n_events)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.buffer_size_bytes = 2048;
  options.compress = g_rand_boolean(random);
  options.cpus = 3;
  HsEtlWriter *writer = hs_etl_writer_new(&options);
  Story story = {options, writer};
  guint64 now = 0;
  tell_process(&story, 0, 4, "known.exe");
  tell_process(&story, 0, 99, "idle.exe");
  for (guint i = 0; i < n_events; i++) {
    now += (guint64)g_rand_int_range(random, 0, 50);
    HsEtlWriterAt place =
        at(&story, (guint)g_rand_int_range(random, 0, 3), now, 4 * (guint)g_rand_int_range(random, 1, 4));
    guint64 heap = HEAP + (guint64)g_rand_int_range(random, 0, 4) * 0x10000;
    guint64 address = (guint64)g_rand_int_range(random, 0, 200) * 16;
    int dice = g_rand_int_range(random, 0, 100);
    if (dice < 50)
      hs_etl_writer_alloc(writer, &place, heap, address, 100, 3);
    else if (dice < 99)
      hs_etl_writer_free_block(writer, &place, heap, address, 3);
    else if (g_rand_int_range(random, 0, 20) == 0)
      hs_etl_writer_create(writer, &place, heap, 2);
    if (g_rand_int_range(random, 0, 200) == 0)
      hs_etl_writer_set_flags(writer, place.cpu, (guint)g_rand_int_range(random, 1, 4) << 1);
  }
  return writer;
}

static gint
compare_gaps(gconstpointer a, gconstpointer b)
{
  const HsEtlTruthGap *x = a, *y = b;
  if (x->begin_ns != y->begin_ns)
    return x->begin_ns < y->begin_ns ? -1 : 1;
  if (x->end_ns != y->end_ns)
    return x->end_ns < y->end_ns ? -1 : 1;
  return x->cpu != y->cpu ? (x->cpu < y->cpu ? -1 : 1) : x->buffers - y->buffers;
}

static void
assert_gaps(const HsTimeline *timeline, GArray *expected)
{
  HsClock clock = hs_timeline_clock(timeline);
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(HsEtlTruthGap));
  for (uint32_t i = 0; i < hs_timeline_n_gaps(timeline); i++) {
    const HsGap *gap = hs_timeline_gap(timeline, i);
    HsEtlTruthGap same = {hs_clock_to_ns(clock, gap->begin_ticks), hs_clock_to_ns(clock, gap->end_ticks), gap->cpu,
                          gap->kind == HS_GAP_BUFFERS};
    g_array_append_val(found, same);
  }
  g_assert_cmpuint(found->len, ==, expected->len);
  g_array_sort(found, compare_gaps);
  g_array_sort(expected, compare_gaps);
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpint(compare_gaps(&g_array_index(found, HsEtlTruthGap, i), &g_array_index(expected, HsEtlTruthGap, i)),
                    ==, 0);
}

static uint64_t
count_of(GPtrArray *list, const char *id)
{
  return find(list, id)->count;
}

static void
test_truth(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (guint round = 0; round < 20; round++) {
    g_autoptr(HsEtlWriter) writer = random_story(random, 4000);
    g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
    g_autoptr(HsLoader) loader = load(image);
    g_autoptr(GPtrArray) list = list_of(loader);
    HsEtlTruth *truth = hs_etl_writer_truth(writer);
    guint without = 0, events = 0;
    for (guint i = 0; i < truth->heaps->len; i++)
      without += !g_array_index(truth->heaps, HsEtlTruthHeap, i).created;
    for (guint i = 0; i < truth->gaps->len; i++)
      events += !g_array_index(truth->gaps, HsEtlTruthGap, i).buffers;
    g_assert_cmpuint(count_of(list, "events-lost"), ==, events);
    g_assert_cmpuint(count_of(list, "buffers-lost"), ==, truth->gaps->len - events);
    g_assert_cmpuint(count_of(list, "overwritten-blocks"), ==, truth->overwritten);
    g_assert_cmpuint(count_of(list, "unmatched-frees"), ==, truth->unmatched_frees);
    g_assert_cmpuint(count_of(list, "failed-allocs"), ==, truth->failed_allocs);
    g_assert_cmpuint(count_of(list, "heaps-without-create"), ==, without);
    g_assert_cmpuint(count_of(list, "processes-traced"), ==, truth->processes_traced);
    HsHealthFigures figures;
    hs_health_figures(hs_loader_timeline(loader), &figures);
    g_assert_cmpuint(figures.processes_known, ==, truth->processes_known);
    g_assert_cmpuint(figures.processes_known, ==, 4);
    assert_gaps(hs_loader_timeline(loader), truth->gaps);
  }
}

static void
assert_checks_hold(HsLoader *loader)
{
  if (hs_loader_outcome(loader) == HS_LOAD_FAILED)
    return;
  g_autoptr(HsSelfCheck) check = hs_self_check_new(hs_loader_timeline(loader), NULL);
  for (unsigned i = 0; i < HS_N_CHECKS; i++)
    g_assert_cmpstr(check->failures[i], ==, NULL);
}

/* However damaged a trace is, what the program makes of it fits together. */
static void
test_damage_and_checks(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  gsize n_damages;
  const HsEtlDamage *damages = hs_etl_damage_list(&n_damages);
  g_autoptr(HsEtlWriter) writer = random_story(random, 3000);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  for (gsize i = 0; i < n_damages; i++) {
    for (guint round = 0; round < 3; round++) {
      gsize most = g_str_equal(damages[i].name, "truncate") ? g_bytes_get_size(image) : 40;
      guint64 position = (guint64)g_rand_int_range(random, 0, (gint32)most);
      g_autoptr(GBytes) bad = hs_etl_damage_apply(image, damages[i].name, position, g_rand_int(random));
      g_autoptr(HsLoader) loader = load(bad);
      assert_checks_hold(loader);
    }
  }
}

/* Gaps and counts only grow while others look on. */
static void
test_while_loading(void)
{
  guint32 seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  g_autoptr(HsEtlWriter) writer = random_story(random, 100000);
  g_autoptr(GBytes) image = hs_etl_writer_finish(writer);
  g_autoptr(HsLoader) loader = hs_loader_start_bytes(image, "test.etl");
  const HsTimeline *timeline = hs_loader_timeline(loader);
  uint64_t unmatched = 0, lost = 0;
  uint32_t n_gaps = 0;
  bool running;
  do {
    running = hs_loader_outcome(loader) == HS_LOAD_RUNNING;
    g_autoptr(GPtrArray) list = list_of(loader);
    g_assert_cmpuint(count_of(list, "unmatched-frees"), >=, unmatched);
    g_assert_cmpuint(count_of(list, "events-lost"), >=, lost);
    unmatched = count_of(list, "unmatched-frees");
    lost = count_of(list, "events-lost");
    uint32_t now = hs_timeline_n_gaps(timeline);
    g_assert_cmpuint(now, >=, n_gaps);
    for (uint32_t i = n_gaps; i < now; i++)
      g_assert_cmpint(hs_timeline_gap(timeline, i)->begin_ticks, <, hs_timeline_gap(timeline, i)->end_ticks);
    n_gaps = now;
  } while (running);
  g_assert_cmpuint(n_gaps, >, 100);
  assert_gaps(timeline, hs_etl_writer_truth(writer)->gaps);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/health/good", test_good);
  g_test_add_func("/health/loss", test_loss);
  g_test_add_func("/health/much-loss", test_much_loss);
  g_test_add_func("/health/loose-ends", test_loose_ends);
  g_test_add_func("/health/untraced", test_untraced);
  g_test_add_func("/health/many-traced", test_many_traced);
  g_test_add_func("/health/damage", test_damage);
  g_test_add_func("/health/early-ends", test_early_ends);
  g_test_add_func("/health/snapshots", test_snapshots);
  g_test_add_func("/health/unusable", test_unusable);
  g_test_add_func("/health/cancelled", test_cancelled);
  g_test_add_func("/health/checks", test_checks);
  g_test_add_func("/health/truth", test_truth);
  g_test_add_func("/health/damage-and-checks", test_damage_and_checks);
  g_test_add_func("/health/while-loading", test_while_loading);
  return g_test_run();
}
