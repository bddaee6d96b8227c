/* SPDX-License-Identifier: MIT */
/*
 * Places in a document: markers and pins on its time line, and the address whose biography is asked for. Part of
 * HsDocument, by the same rules; its signal places-changed tells of all of them. Markers are kept in the user's data
 * directory (see hs-marker-store.h); the signal "told" (string) says what went wrong with that.
 */
#pragma once

#include "hs-document.h"

/* Markers and pins. Borrowed; changes with places-changed. */
const HsMarkerSet *hs_document_get_markers(HsDocument *self);
/* Adds a marker at a moment (clamped to the span), or renames the one there; see hs_marker_set_put(). FALSE if there
 * are too many. */
gboolean hs_document_put_marker(HsDocument *self, int64_t ticks, const char *name);
void hs_document_remove_marker(HsDocument *self, int64_t ticks);
void hs_document_move_marker(HsDocument *self, int64_t from_ticks, int64_t to_ticks);
/* What a drag has moved is to be kept. */
void hs_document_keep_markers(HsDocument *self);
/* Sets a pin (0 = A, 1 = B; clamped to the span), or takes it away (INT64_MIN). */
void hs_document_set_pin(HsDocument *self, int pin, int64_t ticks);
int64_t hs_document_get_pin(HsDocument *self, int pin);

/* The address whose biography is asked for; FALSE if none is. */
gboolean hs_document_get_dwelling(HsDocument *self, uint32_t *pid, uint64_t *address);
void hs_document_set_dwelling(HsDocument *self, uint32_t pid, uint64_t address);
void hs_document_clear_dwelling(HsDocument *self);

/* Markers are being read or written. */
gboolean hs_document_is_keeping(HsDocument *self);
/* Writes what is not yet written: for the end of the program. */
void hs_document_flush_markers(HsDocument *self);
