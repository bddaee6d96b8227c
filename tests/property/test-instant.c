/* SPDX-License-Identifier: MIT */
/* The instant against memory written out byte by byte: which blocks live, what is covered, committed and free, and how
 * pages are filled, however one came there. */
#include <string.h>

#include "hs-instant.h"
#include "random-trace.h"

#define BASE UINT64_C(0x10000)
#define BYTES 0x30000u
#define MAX_HEAPS 255
#define PAGE HS_INSTANT_PAGE_BYTES

/* --- random traces with memory in them --- */

typedef struct {
  HsTimeline *timeline;
  HsBuilder *builder;
  GRand *rand;
  int64_t ticks;
  uint32_t n_pids, n_handles, step, most_bytes;
  bool tells; /* of memory */
} Trace;

static uint32_t
dice(Trace *trace, uint32_t n)
{
  return (uint32_t)g_rand_int_range(trace->rand, 0, (gint32)n);
}

static HsHeapEvent
new_event(Trace *trace, HsOp op)
{
  return (HsHeapEvent){.ticks = trace->ticks,
                       .pid = 1 + dice(trace, trace->n_pids),
                       .tid = 7,
                       .op = op,
                       .handle = 0x1000 * (1 + (uint64_t)dice(trace, trace->n_handles))};
}

static uint64_t
random_address(Trace *trace, uint32_t step)
{
  return BASE + (uint64_t)dice(trace, BYTES / 2 / step) * step;
}

static void
add_memory(Trace *trace)
{
  static const HsOp ops[] = {HS_OP_COMMIT, HS_OP_DECOMMIT, HS_OP_EXTEND, HS_OP_CONTRACT, HS_OP_SNAPSHOT};
  HsHeapEvent event = new_event(trace, ops[dice(trace, 5)]);
  event.address = random_address(trace, 256);
  event.size = 1 + dice(trace, 0x3000);
  if (dice(trace, 3) == 0) {
    bool gone = event.op == HS_OP_CONTRACT;
    HsOp what = gone || event.op == HS_OP_SNAPSHOT ? event.op : HS_OP_EXTEND;
    hs_builder_region(trace->builder, trace->ticks, event.pid, event.handle, what, gone, event.address, event.size);
    return;
  }
  event.has_sizes = event.op == HS_OP_EXTEND || event.op == HS_OP_CONTRACT || event.op == HS_OP_SNAPSHOT;
  event.committed_bytes = dice(trace, 100000);
  event.reserved_bytes = event.committed_bytes * 2;
  g_assert_true(hs_builder_add(trace->builder, &event, NULL));
}

static void
add_event(Trace *trace)
{
  if (dice(trace, 2) == 0)
    trace->ticks += dice(trace, 4);
  uint32_t d = dice(trace, 1000);
  if (d == 0 && dice(trace, 4) == 0) {
    uint32_t pid = 1 + dice(trace, trace->n_pids);
    g_assert_true(hs_builder_process_end(trace->builder, trace->ticks, pid, NULL, NULL));
    return;
  }
  if (d < 50 && trace->tells) {
    add_memory(trace);
    return;
  }
  HsHeapEvent event = new_event(trace, d == 52   ? HS_OP_DESTROY
                                       : d < 600 ? HS_OP_ALLOC
                                       : d < 930 ? HS_OP_FREE
                                                 : HS_OP_REALLOC);
  event.has_source = event.op != HS_OP_DESTROY;
  event.source_id = dice(trace, 7);
  event.address = dice(trace, 60) == 0 ? 0 : random_address(trace, trace->step);
  event.size = dice(trace, 40) == 0 ? dice(trace, 30000) : dice(trace, trace->most_bytes);
  event.old_address = dice(trace, 2) == 0 ? event.address : random_address(trace, trace->step);
  g_assert_true(hs_builder_add(trace->builder, &event, NULL));
}

static Trace
trace_new(GRand *rand, int round)
{
  Trace trace = {.rand = rand, .n_pids = round % 3 == 0 ? 1 : 3, .n_handles = round % 3 == 0 ? 1 : 4};
  trace.timeline = hs_timeline_new();
  trace.builder = hs_builder_new(trace.timeline, (HsClock){10000000});
  trace.step = round % 2 == 0 ? 16 : 64;
  trace.most_bytes = round % 2 == 0 ? 17 : 300;
  trace.tells = round % 4 != 3;
  trace.ticks = g_rand_int_range(rand, -20, 20);
  return trace;
}

