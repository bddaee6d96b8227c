/* SPDX-License-Identifier: MIT */
#include "sample-heap.h"

#define KIB G_GUINT64_CONSTANT(1024)
#define COMMIT_BYTES (64 * KIB)
#define CONTRACT_BYTES (192 * KIB)
#define LFH_ENGAGES_AT 18 /* live blocks of a size class */
#define LFH_LIMIT_BYTES (16 * KIB)
#define N_CLASSES 129

typedef struct {
  guint64 address;
  guint64 size;
} Chunk;

typedef struct {
  guint64 base;
  guint64 reserved;
  guint64 committed;
} Segment;

/* A stretch of address space with its free chunks, ascending. */
typedef struct {
  GArray *segments; /* of Segment */
  GArray *free;     /* of Chunk */
  guint64 next_base;
  guint64 next_bytes;
  guint64 granularity;
} Arena;

typedef struct {
  guint64 base;
  guint64 block_bytes;
  guint64 chunk_bytes;
  guint count;
  guint used;
  GArray *free_slots; /* of guint16 */
} Subsegment;

typedef struct {
  guint live;
  guint subsegments;
  gboolean engaged;
  GArray *open; /* of gint: subsegments with room */
} SizeClass;

struct _SampleHeap {
  SampleTrace *trace;
  SampleProcess *process;
  SampleHeapKind kind;
  guint64 handle;
  guint32 flags;
  gboolean recording;
  gboolean alive;
  guint header_bytes;
  Arena main;
  Arena big;
  GArray *subsegments; /* of Subsegment */
  SizeClass classes[N_CLASSES];
  guint64 allocated;
};

static void
arena_init(Arena *arena, guint64 base, guint64 bytes, guint64 granularity)
{
  arena->segments = g_array_new(FALSE, FALSE, sizeof(Segment));
  arena->free = g_array_new(FALSE, FALSE, sizeof(Chunk));
  arena->next_base = base;
  arena->next_bytes = bytes;
  arena->granularity = granularity;
}

static void
arena_clear(Arena *arena)
{
  g_array_unref(arena->segments);
  g_array_unref(arena->free);
}

SampleHeap *
sample_heap_new(SampleTrace *trace, SampleProcess *process, SampleHeapKind kind, guint64 handle, guint32 flags,
                guint64 segment_bytes)
{
  SampleHeap *heap = g_new0(SampleHeap, 1);
  heap->trace = trace;
  heap->process = process;
  heap->kind = kind;
  heap->handle = handle;
  heap->flags = flags;
  heap->alive = TRUE;
  heap->header_bytes = process->wow64 ? 8 : 16;
  arena_init(&heap->main, handle, segment_bytes, process->wow64 ? 8 : 16);
  arena_init(&heap->big, handle + (process->wow64 ? 0x4000000 : 0x18000000), segment_bytes * 4, 4 * KIB);
  heap->subsegments = g_array_new(FALSE, TRUE, sizeof(Subsegment));
  for (guint i = 0; i < N_CLASSES; i++)
    heap->classes[i].open = g_array_new(FALSE, FALSE, sizeof(gint));
  return heap;
}

void
sample_heap_free(SampleHeap *heap)
{
  for (guint i = 0; i < heap->subsegments->len; i++)
    g_array_unref(g_array_index(heap->subsegments, Subsegment, i).free_slots);
  g_array_unref(heap->subsegments);
  for (guint i = 0; i < N_CLASSES; i++)
    g_array_unref(heap->classes[i].open);
  arena_clear(&heap->main);
  arena_clear(&heap->big);
  g_free(heap);
}

guint64
sample_heap_handle(const SampleHeap *heap)
{
  return heap->handle;
}

SampleProcess *
sample_heap_process(const SampleHeap *heap)
{
  return heap->process;
}

gboolean
sample_heap_alive(const SampleHeap *heap)
{
  return heap->alive;
}

void
sample_heap_begin_recording(SampleHeap *heap)
{
  heap->recording = TRUE;
}

void
sample_heap_abandon(SampleHeap *heap)
{
  heap->alive = FALSE;
}

