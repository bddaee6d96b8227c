/* SPDX-License-Identifier: MIT */
/* HsMarkerPopover: the markers of a document as a list, to be named anew, gone to, and removed. Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "hs-document-places.h"

#define HS_TYPE_MARKER_POPOVER (hs_marker_popover_get_type())
G_DECLARE_FINAL_TYPE(HsMarkerPopover, hs_marker_popover, HS, MARKER_POPOVER, GtkPopover)

/* Pointing to a widget, or a part of it (NULL = all). Destroys itself once it is closed. Signal: go-to (int64), a
 * marker's moment. */
GtkWidget *hs_marker_popover_new(GtkWidget *relative_to, const GdkRectangle *area, HsDocument *document);
/* Opens it with the name of the marker at that moment ready to be written anew; INT64_MIN: with the first one. */
void hs_marker_popover_open(HsMarkerPopover *self, int64_t ticks);
