/* SPDX-License-Identifier: MIT */
#include "hs-pane-job.h"
#include "hs-pane-samples.h"

/* What samples were made from; equal origins give equal samples. */
typedef struct {
  HsSampleKey key;
  HsTimeline *timeline; /* keeps alive what `series` may only point to */
  HsSeriesSet *series;
  uint32_t n_rows;
  guint serial; /* of the filter */
} HsOrigins;

struct _HsPaneSamples {
  void (*arrived)(gpointer owner);
  gpointer owner;
  HsPaneJob *job;
  HsOrigins wanted, shown;
  HsSamples *samples, *older; /* older: of the same series, measure and grouping, or NULL */
  int64_t older0, older1;
};

static void
clear_origins(HsOrigins *origins)
{
  g_clear_pointer(&origins->series, hs_series_set_unref);
  g_clear_pointer(&origins->timeline, hs_timeline_unref);
  *origins = (HsOrigins){0};
}

static void
copy_origins(HsOrigins *to, const HsOrigins *from)
{
  *to = *from;
  hs_series_set_ref(to->series);
  hs_timeline_ref(to->timeline);
}

static gboolean
same_key(const HsSampleKey *a, const HsSampleKey *b)
{
  return a->measure == b->measure && a->group == b->group && a->t0 == b->t0 && a->t1 == b->t1 &&
         a->n_columns == b->n_columns && a->max_layers == b->max_layers;
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
  HsPaneSamples *self = owner;
  if (self->wanted.series == NULL || self->wanted.key.n_columns <= 0)
    return NULL;
  HsOrigins *request = g_new0(HsOrigins, 1);
  copy_origins(request, &self->wanted);
  return request;
}

/* Worker. */
static gpointer
work(gpointer data, const int *cancel)
{
  const HsOrigins *request = data;
  const HsSampleKey *key = &request->key;
  return hs_series_sample(request->series, key->measure, key->group, key->t0, key->t1, key->n_columns, key->max_layers,
                          cancel);
}

static void
done(gpointer owner, gpointer request, gpointer result)
{
  HsPaneSamples *self = owner;
  const HsOrigins *made = request;
  g_clear_pointer(&self->older, hs_samples_free);
  if (made->series == self->shown.series && made->key.measure == self->shown.key.measure &&
      made->key.group == self->shown.key.group) {
    self->older = g_steal_pointer(&self->samples);
    self->older0 = self->shown.key.t0;
    self->older1 = self->shown.key.t1;
  }
  g_clear_pointer(&self->samples, hs_samples_free);
  self->samples = result;
  clear_origins(&self->shown);
  copy_origins(&self->shown, request);
  self->arrived(self->owner);
}

static void
free_samples(gpointer samples)
{
  hs_samples_free(samples);
}

static const HsPaneJobClass job_class = {prepare, work, done, free_request, free_samples};

/* --- public --- */

HsPaneSamples *
hs_pane_samples_new(void (*arrived)(gpointer owner), gpointer owner)
{
  HsPaneSamples *self = g_new0(HsPaneSamples, 1);
  self->arrived = arrived;
  self->owner = owner;
  self->job = hs_pane_job_new(&job_class, self);
  return self;
}

void
hs_pane_samples_clear(HsPaneSamples *self)
{
  hs_pane_job_cancel(self->job);
  clear_origins(&self->wanted);
  clear_origins(&self->shown);
  g_clear_pointer(&self->samples, hs_samples_free);
  g_clear_pointer(&self->older, hs_samples_free);
}

void
hs_pane_samples_free(HsPaneSamples *self)
{
  hs_pane_samples_clear(self);
  hs_pane_job_free(self->job);
  g_free(self);
}

void
hs_pane_samples_want(HsPaneSamples *self, HsDocument *document, const HsSampleKey *key)
{
  HsOrigins now = {.key = *key,
                   .timeline = hs_document_get_timeline(document),
                   .series = hs_document_get_series(document),
                   .n_rows = hs_document_get_n_rows(document),
                   .serial = hs_document_get_filter_serial(document)};
  gboolean same_data = now.series == self->wanted.series && now.n_rows == self->wanted.n_rows;
  if (same_data && same_key(key, &self->wanted.key))
    return;
  /* Another filter, measure or grouping: what is being made would show something else. A moved range may finish. */
  gboolean obsolete = now.serial != self->wanted.serial || key->measure != self->wanted.key.measure ||
                      key->group != self->wanted.key.group;
  /* All there is is shown: while it grows, the range does. */
  gboolean growth = !obsolete && key->n_columns == self->wanted.key.n_columns &&
                    hs_loader_outcome(hs_document_get_loader(document)) == HS_LOAD_RUNNING;
  clear_origins(&self->wanted);
  copy_origins(&self->wanted, &now);
  if (growth)
    hs_pane_job_want_growth(self->job);
  else
    hs_pane_job_want(self->job, obsolete);
}

const HsSamples *
hs_pane_samples_get(const HsPaneSamples *self, int64_t *t0, int64_t *t1)
{
  *t0 = self->shown.key.t0;
  *t1 = self->shown.key.t1;
  return self->samples;
}

/* How much of [v0, v1) lies in [t0, t1). */
static double
shown_part(int64_t v0, int64_t v1, int64_t t0, int64_t t1)
{
  return (double)MIN(v1, t1) - (double)MAX(v0, t0);
}

const HsSamples *
hs_pane_samples_get_for(const HsPaneSamples *self, int64_t v0, int64_t v1, int64_t *t0, int64_t *t1)
{
  const HsSamples *samples = hs_pane_samples_get(self, t0, t1);
  if (self->older == NULL || shown_part(v0, v1, *t0, *t1) >= shown_part(v0, v1, self->older0, self->older1))
    return samples;
  *t0 = self->older0;
  *t1 = self->older1;
  return self->older;
}

gboolean
hs_pane_samples_is_busy(const HsPaneSamples *self)
{
  return hs_pane_job_is_busy(self->job);
}
