/* SPDX-License-Identifier: MIT */
/* Everything that can be asked of a loaded timeline, with what must hold of each answer. */
#pragma once

#include "hs-timeline.h"

/* Filters, ranges, pivots, series, distributions, sorted tables and instants of a complete timeline: of all of it, and
 * of what one of three filters and ranges leaves, which `which` chooses; `text` is the first of them, a filter or not.
 * A wrong answer is an assertion that fails. */
void ask_everything(HsTimeline *timeline, const char *text, guint which);
