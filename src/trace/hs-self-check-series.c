/* SPDX-License-Identifier: MIT */
/*
 * The pyramid of outstanding memory against a scan of the columns, row by row. What the rows weigh is a copy of their
 * blocks' sizes: that of a begin is compared with its block in hs-self-check.c, and those of Frees, in all, by what is
 * left at the end.
 */
#include "hs-self-check-private.h"
#include "hs-series-private.h"
#include "hs-wide.h"

#define ENTRY_ROWS (1u << HS_ENTRY_SHIFT)
#define ROWS_PER_POLL (1u << 16)

typedef struct {
  HsChecker *checker;
  const HsTimeline *timeline;
  HsBand band; /* of the entry under way */
  uint32_t ending, n_endings;
  HsRow ending_row; /* of the next of them; UINT32_MAX = there are no more */
  uint64_t peak_bytes;
  uint64_t different; /* entries that are not what the scan gives */
} Scan;

static void
add(Scan *scan, uint64_t bytes, uint32_t count)
{
  scan->band.last_bytes = (int64_t)((uint64_t)scan->band.last_bytes + bytes);
  scan->band.last_count += count;
}

/* The value as it stands was reached. */
static void
settle(HsBand *band)
{
  band->min_bytes = MIN(band->min_bytes, band->last_bytes);
  band->max_bytes = MAX(band->max_bytes, band->last_bytes);
  band->min_count = MIN(band->min_count, band->last_count);
  band->max_count = MAX(band->max_count, band->last_count);
}

static void
look_at_ending(Scan *scan)
{
  const HsVec *endings = &scan->timeline->endings;
  scan->ending_row = scan->ending < scan->n_endings ? HS_VEC(endings, HsEnding, scan->ending)->row : UINT32_MAX;
}

/* The endings told for a row. Those of processes come first, each at a moment of its own. */
static void
add_endings(Scan *scan, HsRow row)
{
  while (scan->ending_row == row) {
    HsBlockId block = {HS_VEC(&scan->timeline->endings, HsEnding, scan->ending)->block};
    scan->ending++;
    look_at_ending(scan);
    if (block.v >= scan->checker->n_blocks)
      continue;
    add(scan, 0 - hs_timeline_block_size(scan->timeline, block), UINT32_MAX);
    if (hs_timeline_block_end(scan->timeline, block) == HS_ROW_PROCESS_EXIT)
      settle(&scan->band);
  }
}

/* What the rows of an entry do by themselves: what each adds to bytes and count. */
typedef struct {
  uint64_t bytes[ENTRY_ROWS];
  int32_t count[ENTRY_ROWS];
} Steps;

/* Whether all is said: no size is where the block is. */
static HS_WIDE bool
read_weights(const uint16_t *restrict weights, const uint8_t *restrict op_sources, uint32_t n, Steps *restrict steps)
{
  uint16_t largest = 0;
  for (uint32_t i = 0; i < n; i++) {
    int32_t sign = (op_sources[i] & 31) == HS_OP_FREE ? -1 : 1;
    steps->bytes[i] = (uint64_t)((int64_t)(weights[i] >> HS_WEIGHT_SOURCE_BITS) * sign);
    steps->count[i] = weights[i] == HS_WEIGHT_NONE ? 0 : sign;
    largest = MAX(largest, weights[i]);
  }
  return largest < HS_WEIGHT_BLOCK;
}

static void
read_steps(const Scan *scan, HsRow first, uint32_t n, Steps *steps)
{
  const HsTimeline *t = scan->timeline;
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, first);
  if (read_weights(weights, HS_AT(&t->op_source, uint8_t, first), n, steps))
    return;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t ref;
    if (weights[i] < HS_WEIGHT_BLOCK || (ref = hs_timeline_ref_of(t, first + i)) >= scan->checker->n_blocks)
      continue;
    uint64_t size = hs_timeline_block_size(t, (HsBlockId){ref});
    steps->bytes[i] = (int64_t)steps->bytes[i] < 0 ? 0 - size : size;
  }
}

/* Rows [from, to) of an entry: with nothing else to do between them, in variables that stay in registers. */
static void
take_rows(Scan *scan, const Steps *steps, uint32_t from, uint32_t to)
{
  HsBand band = scan->band;
  uint64_t peak_bytes = scan->peak_bytes;
  for (uint32_t i = from; i < to; i++) {
    band.last_bytes = (int64_t)((uint64_t)band.last_bytes + steps->bytes[i]);
    band.last_count += (uint32_t)steps->count[i];
    settle(&band);
    /* What begins and what ends, nothing could foretell. */
    uint64_t reached = steps->count[i] > 0 ? (uint64_t)band.last_bytes : 0;
    peak_bytes = MAX(peak_bytes, reached);
  }
  scan->band = band;
  scan->peak_bytes = peak_bytes;
}

