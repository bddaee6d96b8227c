/* SPDX-License-Identifier: MIT */
/*
 * HsGlide: lets what the panes show move to a document's new visible range in place of jumping there: for at most
 * 150 ms, by the frame clock, eased, each moment on its way along a straight line. The document's range itself is the
 * new one from the beginning; only its shown range moves. A further change on the way sets out from where the panes
 * are. Nothing moves while the desktop's or the program's animations are turned off. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

typedef struct _HsGlide HsGlide;

/* `window` lends its frame clock, and the state of its app.animations; it must outlive the glide. */
HsGlide *hs_glide_new(GtkWindow *window);
void hs_glide_free(HsGlide *glide);
/* NULL = none. */
void hs_glide_set_document(HsGlide *glide, HsDocument *document);

/* Where the panes are between two ranges, at part 0 … 1 of the way: widths grow or shrink by equal factors in equal
 * parts, and the moment that both ranges have at the same place stays there. */
void hs_glide_between(const int64_t from[2], const int64_t to[2], double part, int64_t *t0, int64_t *t1);

/* For movements of a widget's own: whether the desktop and the program want any; when one that is first drawn in the
 * frame under way began; and how much of the way is done so long after that, eased, 1 = all. */
gboolean hs_glide_is_wanted(GtkWidget *widget);
gint64 hs_glide_start_us(GdkFrameClock *clock);
double hs_glide_part(gint64 elapsed_us);
