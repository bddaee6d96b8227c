/* SPDX-License-Identifier: MIT */
/*
 * Traces that once made the reader or the loader go wrong, as fuzzing found them, cut down to what matters. They are
 * seeds of the fuzz targets, and each has a test.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;
  const char *description; /* one line for people */
  GBytes *(*make)(void);   /* a new trace */
} HsEtlFind;

/* All of them; `*n_finds` is set to their number. Static. */
const HsEtlFind *hs_etl_finds(gsize *n_finds);

G_END_DECLS
