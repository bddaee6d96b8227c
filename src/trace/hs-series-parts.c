/* SPDX-License-Identifier: MIT */
/*
 * The series of a filter, by two threads, in parts: each but the first takes in its rows as if nothing were outstanding
 * before them; what was is then added to all it found. There are more parts than threads, because processors are not
 * equally fast at any moment. A chart shows one grouping at a time: the heaps' layers, of which there may be many, are
 * made when first asked for.
 */
#include "hs-scratch.h"
#include "hs-series-private.h"

#define MAX_PARTS 8
#define LEAST_ROWS_A_PART (1u << 15)

typedef struct {
  HsSeriesSet *set;
  HsRow first, end;
  bool done;
} Part;

typedef struct {
  Part parts[MAX_PARTS];
  int n;
  int next; /* atomic */
  uint32_t n_endings;
  const int *cancel;
} Parts;

static gpointer
take_parts(gpointer data)
{
  Parts *parts = data;
  int i;
  while ((i = __atomic_fetch_add(&parts->next, 1, __ATOMIC_RELAXED)) < parts->n) {
    Part *part = &parts->parts[i];
    part->done = hs_series_take(part->set, part->first, part->end, parts->n_endings, true, parts->cancel);
  }
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

/* Parts of the rows; the first is `first`, which is borrowed, the others are new. */
static void
init_parts(Parts *parts, HsSeriesSet *first, HsSeriesPart part, HsRow n_rows, uint32_t n_endings, const int *cancel)
{
  *parts = (Parts){.n = (int)CLAMP(n_rows / LEAST_ROWS_A_PART, 2, MAX_PARTS), .n_endings = n_endings, .cancel = cancel};
  for (int i = 0; i < parts->n; i++) {
    HsRow row = (HsRow)((uint64_t)n_rows * (uint64_t)i / (uint64_t)parts->n) & ~((1u << HS_STRETCH_SHIFT) - 1);
    parts->parts[i] = (Part){.set = i == 0 ? first : new_part(first, part, row, FIRST_COUNT, n_endings), .first = row};
    if (i > 0)
      parts->parts[i - 1].end = row;
  }
  parts->parts[parts->n - 1].end = n_rows;
}

static void
clear_parts(Parts *parts)
{
  for (int i = 1; i < parts->n; i++)
    hs_series_set_unref(parts->parts[i].set);
}

/* False if cancelled or out of memory. */
static bool
take_all(Parts *parts)
{
  hs_run_both("hs-series", take_parts, parts, parts);
  for (int i = 0; i < parts->n; i++) {
    if (!parts->parts[i].done)
      return false;
  }
  return true;
}

bool
hs_series_take_in_parts(HsSeriesSet *set, HsRow n_rows, uint32_t n_endings, const int *cancel)
{
  Parts parts;
  set->part = HS_SERIES_NO_HEAPS;
  init_parts(&parts, set, HS_SERIES_NO_HEAPS, n_rows, n_endings, cancel);
  bool done = take_all(&parts);
  /* As far as it got, the first part stays usable, and can be extended. */
  if (!done && set->reader.row == parts.parts[0].end)
    __atomic_store_n(&set->n_rows, parts.parts[0].end, __ATOMIC_RELEASE);
  for (int i = 1; done && i < parts.n; i++) {
    done = adopt(set, parts.parts[i].set);
    set->out_of_memory = !done;
  }
  clear_parts(&parts);
  return done;
}

/* --- heaps --- */

static bool
make_heaps(HsSeriesSet *set, const int *cancel)
{
  Parts parts;
  uint32_t n_endings = set->reader.n_endings;
  g_autoptr(HsSeriesSet) first = new_part(set, HS_SERIES_HEAPS, 0, 0, n_endings);
  init_parts(&parts, first, HS_SERIES_HEAPS, set->n_rows, n_endings, cancel);
  bool done = take_all(&parts);
  /* From here on it is done or of no use. */
  for (int i = 0; done && i < parts.n; i++) {
    done = hs_layers_adopt(&set->layers, &parts.parts[i].set->layers);
    set->out_of_memory = !done;
  }
  clear_parts(&parts);
  if (done)
    __atomic_store_n(&set->part, HS_SERIES_ALL, __ATOMIC_RELEASE);
  return done;
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
