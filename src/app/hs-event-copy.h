/* SPDX-License-Identifier: MIT */
/* Events as tab-separated text, for the clipboard. */
#pragma once

#include "hs-event-model.h"

/* A header line and a line for each selected row, in the table's order: cells as shown, but times in seconds with nine
 * decimals and sizes in plain bytes. At most `limit` rows. Free with g_free(); NULL if nothing is selected. */
char *hs_event_copy_text(const HsEventModel *model, const HsEventSelection *selection, guint limit);
