/* SPDX-License-Identifier: MIT */
#include "hs-heap-text.h"

#include "hs-cell-text.h"
#include "hs-config.h"
#include "hs-format.h"
#include "hs-heap-flags.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static const struct {
  const char *title;
  const char *sample;
  const char *tip; /* NULL = the title says it */
} columns[HS_N_HEAP_COLUMNS] = {
    [HS_HEAP_COLUMN_PROCESS] = {N_("Process"), "process.exe", NULL},
    [HS_HEAP_COLUMN_PID] = {N_("PID"), "00000", NULL},
    [HS_HEAP_COLUMN_HANDLE] = {N_("Handle"), "0x1f00000000", NULL},
    [HS_HEAP_COLUMN_FLAGS] = {N_("Flags"), "GROWABLE", N_("How the heap was created")},
    [HS_HEAP_COLUMN_CREATED] = {N_("Created"), HS_CELL_TIME_SAMPLE, N_("Empty for a heap from before the trace")},
    [HS_HEAP_COLUMN_DESTROYED] = {N_("Destroyed"), HS_CELL_TIME_SAMPLE, N_("Empty for a heap that outlives the trace")},
    [HS_HEAP_COLUMN_ALLOCS] = {N_("Allocs"), "0,000,000", NULL},
    [HS_HEAP_COLUMN_FREES] = {N_("Frees"), "0,000,000", NULL},
    [HS_HEAP_COLUMN_REALLOCS] = {N_("Reallocs"), "000,000", NULL},
    [HS_HEAP_COLUMN_BYTES] = {N_("Bytes"), "00.0 MiB", N_("Sizes of all blocks that began, summed")},
    [HS_HEAP_COLUMN_OUTSTANDING] = {N_("Outstanding"), "00.0 MiB", N_("Bytes of blocks that have not ended")},
    [HS_HEAP_COLUMN_BLOCKS] = {N_("Blocks"), "000,000", N_("Blocks that have not ended")},
    [HS_HEAP_COLUMN_PEAK] = {N_("Peak"), "00.0 MiB", N_("The most bytes that were outstanding at any moment")},
    [HS_HEAP_COLUMN_PEAK_TIME] = {N_("Peak time"), HS_CELL_TIME_SAMPLE, N_("When the peak was first reached")},
    [HS_HEAP_COLUMN_COMMITTED] = {N_("Committed"), "00.0 MiB",
                                  N_("Address space with memory behind it, as the heap last told")},
    [HS_HEAP_COLUMN_RESERVED] = {N_("Reserved"), "00.0 MiB",
                                 N_("Address space set aside for the heap, as the heap last told")},
    [HS_HEAP_COLUMN_SLOW_PATH] = {N_("Slow path"), "000 %",
                                  N_("Share of allocations and reallocations that the slow path served")},
    [HS_HEAP_COLUMN_UNMATCHED_FREES] = {N_("Unmatched frees"), "00,000",
                                        N_("Frees of memory that was allocated before the trace began")},
    [HS_HEAP_COLUMN_EVENTS] = {N_("Events"), "0,000,000", NULL},
};

const char *
hs_heap_column_title(HsHeapColumn column)
{
  return (unsigned)column < HS_N_HEAP_COLUMNS ? _(columns[column].title) : "";
}

const char *
hs_heap_column_tip(HsHeapColumn column)
{
  return (unsigned)column < HS_N_HEAP_COLUMNS && columns[column].tip != NULL ? _(columns[column].tip) : NULL;
}

const char *
hs_heap_column_sample(HsHeapColumn column)
{
  return (unsigned)column < HS_N_HEAP_COLUMNS ? columns[column].sample : "";
}

static const char *
flags_text(const HsHeapRow *row, char *buffer, size_t size)
{
  if (!row->has_flags)
    return "";
  g_autofree char *text = hs_heap_flags_text(row->flags);
  g_strlcpy(buffer, text, size);
  return buffer;
}

static uint64_t
n_requests(const HsHeapRow *row)
{
  return row->sum.allocs + row->sum.reallocs;
}

