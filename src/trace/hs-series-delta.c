/* SPDX-License-Identifier: MIT */
/*
 * What each row does to outstanding memory. In order: the endings listed for the row (of these, process exits come
 * first and have their own time), the block its Free ends, the block it begins.
 */
#include "hs-series-private.h"

#define ROW_NONE UINT32_MAX
#define CHUNK_ROWS 64u

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

/* --- deltas --- */

/* A batch under way. */
typedef struct {
  HsDeltaReader *reader;
  HsDelta *deltas;
  unsigned n;
} Batch;

void
hs_delta_reader_fetch(const HsDeltaReader *reader, uint32_t ending)
{
  if (ending < reader->n_endings)
    __builtin_prefetch(hs_timeline_block_record(
        reader->timeline, (HsBlockId){HS_VEC(&reader->timeline->endings, HsEnding, ending)->block}));
}

/* The ending that comes next, if it counts. */
static void
add_ending(Batch *batch, HsRow row)
{
  HsDeltaReader *reader = batch->reader;
  const HsTimeline *t = reader->timeline;
  HsBlockId block = {HS_VEC(&t->endings, HsEnding, reader->ending)->block};
  hs_delta_reader_fetch(reader, reader->ending + HS_ENDINGS_AHEAD);
  hs_delta_reader_next_ending(reader);
  if (!hs_delta_reader_passes(reader, block.v))
    return;
  bool exits = hs_timeline_block_end(t, block) == HS_ROW_PROCESS_EXIT;
  batch->deltas[batch->n++] = (HsDelta){
      .bytes = 0 - hs_timeline_block_size(t, block),
      .row = row,
      .block = block.v,
      .heap = hs_timeline_row_heap_quick(t, hs_timeline_block_begin(t, block)),
      .count = -1,
      .source = (uint8_t)hs_timeline_block_source(t, block),
      .exits = exits,
      .starts = exits || row != reader->step_row,
  };
  reader->step_row = exits ? ROW_NONE : row;
}

/* False if there is no room for all endings of the row, and what the rows of a chunk may need besides. */
static bool
add_endings(Batch *batch, HsRow row)
{
  while (batch->reader->ending_row == row) {
    if (batch->n >= HS_DELTA_BATCH - CHUNK_ROWS)
      return false;
    add_ending(batch, row);
  }
  return true;
}

/* Rows [reader->row, end) of one chunk. Whether a row counts is nothing a processor could foresee: each is written, and
 * taken back. A Free is a record of the block's own heap. */
static void
add_rows(Batch *batch, HsRow end)
{
  HsDeltaReader *reader = batch->reader;
  const HsTimeline *t = reader->timeline;
  const uint16_t *weights = HS_AT(&t->weight, uint16_t, reader->row);
  const uint8_t *op_sources = HS_AT(&t->op_source, uint8_t, reader->row);
  const uint32_t *refs = HS_AT(&t->ref, uint32_t, reader->row);
  HsRow first = reader->row;
  for (HsRow row = first; row < end; row++) {
    uint32_t weight = weights[row - first], block = refs[row - first];
    uint64_t ends = (op_sources[row - first] & 31) == HS_OP_FREE;
    uint64_t size = weight >> HS_WEIGHT_SOURCE_BITS;
    HsDelta *delta = &batch->deltas[batch->n];
    *delta = (HsDelta){
        .bytes = (size ^ (0 - ends)) + ends,
        .row = row,
        .block = block,
        .heap = hs_timeline_row_heap_quick(t, row),
        .count = (int8_t)(1 - 2 * (int)ends),
        .source = (uint8_t)(weight & ((1u << HS_WEIGHT_SOURCE_BITS) - 1)),
        .starts = true,
    };
    bool counts = weight != HS_WEIGHT_NONE && hs_delta_reader_passes(reader, block);
    if (G_UNLIKELY(weight >= HS_WEIGHT_BLOCK) && counts) {
      size = hs_timeline_block_size(t, (HsBlockId){block});
      delta->bytes = (size ^ (0 - ends)) + ends;
      delta->source = (uint8_t)hs_timeline_block_source(t, (HsBlockId){block});
    }
    batch->n += counts;
  }
  reader->row = end;
}

/* A row for which endings are listed, and these. False if they do not fit. */
static bool
add_row_with_endings(Batch *batch)
{
  HsDeltaReader *reader = batch->reader;
  HsRow row = reader->row;
  if (!add_endings(batch, row))
    return false;
  unsigned n = batch->n;
  add_rows(batch, row + 1);
  if (batch->n > n)
    batch->deltas[n].starts = row != reader->step_row;
  return true;
}

static void
add_chunk(Batch *batch)
{
  HsDeltaReader *reader = batch->reader;
  HsRow end = reader->row + MIN(reader->end_row - reader->row, CHUNK_ROWS - reader->row % CHUNK_ROWS);
  while (reader->row < end) {
    /* Some of its endings may have gone into the batch before. */
    if (reader->row == reader->step_row || reader->row == reader->ending_row) {
      if (!add_row_with_endings(batch))
        return;
      continue;
    }
    add_rows(batch, MIN(end, reader->ending_row));
  }
}

static void
add_trailing(Batch *batch)
{
  HsDeltaReader *reader = batch->reader;
  while (reader->ending_row == reader->end_row && batch->n < HS_DELTA_BATCH) {
    uint32_t block = HS_VEC(&reader->timeline->endings, HsEnding, reader->ending)->block;
    /* What follows the exits belongs to the row itself. */
    if (hs_timeline_block_end(reader->timeline, (HsBlockId){block}) != HS_ROW_PROCESS_EXIT) {
      reader->trailing = false;
      return;
    }
    add_ending(batch, reader->end_row);
  }
}

unsigned
hs_delta_reader_next(HsDeltaReader *reader, HsDelta *deltas)
{
  Batch batch = {reader, deltas, 0};
  while (batch.n == 0 && reader->row < reader->end_row)
    add_chunk(&batch);
  if (batch.n == 0 && reader->trailing)
    add_trailing(&batch);
  return batch.n;
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
