/* SPDX-License-Identifier: MIT */
/* The inside of HsPicture, shared by hs-picture*.c only. */
#pragma once

#include "hs-picture.h"

/* A part of a picture: how its data are made (in a worker), and painted. A new view is one more of these, and a line in
 * the list of views. */
typedef struct {
  /* What it will paint, or NULL if cancelled or out of memory. May be left out: nothing need be made. */
  gpointer (*make)(const HsPicture *picture, const HsViewport *viewport, const int *cancel);
  void (*paint)(const HsPicture *picture, cairo_t *cr, const HsViewport *viewport, gpointer made);
  GDestroyNotify free_made;
  bool spans_all; /* time runs over the whole trace, not over what is visible */
} HsPicturePart;

extern const HsPicturePart hs_picture_overview_part, hs_picture_ruler_part, hs_picture_whole_ruler_part,
    hs_picture_chart_part, hs_picture_rate_part, hs_picture_instant_part, hs_picture_map_legend_part,
    hs_picture_map_part, hs_picture_sizes_part, hs_picture_lifetimes_part, hs_picture_sources_part;

typedef struct {
  const HsPicturePart *part;
  HsViewport viewport; /* height 0: there is no room for it */
  gpointer made;
} HsPicturePane;

#define HS_PICTURE_MAX_PANES 5

struct _HsPicture {
  HsPictureData data;       /* references */
  HsQuery *query;           /* a reference; or NULL */
  HsPictureOptions options; /* texts and layout its own; `visible` cut to the span */
  HsPalette *palette;
  HsGapSet *gaps;
  int64_t span0, span1; /* of the whole trace, ticks */
  char *headline, *subline;
  int head_px;
  unsigned n_panes;
  HsPicturePane panes[HS_PICTURE_MAX_PANES];
};

/* Selection, cursor and gaps. */
HsMarks hs_picture_marks(const HsPicture *picture);
/* The moment that the map of one instant shows: the cursor, else the peak of what is visible. Ticks. */
int64_t hs_picture_instant(const HsPicture *picture);
/* The range that histograms and sources are of: the selection, else what is visible. */
HsTimeRange hs_picture_range(const HsPicture *picture);
