/* SPDX-License-Identifier: MIT */
/*
 * HsEventModel: which row of the timeline stands at which position of the table: the rows that pass the filter, in time
 * order (either way) or in a sorted order. A plain struct with references. Main thread.
 */
#pragma once

#include "hs-event-selection.h"
#include "hs-row-set.h"

typedef struct {
  HsTimeline *timeline;
  HsRowSet *set;     /* NULL = no rows */
  HsRowOrder *order; /* NULL = time order */
  bool reversed;     /* time order with the latest first; only without an order */
} HsEventModel;

/* What a new model is to the one before. */
typedef enum {
  HS_EVENT_MODEL_GREW,     /* the same rows at the same positions; more may follow */
  HS_EVENT_MODEL_RESORTED, /* the same filter and order over more rows */
  HS_EVENT_MODEL_CHANGED   /* another filter or another order */
} HsEventChange;

/* Takes references of its own to what `from` holds, in place of what `self` held. `from` NULL = nothing. */
void hs_event_model_assign(HsEventModel *self, const HsEventModel *from);
/* Rows shown. */
uint32_t hs_event_model_n(const HsEventModel *self);
/* The row at a position below hs_event_model_n(). */
HsRow hs_event_model_row(const HsEventModel *self, uint32_t position);
/* Where a row stands, or HS_POSITION_NONE. O(1) in time order, O(n) else. */
uint32_t hs_event_model_find(const HsEventModel *self, HsRow row);
/* Where a row stands or, in time order, would stand; HS_POSITION_NONE if that cannot be said. */
uint32_t hs_event_model_near(const HsEventModel *self, HsRow row);
/* Turns the positions of `from` into those of the same rows in `to`; rows that are not there fall out. */
void hs_event_model_remap(const HsEventModel *from, const HsEventModel *to, HsEventSelection *selection);
