/* SPDX-License-Identifier: MIT */
/*
 * The series of a filter, by two threads: the second takes in the later half of the rows as if nothing were outstanding
 * before them; what was is then added to all it found. A chart shows one grouping at a time: the heaps' layers, of
 * which there may be many, are made when first asked for.
 */
#include "hs-scratch.h"
#include "hs-series-private.h"

typedef struct {
  HsSeriesSet *set;
  HsRow first, end;
  uint32_t n_endings;
  const int *cancel;
  bool done;
} Half;

static gpointer
take_half(gpointer data)
{
  Half *half = data;
  half->done = hs_series_take(half->set, half->first, half->end, half->n_endings, true, half->cancel);
  return NULL;
}

/* Of a count that begins from nothing, more may end than begin. It begins from here instead: there are fewer blocks
 * than that. */
#define FIRST_COUNT HS_REF_LOOSE

static HsBand
lift(const HsBand *band, const HsBand *base)
{
  return (HsBand){
      .min_bytes = hs_wrapping_add(base->last_bytes, (uint64_t)band->min_bytes),
      .max_bytes = hs_wrapping_add(base->last_bytes, (uint64_t)band->max_bytes),
      .last_bytes = hs_wrapping_add(base->last_bytes, (uint64_t)band->last_bytes),
      .min_count = base->last_count + band->min_count - FIRST_COUNT,
      .max_count = base->last_count + band->max_count - FIRST_COUNT,
      .last_count = base->last_count + band->last_count - FIRST_COUNT,
  };
}

static bool
adopt(HsSeriesSet *set, const HsSeriesSet *later)
{
  const HsBand base = set->open[0];
  for (uint32_t i = 0; i < later->levels[0].length; i++) {
    set->open[0] = lift(hs_series_entry(later, 0, i), &base);
    if (!hs_series_close_entry(set))
      return false;
  }
  set->open[0] = lift(&later->open[0], &base);
  set->reader = later->reader;
  return hs_layers_adopt(&set->layers, &later->layers);
}

static HsSeriesSet *
new_part(const HsSeriesSet *set, HsSeriesPart part, HsRow row, uint32_t first_count, uint32_t n_endings)
{
  HsSeriesSet *half = hs_series_set_new(set->timeline, set->blocks);
  half->part = part;
  half->open[0].min_count = half->open[0].max_count = half->open[0].last_count = first_count;
  half->layers.first_count = first_count;
  half->reader = hs_delta_reader(set->timeline, set->blocks, row, row, n_endings);
  return half;
}

/* Both are filled: `first` from row 0, `later` from the middle on. False if cancelled or out of memory. */
static bool
take_both(HsSeriesSet *first, HsSeriesSet *later, HsRow n_rows, uint32_t n_endings, const int *cancel)
{
  HsRow middle = later->reader.row;
  Half here = {first, 0, middle, n_endings, cancel, false};
  Half there = {later, middle, n_rows, n_endings, cancel, false};
  hs_run_both("hs-series", take_half, &here, &there);
  return here.done && there.done;
}

static HsRow
middle_of(HsRow n_rows)
{
  return n_rows / 2 & ~((1u << HS_STRETCH_SHIFT) - 1);
}

bool
hs_series_take_in_halves(HsSeriesSet *set, HsRow n_rows, uint32_t n_endings, const int *cancel)
{
  set->part = HS_SERIES_NO_HEAPS;
  g_autoptr(HsSeriesSet) later = new_part(set, HS_SERIES_NO_HEAPS, middle_of(n_rows), FIRST_COUNT, n_endings);
  HsRow middle = later->reader.row;
  if (!take_both(set, later, n_rows, n_endings, cancel)) {
    /* As far as it got, the first half stays usable, and can be extended. */
    if (set->reader.row == middle)
      __atomic_store_n(&set->n_rows, middle, __ATOMIC_RELEASE);
    return false;
  }
  if (!adopt(set, later)) {
    set->out_of_memory = true;
    return false;
  }
  return true;
}

/* --- heaps --- */

static bool
make_heaps(HsSeriesSet *set, const int *cancel)
{
  HsRow n_rows = set->n_rows;
  uint32_t n_endings = set->reader.n_endings;
  g_autoptr(HsSeriesSet) first = new_part(set, HS_SERIES_HEAPS, 0, 0, n_endings);
  g_autoptr(HsSeriesSet) later = new_part(set, HS_SERIES_HEAPS, middle_of(n_rows), FIRST_COUNT, n_endings);
  if (!take_both(first, later, n_rows, n_endings, cancel))
    return false;
  /* From here on it is done or of no use. */
  if (!hs_layers_adopt(&set->layers, &first->layers) || !hs_layers_adopt(&set->layers, &later->layers)) {
    set->out_of_memory = true;
    return false;
  }
  __atomic_store_n(&set->part, HS_SERIES_ALL, __ATOMIC_RELEASE);
  return true;
}

bool
hs_series_want(HsSeriesSet *set, HsGroup group, const int *cancel)
{
  if (group != HS_GROUP_HEAP || __atomic_load_n(&set->part, __ATOMIC_ACQUIRE) != HS_SERIES_NO_HEAPS)
    return true;
  g_mutex_lock(&set->wanting);
  bool there = __atomic_load_n(&set->part, __ATOMIC_ACQUIRE) == HS_SERIES_ALL;
  bool done = there || (!set->out_of_memory && make_heaps(set, cancel));
  g_mutex_unlock(&set->wanting);
  return done;
}
