/* SPDX-License-Identifier: MIT */
/*
 * Parts of traces: what is loaded of a stretch of time, or of a process, against a plain choice among the rows and
 * blocks of the whole trace; what a trace needs against what it takes; and what is refused.
 */
#include "hs-etl-writer.h"
#include "hs-health.h"
#include "hs-load-need.h"
#include "hs-load-part.h"
#include "hs-loader.h"
#include "hs-series.h"

#define N_TRACES 60
#define MAX_EVENTS 4000

typedef struct {
  GRand *rand;
  HsEtlWriter *writer;
  guint64 ticks;
  guint cpus;
} Maker;

static gboolean
chance(GRand *rand, gint32 in)
{
  return g_rand_int_range(rand, 0, in) == 0;
}

static void
add_process(Maker *maker, const HsEtlWriterAt *at, HsEtlWriterProcessOp op, guint32 pid)
{
  g_autofree char *name = g_strdup_printf("process-%u.exe", pid);
  HsEtlWriterProcess process = {.op = op, .version = 4, .pid = pid, .name = name, .command_line = name};
  hs_etl_writer_process(maker->writer, at, &process);
}

static HsEtlWriterAt
next_at(Maker *maker)
{
  maker->ticks += (guint64)g_rand_int_range(maker->rand, 0, 4);
  return (HsEtlWriterAt){
      .header = chance(maker->rand, 9) ? HS_ETL_WRITER_SYSTEM32 : HS_ETL_WRITER_SYSTEM64,
      .cpu = (guint)g_rand_int_range(maker->rand, 0, (gint32)maker->cpus),
      .time_ticks = maker->ticks,
      .pid = (guint32)g_rand_int_range(maker->rand, 1, 4) * 4,
      .tid = (guint32)g_rand_int_range(maker->rand, 1, 5) * 4,
  };
}

static void
add_other(Maker *maker, const HsEtlWriterAt *at, guint64 heap)
{
  static const HsEtlWriterHeapOp ops[] = {HS_ETL_WRITER_HEAP_EXTEND,   HS_ETL_WRITER_HEAP_CONTRACT,
                                          HS_ETL_WRITER_HEAP_SNAPSHOT, HS_ETL_WRITER_HEAP_LOCK,
                                          HS_ETL_WRITER_HEAP_COMMIT,   HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC,
                                          HS_ETL_WRITER_HEAP_DECOMMIT};
  HsEtlWriterHeapEvent event = {.op = ops[g_rand_int_range(maker->rand, 0, G_N_ELEMENTS(ops))],
                                .heap = heap,
                                .address = heap + 0x1000 * (guint64)g_rand_int_range(maker->rand, 1, 20),
                                .size = 0x1000,
                                .committed = 0x3000,
                                .reserved = 0x9000};
  hs_etl_writer_heap(maker->writer, at, &event);
}

static void
add_event(Maker *maker)
{
  GRand *rand = maker->rand;
  HsEtlWriterAt at = next_at(maker);
  guint64 heap = (guint64)g_rand_int_range(rand, 1, 4) << 16;
  guint64 address = (guint64)g_rand_int_range(rand, 0, 120) * 16, other = (guint64)g_rand_int_range(rand, 0, 120) * 16;
  guint64 size = (guint64)g_rand_int_range(rand, 1, 4000);
  guint32 source = (guint32)g_rand_int_range(rand, 1, 8);
  int dice = g_rand_int_range(rand, 0, 1000);
  if (dice < 480)
    hs_etl_writer_alloc(maker->writer, &at, heap, address, size, source);
  else if (dice < 840)
    hs_etl_writer_free_block(maker->writer, &at, heap, address, source);
  else if (dice < 950)
    hs_etl_writer_realloc(maker->writer, &at, heap, address, size, chance(rand, 2) ? address : other, 8, source);
  else if (dice < 975)
    add_other(maker, &at, heap);
  else if (dice < 982)
    hs_etl_writer_create(maker->writer, &at, heap, 2);
  else if (dice < 986)
    hs_etl_writer_destroy(maker->writer, &at, heap);
  else if (dice < 990)
    hs_etl_writer_range_reserve(maker->writer, &at, heap, heap + 0x1000, 0x4000);
  else if (dice < 994)
    add_process(maker, &at, HS_ETL_WRITER_PROCESS_START, at.pid);
  else if (dice < 997)
    add_process(maker, &at, HS_ETL_WRITER_PROCESS_END, at.pid);
  else
    add_process(maker, &at, HS_ETL_WRITER_PROCESS_DC_START, at.pid);
}

