/* SPDX-License-Identifier: MIT */
/*
 * A range of time as rows: rows are in order of time, so that what a block is to the range can be told without looking
 * up when it began and ended.
 */
#pragma once

#include "hs-block-type.h"
#include "hs-timeline.h"

typedef struct {
  HsTimeRange range;
  uint32_t n_rows;                    /* what ends at or past them is outstanding */
  HsRow t0_row, after_t0_row, t1_row; /* first rows at or after t0, after t0, at or after t1 */
} HsRangeRows;

static inline HsRangeRows
hs_range_rows(const HsTimeline *timeline, HsTimeRange range, uint32_t n_rows)
{
  return (HsRangeRows){
      .range = range,
      .n_rows = n_rows,
      .t0_row = hs_timeline_row_at(timeline, range.t0_ticks, n_rows),
      .after_t0_row = range.t0_ticks == INT64_MAX ? n_rows : hs_timeline_row_at(timeline, range.t0_ticks + 1, n_rows),
      .t1_row = hs_timeline_row_at(timeline, range.t1_ticks, n_rows),
  };
}

/* Why a block ended, and the row of that; what ends later than n_rows sees is outstanding. */
static inline HsEnd
hs_range_rows_end(const HsRangeRows *rows, const HsBlockRecord *record, HsRow *end)
{
  *end = __atomic_load_n(&record->end, __ATOMIC_ACQUIRE);
  if (*end >= rows->n_rows && *end != HS_ROW_PROCESS_EXIT)
    return HS_END_NONE;
  return (HsEnd)(hs_block_record_flags(record) & HS_BLOCK_END_MASK);
}

/* hs_block_type() of a block that began below n_rows, whose record this is. */
static inline HsBlockType
hs_range_rows_type(const HsTimeline *timeline, const HsRangeRows *rows, HsBlockId id, const HsBlockRecord *record)
{
  HsRow begin = record->begin, end;
  HsEnd reason = hs_range_rows_end(rows, record, &end);
  if (G_UNLIKELY(end == HS_ROW_PROCESS_EXIT)) {
    HsBlock block;
    hs_timeline_block(timeline, id, rows->n_rows, &block);
    return hs_block_type(block.begin_ticks, block.end_ticks, rows->range);
  }
  bool outlives = reason == HS_END_NONE || end >= rows->t1_row;
  if (begin >= rows->t1_row)
    return HS_BLOCK_TYPE_NONE;
  if (begin >= rows->t0_row)
    return outlives ? HS_BLOCK_TYPE_AIFO : HS_BLOCK_TYPE_AIFI;
  if (reason != HS_END_NONE && end < rows->after_t0_row)
    return HS_BLOCK_TYPE_NONE;
  return outlives ? HS_BLOCK_TYPE_AOFO : HS_BLOCK_TYPE_AOFI;
}
