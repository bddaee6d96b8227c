/* SPDX-License-Identifier: MIT */
/*
 * The address-range map: time runs right, addresses run down, a bar a block.
 *
 * HsMapLayout is the address axis: the used stretches of address space, process by process, with gaps folded away. It
 * belongs to a timeline and a set of blocks, not to what is visible, so that nothing jumps while one pans. Stretches
 * are in "rows of the axis": a position is bytes of used space from the top, u in [0, span). HsMapPicture is the pixels
 * of a viewport, made in a worker: every device pixel holds how much of its cell (time × address) each colour covers;
 * no block is dropped, one of no length still shows.
 */
#pragma once

#include "hs-palette.h"
#include "hs-paint.h"
#include "hs-viewport.h"

#include "hs-block-type.h"

typedef enum {
  HS_COLOR_BY_HEAP,
  HS_COLOR_BY_SOURCE,
  HS_COLOR_BY_SIZE,   /* classes of requested bytes */
  HS_COLOR_BY_AGE,    /* how old it became: classes of the lifetime; what is outstanding is a class of its own. It does
                         not hang on what is visible, so that nothing changes its colour while one pans */
  HS_COLOR_BY_THREAD, /* that allocated it */
  HS_COLOR_BY_TYPE,   /* AIFI … AOFO, to a range */
  HS_N_COLOR_BY
} HsColorBy;

/* What a picture's colours tell. */
typedef struct {
  HsColorBy by;
  HsTimeRange type_range; /* for types; half-open ticks */
} HsMapColors;

typedef struct {
  HsProcessId process;
  HsHeapId heap;       /* whose all of it is; none = several heaps' */
  uint64_t begin, end; /* addresses, [begin, end), page-aligned */
  uint64_t u;          /* where it begins on the axis */
  uint64_t gap_before; /* bytes folded away above it; 0 = none: the first of its process, or it follows on its upper
                          neighbour, another heap's */
} HsMapBand;

typedef struct _HsMapLayout HsMapLayout;

/* The axis of the blocks of a set (see hs_row_set_query(); NULL = all) among the first n_rows rows. Gaps of more than
 * 1/32 of the used space (and at least 64 KiB) are folded. NULL if cancelled; an empty trace gives a layout of no
 * bands. Any thread. */
HsMapLayout *hs_map_layout_new(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, const int *cancel);
/* The same; what `before` (or NULL), an axis of the same timeline, knows that holds for this one too is not found out
 * again. */
HsMapLayout *hs_map_layout_renew(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, HsMapLayout *before,
                                 const int *cancel);
HsMapLayout *hs_map_layout_ref(HsMapLayout *layout);
void hs_map_layout_unref(HsMapLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapLayout, hs_map_layout_unref)
/* Whether it knows what lives when, so that pictures of parts of the time and look-ups are quick: an axis made once the
 * trace was complete does. */
bool hs_map_layout_is_indexed(const HsMapLayout *layout);
/* Bytes of memory that it holds, everything counted: five a block. */
uint64_t hs_map_layout_memory_bytes(const HsMapLayout *layout);
uint32_t hs_map_layout_n_bands(const HsMapLayout *layout);
const HsMapBand *hs_map_layout_band(const HsMapLayout *layout, uint32_t index);
/* Length of the axis in bytes, folds included (each fold takes a fixed part of it); ≥ 1. */
uint64_t hs_map_layout_span(const HsMapLayout *layout);
/* Position of an address of a process; UINT64_MAX if it lies in no band. */
uint64_t hs_map_layout_u(const HsMapLayout *layout, HsProcessId process, uint64_t address);
/* The address at a position; false in a fold or outside. */
bool hs_map_layout_address(const HsMapLayout *layout, uint64_t u, HsProcessId *process, uint64_t *address);

/* The visible part of the axis: [u0, u1) over the viewport's height. */
typedef struct {
  uint64_t u0, u1;
} HsMapWindow;

typedef struct {
  cairo_surface_t *surface; /* ARGB32, width × scale by height × scale device pixels, device scale set; transparent
                               where nothing is */
  HsViewport viewport;      /* what it shows; x = y = 0 */
  HsMapWindow window;
  HsMapColors colors;
  uint32_t n_rows;
} HsMapPicture;

/* Rasters the blocks of a set. Its cells are those of a grid that hangs on time zero, on the axis' beginning and on how
 * far one has zoomed, not on what is visible: a moment is drawn up to half a device pixel beside its place, and views
 * that are some whole pixels apart have the same cells where they overlap. NULL if cancelled or out of memory. Any
 * thread. */
HsMapPicture *hs_map_picture_new(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout,
                                 const HsViewport *viewport, HsMapWindow window, HsColorBy color_by,
                                 const HsPalette *palette, uint32_t n_rows, const int *cancel);
/* The same. What `before` (or NULL) has of it already is copied: it must be of the same timeline, set, layout and
 * palette. */
HsMapPicture *hs_map_picture_renew(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout,
                                   const HsViewport *viewport, HsMapWindow window, const HsMapColors *colors,
                                   const HsPalette *palette, uint32_t n_rows, const HsMapPicture *before,
                                   const int *cancel);
/* By how many device pixels a view of this viewport and window lies right and below of what the picture shows; false if
 * its grid is another, so that the picture would have to be stretched. */
bool hs_map_picture_offset(const HsMapPicture *picture, const HsViewport *viewport, HsMapWindow window, int *dx,
                           int *dy);
HsMapPicture *hs_map_picture_ref(HsMapPicture *picture);
void hs_map_picture_unref(HsMapPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapPicture, hs_map_picture_unref)

/* Ground, axis labels and folds, and the picture; a picture of another viewport or window is stretched to where it
 * belongs. `picture` may be NULL. */
void hs_paint_map(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
                  const HsTimeline *timeline, const HsMapLayout *layout, const HsMapPicture *picture,
                  const char *title);
/* The same, with a picture of more, of the same axis and colours (or NULL), where `picture` does not reach. */
void hs_paint_map_over(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
                       const HsTimeline *timeline, const HsMapLayout *layout, const HsMapPicture *picture,
                       const HsMapPicture *below, const char *title);

/* The block under a point of the plot (widget coordinates): the one live there then; failing that, the nearest whose
 * bar comes within 2 px. Of several the youngest. HS_ID_NONE if none. Costs a look at the
 * places of what is live then plus what happens within reach, while the trace loads a scan of all blocks; polls
 * `cancel`. Call from a worker. Any thread. */
HsBlockId hs_map_hit(HsTimeline *timeline, const HsRowSet *set, const HsMapLayout *layout, const HsViewport *viewport,
                     HsMapWindow window, double x, double y, uint32_t n_rows, const int *cancel);
/* Where a block's bar is, in widget coordinates, clamped; at least 1 px. False if it is not visible. */
bool hs_map_block_rect(const HsTimeline *timeline, const HsMapLayout *layout, const HsViewport *viewport,
                       HsMapWindow window, HsBlockId block, uint32_t n_rows, double *x, double *y, double *width,
                       double *height);