static GBytes *
make(guint32 seed, guint n_events)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = 1 + seed % 3;
  options.compress = seed % 4 == 0;
  options.buffer_size_bytes = 4096;
  options.truth_mode = HS_ETL_TRUTH_NONE;
  Maker maker = {.rand = g_rand_new_with_seed(seed),
                 .writer = hs_etl_writer_new(&options),
                 .ticks = options.start_ticks,
                 .cpus = options.cpus};
  for (guint i = 0; i < n_events; i++)
    add_event(&maker);
  /* As traces end: who is there. */
  for (guint32 pid = 4; pid < 16; pid += 4) {
    HsEtlWriterAt at = next_at(&maker);
    add_process(&maker, &at, HS_ETL_WRITER_PROCESS_DC_END, pid);
  }
  GBytes *image = hs_etl_writer_finish(maker.writer);
  hs_etl_writer_free(maker.writer);
  g_rand_free(maker.rand);
  return image;
}

static HsLoader *
load(GBytes *image, const HsLoadChoice *choice)
{
  HsLoader *loader = hs_loader_start_bytes_choice(image, "test.etl", choice);
  g_assert_cmpint(hs_loader_wait(loader), ==, HS_LOAD_COMPLETE);
  return loader;
}

/* --- rows --- */

static void
assert_same_event(const HsTimeline *whole, HsRow row, const HsTimeline *part, HsRow at)
{
  HsEvent x, y;
  hs_timeline_event(whole, row, &x);
  hs_timeline_event(part, at, &y);
  g_assert_cmpint(x.ticks, ==, y.ticks);
  g_assert_cmpint(x.op, ==, y.op);
  g_assert_cmpuint(x.source_id, ==, y.source_id);
  g_assert_cmpuint(x.cpu, ==, y.cpu);
  g_assert_cmpuint(hs_timeline_process(whole, x.process)->pid, ==, hs_timeline_process(part, y.process)->pid);
  g_assert_cmpuint(hs_timeline_thread(whole, x.thread)->tid, ==, hs_timeline_thread(part, y.thread)->tid);
  g_assert_cmpuint(hs_timeline_heap(whole, x.heap)->handle, ==, hs_timeline_heap(part, y.heap)->handle);
  g_assert_cmpuint(x.address, ==, y.address);
  g_assert_cmpuint(x.size, ==, y.size);
  g_assert_cmpuint(x.old_address, ==, y.old_address);
  g_assert_cmpuint(x.old_size, ==, y.old_size);
  g_assert_cmpint(x.unmatched, ==, y.unmatched);
  g_assert_cmpint(x.failed, ==, y.failed);
  g_assert_cmpint(x.detail != NULL, ==, y.detail != NULL);
  if (x.detail != NULL)
    g_assert_cmpmem(x.detail, sizeof *x.detail, y.detail, sizeof *y.detail);
}

/* Alive as t0 begins. */
static bool
lives_at(const HsTimeline *t, HsBlockId id, int64_t t0)
{
  HsBlock block;
  hs_timeline_block(t, id, hs_timeline_n_rows(t), &block);
  return block.begin_ticks < t0 && block.end_ticks >= t0;
}

