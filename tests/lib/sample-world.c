/* SPDX-License-Identifier: MIT */
#include "sample-world.h"

#define MIB (1024u * 1024u)
#define SYSTEM32 "\\Device\\HarddiskVolume3\\Windows\\System32\\"
#define SYSWOW64 "\\Device\\HarddiskVolume3\\Windows\\SysWOW64\\"
#define EDITOR "\\Device\\HarddiskVolume3\\Program Files\\Photo Editor\\"
#define UPDATER "\\Device\\HarddiskVolume3\\Program Files (x86)\\Photo Editor\\Update\\"

static const struct {
  SampleProcessName process;
  SampleHeapKind kind;
  guint64 handle;
  guint32 flags;
  guint segment_bytes;
} heaps[SAMPLE_N_HEAPS] = {
    [SAMPLE_EDITOR_MAIN] = {SAMPLE_EDITOR, SAMPLE_HEAP_SEGMENT, 0x1a2c0000000, 0x102, 2 * MIB},
    [SAMPLE_EDITOR_TILES] = {SAMPLE_EDITOR, SAMPLE_HEAP_SEGMENT, 0x1a2f0000000, 0x1102, 8 * MIB},
    [SAMPLE_EDITOR_UNDO] = {SAMPLE_EDITOR, SAMPLE_HEAP_SEGMENT, 0x1a310000000, 0x1102, 1 * MIB},
    [SAMPLE_SERVICE_MAIN] = {SAMPLE_SERVICE, SAMPLE_HEAP_NT, 0x24e1d2a0000, 0x2, 1 * MIB},
    [SAMPLE_SERVICE_CACHE] = {SAMPLE_SERVICE, SAMPLE_HEAP_NT, 0x24e3a050000, 0x1002, 1 * MIB},
    [SAMPLE_SERVICE_JOB] = {SAMPLE_SERVICE, SAMPLE_HEAP_NT, 0x24e557f0000, 0x1003, 1 * MIB},
    [SAMPLE_UPDATER_MAIN] = {SAMPLE_UPDATER, SAMPLE_HEAP_NT, 0x00a50000, 0x2, 1 * MIB},
    [SAMPLE_UPDATER_CRT] = {SAMPLE_UPDATER, SAMPLE_HEAP_NT, 0x08f10000, 0x1002, 1 * MIB},
    [SAMPLE_UPDATER_UNPACK] = {SAMPLE_UPDATER, SAMPLE_HEAP_NT, 0x14c20000, 0x1002, 1 * MIB},
};

SampleProcessName
sample_world_owner(SampleHeapName heap)
{
  return heaps[heap].process;
}

/* The modules of every 64-bit process, after its program: see sample_trace_add_stack() for the first three. */
static void
add_system_images(SampleProcess *process)
{
  sample_process_add_image(process, 0x7ffb3c1f0000, 0x217000, SYSTEM32 "ntdll.dll", "ntdll.pdb");
  sample_process_add_image(process, 0x7ffb3b2c0000, 0xc4000, SYSTEM32 "kernel32.dll", "kernel32.pdb");
  sample_process_add_image(process, 0x7ffb39910000, 0x111000, SYSTEM32 "ucrtbase.dll", "ucrtbase.pdb");
  sample_process_add_image(process, 0x7ffb39c40000, 0x3a7000, SYSTEM32 "KernelBase.dll", "kernelbase.pdb");
}

static SampleProcess *
make_editor(void)
{
  SampleProcess *process =
      sample_process_new(7312, 5044, FALSE, "photo-editor.exe",
                         "\"C:\\Program Files\\Photo Editor\\photo-editor.exe\" C:\\Pictures\\harbour.raw");
  sample_process_add_image(process, 0x7ff62b4a0000, 0x8c2000, EDITOR "photo-editor.exe", "photo-editor.pdb");
  add_system_images(process);
  sample_process_add_image(process, 0x7ffb3a880000, 0x1ae000, SYSTEM32 "user32.dll", "user32.pdb");
  sample_process_add_image(process, 0x7ffb2d330000, 0x9d000, SYSTEM32 "msvcp140.dll", "msvcp140.amd64.pdb");
  sample_process_add_image(process, 0x7ffb04510000, 0x2f6000, EDITOR "image-core.dll", "image-core.pdb");
  sample_process_add_image(process, 0x7ffaf86e0000, 0x1d4000, EDITOR "filters.dll", "filters.pdb");
  sample_process_add_image(process, 0x7ffb33fa0000, 0x25b000, SYSTEM32 "d3d11.dll", "d3d11.pdb");
  sample_process_add_thread(process, 7316, 0, "Main");
  sample_process_add_thread(process, 7420, 1, "Tile Worker 1");
  sample_process_add_thread(process, 7424, 2, "Tile Worker 2");
  sample_process_add_thread(process, 7428, 3, "Tile Worker 3");
  sample_process_add_thread(process, 7500, 2, "Thumbnailer");
  sample_process_add_thread(process, 7508, 1, NULL);
  return process;
}

