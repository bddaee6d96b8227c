/* SPDX-License-Identifier: MIT */
/* Heaps, blocks and rows; the pyramid is in hs-self-check-series.c. */
#include "hs-scratch.h"
#include "hs-self-check-private.h"

/* How often `cancel` is looked at. */
#define BLOCKS_PER_POLL (1u << 16)

/* What a scan of the blocks finds, in all or of a heap. */
typedef struct {
  uint64_t begun, begun_bytes;
  uint64_t live, live_bytes;
} Count;

typedef struct {
  Count all;    /* when the scan is done */
  Count *heaps; /* by HsHeapId.v; one more for what is of none of them */
  uint32_t n_heaps;
  uint64_t ends[HS_END_PROCESS_EXIT + 1];
  uint64_t misweighed; /* whose row says another size or source */
  uint64_t misplaced;  /* begun or ended where no row is, or out of order */
} Scan;

bool
hs_checker_expect(HsChecker *checker, HsCheck check, const char *what, uint64_t expected, uint64_t found)
{
  char **failure = &checker->check->failures[check];
  if (expected == found)
    return true;
  if (*failure == NULL)
    *failure = g_strdup_printf("%s: expected %" G_GUINT64_FORMAT ", found %" G_GUINT64_FORMAT, what, expected, found);
  return false;
}

/* --- a scan of the blocks --- */

static void
count_block(const HsChecker *checker, Scan *scan, HsBlockId block, HsRow *last_begin)
{
  const HsTimeline *t = checker->timeline;
  const HsBlockRecord *record = hs_timeline_block_record(t, block);
  HsRow begin = record->begin, end = __atomic_load_n(&record->end, __ATOMIC_ACQUIRE);
  unsigned reason = hs_block_record_flags(record) & HS_BLOCK_END_MASK;
  if (begin >= checker->n_rows || begin < *last_begin || reason > HS_END_PROCESS_EXIT) {
    scan->misplaced++;
    return;
  }
  *last_begin = begin;
  bool is_live = end == HS_ROW_OUTSTANDING, exits = end == HS_ROW_PROCESS_EXIT;
  if (is_live != (reason == HS_END_NONE) || exits != (reason == HS_END_PROCESS_EXIT) ||
      (!is_live && !exits && (end <= begin || end >= checker->n_rows)))
    scan->misplaced++;
  scan->ends[reason]++;
  uint64_t size = hs_timeline_record_size(t, record, block);
  scan->misweighed += *HS_AT(&t->weight, uint16_t, begin) != hs_weight_of(size, hs_block_record_source(record));
  uint32_t heap = hs_timeline_row_heap(t, begin).v;
  Count *count = &scan->heaps[MIN(heap, scan->n_heaps)];
  count->begun++;
  count->begun_bytes += size;
  count->live += is_live;
  count->live_bytes += is_live ? size : 0;
}

/* False if cancelled. */
static bool
scan_blocks(const HsChecker *checker, Scan *scan)
{
  HsRow last_begin = 0;
  for (uint32_t block = 0; block < checker->n_blocks; block++) {
    if (block % BLOCKS_PER_POLL == 0 && hs_checker_is_cancelled(checker))
      return false;
    count_block(checker, scan, (HsBlockId){block}, &last_begin);
  }
  for (uint32_t i = 0; i <= scan->n_heaps; i++) {
    scan->all.begun += scan->heaps[i].begun;
    scan->all.begun_bytes += scan->heaps[i].begun_bytes;
    scan->all.live += scan->heaps[i].live;
    scan->all.live_bytes += scan->heaps[i].live_bytes;
  }
  return true;
}