bool
hs_heap_cell_bytes(const HsHeapRow *row, HsHeapColumn column, uint64_t *bytes)
{
  switch (column) {
  case HS_HEAP_COLUMN_BYTES:
    *bytes = row->sum.begun_bytes;
    return true;
  case HS_HEAP_COLUMN_OUTSTANDING:
    *bytes = row->sum.outstanding_bytes;
    return true;
  case HS_HEAP_COLUMN_PEAK:
    *bytes = row->sum.peak_bytes;
    return true;
  case HS_HEAP_COLUMN_COMMITTED:
    *bytes = row->committed_bytes;
    return row->has_sizes;
  case HS_HEAP_COLUMN_RESERVED:
    *bytes = row->reserved_bytes;
    return row->has_sizes;
  default:
    return false;
  }
}

/* Of columns that are no bytes. */
static const char *
figure_text(const HsTimeline *timeline, const HsHeapRow *row, HsHeapColumn column, char *buffer, size_t size)
{
  const HsHeapSum *sum = &row->sum;
  switch (column) {
  case HS_HEAP_COLUMN_ALLOCS:
    return hs_format_count(buffer, size, sum->allocs);
  case HS_HEAP_COLUMN_FREES:
    return hs_format_count(buffer, size, sum->frees);
  case HS_HEAP_COLUMN_REALLOCS:
    return hs_format_count(buffer, size, sum->reallocs);
  case HS_HEAP_COLUMN_BLOCKS:
    return hs_format_count(buffer, size, sum->outstanding_count);
  case HS_HEAP_COLUMN_PEAK_TIME:
    return sum->peak_bytes > 0 ? hs_cell_time(timeline, sum->peak_ticks, buffer, size) : "";
  case HS_HEAP_COLUMN_SLOW_PATH:
    return n_requests(row) > 0 ? hs_format_percent(buffer, size, sum->slow_path, n_requests(row)) : "";
  case HS_HEAP_COLUMN_UNMATCHED_FREES:
    return hs_format_count(buffer, size, sum->unmatched_frees);
  case HS_HEAP_COLUMN_EVENTS:
    return hs_format_count(buffer, size, sum->events);
  default:
    return "";
  }
}

const char *
hs_heap_cell_text(const HsTimeline *timeline, const HsHeapRow *row, HsHeapColumn column, char *buffer, size_t size)
{
  uint64_t bytes;
  switch (column) {
  case HS_HEAP_COLUMN_PROCESS:
    return hs_cell_process(timeline, row->process, buffer, size);
  case HS_HEAP_COLUMN_PID:
    return hs_cell_pid(timeline, row->process, buffer, size);
  case HS_HEAP_COLUMN_HANDLE:
    return hs_format_hex(buffer, size, row->handle);
  case HS_HEAP_COLUMN_FLAGS:
    return flags_text(row, buffer, size);
  case HS_HEAP_COLUMN_CREATED:
    return row->create_ticks != INT64_MIN ? hs_cell_time(timeline, row->create_ticks, buffer, size) : "";
  case HS_HEAP_COLUMN_DESTROYED:
    return row->destroy_ticks != INT64_MAX ? hs_cell_time(timeline, row->destroy_ticks, buffer, size) : "";
  default:
    if (hs_heap_cell_bytes(row, column, &bytes))
      return hs_format_bytes(buffer, size, (int64_t)MIN(bytes, INT64_MAX));
    return figure_text(timeline, row, column, buffer, size);
  }
}

const char *
hs_heap_cell_tip(const HsHeapRow *row, HsHeapColumn column, char *buffer, size_t size)
{
  char part[HS_FORMAT_MAX], whole[HS_FORMAT_MAX];
  uint64_t bytes;
  /* Below a thousand bytes are told exactly. */
  if (hs_heap_cell_bytes(row, column, &bytes))
    return bytes >= 1000 ? hs_format_bytes_exact(buffer, size, bytes) : NULL;
  if (column != HS_HEAP_COLUMN_SLOW_PATH || n_requests(row) == 0)
    return NULL;
  hs_format_count(part, sizeof part, row->sum.slow_path);
  hs_format_count(whole, sizeof whole, n_requests(row));
  /* Translators: so many allocations and reallocations of all. */
  g_snprintf(buffer, size, _("%s of %s"), part, whole);
  return buffer;
}

bool
hs_heap_column_is_number(HsHeapColumn column)
{
  return column != HS_HEAP_COLUMN_PROCESS && column != HS_HEAP_COLUMN_HANDLE && column != HS_HEAP_COLUMN_FLAGS;
}

bool
hs_heap_column_is_mono(HsHeapColumn column)
{
  return column == HS_HEAP_COLUMN_HANDLE;
}
