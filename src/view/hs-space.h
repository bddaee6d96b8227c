/* SPDX-License-Identifier: MIT */
/*
 * The map of one instant: address space as rows of memory, one below the other, like the lines of a page.
 *
 * HsSpaceLayout says which addresses are in which line. It knows the memory that the heaps shown ever used, not what is
 * live, so that nothing moves as time goes on. Rows are aligned: a row of 64 KiB begins at a multiple of that.
 * Stretches that were never used are folded away; a line tells how much. HsSpacePicture is the pixels of the lines in
 * view and the numbers that belong to them, made by a worker: every device pixel shows how much of its bytes is
 * covered, no block is dropped, a lone byte still shows.
 */
#pragma once

#include "hs-instant.h"
#include "hs-map.h"

/* Widths of rows, as powers of two: those one chooses from, and 0 = as fits. */
#define HS_SPACE_MIN_SHIFT 10u
#define HS_SPACE_MAX_SHIFT 26u
#define HS_SPACE_AUTO 0u

/* Lines are at least and at most so high, user pixels. */
#define HS_SPACE_MIN_LINE_PX 13
#define HS_SPACE_MAX_LINE_PX 28

typedef struct _HsSpaceLayout HsSpaceLayout;

/* Rows of 2^row_shift bytes of the heaps that an instant shows. HS_SPACE_AUTO: the narrowest rows of which all fit into
 * a pane `height` user pixels high; where there are too many folds for that, those that need the least. Never NULL. Any
 * thread that may ask the instant. */
HsSpaceLayout *hs_space_layout_new(const HsInstant *instant, unsigned row_shift, int height);
HsSpaceLayout *hs_space_layout_ref(HsSpaceLayout *layout);
void hs_space_layout_unref(HsSpaceLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsSpaceLayout, hs_space_layout_unref)
unsigned hs_space_layout_row_shift(const HsSpaceLayout *layout);
uint64_t hs_space_layout_n_rows(const HsSpaceLayout *layout);
/* Height of all lines with rows `line_px` high, user pixels. */
int64_t hs_space_layout_height(const HsSpaceLayout *layout, int line_px);

typedef enum { HS_SPACE_NOTHING, HS_SPACE_PROCESS, HS_SPACE_FOLD, HS_SPACE_ROW } HsSpaceLineKind;

typedef struct {
  HsSpaceLineKind kind;
  HsProcessId process;
  uint64_t address;   /* of a row's first byte */
  uint64_t gap_bytes; /* that a fold leaves out */
  uint64_t n_rows;    /* as many rows follow without a break, this one among them */
  int64_t top_px;     /* from the top of all lines */
  int height_px;
} HsSpaceLine;

/* The line that `top_px` (≥ 0) from the top of all lines is in; HS_SPACE_NOTHING past the last. O(log n). */
HsSpaceLine hs_space_layout_line(const HsSpaceLayout *layout, int line_px, int64_t top_px);
/* Where the row of an address is, from the top of all lines; false if it is in none. */
bool hs_space_layout_find(const HsSpaceLayout *layout, int line_px, HsProcessId process, uint64_t address,
                          int64_t *top_px);

/* Where the lines are drawn. User pixels; the plot holds the rows alone. */
typedef struct {
  int x, y, width, height;
  int scale;
  int line_px;                   /* of a row */
  int64_t top_px;                /* of all lines, what lies above the plot's upper edge */
  int panel_x, panel_width;      /* the numbers beside it; 0 = no room */
  int total_width, total_height; /* of the whole pane */
} HsSpaceView;

/* Divides a pane of a size, with lines as high as they may be (`layout` may be NULL); scrolled to `top_px`, as far as
 * there are lines. */
HsSpaceView hs_space_view(const HsSpaceLayout *layout, int width, int height, int scale, int64_t top_px);
/* The least scrolling that brings the row of an address into view: what its top_px would be then. */
int64_t hs_space_view_reveal(const HsSpaceView *view, const HsSpaceLayout *layout, HsProcessId process,
                             uint64_t address);

/* Numbers of one heap at the instant. */
typedef struct {
  HsHeapId heap;
  HsInstantFigures figures;
} HsSpaceHeap;

typedef struct {
  cairo_surface_t *surface; /* RGB24, the plot's device pixels, device scale set */
  HsSpaceView view;
  HsSpaceLayout *layout;
  HsMapColors colors;
  int64_t ticks;
  HsInstantFigures figures;
  GArray *heaps;                  /* of HsSpaceHeap: the largest by live bytes first; not all if they are very many */
  bool uses_source[HS_N_SOURCES]; /* that live blocks in view came from */
  bool has_others;                /* blocks in view that are not of the set */
} HsSpacePicture;

/* Rasters the lines in view at the instant's present moment. NULL if cancelled. Any thread that may ask the instant. */
HsSpacePicture *hs_space_picture_new(const HsInstant *instant, HsSpaceLayout *layout, const HsSpaceView *view,
                                     const HsMapColors *colors, const HsPalette *palette, const int *cancel);
HsSpacePicture *hs_space_picture_ref(HsSpacePicture *picture);
void hs_space_picture_unref(HsSpacePicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsSpacePicture, hs_space_picture_unref)

/* Paints a pane: title and legend, addresses, rows, folds, numbers. `picture` may be NULL, or show other lines or
 * another size: what of it fits is shown. */
void hs_paint_space(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
                    const HsSpacePicture *picture);
/* A frame about what [begin, end) of a process covers in view. */
void hs_paint_space_frame(cairo_t *cr, const HsSpaceView *view, const HsSpaceLayout *layout, HsProcessId process,
                          uint64_t begin, uint64_t end, HsColor inner, HsColor outer);
/* The heap whose entry among the numbers is at a point, or HS_ID_NONE. */
HsHeapId hs_space_heap_at(const HsSpaceView *view, const HsPalette *palette, const HsSpacePicture *picture, double x,
                          double y);
/* A sentence with the numbers, for screen readers; free with g_free(). */
char *hs_space_describe(const HsTimeline *timeline, const HsSpacePicture *picture);

/* All at once, for a picture without a window: the blocks of a set (NULL = all), one heap or HS_ID_NONE, an instant.
 * `width` × `height` user pixels from the origin. False if out of memory. Any thread. */
bool hs_paint_instant(cairo_t *cr, HsTimeline *timeline, HsRowSet *blocks, HsHeapId heap, int64_t ticks,
                      uint32_t n_rows, unsigned row_shift, const HsMapColors *colors, const HsPalette *palette,
                      int width, int height, int scale);

/* --- the other way round --- */

/* The address at a point of the plot. False between rows and outside. */
bool hs_space_address_at(const HsSpaceLayout *layout, const HsSpaceView *view, double x, double y, HsProcessId *process,
                         uint64_t *address);

/* What is at a point: a block (the one there, failing that the nearest that comes within 2 px in the same row), or free
 * memory between its neighbours, as far as they are in view. */
typedef struct {
  HsBlockId block; /* HS_ID_NONE: none */
  HsProcessId process;
  uint64_t begin, end; /* of the block, or of what is free */
  bool is_committed;   /* what is free */
} HsSpaceHit;
/* False if there is no row. Any thread that may ask the instant. */
bool hs_space_hit(const HsInstant *instant, const HsSpaceLayout *layout, const HsSpaceView *view, double x, double y,
                  HsSpaceHit *hit);
