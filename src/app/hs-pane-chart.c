/* SPDX-License-Identifier: MIT */
#include "hs-pane-chart.h"
#include "hs-pane-job.h"

/* What a chart is made from; equal origins give equal charts. The data are references. */
typedef struct {
  HsChartQuery query;
  HsChartData data;
  guint serial;     /* of the filter; only to be compared */
  gboolean follows; /* the view is of all there is */
  HsChartCache cache;
} Origins;

typedef struct {
  HsChart *chart;
  HsChartCache cache;
} Made;

struct _HsPaneChart {
  void (*arrived)(gpointer owner);
  gpointer owner;
  HsPaneJob *job;
  Origins wanted;
  HsChartCache cache;     /* of the last */
  HsChart *chart, *older; /* older: the one before, of the same kind, or NULL */
  HsChartQuery query;     /* of the chart */
  HsSeriesSet *series;    /* … only to be compared */
};

static void
clear_origins(Origins *origins)
{
  g_clear_pointer(&origins->data.series, hs_series_set_unref);
  g_clear_pointer(&origins->data.rows, hs_row_set_unref);
  g_clear_pointer(&origins->data.blocks, hs_row_set_unref);
  g_clear_pointer(&origins->data.timeline, hs_timeline_unref);
  hs_chart_cache_clear(&origins->cache);
  *origins = (Origins){0};
}

/* Without the cache. */
static void
copy_origins(Origins *to, const Origins *from)
{
  *to = (Origins){.query = from->query, .data = from->data, .serial = from->serial, .follows = from->follows};
  hs_timeline_ref(to->data.timeline);
  hs_row_set_ref(to->data.rows);
  hs_row_set_ref(to->data.blocks);
  hs_series_set_ref(to->data.series);
}

/* What does not change as the view moves. */
static gboolean
same_kind(const HsChartQuery *a, const HsChartQuery *b)
{
  return a->measure == b->measure && a->group == b->group && a->max_layers == b->max_layers && a->bands == b->bands &&
         a->sizes == b->sizes && a->whole == b->whole;
}

static gboolean
same_query(const HsChartQuery *a, const HsChartQuery *b)
{
  return same_kind(a, b) && a->t0 == b->t0 && a->t1 == b->t1 && a->n_columns == b->n_columns;
}

/* --- the job --- */

static void
free_request(gpointer request)
{
  clear_origins(request);
  g_free(request);
}

static gpointer
prepare(gpointer owner)
{
  HsPaneChart *self = owner;
  if (self->wanted.data.timeline == NULL || self->wanted.query.n_columns <= 0)
    return NULL;
  Origins *request = g_new0(Origins, 1);
  copy_origins(request, &self->wanted);
  hs_chart_cache_copy(&request->cache, &self->cache);
  return request;
}

/* Worker. */
static gpointer
work(gpointer data, const int *cancel)
{
  Origins *request = data;
  HsChart *chart = hs_chart_new(&request->data, &request->query, &request->cache, cancel);
  if (chart == NULL)
    return NULL;
  Made *made = g_new0(Made, 1);
  made->chart = chart;
  made->cache = request->cache;
  request->cache = (HsChartCache){NULL, NULL};
  return made;
}

static void
done(gpointer owner, gpointer request, gpointer result)
{
  HsPaneChart *self = owner;
  Made *made = result;
  const Origins *origins = request;
  g_clear_pointer(&self->older, hs_chart_free);
  if (self->chart != NULL && self->series == origins->data.series && same_kind(&self->query, &origins->query))
    self->older = g_steal_pointer(&self->chart);
  self->query = origins->query;
  self->series = origins->data.series;
  g_clear_pointer(&self->chart, hs_chart_free);
  self->chart = made->chart;
  hs_chart_cache_clear(&self->cache);
  self->cache = made->cache;
  g_free(made);
  self->arrived(self->owner);
}

