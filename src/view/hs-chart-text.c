/* SPDX-License-Identifier: MIT */
#include "hs-chart-text.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <math.h>

#include "hs-event-text.h"
#include "hs-format.h"
#include "hs-pivot-text.h"

/* Counts below this are shown in full. */
#define FULL_COUNT 1e6

static const char *const measure_titles[HS_N_MEASURES] = {
    [HS_MEASURE_BYTES] = N_("Outstanding bytes"),
    [HS_MEASURE_COUNT] = N_("Outstanding blocks"),
    [HS_MEASURE_RATE_EVENTS] = N_("Allocation rate"),
    [HS_MEASURE_RATE_BYTES] = N_("Allocated bytes a second"),
    [HS_MEASURE_CUMULATIVE_COUNT] = N_("Allocations so far"),
    [HS_MEASURE_CUMULATIVE_BYTES] = N_("Bytes allocated so far"),
    [HS_MEASURE_SLOW_PATH] = N_("Slow-path share"),
};

static const char *const group_titles[HS_N_GROUPS] = {
    [HS_GROUP_NONE] = N_("In all"),
    [HS_GROUP_HEAP] = N_("By heap"),
    [HS_GROUP_SOURCE] = N_("By source"),
    [HS_GROUP_PROCESS] = N_("By process"),
    [HS_GROUP_SIZE_CLASS] = N_("By size class"),
};

const char *
hs_measure_title(HsMeasure measure)
{
  return measure < HS_N_MEASURES ? _(measure_titles[measure]) : "";
}

const char *
hs_group_title(HsGroup group)
{
  return group < HS_N_GROUPS ? _(group_titles[group]) : "";
}

char *
hs_chart_title(HsMeasure measure, HsGroup group)
{
  const char *what = hs_measure_title(measure);
  switch (group) {
  case HS_GROUP_HEAP:
    /* Translators: what a chart shows, grouped: "Outstanding bytes by heap" */
    return g_strdup_printf(_("%s by heap"), what);
  case HS_GROUP_SOURCE:
    return g_strdup_printf(_("%s by source"), what);
  case HS_GROUP_PROCESS:
    return g_strdup_printf(_("%s by process"), what);
  case HS_GROUP_SIZE_CLASS:
    return g_strdup_printf(_("%s by size class"), what);
  case HS_GROUP_NONE:
  case HS_N_GROUPS:
    break;
  }
  return g_strdup(what);
}

static char *
heap_name(const HsTimeline *timeline, HsHeapId id, bool is_short)
{
  char handle[HS_FORMAT_MAX];
  const HsHeap *heap = hs_timeline_heap(timeline, id);
  hs_format_hex(handle, sizeof handle, heap->handle);
  if (is_short)
    return g_strdup(handle);
  g_autofree char *process = hs_process_display_name(timeline, heap->process);
  return g_strdup_printf("%s · %s", handle, process);
}

static char *
process_name(const HsTimeline *timeline, HsProcessId id, bool is_short)
{
  g_autofree char *name = hs_process_display_name(timeline, id);
  uint32_t pid = hs_timeline_process(timeline, id)->pid;
  if (is_short || hs_timeline_process_name(timeline, id)[0] == '\0' || pid == UINT32_MAX)
    return g_steal_pointer(&name);
  return g_strdup_printf(_("%s (%u)"), name, pid);
}

char *
hs_chart_layer_name(const HsTimeline *timeline, HsGroup group, uint32_t id, bool is_short)
{
  if (group == HS_GROUP_NONE)
    return g_strdup(_("All"));
  if (id == HS_ID_NONE)
    return g_strdup(_("Others"));
  if (group == HS_GROUP_SIZE_CLASS)
    return hs_size_class_text(id);
  if (group == HS_GROUP_SOURCE && id == HS_SOURCE_NONE)
    return g_strdup(_("No source"));
  if (group == HS_GROUP_SOURCE)
    return g_strdup(is_short ? hs_source_short_title((HsSource)id) : hs_source_title((HsSource)id));
  if (timeline != NULL && group == HS_GROUP_HEAP && id < hs_timeline_n_heaps(timeline))
    return heap_name(timeline, (HsHeapId){id}, is_short);
  if (timeline != NULL && group == HS_GROUP_PROCESS && id < hs_timeline_n_processes(timeline))
    return process_name(timeline, (HsProcessId){id}, is_short);
  return g_strdup_printf("%u", id);
}

/* --- values --- */

/* In a unit of thousands, with so many significant digits. */
static void
format_thousands(char *buffer, size_t size, double value, int digits)
{
  static const char *const units[] = {"", " k", " M", " G", " T", " P", " E"};
  unsigned unit = 0;
  /* What would be rounded up to the next unit is shown in it. */
  for (; fabs(value) >= 999.5 && unit + 1 < G_N_ELEMENTS(units); unit++)
    value /= 1000;
  g_snprintf(buffer, size, "%.*g%s", digits, value, units[unit]);
}

static void
format_iec(char *buffer, size_t size, double value, int digits)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB"};
  unsigned unit = 0;
  for (; fabs(value) >= 1024 && unit + 1 < G_N_ELEMENTS(units); unit++)
    value /= 1024;
  /* Four digits are needed below 1,024. */
  g_snprintf(buffer, size, "%.*g %s", fabs(value) >= 1000 ? 4 : digits, value, units[unit]);
}

char *
hs_chart_format(char *buffer, size_t size, HsMeasure measure, double value)
{
  char number[HS_FORMAT_MAX];
  if (measure == HS_MEASURE_SLOW_PATH) {
    g_snprintf(buffer, size, value > 0 && value < 0.001 ? "<0.1 %%" : "%.1f %%", value * 100);
    return buffer;
  }
  if (hs_measure_is_rate(measure)) {
    if (hs_measure_is_bytes(measure))
      format_iec(number, sizeof number, value, 3);
    else
      format_thousands(number, sizeof number, value, 3);
    /* Translators: a rate: "1.2 M/s" */
    g_snprintf(buffer, size, _("%s/s"), number);
    return buffer;
  }
  if (hs_measure_is_bytes(measure))
    return hs_format_bytes(buffer, size, value >= 0x1p63 ? INT64_MAX : (int64_t)value);
  return hs_format_count(buffer, size, value >= 0x1p63 ? INT64_MAX : (uint64_t)MAX(value, 0));
}

char *
hs_chart_format_axis(char *buffer, size_t size, HsMeasure measure, double value)
{
  char number[HS_FORMAT_MAX];
  if (measure == HS_MEASURE_SLOW_PATH) {
    g_snprintf(buffer, size, "%.3g %%", value * 100);
    return buffer;
  }
  if (hs_measure_is_bytes(measure))
    format_iec(number, sizeof number, value, 4);
  else if (value < FULL_COUNT && !hs_measure_is_rate(measure))
    hs_format_count(number, sizeof number, (uint64_t)MAX(value, 0));
  else
    format_thousands(number, sizeof number, value, 4);
  g_snprintf(buffer, size, hs_measure_is_rate(measure) ? _("%s/s") : "%s", number);
  return buffer;
}
