/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <inttypes.h>

#include "hs-cli-compare.h"
#include "hs-cli-table.h"
#include "hs-cli.h"

static uint32_t
pid_of(const HsTimeline *timeline, HsProcessId process)
{
  return process.v != HS_ID_NONE ? hs_timeline_process(timeline, process)->pid : UINT32_MAX;
}

char *
hs_cli_compare_group_name(const HsTimeline *timeline, HsPivotBy by, uint32_t key, uint32_t *pid)
{
  *pid = UINT32_MAX;
  if (key == HS_ID_NONE)
    return NULL;
  switch (by) {
  case HS_PIVOT_PROCESS:
    *pid = pid_of(timeline, (HsProcessId){key});
    return g_strdup(hs_timeline_process_name(timeline, (HsProcessId){key}));
  case HS_PIVOT_HEAP: {
    const HsHeap *heap = hs_timeline_heap(timeline, (HsHeapId){key});
    *pid = pid_of(timeline, heap->process);
    return g_strdup_printf("0x%" PRIx64, heap->handle);
  }
  case HS_PIVOT_THREAD: {
    const HsThread *thread = hs_timeline_thread(timeline, (HsThreadId){key});
    *pid = pid_of(timeline, thread->process);
    return thread->tid != UINT32_MAX ? g_strdup_printf("%u", thread->tid) : NULL;
  }
  case HS_PIVOT_SOURCE:
    return key != HS_SOURCE_NONE ? g_strdup(hs_source_name((HsSource)key)) : NULL;
  case HS_PIVOT_SIZE:
    return g_strdup_printf("%" PRIu64, hs_size_class_bytes(key));
  case HS_PIVOT_END:
    return g_strdup(key != HS_END_NONE ? hs_end_name((HsEnd)key) : "outstanding");
  case HS_PIVOT_TYPE:
  case HS_N_PIVOTS:
    break;
  }
  return NULL;
}

static bool
has_process(HsPivotBy by)
{
  return by == HS_PIVOT_PROCESS || by == HS_PIVOT_HEAP || by == HS_PIVOT_THREAD;
}

static void
add_sums(HsCliTable *table, const HsSideSums *sums)
{
  for (int column = HS_SIDE_COLUMN_CAME; column < HS_N_SIDE_COLUMNS; column++)
    hs_cli_table_add_change(table, hs_side_column_value(sums, (HsSideColumn)column));
}

static void
add_titles(HsCliTable *table)
{
  static const char *const titles[] = {N_("Only at B"), N_("Bytes"), N_("Only at A"),
                                       N_("Bytes"),     N_("Net"),   N_("Net bytes")};
  for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
    hs_cli_table_add(table, _(titles[i]));
}

static bool
write_groups(const HsCliComparison *compared, HsPivotBy by, HsCliWriter *writer)
{
  g_autoptr(GArray) groups = hs_comparison_groups_new(compared->comparison, compared->timeline, by, NULL);
  if (groups == NULL)
    return false;
  HsCliTable *table = hs_cli_table_new(has_process(by) ? "rlrrrrrr" : "lrrrrrr");
  if (has_process(by))
    hs_cli_table_add(table, _("PID"));
  hs_cli_table_add(table, hs_pivot_title(by));
  add_titles(table);
  for (guint i = 0; i < groups->len; i++) {
    const HsSideGroup *group = &g_array_index(groups, HsSideGroup, i);
    uint32_t pid;
    g_autofree char *name = hs_cli_compare_group_name(compared->timeline, by, group->key, &pid);
    g_autofree char *pid_text = pid != UINT32_MAX ? g_strdup_printf("%u", pid) : g_strdup("-");
    if (has_process(by))
      hs_cli_table_add(table, pid_text);
    hs_cli_table_add(table, name != NULL && name[0] != '\0' ? name : "-");
    add_sums(table, &group->sums);
  }
  hs_cli_put_char(writer, '\n');
  hs_cli_table_write(table, writer, 0);
  hs_cli_table_free(table);
  return true;
}

static void
write_total(const HsCliComparison *compared, HsCliWriter *writer)
{
  HsCliTable *table = hs_cli_table_new("lr");
  hs_cli_table_add(table, _("A at s"));
  hs_cli_table_add_time(table, compared->at_ns[HS_SIDE_A]);
  hs_cli_table_add(table, _("B at s"));
  hs_cli_table_add_time(table, compared->at_ns[HS_SIDE_B]);
  hs_cli_table_write(table, writer, 0);
  hs_cli_table_free(table);
  hs_cli_put_char(writer, '\n');
  table = hs_cli_table_new("lrrrrrr");
  hs_cli_table_add(table, "");
  add_titles(table);
  hs_cli_table_add(table, _("In all"));
  add_sums(table, &compared->comparison->total);
  hs_cli_table_write(table, writer, 0);
  hs_cli_table_free(table);
}

bool
hs_cli_compare_write_text(const HsCliComparison *compared, const HsPivotBy *by, unsigned n, HsCliWriter *writer)
{
  write_total(compared, writer);
  for (unsigned i = 0; i < n; i++) {
    if (!write_groups(compared, by[i], writer)) {
      hs_cli_message(_("out of memory"));
      return false;
    }
  }
  return true;
}
