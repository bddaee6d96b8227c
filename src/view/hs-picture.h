/* SPDX-License-Identifier: MIT */
/*
 * A picture of a view that stands for itself: a heading with the trace's name, the range and the filter, axes and
 * legends, and the view as the window's own painters draw it. Made in a worker from plain data, then painted to any
 * cairo context, as often as one likes.
 */
#pragma once

#include "hs-map.h"
#include "hs-paint-chart.h"
#include "hs-paint-histogram.h"
#include "hs-query.h"

typedef enum {
  HS_PICTURE_ALL,       /* overview, size chart and map, one above the other */
  HS_PICTURE_MAP,       /* time × address */
  HS_PICTURE_INSTANT,   /* memory at the cursor, or else at the peak of the range */
  HS_PICTURE_SIZE,      /* the size chart */
  HS_PICTURE_RATE,      /* the same of rates: allocations or their bytes a second */
  HS_PICTURE_SOURCES,   /* a bar a source: allocations in the range */
  HS_PICTURE_HISTOGRAM, /* of sizes */
  HS_PICTURE_LIFETIMES, /* of lifetimes */
  HS_PICTURE_OVERVIEW,  /* the whole trace, with a frame around the range */
  HS_N_PICTURES
} HsPictureView;

/* Name on the command line: "all", "map", "size", … Static. */
const char *hs_picture_view_name(HsPictureView view);
/* Title in the window, translated. Static. */
const char *hs_picture_view_title(HsPictureView view);
/* The view of that name, or HS_N_PICTURES. */
HsPictureView hs_picture_view_from_name(const char *name);

/* What is drawn. All is the caller's; a picture keeps references and copies of its own. */
typedef struct {
  HsTimeline *timeline;
  uint32_t n_rows;      /* that the sets were made for */
  HsRowSet *rows;       /* that pass the filter */
  HsRowSet *blocks;     /* the same of blocks */
  HsSeriesSet *series;  /* of these */
  const HsQuery *query; /* the filter; NULL = none */
  HsTimeRange types;    /* what types, in the filter and as colours, are relative to */
} HsPictureData;

/* How. Zeros are a picture of everything, but for the size. */
typedef struct {
  HsPictureView view;
  int width, height;     /* user pixels */
  int scale;             /* device pixels a user pixel; 0 = 1 */
  HsTimeRange visible;   /* cut to the trace's span; empty = the whole trace */
  HsTimeRange selection; /* marked; in histograms solid against the whole; empty = none */
  bool has_cursor;
  int64_t cursor_ticks; /* a line in what runs over time; what the map of one instant shows */
  HsMeasure measure;
  HsGroup group;
  bool overlaid;    /* the chart's layers one over another, not one upon the other */
  bool chart_log;   /* its value axis is logarithmic */
  bool chart_fixed; /* it does not follow what is visible … */
  double fixed_max; /* … but ends at this value; 0 = at the whole trace's largest */
  bool committed;   /* committed and reserved memory beside what is outstanding */
  HsColorBy color_by;
  HsDistributionKind sizes; /* classes of the histogram of sizes */
  HsHistogramMeasure bars;  /* what histograms and sources count */
  HsHistogramScale bar_scale;
  const char *title;       /* the heading; NULL = `file` */
  const char *file;        /* name of the trace for display; or NULL */
  HsMapLayout *map_layout; /* the map's axis, of the same blocks, and what is visible of it; or NULL: all of it */
  HsMapWindow map_window;
  unsigned row_shift;  /* of the map of one instant; 0 = as fits */
  int64_t rows_top_px; /* of its lines, what lies above its upper edge */
  bool one_heap;       /* it shows that heap alone */
  HsHeapId heap;
} HsPictureOptions;

typedef struct _HsPicture HsPicture;

/* NULL if cancelled or out of memory. `cancel` (or NULL) is polled. Any thread. */
HsPicture *hs_picture_new(const HsPictureData *data, const HsPictureOptions *options, const HsPalette *palette,
                          const int *cancel);
void hs_picture_free(HsPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsPicture, hs_picture_free)
/* Over [0, width) × [0, height) of user space. Any thread, one at a time. */
void hs_picture_paint(const HsPicture *picture, cairo_t *cr);
void hs_picture_size(const HsPicture *picture, int *width, int *height, int *scale);
/* The heading. */
const char *hs_picture_title(const HsPicture *picture);

/* The height that the heading and whatever else surrounds a view takes of a picture: what to add to the height of a
 * pane to get one as large in it. */
int hs_picture_surround_px(HsPictureView view);
