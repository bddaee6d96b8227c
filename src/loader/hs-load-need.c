/* SPDX-License-Identifier: MIT */
#include "hs-load-need.h"

#include <string.h>

#include "hs-etl-heap.h"
#include "hs-etl-system.h"

/* The shortest heap record there is (32-bit PERFINFO header, Free), padded. */
#define LEAST_RECORD_BYTES 32u
/* A Free in its usual header, padded. */
#define USUAL_RECORD_BYTES 56u
#define EVENTS_AT_ONCE 256u
#define STEPS_A_LOOK 64u

typedef struct {
  HsLoadNeed *need;
  HsClock clock;
  const HsLoadChoice *choice;
  GHashTable *processes; /* pid → HsNeedProcess, which the need owns */
  HsNeedProcess *latest;
  int64_t slice_ticks;
  uint64_t n_live;
  /* Of what is chosen. */
  int64_t t0, t1; /* ticks */
  HsTimelineCounts chosen;
  uint64_t n_live_chosen, n_before;
} Counter;

static void
free_process(gpointer data)
{
  HsNeedProcess *process = data;
  g_free(process->name);
  g_free(process);
}

void
hs_load_need_free(HsLoadNeed *need)
{
  if (need == NULL)
    return;
  g_ptr_array_unref(need->processes);
  g_free(need);
}

uint64_t
hs_load_need_bound(uint64_t file_bytes)
{
  uint64_t n = file_bytes / LEAST_RECORD_BYTES;
  return hs_timeline_expected_bytes(&(HsTimelineCounts){.n_rows = n, .n_blocks = n, .n_live = n});
}

uint64_t
hs_load_need_likely(const HsEtlFile *file)
{
  uint64_t n;
  if (!hs_etl_file_sample_heap_records(file, &n))
    n = hs_etl_file_unpacked_size(file) / USUAL_RECORD_BYTES;
  return hs_timeline_expected_bytes(&(HsTimelineCounts){.n_rows = n, .n_blocks = n / 2, .n_live = n / 2});
}

static HsNeedProcess *
find_process(Counter *counter, uint32_t pid)
{
  if (counter->latest != NULL && counter->latest->pid == pid)
    return counter->latest;
  HsNeedProcess *process = g_hash_table_lookup(counter->processes, GUINT_TO_POINTER(pid));
  if (process == NULL) {
    process = g_new0(HsNeedProcess, 1);
    process->pid = pid;
    g_ptr_array_add(counter->need->processes, process);
    g_hash_table_insert(counter->processes, GUINT_TO_POINTER(pid), process);
  }
  counter->latest = process;
  return process;
}

static void
add_counts(HsTimelineCounts *sum, const HsTimelineCounts *counts, double part)
{
  sum->n_rows += (uint64_t)((double)counts->n_rows * part);
  sum->n_blocks += (uint64_t)((double)counts->n_blocks * part);
  sum->n_reallocs += (uint64_t)((double)counts->n_reallocs * part);
  sum->n_details += (uint64_t)((double)counts->n_details * part);
  sum->n_loose += (uint64_t)((double)counts->n_loose * part);
  sum->n_live = MAX(sum->n_live, counts->n_live);
}

/* The slices become twice as long, so that they are enough again. */
static void
lengthen_slices(Counter *counter)
{
  HsNeedSlice *slices = counter->need->slices;
  for (guint i = 0; i < HS_NEED_SLICES / 2; i++) {
    HsNeedSlice sum = slices[2 * i];
    add_counts(&sum.counts, &slices[2 * i + 1].counts, 1);
    slices[i] = sum;
  }
  memset(&slices[HS_NEED_SLICES / 2], 0, sizeof slices[0] * (HS_NEED_SLICES / 2));
  counter->slice_ticks *= 2;
}

