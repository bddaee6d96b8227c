/* SPDX-License-Identifier: MIT */
#include "hs-cli-json.h"
#include "hs-cli-range.h"

static void
add_type(const HsRangeSums *sums, HsBlockType type, const char *name, JsonBuilder *builder)
{
  hs_cli_json_begin(builder, name);
  hs_cli_json_uint(builder, "count", sums->count[type]);
  hs_cli_json_uint(builder, "bytes", sums->bytes[type]);
  json_builder_end_object(builder);
}

static void
add_sums(const HsCliRangeReport *report, const HsRangeSums *sums, JsonBuilder *builder)
{
  HsClock clock = hs_timeline_clock(report->timeline);
  uint64_t begun = hs_range_sums_begun(sums), begun_bytes = hs_range_sums_begun_bytes(sums);
  hs_cli_json_uint(builder, "count", begun);
  hs_cli_json_uint(builder, "bytes", begun_bytes);
  add_type(sums, HS_BLOCK_TYPE_AIFI, "aifi", builder);
  add_type(sums, HS_BLOCK_TYPE_AIFO, "aifo", builder);
  add_type(sums, HS_BLOCK_TYPE_AOFI, "aofi", builder);
  add_type(sums, HS_BLOCK_TYPE_AOFO, "aofo", builder);
  hs_cli_json_uint(builder, "impacting_bytes", hs_range_sums_impacting(sums));
  hs_cli_json_int(builder, "net_change_bytes", hs_range_sums_net_bytes(sums));
  hs_cli_json_int(builder, "net_change_count", hs_range_sums_net_count(sums));
  hs_cli_json_uint(builder, "outstanding_begin_bytes", hs_range_sums_begin_bytes(sums));
  hs_cli_json_uint(builder, "outstanding_end_bytes", hs_range_sums_end_bytes(sums));
  hs_cli_json_int(builder, "peak_bytes", sums->peak_bytes);
  hs_cli_json_int(builder, "peak_time_ns", hs_clock_to_ns(clock, sums->peak_ticks));
  hs_cli_json_uint(builder, "allocations_per_s", hs_cli_range_per_second(report, begun));
  hs_cli_json_uint(builder, "bytes_per_s", hs_cli_range_per_second(report, begun_bytes));
}

/* A number, or null where the trace does not tell it. */
static void
add_number(JsonBuilder *builder, const char *name, bool is_told, uint64_t value)
{
  if (is_told) {
    hs_cli_json_uint(builder, name, value);
  } else {
    json_builder_set_member_name(builder, name);
    json_builder_add_null_value(builder);
  }
}

static void
add_text(JsonBuilder *builder, const char *name, bool is_told, const char *value)
{
  if (is_told)
    hs_cli_json_text(builder, name, value);
  else
    add_number(builder, name, false, 0);
}

static void
add_key(const HsCliGroup *group, JsonBuilder *builder)
{
  bool is_told = !group->is_rest;
  if (group->by == HS_PIVOT_PROCESS || group->by == HS_PIVOT_HEAP || group->by == HS_PIVOT_THREAD)
    add_number(builder, "pid", group->pid != UINT32_MAX, group->pid);
  if (group->by == HS_PIVOT_PROCESS || group->by == HS_PIVOT_HEAP)
    add_text(builder, "process", group->process[0] != '\0', group->process);
  if (group->by == HS_PIVOT_HEAP && is_told)
    hs_cli_json_hex(builder, "heap", group->number);
  else if (group->by == HS_PIVOT_HEAP)
    add_text(builder, "heap", false, NULL);
  else if (group->by == HS_PIVOT_SIZE)
    add_number(builder, "size_class_bytes", is_told, group->number);
  else if (group->by == HS_PIVOT_THREAD)
    add_number(builder, "tid", group->number != UINT32_MAX, group->number);
  else if (group->by != HS_PIVOT_PROCESS)
    add_text(builder, hs_pivot_name(group->by), is_told, group->name);
}

static void
add_groups(const HsCliRangeReport *report, const HsPivot *pivot, const HsPivotNode *parent, const char *name,
           JsonBuilder *builder)
{
  g_autoptr(GArray) groups = hs_cli_range_groups(report, pivot, parent);
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < groups->len; i++) {
    const HsCliGroup *group = &g_array_index(groups, HsCliGroup, i);
    json_builder_begin_object(builder);
    add_key(group, builder);
    add_sums(report, &group->node->sums, builder);
    if (group->node->level + 1u < pivot->n_by)
      add_groups(report, pivot, group->node, "groups", builder);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
add_by(const HsPivot *pivot, JsonBuilder *builder)
{
  json_builder_set_member_name(builder, "by");
  json_builder_begin_array(builder);
  for (unsigned i = 0; i < pivot->n_by; i++)
    json_builder_add_string_value(builder, hs_pivot_name(pivot->by[i]));
  json_builder_end_array(builder);
}

void
hs_cli_range_add_json(const HsCliRangeReport *report, JsonBuilder *builder)
{
  const HsPivot *first = report->pivots[0];
  hs_cli_json_begin(builder, "range");
  hs_cli_json_int(builder, "begin_ns", report->begin_ns);
  hs_cli_json_int(builder, "end_ns", report->end_ns);
  hs_cli_json_uint(builder, "duration_ns", (uint64_t)report->end_ns - (uint64_t)report->begin_ns);
  hs_cli_json_uint(builder, "events", report->n_events);
  add_sums(report, &first->total, builder);
  hs_cli_json_bool(builder, "consistent", first->is_checked && first->is_consistent);
  if (report->is_by_request) {
    add_by(first, builder);
    add_groups(report, first, NULL, "groups", builder);
  } else {
    add_groups(report, first, NULL, "by_heap", builder);
    add_groups(report, report->pivots[1], NULL, "by_source", builder);
  }
  json_builder_end_object(builder);
}