static void
trace_clear(Trace *trace)
{
  hs_builder_free(trace->builder);
  hs_timeline_unref(trace->timeline);
}

/* --- the model --- */

typedef struct {
  HsTimeline *timeline;
  uint32_t n_rows, n_regions, n_heaps;
  int64_t over[MAX_HEAPS]; /* when the heap's memory went */
} Model;

static Model
model_new(HsTimeline *t)
{
  Model m = {t, hs_timeline_n_rows(t), hs_timeline_n_regions(t), hs_timeline_n_heaps(t), {0}};
  g_assert_cmpuint(m.n_heaps, <=, MAX_HEAPS);
  for (uint32_t h = 0; h < m.n_heaps; h++) {
    const HsHeap *heap = hs_timeline_heap(t, (HsHeapId){h});
    m.over[h] = MIN(heap->destroy_ticks, hs_timeline_process(t, heap->process)->end_ticks);
  }
  return m;
}

/* A row tells the same. */
static bool
is_own(const Model *m, const HsRegion *region)
{
  for (HsRow row = 0; row < m->n_rows; row++) {
    HsEvent event;
    hs_timeline_event(m->timeline, row, &event);
    if (event.ticks == region->ticks && event.op == (HsOp)region->what && event.heap.v == region->heap.v &&
        event.address == region->address && event.size == region->size)
      return true;
  }
  return false;
}

/* Marks what was held at an instant, a byte a byte; whether anything ever was. */
static bool
play(const Model *m, uint32_t heap, bool reserved, int64_t ticks, uint8_t *bytes)
{
  static uint8_t now[BYTES];
  bool ever = false;
  memset(now, 0, BYTES);
  memset(bytes, 0, BYTES);
  for (uint32_t i = 0; i <= m->n_regions; i++) {
    const HsRegion *r = i < m->n_regions ? hs_timeline_region(m->timeline, i) : NULL;
    if (r != NULL && r->heap.v != heap)
      continue;
    /* What came before stands until now. */
    int64_t until = r != NULL ? MIN(r->ticks, m->over[heap]) : m->over[heap];
    static int64_t since;
    since = i == 0 ? INT64_MIN : since;
    if (since < until && memchr(now, 1, BYTES) != NULL)
      ever = true;
    if (since <= ticks && ticks < until)
      memcpy(bytes, now, BYTES);
    if (r == NULL)
      break;
    since = r->ticks;
    bool own = r->what == HS_OP_COMMIT || r->what == HS_OP_DECOMMIT || (r->what == HS_OP_EXTEND && is_own(m, r));
    uint64_t from = r->address - BASE, to = MIN(from + r->size, BYTES);
    if (r->gone && (!reserved || r->what == HS_OP_CONTRACT))
      memset(now + from, 0, to - from);
    else if (!r->gone && own == !reserved)
      memset(now + from, 1, to - from);
  }
  return ever;
}

static void
count_runs(HsInstantFigures *f, const uint8_t *committed, const uint8_t *covered)
{
  uint64_t run = 0;
  for (uint32_t i = 0; i < BYTES; i++) {
    f->committed_bytes += committed[i];
    f->occupied_bytes += covered[i];
    run = committed[i] && !covered[i] ? run + 1 : 0;
    f->free_bytes += run > 0;
    if (run > f->largest_free_bytes) {
      f->largest_free_bytes = run;
      f->largest_free_address = BASE + i + 1 - run;
    }
  }
}

/* Live blocks of a heap: what they cover, and how pages are filled. */
static void
cover(const Model *m, HsRowSet *set, uint32_t heap, int64_t ticks, HsInstantFigures *f, uint8_t *covered, uint8_t *used)
{
  static uint32_t blocks_a_page[BYTES / PAGE];
  memset(covered, 0, BYTES);
  memset(used, 0, BYTES);
  memset(blocks_a_page, 0, sizeof blocks_a_page);
  for (uint32_t i = 0; i < hs_row_set_count_blocks(m->timeline, m->n_rows); i++) {
    HsBlock block;
    hs_timeline_block(m->timeline, (HsBlockId){i}, m->n_rows, &block);
    if (block.heap.v != heap || block.begin_ticks > ticks || block.end_ticks <= ticks)
      continue;
    bool member = set == NULL || hs_row_set_contains(set, i);
    f->live_blocks += member;
    f->other_blocks += !member;
    f->live_bytes += member ? block.size : 0;
    uint64_t from = block.address - BASE, to = from + MAX(block.size, 1);
    memset(covered + from, 1, to - from);
    for (uint64_t page = from / PAGE; page <= (to - 1) / PAGE; page++)
      blocks_a_page[page]++;
  }
  for (uint32_t page = 0; page < BYTES / PAGE; page++) {
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < PAGE; i++)
      bytes += covered[page * PAGE + i];
    f->pages += blocks_a_page[page] > 0;
    f->page_blocks += blocks_a_page[page];
    f->sparse_pages += blocks_a_page[page] > 0 && bytes <= HS_INSTANT_SPARSE_BYTES;
    memset(used + page * PAGE, blocks_a_page[page] > 0, PAGE);
  }
}

