/* SPDX-License-Identifier: MIT */
#include "hs-block-table.h"

#include "hs-pivot.h"
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

typedef struct {
  const HsTimeline *timeline;
  HsTimeRange range;
  uint32_t n_rows;
  HsBlockColumn column;
  HsRowKeys rows; /* for what the row that began a block tells */
} BlockKeys;

static HsRowKey
time_key(int64_t time, bool has_value)
{
  return (HsRowKey){(uint64_t)time + BIAS, has_value};
}

/* Of what hangs on the block's life. */
static HsRowKey
life_key(const BlockKeys *keys, HsBlockId id)
{
  HsBlockRow row;
  hs_block_row(keys->timeline, id, keys->range, keys->n_rows, &row);
  switch (keys->column) {
  case HS_BLOCK_COLUMN_TYPE:
    return (HsRowKey){row.type, row.type != HS_BLOCK_TYPE_NONE};
  case HS_BLOCK_COLUMN_IMPACTING:
    return (HsRowKey){row.impacting_bytes, true};
  case HS_BLOCK_COLUMN_FREE_TIME:
    return time_key(row.block.end_ticks, row.is_over);
  case HS_BLOCK_COLUMN_LIFETIME:
    return time_key(row.lifetime_ns, row.is_over);
  case HS_BLOCK_COLUMN_END:
    return (HsRowKey){row.block.end, row.is_over};
  default:
    break;
  }
  uint32_t tid = UINT32_MAX;
  if (row.free_thread.v != HS_ID_NONE)
    tid = hs_timeline_thread(keys->timeline, row.free_thread)->tid;
  return (HsRowKey){tid, tid != UINT32_MAX};
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
fetch_end(gconstpointer data, uint32_t block, unsigned step)
{
  const BlockKeys *keys = data;
  if (step == 1)
    hs_row_keys_fetch_end(&keys->rows, (HsBlockId){block});
}

/* Whether a block's key is read from where it ended. */
static bool
goes_by_end(HsBlockColumn column)
{
  return column == HS_BLOCK_COLUMN_TYPE || column == HS_BLOCK_COLUMN_IMPACTING || column == HS_BLOCK_COLUMN_FREE_TIME ||
         column == HS_BLOCK_COLUMN_LIFETIME || column == HS_BLOCK_COLUMN_END || column == HS_BLOCK_COLUMN_FREE_TID;
}

HsRowOrder *
hs_block_order_new(HsTimeline *timeline, HsRowSet *blocks, HsTimeRange range, uint32_t n_rows, HsBlockColumn column,
                   bool descending, const int *cancel)
{
  BlockKeys keys = {.timeline = timeline, .range = range, .n_rows = n_rows, .column = column};
  HsEventColumn event_column = column == HS_BLOCK_COLUMN_PID       ? HS_COLUMN_PID
                               : column == HS_BLOCK_COLUMN_PROCESS ? HS_COLUMN_PROCESS
                               : column == HS_BLOCK_COLUMN_HEAP    ? HS_COLUMN_HEAP
                               : column == HS_BLOCK_COLUMN_SOURCE  ? HS_COLUMN_SOURCE
                               : column == HS_BLOCK_COLUMN_TID     ? HS_COLUMN_TID
                                                                   : HS_COLUMN_ADDRESS;
  HsRowOrder *order = NULL;
  if (hs_row_keys_init(&keys.rows, timeline, event_column, n_rows))
    order =
        hs_row_order_new_keyed(blocks, block_key, goes_by_end(column) ? fetch_end : NULL, &keys, descending, cancel);
  hs_row_keys_clear(&keys.rows);
  return order;
}
