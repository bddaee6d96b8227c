/* SPDX-License-Identifier: MIT */
/* Heap records, group 0x10, and heap ranges, hooks 0264-0268 (SDK ntwmi.h; wmicore.mof). Packed, unless said. */
#include "hs-etl-writer-private.h"

const guint8 hs_etl_writer_guid_heap[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                            0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};
const guint8 hs_etl_writer_guid_page_fault[16] = {0xd3, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                                  0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
const guint8 hs_etl_writer_guid_heap_snapshot[16] = {0xfa, 0x2a, 0x1d, 0x90, 0xf6, 0x4f, 0xd7, 0x46,
                                                     0x8d, 0x0e, 0x53, 0x64, 0x5e, 0x1a, 0x47, 0xf5};

static gboolean
is_new_form(const HsEtlWriterHeapEvent *event)
{
  return event->form == HS_ETL_WRITER_FORM_NEW || event->form == HS_ETL_WRITER_FORM_PADDED;
}

static void
put_create(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_u32(payload, event->flags);
  if (!is_new_form(event))
    return;
  hs_etl_payload_ptr(payload, event->reserved);
  hs_etl_payload_ptr(payload, event->committed);
  hs_etl_payload_ptr(payload, event->allocated);
}

static void
put_realloc(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_ptr(payload, event->address);
  hs_etl_payload_ptr(payload, event->old_address);
  hs_etl_payload_ptr(payload, event->size);
  hs_etl_payload_ptr(payload, event->old_size);
  hs_etl_payload_u32(payload, event->source);
}

/* Extend and Contract have one layout. */
static void
put_extend(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_ptr(payload, event->size);
  hs_etl_payload_ptr(payload, event->address);
  hs_etl_payload_ptr(payload, event->free_space);
  hs_etl_payload_ptr(payload, event->committed);
  hs_etl_payload_ptr(payload, event->reserved);
  hs_etl_payload_u32(payload, event->n_ucrs);
  if (is_new_form(event))
    hs_etl_payload_ptr(payload, event->allocated);
}

static void
put_snapshot(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_ptr(payload, event->free_space);
  hs_etl_payload_ptr(payload, event->committed);
  hs_etl_payload_ptr(payload, event->reserved);
  hs_etl_payload_u32(payload, event->flags);
  if (event->form == HS_ETL_WRITER_FORM_OLDEST) {
    /* Five fields, in 8-byte units where pointers are: no more is known of it. */
    return;
  }
  hs_etl_payload_u32(payload, event->payload_pid);
  hs_etl_payload_ptr(payload, event->large_ucr_space);
  hs_etl_payload_u32(payload, event->free_list_length);
  hs_etl_payload_u32(payload, event->n_ucrs);
  if (is_new_form(event))
    hs_etl_payload_ptr(payload, event->allocated);
  if (event->form == HS_ETL_WRITER_FORM_PADDED)
    hs_etl_payload_zeros(payload, 8);
}

static void
put_subsegment(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_ptr(payload, event->address);
  switch (event->op) {
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_INIT:
    hs_etl_payload_ptr(payload, event->block_size);
    hs_etl_payload_ptr(payload, event->block_count);
    hs_etl_payload_u32(payload, event->index);
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_ASSIGN:
  case HS_ETL_WRITER_HEAP_REUSE_THRESHOLD:
    hs_etl_payload_u32(payload, event->index);
    break;
  case HS_ETL_WRITER_HEAP_SUBSEGMENT_ACTIVATED:
    break;
  default:
    hs_etl_payload_ptr(payload, event->size);
    hs_etl_payload_ptr(payload, event->block_size);
    break;
  }
}

/* The one structure that is not packed: 64-bit it may end in four bytes of padding. */
static void
put_commit(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  hs_etl_payload_ptr(payload, event->heap);
  hs_etl_payload_ptr(payload, event->address);
  hs_etl_payload_ptr(payload, event->size);
  hs_etl_payload_u32(payload, event->index);
  if (event->form == HS_ETL_WRITER_FORM_PADDED && payload->width == 8)
    hs_etl_payload_zeros(payload, 4);
}

static void
put_heap(HsEtlPayload *payload, const HsEtlWriterHeapEvent *event)
{
  switch (event->op) {
  case HS_ETL_WRITER_HEAP_CREATE:
    put_create(payload, event);
    break;
  case HS_ETL_WRITER_HEAP_ALLOC:
    hs_etl_payload_ptr(payload, event->heap);
    hs_etl_payload_ptr(payload, event->size);
    hs_etl_payload_ptr(payload, event->address);
    hs_etl_payload_u32(payload, event->source);
    break;
  case HS_ETL_WRITER_HEAP_REALLOC:
    put_realloc(payload, event);
    break;
  case HS_ETL_WRITER_HEAP_FREE:
    hs_etl_payload_ptr(payload, event->heap);
    hs_etl_payload_ptr(payload, event->address);
    hs_etl_payload_u32(payload, event->source);
    break;
  case HS_ETL_WRITER_HEAP_EXTEND:
  case HS_ETL_WRITER_HEAP_CONTRACT:
    put_extend(payload, event);
    break;
  case HS_ETL_WRITER_HEAP_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_CREATE_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_DESTROY_SNAPSHOT:
  case HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT:
    put_snapshot(payload, event);
    break;
  case HS_ETL_WRITER_HEAP_DESTROY:
  case HS_ETL_WRITER_HEAP_LOCK:
  case HS_ETL_WRITER_HEAP_UNLOCK:
  case HS_ETL_WRITER_HEAP_VALIDATE:
  case HS_ETL_WRITER_HEAP_WALK:
    hs_etl_payload_ptr(payload, event->heap);
    break;
  case HS_ETL_WRITER_HEAP_COMMIT:
  case HS_ETL_WRITER_HEAP_DECOMMIT:
    put_commit(payload, event);
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_ENABLE:
    hs_etl_payload_ptr(payload, event->heap);
    hs_etl_payload_u32(payload, event->index);
    break;
  case HS_ETL_WRITER_HEAP_AFFINITY_SLOT:
    hs_etl_payload_u32(payload, event->index);
    break;
  default:
    put_subsegment(payload, event);
    break;
  }
}

static guint8
heap_version(const HsEtlWriterHeapEvent *event)
{
  gboolean snapshot = event->op >= HS_ETL_WRITER_HEAP_SNAPSHOT && event->op <= HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT;
  gboolean versioned = snapshot || event->op == HS_ETL_WRITER_HEAP_CREATE || event->op == HS_ETL_WRITER_HEAP_EXTEND ||
                       event->op == HS_ETL_WRITER_HEAP_CONTRACT;
  if (event->form == HS_ETL_WRITER_FORM_OLDEST)
    return 1;
  if (!versioned || event->form == HS_ETL_WRITER_FORM_OLD)
    return 2;
  return snapshot && event->form == HS_ETL_WRITER_FORM_PADDED ? 4 : 3;
}

static guint64
narrow(const HsEtlWriterAt *at, guint64 value)
{
  return hs_etl_writer_pointer_size(at->header) == 4 ? (guint32)value : value;
}

/* What a reader can know of it: 32-bit values where the record has 32-bit fields, no pid where it has none. */
static void
note_heap(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterHeapEvent *event)
{
  gboolean snapshot = event->op >= HS_ETL_WRITER_HEAP_SNAPSHOT && event->op <= HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT;
  HsEtlTruthRecord record = {
      .op = (guint16)event->op,
      .pid = hs_etl_writer_has_pid(at->header) ? at->pid : G_MAXUINT32,
      .tid = hs_etl_writer_has_pid(at->header) ? at->tid : G_MAXUINT32,
      .no_heap = event->op == HS_ETL_WRITER_HEAP_AFFINITY_SLOT,
      .heap = narrow(at, event->heap),
      .address = narrow(at, event->address),
      .size_bytes = narrow(at, event->size),
      .old_address = narrow(at, event->old_address),
      .old_size_bytes = narrow(at, event->old_size),
      .source = event->source,
      .flags = event->flags,
  };
  if (snapshot && event->form != HS_ETL_WRITER_FORM_OLDEST && event->payload_pid != 0) {
    record.tid = event->payload_pid == record.pid ? record.tid : G_MAXUINT32;
    record.pid = event->payload_pid;
  }
  if (event->op == HS_ETL_WRITER_HEAP_ALLOC || event->op == HS_ETL_WRITER_HEAP_REALLOC ||
      event->op == HS_ETL_WRITER_HEAP_FREE)
    hs_etl_truth_note_source(writer->truth, event->source);
  hs_etl_writer_note_event(writer, at, &record);
}

void
hs_etl_writer_heap(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterHeapEvent *event)
{
  g_assert(event->op >= HS_ETL_WRITER_HEAP_CREATE && event->op <= HS_ETL_WRITER_HEAP_REUSE_THRESHOLD);
  HS_ETL_PAYLOAD(payload, 96, at->header);
  put_heap(&payload, event);
  hs_etl_writer_class_record(writer, at, (guint16)(0x1000 | event->op), hs_etl_writer_guid_heap, heap_version(event),
                             &payload);
  note_heap(writer, at, event);
}

void
hs_etl_writer_create(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint32 flags)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_CREATE,
                                .heap = heap,
                                .flags = flags,
                                .reserved = 0x100000,
                                .committed = 0x2000,
                                .allocated = 0x700};
  hs_etl_writer_heap(writer, at, &event);
}