/* A Free that comes while nothing can be alive has no block; of others that is not known. */
static void
count_in(HsTimelineCounts *counts, uint64_t *n_live, const HsHeapEvent *event)
{
  bool frees = event->op == HS_OP_FREE;
  counts->n_rows++;
  counts->n_blocks += event->op == HS_OP_ALLOC || event->op == HS_OP_REALLOC;
  counts->n_reallocs += event->op == HS_OP_REALLOC;
  counts->n_details += event->op != HS_OP_ALLOC && event->op != HS_OP_REALLOC && !frees;
  counts->n_loose += frees && *n_live == 0;
  *n_live += event->op == HS_OP_ALLOC;
  *n_live -= frees && *n_live > 0;
  counts->n_live = MAX(counts->n_live, *n_live);
}

/* What comes before the range: what is alive as that begins will be there. */
static void
count_before(Counter *counter, const HsHeapEvent *event)
{
  uint64_t *n_live = &counter->n_live_chosen;
  *n_live += event->op == HS_OP_ALLOC;
  *n_live -= event->op == HS_OP_FREE && *n_live > 0;
  counter->n_before = *n_live;
}

static void
count_event(Counter *counter, const HsHeapEvent *event)
{
  uint32_t pid = event->target_pid != 0 ? event->target_pid : event->pid;
  int64_t ticks = MAX(event->ticks, 0);
  while (ticks / counter->slice_ticks >= HS_NEED_SLICES && counter->slice_ticks < INT64_MAX / 2)
    lengthen_slices(counter);
  HsNeedSlice *slice = &counter->need->slices[MIN(ticks / counter->slice_ticks, HS_NEED_SLICES - 1)];
  find_process(counter, pid)->n_rows++;
  count_in(&slice->counts, &counter->n_live, event);
  if (counter->choice->one_process && counter->choice->pid != pid)
    return;
  if (event->ticks < counter->t0)
    count_before(counter, event);
  else if (event->ticks < counter->t1)
    count_in(&counter->chosen, &counter->n_live_chosen, event);
}

static void
name_process(Counter *counter, const HsEtlRecord *record)
{
  HsEtlProcess told = {0};
  if (!hs_etl_process_decode(record, &told, NULL))
    return;
  HsNeedProcess *process = find_process(counter, told.pid);
  if (told.image != NULL && told.image[0] != '\0') {
    g_free(process->name);
    process->name = g_utf8_make_valid(told.image, -1);
  }
  hs_etl_process_clear(&told);
}

static void
count_record(Counter *counter, const HsEtlRecord *record)
{
  HsHeapEvent event;
  if (hs_etl_is_heap(record)) {
    if (hs_etl_heap_decode(record, &event))
      count_event(counter, &event);
  } else if (hs_etl_is_system(record)) {
    name_process(counter, record);
  }
}

/* Heap events, as many as come in a row, and the record behind them. False at the end. */
static bool
count_next(Counter *counter, HsEtlMerger *merger, HsPlainEvent *events, int64_t *last_ticks)
{
  HsEtlRecord record;
  const HsVec *keys = hs_etl_merger_keys(merger);
  uint32_t n = hs_etl_merger_take_plain(merger, events, EVENTS_AT_ONCE);
  for (uint32_t i = 0; i < n; i++) {
    HsHeapEvent event = hs_plain_event_expand(&events[i], HS_VEC(keys, HsOriginKey, events[i].key));
    count_event(counter, &event);
  }
  if (n > 0)
    *last_ticks = MAX(*last_ticks, events[n - 1].ticks);
  if (n == EVENTS_AT_ONCE)
    return true;
  if (!hs_etl_merger_next(merger, &record)) {
    *last_ticks = MAX(*last_ticks, hs_etl_merger_latest(merger));
    return false;
  }
  *last_ticks = MAX(*last_ticks, record.ticks);
  count_record(counter, &record);
  return true;
}

