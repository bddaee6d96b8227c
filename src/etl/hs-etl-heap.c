/* SPDX-License-Identifier: MIT */
#include "hs-etl-heap.h"

#include "hs-etl-heap-inline.h"

#define FIRST_OPCODE 0x20
#define LAST_OPCODE 0x3a

/* 222962ab-6180-4b88-a825-346b75f2a24a */
const uint8_t hs_etl_heap_guid[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                      0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};

/* Create: version 3 adds the three spaces. */
static void
decode_create(HsBytes *b, unsigned width, HsHeapEvent *event)
{
  event->handle = hs_bytes_pointer(b, width);
  event->flags = hs_bytes_u32(b);
  event->has_flags = true;
  if (hs_bytes_left(b) < (size_t)3 * width)
    return;
  event->reserved_bytes = hs_bytes_pointer(b, width);
  event->committed_bytes = hs_bytes_pointer(b, width);
  event->allocated_bytes = hs_bytes_pointer(b, width);
  event->has_sizes = true;
}

/* Extend and Contract: version 3 adds the allocated space. */
static void
decode_extend(HsBytes *b, unsigned width, HsHeapEvent *event)
{
  event->handle = hs_bytes_pointer(b, width);
  event->size = hs_bytes_pointer(b, width);
  event->address = hs_bytes_pointer(b, width);
  event->free_bytes = hs_bytes_pointer(b, width);
  event->committed_bytes = hs_bytes_pointer(b, width);
  event->reserved_bytes = hs_bytes_pointer(b, width);
  event->detail = hs_bytes_u32(b);
  event->has_sizes = true;
  if (hs_bytes_left(b) >= width)
    event->allocated_bytes = hs_bytes_pointer(b, width);
}

/* SnapShot: its oldest form ends with the flags, version 2 before the allocated space. */
static void
decode_snapshot(HsBytes *b, unsigned width, HsHeapEvent *event)
{
  event->handle = hs_bytes_pointer(b, width);
  event->free_bytes = hs_bytes_pointer(b, width);
  event->committed_bytes = hs_bytes_pointer(b, width);
  event->reserved_bytes = hs_bytes_pointer(b, width);
  event->flags = hs_bytes_u32(b);
  event->has_sizes = true;
  event->has_flags = true;
  if (hs_bytes_left(b) < 4)
    return;
  event->target_pid = hs_bytes_u32(b);
  if (hs_bytes_left(b) < (size_t)width + 8)
    return;
  hs_bytes_skip(b, width + 4); /* LargeUCRSpace, FreeListLength */
  event->detail = hs_bytes_u32(b);
  if (hs_bytes_left(b) >= width)
    event->allocated_bytes = hs_bytes_pointer(b, width);
}

static void
decode_subsegment(HsBytes *b, unsigned width, HsHeapEvent *event)
{
  event->handle = hs_bytes_pointer(b, width);
  event->address = hs_bytes_pointer(b, width);
  switch ((HsOp)event->op) {
  case HS_OP_SUBSEGMENT_INIT:
    event->size = hs_bytes_pointer(b, width);
    event->detail = (uint32_t)hs_bytes_pointer(b, width);
    hs_bytes_skip(b, 4); /* AffinityIndex */
    break;
  case HS_OP_AFFINITY_ASSIGN:
  case HS_OP_REUSE_THRESHOLD:
    event->detail = hs_bytes_u32(b);
    break;
  case HS_OP_SUBSEGMENT_ACTIVATED:
    break;
  default:
    event->size = hs_bytes_pointer(b, width);
    event->old_size = hs_bytes_pointer(b, width);
    break;
  }
}

/* Everything but Alloc, ReAlloc and Free. False if the payload is too short. */
static bool
decode_rare(const HsEtlRecord *record, HsHeapEvent *event)
{
  HsBytes b = record->payload;
  unsigned width = record->pointer_width;
  switch ((HsOp)event->op) {
  case HS_OP_CREATE:
    decode_create(&b, width, event);
    break;
  case HS_OP_EXTEND:
  case HS_OP_CONTRACT:
    decode_extend(&b, width, event);
    break;
  case HS_OP_SNAPSHOT:
  case HS_OP_CREATE_SNAPSHOT:
  case HS_OP_DESTROY_SNAPSHOT:
  case HS_OP_EXTEND_SNAPSHOT:
    decode_snapshot(&b, width, event);
    break;
  case HS_OP_DESTROY:
  case HS_OP_LOCK:
  case HS_OP_UNLOCK:
  case HS_OP_VALIDATE:
  case HS_OP_WALK:
    event->handle = hs_bytes_pointer(&b, width);
    break;
  case HS_OP_COMMIT:
  case HS_OP_DECOMMIT:
    event->handle = hs_bytes_pointer(&b, width);
    event->address = hs_bytes_pointer(&b, width);
    event->size = hs_bytes_pointer(&b, width);
    event->detail = hs_bytes_u32(&b);
    break;
  case HS_OP_AFFINITY_ENABLE:
    event->handle = hs_bytes_pointer(&b, width);
    event->detail = hs_bytes_u32(&b);
    break;
  case HS_OP_AFFINITY_SLOT:
    event->detail = hs_bytes_u32(&b);
    break;
  case HS_OP_SUBSEGMENT_ALLOC:
  case HS_OP_SUBSEGMENT_FREE:
  case HS_OP_SUBSEGMENT_ALLOC_CACHED:
  case HS_OP_SUBSEGMENT_FREE_CACHED:
  case HS_OP_SUBSEGMENT_INIT:
  case HS_OP_SUBSEGMENT_ACTIVATED:
  case HS_OP_AFFINITY_ASSIGN:
  case HS_OP_REUSE_THRESHOLD:
    decode_subsegment(&b, width, event);
    break;
  default:
    break;
  }
  return !b.failed;
}

bool
hs_etl_heap_decode(const HsEtlRecord *record, HsHeapEvent *event)
{
  /* One by one: a compiler clears a whole structure by a string instruction, which costs more than all the rest. */
  event->ticks = record->ticks;
  event->pid = record->pid;
  event->tid = record->tid;
  event->cpu = record->cpu;
  event->raw_opcode = record->opcode;
  event->has_source = event->has_sizes = event->has_flags = false;
  event->wide = record->pointer_width == 8;
  event->source_id = event->target_pid = 0;
  event->handle = event->address = event->size = event->old_address = event->old_size = 0;
  if (hs_etl_heap_is_common(record->opcode))
    return hs_etl_heap_decode_common(record->opcode, event->wide, record->payload.data, record->payload.size, event);
  event->committed_bytes = event->reserved_bytes = event->free_bytes = event->allocated_bytes = 0;
  event->flags = event->detail = 0;
  bool known = record->opcode >= FIRST_OPCODE && record->opcode <= LAST_OPCODE;
  event->op = known ? (uint8_t)(record->opcode - FIRST_OPCODE) : HS_OP_OTHER;
  return decode_rare(record, event);
}