static void
free_made(gpointer data)
{
  Made *made = data;
  hs_chart_free(made->chart);
  hs_chart_cache_clear(&made->cache);
  g_free(made);
}

static const HsPaneJobClass job_class = {prepare, work, done, free_request, free_made};

/* --- public --- */

HsPaneChart *
hs_pane_chart_new(void (*arrived)(gpointer owner), gpointer owner)
{
  HsPaneChart *self = g_new0(HsPaneChart, 1);
  self->arrived = arrived;
  self->owner = owner;
  self->job = hs_pane_job_new(&job_class, self);
  return self;
}

void
hs_pane_chart_clear(HsPaneChart *self)
{
  hs_pane_job_cancel(self->job);
  clear_origins(&self->wanted);
  hs_chart_cache_clear(&self->cache);
  g_clear_pointer(&self->chart, hs_chart_free);
  g_clear_pointer(&self->older, hs_chart_free);
}

void
hs_pane_chart_free(HsPaneChart *self)
{
  hs_pane_chart_clear(self);
  hs_pane_job_free(self->job);
  g_free(self);
}

/* Whether a trace that loads has more events, or spans more, and the view is the same, or still that of all of it. */
static gboolean
is_mere_growth(HsDocument *document, const Origins *before, const Origins *now)
{
  if (hs_loader_outcome(hs_document_get_loader(document)) != HS_LOAD_RUNNING ||
      before->query.n_columns != now->query.n_columns || before->follows != now->follows)
    return FALSE;
  return now->follows || (before->query.t0 == now->query.t0 && before->query.t1 == now->query.t1);
}

void
hs_pane_chart_want(HsPaneChart *self, HsDocument *document, const HsChartQuery *query)
{
  Origins now = {.query = *query,
                 .serial = hs_document_get_filter_serial(document),
                 .follows = hs_document_follows_span(document),
                 .data = {.timeline = hs_document_get_timeline(document),
                          .rows = hs_document_get_row_set(document),
                          .blocks = hs_document_get_block_set(document),
                          .series = hs_document_get_series(document),
                          .n_rows = hs_document_get_n_rows(document)}};
  const HsChartData *data = &self->wanted.data;
  gboolean same_sets = now.data.rows == data->rows && now.data.blocks == data->blocks;
  if (same_sets && now.data.series == data->series && same_query(query, &self->wanted.query))
    return;
  /* Another filter, measure or grouping: what is being made would show something else. A moved range may finish. */
  gboolean obsolete = now.serial != self->wanted.serial || !same_kind(query, &self->wanted.query);
  gboolean growth = !obsolete && is_mere_growth(document, &self->wanted, &now);
  clear_origins(&self->wanted);
  copy_origins(&self->wanted, &now);
  if (growth)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, obsolete);
}

const HsChart *
hs_pane_chart_get(const HsPaneChart *self)
{
  return self->chart;
}

/* Ticks of the view that a chart shows. */
static double
shown_ticks(const HsChart *chart, const HsViewport *viewport)
{
  double t0 = (double)hs_chart_grid_edge(&chart->grid, chart->first);
  double t1 = (double)hs_chart_grid_edge(&chart->grid, chart->first + chart->n_columns);
  return MIN(t1, (double)viewport->t1) - MAX(t0, (double)viewport->t0);
}

const HsChart *
hs_pane_chart_get_for(const HsPaneChart *self, const HsViewport *viewport)
{
  if (self->older != NULL && shown_ticks(self->older, viewport) > shown_ticks(self->chart, viewport))
    return self->older;
  return self->chart;
}

gboolean
hs_pane_chart_is_busy(const HsPaneChart *self)
{
  return hs_pane_job_is_busy(self->job);
}

uint64_t
hs_pane_chart_memory_bytes(const HsPaneChart *self)
{
  return self->cache.flow != NULL ? hs_flow_memory_bytes(self->cache.flow) : 0;
}
