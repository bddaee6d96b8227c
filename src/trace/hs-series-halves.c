/* SPDX-License-Identifier: MIT */
/*
 * The series of a filter, by two threads: the second takes in the later half of the rows as if nothing were outstanding
 * before them; what was is then added to all it found.
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
  half->done = hs_series_take(half->set, half->first, half->end, half->n_endings, half->cancel);
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

bool
hs_series_take_in_halves(HsSeriesSet *set, HsRow n_rows, uint32_t n_endings, const int *cancel)
{
  HsRow middle = n_rows / 2 & ~((1u << HS_STRETCH_SHIFT) - 1);
  g_autoptr(HsSeriesSet) later = hs_series_set_new(set->timeline, set->blocks);
  later->open[0].min_count = later->open[0].max_count = later->open[0].last_count = FIRST_COUNT;
  later->layers.first_count = FIRST_COUNT;
  later->reader = hs_delta_reader(set->timeline, set->blocks, middle, middle, n_endings);
  Half here = {set, 0, middle, n_endings, cancel, false}, there = {later, middle, n_rows, n_endings, cancel, false};
  hs_run_both("hs-series", take_half, &here, &there);
  /* As far as it got, the first half stays usable. */
  if (!here.done || !there.done)
    return false;
  if (!adopt(set, later)) {
    set->out_of_memory = true;
    return false;
  }
  return true;
}
