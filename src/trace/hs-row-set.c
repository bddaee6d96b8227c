/* SPDX-License-Identifier: MIT */
/* Bits in 64-bit words; a directory of ranks, one every eight words, makes rank O(1) and select a binary search. */
#include "hs-row-set.h"

#include <string.h>

#include "hs-query-plan.h"

#define WORDS_PER_RANK 8u
/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 20)
#define ROWS_PER_POLL (1u << 16)
/* A plan may be long. */
#define ROWS_PER_PLAN_POLL (1u << 12)

struct _HsRowSet {
  int ref_count;
  uint32_t n_rows, count;
  HsFilter *filter; /* NULL = everything */
  uint64_t *words;  /* NULL = every row passes; n_words, whole ranks' worth, zero beyond n_rows */
  uint32_t *ranks;  /* passing rows before each eighth word; one more than there are groups of words */
  uint32_t n_groups;
};

/* A stretch of rows for one thread to examine, in whole groups of words. */
typedef struct {
  const HsTimeline *timeline;
  const uint8_t *origin_passes;
  const uint8_t *op_source_passes;
  const HsQueryPlan *plan;                                 /* instead of the two tables */
  enum { PLAN_ROWS, PLAN_BLOCKS, PLAN_PREPARE } plan_work; /* rows are blocks but for the first */
  uint64_t *words;
  uint32_t first_row, end_row;
  const int *cancel;
  bool cancelled;
} Job;

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* Rows [row, end) of one segment, row a multiple of 64. */
static void
examine(const Job *job, uint32_t row, uint32_t end)
{
  const HsTimeline *t = job->timeline;
  while (row < end) {
    const uint32_t *origin = HS_AT(&t->origin, uint32_t, row);
    const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, row);
    uint32_t n = MIN(end - row, 64u);
    uint64_t word = 0;
    for (uint32_t i = 0; i < n; i++)
      word |= (uint64_t)(job->origin_passes[origin[i]] & job->op_source_passes[op_source[i]]) << i;
    job->words[row / 64] = word;
    row += n;
  }
}

static void
examine_by_plan(const Job *job, uint32_t row, uint32_t end)
{
  while (row < end) {
    uint32_t n = MIN(end - row, 64u);
    if (job->plan_work == PLAN_ROWS)
      job->words[row / 64] = hs_query_plan_rows(job->plan, row, n);
    else if (job->plan_work == PLAN_BLOCKS)
      job->words[row / 64] = hs_query_plan_blocks(job->plan, row, n);
    else
      hs_query_plan_prepare(job->plan, row, n);
    row += n;
  }
}

static gpointer
run_job(gpointer data)
{
  Job *job = data;
  G_STATIC_ASSERT(HS_SEGMENT_ROWS % ROWS_PER_POLL == 0 && HS_SEGMENT_ROWS % ROWS_PER_PLAN_POLL == 0);
  uint64_t rows_per_poll = job->plan != NULL ? ROWS_PER_PLAN_POLL : ROWS_PER_POLL;
  uint64_t row = job->first_row;
  while (row < job->end_row) {
    if (is_cancelled(job->cancel)) {
      job->cancelled = true;
      break;
    }
    uint64_t end = MIN((row / rows_per_poll + 1) * rows_per_poll, job->end_row);
    if (job->plan != NULL)
      examine_by_plan(job, (uint32_t)row, (uint32_t)end);
    else
      examine(job, (uint32_t)row, (uint32_t)end);
    row = end;
  }
  return NULL;
}

static uint8_t *
origin_table(const HsTimeline *timeline, const HsFilter *filter)
{
  uint32_t n = hs_timeline_n_origins(timeline);
  uint8_t *passes = g_try_malloc(MAX(n, 1));
  for (uint32_t i = 0; passes != NULL && i < n; i++)
    passes[i] = hs_filter_shows_heap(filter, hs_timeline_origin(timeline, (HsOriginId){i})->heap);
  return passes;
}

