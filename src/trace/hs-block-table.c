/* SPDX-License-Identifier: MIT */
#include "hs-block-table.h"

#include "hs-pivot.h"
#include "hs-range-rows.h"
#include "hs-row-keys.h"

#define BIAS (UINT64_C(1) << 63)

const char *const *
hs_block_column_names(void)
{
  static const char *const names[HS_N_BLOCK_COLUMNS + 1] = {
      [HS_BLOCK_COLUMN_ROW] = "row",
      [HS_BLOCK_COLUMN_PID] = "pid",
      [HS_BLOCK_COLUMN_PROCESS] = "process",
      [HS_BLOCK_COLUMN_HEAP] = "heap",
      [HS_BLOCK_COLUMN_ADDRESS] = "address",
      [HS_BLOCK_COLUMN_SIZE] = "size",
      [HS_BLOCK_COLUMN_SOURCE] = "source",
      [HS_BLOCK_COLUMN_TYPE] = "type",
      [HS_BLOCK_COLUMN_IMPACTING] = "impacting",
      [HS_BLOCK_COLUMN_ALLOC_TIME] = "alloc_time_ns",
      [HS_BLOCK_COLUMN_FREE_TIME] = "free_time_ns",
      [HS_BLOCK_COLUMN_LIFETIME] = "lifetime_ns",
      [HS_BLOCK_COLUMN_END] = "end",
      [HS_BLOCK_COLUMN_IS_REALLOC] = "is_realloc",
      [HS_BLOCK_COLUMN_TID] = "tid",
      [HS_BLOCK_COLUMN_FREE_TID] = "free_tid",
      [HS_BLOCK_COLUMN_BUCKET] = "bucket",
  };
  return names;
}

static uint64_t
bucket_of(uint64_t size)
{
  return hs_size_class_bytes(hs_size_class(size));
}

static HsThreadId
free_thread(const HsTimeline *t, const HsBlock *block)
{
  if (block->end == HS_END_NONE || block->end_row == HS_ROW_PROCESS_EXIT)
    return (HsThreadId){HS_ID_NONE};
  return hs_timeline_origin(t, hs_timeline_row_origin(t, block->end_row))->thread;
}

static uint32_t
source_id(const HsTimeline *t, const HsBlock *block)
{
  if (G_LIKELY(block->source != HS_SOURCE_UNKNOWN))
    return block->source;
  HsEvent event;
  hs_timeline_event(t, block->begin_row, &event);
  return event.source_id;
}

void
hs_block_row(const HsTimeline *timeline, HsBlockId id, HsTimeRange range, uint32_t n_rows, HsBlockRow *row)
{
  HsBlock block;
  hs_timeline_block(timeline, id, n_rows, &block);
  HsBlockType type = hs_block_type(block.begin_ticks, block.end_ticks, range);
  *row = (HsBlockRow){
      .block = block,
      .process = hs_timeline_thread(timeline, block.thread)->process,
      .source_id = source_id(timeline, &block),
      .type = type,
      .impacting_bytes = type == HS_BLOCK_TYPE_AIFO ? block.size : 0,
      .bucket_bytes = bucket_of(block.size),
      .is_over = block.end != HS_END_NONE,
      .free_thread = free_thread(timeline, &block),
  };
  if (row->is_over)
    row->lifetime_ns = hs_block_lifetime_ns(hs_timeline_clock(timeline), block.begin_ticks, block.end_ticks);
}

/* --- orders --- */

static const HsRowKey no_value = {0, false};

typedef struct {
  const HsTimeline *timeline;
  HsRangeRows range_rows;
  uint32_t n_rows;
  HsBlockColumn column;
  HsRowKeys rows; /* for what the row that began a block tells */
} BlockKeys;

static HsRowKey
time_key(int64_t time, bool has_value)
{
  return (HsRowKey){(uint64_t)time + BIAS, has_value};
}

/* When a block was over, in ticks. */
static int64_t
end_ticks(const BlockKeys *keys, HsBlockId id, HsRow end)
{
  if (G_LIKELY(end != HS_ROW_PROCESS_EXIT))
    return hs_timeline_ticks(keys->timeline, end);
  HsBlock block;
  hs_timeline_block(keys->timeline, id, keys->n_rows, &block);
  return block.end_ticks;
}

static HsRowKey
lifetime_key(const BlockKeys *keys, HsBlockId id, HsRow end)
{
  const HsTimeline *t = keys->timeline;
  int64_t begin_ticks = hs_timeline_ticks(t, hs_timeline_block_begin(t, id));
  return time_key(hs_block_lifetime_ns(hs_timeline_clock(t), begin_ticks, end_ticks(keys, id, end)), true);
}

static HsRowKey
free_tid_key(const BlockKeys *keys, HsRow end)
{
  const HsTimeline *t = keys->timeline;
  if (end == HS_ROW_PROCESS_EXIT)
    return no_value;
  uint32_t tid = hs_timeline_thread(t, hs_timeline_origin(t, hs_timeline_row_origin(t, end))->thread)->tid;
  return (HsRowKey){tid, tid != UINT32_MAX};
}

