/* SPDX-License-Identifier: MIT */
/* One pass over the blocks, 64 at a time, by two threads if there are many; each has tallies of its own, which are
 * added up. */
#include "hs-distribution-private.h"

#include "hs-range-rows.h"
#include "hs-scratch.h"

#define PARALLEL_BLOCKS (1u << 18)
#define BATCHES_PER_POLL 256u
#define BATCH 64u

/* What a block is counted as: of the whole only, passing too, shown too. */
enum { ONLY_WHOLE, ONLY_PASSING, SHOWN, N_RANKS };

typedef struct {
  HsTimeline *timeline;
  const uint64_t *whole, *passing; /* NULL = all */
  HsRangeRows rows;
  HsDistributionKind kind;
  const HsLifetimeClasses *lifetimes;
  int64_t ns_a_tick; /* 0 = not a whole number */
  const int *cancel;
} Scan;

typedef struct {
  const Scan *scan;
  uint32_t first, end;
  bool cancelled;
  HsTally (*tallies)[N_RANKS][HS_N_SOURCES]; /* by class */
} Part;

/* --- one batch --- */

/* As files tell lifetimes: of whole nanoseconds. */
static int64_t
lifetime_ns(const Scan *scan, int64_t begin_ticks, int64_t end_ticks)
{
  int64_t ticks, ns;
  if (scan->ns_a_tick != 0 && !__builtin_sub_overflow(end_ticks, begin_ticks, &ticks) &&
      !__builtin_mul_overflow(ticks, scan->ns_a_tick, &ns))
    return ns;
  return hs_block_lifetime_ns(hs_timeline_clock(scan->timeline), begin_ticks, end_ticks);
}

static uint32_t
class_of_lifetime(const Scan *scan, HsBlockId id, HsRow begin, HsRow end)
{
  int64_t end_ticks;
  if (G_UNLIKELY(end == HS_ROW_PROCESS_EXIT)) {
    HsBlock block;
    hs_timeline_block(scan->timeline, id, scan->rows.n_rows, &block);
    end_ticks = block.end_ticks;
  } else if (end >= scan->rows.n_rows) {
    end_ticks = INT64_MAX;
  } else {
    end_ticks = hs_timeline_ticks(scan->timeline, end);
  }
  if (end_ticks == INT64_MAX)
    return HS_N_LIFETIME_CLASSES - 1;
  return hs_lifetime_class(scan->lifetimes, lifetime_ns(scan, hs_timeline_ticks(scan->timeline, begin), end_ticks));
}

static void
classify_lifetimes(const Scan *scan, const HsBlockRecord *records, uint32_t first, uint32_t n, uint64_t bits,
                   uint16_t *classes)
{
  HsRow ends[BATCH];
  /* The ends lie anywhere: all are asked for before the first is waited for. */
  for (uint32_t i = 0; i < n; i++) {
    ends[i] = __atomic_load_n(&records[i].end, __ATOMIC_ACQUIRE);
    if (ends[i] < scan->rows.n_rows)
      __builtin_prefetch(HS_AT(&scan->timeline->time.low, uint32_t, ends[i]));
  }
  for (uint64_t left = bits; left != 0; left &= left - 1) {
    uint32_t i = (uint32_t)__builtin_ctzll(left);
    classes[i] = (uint16_t)class_of_lifetime(scan, (HsBlockId){first + i}, records[i].begin, ends[i]);
  }
}

static void
count_batch(Part *part, uint32_t first, uint32_t n)
{
  const Scan *scan = part->scan;
  uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
  uint64_t whole = scan->whole != NULL ? scan->whole[first / 64] & all : all;
  uint64_t passing = scan->passing != NULL ? scan->passing[first / 64] : all;
  uint16_t classes[BATCH];
  if (whole == 0)
    return;
  /* Those of a batch stand together. */
  const HsBlockRecord *records = hs_timeline_block_record(scan->timeline, (HsBlockId){first});
  bool timed = hs_distribution_is_of_lifetimes(scan->kind);
  if (timed)
    classify_lifetimes(scan, records, first, n, whole, classes);
  for (uint64_t left = whole; left != 0; left &= left - 1) {
    uint32_t i = (uint32_t)__builtin_ctzll(left);
    const HsBlockRecord *record = &records[i];
    uint64_t bytes = hs_timeline_record_size(scan->timeline, record, (HsBlockId){first + i});
    uint32_t class = timed ? classes[i] : hs_distribution_class_of_size(scan->kind, bytes);
    unsigned source = hs_block_record_source(record);
    unsigned passes = passing >> i & 1;
    unsigned begun = record->begin >= scan->rows.t0_row && record->begin < scan->rows.t1_row;
    HsTally *tally = &part->tallies[class][passes + (passes & begun)][source];
    tally->count++;
    tally->bytes += bytes;
  }
}

static gpointer
count_part(gpointer data)
{
  Part *part = data;
  for (uint32_t i = part->first, n = 0; i < part->end; i += BATCH) {
    const int *cancel = part->scan->cancel;
    if (n++ % BATCHES_PER_POLL == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0) {
      part->cancelled = true;
      break;
    }
    count_batch(part, i, MIN(part->end - i, BATCH));
  }
  return NULL;
}

/* --- both halves --- */

static void
add(HsTally *to, HsTally from)
{
  to->count += from.count;
  to->bytes += from.bytes;
}

