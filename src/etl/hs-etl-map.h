/* SPDX-License-Identifier: MIT */
/*
 * A file in memory that may be cut short, or vanish behind a network, while it is read. What is not there any more
 * reads as zeros, and is told of; the program is not stopped by a signal.
 */
#pragma once

#include <gio/gio.h>

typedef struct _HsEtlMap HsEtlMap;

/* Maps all of a regular file for reading; the descriptor may be closed afterwards. NULL and `error` if it cannot be
 * mapped. Handles SIGBUS from the first call on; a fault elsewhere goes to whoever handled it before. Any thread. */
HsEtlMap *hs_etl_map_new(int descriptor, guint64 size, GError **error);
HsEtlMap *hs_etl_map_ref(HsEtlMap *map);
void hs_etl_map_unref(HsEtlMap *map);
/* The whole file; keeps the map alive. */
GBytes *hs_etl_map_bytes(HsEtlMap *map);
/* Where what could not be read begins; G_MAXUINT64 if nothing was missed so far. Atomic. */
guint64 hs_etl_map_lost_offset(const HsEtlMap *map);