static void
tell(const Model *m, uint32_t heap, int64_t ticks, HsInstantFigures *f)
{
  if (ticks >= m->over[heap])
    return;
  for (HsRow row = 0; row < m->n_rows; row++) {
    HsEvent event;
    hs_timeline_event(m->timeline, row, &event);
    if (event.heap.v != heap || event.ticks > ticks || event.detail == NULL || !event.detail->has_sizes)
      continue;
    f->n_sized = 1;
    f->told_committed_bytes = event.detail->committed_bytes;
    f->told_reserved_bytes = event.detail->reserved_bytes;
  }
}

/* False if the heap is not shown. */
static bool
model_heap(const Model *m, HsRowSet *set, uint32_t heap, int64_t ticks, HsInstantFigures *f, uint8_t *committed)
{
  static uint8_t covered[BYTES], used[BYTES], reserved[BYTES];
  *f = (HsInstantFigures){.n_heaps = 1};
  cover(m, set, heap, ticks, f, covered, used);
  bool told = play(m, heap, false, ticks, committed), ranges = play(m, heap, true, ticks, reserved);
  if (!told)
    memcpy(committed, ranges ? reserved : used, BYTES);
  f->n_untold = !told && !ranges;
  count_runs(f, committed, covered);
  for (uint32_t i = 0; i < BYTES; i++)
    f->reserved_bytes += reserved[i];
  tell(m, heap, ticks, f);
  bool shown = set == NULL && (told || ranges);
  for (uint32_t i = 0; i < hs_row_set_count_blocks(m->timeline, m->n_rows); i++) {
    HsBlock block;
    hs_timeline_block(m->timeline, (HsBlockId){i}, m->n_rows, &block);
    shown = shown || (block.heap.v == heap && (set == NULL || hs_row_set_contains(set, i)));
  }
  return shown;
}

/* --- comparing --- */

static void
assert_figures(const HsInstantFigures *a, const HsInstantFigures *b)
{
  g_assert_cmpuint(a->live_bytes, ==, b->live_bytes);
  g_assert_cmpuint(a->live_blocks, ==, b->live_blocks);
  g_assert_cmpuint(a->other_blocks, ==, b->other_blocks);
  g_assert_cmpuint(a->occupied_bytes, ==, b->occupied_bytes);
  g_assert_cmpuint(a->n_untold, ==, b->n_untold);
  g_assert_cmpuint(a->committed_bytes, ==, b->committed_bytes);
  g_assert_cmpuint(a->reserved_bytes, ==, b->reserved_bytes);
  g_assert_cmpuint(a->free_bytes, ==, b->free_bytes);
  g_assert_cmpuint(a->largest_free_bytes, ==, b->largest_free_bytes);
  if (b->free_bytes > 0)
    g_assert_cmphex(a->largest_free_address, ==, b->largest_free_address);
  g_assert_cmpuint(a->pages, ==, b->pages);
  g_assert_cmpuint(a->page_blocks, ==, b->page_blocks);
  g_assert_cmpuint(a->sparse_pages, ==, b->sparse_pages);
  g_assert_cmpuint(a->n_sized, ==, b->n_sized);
  g_assert_cmpuint(a->told_committed_bytes, ==, b->told_committed_bytes);
  g_assert_cmpuint(a->told_reserved_bytes, ==, b->told_reserved_bytes);
}

static void
mark_span(gpointer data, HsHeapId heap, uint64_t begin, uint64_t end)
{
  if (heap.v == (uint32_t)((uint8_t *)data)[BYTES])
    memset((uint8_t *)data + (begin - BASE), 1, MIN(end - BASE, BYTES) - (begin - BASE));
}

