/* SPDX-License-Identifier: MIT */
/*
 * HsDocument: one open trace and what is looked at in it: visible range, zoom history, selection, cursor, filter,
 * chosen row. All panes of a window share it; none talks to another. It owns the loader, drains it every 100 ms
 * (the first time after 20), and runs filter jobs in workers, whose results are swapped in whole. Main thread only.
 *
 * Signals, each without parameters and emitted after the change:
 *   range-changed      the visible range
 *   selection-changed  the selected range or the cursor
 *   filter-changed     the wanted filter (results follow with data-changed)
 *   data-changed       rows, row set or series: more was loaded, or a filter's results arrived
 *   choice-changed     the chosen row and block
 *   hover-changed      the moment under the pointer
 *   display-changed    measure, grouping, colouring
 *   loading-changed    progress or outcome; what there is to say on the trace's health
 *   places-changed     markers, pins, the address asked for (see hs-document-places.h)
 *   shown-changed      the shown range, on its way to the visible one
 */
#pragma once

#include <glib-object.h>

#include "hs-chart.h"
#include "hs-filter.h"
#include "hs-loader.h"
#include "hs-map.h"
#include "hs-paint.h"
#include "hs-row-set.h"
#include "hs-self-check.h"
#include "hs-series.h"

#define HS_TYPE_DOCUMENT (hs_document_get_type())
G_DECLARE_FINAL_TYPE(HsDocument, hs_document, HS, DOCUMENT, GObject)

/* Starts loading at once. */
HsDocument *hs_document_new(const char *path);
/* Of a load that is under way, or over; takes it. */
HsDocument *hs_document_new_loading(HsLoader *loader);
/* Stops the load and every worker; the object may live on, but shows nothing new. Called by dispose too. */
void hs_document_close(HsDocument *self);

HsLoader *hs_document_get_loader(HsDocument *self);     /* borrowed */
HsTimeline *hs_document_get_timeline(HsDocument *self); /* borrowed */
const char *hs_document_get_path(HsDocument *self);
char *hs_document_dup_title(HsDocument *self); /* base name for display */
void hs_document_cancel_load(HsDocument *self);

/* Rows the panes show now: constant between data-changed signals. */
uint32_t hs_document_get_n_rows(HsDocument *self);
/* The rows and the blocks that pass the applied filter, and the series of those blocks. They always belong together.
 * Borrowed; replaced at data-changed. */
HsRowSet *hs_document_get_row_set(HsDocument *self);
HsRowSet *hs_document_get_block_set(HsDocument *self);
HsSeriesSet *hs_document_get_series(HsDocument *self);
/* The text of the filter that these belong to. Borrowed. */
const char *hs_document_get_applied_text(HsDocument *self);
/* A number that changes with what that filter lets pass, but not as the trace grows. Never 0. */
guint hs_document_get_filter_serial(HsDocument *self);
/* To what types (AIFI …) are relative: the selection, or the whole trace. */
HsTimeRange hs_document_get_type_range(HsDocument *self);

/* The wanted filter, as it was written; results follow. Borrowed. */
const char *hs_document_get_filter_text(HsDocument *self);
/* The same, understood; NULL or empty lets everything pass. Borrowed. */
const HsQuery *hs_document_get_query(HsDocument *self);
/* Wants another filter. FALSE and `error` (or NULL), and no change, if the text is not understood. `is_step`: one of
 * many in a row (typing): all of them are one to be undone. */
gboolean hs_document_set_filter_text(HsDocument *self, const char *text, gboolean is_step, HsQueryError *error);
/* What comes next is not of the same steps any more. */
void hs_document_end_filter_steps(HsDocument *self);
gboolean hs_document_can_undo_filter(HsDocument *self);
gboolean hs_document_can_redo_filter(HsDocument *self);
void hs_document_undo_filter(HsDocument *self);
void hs_document_redo_filter(HsDocument *self);
/* What the wanted filter says of heaps and sources, for ticks. Borrowed; valid until the filter or the heaps change. */
const HsFilter *hs_document_get_filter(HsDocument *self);
/* Writes that into the wanted filter's text. */
void hs_document_set_filter(HsDocument *self, const HsFilter *filter);
/* What is wanted is not yet applied. */
gboolean hs_document_is_filtering(HsDocument *self);
/* Loading, or a filter job is under way. */
gboolean hs_document_is_busy(HsDocument *self);

