/* SPDX-License-Identifier: MIT */
/* One flat pass over the records of all blocks, by two threads if there are many, then one over those found. */
#include "hs-biography.h"

#include <string.h>

#include "hs-block-type.h"
#include "hs-row-keys.h"
#include "hs-scratch.h"

#define PARALLEL_BLOCKS (1u << 18)
#define BLOCKS_PER_POLL (1u << 14)
#define BIAS (UINT64_C(1) << 63)

typedef struct {
  uint32_t *at;
  uint32_t n, capacity;
} Ids;

typedef struct {
  const HsTimeline *timeline;
  uint32_t pid;
  uint64_t address;
  uint32_t first, end;
  const int *cancel;
  Ids found;
  bool failed;
} Part;

static bool
is_cancelled(const int *cancel)
{
  return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

static bool
append(Ids *ids, uint32_t id)
{
  if (ids->n == ids->capacity) {
    uint32_t capacity = MAX(ids->capacity * 2, 64);
    uint32_t *at = g_try_realloc_n(ids->at, capacity, sizeof *at);
    if (at == NULL)
      return false;
    ids->at = at;
    ids->capacity = capacity;
  }
  ids->at[ids->n++] = id;
  return true;
}

static HsProcessId
process_of(const HsTimeline *t, HsBlockId id)
{
  HsOriginId origin = hs_timeline_row_origin(t, hs_timeline_block_begin(t, id));
  return hs_timeline_thread(t, hs_timeline_origin(t, origin)->thread)->process;
}

static bool
holds(const HsTimeline *t, HsBlockId id, uint64_t address)
{
  const HsBlockRecord *record = hs_timeline_block_record(t, id);
  uint64_t offset = address - record->address;
  uint32_t size = hs_block_record_size(record);
  if (G_LIKELY(size != HS_BLOCK_BIG))
    return offset < MAX(size, 1);
  return offset < hs_timeline_block_big_size(t, id);
}

static gpointer
search_part(gpointer data)
{
  Part *part = data;
  const HsTimeline *t = part->timeline;
  for (uint32_t i = part->first; i < part->end && !part->failed; i++) {
    HsBlockId id = {i};
    if (i % BLOCKS_PER_POLL == 0 && is_cancelled(part->cancel))
      part->failed = true;
    else if (holds(t, id, part->address) && hs_timeline_process(t, process_of(t, id))->pid == part->pid)
      part->failed = !append(&part->found, i);
  }
  return NULL;
}

/* Those of the second half come after those of the first. */
static bool
join(Ids *ids, const Ids *more)
{
  if (more->n == 0)
    return true;
  uint32_t *at = g_try_realloc_n(ids->at, (gsize)ids->n + more->n, sizeof *at);
  if (at == NULL)
    return false;
  memcpy(at + ids->n, more->at, more->n * sizeof *at);
  ids->at = at;
  ids->n = ids->capacity = ids->n + more->n;
  return true;
}

static bool
search(Part here, uint32_t n_blocks, Ids *found)
{
  Part there = here;
  bool both = n_blocks >= PARALLEL_BLOCKS;
  here.end = both ? n_blocks / 2 : n_blocks;
  there.first = here.end;
  there.end = n_blocks;
  hs_run_both("hs-biography", search_part, &here, both ? &there : NULL);
  bool done = !here.failed && !there.failed && join(&here.found, &there.found);
  g_free(there.found.at);
  *found = here.found;
  return done;
}

/* --- the times between --- */

/* Until when blocks of one process lived there, so far. */
typedef struct {
  uint32_t process;
  int64_t end_ticks;
} Tenancy;

static Tenancy *
find_tenancy(GArray *tenancies, uint32_t process)
{
  for (guint i = tenancies->len; i-- > 0;) {
    Tenancy *tenancy = &g_array_index(tenancies, Tenancy, i);
    if (tenancy->process == process)
      return tenancy;
  }
  return NULL;
}

static int64_t
move_in(GArray *tenancies, uint32_t process, const HsBlock *block)
{
  Tenancy *tenancy = find_tenancy(tenancies, process);
  if (tenancy == NULL) {
    Tenancy first = {process, block->end_ticks};
    g_array_append_val(tenancies, first);
    return HS_VACANCY_FIRST;
  }
  int64_t vacancy, end = tenancy->end_ticks;
  tenancy->end_ticks = MAX(end, block->end_ticks);
  if (end > block->begin_ticks)
    return HS_VACANCY_SHARED;
  return __builtin_sub_overflow(block->begin_ticks, end, &vacancy) ? INT64_MAX : vacancy;
}

static bool
find_vacancies(HsBiography *self, const HsTimeline *timeline, const Ids *found, const int *cancel)
{
  g_autoptr(GArray) tenancies = g_array_new(FALSE, FALSE, sizeof(Tenancy));
  self->vacancy_ticks = g_try_new(int64_t, MAX(found->n, 1));
  if (self->vacancy_ticks == NULL)
    return false;
  for (uint32_t i = 0; i < found->n; i++) {
    HsBlockId id = {found->at[i]};
    HsBlock block;
    if (i % BLOCKS_PER_POLL == 0 && is_cancelled(cancel))
      return false;
    hs_timeline_block(timeline, id, self->n_rows, &block);
    self->vacancy_ticks[i] = move_in(tenancies, process_of(timeline, id).v, &block);
  }
  return true;
}

/* --- all of it --- */

HsBiography *
hs_biography_new(HsTimeline *timeline, uint32_t pid, uint64_t address, uint32_t n_rows, const int *cancel)
{
  g_autoptr(HsBiography) self = g_new0(HsBiography, 1);
  Part whole = {.timeline = timeline, .pid = pid, .address = address, .cancel = cancel};
  uint32_t n_blocks = hs_row_set_count_blocks(timeline, n_rows);
  Ids found = {0};

  self->ref_count = 1;
  self->pid = pid;
  self->address = address;
  self->n_rows = n_rows;
  bool done = search(whole, n_blocks, &found) && find_vacancies(self, timeline, &found, cancel);
  if (done)
    self->blocks = hs_row_set_new_listed(n_blocks, found.at, found.n);
  g_free(found.at);
  return self->blocks != NULL ? g_steal_pointer(&self) : NULL;
}

HsBiography *
hs_biography_ref(HsBiography *biography)
{
  g_atomic_int_inc(&biography->ref_count);
  return biography;
}

void
hs_biography_unref(HsBiography *biography)
{
  if (biography == NULL || !g_atomic_int_dec_and_test(&biography->ref_count))
    return;
  g_clear_pointer(&biography->blocks, hs_row_set_unref);
  g_free(biography->vacancy_ticks);
  g_free(biography);
}

int64_t
hs_biography_vacancy_ticks(const HsBiography *biography, HsBlockId block)
{
  return biography->vacancy_ticks[hs_row_set_rank(biography->blocks, block.v)];
}

bool
hs_biography_vacancy_ns(const HsBiography *biography, const HsTimeline *timeline, HsBlockId block, int64_t *ns)
{
  int64_t vacancy = hs_biography_vacancy_ticks(biography, block), end;
  int64_t begin = hs_timeline_ticks(timeline, hs_timeline_block_begin(timeline, block));
  if (vacancy < 0)
    return false;
  if (__builtin_sub_overflow(begin, vacancy, &end))
    end = INT64_MIN;
  *ns = hs_block_lifetime_ns(hs_timeline_clock(timeline), end, begin);
  return true;
}

static HsRowKey
vacancy_key(gconstpointer biography, uint32_t block)
{
  int64_t vacancy = hs_biography_vacancy_ticks(biography, (HsBlockId){block});
  return (HsRowKey){(uint64_t)vacancy + BIAS, vacancy >= 0};
}

HsRowOrder *
hs_biography_order_new(const HsBiography *biography, HsRowSet *blocks, bool descending, const int *cancel)
{
  return hs_row_order_new_keyed(blocks, vacancy_key, NULL, biography, descending, cancel);
}
