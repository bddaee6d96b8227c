/* SPDX-License-Identifier: MIT */
/*
 * HsHistogram: the sizes of the blocks begun in the selected range, or in the whole trace, that pass the filter. A bar
 * is a filter: a click or Enter asks for its sizes alone, a click with Ctrl leaves them out.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_HISTOGRAM (hs_histogram_get_type())
G_DECLARE_FINAL_TYPE(HsHistogram, hs_histogram, HS, HISTOGRAM, GtkDrawingArea)

void hs_histogram_set_document(HsHistogram *self, HsDocument *document); /* NULL = none */
gboolean hs_histogram_is_busy(HsHistogram *self);
