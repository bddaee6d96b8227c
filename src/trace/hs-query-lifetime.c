/* SPDX-License-Identifier: MIT */
/*
 * Lifetimes of 64 blocks at a time. Blocks are in the order in which they begin and rows in order of time: where the
 * moments lie that are as far off as a bound, from the first and from the last of the blocks, is looked up once, and
 * tells of nearly every block by the row that ended it whether it passes. Only those that ended between the two are
 * looked at closely.
 */
#include "hs-query-plan.h"

/* As the files' lifetime_ns, which is made from whole nanoseconds. */
static int64_t
lifetime_ns(const HsQueryPlan *plan, int64_t begin_ticks, int64_t end_ticks)
{
  int64_t ticks, ns;
  if (plan->ns_a_tick != 0 && !__builtin_sub_overflow(end_ticks, begin_ticks, &ticks) &&
      !__builtin_mul_overflow(ticks, plan->ns_a_tick, &ns))
    return ns;
  return hs_block_lifetime_ns(hs_timeline_clock(plan->timeline), begin_ticks, end_ticks);
}

/* Of a block that ended with row `end`; its process's exit is a moment of its own. */
static bool
passes(const HsQueryPlan *plan, const HsPlanNode *node, HsBlockId id, HsRow begin, HsRow end)
{
  int64_t begin_ticks = hs_timeline_ticks(plan->timeline, begin), end_ticks;
  if (G_UNLIKELY(end == HS_ROW_PROCESS_EXIT)) {
    HsBlock block;
    hs_timeline_block(plan->timeline, id, plan->n_rows, &block);
    end_ticks = block.end_ticks;
  } else {
    end_ticks = hs_timeline_ticks(plan->timeline, end);
  }
  return end_ticks != INT64_MAX &&
         hs_query_contains(node->intervals, (uint64_t)lifetime_ns(plan, begin_ticks, end_ticks) + HS_QUERY_BIAS);
}

#define FIRST_STEP 8u

/* The first of n rows at or after a moment, looked for around `near`. */
static HsRow
row_near(const HsTimeline *t, int64_t ticks, HsRow near, HsRow n)
{
  HsRow low = MIN(near, n), high = low;
  uint64_t step = FIRST_STEP;
  while (high < n && hs_timeline_ticks(t, high) < ticks) {
    low = high + 1;
    high = (HsRow)MIN(high + step, n);
    step *= 4;
  }
  if (high == low) {
    /* Where it was left, or before that. */
    for (step = FIRST_STEP; low > 0 && hs_timeline_ticks(t, low - 1) >= ticks; step *= 4) {
      high = low - 1;
      low = (HsRow)(low > step ? low - step : 0);
    }
  }
  while (low < high) {
    HsRow middle = low + (high - low) / 2;
    if (hs_timeline_ticks(t, middle) < ticks)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Rows between which a block's life grows longer than a bound: what ended before `first` is shorter, what ended with
 * `last` or later is as long. */
typedef struct {
  HsRow first, last;
} Edge;

/* The moment from which on what began at `begin_ticks` has lived `ns`. False if no number tells. */
static bool
moment(const HsQueryPlan *plan, int64_t begin_ticks, int64_t ns, int64_t *ticks)
{
  HsClock clock = hs_timeline_clock(plan->timeline);
  if (plan->ns_a_tick != 0) {
    int64_t whole = ns / plan->ns_a_tick + (ns % plan->ns_a_tick > 0);
    return !__builtin_add_overflow(begin_ticks, whole, ticks);
  }
  int64_t begin_ns = hs_clock_to_ns(clock, begin_ticks), at_ns;
  if (begin_ns == INT64_MAX || begin_ns == INT64_MIN || __builtin_add_overflow(begin_ns, ns, &at_ns))
    return false;
  *ticks = hs_clock_from_ns(clock, at_ns);
  return true;
}

/* `ahead`: how many rows later these blocks begin than those before; so much later the moments are, about. */
static Edge
find_edge(const HsQueryPlan *plan, int64_t ns, int64_t first_ticks, int64_t last_ticks, HsRow ahead, HsRow *mark)
{
  int64_t from, to;
  if (!moment(plan, first_ticks, ns, &from) || !moment(plan, last_ticks, ns, &to))
    return (Edge){0, plan->n_rows};
  Edge edge;
  HsRow near = (HsRow)MIN((uint64_t)*mark + ahead, plan->n_rows);
  edge.first = row_near(plan->timeline, from, near, plan->n_rows);
  near = (HsRow)MIN((uint64_t)edge.first + ahead, plan->n_rows);
  edge.last = row_near(plan->timeline, to, near, plan->n_rows);
  *mark = edge.first;
  return edge;
}

/* Records to come, so far ahead that they are there in time. Beyond the segment it does no harm. */
#define BATCHES_AHEAD 3
#define CACHE_LINE 64

static inline G_ALWAYS_INLINE void
fetch_records(const HsBlockRecord *records)
{
  const char *ahead = (const char *)(records + BATCHES_AHEAD * 64);
  for (unsigned i = 0; i < 64 * sizeof *records; i += CACHE_LINE)
    __builtin_prefetch(ahead + i);
}

uint64_t
hs_query_lifetimes(const HsQueryPlan *plan, const HsPlanNode *node, HsQueryTrack *track, const HsBlockRecord *records,
                   uint32_t first, uint32_t n)
{
  HsRow ends[64];
  uint8_t exits[64] = {0};
  fetch_records(records);
  for (unsigned i = 0; i < n; i++) {
    ends[i] = __atomic_load_n(&records[i].end, __ATOMIC_ACQUIRE);
    exits[i] = ends[i] == HS_ROW_PROCESS_EXIT;
  }
  HsRow *begin = &track->marks[node->mark], ahead = records[0].begin - MIN(*begin, records[0].begin);
  *begin = records[0].begin;
  int64_t first_ticks = hs_timeline_ticks(plan->timeline, records[0].begin);
  int64_t last_ticks = hs_timeline_ticks(plan->timeline, records[n - 1].begin);
  uint64_t sure = 0, open = hs_pack_flags(exits);
  for (guint k = 0; k < node->intervals->len; k++) {
    const HsQueryInterval *interval = &g_array_index(node->intervals, HsQueryInterval, k);
    int64_t low_ns = (int64_t)(interval->low - HS_QUERY_BIAS), high_ns = (int64_t)(interval->high - HS_QUERY_BIAS);
    HsRow *marks = &track->marks[node->mark + 1 + 2 * k];
    /* Nothing lives for less than nothing. */
    Edge low = {0, 0}, high = {plan->n_rows, plan->n_rows};
    uint8_t inside[64] = {0}, near[64] = {0};
    if (low_ns > 0)
      low = find_edge(plan, low_ns, first_ticks, last_ticks, ahead, &marks[0]);
    if (high_ns < INT64_MAX)
      high = find_edge(plan, high_ns + 1, first_ticks, last_ticks, ahead, &marks[1]);
    for (unsigned i = 0; i < n; i++) {
      inside[i] = (ends[i] >= low.last) & (ends[i] < high.first);
      near[i] = (ends[i] >= low.first) & (ends[i] < high.last);
    }
    uint64_t bits = hs_pack_flags(inside);
    sure |= bits;
    open |= hs_pack_flags(near) & ~bits;
  }
  for (uint64_t left = open & ~sure; left != 0; left &= left - 1) {
    unsigned i = (unsigned)__builtin_ctzll(left);
    if (passes(plan, node, (HsBlockId){first + i}, records[i].begin, ends[i]))
      sure |= UINT64_C(1) << i;
  }
  return sure;
}
