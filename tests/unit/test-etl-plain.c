/* SPDX-License-Identifier: MIT */
/* Plain events taken in runs: the same events, in the same order, as record by record. */
#include "test-etl-support.h"

#define RECORDS 6000

typedef struct {
  GArray *events; /* HsHeapEvent */
  guint64 n_stacks, n_others;
} Read;

static void
see(const HsEtlRecord *record, Read *read)
{
  HsHeapEvent event;
  if (record->hook != HS_ETL_NO_HOOK && record->hook >> 8 == 0x18) {
    read->n_stacks++;
  } else if (hs_etl_is_heap(record)) {
    memset(&event, 0, sizeof event);
    g_assert_true(hs_etl_heap_decode(record, &event));
    g_array_append_val(read->events, event);
  } else {
    read->n_others++;
  }
}

static void
assert_same_events(const Read *a, const Read *b)
{
  g_assert_cmpuint(a->events->len, ==, b->events->len);
  for (guint i = 0; i < a->events->len; i++) {
    const HsHeapEvent *x = &g_array_index(a->events, HsHeapEvent, i), *y = &g_array_index(b->events, HsHeapEvent, i);
    g_assert_cmpint(x->ticks, ==, y->ticks);
    g_assert_cmpuint(x->pid, ==, y->pid);
    g_assert_cmpuint(x->tid, ==, y->tid);
    g_assert_cmpuint(x->cpu, ==, y->cpu);
    g_assert_cmpuint(x->op, ==, y->op);
    g_assert_cmpuint(x->wide, ==, y->wide);
    g_assert_cmpuint(x->has_source, ==, y->has_source);
    g_assert_cmpuint(x->source_id, ==, y->source_id);
    g_assert_cmphex(x->handle, ==, y->handle);
    g_assert_cmphex(x->address, ==, y->address);
    g_assert_cmpuint(x->size, ==, y->size);
    g_assert_cmphex(x->old_address, ==, y->old_address);
  }
  g_assert_cmpuint(a->n_stacks, ==, b->n_stacks);
  g_assert_cmpuint(a->n_others, ==, b->n_others);
}

static Read
read_new(void)
{
  return (Read){.events = g_array_new(FALSE, FALSE, sizeof(HsHeapEvent))};
}

typedef struct {
  HsEtlMerger *merger;
  int stop; /* atomic */
} Helper;

static gpointer
help(gpointer data)
{
  Helper *helper = data;
  while (__atomic_load_n(&helper->stop, __ATOMIC_RELAXED) == 0) {
    if (!hs_etl_merger_help(helper->merger))
      g_thread_yield();
  }
  return NULL;
}

/* In runs of at most `n`; with `impatient`, a record is asked for now and then although there are plain events. Returns
 * how many events came plain. */
static guint
assert_read_alike(GBytes *image, guint n, gboolean impatient)
{
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) by_record = hs_etl_merger_new(file);
  g_autoptr(HsEtlMerger) by_run = hs_etl_merger_new(file);
  g_autofree HsPlainEvent *plain = g_new(HsPlainEvent, n);
  Read a = read_new(), b = read_new();
  HsEtlRecord record;
  guint taken, n_plain = 0;
  Helper helper = {.merger = by_run};
  GThread *thread = hs_etl_file_compressed(file) ? g_thread_new("help", help, &helper) : NULL;
  while (hs_etl_merger_next(by_record, &record))
    see(&record, &a);
  do {
    while ((taken = hs_etl_merger_take_plain(by_run, plain, n)) > 0) {
      n_plain += taken;
      for (guint i = 0; i < taken; i++) {
        const HsOriginKey *key = HS_VEC(hs_etl_merger_keys(by_run), HsOriginKey, plain[i].key);
        HsHeapEvent event = hs_plain_event_expand(&plain[i], key);
        g_array_append_val(b.events, event);
      }
      if (impatient && b.events->len % 3 == 0)
        break;
    }
    if (!hs_etl_merger_next(by_run, &record))
      break;
    see(&record, &b);
  } while (TRUE);
  __atomic_store_n(&helper.stop, 1, __ATOMIC_RELAXED);
  if (thread != NULL)
    g_thread_join(thread);
  const HsEtlCounts *x = hs_etl_merger_counts(by_record), *y = hs_etl_merger_counts(by_run);
  b.n_stacks += y->passed_stacks;
  assert_same_events(&a, &b);
  g_assert_cmpint(hs_etl_merger_latest(by_record), ==, hs_etl_merger_latest(by_run));
  g_assert_cmpuint(x->records, ==, y->records);
  g_assert_cmpuint(x->buffers, ==, y->buffers);
  g_assert_cmpmem(x->by_kind, sizeof x->by_kind, y->by_kind, sizeof y->by_kind);
  g_assert_cmpmem(x->by_hook, sizeof x->by_hook, y->by_hook, sizeof y->by_hook);
  for (guint i = 0; i < HS_ETL_N_ISSUES; i++)
    g_assert_cmpuint(x->issues[i].count, ==, y->issues[i].count);
  guint n_gaps_a, n_gaps_b;
  (void)hs_etl_merger_gaps(by_record, &n_gaps_a);
  (void)hs_etl_merger_gaps(by_run, &n_gaps_b);
  g_assert_cmpuint(n_gaps_a, ==, n_gaps_b);
  g_array_unref(a.events);
  g_array_unref(b.events);
  return n_plain;
}

