/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>

#include "hs-cli-range.h"
#include "hs-cli-table.h"
#include "hs-format.h"

#define INDENT 2

static void
put_title(HsCliWriter *writer, const char *title)
{
  hs_cli_put_char(writer, '\n');
  hs_cli_put(writer, title);
  hs_cli_put_char(writer, '\n');
}

/* Writes and frees. */
static void
end_table(HsCliTable *table, HsCliWriter *writer)
{
  hs_cli_table_write(table, writer, INDENT);
  hs_cli_table_free(table);
}

/* --- all of it --- */

static void
add_time(HsCliTable *table, const char *name, int64_t ns)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add_time(table, ns);
  hs_cli_table_add(table, "");
}

static void
add_count(HsCliTable *table, const char *name, uint64_t n)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add_count(table, n);
  hs_cli_table_add(table, "");
}

static void
add_change(HsCliTable *table, const char *name, int64_t n)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add_change(table, n);
  hs_cli_table_add(table, "");
}

/* Large numbers of bytes are said in a handier unit, too. */
static void
add_handy(HsCliTable *table, uint64_t bytes)
{
  char text[HS_FORMAT_MAX];
  hs_cli_table_add(table, hs_format_bytes(text, sizeof text, (int64_t)MIN(bytes, (uint64_t)INT64_MAX)));
}

static void
add_bytes(HsCliTable *table, const char *name, uint64_t bytes)
{
  hs_cli_table_add(table, name);
  hs_cli_table_add_count(table, bytes);
  add_handy(table, bytes);
}

static void
write_totals(const HsCliRangeReport *report, HsCliWriter *writer)
{
  const HsPivot *pivot = report->pivots[0];
  const HsRangeSums *sums = &pivot->total;
  HsClock clock = hs_timeline_clock(report->timeline);
  HsCliTable *table = hs_cli_table_new("lrl");
  put_title(writer, _("Range"));
  add_time(table, _("From, s"), report->begin_ns);
  add_time(table, _("To, s"), report->end_ns);
  add_time(table, _("Duration, s"), report->end_ns - report->begin_ns);
  add_count(table, _("Events"), report->n_events);
  add_count(table, _("Blocks"), hs_range_sums_begun(sums));
  add_bytes(table, _("Bytes"), hs_range_sums_begun_bytes(sums));
  add_bytes(table, _("Impacting bytes"), hs_range_sums_impacting(sums));
  add_change(table, _("Net change, blocks"), hs_range_sums_net_count(sums));
  add_change(table, _("Net change, bytes"), hs_range_sums_net_bytes(sums));
  add_bytes(table, _("Outstanding bytes as it begins"), hs_range_sums_begin_bytes(sums));
  add_bytes(table, _("Outstanding bytes as it ends"), hs_range_sums_end_bytes(sums));
  add_bytes(table, _("Peak bytes"), (uint64_t)sums->peak_bytes);
  add_time(table, _("Peak at, s"), hs_clock_to_ns(clock, sums->peak_ticks));
  add_count(table, _("Blocks a second"), hs_cli_range_per_second(report, hs_range_sums_begun(sums)));
  add_bytes(table, _("Bytes a second"), hs_cli_range_per_second(report, hs_range_sums_begun_bytes(sums)));
  hs_cli_table_add(table, _("Consistent"));
  hs_cli_table_add(table, pivot->is_checked && pivot->is_consistent ? _("yes") : _("no"));
  hs_cli_table_add(table, "");
  end_table(table, writer);
}

static void
write_types(const HsRangeSums *sums, HsCliWriter *writer)
{
  static const char *const meanings[HS_N_BLOCK_TYPES] = {
      [HS_BLOCK_TYPE_AIFI] = N_("allocated inside, freed inside"),
      [HS_BLOCK_TYPE_AIFO] = N_("allocated inside, freed outside"),
      [HS_BLOCK_TYPE_AOFI] = N_("allocated outside, freed inside"),
      [HS_BLOCK_TYPE_AOFO] = N_("allocated outside, freed outside"),
  };
  HsCliTable *table = hs_cli_table_new("llrrl");
  put_title(writer, _("Range by type of block"));
  hs_cli_table_add(table, "");
  hs_cli_table_add(table, "");
  hs_cli_table_add(table, _("Blocks"));
  hs_cli_table_add(table, _("Bytes"));
  hs_cli_table_add(table, "");
  for (unsigned type = HS_BLOCK_TYPE_AIFI; type < HS_N_BLOCK_TYPES; type++) {
    hs_cli_table_add(table, hs_block_type_name((HsBlockType)type));
    hs_cli_table_add(table, _(meanings[type]));
    hs_cli_table_add_count(table, sums->count[type]);
    hs_cli_table_add_count(table, sums->bytes[type]);
    add_handy(table, sums->bytes[type]);
  }
  end_table(table, writer);
}

