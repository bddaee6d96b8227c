/* SPDX-License-Identifier: MIT */
/* What the window says in words: title, filter, counts, progress, selection, and what was wrong with the trace. */
#include "hs-config.h"
#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-row-set.h"
#include "hs-health.h"
#include "hs-window-private.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

/* A label that is given the text it has would be laid out and drawn again, and what stands beside it too. */
static void
set_label(GtkLabel *label, const char *text)
{
  if (g_strcmp0(gtk_label_get_label(label), text) != 0)
    gtk_label_set_label(label, text);
}

static void
set_tooltip(GtkWidget *widget, const char *text)
{
  g_autofree char *old = gtk_widget_get_tooltip_text(widget);
  if (g_strcmp0(old, text) != 0)
    gtk_widget_set_tooltip_text(widget, text);
}

/* --- selection and range --- */

static void
on_counted(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(HsWindow) self = data;
  HsRangeFigures figures;
  if (!hs_range_figures_count_finish(result, &figures) || self->document != HS_DOCUMENT(source))
    return;
  self->figures = figures;
  if (!figures.is_consistent)
    hs_document_report_contradiction(self->document);
  hs_window_update_status(self);
}

static void
count_selection(HsWindow *self, int64_t t0, int64_t t1)
{
  HsRowSet *rows = hs_document_get_row_set(self->document);
  if (self->counting != NULL && self->figures_rows == rows && self->figures.t0 == t0 && self->figures.t1 == t1)
    return;
  g_cancellable_cancel(self->counting);
  g_clear_object(&self->counting);
  g_clear_pointer(&self->figures_rows, hs_row_set_unref);
  self->counting = g_cancellable_new();
  self->figures_rows = hs_row_set_ref(rows);
  /* Until they come, the figures' range says for what they were asked; no blocks are told. */
  self->figures = (HsRangeFigures){.t0 = t0, .t1 = t1, .n_events = UINT32_MAX};
  hs_range_figures_count_async(self->document, t0, t1, self->counting, on_counted, g_object_ref(self));
}

static char *
range_text(HsWindow *self, int64_t t0, int64_t t1)
{
  HsClock clock = hs_window_clock(self);
  int64_t ns0 = hs_clock_to_ns(clock, t0), ns1 = hs_clock_to_ns(clock, t1);
  char begin[HS_FORMAT_MAX], end[HS_FORMAT_MAX], length[HS_FORMAT_MAX];

  hs_format_time(begin, sizeof begin, ns0);
  hs_format_time(end, sizeof end, ns1);
  hs_format_duration(length, sizeof length, ns1 - ns0);
  return g_strdup_printf("%s – %s (Δ %s)", begin, end, length);
}

static void
format_bytes(char *buffer, size_t size, uint64_t bytes)
{
  hs_format_bytes(buffer, size, (int64_t)MIN(bytes, (uint64_t)INT64_MAX));
}

static char *
selection_text(HsWindow *self, int64_t t0, int64_t t1)
{
  g_autofree char *range = range_text(self, t0, t1);
  count_selection(self, t0, t1);
  if (self->figures.n_events == UINT32_MAX)
    return g_strdup_printf(_("Selection %s"), range);
  const HsRangeSums *sums = &self->figures.sums;
  int64_t net_bytes = hs_range_sums_net_bytes(sums);
  char aifi[HS_FORMAT_MAX], aifo[HS_FORMAT_MAX], aofi[HS_FORMAT_MAX], impacting[HS_FORMAT_MAX], net[HS_FORMAT_MAX];
  hs_format_count(aifi, sizeof aifi, sums->count[HS_BLOCK_TYPE_AIFI]);
  hs_format_count(aifo, sizeof aifo, sums->count[HS_BLOCK_TYPE_AIFO]);
  hs_format_count(aofi, sizeof aofi, sums->count[HS_BLOCK_TYPE_AOFI]);
  format_bytes(impacting, sizeof impacting, hs_range_sums_impacting(sums));
  hs_format_bytes(net, sizeof net, net_bytes);
  return g_strdup_printf(_("Selection %s  ·  AIFI %s  ·  AIFO %s (%s)  ·  AOFI %s  ·  net change %s%s"), range, aifi,
                         aifo, impacting, aofi, net_bytes > 0 ? "+" : "", net);
}

