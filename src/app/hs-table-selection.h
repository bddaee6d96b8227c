/* SPDX-License-Identifier: MIT */
/*
 * HsTableSelection: a set of positions in a table, kept as ascending, disjoint, non-touching intervals, so that ten
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
} HsTableSelection;

/* Frees what it holds; it is then empty and may be used again. */
void hs_table_selection_clear(HsTableSelection *self);
bool hs_table_selection_is_empty(const HsTableSelection *self);
bool hs_table_selection_contains(const HsTableSelection *self, uint32_t position);
/* How many positions are selected. */
uint32_t hs_table_selection_count(const HsTableSelection *self);
/* The selected position with `index` selected ones below it, or HS_POSITION_NONE. */
uint32_t hs_table_selection_nth(const HsTableSelection *self, uint32_t index);
/* Add or take away [begin, end). Adding at the end is O(1). */
void hs_table_selection_add(HsTableSelection *self, uint32_t begin, uint32_t end);
void hs_table_selection_remove(HsTableSelection *self, uint32_t begin, uint32_t end);
void hs_table_selection_toggle(HsTableSelection *self, uint32_t position);
/* Turns positions round in a table of n rows: the first becomes the last. */
void hs_table_selection_mirror(HsTableSelection *self, uint32_t n);
guint hs_table_selection_n_intervals(const HsTableSelection *self);
HsInterval hs_table_selection_interval(const HsTableSelection *self, guint index);