static void
check_memory(const Model *m, const HsInstant *instant, uint32_t heap, const uint8_t *committed)
{
  static uint8_t found[BYTES + 1];
  memset(found, 0, BYTES);
  found[BYTES] = (uint8_t)heap;
  HsProcessId process = hs_timeline_heap(m->timeline, (HsHeapId){heap})->process;
  hs_instant_visit_memory(instant, false, process, 0, UINT64_MAX, mark_span, found);
  g_assert_cmpmem(found, BYTES, committed, BYTES);
}

static void
check_heaps(const Model *m, const HsInstant *instant, HsRowSet *set, HsHeapId only)
{
  static uint8_t committed[BYTES];
  uint32_t at = 0;
  HsInstantFigures all = {0};
  for (uint32_t h = 0; h < m->n_heaps; h++) {
    HsInstantFigures expected;
    HsHeapId id;
    if (!model_heap(m, set, h, hs_instant_ticks(instant), &expected, committed) ||
        (only.v != HS_ID_NONE && only.v != h))
      continue;
    g_assert_cmpuint(at, <, hs_instant_n_heaps(instant));
    const HsInstantFigures *found = hs_instant_heap(instant, at++, &id);
    g_assert_cmpuint(id.v, ==, h);
    assert_figures(found, &expected);
    if (expected.n_untold == 0)
      check_memory(m, instant, h, committed);
    all.live_bytes += found->live_bytes;
    all.live_blocks += found->live_blocks;
    all.free_bytes += found->free_bytes;
    all.largest_free_bytes = MAX(all.largest_free_bytes, found->largest_free_bytes);
  }
  g_assert_cmpuint(at, ==, hs_instant_n_heaps(instant));
  const HsInstantFigures *f = hs_instant_figures(instant);
  g_assert_cmpuint(f->n_heaps, ==, at);
  g_assert_cmpuint(f->live_bytes, ==, all.live_bytes);
  g_assert_cmpuint(f->live_blocks, ==, all.live_blocks);
  g_assert_cmpuint(f->free_bytes, ==, all.free_bytes);
  g_assert_cmpuint(f->largest_free_bytes, ==, all.largest_free_bytes);
  double ratio = all.free_bytes > 0 ? 1 - (double)all.largest_free_bytes / (double)all.free_bytes : 0;
  g_assert_cmpfloat(hs_instant_fragmentation(f), ==, ratio);
}

typedef struct {
  GHashTable *found;
  const Model *model;
  HsRowSet *set;
  uint64_t begin, end;
} Visit;

static void
visit_blocks(gpointer data, const HsInstantBlock *blocks, uint32_t n)
{
  Visit *visit = data;
  for (uint32_t i = 0; i < n; i++) {
    HsBlock block;
    hs_timeline_block(visit->model->timeline, blocks[i].id, visit->model->n_rows, &block);
    g_assert_cmpuint(blocks[i].heap.v, ==, block.heap.v);
    g_assert_cmpint(blocks[i].source, ==, block.source);
    g_assert_cmphex(blocks[i].begin, ==, block.address);
    g_assert_cmphex(blocks[i].end, ==, block.address + MAX(block.size, 1));
    g_assert_true(blocks[i].is_member == (visit->set == NULL || hs_row_set_contains(visit->set, block.id.v)));
    g_assert_true(g_hash_table_add(visit->found, GUINT_TO_POINTER(block.id.v)));
  }
}

/* All that live in a stretch of one process, and no others. */
static void
check_blocks(const Model *m, HsInstant *instant, HsRowSet *set, GRand *rand)
{
  int64_t ticks = hs_instant_ticks(instant);
  uint32_t process = (uint32_t)g_rand_int_range(rand, 0, (gint32)hs_timeline_n_processes(m->timeline));
  Visit visit = {g_hash_table_new(NULL, NULL), m, set, BASE + (uint64_t)g_rand_int_range(rand, 0, BYTES), 0};
  visit.end = visit.begin + (uint64_t)g_rand_int_range(rand, 1, BYTES);
  hs_instant_visit_blocks(instant, (HsProcessId){process}, visit.begin, visit.end, visit_blocks, &visit);
  uint32_t n = 0;
  for (uint32_t s = 0; s < hs_instant_n_heaps(instant); s++) {
    HsHeapId heap;
    hs_instant_heap(instant, s, &heap);
    if (hs_timeline_heap(m->timeline, heap)->process.v != process)
      continue;
    for (uint32_t i = 0; i < hs_row_set_count_blocks(m->timeline, m->n_rows); i++) {
      HsBlock b;
      hs_timeline_block(m->timeline, (HsBlockId){i}, m->n_rows, &b);
      if (b.heap.v != heap.v || b.begin_ticks > ticks || b.end_ticks <= ticks || b.address >= visit.end ||
          b.address + MAX(b.size, 1) <= visit.begin)
        continue;
      g_assert_true(g_hash_table_contains(visit.found, GUINT_TO_POINTER(i)));
      n++;
    }
  }
  g_assert_cmpuint(n, ==, g_hash_table_size(visit.found));
  g_hash_table_unref(visit.found);
}