/* Of what hangs on the block's life; as hs_block_row() tells it. */
static HsRowKey
life_key(const BlockKeys *keys, HsBlockId id)
{
  const HsTimeline *t = keys->timeline;
  HsRow end;
  HsEnd reason = hs_range_rows_end(&keys->range_rows, hs_timeline_block_record(t, id), &end);
  HsBlockType type;
  switch (keys->column) {
  case HS_BLOCK_COLUMN_TYPE:
  case HS_BLOCK_COLUMN_IMPACTING:
    type = hs_range_rows_type(t, &keys->range_rows, id, hs_timeline_block_record(t, id));
    if (keys->column == HS_BLOCK_COLUMN_TYPE)
      return (HsRowKey){type, type != HS_BLOCK_TYPE_NONE};
    return (HsRowKey){type == HS_BLOCK_TYPE_AIFO ? hs_timeline_block_size(t, id) : 0, true};
  default:
    break;
  }
  if (reason == HS_END_NONE)
    return no_value;
  switch (keys->column) {
  case HS_BLOCK_COLUMN_FREE_TIME:
    return time_key(end_ticks(keys, id, end), true);
  case HS_BLOCK_COLUMN_LIFETIME:
    return lifetime_key(keys, id, end);
  case HS_BLOCK_COLUMN_END:
    return (HsRowKey){reason, true};
  default:
    return free_tid_key(keys, end);
  }
}

static HsRowKey
block_key(gconstpointer data, uint32_t block)
{
  const BlockKeys *keys = data;
  const HsTimeline *t = keys->timeline;
  HsBlockId id = {block};
  switch (keys->column) {
  case HS_BLOCK_COLUMN_ROW:
    return (HsRowKey){hs_timeline_block_begin(t, id), true};
  case HS_BLOCK_COLUMN_ADDRESS:
    return (HsRowKey){hs_timeline_block_address(t, id), true};
  case HS_BLOCK_COLUMN_SIZE:
    return (HsRowKey){hs_timeline_block_size(t, id), true};
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    return time_key(hs_timeline_ticks(t, hs_timeline_block_begin(t, id)), true);
  case HS_BLOCK_COLUMN_IS_REALLOC:
    return (HsRowKey){(hs_timeline_block_flags(t, id) & HS_BLOCK_IS_REALLOC) != 0, true};
  case HS_BLOCK_COLUMN_BUCKET:
    return (HsRowKey){bucket_of(hs_timeline_block_size(t, id)), true};
  case HS_BLOCK_COLUMN_PID:
  case HS_BLOCK_COLUMN_PROCESS:
  case HS_BLOCK_COLUMN_HEAP:
  case HS_BLOCK_COLUMN_SOURCE:
  case HS_BLOCK_COLUMN_TID:
    return hs_row_keys_get(&keys->rows, hs_timeline_block_begin(t, id));
  default:
    return life_key(keys, id);
  }
}

static void
fetch_end(gconstpointer data, uint32_t block)
{
  const BlockKeys *keys = data;
  hs_row_keys_fetch_end(&keys->rows, (HsBlockId){block});
}

/* Whether a block's key is read from where it ended. */
static bool
goes_by_end(HsBlockColumn column)
{
  return column == HS_BLOCK_COLUMN_FREE_TIME || column == HS_BLOCK_COLUMN_LIFETIME ||
         column == HS_BLOCK_COLUMN_FREE_TID;
}

HsRowOrder *
hs_block_order_new(HsTimeline *timeline, HsRowSet *blocks, HsTimeRange range, uint32_t n_rows, HsBlockColumn column,
                   bool descending, const int *cancel)
{
  BlockKeys keys = {.timeline = timeline, .n_rows = n_rows, .column = column};
  keys.range_rows = hs_range_rows(timeline, range, n_rows);
  HsEventColumn event_column = column == HS_BLOCK_COLUMN_PID       ? HS_COLUMN_PID
                               : column == HS_BLOCK_COLUMN_PROCESS ? HS_COLUMN_PROCESS
                               : column == HS_BLOCK_COLUMN_HEAP    ? HS_COLUMN_HEAP
                               : column == HS_BLOCK_COLUMN_SOURCE  ? HS_COLUMN_SOURCE
                               : column == HS_BLOCK_COLUMN_TID     ? HS_COLUMN_TID
                                                                   : HS_COLUMN_ADDRESS;
  HsRowOrder *order = NULL;
  if (hs_row_keys_init(&keys.rows, timeline, event_column, n_rows, cancel))
    order =
        hs_row_order_new_keyed(blocks, block_key, goes_by_end(column) ? fetch_end : NULL, &keys, descending, cancel);
  hs_row_keys_clear(&keys.rows);
  return order;
}
