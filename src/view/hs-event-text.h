/* SPDX-License-Identifier: MIT */
/*
 * Events and blocks as the window words them.
 */
#pragma once

#include "hs-row-set.h"

/* Text of one cell; "" where the event has no such value. Writes to buffer (size bytes), returns it or a
 * static/owned-by-timeline string. */
const char *hs_event_cell_text(const HsTimeline *timeline, const HsEvent *event, HsEventColumn column, char *buffer,
                               size_t size);
/* True for columns of numbers: right-aligned. */
bool hs_event_column_is_number(HsEventColumn column);
/* True for columns set in the fixed-width font (heap, addresses). */
bool hs_event_column_is_mono(HsEventColumn column);
/* A text as wide as any usual value of the column, to size it. Static. */
const char *hs_event_column_sample(HsEventColumn column);
/* A sentence on what a title means that is a term, translated; NULL for the others. Static. */
const char *hs_event_column_tip(HsEventColumn column);

/* Name of a process for people: "clang++.exe", or "Process 1000" if no record told it. Free with g_free(). */
char *hs_process_display_name(const HsTimeline *timeline, HsProcessId process);

/* The hover card of a block: a title ("4.0 KiB block · Main path") and up to HS_CARD_LINES pairs label/value (Address,
 * Heap, Born, Freed or Ended …). */
#define HS_CARD_LINES 8
typedef struct {
  char *title;
  int n_lines;
  struct {
    const char *label; /* translated, static */
    char *value;
    bool mono;
  } lines[HS_CARD_LINES];
} HsCard;
HsCard *hs_block_card(const HsTimeline *timeline, HsBlockId block, uint32_t n_rows);
void hs_card_free(HsCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsCard, hs_card_free)
