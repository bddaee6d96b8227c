/* SPDX-License-Identifier: MIT */
/*
 * HsPaneInput: buttons and pointer on a pane: select, adjust, pan, rubber band, click, context menu, hover. The one
 * set of rules for all panes.
 */
#pragma once

#include "hs-time-pane.h"

typedef struct _HsPaneInput HsPaneInput;

/* Listens to the pane's events; `pane` is not kept alive: free it when the pane is disposed of. */
HsPaneInput *hs_pane_input_new(HsTimePane *pane);
void hs_pane_input_free(HsPaneInput *input);

/* Ends a drag and puts back what it changed. */
void hs_pane_input_cancel(HsPaneInput *input);
/* A button holds a drag that is more than a click. */
gboolean hs_pane_input_is_dragging(const HsPaneInput *input);
/* The rubber band, in widget coordinates; the whole height where there is no vertical axis. FALSE if there is none. */
gboolean hs_pane_input_get_band(const HsPaneInput *input, const HsViewport *viewport, cairo_rectangle_t *band);
