/* SPDX-License-Identifier: MIT */
/*
 * Makes the sample trace: half a minute of a photo editor (64-bit, segment heap) that opens a picture, is worked with,
 * runs a filter and saves; a service (64-bit, NT heap with LFH) that was there before, warms up, leaks, and for a while
 * has a heap of its own; and a 32-bit updater that unpacks things and exits.  The same bytes every time.
 *
 *   make-sample OUT.etl [--truth OUT.json]
 */
#include <stdlib.h>

#include "sample-heap.h"
#include "sample-queue.h"
#include "sample-world.h"

#define KIB 1024u
#define LENGTH_S 30.0
#define MAX_POINTS 16

typedef struct {
  double at_s;
  double rate; /* events a second, linear in between */
} RatePoint;

typedef struct {
  guint low, high; /* bytes */
  double weight;
} SizeRange;

typedef struct {
  double mean_s; /* 0: for ever */
  double weight;
} LifeRange;

/* Someone who allocates in one heap. */
typedef struct {
  guint heap; /* SampleHeapName */
  RatePoint rates[MAX_POINTS];
  SizeRange sizes[6];
  LifeRange lives[4];
  double resize_share; /* of blocks grown several times while they live */
  guint n_stacks;
} Workload;

static const Workload workloads[] = {
    /* The editor's user interface: starts up, then follows the user's hands. */
    {SAMPLE_EDITOR_MAIN,
     {{0.5, 0},
      {0.9, 3800},
      {2.8, 4200},
      {4.2, 1300},
      {8, 1500},
      {9, 2600},
      {10, 1300},
      {16.6, 1500},
      {17, 4200},
      {18.1, 4200},
      {18.5, 1300},
      {23.2, 1200},
      {23.8, 2900},
      {25, 1300},
      {30, 900}},
     {{16, 64, 5}, {64, 256, 4}, {256, 1024, 1.6}, {1024, 8192, 1.5}, {8192, 40960, 0.16}},
     {{0.004, 5}, {0.35, 3}, {7, 1.6}, {0, 0.4}},
     0.01,
     48},
    /* Tiles of the picture: a picture is opened; the filter makes a copy of every layer; saving makes another. */
    {SAMPLE_EDITOR_TILES,
     {{1.6, 0}, {1.7, 95}, {4.3, 95}, {4.4, 3}, {17, 4}, {17.05, 20}, {30, 4}},
     {{64 * KIB, 64 * KIB + 1, 5}, {32 * KIB, 64 * KIB, 2}, {16 * KIB, 32 * KIB, 1}},
     {{0.08, 3}, {14, 1}, {0, 4.2}},
     0,
     6},
    /* Undo steps, and their small descriptions. */
    {SAMPLE_EDITOR_UNDO,
     {{5, 0},
      {5.2, 260},
      {6.4, 30},
      {8, 30},
      {8.4, 420},
      {10, 40},
      {13, 30},
      {13.4, 380},
      {15.2, 40},
      {20, 30},
      {20.6, 400},
      {22, 40},
      {30, 30}},
     {{24, 200, 6}, {512, 4096, 2.4}, {8192, 16384, 0.5}},
     {{0.02, 2}, {9, 3.4}, {0, 2}},
     0.02,
     12},
    /* The service: quiet, then requests come in; each leaves nothing behind, but for a little something. */
    {SAMPLE_SERVICE_MAIN,
     {{0, 260}, {2.8, 420}, {3.6, 1900}, {7, 2300}, {9, 1500}, {14, 1900}, {20, 1700}, {26, 2200}, {30, 2000}},
     {{16, 48, 4}, {48, 160, 4}, {160, 640, 2}, {640, 4096, 0.5}, {4096, 12288, 0.06}},
     {{0.012, 6.4}, {0.6, 2.4}, {8, 0.3}},
     0.004,
     40},
    /* The leak: a session object and its name for every request of one kind, never freed. */
    {SAMPLE_SERVICE_MAIN,
     {{3.5, 0}, {4, 70}, {30, 88}},
     {{2088, 2089, 3}, {4136, 4137, 2}, {552, 553, 3}},
     {{0, 1}},
     0,
     2},
    /* A cache of results of all sizes that live for very different times: it is full of holes. */
    {SAMPLE_SERVICE_CACHE,
     {{0, 300}, {5, 320}, {12, 480}, {14, 220}, {21, 460}, {24, 200}, {30, 300}},
     {{200, 1800, 4}, {1800, 12288, 3}, {12288, 49152, 0.7}, {48, 200, 2}},
     {{0.3, 4}, {3, 3}, {14, 2}},
     0.006,
     10},
    /* A heap that one job makes for itself and throws away, blocks and all. */
    {SAMPLE_SERVICE_JOB,
     {{6.2, 1100}, {9.5, 1500}, {13.7, 1000}, {13.75, 0}},
     {{24, 128, 5}, {128, 900, 3}, {2048, 20480, 1.3}},
     {{0.15, 3}, {2, 2}, {0, 1.3}},
     0.01,
     8},
    /* The updater: three heaps of a 32-bit process. */
    {SAMPLE_UPDATER_MAIN,
     {{1.6, 0}, {1.8, 900}, {4, 800}, {9, 420}, {19, 420}, {21, 900}, {26, 600}, {27, 200}},
     {{8, 40, 5}, {40, 200, 4}, {200, 2000, 1}, {2000, 20000, 0.5}},
     {{0.01, 4}, {0.8, 3}, {10, 0.7}, {0, 0.2}},
     0.01,
     16},
    {SAMPLE_UPDATER_CRT,
     {{2, 0}, {2.2, 520}, {11, 640}, {16, 300}, {27, 480}},
     {{12, 96, 5}, {96, 512, 3}, {4096, 16384, 0.8}},
     {{0.03, 5}, {3, 2}, {0, 0.5}},
     0.03,
     12},
    {SAMPLE_UPDATER_UNPACK,
     {{4, 0},
      {4.1, 60},
      {8, 70},
      {8.2, 8},
      {12, 8},
      {12.2, 75},
      {17.5, 60},
      {17.7, 6},
      {22, 6},
      {22.3, 75},
      {26.4, 60},
      {26.6, 2}},
     {{4096, 32768, 3}, {32768, 131072, 2}, {512, 4096, 2}},
     {{0.15, 4}, {1.6, 2}},
     0.25,
     6},
};

