/* SPDX-License-Identifier: MIT */
/*
 * Which blocks live at an instant. From another instant only those can have changed that the rows between begin or end:
 * what becomes of each is asked of its record, so that it does not matter which way one goes. Where the rows between
 * are many, a scan of all records is cheaper.
 */
#include "hs-instant-private.h"
#include "hs-scratch.h"

#define CANCEL_ROWS 16384u
/* A row that is followed costs so many times what a block costs in the scan: memory is met in no order. */
#define ROW_COST 8u
#define PARALLEL_BLOCKS (1u << 17)
#define AHEAD 16u

/* An instant as rows tell it. */
typedef struct {
  int64_t ticks;
  HsRow row;   /* the first after it */
  bool is_far; /* so much lies between that it is not worth while to tell what it concerns */
} Moment;

static bool
outlives_exit(const HsTimeline *t, HsRow begin, int64_t ticks)
{
  HsHeapId heap = hs_timeline_row_heap(t, begin);
  HsProcessId process = hs_timeline_heap(t, heap)->process;
  return ticks < HS_GET(hs_timeline_process(t, process)->end_ticks);
}

/* Rows are in order of time: whether a block lives is told by rows alone, but for those that their process took along.
 */
static inline bool
lives(const HsTimeline *t, const HsBlockRecord *block, const Moment *moment)
{
  HsRow end = __atomic_load_n(&block->end, __ATOMIC_ACQUIRE);
  if (G_UNLIKELY(end == HS_ROW_PROCESS_EXIT))
    return block->begin < moment->row && outlives_exit(t, block->begin, moment->ticks);
  return (block->begin < moment->row) & (end >= moment->row);
}

/* --- by scan --- */

typedef struct {
  HsInstant *instant;
  Moment moment;
  uint32_t first_word, end_word;
  const int *cancel;
  bool done;
} Part;

static gpointer
scan_part(gpointer data)
{
  Part *part = data;
  HsInstant *instant = part->instant;
  for (uint32_t word = part->first_word; word < part->end_word; word++) {
    if (word % (CANCEL_ROWS / 64) == 0 && hs_instant_cancelled(part->cancel))
      return NULL;
    uint64_t bits = 0;
    uint32_t first = word * 64, n = MIN(instant->n_blocks - first, 64);
    /* 64 of them lie in one segment. */
    const HsBlockRecord *records = hs_timeline_block_record(instant->timeline, (HsBlockId){first});
    /* Blocks are numbered in the order they begin: from here on none has. */
    if (records->begin >= part->moment.row) {
      memset(instant->live + word, 0, (part->end_word - word) * sizeof *instant->live);
      break;
    }
    for (uint32_t i = 0; i < n; i++)
      bits |= (uint64_t)lives(instant->timeline, &records[i], &part->moment) << i;
    instant->live[word] = bits;
  }
  part->done = true;
  return NULL;
}

static bool
scan(HsInstant *instant, const Moment *moment, const int *cancel)
{
  uint32_t n_words = instant->n_blocks / 64 + (instant->n_blocks % 64 != 0);
  uint32_t begun = hs_row_set_count_blocks(instant->timeline, moment->row);
  uint32_t middle = instant->n_blocks > PARALLEL_BLOCKS ? MIN(begun / 128, n_words) : n_words;
  Part here = {instant, *moment, 0, middle, cancel, false};
  Part there = {instant, *moment, middle, n_words, cancel, false};
  hs_run_both("hs-instant", scan_part, &here, middle < n_words ? &there : NULL);
  return here.done && (middle == n_words || there.done);
}

/* --- by what lies between --- */

static void
renew(HsInstant *instant, const Moment *moment, uint32_t block)
{
  uint64_t bit = UINT64_C(1) << block % 64;
  if (block >= instant->n_blocks)
    return;
  bool was = (instant->live[block / 64] & bit) != 0;
  HsBlockId id = {block};
  if (lives(instant->timeline, hs_timeline_block_record(instant->timeline, id), moment) == was)
    return;
  instant->live[block / 64] ^= bit;
  if (moment->is_far)
    return;
  uint32_t heap = hs_timeline_row_heap(instant->timeline, hs_timeline_block_begin(instant->timeline, id)).v;
  if (heap < instant->n_heaps) {
    uint64_t address = hs_timeline_block_address(instant->timeline, id);
    instant->chunks[hs_instant_chunk_of(instant, heap, address, block)].is_dirty = true;
  }
}

/* The block that a row begins or frees; what a summary marks does not change by it. */
static uint32_t
block_of_row(const HsTimeline *t, HsRow row)
{
  uint32_t ref = hs_timeline_ref_of(t, row);
  HsOp op = hs_timeline_op(t, row);
  bool pairs = op == HS_OP_ALLOC || op == HS_OP_REALLOC || op == HS_OP_FREE;
  return pairs && (ref & HS_REF_LOOSE) == 0 ? ref : HS_ID_NONE;
}

/* The first of the endings that belongs to `row` or a later one. */
static uint32_t
first_ending(const HsTimeline *t, HsRow row, uint32_t n_endings)
{
  uint32_t low = 0, high = n_endings;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (HS_VEC(&t->endings, HsEnding, middle)->row < row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool
follow(HsInstant *instant, const Moment *moment, HsRow low, HsRow high, const int *cancel)
{
  const HsTimeline *t = instant->timeline;
  for (HsRow row = low; row < high; row++) {
    if (row % CANCEL_ROWS == 0 && hs_instant_cancelled(cancel))
      return false;
    if (high - row > AHEAD) {
      uint32_t ahead = block_of_row(t, row + AHEAD);
      if (ahead < instant->n_blocks)
        __builtin_prefetch(hs_timeline_block_record(t, (HsBlockId){ahead}));
    }
    uint32_t block = block_of_row(t, row);
    if (block != HS_ID_NONE)
      renew(instant, moment, block);
  }
  /* What ends otherwise ends with a row, or, with its process, before one: the next after the instant, too. */
  uint32_t n_endings = __atomic_load_n(&t->n_endings, __ATOMIC_ACQUIRE);
  HsRow last = high >= instant->n_rows ? HS_ROW_OUTSTANDING : high;
  for (uint32_t i = first_ending(t, low, n_endings); i < n_endings; i++) {
    const HsEnding *ending = HS_VEC(&t->endings, HsEnding, i);
    if (ending->row > last)
      break;
    if (i % CANCEL_ROWS == 0 && hs_instant_cancelled(cancel))
      return false;
    renew(instant, moment, ending->block);
  }
  return true;
}

bool
hs_instant_move_live(HsInstant *instant, int64_t ticks, const int *cancel)
{
  Moment moment = {ticks, instant->n_rows, false};
  if (ticks < INT64_MAX)
    moment.row = hs_timeline_row_at(instant->timeline, ticks + 1, instant->n_rows);
  HsRow low = MIN(moment.row, instant->row), high = MAX(moment.row, instant->row);
  bool near = (uint64_t)(high - low) * ROW_COST <= (uint64_t)instant->n_blocks + 4096;
  bool valid = instant->is_valid;
  instant->is_valid = false;
  moment.is_far = !valid || high - low > instant->n_chunks;
  for (uint32_t i = 0; moment.is_far && i < instant->n_chunks; i++)
    instant->chunks[i].is_dirty = true;
  bool done = valid && near ? follow(instant, &moment, low, high, cancel) : scan(instant, &moment, cancel);
  instant->row = moment.row;
  return done;
}
