/* SPDX-License-Identifier: MIT */
/* The table of heaps of a database, as the window has it. */
#include "hs-cli-export.h"
#include "hs-heap-table.h"

/* Titles of the window's table, untranslated. */
static const HsCliDbColumn heap_columns[HS_N_HEAP_COLUMNS] = {
    [HS_HEAP_COLUMN_PROCESS] = {"Process", HS_CLI_DB_TEXT},
    [HS_HEAP_COLUMN_PID] = {"PID", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_HANDLE] = {"Handle", HS_CLI_DB_HEX},
    [HS_HEAP_COLUMN_FLAGS] = {"Flags", HS_CLI_DB_HEX},
    [HS_HEAP_COLUMN_CREATED] = {"Created", HS_CLI_DB_TIME},
    [HS_HEAP_COLUMN_DESTROYED] = {"Destroyed", HS_CLI_DB_TIME},
    [HS_HEAP_COLUMN_ALLOCS] = {"Allocs", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_FREES] = {"Frees", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_REALLOCS] = {"Reallocs", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_BYTES] = {"Bytes", HS_CLI_DB_BYTES},
    [HS_HEAP_COLUMN_OUTSTANDING] = {"Outstanding", HS_CLI_DB_BYTES},
    [HS_HEAP_COLUMN_BLOCKS] = {"Blocks", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_PEAK] = {"Peak", HS_CLI_DB_BYTES},
    [HS_HEAP_COLUMN_PEAK_TIME] = {"Peak time", HS_CLI_DB_TIME},
    [HS_HEAP_COLUMN_COMMITTED] = {"Committed", HS_CLI_DB_BYTES},
    [HS_HEAP_COLUMN_RESERVED] = {"Reserved", HS_CLI_DB_BYTES},
    [HS_HEAP_COLUMN_SLOW_PATH] = {"Slow path", HS_CLI_DB_SHARE},
    [HS_HEAP_COLUMN_UNMATCHED_FREES] = {"Unmatched frees", HS_CLI_DB_NUMBER},
    [HS_HEAP_COLUMN_EVENTS] = {"Events", HS_CLI_DB_NUMBER},
};
G_STATIC_ASSERT(sizeof(HsHeapRow) <= HS_CLI_DB_ITEM_BYTES);

static bool
next_heap(gpointer data, uint32_t *at, gpointer item)
{
  const HsCliExport *export = data;
  const HsHeapSums *sums = export->passing->sums;
  if (*at >= hs_heap_sums_n(sums))
    return false;
  hs_heap_row(export->timeline, hs_heap_sums_get(sums, *at), item);
  return true;
}

static uint64_t
count_of(const HsHeapSum *sum, HsHeapColumn column)
{
  switch (column) {
  case HS_HEAP_COLUMN_ALLOCS:
    return sum->allocs;
  case HS_HEAP_COLUMN_FREES:
    return sum->frees;
  case HS_HEAP_COLUMN_REALLOCS:
    return sum->reallocs;
  case HS_HEAP_COLUMN_BYTES:
    return sum->begun_bytes;
  case HS_HEAP_COLUMN_OUTSTANDING:
    return sum->outstanding_bytes;
  case HS_HEAP_COLUMN_BLOCKS:
    return sum->outstanding_count;
  case HS_HEAP_COLUMN_PEAK:
    return sum->peak_bytes;
  case HS_HEAP_COLUMN_UNMATCHED_FREES:
    return sum->unmatched_frees;
  default:
    return sum->events;
  }
}

static void
put_heap_value(gpointer data, gconstpointer item, unsigned column, sqlite3_context *out)
{
  const HsCliExport *export = data;
  const HsHeapRow *heap = item;
  const HsHeapSum *sum = &heap->sum;
  switch (column) {
  case HS_HEAP_COLUMN_PROCESS:
    hs_cli_export_put_process(export, heap->process, out);
    break;
  case HS_HEAP_COLUMN_PID:
    hs_cli_export_put_pid(export, heap->process, out);
    break;
  case HS_HEAP_COLUMN_HANDLE:
    hs_cli_export_put_bits(heap->handle, out);
    break;
  case HS_HEAP_COLUMN_FLAGS:
    if (heap->has_flags)
      sqlite3_result_int64(out, heap->flags);
    break;
  case HS_HEAP_COLUMN_CREATED:
    hs_cli_export_put_time(export, heap->create_ticks, out);
    break;
  case HS_HEAP_COLUMN_DESTROYED:
    hs_cli_export_put_time(export, heap->destroy_ticks, out);
    break;
  case HS_HEAP_COLUMN_PEAK_TIME:
    if (sum->peak_bytes > 0)
      hs_cli_export_put_time(export, sum->peak_ticks, out);
    break;
  case HS_HEAP_COLUMN_COMMITTED:
    if (heap->has_sizes)
      hs_cli_export_put_bits(heap->committed_bytes, out);
    break;
  case HS_HEAP_COLUMN_RESERVED:
    if (heap->has_sizes)
      hs_cli_export_put_bits(heap->reserved_bytes, out);
    break;
  case HS_HEAP_COLUMN_SLOW_PATH:
    if (sum->allocs + sum->reallocs > 0)
      sqlite3_result_double(out, (double)sum->slow_path / (double)(sum->allocs + sum->reallocs));
    break;
  default:
    hs_cli_export_put_bits(count_of(sum, (HsHeapColumn)column), out);
    break;
  }
}

const HsCliDbTable hs_cli_export_heaps = {
    .name = "heaps",
    .columns = heap_columns,
    .n_columns = HS_N_HEAP_COLUMNS,
    .next = next_heap,
    .value = put_heap_value,
};