static void
sum_arena(const Arena *arena, HsEtlWriterHeapEvent *event)
{
  for (guint i = 0; i < arena->segments->len; i++) {
    const Segment *segment = &g_array_index(arena->segments, Segment, i);
    event->committed += segment->committed;
    event->reserved += segment->reserved;
    event->n_ucrs += segment->committed < segment->reserved ? 1 : 0;
  }
  for (guint i = 0; i < arena->free->len; i++)
    event->free_space += g_array_index(arena->free, Chunk, i).size;
  event->free_list_length += arena->free->len;
}

/* Writes one record of the heap and returns its time. */
static guint64
write_event(SampleHeap *heap, SampleThread *thread, HsEtlWriterHeapEvent *event)
{
  if (!heap->recording)
    return 0;
  sample_trace_advance(heap->trace, 1);
  event->heap = heap->handle;
  HsEtlWriterAt at = sample_trace_at(heap->trace, thread);
  hs_etl_writer_heap(heap->trace->writer, &at, event);
  heap->trace->heap_events++;
  return at.time_ticks;
}

static void
write_sizes(SampleHeap *heap, SampleThread *thread, HsEtlWriterHeapOp op, guint64 address, guint64 size)
{
  HsEtlWriterHeapEvent event = {.op = op,
                                .address = address,
                                .size = size,
                                .flags = heap->flags,
                                .allocated = heap->allocated,
                                .payload_pid = heap->process->pid};
  sum_arena(&heap->main, &event);
  sum_arena(&heap->big, &event);
  write_event(heap, thread, &event);
}

/* Puts a free chunk in its place, merged with its neighbours. Returns its index. */
static guint
arena_give(Arena *arena, guint64 address, guint64 size)
{
  guint low = 0, high = arena->free->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(arena->free, Chunk, middle).address < address)
      low = middle + 1;
    else
      high = middle;
  }
  Chunk *chunks = (Chunk *)arena->free->data;
  gboolean joins_next = low < arena->free->len && chunks[low].address == address + size;
  if (low > 0 && chunks[low - 1].address + chunks[low - 1].size == address) {
    chunks[low - 1].size += size;
    if (joins_next) {
      chunks[low - 1].size += chunks[low].size;
      g_array_remove_index(arena->free, low);
    }
    return low - 1;
  }
  if (joins_next) {
    chunks[low].address = address;
    chunks[low].size += size;
    return low;
  }
  Chunk chunk = {address, size};
  g_array_insert_val(arena->free, low, chunk);
  return low;
}

/* The smallest chunk that fits, the lowest of those. 0 if none does. */
static guint64
arena_take(Arena *arena, guint64 size)
{
  guint best = G_MAXUINT;
  guint64 best_size = G_MAXUINT64;
  for (guint i = 0; i < arena->free->len; i++) {
    guint64 have = g_array_index(arena->free, Chunk, i).size;
    if (have >= size && have < best_size) {
      best = i;
      best_size = have;
      if (have == size)
        break;
    }
  }
  if (best == G_MAXUINT)
    return 0;
  Chunk *chunk = &g_array_index(arena->free, Chunk, best);
  guint64 address = chunk->address;
  chunk->address += size;
  chunk->size -= size;
  if (chunk->size == 0)
    g_array_remove_index(arena->free, best);
  return address;
}

static Segment *
arena_grow(SampleHeap *heap, Arena *arena, SampleThread *thread, guint64 size)
{
  guint64 bytes = arena->next_bytes;
  while (bytes < size + 8 * KIB)
    bytes *= 2;
  Segment segment = {arena->next_base, bytes, 0};
  /* The next one is somewhere else, as the address space happens to have room. */
  guint64 gap = (1 + g_rand_int(heap->trace->random) % 24) * 64 * KIB;
  arena->next_base += bytes + gap;
  arena->next_bytes = MIN(arena->next_bytes * 2, 16 * 1024 * KIB);
  if (heap->recording && arena->segments->len > 0) {
    HsEtlWriterAt at = sample_trace_at(heap->trace, thread);
    hs_etl_writer_range_reserve(heap->trace->writer, &at, heap->handle, segment.base, segment.reserved);
    at = sample_trace_kernel_at(heap->trace, thread);
    at.header = HS_ETL_WRITER_PERFINFO64;
    hs_etl_writer_virtual(heap->trace->writer, &at, FALSE, segment.base, segment.reserved, heap->process->pid, 0x2000);
  }
  g_array_append_val(arena->segments, segment);
  return &g_array_index(arena->segments, Segment, arena->segments->len - 1);
}

