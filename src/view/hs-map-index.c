/* SPDX-License-Identifier: MIT */
#include "hs-map-index.h"
#include "hs-scratch.h"
#include "hs-wide.h"

#define GROUP_SHIFT 10
#define GROUP (1u << GROUP_SHIFT)
/* The part of a group that may be listed above it. */
#define LATE_PART 8
G_STATIC_ASSERT(HS_SEGMENT_ROWS % GROUP == 0);
/* A level with no more than this is looked through. */
#define SMALL_LEVEL 4096
#define MAX_LEVELS 12
/* Fewer groups than this are not worth a second thread. */
#define MIN_SPLIT_GROUPS 100

typedef struct {
  /* Block ids, ascending, and the rows with which they end; both NULL on the lowest level, where all blocks are and
   * their records lie in order. */
  uint32_t *members, *ends;
  uint32_t n;
  uint32_t *over_by; /* a group: the last row with which one ends that is not listed above; NULL = nothing is */
} HsIndexLevel;

struct _HsMapIndex {
  int ref_count;
  uint32_t n_blocks;
  unsigned n_levels;
  HsIndexLevel levels[MAX_LEVELS];
};

static uint32_t
member(const HsIndexLevel *level, uint32_t i)
{
  return level->members != NULL ? level->members[i] : i;
}

static HS_WIDE uint32_t
count_up_to(const uint32_t *values, uint32_t n, uint32_t limit)
{
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++)
    count += values[i] <= limit;
  return count;
}

static uint64_t
rows_after(uint32_t base, unsigned bits)
{
  return base + (UINT64_C(1) << bits) - 1;
}

/* The row after `base` by which all but one in LATE_PART have ended, to a power of two. */
static uint32_t
choose_over_by(const uint32_t *ends, uint32_t n, uint32_t base)
{
  unsigned low = 0, high = 32; /* bits */
  while (low < high) {
    unsigned bits = (low + high) / 2;
    if (count_up_to(ends, n, (uint32_t)MIN(rows_after(base, bits), UINT32_MAX)) >= n - n / LATE_PART)
      high = bits;
    else
      low = bits + 1;
  }
  uint64_t over_by = rows_after(base, low);
  return over_by < HS_ROW_PROCESS_EXIT ? (uint32_t)over_by : HS_ROW_OUTSTANDING;
}

/* When the members of a group end. */
static void
load_ends(const HsTimeline *t, const HsIndexLevel *level, uint32_t first, uint32_t n, uint32_t ends[GROUP])
{
  if (level->members != NULL) {
    memcpy(ends, level->ends + first, n * sizeof *ends);
    return;
  }
  /* Of one segment. */
  const HsBlockRecord *records = hs_timeline_block_record(t, (HsBlockId){first});
  for (uint32_t i = 0; i < n; i++)
    ends[i] = __atomic_load_n(&records[i].end, __ATOMIC_ACQUIRE);
}

/* Groups [from, to) of a level. */
typedef struct {
  const HsTimeline *timeline;
  HsIndexLevel *level;
  uint32_t from, to;
  uint32_t *late, *late_ends; /* what is late, from its groups' place on */
  uint32_t n_late;
  const int *cancel;
  bool cancelled;
} HsGrouping;

static void
group_one(HsGrouping *grouping, uint32_t group)
{
  const HsTimeline *t = grouping->timeline;
  HsIndexLevel *level = grouping->level;
  uint32_t first = group << GROUP_SHIFT, n = MIN(level->n - first, GROUP), ends[GROUP];
  load_ends(t, level, first, n, ends);
  uint32_t base = hs_timeline_block_begin(t, (HsBlockId){member(level, first + n - 1)});
  uint32_t over_by = level->over_by[group] = choose_over_by(ends, n, base);
  uint32_t *late = grouping->late, *late_ends = grouping->late_ends, n_late = grouping->n_late;
  for (uint32_t i = 0; i < n; i++) {
    late[n_late] = member(level, first + i);
    late_ends[n_late] = ends[i];
    n_late += ends[i] > over_by;
  }
  grouping->n_late = n_late;
}

static gpointer
run_grouping(gpointer data)
{
  HsGrouping *grouping = data;
  for (uint32_t g = grouping->from; g < grouping->to && !grouping->cancelled; g++) {
    group_one(grouping, g);
    if (g % 16 == 0)
      grouping->cancelled = grouping->cancel != NULL && __atomic_load_n(grouping->cancel, __ATOMIC_RELAXED) != 0;
  }
  return NULL;
}

/* Groups a level and lists what is late on the next, in two threads if it is large. False if cancelled. */
static bool
group_level(const HsTimeline *t, HsIndexLevel *level, HsIndexLevel *above, const int *cancel)
{
  uint32_t n_groups = (level->n + GROUP - 1) >> GROUP_SHIFT;
  level->over_by = g_new(uint32_t, n_groups);
  /* At most one in LATE_PART is late, and one is looked at beyond them. */
  uint32_t room = GROUP / LATE_PART;
  HsGrouping all = {.timeline = t, .level = level, .to = n_groups, .cancel = cancel};
  all.late = g_new(uint32_t, (size_t)n_groups * room + 2 * GROUP);
  all.late_ends = g_new(uint32_t, (size_t)n_groups * room + 2 * GROUP);
  HsGrouping second = all;
  bool both = n_groups >= MIN_SPLIT_GROUPS;
  if (both) {
    all.to = second.from = n_groups / 2;
    second.late += (size_t)second.from * room + GROUP;
    second.late_ends += (size_t)second.from * room + GROUP;
  }
  hs_run_both("map-index", run_grouping, &all, both ? &second : NULL);
  if (all.cancelled || (both && second.cancelled)) {
    g_free(all.late);
    g_free(all.late_ends);
    return false;
  }
  above->n = all.n_late;
  if (both) {
    memmove(all.late + all.n_late, second.late, second.n_late * sizeof *second.late);
    memmove(all.late_ends + all.n_late, second.late_ends, second.n_late * sizeof *second.late_ends);
    above->n += second.n_late;
  }
  above->members = g_renew(uint32_t, all.late, MAX(above->n, 1));
  above->ends = g_renew(uint32_t, all.late_ends, MAX(above->n, 1));
  return true;
}