/* A whole image layer that comes at once and goes at once: these make the peaks. */
typedef struct {
  double begin_s, end_s;  /* allocated over this time */
  double freed_s, gone_s; /* freed over this time */
  guint heap, count, bytes;
} Burst;

static const Burst bursts[] = {
    {17.0, 18.0, 18.02, 18.5, SAMPLE_EDITOR_TILES, 300, 64 * KIB},
    {17.2, 17.9, 18.05, 18.9, SAMPLE_EDITOR_TILES, 66, 128 * KIB},
    {10.4, 10.7, 11.4, 11.6, SAMPLE_EDITOR_TILES, 100, 64 * KIB},
    {23.4, 24.1, 24.6, 25.4, SAMPLE_EDITOR_TILES, 170, 64 * KIB},
    {17.3, 17.9, 18.3, 18.6, SAMPLE_EDITOR_UNDO, 240, 9000},
    {12.0, 12.6, 13.0, 15.5, SAMPLE_SERVICE_CACHE, 260, 6200},
};

typedef enum {
  TASK_WORK,   /* number: workload */
  TASK_FREE,   /* block */
  TASK_RESIZE, /* block */
  TASK_BURST,  /* burst */
  TASK_SCRIPT, /* line of the script */
} TaskKind;

typedef struct {
  SampleWorld *world;
  SampleTrace *trace;
  SampleQueue queue;
  GArray *blocks;      /* of SampleBlock */
  GArray *free_blocks; /* of guint: numbers to use again */
  guint first_stack[G_N_ELEMENTS(workloads)];
  guint burst_done[G_N_ELEMENTS(bursts)];
} Director;

static guint64
ticks_of(double seconds)
{
  return (guint64)(seconds * SAMPLE_TICKS_PER_SECOND);
}

static double
rate_at(const Workload *workload, double at_s)
{
  const RatePoint *points = workload->rates;
  guint count = 0;
  while (count < MAX_POINTS && (count == 0 || points[count].at_s > 0))
    count++;
  if (at_s < points[0].at_s)
    return 0;
  for (guint i = 0; i + 1 < count; i++) {
    if (at_s >= points[i + 1].at_s)
      continue;
    double part = (at_s - points[i].at_s) / (points[i + 1].at_s - points[i].at_s);
    return points[i].rate + part * (points[i + 1].rate - points[i].rate);
  }
  return points[count - 1].rate;
}

static double
now_s(Director *director)
{
  return (double)(director->trace->now_ticks - director->trace->start_ticks) / SAMPLE_TICKS_PER_SECOND;
}

static guint64
pick_size(Director *director, const Workload *workload)
{
  double total = 0;
  for (guint i = 0; i < G_N_ELEMENTS(workload->sizes); i++)
    total += workload->sizes[i].weight;
  double pick = sample_random(director->trace) * total;
  for (guint i = 0; i < G_N_ELEMENTS(workload->sizes); i++) {
    pick -= workload->sizes[i].weight;
    if (pick < 0)
      return sample_random_between(director->trace, workload->sizes[i].low, workload->sizes[i].high);
  }
  return workload->sizes[0].low;
}

