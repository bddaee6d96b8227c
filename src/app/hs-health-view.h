/* SPDX-License-Identifier: MIT */
/*
 * HsHealthView: a document's trace health: one line on the whole, and the findings, gravest first. Follows the document
 * while it loads. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_HEALTH_VIEW (hs_health_view_get_type())
G_DECLARE_FINAL_TYPE(HsHealthView, hs_health_view, HS, HEALTH_VIEW, GtkBox)

void hs_health_view_set_document(HsHealthView *self, HsDocument *document); /* NULL = none */
