/* SPDX-License-Identifier: MIT */
/*
 * What the map of one instant has its workers do: order the blocks, move to an instant, lay out the rows, raster those
 * in view; say what is at a point. The structs hold references to all they need.
 */
#pragma once

#include "hs-space.h"

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  uint32_t n_rows;
  HsInstant *instant;    /* to be moved; NULL = make one for n_rows first */
  HsSpaceLayout *layout; /* still the right one; NULL = make one */
  HsHeapId heap;
  int64_t ticks;
  unsigned row_shift;
  int width, height, scale; /* of the pane */
  int64_t top_px;
  uint32_t serial;  /* of the filter */
  HsBlockId reveal; /* scroll so far that this block is in view; HS_ID_NONE = none */
  HsMapColors colors;
  HsPalette *palette;
} HsInstantWish;

void hs_instant_wish_free(gpointer wish);

typedef struct {
  HsInstant *instant;
  HsSpacePicture *picture;
  int64_t make_us; /* what ordering the blocks cost; 0 = they were in order */
} HsInstantMade;

void hs_instant_made_free(gpointer made);

/* Fulfils a wish: an HsInstantMade, or NULL if cancelled. Any thread. */
gpointer hs_instant_work(gpointer wish, const int *cancel);

/* A point that is asked about. */
typedef struct {
  HsInstant *instant;
  HsSpaceLayout *layout;
  HsSpaceView view;
  int64_t ticks; /* that the picture shows */
  double x, y;
} HsInstantProbe;

void hs_instant_probe_free(gpointer probe);
/* Answers it: an HsSpaceHit of its own memory (g_free()), with process HS_ID_NONE if nothing is there; NULL if the
 * instant has moved on. Any thread. */
gpointer hs_instant_probe_work(gpointer probe, const int *cancel);
