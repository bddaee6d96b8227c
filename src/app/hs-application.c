/* SPDX-License-Identifier: MIT */
#include "hs-application.h"

#include "hs-application-private.h"
#include "hs-config.h"
#include "hs-resources.h"
#include "hs-settings.h"
#include "hs-theme-marks.h"
#include "hs-window.h"

#include <stdio.h>

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#define EXIT_USAGE 2
/* A picture without a given size; it shall not depend on how the last window was left. */
#define PICTURE_WIDTH_PX 1280
#define PICTURE_HEIGHT_PX 820

G_DEFINE_FINAL_TYPE(HsApplication, hs_application, GTK_TYPE_APPLICATION)

static const GOptionEntry options[] = {
    {"screenshot", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Write a picture of the loaded trace to FILE and exit"),
     N_("FILE")},
    {"size", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Size of the window's content"), N_("WIDTHxHEIGHT")},
    {"dark", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Use the theme's dark style"), NULL},
    {"light", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Use the theme's light style"), NULL},
    {"new-instance", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start a program of its own"), NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[FILE…]")},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

int
hs_application_get_exit_status(HsApplication *self)
{
  return self->exit_status;
}

/* --- windows --- */

static HsWindow *
new_window(HsApplication *self)
{
  HsWindow *window = hs_window_new(GTK_APPLICATION(self));
  if (self->width > 0)
    hs_window_set_content_size(window, self->width, self->height);
  return window;
}

static HsWindow *
free_window(HsApplication *self)
{
  for (GList *l = gtk_application_get_windows(GTK_APPLICATION(self)); l != NULL; l = l->next) {
    if (HS_IS_WINDOW(l->data) && hs_window_is_free(l->data))
      return l->data;
  }
  return new_window(self);
}

/* --- a load that began before there was a window --- */

/* A document that goes does not wait for its load to stop. */
static void
drop_ahead(HsApplication *self)
{
  if (self->ahead != NULL)
    g_object_unref(hs_document_new_loading(g_steal_pointer(&self->ahead)));
  g_clear_pointer(&self->ahead_path, g_free);
}

static void
load_ahead(HsApplication *self)
{
  if (self->ahead_path == NULL)
    return;
  g_autoptr(GSettings) settings = hs_settings_new();
  HsLoadChoice choice = hs_settings_get_load_choice(settings);
  self->ahead = hs_loader_start_choice(self->ahead_path, NULL, &choice);
}

static void
open_in(HsApplication *self, HsWindow *window, const char *path)
{
  if (self->ahead != NULL && g_strcmp0(path, self->ahead_path) == 0)
    hs_window_open_loading(window, g_steal_pointer(&self->ahead));
  else
    hs_window_open(window, path);
  drop_ahead(self);
}

GtkWindow *
hs_application_open_path(HsApplication *self, const char *path)
{
  HsWindow *window = free_window(self);
  open_in(self, window, path);
  gtk_window_present(GTK_WINDOW(window));
  return GTK_WINDOW(window);
}

void
hs_application_open_file(HsApplication *self, GFile *file)
{
  g_autofree char *path = g_file_get_path(file);
  if (path != NULL) {
    hs_application_open_path(self, path);
    return;
  }
  /* Nothing to map: let the window say so. */
  g_autofree char *name = g_file_get_parse_name(file);
  hs_application_open_path(self, name);
}

/* --- one picture and out --- */

static void
on_picture_done(GObject *source, GAsyncResult *result, gpointer data)
{
  HsApplication *self = data;
  HsWindow *window = HS_WINDOW(source);
  g_autoptr(GError) error = NULL;
  HsDocument *document = hs_window_get_document(window);

  self->exit_status = EXIT_FAILURE;
  if (!hs_window_screenshot_finish(window, result, &error)) {
    g_printerr("heapscope: %s\n", error->message);
  } else if (document == NULL || hs_loader_outcome(hs_document_get_loader(document)) == HS_LOAD_FAILED) {
    const GError *reason = document != NULL ? hs_loader_error(hs_document_get_loader(document)) : NULL;
    g_printerr("heapscope: %s\n", reason != NULL ? reason->message : _("The file cannot be read."));
  } else {
    self->exit_status = EXIT_SUCCESS;
  }
  g_application_quit(G_APPLICATION(self));
}

static void
take_picture(HsApplication *self, const char *path, const char *trace)
{
  /* No fades: the picture is of the final state. */
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, "gtk-recent-files-enabled", FALSE, NULL);
  HsWindow *window = new_window(self);
  if (self->width <= 0)
    hs_window_set_content_size(window, PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX);
  open_in(self, window, trace);
  gtk_window_present(GTK_WINDOW(window));
  /* Counts if the window goes away before. */
  self->exit_status = EXIT_FAILURE;
  hs_window_screenshot_async(window, path, on_picture_done, self);
}

/* --- command line --- */

static gboolean
parse_size(const char *text, int *width, int *height)
{
  int end = 0;
  if (sscanf(text, "%5dx%5d%n", width, height, &end) != 2 || text[end] != '\0')
    return FALSE;
  return *width >= 200 && *width <= 16000 && *height >= 200 && *height <= 16000;
}

static int
usage_error(const char *message)
{
  g_printerr("heapscope: %s\n", message);
  g_printerr(_("Try “heapscope --help”.\n"));
  return EXIT_USAGE;
}

/* In the process that was started: what needs no window, and what is wrong. */
static int
hs_application_handle_local_options(GApplication *application, GVariantDict *dict)
{
  g_autoptr(GVariant) files = g_variant_dict_lookup_value(dict, G_OPTION_REMAINING, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  gboolean picture = g_variant_dict_contains(dict, "screenshot");
  const char *size;
  int width, height;

  if (g_variant_dict_contains(dict, "version")) {
    g_print("heapscope %s\n", HS_VERSION);
    return EXIT_SUCCESS;
  }
  if (g_variant_dict_lookup(dict, "size", "&s", &size) && !parse_size(size, &width, &height))
    return usage_error(_("--size wants WIDTHxHEIGHT, each from 200 to 16000"));
  if (g_variant_dict_contains(dict, "dark") && g_variant_dict_contains(dict, "light"))
    return usage_error(_("--dark and --light exclude each other"));
  if (picture && (files == NULL || g_variant_n_children(files) != 1))
    return usage_error(_("--screenshot wants one trace"));
  if (picture)
    hs_settings_ignore();
  if (files != NULL && g_variant_n_children(files) > 0) {
    const char *first;
    g_variant_get_child(files, 0, "^&ay", &first);
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(first);
    g_free(HS_APPLICATION(application)->ahead_path);
    HS_APPLICATION(application)->ahead_path = g_file_get_path(file);
  }
  if (picture || g_variant_dict_contains(dict, "new-instance"))
    g_application_set_flags(application, g_application_get_flags(application) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

static void
apply_options(HsApplication *self, GVariantDict *dict)
{
  const char *size;
  if (g_variant_dict_lookup(dict, "size", "&s", &size) && !parse_size(size, &self->width, &self->height))
    self->width = self->height = 0;
  if (g_variant_dict_contains(dict, "dark") || g_variant_dict_contains(dict, "light"))
    hs_application_set_dark(self, g_variant_dict_contains(dict, "dark"));
}

static int
hs_application_command_line(GApplication *application, GApplicationCommandLine *line)
{
  HsApplication *self = HS_APPLICATION(application);
  GVariantDict *dict = g_application_command_line_get_options_dict(line);
  g_autofree const char **files = NULL;
  const char *picture = NULL;

  apply_options(self, dict);
  g_variant_dict_lookup(dict, G_OPTION_REMAINING, "^a&ay", &files);
  if (g_variant_dict_lookup(dict, "screenshot", "^&ay", &picture)) {
    g_autoptr(GFile) trace = g_application_command_line_create_file_for_arg(line, files[0]);
    g_autoptr(GFile) target = g_application_command_line_create_file_for_arg(line, picture);
    g_autofree char *trace_path = g_file_get_path(trace);
    g_autofree char *target_path = g_file_get_path(target);
    take_picture(self, target_path != NULL ? target_path : picture, trace_path != NULL ? trace_path : files[0]);
    return EXIT_SUCCESS;
  }
  if (files == NULL || files[0] == NULL) {
    g_application_activate(application);
    return EXIT_SUCCESS;
  }
  for (gsize i = 0; files[i] != NULL; i++) {
    g_autoptr(GFile) file = g_application_command_line_create_file_for_arg(line, files[i]);
    hs_application_open_file(self, file);
  }
  return EXIT_SUCCESS;
}

static void
hs_application_open(GApplication *application, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    hs_application_open_file(HS_APPLICATION(application), files[i]);
}

static void
hs_application_activate(GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));
  if (window == NULL)
    window = GTK_WINDOW(new_window(HS_APPLICATION(application)));
  gtk_window_present(window);
}

static void
load_css(void)
{
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();
  gtk_css_provider_load_from_resource(provider, "/org/heapscope/Heapscope/heapscope.css");
  gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(provider),
                                            GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  hs_theme_marks_init(gdk_screen_get_default());
}

static void
hs_application_startup(GApplication *application)
{
  /* Named here, so that the linker keeps the resources of a static library; the base class looks into them. */
  g_resources_register(hs_get_resource());
  hs_loader_step_aside();
  load_ahead(HS_APPLICATION(application));
  G_APPLICATION_CLASS(hs_application_parent_class)->startup(application);
  gtk_window_set_default_icon_name(HS_APP_ID);
  load_css();
  hs_application_add_actions(HS_APPLICATION(application));
}

static void
hs_application_finalize(GObject *object)
{
  drop_ahead(HS_APPLICATION(object));
  G_OBJECT_CLASS(hs_application_parent_class)->finalize(object);
}

static void
hs_application_class_init(HsApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS(klass);

  G_OBJECT_CLASS(klass)->finalize = hs_application_finalize;
  application_class->handle_local_options = hs_application_handle_local_options;
  application_class->command_line = hs_application_command_line;
  application_class->open = hs_application_open;
  application_class->activate = hs_application_activate;
  application_class->startup = hs_application_startup;
}

static void
hs_application_init(HsApplication *self)
{
  g_application_add_main_option_entries(G_APPLICATION(self), options);
  g_application_set_option_context_parameter_string(G_APPLICATION(self), NULL);
  g_application_set_option_context_summary(G_APPLICATION(self), _("Looks at Windows heap traces."));
}

HsApplication *
hs_application_new(GApplicationFlags flags)
{
  return g_object_new(HS_TYPE_APPLICATION, "application-id", HS_APP_ID, "flags",
                      flags | G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE, NULL);
}
