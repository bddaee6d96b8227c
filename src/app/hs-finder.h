/* SPDX-License-Identifier: MIT */
/*
 * HsFinder: finds the next or previous row of a table that an expression lets pass, in the order the table has. Works
 * in a worker; a newer search supersedes the one under way. Main thread.
 */
#pragma once

#include "hs-table-kind.h"

typedef struct {
  uint32_t position;  /* in the model searched; HS_POSITION_NONE = there is none */
  bool wrapped;       /* past the last, or before the first */
  uint32_t n_matches; /* in all */
  uint32_t nth;       /* which of them this is in natural order, from 1 on */
} HsFound;

typedef struct _HsFinder HsFinder;
/* What a search came to; `model` is what it was for. Main thread. */
typedef void (*HsFinderFunc)(gpointer owner, const HsTableModel *model, bool of_blocks, const HsFound *found);

HsFinder *hs_finder_new(HsFinderFunc func, gpointer owner);
/* Drops what is under way and forgets what was found: it is of another document. NULL is allowed. */
void hs_finder_stop(HsFinder *self);
void hs_finder_free(HsFinder *self);
/* `of_blocks`: the model's items are blocks; else events. `from`: a position, or HS_POSITION_NONE for before the first.
 * Copies the model. */
void hs_finder_search(HsFinder *self, const HsTableModel *model, bool of_blocks, HsQuery *query, uint32_t from,
                      bool forward);
gboolean hs_finder_is_busy(HsFinder *self);
