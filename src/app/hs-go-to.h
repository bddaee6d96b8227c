/* SPDX-License-Identifier: MIT */
/* HsGoTo: a small dialog that asks for a place, a moment, a row or an address, and says how it understands it. */
#pragma once

#include <gtk/gtk.h>

#include "hs-place.h"

#define HS_TYPE_GO_TO (hs_go_to_get_type())
G_DECLARE_FINAL_TYPE(HsGoTo, hs_go_to, HS, GO_TO, GtkDialog)

/* "Who lived there?", of an address. */
#define HS_GO_TO_RESPONSE_WHO 1

/* Emits GtkDialog::response; with GTK_RESPONSE_ACCEPT there is a place. */
GtkWidget *hs_go_to_new(GtkWindow *parent);
/* What was asked for; false if the text is no place. */
bool hs_go_to_get_place(HsGoTo *self, HsPlace *place);
/* Why it led nowhere; the dialog stays. */
void hs_go_to_tell(HsGoTo *self, const char *text);
