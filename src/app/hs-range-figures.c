/* SPDX-License-Identifier: MIT */
#include "hs-range-figures.h"
#include "hs-worker.h"

/* Blocks between two looks at the cancellable. */
#define STRETCH 65536

typedef struct {
  HsTimeline *timeline;
  HsRowSet *rows;
  HsSeriesSet *series;
  HsRangeFigures figures;
} Count;

static void
count_free(gpointer data)
{
  Count *count = data;
  hs_timeline_unref(count->timeline);
  hs_row_set_unref(count->rows);
  hs_series_set_unref(count->series);
  g_free(count);
}

/* The first block that began at or after a row: block ids ascend with their begin rows. */
static uint32_t
first_block(HsTimeline *timeline, HsRow row)
{
  uint32_t low = 0, high = hs_timeline_n_blocks(timeline);
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (hs_timeline_block_begin(timeline, (HsBlockId){middle}) < row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
find_rows(const HsRowSet *rows, HsTimeline *timeline, int64_t t0, int64_t t1, HsRow *row0, HsRow *row1)
{
  uint32_t n_rows = hs_row_set_n_rows(rows);
  *row0 = hs_timeline_row_at(timeline, t0, n_rows);
  *row1 = hs_timeline_row_at(timeline, t1, n_rows);
}

uint32_t
hs_range_count_events(HsDocument *document, int64_t t0, int64_t t1)
{
  HsRowSet *rows = hs_document_get_row_set(document);
  HsRow row0, row1;
  find_rows(rows, hs_document_get_timeline(document), t0, t1, &row0, &row1);
  return hs_row_set_rank(rows, row1) - hs_row_set_rank(rows, row0);
}

/* Worker. */
static void
run_count(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hs_worker_begin();
  Count *count = data;
  HsRangeFigures *figures = &count->figures;
  HsRow row0, row1;

  find_rows(count->rows, count->timeline, figures->t0, figures->t1, &row0, &row1);
  figures->n_events = hs_row_set_rank(count->rows, row1) - hs_row_set_rank(count->rows, row0);
  uint32_t end = first_block(count->timeline, row1);
  for (uint32_t i = first_block(count->timeline, row0); i < end; i++) {
    HsBlockId block = {i};
    if ((i & (STRETCH - 1)) == 0 && g_task_return_error_if_cancelled(task))
      return;
    if (!hs_row_set_contains(count->rows, hs_timeline_block_begin(count->timeline, block)))
      continue;
    figures->n_begun++;
    figures->begun_bytes += hs_timeline_block_size(count->timeline, block);
  }
  int64_t bytes0, bytes1;
  uint32_t count0, count1;
  hs_series_at(count->series, figures->t0 - 1, &bytes0, &count0);
  hs_series_at(count->series, figures->t1 - 1, &bytes1, &count1);
  figures->net_bytes = bytes1 - bytes0;
  figures->net_count = (int64_t)count1 - (int64_t)count0;
  g_task_return_boolean(task, TRUE);
}

void
hs_range_figures_count_async(HsDocument *document, int64_t t0, int64_t t1, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  Count *count = g_new0(Count, 1);
  count->timeline = hs_timeline_ref(hs_document_get_timeline(document));
  count->rows = hs_row_set_ref(hs_document_get_row_set(document));
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
