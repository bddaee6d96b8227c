/* SPDX-License-Identifier: MIT */
#include "sample-trace.h"

#include <math.h>

SampleTrace *
sample_trace_new(HsEtlWriter *writer, guint64 start_ticks, guint32 seed)
{
  SampleTrace *trace = g_new0(SampleTrace, 1);
  trace->writer = writer;
  trace->random = g_rand_new_with_seed(seed);
  trace->start_ticks = trace->now_ticks = start_ticks;
  trace->stacks = g_array_new(FALSE, TRUE, sizeof(SampleStack));
  trace->free_keys = g_array_new(FALSE, FALSE, sizeof(guint64));
  trace->next_key = G_GUINT64_CONSTANT(0xffffa68304430010);
  return trace;
}

void
sample_trace_free(SampleTrace *trace)
{
  g_rand_free(trace->random);
  g_array_unref(trace->stacks);
  g_array_unref(trace->free_keys);
  g_free(trace);
}

double
sample_random(SampleTrace *trace)
{
  return g_rand_double(trace->random);
}

guint64
sample_random_between(SampleTrace *trace, guint64 low, guint64 high)
{
  return (guint64)((double)low * pow((double)high / (double)low, g_rand_double(trace->random)));
}

double
sample_random_lifetime(SampleTrace *trace, double mean)
{
  return -log(1.0 - g_rand_double(trace->random)) * mean;
}

void
sample_trace_advance_to(SampleTrace *trace, guint64 ticks)
{
  trace->now_ticks = MAX(trace->now_ticks + 1, trace->start_ticks + ticks);
}

void
sample_trace_advance(SampleTrace *trace, guint ticks)
{
  trace->now_ticks += ticks;
}

HsEtlWriterAt
sample_trace_kernel_at(SampleTrace *trace, SampleThread *thread)
{
  return (HsEtlWriterAt){
      .header = HS_ETL_WRITER_SYSTEM64,
      .cpu = thread->cpu,
      .time_ticks = trace->now_ticks,
      .pid = thread->process->pid,
      .tid = thread->tid,
  };
}

HsEtlWriterAt
sample_trace_at(SampleTrace *trace, SampleThread *thread)
{
  HsEtlWriterAt at = sample_trace_kernel_at(trace, thread);
  if (thread->process->wow64)
    at.header = HS_ETL_WRITER_SYSTEM32;
  return at;
}

static guint64
address_in(SampleTrace *trace, const SampleImage *image)
{
  return image->base + 0x1000 + ((guint64)g_rand_int(trace->random) % (image->size - 0x2000));
}

/* Image 0 is the program, 1 ntdll, 2 the kernel32 that starts threads, 3 the C library; the rest anything. */
guint
sample_trace_add_stack(SampleTrace *trace, SampleProcess *process, guint depth)
{
  const SampleImage *images = (const SampleImage *)process->images->data;
  SampleStack stack = {0};
  stack.frames[stack.n_frames++] = images[1].base + 0x2f4a1;
  stack.frames[stack.n_frames++] = images[1].base + 0x2e3c8;
  if (sample_random(trace) < 0.7)
    stack.frames[stack.n_frames++] = images[3].base + 0x1be6;
  for (guint i = 0; i < depth && stack.n_frames < G_N_ELEMENTS(stack.frames) - 2; i++) {
    guint which = sample_random(trace) < 0.65 || process->images->len <= 4
                      ? 0
                      : 4 + g_rand_int(trace->random) % (process->images->len - 4);
    stack.frames[stack.n_frames++] = address_in(trace, &images[which]);
  }
  stack.frames[stack.n_frames++] = images[2].base + 0x17344;
  stack.frames[stack.n_frames++] = images[1].base + 0x526b1;
  g_array_append_val(trace->stacks, stack);
  return trace->stacks->len - 1;
}

static guint64
take_key(SampleTrace *trace)
{
  if (trace->free_keys->len > 0) {
    guint64 key = g_array_index(trace->free_keys, guint64, 0);
    g_array_remove_index(trace->free_keys, 0);
    return key;
  }
  trace->next_key += 0x80;
  return trace->next_key;
}