/* Seconds; negative for ever. */
static double
pick_life(Director *director, const Workload *workload)
{
  double total = 0;
  for (guint i = 0; i < G_N_ELEMENTS(workload->lives); i++)
    total += workload->lives[i].weight;
  double pick = sample_random(director->trace) * total;
  for (guint i = 0; i < G_N_ELEMENTS(workload->lives); i++) {
    pick -= workload->lives[i].weight;
    if (pick < 0)
      return workload->lives[i].mean_s > 0 ? sample_random_lifetime(director->trace, workload->lives[i].mean_s) : -1;
  }
  return -1;
}

static guint
new_block(Director *director)
{
  if (director->free_blocks->len > 0) {
    guint number = g_array_index(director->free_blocks, guint, director->free_blocks->len - 1);
    g_array_set_size(director->free_blocks, director->free_blocks->len - 1);
    return number;
  }
  g_array_set_size(director->blocks, director->blocks->len + 1);
  return director->blocks->len - 1;
}

static SampleBlock *
block_at(Director *director, guint number)
{
  return &g_array_index(director->blocks, SampleBlock, number);
}

/* Few places in a program allocate most. */
static guint
pick_stack(Director *director, guint workload)
{
  double skew = sample_random(director->trace);
  return director->first_stack[workload] + (guint)(skew * skew * workloads[workload].n_stacks);
}

static SampleThread *
pick_thread(Director *director, SampleHeap *heap)
{
  double skew = sample_random(director->trace);
  SampleProcess *process = sample_heap_process(heap);
  return sample_process_thread(director->trace, process, (guint)(skew * skew * process->threads->len));
}

static void
allocate(Director *director, guint number)
{
  const Workload *workload = &workloads[number];
  SampleHeap *heap = director->world->heaps[workload->heap];
  SampleThread *thread = pick_thread(director, heap);
  guint block_number = new_block(director);
  guint64 size = pick_size(director, workload);
  sample_heap_alloc(heap, thread, size, pick_stack(director, number), block_at(director, block_number));
  double now = now_s(director), life = pick_life(director, workload);
  if (sample_random(director->trace) < workload->resize_share) {
    life = life < 0 ? -1 : MAX(life, 0.05);
    for (guint i = 1; i <= 4; i++)
      sample_queue_push(&director->queue, ticks_of(now + (life < 0 ? 0.4 : life) * i / 5), TASK_RESIZE, block_number);
  }
  if (life >= 0)
    sample_queue_push(&director->queue, ticks_of(now + life), TASK_FREE, block_number);
}

static void
do_work(Director *director, guint number)
{
  const Workload *workload = &workloads[number];
  SampleHeap *heap = director->world->heaps[workload->heap];
  double now = now_s(director), rate = rate_at(workload, now);
  if (heap != NULL && sample_heap_alive(heap) && sample_random(director->trace) < rate / (rate + 20))
    allocate(director, number);
  double wait = sample_random_lifetime(director->trace, 1.0 / (rate + 20));
  sample_queue_push(&director->queue, ticks_of(now + wait), TASK_WORK, number);
}

static void
do_free(Director *director, guint number)
{
  SampleBlock *block = block_at(director, number);
  if (!sample_heap_alive(block->heap))
    return;
  sample_heap_release(block->heap, pick_thread(director, block->heap), block);
  g_array_append_val(director->free_blocks, number);
}

static void
do_resize(Director *director, guint number)
{
  SampleBlock *block = block_at(director, number);
  if (!block->live || !sample_heap_alive(block->heap) || block->size_bytes > 256 * KIB)
    return;
  guint64 size = block->size_bytes + block->size_bytes / 2 + 8;
  SampleProcess *process = sample_heap_process(block->heap);
  guint workload = 0;
  while (director->world->heaps[workloads[workload].heap] != block->heap)
    workload++;
  /* Random numbers are drawn one a statement: the order of arguments is the compiler's choice. */
  SampleThread *thread = sample_process_thread(director->trace, process, 1);
  sample_heap_resize(block->heap, thread, size, pick_stack(director, workload), block);
}

static void
do_burst(Director *director, guint number)
{
  const Burst *burst = &bursts[number];
  SampleHeap *heap = director->world->heaps[burst->heap];
  guint workload = 0;
  while (workloads[workload].heap != burst->heap)
    workload++;
  guint block = new_block(director);
  double part = (double)director->burst_done[number]++ / burst->count;
  guint64 bytes = burst->bytes - (g_rand_int(director->trace->random) % 3) * (burst->bytes / 16);
  sample_heap_alloc(heap, pick_thread(director, heap), bytes, director->first_stack[workload],
                    block_at(director, block));
  double freed =
      burst->freed_s + (burst->gone_s - burst->freed_s) * (0.7 * part + 0.3 * sample_random(director->trace));
  sample_queue_push(&director->queue, ticks_of(freed), TASK_FREE, block);
}

