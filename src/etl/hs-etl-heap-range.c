/* SPDX-License-Identifier: MIT */
#include "hs-etl-heap.h"

#include "hs-etl-guid.h"

#define FIRST_RANGE_HOOK 0x0264
#define N_RANGE_HOOKS 5

/* PageFault class, 3d6fa8d3-fe05-11d0-9dda-00c04fd7ba7c: heap ranges travel as events of the memory group. */
static const uint8_t page_fault_guid[16] = {0xd3, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                            0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};

/* Microsoft-Windows-Heap-Snapshot, 901d2afa-4ff6-46d7-8d0e-53645e1a47f5. */
static const uint8_t heap_snapshot_guid[16] = {0xfa, 0x2a, 0x1d, 0x90, 0xf6, 0x4f, 0xd7, 0x46,
                                               0x8d, 0x0e, 0x53, 0x64, 0x5e, 0x1a, 0x47, 0xf5};

bool
hs_etl_is_heap_range(const HsEtlRecord *record)
{
  unsigned opcode = record->opcode;
  if (opcode < (FIRST_RANGE_HOOK & 0xff) || opcode >= (FIRST_RANGE_HOOK & 0xff) + N_RANGE_HOOKS)
    return false;
  if (record->hook != HS_ETL_NO_HOOK)
    return record->hook >> 8 == FIRST_RANGE_HOOK >> 8;
  return hs_etl_is_classic(record, page_fault_guid);
}

/* The ranges of a rundown: as many as it says, or as are there. Version 3 has a reserved word before them. */
static HsBytes
rundown_ranges(HsBytes *b, unsigned version, unsigned width, uint32_t tainted_count)
{
  if (version >= 3)
    hs_bytes_skip(b, 4);
  size_t left = hs_bytes_left(b);
  if (left == 0)
    return hs_bytes("", 0);
  uint64_t wanted = (uint64_t)tainted_count * 2 * width;
  size_t size = wanted < left ? (size_t)wanted : left;
  return hs_bytes(b->data + b->pos, size);
}

bool
hs_etl_heap_range_decode(const HsEtlRecord *record, HsEtlHeapRange *range)
{
  if (!hs_etl_is_heap_range(record))
    return false;
  HsBytes b = record->payload;
  unsigned width = record->pointer_width;
  *range = (HsEtlHeapRange){
      .op = (HsEtlRangeOp)(record->opcode - (FIRST_RANGE_HOOK & 0xff)),
      .handle = hs_bytes_pointer(&b, width),
      .pid = record->pid,
      .pointer_width = width,
  };
  uint32_t tainted_count;
  switch (range->op) {
  case HS_ETL_RANGE_RUNDOWN:
    range->flags = hs_bytes_u32(&b);
    range->pid = hs_bytes_u32(&b);
    tainted_count = hs_bytes_u32(&b);
    range->ranges = rundown_ranges(&b, record->version, width, tainted_count);
    break;
  case HS_ETL_RANGE_CREATE:
    range->size = hs_bytes_pointer(&b, width);
    range->flags = hs_bytes_u32(&b);
    break;
  case HS_ETL_RANGE_RESERVE:
  case HS_ETL_RANGE_RELEASE:
    range->address = hs_bytes_pointer(&b, width);
    range->size = hs_bytes_pointer(&b, width);
    break;
  case HS_ETL_RANGE_DESTROY:
    break;
  }
  return !b.failed;
}

bool
hs_etl_range_next(HsEtlHeapRange *range, uint64_t *address, uint64_t *size)
{
  *address = hs_bytes_pointer(&range->ranges, range->pointer_width);
  *size = hs_bytes_pointer(&range->ranges, range->pointer_width);
  return !range->ranges.failed;
}

bool
hs_etl_is_heap_snapshot(const HsEtlRecord *record)
{
  return (record->kind == HS_ETL_EVENT32 || record->kind == HS_ETL_EVENT64) &&
         memcmp(record->guid, heap_snapshot_guid, 16) == 0;
}
