/* SPDX-License-Identifier: MIT */
/* What a row is sorted by in a column, as a number. */
#pragma once

#include "hs-row-set.h"

typedef struct {
  uint64_t key;
  bool has_value;
} HsRowKey;

typedef struct {
  const HsTimeline *timeline;
  HsEventColumn column;
  uint32_t n_rows;                    /* ends past them are not yet known */
  HsRowKey *origins;                  /* by origin, for what an origin tells; else NULL */
  uint64_t *lifetimes;                /* ticks by block, for the details; HS_LIFETIME_NONE; else NULL */
  uint8_t op_ranks[HS_N_OPS];         /* by title */
  uint8_t source_ranks[HS_N_SOURCES]; /* by title */
} HsRowKeys;

#define HS_LIFETIME_NONE UINT64_MAX

/* Ranks the names there are. False if cancelled (`cancel` may be NULL) or out of memory. Free with hs_row_keys_clear()
 * either way. */
bool hs_row_keys_init(HsRowKeys *keys, const HsTimeline *timeline, HsEventColumn column, uint32_t n_rows,
                      const int *cancel);
void hs_row_keys_clear(HsRowKeys *keys);
HsRowKey hs_row_keys_get(const HsRowKeys *keys, HsRow row);
/* See HsRowFetchFunc. */
void hs_row_keys_fetch(const HsRowKeys *keys, HsRow row);
/* The same for when a block ended. */
void hs_row_keys_fetch_end(const HsRowKeys *keys, HsBlockId block);
/* The rank of each of n texts among all, in the locale's order; equal texts share one. Texts are UTF-8. */
void hs_row_keys_rank_texts(const char *const *texts, uint32_t n, uint32_t *ranks);

/* What a member of a set is sorted by. */
typedef HsRowKey (*HsRowKeyFunc)(gconstpointer source, uint32_t row);
/* Asks for the memory that a member's key will be read from, without waiting for it: rows and the blocks they name lie
 * far apart. */
typedef void (*HsRowFetchFunc)(gconstpointer source, uint32_t row);

/* The members of a set in the order of any keys; else as hs_row_order_new(). `fetch` may be NULL. */
HsRowOrder *hs_row_order_new_keyed(HsRowSet *set, HsRowKeyFunc key, HsRowFetchFunc fetch, gconstpointer source,
                                   bool descending, const int *cancel);