/* Blocks and committed memory lie within the stretches. */
static void
check_stretches(const Model *m, const HsInstant *instant)
{
  g_autoptr(GArray) stretches = hs_instant_stretches(instant);
  for (uint32_t i = 0; i < hs_row_set_count_blocks(m->timeline, m->n_rows); i++) {
    HsBlock b;
    hs_timeline_block(m->timeline, (HsBlockId){i}, m->n_rows, &b);
    bool shown = false, found = false;
    for (uint32_t s = 0; s < hs_instant_n_heaps(instant); s++) {
      HsHeapId heap;
      hs_instant_heap(instant, s, &heap);
      shown = shown || heap.v == b.heap.v;
    }
    for (guint s = 0; s < stretches->len; s++) {
      const HsInstantStretch *stretch = &g_array_index(stretches, HsInstantStretch, s);
      found = found || (stretch->heap.v == b.heap.v && stretch->begin <= b.address &&
                        b.address + MAX(b.size, 1) <= stretch->end);
    }
    g_assert_true(shown == found);
  }
  for (guint s = 1; s < stretches->len; s++) {
    const HsInstantStretch *a = &g_array_index(stretches, HsInstantStretch, s - 1), *b = a + 1;
    g_assert_true(a->heap.v < b->heap.v || (a->heap.v == b->heap.v && a->end < b->begin));
  }
}

static int64_t
random_instant(Trace *trace, const Model *m, int64_t last)
{
  if (m->n_rows == 0 || dice(trace, 12) == 0)
    return dice(trace, 2) == 0 ? INT64_MIN : INT64_MAX - 1 - dice(trace, 2);
  /* Far, near, or next. */
  if (dice(trace, 3) == 0)
    return hs_timeline_ticks(m->timeline, dice(trace, m->n_rows)) - dice(trace, 2);
  int64_t t = CLAMP(last, -100, trace->ticks) + g_rand_int_range(trace->rand, -30, 31);
  return dice(trace, 2) == 0 ? t : last + (last < INT64_MAX - 1 ? 1 : 0);
}

static void
check_walk(Trace *trace, const Model *m, HsInstant *instant, int steps)
{
  int64_t ticks = 0;
  g_autoptr(HsRowSet) set = NULL;
  HsHeapId only = {HS_ID_NONE};
  for (int i = 0; i < steps; i++) {
    if (i % 6 == 0) {
      g_autoptr(HsFilter) filter = random_trace_filter(trace->rand, m->timeline);
      g_clear_pointer(&set, hs_row_set_unref);
      set = filter != NULL ? filtered_blocks(m->timeline, filter, m->n_rows) : NULL;
      only.v = dice(trace, 3) == 0 && m->n_heaps > 0 ? dice(trace, m->n_heaps) : HS_ID_NONE;
    }
    ticks = random_instant(trace, m, ticks);
    /* What was cancelled must not show. */
    int cancel = 1;
    if (dice(trace, 5) == 0)
      (void)hs_instant_seek(instant, set, only, random_instant(trace, m, ticks), &cancel);
    g_assert_true(hs_instant_seek(instant, set, only, ticks, NULL));
    g_assert_cmpint(hs_instant_ticks(instant), ==, ticks);
    /* All pass: the model need not ask the set. */
    check_heaps(m, instant, set != NULL && hs_row_set_words(set) == NULL ? NULL : set, only);
    check_blocks(m, instant, set, trace->rand);
  }
  check_stretches(m, instant);
}