static bool
is_wanted_before(const HsTimeline *t, HsRow row, int64_t t0)
{
  HsBlockId block = hs_timeline_row_block(t, row);
  switch (hs_timeline_op(t, row)) {
  case HS_OP_ALLOC:
  case HS_OP_REALLOC:
    return block.v != HS_ID_NONE && lives_at(t, block, t0);
  case HS_OP_CREATE:
  case HS_OP_DESTROY:
  case HS_OP_EXTEND:
  case HS_OP_CONTRACT:
  case HS_OP_SNAPSHOT:
  case HS_OP_COMMIT:
  case HS_OP_DECOMMIT:
    return true;
  default:
    return false;
  }
}

static void
assert_rows(const HsTimeline *whole, const HsTimeline *part, int64_t t0, int64_t t1, uint64_t n_before)
{
  HsRow at = 0;
  for (HsRow row = 0; row < hs_timeline_n_rows(whole); row++) {
    int64_t ticks = hs_timeline_ticks(whole, row);
    if (ticks >= t1)
      break;
    if (ticks < t0 && !is_wanted_before(whole, row, t0))
      continue;
    g_assert_cmpuint(at, <, hs_timeline_n_rows(part));
    g_assert_cmpint(at < n_before, ==, ticks < t0);
    assert_same_event(whole, row, part, at++);
  }
  g_assert_cmpuint(at, ==, hs_timeline_n_rows(part));
}

/* --- blocks and curves --- */

static void
assert_same_block(const HsTimeline *whole, HsBlockId id, const HsTimeline *part, HsBlockId at, int64_t t1)
{
  HsBlock x, y;
  hs_timeline_block(whole, id, hs_timeline_n_rows(whole), &x);
  hs_timeline_block(part, at, hs_timeline_n_rows(part), &y);
  g_assert_cmpuint(x.address, ==, y.address);
  g_assert_cmpuint(x.size, ==, y.size);
  g_assert_cmpint(x.begin_ticks, ==, y.begin_ticks);
  g_assert_cmpint(x.source, ==, y.source);
  g_assert_cmpuint(hs_timeline_heap(whole, x.heap)->handle, ==, hs_timeline_heap(part, y.heap)->handle);
  g_assert_cmpuint(hs_timeline_thread(whole, x.thread)->tid, ==, hs_timeline_thread(part, y.thread)->tid);
  g_assert_cmpint(y.end_ticks, ==, x.end_ticks < t1 ? x.end_ticks : INT64_MAX);
  g_assert_cmpint(y.end, ==, x.end_ticks < t1 ? x.end : HS_END_NONE);
  /* The record that tells of a move may come after t1. */
  g_assert_true(x.is_realloc || !y.is_realloc);
}

static void
assert_blocks(const HsTimeline *whole, const HsTimeline *part, int64_t t0, int64_t t1)
{
  uint32_t at = 0;
  for (uint32_t i = 0; i < hs_timeline_n_blocks(whole); i++) {
    int64_t begin = hs_timeline_ticks(whole, hs_timeline_block_begin(whole, (HsBlockId){i}));
    if (begin >= t1 || (begin < t0 && !lives_at(whole, (HsBlockId){i}, t0)))
      continue;
    g_assert_cmpuint(at, <, hs_timeline_n_blocks(part));
    assert_same_block(whole, (HsBlockId){i}, part, (HsBlockId){at++}, t1);
  }
  g_assert_cmpuint(at, ==, hs_timeline_n_blocks(part));
}

static void
assert_curves(const HsTimeline *whole, const HsTimeline *part, int64_t t0, int64_t t1)
{
  for (int i = 0; i < 50 && t0 < t1; i++) {
    int64_t ticks = t0 + (t1 - 1 - t0) * i / 49, x_bytes, y_bytes;
    uint32_t x_count, y_count;
    hs_series_at(whole->series, ticks, &x_bytes, &x_count);
    hs_series_at(part->series, ticks, &y_bytes, &y_count);
    g_assert_cmpint(x_bytes, ==, y_bytes);
    g_assert_cmpuint(x_count, ==, y_count);
  }
}

