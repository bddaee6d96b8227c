/* SPDX-License-Identifier: MIT */
/*
 * The event table's context menu. What concerns the filter is an action of the window (win.only-heap and so on); what
 * concerns the row under the cursor is in the group "event": copy-address, zoom-block, other-event.
 */
#pragma once

#include "hs-event-body.h"

/* Adds the group "event" to the body. */
void hs_event_menu_install(HsEventBody *body);
/* Pops up for the cursor's row, at the pointer of `event`, or below the row if that is NULL. */
void hs_event_menu_popup(HsEventBody *body, const GdkEvent *event);
/* Brings the cursor's block, or the event where it has none, into the middle of the visible range. */
void hs_event_menu_centre(HsEventBody *body);
