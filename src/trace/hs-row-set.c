/* SPDX-License-Identifier: MIT */
/* Bits in 64-bit words; a directory of ranks, one every eight words, makes rank O(1) and select a binary search. */
#include "hs-row-set.h"

#include <string.h>

#include "hs-query-plan.h"
#include "hs-scratch.h"

#define WORDS_PER_RANK 8u
/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 18)
/* A plan may be long. */
#define ROWS_PER_POLL (1u << 12)
/* What a thread takes at a time: processors are not equally fast at any moment. */
#define ROWS_A_PIECE (1u << 15)

struct _HsRowSet {
  int ref_count;
  uint32_t n_rows, count;
  uint64_t *words; /* NULL = every row passes; whole ranks' worth, zero beyond n_rows */
  uint32_t *ranks; /* passing rows before each eighth word; one more than there are groups of words */
  uint32_t n_groups;
};

/* Rows to examine, by one or two threads, a piece of whole groups of words at a time. */
typedef struct {
  const HsQueryPlan *plan;
  enum { PLAN_ROWS, PLAN_BLOCKS, PLAN_PREPARE } work; /* rows are blocks but for the first */
  uint64_t *words;
  uint64_t *begun; /* rows: a bit for each block that a passing row begins; NULL = not asked */
  uint32_t end_row;
  uint64_t *next; /* atomic: where the next piece begins */
  const int *cancel;
  bool cancelled;
} Job;

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

/* `block`: the first begun at or after `row`; what it returns is that of `end`. */
static uint32_t
examine_rows(const Job *job, uint32_t block, HsRow row, HsRow end)
{
  while (row < end) {
    uint32_t n = MIN(end - row, 64u);
    uint64_t passing = hs_query_plan_rows(job->plan, row, n);
    job->words[row / 64] = passing;
    if (job->begun != NULL)
      block = hs_query_keep_begun(job->plan->timeline, row, n, passing, job->begun, block);
    row += n;
  }
  return block;
}

static void
examine_blocks(const Job *job, HsQueryTrack *track, uint32_t block, uint32_t end)
{
  while (block < end) {
    uint32_t n = MIN(end - block, 64u);
    if (job->work == PLAN_PREPARE)
      hs_query_plan_prepare(job->plan, track, block, n);
    else
      job->words[block / 64] = hs_query_plan_blocks(job->plan, track, block, n);
    block += n;
  }
}

static gpointer
run_job(gpointer data)
{
  Job *job = data;
  G_STATIC_ASSERT(ROWS_A_PIECE % ROWS_PER_POLL == 0);
  uint64_t first;
  HsQueryTrack track;
  hs_query_track_init(&track, job->plan);
  while (!job->cancelled && (first = __atomic_fetch_add(job->next, ROWS_A_PIECE, __ATOMIC_RELAXED)) < job->end_row) {
    uint64_t piece_end = MIN(first + ROWS_A_PIECE, job->end_row);
    uint32_t block = job->begun != NULL ? hs_row_set_count_blocks(job->plan->timeline, (HsRow)first) : 0;
    for (uint64_t row = first; row < piece_end && !job->cancelled; row += ROWS_PER_POLL) {
      job->cancelled = is_cancelled(job->cancel);
      uint32_t poll_end = (uint32_t)MIN(row + ROWS_PER_POLL, piece_end);
      if (!job->cancelled && job->work == PLAN_ROWS)
        block = examine_rows(job, block, (uint32_t)row, poll_end);
      else if (!job->cancelled)
        examine_blocks(job, &track, (uint32_t)row, poll_end);
    }
  }
  hs_query_track_clear(&track);
  return NULL;
}

