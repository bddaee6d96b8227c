/* SPDX-License-Identifier: MIT */
/*
 * A progress bar on stderr, when that is a terminal. Main thread.
 */
#pragma once

#include "hs-loader.h"

typedef struct {
  bool enabled;
  int64_t next_us; /* monotonic time of the next drawing */
  unsigned length; /* columns of what stands there now */
} HsCliProgress;

void hs_cli_progress_init(HsCliProgress *progress);
/* Draws, unless it did so less than a tenth of a second ago. */
void hs_cli_progress_update(HsCliProgress *progress, HsLoader *loader);
/* The same of something else that takes its time: so much of it is done, and these are the figures on it. */
void hs_cli_progress_draw(HsCliProgress *progress, double part, const char *figures);
/* Whether it is time to draw again. */
bool hs_cli_progress_is_due(const HsCliProgress *progress);
/* Erases the bar. */
void hs_cli_progress_end(HsCliProgress *progress);
