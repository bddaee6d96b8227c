/* SPDX-License-Identifier: MIT */
/* An archive of several traces: which one is meant. */
#include "hs-archive.h"
#include "hs-member-dialog.h"
#include "hs-window-private.h"

static void
open_member(HsWindow *self, const char *member)
{
  /* Both belong to what goes away now. */
  g_autofree char *path = g_strdup(hs_document_get_path(self->document));
  g_autofree char *name = g_strdup(member);
  hs_window_open_member(self, path, name);
}

static void
on_response(HsMemberDialog *dialog, int response, HsWindow *self)
{
  const char *member = hs_member_dialog_get_member(dialog);
  if (response == GTK_RESPONSE_ACCEPT && member != NULL && self->document != NULL &&
      hs_loader_members(hs_document_get_loader(self->document)) != NULL)
    open_member(self, member);
  gtk_widget_destroy(GTK_WIDGET(dialog));
}

void
hs_window_choose_member(HsWindow *self)
{
  const GPtrArray *members = hs_loader_members(hs_document_get_loader(self->document));
  if (members == NULL)
    return;
  g_autofree char *archive = g_filename_display_basename(hs_document_get_path(self->document));
  GtkWidget *dialog = hs_member_dialog_new(GTK_WINDOW(self), archive, members);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), self, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void
activate_open_member(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsWindow *self = data;
  if (self->document != NULL)
    open_member(self, g_variant_get_string(parameter, NULL));
}

static const GActionEntry entries[] = {
    {"open-member", activate_open_member, "s", NULL, NULL},
};

void
hs_window_add_member_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}
