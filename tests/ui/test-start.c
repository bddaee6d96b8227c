/* SPDX-License-Identifier: MIT */
/* The program's start with traces on its command line: the first is loaded while the toolkit still starts. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hs-application-private.h"
#include "hs-ui-support.h"

/* Of 322,582 rows. */
static const char *sample;

#define WAIT_US (60 * G_USEC_PER_SEC)

typedef struct {
  HsLoader *ahead;        /* as the toolkit has started; compared only */
  const char *first_path; /* what the first window shall show */
  guint n_startups, n_windows, n_loads, n_failures;
  gboolean first_is_ahead;
  gint64 end_us;
} Start;

static void
take_window(Start *start, HsWindow *window)
{
  HsDocument *document = hs_window_get_document(window);
  start->n_windows++;
  if (document == NULL)
    return;
  HsLoader *loader = hs_document_get_loader(document);
  if (hs_loader_outcome(loader) == HS_LOAD_FAILED) {
    start->n_failures++;
  } else {
    start->n_loads++;
    hs_ui_assert_text(window, "outcome", "complete");
    g_assert_cmpint(hs_ui_state_int(window, "rows_total"), ==, 322582);
  }
  if (start->first_path != NULL && g_str_has_suffix(hs_document_get_path(document), start->first_path))
    start->first_is_ahead = start->ahead != NULL && loader == start->ahead;
}

static gboolean
look(gpointer data)
{
  GtkApplication *application = GTK_APPLICATION(g_application_get_default());
  Start *start = data;
  g_autoptr(GList) windows = g_list_copy(gtk_application_get_windows(application));
  g_assert_cmpint(g_get_monotonic_time(), <, start->end_us);
  for (GList *l = windows; l != NULL; l = l->next) {
    if (!hs_window_is_settled(l->data))
      return G_SOURCE_CONTINUE;
  }
  g_assert_null(HS_APPLICATION(application)->ahead);
  g_assert_null(HS_APPLICATION(application)->ahead_path);
  for (GList *l = windows; l != NULL; l = l->next)
    take_window(start, l->data);
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_widget_destroy(l->data);
  g_application_quit(G_APPLICATION(application));
  return G_SOURCE_REMOVE;
}

static gboolean
look_later(gpointer data)
{
  g_timeout_add(5, look, data);
  return G_SOURCE_REMOVE;
}

static void
on_startup(GApplication *application, Start *start)
{
  start->n_startups++;
  start->ahead = HS_APPLICATION(application)->ahead;
  g_idle_add(look_later, start);
}

static int
run(Start *start, const char *first, const char *second)
{
  char *argv[] = {(char *)"heapscope", (char *)"--new-instance", (char *)first, (char *)second, NULL};
  HsApplication *application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_autofree char *first_path = first != NULL ? g_path_get_basename(first) : NULL;
  *start = (Start){.first_path = first_path, .end_us = g_get_monotonic_time() + WAIT_US};
  g_application_set_default(G_APPLICATION(application));
  g_signal_connect(application, "startup", G_CALLBACK(on_startup), start);
  int status = g_application_run(G_APPLICATION(application), 2 + (first != NULL) + (second != NULL), argv);
  start->first_path = NULL;
  g_assert_null(HS_APPLICATION(application)->ahead);
  g_assert_finalize_object(application);
  return status;
}

static void
test_one(void)
{
  Start start;
  g_assert_cmpint(run(&start, sample, NULL), ==, EXIT_SUCCESS);
  g_assert_nonnull(start.ahead);
  g_assert_cmpint(start.n_loads, ==, 1);
  g_assert_true(start.first_is_ahead);
}

/* A file of another name, so that windows can be told apart. */
static char *
link_sample(char **folder)
{
  *folder = g_dir_make_tmp("heapscope-XXXXXX", NULL);
  char *path = g_build_filename(*folder, "other.etl", NULL);
  g_assert_cmpint(symlink(sample, path), ==, 0);
  return path;
}

static void
test_several(void)
{
  Start start;
  g_autofree char *folder = NULL, *other = link_sample(&folder);
  g_assert_cmpint(run(&start, other, sample), ==, EXIT_SUCCESS);
  g_assert_cmpint(start.n_windows, ==, 2);
  g_assert_cmpint(start.n_loads, ==, 2);
  g_assert_true(start.first_is_ahead);
  g_unlink(other);
  g_rmdir(folder);
}

/* That a file cannot be read has been found out before there is a window; it is told all the same. */
static void
test_failure(void)
{
  Start start;
  g_assert_cmpint(run(&start, "/nonexistent/missing.etl", sample), ==, EXIT_SUCCESS);
  g_assert_cmpint(start.n_windows, ==, 2);
  g_assert_cmpint(start.n_failures, ==, 1);
  g_assert_cmpint(start.n_loads, ==, 1);
}

static void
test_names(void)
{
  Start start;
  g_autofree char *folder = g_path_get_dirname(sample), *name = g_path_get_basename(sample);
  g_autofree char *old_folder = g_get_current_dir();
  g_autofree char *uri = g_filename_to_uri(sample, NULL, NULL);
  g_assert_cmpint(run(&start, uri, NULL), ==, EXIT_SUCCESS);
  g_assert_true(start.first_is_ahead);
  g_assert_cmpint(g_chdir(folder), ==, 0);
  g_assert_cmpint(run(&start, name, NULL), ==, EXIT_SUCCESS);
  g_assert_true(start.first_is_ahead);
  g_assert_cmpint(g_chdir(old_folder), ==, 0);
}

static void
test_none(void)
{
  Start start;
  g_assert_cmpint(run(&start, NULL, NULL), ==, EXIT_SUCCESS);
  g_assert_null(start.ahead);
  g_assert_cmpint(start.n_windows, ==, 1);
  g_assert_cmpint(start.n_loads, ==, 0);
}

/* A command line that is refused starts neither. */
static void
test_refused(void)
{
  Start start;
  g_assert_cmpint(run(&start, "--size=nothing", sample), ==, 2);
  g_assert_cmpint(start.n_startups, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (!gtk_init_check(NULL, NULL)) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  g_assert_cmpint(argc, ==, 2);
  g_autofree char *path = g_canonicalize_filename(argv[1], NULL);
  sample = path;
  g_test_add_func("/start/one", test_one);
  g_test_add_func("/start/several", test_several);
  g_test_add_func("/start/failure", test_failure);
  g_test_add_func("/start/names", test_names);
  g_test_add_func("/start/none", test_none);
  g_test_add_func("/start/refused", test_refused);
  return g_test_run();
}
