/* SPDX-License-Identifier: MIT */
/*
 * Makes a small trace in which everything that the rules of pairing tell apart happens often: few heaps and few
 * addresses, many threads at one time.
 *
 *   make-diff-trace OUT.etl SEED FREQUENCY [N ANSWERS.json]
 *
 * Prints how many heap events it wrote. With the last two, processes end and begin again, and N random questions are
 * answered from the writer's account.
 */
#include "account.h"
#include "hs-etl-writer.h"

#define FLAGS 0x2

typedef struct {
  HsEtlWriter *writer;
  GRand *rand;
  guint64 now_ticks;
  guint cpus, n_events;
  gint32 n_addresses;
  gboolean with_exits;
} Maker;

static const char *const process_names[] = {"a.exe", "photo, \"pro\".exe", "c.exe"};

static gboolean
chance(const Maker *maker, gint32 in)
{
  return g_rand_int_range(maker->rand, 0, in) == 0;
}

/* Somebody, somewhere; often at the time of the event before. Programs 1 and 2 are of 64 and 32 bits, 3 has no name;
 * now and then nobody is told. */
static HsEtlWriterAt
somebody(Maker *maker)
{
  static const HsEtlWriterHeader headers[] = {HS_ETL_WRITER_SYSTEM64, HS_ETL_WRITER_SYSTEM32, HS_ETL_WRITER_COMPACT64};
  guint32 pid = 1 + (guint32)g_rand_int_range(maker->rand, 0, 3);
  HsEtlWriterAt at = {
      .header = chance(maker, 30) ? HS_ETL_WRITER_PERFINFO64 : headers[pid - 1],
      .cpu = (guint)g_rand_int_range(maker->rand, 0, (gint32)maker->cpus),
      .time_ticks = maker->now_ticks,
      .pid = pid * 100,
      .tid = pid * 100 + (guint32)g_rand_int_range(maker->rand, 1, 4),
  };
  return at;
}

/* Time passes; only events that are written count. */
static void
pass_time(Maker *maker)
{
  maker->n_events++;
  if (!chance(maker, 3))
    maker->now_ticks += (guint64)g_rand_int_range(maker->rand, 0, chance(maker, 40) ? 3000 : 5);
}

static guint64
any_heap(const Maker *maker)
{
  return 0x10000 * (guint64)g_rand_int_range(maker->rand, 1, 4);
}

static guint64
any_address(const Maker *maker)
{
  return 0x20000 + 0x100 * (guint64)g_rand_int_range(maker->rand, 0, maker->n_addresses);
}

static guint64
any_size(const Maker *maker, const HsEtlWriterAt *at)
{
  if (chance(maker, 60))
    return hs_etl_writer_pointer_size(at->header) == 8 ? G_GUINT64_CONSTANT(5000000000) : 3000000000;
  return (guint64)g_rand_int_range(maker->rand, 0, chance(maker, 3) ? 5000 : 200);
}

/* Now and then one that has no name. */
static guint32
any_source(const Maker *maker)
{
  return chance(maker, 8) ? (chance(maker, 2) ? 0 : 7 + g_rand_int(maker->rand) % 40)
                          : (guint32)g_rand_int_range(maker->rand, 1, 7);
}

static void
alloc(Maker *maker, HsEtlWriterAt at, guint64 heap, guint64 address, guint64 size)
{
  at.time_ticks = maker->now_ticks;
  hs_etl_writer_alloc(maker->writer, &at, heap, address, size, any_source(maker));
  pass_time(maker);
}

static void
free_block(Maker *maker, HsEtlWriterAt at, guint64 heap, guint64 address)
{
  at.time_ticks = maker->now_ticks;
  hs_etl_writer_free_block(maker->writer, &at, heap, address, any_source(maker));
  pass_time(maker);
}

static void
resize(Maker *maker, HsEtlWriterAt at, guint64 heap, guint64 address, guint64 size, guint64 old_address)
{
  guint64 old_size = (guint64)g_rand_int_range(maker->rand, 0, 300);
  at.time_ticks = maker->now_ticks;
  hs_etl_writer_realloc(maker->writer, &at, heap, address, size, old_address, old_size, any_source(maker));
  pass_time(maker);
}

/* A move as Windows tells it: Alloc, Free, summary. The old block may not be known, its Free may be lost, and another
 * thread may have the old address before the summary comes, or has the new one by then. */
static void
move(Maker *maker)
{
  HsEtlWriterAt at = somebody(maker), other = at;
  guint64 heap = any_heap(maker), from = any_address(maker), to = any_address(maker), size = any_size(maker, &at);
  other.tid = at.tid % 100 == 3 ? at.tid - 1 : at.tid + 1;
  other.cpu = (guint)g_rand_int_range(maker->rand, 0, (gint32)maker->cpus);
  if (!chance(maker, 4))
    alloc(maker, at, heap, from, any_size(maker, &at));
  alloc(maker, at, heap, to, size);
  if (!chance(maker, 4))
    free_block(maker, at, heap, from);
  if (chance(maker, 2))
    alloc(maker, other, heap, chance(maker, 4) ? to : from, chance(maker, 2) ? size : any_size(maker, &other));
  resize(maker, at, heap, to, size, from);
}

