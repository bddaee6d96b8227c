/* SPDX-License-Identifier: MIT */
/*
 * HsMarkerStore: where the markers of a trace are kept between sessions: a file of JSON in the user's data directory,
 * named by what the trace is (its start, its size and its first bytes), not by where it lies. Reading and writing is
 * done in workers; a file is written beside the old one and then put in its place. Main thread.
 */
#pragma once

#include <gio/gio.h>

#include "hs-marker-set.h"

typedef struct _HsMarkerStore HsMarkerStore;

/* What was found: the markers of before, or none; `problem` (or NULL) is what to tell of a file that is damaged: what
 * could be read of it is in the set, and the file itself is put aside with the next change. Main thread. */
typedef void (*HsMarkersLoaded)(gpointer owner, const HsMarkerSet *set, const char *problem);
/* The last change could not be written. */
typedef void (*HsMarkersFailed)(gpointer owner, const char *problem);

/* Begins to read. `start_filetime`: when the recording began. */
HsMarkerStore *hs_marker_store_new(const char *trace_path, uint64_t start_filetime, HsMarkersLoaded loaded,
                                   HsMarkersFailed failed, gpointer owner);
/* Writes what is not yet written, and calls nobody any more. */
void hs_marker_store_free(HsMarkerStore *store);
/* Keeps the markers (not the pins) as they are now: written soon. Not before they were loaded. */
void hs_marker_store_keep(HsMarkerStore *store, const HsMarkerSet *set);
/* Writes at once what is not yet written, or waits for it: for the end of the program. */
void hs_marker_store_flush(HsMarkerStore *store);
/* Something is being read or written. */
gboolean hs_marker_store_is_busy(HsMarkerStore *store);

/* The folder, and the text of a file; for tests. Free with g_free(). */
char *hs_marker_store_folder(void);
char *hs_marker_store_to_text(const HsMarkerSet *set, const char *trace_name);
/* Puts what can be read of a text into the set. False and `error` (G_IO_ERROR_INVALID_DATA) if something cannot. */
gboolean hs_marker_store_from_text(const char *text, gssize length, HsMarkerSet *set, GError **error);
