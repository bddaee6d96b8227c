/* SPDX-License-Identifier: MIT */
/* The inside of HsDocument, shared by hs-document*.c only. */
#pragma once

#include "hs-document.h"
#include "hs-marker-store.h"
#include "hs-pane-job.h"

typedef struct {
  int64_t t0, t1;
  gboolean follows; /* the whole trace, however long it grows */
} HsRange;

typedef struct _HsFilterJob HsFilterJob;

enum {
  HS_DOCUMENT_RANGE_CHANGED,
  HS_DOCUMENT_SELECTION_CHANGED,
  HS_DOCUMENT_FILTER_CHANGED,
  HS_DOCUMENT_DATA_CHANGED,
  HS_DOCUMENT_CHOICE_CHANGED,
  HS_DOCUMENT_HOVER_CHANGED,
  HS_DOCUMENT_DISPLAY_CHANGED,
  HS_DOCUMENT_LOADING_CHANGED,
  HS_DOCUMENT_PLACES_CHANGED,
  HS_DOCUMENT_SHOWN_CHANGED,
  HS_DOCUMENT_N_SIGNALS
};

/* See hs-document-places.h. */
typedef struct {
  HsMarkerSet *set;
  HsMarkerStore *store; /* once it is known what trace it is, else NULL */
  gboolean is_loaded;   /* what was kept has been read */
  gboolean is_changed;  /* … and there was a change before */
  gboolean has_address;
  uint32_t pid;
  uint64_t address;
} HsPlaces;

struct _HsDocument {
  GObject parent_instance;

  char *path;
  HsLoader *loader;
  HsTimeline *timeline;
  guint n_looks; /* looks at the loader; every so many take in what there is */
  guint timer;
  gboolean loading; /* the main thread has not yet taken in the end of the load */
  gboolean closed;

  HsGapSet *gaps; /* those taken in so far, or NULL */
  HsRowSet *row_set, *block_set;
  HsSeriesSet *series;
  HsQuery *applied, *wanted; /* NULL = everything */
  HsTimeRange applied_range; /* that types were relative to */
  guint serial;              /* of what is applied */
  gboolean is_final;         /* what is applied was found in the complete trace */
  gboolean in_steps;         /* the filter wanted is one of several steps */
  GPtrArray *undo, *redo;    /* of texts */
  HsFilter *ticks;           /* made of `wanted` for so many heaps and processes, or NULL */
  uint32_t ticks_heaps, ticks_processes;
  gboolean ticks_complete; /* … when all names were known */
  HsFilterJob *job;        /* the one whose result counts, or NULL */
  gint64 last_job_end_us;  /* monotonic */
  gint64 last_job_cost_us; /* how long the last one took */

  HsRange range;
  int64_t shown0, shown1;           /* what the panes show of it on the way there; the range itself otherwise */
  gboolean is_gliding;              /* … and whether they are on the way */
  gboolean (*glide)(gpointer data); /* see hs_document_set_glide(); may be NULL */
  gpointer glide_data;
  GArray *back, *forward; /* of HsRange */
  int64_t sel0, sel1;
  int64_t cursor, hover;
  HsRow row;
  HsBlockId block;
  HsMeasure measure;
  HsGroup group;
  HsColorBy color_by;
  HsChartLook chart_look;
  gboolean is_contradictory;
  HsPaneJob *check_job; /* or NULL */
  HsSelfCheck *self_check;
  HsPlaces places;
};

void hs_document_emit(HsDocument *self, guint signal);
/* The signal "told". */
void hs_document_emit_told(HsDocument *self, const char *text);

void hs_document_init_places(HsDocument *self);
void hs_document_clear_places(HsDocument *self);
/* Once the trace is known, what is kept of it is read. */
void hs_document_open_places(HsDocument *self);

/* Main thread: takes in the rows loaded by now; starts, restarts or drops a filter job as needed. */
void hs_document_update_data(HsDocument *self);
/* Cancels the job under way; its result will be dropped. */
void hs_document_drop_job(HsDocument *self);

/* Has what was loaded checked by the program itself, in a worker, once no picture is being made. */
void hs_document_start_check(HsDocument *self);
/* Cancels them. */
void hs_document_drop_check(HsDocument *self);

void hs_document_init_filter(HsDocument *self);
void hs_document_clear_filter(HsDocument *self);

void hs_document_init_range(HsDocument *self);
void hs_document_clear_range(HsDocument *self);
/* The span has grown: a range that follows it grows too. */
void hs_document_follow_span(HsDocument *self);
