/* SPDX-License-Identifier: MIT */
#pragma once

#include "hs-event-text.h"

/* The last column: what an operation tells beyond the others. Writes to buffer and returns it, or "". */
const char *hs_event_details_text(const HsTimeline *timeline, const HsEvent *event, char *buffer, size_t size);
