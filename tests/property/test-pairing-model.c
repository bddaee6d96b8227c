/* SPDX-License-Identifier: MIT */
/* The builder against a model that keeps a plain list of blocks and searches it from end to end. */
#include <glib.h>

#include "hs-builder.h"

#define ROUNDS 300
#define EVENTS 400

typedef struct {
  uint32_t pid, instance; /* instance: counts the process's lives */
  uint64_t handle, address, size;
  uint32_t begin, end;
  HsEnd reason;
  bool is_realloc;
} ModelBlock;

typedef struct {
  GArray *blocks; /* ModelBlock, in the order they began */
  uint32_t instances[4];
  uint64_t bytes, count, peak_bytes, begun_bytes;
  int64_t peak_ticks;
  uint64_t unmatched, overwritten, destroyed, failed, exited;
} Model;

static ModelBlock *
find(Model *m, const HsHeapEvent *e, uint64_t address)
{
  for (guint i = 0; i < m->blocks->len; i++) {
    ModelBlock *b = &g_array_index(m->blocks, ModelBlock, i);
    if (b->reason == HS_END_NONE && b->pid == e->pid && b->instance == m->instances[e->pid] && b->handle == e->handle &&
        b->address == address)
      return b;
  }
  return NULL;
}

static void
end(Model *m, ModelBlock *b, HsEnd reason, uint32_t row)
{
  b->reason = reason;
  b->end = row;
  m->bytes -= b->size;
  m->count--;
}

static void
begin(Model *m, const HsHeapEvent *e, uint32_t row, bool is_realloc)
{
  ModelBlock b = {e->pid, m->instances[e->pid], e->handle,   e->address, e->size,
                  row,    HS_ROW_OUTSTANDING,   HS_END_NONE, is_realloc};
  g_array_append_val(m->blocks, b);
  m->bytes += e->size;
  m->count++;
  m->begun_bytes += e->size;
  if (m->bytes > m->peak_bytes) {
    m->peak_bytes = m->bytes;
    m->peak_ticks = e->ticks;
  }
}

static void
model_realloc(Model *m, const HsHeapEvent *e, uint32_t row)
{
  ModelBlock *old = find(m, e, e->old_address), *present = find(m, e, e->address);
  if (e->address == 0)
    return; /* failed; only Allocs are counted as that */
  if (e->old_address == e->address || present == NULL) {
    if (old != NULL)
      end(m, old, HS_END_REALLOC, row);
    begin(m, e, row, true);
  } else {
    present->is_realloc = true;
    if (old != NULL && old->begin < present->begin)
      end(m, old, HS_END_REALLOC, row);
  }
}

static void
model_add(Model *m, const HsHeapEvent *e, uint32_t row)
{
  ModelBlock *b;
  switch (e->op) {
  case HS_OP_ALLOC:
    if (e->address == 0) {
      m->failed++;
      return;
    }
    b = find(m, e, e->address);
    if (b != NULL) {
      end(m, b, HS_END_OVERWRITTEN, row);
      m->overwritten++;
    }
    begin(m, e, row, false);
    return;
  case HS_OP_FREE:
    b = find(m, e, e->address);
    if (b == NULL)
      m->unmatched++;
    else
      end(m, b, HS_END_FREE, row);
    return;
  case HS_OP_REALLOC:
    model_realloc(m, e, row);
    return;
  case HS_OP_DESTROY:
    for (guint i = 0; i < m->blocks->len; i++) {
      b = &g_array_index(m->blocks, ModelBlock, i);
      if (b->reason == HS_END_NONE && b->pid == e->pid && b->instance == m->instances[e->pid] &&
          b->handle == e->handle) {
        end(m, b, HS_END_DESTROY, row);
        m->destroyed++;
      }
    }
    return;
  default:
    return;
  }
}

static void
model_exit(Model *m, uint32_t pid)
{
  for (guint i = 0; i < m->blocks->len; i++) {
    ModelBlock *b = &g_array_index(m->blocks, ModelBlock, i);
    if (b->reason == HS_END_NONE && b->pid == pid) {
      end(m, b, HS_END_PROCESS_EXIT, HS_ROW_PROCESS_EXIT);
      m->exited++;
    }
  }
  m->instances[pid]++;
}