/* All there is to say of a selection, for the tooltip. */
static char *
selection_details(HsWindow *self, int64_t t0, int64_t t1)
{
  static const char *const notes[HS_N_BLOCK_TYPES] = {[HS_BLOCK_TYPE_AIFI] = N_("allocated inside, freed inside"),
                                                      [HS_BLOCK_TYPE_AIFO] =
                                                          N_("allocated inside, freed outside: impacting"),
                                                      [HS_BLOCK_TYPE_AOFI] = N_("allocated outside, freed inside"),
                                                      [HS_BLOCK_TYPE_AOFO] = N_("allocated outside, freed outside")};
  const HsRangeSums *sums = &self->figures.sums;
  g_autofree char *range = range_text(self, t0, t1);
  char count[HS_FORMAT_MAX], bytes[HS_FORMAT_MAX], rate[HS_FORMAT_MAX];
  if (self->figures.n_events == UINT32_MAX)
    return g_steal_pointer(&range);
  GString *text = g_string_new(range);
  for (int type = HS_BLOCK_TYPE_AIFI; type < HS_N_BLOCK_TYPES; type++) {
    hs_format_count(count, sizeof count, sums->count[type]);
    format_bytes(bytes, sizeof bytes, sums->bytes[type]);
    g_string_append_printf(text, _("\n%s: %s blocks, %s (%s)"), hs_block_type_name((HsBlockType)type), count, bytes,
                           _(notes[type]));
  }
  hs_format_bytes(bytes, sizeof bytes, sums->peak_bytes);
  hs_format_time(count, sizeof count, hs_clock_to_ns(hs_window_clock(self), sums->peak_ticks));
  g_string_append_printf(text, _("\nPeak inside: %s at %s"), bytes, count);
  double seconds =
      (double)(hs_clock_to_ns(hs_window_clock(self), t1) - hs_clock_to_ns(hs_window_clock(self), t0)) / 1e9;
  if (seconds > 0) {
    hs_format_count(count, sizeof count, (uint64_t)((double)hs_range_sums_begun(sums) / seconds));
    format_bytes(rate, sizeof rate, (uint64_t)((double)hs_range_sums_begun_bytes(sums) / seconds));
    g_string_append_printf(text, _("\nRate: %s allocations/s, %s/s"), count, rate);
  }
  if (!self->figures.is_consistent)
    g_string_append(text, _("\nThese sums and the curve contradict each other: this is a mistake in Heapscope."));
  return g_string_free(text, FALSE);
}

static char *
visible_text(HsWindow *self)
{
  int64_t t0, t1, outstanding = 0;
  uint32_t n_blocks = 0;
  char bytes[HS_FORMAT_MAX], count[HS_FORMAT_MAX];

  hs_document_get_range(self->document, &t0, &t1);
  g_autofree char *range = range_text(self, t0, t1);
  hs_series_at(hs_document_get_series(self->document), t1 - 1, &outstanding, &n_blocks);
  hs_format_bytes(bytes, sizeof bytes, outstanding);
  hs_format_count(count, sizeof count, n_blocks);
  return g_strdup_printf(_("Visible %s  ·  at its end %s in %s blocks"), range, bytes, count);
}

static void
update_range_label(HsWindow *self)
{
  int64_t t0, t1;
  g_autofree char *text = NULL;
  g_autofree char *details = NULL;
  if (self->told != NULL) {
    text = g_strdup(self->told);
  } else if (hs_document_get_selection(self->document, &t0, &t1)) {
    text = selection_text(self, t0, t1);
    details = selection_details(self, t0, t1);
  } else if (hs_document_get_n_rows(self->document) > 0) {
    text = visible_text(self);
  }
  set_label(self->range_label, text != NULL ? text : "");
  set_tooltip(GTK_WIDGET(self->range_label), details != NULL ? details : text);
}

/* --- counts, filter, title --- */