/* Commits enough of a segment for `size` bytes, and tells of it. */
static void
arena_extend(SampleHeap *heap, Arena *arena, SampleThread *thread, guint64 size)
{
  guint64 want = (size + COMMIT_BYTES - 1) / COMMIT_BYTES * COMMIT_BYTES;
  Segment *segment = NULL;
  for (guint i = 0; i < arena->segments->len && segment == NULL; i++) {
    Segment *candidate = &g_array_index(arena->segments, Segment, i);
    if (candidate->reserved - candidate->committed >= want)
      segment = candidate;
  }
  if (segment == NULL)
    segment = arena_grow(heap, arena, thread, want);
  guint64 address = segment->base + segment->committed;
  gboolean fresh = segment->committed == 0;
  segment->committed += want;
  /* A segment begins with the allocator's own structures. */
  guint64 own = fresh && arena == &heap->main ? 0x740 : 0;
  arena_give(arena, address + own, want - own);
  HsEtlWriterHeapEvent commit = {
      .op = HS_ETL_WRITER_HEAP_COMMIT, .address = address, .size = want, .index = fresh ? 3 : 2};
  write_event(heap, thread, &commit);
  if (!fresh || arena->segments->len > 1)
    write_sizes(heap, thread, HS_ETL_WRITER_HEAP_EXTEND, address, want);
}

static guint64
backend_take(SampleHeap *heap, Arena *arena, SampleThread *thread, guint64 size, gboolean *extended)
{
  guint64 address = arena_take(arena, size);
  *extended = address == 0;
  if (address != 0)
    return address;
  arena_extend(heap, arena, thread, size);
  return arena_take(arena, size);
}

/* Gives back what is free at the end of a segment once it is much. */
static void
backend_give(SampleHeap *heap, Arena *arena, SampleThread *thread, guint64 address, guint64 size)
{
  guint index = arena_give(arena, address, size);
  Chunk *chunk = &g_array_index(arena->free, Chunk, index);
  if (chunk->size < CONTRACT_BYTES)
    return;
  for (guint i = 0; i < arena->segments->len; i++) {
    Segment *segment = &g_array_index(arena->segments, Segment, i);
    if (chunk->address + chunk->size != segment->base + segment->committed)
      continue;
    guint64 keep = (chunk->address + COMMIT_BYTES - segment->base) / COMMIT_BYTES * COMMIT_BYTES;
    guint64 gone = segment->committed - keep;
    guint64 at = segment->base + keep;
    segment->committed = keep;
    chunk->size -= gone;
    if (chunk->size == 0)
      g_array_remove_index(arena->free, index);
    HsEtlWriterHeapEvent decommit = {.op = HS_ETL_WRITER_HEAP_DECOMMIT, .address = at, .size = gone, .index = 5};
    write_event(heap, thread, &decommit);
    write_sizes(heap, thread, HS_ETL_WRITER_HEAP_CONTRACT, at, gone);
    return;
  }
}

/* Size classes as the LFH has them: 8 or 16 bytes apart, then wider and wider. Rounds *bytes up to the class. */
static guint
class_of(const SampleHeap *heap, guint64 *bytes)
{
  guint64 unit = heap->header_bytes, step = unit;
  guint first = 0;
  guint64 base = 0;
  for (guint row = 0; row < 8; row++) {
    guint count = row == 0 ? 32 : 16;
    if (*bytes <= base + count * step || row == 7) {
      guint number = (guint)((*bytes - base + step - 1) / step);
      *bytes = base + number * step;
      return MIN(first + number, N_CLASSES - 1);
    }
    base += count * step;
    first += count;
    step *= 2;
  }
  return N_CLASSES - 1;
}

