/* SPDX-License-Identifier: MIT */
/*
 * bench-table MAKE-TRACE [EVENTS [FILE]]: what the tables of events and of allocations cost the main thread: giving all
 * rows to a table that is shown, up to its first frame, and each frame of scrolling through them by lines, by pages and
 * to any place. Wall clock, and processor time of the main thread.
 */
#include <stdlib.h>
#include <time.h>

#include "hs-bench.h"
#include "hs-bench-display.h"
#include "hs-document.h"
#include "hs-table.h"

#define ATTACHMENTS 21
#define FRAMES 300
#define WIDTH_PX 1600
#define HEIGHT_PX 900
#define LINE_PX 60
#define WAIT_US (600 * G_USEC_PER_SEC)

static struct {
  GtkWidget *window;
  HsTable *table;
  GtkAdjustment *adjustment;
  gint64 wall_us, cpu_ns; /* as the frame under way began */
  double frame_ms, frame_cpu_ms;
  guint n_frames;
  gint64 returned_us; /* from poll() */
  double work_ms;     /* between calls of poll(), since it was last set to 0 */
} bench;

static gint64
thread_cpu_ns(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
on_before_paint(GdkFrameClock *clock, gpointer data)
{
  bench.wall_us = g_get_monotonic_time();
  bench.cpu_ns = thread_cpu_ns();
}

static void
on_after_paint(GdkFrameClock *clock, gpointer data)
{
  bench.frame_ms = hs_bench_ms_since(bench.wall_us);
  bench.frame_cpu_ms = (double)(thread_cpu_ns() - bench.cpu_ns) / 1e6;
  bench.n_frames++;
}

static gint
poll_and_measure(GPollFD *fds, guint n_fds, gint timeout)
{
  bench.work_ms += hs_bench_ms_since(bench.returned_us);
  gint result = g_poll(fds, n_fds, timeout);
  bench.returned_us = g_get_monotonic_time();
  return result;
}

static gboolean
wake(gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
give_up(const char *why)
{
  g_printerr("%s\n", why);
  exit(1);
}

static void
run_until_loaded(HsDocument *document)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  /* Its checks are the last that is under way. */
  while (hs_document_is_busy(document) || hs_document_get_self_check(document) == NULL) {
    if (hs_loader_outcome(hs_document_get_loader(document)) == HS_LOAD_FAILED)
      give_up(hs_loader_error(hs_document_get_loader(document))->message);
    g_main_context_iteration(NULL, TRUE);
    if (g_get_monotonic_time() > end)
      give_up("the trace is not loaded and checked");
  }
}

static void
run_until_frame(void)
{
  gint64 end = g_get_monotonic_time() + WAIT_US;
  for (guint before = bench.n_frames; bench.n_frames == before || hs_table_is_busy(bench.table);) {
    g_main_context_iteration(NULL, TRUE);
    if (g_get_monotonic_time() > end)
      give_up("no frame is drawn");
  }
}

static void
find_adjustment(GtkWidget *widget, gpointer data)
{
  if (GTK_IS_SCROLLED_WINDOW(widget))
    bench.adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(widget));
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), find_adjustment, NULL);
}

static void
print(const char *what, const char *kind, double *values, guint n, guint n_rows)
{
  g_autofree char *median = g_strdup_printf("table-%s-%s", what, kind);
  g_autofree char *p99 = g_strconcat(median, "-p99", NULL);
  (void)hs_bench_median(values, n); /* sorts */
  hs_bench_print(median, values[n / 2], "ms", n_rows, n, 0);
  hs_bench_print(p99, values[n - 1 - n / 100], "ms", n_rows, n, 0);
}