void
sample_trace_write_stack(SampleTrace *trace, SampleThread *thread, guint64 event_ticks, guint stack_number)
{
  SampleStack *stack = &g_array_index(trace->stacks, SampleStack, stack_number);
  sample_trace_advance(trace, 2 + g_rand_int(trace->random) % 6);
  HsEtlWriterAt at = sample_trace_kernel_at(trace, thread);
  at.header = HS_ETL_WRITER_PERFINFO64;
  guint32 pid = thread->process->pid;
  if (sample_random(trace) < 0.01) {
    hs_etl_writer_stack(trace->writer, &at, event_ticks, pid, thread->tid, stack->frames, stack->n_frames);
    return;
  }
  if (stack->key == 0)
    stack->key = take_key(trace);
  hs_etl_writer_stack_key(trace->writer, &at, FALSE, event_ticks, pid, thread->tid, stack->key);
}

void
sample_trace_define_stacks(SampleTrace *trace, gboolean all)
{
  for (guint i = 0; i < trace->stacks->len; i++) {
    SampleStack *stack = &g_array_index(trace->stacks, SampleStack, i);
    if (stack->key == 0 || (!all && i % 3 != 0))
      continue;
    sample_trace_advance(trace, 5);
    HsEtlWriterAt at = {.header = HS_ETL_WRITER_PERFINFO64, .cpu = i % 4, .time_ticks = trace->now_ticks};
    hs_etl_writer_stack_frames(trace->writer, &at, all ? 0x1824 : 0x1823, stack->key, stack->frames, stack->n_frames);
    g_array_append_val(trace->free_keys, stack->key);
    stack->key = 0;
  }
}

SampleProcess *
sample_process_new(guint32 pid, guint32 parent_pid, gboolean wow64, const char *name, const char *command_line)
{
  SampleProcess *process = g_new0(SampleProcess, 1);
  process->pid = pid;
  process->parent_pid = parent_pid;
  process->wow64 = wow64;
  process->name = name;
  process->command_line = command_line;
  process->images = g_array_new(FALSE, FALSE, sizeof(SampleImage));
  process->threads = g_array_new(FALSE, FALSE, sizeof(SampleThread));
  return process;
}

void
sample_process_free(SampleProcess *process)
{
  g_array_unref(process->images);
  g_array_unref(process->threads);
  g_free(process);
}

void
sample_process_add_image(SampleProcess *process, guint64 base, guint64 size, const char *path, const char *pdb)
{
  SampleImage image = {base, size, path, pdb, g_str_hash(pdb) | 0x40000000};
  g_array_append_val(process->images, image);
}

void
sample_process_add_thread(SampleProcess *process, guint32 tid, guint cpu, const char *name)
{
  SampleThread thread = {process, tid, cpu, name};
  g_array_append_val(process->threads, thread);
}

SampleThread *
sample_process_thread(SampleTrace *trace, SampleProcess *process, guint number)
{
  SampleThread *thread = &g_array_index(process->threads, SampleThread, number % process->threads->len);
  if (sample_random(trace) < 0.002)
    thread->cpu = g_rand_int(trace->random) % 4;
  return thread;
}

/* What merging adds to an image, under the image record's own time. */
static void
write_image_id(SampleTrace *trace, const HsEtlWriterAt *image_at, const SampleImage *image, guint32 pid)
{
  HsEtlWriterAt at = *image_at;
  at.header = HS_ETL_WRITER_FULL64;
  at.tid = G_MAXUINT32;
  const char *name = strrchr(image->path, '\\') + 1;
  hs_etl_writer_image_id(trace->writer, &at, image->base, image->size, pid, image->time_date_stamp, name);
  guint8 guid[16];
  guint32 hash = g_str_hash(image->pdb);
  for (guint i = 0; i < sizeof guid; i++) {
    hash = hash * 1664525 + 1013904223;
    guid[i] = (guint8)(hash >> 24);
  }
  hs_etl_writer_image_rsds(trace->writer, &at, image->base, pid, guid, 1, image->pdb);
}