void
hs_etl_writer_alloc(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address, guint64 size,
                    guint32 source)
{
  HsEtlWriterHeapEvent event = {
      .op = HS_ETL_WRITER_HEAP_ALLOC, .heap = heap, .address = address, .size = size, .source = source};
  hs_etl_writer_heap(writer, at, &event);
}

void
hs_etl_writer_realloc(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 new_address, guint64 new_size,
                      guint64 old_address, guint64 old_size, guint32 source)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_REALLOC,
                                .heap = heap,
                                .address = new_address,
                                .size = new_size,
                                .old_address = old_address,
                                .old_size = old_size,
                                .source = source};
  hs_etl_writer_heap(writer, at, &event);
}

void
hs_etl_writer_free_block(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address, guint32 source)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_FREE, .heap = heap, .address = address, .source = source};
  hs_etl_writer_heap(writer, at, &event);
}

void
hs_etl_writer_destroy(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap)
{
  HsEtlWriterHeapEvent event = {.op = HS_ETL_WRITER_HEAP_DESTROY, .heap = heap};
  hs_etl_writer_heap(writer, at, &event);
}

void
hs_etl_writer_range_rundown(HsEtlWriter *writer, const HsEtlWriterAt *at, guint8 version, guint64 heap, guint32 flags,
                            guint32 pid, const HsEtlWriterRange *ranges, guint n_ranges)
{
  g_assert(n_ranges <= 1000);
  HS_ETL_PAYLOAD(payload, 32 + 1000 * 16, at->header);
  hs_etl_payload_ptr(&payload, heap);
  hs_etl_payload_u32(&payload, flags);
  hs_etl_payload_u32(&payload, pid);
  hs_etl_payload_u32(&payload, n_ranges);
  if (version >= 3)
    hs_etl_payload_u32(&payload, 0);
  for (guint i = 0; i < n_ranges; i++) {
    hs_etl_payload_ptr(&payload, ranges[i].address);
    hs_etl_payload_ptr(&payload, ranges[i].size);
  }
  hs_etl_writer_class_record(writer, at, 0x0264, hs_etl_writer_guid_page_fault, version, &payload);
  if (n_ranges > 0)
    hs_etl_truth_note_process(writer->truth, pid);
}

