/* SPDX-License-Identifier: MIT */
#include "hs-etl-record.h"

#include "hs-etl-record-inline.h"

#define MARK_HEADER 0x80u  /* byte 3: set in every record */
#define MARK_EVENT 0xc0u   /* byte 3: byte 2 is a header type */
#define MARK_MESSAGE 0x90u /* byte 3: WPP message */
#define EVENT_HAS_ITEMS 0x0001u
#define MAX_ITEMS 64

/* SDK ntwmi.h: SYSTEM_TRACE_HEADER, COMPACT_TRACE_HEADER, PERFINFO_TRACE_HEADER; evntrace.h: EVENT_TRACE_HEADER,
 * EVENT_INSTANCE_HEADER; evntcons.h: EVENT_HEADER. */
const HsEtlKindLayout hs_etl_kind_layouts[HS_ETL_N_KINDS] = {
    [HS_ETL_SYSTEM32] = {0x20, 0x10, 4, true},    [HS_ETL_SYSTEM64] = {0x20, 0x10, 8, true},
    [HS_ETL_COMPACT32] = {0x18, 0x10, 4, true},   [HS_ETL_COMPACT64] = {0x18, 0x10, 8, true},
    [HS_ETL_PERFINFO32] = {0x10, 0x08, 4, true},  [HS_ETL_PERFINFO64] = {0x10, 0x08, 8, true},
    [HS_ETL_FULL32] = {0x30, 0x10, 4, false},     [HS_ETL_FULL64] = {0x30, 0x10, 8, false},
    [HS_ETL_INSTANCE32] = {0x48, 0x10, 4, false}, [HS_ETL_INSTANCE64] = {0x48, 0x10, 8, false},
    [HS_ETL_EVENT32] = {0x50, 0x10, 4, false},    [HS_ETL_EVENT64] = {0x50, 0x10, 8, false},
    [HS_ETL_TIMED] = {0x08, 0, 8, false},         [HS_ETL_ERROR_RECORD] = {0x08, 0, 8, false},
    [HS_ETL_WNODE] = {0x08, 0, 8, false},         [HS_ETL_MESSAGE] = {0x08, 0, 8, false},
    [HS_ETL_OTHER] = {0x08, 0, 8, false},
};

static const char *const kind_names[HS_ETL_N_KINDS] = {
    [HS_ETL_SYSTEM32] = "SYSTEM32",   [HS_ETL_SYSTEM64] = "SYSTEM64",     [HS_ETL_COMPACT32] = "COMPACT32",
    [HS_ETL_COMPACT64] = "COMPACT64", [HS_ETL_FULL32] = "FULL32",         [HS_ETL_INSTANCE32] = "INSTANCE32",
    [HS_ETL_TIMED] = "TIMED",         [HS_ETL_ERROR_RECORD] = "ERROR",    [HS_ETL_WNODE] = "WNODE",
    [HS_ETL_MESSAGE] = "MESSAGE",     [HS_ETL_PERFINFO32] = "PERFINFO32", [HS_ETL_PERFINFO64] = "PERFINFO64",
    [HS_ETL_EVENT32] = "EVENT32",     [HS_ETL_EVENT64] = "EVENT64",       [HS_ETL_OTHER] = "OTHER",
    [HS_ETL_FULL64] = "FULL64",       [HS_ETL_INSTANCE64] = "INSTANCE64",
};

const char *
hs_etl_kind_name(HsEtlKind kind)
{
  const char *name = (unsigned)kind < HS_ETL_N_KINDS ? kind_names[kind] : NULL;
  return name != NULL ? name : "?";
}

static HsEtlKind
kind_of_marker(uint32_t marker)
{
  uint32_t type = marker >> 16 & 0xff;
  if (marker >> 24 == MARK_MESSAGE)
    return HS_ETL_MESSAGE;
  if (marker >> 24 == MARK_EVENT && type < HS_ETL_OTHER && hs_etl_kind_layouts[type].min_size > 0)
    return (HsEtlKind)type;
  return HS_ETL_OTHER;
}

int
hs_etl_record_frame_slow(const uint8_t *data, size_t left, HsEtlFrame *frame, const char **why)
{
  if (left < 8)
    return 0;
  uint32_t marker = hs_le32(data);
  if (marker == 0xffffffff || marker == 0)
    return 0;
  if ((marker >> 24 & MARK_HEADER) == 0) {
    *why = "no trace header mark";
    return -1;
  }
  HsEtlKind kind = kind_of_marker(marker);
  const HsEtlKindLayout *layout = &hs_etl_kind_layouts[kind];
  uint32_t size = layout->hook_family ? hs_le16(data + 4) : hs_le16(data);
  uint32_t min_size = layout->min_size;
  if (layout->hook_family)
    min_size += hs_etl_hook_extra_bytes(marker & 0xffff);
  if (size < min_size) {
    *why = "size smaller than the record's own header";
    return -1;
  }
  if (size > left) {
    *why = "size beyond the end of the buffer";
    return -1;
  }
  frame->size = size;
  frame->kind = (uint8_t)kind;
  frame->time_at = layout->time_at;
  return (int)((size + 7) & ~7u);
}

/* Where the payload of an EVENT_HEADER record begins: behind its chain of extended items, as far as that is sound. */
static uint32_t
skip_extended_items(const uint8_t *data, uint32_t size)
{
  uint32_t at = 0x50;
  for (unsigned i = 0; i < MAX_ITEMS && size - at >= 8; i++) {
    uint32_t total = hs_le16(data + at);
    bool linked = (hs_le16(data + at + 4) & 1) != 0;
    if (total == 0)
      total = 8 + ((hs_le16(data + at + 6) + 7u) & ~7u);
    if (total < 8 || total > size - at)
      break;
    at += total;
    if (!linked)
      break;
  }
  return at;
}

void
hs_etl_record_fill_slow(const uint8_t *data, const HsEtlFrame *frame, HsEtlRecord *record)
{
  const HsEtlKindLayout *layout = &hs_etl_kind_layouts[frame->kind];
  uint32_t head = layout->min_size;
  record->raw_ticks = 0;
  record->guid = NULL;
  record->pid = UINT32_MAX;
  record->tid = UINT32_MAX;
  record->hook = HS_ETL_NO_HOOK;
  record->event_id = 0;
  record->kind = frame->kind;
  record->opcode = 0;
  record->version = 0;
  record->pointer_width = layout->pointer_width;
  record->has_time = layout->time_at != 0;
  if (record->has_time) {
    record->raw_ticks = hs_le64(data + layout->time_at);
    record->guid = data + 0x18;
    record->tid = hs_le32(data + 8);
    record->pid = hs_le32(data + 12);
    if (frame->kind == HS_ETL_EVENT32 || frame->kind == HS_ETL_EVENT64) {
      record->event_id = hs_le16(data + 0x28);
      record->version = data[0x2a];
      record->opcode = data[0x2d];
      if ((hs_le16(data + 4) & EVENT_HAS_ITEMS) != 0)
        head = skip_extended_items(data, frame->size);
    } else {
      record->opcode = data[4];
      record->version = data[6];
    }
  }
  record->payload = hs_bytes(data + head, frame->size - head);
}

int
hs_etl_record_parse(const uint8_t *data, size_t left, HsEtlRecord *record, const char **why)
{
  HsEtlFrame frame;
  int advance = hs_etl_record_frame(data, left, &frame, why);
  if (advance > 0)
    hs_etl_record_fill(data, &frame, record);
  return advance;
}