static void
tell_subsegment(SampleHeap *heap, SampleThread *thread, guint class_number, const Subsegment *subsegment,
                gboolean first)
{
  if (heap->kind == SAMPLE_HEAP_SEGMENT)
    return;
  HsEtlWriterHeapEvent init = {
      .op = HS_ETL_WRITER_HEAP_SUBSEGMENT_INIT,
      .address = subsegment->base,
      .block_size = subsegment->block_bytes,
      .block_count = subsegment->count,
      .index = thread->cpu,
  };
  write_event(heap, thread, &init);
  HsEtlWriterHeapEvent activated = {.op = HS_ETL_WRITER_HEAP_SUBSEGMENT_ACTIVATED, .address = subsegment->base};
  write_event(heap, thread, &activated);
  if (!first)
    return;
  HsEtlWriterHeapEvent enable = {.op = HS_ETL_WRITER_HEAP_AFFINITY_ENABLE, .index = class_number};
  write_event(heap, thread, &enable);
}

static gint
new_subsegment(SampleHeap *heap, SampleThread *thread, guint class_number, guint64 block_bytes)
{
  SizeClass *class = &heap->classes[class_number];
  guint count = (guint)MIN(16u << MIN(class->subsegments, 4), MAX(4, 48 * KIB / block_bytes));
  Subsegment subsegment = {.block_bytes = block_bytes, .count = count};
  subsegment.chunk_bytes = (guint64)count * block_bytes + 4 * heap->header_bytes;
  gboolean extended;
  subsegment.base = backend_take(heap, &heap->main, thread, subsegment.chunk_bytes, &extended);
  subsegment.free_slots = g_array_new(FALSE, FALSE, sizeof(guint16));
  for (guint i = 0; i < count; i++) {
    guint16 slot = (guint16)i;
    g_array_append_val(subsegment.free_slots, slot);
  }
  tell_subsegment(heap, thread, class_number, &subsegment, class->subsegments == 0);
  class->subsegments++;
  gint number = (gint)heap->subsegments->len;
  g_array_append_val(heap->subsegments, subsegment);
  g_array_append_val(class->open, number);
  return number;
}

/* A random free slot of the newest subsegment with room. */
static void
frontend_take(SampleHeap *heap, SampleThread *thread, guint class_number, guint64 block_bytes, SampleBlock *block)
{
  SizeClass *class = &heap->classes[class_number];
  gint number = class->open->len > 0 ? g_array_index(class->open, gint, class->open->len - 1)
                                     : new_subsegment(heap, thread, class_number, block_bytes);
  Subsegment *subsegment = &g_array_index(heap->subsegments, Subsegment, number);
  guint pick = g_rand_int(heap->trace->random) % subsegment->free_slots->len;
  block->slot = g_array_index(subsegment->free_slots, guint16, pick);
  g_array_remove_index_fast(subsegment->free_slots, pick);
  subsegment->used++;
  if (subsegment->free_slots->len == 0)
    g_array_set_size(class->open, class->open->len - 1);
  block->subsegment = number;
  block->address = subsegment->base + 3 * heap->header_bytes + (guint64)block->slot * block_bytes + heap->header_bytes;
}

static void
frontend_give(SampleHeap *heap, SampleThread *thread, guint class_number, SampleBlock *block)
{
  SizeClass *class = &heap->classes[class_number];
  Subsegment *subsegment = &g_array_index(heap->subsegments, Subsegment, block->subsegment);
  guint16 slot = (guint16)block->slot;
  if (subsegment->free_slots->len == 0)
    g_array_append_val(class->open, block->subsegment);
  g_array_append_val(subsegment->free_slots, slot);
  subsegment->used--;
  if (subsegment->used > 0 || class->open->len < 3)
    return;
  /* An empty subsegment goes back to the back end while others have room. */
  for (guint i = 0; i < class->open->len; i++)
    if (g_array_index(class->open, gint, i) == block->subsegment)
      g_array_remove_index(class->open, i);
  g_array_set_size(subsegment->free_slots, 0);
  backend_give(heap, &heap->main, thread, subsegment->base, subsegment->chunk_bytes);
}

