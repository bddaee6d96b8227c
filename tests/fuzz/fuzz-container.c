/* SPDX-License-Identifier: MIT */
/* Any bytes as an ETL file, read to its end. */
#include "hs-etl-merger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
  return 0;
}
