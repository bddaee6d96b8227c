/* SPDX-License-Identifier: MIT */
/*
 * HsPaneSamples: the samples that a pane which shows the whole trace draws of the document's series, made in a worker
 * and made anew when what they were made from has changed. The last ones stay until the exact ones are there. Main
 * thread.
 */
#pragma once

#include "hs-document.h"

typedef struct _HsPaneSamples HsPaneSamples;

/* What is wanted. A key of no columns wants nothing. */
typedef struct {
  HsMeasure measure;
  HsGroup group;
  int64_t t0, t1; /* ticks */
  int n_columns;
  int max_layers;
} HsSampleKey;

/* `arrived` is called with `owner` when new samples are there. `owner` is not kept alive. */
HsPaneSamples *hs_pane_samples_new(void (*arrived)(gpointer owner), gpointer owner);
void hs_pane_samples_free(HsPaneSamples *self);
/* Drops everything. */
void hs_pane_samples_clear(HsPaneSamples *self);
/* Sees to it that the samples will be those of `key`, from the document's series as they are now. Cheap if they are. */
void hs_pane_samples_want(HsPaneSamples *self, HsDocument *document, const HsSampleKey *key);
/* The samples at hand, or NULL, and the range they were made for. Borrowed until the main loop runs. */
const HsSamples *hs_pane_samples_get(const HsPaneSamples *self, int64_t *t0, int64_t *t1);
/* The same while the pane is on its way to another range: of these and those before them, what shows more of [v0, v1).
 */
const HsSamples *hs_pane_samples_get_for(const HsPaneSamples *self, int64_t v0, int64_t v1, int64_t *t0, int64_t *t1);
gboolean hs_pane_samples_is_busy(const HsPaneSamples *self);
