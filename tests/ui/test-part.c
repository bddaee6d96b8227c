/* SPDX-License-Identifier: MIT */
/* A trace that does not fit into memory: the window says so, and offers a part of it. */
#include "hs-load-need.h"
#include "hs-part-dialog.h"
#include "hs-ui-support.h"

static const char *sample;

static gboolean
is_over(HsWindow *window)
{
  return hs_loader_outcome(hs_document_get_loader(hs_window_get_document(window))) != HS_LOAD_RUNNING;
}

static HsPartDialog *
find_dialog(void)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels();
  for (GList *l = windows; l != NULL; l = l->next) {
    if (HS_IS_PART_DIALOG(l->data))
      return l->data;
  }
  return NULL;
}

/* The button that loads may be pressed. */
static gboolean
may_load(HsPartDialog *dialog)
{
  GtkWidget *button = gtk_dialog_get_widget_for_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
  return gtk_widget_get_sensitive(button);
}

static HsWindow *
open_too_large(void)
{
  g_setenv("HEAPSCOPE_MEMORY_LIMIT", "24MiB", TRUE);
  HsWindow *window = HS_WINDOW(hs_application_open_path(hs_ui_application, sample));
  hs_ui_wait_for(window, is_over);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "failed");
  return window;
}

/* What is offered first fits; everything does not; what is loaded is what was chosen, and the status bar says so. */
static void
test_offer(void)
{
  HsWindow *window = open_too_large();
  HsPartDialog *dialog = find_dialog();
  g_assert_nonnull(dialog);
  const HsLoadNeed *need = hs_loader_need(hs_document_get_loader(hs_window_get_document(window)));
  double end_s = (double)need->end_ns / 1e9;
  g_assert_true(may_load(dialog));
  HsLoadChoice offered = hs_part_dialog_get_choice(dialog);
  g_assert_cmpint(offered.t0_ns, ==, INT64_MIN);
  g_assert_cmpint(offered.t1_ns, <, need->end_ns);
  hs_part_dialog_choose(dialog, -1, 0, end_s + 1);
  g_assert_false(may_load(dialog));
  hs_part_dialog_choose(dialog, -1, 1, 0.5);
  g_assert_false(may_load(dialog));
  hs_part_dialog_choose(dialog, 0, end_s / 4, end_s / 4 + 0.05);
  g_assert_true(may_load(dialog));
  HsLoadChoice chosen = hs_part_dialog_get_choice(dialog);
  g_assert_true(chosen.one_process);
  gtk_dialog_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
  g_assert_null(find_dialog());
  hs_ui_wait_for(window, is_over);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "complete");
  HsDocument *document = hs_window_get_document(window);
  const HsLoadChoice *loaded = hs_loader_choice(hs_document_get_loader(document));
  g_assert_cmpuint(loaded->pid, ==, chosen.pid);
  g_assert_cmpint(loaded->t1_ns, ==, chosen.t1_ns);
  g_assert_cmpint(hs_ui_state_int(window, "rows_total"), >, 0);
  int64_t t0, t1;
  hs_document_get_range(document, &t0, &t1);
  HsClock clock = hs_timeline_clock(hs_document_get_timeline(document));
  g_assert_cmpint(t0, ==, hs_clock_from_ns(clock, chosen.t0_ns));
  g_assert_cmpint(t1, <=, hs_clock_from_ns(clock, chosen.t1_ns));
  hs_ui_close_window(window);
  g_unsetenv("HEAPSCOPE_MEMORY_LIMIT");
}

static void
test_cancel(void)
{
  HsWindow *window = open_too_large();
  HsPartDialog *dialog = find_dialog();
  /* Enter in any of the fields loads. */
  g_assert_true(gtk_window_get_default_widget(GTK_WINDOW(dialog)) ==
                gtk_dialog_get_widget_for_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT));
  gtk_dialog_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
  g_assert_null(find_dialog());
  hs_ui_assert_text(window, "outcome", "failed");
  /* The same from elsewhere, without a dialog. */
  hs_ui_act(window, "open-part",
            g_variant_new("(xxx)", G_GINT64_CONSTANT(-1), G_GINT64_CONSTANT(-1), G_GINT64_CONSTANT(50000000)));
  hs_ui_wait_for(window, is_over);
  hs_ui_wait_for(window, hs_window_is_settled);
  hs_ui_assert_text(window, "outcome", "complete");
  g_assert_null(find_dialog());
  hs_ui_close_window(window);
  g_unsetenv("HEAPSCOPE_MEMORY_LIMIT");
}

int
main(int argc, char **argv)
{
  if (g_getenv("DISPLAY") == NULL && g_getenv("WAYLAND_DISPLAY") == NULL) {
    g_print("1..0 # SKIP no display\n");
    return 0;
  }
  gtk_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  sample = argv[1];
  g_test_add_func("/part/offer", test_offer);
  g_test_add_func("/part/cancel", test_cancel);
  return hs_ui_run();
}
