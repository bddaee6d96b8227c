/* SPDX-License-Identifier: MIT */
/*
 * bench-start MAKE-TRACE [EVENTS [FILE]]: how long after the program was started with a trace on its command line the
 * first picture of the window is drawn, the first one that shows something of the trace, and until all panes are
 * ready. Each start is a process of its own: bench-start --child STARTED-US FILE tells the three in ms; the clock is
 * the same in all processes.
 */
#include <stdlib.h>
#include <string.h>

#include "hs-application.h"
#include "hs-bench.h"
#include "hs-bench-display.h"
#include "hs-window.h"

#define REPETITIONS 7
#define WAIT_MS 600e3
#define LOOK_MS 2

enum { WINDOW, TRACE, READY, N_MOMENTS };
static const char *const names[N_MOMENTS] = {"start-to-window", "start-to-trace", "start-to-ready"};

/* --- the process that starts --- */

static struct {
  gint64 started_us;
  double ms[N_MOMENTS]; /* 0 = not yet */
  HsWindow *window;
} child;

static void
note(int moment)
{
  if (child.ms[moment] <= 0)
    child.ms[moment] = hs_bench_ms_since(child.started_us);
}

static void
on_after_paint(GdkFrameClock *clock, gpointer data)
{
  note(WINDOW);
  HsDocument *document = hs_window_get_document(child.window);
  if (document != NULL && hs_document_get_n_rows(document) > 0)
    note(TRACE);
}

static void
on_realize(GtkWidget *widget, gpointer data)
{
  g_signal_connect_after(gtk_widget_get_frame_clock(widget), "after-paint", G_CALLBACK(on_after_paint), NULL);
}

static gboolean
look(gpointer data)
{
  if (child.ms[TRACE] > 0 && hs_window_is_settled(child.window))
    note(READY);
  if (child.ms[READY] <= 0 && hs_bench_ms_since(child.started_us) < WAIT_MS)
    return G_SOURCE_CONTINUE;
  g_print("%.3f %.3f %.3f\n", child.ms[WINDOW], child.ms[TRACE], child.ms[READY]);
  /* At once: taking everything down is of no interest. */
  exit(child.ms[READY] > 0 ? 0 : 1);
}

static void
on_window_added(GtkApplication *application, GtkWindow *window, gpointer data)
{
  g_object_set(gtk_settings_get_default(), "gtk-recent-files-enabled", FALSE, NULL);
  child.window = HS_WINDOW(window);
  g_signal_connect_after(window, "realize", G_CALLBACK(on_realize), NULL);
  g_timeout_add(LOOK_MS, look, NULL);
}

static int
run_child(const char *started_us, char *path)
{
  char *argv[] = {(char *)"heapscope", (char *)"--new-instance", path, NULL};
  child.started_us = g_ascii_strtoll(started_us, NULL, 10);
  HsApplication *application = hs_application_new(0);
  g_signal_connect(application, "window-added", G_CALLBACK(on_window_added), NULL);
  return g_application_run(G_APPLICATION(application), 3, argv);
}

/* --- the process that measures --- */

static void
start(const char *program, const char *path, double ms[N_MOMENTS])
{
  g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, g_get_monotonic_time());
  const char *argv[] = {program, "--child", now, path, NULL};
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error) ||
      !g_spawn_check_wait_status(status, &error)) {
    g_printerr("%s\n", error->message);
    exit(1);
  }
  char *end = output;
  for (int m = 0; m < N_MOMENTS; m++)
    ms[m] = g_ascii_strtod(end, &end);
}

int
main(int argc, char **argv)
{
  double ms[N_MOMENTS][REPETITIONS], one[N_MOMENTS];
  if (argc == 4 && strcmp(argv[1], "--child") == 0)
    return run_child(argv[2], argv[3]);
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  /* Stays connected, so that the processes find a display in use, with what the first program of a session sets up. */
  if (!hs_bench_display_init())
    return 77;
  g_autofree char *path = hs_bench_path(&arguments);
  guint n = hs_bench_repetitions(REPETITIONS, arguments.events);
  double floor_s = hs_bench_floor_s(path); /* brings it into memory, too */
  for (guint i = 0; i < n; i++) {
    hs_bench_warm_memory(arguments.events);
    start(argv[0], path, one);
    for (int m = 0; m < N_MOMENTS; m++)
      ms[m][i] = one[m];
  }
  for (int m = 0; m < N_MOMENTS; m++)
    hs_bench_print(names[m], hs_bench_median(ms[m], n), "ms", arguments.events, n, floor_s);
  return 0;
}
