/* SPDX-License-Identifier: MIT */
/* What the parts of the map of one instant share. */
#pragma once

#include "hs-space.h"

/* Above the plot: title and legend. Left of it: addresses. Right of it: numbers. User pixels. */
#define HS_SPACE_HEAD_PX 28
#define HS_SPACE_GUTTER_PX 104
#define HS_SPACE_PANEL_PX 236
#define HS_SPACE_PANEL_GAP_PX 14
#define HS_SPACE_MARGIN_PX 8
/* A narrower pane has no numbers. */
#define HS_SPACE_PANEL_MIN_PX 640

/* Lines that are no rows. */
#define HS_SPACE_FOLD_PX 11
#define HS_SPACE_NAME_PX 16

/* Rows of one process without a break. */
typedef struct {
  HsProcessId process;
  uint64_t first_row, n_rows; /* addresses / width of a row */
  uint64_t row;               /* rows above it, */
  uint32_t folds, names;      /* folds and names above it, its own among them */
  uint64_t gap_bytes;         /* folded away above it, which takes a line; 0 = none */
  bool is_head;               /* the first of its process, which has a line for its name where there are several */
} HsSpaceRun;

struct _HsSpaceLayout {
  int ref_count;
  unsigned row_shift;
  GArray *runs; /* of HsSpaceRun */
  uint64_t n_rows;
  uint32_t n_folds, n_names;
};

/* Grounds of memory: where nothing is told, reserved, committed and free; and blocks that are not of the set. */
HsColor hs_space_reserved_color(const HsPalette *palette);
HsColor hs_space_committed_color(const HsPalette *palette);
HsColor hs_space_other_color(const HsPalette *palette);

/* Where what is `top_px` from the top of all lines is drawn. */
static inline int
hs_space_y(const HsSpaceView *view, int64_t top_px)
{
  return view->y + (int)(top_px - view->top_px);
}

/* Of a line's height, what its row fills; the rest parts it from the next. */
static inline int
hs_space_row_px(const HsSpaceView *view)
{
  return view->line_px - (view->line_px >= 18 ? 3 : 2);
}

/* What a touched pixel is at least: a lone byte must be seen. */
#define HS_SPACE_MIN_ALPHA 0.35

void hs_space_paint_panel(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
                          const HsSpacePicture *picture);
void hs_space_paint_head(cairo_t *cr, const HsSpaceView *view, const HsPalette *palette, const HsTimeline *timeline,
                         const HsSpacePicture *picture);
