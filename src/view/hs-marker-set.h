/* SPDX-License-Identifier: MIT */
/*
 * Marked moments of a trace: markers, which have names, and the two pins A and B. A plain value. One thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Longer names are cut; more markers are not taken. */
#define HS_MARKER_NAME_BYTES 200
#define HS_MAX_MARKERS 10000

typedef struct {
  int64_t ticks;
  char *name; /* UTF-8, one line, never empty */
} HsMarker;

#define HS_N_PINS 2 /* A, B: as HsSide */

typedef struct {
  GArray *markers;         /* of HsMarker, ascending; no two of one moment */
  int64_t pins[HS_N_PINS]; /* ticks; INT64_MIN = not set */
} HsMarkerSet;

HsMarkerSet *hs_marker_set_new(void);
void hs_marker_set_free(HsMarkerSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsMarkerSet, hs_marker_set_free)
HsMarkerSet *hs_marker_set_copy(const HsMarkerSet *set);
/* Neither markers nor pins; NULL is. */
bool hs_marker_set_is_empty(const HsMarkerSet *set);

static inline guint
hs_marker_set_n(const HsMarkerSet *set)
{
  return set->markers->len;
}
static inline const HsMarker *
hs_marker_set_get(const HsMarkerSet *set, guint index)
{
  return &g_array_index(set->markers, HsMarker, index);
}

/* The marker of that very moment, or −1. */
int hs_marker_set_find(const HsMarkerSet *set, int64_t ticks);
/* The first after a moment and the last before it, or −1. */
int hs_marker_set_next(const HsMarkerSet *set, int64_t ticks);
int hs_marker_set_previous(const HsMarkerSet *set, int64_t ticks);
/* Adds one, or renames the one that is there. `name` NULL or blank: the first free of "Marker 1", "Marker 2", …; blanks
 * at its ends and what is no text are taken out. False if there are too many already. */
bool hs_marker_set_put(HsMarkerSet *set, int64_t ticks, const char *name);
/* Moves one to another moment; what was there gives way. */
void hs_marker_set_move(HsMarkerSet *set, int64_t from_ticks, int64_t to_ticks);
/* False if there is none. */
bool hs_marker_set_remove(HsMarkerSet *set, int64_t ticks);
