/* SPDX-License-Identifier: MIT */
/* One cell of the event table to screen readers: its text as name, its place, whether it is selected. */
#pragma once

#include "hs-event-body.h"

#define HS_TYPE_EVENT_CELL_ACCESSIBLE (hs_event_cell_accessible_get_type())
G_DECLARE_FINAL_TYPE(HsEventCellAccessible, hs_event_cell_accessible, HS, EVENT_CELL_ACCESSIBLE, AtkObject)

/* The cell at a position; it tells what stands there at the time of asking. */
AtkObject *hs_event_cell_accessible_new(HsEventBody *body, uint32_t position, HsEventColumn column);