static void
change_heap(Maker *maker)
{
  HsEtlWriterAt at = somebody(maker);
  guint64 heap = any_heap(maker);
  gint32 dice = g_rand_int_range(maker->rand, 0, 10);
  HsEtlWriterHeapEvent event = {.heap = heap, .index = 3};
  event.op = dice < 5   ? HS_ETL_WRITER_HEAP_EXTEND
             : dice < 7 ? HS_ETL_WRITER_HEAP_COMMIT
             : dice < 9 ? HS_ETL_WRITER_HEAP_LOCK
                        : HS_ETL_WRITER_HEAP_AFFINITY_SLOT;
  if (event.op == HS_ETL_WRITER_HEAP_COMMIT) {
    event.address = any_address(maker);
    event.size = 0x1000;
  }
  if (chance(maker, 6))
    hs_etl_writer_destroy(maker->writer, &at, heap);
  else if (chance(maker, 3))
    hs_etl_writer_create(maker->writer, &at, heap, FLAGS);
  else
    hs_etl_writer_heap(maker->writer, &at, &event);
  pass_time(maker);
}

static void
add_event(Maker *maker)
{
  HsEtlWriterAt at = somebody(maker);
  guint64 heap = any_heap(maker), address = chance(maker, 40) ? 0 : any_address(maker);
  gint32 dice = g_rand_int_range(maker->rand, 0, 100);
  if (dice < 40)
    alloc(maker, at, heap, address, any_size(maker, &at));
  else if (dice < 75)
    free_block(maker, at, heap, any_address(maker));
  else if (dice < 80)
    resize(maker, at, heap, address, any_size(maker, &at), chance(maker, 2) ? address : any_address(maker));
  else if (dice < 85)
    resize(maker, at, heap, address, any_size(maker, &at), address);
  else if (dice < 92)
    move(maker);
  else
    change_heap(maker);
}

static void
tell_process(Maker *maker, HsEtlWriterProcessOp op, guint number)
{
  HsEtlWriterAt at = {.header = HS_ETL_WRITER_SYSTEM64, .time_ticks = maker->now_ticks};
  HsEtlWriterProcess process = {.op = op, .version = 4, .pid = (number + 1) * 100, .name = process_names[number]};
  hs_etl_writer_process(maker->writer, &at, &process);
}

/* A process ends, and another one gets its number. Nothing else happens at that time. */
static void
change_process(Maker *maker)
{
  guint number = (guint)g_rand_int_range(maker->rand, 0, G_N_ELEMENTS(process_names));
  maker->now_ticks++;
  tell_process(maker, HS_ETL_WRITER_PROCESS_END, number);
  maker->now_ticks++;
  tell_process(maker, HS_ETL_WRITER_PROCESS_START, number);
  maker->now_ticks++;
}

/* One of the programs has no name, unless they end: the account knows one name a number. */
static void
fill(Maker *maker, guint wanted)
{
  for (guint i = 0; i < G_N_ELEMENTS(process_names) - (maker->with_exits ? 0 : 1); i++)
    tell_process(maker, HS_ETL_WRITER_PROCESS_DC_START, i);
  while (maker->n_events < wanted) {
    add_event(maker);
    if (maker->with_exits && chance(maker, 60))
      change_process(maker);
  }
}

static gboolean
write_answers(HsEtlTruth *truth, GRand *rand, guint n, const char *path, GError **error)
{
  g_autoptr(NaiveTrace) trace = account_to_naive(truth);
  g_autoptr(GPtrArray) questions = g_ptr_array_new_with_free_func((GDestroyNotify)naive_question_free);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add(questions, naive_question_random(trace, rand));
  g_autofree char *answers = account_answers(trace, questions);
  return g_file_set_contents(path, answers, -1, error);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  if (argc != 4 && argc != 6) {
    g_printerr("usage: make-diff-trace OUT.etl SEED FREQUENCY [N ANSWERS.json]\n");
    return 2;
  }
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_ascii_strtoull(argv[2], NULL, 10));
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.frequency = g_ascii_strtoull(argv[3], NULL, 10);
  options.cpus = (guint)g_rand_int_range(rand, 1, 5);
  options.buffer_size_bytes = 8192;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(argv[1], &options, &error);
  Maker maker = {.writer = writer,
                 .rand = rand,
                 .now_ticks = options.start_ticks + 50,
                 .cpus = options.cpus,
                 .n_addresses = g_rand_int_range(rand, 4, 40),
                 .with_exits = argc == 6};
  guint wanted = (guint)g_rand_int_range(rand, 300, 800);
  if (writer != NULL)
    fill(&maker, wanted);
  if (writer == NULL || !hs_etl_writer_close(writer, &error) ||
      (argc == 6 && !write_answers(hs_etl_writer_truth(writer), rand, (guint)g_ascii_strtoull(argv[4], NULL, 10),
                                   argv[5], &error))) {
    g_printerr("make-diff-trace: %s\n", error->message);
    return 1;
  }
  g_print("%u\n", maker.n_events);
  return 0;
}
