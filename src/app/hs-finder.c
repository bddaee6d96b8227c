/* SPDX-License-Identifier: MIT */
#include "hs-finder.h"

#include "hs-pane-job.h"

#define POSITIONS_PER_POLL (1u << 16)

typedef struct {
  HsTableModel model;
  HsQuery *query;
  bool of_blocks;
  uint32_t from;
  bool forward;
  HsRowSet *matches; /* of this query in this model, found before; or NULL */
} Request;

typedef struct {
  HsRowSet *matches;
  HsFound found;
} Result;

struct _HsFinder {
  HsFinderFunc func;
  gpointer owner;
  HsPaneJob *job;
  Request wish;
  /* What was found last, for the next search with the same expression. */
  HsQuery *query;
  HsRowSet *set, *matches;
  HsTimeRange range;
};

/* --- worker --- */

static bool
is_cancelled(const int *cancel)
{
  return g_atomic_int_get(cancel) != 0;
}

static HsRowSet *
find_matches(const Request *request, const int *cancel)
{
  const HsTableModel *model = &request->model;
  HsRowSet *passing = NULL;
  if (!hs_row_set_query(model->timeline, request->query, model->range, model->n_rows, cancel,
                        request->of_blocks ? NULL : &passing, request->of_blocks ? &passing : NULL))
    return NULL;
  HsRowSet *matches = hs_row_set_new_both(model->set, passing);
  hs_row_set_unref(passing);
  return matches;
}

/* In the natural order, one way round or the other. */
static void
find_by_rank(const Request *request, const HsRowSet *matches, HsFound *found)
{
  const HsTableModel *model = &request->model;
  uint32_t n = hs_row_set_count(matches), rank;
  bool ascending = request->forward != model->reversed;
  if (request->from == HS_POSITION_NONE) {
    rank = ascending ? 0 : n - 1;
  } else {
    uint32_t item = hs_table_model_item(model, request->from);
    uint32_t below = hs_row_set_rank(matches, item);
    uint32_t up_to = below + hs_row_set_contains(matches, item);
    found->wrapped = ascending ? up_to == n : below == 0;
    rank = ascending ? (found->wrapped ? 0 : up_to) : (found->wrapped ? n : below) - 1;
  }
  found->nth = rank + 1;
  found->position = hs_table_model_find(model, hs_row_set_select(matches, rank));
}

static bool
find_in_order(const Request *request, const HsRowSet *matches, HsFound *found, const int *cancel)
{
  const HsTableModel *model = &request->model;
  uint32_t n = hs_table_model_n(model), at = request->from;
  for (uint32_t i = 0; i < n; i++) {
    if (i % POSITIONS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    if (at == HS_POSITION_NONE)
      at = request->forward ? 0 : n - 1;
    else if (request->forward ? at + 1 == n : at == 0) {
      at = request->forward ? 0 : n - 1;
      found->wrapped = true;
    } else {
      at += request->forward ? 1 : UINT32_MAX;
    }
    uint32_t item = hs_table_model_item(model, at);
    if (!hs_row_set_contains(matches, item))
      continue;
    found->position = at;
    found->nth = hs_row_set_rank(matches, item) + 1;
    return true;
  }
  return true;
}

static gpointer
work(gpointer data, const int *cancel)
{
  const Request *request = data;
  g_autoptr(HsRowSet) matches =
      request->matches != NULL ? hs_row_set_ref(request->matches) : find_matches(request, cancel);
  if (matches == NULL)
    return NULL;
  HsFound found = {.position = HS_POSITION_NONE, .n_matches = hs_row_set_count(matches)};
  if (found.n_matches > 0 && request->model.order == NULL)
    find_by_rank(request, matches, &found);
  else if (found.n_matches > 0 && !find_in_order(request, matches, &found, cancel))
    return NULL;
  Result *result = g_new0(Result, 1);
  result->matches = g_steal_pointer(&matches);
  result->found = found;
  return result;
}

/* --- main thread --- */

static void
request_free(gpointer data)
{
  Request *request = data;
  hs_table_model_clear(&request->model);
  hs_query_unref(request->query);
  hs_row_set_unref(request->matches);
  g_free(request);
}

static void
result_free(gpointer data)
{
  Result *result = data;
  hs_row_set_unref(result->matches);
  g_free(result);
}

static void
forget_matches(HsFinder *self)
{
  g_clear_pointer(&self->query, hs_query_unref);
  g_clear_pointer(&self->set, hs_row_set_unref);
  g_clear_pointer(&self->matches, hs_row_set_unref);
}

static bool
matches_fit(const HsFinder *self, const Request *wish)
{
  if (self->matches == NULL || self->set != wish->model.set ||
      !g_str_equal(hs_query_text(self->query), hs_query_text(wish->query)))
    return false;
  return !hs_query_uses_range(self->query) ||
         (self->range.t0_ticks == wish->model.range.t0_ticks && self->range.t1_ticks == wish->model.range.t1_ticks);
}

static gpointer
prepare(gpointer owner)
{
  HsFinder *self = owner;
  if (self->wish.query == NULL)
    return NULL;
  Request *request = g_new0(Request, 1);
  *request = self->wish;
  self->wish = (Request){0};
  if (matches_fit(self, request))
    request->matches = hs_row_set_ref(self->matches);
  return request;
}

static void
done(gpointer owner, gpointer data, gpointer made)
{
  HsFinder *self = owner;
  Request *request = data;
  Result *result = made;
  forget_matches(self);
  self->query = hs_query_ref(request->query);
  self->set = hs_row_set_ref(request->model.set);
  self->matches = hs_row_set_ref(result->matches);
  self->range = request->model.range;
  HsFound found = result->found;
  result_free(result);
  self->func(self->owner, &request->model, request->of_blocks, &found);
}

static const HsPaneJobClass job_class = {prepare, work, done, request_free, result_free};

HsFinder *
hs_finder_new(HsFinderFunc func, gpointer owner)
{
  HsFinder *self = g_new0(HsFinder, 1);
  self->func = func;
  self->owner = owner;
  self->job = hs_pane_job_new(&job_class, self);
  return self;
}

static void
forget_wish(HsFinder *self)
{
  hs_table_model_clear(&self->wish.model);
  hs_query_unref(self->wish.query);
  self->wish = (Request){0};
}

void
hs_finder_stop(HsFinder *self)
{
  if (self == NULL)
    return;
  hs_pane_job_cancel(self->job);
  forget_wish(self);
  forget_matches(self);
}

void
hs_finder_free(HsFinder *self)
{
  if (self == NULL)
    return;
  hs_finder_stop(self);
  hs_pane_job_free(self->job);
  g_free(self);
}

void
hs_finder_search(HsFinder *self, const HsTableModel *model, bool of_blocks, HsQuery *query, uint32_t from, bool forward)
{
  forget_wish(self);
  self->wish = (Request){.query = hs_query_ref(query), .of_blocks = of_blocks, .from = from, .forward = forward};
  hs_table_model_assign(&self->wish.model, model);
  hs_pane_job_want(self->job, TRUE);
}

gboolean
hs_finder_is_busy(HsFinder *self)
{
  return hs_pane_job_is_busy(self->job);
}