/* Does a job, by two threads if it is large. False if cancelled. */
static bool
run_in_parallel(Job here)
{
  Job there = here;
  GThread *thread = NULL;
  if (here.end_row - here.first_row >= PARALLEL_ROWS) {
    here.end_row = (here.first_row + (here.end_row - here.first_row) / 2) & ~(ROWS_PER_POLL - 1);
    there.first_row = here.end_row;
    thread = g_thread_try_new("hs-row-set", run_job, &there, NULL);
  } else {
    there.first_row = there.end_row;
  }
  run_job(&here);
  if (thread != NULL)
    g_thread_join(thread);
  else
    run_job(&there);
  return !here.cancelled && !there.cancelled;
}

/* Fills words from `first_row`, a multiple of 64. */
static bool
evaluate(HsRowSet *set, const HsTimeline *timeline, uint32_t first_row, const int *cancel)
{
  uint8_t op_source_passes[256];
  for (unsigned i = 0; i < 256; i++)
    op_source_passes[i] = hs_filter_shows_source(set->filter, (HsSource)(i >> 5));
  g_autofree uint8_t *origin_passes = origin_table(timeline, set->filter);
  if (origin_passes == NULL)
    return false;
  return run_in_parallel((Job){.timeline = timeline,
                               .origin_passes = origin_passes,
                               .op_source_passes = op_source_passes,
                               .words = set->words,
                               .first_row = first_row,
                               .end_row = set->n_rows,
                               .cancel = cancel});
}

static void
count_ranks(HsRowSet *set)
{
  uint32_t rank = 0;
  for (uint32_t group = 0; group < set->n_groups; group++) {
    set->ranks[group] = rank;
    const uint64_t *words = set->words + (size_t)group * WORDS_PER_RANK;
    for (unsigned i = 0; i < WORDS_PER_RANK; i++)
      rank += (uint32_t)__builtin_popcountll(words[i]);
  }
  set->ranks[set->n_groups] = rank;
  set->count = rank;
}

static bool
allocate(HsRowSet *set)
{
  uint32_t group_rows = WORDS_PER_RANK * 64;
  set->n_groups = set->n_rows / group_rows + (set->n_rows % group_rows != 0);
  set->words = g_try_new0(uint64_t, MAX((size_t)set->n_groups * WORDS_PER_RANK, 1));
  set->ranks = g_try_new(uint32_t, (size_t)set->n_groups + 1);
  return set->words != NULL && set->ranks != NULL;
}

HsRowSet *
hs_row_set_new(HsTimeline *timeline, const HsFilter *filter, uint32_t n_rows, const HsRowSet *base, const int *cancel)
{
  g_autoptr(HsRowSet) set = g_new0(HsRowSet, 1);
  set->ref_count = 1;
  set->n_rows = n_rows;
  set->count = n_rows;
  if (hs_filter_is_empty(filter))
    return g_steal_pointer(&set);
  set->filter = hs_filter_copy(filter);
  if (!allocate(set))
    return NULL;
  uint32_t first_row = 0;
  if (base != NULL && base->n_rows <= n_rows && hs_filter_equal(base->filter, filter)) {
    /* The word that was not full then is examined again. */
    first_row = base->n_rows & ~63u;
    memcpy(set->words, base->words, first_row / 64 * sizeof(uint64_t));
  }
  if (is_cancelled(cancel) || !evaluate(set, timeline, first_row, cancel))
    return NULL;
  count_ranks(set);
  return g_steal_pointer(&set);
}

/* A set of the first n rows or blocks that holds all of them. */
static HsRowSet *
new_set(uint32_t n)
{
  HsRowSet *set = g_new0(HsRowSet, 1);
  set->ref_count = 1;
  set->n_rows = n;
  set->count = n;
  return set;
}