/* Ticks of the whole trace as far as it is loaded. */
void hs_document_get_span(HsDocument *self, int64_t *t0, int64_t *t1);
/* Whether the visible range is that of the whole trace, however long it grows. */
gboolean hs_document_follows_span(HsDocument *self);
/* Visible range in ticks, never empty. While nothing was zoomed it follows the span as the trace loads. */
void hs_document_get_range(HsDocument *self, int64_t *t0, int64_t *t1);
/* Sets it (limited to the span); `remember` puts the old one on the history: true for a deliberate zoom, false for each
 * step of a drag or wheel (call hs_document_remember_range() before the first step). */
void hs_document_set_range(HsDocument *self, int64_t t0, int64_t t1, gboolean remember);
void hs_document_remember_range(HsDocument *self);
/* The same for a step by hand that is a jump (a notch of a wheel): the panes glide there, if they do at all. */
void hs_document_jump_range(HsDocument *self, int64_t t0, int64_t t1);
/* What the panes draw: the visible range, or on the way there something between it and what was visible before.
 * Everything else goes by the visible range. */
void hs_document_get_shown_range(HsDocument *self, int64_t *t0, int64_t *t1);
/* One step on that way; the visible range itself ends it. */
void hs_document_show_range(HsDocument *self, int64_t t0, int64_t t1);
gboolean hs_document_is_gliding(HsDocument *self);
/* `begin` is asked before a jump of the visible range whether the panes shall glide there; then it calls
 * hs_document_show_range() until they have arrived. NULL = they never do. */
void hs_document_set_glide(HsDocument *self, gboolean (*begin)(gpointer data), gpointer data);
void hs_document_zoom(HsDocument *self, double factor,
                      double anchor);                /* anchor 0…1 within the range; factor < 1 zooms in */
void hs_document_pan(HsDocument *self, double part); /* by a part of the range's width */
void hs_document_fit(HsDocument *self);
gboolean hs_document_can_go_back(HsDocument *self);
gboolean hs_document_can_go_forward(HsDocument *self);
void hs_document_go_back(HsDocument *self);
void hs_document_go_forward(HsDocument *self);

/* Selected range; false if none. */
gboolean hs_document_get_selection(HsDocument *self, int64_t *t0, int64_t *t1);
void hs_document_select(HsDocument *self, int64_t t0, int64_t t1); /* t1 <= t0 clears */
/* Time cursor, or INT64_MIN. */
int64_t hs_document_get_cursor(HsDocument *self);
void hs_document_set_cursor(HsDocument *self, int64_t ticks);
int64_t hs_document_get_hover(HsDocument *self);
void hs_document_set_hover(HsDocument *self, int64_t ticks);
/* The program's own check found sums and curve of a range to contradict each other: a mistake in it, which the health
 * tells from then on. */
void hs_document_report_contradiction(HsDocument *self);
gboolean hs_document_is_contradictory(HsDocument *self);
/* What the program's own checks of the loaded trace found; NULL while they run, and where they could not. Borrowed. */
const HsSelfCheck *hs_document_get_self_check(HsDocument *self);
/* Selection, cursor, hover, loaded edge and gaps for the painters. The gaps are the document's, constant between
 * loading-changed signals. */
HsMarks hs_document_get_marks(HsDocument *self);

/* The chosen row (UINT32_MAX = none) and the block it belongs to (HS_ID_NONE). Choosing a block chooses the row that
 * began it. */
HsRow hs_document_get_row(HsDocument *self);
HsBlockId hs_document_get_block(HsDocument *self);
void hs_document_choose_row(HsDocument *self, HsRow row);
void hs_document_choose_block(HsDocument *self, HsBlockId block);

HsMeasure hs_document_get_measure(HsDocument *self);
void hs_document_set_measure(HsDocument *self, HsMeasure measure);
HsGroup hs_document_get_group(HsDocument *self); /* chart layers follow it */
void hs_document_set_group(HsDocument *self, HsGroup group);
HsColorBy hs_document_get_color_by(HsDocument *self); /* the map's colours */
void hs_document_set_color_by(HsDocument *self, HsColorBy color_by);
/* How the size chart draws it. */
typedef struct {
  gboolean overlaid;  /* layers one over another, not one upon the other */
  gboolean log;       /* logarithmic value axis */
  gboolean fixed;     /* the value axis does not follow what is in view … */
  double fixed_max;   /* … but ends here; 0 = at the whole trace's largest */
  gboolean committed; /* committed and reserved memory beside what is outstanding */
} HsChartLook;
const HsChartLook *hs_document_get_chart_look(HsDocument *self); /* borrowed */
void hs_document_set_chart_look(HsDocument *self, const HsChartLook *look);
