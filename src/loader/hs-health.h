/* SPDX-License-Identifier: MIT */
/*
 * Trace health: what was lost, damaged or never recorded, and what that means for the numbers. Findings are made anew
 * from the loader each time, also while it runs; each belongs to whoever asked.
 */
#pragma once

#include "hs-loader.h"
#include "hs-self-check.h"

typedef enum {
  HS_HEALTH_GOOD,    /* as it should be */
  HS_HEALTH_NOTE,    /* usual, but worth knowing when reading figures */
  HS_HEALTH_WARNING, /* some figures are off */
  HS_HEALTH_BAD      /* data is missing, from any figure */
} HsHealthGravity;

/* Where a finding was met: in the file, or in time. */
typedef struct {
  bool has_offset;
  uint64_t offset; /* in the file */
  char *text;      /* what was expected and found there; or the stretch of time and the CPU */
} HsHealthPlace;

typedef struct {
  const char *id; /* "events-lost", "bad-records" …, for files and style classes; static */
  HsHealthGravity gravity;
  bool has_count; /* else it is a thing that is so or not */
  uint64_t count;
  bool has_offset; /* of the first place */
  uint64_t offset;
  char *title;       /* "Events lost" */
  char *brief;       /* the title within a sentence: "events lost" */
  char *meaning;     /* one sentence: what it means for the numbers */
  GPtrArray *places; /* of HsHealthPlace, the first ones, in the order in which they were met; may be empty */
  uint64_t n_more;   /* places there are beyond those */
} HsHealthItem;

/* All findings, gravest first, those that found nothing last. Free with g_ptr_array_unref(). Any thread, while the
 * loader runs or after. */
GPtrArray *hs_health_list(HsLoader *loader);

/* Adds what a check of the program itself found to be wrong, behind the findings as grave. `id` is static. */
void hs_health_add_check(GPtrArray *list, const char *id, const char *title, const char *meaning);
/* Adds every check that failed; their ids are their names. NULL adds nothing. */
void hs_health_add_self_check(GPtrArray *list, const HsSelfCheck *check);

/* The gravest of all; HS_HEALTH_GOOD of an empty list. */
HsHealthGravity hs_health_gravity(const GPtrArray *list);
/* True if nothing was lost or damaged: nothing is a warning or worse, but that there may be no heap events. */
bool hs_health_is_whole(const GPtrArray *list);
/* One line on all: "This trace is whole: …", "Numbers may be off: events lost (17), bad records (3)". `running`: there
 * is more to come. Free with g_free(). */
char *hs_health_headline(const GPtrArray *list, bool running);
/* "Events lost: 17. Windows dropped these …" Free with g_free(). */
char *hs_health_sentence(const HsHealthItem *item);
/* What a person should be told unasked, a sentence a line: what is not whole. NULL if it is. Free with g_free(). */
char *hs_health_notice(const GPtrArray *list);
/* True if both say the same. */
bool hs_health_equal(const GPtrArray *a, const GPtrArray *b);

/* Figures that findings are made from. Any thread. */
typedef struct {
  uint32_t heaps, heaps_without_create;
  uint32_t processes_traced; /* with heap events */
  uint32_t processes_known;
} HsHealthFigures;
void hs_health_figures(const HsTimeline *timeline, HsHealthFigures *figures);
