/* SPDX-License-Identifier: MIT */
/*
 * Named damages done to a trace image.  Each is a function of the image, a position and a seed, so that a failing test
 * can be told in one line: name, position, seed.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;        /* "truncate", "buffer-size-71"; unique, fit for a file name */
  const char *description; /* one line for people */
  gboolean takes_position; /* `position` matters: byte offset for "truncate", else number of the buffer (0 = header) */
  gboolean takes_seed;     /* random, made from `seed` */
  gboolean not_a_trace;    /* what is left is no ETL file at all: must be refused */
} HsEtlDamage;

/* All damages, in a fixed order. `*n_damages` is set to their number. Static. */
const HsEtlDamage *hs_etl_damage_list(gsize *n_damages);

/* Does the damage `name` to a copy of `image`. A `position` past the last buffer (or past the end, for "truncate")
 * means the last one. Damages to buffers leave an image without such a buffer as it is. An unknown name is a
 * programmer's error. Never changes `image`; returns a new reference. */
GBytes *hs_etl_damage_apply(GBytes *image, const char *name, guint64 position, guint32 seed);

/* Byte offsets of all buffers of a good image, header buffer first: array of guint64. */
GArray *hs_etl_damage_buffer_offsets(GBytes *image);

G_END_DECLS
