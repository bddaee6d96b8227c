/* SPDX-License-Identifier: MIT */
/*
 * One record's header, of whatever kind, and its payload in place.
 */
#pragma once

#include "hs-bytes.h"

/* Header types as byte 2 of a record has them (SDK evntrace.h / ntwmi.h: TRACE_HEADER_TYPE_*). */
typedef enum {
  HS_ETL_SYSTEM32 = 0x01,
  HS_ETL_SYSTEM64 = 0x02,
  HS_ETL_COMPACT32 = 0x03,
  HS_ETL_COMPACT64 = 0x04,
  HS_ETL_FULL32 = 0x0a,
  HS_ETL_INSTANCE32 = 0x0b,
  HS_ETL_TIMED = 0x0c,
  HS_ETL_ERROR_RECORD = 0x0d,
  HS_ETL_WNODE = 0x0e,
  HS_ETL_MESSAGE = 0x0f, /* also every record whose flag byte is 0x90 */
  HS_ETL_PERFINFO32 = 0x10,
  HS_ETL_PERFINFO64 = 0x11,
  HS_ETL_EVENT32 = 0x12,
  HS_ETL_EVENT64 = 0x13,
  HS_ETL_FULL64 = 0x14,
  HS_ETL_INSTANCE64 = 0x15,
  HS_ETL_OTHER = 0x1f, /* a record known only by its size */
  HS_ETL_N_KINDS = 0x20
} HsEtlKind;

#define HS_ETL_NO_HOOK 0xffff

typedef struct {
  int64_t ticks; /* since the header record's time stamp, in the (first) session clock; clamped to be ascending a CPU */
  uint64_t raw_ticks;  /* as in the record: what stack records refer to */
  const uint8_t *guid; /* 16 bytes in place: class or provider; NULL in the hook family */
  HsBytes payload;     /* after PMC/PEBS words and extended items */
  uint64_t offset;     /* in the file: of the record, or of its buffer if that is compressed */
  uint32_t pid;        /* UINT32_MAX where the header has none */
  uint32_t tid;        /* UINT32_MAX where the header has none */
  uint16_t hook;       /* group << 8 | opcode, or HS_ETL_NO_HOOK */
  uint16_t cpu;
  uint16_t event_id; /* EVENT_HEADER only */
  uint8_t kind;      /* HsEtlKind */
  uint8_t opcode;
  uint8_t version;
  uint8_t pointer_width; /* 4 or 8, by this record's own type */
  bool has_time;         /* false for kinds without a time stamp; ticks is then the stream's latest */
} HsEtlRecord;

/* "SYSTEM64" …; static; "?" for unnamed ones. */
const char *hs_etl_kind_name(HsEtlKind kind);

/*
 * Parses the record at `data` (8-aligned in its buffer) with `left` bytes to the end of the valid part. Returns the
 * bytes to advance (size rounded up to 8, may exceed `left` by under 8), 0 at the filler or end of the buffer's events,
 * or −1 with *why set to a static text if it cannot be a record. Fills in everything but offset, cpu and ticks
 * (raw_ticks is set). Any thread.
 */
int hs_etl_record_parse(const uint8_t *data, size_t left, HsEtlRecord *record, const char **why);
