/* SPDX-License-Identifier: MIT */
/* The inside of HsSizeChart, shared by hs-size-chart*.c only. */
#pragma once

#include "hs-hover-card.h"
#include "hs-pane-chart.h"
#include "hs-paint-chart.h"
#include "hs-size-chart.h"

/* Heaps and processes that can still be told apart; the rest is drawn as "others". */
#define HS_SIZE_CHART_MAX_LAYERS 16

struct _HsSizeChart {
  HsTimePane parent_instance;
  HsPaneChart *chart;
  double hover_x, hover_y; /* NaN = the pointer is elsewhere */
  GArray *legend;          /* of HsLegendEntry, as last painted, or NULL */
  GArray *hidden;          /* of uint32_t: ids of the layers that the filter hides */
  gboolean has_highlight;  /* the pointer is on this layer's entry in the legend */
  uint32_t highlight;
  enum { HS_CHART_DRAG_NONE, HS_CHART_DRAG_AXIS, HS_CHART_DRAG_LEGEND } drag;
  double drag_y;         /* of the press */
  HsChartAxis drag_axis; /* as it was then */
  HsChartLook drag_look;
  uint32_t drag_id; /* the legend's entry pressed */
  HsLegendKind drag_kind;
  GdkModifierType drag_state;
};

/* How it is drawn now; `title` is to be freed with g_free() once the style is of no more use. */
HsChartStyle hs_size_chart_style(HsSizeChart *self, char **title);
/* The legend's entry at a point, or NULL. */
const HsLegendEntry *hs_size_chart_entry_at(HsSizeChart *self, double x, double y);

/* --- hs-size-chart-layers.c: layers as filters --- */

/* What the filter hides of the grouping, for the legend. */
void hs_size_chart_update_hidden(HsSizeChart *self);
/* A click on an entry: this layer alone; all of them, if it is alone already; shown again, if it is hidden. `toggle`:
 * hides it, or shows it. */
void hs_size_chart_pick(HsSizeChart *self, HsLegendKind kind, uint32_t id, gboolean toggle);
/* "Show only …", "Hide …" for a layer that can be told apart. */
void hs_size_chart_add_layer_items(GMenu *menu, HsDocument *document, HsGroup group, uint32_t id);
/* The same as submenus for all layers of a chart, and what is hidden. */
void hs_size_chart_add_layers_menu(HsSizeChart *self, GMenu *menu);

/* --- hs-size-chart-menu.c --- */

void hs_size_chart_context_menu(HsTimePane *pane, double x, double y, const GdkEvent *event);
/* The card at the pointer. */
HsHoverCard *hs_size_chart_card(HsSizeChart *self, const HsViewport *viewport, const HsPalette *palette, int column,
                                int layer);
char *hs_size_chart_describe(HsTimePane *pane, HsDocument *document);
