/* SPDX-License-Identifier: MIT */
/*
 * The legend of the address map: what its colours mean, and which of it the filter shows. An entry stands for a term of
 * the filter language, so that choosing it is a change of the filter's text.
 */
#pragma once

#include "hs-map.h"

typedef struct {
  char *label;
  HsColor color;
  char *term;  /* of the filter language; NULL = cannot be asked for, or a heap or source, which have their own */
  uint32_t id; /* HsHeapId.v, HsSource, HsThreadId.v, or the number of the class */
  bool shown;
  double x, width; /* where it was painted, in the painter's coordinates; width 0 = it was not */
} HsMapLegendEntry;

typedef struct {
  HsColorBy by;
  GArray *entries;           /* of HsMapLegendEntry */
  bool is_cut;               /* there are more heaps or threads than a legend takes */
  double y, height;          /* the painted line */
  double more_x, more_width; /* "…", which stands for those that have no room; width 0 = all have */
} HsMapLegend;

/* What there is in the trace by now, as the wanted filter (or NULL) shows it. Any thread. */
HsMapLegend *hs_map_legend_new(const HsTimeline *timeline, HsColorBy by, const HsPalette *palette,
                               const HsQuery *query);
void hs_map_legend_free(HsMapLegend *legend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMapLegend, hs_map_legend_free)

/* The filter's text with an entry shown if it was hidden and the other way round; `only`: with nothing but that entry,
 * or with all of them if that is so already. The same as the ticks of the sidebar write. NULL if the entry cannot be
 * asked for. Free with g_free(). */
char *hs_map_legend_toggle(const HsMapLegend *legend, guint index, bool only, const HsQuery *query,
                           const HsTimeline *timeline);

/* "Sizes", "Sources", …: title of a colouring, translated. Static. */
const char *hs_map_color_title(HsColorBy by);
/* Name in settings and actions: "heap", "source", "size", "age", "thread", "type". Static. */
const char *hs_map_color_name(HsColorBy by);
/* The colouring of that name, or HS_N_COLOR_BY. */
HsColorBy hs_map_color_from_name(const char *name);

/* A line of title and entries in [x, x + width), about y of the middle; entries that have no room are left out, with
 * "…" in their place. Notes where they are. */
void hs_paint_map_legend(cairo_t *cr, const HsPalette *palette, const char *title, HsMapLegend *legend, double x,
                         double y, double width, double height);

#define HS_MAP_LEGEND_NONE (-1)
#define HS_MAP_LEGEND_MORE (-2)
/* The entry painted at a point, HS_MAP_LEGEND_NONE or HS_MAP_LEGEND_MORE. */
int hs_map_legend_at(const HsMapLegend *legend, double x, double y);
