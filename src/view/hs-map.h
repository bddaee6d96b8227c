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

typedef enum { HS_COLOR_BY_HEAP, HS_COLOR_BY_SOURCE } HsColorBy;

typedef struct {
  HsProcessId process;
  uint64_t begin, end; /* addresses, [begin, end), page-aligned */
  uint64_t u;          /* where it begins on the axis */
  uint64_t gap_before; /* bytes folded away above it; 0 = none (first of its process) */
} HsMapBand;

typedef struct _HsMapLayout HsMapLayout;

/* The axis of the blocks of a set (see hs_row_set_query(); NULL = all) among the first n_rows rows. Gaps of more than
 * 1/32 of the used space (and at least 64 KiB) are folded. NULL if cancelled; an empty trace gives a layout of no
 * bands. Any thread. */
HsMapLayout *hs_map_layout_new(HsTimeline *timeline, const HsRowSet *set, uint32_t n_rows, const int *cancel);
HsMapLayout *hs_map_layout_ref(HsMapLayout *layout);
void hs_map_layout_unref(HsMapLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapLayout, hs_map_layout_unref)
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
  HsColorBy color_by;
  uint32_t n_rows;
} HsMapPicture;

/* Rasters the blocks of a set. NULL if cancelled. Any thread. */
HsMapPicture *hs_map_picture_new(HsTimeline *timeline, const HsRowSet *set, HsMapLayout *layout,
                                 const HsViewport *viewport, HsMapWindow window, HsColorBy color_by,
                                 const HsPalette *palette, uint32_t n_rows, const int *cancel);
HsMapPicture *hs_map_picture_ref(HsMapPicture *picture);
void hs_map_picture_unref(HsMapPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapPicture, hs_map_picture_unref)

/* Ground, axis labels and folds, and the picture; a picture of another viewport or window is stretched to where it
 * belongs. `picture` may be NULL. */
void hs_paint_map(cairo_t *cr, const HsViewport *viewport, HsMapWindow window, const HsPalette *palette,
                  const HsTimeline *timeline, const HsMapLayout *layout, const HsMapPicture *picture,
                  const char *title);

/* The block under a point of the plot (widget coordinates): the one live there then; failing that, the nearest whose
 * bar comes within 2 px. HS_ID_NONE if none. Cost: a scan of blocks, polled against cancel; call from a worker for big
 * traces. Any thread. */
HsBlockId hs_map_hit(HsTimeline *timeline, const HsRowSet *set, const HsMapLayout *layout, const HsViewport *viewport,
                     HsMapWindow window, double x, double y, uint32_t n_rows, const int *cancel);
/* Where a block's bar is, in widget coordinates, clamped; at least 1 px. False if it is not visible. */
bool hs_map_block_rect(const HsTimeline *timeline, const HsMapLayout *layout, const HsViewport *viewport,
                       HsMapWindow window, HsBlockId block, uint32_t n_rows, double *x, double *y, double *width,
                       double *height);
