/* SPDX-License-Identifier: MIT */
/*
 * HsHistogramView: the page with the large histogram and the buttons for what it shows; these are the window's actions
 * win.histogram, win.histogram-measure and win.histogram-scale. Main thread only.
 */
#pragma once

#include "hs-histogram.h"

#define HS_TYPE_HISTOGRAM_VIEW (hs_histogram_view_get_type())
G_DECLARE_FINAL_TYPE(HsHistogramView, hs_histogram_view, HS, HISTOGRAM_VIEW, GtkBox)

void hs_histogram_view_set_document(HsHistogramView *self, HsDocument *document); /* NULL = none */
HsHistogram *hs_histogram_view_get_histogram(HsHistogramView *self);              /* borrowed */
