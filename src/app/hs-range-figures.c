/* SPDX-License-Identifier: MIT */
#include "hs-range-figures.h"
#include "hs-worker.h"

typedef struct {
  HsTimeline *timeline;
  HsRowSet *rows, *blocks;
  HsSeriesSet *series;
  HsRangeFigures figures;
  int cancel; /* atomic */
} Count;

static void
count_free(gpointer data)
{
  Count *count = data;
  hs_series_set_unref(count->series);
  hs_row_set_unref(count->rows);
  hs_row_set_unref(count->blocks);
  hs_timeline_unref(count->timeline);
  g_free(count);
}

static uint32_t
count_events(HsTimeline *timeline, const HsRowSet *rows, int64_t t0, int64_t t1)
{
  uint32_t n_rows = hs_row_set_n_rows(rows);
  HsRow row0 = hs_timeline_row_at(timeline, t0, n_rows), row1 = hs_timeline_row_at(timeline, t1, n_rows);
  return hs_row_set_rank(rows, row1) - hs_row_set_rank(rows, row0);
}

uint32_t
hs_range_count_events(HsDocument *document, int64_t t0, int64_t t1)
{
  return count_events(hs_document_get_timeline(document), hs_document_get_row_set(document), t0, t1);
}

/* Any thread. */
static void
on_cancelled(GCancellable *cancellable, gpointer data)
{
  Count *count = data;
  g_atomic_int_set(&count->cancel, 1);
}

/* Worker. */
static void
run_count(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  Count *count = data;
  HsRangeFigures *figures = &count->figures;
  gulong handler = 0;
  if (cancellable != NULL)
    handler = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), count, NULL);
  figures->n_events = count_events(count->timeline, count->rows, figures->t0, figures->t1);
  g_autoptr(HsPivot) pivot =
      hs_pivot_new(count->timeline, count->blocks, count->series, (HsTimeRange){figures->t0, figures->t1},
                   hs_row_set_n_rows(count->rows), NULL, 0, false, &count->cancel);
  if (cancellable != NULL)
    g_cancellable_disconnect(cancellable, handler);
  if (pivot != NULL) {
    figures->sums = pivot->total;
    figures->is_consistent = !pivot->is_checked || pivot->is_consistent;
  }
  g_task_return_boolean(task, pivot != NULL);
}

void
hs_range_figures_count_async(HsDocument *document, int64_t t0, int64_t t1, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  Count *count = g_new0(Count, 1);
  count->timeline = hs_timeline_ref(hs_document_get_timeline(document));
  count->rows = hs_row_set_ref(hs_document_get_row_set(document));
  count->blocks = hs_row_set_ref(hs_document_get_block_set(document));
  count->series = hs_series_set_ref(hs_document_get_series(document));
  count->figures.t0 = t0;
  count->figures.t1 = t1;
  g_autoptr(GTask) task = g_task_new(document, cancellable, callback, data);
  g_task_set_task_data(task, count, count_free);
  g_task_run_in_thread(task, run_count);
}

gboolean
hs_range_figures_count_finish(GAsyncResult *result, HsRangeFigures *figures)
{
  Count *count = g_task_get_task_data(G_TASK(result));
  if (!g_task_propagate_boolean(G_TASK(result), NULL))
    return FALSE;
  *figures = count->figures;
  return TRUE;
}
