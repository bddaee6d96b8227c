/* SPDX-License-Identifier: MIT */
/*
 * What each row does to outstanding memory. In order: the endings listed for the row (of these, process exits come
 * first and have their own time), the block its Free ends, the block it begins.
 */
#include "hs-series-private.h"

#define ROW_NONE UINT32_MAX
#define CHUNK_ROWS 64u

static inline bool
passes(const HsDeltaReader *reader, uint32_t block)
{
  return reader->passing == NULL ||
         (block < reader->n_passing && (reader->passing[block / 64] >> (block % 64) & 1) != 0);
}

static void
look_at_ending(HsDeltaReader *reader)
{
  reader->ending_row =
      reader->ending < reader->n_endings ? HS_VEC(&reader->timeline->endings, HsEnding, reader->ending)->row : ROW_NONE;
}

HsDeltaReader
hs_delta_reader(const HsTimeline *timeline, const HsRowSet *blocks, HsRow row, HsRow end_row, uint32_t n_endings)
{
  uint32_t low = 0, high = n_endings;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (HS_VEC(&timeline->endings, HsEnding, middle)->row < row)
      low = middle + 1;
    else
      high = middle;
  }
  HsDeltaReader reader = {.timeline = timeline,
                          .row = row,
                          .end_row = end_row,
                          .ending = low,
                          .n_endings = n_endings,
                          .step_row = ROW_NONE};
  if (blocks != NULL) {
    reader.passing = hs_row_set_words(blocks);
    reader.n_passing = hs_row_set_n_rows(blocks);
  }
  look_at_ending(&reader);
  return reader;
}

void
hs_delta_reader_next_ending(HsDeltaReader *reader)
{
  reader->ending++;
  look_at_ending(reader);
}

void
hs_delta_reader_continue(HsDeltaReader *reader, HsRow end_row, uint32_t n_endings)
{
  reader->end_row = end_row;
  reader->n_endings = n_endings;
  look_at_ending(reader);
}

/* Blocks that rows name, before it is known what they are: the lookups of a batch run side by side. */
typedef struct {
  unsigned n;
  uint32_t block[HS_DELTA_BATCH];
  HsRow row[HS_DELTA_BATCH];
  uint8_t kind[HS_DELTA_BATCH];
} Names;

enum { BEGINS, FREES, LISTED };

static void
name(Names *names, uint32_t block, HsRow row, uint8_t kind)
{
  names->block[names->n] = block;
  names->row[names->n] = row;
  names->kind[names->n] = kind;
  names->n++;
}

/* False if there is no room for all endings of the row, and what the rows of a chunk may need besides. */
static bool
name_endings(HsDeltaReader *reader, Names *names, HsRow row)
{
  while (reader->ending_row == row) {
    if (names->n >= HS_DELTA_BATCH - CHUNK_ROWS)
      return false;
    uint32_t block = HS_VEC(&reader->timeline->endings, HsEnding, reader->ending)->block;
    name(names, block, row, LISTED);
    names->n -= !passes(reader, block);
    hs_delta_reader_next_ending(reader);
  }
  return true;
}

/* The same for a set of blocks: what does not count is never looked at. */
static void
name_passing_rows(HsDeltaReader *reader, Names *names, HsRow end)
{
  const uint32_t pairing = 1u << HS_OP_ALLOC | 1u << HS_OP_REALLOC | 1u << HS_OP_FREE;
  const HsTimeline *t = reader->timeline;
  const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, reader->row);
  const uint32_t *ref = HS_AT(&t->ref, uint32_t, reader->row);
  for (HsRow row = reader->row; row < end; row++, op_source++, ref++) {
    unsigned op = *op_source & 31;
    bool is_paired = (pairing >> op & 1) != 0 && (*ref & HS_REF_LOOSE) == 0;
    name(names, *ref, row, op == HS_OP_FREE ? FREES : BEGINS);
    names->n -= !is_paired || !passes(reader, *ref);
  }
  reader->row = end;
}

/* Rows [reader->row, end) of one chunk. */
static void
name_rows(HsDeltaReader *reader, Names *names, HsRow end)
{
  if (reader->passing != NULL) {
    name_passing_rows(reader, names, end);
    return;
  }
  const uint32_t pairing = 1u << HS_OP_ALLOC | 1u << HS_OP_REALLOC | 1u << HS_OP_FREE;
  const HsTimeline *t = reader->timeline;
  const uint8_t *op_source = HS_AT(&t->op_source, uint8_t, reader->row);
  const uint32_t *ref = HS_AT(&t->ref, uint32_t, reader->row);
  for (HsRow row = reader->row; row < end; row++, op_source++, ref++) {
    unsigned op = *op_source & 31;
    /* Whether a row is an Alloc or a Free is nothing a processor could foresee: name it and take it back. */
    name(names, *ref, row, op == HS_OP_FREE ? FREES : BEGINS);
    names->n -= (pairing >> op & 1) == 0 || (*ref & HS_REF_LOOSE) != 0;
  }
  reader->row = end;
}

