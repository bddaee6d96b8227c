/* SPDX-License-Identifier: MIT */
/*
 * Makes a trace of any number of heap events, fast and straight to disk, for measuring: blocks of believable sizes,
 * most of them short-lived, addresses used again, the live set rising and falling in waves. What it holds in memory
 * goes with the live set, which --live bounds, not with the events.
 *
 *   make-trace OUT.etl --events N [--heaps H] [--processes P] [--cpus C] [--live B] [--bursts] [--xpress]
 *              [--buffer-kib 64] [--stacks] [--stack-walks FRAMES] [--seed S] [--truth OUT.json]
 */
#include "hs-etl-writer.h"

#define N_CLASSES 96
#define THREADS 4 /* of a process */
#define N_STACKS 512
#define WAVES 7 /* over the whole trace */
#define MAX_FRAMES 192
#define BURST_EVENTS 16384 /* between two pauses, about */

typedef struct {
  guint64 address;
  guint64 size_bytes;
} Block;

typedef struct {
  guint64 handle;
  guint32 pid;
  guint process;
  guint64 next_address;
  GArray *live;                 /* of Block */
  GArray *holes[N_CLASSES];     /* of guint64: freed addresses of a size class */
  guint64 class_end[N_CLASSES]; /* of the subsegment being filled */
  guint64 class_next[N_CLASSES];
} Heap;

typedef struct {
  HsEtlWriter *writer;
  guint64 state; /* of the random numbers */
  guint64 now_ticks;
  guint64 events, wanted;
  guint n_heaps, n_processes, n_cpus;
  gboolean stacks, bursts;
  guint n_frames;    /* of a stack-walk record behind each allocation; 0 = none */
  guint64 live;      /* so many blocks at most live at a time, about */
  guint64 tick_mask; /* random gap between events: up to twice the mean */
  Heap *heaps;
  guint64 frames[N_STACKS][16];
  guint64 walk[MAX_FRAMES];
} Maker;

/* xorshift64*: quick, and the same everywhere. */
static inline guint64
next_random(Maker *maker)
{
  guint64 x = maker->state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  maker->state = x;
  return x * G_GUINT64_CONSTANT(0x2545f4914f6cdd1d);
}

/* [0, limit) */
static inline guint
pick(Maker *maker, guint limit)
{
  return (guint)((next_random(maker) >> 32) * limit >> 32);
}

/* Rounds up to the class's size, and tells the class: 16 bytes apart up to 1 KiB, then four to each doubling. */
static guint
class_of(guint64 *bytes)
{
  guint64 size = MAX(*bytes, 1);
  if (size <= 1024) {
    guint number = (guint)((size + 15) / 16);
    *bytes = (guint64)number * 16;
    return number - 1;
  }
  guint shift = 8;
  while (size > (guint64)8 << shift)
    shift++;
  guint quarter = (guint)((size + ((guint64)1 << shift) - 1) >> shift);
  *bytes = (guint64)quarter << shift;
  return MIN(64 + (shift - 8) * 4 + (quarter - 5), N_CLASSES - 1);
}

static guint64
pick_size(Maker *maker)
{
  guint kind = pick(maker, 1000);
  if (kind < 620)
    return 16 + pick(maker, 112);
  if (kind < 900)
    return 64 + pick(maker, 960);
  if (kind < 990)
    return 1024 + pick(maker, 7 * 1024);
  if (kind < 999)
    return 8192 + pick(maker, 56 * 1024);
  return 65536 + pick(maker, 960 * 1024);
}

static guint64
take_address(Heap *heap, guint64 size_bytes)
{
  guint64 bytes = size_bytes;
  guint class_number = class_of(&bytes);
  GArray *holes = heap->holes[class_number];
  if (holes->len > 0 && class_number < N_CLASSES - 1) {
    guint64 address = g_array_index(holes, guint64, holes->len - 1);
    g_array_set_size(holes, holes->len - 1);
    return address;
  }
  if (heap->class_next[class_number] + bytes > heap->class_end[class_number]) {
    guint64 chunk = MAX(bytes, MIN(bytes * 64, 65536));
    heap->class_next[class_number] = heap->next_address;
    heap->class_end[class_number] = heap->next_address + chunk;
    heap->next_address += (chunk + 4095) & ~G_GUINT64_CONSTANT(4095);
  }
  guint64 address = heap->class_next[class_number];
  heap->class_next[class_number] += bytes;
  return address;
}

