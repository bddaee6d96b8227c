/* SPDX-License-Identifier: MIT */
/* The three records that make up nearly all of a trace, for files of this folder only. */
#pragma once

#include <glib.h>

#include "hs-etl-heap.h"

#define HS_ETL_SYSTEM_BYTES 0x20u /* the header of SYSTEM32 and SYSTEM64 */
#define HS_ETL_HOOK_GROUP_HEAP 0x10
#define HS_ETL_HEAP_ALLOC 0x21
#define HS_ETL_HEAP_REALLOC 0x22
#define HS_ETL_HEAP_FREE 0x24

static inline bool
hs_etl_heap_is_common(uint8_t opcode)
{
  return opcode == HS_ETL_HEAP_ALLOC || opcode == HS_ETL_HEAP_FREE || opcode == HS_ETL_HEAP_REALLOC;
}

/* From 64-bit processes: fixed offsets, one length check. */
static inline bool
hs_etl_heap_decode_wide(uint8_t opcode, const uint8_t *p, size_t size, HsHeapEvent *event)
{
  if (opcode == HS_ETL_HEAP_ALLOC) {
    if (G_UNLIKELY(size < 28))
      return false;
    event->op = HS_OP_ALLOC;
    event->size = hs_le64(p + 8);
    event->address = hs_le64(p + 16);
    event->source_id = hs_le32(p + 24);
  } else if (opcode == HS_ETL_HEAP_FREE) {
    if (G_UNLIKELY(size < 20))
      return false;
    event->op = HS_OP_FREE;
    event->size = 0;
    event->address = hs_le64(p + 8);
    event->source_id = hs_le32(p + 16);
  } else {
    if (G_UNLIKELY(size < 44))
      return false;
    event->op = HS_OP_REALLOC;
    event->address = hs_le64(p + 8);
    event->old_address = hs_le64(p + 16);
    event->size = hs_le64(p + 24);
    event->old_size = hs_le64(p + 32);
    event->source_id = hs_le32(p + 40);
  }
  event->handle = hs_le64(p);
  return true;
}

static inline bool
hs_etl_heap_decode_narrow(uint8_t opcode, const uint8_t *p, size_t size, HsHeapEvent *event)
{
  if (opcode == HS_ETL_HEAP_ALLOC) {
    if (G_UNLIKELY(size < 16))
      return false;
    event->op = HS_OP_ALLOC;
    event->size = hs_le32(p + 4);
    event->address = hs_le32(p + 8);
    event->source_id = hs_le32(p + 12);
  } else if (opcode == HS_ETL_HEAP_FREE) {
    if (G_UNLIKELY(size < 12))
      return false;
    event->op = HS_OP_FREE;
    event->size = 0;
    event->address = hs_le32(p + 4);
    event->source_id = hs_le32(p + 8);
  } else {
    if (G_UNLIKELY(size < 24))
      return false;
    event->op = HS_OP_REALLOC;
    event->address = hs_le32(p + 4);
    event->old_address = hs_le32(p + 8);
    event->size = hs_le32(p + 12);
    event->old_size = hs_le32(p + 16);
    event->source_id = hs_le32(p + 20);
  }
  event->handle = hs_le32(p);
  return true;
}

/* Sets operation, handle, address, size, source and, for a ReAlloc, what it tells of before. False if the payload is
 * too short. */
static inline bool
hs_etl_heap_decode_common(uint8_t opcode, bool wide, const uint8_t *p, size_t size, HsHeapEvent *event)
{
  event->has_source = true;
  if (opcode != HS_ETL_HEAP_REALLOC)
    event->old_address = event->old_size = 0;
  return wide ? hs_etl_heap_decode_wide(opcode, p, size, event) : hs_etl_heap_decode_narrow(opcode, p, size, event);
}