/* Finds room; sets address, place and source. */
static void
place(SampleHeap *heap, SampleThread *thread, guint64 size_bytes, SampleBlock *block)
{
  guint64 need = size_bytes + heap->header_bytes;
  guint class_number = class_of(heap, &need);
  *block = (SampleBlock){.heap = heap, .size_bytes = size_bytes, .subsegment = -1, .live = TRUE};
  SizeClass *class = &heap->classes[class_number];
  gboolean small = need <= LFH_LIMIT_BYTES;
  gboolean extended = FALSE;
  if (small && ++class->live >= LFH_ENGAGES_AT)
    class->engaged = TRUE;
  if (small && class->engaged) {
    frontend_take(heap, thread, class_number, need, block);
    block->source = 2;
  } else {
    block->big = size_bytes >= 256 * KIB;
    Arena *arena = block->big ? &heap->big : &heap->main;
    guint64 chunk =
        (size_bytes + heap->header_bytes + arena->granularity - 1) / arena->granularity * arena->granularity;
    block->chunk_bytes = chunk;
    block->address = backend_take(heap, arena, thread, chunk, &extended) + heap->header_bytes;
    block->source = extended || block->big ? 4 : 3;
  }
  /* Lookaside lists serve a few of the smallest blocks of 32-bit heaps before the LFH does. */
  if (heap->process->wow64 && small && !class->engaged && need <= 64 && sample_random(heap->trace) < 0.3)
    block->source = 1;
  if (heap->kind == SAMPLE_HEAP_SEGMENT)
    block->source = 6;
  heap->allocated += size_bytes;
}

static void
unplace(SampleHeap *heap, SampleThread *thread, SampleBlock *block)
{
  guint64 need = block->size_bytes + heap->header_bytes;
  guint class_number = class_of(heap, &need);
  heap->allocated -= block->size_bytes;
  if (need <= LFH_LIMIT_BYTES)
    heap->classes[class_number].live--;
  if (block->subsegment >= 0)
    frontend_give(heap, thread, class_number, block);
  else
    backend_give(heap, block->big ? &heap->big : &heap->main, thread, block->address - heap->header_bytes,
                 block->chunk_bytes);
  block->live = FALSE;
}

static void
write_alloc(SampleHeap *heap, SampleThread *thread, guint stack, const SampleBlock *block)
{
  HsEtlWriterHeapEvent event = {
      .op = HS_ETL_WRITER_HEAP_ALLOC, .address = block->address, .size = block->size_bytes, .source = block->source};
  guint64 ticks = write_event(heap, thread, &event);
  if (heap->recording)
    sample_trace_write_stack(heap->trace, thread, ticks, stack);
}

static void
write_free(SampleHeap *heap, SampleThread *thread, const SampleBlock *block)
{
  /* Where a block goes back to is told anew: big blocks and the ones that extended the heap return by the main path. */
  guint32 source = block->source == 4 && !block->big ? 3 : block->source;
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_FREE, .address = block->address, .source = source};
  write_event(heap, thread, &event);
}

void
sample_heap_alloc(SampleHeap *heap, SampleThread *thread, guint64 size_bytes, guint stack, SampleBlock *block)
{
  place(heap, thread, size_bytes, block);
  write_alloc(heap, thread, stack, block);
}

void
sample_heap_release(SampleHeap *heap, SampleThread *thread, SampleBlock *block)
{
  write_free(heap, thread, block);
  unplace(heap, thread, block);
}

/* True if the block could grow where it is, into the free chunk behind it. */
static gboolean
grow_in_place(SampleHeap *heap, SampleBlock *block, guint64 size_bytes)
{
  if (block->subsegment >= 0)
    return FALSE;
  Arena *arena = block->big ? &heap->big : &heap->main;
  guint64 chunk = (size_bytes + heap->header_bytes + arena->granularity - 1) / arena->granularity * arena->granularity;
  guint64 end = block->address - heap->header_bytes + block->chunk_bytes;
  guint64 more = chunk > block->chunk_bytes ? chunk - block->chunk_bytes : 0;
  for (guint i = 0; i < arena->free->len; i++) {
    Chunk *next = &g_array_index(arena->free, Chunk, i);
    if (next->address != end || next->size < more + 64)
      continue;
    next->address += more;
    next->size -= more;
    block->chunk_bytes = MAX(chunk, block->chunk_bytes);
    return TRUE;
  }
  return more == 0;
}

