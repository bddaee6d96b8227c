/* SPDX-License-Identifier: MIT */
#include "hs-cli-range.h"

#include <glib/gi18n.h>
#include <string.h>

#include "hs-cli.h"

/* --- counting --- */

static HsTimeRange
cut_to_span(const HsTimeline *timeline, HsTimeRange range)
{
  int64_t begin_ticks, end_ticks;
  hs_timeline_span(timeline, &begin_ticks, &end_ticks);
  return (HsTimeRange){CLAMP(range.t0_ticks, begin_ticks, end_ticks), CLAMP(range.t1_ticks, begin_ticks, end_ticks)};
}

static bool
add_pivot(HsCliRangeReport *report, const HsCliPassing *passing, HsTimeRange range, const HsPivotBy *by, unsigned n_by)
{
  HsPivot *pivot =
      hs_pivot_new(passing->timeline, passing->blocks, passing->series, range, passing->n_rows, by, n_by, true, NULL);
  if (pivot == NULL) {
    hs_cli_message(_("out of memory"));
    return false;
  }
  report->pivots[report->n_pivots++] = pivot;
  return true;
}

bool
hs_cli_range_report_init(HsCliRangeReport *report, const HsCliPassing *passing, HsTimeRange range, const HsPivotBy *by,
                         unsigned n_by)
{
  static const HsPivotBy by_heap = HS_PIVOT_HEAP, by_source = HS_PIVOT_SOURCE;
  HsClock clock = hs_timeline_clock(passing->timeline);
  range = cut_to_span(passing->timeline, range);
  HsRow t0_row = hs_timeline_row_at(passing->timeline, range.t0_ticks, passing->n_rows);
  HsRow t1_row = hs_timeline_row_at(passing->timeline, range.t1_ticks, passing->n_rows);
  *report = (HsCliRangeReport){
      .timeline = passing->timeline,
      .begin_ns = hs_clock_to_ns(clock, range.t0_ticks),
      .end_ns = hs_clock_to_ns(clock, range.t1_ticks),
      .n_events = hs_row_set_rank(passing->rows, t1_row) - hs_row_set_rank(passing->rows, t0_row),
      .is_by_request = n_by > 0,
  };
  if (n_by > 0 ? !add_pivot(report, passing, range, by, n_by)
               : !add_pivot(report, passing, range, &by_heap, 1) || !add_pivot(report, passing, range, &by_source, 1))
    return false;
  if (report->pivots[0]->is_checked && !report->pivots[0]->is_consistent)
    hs_cli_message(_("the blocks of the range do not add up to what is outstanding at its ends"));
  return true;
}

void
hs_cli_range_report_clear(HsCliRangeReport *report)
{
  for (unsigned i = 0; i < report->n_pivots; i++)
    hs_pivot_unref(report->pivots[i]);
  report->n_pivots = 0;
}

uint64_t
hs_cli_range_per_second(const HsCliRangeReport *report, uint64_t n)
{
  unsigned __int128 duration_ns = (unsigned __int128)report->end_ns - (unsigned __int128)report->begin_ns;
  if (duration_ns == 0)
    return 0;
  unsigned __int128 rate = ((unsigned __int128)n * 1000000000 + duration_ns / 2) / duration_ns;
  return rate > UINT64_MAX ? UINT64_MAX : (uint64_t)rate;
}

/* --- what is asked for --- */

static bool
add_by(HsPivotBy by[HS_PIVOT_LEVELS], unsigned *n_by, const char *name, GError **error)
{
  HsPivotBy field = hs_pivot_from_name(name);
  if (field == HS_N_PIVOTS) {
    g_autoptr(GString) known = g_string_new(NULL);
    for (unsigned i = 0; i < HS_N_PIVOTS; i++)
      g_string_append_printf(known, "%s%s", i > 0 ? "," : "", hs_pivot_name((HsPivotBy)i));
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unknown group “%s”; there are %s"), name,
                known->str);
    return false;
  }
  for (unsigned i = 0; i < *n_by; i++) {
    if (by[i] == field) {
      g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("group “%s” is there twice"), name);
      return false;
    }
  }
  if (*n_by == HS_PIVOT_LEVELS) {
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is one group too many; at most %d are told"),
                name, HS_PIVOT_LEVELS);
    return false;
  }
  by[(*n_by)++] = field;
  return true;
}

