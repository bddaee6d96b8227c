/* SPDX-License-Identifier: MIT */
/* A trace that does not fit into memory: a part of it is offered. */
#include "hs-part-dialog.h"
#include "hs-window-private.h"

static void
open_part(HsWindow *self, const HsLoadChoice *choice)
{
  /* Both belong to what goes away now. */
  HsLoader *loader = hs_document_get_loader(self->document);
  g_autofree char *path = g_strdup(hs_loader_path(loader));
  g_autofree char *member = g_strdup(hs_loader_member(loader));
  hs_window_open_part(self, path, member, choice);
}

static void
on_response(HsPartDialog *dialog, int response, HsWindow *self)
{
  HsLoadChoice choice = hs_part_dialog_get_choice(dialog);
  bool wanted = response == GTK_RESPONSE_ACCEPT && self->document != NULL &&
                hs_loader_need(hs_document_get_loader(self->document)) != NULL;
  gtk_widget_destroy(GTK_WIDGET(dialog));
  if (wanted)
    open_part(self, &choice);
}

void
hs_window_choose_part(HsWindow *self)
{
  if (hs_loader_need(hs_document_get_loader(self->document)) == NULL)
    return;
  GtkWidget *dialog = hs_part_dialog_new(GTK_WINDOW(self), self->document);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), self, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

/* The trace of the window again: (pid or −1, begin, end in ns; −1 = open). */
static void
activate_open_part(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  HsWindow *self = data;
  gint64 pid, begin_ns, end_ns;
  if (self->document == NULL)
    return;
  HsLoadChoice choice = *hs_loader_choice(hs_document_get_loader(self->document));
  g_variant_get(parameter, "(xxx)", &pid, &begin_ns, &end_ns);
  choice.one_process = pid >= 0 && pid <= UINT32_MAX;
  choice.pid = choice.one_process ? (uint32_t)pid : 0;
  choice.t0_ns = begin_ns >= 0 ? begin_ns : INT64_MIN;
  choice.t1_ns = end_ns >= 0 ? end_ns : INT64_MAX;
  open_part(self, &choice);
}

static const GActionEntry entries[] = {
    {"open-part", activate_open_part, "(xxx)", NULL, NULL},
};

void
hs_window_add_part_actions(HsWindow *self)
{
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}
