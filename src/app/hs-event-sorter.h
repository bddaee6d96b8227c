/* SPDX-License-Identifier: MIT */
/* HsEventSorter: sorts the rows of a set in a worker, one job at a time; a newer job supersedes the one under way. Main
 * thread. */
#pragma once

#include <gio/gio.h>

#include "hs-row-set.h"

typedef struct _HsEventSorter HsEventSorter;
/* A job's result, on the main thread. `order` is NULL if there was no memory. Both borrowed. */
typedef void (*HsEventSorted)(gpointer owner, HsRowSet *set, HsRowOrder *order);

HsEventSorter *hs_event_sorter_new(HsEventSorted sorted, gpointer owner);
/* Stops without waiting; `sorted` is not called any more. */
void hs_event_sorter_free(HsEventSorter *self);
void hs_event_sorter_start(HsEventSorter *self, HsTimeline *timeline, HsRowSet *set, HsEventColumn column,
                           gboolean descending);
void hs_event_sorter_stop(HsEventSorter *self);
gboolean hs_event_sorter_is_running(HsEventSorter *self);
/* How long the last finished job took, microseconds. */
gint64 hs_event_sorter_last_us(HsEventSorter *self);