/* Names come at the end of a trace. */
static void
assert_names(const HsTimeline *part)
{
  for (uint32_t i = 0; i < hs_timeline_n_heaps(part); i++) {
    HsProcessId id = hs_timeline_heap(part, (HsHeapId){i})->process;
    const HsProcess *process = hs_timeline_process(part, id);
    g_autofree char *expected = g_strdup_printf("process-%u.exe", process->pid);
    if (HS_GET(process->end_ticks) == INT64_MAX)
      g_assert_cmpstr(hs_timeline_process_name(part, id), ==, expected);
  }
}

static void
check_range(GBytes *image, const HsTimeline *whole, GRand *rand)
{
  int64_t begin, end, part_begin, part_end;
  hs_timeline_span(whole, &begin, &end);
  HsLoadChoice choice = HS_LOAD_EVERYTHING;
  int64_t a = g_rand_int_range(rand, -5, (gint32)end + 20), b = g_rand_int_range(rand, -5, (gint32)end + 20);
  int64_t t0 = MIN(a, b), t1 = MAX(a, b) + 1;
  HsClock clock = hs_timeline_clock(whole);
  choice.t0_ns = chance(rand, 6) ? INT64_MIN : hs_clock_to_ns(clock, t0);
  choice.t1_ns = chance(rand, 6) ? INT64_MAX : hs_clock_to_ns(clock, t1);
  g_autoptr(HsLoader) loader = load(image, &choice);
  const HsTimeline *part = hs_loader_timeline(loader);
  const HsLoadReport *report = hs_loader_report(loader);
  t0 = choice.t0_ns == INT64_MIN ? INT64_MIN / 4 : t0;
  t1 = choice.t1_ns == INT64_MAX ? INT64_MAX / 4 : t1;
  assert_rows(whole, part, t0, t1, report->kept_before);
  assert_blocks(whole, part, t0, t1);
  assert_curves(whole, part, MAX(t0, begin), MIN(t1, end));
  assert_names(part);
  g_assert_cmpuint(report->passed_over, ==, hs_timeline_n_rows(whole) - hs_timeline_n_rows(part));
  hs_timeline_span(part, &part_begin, &part_end);
  if (choice.t0_ns != INT64_MIN)
    g_assert_cmpint(part_begin, ==, t0);
  /* The session's start belongs to what begins nowhere else. */
  int64_t least = choice.t0_ns != INT64_MIN ? part_begin : MAX(part_begin, 0);
  g_assert_cmpint(part_end, <=, MAX(t1, least + 1));
}

static void
check_process(GBytes *image, const HsTimeline *whole, guint32 pid)
{
  HsLoadChoice choice = HS_LOAD_EVERYTHING;
  choice.one_process = true;
  choice.pid = pid;
  g_autoptr(HsLoader) loader = load(image, &choice);
  const HsTimeline *part = hs_loader_timeline(loader);
  HsRow at = 0;
  for (HsRow row = 0; row < hs_timeline_n_rows(whole); row++) {
    HsThreadId thread = hs_timeline_origin(whole, hs_timeline_row_origin(whole, row))->thread;
    if (hs_timeline_process(whole, hs_timeline_thread(whole, thread)->process)->pid == pid)
      assert_same_event(whole, row, part, at++);
  }
  g_assert_cmpuint(at, ==, hs_timeline_n_rows(part));
  g_assert_cmpuint(hs_loader_report(loader)->passed_over, ==, hs_timeline_n_rows(whole) - at);
  g_autoptr(GPtrArray) health = hs_health_list(loader);
  g_assert_false(hs_health_is_whole(health));
}