static void
give_address(Heap *heap, const Block *block)
{
  guint64 bytes = block->size_bytes;
  guint class_number = class_of(&bytes);
  if (class_number < N_CLASSES - 1)
    g_array_append_val(heap->holes[class_number], block->address);
}

static guint32
source_of(guint64 size_bytes)
{
  return size_bytes <= 16384 ? 2 : size_bytes <= 65536 ? 3 : 4;
}

static HsEtlWriterAt
next_at(Maker *maker, const Heap *heap)
{
  guint64 bits = next_random(maker);
  maker->now_ticks += 1 + (bits & maker->tick_mask);
  if (maker->bursts && (bits >> 44) % BURST_EVENTS == 0)
    maker->now_ticks += BURST_EVENTS * maker->tick_mask / 2;
  guint thread = heap->process * THREADS + (guint)(bits >> 40) % THREADS;
  return (HsEtlWriterAt){
      .header = HS_ETL_WRITER_SYSTEM64,
      .cpu = thread % maker->n_cpus,
      .time_ticks = maker->now_ticks,
      .pid = heap->pid,
      .tid = 10000 + 4 * thread,
  };
}

/* The frames near the root stay what they are; the innermost ones differ. */
static void
write_walk(Maker *maker, const HsEtlWriterAt *event)
{
  HsEtlWriterAt at = *event;
  at.header = HS_ETL_WRITER_PERFINFO64;
  at.time_ticks = ++maker->now_ticks;
  guint64 bits = next_random(maker);
  for (guint i = 0; i < MIN(maker->n_frames, 3); i++)
    maker->walk[i] = 0x7ff600000000 + (bits >> 16 * i & 0xffff) * 16;
  hs_etl_writer_stack(maker->writer, &at, event->time_ticks, event->pid, event->tid, maker->walk, maker->n_frames);
}

static void
write_stack(Maker *maker, const HsEtlWriterAt *event)
{
  if (maker->n_frames > 0)
    write_walk(maker, event);
  if (!maker->stacks)
    return;
  guint stack = pick(maker, N_STACKS);
  HsEtlWriterAt at = *event;
  at.header = HS_ETL_WRITER_PERFINFO64;
  at.time_ticks = ++maker->now_ticks;
  hs_etl_writer_stack_key(maker->writer, &at, FALSE, event->time_ticks, event->pid, event->tid,
                          0xffffa68304430010 + stack * 0x80u);
}

static void
do_alloc(Maker *maker, Heap *heap)
{
  Block block = {0, pick_size(maker)};
  block.address = take_address(heap, block.size_bytes);
  g_array_append_val(heap->live, block);
  HsEtlWriterAt at = next_at(maker, heap);
  hs_etl_writer_alloc(maker->writer, &at, heap->handle, block.address, block.size_bytes, source_of(block.size_bytes));
  maker->events++;
  write_stack(maker, &at);
}

/* Mostly a young block: what was made last dies first. */
static guint
pick_live(Maker *maker, const Heap *heap)
{
  guint count = heap->live->len;
  guint reach = pick(maker, 10) < 8 ? MIN(count, 64) : count;
  return count - 1 - pick(maker, reach);
}

static void
do_free(Maker *maker, Heap *heap)
{
  guint index = pick_live(maker, heap);
  Block block = g_array_index(heap->live, Block, index);
  g_array_remove_index_fast(heap->live, index);
  give_address(heap, &block);
  HsEtlWriterAt at = next_at(maker, heap);
  hs_etl_writer_free_block(maker->writer, &at, heap->handle, block.address, source_of(block.size_bytes));
  maker->events++;
}

/* By a move, if there is room for its three events; else in place. */
static void
do_realloc(Maker *maker, Heap *heap)
{
  guint index = pick_live(maker, heap);
  Block *block = &g_array_index(heap->live, Block, index);
  Block old = *block;
  block->size_bytes += 1 + block->size_bytes / 2;
  HsEtlWriterAt at = next_at(maker, heap);
  if (maker->wanted - maker->events >= 3 && pick(maker, 2) == 0) {
    guint32 source = source_of(block->size_bytes);
    block->address = take_address(heap, block->size_bytes);
    hs_etl_writer_alloc(maker->writer, &at, heap->handle, block->address, block->size_bytes, source);
    at.time_ticks = ++maker->now_ticks;
    hs_etl_writer_free_block(maker->writer, &at, heap->handle, old.address, source_of(old.size_bytes));
    at.time_ticks = ++maker->now_ticks;
    give_address(heap, &old);
    maker->events += 2;
  } else {
    guint64 room = old.size_bytes;
    class_of(&room);
    block->size_bytes = MIN(block->size_bytes, room);
  }
  hs_etl_writer_realloc(maker->writer, &at, heap->handle, block->address, block->size_bytes, old.address,
                        old.size_bytes, source_of(block->size_bytes));
  maker->events++;
  write_stack(maker, &at);
}

