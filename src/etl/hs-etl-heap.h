/* SPDX-License-Identifier: MIT */
/*
 * Heap records: group 0x10 in the hook family, class 222962ab-6180-4b88-a825-346b75f2a24a in FULL_HEADER and INSTANCE
 * records; heap ranges: hooks 0264..0268. Payload layouts: etw heap structs of ntwmi.h and wmicore.mof, packed,
 * pointers of the record's own width.
 */
#pragma once

#include "hs-etl-record.h"
#include "hs-ids.h"
#include "hs-terms.h"

/* True if the record belongs to the heap class (whatever its opcode). */
static inline bool
hs_etl_is_heap(const HsEtlRecord *record)
{
  extern const uint8_t hs_etl_heap_guid[16];
  if (record->hook != HS_ETL_NO_HOOK)
    return record->hook >> 8 == 0x10;
  return record->guid != NULL &&
         (record->kind == HS_ETL_FULL32 || record->kind == HS_ETL_FULL64 || record->kind == HS_ETL_INSTANCE32 ||
          record->kind == HS_ETL_INSTANCE64) &&
         memcmp(record->guid, hs_etl_heap_guid, 16) == 0;
}

/* Decodes by minimum length; surplus bytes are ignored. pid, tid, cpu and ticks come from the record's header. False,
 * with nothing promised about *event, if the payload is too short for its operation. */
bool hs_etl_heap_decode(const HsEtlRecord *record, HsHeapEvent *event);

/* Heap ranges (hooks 0264..0268). */
typedef enum {
  HS_ETL_RANGE_RUNDOWN, /* many ranges of one heap */
  HS_ETL_RANGE_CREATE,
  HS_ETL_RANGE_RESERVE,
  HS_ETL_RANGE_RELEASE,
  HS_ETL_RANGE_DESTROY
} HsEtlRangeOp;

typedef struct {
  HsEtlRangeOp op;
  uint64_t handle;
  uint32_t pid; /* the payload's for a rundown, else the header's */
  uint32_t flags;
  uint64_t address, size; /* reserve, release; create: size of the first range */
  HsBytes ranges;         /* rundown: pairs address, size; read with hs_etl_range_next() */
  unsigned pointer_width;
} HsEtlHeapRange;

bool hs_etl_is_heap_range(const HsEtlRecord *record);
bool hs_etl_heap_range_decode(const HsEtlRecord *record, HsEtlHeapRange *range);
/* The next pair of a rundown; false at the end. */
bool hs_etl_range_next(HsEtlHeapRange *range, uint64_t *address, uint64_t *size);

/* True for events of Microsoft-Windows-Heap-Snapshot (901d2afa-4ff6-46d7-8d0e-53645e1a47f5). */
bool hs_etl_is_heap_snapshot(const HsEtlRecord *record);