static void
add_stacks(Director *director)
{
  for (guint i = 0; i < G_N_ELEMENTS(workloads); i++) {
    SampleProcess *process = director->world->processes[sample_world_owner(workloads[i].heap)];
    for (guint k = 0; k < workloads[i].n_stacks; k++) {
      guint stack = sample_trace_add_stack(director->trace, process, 2 + g_rand_int(director->trace->random) % 14);
      if (k == 0)
        director->first_stack[i] = stack;
    }
  }
}

/* Blocks of the service from before the trace: most are freed in its course, which nobody can match. */
static void
add_older_blocks(Director *director)
{
  for (guint i = 0; i < 1300; i++) {
    guint which = i % 9 != 0 ? 5 : 3;
    SampleHeap *heap = director->world->heaps[workloads[which].heap];
    guint number = new_block(director);
    SampleThread *thread = pick_thread(director, heap);
    sample_heap_alloc(heap, thread, pick_size(director, &workloads[which]), 0, block_at(director, number));
    if (i % 7 != 0)
      sample_queue_push(&director->queue, ticks_of(sample_random_lifetime(director->trace, 5)), TASK_FREE, number);
  }
}

static void
plan(Director *director)
{
  for (guint i = 0; i < G_N_ELEMENTS(workloads); i++)
    sample_queue_push(&director->queue, ticks_of(0.002 * i + 0.01), TASK_WORK, i);
  for (guint i = 0; i < G_N_ELEMENTS(bursts); i++) {
    double step = (bursts[i].end_s - bursts[i].begin_s) / bursts[i].count;
    for (guint k = 0; k < bursts[i].count; k++)
      sample_queue_push(&director->queue, ticks_of(bursts[i].begin_s + step * k), TASK_BURST, i);
  }
  for (guint i = 0; i < sample_world_n_lines(); i++)
    sample_queue_push(&director->queue, ticks_of(sample_world_line_s(i)), TASK_SCRIPT, i);
}

static void
perform(Director *director)
{
  SampleTask task;
  while (sample_queue_pop(&director->queue, &task) && task.ticks < ticks_of(LENGTH_S)) {
    sample_trace_advance_to(director->trace, task.ticks);
    switch ((TaskKind)task.kind) {
    case TASK_WORK:
      do_work(director, task.number);
      break;
    case TASK_FREE:
      do_free(director, task.number);
      break;
    case TASK_RESIZE:
      do_resize(director, task.number);
      break;
    case TASK_BURST:
      do_burst(director, task.number);
      break;
    case TASK_SCRIPT:
      sample_world_perform(director->world, task.number);
      break;
    }
  }
}

static void
direct(HsEtlWriter *writer, const HsEtlWriterOptions *options)
{
  g_autoptr(SampleTrace) trace = sample_trace_new(writer, options->start_ticks, 20250314);
  g_autoptr(SampleWorld) world = sample_world_new(trace);
  Director director = {.world = world, .trace = trace};
  sample_queue_init(&director.queue);
  director.blocks = g_array_new(FALSE, TRUE, sizeof(SampleBlock));
  director.free_blocks = g_array_new(FALSE, FALSE, sizeof(guint));
  add_stacks(&director);
  add_older_blocks(&director);
  sample_world_begin(world);
  plan(&director);
  perform(&director);
  sample_trace_advance_to(trace, ticks_of(LENGTH_S));
  sample_world_end(world);
  g_array_unref(director.blocks);
  g_array_unref(director.free_blocks);
  sample_queue_clear(&director.queue);
}

int
main(int argc, char **argv)
{
  g_autofree char *truth_path = NULL;
  GOptionEntry options_list[] = {
      {"truth", 0, 0, G_OPTION_ARG_FILENAME, &truth_path, "Write what the trace holds as JSON", "FILE"}, {NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("OUT.etl - make the sample trace");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, options_list, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 2) {
    g_printerr("make-sample: %s\n", error != NULL ? error->message : "one file to write is needed");
    return 2;
  }
  HsEtlWriterOptions options;
  hs_etl_writer_options_init(&options);
  options.compress = TRUE;
  options.truth_mode = truth_path != NULL ? HS_ETL_TRUTH_SORTED : HS_ETL_TRUTH_COUNTS;
  g_autoptr(HsEtlWriter) writer = hs_etl_writer_new_file(argv[1], &options, &error);
  if (writer != NULL) {
    direct(writer, &options);
    if (hs_etl_writer_close(writer, &error) && truth_path != NULL) {
      g_autofree char *json = hs_etl_truth_to_json(hs_etl_writer_truth(writer));
      g_file_set_contents(truth_path, json, -1, &error);
    }
  }
  if (error == NULL)
    return 0;
  g_printerr("make-sample: %s\n", error->message);
  return 1;
}