static SampleProcess *
make_service(void)
{
  SampleProcess *process =
      sample_process_new(1460, 892, FALSE, "svchost.exe", "C:\\Windows\\System32\\svchost.exe -k LocalService -p");
  sample_process_add_image(process, 0x7ff7d0d20000, 0x11000, SYSTEM32 "svchost.exe", "svchost.pdb");
  add_system_images(process);
  sample_process_add_image(process, 0x7ffb3bd10000, 0x117000, SYSTEM32 "rpcrt4.dll", "rpcrt4.pdb");
  sample_process_add_image(process, 0x7ffb3b7f0000, 0xa7000, SYSTEM32 "sechost.dll", "sechost.pdb");
  sample_process_add_image(process, 0x7ffb2f870000, 0x122000, SYSTEM32 "winhttp.dll", "winhttp.pdb");
  sample_process_add_image(process, 0x7ffb1e5b0000, 0x74000, SYSTEM32 "wpnservice.dll", "wpnservice.pdb");
  sample_process_add_thread(process, 1464, 3, NULL);
  sample_process_add_thread(process, 2212, 0, "Request Worker");
  sample_process_add_thread(process, 2216, 1, "Request Worker");
  sample_process_add_thread(process, 3388, 2, "Cache Sweeper");
  return process;
}

static SampleProcess *
make_updater(void)
{
  SampleProcess *process = sample_process_new(
      5580, 7312, TRUE, "updater.exe", "\"C:\\Program Files (x86)\\Photo Editor\\Update\\updater.exe\" /background");
  sample_process_add_image(process, 0x00400000, 0x9e000, UPDATER "updater.exe", "updater.pdb");
  sample_process_add_image(process, 0x77a30000, 0x1b2000, SYSWOW64 "ntdll.dll", "wntdll.pdb");
  sample_process_add_image(process, 0x76f10000, 0xf0000, SYSWOW64 "kernel32.dll", "wkernel32.pdb");
  sample_process_add_image(process, 0x75d80000, 0x112000, SYSWOW64 "ucrtbase.dll", "ucrtbase.pdb");
  sample_process_add_image(process, 0x76150000, 0x279000, SYSWOW64 "KernelBase.dll", "wkernelbase.pdb");
  sample_process_add_image(process, 0x6fb40000, 0x1f000, UPDATER "unpack.dll", "unpack.pdb");
  sample_process_add_image(process, 0x7ffb3aaf0000, 0x58000, SYSTEM32 "wow64.dll", "wow64.pdb");
  sample_process_add_thread(process, 5584, 1, "Main");
  sample_process_add_thread(process, 5628, 3, "Download");
  sample_process_add_thread(process, 5632, 0, "Unpack");
  return process;
}

SampleWorld *
sample_world_new(SampleTrace *trace)
{
  SampleWorld *world = g_new0(SampleWorld, 1);
  world->trace = trace;
  world->processes[SAMPLE_EDITOR] = make_editor();
  world->processes[SAMPLE_SERVICE] = make_service();
  world->processes[SAMPLE_UPDATER] = make_updater();
  for (guint i = 0; i < SAMPLE_N_HEAPS; i++)
    world->heaps[i] = sample_heap_new(trace, world->processes[heaps[i].process], heaps[i].kind, heaps[i].handle,
                                      heaps[i].flags, heaps[i].segment_bytes);
  return world;
}

void
sample_world_free(SampleWorld *world)
{
  for (guint i = 0; i < SAMPLE_N_HEAPS; i++)
    sample_heap_free(world->heaps[i]);
  for (guint i = 0; i < SAMPLE_N_PROCESSES; i++)
    sample_process_free(world->processes[i]);
  g_free(world);
}

static SampleThread *
thread_of(SampleWorld *world, SampleProcessName process, guint number)
{
  return sample_process_thread(world->trace, world->processes[process], number);
}

static void
write_kernel_image(SampleWorld *world, guint16 hook)
{
  sample_trace_advance(world->trace, 20);
  HsEtlWriterAt at = {
      .header = HS_ETL_WRITER_SYSTEM64, .cpu = 0, .time_ticks = world->trace->now_ticks, .pid = 4, .tid = 8};
  HsEtlWriterImage image = {
      .hook = hook,
      .version = 3,
      .base = 0xfffff80417200000,
      .size = 0x1047000,
      .checksum = 0xba2c71,
      .time_date_stamp = 0x8f1c2d07,
      .name = "\\SystemRoot\\system32\\ntoskrnl.exe",
  };
  hs_etl_writer_image(world->trace->writer, &at, &image);
}