static void
test_parts(void)
{
  const char *given = g_getenv("HEAPSCOPE_SEED");
  uint32_t seed = given != NULL ? (uint32_t)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (guint i = 0; i < N_TRACES; i++) {
    g_autoptr(GBytes) image = make(g_rand_int(rand), (guint)g_rand_int_range(rand, 1, MAX_EVENTS));
    g_autoptr(HsLoader) loader = load(image, &HS_LOAD_EVERYTHING);
    hs_load_part_rows_to_sift = chance(rand, 3) ? 1u << 20 : (uint32_t)g_rand_int_range(rand, 1, 600);
    for (guint k = 0; k < 6; k++)
      check_range(image, hs_loader_timeline(loader), rand);
    check_process(image, hs_loader_timeline(loader), 4 * (guint32)g_rand_int_range(rand, 1, 5));
  }
}

/* --- memory --- */

static void
test_need(void)
{
  g_autoptr(GBytes) image = make(5, 400000);
  g_autoptr(HsLoader) whole = load(image, &HS_LOAD_EVERYTHING);
  uint64_t taken = hs_loader_memory_bytes(whole);
  HsLoadChoice choice = HS_LOAD_EVERYTHING;
  choice.memory_limit = 1 << 20;
  g_autoptr(HsLoader) loader = hs_loader_start_bytes_choice(image, "test.etl", &choice);
  g_assert_cmpint(hs_loader_wait(loader), ==, HS_LOAD_FAILED);
  g_assert_error(hs_loader_error(loader), HS_LOAD_ERROR, HS_LOAD_ERROR_TOO_LARGE);
  const HsLoadNeed *need = hs_loader_need(loader);
  g_assert_nonnull(need);
  g_test_message("%s; taken %" G_GUINT64_FORMAT, hs_loader_error(loader)->message, taken);
  g_assert_cmpuint(need->n_rows, ==, hs_timeline_n_rows(hs_loader_timeline(whole)));
  /* Rather more than less, but not by much. */
  g_assert_cmpuint(need->needed_bytes, >=, taken);
  g_assert_cmpuint(need->needed_bytes, <=, taken * 5 / 4 + (20 << 20));
  g_assert_cmpuint(hs_load_need_of(need, &HS_LOAD_EVERYTHING), >=, taken);
  g_assert_cmpuint(need->processes->len, ==, 3);
  const HsNeedProcess *first = need->processes->pdata[0];
  g_autofree char *name = g_strdup_printf("process-%u.exe", first->pid);
  g_assert_cmpstr(first->name, ==, name);
  choice.one_process = true;
  choice.pid = first->pid;
  uint64_t of_process = hs_load_need_of(need, &choice);
  g_assert_cmpuint(of_process, <, need->needed_bytes);
  /* What a part is said to need is enough to load it. */
  choice.memory_limit = of_process + of_process / 8;
  g_autoptr(HsLoader) part = load(image, &choice);
  g_assert_cmpuint(hs_loader_memory_bytes(part), <=, choice.memory_limit);
  g_assert_null(hs_loader_need(part));
}

static void
test_sizes(void)
{
  static const struct {
    const char *text;
    uint64_t bytes;
  } good[] = {
      {"0", 0},    {"1000", 1000}, {"2GiB", UINT64_C(2) << 30}, {"512 MiB", UINT64_C(512) << 20}, {"1.5gb", 1500000000},
      {"3k", 3072}};
  static const char *const bad[] = {"", "-1", "x", "1x", "1e9", "0x10", "99999999999GiB", "GiB"};
  uint64_t bytes;
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    g_assert_true(hs_load_parse_memory(good[i].text, &bytes));
    g_assert_cmpuint(bytes, ==, good[i].bytes);
  }
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(hs_load_parse_memory(bad[i], &bytes));
  g_assert_cmpuint(hs_load_available_memory(), >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/load-part/parts", test_parts);
  g_test_add_func("/load-part/need", test_need);
  g_test_add_func("/load-part/sizes", test_sizes);
  return g_test_run();
}