static void
note_growth(SampleHeap *heap, SampleBlock *block, guint64 size_bytes)
{
  guint64 before = block->size_bytes + heap->header_bytes, after = size_bytes + heap->header_bytes;
  guint old_class = class_of(heap, &before), new_class = class_of(heap, &after);
  if (before <= LFH_LIMIT_BYTES)
    heap->classes[old_class].live--;
  if (after <= LFH_LIMIT_BYTES)
    heap->classes[new_class].live++;
  heap->allocated += size_bytes - block->size_bytes;
  block->size_bytes = size_bytes;
}

void
sample_heap_resize(SampleHeap *heap, SampleThread *thread, guint64 size_bytes, guint stack, SampleBlock *block)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_REALLOC,
                                .old_address = block->address,
                                .old_size = block->size_bytes,
                                .size = size_bytes};
  if (grow_in_place(heap, block, size_bytes)) {
    note_growth(heap, block, size_bytes);
  } else {
    SampleBlock moved;
    place(heap, thread, size_bytes, &moved);
    write_alloc(heap, thread, stack, &moved);
    sample_heap_release(heap, thread, block);
    *block = moved;
  }
  event.address = block->address;
  event.source = block->source;
  guint64 ticks = write_event(heap, thread, &event);
  if (heap->recording)
    sample_trace_write_stack(heap->trace, thread, ticks, stack);
}

void
sample_heap_fail(SampleHeap *heap, SampleThread *thread, guint64 size_bytes)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_ALLOC, .size = size_bytes, .source = 4};
  write_event(heap, thread, &event);
}

void
sample_heap_create(SampleHeap *heap, SampleThread *thread)
{
  heap->recording = TRUE;
  guint64 reserve = heap->main.next_bytes;
  HsEtlWriterAt at = sample_trace_at(heap->trace, thread);
  hs_etl_writer_range_create(heap->trace->writer, &at, heap->handle, reserve, heap->flags, TRUE);
  arena_extend(heap, &heap->main, thread, COMMIT_BYTES);
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_CREATE,
                                .flags = heap->flags,
                                .reserved = reserve,
                                .committed = COMMIT_BYTES,
                                .allocated = 0x740};
  write_event(heap, thread, &event);
}

void
sample_heap_destroy(SampleHeap *heap, SampleThread *thread)
{
  /* The ranges go first: nothing may follow a heap's Destroy under its handle, or it would look like a new heap. */
  HsEtlWriterAt at = sample_trace_at(heap->trace, thread);
  for (guint i = 0; i < heap->main.segments->len; i++) {
    const Segment *segment = &g_array_index(heap->main.segments, Segment, i);
    hs_etl_writer_range_release(heap->trace->writer, &at, heap->handle, segment->base, segment->reserved);
  }
  hs_etl_writer_range_destroy(heap->trace->writer, &at, heap->handle);
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_DESTROY};
  write_event(heap, thread, &event);
  heap->alive = FALSE;
}

void
sample_heap_snapshot(SampleHeap *heap, SampleThread *thread)
{
  write_sizes(heap, thread, HS_ETL_WRITER_HEAP_SNAPSHOT, 0, 0);
}

void
sample_heap_rundown(SampleHeap *heap, SampleThread *thread)
{
  HsEtlWriterRange ranges[64];
  guint count = 0;
  for (guint i = 0; i < heap->main.segments->len && count < G_N_ELEMENTS(ranges); i++) {
    const Segment *segment = &g_array_index(heap->main.segments, Segment, i);
    ranges[count++] = (HsEtlWriterRange){segment->base, segment->reserved};
  }
  sample_trace_advance(heap->trace, 1);
  HsEtlWriterAt at = sample_trace_at(heap->trace, thread);
  hs_etl_writer_range_rundown(heap->trace->writer, &at, 3, heap->handle, heap->flags, heap->process->pid, ranges,
                              count);
}

void
sample_heap_walk(SampleHeap *heap, SampleThread *thread, gboolean validate)
{
  static const HsEtlWriterHeapOp walk[] = {HS_ETL_WRITER_HEAP_LOCK, HS_ETL_WRITER_HEAP_WALK, HS_ETL_WRITER_HEAP_UNLOCK};
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_VALIDATE};
  if (validate) {
    write_event(heap, thread, &event);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS(walk); i++) {
    event.op = walk[i];
    write_event(heap, thread, &event);
  }
}
