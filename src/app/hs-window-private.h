/* SPDX-License-Identifier: MIT */
/* The inside of HsWindow, shared by hs-window*.c only. */
#pragma once

#include <json-glib/json-glib.h>

#include "hs-address-finder.h"
#include "hs-address-map.h"
#include "hs-compare-view.h"
#include "hs-filter-bar.h"
#include "hs-find-bar.h"
#include "hs-finder.h"
#include "hs-glide.h"
#include "hs-health-view.h"
#include "hs-histogram-view.h"
#include "hs-instant-pane.h"
#include "hs-overview.h"
#include "hs-range-figures.h"
#include "hs-ruler.h"
#include "hs-sidebar.h"
#include "hs-size-chart.h"
#include "hs-start-page.h"
#include "hs-summary-view.h"
#include "hs-table.h"
#include "hs-window.h"

#include <json-glib/json-glib.h>

struct _HsWindow {
  GtkApplicationWindow parent_instance;

  HsDocument *document;
  HsGlide *glide;      /* of the panes to another visible range */
  GSettings *settings; /* or NULL */
  guint state_idle;
  guint status_idle;
  gboolean load_told; /* the end of the load has been shown */
  gboolean panes_placed;
  guint placing; /* tick callback, or 0 */
  guint place_tries;
  int wanted_width, wanted_height; /* 0 = none; see hs_window_set_content_size() */
  guint size_tries;
  gboolean size_given; /* such a size is not to be remembered */

  HsRangeFigures figures; /* of the selection; t1 <= t0 = not counted yet */
  HsRowSet *figures_rows; /* the row set they were counted over */
  GCancellable *counting;

  int64_t fit_t0, fit_t1; /* the range that the last win.center-block made */

  GtkLabel *title_label;
  HsFilterBar *filter_bar;
  GtkMenuButton *recent_button;
  GtkMenuButton *menu_button, *display_button;
  GtkStack *pages;
  HsStartPage *start_page;
  GtkInfoBar *notice_bar;
  GtkLabel *notice_label;
  GtkInfoBar *issue_bar;
  GtkLabel *issue_label;
  GtkPaned *sidebar_paned;
  GtkPaned *chart_paned;
  GtkPaned *map_paned;
  HsSidebar *sidebar;
  HsTimePane *overview;
  HsTimePane *ruler;
  HsTimePane *chart;
  HsTimePane *map;
  GtkStack *map_stack; /* "time": map; "instant": instant */
  HsInstantPane *instant;
  guint play_tick; /* tick callback, or 0 */
  gint64 play_last_us;
  double play_position; /* ticks */
  int64_t play_cursor;  /* where playing put the cursor last */
  GtkNotebook *tabs;
  HsTable *table, *allocations, *heaps;
  HsTable *biography;     /* while its tab is open, else NULL */
  HsCompareView *compare; /* likewise */
  HsSummaryView *summary;
  HsHistogramView *histogram;
  HsHealthView *health;
  HsFindBar *find_bar;
  HsFinder *finder;
  HsAddressFinder *address_finder;
  gboolean wants_biography; /* of the address looked for, not the block */
  char *told;               /* a short message in place of the range, or NULL */
  guint tell_id;
  guint n_pictures; /* being drawn */
  GtkLabel *rows_label;
  GtkLabel *range_label;
  GtkStack *load_stack;
  GtkWidget *progress_box;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
  GtkLabel *totals_label;
};

/* FALSE on the start page: there is no document, or its load failed. */
gboolean hs_window_has_trace(HsWindow *self);
/* The document's clock; a harmless one while there is none. */
HsClock hs_window_clock(HsWindow *self);

/* hs-window-actions.c, hs-window-filter-actions.c */
void hs_window_add_actions(HsWindow *self);
void hs_window_add_filter_actions(HsWindow *self);
/* Which actions make sense now; states of measure and group. */
void hs_window_update_actions(HsWindow *self);
void hs_window_update_filter_actions(HsWindow *self);
/* hs-window-chart-actions.c: what charts show and how. Tells a new document; takes the states from the settings. */
void hs_window_add_chart_actions(HsWindow *self);
void hs_window_apply_chart_actions(HsWindow *self);
void hs_window_restore_chart_actions(HsWindow *self);
/* hs-window-filter.c: the filter bar. Wants a filter; shows one that is not understood, without wanting it. */
void hs_window_set_filter(HsWindow *self, const char *text);
void hs_window_update_filter_bar(HsWindow *self);
/* Fills in the filters of before. */
void hs_window_init_filter_bar(HsWindow *self);
void hs_window_bind_filter_bar(GtkWidgetClass *klass);
void hs_window_set_action_enabled(HsWindow *self, const char *name, gboolean enabled);