static int
compare_processes(gconstpointer a, gconstpointer b)
{
  const HsNeedProcess *x = *(HsNeedProcess *const *)a, *y = *(HsNeedProcess *const *)b;
  if (x->n_rows != y->n_rows)
    return x->n_rows > y->n_rows ? -1 : 1;
  return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void
finish(Counter *counter, int64_t last_ticks)
{
  HsLoadNeed *need = counter->need;
  for (guint i = need->processes->len; i-- > 0;) {
    const HsNeedProcess *process = need->processes->pdata[i];
    need->n_rows += process->n_rows;
    if (process->n_rows == 0)
      g_ptr_array_remove_index(need->processes, i);
  }
  g_ptr_array_sort(need->processes, compare_processes);
  need->slice_ns = hs_clock_to_ns(counter->clock, counter->slice_ticks);
  need->end_ns = hs_clock_to_ns(counter->clock, last_ticks);
  counter->chosen.n_rows += counter->n_before;
  counter->chosen.n_blocks += counter->n_before;
  need->needed_bytes = hs_timeline_expected_bytes(&counter->chosen);
}

HsLoadNeed *
hs_load_need_count(HsEtlFile *file, const HsLoadChoice *choice, HsNeedProgress progress, gpointer data,
                   const int *cancel)
{
  HsClock clock = hs_etl_file_header(file)->clock;
  g_autoptr(HsLoadNeed) need = g_new0(HsLoadNeed, 1);
  need->processes = g_ptr_array_new_with_free_func(free_process);
  g_autoptr(GHashTable) processes = g_hash_table_new(NULL, NULL);
  Counter counter = {
      .need = need,
      .clock = clock,
      .choice = choice,
      .processes = processes,
      .slice_ticks = MAX((int64_t)(clock.frequency / 1000), 1),
      .t0 = choice->t0_ns == INT64_MIN ? INT64_MIN : hs_clock_from_ns(clock, choice->t0_ns),
      .t1 = choice->t1_ns == INT64_MAX ? INT64_MAX : hs_clock_from_ns(clock, choice->t1_ns),
  };
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  g_autofree HsPlainEvent *events = g_new(HsPlainEvent, EVENTS_AT_ONCE);
  int64_t last_ticks = 0;
  for (uint64_t n = 0; count_next(&counter, merger, events, &last_ticks); n++) {
    if (n % STEPS_A_LOOK != 0)
      continue;
    progress(data, hs_etl_merger_position(merger));
    if (__atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return NULL;
  }
  finish(&counter, last_ticks);
  return g_steal_pointer(&need);
}

/* The part of slice `i` that lies in the range. */
static double
part_of_slice(const HsLoadNeed *need, guint i, const HsLoadChoice *choice)
{
  double begin = (double)need->slice_ns * i, end = (double)need->slice_ns * (i + 1);
  double from = MAX(begin, (double)choice->t0_ns), to = MIN(end, (double)choice->t1_ns);
  return to > from ? (to - from) / (end - begin) : 0;
}

static double
share_of_process(const HsLoadNeed *need, uint32_t pid)
{
  for (guint i = 0; i < need->processes->len; i++) {
    const HsNeedProcess *process = need->processes->pdata[i];
    if (process->pid == pid)
      return (double)process->n_rows / (double)MAX(need->n_rows, 1);
  }
  return 0;
}

uint64_t
hs_load_need_of(const HsLoadNeed *need, const HsLoadChoice *choice)
{
  HsTimelineCounts sum = {0};
  uint64_t before = 0;
  double share = choice->one_process ? share_of_process(need, choice->pid) : 1;
  for (guint i = 0; i < HS_NEED_SLICES; i++) {
    const HsTimelineCounts *counts = &need->slices[i].counts;
    double part = part_of_slice(need, i, choice);
    if (part > 0)
      add_counts(&sum, counts, part * share);
    if (choice->t0_ns > 0 && (double)need->slice_ns * i <= (double)choice->t0_ns && counts->n_live > 0)
      before = counts->n_live;
  }
  sum.n_rows += (uint64_t)((double)before * share);
  sum.n_blocks += (uint64_t)((double)before * share);
  sum.n_live = (uint64_t)((double)MAX(sum.n_live, before) * share);
  return hs_timeline_expected_bytes(&sum);
}
