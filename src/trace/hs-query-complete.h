/* SPDX-License-Identifier: MIT */
/*
 * What can stand at a place in a filter that is being written: fields, comparisons, values, joints. Values that the
 * language has no list of come from a timeline: heap handles, process names, pids and tids.
 */
#pragma once

#include "hs-query.h"
#include "hs-timeline.h"

#define HS_COMPLETIONS_MAX 200
/* So many processes, heaps and threads of a timeline are looked at, the first ones: it must not keep a typist waiting.
 */
#define HS_COMPLETIONS_MAX_ENTITIES 4096

typedef struct {
  char *text;       /* to be put in place of the bytes [start_bytes, end_bytes); valid UTF-8; owned */
  char *detail;     /* for people, translated: what a field means, whose a heap is; or NULL; owned */
  bool wants_space; /* something has to follow, after a space */
} HsCompletion;

typedef struct {
  uint32_t start_bytes, end_bytes; /* around the cursor, or both at it */
  GPtrArray *items;                /* of HsCompletion; may be empty */
} HsCompletions;

/* Completions of what stands before the cursor, at most HS_COMPLETIONS_MAX. What has begun to be written there must
 * begin them, in any case of letters; names of processes may also have it inside. Names come in the order of the
 * language, heaps by pid and handle, pids and tids ascending, names of processes by the alphabet, what begins so and
 * what has heaps first. Nothing is offered if it is there already and there is nothing else to offer.
 *
 * Any text may be given, also one that is not UTF-8, and one with errors: what comes after an "and" or "or" does not
 * hang on what was before. A cursor inside a letter or beyond the end is moved back. `timeline` may be NULL, or still
 * be loading. Free with hs_completions_free(). Any thread. */
HsCompletions *hs_query_complete(const char *text, uint32_t cursor_bytes, HsTimeline *timeline);
void hs_completions_free(HsCompletions *completions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsCompletions, hs_completions_free)
