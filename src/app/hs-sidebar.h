/* SPDX-License-Identifier: MIT */
/* HsSidebar: what there is to show and hide: processes with their heaps, and sources. */
#pragma once

#include <gtk/gtk.h>

#include "hs-histogram.h"

#define HS_TYPE_SIDEBAR (hs_sidebar_get_type())
G_DECLARE_FINAL_TYPE(HsSidebar, hs_sidebar, HS, SIDEBAR, GtkBox)

void hs_sidebar_set_document(HsSidebar *self, HsDocument *document); /* NULL = none */
/* What its histogram shows: sizes or lifetimes, allocations or bytes. */
void hs_sidebar_set_histogram_kind(HsSidebar *self, HsDistributionKind kind);
void hs_sidebar_set_histogram_measure(HsSidebar *self, HsHistogramMeasure measure);
/* What it shows is still to be brought up to date. */
gboolean hs_sidebar_is_busy(HsSidebar *self);
