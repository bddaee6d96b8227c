/* SPDX-License-Identifier: MIT */
/*
 * The hot half of record parsing, shared by hs-etl-record.c and hs-etl-merger.c only. A record is first framed (is it
 * one, how long, when), which the merger needs of every stream's next record, then filled in when its turn comes.
 */
#pragma once

#include <glib.h>

#include "hs-etl-record.h"

/* What the header type alone tells. All zero: a type known by its size only. */
typedef struct {
  uint8_t min_size;      /* fixed header */
  uint8_t time_at;       /* offset of the time stamp */
  uint8_t pointer_width; /* of the payload */
  bool hook_family;      /* size at +4 and hook at +6, else size at +0 */
} HsEtlKindLayout;

extern const HsEtlKindLayout hs_etl_kind_layouts[HS_ETL_N_KINDS];

typedef struct {
  uint32_t size; /* as the record says, header included; at most `left` */
  uint8_t kind;  /* HsEtlKind */
  uint8_t time_at;
} HsEtlFrame;

#define HS_ETL_HOOK_PEBS 0x8000u
#define HS_ETL_HOOK_PMC 0x0700u

/* Bytes between the fixed header of a hook-family record and its payload. */
static inline uint32_t
hs_etl_hook_extra_bytes(uint32_t version_word)
{
  return 8 * ((version_word >> 8 & 7) + (version_word >> 15 & 1));
}

/* Frames any record but the common ones. Result as hs_etl_record_frame(). */
int hs_etl_record_frame_slow(const uint8_t *data, size_t left, HsEtlFrame *frame, const char **why);

/* As hs_etl_record_parse(), but only says what the record is. */
static inline int
hs_etl_record_frame(const uint8_t *data, size_t left, HsEtlFrame *frame, const char **why)
{
  if (G_LIKELY(left >= 0x20)) {
    uint32_t marker = hs_le32(data);
    /* SYSTEM32 or SYSTEM64 without counters. */
    if (G_LIKELY((marker & 0xffff8700) == 0xc0020000 || (marker & 0xffff8700) == 0xc0010000)) {
      uint32_t size = hs_le16(data + 4);
      if (G_LIKELY(size >= 0x20 && size <= left)) {
        frame->size = size;
        frame->kind = (uint8_t)(marker >> 16);
        frame->time_at = 0x10;
        return (int)((size + 7) & ~7u);
      }
    }
  }
  return hs_etl_record_frame_slow(data, left, frame, why);
}

/* Fills in a framed record of the FULL, INSTANCE, EVENT kinds and those known by size only. */
void hs_etl_record_fill_slow(const uint8_t *data, const HsEtlFrame *frame, HsEtlRecord *record);

/* Fills in all that hs_etl_record_parse() promises, from a record that was framed. */
static inline void
hs_etl_record_fill(const uint8_t *data, const HsEtlFrame *frame, HsEtlRecord *record)
{
  const HsEtlKindLayout *layout = &hs_etl_kind_layouts[frame->kind];
  if (G_UNLIKELY(!layout->hook_family)) {
    hs_etl_record_fill_slow(data, frame, record);
    return;
  }
  uint32_t head = layout->min_size + hs_etl_hook_extra_bytes(hs_le16(data));
  record->raw_ticks = hs_le64(data + layout->time_at);
  record->guid = NULL;
  record->payload = hs_bytes(data + head, frame->size - head);
  bool has_ids = layout->time_at == 0x10;
  record->tid = has_ids ? hs_le32(data + 8) : UINT32_MAX;
  record->pid = has_ids ? hs_le32(data + 12) : UINT32_MAX;
  record->hook = hs_le16(data + 6);
  record->event_id = 0;
  record->kind = frame->kind;
  record->opcode = data[6];
  record->version = data[0];
  record->pointer_width = layout->pointer_width;
  record->has_time = true;
}