static void
write_images(SampleTrace *trace, SampleProcess *process, SampleThread *thread, guint16 hook)
{
  for (guint i = 0; i < process->images->len; i++) {
    const SampleImage *image = &g_array_index(process->images, SampleImage, i);
    sample_trace_advance(trace, hook == 0x030a ? 4000 : 20);
    HsEtlWriterAt at = sample_trace_kernel_at(trace, thread);
    HsEtlWriterImage record = {
        .hook = hook,
        .version = 3,
        .base = image->base,
        .size = image->size,
        .pid = process->pid,
        .checksum = (guint32)image->size + 0x1234,
        .time_date_stamp = image->time_date_stamp,
        .name = image->path,
    };
    hs_etl_writer_image(trace->writer, &at, &record);
    if (hook != 0x1402)
      write_image_id(trace, &at, image, process->pid);
  }
}

static void
write_threads(SampleTrace *trace, SampleProcess *process, HsEtlWriterProcessOp op)
{
  for (guint i = 0; i < process->threads->len; i++) {
    SampleThread *thread = &g_array_index(process->threads, SampleThread, i);
    sample_trace_advance(trace, 15);
    HsEtlWriterAt at = sample_trace_kernel_at(trace, thread);
    HsEtlWriterThread record = {
        .op = (guint8)op,
        .version = 3,
        .pid = process->pid,
        .tid = thread->tid,
        .stack_base = 0x2f00000 + i * 0x100000u,
        .start_address = g_array_index(process->images, SampleImage, 0).base + 0x1450,
        .teb_base = 0x2a0000 + i * 0x3000u,
        .name = op == HS_ETL_WRITER_PROCESS_START ? NULL
                : thread->name != NULL            ? thread->name
                                                  : "",
    };
    hs_etl_writer_thread(trace->writer, &at, &record);
    if (op != HS_ETL_WRITER_PROCESS_START || thread->name == NULL)
      continue;
    sample_trace_advance(trace, 300);
    at.time_ticks = trace->now_ticks;
    at.header = HS_ETL_WRITER_PERFINFO64;
    hs_etl_writer_thread_name(trace->writer, &at, process->pid, thread->tid, thread->name);
  }
}

void
sample_process_write(SampleTrace *trace, SampleProcess *process, HsEtlWriterProcessOp op)
{
  SampleThread *first = &g_array_index(process->threads, SampleThread, 0);
  gboolean end = op == HS_ETL_WRITER_PROCESS_END;
  if (end) {
    write_threads(trace, process, op);
    write_images(trace, process, first, 0x1402);
  }
  sample_trace_advance(trace, 20);
  HsEtlWriterAt at = sample_trace_kernel_at(trace, first);
  if (op == HS_ETL_WRITER_PROCESS_START)
    at.pid = process->parent_pid; /* the creator's */
  if (op == HS_ETL_WRITER_PROCESS_DC_START || op == HS_ETL_WRITER_PROCESS_DC_END)
    at.header = HS_ETL_WRITER_PERFINFO64;
  HsEtlWriterProcess record = {
      .op = op,
      .version = 4,
      .pid = process->pid,
      .parent_pid = process->parent_pid,
      .session_id = 1,
      .exit_status = end ? 0 : 259,
      .flags = process->wow64 ? HS_ETL_WRITER_PROCESS_FLAG_WOW64 : 0,
      .name = process->name,
      .command_line = process->command_line,
  };
  hs_etl_writer_process(trace->writer, &at, &record);
  process->running = !end;
  if (end)
    return;
  write_threads(trace, process, op);
  guint16 hook = op == HS_ETL_WRITER_PROCESS_START ? 0x030a : op == HS_ETL_WRITER_PROCESS_DC_START ? 0x1403 : 0x1404;
  write_images(trace, process, first, hook);
}