/* How many blocks a heap should hold now: waves, each higher than the one before, on a slow rise. */
static guint
target_of(const Maker *maker, guint heap)
{
  double part = (double)maker->events / (double)maker->wanted;
  double wave = part * WAVES + heap * 0.37;
  double phase = wave - (double)(guint64)wave;
  double height = phase < 0.8 ? phase / 0.8 : (1 - phase) / 0.2;
  /* Half of what may live is the first heap's, about as much that of all others. */
  double most = 60.0 + MIN((double)maker->wanted / 24.0, (double)maker->live / 2.0) / (heap + 1);
  return (guint)(most * (0.1 + 0.3 * part + 0.6 * height));
}

static void
do_events(Maker *maker)
{
  guint heap_number = 0, target = 0;
  for (guint64 i = 0; maker->events < maker->wanted; i++) {
    if (i % 32 == 0) {
      guint64 skew = pick(maker, maker->n_heaps) * (guint64)pick(maker, maker->n_heaps);
      heap_number = (guint)(skew / MAX(maker->n_heaps, 1));
      target = target_of(maker, heap_number);
    }
    Heap *heap = &maker->heaps[heap_number];
    guint dice = pick(maker, 1000);
    if (heap->live->len == 0 || dice < (heap->live->len < target ? 600u : 400u))
      do_alloc(maker, heap);
    else if (dice > 985)
      do_realloc(maker, heap);
    else
      do_free(maker, heap);
  }
}

static void
begin(Maker *maker)
{
  for (guint i = 0; i < maker->n_processes; i++) {
    g_autofree char *name = g_strdup_printf("bench-%u.exe", i);
    HsEtlWriterAt at = {.header = HS_ETL_WRITER_PERFINFO64, .cpu = 0, .time_ticks = ++maker->now_ticks};
    HsEtlWriterProcess process = {.op = HS_ETL_WRITER_PROCESS_DC_START,
                                  .version = 4,
                                  .pid = 4000 + 8 * i,
                                  .parent_pid = 4,
                                  .name = name,
                                  .command_line = name};
    hs_etl_writer_process(maker->writer, &at, &process);
  }
  for (guint i = 0; i < maker->n_heaps; i++) {
    Heap *heap = &maker->heaps[i];
    heap->process = i % maker->n_processes;
    heap->pid = 4000 + 8 * heap->process;
    heap->handle = 0x1f000000000 + i * G_GUINT64_CONSTANT(0x1000000000);
    heap->next_address = heap->handle + 0x10000;
    heap->live = g_array_new(FALSE, FALSE, sizeof(Block));
    for (guint k = 0; k < N_CLASSES; k++)
      heap->holes[k] = g_array_new(FALSE, FALSE, sizeof(guint64));
    if (maker->events >= maker->wanted)
      continue;
    HsEtlWriterAt at = next_at(maker, heap);
    hs_etl_writer_create(maker->writer, &at, heap->handle, 0x1002);
    maker->events++;
  }
}

static void
end(Maker *maker)
{
  for (guint i = 0; maker->stacks && i < N_STACKS; i++) {
    for (guint k = 0; k < 16; k++)
      maker->frames[i][k] = 0x7ff600000000 + pick(maker, 0x4000000);
    HsEtlWriterAt at = {.header = HS_ETL_WRITER_PERFINFO64, .cpu = 0, .time_ticks = ++maker->now_ticks};
    hs_etl_writer_stack_frames(maker->writer, &at, 0x1824, 0xffffa68304430010 + i * 0x80u, maker->frames[i], 16);
  }
  for (guint i = 0; i < maker->n_heaps; i++) {
    g_array_unref(maker->heaps[i].live);
    for (guint k = 0; k < N_CLASSES; k++)
      g_array_unref(maker->heaps[i].holes[k]);
  }
}

typedef struct {
  gint64 events;
  gint heaps, processes, cpus, buffer_kib, seed, stack_walks;
  gint64 live;
  gboolean xpress, stacks, bursts;
  char *truth;
} Arguments;

