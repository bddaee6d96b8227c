/* SPDX-License-Identifier: MIT */
/*
 * HsInstantArea: the rows of memory at the document's time cursor (where there is none, at the peak of what is visible)
 * with their numbers. Scrolls by an adjustment. "picture-changed" tells that what is shown has changed. Main thread
 * only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"
#include "hs-space.h"

#define HS_TYPE_INSTANT_AREA (hs_instant_area_get_type())
G_DECLARE_FINAL_TYPE(HsInstantArea, hs_instant_area, HS, INSTANT_AREA, GtkDrawingArea)

/* NULL = none. */
void hs_instant_area_set_document(HsInstantArea *self, HsDocument *document);
/* What scrolls it, in user pixels; owned by the area. */
GtkAdjustment *hs_instant_area_get_adjustment(HsInstantArea *self);
/* A power of two between HS_SPACE_MIN_SHIFT and HS_SPACE_MAX_SHIFT, or HS_SPACE_AUTO. */
void hs_instant_area_set_row_shift(HsInstantArea *self, unsigned row_shift);
unsigned hs_instant_area_get_row_shift(HsInstantArea *self);
/* One heap alone, or HS_ID_NONE. */
void hs_instant_area_set_heap(HsInstantArea *self, HsHeapId heap);
HsHeapId hs_instant_area_get_heap(HsInstantArea *self);
/* What is shown, with its numbers; NULL = nothing yet. Borrowed. */
const HsSpacePicture *hs_instant_area_get_picture(HsInstantArea *self);
/* What the order of blocks takes that instants are found by. */
uint64_t hs_instant_area_memory_bytes(HsInstantArea *self);
/* FALSE once what is shown is exact. */
gboolean hs_instant_area_is_busy(HsInstantArea *self);

/* The instant that a document shows: its cursor, or the peak of its visible range. */
int64_t hs_instant_of_document(HsDocument *document);