/* Does a job, by two threads if it is large. False if cancelled. */
static bool
run_in_parallel(Job here)
{
  uint64_t next = 0;
  here.next = &next;
  Job there = here;
  hs_run_both("hs-row-set", run_job, &here, here.end_row >= PARALLEL_ROWS ? &there : NULL);
  return !here.cancelled && !there.cancelled;
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

uint32_t
hs_row_set_count_blocks(const HsTimeline *timeline, uint32_t n_rows)
{
  /* Blocks are numbered in the order they begin; those of rows not asked for may be published, too. */
  uint32_t low = 0, high = hs_timeline_n_blocks(timeline);
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (hs_timeline_block_begin(timeline, (HsBlockId){middle}) < n_rows)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

HsRowSet *
hs_row_set_new_all(uint32_t n)
{
  HsRowSet *set = g_new0(HsRowSet, 1);
  set->ref_count = 1;
  set->n_rows = n;
  set->count = n;
  return set;
}

/* The rows or blocks that a plan lets pass; of rows, also the blocks they begin, if `begun` is a set to be filled. NULL
 * if cancelled or out of memory. */
static HsRowSet *
evaluate(Job job, HsRowSet *begun)
{
  g_autoptr(HsRowSet) set = hs_row_set_new_all(job.end_row);
  if (!allocate(set) || (begun != NULL && !allocate(begun)))
    return NULL;
  job.words = set->words;
  job.begun = begun != NULL ? begun->words : NULL;
  if (!run_in_parallel(job))
    return NULL;
  count_ranks(set);
  if (begun != NULL)
    count_ranks(begun);
  return g_steal_pointer(&set);
}

/* Rows, and the blocks that pass, if they are asked for: from the rows, unless a bit a block is all that is asked. */
static bool
run_rows(HsQueryPlan *plan, const int *cancel, HsRowSet **rows, HsRowSet **blocks)
{
  bool by_blocks = plan->root->kind >= HS_PLAN_ADDRESS;
  g_autoptr(HsRowSet) begun = blocks != NULL && !by_blocks ? hs_row_set_new_all(plan->n_blocks) : NULL;
  if (hs_query_plan_needs_blocks(plan) &&
      !run_in_parallel((Job){.plan = plan, .work = PLAN_PREPARE, .end_row = plan->n_blocks, .cancel = cancel}))
    return false;
  *rows = evaluate((Job){.plan = plan, .work = PLAN_ROWS, .end_row = plan->n_rows, .cancel = cancel}, begun);
  if (*rows == NULL || blocks == NULL)
    return *rows != NULL;
  *blocks = by_blocks ? hs_row_set_new_words(plan->n_blocks, plan->root->bits) : g_steal_pointer(&begun);
  if (*blocks == NULL)
    g_clear_pointer(rows, hs_row_set_unref);
  return *blocks != NULL;
}

static bool
run_plan(HsQueryPlan *plan, const int *cancel, HsRowSet **rows, HsRowSet **blocks)
{
  if (rows != NULL)
    return run_rows(plan, cancel, rows, blocks);
  *blocks = evaluate((Job){.plan = plan, .work = PLAN_BLOCKS, .end_row = plan->n_blocks, .cancel = cancel}, NULL);
  return *blocks != NULL;
}

bool
hs_row_set_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel,
                 HsRowSet **rows, HsRowSet **blocks)
{
  if (is_cancelled(cancel))
    return false;
  if (hs_query_is_empty(query)) {
    if (rows != NULL)
      *rows = hs_row_set_new_all(n_rows);
    if (blocks != NULL)
      *blocks = hs_row_set_new_all(hs_row_set_count_blocks(timeline, n_rows));
    return true;
  }
  g_autoptr(HsQueryPlan) plan = hs_query_plan_new(query, timeline, range, n_rows);
  return plan != NULL && run_plan(plan, cancel, rows, blocks);
}

HsRowSet *
hs_row_set_new_query(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel)
{
  HsRowSet *rows = NULL;
  (void)hs_row_set_query(timeline, query, range, n_rows, cancel, &rows, NULL);
  return rows;
}

HsRowSet *
hs_row_set_new_query_blocks(HsTimeline *timeline, HsQuery *query, HsTimeRange range, uint32_t n_rows, const int *cancel)
{
  HsRowSet *blocks = NULL;
  (void)hs_row_set_query(timeline, query, range, n_rows, cancel, NULL, &blocks);
  return blocks;
}

HsRowSet *
hs_row_set_new_both(HsRowSet *a, HsRowSet *b)
{
  g_assert(a->n_rows == b->n_rows);
  if (a->words == NULL || b->words == NULL)
    return hs_row_set_ref(a->words == NULL ? b : a);
  g_autoptr(HsRowSet) set = hs_row_set_new_all(a->n_rows);
  if (!allocate(set))
    return NULL;
  for (size_t i = 0; i < (size_t)set->n_groups * WORDS_PER_RANK; i++)
    set->words[i] = a->words[i] & b->words[i];
  count_ranks(set);
  return g_steal_pointer(&set);
}

HsRowSet *
hs_row_set_new_listed(uint32_t n_rows, const uint32_t *members, uint32_t n)
{
  g_autoptr(HsRowSet) set = hs_row_set_new_all(n_rows);
  if (!allocate(set))
    return NULL;
  for (uint32_t i = 0; i < n; i++)
    set->words[members[i] / 64] |= UINT64_C(1) << (members[i] % 64);
  count_ranks(set);
  return g_steal_pointer(&set);
}

HsRowSet *
hs_row_set_new_words(uint32_t n_rows, const uint64_t *words)
{
  g_autoptr(HsRowSet) set = hs_row_set_new_all(n_rows);
  if (!allocate(set))
    return NULL;
  memcpy(set->words, words, (size_t)n_rows / 64 * sizeof *words);
  if (n_rows % 64 != 0)
    set->words[n_rows / 64] = words[n_rows / 64] & ((UINT64_C(1) << (n_rows % 64)) - 1);
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
  g_free(set->words);
  g_free(set->ranks);
  g_free(set);
}

bool
hs_row_set_is_sound(const HsRowSet *set)
{
  if (set->words == NULL)
    return set->count == set->n_rows;
  uint32_t rank = 0, n_words = set->n_groups * WORDS_PER_RANK;
  bool is_sound = true;
  for (uint32_t word = 0; word < n_words; word++) {
    uint64_t bits = set->words[word];
    uint64_t first = (uint64_t)word * 64, n = first < set->n_rows ? MIN(set->n_rows - first, 64) : 0;
    if (n < 64 && bits >> n != 0)
      is_sound = false;
    if (word % WORDS_PER_RANK == 0 && set->ranks[word / WORDS_PER_RANK] != rank)
      is_sound = false;
    rank += (uint32_t)__builtin_popcountll(bits);
  }
  return is_sound && set->ranks[set->n_groups] == rank && set->count == rank;
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

uint64_t
hs_row_set_memory_bytes(const HsRowSet *set)
{
  if (set == NULL)
    return 0;
  uint64_t words = set->words != NULL ? (uint64_t)set->n_groups * WORDS_PER_RANK * sizeof *set->words : 0;
  return sizeof *set + words + (set->ranks != NULL ? ((uint64_t)set->n_groups + 1) * sizeof *set->ranks : 0);
}

const uint64_t *
hs_row_set_words(const HsRowSet *set)
{
  return set->words;
}

bool
hs_row_set_contains(const HsRowSet *set, HsRow row)
{
  if (row >= set->n_rows)
    return false;
  return set->words == NULL || (set->words[row / 64] >> (row % 64) & 1) != 0;
}

bool
hs_row_set_extends(const HsRowSet *set, const HsRowSet *base)
{
  if (set->n_rows < base->n_rows || hs_row_set_rank(set, base->n_rows) != base->count)
    return false;
  /* All pass in the one, and as many in the other. */
  if (set->words == NULL || base->words == NULL)
    return true;
  size_t n_words = base->n_rows / 64;
  if (memcmp(set->words, base->words, n_words * sizeof(uint64_t)) != 0)
    return false;
  uint64_t rest = (UINT64_C(1) << (base->n_rows % 64)) - 1;
  return rest == 0 || ((set->words[n_words] ^ base->words[n_words]) & rest) == 0;
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