/* hs-window-places.c: markers, pins, biography, comparison; their tabs ("biography", "compare"), which may be closed.
 */
void hs_window_add_place_actions(HsWindow *self);
void hs_window_update_place_actions(HsWindow *self);
/* Closes the tabs of the document before. */
void hs_window_set_places_document(HsWindow *self, HsDocument *document);
void hs_window_show_biography(HsWindow *self, uint32_t pid, uint64_t address);
/* The name of the tab of a page, or NULL if it is none of these. */
const char *hs_window_get_extra_tab(GtkWidget *page);
/* FALSE if there is no such tab. */
gboolean hs_window_show_extra_tab(HsWindow *self, const char *name);
/* One of these tables is busy, or markers are read or written. */
gboolean hs_window_are_places_busy(HsWindow *self);
/* How long its table is; free with g_free(). */
char *hs_window_extra_rows_text(HsWindow *self, const char *tab);
/* Members of win.view-state. */
void hs_window_add_places_state(HsWindow *self, JsonBuilder *builder);

/* hs-window-picture.c */
void hs_window_add_picture_actions(HsWindow *self);
void hs_window_update_picture_actions(HsWindow *self);
/* hs-window-histogram.c */
void hs_window_add_histogram_actions(HsWindow *self);

/* hs-window-find.c: finding, going, tabs ("events", "allocations", "heaps", "summary", "histogram", "health"). */
void hs_window_add_find_actions(HsWindow *self);
void hs_window_update_find_actions(HsWindow *self);
void hs_window_bind_find_bar(GtkWidgetClass *klass);
void hs_window_on_found(gpointer window, const HsTableModel *model, bool of_blocks, const HsFound *found);
void hs_window_on_address_found(gpointer window, uint64_t address, HsBlockId found);
const char *hs_window_get_tab(HsWindow *self);
void hs_window_set_tab(HsWindow *self, const char *name);
/* The table that is looked at, or that of events. */
HsTable *hs_window_get_table(HsWindow *self);
/* Brings the chosen event into the visible range. */
void hs_window_show_chosen(HsWindow *self);
/* Says something for a while in the status bar. */
void hs_window_tell(HsWindow *self, const char *text);

/* hs-window-map.c: how the map is coloured, and its legend. */
void hs_window_add_map_actions(HsWindow *self);
void hs_window_update_map_actions(HsWindow *self);
/* Colours a document's map as the window's action says. */
void hs_window_color_map(HsWindow *self);

/* hs-window-instant.c: the map of one instant in place of that over time. */
void hs_window_add_instant_actions(HsWindow *self);
void hs_window_update_instant_actions(HsWindow *self);
/* Takes what was remembered. */
void hs_window_restore_instant(HsWindow *self);
gboolean hs_window_shows_instant(HsWindow *self);
gboolean hs_window_instant_is_busy(HsWindow *self);
/* NULL = none. */
void hs_window_set_map_document(HsWindow *self, HsDocument *document);
void hs_window_focus_map(HsWindow *self);
void hs_window_stop_playing(HsWindow *self);
void hs_window_add_instant_state(HsWindow *self, JsonBuilder *builder);

/* hs-window-part.c: offers parts of a trace that does not fit into memory, if that is why the load failed. */
void hs_window_choose_part(HsWindow *self);
void hs_window_add_part_actions(HsWindow *self);

/* hs-window-memory.c: bytes that the trace and all that is kept of what is shown take. */
uint64_t hs_window_memory_bytes(HsWindow *self);

/* hs-window-member.c: asks which of the traces in an archive is meant, if that is why the load failed. */
void hs_window_choose_member(HsWindow *self);
void hs_window_add_member_actions(HsWindow *self);

/* hs-window-state.c: the state of win.view-state follows within one turn of the main loop. */
void hs_window_add_view_state(HsWindow *self);
void hs_window_queue_view_state(HsWindow *self);

/* hs-window-status.c: title, filter, progress, status bar, counts. */
void hs_window_queue_status(HsWindow *self);
void hs_window_update_status(HsWindow *self);
/* What is to be said of a load that has ended. */
void hs_window_update_notices(HsWindow *self);

/* hs-window-screenshot.c: title bar and content, in the window's coordinates. */
GdkRectangle hs_window_content_rectangle(HsWindow *self);