HsRowSet *
hs_row_set_new_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel)
{
  g_autoptr(HsRowSet) set = new_set(n_rows);
  if (hs_query_is_empty(query))
    return g_steal_pointer(&set);
  if (is_cancelled(cancel) || !allocate(set))
    return NULL;
  g_autoptr(HsQueryPlan) plan = hs_query_plan_new(query, timeline, range, n_rows);
  if (plan == NULL)
    return NULL;
  Job job = {.plan = plan, .words = set->words, .cancel = cancel};
  job.plan_work = PLAN_PREPARE;
  job.end_row = plan->n_blocks;
  if (hs_query_plan_needs_blocks(plan) && !run_in_parallel(job))
    return NULL;
  job.plan_work = PLAN_ROWS;
  job.end_row = n_rows;
  if (!run_in_parallel(job))
    return NULL;
  count_ranks(set);
  return g_steal_pointer(&set);
}

HsRowSet *
hs_row_set_new_query_blocks(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel)
{
  if (hs_query_is_empty(query))
    return new_set(hs_query_count_blocks(timeline, n_rows));
  g_autoptr(HsQueryPlan) plan = is_cancelled(cancel) ? NULL : hs_query_plan_new(query, timeline, range, n_rows);
  if (plan == NULL)
    return NULL;
  g_autoptr(HsRowSet) set = new_set(plan->n_blocks);
  if (!allocate(set) ||
      !run_in_parallel((Job){
          .plan = plan, .plan_work = PLAN_BLOCKS, .words = set->words, .end_row = plan->n_blocks, .cancel = cancel}))
    return NULL;
  count_ranks(set);
  return g_steal_pointer(&set);
}

HsRowSet *
hs_row_set_ref(HsRowSet *set)
{
  g_atomic_int_inc(&set->ref_count);
  return set;
}

void
hs_row_set_unref(HsRowSet *set)
{
  if (set == NULL || !g_atomic_int_dec_and_test(&set->ref_count))
    return;
  hs_filter_free(set->filter);
  g_free(set->words);
  g_free(set->ranks);
  g_free(set);
}

uint32_t
hs_row_set_count(const HsRowSet *set)
{
  return set->count;
}

uint32_t
hs_row_set_n_rows(const HsRowSet *set)
{
  return set->n_rows;
}

bool
hs_row_set_contains(const HsRowSet *set, HsRow row)
{
  if (row >= set->n_rows)
    return false;
  return set->words == NULL || (set->words[row / 64] >> (row % 64) & 1) != 0;
}

uint32_t
hs_row_set_rank(const HsRowSet *set, HsRow row)
{
  if (row >= set->n_rows)
    return set->count;
  if (set->words == NULL)
    return row;
  uint32_t word = row / 64;
  uint32_t rank = set->ranks[word / WORDS_PER_RANK];
  for (uint32_t i = word & ~(WORDS_PER_RANK - 1); i < word; i++)
    rank += (uint32_t)__builtin_popcountll(set->words[i]);
  return rank + (uint32_t)__builtin_popcountll(set->words[word] & ((UINT64_C(1) << (row % 64)) - 1));
}

HsRow
hs_row_set_select(const HsRowSet *set, uint32_t rank)
{
  g_assert(rank < set->count);
  if (set->words == NULL)
    return rank;
  uint32_t low = 0, high = set->n_groups - 1;
  while (low < high) {
    uint32_t middle = low + (high - low + 1) / 2;
    if (set->ranks[middle] <= rank)
      low = middle;
    else
      high = middle - 1;
  }
  uint32_t left = rank - set->ranks[low];
  uint32_t word = low * WORDS_PER_RANK;
  for (uint32_t n = 0;; word++, left -= n) {
    n = (uint32_t)__builtin_popcountll(set->words[word]);
    if (left < n)
      break;
  }
  uint64_t bits = set->words[word];
  while (left-- > 0)
    bits &= bits - 1;
  return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

HsRow
hs_row_set_next(const HsRowSet *set, HsRow row)
{
  if (row >= set->n_rows)
    return UINT32_MAX;
  if (set->words == NULL)
    return row;
  uint32_t n_words = (set->n_rows - 1) / 64 + 1;
  uint32_t word = row / 64;
  uint64_t bits = set->words[word] & (UINT64_MAX << (row % 64));
  while (bits == 0) {
    if (++word == n_words)
      return UINT32_MAX;
    bits = set->words[word];
  }
  return word * 64 + (uint32_t)__builtin_ctzll(bits);
}
