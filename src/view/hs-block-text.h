/* SPDX-License-Identifier: MIT */
/*
 * The table of blocks as the window words it. Any thread.
 */
#pragma once

#include "hs-block-table.h"

/* Title of a column, translated, in WPA's words. Static. */
const char *hs_block_column_title(HsBlockColumn column);
/* A sentence on what a title means that is a term, translated; NULL for the others. Static. */
const char *hs_block_column_tip(HsBlockColumn column);
/* Text of one cell; "" where the block has no such value. Writes to buffer (size bytes), returns it or a text that is
 * static or the timeline's. */
const char *hs_block_cell_text(const HsTimeline *timeline, const HsBlockRow *row, HsBlockColumn column, char *buffer,
                               size_t size);
/* True for columns of numbers: right-aligned. */
bool hs_block_column_is_number(HsBlockColumn column);
/* True for columns set in the fixed-width font. */
bool hs_block_column_is_mono(HsBlockColumn column);
/* A text as wide as any usual value of the column, to size it. Static. */
const char *hs_block_column_sample(HsBlockColumn column);
