/* SPDX-License-Identifier: MIT */
/*
 * HsHistogram: how the blocks of a document are spread over sizes or lifetimes; what is selected and passes the filter
 * solid, the whole pale behind it. A bar is a filter: a click shows its class alone, Ctrl+click takes it in or out,
 * Shift+click takes in all from the one before; the same by keyboard and menu. Small, for the sidebar, or with axes,
 * title and legend. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"
#include "hs-paint-histogram.h"

#define HS_TYPE_HISTOGRAM (hs_histogram_get_type())
G_DECLARE_FINAL_TYPE(HsHistogram, hs_histogram, HS, HISTOGRAM, GtkDrawingArea)

void hs_histogram_set_document(HsHistogram *self, HsDocument *document); /* NULL = none */
/* What it shows. */
void hs_histogram_set_kind(HsHistogram *self, HsDistributionKind kind);
void hs_histogram_set_measure(HsHistogram *self, HsHistogramMeasure measure);
void hs_histogram_set_scale(HsHistogram *self, HsHistogramScale scale);
HsDistributionKind hs_histogram_get_kind(HsHistogram *self);
HsHistogramMeasure hs_histogram_get_measure(HsHistogram *self);
HsHistogramScale hs_histogram_get_scale(HsHistogram *self);
/* What it shows now, or NULL. Borrowed until the main loop runs. */
const HsDistribution *hs_histogram_get_distribution(HsHistogram *self);
/* Where a class's bar stands, for tests; FALSE if nowhere. */
gboolean hs_histogram_get_bar(HsHistogram *self, uint32_t class, double *x, double *y);
/* TRUE while a worker runs or is wanted. */
gboolean hs_histogram_is_busy(HsHistogram *self);
