/* SPDX-License-Identifier: MIT */
/*
 * HsPartDialog: a trace does not fit into memory: what it would need, what there is, and which part of it shall be
 * loaded: one of its processes, a stretch of its time, or both. What does not fit either cannot be chosen. Response
 * GTK_RESPONSE_ACCEPT: load it. Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

#include "hs-document.h"

#define HS_TYPE_PART_DIALOG (hs_part_dialog_get_type())
G_DECLARE_FINAL_TYPE(HsPartDialog, hs_part_dialog, HS, PART_DIALOG, GtkDialog)

/* Of a document whose load failed for that (see hs_loader_need()); keeps a reference. */
GtkWidget *hs_part_dialog_new(GtkWindow *parent, HsDocument *document);
/* What is chosen. */
HsLoadChoice hs_part_dialog_get_choice(HsPartDialog *self);
/* Chooses: `process` is an index into the need's processes, or −1 for all; times in seconds. */
void hs_part_dialog_choose(HsPartDialog *self, int process, double begin_s, double end_s);