HsMapIndex *
hs_map_index_new(const HsTimeline *timeline, uint32_t n_blocks, const int *cancel)
{
  HsMapIndex *index = g_new0(HsMapIndex, 1);
  index->ref_count = 1;
  index->n_blocks = n_blocks;
  index->n_levels = 1;
  index->levels[0].n = n_blocks;
  while (index->n_levels < MAX_LEVELS) {
    HsIndexLevel *level = &index->levels[index->n_levels - 1];
    if (level->n <= SMALL_LEVEL)
      break;
    if (!group_level(timeline, level, &index->levels[index->n_levels], cancel)) {
      hs_map_index_unref(index);
      return NULL;
    }
    index->n_levels++;
  }
  return index;
}

HsMapIndex *
hs_map_index_ref(HsMapIndex *index)
{
  g_atomic_int_inc(&index->ref_count);
  return index;
}

void
hs_map_index_unref(HsMapIndex *index)
{
  if (!g_atomic_int_dec_and_test(&index->ref_count))
    return;
  for (unsigned i = 0; i < index->n_levels; i++) {
    g_free(index->levels[i].members);
    g_free(index->levels[i].ends);
    g_free(index->levels[i].over_by);
  }
  g_free(index);
}

uint32_t
hs_map_index_n_blocks(const HsMapIndex *index)
{
  return index->n_blocks;
}

uint64_t
hs_map_index_memory_bytes(const HsMapIndex *index)
{
  uint64_t words = 0;
  for (unsigned i = 0; i < index->n_levels; i++) {
    const HsIndexLevel *level = &index->levels[i];
    words += (level->members != NULL ? 2 * (uint64_t)level->n : 0) +
             (level->over_by != NULL ? (level->n >> GROUP_SHIFT) + 1 : 0);
  }
  return sizeof *index + words * sizeof(uint32_t);
}

/* --- asking --- */

typedef struct {
  const HsTimeline *timeline;
  const HsMapPlaceRange *range;
  uint32_t first;
  HsRow row;
  void (*visit)(gpointer data, uint32_t block);
  gpointer data;
} HsIndexQuestion;

G_STATIC_ASSERT(GROUP <= HS_MAP_PLACE_BATCH);

/* Those of one group of the lowest level, all of one segment. */
static uint32_t
pick_of_all(const HsIndexQuestion *q, uint32_t from, uint32_t to, uint32_t over_by, uint32_t picked[GROUP])
{
  uint32_t n_live = 0, n = hs_map_place_range_pick(q->range, from, MIN(to, q->first), picked);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t id = picked[i];
    HsRow end = hs_timeline_block_end(q->timeline, (HsBlockId){id});
    picked[n_live] = id;
    n_live += (end >= q->row) & (end <= over_by);
  }
  return n_live;
}

/* Those of one group of another level: their records lie anywhere, and are not asked. */
static uint32_t
pick_of_members(const HsIndexQuestion *q, const HsIndexLevel *level, uint32_t from, uint32_t to, uint32_t over_by,
                uint32_t picked[GROUP])
{
  const uint32_t *members = level->members, *ends = level->ends;
  uint32_t n_live = 0, n = 0;
  for (uint32_t i = from; i < to; i++) {
    picked[n_live] = members[i];
    n_live += (members[i] < q->first) & (ends[i] >= q->row) & (ends[i] <= over_by);
  }
  if (q->range->places == NULL)
    return n_live;
  for (uint32_t i = 0; i < n_live; i++) {
    uint32_t id = picked[i];
    picked[n] = id;
    n += hs_map_place_range_has(q->range, id);
  }
  return n;
}

/* Those of one group; what is listed above is left to the level above. Picked without a branch, before any is visited.
 */
static void
visit_group(const HsIndexQuestion *q, const HsIndexLevel *level, uint32_t from, uint32_t to, uint32_t over_by)
{
  uint32_t picked[GROUP], n = level->members == NULL ? pick_of_all(q, from, to, over_by, picked)
                                                     : pick_of_members(q, level, from, to, over_by, picked);
  for (uint32_t i = 0; i < n; i++)
    q->visit(q->data, picked[i]);
}

bool
hs_map_index_live(const HsMapIndex *index, const HsTimeline *timeline, const HsMapPlaceRange *range, uint32_t first,
                  HsRow row, void (*visit)(gpointer data, uint32_t block), gpointer data, const int *cancel)
{
  HsIndexQuestion q = {timeline, range, first, row, visit, data};
  for (unsigned l = 0; l < index->n_levels; l++) {
    const HsIndexLevel *level = &index->levels[l];
    for (uint32_t from = 0, g = 0; from < level->n; from += GROUP, g++) {
      if (member(level, from) >= first)
        break;
      if (g % 16 == 0 && cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
        return false;
      uint32_t over_by = level->over_by != NULL ? level->over_by[g] : HS_ROW_OUTSTANDING;
      if (over_by >= row)
        visit_group(&q, level, from, MIN(from + GROUP, level->n), over_by);
    }
  }
  return true;
}
