/* SPDX-License-Identifier: MIT */
/*
 * bench-frames MAKE-TRACE [EVENTS [FILE]]: how long the main thread is at work for a frame while a hand zooms, pans
 * and drags in the real window, 1920 × 1080 user pixels: 300 gestures of wheel, buttons and keys (100 of a very long
 * trace), one event every 16 ms.
 *
 * For every frame three things are told:
 *   frame   from the frame clock's before-paint to its after-paint (layout and drawing), and the handling of the input
 *           that came since the frame before; wall clock;
 *   cpu     the same in processor time of the main thread, which a busy machine does not lengthen;
 *   turn    everything the main thread did between the frame before and this one's end: beside the above, workers'
 *           results, status line, timers; processor time.
 * And for every pause between the gestures the time from the last input to the end of the first frame in which all
 * panes are exact.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hs-application.h"
#include "hs-bench.h"
#include "hs-bench-display.h"
#include "hs-time-pane.h"
#include "hs-window.h"

#define WIDTH_PX 1920
#define HEIGHT_PX 1080
#define N_GESTURES 300
#define STEP_MS 16
#define PAUSE_EVERY 5
#define MAX_FRAMES 100000u
#define WAIT_US (600 * G_USEC_PER_SEC)

typedef struct {
  gint64 wall_us, cpu_ns;
} Moment;

typedef struct {
  double *values;
  guint n;
} Figures;

static struct {
  HsWindow *window;
  GtkWidget *overview, *ruler, *chart, *map;
  guint64 random;
  GQueue events; /* of Step */
  guint n_gestures, wanted_gestures;
  gint64 last_input_us; /* while a pause is measured, else 0 */
  gboolean sent;        /* input since the last frame */
  gboolean waiting;
  Moment before_paint, input, returned; /* input: sum since the last frame */
  gint64 turn_cpu_ns;                   /* sum of the turns before the one under way */
  Figures frames, cpus, turns, exacts;
} bench;

static Moment
now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (Moment){g_get_monotonic_time(), (gint64)t.tv_sec * 1000000000 + t.tv_nsec};
}

static void
add(Figures *figures, double value)
{
  if (figures->values == NULL)
    figures->values = g_new(double, MAX_FRAMES);
  if (figures->n < MAX_FRAMES)
    figures->values[figures->n++] = value;
}

static void
print(const char *name, Figures *figures, guint64 events)
{
  static const struct {
    const char *name;
    double part;
  } quantiles[] = {{"p50", 0.5}, {"p99", 0.99}, {"max", 1}};
  if (figures->n == 0)
    return;
  (void)hs_bench_median(figures->values, figures->n); /* sorts */
  for (guint i = 0; i < G_N_ELEMENTS(quantiles); i++) {
    g_autofree char *full = g_strconcat(name, "-", quantiles[i].name, NULL);
    guint index = (guint)((figures->n - 1) * quantiles[i].part);
    hs_bench_print(full, figures->values[index], "ms", events, figures->n, 0);
  }
}

/* --- frames --- */

static gboolean
is_exact(void)
{
  GtkWidget *panes[] = {bench.overview, bench.ruler, bench.chart, bench.map};
  for (guint i = 0; i < G_N_ELEMENTS(panes); i++) {
    if (hs_time_pane_is_busy(HS_TIME_PANE(panes[i])))
      return FALSE;
  }
  return TRUE;
}

static void
on_before_paint(GdkFrameClock *clock, gpointer data)
{
  bench.before_paint = now();
}

static void
on_after_paint(GdkFrameClock *clock, gpointer data)
{
  Moment end = now();
  if (bench.sent || bench.last_input_us != 0) {
    add(&bench.frames, (double)(end.wall_us - bench.before_paint.wall_us + bench.input.wall_us) / 1e3);
    add(&bench.cpus, (double)(end.cpu_ns - bench.before_paint.cpu_ns + bench.input.cpu_ns) / 1e6);
    add(&bench.turns, (double)(end.cpu_ns - bench.returned.cpu_ns + bench.turn_cpu_ns) / 1e6);
  }
  bench.sent = FALSE;
  bench.input = (Moment){0, 0};
  bench.turn_cpu_ns = 0;
  bench.returned = end;
  if (bench.last_input_us != 0 && is_exact()) {
    add(&bench.exacts, (double)(end.wall_us - bench.last_input_us) / 1e3);
    bench.last_input_us = 0;
    bench.waiting = FALSE;
  }
}

static gint
poll_and_measure(GPollFD *fds, guint n_fds, gint timeout)
{
  bench.turn_cpu_ns += now().cpu_ns - bench.returned.cpu_ns;
  gint result = g_poll(fds, n_fds, timeout);
  bench.returned = now();
  return result;
}

/* --- gestures --- */

typedef enum { WHEEL, PRESS, MOVE, RELEASE, ACTION } StepKind;

