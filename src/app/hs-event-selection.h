/* SPDX-License-Identifier: MIT */
/*
 * HsEventSelection: a set of positions in a table, kept as ascending, disjoint, non-touching intervals, so that ten
 * million selected rows cost one entry. Main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "No position": an empty table's cursor. */
#define HS_POSITION_NONE UINT32_MAX

typedef struct {
  uint32_t begin, end; /* half-open */
} HsInterval;

typedef struct {
  GArray *intervals; /* of HsInterval; NULL = empty */
} HsEventSelection;

/* Frees what it holds; it is then empty and may be used again. */
void hs_event_selection_clear(HsEventSelection *self);
bool hs_event_selection_is_empty(const HsEventSelection *self);
bool hs_event_selection_contains(const HsEventSelection *self, uint32_t position);
/* How many positions are selected. */
uint32_t hs_event_selection_count(const HsEventSelection *self);
/* The selected position with `index` selected ones below it, or HS_POSITION_NONE. */
uint32_t hs_event_selection_nth(const HsEventSelection *self, uint32_t index);
/* Add or take away [begin, end). Adding at the end is O(1). */
void hs_event_selection_add(HsEventSelection *self, uint32_t begin, uint32_t end);
void hs_event_selection_remove(HsEventSelection *self, uint32_t begin, uint32_t end);
void hs_event_selection_toggle(HsEventSelection *self, uint32_t position);
/* Turns positions round in a table of n rows: the first becomes the last. */
void hs_event_selection_mirror(HsEventSelection *self, uint32_t n);
guint hs_event_selection_n_intervals(const HsEventSelection *self);
HsInterval hs_event_selection_interval(const HsEventSelection *self, guint index);