void
sample_world_begin(SampleWorld *world)
{
  SampleTrace *trace = world->trace;
  HsEtlWriterAt at = {
      .header = HS_ETL_WRITER_SYSTEM64, .cpu = 0, .time_ticks = trace->now_ticks + 1, .pid = 4, .tid = 8};
  hs_etl_writer_cpu_config(trace->writer, &at, 3400, 16384, "HARBOUR");
  at.header = HS_ETL_WRITER_FULL64;
  hs_etl_writer_volume(trace->writer, &at, "\\Device\\HarddiskVolume3", "C:");
  write_kernel_image(world, 0x1403);
  sample_process_write(trace, world->processes[SAMPLE_SERVICE], HS_ETL_WRITER_PROCESS_DC_START);
  for (guint i = SAMPLE_SERVICE_MAIN; i <= SAMPLE_SERVICE_CACHE; i++) {
    sample_heap_begin_recording(world->heaps[i]);
    sample_heap_rundown(world->heaps[i], thread_of(world, SAMPLE_SERVICE, 0));
    sample_heap_snapshot(world->heaps[i], thread_of(world, SAMPLE_SERVICE, 0));
    world->created[i] = TRUE;
  }
}

void
sample_world_end(SampleWorld *world)
{
  for (guint i = 0; i < SAMPLE_N_HEAPS; i++) {
    if (!sample_heap_alive(world->heaps[i]))
      continue;
    sample_heap_snapshot(world->heaps[i], thread_of(world, heaps[i].process, 0));
    sample_heap_rundown(world->heaps[i], thread_of(world, heaps[i].process, 0));
  }
  write_kernel_image(world, 0x1404);
  for (guint i = 0; i < SAMPLE_N_PROCESSES; i++)
    if (world->processes[i]->running)
      sample_process_write(world->trace, world->processes[i], HS_ETL_WRITER_PROCESS_DC_END);
  sample_trace_define_stacks(world->trace, TRUE);
}

typedef enum { START, EXIT, CREATE, DESTROY, WALK, VALIDATE, FAIL, EVICT, LOOK } Action;

static const struct {
  double at_s;
  Action action;
  guint subject; /* process or heap */
} script[] = {
    {0.40, START, SAMPLE_EDITOR},
    {0.45, CREATE, SAMPLE_EDITOR_MAIN},
    {1.40, START, SAMPLE_UPDATER},
    {1.50, CREATE, SAMPLE_UPDATER_MAIN},
    {1.55, CREATE, SAMPLE_EDITOR_TILES},
    {1.90, CREATE, SAMPLE_UPDATER_CRT},
    {3.90, CREATE, SAMPLE_UPDATER_UNPACK},
    {4.80, CREATE, SAMPLE_EDITOR_UNDO},
    {6.15, CREATE, SAMPLE_SERVICE_JOB},
    {7.00, WALK, SAMPLE_SERVICE_MAIN},
    {8.10, EVICT, 0},
    {9.60, FAIL, SAMPLE_UPDATER_UNPACK},
    {10.0, LOOK, SAMPLE_SERVICE_CACHE},
    {13.8, DESTROY, SAMPLE_SERVICE_JOB},
    {14.5, WALK, SAMPLE_SERVICE_CACHE},
    {16.2, EVICT, 0},
    {17.4, VALIDATE, SAMPLE_UPDATER_CRT},
    {18.0, LOOK, SAMPLE_EDITOR_TILES},
    {20.0, LOOK, SAMPLE_SERVICE_MAIN},
    {21.7, FAIL, SAMPLE_UPDATER_MAIN},
    {22.5, FAIL, SAMPLE_UPDATER_UNPACK},
    {24.0, WALK, SAMPLE_SERVICE_MAIN},
    {25.1, EVICT, 0},
    {27.4, EXIT, SAMPLE_UPDATER},
};

guint
sample_world_n_lines(void)
{
  return G_N_ELEMENTS(script);
}

double
sample_world_line_s(guint line)
{
  return script[line].at_s;
}

static void
perform_process(SampleWorld *world, Action action, SampleProcessName process)
{
  if (action == START) {
    sample_process_write(world->trace, world->processes[process], HS_ETL_WRITER_PROCESS_START);
    return;
  }
  sample_process_write(world->trace, world->processes[process], HS_ETL_WRITER_PROCESS_END);
  for (guint i = 0; i < SAMPLE_N_HEAPS; i++)
    if (heaps[i].process == process)
      sample_heap_abandon(world->heaps[i]);
}

static void
perform_heap(SampleWorld *world, Action action, SampleHeapName name)
{
  SampleHeap *heap = world->heaps[name];
  SampleThread *thread = thread_of(world, heaps[name].process, 0);
  switch (action) {
  case CREATE:
    sample_heap_create(heap, thread);
    world->created[name] = TRUE;
    break;
  case DESTROY:
    sample_heap_destroy(heap, thread);
    break;
  case FAIL:
    sample_heap_fail(heap, thread, 0x5a000000);
    break;
  case LOOK:
    sample_heap_snapshot(heap, thread);
    break;
  case WALK:
  case VALIDATE:
  default:
    sample_heap_walk(heap, thread, action == VALIDATE);
    break;
  }
}

void
sample_world_perform(SampleWorld *world, guint line)
{
  Action action = script[line].action;
  if (action == START || action == EXIT)
    perform_process(world, action, (SampleProcessName)script[line].subject);
  else if (action == EVICT)
    sample_trace_define_stacks(world->trace, FALSE);
  else
    perform_heap(world, action, (SampleHeapName)script[line].subject);
}
