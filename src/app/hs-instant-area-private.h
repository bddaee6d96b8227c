/* SPDX-License-Identifier: MIT */
/* The inside of HsInstantArea, shared by hs-instant-area*.c only. */
#pragma once

#include "hs-hover-card.h"
#include "hs-instant-area.h"
#include "hs-instant-work.h"
#include "hs-pane-job.h"
#include "hs-time-pane.h"

/* What a picture was wanted for; equal keys give equal pictures. */
typedef struct {
  int64_t ticks, top_px;
  HsColor base;
  int width, height, scale;
  int dark;
  HsMapColors colors;
  unsigned row_shift;
  uint32_t heap, n_rows;
  guint serial;
} HsInstantKey;

struct _HsInstantArea {
  GtkDrawingArea parent_instance;

  HsDocument *document;
  HsPalette palette;
  gboolean palette_valid;
  GtkAdjustment *adjustment;
  gboolean adjusting; /* by ourselves */
  double wheel_rest;  /* of steps that turn something over, what is less than one */
  unsigned row_shift;
  HsHeapId heap;

  HsPaneJob *job;
  HsInstantKey key;   /* of the last picture wanted */
  HsInstantKey shown; /* of the one shown, as far as its lines depend on it */
  HsInstant *instant;
  gint64 made_at_us, make_us; /* when, and for how long, it was made */
  HsBlockId reveal;           /* chosen since the last picture */
  HsSpacePicture *picture;
  cairo_surface_t *content; /* the picture with all its texts, or NULL */
  int content_scale;
  guint describe_source;

  HsPaneJob *hover_job, *point_job;
  guint hover_timer;
  double hover_x, hover_y; /* NaN = the pointer is elsewhere */
  HsSpaceHit hover;        /* what is there; process HS_ID_NONE = nothing */
  HsHoverCard *card;
  double point_x, point_y;
  GdkEvent *menu_event; /* the event that asked for a menu, or NULL */
  gboolean wants_menu;
  GtkWidget *menu;
};

const HsPalette *hs_instant_area_palette(HsInstantArea *self);
/* Where the lines are now. False while nothing is shown. */
gboolean hs_instant_area_view(HsInstantArea *self, HsSpaceView *view);
/* Activates an action of the window, if there is one. `target` may be floating or NULL. */
void hs_instant_area_act(HsInstantArea *self, const char *action, GVariant *target);

/* hs-instant-area-probe.c: hover, click and context menu. */
void hs_instant_area_init_probes(HsInstantArea *self);
void hs_instant_area_forget_probes(HsInstantArea *self);
void hs_instant_area_free_probes(HsInstantArea *self);
gboolean hs_instant_area_is_probing(HsInstantArea *self);
/* What lies under a still pointer may have changed. */
void hs_instant_area_probe_again(HsInstantArea *self);
void hs_instant_area_hovered(HsInstantArea *self, double x, double y);
void hs_instant_area_clicked(HsInstantArea *self, double x, double y);
/* `event` or NULL (by keyboard: that of the chosen block). */
void hs_instant_area_context_menu(HsInstantArea *self, double x, double y, const GdkEvent *event);

/* hs-instant-area-input.c */
void hs_instant_area_class_init_input(GtkWidgetClass *widget_class);

/* hs-instant-area-accessible.c: a chart whose value is the live bytes. */
GType hs_instant_area_accessible_get_type(void);
void hs_instant_area_value_changed(HsInstantArea *self);
