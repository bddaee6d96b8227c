/* SPDX-License-Identifier: MIT */
#include "hs-heap-sizes.h"

#include "hs-wide.h"

#define ROWS_PER_POLL (1u << 16)
/* Of one segment. */
#define ROWS_AT_ONCE 512u
/* No heap is larger, whatever a damaged record says: sums do not wrap then. */
#define MAX_BYTES (INT64_C(1) << 48)

/* What is told of one heap, in the order of `ticks` and then of finding. */
typedef struct {
  int64_t ticks;
  uint32_t heap;
  enum { TOLD, CHANGED, RANGE, OVER } kind;
  int64_t committed, reserved;
} Told;

typedef struct {
  const HsTimeline *timeline;
  GArray *told; /* of Told */
  GArray *rows; /* HsRow: those that told */
  uint32_t n_heaps;
  bool *seen;     /* by heap: something was told */
  bool any_later; /* by anything but a Create, which says how little a heap begins with */
} Finder;

static int64_t
limited(uint64_t bytes)
{
  return (int64_t)MIN(bytes, (uint64_t)MAX_BYTES);
}

static void
tell(Finder *f, int64_t ticks, uint32_t heap, int kind, int64_t committed, int64_t reserved)
{
  if (heap >= f->n_heaps)
    return;
  Told told = {.ticks = ticks, .heap = heap, .kind = kind, .committed = committed, .reserved = reserved};
  g_array_append_val(f->told, told);
  f->seen[heap] = true;
}

/* Whether it tells of sizes. */
static bool
look_at_row(Finder *f, HsRow row, HsOp op)
{
  const HsTimeline *t = f->timeline;
  uint32_t heap = hs_timeline_row_heap(t, row).v, ref = hs_timeline_ref_of(t, row);
  int64_t ticks = hs_timeline_ticks(t, row);
  const HsDetail *detail = ref != HS_REF_NONE ? HS_VEC(&t->details, HsDetail, ref) : NULL;
  if (op == HS_OP_DESTROY) {
    if (heap < f->n_heaps && f->seen[heap])
      tell(f, ticks, heap, OVER, 0, 0);
  } else if (detail == NULL) {
    return false;
  } else if (detail->has_sizes) {
    f->any_later = f->any_later || op != HS_OP_CREATE;
    tell(f, ticks, heap, TOLD, limited(detail->committed_bytes), limited(detail->reserved_bytes));
  } else if (op == HS_OP_COMMIT || op == HS_OP_DECOMMIT) {
    int64_t bytes = limited(detail->size);
    f->any_later = true;
    tell(f, ticks, heap, CHANGED, op == HS_OP_COMMIT ? bytes : -bytes, 0);
  } else {
    return false;
  }
  return true;
}

static inline G_ALWAYS_INLINE bool
is_pairing(unsigned op)
{
  return (op == HS_OP_ALLOC) | (op == HS_OP_REALLOC) | (op == HS_OP_FREE);
}

/* Whether any of these rows is no Alloc, ReAlloc or Free, as nearly all are. */
static HS_WIDE bool
any_other(const uint8_t *op_sources, uint32_t n)
{
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++)
    any |= !is_pairing(op_sources[i] & 31u);
  return any != 0;
}

static void
look_at_others(Finder *f, const uint64_t *bits, HsRow row, HsRow end)
{
  for (; row < end; row++) {
    HsOp op = hs_timeline_op(f->timeline, row);
    if (!is_pairing(op) && (bits == NULL || (bits[row / 64] >> row % 64 & 1) != 0) && look_at_row(f, row, op))
      g_array_append_val(f->rows, row);
  }
}

/* What was told before is told again. Returns the first row that was not looked at. */
static HsRow
look_again(Finder *f, const HsHeapSizes *before)
{
  for (uint32_t i = 0; i < before->n_told; i++)
    (void)look_at_row(f, before->told_rows[i], hs_timeline_op(f->timeline, before->told_rows[i]));
  g_array_append_vals(f->rows, before->told_rows, before->n_told);
  return before->n_looked;
}

