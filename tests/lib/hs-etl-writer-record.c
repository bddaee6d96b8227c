/* SPDX-License-Identifier: MIT */
/* Record headers of every kind (SDK ntwmi.h, evntcons.h). */
#include "hs-etl-writer-private.h"

gsize
hs_etl_writer_header_size(HsEtlWriterHeader header)
{
  switch (header) {
  case HS_ETL_WRITER_SYSTEM32:
  case HS_ETL_WRITER_SYSTEM64:
    return 0x20;
  case HS_ETL_WRITER_COMPACT32:
  case HS_ETL_WRITER_COMPACT64:
    return 0x18;
  case HS_ETL_WRITER_PERFINFO32:
  case HS_ETL_WRITER_PERFINFO64:
    return 0x10;
  case HS_ETL_WRITER_FULL32:
  case HS_ETL_WRITER_FULL64:
  case HS_ETL_WRITER_TIMED:
  case HS_ETL_WRITER_WNODE:
    return 0x30;
  case HS_ETL_WRITER_INSTANCE32:
  case HS_ETL_WRITER_INSTANCE64:
    return 0x48;
  case HS_ETL_WRITER_EVENT32:
  case HS_ETL_WRITER_EVENT64:
  case HS_ETL_WRITER_ERROR:
    return 0x50;
  case HS_ETL_WRITER_MESSAGE:
  case HS_ETL_WRITER_OTHER:
  default:
    return 8;
  }
}

guint
hs_etl_writer_pointer_size(HsEtlWriterHeader header)
{
  switch (header) {
  case HS_ETL_WRITER_SYSTEM32:
  case HS_ETL_WRITER_COMPACT32:
  case HS_ETL_WRITER_PERFINFO32:
  case HS_ETL_WRITER_FULL32:
  case HS_ETL_WRITER_INSTANCE32:
  case HS_ETL_WRITER_EVENT32:
    return 4;
  default:
    return 8;
  }
}

gboolean
hs_etl_writer_has_pid(HsEtlWriterHeader header)
{
  return header != HS_ETL_WRITER_PERFINFO32 && header != HS_ETL_WRITER_PERFINFO64;
}

static gboolean
is_hook_kind(HsEtlWriterHeader header)
{
  return hs_etl_writer_header_size(header) <= 0x20 && header != HS_ETL_WRITER_MESSAGE && header != HS_ETL_WRITER_OTHER;
}

static void
put_guid(guint8 *bytes, const guint8 *guid)
{
  if (guid != NULL)
    memcpy(bytes, guid, 16);
  else
    memset(bytes, 0, 16);
}

/* Those whose first word is a version: SYSTEM, COMPACT, PERFINFO. Returns the end of the header. */
static guint8 *
put_hook_header(guint8 *bytes, const HsEtlWriterAt *at, const HsEtlWriterRecord *record, gsize size)
{
  guint version = record->version | record->pmc_words << 8 | (record->pebs ? 0x8000 : 0);
  gsize header = hs_etl_writer_header_size(at->header);
  hs_etl_put_u16(bytes, (guint16)version);
  hs_etl_put_u16(bytes + 0x04, (guint16)size);
  hs_etl_put_u16(bytes + 0x06, record->hook);
  if (header == 0x10) {
    hs_etl_put_u64(bytes + 0x08, at->time_ticks);
  } else {
    hs_etl_put_u32(bytes + 0x08, at->tid);
    hs_etl_put_u32(bytes + 0x0c, at->pid);
    hs_etl_put_u64(bytes + 0x10, at->time_ticks);
    if (header == 0x20)
      hs_etl_put_u64(bytes + 0x18, 0x0000000b00000004);
  }
  bytes += header;
  guint words = record->pmc_words + (record->pebs ? 1 : 0);
  for (guint i = 0; i < words; i++, bytes += 8)
    hs_etl_put_u64(bytes, 0xfeed000000000000 + at->time_ticks + i);
  return bytes;
}

static guint8 *
put_items(guint8 *bytes, const HsEtlWriterItem *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++) {
    guint padded = (items[i].length + 7u) & ~7u;
    hs_etl_put_u16(bytes, (guint16)(8 + padded));
    hs_etl_put_u16(bytes + 2, items[i].type);
    hs_etl_put_u16(bytes + 4, i + 1 < n_items ? 1 : 0);
    hs_etl_put_u16(bytes + 6, items[i].length);
    memset(bytes + 8, 0, padded);
    if (items[i].length > 0)
      memcpy(bytes + 8, items[i].data, items[i].length);
    bytes += 8 + padded;
  }
  return bytes;
}

static guint8 *
put_event_header(guint8 *bytes, const HsEtlWriterAt *at, const HsEtlWriterRecord *record)
{
  hs_etl_put_u16(bytes + 0x04, (guint16)(record->event_flags | (record->n_items > 0 ? 1 : 0)));
  hs_etl_put_u16(bytes + 0x28, record->event_id);
  bytes[0x2a] = record->version;
  bytes[0x2b] = record->channel;
  bytes[0x2c] = record->level;
  bytes[0x2d] = record->opcode;
  hs_etl_put_u16(bytes + 0x2e, record->task);
  hs_etl_put_u64(bytes + 0x30, record->keyword);
  return put_items(bytes + 0x50, record->items, record->n_items);
}