static void
test_model(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  for (int round = 0; round < 8; round++) {
    Trace trace = trace_new(rand, round);
    /* Some blocks more than chunks and threads need. */
    int n = round % 3 == 0 ? 3500 : 700;
    for (int part = 0; part < 2; part++) {
      for (int i = 0; i < n; i++)
        add_event(&trace);
      hs_builder_publish(trace.builder, trace.ticks);
      Model m = model_new(trace.timeline);
      g_autoptr(HsInstant) instant = hs_instant_new(trace.timeline, m.n_rows, NULL);
      g_assert_nonnull(instant);
      check_walk(&trace, &m, instant, 14);
    }
    trace_clear(&trace);
  }
}

/* An instant that was made while the trace was shorter stays true to that. */
static void
test_growth(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  Trace trace = trace_new(rand, 3);
  for (int i = 0; i < 1500; i++)
    add_event(&trace);
  hs_builder_publish(trace.builder, trace.ticks);
  uint32_t n_rows = hs_timeline_n_rows(trace.timeline);
  int64_t last = trace.ticks;
  g_autoptr(HsInstant) instant = hs_instant_new(trace.timeline, n_rows, NULL);
  g_autoptr(HsRowSet) all = hs_row_set_new_all(hs_row_set_count_blocks(trace.timeline, n_rows));
  for (int i = 0; i < 1500; i++) {
    add_event(&trace);
    if (i % 20 != 0)
      continue;
    hs_builder_publish(trace.builder, trace.ticks);
    int64_t ticks = last - dice(&trace, 200);
    g_assert_true(hs_instant_seek(instant, all, (HsHeapId){HS_ID_NONE}, ticks, NULL));
    uint32_t n_live = 0;
    for (uint32_t b = 0; b < hs_row_set_n_rows(all); b++) {
      HsBlock block;
      hs_timeline_block(trace.timeline, (HsBlockId){b}, n_rows, &block);
      n_live += block.begin_ticks <= ticks && ticks < block.end_ticks;
    }
    g_assert_cmpuint(hs_instant_figures(instant)->live_blocks, ==, n_live);
  }
  trace_clear(&trace);
}

/* Records may claim anything. */
static void
test_absurd(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(random_trace_seed());
  Trace trace = trace_new(rand, 0);
  static const uint64_t addresses[] = {1, 0xfff, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 4096, UINT64_C(1) << 63};
  static const uint64_t sizes[] = {0, 1, 4096, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 40, (UINT64_C(1) << 40) + 1};
  static const HsOp ops[] = {HS_OP_ALLOC, HS_OP_COMMIT, HS_OP_DECOMMIT, HS_OP_EXTEND, HS_OP_CONTRACT};
  for (int i = 0; i < 3000; i++) {
    HsHeapEvent event = new_event(&trace, ops[dice(&trace, 5)]);
    event.address = addresses[dice(&trace, G_N_ELEMENTS(addresses))] ^ dice(&trace, 3);
    event.size = sizes[dice(&trace, G_N_ELEMENTS(sizes))];
    event.ticks = trace.ticks++;
    g_assert_true(hs_builder_add(trace.builder, &event, NULL));
  }
  hs_builder_publish(trace.builder, trace.ticks);
  g_autoptr(HsInstant) instant = hs_instant_new(trace.timeline, UINT32_MAX, NULL);
  for (int64_t t = trace.ticks - 3000; t < trace.ticks; t += 7) {
    g_assert_true(hs_instant_seek(instant, NULL, (HsHeapId){HS_ID_NONE}, t, NULL));
    const HsInstantFigures *f = hs_instant_figures(instant);
    g_assert_cmpuint(f->free_bytes, <=, f->committed_bytes);
    g_assert_cmpuint(f->largest_free_bytes, <=, f->free_bytes);
    g_assert_cmpuint(f->sparse_pages, <=, f->pages);
  }
  trace_clear(&trace);
}

static void
test_empty(void)
{
  HsTimeline *timeline = hs_timeline_new();
  g_autoptr(HsInstant) instant = hs_instant_new(timeline, UINT32_MAX, NULL);
  g_assert_nonnull(instant);
  g_assert_true(hs_instant_seek(instant, NULL, (HsHeapId){HS_ID_NONE}, 0, NULL));
  g_assert_cmpuint(hs_instant_figures(instant)->live_blocks, ==, 0);
  g_assert_cmpuint(hs_instant_n_heaps(instant), ==, 0);
  hs_timeline_unref(timeline);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/instant/model", test_model);
  g_test_add_func("/instant/growth", test_growth);
  g_test_add_func("/instant/absurd", test_absurd);
  g_test_add_func("/instant/empty", test_empty);
  return g_test_run();
}
