/* SPDX-License-Identifier: MIT */
/*
 * What the address map has its workers do: lay out the address axis, raster the picture, find the block under a point.
 * The structs hold references to all they need.
 */
#pragma once

#include "hs-map.h"

/* A picture that is wanted. */
typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks; /* those to show */
  guint serial;     /* of the filter they passed */
  uint32_t n_rows;
  HsMapLayout *layout; /* the axis that `window` means; NULL = none yet */
  bool relayout;       /* rows or filter are others than those of `layout`: make a new axis first */
  bool zoomed;         /* false: the whole axis, whatever it will be */
  HsMapWindow window;
  HsViewport viewport; /* x = y = 0 */
  HsMapColors colors;
  HsMapPicture *before; /* of the same palette; NULL = none */
  HsPalette *palette;
} HsMapWish;

void hs_map_wish_free(gpointer wish);

typedef struct {
  HsMapLayout *layout;
  HsMapPicture *picture;
} HsMapMade;

void hs_map_made_free(gpointer made);

/* Fulfils a wish: an HsMapMade, or NULL if cancelled. Any thread. */
gpointer hs_map_work(gpointer wish, const int *cancel);

/* The same addresses on another axis, as well as they are there. Any thread. */
HsMapWindow hs_map_carry_window(const HsMapLayout *from, const HsMapLayout *to, HsMapWindow window);

/* A point whose block is wanted. */
typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  uint32_t n_rows;
  HsMapLayout *layout;
  HsViewport viewport;
  HsMapWindow window;
  double x, y;
} HsMapProbe;

void hs_map_probe_free(gpointer probe);
/* Answers it: an HsBlockId of its own memory (g_free()), or NULL if cancelled. Any thread. */
gpointer hs_map_probe_work(gpointer probe, const int *cancel);