/* Those whose first word is the size and that have thread, process, time and GUID at the same places. */
static guint8 *
put_sized_header(guint8 *bytes, const HsEtlWriterAt *at, const HsEtlWriterRecord *record, gsize size)
{
  gsize header = hs_etl_writer_header_size(at->header);
  memset(bytes, 0, header);
  hs_etl_put_u16(bytes, (guint16)size);
  hs_etl_put_u32(bytes + 0x08, at->tid);
  hs_etl_put_u32(bytes + 0x0c, at->pid);
  hs_etl_put_u64(bytes + 0x10, at->time_ticks);
  put_guid(bytes + 0x18, record->guid);
  if (header == 0x50)
    return put_event_header(bytes, at, record);
  bytes[4] = record->opcode;
  bytes[5] = record->level;
  hs_etl_put_u16(bytes + 6, record->version);
  hs_etl_put_u64(bytes + 0x28, 0x0000000b00000004);
  if (header == 0x48) {
    hs_etl_put_u32(bytes + 0x30, 1);
    hs_etl_put_u32(bytes + 0x34, 2);
  }
  return bytes + header;
}

static gsize
message_extra_size(guint flags)
{
  return (flags & 0x01 ? 4 : 0) + (flags & 0x02 ? 16 : 0) + (flags & 0x08 ? 8 : 0) + (flags & 0x20 ? 8 : 0);
}

static guint8 *
put_message_header(guint8 *bytes, HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterRecord *record,
                   gsize size)
{
  hs_etl_put_u16(bytes, (guint16)size);
  hs_etl_put_u16(bytes + 4, record->event_id);
  hs_etl_put_u16(bytes + 6, record->event_flags);
  guint flags = at->header == HS_ETL_WRITER_MESSAGE ? record->event_flags : 0;
  bytes += 8;
  if (flags & 0x01) {
    hs_etl_put_u32(bytes, writer->record_serial++);
    bytes += 4;
  }
  if (flags & 0x02) {
    put_guid(bytes, record->guid);
    bytes += 16;
  }
  if (flags & 0x08) {
    hs_etl_put_u64(bytes, at->time_ticks);
    bytes += 8;
  }
  if (flags & 0x20) {
    hs_etl_put_u32(bytes, at->tid);
    hs_etl_put_u32(bytes + 4, at->pid);
    bytes += 8;
  }
  return bytes;
}

static gsize
whole_size(const HsEtlWriterAt *at, const HsEtlWriterRecord *record)
{
  gsize size = hs_etl_writer_header_size(at->header) + record->length;
  if (is_hook_kind(at->header))
    return size + 8 * (record->pmc_words + (record->pebs ? 1u : 0u));
  if (at->header == HS_ETL_WRITER_MESSAGE)
    return size + message_extra_size(record->event_flags);
  gboolean has_items = hs_etl_writer_header_size(at->header) == 0x50;
  for (guint i = 0; has_items && i < record->n_items; i++)
    size += 8 + ((record->items[i].length + 7u) & ~7u);
  return size;
}

void
hs_etl_writer_record(HsEtlWriter *writer, const HsEtlWriterAt *at, const HsEtlWriterRecord *record)
{
  g_assert(record->pmc_words <= 7);
  gboolean hooked = is_hook_kind(at->header);
  gboolean sized = hs_etl_writer_header_size(at->header) >= 0x30;
  gsize size = whole_size(at, record);
  guint8 *bytes = hs_etl_writer_reserve(writer, at, size);
  guint8 *payload = hooked  ? put_hook_header(bytes, at, record, size)
                    : sized ? put_sized_header(bytes, at, record, size)
                            : put_message_header(bytes, writer, at, record, size);
  bytes[2] = hooked || sized ? (guint8)at->header : 0;
  bytes[3] = hooked || sized ? 0xc0 : at->header == HS_ETL_WRITER_MESSAGE ? 0x90 : 0xb0;
  g_assert((gsize)(payload - bytes) + record->length == size);
  if (record->length > 0)
    memcpy(payload, record->payload, record->length);
  gboolean classed = sized && hs_etl_writer_header_size(at->header) != 0x50;
  hs_etl_truth_note_record(writer->truth, at->header, hooked ? record->hook : -1, sized ? record->guid : NULL);
  gint64 time_ns = hs_etl_writer_ns(writer, at->time_ticks);
  writer->truth->last_time_ns = MAX(writer->truth->last_time_ns, time_ns);
  if (hooked && record->hook >> 8 == 0x10)
    hs_etl_truth_note_operation(writer->truth, record->hook & 0xff);
  else if (classed && record->guid != NULL && memcmp(record->guid, hs_etl_writer_guid_heap, 16) == 0)
    hs_etl_truth_note_operation(writer->truth, record->opcode);
}

void
hs_etl_writer_hook(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, guint8 version, const void *payload,
                   gsize length)
{
  HsEtlWriterRecord record = {.hook = hook, .version = version, .payload = payload, .length = length};
  hs_etl_writer_record(writer, at, &record);
}

void
hs_etl_writer_class_record(HsEtlWriter *writer, const HsEtlWriterAt *at, guint16 hook, const guint8 *guid,
                           guint8 version, const HsEtlPayload *payload)
{
  HsEtlWriterRecord record = {
      .hook = hook,
      .version = version,
      .guid = guid,
      .opcode = (guint8)hook,
      .payload = payload->bytes,
      .length = payload->length,
  };
  hs_etl_writer_record(writer, at, &record);
}

void
hs_etl_writer_note_event(HsEtlWriter *writer, const HsEtlWriterAt *at, HsEtlTruthRecord *record)
{
  record->epoch = writer->epoch;
  record->time_ticks = at->time_ticks;
  record->time_ns = hs_etl_writer_ns(writer, at->time_ticks);
  record->cpu = at->cpu;
  hs_etl_truth_note_event(writer->truth, record);
}
