/* SPDX-License-Identifier: MIT */
/*
 * The table of heaps as the window words it. Any thread.
 */
#pragma once

#include "hs-heap-table.h"

/* Title of a column, translated. Static. */
const char *hs_heap_column_title(HsHeapColumn column);
/* A sentence on what a title means that is a term, translated; NULL for the others. Static. */
const char *hs_heap_column_tip(HsHeapColumn column);
/* Text of one cell; "" where the trace does not tell. Writes to buffer (size bytes), returns it or a text that is
 * static or the timeline's. */
const char *hs_heap_cell_text(const HsTimeline *timeline, const HsHeapRow *row, HsHeapColumn column, char *buffer,
                              size_t size);
/* What the text of a cell rounds, in full: exact bytes, and of what a share is; NULL if it rounds nothing. As above. */
const char *hs_heap_cell_tip(const HsHeapRow *row, HsHeapColumn column, char *buffer, size_t size);
/* The bytes a cell tells of; false if it tells of none. */
bool hs_heap_cell_bytes(const HsHeapRow *row, HsHeapColumn column, uint64_t *bytes);
/* True for columns of numbers: right-aligned. */
bool hs_heap_column_is_number(HsHeapColumn column);
/* True for columns set in the fixed-width font. */
bool hs_heap_column_is_mono(HsHeapColumn column);
/* A text as wide as any usual value of the column, to size it. Static. */
const char *hs_heap_column_sample(HsHeapColumn column);
