/* SPDX-License-Identifier: MIT */
/*
 * bench-start MAKE-TRACE [EVENTS [FILE]]: how long after the program was started the first picture of the window is
 * drawn, and the first one that shows something of the trace. Each start is a process of its own:
 * bench-start --child STARTED-US FILE tells the two in ms; the clock is the same in all processes.
 */
#include <stdlib.h>
#include <string.h>

#include "hs-application.h"
#include "hs-bench.h"
#include "hs-bench-display.h"
#include "hs-window.h"

#define REPETITIONS 7
#define WAIT_US (600 * G_USEC_PER_SEC)

/* --- the process that starts --- */

static struct {
  gint64 started_us;
  double window_ms, trace_ms; /* 0 = not yet */
  HsWindow *window;
} child;

static void
on_after_paint(GdkFrameClock *clock, gpointer data)
{
  if (child.window_ms <= 0)
    child.window_ms = hs_bench_ms_since(child.started_us);
  HsDocument *document = hs_window_get_document(child.window);
  if (child.trace_ms <= 0 && document != NULL && hs_document_get_n_rows(document) > 0)
    child.trace_ms = hs_bench_ms_since(child.started_us);
}

static int
run_child(const char *started_us, const char *path)
{
  if (!hs_bench_display_init())
    return 77;
  child.started_us = g_ascii_strtoll(started_us, NULL, 10);
  HsApplication *application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_application_register(G_APPLICATION(application), NULL, NULL);
  g_object_set(gtk_settings_get_default(), "gtk-recent-files-enabled", FALSE, NULL);
  child.window = HS_WINDOW(hs_application_open_path(application, path));
  g_signal_connect_after(gtk_widget_get_frame_clock(GTK_WIDGET(child.window)), "after-paint",
                         G_CALLBACK(on_after_paint), NULL);
  while (child.trace_ms <= 0 && hs_bench_ms_since(child.started_us) * 1e3 < WAIT_US)
    g_main_context_iteration(NULL, TRUE);
  g_print("%.3f %.3f\n", child.window_ms, child.trace_ms);
  /* At once: what has been loaded by now is of no interest. */
  exit(child.trace_ms > 0 ? 0 : 1);
}

/* --- the process that measures --- */

static void
start(const char *program, const char *path, double *window_ms, double *trace_ms)
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
  char *end;
  *window_ms = g_ascii_strtod(output, &end);
  *trace_ms = g_ascii_strtod(end, NULL);
}

int
main(int argc, char **argv)
{
  double window_ms[REPETITIONS], trace_ms[REPETITIONS];
  if (argc == 4 && strcmp(argv[1], "--child") == 0)
    return run_child(argv[2], argv[3]);
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  if (!hs_bench_display_init())
    return 77;
  g_autofree char *path = hs_bench_path(&arguments);
  double floor_s = hs_bench_floor_s(path); /* brings it into memory, too */
  for (guint i = 0; i < REPETITIONS; i++)
    start(argv[0], path, &window_ms[i], &trace_ms[i]);
  hs_bench_print("start-to-window", hs_bench_median(window_ms, REPETITIONS), "ms", arguments.events, REPETITIONS,
                 floor_s);
  hs_bench_print("start-to-trace", hs_bench_median(trace_ms, REPETITIONS), "ms", arguments.events, REPETITIONS,
                 floor_s);
  return 0;
}
