/* SPDX-License-Identifier: MIT */
/* HsMemberDialog: which of the traces in an archive is to be opened. Responds with GTK_RESPONSE_ACCEPT once one is
 * chosen. */
#pragma once

#include <gtk/gtk.h>

#define HS_TYPE_MEMBER_DIALOG (hs_member_dialog_get_type())
G_DECLARE_FINAL_TYPE(HsMemberDialog, hs_member_dialog, HS, MEMBER_DIALOG, GtkDialog)

/* `members` is of HsArchiveMember and needed only for this call; `archive` is what the archive is called. */
GtkWidget *hs_member_dialog_new(GtkWindow *parent, const char *archive, const GPtrArray *members);
/* The name of the one chosen, or NULL. Borrowed. */
const char *hs_member_dialog_get_member(HsMemberDialog *self);