static void
add_part(HsDistribution *distribution, const Part *part)
{
  for (uint32_t class = 0; class < distribution->n_classes; class ++) {
    HsDistributionClass *to = &distribution->classes[class];
    for (int source = 0; source < HS_N_SOURCES; source++) {
      const HsTally shown = part->tallies[class][SHOWN][source], passing = part->tallies[class][ONLY_PASSING][source];
      add(&to->whole, part->tallies[class][ONLY_WHOLE][source]);
      add(&to->whole, passing);
      add(&to->whole, shown);
      add(&to->passing, passing);
      add(&to->passing, shown);
      add(&to->shown, shown);
      add(&to->by_source[source], shown);
    }
  }
}

static void
sum_up(HsDistribution *distribution)
{
  distribution->first_class = distribution->n_classes;
  for (uint32_t class = 0; class < distribution->n_classes; class ++) {
    const HsDistributionClass *from = &distribution->classes[class];
    if (from->whole.count == 0)
      continue;
    distribution->first_class = MIN(distribution->first_class, class);
    distribution->end_class = class + 1;
    add(&distribution->total.whole, from->whole);
    add(&distribution->total.passing, from->passing);
    add(&distribution->total.shown, from->shown);
    for (int source = 0; source < HS_N_SOURCES; source++)
      add(&distribution->total.by_source[source], from->by_source[source]);
  }
  distribution->first_class = MIN(distribution->first_class, distribution->end_class);
}

static bool
count(HsDistribution *distribution, const Scan *scan, uint32_t n_blocks)
{
  Part here = {.scan = scan, .end = n_blocks}, there = {.scan = scan};
  bool both = n_blocks >= PARALLEL_BLOCKS;
  if (both) {
    here.end = there.first = n_blocks / 2 & ~(BATCH - 1);
    there.end = n_blocks;
  }
  here.tallies = g_try_malloc0_n(distribution->n_classes, sizeof *here.tallies);
  there.tallies = g_try_malloc0_n(distribution->n_classes, sizeof *there.tallies);
  bool done = here.tallies != NULL && there.tallies != NULL;
  if (done) {
    hs_run_both("hs-distribution", count_part, &here, both ? &there : NULL);
    add_part(distribution, &here);
    add_part(distribution, &there);
    done = !here.cancelled && !there.cancelled;
  }
  g_free(here.tallies);
  g_free(there.tallies);
  return done;
}

HsDistribution *
hs_distribution_new(HsTimeline *timeline, const HsRowSet *whole, const HsRowSet *passing, HsTimeRange range,
                    uint32_t n_rows, HsDistributionKind kind, const int *cancel)
{
  uint32_t n_classes = hs_distribution_n_classes(kind);
  HsClock clock = hs_timeline_clock(timeline);
  int64_t t0, t1;
  g_autoptr(HsDistribution) distribution =
      g_try_malloc0(sizeof *distribution + n_classes * sizeof *distribution->classes);
  if (distribution == NULL)
    return NULL;
  distribution->ref_count = 1;
  distribution->kind = kind;
  distribution->range = (HsTimeRange){range.t0_ticks, MAX(range.t0_ticks, range.t1_ticks)};
  distribution->n_rows = n_rows;
  distribution->n_classes = n_classes;
  hs_timeline_span(timeline, &t0, &t1);
  distribution->is_range = distribution->range.t0_ticks > t0 || distribution->range.t1_ticks < t1;
  Scan scan = {.timeline = timeline,
               .whole = hs_row_set_words(whole),
               .passing = hs_row_set_words(passing),
               .rows = hs_range_rows(timeline, distribution->range, n_rows),
               .kind = kind,
               .lifetimes = hs_lifetime_classes(),
               .ns_a_tick = clock.frequency > 0 && 1000000000 % clock.frequency == 0
                                ? (int64_t)(1000000000 / clock.frequency)
                                : 0,
               .cancel = cancel};
  uint32_t n_blocks = MIN(hs_row_set_count_blocks(timeline, n_rows), hs_row_set_n_rows(passing));
  if (!count(distribution, &scan, MIN(n_blocks, hs_row_set_n_rows(whole))))
    return NULL;
  sum_up(distribution);
  return g_steal_pointer(&distribution);
}

HsDistribution *
hs_distribution_new_query(HsTimeline *timeline, const HsQuery *query, HsRowSet *passing, HsTimeRange types,
                          HsTimeRange range, uint32_t n_rows, HsDistributionKind kind, const int *cancel)
{
  g_autoptr(HsRowSet) whole = NULL;
  if (hs_distribution_restricts(kind, query)) {
    g_autofree char *text = hs_distribution_other_text(kind, query);
    g_autoptr(HsQuery) others = hs_query_parse(text, NULL);
    whole = hs_row_set_new_query_blocks(timeline, others, types, n_rows, cancel);
    if (whole == NULL)
      return NULL;
  } else {
    whole = hs_row_set_ref(passing);
  }
  return hs_distribution_new(timeline, whole, passing, range, n_rows, kind, cancel);
}

HsDistribution *
hs_distribution_ref(HsDistribution *distribution)
{
  g_atomic_int_inc(&distribution->ref_count);
  return distribution;
}

void
hs_distribution_unref(HsDistribution *distribution)
{
  if (distribution != NULL && g_atomic_int_dec_and_test(&distribution->ref_count))
    g_free(distribution);
}
