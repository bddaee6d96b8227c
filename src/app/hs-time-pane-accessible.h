/* SPDX-License-Identifier: MIT */
/*
 * What a time pane tells assistive technology: it is a chart, with a sentence on what it shows; its value is the time
 * cursor, in seconds since the trace began, which can be set, and in words with what is outstanding then. Main thread.
 */
#pragma once

#include "hs-time-pane.h"

GType hs_time_pane_accessible_get_type(void);

/* `text`: what the pane says of itself, or NULL. What it shows only a part of, or is selected, is added. */
void hs_time_pane_accessible_describe(HsTimePane *pane, const char *text);
/* The cursor has moved, or what is outstanding at it has changed. */
void hs_time_pane_accessible_value_changed(HsTimePane *pane);
