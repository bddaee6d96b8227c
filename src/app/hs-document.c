/* SPDX-License-Identifier: MIT */
#include "hs-document-places.h"
#include "hs-document-private.h"

/* How often the main thread looks whether the loader is done, and with every which look at what it has done so far. */
#define LOOK_MS 20
#define LOOKS_A_TICK 5

static guint signals[HS_DOCUMENT_N_SIGNALS], told_signal;

G_DEFINE_FINAL_TYPE(HsDocument, hs_document, G_TYPE_OBJECT)

void
hs_document_emit(HsDocument *self, guint signal)
{
  if (!self->closed)
    g_signal_emit(self, signals[signal], 0);
}

void
hs_document_emit_told(HsDocument *self, const char *text)
{
  if (!self->closed)
    g_signal_emit(self, told_signal, 0, text);
}

static void
update_gaps(HsDocument *self)
{
  uint32_t known = self->gaps != NULL ? self->gaps->n_gaps : 0;
  if (hs_timeline_n_gaps(self->timeline) == known)
    return;
  g_clear_pointer(&self->gaps, hs_gap_set_free);
  self->gaps = hs_gap_set_new(self->timeline);
}

static gboolean
on_tick(gpointer data)
{
  HsDocument *self = data;
  /* The outcome is read before the rows: once it is final, so are they. */
  gboolean ended = hs_loader_outcome(self->loader) != HS_LOAD_RUNNING;

  if (!ended && ++self->n_looks % LOOKS_A_TICK != 0)
    return G_SOURCE_CONTINUE;
  if (ended) {
    self->timer = 0;
    self->loading = FALSE;
  }
  g_object_ref(self);
  hs_document_update_data(self);
  hs_document_follow_span(self);
  update_gaps(self);
  hs_document_open_places(self);
  hs_document_emit(self, HS_DOCUMENT_LOADING_CHANGED);
  if (ended) {
    hs_pane_job_end_growth();
    hs_document_start_check(self);
  }
  g_object_unref(self);
  return ended ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

HsDocument *
hs_document_new(const char *path)
{
  return hs_document_new_loading(hs_loader_start(path));
}

HsDocument *
hs_document_new_loading(HsLoader *loader)
{
  HsDocument *self = g_object_new(HS_TYPE_DOCUMENT, NULL);
  self->path = g_strdup(hs_loader_path(loader));
  self->loader = loader;
  self->timeline = hs_timeline_ref(hs_loader_timeline(self->loader));
  self->row_set = hs_row_set_new_all(0);
  self->block_set = hs_row_set_new_all(0);
  self->series = hs_series_set_ref(self->timeline->series);
  self->loading = TRUE;
  hs_document_init_range(self);
  /* The first look is for what is there by then, as of a load that began before. */
  self->n_looks = LOOKS_A_TICK - 1;
  self->timer = g_timeout_add(LOOK_MS, on_tick, self);
  return self;
}

void
hs_document_close(HsDocument *self)
{
  self->closed = TRUE;
  g_clear_handle_id(&self->timer, g_source_remove);
  hs_document_drop_job(self);
  hs_document_drop_check(self);
  hs_document_flush_markers(self);
  if (self->loader != NULL)
    hs_loader_cancel(self->loader);
}

static void
hs_document_dispose(GObject *object)
{
  hs_document_close(HS_DOCUMENT(object));
  G_OBJECT_CLASS(hs_document_parent_class)->dispose(object);
}

static gpointer
free_loader(gpointer data)
{
  hs_loader_free(data);
  return NULL;
}

static void
hs_document_finalize(GObject *object)
{
  HsDocument *self = HS_DOCUMENT(object);
  hs_document_clear_filter(self);
  hs_document_clear_places(self);
  g_clear_pointer(&self->self_check, hs_self_check_free);
  g_clear_pointer(&self->gaps, hs_gap_set_free);
  g_clear_pointer(&self->timeline, hs_timeline_unref);
  /* Joining the loading thread may take a moment; a window that closes shall not feel it. */
  GThread *thread = self->loader != NULL ? g_thread_try_new("hs-close", free_loader, self->loader, NULL) : NULL;
  if (thread != NULL)
    g_thread_unref(thread);
  else
    hs_loader_free(self->loader);
  self->loader = NULL;
  g_clear_pointer(&self->path, g_free);
  hs_document_clear_range(self);
  G_OBJECT_CLASS(hs_document_parent_class)->finalize(object);
}

static void
hs_document_class_init(HsDocumentClass *klass)
{
  static const char *const names[HS_DOCUMENT_N_SIGNALS] = {
      [HS_DOCUMENT_RANGE_CHANGED] = "range-changed",     [HS_DOCUMENT_SELECTION_CHANGED] = "selection-changed",
      [HS_DOCUMENT_FILTER_CHANGED] = "filter-changed",   [HS_DOCUMENT_DATA_CHANGED] = "data-changed",
      [HS_DOCUMENT_CHOICE_CHANGED] = "choice-changed",   [HS_DOCUMENT_HOVER_CHANGED] = "hover-changed",
      [HS_DOCUMENT_DISPLAY_CHANGED] = "display-changed", [HS_DOCUMENT_LOADING_CHANGED] = "loading-changed",
      [HS_DOCUMENT_PLACES_CHANGED] = "places-changed",   [HS_DOCUMENT_SHOWN_CHANGED] = "shown-changed",
  };
  GObjectClass *object_class = G_OBJECT_CLASS(klass);

  object_class->dispose = hs_document_dispose;
  object_class->finalize = hs_document_finalize;
  for (guint i = 0; i < HS_DOCUMENT_N_SIGNALS; i++)
    signals[i] =
        g_signal_new(names[i], G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  told_signal = g_signal_new("told", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                             G_TYPE_STRING);
}

static void
hs_document_init(HsDocument *self)
{
  hs_document_init_filter(self);
  hs_document_init_places(self);
  self->cursor = INT64_MIN;
  self->hover = INT64_MIN;
  self->row = UINT32_MAX;
  self->block.v = HS_ID_NONE;
  self->measure = HS_MEASURE_BYTES;
  self->group = HS_GROUP_SOURCE;
  self->color_by = HS_COLOR_BY_SOURCE;
  self->chart_look.committed = TRUE;
}

HsLoader *
hs_document_get_loader(HsDocument *self)
{
  return self->loader;
}

HsTimeline *
hs_document_get_timeline(HsDocument *self)
{
  return self->timeline;
}

const char *
hs_document_get_path(HsDocument *self)
{
  return self->path;
}

char *
hs_document_dup_title(HsDocument *self)
{
  return g_filename_display_basename(self->path);
}

void
hs_document_cancel_load(HsDocument *self)
{
  if (self->loading)
    hs_loader_cancel(self->loader);
}

uint32_t
hs_document_get_n_rows(HsDocument *self)
{
  return hs_row_set_n_rows(self->row_set);
}

HsRowSet *
hs_document_get_row_set(HsDocument *self)
{
  return self->row_set;
}

HsRowSet *
hs_document_get_block_set(HsDocument *self)
{
  return self->block_set;
}

HsSeriesSet *
hs_document_get_series(HsDocument *self)
{
  return self->series;
}

HsRow
hs_document_get_row(HsDocument *self)
{
  return self->row;
}

HsBlockId
hs_document_get_block(HsDocument *self)
{
  return self->block;
}

void
hs_document_choose_row(HsDocument *self, HsRow row)
{
  if (row != UINT32_MAX && row >= hs_timeline_n_rows(self->timeline))
    return;
  HsBlockId block = {HS_ID_NONE};
  if (row != UINT32_MAX)
    block = hs_timeline_row_block(self->timeline, row);
  if (row == self->row && block.v == self->block.v)
    return;
  self->row = row;
  self->block = block;
  hs_document_emit(self, HS_DOCUMENT_CHOICE_CHANGED);
}

void
hs_document_choose_block(HsDocument *self, HsBlockId block)
{
  if (block.v != HS_ID_NONE && block.v >= hs_timeline_n_blocks(self->timeline))
    return;
  HsRow row = block.v == HS_ID_NONE ? UINT32_MAX : hs_timeline_block_begin(self->timeline, block);
  if (row == self->row && block.v == self->block.v)
    return;
  self->row = row;
  self->block = block;
  hs_document_emit(self, HS_DOCUMENT_CHOICE_CHANGED);
}

HsMeasure
hs_document_get_measure(HsDocument *self)
{
  return self->measure;
}

void
hs_document_set_measure(HsDocument *self, HsMeasure measure)
{
  if (self->measure == measure)
    return;
  self->measure = measure;
  /* A value of one measure is none of another. */
  self->chart_look.fixed_max = 0;
  hs_document_emit(self, HS_DOCUMENT_DISPLAY_CHANGED);
}

HsGroup
hs_document_get_group(HsDocument *self)
{
  return self->group;
}

void
hs_document_set_group(HsDocument *self, HsGroup group)
{
  if (self->group == group)
    return;
  self->group = group;
  hs_document_emit(self, HS_DOCUMENT_DISPLAY_CHANGED);
}

HsColorBy
hs_document_get_color_by(HsDocument *self)
{
  return self->color_by;
}

void
hs_document_set_color_by(HsDocument *self, HsColorBy color_by)
{
  if (self->color_by == color_by)
    return;
  self->color_by = color_by;
  hs_document_emit(self, HS_DOCUMENT_DISPLAY_CHANGED);
}

const HsChartLook *
hs_document_get_chart_look(HsDocument *self)
{
  return &self->chart_look;
}

void
hs_document_set_chart_look(HsDocument *self, const HsChartLook *look)
{
  const HsChartLook *old = &self->chart_look;
  if (old->overlaid == look->overlaid && old->log == look->log && old->fixed == look->fixed &&
      old->fixed_max == look->fixed_max && old->committed == look->committed)
    return;
  self->chart_look = *look;
  hs_document_emit(self, HS_DOCUMENT_DISPLAY_CHANGED);
}

void
hs_document_report_contradiction(HsDocument *self)
{
  if (self->is_contradictory)
    return;
  self->is_contradictory = TRUE;
  hs_document_emit(self, HS_DOCUMENT_LOADING_CHANGED);
}

gboolean
hs_document_is_contradictory(HsDocument *self)
{
  return self->is_contradictory;
}
