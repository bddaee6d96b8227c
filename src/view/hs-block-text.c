/* SPDX-License-Identifier: MIT */
#include "hs-block-text.h"

#include "hs-cell-text.h"
#include "hs-config.h"
#include "hs-format.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>

static const struct {
  const char *title;
  const char *sample;
  const char *tip; /* NULL = the title says it */
} columns[HS_N_BLOCK_COLUMNS] = {
    [HS_BLOCK_COLUMN_ROW] = {N_("Row"), "00,000,000", N_("Number of the event that began the block")},
    [HS_BLOCK_COLUMN_PID] = {N_("PID"), "00000", NULL},
    [HS_BLOCK_COLUMN_PROCESS] = {N_("Process"), "process.exe", NULL},
    [HS_BLOCK_COLUMN_HEAP] = {N_("Handle"), "0x1f00000000", N_("Handle of the heap the block is on")},
    [HS_BLOCK_COLUMN_ADDRESS] = {N_("Address"), "0x7f3cee69afe0", NULL},
    [HS_BLOCK_COLUMN_SIZE] = {N_("Size"), "0,000,000 B", N_("Bytes asked for")},
    [HS_BLOCK_COLUMN_SOURCE] = {N_("Source"), "Low-fragmentation heap",
                                N_("The part of the allocator that served the block")},
    [HS_BLOCK_COLUMN_TYPE] = {N_("Type"), "AOFO",
                              N_("Allocated inside (AI) or outside (AO) of the selected time, freed inside (FI) or "
                                 "outside (FO) of it; without a selection, of the whole trace")},
    [HS_BLOCK_COLUMN_IMPACTING] = {N_("Impacting"), "0,000,000 B",
                                   N_("Its size if the block is AIFO: what the selected time left behind")},
    [HS_BLOCK_COLUMN_ALLOC_TIME] = {N_("Alloc Time"), HS_CELL_TIME_SAMPLE, NULL},
    [HS_BLOCK_COLUMN_FREE_TIME] = {N_("Free Time"), HS_CELL_TIME_SAMPLE, NULL},
    [HS_BLOCK_COLUMN_LIFETIME] = {N_("Lifetime"), "000 ms", N_("From Alloc Time to Free Time")},
    [HS_BLOCK_COLUMN_END] = {N_("End reason"), "Heap destroyed",
                             N_("What ended the block: overwritten means that its free is missing from the trace")},
    [HS_BLOCK_COLUMN_IS_REALLOC] = {N_("Is Realloc"), "Yes", N_("Whether a reallocation began the block")},
    [HS_BLOCK_COLUMN_TID] = {N_("Thread"), "00000", N_("The thread that allocated the block")},
    [HS_BLOCK_COLUMN_FREE_TID] = {N_("Free Thread"), "00000", N_("The thread that freed the block")},
    [HS_BLOCK_COLUMN_BUCKET] = {N_("Bucket"), "512 KiB", N_("The power of two that is at most the block’s size")},
};

const char *
hs_block_column_title(HsBlockColumn column)
{
  return (unsigned)column < HS_N_BLOCK_COLUMNS ? _(columns[column].title) : "";
}

const char *
hs_block_column_tip(HsBlockColumn column)
{
  return (unsigned)column < HS_N_BLOCK_COLUMNS && columns[column].tip != NULL ? _(columns[column].tip) : NULL;
}

const char *
hs_block_column_sample(HsBlockColumn column)
{
  return (unsigned)column < HS_N_BLOCK_COLUMNS ? columns[column].sample : "";
}

/* A power of two, or 0. */
static const char *
bucket_text(uint64_t bytes, char *buffer, size_t size)
{
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  unsigned unit = 0;
  while (bytes >= 1024) {
    bytes /= 1024;
    unit++;
  }
  g_snprintf(buffer, size, "%u %s", (unsigned)bytes, units[unit]);
  return buffer;
}

const char *
hs_block_cell_text(const HsTimeline *timeline, const HsBlockRow *row, HsBlockColumn column, char *buffer, size_t size)
{
  const HsBlock *block = &row->block;
  switch (column) {
  case HS_BLOCK_COLUMN_ROW:
    return hs_format_count(buffer, size, block->begin_row);
  case HS_BLOCK_COLUMN_PID:
    return hs_cell_pid(timeline, row->process, buffer, size);
  case HS_BLOCK_COLUMN_PROCESS:
    return hs_cell_process(timeline, row->process, buffer, size);
  case HS_BLOCK_COLUMN_HEAP:
    return hs_cell_handle(timeline, block->heap, buffer, size);
  case HS_BLOCK_COLUMN_ADDRESS:
    return hs_format_hex(buffer, size, block->address);
  case HS_BLOCK_COLUMN_SIZE:
    return hs_format_bytes_exact(buffer, size, block->size);
  case HS_BLOCK_COLUMN_SOURCE:
    return hs_cell_source(block->source, row->source_id, buffer, size);
  case HS_BLOCK_COLUMN_TYPE:
    return hs_block_type_name(row->type);
  case HS_BLOCK_COLUMN_IMPACTING:
    return hs_format_bytes_exact(buffer, size, row->impacting_bytes);
  case HS_BLOCK_COLUMN_ALLOC_TIME:
    return hs_cell_time(timeline, block->begin_ticks, buffer, size);
  case HS_BLOCK_COLUMN_FREE_TIME:
    return row->is_over ? hs_cell_time(timeline, block->end_ticks, buffer, size) : "";
  case HS_BLOCK_COLUMN_LIFETIME:
    return row->is_over ? hs_format_duration(buffer, size, row->lifetime_ns) : "";
  case HS_BLOCK_COLUMN_END:
    return hs_end_title(block->end);
  case HS_BLOCK_COLUMN_IS_REALLOC:
    return block->is_realloc ? _("Yes") : "";
  case HS_BLOCK_COLUMN_TID:
    return hs_cell_tid(timeline, block->thread, buffer, size);
  case HS_BLOCK_COLUMN_FREE_TID:
    return hs_cell_tid(timeline, row->free_thread, buffer, size);
  case HS_BLOCK_COLUMN_BUCKET:
    return bucket_text(row->bucket_bytes, buffer, size);
  case HS_N_BLOCK_COLUMNS:
    break;
  }
  return "";
}

bool
hs_block_column_is_number(HsBlockColumn column)
{
  switch (column) {
  case HS_BLOCK_COLUMN_PROCESS:
  case HS_BLOCK_COLUMN_HEAP:
  case HS_BLOCK_COLUMN_ADDRESS:
  case HS_BLOCK_COLUMN_SOURCE:
  case HS_BLOCK_COLUMN_TYPE:
  case HS_BLOCK_COLUMN_END:
  case HS_BLOCK_COLUMN_IS_REALLOC:
    return false;
  default:
    return true;
  }
}

bool
hs_block_column_is_mono(HsBlockColumn column)
{
  return column == HS_BLOCK_COLUMN_HEAP || column == HS_BLOCK_COLUMN_ADDRESS;
}
