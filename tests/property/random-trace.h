/* SPDX-License-Identifier: MIT */
/*
 * Random timelines for property tests: a few processes, heaps and addresses, so that everything that may happen to a
 * block happens often.
 */
#pragma once

#include "filtered.h"
#include "hs-builder.h"
#include "hs-filter.h"

typedef struct {
  HsTimeline *timeline;
  HsBuilder *builder;
  GRand *rand;
  int64_t ticks;
  int32_t n_addresses;
  int32_t calm; /* heaps and processes end so many times more rarely; 1 to begin with */
} RandomTrace;

static inline bool
random_trace_chance(GRand *rand, int32_t in)
{
  return g_rand_int_range(rand, 0, in) == 0;
}

static inline void
random_trace_init(RandomTrace *trace, GRand *rand, int32_t n_addresses)
{
  trace->timeline = hs_timeline_new();
  trace->builder = hs_builder_new(trace->timeline, (HsClock){10000000});
  trace->rand = rand;
  trace->ticks = g_rand_int_range(rand, -50, 50);
  trace->n_addresses = n_addresses;
  trace->calm = 1;
}

static inline void
random_trace_clear(RandomTrace *trace)
{
  hs_builder_free(trace->builder);
  hs_timeline_unref(trace->timeline);
}

static inline uint8_t
random_trace_op(const RandomTrace *trace)
{
  GRand *rand = trace->rand;
  int32_t dice = g_rand_int_range(rand, 0, 1000);
  if (dice < 500)
    return HS_OP_ALLOC;
  if (dice < 850)
    return HS_OP_FREE;
  if (dice < 970)
    return HS_OP_REALLOC;
  if (dice < 975)
    return random_trace_chance(rand, trace->calm) ? HS_OP_DESTROY : HS_OP_LOCK;
  return dice < 985 ? HS_OP_CREATE : dice < 995 ? HS_OP_EXTEND : HS_OP_AFFINITY_SLOT;
}

static inline uint64_t
random_trace_address(RandomTrace *trace)
{
  if (random_trace_chance(trace->rand, 40))
    return 0;
  return 0x10000 + 0x100 * (uint64_t)g_rand_int_range(trace->rand, 0, trace->n_addresses);
}

/* One event more; now and then a process begins or ends before it. */
static inline void
random_trace_add(RandomTrace *trace)
{
  GRand *rand = trace->rand;
  if (!random_trace_chance(rand, 3))
    trace->ticks += random_trace_chance(rand, 50) ? g_rand_int_range(rand, 0, 5000) : g_rand_int_range(rand, 0, 4);
  if (random_trace_chance(rand, 5000))
    trace->ticks += INT64_C(1) << 33;
  if (random_trace_chance(rand, 150 * trace->calm)) {
    static const char *const images[] = {"b.exe", "A.EXE", "a.exe", ""};
    uint32_t pid = 1 + (uint32_t)g_rand_int_range(rand, 0, 3);
    if (random_trace_chance(rand, 3))
      hs_builder_process_start(trace->builder, trace->ticks, false, pid, 0, false, images[g_rand_int_range(rand, 0, 4)],
                               NULL);
    else
      g_assert_true(hs_builder_process_end(trace->builder, trace->ticks, pid, NULL, NULL));
    trace->ticks += g_rand_int_range(rand, 0, 3);
  }
  HsHeapEvent event = {
      .ticks = trace->ticks,
      .pid = 1 + (uint32_t)g_rand_int_range(rand, 0, 3),
      .tid = 10 + (uint32_t)g_rand_int_range(rand, 0, 3),
      .cpu = (uint16_t)(g_rand_int_range(rand, 0, 4) + (random_trace_chance(rand, 400) ? 300 : 0)),
      .op = random_trace_op(trace),
      .source_id = (uint32_t)g_rand_int_range(rand, 0, 9),
      .handle = 0x1000 * (1 + (uint64_t)g_rand_int_range(rand, 0, 3)),
      .address = random_trace_address(trace),
      .size = random_trace_chance(rand, 500)   ? UINT64_C(5) << 32
              : random_trace_chance(rand, 500) ? HS_BLOCK_BIG - 1 + (uint64_t)g_rand_int_range(rand, 0, 3)
              : random_trace_chance(rand, 30)  ? (uint64_t)g_rand_int_range(rand, 0, 200000)
                                               : (uint64_t)g_rand_int_range(rand, 0, 1000),
  };
  event.has_source = event.op <= HS_OP_FREE && event.op != HS_OP_CREATE && event.op != HS_OP_DESTROY;
  if (event.op == HS_OP_AFFINITY_SLOT)
    event.handle = 0;
  if (event.op == HS_OP_REALLOC) {
    event.old_address = random_trace_chance(rand, 2) ? event.address : random_trace_address(trace);
    event.old_size = (uint64_t)g_rand_int_range(rand, 0, 1000);
  }
  g_assert_true(hs_builder_add(trace->builder, &event, NULL));
}

/* A filter of any form, about the heaps there are and some there are not yet; NULL now and then. */
static inline HsFilter *
random_trace_filter(GRand *rand, HsTimeline *timeline)
{
  if (random_trace_chance(rand, 4))
    return NULL;
  g_autoptr(HsFilter) filter = hs_filter_new();
  uint32_t n_heaps = hs_timeline_n_heaps(timeline) + 2;
  if (random_trace_chance(rand, 3))
    hs_filter_only_heap(filter, (HsHeapId){(uint32_t)g_rand_int_range(rand, 0, (int32_t)n_heaps)});
  for (int i = g_rand_int_range(rand, 0, 6); i > 0; i--)
    hs_filter_set_heap(filter, (HsHeapId){(uint32_t)g_rand_int_range(rand, 0, (int32_t)n_heaps)},
                       random_trace_chance(rand, 2));
  if (random_trace_chance(rand, 4))
    hs_filter_only_source(filter, (HsSource)g_rand_int_range(rand, 1, HS_N_SOURCES));
  for (int i = g_rand_int_range(rand, 0, 6); i > 0; i--)
    hs_filter_set_source(filter, (HsSource)g_rand_int_range(rand, 1, HS_N_SOURCES), random_trace_chance(rand, 2));
  return filter_in_words(filter, timeline);
}

/* The seed of this run: printed, and taken from HEAPSCOPE_SEED if that is set. */
static inline uint32_t
random_trace_seed(void)
{
  const char *text = g_getenv("HEAPSCOPE_SEED");
  uint32_t seed = text != NULL ? (uint32_t)g_ascii_strtoull(text, NULL, 10) : g_random_int();
  g_test_message("HEAPSCOPE_SEED=%u", seed);
  return seed;
}
