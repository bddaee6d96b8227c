/* SPDX-License-Identifier: MIT */
/* Actions that concern no single window, and the keys of all actions. */
#include "hs-application-private.h"
#include "hs-config.h"
#include "hs-document-places.h"
#include "hs-settings.h"
#include "hs-window.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static void
on_files_chosen(GtkNativeDialog *dialog, int response, gpointer data)
{
  GSList *files = NULL;
  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));
  for (GSList *l = files; l != NULL; l = l->next)
    hs_application_open_file(data, l->data);
  g_slist_free_full(files, g_object_unref);
  g_object_unref(dialog);
  g_application_release(data);
}

static void
add_filter(GtkFileChooser *chooser, const char *name, const char *const *patterns)
{
  GtkFileFilter *filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, name);
  for (; *patterns != NULL; patterns++)
    gtk_file_filter_add_pattern(filter, *patterns);
  gtk_file_chooser_add_filter(chooser, filter);
}

static void
activate_open(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *parent = gtk_application_get_active_window(data);
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new(_("Open traces"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER(dialog);

  gtk_file_chooser_set_select_multiple(chooser, TRUE);
  add_filter(chooser, _("Event trace logs (*.etl)"), (const char *const[]){"*.etl", "*.ETL", NULL});
  add_filter(chooser, _("Archives of traces"),
             (const char *const[]){"*.zip", "*.ZIP", "*.7z", "*.7Z", "*.cab", "*.CAB", "*.diagsession", NULL});
  add_filter(chooser, _("All files"), (const char *const[]){"*", NULL});
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  g_application_hold(data);
  g_signal_connect(dialog, "response", G_CALLBACK(on_files_chosen), data);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void
activate_open_uri(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *uri = g_variant_get_string(parameter, NULL);
  g_autofree char *path = g_filename_from_uri(uri, NULL, NULL);
  /* Of any other scheme there is nothing to map: let the window say so. */
  hs_application_open_path(data, path != NULL ? path : uri);
}

static void
activate_open_sample(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *path = g_getenv("HEAPSCOPE_SAMPLE");
  hs_application_open_path(data, path != NULL && *path != '\0' ? path : HS_PKGDATADIR "/sample.etl");
}

static void
activate_quit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  for (GList *l = gtk_application_get_windows(data); l != NULL; l = l->next) {
    if (!HS_IS_WINDOW(l->data))
      continue;
    hs_window_remember_size(l->data);
    if (hs_window_get_document(l->data) != NULL)
      hs_document_flush_markers(hs_window_get_document(l->data));
  }
  g_application_quit(data);
}

/* GTK shows the link. The program that it starts shall not do without OpenGL because this one does: see main(). */
static gboolean
on_about_link(GtkAboutDialog *dialog, const char *uri, gpointer data)
{
  g_unsetenv("GDK_GL");
  return FALSE;
}

static void
activate_about(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWidget *dialog = gtk_about_dialog_new();
  g_object_set(dialog, "program-name", "Heapscope", "version", HS_VERSION, "comments", _("Look at Windows heap traces"),
               "logo-icon-name", HS_APP_ID, "license-type", GTK_LICENSE_MIT_X11, "copyright",
               _("The Heapscope authors"), "transient-for", gtk_application_get_active_window(data), "modal", TRUE,
               "destroy-with-parent", TRUE, NULL);
  g_signal_connect(dialog, "activate-link", G_CALLBACK(on_about_link), NULL);
  g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void
activate_help(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource("/org/heapscope/Heapscope/hs-help.ui");
  GtkWindow *dialog = GTK_WINDOW(gtk_builder_get_object(builder, "help_dialog"));
  gtk_window_set_transient_for(dialog, gtk_application_get_active_window(data));
  g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
  gtk_window_present(dialog);
}

/* Made when it is asked for: GTK's own overlay is made with every window, takes long, and outlives it. */
static void
activate_shortcuts(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *parent = gtk_application_get_active_window(data);
  if (parent == NULL)
    return;
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource("/org/heapscope/Heapscope/hs-shortcuts.ui");
  GtkWindow *overview = GTK_WINDOW(gtk_builder_get_object(builder, "shortcuts"));
  gtk_window_set_transient_for(overview, parent);
  gtk_window_set_modal(overview, TRUE);
  gtk_window_present(overview);
}

void
hs_application_set_dark(HsApplication *self, gboolean dark)
{
  g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", dark, NULL);
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), "dark");
  g_simple_action_set_state(G_SIMPLE_ACTION(action), g_variant_new_boolean(dark));
}

static void
change_dark(GSimpleAction *action, GVariant *value, gpointer data)
{
  g_autoptr(GSettings) settings = hs_settings_new();
  hs_application_set_dark(data, g_variant_get_boolean(value));
  if (settings != NULL)
    g_settings_set_boolean(settings, "dark", g_variant_get_boolean(value));
}

static void
change_animations(GSimpleAction *action, GVariant *value, gpointer data)
{
  g_autoptr(GSettings) settings = hs_settings_new();
  g_simple_action_set_state(action, value);
  if (settings != NULL)
    g_settings_set_boolean(settings, "animations", g_variant_get_boolean(value));
}

static const GActionEntry entries[] = {
    {"open", activate_open, NULL, NULL, NULL},
    {"open-uri", activate_open_uri, "s", NULL, NULL},
    {"open-sample", activate_open_sample, NULL, NULL, NULL},
    {"quit", activate_quit, NULL, NULL, NULL},
    {"about", activate_about, NULL, NULL, NULL},
    {"help", activate_help, NULL, NULL, NULL},
    {"shortcuts", activate_shortcuts, NULL, NULL, NULL},
    {"dark", NULL, NULL, "false", change_dark},
    {"animations", NULL, NULL, "true", change_animations},
};

static const struct {
  const char *action;
  const char *keys[6];
} accels[] = {
    {"app.open", {"<Primary>o"}},
    {"app.quit", {"<Primary>q"}},
    {"app.help", {"F1"}},
    {"app.shortcuts", {"<Primary>question", "<Primary>slash"}},
    {"win.close", {"<Primary>w"}},
    {"win.main-menu", {"F10"}},
    {"win.zoom-in", {"plus", "equal", "KP_Add", "w", "Up"}},
    {"win.zoom-out", {"minus", "KP_Subtract", "s", "Down"}},
    {"win.pan-left", {"a", "Left"}},
    {"win.pan-right", {"d", "Right"}},
    {"win.cursor-left", {"<Shift>Left"}},
    {"win.cursor-right", {"<Shift>Right"}},
    {"win.zoom-fit", {"Home", "<Primary>0"}},
    {"win.zoom-selection", {"<Primary>period", "z"}},
    {"win.zoom-back", {"BackSpace", "<Alt>Left"}},
    {"win.zoom-forward", {"<Alt>Right"}},
    {"win.peak", {"p"}},
    {"win.next-measure", {"n"}},
    {"win.previous-measure", {"<Shift>n"}},
    {"win.next-group", {"b"}},
    {"win.chart-toggle-style", {"o"}},
    {"win.chart-log", {"l"}},
    {"win.center-block", {"f"}},
    {"win.color-next", {"c"}},
    {"win.next-event", {"period"}},
    {"win.previous-event", {"comma"}},
    {"win.select-all", {"<Primary>a"}},
    {"win.copy", {"<Primary>c"}},
    {"win.copy-picture", {"<Primary><Shift>c"}},
    {"win.save-picture", {"<Primary>s"}},
    {"win.escape", {"Escape"}},
    {"win.focus-filter", {"<Primary>f", "slash"}},
    {"win.find", {"<Primary><Shift>f"}},
    {"win.find-next", {"F3"}},
    {"win.find-previous", {"<Shift>F3"}},
    {"win.go-to", {"<Primary>g"}},
    {"win.map-mode::time", {"t"}},
    {"win.map-mode::instant", {"i"}},
    {"win.play", {"<Primary>space"}},
    {"win.step-forward", {"<Primary>Right"}},
    {"win.step-back", {"<Primary>Left"}},
    {"win.tab::events", {"<Alt>1"}},
    {"win.tab::allocations", {"<Alt>2"}},
    {"win.tab::heaps", {"<Alt>3"}},
    {"win.tab::summary", {"<Alt>4"}},
    {"win.tab::histogram", {"<Alt>5"}},
    {"win.tab::health", {"<Alt>6"}},
    {"win.marker", {"m"}},
    {"win.markers", {"<Shift>m"}},
    {"win.next-marker", {"bracketright"}},
    {"win.previous-marker", {"bracketleft"}},
    {"win.pin-a", {"<Shift>a"}},
    {"win.pin-b", {"<Shift>b"}},
    {"win.clear-pins", {"<Shift>x"}},
    {"win.biography", {"<Shift>h"}},
    {"win.filter-undo", {"<Primary>z"}},
    {"win.filter-redo", {"<Primary><Shift>z", "<Primary>y"}},
};

void
hs_application_add_actions(HsApplication *self)
{
  g_autoptr(GSettings) settings = hs_settings_new();

  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS(accels); i++)
    gtk_application_set_accels_for_action(GTK_APPLICATION(self), accels[i].action, accels[i].keys);
  /* Unless told otherwise, the theme decides. */
  if (settings != NULL && g_settings_get_boolean(settings, "dark"))
    hs_application_set_dark(self, TRUE);
  if (settings != NULL && !g_settings_get_boolean(settings, "animations"))
    g_action_group_change_action_state(G_ACTION_GROUP(self), "animations", g_variant_new_boolean(FALSE));
}