/* All buffers of a small file are looked at, so that nothing is left to guess. */
static void
assert_counted(GBytes *image)
{
  g_autoptr(HsEtlFile) file = open_good(image);
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  HsEtlRecord record;
  guint64 n = 0, sampled;
  while (hs_etl_merger_next(merger, &record))
    n += hs_etl_is_heap(&record);
  g_assert_true(hs_etl_file_sample_heap_records(file, &sampled) != hs_etl_file_compressed(file));
  if (!hs_etl_file_compressed(file))
    g_assert_cmpuint(sampled, ==, n);
}

static guint32
below(GRand *rand, guint32 n)
{
  return n == 1 ? 0 : (guint32)g_rand_int_range(rand, 0, (gint32)n);
}

static guint64
pick(GRand *rand, const guint64 *values, guint n)
{
  return values[below(rand, n)];
}

/* Anything that may stand between plain events, or almost be one. */
static void
write_record(HsEtlWriter *writer, GRand *rand, HsEtlWriterAt *at, gboolean rare)
{
  static const guint64 addresses[] = {0, 0x1000, 0x2000, 0x3010, 0x7ffe0000};
  static const guint64 sizes[] = {0, 1, 64, 4096, (1u << 25) - 2, (1u << 25) - 1, G_MAXUINT32};
  static const guint64 stack[] = {0x401000, 0x402000, 0x403000};
  guint64 heap = 0x10000 * (1 + below(rand, 3)), address = pick(rand, addresses, G_N_ELEMENTS(addresses));
  guint64 size = pick(rand, sizes, rare ? G_N_ELEMENTS(sizes) : 4);
  guint32 source = rare ? below(rand, 9) : 1 + below(rand, 6);
  switch (below(rand, rare ? 12 : 64)) {
  case 0:
    hs_etl_writer_realloc(writer, at, heap, address + 64, size, address, 1, source);
    break;
  case 1:
    hs_etl_writer_create(writer, at, heap, 2);
    break;
  case 2:
    hs_etl_writer_stack(writer, at, at->time_ticks, at->pid, at->tid, stack, G_N_ELEMENTS(stack));
    break;
  case 3:
  case 4:
  case 5:
  case 6:
  case 7:
    hs_etl_writer_free_block(writer, at, heap, address, source);
    break;
  default:
    hs_etl_writer_alloc(writer, at, heap, rare ? address : address + 16, size, source);
    break;
  }
}

static GBytes *
random_image(GRand *rand, guint cpus, gboolean rare, gboolean compress)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.start_ticks = START_TICKS;
  options.buffer_size_bytes = 8192;
  options.cpus = cpus;
  options.compress = compress;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new(&options);
  guint64 ticks = 10;
  guint cpu = 0;
  for (guint i = 0; i < RECORDS; i++) {
    static const HsEtlWriterHeader headers[] = {HS_ETL_WRITER_SYSTEM64, HS_ETL_WRITER_SYSTEM32,
                                                HS_ETL_WRITER_PERFINFO64};
    HsEtlWriterHeader header = below(rand, 20) > 0 ? HS_ETL_WRITER_SYSTEM64 : headers[below(rand, 3)];
    /* Equal times, on the same processor and on others; bursts; now and then one goes back, or far ahead. */
    ticks += below(rand, 3) * below(rand, 4);
    if (below(rand, 1 + below(rand, 40)) == 0)
      cpu = below(rand, cpus);
    HsEtlWriterAt where = at(header, cpu, ticks);
    if (rare && below(rand, 200) == 0)
      where.time_ticks -= below(rand, 50);
    if (rare && below(rand, 500) == 0)
      where.time_ticks += 10 * options.frequency;
    if (below(rand, 8) == 0)
      where.tid += below(rand, 5);
    if (rare && below(rand, 300) == 0)
      hs_etl_writer_set_flags(writer, cpu, HS_ETL_WRITER_FLAG_EVENTS_LOST);
    write_record(writer, rand, &where, rare);
  }
  return hs_etl_writer_finish(writer);
}

static void
test_alike(void)
{
  static const guint cpus[] = {1, 2, 4, 5, 8, 9, 40};
  for (guint i = 0; i < 4 * G_N_ELEMENTS(cpus); i++) {
    guint32 seed = g_test_rand_int();
    g_test_message("seed %u", seed);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GBytes) image = random_image(rand, cpus[i / 4], i % 2 == 1, i % 4 >= 2);
    assert_counted(image);
    guint n_plain = assert_read_alike(image, 256, FALSE);
    g_assert_cmpuint(n_plain, >, i % 2 == 1 ? 0 : RECORDS * 3 / 4);
    (void)assert_read_alike(image, 1 + below(rand, 64), TRUE);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/etl-plain/alike", test_alike);
  return g_test_run();
}
