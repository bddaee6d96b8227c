/* SPDX-License-Identifier: MIT */
/*
 * bench-window MAKE-TRACE [EVENTS [FILE]]: how long the main loop is away while the real window loads a trace and is
 * used meanwhile: zoomed, panned, filtered; and while a filter is typed over the whole trace. A gap is the time from
 * one return of poll() to the next call of it; the main thread's own work in it is told apart from waiting for a
 * processor, and what comes after the window's first frame from that frame, which nobody can be kept waiting by.
 */
#include <stdlib.h>
#include <time.h>

#include "hs-application.h"
#include "hs-bench.h"
#include "hs-bench-display.h"
#include "hs-window.h"

#define MAX_GAPS (1u << 20)
#define REPETITIONS 3
#define WAIT_US (600 * G_USEC_PER_SEC)

static gint64 returned_us; /* 0 = not counting */
static gint64 returned_cpu_ns;
static double *gaps_ms;
static double worst_cpu_ms; /* most that the main thread itself worked in one gap */
static bool is_drawn;       /* the window has had a frame, in a gap before this one */
static double worst_drawn_ms, worst_drawn_cpu_ms;
static guint n_gaps;

static gint64
thread_cpu_ns(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static guint n_frames;

static void
on_after_paint(GdkFrameClock *clock, gpointer data)
{
  n_frames++;
}

static gint
poll_and_measure(GPollFD *fds, guint n_fds, gint timeout)
{
  gint64 now = g_get_monotonic_time();
  if (returned_us != 0 && n_gaps < MAX_GAPS) {
    double ms = (double)(now - returned_us) / 1e3, cpu_ms = (double)(thread_cpu_ns() - returned_cpu_ns) / 1e6;
    gaps_ms[n_gaps++] = ms;
    worst_cpu_ms = MAX(worst_cpu_ms, cpu_ms);
    if (is_drawn) {
      worst_drawn_ms = MAX(worst_drawn_ms, ms);
      worst_drawn_cpu_ms = MAX(worst_drawn_cpu_ms, cpu_ms);
    }
    is_drawn = is_drawn || n_frames > 0;
  }
  gint result = g_poll(fds, n_fds, timeout);
  if (returned_us != 0) {
    returned_us = g_get_monotonic_time();
    returned_cpu_ns = thread_cpu_ns();
  }
  return result;
}

static void
start_counting(void)
{
  n_gaps = 0;
  worst_cpu_ms = worst_drawn_ms = worst_drawn_cpu_ms = 0;
  returned_us = g_get_monotonic_time();
  returned_cpu_ns = thread_cpu_ns();
}

static void
print_gaps(const char *what, guint64 events)
{
  returned_us = 0;
  if (n_gaps == 0)
    return;
  g_autofree char *p99 = g_strconcat(what, "-main-loop-gap-p99", NULL);
  g_autofree char *worst = g_strconcat(what, "-main-loop-gap-max", NULL);
  g_autofree char *work = g_strconcat(what, "-main-thread-work-max", NULL);
  (void)hs_bench_median(gaps_ms, n_gaps); /* sorts */
  hs_bench_print(p99, gaps_ms[n_gaps - 1 - n_gaps / 100], "ms", events, n_gaps, 0);
  hs_bench_print(worst, gaps_ms[n_gaps - 1], "ms", events, n_gaps, 0);
  hs_bench_print(work, worst_cpu_ms, "ms", events, n_gaps, 0);
  g_autofree char *drawn = g_strconcat(what, "-drawn-main-loop-gap-max", NULL);
  g_autofree char *drawn_work = g_strconcat(what, "-drawn-main-thread-work-max", NULL);
  hs_bench_print(drawn, worst_drawn_ms, "ms", events, n_gaps, 0);
  hs_bench_print(drawn_work, worst_drawn_cpu_ms, "ms", events, n_gaps, 0);
}

static void
act(HsWindow *window, const char *action)
{
  g_action_group_activate_action(G_ACTION_GROUP(window), action, NULL);
}

/* One of the things a hand does, every 50 ms. */
static gboolean
use(gpointer data)
{
  static guint turn;
  static const char *const actions[] = {"zoom-in", "zoom-in", "pan-left", "zoom-out", "pan-right", "zoom-fit", "peak"};
  HsWindow *window = data;
  turn++;
  if (turn % 12 == 0)
    g_action_group_activate_action(G_ACTION_GROUP(window), "only-source", g_variant_new_string("lowfrag"));
  else if (turn % 12 == 6)
    act(window, "clear-filter");
  else
    act(window, actions[turn % G_N_ELEMENTS(actions)]);
  return G_SOURCE_CONTINUE;
}

static gboolean
wake(gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
run_until(HsWindow *window, gboolean settled)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  HsLoader *loader = hs_document_get_loader(hs_window_get_document(window));
  while (settled ? !hs_window_is_settled(window) : hs_loader_outcome(loader) == HS_LOAD_RUNNING) {
    g_main_context_iteration(NULL, TRUE);
    if (g_get_monotonic_time() > end) {
      g_printerr("the window does not settle\n");
      exit(1);
    }
  }
}

static void
measure(HsApplication *application, const char *path, guint64 events, gboolean in_use)
{
  hs_bench_warm_memory(events);
  gint64 start = g_get_monotonic_time();
  HsWindow *window = HS_WINDOW(hs_application_open_path(application, path));
  guint user = in_use ? g_timeout_add(50, use, window) : 0;
  n_frames = 0;
  is_drawn = false;
  g_signal_connect_after(gtk_widget_get_frame_clock(GTK_WIDGET(window)), "after-paint", G_CALLBACK(on_after_paint),
                         NULL);
  start_counting();
  run_until(window, FALSE);
  print_gaps(in_use ? "load-in-use" : "load", events);
  if (user != 0)
    g_source_remove(user);
  run_until(window, TRUE);
  double ready_s = (double)(g_get_monotonic_time() - start) / 1e6; /* before the floor, which takes a while */
  if (!in_use)
    hs_bench_print("window-ready", ready_s, "s", events, 1, hs_bench_floor_s(path));
  gtk_widget_destroy(GTK_WIDGET(window));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

/* A key every 70 ms. */
static gboolean
type(gpointer data)
{
  static const char text[] = "lifetime < 5ms and (size >= 64 or source == lowfrag)";
  guint *typed = data;
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(g_application_get_default()));
  GtkWidget *entry = gtk_window_get_focus(window);
  if (!GTK_IS_EDITABLE(entry))
    g_error("the filter has no focus");
  int position = -1;
  gtk_editable_insert_text(GTK_EDITABLE(entry), text + *typed, 1, &position);
  position = (int)++*typed;
  gtk_editable_set_position(GTK_EDITABLE(entry), position);
  return text[*typed] != '\0' ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
measure_typing(HsApplication *application, const char *path, guint64 events)
{
  guint typed = 0;
  hs_bench_warm_memory(events);
  HsWindow *window = HS_WINDOW(hs_application_open_path(application, path));
  run_until(window, TRUE);
  HsDocument *document = hs_window_get_document(window);
  guint serial = hs_document_get_filter_serial(document);
  act(window, "focus-filter");
  guint typing = g_timeout_add(70, type, &typed);
  start_counting();
  while (g_main_context_find_source_by_id(NULL, typing) != NULL)
    g_main_context_iteration(NULL, TRUE);
  /* The filter waits for a pause in typing. */
  gint64 start = g_get_monotonic_time();
  while (hs_document_get_filter_serial(document) == serial)
    g_main_context_iteration(NULL, TRUE);
  run_until(window, TRUE);
  print_gaps("typing", events);
  hs_bench_print("last-key-to-settled", (double)(g_get_monotonic_time() - start) / 1e3, "ms", events, 1, 0);
  gtk_widget_destroy(GTK_WIDGET(window));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 5000000, " [FILE]");
  if (!hs_bench_display_init())
    return 77;
  guint64 events = arguments.events;
  guint n = hs_bench_repetitions(REPETITIONS, events);
  g_autofree char *path = hs_bench_path(&arguments);
  gaps_ms = g_new(double, MAX_GAPS);
  g_main_context_set_poll_func(NULL, poll_and_measure);
  HsApplication *application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_application_register(G_APPLICATION(application), NULL, NULL);
  g_application_hold(G_APPLICATION(application));
  g_object_set(gtk_settings_get_default(), "gtk-recent-files-enabled", FALSE, NULL);
  g_timeout_add(2, wake, NULL); /* so that conditions are looked at */
  for (guint i = 0; i < n; i++)
    measure(application, path, events, FALSE);
  for (guint i = 0; i < n; i++)
    measure(application, path, events, TRUE);
  for (guint i = 0; i < n; i++)
    measure_typing(application, path, events);
  g_application_release(G_APPLICATION(application));
  g_object_unref(application);
  g_free(gaps_ms);
  return 0;
}