void
hs_etl_writer_range_create(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 first_size,
                           guint32 flags, gboolean padded)
{
  HS_ETL_PAYLOAD(payload, 32, at->header);
  hs_etl_payload_ptr(&payload, heap);
  hs_etl_payload_ptr(&payload, first_size);
  hs_etl_payload_u32(&payload, flags);
  if (padded && payload.width == 8)
    hs_etl_payload_zeros(&payload, 4);
  hs_etl_writer_class_record(writer, at, 0x0265, hs_etl_writer_guid_page_fault, 2, &payload);
}

static void
range_change(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, guint64 heap, guint64 address, guint64 size)
{
  HS_ETL_PAYLOAD(payload, 32, at->header);
  hs_etl_payload_ptr(&payload, heap);
  hs_etl_payload_ptr(&payload, address);
  hs_etl_payload_ptr(&payload, size);
  hs_etl_writer_class_record(writer, at, hook, hs_etl_writer_guid_page_fault, 2, &payload);
  hs_etl_truth_note_process(writer->truth, at->pid);
}

void
hs_etl_writer_range_reserve(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address, guint64 size)
{
  range_change(writer, at, 0x0266, heap, address, size);
}

void
hs_etl_writer_range_release(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap, guint64 address, guint64 size)
{
  range_change(writer, at, 0x0267, heap, address, size);
}

void
hs_etl_writer_range_destroy(HsEtlWriter *writer, const HsEtlWriterAt *at, guint64 heap)
{
  HS_ETL_PAYLOAD(payload, 8, at->header);
  hs_etl_payload_ptr(&payload, heap);
  hs_etl_writer_class_record(writer, at, 0x0268, hs_etl_writer_guid_page_fault, 2, &payload);
}

static void
snapshot_event(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 id, const HsEtlPayload *payload)
{
  HsEtlWriterRecord record = {
      .guid = hs_etl_writer_guid_heap_snapshot,
      .event_id = id,
      .version = 1,
      .level = 4,
      .channel = 0x10,
      .payload = payload->bytes,
      .length = payload->length,
  };
  hs_etl_writer_record(writer, at, &record);
}

void
hs_etl_writer_heap_snapshot_piece(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 instance, guint32 sequence,
                                  const void *bytes, guint32 length)
{
  HS_ETL_PAYLOAD(payload, 65536, at->header);
  hs_etl_payload_u32(&payload, instance);
  hs_etl_payload_u32(&payload, sequence);
  hs_etl_payload_u32(&payload, length);
  hs_etl_payload_bytes(&payload, bytes, length);
  snapshot_event(writer, at, 100, &payload);
}

void
hs_etl_writer_heap_snapshot_total(HsEtlWriter *writer, const HsEtlWriterAt *at, guint32 instance, guint32 total)
{
  HS_ETL_PAYLOAD(payload, 8, at->header);
  hs_etl_payload_u32(&payload, instance);
  hs_etl_payload_u32(&payload, total);
  snapshot_event(writer, at, 200, &payload);
}