static void
check_blocks(HsChecker *checker, const Scan *scan)
{
  const HsTotals *totals = &checker->timeline->totals;
  uint64_t ended = 0;
  for (unsigned reason = HS_END_FREE; reason <= HS_END_PROCESS_EXIT; reason++)
    ended += scan->ends[reason];
  const struct {
    const char *what;
    uint64_t expected, found;
  } pairs[] = {
      {"blocks that begin or end where no row does", 0, scan->misplaced},
      {"blocks whose row tells another size or source", 0, scan->misweighed},
      {"blocks begun", HS_GET(totals->n_begun), scan->all.begun},
      {"bytes of blocks begun", HS_GET(totals->begun_bytes), scan->all.begun_bytes},
      {"blocks begun less blocks ended", HS_GET(totals->outstanding_count), scan->all.begun - ended},
      {"blocks outstanding", HS_GET(totals->outstanding_count), scan->all.live},
      {"bytes outstanding", HS_GET(totals->outstanding_bytes), scan->all.live_bytes},
      {"blocks overwritten", HS_GET(totals->overwritten), scan->ends[HS_END_OVERWRITTEN]},
      {"blocks freed by Destroy", HS_GET(totals->freed_by_destroy), scan->ends[HS_END_DESTROY]},
      {"blocks ended by process exit", HS_GET(totals->ended_by_exit), scan->ends[HS_END_PROCESS_EXIT]},
      {"ends that no Free tells", __atomic_load_n(&checker->timeline->n_endings, __ATOMIC_ACQUIRE),
       ended - scan->ends[HS_END_FREE]},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++)
    (void)hs_checker_expect(checker, HS_CHECK_BLOCKS, pairs[i].what, pairs[i].expected, pairs[i].found);
}

/* --- heaps --- */

static bool
check_heap(HsChecker *checker, const HsHeap *heap, const Count *count)
{
  return hs_checker_expect(checker, HS_CHECK_HEAPS, "blocks a heap began", HS_GET(heap->n_begun), count->begun) &&
         hs_checker_expect(checker, HS_CHECK_HEAPS, "bytes a heap gave", HS_GET(heap->allocated_bytes),
                           count->begun_bytes) &&
         hs_checker_expect(checker, HS_CHECK_HEAPS, "blocks outstanding in a heap", HS_GET(heap->outstanding_count),
                           count->live) &&
         hs_checker_expect(checker, HS_CHECK_HEAPS, "bytes outstanding in a heap", HS_GET(heap->outstanding_bytes),
                           count->live_bytes);
}

static void
check_heaps(HsChecker *checker, const Scan *scan)
{
  const HsTotals *totals = &checker->timeline->totals;
  uint64_t begun = 0, bytes = 0, live = 0, live_bytes = 0, allocs = 0, reallocs = 0, frees = 0, unmatched = 0;
  for (uint32_t i = 0; i < scan->n_heaps; i++) {
    const HsHeap *heap = hs_timeline_heap(checker->timeline, (HsHeapId){i});
    begun += HS_GET(heap->n_begun);
    bytes += HS_GET(heap->allocated_bytes);
    live += HS_GET(heap->outstanding_count);
    live_bytes += HS_GET(heap->outstanding_bytes);
    allocs += HS_GET(heap->n_allocs);
    reallocs += HS_GET(heap->n_reallocs);
    frees += HS_GET(heap->n_frees);
    unmatched += HS_GET(heap->n_unmatched_frees);
    if (!check_heap(checker, heap, &scan->heaps[i]))
      return;
  }
  const struct {
    const char *what;
    uint64_t expected, found;
  } pairs[] = {
      {"blocks begun, over all heaps", HS_GET(totals->n_begun), begun},
      {"bytes of blocks begun, over all heaps", HS_GET(totals->begun_bytes), bytes},
      {"blocks outstanding, over all heaps", HS_GET(totals->outstanding_count), live},
      {"bytes outstanding, over all heaps", HS_GET(totals->outstanding_bytes), live_bytes},
      {"Alloc records, over all heaps", HS_GET(totals->operations[HS_OP_ALLOC]), allocs},
      {"ReAlloc records, over all heaps", HS_GET(totals->operations[HS_OP_REALLOC]), reallocs},
      {"Free records, over all heaps", HS_GET(totals->operations[HS_OP_FREE]), frees},
      {"unmatched frees, over all heaps", HS_GET(totals->unmatched_frees), unmatched},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++)
    (void)hs_checker_expect(checker, HS_CHECK_HEAPS, pairs[i].what, pairs[i].expected, pairs[i].found);
}

/* --- rows --- */

static void
expect_set(HsChecker *checker, const HsRowSet *set, const char *what, uint64_t expected)
{
  if (hs_checker_expect(checker, HS_CHECK_ROWS, what, expected, hs_row_set_count(set)))
    (void)hs_checker_expect(checker, HS_CHECK_ROWS, "bits of a filter's result that its ranks do not count", 0,
                            hs_row_set_is_sound(set) ? 0 : 1);
}

