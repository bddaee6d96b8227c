/* SPDX-License-Identifier: MIT */
/* The inside of HsAddressMap, shared by hs-address-map*.c only. */
#pragma once

#include "hs-address-map.h"
#include "hs-hover-card.h"
#include "hs-map-legend.h"
#include "hs-map-work.h"
#include "hs-pane-job.h"

/* What a picture was wanted for, beside the filter; equal keys give equal pictures. */
typedef struct {
  int64_t t0, t1;
  HsMapWindow window; /* zeros: the whole axis */
  HsColor base;
  int width, height, scale;
  HsMapColors colors;
  int dark;
  int complete; /* the trace is */
  int follows;  /* the range is that of the whole trace, however long it grows */
  uint32_t n_rows;
} HsMapKey;

/* A point to look at: a click or a wish for a menu. */
typedef struct {
  double x, y;
  GdkEvent *menu_event; /* the event that asked for a menu */
  gboolean wants_menu;
} HsMapPoint;

/* Exact pictures that were shown lately, on the axis there is: who goes back has them at once. */
#define HS_MAP_N_KEPT 4
typedef struct {
  HsMapPicture *picture; /* or NULL */
  int dark;
  HsColor base;
} HsMapKept;

struct _HsAddressMap {
  HsTimePane parent_instance;

  HsPaneJob *picture_job;
  HsMapKey key;     /* of the last picture wanted, with its filter's serial (0 = none was) */
  guint key_serial; /* see hs_document_get_filter_serial() */

  HsMapLayout *layout; /* the axis shown, and what it was made of */
  HsRowSet *layout_blocks;
  guint layout_serial;
  uint32_t layout_rows;
  HsMapPicture *picture, *older; /* older: the one before, on the same axis with the same colours, or NULL */
  HsMapPicture *whole; /* the last of the whole trace and axis; shown where `picture` does not reach, or NULL */
  HsMapKept kept[HS_MAP_N_KEPT];
  guint next_kept;                   /* the oldest */
  gboolean picture_dark, whole_dark; /* the palettes they were made with */
  HsColor picture_base;
  HsMapLegend *legend;           /* as painted, or NULL */
  gboolean zoomed;               /* `window` is a part of the axis */
  HsMapWindow window;            /* on `layout` */
  HsMapWindow pan_window;        /* when a pan began */
  HsMapWindow glide_from, shown; /* while it moves: where from, and where it is */
  gint64 glide_start_us;         /* of the frame clock; 0 = with the next frame */
  guint glide_tick;              /* 0 = it does not move */

  HsPaneJob *hover_job, *point_job;
  guint hover_timer;
  double hover_x, hover_y; /* NaN = the pointer is elsewhere */
  HsBlockId hover_block;
  HsHoverCard *card; /* of hover_block, or NULL */
  HsMapPoint point;
};

/* The visible part of the axis shown. */
HsMapWindow hs_address_map_window(HsAddressMap *self);
/* What the colours tell: with types, those to the selection. */
HsMapColors hs_address_map_colors(HsAddressMap *self);
/* Shows the whole axis. */
void hs_address_map_fit_addresses(HsAddressMap *self);

/* hs-address-map-glide.c: what is drawn of the axis, on the way to its visible part; lets it move there `from` another,
 * if movements are wanted; ends that. */
HsMapWindow hs_address_map_shown_window(HsAddressMap *self);
void hs_address_map_glide(HsAddressMap *self, HsMapWindow from);
void hs_address_map_stop_glide(HsAddressMap *self);

/* hs-address-map-probe.c: hover, click and context menu. */
void hs_address_map_init_probes(HsAddressMap *self);
void hs_address_map_forget_probes(HsAddressMap *self);
void hs_address_map_free_probes(HsAddressMap *self);
gboolean hs_address_map_is_probing(HsAddressMap *self);
/* What lies under a still pointer may have changed. */
void hs_address_map_probe_again(HsAddressMap *self);
gboolean hs_address_map_clicked(HsTimePane *pane, double x, double y, guint button, GdkModifierType state);
const char *hs_address_map_cursor_name(HsTimePane *pane, double x, double y);
void hs_address_map_hovered(HsTimePane *pane, double x, double y);
void hs_address_map_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event);
