/* SPDX-License-Identifier: MIT */
#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

#include "hs-cell-text.h"
#include "hs-event-text.h"
#include "hs-event-text-private.h"
#include "hs-format.h"

char *
hs_process_display_name(const HsTimeline *timeline, HsProcessId process)
{
  if (process.v == HS_ID_NONE)
    return g_strdup(_("No process"));
  const char *name = hs_timeline_process_name(timeline, process);
  if (name[0] != '\0')
    return g_strdup(name);
  return g_strdup_printf(_("Process %u"), hs_timeline_process(timeline, process)->pid);
}

static const char *
hex_text(char *buffer, size_t size, bool known, uint64_t value)
{
  return known ? hs_format_hex(buffer, size, value) : "";
}

static const char *
bytes_text(char *buffer, size_t size, bool known, uint64_t bytes)
{
  return known ? hs_format_bytes_exact(buffer, size, bytes) : "";
}

static const char *
operation_text(const HsEvent *event, char *buffer, size_t size)
{
  if (event->op != HS_OP_OTHER || event->detail == NULL)
    return hs_op_title(event->op);
  g_snprintf(buffer, size, _("Other (0x%02x)"), event->detail->raw_opcode);
  return buffer;
}

const char *
hs_event_cell_text(const HsTimeline *timeline, const HsEvent *event, HsEventColumn column, char *buffer, size_t size)
{
  switch (column) {
  case HS_COLUMN_TIME:
    return hs_cell_time(timeline, event->ticks, buffer, size);
  case HS_COLUMN_OPERATION:
    return operation_text(event, buffer, size);
  case HS_COLUMN_PROCESS:
    return hs_cell_process(timeline, event->process, buffer, size);
  case HS_COLUMN_PID:
    return hs_cell_pid(timeline, event->process, buffer, size);
  case HS_COLUMN_TID:
    return hs_cell_tid(timeline, event->thread, buffer, size);
  case HS_COLUMN_HEAP:
    return hs_cell_handle(timeline, event->heap, buffer, size);
  case HS_COLUMN_ADDRESS:
    return hex_text(buffer, size, event->has_address, event->address);
  case HS_COLUMN_SIZE:
    return bytes_text(buffer, size, event->has_size, event->size);
  case HS_COLUMN_SOURCE:
    return hs_cell_source(event->source, event->source_id, buffer, size);
  case HS_COLUMN_CPU:
    g_snprintf(buffer, size, "%u", event->cpu);
    return buffer;
  case HS_COLUMN_OLD_ADDRESS:
    return hex_text(buffer, size, event->has_old, event->old_address);
  case HS_COLUMN_OLD_SIZE:
    return bytes_text(buffer, size, event->has_old, event->old_size);
  case HS_COLUMN_DETAILS:
    return hs_event_details_text(timeline, event, buffer, size);
  case HS_N_COLUMNS:
    break;
  }
  return "";
}

bool
hs_event_column_is_number(HsEventColumn column)
{
  switch (column) {
  case HS_COLUMN_TIME:
  case HS_COLUMN_PID:
  case HS_COLUMN_TID:
  case HS_COLUMN_SIZE:
  case HS_COLUMN_CPU:
  case HS_COLUMN_OLD_SIZE:
    return true;
  default:
    return false;
  }
}

bool
hs_event_column_is_mono(HsEventColumn column)
{
  return column == HS_COLUMN_HEAP || column == HS_COLUMN_ADDRESS || column == HS_COLUMN_OLD_ADDRESS;
}

const char *
hs_event_column_sample(HsEventColumn column)
{
  static const char *const samples[HS_N_COLUMNS] = {
      [HS_COLUMN_TIME] = HS_CELL_TIME_SAMPLE,
      [HS_COLUMN_OPERATION] = "Operation",
      [HS_COLUMN_PROCESS] = "process.exe",
      [HS_COLUMN_PID] = "00000",
      [HS_COLUMN_TID] = "00000",
      [HS_COLUMN_HEAP] = "0x1f00000000",
      [HS_COLUMN_ADDRESS] = "0x7f3cee69afe0",
      [HS_COLUMN_SIZE] = "0,000,000 B",
      [HS_COLUMN_SOURCE] = "Low-fragmentation heap",
      [HS_COLUMN_CPU] = "00",
      [HS_COLUMN_OLD_ADDRESS] = "0x7f3cee69afe0",
      [HS_COLUMN_OLD_SIZE] = "000,000 B",
      [HS_COLUMN_DETAILS] = "committed 000.0 MiB of 000.0 MiB",
  };
  return (unsigned)column < HS_N_COLUMNS ? samples[column] : "";
}

const char *
hs_event_column_tip(HsEventColumn column)
{
  switch (column) {
  case HS_COLUMN_HEAP:
    return _("Handle of the heap");
  case HS_COLUMN_SIZE:
    return _("Bytes asked for");
  case HS_COLUMN_SOURCE:
    return _("The part of the allocator that served the request");
  case HS_COLUMN_OLD_ADDRESS:
    return _("Where a reallocated block was before");
  case HS_COLUMN_OLD_SIZE:
    return _("Bytes of a reallocated block before");
  case HS_COLUMN_DETAILS:
    return _("What else the event tells; sorted by the lifetime of its block");
  default:
    return NULL;
  }
}