static HsHeapEvent
random_event(GRand *rand, int64_t ticks)
{
  static const uint8_t ops[] = {HS_OP_ALLOC, HS_OP_ALLOC,   HS_OP_ALLOC,   HS_OP_FREE, HS_OP_FREE,
                                HS_OP_FREE,  HS_OP_REALLOC, HS_OP_REALLOC, HS_OP_LOCK};
  HsHeapEvent e = {
      .ticks = ticks,
      .pid = (uint32_t)g_rand_int_range(rand, 1, 4),
      .tid = (uint32_t)g_rand_int_range(rand, 1, 5),
      .op = ops[g_rand_int_range(rand, 0, G_N_ELEMENTS(ops))],
      .wide = true,
      .handle = (uint64_t)g_rand_int_range(rand, 1, 4) << 16,
      .size = (uint64_t)g_rand_int_range(rand, 0, 5000),
  };
  int dice = g_rand_int_range(rand, 0, 100);
  if (dice == 0)
    e.op = HS_OP_DESTROY;
  else if (dice == 1)
    e.op = HS_OP_CREATE;
  if (dice == 2)
    e.size += UINT32_MAX - 2000u;
  if (dice == 3)
    e.size += HS_BLOCK_BIG - 2000u;
  bool pairs = e.op == HS_OP_ALLOC || e.op == HS_OP_FREE || e.op == HS_OP_REALLOC;
  e.has_source = pairs;
  e.source_id = pairs ? (uint32_t)g_rand_int_range(rand, 1, 7) : 0;
  e.address = pairs ? (uint64_t)g_rand_int_range(rand, 0, 24) * 16 : 0;
  e.old_address = e.op == HS_OP_REALLOC ? (uint64_t)g_rand_int_range(rand, 1, 24) * 16 : 0;
  if (e.op == HS_OP_FREE && e.address == 0)
    e.address = 16;
  return e;
}

static void
compare(const Model *m, HsTimeline *t)
{
  const HsTotals *totals = &t->totals;
  g_assert_cmpuint(totals->outstanding_bytes, ==, m->bytes);
  g_assert_cmpuint(totals->outstanding_count, ==, m->count);
  g_assert_cmpuint(totals->n_begun, ==, m->blocks->len);
  g_assert_cmpuint(totals->begun_bytes, ==, m->begun_bytes);
  g_assert_cmpuint(totals->peak_bytes, ==, m->peak_bytes);
  g_assert_cmpint(totals->peak_ticks, ==, m->peak_ticks);
  g_assert_cmpuint(totals->unmatched_frees, ==, m->unmatched);
  g_assert_cmpuint(totals->overwritten, ==, m->overwritten);
  g_assert_cmpuint(totals->freed_by_destroy, ==, m->destroyed);
  g_assert_cmpuint(totals->failed_allocs, ==, m->failed);
  g_assert_cmpuint(totals->ended_by_exit, ==, m->exited);
  g_assert_cmpuint(hs_timeline_n_blocks(t), ==, m->blocks->len);
  uint64_t heap_bytes = 0;
  for (uint32_t i = 0; i < hs_timeline_n_heaps(t); i++)
    heap_bytes += hs_timeline_heap(t, (HsHeapId){i})->outstanding_bytes;
  g_assert_cmpuint(heap_bytes, ==, m->bytes);
  for (guint i = 0; i < m->blocks->len; i++) {
    const ModelBlock *b = &g_array_index(m->blocks, ModelBlock, i);
    HsBlock block;
    hs_timeline_block(t, (HsBlockId){i}, hs_timeline_n_rows(t), &block);
    g_assert_cmpuint(block.begin_row, ==, b->begin);
    g_assert_cmpuint(block.end_row, ==, b->end);
    g_assert_cmpint(block.end, ==, b->reason);
    g_assert_cmpint(block.is_realloc, ==, b->is_realloc);
    g_assert_cmpuint(block.address, ==, b->address);
    g_assert_cmpuint(block.size, ==, b->size);
    const HsHeap *heap = hs_timeline_heap(t, block.heap);
    g_assert_cmpuint(heap->handle, ==, b->handle);
    g_assert_cmpuint(hs_timeline_process(t, heap->process)->pid, ==, b->pid);
  }
}

static void
test_random(void)
{
  uint32_t seed = g_test_rand_int();
  g_test_message("seed %u", seed);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (int round = 0; round < ROUNDS; round++) {
    g_autoptr(HsTimeline) t = hs_timeline_new();
    g_autoptr(HsBuilder) builder = hs_builder_new(t, (HsClock){10000000});
    Model m = {.blocks = g_array_new(FALSE, FALSE, sizeof(ModelBlock))};
    int64_t ticks = 0;
    for (uint32_t row = 0; row < EVENTS;) {
      ticks += g_rand_int_range(rand, 0, 3);
      if (g_rand_int_range(rand, 0, 150) == 0) {
        uint32_t pid = (uint32_t)g_rand_int_range(rand, 1, 4);
        g_assert_true(hs_builder_process_end(builder, ticks, pid, NULL, NULL));
        model_exit(&m, pid);
        continue;
      }
      HsHeapEvent e = random_event(rand, ticks);
      g_assert_true(hs_builder_add(builder, &e, NULL));
      model_add(&m, &e, row++);
      if (g_rand_int_range(rand, 0, 40) == 0)
        hs_builder_publish(builder, ticks);
    }
    hs_builder_finish(builder, ticks);
    compare(&m, t);
    g_array_unref(m.blocks);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pairing/model", test_random);
  return g_test_run();
}
