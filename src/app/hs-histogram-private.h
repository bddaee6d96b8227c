/* SPDX-License-Identifier: MIT */
/* The inside of HsHistogram, shared by hs-histogram*.c only. */
#pragma once

#include "hs-histogram.h"
#include "hs-hover-card.h"
#include "hs-pane-job.h"

struct _HsHistogram {
  GtkDrawingArea parent_instance;

  HsDocument *document;
  HsPaneJob *job;
  HsPalette palette;
  gboolean is_small;
  gboolean is_stale; /* something changed while nobody looked */
  HsDistributionKind kind;
  HsHistogramMeasure measure;
  HsHistogramScale scale;

  HsDistribution *distribution; /* shown, or NULL; of another kind for a moment after a change */
  HsQuery *query;               /* the filter it is of, or NULL */
  guint shown_serial;           /* … and its serial */
  uint32_t hover, cursor;       /* classes; HS_CLASS_NONE = none */
  double hover_x, hover_y;
  uint32_t anchor; /* where a stretch of classes begins */

  char *written; /* the filter last written here, or NULL, and the classes it wants */
  gboolean wanted[HS_DISTRIBUTION_MAX_CLASSES];
  GtkWidget *menu;
};

HsHistogramStyle hs_histogram_style(HsHistogram *self);
HsHistogramArea hs_histogram_area(HsHistogram *self);
/* The class that is pointed at, else that of the keyboard. */
uint32_t hs_histogram_marked(HsHistogram *self);

/* hs-histogram-choose.c: a class alone; taken in or out; all from the anchor on (in place of what is chosen, or
 * beside it). */
typedef enum { HS_CHOOSE_ONLY, HS_CHOOSE_TOGGLE, HS_CHOOSE_STRETCH, HS_CHOOSE_STRETCH_TOO } HsChoose;
void hs_histogram_choose(HsHistogram *self, uint32_t class, HsChoose how);
void hs_histogram_exclude(HsHistogram *self, uint32_t class);
/* `event` is what asked for it, or NULL. */
void hs_histogram_popup(HsHistogram *self, uint32_t class, const GdkEvent *event);

/* hs-histogram-text.c: what there is to say of a class, and of all. */
HsHoverCard *hs_histogram_card(HsHistogram *self, uint32_t class);
char *hs_histogram_class_line(HsHistogram *self, uint32_t class);
char *hs_histogram_tooltip(HsHistogram *self, uint32_t class);
char *hs_histogram_description(HsHistogram *self);
/* A chart whose value is the bar that the keyboard is at. */
GType hs_histogram_accessible_get_type(void);