bool
hs_cli_parse_by(const char *text, HsPivotBy by[HS_PIVOT_LEVELS], unsigned *n_by, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  *n_by = 0;
  for (char **part = parts; *part != NULL; part++) {
    if (!add_by(by, n_by, g_strstrip(*part), error))
      return false;
  }
  if (*n_by == 0)
    return add_by(by, n_by, "", error);
  return true;
}

/* --- groups --- */

static void
describe_process(HsCliGroup *group, const HsTimeline *timeline, HsProcessId id)
{
  if (id.v == HS_ID_NONE)
    return;
  group->pid = hs_timeline_process(timeline, id)->pid;
  group->process = hs_timeline_process_name(timeline, id);
}

static HsCliGroup
describe_group(const HsTimeline *timeline, const HsPivot *pivot, const HsPivotNode *node)
{
  uint32_t key = node->key;
  HsCliGroup group = {.node = node,
                      .by = pivot->by[node->level],
                      .is_rest = key == HS_ID_NONE,
                      .pid = UINT32_MAX,
                      .process = "",
                      .number = key};
  if (group.is_rest)
    return group;
  switch (group.by) {
  case HS_PIVOT_PROCESS:
    describe_process(&group, timeline, (HsProcessId){key});
    break;
  case HS_PIVOT_HEAP:
    describe_process(&group, timeline, hs_timeline_heap(timeline, (HsHeapId){key})->process);
    group.number = hs_timeline_heap(timeline, (HsHeapId){key})->handle;
    break;
  case HS_PIVOT_THREAD:
    describe_process(&group, timeline, hs_timeline_thread(timeline, (HsThreadId){key})->process);
    group.number = hs_timeline_thread(timeline, (HsThreadId){key})->tid;
    break;
  case HS_PIVOT_SOURCE:
    group.name = hs_source_name((HsSource)key);
    break;
  case HS_PIVOT_SIZE:
    group.number = hs_size_class_bytes(key);
    break;
  case HS_PIVOT_TYPE:
    group.name = hs_block_type_name((HsBlockType)key);
    break;
  case HS_PIVOT_END:
    group.name = key == HS_END_NONE ? "outstanding" : hs_end_name((HsEnd)key);
    break;
  case HS_N_PIVOTS:
    break;
  }
  return group;
}

static int
compare_groups(gconstpointer a, gconstpointer b)
{
  const HsCliGroup *x = a, *y = b;
  if (x->is_rest != y->is_rest)
    return x->is_rest ? 1 : -1;
  if (x->pid != y->pid)
    return x->pid < y->pid ? -1 : 1;
  if (x->by != HS_PIVOT_PROCESS && x->number != y->number)
    return x->number < y->number ? -1 : 1;
  return x->node->key < y->node->key ? -1 : x->node->key > y->node->key;
}

GArray *
hs_cli_range_groups(const HsCliRangeReport *report, const HsPivot *pivot, const HsPivotNode *parent)
{
  uint32_t first = parent != NULL ? parent->first_child : 0;
  uint32_t n = parent != NULL ? parent->n_children : pivot->n_roots;
  GArray *groups = g_array_sized_new(FALSE, FALSE, sizeof(HsCliGroup), n);
  for (uint32_t i = 0; i < n; i++) {
    HsCliGroup group = describe_group(report->timeline, pivot, &pivot->nodes[first + i]);
    g_array_append_val(groups, group);
  }
  g_array_sort(groups, compare_groups);
  return groups;
}