/* Blocks that pass and begin in a range. */
static uint32_t
count_begun(HsDocument *document, int64_t t0, int64_t t1)
{
  HsTimeline *timeline = hs_document_get_timeline(document);
  HsRowSet *blocks = hs_document_get_block_set(document);
  uint32_t n_rows = hs_document_get_n_rows(document);
  uint32_t first = hs_row_set_count_blocks(timeline, hs_timeline_row_at(timeline, t0, n_rows));
  uint32_t end = hs_row_set_count_blocks(timeline, hs_timeline_row_at(timeline, t1, n_rows));
  return hs_row_set_rank(blocks, end) - hs_row_set_rank(blocks, first);
}

/* How long the table is that is looked at. */
static char *
rows_text(HsWindow *self)
{
  const char *tab = hs_window_get_tab(self);
  char shown[HS_FORMAT_MAX], selected[HS_FORMAT_MAX];
  int64_t t0, t1;
  bool blocks = g_str_equal(tab, "allocations");
  if (g_str_equal(tab, "heaps")) {
    guint n = hs_table_get_n_rows(self->heaps);
    /* None may only mean that they are not counted yet. */
    if (n == 0 && hs_table_is_busy(self->heaps))
      return g_strdup("");
    hs_format_count(shown, sizeof shown, n);
    return g_strdup_printf(ngettext("%s heap", "%s heaps", n), shown);
  }
  if (g_str_equal(tab, "biography") || g_str_equal(tab, "compare"))
    return hs_window_extra_rows_text(self, tab);
  if (!blocks && !g_str_equal(tab, "events"))
    return g_strdup("");
  HsRowSet *set = blocks ? hs_document_get_block_set(self->document) : hs_document_get_row_set(self->document);
  hs_format_count(shown, sizeof shown, hs_row_set_count(set));
  if (!hs_document_get_selection(self->document, &t0, &t1))
    return g_strdup_printf(_("%s rows"), shown);
  uint32_t n = blocks ? count_begun(self->document, t0, t1) : hs_range_count_events(self->document, t0, t1);
  hs_format_count(selected, sizeof selected, n);
  return g_strdup_printf(_("%s rows · selection holds %s"), shown, selected);
}

static void
update_rows_label(HsWindow *self)
{
  g_autofree char *text = rows_text(self);
  set_label(self->rows_label, text);
}

static void
update_progress(HsWindow *self, const HsLoadProgress *progress)
{
  char done[HS_FORMAT_MAX], total[HS_FORMAT_MAX], rate[HS_FORMAT_MAX], left[HS_FORMAT_MAX];
  g_autofree char *text = NULL;

  hs_format_bytes(done, sizeof done, (int64_t)progress->bytes_done);
  hs_format_bytes(total, sizeof total, (int64_t)progress->bytes_total);
  hs_format_count(rate, sizeof rate, (uint64_t)MAX(progress->events_per_s, 0));
  if (progress->counting) {
    text = g_strdup_printf(_("Counting events, to see whether they fit into memory · %s of %s"), done, total);
  } else if (progress->indexing) {
    text = g_strdup_printf(_("Looking through the file · %s of %s"), done, total);
  } else if (progress->unpacking) {
    text = progress->bytes_total > 0 ? g_strdup_printf(_("Unpacking · %s of %s"), done, total)
                                     : g_strdup_printf(_("Unpacking · %s"), done);
  } else if (progress->left_s >= 0) {
    hs_format_duration(left, sizeof left, (int64_t)(MIN(progress->left_s, 1e8) * 1e9));
    text = g_strdup_printf(_("%s of %s · %s events/s · %s left"), done, total, rate, left);
  } else {
    text = g_strdup_printf(_("%s of %s · %s events/s"), done, total, rate);
  }
  set_label(self->progress_label, text);
  if (progress->bytes_total > 0)
    gtk_progress_bar_set_fraction(self->progress_bar,
                                  CLAMP((double)progress->bytes_done / (double)progress->bytes_total, 0, 1));
}

