/* SPDX-License-Identifier: MIT */
/* Any bytes as an ETL file, read to its end, record by record and in runs of heap events. */
#include "hs-etl-merger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads the file again as the loader does. Returns the number of records. */
static guint64
read_in_runs(HsEtlFile *file)
{
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  HsPlainEvent events[16];
  HsEtlRecord record;
  gint64 latest = G_MININT64;
  guint n;
  do {
    while ((n = hs_etl_merger_take_plain(merger, events, G_N_ELEMENTS(events))) > 0) {
      for (guint i = 0; i < n; i++) {
        g_assert(events[i].ticks >= latest && events[i].key < hs_etl_merger_keys(merger)->length);
        latest = events[i].ticks;
      }
    }
  } while (hs_etl_merger_next(merger, &record));
  return hs_etl_merger_counts(merger)->records;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new(data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(HsEtlFile) file = hs_etl_file_open_bytes(bytes, "fuzz", &error);
  g_assert((file == NULL) == (error != NULL));
  if (file == NULL)
    return 0;
  g_autoptr(HsEtlMerger) merger = hs_etl_merger_new(file);
  HsEtlRecord record;
  gint64 latest = G_MININT64;
  while (hs_etl_merger_next(merger, &record)) {
    g_assert(!record.has_time || record.ticks >= latest);
    if (record.has_time)
      latest = record.ticks;
    /* The last byte must be readable. */
    if (record.payload.size > 0)
      *(volatile const uint8_t *)&record.payload.data[record.payload.size - 1];
  }
  g_assert(hs_etl_merger_counts(merger)->buffers == hs_etl_file_n_buffers(file));
  g_assert(hs_etl_merger_counts(merger)->records == read_in_runs(file));
  return 0;
}