typedef struct {
  StepKind kind;
  GtkWidget *widget;
  double x, y; /* parts of the widget's size */
  int button;
  int direction; /* of the wheel: −1 in or left, 1 out or right */
  GdkModifierType mods;
  const char *action;
  int origin_x, origin_y; /* of the widget's window, on the screen */
} Step;

static double
random_part(double from, double to)
{
  bench.random = bench.random * 6364136223846793005u + 1442695040888963407u;
  return from + (to - from) * (double)(bench.random >> 40) / (double)(1 << 24);
}

static void
queue(Step step)
{
  if (step.widget != NULL)
    gdk_window_get_origin(gtk_widget_get_window(step.widget), &step.origin_x, &step.origin_y);
  g_queue_push_tail(&bench.events, g_memdup2(&step, sizeof step));
}

static void
queue_wheel(GtkWidget *widget, GdkModifierType mods, int direction, int times)
{
  double x = random_part(0.15, 0.95), y = random_part(0.1, 0.9);
  for (int i = 0; i < times; i++)
    queue((Step){.kind = WHEEL, .widget = widget, .x = x, .y = y, .direction = direction, .mods = mods});
}

static void
queue_drag(GtkWidget *widget, GdkModifierType mods, int button, double dx, int moves)
{
  double x = random_part(0.3, 0.7), y = random_part(0.1, 0.4);
  Step step = {.kind = PRESS, .widget = widget, .x = x, .y = y, .button = button, .mods = mods};
  queue(step);
  step.kind = MOVE;
  for (int i = 1; i <= moves; i++) {
    step.x = x + dx * i / moves;
    step.y = y + 0.3 * i / moves;
    queue(step);
  }
  step.kind = RELEASE;
  queue(step);
}

static void
queue_moves(GtkWidget *widget, int moves)
{
  double x = random_part(0.2, 0.5), y = random_part(0.2, 0.5);
  for (int i = 0; i < moves; i++)
    queue((Step){.kind = MOVE, .widget = widget, .x = x + 0.03 * i, .y = y + 0.02 * i});
}

static void
queue_gesture(guint index)
{
  GtkWidget *widget = index / 10 % 2 == 0 ? bench.map : bench.chart;
  switch (index % 10) {
  case 0:
    queue_wheel(widget, GDK_CONTROL_MASK, -1, 6);
    break;
  case 1:
    queue_drag(widget, GDK_CONTROL_MASK, GDK_BUTTON_PRIMARY, random_part(-0.25, 0.25), 8);
    break;
  case 2:
    queue_drag(widget, 0, GDK_BUTTON_PRIMARY, random_part(-0.25, 0.25), 8);
    break;
  case 3:
    queue_moves(widget, 8);
    break;
  case 4:
    queue_drag(widget, 0, GDK_BUTTON_SECONDARY, random_part(0.15, 0.25), 6);
    break;
  case 5:
    queue_wheel(bench.map, GDK_CONTROL_MASK | GDK_SHIFT_MASK, index / 10 % 2 == 0 ? -1 : 1, 3);
    break;
  case 6:
    queue_wheel(widget, GDK_SHIFT_MASK, index / 10 % 2 == 0 ? -1 : 1, 4);
    break;
  case 7:
    queue((Step){.kind = ACTION, .action = "zoom-back"});
    queue_wheel(bench.ruler, 0, 1, 4);
    break;
  case 8:
    queue_drag(index / 10 % 2 == 0 ? bench.ruler : bench.overview, 0, GDK_BUTTON_PRIMARY, 0.15, 6);
    break;
  case 9:
    queue((Step){.kind = ACTION, .action = index / 10 % 3 == 0 ? "zoom-fit" : "zoom-in"});
    queue_moves(widget, 2);
    break;
  }
}

static void
fill_event(GdkEvent *event, const Step *step, double x, double y)
{
  GdkModifierType held = step->kind == MOVE && step->button == 1   ? GDK_BUTTON1_MASK
                         : step->kind == MOVE && step->button == 3 ? GDK_BUTTON3_MASK
                                                                   : 0;
  /* What the server would have sent with it: asking for it now would wait until all is drawn. */
  double root_x = x + step->origin_x, root_y = y + step->origin_y;
  if (step->kind == MOVE) {
    event->motion.x = x;
    event->motion.y = y;
    event->motion.x_root = root_x;
    event->motion.y_root = root_y;
    event->motion.state = step->mods | held;
  } else if (step->kind == WHEEL) {
    event->scroll.x = x;
    event->scroll.y = y;
    event->scroll.x_root = root_x;
    event->scroll.y_root = root_y;
    event->scroll.state = step->mods;
    event->scroll.direction = step->direction < 0 ? GDK_SCROLL_UP : GDK_SCROLL_DOWN;
  } else {
    event->button.x = x;
    event->button.y = y;
    event->button.x_root = root_x;
    event->button.y_root = root_y;
    event->button.button = (guint)step->button;
    event->button.state = step->mods;
  }
}

