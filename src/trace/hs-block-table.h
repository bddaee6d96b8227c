/* SPDX-License-Identifier: MIT */
/*
 * The table of blocks: one row a block, with WPA's columns, and the orders it can be sorted in.
 */
#pragma once

#include "hs-row-set.h"

typedef enum {
  HS_BLOCK_COLUMN_ROW, /* of the event that began it */
  HS_BLOCK_COLUMN_PID,
  HS_BLOCK_COLUMN_PROCESS,
  HS_BLOCK_COLUMN_HEAP,
  HS_BLOCK_COLUMN_ADDRESS,
  HS_BLOCK_COLUMN_SIZE,
  HS_BLOCK_COLUMN_SOURCE,
  HS_BLOCK_COLUMN_TYPE,
  HS_BLOCK_COLUMN_IMPACTING,
  HS_BLOCK_COLUMN_ALLOC_TIME,
  HS_BLOCK_COLUMN_FREE_TIME,
  HS_BLOCK_COLUMN_LIFETIME,
  HS_BLOCK_COLUMN_END,
  HS_BLOCK_COLUMN_IS_REALLOC,
  HS_BLOCK_COLUMN_TID,
  HS_BLOCK_COLUMN_FREE_TID,
  HS_BLOCK_COLUMN_BUCKET,
  HS_N_BLOCK_COLUMNS
} HsBlockColumn;

/* Names in files, in the order of the enumeration, NULL-ended: "row", "pid", … "bucket". Static. */
const char *const *hs_block_column_names(void);

/* Everything about one block as the table shows it. Ids that are not told are HS_ID_NONE. */
typedef struct {
  HsBlock block;
  HsProcessId process;
  uint32_t source_id;       /* the raw number; 0 if none */
  HsBlockType type;         /* to the range; none if not in view */
  uint64_t impacting_bytes; /* its size if it is AIFO, else 0 */
  uint64_t bucket_bytes;    /* the power of two that is at most its size; 0 for no bytes */
  bool is_over;             /* what follows is told */
  int64_t lifetime_ns;
  HsThreadId free_thread; /* none of a process exit */
} HsBlockRow;

/* Of a block that began before n_rows; what ends at or past n_rows is outstanding. Any thread. */
void hs_block_row(const HsTimeline *timeline, HsBlockId id, HsTimeRange range, uint32_t n_rows, HsBlockRow *row);

/* The blocks of a set (see hs_row_set_new_query_blocks()) sorted: positions hold block ids. Stable: equal ones stay in
 * the order they began; those without a value come last either way round. Names go by the locale's order, types and
 * ends by their enumerations. `n_rows` and `range`: as the set was made for. NULL if cancelled or out of memory. Any
 * thread.
 */
HsRowOrder *hs_block_order_new(HsTimeline *timeline, HsRowSet *blocks, HsTimeRange range, uint32_t n_rows,
                               HsBlockColumn column, bool descending, const int *cancel);