/* --- groups --- */

/* "a.exe (100)", as far as it is told. */
static char *
process_label(const HsCliGroup *group)
{
  const char *name = group->process[0] != '\0' ? group->process : "-";
  return group->pid != UINT32_MAX ? g_strdup_printf("%s (%u)", name, group->pid) : g_strdup(name);
}

/* Whose it is need not be said below its process. */
static char *
owned_label(const HsPivot *pivot, const HsCliGroup *group, const char *what)
{
  for (unsigned i = 0; i < group->node->level; i++) {
    if (pivot->by[i] == HS_PIVOT_PROCESS)
      return g_strdup(what);
  }
  g_autofree char *process = process_label(group);
  return g_strdup_printf("%s  %s", what, process);
}

static char *
label(const HsPivot *pivot, const HsCliGroup *group)
{
  char number[HS_FORMAT_MAX];
  if (group->is_rest)
    return g_strdup(_("others"));
  switch (group->by) {
  case HS_PIVOT_PROCESS:
    return process_label(group);
  case HS_PIVOT_HEAP:
    return owned_label(pivot, group, hs_format_hex(number, sizeof number, group->number));
  case HS_PIVOT_THREAD:
    g_snprintf(number, sizeof number, "%" G_GUINT64_FORMAT, (guint64)group->number);
    return owned_label(pivot, group, group->number != UINT32_MAX ? number : "-");
  case HS_PIVOT_SIZE:
    return g_strdup(hs_format_bytes_exact(number, sizeof number, group->number));
  case HS_PIVOT_SOURCE:
  case HS_PIVOT_TYPE:
  case HS_PIVOT_END:
  case HS_N_PIVOTS:
    break;
  }
  return g_strdup(group->name);
}

static void
add_groups(const HsCliRangeReport *report, const HsPivot *pivot, const HsPivotNode *parent, HsCliTable *table)
{
  g_autoptr(GArray) groups = hs_cli_range_groups(report, pivot, parent);
  HsClock clock = hs_timeline_clock(report->timeline);
  for (guint i = 0; i < groups->len; i++) {
    const HsCliGroup *group = &g_array_index(groups, HsCliGroup, i);
    const HsRangeSums *sums = &group->node->sums;
    char percent[HS_FORMAT_MAX];
    g_autofree char *text = label(pivot, group);
    g_autofree char *indented = g_strdup_printf("%*s%s", group->node->level * INDENT, "", text);
    hs_cli_table_add(table, indented);
    hs_cli_table_add_count(table, hs_range_sums_begun(sums));
    hs_cli_table_add_count(table, hs_range_sums_begun_bytes(sums));
    for (unsigned type = HS_BLOCK_TYPE_AIFI; type < HS_N_BLOCK_TYPES; type++)
      hs_cli_table_add_count(table, sums->bytes[type]);
    hs_cli_table_add_change(table, hs_range_sums_net_count(sums));
    hs_cli_table_add_change(table, hs_range_sums_net_bytes(sums));
    hs_cli_table_add_count(table, (uint64_t)sums->peak_bytes);
    hs_cli_table_add_time(table, hs_clock_to_ns(clock, sums->peak_ticks));
    hs_cli_table_add(table, hs_format_percent(percent, sizeof percent, hs_range_sums_begun_bytes(sums),
                                              hs_range_sums_begun_bytes(&pivot->total)));
    add_groups(report, pivot, group->node, table);
  }
}

static void
write_pivot(const HsCliRangeReport *report, const HsPivot *pivot, HsCliWriter *writer)
{
  static const char *const titles[] = {N_("Blocks"), N_("Bytes"),     N_("AIFI B"), N_("AIFO B"),
                                       N_("AOFI B"), N_("AOFO B"),    N_("Net"),    N_("Net B"),
                                       N_("Peak B"), N_("Peak at s"), N_("Share")};
  g_autoptr(GString) names = g_string_new(NULL);
  for (unsigned i = 0; i < pivot->n_by; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", hs_pivot_name(pivot->by[i]));
  g_autofree char *title = g_strdup_printf(_("Range by %s"), names->str);
  HsCliTable *table = hs_cli_table_new("lrrrrrrrrrrr");
  put_title(writer, title);
  if (pivot->n_roots > 0) {
    hs_cli_table_add(table, "");
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
      hs_cli_table_add(table, _(titles[i]));
    add_groups(report, pivot, NULL, table);
  } else {
    hs_cli_table_free(table);
    table = hs_cli_table_new("l");
    hs_cli_table_add(table, _("none"));
  }
  end_table(table, writer);
}

void
hs_cli_range_write_text(const HsCliRangeReport *report, HsCliWriter *writer)
{
  write_totals(report, writer);
  write_types(&report->pivots[0]->total, writer);
  for (unsigned i = 0; i < report->n_pivots; i++)
    write_pivot(report, report->pivots[i], writer);
}