/* Filters whose results are known. False if cancelled or out of memory. */
static bool
check_rows(HsChecker *checker, HsTimeline *timeline, const Scan *scan)
{
  const HsTotals *totals = &timeline->totals;
  uint64_t records = 0;
  for (unsigned op = 0; op < HS_N_OPS; op++)
    records += HS_GET(totals->operations[op]);
  (void)hs_checker_expect(checker, HS_CHECK_ROWS, "rows of all operations", records, checker->n_rows);
  g_autoptr(HsQuery) frees = hs_query_parse("op == free", NULL), freed = hs_query_parse("end == free", NULL);
  g_autoptr(HsRowSet) rows = hs_row_set_new_query(timeline, frees, HS_TIME_RANGE_ALL, checker->n_rows, checker->cancel);
  g_autoptr(HsRowSet) blocks =
      hs_row_set_new_query_blocks(timeline, freed, HS_TIME_RANGE_ALL, checker->n_rows, checker->cancel);
  if (rows == NULL || blocks == NULL)
    return false;
  expect_set(checker, rows, "rows that pass “op == free”", HS_GET(totals->operations[HS_OP_FREE]));
  expect_set(checker, blocks, "blocks that pass “end == free”", scan->ends[HS_END_FREE]);
  return true;
}

/* --- all --- */

/* Below this many rows a second thread costs more than it saves. */
#define PARALLEL_ROWS (1u << 18)

/* Half of the checks; the other half is the pyramid's. Each writes failures of its own. */
typedef struct {
  HsChecker checker;
  HsTimeline *timeline;
  bool done; /* else it was cancelled, or there was no memory */
} Half;

static gpointer
check_tables(gpointer data)
{
  Half *half = data;
  HsChecker *checker = &half->checker;
  uint32_t n_heaps = hs_timeline_n_heaps(half->timeline);
  g_autofree Count *heaps = g_try_new0(Count, (size_t)n_heaps + 1);
  Scan scan = {.heaps = heaps, .n_heaps = n_heaps};
  if (heaps == NULL || !scan_blocks(checker, &scan))
    return NULL;
  check_blocks(checker, &scan);
  check_heaps(checker, &scan);
  half->done = check_rows(checker, half->timeline, &scan);
  return NULL;
}

static gpointer
check_series(gpointer data)
{
  Half *half = data;
  half->done = hs_checker_scan_series(&half->checker);
  return NULL;
}

/* Each does the half that is its. */
static gpointer
check_half(gpointer data)
{
  Half *half = data;
  return half->checker.is_series ? check_series(half) : check_tables(half);
}

HsSelfCheck *
hs_self_check_new(HsTimeline *timeline, const int *cancel)
{
  g_autoptr(HsSelfCheck) check = g_new0(HsSelfCheck, 1);
  Half tables = {{.timeline = timeline,
                  .cancel = cancel,
                  .n_rows = hs_timeline_n_rows(timeline),
                  .n_blocks = hs_timeline_n_blocks(timeline),
                  .check = check},
                 timeline,
                 false};
  Half series = tables;
  series.checker.is_series = true;
  if (tables.checker.n_rows >= PARALLEL_ROWS) {
    hs_run_both("hs-self-check", check_half, &series, &tables);
  } else {
    (void)check_tables(&tables);
    (void)check_series(&series);
  }
  if (!tables.done || !series.done)
    return NULL;
  return g_steal_pointer(&check);
}

void
hs_self_check_free(HsSelfCheck *check)
{
  if (check == NULL)
    return;
  for (unsigned i = 0; i < HS_N_CHECKS; i++)
    g_free(check->failures[i]);
  g_free(check);
}

bool
hs_self_check_holds(const HsSelfCheck *check)
{
  for (unsigned i = 0; i < HS_N_CHECKS; i++) {
    if (check->failures[i] != NULL)
      return false;
  }
  return true;
}

const char *
hs_check_name(HsCheck check)
{
  static const char *const names[HS_N_CHECKS] = {"heap-sums", "block-ends", "row-counts", "pyramid"};
  return (unsigned)check < HS_N_CHECKS ? names[check] : "";
}
