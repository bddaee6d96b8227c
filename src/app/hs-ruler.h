/* SPDX-License-Identifier: MIT */
/* HsRuler: the time axis. */
#pragma once

#include "hs-time-pane.h"

#define HS_TYPE_RULER (hs_ruler_get_type())
G_DECLARE_FINAL_TYPE(HsRuler, hs_ruler, HS, RULER, HsTimePane)