/* Everything the main thread does for it but the frame itself, which scrolling tells. */
static void
measure_attach(HsDocument *document, const char *kind)
{
  double attach_ms[ATTACHMENTS];
  for (guint i = 0; i < ATTACHMENTS; i++) {
    hs_table_set_document(bench.table, NULL);
    run_until_frame();
    bench.returned_us = g_get_monotonic_time();
    bench.work_ms = 0;
    double frames_ms = 0;
    hs_table_set_document(bench.table, document);
    while (hs_table_get_n_rows(bench.table) == 0 || hs_table_is_busy(bench.table)) {
      guint before = bench.n_frames;
      g_main_context_iteration(NULL, TRUE);
      frames_ms += bench.n_frames != before ? bench.frame_ms : 0;
    }
    attach_ms[i] = MAX(bench.work_ms + hs_bench_ms_since(bench.returned_us) - frames_ms, 0);
    run_until_frame();
  }
  print("attach", kind, attach_ms, ATTACHMENTS, hs_table_get_n_rows(bench.table));
}

typedef enum { BY_LINES, BY_PAGES, ANYWHERE } Way;

static void
measure_scroll(Way way, const char *name, const char *kind)
{
  double ms[FRAMES], cpu_ms[FRAMES];
  double upper = gtk_adjustment_get_upper(bench.adjustment), page = gtk_adjustment_get_page_size(bench.adjustment);
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  double value = (upper - page) / 3;
  for (guint i = 0; i < FRAMES; i++) {
    value = way == ANYWHERE ? g_rand_double(rand) * (upper - page) : value + (way == BY_LINES ? LINE_PX : page);
    gint64 wall_us = g_get_monotonic_time(), cpu_ns = thread_cpu_ns();
    gtk_adjustment_set_value(bench.adjustment, value);
    double set_ms = hs_bench_ms_since(wall_us), set_cpu_ms = (double)(thread_cpu_ns() - cpu_ns) / 1e6;
    run_until_frame();
    ms[i] = bench.frame_ms + set_ms;
    cpu_ms[i] = bench.frame_cpu_ms + set_cpu_ms;
  }
  g_autofree char *cpu_name = g_strconcat(name, "-cpu", NULL);
  print(name, kind, ms, FRAMES, hs_table_get_n_rows(bench.table));
  print(cpu_name, kind, cpu_ms, FRAMES, hs_table_get_n_rows(bench.table));
}

static void
measure(HsDocument *document, const HsTableKind *kind, const char *name)
{
  bench.window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  bench.table = HS_TABLE(hs_table_new(kind));
  gtk_window_set_default_size(GTK_WINDOW(bench.window), WIDTH_PX, HEIGHT_PX);
  gtk_container_add(GTK_CONTAINER(bench.window), GTK_WIDGET(bench.table));
  gtk_widget_show_all(bench.window);
  find_adjustment(GTK_WIDGET(bench.table), NULL);
  GdkFrameClock *clock = gtk_widget_get_frame_clock(bench.window);
  g_signal_connect(clock, "before-paint", G_CALLBACK(on_before_paint), NULL);
  g_signal_connect_after(clock, "after-paint", G_CALLBACK(on_after_paint), NULL);
  hs_table_set_document(bench.table, document);
  run_until_frame();
  measure_attach(document, name);
  measure_scroll(BY_LINES, "scroll-lines", name);
  measure_scroll(BY_PAGES, "scroll-pages", name);
  measure_scroll(ANYWHERE, "scroll-anywhere", name);
  gtk_widget_destroy(bench.window);
}

int
main(int argc, char **argv)
{
  HsBenchArguments arguments = hs_bench_arguments(argc, argv, 10000000, " [FILE]");
  if (!hs_bench_display_init())
    return 77;
  g_autofree char *path = hs_bench_path(&arguments);
  g_timeout_add(2, wake, NULL); /* so that conditions are looked at */
  g_main_context_set_poll_func(NULL, poll_and_measure);
  bench.returned_us = g_get_monotonic_time();
  g_autoptr(HsDocument) document = hs_document_new(path);
  run_until_loaded(document);
  measure(document, &hs_table_events, "events");
  measure(document, &hs_table_blocks, "allocations");
  hs_document_close(document);
  return 0;
}
