/* SPDX-License-Identifier: MIT */
#include "hs-address-finder.h"

#include "hs-pane-job.h"
#include "hs-place.h"

typedef struct {
  HsTimeline *timeline;
  HsRowSet *blocks;
  uint64_t address;
  int64_t ticks;
  uint32_t n_rows;
} Request;

struct _HsAddressFinder {
  HsAddressFinderFunc func;
  gpointer owner;
  HsPaneJob *job;
  Request *wish; /* or NULL */
};

static void
request_free(gpointer data)
{
  Request *request = data;
  if (request == NULL)
    return;
  hs_row_set_unref(request->blocks);
  hs_timeline_unref(request->timeline);
  g_free(request);
}

static gpointer
prepare(gpointer owner)
{
  HsAddressFinder *self = owner;
  return g_steal_pointer(&self->wish);
}

static gpointer
work(gpointer data, const int *cancel)
{
  const Request *request = data;
  HsBlockId *found = g_new(HsBlockId, 1);
  *found = hs_place_find_block(request->timeline, request->blocks, request->address, request->ticks, request->n_rows,
                               cancel);
  return found;
}

static void
done(gpointer owner, gpointer data, gpointer result)
{
  HsAddressFinder *self = owner;
  const Request *request = data;
  g_autofree HsBlockId *found = result;
  self->func(self->owner, request->address, *found);
}

static const HsPaneJobClass job_class = {prepare, work, done, request_free, g_free};

HsAddressFinder *
hs_address_finder_new(HsAddressFinderFunc func, gpointer owner)
{
  HsAddressFinder *self = g_new0(HsAddressFinder, 1);
  self->func = func;
  self->owner = owner;
  self->job = hs_pane_job_new(&job_class, self);
  return self;
}

void
hs_address_finder_free(HsAddressFinder *self)
{
  if (self == NULL)
    return;
  hs_address_finder_stop(self);
  hs_pane_job_free(self->job);
  g_free(self);
}

void
hs_address_finder_search(HsAddressFinder *self, HsDocument *document, uint64_t address)
{
  request_free(self->wish);
  self->wish = g_new0(Request, 1);
  self->wish->timeline = hs_timeline_ref(hs_document_get_timeline(document));
  self->wish->blocks = hs_row_set_ref(hs_document_get_block_set(document));
  self->wish->address = address;
  self->wish->ticks = hs_document_get_cursor(document);
  self->wish->n_rows = hs_document_get_n_rows(document);
  hs_pane_job_want(self->job, TRUE);
}

void
hs_address_finder_stop(HsAddressFinder *self)
{
  if (self == NULL)
    return;
  hs_pane_job_cancel(self->job);
  g_clear_pointer(&self->wish, request_free);
}

gboolean
hs_address_finder_is_busy(HsAddressFinder *self)
{
  return hs_pane_job_is_busy(self->job);
}