static void
send(const Step *step)
{
  static const GdkEventType types[] = {GDK_SCROLL, GDK_BUTTON_PRESS, GDK_MOTION_NOTIFY, GDK_BUTTON_RELEASE};
  if (step->kind == ACTION) {
    g_action_group_activate_action(G_ACTION_GROUP(bench.window), step->action, NULL);
    return;
  }
  GdkEvent *event = gdk_event_new(types[step->kind]);
  GdkSeat *seat = gdk_display_get_default_seat(gtk_widget_get_display(step->widget));
  event->any.window = g_object_ref(gtk_widget_get_window(step->widget));
  event->any.send_event = TRUE;
  gdk_event_set_device(event, gdk_seat_get_pointer(seat));
  fill_event(event, step, floor(step->x * gtk_widget_get_allocated_width(step->widget)),
             floor(step->y * gtk_widget_get_allocated_height(step->widget)));
  gtk_main_do_event(event);
  gdk_event_free(event);
}

/* Every 16 ms, as a display would have it. */
static gboolean
on_step(gpointer data)
{
  if (bench.waiting) {
    /* What became exact may have had nothing to draw. */
    if (is_exact())
      gtk_widget_queue_draw(bench.ruler);
    return G_SOURCE_CONTINUE;
  }
  if (g_queue_is_empty(&bench.events)) {
    if (bench.n_gestures == bench.wanted_gestures)
      return G_SOURCE_REMOVE;
    queue_gesture(bench.n_gestures++);
  }
  g_autofree Step *step = g_queue_pop_head(&bench.events);
  Moment start = now();
  send(step);
  Moment end = now();
  bench.input.wall_us += end.wall_us - start.wall_us;
  bench.input.cpu_ns += end.cpu_ns - start.cpu_ns;
  bench.sent = TRUE;
  if (g_queue_is_empty(&bench.events) && bench.n_gestures % PAUSE_EVERY == 0) {
    bench.last_input_us = end.wall_us;
    bench.waiting = TRUE;
  }
  return G_SOURCE_CONTINUE;
}

/* --- the window --- */

static void
find(GtkWidget *widget, gpointer data)
{
  const char *name = G_OBJECT_TYPE_NAME(widget);
  if (g_str_equal(name, "HsOverview"))
    bench.overview = widget;
  else if (g_str_equal(name, "HsRuler"))
    bench.ruler = widget;
  else if (g_str_equal(name, "HsSizeChart"))
    bench.chart = widget;
  else if (g_str_equal(name, "HsAddressMap"))
    bench.map = widget;
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), find, NULL);
}

static void
run_until_settled(void)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  for (int still = 0; still < 50; still++) {
    if (!hs_window_is_settled(bench.window))
      still = 0;
    g_main_context_iteration(NULL, TRUE);
    if (g_get_monotonic_time() > end) {
      g_printerr("the window does not settle\n");
      exit(1);
    }
  }
}

static gboolean
wake(gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
run(HsApplication *application, const char *path)
{
  bench.window = HS_WINDOW(hs_application_open_path(application, path));
  hs_window_set_content_size(bench.window, WIDTH_PX, HEIGHT_PX);
  guint waking = g_timeout_add(2, wake, NULL); /* so that conditions are looked at */
  run_until_settled();
  g_source_remove(waking);
  find(GTK_WIDGET(bench.window), NULL);
  bench.random = 20;
  GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(bench.window));
  g_signal_connect(clock, "before-paint", G_CALLBACK(on_before_paint), NULL);
  g_signal_connect_after(clock, "after-paint", G_CALLBACK(on_after_paint), NULL);
  bench.returned = now();
  g_main_context_set_poll_func(NULL, poll_and_measure);
  guint stepping = g_timeout_add(STEP_MS, on_step, NULL);
  while (g_main_context_find_source_by_id(NULL, stepping) != NULL)
    g_main_context_iteration(NULL, TRUE);
  g_main_context_set_poll_func(NULL, NULL);
  gtk_widget_destroy(GTK_WIDGET(bench.window));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  if (!hs_bench_display_init())
    return 77;
  guint64 events = arguments.events;
  bench.wanted_gestures = hs_bench_repetitions(N_GESTURES, events);
  g_autofree char *path = hs_bench_path(&arguments);
  HsApplication *application = hs_application_new(G_APPLICATION_NON_UNIQUE);
  g_application_register(G_APPLICATION(application), NULL, NULL);
  g_application_hold(G_APPLICATION(application));
  g_object_set(gtk_settings_get_default(), "gtk-recent-files-enabled", FALSE, NULL);
  g_action_group_change_action_state(G_ACTION_GROUP(application), "animations",
                                     g_variant_new_boolean(g_strcmp0(g_getenv("HEAPSCOPE_ANIMATIONS"), "0") != 0));
  run(application, path);
  print("frame", &bench.frames, events);
  print("frame-cpu", &bench.cpus, events);
  print("turn-cpu", &bench.turns, events);
  print("exact-picture", &bench.exacts, events);
  g_application_release(G_APPLICATION(application));
  g_object_unref(application);
  return 0;
}
