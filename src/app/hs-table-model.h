/* SPDX-License-Identifier: MIT */
/*
 * HsTableModel: which item stands at which position of the table. An item is what the rows are of: a row of the
 * timeline, a block's id or a heap's. Those that pass the filter stand in their natural order (either way round) or in
 * a sorted one. A plain struct with references; any thread, one at a time.
 */
#pragma once

#include "hs-biography.h"
#include "hs-block-type.h"
#include "hs-comparison.h"
#include "hs-heap-sums.h"
#include "hs-series.h"
#include "hs-table-selection.h"

/* What tables are of that are not of everything: an address, or two moments. */
typedef struct {
  bool has_address;
  uint32_t pid;
  uint64_t address;
  int64_t pins[HS_N_SIDES]; /* ticks; INT64_MIN = not set */
  HsPivotBy by;             /* of a table of groups */
} HsTableQuestion;

typedef struct {
  HsTimeline *timeline;
  HsRowSet *rows, *blocks; /* what passes the filter */
  HsSeriesSet *series;     /* of those blocks */
  uint32_t n_rows;         /* those known when it was found out: what ends later is outstanding */
  HsTimeRange range;       /* what types of blocks are relative to */
  HsTableQuestion question;

  HsRowSet *set;            /* items: one of the two above, or heaps; NULL = none, or not yet known */
  HsHeapSums *sums;         /* figures of heaps, by the rank in the set; else NULL */
  HsBiography *biography;   /* of the question's address, or NULL */
  HsComparison *comparison; /* of its two moments, or NULL */
  GArray *groups;           /* of that, of HsSideGroup, or NULL: then items are places in it */
  HsRowOrder *order;        /* of the items; NULL = natural order */
  bool reversed;            /* natural order with the last first; only without an order */
} HsTableModel;

/* What a new model is to the one before. */
typedef enum {
  HS_TABLE_MODEL_GREW,     /* the same items at the same positions; more may follow */
  HS_TABLE_MODEL_RESORTED, /* the same filter and order over more items */
  HS_TABLE_MODEL_CHANGED   /* another filter or another order */
} HsTableChange;

/* Takes references of its own to what `from` holds, in place of what `self` held. `from` NULL = nothing. */
void hs_table_model_assign(HsTableModel *self, const HsTableModel *from);
void hs_table_model_clear(HsTableModel *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HsTableModel, hs_table_model_clear)
/* Whether both are of the same rows and blocks, and of the same question. */
bool hs_table_model_same_data(const HsTableModel *self, const HsTableModel *other);

/* Items shown. */
uint32_t hs_table_model_n(const HsTableModel *self);
/* The item at a position below hs_table_model_n(). */
uint32_t hs_table_model_item(const HsTableModel *self, uint32_t position);
/* Where an item stands, or HS_POSITION_NONE. O(1) in natural order, O(n) else. */
uint32_t hs_table_model_find(const HsTableModel *self, uint32_t item);
/* Where an item stands or, in natural order, would stand; HS_POSITION_NONE if that cannot be said. */
uint32_t hs_table_model_near(const HsTableModel *self, uint32_t item);
/* Turns the positions of `from` into those of the same items in `to`; items that are not there fall out. */
void hs_table_model_remap(const HsTableModel *from, const HsTableModel *to, HsTableSelection *selection);