static gboolean
parse(Arguments *arguments, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
      {"events", 0, 0, G_OPTION_ARG_INT64, &arguments->events, "Heap events to write", "N"},
      {"heaps", 0, 0, G_OPTION_ARG_INT, &arguments->heaps, "Heaps (4)", "H"},
      {"processes", 0, 0, G_OPTION_ARG_INT, &arguments->processes, "Processes (2)", "P"},
      {"cpus", 0, 0, G_OPTION_ARG_INT, &arguments->cpus, "Processors (4)", "C"},
      {"live", 0, 0, G_OPTION_ARG_INT64, &arguments->live, "Blocks alive at a time, at most, about (1000000)", "B"},
      {"bursts", 0, 0, G_OPTION_ARG_NONE, &arguments->bursts, "Pauses between bursts of events", NULL},
      {"xpress", 0, 0, G_OPTION_ARG_NONE, &arguments->xpress, "Compress the buffers", NULL},
      {"buffer-kib", 0, 0, G_OPTION_ARG_INT, &arguments->buffer_kib, "Buffer size (64)", "KIB"},
      {"stacks", 0, 0, G_OPTION_ARG_NONE, &arguments->stacks, "A call stack with every allocation", NULL},
      {"stack-walks", 0, 0, G_OPTION_ARG_INT, &arguments->stack_walks, "So many frames with every allocation",
       "FRAMES"},
      {"seed", 0, 0, G_OPTION_ARG_INT, &arguments->seed, "Seed of the random numbers (1)", "S"},
      {"truth", 0, 0, G_OPTION_ARG_FILENAME, &arguments->truth, "Write what the trace holds as JSON", "FILE"},
      {NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("OUT.etl - make a big heap trace");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, argc, argv, error))
    return FALSE;
  if (*argc == 2 && arguments->events >= 1 && arguments->heaps >= 1 && arguments->heaps <= 65536 &&
      arguments->processes >= 1 && arguments->processes <= 4096 && arguments->cpus >= 1 && arguments->cpus <= 2048 &&
      arguments->buffer_kib >= 4 && arguments->buffer_kib <= 16384 && arguments->live >= 0 &&
      arguments->stack_walks >= 0 && arguments->stack_walks <= MAX_FRAMES)
    return TRUE;
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
              "one file to write, --events of at least 1, and sensible numbers are needed; see --help");
  return FALSE;
}

static gboolean
make(const Arguments *arguments, const char *path, GError **error)
{
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.cpus = (guint)arguments->cpus;
  options.compress = arguments->xpress;
  options.buffer_size_bytes = (guint32)arguments->buffer_kib * 1024;
  options.truth_mode = arguments->truth != NULL ? HS_ETL_TRUTH_IN_ORDER : HS_ETL_TRUTH_COUNTS;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(path, &options, error);
  if (writer == NULL)
    return FALSE;
  g_autofree Heap *heaps = g_new0(Heap, (gsize)arguments->heaps);
  g_autofree Maker *maker = g_new0(Maker, 1);
  maker->writer = writer;
  maker->state = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ ((guint64)(guint)arguments->seed << 17 | 1);
  maker->now_ticks = options.start_ticks;
  maker->wanted = (guint64)arguments->events;
  maker->n_heaps = (guint)arguments->heaps;
  maker->n_processes = (guint)arguments->processes;
  maker->n_cpus = options.cpus;
  maker->stacks = arguments->stacks;
  maker->bursts = arguments->bursts;
  maker->n_frames = (guint)arguments->stack_walks;
  maker->live = (guint64)arguments->live;
  for (guint i = 0; i < MAX_FRAMES; i++)
    maker->walk[i] = 0x7ff700000000 + i * 0x1234;
  maker->tick_mask = 127;
  maker->heaps = heaps;
  begin(maker);
  do_events(maker);
  end(maker);
  if (!hs_etl_writer_close(writer, error))
    return FALSE;
  if (arguments->truth == NULL)
    return TRUE;
  g_autofree char *json = hs_etl_truth_to_json(hs_etl_writer_truth(writer));
  return g_file_set_contents(arguments->truth, json, -1, error);
}

int
main(int argc, char **argv)
{
  Arguments arguments = {.heaps = 4, .processes = 2, .cpus = 4, .buffer_kib = 64, .seed = 1, .live = 1000000};
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!parse(&arguments, &argc, &argv, &error)) {
    g_printerr("make-trace: %s\n", error->message);
    status = 2;
  } else if (!make(&arguments, argv[1], &error)) {
    g_printerr("make-trace: %s\n", error->message);
    status = 1;
  }
  g_free(arguments.truth);
  return status;
}