static bool
look_at_rows(Finder *f, const HsRowSet *rows, uint32_t n_rows, const HsHeapSizes *before, const int *cancel)
{
  const uint64_t *bits = hs_row_set_words(rows);
  n_rows = MIN(n_rows, hs_row_set_n_rows(rows));
  bool goes_on = bits == NULL && before != NULL && before->n_looked <= n_rows;
  /* The rows at once are of one segment. */
  uint32_t first = goes_on ? look_again(f, before) : 0, n;
  for (uint64_t row = first; row < n_rows; row += n) {
    n = (uint32_t)MIN(n_rows - row, ROWS_AT_ONCE - row % ROWS_AT_ONCE);
    if (row % ROWS_PER_POLL < ROWS_AT_ONCE && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
      return false;
    if (any_other(HS_AT(&f->timeline->op_source, uint8_t, row), n))
      look_at_others(f, bits, (HsRow)row, (HsRow)row + n);
  }
  return true;
}

static void
look_at_ranges(Finder *f)
{
  uint32_t n = hs_timeline_n_regions(f->timeline);
  for (uint32_t i = 0; i < n; i++) {
    const HsRegion *region = hs_timeline_region(f->timeline, i);
    if (region->what != HS_OP_SNAPSHOT)
      continue;
    f->any_later = true;
    tell(f, region->ticks, region->heap.v, RANGE, 0, region->gone ? -limited(region->size) : limited(region->size));
  }
}

static void
look_at_ends(Finder *f)
{
  for (uint32_t i = 0; i < f->n_heaps; i++) {
    if (!f->seen[i])
      continue;
    HsProcessId process = hs_timeline_heap(f->timeline, (HsHeapId){i})->process;
    int64_t end = HS_GET(hs_timeline_process(f->timeline, process)->end_ticks);
    if (end != INT64_MAX)
      tell(f, end, i, OVER, 0, 0);
  }
}

static gint
compare_told(gconstpointer a, gconstpointer b)
{
  const Told *x = a, *y = b;
  return (x->ticks > y->ticks) - (x->ticks < y->ticks);
}

/* A heap's sizes as they stand. */
typedef struct {
  int64_t committed, reserved;
  bool told; /* by both sums, against which ranges are but details */
} Sizes;

static void
follow(Sizes *sizes, const Told *told)
{
  switch (told->kind) {
  case TOLD:
    *sizes = (Sizes){told->committed, told->reserved, true};
    break;
  case CHANGED:
    sizes->committed = CLAMP(sizes->committed + told->committed, 0, MAX_BYTES);
    break;
  case RANGE:
    if (!sizes->told)
      sizes->reserved = CLAMP(sizes->reserved + told->reserved, 0, MAX_BYTES);
    break;
  case OVER:
    *sizes = (Sizes){0, 0, false};
    break;
  }
}

static HsHeapSizeStep *
make_steps(const Finder *f, uint32_t *n_steps)
{
  g_autofree Sizes *heaps = g_try_new0(Sizes, MAX(f->n_heaps, 1));
  HsHeapSizeStep *steps = g_try_new(HsHeapSizeStep, MAX(f->told->len, 1));
  int64_t committed = 0, reserved = 0;
  *n_steps = 0;
  for (guint i = 0; i < f->told->len && heaps != NULL && steps != NULL; i++) {
    const Told *told = &g_array_index(f->told, Told, i);
    Sizes *sizes = &heaps[told->heap], before = *sizes;
    follow(sizes, told);
    committed += sizes->committed - before.committed;
    reserved += sizes->reserved - before.reserved;
    if (*n_steps == 0 || steps[*n_steps - 1].ticks != told->ticks)
      ++*n_steps;
    steps[*n_steps - 1] = (HsHeapSizeStep){told->ticks, committed, reserved};
  }
  if (heaps == NULL)
    g_clear_pointer(&steps, g_free);
  return steps;
}

HsHeapSizes *
hs_heap_sizes_new(HsTimeline *timeline, HsRowSet *rows, uint32_t n_rows, const HsHeapSizes *before, const int *cancel)
{
  g_autoptr(HsHeapSizes) sizes = g_new0(HsHeapSizes, 1);
  sizes->ref_count = 1;
  sizes->rows = hs_row_set_ref(rows);
  sizes->n_rows = n_rows;
  Finder finder = {.timeline = timeline, .n_heaps = hs_timeline_n_heaps(timeline)};
  finder.seen = g_try_new0(bool, MAX(finder.n_heaps, 1));
  if (finder.seen == NULL)
    return NULL;
  finder.told = g_array_new(FALSE, FALSE, sizeof(Told));
  finder.rows = g_array_new(FALSE, FALSE, sizeof(HsRow));
  bool done = look_at_rows(&finder, rows, n_rows, before, cancel);
  if (done && hs_row_set_words(rows) == NULL)
    look_at_ranges(&finder);
  if (done) {
    look_at_ends(&finder);
    /* Stable: what is told of one moment stays in its order. */
    g_array_sort(finder.told, compare_told);
    sizes->steps = make_steps(&finder, &sizes->n_steps);
    if (!finder.any_later)
      sizes->n_steps = 0;
  }
  if (hs_row_set_words(rows) == NULL) {
    sizes->n_looked = MIN(n_rows, hs_row_set_n_rows(rows));
    sizes->n_told = finder.rows->len;
    sizes->told_rows = (HsRow *)(void *)g_array_free(g_steal_pointer(&finder.rows), FALSE);
  }
  g_clear_pointer(&finder.rows, g_array_unref);
  g_array_unref(finder.told);
  g_free(finder.seen);
  return sizes->steps != NULL ? g_steal_pointer(&sizes) : NULL;
}

HsHeapSizes *
hs_heap_sizes_ref(HsHeapSizes *sizes)
{
  __atomic_add_fetch(&sizes->ref_count, 1, __ATOMIC_RELAXED);
  return sizes;
}

void
hs_heap_sizes_unref(HsHeapSizes *sizes)
{
  if (sizes == NULL || __atomic_sub_fetch(&sizes->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  hs_row_set_unref(sizes->rows);
  g_free(sizes->steps);
  g_free(sizes->told_rows);
  g_free(sizes);
}

/* The first step later than `ticks`. */
static uint32_t
step_after(const HsHeapSizes *sizes, int64_t ticks)
{
  uint32_t low = 0, high = sizes->n_steps;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (sizes->steps[middle].ticks <= ticks)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
hs_heap_sizes_largest(const HsHeapSizes *sizes, int64_t t0_ticks, int64_t t1_ticks, int64_t *committed_bytes,
                      int64_t *reserved_bytes)
{
  uint32_t step = step_after(sizes, t0_ticks);
  *committed_bytes = step > 0 ? sizes->steps[step - 1].committed_bytes : 0;
  *reserved_bytes = step > 0 ? sizes->steps[step - 1].reserved_bytes : 0;
  for (; step < sizes->n_steps && sizes->steps[step].ticks < t1_ticks; step++) {
    *committed_bytes = MAX(*committed_bytes, sizes->steps[step].committed_bytes);
    *reserved_bytes = MAX(*reserved_bytes, sizes->steps[step].reserved_bytes);
  }
}