static void
name_chunk(HsDeltaReader *reader, Names *names)
{
  HsRow end = reader->row + MIN(reader->end_row - reader->row, CHUNK_ROWS - reader->row % CHUNK_ROWS);
  while (reader->row < end) {
    if (reader->ending_row >= end) {
      name_rows(reader, names, end);
      return;
    }
    if (reader->ending_row > reader->row)
      name_rows(reader, names, reader->ending_row);
    if (!name_endings(reader, names, reader->row))
      return;
    name_rows(reader, names, reader->row + 1);
  }
}

static void
name_trailing(HsDeltaReader *reader, Names *names)
{
  while (reader->ending_row == reader->end_row && names->n < HS_DELTA_BATCH) {
    uint32_t block = HS_VEC(&reader->timeline->endings, HsEnding, reader->ending)->block;
    /* What follows the exits belongs to the row itself. */
    if (hs_timeline_block_end(reader->timeline, (HsBlockId){block}) != HS_ROW_PROCESS_EXIT) {
      reader->trailing = false;
      return;
    }
    name(names, block, reader->end_row, LISTED);
    names->n -= !passes(reader, block);
    hs_delta_reader_next_ending(reader);
  }
}

static unsigned
resolve(HsDeltaReader *reader, const Names *names, HsDelta *deltas)
{
  const HsTimeline *t = reader->timeline;
  for (unsigned i = 0; i < names->n; i++) {
    __builtin_prefetch(hs_timeline_block_record(t, (HsBlockId){names->block[i]}));
  }
  unsigned n = 0;
  for (unsigned i = 0; i < names->n; i++) {
    HsBlockId block = {names->block[i]};
    HsRow row = names->row[i];
    unsigned kind = names->kind[i];
    /* A ReAlloc that only sums up what was logged before names a block, but begins none. */
    if (kind == BEGINS && hs_timeline_block_begin(t, block) != row)
      continue;
    /* A Free is a record of the block's own heap: no need to go and look at the row that began it. */
    uint32_t heap = hs_timeline_row_heap_quick(t, kind == LISTED ? hs_timeline_block_begin(t, block) : row);
    uint8_t source = (uint8_t)hs_timeline_block_source(t, block);
    bool exits = kind == LISTED && hs_timeline_block_end(t, block) == HS_ROW_PROCESS_EXIT;
    uint64_t ends = kind != BEGINS;
    deltas[n++] = (HsDelta){
        .bytes = (hs_timeline_block_size(t, block) ^ (0 - ends)) + ends,
        .row = row,
        .block = block.v,
        .heap = heap,
        .count = (int8_t)(1 - 2 * (int)ends),
        .source = source,
        .exits = exits,
        .starts = exits || row != reader->step_row,
    };
    reader->step_row = exits ? ROW_NONE : row;
  }
  return n;
}

unsigned
hs_delta_reader_next(HsDeltaReader *reader, HsDelta *deltas)
{
  Names names;
  for (;;) {
    bool rows = reader->row < reader->end_row;
    names.n = 0;
    if (rows)
      name_chunk(reader, &names);
    else if (reader->trailing)
      name_trailing(reader, &names);
    if (!rows && names.n == 0)
      return 0;
    unsigned n = resolve(reader, &names, deltas);
    if (n > 0)
      return n;
  }
}

int64_t
hs_delta_ticks(const HsTimeline *timeline, const HsDelta *delta, uint32_t n_rows)
{
  if (!delta->exits)
    return hs_timeline_ticks(timeline, delta->row);
  HsProcessId process = hs_timeline_heap(timeline, (HsHeapId){delta->heap})->process;
  int64_t ticks = __atomic_load_n(&hs_timeline_process(timeline, process)->end_ticks, __ATOMIC_ACQUIRE);
  if (delta->row > 0)
    ticks = MAX(ticks, hs_timeline_ticks(timeline, delta->row - 1));
  if (delta->row < n_rows)
    ticks = MIN(ticks, hs_timeline_ticks(timeline, delta->row));
  return ticks;
}