static void
update_totals(HsWindow *self, const HsLoadProgress *progress)
{
  HsTimeline *timeline = hs_document_get_timeline(self->document);
  char events[HS_FORMAT_MAX], memory[HS_FORMAT_MAX];
  hs_format_count(events, sizeof events, hs_timeline_n_rows(timeline));
  uint64_t bytes = hs_window_memory_bytes(self);
  hs_format_bytes(memory, sizeof memory, (int64_t)bytes);
  g_autofree char *text = g_strdup_printf(_("%s events · %s · loaded in %.2f s"), events, memory, progress->elapsed_s);
  const HsLoadChoice *choice = hs_loader_choice(hs_document_get_loader(self->document));
  if (hs_load_choice_is_part(choice)) {
    g_autofree char *part = hs_load_choice_text(choice);
    g_autofree char *all = g_steal_pointer(&text);
    text = g_strdup_printf(_("only %s · %s"), part, all);
  }
  set_label(self->totals_label, text);
  set_tooltip(GTK_WIDGET(self->totals_label), _("Heap events, memory they take, and how long loading took"));
}

void
hs_window_update_status(HsWindow *self)
{
  if (!hs_window_has_trace(self)) {
    hs_window_update_filter_bar(self);
    return;
  }
  HsLoadProgress progress;
  gboolean loading = hs_document_get_marks(self->document).loaded_to != INT64_MAX;

  hs_loader_progress(hs_document_get_loader(self->document), &progress);
  gtk_stack_set_visible_child(self->load_stack, loading ? self->progress_box : GTK_WIDGET(self->totals_label));
  if (loading)
    update_progress(self, &progress);
  else
    update_totals(self, &progress);
  update_range_label(self);
  update_rows_label(self);
  hs_window_update_filter_bar(self);
}

static gboolean
on_status_idle(gpointer data)
{
  HsWindow *self = data;
  self->status_idle = 0;
  hs_window_update_status(self);
  return G_SOURCE_REMOVE;
}

void
hs_window_queue_status(HsWindow *self)
{
  if (self->status_idle == 0)
    self->status_idle = g_idle_add_full(GTK_PRIORITY_RESIZE - 1, on_status_idle, self, NULL);
}

/* --- notices --- */

static char *
no_events_text(HsDocument *document, const HsLoadReport *report)
{
  char processes[HS_FORMAT_MAX], records[HS_FORMAT_MAX];
  uint32_t n_processes = hs_timeline_n_processes(hs_document_get_timeline(document));

  hs_format_count(processes, sizeof processes, n_processes);
  hs_format_count(records, sizeof records, report->records);
  if (report->cancelled)
    return g_strdup(_("Loading was cancelled before the first heap event."));
  return g_strdup_printf(ngettext("This trace holds no heap events. It was recorded without heap tracing; "
                                  "%s process and %s other records were read.",
                                  "This trace holds no heap events. It was recorded without heap tracing; "
                                  "%s processes and %s other records were read.",
                                  n_processes),
                         processes, records);
}

static void
show_bar(GtkInfoBar *bar, GtkLabel *label, const char *text, const char *tooltip)
{
  set_label(label, text != NULL ? text : "");
  set_tooltip(GTK_WIDGET(label), tooltip);
  gtk_widget_set_visible(GTK_WIDGET(bar), text != NULL);
}

void
hs_window_update_notices(HsWindow *self)
{
  g_autofree char *notice = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *issues = NULL;

  if (self->document != NULL && hs_document_get_marks(self->document).loaded_to == INT64_MAX) {
    const HsLoadReport *report = hs_loader_report(hs_document_get_loader(self->document));
    if (report != NULL) {
      g_autoptr(GPtrArray) health = hs_health_list(hs_document_get_loader(self->document));
      issues = hs_health_notice(health);
      headline = issues != NULL ? hs_health_headline(health, FALSE) : NULL;
      if (hs_timeline_n_rows(hs_document_get_timeline(self->document)) == 0)
        notice = no_events_text(self->document, report);
    }
  }
  show_bar(self->notice_bar, self->notice_label, notice, NULL);
  /* What each means is a sentence of its own. */
  show_bar(self->issue_bar, self->issue_label, headline, issues);
}
