/* SPDX-License-Identifier: MIT */
/* HsTableSorter: brings a model into an order in a worker, after it found out what the items are where that takes long;
 * one job at a time; a newer job supersedes the one under way. Main thread. */
#pragma once

#include "hs-table-kind.h"

typedef struct _HsTableSorter HsTableSorter;
/* A job's result, on the main thread: the model it was given with items and order. NULL if there was no memory.
 * Borrowed. */
typedef void (*HsTableSorted)(gpointer owner, const HsTableModel *model);

HsTableSorter *hs_table_sorter_new(const HsTableKind *kind, HsTableSorted sorted, gpointer owner);
/* Stops without waiting; `sorted` is not called any more. */
void hs_table_sorter_free(HsTableSorter *self);
void hs_table_sorter_start(HsTableSorter *self, const HsTableModel *model, int column, gboolean descending);
void hs_table_sorter_stop(HsTableSorter *self);
gboolean hs_table_sorter_is_running(HsTableSorter *self);
/* How long the last finished job took, microseconds. */
gint64 hs_table_sorter_last_us(HsTableSorter *self);
