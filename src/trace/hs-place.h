/* SPDX-License-Identifier: MIT */
/* Where to go: a moment, a row or an address, as one writes it; and what is found there. */
#pragma once

#include "hs-query.h"
#include "hs-row-set.h"

typedef enum {
  HS_PLACE_TIME,   /* "1.5 s", "1500us", "1.5": with a unit, or a decimal number of seconds */
  HS_PLACE_ROW,    /* "1234", "#1234", "1,234": a whole number */
  HS_PLACE_ADDRESS /* "0x7f3c24a18e40" */
} HsPlaceKind;

typedef struct {
  HsPlaceKind kind;
  int64_t time_ns;
  uint64_t row;
  uint64_t address;
} HsPlace;

/* False and `error` (or NULL) if the text is none of these. Any thread. */
bool hs_place_parse(const char *text, HsPlace *place, HsQueryError *error);

/* The block of a set (see hs_row_set_query()) whose memory holds an address: the one living at `ticks`; else the first
 * that begins later; else the last of those before. HS_ID_NONE if none ever did, or cancelled. Looks at every block:
 * for a worker. */
HsBlockId hs_place_find_block(HsTimeline *timeline, const HsRowSet *blocks, uint64_t address, int64_t ticks,
                              uint32_t n_rows, const int *cancel);
