/* SPDX-License-Identifier: MIT */
/* Any bytes as the records of a buffer, every decoder tried on each of them. */
#include <glib.h>

#include "hs-etl-heap.h"
#include "hs-etl-system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode(const HsEtlRecord *record)
{
  HsHeapEvent event;
  HsEtlHeapRange range;
  HsEtlProcess process;
  HsEtlThread thread;
  HsEtlImage image;
  uint64_t address = 0, size = 0;
  if (hs_etl_is_heap(record) && hs_etl_heap_decode(record, &event))
    g_assert(event.op < HS_N_OPS);
  if (hs_etl_heap_range_decode(record, &range))
    while (hs_etl_range_next(&range, &address, &size))
      ;
  bool any = hs_etl_process_decode(record, &process, NULL);
  any |= hs_etl_thread_decode(record, &thread, NULL);
  any |= hs_etl_image_decode(record, &image, NULL);
  g_assert(!any || hs_etl_is_system(record));
  (void)hs_etl_is_heap_snapshot(record);
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  hs_etl_image_clear(&image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  size_t at = 0;
  while (at < size) {
    HsEtlRecord record = {0};
    const char *why = NULL;
    int advance = hs_etl_record_parse(data + at, size - at, &record, &why);
    g_assert(advance >= 0 || why != NULL);
    if (advance <= 0)
      break;
    g_assert(hs_etl_kind_name(record.kind)[0] != '?');
    decode(&record);
    at += (size_t)advance;
  }
  return 0;
}
