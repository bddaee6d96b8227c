/* SPDX-License-Identifier: MIT */
/*
 * HsPaneWheel: zooming and panning a pane by wheel, touchpad and pinch. Steps that follow each other closely are one
 * entry of the zoom history.
 */
#pragma once

#include "hs-time-pane.h"

typedef struct _HsPaneWheel HsPaneWheel;

/* Listens to the pane's events; `pane` is not kept alive: free it when the pane is disposed of. */
HsPaneWheel *hs_pane_wheel_new(HsTimePane *pane);
void hs_pane_wheel_free(HsPaneWheel *wheel);
