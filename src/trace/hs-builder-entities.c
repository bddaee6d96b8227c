/* SPDX-License-Identifier: MIT */
/* Processes, heaps, threads, origins and modules: which instance a pid or a handle means at this point of the trace;
 * and what else is no row: regions, gaps. */
#include "hs-builder-private.h"

typedef struct {
  uint64_t a, b;
} Key;

static guint
key_hash(gconstpointer data)
{
  const Key *key = data;
  uint64_t h = (key->a + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  h ^= (key->b + (h >> 29)) * 0x94d049bb133111ebu;
  return (guint)(h >> 32);
}

static gboolean
key_equal(gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;
  return x->a == y->a && x->b == y->b;
}

static uint32_t
lookup(GHashTable *table, uint64_t a, uint64_t b)
{
  Key key = {a, b};
  gpointer found = g_hash_table_lookup(table, &key);
  return found == NULL ? HS_ID_NONE : GPOINTER_TO_UINT(found) - 1;
}

static void
remember(GHashTable *table, uint64_t a, uint64_t b, uint32_t id)
{
  Key *key = g_new(Key, 1);
  *key = (Key){a, b};
  g_hash_table_insert(table, key, GUINT_TO_POINTER(id + 1));
}

static void
forget(GHashTable *table, uint64_t a, uint64_t b)
{
  Key key = {a, b};
  g_hash_table_remove(table, &key);
}

void
hs_builder_entities_init(HsBuilder *builder)
{
  GHashTable **tables[] = {&builder->processes, &builder->heaps, &builder->threads, &builder->origins,
                           &builder->modules};
  for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
    *tables[i] = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
  builder->generation = 1;
  builder->open.segment = HS_ID_NONE;
}

void
hs_builder_entities_clear(HsBuilder *builder)
{
  GHashTable *tables[] = {builder->processes, builder->heaps, builder->threads, builder->origins, builder->modules};
  for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
    g_hash_table_unref(tables[i]);
  for (uint32_t i = 0; i < builder->timeline->heaps.length && i < builder->heap_states_capacity; i++)
    hs_pair_table_clear(&builder->heap_states[i].live);
  g_free(builder->heap_states);
  g_free(builder->keys);
}

/* What a small entry of a hash table takes, beside its key. */
#define ENTRY_BYTES 48

uint64_t
hs_builder_memory_bytes(const HsBuilder *builder)
{
  const GHashTable *const tables[] = {builder->processes, builder->heaps, builder->threads, builder->origins,
                                      builder->modules};
  uint64_t bytes = sizeof *builder + builder->heap_states_capacity * sizeof(HsHeapState) +
                   builder->keys_capacity * sizeof(HsKeyState);
  for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
    bytes += g_hash_table_size((GHashTable *)tables[i]) * (uint64_t)(ENTRY_BYTES + sizeof(Key));
  return bytes + builder->live_bytes;
}

static HsProcessId
add_process(HsBuilder *builder, uint32_t pid)
{
  HsTimeline *t = builder->timeline;
  HsProcess *process = hs_vec_append(&t->processes);
  if (process == NULL) {
    builder->out_of_memory = true;
    return (HsProcessId){HS_ID_NONE};
  }
  *process = (HsProcess){
      .pid = pid,
      .name = HS_ID_NONE,
      .command_line = HS_ID_NONE,
      .start_ticks = INT64_MIN,
      .end_ticks = INT64_MAX,
      .newest_heap = HS_ID_NONE,
  };
  uint32_t id = t->processes.length - 1;
  remember(builder->processes, pid, 0, id);
  builder->generation++;
  __atomic_store_n(&t->n_processes, id + 1, __ATOMIC_RELEASE);
  return (HsProcessId){id};
}

static uint32_t
living_process(const HsBuilder *builder, uint32_t pid)
{
  uint32_t id = lookup(builder->processes, pid, 0);
  if (id != HS_ID_NONE && HS_VEC(&builder->timeline->processes, HsProcess, id)->end_ticks != INT64_MAX)
    return HS_ID_NONE;
  return id;
}

HsProcessId
hs_builder_process(HsBuilder *builder, uint32_t pid)
{
  uint32_t id = living_process(builder, pid);
  return id != HS_ID_NONE ? (HsProcessId){id} : add_process(builder, pid);
}

/* Whom a record about threads or images means: these trail a process's end, and do not begin another. */
static HsProcessId
latest_process(HsBuilder *builder, uint32_t pid)
{
  uint32_t id = lookup(builder->processes, pid, 0);
  return id != HS_ID_NONE ? (HsProcessId){id} : add_process(builder, pid);
}

static bool
grow_heap_states(HsBuilder *builder)
{
  uint32_t capacity = builder->heap_states_capacity == 0 ? 16 : builder->heap_states_capacity * 2;
  HsHeapState *states = g_try_renew(HsHeapState, builder->heap_states, capacity);
  if (states == NULL)
    return false;
  memset(states + builder->heap_states_capacity, 0, (capacity - builder->heap_states_capacity) * sizeof *states);
  builder->heap_states = states;
  builder->heap_states_capacity = capacity;
  return true;
}

HsHeapId
hs_builder_heap(HsBuilder *builder, HsProcessId process, uint64_t handle)
{
  HsTimeline *t = builder->timeline;
  uint32_t id = lookup(builder->heaps, process.v, handle);
  if (id != HS_ID_NONE && !builder->heap_states[id].over)
    return (HsHeapId){id};
  HsHeap *heap = NULL;
  if (t->heaps.length < builder->heap_states_capacity || grow_heap_states(builder))
    heap = hs_vec_append(&t->heaps);
  if (heap == NULL) {
    builder->out_of_memory = true;
    return (HsHeapId){HS_ID_NONE};
  }
  *heap = (HsHeap){.process = process, .handle = handle, .create_ticks = INT64_MIN, .destroy_ticks = INT64_MAX};
  id = t->heaps.length - 1;
  remember(builder->heaps, process.v, handle, id);
  HsProcess *owner = HS_VEC(&t->processes, HsProcess, process.v);
  HS_ADD(owner->n_heaps, 1);
  builder->heap_states[id].heap = heap;
  builder->heap_states[id].older_heap = owner->newest_heap;
  owner->newest_heap = id;
  __atomic_store_n(&t->n_heaps, id + 1, __ATOMIC_RELEASE);
  return (HsHeapId){id};
}

void
hs_builder_clear_live(HsBuilder *builder, HsHeapState *state)
{
  builder->live_bytes -= hs_pair_table_bytes(&state->live);
  hs_pair_table_clear(&state->live);
}

void
hs_builder_close_heap(HsBuilder *builder, HsHeapId id)
{
  hs_builder_clear_live(builder, &builder->heap_states[id.v]);
  builder->heap_states[id.v].over = true;
  builder->generation++;
}

HsThreadId
hs_builder_thread(HsBuilder *builder, HsProcessId process, uint32_t tid)
{
  HsTimeline *t = builder->timeline;
  uint32_t id = lookup(builder->threads, process.v, tid);
  if (id != HS_ID_NONE)
    return (HsThreadId){id};
  HsThread *thread = hs_vec_append(&t->threads);
  if (thread == NULL) {
    builder->out_of_memory = true;
    return (HsThreadId){HS_ID_NONE};
  }
  *thread = (HsThread){.process = process, .tid = tid, .name = HS_ID_NONE};
  id = t->threads.length - 1;
  remember(builder->threads, process.v, tid, id);
  __atomic_store_n(&t->n_threads, id + 1, __ATOMIC_RELEASE);
  return (HsThreadId){id};
}

static HsOriginId
find_origin(HsBuilder *builder, HsHeapId heap, HsThreadId thread)
{
  HsTimeline *t = builder->timeline;
  uint32_t id = lookup(builder->origins, heap.v, thread.v);
  if (id != HS_ID_NONE)
    return (HsOriginId){id};
  HsOrigin *origin = hs_vec_append(&t->origins);
  if (origin == NULL) {
    builder->out_of_memory = true;
    return (HsOriginId){HS_ID_NONE};
  }
  *origin = (HsOrigin){heap, thread};
  id = t->origins.length - 1;
  remember(builder->origins, heap.v, thread.v, id);
  __atomic_store_n(&t->n_origins, id + 1, __ATOMIC_RELEASE);
  return (HsOriginId){id};
}

/* Records without a handle (an affinity slot, an unknown opcode) belong to no heap, unless they are what makes a heap
 * one. */
static bool
has_heap(const HsHeapEvent *event)
{
  return event->handle != 0 || (event->op <= HS_OP_FREE);
}

HsOriginId
hs_builder_origin_slow(HsBuilder *builder, const HsHeapEvent *event)
{
  uint32_t pid = event->target_pid != 0 ? event->target_pid : event->pid;
  uint32_t tid = pid == event->pid ? event->tid : UINT32_MAX;
  HsProcessId process = hs_builder_process(builder, pid);
  if (process.v == HS_ID_NONE)
    return (HsOriginId){HS_ID_NONE};
  if (!event->wide)
    HS_SET(HS_VEC(&builder->timeline->processes, HsProcess, process.v)->is_32bit, 1);
  HsHeapId heap = has_heap(event) ? hs_builder_heap(builder, process, event->handle) : (HsHeapId){HS_ID_NONE};
  HsThreadId thread = hs_builder_thread(builder, process, tid);
  if (builder->out_of_memory)
    return (HsOriginId){HS_ID_NONE};
  HsOriginId origin = find_origin(builder, heap, thread);
  /* Without a handle, the operation says whether there is a heap; the cache does not look at it. */
  if (event->target_pid == 0 && event->handle != 0) {
    builder->cache[hs_builder_cache_slot(event)] =
        (HsOriginSlot){event->pid, event->tid, event->handle, origin.v, heap.v, builder->generation};
  }
  return origin;
}

/* "\Device\HarddiskVolume3\dir\a.exe" → "a.exe" */
static const char *
base_name(const char *path)
{
  const char *name = path;
  for (const char *p = path; *p != '\0'; p++) {
    if ((*p == '\\' || *p == '/') && p[1] != '\0')
      name = p + 1;
  }
  return name;
}

static void
describe_process(HsBuilder *builder, HsProcessId id, uint32_t parent_pid, bool wow64, const char *image,
                 const char *command_line)
{
  HsTimeline *t = builder->timeline;
  HsProcess *process = HS_VEC(&t->processes, HsProcess, id.v);
  if (process->name == HS_ID_NONE && image != NULL && image[0] != '\0')
    __atomic_store_n(&process->name, hs_strings_intern(t->strings, base_name(image)).v, __ATOMIC_RELEASE);
  if (process->command_line == HS_ID_NONE && command_line != NULL && command_line[0] != '\0')
    __atomic_store_n(&process->command_line, hs_strings_intern(t->strings, command_line).v, __ATOMIC_RELEASE);
  if (parent_pid != 0)
    HS_SET(process->parent_pid, parent_pid);
  if (wow64)
    HS_SET(process->is_32bit, 1);
}

void
hs_builder_process_start(HsBuilder *builder, int64_t ticks, bool rundown, uint32_t pid, uint32_t parent_pid, bool wow64,
                         const char *image, const char *command_line)
{
  uint32_t known = living_process(builder, pid);
  /* A start of a pid that lives says that its end was lost: the pid is in other hands now. */
  if (!rundown && known != HS_ID_NONE)
    (void)hs_builder_process_end(builder, ticks, pid, NULL, NULL);
  HsProcessId id = hs_builder_process(builder, pid);
  if (id.v == HS_ID_NONE)
    return;
  if (!rundown)
    HS_SET(HS_VEC(&builder->timeline->processes, HsProcess, id.v)->start_ticks, ticks);
  describe_process(builder, id, parent_pid, wow64, image, command_line);
}

void
hs_builder_process_seen(HsBuilder *builder, int64_t ticks, uint32_t pid, uint32_t parent_pid, bool wow64,
                        const char *image, const char *command_line)
{
  HsProcessId id = hs_builder_process(builder, pid);
  if (id.v != HS_ID_NONE)
    describe_process(builder, id, parent_pid, wow64, image, command_line);
}

static void
end_process(HsBuilder *builder, HsProcessId id, int64_t ticks)
{
  HsProcess *process = HS_VEC(&builder->timeline->processes, HsProcess, id.v);
  /* Rows are ascending in time, and so must the end be against the rows before it. */
  __atomic_store_n(&process->end_ticks, MAX(ticks, builder->last_ticks), __ATOMIC_RELEASE);
  for (uint32_t i = process->newest_heap; i != HS_ID_NONE; i = builder->heap_states[i].older_heap) {
    if (builder->heap_states[i].over)
      continue;
    hs_builder_end_heap(builder, (HsHeapId){i}, HS_END_PROCESS_EXIT, HS_ROW_PROCESS_EXIT);
    hs_builder_close_heap(builder, (HsHeapId){i});
  }
  builder->generation++;
}

bool
hs_builder_process_end(HsBuilder *builder, int64_t ticks, uint32_t pid, const char *image, GError **error)
{
  /* Windows tells an end up to three times (Terminate, End, Defunct): the first counts. */
  HsProcessId id = latest_process(builder, pid);
  if (id.v != HS_ID_NONE) {
    describe_process(builder, id, 0, false, image, NULL);
    if (living_process(builder, pid) == id.v)
      end_process(builder, id, ticks);
  }
  return hs_builder_has_all(builder, error);
}

void
hs_builder_thread_name(HsBuilder *builder, int64_t ticks, uint32_t pid, uint32_t tid, const char *name)
{
  HsTimeline *t = builder->timeline;
  HsProcessId process = latest_process(builder, pid);
  HsThreadId thread = process.v != HS_ID_NONE ? hs_builder_thread(builder, process, tid) : (HsThreadId){HS_ID_NONE};
  if (thread.v != HS_ID_NONE)
    __atomic_store_n(&HS_VEC(&t->threads, HsThread, thread.v)->name, hs_strings_intern(t->strings, name).v,
                     __ATOMIC_RELEASE);
}

void
hs_builder_module_load(HsBuilder *builder, int64_t ticks, bool rundown, uint32_t pid, uint64_t base, uint64_t size,
                       uint32_t checksum, uint32_t time_stamp, const char *path)
{
  HsTimeline *t = builder->timeline;
  HsProcessId process = pid == 0 ? (HsProcessId){HS_ID_NONE} : latest_process(builder, pid);
  uint32_t known = lookup(builder->modules, process.v, base);
  HsStringId path_id = hs_strings_intern(t->strings, path);
  /* Rundowns tell again what was told before. */
  if (known != HS_ID_NONE && HS_VEC(&t->modules, HsModule, known)->path.v == path_id.v)
    return;
  HsModule *module = hs_vec_append(&t->modules);
  if (module == NULL) {
    builder->out_of_memory = true;
    return;
  }
  *module = (HsModule){
      .process = process,
      .base = base,
      .size = size,
      .checksum = checksum,
      .time_stamp = time_stamp,
      .path = path_id,
      .load_ticks = rundown ? INT64_MIN : ticks,
      .unload_ticks = INT64_MAX,
  };
  uint32_t id = t->modules.length - 1;
  remember(builder->modules, process.v, base, id);
  __atomic_store_n(&t->n_modules, id + 1, __ATOMIC_RELEASE);
}

void
hs_builder_module_unload(HsBuilder *builder, int64_t ticks, uint32_t pid, uint64_t base)
{
  HsProcessId process = pid == 0 ? (HsProcessId){HS_ID_NONE} : latest_process(builder, pid);
  uint32_t known = lookup(builder->modules, process.v, base);
  if (known == HS_ID_NONE)
    return;
  HS_SET(HS_VEC(&builder->timeline->modules, HsModule, known)->unload_ticks, ticks);
  forget(builder->modules, process.v, base);
}

void
hs_builder_region(HsBuilder *builder, int64_t ticks, uint32_t pid, uint64_t handle, HsOp what, bool gone,
                  uint64_t address, uint64_t size)
{
  HsTimeline *t = builder->timeline;
  HsProcessId process = hs_builder_process(builder, pid);
  /* What is told of a heap after its end is about its end; only a new reservation is the beginning of another. */
  uint32_t latest = lookup(builder->heaps, process.v, handle);
  if (latest != HS_ID_NONE && builder->heap_states[latest].over && what != HS_OP_EXTEND)
    return;
  HsHeapId heap = process.v != HS_ID_NONE ? hs_builder_heap(builder, process, handle) : (HsHeapId){HS_ID_NONE};
  HsRegion *region = heap.v != HS_ID_NONE ? hs_vec_append(&t->regions) : NULL;
  if (region == NULL) {
    builder->out_of_memory = true;
    return;
  }
  *region = (HsRegion){heap, (uint8_t)what, gone, ticks, address, size};
  __atomic_store_n(&t->n_regions, t->regions.length, __ATOMIC_RELEASE);
}

void
hs_builder_gap(HsBuilder *builder, int64_t begin_ticks, int64_t end_ticks, uint16_t cpu, HsGapKind kind)
{
  HsTimeline *t = builder->timeline;
  HsGap *gap = hs_vec_append(&t->gaps);
  if (gap == NULL) {
    builder->out_of_memory = true;
    return;
  }
  *gap = (HsGap){begin_ticks, end_ticks, cpu, (uint8_t)kind};
  __atomic_store_n(&t->n_gaps, t->gaps.length, __ATOMIC_RELEASE);
}