static void
take_entry(Scan *scan, HsRow first, uint32_t n)
{
  Steps steps;
  read_steps(scan, first, n, &steps);
  for (uint32_t from = 0, to; from < n; from = to) {
    add_endings(scan, first + from);
    uint32_t until_next = scan->ending_row - (first + from);
    to = scan->ending_row > first + from && until_next < n - from ? from + until_next : n;
    take_rows(scan, &steps, from, to);
  }
}

static bool
equal_bands(const HsBand *a, const HsBand *b)
{
  return a->min_bytes == b->min_bytes && a->max_bytes == b->max_bytes && a->last_bytes == b->last_bytes &&
         a->min_count == b->min_count && a->max_count == b->max_count && a->last_count == b->last_count;
}

/* The entry under way is whole. */
static void
close_entry(Scan *scan, const HsSeriesSet *series, uint32_t index)
{
  if (index >= series->levels[0].length || !equal_bands(&scan->band, hs_series_entry(series, 0, index)))
    scan->different++;
  HsBand *band = &scan->band;
  band->min_bytes = band->max_bytes = band->last_bytes;
  band->min_count = band->max_count = band->last_count;
}

/* Each entry is what those below it come to. */
static uint64_t
check_level(const HsSeriesSet *series, unsigned level)
{
  const HsVec *above = &series->levels[level];
  uint32_t fanout = 1u << HS_FANOUT_SHIFT;
  uint64_t different = above->length != series->levels[level - 1].length / fanout;
  for (uint32_t i = 0; i < above->length && different == 0; i++) {
    HsBand sum = *hs_series_entry(series, level - 1, i * fanout);
    for (uint32_t k = 1; k < fanout; k++) {
      const HsBand *part = hs_series_entry(series, level - 1, i * fanout + k);
      sum.min_bytes = MIN(sum.min_bytes, part->min_bytes);
      sum.max_bytes = MAX(sum.max_bytes, part->max_bytes);
      sum.min_count = MIN(sum.min_count, part->min_count);
      sum.max_count = MAX(sum.max_count, part->max_count);
      sum.last_bytes = part->last_bytes;
      sum.last_count = part->last_count;
    }
    different += !equal_bands(&sum, hs_series_entry(series, level, i));
  }
  return different;
}

/* The end: what the rows after the last whole entry leave, and the processes that ended after the last row. */
static void
check_end(Scan *scan, HsSeriesSet *series)
{
  HsChecker *checker = scan->checker;
  const HsTotals *totals = &checker->timeline->totals;
  add_endings(scan, checker->n_rows);
  HsSnapshot snapshot = hs_series_snapshot(series);
  int64_t bytes = snapshot.tail != NULL ? snapshot.tail->bytes : series->open[0].last_bytes;
  uint32_t count = snapshot.tail != NULL ? snapshot.tail->count : series->open[0].last_count;
  const struct {
    const char *what;
    uint64_t expected, found;
  } pairs[] = {
      {"rows in the curve", checker->n_rows, hs_series_set_n_rows(series)},
      {"entries of the pyramid that differ from the columns", 0, scan->different},
      {"bytes outstanding at the end of the columns", HS_GET(totals->outstanding_bytes),
       (uint64_t)scan->band.last_bytes},
      {"bytes outstanding at the end of the curve", (uint64_t)scan->band.last_bytes, (uint64_t)bytes},
      {"blocks outstanding at the end of the curve", scan->band.last_count, count},
      {"peak of the columns", HS_GET(totals->peak_bytes), scan->peak_bytes},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++)
    (void)hs_checker_expect(checker, HS_CHECK_SERIES, pairs[i].what, pairs[i].expected, pairs[i].found);
}

bool
hs_checker_scan_series(HsChecker *checker)
{
  HsSeriesSet *series = checker->timeline->series;
  Scan scan = {.checker = checker,
               .timeline = checker->timeline,
               .n_endings = __atomic_load_n(&checker->timeline->n_endings, __ATOMIC_ACQUIRE)};
  look_at_ending(&scan);
  for (uint64_t row = 0; row < checker->n_rows; row += ENTRY_ROWS) {
    if (row % ROWS_PER_POLL == 0 && hs_checker_is_cancelled(checker))
      return false;
    uint32_t n = (uint32_t)MIN(checker->n_rows - row, ENTRY_ROWS);
    take_entry(&scan, (HsRow)row, n);
    if (n == ENTRY_ROWS)
      close_entry(&scan, series, (uint32_t)row / ENTRY_ROWS);
  }
  for (unsigned level = 1; level < HS_LEVELS; level++)
    scan.different += check_level(series, level);
  check_end(&scan, series);
  return true;
}
