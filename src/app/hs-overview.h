/* SPDX-License-Identifier: MIT */
/* HsOverview: the whole trace in a strip, with a draggable window on the visible range. */
#pragma once

#include "hs-time-pane.h"

#define HS_TYPE_OVERVIEW (hs_overview_get_type())
G_DECLARE_FINAL_TYPE(HsOverview, hs_overview, HS, OVERVIEW, HsTimePane)
